/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_prune.h"

#include "db/seal.h"
#include "ledger/book_change.h"
#include "ledger/book_file.h"
#include "ledger/book_shelf.h"
#include "ledger/entity.h"

/* A snapshot that is older is written anew; where there is none, nothing is. */
static bool renew_snapshot(struct db *db, int64_t entity_id, int64_t position, struct err *e)
{
	struct book_shelf *shelf = db_context(db);
	const char *folder = shelf ? shelf_folder(shelf) : NULL;
	uint32_t at;

	if (!folder || book_file_list(folder, entity_id, &at, 1) == 0 || at >= position)
		return true;
	return shelf_write(shelf, db, entity_id, e);
}

bool book_prune_to(struct db *db, int64_t position, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct entity *entity;
	int64_t forgotten;
	size_t n;

	ENSURE(!db_in_tx(db));
	if (!db_get_i64(db, "SELECT position FROM book_forgotten", DB_NO_PARAMS, 0, &forgotten, e))
		return false;
	if (position <= forgotten)
		return true;
	if (!entity_list(db, a, &entity, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!renew_snapshot(db, entity[i].id, position, e))
			return false;
	return book_changes_forget(db, position, e);
}

bool book_prune(struct db *db, int64_t now, struct err *e)
{
	int64_t position;

	return seal_position_at(db, now - BOOK_KEEP_US, &position, e) &&
	       book_prune_to(db, position, e);
}
