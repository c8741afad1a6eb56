/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "ledger/interest.h"

/* The rates these examples need, as the seed of the database has them. */
static const struct rate known[] = {
	{ RATE_ECB_MRO, 19711, 19978, 4500000, "ECB", false }, /* 2023-12-20, any day before 2024 */
	{ RATE_ECB_MRO, 19886, 20074, 4250000, "ECB", false }, /* 2024-06-12 */
	{ RATE_ECB_MRO, 20075, 20249, 3150000, "ECB", false }, /* 2024-12-18 */
	{ RATE_ECB_MRO, 20250, 20634, 2150000, "ECB", false }, /* 2025-06-11 to 2026-06-30 */
	{ RATE_LEGAL_OTHER, 19723, 19904, 5070000, "order", false }, /* 2024-S1 */
	{ RATE_LEGAL_OTHER, 19905, 20088, 4920000, "order", false }, /* 2024-S2 */
	{ RATE_LEGAL_OTHER, 20089, 20269, 3710000, "order", false }, /* 2025-S1 */
	{ RATE_LEGAL_OTHER, 20270, 20453, 2760000, "order", false }, /* 2025-S2 */
	{ RATE_LEGAL_OTHER, 20454, 20634, 2620000, "order", false }, /* 2026-S1 */
	{ RATE_MARGIN_B2B, 14245, DAY_NONE, 10000000, "law", false },
	{ RATE_MARGIN_B2G, 14245, DAY_NONE, 8000000, "law", false },
	{ RATE_MARGIN_EU, 14245, DAY_NONE, 8000000, "law", false },
	{ RATE_FLOOR_FACTOR, 14245, DAY_NONE, 3000000, "law", false },
	{ RATE_FLAT_FEE, 14245, DAY_NONE, 40000000, "law", false },
};
static const struct rate_table rates = { known, ARRAY_LEN(known) };

static day_t day(const char *text)
{
	day_t d = DAY_NONE;

	if (!date_parse(text, &d, NULL))
		fail_msg("\"%s\" is no date", text);
	return d;
}

static struct interest_result compute(const struct interest_case *c, struct arena *a)
{
	struct interest_result r = { 0 };
	struct err e = { 0 };

	if (!interest_compute(c, &rates, a, &r, &e))
		fail_msg("%s", e.msg);
	return r;
}

static int setup(void **state)
{
	*state = arena_new(1 << 20);
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void a_professional_pays_the_rate_of_each_half_year(void **state)
{
	struct interest_case a = { .amount_minor = 1200000,
				   .due_on = day("2025-05-31"),
				   .until_on = day("2025-09-15"),
				   .notice_on = DAY_NONE };
	struct interest_case b = { .amount_minor = 483050,
				   .due_on = day("2024-11-30"),
				   .until_on = day("2025-08-20"),
				   .notice_on = DAY_NONE };
	struct interest_result r = compute(&a, *state);

	assert_int_equal(r.interest_minor, 43728);
	assert_int_equal(r.flat_fee_minor, 4000);
	assert_int_equal(r.days, 107);
	assert_int_equal(r.n_segments, 2);
	assert_int_equal(r.segment[0].days, 30);
	assert_int_equal(r.segment[0].interest_millionths, 12969863014);
	assert_int_equal(r.segment[1].days, 77);
	assert_int_equal(r.segment[1].interest_millionths, 30757808219);
	assert_false(r.has_rate_to_verify);
	r = compute(&b, *state);
	assert_int_equal(r.interest_minor, 45546);
	assert_int_equal(r.n_segments, 3);
	assert_int_equal(r.segment[0].interest_millionths, 5846228425);
}

static void a_part_payment_settles_what_was_agreed(void **state)
{
	const struct interest_payment paid = { day("2025-08-31"), 400000 };
	struct interest_case c = { .amount_minor = 1000000,
				   .due_on = day("2025-07-31"),
				   .until_on = day("2025-10-15"),
				   .notice_on = DAY_NONE,
				   .payment = &paid,
				   .n_payments = 1 };
	struct interest_result r = compute(&c, *state);

	assert_int_equal(r.interest_minor, 19307);
	assert_int_equal(r.left_minor, 600000);
	assert_int_equal(r.flat_fee_minor, 4000);
	c.order = INTEREST_FIRST;
	r = compute(&c, *state);
	assert_int_equal(r.interest_minor, 19461);
	assert_int_equal(r.left_minor, 610319);
	assert_int_equal(r.to_pay_minor, 619461);
	assert_int_equal(r.n_segments, 2);
	assert_int_equal(r.segment[1].outstanding_minor, 610319);
}

static void a_public_buyer_keeps_the_first_rate(void **state)
{
	struct interest_case c = { .regime = INTEREST_B2G,
				   .amount_minor = 1200000,
				   .due_on = day("2025-05-31"),
				   .until_on = day("2025-09-15"),
				   .notice_on = DAY_NONE };
	struct interest_result r = compute(&c, *state);

	assert_int_equal(r.interest_minor, 39224);
	assert_int_equal(r.flat_fee_minor, 4000);
}

static void a_consumer_pays_from_the_notice_and_no_fee(void **state)
{
	struct interest_case c = { .regime = INTEREST_B2C,
				   .amount_minor = 150000,
				   .due_on = day("2025-06-30"),
				   .notice_on = day("2025-10-01"),
				   .until_on = day("2026-02-10") };
	struct interest_result r = compute(&c, *state);

	assert_int_equal(r.interest_minor, 1474);
	assert_int_equal(r.flat_fee_minor, 0);
	assert_int_equal(r.segment[0].days, 91);
	assert_int_equal(r.segment[1].days, 41);
	c.notice_on = DAY_NONE;
	r = compute(&c, *state);
	assert_int_equal(r.interest_minor, 0);
	assert_int_equal(r.days, 0);
}

static void what_is_not_late_bears_nothing(void **state)
{
	const struct interest_payment in_time = { day("2025-05-30"), 1200000 };
	struct interest_case c = { .amount_minor = 1200000,
				   .due_on = day("2025-05-31"),
				   .until_on = day("2025-05-31"),
				   .notice_on = DAY_NONE };
	struct interest_result r = compute(&c, *state);

	assert_int_equal(r.interest_minor + r.flat_fee_minor + r.days, 0);
	c.until_on = day("2025-04-01");
	r = compute(&c, *state);
	assert_int_equal(r.interest_minor + r.flat_fee_minor + r.days, 0);
	c.until_on = day("2025-09-15");
	c.payment = &in_time;
	c.n_payments = 1;
	r = compute(&c, *state);
	assert_int_equal(r.interest_minor + r.flat_fee_minor + r.days, 0);
	c.n_payments = 0;
	c.bar = INTEREST_BARRED_INSOLVENCY;
	r = compute(&c, *state);
	assert_int_equal(r.interest_minor + r.flat_fee_minor, 0);
	c.bar = INTEREST_ALLOWED;
	c.amount_minor = -1200000; /* a credit note */
	r = compute(&c, *state);
	assert_int_equal(r.interest_minor + r.flat_fee_minor, 0);
}

static void an_unknown_half_year_is_carried_forward_and_says_so(void **state)
{
	struct interest_case c = { .amount_minor = 1000000,
				   .due_on = day("2026-05-31"),
				   .until_on = day("2026-07-31"),
				   .notice_on = DAY_NONE };
	struct interest_result r = compute(&c, *state);

	assert_true(r.has_rate_to_verify);
	assert_false(r.segment[0].is_to_verify);
	assert_true(r.segment[1].is_to_verify);
	assert_int_equal(r.segment[1].rate_ppm, 12150000);
	/* 61 days at 12.15 %. */
	assert_int_equal(r.interest_minor, 20305);
}

static void a_contract_cannot_go_under_three_times_the_legal_rate(void **state)
{
	struct interest_case c = { .amount_minor = 1200000,
				   .due_on = day("2025-05-31"),
				   .until_on = day("2025-09-15"),
				   .notice_on = DAY_NONE,
				   .contract_rate_ppm = 11130000 };
	struct interest_result r;
	struct err e = { 0 };

	assert_true(interest_compute(&c, &rates, *state, &r, &e));
	assert_int_equal(r.interest_minor, 39153); /* 107 days at 11.13 % */
	c.contract_rate_ppm = 11120000;
	assert_false(interest_compute(&c, &rates, *state, &r, &e));
	assert_int_equal(e.code, ERR_INVALID);
}

static void the_default_is_raised_to_the_floor_only_when_asked(void **state)
{
	struct interest_case c = { .amount_minor = 1000000,
				   .due_on = day("2024-01-31"),
				   .until_on = day("2024-03-01"),
				   .notice_on = DAY_NONE };
	struct interest_result r = compute(&c, *state);

	assert_int_equal(r.segment[0].rate_ppm, 14500000);
	c.apply_floor_to_default = true;
	r = compute(&c, *state);
	assert_int_equal(r.segment[0].rate_ppm, 15210000);
	c.apply_floor_to_default = false;
	c.basis = INTEREST_ACT; /* 30 days of a leap year */
	r = compute(&c, *state);
	assert_int_equal(r.interest_minor, 11885);
	c.basis = INTEREST_360;
	r = compute(&c, *state);
	assert_int_equal(r.interest_minor, 12083);
}

static void hostile_cases_are_refused(void **state)
{
	const struct interest_payment unordered[] = { { day("2025-08-31"), 1 },
						      { day("2025-08-30"), 1 } };
	const struct interest_payment negative = { day("2025-08-31"), -1 };
	struct interest_case c = { .amount_minor = INT64_MAX,
				   .due_on = day("2025-05-31"),
				   .until_on = day("2025-09-15"),
				   .notice_on = DAY_NONE };
	struct interest_result r;
	struct err e = { 0 };

	assert_false(interest_compute(&c, &rates, *state, &r, &e));
	assert_int_equal(e.code, ERR_RANGE);
	c.amount_minor = 100;
	c.payment = unordered;
	c.n_payments = 2;
	assert_false(interest_compute(&c, &rates, *state, &r, &e));
	assert_int_equal(e.code, ERR_INVALID);
	c.payment = &negative;
	c.n_payments = 1;
	assert_false(interest_compute(&c, &rates, *state, &r, &e));
	c.n_payments = 0;
	c.due_on = day("1999-05-31");
	assert_false(interest_compute(&c, &rates, *state, &r, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
}

/* A payment of nothing but a split of the days changes no cent: the sum is rounded once. */
static void the_sum_is_rounded_once(void **state)
{
	struct interest_case whole = { .amount_minor = 33,
				       .due_on = day("2025-01-01"),
				       .until_on = day("2025-12-31"),
				       .notice_on = DAY_NONE };
	struct interest_result r = compute(&whole, *state);

	/* 180 d at 13.15 % + 184 d at 12.15 % of 33 cents = 2.14 + 2.02 = 4.16 cents. */
	assert_int_equal(r.interest_minor, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_professional_pays_the_rate_of_each_half_year,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_part_payment_settles_what_was_agreed, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_public_buyer_keeps_the_first_rate, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_consumer_pays_from_the_notice_and_no_fee, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_is_not_late_bears_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(an_unknown_half_year_is_carried_forward_and_says_so,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_contract_cannot_go_under_three_times_the_legal_rate, setup, teardown),
		cmocka_unit_test_setup_teardown(the_default_is_raised_to_the_floor_only_when_asked,
						setup, teardown),
		cmocka_unit_test_setup_teardown(hostile_cases_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(the_sum_is_rounded_once, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
