/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/write_off.h"

#include "base/json.h"
#include "base/money.h"
#include "ledger/entity.h"
#include "ledger/lettering_store.h"

/* ---- limits -------------------------------------------------------------------------------------- */

bool write_off_limit(struct db *db, struct arena *a, int64_t entity_id, const char *role,
		     const char *currency, int64_t *ret_minor, struct err *e)
{
	const char *absent = str_eq(role, "administrator")    ? "none"
			     : str_eq(role, "credit_manager") ? "5000.00"
			     : str_eq(role, "accountant")     ? "500.00"
							      : "0";
	const char *value;
	struct money m;

	if (!setting_get(db, a, entity_id, arena_printf(a, "write_off_limit_%s", role), absent,
			 &value, e))
		return false;
	if (str_eq(value, "none")) {
		*ret_minor = INT64_MAX;
		return true;
	}
	if (!money_parse(value, currency, &m, NULL) && !money_parse("0", currency, &m, e))
		return false;
	*ret_minor = m.minor;
	return true;
}

static bool is_within(int64_t minor, const char *currency, int64_t limit_minor,
		      const char *entity_currency)
{
	return limit_minor == INT64_MAX ||
	       (str_eq(currency, entity_currency) && minor <= limit_minor);
}

/* ---- what is written off ------------------------------------------------------------------------- */

struct loss {
	struct db *db;
	struct arena *arena;
	int64_t entity_id, customer_id;
	struct item *items;
	size_t n;
	int64_t amount_minor, vat_minor;
	const char *currency;
};

/* The VAT in a part of an item, where its document tells it. */
static bool add_vat(struct loss *l, const struct item *it, struct err *e)
{
	int64_t net, vat, part;

	if (!db_get_i64(l->db, "SELECT net_minor FROM item WHERE id = $1", DB_PARAMS(P_I64(it->id)),
			0, &net, e) ||
	    !db_get_i64(l->db, "SELECT vat_minor FROM item WHERE id = $1", DB_PARAMS(P_I64(it->id)),
			0, &vat, e))
		return false;
	if (vat <= 0 || net <= 0)
		return true;
	return minor_scale_round(it->open_minor, vat, net + vat, &part, e) &&
	       minor_add(&l->vat_minor, part, e);
}

static bool load_item(struct loss *l, int64_t id, struct err *e)
{
	struct item *it = &l->items[l->n];
	int64_t n_waiting;

	if (!item_get(l->db, l->arena, l->entity_id, id, it, e))
		return false;
	if (it->customer_id != l->customer_id)
		return err_set(e, ERR_INVALID, "%.60s is of another customer", it->document);
	if (it->amount_minor < 0)
		return err_set(e, ERR_INVALID,
			       "%.60s is a credit: only what is owed is written off", it->document);
	if (it->open_minor == 0)
		return err_set(e, ERR_CONFLICT, "nothing is open on %.60s any more", it->document);
	if (l->n > 0 && !str_eq(it->currency, l->currency))
		return err_set(e, ERR_INVALID, "%.60s is in %s, the others in %s", it->document,
			       it->currency, l->currency);
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].id == id)
			return err_set(e, ERR_INVALID, "the same document is named twice");
	if (!db_get_i64(l->db,
			"SELECT count(*) FROM write_off_line w JOIN write_off o ON o.id = "
			"w.write_off_id"
			" WHERE w.item_id = $1 AND o.state = 'requested'",
			DB_PARAMS(P_I64(id)), 0, &n_waiting, e))
		return false;
	if (n_waiting > 0)
		return err_set(e, ERR_CONFLICT, "%.60s waits for a decision already", it->document);
	l->currency = it->currency;
	l->n++;
	return minor_add(&l->amount_minor, it->open_minor, e) && add_vat(l, it, e);
}

static bool load_loss(struct loss *l, const struct write_off_order *o, struct err *e)
{
	if (o->n_items == 0)
		return err_set(e, ERR_INVALID, "say which documents");
	if (o->n_items > WRITE_OFF_ITEMS_MAX)
		return err_set(e, ERR_LIMIT, "at most %d documents at once", WRITE_OFF_ITEMS_MAX);
	if (str_empty(o->reason))
		return err_field(e, ERR_INVALID, "reason", "say why the debt is lost");
	l->items = ARENA_ARRAY(l->arena, o->n_items, struct item);
	for (size_t i = 0; i < o->n_items; i++)
		if (!load_item(l, o->items[i], e))
			return false;
	return true;
}

static const char *loss_body(const struct loss *l, int64_t id, const char *reason)
{
	struct json j;
	struct buf b;

	buf_init(&b, l->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_int(&j, "write_off_id", id);
	json_put_minor(&j, "amount", l->amount_minor, l->currency);
	json_put_text(&j, "currency", l->currency);
	json_put_text(&j, "reason", reason);
	json_key(&j, "items"), json_open_array(&j);
	for (size_t i = 0; i < l->n; i++)
		json_int(&j, l->items[i].id);
	json_end(&j);
	json_end(&j);
	return buf_str(&b);
}

/* The adjustment of its account, lettered with what it ends. */
static bool post_loss(const struct posting *p, struct loss *l, int64_t id, const char *account,
		      const char *reason, day_t today, int64_t *ret_item, struct err *e)
{
	struct lettering_line *lines = ARENA_ARRAY(l->arena, l->n + 1, struct lettering_line);
	struct new_item it = {
		.customer_id = l->customer_id,
		.kind = ITEM_ADJUSTMENT,
		.document = arena_printf(l->arena, "%s-%" PRId64, account, id),
		.issued_on = today,
		.due_on = DAY_NONE,
		.due_source = DUE_FROM_ITEM_FILE,
		.amount_minor = -l->amount_minor,
		.account = account,
		.label = reason,
		.effective = today,
	};
	struct lettering_done done;

	memcpy(it.currency, l->currency, sizeof it.currency);
	if (!post_item(p, &it, ret_item, e))
		return false;
	for (size_t i = 0; i < l->n; i++)
		lines[i] = (struct lettering_line){ l->items[i].id, l->items[i].open_minor };
	lines[l->n] = (struct lettering_line){ *ret_item, -l->amount_minor };
	return lettering_post(p,
			      &(struct lettering_order){ .entity_id = l->entity_id,
							 .customer_id = l->customer_id,
							 .lines = lines,
							 .n_lines = l->n + 1,
							 .lettered_on = today,
							 .today = today,
							 .reason = reason,
							 .actor = p->actor,
							 .now = p->recorded },
			      &done, e);
}

/* ---- asking -------------------------------------------------------------------------------------- */

struct request_call {
	const struct write_off_order *o;
	struct arena *arena;
	struct write_off_done done;
};

static bool insert_request(const struct posting *p, const struct loss *l,
			   const struct write_off_order *o, const struct write_off_done *done,
			   int64_t item_id, struct err *e)
{
	bool is_done = !done->is_waiting;

	if (!db_exec(p->db,
		     "INSERT INTO write_off (id, entity_id, customer_id, state, amount_minor,"
		     " vat_minor, currency, reason, requested_by, requested_on, decided_by,"
		     " decided_on, item_id, event_id, recorded)"
		     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
		     DB_PARAMS(P_I64(done->id), P_I64(o->entity_id), P_I64(o->customer_id),
			       P_TEXT(is_done ? "done" : "requested"), P_I64(l->amount_minor),
			       P_I64(l->vat_minor), P_TEXT(l->currency), P_TEXT(o->reason),
			       P_TEXT(o->actor), P_DAY(o->today), P_TEXT(is_done ? o->actor : NULL),
			       is_done ? P_DAY(o->today) : P_TEXT(NULL), P_ID(item_id),
			       P_I64(p->event_id), P_I64(p->recorded)),
		     NULL, e))
		return false;
	for (size_t i = 0; i < l->n; i++)
		if (!db_exec(p->db,
			     "INSERT INTO write_off_line (write_off_id, item_id, amount_minor)"
			     " VALUES ($1, $2, $3)",
			     DB_PARAMS(P_I64(done->id), P_I64(l->items[i].id),
				       P_I64(l->items[i].open_minor)),
			     NULL, e))
			return false;
	return true;
}

static bool request_tx(struct db *db, void *arg, struct err *e)
{
	struct request_call *c = arg;
	const struct write_off_order *o = c->o;
	struct loss l = { .db = db,
			  .arena = c->arena,
			  .entity_id = o->entity_id,
			  .customer_id = o->customer_id };
	const char *account = "654";
	struct posting p;
	int64_t item_id = 0;

	c->done = (struct write_off_done){ 0 };
	if (!load_loss(&l, o, e) || !db_new_id(db, &c->done.id, e))
		return false;
	c->done.amount_minor = l.amount_minor;
	memcpy(c->done.currency, l.currency, sizeof c->done.currency);
	if (o->difference_account &&
	    is_within(l.amount_minor, l.currency, o->difference_limit_minor, o->entity_currency)) {
		account = o->difference_account;
		l.vat_minor = 0;
	} else {
		c->done.is_waiting =
			!is_within(l.amount_minor, l.currency, o->limit_minor, o->entity_currency);
	}
	if (!posting_begin(&p, db, o->entity_id,
			   c->done.is_waiting ? "write_off.requested" : "write_off.done",
			   "customer", o->customer_id, o->actor, "user", o->now,
			   loss_body(&l, c->done.id, o->reason), e))
		return false;
	if (!c->done.is_waiting &&
	    !post_loss(&p, &l, c->done.id, account, o->reason, o->today, &item_id, e))
		return false;
	return insert_request(&p, &l, o, &c->done, item_id, e);
}

bool write_off_request(struct db *db, const struct write_off_order *o, struct write_off_done *ret,
		       struct err *e)
{
	struct request_call c = { .o = o, .arena = arena_new(64 << 20) };
	bool ok = db_tx(db, request_tx, &c, e);

	arena_free(c.arena);
	if (ok)
		*ret = c.done;
	return ok;
}

/* ---- deciding ------------------------------------------------------------------------------------ */

struct id_row {
	int64_t id;
};

struct decide_call {
	const struct write_off_decision *d;
	struct arena *arena;
	bool is_undo;
};

static bool load_lines(const struct decide_call *c, struct loss *l, struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct id_row, id) };
	struct id_row *list;
	int64_t before = 0;
	size_t n;

	if (!db_list(l->db, c->arena,
		     "SELECT item_id FROM write_off_line WHERE write_off_id = $1 ORDER BY item_id",
		     DB_PARAMS(P_I64(c->d->id)), columns, ARRAY_LEN(columns), sizeof *list,
		     (void **)&list, &n, e) ||
	    !db_get_i64(l->db, "SELECT amount_minor FROM write_off WHERE id = $1",
			DB_PARAMS(P_I64(c->d->id)), 0, &before, e))
		return false;
	l->items = ARENA_ARRAY(c->arena, n + 1, struct item);
	for (size_t i = 0; i < n; i++)
		if (!load_item(l, list[i].id, e))
			return false;
	return l->amount_minor == before ||
	       err_set(e, ERR_CONFLICT, "what is left of the documents changed meanwhile");
}

/* The state is the guard: two people cannot both decide. */
static bool set_state(struct db *db, const struct write_off_decision *d, const char *from,
		      const char *to, int64_t item_id, struct err *e)
{
	int64_t changed;

	if (!db_exec(db,
		     "UPDATE write_off SET state = $3, decided_by = $4, decided_on = $5, remark = "
		     "$6,"
		     " item_id = $7, version = version + 1"
		     " WHERE id = $1 AND entity_id = $8 AND state = $2",
		     DB_PARAMS(P_I64(d->id), P_TEXT(from), P_TEXT(to), P_TEXT(d->actor),
			       P_DAY(d->today), P_TEXT(d->remark), P_ID(item_id),
			       P_I64(d->entity_id)),
		     &changed, e))
		return false;
	return changed == 1 || err_set(e, ERR_CONFLICT, "the write-off was decided meanwhile");
}

static bool check_decision(const struct write_off_decision *d, const struct write_off *w,
			   struct err *e)
{
	if (!str_eq(w->state, "requested"))
		return err_set(e, ERR_CONFLICT, "the write-off was decided meanwhile");
	if (!d->accepts)
		return !str_empty(d->remark) ||
		       err_field(e, ERR_INVALID, "remark", "say why it is refused");
	if (str_eq(d->actor, w->requested_by))
		return err_set(e, ERR_REFUSED,
			       "a write-off is decided by another person than who asked for it");
	if (!is_within(w->amount_minor, w->currency, d->limit_minor, d->entity_currency))
		return err_set(e, ERR_FORBIDDEN, "the amount passes the limit of who decides");
	return true;
}

static bool accept(struct db *db, const struct decide_call *c, const struct write_off *w,
		   const struct posting *p, struct err *e)
{
	struct loss l = { .db = db,
			  .arena = c->arena,
			  .entity_id = c->d->entity_id,
			  .customer_id = w->customer_id };
	int64_t item_id;

	/* First the state, so that its own request does not stand against it. */
	return set_state(db, c->d, "requested", "done", 0, e) && load_lines(c, &l, e) &&
	       post_loss(p, &l, w->id, "654", w->reason, c->d->today, &item_id, e) &&
	       set_state(db, c->d, "done", "done", item_id, e);
}

static bool decide_tx(struct db *db, void *arg, struct err *e)
{
	const struct decide_call *c = arg;
	const struct write_off_decision *d = c->d;
	const char *kind = c->is_undo   ? "write_off.undone"
			   : d->accepts ? "write_off.done"
					: "write_off.refused";
	struct write_off w;
	struct posting p;

	if (!write_off_get(db, c->arena, d->entity_id, d->id, &w, e))
		return false;
	if (c->is_undo && !str_eq(w.state, "done"))
		return err_set(e, ERR_CONFLICT, "that write-off is not in force");
	if (c->is_undo && str_empty(d->remark))
		return err_field(e, ERR_INVALID, "remark", "say why it is undone");
	if (!c->is_undo && !check_decision(d, &w, e))
		return false;
	if (!posting_begin(&p, db, d->entity_id, kind, "customer", w.customer_id, d->actor, "user",
			   d->now, arena_printf(c->arena, "{\"write_off_id\":%" PRId64 "}", w.id),
			   e))
		return false;
	if (c->is_undo)
		return post_item_reversal(&p, w.item_id, d->remark, e) &&
		       set_state(db, d, "done", "undone", w.item_id, e);
	return d->accepts ? accept(db, c, &w, &p, e)
			  : set_state(db, d, "requested", "refused", 0, e);
}

static bool decide(struct db *db, const struct write_off_decision *d, bool is_undo, struct err *e)
{
	struct decide_call c = { d, arena_new(64 << 20), is_undo };
	bool ok = db_tx(db, decide_tx, &c, e);

	arena_free(c.arena);
	return ok;
}

bool write_off_decide(struct db *db, const struct write_off_decision *d, struct err *e)
{
	return decide(db, d, false, e);
}

bool write_off_undo(struct db *db, const struct write_off_decision *d, struct err *e)
{
	return decide(db, d, true, e);
}

/* ---- reading ------------------------------------------------------------------------------------- */

static const struct db_column columns[] = {
	DB_COL(struct write_off, id),
	DB_COL(struct write_off, customer_id),
	DB_COL(struct write_off, customer_code),
	DB_COL(struct write_off, customer_name),
	DB_COL(struct write_off, state),
	DB_COL(struct write_off, amount_minor),
	DB_COL(struct write_off, vat_minor),
	DB_COL(struct write_off, currency),
	DB_COL(struct write_off, reason),
	DB_COL(struct write_off, requested_by),
	DB_DAY(struct write_off, requested_on),
	DB_COL(struct write_off, decided_by),
	DB_DAY(struct write_off, decided_on),
	DB_COL(struct write_off, remark),
	DB_COL(struct write_off, item_id),
	DB_COL(struct write_off, n_items),
};

#define WRITE_OFF_SELECT                                                                       \
	"SELECT w.id, w.customer_id, c.code, c.name, w.state, w.amount_minor, w.vat_minor,"    \
	" w.currency, w.reason, w.requested_by, w.requested_on, w.decided_by, w.decided_on,"   \
	" w.remark, w.item_id, (SELECT count(*) FROM write_off_line l WHERE l.write_off_id = " \
	"w.id)"                                                                                \
	" FROM write_off w JOIN customer c ON c.id = w.customer_id WHERE w.entity_id = $1"

bool write_off_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		    const char *state, int limit, struct write_off **ret, size_t *ret_n,
		    struct err *e)
{
	return db_list(db, a,
		       WRITE_OFF_SELECT " AND ($2 = 0 OR w.customer_id = $2)"
					" AND ($3 = '' OR w.state = $3)"
					" ORDER BY w.recorded DESC, w.id DESC LIMIT $4",
		       DB_PARAMS(P_I64(entity_id), P_I64(customer_id), P_TEXT(state ? state : ""),
				 P_I64(limit)),
		       columns, ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool write_off_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
		   struct write_off *ret, struct err *e)
{
	if (db_one(db, a, WRITE_OFF_SELECT " AND w.id = $2", DB_PARAMS(P_I64(entity_id), P_I64(id)),
		   columns, ARRAY_LEN(columns), ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no write-off %" PRId64, id);
	return false;
}
