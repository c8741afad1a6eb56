/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backtest.h - the matching played again over the company's own past: what would it have answered?
 *
 * Each past receipt whose documents a person or the accounting named is put before the engine with what was open
 * on the morning of its day, and with what was learned before that day of payers and of the odds' worth, nothing
 * later; habits of customers (habits.h) are not known to it: they are counted over the newest payments, so they would
 * know what came later, and the page says so. An answer is
 * right when it pays the very documents that were paid, with the same money. Receipts that the machine applied
 * alone are no proof and are left out.
 *
 *	struct backtest t;
 *	if (!backtest_run(db, a, entity_id, today, 12, NULL, &t, e))
 *		return false;
 */
#ifndef CASH_BACKTEST_H
#define CASH_BACKTEST_H

#include "base/buf.h"
#include "match/calibrate.h"
#include "db/db.h"

enum { BACKTEST_THRESHOLDS = 9 };

/* How many would have been applied alone, and how many of these rightly. */
struct backtest_count {
	int64_t n_alone, n_right;
};

/* What came of the first explanations of a rule, and what its odds are worth for that: the threshold of the
 * policy, counted, is so probable. */
struct backtest_odds {
	int64_t n_confirmed, n_refuted, worth_ppm;
};

struct backtest {
	day_t from_on, to_on;
	int64_t n;             /* receipts played */
	int64_t n_first;       /* the right explanation came first, applied or proposed */
	int64_t n_in_three;    /* or among the first three */
	int64_t threshold_ppm; /* that of the company's policy */
	struct backtest_count at_policy;
	struct backtest_count by_rule[MATCH_N_RULES]; /* at the policy's threshold */
	struct backtest_odds odds[MATCH_N_RULES];
	int64_t threshold[BACKTEST_THRESHOLDS]; /* ascending, ppm */
	struct backtest_count at[BACKTEST_THRESHOLDS];
};

/* Told after each day of the past how many receipts are played; false from it ends the run with ERR_RETRY. */
struct backtest_watch {
	bool (*goes_on)(void *arg, int64_t n_done, int64_t n_total);
	void *arg;
};

/* The receipts of the last months before a day. watch may be NULL. */
bool backtest_run(struct db *db, struct arena *a, int64_t entity_id, day_t today, int months,
		  const struct backtest_watch *watch, struct backtest *ret,
		  struct err *e) NODISCARD;

/* As JSON, for programs and for keeping; and back. ERR_FORMAT when it is none of it. */
void backtest_encode(const struct backtest *t, struct buf *out);
bool backtest_decode(const char *body, struct backtest *ret, struct err *e) NODISCARD;

enum { BACKTEST_MONTHS_MAX = 24 };

/* The last run in the background (kind of job "back-test"), and whether one is under way. */
struct backtest_last {
	bool is_there; /* result holds the newest one that ended well */
	struct backtest result;
	int64_t recorded;        /* when that one was asked for */
	bool is_under_way;       /* one waits or runs */
	int64_t n_done, n_total; /* of it; n_total 0: not known yet */
	const char *failure;     /* why the newest one failed; NULL: it did not */
};
bool backtest_last(struct db *db, struct arena *a, int64_t entity_id, struct backtest_last *ret,
		   struct err *e) NODISCARD;
/* Asks for a run over the last months; nothing when one is under way. */
bool backtest_ask(struct db *db, int64_t entity_id, int months, const char *actor, int64_t now,
		  struct err *e) NODISCARD;

#endif
