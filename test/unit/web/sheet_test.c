/* SPDX-License-Identifier: Apache-2.0 */
/* Tables for spreadsheets: separators by language, quotes, real numbers and dates, and nothing that a
 * spreadsheet would run. */
#include "test.h"

#include "format/zip.h"
#include "base/buf.h"
#include "web/sheet.h"

#include <sys/stat.h>
#include <unistd.h>

#define MARK "\xef\xbb\xbf"

static const char *read_all(struct arena *a, int fd, size_t *ret_n)
{
	struct stat st;
	char *bytes;

	assert_int_equal(fstat(fd, &st), 0);
	bytes = arena_alloc(a, (size_t)st.st_size + 1);
	assert_int_equal(pread(fd, bytes, (size_t)st.st_size, 0), st.st_size);
	close(fd);
	*ret_n = (size_t)st.st_size;
	return bytes;
}

static struct sheet *begin(struct arena *a, enum sheet_kind kind, const char *language,
			   const struct sheet_column *columns, size_t n)
{
	struct sheet *s = NULL;

	assert_true(sheet_open(a, &(struct sheet_options){ .kind = kind, .language = language }, &s,
			       NULL));
	sheet_begin(s, "Table", columns, n);
	return s;
}

static const char *close_csv(struct arena *a, struct sheet *s)
{
	size_t n;
	int fd;

	assert_true(sheet_close(s, &fd, NULL));
	return read_all(a, fd, &n);
}

static bool add(void *arg, const char *piece, size_t n, struct err *e)
{
	(void)e;
	buf_add(arg, piece, n);
	return true;
}

/* The XML of the first sheet. */
static const char *close_xlsx(struct arena *a, struct sheet *s)
{
	struct err e = { 0 };
	struct zip_entry entry;
	const char *bytes;
	struct buf *b = ARENA_NEW(a, struct buf);
	struct zip z;
	size_t n;
	int fd;

	if (!sheet_close(s, &fd, &e))
		fail_msg("%s", e.msg);
	bytes = read_all(a, fd, &n);
	assert_true(zip_open(bytes, n, &z, NULL));
	assert_true(zip_find(&z, "xl/worksheets/sheet1.xml", &entry));
	buf_init(b, a);
	assert_true(zip_unpack(&z, &entry, add, b, NULL));
	return buf_str(b);
}

static const struct sheet_column four[] = {
	{ NULL, SHEET_TEXT }, { NULL, SHEET_MINOR }, { NULL, SHEET_DAY }, { NULL, SHEET_INT }
};
static const struct sheet_column one[] = { { NULL, SHEET_TEXT } };

static void each_language_has_its_separators(void **state)
{
	static const struct {
		const char *language, *text;
	} cases[] = {
		{ "fr", MARK "\"Sté A; B\";-1234,56;2026-01-31;7\r\n" },
		{ "en", MARK "\"Sté A; B\",-1234.56,2026-01-31,7\r\n" },
	};
	struct arena *a = arena_new(4 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sheet *s = begin(a, SHEET_CSV, cases[i].language, four, 4);

		sheet_text(s, "Sté A; B");
		sheet_minor(s, -123456, "EUR");
		sheet_day(s, date_of(2026, 1, 31));
		sheet_int(s, 7);
		assert_true(sheet_end(s, NULL));
		assert_string_equal(close_csv(a, s), cases[i].text);
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
		{ "\t=1", "\"'\t'=1\"" },
		{ "\r=1", "\"'\r'=1\"" },
		{ "  =1", "\"'  =1\"" },
		{ "\xc2\xa0=1", "\"'\xc2\xa0=1\"" },
		{ MARK "=1", "\"'" MARK "=1\"" },
		{ "\xef\xbc\x9d"
		  "1",
		  "\"'\xef\xbc\x9d"
		  "1\"" },
		{ "\xef\xbc\xa0"
		  "A",
		  "\"'\xef\xbc\xa0"
		  "A\"" },
		{ "a;=cmd|'/C calc'!A0", "\"a;'=cmd|'/C calc'!A0\"" },
		{ "a\",\"=1", "\"a\"\",'\"\"=1\"" },
		{ "a\n=1", "\"a\n'=1\"" },
		{ "a\r\n@x", "\"a\r\n'@x\"" },
		{ "a, b; c", "\"a, b; c\"" },
		{ "say \"hello\"", "\"say \"\"hello\"\"\"" },
		{ "C001", "\"C001\"" },
		{ "", "" },
		{ NULL, "" },
	};
	struct arena *a = arena_new(8 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sheet *s = begin(a, SHEET_CSV, "en", one, 1);
		const char *text;

		sheet_text(s, cases[i].text);
		assert_true(sheet_end(s, NULL));
		text = close_csv(a, s) + strlen(MARK);
		if (strncmp(text, cases[i].cell, strlen(cases[i].cell)) != 0 ||
		    !str_eq(text + strlen(cases[i].cell), "\r\n"))
			fail_msg("row %zu: %s", i, text);
	}
	arena_free(a);
}

static void a_workbook_has_numbers_and_days_and_no_formula(void **state)
{
	static const struct sheet_column columns[] = { { "Name", SHEET_TEXT },
						       { "Open", SHEET_MINOR },
						       { "Due", SHEET_DAY },
						       { "Count", SHEET_INT } };
	struct arena *a = arena_new(8 << 20);
	struct sheet *s = begin(a, SHEET_XLSX, "fr", columns, 4);
	const char *xml;

	(void)state;
	sheet_text(s, "=HYPERLINK(\"http://x\",\"y\")");
	sheet_minor(s, -123456, "EUR");
	sheet_day(s, date_of(2026, 1, 31));
	sheet_int(s, 7);
	assert_true(sheet_end(s, NULL));
	sheet_text(s, "yen, and an amount that no double holds");
	sheet_minor(s, 5, "JPY");
	sheet_day(s, DAY_NONE);
	sheet_nothing(s);
	assert_true(sheet_end(s, NULL));
	sheet_text(s, "large");
	sheet_minor(s, INT64_C(9007199254740993), "EUR");
	assert_true(sheet_end(s, NULL));
	sheet_total_rows(s);
	sheet_text(s, "Total");
	sheet_minor(s, 123, "EUR");
	assert_true(sheet_end(s, NULL));
	xml = close_xlsx(a, s);
	assert_null(strstr(xml, "<f>"));
	assert_null(strstr(xml, "<hyperlink"));
	assert_non_null(strstr(xml, "<t>=HYPERLINK(\"http://x\",\"y\")</t>"));
	assert_non_null(strstr(xml, "<v>-1234.56</v>"));
	assert_non_null(strstr(xml, "<v>46053</v>")); /* 31 January 2026 */
	assert_non_null(strstr(xml, "<v>7</v>"));
	assert_non_null(strstr(xml, "<v>5</v>"));
	assert_non_null(strstr(xml, ">90071992547409.93</t>"));
	assert_non_null(strstr(xml, "state=\"frozen\""));
	/* The totals stay outside of the filter. */
	assert_non_null(strstr(xml, "<autoFilter ref=\"A1:D4\"/>"));
	arena_free(a);
}

static void a_cell_holds_what_a_spreadsheet_can(void **state)
{
	struct arena *a = arena_new(16 << 20);
	struct sheet *s = begin(a, SHEET_XLSX, "en", one, 1);
	char *longer = arena_alloc(a, 40001);
	const char *xml;

	(void)state;
	memset(longer, 'x', 40000);
	sheet_text(s, longer);
	assert_true(sheet_end(s, NULL));
	sheet_text(s, "a\x01"
		      "b\xef\xbf\xbf");
	assert_true(sheet_end(s, NULL));
	xml = close_xlsx(a, s);
	assert_non_null(strstr(xml, "xxx\xe2\x80\xa6</t>"));
	assert_non_null(strstr(xml, ">a_x0001_b\xef\xbf\xbd</t>"));
	arena_free(a);
}

static void a_file_left_open_is_closed_with_the_arena(void **state)
{
	(void)state;
	for (int kind = SHEET_CSV; kind <= SHEET_XLSX; kind++) {
		struct arena *a = arena_new(4 << 20);
		struct sheet *s = begin(a, (enum sheet_kind)kind, "en", one, 1);

		sheet_text(s, "half");
		arena_free(a); /* the leak checkers tell */
	}
}

static void a_million_rows_need_no_memory(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct sheet *s = begin(a, SHEET_CSV, "en", four, 4);
	size_t n;
	int fd;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		sheet_text(s, "a customer of some length");
		sheet_minor(s, i, "EUR");
		sheet_day(s, i % 30000);
		sheet_int(s, i);
		assert_true(sheet_end(s, NULL));
	}
	assert_true(sheet_close(s, &fd, NULL));
	n = (size_t)lseek(fd, 0, SEEK_END);
	assert_true(n > 200000 * 40);
	close(fd);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_language_has_its_separators),
		cmocka_unit_test(no_text_is_run_as_a_formula),
		cmocka_unit_test(a_workbook_has_numbers_and_days_and_no_formula),
		cmocka_unit_test(a_cell_holds_what_a_spreadsheet_can),
		cmocka_unit_test(a_file_left_open_is_closed_with_the_arena),
		cmocka_unit_test(a_million_rows_need_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
