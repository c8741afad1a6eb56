/* SPDX-License-Identifier: Apache-2.0 */
/* view_store.c - kept views and settings of lists in the database. */
#include "base/json.h"
#include "db/event.h"
#include "web/view.h"

#define COLUMNS "id, user_id, list, name, query, is_shared, version"

static const struct db_column columns[] = {
	DB_COL(struct saved_view, id),      DB_COL(struct saved_view, user_id),
	DB_COL(struct saved_view, list),    DB_COL(struct saved_view, name),
	DB_COL(struct saved_view, query),   DB_COL(struct saved_view, is_shared),
	DB_COL(struct saved_view, version),
};

bool view_list(struct db *db, struct arena *a, int64_t entity_id, int64_t user_id, const char *list,
	       struct saved_view **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       "SELECT " COLUMNS " FROM saved_view WHERE entity_id = $1 AND list = $3"
		       " AND is_gone = 0 AND (user_id = $2 OR is_shared = 1) ORDER BY name, id",
		       DB_PARAMS(P_I64(entity_id), P_I64(user_id), P_TEXT(list)), columns,
		       ARRAY_LEN(columns), sizeof(struct saved_view), (void **)ret, ret_n, e);
}

bool view_get(struct db *db, struct arena *a, int64_t entity_id, int64_t user_id, int64_t id,
	      struct saved_view *ret, struct err *e)
{
	if (db_one(db, a,
		   "SELECT " COLUMNS " FROM saved_view WHERE id = $3 AND entity_id = $1"
		   " AND is_gone = 0 AND (user_id = $2 OR is_shared = 1)",
		   DB_PARAMS(P_I64(entity_id), P_I64(user_id), P_I64(id)), columns,
		   ARRAY_LEN(columns), ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no view %" PRId64, id);
	return false;
}

/* ---- writing ----------------------------------------------------------------------------------- */

static bool tell(struct db *db, int64_t entity_id, int64_t id, const char *kind, const char *body,
		 const char *actor, int64_t now, int64_t *ret_event, struct err *e)
{
	return event_add(db,
			 &(struct event){ .entity_id = entity_id,
					  .kind = kind,
					  .subject_kind = "saved_view",
					  .subject_id = id,
					  .actor = actor,
					  .body = body,
					  .recorded = now },
			 ret_event, e);
}

/* What the view is: so that a change can be taken back. */
static const char *body_of(struct arena *a, const struct saved_view *v,
			   const struct saved_view *old)
{
	struct buf b;
	struct json j;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "list", v->list);
	json_put_text(&j, "name", v->name);
	json_put_bool(&j, "shared", v->is_shared);
	if (old) {
		json_put_text(&j, "old_name", old->name);
		json_put_bool(&j, "old_shared", old->is_shared);
	} else {
		json_put_text(&j, "query", v->query);
	}
	json_end(&j);
	return buf_str(&b);
}

/* A name is one user's for one list once; and nobody fills the menu of everybody. */
static bool check_name(struct db *db, int64_t entity_id, const struct saved_view *v, struct err *e)
{
	int64_t n, same;

	if (str_empty(v->name))
		return err_field(e, ERR_INVALID, "name", "a view needs a name");
	if (!db_get_i64(
		    db,
		    "SELECT COUNT(*) FROM saved_view WHERE entity_id = $1 AND user_id = $2"
		    " AND list = $3 AND is_gone = 0 AND id <> $4",
		    DB_PARAMS(P_I64(entity_id), P_I64(v->user_id), P_TEXT(v->list), P_I64(v->id)),
		    0, &n, e) ||
	    !db_get_i64(db,
			"SELECT COUNT(*) FROM saved_view WHERE entity_id = $1 AND user_id = $2"
			" AND list = $3 AND is_gone = 0 AND id <> $4 AND name = $5",
			DB_PARAMS(P_I64(entity_id), P_I64(v->user_id), P_TEXT(v->list),
				  P_I64(v->id), P_TEXT(v->name)),
			0, &same, e))
		return false;
	if (same > 0)
		return err_field(e, ERR_DUPLICATE, "name", "a view is called \"%.60s\" already",
				 v->name);
	if (n >= VIEWS_MAX)
		return err_set(e, ERR_LIMIT, "at most %d views of a list can be kept", VIEWS_MAX);
	return true;
}

bool view_add(struct db *db, int64_t entity_id, struct saved_view *v, const char *actor,
	      int64_t now, int64_t *ret_event, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	int64_t id, event_id;

	if (strlen(v->query) > VIEW_QUERY_MAX)
		return err_set(e, ERR_LIMIT, "the filters are too long to be kept");
	if (!check_name(db, entity_id, v, e) || !db_new_id(db, &id, e) ||
	    !tell(db, entity_id, id, "view.kept", body_of(a, v, NULL), actor, now, &event_id, e) ||
	    !db_exec(db,
		     "INSERT INTO saved_view (id, entity_id, user_id, list, name, query, is_shared,"
		     " event_id, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		     DB_PARAMS(P_I64(id), P_I64(entity_id), P_I64(v->user_id), P_TEXT(v->list),
			       P_TEXT(v->name), P_TEXT(v->query), P_BOOL(v->is_shared),
			       P_I64(event_id), P_I64(now)),
		     NULL, e))
		return false;
	v->id = id;
	if (ret_event)
		*ret_event = event_id;
	return true;
}

static bool own(struct db *db, struct arena *a, int64_t entity_id, int64_t user_id, int64_t id,
		struct saved_view *ret, struct err *e)
{
	if (!db_one(db, a, "SELECT " COLUMNS " FROM saved_view WHERE id = $2 AND entity_id = $1",
		    DB_PARAMS(P_I64(entity_id), P_I64(id)), columns, ARRAY_LEN(columns), ret, e))
		return false;
	return ret->user_id == user_id ||
	       err_set(e, ERR_FORBIDDEN, "the view \"%.60s\" is somebody else's", ret->name);
}

bool view_change(struct db *db, int64_t entity_id, int64_t user_id, const struct saved_view *v,
		 const char *actor, int64_t now, int64_t *ret_event, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct saved_view old, new;
	int64_t event_id, changed;

	if (!own(db, a, entity_id, user_id, v->id, &old, e))
		return false;
	new = old;
	new.name = v->name;
	new.is_shared = v->is_shared;
	if (!check_name(db, entity_id, &new, e) ||
	    !tell(db, entity_id, v->id, "view.changed", body_of(a, &new, &old), actor, now,
		  &event_id, e) ||
	    !db_exec(db,
		     "UPDATE saved_view SET name = $2, is_shared = $3, version = version + 1"
		     " WHERE id = $1 AND version = $4 AND is_gone = 0",
		     DB_PARAMS(P_I64(v->id), P_TEXT(v->name), P_BOOL(v->is_shared),
			       P_I64(v->version)),
		     &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_STALE, "the view \"%.60s\" changed meanwhile", old.name);
	if (ret_event)
		*ret_event = event_id;
	return true;
}

bool view_remove(struct db *db, int64_t entity_id, int64_t user_id, int64_t id, bool is_gone,
		 const char *actor, int64_t now, int64_t *ret_event, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	int64_t event_id, changed;
	struct saved_view v;

	if (!own(db, a, entity_id, user_id, id, &v, e) ||
	    (!is_gone && !check_name(db, entity_id, &v, e)) ||
	    !tell(db, entity_id, id, is_gone ? "view.removed" : "view.restored",
		  body_of(a, &v, NULL), actor, now, &event_id, e) ||
	    !db_exec(db,
		     "UPDATE saved_view SET is_gone = $2, version = version + 1"
		     " WHERE id = $1 AND is_gone <> $2",
		     DB_PARAMS(P_I64(id), P_BOOL(is_gone)), &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "the view \"%.60s\" was taken away already",
			       v.name);
	if (ret_event)
		*ret_event = event_id;
	return true;
}

/* ---- settings ---------------------------------------------------------------------------------- */

bool list_setting_get(struct db *db, struct arena *a, int64_t entity_id, int64_t user_id,
		      const char *list, struct list_setting *ret, struct err *e)
{
	static const struct db_column fields[] = {
		DB_COL(struct list_setting, columns),
		DB_COL(struct list_setting, view_id),
		DB_COL(struct list_setting, view_query),
	};
	struct err none = { 0 };

	*ret = (struct list_setting){ 0 };
	if (db_one(db, a,
		   "SELECT s.columns, COALESCE(v.id, 0), v.query FROM list_setting s"
		   " LEFT JOIN saved_view v ON v.id = s.view_id AND v.is_gone = 0"
		   " AND (v.user_id = s.user_id OR v.is_shared = 1)"
		   " WHERE s.user_id = $1 AND s.entity_id = $2 AND s.list = $3",
		   DB_PARAMS(P_I64(user_id), P_I64(entity_id), P_TEXT(list)), fields,
		   ARRAY_LEN(fields), ret, &none) ||
	    none.code == ERR_NOT_FOUND)
		return true;
	*e = none;
	return false;
}

static bool ensure_row(struct db *db, int64_t entity_id, int64_t user_id, const char *list,
		       struct err *e)
{
	return db_exec(db,
		       "INSERT INTO list_setting (user_id, entity_id, list) VALUES ($1, $2, $3)"
		       " ON CONFLICT (user_id, entity_id, list) DO NOTHING",
		       DB_PARAMS(P_I64(user_id), P_I64(entity_id), P_TEXT(list)), NULL, e);
}

bool list_setting_columns(struct db *db, int64_t entity_id, int64_t user_id, const char *list,
			  const char *chosen, struct err *e)
{
	return ensure_row(db, entity_id, user_id, list, e) &&
	       db_exec(db,
		       "UPDATE list_setting SET columns = $4 WHERE user_id = $1 AND entity_id = $2"
		       " AND list = $3",
		       DB_PARAMS(P_I64(user_id), P_I64(entity_id), P_TEXT(list), P_TEXT(chosen)),
		       NULL, e);
}

bool list_setting_view(struct db *db, int64_t entity_id, int64_t user_id, const char *list,
		       int64_t view_id, struct err *e)
{
	return ensure_row(db, entity_id, user_id, list, e) &&
	       db_exec(db,
		       "UPDATE list_setting SET view_id = $4 WHERE user_id = $1 AND entity_id = $2"
		       " AND list = $3",
		       DB_PARAMS(P_I64(user_id), P_I64(entity_id), P_TEXT(list), P_ID(view_id)),
		       NULL, e);
}

bool list_setting_has(const char *chosen, const char *name)
{
	size_t n = strlen(name);

	for (const char *s = chosen; s; s = strchr(s, ',')) {
		s += *s == ',';
		if (strncmp(s, name, n) == 0 && (s[n] == ',' || s[n] == '\0'))
			return true;
	}
	return false;
}
