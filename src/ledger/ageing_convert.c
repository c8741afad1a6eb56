/* SPDX-License-Identifier: Apache-2.0 */
/* ageing_convert.c - aged balances of several currencies in one. */
#include "ledger/ageing.h"

#include "base/money.h"

/* Each bucket is converted by itself and the sums are those of the parts, so that they agree. */
bool ageing_convert(const struct ageing *g, const struct exchange_table *t, const char *from,
		    const char *to, day_t on, struct ageing *ret, day_t *ret_rate_on, struct err *e)
{
	struct ageing sum = *g;
	struct exchanged x;

	if (!exchange_convert(t, g->unallocated_minor, from, to, on, &x, e))
		return false;
	sum.unallocated_minor = sum.total_minor = x.minor;
	*ret_rate_on = x.rate_on;
	sum.overdue_minor = 0;
	for (int i = 0; i < g->n_buckets; i++) {
		if (!exchange_convert(t, g->bucket[i].amount_minor, from, to, on, &x, e) ||
		    !minor_add(&sum.total_minor, x.minor, e) ||
		    (i > 0 && !minor_add(&sum.overdue_minor, x.minor, e)))
			return false;
		sum.bucket[i].amount_minor = x.minor;
	}
	if (!exchange_convert(t, g->disputed_minor, from, to, on, &x, e))
		return false;
	sum.disputed_minor = x.minor;
	*ret = sum;
	return true;
}

static void take_rate(struct ageing_sum *s, day_t rate_on)
{
	if (rate_on != DAY_NONE && (s->rate_on == DAY_NONE || rate_on < s->rate_on))
		s->rate_on = rate_on;
}

bool ageing_in(const struct book *b, struct arena *a, const struct ageing_bounds *bounds,
	       size_t customer, const struct exchange_table *t, const char *currency,
	       struct ageing_sum *ret, struct err *e)
{
	struct ageing_sum s = { .rate_on = DAY_NONE };

	s.ageing.n_buckets = bounds->n + 1;
	s.part = ARENA_ARRAY(a, b->n_currencies, struct ageing_part);
	for (size_t c = 0; c < b->n_currencies; c++) {
		struct ageing_part *part = &s.part[s.n_parts++];
		struct ageing own, converted;
		struct err why = { 0 };

		*part = (struct ageing_part){ .currency = (int)c, .rate_on = DAY_NONE };
		if (!ageing_of_customer(b, bounds, customer, (int)c, &own, e))
			return false;
		part->total_minor = own.total_minor;
		if (!ageing_convert(&own, t, b->currency[c], currency, b->as_of, &converted,
				    &part->rate_on, &why)) {
			if (why.code != ERR_NOT_FOUND) {
				*e = why;
				return false;
			}
			part->is_missing = true;
			s.n_missing++;
			continue;
		}
		part->converted_minor = converted.total_minor;
		take_rate(&s, part->rate_on);
		if (!ageing_merge(&s.ageing, &converted, e))
			return false;
	}
	*ret = s;
	return true;
}
