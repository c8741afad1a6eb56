/* SPDX-License-Identifier: Apache-2.0 */
/* outbox_plan.c - writes what was selected, each message once. */
#include "collect/outbox.h"

#include "base/json.h"
#include "db/event.h"

#include <sodium.h>
#include <stdlib.h>

enum { MAX_SAME = 1000 }; /* cancelled messages of the same lines before we stop counting */

/* ---- keys ---------------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Same items at same levels: same base, whatever the order. */
static const char *key_base(struct arena *a, const struct gathered *g,
			    const struct select_action *act, bool is_test)
{
	const char **part = ARENA_ARRAY(a, act->n_lines, const char *);
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[2 * 16 + 1];
	struct buf b;

	for (size_t i = 0; i < act->n_lines; i++)
		part[i] = arena_printf(a, "%" PRId64 "@%d", g->in.items[act->lines[i].item].id,
				       act->lines[i].step->level);
	qsort(part, act->n_lines, sizeof *part, by_text);
	buf_init(&b, a);
	for (size_t i = 0; i < act->n_lines; i++)
		buf_printf(&b, "%s ", part[i]);
	crypto_hash_sha256(hash, (const unsigned char *)buf_str(&b), b.len);
	sodium_bin2hex(hex, sizeof hex, hash, 16);
	return arena_printf(a, "c%" PRId64 ":%s:%s", g->in.customers[act->customer].id,
			    is_test ? "test" : "live", hex);
}

/* The first key of the base that no message holds; NULL when one of them is planned, under way or done. */
static bool free_key(struct db *db, struct arena *a, int64_t entity_id, const char *base,
		     const char **ret, struct err *e)
{
	*ret = NULL;
	for (int n = 1; n <= MAX_SAME; n++) {
		const char *key = arena_printf(a, "%s:%d", base, n);
		char *fate;

		if (!db_get_text(
			    db, a,
			    "SELECT CASE WHEN state IN ('cancelled', 'refused') AND"
			    " (decision IS NULL OR decision <> 'skipped') THEN 'over' ELSE 'kept'"
			    " END FROM message WHERE entity_id = $1 AND key = $2",
			    DB_PARAMS(P_I64(entity_id), P_TEXT(key)), &fate, e))
			return false;
		if (!fate) {
			*ret = key;
			return true;
		}
		if (str_eq(fate, "kept"))
			return true;
	}
	return err_set(e, ERR_LIMIT, "the same reminder was cancelled %d times", MAX_SAME);
}

/* The relay's log is asked by it, so it must differ between installations too: the moment of planning is in
 * it beside the key. It is stored with the message and never made again. */
static const char *message_id_of(struct arena *a, const struct outbox_plan *p, const char *from,
				 const char *key)
{
	const char *text =
		arena_printf(a, "%" PRId64 ":%" PRId64 ":%s", p->entity->id, p->now, key);
	const char *at = from ? strrchr(from, '@') : NULL;
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[2 * 20 + 1];

	crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
	sodium_bin2hex(hex, sizeof hex, hash, 20);
	return arena_printf(a, "encours.%s@%s", hex, at && at[1] ? at + 1 : "encours.invalid");
}

/* ---- writing ------------------------------------------------------------------------------------- */

struct planning {
	struct arena *arena;
	const struct outbox_plan *plan;
	struct composer composer;
	struct outbox_planned *ret;
	int64_t event_id;
};

static bool is_asked_for(const struct outbox_plan *p, int64_t customer_id)
{
	if (!p->customers)
		return true;
	for (size_t i = 0; i < p->n_customers; i++)
		if (p->customers[i] == customer_id)
			return true;
	return false;
}

static bool insert_message(struct db *db, const struct planning *w, const struct select_action *act,
			   const char *key, int64_t id, struct err *e)
{
	const struct outbox_plan *p = w->plan;
	const struct gathered *g = &w->ret->gathered;
	const struct gather_customer *who = &g->customers[act->customer];
	bool is_skipped = str_eq(p->decision, "skipped");
	struct composed m;

	/* w is const for the reader: the composer only lends its arena. */
	struct composer c = w->composer;

	return compose(&c, g, act, &m, e) &&
	       db_exec(db,
		       "INSERT INTO message (id, entity_id, customer_id, contact_id, key, step, "
		       "level,"
		       " channel, language, recipient, subject, body, amount_minor, currency,"
		       " planned_on, message_id, state, is_test, mode, decision, decided_by, "
		       "reason, next_try,"
		       " event_id, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
		       " $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)",
		       DB_PARAMS(P_I64(id), P_I64(p->entity->id), P_I64(who->row->id),
				 P_ID(who->contact_id), P_TEXT(key), P_TEXT(act->step->name),
				 P_I64(act->step->level),
				 P_TEXT(policy_channel_name(act->step->channel)),
				 P_TEXT(m.language), P_TEXT(m.recipient), P_TEXT(m.subject),
				 P_TEXT(m.text), P_I64(act->amount_minor), P_TEXT(act->currency),
				 P_DAY(p->today),
				 P_TEXT(message_id_of(w->arena, p, c.from_email, key)),
				 P_TEXT(is_skipped ? "cancelled" : "planned"),
				 P_BOOL(!p->entity->is_live),
				 P_TEXT(policy_mode_name(act->step->mode)), P_TEXT(p->decision),
				 P_TEXT(p->decision ? p->actor : NULL),
				 P_TEXT(is_skipped ? "skipped by a person" : NULL),
				 p->not_before ? P_I64(p->not_before) : P_NULL, P_I64(w->event_id),
				 P_I64(p->now)),
		       NULL, e);
}

static bool insert_lines(struct db *db, const struct planning *w, const struct select_action *act,
			 int64_t id, struct err *e)
{
	const struct gathered *g = &w->ret->gathered;

	for (size_t i = 0; i < act->n_lines; i++) {
		const struct select_line *l = &act->lines[i];

		if (!db_exec(db,
			     "INSERT INTO message_line (message_id, item_id, step, level, "
			     "open_minor)"
			     " VALUES ($1, $2, $3, $4, $5)",
			     DB_PARAMS(P_I64(id), P_I64(g->in.items[l->item].id),
				       P_TEXT(l->step->name), P_I64(l->step->level),
				       P_I64(l->minor)),
			     NULL, e))
			return false;
	}
	return true;
}

static bool plan_action(struct db *db, struct planning *w, const struct select_action *act,
			struct err *e)
{
	const struct outbox_plan *p = w->plan;
	const char *key, *base;
	int64_t id;

	if (!is_asked_for(p, w->ret->gathered.in.customers[act->customer].id) ||
	    (act->step->mode == POLICY_MANUAL && !p->decision))
		return true;
	base = key_base(w->arena, &w->ret->gathered, act, !p->entity->is_live);
	if (!free_key(db, w->arena, p->entity->id, base, &key, e))
		return false;
	if (!key)
		return true;
	if (!db_new_id(db, &id, e) || !insert_message(db, w, act, key, id, e) ||
	    !insert_lines(db, w, act, id, e))
		return false;
	w->ret->n_planned++;
	return true;
}

static bool plan_event(struct db *db, struct planning *w, struct err *e)
{
	const struct outbox_plan *p = w->plan;
	struct buf body;
	struct json j;

	buf_init(&body, w->arena);
	json_init(&j, &body);
	json_open_object(&j);
	json_put_day(&j, "date", p->today);
	json_put_int(&j, "actions", (int64_t)w->ret->selected.n_actions);
	json_put_int(&j, "skipped", (int64_t)w->ret->selected.n_skips);
	json_put_text(&j, "decision", p->decision);
	json_end(&j);
	return event_add(db,
			 &(struct event){ .entity_id = p->entity->id,
					  .kind = "reminders.planned",
					  .subject_kind = "entity",
					  .subject_id = p->entity->id,
					  .actor = p->actor,
					  .body = buf_str(&body),
					  .recorded = p->now },
			 &w->event_id, e);
}

static bool select_today(struct db *db, struct planning *w, struct err *e)
{
	const struct outbox_plan *p = w->plan;
	const struct gather_query q = { .entity = p->entity,
					.today = p->today,
					.known_on = p->known_on };

	return gather(db, w->arena, &q, &w->ret->gathered, e) &&
	       select_run(w->arena, &w->ret->gathered.in, &w->ret->selected, e);
}

static bool plan_tx(struct db *db, void *arg, struct err *e)
{
	struct planning *w = arg;

	w->ret->n_planned = 0;
	w->event_id = 0;
	if (!select_today(db, w, e) ||
	    !composer_open(db, w->arena, w->plan->entity, w->plan->today, &w->composer, e))
		return false;
	if (w->ret->selected.n_actions == 0)
		return true;
	if (!plan_event(db, w, e))
		return false;
	for (size_t i = 0; i < w->ret->selected.n_actions; i++)
		if (!plan_action(db, w, &w->ret->selected.actions[i], e))
			return false;
	return true;
}

bool outbox_plan(struct db *db, struct arena *a, const struct outbox_plan *plan,
		 struct outbox_planned *ret, struct err *e)
{
	struct outbox_planned result = { 0 };
	struct planning w = { .arena = a, .plan = plan, .ret = &result };

	if (plan->is_dry_run ? !select_today(db, &w, e) : !db_tx(db, plan_tx, &w, e))
		return false;
	*ret = result;
	return true;
}
