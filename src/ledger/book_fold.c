/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_fold.h"

#include "base/list.h"
#include "base/map.h"
#include "base/money.h"
#include "ledger/book_totals.h"

#include <stdlib.h>

/* The kinds that are money, a bit each. */
static uint32_t cash_kinds(void)
{
	uint32_t kinds = 0;

	for (int kind = 0; kind < ITEM_KIND_COUNT; kind++)
		kinds |= item_kind_is_cash((enum item_kind)kind) ? 1u << kind : 0;
	return kinds;
}

/* ---- rows by key ------------------------------------------------------------------------------- */

/* The sums of a row while it is added up. The place after the last bucket is for receipts to apply. */
struct sums {
	int64_t minor[AGEING_MAX_BUCKETS + 1], n[AGEING_MAX_BUCKETS + 1];
	int64_t disputed_minor;
	bool is_too_large;
};

struct fold_row {
	const char *key, *name, *currency;
	struct sums sums;
};

struct folding {
	const struct book_version *v;
	struct arena *arena; /* of the results */
	struct arena *step;  /* of one chunk */
	day_t as_of;
	uint32_t position;
	struct ageing_bounds bounds;
	uint32_t cash_kinds;
	bool has_key;
	enum ageing_key key;
	LIST_OF(struct fold_row) rows;
	struct map index; /* "currency key" to position in rows */
	/* of the chunk at hand: the row of a word and a currency met before */
	struct known_row {
		uint32_t word;
		uint8_t currency;
		size_t row;
	} known[64];
};

static uint32_t owner_word(const struct folding *f, const struct chunk *c, uint32_t k,
			   enum book_role role)
{
	uint32_t o = chunk_owner(c, k, role, f->as_of, f->position);

	return o == UINT32_MAX ? 0 : chunk_owner_name(c, o);
}

/* The key of a customer as a text of the chunk: equal texts are at one place, but for codes. */
static uint32_t word_of(const struct folding *f, const struct chunk *c, uint32_t k)
{
	if (!f->has_key)
		return 0;
	switch (f->key) {
	case AGEING_BY_CUSTOMER:
		return chunk_code(c, k);
	case AGEING_BY_SEGMENT:
		return chunk_segment(c, k);
	case AGEING_BY_COLLECTOR:
		return owner_word(f, c, k, BOOK_COLLECTOR);
	case AGEING_BY_SALESPERSON:
		return owner_word(f, c, k, BOOK_SALESPERSON);
	case AGEING_BY_BRANCH:
		return owner_word(f, c, k, BOOK_BRANCH_MANAGER);
	case AGEING_BY_CURRENCY:
		break;
	}
	return 0;
}

static size_t find_row(struct folding *f, const struct chunk *c, uint32_t k, uint32_t word,
		       uint8_t currency)
{
	const char *code = c->currency[currency].text;
	const char *text = word ? c->text + word : "";
	const char *full, *name;
	struct fold_row *row;
	size_t *at;

	if (f->has_key && f->key == AGEING_BY_CURRENCY)
		text = code;
	full = arena_printf(f->step, "%s %s", code, text);
	at = map_get(&f->index, full);
	if (at)
		return *at;
	at = ARENA_NEW(f->arena, size_t);
	*at = f->rows.n;
	map_set(&f->index, full, at);
	name = f->has_key && f->key == AGEING_BY_CUSTOMER ? c->text + chunk_name(c, k) : text;
	row = LIST_ADD(f->arena, &f->rows);
	row->key = arena_strdup(f->arena, text);
	row->name = arena_strdup(f->arena, name);
	row->currency = arena_strdup(f->arena, code);
	return *at;
}

static struct sums *row_of(struct folding *f, const struct chunk *c, uint32_t k, uint32_t word,
			   uint8_t currency)
{
	struct known_row *known = &f->known[(word * 7 + currency) % ARRAY_LEN(f->known)];

	if (known->row == SIZE_MAX || known->word != word || known->currency != currency) {
		known->row = find_row(f, c, k, word, currency);
		known->word = word;
		known->currency = currency;
	}
	return &f->rows.at[known->row].sums;
}

/* Counting the bounds that are passed takes the same few steps for every item. */
static inline int place_of(const struct ageing_bounds *bounds, int days_late)
{
	int bucket = 0;

	for (int i = 0; i < bounds->n; i++)
		bucket += days_late > bounds->days[i];
	return bucket;
}

/* Items of customer k, or (no key) of all that the chunk has in the range. */
static void fold_range(struct folding *f, const struct chunk_state *s, uint32_t k, uint32_t word,
		       uint32_t from, uint32_t to)
{
	const struct chunk *c = s->chunk;
	const struct pack kind = c->kind, currency_of = c->currency_of;
	struct sums *sums = NULL;
	uint8_t currency = 0;

	for (uint32_t i = from; i < to; i++) {
		uint8_t of = (uint8_t)pack_at(&currency_of, i);
		int64_t open = s->open_minor[i];
		int at;

		if (open == 0)
			continue;
		if (!sums || of != currency) {
			currency = of;
			sums = row_of(f, c, k, word, of);
		}
		if (f->cash_kinds >> pack_at(&kind, i) & 1) {
			at = f->bounds.n + 1;
		} else {
			at = place_of(&f->bounds, f->as_of - s->due_on[i]);
			if (s->disputed_minor)
				sums->is_too_large |= __builtin_add_overflow(sums->disputed_minor,
									     s->disputed_minor[i],
									     &sums->disputed_minor);
		}
		sums->n[at]++;
		sums->is_too_large |=
			__builtin_add_overflow(sums->minor[at], open, &sums->minor[at]);
	}
}

static void fold_customers(struct folding *f, const struct chunk_state *s)
{
	const struct chunk *c = s->chunk;
	uint32_t hot = chunk_hot_first(c, 0), cold = chunk_cold_first(c, 0);

	for (uint32_t k = 0; k < c->n.n_customers; k++) {
		uint32_t hot_end = chunk_hot_first(c, k + 1);
		uint32_t cold_end = s->is_now ? cold : chunk_cold_first(c, k + 1);
		uint32_t word = hot < hot_end || cold < cold_end ? word_of(f, c, k) : 0;

		fold_range(f, s, k, word, hot, hot_end);
		fold_range(f, s, k, word, cold, cold_end);
		hot = hot_end;
		cold = cold_end;
	}
}

static bool fold_chunk(struct folding *f, const struct chunk *c, struct err *e)
{
	struct chunk_state s;

	if (!chunk_state_at(c, f->step, f->as_of, f->position, &s, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(f->known); i++)
		f->known[i].row = SIZE_MAX;
	if (!f->has_key || f->key == AGEING_BY_CURRENCY)
		fold_range(f, &s, 0, 0, 0, s.n);
	else
		fold_customers(f, &s);
	arena_reset(f->step);
	return true;
}

static bool finish_row(const struct folding *f, const struct fold_row *from, struct ageing_row *ret,
		       struct err *e)
{
	const struct sums *s = &from->sums;
	int last = f->bounds.n + 1;
	struct ageing g = { .n_buckets = last,
			    .unallocated_minor = s->minor[last],
			    .n_unallocated = s->n[last],
			    .disputed_minor = s->disputed_minor };

	if (s->is_too_large)
		return err_set(e, ERR_RANGE, "the total does not fit in 64 bits");
	for (int i = 0; i <= last; i++) {
		if (i < last)
			g.bucket[i] = (struct ageing_bucket){ s->minor[i], s->n[i] };
		if (!minor_add(&g.total_minor, s->minor[i], e) ||
		    (i > 0 && i < last && !minor_add(&g.overdue_minor, s->minor[i], e)))
			return false;
	}
	*ret = (struct ageing_row){ .key = from->key, .name = from->name, .ageing = g };
	memcpy(ret->currency, from->currency, sizeof ret->currency);
	return true;
}

static int by_currency(const void *a, const void *b)
{
	const struct ageing_row *x = a, *y = b;

	return strcmp(x->currency, y->currency);
}

static int by_total(const void *a, const void *b)
{
	const struct ageing_row *x = a, *y = b;

	if (x->ageing.total_minor != y->ageing.total_minor)
		return x->ageing.total_minor < y->ageing.total_minor ? 1 : -1;
	return strcmp(x->key, y->key);
}

static bool finish(const struct folding *f, struct ageing_row **ret, size_t *ret_n, struct err *e)
{
	struct ageing_row *row = ARENA_ARRAY(f->arena, f->rows.n, struct ageing_row);

	for (size_t i = 0; i < f->rows.n; i++)
		if (!finish_row(f, &f->rows.at[i], &row[i], e))
			return err_while(e, "adding up the aged balance");
	if (f->rows.n)
		qsort(row, f->rows.n, sizeof *row, f->has_key ? by_total : by_currency);
	*ret = row;
	*ret_n = f->rows.n;
	return true;
}

static bool fold(struct folding *f, struct ageing_row **ret, size_t *ret_n, struct err *e)
{
	bool ok = true;

	f->step = arena_new(0);
	map_init(&f->index, f->arena);
	f->cash_kinds = cash_kinds();
	for (size_t p = 0; ok && p < f->v->n_parts; p++)
		ok = fold_chunk(f, &f->v->part[p]->c, e);
	arena_free(f->step);
	return ok && finish(f, ret, ret_n, e);
}

bool fold_ageing_by(const struct book_version *v, struct arena *a, day_t as_of, uint32_t position,
		    const struct ageing_bounds *bounds, enum ageing_key key,
		    struct ageing_row **ret, size_t *ret_n, struct err *e)
{
	struct folding f = { .v = v,
			     .arena = a,
			     .as_of = as_of,
			     .position = position,
			     .bounds = *bounds,
			     .has_key = true,
			     .key = key };

	return fold(&f, ret, ret_n, e);
}

/* ---- the whole --------------------------------------------------------------------------------- */

/* Whether every fact of every chunk counts on that day and at that position. */
static bool is_now(const struct book_version *v, day_t as_of, uint32_t position)
{
	return as_of >= v->last_effective && position >= v->last_position;
}

static bool has_items(const struct ageing *g)
{
	int64_t n = g->n_unallocated;

	for (int i = 0; i < g->n_buckets; i++)
		n += g->bucket[i].n_items;
	return n > 0;
}

static bool from_totals(const struct book_totals *t, struct arena *a, day_t as_of,
			const struct ageing_bounds *bounds, struct ageing_row **ret, size_t *ret_n,
			struct err *e)
{
	struct ageing_row *row = ARENA_ARRAY(a, t->n, struct ageing_row);
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct totals_currency *c = &t->currency[i];

		if (!totals_ageing(c, as_of, bounds, &row[n].ageing))
			return err_set(e, ERR_RANGE, "the aged balance does not fit");
		if (!has_items(&row[n].ageing))
			continue;
		row[n].key = row[n].name = "";
		memcpy(row[n++].currency, c->code, 4);
	}
	if (n)
		qsort(row, n, sizeof *row, by_currency);
	*ret = row;
	*ret_n = n;
	return true;
}

bool fold_ageing(const struct book_version *v, struct arena *a, day_t as_of, uint32_t position,
		 const struct ageing_bounds *bounds, struct ageing_row **ret, size_t *ret_n,
		 struct err *e)
{
	struct folding f = {
		.v = v, .arena = a, .as_of = as_of, .position = position, .bounds = *bounds
	};

	if (v->totals && is_now(v, as_of, position))
		return from_totals(v->totals, a, as_of, bounds, ret, ret_n, e);
	return fold(&f, ret, ret_n, e);
}

/* ---- the worst --------------------------------------------------------------------------------- */

struct worst {
	const struct book_version *v;
	day_t as_of;
	uint32_t position;
	const char *currency;
	uint32_t cash_kinds;
	struct fold_debtor *at; /* a heap: the least of those kept is first */
	size_t n, room;
};

static int compare_debtors(const void *x, const void *y)
{
	const struct fold_debtor *a = x, *b = y;
	int d = (a->late_minor < b->late_minor) - (a->late_minor > b->late_minor);

	if (d == 0)
		d = (a->total_minor < b->total_minor) - (a->total_minor > b->total_minor);
	return d ? d : strcmp(a->code, b->code);
}

static void sift_down(struct worst *w, size_t i)
{
	for (;;) {
		size_t least = i;
		struct fold_debtor swap;

		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < w->n; child++)
			if (compare_debtors(&w->at[child], &w->at[least]) > 0)
				least = child;
		if (least == i)
			return;
		swap = w->at[i];
		w->at[i] = w->at[least];
		w->at[least] = swap;
		i = least;
	}
}

static void keep(struct worst *w, const struct fold_debtor *d)
{
	if (w->n < w->room) {
		w->at[w->n++] = *d;
		if (w->n == w->room)
			for (size_t i = w->n / 2 + 1; i > 0; i--)
				sift_down(w, i - 1);
		return;
	}
	if (compare_debtors(d, &w->at[0]) < 0) {
		w->at[0] = *d;
		sift_down(w, 0);
	}
}

static bool add_up(const struct worst *w, const struct chunk_state *s, uint32_t from, uint32_t to,
		   uint8_t currency, struct fold_debtor *d)
{
	const struct chunk *c = s->chunk;
	bool is_too_large = false;

	for (uint32_t i = from; i < to; i++) {
		int64_t open = s->open_minor[i];

		if (open == 0 || chunk_currency_of(c, i) != currency)
			continue;
		is_too_large |= __builtin_add_overflow(d->total_minor, open, &d->total_minor);
		if (s->due_on[i] >= w->as_of || w->cash_kinds >> chunk_kind(c, i) & 1)
			continue;
		d->n_late++;
		if (d->oldest_due == DAY_NONE || s->due_on[i] < d->oldest_due)
			d->oldest_due = s->due_on[i];
		is_too_large |= __builtin_add_overflow(d->late_minor, open, &d->late_minor);
	}
	return !is_too_large;
}

static bool worst_of_customers(struct worst *w, const struct chunk_state *s, uint8_t currency,
			       struct err *e)
{
	const struct chunk *c = s->chunk;
	uint32_t hot = chunk_hot_first(c, 0), cold = chunk_cold_first(c, 0);

	for (uint32_t k = 0; k < c->n.n_customers; k++) {
		uint32_t hot_end = chunk_hot_first(c, k + 1);
		uint32_t cold_end = s->is_now ? cold : chunk_cold_first(c, k + 1);
		struct fold_debtor d = { .oldest_due = DAY_NONE };

		if (!add_up(w, s, hot, hot_end, currency, &d) ||
		    !add_up(w, s, cold, cold_end, currency, &d))
			return err_set(e, ERR_RANGE, "the total of customer %s does not fit",
				       c->text + chunk_code(c, k));
		hot = hot_end;
		cold = cold_end;
		/* Most are not among the worst: their names need not be looked at. */
		if (d.n_late == 0 || (w->n == w->room && d.late_minor < w->at[0].late_minor))
			continue;
		d.customer_id = chunk_customer_id(c, k);
		d.code = c->text + chunk_code(c, k);
		d.name = c->text + chunk_name(c, k);
		keep(w, &d);
	}
	return true;
}

static bool worst_of_chunk(struct worst *w, const struct chunk *c, struct arena *step,
			   struct err *e)
{
	uint8_t currency = 0;
	struct chunk_state s;

	while (currency < c->n.n_currencies && strcmp(c->currency[currency].text, w->currency) != 0)
		currency++;
	if (currency == c->n.n_currencies)
		return true;
	if (!chunk_state_at(c, step, w->as_of, w->position, &s, e))
		return false;
	if (!worst_of_customers(w, &s, currency, e))
		return false;
	arena_reset(step);
	return true;
}

bool fold_worst(const struct book_version *v, struct arena *a, day_t as_of, uint32_t position,
		const char *currency, size_t n, struct fold_debtor **ret, size_t *ret_n,
		struct err *e)
{
	struct worst w = { .v = v,
			   .as_of = as_of,
			   .position = position,
			   .currency = currency,
			   .cash_kinds = cash_kinds(),
			   .room = n };
	struct arena *step = arena_new(0);
	bool ok = true;

	ENSURE(n > 0);
	w.at = ARENA_ARRAY(a, n, struct fold_debtor);
	for (size_t p = 0; ok && p < v->n_parts; p++)
		ok = worst_of_chunk(&w, &v->part[p]->c, step, e);
	arena_free(step);
	if (w.n)
		qsort(w.at, w.n, sizeof *w.at, compare_debtors);
	*ret = w.at;
	*ret_n = w.n;
	return ok;
}
