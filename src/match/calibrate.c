/* SPDX-License-Identifier: Apache-2.0 */
#include "match/calibrate.h"

#include <math.h>
#include <stdlib.h>

/* Odds are counted among what was thought of; what was not is never impossible. */
#define MOST_PPM 999900

/* ---- applying ---- */

static int64_t plain(int64_t raw_milli)
{
	double ppm = 1e6 / (1 + exp(-(double)raw_milli / 1000));

	return ppm < MOST_PPM ? (int64_t)ppm : MOST_PPM;
}

static int64_t on_curve(const struct match_curve *k, int64_t raw_milli)
{
	size_t i = 0;

	ENSURE(k->n <= MATCH_MAX_KNOTS);
	while (i < k->n && k->raw_milli[i] <= raw_milli)
		i++;
	if (i == 0 || i == k->n)
		return k->ppm[i == 0 ? 0 : k->n - 1];
	return k->ppm[i - 1] + (int64_t)((double)(k->ppm[i] - k->ppm[i - 1]) *
					 (double)(raw_milli - k->raw_milli[i - 1]) /
					 (double)(k->raw_milli[i] - k->raw_milli[i - 1]));
}

int64_t match_calibrated(const struct match_calibration *c, enum match_rule rule, int64_t raw_milli)
{
	int64_t counted = plain(raw_milli), learned;

	if (!c || c->rule[rule].n == 0)
		return counted;
	learned = on_curve(&c->rule[rule], raw_milli);
	return learned < counted ? learned : counted;
}

/* ---- fitting ---- */

enum { MOST_BINS = MATCH_MAX_KNOTS, LEAST_IN_BIN = 20 };

/* Answers of neighbouring odds. */
struct bin {
	int64_t raw_sum, n, n_right;
};

static int compare_answers(const void *a, const void *b)
{
	const struct match_answer *x = a, *y = b;

	if (x->raw_milli != y->raw_milli)
		return x->raw_milli < y->raw_milli ? -1 : 1;
	return x->is_right - y->is_right;
}

/* Bins of about equal numbers; answers of the same odds are in one. */
static size_t fill_bins(const struct match_answer *at, size_t n, struct bin bin[MOST_BINS])
{
	int64_t each = (int64_t)n / MOST_BINS + 1;
	size_t n_bins = 0;

	if (each < LEAST_IN_BIN)
		each = LEAST_IN_BIN;
	for (size_t i = 0; i < n; i++) {
		bool is_same = i > 0 && at[i].raw_milli == at[i - 1].raw_milli;
		if (n_bins == 0 || (bin[n_bins - 1].n >= each && !is_same && n_bins < MOST_BINS))
			bin[n_bins++] = (struct bin){ .n = 0 };
		bin[n_bins - 1].raw_sum += at[i].raw_milli;
		bin[n_bins - 1].n++;
		bin[n_bins - 1].n_right += at[i].is_right;
	}
	return n_bins;
}

/* Neighbours of which the surer was right less often are one (isotonic regression). */
static size_t pool(struct bin *bin, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		bin[kept++] = bin[i];
		while (kept > 1 && bin[kept - 2].n_right * bin[kept - 1].n >=
					   bin[kept - 1].n_right * bin[kept - 2].n) {
			bin[kept - 2].raw_sum += bin[kept - 1].raw_sum;
			bin[kept - 2].n += bin[kept - 1].n;
			bin[kept - 2].n_right += bin[kept - 1].n_right;
			kept--;
		}
	}
	return kept;
}

/* The highest share of right answers that such a count leaves possible (Wilson, one side, one in twenty). */
static int64_t most_possible(const struct bin *b)
{
	const double z = 1.645;
	double n = (double)b->n, p = (double)b->n_right / n;
	double high = (p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) /
		      (1 + z * z / n);

	return high < 1 ? (int64_t)(high * 1e6) : 1000000;
}

static void fit_rule(const struct match_answer *at, size_t n, struct match_curve *ret)
{
	struct bin bin[MOST_BINS];
	size_t n_bins;

	for (size_t i = 0; i < n; i++)
		*(at[i].is_right ? &ret->n_confirmed : &ret->n_refuted) += 1;
	if (n < MATCH_LEAST_ANSWERS || ret->n_refuted < MATCH_LEAST_REFUTED)
		return;
	n_bins = pool(bin, fill_bins(at, n, bin));
	for (size_t i = 0; i < n_bins; i++) {
		int64_t ppm = most_possible(&bin[i]);
		ret->raw_milli[i] = bin[i].raw_sum / bin[i].n;
		/* It does not fall: fewer answers leave more possible. */
		ret->ppm[i] = i > 0 && ret->ppm[i - 1] > ppm ? ret->ppm[i - 1] : ppm;
	}
	ret->n = n_bins;
}

void match_calibration_fit(struct arena *a, const struct match_answer *answers, size_t n,
			   struct match_calibration *ret)
{
	struct match_answer *of_rule = ARENA_ARRAY(a, n + 1, struct match_answer);

	*ret = (struct match_calibration){ 0 };
	for (size_t rule = 0; rule < MATCH_N_RULES; rule++) {
		size_t k = 0;
		for (size_t i = 0; i < n; i++)
			if ((size_t)answers[i].rule == rule)
				of_rule[k++] = answers[i];
		if (k == 0)
			continue;
		qsort(of_rule, k, sizeof *of_rule, compare_answers);
		fit_rule(of_rule, k, &ret->rule[rule]);
	}
}

int64_t match_odds_milli(int64_t ppm)
{
	double p = (double)ppm / 1e6;

	return (int64_t)(1000 * log(p / (1 - p)));
}
