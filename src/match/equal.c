/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The law of equal documents: who pays some of a customer's documents of one open amount, and does not
 * say which, pays nobody knows which. It holds for every rule that takes documents which the text does
 * not name, however surely their sum is meant.
 */
#include "match/draft.h"

#include "match/subset.h"

#include <math.h>
#include <stdlib.h>

/* A document that the draft takes without its being named whole. */
struct taken {
	int64_t minor; /* open, all of it */
	uint32_t item;
	uint32_t cluster;    /* where it is named cut short or damaged; MATCH_NONE: nowhere */
	bool is_before_left; /* an equal one that is left out is older */
	size_t n_left;       /* of the first of an amount: equal ones left out */
};

static int compare_taken(const void *a, const void *b)
{
	const struct taken *x = a, *y = b;

	if (x->minor != y->minor)
		return x->minor < y->minor ? -1 : 1;
	return (x->item > y->item) - (x->item < y->item);
}

static int how_named(const struct weighing *w, uint32_t item, uint32_t *ret_cluster)
{
	const struct evidences *list = &w->f->evidences;
	int how = 0;

	*ret_cluster = MATCH_NONE;
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].item == item && evidence_how(&list->at[i]) > how) {
			how = evidence_how(&list->at[i]);
			*ret_cluster = w->cluster[i];
		}
	return how;
}

/* Characters that name another document of the draft already, as well or better, name no second one. */
static bool is_named_again(const struct weighing *w, const struct draft *d, size_t line, int how,
			   uint32_t cluster)
{
	for (size_t i = 0; i < d->n_lines; i++) {
		uint32_t other;
		int as = d->lines[i].item == d->lines[line].item
				 ? 0
				 : how_named(w, d->lines[i].item, &other);
		if (as > 0 && other == cluster && (as > how || (as == how && i < line)))
			return true;
	}
	return false;
}

static size_t taken_unnamed(const struct weighing *w, const struct draft *d, struct taken *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_lines; i++) {
		uint32_t item = d->lines[i].item, cluster;
		int how = how_named(w, item, &cluster);
		if (how >= 2)
			continue;
		if (how > 0 && is_named_again(w, d, i, how, cluster))
			cluster = MATCH_NONE;
		ret[n++] = (struct taken){ w->f->book->open[item], item, cluster, false, 0 };
	}
	if (n)
		qsort(ret, n, sizeof *ret, compare_taken);
	return n;
}

/* The first of that amount; n when there is none. */
static size_t first_of(const struct taken *list, size_t n, int64_t minor)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (list[middle].minor < minor)
			from = middle + 1;
		else
			to = middle;
	}
	return from < n && list[from].minor == minor ? from : n;
}

/* Notes an equal document that is left out, for those taken that it could be instead; whether there are any. */
static bool leave(const struct weighing *w, struct taken *list, size_t n, uint32_t item)
{
	int64_t minor = w->f->book->open[item];
	uint32_t cluster = MATCH_NONE;
	bool any = false;
	size_t i = first_of(list, n, minor);

	if (i < n)
		how_named(w, item, &cluster);
	if (i < n)
		list[i].n_left++;
	for (; i < n && list[i].minor == minor; i++)
		if (list[i].cluster == MATCH_NONE || list[i].cluster == cluster) {
			list[i].is_before_left = true;
			any = true;
		}
	return any;
}

static struct taken *find(struct taken *list, size_t n, uint32_t item, int64_t minor)
{
	for (size_t i = first_of(list, n, minor); i < n && list[i].minor == minor; i++)
		if (list[i].item == item)
			return &list[i];
	return NULL;
}

static bool is_oldest_paid(const struct weighing *w, uint32_t customer)
{
	double share[MATCH_N_FORMS], oldest;

	if (w->options.oldest_of_equal)
		return true;
	chance_shares(w->f->book, customer, share, &oldest);
	return oldest * 1e6 >= (double)w->options.threshold_ppm;
}

/* Other choices that differ only by which of equal documents they take. */
static double n_exchanges(const struct taken *list, size_t n)
{
	double ways = 1;

	for (size_t i = 0, to; i < n; i = to) {
		for (to = i; to < n && list[to].minor == list[i].minor;)
			to++;
		ways *= exp(subset_ln_choices(to - i + list[i].n_left, to - i));
	}
	return ways - 1;
}

/* All of something is paid, and what it is decides: that it were by chance one of the other choices, which
 * exchange equal documents, is not worth a question. */
static bool is_told_by_form(const struct weighing *w, const struct draft *d,
			    const struct taken *list, size_t n)
{
	double doubt = 1 - (double)w->options.threshold_ppm / 1e6;

	return d->all_of > 0 && d->n_named + d->n_near == 0 &&
	       n_exchanges(list, n) * d->each_choice < doubt * d->all_of;
}

enum period_says period_of_item(const struct weighing *w, uint32_t item)
{
	const struct match_item *it = &w->f->book->in.items[item];

	return w->has_period ? period_of_document(&w->period, it->issued_on, it->due_on)
			     : PERIOD_OUT;
}

/* The text names a month: those taken are of it, and no equal one that is left may be. */
static bool is_told_by_period(const struct weighing *w, const struct draft *d,
			      const struct taken *list, size_t n)
{
	const struct match_book *b = w->f->book;

	for (size_t i = 0; i < n; i++)
		if (period_of_item(w, list[i].item) != PERIOD_IN)
			return false;
	for (uint32_t i = b->first[d->customer]; i < b->first[d->customer + 1]; i++) {
		uint32_t item = b->order[i];
		if (book_is_open_for(b, w->f->entry, item) && !draft_pays(d, item) &&
		    first_of(list, n, b->open[item]) < n && period_of_item(w, item) != PERIOD_OUT)
			return false;
	}
	return true;
}

int64_t equal_documents_left(const struct weighing *w, const struct draft *d, bool *ret_is_told)
{
	const struct match_book *b = w->f->book;
	struct taken *list = ARENA_ARRAY(b->scratch, d->n_lines + 1, struct taken);
	size_t n = taken_unnamed(w, d, list);
	bool is_oldest = true;
	int64_t n_left = 0;

	*ret_is_told = true;
	/* An advice names its documents itself. */
	if (n == 0 || d->rule == MATCH_RULE_ADVICE)
		return 0;
	for (uint32_t i = b->first[d->customer]; i < b->first[d->customer + 1]; i++) {
		uint32_t item = b->order[i];
		struct taken *t;
		if (!book_is_open_for(b, w->f->entry, item))
			continue;
		t = find(list, n, item, b->open[item]);
		if (t)
			is_oldest = is_oldest && !t->is_before_left;
		else if (!draft_pays(d, item))
			n_left += leave(w, list, n, item);
	}
	*ret_is_told = n_left == 0 || (is_oldest && is_oldest_paid(w, d->customer)) ||
		       is_told_by_form(w, d, list, n) || is_told_by_period(w, d, list, n);
	return n_left;
}
