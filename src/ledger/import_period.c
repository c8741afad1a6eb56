/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_period.c - facts of a file that fall in a closed period.
 *
 * Only what is new: what the ledger knows already meets its fact whatever the period. A line is rejected, or
 * dated to the first open day when the one who imports may and says so.
 */
#include "ledger/import_plan.h"

bool plan_may_date(struct import_plan *p, struct item_fact *f)
{
	day_t effective = f->effective;
	char day[DATE_TEXT];
	struct err e = { 0 };

	if (posting_day(&p->posting, effective, &f->effective, &f->dated_from, &e)) {
		f->is_dated = f->dated_from != DAY_NONE;
		p->n_dated += f->is_dated;
		return true;
	}
	plan_reject(p, f->line, NULL, "effective", date_format(effective, day), e.msg);
	return false;
}

bool plan_may_apply(struct import_plan *p, struct plan_allocation *al)
{
	if (posting_day(&p->posting, al->effective, &al->effective, &al->dated_from, NULL))
		return true;
	p->n_not_applied++;
	return false;
}
