/* SPDX-License-Identifier: Apache-2.0 */
/*
 * collect.h - what is new for the books: read in one transaction, as entries and letterings ready to be
 * numbered. Private to books/.
 */
#ifndef BOOKS_COLLECT_H
#define BOOKS_COLLECT_H

#include "base/list.h"
#include "base/map.h"
#include "books/books.h"
#include "ledger/exchange.h"
#include "ledger/period.h"

struct books_standing {
	int64_t item_id;
	const char *code;
	day_t lettered_on;
	int64_t minor;
};

struct books_new {
	struct arena *arena;
	const struct books_order *order;
	struct books_chart chart;
	struct closed_days closed;
	struct exchange_table rates;
	bool splits_bad_debt;            /* the VAT of bad debts goes back to 44571 */
	bool splits_discount;            /* that of discounts does */
	struct map customers;            /* by id: struct books_account_of_customer */
	struct books_standing *standing; /* how items stand now, by id */
	size_t n_standing;
	LIST_OF(struct books_entry) entries;
	LIST_OF(struct books_lettering) letterings;
	int64_t n_waiting;
};

bool books_collect(struct db *db, struct books_new *n, struct err *e) NODISCARD;

/* Its parts, each in its file. */
bool books_collect_standing(struct db *db, struct books_new *n, struct err *e) NODISCARD;
bool books_collect_letterings(struct db *db, struct books_new *n, struct err *e) NODISCARD;
const struct books_standing *books_standing_of(const struct books_new *n, int64_t item_id);
bool books_customer(struct db *db, struct books_new *n, int64_t customer_id,
		    const struct books_account_of_customer **ret, struct err *e) NODISCARD;

#endif
