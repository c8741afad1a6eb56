/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/money.h"
#include "ledger/exchange.h"

static const struct exchange_rate rates[] = {
	{ "JPY", 20520, 163450000, "test" },    { "KWD", 20520, 333333, "test" },
	{ "TND", 20520, 3388500, "test" },      { "USD", 20520, 1091200, "test" },
	{ "USD", 20523, 1080000, "test" },      { "USD", 20526, 1000000, "test" },
	{ "VND", 20520, EXCHANGE_MAX, "test" }, { "XAU", 20520, 1, "test" },
};
static const struct exchange_table table = { rates, ARRAY_LEN(rates) };

static void amounts_convert_at_the_latest_rate_and_say_which(void **state)
{
	static const struct {
		int64_t minor;
		const char *from, *to;
		day_t on;
		int64_t result;
		day_t rate_on;
	} rows[] = {
		{ 100000, "USD", "EUR", 20520, 91642, 20520 }, /* 916.4222 */
		{ 100000, "USD", "EUR", 20522, 91642, 20520 }, /* the day between */
		{ 100000, "USD", "EUR", 20523, 92593, 20523 }, /* 925.9259 */
		{ -100000, "USD", "EUR", 20523, -92593, 20523 },
		{ 150000, "JPY", "EUR", 20525, 91771, 20520 },  /* no decimals: 917.7118 */
		{ 1234567, "TND", "EUR", 20520, 36434, 20520 }, /* three decimals: 364.3403 */
		{ 10000, "USD", "JPY", 20524, 15134, 20520 },   /* by way of the euro: 15134.26 */
		{ 91642, "EUR", "USD", 20520, 100000, 20520 },  /* 999.9975 */
		{ 123456, "EUR", "EUR", 1, 123456, DAY_NONE },
		{ 777, "CHF", "CHF", 1, 777, DAY_NONE }, /* itself needs no rate */
		{ 100, "USD", "EUR", 20526, 100, 20526 },
		{ 0, "USD", "EUR", 20520, 0, 20520 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = { 0 };
		struct exchanged x;

		if (!exchange_convert(&table, rows[i].minor, rows[i].from, rows[i].to, rows[i].on,
				      &x, &e))
			fail_msg("row %zu: %s", i, e.msg);
		if (x.minor != rows[i].result || x.rate_on != rows[i].rate_on)
			fail_msg("row %zu: %" PRId64 " at the rate of day %d", i, x.minor,
				 x.rate_on);
	}
}

static void halves_go_away_from_zero_once(void **state)
{
	static const struct exchange_rate two[] = { { "AAA", 1, 2000000, "test" } };
	const struct exchange_table t = { two, 1 };
	struct exchanged x;
	struct err e = { 0 };

	(void)state;
	assert_true(exchange_convert(&t, 1, "AAA", "EUR", 1, &x, &e));
	assert_int_equal(x.minor, 1);
	assert_true(exchange_convert(&t, -1, "AAA", "EUR", 1, &x, &e));
	assert_int_equal(x.minor, -1);
	assert_true(exchange_convert(&t, 3, "AAA", "EUR", 1, &x, &e));
	assert_int_equal(x.minor, 2);
}

static void what_has_no_rate_is_never_taken_at_one(void **state)
{
	static const struct {
		const char *from, *to;
		day_t on;
	} rows[] = { { "CHF", "EUR", 20520 }, { "EUR", "CHF", 20520 }, { "USD", "EUR", 20519 },
		     { "USD", "CHF", 20520 }, { "AAA", "EUR", 20520 }, { "ZZZ", "EUR", 20520 } };
	struct exchanged x = { 7, 7 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = { 0 };

		if (exchange_convert(&table, 100, rows[i].from, rows[i].to, rows[i].on, &x, &e) ||
		    e.code != ERR_NOT_FOUND || x.minor != 7)
			fail_msg("row %zu", i);
	}
}

static void what_does_not_fit_is_refused(void **state)
{
	struct exchanged x = { 7, 7 };
	struct err e = { 0 };

	(void)state;
	assert_false(exchange_convert(&table, INT64_MAX, "EUR", "VND", 20520, &x, &e));
	assert_int_equal(e.code, ERR_RANGE);
	assert_false(exchange_convert(&table, INT64_MIN, "XAU", "EUR", 20520, &x, &e));
	assert_int_equal(e.code, ERR_RANGE);
	assert_true(exchange_convert(&table, INT64_MAX, "VND", "EUR", 20520, &x, &e));
	assert_true(exchange_convert(&table, INT64_MAX, "KWD", "KWD", 20520, &x, &e));
	assert_int_equal(x.minor, INT64_MAX);
}

static void rates_are_read_exactly(void **state)
{
	static const struct {
		const char *text;
		int64_t ppm;
		const char *shown;
	} good[] = { { "1.0912", 1091200, "1.0912" },         { "1,0912", 1091200, "1.0912" },
		     { "163", 163000000, "163.0" },           { "0.000001", 1, "0.000001" },
		     { "17420.50", 17420500000, "17420.5" },  { "1.09120000", 1091200, "1.0912" },
		     { "1000000", EXCHANGE_MAX, "1000000.0" } };
	static const char *const wrong[] = { "",
					     "0",
					     "0.0",
					     "-1",
					     "+1",
					     ".5",
					     "5.",
					     "1.2.3",
					     "1e3",
					     "N/A",
					     " 1",
					     "1.0000001",
					     "1000000.000001",
					     "99999999999999999999999999",
					     "1,",
					     "٣" };
	char text[EXCHANGE_TEXT];
	int64_t ppm = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct err e = { 0 };

		if (!exchange_parse(good[i].text, &ppm, &e) || ppm != good[i].ppm)
			fail_msg("\"%s\": %" PRId64 " %s", good[i].text, ppm, e.msg);
		assert_string_equal(exchange_format(ppm, text), good[i].shown);
	}
	ppm = 7;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct err e = { 0 };

		if (exchange_parse(wrong[i], &ppm, &e) || e.code != ERR_INVALID || ppm != 7)
			fail_msg("\"%s\" is taken for a rate", wrong[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amounts_convert_at_the_latest_rate_and_say_which),
		cmocka_unit_test(halves_go_away_from_zero_once),
		cmocka_unit_test(what_has_no_rate_is_never_taken_at_one),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(rates_are_read_exactly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
