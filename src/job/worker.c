/* SPDX-License-Identifier: Apache-2.0 */
#include "job/worker.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "db/seal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { LEASE_NAME = 64, DEFAULT_POLL_MS = 500, BEAT_SECONDS = 1, KEEP_SECONDS = 20 };

#define SECOND   INT64_C(1000000)
#define LEASE_US (SECOND * JOB_LEASE_SECONDS)
#define TIDY_US  (SECOND * 3600)

struct job_worker {
	struct job_worker_options options;
	struct db *db;   /* of the thread that works */
	struct db *beat; /* of the thread that keeps the lease */
	char lease[LEASE_NAME];
	pthread_t thread, beat_thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool is_stopping;
	int64_t running_id; /* 0: none; under the lock */
	atomic_llong n_done, n_total;
};

static int64_t now_of(const struct job_worker *w)
{
	return w->options.now ? w->options.now() : clock_now();
}

/* Nobody else has it: two workers of one process differ too. */
static void name_lease(char lease[LEASE_NAME])
{
	uint64_t random = 0;

	ENSURE(getrandom(&random, sizeof random, 0) == sizeof random);
	snprintf(lease, LEASE_NAME, "%ld-%016" PRIx64, (long)getpid(), random);
}

static bool open_worker(const struct job_worker_options *options, struct job_worker **ret,
			struct err *e)
{
	struct job_worker *w = calloc(1, sizeof *w);
	pthread_condattr_t monotonic;

	ENSURE(w);
	w->options = *options;
	name_lease(w->lease);
	ENSURE(pthread_mutex_init(&w->lock, NULL) == 0);
	ENSURE(pthread_condattr_init(&monotonic) == 0);
	ENSURE(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
	ENSURE(pthread_cond_init(&w->wake, &monotonic) == 0);
	pthread_condattr_destroy(&monotonic);
	*ret = w;
	if (!db_open(options->db_url, &w->db, e) || !db_open(options->db_url, &w->beat, e))
		return false;
	db_set_context(w->db, options->db_context);
	return true;
}

static void close_worker(struct job_worker *w)
{
	db_close(w->db);
	db_close(w->beat);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

/* Sleeps that long, or until the worker stops; returns whether it stops. */
static bool rest(struct job_worker *w, int ms)
{
	struct timespec until;
	bool stopping;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&w->lock);
	if (!w->is_stopping)
		pthread_cond_timedwait(&w->wake, &w->lock, &until);
	stopping = w->is_stopping;
	pthread_mutex_unlock(&w->lock);
	return stopping;
}

static int64_t running_id(struct job_worker *w)
{
	int64_t id;

	pthread_mutex_lock(&w->lock);
	id = w->running_id;
	pthread_mutex_unlock(&w->lock);
	return id;
}

static void set_running(struct job_worker *w, int64_t id)
{
	pthread_mutex_lock(&w->lock);
	w->running_id = id;
	pthread_mutex_unlock(&w->lock);
	w->n_done = 0;
	w->n_total = 0;
}

/* ---- keeping the lease ---- */

/* Whether there is something to write: progress each second, else only before the lease runs out. */
static void beat_once(struct job_worker *w, int64_t *last_done, int *quiet_beats)
{
	int64_t id = running_id(w);
	int64_t done = w->n_done, total = w->n_total;
	struct err e = { 0 };

	if (id == 0 || (done == *last_done && ++*quiet_beats < KEEP_SECONDS / BEAT_SECONDS))
		return;
	*last_done = done;
	*quiet_beats = 0;
	/* Failing is no harm: SQLite may be busy with the job's own transaction, or the job has just
	 * ended. The next beat comes long before the lease is over. */
	if (!job_set_progress(w->beat, id, w->lease, now_of(w) + LEASE_US, done, total, &e) &&
	    e.code != ERR_CONFLICT && e.code != ERR_RETRY)
		log_line(LOG_WARNING, "job", "could not keep the lease of job %" PRId64 ": %s", id,
			 e.msg);
}

static void *beat(void *arg)
{
	struct job_worker *w = arg;
	int64_t last_done = 0;
	int quiet_beats = 0;

	for (;;) {
		struct timespec pause = { .tv_nsec = 100000000 };
		bool stopping = rest(w, BEAT_SECONDS * 1000);

		/* A stopping worker still needs its lease until the handler has left. */
		if (stopping && running_id(w) == 0)
			return NULL;
		if (stopping)
			nanosleep(&pause, NULL);
		beat_once(w, &last_done, &quiet_beats);
	}
}

/* ---- running ---- */

static const struct job_handler *find_handler(const struct job_worker *w, const char *kind)
{
	for (const struct job_handler *h = w->options.handlers; h->kind; h++)
		if (str_eq(h->kind, kind))
			return h;
	return NULL;
}

static bool call_handler(struct job_worker *w, struct job_run *r, struct err *e)
{
	const struct job_handler *h = find_handler(w, r->job->kind);

	if (!h)
		return err_set(e, ERR_INTERNAL, "nobody knows how to run a job of kind \"%s\"",
			       r->job->kind);
	if (r->job->n_tries > JOB_MAX_TRIES)
		return err_set(e, ERR_INTERNAL, "given up: begun %d times without an end",
			       JOB_MAX_TRIES);
	return h->run(r, e);
}

static const char *error_json(struct arena *a, const struct err *cause)
{
	struct json j;
	struct buf b;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "error");
	json_open_object(&j);
	json_put_text(&j, "code", err_name(cause->code));
	json_put_text(&j, "message", cause->msg);
	json_end(&j);
	json_end(&j);
	return buf_str(&b);
}

static bool end_run(struct job_worker *w, const struct job_run *r, bool ok, const struct err *cause,
		    struct err *e)
{
	int64_t id = r->job->id;
	int64_t n_done = w->n_done, n_total = w->n_total;
	int64_t wait = SECOND << (r->job->n_tries < 8 ? r->job->n_tries : 8);

	db_reset(w->db);
	if (ok)
		return (n_total == 0 || job_set_progress(w->db, id, w->lease, now_of(w) + LEASE_US,
							 n_done, n_total, e)) &&
		       job_finish(w->db, id, w->lease, true, r->result, e);
	if (cause->code == ERR_RETRY && r->job->n_tries < JOB_MAX_TRIES)
		return job_put_back(w->db, id, w->lease, now_of(w) + wait, e);
	return job_finish(w->db, id, w->lease, false, error_json(r->arena, cause), e);
}

/* The claimed job in its own arena; a job that needs more memory than it may fails like any other. */
static bool run_claimed(struct job_worker *w, struct arena *a, const struct job *job, struct err *e)
{
	struct job_run r = {
		.job = job,
		.db = w->db,
		.arena = a,
		.context = w->options.context,
		.lease = w->lease,
		.worker = w,
	};
	struct err cause = { 0 };
	bool ok;

	set_running(w, job->id);
	ok = call_handler(w, &r, &cause);
	ENSURE(ok || cause.code != ERR_NONE);
	ok = end_run(w, &r, ok, &cause, e);
	set_running(w, 0);
	return ok;
}

static bool fail_too_large(struct job_worker *w, int64_t id, struct err *e)
{
	bool ok;

	db_reset(w->db);
	ok = job_finish(
		w->db, id, w->lease, false,
		"{\"error\":{\"code\":\"LIMIT\",\"message\":\"the job needs more memory than"
		" it may have\"}}",
		e);
	set_running(w, 0);
	return ok;
}

static bool claim_and_run(struct job_worker *w, struct arena *a, bool *ret_did, struct err *e)
{
	struct job job;

	if (!job_claim(w->db, a, w->lease, now_of(w), LEASE_US, &job, e))
		return false;
	*ret_did = job.id != 0;
	return job.id == 0 || run_claimed(w, a, &job, e);
}

static bool work_once(struct job_worker *w, bool *ret_did, struct err *e)
{
	struct arena *a = arena_new(w->options.memory);
	bool ok;

	if (arena_exhausted(a)) {
		*ret_did = true;
		ok = fail_too_large(w, running_id(w), e);
	} else {
		ok = claim_and_run(w, a, ret_did, e);
	}
	arena_free(a);
	return ok;
}

static bool tidy(struct job_worker *w, int64_t *next, struct err *e)
{
	int64_t now = now_of(w);

	if (!w->options.tidy || now < *next)
		return true;
	*next = now + TIDY_US;
	return w->options.tidy(w->db, now, e);
}

static void *work(void *arg)
{
	struct job_worker *w = arg;
	int poll_ms = w->options.poll_ms ? w->options.poll_ms : DEFAULT_POLL_MS;
	int64_t next_tidy = INT64_MIN;
	bool did = false;

	while (!rest(w, did ? 0 : poll_ms)) {
		struct err e = { 0 };

		did = false;
		/* What a writer that died between its commit and its seal has left. */
		if (!work_once(w, &did, &e) ||
		    (!did && (!seal_run(w->db, &e) || !tidy(w, &next_tidy, &e)))) {
			log_line(LOG_ERROR, "job", "%s: %s", err_name(e.code), e.msg);
			did = false;
		}
	}
	return NULL;
}

/* ---- the door ---- */

bool job_worker_start(const struct job_worker_options *options, struct job_worker **ret,
		      struct err *e)
{
	struct job_worker *w;

	if (!open_worker(options, &w, e)) {
		close_worker(w);
		return false;
	}
	ENSURE(pthread_create(&w->beat_thread, NULL, beat, w) == 0);
	ENSURE(pthread_create(&w->thread, NULL, work, w) == 0);
	*ret = w;
	return true;
}

void job_worker_stop(struct job_worker *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->is_stopping = true;
	pthread_cond_broadcast(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_join(w->beat_thread, NULL);
	close_worker(w);
}

bool job_work_once(const struct job_worker_options *options, bool *ret_did, struct err *e)
{
	struct job_worker *w;
	bool ok = open_worker(options, &w, e) && work_once(w, ret_did, e);

	close_worker(w);
	return ok;
}

void job_progress(struct job_run *r, int64_t n_done, int64_t n_total)
{
	r->worker->n_done = n_done;
	r->worker->n_total = n_total;
}

bool job_is_stopping(const struct job_run *r)
{
	struct job_worker *w = r->worker;
	bool stopping;

	pthread_mutex_lock(&w->lock);
	stopping = w->is_stopping;
	pthread_mutex_unlock(&w->lock);
	return stopping;
}

bool job_still_mine(struct job_run *r, struct err *e)
{
	return job_hold(r->db, r->job->id, r->lease, now_of(r->worker) + LEASE_US, e);
}
