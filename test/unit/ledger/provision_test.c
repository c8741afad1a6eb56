/* SPDX-License-Identifier: Apache-2.0 */
/* Provision for doubtful debts: rules read and refused, rates by day, base and provision to the cent. */
#include "test.h"

#include "ledger/provision.h"

static void reads_rules_and_refuses_the_rest(void **state)
{
	static const char *const good[] = { PROVISION_DEFAULT, "1:0", "31:10,61:25.5,91:100",
					    "insolvent:50" };
	static const char *const bad[] = {
		"",         "91",         "91:",         "91:101", "0:10",
		"-1:10",    "91:25,",     "91:25,61:50", "91:2,5", "91:25%",
		"91:1.234", "x:5",        "91:25,91:30", "91:.5",  ",91:25",
		"999999:5", "91:25;92:2", "insolvent:"
	};
	struct provision_rules r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!provision_parse(good[i], &r, NULL))
			fail_msg("\"%s\" was refused", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		if (provision_parse(bad[i], &r, &e) || e.code != ERR_INVALID)
			fail_msg("\"%s\" was taken", bad[i]);
	}
	assert_false(provision_parse(NULL, &r, NULL));
}

static void the_rate_follows_the_days_and_never_falls_for_the_insolvent(void **state)
{
	static const struct {
		int days;
		bool is_insolvent;
		int rate;
	} cases[] = {
		{ 0, false, 0 },        { 90, false, 0 },     { 91, false, 2500 },
		{ 180, false, 2500 },   { 181, false, 5000 }, { 361, false, 10000 },
		{ 9000, false, 10000 }, { 0, true, 8000 },    { 200, true, 8000 },
		{ 400, true, 10000 },
	};
	struct provision_rules r;

	(void)state;
	assert_true(provision_parse("91:25,181:50,361:100,insolvent:80", &r, NULL));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(provision_rate(&r, cases[i].days, cases[i].is_insolvent),
				 cases[i].rate);
}

static void vat_is_left_out_and_cents_are_rounded_once(void **state)
{
	static const struct {
		int64_t open, net, vat;
		int usual, rate;
		int64_t base, provision;
	} cases[] = {
		{ 12000, 10000, 2000, 2000, 5000, 10000, 5000 },
		{ 6000, 10000, 2000, 550, 10000, 5000, 5000 }, /* half of it is paid */
		{ 12000, 0, 0, 2000, 2500, 10000, 2500 },
		{ 10550, 0, 0, 550, 10000, 10000, 10000 },
		{ 10000, 10000, 0, 2000, 10000, 10000, 10000 }, /* told to bear none */
		{ 1, 0, 0, 2000, 5000, 1, 1 },
		{ 100, 0, 0, 2000, 3333, 83, 28 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t base, provision;
		assert_true(provision_of(cases[i].open, cases[i].net, cases[i].vat, cases[i].usual,
					 cases[i].rate, &base, &provision, NULL));
		if (base != cases[i].base || provision != cases[i].provision)
			fail_msg("case %zu: base %" PRId64 ", provision %" PRId64, i, base,
				 provision);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_rules_and_refuses_the_rest),
		cmocka_unit_test(the_rate_follows_the_days_and_never_falls_for_the_insolvent),
		cmocka_unit_test(vat_is_left_out_and_cents_are_rounded_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
