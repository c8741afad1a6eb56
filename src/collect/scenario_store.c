/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/scenario.h"

#include "base/json.h"
#include "db/event.h"

/* ---- policies ------------------------------------------------------------------------------------ */

static bool built_in(struct arena *a, struct scenario **ret, size_t *ret_n, struct err *e)
{
	struct scenario *s = ARENA_NEW(a, struct scenario);

	s->body = policy_default_json();
	if (!policy_parse(a, s->body, strlen(s->body), &s->policy, e))
		return err_while(e, "reading the built-in policy");
	s->name = s->policy.name;
	*ret = s;
	*ret_n = 1;
	return true;
}

bool scenario_list(struct db *db, struct arena *a, int64_t entity_id, struct scenario **ret,
		   size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct scenario, name),
		DB_COL(struct scenario, revision),
		DB_COL(struct scenario, body),
		DB_COL(struct scenario, recorded),
	};
	struct scenario *list;
	size_t n;

	if (!db_list(db, a,
		     "SELECT s.name, s.revision, s.body, s.recorded FROM scenario s"
		     " WHERE s.entity_id = $1 AND s.revision = (SELECT MAX(t.revision) FROM "
		     "scenario t"
		     " WHERE t.entity_id = s.entity_id AND t.name = s.name) ORDER BY s.name",
		     DB_PARAMS(P_I64(entity_id)), columns, ARRAY_LEN(columns), sizeof *list,
		     (void **)&list, &n, e))
		return false;
	if (n == 0)
		return built_in(a, ret, ret_n, e);
	for (size_t i = 0; i < n; i++)
		if (!policy_parse(a, list[i].body, strlen(list[i].body), &list[i].policy, e))
			return err_while(e, "reading policy \"%.60s\"", list[i].name);
	*ret = list;
	*ret_n = n;
	return true;
}

/* An event about a new revision; ret_id is for the row. */
static bool revision_event(struct db *db, int64_t entity_id, const char *kind, int64_t id,
			   const char *name, int revision, const char *actor, int64_t now,
			   int64_t *ret_id, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct buf body;
	struct json j;

	buf_init(&body, a);
	json_init(&j, &body);
	json_open_object(&j);
	json_put_text(&j, "name", name);
	json_put_int(&j, "revision", revision);
	json_end(&j);
	return event_add(db,
			 &(struct event){ .entity_id = entity_id,
					  .kind = kind,
					  .subject_kind = str_starts(kind, "scenario") ? "scenario"
										       : "template",
					  .subject_id = id,
					  .actor = actor,
					  .body = buf_str(&body),
					  .recorded = now },
			 ret_id, e);
}

struct load {
	struct arena *arena;
	int64_t entity_id;
	const char *name, *body, *actor;
	int64_t now;
	int revision;
};

static bool load_tx(struct db *db, void *arg, struct err *e)
{
	struct load *l = arg;
	int64_t newest, id, event_id;
	char *body;

	if (!db_get_i64(db, "SELECT MAX(revision) FROM scenario WHERE entity_id = $1 AND name = $2",
			DB_PARAMS(P_I64(l->entity_id), P_TEXT(l->name)), 0, &newest, e) ||
	    !db_get_text(db, l->arena,
			 "SELECT body FROM scenario WHERE entity_id = $1 AND name = $2"
			 " AND revision = $3",
			 DB_PARAMS(P_I64(l->entity_id), P_TEXT(l->name), P_I64(newest)), &body, e))
		return false;
	l->revision = (int)newest;
	if (body && str_eq(body, l->body))
		return true;
	l->revision = (int)newest + 1;
	return db_new_id(db, &id, e) &&
	       revision_event(db, l->entity_id, "scenario.loaded", id, l->name, l->revision,
			      l->actor, l->now, &event_id, e) &&
	       db_exec(db,
		       "INSERT INTO scenario (id, entity_id, name, revision, body, event_id, "
		       "recorded)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       DB_PARAMS(P_I64(id), P_I64(l->entity_id), P_TEXT(l->name),
				 P_I64(l->revision), P_TEXT(l->body), P_I64(event_id),
				 P_I64(l->now)),
		       NULL, e);
}

bool scenario_load(struct db *db, int64_t entity_id, const char *json, size_t len,
		   const char *actor, int64_t now, int *ret_revision, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct load l = { .arena = a, .entity_id = entity_id, .actor = actor, .now = now };
	struct policy p;
	struct buf body;

	if (!policy_parse(a, json, len, &p, e))
		return false;
	/* Kept in one form, so that loading the same policy twice is seen as the same. */
	buf_init(&body, a);
	policy_write(&p, &body);
	l.name = p.name;
	l.body = buf_str(&body);
	if (!db_tx(db, load_tx, &l, e))
		return false;
	if (ret_revision)
		*ret_revision = l.revision;
	return true;
}

/* ---- texts --------------------------------------------------------------------------------------- */

bool text_list(struct db *db, struct arena *a, int64_t entity_id, struct text_revision **ret,
	       size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct text_revision, name),     DB_COL(struct text_revision, channel),
		DB_COL(struct text_revision, language), DB_COL(struct text_revision, revision),
		DB_COL(struct text_revision, subject),  DB_COL(struct text_revision, body),
	};
	size_t n_own, n_default, n = 0;
	const struct message_default *d = message_defaults(&n_default);
	struct text_revision *own, *all;

	if (!db_list(db, a,
		     "SELECT t.name, t.channel, t.language, t.revision, t.subject, t.body"
		     " FROM template t WHERE t.entity_id = $1 AND t.revision ="
		     " (SELECT MAX(u.revision) FROM template u WHERE u.entity_id = t.entity_id"
		     " AND u.name = t.name AND u.channel = t.channel AND u.language = t.language)"
		     " ORDER BY t.name, t.channel, t.language",
		     DB_PARAMS(P_I64(entity_id)), columns, ARRAY_LEN(columns), sizeof *own,
		     (void **)&own, &n_own, e))
		return false;
	all = ARENA_ARRAY(a, n_own + n_default, struct text_revision);
	for (size_t i = 0; i < n_default; i++) {
		struct text_revision t = { d[i].name, d[i].channel, d[i].language,
					   0,         d[i].subject, d[i].body };

		for (size_t k = 0; k < n_own; k++)
			if (str_eq(own[k].name, t.name) && str_eq(own[k].channel, t.channel) &&
			    str_eq(own[k].language, t.language)) {
				t = own[k];
				own[k].name = ""; /* taken */
			}
		all[n++] = t;
	}
	for (size_t k = 0; k < n_own; k++)
		if (own[k].name[0])
			all[n++] = own[k];
	*ret = all;
	*ret_n = n;
	return true;
}

const struct text_revision *text_find(const struct text_revision *texts, size_t n, const char *name,
				      const char *language)
{
	const struct text_revision *english = NULL, *any = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!str_eq(texts[i].name, name))
			continue;
		/* "fr" reads for "fr-BE" */
		if (language && str_starts(language, texts[i].language))
			return &texts[i];
		if (str_eq(texts[i].language, "en"))
			english = &texts[i];
		any = any ? any : &texts[i];
	}
	return english ? english : any;
}

static bool check_text(const struct text_revision *t, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	const struct message_template *read;
	enum policy_channel channel;

	if (!policy_channel_parse(t->channel, &channel))
		return err_field(e, ERR_INVALID, "channel", "there is no channel \"%.40s\"",
				 t->channel);
	if (str_empty(t->name) || strlen(t->name) > 60)
		return err_field(e, ERR_INVALID, "name", "a text has a name of 1 to 60 bytes");
	if (str_empty(t->language) || strlen(t->language) > 8)
		return err_field(e, ERR_INVALID, "language", "invalid language \"%.20s\"",
				 t->language);
	if (!message_parse(a, t->subject, strlen(t->subject), &read, e))
		return err_while(e, "subject");
	return message_parse(a, t->body, strlen(t->body), &read, e);
}

struct save {
	int64_t entity_id;
	const struct text_revision *text;
	const char *actor;
	int64_t now;
};

static bool save_tx(struct db *db, void *arg, struct err *e)
{
	const struct save *s = arg;
	const struct text_revision *t = s->text;
	int64_t revision, id, event_id;

	return db_get_i64(db,
			  "SELECT MAX(revision) FROM template WHERE entity_id = $1 AND name = $2"
			  " AND channel = $3 AND language = $4",
			  DB_PARAMS(P_I64(s->entity_id), P_TEXT(t->name), P_TEXT(t->channel),
				    P_TEXT(t->language)),
			  0, &revision, e) &&
	       db_new_id(db, &id, e) &&
	       revision_event(db, s->entity_id, "template.saved", id, t->name, (int)revision + 1,
			      s->actor, s->now, &event_id, e) &&
	       db_exec(db,
		       "INSERT INTO template (id, entity_id, name, channel, language, revision,"
		       " subject, body, event_id, recorded)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		       DB_PARAMS(P_I64(id), P_I64(s->entity_id), P_TEXT(t->name),
				 P_TEXT(t->channel), P_TEXT(t->language), P_I64(revision + 1),
				 P_TEXT(t->subject), P_TEXT(t->body), P_I64(event_id),
				 P_I64(s->now)),
		       NULL, e);
}

bool text_save(struct db *db, int64_t entity_id, const struct text_revision *text,
	       const char *actor, int64_t now, struct err *e)
{
	struct save s = { entity_id, text, actor, now };

	return check_text(text, e) && db_tx(db, save_tx, &s, e);
}

/* ---- taking a revision back: the one before is in force again, as a newer one -------------------- */

static bool is_newest(int64_t newest, int64_t revision, struct err *e)
{
	return newest == revision || err_set(e, ERR_CONFLICT, "it was changed again since");
}

bool scenario_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t id, const char *actor,
		   int64_t now, struct err *e)
{
	int64_t revision, newest;
	char *name, *body;

	if (!db_get_text(db, a, "SELECT name FROM scenario WHERE id = $1 AND entity_id = $2",
			 DB_PARAMS(P_I64(id), P_I64(entity_id)), &name, e) ||
	    !db_get_i64(db, "SELECT revision FROM scenario WHERE id = $1", DB_PARAMS(P_I64(id)), 0,
			&revision, e) ||
	    !db_get_i64(db, "SELECT MAX(revision) FROM scenario WHERE entity_id = $1 AND name = $2",
			DB_PARAMS(P_I64(entity_id), P_TEXT(name)), 0, &newest, e) ||
	    !is_newest(newest, revision, e) ||
	    !db_get_text(db, a,
			 "SELECT body FROM scenario WHERE entity_id = $1 AND name = $2"
			 " AND revision = $3",
			 DB_PARAMS(P_I64(entity_id), P_TEXT(name), P_I64(revision - 1)), &body, e))
		return false;
	if (!body) {
		struct policy p;
		const char *built = policy_default_json();

		if (!policy_parse(a, built, strlen(built), &p, e))
			return false;
		if (!str_eq(p.name, name))
			return err_set(e, ERR_REFUSED, "there was no policy \"%.60s\" before",
				       name);
		body = arena_strdup(a, built);
	}
	return scenario_load(db, entity_id, body, strlen(body), actor, now, NULL, e);
}

/* The text before a revision: an older one, else the built-in one. */
static bool text_before(struct db *db, struct arena *a, int64_t entity_id, struct text_revision *t,
			struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct text_revision, subject),
		DB_COL(struct text_revision, body),
	};
	size_t n;
	const struct message_default *d = message_defaults(&n);

	if (t->revision > 1)
		return db_one(db, a,
			      "SELECT subject, body FROM template WHERE entity_id = $1"
			      " AND name = $2 AND channel = $3 AND language = $4 AND revision = $5",
			      DB_PARAMS(P_I64(entity_id), P_TEXT(t->name), P_TEXT(t->channel),
					P_TEXT(t->language), P_I64(t->revision - 1)),
			      columns, ARRAY_LEN(columns), t, e);
	for (size_t i = 0; i < n; i++) {
		if (str_eq(d[i].name, t->name) && str_eq(d[i].channel, t->channel) &&
		    str_eq(d[i].language, t->language)) {
			t->subject = d[i].subject;
			t->body = d[i].body;
			return true;
		}
	}
	return err_set(e, ERR_REFUSED, "there was no such text before");
}

bool text_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t id, const char *actor,
	       int64_t now, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct text_revision, name),
		DB_COL(struct text_revision, channel),
		DB_COL(struct text_revision, language),
		DB_COL(struct text_revision, revision),
	};
	struct text_revision t = { 0 };
	int64_t newest;

	return db_one(db, a,
		      "SELECT name, channel, language, revision FROM template WHERE id = $1"
		      " AND entity_id = $2",
		      DB_PARAMS(P_I64(id), P_I64(entity_id)), columns, ARRAY_LEN(columns), &t, e) &&
	       db_get_i64(db,
			  "SELECT MAX(revision) FROM template WHERE entity_id = $1 AND name = $2"
			  " AND channel = $3 AND language = $4",
			  DB_PARAMS(P_I64(entity_id), P_TEXT(t.name), P_TEXT(t.channel),
				    P_TEXT(t.language)),
			  0, &newest, e) &&
	       is_newest(newest, t.revision, e) && text_before(db, a, entity_id, &t, e) &&
	       text_save(db, entity_id, &t, actor, now, e);
}
