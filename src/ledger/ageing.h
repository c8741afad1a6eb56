/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ageing.h - the aged balance (balance âgée): pure folds over the book.
 *
 * Days late = as-of date − due date; bucket 0 is "not due" (late by 0 days or less), then one bucket per
 * bound. Credit notes fall in the bucket of their own due date; cash not yet applied is shown apart and
 * counted in the total. Amounts of one currency only: a book of several gives one ageing each.
 */
#ifndef LEDGER_AGEING_H
#define LEDGER_AGEING_H

#include "ledger/book.h"
#include "ledger/exchange.h"

enum { AGEING_MAX_BUCKETS = 16 };

struct ageing_bounds {
	int n; /* number of bounds */
	int days[AGEING_MAX_BUCKETS -
		 1]; /* rising, first is 0: not due | 1..d1 | d1+1..d2 | ... | dn+1.. */
};

struct ageing_bucket {
	int64_t amount_minor;
	int64_t n_items;
};

struct ageing {
	int n_buckets; /* bounds.n + 1 */
	struct ageing_bucket bucket[AGEING_MAX_BUCKETS];
	int64_t unallocated_minor; /* open payments and deposits: negative */
	int64_t n_unallocated;
	int64_t disputed_minor;
	int64_t overdue_minor; /* buckets 1 and up */
	int64_t total_minor;   /* everything */
};

/* 0, 30, 60, 90. */
struct ageing_bounds ageing_default_bounds(void);

/* "0,30,60,90": rising whole numbers starting at 0. */
bool ageing_parse_bounds(const char *text, struct ageing_bounds *ret, struct err *e) NODISCARD;

/* The bucket of an item due on due_on. */
int ageing_bucket_of(const struct ageing_bounds *bounds, day_t due_on, day_t as_of);

/* "not_due", "1-30", "91+". */
const char *ageing_bucket_name(struct arena *a, const struct ageing_bounds *bounds, int bucket);

/* One customer, or the whole book (SIZE_MAX), in one currency. ERR_RANGE when a total overflows. */
bool ageing_of_customer(const struct book *b, const struct ageing_bounds *bounds, size_t customer,
			int currency, struct ageing *ret, struct err *e) NODISCARD;

enum ageing_key {
	AGEING_BY_CUSTOMER,
	AGEING_BY_SEGMENT,
	AGEING_BY_COLLECTOR,
	AGEING_BY_SALESPERSON,
	AGEING_BY_BRANCH,
	AGEING_BY_CURRENCY
};

struct ageing_row {
	const char *key;  /* code, segment ...; "" for those without */
	const char *name; /* name of the customer, else as key */
	char currency[4];
	struct ageing ageing;
};

/* Rows of one key, largest total first; customers without open items are left out. */
bool ageing_by(const struct book *b, struct arena *a, const struct ageing_bounds *bounds,
	       enum ageing_key key, struct ageing_row **ret, size_t *ret_n,
	       struct err *e) NODISCARD;

/* Adds g to another of the same bounds and currency. ERR_RANGE. */
bool ageing_merge(struct ageing *to, const struct ageing *g, struct err *e) NODISCARD;

/* ---- several currencies in one (ageing_convert.c) ------------------------------------------------ */

/* Each item is converted by itself at the rates of the book's day, so that customers, segments, buckets and totals add
 * up to one another to the cent. As ageing_of_customer, in another currency; *ret_rate_on is the older rate's day,
 * DAY_NONE when none was needed. ERR_NOT_FOUND without a rate. */
bool ageing_of_customer_in(const struct book *b, const struct ageing_bounds *bounds,
			   size_t customer, int currency, const struct exchange_table *t,
			   const char *to, struct ageing *ret, day_t *ret_rate_on,
			   struct err *e) NODISCARD;

/* As ageing_by, in one currency; a row without a rate stays in its own. */
bool ageing_by_in(const struct book *b, struct arena *a, const struct ageing_bounds *bounds,
		  enum ageing_key key, const struct exchange_table *t, const char *to,
		  struct ageing_row **ret, size_t *ret_n, struct err *e) NODISCARD;

struct ageing_part {
	int currency;        /* index in the book */
	int64_t total_minor; /* in it */
	bool is_missing;     /* no rate: not in the sum */
	int64_t converted_minor;
	day_t rate_on; /* DAY_NONE: none was needed */
};

struct ageing_sum {
	struct ageing ageing; /* of what could be converted */
	day_t rate_on;        /* the oldest rate used; DAY_NONE: none was needed */
	struct ageing_part *part;
	size_t n_parts;
	int64_t n_missing;
};

/* All currencies of one customer, or of the whole book (SIZE_MAX), in one at the rates of its day. A currency
 * without a rate is told and left out, never taken at 1. */
bool ageing_in(const struct book *b, struct arena *a, const struct ageing_bounds *bounds,
	       size_t customer, const struct exchange_table *t, const char *currency,
	       struct ageing_sum *ret, struct err *e) NODISCARD;

#endif
