/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen.h - what the entries of one run show of the company's payers: how often those who name their
 * documents deduct charges or a discount, pay a part or too much; and which charges their banks withhold. It tells of
 * those who name nothing. For the matching alone.
 *
 * Counted are entries whose best explanation is likely and takes only documents that the text names whole: what
 * they pay hardly depends on what is expected of payers. Whole numbers are summed, so that the order of the entries
 * changes nothing.
 */
#ifndef MATCH_SEEN_H
#define MATCH_SEEN_H

#include "match/match.h"

enum { SEEN_TARIFFS = 64, SEEN_RATES = 16 };

struct seen_amount {
	int64_t minor; /* withheld; of discounts the rate per myriad */
	int64_t n;
};

/* Who is nobody's name or account, and pays for so many customers (a treasury, a head office, a factor). */
struct seen_payer {
	uint64_t key;
	uint32_t n;
};

struct seen {
	int64_t n_form[MATCH_N_FORMS];
	/* Of payers who are known, named documents or not: entries, and those that no document explains. */
	int64_t n_known, n_account;
	struct seen_amount tariff
		[SEEN_TARIFFS]; /* in no order that tells anything; beyond these none is kept */
	size_t n_tariffs;
	struct seen_amount rate[SEEN_RATES];
	size_t n_rates;
	struct seen_payer *payers; /* by key */
	size_t n_payers;
};

/* What one entry adds; is_there when it tells a form. */
struct seen_one {
	bool is_known, is_account;
	bool is_there;
	enum match_form form;
	int64_t minor; /* charges withheld, or the rate of a discount; else 0 */
	/* Of a stranger who named the very document and paid it to the cent: for whom, and who he is by account and
	 * name; 0 for none. */
	uint64_t payer[2];
	uint32_t customer;
};

/* What n entries show together; lives in the arena. */
const struct seen *seen_count(struct arena *a, const struct seen_one *one, size_t n);

/* The part of the charges, or discounts, seen that were this; ret_n: how many were seen. 0 with NULL. */
double seen_share_of_tariff(const struct seen *s, int64_t minor, double *ret_n);
double seen_share_of_rate(const struct seen *s, int per_myriad, double *ret_n);

/* By what a payer is known again: account and name, whatever their case and spaces; 0 for none. */
uint64_t seen_payer_key(const char *text);

/* For how many customers he pays; 0 with NULL. */
uint32_t seen_pays_for(const struct seen *s, uint64_t key);

/* Moves the shares of forms toward what was seen; NULL changes nothing. */
void seen_learn(const struct seen *s, double share[MATCH_N_FORMS]);

#endif
