/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include "job/worker.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#define NOW    INT64_C(1795212247000000)
#define SECOND INT64_C(1000000)

static int64_t add(struct db *db, const char *kind)
{
	struct err e = { 0 };
	int64_t id;

	store_ok(job_add(db, &(struct new_job){ .kind = kind, .actor = "user:1" }, NOW, &id, &e),
		 e);
	return id;
}

static int64_t claim(struct db *db, const char *lease, int64_t now)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct job job;

	store_ok(job_claim(db, a, lease, now, 60 * SECOND, &job, &e), e);
	return job.id;
}

static void the_oldest_job_goes_first_and_once(void **state)
{
	struct db *db = *state;
	int64_t first = add(db, "a"), second = add(db, "b");

	assert_int_equal(claim(db, "w1", NOW), first);
	assert_int_equal(claim(db, "w2", NOW), second);
	assert_int_equal(claim(db, "w3", NOW), 0);
}

static void a_job_waits_for_its_moment(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	int64_t id;

	store_ok(job_add(db,
			 &(struct new_job){
				 .kind = "a", .actor = "user:1", .not_before = NOW + 10 * SECOND },
			 NOW, &id, &e),
		 e);
	assert_int_equal(claim(db, "w", NOW), 0);
	assert_int_equal(claim(db, "w", NOW + 10 * SECOND), id);
}

static void a_dead_workers_job_is_claimed_by_another(void **state)
{
	struct db *db = *state;
	int64_t id = add(db, "a");
	struct err e = { 0 };

	assert_int_equal(claim(db, "dead", NOW), id);
	assert_int_equal(claim(db, "alive", NOW + 59 * SECOND), 0);
	assert_int_equal(claim(db, "alive", NOW + 61 * SECOND), id);
	/* The dead one was only slow: whatever it does now is refused. */
	assert_false(job_hold(db, id, "dead", NOW + 200 * SECOND, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(job_finish(db, id, "dead", true, NULL, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(job_put_back(db, id, "dead", NOW, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	store_ok(job_finish(db, id, "alive", true, "{\"n\":1}", &e), e);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM job WHERE state = 'done'"
				       " AND n_tries = 2 AND result = '{\"n\":1}'"),
			 1);
}

static void a_kept_lease_is_not_taken(void **state)
{
	struct db *db = *state;
	int64_t id = add(db, "a");
	struct err e = { 0 };

	assert_int_equal(claim(db, "w1", NOW), id);
	store_ok(job_set_progress(db, id, "w1", NOW + 120 * SECOND, 5, 10, &e), e);
	assert_int_equal(claim(db, "w2", NOW + 61 * SECOND), 0);
	assert_int_equal(store_i64(db, "SELECT n_done FROM job"), 5);
	assert_int_equal(store_i64(db, "SELECT n_total FROM job"), 10);
}

static void an_unseen_job_comes_with_its_transaction(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };

	store_ok(db_begin(db, &e), e);
	add(db, "a");
	db_rollback(db);
	assert_int_equal(claim(db, "w", NOW), 0);
}

/* ---- many workers ---- */

enum { CROWD = 6, JOBS = 60 };

struct member {
	const char *url;
	int index, n_taken;
	int64_t taken[JOBS + 1];
	char msg[200];
};

static void *take_all(void *arg)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	CLEANUP(db_closep) struct db *db = NULL;
	struct member *m = arg;
	struct err e = { 0 };
	char lease[16];

	snprintf(lease, sizeof lease, "w%d", m->index);
	if (!db_open(m->url, &db, &e)) {
		snprintf(m->msg, sizeof m->msg, "%.150s", e.msg);
		return NULL;
	}
	for (;;) {
		struct job job;

		if (!job_claim(db, a, lease, NOW, 60 * SECOND, &job, &e)) {
			snprintf(m->msg, sizeof m->msg, "%.150s", e.msg);
			return NULL;
		}
		if (job.id == 0)
			return NULL;
		m->taken[m->n_taken++] = job.id;
	}
}

static void no_two_workers_get_the_same_job(void **state)
{
	struct db *db = *state;
	struct member crowd[CROWD] = { 0 };
	pthread_t thread[CROWD];
	int n = 0;

	for (int i = 0; i < JOBS; i++)
		add(db, "a");
	for (int i = 0; i < CROWD; i++) {
		crowd[i] = (struct member){ .url = db_url(db), .index = i };
		assert_int_equal(pthread_create(&thread[i], NULL, take_all, &crowd[i]), 0);
	}
	for (int i = 0; i < CROWD; i++) {
		pthread_join(thread[i], NULL);
		assert_string_equal(crowd[i].msg, "");
		n += crowd[i].n_taken;
	}
	assert_int_equal(n, JOBS);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM job WHERE n_tries = 1"), JOBS);
}

/* ---- the worker ---- */

static bool count_to_three(struct job_run *r, struct err *e)
{
	if (!str_eq(r->job->argument, "{}"))
		return err_set(e, ERR_INVALID, "argument %s", r->job->argument);
	job_progress(r, 3, 3);
	r->result = arena_printf(r->arena, "{\"counted\":%d}", 3);
	return true;
}

static bool refuse(struct job_run *r, struct err *e)
{
	(void)r;
	return err_set(e, ERR_REFUSED, "not \"today\"");
}

static bool come_back_later(struct job_run *r, struct err *e)
{
	return r->job->n_tries > 1 || err_set(e, ERR_RETRY, "later");
}

static bool eat_memory(struct job_run *r, struct err *e)
{
	if (!db_begin(r->db, e))
		return false;
	for (;;)
		arena_alloc(r->arena, 1 << 20);
}

static bool work_a_while(struct job_run *r, struct err *e)
{
	for (int i = 0; i < 3000; i++) {
		struct timespec t = { .tv_nsec = 1000000 };

		if (job_is_stopping(r))
			return err_set(e, ERR_RETRY, "the program ends");
		job_progress(r, i, 3000);
		nanosleep(&t, NULL);
	}
	return true;
}

static bool write_only_if_mine(struct job_run *r, struct err *e)
{
	bool ok;

	store_run(r->context, "UPDATE job SET lease = 'another'");
	if (!db_begin(r->db, e))
		return false;
	ok = job_still_mine(r, e);
	db_rollback(r->db);
	return ok;
}

static const struct job_handler handlers[] = {
	{ "count", count_to_three },
	{ "refuse", refuse },
	{ "later", come_back_later },
	{ "eat", eat_memory },
	{ "slow", work_a_while },
	{ "mine", write_only_if_mine },
	{ 0 },
};

static void a_worker_ends_each_job_as_it_went(void **state)
{
	static const struct {
		const char *kind, *state, *result;
	} cases[] = {
		{ "count", "done", "{\"counted\":3}" },
		{ "refuse", "failed",
		  "{\"error\":{\"code\":\"REFUSED\",\"message\":\"not \\\"today\\\"\"}}" },
		{ "later", "waiting", NULL },
		{ "eat", "failed",
		  "{\"error\":{\"code\":\"LIMIT\",\"message\":\"the job needs more memory than it "
		  "may"
		  " have\"}}" },
		{ "unheard", "failed",
		  "{\"error\":{\"code\":\"INTERNAL\",\"message\":\"nobody knows how to run a job of"
		  " kind \\\"unheard\\\"\"}}" },
	};
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	struct db *db = *state;
	struct job_worker_options options = { .db_url = db_url(db),
					      .handlers = handlers,
					      .memory = 8 << 20 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t id = add(db, cases[i].kind);
		struct err e = { 0 };
		struct job job;
		bool did = false;

		store_ok(job_work_once(&options, &did, &e), e);
		assert_true(did);
		store_ok(job_get(db, a, id, &job, &e), e);
		if (!str_eq(job.state, cases[i].state) || !str_eq(job.result, cases[i].result))
			fail_msg("%s: %s %s", cases[i].kind, job.state,
				 job.result ? job.result : "NULL");
	}
	assert_int_equal(store_i64(db, "SELECT n_done FROM job WHERE kind = 'count'"), 3);
	assert_int_equal(
		store_i64(db, "SELECT not_before - recorded FROM job WHERE kind = 'later'") > 0, 1);
}

static void a_job_that_kills_is_given_up(void **state)
{
	struct db *db = *state;
	struct job_worker_options options = { .db_url = db_url(db), .handlers = handlers };
	struct err e = { 0 };
	bool did;

	add(db, "count");
	store_run(db,
		  "UPDATE job SET state = 'running', lease = 'dead', lease_until = 1, n_tries = 5");
	store_ok(job_work_once(&options, &did, &e), e);
	assert_true(did);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM job WHERE state = 'failed'"), 1);
	store_ok(job_work_once(&options, &did, &e), e);
	assert_false(did);
}

static void a_lost_lease_stops_the_commit(void **state)
{
	struct db *db = *state;
	struct job_worker_options options = { .db_url = db_url(db),
					      .handlers = handlers,
					      .context = db };
	struct err e = { 0 };
	bool did;

	add(db, "mine");
	assert_false(job_work_once(&options, &did, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM job WHERE state = 'running'"
				       " AND lease = 'another'"),
			 1);
}

static bool wait_for(struct db *db, const char *sql, int64_t wanted)
{
	struct timespec t = { .tv_nsec = 20000000 };

	for (int i = 0; i < 500; i++) {
		if (store_i64(db, sql) >= wanted)
			return true;
		nanosleep(&t, NULL);
	}
	return false;
}

static void the_thread_shows_progress_and_stops_when_asked(void **state)
{
	struct db *db = *state;
	struct job_worker_options options = { .db_url = db_url(db),
					      .handlers = handlers,
					      .poll_ms = 20 };
	struct job_worker *w;
	struct err e = { 0 };

	add(db, "count");
	add(db, "slow");
	store_ok(job_worker_start(&options, &w, &e), e);
	assert_true(wait_for(db, "SELECT COUNT(*) FROM job WHERE state = 'done'", 1));
	assert_true(wait_for(db, "SELECT n_done FROM job WHERE kind = 'slow'", 1));
	job_worker_stop(w);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM job WHERE kind = 'slow'"
				       " AND state = 'waiting' AND lease IS NULL"),
			 1);
}

/* Says so in the queue. */
static bool tidy(struct db *db, int64_t now, struct err *e)
{
	return job_add(db,
		       &(struct new_job){ .entity_id = 1,
					  .kind = "tidied",
					  .actor = "test",
					  .not_before = now + INT64_C(1000000000000) },
		       now, NULL, e);
}

static void the_thread_tidies_when_nothing_waits_and_not_all_the_time(void **state)
{
	struct db *db = *state;
	struct job_worker_options options = {
		.db_url = db_url(db), .handlers = handlers, .tidy = tidy, .poll_ms = 5
	};
	struct job_worker *w;
	struct err e = { 0 };

	store_ok(job_worker_start(&options, &w, &e), e);
	assert_true(wait_for(db, "SELECT COUNT(*) FROM job WHERE kind = 'tidied'", 1));
	add(db, "count");
	assert_true(wait_for(db, "SELECT COUNT(*) FROM job WHERE state = 'done'", 1));
	job_worker_stop(w);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM job WHERE kind = 'tidied'"), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, store_setup, store_teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_oldest_job_goes_first_and_once),
		TEST(a_job_waits_for_its_moment),
		TEST(a_dead_workers_job_is_claimed_by_another),
		TEST(a_kept_lease_is_not_taken),
		TEST(an_unseen_job_comes_with_its_transaction),
		TEST(no_two_workers_get_the_same_job),
		TEST(a_worker_ends_each_job_as_it_went),
		TEST(a_job_that_kills_is_given_up),
		TEST(a_lost_lease_stops_the_commit),
		TEST(the_thread_shows_progress_and_stops_when_asked),
		TEST(the_thread_tidies_when_nothing_waits_and_not_all_the_time),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
