/* SPDX-License-Identifier: Apache-2.0 */
/* book_build.c - facts in order become the bytes of a chunk. */
#include "base/buf.h"
#include "base/map.h"
#include "ledger/book_facts.h"

#include <stdlib.h>

/* The values of the columns before they are packed. */
struct laying {
	struct book_facts *f;
	size_t from, to; /* customers */
	struct chunk_counts n;
	day_t last_effective;
	uint32_t last_position;
	char codes[256][4];
	struct buf heap; /* the texts; they come last */
	struct map seen; /* those that come again, to their place */
#define LAYING_FIELD(type, name, count, least) int64_t *name;
	CHUNK_COLUMNS(LAYING_FIELD)
#undef LAYING_FIELD
};

static uint32_t put_text(struct laying *l, const char *s)
{
	size_t at = l->heap.len;

	if (!s)
		return 0;
	ENSURE(at < UINT32_MAX / 2);
	buf_add(&l->heap, s, strlen(s) + 1);
	return (uint32_t)at;
}

/* For texts of which there are few. */
static uint32_t put_word(struct laying *l, const char *s)
{
	uint32_t *at = s ? map_get(&l->seen, s) : NULL;

	if (!s || at)
		return s ? *at : 0;
	at = ARENA_NEW(l->f->arena, uint32_t);
	*at = put_text(l, s);
	map_set(&l->seen, s, at);
	return *at;
}

static uint8_t currency_of(struct laying *l, const char *code)
{
	uint32_t i = 0;

	while (i < l->n.n_currencies && memcmp(l->codes[i], code, 4) != 0)
		i++;
	ENSURE(i < ARRAY_LEN(l->codes));
	if (i == l->n.n_currencies)
		memcpy(l->codes[l->n.n_currencies++], code, 4);
	return (uint8_t)i;
}

static void counts_on(struct laying *l, day_t d)
{
	if (d != DAY_NONE && d > l->last_effective)
		l->last_effective = d;
}

static void known_at(struct laying *l, uint32_t position)
{
	if (position > l->last_position)
		l->last_position = position;
}

/* ---- counting ---------------------------------------------------------------------------------- */

static const struct fact_item *item_of(const struct book_facts *f, int64_t id)
{
	size_t low = 0, high = f->items.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (f->by_id[mid]->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	ENSURE(low < f->items.n && f->by_id[low]->id == id);
	return f->by_id[low];
}

/* Whether the item's customer is among those laid out. */
static bool is_ours(const struct laying *l, const struct fact_item *it)
{
	return it->customer_id >= l->f->customers.at[l->from].id &&
	       it->customer_id <= l->f->customers.at[l->to - 1].id;
}

static void count(struct laying *l)
{
	const struct book_facts *f = l->f;
	size_t n_items = 0, n_hot = 0, n_entries = 0, n_owners = 0, n_papers = 0;

	for (size_t c = l->from; c < l->to; c++) {
		const struct fact_customer *customer = &f->customers.at[c];

		n_items += customer->n_items;
		n_owners += customer->n_owners;
		n_papers += customer->n_papers;
		for (size_t i = 0; i < customer->n_items; i++) {
			const struct fact_item *it = f->by_customer[customer->first_item + i];
			n_hot += it->is_hot;
			n_entries += it->n_entries;
			currency_of(l, it->currency);
		}
	}
	for (size_t i = 0; i < f->changes.n; i++)
		l->n.n_changes += is_ours(l, item_of(f, f->changes.at[i].item_id));
	for (size_t i = 0; i < f->disputes.n; i++)
		l->n.n_disputes += is_ours(l, item_of(f, f->disputes.at[i].item_id));
	ENSURE(n_items < UINT32_MAX / 16 && n_entries < UINT32_MAX / 16);
	l->n.n_customers = (uint32_t)(l->to - l->from);
	l->n.n_items = (uint32_t)n_items;
	l->n.n_hot = (uint32_t)n_hot;
	l->n.n_entries = (uint32_t)n_entries;
	l->n.n_owners = (uint32_t)n_owners;
	l->n.n_papers = (uint32_t)n_papers;
}

/* ---- laying out -------------------------------------------------------------------------------- */

static uint32_t put_entries(struct laying *l, const struct fact_item *it, uint32_t at)
{
	for (size_t k = it->first_entry; k < it->first_entry + it->n_entries; k++, at++) {
		const struct fact_entry *en = &l->f->entries.at[k];

		l->entry_minor[at] = en->minor;
		l->entry_effective[at] = en->effective;
		l->entry_known[at] = en->known;
		l->entry_undone[at] = en->undone;
		l->entry_lettering[at] = put_word(l, en->lettering);
		counts_on(l, en->effective);
		known_at(l, en->known);
		known_at(l, en->undone);
	}
	return at;
}

static void put_item(struct laying *l, struct fact_item *it, uint32_t i)
{
	it->place = i;
	l->item_id[i] = it->id;
	l->amount_minor[i] = it->amount_minor;
	if (it->is_hot)
		l->open_minor[i] = it->open_minor;
	l->due_on[i] = it->due_on;
	l->issued_on[i] = it->issued_on;
	l->effective[i] = it->effective;
	l->known[i] = it->known;
	l->undone[i] = it->undone;
	l->document[i] = put_text(l, it->document);
	l->payment_ref[i] = put_text(l, it->payment_ref);
	l->kind[i] = it->kind;
	l->currency_of[i] = currency_of(l, it->currency);
	l->due_source[i] = it->due_source;
	l->entry_first[i + 1] = put_entries(l, it, (uint32_t)l->entry_first[i]);
	counts_on(l, it->effective);
	known_at(l, it->known);
	known_at(l, it->undone);
}

static void put_items(struct laying *l)
{
	uint32_t i = 0;

	l->entry_first[0] = 0;
	for (int part = 0; part < 2; part++) {
		int64_t *first = part == 0 ? l->hot_first : l->cold_first;

		first[0] = i;
		for (size_t c = l->from; c < l->to; c++) {
			const struct fact_customer *customer = &l->f->customers.at[c];

			for (size_t k = 0; k < customer->n_items; k++) {
				struct fact_item *it = l->f->by_customer[customer->first_item + k];
				if (it->is_hot == (part == 0))
					put_item(l, it, i++);
			}
			first[c - l->from + 1] = i;
		}
	}
}

static void put_customer(struct laying *l, const struct fact_customer *customer, uint32_t k)
{
	uint32_t at = (uint32_t)l->owner_first[k];

	l->customer_id[k] = customer->id;
	l->limit_minor[k] = customer->limit_minor;
	l->excluded_until[k] = customer->excluded_until;
	l->code[k] = put_text(l, customer->code);
	l->name[k] = put_text(l, customer->name);
	l->customer_kind[k] = put_word(l, customer->kind);
	l->segment[k] = put_word(l, customer->segment);
	l->means[k] = put_word(l, customer->means);
	l->status[k] = put_word(l, customer->status);
	l->customer_known[k] = customer->known;
	for (size_t i = 0; i < customer->n_owners; i++, at++) {
		const struct fact_owner *o = &l->f->owners.at[customer->first_owner + i];

		l->owner_user[at] = o->user_id;
		l->owner_name[at] = put_word(l, o->name);
		l->owner_effective[at] = o->effective;
		l->owner_known[at] = o->known;
		l->owner_role[at] = o->role;
	}
	l->owner_first[k + 1] = at;
}

static void put_changes(struct laying *l)
{
	uint32_t at = 0;

	for (size_t i = 0; i < l->f->changes.n; i++) {
		const struct fact_change *c = &l->f->changes.at[i];
		const struct fact_item *it = item_of(l->f, c->item_id);

		if (!is_ours(l, it))
			continue;
		l->change_item[at] = it->place;
		l->change_known[at] = c->known;
		l->change_old[at] = c->old;
		l->change_field[at++] = c->field;
		known_at(l, c->known);
	}
}

static void put_disputes(struct laying *l)
{
	uint32_t at = 0;

	for (size_t i = 0; i < l->f->disputes.n; i++) {
		const struct fact_dispute *d = &l->f->disputes.at[i];
		const struct fact_item *it = item_of(l->f, d->item_id);

		if (!is_ours(l, it))
			continue;
		l->dispute_minor[at] = d->minor;
		l->dispute_item[at] = it->place;
		l->dispute_known[at] = d->known;
		l->dispute_closed_known[at] = d->closed_known;
		l->dispute_opened_on[at] = d->opened_on;
		l->dispute_closed_on[at++] = d->closed_on;
		counts_on(l, d->opened_on);
		counts_on(l, d->closed_on);
		known_at(l, d->known);
		known_at(l, d->closed_known);
	}
}

static void put_papers(struct laying *l)
{
	uint32_t at = 0;

	for (size_t c = l->from; c < l->to; c++) {
		const struct fact_customer *customer = &l->f->customers.at[c];

		for (size_t i = 0; i < customer->n_papers; i++, at++) {
			const struct fact_paper *p = &l->f->papers.at[customer->first_paper + i];

			l->paper_item[at] = item_of(l->f, p->item_id)->place;
			l->paper_known[at] = p->known;
			l->paper_undone[at] = p->undone;
			l->paper_from[at] = p->from_on;
			l->paper_until[at] = p->until_on;
			l->paper_kind[at] = p->kind;
			known_at(l, p->known);
			known_at(l, p->undone);
		}
		l->paper_first[c - l->from + 1] = at;
	}
}

/* Room for every column but the texts. */
static void make_room(struct laying *l)
{
#define MAKE(type, name, count, least) l->name = ARENA_ARRAY(l->f->arena, l->n.count, int64_t);
	CHUNK_COLUMNS(MAKE)
#undef MAKE
}

static void pack(const struct laying *l, void **ret_bytes, size_t *ret_n)
{
	struct chunk_head head = { .n = l->n,
				   .last_effective = l->last_effective,
				   .last_position = l->last_position };
	struct pack_shape shape[CHUNK_COLUMN_COUNT];
	unsigned char *bytes, *at;
	size_t n;

#define MEASURE(type, name, count, least) \
	shape[CHUNK_COLUMN_##name] = pack_measure(l->name, l->n.count, least);
	CHUNK_COLUMNS(MEASURE)
#undef MEASURE
	n = chunk_size(&l->n, shape);
	ENSURE(n != SIZE_MAX);
	at = bytes = calloc(1, n);
	ENSURE(bytes);
	memcpy(at, &head, sizeof head);
	at += sizeof head;
	memcpy(at, shape, sizeof shape);
	at += sizeof shape;
#define WRITE(type, name, count, least)                                  \
	pack_write(shape[CHUNK_COLUMN_##name], l->name, l->n.count, at); \
	at += chunk_aligned(pack_bytes(shape[CHUNK_COLUMN_##name], l->n.count));
	CHUNK_COLUMNS(WRITE)
#undef WRITE
	memcpy(at, l->codes, l->n.n_currencies * sizeof(struct chunk_code));
	at += chunk_aligned(l->n.n_currencies * sizeof(struct chunk_code));
	memcpy(at, l->heap.data, l->heap.len);
	*ret_bytes = bytes;
	*ret_n = n;
}

void facts_build(struct book_facts *f, size_t from, size_t to, void **ret_bytes, size_t *ret_n)
{
	struct laying l = { .f = f, .from = from, .to = to, .last_effective = DAY_NONE };

	ENSURE(from < to && to <= f->customers.n);
	buf_init(&l.heap, f->arena);
	buf_putc(&l.heap, '\0'); /* place 0 is "none" */
	map_init(&l.seen, f->arena);
	count(&l);
	make_room(&l);
	for (size_t c = from; c < to; c++)
		put_customer(&l, &f->customers.at[c], (uint32_t)(c - from));
	put_items(&l);
	put_changes(&l);
	put_disputes(&l);
	put_papers(&l);
	l.n.n_text = (uint32_t)l.heap.len;
	pack(&l, ret_bytes, ret_n);
}
