/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backtest.h - the matching played again over the company's own past: what would it have answered?
 *
 * Each past receipt whose documents a person or the accounting named is put before the engine with what was open
 * on the morning of its day, and with what was learned of payers before that day, nothing later. An answer is
 * right when it pays the very documents that were paid, with the same money. Receipts that the machine applied
 * alone are no proof and are left out.
 *
 *	struct backtest t;
 *	if (!backtest_run(db, a, entity_id, today, 12, &t, e))
 *		return false;
 */
#ifndef CASH_BACKTEST_H
#define CASH_BACKTEST_H

#include "cash/match.h"
#include "db/db.h"

enum { BACKTEST_THRESHOLDS = 9 };

/* How many would have been applied alone, and how many of these rightly. */
struct backtest_count {
	int64_t n_alone, n_right;
};

struct backtest {
	day_t from_on, to_on;
	int64_t n;             /* receipts played */
	int64_t n_first;       /* the right explanation came first, applied or proposed */
	int64_t n_in_three;    /* or among the first three */
	int64_t threshold_ppm; /* that of the company's policy */
	struct backtest_count at_policy;
	struct backtest_count by_rule[MATCH_N_RULES]; /* at the policy's threshold */
	int64_t threshold[BACKTEST_THRESHOLDS];       /* ascending, ppm */
	struct backtest_count at[BACKTEST_THRESHOLDS];
};

/* The receipts of the last months before a day. */
bool backtest_run(struct db *db, struct arena *a, int64_t entity_id, day_t today, int months,
		  struct backtest *ret, struct err *e) NODISCARD;

#endif
