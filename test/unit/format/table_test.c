/* SPDX-License-Identifier: Apache-2.0 */
/* Tables in text and in workbooks. */
#include "unit/format/format_test.h"

#include "format/csv.h"
#include "format/grid.h"
#include "format/xlsx_value.h"

/* The last table read, as text: header and rows with '|' between cells. */
struct sheet {
	char text[65536];
	size_t n;
	struct value_profile values[64];
	size_t n_columns;
	int64_t header_line;
};

static void add(struct sheet *s, const char *t)
{
	size_t n = strlen(t);

	assert_true(s->n + n < sizeof s->text);
	memcpy(s->text + s->n, t, n + 1);
	s->n += n;
}

static void take_table(void *arg, const struct record *r)
{
	struct sheet *s = arg;
	char line[24];

	if (r->kind == RECORD_CSV_COLUMNS) {
		s->n_columns = r->columns->n;
		s->header_line = r->columns->line;
		for (size_t i = 0; i < r->columns->n; i++) {
			add(s, i ? "|" : "");
			add(s, r->columns->at[i].name ? r->columns->at[i].name : "");
			if (i < ARRAY_LEN(s->values))
				s->values[i] = r->columns->at[i].values;
		}
		add(s, "\n");
	}
	if (r->kind == RECORD_CSV_ROW) {
		snprintf(line, sizeof line, "%" PRId64 ":", r->row->line);
		add(s, line);
		for (size_t i = 0; i < r->row->n; i++) {
			add(s, i ? "|" : "");
			add(s, r->row->cell[i] ? r->row->cell[i] : "");
		}
		add(s, "\n");
	}
}

static void expect_table(const char *csv, const char *expected)
{
	struct sheet t = { 0 };
	struct seen s = { .also = take_table, .arg = &t };
	struct err e = { 0 };

	if (!seen_parse(&s, csv, strlen(csv), NULL, &e))
		fail_msg("%s: %s", csv, e.msg);
	assert_string_equal(t.text, expected);
	seen_done(&s);
}

static void splits_rows_as_rfc_4180_says(void **state)
{
	(void)state;
	expect_table("a;b;c\n1;2;3\n", "a|b|c\n2:1|2|3\n");
	expect_table("a;b;c\r\n1;;3\r\n\r\n4;5;6", "a|b|c\n2:1||3\n4:4|5|6\n");
	expect_table("a,b\n\"x,y\",\"he said \"\"no\"\"\"\n", "a|b\n2:x,y|he said \"no\"\n");
	expect_table("a;b\n\"one\ntwo\";2\n3;4\n", "a|b\n2:one\ntwo|2\n4:3|4\n");
	expect_table("a\tb\r1\t2\r", "a|b\n2:1|2\n");
	expect_table("a|b\n 1 |\xC2\xA0 2\n", "a|b\n2:1|2\n");
	expect_table("name;amount\nthe \"Best\" shop;5\n", "name|amount\n2:the \"Best\" shop|5\n");
	expect_table("a;b;c\n1;2\n", "a|b|c\n2:1|2|\n");
	expect_table("a;b;\n1;2;\n", "a|b\n2:1|2\n");
}

static void finds_the_header_under_titles(void **state)
{
	(void)state;
	expect_table("Customers of Example SA;;\n;;\nCode;Name;Amount\nC1;Alpha;12,50\n",
		     "Code|Name|Amount\n4:C1|Alpha|12,50\n");
	expect_table("C1;2026-01-05;12,50\nC2;2026-01-06;3,00\n", "||\n1:C1|2026-01-05|12,50\n"
								  "2:C2|2026-01-06|3,00\n");
}

static void tells_what_the_columns_hold(void **state)
{
	const char *csv = "Doc;Date;Montant\nF1;03/04/2026;1.234\nF2;25/04/2026;12,50\n";
	struct sheet t = { 0 };
	struct seen s = { .also = take_table, .arg = &t };
	enum number_style number;
	enum date_style date;

	(void)state;
	assert_true(seen_parse(&s, csv, strlen(csv), NULL, NULL));
	assert_int_equal(t.n_columns, 3);
	assert_true(value_date_style(&t.values[1], "Date", &date, NULL));
	assert_int_equal(date, DATE_DMY);
	assert_true(value_number_style(&t.values[2], "Montant", &number, NULL));
	assert_int_equal(number, NUMBER_COMMA);
	seen_done(&s);
}

static void leaves_out_broken_rows_with_their_line(void **state)
{
	const char *csv = "a;b\n1;2\n\"open;3\n4;5\n6;7;8\n9;10\n";
	struct sheet t = { 0 };
	struct seen s = { .also = take_table, .arg = &t };
	int64_t line, n;

	(void)state;
	assert_true(seen_parse(&s, csv, strlen(csv), NULL, NULL));
	assert_string_equal(t.text, "a|b\n2:1|2\n4:4|5\n6:9|10\n");
	assert_non_null(seen_issue(&s, "csv.broken_row", &line, &n));
	assert_int_equal(line, 3);
	assert_non_null(seen_issue(&s, "csv.extra_cells", &line, &n));
	assert_int_equal(line, 5);
	assert_int_equal(s.total.n_rejected, 2);
	seen_done(&s);
}

static int separator_of(const char *text)
{
	return csv_separator(text, strlen(text));
}

static void finds_the_separator(void **state)
{
	(void)state;
	assert_int_equal(separator_of("a;b,c\n1;2,3\n"), ';');
	assert_int_equal(separator_of("a,b,c\n1,2,3\n"), ',');
	assert_int_equal(separator_of("a\tb\n1,5\t2,5\n3,5\t4,5\n"), '\t');
	assert_int_equal(separator_of("abc\ndef\n"), 0);
}

static void reads_the_workbooks_as_their_text_twins(void **state)
{
	static const struct {
		const char *file, *expected;
	} files[] = {
		{ "sample_statement_en",
		  "Date|Label|Currency|Amount|Amount Currency|Partner Name|Bank Account\n"
		  "2:2018-12-15|Your best supplier on 12/15/2018|USD|-33.5|0|John Doe|123456789\n"
		  "3:2018-12-15|Your payment on 12/15/2018|EUR|1525|1000|Azure Interior|\n" },
		{ "meta_data_separated_credit_debit", NULL },
		{ "empty_statement_en", NULL },
		{ "sample_statement_en_empty_values", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct sheet t = { 0 };
		struct seen s = { .also = take_table, .arg = &t };
		struct err e = { 0 };
		char path[256];
		size_t n;
		char *bytes;
		snprintf(path, sizeof path, "bank-csv/bank-statement-import/%s.xlsx",
			 files[i].file);
		bytes = slurp(test_data(path), &n);
		if (!seen_parse(&s, bytes, n, NULL, &e))
			fail_msg("%s: %s", path, e.msg);
		print_message("%s", t.text);
		if (files[i].expected)
			assert_string_equal(t.text, files[i].expected);
		/* Cut anywhere, a workbook is refused and not half read. */
		for (size_t cut = 0; cut < n; cut += 97) {
			struct seen half = { 0 };
			char *copy = malloc(cut + 1);
			memcpy(copy, bytes, cut);
			if (seen_parse(&half, copy, cut, NULL, &e))
				fail_msg("%s cut at %zu was read", path, cut);
			free(copy);
			seen_done(&half);
		}
		seen_done(&s);
		free(bytes);
	}
}

static void writes_the_numbers_of_a_workbook_as_people_meant_them(void **state)
{
	static const struct {
		const char *stored, *expected;
	} cases[] = {
		{ "12.340000000000002", "12.34" },
		{ "1234.5599999999999", "1234.56" },
		{ "1.2E-3", "0.0012" },
		{ "1.5E3", "1500" },
		{ "-0.1", "-0.1" },
		{ "0", "0" },
		{ "-0", "0" },
		{ "999999999999999.9", "1000000000000000" },
		{ "1.234", "1.2340" },
		{ "123456789", "123456789" },
		{ "0.30000000000000004", "0.3" },
		{ "1e400", NULL },
		{ "abc", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char out[XLSX_NUMBER_MAX];
		bool ok = xlsx_number(cases[i].stored, strlen(cases[i].stored), out);
		if (ok != (cases[i].expected != NULL) ||
		    (ok && strcmp(out, cases[i].expected) != 0))
			fail_msg("%s: %s", cases[i].stored, ok ? out : "refused");
	}
}

static void knows_the_days_of_a_workbook(void **state)
{
	static const struct {
		const char *code;
		bool is_date;
	} formats[] = {
		{ "dd/mm/yyyy", true },
		{ "jj/mm/aaaa", true },
		{ "[$-40C]d mmmm yyyy", true },
		{ "0.00", false },
		{ "#,##0.00\\ \"day\"", false },
		{ "hh:mm", false },
		{ "General", false },
		{ "yyyy\\-mm\\-dd;@", true },
		{ "0.00 \"d\"", false },
	};
	day_t d;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (xlsx_format_is_date(formats[i].code) != formats[i].is_date)
			fail_msg("%s", formats[i].code);
	assert_true(xlsx_day("46387", 5, false, &d));
	assert_int_equal(d, date_of(2026, 12, 31));
	assert_true(xlsx_day("46387.75", 8, false, &d));
	assert_int_equal(d, date_of(2026, 12, 31));
	assert_true(xlsx_day("1", 1, false, &d));
	assert_int_equal(d, date_of(1900, 1, 1));
	assert_true(xlsx_day("61", 2, false, &d));
	assert_int_equal(d, date_of(1900, 3, 1));
	assert_false(xlsx_day("60", 2, false, &d));
	assert_true(xlsx_day("44925", 5, true, &d));
	assert_int_equal(d, date_of(2026, 12, 31));
}

static void reads_the_bank_tables(void **state)
{
	static const struct {
		const char *file;
		size_t columns;
		int64_t rows;
	} files[] = {
		{ "balance", 6, 2 },
		{ "debit_credit", 7, 2 },
		{ "debit_credit_amount", 7, 4 },
		{ "empty_statement_en", 7, 0 },
		{ "multi_currency", 6, 2 },
		{ "original_currency_no_header", 8, 1 },
		{ "sample_statement_en", 7, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct sheet t = { 0 };
		struct seen s = { .also = take_table, .arg = &t };
		char path[256];
		size_t n;
		char *bytes;
		snprintf(path, sizeof path, "bank-csv/bank-statement-import/%s.csv", files[i].file);
		bytes = slurp(test_data(path), &n);
		assert_true(seen_parse(&s, bytes, n, NULL, NULL));
		if (t.n_columns != files[i].columns || s.n[RECORD_CSV_ROW] != files[i].rows)
			fail_msg("%s: %zu columns, %" PRId64 " rows\n%s", path, t.n_columns,
				 s.n[RECORD_CSV_ROW], t.text);
		seen_done(&s);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_rows_as_rfc_4180_says),
		cmocka_unit_test(finds_the_header_under_titles),
		cmocka_unit_test(tells_what_the_columns_hold),
		cmocka_unit_test(leaves_out_broken_rows_with_their_line),
		cmocka_unit_test(finds_the_separator),
		cmocka_unit_test(reads_the_workbooks_as_their_text_twins),
		cmocka_unit_test(writes_the_numbers_of_a_workbook_as_people_meant_them),
		cmocka_unit_test(knows_the_days_of_a_workbook),
		cmocka_unit_test(reads_the_bank_tables),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
