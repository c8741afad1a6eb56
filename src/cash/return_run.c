/* SPDX-License-Identifier: Apache-2.0 */
/* return_run.c - the bank's debits that are returns, taken up and treated where it is certain. */
#include "cash/cash_post.h"
#include "match/reason.h"
#include "cash/return_private.h"

#include "base/text.h"
#include "db/event.h"

enum { TOLD_DAYS = 10 }; /* between a report and the debit that it told */

struct work {
	struct return_run *run;
	struct arena *arena;
	struct entry *entries; /* debits that nobody looked at yet */
	size_t n;
	struct payment_return *told; /* by reports, without their debit */
	size_t n_told;
};

static bool load_told(struct db *db, struct work *w, struct err *e)
{
	struct payment_return *all;
	size_t n;

	if (!payment_return_list(db, w->arena, w->run->entity_id, "", 0, 0, 10000, &all, &n, e))
		return false;
	w->told = ARENA_ARRAY(w->arena, n + 1, struct payment_return);
	for (size_t i = 0; i < n; i++)
		if (!all[i].entry_id &&
		    (str_eq(all[i].state, "waiting") || str_eq(all[i].state, "treated")))
			w->told[w->n_told++] = all[i];
	return true;
}

static bool same(const char *a, const char *b)
{
	return !str_empty(a) && !str_empty(b) && strcmp(a, b) == 0;
}

/* The report that told this debit: the only one whose order it names, or that says the same of it. */
static struct payment_return *told_of(struct work *w, const struct entry *en)
{
	struct payment_return *found = NULL;
	int best = 0;

	for (size_t i = 0; i < w->n_told; i++) {
		struct payment_return *r = &w->told[i];
		int days = en->booked_on - r->returned_on, like;
		if (r->entry_id || r->amount_minor != -en->amount_minor ||
		    strcmp(r->currency, en->currency) != 0 || days < -TOLD_DAYS || days > TOLD_DAYS)
			continue;
		like = same(r->end_to_end, en->end_to_end) ? 2
		       : same(r->payer_iban, en->payer_iban) || same(r->payer_name, en->payer_name)
			       ? 1
			       : 0;
		if (like == 0 || like < best)
			continue;
		if (like == best)
			return NULL;
		found = r;
		best = like;
	}
	return found;
}

static bool insert(struct db *db, struct work *w, const struct entry *en,
		   const struct return_fact *f, int64_t event_id, struct err *e)
{
	const struct return_reason *reason = return_reason_find(f->code);
	int64_t id;

	return db_new_id(db, &id, e) &&
	       db_exec(db,
		       "INSERT INTO payment_return (id, entity_id, source, identity, state, kind,"
		       " reason_code, reason_text, amount_minor, currency, returned_on, reference,"
		       " end_to_end, payer_name, payer_iban, remittance, other_refs, entry_id,"
		       " event_id, recorded) VALUES ($1, $2, 'statement', $3, 'waiting', $4, $5,"
		       " $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
		       DB_PARAMS(P_I64(id), P_I64(w->run->entity_id),
				 P_TEXT(arena_printf(w->arena, "entry|%" PRId64, en->id)),
				 P_TEXT(return_kind_name(f->kind)), P_TEXT(f->code),
				 P_TEXT(reason ? reason->words : NULL), P_I64(f->minor),
				 P_TEXT(f->currency), P_DAY(f->on), P_TEXT(en->reference),
				 P_TEXT(f->end_to_end), P_TEXT(f->payer_name),
				 P_TEXT(f->payer_iban), P_TEXT(f->words), P_TEXT(en->other_refs),
				 P_I64(en->id), P_I64(event_id), P_I64(w->run->now)),
		       NULL, e);
}

/* The debit of a return that a report told: nothing happens twice. */
static bool link(struct db *db, struct work *w, const struct entry *en, struct payment_return *r,
		 int64_t event_id, struct err *e)
{
	struct posting p = { .db = db,
			     .entity_id = w->run->entity_id,
			     .event_id = event_id,
			     .recorded = w->run->now,
			     .actor = w->run->actor,
			     .source = "bank" };
	struct match_reason why = { WHY_returned_reopens, r->documents ? r->documents : "", 0 };

	r->entry_id = en->id;
	if (!db_exec(db, "UPDATE payment_return SET entry_id = $2 WHERE id = $1",
		     DB_PARAMS(P_I64(r->id), P_I64(en->id)), NULL, e))
		return false;
	if (!r->return_item_id)
		return true;
	return post_item_change(&p, r->return_item_id, "bank_entry_id",
				arena_printf(w->arena, "%" PRId64, en->id), e) &&
	       entry_set_state(&p, en, ENTRY_MATCHED, reason_encode(w->arena, &why, 1),
			       r->return_item_id, e);
}

static bool take_up_tx(struct db *db, void *arg, struct err *e)
{
	struct work *w = arg;
	int64_t event_id = 0;

	w->n_told = 0;
	if (!load_told(db, w, e))
		return false;
	for (size_t i = 0; i < w->n; i++) {
		const struct entry *en = &w->entries[i];
		struct payment_return *told;
		struct return_fact fact;
		if (!return_of_entry(w->arena, en, &fact))
			continue;
		if (!event_id && !event_add(db,
					    &(struct event){ .entity_id = w->run->entity_id,
							     .kind = "returns.told",
							     .subject_kind = "entity",
							     .subject_id = w->run->entity_id,
							     .actor = w->run->actor,
							     .body = "{}",
							     .recorded = w->run->now },
					    &event_id, e))
			return false;
		told = told_of(w, en);
		if (!(told ? link(db, w, en, told, event_id, e)
			   : insert(db, w, en, &fact, event_id, e)))
			return false;
	}
	return true;
}

/* What the accounting may have keeps waiting, with the line in question. */
static bool wait(struct db *db, struct work *w, const struct payment_return *r,
		 int64_t booked_item_id, struct err *e)
{
	w->run->n_waiting++;
	return booked_item_id == r->booked_item_id ||
	       db_exec(db,
		       "UPDATE payment_return SET booked_item_id = $2 WHERE id = $1"
		       " AND state = 'waiting'",
		       DB_PARAMS(P_I64(r->id), P_ID(booked_item_id)), NULL, e);
}

/* What is certain; somebody who was quicker has decided it. */
static bool treat_one(struct db *db, struct work *w, const struct payment_return *r, struct err *e)
{
	struct return_guess guess[RETURN_GUESSES];
	const struct return_payment *payment;
	struct return_payment *payments;
	struct return_booked *lines;
	enum return_verdict verdict;
	struct return_fact fact;
	size_t n, n_guesses, n_lines, line = 0;

	if (r->is_doubtful || r->returned_on > w->run->date) {
		w->run->n_waiting++;
		return true;
	}
	if (!return_fact_load(db, w->arena, w->run->entity_id, r, &fact, e) ||
	    !return_payments(db, w->arena, w->run->entity_id, &fact, &payments, &n, e) ||
	    !return_booked_lines(db, w->arena, w->run->entity_id, &fact, &lines, &n_lines, e))
		return false;
	payment = return_find(w->arena, &fact, payments, n, guess, &n_guesses)
			  ? &payments[guess[0].payment]
			  : NULL;
	verdict = return_booked_find(w->arena, &fact, payment, lines, n_lines, &line);
	if (verdict == RETURN_PERHAPS_BOOKED)
		return wait(db, w, r, lines[line].item_id, e);
	if (verdict == RETURN_NOT_BOOKED && !payment)
		return wait(db, w, r, 0, e);
	/* The books have it on another account than the payment: nothing of the payment's is touched. */
	if (verdict == RETURN_BOOKED && payment && payment->customer_id != lines[line].customer_id)
		payment = NULL;
	if (return_treat_as(db, w->run->entity_id, r->id, payment ? payment->item_id : 0,
			    verdict == RETURN_BOOKED ? lines[line].item_id : 0, "rule:returned",
			    w->run->now, e)) {
		w->run->n_treated++;
		return true;
	}
	w->run->n_waiting++;
	return e->code == ERR_CONFLICT || e->code == ERR_STALE;
}

static bool run_all(struct db *db, struct work *w, struct err *e)
{
	struct payment_return *waiting;
	size_t n;

	if (!entry_list_debits(db, w->arena, w->run->entity_id, w->run->date, &w->entries, &w->n,
			       e) ||
	    (w->n > 0 && !db_tx(db, take_up_tx, w, e)) ||
	    !payment_return_list(db, w->arena, w->run->entity_id, "waiting", 0, 0, 10000, &waiting,
				 &n, e))
		return false;
	/* The oldest first: a payment that came back twice came back first the first time. */
	for (size_t i = n; i > 0; i--)
		if (!treat_one(db, w, &waiting[i - 1], e))
			return err_while(e, "treating the return %s", waiting[i - 1].reference);
	return true;
}

bool return_run(struct db *db, struct return_run *run, struct err *e)
{
	struct work w = { .run = run };
	bool ok;

	run->n_treated = run->n_waiting = 0;
	w.arena = arena_new((size_t)1 << 30);
	ok = run_all(db, &w, e);
	arena_free(w.arena);
	return ok;
}
