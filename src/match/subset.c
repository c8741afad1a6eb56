/* SPDX-License-Identifier: Apache-2.0 */
#include "match/subset.h"

#include <math.h>
#include <stdlib.h>

/* Most states of one half: the work of one question is a few times that. */
enum { MAX_BITS = 15, MAX_STATES = 1 << MAX_BITS, MAX_CLASSES = 64, MAX_EQUAL = 4096 };

/* Items of one amount. */
struct amounts {
	int64_t minor;
	uint32_t n;
	uint32_t *at;   /* their indexes, ascending */
	uint32_t most;  /* beyond that many they are more than the sum */
	uint32_t shift; /* where its number stands in a state's choice */
	uint32_t n_bits;
	double *ways; /* to take 0 .. most of them */
};

struct half {
	struct amounts *classes[MAX_CLASSES];
	size_t n;
	double states; /* how many there will be at most */
	uint32_t bits;
};

/* A choice of one half's items. */
struct state {
	int64_t sum;
	uint64_t choice; /* per class how many, in n_bits */
	double ways;
	uint32_t size;
};

struct states {
	struct state *at;
	size_t n;
};

struct subset_room {
	struct state at[3][MAX_STATES + 1];
};

struct finding {
	struct subset_room *room;
	struct arena *arena;
	int64_t sum;
	struct amounts *classes;
	size_t n_classes;
	struct half half[2];
	/* What may still be added: least and most. */
	int64_t rest_least, rest_most;
	struct subset_answer *ret;
};

double subset_ln_choices(size_t n, size_t k)
{
	double ln = 0;

	ENSURE(k <= n);
	if (k > n - k)
		k = n - k;
	if (k > 64) {
		double p = (double)k / (double)n;
		return -(double)n * (p * log(p) + (1 - p) * log(1 - p)) -
		       0.5 * log(6.2831853 * (double)n * p * (1 - p));
	}
	for (size_t i = 0; i < k; i++)
		ln += log((double)(n - i) / (double)(i + 1));
	return ln;
}

/* ---- classes of equal amounts ---- */

struct by_amount {
	int64_t minor;
	uint32_t at;
};

static int compare_amounts(const void *a, const void *b)
{
	const struct by_amount *x = a, *y = b;

	if (x->minor != y->minor)
		return x->minor < y->minor ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

static int compare_first(const void *a, const void *b)
{
	const struct amounts *x = a, *y = b;

	return (x->at[0] > y->at[0]) - (x->at[0] < y->at[0]);
}

/* Items that may be part of the sum at all: not larger than it with all credit notes. */
static size_t usable(const struct finding *f, const int64_t *minor, size_t n, struct by_amount *ret)
{
	double credit = 0, debit = 0;
	size_t n_usable = 0;

	for (size_t i = 0; i < n; i++)
		*(minor[i] < 0 ? &credit : &debit) += (double)minor[i];
	for (size_t i = 0; i < n; i++)
		if ((double)minor[i] <= (double)f->sum - credit + 0.5 &&
		    (double)minor[i] >= (double)f->sum - debit - 0.5)
			ret[n_usable++] = (struct by_amount){ minor[i], (uint32_t)i };
	return n_usable;
}

/* Whether some of the items may give the sum, by their total and by what divides them all. */
static bool may_add_up(const struct by_amount *items, size_t n, int64_t sum)
{
	int64_t least = 0, most = 0;
	uint64_t common = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t x = (uint64_t)llabs(items[i].minor);
		*(items[i].minor < 0 ? &least : &most) += items[i].minor;
		while (common != 1 && x) {
			uint64_t rest = common % x;
			common = x;
			x = rest;
		}
	}
	return n > 0 && sum >= least && sum <= most && (uint64_t)llabs(sum) % common == 0;
}

static void classify(struct finding *f, struct by_amount *items, size_t n)
{
	uint32_t *all = ARENA_ARRAY(f->arena, n + 1, uint32_t);

	f->classes = ARENA_ARRAY(f->arena, n + 1, struct amounts);
	if (n)
		qsort(items, n, sizeof *items, compare_amounts);
	for (size_t i = 0; i < n; i++) {
		struct amounts *c;
		if (i == 0 || items[i].minor != items[i - 1].minor) {
			c = &f->classes[f->n_classes++];
			c->minor = items[i].minor;
			c->at = &all[i];
		}
		c = &f->classes[f->n_classes - 1];
		c->at[c->n++] = items[i].at;
	}
	/* In the order of the items: what is not tried are the last ones. */
	if (f->n_classes)
		qsort(f->classes, f->n_classes, sizeof *f->classes, compare_first);
}

/* How many of a class can be part of the sum, as far as this tries. */
static uint32_t most_of(const struct finding *f, const struct amounts *c, double credit,
			double debit)
{
	double most = c->minor > 0 ? ((double)f->sum - credit) / (double)c->minor
				   : ((double)f->sum - debit) / (double)c->minor;

	if (most < 1 - 1e-9)
		return 0;
	return most + 1e-9 < (double)c->n ? (uint32_t)(most + 1e-9) : c->n;
}

/* Shares the classes out between the halves; false when some do not fit. */
static bool share_out(struct finding *f)
{
	double credit = 0, debit = 0;
	bool is_all = true;

	for (size_t i = 0; i < f->n_classes; i++)
		*(f->classes[i].minor < 0 ? &credit : &debit) +=
			(double)f->classes[i].minor * (double)f->classes[i].n;
	f->half[0].states = f->half[1].states = 1;
	for (size_t i = 0; i < f->n_classes; i++) {
		struct amounts *c = &f->classes[i];
		uint32_t most = most_of(f, c, credit, debit);
		struct half *h = &f->half[f->half[0].states > f->half[1].states];
		if (most > MAX_EQUAL || h->states * (most + 1.0) > MAX_STATES ||
		    h->n == MAX_CLASSES) {
			is_all = false;
			continue;
		}
		while (most >> c->n_bits)
			c->n_bits++;
		c->most = most;
		c->shift = h->bits;
		h->bits += c->n_bits;
		h->states *= most + 1.0;
		h->classes[h->n++] = c;
	}
	return is_all;
}

/* ---- states ---- */

static int compare_states(const void *a, const void *b)
{
	const struct state *x = a, *y = b;

	if (x->sum != y->sum)
		return x->sum < y->sum ? -1 : 1;
	return (x->size > y->size) - (x->size < y->size);
}

static struct state with(const struct state *s, const struct amounts *c, uint32_t k)
{
	return (struct state){ .sum = s->sum + c->minor * (int64_t)k,
			       .choice = s->choice | (uint64_t)k << c->shift,
			       .ways = s->ways * c->ways[k],
			       .size = s->size + k };
}

static void count_ways(struct arena *a, struct amounts *c)
{
	c->ways = ARENA_ARRAY(a, c->most + 1u, double);
	c->ways[0] = 1;
	for (uint32_t k = 0; k < c->most; k++) {
		double next = c->ways[k] * (double)(c->n - k) / (double)(k + 1);
		c->ways[k + 1] = next < 1e15 ? floor(next + 0.5) : next < 1e300 ? next : 1e300;
	}
}

/* Whether the sum can still be reached from there. */
static bool may_reach(const struct finding *f, int64_t sum)
{
	return sum + f->rest_least <= f->sum && sum + f->rest_most >= f->sum;
}

/* The list and the list with one more item, both sorted: merged. */
static void merge_one(const struct finding *f, const struct states *from, const struct amounts *c,
		      struct states *to)
{
	size_t i = 0, k = 0;

	while (i < from->n || k < from->n) {
		bool is_old = k == from->n ||
			      (i < from->n && from->at[i].sum <= from->at[k].sum + c->minor);
		const struct state *s = is_old ? &from->at[i++] : &from->at[k++];
		if (may_reach(f, s->sum + (is_old ? 0 : c->minor)))
			to->at[to->n++] = is_old ? *s : with(s, c, 1);
	}
}

static void add_class(struct finding *f, const struct states *from, const struct amounts *c,
		      struct states *to)
{
	*(c->minor < 0 ? &f->rest_least : &f->rest_most) -= c->minor * (int64_t)c->most;
	to->n = 0;
	if (c->most == 1) {
		merge_one(f, from, c, to);
		return;
	}
	for (size_t i = 0; i < from->n; i++)
		for (uint32_t k = 0; k <= c->most; k++)
			if (may_reach(f, from->at[i].sum + c->minor * (int64_t)k))
				to->at[to->n++] = with(&from->at[i], c, k);
	if (to->n)
		qsort(to->at, to->n, sizeof *to->at, compare_states);
}

/* All choices of the half that may be part of the sum, into one of the room's two first places. */
static struct states make_states(struct finding *f, const struct half *h, size_t place,
				 size_t other)
{
	struct states x = { f->room->at[place], 1 };
	struct states y = { f->room->at[other], 0 };

	f->rest_least = f->rest_most = 0;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < f->half[k].n; i++) {
			const struct amounts *c = f->half[k].classes[i];
			*(c->minor < 0 ? &f->rest_least : &f->rest_most) +=
				c->minor * (int64_t)c->most;
		}
	x.at[0] = (struct state){ .ways = 1 };
	for (size_t i = 0; i < h->n; i++) {
		struct states swap = x;
		count_ways(f->arena, h->classes[i]);
		add_class(f, &x, h->classes[i], &y);
		x = y;
		y = swap;
	}
	return x;
}

/* ---- meeting ---- */

static void write_half(const struct half *h, uint64_t choice, struct subset_choice *ret)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct amounts *c = h->classes[i];
		uint32_t k = (uint32_t)(choice >> c->shift) & ((1u << c->n_bits) - 1);
		for (uint32_t j = 0; j < k; j++)
			ret->at[ret->n++] = c->at[j];
	}
}

static int compare_indexes(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void keep(struct finding *f, const struct state *x, const struct state *y)
{
	struct subset_answer *r = f->ret;
	struct subset_choice new = { .ways = x->ways * y->ways };
	size_t size = x->size + y->size, i;

	if (size == 0 || (r->n_kept == SUBSET_KEPT && size >= r->kept[SUBSET_KEPT - 1].n))
		return;
	new.at = ARENA_ARRAY(f->arena, size, uint32_t);
	write_half(&f->half[0], x->choice, &new);
	write_half(&f->half[1], y->choice, &new);
	qsort(new.at, new.n, sizeof *new.at, compare_indexes);
	r->n_kept += r->n_kept < SUBSET_KEPT;
	for (i = r->n_kept - 1; i > 0 && r->kept[i - 1].n > size; i--)
		r->kept[i] = r->kept[i - 1];
	r->kept[i] = new;
}

/* All pairs of x[0..n) and y[0..m): each x with each y gives the sum. */
static void count_pairs(struct finding *f, const struct state *x, size_t n, const struct state *y,
			size_t m)
{
	double by_size[SUBSET_SIZES] = { 0 };

	for (size_t k = 0; k < m; k++)
		by_size[y[k].size < SUBSET_SIZES ? y[k].size : SUBSET_SIZES - 1] += y[k].ways;
	for (size_t i = 0; i < n; i++)
		for (size_t s = 0; s < SUBSET_SIZES; s++) {
			size_t size = x[i].size + s;
			if (by_size[s] > 0 && size > 0)
				f->ret->ways[size < SUBSET_SIZES ? size : SUBSET_SIZES - 1] +=
					x[i].ways * by_size[s];
		}
	for (size_t i = 0; i < n && i < SUBSET_KEPT; i++)
		for (size_t k = 0; k < m && k < SUBSET_KEPT; k++)
			keep(f, &x[i], &y[k]);
}

static void meet(struct finding *f, const struct states *x, const struct states *y)
{
	size_t k = y->n;

	for (size_t i = 0; i < x->n;) {
		int64_t rest = f->sum - x->at[i].sum;
		size_t n = i + 1, from;
		while (n < x->n && x->at[n].sum == x->at[i].sum)
			n++;
		while (k > 0 && y->at[k - 1].sum > rest)
			k--;
		from = k;
		while (from > 0 && y->at[from - 1].sum == rest)
			from--;
		if (from < k)
			count_pairs(f, x->at + i, n - i, y->at + from, k - from);
		i = n;
	}
}

void subset_find(struct arena *a, struct arena *lasting, struct subset_room **room,
		 const int64_t *minor, size_t n, int64_t sum, struct subset_answer *ret)
{
	struct finding f = { .arena = a, .sum = sum, .ret = ret };
	struct by_amount *items = ARENA_ARRAY(a, n + 1, struct by_amount);
	struct states x, y;
	double reach = 0;

	*ret = (struct subset_answer){ .is_complete = true };
	for (size_t i = 0; i < n; i++)
		reach += fabs((double)minor[i]);
	/* Sums stay far from the end of the numbers. */
	if (reach > 4e18 || fabs((double)sum) > 4e18) {
		ret->is_complete = false;
		return;
	}
	n = usable(&f, minor, n, items);
	/* Most questions have no answer, and many say so at once. */
	if (!may_add_up(items, n, sum))
		return;
	classify(&f, items, n);
	ret->is_complete = share_out(&f);
	if (!*room)
		*room = ARENA_NEW(lasting, struct subset_room);
	f.room = *room;
	x = make_states(&f, &f.half[0], 0, 1);
	/* The first half lies in one of two places; the second uses the others. */
	y = make_states(&f, &f.half[1], 2, x.at == f.room->at[0] ? 1 : 0);
	meet(&f, &x, &y);
	for (size_t s = 1; s < SUBSET_SIZES; s++)
		ret->n_ways += ret->ways[s];
}
