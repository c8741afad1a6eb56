/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal_rows.h - the rows that an event brings in bulk, under its seal (doc/seal.md).
 *
 * Between begin and end, each row copied into a table of facts becomes a leaf of that table's Merkle tree
 * (RFC 6962); the event's body gets number and root of each. So the chain over few events holds for
 * millions of rows.
 *
 *	if (!event_add(db, &imported, &event_id, e))
 *		return false;
 *	seal_rows_begin(db);
 *	...						// db_copy_row, in the order of ids
 *	return seal_rows_end(db, event_id, "{\"sha256\":\"...\"}", e);
 */
#ifndef DB_SEAL_ROWS_H
#define DB_SEAL_ROWS_H

#include "db/db.h"

/* Inside a transaction; a rollback ends it. */
void seal_rows_begin(struct db *db);

/* Sets the body of the event, which this transaction added, to the JSON object with the trees that have
 * rows: "item":{"n":2,"root":"..."}. */
bool seal_rows_end(struct db *db, int64_t event_id, const char *body, struct err *e) NODISCARD;

/* ---- for db_copy.c and db.c ---- */

struct db_copy;
struct seal_rows;

/* Looks which columns of the copy are those of a leaf; NULL when its rows are none. */
struct seal_leaf *seal_leaf_of(struct db *db, const char *table, const char *columns);
void seal_leaf_add(struct seal_leaf *leaf, struct db_params row);
void seal_leaf_free(struct seal_leaf *leaf);
void seal_rows_drop(struct db *db);

#endif
