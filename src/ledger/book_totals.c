/* SPDX-License-Identifier: Apache-2.0 */
/* book_totals.c - what is open now, per currency and due day, kept from version to version. */
#include "ledger/book_totals.h"

#include <stdlib.h>

/* Days of the calendar that are kept: 1990 to 2079. What falls due outside is a mistake of a file, and such a book
 * is folded instead. */
enum { FIRST_DAY = 7305, N_DAYS = 32768 };

static bool add(int64_t *total, int64_t minor, int sign)
{
	return sign > 0 ? !__builtin_add_overflow(*total, minor, total)
			: !__builtin_sub_overflow(*total, minor, total);
}

static struct totals_currency *currency_of(struct book_totals *t, const char *code)
{
	struct totals_currency *c;
	size_t i = 0;

	while (i < t->n && memcmp(t->currency[i].code, code, 4) != 0)
		i++;
	if (i == t->n) {
		t->currency = realloc(t->currency, (t->n + 1) * sizeof *t->currency);
		ENSURE(t->currency);
		c = &t->currency[t->n++];
		*c = (struct totals_currency){ .from = N_DAYS };
		memcpy(c->code, code, 4);
		c->day = calloc(N_DAYS, sizeof *c->day);
		ENSURE(c->day);
	}
	return &t->currency[i];
}

static bool add_item(struct totals_currency *c, const struct chunk_state *s, uint32_t i, int sign)
{
	day_t at = s->due_on[i] - FIRST_DAY;
	struct totals_day *d;

	if (item_kind_is_cash(chunk_kind(s->chunk, i))) {
		c->n_loose += sign;
		return add(&c->loose_minor, s->open_minor[i], sign);
	}
	if (at < 0 || at >= N_DAYS)
		return false;
	d = &c->day[at];
	d->n_items += sign;
	if ((uint32_t)at < c->from)
		c->from = (uint32_t)at;
	if ((uint32_t)at >= c->to)
		c->to = (uint32_t)at + 1;
	return add(&d->open_minor, s->open_minor[i], sign) &&
	       (!s->disputed_minor || add(&d->disputed_minor, s->disputed_minor[i], sign));
}

/* Everything of the chunk counts: a day after every fact. */
static bool add_chunk(struct book_totals *t, const struct chunk *c, struct arena *a, int sign)
{
	struct chunk_state s;

	if (!chunk_state_at(c, a, INT32_MAX / 2, UINT32_MAX - 1, &s, NULL))
		return false;
	for (uint32_t i = 0; i < s.n; i++) {
		struct totals_currency *to = currency_of(t, chunk_currency(c, i));
		if (!add_item(to, &s, i, sign))
			return false;
	}
	return true;
}

void totals_free(struct book_totals *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->currency[i].day);
	free(t->currency);
	free(t);
}

static struct book_totals *copy(const struct book_totals *from)
{
	struct book_totals *t = calloc(1, sizeof *t);

	ENSURE(t);
	for (size_t i = 0; i < from->n; i++) {
		const struct totals_currency *c = &from->currency[i];
		struct totals_currency *to = currency_of(t, c->code);
		struct totals_day *day = to->day;

		*to = *c;
		to->day = day;
		if (c->to > c->from)
			memcpy(day + c->from, c->day + c->from, (c->to - c->from) * sizeof *day);
	}
	return t;
}

static bool add_part(struct book_totals *t, const struct book_part *p, struct arena *a, int sign)
{
	bool ok = add_chunk(t, &p->c, a, sign);

	arena_reset(a);
	return ok;
}

/* Parts are in order of their customers in both versions, and the same where nothing changed. */
static bool adjust(struct book_totals *t, const struct book_version *before,
		   const struct book_version *v, struct arena *a)
{
	size_t x = 0, y = 0;

	while (x < before->n_parts || y < v->n_parts) {
		const struct book_part *old = x < before->n_parts ? before->part[x] : NULL;
		const struct book_part *new = y < v->n_parts ? v->part[y] : NULL;

		if (old == new) {
			x++;
			y++;
		} else if (!new || (old && chunk_customer_id(&old->c, 0) <=
						   chunk_customer_id(&new->c, 0))) {
			if (!add_part(t, old, a, -1))
				return false;
			x++;
		} else {
			if (!add_part(t, new, a, 1))
				return false;
			y++;
		}
	}
	return true;
}

struct book_totals *totals_follow(const struct book_version *before, const struct book_version *v)
{
	struct book_totals *t = before->totals ? copy(before->totals) : NULL;
	struct arena *a;

	if (!t)
		return NULL;
	a = arena_new(0);
	if (!adjust(t, before, v, a)) {
		totals_free(t);
		t = NULL;
	}
	arena_free(a);
	return t;
}

struct book_totals *totals_make(const struct book_version *v)
{
	struct book_totals *t = calloc(1, sizeof *t);
	struct arena *a = arena_new(0);
	bool ok = true;

	ENSURE(t);
	for (size_t p = 0; ok && p < v->n_parts; p++)
		ok = add_part(t, v->part[p], a, 1);
	arena_free(a);
	if (!ok) {
		totals_free(t);
		return NULL;
	}
	return t;
}

bool totals_ageing(const struct totals_currency *c, day_t as_of, const struct ageing_bounds *bounds,
		   struct ageing *ret)
{
	struct ageing g = { .n_buckets = bounds->n + 1,
			    .unallocated_minor = c->loose_minor,
			    .n_unallocated = c->n_loose,
			    .total_minor = c->loose_minor };

	for (uint32_t at = c->from; at < c->to; at++) {
		const struct totals_day *d = &c->day[at];
		int bucket;

		if (d->n_items == 0)
			continue;
		bucket = ageing_bucket_of(bounds, (day_t)at + FIRST_DAY, as_of);
		g.bucket[bucket].n_items += d->n_items;
		if (!add(&g.bucket[bucket].amount_minor, d->open_minor, 1) ||
		    !add(&g.disputed_minor, d->disputed_minor, 1) ||
		    !add(&g.total_minor, d->open_minor, 1) ||
		    (bucket > 0 && !add(&g.overdue_minor, d->open_minor, 1)))
			return false;
	}
	*ret = g;
	return true;
}
