/* SPDX-License-Identifier: Apache-2.0 */
/* book_totals.h - inside the book: what is open when every fact counts, per currency and due day. */
#ifndef LEDGER_BOOK_TOTALS_H
#define LEDGER_BOOK_TOTALS_H

#include "ledger/book_fold.h"

struct totals_day {
	int64_t open_minor, disputed_minor;
	int64_t n_items;
};

struct totals_currency {
	char code[4];
	int64_t loose_minor, n_loose; /* receipts to apply */
	struct totals_day *day;
	uint32_t from, to; /* days that were ever touched */
};

struct book_totals {
	struct totals_currency *currency;
	size_t n;
};

/* NULL when a sum does not fit, or a day is too far off. */
struct book_totals *totals_make(const struct book_version *v);

/* False when a sum does not fit. */
bool totals_ageing(const struct totals_currency *c, day_t as_of, const struct ageing_bounds *bounds,
		   struct ageing *ret);

#endif
