/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "i18n/message.h"

static const char *french(struct arena *a, const char *english)
{
	return tr_message(catalogue_find("fr"), a, english);
}

static void says_an_error_in_the_language_of_its_reader(void **state)
{
	static const struct {
		const char *english, *french;
	} cases[] = {
		/* a sentence without arguments, one with, one with a number and a zero */
		{ "the cell is empty", "la cellule est vide" },
		{ "there is no customer with code \"C0001\"",
		  "il n’y a pas de client de code «\u00a0C0001\u00a0»" },
		{ "dispute 12004 is closed already", "le litige 12004 est déjà clos" },
		/* PRId64 in the source, whatever the machine makes of it */
		{ "17 lines of amount zero were left out",
		  "17 lignes de montant nul ont été laissées de côté" },
		/* what was being done, and why it failed */
		{ "reading the rates: the database is busy: locked",
		  "lecture des taux\u00a0: la base est occupée\u00a0: locked" },
		{ "line 12: the balance does not fit", "ligne 12\u00a0: le solde ne tient pas" },
		{ "contract rate is not between 0 and 1000 %",
		  "le taux contractuel n’est pas entre 0 et 1000 %" },
		/* the argument holds the words of the format */
		{ "there is no document \"there is no document \"X\"\"",
		  "il n’y a pas de pièce «\u00a0there is no document \"X\"\u00a0»" },
	};
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(french(a, cases[i].english), cases[i].french);
	arena_free(a);
}

static void leaves_what_no_format_explains_as_it_is(void **state)
{
	static const char *const cases[] = {
		"",
		"Relais refusé: 550 5.1.1 inconnu",
		"12: 13",
		"%s: %d",
		"a name: another name",
		"dispute x is closed already",
	};
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(french(a, cases[i]), cases[i]);
	assert_null(french(a, NULL));
	assert_string_equal(tr_message(catalogue_find("en"), a, "the cell is empty"),
			    "the cell is empty");
	arena_free(a);
}

static void is_quick_with_a_text_made_to_be_slow(void **state)
{
	struct arena *a = arena_new(0);
	char *text = arena_alloc(a, 4000);

	(void)state;
	/* Every "is " could be the end of an argument; the steps are limited, so this returns. */
	for (size_t i = 0; i + 4 < 4000; i += 3)
		memcpy(text + i, "is ", 4);
	assert_non_null(french(a, text));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_an_error_in_the_language_of_its_reader),
		cmocka_unit_test(leaves_what_no_format_explains_as_it_is),
		cmocka_unit_test(is_quick_with_a_text_made_to_be_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
