/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/match_policy.h"

#include "base/json.h"
#include "db/event.h"

#include <jansson.h>
#include <stdio.h>

/* ---- as JSON, minor units whatever the currency ---- */

static const char *encode(struct arena *a, const struct match_policy *p)
{
	struct json j;
	struct buf b;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_bool(&j, "is_automatic", p->is_automatic);
	json_put_int(&j, "threshold_ppm", p->threshold_ppm);
	/* By name: another version of the program may count its rules otherwise. */
	json_put_text(&j, "rules", match_policy_get(a, p, "rules", "EUR"));
	json_put_bool(&j, "is_oldest_of_equal", p->is_oldest_of_equal);
	json_put_int(&j, "rounding_minor", p->rounding_minor);
	json_put_int(&j, "charges_minor", p->charges_minor);
	json_put_int(&j, "discount_grace_days", p->discount_grace_days);
	json_put_int(&j, "discount_per_myriad", p->discount_per_myriad);
	json_put_int(&j, "write_off_limit_minor", p->write_off_limit_minor);
	json_put_text(&j, "write_off_account", p->write_off_account);
	json_put_int(&j, "return_fee_minor", p->return_fee_minor);
	json_put_int(&j, "return_fee_vat_per_myriad", p->return_fee_vat_per_myriad);
	json_end(&j);
	return b.data;
}

static int64_t number(const json_t *o, const char *key, int64_t absent)
{
	const json_t *v = json_object_get(o, key);

	return json_is_integer(v) ? json_integer_value(v) : absent;
}

static bool decode(const char *body, struct match_policy *ret, struct err *e)
{
	struct match_policy p = match_policy_default();
	json_t *o = json_loads(body, 0, NULL);
	const char *rules = json_string_value(json_object_get(o, "rules"));
	const char *account = json_string_value(json_object_get(o, "write_off_account"));
	bool ok = o && rules && account && match_policy_set(&p, "rules", rules, "EUR", e);

	if (ok) {
		p.is_automatic = json_is_true(json_object_get(o, "is_automatic"));
		p.threshold_ppm = number(o, "threshold_ppm", p.threshold_ppm);
		p.is_oldest_of_equal = json_is_true(json_object_get(o, "is_oldest_of_equal"));
		p.rounding_minor = number(o, "rounding_minor", p.rounding_minor);
		p.charges_minor = number(o, "charges_minor", p.charges_minor);
		p.discount_grace_days =
			(int)number(o, "discount_grace_days", p.discount_grace_days);
		p.discount_per_myriad =
			(int)number(o, "discount_per_myriad", p.discount_per_myriad);
		p.write_off_limit_minor =
			number(o, "write_off_limit_minor", p.write_off_limit_minor);
		p.return_fee_minor = number(o, "return_fee_minor", p.return_fee_minor);
		p.return_fee_vat_per_myriad =
			(int)number(o, "return_fee_vat_per_myriad", p.return_fee_vat_per_myriad);
		snprintf(p.write_off_account, sizeof p.write_off_account, "%s", account);
		*ret = p;
	}
	json_decref(o);
	return ok || err_set(e, ERR_FORMAT, "the settings of the matching cannot be read");
}

/* ---- reading and writing ---- */

struct stored {
	int revision;
	const char *body;
};

static bool load(struct db *db, struct arena *a, const char *sql, struct db_params params,
		 struct match_policy *ret, struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct stored, revision),
						    DB_COL(struct stored, body) };
	struct stored *list;
	size_t n;

	*ret = match_policy_default();
	if (!db_list(db, a, sql, params, columns, ARRAY_LEN(columns), sizeof *list, (void **)&list,
		     &n, e) ||
	    (n && !decode(list[0].body, ret, e)))
		return false;
	ret->revision = n ? list[0].revision : 0;
	return true;
}

bool match_policy_load(struct db *db, struct arena *a, int64_t entity_id, struct match_policy *ret,
		       struct err *e)
{
	return load(db, a,
		    "SELECT revision, body FROM match_policy WHERE entity_id = $1"
		    " ORDER BY revision DESC LIMIT 1",
		    DB_PARAMS(P_I64(entity_id)), ret, e);
}

struct saving {
	const struct match_policy *policy;
	int64_t entity_id, now;
	const char *actor;
};

static bool insert(struct db *db, struct arena *a, const struct saving *s, struct err *e)
{
	const char *body = encode(a, s->policy);
	int64_t newest, event_id, id;

	if (!db_get_i64(db, "SELECT MAX(revision) FROM match_policy WHERE entity_id = $1",
			DB_PARAMS(P_I64(s->entity_id)), 0, &newest, e))
		return false;
	if (newest != s->policy->revision)
		return err_set(e, ERR_STALE, "the settings were changed meanwhile");
	return event_add(db,
			 &(struct event){ .entity_id = s->entity_id,
					  .kind = "match_policy.changed",
					  .subject_kind = "entity",
					  .subject_id = s->entity_id,
					  .actor = s->actor,
					  .body = body,
					  .recorded = s->now },
			 &event_id, e) &&
	       db_new_id(db, &id, e) &&
	       db_exec(db,
		       "INSERT INTO match_policy (id, entity_id, revision, body, actor, event_id,"
		       " recorded) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       DB_PARAMS(P_I64(id), P_I64(s->entity_id), P_I64(newest + 1), P_TEXT(body),
				 P_TEXT(s->actor), P_I64(event_id), P_I64(s->now)),
		       NULL, e);
}

static bool save_tx(struct db *db, void *arg, struct err *e)
{
	struct arena *a = arena_new(1 << 20);
	bool ok = insert(db, a, arg, e);

	arena_free(a);
	return ok;
}

bool match_policy_save(struct db *db, const struct match_policy *p, int64_t entity_id,
		       const char *actor, int64_t now, struct err *e)
{
	return db_tx(db, save_tx, &(struct saving){ p, entity_id, now, actor }, e);
}

bool match_policy_undo(struct db *db, struct arena *a, int64_t entity_id, int64_t event_id,
		       const char *actor, int64_t now, struct err *e)
{
	struct match_policy former, newest;
	int64_t revision;

	if (!db_get_i64(db,
			"SELECT revision FROM match_policy WHERE event_id = $1 AND entity_id = $2",
			DB_PARAMS(P_I64(event_id), P_I64(entity_id)), 0, &revision, e) ||
	    !match_policy_load(db, a, entity_id, &newest, e))
		return false;
	if (revision != newest.revision)
		return err_set(e, ERR_CONFLICT, "the settings were changed since");
	if (!load(db, a,
		  "SELECT revision, body FROM match_policy WHERE entity_id = $1"
		  " AND revision = $2",
		  DB_PARAMS(P_I64(entity_id), P_I64(revision - 1)), &former, e))
		return false;
	former.revision = newest.revision;
	return match_policy_save(db, &former, entity_id, actor, now, e);
}
