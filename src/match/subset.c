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
	uint32_t radix; /* what one of them adds to a choice's number */
	double *ways;   /* to take 0 .. most of them; NULL: one each */
};

struct half {
	struct amounts *classes[MAX_CLASSES];
	size_t n;
	uint32_t states;  /* how many there will be at most: the choices' numbers are below */
	bool has_several; /* a class of which more than one may be taken */
	bool has_ways;    /* a class of more items than one */
	uint16_t *
		size; /* by choice: how many items; NULL until it is asked for, and while each digit is 0 or 1 */
};

/* Choices of one half's items by what they add up to, ascending. A choice is a number of which each class has a
 * digit, how many of it; digits are read only where the two halves meet, which most questions never do. */
struct states {
	int64_t *sum;
	uint16_t *choice;
	size_t from, n;
};

enum { N_PLACES = 4 };

struct subset_room {
	int64_t sum[N_PLACES][MAX_STATES + 1];
	uint16_t choice[N_PLACES][MAX_STATES + 1];
	uint16_t size[2][MAX_STATES + 1];
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
		if (most > MAX_EQUAL || h->states * (most + 1) > MAX_STATES ||
		    h->n == MAX_CLASSES) {
			is_all = false;
			continue;
		}
		c->most = most;
		c->radix = h->states;
		h->states *= most + 1;
		h->has_several = h->has_several || most != 1;
		h->has_ways = h->has_ways || c->n > 1;
		h->classes[h->n++] = c;
	}
	return is_all;
}

/* ---- states ---- */

static void count_ways(struct arena *a, struct amounts *c)
{
	if (c->n == 1)
		return;
	c->ways = ARENA_ARRAY(a, c->most + 1u, double);
	c->ways[0] = 1;
	for (uint32_t k = 0; k < c->most; k++) {
		double next = c->ways[k] * (double)(c->n - k) / (double)(k + 1);
		c->ways[k + 1] = next < 1e15 ? floor(next + 0.5) : next < 1e300 ? next : 1e300;
	}
}

/* Leaves out the states from which the sum cannot be reached any more. */
static void trim(const struct finding *f, struct states *s)
{
	const int64_t *sum = s->sum + s->from;
	int64_t least = f->sum - f->rest_most, most = f->sum - f->rest_least;
	size_t low = 0, high = s->n;

	while (low < high && sum[low] < least)
		low++;
	while (high > low && sum[high - 1] > most)
		high--;
	s->from += low;
	s->n = high - low;
}

/* The list x, and y with so much more, both sorted: merged. The first of equals is x's. */
static void merge(const struct states *x, const struct states *y, int64_t more, uint32_t choice,
		  struct states *to)
{
	const int64_t *xs = x->sum + x->from, *ys = y->sum + y->from;
	const uint16_t *xc = x->choice + x->from, *yc = y->choice + y->from;
	int64_t *sum = to->sum;
	uint16_t *chosen = to->choice;
	size_t i = 0, k = 0, n = x->n, m = y->n;

	/* No branch depends on the sums: they come in no order that a processor could guess. */
	while (i < n && k < m) {
		int64_t a = xs[i], b = ys[k] + more;
		uint16_t ca = xc[i], cb = (uint16_t)(yc[k] + choice);
		size_t at = i + k, is_x = a <= b;
		sum[at] = is_x ? a : b;
		chosen[at] = is_x ? ca : cb;
		i += is_x;
		k = at + 1 - i;
	}
	for (; i < n; i++) {
		sum[i + k] = xs[i];
		chosen[i + k] = xc[i];
	}
	for (; k < m; k++) {
		sum[n + k] = ys[k] + more;
		chosen[n + k] = (uint16_t)(yc[k] + choice);
	}
	to->from = 0;
	to->n = n + m;
}

static void exchange(struct states *x, struct states *y)
{
	struct states z = *x;

	*x = *y;
	*y = z;
}

/* With 0 .. most of the class: so many counts are made like a power is, by doubling and adding one. */
static void add_class(struct finding *f, const struct amounts *c, struct states *x,
		      struct states *spare, struct states *other)
{
	uint32_t count = c->most + 1, n = 1;

	*(c->minor < 0 ? &f->rest_least : &f->rest_most) -= c->minor * (int64_t)c->most;
	for (int bit = 30 - __builtin_clz(count); bit >= 0; bit--) {
		const struct states *so_far = n == 1 ? x : spare;
		merge(so_far, so_far, c->minor * (int64_t)n, c->radix * n, n == 1 ? spare : other);
		if (n > 1)
			exchange(spare, other);
		n *= 2;
		if (count >> bit & 1) {
			merge(spare, x, c->minor * (int64_t)n, c->radix * n, other);
			exchange(spare, other);
			n++;
		}
	}
	if (n > 1)
		exchange(x, spare);
	trim(f, x);
}

/* All choices of the half that may be part of the sum, into at[0], which is exchanged with the next two. */
static void make_states(struct finding *f, const struct half *h, struct states *at)
{
	f->rest_least = f->rest_most = 0;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < f->half[k].n; i++) {
			const struct amounts *c = f->half[k].classes[i];
			*(c->minor < 0 ? &f->rest_least : &f->rest_most) +=
				c->minor * (int64_t)c->most;
		}
	at[0].sum[0] = 0;
	at[0].choice[0] = 0;
	at[0].from = 0;
	at[0].n = 1;
	for (size_t i = 0; i < h->n; i++) {
		add_class(f, h->classes[i], &at[0], &at[1], &at[2]);
		f->ret->n_steps += at[0].n;
	}
}

/* ---- meeting ---- */

enum { FEW_MET = 16 };

/* A choice where the halves meet. */
struct met {
	const struct half *half;
	double ways;
	uint32_t choice, size;
};

static void count_sizes(struct half *h, uint16_t *room)
{
	h->size = room;
	h->size[0] = 0;
	for (size_t i = 0; i < h->n; i++) {
		const struct amounts *c = h->classes[i];
		for (uint32_t k = 1; k <= c->most; k++)
			for (uint32_t s = 0; s < c->radix; s++)
				h->size[k * c->radix + s] = (uint16_t)(h->size[s] + k);
	}
}

static uint32_t digit(const struct amounts *c, uint32_t choice)
{
	return choice / c->radix % (c->most + 1);
}

/* Of choices of one sum: of single items the first left out comes first; where more than one may be
 * taken, fewer items first. */
static int compare_met(const void *a, const void *b)
{
	const struct met *x = a, *y = b;
	uint32_t x_size = x->size, y_size = y->size;

	for (size_t i = x->half->n; i-- > 0;) {
		const struct amounts *c = x->half->classes[i];
		uint32_t k = digit(c, x->choice), m = digit(c, y->choice);
		if (c->most != 1 && x_size != y_size)
			return x_size < y_size ? -1 : 1;
		if (k != m)
			return (k < m) == (c->most == 1 || c->minor < 0) ? -1 : 1;
		x_size -= k;
		y_size -= m;
	}
	return 0;
}

static void read_met(struct finding *f, struct half *h, const uint16_t *choice, size_t n,
		     struct met *ret)
{
	if (h->has_several && !h->size)
		count_sizes(h, f->room->size[h - f->half]);
	for (size_t i = 0; i < n; i++) {
		uint32_t size = h->has_several ? h->size[choice[i]]
					       : (uint32_t)__builtin_popcount(choice[i]);
		ret[i] = (struct met){ h, 1, choice[i], size };
		for (size_t k = 0; k < h->n && h->has_ways; k++)
			if (h->classes[k]->ways)
				ret[i].ways *= h->classes[k]->ways[digit(h->classes[k], choice[i])];
	}
	if (n > 1 && h->has_several)
		qsort(ret, n, sizeof *ret, compare_met);
}

static void write_half(const struct met *x, struct subset_choice *ret)
{
	for (size_t i = 0; i < x->half->n; i++) {
		const struct amounts *c = x->half->classes[i];
		for (uint32_t k = digit(c, x->choice), j = 0; j < k; j++)
			ret->at[ret->n++] = c->at[j];
	}
}

static int compare_indexes(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void keep(struct finding *f, const struct met *x, const struct met *y)
{
	struct subset_answer *r = f->ret;
	struct subset_choice new = { .ways = x->ways * y->ways };
	size_t size = x->size + y->size, i;

	if (size == 0 || (r->n_kept == SUBSET_KEPT && size >= r->kept[SUBSET_KEPT - 1].n))
		return;
	new.at = ARENA_ARRAY(f->arena, size, uint32_t);
	write_half(x, &new);
	write_half(y, &new);
	qsort(new.at, new.n, sizeof *new.at, compare_indexes);
	r->n_kept += r->n_kept < SUBSET_KEPT;
	for (i = r->n_kept - 1; i > 0 && r->kept[i - 1].n > size; i--)
		r->kept[i] = r->kept[i - 1];
	r->kept[i] = new;
}

static void count_one(struct subset_answer *r, size_t size, double ways)
{
	if (size > 0)
		r->ways[size < SUBSET_SIZES ? size : SUBSET_SIZES - 1] += ways;
}

/* All pairs of x[0..n) and y[0..m): each x with each y gives the sum. */
static void count_pairs(struct finding *f, const struct met *x, size_t n, const struct met *y,
			size_t m)
{
	double by_size[SUBSET_SIZES] = { 0 };

	for (size_t k = 0; k < m; k++)
		by_size[y[k].size < SUBSET_SIZES ? y[k].size : SUBSET_SIZES - 1] += y[k].ways;
	for (size_t i = 0; i < n; i++) {
		if (m == 1) {
			size_t size = y->size < SUBSET_SIZES ? y->size : SUBSET_SIZES - 1;
			count_one(f->ret, x[i].size + size, x[i].ways * y->ways);
			continue;
		}
		for (size_t s = 0; s < SUBSET_SIZES; s++)
			if (by_size[s] > 0)
				count_one(f->ret, x[i].size + s, x[i].ways * by_size[s]);
	}
	for (size_t i = 0; i < n && i < SUBSET_KEPT; i++)
		for (size_t k = 0; k < m && k < SUBSET_KEPT; k++)
			keep(f, &x[i], &y[k]);
}

static void meet(struct finding *f, const struct states *x, const struct states *y)
{
	const int64_t *xs = x->sum + x->from, *ys = y->sum + y->from;
	struct met few[2][FEW_MET], *x_met, *y_met;
	size_t i = 0, k = y->n;

	while (i < x->n && k > 0) {
		int64_t sum = xs[i] + ys[k - 1];
		size_t n = 1, m = 1;
		if (sum != f->sum) {
			i += sum < f->sum;
			k -= sum > f->sum;
			continue;
		}
		while (i + n < x->n && xs[i + n] == xs[i])
			n++;
		while (m < k && ys[k - 1 - m] == ys[k - 1])
			m++;
		x_met = n <= FEW_MET ? few[0] : ARENA_ARRAY(f->arena, n, struct met);
		y_met = m <= FEW_MET ? few[1] : ARENA_ARRAY(f->arena, m, struct met);
		read_met(f, &f->half[0], x->choice + x->from + i, n, x_met);
		read_met(f, &f->half[1], y->choice + y->from + k - m, m, y_met);
		count_pairs(f, x_met, n, y_met, m);
		i += n;
		k -= m;
	}
}

static void find_in_halves(struct finding *f)
{
	struct states at[N_PLACES] = { { 0 } };

	for (size_t i = 0; i < N_PLACES; i++) {
		at[i].sum = f->room->sum[i];
		at[i].choice = f->room->choice[i];
	}
	for (size_t i = 0; i < f->n_classes; i++)
		count_ways(f->arena, &f->classes[i]);
	make_states(f, &f->half[0], at);
	make_states(f, &f->half[1], at + 1);
	meet(f, &at[0], &at[1]);
}

void subset_find(struct arena *a, struct arena *lasting, struct subset_room **room,
		 const int64_t *minor, size_t n, int64_t sum, struct subset_answer *ret)
{
	struct finding f = { .arena = a, .sum = sum, .ret = ret };
	struct by_amount *items = ARENA_ARRAY(a, n + 1, struct by_amount);
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
	find_in_halves(&f);
	for (size_t s = 1; s < SUBSET_SIZES; s++)
		ret->n_ways += ret->ways[s];
}
