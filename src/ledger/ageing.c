/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/ageing.h"

#include "base/list.h"
#include "base/map.h"
#include "base/money.h"

#include <stdlib.h>

struct ageing_bounds ageing_default_bounds(void)
{
	return (struct ageing_bounds){ .n = 4, .days = { 0, 30, 60, 90 } };
}

bool ageing_parse_bounds(const char *text, struct ageing_bounds *ret, struct err *e)
{
	struct ageing_bounds b = { 0 };
	const char *p = text;

	do {
		int days = 0, n_digits = 0;
		for (; *p >= '0' && *p <= '9' && n_digits < 5; p++, n_digits++)
			days = days * 10 + (*p - '0');
		if (n_digits == 0 || (*p && *p != ',') || b.n == AGEING_MAX_BUCKETS - 1 ||
		    (b.n == 0 ? days != 0 : days <= b.days[b.n - 1]))
			return err_set(e, ERR_INVALID,
				       "invalid buckets \"%.60s\": expected rising whole numbers "
				       "from 0, such as 0,30,60,90",
				       text);
		b.days[b.n++] = days;
	} while (*p++ == ',');
	*ret = b;
	return true;
}

int ageing_bucket_of(const struct ageing_bounds *bounds, day_t due_on, day_t as_of)
{
	int days_late = as_of - due_on;
	int bucket = 0;

	while (bucket < bounds->n && days_late > bounds->days[bucket])
		bucket++;
	return bucket;
}

const char *ageing_bucket_name(struct arena *a, const struct ageing_bounds *bounds, int bucket)
{
	ENSURE(bucket >= 0 && bucket <= bounds->n);
	if (bucket == 0)
		return "not_due";
	if (bucket == bounds->n)
		return arena_printf(a, "%d+", bounds->days[bucket - 1] + 1);
	return arena_printf(a, "%d-%d", bounds->days[bucket - 1] + 1, bounds->days[bucket]);
}

static bool add_item(const struct book *b, const struct ageing_bounds *bounds,
		     const struct exchange_pair *pair, size_t i, struct ageing *g, struct err *e)
{
	int64_t open = b->open_minor[i], disputed = b->disputed_minor[i];
	struct ageing_bucket *to;
	int bucket;

	if (open == 0)
		return true;
	if (pair && (!exchange_pair_convert(pair, open, &open, e) ||
		     !exchange_pair_convert(pair, disputed, &disputed, e)))
		return false;
	if (!minor_add(&g->total_minor, open, e))
		return false;
	if (item_kind_is_cash(b->kind[i])) {
		g->n_unallocated++;
		return minor_add(&g->unallocated_minor, open, e);
	}
	bucket = ageing_bucket_of(bounds, b->due_on[i], b->as_of);
	to = &g->bucket[bucket];
	to->n_items++;
	return minor_add(&to->amount_minor, open, e) &&
	       minor_add(&g->disputed_minor, disputed, e) &&
	       (bucket == 0 || minor_add(&g->overdue_minor, open, e));
}

/* pair NULL: as they are. */
static bool fold(const struct book *b, const struct ageing_bounds *bounds, size_t first, size_t n,
		 int currency, const struct exchange_pair *pair, struct ageing *ret, struct err *e)
{
	struct ageing g = { .n_buckets = bounds->n + 1 };

	ENSURE(first <= b->n_items && n <= b->n_items - first);
	for (size_t i = first; i < first + n; i++)
		if (b->currency_of[i] == currency && !add_item(b, bounds, pair, i, &g, e))
			return err_while(e, "adding up the aged balance");
	*ret = g;
	return true;
}

static bool fold_customer(const struct book *b, const struct ageing_bounds *bounds, size_t customer,
			  int currency, const struct exchange_pair *pair, struct ageing *ret,
			  struct err *e)
{
	if (customer == SIZE_MAX)
		return fold(b, bounds, 0, b->n_items, currency, pair, ret, e);
	ENSURE(customer < b->n_customers);
	return fold(b, bounds, b->customer[customer].first_item, b->customer[customer].n_items,
		    currency, pair, ret, e);
}

bool ageing_of_customer(const struct book *b, const struct ageing_bounds *bounds, size_t customer,
			int currency, struct ageing *ret, struct err *e)
{
	return fold_customer(b, bounds, customer, currency, NULL, ret, e);
}

bool ageing_of_customer_in(const struct book *b, const struct ageing_bounds *bounds,
			   size_t customer, int currency, const struct exchange_table *t,
			   const char *to, struct ageing *ret, day_t *ret_rate_on, struct err *e)
{
	struct exchange_pair pair;

	if (!exchange_pair_of(t, b->currency[currency], to, b->as_of, &pair, e) ||
	    !fold_customer(b, bounds, customer, currency, pair.is_same ? NULL : &pair, ret, e))
		return false;
	*ret_rate_on = pair.rate_on;
	return true;
}

bool ageing_merge(struct ageing *to, const struct ageing *g, struct err *e)
{
	for (int i = 0; i < g->n_buckets; i++) {
		to->bucket[i].n_items += g->bucket[i].n_items;
		if (!minor_add(&to->bucket[i].amount_minor, g->bucket[i].amount_minor, e))
			return false;
	}
	to->n_unallocated += g->n_unallocated;
	return minor_add(&to->unallocated_minor, g->unallocated_minor, e) &&
	       minor_add(&to->disputed_minor, g->disputed_minor, e) &&
	       minor_add(&to->overdue_minor, g->overdue_minor, e) &&
	       minor_add(&to->total_minor, g->total_minor, e);
}

static const char *key_of(const struct book *b, const struct book_customer *c, int currency,
			  enum ageing_key key)
{
	const char *text = NULL;

	switch (key) {
	case AGEING_BY_CUSTOMER:
		text = c->code;
		break;
	case AGEING_BY_SEGMENT:
		text = c->segment;
		break;
	case AGEING_BY_COLLECTOR:
		text = c->collector;
		break;
	case AGEING_BY_SALESPERSON:
		text = c->salesperson;
		break;
	case AGEING_BY_BRANCH:
		text = c->branch_manager;
		break;
	case AGEING_BY_CURRENCY:
		text = b->currency[currency];
		break;
	}
	return text ? text : "";
}

static bool has_items(const struct ageing *g)
{
	int64_t n = g->n_unallocated;

	for (int i = 0; i < g->n_buckets; i++)
		n += g->bucket[i].n_items;
	return n > 0;
}

static int by_total(const void *a, const void *b)
{
	const struct ageing_row *x = a, *y = b;

	if (x->ageing.total_minor != y->ageing.total_minor)
		return x->ageing.total_minor < y->ageing.total_minor ? 1 : -1;
	return strcmp(x->key, y->key);
}

struct row_set {
	LIST_OF(struct ageing_row) list;
	struct map index;                   /* "currency key" to position + 1 */
	const struct exchange_table *rates; /* NULL: each currency as it is */
	const char *to;
};

/* In the currency of the rows, or in its own when it has no rate. */
static bool fold_for_row(const struct row_set *rows, const struct book *b,
			 const struct ageing_bounds *bounds, size_t customer, int currency,
			 struct ageing *ret, const char **ret_currency, struct err *e)
{
	struct err why = { 0 };
	day_t rate_on;

	*ret_currency = rows->to;
	if (rows->rates && ageing_of_customer_in(b, bounds, customer, currency, rows->rates,
						 rows->to, ret, &rate_on, &why))
		return true;
	if (rows->rates && why.code != ERR_NOT_FOUND) {
		*e = why;
		return false;
	}
	*ret_currency = b->currency[currency];
	return ageing_of_customer(b, bounds, customer, currency, ret, e);
}

static bool add_customer(const struct book *b, struct arena *a, const struct ageing_bounds *bounds,
			 enum ageing_key key, size_t customer, int currency, struct row_set *rows,
			 struct err *e)
{
	const struct book_customer *c = &b->customer[customer];
	const char *text = key_of(b, c, currency, key), *in, *full;
	struct ageing_row *row;
	struct ageing g;
	size_t *at;

	if (!fold_for_row(rows, b, bounds, customer, currency, &g, &in, e))
		return false;
	if (!has_items(&g))
		return true;
	full = arena_printf(a, "%s %s", in, text);
	at = map_get(&rows->index, full);
	if (at)
		return ageing_merge(&rows->list.at[*at].ageing, &g, e);
	at = ARENA_NEW(a, size_t);
	*at = rows->list.n;
	map_set(&rows->index, full, at);
	row = LIST_ADD(a, &rows->list);
	row->key = text;
	row->name = key == AGEING_BY_CUSTOMER ? c->name : text;
	row->ageing = g;
	memcpy(row->currency, in, sizeof row->currency);
	return true;
}

static bool collect_rows(const struct book *b, struct arena *a, const struct ageing_bounds *bounds,
			 enum ageing_key key, struct row_set *rows, struct ageing_row **ret,
			 size_t *ret_n, struct err *e)
{
	map_init(&rows->index, a);
	for (size_t c = 0; c < b->n_customers; c++)
		for (size_t currency = 0; currency < b->n_currencies; currency++)
			if (!add_customer(b, a, bounds, key, c, (int)currency, rows, e))
				return false;
	if (rows->list.n)
		qsort(rows->list.at, rows->list.n, sizeof *rows->list.at, by_total);
	*ret = rows->list.at;
	*ret_n = rows->list.n;
	return true;
}

bool ageing_by(const struct book *b, struct arena *a, const struct ageing_bounds *bounds,
	       enum ageing_key key, struct ageing_row **ret, size_t *ret_n, struct err *e)
{
	struct row_set rows = { 0 };

	return collect_rows(b, a, bounds, key, &rows, ret, ret_n, e);
}

bool ageing_by_in(const struct book *b, struct arena *a, const struct ageing_bounds *bounds,
		  enum ageing_key key, const struct exchange_table *t, const char *to,
		  struct ageing_row **ret, size_t *ret_n, struct err *e)
{
	struct row_set rows = { .rates = t, .to = to };

	return collect_rows(b, a, bounds, key, &rows, ret, ret_n, e);
}
