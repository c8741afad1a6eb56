/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calibrate.h - what the odds that the matching counts are worth in this company: fitted on what became of its
 * answers.
 *
 * A curve only lowers. What a company confirms oftener than the odds say stays as counted: a calibration never
 * makes an answer likelier, right or wrong. It lowers where the answers contradict the odds by more than chance
 * does once in twenty times, and not at all while there are fewer than MATCH_LEAST_ANSWERS of a rule, or fewer
 * than MATCH_LEAST_REFUTED that were wrong.
 *
 *	match_calibration_fit(a, answers, n, &calibration);
 *	options.calibration = &calibration;
 */
#ifndef MATCH_CALIBRATE_H
#define MATCH_CALIBRATE_H

#include "match/match.h"

enum { MATCH_LEAST_ANSWERS = 50, MATCH_LEAST_REFUTED = 3 };

/* A first explanation of which it is known whether it was right. */
struct match_answer {
	enum match_rule rule;
	int64_t raw_milli;
	bool is_right;
};

/* The order of the answers changes nothing. */
void match_calibration_fit(struct arena *a, const struct match_answer *answers, size_t n,
			   struct match_calibration *ret);

/* Probability in millionths of raw odds under a rule; c NULL: as counted. */
int64_t match_calibrated(const struct match_calibration *c, enum match_rule rule,
			 int64_t raw_milli);

/* Raw odds that are counted as so probable, between 0 and 1,000,000 without the ends. */
int64_t match_odds_milli(int64_t ppm);

#endif
