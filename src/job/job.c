/* SPDX-License-Identifier: Apache-2.0 */
#include "job/job.h"

#define COLUMNS                                                                                \
	"id, COALESCE(entity_id, 0), kind, argument, state, actor, n_tries, n_done, n_total, " \
	"result,"                                                                              \
	" not_before, recorded"

static const struct db_column columns[] = {
	DB_COL(struct job, id),       DB_COL(struct job, entity_id),  DB_COL(struct job, kind),
	DB_COL(struct job, argument), DB_COL(struct job, state),      DB_COL(struct job, actor),
	DB_COL(struct job, n_tries),  DB_COL(struct job, n_done),     DB_COL(struct job, n_total),
	DB_COL(struct job, result),   DB_COL(struct job, not_before), DB_COL(struct job, recorded),
};

bool job_add(struct db *db, const struct new_job *j, int64_t now, int64_t *ret_id, struct err *e)
{
	int64_t id;

	ENSURE(!str_empty(j->kind) && !str_empty(j->actor));
	if (!db_new_id(db, &id, e) ||
	    !db_exec(db,
		     "INSERT INTO job (id, entity_id, kind, argument, state, actor, not_before,"
		     " recorded) VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7)",
		     DB_PARAMS(P_I64(id), P_ID(j->entity_id), P_TEXT(j->kind),
			       P_TEXT(j->argument ? j->argument : "{}"), P_TEXT(j->actor),
			       P_I64(j->not_before), P_I64(now)),
		     NULL, e))
		return err_while(e, "queueing the job %s", j->kind);
	if (ret_id)
		*ret_id = id;
	return true;
}

bool job_get(struct db *db, struct arena *a, int64_t id, struct job *ret, struct err *e)
{
	if (db_one(db, a, "SELECT " COLUMNS " FROM job WHERE id = $1", DB_PARAMS(P_I64(id)),
		   columns, ARRAY_LEN(columns), ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no job %" PRId64, id);
	return false;
}

/* Looked for without a lock, then taken with a guard: most looks find nothing, and write nothing. */
static bool find_claimable(struct db *db, int64_t now, int64_t *ret_id, struct err *e)
{
	if (!db_get_i64(db,
			"SELECT id FROM job WHERE state = 'waiting' AND not_before <= $1"
			" ORDER BY id LIMIT 1",
			DB_PARAMS(P_I64(now)), 0, ret_id, e))
		return false;
	if (*ret_id)
		return true;
	return db_get_i64(db,
			  "SELECT id FROM job WHERE state = 'running' AND lease_until < $1"
			  " ORDER BY id LIMIT 1",
			  DB_PARAMS(P_I64(now)), 0, ret_id, e);
}

bool job_claim(struct db *db, struct arena *a, const char *lease, int64_t now, int64_t lease_us,
	       struct job *ret, struct err *e)
{
	int64_t id, changed;

	for (;;) {
		if (!find_claimable(db, now, &id, e))
			return false;
		if (id == 0) {
			*ret = (struct job){ 0 };
			return true;
		}
		if (!db_exec(db,
			     "UPDATE job SET state = 'running', lease = $2, lease_until = $3,"
			     " n_tries = n_tries + 1 WHERE id = $1 AND"
			     " ((state = 'waiting' AND not_before <= $4)"
			     "  OR (state = 'running' AND lease_until < $4))",
			     DB_PARAMS(P_I64(id), P_TEXT(lease), P_I64(now + lease_us), P_I64(now)),
			     &changed, e))
			return false;
		if (changed == 1)
			return job_get(db, a, id, ret, e);
	}
}

static bool held(int64_t changed, int64_t id, struct err *e)
{
	return changed == 1 ||
	       err_set(e, ERR_CONFLICT, "job %" PRId64 " is held by another worker by now", id);
}

bool job_hold(struct db *db, int64_t id, const char *lease, int64_t until, struct err *e)
{
	int64_t changed;

	return db_exec(db,
		       "UPDATE job SET lease_until = $3"
		       " WHERE id = $1 AND state = 'running' AND lease = $2",
		       DB_PARAMS(P_I64(id), P_TEXT(lease), P_I64(until)), &changed, e) &&
	       held(changed, id, e);
}

bool job_set_progress(struct db *db, int64_t id, const char *lease, int64_t until, int64_t n_done,
		      int64_t n_total, struct err *e)
{
	int64_t changed;

	return db_exec(db,
		       "UPDATE job SET lease_until = $3, n_done = $4, n_total = $5"
		       " WHERE id = $1 AND state = 'running' AND lease = $2",
		       DB_PARAMS(P_I64(id), P_TEXT(lease), P_I64(until), P_I64(n_done),
				 P_I64(n_total)),
		       &changed, e) &&
	       held(changed, id, e);
}

bool job_finish(struct db *db, int64_t id, const char *lease, bool is_done, const char *result,
		struct err *e)
{
	int64_t changed;

	return db_exec(db,
		       "UPDATE job SET state = $3, result = $4, lease = NULL, lease_until = NULL"
		       " WHERE id = $1 AND state = 'running' AND lease = $2",
		       DB_PARAMS(P_I64(id), P_TEXT(lease), P_TEXT(is_done ? "done" : "failed"),
				 P_TEXT(result ? result : "{}")),
		       &changed, e) &&
	       held(changed, id, e);
}

bool job_put_back(struct db *db, int64_t id, const char *lease, int64_t not_before, struct err *e)
{
	int64_t changed;

	return db_exec(db,
		       "UPDATE job SET state = 'waiting', not_before = $3, lease = NULL,"
		       " lease_until = NULL WHERE id = $1 AND state = 'running' AND lease = $2",
		       DB_PARAMS(P_I64(id), P_TEXT(lease), P_I64(not_before)), &changed, e) &&
	       held(changed, id, e);
}
