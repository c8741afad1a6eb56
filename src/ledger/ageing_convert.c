/* SPDX-License-Identifier: Apache-2.0 */
/* ageing_convert.c - aged balances of several currencies in one. */
#include "ledger/ageing.h"

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
		if (!ageing_of_customer_in(b, bounds, customer, (int)c, t, currency, &converted,
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
