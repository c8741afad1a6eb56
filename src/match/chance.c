/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How probable amounts and forms of payment are. The shares are opinions held before anything is
 * known of a company, set such that being wrong by half changes no decision; what it confirms
 * replaces them (match_habit).
 */
#include "match/draft.h"

#include "base/money.h"

#include <math.h>
#include <stdlib.h>

/* ---- forms ---- */

static const double usual_share[MATCH_N_FORMS] = {
	[MATCH_FORM_ONE] = 0.45,       [MATCH_FORM_SEVERAL] = 0.12,  [MATCH_FORM_DUE] = 0.04,
	[MATCH_FORM_STATEMENT] = 0.05, [MATCH_FORM_OPEN] = 0.04,     [MATCH_FORM_RUN] = 0.08,
	[MATCH_FORM_DISCOUNT] = 0.04,  [MATCH_FORM_CHARGES] = 0.03,  [MATCH_FORM_ROUNDED] = 0.01,
	[MATCH_FORM_PARTIAL] = 0.06,   [MATCH_FORM_OVERPAID] = 0.03, [MATCH_FORM_ACCOUNT] = 0.05,
};

/* So many payments of its own weigh as much as what was thought before. */
#define KEPT_OF_COMPANY  50.0
#define KEPT_OF_CUSTOMER 12.0
#define OLDEST_OF_EQUAL  0.7
#define KEPT_OF_EQUAL    4.0

static void learn(const struct match_habit *h, double kept, double share[MATCH_N_FORMS],
		  double *oldest)
{
	double n = 0, n_equal;

	if (!h)
		return;
	for (size_t i = 0; i < MATCH_N_FORMS; i++)
		n += (double)h->n[i];
	for (size_t i = 0; i < MATCH_N_FORMS; i++)
		share[i] = (share[i] * kept + (double)h->n[i]) / (kept + n);
	n_equal = (double)h->n_oldest_of_equal + (double)h->n_other_of_equal;
	*oldest = (*oldest * KEPT_OF_EQUAL + (double)h->n_oldest_of_equal) /
		  (KEPT_OF_EQUAL + n_equal);
}

void chance_shares(const struct match_book *b, uint32_t customer, double share[MATCH_N_FORMS],
		   double *ret_oldest)
{
	memcpy(share, usual_share, sizeof usual_share);
	*ret_oldest = OLDEST_OF_EQUAL;
	seen_learn(b->seen, share);
	learn(b->in.habit, KEPT_OF_COMPANY, share, ret_oldest);
	learn(b->in.customers[customer].habit, KEPT_OF_CUSTOMER, share, ret_oldest);
}

double chance_size(size_t n)
{
	return n < 2 ? 0.3 : 0.3 * pow(0.7, (double)n - 2);
}

/* ---- amounts ---- */

static const int64_t steps[AMOUNT_STEPS] = { 10, 100, 1000, 10000, 100000, 1000000 };

static size_t octave(int64_t minor)
{
	uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;

	return size == 0 ? 0 : 63 - (size_t)__builtin_clzll(size);
}

void book_count_amounts(struct match_book *b)
{
	struct amount_counts *c = &b->amounts;

	*c = (struct amount_counts){ .n = 0 };
	for (size_t i = 0; i < b->in.n_items; i++) {
		int64_t minor = b->open[i];
		if (minor == 0)
			continue;
		c->n++;
		c->octave[octave(minor)]++;
		for (size_t s = 0; s < AMOUNT_STEPS && minor % steps[s] == 0; s++)
			c->round[s]++;
	}
}

double chance_ln_density(const struct match_book *b, int64_t minor)
{
	/* Some of all payments are round, whatever the documents are. */
	static const double round_share[AMOUNT_STEPS] = { 0.1, 0.05, 0.03, 0.02, 0.005, 0.002 };
	const struct amount_counts *c = &b->amounts;
	size_t at = octave(minor);
	double near = c->octave[at], spread = 1, share;

	near += at > 0 ? c->octave[at - 1] : 0;
	near += at + 1 < ARRAY_LEN(c->octave) ? c->octave[at + 1] : 0;
	share = (near + 3) / (c->n + 30);
	for (size_t s = 0; s < AMOUNT_STEPS && minor % steps[s] == 0; s++) {
		double of = (c->round[s] + round_share[s] * 20) / (c->n + 20);
		double by = (of > round_share[s] ? of : round_share[s]) * (double)steps[s];
		spread = by > spread ? by : spread;
	}
	/* Three octaves about it: 3.5 times the lowest of the middle one. */
	share = share * spread / (3.5 * (double)((uint64_t)1 << at));
	return log(share < 0.5 ? share : 0.5);
}

/* ---- differences ---- */

/* So many charges or discounts of the run weigh as much as what was thought before. */
#define KEPT_OF_AMOUNTS 10.0

static double rate_share(const struct weighing *w, int per_myriad, double usual)
{
	double n, share = seen_share_of_rate(w->f->book->seen, per_myriad, &n);

	/* The payer names it himself. */
	if (w->said.discount_per_myriad == per_myriad)
		return 0.9;
	return (usual * KEPT_OF_AMOUNTS + share * n) / (KEPT_OF_AMOUNTS + n);
}

double chance_discount(const struct weighing *w, int64_t open_minor, int64_t missing_minor,
		       int *ret_per_myriad)
{
	static const struct {
		int per_myriad;
		double share;
	} rates[] = { { 200, 0.25 }, { 100, 0.15 }, { 300, 0.15 }, { 50, 0.1 },
		      { 150, 0.1 },  { 250, 0.07 }, { 500, 0.05 }, { 400, 0.04 },
		      { 75, 0.02 },  { 125, 0.02 }, { 350, 0.02 }, { 450, 0.01 } };

	if (missing_minor <= 0 || missing_minor > open_minor / 10)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		int64_t discount;
		if (minor_scale_round(open_minor, rates[i].per_myriad, 10000, &discount, NULL) &&
		    llabs(missing_minor - discount) <= 1) {
			*ret_per_myriad = rates[i].per_myriad;
			/* One way up, one down, one right. */
			return rate_share(w, rates[i].per_myriad, rates[i].share) *
			       (missing_minor == discount ? 0.8 : 0.1);
		}
	}
	return 0;
}

/* Tariffs are round: five, two and a half, whole, half units. */
static double usual_tariff(int64_t minor)
{
	return minor % 500 == 0   ? 0.04
	       : minor % 250 == 0 ? 0.018
	       : minor % 100 == 0 ? 0.006
	       : minor % 50 == 0  ? 0.003
				  : 0.00002;
}

double chance_charges(const struct weighing *w, int64_t open_minor, int64_t missing_minor)
{
	const struct match_entry *en = w->f->entry;
	double n, share;

	if (missing_minor <= 0)
		return 0;
	if (en->charges_minor > 0)
		return missing_minor == en->charges_minor ? 0.9 : 0;
	if (missing_minor > w->options.charges_minor || missing_minor > open_minor / 3)
		return 0;
	share = seen_share_of_tariff(w->f->book->seen, missing_minor, &n);
	return (usual_tariff(missing_minor) * KEPT_OF_AMOUNTS + share * n) / (KEPT_OF_AMOUNTS + n);
}

static double chance_round(int64_t minor, int64_t range_minor)
{
	double range = (double)range_minor + 1;

	return (minor % 10000 == 0  ? 0.3 * 10000
		: minor % 1000 == 0 ? 0.1 * 1000
		: minor % 100 == 0  ? 0.1 * 100
				    : 0.3) /
	       (range > 10000 ? range : 10000);
}

double chance_part(int64_t open_minor, int64_t paid_minor, bool *ret_is_fraction)
{
	static const int parts[][2] = { { 1, 2 },  { 1, 3 },   { 1, 4 },   { 3, 10 },  { 1, 5 },
					{ 2, 3 },  { 3, 4 },   { 1, 10 },  { 2, 5 },   { 3, 5 },
					{ 7, 10 }, { 4, 5 },   { 9, 10 },  { 3, 20 },  { 7, 20 },
					{ 9, 20 }, { 11, 20 }, { 13, 20 }, { 17, 20 }, { 1, 6 } };

	*ret_is_fraction = false;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		int64_t part;
		if (!minor_scale_round(open_minor, parts[i][0], parts[i][1], &part, NULL) ||
		    llabs(part - paid_minor) > 1)
			continue;
		*ret_is_fraction = true;
		return i < 5 ? 0.05 : i < 10 ? 0.01 : 0.004;
	}
	/* Of what is left little, something was rather deducted. */
	return chance_round(paid_minor, open_minor) *
	       (open_minor - paid_minor < open_minor / 10 ? 0.2 : 1);
}

double chance_more(int64_t open_minor, int64_t left_minor, bool *ret_is_telling)
{
	int64_t paid = open_minor + left_minor;

	*ret_is_telling = true;
	/* Who pays twice mostly does it with two transfers. */
	if (left_minor == open_minor)
		return 0.06;
	if (left_minor < 100 && paid % 100 == 0)
		return 0.2;
	*ret_is_telling = false;
	if (left_minor < 1000 && paid % 1000 == 0)
		return 0.05;
	if (left_minor < 10000 && paid % 10000 == 0)
		return 0.05;
	/* Slips are small; what else may come with it is anything. */
	if (left_minor <= open_minor / 20)
		return 0.3 / ((double)open_minor / 20 + 1);
	return 0.2 / ((double)open_minor + (double)left_minor);
}
