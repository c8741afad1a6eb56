/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_settled.c - items of which a file says only that they are settled.
 *
 * An invoice or open-item file tells what is left of a document, not how the rest was paid. Until the
 * ledger's file tells, the rest is closed by a settlement ("settled per accounting"): an item of its own,
 * so that the document keeps its amount and its history. In a snapshot the documents that are absent are
 * settled; a payment history gives the day.
 */
#include "ledger/import_plan.h"

#include "base/money.h"

#include <stdlib.h>

/* A snapshot that makes more than this share of the open documents vanish is somebody's mistake. */
enum { MAX_VANISHING_PERCENT = 50, FEW_DOCUMENTS = 20 };

static struct known_item *settlement_of(const struct known_item *item,
					const struct plan_customer *c)
{
	for (struct known_item *k = c->items; k; k = k->next_customer)
		if (k->kind == ITEM_SETTLEMENT && !k->is_reversed && !k->is_new &&
		    strcmp(k->document_key, item->document_key) == 0)
			return k;
	return NULL;
}

/* Settlements give way to the ledger's own payments, and to a file that opens the document again. */
bool plan_unsettle(struct import_plan *p, struct err *e)
{
	for (size_t i = 0; i < p->items.n; i++) {
		const struct item_fact *f = &p->items.at[i];
		for (const struct target *t = f->targets; t; t = t->next) {
			struct known_item *k = t->item, *s;
			bool reopened = f->has_open && llabs(k->open_minor) < llabs(f->open_minor);
			if (k->is_new || k->kind == ITEM_SETTLEMENT ||
			    (!f->is_ledger && !(reopened && !k->is_booked)))
				continue;
			s = settlement_of(k, f->customer);
			if (s && !plan_reverse(p, s,
					       f->is_ledger ? "the ledger tells the payment"
							    : "open again by the item file",
					       e))
				return false;
		}
	}
	return true;
}

/* When an open-item file does not say when: on the due date, if the file had seen that day. */
static day_t settled_on(const struct known_item *k, day_t last)
{
	day_t on = k->due_on < last ? k->due_on : last;

	return on > k->effective ? on : k->effective;
}

static void settle(struct import_plan *p, struct plan_customer *c, struct known_item *k,
		   int64_t left_minor, enum item_kind kind, day_t on, const char *reason)
{
	struct item_fact *f = ARENA_NEW(p->arena, struct item_fact);
	int64_t minor = k->open_minor - left_minor;
	struct known_item *s;
	bool k_is_debit = k->amount_minor > 0;

	/* The day of a settlement is inferred: it may as well be an open one. */
	if (kind == ITEM_SETTLEMENT)
		on = closed_days_open_on(&p->posting.closed, on);
	*f = (struct item_fact){ .customer = c,
				 .kind = kind,
				 .document_key = k->document_key,
				 .document = k->fact ? k->fact->document : k->document_key,
				 .issued_on = on,
				 .effective = on,
				 .due_on = on,
				 .due_source = DUE_FROM_ITEM_FILE,
				 .amount_minor = -minor,
				 .cleared_on = DAY_NONE,
				 .lettered_on = DAY_NONE };
	memcpy(f->currency, k->currency, sizeof f->currency);
	if (!plan_may_date(p, f))
		return;
	s = plan_new_item(p, f);
	plan_allocate(p, &(struct plan_allocation){ .debit = k_is_debit ? k : s,
						    .credit = k_is_debit ? s : k,
						    .minor = INT64_MAX,
						    .rule = "settled",
						    .reason = reason,
						    .effective = on });
}

static void settle_fact(struct import_plan *p, const struct item_fact *f, day_t last)
{
	struct known_item *k = f->targets->item;
	int64_t left = f->has_open ? f->open_minor : 0;

	if (f->targets->next || k->open_minor == 0)
		return;
	if (k->is_booked) { /* the ledger knows better; say that the file disagrees */
		p->n_differ += k->open_minor != left;
		return;
	}
	if (llabs(k->open_minor) <= llabs(left))
		return;
	if (f->cleared_on != DAY_NONE)
		settle(p, f->customer, k, left, ITEM_PAYMENT, f->cleared_on,
		       "settled on that day by the payment history");
	else
		settle(p, f->customer, k, left, ITEM_SETTLEMENT, settled_on(k, last),
		       "settled by the item file");
}

static bool is_document(const struct known_item *k)
{
	return k->kind == ITEM_INVOICE || k->kind == ITEM_CREDIT_NOTE || k->kind == ITEM_DRAFT ||
	       k->kind == ITEM_OPENING;
}

/* Open documents that the snapshot does not name. */
static void settle_absent(struct import_plan *p)
{
	day_t last = p->last_issue_on;

	for (size_t i = 0; i < p->n_batch; i++) {
		struct plan_customer *c = p->batch[i];
		for (struct known_item *k = c->items; k; k = k->next_customer) {
			if (k->is_new || k->is_reversed || k->open_minor == 0 || !is_document(k))
				continue;
			p->n_open++;
			if (k->is_taken)
				continue;
			p->n_absent++;
			settle(p, c, k, 0, ITEM_SETTLEMENT,
			       last > k->effective ? last : k->effective,
			       "absent from the open-item file");
		}
	}
}

bool plan_apply_settled(struct import_plan *p, UNUSED struct err *e)
{
	if (p->format == FORMAT_FEC)
		return true;
	for (size_t i = 0; i < p->items.n; i++) {
		const struct item_fact *f = &p->items.at[i];
		if (f->targets && (f->has_open || f->cleared_on != DAY_NONE))
			settle_fact(p, f, p->last_issue_on);
	}
	if (p->job->mode == IMPORT_SNAPSHOT && p->spool->n > 0)
		settle_absent(p);
	return true;
}

bool plan_end_settled(struct import_plan *p, struct err *e)
{
	if (p->n_differ)
		plan_warn(p,
			  "%" PRId64
			  " documents are open for another amount in the ledger than in the"
			  " file; the ledger's amount stands",
			  p->n_differ);
	if (p->n_absent > FEW_DOCUMENTS && p->n_absent * 100 > p->n_open * MAX_VANISHING_PERCENT)
		return err_set(e, ERR_REFUSED,
			       "the file lacks %" PRId64 " of the %" PRId64 " open documents:"
			       " is it the whole list? Import it as movements if it is not",
			       p->n_absent, p->n_open);
	return true;
}
