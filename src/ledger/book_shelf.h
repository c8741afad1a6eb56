/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_shelf.h - the books that a process holds, one per company, each following the log.
 *
 * The shelf goes with the connections of the process (db_set_context); book_load finds it there. A reader asks for
 * the newest position his connection sees: the first who finds the book behind brings it up to date, the others
 * wait for him. A process that has nothing yet maps the snapshot file, or reads the rows and writes one.
 *
 *	struct book_shelf *s = shelf_new(url, true);
 *	db_set_context(db, s);
 *	...
 *	shelf_free(s);	// when no connection uses it any more
 */
#ifndef LEDGER_BOOK_SHELF_H
#define LEDGER_BOOK_SHELF_H

#include "ledger/book_version.h"

struct book_shelf;

/* url: of the database, which decides the folder of the snapshots: beside a SQLite file (NAME.book); for PostgreSQL
 * in $ENCOURS_BOOK_DIR, else in the user's cache; none when there is no such place. in_background: long work (a
 * large import read in, snapshots) is done by threads with connections of their own, as a server wants it. */
struct book_shelf *shelf_new(const char *url, bool in_background);
void shelf_free(struct book_shelf *s); /* waits for its threads; NULL is fine */

/* Where its snapshots are; NULL: nowhere. */
const char *shelf_folder(const struct book_shelf *s);

/* The book of a company with everything that the connection sees committed. The caller releases it. Only for a
 * named actor who wrote nothing since, it may be an older one, when bringing it up to date takes longer than
 * 200 ms; *ret_is_behind tells. Not inside a transaction that writes. */
bool shelf_hold(struct book_shelf *s, struct db *db, int64_t entity_id, const char *actor,
		struct book_version **ret, bool *ret_is_behind, struct err *e) NODISCARD;

/* Writes a snapshot of the newest version now, if another process is not at it. */
bool shelf_write(struct book_shelf *s, struct db *db, int64_t entity_id, struct err *e) NODISCARD;

#endif
