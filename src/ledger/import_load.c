/* SPDX-License-Identifier: Apache-2.0 */
/* import_load.c - what the ledger knows of the customers of a batch. */
#include "ledger/import_plan.h"

#include <sodium.h>
#include <stdlib.h>

/* A range of ids is asked for at once unless most of its customers are none of ours. */
enum { FEW_IN_RANGE = 4, SLOTS_START = 1024 };

/* A file that names no more is not worth a look at all customers. */
enum { FEW_CUSTOMERS = 1000 };

static uint64_t hash_of(const struct plan_customer *c, enum item_kind kind, const char *key,
			int issue_year)
{
	/* The customer is ours, not the file's to choose: it may season the hash. */
	struct {
		uint64_t customer;
		int32_t kind, year;
	} k = { (uint64_t)(uintptr_t)c, (int32_t)kind, issue_year };
	uint64_t h;

	_Static_assert(sizeof k == crypto_shorthash_KEYBYTES, "length of the key");
	crypto_shorthash((unsigned char *)&h, (const unsigned char *)key, strlen(key),
			 (const unsigned char *)&k);
	return h;
}

static void grow(struct import_plan *p)
{
	struct identity **old = p->identities;
	size_t n = p->identity_slots;

	p->identity_slots = n ? n * 2 : SLOTS_START;
	p->identities = ARENA_ARRAY(p->arena, p->identity_slots, struct identity *);
	for (size_t i = 0; i < n; i++) {
		size_t at;
		if (!old[i])
			continue;
		at = old[i]->hash & (p->identity_slots - 1);
		while (p->identities[at])
			at = (at + 1) & (p->identity_slots - 1);
		p->identities[at] = old[i];
	}
}

struct identity *plan_identity(struct import_plan *p, struct plan_customer *customer,
			       enum item_kind kind, const char *document_key, int issue_year)
{
	uint64_t hash = hash_of(customer, kind, document_key, issue_year);
	struct identity *id;
	size_t at;

	if (p->n_identities * 2 >= p->identity_slots)
		grow(p);
	for (at = hash & (p->identity_slots - 1); (id = p->identities[at]);
	     at = (at + 1) & (p->identity_slots - 1))
		if (id->hash == hash && id->customer == customer && id->kind == kind &&
		    id->issue_year == issue_year && strcmp(id->document_key, document_key) == 0)
			return id;
	id = p->identities[at] = ARENA_NEW(p->arena, struct identity);
	id->customer = customer;
	id->kind = kind;
	id->issue_year = issue_year;
	id->document_key = document_key;
	id->hash = hash;
	p->n_identities++;
	return id;
}

/* ---- customers ---- */

static bool take_customers(struct import_plan *p, const char *sql, struct db_params params,
			   bool is_wanted, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	if (!db_query(p->posting.db, sql, params, &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		struct plan_customer *c = plan_customer(p, row_text(r, 1));
		c->id = row_i64(r, 0);
		c->terms = arena_strdup(p->keep, row_text(r, 2));
		c->is_wanted = c->is_wanted || is_wanted;
	}
	return !more;
}

static bool load_named(struct import_plan *p, struct err *e)
{
	size_t n = p->customer_by_code.n;

	for (size_t i = 0; i < n; i++)
		if (!take_customers(p,
				    "SELECT id, code, terms FROM customer WHERE entity_id = $1"
				    " AND code = $2",
				    DB_PARAMS(P_I64(p->posting.entity_id),
					      P_TEXT(p->customer_by_code.entries[i].key)),
				    false, e))
			return false;
	return true;
}

static bool load_customers(struct import_plan *p, struct err *e)
{
	for (size_t i = 0; i < p->customers.n; i++)
		plan_customer(p, p->customers.at[i].code);
	for (size_t i = 0; i < p->contacts.n; i++)
		plan_customer(p, p->contacts.at[i].customer_code);
	if (p->customer_by_code.n <= FEW_CUSTOMERS && p->job->mode != IMPORT_SNAPSHOT)
		return load_named(p, e);
	p->knows_all = true;
	return take_customers(p, "SELECT id, code, terms FROM customer WHERE entity_id = $1",
			      DB_PARAMS(P_I64(p->posting.entity_id)), false, e);
}

bool plan_load_customers(struct import_plan *p, struct err *e)
{
	int64_t any;

	if (!load_customers(p, e) ||
	    !db_get_i64(p->posting.db, "SELECT id FROM item WHERE entity_id = $1 LIMIT 1",
			DB_PARAMS(P_I64(p->posting.entity_id)), 0, &any, e))
		return false;
	p->is_first = any == 0;
	if (p->is_first || p->format != FORMAT_FEC)
		return true;
	/* À-nouveaux of a later year may have to give way, whether the file names their customers or not. */
	return take_customers(p,
			      "SELECT c.id, c.code, c.terms FROM customer c WHERE c.entity_id = $1"
			      " AND EXISTS (SELECT 1 FROM item i WHERE i.customer_id = c.id"
			      " AND i.source = $2)",
			      DB_PARAMS(P_I64(p->posting.entity_id), P_TEXT(OPENING_SOURCE)), true,
			      e);
}

/* ---- items ---- */

/* A known item as it comes from the ledger; a reversed one has no balance, but its ordinal is taken. */
struct loaded {
	struct known_item item;
	bool is_there;
};

static void index_item(struct import_plan *p, struct loaded *l)
{
	struct known_item *it = &l->item;
	struct plan_customer *c = plan_customer_by_id(p, it->customer_id);
	struct identity *identity;

	if (!c || !c->is_in_batch) /* lies between two of ours */
		return;
	ENSURE(item_kind_of(it->kind_name, &it->kind));
	identity = plan_identity(p, c, it->kind, it->document_key, it->issue_year);
	if (it->ordinal > identity->last_ordinal)
		identity->last_ordinal = it->ordinal;
	if (!l->is_there)
		return;
	it->open_before_minor = it->open_minor;
	it->next_same = identity->known;
	identity->known = it;
	it->next_customer = c->items;
	c->items = it;
}

static int newest_first(const void *a, const void *b)
{
	const struct loaded *x = a, *y = b;

	return (x->item.id < y->item.id) - (x->item.id > y->item.id);
}

/* Charges of returned payments, which the accounting may book with what came back. */
static bool mark_fees(struct import_plan *p, int64_t from_id, int64_t to_id, struct err *e)
{
	struct fee {
		int64_t customer_id, item_id, return_item_id;
	} * list;
	static const struct db_column columns[] = {
		DB_COL(struct fee, customer_id),
		DB_COL(struct fee, item_id),
		DB_COL(struct fee, return_item_id),
	};
	size_t n;

	if (p->format != FORMAT_FEC)
		return true;
	if (!db_list(p->posting.db, p->arena,
		     "SELECT customer_id, fee_item_id, return_item_id FROM payment_return"
		     " WHERE entity_id = $1 AND state = 'treated' AND fee_item_id IS NOT NULL"
		     " AND return_item_id IS NOT NULL AND customer_id >= $2 AND customer_id <= $3"
		     " ORDER BY id",
		     DB_PARAMS(P_I64(p->posting.entity_id), P_I64(from_id), P_I64(to_id)), columns,
		     ARRAY_LEN(columns), sizeof *list, (void **)&list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct plan_customer *c = plan_customer_by_id(p, list[i].customer_id);
		struct known_item *k = c && c->is_in_batch ? c->items : NULL;

		while (k && k->id != list[i].item_id)
			k = k->next_customer;
		if (k)
			k->fee_of_id = list[i].return_item_id;
	}
	return true;
}

/* The items of the customers from one id to another. */
static bool load_range(struct import_plan *p, int64_t from_id, int64_t to_id, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct loaded, item.id),
		DB_COL(struct loaded, item.customer_id),
		DB_COL(struct loaded, item.kind_name),
		DB_COL(struct loaded, item.document_key),
		DB_COL(struct loaded, item.issue_year),
		DB_COL(struct loaded, item.ordinal),
		DB_COL(struct loaded, item.amount_minor),
		DB_COL(struct loaded, item.open_minor),
		DB_DAY(struct loaded, item.issued_on),
		DB_DAY(struct loaded, item.due_on),
		DB_DAY(struct loaded, item.effective),
		DB_COL(struct loaded, item.due_source),
		DB_COL(struct loaded, item.bank_entry_id),
		DB_COL(struct loaded, item.is_booked),
		DB_COL(struct loaded, item.payment_ref),
		DB_COL(struct loaded, item.order_ref),
		DB_COL(struct loaded, item.has_net),
		DB_COL(struct loaded, item.net_minor),
		DB_COL(struct loaded, item.vat_minor),
		DB_COL(struct loaded, item.source),
		DB_COL(struct loaded, item.currency),
		DB_COL(struct loaded, is_there),
	};
	struct loaded *all;
	size_t n;

	if (!db_list(p->posting.db, p->arena,
		     "SELECT i.id, i.customer_id, i.kind, i.document_key, i.issue_year, i.ordinal,"
		     " i.amount_minor, b.open_minor, i.issued_on, i.due_on, i.effective,"
		     " i.due_source, i.bank_entry_id, i.is_booked, i.payment_ref, i.order_ref,"
		     " CASE WHEN i.net_minor IS NULL THEN 0 ELSE 1 END, i.net_minor,"
		     " i.vat_minor, i.source, i.currency,"
		     " CASE WHEN b.item_id IS NULL THEN 0 ELSE 1 END"
		     " FROM item i LEFT JOIN item_balance b ON b.item_id = i.id"
		     " WHERE i.entity_id = $1 AND i.customer_id >= $2 AND i.customer_id <= $3",
		     DB_PARAMS(P_I64(p->posting.entity_id), P_I64(from_id), P_I64(to_id)), columns,
		     ARRAY_LEN(columns), sizeof *all, (void **)&all, &n, e))
		return false;
	/* So that each chain begins with the oldest. */
	if (n)
		qsort(all, n, sizeof *all, newest_first);
	for (size_t i = 0; i < n; i++)
		index_item(p, &all[i]);
	return mark_fees(p, from_id, to_id, e) && plan_load_exported(p, from_id, to_id, e);
}

/* How many customers the ledger has between the first and the last of the batch. */
static size_t width_of(const struct import_plan *p)
{
	size_t at[2] = { 0, 0 };

	for (int i = 0; i < 2; i++) {
		int64_t id = p->batch[i ? p->n_batch - 1 : 0]->id;
		size_t low = 0, high = p->n_by_id;
		while (low < high) {
			size_t middle = low + (high - low) / 2;
			if (p->by_id[middle]->id < id)
				low = middle + 1;
			else
				high = middle;
		}
		at[i] = low;
	}
	return at[1] - at[0] + 1;
}

bool plan_load(struct import_plan *p, struct err *e)
{
	if (p->is_first || p->n_batch == 0)
		return true;
	if (p->knows_all && width_of(p) <= p->n_batch * FEW_IN_RANGE)
		return load_range(p, p->batch[0]->id, p->batch[p->n_batch - 1]->id, e);
	for (size_t i = 0; i < p->n_batch; i++)
		if (!load_range(p, p->batch[i]->id, p->batch[i]->id, e))
			return false;
	return true;
}
