/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/lettering_store.h"

#include "base/json.h"
#include "base/list.h"
#include "base/map.h"
#include "base/money.h"
#include "ledger/lettering_auto.h"

/* ---- what is in force ---------------------------------------------------------------------------- */

/* An allocation in force made under a code of the customer, with both of its sides. */
struct link_row {
	int64_t allocation_id, sequence, debit_item_id, credit_item_id, minor;
	char currency[4];
	day_t effective, lettered_on;
	const char *reason, *actor;
	int64_t recorded;
	const char *debit_document, *debit_kind, *debit_customer;
	int64_t debit_open;
	const char *credit_document, *credit_kind, *credit_customer;
	int64_t credit_open;
};

static bool load_links(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		       struct link_row **ret, size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct link_row, allocation_id), DB_COL(struct link_row, sequence),
		DB_COL(struct link_row, debit_item_id), DB_COL(struct link_row, credit_item_id),
		DB_COL(struct link_row, minor),         DB_COL(struct link_row, currency),
		DB_DAY(struct link_row, effective),     DB_DAY(struct link_row, lettered_on),
		DB_COL(struct link_row, reason),        DB_COL(struct link_row, actor),
		DB_COL(struct link_row, recorded),      DB_COL(struct link_row, debit_document),
		DB_COL(struct link_row, debit_kind),    DB_COL(struct link_row, debit_customer),
		DB_COL(struct link_row, debit_open),    DB_COL(struct link_row, credit_document),
		DB_COL(struct link_row, credit_kind),   DB_COL(struct link_row, credit_customer),
		DB_COL(struct link_row, credit_open),
	};

	return db_list(
		db, a,
		"SELECT l.id, g.sequence, l.debit_item_id, l.credit_item_id, l.amount_minor,"
		" l.currency, l.effective, g.lettered_on, g.reason, g.actor, g.recorded,"
		" d.document, d.kind, dc.code, db.open_minor,"
		" c.document, c.kind, cc.code, cb.open_minor"
		" FROM lettering g JOIN allocation l ON l.lettering_id = g.id"
		" JOIN item d ON d.id = l.debit_item_id JOIN customer dc ON dc.id = d.customer_id"
		" JOIN item_balance db ON db.item_id = d.id"
		" JOIN item c ON c.id = l.credit_item_id JOIN customer cc ON cc.id = c.customer_id"
		" JOIN item_balance cb ON cb.item_id = c.id"
		" WHERE g.customer_id = $1 AND g.entity_id = $2"
		" AND COALESCE(l.reverses_id, 0) = 0 AND NOT EXISTS"
		" (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id)"
		" ORDER BY g.recorded, g.id, l.id",
		DB_PARAMS(P_I64(customer_id), P_I64(entity_id)), columns, ARRAY_LEN(columns),
		sizeof **ret, (void **)ret, ret_n, e);
}

/* The code under which each link stands. */
static int64_t *group_links(struct arena *a, const struct link_row *rows, size_t n)
{
	struct letter_link *links = ARENA_ARRAY(a, n + 1, struct letter_link);
	int64_t *group = ARENA_ARRAY(a, n + 1, int64_t);

	for (size_t i = 0; i < n; i++)
		links[i] = (struct letter_link){ rows[i].sequence, rows[i].debit_item_id,
						 rows[i].credit_item_id };
	lettering_group(a, links, n, group);
	return group;
}

/* ---- reading ------------------------------------------------------------------------------------- */

struct collecting {
	struct arena *arena;
	struct lettering *g;
	LIST_OF(struct lettered_item) items;
	LIST_OF(struct lettered_allocation) allocations;
};

static void add_item(struct collecting *c, int64_t id, const char *document, const char *kind,
		     const char *customer, int64_t minor, int64_t open_minor)
{
	struct lettered_item *it;

	for (size_t i = 0; i < c->items.n; i++)
		if (c->items.at[i].item_id == id) {
			c->items.at[i].minor += minor;
			return;
		}
	it = LIST_ADD(c->arena, &c->items);
	*it = (struct lettered_item){ id, document, kind, customer, minor, open_minor };
	if (open_minor != 0)
		c->g->is_full = false;
	c->g->rest_minor += open_minor;
}

static void add_link(struct collecting *c, const struct link_row *l)
{
	struct lettering *g = c->g;

	*LIST_ADD(c->arena, &c->allocations) = (struct lettered_allocation){
		l->allocation_id,   l->debit_item_id, l->credit_item_id, l->debit_document,
		l->credit_document, l->minor,         l->effective
	};
	add_item(c, l->debit_item_id, l->debit_document, l->debit_kind, l->debit_customer, l->minor,
		 l->debit_open);
	add_item(c, l->credit_item_id, l->credit_document, l->credit_kind, l->credit_customer,
		 -l->minor, l->credit_open);
	g->minor += l->minor;
	/* Rows come in order of recording: the newest act stays. */
	g->lettered_on = l->lettered_on;
	g->reason = l->reason;
	g->actor = l->actor;
	g->recorded = l->recorded;
	memcpy(g->currency, l->currency, sizeof g->currency);
}

static void collect_group(struct arena *a, const struct link_row *rows, const int64_t *group,
			  size_t n, int64_t sequence, struct lettering *ret)
{
	struct collecting c = { .arena = a, .g = ret };

	*ret = (struct lettering){ .sequence = sequence, .is_full = true };
	for (size_t i = 0; i < n; i++)
		if (group[i] == sequence)
			add_link(&c, &rows[i]);
	lettering_code(sequence, ret->is_full, ret->code);
	ret->items = c.items.at;
	ret->n_items = c.items.n;
	ret->allocations = c.allocations.at;
	ret->n_allocations = c.allocations.n;
}

bool lettering_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		    struct lettering **ret, size_t *ret_n, struct err *e)
{
	struct link_row *rows;
	struct lettering *list;
	int64_t *group;
	size_t n, n_groups = 0;

	if (!load_links(db, a, entity_id, customer_id, &rows, &n, e))
		return false;
	group = group_links(a, rows, n);
	list = ARENA_ARRAY(a, n + 1, struct lettering);
	for (size_t i = n; i > 0; i--) {
		bool is_known = false;
		for (size_t k = 0; k < n_groups && !is_known; k++)
			is_known = list[k].sequence == group[i - 1];
		if (!is_known)
			collect_group(a, rows, group, n, group[i - 1], &list[n_groups++]);
	}
	*ret = list;
	*ret_n = n_groups;
	return true;
}

/* ---- making -------------------------------------------------------------------------------------- */

struct making {
	const struct posting *p;
	struct arena *arena;
	const struct lettering_order *o;
	struct item *items;
	struct letter_line *lines;
	int64_t sequence;
};

/* Accounts of one group: a payer and those it pays for, a parent and its children. */
static bool check_group(const struct making *m, const struct item *it, struct err *e)
{
	int64_t n;

	if (it->customer_id == m->o->customer_id)
		return true;
	if (!db_get_i64(
		    m->p->db,
		    "SELECT count(*) FROM customer a JOIN customer b ON b.entity_id = a.entity_id"
		    " WHERE a.id = $1 AND b.id = $2 AND a.entity_id = $3 AND (a.payer_code = b.code"
		    " OR b.payer_code = a.code OR a.parent_code = b.code OR b.parent_code = a.code"
		    " OR a.payer_code = b.payer_code OR a.parent_code = b.parent_code)",
		    DB_PARAMS(P_I64(m->o->customer_id), P_I64(it->customer_id),
			      P_I64(m->o->entity_id)),
		    0, &n, e))
		return false;
	return n > 0 || err_set(e, ERR_INVALID, "%.60s belongs to an account outside the group",
				it->document);
}

static bool load_line(struct making *m, size_t i, struct err *e)
{
	const struct lettering_line *l = &m->o->lines[i];
	struct item *it = &m->items[i];
	int64_t minor;

	if (!item_get(m->p->db, m->arena, m->o->entity_id, l->item_id, it, e) ||
	    !check_group(m, it, e))
		return false;
	minor = l->minor ? l->minor : it->open_minor;
	if (it->open_minor == 0)
		return err_set(e, ERR_CONFLICT, "nothing is open on %.60s any more", it->document);
	if ((minor > 0) != (it->open_minor > 0))
		return err_set(e, ERR_INVALID,
			       "the amount for %.60s must have the sign of the document",
			       it->document);
	if (minor > 0 ? minor > it->open_minor : minor < it->open_minor) {
		char open[MONEY_TEXT];
		return err_set(e, ERR_CONFLICT, "%.60s has only %s open", it->document,
			       minor_format(it->open_minor, it->currency, open));
	}
	if (strcmp(it->currency, m->items[0].currency) != 0)
		return err_set(e, ERR_INVALID, "%.60s is in %s, the others in %s", it->document,
			       it->currency, m->items[0].currency);
	m->lines[i] = (struct letter_line){ it->id, minor, it->due_on, it->effective };
	return true;
}

static bool is_line(const struct making *m, int64_t item_id)
{
	for (size_t i = 0; i < m->o->n_lines; i++)
		if (m->lines[i].item_id == item_id)
			return true;
	return false;
}

/* The lowest code among those the items stand under already, else the next one of the account. */
static bool choose_sequence(struct making *m, struct err *e)
{
	struct link_row *rows;
	int64_t *group;
	size_t n;

	if (!load_links(m->p->db, m->arena, m->o->entity_id, m->o->customer_id, &rows, &n, e))
		return false;
	group = group_links(m->arena, rows, n);
	for (size_t i = 0; i < n; i++)
		if ((is_line(m, rows[i].debit_item_id) || is_line(m, rows[i].credit_item_id)) &&
		    (m->sequence == 0 || group[i] < m->sequence))
			m->sequence = group[i];
	if (m->sequence)
		return true;
	return lettering_next_sequence(m->p->db, m->o->customer_id, &m->sequence, e);
}

/* Two clerks who take the same code at once: one of them is run again. */
static bool insert_act(const struct making *m, int64_t id, struct err *e)
{
	int64_t ordinal;

	if (!db_get_i64(
		    m->p->db,
		    "SELECT max(ordinal) FROM lettering WHERE customer_id = $1 AND sequence = $2",
		    DB_PARAMS(P_I64(m->o->customer_id), P_I64(m->sequence)), 0, &ordinal, e))
		return false;
	if (db_exec(m->p->db,
		    "INSERT INTO lettering (id, entity_id, customer_id, sequence, ordinal,"
		    " lettered_on, reason, actor, event_id, recorded)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		    DB_PARAMS(P_I64(id), P_I64(m->o->entity_id), P_I64(m->o->customer_id),
			      P_I64(m->sequence), P_I64(ordinal + 1), P_DAY(m->o->lettered_on),
			      P_TEXT(m->o->reason), P_TEXT(m->p->actor), P_I64(m->p->event_id),
			      P_I64(m->p->recorded)),
		    NULL, e))
		return true;
	if (e && e->code == ERR_CONFLICT)
		err_set(e, ERR_RETRY, "another lettering took the same code");
	return false;
}

static bool apply_pairs(const struct making *m, int64_t lettering_id, struct lettering_done *ret,
			struct err *e)
{
	struct letter_pair *pairs;
	size_t n;

	if (!lettering_pair(m->arena, m->lines, m->o->n_lines, &pairs, &n, &ret->rest_minor, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct letter_line *debit = &m->lines[pairs[i].debit];
		const struct letter_line *credit = &m->lines[pairs[i].credit];
		struct new_allocation al = {
			.debit_item_id = debit->item_id,
			.credit_item_id = credit->item_id,
			.amount_minor = pairs[i].minor,
			.rule = "manual",
			.reason = m->o->reason ? m->o->reason : "lettered by hand",
			.effective = lettering_day(m->o->lettered_on, debit, credit),
			.lettering_id = lettering_id,
		};
		if (!post_allocation(m->p, &al, NULL, e) ||
		    !minor_add(&ret->minor, pairs[i].minor, e))
			return false;
	}
	return true;
}

static bool tell_code(const struct making *m, struct lettering_done *ret, struct err *e)
{
	struct lettering *list;
	size_t n;

	if (!lettering_list(m->p->db, m->arena, m->o->entity_id, m->o->customer_id, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (list[i].sequence == m->sequence) {
			memcpy(ret->code, list[i].code, sizeof ret->code);
			ret->is_full = list[i].is_full;
			return true;
		}
	/* The act that was just posted stands under its code. */
	return err_set(e, ERR_INTERNAL, "lettering %" PRId64 " was lost", m->sequence);
}

static bool make(struct making *m, struct lettering_done *ret, struct err *e)
{
	const struct lettering_order *o = m->o;

	if (o->n_lines == 0)
		return err_set(e, ERR_INVALID, "say which documents are to be lettered");
	if (o->lettered_on == DAY_NONE || o->lettered_on > o->today)
		return err_field(e, ERR_INVALID, "lettered_on",
				 "the lettering date cannot lie after today");
	*ret = (struct lettering_done){ .event_id = m->p->event_id };
	m->items = ARENA_ARRAY(m->arena, o->n_lines, struct item);
	m->lines = ARENA_ARRAY(m->arena, o->n_lines, struct letter_line);
	for (size_t i = 0; i < o->n_lines; i++)
		if (!load_line(m, i, e))
			return false;
	memcpy(ret->currency, m->items[0].currency, sizeof ret->currency);
	return choose_sequence(m, e) && db_new_id(m->p->db, &ret->lettering_id, e) &&
	       insert_act(m, ret->lettering_id, e) && apply_pairs(m, ret->lettering_id, ret, e) &&
	       tell_code(m, ret, e);
}

bool lettering_post(const struct posting *p, const struct lettering_order *o,
		    struct lettering_done *ret, struct err *e)
{
	struct arena *a = arena_new(256 << 20);
	struct making m = { .p = p, .arena = a, .o = o };
	bool ok = make(&m, ret, e);

	arena_free(a);
	return ok;
}

static const char *order_body(struct arena *a, const struct lettering_order *o)
{
	char day[DATE_TEXT];
	struct json j;
	struct buf b;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_int(&j, "customer_id", o->customer_id);
	json_put_text(&j, "lettered_on", date_format(o->lettered_on, day));
	json_put_text(&j, "reason", o->reason);
	json_key(&j, "lines"), json_open_array(&j);
	for (size_t i = 0; i < o->n_lines; i++) {
		json_open_object(&j);
		json_put_int(&j, "item_id", o->lines[i].item_id);
		json_put_int(&j, "amount_minor", o->lines[i].minor);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	return buf_str(&b);
}

struct make_call {
	const struct lettering_order *o;
	const char *body;
	struct lettering_done done;
};

static bool make_tx(struct db *db, void *arg, struct err *e)
{
	struct make_call *c = arg;
	struct posting p;

	return posting_begin(&p, db, c->o->entity_id, "lettering.made", "customer",
			     c->o->customer_id, c->o->actor, "user", c->o->now, c->body, e) &&
	       lettering_post(&p, c->o, &c->done, e);
}

bool lettering_make(struct db *db, const struct lettering_order *o, struct lettering_done *ret,
		    struct err *e)
{
	struct arena *a = arena_new(16 << 20);
	struct make_call c = { .o = o };
	bool ok;

	c.body = o->lettered_on == DAY_NONE ? "{}" : order_body(a, o);
	ok = db_tx(db, make_tx, &c, e);
	arena_free(a);
	if (ok)
		*ret = c.done;
	return ok;
}
