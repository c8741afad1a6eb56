/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "i18n/date_text.h"

static day_t day(const char *text)
{
	day_t d = DAY_NONE;

	if (!date_parse(text, &d, NULL))
		fail_msg("\"%s\" is no date", text);
	return d;
}

static void each_language_writes_dates_its_way(void **state)
{
	day_t d = day("2026-11-19"), first = day("2026-03-01");
	char t[DAY_TEXT];

	(void)state;
	assert_string_equal(day_short(d, "fr", t), "19/11/2026");
	assert_string_equal(day_short(d, "en", t), "19 Nov 2026");
	assert_string_equal(day_short(d, "de-AT", t), "19.11.2026");
	assert_string_equal(day_short(d, "xx", t), "19 Nov 2026");
	assert_string_equal(day_short(DAY_NONE, "fr", t), "");
	assert_string_equal(day_long(d, "fr", t), "19 novembre 2026");
	assert_string_equal(day_long(d, "en", t), "19 November 2026");
	assert_string_equal(day_long(d, "es", t), "19 de noviembre de 2026");
	assert_string_equal(day_long(d, "de", t), "19. November 2026");
	assert_string_equal(day_long(first, "fr", t), "1er mars 2026");
	assert_string_equal(day_of_month_text(first, "fr", t), "1er mars");
	assert_string_equal(day_of_month_text(first, "en", t), "1 March");
	assert_string_equal(day_full(d, "fr", t), "jeudi 19 novembre 2026");
	assert_string_equal(day_full(d, "en", t), "Thursday 19 November 2026");
	assert_string_equal(month_text(2026, 8, "fr", t), "août 2026");
	assert_string_equal(month_short(2, "fr"), "fév");
	assert_string_equal(day_axis(d, "fr", t), "19/11");
	assert_string_equal(day_axis(d, "en", t), "19 Nov");
	assert_string_equal(day_axis(DAY_NONE, "fr", t), "");
	assert_string_equal(time_text(8, 30, t), "08:30");
}

static void spans_say_the_month_once(void **state)
{
	static const struct {
		const char *from, *to;
		bool with_year;
		const char *language, *want;
	} rows[] = {
		{ "2026-11-16", "2026-11-19", false, "fr", "16–19 novembre" },
		{ "2026-11-16", "2026-11-19", false, "en", "16–19 November" },
		{ "2026-11-16", "2026-11-19", true, "en", "16–19 November 2026" },
		{ "2026-11-28", "2026-12-03", false, "fr", "28 novembre – 3 décembre" },
		{ "2026-12-28", "2027-01-01", false, "fr", "28 décembre 2026 – 1er janvier 2027" },
		{ "2026-03-01", "2026-03-31", false, "fr", "1er–31 mars" },
		{ "2026-03-01", "2026-03-01", false, "fr", "1er mars" },
	};
	char t[DAY_TEXT];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!str_eq(day_span(day(rows[i].from), day(rows[i].to), rows[i].with_year,
				     rows[i].language, t),
			    rows[i].want))
			fail_msg("row %zu: \"%s\"", i, t);
}

/* Today is Saturday 21 November 2026. */
static void typed_dates_are_read(void **state)
{
	static const struct {
		const char *typed;
		enum day_lean lean;
		const char *want;
	} rows[] = {
		{ "24/11", DAY_NEAREST, "2026-11-24" },
		{ "24/11", DAY_AHEAD, "2026-11-24" },
		{ "24/11", DAY_BEHIND, "2025-11-24" },
		{ "3/1", DAY_NEAREST, "2027-01-03" },
		{ "3/1", DAY_BEHIND, "2026-01-03" },
		{ "20/11", DAY_AHEAD, "2027-11-20" },
		{ "21/11", DAY_AHEAD, "2026-11-21" },
		{ "29/02", DAY_AHEAD, "2028-02-29" },
		{ "24/11/2026", DAY_NEAREST, "2026-11-24" },
		{ "24/11/26", DAY_NEAREST, "2026-11-24" },
		{ "24.11.2026", DAY_NEAREST, "2026-11-24" },
		{ "24-11-2026", DAY_NEAREST, "2026-11-24" },
		{ "2026-11-24", DAY_BEHIND, "2026-11-24" },
		{ "24 novembre", DAY_AHEAD, "2026-11-24" },
		{ "24 nov 2026", DAY_AHEAD, "2026-11-24" },
		{ "1er mars", DAY_AHEAD, "2027-03-01" },
		{ "1 March 2027", DAY_AHEAD, "2027-03-01" },
		{ "15 août", DAY_NEAREST, "2026-08-15" },
		{ "mardi", DAY_AHEAD, "2026-11-24" },
		{ "Tuesday", DAY_NEAREST, "2026-11-24" },
		{ "mar", DAY_AHEAD, "2026-11-24" },
		{ "mardi", DAY_BEHIND, "2026-11-17" },
		{ "samedi", DAY_AHEAD, "2026-11-28" },
		{ "samedi", DAY_BEHIND, "2026-11-14" },
		{ "+5", DAY_NEAREST, "2026-11-26" },
		{ "+5 j", DAY_NEAREST, "2026-11-26" },
		{ "-3", DAY_NEAREST, "2026-11-18" },
		{ "fin de mois", DAY_NEAREST, "2026-11-30" },
		{ "End of month", DAY_NEAREST, "2026-11-30" },
		{ "fin janvier", DAY_AHEAD, "2027-01-31" },
		{ "fin février 2028", DAY_AHEAD, "2028-02-29" },
		{ "aujourd'hui", DAY_NEAREST, "2026-11-21" },
		{ "demain", DAY_NEAREST, "2026-11-22" },
		{ "yesterday", DAY_NEAREST, "2026-11-20" },
		{ "après-demain", DAY_NEAREST, "2026-11-23" },
	};
	static const char *const bad[] = {
		"",     "32/11", "24/13",  "29/02/2026",       "ma",   "jui",
		"+",    "5",     "+99999", "24/11/2026 08:00", "24//", "lundi prochain",
		"2411", "fin",   "-3/5"
	};
	day_t today = day("2026-11-21");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = { 0 };
		char t[DATE_TEXT];
		day_t d = DAY_NONE;
		if (!day_read(rows[i].typed, today, rows[i].lean, &d, &e) || d != day(rows[i].want))
			fail_msg("\"%s\" lean %d: %s %s", rows[i].typed, (int)rows[i].lean,
				 date_format(d, t), e.msg);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		char t[DATE_TEXT];
		day_t d = DAY_NONE;
		if (day_read(bad[i], today, DAY_NEAREST, &d, &e) || e.code != ERR_INVALID)
			fail_msg("\"%s\" was read as %s", bad[i], date_format(d, t));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_language_writes_dates_its_way),
		cmocka_unit_test(spans_say_the_month_once),
		cmocka_unit_test(typed_dates_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
