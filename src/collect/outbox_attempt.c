/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox_attempt.c - from planned to what became of it.
 *
 * Every move is one guarded UPDATE by version, in a transaction with its event: whoever loses a race does
 * nothing.
 */
#include "collect/outbox.h"

#include "base/json.h"
#include "db/event.h"

static bool move_event(struct db *db, struct arena *a, const struct entity *entity,
		       const struct outbox_message *m, const char *state, const char *reason,
		       const char *actor, int64_t now, struct err *e)
{
	struct buf body;
	struct json j;

	buf_init(&body, a);
	json_init(&j, &body);
	json_open_object(&j);
	json_put_text(&j, "from", m->state);
	json_put_text(&j, "reason", reason);
	json_put_text(&j, "message_id", m->message_id);
	json_put_int(&j, "attempt", m->n_attempts);
	json_end(&j);
	return event_add(db,
			 &(struct event){ .entity_id = entity ? entity->id : 0,
					  .kind = arena_printf(a, "message.%s", state),
					  .subject_kind = "message",
					  .subject_id = m->id,
					  .actor = actor,
					  .body = buf_str(&body),
					  .recorded = now },
			 NULL, e);
}

/* ---- claim --------------------------------------------------------------------------------------- */

struct claiming {
	struct outbox_message *m;
	const char *sender;
	int64_t now;
	bool won;
};

static bool claim_tx(struct db *db, void *arg, struct err *e)
{
	struct claiming *c = arg;
	int64_t changed;

	if (!db_exec(db,
		     "UPDATE message SET state = 'claimed', claimed_by = $1, claimed_at = $2,"
		     " version = version + 1 WHERE id = $3 AND version = $4"
		     " AND state IN ('planned', 'deferred', 'claimed')",
		     DB_PARAMS(P_TEXT(c->sender), P_I64(c->now), P_I64(c->m->id),
			       P_I64(c->m->version)),
		     &changed, e))
		return false;
	c->won = changed == 1;
	return true;
}

bool outbox_claim(struct db *db, struct outbox_message *m, const char *sender, int64_t now,
		  bool *ret_won, struct err *e)
{
	struct claiming c = { m, sender, now, false };

	if (!db_tx(db, claim_tx, &c, e))
		return false;
	*ret_won = c.won;
	if (c.won) {
		m->version++;
		m->state = "claimed";
	}
	return true;
}

/* ---- the check before the first byte ------------------------------------------------------------- */

struct attempt {
	struct arena *arena;
	struct composer *composer;
	struct outbox_message *m;
	day_t today;
	const char *actor;
	int64_t now;
	struct outbox_check *check;
	struct composed *text;
};

/* The lines of the message that are still open, with the steps of the policy of now. */
static bool standing_lines(struct db *db, struct attempt *t, size_t customer,
			   struct select_line **ret, size_t *ret_n, struct err *e)
{
	const struct select_input *in = &t->check->gathered.in;
	const struct policy *p = in->customers[customer].policy;
	struct outbox_line *lines;
	struct select_line *standing;
	size_t n, n_standing = 0;

	if (!outbox_lines(db, t->arena, t->m->id, &lines, &n, e))
		return false;
	standing = ARENA_ARRAY(t->arena, n + 1, struct select_line);
	for (size_t i = 0; i < n; i++) {
		const struct policy_step *step = p ? policy_step_of_level(p, lines[i].level) : NULL;

		if (!step || !str_eq(step->name, lines[i].step))
			continue; /* the policy changed: the next run plans by the new one */
		for (size_t k = 0; k < in->n_items; k++)
			if (in->items[k].id == lines[i].item_id)
				standing[n_standing++] = (struct select_line){ k, step, 0 };
	}
	*ret = standing;
	*ret_n = n_standing;
	return true;
}

static bool still_same_message(const struct attempt *t, const struct select_action *act)
{
	return str_eq(act->step->name, t->m->step) &&
	       str_eq(policy_channel_name(act->step->channel), t->m->channel) &&
	       str_eq(act->currency, t->m->currency);
}

/* Somebody may have gone back to test mode since the round began. */
static bool check_mode(struct db *db, struct attempt *t, struct err *e)
{
	int64_t is_live;

	if (!db_get_i64(db, "SELECT is_live FROM entity WHERE id = $1",
			DB_PARAMS(P_I64(t->composer->entity->id)), 0, &is_live, e))
		return false;
	if (t->m->is_test == (is_live != 0)) {
		t->check->is_held = true;
		t->check->reason = "the company changed between test mode and live";
	}
	return true;
}

/* Decides whether the message may leave, by the ledger as it is now. */
static bool check_message(struct db *db, struct attempt *t, struct err *e)
{
	struct outbox_check *ck = t->check;
	const struct gather_query q = { .entity = t->composer->entity,
					.today = t->today,
					.known_on = t->today,
					.only_customer = t->m->customer_id,
					.not_message = t->m->id };
	struct select_line *lines;
	enum select_reason reason;
	size_t n, customer;

	*ck = (struct outbox_check){ 0 };
	if (!check_mode(db, t, e))
		return false;
	if (ck->is_held)
		return true;
	if (!gather(db, t->arena, &q, &ck->gathered, e))
		return false;
	customer = book_customer_by_id(ck->gathered.book, t->m->customer_id);
	if (customer == SIZE_MAX)
		return err_set(e, ERR_NOT_FOUND, "the customer of message %" PRId64 " is gone",
			       t->m->id);
	if (!standing_lines(db, t, customer, &lines, &n, e) ||
	    !select_recheck(t->arena, &ck->gathered.in, customer, lines, n, &ck->is_clear,
			    &ck->action, &reason, e))
		return false;
	if (!ck->is_clear) {
		ck->reason = select_reason_name(reason);
		ck->is_held = reason == SELECT_STALE_DATA;
	} else if (!still_same_message(t, &ck->action)) {
		ck->is_clear = false;
		ck->reason = "its strongest line fell away";
	}
	return true;
}

static bool rewrite_lines(struct db *db, const struct attempt *t, struct err *e)
{
	const struct select_action *act = &t->check->action;

	if (!db_exec(db, "DELETE FROM message_line WHERE message_id = $1",
		     DB_PARAMS(P_I64(t->m->id)), NULL, e))
		return false;
	for (size_t i = 0; i < act->n_lines; i++) {
		const struct select_line *l = &act->lines[i];

		if (!db_exec(db,
			     "INSERT INTO message_line (message_id, item_id, step, level, "
			     "open_minor)"
			     " VALUES ($1, $2, $3, $4, $5)",
			     DB_PARAMS(P_I64(t->m->id),
				       P_I64(t->check->gathered.in.items[l->item].id),
				       P_TEXT(l->step->name), P_I64(l->step->level),
				       P_I64(l->minor)),
			     NULL, e))
			return false;
	}
	return true;
}

static bool must_win(int64_t changed, const struct outbox_message *m, struct err *e)
{
	if (changed == 1)
		return true;
	return err_set(e, ERR_CONFLICT, "message %" PRId64 " was moved by somebody else", m->id);
}

static bool give_back_or_cancel(struct db *db, struct attempt *t, struct err *e)
{
	const char *state = t->check->is_held ? "planned" : "cancelled";
	int64_t changed;

	return db_exec(db,
		       "UPDATE message SET state = $1, reason = $2, claimed_by = NULL,"
		       " version = version + 1 WHERE id = $3 AND version = $4 AND state = "
		       "'claimed'",
		       DB_PARAMS(P_TEXT(state), P_TEXT(t->check->reason), P_I64(t->m->id),
				 P_I64(t->m->version)),
		       &changed, e) &&
	       must_win(changed, t->m, e) &&
	       move_event(db, t->arena, t->composer->entity, t->m, state, t->check->reason,
			  t->actor, t->now, e);
}

static bool attempt_tx(struct db *db, void *arg, struct err *e)
{
	struct attempt *t = arg;
	struct composer c = *t->composer;
	int64_t changed;

	c.arena = t->arena;
	if (!check_message(db, t, e))
		return false;
	if (!t->check->is_clear)
		return give_back_or_cancel(db, t, e);
	return compose(&c, &t->check->gathered, &t->check->action, t->text, e) &&
	       db_exec(db,
		       "UPDATE message SET state = 'attempting', subject = $1, body = $2,"
		       " amount_minor = $3, recipient = $4, language = $5,"
		       " n_attempts = n_attempts + 1, claimed_at = $6, reason = NULL,"
		       " version = version + 1 WHERE id = $7 AND version = $8 AND state = "
		       "'claimed'",
		       DB_PARAMS(P_TEXT(t->text->subject), P_TEXT(t->text->text),
				 P_I64(t->check->action.amount_minor), P_TEXT(t->text->recipient),
				 P_TEXT(t->text->language), P_I64(t->now), P_I64(t->m->id),
				 P_I64(t->m->version)),
		       &changed, e) &&
	       must_win(changed, t->m, e) && rewrite_lines(db, t, e) &&
	       move_event(db, t->arena, t->composer->entity, t->m, "attempting", NULL, t->actor,
			  t->now, e);
}

bool outbox_begin_attempt(struct db *db, struct arena *a, struct composer *c,
			  struct outbox_message *m, day_t today, const char *actor, int64_t now,
			  struct outbox_check *ret, struct composed *ret_text, struct err *e)
{
	struct attempt t = { a, c, m, today, actor, now, ret, ret_text };

	if (!db_tx(db, attempt_tx, &t, e))
		return false;
	m->version++;
	if (ret->is_clear) {
		m->state = "attempting";
		m->n_attempts++;
		m->recipient = ret_text->recipient;
	} else {
		m->state = ret->is_held ? "planned" : "cancelled";
	}
	return true;
}

bool outbox_peek(struct db *db, struct arena *a, struct composer *c, struct outbox_message *m,
		 day_t today, struct outbox_check *ret, struct err *e)
{
	struct attempt t = { .arena = a, .composer = c, .m = m, .today = today, .check = ret };

	return check_message(db, &t, e);
}

/* ---- what became of it --------------------------------------------------------------------------- */

struct settling {
	struct outbox_message *m;
	const char *state, *reason, *actor;
	int64_t next_try, now;
};

static bool settle_tx(struct db *db, void *arg, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	const struct settling *s = arg;
	struct entity entity = { 0 };
	int64_t changed;

	return db_get_i64(db, "SELECT entity_id FROM message WHERE id = $1",
			  DB_PARAMS(P_I64(s->m->id)), 0, &entity.id, e) &&
	       db_exec(db,
		       "UPDATE message SET state = $1, reason = $2, next_try = $3, sent_at = $4,"
		       " version = version + 1 WHERE id = $5 AND version = $6"
		       " AND state IN ('attempting', 'uncertain')",
		       DB_PARAMS(P_TEXT(s->state), P_TEXT(s->reason),
				 s->next_try ? P_I64(s->next_try) : P_NULL,
				 str_eq(s->state, "accepted") ? P_I64(s->now) : P_NULL,
				 P_I64(s->m->id), P_I64(s->m->version)),
		       &changed, e) &&
	       must_win(changed, s->m, e) &&
	       move_event(db, a, &entity, s->m, s->state, s->reason, s->actor, s->now, e);
}

bool outbox_settle(struct db *db, struct outbox_message *m, const char *state, const char *reason,
		   int64_t next_try, const char *actor, int64_t now, struct err *e)
{
	struct settling s = { m, state, reason, actor, next_try, now };

	if (!db_tx(db, settle_tx, &s, e))
		return false;
	m->version++;
	m->state = state;
	return true;
}
