/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/post_batch.h"

#include "base/text.h"

#include <stdlib.h>

/* ---- what is read before ---- */

static int by_id(const void *a, const void *b)
{
	const struct batch_item *x = a, *y = b;

	return (x->item.id > y->item.id) - (x->item.id < y->item.id);
}

static bool read_items(struct post_batch *b, const int64_t *item_id, size_t n, struct err *e)
{
	struct item *list;

	if (!item_list_ids(b->db, b->arena, b->entity_id, item_id, n, &list, &b->n_read, e))
		return false;
	b->read = ARENA_ARRAY(b->arena, b->n_read + 1, struct batch_item);
	for (size_t i = 0; i < b->n_read; i++)
		b->read[i] = (struct batch_item){ list[i], list[i].open_minor };
	if (b->n_read)
		qsort(b->read, b->n_read, sizeof *b->read, by_id);
	return true;
}

struct identity {
	int64_t customer_id;
	const char *kind, *document_key;
	int64_t issue_year, ordinal;
};

static struct identity identity_of(const struct new_item *it, const char *document_key)
{
	return (struct identity){ it->customer_id, item_kind_name(it->kind), document_key,
				  date_civil(it->issued_on).year, 0 };
}

static const char *key_of(struct post_batch *b, const struct identity *r)
{
	return arena_printf(b->arena, "%" PRId64 " %s %" PRId64 " %s", r->customer_id, r->kind,
			    r->issue_year, r->document_key);
}

static void set_ordinal(struct post_batch *b, const struct identity *r)
{
	int64_t *last = ARENA_NEW(b->arena, int64_t);

	*last = r->ordinal;
	map_set(&b->ordinals, key_of(b, r), last);
}

bool post_batch_expect(struct post_batch *b, const struct new_item *list, size_t n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct identity, customer_id),  DB_COL(struct identity, kind),
		DB_COL(struct identity, document_key), DB_COL(struct identity, issue_year),
		DB_COL(struct identity, ordinal),
	};
	enum { COLUMNS = 5 };
	struct db_param *keys = ARENA_ARRAY(b->arena, COLUMNS * n + 1, struct db_param);
	struct identity *found;
	size_t n_found;

	for (size_t i = 0; i < n; i++) {
		struct identity r =
			identity_of(&list[i], text_reference_key(b->arena, list[i].document));
		const struct db_param row[COLUMNS] = { P_I64(b->entity_id), P_I64(r.customer_id),
						       P_TEXT(r.kind), P_TEXT(r.document_key),
						       P_I64(r.issue_year) };
		memcpy(&keys[COLUMNS * i], row, sizeof row);
		set_ordinal(b, &r);
	}
	if (!db_list_many(b->db, b->arena,
			  "SELECT i.customer_id, i.kind, i.document_key, i.issue_year,"
			  " max(i.ordinal) FROM (VALUES $rows) v JOIN item i"
			  " ON i.entity_id = v.column1 AND i.customer_id = v.column2"
			  " AND i.kind = v.column3 AND i.document_key = v.column4"
			  " AND i.issue_year = v.column5"
			  " GROUP BY i.customer_id, i.kind, i.document_key, i.issue_year",
			  DB_MANY(keys, COLUMNS, n), columns, ARRAY_LEN(columns), sizeof *found,
			  (void **)&found, &n_found, e))
		return false;
	for (size_t i = 0; i < n_found; i++)
		set_ordinal(b, &found[i]);
	return true;
}

/* A copy that is named by another's rows begins before it. */
static bool begin_copies(struct post_batch *b, struct err *e)
{
	return event_copy_begin(b->db, &b->events, e) &&
	       db_copy_begin(b->db, "item", POST_ITEM_COLUMNS, &b->items, e) &&
	       db_copy_begin(b->db, "item_balance", "item_id, customer_id, open_minor",
			     &b->balances, e) &&
	       db_copy_begin(b->db, "allocation", POST_ALLOCATION_COLUMNS, &b->allocations, e) &&
	       db_copy_begin(b->db, "book_change", "event_id, entity_id, customer_id", &b->touched,
			     e);
}

bool post_batch_begin(struct post_batch *b, struct db *db, struct arena *a, int64_t entity_id,
		      const int64_t *item_id, size_t n, struct err *e)
{
	*b = (struct post_batch){ .db = db, .arena = a, .entity_id = entity_id };
	map_init(&b->ordinals, a);
	return period_hold(db, entity_id, &b->closed, e) && read_items(b, item_id, n, e) &&
	       begin_copies(b, e);
}

bool posting_begin_in(struct posting *p, struct post_batch *b, const struct event *ev,
		      const char *source, struct err *e)
{
	ENSURE(ev->entity_id == b->entity_id);
	*p = (struct posting){ .db = b->db,
			       .entity_id = b->entity_id,
			       .recorded = ev->recorded,
			       .actor = ev->actor,
			       .source = source,
			       .closed = b->closed,
			       .batch = b };
	return event_copy_add(b->db, b->events, ev, &p->event_id, e);
}

/* ---- while posting ---- */

struct batch_item *post_batch_item(struct post_batch *b, int64_t item_id)
{
	struct batch_item key = { .item.id = item_id }, *found = NULL;

	if (b->n_read)
		found = bsearch(&key, b->read, b->n_read, sizeof key, by_id);
	if (!found && b->made.n)
		found = bsearch(&key, b->made.at, b->made.n, sizeof key, by_id);
	return found;
}

int64_t post_batch_ordinal(struct post_batch *b, const struct new_item *it,
			   const char *document_key)
{
	struct identity r = identity_of(it, document_key);
	int64_t *last = map_get(&b->ordinals, key_of(b, &r));

	ENSURE(last); /* it was to be expected */
	return ++*last;
}

void post_batch_made(struct post_batch *b, const struct item *it)
{
	ENSURE(b->made.n == 0 || b->made.at[b->made.n - 1].item.id < it->id);
	*LIST_ADD(b->arena, &b->made) = (struct batch_item){ *it, it->open_minor };
}

bool post_batch_touch(struct post_batch *b, int64_t event_id, int64_t customer_id, struct err *e)
{
	/* Once is enough: nearly always the customer who pays is the one who owes. */
	if (b->touched_event == event_id && b->touched_customer == customer_id)
		return true;
	b->touched_event = event_id;
	b->touched_customer = customer_id;
	return db_copy_row(b->touched,
			   DB_PARAMS(P_I64(event_id), P_I64(b->entity_id), P_I64(customer_id)), e);
}

/* ---- at the end ---- */

static bool end_copies(struct post_batch *b, struct err *e)
{
	for (size_t i = 0; i < b->made.n; i++) {
		const struct item *it = &b->made.at[i].item;
		if (!db_copy_row(
			    b->balances,
			    DB_PARAMS(P_I64(it->id), P_I64(it->customer_id), P_I64(it->open_minor)),
			    e))
			return false;
	}
	return db_copy_end(b->events, e) && db_copy_end(b->items, e) &&
	       db_copy_end(b->balances, e) && db_copy_end(b->allocations, e) &&
	       db_copy_end(b->touched, e);
}

/* The guards are in the UPDATE: a debit never falls below zero, a credit never rises above it. In the order of ids, so
 * that two writers seldom wait for each other. */
static bool take_all(struct post_batch *b, struct err *e)
{
	struct db_param *taken = ARENA_ARRAY(b->arena, 2 * b->n_read + 1, struct db_param);
	int64_t changed = 0;
	size_t n = 0;

	for (size_t i = 0; i < b->n_read; i++) {
		const struct batch_item *it = &b->read[i];
		if (it->item.open_minor == it->had_minor)
			continue;
		taken[2 * n] = P_I64(it->item.id);
		taken[2 * n++ + 1] = P_I64(it->had_minor - it->item.open_minor);
	}
	if (!db_exec_many(b->db,
			  "UPDATE item_balance SET open_minor = open_minor - v.column2"
			  " FROM (VALUES $rows) v WHERE item_id = v.column1 AND CASE"
			  " WHEN v.column2 > 0 THEN open_minor >= v.column2"
			  " ELSE open_minor <= v.column2 END",
			  DB_MANY(taken, 2, n), &changed, e))
		return false;
	return changed == (int64_t)n ||
	       err_set(e, ERR_CONFLICT, "some document has less than that open");
}

bool post_batch_end(struct post_batch *b, struct err *e)
{
	return end_copies(b, e) && take_all(b, e);
}
