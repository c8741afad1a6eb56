/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_change.h - which customers an event touched: what followers of the log must read again for the book.
 *
 * Every writer of items, allocations, disputes, papers and owners says it, in the same transaction. Events whose subject
 * is a customer need not: they touch him by their nature.
 *
 *	if (!db_exec(db, "INSERT INTO dispute ...") ||
 *	    !book_touch(db, entity_id, event_id, customer_id, e))
 *		return false;
 */
#ifndef LEDGER_BOOK_CHANGE_H
#define LEDGER_BOOK_CHANGE_H

#include "ledger/book_version.h"

/* One customer; 0: all of the company. */
bool book_touch(struct db *db, int64_t entity_id, int64_t event_id, int64_t customer_id,
		struct err *e) NODISCARD;

/* The customers of one item or two (the second may be 0). */
bool book_touch_items(struct db *db, int64_t entity_id, int64_t event_id, int64_t item_id,
		      int64_t other_item_id, struct err *e) NODISCARD;

/* Many, in any order, named twice or not; they are put in order in place. So many that reading everything is no
 * slower become "all". */
bool book_touch_many(struct db *db, int64_t entity_id, int64_t event_id, int64_t *customer_id,
		     size_t n, struct err *e) NODISCARD;

/* What the events of positions after `from` up to `to` touched: all when some of it was forgotten. */
bool book_changes(struct db *db, struct arena *a, int64_t entity_id, uint32_t from, uint32_t to,
		  struct book_dirty *ret, struct err *e) NODISCARD;

/* Forgets what the events of positions up to `position` touched, in transactions of its own. Whoever still has a book
 * or a snapshot of an earlier position reads everything again, as right as before, only slower. */
bool book_changes_forget(struct db *db, int64_t position, struct err *e) NODISCARD;

/* The newest position; what this connection has committed is within it. */
bool book_newest_position(struct db *db, int64_t *ret, struct err *e) NODISCARD;

#endif
