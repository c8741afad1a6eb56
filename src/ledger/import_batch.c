/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_batch.c - customer after customer, so that memory depends on neither the file's nor the ledger's size.
 *
 * Identity, lettering, settlements and à-nouveaux never go beyond one customer. So the customers that matter
 * are taken in order of their ids, as many at once as their facts allow; a small file is one batch.
 */
#include "ledger/book_change.h"
#include "ledger/import_plan.h"

#include <stdlib.h>

/* Facts and customers of one batch. */
enum { FACTS_MAX = 200000, CUSTOMERS_MAX = 20000, MANY_FACTS = 10000 };

static int by_id(const void *a, const void *b)
{
	const struct plan_customer *x = *(struct plan_customer *const *)a,
				   *y = *(struct plan_customer *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

static void order_customers(struct import_plan *p)
{
	p->n_by_id = p->customer_by_code.n;
	p->by_id = ARENA_ARRAY(p->keep, p->n_by_id, struct plan_customer *);
	for (size_t i = 0; i < p->n_by_id; i++)
		p->by_id[i] = p->customer_by_code.entries[i].value;
	if (p->n_by_id)
		qsort(p->by_id, p->n_by_id, sizeof(struct plan_customer *), by_id);
}

/* Whether the books of the days before the file's à-nouveaux are in the ledger, line by line. */
static bool load_former_year(struct import_plan *p, struct err *e)
{
	int64_t n = 0;

	if (p->opening_on == DAY_NONE || p->format != FORMAT_FEC)
		return true;
	if (!db_get_i64(p->posting.db,
			"SELECT count(*) FROM ledger_control WHERE entity_id = $1"
			" AND from_on < $2 AND to_on >= $3",
			DB_PARAMS(P_I64(p->posting.entity_id), P_DAY(p->opening_on),
				  P_DAY(p->opening_on - 31)),
			0, &n, e))
		return false;
	p->has_former_year = n > 0;
	return true;
}

/* The first load of a ledger: sorting its rows is far quicker than placing each. */
static bool defer_indexes(struct import_plan *p, struct err *e)
{
	return db_indexes_defer(p->posting.db, "item", e) &&
	       db_indexes_defer(p->posting.db, "item_balance", e) &&
	       db_indexes_defer(p->posting.db, "allocation", e);
}

/* ---- one batch ---- */

static void begin_batch(struct import_plan *p, struct plan_customer **customer, size_t n)
{
	arena_reset(p->arena);
	p->batch = customer;
	p->n_batch = n;
	p->identities = NULL;
	p->n_identities = p->identity_slots = 0;
	memset(&p->items, 0, sizeof p->items);
	memset(&p->groups, 0, sizeof p->groups);
	memset(&p->new_items, 0, sizeof p->new_items);
	memset(&p->allocations, 0, sizeof p->allocations);
	memset(&p->changes, 0, sizeof p->changes);
	memset(&p->carried, 0, sizeof p->carried);
	for (size_t i = 0; i < n; i++)
		customer[i]->is_in_batch = true;
}

/* Nothing of the batch's memory is left where the next one would find it. */
static void end_batch(struct import_plan *p)
{
	for (size_t i = 0; i < p->n_batch; i++) {
		struct plan_customer *c = p->batch[i];
		c->is_in_batch = false;
		c->items = NULL;
		c->exported = NULL;
		c->facts = c->last_fact = NULL;
		memset(&c->openings, 0, sizeof c->openings);
	}
}

static bool unpack(struct import_plan *p, const struct spooled *from, size_t n, struct err *e)
{
	/* At once, so that facts do not move: customers and identities point to them. */
	p->items.at = ARENA_ARRAY(p->arena, n, struct item_fact);
	p->items.room = n;
	for (size_t i = 0; i < n; i++) {
		struct item_fact *f = &p->items.at[p->items.n++];
		uint32_t customer, entry;
		if (!spool_get(p->spool, from[i], p->arena, f, &customer, &entry, e))
			return false;
		f->customer = p->customer_by_code.entries[customer].value;
		if (p->complete)
			p->complete(p->reader, f, entry);
		if (f->customer->last_fact)
			f->customer->last_fact->next_fact = f;
		else
			f->customer->facts = f;
		f->customer->last_fact = f;
	}
	return true;
}

static bool run_batch(struct import_plan *p, struct plan_customer **customer, size_t n_customers,
		      const struct spooled *fact, size_t n_facts, struct err *e)
{
	bool ok;

	begin_batch(p, customer, n_customers);
	ok = unpack(p, fact, n_facts, e) && plan_load(p, e) && plan_apply_items(p, e) &&
	     plan_unsettle(p, e) && plan_apply_openings(p, e) && plan_apply_lettering(p, e);
	if (ok)
		plan_apply_carried(p);
	ok = ok && plan_apply_settled(p, e) && plan_write(p, e);
	end_batch(p);
	return ok;
}

/* ---- all of them ---- */

/* The customers whose items matter, in order of their ids. */
static struct plan_customer **list_wanted(struct import_plan *p, size_t *ret_n)
{
	struct plan_customer **wanted = ARENA_ARRAY(p->keep, p->n_by_id, struct plan_customer *);
	bool is_snapshot = p->job->mode == IMPORT_SNAPSHOT && p->spool->n > 0;
	size_t n = 0;

	for (size_t i = 0; i < p->n_by_id; i++)
		if (p->by_id[i]->id && (p->by_id[i]->n_facts || p->by_id[i]->is_wanted ||
					p->by_id[i]->is_changed || is_snapshot))
			wanted[n++] = p->by_id[i];
	*ret_n = n;
	return wanted;
}

/* The facts in the order of their customers, each customer's in the order of the file. */
static bool sort_facts(struct import_plan *p, struct plan_customer **wanted, size_t n_wanted,
		       struct spooled *sorted, struct err *e)
{
	size_t *next = ARENA_ARRAY(p->keep, p->customer_by_code.n, size_t), at = 0;
	struct spool_walk walk = { 0 };
	struct spooled fact;
	uint32_t customer;
	bool more;

	for (size_t i = 0; i < n_wanted; i++) {
		next[wanted[i]->number] = at;
		at += wanted[i]->n_facts;
	}
	while (spool_next(p->spool, &walk, &more, &fact, &customer, e)) {
		if (!more)
			return true;
		sorted[next[customer]++] = fact;
	}
	return false;
}

static bool list_facts(struct import_plan *p, struct spooled *list, struct err *e)
{
	struct spool_walk walk = { 0 };
	uint32_t customer;
	bool more;

	while (spool_next(p->spool, &walk, &more, list, &customer, e)) {
		if (!more)
			return true;
		list++;
	}
	return false;
}

static bool run_batches(struct import_plan *p, struct plan_customer **wanted, size_t n_wanted,
			const struct spooled *fact, size_t facts_max, struct err *e)
{
	size_t first = 0, first_fact = 0;

	while (first < n_wanted) {
		size_t n = 0, n_facts = 0;
		while (first + n < n_wanted && n < CUSTOMERS_MAX &&
		       (n == 0 || n_facts + wanted[first + n]->n_facts <= facts_max))
			n_facts += wanted[first + n++]->n_facts;
		if (!run_batch(p, wanted + first, n, fact + first_fact, n_facts, e))
			return false;
		first += n;
		first_fact += n_facts;
	}
	return true;
}

/* Whose facts the file may have changed, for the followers of the log: each customer that was looked at, and the
 * new ones. */
static bool touch_customers(struct import_plan *p, struct plan_customer **wanted, size_t n_wanted,
			    struct err *e)
{
	int64_t *id = ARENA_ARRAY(p->keep, n_wanted + p->n_by_id, int64_t);
	size_t n = 0;

	for (size_t i = 0; i < n_wanted; i++)
		id[n++] = wanted[i]->id;
	for (size_t i = 0; i < p->n_by_id; i++)
		if (p->by_id[i]->is_new)
			id[n++] = p->by_id[i]->id;
	return book_touch_many(p->posting.db, p->posting.entity_id, p->posting.event_id, id, n, e);
}

bool plan_batches(struct import_plan *p, struct err *e)
{
	size_t facts_max = p->job->batch ? p->job->batch : FACTS_MAX, n_wanted;
	struct plan_customer **wanted;
	struct spooled *fact;
	bool ok;

	if (!load_former_year(p, e))
		return false;
	order_customers(p);
	wanted = list_wanted(p, &n_wanted);
	if (p->is_first && p->spool->n >= MANY_FACTS && !defer_indexes(p, e))
		return false;
	fact = ARENA_ARRAY(p->keep, p->spool->n + 1, struct spooled);
	if (n_wanted <= CUSTOMERS_MAX && p->spool->n <= facts_max)
		ok = list_facts(p, fact, e) && run_batch(p, wanted, n_wanted, fact, p->spool->n, e);
	else
		ok = sort_facts(p, wanted, n_wanted, fact, e) &&
		     run_batches(p, wanted, n_wanted, fact, facts_max, e);
	return ok && db_indexes_build(p->posting.db, e) && touch_customers(p, wanted, n_wanted, e);
}
