/* SPDX-License-Identifier: Apache-2.0 */
#include "db/undo.h"

#include "base/json.h"
#include "db/event.h"

#include <jansson.h>
#include <stdio.h>

#define COLUMNS                                                                              \
	"v.id, COALESCE(v.entity_id, 0), v.kind, v.subject_kind, COALESCE(v.subject_id, 0)," \
	" v.actor, v.body, v.recorded, CASE WHEN u.event_id IS NULL THEN 0 ELSE 1 END"       \
	" FROM event v LEFT JOIN undone u ON u.event_id = v.id"

static const struct db_column columns[] = {
	DB_COL(struct undo_event, id),         DB_COL(struct undo_event, entity_id),
	DB_COL(struct undo_event, kind),       DB_COL(struct undo_event, subject_kind),
	DB_COL(struct undo_event, subject_id), DB_COL(struct undo_event, actor),
	DB_COL(struct undo_event, body),       DB_COL(struct undo_event, recorded),
	DB_COL(struct undo_event, is_undone),
};

bool undo_event_get(struct db *db, struct arena *a, int64_t entity_id, int64_t event_id,
		    struct undo_event *ret, struct err *e)
{
	if (db_one(db, a,
		   "SELECT " COLUMNS " WHERE v.id = $2 AND (v.entity_id = $1 OR v.entity_id IS"
		   " NULL)",
		   DB_PARAMS(P_I64(entity_id), P_I64(event_id)), columns, ARRAY_LEN(columns), ret,
		   e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no event %" PRId64, event_id);
	return false;
}

bool undo_event_list(struct db *db, struct arena *a, int64_t entity_id, const char *actor,
		     int64_t since, int limit, struct undo_event **ret, size_t *ret_n,
		     struct err *e)
{
	return db_list(db, a,
		       "SELECT " COLUMNS " WHERE v.recorded >= $3 AND v.actor = $2"
		       " AND (v.entity_id = $1 OR v.entity_id IS NULL) AND u.event_id IS NULL"
		       " ORDER BY v.recorded DESC, v.id DESC LIMIT $4",
		       DB_PARAMS(P_I64(entity_id), P_TEXT(actor), P_I64(since), P_I64(limit)),
		       columns, ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool undo_mark(struct db *db, const struct undo_event *ev, const char *actor, int64_t now,
	       struct err *e)
{
	int64_t changed, by;
	char body[160];

	ENSURE(db_in_tx(db));
	snprintf(body, sizeof body, "{\"kind\":\"%.100s\"}", ev->kind);
	if (!event_add(db,
		       &(struct event){ .entity_id = ev->entity_id,
					.kind = "undone",
					.subject_kind = "event",
					.subject_id = ev->id,
					.actor = actor,
					.body = body,
					.recorded = now },
		       &by, e) ||
	    !db_exec(db,
		     "INSERT INTO undone (event_id, by_event_id) VALUES ($1, $2)"
		     " ON CONFLICT (event_id) DO NOTHING",
		     DB_PARAMS(P_I64(ev->id), P_I64(by)), &changed, e))
		return false;
	return changed == 1 || err_set(e, ERR_CONFLICT, "this was taken back already");
}

/* ---- what a row was ---------------------------------------------------------------------------- */

static void put_field(struct json *j, const char *row, const struct db_column *c)
{
	const void *at = row + c->offset;

	switch (c->field) {
	case DB_FIELD_I64:
		json_int(j, *(const int64_t *)at);
		break;
	case DB_FIELD_INT:
		json_int(j, *(const int *)at);
		break;
	case DB_FIELD_BOOL:
		json_int(j, *(const bool *)at);
		break;
	case DB_FIELD_DAY:
		json_int(j, *(const day_t *)at);
		break;
	case DB_FIELD_TEXT:
		json_text(j, *(const char *const *)at);
		break;
	case DB_FIELD_CODE:
		json_text(j, at);
		break;
	}
}

bool undo_keep(struct db *db, struct arena *a, int64_t event_id, const void *row,
	       const struct db_column *fields, size_t n, struct err *e)
{
	struct buf b;
	struct json j;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_array(&j);
	for (size_t i = 0; i < n; i++)
		put_field(&j, row, &fields[i]);
	json_end(&j);
	return db_exec(db, "INSERT INTO undo_row (event_id, former) VALUES ($1, $2)",
		       DB_PARAMS(P_I64(event_id), P_TEXT(buf_str(&b))), NULL, e);
}

static void take_field(struct arena *a, const json_t *v, const struct db_column *c, char *row)
{
	void *at = row + c->offset;
	const char *text = json_string_value(v);

	switch (c->field) {
	case DB_FIELD_I64:
		*(int64_t *)at = json_integer_value(v);
		break;
	case DB_FIELD_INT:
		*(int *)at = (int)json_integer_value(v);
		break;
	case DB_FIELD_BOOL:
		*(bool *)at = json_integer_value(v) != 0;
		break;
	case DB_FIELD_DAY:
		*(day_t *)at = (day_t)json_integer_value(v);
		break;
	case DB_FIELD_TEXT:
		*(const char **)at = arena_strdup(a, text);
		break;
	case DB_FIELD_CODE:
		snprintf(at, 4, "%s", text ? text : "");
		break;
	}
}

bool undo_kept(struct db *db, struct arena *a, int64_t event_id, const struct db_column *fields,
	       size_t n, void *ret, struct err *e)
{
	json_t *list;
	char *text;

	if (!db_get_text(db, a, "SELECT former FROM undo_row WHERE event_id = $1",
			 DB_PARAMS(P_I64(event_id)), &text, e))
		return false;
	list = text ? json_loads(text, 0, NULL) : NULL;
	if (!list || json_array_size(list) != n) {
		json_decref(list);
		return err_set(e, ERR_REFUSED, "what was there before was not kept");
	}
	for (size_t i = 0; i < n; i++)
		take_field(a, json_array_get(list, i), &fields[i], ret);
	json_decref(list);
	return true;
}
