/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "channel/address.h"

static void check(const struct address *in, const char *const *want)
{
	struct arena *a = arena_new(1 << 20);
	struct address_block b;

	address_block_make(in, "FR", a, &b);
	if (b.n_problems > 0)
		fail_msg("%s: fault %d about \"%s\"", in->name, (int)b.problem[0].fault,
			 b.problem[0].text);
	for (size_t i = 0; i < ADDRESS_LINES && want[i]; i++)
		if (i >= b.n_lines || !str_eq(b.line[i], want[i]))
			fail_msg("%s line %zu: \"%s\", want \"%s\"", in->name, i + 1,
				 i < b.n_lines ? b.line[i] : "", want[i]);
	for (size_t i = 0; i < b.n_lines; i++)
		assert_non_null(want[i]);
	arena_free(a);
}

static void the_standard_s_example_comes_out(void **state)
{
	const struct address in = { "ALPHA SARL",
				    "SERVICE COMPTABILITÉ FOURNISSEURS",
				    "Bâtiment C, Zone artisanale nord",
				    "12 bis rue du Général-Leclerc",
				    "BP 40123",
				    "44203",
				    "Nantes Cedex 2",
				    "FR" };
	const char *const want[] = { "ALPHA SARL",
				     "SERVICE COMPTABILITÉ FOURNISSEURS",
				     "BATIMENT C ZONE ARTISANALE NORD",
				     "12 B RUE DU GENERAL LECLERC",
				     "BP 40123",
				     "44203 NANTES CEDEX 2",
				     NULL };
	(void)state;
	check(&in, want);
}

static void missing_parts_leave_no_empty_line(void **state)
{
	const struct address in = { .name = "Société d'Essai",
				    .street = "12-14 avenue de l'Exemple",
				    .postcode = "69003",
				    .city = "Lyon" };
	const char *const want[] = { "SOCIETE D ESSAI", "12 AVENUE DE L EXEMPLE", "69003 LYON",
				     NULL };

	(void)state;
	check(&in, want);
}

static void long_lines_are_shortened_by_the_list(void **state)
{
	const struct address in = { .name = "Exemple",
				    .attention = "Service achats",
				    .street = "1234 boulevard de la République de Saint-Exemple",
				    .postcode = "13001",
				    .city = "Marseille" };
	const char *const want[] = { "Exemple", "SERVICE ACHATS",
				     "1234 BD DE LA REPUBLIQUE DE ST EXEMPLE", "13001 MARSEILLE",
				     NULL };
	(void)state;
	check(&in, want);
}

static void foreign_mail_names_its_country_in_french(void **state)
{
	static const struct {
		struct address in;
		const char *want[5];
	} rows[] = {
		{ { .name = "Beispiel GmbH",
		    .street = "Musterstraße 5",
		    .postcode = "D-20095",
		    .city = "Hamburg",
		    .country = "DE" },
		  { "Beispiel GmbH", "MUSTERSTRASSE 5", "20095 HAMBURG", "ALLEMAGNE", NULL } },
		{ { .name = "Voorbeeld BV",
		    .street = "Dam 1",
		    .postcode = "1012 js",
		    .city = "Amsterdam",
		    .country = "NL" },
		  { "Voorbeeld BV", "DAM 1", "1012 JS AMSTERDAM", "PAYS BAS", NULL } },
		{ { .name = "Exemplo Lda",
		    .street = "Rua 1",
		    .postcode = "1000-001",
		    .city = "Lisboa",
		    .country = "PT" },
		  { "Exemplo Lda", "RUA 1", "1000-001 LISBOA", "PORTUGAL", NULL } },
		{ { .name = "Example Ltd",
		    .street = "1 High Street",
		    .postcode = "SW1A 1AA",
		    .city = "London",
		    .country = "GB" },
		  { "Example Ltd", "1 HIGH STREET", "LONDON", "SW1A 1AA", "ROYAUME UNI" } },
		{ { .name = "Exemple SAM",
		    .street = "1 quai",
		    .postcode = "98000",
		    .city = "Monaco",
		    .country = "MC" },
		  { "EXEMPLE SAM", "1 QUAI", "98000 MONACO", NULL } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *want[6] = { rows[i].want[0], rows[i].want[1], rows[i].want[2],
					rows[i].want[3], rows[i].want[4], NULL };
		check(&rows[i].in, want);
	}
}

static void what_is_wrong_is_said_and_nothing_is_cut(void **state)
{
	static const char name[] = "Établissements Exemple et Fils Associés Réunis de la Vallée";
	const struct address in = { .name = name, .postcode = "4420", .country = "FR" };
	static const enum address_fault want[] = { ADDRESS_NO_STREET, ADDRESS_TOO_LONG,
						   ADDRESS_NO_CITY, ADDRESS_BAD_POSTCODE };
	struct arena *a = arena_new(1 << 20);
	struct address_block b;

	(void)state;
	address_block_make(&in, "FR", a, &b);
	assert_int_equal(b.n_problems, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_int_equal(b.problem[i].fault, want[i]);
	assert_string_equal(b.problem[1].text, name);
	address_block_make(&(struct address){ .name = NULL }, "FR", a, &b);
	assert_int_equal(b.n_lines, 0);
	assert_int_equal(b.problem[0].fault, ADDRESS_NO_NAME);
	arena_free(a);
}

static void postcodes_have_the_form_of_their_country(void **state)
{
	(void)state;
	assert_true(postcode_has_form("FR", "20000"));
	assert_false(postcode_has_form("FR", "2000"));
	assert_false(postcode_has_form("FR", "2A000"));
	assert_true(postcode_has_form("NL", "1012JS"));
	assert_true(postcode_has_form("GB", "M1 1AE"));
	assert_false(postcode_has_form("GB", "12345"));
	assert_true(postcode_has_form("JP", "anything"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standard_s_example_comes_out),
		cmocka_unit_test(missing_parts_leave_no_empty_line),
		cmocka_unit_test(long_lines_are_shortened_by_the_list),
		cmocka_unit_test(foreign_mail_names_its_country_in_french),
		cmocka_unit_test(what_is_wrong_is_said_and_nothing_is_cut),
		cmocka_unit_test(postcodes_have_the_form_of_their_country),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
