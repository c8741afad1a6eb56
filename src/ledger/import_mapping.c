/* SPDX-License-Identifier: Apache-2.0 */
/* import_mapping.c - what the columns of a company's file mean, said once by a person. */
#include "ledger/import.h"

#include "base/json.h"
#include "base/text.h"
#include "db/event.h"
#include "db/undo.h"

struct save {
	int64_t entity_id, now;
	const char *name, *header, *columns, *actor;
	const char *former_header, *former_columns; /* NULL: there was none of that name */
};

static const struct db_column kept_columns[] = {
	DB_COL(struct save, name),           DB_COL(struct save, header),
	DB_COL(struct save, columns),        DB_COL(struct save, former_header),
	DB_COL(struct save, former_columns),
};

struct mapping {
	const char *header, *columns;
};

static bool find(struct db *db, struct arena *a, int64_t entity_id, const char *name,
		 struct mapping *ret, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct mapping, header),
		DB_COL(struct mapping, columns),
	};
	struct mapping *list;
	size_t n;

	if (!db_list(db, a,
		     "SELECT header, columns FROM import_mapping WHERE entity_id = $1"
		     " AND name = $2",
		     DB_PARAMS(P_I64(entity_id), P_TEXT(name)), columns, ARRAY_LEN(columns),
		     sizeof *list, (void **)&list, &n, e))
		return false;
	*ret = n ? list[0] : (struct mapping){ 0 };
	return true;
}

static bool save_tx(struct db *db, void *arg, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct save *s = arg;
	int64_t id, event_id;
	struct mapping former;

	if (!find(db, a, s->entity_id, s->name, &former, e))
		return false;
	s->former_header = former.header;
	s->former_columns = former.columns;
	return db_new_id(db, &id, e) &&
	       event_add(db,
			 &(struct event){ .entity_id = s->entity_id,
					  .kind = "import_mapping.saved",
					  .subject_kind = "import_mapping",
					  .subject_id = id,
					  .actor = s->actor,
					  .body = s->columns,
					  .recorded = s->now },
			 &event_id, e) &&
	       undo_keep(db, a, event_id, s, kept_columns, ARRAY_LEN(kept_columns), e) &&
	       db_exec(db,
		       "INSERT INTO import_mapping (id, entity_id, name, kind, header, columns,"
		       " event_id, recorded) VALUES ($1, $2, $3, 'table', $4, $5, $6, $7)"
		       " ON CONFLICT (entity_id, name) DO UPDATE SET header = excluded.header,"
		       " columns = excluded.columns, event_id = excluded.event_id,"
		       " recorded = excluded.recorded",
		       DB_PARAMS(P_I64(id), P_I64(s->entity_id), P_TEXT(s->name), P_TEXT(s->header),
				 P_TEXT(s->columns), P_I64(event_id), P_I64(s->now)),
		       NULL, e);
}

bool import_mapping_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t event_id,
			 struct err *e)
{
	struct save s = { 0 };
	struct mapping here;

	if (!undo_kept(db, a, event_id, kept_columns, ARRAY_LEN(kept_columns), &s, e) ||
	    !find(db, a, entity_id, s.name, &here, e))
		return false;
	if (!here.header || !str_eq(here.header, s.header) || !str_eq(here.columns, s.columns))
		return err_set(e, ERR_STALE, "the columns of %.60s were changed meanwhile", s.name);
	if (!s.former_header)
		return db_exec(db, "DELETE FROM import_mapping WHERE entity_id = $1 AND name = $2",
			       DB_PARAMS(P_I64(entity_id), P_TEXT(s.name)), NULL, e);
	return db_exec(db,
		       "UPDATE import_mapping SET header = $3, columns = $4 WHERE entity_id = $1"
		       " AND name = $2",
		       DB_PARAMS(P_I64(entity_id), P_TEXT(s.name), P_TEXT(s.former_header),
				 P_TEXT(s.former_columns)),
		       NULL, e);
}

bool import_mapping_save(struct db *db, int64_t entity_id, const char *name,
			 const struct import_column *columns, size_t n_columns, const char *actor,
			 int64_t now, struct err *e)
{
	struct save s = { .entity_id = entity_id, .now = now, .name = name, .actor = actor };
	struct arena *a;
	struct buf header, body;
	struct json j;
	bool ok;

	if (str_empty(name))
		return err_field(e, ERR_INVALID, "name", "the mapping needs a name");
	a = arena_new(1 << 20);
	buf_init(&header, a);
	buf_init(&body, a);
	json_init(&j, &body);
	json_open_object(&j);
	for (size_t i = 0; i < n_columns; i++) {
		buf_printf(&header, "%s|", text_reference_key(a, columns[i].header));
		if (*columns[i].header)
			json_put_text(&j, columns[i].header, columns[i].field);
	}
	json_end(&j);
	s.header = buf_str(&header);
	s.columns = buf_str(&body);
	ok = db_tx(db, save_tx, &s, e);
	arena_free(a);
	return ok;
}
