/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of banks: rows, columns and separators of every sample. */
#include "unit/format/expected.h"

#include "format/csv.h"
#include "format/encoding.h"

struct given {
	char separator;
	int64_t rows, columns;
	int wrong;
};

static void begin(void *arg, UNUSED const char *path, const char *bytes, size_t n)
{
	struct given *g = arg;
	struct decoded d;
	struct err e = { 0 };
	struct csv c;

	assert_true(encoding_decode(bytes, n, &d, &e));
	g->separator = csv_separator(d.text, d.len);
	g->rows = g->columns = 0;
	csv_init(&c, d.text, d.len, g->separator, true);
	while (csv_next(&c)) {
		if (c.n == 1 && c.field[0].n == 0)
			continue;
		g->rows++;
		g->columns = (int64_t)c.n > g->columns ? (int64_t)c.n : g->columns;
	}
	csv_done(&c);
	decoded_done(&d);
}

static void compare(void *arg, const char *path, const char *measure, const char *value)
{
	struct given *g = arg;
	bool agrees = str_eq(measure, "delimiter")          ? value[0] == g->separator
		      : str_eq(measure, "rows_with_header") ? atoll(value) == g->rows
							    : atoll(value) == g->columns;

	if (agrees)
		return;
	print_message("%s %s: expected %s, read %c %" PRId64 " %" PRId64 "\n", path, measure, value,
		      g->separator, g->rows, g->columns);
	g->wrong++;
}

static void reads_every_figure_of_the_samples(void **state)
{
	struct given g = { 0 };
	struct expected x = { &g, begin, compare };
	int n = expected_each("bank-csv/", &x);

	(void)state;
	assert_int_equal(g.wrong, 0);
	assert_int_equal(n, 33);
}

/* What stands above the columns names none of them. */
static void finds_the_columns_below_an_account_and_its_balance(void **state)
{
	size_t n;
	char *bytes = slurp(
		test_data("bank-csv/bank-statement-import/meta_data_separated_credit_debit.csv"),
		&n);
	struct seen s = { 0 };
	struct err e = { 0 };

	(void)state;
	if (!seen_parse(&s, bytes, n, NULL, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(s.n[RECORD_CSV_COLUMNS], 1);
	assert_int_equal(s.n[RECORD_CSV_ROW], 5);
	seen_done(&s);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_figure_of_the_samples),
		cmocka_unit_test(finds_the_columns_below_an_account_and_its_balance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
