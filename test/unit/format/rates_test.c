/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "format/rates.h"

static bool read(struct arena *a, const char *text, struct rates_file *f, struct err *e)
{
	return rates_read(text, strlen(text), a, f, e);
}

static void the_layouts_of_the_ecb_are_read(void **state)
{
	static const char *const files[] = {
		"Date,USD,JPY,BGN,\n2026-11-20,1.0912,163.45,N/A,\n2026-11-19,1.09,163,1.9558,\n",
		"\xef\xbb\xbf"
		"Date,USD,JPY,BGN,\r\n2026-11-20, 1.0912, 163.45, ,\r\n\r\n"
		"2026-11-19,1.09,163,1.9558,\r\n",
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><gesmes:Envelope><gesmes:subject>x"
		"</gesmes:subject><Cube><Cube time=\"2026-11-20\"><Cube currency=\"USD\" rate="
		"\"1.0912\"/><Cube currency='JPY' rate='163.45'/></Cube>\n<Cube time='2026-11-19'>"
		"<Cube rate=\"1.09\" currency=\"USD\"/><Cube currency=\"JPY\" rate=\"163\"/>"
		"<Cube currency=\"BGN\" rate=\"1.9558\"/></Cube></Cube></gesmes:Envelope>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct arena *a = arena_new(0);
		struct rates_file f;
		struct err e = { 0 };

		if (!read(a, files[i], &f, &e))
			fail_msg("file %zu: %s", i, e.msg);
		assert_true(f.is_exchange);
		assert_int_equal(f.n, 5);
		assert_string_equal(f.row[0].name, "USD");
		assert_string_equal(f.row[0].value, "1.0912");
		assert_int_equal(f.row[0].from_on, date_of(2026, 11, 20));
		assert_string_equal(f.row[4].name, "BGN");
		assert_int_equal(f.row[4].from_on, date_of(2026, 11, 19));
		arena_free(a);
	}
}

static void lists_and_rates_of_the_law_are_read(void **state)
{
	struct arena *a = arena_new(0);
	struct rates_file f;
	struct err e = { 0 };

	(void)state;
	assert_true(read(a, "devise;date;cours\nCHF;2026-01-02;0,9312\n", &f, &e));
	assert_true(f.is_exchange);
	assert_string_equal(f.row[0].value, "0,9312");
	assert_true(read(a,
			 "Name,From,To,Value,Source\n"
			 "ecb_mro,2026-07-01,,2.15,\"ECB decision\"\n",
			 &f, &e));
	assert_false(f.is_exchange);
	assert_int_equal(f.row[0].to_on, DAY_NONE);
	assert_string_equal(f.row[0].source, "ECB decision");
	arena_free(a);
}

static void a_wrong_file_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "", "no rate" },
		{ "Date,USD,JPY\n", "no rate" },
		{ "Datum,USD\n2026-11-20,1\n", "no file of rates" },
		{ "Date,usd\n2026-11-20,1\n", "no file of rates" },
		{ "Date,USD,Yen\n2026-11-20,1,2\n", "no currency" },
		{ "Date,USD\n2026-11-20,1\n20/11/2026,1\n", "line 3" },
		{ "Date,USD\n2026-02-30,1\n", "line 2" },
		{ "Date,USD\n2026-11-20,1,2\n", "under no currency" },
		{ "currency,date,rate\nEURO,2026-11-20,1\n", "line 2" },
		{ "currency,date,rate\nUSD,2026-11-20\n", "line 2" },
		{ "name,from,to,value,source\nx,2026-01-01,,1,\n", "source" },
		{ "<?xml version=\"1.0\"?><Cube><Cube currency=\"USD\" rate=\"1\"/></Cube>",
		  "currency" },
		{ "<?xml version=\"1.0\"?><Cube time=\"2026-13-01\">", "no date" },
		{ "<?xml version=\"1.0\"?><Cube time=\"2026-11-20\"", "cut short" },
		{ "<?xml version=\"1.0\"?><x/>", "no rate" },
		{ "\xff\xfe", "UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new(0);
		struct rates_file f;
		struct err e = { 0 };

		if (read(a, rows[i].text, &f, &e) || e.code != ERR_FORMAT ||
		    !strstr(e.msg, rows[i].says))
			fail_msg("row %zu: %d %s", i, e.code, e.msg);
		arena_free(a);
	}
}

static void any_beginning_of_a_file_harms_nothing(void **state)
{
	static const char xml[] = "<?xml version=\"1.0\"?><Cube><Cube time=\"2026-11-20\">"
				  "<Cube currency=\"USD\" rate=\"1.0912\"/></Cube></Cube>";
	static const char csv[] = "Date,USD,JPY,\n2026-11-20,1.0912,163.45,\n";

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		const char *text = k ? csv : xml;

		for (size_t n = 0; n <= strlen(text); n++) {
			struct arena *a = arena_new(0);
			char *exact = arena_strndup(a, text, n);
			struct rates_file f;
			struct err e = { 0 };

			(void)!rates_read(exact, n, a, &f, &e);
			arena_free(a);
		}
	}
}

struct heard {
	int64_t n_columns, n_rows, n_total;
	char sheet[20], last[80];
};

static bool hear(void *arg, const struct record *r, struct err *e)
{
	struct heard *h = arg;

	(void)e;
	if (r->kind == RECORD_CSV_COLUMNS) {
		h->n_columns = (int64_t)r->columns->n;
		snprintf(h->sheet, sizeof h->sheet, "%s", r->columns->sheet);
	} else if (r->kind == RECORD_CSV_ROW) {
		h->n_rows++;
		snprintf(h->last, sizeof h->last, "%s|%s|%s|%s|%s", r->row->cell[0],
			 r->row->cell[1], r->row->cell[2] ? r->row->cell[2] : "-", r->row->cell[3],
			 r->row->cell[4]);
	} else if (r->kind == RECORD_TOTAL) {
		h->n_total = r->total->n_records;
	}
	return true;
}

static void the_child_tells_them_as_rows(void **state)
{
	static const char text[] =
		"name,from,to,value,source\necb_mro,2026-07-01,,2.15,a decision\n";
	struct parse_total total = { .from = DAY_NONE, .to = DAY_NONE, .closing_on = DAY_NONE };
	struct heard h = { 0 };
	struct sink sink = { .arg = &h, .take = hear };
	struct err e = { 0 };

	(void)state;
	assert_true(rates_records(text, strlen(text), &total, &sink, &e));
	assert_int_equal(h.n_columns, RATES_CELLS);
	assert_int_equal(h.n_rows, 1);
	assert_int_equal(h.n_total, 1);
	assert_string_equal(h.sheet, "law");
	assert_string_equal(h.last, "ecb_mro|2026-07-01|-|2.15|a decision");
	assert_false(rates_records("a,b\n1,2\n", 8, &total, &sink, &e));
	assert_int_equal(e.code, ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_layouts_of_the_ecb_are_read),
		cmocka_unit_test(lists_and_rates_of_the_law_are_read),
		cmocka_unit_test(a_wrong_file_is_refused_with_its_line),
		cmocka_unit_test(any_beginning_of_a_file_harms_nothing),
		cmocka_unit_test(the_child_tells_them_as_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
