/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_rates.h"

bool book_is_in(const struct book *b, const char *currency)
{
	return b->n_currencies == 0 ||
	       (b->n_currencies == 1 && strcmp(b->currency[0], currency) == 0);
}

bool book_rates_load(struct db *db, struct arena *a, const struct book *b, const char *currency,
		     const char *other, struct exchange_table *ret, struct err *e)
{
	const char **code = ARENA_ARRAY(a, b->n_currencies + b->n_papers + 2, const char *);
	size_t n = 0;

	for (size_t i = 0; i < b->n_currencies; i++)
		code[n++] = b->currency[i];
	for (size_t i = 0; i < b->n_papers; i++)
		if (!str_eq(b->paper[i].currency, currency))
			code[n++] = b->paper[i].currency;
	code[n++] = currency;
	if (other)
		code[n++] = other;
	return exchange_load_day(db, a, code, n, b->as_of, b->known_at, ret, e);
}
