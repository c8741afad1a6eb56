/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_chunk.h"

#include "base/err.h"
#include "ledger/item.h"

/* ---- the places of the columns ----------------------------------------------------------------- */

enum { COUNT_MAX = 1 << 28 };

size_t chunk_size(const struct chunk_counts *n)
{
	const uint32_t all[] = { n->n_customers, n->n_items,    n->n_hot,    n->n_entries,
				 n->n_changes,   n->n_disputes, n->n_owners, n->n_currencies };
	size_t size = chunk_aligned(sizeof(struct chunk_head));

	/* With such counts no product below comes near the end of size_t. */
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i] > COUNT_MAX)
			return SIZE_MAX;
#define ADD(type, name, count) size += chunk_aligned(sizeof(type) * ((size_t)n->count));
	CHUNK_COLUMNS(ADD)
#undef ADD
	return size;
}

void chunk_view(struct chunk *ret, const void *bytes, size_t n)
{
	const struct chunk_head *head = bytes;
	const char *at = (const char *)bytes + chunk_aligned(sizeof *head);
	struct chunk c = { .n = head->n,
			   .last_effective = head->last_effective,
			   .last_position = head->last_position,
			   .bytes = bytes,
			   .size = n };

	ENSURE(n == chunk_size(&head->n));
#define PLACE(type, name, count)   \
	c.name = (const void *)at; \
	at += chunk_aligned(sizeof(type) * ((size_t)c.n.count));
	CHUNK_COLUMNS(PLACE)
#undef PLACE
	*ret = c;
}

/* ---- a block that may be hostile --------------------------------------------------------------- */

/* Ranges: rising from first to last. */
static bool ranges_fit(const uint32_t *first, uint32_t n, uint32_t from, uint32_t to)
{
	uint32_t falls = 0;

	if (first[0] != from || first[n] != to)
		return false;
	for (uint32_t i = 0; i < n; i++)
		falls |= (uint32_t)(first[i] > first[i + 1]);
	return !falls;
}

static bool below(const uint32_t *v, uint32_t n, uint32_t limit)
{
	uint32_t largest = 0;

	for (uint32_t i = 0; i < n; i++)
		largest = v[i] > largest ? v[i] : largest;
	return n == 0 || largest < limit;
}

static bool bytes_below(const uint8_t *v, uint32_t n, uint32_t limit)
{
	uint8_t largest = 0;

	for (uint32_t i = 0; i < n; i++)
		largest = v[i] > largest ? v[i] : largest;
	return n == 0 || largest < limit;
}

/* Days of the calendar, so that their differences fit. */
static bool are_days(const day_t *v, uint32_t n, bool may_be_none)
{
	const day_t low = date_of(1, 1, 1), high = date_of(9999, 12, 31);
	uint32_t outside = 0;

	for (uint32_t i = 0; i < n; i++)
		outside |= (uint32_t)((v[i] < low || v[i] > high) &&
				      !(may_be_none && v[i] == DAY_NONE));
	return !outside;
}

static bool texts_fit(const struct chunk *c)
{
	const struct chunk_counts *n = &c->n;
	uint32_t t = n->n_text;

	return t > 0 && c->text[t - 1] == '\0' && below(c->code, n->n_customers, t) &&
	       below(c->name, n->n_customers, t) && below(c->customer_kind, n->n_customers, t) &&
	       below(c->segment, n->n_customers, t) && below(c->means, n->n_customers, t) &&
	       below(c->status, n->n_customers, t) && below(c->document, n->n_items, t) &&
	       below(c->payment_ref, n->n_items, t) && below(c->entry_lettering, n->n_entries, t) &&
	       below(c->owner_name, n->n_owners, t);
}

static bool days_fit(const struct chunk *c)
{
	const struct chunk_counts *n = &c->n;

	return are_days(&c->last_effective, 1, true) &&
	       are_days(c->excluded_until, n->n_customers, true) &&
	       are_days(c->due_on, n->n_items, false) &&
	       are_days(c->issued_on, n->n_items, false) &&
	       are_days(c->effective, n->n_items, false) &&
	       are_days(c->entry_effective, n->n_entries, false) &&
	       are_days(c->change_old, n->n_changes, false) &&
	       are_days(c->dispute_opened_on, n->n_disputes, false) &&
	       are_days(c->dispute_closed_on, n->n_disputes, true) &&
	       are_days(c->owner_effective, n->n_owners, false);
}

static bool customers_rise(const struct chunk *c)
{
	for (uint32_t i = 0; i < c->n.n_customers; i++) {
		if (c->code[i] == 0 || c->name[i] == 0 ||
		    (i > 0 && c->customer_id[i] <= c->customer_id[i - 1]))
			return false;
	}
	return true;
}

static bool ranges_of_chunk_fit(const struct chunk *c)
{
	const struct chunk_counts *n = &c->n;

	return n->n_hot <= n->n_items && n->n_currencies <= 256 &&
	       ranges_fit(c->hot_first, n->n_customers, 0, n->n_hot) &&
	       ranges_fit(c->cold_first, n->n_customers, n->n_hot, n->n_items) &&
	       ranges_fit(c->owner_first, n->n_customers, 0, n->n_owners) &&
	       ranges_fit(c->entry_first, n->n_items, 0, n->n_entries) &&
	       below(c->change_item, n->n_changes, n->n_items) &&
	       below(c->dispute_item, n->n_disputes, n->n_items);
}

/* Amounts whose sign can be turned; disputed ones are positive. */
static bool amounts_fit(const struct chunk *c)
{
	const struct chunk_counts *n = &c->n;
	uint32_t bad = 0;

	for (uint32_t i = 0; i < n->n_items; i++)
		bad |= (uint32_t)(c->amount_minor[i] == INT64_MIN);
	for (uint32_t i = 0; i < n->n_hot; i++)
		bad |= (uint32_t)(c->open_minor[i] == INT64_MIN);
	for (uint32_t i = 0; i < n->n_disputes; i++)
		bad |= (uint32_t)(c->dispute_minor[i] <= 0);
	return !bad;
}

static bool codes_fit(const struct chunk *c)
{
	const struct chunk_counts *n = &c->n;

	for (uint32_t i = 0; i < n->n_currencies; i++)
		if (c->currency[i].text[3] != '\0')
			return false;
	for (uint32_t i = 0; i < n->n_items; i++)
		if (c->document[i] == 0)
			return false;
	return bytes_below(c->kind, n->n_items, ITEM_KIND_COUNT) &&
	       bytes_below(c->currency_of, n->n_items, n->n_currencies) &&
	       bytes_below(c->change_field, n->n_changes, BOOK_FIELD_COUNT) &&
	       bytes_below(c->owner_role, n->n_owners, BOOK_ROLE_COUNT);
}

bool chunk_open(struct chunk *ret, const void *bytes, size_t n, struct err *e)
{
	const struct chunk_head *head = bytes;
	struct chunk c;

	if (n < sizeof *head || n != chunk_size(&head->n))
		return err_set(e, ERR_FORMAT, "a chunk of the book has the wrong size");
	chunk_view(&c, bytes, n);
	if (!ranges_of_chunk_fit(&c) || !texts_fit(&c) || !days_fit(&c) || !codes_fit(&c) ||
	    !amounts_fit(&c) || !customers_rise(&c))
		return err_set(e, ERR_FORMAT, "a chunk of the book contradicts itself");
	*ret = c;
	return true;
}

/* ---- a day and a position ---------------------------------------------------------------------- */

struct stating {
	const struct chunk *c;
	struct arena *arena;
	struct chunk_state *s;
	int64_t *open;
	uint8_t *is_in;
};

/* What was learned after the position is taken back: changes are newest first, so the oldest later one wins. */
static void unlearn(struct stating *st)
{
	const struct chunk *c = st->c;
	day_t *due = NULL, *effective = NULL;

	for (uint32_t i = 0; i < c->n.n_changes; i++) {
		if (c->change_known[i] <= st->s->position)
			continue;
		if (!due) {
			size_t n = c->n.n_items;
			due = arena_memdup(st->arena, c->due_on, n * sizeof *due);
			effective = arena_memdup(st->arena, c->effective, n * sizeof *effective);
			st->s->due_on = due;
			st->s->effective = effective;
		}
		if (c->change_field[i] == BOOK_DUE_ON)
			due[c->change_item[i]] = c->change_old[i];
		else
			effective[c->change_item[i]] = c->change_old[i];
	}
}

static bool take_entries(struct stating *st, uint32_t i, struct err *e)
{
	const struct chunk *c = st->c;

	for (uint32_t k = c->entry_first[i]; k < c->entry_first[i + 1]; k++) {
		if (c->entry_effective[k] > st->s->as_of ||
		    !chunk_stands(c->entry_known[k], c->entry_undone[k], st->s->position))
			continue;
		if (__builtin_sub_overflow(st->open[i], c->entry_minor[k], &st->open[i]))
			return err_set(e, ERR_RANGE, "what is open of an item does not fit");
	}
	return true;
}

static bool open_of_all(struct stating *st, struct err *e)
{
	const struct chunk *c = st->c;

	st->open = ARENA_ARRAY(st->arena, c->n.n_items, int64_t);
	st->is_in = ARENA_ARRAY(st->arena, c->n.n_items, uint8_t);
	for (uint32_t i = 0; i < c->n.n_items; i++) {
		if (st->s->effective[i] > st->s->as_of ||
		    !chunk_stands(c->known[i], c->undone[i], st->s->position))
			continue;
		st->is_in[i] = 1;
		st->open[i] = c->amount_minor[i];
		if (!take_entries(st, i, e))
			return false;
	}
	st->s->open_minor = st->open;
	st->s->is_in = st->is_in;
	return true;
}

static bool dispute_stands(const struct chunk *c, uint32_t d, day_t as_of, uint32_t position)
{
	if (c->dispute_known[d] > position || c->dispute_opened_on[d] > as_of)
		return false;
	return c->dispute_closed_on[d] == DAY_NONE || c->dispute_closed_on[d] > as_of ||
	       c->dispute_closed_known[d] > position;
}

/* Never more than what is open. */
static void dispute(struct stating *st)
{
	const struct chunk *c = st->c;
	const struct chunk_state *s = st->s;
	int64_t *disputed = NULL;

	for (uint32_t d = 0; d < c->n.n_disputes; d++) {
		uint32_t i = c->dispute_item[d];
		int64_t free_minor;

		if (i >= s->n || s->open_minor[i] <= 0 ||
		    !dispute_stands(c, d, s->as_of, s->position))
			continue;
		if (!disputed)
			disputed = ARENA_ARRAY(st->arena, s->n, int64_t);
		free_minor = s->open_minor[i] - disputed[i];
		disputed[i] += c->dispute_minor[d] < free_minor ? c->dispute_minor[d] : free_minor;
	}
	st->s->disputed_minor = disputed;
}

bool chunk_state_all(const struct chunk *c, struct arena *a, day_t as_of, uint32_t position,
		     struct chunk_state *ret, struct err *e)
{
	struct chunk_state s = { .chunk = c,
				 .as_of = as_of,
				 .position = position,
				 .n = c->n.n_items,
				 .due_on = c->due_on,
				 .effective = c->effective };
	struct stating st = { .c = c, .arena = a, .s = &s };

	unlearn(&st);
	if (!open_of_all(&st, e))
		return false;
	dispute(&st);
	*ret = s;
	return true;
}

bool chunk_state_at(const struct chunk *c, struct arena *a, day_t as_of, uint32_t position,
		    struct chunk_state *ret, struct err *e)
{
	struct chunk_state s = { .chunk = c,
				 .as_of = as_of,
				 .position = position,
				 .is_now = true,
				 .n = c->n.n_hot,
				 .open_minor = c->open_minor,
				 .due_on = c->due_on,
				 .effective = c->effective };
	struct stating st = { .c = c, .arena = a, .s = &s };

	if (as_of < c->last_effective || position < c->last_position)
		return chunk_state_all(c, a, as_of, position, ret, e);
	dispute(&st);
	*ret = s;
	return true;
}

uint32_t chunk_lettering(const struct chunk_state *s, uint32_t item)
{
	const struct chunk *c = s->chunk;

	for (uint32_t k = c->entry_first[item + 1]; k > c->entry_first[item]; k--) {
		if (c->entry_lettering[k - 1] && c->entry_effective[k - 1] <= s->as_of &&
		    chunk_stands(c->entry_known[k - 1], c->entry_undone[k - 1], s->position))
			return c->entry_lettering[k - 1];
	}
	return 0;
}

uint32_t chunk_owner(const struct chunk *c, uint32_t k, enum book_role role, day_t as_of,
		     uint32_t position)
{
	for (uint32_t o = c->owner_first[k + 1]; o > c->owner_first[k]; o--) {
		if (c->owner_role[o - 1] == role && c->owner_effective[o - 1] <= as_of &&
		    c->owner_known[o - 1] <= position)
			return o - 1;
	}
	return UINT32_MAX;
}
