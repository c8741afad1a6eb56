/* SPDX-License-Identifier: Apache-2.0 */
/* penalty.c - interest and fixed costs, item by item. */
#include "collect/penalty.h"

#include "base/clock.h"

#include "base/list.h"

#include <stdlib.h>

static enum interest_regime regime_of(const struct book_customer *c)
{
	if (str_eq(c->kind, "b2c"))
		return INTEREST_B2C;
	return str_eq(c->kind, "b2g") ? INTEREST_B2G : INTEREST_B2B;
}

/* Documents that bear interest: what was sold, not cash, credit notes or openings without a document. */
static bool bears(const struct book *b, size_t i)
{
	return b->amount_minor[i] > 0 &&
	       (b->kind[i] == ITEM_INVOICE || b->kind[i] == ITEM_ADJUSTMENT ||
		b->kind[i] == ITEM_OPENING);
}

static int by_day(const void *a, const void *b)
{
	const struct interest_payment *x = a, *y = b;

	return x->on < y->on ? -1 : x->on > y->on;
}

static bool is_undone(const struct allocation *of, const struct allocation *list, size_t n,
		      struct when w)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].reverses_id == of->id && list[i].recorded <= when_known(w) &&
		    list[i].effective <= w.as_of)
			return true;
	return false;
}

/* What was applied to the item and stood at w, by day. An undone application and its undoing are both left
 * out. */
static bool load_payments(struct db *db, struct arena *a, int64_t item_id, struct when w,
			  struct interest_case *c, struct err *e)
{
	struct allocation *list;
	struct interest_payment *pay;
	size_t n, n_pay = 0;

	if (!allocation_list_item(db, a, item_id, &list, &n, e))
		return false;
	pay = ARENA_ARRAY(a, n + 1, struct interest_payment);
	for (size_t i = 0; i < n; i++)
		if (list[i].amount_minor > 0 && list[i].effective <= w.as_of &&
		    list[i].recorded <= when_known(w) && !is_undone(&list[i], list, n, w))
			pay[n_pay++] = (struct interest_payment){ list[i].effective,
								  list[i].amount_minor };
	if (n_pay > 1)
		qsort(pay, n_pay, sizeof *pay, by_day);
	c->payment = pay;
	c->n_payments = n_pay;
	return true;
}

bool penalty_of_item(struct db *db, struct arena *a, const struct book *b, size_t item,
		     const struct rate_table *rates, day_t as_of, struct penalty *ret,
		     struct err *e)
{
	const struct book_customer *customer = &b->customer[b->customer_of[item]];
	struct interest_case c = { .regime = regime_of(customer),
				   .amount_minor = b->amount_minor[item],
				   .due_on = b->due_on[item],
				   .notice_on = DAY_NONE,
				   .until_on = as_of };
	struct penalty p = { .item = item };

	/* The rates and the fee of the law are for euros. */
	if (!bears(b, item) || b->due_on[item] >= as_of ||
	    !str_eq(b->currency[b->currency_of[item]], "EUR")) {
		*ret = p;
		return true;
	}
	if (str_eq(customer->status, "insolvent"))
		c.bar = INTEREST_BARRED_INSOLVENCY;
	else if (b->disputed_minor[item] > 0 && b->disputed_minor[item] >= b->open_minor[item])
		c.bar = INTEREST_BARRED_DISPUTE;
	if (!load_payments(db, a, b->item_id[item], (struct when){ as_of, b->known_at }, &c, e) ||
	    !interest_compute(&c, rates, a, &p.result, e))
		return err_while(e, "interest of document %s", b->document[item]);
	if (p.result.n_segments > 0)
		p.rate_ppm = p.result.segment[p.result.n_segments - 1].rate_ppm;
	*ret = p;
	return true;
}

bool penalty_list(struct db *db, struct arena *a, const struct book *b,
		  const struct rate_table *rates, day_t as_of, struct penalty **ret, size_t *ret_n,
		  struct err *e)
{
	LIST_OF(struct penalty) list = { 0 };

	for (size_t i = 0; i < b->n_items; i++) {
		struct penalty p;

		if (!penalty_of_item(db, a, b, i, rates, as_of, &p, e))
			return false;
		if (p.result.interest_minor != 0 || p.result.flat_fee_minor != 0)
			*LIST_ADD(a, &list) = p;
	}
	*ret = list.at;
	*ret_n = list.n;
	return true;
}
