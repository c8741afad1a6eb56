/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job.h - the queue of background work (travaux).
 *
 * A job waits, is claimed by one worker under a lease, and ends done or failed. A worker that dies leaves its
 * lease to run out; then another claims the job and begins it again. So a job may be begun twice, and its
 * work must bear it; job_hold inside the transaction of the work makes sure that only the holder of the
 * lease commits.
 *
 * Running jobs is the business of job/worker.h.
 */
#ifndef JOB_JOB_H
#define JOB_JOB_H

#include "db/db.h"

struct job {
	int64_t id;
	int64_t entity_id;       /* 0: of the whole installation */
	const char *kind;        /* "import", "send" ... */
	const char *argument;    /* JSON object, meant for the handler of the kind */
	const char *state;       /* waiting, running, done, failed */
	const char *actor;       /* who asked for it */
	int n_tries;             /* how often it was begun */
	int64_t n_done, n_total; /* progress; n_total 0: not known */
	const char
		*result; /* JSON object once it has ended; {"error":…} when it failed; else NULL */
	int64_t not_before;
	int64_t recorded;
};

struct new_job {
	int64_t entity_id;
	const char *kind;
	const char *argument; /* NULL: "{}" */
	const char *actor;
	int64_t not_before; /* moment; 0: at once */
};

/* Queues a job, in the caller's transaction if there is one: it is seen when that commits. ret_id may be
 * NULL. */
bool job_add(struct db *db, const struct new_job *j, int64_t now, int64_t *ret_id,
	     struct err *e) NODISCARD;

/* ERR_NOT_FOUND when there is none. */
bool job_get(struct db *db, struct arena *a, int64_t id, struct job *ret, struct err *e) NODISCARD;

/* ---- for workers ---- */

/* Takes the oldest job that may run at that moment, waiting or left by a dead worker, until now + lease_us.
 * No two callers get the same. ret->id is 0 when there is none. lease names the worker, uniquely. */
bool job_claim(struct db *db, struct arena *a, const char *lease, int64_t now, int64_t lease_us,
	       struct job *ret, struct err *e) NODISCARD;

/* Extends the lease; inside a transaction, also makes sure that only the holder commits it. ERR_CONFLICT
 * when another has the job by now: stop. */
bool job_hold(struct db *db, int64_t id, const char *lease, int64_t until, struct err *e) NODISCARD;

/* Extends the lease and shows how far the work is. */
bool job_set_progress(struct db *db, int64_t id, const char *lease, int64_t until, int64_t n_done,
		      int64_t n_total, struct err *e) NODISCARD;

/* Ends the job with its result (a JSON object; NULL: "{}"), or puts it back until a moment. ERR_CONFLICT as
 * above. */
bool job_finish(struct db *db, int64_t id, const char *lease, bool is_done, const char *result,
		struct err *e) NODISCARD;
bool job_put_back(struct db *db, int64_t id, const char *lease, int64_t not_before,
		  struct err *e) NODISCARD;

#endif
