/* SPDX-License-Identifier: Apache-2.0 */
#include "match/seen.h"

#include <stdlib.h>

/* So many entries of the run weigh as much as what was thought before. */
#define KEPT 50.0

/* Who names a document pays in one of these; the others are forms of naming none. */
static const enum match_form named[] = {
	MATCH_FORM_ONE,     MATCH_FORM_SEVERAL, MATCH_FORM_DISCOUNT, MATCH_FORM_CHARGES,
	MATCH_FORM_ROUNDED, MATCH_FORM_PARTIAL, MATCH_FORM_OVERPAID,
};

static int compare_minor(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int compare_count(const void *a, const void *b)
{
	const struct seen_amount *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return (x->minor > y->minor) - (x->minor < y->minor);
}

/* The most frequent amounts of that form: sorted, so that the order of the entries does not matter. */
static size_t count_amounts(struct arena *a, const struct seen_one *one, size_t n,
			    enum match_form form, struct seen_amount *ret, size_t max)
{
	size_t n_of_form = 0, n_all = 0, n_counts = 0;
	struct seen_amount *counts;
	int64_t *all;

	for (size_t i = 0; i < n; i++)
		n_of_form += one[i].is_there && one[i].form == form;
	all = ARENA_ARRAY(a, n_of_form + 1, int64_t);
	counts = ARENA_ARRAY(a, n_of_form + 1, struct seen_amount);
	for (size_t i = 0; i < n; i++)
		if (one[i].is_there && one[i].form == form)
			all[n_all++] = one[i].minor;
	qsort(all, n_all, sizeof *all, compare_minor);
	for (size_t i = 0; i < n_all; i++) {
		if (n_counts == 0 || counts[n_counts - 1].minor != all[i])
			counts[n_counts++] = (struct seen_amount){ all[i], 0 };
		counts[n_counts - 1].n++;
	}
	qsort(counts, n_counts, sizeof *counts, compare_count);
	n_counts = n_counts < max ? n_counts : max;
	memcpy(ret, counts, n_counts * sizeof *ret);
	return n_counts;
}

/* ---- who pays for others ---- */

uint64_t seen_payer_key(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	bool any = false;

	for (; text && *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c >= 'a' && c <= 'z')
			c = (unsigned char)(c - 'a' + 'A');
		if (c < 0x80 && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9'))
			continue;
		h = (h ^ c) * UINT64_C(0x100000001b3);
		any = true;
	}
	return any ? h : 0;
}

struct payment {
	uint64_t key;
	uint32_t customer;
};

static int compare_payment(const void *a, const void *b)
{
	const struct payment *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->customer > y->customer) - (x->customer < y->customer);
}

static void count_payers(struct arena *a, const struct seen_one *one, size_t n, struct seen *s)
{
	struct payment *all;
	size_t n_all = 0;

	for (size_t i = 0; i < n; i++)
		n_all += (size_t)(one[i].payer[0] != 0) + (size_t)(one[i].payer[1] != 0);
	all = ARENA_ARRAY(a, n_all + 1, struct payment);
	s->payers = ARENA_ARRAY(a, n_all + 1, struct seen_payer);
	n_all = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < 2; k++)
			if (one[i].payer[k])
				all[n_all++] = (struct payment){ one[i].payer[k], one[i].customer };
	if (n_all)
		qsort(all, n_all, sizeof *all, compare_payment);
	for (size_t i = 0; i < n_all; i++) {
		if (i == 0 || all[i].key != all[i - 1].key)
			s->payers[s->n_payers++] = (struct seen_payer){ all[i].key, 1 };
		else
			s->payers[s->n_payers - 1].n += all[i].customer != all[i - 1].customer;
	}
}

uint32_t seen_pays_for(const struct seen *s, uint64_t key)
{
	size_t from = 0, to = s ? s->n_payers : 0;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (s->payers[middle].key < key)
			from = middle + 1;
		else
			to = middle;
	}
	return key && s && from < s->n_payers && s->payers[from].key == key ? s->payers[from].n : 0;
}

/* ---- all of it ---- */

const struct seen *seen_count(struct arena *a, const struct seen_one *one, size_t n)
{
	struct seen *s = ARENA_NEW(a, struct seen);

	for (size_t i = 0; i < n; i++) {
		s->n_form[one[i].form] += one[i].is_there;
		s->n_known += one[i].is_known;
		s->n_account += one[i].is_account;
	}
	count_payers(a, one, n, s);
	s->n_tariffs = count_amounts(a, one, n, MATCH_FORM_CHARGES, s->tariff, SEEN_TARIFFS);
	s->n_rates = count_amounts(a, one, n, MATCH_FORM_DISCOUNT, s->rate, SEEN_RATES);
	return s;
}

static double share_of(const struct seen_amount *list, size_t n, int64_t minor, int64_t of)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].minor == minor)
			return (double)list[i].n / (double)of;
	return 0;
}

double seen_share_of_tariff(const struct seen *s, int64_t minor, double *ret_n)
{
	*ret_n = s ? (double)s->n_form[MATCH_FORM_CHARGES] : 0;
	return *ret_n > 0 ? share_of(s->tariff, s->n_tariffs, minor, s->n_form[MATCH_FORM_CHARGES])
			  : 0;
}

double seen_share_of_rate(const struct seen *s, int per_myriad, double *ret_n)
{
	*ret_n = s ? (double)s->n_form[MATCH_FORM_DISCOUNT] : 0;
	return *ret_n > 0
		       ? share_of(s->rate, s->n_rates, per_myriad, s->n_form[MATCH_FORM_DISCOUNT])
		       : 0;
}

void seen_learn(const struct seen *s, double share[MATCH_N_FORMS])
{
	double n = 0, all = 0;

	if (!s)
		return;
	for (size_t i = 0; i < ARRAY_LEN(named); i++) {
		n += (double)s->n_form[named[i]];
		all += share[named[i]];
	}
	for (size_t i = 0; i < ARRAY_LEN(named); i++)
		share[named[i]] =
			(share[named[i]] * KEPT + all * (double)s->n_form[named[i]]) / (KEPT + n);
	share[MATCH_FORM_ACCOUNT] = (share[MATCH_FORM_ACCOUNT] * KEPT + (double)s->n_account) /
				    (KEPT + (double)s->n_known);
}
