/* SPDX-License-Identifier: Apache-2.0 */
/* refund_pay.c - refunds that were paid: said by a person, or recognised in the bank's debits. */
#include "cash/refund.h"

#include "base/text.h"
#include "cash/cash_post.h"
#include "match/reason.h"

#include <stdlib.h>

enum { REFUNDS_MAX = 10000, NAMED_CHARACTERS = 6 };

/* ---- which one a debit pays ---- */

enum agreement { AGREES_NOT, AGREES_ACCOUNT, AGREES_NAME };

/* "RB-12" between things that are neither letter nor digit: RB-1 is none of RB-12. */
static bool names(const char *text, const char *id)
{
	size_t len = strlen(id);

	for (const char *at = text ? text : ""; (at = strstr(at, id)) != NULL; at++) {
		char before = at > text ? at[-1] : ' ', after = at[len];
		bool is_word = (before >= '0' && before <= '9') || (before >= 'A' && before <= 'Z');
		if (!is_word && !(after >= '0' && after <= '9'))
			return true;
	}
	return false;
}

static enum agreement agreement_of(struct arena *a, const struct entry *debit,
				   const struct refund *r)
{
	const char *id = arena_printf(a, "RB-%" PRId64, r->id);

	if (r->amount_minor != -debit->amount_minor || !str_eq(r->currency, debit->currency) ||
	    debit->booked_on < r->ordered_on)
		return AGREES_NOT;
	if (names(debit->end_to_end, id) || names(debit->remittance, id) ||
	    names(debit->structured_ref, id))
		return AGREES_NAME;
	return !str_empty(debit->payer_iban) && str_eq(debit->payer_iban, r->iban) ? AGREES_ACCOUNT
										   : AGREES_NOT;
}

bool refund_of_debit(struct arena *a, const struct entry *debit, const struct refund *list,
		     size_t n, size_t *ret)
{
	enum agreement best = AGREES_NOT;

	for (size_t i = 0; i < n; i++) {
		enum agreement how = agreement_of(a, debit, &list[i]);
		if (how == AGREES_NOT || how < best || (how == best && list[i].id > list[*ret].id))
			continue;
		best = how;
		*ret = i;
	}
	return best != AGREES_NOT;
}

/* ---- paying ---- */

struct paying {
	const struct refund_act *act;
	struct arena *arena;
	struct entry debit; /* id 0: none */
	const char *source;
};

static bool set_paid(const struct posting *p, const struct paying *w, const struct refund *r,
		     day_t on, struct err *e)
{
	int64_t changed;

	if (!db_exec(p->db,
		     "UPDATE refund SET state = 'paid', paid_on = $2, entry_id = $3,"
		     " version = version + 1, event_id = $4 WHERE id = $1"
		     " AND (state IN ('due', 'exported') OR (state = 'paid' AND entry_id IS NULL))",
		     DB_PARAMS(P_I64(r->id), P_DAY(on), P_ID(w->debit.id), P_I64(p->event_id)),
		     &changed, e))
		return false;
	return changed == 1 ||
	       err_set(e, ERR_CONFLICT, "the refund RB-%" PRId64 " changed meanwhile", r->id);
}

/* The bank's debit is the refund's money. */
static bool link_debit(const struct posting *p, const struct paying *w, const struct refund *r,
		       struct err *e)
{
	const char *document = arena_printf(w->arena, "RB-%" PRId64, r->id);
	struct match_reason why = { WHY_refund_paid, document, 0 };

	return w->debit.id == 0 ||
	       (post_item_change(p, r->item_id, "bank_entry_id",
				 arena_printf(w->arena, "%" PRId64, w->debit.id), e) &&
		entry_set_state(p, &w->debit, ENTRY_MATCHED, reason_encode(w->arena, &why, 1),
				r->item_id, e));
}

static bool check(const struct paying *w, const struct refund *r, day_t on, struct err *e)
{
	if (str_eq(r->state, "cancelled"))
		return err_set(e, ERR_CONFLICT, "the refund RB-%" PRId64 " is cancelled", r->id);
	if (str_eq(r->state, "paid") && (r->paid_entry_id || !w->debit.id))
		return err_set(e, ERR_CONFLICT, "the refund RB-%" PRId64 " is paid already", r->id);
	if (on == DAY_NONE || on < r->ordered_on)
		return err_field(e, ERR_INVALID, "on", "it cannot be paid before it was ordered");
	if (!w->debit.id)
		return true;
	if (w->debit.amount_minor != -r->amount_minor || !str_eq(w->debit.currency, r->currency))
		return err_field(e, ERR_INVALID, "reference",
				 "the bank entry %.60s is no debit of the refund's amount",
				 w->debit.reference);
	return w->debit.state == ENTRY_OPEN ||
	       err_set(e, ERR_CONFLICT, "bank entry %.60s is %s already: undo it first",
		       w->debit.reference, entry_state_name(w->debit.state));
}

static bool pay_tx(struct db *db, void *arg, struct err *e)
{
	struct paying *w = arg;
	const struct refund_act *act = w->act;
	struct posting p;
	struct refund r;
	int64_t n;
	day_t on;

	if (!refund_get(db, w->arena, act->entity_id, act->id, &r, e) ||
	    (!str_empty(act->reference) &&
	     !entry_find(db, w->arena, act->entity_id, act->reference, &w->debit, e)) ||
	    !db_get_i64(db, "SELECT COUNT(*) FROM payment_return WHERE entry_id = $1",
			DB_PARAMS(P_I64(w->debit.id)), 0, &n, e))
		return false;
	on = w->debit.id ? w->debit.booked_on : act->on;
	if (n > 0)
		return err_set(e, ERR_CONFLICT, "bank entry %.60s is a payment that came back",
			       w->debit.reference);
	return check(w, &r, on, e) &&
	       posting_begin(&p, db, act->entity_id, "refund.paid", "refund", r.id, act->actor,
			     w->source, act->now,
			     arena_printf(w->arena, "{\"refund_id\":%" PRId64 "}", r.id), e) &&
	       set_paid(&p, w, &r, on, e) && link_debit(&p, w, &r, e);
}

static bool pay(struct db *db, const struct refund_act *act, const char *source, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(4 << 20);
	struct paying w = { .act = act, .arena = a, .source = source };

	return db_tx(db, pay_tx, &w, e);
}

bool refund_pay(struct db *db, const struct refund_act *act, struct err *e)
{
	return pay(db, act, "user", e);
}

/* ---- back ---- */

static bool unlink_debit(const struct posting *p, struct arena *a, const struct refund *r,
			 struct err *e)
{
	struct match_reason why = { WHY_undone_by_hand, p->actor, 0 };
	struct entry debit;

	return r->paid_entry_id == 0 ||
	       (post_item_change(p, r->item_id, "bank_entry_id", NULL, e) &&
		entry_get(p->db, a, p->entity_id, r->paid_entry_id, &debit, e) &&
		entry_set_state(p, &debit, ENTRY_OPEN, reason_encode(a, &why, 1), 0, e));
}

static bool back_tx(struct db *db, void *arg, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(4 << 20);
	const struct refund_act *act = arg;
	bool was_paid;
	struct posting p;
	struct refund r;

	if (!refund_get(db, a, act->entity_id, act->id, &r, e))
		return false;
	was_paid = str_eq(r.state, "paid");
	if (!was_paid && !str_eq(r.state, "exported"))
		return err_set(e, ERR_CONFLICT, "the refund RB-%" PRId64 " is not paid", r.id);
	return posting_begin(&p, db, act->entity_id, "refund.stepped_back", "refund", r.id,
			     act->actor, "user", act->now,
			     arena_printf(a, "{\"refund_id\":%" PRId64 "}", r.id), e) &&
	       db_exec(db,
		       was_paid && r.file_number
			       ? "UPDATE refund SET state = 'exported', paid_on = NULL,"
				 " entry_id = NULL, version = version + 1, event_id = $2"
				 " WHERE id = $1"
			       : "UPDATE refund SET state = 'due', paid_on = NULL, entry_id = NULL,"
				 " file_id = NULL, version = version + 1, event_id = $2"
				 " WHERE id = $1",
		       DB_PARAMS(P_I64(r.id), P_I64(p.event_id)), NULL, e) &&
	       unlink_debit(&p, a, &r, e);
}

bool refund_step_back(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		      struct err *e)
{
	return db_tx(db, back_tx,
		     &(struct refund_act){
			     .entity_id = entity_id, .id = id, .actor = actor, .now = now },
		     e);
}

/* ---- the run ---- */

static bool run_debits(struct db *db, struct arena *a, struct refund_run *run,
		       const struct entry *debits, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct refund *list, *waiting;
		size_t n_list, at = 0, k = 0;
		if (!refund_list(db, a, run->entity_id, NULL, REFUNDS_MAX, &list, &n_list, e))
			return false;
		waiting = ARENA_ARRAY(a, n_list + 1, struct refund);
		for (size_t j = 0; j < n_list; j++)
			if (!list[j].paid_entry_id)
				waiting[k++] = list[j];
		if (k == 0)
			return true;
		if (!refund_of_debit(a, &debits[i], waiting, k, &at))
			continue;
		if (pay(db,
			&(struct refund_act){ .entity_id = run->entity_id,
					      .id = waiting[at].id,
					      .reference =
						      arena_printf(a, "#%" PRId64, debits[i].id),
					      .actor = "rule:refund",
					      .now = run->now },
			"bank", e))
			run->n_paid++;
		else if (e->code != ERR_CONFLICT && e->code != ERR_STALE)
			return err_while(e, "the refund RB-%" PRId64, waiting[at].id);
	}
	return true;
}

/* The accounting's file books it: somebody has paid it. */
static bool run_booked(struct db *db, struct arena *a, struct refund_run *run, struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct refund_act, id),
						    DB_DAY(struct refund_act, on) };
	struct refund_act *list;
	size_t n;

	if (!db_list(db, a,
		     "SELECT r.id, r.ordered_on FROM refund r JOIN item i ON i.id = r.item_id"
		     " WHERE r.entity_id = $1 AND r.state IN ('due', 'exported')"
		     " AND i.is_booked = 1 ORDER BY r.id",
		     DB_PARAMS(P_I64(run->entity_id)), columns, ARRAY_LEN(columns), sizeof *list,
		     (void **)&list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct refund_act act = { .entity_id = run->entity_id,
					  .id = list[i].id,
					  .on = list[i].on > run->date ? list[i].on : run->date,
					  .actor = "rule:booked",
					  .now = run->now };
		if (pay(db, &act, "bank", e))
			run->n_paid++;
		else if (e->code != ERR_CONFLICT)
			return err_while(e, "the refund RB-%" PRId64, list[i].id);
	}
	return true;
}

bool refund_run(struct db *db, struct refund_run *run, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)1 << 30);
	struct entry *debits;
	int64_t waiting;
	size_t n;

	run->n_paid = 0;
	if (!db_get_i64(db,
			"SELECT COUNT(*) FROM refund WHERE entity_id = $1 AND entry_id IS NULL"
			" AND state <> 'cancelled'",
			DB_PARAMS(P_I64(run->entity_id)), 0, &waiting, e))
		return false;
	return waiting == 0 ||
	       (entry_list_debits(db, a, run->entity_id, run->date, &debits, &n, e) &&
		run_debits(db, a, run, debits, n, e) && run_booked(db, a, run, e));
}
