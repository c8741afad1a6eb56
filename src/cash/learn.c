/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/learn.h"

#include "base/json.h"
#include "cash/habits.h"
#include "base/text.h"
#include "db/event.h"

/* ---- the machine's answer and what became of it ---- */

bool learn_read_first(struct db *db, struct arena *a, int64_t entry_id, struct learn_first *ret,
		      struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct learn_first, customer_id), DB_COL(struct learn_first, rule),
		DB_COL(struct learn_first, raw_milli),   DB_COL(struct learn_first, confidence_ppm),
		DB_COL(struct learn_first, lines),
	};
	struct learn_first *list;
	size_t n;

	if (!db_list(db, a,
		     "SELECT customer_id, rule, raw_milli, confidence_ppm, lines"
		     " FROM match_proposal WHERE entry_id = $1 AND rank = 1",
		     DB_PARAMS(P_I64(entry_id)), columns, ARRAY_LEN(columns), sizeof *list,
		     (void **)&list, &n, e))
		return false;
	*ret = n ? list[0] : (struct learn_first){ 0 };
	ret->is_there = n > 0;
	return true;
}

static bool insert_outcome(struct db *db, const struct learn_act *act, const char *rule,
			   int64_t raw_milli, int64_t confidence_ppm, bool is_auto, bool is_right,
			   struct err *e)
{
	/* The entry's event is that of the decision. */
	return db_exec(db,
		       "INSERT INTO match_outcome (event_id, entity_id, entry_id, rule, raw_milli,"
		       " confidence_ppm, is_auto, is_right, recorded) SELECT event_id, $2, $1, $3,"
		       " $4, $5, $6, $7, $8 FROM statement_entry WHERE id = $1",
		       DB_PARAMS(P_I64(act->entry->id), P_I64(act->entity_id), P_TEXT(rule),
				 P_I64(raw_milli), P_I64(confidence_ppm), P_BOOL(is_auto),
				 P_BOOL(is_right), P_I64(act->now)),
		       NULL, e);
}

bool learn_outcome(struct db *db, const struct learn_act *act, const struct learn_first *first,
		   bool is_right, struct err *e)
{
	return !first->is_there || insert_outcome(db, act, first->rule, first->raw_milli,
						  first->confidence_ppm, false, is_right, e);
}

/* ---- payers ---- */

struct pays {
	const char *iban, *name_key; /* NULL: not given */
};

static struct pays payer_of(struct arena *a, const struct entry *entry)
{
	struct pays p = { 0 };

	if (!str_empty(entry->payer_iban))
		p.iban = entry->payer_iban;
	if (!str_empty(entry->payer_name))
		p.name_key = text_key(a, entry->payer_name);
	if (str_empty(p.name_key))
		p.name_key = NULL;
	return p;
}

static bool insert_row(struct db *db, const struct learn_act *act, int64_t customer_id,
		       const struct pays *pays, const char *kind, struct err *e)
{
	int64_t id;

	return db_new_id(db, &id, e) &&
	       db_exec(db,
		       "INSERT INTO payer_alias (id, entity_id, customer_id, entry_id, iban,"
		       " name_key, kind, source, event_id, recorded) SELECT $1, $2, $3, $4, $5, $6,"
		       " $7, $8, event_id, $9 FROM statement_entry WHERE id = $4",
		       DB_PARAMS(P_I64(id), P_I64(act->entity_id), P_I64(customer_id),
				 P_I64(act->entry->id), P_TEXT(pays->iban), P_TEXT(pays->name_key),
				 P_TEXT(kind), P_TEXT(act->actor), P_I64(act->now)),
		       NULL, e);
}

static bool is_among(int64_t id, const int64_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == id)
			return true;
	return false;
}

struct known {
	int64_t customer_id;
	const char *iban, *name_key;
};

/* Speaks against whom the payer was known for, other than those customers; also those when n is 0. */
static bool contradict(struct db *db, struct arena *a, const struct learn_act *act,
		       const struct pays *pays, const int64_t *but, size_t n, struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct known, customer_id),
						    DB_COL(struct known, iban),
						    DB_COL(struct known, name_key) };
	struct known *list;
	size_t n_list;

	/* By the account when there is one: a name may be two persons'. */
	if (!db_list(db, a,
		     "SELECT DISTINCT customer_id, iban, name_key FROM payer_alias"
		     " WHERE entity_id = $1 AND kind = 'for' AND ((iban = $2) OR"
		     " ($2 IS NULL AND iban IS NULL AND name_key = $3))",
		     DB_PARAMS(P_I64(act->entity_id), P_TEXT(pays->iban), P_TEXT(pays->name_key)),
		     columns, ARRAY_LEN(columns), sizeof *list, (void **)&list, &n_list, e))
		return false;
	for (size_t i = 0; i < n_list; i++)
		if (!is_among(list[i].customer_id, but, n) &&
		    !insert_row(db, act, list[i].customer_id,
				&(struct pays){ list[i].iban, list[i].name_key }, "against", e))
			return false;
	return true;
}

bool learn_applied(struct db *db, struct arena *a, const struct learn_act *act,
		   const int64_t *customer_ids, size_t n, struct err *e)
{
	struct pays pays = payer_of(a, act->entry);

	if (!pays.iban && !pays.name_key)
		return true;
	if (!contradict(db, a, act, &pays, customer_ids, n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_among(customer_ids[i], customer_ids, i) &&
		    !insert_row(db, act, customer_ids[i], &pays, "for", e))
			return false;
	return true;
}

/* ---- undoing ---- */

struct alone {
	const char *rule;
	int64_t raw_milli, confidence_ppm;
};

/* The certificate of the posting that is undone, when no person made it. */
static bool find_alone(struct db *db, struct arena *a, const struct entry *entry,
		       struct alone **ret, struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct alone, rule),
						    DB_COL(struct alone, raw_milli),
						    DB_COL(struct alone, confidence_ppm) };
	struct alone *list;
	size_t n;

	if (!db_list(db, a,
		     "SELECT c.rule, c.raw_milli, c.confidence_ppm FROM match_certificate c"
		     " JOIN item i ON i.event_id = c.event_id WHERE i.id = $1 AND c.entry_id = $2",
		     DB_PARAMS(P_I64(entry->payment_item_id), P_I64(entry->id)), columns,
		     ARRAY_LEN(columns), sizeof *list, (void **)&list, &n, e))
		return false;
	*ret = n ? list : NULL;
	return true;
}

bool learn_undone(struct db *db, struct arena *a, const struct learn_act *act, struct err *e)
{
	struct pays pays = payer_of(a, act->entry);
	struct alone *alone;

	/* What the entry taught; and the word of a person who took the machine's answer, then this back. */
	if (!db_exec(db, "DELETE FROM payer_alias WHERE entry_id = $1",
		     DB_PARAMS(P_I64(act->entry->id)), NULL, e) ||
	    !db_exec(db, "DELETE FROM match_outcome WHERE entry_id = $1 AND is_auto = 0",
		     DB_PARAMS(P_I64(act->entry->id)), NULL, e) ||
	    !find_alone(db, a, act->entry, &alone, e))
		return false;
	if (!alone)
		return true;
	return insert_outcome(db, act, alone->rule, alone->raw_milli, alone->confidence_ppm, true,
			      false, e) &&
	       ((!pays.iban && !pays.name_key) || contradict(db, a, act, &pays, NULL, 0, e));
}

/* ---- forgetting ---- */

struct forgetting {
	int64_t entity_id, customer_id, now;
	const char *iban, *name_key, *actor;
};

static const char *body_of(struct arena *a, const struct forgetting *f)
{
	struct json j;
	struct buf b;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "iban", f->iban);
	json_put_text(&j, "name", f->name_key);
	json_end(&j);
	return b.data;
}

static bool forget_row(struct db *db, const struct forgetting *f, const struct learned_payer *l,
		       int64_t event_id, struct err *e)
{
	int64_t id;

	return db_new_id(db, &id, e) &&
	       db_exec(db,
		       "INSERT INTO payer_alias (id, entity_id, customer_id, iban, name_key, kind,"
		       " source, event_id, recorded) VALUES ($1, $2, $3, $4, $5, 'forget', $6, $7,"
		       " $8)",
		       DB_PARAMS(P_I64(id), P_I64(f->entity_id), P_I64(f->customer_id),
				 P_TEXT(l->iban), P_TEXT(l->name_key), P_TEXT(f->actor),
				 P_I64(event_id), P_I64(f->now)),
		       NULL, e);
}

static bool forget_all(struct db *db, struct arena *a, const struct forgetting *f, struct err *e)
{
	bool is_any = !f->iban && !f->name_key, is_known = false;
	struct learned_payer *list;
	int64_t event_id;
	size_t n, n_done = 0;

	if (!learned_list(db, a, f->entity_id, f->customer_id, &list, &n, e) ||
	    !event_add(db,
		       &(struct event){ .entity_id = f->entity_id,
					.kind = "payer.forgotten",
					.subject_kind = "customer",
					.subject_id = f->customer_id,
					.actor = f->actor,
					.body = body_of(a, f),
					.recorded = f->now },
		       &event_id, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_any &&
		    !(str_eq(list[i].iban, f->iban) && str_eq(list[i].name_key, f->name_key)))
			continue;
		if (!forget_row(db, f, &list[i], event_id, e))
			return false;
		n_done++;
	}
	/* Everything of him: how he pays, too. */
	if (is_any && (!habits_is_known(db, f->entity_id, f->customer_id, &is_known, e) ||
		       (is_known &&
			!forget_row(db, f, &(struct learned_payer){ .iban = NULL }, event_id, e))))
		return false;
	n_done += is_known;
	return n_done > 0 || err_set(e, ERR_NOT_FOUND, "nothing was learned of that payer");
}

static bool forget_tx(struct db *db, void *arg, struct err *e)
{
	struct arena *a = arena_new(64 << 20);
	bool ok = forget_all(db, a, arg, e);

	arena_free(a);
	return ok;
}

bool learned_forget(struct db *db, int64_t entity_id, int64_t customer_id, const char *iban,
		    const char *name_key, const char *actor, int64_t now, struct err *e)
{
	struct forgetting f = { entity_id, customer_id, now, iban, name_key, actor };

	return db_tx(db, forget_tx, &f, e);
}

bool learned_remember(struct db *db, int64_t entity_id, int64_t event_id, struct err *e)
{
	return db_exec(db,
		       "DELETE FROM payer_alias WHERE event_id = $1 AND entity_id = $2"
		       " AND kind = 'forget'",
		       DB_PARAMS(P_I64(event_id), P_I64(entity_id)), NULL, e);
}
