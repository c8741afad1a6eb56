/* SPDX-License-Identifier: Apache-2.0 */
#include "db/attachment.h"

#include "db/event.h"

#include <stdio.h>

#define COLUMNS \
	"id, entity_id, subject_kind, subject_id, file_name, media_type, size, sha256, recorded"

static const struct db_column columns[] = {
	DB_COL(struct attachment, id),           DB_COL(struct attachment, entity_id),
	DB_COL(struct attachment, subject_kind), DB_COL(struct attachment, subject_id),
	DB_COL(struct attachment, file_name),    DB_COL(struct attachment, media_type),
	DB_COL(struct attachment, size),         DB_COL(struct attachment, sha256),
	DB_COL(struct attachment, recorded),
};

bool attachment_add(struct db *db, struct attachment *at, const char *actor, struct err *e)
{
	int64_t id, event_id;
	char body[160];

	if (!db_new_id(db, &id, e))
		return false;
	snprintf(body, sizeof body,
		 "{\"attachment\":%" PRId64 ",\"sha256\":\"%.64s\",\"size\":%" PRId64 "}", id,
		 at->sha256, at->size);
	if (!event_add(db,
		       &(struct event){ .entity_id = at->entity_id,
					.kind = "attachment.added",
					.subject_kind = at->subject_kind,
					.subject_id = at->subject_id,
					.actor = actor,
					.body = body,
					.recorded = at->recorded },
		       &event_id, e) ||
	    !db_exec(db,
		     "INSERT INTO attachment (id, entity_id, subject_kind, subject_id, file_name,"
		     " media_type, size, sha256, event_id, recorded)"
		     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		     DB_PARAMS(P_I64(id), P_I64(at->entity_id), P_TEXT(at->subject_kind),
			       P_I64(at->subject_id), P_TEXT(at->file_name), P_TEXT(at->media_type),
			       P_I64(at->size), P_TEXT(at->sha256), P_I64(event_id),
			       P_I64(at->recorded)),
		     NULL, e))
		return false;
	at->id = id;
	return true;
}

bool attachment_list(struct db *db, struct arena *a, const char *subject_kind, int64_t subject_id,
		     struct attachment **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       "SELECT " COLUMNS " FROM attachment WHERE subject_kind = $1"
		       " AND subject_id = $2 AND removed IS NULL ORDER BY id",
		       DB_PARAMS(P_TEXT(subject_kind), P_I64(subject_id)), columns,
		       ARRAY_LEN(columns), sizeof(struct attachment), (void **)ret, ret_n, e);
}

bool attachment_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
		    struct attachment *ret, struct err *e)
{
	if (db_one(db, a,
		   "SELECT " COLUMNS " FROM attachment WHERE id = $1 AND entity_id = $2"
		   " AND removed IS NULL",
		   DB_PARAMS(P_I64(id), P_I64(entity_id)), columns, ARRAY_LEN(columns), ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no attachment %" PRId64, id);
	return false;
}

bool attachment_remove(struct db *db, int64_t entity_id, int64_t id, bool is_gone,
		       const char *actor, int64_t now, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 16);
	struct attachment at;
	int64_t changed;

	if (!db_one(db, a, "SELECT " COLUMNS " FROM attachment WHERE id = $1 AND entity_id = $2",
		    DB_PARAMS(P_I64(id), P_I64(entity_id)), columns, ARRAY_LEN(columns), &at, e) ||
	    !db_exec(db,
		     "UPDATE attachment SET removed = CASE WHEN $2 = 1 THEN $3 END WHERE id = $1"
		     " AND CASE WHEN removed IS NULL THEN 0 ELSE 1 END <> $2",
		     DB_PARAMS(P_I64(id), P_BOOL(is_gone), P_I64(now)), &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "the file is taken away already");
	return event_add(
		db,
		&(struct event){ .entity_id = entity_id,
				 .kind = is_gone ? "attachment.removed" : "attachment.restored",
				 .subject_kind = at.subject_kind,
				 .subject_id = at.subject_id,
				 .actor = actor,
				 .body = arena_printf(a, "{\"attachment\":%" PRId64 "}", id),
				 .recorded = now },
		NULL, e);
}
