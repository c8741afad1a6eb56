/* SPDX-License-Identifier: Apache-2.0 */
/* import_mapping.c - what the columns of a company's file mean, said once by a person. */
#include "ledger/import.h"

#include "base/json.h"
#include "base/text.h"
#include "db/event.h"

struct save {
	int64_t entity_id, now;
	const char *name, *header, *columns, *actor;
};

static bool save_tx(struct db *db, void *arg, struct err *e)
{
	const struct save *s = arg;
	int64_t id, event_id;

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
