/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *bytes_type(const struct db *db)
{
	return db_engine(db) == DB_SQLITE
		       ? "CREATE TABLE thing (id BIGINT PRIMARY KEY, t TEXT, b BLOB, d TEXT, n INT)"
		       : "CREATE TABLE thing (id BIGINT PRIMARY KEY, t TEXT, b BYTEA, d TEXT, n "
			 "INT)";
}

/* Beside the real tables: one with every type. */
static int setup(void **state)
{
	store_setup(state);
	store_run(*state, bytes_type(*state));
	return 0;
}

static bool insert(struct db *db, int64_t id, const char *text, struct err *e)
{
	return db_exec(db, "INSERT INTO thing (id, t) VALUES ($1, $2)",
		       DB_PARAMS(P_I64(id), P_TEXT(text)), NULL, e);
}

static void refuses_a_url_of_neither_engine(void **state)
{
	static const struct {
		const char *url;
		enum err_code code;
	} bad[] = {
		{ "mysql://x", ERR_USAGE },
		{ "", ERR_USAGE },
		{ "encours.db", ERR_USAGE },
		{ "sqlite:", ERR_USAGE },
		{ "sqlite:/nonexistent/folder/x.db", ERR_DB },
		{ "postgresql:///x?host=/nonexistent", ERR_DB },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		struct db *db;

		if (db_open(bad[i].url, &db, &e) || e.code != bad[i].code)
			fail_msg("row %zu \"%s\": %d %s", i, bad[i].url, e.code, e.msg);
	}
}

static void every_type_comes_back_as_it_went(void **state)
{
	static const int64_t numbers[] = { 0, 1, -1, INT64_MAX, INT64_MIN, 4294967296 };
	static const char *const texts[] = {
		"",           "plain",         "L'été à l'œuvre",
		"\\N",        "a\tb\nc\rd\\e", "$1 '); DROP TABLE thing; --",
		"\"double\"", "日本"
	};
	static const unsigned char bytes[] = { 0, 255, '\'', '\\', 10, 0x80, 'x' };
	struct db *db = *state;
	size_t n = ARRAY_LEN(numbers) > ARRAY_LEN(texts) ? ARRAY_LEN(numbers) : ARRAY_LEN(texts);

	for (size_t i = 0; i < n; i++) {
		CLEANUP(rows_closep) struct rows *r = NULL;
		int64_t id = numbers[i % ARRAY_LEN(numbers)];
		const char *text = texts[i % ARRAY_LEN(texts)];
		day_t day = date_of(2026, 2, 28) + (day_t)i;
		struct err e = { 0 };
		const void *blob;
		int64_t changed;
		bool more;
		size_t len;

		store_run(db, "DELETE FROM thing");
		store_ok(db_exec(db,
				 "INSERT INTO thing (b, n, d, t, id) VALUES ($5, $4, $3, $2, $1)",
				 DB_PARAMS(P_I64(id), P_TEXT(text), P_DAY(day), P_BOOL(i % 2),
					   P_BLOB(bytes, sizeof bytes)),
				 &changed, &e),
			 e);
		assert_int_equal(changed, 1);
		store_ok(db_query(db,
				  "SELECT id, t, d, n, b, b FROM thing WHERE id = $1 AND t = $2",
				  DB_PARAMS(P_I64(id), P_TEXT(text)), &r, &e),
			 e);
		store_ok(rows_next(r, &more, &e), e);
		assert_true(more);
		assert_int_equal(row_i64(r, 0), id);
		assert_string_equal(row_text(r, 1), text);
		assert_int_equal(row_day(r, 2), day);
		assert_int_equal(row_bool(r, 3), i % 2);
		for (int col = 4; col <= 5; col++) {
			blob = row_blob(r, col, &len);
			assert_int_equal(len, sizeof bytes);
			assert_memory_equal(blob, bytes, sizeof bytes);
			blob = row_blob(r, col, &len);
			assert_int_equal(len, sizeof bytes);
			assert_memory_equal(blob, bytes, sizeof bytes);
		}
		store_ok(rows_next(r, &more, &e), e);
		assert_false(more);
		store_ok(rows_next(r, &more, &e), e);
		assert_false(more);
	}
}

static void null_is_neither_zero_nor_empty(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	CLEANUP(rows_closep) struct rows *r = NULL;
	size_t len = 9;
	bool more;

	store_ok(db_exec(db, "INSERT INTO thing (id, t, b, d, n) VALUES ($1, $2, $3, $4, $5)",
			 DB_PARAMS(P_I64(1), P_TEXT(NULL), P_BLOB(NULL, 0), P_DAY(DAY_NONE),
				   P_ID(0)),
			 NULL, &e),
		 e);
	store_ok(db_exec(db, "INSERT INTO thing (id, t, b, n) VALUES ($1, $2, $3, $4)",
			 DB_PARAMS(P_I64(2), P_TEXT(""), P_BLOB("", 0), P_I64(0)), NULL, &e),
		 e);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing WHERE t IS NULL AND b IS NULL"
				       " AND d IS NULL AND n IS NULL"),
			 1);
	store_ok(db_query(db, "SELECT t, b, d, n FROM thing ORDER BY id", DB_NO_PARAMS, &r, &e), e);
	store_ok(rows_next(r, &more, &e), e);
	for (int col = 0; col < 4; col++)
		assert_true(row_is_null(r, col));
	assert_null(row_text(r, 0));
	assert_null(row_blob(r, 1, &len));
	assert_int_equal(len, 0);
	assert_int_equal(row_day(r, 2), DAY_NONE);
	assert_int_equal(row_i64(r, 3), 0);
	assert_false(row_bool(r, 3));
	store_ok(rows_next(r, &more, &e), e);
	assert_string_equal(row_text(r, 0), "");
	assert_non_null(row_blob(r, 1, &len));
	assert_int_equal(len, 0);
	assert_false(row_is_null(r, 3));
}

/* A condition that is switched off by a NULL parameter is common: its type must be known. */
static void a_null_parameter_can_switch_a_condition_off(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	int64_t n;

	store_ok(insert(db, 1, "a", &e) && insert(db, 2, "b", &e), e);
	store_ok(db_get_i64(db, "SELECT COUNT(*) FROM thing WHERE ($1 IS NULL OR t = $1)",
			    DB_PARAMS(P_TEXT(NULL)), -1, &n, &e),
		 e);
	assert_int_equal(n, 2);
	store_ok(db_get_i64(db, "SELECT COUNT(*) FROM thing WHERE ($1 IS NULL OR t = $1)",
			    DB_PARAMS(P_TEXT("b")), -1, &n, &e),
		 e);
	assert_int_equal(n, 1);
	store_ok(db_get_i64(db, "SELECT COUNT(*) FROM thing WHERE ($1 IS NULL OR id = $1)",
			    DB_PARAMS(P_ID(0)), -1, &n, &e),
		 e);
	assert_int_equal(n, 2);
}

static void the_schema_refuses_and_says_conflict(void **state)
{
	static const char *const bad[] = {
		"INSERT INTO thing (id, t) VALUES (1, 'again')",
		"INSERT INTO thing (id, t) VALUES (NULL, 'no id')",
		"INSERT INTO setting (entity_id, name, value, recorded) VALUES (99, 'a', 'b', 1)",
		"INSERT INTO user_account (id, email, name, role, recorded)"
		" VALUES (1, 'a@example.org', 'A', 'king', 1)",
	};
	struct db *db = *state;
	struct err first = { 0 };

	if (db_engine(db) == DB_SQLITE) /* only there may a primary key be NULL */
		store_run(db, "DROP TABLE thing"),
			store_run(db,
				  "CREATE TABLE thing (id BIGINT NOT NULL PRIMARY KEY, t TEXT)");
	store_ok(insert(db, 1, "a", &first), first);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };

		if (db_exec(db, bad[i], DB_NO_PARAMS, NULL, &e) || e.code != ERR_CONFLICT)
			fail_msg("row %zu: %d %s", i, e.code, e.msg);
	}
}

static void refuses_text_that_is_not_utf8(void **state)
{
	struct err e = { 0 };

	assert_false(insert(*state, 1, "Soci\xe9t\xe9", &e));
	assert_int_equal(e.code, ERR_INVALID);
}

static void a_wrong_statement_is_an_error_not_a_crash(void **state)
{
	static const char *const bad[] = { "SELECT nothing FROM nowhere", "INSERT INTO",
					   "SELECT \"t\" FROM thing WHERE t = \"x\"" };
	struct db *db = *state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		struct rows *r = NULL;

		if (db_query(db, bad[i], DB_NO_PARAMS, &r, &e) || e.code != ERR_DB)
			fail_msg("row %zu: %d %s", i, e.code, e.msg);
		assert_null(r);
	}
}

static void after_a_failure_the_transaction_is_over(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	int64_t id;

	store_ok(insert(db, 1, "a", &e), e);
	store_ok(db_begin(db, &e), e);
	store_ok(insert(db, 2, "b", &e), e);
	assert_false(insert(db, 1, "again", &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(insert(db, 3, "c", &e));
	assert_int_equal(e.code, ERR_INTERNAL);
	assert_false(db_new_id(db, &id, &e));
	assert_false(db_commit(db, &e));
	assert_int_equal(e.code, ERR_INTERNAL);
	assert_false(db_in_tx(db));
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), 1);
}

static void a_rollback_leaves_nothing(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };

	store_ok(db_begin(db, &e), e);
	store_ok(insert(db, 1, "a", &e), e);
	db_rollback(db);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), 0);
	store_ok(db_begin(db, &e), e);
	store_ok(insert(db, 1, "a", &e), e);
	store_ok(db_commit(db, &e), e);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), 1);
}

struct tries {
	int n, fail_until;
	enum err_code code;
};

static bool fails_at_first(struct db *db, void *arg, struct err *e)
{
	struct tries *t = arg;

	if (!insert(db, 100 + t->n, "x", e))
		return false;
	if (++t->n < t->fail_until)
		return err_set(e, t->code, "on purpose");
	return true;
}

static void a_transaction_is_tried_again_only_when_that_may_help(void **state)
{
	struct db *db = *state;
	struct tries busy = { .fail_until = 3, .code = ERR_RETRY };
	struct tries always = { .n = 100, .fail_until = 1000, .code = ERR_RETRY };
	struct tries refused = { .fail_until = 2, .code = ERR_REFUSED };
	struct err e = { 0 };

	store_ok(db_tx(db, fails_at_first, &busy, &e), e);
	assert_int_equal(busy.n, 3);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), 1);
	assert_false(db_tx(db, fails_at_first, &refused, &e));
	assert_int_equal(refused.n, 1);
	assert_int_equal(e.code, ERR_REFUSED);
	assert_false(db_tx(db, fails_at_first, &always, &e));
	assert_int_equal(e.code, ERR_RETRY);
	assert_in_range(always.n, 102, 120);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), 1);
}

static void ids_are_unique_over_two_connections(void **state)
{
	struct db *one = *state, *two = store_again(one);
	struct err e = { 0 };

	for (int i = 0; i < 2500; i++) {
		int64_t id;

		store_ok(db_new_id(i % 2 ? one : two, &id, &e), e);
		assert_true(id > 0);
		store_ok(insert(i % 3 ? one : two, id, NULL, &e), e);
	}
	db_close(two);
}

/* The block taken in a transaction that was rolled back may be given to somebody else. */
static void ids_stay_unique_after_a_rollback(void **state)
{
	struct db *one = *state, *two = store_again(one);
	int64_t lost, id;
	struct err e = { 0 };

	store_ok(db_begin(one, &e), e);
	store_ok(db_new_id(one, &lost, &e), e);
	db_rollback(one);
	for (int i = 0; i < 10; i++) {
		store_ok(db_new_id(two, &id, &e), e);
		store_ok(insert(two, id, "two", &e), e);
		store_ok(db_new_id(one, &id, &e), e);
		store_ok(insert(one, id, "one", &e), e);
	}
	db_close(two);
}

static void ten_thousand_rows_are_copied(void **state)
{
	enum { N = 10000 };
	struct db *db = *state;
	struct err e = { 0 };
	struct db_copy *c;

	store_ok(db_begin(db, &e), e);
	store_ok(db_copy_begin(db, "thing", "id, t, b, d, n", &c, &e), e);
	for (int i = 0; i < N; i++) {
		char text[64];
		int64_t id;

		snprintf(text, sizeof text, "l'élève\t%d\n\\N\\", i);
		store_ok(db_new_id(db, &id, &e), e);
		store_ok(db_copy_row(c,
				     DB_PARAMS(P_I64(id), P_TEXT(i % 7 ? text : NULL),
					       P_BLOB("a\0b", 3),
					       P_DAY(date_of(2026, 1, 1) + i % 365),
					       i % 5 ? P_I64(i) : P_NULL),
				     &e),
			 e);
	}
	store_ok(db_copy_end(c, &e), e);
	store_ok(db_commit(db, &e), e);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), N);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing WHERE t IS NULL"), 1429);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing WHERE n IS NULL"), N / 5);
	assert_int_equal(store_i64(db, "SELECT SUM(n) FROM thing"), 40000000);
	assert_int_equal(store_i64(db, "SELECT MAX(length(b)) FROM thing"), 3);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing WHERE n = 9999 AND t = "
				       "'l''élève\t9999\n\\N\\'"),
			 1);
}

/* Rows wait in memory on PostgreSQL: nobody may notice. */
static void a_copy_goes_on_beside_other_statements(void **state)
{
	struct db *db = *state;
	struct db_copy *parents, *children;
	struct err e = { 0 };

	store_run(db, "CREATE TABLE child (id BIGINT PRIMARY KEY REFERENCES thing (id))");
	store_ok(db_begin(db, &e), e);
	store_ok(db_copy_begin(db, "thing", "id, t", &parents, &e), e);
	store_ok(db_copy_begin(db, "child", "id", &children, &e), e);
	for (int i = 0; i < 100; i++) {
		store_ok(db_copy_row(parents, DB_PARAMS(P_I64(i), P_TEXT("x")), &e), e);
		store_ok(db_copy_row(children, DB_PARAMS(P_I64(i)), &e), e);
		if (i % 10 == 0)
			assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM child"), i + 1);
	}
	store_ok(db_copy_end(children, &e), e);
	store_ok(db_copy_end(parents, &e), e);
	store_ok(db_commit(db, &e), e);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM child"), 100);
}

static void a_copy_that_breaks_a_key_fails_whole(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	struct db_copy *c;
	bool ok = true;

	store_ok(db_begin(db, &e), e);
	store_ok(db_copy_begin(db, "thing", "id, t", &c, &e), e);
	for (int i = 0; ok && i < 10; i++)
		ok = db_copy_row(c, DB_PARAMS(P_I64(i % 8), P_TEXT("x")), &e);
	if (ok)
		ok = db_copy_end(c, &e);
	assert_false(ok);
	assert_int_equal(e.code, ERR_CONFLICT);
	db_rollback(db);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), 0);
}

static void a_migration_done_twice_does_nothing(void **state)
{
	struct db *db;
	struct err e = { 0 };
	int version = -1, applied = -1;

	(void)state;
	store_open_empty(&db);
	store_ok(db_schema_version(db, &version, &e), e);
	assert_int_equal(version, 0);
	store_ok(db_migrate(db, &applied, &e), e);
	assert_int_equal(applied, db_newest_version());
	store_ok(db_migrate(db, &applied, &e), e);
	assert_int_equal(applied, 0);
	store_ok(db_schema_version(db, &version, &e), e);
	assert_int_equal(version, db_newest_version());
	store_run(db,
		  "INSERT INTO schema_migration (version, name, applied) VALUES (9999, 'x', 1)");
	assert_false(db_migrate(db, &applied, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	store_close(db);
}

static void two_processes_may_migrate_at_once(void **state)
{
	enum { N = 4 };
	struct db *db;
	char url[1024];
	pid_t pid[N];

	(void)state;
	store_open_empty(&db);
	snprintf(url, sizeof url, "%s", db_url(db));
	for (int i = 0; i < N; i++) {
		pid[i] = fork();
		assert_int_not_equal(pid[i], -1);
		if (pid[i] == 0) {
			struct err e = { 0 };
			struct db *own;
			bool ok = db_open(url, &own, &e) && db_migrate(own, NULL, &e);

			if (!ok)
				fprintf(stderr, "child: %s\n", e.msg);
			_exit(ok ? 0 : 1);
		}
	}
	for (int i = 0; i < N; i++) {
		int status;

		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM schema_migration"),
			 db_newest_version());
	store_close(db);
}

struct crowd {
	struct db_pool *pool;
	int n_failed;
	char msg[256];
};

static bool count_up(struct db *db, void *arg, struct err *e)
{
	int64_t changed, id;

	(void)arg;
	if (!db_exec(db, "UPDATE thing SET n = n + 1 WHERE id = 0", DB_NO_PARAMS, &changed, e) ||
	    !db_new_id(db, &id, e))
		return false;
	ENSURE(changed == 1);
	return insert(db, id, "one of many", e);
}

static void *work(void *arg)
{
	struct crowd *crowd = arg;

	for (int i = 0; i < 20; i++) {
		struct db *db = db_pool_take(crowd->pool);
		struct err e = { 0 };

		if (!db_tx(db, count_up, NULL, &e)) {
			__atomic_add_fetch(&crowd->n_failed, 1, __ATOMIC_RELAXED);
			snprintf(crowd->msg, sizeof crowd->msg, "%.200s", e.msg);
		}
		db_pool_give(crowd->pool, db);
	}
	return NULL;
}

static void many_threads_share_the_pool(void **state)
{
	enum { THREADS = 12, CONNECTIONS = 4 };
	struct db *db = *state;
	struct crowd crowd = { 0 };
	pthread_t thread[THREADS];
	struct err e = { 0 };

	store_run(db, "INSERT INTO thing (id, n) VALUES (0, 0)");
	store_ok(db_pool_open(db_url(db), CONNECTIONS, &crowd.pool, &e), e);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, work, &crowd), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	if (crowd.n_failed)
		fail_msg("%d failed: %s", crowd.n_failed, crowd.msg);
	assert_int_equal(store_i64(db, "SELECT n FROM thing WHERE id = 0"), THREADS * 20);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), THREADS * 20 + 1);
	db_pool_close(crowd.pool);
}

static void what_was_left_open_does_not_follow_the_connection(void **state)
{
	struct db *db = *state;
	struct db_pool *pool;
	struct err e = { 0 };
	struct rows *left;
	struct db_copy *copy;
	struct db *lent;

	store_ok(db_pool_open(db_url(db), 1, &pool, &e), e);
	lent = db_pool_take(pool);
	store_ok(db_begin(lent, &e), e);
	store_ok(insert(lent, 1, "x", &e), e);
	store_ok(db_copy_begin(lent, "thing", "id", &copy, &e), e);
	store_ok(db_query(lent, "SELECT id FROM thing", DB_NO_PARAMS, &left, &e), e);
	db_pool_give(pool, lent);
	lent = db_pool_take(pool);
	assert_false(db_in_tx(lent));
	assert_int_equal(store_i64(lent, "SELECT COUNT(*) FROM thing"), 0);
	store_ok(insert(db, 1, "y", &e), e);
	db_pool_give(pool, lent);
	db_pool_close(pool);
}

static void a_big_text_passes(void **state)
{
	enum { SIZE = 3 << 20 };
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	char *big = arena_alloc(a, SIZE + 1), *back;
	struct db *db = *state;
	struct err e = { 0 };

	for (int i = 0; i < SIZE; i++)
		big[i] = (char)('a' + i % 26);
	store_ok(insert(db, 1, big, &e), e);
	store_ok(db_get_text(db, a, "SELECT t FROM thing WHERE id = $1", DB_PARAMS(P_I64(1)), &back,
			     &e),
		 e);
	assert_string_equal(back, big);
}

struct thing {
	int64_t id;
	const char *t;
	int n;
	bool flag;
	day_t d;
	char code[4];
};

static const struct db_column columns[] = {
	DB_COL(struct thing, id),   DB_COL(struct thing, t), DB_COL(struct thing, n),
	DB_COL(struct thing, flag), DB_DAY(struct thing, d), DB_COL(struct thing, code),
};

static void rows_become_structs(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	struct db *db = *state;
	struct thing *list = NULL, one;
	struct err e = { 0 };
	size_t n;

	for (int i = 0; i < 100; i++)
		store_ok(db_exec(db, "INSERT INTO thing (id, t, n, d) VALUES ($1, $2, $3, $4)",
				 DB_PARAMS(P_I64(i), P_TEXT(i % 2 ? "odd" : NULL), P_I64(-i),
					   P_DAY(i ? date_of(2026, 1, i % 28 + 1) : DAY_NONE)),
				 NULL, &e),
			 e);
	store_ok(db_list(db, a,
			 "SELECT id, t, n, CASE WHEN n < -50 THEN 1 ELSE 0 END, d, 'EUR' FROM thing"
			 " ORDER BY id",
			 DB_NO_PARAMS, columns, ARRAY_LEN(columns), sizeof *list, (void **)&list,
			 &n, &e),
		 e);
	assert_int_equal(n, 100);
	assert_null(list[0].t);
	assert_int_equal(list[0].d, DAY_NONE);
	assert_int_equal(list[51].id, 51);
	assert_string_equal(list[51].t, "odd");
	assert_int_equal(list[51].n, -51);
	assert_true(list[51].flag && !list[50].flag);
	assert_int_equal(list[51].d, date_of(2026, 1, 24));
	assert_string_equal(list[51].code, "EUR");
	store_ok(db_one(db, a, "SELECT id, t, n, 0, d, 'JPY' FROM thing WHERE id = $1",
			DB_PARAMS(P_I64(7)), columns, ARRAY_LEN(columns), &one, &e),
		 e);
	assert_int_equal(one.n, -7);
	assert_false(db_one(db, a, "SELECT id, t, n, 0, d, 'JPY' FROM thing WHERE id = $1",
			    DB_PARAMS(P_I64(700)), columns, ARRAY_LEN(columns), &one, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_false(db_one(db, a, "SELECT id, t, n, 0, d, 'EURO' FROM thing WHERE id = $1",
			    DB_PARAMS(P_I64(7)), columns, ARRAY_LEN(columns), &one, &e));
	assert_int_equal(e.code, ERR_DB);
}

static void get_tells_absence_from_a_value(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	struct db *db = *state;
	struct err e = { 0 };
	char *text = NULL;
	int64_t v;

	store_ok(db_get_i64(db, "SELECT id FROM thing", DB_NO_PARAMS, -7, &v, &e), e);
	assert_int_equal(v, -7);
	store_ok(db_get_i64(db, "SELECT SUM(id) FROM thing", DB_NO_PARAMS, -7, &v, &e), e);
	assert_int_equal(v, -7);
	store_ok(insert(db, INT64_MAX / 2, NULL, &e) && insert(db, 1, "x", &e), e);
	store_ok(db_get_i64(db, "SELECT SUM(id) FROM thing", DB_NO_PARAMS, -7, &v, &e), e);
	assert_int_equal(v, INT64_MAX / 2 + 1);
	store_ok(db_get_text(db, a, "SELECT t FROM thing WHERE id = 2", DB_NO_PARAMS, &text, &e),
		 e);
	assert_null(text);
	store_ok(db_get_text(db, a, "SELECT t FROM thing WHERE id = 1", DB_NO_PARAMS, &text, &e),
		 e);
	assert_string_equal(text, "x");
}

static void queries_may_run_inside_one_another(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	CLEANUP(rows_closep) struct rows *outer = NULL;
	int n = 0;
	bool more;

	store_ok(insert(db, 1, "a", &e) && insert(db, 2, "b", &e) && insert(db, 3, "c", &e), e);
	store_ok(db_query(db, "SELECT id FROM thing", DB_NO_PARAMS, &outer, &e), e);
	while (rows_next(outer, &more, &e) && more) {
		CLEANUP(rows_closep) struct rows *inner = NULL;

		store_ok(db_query(db, "SELECT id FROM thing", DB_NO_PARAMS, &inner, &e), e);
		while (rows_next(inner, &more, &e) && more)
			n++;
	}
	assert_int_equal(n, 9);
}

static void more_statements_than_the_cache_holds(void **state)
{
	struct db *db = *state;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 300; i++) {
			char sql[64];

			snprintf(sql, sizeof sql, "SELECT %d + COUNT(*) FROM thing", i);
			assert_int_equal(store_i64(db, sql), i);
		}
	}
}

static void a_report_sees_one_state(void **state)
{
	struct db *db = *state, *other = store_again(db);
	struct err e = { 0 };

	store_ok(db_begin_read(db, &e), e);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), 0);
	store_ok(insert(other, 1, "meanwhile", &e), e);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), 0);
	db_rollback(db);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), 1);
	db_close(other);
}

static void the_stamp_tells_of_others_commits(void **state)
{
	struct db *db = *state, *other = store_again(db);
	struct err e = { 0 };
	int64_t before, after;

	for (int i = 1; i <= 5; i++) {
		store_ok(db_change_stamp(db, &before, &e), e);
		store_ok(insert(other, i, "x", &e), e);
		store_ok(db_change_stamp(db, &after, &e), e);
		assert_int_not_equal(before, after);
	}
	db_close(other);
}

static void a_backup_is_a_database(void **state)
{
	struct db *db = *state, *copy;
	struct err e = { 0 };
	char path[1024], url[1100];
	struct stat st;

	snprintf(path, sizeof path, "%s.backup", db_url(db) + strlen("sqlite:"));
	if (db_engine(db) == DB_POSTGRESQL) {
		assert_false(db_backup(db, path, &e));
		assert_int_equal(e.code, ERR_REFUSED);
		return;
	}
	store_ok(insert(db, 1, "kept", &e), e);
	store_ok(db_backup(db, path, &e), e);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_false(db_backup(db, path, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	store_ok(insert(db, 2, "later", &e), e);
	snprintf(url, sizeof url, "sqlite:%s", path);
	store_ok(db_open(url, &copy, &e), e);
	assert_int_equal(store_i64(copy, "SELECT COUNT(*) FROM thing"), 1);
	assert_int_equal(store_i64(copy, "SELECT MAX(version) FROM schema_migration"),
			 db_newest_version());
	db_close(copy);
	assert_false(db_backup(db, "/nonexistent/folder/x", &e));
	assert_int_equal(e.code, ERR_IO);
}

static void a_connection_lost_is_made_again(void **state)
{
	struct db *db = *state, *other;
	struct tries once = { .fail_until = 1 };
	struct err e = { 0 };
	int64_t pid;
	char sql[80];

	if (db_engine(db) == DB_SQLITE)
		return;
	other = store_again(db);
	pid = store_i64(db, "SELECT pg_backend_pid()");
	snprintf(sql, sizeof sql,
		 "SELECT CASE WHEN pg_terminate_backend(%d, 5000) THEN 1 ELSE 0 END", (int)pid);
	assert_int_equal(store_i64(other, sql), 1);
	store_ok(db_tx(db, fails_at_first, &once, &e), e);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), 1);
	assert_int_not_equal(store_i64(db, "SELECT pg_backend_pid()"), pid);
	db_close(other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, store_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_a_url_of_neither_engine),
		TEST(every_type_comes_back_as_it_went),
		TEST(null_is_neither_zero_nor_empty),
		TEST(a_null_parameter_can_switch_a_condition_off),
		TEST(the_schema_refuses_and_says_conflict),
		TEST(refuses_text_that_is_not_utf8),
		TEST(a_wrong_statement_is_an_error_not_a_crash),
		TEST(after_a_failure_the_transaction_is_over),
		TEST(a_rollback_leaves_nothing),
		TEST(a_transaction_is_tried_again_only_when_that_may_help),
		TEST(ids_are_unique_over_two_connections),
		TEST(ids_stay_unique_after_a_rollback),
		TEST(ten_thousand_rows_are_copied),
		TEST(a_copy_goes_on_beside_other_statements),
		TEST(a_copy_that_breaks_a_key_fails_whole),
		cmocka_unit_test(a_migration_done_twice_does_nothing),
		cmocka_unit_test(two_processes_may_migrate_at_once),
		TEST(many_threads_share_the_pool),
		TEST(what_was_left_open_does_not_follow_the_connection),
		TEST(a_big_text_passes),
		TEST(rows_become_structs),
		TEST(get_tells_absence_from_a_value),
		TEST(queries_may_run_inside_one_another),
		TEST(more_statements_than_the_cache_holds),
		TEST(a_report_sees_one_state),
		TEST(the_stamp_tells_of_others_commits),
		TEST(a_backup_is_a_database),
		TEST(a_connection_lost_is_made_again),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
