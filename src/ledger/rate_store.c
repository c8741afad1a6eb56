/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/rate_store.h"

#include "base/json.h"
#include "db/event.h"

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

struct set {
	const struct rate *rate;
	const char *actor;
	int64_t now;
};

static bool set_tx(struct db *db, void *arg, struct err *e)
{
	const struct set *s = arg;
	const struct rate *r = s->rate;
	struct event ev = {
		.kind = "rate.set", .subject_kind = "rate", .actor = s->actor, .recorded = s->now
	};
	struct arena *a = arena_new(1 << 20);
	struct buf b;
	struct json j;
	bool ok;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "name", r->name);
	json_put_day(&j, "from_on", r->from_on);
	json_put_day(&j, "to_on", r->to_on);
	json_put_int(&j, "value_ppm", r->value_ppm);
	json_put_text(&j, "source", r->source);
	json_end(&j);
	ev.body = buf_str(&b);
	ok = db_exec(db,
		     "INSERT INTO rate (name, from_on, to_on, value_ppm, source)"
		     " VALUES ($1, $2, $3, $4, $5)"
		     " ON CONFLICT (name, from_on) DO UPDATE SET to_on = excluded.to_on,"
		     " value_ppm = excluded.value_ppm, source = excluded.source",
		     DB_PARAMS(P_TEXT(r->name), P_DAY(r->from_on), P_DAY(r->to_on),
			       P_I64(r->value_ppm), P_TEXT(r->source)),
		     NULL, e) &&
	     event_add(db, &ev, NULL, e);
	arena_free(a);
	return ok;
}

bool rate_set(struct db *db, const struct rate *rate, const char *actor, int64_t now, struct err *e)
{
	struct set s = { rate, actor, now };

	if (str_empty(rate->name) || str_empty(rate->source) || rate->from_on == DAY_NONE)
		return err_set(e, ERR_INVALID, "a rate needs a name, a first day and a source");
	if (rate->to_on != DAY_NONE && rate->to_on < rate->from_on)
		return err_set(e, ERR_INVALID, "rate \"%s\" would end before it begins",
			       rate->name);
	return db_tx(db, set_tx, &s, e);
}
