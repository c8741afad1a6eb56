/* SPDX-License-Identifier: Apache-2.0 */
/*
 * habits.h - how customers pay, counted over the company's newest settled payments: whole documents, everything due,
 * whole months, the oldest first, less a discount ...
 *
 * Counted are payments applied to documents by whomever, as they stand now: what was undone or corrected is not there.
 * Nothing is kept, so nothing can be out of date. Forgetting a customer (learned_forget without payer) leaves out what
 * was applied until then.
 *
 *	if (!habits_load(db, a, entity_id, ledger, &h, e))
 *		return false;
 *	habit = habits_of(&h, customer_id);
 */
#ifndef CASH_HABITS_H
#define CASH_HABITS_H

#include "db/db.h"
#include "ledger/book.h"
#include "match/habit.h"

struct customer_habit {
	int64_t customer_id;
	struct match_habit habit;
};

struct habits {
	struct match_habit all;
	struct customer_habit *at; /* by customer id; those that paid in the time looked at */
	size_t n;
};

/* ledger: what is open now. */
bool habits_load(struct db *db, struct arena *a, int64_t entity_id, const struct book *ledger,
		 struct habits *ret, struct err *e) NODISCARD;

/* Whether anything was applied to the customer's documents since he was forgotten. */
bool habits_is_known(struct db *db, int64_t entity_id, int64_t customer_id, bool *ret,
		     struct err *e) NODISCARD;

/* NULL when nothing is known of him. */
const struct match_habit *habits_of(const struct habits *h, int64_t customer_id);

#endif
