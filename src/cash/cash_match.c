/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/advice_store.h"
#include "cash/cash_run.h"
#include "cash/calibration.h"
#include "cash/match_policy.h"

#include "cash/refund.h"
#include "cash/return_store.h"

#include "ledger/lettering_auto.h"

/* ---- explaining ---- */

void run_hold(struct match_result *result, enum match_why why, const char *text)
{
	if (result->state == MATCH_AUTO)
		result->state = MATCH_PROPOSED;
	result->stop = (struct match_reason){ why, text, 0 };
}

static bool is_free(const struct run *r, size_t i)
{
	return (!r->is_held[i] || r->facts[i].is_held) && r->booked[i].verdict == BOOKED_NO;
}

/* Entries that may post go through the engine together, and with them those that a person took back, which
 * post nothing but leave nothing to their like; the others are explained one by one after. */
static void explain_all(struct run *r)
{
	struct match_options options = r->options;
	struct match_entry *free_facts = ARENA_ARRAY(r->arena, r->n + 1, struct match_entry);
	struct match_result *found = ARENA_ARRAY(r->arena, r->n + 1, struct match_result);
	size_t *at = ARENA_ARRAY(r->arena, r->n + 1, size_t);
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		if (!is_free(r, i))
			continue;
		at[n] = i;
		free_facts[n++] = r->facts[i];
	}
	match_run(r->book, free_facts, n, &options, found);
	for (size_t i = 0; i < n; i++)
		r->results[at[i]] = found[i];
	for (size_t i = 0; i < r->n; i++) {
		const struct booked_answer *b = &r->booked[i];
		if (is_free(r, i))
			continue;
		match_one(r->book, &r->facts[i], &options, &r->results[i]);
		if (b->verdict != BOOKED_NO)
			run_hold(&r->results[i],
				 b->verdict == BOOKED_YES ? WHY_booked_already : WHY_perhaps_booked,
				 r->payments[b->payment].document);
		else
			run_hold(&r->results[i],
				 entry_is_return(&r->entries[i]) ? WHY_returned
								 : WHY_undone_by_hand,
				 "");
	}
}

static void answer(struct run *r, size_t i)
{
	struct cash_answer *to = &r->answers[i];

	to->entry = &r->entries[i];
	to->result = &r->results[i];
	to->state = r->results[i].state == MATCH_AUTO       ? ENTRY_MATCHED
		    : r->results[i].state == MATCH_PROPOSED ? ENTRY_PROPOSED
							    : ENTRY_OPEN;
	if (r->booked[i].verdict == BOOKED_NO)
		return;
	to->booked_document = r->payments[r->booked[i].payment].document;
	to->state = r->booked[i].verdict == BOOKED_YES && !r->is_held[i] ? ENTRY_BOOKED
									 : ENTRY_DOUBTFUL;
}

/* ---- the run ---- */

static void count(const struct run *r, struct cash_match_report *ret)
{
	*ret = (struct cash_match_report){ .answers = r->answers, .n = r->n };
	for (size_t i = 0; i < r->n; i++) {
		enum entry_state state = r->answers[i].state;
		ret->n_auto += state == ENTRY_MATCHED;
		ret->n_proposed += state == ENTRY_PROPOSED;
		ret->n_unmatched += state == ENTRY_OPEN;
		ret->n_booked += state == ENTRY_BOOKED;
		ret->n_doubtful += state == ENTRY_DOUBTFUL;
	}
}

/* What the machine may do alone; an explicit threshold stands above the company's. */
static bool load_policy(struct run *r, struct err *e)
{
	struct match_calibration *calibration = ARENA_NEW(r->arena, struct match_calibration);
	struct match_policy policy;

	if (!match_policy_load(r->db, r->arena, r->o->entity_id, &policy, e))
		return false;
	r->options = match_policy_options(&policy);
	if (r->o->threshold_ppm)
		r->options.threshold_ppm = r->o->threshold_ppm;
	if (!policy.is_automatic)
		r->options.forbidden_rules = ~0u;
	if (!calibration_load(r->db, r->arena, r->o->entity_id, calibration, e))
		return false;
	r->options.calibration = calibration;
	return true;
}

/* What the bank itself says of the documents paid. */
static bool take_details(const struct run *r, struct err *e)
{
	struct entity entity;
	struct advice_job job = { .db = r->db,
				  .arena = r->arena,
				  .entity = &entity,
				  .actor = "rule:details",
				  .now = r->o->now,
				  .today = r->o->date };

	return entity_get_by_id(r->db, r->arena, r->o->entity_id, &entity, e) &&
	       advice_take_details(&job, e);
}

static bool match_once(struct run *r, struct cash_match_report *ret, struct err *e)
{
	const struct cash_match_options *o = r->o;

	if ((!o->is_dry_run && !take_details(r, e)) || !load_policy(r, e) || !run_load(r, e))
		return false;
	for (size_t i = 0; i < r->n; i++)
		r->answers[i].book = r->book;
	explain_all(r);
	if (!run_look_abroad(r, e) || !run_look_elsewhere(r, e))
		return false;
	for (size_t i = 0; i < r->n; i++)
		answer(r, i);
	/* What was applied stands under lettering codes as what people letter does. */
	if (!o->is_dry_run &&
	    (!run_write(r, e) ||
	     !lettering_auto(r->db, o->entity_id, 0, "rule:lettering", o->now, NULL, e)))
		return false;
	count(r, ret);
	return true;
}

/* The answers of the first look at what is decided, and those of the second at the rest. */
static void join(struct arena *a, const struct cash_match_report *first,
		 struct cash_match_report *ret)
{
	struct cash_answer *all = ARENA_ARRAY(a, first->n + ret->n + 1, struct cash_answer);
	size_t n = 0;

	for (size_t i = 0; i < first->n; i++)
		if (first->answers[i].state == ENTRY_MATCHED ||
		    first->answers[i].state == ENTRY_BOOKED)
			all[n++] = first->answers[i];
	for (size_t i = 0; i < ret->n; i++)
		all[n++] = ret->answers[i];
	ret->answers = all;
	ret->n = n;
	ret->n_auto += first->n_auto;
	ret->n_booked += first->n_booked;
}

bool cash_match(struct db *db, struct arena *a, const struct cash_match_options *o,
		struct cash_match_report *ret, struct err *e)
{
	struct return_run returns = {
		.entity_id = o->entity_id, .date = o->date, .actor = o->actor, .now = o->now
	};
	bool has_returns = !o->is_dry_run && !o->only_entry_id;
	struct refund_run refunds = {
		.entity_id = o->entity_id, .date = o->date, .actor = o->actor, .now = o->now
	};
	struct run r = { .db = db, .arena = a, .o = o };
	struct cash_match_report first;
	int64_t n_returned;

	/* What came back first: its documents are open again for the money of today. */
	if (has_returns && (!return_run(db, &returns, e) || !refund_run(db, &refunds, e)))
		return false;
	if (!match_once(&r, ret, e))
		return false;
	n_returned = returns.n_treated;
	/* A payment and its return in one statement: it was applied just now. */
	if (has_returns && returns.n_waiting && ret->n_auto + ret->n_booked > 0) {
		if (!return_run(db, &returns, e))
			return false;
		first = *ret;
		r = (struct run){ .db = db, .arena = a, .o = o };
		if (returns.n_treated) {
			if (!match_once(&r, ret, e))
				return false;
			join(a, &first, ret);
		}
		n_returned += returns.n_treated;
	}
	ret->n_returned = n_returned;
	ret->n_returns_waiting = returns.n_waiting;
	ret->n_refunds_paid = refunds.n_paid;
	return true;
}
