/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker.h - a thread that runs jobs, one after the other.
 *
 *	static bool run_import(struct job_run *r, struct err *e)
 *	{
 *		for (...) {
 *			if (job_is_stopping(r))
 *				return err_set(e, ERR_RETRY, "the server stops");
 *			job_progress(r, i, n);
 *		}
 *		r->result = "{\"records\":3}";
 *		return true;
 *	}
 *	static const struct job_handler handlers[] = { { "import", run_import }, { 0 } };
 *
 * A handler that returns false with ERR_RETRY is run again later, any other error fails the job. One that
 * was begun JOB_MAX_TRIES times without an end (it brought its process down) fails too.
 */
#ifndef JOB_WORKER_H
#define JOB_WORKER_H

#include "job/job.h"

enum { JOB_MAX_TRIES = 5, JOB_LEASE_SECONDS = 120 };

struct job_worker;

/* One run of a job, for its handler. */
struct job_run {
	const struct job *job;
	struct db *db;       /* the worker's own, no transaction open */
	struct arena *arena; /* lives as long as the run */
	const char *result;  /* set by the handler: a JSON object in the arena; NULL: "{}" */
	void *context;       /* of the options */
	const char *lease;
	struct job_worker *worker;
};

struct job_handler {
	const char *kind; /* NULL ends the table */
	bool (*run)(struct job_run *r, struct err *e);
};

struct job_worker_options {
	const char *db_url;
	void *db_context; /* goes with the connection (db_set_context) */
	const struct job_handler *handlers;
	void *context;
	/* Done when nothing waits, at the start and once an hour; NULL: nothing. What it cannot do is logged. */
	bool (*tidy)(struct db *db, int64_t now, struct err *e);
	int poll_ms;          /* 0: 500; how often the queue is looked at */
	size_t memory;        /* of one run; 0: 1 GiB */
	int64_t (*now)(void); /* NULL: clock_now */
};

/* Starts the thread, and one beside it that keeps the lease and writes the progress. */
bool job_worker_start(const struct job_worker_options *options, struct job_worker **ret,
		      struct err *e) NODISCARD;

/* Asks the running handler to stop and waits for it. NULL is fine. */
void job_worker_stop(struct job_worker *w);

/* Runs one job if there is one, in this thread. For tests and for `worker --once`. */
bool job_work_once(const struct job_worker_options *options, bool *ret_did,
		   struct err *e) NODISCARD;

/* ---- for handlers ---- */

/* Remembers how far the work is; written by the other thread, so it may be called for every row. */
void job_progress(struct job_run *r, int64_t n_done, int64_t n_total);

/* Whether the program wants to end: leave soon with ERR_RETRY, and the job will be begun again. */
bool job_is_stopping(const struct job_run *r);

/* Inside the transaction that does the work: ERR_CONFLICT when the lease was lost, so that nothing is done
 * twice. */
bool job_still_mine(struct job_run *r, struct err *e) NODISCARD;

#endif
