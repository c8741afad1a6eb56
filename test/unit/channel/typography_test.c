/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "channel/typography.h"

#define NB  "\xc2\xa0"
#define NNB "\xe2\x80\xaf"

static void keeps_together_what_belongs_together(void **state)
{
	static const struct {
		const char *language, *text, *printed;
	} row[] = {
		{ "fr", "Objet : facture ; merci !", "Objet" NB ": facture" NNB "; merci" NNB "!" },
		{ "fr", "« l'été » ?", "«" NNB "l’été" NNB "»" NNB "?" },
		{ "fr", "40 € sous 8 jours, 10 %", "40" NB "€ sous 8" NB "jours, 10" NB "%" },
		{ "fr", "1 234 567,89 €", "1" NNB "234" NNB "567,89" NB "€" },
		{ "fr", "facture n° 12", "facture n°" NB "12" },
		{ "fr-FR", "le 21 novembre 2026", "le 21" NB "novembre 2026" },
		{ "fr", "https://x.example/a?b:c à 10:30", "https://x.example/a?b:c à 10:30" },
		{ "fr", "'x' y", "'x' y" },
		{ "en", "Subject: don't pay 40 € ; 8 days",
		  "Subject: don’t pay 40" NB "€ ; 8" NB "days" },
		{ "en", "article L. 441-10, SARL. 4", "article L." NB "441-10, SARL. 4" },
		{ "en", "", "" },
		{ "en", " ", " " },
	};
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const char *printed = typography(a, row[i].text, row[i].language);

		if (strcmp(printed, row[i].printed) != 0)
			fail_msg("row %zu: \"%s\"", i, printed);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_together_what_belongs_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
