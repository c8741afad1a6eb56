/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "insight/event_detail.h"

static void says_the_body_of_an_event_as_a_person_would(void **state)
{
	static const struct {
		const char *language, *body, *said;
	} cases[] = {
		{ "en",
		  "{\"currency\":\"EUR\",\"answer_by\":\"2026-12-26\",\"document\":\"FA7\","
		  "\"amount\":\"1963.00\"}",
		  "document FA7 · amount €1,963.00 · answer by 26 Dec 2026" },
		{ "fr", "{\"document\":\"FA7\",\"amount\":\"-963.00\",\"currency\":\"EUR\"}",
		  "pièce FA7 · montant \u2212963,00\u00a0€" },
		/* an amount without its currency is not guessed */
		{ "en", "{\"amount\":\"963.00\"}", "amount 963.00" },
		/* ids, minor units and null are for machines, a list is counted */
		{ "en",
		  "{\"item_id\":7,\"amount_minor\":5,\"decision\":null,\"lines\":[{},{}],"
		  "\"confidence_ppm\":999831}",
		  "certainty 99.98% · lines 2" },
		/* what nobody foresaw is said with its own name */
		{ "en", "{\"grace_days\":3,\"is_on\":true}", "grace days 3 · is on yes" },
		{ "en", "{}", NULL },
		{ "en", "no JSON", NULL },
		{ "en", "[1]", NULL },
	};
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *said =
			event_detail(a, catalogue_find(cases[i].language), cases[i].body);

		if (!cases[i].said)
			assert_null(said);
		else
			assert_string_equal(said, cases[i].said);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_the_body_of_an_event_as_a_person_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
