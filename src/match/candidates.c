/* SPDX-License-Identifier: Apache-2.0 */
#include "match/book.h"

enum { MAX_SAME_AMOUNT = 8 };

static void add(const struct facts *f, struct candidates *list, uint32_t customer)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i] == customer)
			return;
	if (list->n < CANDIDATES_MAX)
		*LIST_ADD(f->book->scratch, list) = customer;
}

static bool is_open_amount(const struct facts *f, uint32_t item, int64_t minor)
{
	return f->book->open[item] == minor &&
	       str_eq(f->book->in.items[item].currency, f->entry->currency);
}

/* Whoever else has an open document of that amount: they are explanations too, and when they are
 * few they are proposals. */
static void add_same_amount(const struct facts *f, struct candidates *list)
{
	const struct match_book *b = f->book;
	int64_t minor = f->entry->amount_minor;
	uint32_t first = index_find(&b->by_amount, (const char *)&minor, sizeof minor), it;
	size_t n = 0;

	for (it = first; it != INDEX_NONE && n <= MAX_SAME_AMOUNT;
	     it = index_next(&b->by_amount, it))
		n += is_open_amount(f, it, minor);
	if (n > MAX_SAME_AMOUNT)
		return;
	for (it = first; it != INDEX_NONE; it = index_next(&b->by_amount, it))
		if (is_open_amount(f, it, minor))
			add(f, list, b->in.items[it].customer);
}

void candidates_find(const struct facts *f, struct candidates *ret)
{
	*ret = (struct candidates){ 0 };
	if (f->payer.owner != MATCH_NONE)
		add(f, ret, f->payer.owner);
	for (size_t i = 0; i < f->evidences.n; i++)
		if (f->evidences.at[i].kind != EVIDENCE_NUMBER)
			add(f, ret, f->evidences.at[i].customer);
	for (size_t i = 0; i < f->payer.n; i++)
		if (f->payer.at[i].is_iban || f->payer.at[i].likeness >= 0.6)
			add(f, ret, f->payer.at[i].customer);
	for (size_t i = 0; i < f->payer.n_in_text; i++)
		if (f->payer.in_text[i].likeness >= 0.75)
			add(f, ret, f->payer.in_text[i].customer);
	for (size_t i = 0; i < f->payer.n_behalf; i++)
		if (f->payer.behalf[i].likeness >= 0.6)
			add(f, ret, f->payer.behalf[i].customer);
	for (size_t i = 0; i < f->evidences.n; i++)
		if (f->evidences.at[i].kind == EVIDENCE_NUMBER &&
		    is_open_amount(f, f->evidences.at[i].item, f->entry->amount_minor))
			add(f, ret, f->evidences.at[i].customer);
	add_same_amount(f, ret);
}
