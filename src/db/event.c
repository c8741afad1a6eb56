/* SPDX-License-Identifier: Apache-2.0 */
#include "db/event.h"

#include "db/seal.h"

#define COLUMNS "id, entity_id, kind, subject_kind, subject_id, actor, body, recorded"

/* Into the copy, or alone. */
static bool add(struct db *db, struct db_copy *copy, const struct event *ev, int64_t *ret_id,
		struct err *e)
{
	int64_t id;

	ENSURE(db_in_tx(db));
	ENSURE(!str_empty(ev->kind) && !str_empty(ev->subject_kind) && !str_empty(ev->actor));
	ENSURE(ev->body && ev->recorded > 0);
	if (!db_new_id(db, &id, e))
		return false;
	struct db_params row = DB_PARAMS(P_I64(id), P_ID(ev->entity_id), P_TEXT(ev->kind),
					 P_TEXT(ev->subject_kind), P_ID(ev->subject_id),
					 P_TEXT(ev->actor), P_TEXT(ev->body), P_I64(ev->recorded));
	if (!(copy ? db_copy_row(copy, row, e)
		   : db_exec(db,
			     "INSERT INTO event (" COLUMNS
			     ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			     row, NULL, e)))
		return err_while(e, "writing the event %s", ev->kind);
	seal_note(db, id);
	if (ret_id)
		*ret_id = id;
	return true;
}

bool event_add(struct db *db, const struct event *ev, int64_t *ret_id, struct err *e)
{
	return add(db, NULL, ev, ret_id, e);
}

bool event_copy_begin(struct db *db, struct db_copy **ret, struct err *e)
{
	return db_copy_begin(db, "event", COLUMNS, ret, e);
}

bool event_copy_add(struct db *db, struct db_copy *copy, const struct event *ev, int64_t *ret_id,
		    struct err *e)
{
	return add(db, copy, ev, ret_id, e);
}
