/* SPDX-License-Identifier: Apache-2.0 */
/* period_undo.c - acts on closed periods, taken back. */
#include "ledger/period.h"

enum { CLOSING_MINUTES = 15 };

struct closing {
	const char *closed_by, *state;
	day_t from_on, to_on;
	int64_t recorded;
};

static bool load(struct db *db, struct arena *a, int64_t entity_id, int64_t period_id,
		 struct closing *ret, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct closing, closed_by), DB_COL(struct closing, state),
		DB_DAY(struct closing, from_on),   DB_DAY(struct closing, to_on),
		DB_COL(struct closing, recorded),
	};

	return db_lock(db, "period", entity_id, false, e) &&
	       db_one(db, a,
		      "SELECT closed_by, state, from_on, to_on, recorded FROM period"
		      " WHERE id = $1 AND entity_id = $2",
		      DB_PARAMS(P_I64(period_id), P_I64(entity_id)), columns, ARRAY_LEN(columns),
		      ret, e);
}

/* Facts that were dated out of the period because it was closed. */
static bool count_moved(struct db *db, int64_t entity_id, const struct closing *c, int64_t *ret,
			struct err *e)
{
	return db_get_i64(
		db,
		"SELECT (SELECT COUNT(*) FROM item WHERE entity_id = $1 AND recorded >= $4"
		" AND dated_from >= $2 AND dated_from <= $3) + (SELECT COUNT(*) FROM allocation"
		" WHERE entity_id = $1 AND recorded >= $4 AND dated_from >= $2"
		" AND dated_from <= $3)",
		DB_PARAMS(P_I64(entity_id), P_DAY(c->from_on), P_DAY(c->to_on), P_I64(c->recorded)),
		0, ret, e);
}

bool period_close_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t period_id,
		       const char *actor, int64_t now, struct err *e)
{
	struct closing c;
	int64_t moved, asked;

	if (!load(db, a, entity_id, period_id, &c, e))
		return false;
	if (!str_eq(c.state, "closed"))
		return err_set(e, ERR_CONFLICT, "there is no such closed period");
	if (!str_eq(c.closed_by, actor) || now - c.recorded > CLOSING_MINUTES * INT64_C(60000000))
		return err_set(e, ERR_REFUSED,
			       "only who closed it takes the closing back, within %d minutes: later"
			       " its reopening is asked for, and another person approves it",
			       CLOSING_MINUTES);
	if (!count_moved(db, entity_id, &c, &moved, e) ||
	    !db_get_i64(db, "SELECT COUNT(*) FROM period_reopening WHERE period_id = $1",
			DB_PARAMS(P_I64(period_id)), 0, &asked, e))
		return false;
	if (moved > 0 || asked > 0)
		return err_set(e, ERR_REFUSED,
			       "facts were dated out of it already, or its reopening was asked for:"
			       " ask for its reopening");
	return db_exec(db, "UPDATE period SET state = 'reopened' WHERE id = $1",
		       DB_PARAMS(P_I64(period_id)), NULL, e);
}

bool period_reopen_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t period_id,
			struct err *e)
{
	struct closing c;
	int64_t again;

	if (!load(db, a, entity_id, period_id, &c, e) ||
	    !db_get_i64(db,
			"SELECT COUNT(*) FROM period WHERE entity_id = $1 AND from_on = $2"
			" AND to_on = $3 AND state = 'closed'",
			DB_PARAMS(P_I64(entity_id), P_DAY(c.from_on), P_DAY(c.to_on)), 0, &again,
			e))
		return false;
	if (again > 0 || !str_eq(c.state, "reopened"))
		return err_set(e, ERR_CONFLICT, "this period is closed already");
	return db_exec(db,
		       "UPDATE period_reopening SET state = 'asked', decided_by = NULL,"
		       " decided = NULL WHERE id = (SELECT max(id) FROM period_reopening"
		       " WHERE period_id = $1 AND state = 'approved')",
		       DB_PARAMS(P_I64(period_id)), NULL, e) &&
	       db_exec(db, "UPDATE period SET state = 'closed' WHERE id = $1",
		       DB_PARAMS(P_I64(period_id)), NULL, e);
}

bool period_refuse_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t period_id,
			struct err *e)
{
	struct closing c;
	int64_t asked;

	if (!load(db, a, entity_id, period_id, &c, e) ||
	    !db_get_i64(db,
			"SELECT COUNT(*) FROM period_reopening WHERE period_id = $1"
			" AND state = 'asked'",
			DB_PARAMS(P_I64(period_id)), 0, &asked, e))
		return false;
	if (asked > 0 || !str_eq(c.state, "closed"))
		return err_set(e, ERR_CONFLICT, "something was done with this period since");
	return db_exec(db,
		       "UPDATE period_reopening SET state = 'asked', decided_by = NULL,"
		       " decided = NULL WHERE id = (SELECT max(id) FROM period_reopening"
		       " WHERE period_id = $1 AND state = 'refused')",
		       DB_PARAMS(P_I64(period_id)), NULL, e);
}
