/* SPDX-License-Identifier: Apache-2.0 */
#include "thing.h"

#include <pthread.h>

static void after_a_failure_the_transaction_is_over(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	int64_t id;

	store_ok(thing_insert(db, 1, "a", &e), e);
	store_ok(db_begin(db, &e), e);
	store_ok(thing_insert(db, 2, "b", &e), e);
	assert_false(thing_insert(db, 1, "again", &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(thing_insert(db, 3, "c", &e));
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
	store_ok(thing_insert(db, 1, "a", &e), e);
	db_rollback(db);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), 0);
	store_ok(db_begin(db, &e), e);
	store_ok(thing_insert(db, 1, "a", &e), e);
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

	if (!thing_insert(db, 100 + t->n, "x", e))
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
		store_ok(thing_insert(i % 3 ? one : two, id, NULL, &e), e);
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
		store_ok(thing_insert(two, id, "two", &e), e);
		store_ok(db_new_id(one, &id, &e), e);
		store_ok(thing_insert(one, id, "one", &e), e);
	}
	db_close(two);
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
	return thing_insert(db, id, "one of many", e);
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
	store_ok(thing_insert(lent, 1, "x", &e), e);
	store_ok(db_copy_begin(lent, "thing", "id", &copy, &e), e);
	store_ok(db_query(lent, "SELECT id FROM thing", DB_NO_PARAMS, &left, &e), e);
	db_pool_give(pool, lent);
	lent = db_pool_take(pool);
	assert_false(db_in_tx(lent));
	assert_int_equal(store_i64(lent, "SELECT COUNT(*) FROM thing"), 0);
	store_ok(thing_insert(db, 1, "y", &e), e);
	db_pool_give(pool, lent);
	db_pool_close(pool);
}

static void a_report_sees_one_state(void **state)
{
	struct db *db = *state, *other = store_again(db);
	struct err e = { 0 };

	store_ok(db_begin_read(db, &e), e);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), 0);
	store_ok(thing_insert(other, 1, "meanwhile", &e), e);
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
		store_ok(thing_insert(other, i, "x", &e), e);
		store_ok(db_change_stamp(db, &after, &e), e);
		assert_int_not_equal(before, after);
	}
	db_close(other);
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
	/* A page's query does not fail because the server was restarted an hour ago. */
	assert_int_not_equal(store_i64(db, "SELECT pg_backend_pid()"), pid);
	pid = store_i64(db, "SELECT pg_backend_pid()");
	snprintf(sql, sizeof sql,
		 "SELECT CASE WHEN pg_terminate_backend(%d, 5000) THEN 1 ELSE 0 END", (int)pid);
	assert_int_equal(store_i64(other, sql), 1);
	store_ok(db_tx(db, fails_at_first, &once, &e), e);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing"), 1);
	assert_int_not_equal(store_i64(db, "SELECT pg_backend_pid()"), pid);
	db_close(other);
}

static void what_can_be_left_undone_waits_for_nobody(void **state)
{
	static const char *const sql = "UPDATE thing SET t = 'c' WHERE id = 1";
	struct db *db = *state, *other = store_again(db);
	struct err e = { 0 };

	store_ok(thing_insert(db, 1, "a", &e), e);
	store_ok(db_begin(other, &e), e);
	store_ok(thing_insert(other, 2, "b", &e), e);
	/* On PostgreSQL the rows are other ones, so nothing is in the way. */
	if (db_exec_unless_busy(db, sql, DB_NO_PARAMS, &e))
		assert_int_equal(db_engine(db), DB_POSTGRESQL);
	else
		assert_int_equal(e.code, ERR_RETRY);
	store_ok(db_commit(other, &e), e);
	store_ok(db_exec_unless_busy(db, sql, DB_NO_PARAMS, &e), e);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM thing WHERE t = 'c'"), 1);
	db_close(other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, thing_setup, store_teardown)
	const struct CMUnitTest tests[] = {
		TEST(after_a_failure_the_transaction_is_over),
		TEST(a_rollback_leaves_nothing),
		TEST(a_transaction_is_tried_again_only_when_that_may_help),
		TEST(ids_are_unique_over_two_connections),
		TEST(ids_stay_unique_after_a_rollback),
		TEST(many_threads_share_the_pool),
		TEST(what_was_left_open_does_not_follow_the_connection),
		TEST(a_report_sees_one_state),
		TEST(the_stamp_tells_of_others_commits),
		TEST(a_connection_lost_is_made_again),
		TEST(what_can_be_left_undone_waits_for_nobody),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
