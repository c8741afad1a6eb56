/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "ledger/limitation.h"

static day_t day(const char *text)
{
	day_t d = DAY_NONE;

	if (text && !date_parse(text, &d, NULL))
		fail_msg("\"%s\" is no date", text);
	return d;
}

struct row {
	const char *kind, *due;
	enum limitation_event_kind event;
	const char *on, *ended;
	bool is_void;
	const char *want; /* NULL: held */
};

static void time_runs_as_the_code_says(void **state)
{
	static const struct row rows[] = {
		{ "b2b", "2021-06-15", LIMITATION_REMINDER, NULL, NULL, false, "2026-06-15" },
		{ "b2c", "2021-06-15", LIMITATION_REMINDER, NULL, NULL, false, "2023-06-15" },
		{ "b2b", "2024-02-29", LIMITATION_REMINDER, NULL, NULL, false, "2029-02-28" },
		{ "b2c", "2024-02-29", LIMITATION_REMINDER, NULL, NULL, false, "2026-02-28" },
		{ "b2g", "2022-03-10", LIMITATION_REMINDER, NULL, NULL, false, "2026-12-31" },
		{ "b2b", "2021-06-15", LIMITATION_REMINDER, "2025-01-10", NULL, false,
		  "2026-06-15" },
		{ "b2b", "2021-06-15", LIMITATION_PART_PAYMENT, "2025-01-10", NULL, false,
		  "2030-01-10" },
		{ "b2b", "2021-06-15", LIMITATION_ACKNOWLEDGED, "2026-06-15", NULL, false,
		  "2031-06-15" },
		/* The day after is too late. */
		{ "b2b", "2021-06-15", LIMITATION_ACKNOWLEDGED, "2026-06-16", NULL, false,
		  "2026-06-15" },
		{ "b2b", "2021-06-15", LIMITATION_COURT, "2025-01-10", NULL, false, NULL },
		{ "b2b", "2021-06-15", LIMITATION_COURT, "2025-01-10", "2025-09-01", false,
		  "2030-09-01" },
		{ "b2b", "2021-06-15", LIMITATION_COURT, "2025-01-10", "2025-09-01", true,
		  "2026-06-15" },
		{ "b2b", "2021-06-15", LIMITATION_INSOLVENCY, "2025-01-10", NULL, false, NULL },
		{ "b2b", "2021-06-15", LIMITATION_SERVED_ORDER, "2025-01-10", NULL, false,
		  "2030-01-10" },
		{ "b2b", "2021-06-15", LIMITATION_ENFORCEMENT, "2025-01-10", NULL, false,
		  "2030-01-10" },
		{ "b2b", "2021-06-15", LIMITATION_TITLE, "2025-01-10", NULL, false, "2035-01-10" },
		/* Ten days of mediation just before the end: six months stay. */
		{ "b2b", "2021-06-15", LIMITATION_SUSPENSION, "2026-06-01", "2026-06-11", false,
		  "2026-12-11" },
		{ "b2b", "2021-06-15", LIMITATION_SUSPENSION, "2023-06-01", "2023-06-11", false,
		  "2026-06-25" },
		{ "b2b", "2021-06-15", LIMITATION_WRITTEN_CLAIM, "2025-01-10", NULL, false,
		  "2026-06-15" },
		{ "b2g", "2022-03-10", LIMITATION_WRITTEN_CLAIM, "2025-01-10", NULL, false,
		  "2029-12-31" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct limitation_event ev = { rows[i].event, day(rows[i].on), day(rows[i].ended),
					       rows[i].is_void };
		struct limitation_case c = { .due_on = day(rows[i].due),
					     .born_on = DAY_NONE,
					     .years = limitation_years(rows[i].kind),
					     .is_public = str_eq(rows[i].kind, "b2g"),
					     .event = &ev,
					     .n_events = rows[i].on ? 1 : 0 };
		struct limitation l = limitation_compute(&c);
		char text[DATE_TEXT];

		if (l.is_held != !rows[i].want || l.last_safe_on != day(rows[i].want))
			fail_msg("row %zu: %s", i, date_format(l.last_safe_on, text));
	}
}

static void twenty_years_end_everything_but_a_title(void **state)
{
	struct limitation_event often[5];
	struct limitation_case c = { .due_on = day("2000-01-31"),
				     .born_on = day("2000-01-01"),
				     .years = 5,
				     .event = often,
				     .n_events = ARRAY_LEN(often) };
	struct limitation l;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(often); i++)
		often[i] = (struct limitation_event){ LIMITATION_PART_PAYMENT,
						      date_of(2004 + 4 * (int)i, 1, 1), DAY_NONE,
						      false };
	l = limitation_compute(&c);
	assert_int_equal(l.last_safe_on, day("2020-01-01"));
	assert_true(l.is_overall_limit);
}

static void alerts_come_six_three_and_one_months_before(void **state)
{
	struct limitation l = { .last_safe_on = day("2026-06-15") };

	(void)state;
	assert_int_equal(limitation_alert_on(&l, day("2025-12-14")), LIMITATION_CALM);
	assert_int_equal(limitation_alert_on(&l, day("2025-12-15")), LIMITATION_SIX_MONTHS);
	assert_int_equal(limitation_alert_on(&l, day("2026-03-15")), LIMITATION_THREE_MONTHS);
	assert_int_equal(limitation_alert_on(&l, day("2026-06-15")), LIMITATION_ONE_MONTH);
	assert_int_equal(limitation_alert_on(&l, day("2026-06-16")), LIMITATION_OVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_runs_as_the_code_says),
		cmocka_unit_test(twenty_years_end_everything_but_a_title),
		cmocka_unit_test(alerts_come_six_three_and_one_months_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
