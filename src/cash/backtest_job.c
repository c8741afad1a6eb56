/* SPDX-License-Identifier: Apache-2.0 */
/* backtest_job.c - the back-test in the background; its last outcome stays with its job. */
#include "cash/backtest_job.h"

#include "base/clock.h"
#include "cash/backtest.h"
#include "ledger/entity.h"

#include <jansson.h>
#include <stdio.h>

static bool goes_on(void *arg, int64_t n_done, int64_t n_total)
{
	struct job_run *run = arg;

	job_progress(run, n_done, n_total);
	return !job_is_stopping(run);
}

bool backtest_job_run(struct job_run *run, struct err *e)
{
	json_t *argument = json_loads(run->job->argument, 0, NULL);
	int64_t months = json_integer_value(json_object_get(argument, "months"));
	struct backtest_watch watch = { goes_on, run };
	struct entity entity;
	struct backtest t;
	struct buf out;

	json_decref(argument);
	if (months < 1 || months > BACKTEST_MONTHS_MAX)
		return err_set(e, ERR_INVALID, "a back-test of %lld months", (long long)months);
	if (!entity_get_by_id(run->db, run->arena, run->job->entity_id, &entity, e) ||
	    !backtest_run(run->db, run->arena, entity.id, clock_day(clock_now(), entity.time_zone),
			  (int)months, &watch, &t, e))
		return false;
	buf_init(&out, run->arena);
	backtest_encode(&t, &out);
	run->result = buf_str(&out);
	return true;
}

/* ---- asking, and what came of it ---- */

struct stored {
	const char *state, *result;
	int64_t n_done, n_total, recorded;
};

static bool newest(struct db *db, struct arena *a, int64_t entity_id, bool is_done,
		   struct stored *ret, bool *ret_found, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct stored, state),    DB_COL(struct stored, result),
		DB_COL(struct stored, n_done),   DB_COL(struct stored, n_total),
		DB_COL(struct stored, recorded),
	};
	struct stored *list;
	size_t n;

	if (!db_list(db, a,
		     "SELECT state, result, n_done, n_total, recorded FROM job"
		     " WHERE entity_id = $1 AND kind = 'back-test' AND ($2 = 0 OR state = 'done')"
		     " ORDER BY recorded DESC, id DESC LIMIT 1",
		     DB_PARAMS(P_I64(entity_id), P_BOOL(is_done)), columns, ARRAY_LEN(columns),
		     sizeof *list, (void **)&list, &n, e))
		return false;
	*ret_found = n > 0;
	if (n)
		*ret = list[0];
	return true;
}

/* The text of {"error":…}. */
static const char *failure_of(struct arena *a, const char *result)
{
	json_t *o = result ? json_loads(result, 0, NULL) : NULL;
	const char *text = json_string_value(json_object_get(o, "error"));
	const char *ret = arena_strdup(a, text ? text : "");

	json_decref(o);
	return ret;
}

bool backtest_last(struct db *db, struct arena *a, int64_t entity_id, struct backtest_last *ret,
		   struct err *e)
{
	struct stored s;
	bool found;

	*ret = (struct backtest_last){ 0 };
	if (!newest(db, a, entity_id, false, &s, &found, e))
		return false;
	if (!found)
		return true;
	ret->is_under_way = str_eq(s.state, "waiting") || str_eq(s.state, "running");
	ret->n_done = s.n_done;
	ret->n_total = s.n_total;
	if (str_eq(s.state, "failed"))
		ret->failure = failure_of(a, s.result);
	if (!newest(db, a, entity_id, true, &s, &ret->is_there, e))
		return false;
	if (!ret->is_there)
		return true;
	ret->recorded = s.recorded;
	return backtest_decode(s.result, &ret->result, e);
}

struct asking {
	int64_t entity_id, now;
	int months;
	const char *actor;
};

static bool ask_tx(struct db *db, void *arg, struct err *e)
{
	const struct asking *ask = arg;
	char argument[32];
	int64_t n;

	snprintf(argument, sizeof argument, "{\"months\":%d}", ask->months);
	return db_get_i64(db,
			  "SELECT COUNT(*) FROM job WHERE entity_id = $1 AND kind = 'back-test'"
			  " AND state IN ('waiting', 'running')",
			  DB_PARAMS(P_I64(ask->entity_id)), 0, &n, e) &&
	       (n > 0 || job_add(db,
				 &(struct new_job){ .entity_id = ask->entity_id,
						    .kind = "back-test",
						    .argument = argument,
						    .actor = ask->actor },
				 ask->now, NULL, e));
}

bool backtest_ask(struct db *db, int64_t entity_id, int months, const char *actor, int64_t now,
		  struct err *e)
{
	if (months < 1 || months > BACKTEST_MONTHS_MAX)
		return err_field(e, ERR_INVALID, "months", "1 to %d months", BACKTEST_MONTHS_MAX);
	return db_tx(db, ask_tx, &(struct asking){ entity_id, now, months, actor }, e);
}
