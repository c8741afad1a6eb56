/* SPDX-License-Identifier: Apache-2.0 */
/* Codes, pairing and proposals of lettering, case by case; its laws are in test/property. */
#include "test.h"

#include "ledger/lettering.h"

static void codes_count_like_accountants(void **state)
{
	static const struct {
		int64_t sequence;
		const char *full;
	} cases[] = {
		{ 1, "AAA" },
		{ 2, "AAB" },
		{ 26, "AAZ" },
		{ 27, "ABA" },
		{ 676, "AZZ" },
		{ 17576, "ZZZ" },
		{ 17577, "AAAA" },
		{ 17578, "AAAB" },
		{ 17576 + 456976, "ZZZZ" },
		{ 17577 + 456976, "AAAAA" },
	};
	char text[LETTERING_CODE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t back = 0;
		assert_string_equal(lettering_code(cases[i].sequence, true, text), cases[i].full);
		assert_true(lettering_code_parse(text, &back, NULL));
		assert_int_equal(back, cases[i].sequence);
		lettering_code(cases[i].sequence, false, text);
		assert_true(lettering_code_parse(text, &back, NULL));
		assert_int_equal(back, cases[i].sequence);
	}
	assert_string_equal(lettering_code(1, false, text), "aaa");
}

static void refuses_what_is_no_code(void **state)
{
	static const char *const bad[] = { "",    "A",   "AA",  "AaA",          "AA1",
					   "AAÉ", "A A", "aaA", "ABCDEFGHIJKLM" };
	int64_t sequence;

	(void)state;
	assert_false(lettering_code_parse(NULL, &sequence, NULL));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (lettering_code_parse(bad[i], &sequence, NULL))
			fail_msg("\"%s\" was taken for a code", bad[i]);
}

static void refuses_what_cannot_be_paired(void **state)
{
	static const struct {
		struct letter_line lines[3];
		size_t n;
		enum err_code code;
	} bad[] = {
		{ { { 1, 100, 0, 0 } }, 1, ERR_INVALID },
		{ { { 1, 100, 0, 0 }, { 2, 50, 0, 0 } }, 2, ERR_INVALID },
		{ { { 1, -100, 0, 0 }, { 2, -50, 0, 0 } }, 2, ERR_INVALID },
		{ { { 1, 100, 0, 0 }, { 2, 0, 0, 0 } }, 2, ERR_INVALID },
		{ { { 1, 100, 0, 0 }, { 1, -50, 0, 0 } }, 2, ERR_INVALID },
		{ { { 1, INT64_MAX, 0, 0 }, { 2, 1, 0, 0 }, { 3, -1, 0, 0 } }, 3, ERR_RANGE },
		{ { { 1, INT64_MIN, 0, 0 }, { 2, 1, 0, 0 } }, 2, ERR_RANGE },
		{ { { 0 } }, 0, ERR_INVALID },
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct letter_pair *pairs = NULL;
		struct err e = { 0 };
		int64_t rest;
		size_t n;
		if (lettering_pair(a, bad[i].lines, bad[i].n, &pairs, &n, &rest, &e) ||
		    e.code != bad[i].code)
			fail_msg("case %zu: %d %s", i, e.code, e.msg);
	}
	arena_free(a);
}

static void the_oldest_is_paid_first_and_the_rest_stays_on_the_youngest(void **state)
{
	static const struct letter_line lines[] = { { 7, 5000, 40, 10 },
						    { 3, 10000, 20, 10 },
						    { 9, -12000, 50, 50 } };
	struct arena *a = arena_new(1 << 20);
	struct letter_pair *pairs;
	int64_t rest;
	size_t n;

	(void)state;
	assert_true(lettering_pair(a, lines, 3, &pairs, &n, &rest, NULL));
	assert_int_equal(n, 2);
	assert_int_equal(lines[pairs[0].debit].item_id, 3);
	assert_int_equal(pairs[0].minor, 10000);
	assert_int_equal(lines[pairs[1].debit].item_id, 7);
	assert_int_equal(pairs[1].minor, 2000);
	assert_int_equal(rest, 3000);
	assert_int_equal(lettering_day(30, &lines[1], &lines[2]), 50);
	assert_int_equal(lettering_day(60, &lines[1], &lines[2]), 60);
	arena_free(a);
}

static void what_balances_is_paired_by_equal_amounts(void **state)
{
	static const struct letter_line lines[] = {
		{ 1, 100, 10, 0 }, { 2, 250, 20, 0 }, { 3, -250, 5, 0 }, { 4, -100, 30, 0 }
	};
	struct arena *a = arena_new(1 << 20);
	struct letter_pair *pairs;
	int64_t rest;
	size_t n;

	(void)state;
	assert_true(lettering_pair(a, lines, 4, &pairs, &n, &rest, NULL));
	assert_int_equal(n, 2);
	assert_int_equal(rest, 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(lines[pairs[i].debit].minor, -lines[pairs[i].credit].minor);
	arena_free(a);
}

static void links_that_share_an_item_are_one_group(void **state)
{
	static const struct letter_link links[] = {
		{ 1, 10, 20 }, { 2, 11, 21 }, { 3, 12, 22 }, { 2, 12, 23 }, { 5, 13, 24 }
	};
	static const int64_t wanted[] = { 1, 2, 2, 2, 5 };
	struct arena *a = arena_new(1 << 20);
	int64_t group[ARRAY_LEN(links)];

	(void)state;
	lettering_group(a, links, ARRAY_LEN(links), group);
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		assert_int_equal(group[i], wanted[i]);
	arena_free(a);
}

static void proposes_the_obvious_and_abstains_else(void **state)
{
	static const struct {
		struct letter_item items[4];
		size_t n;
		int why; /* -1: nothing is proposed */
		size_t n_items;
	} cases[] = {
		{ { { { 1, 100, 10, 0 }, "FA20260001", "" },
		    { { 2, 100, 20, 0 }, "FA20260002", "" },
		    { { 3, -100, 30, 0 }, "VIR1", "REGLEMENTFA20260002" } },
		  3,
		  LETTER_NAMED,
		  2 },
		{ { { { 1, 100, 10, 0 }, "FA1", "" },
		    { { 2, 70, 20, 0 }, "FA2", "" },
		    { { 3, -70, 30, 0 }, "V", "" } },
		  3,
		  LETTER_SAME_AMOUNT,
		  2 },
		{ { { { 1, 100, 10, 0 }, "FA1", "" },
		    { { 2, 70, 20, 0 }, "FA2", "" },
		    { { 3, -170, 30, 0 }, "V", "" } },
		  3,
		  LETTER_ALL,
		  3 },
		{ { { { 1, 30, 30, 0 }, "FA1", "" },
		    { { 2, 70, 20, 0 }, "FA2", "" },
		    { { 3, 50, 10, 0 }, "FA3", "" },
		    { { 4, -120, 30, 0 }, "V", "" } },
		  4,
		  LETTER_OLDEST,
		  3 },
		/* Two of that amount: which one is for a person to say. */
		{ { { { 1, 100, 10, 0 }, "FA1", "" },
		    { { 2, 100, 20, 0 }, "FA2", "" },
		    { { 3, 55, 30, 0 }, "FA3", "" },
		    { { 4, -60, 30, 0 }, "V", "" } },
		  4,
		  -1,
		  0 },
		{ { { { 1, 100, 10, 0 }, "FA1", "" } }, 1, -1, 0 },
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct letter_proposal *list = NULL;
		size_t n = 0;
		assert_true(lettering_propose(a, cases[i].items, cases[i].n, &list, &n, NULL));
		if (cases[i].why < 0 ? n != 0
				     : n != 1 || (int)list[0].why != cases[i].why ||
					       list[0].n != cases[i].n_items)
			fail_msg("case %zu: %zu proposals, why %d, %zu items", i, n,
				 n ? (int)list[0].why : -1, n ? list[0].n : 0);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_count_like_accountants),
		cmocka_unit_test(refuses_what_is_no_code),
		cmocka_unit_test(refuses_what_cannot_be_paired),
		cmocka_unit_test(the_oldest_is_paid_first_and_the_rest_stays_on_the_youngest),
		cmocka_unit_test(what_balances_is_paired_by_equal_amounts),
		cmocka_unit_test(links_that_share_an_item_are_one_group),
		cmocka_unit_test(proposes_the_obvious_and_abstains_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
