/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_change.h"

#include "base/list.h"
#include "db/seal.h"

#include <stdlib.h>
#include <time.h>

enum { TOUCH_MAX = 50000 };

bool book_touch(struct db *db, int64_t entity_id, int64_t event_id, int64_t customer_id,
		struct err *e)
{
	return db_exec(db,
		       "INSERT INTO book_change (event_id, entity_id, customer_id)"
		       " VALUES ($1, $2, $3)",
		       DB_PARAMS(P_I64(event_id), P_I64(entity_id), P_I64(customer_id)), NULL, e);
}

bool book_touch_items(struct db *db, int64_t entity_id, int64_t event_id, int64_t item_id,
		      int64_t other_item_id, struct err *e)
{
	return db_exec(
		db,
		"INSERT INTO book_change (event_id, entity_id, customer_id)"
		" SELECT DISTINCT CAST($1 AS BIGINT), CAST($2 AS BIGINT), customer_id"
		" FROM item WHERE id IN ($3, $4)",
		DB_PARAMS(P_I64(event_id), P_I64(entity_id), P_I64(item_id), P_I64(other_item_id)),
		NULL, e);
}

static int compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

bool book_touch_many(struct db *db, int64_t entity_id, int64_t event_id, int64_t *customer_id,
		     size_t n, struct err *e)
{
	struct db_copy *copy;

	if (n)
		qsort(customer_id, n, sizeof *customer_id, compare);
	for (size_t i = 1, kept = n ? 1 : 0, all = n; i < all; i++) {
		if (customer_id[i] != customer_id[kept - 1])
			customer_id[kept++] = customer_id[i];
		n = kept;
	}
	if (n == 0)
		return true;
	if (n > TOUCH_MAX)
		return book_touch(db, entity_id, event_id, 0, e);
	if (!db_copy_begin(db, "book_change", "event_id, entity_id, customer_id", &copy, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!db_copy_row(
			    copy,
			    DB_PARAMS(P_I64(event_id), P_I64(entity_id), P_I64(customer_id[i])),
			    e)) {
			db_copy_abort(copy);
			return false;
		}
	}
	return db_copy_end(copy, e);
}

bool book_changes(struct db *db, struct arena *a, int64_t entity_id, uint32_t from, uint32_t to,
		  struct book_dirty *ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct {
		LIST_OF(int64_t) ids;
	} found = { 0 };
	bool more = false;

	if (!db_query(
		    db,
		    "SELECT b.customer_id FROM seal s JOIN book_change b ON b.event_id = s.event_id"
		    " WHERE s.position > $1 AND s.position <= $2 AND b.entity_id = $3"
		    " UNION SELECT v.subject_id FROM seal s JOIN event v ON v.id = s.event_id"
		    " WHERE s.position > $1 AND s.position <= $2 AND v.entity_id = $3"
		    " AND v.subject_kind = 'customer' AND v.subject_id IS NOT NULL"
		    " UNION SELECT 0 FROM book_forgotten WHERE position > $1 ORDER BY 1",
		    DB_PARAMS(P_I64(from), P_I64(to), P_I64(entity_id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more)
		*LIST_ADD(a, &found.ids) = row_i64(r, 0);
	if (more)
		return false;
	*ret = (struct book_dirty){ .id = found.ids.at,
				    .n = found.ids.n,
				    .is_all = found.ids.n > 0 && found.ids.at[0] == 0 };
	return true;
}

/* Positions in one transaction: others write meanwhile. */
enum { FORGET_AT_ONCE = 5000 };

static bool forget_tx(struct db *db, void *arg, struct err *e)
{
	const int64_t *to = arg;

	return db_exec(db,
		       "DELETE FROM book_change WHERE event_id IN (SELECT event_id FROM seal WHERE"
		       " position > (SELECT position FROM book_forgotten) AND position <= $1)",
		       DB_PARAMS(P_I64(*to)), NULL, e) &&
	       db_exec(db, "UPDATE book_forgotten SET position = $1 WHERE position < $1",
		       DB_PARAMS(P_I64(*to)), NULL, e);
}

bool book_changes_forget(struct db *db, int64_t position, struct err *e)
{
	int64_t at;

	if (!db_get_i64(db, "SELECT position FROM book_forgotten", DB_NO_PARAMS, 0, &at, e))
		return false;
	while (at < position) {
		at = position - at > FORGET_AT_ONCE ? at + FORGET_AT_ONCE : position;
		if (!db_tx(db, forget_tx, &at, e))
			return err_while(e, "forgetting what the book has long read");
	}
	return true;
}

/* What waited when we came is sealed by whoever holds the sealer's lock, within moments. */
static bool wait_for_seal(struct db *db, struct err *e)
{
	int64_t turn, left = 1;

	if (!db_get_i64(db, "SELECT max(turn) FROM event_unsealed", DB_NO_PARAMS, -1, &turn, e))
		return false;
	for (int try = 0; turn >= 0 && left && try < 100; try++) {
		if (try > 0)
			nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
		if (!seal_run(db, e) ||
		    !db_get_i64(db, "SELECT 1 FROM event_unsealed WHERE turn <= $1 LIMIT 1",
				DB_PARAMS(P_I64(turn)), 0, &left, e))
			return false;
	}
	return true;
}

bool book_newest_position(struct db *db, int64_t *ret, struct err *e)
{
	if (db_engine(db) == DB_POSTGRESQL && !db_in_tx(db) && !wait_for_seal(db, e))
		return false;
	return seal_position(db, ret, e);
}
