/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_rates.h - the exchange rates that telling a book in one currency takes: of its currencies, on its day, as known
 * at its moment.
 */
#ifndef LEDGER_BOOK_RATES_H
#define LEDGER_BOOK_RATES_H

#include "ledger/book.h"
#include "ledger/exchange.h"

/* Whether every amount of the book is in that currency. */
bool book_is_in(const struct book *b, const char *currency);

/* other may be NULL: a second currency that it is told in. */
bool book_rates_load(struct db *db, struct arena *a, const struct book *b, const char *currency,
		     const char *other, struct exchange_table *ret, struct err *e) NODISCARD;

#endif
