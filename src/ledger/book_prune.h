/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_prune.h - what followers of the log no longer need to know is taken away.
 *
 * Which customers an event touched is kept for BOOK_KEEP_DAYS: books in memory and snapshots younger than that follow
 * the log. Older ones are read from the rows again (book_change.h), whoever holds them; before anything goes, the
 * snapshots of this process's folder are brought past it, so that the next start finds one.
 *
 *	if (!book_prune(db, clock_now(), e))	// whoever has background work to do, about once an hour
 */
#ifndef LEDGER_BOOK_PRUNE_H
#define LEDGER_BOOK_PRUNE_H

#include "db/db.h"

enum { BOOK_KEEP_DAYS = 30 };
#define BOOK_KEEP_US (BOOK_KEEP_DAYS * INT64_C(86400000000))

/* Without a transaction. The second: up to a position, however young. */
bool book_prune(struct db *db, int64_t now, struct err *e) NODISCARD;
bool book_prune_to(struct db *db, int64_t position, struct err *e) NODISCARD;

#endif
