/* SPDX-License-Identifier: Apache-2.0 */
/*
 * penalty.h - late interest and fixed recovery costs of the documents of the ledger (pénalités de retard,
 * indemnité forfaitaire).
 *
 * The law is in ledger/interest.h; here it meets the customer's kind, its status and what was paid when.
 */
#ifndef COLLECT_PENALTY_H
#define COLLECT_PENALTY_H

#include "ledger/book.h"
#include "ledger/interest.h"

struct penalty {
	size_t item; /* index into the book */
	struct interest_result result;
	int64_t rate_ppm; /* of the newest run of days */
};

/* Interest and costs of one item of the book, to as_of included, with the payments that the book knew: 0
 * when it is not late or bears none. */
bool penalty_of_item(struct db *db, struct arena *a, const struct book *b, size_t item,
		     const struct rate_table *rates, day_t as_of, struct penalty *ret,
		     struct err *e) NODISCARD;

/* Every late document of the book (paid late ones too when it was loaded with_settled) that bears
 * something. */
bool penalty_list(struct db *db, struct arena *a, const struct book *b,
		  const struct rate_table *rates, day_t as_of, struct penalty **ret, size_t *ret_n,
		  struct err *e) NODISCARD;

#endif
