/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "ledger/period.h"

static const day_t base = 20000;

static void periods_are_months_and_years(void **state)
{
	static const char *const wrong[] = { "",         "2026-13", "2026-1",     "26-10",
					     "2026-00",  "October", "2026-10-01", "0000",
					     "2026-10 ", "20261" };
	day_t from = 7, to = 7;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		e = (struct err){ 0 };
		if (period_parse(wrong[i], &from, &to, &e) || e.code != ERR_INVALID || from != 7)
			fail_msg("\"%s\" is taken for a period", wrong[i]);
	}
	assert_true(period_parse("2024-02", &from, &to, &e));
	assert_int_equal(from, date_of(2024, 2, 1));
	assert_int_equal(to, date_of(2024, 2, 29));
	assert_true(period_parse("2026", &from, &to, &e));
	assert_int_equal(from, date_of(2026, 1, 1));
	assert_int_equal(to, date_of(2026, 12, 31));
}

static void runs_that_touch_are_one(void **state)
{
	struct closed_days c = { 0 };

	(void)state;
	assert_true(closed_days_add(&c, base + 10, base + 19));
	assert_true(closed_days_add(&c, base + 30, base + 39));
	assert_int_equal(c.n, 2);
	assert_int_equal(closed_days_open_on(&c, base + 12), base + 20);
	assert_int_equal(closed_days_open_on(&c, base + 20), base + 20);
	assert_true(closed_days_add(&c, base + 20, base + 29));
	assert_int_equal(c.n, 1);
	assert_int_equal(closed_days_open_on(&c, base + 10), base + 40);
	assert_false(closed_days_has(&c, base + 9));
	assert_false(closed_days_has(&c, base + 40));
	assert_true(closed_days_add(&c, base, base + 100));
	assert_int_equal(c.n, 1);
	assert_int_equal(closed_days_open_on(&c, base + 50), base + 101);
}

/* Against one bit per day, for a thousand random histories. */
static void runs_say_what_a_list_of_days_says(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 1000; round++) {
		struct closed_days c = { 0 };
		bool day[64] = { false };

		for (int k = 0; k < 6; k++) {
			int from = (int)((seed = seed * 1664525u + 1013904223u) >> 8) % 60;
			int to = from + (int)((seed = seed * 1664525u + 1013904223u) >> 8) % 4;

			assert_true(closed_days_add(&c, base + from, base + to));
			for (int d = from; d <= to; d++)
				day[d] = true;
		}
		for (int d = 0; d < 64; d++) {
			if (closed_days_has(&c, base + d) != day[d])
				fail_msg("round %d day %d", round, d);
		}
		for (int i = 1; i < c.n; i++)
			assert_true(c.run[i].from > c.run[i - 1].to + 1);
	}
}

static void too_many_runs_are_refused_and_change_nothing(void **state)
{
	struct closed_days c = { 0 };

	(void)state;
	for (int i = 0; i < CLOSED_RUNS; i++)
		assert_true(closed_days_add(&c, base + 10 * i, base + 10 * i + 1));
	assert_false(closed_days_add(&c, base - 10, base - 9));
	assert_false(closed_days_add(&c, base + 5, base + 6));
	assert_false(closed_days_add(&c, base + 9000, base + 9000));
	assert_int_equal(c.n, CLOSED_RUNS);
	assert_false(closed_days_has(&c, base + 5));
	assert_true(closed_days_add(&c, base + 2, base + 9)); /* joins two */
	assert_int_equal(c.n, CLOSED_RUNS - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(periods_are_months_and_years),
		cmocka_unit_test(runs_that_touch_are_one),
		cmocka_unit_test(runs_say_what_a_list_of_days_says),
		cmocka_unit_test(too_many_runs_are_refused_and_change_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
