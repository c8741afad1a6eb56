/* SPDX-License-Identifier: Apache-2.0 */
#include "db/event.h"

#include "db/seal.h"

bool event_add(struct db *db, const struct event *ev, int64_t *ret_id, struct err *e)
{
	int64_t id;

	ENSURE(db_in_tx(db));
	ENSURE(!str_empty(ev->kind) && !str_empty(ev->subject_kind) && !str_empty(ev->actor));
	ENSURE(ev->body && ev->recorded > 0);
	if (!db_new_id(db, &id, e))
		return false;
	if (!db_exec(
		    db,
		    "INSERT INTO event (id, entity_id, kind, subject_kind, subject_id, actor, body,"
		    " recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		    DB_PARAMS(P_I64(id), P_ID(ev->entity_id), P_TEXT(ev->kind),
			      P_TEXT(ev->subject_kind), P_ID(ev->subject_id), P_TEXT(ev->actor),
			      P_TEXT(ev->body), P_I64(ev->recorded)),
		    NULL, e))
		return err_while(e, "writing the event %s", ev->kind);
	seal_note(db, id);
	if (ret_id)
		*ret_id = id;
	return true;
}
