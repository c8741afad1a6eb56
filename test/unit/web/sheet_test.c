/* SPDX-License-Identifier: Apache-2.0 */
/* Tables for spreadsheets: separators by language, quotes, and nothing that a spreadsheet would run. */
#include "test.h"

#include "web/sheet.h"

#define MARK "\xef\xbb\xbf"

static void each_language_has_its_separators(void **state)
{
	static const struct {
		const char *language, *text;
	} cases[] = {
		{ "fr", MARK "\"Sté A; B\";-1234,56;2026-01-31;7\r\n" },
		{ "en", MARK "\"Sté A; B\",-1234.56,2026-01-31,7\r\n" },
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sheet s;

		sheet_init(&s, a, cases[i].language);
		sheet_text(&s, "Sté A; B");
		sheet_minor(&s, -123456, "EUR");
		sheet_day(&s, date_of(2026, 1, 31));
		sheet_int(&s, 7);
		sheet_end(&s);
		assert_string_equal(buf_str(&s.out), cases[i].text);
	}
	arena_free(a);
}

static void no_text_is_run_as_a_formula(void **state)
{
	static const struct {
		const char *text, *cell;
	} cases[] = {
		{ "=1+1", "\"'=1+1\"" },
		{ "+33 1", "\"'+33 1\"" },
		{ "-2", "\"'-2\"" },
		{ "@SUM(A1)", "\"'@SUM(A1)\"" },
		{ "\t=1", "\"'\t=1\"" },
		{ "say \"hello\"", "\"say \"\"hello\"\"\"" },
		{ "C001", "\"C001\"" },
		{ "", "" },
		{ NULL, "" },
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sheet s;

		sheet_init(&s, a, "en");
		sheet_text(&s, cases[i].text);
		if (!str_eq(buf_str(&s.out) + strlen(MARK), cases[i].cell))
			fail_msg("row %zu: %s", i, buf_str(&s.out));
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_language_has_its_separators),
		cmocka_unit_test(no_text_is_run_as_a_formula),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
