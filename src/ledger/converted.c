/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/converted.h"

#include "web/show.h"

static void put_part(struct page *p, struct buf *b, const struct book *book,
		     const struct ageing_part *part, const char *currency)
{
	const char *own = show_amount(p, part->total_minor, book->currency[part->currency]);

	if (b->len)
		buf_puts(b, " + ");
	if (part->rate_on == DAY_NONE)
		buf_puts(b, own);
	else
		buf_printf(b, tr(p->cat, "%s (%s at the rate of %s)"), own,
			   show_amount(p, part->converted_minor, currency),
			   show_day(p, part->rate_on));
}

bool converted_fill(struct request *r, struct page *p, const struct book *b, size_t customer,
		    struct converted *ret, struct err *e)
{
	const struct ageing_bounds bounds = ageing_default_bounds();
	const char *currency = r->entity.currency;
	struct exchange_table rates;
	struct ageing_sum sum;
	struct buf made, missing;

	*ret = (struct converted){ 0 };
	if (b->n_currencies < 2 && (b->n_currencies == 0 || strcmp(b->currency[0], currency) == 0))
		return true;
	if (!exchange_load(r->db, p->arena, b->known_at, &rates, e) ||
	    !ageing_in(b, p->arena, &bounds, customer, &rates, currency, &sum, e))
		return false;
	buf_init(&made, p->arena);
	buf_init(&missing, p->arena);
	for (size_t i = 0; i < sum.n_parts; i++) {
		const struct ageing_part *part = &sum.part[i];
		const char *of = b->currency[part->currency];

		if (!part->is_missing)
			put_part(p, &made, b, part, currency);
		else
			buf_printf(&missing, tr(p->cat, "No rate of %s: %s are in no total. "), of,
				   show_amount(p, part->total_minor, of));
	}
	ret->total = arena_printf(p->arena, tr(p->cat, "In all currencies: %s, of which late %s"),
				  show_amount(p, sum.ageing.total_minor, currency),
				  show_amount(p, sum.ageing.overdue_minor, currency));
	ret->breakdown = buf_str(&made);
	ret->missing = missing.len ? buf_str(&missing) : NULL;
	return true;
}
