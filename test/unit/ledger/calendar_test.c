/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "ledger/calendar.h"

static void easter_falls_where_the_church_says(void **state)
{
	static const struct civil easter[] = { { 1818, 3, 22 }, { 1943, 4, 25 }, { 2000, 4, 23 },
					       { 2024, 3, 31 }, { 2025, 4, 20 }, { 2026, 4, 5 },
					       { 2027, 3, 28 }, { 2038, 4, 25 } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(easter); i++)
		assert_int_equal(calendar_easter(easter[i].year),
				 date_of(easter[i].year, easter[i].month, easter[i].day));
}

static void france_rests_eleven_days_in_2026(void **state)
{
	static const struct civil days[] = { { 2026, 1, 1 },   { 2026, 4, 6 },  { 2026, 5, 1 },
					     { 2026, 5, 8 },   { 2026, 5, 14 }, { 2026, 5, 25 },
					     { 2026, 7, 14 },  { 2026, 8, 15 }, { 2026, 11, 1 },
					     { 2026, 11, 11 }, { 2026, 12, 25 } };
	size_t n = 0;

	(void)state;
	for (day_t d = date_of(2026, 1, 1); d <= date_of(2026, 12, 31); d++) {
		struct civil c = date_civil(d);

		if (!calendar_is_holiday(CALENDAR_FR, d))
			continue;
		assert_true(n < ARRAY_LEN(days));
		assert_int_equal(c.month, days[n].month);
		assert_int_equal(c.day, days[n].day);
		n++;
	}
	assert_int_equal(n, ARRAY_LEN(days));
	assert_true(calendar_is_holiday(CALENDAR_FR_ALSACE_MOSELLE, date_of(2026, 4, 3)));
	assert_true(calendar_is_holiday(CALENDAR_FR_ALSACE_MOSELLE, date_of(2026, 12, 26)));
	assert_false(calendar_is_holiday(CALENDAR_FR, date_of(2026, 4, 3)));
}

static void target_closes_six_days_a_year(void **state)
{
	int n = 0;

	(void)state;
	for (day_t d = date_of(2026, 1, 1); d <= date_of(2026, 12, 31); d++)
		n += calendar_is_holiday(CALENDAR_TARGET, d);
	assert_int_equal(n, 6);
	assert_true(calendar_is_holiday(CALENDAR_TARGET, date_of(2026, 4, 3)));
	assert_false(calendar_is_holiday(CALENDAR_TARGET, date_of(2026, 7, 14)));
}

static void business_days_skip_bridges(void **state)
{
	(void)state;
	/* Friday 1 May 2026 is a holiday. */
	assert_int_equal(calendar_on_or_after(CALENDAR_FR, date_of(2026, 5, 1)),
			 date_of(2026, 5, 4));
	assert_int_equal(calendar_on_or_before(CALENDAR_FR, date_of(2026, 5, 3)),
			 date_of(2026, 4, 30));
	assert_int_equal(calendar_add_business_days(CALENDAR_FR, date_of(2026, 4, 30), 1),
			 date_of(2026, 5, 4));
	assert_int_equal(calendar_add_business_days(CALENDAR_FR, date_of(2026, 5, 4), -1),
			 date_of(2026, 4, 30));
	assert_int_equal(calendar_add_business_days(CALENDAR_FR, date_of(2026, 5, 2), 0),
			 date_of(2026, 5, 2));
	/* Order of 2026-09-14: serve within three months. */
	assert_int_equal(calendar_procedural_end(CALENDAR_FR, date_of(2026, 9, 14), 3),
			 date_of(2026, 12, 14));
	assert_int_equal(calendar_procedural_end(CALENDAR_FR, date_of(2026, 1, 31), 1),
			 date_of(2026, 3, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(easter_falls_where_the_church_says),
		cmocka_unit_test(france_rests_eleven_days_in_2026),
		cmocka_unit_test(target_closes_six_days_a_year),
		cmocka_unit_test(business_days_skip_bridges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
