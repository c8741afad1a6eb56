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
	for (uint32_t k = chunk_entry_first(c, i); k < chunk_entry_first(c, i + 1); k++) {
		struct fact_entry *en = LIST_ADD(f->arena, &f->entries);
		/* Entries of an item stand in order of their ids, and undone ones carry their undoing: a
		 * number in place of the id keeps both. */
		*en = (struct fact_entry){ .id = (int64_t)(k - chunk_entry_first(c, i)) + 1,
					   .item_id = chunk_item_id(c, i),
					   .minor = chunk_entry_minor(c, k),
					   .lettering = chunk_text(c, chunk_entry_lettering(c, k)),
					   .effective = chunk_entry_effective(c, k),
					   .known = chunk_entry_known(c, k),
					   .undone = chunk_entry_undone(c, k) };
	}
}

static void take_item(struct book_facts *f, const struct chunk *c, int64_t customer_id, uint32_t i)
{
	struct fact_item *it = LIST_ADD(f->arena, &f->items);

	*it = (struct fact_item){ .id = chunk_item_id(c, i),
				  .customer_id = customer_id,
				  .document = chunk_text(c, chunk_document(c, i)),
				  .payment_ref = chunk_text(c, chunk_payment_ref(c, i)),
				  .amount_minor = chunk_amount_minor(c, i),
				  .issued_on = chunk_issued_on(c, i),
				  .due_on = chunk_due_on(c, i),
				  .effective = chunk_effective(c, i),
				  .known = chunk_known(c, i),
				  .undone = chunk_undone(c, i),
				  .kind = chunk_kind(c, i),
				  .due_source = chunk_due_source(c, i) };
	memcpy(it->currency, chunk_currency(c, i), 4);
	take_entries(f, c, i);
}

/* Whether item i is of customer k. */
static bool is_of(const struct chunk *c, uint32_t k, uint32_t i)
{
	return (i >= chunk_hot_first(c, k) && i < chunk_hot_first(c, k + 1)) ||
	       (i >= chunk_cold_first(c, k) && i < chunk_cold_first(c, k + 1));
}

/* Order stands for the ids here too: changes newest first, disputes oldest first. */
static void take_side_facts(struct book_facts *f, const struct chunk *c, uint32_t k)
{
	for (uint32_t i = 0; i < c->n.n_changes; i++) {
		if (is_of(c, k, chunk_change_item(c, i)))
			*LIST_ADD(f->arena, &f->changes) = (struct fact_change){
				.id = (int64_t)(c->n.n_changes - i),
				.item_id = chunk_item_id(c, chunk_change_item(c, i)),
				.field = chunk_change_field(c, i),
				.old = chunk_change_old(c, i),
				.known = chunk_change_known(c, i)
			};
	}
	for (uint32_t i = 0; i < c->n.n_disputes; i++) {
		if (is_of(c, k, chunk_dispute_item(c, i)))
			*LIST_ADD(f->arena, &f->disputes) = (struct fact_dispute){
				.id = i + 1,
				.item_id = chunk_item_id(c, chunk_dispute_item(c, i)),
				.minor = chunk_dispute_minor(c, i),
				.opened_on = chunk_dispute_opened_on(c, i),
				.closed_on = chunk_dispute_closed_on(c, i),
				.known = chunk_dispute_known(c, i),
				.closed_known = chunk_dispute_closed_known(c, i)
			};
	}
	for (uint32_t i = chunk_paper_first(c, k); i < chunk_paper_first(c, k + 1); i++)
		*LIST_ADD(f->arena, &f->papers) =
			(struct fact_paper){ .id = i + 1,
					     .customer_id = chunk_customer_id(c, k),
					     .item_id = chunk_item_id(c, chunk_paper_item(c, i)),
					     .from_on = chunk_paper_from(c, i),
					     .until_on = chunk_paper_until(c, i),
					     .known = chunk_paper_known(c, i),
					     .undone = chunk_paper_undone(c, i),
					     .kind = chunk_paper_kind(c, i) };
}

void facts_take(struct book_facts *f, const struct chunk *c, uint32_t k)
{
	struct fact_customer *customer = LIST_ADD(f->arena, &f->customers);

	*customer = (struct fact_customer){ .id = chunk_customer_id(c, k),
					    .code = chunk_text(c, chunk_code(c, k)),
					    .name = chunk_text(c, chunk_name(c, k)),
					    .kind = chunk_text(c, chunk_customer_kind(c, k)),
					    .segment = chunk_text(c, chunk_segment(c, k)),
					    .means = chunk_text(c, chunk_means(c, k)),
					    .status = chunk_text(c, chunk_status(c, k)),
					    .limit_minor = chunk_limit_minor(c, k),
					    .excluded_until = chunk_excluded_until(c, k),
					    .known = chunk_customer_known(c, k) };
	for (uint32_t o = chunk_owner_first(c, k); o < chunk_owner_first(c, k + 1); o++)
		*LIST_ADD(f->arena, &f->owners) =
			(struct fact_owner){ .id = (int64_t)(o - chunk_owner_first(c, k)) + 1,
					     .customer_id = chunk_customer_id(c, k),
					     .user_id = chunk_owner_user(c, o),
					     .name = chunk_text(c, chunk_owner_name(c, o)),
					     .effective = chunk_owner_effective(c, o),
					     .known = chunk_owner_known(c, o),
					     .role = chunk_owner_role(c, o) };
	for (uint32_t i = chunk_hot_first(c, k); i < chunk_hot_first(c, k + 1); i++)
		take_item(f, c, customer->id, i);
	for (uint32_t i = chunk_cold_first(c, k); i < chunk_cold_first(c, k + 1); i++)
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

static int compare_papers(const void *a, const void *b)
{
	const struct fact_paper *x = a, *y = b;
	int d = by_number(x->customer_id, y->customer_id);

	return d ? d : by_number(x->id, y->id);
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
	       err_set(e, ERR_DAMAGED, "an allocation names item %" PRId64 " of another customer",
		       f->entries.at[k].item_id);
}

bool facts_sort(struct book_facts *f, struct err *e)
{
	size_t item = 0, owner = 0, paper = 0;

	if (!settle(f, e))
		return false;
	f->by_customer = arena_memdup(f->arena, f->by_id, f->items.n * sizeof(struct fact_item *));
	if (f->items.n)
		qsort(f->by_customer, f->items.n, sizeof *f->by_customer, compare_items);
	SORT(f->customers, compare_customers);
	SORT(f->owners, compare_owners);
	SORT(f->changes, compare_changes);
	SORT(f->disputes, compare_disputes);
	SORT(f->papers, compare_papers);
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
		customer->first_paper = paper;
		while (paper < f->papers.n && f->papers.at[paper].customer_id == customer->id)
			paper++;
		customer->n_papers = paper - customer->first_paper;
	}
	/* A fact of a customer that is not there would be lost without a word. */
	return (item == f->items.n && owner == f->owners.n && paper == f->papers.n) ||
	       err_set(e, ERR_DAMAGED, "a fact names a customer that is not in the log");
}
