/* SPDX-License-Identifier: Apache-2.0 */
/* lettering_undo.c - letterings taken back, whole or in part, and made again. */
#include "ledger/lettering_store.h"

#include "base/json.h"

/* ---- undoing ------------------------------------------------------------------------------------- */

struct undo_call {
	const struct lettering_undo *u;
	struct arena *arena;
	const char *code;
	int64_t allocation_id; /* one alone, when code is NULL */
	int64_t of_event;      /* what that act made, when both are absent */
	int64_t event_id;      /* of the undoing */
};

static const char *undo_body(const struct undo_call *c)
{
	struct json j;
	struct buf b;

	buf_init(&b, c->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "code", c->code);
	if (c->allocation_id)
		json_put_int(&j, "allocation_id", c->allocation_id);
	json_put_text(&j, "reason", c->u->reason);
	json_end(&j);
	return buf_str(&b);
}

static bool undo_begin(struct undo_call *c, struct db *db, const char *kind, struct posting *p,
		       struct err *e)
{
	if (!posting_begin(p, db, c->u->entity_id, kind, "customer", c->u->customer_id, c->u->actor,
			   "user", c->u->now, undo_body(c), e))
		return false;
	p->dates_forward = true; /* what was lettered in a closed period stays so on its days */
	c->event_id = p->event_id;
	return true;
}

static bool undo_code(const struct undo_call *c, const struct posting *p, struct err *e)
{
	struct lettering *list;
	int64_t sequence;
	size_t n;

	if (!lettering_code_parse(c->code, &sequence, e) ||
	    !lettering_list(p->db, c->arena, c->u->entity_id, c->u->customer_id, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (list[i].sequence != sequence)
			continue;
		for (size_t k = 0; k < list[i].n_allocations; k++)
			if (!post_unallocation(p, list[i].allocations[k].id, c->u->reason, e))
				return false;
		return true;
	}
	return err_set(e, ERR_NOT_FOUND, "no lettering %.16s is in force on this account", c->code);
}

static bool undo_one(const struct undo_call *c, const struct posting *p, struct err *e)
{
	int64_t n;

	if (!db_get_i64(
		    p->db,
		    "SELECT count(*) FROM allocation l JOIN lettering g ON g.id = l.lettering_id"
		    " WHERE l.id = $1 AND g.customer_id = $2 AND g.entity_id = $3",
		    DB_PARAMS(P_I64(c->allocation_id), P_I64(c->u->customer_id),
			      P_I64(c->u->entity_id)),
		    0, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND,
			       "there is no lettered amount %" PRId64 " on this account",
			       c->allocation_id);
	return post_unallocation(p, c->allocation_id, c->u->reason, e);
}

struct id_row {
	int64_t id;
};

static bool undo_act(const struct undo_call *c, const struct posting *p, struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct id_row, id) };
	struct id_row *list;
	size_t n;

	if (!db_list(
		    p->db, c->arena,
		    "SELECT l.id FROM lettering g JOIN allocation l ON l.lettering_id = g.id"
		    " WHERE g.customer_id = $1 AND g.entity_id = $2 AND g.event_id = $3"
		    " AND COALESCE(l.reverses_id, 0) = 0 AND NOT EXISTS"
		    " (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id) ORDER BY l.id",
		    DB_PARAMS(P_I64(c->u->customer_id), P_I64(c->u->entity_id), P_I64(c->of_event)),
		    columns, ARRAY_LEN(columns), sizeof *list, (void **)&list, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "that lettering is not in force any more");
	for (size_t i = 0; i < n; i++)
		if (!post_unallocation(p, list[i].id, c->u->reason, e))
			return false;
	return true;
}

static bool undo_tx(struct db *db, void *arg, struct err *e)
{
	struct undo_call *c = arg;
	struct posting p;

	return undo_begin(c, db, "lettering.undone", &p, e) &&
	       (c->code            ? undo_code(c, &p, e)
		: c->allocation_id ? undo_one(c, &p, e)
				   : undo_act(c, &p, e));
}

static bool undo(struct db *db, struct undo_call *c, db_tx_fn *fn, int64_t *ret_event,
		 struct err *e)
{
	bool ok;

	if (str_empty(c->u->reason))
		return err_field(e, ERR_INVALID, "reason", "say why it is undone");
	c->arena = arena_new(256 << 20);
	ok = db_tx(db, fn, c, e);
	arena_free(c->arena);
	if (ok && ret_event)
		*ret_event = c->event_id;
	return ok;
}

bool lettering_undo(struct db *db, const struct lettering_undo *u, const char *code,
		    int64_t *ret_event, struct err *e)
{
	return undo(db, &(struct undo_call){ .u = u, .code = code }, undo_tx, ret_event, e);
}

bool lettering_undo_one(struct db *db, const struct lettering_undo *u, int64_t allocation_id,
			int64_t *ret_event, struct err *e)
{
	return undo(db, &(struct undo_call){ .u = u, .allocation_id = allocation_id }, undo_tx,
		    ret_event, e);
}

bool lettering_undo_event(struct db *db, const struct lettering_undo *u, int64_t event_id,
			  int64_t *ret_event, struct err *e)
{
	return undo(db, &(struct undo_call){ .u = u, .of_event = event_id }, undo_tx, ret_event, e);
}

/* ---- doing again --------------------------------------------------------------------------------- */

struct redo_call {
	struct undo_call undo;
	int64_t undone_event;
};

struct undone_row {
	int64_t debit_item_id, credit_item_id, amount_minor, lettering_id;
	const char *rule, *reason;
	day_t effective;
};

static bool load_undone(struct db *db, const struct redo_call *c, struct undone_row **ret,
			size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct undone_row, debit_item_id), DB_COL(struct undone_row, credit_item_id),
		DB_COL(struct undone_row, amount_minor),  DB_COL(struct undone_row, lettering_id),
		DB_COL(struct undone_row, rule),          DB_COL(struct undone_row, reason),
		DB_DAY(struct undone_row, effective),
	};

	return db_list(db, c->undo.arena,
		       "SELECT l.debit_item_id, l.credit_item_id, l.amount_minor, l.lettering_id,"
		       " l.rule, l.reason, l.effective FROM allocation r JOIN allocation l"
		       " ON l.id = r.reverses_id JOIN lettering g ON g.id = l.lettering_id"
		       " WHERE r.event_id = $1 AND g.customer_id = $2 AND g.entity_id = $3"
		       " ORDER BY l.id",
		       DB_PARAMS(P_I64(c->undone_event), P_I64(c->undo.u->customer_id),
				 P_I64(c->undo.u->entity_id)),
		       columns, ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
}

static bool redo_tx(struct db *db, void *arg, struct err *e)
{
	struct redo_call *c = arg;
	struct undone_row *rows;
	struct posting p;
	size_t n;

	if (!load_undone(db, c, &rows, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "nothing was un-lettered there");
	if (!undo_begin(&c->undo, db, "lettering.redone", &p, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!post_allocation(
			    &p,
			    &(struct new_allocation){ .debit_item_id = rows[i].debit_item_id,
						      .credit_item_id = rows[i].credit_item_id,
						      .amount_minor = rows[i].amount_minor,
						      .rule = rows[i].rule,
						      .reason = rows[i].reason,
						      .effective = rows[i].effective,
						      .lettering_id = rows[i].lettering_id },
			    NULL, e))
			return false;
	return true;
}

bool lettering_redo(struct db *db, const struct lettering_undo *u, int64_t event_id, struct err *e)
{
	struct redo_call c = { .undo = { .u = u }, .undone_event = event_id };
	bool ok;

	c.undo.arena = arena_new(256 << 20);
	ok = db_tx(db, redo_tx, &c, e);
	arena_free(c.undo.arena);
	return ok;
}
