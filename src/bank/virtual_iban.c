/* SPDX-License-Identifier: Apache-2.0 */
#include "bank/virtual_iban.h"

#include "base/identifier.h"
#include "base/json.h"
#include "db/event.h"
#include "ledger/item.h"

/* ---- giving ---- */

struct giving {
	const struct virtual_iban_new *v;
	char iban[IBAN_TEXT];
	bool is_new;
};

struct given {
	int64_t id, customer_id, item_id;
	day_t valid_from, valid_to;
};

static bool check_iban(const char *text, char ret[IBAN_TEXT], struct err *e)
{
	switch (iban_check(text, ret)) {
	case ID_VALID:
		return true;
	case ID_BAD_CHECK:
		return err_set(e, ERR_INVALID, "\"%.40s\": the check digits of the IBAN are wrong",
			       text);
	default:
		return err_set(e, ERR_INVALID, "\"%.40s\" is no IBAN", text);
	}
}

static bool check_owned(struct db *db, const struct giving *g, struct err *e)
{
	int64_t n;

	if (!db_get_i64(db, "SELECT COUNT(*) FROM bank_account WHERE REPLACE(iban, ' ', '') = $1",
			DB_PARAMS(P_TEXT(g->iban)), 0, &n, e))
		return false;
	if (n > 0)
		return err_set(e, ERR_REFUSED, "%s is the bank account itself", g->iban);
	if (!db_get_i64(db, "SELECT COUNT(*) FROM customer WHERE id = $1 AND entity_id = $2",
			DB_PARAMS(P_I64(g->v->customer_id), P_I64(g->v->entity_id)), 0, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no such customer");
	if (g->v->item_id == 0)
		return true;
	if (!db_get_i64(db, "SELECT COUNT(*) FROM item WHERE id = $1 AND customer_id = $2",
			DB_PARAMS(P_I64(g->v->item_id), P_I64(g->v->customer_id)), 0, &n, e))
		return false;
	return n > 0 || err_set(e, ERR_REFUSED, "the document is not this customer's");
}

static bool is_same(const struct virtual_iban_new *v, const struct given *g)
{
	return g->customer_id == v->customer_id && g->item_id == v->item_id &&
	       g->valid_from == v->valid_from && g->valid_to == v->valid_to;
}

/* Whether [from, to] and the other's time, with months of rest after each, have a day in common. */
static bool do_meet(const struct virtual_iban_new *v, const struct given *g, int months)
{
	bool is_after = g->valid_to != DAY_NONE &&
			v->valid_from >= date_add_months(g->valid_to, months) + (months == 0);
	bool is_before = v->valid_to != DAY_NONE &&
			 g->valid_from >= date_add_months(v->valid_to, months) + (months == 0);

	return !is_after && !is_before;
}

static bool check_others(struct db *db, struct arena *a, struct giving *g, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct given, id),       DB_COL(struct given, customer_id),
		DB_COL(struct given, item_id),  DB_DAY(struct given, valid_from),
		DB_DAY(struct given, valid_to),
	};
	struct given *list;
	size_t n;

	if (!db_list(db, a,
		     "SELECT id, customer_id, COALESCE(item_id, 0), valid_from, valid_to"
		     " FROM virtual_iban WHERE iban = $1 ORDER BY id",
		     DB_PARAMS(P_TEXT(g->iban)), columns, ARRAY_LEN(columns), sizeof *list,
		     (void **)&list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool is_his = list[i].customer_id == g->v->customer_id;
		if (is_same(g->v, &list[i])) {
			g->is_new = false;
			return true;
		}
		if (!do_meet(g->v, &list[i], is_his ? 0 : VIRTUAL_IBAN_REST_MONTHS))
			continue;
		if (is_his)
			return err_set(e, ERR_DUPLICATE,
				       "%s is this customer's in that time already", g->iban);
		return err_set(e, ERR_REFUSED,
			       "%s is another customer's, or was within %d months: payers keep old"
			       " accounts",
			       g->iban, VIRTUAL_IBAN_REST_MONTHS);
	}
	return true;
}

static const char *body_of(struct arena *a, const char *iban, day_t from, day_t to)
{
	struct json j;
	struct buf b;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "iban", iban);
	if (from != DAY_NONE)
		json_put_day(&j, "from", from);
	if (to != DAY_NONE)
		json_put_day(&j, "to", to);
	json_end(&j);
	return b.data;
}

static bool say_given(struct db *db, struct arena *a, const struct giving *g, int64_t id,
		      int64_t *ret_event, struct err *e)
{
	const struct virtual_iban_new *v = g->v;

	return event_add(db,
			 &(struct event){ .entity_id = v->entity_id,
					  .kind = "virtual_iban.added",
					  .subject_kind = "virtual_iban",
					  .subject_id = id,
					  .actor = v->actor,
					  .body = body_of(a, g->iban, v->valid_from, v->valid_to),
					  .recorded = v->now },
			 ret_event, e);
}

/* Once for all that come with it. */
static bool say_taken(struct db *db, struct arena *a, const struct virtual_iban_new *v,
		      struct err *e)
{
	struct json j;
	struct buf b;

	if (v->batch->event_id)
		return true;
	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "file", v->batch->file_name);
	json_end(&j);
	return event_add(db,
			 &(struct event){ .entity_id = v->entity_id,
					  .kind = "virtual_iban.imported",
					  .subject_kind = "entity",
					  .subject_id = v->entity_id,
					  .actor = v->actor,
					  .body = b.data,
					  .recorded = v->now },
			 &v->batch->event_id, e);
}

static bool insert(struct db *db, struct arena *a, const struct giving *g, struct err *e)
{
	const struct virtual_iban_new *v = g->v;
	int64_t id, event_id = 0;

	if (!db_new_id(db, &id, e) ||
	    !(v->batch ? say_taken(db, a, v, e) : say_given(db, a, g, id, &event_id, e)))
		return false;
	if (v->batch)
		event_id = v->batch->event_id;
	return db_exec(db,
		       "INSERT INTO virtual_iban (id, entity_id, iban, customer_id, item_id,"
		       " valid_from, valid_to, source, actor, event_id, recorded)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		       DB_PARAMS(P_I64(id), P_I64(v->entity_id), P_TEXT(g->iban),
				 P_I64(v->customer_id), P_ID(v->item_id), P_DAY(v->valid_from),
				 P_DAY(v->valid_to), P_TEXT(v->source), P_TEXT(v->actor),
				 P_I64(event_id), P_I64(v->now)),
		       NULL, e);
}

static bool add_tx(struct db *db, void *arg, struct err *e)
{
	struct arena *a = arena_new(1 << 20);
	struct giving *g = arg;
	bool ok;

	g->is_new = true;
	/* Two at once would not see each other. */
	ok = db_lock(db, "virtual_iban", 0, false, e) && check_owned(db, g, e) &&
	     check_others(db, a, g, e) && (!g->is_new || insert(db, a, g, e));
	arena_free(a);
	return ok;
}

bool virtual_iban_add(struct db *db, const struct virtual_iban_new *v, bool *ret_is_new,
		      struct err *e)
{
	struct giving g = { .v = v };

	if (!check_iban(v->iban, g.iban, e))
		return false;
	if (v->valid_from == DAY_NONE || (v->valid_to != DAY_NONE && v->valid_to < v->valid_from))
		return err_set(e, ERR_INVALID, "the last day is before the first");
	if (!(db_in_tx(db) ? add_tx(db, &g, e) : db_tx(db, add_tx, &g, e)))
		return false;
	*ret_is_new = g.is_new;
	return true;
}

bool virtual_iban_document(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
			   const char *document, int64_t *ret_item, struct err *e)
{
	struct item *list;
	size_t n, n_his = 0;

	if (!item_find_document(db, a, entity_id, document, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (list[i].customer_id != customer_id || list[i].amount_minor <= 0)
			continue;
		*ret_item = list[i].id;
		n_his++;
	}
	if (n_his == 0)
		return err_set(e, ERR_NOT_FOUND, "this customer has no document \"%.60s\"",
			       document);
	return n_his == 1 ||
	       err_set(e, ERR_REFUSED, "this customer has several documents \"%.60s\"", document);
}

/* ---- closing ---- */

struct closing {
	const struct virtual_iban_end *v;
	char iban[IBAN_TEXT];
};

static bool close_it(struct db *db, struct arena *a, const struct closing *c, struct err *e)
{
	const struct virtual_iban_end *v = c->v;
	int64_t id, is_late;

	if (!db_get_i64(db,
			"SELECT id FROM virtual_iban WHERE entity_id = $1 AND iban = $2"
			" AND valid_to IS NULL",
			DB_PARAMS(P_I64(v->entity_id), P_TEXT(c->iban)), 0, &id, e))
		return false;
	if (id == 0)
		return err_set(e, ERR_NOT_FOUND, "%s is no open virtual IBAN", c->iban);
	if (!db_get_i64(db, "SELECT COUNT(*) FROM virtual_iban WHERE id = $1 AND valid_from > $2",
			DB_PARAMS(P_I64(id), P_DAY(v->valid_to)), 0, &is_late, e))
		return false;
	if (is_late)
		return err_set(e, ERR_INVALID, "%s was given later than that day", c->iban);
	return event_add(db,
			 &(struct event){ .entity_id = v->entity_id,
					  .kind = "virtual_iban.closed",
					  .subject_kind = "virtual_iban",
					  .subject_id = id,
					  .actor = v->actor,
					  .body = body_of(a, c->iban, DAY_NONE, v->valid_to),
					  .recorded = v->now },
			 NULL, e) &&
	       db_exec(db, "UPDATE virtual_iban SET valid_to = $2 WHERE id = $1",
		       DB_PARAMS(P_I64(id), P_DAY(v->valid_to)), NULL, e);
}

static bool close_tx(struct db *db, void *arg, struct err *e)
{
	struct arena *a = arena_new(1 << 20);
	bool ok = db_lock(db, "virtual_iban", 0, false, e) && close_it(db, a, arg, e);

	arena_free(a);
	return ok;
}

bool virtual_iban_close(struct db *db, const struct virtual_iban_end *v, struct err *e)
{
	struct closing c = { .v = v };

	return check_iban(v->iban, c.iban, e) && db_tx(db, close_tx, &c, e);
}

/* ---- undoing ---- */

/* How many of those that fit have received money, or were closed by hand since. */
#define IN_USE                                                                   \
	"SELECT COUNT(*) FROM virtual_iban v WHERE v.entity_id = $2 AND (EXISTS" \
	" (SELECT 1 FROM statement_entry x WHERE x.entity_id = v.entity_id"      \
	" AND x.creditor_iban = v.iban AND x.booked_on >= v.valid_from"          \
	" AND (v.valid_to IS NULL OR x.booked_on <= v.valid_to))"                \
	" OR (v.valid_to IS NOT NULL AND EXISTS (SELECT 1 FROM event k"          \
	" WHERE k.subject_kind = 'virtual_iban' AND k.subject_id = v.id"         \
	" AND k.kind = 'virtual_iban.closed')))"

bool virtual_iban_undo_add(struct db *db, int64_t entity_id, int64_t id, struct err *e)
{
	int64_t n;

	if (!db_get_i64(db, IN_USE " AND v.id = $1", DB_PARAMS(P_I64(id), P_I64(entity_id)), 0, &n,
			e))
		return false;
	if (n != 0)
		return err_set(
			e, ERR_CONFLICT,
			"money came to this virtual IBAN, or it was closed: close it instead");
	return db_exec(db, "DELETE FROM virtual_iban WHERE id = $1 AND entity_id = $2",
		       DB_PARAMS(P_I64(id), P_I64(entity_id)), NULL, e);
}

bool virtual_iban_undo_take(struct db *db, int64_t entity_id, int64_t event_id, struct err *e)
{
	int64_t n;

	if (!db_get_i64(db, IN_USE " AND v.event_id = $1",
			DB_PARAMS(P_I64(event_id), P_I64(entity_id)), 0, &n, e))
		return false;
	if (n != 0)
		return err_set(e, ERR_CONFLICT,
			       "money came to virtual IBANs of this table, or one was closed: close"
			       " the others one by one");
	return db_exec(db, "DELETE FROM virtual_iban WHERE event_id = $1 AND entity_id = $2",
		       DB_PARAMS(P_I64(event_id), P_I64(entity_id)), NULL, e);
}

bool virtual_iban_undo_close(struct db *db, int64_t entity_id, int64_t id, struct err *e)
{
	int64_t n;

	if (!db_lock(db, "virtual_iban", 0, false, e) ||
	    !db_get_i64(db,
			"SELECT COUNT(*) FROM virtual_iban v JOIN virtual_iban o"
			" ON o.iban = v.iban AND o.id <> v.id AND o.valid_from > v.valid_to"
			" WHERE v.id = $1",
			DB_PARAMS(P_I64(id)), 0, &n, e))
		return false;
	if (n > 0)
		return err_set(e, ERR_CONFLICT, "this virtual IBAN was given again since");
	return db_exec(db,
		       "UPDATE virtual_iban SET valid_to = NULL WHERE id = $1 AND entity_id = $2",
		       DB_PARAMS(P_I64(id), P_I64(entity_id)), NULL, e);
}
