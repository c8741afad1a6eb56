/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "cash/certificate_text.h"

static void quotes_are_the_reference_or_are_not(void **state)
{
	static const struct {
		const char *quote, *reference;
		bool expected;
	} rows[] = {
		{ "FA2026-0000012", "FA2026-0000012", true },
		{ "fa 2026 0000012", "FA2026-0000012", true },
		{ "FA2O26-OOOOO12", "FA2026-0000012", true },
		{ "0000012", "FA2026-0000012", true }, /* cut short */
		{ "12", "FA2026-0000012", true },      /* the number alone */
		{ "89", "FA2026-0003489", true },      /* the end of one */
		{ "VIRFA2026-0000012SEPA", "FA2026-0000012", true },
		{ "FA2026-0000021", "FA2026-0000012", true }, /* one sign in six: two swapped */
		{ "0000068", "FA2025-0003068", true },        /* a digit wrong */
		{ "0001213", "FA2026-0001231", true },        /* two swapped */
		{ "0004213", "FA2026-0001231", false },
		{ "318", "INV/2026/3718", true }, /* a digit lost */
		{ "318", "INV/2026/3817", false },
		{ "RE2CQ", "RE002CQ", true }, /* zeros lost */
		{ "RE2CQ", "RE002CP", false },
		{ "23", "RE0023V", true }, /* the digits of one */
		{ "23", "RE0024V", false },
		{ "02", "RE002UF", true },
		{ "020", "RE002UF", false },
		{ "FA2026-7777777", "FA2026-0000012", false },
		{ "RF18000042", "FA2026-0000012", false },
		{ "13", "FA2026-0000012", false },
		{ "", "FA2026-0000012", false },
		{ NULL, "FA2026-0000012", false },
		{ "12", "", false },
		{ "7", "7", true },
		{ "7", "8", false },
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (certificate_quotes(a, rows[i].quote, rows[i].reference) != rows[i].expected)
			fail_msg("row %zu: \"%s\" for \"%s\"", i, rows[i].quote, rows[i].reference);
	arena_free(a);
}

static void names_share_a_word_or_do_not(void **state)
{
	static const struct {
		const char *written, *name;
		bool expected;
	} rows[] = {
		{ "MENUISERIE DUBOURG", "Menuiserie Dubourg SARL", true },
		{ "STE DUBOU", "Menuiserie Dubourg SARL", true },
		{ "ETS LEON ET FILS", "Léon", true },
		{ "CABINET LENOIR", "Menuiserie Dubourg", false },
		{ "CORVN", "Corvin", true },
		{ "CORIVN SA", "Corvin", true },
		{ "CROIVN", "Corvin", false },
		{ "DAX", "Dix", false },
		{ "SA ET DE", "Menuiserie de la Gare", false },
		{ "", "Menuiserie", false },
		{ "MENUISERIE", NULL, false },
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (certificate_names(a, rows[i].written, rows[i].name) != rows[i].expected)
			fail_msg("row %zu: \"%s\" for \"%s\"", i, rows[i].written, rows[i].name);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_are_the_reference_or_are_not),
		cmocka_unit_test(names_share_a_word_or_do_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
