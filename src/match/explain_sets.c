/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of documents that add up to the cent: everything due, of a month, open; runs of consecutive
 * documents; any choice. Each form is one question of which the customer's documents allow so many
 * answers, and a hit is worth the form's share divided by that number.
 */
#include "match/draft.h"

#include "match/subset.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_RUNS = 6, MAX_CREDITS = 12, MAX_MONTHS = 48, MAX_SUBSET = 400 };

/* Documents in some order, as positions among the open ones. */
struct row {
	size_t *at;
	size_t n;
};

static int compare_positions(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct by_size {
	uint64_t size; /* the amount without its sign */
	uint32_t at;
};

static int compare_sizes(const void *a, const void *b)
{
	const struct by_size *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* The customer's documents with those of one amount side by side: made once, for all choices. */
static const struct by_size *by_size(struct work *w)
{
	struct by_size *list = w->open.by_size;

	if (list)
		return list;
	list = ARENA_ARRAY(w->w->f->book->scratch, w->open.n + 1, struct by_size);
	for (uint32_t i = 0; i < w->open.n; i++)
		list[i] = (struct by_size){ w->open.minor[i] < 0 ? 0 - (uint64_t)w->open.minor[i]
								 : (uint64_t)w->open.minor[i],
					    i };
	qsort(list, w->open.n, sizeof *list, compare_sizes);
	w->open.by_size = list;
	return list;
}

static bool *mark_chosen(const struct work *w, const size_t *chosen, size_t n)
{
	bool *is_in = ARENA_ARRAY(w->w->f->book->scratch, w->open.n + 1, bool);

	for (size_t i = 0; i < n; i++)
		is_in[chosen[i]] = true;
	book_stepped(w->w->f->book, w->open.n);
	return is_in;
}

/* Whether an invoice and a credit note that cancel each other are both among the chosen (ascending), or
 * both not: then the sum is the same without them, or with them. */
static bool has_idle_pair(struct work *w, const size_t *chosen, size_t n)
{
	const struct by_size *list;
	const bool *is_in;
	bool has[2][2] = {
		{ false }
	}; /* of the amount: credit note or invoice, left out or chosen */

	if (w->open.n == w->open.n_invoices)
		return false;
	list = by_size(w);
	is_in = mark_chosen(w, chosen, n);
	for (size_t i = 0; i < w->open.n; i++) {
		if (i > 0 && list[i].size != list[i - 1].size)
			memset(has, 0, sizeof has);
		has[w->open.minor[list[i].at] > 0][is_in[list[i].at]] = true;
		if ((has[0][0] && has[1][0]) || (has[0][1] && has[1][1]))
			return true;
	}
	return false;
}

/* Whether a document that nothing names could be another one of the same amount, which is left out: a younger
 * one, or one that is older. Positions ascend from the oldest. */
enum equal_outside { NO_EQUAL_OUTSIDE, YOUNGER_OUTSIDE, OLDER_OUTSIDE };

static enum equal_outside find_equal_outside(struct work *w, const size_t *chosen, size_t n)
{
	const struct by_size *list = by_size(w);
	const bool *is_in = mark_chosen(w, chosen, n);
	enum equal_outside found = NO_EQUAL_OUTSIDE;
	bool is_outside[2] = { false }, is_inside[2] = { false }; /* by sign; inside: not named */

	for (size_t i = 0; i < w->open.n; i++) {
		uint32_t at = list[i].at;
		size_t sign = w->open.minor[at] > 0;
		if (i > 0 && list[i].size != list[i - 1].size) {
			memset(is_outside, 0, sizeof is_outside);
			memset(is_inside, 0, sizeof is_inside);
		}
		if (!is_in[at])
			is_outside[sign] = true;
		else if (!w->open.named[at]) {
			is_inside[sign] = true;
			if (is_outside[sign])
				return OLDER_OUTSIDE;
		}
		if (is_inside[sign] && is_outside[sign])
			found = YOUNGER_OUTSIDE;
	}
	return found;
}

/* Whether these very documents (ascending) are all of something: that says which of equal ones are meant. */
static bool is_all_of_something(const struct work *w, const size_t *chosen, size_t n)
{
	for (size_t i = w->first; i < w->w->list.n; i++) {
		const struct draft *d = &w->w->list.at[i];
		size_t k = 0;
		if (d->all_of <= 0 || d->n_lines != n)
			continue;
		while (k < n && d->lines[k].item == w->open.item[chosen[k]])
			k++;
		if (k == n)
			return true;
	}
	return false;
}

static struct draft *add_set(struct work *w, const size_t *at, size_t n, double chance,
			     enum match_form form, enum match_why why)
{
	enum equal_outside outside;
	size_t *chosen;

	if (n == 0 || n > MATCH_MAX_LINES)
		return NULL;
	chosen = arena_memdup(w->w->f->book->scratch, at, n * sizeof *at);
	qsort(chosen, n, sizeof *chosen, compare_positions);
	if (form == MATCH_FORM_RUN && has_idle_pair(w, chosen, n))
		draft_count(w, chance, score_named_set(w, chosen, n));
	outside = form == MATCH_FORM_RUN && !is_all_of_something(w, chosen, n)
			  ? find_equal_outside(w, chosen, n)
			  : NO_EQUAL_OUTSIDE;
	if (outside == YOUNGER_OUTSIDE) {
		draft_count(w, chance * (1 - w->share_of_oldest), score_named_set(w, chosen, n));
		chance *= w->share_of_oldest;
	} else if (outside == OLDER_OUTSIDE) {
		chance *= 1 - w->share_of_oldest;
	}
	return draft_add_exact(w, chosen, n, chance, form, why);
}

/* ---- all of something ---- */

/* All documents, or all invoices, for which is_in says yes. */
static void try_all(struct work *w, const bool *is_in, double chance, enum match_form form,
		    enum match_why why)
{
	size_t *at = ARENA_ARRAY(w->w->f->book->scratch, w->open.n + 1, size_t);
	int64_t paid = w->w->f->entry->amount_minor;

	for (int with_credits = 1; with_credits >= 0; with_credits--) {
		int64_t sum = 0;
		size_t n = 0;
		bool has_credit = false;
		for (size_t i = 0; i < w->open.n; i++) {
			if (is_in && !is_in[i])
				continue;
			has_credit = has_credit || w->open.minor[i] < 0;
			if (w->open.minor[i] < 0 && !with_credits)
				continue;
			if (__builtin_add_overflow(sum, w->open.minor[i], &sum))
				return;
			at[n++] = i;
		}
		if (n > 1 && sum == paid)
			add_set(w, at, n, chance * (with_credits ? 0.7 : 0.3), form, why);
		if (!has_credit)
			return;
	}
}

static void try_due(struct work *w)
{
	day_t on = w->w->f->entry->booked_on;
	const struct {
		day_t last;
		double share;
	} terms[] = { { on, 0.4 },
		      { on + 5, 0.2 },
		      { date_end_of_month(on), 0.2 },
		      { date_end_of_month(date_add_months(on, -1)), 0.2 } };
	bool *is_in = ARENA_ARRAY(w->w->f->book->scratch, w->open.n + 1, bool);

	for (size_t t = 0; t < ARRAY_LEN(terms); t++) {
		for (size_t i = 0; i < w->open.n; i++)
			is_in[i] = w->w->f->book->in.items[w->open.item[i]].due_on <= terms[t].last;
		try_all(w, is_in, w->share[MATCH_FORM_DUE] * terms[t].share, MATCH_FORM_DUE,
			WHY_all_due);
	}
	try_all(w, NULL, w->share[MATCH_FORM_OPEN] * 0.8, MATCH_FORM_OPEN, WHY_all_open);
}

static int month_of(const struct work *w, size_t i, bool is_due)
{
	const struct match_item *it = &w->w->f->book->in.items[w->open.item[i]];
	day_t day = is_due ? it->due_on : it->issued_on;
	struct civil c = date_civil(day == DAY_NONE ? 0 : day);

	return day == DAY_NONE ? 0 : c.year * 12 + c.month;
}

/* Everything issued in one month, or due in one (relevé). */
static void try_months(struct work *w, bool is_due)
{
	struct {
		int month;
		int64_t sum, debit;
		size_t n;
	} months[MAX_MONTHS];
	int *of = ARENA_ARRAY(w->w->f->book->scratch, w->open.n + 1, int);
	bool *is_in = ARENA_ARRAY(w->w->f->book->scratch, w->open.n + 1, bool);
	size_t n = 0;
	int64_t paid = w->w->f->entry->amount_minor;

	for (size_t i = 0; i < w->open.n; i++) {
		size_t m = n;
		of[i] = month_of(w, i, is_due);
		while (m > 0 && months[m - 1].month != of[i])
			m--;
		if (m-- == 0) {
			if (n == MAX_MONTHS)
				return;
			m = n++;
			months[m].month = of[i];
			months[m].sum = months[m].debit = 0;
			months[m].n = 0;
		}
		months[m].n++;
		months[m].sum += w->open.minor[i];
		months[m].debit += w->open.minor[i] > 0 ? w->open.minor[i] : 0;
	}
	for (size_t m = 0; m < n; m++) {
		if (months[m].n < 2 || (months[m].sum != paid && months[m].debit != paid))
			continue;
		for (size_t i = 0; i < w->open.n; i++)
			is_in[i] = of[i] == months[m].month;
		try_all(w, is_in, w->share[MATCH_FORM_STATEMENT] / (2.0 * (double)n),
			MATCH_FORM_STATEMENT, WHY_statement);
	}
}

/* Everything of the period that the text names. */
static void try_period(struct work *w)
{
	bool *is_in = ARENA_ARRAY(w->w->f->book->scratch, w->open.n + 1, bool);

	if (!w->w->has_period)
		return;
	for (size_t i = 0; i < w->open.n; i++)
		is_in[i] = period_of_item(w->w, w->open.item[i]) == PERIOD_IN;
	try_all(w, is_in, w->share[MATCH_FORM_STATEMENT] / 2, MATCH_FORM_STATEMENT, WHY_statement);
}

/* ---- runs ---- */

/* Consecutive documents that, with the credit notes, give the sum. */
static void try_windows(struct work *w, const struct row *row, const size_t *credit,
			size_t n_credits, int64_t credit_minor, double chance)
{
	int64_t sum = 0, target = w->w->f->entry->amount_minor - credit_minor;
	double n_windows = (double)row->n * ((double)row->n + 1) / 2;
	size_t from = 0, n_found = 0;

	for (size_t to = 0; to < row->n; to++) {
		size_t n;
		sum += w->open.minor[row->at[to]];
		while (from <= to && sum > target)
			sum -= w->open.minor[row->at[from++]];
		n = to + 1 - from;
		if (from > to || sum != target || n + n_credits < 2 ||
		    n + n_credits > MATCH_MAX_LINES)
			continue;
		if (n_found++ < MAX_RUNS) {
			size_t *at = ARENA_ARRAY(w->w->f->book->scratch, n + n_credits, size_t);
			memcpy(at, row->at + from, n * sizeof *at);
			if (n_credits)
				memcpy(at + n, credit, n_credits * sizeof *at);
			add_set(w, at, n + n_credits,
				chance * (from == 0 ? 0.6 / (double)row->n + 0.4 / n_windows
						    : 0.4 / n_windows),
				MATCH_FORM_RUN, from == 0 ? WHY_oldest_first : WHY_consecutive);
		} else {
			draft_count(w, chance * 0.4 / n_windows, score_named_none());
		}
	}
}

static void try_runs_of(struct work *w, const struct row *row, const struct row *credits,
			double chance)
{
	int64_t all = 0;

	try_windows(w, row, NULL, 0, 0, chance * (credits->n ? 0.7 : 1));
	for (size_t c = 0; c < credits->n; c++)
		all += w->open.minor[credits->at[c]];
	if (credits->n > 1)
		try_windows(w, row, credits->at, credits->n, all, chance * 0.1);
	for (size_t c = 0; c < credits->n && c < MAX_CREDITS; c++)
		try_windows(w, row, &credits->at[c], 1, w->open.minor[credits->at[c]],
			    chance * 0.2 / (double)credits->n);
}

struct by_issue {
	day_t issued_on;
	int64_t id;
	size_t at;
};

static int compare_issue(const void *a, const void *b)
{
	const struct by_issue *x = a, *y = b;

	if (x->issued_on != y->issued_on)
		return x->issued_on < y->issued_on ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/* The invoices by their issue. */
static struct row issued(const struct work *w, const struct row *due)
{
	struct arena *a = w->w->f->book->scratch;
	struct by_issue *sorted = ARENA_ARRAY(a, due->n + 1, struct by_issue);
	struct row r = { ARENA_ARRAY(a, due->n + 1, size_t), due->n };

	for (size_t i = 0; i < due->n; i++) {
		const struct match_item *it = &w->w->f->book->in.items[w->open.item[due->at[i]]];
		sorted[i] = (struct by_issue){ it->issued_on, it->id, due->at[i] };
	}
	if (due->n)
		qsort(sorted, due->n, sizeof *sorted, compare_issue);
	for (size_t i = 0; i < due->n; i++)
		r.at[i] = sorted[i].at;
	return r;
}

static void try_runs(struct work *w)
{
	struct arena *a = w->w->f->book->scratch;
	struct row due = { ARENA_ARRAY(a, w->open.n + 1, size_t), 0 };
	struct row credits = { ARENA_ARRAY(a, w->open.n + 1, size_t), 0 };
	struct row by_issue;

	for (size_t i = 0; i < w->open.n; i++) {
		struct row *r = w->open.minor[i] > 0 ? &due : &credits;
		r->at[r->n++] = i;
	}
	by_issue = issued(w, &due);
	try_runs_of(w, &due, &credits, w->share[MATCH_FORM_RUN] / 2);
	try_runs_of(w, &by_issue, &credits, w->share[MATCH_FORM_RUN] / 2);
}

/* ---- any choice ---- */

/* The chance of one choice of k documents. */
static double chance_of_choice(const struct work *w, size_t k)
{
	return w->share[MATCH_FORM_SEVERAL] * chance_size(k) / exp(subset_ln_choices(w->open.n, k));
}

/* Whether an invoice and a credit note that cancel each other are among the chosen: they are seldom spoken of. */
static bool has_pair_inside(const struct work *w, const size_t *chosen, size_t n)
{
	for (size_t c = 0; c < n && n > 2; c++)
		for (size_t i = 0; i < n && w->open.minor[chosen[c]] < 0; i++)
			if (w->open.minor[chosen[i]] == -w->open.minor[chosen[c]])
				return true;
	return false;
}

static void add_choice(struct work *w, const size_t *fixed, size_t n_fixed, const size_t *rest,
		       const struct subset_choice *c, double ln_named)
{
	size_t *at = ARENA_ARRAY(w->w->f->book->scratch, n_fixed + c->n + 1, size_t);
	size_t n = n_fixed + c->n;
	double each = chance_of_choice(w, n);
	/* Of equal documents the oldest ones are taken more often than each other choice. */
	double share = c->ways > 1 ? w->share_of_oldest * c->ways : 1;
	struct draft *d;

	if (n_fixed)
		memcpy(at, fixed, n_fixed * sizeof *at);
	for (size_t i = 0; i < c->n; i++)
		at[n_fixed + i] = rest[c->at[i]];
	if (has_pair_inside(w, at, n))
		each *= 0.1;
	if (c->ways > 1)
		draft_count(w, each * c->ways * (1 - w->share_of_oldest), ln_named);
	d = add_set(w, at, n, each * share, MATCH_FORM_SEVERAL, WHY_exact_amount);
	/* Which of equal documents it takes is another question: equal_documents_left. */
	if (d)
		d->n_simpler = 1 - c->ways;
}

static void count_others(struct work *w, size_t n_fixed, const struct subset_answer *s)
{
	for (size_t i = w->first; i < w->w->list.n; i++) {
		struct draft *d = &w->w->list.at[i];
		if (!d->is_exact)
			continue;
		d->n_simpler -= 1;
		for (size_t k = 1; k < SUBSET_SIZES && k + n_fixed <= d->n_documents; k++)
			d->n_simpler += s->ways[k];
		d->n_others = s->n_ways > 1 ? s->n_ways - 1 : 0;
		d->is_count_complete = s->is_complete;
	}
}

/* What is named, and others that complete the sum; or any choice when nothing is named. */
static void try_choices(struct work *w, const size_t *fixed, size_t n_fixed, int64_t sum)
{
	struct arena *a = w->w->f->book->scratch;
	int64_t *minor = ARENA_ARRAY(a, w->open.n + 1, int64_t);
	size_t *rest = ARENA_ARRAY(a, w->open.n + 1, size_t);
	struct subset_answer s;
	size_t n = 0, f = 0, n_open = w->open.n < MAX_SUBSET ? w->open.n : MAX_SUBSET;
	double listed[SUBSET_SIZES] = { 0 };
	double ln_named = score_named_set(w, fixed, n_fixed);

	for (size_t i = 0; i < w->open.n && n < n_open; i++) {
		if (f < n_fixed && fixed[f] == i) {
			f++;
			continue;
		}
		minor[n] = w->open.minor[i];
		rest[n++] = i;
	}
	subset_find(a, w->w->f->book->arena, w->w->f->book->subset_room, minor, n,
		    w->w->f->entry->amount_minor - sum, &s);
	book_stepped(w->w->f->book, n + s.n_steps);
	s.is_complete = s.is_complete && n + n_fixed == w->open.n;
	for (size_t i = 0; i < s.n_kept; i++) {
		if (s.kept[i].n < SUBSET_SIZES)
			listed[s.kept[i].n] += s.kept[i].ways;
		if (n_fixed + s.kept[i].n > 1)
			add_choice(w, fixed, n_fixed, rest, &s.kept[i], ln_named);
	}
	for (size_t k = 1; k < SUBSET_SIZES; k++)
		if (s.ways[k] > listed[k] && k + n_fixed > 1 && k + n_fixed <= w->open.n)
			draft_count(w, chance_of_choice(w, k + n_fixed) * (s.ways[k] - listed[k]),
				    ln_named);
	count_others(w, n_fixed, &s);
	w->missed = s.is_complete ? 0 : w->share[MATCH_FORM_SEVERAL];
}

static void try_completion(struct work *w)
{
	size_t *fixed = ARENA_ARRAY(w->w->f->book->scratch, w->open.n + 1, size_t);
	int least = w->open.n_named ? 2 : 1;
	int64_t sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < w->open.n; i++)
		if (w->open.named[i] >= least && n < MATCH_MAX_LINES) {
			fixed[n++] = i;
			if (__builtin_add_overflow(sum, w->open.minor[i], &sum))
				return;
		}
	if (n > 0 && sum != w->w->f->entry->amount_minor)
		try_choices(w, fixed, n, sum);
}

void explain_sets(struct work *w)
{
	if (w->open.no_total)
		return;
	try_due(w);
	try_months(w, false);
	try_months(w, true);
	try_period(w);
	try_runs(w);
	if (w->open.n_named + w->open.n_near)
		try_completion(w);
	else
		try_choices(w, NULL, 0, 0);
}
