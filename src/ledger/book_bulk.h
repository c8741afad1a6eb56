/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_bulk.h - the items of a whole company and all that happened to them, read by one scan of each table.
 *
 * Reading them customer by customer (facts_read) looks up an index for each fact, which on SQLite takes three times
 * as long, and more when the file is not in the machine's cache. The price is memory while the book is made: 80
 * bytes per item, 96 per allocation, 16 per event of the log, and their texts.
 *
 *	struct book_bulk *b;
 *	if (!bulk_read(db, entity_id, position, &b, e))
 *		return false;
 *	ok = facts_read_customers(&f, db, &range, e);
 *	bulk_take(b, &f, range.low_id, range.high_id);
 *	...
 *	bulk_free(b);
 */
#ifndef LEDGER_BOOK_BULK_H
#define LEDGER_BOOK_BULK_H

#include "ledger/book_facts.h"

struct book_bulk;

/* Whether scanning is the quicker way to the whole of this company: on SQLite, unless the company is a small
 * one among others. (PostgreSQL would hand over each table in one piece, and joins the ranges well.) */
bool bulk_pays(struct db *db, int64_t entity_id, bool *ret, struct err *e) NODISCARD;

/* What facts_read gives of items, allocations, changes and disputes, for all customers. Runs in the caller's
 * transaction, which must see one state of the database. ERR_DB when an allocation is of no item. */
bool bulk_read(struct db *db, int64_t entity_id, uint32_t position, struct book_bulk **ret,
	       struct err *e) NODISCARD;

/* Adds those of the customers with ids from low to high. Their texts live as long as b. */
void bulk_take(const struct book_bulk *b, struct book_facts *f, int64_t low_id, int64_t high_id);

void bulk_free(struct book_bulk *b); /* NULL is fine */

#endif
