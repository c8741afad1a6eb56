/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "i18n/catalogue.h"

static void finds_the_translation_of_a_text(void **state)
{
	(void)state;
	assert_string_equal(tr(catalogue_find("fr"), "Log in"), "Se connecter");
	assert_string_equal(tr(catalogue_find("en"), "Log in"), "Log in");
	assert_string_equal(tr(catalogue_find("fr"), "no such text"), "no such text");
	assert_string_equal(tr(catalogue_find("fr"), ""), "");
}

static void chooses_the_plural_of_each_language(void **state)
{
	static const struct {
		const char *language;
		unsigned long n;
		const char *form;
	} cases[] = {
		{ "fr", 0, "%d pièce" },        { "fr", 1, "%d pièce" }, { "fr", 2, "%d pièces" },
		{ "en", 0, "%d items" },        { "en", 1, "%d item" },  { "en", 2, "%d items" },
		{ "fr", 1000000, "%d pièces" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(
			trn(catalogue_find(cases[i].language), "%d item", "%d items", cases[i].n),
			cases[i].form);
}

static void evaluates_the_plural_rules_of_other_languages(void **state)
{
	static const char polish[] = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && "
				     "(n%100<10 || n%100>=20) ? 1 : 2);";
	static const struct {
		const char *rule;
		unsigned long n, form;
	} cases[] = {
		{ polish, 1, 0 },
		{ polish, 2, 1 },
		{ polish, 5, 2 },
		{ polish, 12, 2 },
		{ polish, 22, 1 },
		{ polish, 112, 2 },
		{ "nplurals=1; plural=0;", 7, 0 },
		{ "nplurals=2; plural=n != 1;", 1, 0 },
		{ "nplurals=2; plural=n != 1;", 3, 1 },
		{ "nplurals=2; plural=n/0;", 3, 0 },
		{ "nplurals=2; plural=n", 9, 0 },
		{ "nplurals=2; plural=", 2, 0 },
		{ "nothing here", 2, 0 },
		{ "nplurals=9; plural=n*2-3+1;", 4, 6 },
		{ "nplurals=2; plural=!(n<=1);", 2, 1 },
		{ "nplurals=2; plural=((((n>1", 2, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (plural_form(cases[i].rule, cases[i].n) != cases[i].form)
			fail_msg("%s of %lu", cases[i].rule, cases[i].n);
	}
}

static void understands_what_browsers_ask_for(void **state)
{
	static const struct {
		const char *header, *language;
	} cases[] = {
		{ NULL, "en" },
		{ "", "en" },
		{ "fr", "fr" },
		{ "fr-FR,fr;q=0.9,en;q=0.8", "fr" },
		{ "en-GB, fr;q=0.5", "en" },
		{ "de, fr;q=0.7, en;q=0.3", "fr" },
		{ "fr;q=0, en;q=0.1", "en" },
		{ "de", "en" },
		{ "francais", "en" },
		{ ",,;q=,fr;q=0.001", "fr" },
		{ "fr;q=0.2,en;q=0.21", "en" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (strcmp(catalogue_negotiate(cases[i].header), cases[i].language) != 0)
			fail_msg("\"%s\" gives %s", cases[i].header,
				 catalogue_negotiate(cases[i].header));
	}
}

static void falls_back_to_english_for_other_languages(void **state)
{
	(void)state;
	assert_string_equal(catalogue_language(catalogue_find("fr-CA")), "fr");
	assert_string_equal(catalogue_language(catalogue_find("FR_fr")), "fr");
	assert_string_equal(catalogue_language(catalogue_find("de")), "en");
	assert_string_equal(catalogue_language(catalogue_find(NULL)), "en");
	assert_true(catalogue_has("fr"));
	assert_false(catalogue_has("de"));
	assert_false(catalogue_has(NULL));
}

static void refuses_catalogues_cut_short(void **state)
{
	unsigned char wrong[64] = { 0 };

	(void)state;
	assert_null(mo_find(wrong, 0, "Log in", 0));
	assert_null(mo_find(wrong, sizeof wrong, "Log in", 0));
	memcpy(wrong, (const unsigned char[]){ 0xde, 0x12, 0x04, 0x95 }, 4);
	memset(wrong + 8, 0xff, 20);
	assert_null(mo_find(wrong, sizeof wrong, "Log in", 0));
	memset(wrong + 8, 0, 4);
	assert_null(mo_find(wrong, sizeof wrong, "Log in", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_translation_of_a_text),
		cmocka_unit_test(chooses_the_plural_of_each_language),
		cmocka_unit_test(evaluates_the_plural_rules_of_other_languages),
		cmocka_unit_test(understands_what_browsers_ask_for),
		cmocka_unit_test(falls_back_to_english_for_other_languages),
		cmocka_unit_test(refuses_catalogues_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
