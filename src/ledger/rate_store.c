/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/rate_store.h"

#include "base/json.h"
#include "db/event.h"
#include "db/undo.h"

bool rate_table_load(struct db *db, struct arena *a, struct rate_table *ret, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct rate, name),   DB_DAY(struct rate, from_on),
		DB_DAY(struct rate, to_on),  DB_COL(struct rate, value_ppm),
		DB_COL(struct rate, source),
	};
	struct rate *list;
	size_t n;

	if (!db_list(db, a,
		     "SELECT name, from_on, to_on, value_ppm, source FROM rate ORDER BY name, "
		     "from_on",
		     DB_NO_PARAMS, columns, ARRAY_LEN(columns), sizeof *list, (void **)&list, &n,
		     e))
		return err_while(e, "reading the rates");
	for (size_t i = 0; i < n; i++)
		list[i].is_to_verify = str_starts(list[i].source, "VERIFY");
	ret->at = list;
	ret->n = n;
	return true;
}

/* A value as set, and as it was: former_source NULL when there was none. */
struct change {
	const char *name;
	day_t from_on, to_on;
	int64_t value_ppm;
	const char *source;
	day_t former_to_on;
	int64_t former_value_ppm;
	const char *former_source;
};

static const struct db_column change_columns[] = {
	DB_COL(struct change, name),
	DB_DAY(struct change, from_on),
	DB_DAY(struct change, to_on),
	DB_COL(struct change, value_ppm),
	DB_COL(struct change, source),
	DB_DAY(struct change, former_to_on),
	DB_COL(struct change, former_value_ppm),
	DB_COL(struct change, former_source),
};

struct set {
	const struct rate *rate;
	size_t n;
	const char *actor;
	int64_t now, n_set;
};

static bool tell(struct db *db, struct arena *a, const struct set *s, const struct change *c,
		 struct err *e)
{
	struct event ev = {
		.kind = "rate.set", .subject_kind = "rate", .actor = s->actor, .recorded = s->now
	};
	int64_t id;
	struct buf b;
	struct json j;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "name", c->name);
	json_put_day(&j, "from_on", c->from_on);
	json_put_day(&j, "to_on", c->to_on);
	json_put_int(&j, "value_ppm", c->value_ppm);
	json_put_text(&j, "source", c->source);
	json_end(&j);
	ev.body = buf_str(&b);
	return event_add(db, &ev, &id, e) &&
	       undo_keep(db, a, id, c, change_columns, ARRAY_LEN(change_columns), e);
}

static bool write_rate(struct db *db, const char *name, day_t from_on, day_t to_on,
		       int64_t value_ppm, const char *source, struct err *e)
{
	return db_exec(db,
		       "INSERT INTO rate (name, from_on, to_on, value_ppm, source)"
		       " VALUES ($1, $2, $3, $4, $5)"
		       " ON CONFLICT (name, from_on) DO UPDATE SET to_on = excluded.to_on,"
		       " value_ppm = excluded.value_ppm, source = excluded.source",
		       DB_PARAMS(P_TEXT(name), P_DAY(from_on), P_DAY(to_on), P_I64(value_ppm),
				 P_TEXT(source)),
		       NULL, e);
}

static bool load_rate(struct db *db, struct arena *a, const char *name, day_t from_on,
		      struct rate *ret, struct err *e)
{
	static const struct db_column columns[] = {
		DB_DAY(struct rate, to_on),
		DB_COL(struct rate, value_ppm),
		DB_COL(struct rate, source),
	};
	struct rate *found;
	size_t n;

	*ret = (struct rate){ .to_on = DAY_NONE };
	if (!db_list(db, a,
		     "SELECT to_on, value_ppm, source FROM rate WHERE name = $1 AND from_on = $2",
		     DB_PARAMS(P_TEXT(name), P_DAY(from_on)), columns, ARRAY_LEN(columns),
		     sizeof *found, (void **)&found, &n, e))
		return false;
	if (n)
		*ret = found[0];
	return true;
}

static bool is_same(const struct rate *was, day_t to_on, int64_t value_ppm, const char *source)
{
	return was->source && str_eq(was->source, source) && was->value_ppm == value_ppm &&
	       was->to_on == to_on;
}

static bool set_one(struct db *db, struct arena *a, struct set *s, const struct rate *r,
		    struct err *e)
{
	struct change c = { .name = r->name,
			    .from_on = r->from_on,
			    .to_on = r->to_on,
			    .value_ppm = r->value_ppm,
			    .source = r->source };
	struct rate was;

	if (!load_rate(db, a, r->name, r->from_on, &was, e))
		return false;
	if (is_same(&was, r->to_on, r->value_ppm, r->source))
		return true;
	c.former_to_on = was.to_on;
	c.former_value_ppm = was.value_ppm;
	c.former_source = was.source;
	s->n_set++;
	return write_rate(db, r->name, r->from_on, r->to_on, r->value_ppm, r->source, e) &&
	       tell(db, a, s, &c, e);
}

static bool set_tx(struct db *db, void *arg, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)1 << 28);
	struct set *s = arg;

	s->n_set = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (!set_one(db, a, s, &s->rate[i], e))
			return false;
	}
	return true;
}

bool rate_set_all(struct db *db, const struct rate *rate, size_t n, const char *actor, int64_t now,
		  int64_t *ret_set, struct err *e)
{
	struct set s = { .rate = rate, .n = n, .actor = actor, .now = now };

	for (size_t i = 0; i < n; i++) {
		if (str_empty(rate[i].name) || str_empty(rate[i].source) ||
		    rate[i].from_on == DAY_NONE)
			return err_set(e, ERR_INVALID,
				       "a rate needs a name, a first day and a source");
		if (rate[i].to_on != DAY_NONE && rate[i].to_on < rate[i].from_on)
			return err_set(e, ERR_INVALID, "rate \"%s\" would end before it begins",
				       rate[i].name);
	}
	if (!db_tx(db, set_tx, &s, e))
		return false;
	if (ret_set)
		*ret_set = s.n_set;
	return true;
}

bool rate_set(struct db *db, const struct rate *rate, const char *actor, int64_t now, struct err *e)
{
	return rate_set_all(db, rate, 1, actor, now, NULL, e);
}

bool rate_set_undo(struct db *db, struct arena *a, int64_t event_id, struct err *e)
{
	struct change c = { 0 };
	struct rate now;

	if (!undo_kept(db, a, event_id, change_columns, ARRAY_LEN(change_columns), &c, e) ||
	    !load_rate(db, a, c.name, c.from_on, &now, e))
		return false;
	if (!is_same(&now, c.to_on, c.value_ppm, c.source))
		return err_set(e, ERR_CONFLICT, "the rate \"%s\" was set again since", c.name);
	if (c.former_source)
		return write_rate(db, c.name, c.from_on, c.former_to_on, c.former_value_ppm,
				  c.former_source, e);
	return db_exec(db, "DELETE FROM rate WHERE name = $1 AND from_on = $2",
		       DB_PARAMS(P_TEXT(c.name), P_DAY(c.from_on)), NULL, e);
}
