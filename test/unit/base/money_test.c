/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/money.h"

static void refuses_what_is_not_an_amount(void **state)
{
	static const struct {
		const char *text, *currency;
		enum err_code code;
	} bad[] = {
		{ "", "EUR", ERR_INVALID },
		{ ".5", "EUR", ERR_INVALID },
		{ "1.", "EUR", ERR_INVALID },
		{ "1.234", "EUR", ERR_INVALID },
		{ "1.0", "JPY", ERR_INVALID },
		{ "1,50", "EUR", ERR_INVALID },
		{ "--1.00", "EUR", ERR_INVALID },
		{ "1e3", "EUR", ERR_INVALID },
		{ "92233720368547758.08", "EUR", ERR_RANGE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		struct money m;
		if (money_parse(bad[i].text, bad[i].currency, &m, &e) || e.code != bad[i].code)
			fail_msg("row %zu \"%s\": %d %s", i, bad[i].text, e.code, e.msg);
	}
}

static void writes_what_it_reads(void **state)
{
	static const struct {
		const char *text, *currency;
		int64_t minor;
	} good[] = {
		{ "0.00", "EUR", 0 },         { "-0.05", "EUR", -5 },
		{ "1234.56", "EUR", 123456 }, { "-12", "JPY", -12 },
		{ "1.234", "TND", 1234 },     { "92233720368547758.07", "EUR", INT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		char text[MONEY_TEXT];
		struct money m;
		assert_true(money_parse(good[i].text, good[i].currency, &m, NULL));
		assert_int_equal(m.minor, good[i].minor);
		assert_string_equal(minor_format(m.minor, m.currency, text), good[i].text);
	}
	assert_true(money_parse("12", "EUR", &(struct money){ 0 }, NULL));
}

static void parts_add_up_to_the_whole(void **state)
{
	const int64_t weight[3] = { 1, 1, 1 };
	struct money part[3];

	(void)state;
	assert_true(money_allocate((struct money){ 100000, "EUR" }, weight, 3, part, NULL));
	assert_int_equal(part[0].minor + part[1].minor + part[2].minor, 100000);
	assert_int_equal(part[0].minor, 33334);
	assert_true(money_allocate((struct money){ -5, "EUR" }, weight, 3, part, NULL));
	assert_int_equal(part[0].minor, -2);
	assert_int_equal(part[2].minor, -1);
	assert_false(
		money_allocate((struct money){ 1, "EUR" }, (int64_t[]){ 0, 0 }, 2, part, NULL));
}

static void rounds_half_away_from_zero(void **state)
{
	int64_t r;

	(void)state;
	assert_true(minor_scale_round(5, 1, 2, &r, NULL));
	assert_int_equal(r, 3);
	assert_true(minor_scale_round(-5, 1, 2, &r, NULL));
	assert_int_equal(r, -3);
	assert_true(minor_scale_round(10, 1, 3, &r, NULL));
	assert_int_equal(r, 3);
	assert_false(minor_scale_round(INT64_MAX, 3, 2, &r, NULL));
}

static void does_not_mix_currencies(void **state)
{
	struct money r = { 1, "EUR" };
	struct money less;
	struct err e = { 0 };

	(void)state;
	assert_true(
		money_sub((struct money){ 100, "EUR" }, (struct money){ 134, "EUR" }, &less, &e));
	assert_int_equal(less.minor, -34);
	assert_false(
		money_sub((struct money){ INT64_MIN, "EUR" }, (struct money){ 1, "EUR" }, &r, &e));
	assert_false(money_add((struct money){ 1, "EUR" }, (struct money){ 1, "USD" }, &r, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_int_equal(r.minor, 1);
	assert_false(
		money_add((struct money){ INT64_MAX, "EUR" }, (struct money){ 1, "EUR" }, &r, &e));
	assert_int_equal(e.code, ERR_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_is_not_an_amount),
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(parts_add_up_to_the_whole),
		cmocka_unit_test(rounds_half_away_from_zero),
		cmocka_unit_test(does_not_mix_currencies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
