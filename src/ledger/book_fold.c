/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_fold.h"

#include "base/list.h"
#include "base/map.h"
#include "base/money.h"
#include "ledger/book_totals.h"

#include <stdlib.h>

/* ---- rows by key ------------------------------------------------------------------------------- */

struct folding {
	const struct book_version *v;
	struct arena *arena; /* of the results */
	struct arena *step;  /* of one chunk */
	day_t as_of;
	uint32_t position;
	const struct ageing_bounds *bounds;
	bool has_key;
	enum ageing_key key;
	LIST_OF(struct ageing_row) rows;
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

	return o == UINT32_MAX ? 0 : c->owner_name[o];
}

/* The key of a customer as a text of the chunk: equal texts are at one place, but for codes. */
static uint32_t word_of(const struct folding *f, const struct chunk *c, uint32_t k)
{
	if (!f->has_key)
		return 0;
	switch (f->key) {
	case AGEING_BY_CUSTOMER:
		return c->code[k];
	case AGEING_BY_SEGMENT:
		return c->segment[k];
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
	struct ageing_row *row;
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
	name = f->has_key && f->key == AGEING_BY_CUSTOMER ? c->text + c->name[k] : text;
	row = LIST_ADD(f->arena, &f->rows);
	row->key = arena_strdup(f->arena, text);
	row->name = arena_strdup(f->arena, name);
	row->ageing.n_buckets = f->bounds->n + 1;
	memcpy(row->currency, code, sizeof row->currency);
	return *at;
}

static struct ageing *row_of(struct folding *f, const struct chunk *c, uint32_t k, uint32_t word,
			     uint8_t currency)
{
	struct known_row *known = &f->known[(word * 7 + currency) % ARRAY_LEN(f->known)];

	if (known->row == SIZE_MAX || known->word != word || known->currency != currency) {
		known->row = find_row(f, c, k, word, currency);
		known->word = word;
		known->currency = currency;
	}
	return &f->rows.at[known->row].ageing;
}

static bool add_item(const struct folding *f, const struct chunk_state *s, uint32_t i,
		     struct ageing *g, struct err *e)
{
	int64_t open = s->open_minor[i];
	int bucket;

	if (!minor_add(&g->total_minor, open, e))
		return false;
	if (item_kind_is_cash(s->chunk->kind[i])) {
		g->n_unallocated++;
		return minor_add(&g->unallocated_minor, open, e);
	}
	bucket = ageing_bucket_of(f->bounds, s->due_on[i], f->as_of);
	g->bucket[bucket].n_items++;
	return minor_add(&g->bucket[bucket].amount_minor, open, e) &&
	       (!s->disputed_minor || minor_add(&g->disputed_minor, s->disputed_minor[i], e)) &&
	       (bucket == 0 || minor_add(&g->overdue_minor, open, e));
}

static bool fold_range(struct folding *f, const struct chunk_state *s, uint32_t k, uint32_t word,
		       uint32_t from, uint32_t to, struct err *e)
{
	struct ageing *g = NULL;
	uint8_t currency = 0;

	for (uint32_t i = from; i < to; i++) {
		uint8_t of = s->chunk->currency_of[i];
		if (s->open_minor[i] == 0)
			continue;
		if (!g || of != currency) {
			currency = of;
			g = row_of(f, s->chunk, k, word, of);
		}
		if (!add_item(f, s, i, g, e))
			return err_while(e, "adding up the aged balance");
	}
	return true;
}

static bool fold_chunk(struct folding *f, const struct chunk *c, struct err *e)
{
	struct chunk_state s;
	bool ok = true;

	if (!chunk_state_at(c, f->step, f->as_of, f->position, &s, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(f->known); i++)
		f->known[i].row = SIZE_MAX;
	for (uint32_t k = 0; ok && k < c->n.n_customers; k++) {
		uint32_t word = word_of(f, c, k);

		ok = fold_range(f, &s, k, word, c->hot_first[k], c->hot_first[k + 1], e) &&
		     (s.is_now ||
		      fold_range(f, &s, k, word, c->cold_first[k], c->cold_first[k + 1], e));
	}
	arena_reset(f->step);
	return ok;
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

static bool fold(struct folding *f, struct ageing_row **ret, size_t *ret_n, struct err *e)
{
	bool ok = true;

	f->step = arena_new(0);
	map_init(&f->index, f->arena);
	for (size_t p = 0; ok && p < f->v->n_parts; p++)
		ok = fold_chunk(f, &f->v->part[p]->c, e);
	arena_free(f->step);
	if (ok && f->rows.n)
		qsort(f->rows.at, f->rows.n, sizeof *f->rows.at,
		      f->has_key ? by_total : by_currency);
	*ret = f->rows.at;
	*ret_n = f->rows.n;
	return ok;
}

bool fold_ageing_by(const struct book_version *v, struct arena *a, day_t as_of, uint32_t position,
		    const struct ageing_bounds *bounds, enum ageing_key key,
		    struct ageing_row **ret, size_t *ret_n, struct err *e)
{
	struct folding f = { .v = v,
			     .arena = a,
			     .as_of = as_of,
			     .position = position,
			     .bounds = bounds,
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
		.v = v, .arena = a, .as_of = as_of, .position = position, .bounds = bounds
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
		   uint8_t currency, struct fold_debtor *d, struct err *e)
{
	const struct chunk *c = s->chunk;

	for (uint32_t i = from; i < to; i++) {
		int64_t open = s->open_minor[i];
		if (open == 0 || c->currency_of[i] != currency)
			continue;
		if (!minor_add(&d->total_minor, open, e))
			return false;
		if (s->due_on[i] >= w->as_of || item_kind_is_cash(c->kind[i]))
			continue;
		d->n_late++;
		if (d->oldest_due == DAY_NONE || s->due_on[i] < d->oldest_due)
			d->oldest_due = s->due_on[i];
		if (!minor_add(&d->late_minor, open, e))
			return false;
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
	for (uint32_t k = 0; k < c->n.n_customers; k++) {
		struct fold_debtor d = { .customer_id = c->customer_id[k],
					 .code = c->text + c->code[k],
					 .name = c->text + c->name[k],
					 .oldest_due = DAY_NONE };
		if (!add_up(w, &s, c->hot_first[k], c->hot_first[k + 1], currency, &d, e) ||
		    (!s.is_now &&
		     !add_up(w, &s, c->cold_first[k], c->cold_first[k + 1], currency, &d, e)))
			return err_while(e, "adding up customer %s", d.code);
		if (d.n_late > 0)
			keep(w, &d);
	}
	arena_reset(step);
	return true;
}

bool fold_worst(const struct book_version *v, struct arena *a, day_t as_of, uint32_t position,
		const char *currency, size_t n, struct fold_debtor **ret, size_t *ret_n,
		struct err *e)
{
	struct worst w = { v, as_of, position, currency, NULL, 0, n };
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
