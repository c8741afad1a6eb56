/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/limits.h"

#include "base/money.h"
#include "ledger/book_memo.h"
#include "ledger/exposure.h"

/* One currency of the book, ready to convert; has_rate false: it has none. */
struct currency {
	struct exchange_pair pair;
	bool has_rate;
};

static bool ready(const struct book *b, const struct exchange_table *rates, const char *own,
		  struct currency *ret, struct err *e)
{
	for (size_t c = 0; c < b->n_currencies; c++) {
		struct err why = { 0 };
		ret[c].has_rate =
			exchange_pair_of(rates, b->currency[c], own, b->as_of, &ret[c].pair, &why);
		if (!ret[c].has_rate && why.code != ERR_NOT_FOUND) {
			*e = why;
			return false;
		}
	}
	return true;
}

/* What the customer owes; *ret_all is false when some of it has no rate. */
static bool owed(const struct book *b, const struct book_customer *c,
		 const struct currency *currency, int64_t *ret, bool *ret_all, day_t *rate_on,
		 struct err *e)
{
	*ret = 0;
	*ret_all = true;
	for (size_t i = c->first_item; i < c->first_item + c->n_items; i++) {
		const struct currency *k = &currency[b->currency_of[i]];
		int64_t minor;
		if (b->open_minor[i] == 0)
			continue;
		*ret_all &= k->has_rate;
		if (!k->has_rate)
			continue;
		if (!exchange_pair_convert(&k->pair, b->open_minor[i], &minor, e) ||
		    !minor_add(ret, minor, e))
			return false;
		if (k->pair.rate_on != DAY_NONE &&
		    (*rate_on == DAY_NONE || k->pair.rate_on < *rate_on))
			*rate_on = k->pair.rate_on;
	}
	return true;
}

/* The same with the paper that is not money yet. */
static bool at_risk(const struct book *b, size_t customer, const struct exchange_table *rates,
		    const char *own, const struct currency *currency, int64_t *ret, bool *ret_all,
		    day_t *rate_on, struct err *e)
{
	struct exposure paper;

	if (!owed(b, &b->customer[customer], currency, ret, ret_all, rate_on, e) ||
	    !exposure_paper(b, customer, own, rates, &paper, e))
		return false;
	*ret_all &= !paper.is_incomplete;
	return minor_add(ret, paper.total_minor, e);
}

bool limits_fold(const struct book *b, const struct exchange_table *rates, const char *own,
		 struct limits *ret, struct err *e)
{
	struct limits l = { .rate_on = DAY_NONE };
	struct currency currency[256];

	if (!ready(b, rates, own, currency, e))
		return false;
	for (size_t c = 0; c < b->n_customers; c++) {
		const struct book_customer *bc = &b->customer[c];
		int64_t minor;
		bool is_all;
		if (!bc->has_limit)
			continue;
		if (!at_risk(b, c, rates, own, currency, &minor, &is_all, &l.rate_on, e))
			return err_while(e, "adding up customer %s", bc->code);
		l.n_untold += !is_all && minor <= bc->credit_limit_minor;
		if (minor <= bc->credit_limit_minor)
			continue;
		l.n_over++;
		if (!minor_add(&l.over_minor, minor - bc->credit_limit_minor, e))
			return err_while(e, "adding up the limits");
	}
	*ret = l;
	return true;
}

struct query {
	const struct exchange_table *rates;
	const char *own;
};

static bool make(const struct book *b, struct arena *a, void *arg, const void **ret, struct err *e)
{
	const struct query *q = arg;
	struct limits *l = ARENA_NEW(a, struct limits);

	*ret = l;
	return limits_fold(b, q->rates, q->own, l, e);
}

bool limits_get(struct request *r, const struct book *b, struct when w, struct limits *ret,
		struct err *e)
{
	struct exchange_table rates = { 0 };
	struct query q = { &rates, r->entity.currency };
	const char *codes[257];
	const void *value;
	struct buf key;
	size_t n = 0;

	codes[n++] = r->entity.currency;
	for (size_t c = 0; c < b->n_currencies; c++)
		if (!str_eq(b->currency[c], r->entity.currency))
			codes[n++] = b->currency[c];
	/* The rates may change while the book does not: they are part of what was asked. */
	if (n > 1 && !exchange_load_day(r->db, r->arena, codes, n, b->as_of, w.known_at, &rates, e))
		return false;
	buf_init(&key, r->arena);
	buf_printf(&key, "limits\t%s", q.own);
	for (size_t i = 0; i < rates.n; i++)
		buf_printf(&key, "\t%s %" PRId64, rates.at[i].currency, rates.at[i].per_euro_ppm);
	if (!book_memo(b, r->arena, buf_str(&key), make, &q, &value, e))
		return false;
	*ret = *(const struct limits *)value;
	return true;
}
