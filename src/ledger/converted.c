/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/converted.h"

#include "ledger/book_rates.h"
#include "ledger/group_currency.h"
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

struct sum_words {
	const char *total, *late;
	const char *made;    /* of which parts, at which rates */
	const char *missing; /* NULL: nothing is */
};

static bool sum_in(struct page *p, const struct book *b, size_t customer,
		   const struct exchange_table *rates, const char *currency, struct sum_words *ret,
		   struct err *e)
{
	const struct ageing_bounds bounds = ageing_default_bounds();
	struct buf made, missing;
	struct ageing_sum sum;

	if (!ageing_in(b, p->arena, &bounds, customer, rates, currency, &sum, e))
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
	*ret = (struct sum_words){
		.total = show_amount(p, sum.ageing.total_minor, currency),
		.late = show_amount(p, sum.ageing.overdue_minor, currency),
		.made = buf_str(&made),
		.missing = missing.len ? buf_str(&missing) : NULL,
	};
	return true;
}

bool converted_fill(struct request *r, struct page *p, const struct book *b, size_t customer,
		    struct converted *ret, struct err *e)
{
	const char *own = r->entity.currency, *group;
	bool is_plain = book_is_in(b, own);
	struct exchange_table rates;
	struct sum_words sum;

	*ret = (struct converted){ 0 };
	if (!group_currency(r->db, r->arena, r->entity.id, own, &group, e))
		return false;
	if (is_plain && !group)
		return true;
	if (!book_rates_load(r->db, r->arena, b, own, group, &rates, e))
		return false;
	if (!is_plain) {
		if (!sum_in(p, b, customer, &rates, own, &sum, e))
			return false;
		ret->total = arena_printf(p->arena,
					  tr(p->cat, "In all currencies: %s, of which late %s"),
					  sum.total, sum.late);
		ret->breakdown = sum.made;
		ret->missing = sum.missing;
	}
	if (group && b->n_currencies > 0) {
		if (!sum_in(p, b, customer, &rates, group, &sum, e))
			return false;
		ret->group = arena_printf(
			p->arena, tr(p->cat, "In the group's currency: %s, of which late %s"),
			sum.total, sum.late);
		ret->group_breakdown = sum.made;
		ret->group_missing = sum.missing;
	}
	return true;
}
