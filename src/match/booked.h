/* SPDX-License-Identifier: Apache-2.0 */
/*
 * booked.h - which entries of the bank the ledger's file has booked already. Pure.
 *
 * The company's accounting books the same receipts that the statement brings; counted twice they would pay
 * twice. A pair is certain when amount, days and reference agree, or amount, days and payer with no open
 * document that explains the entry as well; what may be a pair but is not certain waits for a person.
 */
#ifndef MATCH_BOOKED_H
#define MATCH_BOOKED_H

#include "match/match.h"

enum { BOOKED_DAYS = 5 }; /* between the bank's date and the accounting's */

/* A payment of the ledger's file that is no bank entry yet. */
struct booked_payment {
	int64_t item_id;
	uint32_t customer; /* index in the book */
	int64_t minor;     /* positive */
	char currency[4];
	day_t on;
	const char *document;
	const char *const *settled; /* documents it was applied to */
	size_t n_settled;
};

enum booked_verdict { BOOKED_NO, BOOKED_YES, BOOKED_PERHAPS };

struct booked_answer {
	enum booked_verdict verdict;
	size_t payment; /* index; for YES and PERHAPS */
};

/* last_on: the day of the newest payment in the ledger's file; DAY_NONE when it has none. result[] are the
 * answers of match_one for the entries. Each payment is one entry at most. */
void booked_find(const struct match_book *book, const struct match_entry *entries,
		 const struct match_result *results, size_t n,
		 const struct booked_payment *payments, size_t n_payments, day_t last_on,
		 struct booked_answer *ret);

#endif
