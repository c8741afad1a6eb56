/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reminders, disputes and promises of the demo, week by week. Nothing leaves: the company stays in test
 * mode, and this file plays the relay that answers.
 */
#include "collect/outbox.h"
#include "collect/promise.h"
#include "day/demo_load.h"

#include "base/list.h"
#include "dispute/dispute.h"
#include "ledger/item.h"

/* ---- reminders --------------------------------------------------------------------------------- */

/* What becomes of a message: nearly all are accepted. */
static const char *roll_answer(struct demo_load *l, const struct outbox_message *m,
			       const char **ret_reason)
{
	uint32_t r = demo_roll(&l->chance, 40);

	*ret_reason = NULL;
	if (!str_eq(m->channel, "email") || r > 1)
		return "accepted";
	*ret_reason = r == 0 ? "550 5.1.1 no such mailbox" : "452 4.2.2 mailbox full";
	return r == 0 ? "refused" : "deferred";
}

static bool deliver_one(struct demo_load *l, struct composer *c, struct outbox_message *m,
			struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	struct outbox_check check;
	struct composed text;
	const char *reason, *answer;
	bool is_won;

	if (!outbox_claim(l->job->db, m, DEMO_ACTOR, l->now, &is_won, e))
		return false;
	if (!is_won)
		return true;
	if (!outbox_begin_attempt(l->job->db, a, c, m, l->day, DEMO_ACTOR, l->now, &check, &text,
				  e))
		return false;
	if (!check.is_clear)
		return true;
	answer = roll_answer(l, m, &reason);
	return outbox_settle(l->job->db, m, answer, reason,
			     str_eq(answer, "deferred") ? l->now + INT64_C(3600000000) : 0,
			     DEMO_ACTOR, l->now, e);
}

/* A person looks at what asks for it: most may leave, some are skipped. */
static bool decide(struct demo_load *l, struct outbox_message *m, struct err *e)
{
	if (demo_roll(&l->chance, 25) == 0)
		return outbox_skip(l->job->db, l->entity.id, m->id, DEMO_ACTOR, l->now, e);
	return !str_eq(m->mode, "confirm") ||
	       outbox_confirm(l->job->db, l->entity.id, m->id, DEMO_ACTOR, l->now, e);
}

enum { MESSAGES = 1000 };

static bool list_planned(struct demo_load *l, struct outbox_message **ret, size_t *ret_n,
			 struct err *e)
{
	const struct outbox_filter planned = { .state = "planned", .limit = MESSAGES };

	return outbox_list(l->job->db, l->job->arena, l->entity.id, &planned, ret, ret_n, e);
}

static bool deliver(struct demo_load *l, struct err *e)
{
	struct outbox_message *list;
	struct composer c;
	size_t n;

	if (!list_planned(l, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!decide(l, &list[i], e))
			return false;
	/* Read again: the decisions gave the rows new versions. */
	if (!list_planned(l, &list, &n, e) ||
	    !composer_open(l->job->db, l->job->arena, &l->entity, l->day, &c, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!deliver_one(l, &c, &list[i], e))
			return err_while(e, "message %s", list[i].key);
	return true;
}

static bool plan_for(struct demo_load *l, const int64_t *customers, size_t n, struct err *e)
{
	const struct outbox_plan plan = { .entity = &l->entity,
					  .today = l->day,
					  .known_on = l->day,
					  .actor = DEMO_ACTOR,
					  .now = l->now,
					  .customers = customers,
					  .n_customers = n };
	struct outbox_planned planned;

	return outbox_plan(l->job->db, l->job->arena, &plan, &planned, e);
}

bool demo_plan_some(struct demo_load *l, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	LIST_OF(int64_t) some = { 0 };
	bool more = false;

	if (!db_query(l->job->db, "SELECT id FROM customer WHERE entity_id = $1 ORDER BY code",
		      DB_PARAMS(P_I64(l->entity.id)), &r, e))
		return false;
	for (int i = 0; rows_next(r, &more, e) && more; i++)
		if (i % 3 == 0)
			*LIST_ADD(l->job->arena, &some) = row_i64(r, 0);
	return !more && plan_for(l, some.at, some.n, e);
}

bool demo_chase(struct demo_load *l, struct err *e)
{
	return plan_for(l, NULL, 0, e) && deliver(l, e);
}

/* ---- promises and disputes --------------------------------------------------------------------- */

/* The ledger's id of a document of the world. */
static bool find_item(struct demo_load *l, const struct demo_item *it, struct item *ret,
		      struct err *e)
{
	struct item *list;
	size_t n;

	if (!item_find_document(l->job->db, l->job->arena, l->entity.id, it->document, &list, &n,
				e))
		return false;
	if (n != 1)
		return err_set(e, ERR_INTERNAL, "%zu documents %s in the demo", n, it->document);
	*ret = list[0];
	return true;
}

static bool promise(struct demo_load *l, const struct demo_item *it, day_t on, const char *detail,
		    struct err *e)
{
	struct new_promise p = { .promised_on = on, .made_on = l->day, .detail = detail };
	struct item item = { 0 };

	if (!find_item(l, it, &item, e))
		return false;
	if (item.open_minor <= 0)
		return true;
	p.customer_id = item.customer_id;
	p.item_id = item.id;
	return promise_add(l->job->db, l->entity.id, &p, DEMO_ACTOR, l->now, NULL, e);
}

/* Late, and not paid on the day of the story. */
static bool is_late(const struct demo_load *l, const struct demo_item *it, int days)
{
	const struct demo_payment *p = it->payment < 0 ? NULL : &l->world.payments.at[it->payment];

	return !it->is_credit_note && it->due_on + days < l->day && (!p || p->on >= l->day);
}

/* Those who pay within the week said so; some who do not had said so too. */
static bool hear_promises(struct demo_load *l, struct err *e)
{
	int n_left = 6;

	for (size_t i = 0; i < l->world.items.n && n_left > 0; i++) {
		const struct demo_item *it = &l->world.items.at[i];
		const struct demo_customer *c = &l->world.customers.at[it->customer];
		day_t on = l->day + 2 + (day_t)demo_roll(&l->chance, 9);

		if (!is_late(l, it, 5) || c->habit == DEMO_STOPPED || it->due_on < l->day - 150)
			continue;
		if (it->payment >= 0)
			on = l->world.payments.at[it->payment].on;
		else if (demo_roll(&l->chance, l->day == l->world.today ? 4 : 12) > 0)
			continue;
		if (on <= l->day || on > l->day + 12 || demo_roll(&l->chance, 3) > 0)
			continue;
		if (!promise(l, it, on, "Au téléphone, par la comptabilité", e))
			return err_while(e, "promise on %s", it->document);
		n_left--;
	}
	return true;
}

static const struct {
	const char *reason, *detail, *owner;
} complaints[] = {
	{ "price", "Remise convenue non déduite", "Claude Vente" },
	{ "delivery", "Deux colis manquants à la livraison", "Logistique" },
	{ "quality", "Marchandise abîmée, photos reçues", "Qualité" },
	{ "quantity", "Facturé 12, livré 10", "Maxime Terrain" },
	{ "duplicate", "Facture reçue deux fois", "Andréa Compta" },
};

static bool open_dispute(struct demo_load *l, const struct demo_item *it, struct err *e)
{
	size_t k = demo_roll(&l->chance, ARRAY_LEN(complaints));
	struct new_dispute d = { .reason = complaints[k].reason,
				 .detail = complaints[k].detail,
				 .owner = complaints[k].owner,
				 .opened_on = l->day,
				 .answer_by = l->day + 7 + (day_t)demo_roll(&l->chance, 35) };
	struct item item = { 0 };
	int64_t id;

	if (!find_item(l, it, &item, e))
		return false;
	if (item.open_minor <= 0)
		return true;
	d.item_id = item.id;
	if (demo_roll(&l->chance, 2) == 0 && item.open_minor > 10000)
		d.amount_minor = item.open_minor / 500 * 100;
	if (!dispute_open(l->job->db, l->entity.id, &d, DEMO_ACTOR, l->now, &id, e))
		return e->code == ERR_REFUSED; /* disputed already */
	/* Some are settled at once; the others wait for their owner. */
	return demo_roll(&l->chance, 4) > 0 ||
	       dispute_close(l->job->db, l->entity.id, id, "Explication donnée, le client accepte",
			     l->day, DEMO_ACTOR, l->now, e);
}

static bool hear_complaints(struct demo_load *l, struct err *e)
{
	int n_left = 2;

	for (size_t i = l->world.items.n; i > 0 && n_left > 0; i--) {
		const struct demo_item *it = &l->world.items.at[i - 1];

		if (!is_late(l, it, 1) || it->gross_minor < 20000 || demo_roll(&l->chance, 8) > 0)
			continue;
		if (!open_dispute(l, it, e))
			return err_while(e, "dispute on %s", it->document);
		n_left--;
	}
	return true;
}

bool demo_listen(struct demo_load *l, struct err *e)
{
	return hear_promises(l, e) && hear_complaints(l, e);
}
