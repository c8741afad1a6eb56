/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/clock.h"
#include "base/date.h"

static void every_day_of_ten_thousand_years_comes_back(void **state)
{
	struct civil before = { 1, 1, 0 };

	(void)state;
	for (day_t d = date_of(1, 1, 1); d <= date_of(9999, 12, 31); d++) {
		struct civil c = date_civil(d);
		if (date_of(c.year, c.month, c.day) != d ||
		    !(c.day == before.day + 1 || (c.day == 1 && before.day >= 28)))
			fail_msg("day %d is %d-%d-%d", d, c.year, c.month, c.day);
		before = c;
	}
}

static void knows_weekdays_and_months(void **state)
{
	(void)state;
	assert_int_equal(date_weekday(date_of(2026, 11, 21)), 6);
	assert_int_equal(date_weekday(date_of(1969, 12, 31)), 3);
	assert_int_equal(date_end_of_month(date_of(2024, 2, 3)), date_of(2024, 2, 29));
	assert_int_equal(date_add_months(date_of(2026, 1, 31), 1), date_of(2026, 2, 28));
	assert_int_equal(date_add_months(date_of(2026, 1, 31), -2), date_of(2025, 11, 30));
}

static void refuses_what_is_not_a_date(void **state)
{
	static const char *const bad[] = { "",           "2026-02-30",  "2026-2-3",
					   "20260203",   "2026-02-03 ", "0000-01-01",
					   "2025-02-29", "2026/02/03" };
	day_t d = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		if (date_parse(bad[i], &d, &e) || e.code != ERR_INVALID || d != 7)
			fail_msg("\"%s\" was accepted", bad[i]);
	}
	assert_false(date_parse_compact("20260230", 8, &d));
	assert_false(date_parse_compact("2026021", 7, &d));
	assert_true(date_parse_compact("20240229", 8, &d));
	assert_int_equal(d, date_of(2024, 2, 29));
}

static void midnight_is_that_of_the_zone(void **state)
{
	int64_t m;
	char text[CLOCK_TEXT];

	(void)state;
	assert_true(clock_parse("2026-11-20T23:30:00Z", &m, NULL));
	assert_int_equal(clock_day(m, "Europe/Paris"), date_of(2026, 11, 21));
	assert_int_equal(clock_day(m, "UTC"), date_of(2026, 11, 20));
	assert_true(clock_parse("2026-06-20T22:30:00.5Z", &m, NULL));
	assert_int_equal(clock_day(m, "Europe/Paris"), date_of(2026, 6, 21));
	assert_string_equal(clock_format(m, text), "2026-06-20T22:30:00.500000Z");
	assert_false(clock_parse("2026-06-20T25:30:00Z", &m, NULL));
}

static void a_moment_is_read_on_the_clock_of_its_zone(void **state)
{
	static const struct {
		const char *local, *utc;
	} read[] = {
		{ "2026-11-05T18:00", "2026-11-05T17:00:00.000000Z" },
		{ "2026-08-05 18:00:30", "2026-08-05T16:00:30.000000Z" },
		{ "2026-08-05T18:00:30Z", "2026-08-05T18:00:30.000000Z" },
		{ "2026-03-31", "2026-03-31T21:59:59.999999Z" },
		{ "2026-12-31", "2026-12-31T22:59:59.999999Z" },
		/* The clocks change on 29 March and 25 October; the hour that comes twice is the first one. */
		{ "2026-03-29T01:59:59", "2026-03-29T00:59:59.000000Z" },
		{ "2026-03-29T03:00", "2026-03-29T01:00:00.000000Z" },
		{ "2026-10-25T02:30", "2026-10-25T00:30:00.000000Z" },
		{ "2026-10-25T03:00", "2026-10-25T02:00:00.000000Z" },
	};
	static const char *const wrong[] = { "",
					     "x",
					     "2026-02-30",
					     "2026-01-01T24:00",
					     "2026-01-01T1",
					     "2026-01-01T10:00:00+01:00",
					     "2026-01-01T10:00:00.0000000000000000000000000000" };
	char text[CLOCK_TEXT];
	int64_t m = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(read); i++) {
		assert_true(clock_parse_local(read[i].local, "Europe/Paris", &m, NULL));
		assert_string_equal(clock_format(m, text), read[i].utc);
	}
	m = 7;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_false(clock_parse_local(wrong[i], "Europe/Paris", &m, NULL));
	assert_int_equal(m, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_of_ten_thousand_years_comes_back),
		cmocka_unit_test(knows_weekdays_and_months),
		cmocka_unit_test(refuses_what_is_not_a_date),
		cmocka_unit_test(midnight_is_that_of_the_zone),
		cmocka_unit_test(a_moment_is_read_on_the_clock_of_its_zone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
