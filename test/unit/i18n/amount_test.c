/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "i18n/amount.h"

#define NB  "\xc2\xa0"
#define NNB "\xe2\x80\xaf"
#define MIN "\xe2\x88\x92"

static void each_language_writes_amounts_its_way(void **state)
{
	static const struct {
		int64_t minor;
		const char *currency, *language, *want;
	} rows[] = {
		{ 123456, "EUR", "fr", "1" NNB "234,56" NB "€" },
		{ -128430, "EUR", "fr-FR", MIN "1" NNB "284,30" NB "€" },
		{ 123456, "EUR", "en", "€1,234.56" },
		{ -128430, "EUR", "en_GB", MIN "€1,284.30" },
		{ 5, "EUR", "fr", "0,05" NB "€" },
		{ 0, "EUR", "en", "€0.00" },
		{ 123456789012, "EUR", "fr", "1" NNB "234" NNB "567" NNB "890,12" NB "€" },
		{ 123456, "JPY", "fr", "123" NNB "456" NB "JPY" },
		{ 1234567, "TND", "fr", "1" NNB "234,567" NB "TND" },
		{ 123456, "CHF", "en", "CHF" NB "1,234.56" },
		{ 123456, "GBP", "en", "£1,234.56" },
		{ 123456, "USD", "en", "US$1,234.56" },
		{ 123456, "USD", "fr", "1" NNB "234,56" NB "USD" },
		{ 123456, "EUR", "de", "1.234,56" NB "€" },
		{ 123456, "EUR", "nl", "€" NB "1.234,56" },
		{ 123456, "EUR", "xx", "€1,234.56" },
		{ INT64_MIN, "EUR", "fr",
		  MIN "92" NNB "233" NNB "720" NNB "368" NNB "547" NNB "758,08" NB "€" },
	};
	char text[AMOUNT_TEXT];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!str_eq(amount_text(rows[i].minor, rows[i].currency, rows[i].language, text),
			    rows[i].want))
			fail_msg("row %zu: \"%s\", want \"%s\"", i, text, rows[i].want);
}

static void rounded_forms_are_for_charts_and_phones(void **state)
{
	char text[AMOUNT_TEXT];

	(void)state;
	assert_string_equal(amount_whole(123450, "EUR", "fr", text), "1" NNB "235" NB "€");
	assert_string_equal(amount_whole(-123450, "EUR", "en", text), MIN "€1,235");
	assert_string_equal(amount_whole(-49, "EUR", "en", text), "€0");
	assert_string_equal(amount_thousands(123450000, "EUR", "fr", text), "1" NNB "235" NB "k€");
	assert_string_equal(amount_thousands(23450000, "EUR", "en", text), "€235k");
	assert_string_equal(amount_scaled(123450000, "EUR", 3, "fr", text), "1" NNB "235");
	assert_string_equal(amount_scaled(-23450000, "EUR", 3, "en", text), MIN "235");
	assert_string_equal(amount_scaled(1500, "JPY", 3, "en", text), "2");
	assert_string_equal(amount_scaled(-49, "EUR", 0, "fr", text), "0");
	assert_string_equal(amount_bare(-128430, "EUR", "fr", text), MIN "1" NNB "284,30");
	assert_string_equal(amount_input(-128430, "EUR", "fr", text), "-1284,30");
	assert_string_equal(amount_input(128430, "EUR", "en", text), "1284.30");
}

static void percents_counts_and_days(void **state)
{
	char text[AMOUNT_TEXT];

	(void)state;
	assert_string_equal(percent_text(224, 1000, 1, "fr", text), "22,4" NNB "%");
	assert_string_equal(percent_text(224, 1000, 1, "en", text), "22.4%");
	assert_string_equal(percent_text(1, 3, 1, "en", text), "33.3%");
	assert_string_equal(percent_text(-1, 8, 1, "en", text), MIN "12.5%");
	assert_string_equal(percent_text(2, 3, 0, "fr", text), "67" NNB "%");
	assert_string_equal(percent_text(2, 0, 0, "fr", text), "");
	assert_string_equal(percent_text(INT64_MAX / 2, INT64_MAX, 1, "en", text), "50.0%");
	assert_string_equal(rate_text(12150000, "fr", text), "12,15" NNB "%");
	assert_string_equal(rate_text(10000000, "en", text), "10.00%");
	assert_string_equal(rate_text(12155000, "en", text), "12.155%");
	assert_string_equal(count_text(12345, "fr", text), "12" NNB "345");
	assert_string_equal(days_text(34, "fr", text), "34" NB "j");
	assert_string_equal(days_text(34, "en", text), "34" NB "d");
	assert_string_equal(day_step_text(30, "fr", text), "J+30");
	assert_string_equal(day_step_text(30, "en", text), "D+30");
	assert_string_equal(day_step_text(-5, "fr", text), "J" MIN "5");
	assert_string_equal(day_step_text(0, "fr", text), "J");
}

static void typed_amounts_are_read(void **state)
{
	static const struct {
		const char *typed, *currency, *language;
		int64_t want;
	} rows[] = {
		{ "1 234,56", "EUR", "fr", 123456 },
		{ "1" NNB "234,56" NB "€", "EUR", "fr", 123456 },
		{ "1234.56", "EUR", "fr", 123456 },
		{ "1234,56", "EUR", "en", 123456 },
		{ "1,234.56", "EUR", "fr", 123456 },
		{ "1.234,56", "EUR", "en", 123456 },
		{ "€1,234.56", "EUR", "en", 123456 },
		{ "1,234", "EUR", "en", 123400 },
		{ "1.234", "EUR", "de", 123400 },
		{ "1.234.567", "EUR", "fr", 123456700 },
		{ "7603+9873,60", "EUR", "fr", 1747660 },
		{ " 100 - 2,5 ", "EUR", "fr", 9750 },
		{ MIN "12", "EUR", "fr", -1200 },
		{ "-12", "EUR", "fr", -1200 },
		{ "12 EUR", "EUR", "fr", 1200 },
		{ "0,5", "EUR", "fr", 50 },
		{ ",5", "EUR", "fr", -1 },
		{ "1234", "JPY", "fr", 1234 },
		{ "1,234", "TND", "fr", 1234 },
		{ "1'234.50", "CHF", "fr", 123450 },
	};
	static const char *const bad[] = { "",       "abc",  "1.234", "1,234,56", "1 2a",
					   "12 USD", "1..2", "1+",    "+",        "1,2,3.4.5",
					   "12,345", "--1",  "1.23,", "5,",       "12.34,567" };
	static const char *const large[] = { "92233720368547758,08", "999999999999999999999",
					     "92233720368547758,07+0,01" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = { 0 };
		int64_t got = -1;
		bool ok = amount_read(rows[i].typed, rows[i].currency, rows[i].language, &got, &e);
		if (got != rows[i].want || ok == (rows[i].want == -1))
			fail_msg("\"%s\": %" PRId64 " %s", rows[i].typed, got, e.msg);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		int64_t got = -1;
		if (amount_read(bad[i], "EUR", "fr", &got, &e) || e.code != ERR_INVALID ||
		    got != -1)
			fail_msg("\"%s\" was read as %" PRId64, bad[i], got);
	}
	for (size_t i = 0; i < ARRAY_LEN(large); i++) {
		struct err e = { 0 };
		int64_t got = -1;
		if (amount_read(large[i], "EUR", "fr", &got, &e) || e.code != ERR_RANGE)
			fail_msg("\"%s\" was read as %" PRId64, large[i], got);
	}
}

static void what_is_written_is_read_back(void **state)
{
	static const char *const languages[] = { "fr", "en", "de", "es", "it", "nl", "pt" };
	static const char *const currencies[] = { "EUR", "JPY", "TND", "USD", "CHF" };
	uint64_t seed = 20261121;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		const char *language = languages[i % 7], *currency = currencies[i % 5];
		char text[AMOUNT_TEXT];
		int64_t minor, got = 0;
		struct err e = { 0 };

		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		minor = (int64_t)(seed >> (i % 60)) / 2;
		if (i % 2)
			minor = -minor;
		amount_text(minor, currency, language, text);
		if (!amount_read(text, currency, language, &got, &e) || got != minor)
			fail_msg("%" PRId64 " %s in %s: \"%s\" %s", minor, currency, language, text,
				 e.msg);
		amount_input(minor, currency, language, text);
		assert_true(amount_read(text, currency, language, &got, NULL) && got == minor);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_language_writes_amounts_its_way),
		cmocka_unit_test(rounded_forms_are_for_charts_and_phones),
		cmocka_unit_test(percents_counts_and_days),
		cmocka_unit_test(typed_amounts_are_read),
		cmocka_unit_test(what_is_written_is_read_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
