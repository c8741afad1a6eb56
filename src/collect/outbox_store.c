/* SPDX-License-Identifier: Apache-2.0 */
/* outbox_store.c - reading the outbox, and what people decide about a message. */
#include "collect/outbox.h"

#include "base/text.h"

#include "base/json.h"
#include "db/event.h"

static const struct db_column columns[] = {
	DB_COL(struct outbox_message, id),
	DB_COL(struct outbox_message, customer_id),
	DB_COL(struct outbox_message, customer_code),
	DB_COL(struct outbox_message, customer_name),
	DB_COL(struct outbox_message, contact_id),
	DB_COL(struct outbox_message, key),
	DB_COL(struct outbox_message, step),
	DB_COL(struct outbox_message, level),
	DB_COL(struct outbox_message, channel),
	DB_COL(struct outbox_message, language),
	DB_COL(struct outbox_message, recipient),
	DB_COL(struct outbox_message, subject),
	DB_COL(struct outbox_message, body),
	DB_COL(struct outbox_message, amount_minor),
	DB_COL(struct outbox_message, currency),
	DB_DAY(struct outbox_message, planned_on),
	DB_COL(struct outbox_message, message_id),
	DB_COL(struct outbox_message, state),
	DB_COL(struct outbox_message, is_test),
	DB_COL(struct outbox_message, mode),
	DB_COL(struct outbox_message, decision),
	DB_COL(struct outbox_message, decided_by),
	DB_COL(struct outbox_message, reason),
	DB_COL(struct outbox_message, claimed_by),
	DB_COL(struct outbox_message, claimed_at),
	DB_COL(struct outbox_message, n_attempts),
	DB_COL(struct outbox_message, next_try),
	DB_COL(struct outbox_message, sent_at),
	DB_COL(struct outbox_message, version),
};

#define MESSAGE_SELECT                                                                          \
	"SELECT m.id, m.customer_id, c.code, c.name, m.contact_id, m.key, m.step, m.level,"     \
	" m.channel, m.language, m.recipient, m.subject, m.body, m.amount_minor, m.currency,"   \
	" m.planned_on, m.message_id, m.state, m.is_test, m.mode, m.decision, m.decided_by,"    \
	" m.reason, m.claimed_by, m.claimed_at, m.n_attempts, m.next_try, m.sent_at, m.version" \
	" FROM message m JOIN customer c ON c.id = m.customer_id"

/* Names are compared by their key, which has neither signs of LIKE nor accents. */
static const char *name_pattern(struct arena *a, const struct outbox_filter *f)
{
	return str_empty(f->text) ? "" : arena_printf(a, "%%%s%%", text_key(a, f->text));
}

#define MESSAGE_WHERE                                                                           \
	" WHERE m.entity_id = $1 AND ($2 = '' OR m.state = $2) AND ($3 = '' OR m.channel = $3)" \
	" AND ($4 = 0 OR m.customer_id = $4)"                                                   \
	" AND ($5 = '' OR c.name_key LIKE $5 OR c.code = $6)"

bool outbox_list(struct db *db, struct arena *a, int64_t entity_id, const struct outbox_filter *f,
		 struct outbox_message **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       MESSAGE_SELECT MESSAGE_WHERE
		       " AND ($7 = 0 OR m.id < $7) ORDER BY m.id DESC LIMIT $8",
		       DB_PARAMS(P_I64(entity_id), P_TEXT(f->state ? f->state : ""),
				 P_TEXT(f->channel ? f->channel : ""), P_I64(f->customer_id),
				 P_TEXT(name_pattern(a, f)), P_TEXT(f->text ? f->text : ""),
				 P_I64(f->before_id), P_I64(f->limit)),
		       columns, ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool outbox_count_all(struct db *db, struct arena *a, int64_t entity_id,
		      const struct outbox_filter *f, int64_t *ret, struct err *e)
{
	return db_get_i64(db,
			  "SELECT COUNT(*) FROM message m JOIN customer c ON c.id = "
			  "m.customer_id" MESSAGE_WHERE,
			  DB_PARAMS(P_I64(entity_id), P_TEXT(f->state ? f->state : ""),
				    P_TEXT(f->channel ? f->channel : ""), P_I64(f->customer_id),
				    P_TEXT(name_pattern(a, f)), P_TEXT(f->text ? f->text : "")),
			  0, ret, e);
}

bool outbox_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
		struct outbox_message *ret, struct err *e)
{
	if (db_one(db, a, MESSAGE_SELECT " WHERE m.entity_id = $1 AND m.id = $2",
		   DB_PARAMS(P_I64(entity_id), P_I64(id)), columns, ARRAY_LEN(columns), ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no message %" PRId64, id);
	return false;
}

bool outbox_lines(struct db *db, struct arena *a, int64_t message_id, struct outbox_line **ret,
		  size_t *ret_n, struct err *e)
{
	static const struct db_column line_columns[] = {
		DB_COL(struct outbox_line, item_id), DB_COL(struct outbox_line, document),
		DB_DAY(struct outbox_line, due_on),  DB_COL(struct outbox_line, step),
		DB_COL(struct outbox_line, level),   DB_COL(struct outbox_line, open_minor),
	};

	return db_list(db, a,
		       "SELECT l.item_id, i.document, i.due_on, l.step, l.level, l.open_minor"
		       " FROM message_line l JOIN item i ON i.id = l.item_id"
		       " WHERE l.message_id = $1 ORDER BY i.due_on, i.id",
		       DB_PARAMS(P_I64(message_id)), line_columns, ARRAY_LEN(line_columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

bool outbox_counts(struct db *db, struct arena *a, int64_t entity_id, struct outbox_count **ret,
		   size_t *ret_n, struct err *e)
{
	static const struct db_column count_columns[] = {
		DB_COL(struct outbox_count, state),
		DB_COL(struct outbox_count, channel),
		DB_COL(struct outbox_count, is_test),
		DB_COL(struct outbox_count, n),
	};

	return db_list(db, a,
		       "SELECT state, channel, is_test, COUNT(*) FROM message WHERE entity_id = $1"
		       " GROUP BY state, channel, is_test ORDER BY state, channel, is_test",
		       DB_PARAMS(P_I64(entity_id)), count_columns, ARRAY_LEN(count_columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

/* ---- what people decide -------------------------------------------------------------------------- */

struct decision {
	int64_t entity_id, id;
	const char *kind; /* of the event */
	const char *actor;
	int64_t now;
	int64_t not_before;
	bool was_sent;
};

static bool decision_event(struct db *db, const struct decision *d, struct err *e)
{
	return event_add(db,
			 &(struct event){ .entity_id = d->entity_id,
					  .kind = d->kind,
					  .subject_kind = "message",
					  .subject_id = d->id,
					  .actor = d->actor,
					  .body = "{}",
					  .recorded = d->now },
			 NULL, e);
}

static bool must_change(int64_t changed, const struct decision *d, const char *state, struct err *e)
{
	if (changed == 1)
		return true;
	return err_set(e, ERR_CONFLICT, "message %" PRId64 " is not %s any more", d->id, state);
}

static bool confirm_tx(struct db *db, void *arg, struct err *e)
{
	const struct decision *d = arg;
	int64_t changed;

	return db_exec(db,
		       "UPDATE message SET decision = 'confirmed', decided_by = $1,"
		       " version = version + 1 WHERE id = $2 AND entity_id = $3"
		       " AND state = 'planned' AND decision IS NULL",
		       DB_PARAMS(P_TEXT(d->actor), P_I64(d->id), P_I64(d->entity_id)), &changed,
		       e) &&
	       must_change(changed, d, "waiting for a decision", e) && decision_event(db, d, e);
}

bool outbox_confirm(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		    struct err *e)
{
	struct decision d = { .entity_id = entity_id,
			      .id = id,
			      .kind = "message.confirmed",
			      .actor = actor,
			      .now = now };

	return db_tx(db, confirm_tx, &d, e);
}

static bool skip_tx(struct db *db, void *arg, struct err *e)
{
	const struct decision *d = arg;
	int64_t changed;

	return db_exec(db,
		       "UPDATE message SET state = 'cancelled', decision = 'skipped',"
		       " decided_by = $1, reason = 'skipped by a person', version = version + 1"
		       " WHERE id = $2 AND entity_id = $3 AND state IN ('planned', 'deferred')",
		       DB_PARAMS(P_TEXT(d->actor), P_I64(d->id), P_I64(d->entity_id)), &changed,
		       e) &&
	       must_change(changed, d, "planned", e) && decision_event(db, d, e);
}

bool outbox_skip(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		 struct err *e)
{
	struct decision d = { .entity_id = entity_id,
			      .id = id,
			      .kind = "message.skipped",
			      .actor = actor,
			      .now = now };

	return db_tx(db, skip_tx, &d, e);
}

/* What was tried before is put off, what was not is planned. */
static bool undecide_tx(struct db *db, void *arg, struct err *e)
{
	const struct decision *d = arg;
	int64_t changed;

	if (!db_exec(db,
		     "UPDATE message SET state = CASE WHEN n_attempts > 0 THEN 'deferred'"
		     " ELSE 'planned' END, reason = CASE WHEN decision = 'skipped' THEN NULL"
		     " ELSE reason END, decision = NULL, decided_by = NULL, version = version + 1"
		     " WHERE id = $1 AND entity_id = $2 AND ((decision = 'confirmed'"
		     " AND state IN ('planned', 'deferred')) OR (decision = 'skipped'"
		     " AND state = 'cancelled'))",
		     DB_PARAMS(P_I64(d->id), P_I64(d->entity_id)), &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT,
			       "the message has left, or something else was decided");
	return decision_event(db, d, e);
}

bool outbox_undecide(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		     struct err *e)
{
	struct decision d = { .entity_id = entity_id,
			      .id = id,
			      .kind = "message.undecided",
			      .actor = actor,
			      .now = now };

	return db_tx(db, undecide_tx, &d, e);
}

static bool resolve_tx(struct db *db, void *arg, struct err *e)
{
	const struct decision *d = arg;
	int64_t changed;

	/* Sent again, the message has a Message-ID of its own: the log would answer for the first one. */
	return db_exec(db,
		       "UPDATE message SET state = $1, reason = $2, sent_at = $3, next_try = NULL,"
		       " message_id = CASE WHEN $1 = 'planned' THEN 'r' || message_id"
		       " ELSE message_id END, decision = CASE WHEN $1 = 'planned' THEN 'confirmed'"
		       " ELSE decision END, decided_by = $4, version = version + 1"
		       " WHERE id = $5 AND entity_id = $6 AND state = 'uncertain'",
		       DB_PARAMS(P_TEXT(d->was_sent ? "accepted" : "planned"),
				 P_TEXT(d->was_sent ? "a person says it was sent"
						    : "a person wants it sent again"),
				 d->was_sent ? P_I64(d->now) : P_NULL, P_TEXT(d->actor),
				 P_I64(d->id), P_I64(d->entity_id)),
		       &changed, e) &&
	       must_change(changed, d, "uncertain", e) && decision_event(db, d, e);
}

bool outbox_resolve(struct db *db, int64_t entity_id, int64_t id, bool was_sent, const char *actor,
		    int64_t now, struct err *e)
{
	struct decision d = { .entity_id = entity_id,
			      .id = id,
			      .kind = was_sent ? "message.resolved_sent"
					       : "message.resolved_resend",
			      .actor = actor,
			      .now = now,
			      .was_sent = was_sent };

	return db_tx(db, resolve_tx, &d, e);
}

/* ---- live or test -------------------------------------------------------------------------------- */

struct switching {
	const struct entity *entity;
	bool is_live;
	const char *actor;
	int64_t now;
};

static bool set_live_tx(struct db *db, void *arg, struct err *e)
{
	const struct switching *s = arg;

	/* Messages made for the mode that ends never leave. */
	return entity_set_live(db, s->entity->id, s->is_live, s->actor, s->now, e) &&
	       db_exec(db,
		       "UPDATE message SET state = 'cancelled', reason = $1, version = version + 1"
		       " WHERE entity_id = $2 AND state IN ('planned', 'deferred') AND is_test = "
		       "$3",
		       DB_PARAMS(P_TEXT(s->is_live ? "test mode ended" : "test mode began"),
				 P_I64(s->entity->id), P_BOOL(s->is_live)),
		       NULL, e);
}

bool outbox_set_live(struct db *db, const struct entity *entity, bool is_live, const char *actor,
		     int64_t now, struct err *e)
{
	struct switching s = { entity, is_live, actor, now };

	if (entity->is_live == is_live)
		return true;
	return db_tx(db, set_live_tx, &s, e);
}
