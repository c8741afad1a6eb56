/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/item_mark.h"

#include "base/json.h"
#include "base/text.h"
#include "db/event.h"

static const char *const kinds[MARK_KIND_COUNT] = {
	[MARK_STATUS] = "status", [MARK_EXCLUDED] = "excluded", [MARK_APPROVED] = "approved"
};

const char *item_mark_name(enum item_mark_kind kind)
{
	ENSURE(kind < MARK_KIND_COUNT);
	return kinds[kind];
}

bool item_mark_kind_of(const char *name, enum item_mark_kind *ret)
{
	for (int i = 0; i < MARK_KIND_COUNT; i++)
		if (str_eq(name, kinds[i])) {
			*ret = (enum item_mark_kind)i;
			return true;
		}
	return false;
}

bool item_mark_stops(const struct item_mark *m, day_t today)
{
	if (!m->is_on || !(str_eq(m->kind, "excluded") || m->stops_reminders))
		return false;
	return m->until_on == DAY_NONE || today <= m->until_on;
}

/* ---- the list of statuses ------------------------------------------------------------------------ */

static const struct db_column status_columns[] = {
	DB_COL(struct item_status, id),
	DB_COL(struct item_status, type),
	DB_COL(struct item_status, name),
	DB_COL(struct item_status, follow_up_days),
	DB_COL(struct item_status, stops_reminders),
	DB_COL(struct item_status, is_hidden),
	DB_COL(struct item_status, version),
};

bool item_status_list(struct db *db, struct arena *a, int64_t entity_id, bool with_hidden,
		      struct item_status **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       "SELECT id, type, name, follow_up_days, stops_reminders, is_hidden, version"
		       " FROM item_status WHERE entity_id = $1 AND ($2 = 1 OR is_hidden = 0)"
		       " ORDER BY type, name",
		       DB_PARAMS(P_I64(entity_id), P_BOOL(with_hidden)), status_columns,
		       ARRAY_LEN(status_columns), sizeof **ret, (void **)ret, ret_n, e);
}

struct saving {
	int64_t entity_id;
	const struct item_status *s;
	const char *actor;
	int64_t now;
	int64_t id;
};

static bool save_event(struct db *db, const struct saving *sv, int64_t *ret, struct err *e)
{
	struct arena *a = arena_new(1 << 16);
	struct json j;
	struct buf b;
	bool ok;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "type", sv->s->type);
	json_put_text(&j, "name", sv->s->name);
	json_put_int(&j, "follow_up_days", sv->s->follow_up_days);
	json_put_bool(&j, "stops_reminders", sv->s->stops_reminders);
	json_put_bool(&j, "is_hidden", sv->s->is_hidden);
	json_end(&j);
	ok = event_add(
		db,
		&(struct event){ .entity_id = sv->entity_id,
				 .kind = sv->s->id ? "item_status.updated" : "item_status.added",
				 .subject_kind = "item_status",
				 .subject_id = sv->id,
				 .actor = sv->actor,
				 .body = buf_str(&b),
				 .recorded = sv->now },
		ret, e);
	arena_free(a);
	return ok;
}

static bool check_status(struct db *db, const struct saving *sv, struct err *e)
{
	const struct item_status *s = sv->s;
	int64_t n;

	if (str_empty(s->type))
		return err_field(e, ERR_INVALID, "type", "name the type of status");
	if (str_empty(s->name))
		return err_field(e, ERR_INVALID, "name", "name the status");
	if (s->follow_up_days < 0 || s->follow_up_days > 3650)
		return err_field(e, ERR_INVALID, "follow_up_days",
				 "the follow-up delay is from 0 to 3650 days");
	if (!db_get_i64(
		    db,
		    "SELECT count(*) FROM item_status WHERE entity_id = $1 AND type = $2"
		    " AND name = $3 AND id <> $4",
		    DB_PARAMS(P_I64(sv->entity_id), P_TEXT(s->type), P_TEXT(s->name), P_I64(s->id)),
		    0, &n, e))
		return false;
	return n == 0 ||
	       err_field(e, ERR_DUPLICATE, "name", "the list has \"%.60s\" already", s->name);
}

static bool save_tx(struct db *db, void *arg, struct err *e)
{
	struct saving *sv = arg;
	const struct item_status *s = sv->s;
	int64_t event_id, changed;

	sv->id = s->id;
	if (!check_status(db, sv, e) || (s->id == 0 && !db_new_id(db, &sv->id, e)) ||
	    !save_event(db, sv, &event_id, e))
		return false;
	if (s->id == 0)
		return db_exec(db,
			       "INSERT INTO item_status (id, entity_id, type, name, follow_up_days,"
			       " stops_reminders, is_hidden, event_id, recorded)"
			       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			       DB_PARAMS(P_I64(sv->id), P_I64(sv->entity_id), P_TEXT(s->type),
					 P_TEXT(s->name), P_I64(s->follow_up_days),
					 P_BOOL(s->stops_reminders), P_BOOL(s->is_hidden),
					 P_I64(event_id), P_I64(sv->now)),
			       NULL, e);
	if (!db_exec(db,
		     "UPDATE item_status SET type = $3, name = $4, follow_up_days = $5,"
		     " stops_reminders = $6, is_hidden = $7, event_id = $8, version = version + 1"
		     " WHERE id = $1 AND entity_id = $2 AND version = $9",
		     DB_PARAMS(P_I64(s->id), P_I64(sv->entity_id), P_TEXT(s->type), P_TEXT(s->name),
			       P_I64(s->follow_up_days), P_BOOL(s->stops_reminders),
			       P_BOOL(s->is_hidden), P_I64(event_id), P_I64(s->version)),
		     &changed, e))
		return false;
	return changed == 1 ||
	       err_set(e, ERR_STALE, "the status \"%.60s\" was changed by somebody else meanwhile",
		       s->name);
}

bool item_status_save(struct db *db, int64_t entity_id, const struct item_status *s,
		      const char *actor, int64_t now, int64_t *ret_id, struct err *e)
{
	struct saving sv = { entity_id, s, actor, now, 0 };

	if (!db_tx(db, save_tx, &sv, e))
		return false;
	if (ret_id)
		*ret_id = sv.id;
	return true;
}

/* ---- marking ------------------------------------------------------------------------------------- */

struct marking {
	const struct item_marking *m;
	day_t until_on;
	int64_t event_id;
};

static bool check_marking(struct db *db, struct marking *mk, struct err *e)
{
	const struct item_marking *m = mk->m;
	int64_t n, days;

	mk->until_on = m->until_on;
	if (m->n_items == 0)
		return err_set(e, ERR_INVALID, "say which documents");
	if (m->n_items > ITEM_MARK_MAX)
		return err_set(e, ERR_LIMIT, "at most %d documents at once", ITEM_MARK_MAX);
	if (!m->is_on)
		return true;
	if (m->until_on != DAY_NONE && m->until_on < m->today)
		return err_field(e, ERR_INVALID, "until_on", "the day has passed already");
	if (m->kind == MARK_EXCLUDED && m->until_on == DAY_NONE)
		return err_field(e, ERR_INVALID, "until_on", "say until which day");
	if (m->kind == MARK_EXCLUDED && str_empty(m->reason))
		return err_field(e, ERR_INVALID, "reason", "say why it is not chased");
	if (m->kind != MARK_STATUS)
		return true;
	if (!db_get_i64(db, "SELECT count(*) FROM item_status WHERE id = $1 AND entity_id = $2",
			DB_PARAMS(P_I64(m->status_id), P_I64(m->entity_id)), 0, &n, e) ||
	    !db_get_i64(db, "SELECT follow_up_days FROM item_status WHERE id = $1",
			DB_PARAMS(P_I64(m->status_id)), 0, &days, e))
		return false;
	if (n == 0)
		return err_field(e, ERR_NOT_FOUND, "status", "there is no such status");
	if (mk->until_on == DAY_NONE && days > 0)
		mk->until_on = m->today + (day_t)days;
	return true;
}

static bool insert_mark(struct db *db, int64_t entity_id, int64_t item_id, const char *kind,
			bool is_on, int64_t status_id, day_t until_on, const char *reason,
			const char *actor, int64_t event_id, int64_t now, struct err *e)
{
	int64_t id, ordinal;

	if (!db_get_i64(db, "SELECT max(ordinal) FROM item_mark WHERE item_id = $1 AND kind = $2",
			DB_PARAMS(P_I64(item_id), P_TEXT(kind)), 0, &ordinal, e) ||
	    !db_new_id(db, &id, e))
		return false;
	if (db_exec(db,
		    "INSERT INTO item_mark (id, entity_id, item_id, kind, ordinal, is_on, "
		    "status_id,"
		    " until_on, reason, actor, event_id, recorded)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		    DB_PARAMS(P_I64(id), P_I64(entity_id), P_I64(item_id), P_TEXT(kind),
			      P_I64(ordinal + 1), P_BOOL(is_on), P_ID(is_on ? status_id : 0),
			      is_on ? P_DAY(until_on) : P_TEXT(NULL), P_TEXT(reason), P_TEXT(actor),
			      P_I64(event_id), P_I64(now)),
		    NULL, e))
		return true;
	/* Somebody said something of it in the same moment: after him, then. */
	if (e && e->code == ERR_CONFLICT)
		err_set(e, ERR_RETRY, "the item was marked by somebody else meanwhile");
	return false;
}

static const char *marking_body(struct arena *a, const struct marking *mk)
{
	const struct item_marking *m = mk->m;
	char day[DATE_TEXT];
	struct json j;
	struct buf b;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_bool(&j, "is_on", m->is_on);
	if (m->status_id)
		json_put_int(&j, "status_id", m->status_id);
	if (mk->until_on != DAY_NONE)
		json_put_text(&j, "until_on", date_format(mk->until_on, day));
	json_put_text(&j, "reason", m->reason);
	json_key(&j, "items"), json_open_array(&j);
	for (size_t i = 0; i < m->n_items; i++)
		json_int(&j, m->items[i]);
	json_end(&j);
	json_end(&j);
	return buf_str(&b);
}

static bool mark_event(struct db *db, struct marking *mk, struct err *e)
{
	static const char *const events[MARK_KIND_COUNT] = {
		[MARK_STATUS] = "item.status",
		[MARK_EXCLUDED] = "item.excluded",
		[MARK_APPROVED] = "item.approved",
	};
	const struct item_marking *m = mk->m;
	struct arena *a = arena_new(1 << 20);
	bool ok = event_add(db,
			    &(struct event){ .entity_id = m->entity_id,
					     .kind = events[m->kind],
					     .subject_kind = "item",
					     .subject_id = m->items[0],
					     .actor = m->actor,
					     .body = marking_body(a, mk),
					     .recorded = m->now },
			    &mk->event_id, e);

	arena_free(a);
	return ok;
}

static bool mark_tx(struct db *db, void *arg, struct err *e)
{
	struct marking *mk = arg;
	const struct item_marking *m = mk->m;
	int64_t n;

	if (!check_marking(db, mk, e) || !mark_event(db, mk, e))
		return false;
	for (size_t i = 0; i < m->n_items; i++) {
		if (!db_get_i64(db, "SELECT count(*) FROM item WHERE id = $1 AND entity_id = $2",
				DB_PARAMS(P_I64(m->items[i]), P_I64(m->entity_id)), 0, &n, e))
			return false;
		if (n == 0)
			return err_set(e, ERR_NOT_FOUND, "there is no item %" PRId64, m->items[i]);
		if (!insert_mark(db, m->entity_id, m->items[i], kinds[m->kind], m->is_on,
				 m->status_id, mk->until_on, m->reason, m->actor, mk->event_id,
				 m->now, e))
			return false;
	}
	return true;
}

bool item_mark_set(struct db *db, const struct item_marking *m, int64_t *ret_event, struct err *e)
{
	struct marking mk = { .m = m };

	if (!db_tx(db, mark_tx, &mk, e))
		return false;
	if (ret_event)
		*ret_event = mk.event_id;
	return true;
}

/* ---- undoing ------------------------------------------------------------------------------------- */

struct undoing {
	int64_t entity_id, event_id, now;
	const char *actor;
	struct arena *arena;
};

/* What the act said of one item, what stood there before it, and what stands there now. */
struct said {
	int64_t item_id;
	const char *kind;
	int64_t ordinal, newest;
	bool was_on;
	int64_t status_id;
	day_t until_on;
	const char *reason;
};

static bool load_said(struct db *db, const struct undoing *u, struct said **ret, size_t *ret_n,
		      struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct said, item_id),  DB_COL(struct said, kind),
		DB_COL(struct said, ordinal),  DB_COL(struct said, newest),
		DB_COL(struct said, was_on),   DB_COL(struct said, status_id),
		DB_DAY(struct said, until_on), DB_COL(struct said, reason),
	};

	return db_list(
		db, u->arena,
		"SELECT m.item_id, m.kind, m.ordinal, (SELECT max(n.ordinal) FROM item_mark n"
		" WHERE n.item_id = m.item_id AND n.kind = m.kind), COALESCE(b.is_on, 0),"
		" b.status_id, b.until_on, b.reason FROM item_mark m LEFT JOIN item_mark b"
		" ON b.item_id = m.item_id AND b.kind = m.kind AND b.ordinal = m.ordinal - 1"
		" WHERE m.event_id = $1 AND m.entity_id = $2 ORDER BY m.item_id",
		DB_PARAMS(P_I64(u->event_id), P_I64(u->entity_id)), columns, ARRAY_LEN(columns),
		sizeof **ret, (void **)ret, ret_n, e);
}

static bool undo_tx(struct db *db, void *arg, struct err *e)
{
	const struct undoing *u = arg;
	int64_t event_id;
	struct said *list;
	size_t n;

	if (!load_said(db, u, &list, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "nothing was said of an item there");
	if (!event_add(db,
		       &(struct event){ .entity_id = u->entity_id,
					.kind = "item.unmarked",
					.subject_kind = "event",
					.subject_id = u->event_id,
					.actor = u->actor,
					.body = "{}",
					.recorded = u->now },
		       &event_id, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (list[i].newest != list[i].ordinal)
			return err_set(e, ERR_CONFLICT, "an item was marked again meanwhile");
		if (!insert_mark(db, u->entity_id, list[i].item_id, list[i].kind, list[i].was_on,
				 list[i].status_id, list[i].until_on, list[i].reason, u->actor,
				 event_id, u->now, e))
			return false;
	}
	return true;
}

bool item_mark_undo(struct db *db, int64_t entity_id, int64_t event_id, const char *actor,
		    int64_t now, struct err *e)
{
	struct undoing u = { entity_id, event_id, now, actor, arena_new(16 << 20) };
	bool ok = db_tx(db, undo_tx, &u, e);

	arena_free(u.arena);
	return ok;
}

/* ---- reading ------------------------------------------------------------------------------------- */

static const struct db_column mark_columns[] = {
	DB_COL(struct item_mark, item_id),
	DB_COL(struct item_mark, kind),
	DB_COL(struct item_mark, is_on),
	DB_COL(struct item_mark, status_id),
	DB_COL(struct item_mark, type),
	DB_COL(struct item_mark, name),
	DB_COL(struct item_mark, stops_reminders),
	DB_DAY(struct item_mark, until_on),
	DB_COL(struct item_mark, reason),
	DB_COL(struct item_mark, actor),
	DB_COL(struct item_mark, recorded),
};

#define MARK_SELECT                                                                  \
	"SELECT m.item_id, m.kind, m.is_on, m.status_id, s.type, s.name,"            \
	" COALESCE(s.stops_reminders, 0), m.until_on, m.reason, m.actor, m.recorded" \
	" FROM item_mark m LEFT JOIN item_status s ON s.id = m.status_id"

bool item_mark_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		    int64_t known_at, struct item_mark **ret, size_t *ret_n, struct err *e)
{
	int64_t known = known_at ? known_at : INT64_MAX;
	const char *of_all = MARK_SELECT
		" WHERE m.entity_id = $1 AND m.is_on = 1 AND m.recorded <= $2 AND NOT EXISTS"
		" (SELECT 1 FROM item_mark n WHERE n.item_id = m.item_id AND n.kind = m.kind"
		" AND n.ordinal > m.ordinal AND n.recorded <= $2) ORDER BY m.item_id, m.kind";
	const char *of_customer =
		MARK_SELECT " JOIN item i ON i.id = m.item_id"
			    " WHERE m.entity_id = $1 AND i.customer_id = $3 AND m.is_on = 1 AND "
			    "m.recorded <= $2"
			    " AND NOT EXISTS (SELECT 1 FROM item_mark n WHERE n.item_id = m.item_id"
			    " AND n.kind = m.kind AND n.ordinal > m.ordinal AND n.recorded <= $2)"
			    " ORDER BY m.item_id, m.kind";

	return db_list(db, a, customer_id ? of_customer : of_all,
		       customer_id ? DB_PARAMS(P_I64(entity_id), P_I64(known), P_I64(customer_id))
				   : DB_PARAMS(P_I64(entity_id), P_I64(known)),
		       mark_columns, ARRAY_LEN(mark_columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool item_mark_history(struct db *db, struct arena *a, int64_t entity_id, int64_t item_id,
		       int64_t known_at, struct item_mark **ret, size_t *ret_n, struct err *e)
{
	return db_list(
		db, a,
		MARK_SELECT " WHERE m.entity_id = $1 AND m.item_id = $2 AND m.recorded <= $3"
			    " ORDER BY m.recorded DESC, m.ordinal DESC LIMIT 500",
		DB_PARAMS(P_I64(entity_id), P_I64(item_id), P_I64(known_at ? known_at : INT64_MAX)),
		mark_columns, ARRAY_LEN(mark_columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool item_mark_of_customer(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
			   int64_t known_at, int limit, struct item_mark **ret, size_t *ret_n,
			   struct err *e)
{
	return db_list(
		db, a,
		MARK_SELECT " JOIN item i ON i.id = m.item_id WHERE m.entity_id = $1"
			    " AND i.customer_id = $2 AND m.recorded <= $3"
			    " ORDER BY m.recorded DESC, m.item_id, m.ordinal DESC LIMIT $4",
		DB_PARAMS(P_I64(entity_id), P_I64(customer_id), P_I64(known_at), P_I64(limit)),
		mark_columns, ARRAY_LEN(mark_columns), sizeof **ret, (void **)ret, ret_n, e);
}
