/* SPDX-License-Identifier: Apache-2.0 */
/* Remittance advices: documents, amounts and totals found without a template. */
#include "test.h"

#include "match/advice.h"

#include <stdio.h>

/* "FA2026-000012" and the like are ours. */
static const char *known(UNUSED void *arg, const char *number)
{
	static const char *const ours[] = { "FA2026-000012", "FA2026-000013", "AV2026-000001" };

	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (str_eq(number, ours[i]))
			return ours[i];
	return NULL;
}

static void read_text(struct arena *a, const char *text, struct advice *ret)
{
	struct err e = { 0 };

	if (!advice_read(a, text, strlen(text), "EUR", known, NULL, ret, &e))
		fail_msg("%s", e.msg);
}

static void reads_both_decimal_conventions(void **state)
{
	static const char *const texts[] = {
		"Date : 02/10/2026\nFA2026-000012  1 200,00\nFA2026-000013  34,56\n"
		"AV2026-000001  -100,00\nTotal 1 134,56\n",
		"Payment of 02.10.2026\n\"FA2026-000012\";1.200,00\nFA2026-000013;34,56\n"
		"AV2026-000001;100,00-\nSumme;1.134,56\n",
		"2/10/2026 x 02/10/2026\nFA2026-000012\t1,200.00\nFA2026-000013\t34.56\n"
		"(AV2026-000001)\t-100.00\nAmount paid 1,134.56 EUR\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct arena *a = arena_new(0);
		struct advice ad;
		read_text(a, texts[i], &ad);
		assert_int_equal(ad.lines.n, 3);
		assert_int_equal(ad.n_known, 3);
		assert_int_equal(ad.lines.at[0].minor, 120000);
		assert_int_equal(ad.lines.at[2].minor, -10000);
		assert_int_equal(ad.total_minor, 113456);
		assert_true(ad.adds_up);
		assert_int_equal(ad.on, date_of(2026, 10, 2));
		arena_free(a);
	}
}

static void takes_the_column_that_makes_the_total(void **state)
{
	struct arena *a = arena_new(0);
	struct advice ad;

	(void)state;
	/* Gross, discount, net; the net is paid. */
	read_text(a,
		  "Document Gross Discount Net\nFA2026-000012 100.00 2.00 98.00\n"
		  "FA2026-000013 50.00 1.00 49.00\nTotal 150.00 3.00 147.00\n",
		  &ad);
	assert_true(ad.adds_up);
	assert_int_equal(ad.total_minor, 14700);
	assert_int_equal(ad.lines.at[0].minor, 9800);
	assert_int_equal(ad.lines.at[0].discount_minor, 200);
	/* The amount paid stands left of an open balance. */
	read_text(a,
		  "FA2026-000012 paid 60.00 remains 40.00\nFA2026-000013 paid 50.00 remains 10.00\n"
		  "We transferred 110.00\n",
		  &ad);
	assert_true(ad.adds_up);
	assert_int_equal(ad.lines.at[0].minor, 6000);
	assert_int_equal(ad.lines.at[0].discount_minor, 0);
	/* A document of nobody we know belongs to the sum. */
	read_text(a, "FA2026-000012 60.00\nXY4711 40.00\nTotal 100.00\n", &ad);
	assert_true(ad.adds_up);
	assert_int_equal(ad.lines.n, 2);
	assert_int_equal(ad.n_known, 1);
	assert_string_equal(ad.lines.at[1].document, "XY4711");
	arena_free(a);
}

static void tells_what_does_not_add_up(void **state)
{
	struct arena *a = arena_new(0);
	struct advice ad;
	struct err e = { 0 };

	(void)state;
	read_text(a, "FA2026-000012 60.00\nFA2026-000013 40.00\nTotal 101.00\n", &ad);
	assert_false(ad.adds_up);
	assert_true(ad.has_total);
	assert_int_equal(ad.total_minor, 10100);
	read_text(a, "FA2026-000012 60.00\nFA2026-000013 40.00\n", &ad);
	assert_false(ad.adds_up);
	assert_false(ad.has_total);
	assert_int_equal(ad.total_minor, 10000);
	assert_false(advice_read(a, "Bonjour,\nmerci.\n", 16, "EUR", known, NULL, &ad, &e));
	assert_int_equal(e.code, ERR_FORMAT);
	arena_free(a);
}

static void reads_a_thousand_lines(void **state)
{
	struct arena *a = arena_new(0);
	char *text = malloc(1 << 20), *p = text;
	struct advice ad;

	(void)state;
	for (int i = 0; i < 1000; i++)
		p += sprintf(p, "FAC%06d   %d.%02d\n", i, i + 1, i % 100);
	sprintf(p, "TOTAL 500 995,00\n");
	read_text(a, text, &ad);
	assert_int_equal(ad.lines.n, 1000);
	assert_true(ad.adds_up);
	free(text);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_both_decimal_conventions),
		cmocka_unit_test(takes_the_column_that_makes_the_total),
		cmocka_unit_test(tells_what_does_not_add_up),
		cmocka_unit_test(reads_a_thousand_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
