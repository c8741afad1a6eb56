/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the payer says that it pays (avis de paiement): taken as given, and checked: each line must be
 * an open document of the customer, none for more than is open, all together the entry.
 */
#include "match/draft.h"

#include "base/text.h"

/* Position of the document among the customer's open ones; n when it is not there. */
static size_t find(const struct work *w, const char *document)
{
	const struct match_book *b = w->w->f->book;
	const char *key = text_reference_key(b->scratch, document);
	size_t i = 0;

	while (i < w->open.n && !str_eq(b->document_key[w->open.item[i]], key))
		i++;
	return *key ? i : w->open.n;
}

/* The line of position at, when it can be: not more than is open, of its sign. */
static bool add_line(const struct work *w, struct draft *d, size_t at, const struct match_advice *l)
{
	int64_t open = w->open.minor[at], discount = l->discount_minor, paid;

	if (__builtin_sub_overflow(open, discount, &paid))
		return false;
	paid = l->has_amount ? l->amount_minor : paid;
	if (discount < 0 || (discount > 0 && open < 0) || paid == 0 || (paid > 0) != (open > 0) ||
	    (open > 0 ? paid > open - discount : paid < open))
		return false;
	for (size_t i = 0; i < d->n_lines; i++)
		if (d->lines[i].item == w->open.item[at])
			return false;
	d->lines[d->n_lines++] = (struct match_line){ w->open.item[at], paid, MATCH_ALLOCATION };
	if (discount > 0)
		d->lines[d->n_lines++] =
			(struct match_line){ w->open.item[at], discount, MATCH_DISCOUNT };
	d->n_documents++;
	return !__builtin_sub_overflow(d->left_minor, paid, &d->left_minor);
}

void explain_advice(struct work *w)
{
	const struct match_entry *en = w->w->f->entry;
	struct draft d = { .rule = MATCH_RULE_ADVICE,
			   .form = MATCH_FORM_SEVERAL,
			   .left_minor = en->amount_minor,
			   .why = WHY_advice,
			   .is_count_complete = true };

	if (en->n_advice == 0 || en->n_advice > MATCH_MAX_LINES / 2)
		return;
	d.lines = ARENA_ARRAY(w->w->f->book->scratch, 2 * en->n_advice + 1, struct match_line);
	for (size_t i = 0; i < en->n_advice; i++) {
		size_t at = str_empty(en->advice[i].document) ? w->open.n
							      : find(w, en->advice[i].document);
		if (at < w->open.n && !add_line(w, &d, at, &en->advice[i]))
			return;
	}
	if (d.n_documents == 0 || d.left_minor < 0)
		return;
	d.why_minor = (int64_t)d.n_documents;
	d.is_exact = d.is_telling = d.n_documents == en->n_advice && d.left_minor == 0;
	/* The advice came with the payment: that the documents are another customer's is what may be
	 * wrong with it. */
	d.ln_named = score_gain_of_documents(w->w, d.n_documents);
	d.chance = d.is_exact ? 0.9 : 0.01 * (double)d.n_documents / (double)en->n_advice;
	draft_add(w, d);
}
