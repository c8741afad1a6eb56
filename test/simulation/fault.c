/* SPDX-License-Identifier: Apache-2.0 */
/* Stands between db.c and the engine: the table of its operations is replaced by one that can fail. */
#include "simulation/fault.h"

#include "db/db_engine.h"

static const struct db_ops *engine;
static struct db_ops failing;
static struct fault_plan *plan;

/* Whether this is the moment; the plan is used up then. */
static bool is_now(enum fault_kind kind)
{
	if (plan->kind != kind || --plan->after > 0)
		return false;
	plan->kind = FAULT_NONE;
	plan->n_fired++;
	return true;
}

static bool refuse(struct err *e, enum err_code code)
{
	return err_set(e, code, "a failure made on purpose");
}

/* From here on nothing reaches the engine. */
static bool is_dark(void)
{
	if (is_now(FAULT_CUT))
		plan->is_dead = true;
	return plan->is_dead;
}

static bool fail_exec(struct db *db, const char *sql, struct db_params params, int64_t *ret,
		      struct err *e)
{
	if (is_dark() || is_now(FAULT_STATEMENT))
		return refuse(e, ERR_DB);
	return engine->exec(db, sql, params, ret, e);
}

static bool fail_query(struct db *db, const char *sql, struct db_params params, struct rows *r,
		       struct err *e)
{
	if (is_dark() || is_now(FAULT_STATEMENT))
		return refuse(e, ERR_DB);
	return engine->query(db, sql, params, r, e);
}

static bool fail_script(struct db *db, const char *sql, struct err *e)
{
	if (plan->is_dead)
		return refuse(e, ERR_DB);
	if (str_starts(sql, "BEGIN") && is_now(FAULT_BUSY))
		return refuse(e, ERR_RETRY);
	return engine->script(db, sql, e);
}

static bool fail_commit(struct db *db, struct err *e)
{
	bool is_act = db->n_events > 0;

	if (plan->is_dead || (is_act && is_now(FAULT_COMMIT)))
		return refuse(e, ERR_DB);
	if (!engine->commit(db, e))
		return false;
	if (is_act && is_now(FAULT_KILL))
		plan->is_dead = true;
	return !is_act || !is_now(FAULT_COMMIT_ANSWER) || refuse(e, ERR_DB);
}

static bool fail_row(struct db_copy *c, struct db_params params, struct err *e)
{
	return is_dark() ? refuse(e, ERR_DB) : engine->copy_row(c, params, e);
}

static bool fail_flush(struct db_copy *c, struct err *e)
{
	return is_dark() ? refuse(e, ERR_DB) : engine->copy_flush(c, e);
}

static void fail_rollback(struct db *db)
{
	if (!plan->is_dead)
		engine->rollback(db);
}

void fault_arm(struct db *db, struct fault_plan *p)
{
	engine = db->ops;
	failing = *engine;
	failing.exec = fail_exec;
	failing.query = fail_query;
	failing.script = fail_script;
	failing.commit = fail_commit;
	failing.rollback = fail_rollback;
	failing.copy_row = fail_row;
	failing.copy_flush = fail_flush;
	db->ops = &failing;
	plan = p;
}

void fault_disarm(struct db *db)
{
	if (db->ops == &failing)
		db->ops = engine;
}
