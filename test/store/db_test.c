/* SPDX-License-Identifier: Apache-2.0 */
#include "thing.h"

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

	store_ok(thing_insert(db, 1, "a", &e) && thing_insert(db, 2, "b", &e), e);
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
		("INSERT INTO user_account (id, email, name, role, recorded)"
		 " VALUES (1, 'a@example.org', 'A', 'king', 1)"),
	};
	struct db *db = *state;
	struct err first = { 0 };

	if (db_engine(db) == DB_SQLITE) /* only there may a primary key be NULL */
		store_run(db, "DROP TABLE thing"),
			store_run(db,
				  "CREATE TABLE thing (id BIGINT NOT NULL PRIMARY KEY, t TEXT)");
	store_ok(thing_insert(db, 1, "a", &first), first);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };

		if (db_exec(db, bad[i], DB_NO_PARAMS, NULL, &e) || e.code != ERR_CONFLICT)
			fail_msg("row %zu: %d %s", i, e.code, e.msg);
	}
}

static void refuses_text_that_is_not_utf8(void **state)
{
	struct err e = { 0 };

	assert_false(thing_insert(*state, 1, "Soci\xe9t\xe9", &e));
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

static void a_big_text_passes(void **state)
{
	enum { SIZE = 3 << 20 };
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	char *big = arena_alloc(a, SIZE + 1), *back;
	struct db *db = *state;
	struct err e = { 0 };

	for (int i = 0; i < SIZE; i++)
		big[i] = (char)('a' + i % 26);
	store_ok(thing_insert(db, 1, big, &e), e);
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
	store_ok(thing_insert(db, INT64_MAX / 2, NULL, &e) && thing_insert(db, 1, "x", &e), e);
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

	store_ok(thing_insert(db, 1, "a", &e) && thing_insert(db, 2, "b", &e) &&
			 thing_insert(db, 3, "c", &e),
		 e);
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

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, thing_setup, store_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_a_url_of_neither_engine),
		TEST(every_type_comes_back_as_it_went),
		TEST(null_is_neither_zero_nor_empty),
		TEST(a_null_parameter_can_switch_a_condition_off),
		TEST(the_schema_refuses_and_says_conflict),
		TEST(refuses_text_that_is_not_utf8),
		TEST(a_wrong_statement_is_an_error_not_a_crash),
		TEST(a_big_text_passes),
		TEST(rows_become_structs),
		TEST(get_tells_absence_from_a_value),
		TEST(queries_may_run_inside_one_another),
		TEST(more_statements_than_the_cache_holds),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
