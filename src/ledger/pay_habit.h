/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pay_habit.h - how a customer pays: days between due date and payment, weighted by amount.
 */
#ifndef LEDGER_PAY_HABIT_H
#define LEDGER_PAY_HABIT_H

#include "base/clock.h"
#include "db/db.h"

struct pay_habit {
	int64_t n_payments;
	int64_t paid_minor;
	int64_t late_minor;   /* of it, paid after the due date */
	int64_t delay_tenths; /* average, tenths of a day; paying early counts as negative */
};

/* From what was applied to invoices by payments effective since from, and stood at w, in one currency. All 0
 * when nothing was. */
bool pay_habit_get(struct db *db, struct arena *a, int64_t customer_id, const char *currency,
		   day_t from, struct when w, struct pay_habit *ret, struct err *e) NODISCARD;

#endif
