/* SPDX-License-Identifier: Apache-2.0 */
/* paper_span.c - how long paper stays at risk. */
#include "ledger/paper.h"

#include "ledger/calendar.h"

static const char *const names[PAPER_KINDS] = { "bill", "discounted", "cheque" };

const char *paper_kind_name(enum paper_kind kind)
{
	return names[kind];
}

enum paper_kind paper_kind_of(const char *name)
{
	for (int k = 0; k < PAPER_KINDS; k++)
		if (str_eq(names[k], name))
			return (enum paper_kind)k;
	return PAPER_KINDS;
}

/* ---- how long ---------------------------------------------------------------------------------- */

static day_t settled_on(day_t d, int days)
{
	return calendar_add_business_days(CALENDAR_TARGET, calendar_on_or_after(CALENDAR_TARGET, d),
					  days);
}

/* The last day of risk; DAY_NONE when nothing says it. */
static day_t last_day(const struct paper_facts *f)
{
	if (f->returned_on != DAY_NONE)
		return f->returned_on - 1;
	if (!f->is_cheque)
		return settled_on(f->due_on, f->policy.bill_days);
	return f->deposited_on == DAY_NONE ? DAY_NONE
					   : settled_on(f->deposited_on, f->policy.cheque_days);
}

static size_t add_span(struct paper_span ret[PAPER_SPANS], size_t n, enum paper_kind kind,
		       day_t from, day_t until)
{
	if (until != DAY_NONE && until < from)
		return n;
	ret[n] = (struct paper_span){ kind, from, until };
	return n + 1;
}

size_t paper_spans(const struct paper_facts *f, struct paper_span ret[PAPER_SPANS])
{
	day_t until = last_day(f), sold_on = f->deposited_on;
	size_t n;

	if (f->is_cheque)
		return add_span(ret, 0, PAPER_CHEQUE, f->received_on, until);
	if (!f->is_discounted || sold_on == DAY_NONE || sold_on > until)
		return add_span(ret, 0, PAPER_BILL, f->received_on, until);
	if (sold_on < f->received_on)
		sold_on = f->received_on;
	n = add_span(ret, 0, PAPER_BILL, f->received_on, sold_on - 1);
	return add_span(ret, n, PAPER_DISCOUNTED, sold_on, until);
}
