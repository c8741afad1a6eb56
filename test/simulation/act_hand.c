/* SPDX-License-Identifier: Apache-2.0 */
/* act_hand.c - matching, and what people do by hand: lettering and back, taking back, disputes, promises. */
#include "simulation/simulation.h"

#include "collect/promise.h"
#include "dispute/dispute.h"
#include "ledger/lettering_store.h"

#include <string.h>

/* ---- matching ---- */

void sim_match(struct sim *s)
{
	int64_t now = sim_tick(s);

	for (int try = 0;; try++) {
		struct cash_match_options o = {
			.entity_id = s->entity.id, .date = s->today, .actor = "rule", .now = now
		};
		struct cash_match_report r;
		struct err e = { 0 };

		if (cash_match(s->db, s->arena, &o, &r, &e))
			break;
		if (s->fault.n_fired == 0 || try > 3)
			sim_fail(s, "matching: %s", e.msg);
		(void)sim_was_done(s, 0);
	}
	sim_absorb(s, true);
	sim_trace(s, "match");
}

/* An entry that was applied, by its bank reference, so that both engines take the same. */
void sim_unapply(struct sim *s)
{
	const char *reference = s->n_lines ? s->line[sim_below(s, s->n_lines)].reference : "";
	struct cash_decision d = { .entity_id = s->entity.id, .rule = "manual", .actor = "sim" };
	struct err e = { 0 };
	int64_t before = sim_events(s);
	bool again, ok;

	d.entry_id = sim_look(s,
			      "SELECT id FROM statement_entry WHERE reference = $1 AND state IN"
			      " ('matched', 'on_account')",
			      DB_PARAMS(P_TEXT(reference)));
	d.now = sim_tick(s);
	if (d.entry_id == 0)
		return;
	do {
		e = (struct err){ 0 };
		ok = sim_settle(s, cash_unapply(s->db, &d, &e), before, &e, "unapply", &again);
	} while (again);
	sim_trace(s, "unapply %s: %s", reference, ok ? "done" : "refused");
	sim_absorb(s, false);
}

/* ---- lettering ---- */

/* A document and a credit of one customer, both open today; false when there are none. */
static bool pick_pair(struct sim *s, int *ret_debit, int *ret_credit)
{
	const struct model *m = &s->model;

	for (int try = 0; try < 2000 && m->n_items > 1; try++) {
		int d = sim_below(s, m->n_items), k = sim_below(s, m->n_items);

		if (m->item[d].customer == m->item[k].customer && m->item[d].minor > 0 &&
		    m->item[k].minor < 0 && model_open(m, d, s->today, INT64_MAX) > 0 &&
		    model_open(m, k, s->today, INT64_MAX) < 0) {
			*ret_debit = d;
			*ret_credit = k;
			return true;
		}
	}
	return false;
}

static int64_t item_id(struct sim *s, int item)
{
	int64_t id = sim_look(s,
			      "SELECT i.id FROM item i JOIN item_balance b ON b.item_id = i.id"
			      " WHERE i.document = $1",
			      DB_PARAMS(P_TEXT(s->model.item[item].document)));

	if (id == 0)
		sim_fail(s, "document %s is not in the ledger", s->model.item[item].document);
	return id;
}

void sim_letter(struct sim *s)
{
	struct lettering_line lines[2] = { 0 };
	struct lettering_order o = { .entity_id = s->entity.id,
				     .lines = lines,
				     .n_lines = 2,
				     .lettered_on = s->today,
				     .today = s->today,
				     .actor = "sim" };
	struct lettering_done done;
	int64_t before = sim_events(s);
	int debit, credit, n = s->model.n_allocations;
	bool again, ok;

	if (!pick_pair(s, &debit, &credit))
		return;
	lines[0].item_id = item_id(s, debit);
	lines[1].item_id = item_id(s, credit);
	o.customer_id = s->customer_id[s->model.item[debit].customer];
	o.now = sim_tick(s);
	do {
		struct err e = { 0 };
		ok = sim_settle(s, lettering_make(s->db, &o, &done, &e), before, &e, "lettering",
				&again);
	} while (again);
	sim_trace(s, "letter %s with %s: %s", s->model.item[debit].document,
		  s->model.item[credit].document, ok ? "done" : "refused");
	sim_absorb(s, false);
	/* Two open items of one customer can always be lettered, as far as the smaller goes. */
	if (!ok || s->model.n_allocations != n + 1 || s->model.allocation[n].debit != debit ||
	    s->model.allocation[n].credit != credit ||
	    (model_open(&s->model, debit, s->today, INT64_MAX) != 0 &&
	     model_open(&s->model, credit, s->today, INT64_MAX) != 0))
		sim_fail(s, "lettering %s with %s did not do what it should",
			 s->model.item[debit].document, s->model.item[credit].document);
}

void sim_unletter(struct sim *s)
{
	int c = sim_below(s, SIM_CUSTOMERS);
	struct lettering_undo u = { .entity_id = s->entity.id,
				    .reason = "simulation",
				    .actor = "sim" };
	int64_t before = sim_events(s);
	struct lettering *list = NULL;
	struct err e = { 0 };
	bool again, ok;
	size_t n = 0, pick;

	/* The first customer from there on who has one. */
	fault_disarm(s->db);
	for (int i = 0; i < SIM_CUSTOMERS && n == 0; i++) {
		c = (c + 1) % SIM_CUSTOMERS;
		u.customer_id = s->customer_id[c];
		if (!lettering_list(s->db, s->arena, s->entity.id, u.customer_id, &list, &n, &e))
			sim_fail(s, "letterings: %s", e.msg);
	}
	if (n == 0)
		return;
	pick = (size_t)sim_below(s, (int)n);
	u.now = sim_tick(s);
	if (s->fault.kind != FAULT_NONE)
		fault_arm(s->db, &s->fault);
	do {
		e = (struct err){ 0 };
		ok = sim_settle(s, lettering_undo(s->db, &u, list[pick].code, NULL, &e), before, &e,
				"undoing a lettering", &again);
	} while (again);
	sim_trace(s, "unletter C%03d %s: %s", c, list[pick].code, ok ? "done" : "refused");
	sim_absorb(s, false);
}

/* ---- disputes and promises ---- */

static int pick_open(struct sim *s)
{
	for (int try = 0; try < 30 && s->model.n_items > 0; try++) {
		int i = sim_below(s, s->model.n_items);
		if (s->model.item[i].minor > 0 && model_open(&s->model, i, s->today, INT64_MAX) > 0)
			return i;
	}
	return -1;
}

void sim_dispute(struct sim *s)
{
	int i = pick_open(s);
	struct new_dispute d = { .reason = "price", .opened_on = s->today, .answer_by = DAY_NONE };
	int64_t before = sim_events(s);
	bool again, ok;

	if (i < 0)
		return;
	d.item_id = item_id(s, i);
	sim_tick(s);
	do {
		struct err e = { 0 };
		ok = sim_settle(s, dispute_open(s->db, s->entity.id, &d, "sim", s->now, NULL, &e),
				before, &e, "dispute", &again);
	} while (again);
	if (ok)
		s->model.item[i].disputed += model_open(&s->model, i, s->today, INT64_MAX);
	sim_trace(s, "dispute %s: %s", s->model.item[i].document, ok ? "done" : "refused");
}

void sim_promise(struct sim *s)
{
	int i = pick_open(s);
	struct new_promise p = { .made_on = s->today, .promised_on = s->today + 5 };
	int64_t before = sim_events(s);
	bool again, ok;

	if (i < 0)
		return;
	p.item_id = item_id(s, i);
	p.customer_id = s->customer_id[s->model.item[i].customer];
	sim_tick(s);
	do {
		struct err e = { 0 };
		ok = sim_settle(s, promise_add(s->db, s->entity.id, &p, "sim", s->now, NULL, &e),
				before, &e, "promise", &again);
	} while (again);
	sim_trace(s, "promise %s: %s", s->model.item[i].document, ok ? "done" : "refused");
}
