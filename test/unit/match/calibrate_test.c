/* SPDX-License-Identifier: Apache-2.0 */
/* What odds are worth, fitted on what became of the answers: it lowers where they were wrong too often, nothing else. */
#include "test.h"

#include "match/calibrate.h"

#include <math.h>

#define RULE MATCH_RULE_NEAR
enum { N = 2000 };

/* Numbers that look random, the same each time. */
static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

static double probability(double raw_milli)
{
	return 1 / (1 + exp(-raw_milli / 1000));
}

/* Answers of odds from even to a thousand, right as often as odds less than those by that much say. */
static struct match_answer *answers_of(struct arena *a, size_t n, double too_high_milli,
				       uint64_t seed)
{
	struct match_answer *list = ARENA_ARRAY(a, n, struct match_answer);

	for (size_t i = 0; i < n; i++) {
		int64_t raw = (int64_t)(next(&seed) % 7000);
		double p = probability((double)raw - too_high_milli);
		list[i] = (struct match_answer){ RULE, raw,
						 (double)(next(&seed) % 1000000) < p * 1e6 };
	}
	return list;
}

static void a_company_whose_odds_are_off_is_less_sure(void **state)
{
	struct match_calibration c;

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct arena *a = arena_new(0);
		struct match_answer *list = answers_of(a, N, 2500, seed);
		double far = 0, near = 0;
		match_calibration_fit(a, list, N, &c);
		assert_int_equal(c.rule[RULE].n_confirmed + c.rule[RULE].n_refuted, N);
		for (size_t i = 0; i < N; i++) {
			int64_t counted = match_calibrated(NULL, RULE, list[i].raw_milli);
			int64_t learned = match_calibrated(&c, RULE, list[i].raw_milli);
			double truth = 1e6 * probability((double)list[i].raw_milli - 2500);
			/* No answer, and so no wrong one, is likelier than counted. */
			assert_true(learned <= counted);
			far += fabs((double)counted - truth);
			near += fabs((double)learned - truth);
		}
		if (near > far / 3)
			fail_msg("seed %d: off by %.0f, before %.0f", (int)seed, near / N, far / N);
		/* What would have posted at one wrong in two hundred does not any more. */
		assert_true(match_calibrated(NULL, RULE, 6000) > 995000);
		assert_true(match_calibrated(&c, RULE, 6000) < 995000);
		arena_free(a);
	}
}

static void a_company_whose_odds_hold_stays_as_counted(void **state)
{
	int64_t off = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct arena *a = arena_new(0);
		struct match_answer *list = answers_of(a, N, 0, seed);
		struct match_calibration c;
		match_calibration_fit(a, list, N, &c);
		for (int64_t raw = 0; raw < 7000; raw += 250) {
			int64_t counted = match_calibrated(NULL, RULE, raw);
			int64_t learned = match_calibrated(&c, RULE, raw);
			assert_true(learned <= counted);
			off += counted - learned;
		}
		arena_free(a);
	}
	/* By chance alone it lowers a little, now and then: two in a hundred at the most. */
	assert_true(off / (20 * 28) < 20000);
}

static void odds_that_are_too_low_are_not_raised(void **state)
{
	struct arena *a = arena_new(0);
	struct match_answer *list = answers_of(a, N, -2500, 7);
	struct match_calibration c;

	(void)state;
	match_calibration_fit(a, list, N, &c);
	for (int64_t raw = -3000; raw < 9000; raw += 100)
		assert_true(match_calibrated(&c, RULE, raw) <= match_calibrated(NULL, RULE, raw));
	arena_free(a);
}

static void little_data_says_nothing(void **state)
{
	struct arena *a = arena_new(0);
	struct match_answer list[200];
	struct match_calibration c;

	(void)state;
	/* All wrong, but few. */
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		list[i] = (struct match_answer){ RULE, 5000 + (int64_t)i, false };
	match_calibration_fit(a, list, MATCH_LEAST_ANSWERS - 1, &c);
	assert_int_equal(c.rule[RULE].n, 0);
	assert_int_equal(c.rule[RULE].n_refuted, MATCH_LEAST_ANSWERS - 1);
	match_calibration_fit(a, list, MATCH_LEAST_ANSWERS, &c);
	assert_true(match_calibrated(&c, RULE, 5000) < 100000);
	/* Many, but hardly one wrong: nothing is lowered, nor for other rules. */
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		list[i].is_right = i >= MATCH_LEAST_REFUTED - 1;
	match_calibration_fit(a, list, ARRAY_LEN(list), &c);
	assert_int_equal(c.rule[RULE].n, 0);
	assert_int_equal(match_calibrated(&c, MATCH_RULE_REFERENCE, 5000),
			 match_calibrated(NULL, MATCH_RULE_REFERENCE, 5000));
	match_calibration_fit(a, NULL, 0, &c);
	assert_int_equal(c.rule[RULE].n, 0);
	arena_free(a);
}

/* Surer answers are never worth less than less sure ones, and the order of the answers changes nothing. */
static void it_does_not_fall(void **state)
{
	(void)state;
	for (uint64_t seed = 30; seed < 60; seed++) {
		struct arena *a = arena_new(0);
		size_t n = 60 + seed * 7;
		struct match_answer *list = answers_of(a, n, 3000, seed);
		struct match_answer *back = ARENA_ARRAY(a, n, struct match_answer);
		struct match_calibration c, d;
		int64_t last = 0;
		for (size_t i = 0; i < n; i++)
			back[n - 1 - i] = list[i];
		match_calibration_fit(a, list, n, &c);
		match_calibration_fit(a, back, n, &d);
		assert_memory_equal(&c, &d, sizeof c);
		for (int64_t raw = -2000; raw < 9000; raw += 50) {
			int64_t ppm = match_calibrated(&c, RULE, raw);
			assert_true(ppm >= last && ppm <= 999900);
			last = ppm;
		}
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_company_whose_odds_are_off_is_less_sure),
		cmocka_unit_test(a_company_whose_odds_hold_stays_as_counted),
		cmocka_unit_test(odds_that_are_too_low_are_not_raised),
		cmocka_unit_test(little_data_says_nothing),
		cmocka_unit_test(it_does_not_fall),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
