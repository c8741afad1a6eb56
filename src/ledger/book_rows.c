/* SPDX-License-Identifier: Apache-2.0 */
/* book_rows.c - the facts of a range of customers from the rows. Positions come from the seal: a fact whose
 * event has one past the position asked, or none yet, is not there (unless FACTS_ALL asks for it). */
#include "ledger/book_facts.h"

#include "ledger/item.h"
#include "ledger/paper.h"

#include <stdlib.h>

/*
 * The statements. 4294967294 is FACTS_ALL: what has no position counts as known there. The company is asked for
 * through COALESCE, lest an engine walk an index of everything it has instead of the customers of the range; only
 * negative items are credits; CROSS JOIN keeps SQLite from starting with the allocations or changes.
 */
static const char customers_sql[] =
	"SELECT c.id, c.code, c.name, c.kind, c.segment, c.payment_means, c.status,"
	" c.credit_limit_minor, c.excluded_until, COALESCE(s.position, 4294967294)"
	" FROM customer c LEFT JOIN seal s ON s.event_id = c.event_id"
	" WHERE COALESCE(c.entity_id, 0) = $1 AND c.id BETWEEN $2 AND $3"
	" AND COALESCE(s.position, 4294967294) <= $4 ORDER BY c.id";

static const char owners_sql[] =
	"SELECT o.id, o.customer_id, o.role, o.user_id, o.name, o.effective,"
	" COALESCE(s.position, 4294967294)"
	" FROM customer_owner o LEFT JOIN seal s ON s.event_id = o.event_id"
	" WHERE COALESCE(o.entity_id, 0) = $1 AND o.customer_id BETWEEN $2 AND $3"
	" AND o.role IN ('collector', 'salesperson', 'branch_manager')"
	" AND COALESCE(s.position, 4294967294) <= $4";

static const char items_sql[] =
	"SELECT i.id, i.customer_id, i.kind, i.document, i.payment_ref, i.due_source,"
	" i.issued_on, i.due_on, i.effective, i.amount_minor, i.currency,"
	" COALESCE(s.position, 4294967294),"
	" CASE WHEN r.item_id IS NULL THEN 0 ELSE COALESCE(u.position, 4294967294) END"
	" FROM item i LEFT JOIN seal s ON s.event_id = i.event_id"
	" LEFT JOIN item_reversal r ON r.item_id = i.id"
	" LEFT JOIN seal u ON u.event_id = r.event_id"
	" WHERE COALESCE(i.entity_id, 0) = $1 AND i.customer_id BETWEEN $2 AND $3"
	" AND COALESCE(s.position, 4294967294) <= $4";

static const char debits_sql[] =
	"SELECT l.id, l.reverses_id, l.debit_item_id, l.amount_minor, l.lettering,"
	" l.effective, COALESCE(s.position, 4294967294)"
	" FROM allocation l LEFT JOIN seal s ON s.event_id = l.event_id"
	" WHERE COALESCE(l.entity_id, 0) = $1 AND l.customer_id BETWEEN $2 AND $3"
	" AND COALESCE(s.position, 4294967294) <= $4";

static const char credits_sql[] =
	"SELECT l.id, l.reverses_id, l.credit_item_id, -l.amount_minor, l.lettering,"
	" l.effective, COALESCE(s.position, 4294967294)"
	" FROM item i CROSS JOIN allocation l LEFT JOIN seal s ON s.event_id = l.event_id"
	" WHERE COALESCE(i.entity_id, 0) = $1 AND i.customer_id BETWEEN $2 AND $3"
	" AND i.amount_minor < 0 AND l.credit_item_id = i.id"
	" AND COALESCE(s.position, 4294967294) <= $4";

/* Whatever their position: who asks for an earlier one must take them back. */
static const char changes_sql[] =
	"SELECT c.id, c.item_id, c.field, c.old_value, COALESCE(s.position, 4294967294)"
	" FROM item i CROSS JOIN item_change c LEFT JOIN seal s ON s.event_id = c.event_id"
	" WHERE COALESCE(i.entity_id, 0) = $1 AND i.customer_id BETWEEN $2 AND $3"
	" AND c.item_id = i.id AND c.field IN ('due_on', 'effective') ORDER BY c.id DESC";

static const char disputes_sql[] =
	"SELECT d.id, d.item_id, d.amount_minor, d.opened_on, d.closed_on,"
	" COALESCE(s.position, 4294967294), COALESCE(c.position, 4294967294)"
	" FROM dispute d LEFT JOIN seal s ON s.event_id = d.event_id"
	" LEFT JOIN seal c ON c.event_id = d.closed_event_id"
	" WHERE COALESCE(d.entity_id, 0) = $1 AND d.customer_id BETWEEN $2 AND $3"
	" AND COALESCE(s.position, 4294967294) <= $4";

static const char papers_sql[] =
	"SELECT p.id, p.customer_id, p.item_id, p.kind, p.from_on, p.until_on,"
	" COALESCE(s.position, 4294967294),"
	" CASE WHEN p.ended_event_id IS NULL THEN 0 ELSE COALESCE(u.position, 4294967294) END"
	" FROM paper_risk p LEFT JOIN seal s ON s.event_id = p.event_id"
	" LEFT JOIN seal u ON u.event_id = p.ended_event_id"
	" WHERE COALESCE(p.entity_id, 0) = $1 AND p.customer_id BETWEEN $2 AND $3"
	" AND COALESCE(s.position, 4294967294) <= $4";

struct reading {
	struct book_facts *f;
	struct db *db;
	const struct facts_range *range;
	struct fact_item **by_id; /* the items of this reading */
	size_t n_items;
};

#define RANGE_PARAMS(r)                                                           \
	DB_PARAMS(P_I64((r)->entity_id), P_I64((r)->low_id), P_I64((r)->high_id), \
		  P_I64((r)->position))

static const char *kept(struct reading *r, const struct rows *row, int col)
{
	return arena_strdup(r->f->arena, row_text(row, col));
}

static bool read_customers(struct reading *r, struct err *e)
{
	CLEANUP(rows_closep) struct rows *row = NULL;
	bool more = false;

	if (!db_query(r->db, customers_sql, RANGE_PARAMS(r->range), &row, e))
		return false;
	while (rows_next(row, &more, e) && more) {
		struct fact_customer *c = LIST_ADD(r->f->arena, &r->f->customers);
		*c = (struct fact_customer){
			.id = row_i64(row, 0),
			.code = kept(r, row, 1),
			.name = kept(r, row, 2),
			.kind = kept(r, row, 3),
			.segment = kept(r, row, 4),
			.means = kept(r, row, 5),
			.status = kept(r, row, 6),
			.limit_minor = row_is_null(row, 7) ? CHUNK_NO_LIMIT : row_i64(row, 7),
			.excluded_until = row_day(row, 8),
			.known = (uint32_t)row_i64(row, 9),
		};
	}
	return !more;
}

static const char *const roles[BOOK_ROLE_COUNT] = { "collector", "salesperson", "branch_manager" };

static bool read_owners(struct reading *r, struct err *e)
{
	CLEANUP(rows_closep) struct rows *row = NULL;
	bool more = false;

	if (!db_query(r->db, owners_sql, RANGE_PARAMS(r->range), &row, e))
		return false;
	while (rows_next(row, &more, e) && more) {
		struct fact_owner *o = LIST_ADD(r->f->arena, &r->f->owners);
		uint8_t role = 0;

		while (strcmp(roles[role], row_text(row, 2)) != 0)
			role++;
		*o = (struct fact_owner){ .id = row_i64(row, 0),
					  .customer_id = row_i64(row, 1),
					  .role = role,
					  .user_id = row_i64(row, 3),
					  .name = kept(r, row, 4),
					  .effective = row_day(row, 5),
					  .known = (uint32_t)row_i64(row, 6) };
	}
	return !more;
}

static bool add_item(struct reading *r, const struct rows *row, struct err *e)
{
	struct fact_item *it = LIST_ADD(r->f->arena, &r->f->items);
	uint32_t undone = (uint32_t)row_i64(row, 12);
	enum item_kind kind;

	*it = (struct fact_item){ .id = row_i64(row, 0),
				  .customer_id = row_i64(row, 1),
				  .document = kept(r, row, 3),
				  .payment_ref = kept(r, row, 4),
				  .due_source = (uint8_t)row_i64(row, 5),
				  .issued_on = row_day(row, 6),
				  .due_on = row_day(row, 7),
				  .effective = row_day(row, 8),
				  .amount_minor = row_i64(row, 9),
				  .known = (uint32_t)row_i64(row, 11),
				  .undone = undone <= r->range->position ? undone : 0 };
	if (!item_kind_of(row_text(row, 2), &kind))
		return err_set(e, ERR_DB, "item %" PRId64 " is of no known kind", it->id);
	it->kind = (uint8_t)kind;
	memcpy(it->currency, row_text(row, 10), 3);
	return true;
}

static bool read_items(struct reading *r, struct err *e)
{
	CLEANUP(rows_closep) struct rows *row = NULL;
	bool more = false;

	if (!db_query(r->db, items_sql, RANGE_PARAMS(r->range), &row, e))
		return false;
	while (rows_next(row, &more, e) && more)
		if (!add_item(r, row, e))
			return false;
	return !more;
}

/* The debit side is of a customer of the range; the credit side may be of another. */
static bool read_entries(struct reading *r, const char *sql, struct err *e)
{
	CLEANUP(rows_closep) struct rows *row = NULL;
	bool more = false;

	if (!db_query(r->db, sql, RANGE_PARAMS(r->range), &row, e))
		return false;
	while (rows_next(row, &more, e) && more) {
		struct fact_entry *en = LIST_ADD(r->f->arena, &r->f->entries);
		*en = (struct fact_entry){ .id = row_i64(row, 0),
					   .reverses_id = row_i64(row, 1),
					   .item_id = row_i64(row, 2),
					   .minor = row_i64(row, 3),
					   .lettering = kept(r, row, 4),
					   .effective = row_day(row, 5),
					   .known = (uint32_t)row_i64(row, 6) };
	}
	return !more;
}

static int compare_ids(const void *a, const void *b)
{
	const struct fact_item *const *x = a, *const *y = b;

	return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

static struct fact_item *find_item(const struct reading *r, int64_t id)
{
	const struct fact_item key = { .id = id }, *k = &key;
	struct fact_item *const *at =
		r->n_items ? bsearch(&k, r->by_id, r->n_items, sizeof *r->by_id, compare_ids)
			   : NULL;

	return at ? *at : NULL;
}

/* Newest first. One that is not sealed yet is taken back here: the row holds its new value. */
static bool read_changes(struct reading *r, struct err *e)
{
	CLEANUP(rows_closep) struct rows *row = NULL;
	bool more = false;

	if (!db_query(r->db, changes_sql,
		      DB_PARAMS(P_I64(r->range->entity_id), P_I64(r->range->low_id),
				P_I64(r->range->high_id)),
		      &row, e))
		return false;
	while (rows_next(row, &more, e) && more) {
		bool is_due = strcmp(row_text(row, 2), "due_on") == 0;
		struct fact_item *it = find_item(r, row_i64(row, 1));
		struct fact_change *c;

		if (!it)
			continue;
		if (row_i64(row, 4) > r->range->position) {
			*(is_due ? &it->due_on : &it->effective) = row_day(row, 3);
			continue;
		}
		c = LIST_ADD(r->f->arena, &r->f->changes);
		*c = (struct fact_change){ .id = row_i64(row, 0),
					   .item_id = it->id,
					   .field = is_due ? BOOK_DUE_ON : BOOK_EFFECTIVE,
					   .old = row_day(row, 3),
					   .known = (uint32_t)row_i64(row, 4) };
	}
	return !more;
}

/* A dispute whose closing is not sealed yet is open. */
static bool read_disputes(struct reading *r, struct err *e)
{
	CLEANUP(rows_closep) struct rows *row = NULL;
	bool more = false;

	if (!db_query(r->db, disputes_sql, RANGE_PARAMS(r->range), &row, e))
		return false;
	while (rows_next(row, &more, e) && more) {
		bool is_closed = !row_is_null(row, 4) && row_i64(row, 6) <= r->range->position;
		struct fact_dispute *d;

		if (!find_item(r, row_i64(row, 1)))
			continue;
		d = LIST_ADD(r->f->arena, &r->f->disputes);
		*d = (struct fact_dispute){
			.id = row_i64(row, 0),
			.item_id = row_i64(row, 1),
			.minor = row_i64(row, 2),
			.opened_on = row_day(row, 3),
			.closed_on = is_closed ? row_day(row, 4) : DAY_NONE,
			.known = (uint32_t)row_i64(row, 5),
			.closed_known = is_closed ? (uint32_t)row_i64(row, 6) : 0,
		};
	}
	return !more;
}

static bool read_papers(struct reading *r, struct err *e)
{
	CLEANUP(rows_closep) struct rows *row = NULL;
	bool more = false;

	if (!db_query(r->db, papers_sql, RANGE_PARAMS(r->range), &row, e))
		return false;
	while (rows_next(row, &more, e) && more) {
		uint32_t undone = (uint32_t)row_i64(row, 7);
		struct fact_paper *p;

		if (!find_item(r, row_i64(row, 2)))
			continue;
		p = LIST_ADD(r->f->arena, &r->f->papers);
		*p = (struct fact_paper){ .id = row_i64(row, 0),
					  .customer_id = row_i64(row, 1),
					  .item_id = row_i64(row, 2),
					  .kind = (uint8_t)paper_kind_of(row_text(row, 3)),
					  .from_on = row_day(row, 4),
					  .until_on = row_day(row, 5),
					  .known = (uint32_t)row_i64(row, 6),
					  .undone = undone <= r->range->position ? undone : 0 };
		if (p->kind >= PAPER_KINDS)
			return err_set(e, ERR_DB, "paper %" PRId64 " is of no known kind", p->id);
	}
	return !more;
}

static void index_items(struct reading *r, size_t first)
{
	r->n_items = r->f->items.n - first;
	r->by_id = ARENA_ARRAY(r->f->arena, r->n_items, struct fact_item *);
	for (size_t i = 0; i < r->n_items; i++)
		r->by_id[i] = &r->f->items.at[first + i];
	if (r->n_items)
		qsort(r->by_id, r->n_items, sizeof *r->by_id, compare_ids);
}

bool facts_read_customers(struct book_facts *f, struct db *db, const struct facts_range *range,
			  struct err *e)
{
	struct reading r = { .f = f, .db = db, .range = range };

	ENSURE(db_in_tx(db));
	return (read_customers(&r, e) && read_owners(&r, e)) ||
	       err_while(e, "reading the facts of customers");
}

bool facts_read(struct book_facts *f, struct db *db, const struct facts_range *range, struct err *e)
{
	struct reading r = { .f = f, .db = db, .range = range };
	size_t first = f->items.n;

	if (!facts_read_customers(f, db, range, e))
		return false;
	if (!read_items(&r, e))
		return err_while(e, "reading the facts of items");
	index_items(&r, first);
	if (!read_entries(&r, debits_sql, e) || !read_entries(&r, credits_sql, e) ||
	    !read_changes(&r, e) || !read_disputes(&r, e) || !read_papers(&r, e))
		return err_while(e, "reading the facts of items");
	return true;
}
