/* SPDX-License-Identifier: Apache-2.0 */
/* book_facts.c - facts put in order, and taken back out of a chunk. */
#include "ledger/book_facts.h"

#include <stdlib.h>

void facts_init(struct book_facts *f, struct arena *a)
{
	*f = (struct book_facts){ .arena = a };
}

/* ---- out of a chunk ---------------------------------------------------------------------------- */

static void take_entries(struct book_facts *f, const struct chunk *c, uint32_t i)
{
	for (uint32_t k = c->entry_first[i]; k < c->entry_first[i + 1]; k++) {
		struct fact_entry *en = LIST_ADD(f->arena, &f->entries);
		/* Entries of an item stand in order of their ids, and undone ones carry their undoing: a
		 * number in place of the id keeps both. */
		*en = (struct fact_entry){ .id = (int64_t)(k - c->entry_first[i]) + 1,
					   .item_id = c->item_id[i],
					   .minor = c->entry_minor[k],
					   .lettering = chunk_text(c, c->entry_lettering[k]),
					   .effective = c->entry_effective[k],
					   .known = c->entry_known[k],
					   .undone = c->entry_undone[k] };
	}
}

static void take_item(struct book_facts *f, const struct chunk *c, int64_t customer_id, uint32_t i)
{
	struct fact_item *it = LIST_ADD(f->arena, &f->items);

	*it = (struct fact_item){ .id = c->item_id[i],
				  .customer_id = customer_id,
				  .document = chunk_text(c, c->document[i]),
				  .payment_ref = chunk_text(c, c->payment_ref[i]),
				  .amount_minor = c->amount_minor[i],
				  .issued_on = c->issued_on[i],
				  .due_on = c->due_on[i],
				  .effective = c->effective[i],
				  .known = c->known[i],
				  .undone = c->undone[i],
				  .kind = c->kind[i],
				  .due_source = c->due_source[i] };
	memcpy(it->currency, c->currency[c->currency_of[i]].text, 4);
	take_entries(f, c, i);
}

/* Whether item i is of customer k. */
static bool is_of(const struct chunk *c, uint32_t k, uint32_t i)
{
	return (i >= c->hot_first[k] && i < c->hot_first[k + 1]) ||
	       (i >= c->cold_first[k] && i < c->cold_first[k + 1]);
}

/* Order stands for the ids here too: changes newest first, disputes oldest first. */
static void take_side_facts(struct book_facts *f, const struct chunk *c, uint32_t k)
{
	for (uint32_t i = 0; i < c->n.n_changes; i++) {
		if (is_of(c, k, c->change_item[i]))
			*LIST_ADD(f->arena, &f->changes) =
				(struct fact_change){ .id = (int64_t)(c->n.n_changes - i),
						      .item_id = c->item_id[c->change_item[i]],
						      .field = c->change_field[i],
						      .old = c->change_old[i],
						      .known = c->change_known[i] };
	}
	for (uint32_t i = 0; i < c->n.n_disputes; i++) {
		if (is_of(c, k, c->dispute_item[i]))
			*LIST_ADD(f->arena, &f->disputes) =
				(struct fact_dispute){ .id = i + 1,
						       .item_id = c->item_id[c->dispute_item[i]],
						       .minor = c->dispute_minor[i],
						       .opened_on = c->dispute_opened_on[i],
						       .closed_on = c->dispute_closed_on[i],
						       .known = c->dispute_known[i],
						       .closed_known = c->dispute_closed_known[i] };
	}
}

void facts_take(struct book_facts *f, const struct chunk *c, uint32_t k)
{
	struct fact_customer *customer = LIST_ADD(f->arena, &f->customers);

	*customer = (struct fact_customer){ .id = c->customer_id[k],
					    .code = chunk_text(c, c->code[k]),
					    .name = chunk_text(c, c->name[k]),
					    .kind = chunk_text(c, c->customer_kind[k]),
					    .segment = chunk_text(c, c->segment[k]),
					    .means = chunk_text(c, c->means[k]),
					    .status = chunk_text(c, c->status[k]),
					    .limit_minor = c->limit_minor[k],
					    .excluded_until = c->excluded_until[k],
					    .known = c->customer_known[k] };
	for (uint32_t o = c->owner_first[k]; o < c->owner_first[k + 1]; o++)
		*LIST_ADD(f->arena, &f->owners) =
			(struct fact_owner){ .id = (int64_t)(o - c->owner_first[k]) + 1,
					     .customer_id = c->customer_id[k],
					     .user_id = c->owner_user[o],
					     .name = chunk_text(c, c->owner_name[o]),
					     .effective = c->owner_effective[o],
					     .known = c->owner_known[o],
					     .role = c->owner_role[o] };
	for (uint32_t i = c->hot_first[k]; i < c->hot_first[k + 1]; i++)
		take_item(f, c, customer->id, i);
	for (uint32_t i = c->cold_first[k]; i < c->cold_first[k + 1]; i++)
		take_item(f, c, customer->id, i);
	take_side_facts(f, c, k);
}

/* ---- in order ---------------------------------------------------------------------------------- */

static int by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_customers(const void *a, const void *b)
{
	const struct fact_customer *x = a, *y = b;

	return by_number(x->id, y->id);
}

static int compare_owners(const void *a, const void *b)
{
	const struct fact_owner *x = a, *y = b;
	int d = by_number(x->customer_id, y->customer_id);

	if (d == 0)
		d = by_number(x->effective, y->effective);
	return d ? d : by_number(x->id, y->id);
}

static int compare_item_ids(const void *a, const void *b)
{
	const struct fact_item *x = a, *y = b;

	return by_number(x->id, y->id);
}

static int compare_items(const void *a, const void *b)
{
	const struct fact_item *const *p = a, *const *q = b;
	const struct fact_item *x = *p, *y = *q;
	int d = by_number(x->customer_id, y->customer_id);

	if (d == 0)
		d = y->is_hot - x->is_hot;
	if (d == 0)
		d = by_number(x->due_on, y->due_on);
	if (d == 0)
		d = strcmp(x->document, y->document);
	return d ? d : by_number(x->id, y->id);
}

static int compare_entries(const void *a, const void *b)
{
	const struct fact_entry *x = a, *y = b;
	int d = by_number(x->item_id, y->item_id);

	return d ? d : by_number(x->id, y->id);
}

static int compare_changes(const void *a, const void *b)
{
	const struct fact_change *x = a, *y = b;

	return by_number(y->id, x->id);
}

static int compare_disputes(const void *a, const void *b)
{
	const struct fact_dispute *x = a, *y = b;

	return by_number(x->id, y->id);
}

#define SORT(list, compare)                                                     \
	do {                                                                    \
		if ((list).n)                                                   \
			qsort((list).at, (list).n, sizeof *(list).at, compare); \
	} while (0)

/* Entries of one item, by id. A row that undoes another on its own day becomes a mark on that one; of another
 * day, it is an entry like others. Gives how many are left. */
static size_t settle_reversals(struct fact_entry *en, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		const struct fact_entry key = { .item_id = en[i].item_id, .id = en[i].reverses_id };
		struct fact_entry *original =
			en[i].reverses_id && kept
				? bsearch(&key, en, kept, sizeof *en, compare_entries)
				: NULL;
		if (original && original->effective == en[i].effective &&
		    original->minor == -en[i].minor && original->undone == 0)
			original->undone = en[i].known;
		else
			en[kept++] = en[i];
	}
	return kept;
}

static bool settle_item(struct fact_item *it, struct fact_entry *en, size_t n, struct err *e)
{
	it->n_entries = n ? settle_reversals(en, n) : 0;
	it->open_minor = it->undone ? 0 : it->amount_minor;
	for (size_t i = 0; !it->undone && i < it->n_entries; i++) {
		if (en[i].undone == 0 &&
		    __builtin_sub_overflow(it->open_minor, en[i].minor, &it->open_minor))
			return err_set(e, ERR_RANGE,
				       "what is applied to document %.60s does not fit",
				       it->document);
	}
	it->is_hot = it->open_minor != 0;
	return true;
}

/* Items by id and entries by item side by side. */
static bool settle(struct book_facts *f, struct err *e)
{
	size_t k = 0;

	SORT(f->items, compare_item_ids);
	SORT(f->entries, compare_entries);
	f->by_id = ARENA_ARRAY(f->arena, f->items.n, struct fact_item *);
	for (size_t i = 0; i < f->items.n; i++) {
		struct fact_item *it = &f->items.at[i];
		size_t first = k;

		while (k < f->entries.n && f->entries.at[k].item_id == it->id)
			k++;
		it->first_entry = first;
		if (!settle_item(it, f->entries.at ? &f->entries.at[first] : NULL, k - first, e))
			return false;
		f->by_id[i] = it;
	}
	return k == f->entries.n ||
	       err_set(e, ERR_DB, "an allocation names item %" PRId64 " of another customer",
		       f->entries.at[k].item_id);
}

bool facts_sort(struct book_facts *f, struct err *e)
{
	size_t item = 0, owner = 0;

	if (!settle(f, e))
		return false;
	f->by_customer = arena_memdup(f->arena, f->by_id, f->items.n * sizeof(struct fact_item *));
	if (f->items.n)
		qsort(f->by_customer, f->items.n, sizeof *f->by_customer, compare_items);
	SORT(f->customers, compare_customers);
	SORT(f->owners, compare_owners);
	SORT(f->changes, compare_changes);
	SORT(f->disputes, compare_disputes);
	for (size_t c = 0; c < f->customers.n; c++) {
		struct fact_customer *customer = &f->customers.at[c];

		customer->first_item = item;
		while (item < f->items.n && f->by_customer[item]->customer_id == customer->id)
			item++;
		customer->n_items = item - customer->first_item;
		customer->first_owner = owner;
		while (owner < f->owners.n && f->owners.at[owner].customer_id == customer->id)
			owner++;
		customer->n_owners = owner - customer->first_owner;
	}
	/* A fact of a customer that is not there would be lost without a word. */
	return (item == f->items.n && owner == f->owners.n) ||
	       err_set(e, ERR_DB, "a fact names a customer that is not in the log");
}
