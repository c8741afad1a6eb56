/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_chunk.h"

#include "base/err.h"
#include "ledger/item.h"
#include "ledger/paper.h"

/* ---- the places of the columns ----------------------------------------------------------------- */

enum { COUNT_MAX = 1 << 28 };

/* Where the columns begin. */
static const size_t columns_at =
	sizeof(struct chunk_head) + CHUNK_COLUMN_COUNT * sizeof(struct pack_shape);

/* Chunks stand one behind the other in a snapshot, where each begins at eight bytes. */
_Static_assert(sizeof(struct chunk_head) % 8 == 0, "columns begin at eight bytes");

size_t chunk_size(const struct chunk_counts *n, const struct pack_shape shape[CHUNK_COLUMN_COUNT])
{
	const uint32_t all[] = { n->n_customers, n->n_items,   n->n_hot,
				 n->n_entries,   n->n_changes, n->n_disputes,
				 n->n_owners,    n->n_papers,  n->n_currencies };
	size_t size = columns_at;

	/* With such counts no product below comes near the end of size_t. */
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i] > COUNT_MAX)
			return SIZE_MAX;
#define ADD(type, name, count, least) \
	size += chunk_aligned(pack_bytes(shape[CHUNK_COLUMN_##name], (size_t)n->count));
	CHUNK_COLUMNS(ADD)
#undef ADD
	size += chunk_aligned(n->n_currencies * sizeof(struct chunk_code));
	/* What reads eight bytes from the last of a column reads into the texts at most. */
	return size + chunk_aligned(n->n_text) + PACK_SLACK;
}

void chunk_view(struct chunk *ret, const void *bytes, size_t n)
{
	const struct chunk_head *head = bytes;
	const struct pack_shape *shape = (const void *)(head + 1);
	const unsigned char *at = (const unsigned char *)bytes + columns_at;
	struct chunk c = { .n = head->n,
			   .last_effective = head->last_effective,
			   .last_position = head->last_position,
			   .bytes = bytes,
			   .size = n };

	ENSURE(n == chunk_size(&head->n, shape));
#define PLACE(type, name, count, least)                     \
	c.name = pack_over(shape[CHUNK_COLUMN_##name], at); \
	at += chunk_aligned(pack_bytes(shape[CHUNK_COLUMN_##name], (size_t)c.n.count));
	CHUNK_COLUMNS(PLACE)
#undef PLACE
	c.currency = (const void *)at;
	c.text = (const char *)at + chunk_aligned(c.n.n_currencies * sizeof(struct chunk_code));
	*ret = c;
}

/* ---- a block that may be hostile --------------------------------------------------------------- */

/* Ranges: rising from first to last. */
static bool ranges_fit(const struct pack *first, uint32_t n, uint32_t from, uint32_t to)
{
	int64_t before = from;
	bool falls = false;

	if (pack_at(first, 0) != from || pack_at(first, n) != to)
		return false;
	for (uint32_t i = 1; i <= n; i++) {
		int64_t next = pack_at(first, i);
		falls |= next < before;
		before = next;
	}
	return !falls;
}

static bool below(const struct pack *p, uint32_t n, uint32_t limit)
{
	return n == 0 || (limit > 0 && pack_within(p, n, 0, (int64_t)limit - 1));
}

static bool are_positions(const struct pack *p, uint32_t n)
{
	return pack_within(p, n, 0, UINT32_MAX);
}

static bool is_day(int64_t v)
{
	return v >= date_of(1, 1, 1) && v <= date_of(9999, 12, 31);
}

/* Days of the calendar, so that their differences fit. */
static bool are_days(const struct pack *p, uint32_t n)
{
	return pack_within(p, n, date_of(1, 1, 1), date_of(9999, 12, 31));
}

static bool are_days_or_none(const struct pack *p, uint32_t n)
{
	bool outside = false;

	if (are_days(p, n))
		return true;
	for (uint32_t i = 0; i < n; i++)
		outside |= !is_day(pack_at(p, i)) && pack_at(p, i) != DAY_NONE;
	return !outside;
}

static bool shapes_fit(const struct pack_shape *shape, const struct chunk_head *head, size_t n)
{
	const uint32_t *count = &head->n.n_customers;

	for (int i = 0; i < CHUNK_COLUMN_COUNT; i++)
		if (!pack_is_shape(shape[i]))
			return false;
	/* Each fact has its bit at least. */
	for (size_t i = 0; i < sizeof head->n / sizeof *count; i++)
		if (count[i] > 8 * n)
			return false;
	return n == chunk_size(&head->n, shape);
}

static bool texts_fit(const struct chunk *c)
{
	const struct chunk_counts *n = &c->n;
	uint32_t t = n->n_text;

	return t > 0 && c->text[t - 1] == '\0' && below(&c->code, n->n_customers, t) &&
	       below(&c->name, n->n_customers, t) && below(&c->customer_kind, n->n_customers, t) &&
	       below(&c->segment, n->n_customers, t) && below(&c->means, n->n_customers, t) &&
	       below(&c->status, n->n_customers, t) && below(&c->document, n->n_items, t) &&
	       below(&c->payment_ref, n->n_items, t) &&
	       below(&c->entry_lettering, n->n_entries, t) && below(&c->owner_name, n->n_owners, t);
}

static bool days_fit(const struct chunk *c)
{
	const struct chunk_counts *n = &c->n;

	return (c->last_effective == DAY_NONE || is_day(c->last_effective)) &&
	       are_days_or_none(&c->excluded_until, n->n_customers) &&
	       are_days(&c->due_on, n->n_items) && are_days(&c->issued_on, n->n_items) &&
	       are_days(&c->effective, n->n_items) && are_days(&c->entry_effective, n->n_entries) &&
	       are_days(&c->change_old, n->n_changes) &&
	       are_days(&c->dispute_opened_on, n->n_disputes) &&
	       are_days_or_none(&c->dispute_closed_on, n->n_disputes) &&
	       are_days(&c->paper_from, n->n_papers) &&
	       are_days_or_none(&c->paper_until, n->n_papers) &&
	       are_days(&c->owner_effective, n->n_owners);
}

static bool positions_fit(const struct chunk *c)
{
	const struct chunk_counts *n = &c->n;

	return are_positions(&c->customer_known, n->n_customers) &&
	       are_positions(&c->known, n->n_items) && are_positions(&c->undone, n->n_items) &&
	       are_positions(&c->entry_known, n->n_entries) &&
	       are_positions(&c->entry_undone, n->n_entries) &&
	       are_positions(&c->change_known, n->n_changes) &&
	       are_positions(&c->dispute_known, n->n_disputes) &&
	       are_positions(&c->dispute_closed_known, n->n_disputes) &&
	       are_positions(&c->paper_known, n->n_papers) &&
	       are_positions(&c->paper_undone, n->n_papers) &&
	       are_positions(&c->owner_known, n->n_owners);
}

static bool customers_rise(const struct chunk *c)
{
	for (uint32_t i = 0; i < c->n.n_customers; i++) {
		if (chunk_code(c, i) == 0 || chunk_name(c, i) == 0 ||
		    (i > 0 && chunk_customer_id(c, i) <= chunk_customer_id(c, i - 1)))
			return false;
	}
	return true;
}

static bool ranges_of_chunk_fit(const struct chunk *c)
{
	const struct chunk_counts *n = &c->n;

	return n->n_hot <= n->n_items && n->n_currencies <= 256 &&
	       ranges_fit(&c->hot_first, n->n_customers, 0, n->n_hot) &&
	       ranges_fit(&c->cold_first, n->n_customers, n->n_hot, n->n_items) &&
	       ranges_fit(&c->owner_first, n->n_customers, 0, n->n_owners) &&
	       ranges_fit(&c->paper_first, n->n_customers, 0, n->n_papers) &&
	       below(&c->paper_item, n->n_papers, n->n_items) &&
	       below(&c->paper_kind, n->n_papers, PAPER_KINDS) &&
	       ranges_fit(&c->entry_first, n->n_items, 0, n->n_entries) &&
	       below(&c->change_item, n->n_changes, n->n_items) &&
	       below(&c->dispute_item, n->n_disputes, n->n_items);
}

/* Amounts whose sign can be turned; disputed ones are positive. */
static bool amounts_fit(const struct chunk *c)
{
	const struct chunk_counts *n = &c->n;

	return pack_within(&c->amount_minor, n->n_items, -INT64_MAX, INT64_MAX) &&
	       pack_within(&c->open_minor, n->n_hot, -INT64_MAX, INT64_MAX) &&
	       pack_within(&c->dispute_minor, n->n_disputes, 1, INT64_MAX);
}

static bool codes_fit(const struct chunk *c)
{
	const struct chunk_counts *n = &c->n;

	for (uint32_t i = 0; i < n->n_currencies; i++)
		if (c->currency[i].text[3] != '\0')
			return false;
	return pack_within(&c->document, n->n_items, 1, UINT32_MAX) &&
	       below(&c->kind, n->n_items, ITEM_KIND_COUNT) &&
	       below(&c->due_source, n->n_items, UINT8_MAX + 1) &&
	       below(&c->currency_of, n->n_items, n->n_currencies) &&
	       below(&c->change_field, n->n_changes, BOOK_FIELD_COUNT) &&
	       below(&c->owner_role, n->n_owners, BOOK_ROLE_COUNT);
}

bool chunk_open(struct chunk *ret, const void *bytes, size_t n, struct err *e)
{
	const struct chunk_head *head = bytes;
	struct chunk c;

	if (n < columns_at || !shapes_fit((const void *)(head + 1), head, n))
		return err_set(e, ERR_FORMAT, "a chunk of the book has the wrong size");
	chunk_view(&c, bytes, n);
	if (!ranges_of_chunk_fit(&c) || !texts_fit(&c) || !days_fit(&c) || !positions_fit(&c) ||
	    !codes_fit(&c) || !amounts_fit(&c) || !customers_rise(&c))
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

static day_t *days_of(const struct stating *st, const struct pack *p, uint32_t n)
{
	day_t *ret = ARENA_ARRAY(st->arena, n, day_t);

	pack_read_i32(p, 0, n, ret);
	return ret;
}

/* What was learned after the position is taken back: changes are newest first, so the oldest later one wins. */
static void unlearn(struct stating *st)
{
	const struct chunk *c = st->c;
	day_t *due = days_of(st, &c->due_on, c->n.n_items);
	day_t *effective = days_of(st, &c->effective, c->n.n_items);

	for (uint32_t i = 0; i < c->n.n_changes; i++) {
		if (chunk_change_known(c, i) <= st->s->position)
			continue;
		if (chunk_change_field(c, i) == BOOK_DUE_ON)
			due[chunk_change_item(c, i)] = chunk_change_old(c, i);
		else
			effective[chunk_change_item(c, i)] = chunk_change_old(c, i);
	}
	st->s->due_on = due;
	st->s->effective = effective;
}

static bool take_entries(struct stating *st, uint32_t i, struct err *e)
{
	const struct chunk *c = st->c;

	for (uint32_t k = chunk_entry_first(c, i); k < chunk_entry_first(c, i + 1); k++) {
		if (chunk_entry_effective(c, k) > st->s->as_of ||
		    !chunk_stands(chunk_entry_known(c, k), chunk_entry_undone(c, k),
				  st->s->position))
			continue;
		if (__builtin_sub_overflow(st->open[i], chunk_entry_minor(c, k), &st->open[i]))
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
		    !chunk_stands(chunk_known(c, i), chunk_undone(c, i), st->s->position))
			continue;
		st->is_in[i] = 1;
		st->open[i] = chunk_amount_minor(c, i);
		if (!take_entries(st, i, e))
			return false;
	}
	st->s->open_minor = st->open;
	st->s->is_in = st->is_in;
	return true;
}

static bool dispute_stands(const struct chunk *c, uint32_t d, day_t as_of, uint32_t position)
{
	if (chunk_dispute_known(c, d) > position || chunk_dispute_opened_on(c, d) > as_of)
		return false;
	return chunk_dispute_closed_on(c, d) == DAY_NONE || chunk_dispute_closed_on(c, d) > as_of ||
	       chunk_dispute_closed_known(c, d) > position;
}

/* Never more than what is open. */
static void dispute(struct stating *st)
{
	const struct chunk *c = st->c;
	const struct chunk_state *s = st->s;
	int64_t *disputed = NULL;

	for (uint32_t d = 0; d < c->n.n_disputes; d++) {
		uint32_t i = chunk_dispute_item(c, d);
		int64_t free_minor;

		if (i >= s->n || s->open_minor[i] <= 0 ||
		    !dispute_stands(c, d, s->as_of, s->position))
			continue;
		if (!disputed)
			disputed = ARENA_ARRAY(st->arena, s->n, int64_t);
		free_minor = s->open_minor[i] - disputed[i];
		disputed[i] += chunk_dispute_minor(c, d) < free_minor ? chunk_dispute_minor(c, d)
								      : free_minor;
	}
	st->s->disputed_minor = disputed;
}

bool chunk_state_all(const struct chunk *c, struct arena *a, day_t as_of, uint32_t position,
		     struct chunk_state *ret, struct err *e)
{
	struct chunk_state s = {
		.chunk = c, .as_of = as_of, .position = position, .n = c->n.n_items
	};
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
	struct chunk_state s = {
		.chunk = c, .as_of = as_of, .position = position, .is_now = true, .n = c->n.n_hot
	};
	struct stating st = { .c = c, .arena = a, .s = &s };

	if (as_of < c->last_effective || position < c->last_position)
		return chunk_state_all(c, a, as_of, position, ret, e);
	st.open = ARENA_ARRAY(a, s.n, int64_t);
	pack_read(&c->open_minor, 0, s.n, st.open);
	s.open_minor = st.open;
	s.due_on = days_of(&st, &c->due_on, s.n);
	dispute(&st);
	*ret = s;
	return true;
}

/* Whether the item was in the book; when only the hot ones were looked at, every fact counts. */
static bool is_in(const struct chunk_state *s, uint32_t item)
{
	return s->is_in ? s->is_in[item] : chunk_undone(s->chunk, item) == 0;
}

bool chunk_paper_stands(const struct chunk_state *s, uint32_t p)
{
	const struct chunk *c = s->chunk;
	day_t until = chunk_paper_until(c, p);

	return chunk_paper_from(c, p) <= s->as_of && (until == DAY_NONE || until >= s->as_of) &&
	       chunk_stands(chunk_paper_known(c, p), chunk_paper_undone(c, p), s->position) &&
	       is_in(s, chunk_paper_item(c, p));
}

uint32_t chunk_lettering(const struct chunk_state *s, uint32_t item)
{
	const struct chunk *c = s->chunk;

	for (uint32_t k = chunk_entry_first(c, item + 1); k > chunk_entry_first(c, item); k--) {
		if (chunk_entry_lettering(c, k - 1) &&
		    chunk_entry_effective(c, k - 1) <= s->as_of &&
		    chunk_stands(chunk_entry_known(c, k - 1), chunk_entry_undone(c, k - 1),
				 s->position))
			return chunk_entry_lettering(c, k - 1);
	}
	return 0;
}

uint32_t chunk_owner(const struct chunk *c, uint32_t k, enum book_role role, day_t as_of,
		     uint32_t position)
{
	for (uint32_t o = chunk_owner_first(c, k + 1); o > chunk_owner_first(c, k); o--) {
		if (chunk_owner_role(c, o - 1) == role &&
		    chunk_owner_effective(c, o - 1) <= as_of &&
		    chunk_owner_known(c, o - 1) <= position)
			return o - 1;
	}
	return UINT32_MAX;
}
