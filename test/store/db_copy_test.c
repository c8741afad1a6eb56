/* SPDX-License-Identifier: Apache-2.0 */
#include "thing.h"

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

static int64_t count_indexes(struct db *db)
{
	return store_i64(db,
			 db_engine(db) == DB_SQLITE
				 ? "SELECT COUNT(*) FROM sqlite_master WHERE type = 'index' AND"
				   " tbl_name = 'thing' AND sql IS NOT NULL"
				 : "SELECT COUNT(*) FROM pg_indexes WHERE tablename = 'thing' AND"
				   " indexname LIKE 'thing_by%' AND schemaname = current_schema()");
}

static void copy_things(struct db *db, int from, int to)
{
	struct err e = { 0 };
	struct db_copy *c;

	store_ok(db_copy_begin(db, "thing", "id, t, n", &c, &e), e);
	for (int i = from; i < to; i++)
		store_ok(db_copy_row(c, DB_PARAMS(P_I64(i), P_TEXT("x"), P_I64(i % 10)), &e), e);
	store_ok(db_copy_end(c, &e), e);
}

static void indexes_of_an_empty_table_wait_for_its_rows(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };

	store_run(db, "CREATE UNIQUE INDEX thing_by_n ON thing (n, id)");
	store_run(db, "CREATE INDEX thing_by_t ON thing (t) WHERE t IS NOT NULL");
	/* A rollback brings them back. */
	store_ok(db_begin_bulk(db, NULL, &e), e);
	store_ok(db_indexes_defer(db, "thing", &e), e);
	assert_int_equal(count_indexes(db), 0);
	db_rollback(db);
	assert_int_equal(count_indexes(db), 2);
	/* Built when it is said, or by the commit. */
	for (int forgets = 0; forgets < 2; forgets++) {
		store_run(db, "DELETE FROM thing");
		store_ok(db_begin_bulk(db, NULL, &e), e);
		store_ok(db_indexes_defer(db, "thing", &e), e);
		copy_things(db, 0, 1000);
		if (!forgets)
			store_ok(db_indexes_build(db, &e), e);
		store_ok(db_commit(db, &e), e);
		assert_int_equal(count_indexes(db), 2);
		assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing WHERE n = 3"), 100);
	}
	/* A table with rows keeps them. */
	store_ok(db_begin_bulk(db, NULL, &e), e);
	store_ok(db_indexes_defer(db, "thing", &e), e);
	assert_int_equal(count_indexes(db), 2);
	store_ok(db_commit(db, &e), e);
}

static void an_index_that_cannot_be_built_fails_the_transaction(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };

	store_run(db, "CREATE UNIQUE INDEX thing_by_n ON thing (n)");
	store_ok(db_begin_bulk(db, NULL, &e), e);
	store_ok(db_indexes_defer(db, "thing", &e), e);
	copy_things(db, 0, 20);
	assert_false(db_commit(db, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), 0);
	assert_int_equal(count_indexes(db), 1);
}

/* A part of a thing that is not there, in a transaction of many rows: refused at once or by the commit. */
static bool add_part(struct db *db, int thing, struct err *e)
{
	bool ok;

	store_ok(db_begin_bulk(db, "part", e), *e);
	ok = db_exec(db, "INSERT INTO part (id, thing) VALUES ($1, $1)", DB_PARAMS(P_I64(thing)),
		     NULL, e);
	if (ok)
		return db_commit(db, e);
	db_rollback(db);
	return false;
}

static void references_hold_whenever_they_are_looked_at(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };

	store_run(db, "CREATE TABLE part (id BIGINT PRIMARY KEY,"
		      " thing BIGINT NOT NULL REFERENCES thing (id))");
	store_ok(db_begin(db, &e), e);
	copy_things(db, 1, 5);
	store_ok(db_commit(db, &e), e);
	for (int rows = 0; rows < 2; rows++) { /* the table is empty, then it is not */
		e = (struct err){ 0 };
		assert_false(add_part(db, 77, &e));
		assert_int_equal(e.code, ERR_CONFLICT);
		assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM part"), rows);
		/* Afterwards each row is looked at as before. */
		e = (struct err){ 0 };
		assert_false(db_exec(db, "INSERT INTO part (id, thing) VALUES (9, 78)",
				     DB_NO_PARAMS, NULL, &e));
		assert_int_equal(e.code, ERR_CONFLICT);
		e = (struct err){ 0 };
		assert_true(add_part(db, rows + 1, &e));
		assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM part"), rows + 1);
	}
	/* A rollback brings them back too. */
	store_run(db, "DELETE FROM part");
	store_ok(db_begin_bulk(db, "part", &e), e);
	db_rollback(db);
	assert_false(
		db_exec(db, "INSERT INTO part (id, thing) VALUES (9, 78)", DB_NO_PARAMS, NULL, &e));
}

/* One statement does for many rows what one for each would do, also when they do not fill it. */
static void a_statement_runs_for_many_rows(void **state)
{
	static const size_t sizes[] = { 0, 1, 3, 80, 81, 119, 500 };
	static const struct db_column columns[] = { { DB_FIELD_I64, 0 } };
	struct db *db = *state;
	struct db_param rows[3 * 500], ids[500];
	struct err e = { 0 };

	store_ok(db_begin(db, &e), e);
	copy_things(db, 0, 500);
	store_ok(db_commit(db, &e), e);
	for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
		size_t n = sizes[s], n_found = 99;
		int64_t changed = 0, *found;

		store_run(db, "UPDATE thing SET t = NULL, n = 7");
		for (size_t i = 0; i < n; i++) {
			ids[i] = rows[3 * i] = P_I64((int64_t)i);
			rows[3 * i + 1] = P_I64((int64_t)i);
			rows[3 * i + 2] = P_TEXT(i % 2 ? "odd" : NULL);
		}
		store_ok(db_exec_many(db,
				      "UPDATE thing SET n = n + v.column2, t = v.column3"
				      " FROM (VALUES $rows) v WHERE id = v.column1 AND n = 7",
				      DB_MANY(rows, 3, n), &changed, &e),
			 e);
		assert_int_equal(changed, n);
		assert_int_equal(store_i64(db, "SELECT SUM(n) FROM thing"),
				 7 * 500 + n * (n ? n - 1 : 0) / 2);
		assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing WHERE t = 'odd'"),
				 n / 2);
		store_ok(db_list_many(db, a, "SELECT id FROM thing WHERE id IN (VALUES $rows)",
				      DB_MANY(ids, 1, n), columns, 1, sizeof *found,
				      (void **)&found, &n_found, &e),
			 e);
		assert_int_equal(n_found, n);
		for (size_t i = 0, sum = 0; i < n; i++) {
			sum += (size_t)found[i];
			if (i == n - 1)
				assert_int_equal(sum, n * (n - 1) / 2);
		}
	}
	assert_false(db_exec_many(db, "UPDATE thing SET id = 1 WHERE id IN (VALUES $rows)",
				  DB_MANY(ids, 1, 500), NULL, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, thing_setup, store_teardown)
	const struct CMUnitTest tests[] = {
		TEST(ten_thousand_rows_are_copied),
		TEST(a_copy_goes_on_beside_other_statements),
		TEST(a_copy_that_breaks_a_key_fails_whole),
		TEST(indexes_of_an_empty_table_wait_for_its_rows),
		TEST(an_index_that_cannot_be_built_fails_the_transaction),
		TEST(a_statement_runs_for_many_rows),
		TEST(references_hold_whenever_they_are_looked_at),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
