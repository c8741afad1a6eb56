/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits.h - who is above its credit limit: what is open in all currencies, each item converted into the company's at
 * the rates of the book's day, and the paper that is not money yet, as the list of customers tells it.
 */
#ifndef INSIGHT_LIMITS_H
#define INSIGHT_LIMITS_H

#include "ledger/book.h"
#include "ledger/exchange.h"
#include "web/web.h"

struct limits {
	int64_t n_over;
	int64_t over_minor; /* by how much, in the company's currency */
	int64_t n_untold;   /* not over by what is known, with documents without a rate */
	day_t rate_on;      /* the oldest rate used; DAY_NONE: none */
};

/* Pure. ERR_RANGE when a sum does not fit. */
bool limits_fold(const struct book *b, const struct exchange_table *rates, const char *own,
		 struct limits *ret, struct err *e) NODISCARD;

/* Kept with the book for the next who asks. */
bool limits_get(struct request *r, const struct book *b, struct when w, struct limits *ret,
		struct err *e) NODISCARD;

#endif
