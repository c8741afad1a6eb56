/* SPDX-License-Identifier: Apache-2.0 */
/* customer_exposure.c - what is at risk with a customer, beside his limit. */
#include "insight/customer_view.h"

#include "base/money.h"
#include "ledger/exposure.h"
#include "web/show.h"

/* Documents, receipts, each kind of paper, their sum, the limit, what is left of it. */
enum { FACTS_MAX = 5 + PAPER_KINDS };

struct telling {
	struct page *page;
	const char *currency;
	struct customer_fact *fact;
	size_t n;
};

static void tell(struct telling *t, const char *term, int64_t minor, bool is_sum)
{
	t->fact[t->n++] =
		(struct customer_fact){ term, show_amount(t->page, minor, t->currency), is_sum };
}

static void tell_limit(struct telling *t, const struct exposure *x, struct customer_page_view *v)
{
	const struct page *p = t->page;
	int64_t left = v->row.credit_limit_minor - x->total_minor;

	tell(t, tr(p->cat, "Credit limit"), v->row.credit_limit_minor, false);
	tell(t, left < 0 ? tr(p->cat, "Over the limit by") : tr(p->cat, "Left"),
	     left < 0 ? -left : left, true);
	v->gauge =
		(struct part_gauge){ x->total_minor, v->row.credit_limit_minor, -1, t->currency };
}

bool customer_exposure_fill(struct page *p, const struct book *b, const char *currency,
			    struct customer_page_view *v, struct err *e)
{
	struct telling t = { p, currency, ARENA_ARRAY(p->arena, FACTS_MAX, struct customer_fact),
			     0 };
	size_t customer = book_customer_by_id(b, v->id);
	struct exposure x = { 0 };

	if (customer != SIZE_MAX && !exposure_of(b, p->arena, customer, currency, NULL, &x, e))
		return false;
	tell(&t, tr(p->cat, "Open documents"), x.documents_minor, false);
	tell(&t, tr(p->cat, "Unallocated"), x.unallocated_minor, false);
	for (int k = 0; k < PAPER_KINDS; k++)
		if (x.paper_minor[k])
			tell(&t, tr(p->cat, paper_kind_text((enum paper_kind)k)), x.paper_minor[k],
			     false);
	tell(&t, tr(p->cat, "Exposure"), x.total_minor, true);
	if (v->row.has_limit && str_eq(v->row.currency, currency))
		tell_limit(&t, &x, v);
	else
		t.fact[t.n++] = (struct customer_fact){ tr(p->cat, "Credit limit"),
							tr(p->cat, "none set"), false };
	v->exposure = t.fact;
	v->n_exposure = t.n;
	return true;
}
