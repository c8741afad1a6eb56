/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/exposure.h"

#include "base/money.h"
#include "i18n/catalogue.h"

const char *paper_kind_text(enum paper_kind kind)
{
	static const char *const texts[PAPER_KINDS] = {
		N_("Bills not matured"),
		N_("Bills discounted, not matured"),
		N_("Cheques not cleared"),
	};

	return texts[kind];
}

/* What a paper is in the currency asked for; *ret_missing when no rate says it. */
static bool amount_in(const struct book *b, const struct book_paper *p, const char *currency,
		      const struct exchange_table *rates, int64_t *ret, bool *ret_missing,
		      struct err *e)
{
	struct exchanged converted;
	struct err why = { 0 };

	*ret = p->minor;
	*ret_missing = false;
	if (str_eq(p->currency, currency))
		return true;
	*ret = 0;
	if (!rates)
		return true;
	if (exchange_convert(rates, p->minor, p->currency, currency, b->as_of, &converted, &why)) {
		*ret = converted.minor;
		return true;
	}
	*ret_missing = why.code == ERR_NOT_FOUND;
	if (!*ret_missing)
		*e = why;
	return *ret_missing;
}

bool exposure_paper(const struct book *b, size_t customer, const char *currency,
		    const struct exchange_table *rates, struct exposure *ret, struct err *e)
{
	size_t from = customer == SIZE_MAX ? 0 : b->customer[customer].first_paper;
	size_t n = customer == SIZE_MAX ? b->n_papers : b->customer[customer].n_papers;
	struct exposure x = { 0 };

	for (size_t i = from; i < from + n; i++) {
		const struct book_paper *p = &b->paper[i];
		bool is_missing;
		int64_t minor;

		if (!rates && !str_eq(p->currency, currency))
			continue;
		if (!amount_in(b, p, currency, rates, &minor, &is_missing, e) ||
		    !minor_add(&x.paper_minor[p->kind], minor, e) ||
		    !minor_add(&x.total_minor, minor, e))
			return err_while(e, "adding up the bills and cheques not cleared");
		x.n_papers++;
		x.is_incomplete = x.is_incomplete || is_missing;
	}
	*ret = x;
	return true;
}

/* What is open of that currency alone. */
static bool owed_in(const struct book *b, size_t customer, const char *currency, struct ageing *ret,
		    struct err *e)
{
	const struct ageing_bounds bounds = ageing_default_bounds();

	*ret = (struct ageing){ 0 };
	for (size_t c = 0; c < b->n_currencies; c++)
		if (str_eq(b->currency[c], currency))
			return ageing_of_customer(b, &bounds, customer, (int)c, ret, e);
	return true;
}

bool exposure_of(const struct book *b, struct arena *a, size_t customer, const char *currency,
		 const struct exchange_table *rates, struct exposure *ret, struct err *e)
{
	const struct ageing_bounds bounds = ageing_default_bounds();
	struct ageing_sum sum = { 0 };
	struct exposure x;

	if (!exposure_paper(b, customer, currency, rates, &x, e) ||
	    !(rates ? ageing_in(b, a, &bounds, customer, rates, currency, &sum, e)
		    : owed_in(b, customer, currency, &sum.ageing, e)))
		return false;
	x.unallocated_minor = sum.ageing.unallocated_minor;
	x.documents_minor = sum.ageing.total_minor - sum.ageing.unallocated_minor;
	x.is_incomplete = x.is_incomplete || sum.n_missing > 0;
	if (!minor_add(&x.total_minor, sum.ageing.total_minor, e))
		return err_while(e, "adding up the exposure");
	*ret = x;
	return true;
}
