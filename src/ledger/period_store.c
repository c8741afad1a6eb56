/* SPDX-License-Identifier: Apache-2.0 */
/* period_store.c - closing, and reopening by two people. */
#include "ledger/period.h"

#include "base/json.h"
#include "base/text.h"
#include "db/event.h"

enum { REASON_MAX = 500 };

bool period_list(struct db *db, struct arena *a, int64_t entity_id, struct period **ret,
		 size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct period, id),           DB_DAY(struct period, from_on),
		DB_DAY(struct period, to_on),        DB_COL(struct period, state),
		DB_COL(struct period, closed_by),    DB_COL(struct period, recorded),
		DB_COL(struct period, reopening_id), DB_COL(struct period, reopening_state),
		DB_COL(struct period, reason),       DB_COL(struct period, asked_by),
		DB_COL(struct period, decided_by),   DB_COL(struct period, asked),
		DB_COL(struct period, decided),
	};

	return db_list(db, a,
		       "SELECT p.id, p.from_on, p.to_on, p.state, p.closed_by, p.recorded, r.id,"
		       " r.state, r.reason, r.asked_by, r.decided_by, r.recorded, r.decided"
		       " FROM period p LEFT JOIN period_reopening r ON r.id ="
		       "  (SELECT max(n.id) FROM period_reopening n WHERE n.period_id = p.id)"
		       " WHERE p.entity_id = $1 ORDER BY p.to_on DESC, p.from_on, p.id DESC"
		       " LIMIT 1000",
		       DB_PARAMS(P_I64(entity_id)), columns, ARRAY_LEN(columns), sizeof **ret,
		       (void **)ret, ret_n, e);
}

static bool load_closed(struct db *db, int64_t entity_id, struct closed_days *ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = true;

	*ret = (struct closed_days){ 0 };
	if (!db_query(db,
		      "SELECT from_on, to_on FROM period WHERE entity_id = $1 AND state = 'closed'"
		      " ORDER BY from_on",
		      DB_PARAMS(P_I64(entity_id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more)
		ENSURE(closed_days_add(ret, row_day(r, 0), row_day(r, 1)));
	return !more;
}

bool period_hold(struct db *db, int64_t entity_id, struct closed_days *ret, struct err *e)
{
	return db_lock(db, "period", entity_id, true, e) && load_closed(db, entity_id, ret, e);
}

struct act {
	int64_t entity_id, period_id;
	day_t from, to;
	const char *reason, *actor;
	int64_t now;
	bool is_approved;
};

static bool tell(struct db *db, const struct act *x, const char *kind, int64_t *ret_id,
		 struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct buf body;
	struct json j;

	buf_init(&body, a);
	json_init(&j, &body);
	json_open_object(&j);
	json_put_day(&j, "from", x->from);
	json_put_day(&j, "to", x->to);
	if (x->reason)
		json_put_text(&j, "reason", x->reason);
	json_end(&j);
	return event_add(db,
			 &(struct event){ .entity_id = x->entity_id,
					  .kind = kind,
					  .subject_kind = "period",
					  .subject_id = x->period_id,
					  .actor = x->actor,
					  .body = buf_str(&body),
					  .recorded = x->now },
			 ret_id, e);
}

static bool close_tx(struct db *db, void *arg, struct err *e)
{
	struct act *x = arg;
	struct closed_days closed;
	int64_t event_id, n;

	if (!db_lock(db, "period", x->entity_id, false, e) ||
	    !load_closed(db, x->entity_id, &closed, e) ||
	    !db_get_i64(db,
			"SELECT count(*) FROM period WHERE entity_id = $1 AND state = 'closed'"
			" AND from_on <= $2 AND to_on >= $3",
			DB_PARAMS(P_I64(x->entity_id), P_DAY(x->from), P_DAY(x->to)), 0, &n, e))
		return false;
	if (n > 0)
		return err_set(e, ERR_DUPLICATE, "this period is closed already");
	if (!closed_days_add(&closed, x->from, x->to))
		return err_set(e, ERR_LIMIT,
			       "more than %d separate runs of closed days: close those between",
			       CLOSED_RUNS);
	return db_new_id(db, &x->period_id, e) && tell(db, x, "period.closed", &event_id, e) &&
	       db_exec(db,
		       "INSERT INTO period (id, entity_id, from_on, to_on, state, closed_by,"
		       " event_id, recorded) VALUES ($1, $2, $3, $4, 'closed', $5, $6, $7)",
		       DB_PARAMS(P_I64(x->period_id), P_I64(x->entity_id), P_DAY(x->from),
				 P_DAY(x->to), P_TEXT(x->actor), P_I64(event_id), P_I64(x->now)),
		       NULL, e);
}

bool period_close(struct db *db, int64_t entity_id, day_t from, day_t to, day_t today,
		  const char *actor, int64_t now, int64_t *ret_id, struct err *e)
{
	struct act x = {
		.entity_id = entity_id, .from = from, .to = to, .actor = actor, .now = now
	};
	char day[DATE_TEXT];

	if (to >= today)
		return err_set(e, ERR_REFUSED, "the period is not over: its last day is %s",
			       date_format(to, day));
	if (!db_tx(db, close_tx, &x, e))
		return false;
	if (ret_id)
		*ret_id = x.period_id;
	return true;
}

/* The period's days, when it is closed. */
static bool load_act(struct db *db, struct act *x, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	if (!db_query(db,
		      "SELECT from_on, to_on FROM period WHERE id = $1 AND entity_id = $2"
		      " AND state = 'closed'",
		      DB_PARAMS(P_I64(x->period_id), P_I64(x->entity_id)), &r, e) ||
	    !rows_next(r, &more, e))
		return false;
	if (!more)
		return err_set(e, ERR_CONFLICT, "there is no such closed period");
	x->from = row_day(r, 0);
	x->to = row_day(r, 1);
	return true;
}

/* A month inside a closed year would stay closed by the year. */
static bool check_covered(struct db *db, const struct act *x, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	char from[DATE_TEXT], to[DATE_TEXT];
	bool more = false;

	if (!db_query(db,
		      "SELECT from_on, to_on FROM period WHERE entity_id = $1 AND state = 'closed'"
		      " AND id <> $2 AND from_on <= $4 AND to_on >= $3 ORDER BY id LIMIT 1",
		      DB_PARAMS(P_I64(x->entity_id), P_I64(x->period_id), P_DAY(x->from),
				P_DAY(x->to)),
		      &r, e) ||
	    !rows_next(r, &more, e))
		return false;
	if (!more)
		return true;
	return err_set(e, ERR_REFUSED,
		       "days of it are closed by another period too (%s to %s): reopen that first",
		       date_format(row_day(r, 0), from), date_format(row_day(r, 1), to));
}

static bool ask_tx(struct db *db, void *arg, struct err *e)
{
	struct act *x = arg;
	int64_t id, event_id, n;

	if (!db_lock(db, "period", x->entity_id, false, e) || !load_act(db, x, e) ||
	    !check_covered(db, x, e) ||
	    !db_get_i64(db,
			"SELECT count(*) FROM period_reopening WHERE period_id = $1"
			" AND state = 'asked'",
			DB_PARAMS(P_I64(x->period_id)), 0, &n, e))
		return false;
	if (n > 0)
		return err_set(e, ERR_CONFLICT, "its reopening is asked for already");
	return db_new_id(db, &id, e) && tell(db, x, "period.reopening_asked", &event_id, e) &&
	       db_exec(db,
		       "INSERT INTO period_reopening (id, entity_id, period_id, reason, asked_by,"
		       " state, event_id, recorded) VALUES ($1, $2, $3, $4, $5, 'asked', $6, $7)",
		       DB_PARAMS(P_I64(id), P_I64(x->entity_id), P_I64(x->period_id),
				 P_TEXT(x->reason), P_TEXT(x->actor), P_I64(event_id),
				 P_I64(x->now)),
		       NULL, e);
}

bool period_ask(struct db *db, int64_t entity_id, int64_t period_id, const char *reason,
		const char *actor, int64_t now, struct err *e)
{
	struct act x = { .entity_id = entity_id,
			 .period_id = period_id,
			 .reason = reason,
			 .actor = actor,
			 .now = now };

	if (str_empty(reason) || text_length(reason) > REASON_MAX)
		return err_field(e, ERR_INVALID, "reason",
				 "a period is reopened for a reason of 1 to 500 characters");
	return db_tx(db, ask_tx, &x, e);
}

static bool decide_tx(struct db *db, void *arg, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct act *x = arg;
	char *asked_by;
	int64_t changed;

	if (!db_lock(db, "period", x->entity_id, false, e) || !load_act(db, x, e) ||
	    !db_get_text(db, a,
			 "SELECT asked_by FROM period_reopening WHERE period_id = $1"
			 " AND state = 'asked'",
			 DB_PARAMS(P_I64(x->period_id)), &asked_by, e))
		return false;
	if (!asked_by)
		return err_set(e, ERR_CONFLICT, "nobody asks for its reopening");
	if (x->is_approved && str_eq(asked_by, x->actor))
		return err_set(
			e, ERR_FORBIDDEN,
			"who asked for the reopening cannot approve it: another person must");
	if (!tell(db, x, x->is_approved ? "period.reopened" : "period.reopening_refused", NULL,
		  e) ||
	    !db_exec(db,
		     "UPDATE period_reopening SET state = $2, decided_by = $3, decided = $4"
		     " WHERE period_id = $1 AND state = 'asked'",
		     DB_PARAMS(P_I64(x->period_id), P_TEXT(x->is_approved ? "approved" : "refused"),
			       P_TEXT(x->actor), P_I64(x->now)),
		     &changed, e))
		return false;
	ENSURE(changed == 1);
	return !x->is_approved || db_exec(db, "UPDATE period SET state = 'reopened' WHERE id = $1",
					  DB_PARAMS(P_I64(x->period_id)), NULL, e);
}

bool period_decide(struct db *db, int64_t entity_id, int64_t period_id, bool is_approved,
		   const char *actor, int64_t now, struct err *e)
{
	struct act x = { .entity_id = entity_id,
			 .period_id = period_id,
			 .actor = actor,
			 .now = now,
			 .is_approved = is_approved };

	return db_tx(db, decide_tx, &x, e);
}
