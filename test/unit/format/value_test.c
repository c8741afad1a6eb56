/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "format/value.h"

static struct value_profile profile(const char *const *cells, size_t n)
{
	struct value_profile p = { 0 };

	for (size_t i = 0; i < n; i++)
		value_profile_add(&p, cells[i], strlen(cells[i]));
	return p;
}

static void reads_amounts_by_the_convention_of_their_column(void **state)
{
	static const struct {
		const char *text;
		enum number_style style;
		const char *currency;
		int64_t minor;
	} good[] = {
		{ "1 234,56", NUMBER_COMMA, "EUR", 123456 },
		{ "1.234,56", NUMBER_COMMA, "EUR", 123456 },
		{ "1,234.56", NUMBER_POINT, "EUR", 123456 },
		{ "1234.56-", NUMBER_POINT, "EUR", -123456 },
		{ "(123,45)", NUMBER_COMMA, "EUR", -12345 },
		{ "1\xC2\xA0"
		  "234,5",
		  NUMBER_COMMA, "EUR", 123450 },
		{ "1\xE2\x80\xAF"
		  "234\xE2\x80\xAF"
		  "567,89 €",
		  NUMBER_COMMA, "EUR", 123456789 },
		{ "EUR 12", NUMBER_PLAIN, "EUR", 1200 },
		{ "-€9,876.50", NUMBER_POINT, "EUR", -987650 },
		{ "CHF 1'234.50", NUMBER_POINT, "CHF", 123450 },
		{ "1.234", NUMBER_COMMA, "EUR", 123400 },
		{ "1.2340", NUMBER_POINT, "TND", 1234 },
		{ "12.500", NUMBER_POINT, "EUR", 1250 },
		{ "\xE2\x88\x92"
		  "5,00",
		  NUMBER_COMMA, "EUR", -500 },
		{ "+31070,11", NUMBER_COMMA, "EUR", 3107011 },
		{ "0", NUMBER_PLAIN, "JPY", 0 },
		{ "92233720368547758,07", NUMBER_COMMA, "EUR", INT64_MAX },
		{ "-92233720368547758,08", NUMBER_COMMA, "EUR", INT64_MIN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct err e = { 0 };
		int64_t minor = 0;
		if (!value_amount(good[i].text, good[i].style, good[i].currency, &minor, &e) ||
		    minor != good[i].minor)
			fail_msg("row %zu \"%s\": %" PRId64 " %s", i, good[i].text, minor, e.msg);
	}
}

static void refuses_what_is_no_amount(void **state)
{
	static const struct {
		const char *text;
		enum number_style style;
		enum err_code code;
	} bad[] = {
		{ "", NUMBER_COMMA, ERR_INVALID },
		{ "abc", NUMBER_COMMA, ERR_INVALID },
		{ "1,234.56", NUMBER_COMMA, ERR_INVALID },
		{ "1.234,56", NUMBER_POINT, ERR_INVALID },
		{ "1,234", NUMBER_PLAIN, ERR_INVALID },
		{ "12,345", NUMBER_COMMA, ERR_INVALID },
		{ "--5", NUMBER_PLAIN, ERR_INVALID },
		{ "(5)-", NUMBER_PLAIN, ERR_INVALID },
		{ "1 23,00", NUMBER_COMMA, ERR_INVALID },
		{ "1.23E+05", NUMBER_POINT, ERR_INVALID },
		{ "12,", NUMBER_COMMA, ERR_INVALID },
		{ "1,2,3", NUMBER_COMMA, ERR_INVALID },
		{ "92233720368547758,08", NUMBER_COMMA, ERR_RANGE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		int64_t minor;
		if (value_amount(bad[i].text, bad[i].style, "EUR", &minor, &e) ||
		    e.code != bad[i].code)
			fail_msg("row %zu \"%s\": %s", i, bad[i].text, e.msg);
	}
}

static void decides_the_number_style_by_the_whole_column(void **state)
{
	static const char *const french[] = { "12", "1.234", "5,50", "" };
	static const char *const english[] = { "1,234", "5.50", "12" };
	static const char *const whole[] = { "12", "1 234", "" };
	static const char *const unclear[] = { "1.234", "12" };
	static const char *const mixed[] = { "1,50", "1.50" };
	struct value_profile p = profile(french, ARRAY_LEN(french));
	enum number_style style;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(p.n_filled, 3);
	assert_true(value_number_style(&p, "Montant", &style, &e));
	assert_int_equal(style, NUMBER_COMMA);
	p = profile(english, ARRAY_LEN(english));
	assert_true(value_number_style(&p, "Amount", &style, &e));
	assert_int_equal(style, NUMBER_POINT);
	p = profile(whole, ARRAY_LEN(whole));
	assert_true(value_number_style(&p, "Amount", &style, &e));
	assert_int_equal(style, NUMBER_PLAIN);
	p = profile(unclear, ARRAY_LEN(unclear));
	assert_false(value_number_style(&p, "Amount", &style, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_string_equal(e.field, "Amount");
	assert_non_null(strstr(e.msg, "1.234"));
	p = profile(mixed, ARRAY_LEN(mixed));
	assert_false(value_number_style(&p, "Amount", &style, &e));
}

static void reads_dates(void **state)
{
	static const struct {
		const char *text;
		enum date_style style;
		int year, month, day;
	} good[] = {
		{ "31/12/2026", DATE_DMY, 2026, 12, 31 },
		{ "2026-12-31", DATE_YMD, 2026, 12, 31 },
		{ "31.12.26", DATE_DMY, 2026, 12, 31 },
		{ "20261231", DATE_YMD, 2026, 12, 31 },
		{ "31-déc-2026", DATE_YMD, 2026, 12, 31 },
		{ "31-DÉC.-2026", DATE_YMD, 2026, 12, 31 },
		{ "1 août 2026", DATE_YMD, 2026, 8, 1 },
		{ "26MAY2014", DATE_YMD, 2014, 5, 26 },
		{ "46387", DATE_SERIAL, 2026, 12, 31 },
		{ "12/31/2026", DATE_MDY, 2026, 12, 31 },
		{ "3/4/2026", DATE_DMY, 2026, 4, 3 },
		{ "3/4/2026", DATE_MDY, 2026, 3, 4 },
		{ "2026-12-31 10:20:30", DATE_YMD, 2026, 12, 31 },
		{ "2026-12-31T10:20:30Z", DATE_DMY, 2026, 12, 31 },
		{ "05/05/2026", DATE_YMD, 2026, 5, 5 },
		{ "2026/2/3", DATE_YMD, 2026, 2, 3 },
		{ "29/02/2024", DATE_DMY, 2024, 2, 29 },
		{ "01/01/70", DATE_DMY, 1970, 1, 1 },
	};
	static const struct {
		const char *text;
		enum date_style style;
	} bad[] = {
		{ "31/13/2026", DATE_DMY }, { "29/02/2026", DATE_DMY },
		{ "3/4/2026", DATE_YMD },   { "20261341", DATE_YMD },
		{ "", DATE_DMY },           { "jui 2026", DATE_DMY },
		{ "1-jui-2026", DATE_DMY }, { "31/12", DATE_DMY },
		{ "46387", DATE_DMY },      { "31/12/2026 noon", DATE_DMY },
		{ "31/12-2026", DATE_DMY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct err e = { 0 };
		day_t d = 0;
		if (!value_date(good[i].text, good[i].style, &d, &e) ||
		    d != date_of(good[i].year, good[i].month, good[i].day))
			fail_msg("row %zu \"%s\": %s", i, good[i].text, e.msg);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		day_t d = 0;
		if (value_date(bad[i].text, bad[i].style, &d, NULL))
			fail_msg("row %zu \"%s\" was read", i, bad[i].text);
	}
}

static void decides_day_and_month_by_the_whole_column(void **state)
{
	static const char *const french[] = { "03/04/2026", "25/04/2026" };
	static const char *const american[] = { "03/04/2026", "04/25/2026" };
	static const char *const unclear[] = { "03/04/2026", "05/05/2026" };
	static const char *const mixed[] = { "25/04/2026", "04/25/2026" };
	static const char *const serials[] = { "46387", "46000" };
	struct value_profile p = profile(french, 2);
	enum date_style style;
	struct err e = { 0 };

	(void)state;
	assert_true(value_date_style(&p, "Date", &style, &e));
	assert_int_equal(style, DATE_DMY);
	p = profile(american, 2);
	assert_true(value_date_style(&p, "Date", &style, &e));
	assert_int_equal(style, DATE_MDY);
	p = profile(unclear, 2);
	assert_false(value_date_style(&p, "Date", &style, &e));
	assert_non_null(strstr(e.msg, "03/04/2026"));
	p = profile(mixed, 2);
	assert_false(value_date_style(&p, "Date", &style, &e));
	p = profile(serials, 2);
	assert_true(value_date_style(&p, "Date", &style, &e));
	assert_int_equal(style, DATE_SERIAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_amounts_by_the_convention_of_their_column),
		cmocka_unit_test(refuses_what_is_no_amount),
		cmocka_unit_test(decides_the_number_style_by_the_whole_column),
		cmocka_unit_test(reads_dates),
		cmocka_unit_test(decides_day_and_month_by_the_whole_column),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
