/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/cash_post.h"
#include "cash/learn.h"
#include "match/reason.h"
#include "cash/hand.h"
#include "cash/settle.h"

#include "ledger/customer.h"
#include "ledger/lettering_auto.h"

#include <jansson.h>

/* What one of the acts below needs, for db_tx. */
struct act {
	const struct cash_decision *d;
	struct arena *arena;
	int64_t payment_item_id;
	bool (*run)(struct db *db, struct act *act, const struct entry *entry, struct err *e);
};

static bool run_tx(struct db *db, void *arg, struct err *e)
{
	struct act *act = arg;
	struct entry entry;

	if (!entry_get(db, act->arena, act->d->entity_id, act->d->entry_id, &entry, e))
		return false;
	if (act->d->version && act->d->version != entry.version)
		return err_set(e, ERR_STALE, "bank entry %.60s changed meanwhile", entry.reference);
	return act->run(db, act, &entry, e);
}

static bool run(struct db *db, const struct cash_decision *d, struct act *act, struct err *e)
{
	bool ok;

	act->d = d;
	act->arena = arena_new(64 << 20);
	ok = db_tx(db, run_tx, act, e);
	arena_free(act->arena);
	return ok;
}

static const char *by_hand(struct arena *a, enum match_why why, const struct cash_decision *d)
{
	return reason_encode(a, &(struct match_reason){ why, d->actor, 0 }, 1);
}

static bool is_decided(const struct entry *entry)
{
	return entry->state == ENTRY_MATCHED || entry->state == ENTRY_ON_ACCOUNT ||
	       entry->state == ENTRY_IGNORED || entry->state == ENTRY_BOOKED;
}

static bool refuse_decided(const struct entry *entry, struct err *e)
{
	return err_set(e, ERR_CONFLICT, "bank entry %.60s is %s already: undo it first",
		       entry->reference, entry_state_name(entry->state));
}

/* ---- applying ---- */

/* The decision has the very lines of the machine's first answer. */
static bool is_first(const struct learn_first *first, const struct cash_decision *d)
{
	json_t *list = first->is_there ? json_loads(first->lines, 0, NULL) : NULL;
	size_t n = json_array_size(list);
	bool same = n == d->n_lines && n > 0;

	for (size_t i = 0; i < n && same; i++) {
		const json_t *line = json_array_get(list, i);
		bool found = false;
		for (size_t k = 0; k < n && !found; k++)
			found = d->lines[k].item_id ==
					json_integer_value(json_object_get(line, "item_id")) &&
				d->lines[k].amount_minor ==
					json_integer_value(json_object_get(line, "amount_minor"));
		same = found;
	}
	json_decref(list);
	return same;
}

/* What the decision teaches: for whom the payer pays, and whether the machine's first answer was right. */
static bool learn(struct db *db, struct act *act, const struct entry *entry,
		  const struct learn_first *first, int64_t customer_id, struct err *e)
{
	const struct cash_decision *d = act->d;
	struct learn_act la = { d->entity_id, entry, d->actor, d->now };
	int64_t *customers = ARENA_ARRAY(act->arena, d->n_lines + 1, int64_t);
	size_t n = 0;

	customers[n++] = customer_id;
	for (size_t i = 0; i < d->n_lines; i++) {
		struct item it;
		if (!item_get(db, act->arena, d->entity_id, d->lines[i].item_id, &it, e))
			return false;
		if (it.customer_id != customer_id)
			customers[n++] = it.customer_id;
	}
	return learn_applied(db, act->arena, &la, customers, n, e) &&
	       learn_outcome(db, &la, first, is_first(first, d), e);
}

static bool customer_of_lines(struct db *db, struct act *act, int64_t *ret, struct err *e)
{
	struct customer c;
	struct item it;

	*ret = act->d->customer_id;
	/* A proposal may name another company's customer: that money is transferred, not applied. */
	if (*ret)
		return customer_get_by_id(db, act->arena, act->d->entity_id, *ret, &c, e);
	if (act->d->n_lines == 0)
		return err_set(e, ERR_INVALID, "say which documents or which customer");
	if (!item_get(db, act->arena, act->d->entity_id, act->d->lines[0].item_id, &it, e))
		return false;
	*ret = it.customer_id;
	return true;
}

/* How the entry's money becomes what the lines take; *ret is NULL when it is in their currency. */
static bool plan(struct db *db, struct act *act, const struct entry *entry,
		 const struct convert_plan **ret, struct err *e)
{
	const struct cash_decision *d = act->d;
	struct convert_plan *made = ARENA_NEW(act->arena, struct convert_plan);
	struct convert_wish wish = { .worth_minor = d->worth_minor };
	struct conversion_rate rate;
	int64_t left;

	*ret = NULL;
	if (!d->convert)
		return true;
	for (size_t i = 0; i < d->n_lines; i++)
		if (d->lines[i].kind == MATCH_ALLOCATION &&
		    !minor_add(&wish.paid_minor, d->lines[i].amount_minor, e))
			return false;
	if (!convert_rate(db, act->arena, entry, d->convert, &rate, e) ||
	    !convert_left(db, entry, &left, e) || !convert_plan(entry, &rate, left, &wish, made, e))
		return false;
	*ret = made;
	return true;
}

static bool apply(struct db *db, struct act *act, const struct entry *entry, struct err *e)
{
	const struct cash_decision *d = act->d;
	const char *rule = d->rule ? d->rule : "manual";
	struct learn_first first;
	struct application ap = {
		.entity_id = d->entity_id,
		.entry = entry,
		.lines = d->lines,
		.n_lines = d->n_lines,
		.rule = rule,
		.reason = by_hand(act->arena,
				  d->n_lines ? WHY_applied_by_hand : WHY_on_account_by_hand, d),
		.words = "applied by hand",
		.actor = d->actor,
		.event_kind = "entry.applied",
		.body = cash_body(act->arena, entry, d->lines, d->n_lines, rule, 0),
		.now = d->now,
	};

	if (entry->state == ENTRY_IGNORED || entry->state == ENTRY_BOOKED)
		return refuse_decided(entry, e);
	if (is_decided(entry) && d->n_lines == 0)
		return refuse_decided(entry, e);
	return customer_of_lines(db, act, &ap.customer_id, e) &&
	       plan(db, act, entry, &ap.plan, e) &&
	       learn_read_first(db, act->arena, entry->id, &first, e) &&
	       cash_post(db, act->arena, &ap, e) &&
	       learn(db, act, entry, &first, ap.customer_id, e) &&
	       lettering_auto(db, d->entity_id, ap.customer_id, d->actor, d->now, NULL, e);
}

bool cash_apply(struct db *db, const struct cash_decision *d, struct err *e)
{
	return run(db, d, &(struct act){ .run = apply }, e);
}

/* ---- putting aside ---- */

static bool begin(struct db *db, struct act *act, const struct entry *entry, const char *kind,
		  struct posting *ret, struct err *e)
{
	if (!posting_begin(ret, db, act->d->entity_id, kind, "statement_entry", entry->id,
			   act->d->actor, "user", act->d->now,
			   cash_body(act->arena, entry, NULL, 0, NULL, 0), e))
		return false;
	ret->dates_forward = true; /* as cash_post */
	return true;
}

static bool ignore(struct db *db, struct act *act, const struct entry *entry, struct err *e)
{
	struct posting p;

	if (is_decided(entry))
		return refuse_decided(entry, e);
	return begin(db, act, entry, "entry.ignored", &p, e) &&
	       entry_set_state(&p, entry, ENTRY_IGNORED,
			       by_hand(act->arena, WHY_ignored_by_hand, act->d), 0, e);
}

bool cash_ignore(struct db *db, const struct cash_decision *d, struct err *e)
{
	return run(db, d, &(struct act){ .run = ignore }, e);
}

static bool mark_booked(struct db *db, struct act *act, const struct entry *entry, struct err *e)
{
	struct application ap = {
		.entity_id = act->d->entity_id,
		.entry = entry,
		.actor = act->d->actor,
		.event_kind = "entry.booked",
		.body = cash_body(act->arena, entry, NULL, 0, "manual", 0),
		.now = act->d->now,
	};
	struct item it;

	if (is_decided(entry))
		return refuse_decided(entry, e);
	if (!item_get(db, act->arena, act->d->entity_id, act->payment_item_id, &it, e))
		return false;
	ap.reason = reason_encode(act->arena,
				  &(struct match_reason){ WHY_booked_already, it.document, 0 }, 1);
	return cash_post_booked(db, act->arena, &ap, act->payment_item_id, e);
}

bool cash_mark_booked(struct db *db, const struct cash_decision *d, int64_t payment_item_id,
		      struct err *e)
{
	return run(db, d, &(struct act){ .run = mark_booked, .payment_item_id = payment_item_id },
		   e);
}

/* ---- undoing ---- */

struct id_row {
	int64_t id;
};

/* Credit notes that the entry's acts applied to documents, beside the payment itself. */
static bool undo_credit_notes(struct posting *p, struct act *act, const struct entry *entry,
			      struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct id_row, id) };
	struct id_row *list;
	size_t n;

	if (!db_list(p->db, act->arena,
		     "SELECT l.id FROM allocation l JOIN event v ON v.id = l.event_id"
		     " WHERE v.subject_kind = 'statement_entry' AND v.subject_id = $1"
		     " AND l.credit_item_id <> $2 AND COALESCE(l.reverses_id, 0) = 0 AND NOT EXISTS"
		     " (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id) ORDER BY l.id",
		     DB_PARAMS(P_I64(entry->id), P_I64(entry->payment_item_id)), columns,
		     ARRAY_LEN(columns), sizeof *list, (void **)&list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!post_unallocation(p, list[i].id, "bank entry undone", e))
			return false;
	return true;
}

/* Discounts and charges that the entry's acts posted. */
static bool undo_differences(struct posting *p, struct act *act, const struct entry *entry,
			     struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct id_row, id) };
	struct id_row *list;
	size_t n;

	if (!db_list(p->db, act->arena,
		     "SELECT i.id FROM item i JOIN event v ON v.id = i.event_id"
		     " JOIN item_balance b ON b.item_id = i.id"
		     " WHERE v.subject_kind = 'statement_entry' AND v.subject_id = $1"
		     " AND i.kind = 'adjustment' ORDER BY i.id",
		     DB_PARAMS(P_I64(entry->id)), columns, ARRAY_LEN(columns), sizeof *list,
		     (void **)&list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!post_item_reversal(p, list[i].id, "bank entry undone", e))
			return false;
	return true;
}

static bool unapply(struct db *db, struct act *act, const struct entry *entry, struct err *e)
{
	int64_t n_returns;
	struct posting p;

	if (!is_decided(entry))
		return err_set(e, ERR_CONFLICT, "bank entry %.60s is not applied",
			       entry->reference);
	if (!db_get_i64(
		    db,
		    "SELECT COUNT(*) FROM payment_return WHERE entry_id = $1 AND state = 'treated'",
		    DB_PARAMS(P_I64(entry->id)), 0, &n_returns, e))
		return false;
	if (n_returns > 0)
		return err_set(e, ERR_CONFLICT,
			       "bank entry %.60s is a returned payment: take back the return",
			       entry->reference);
	if (!refund_refuse_undo(db, entry->payment_item_id, e) ||
	    !begin(db, act, entry, "entry.unapplied", &p, e) ||
	    !settle_undo_losses(db, act->arena, act->d, e) ||
	    !transfer_undo(db, act->arena, act->d, e) || !deposit_undo_credit(db, entry->id, e))
		return false;
	if (entry->state == ENTRY_BOOKED) {
		if (!post_item_change(&p, entry->payment_item_id, "bank_entry_id", NULL, e))
			return false;
	} else if (entry->payment_item_id) {
		if (!conversion_undo(&p, act->arena, entry->id, e) ||
		    !undo_differences(&p, act, entry, e) || !undo_credit_notes(&p, act, entry, e) ||
		    !post_item_reversal(&p, entry->payment_item_id, "bank entry undone", e))
			return false;
	}
	return entry_set_state(&p, entry, ENTRY_OPEN,
			       by_hand(act->arena, WHY_undone_by_hand, act->d), 0, e) &&
	       learn_undone(
		       db, act->arena,
		       &(struct learn_act){ act->d->entity_id, entry, act->d->actor, act->d->now },
		       e);
}

bool cash_unapply(struct db *db, const struct cash_decision *d, struct err *e)
{
	return run(db, d, &(struct act){ .run = unapply }, e);
}
