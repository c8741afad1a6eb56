/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/identifier.h"

struct row {
	const char *text;
	enum id_check want;
	const char *canonical; /* NULL: the text itself */
};

typedef enum id_check check_fn(const char *text, char *ret);

/* One type of function for the table; each check writes at most as much as the longest. */
#define ROOM 64

static void check_rows(check_fn *check, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char got[ROOM] = "?";
		enum id_check is = check(rows[i].text, got);
		const char *want = rows[i].want == ID_BAD_FORM ? ""
				   : rows[i].canonical         ? rows[i].canonical
							       : rows[i].text;
		if (is != rows[i].want || !str_eq(got, want))
			fail_msg("row %zu \"%s\": %d \"%s\", want %d \"%s\"", i, rows[i].text, is,
				 got, rows[i].want, want);
	}
}

static void french_numbers_follow_insee(void **state)
{
	static const struct row siren[] = {
		{ "732829320", ID_VALID, NULL },
		{ "833 310 592", ID_VALID, "833310592" },
		{ "880\xc2\xa0"
		  "878\xe2\x80\xaf"
		  "145",
		  ID_VALID, "880878145" },
		{ "356000000", ID_VALID, NULL },
		{ "732829321", ID_BAD_CHECK, NULL },
		{ "73282932", ID_BAD_FORM, NULL },
		{ "7328293200", ID_BAD_FORM, NULL },
		{ "73282932A", ID_BAD_FORM, NULL },
		{ "", ID_BAD_FORM, NULL },
	};
	static const struct row siret[] = {
		{ "732 829 320 00074", ID_VALID, "73282932000074" },
		{ "73282932000079", ID_BAD_CHECK, NULL },
		{ "83331059200014", ID_BAD_CHECK, NULL },
		{ "35600000049837", ID_VALID, NULL },
		{ "35600000012345", ID_BAD_CHECK, NULL },
		{ "35600000000048", ID_VALID, NULL },
		{ "7328293200007", ID_BAD_FORM, NULL },
	};
	(void)state;
	check_rows(siren_check, siren, ARRAY_LEN(siren));
	check_rows(siret_check, siret, ARRAY_LEN(siret));
}

static void vat_numbers_follow_each_country(void **state)
{
	static const struct row rows[] = {
		{ "FR44732829320", ID_VALID, NULL },
		{ "FR64833310592", ID_VALID, NULL },
		{ "FR40303265045", ID_VALID, NULL },
		{ "FR09880878145", ID_VALID, NULL },
		{ "FRK7399859412", ID_VALID, NULL },
		{ "FR4Z123456782", ID_VALID, NULL },
		{ "FR 53 0000 04605", ID_VALID, "FR53000004605" },
		{ "FR45732829320", ID_BAD_CHECK, NULL },
		{ "FRIO334175221", ID_BAD_CHECK, NULL },
		{ "ATU13585627", ID_VALID, NULL },
		{ "BE0403019261", ID_VALID, NULL },
		{ "BG175074752", ID_VALID, NULL },
		{ "CY10259033P", ID_VALID, NULL },
		{ "CZ25123891", ID_VALID, NULL },
		{ "DE136695976", ID_VALID, NULL },
		{ "DK13585628", ID_VALID, NULL },
		{ "EE100931558", ID_VALID, NULL },
		{ "EL094259216", ID_VALID, NULL },
		{ "GR094259216", ID_VALID, "EL094259216" },
		{ "ESB58378431", ID_VALID, NULL },
		{ "FI20774740", ID_VALID, NULL },
		{ "HR33392005961", ID_VALID, NULL },
		{ "HU12892312", ID_VALID, NULL },
		{ "IE6433435F", ID_VALID, NULL },
		{ "IT00743110157", ID_VALID, NULL },
		{ "LT119511515", ID_VALID, NULL },
		{ "LU15027442", ID_VALID, NULL },
		{ "LV40003521600", ID_VALID, NULL },
		{ "MT11679112", ID_VALID, NULL },
		{ "NL004495445B01", ID_VALID, NULL },
		{ "PL8567346215", ID_VALID, NULL },
		{ "PT501964843", ID_VALID, NULL },
		{ "RO18547290", ID_VALID, NULL },
		{ "SE556188840401", ID_VALID, NULL },
		{ "SI50223054", ID_VALID, NULL },
		{ "SK2022749619", ID_VALID, NULL },
		{ "GB980780684", ID_VALID, NULL },
		{ "CHE-107.787.577 IVA", ID_VALID, "CHE107787577IVA" },
		{ "de 136 695 976", ID_VALID, "DE136695976" },
		{ "DE136695975", ID_BAD_CHECK, NULL },
		{ "DE13669597", ID_BAD_FORM, NULL },
		{ "US123456789", ID_BAD_FORM, NULL },
		{ "FR", ID_BAD_FORM, NULL },
	};
	char vat[VAT_TEXT];

	(void)state;
	check_rows(vat_check, rows, ARRAY_LEN(rows));
	assert_string_equal(vat_of_siren("880878145", vat), "FR09880878145");
	assert_int_equal(vat_check_in("DE", "136 695 976", vat), ID_VALID);
	assert_string_equal(vat, "DE136695976");
	assert_int_equal(vat_check_in("FR", "DE136695976", vat), ID_VALID);
	assert_int_equal(vat_check_in("DE", "DE136695975", vat), ID_BAD_CHECK);
}

static void accounts_follow_the_registry(void **state)
{
	static const struct row iban[] = {
		{ "FR1420041010050500013M02606", ID_VALID, NULL },
		{ "FR76 3000 4008 2800 0123 4567 841", ID_VALID, "FR7630004008280001234567841" },
		{ "iban fr7618206002105487912736125", ID_VALID, "FR7618206002105487912736125" },
		{ "DE89370400440532013000", ID_VALID, NULL },
		{ "BE68539007547034", ID_VALID, NULL },
		{ "GB29NWBK60161331926819", ID_VALID, NULL },
		{ "CH9300762011623852957", ID_VALID, NULL },
		{ "TN5910006035183598478831", ID_VALID, NULL },
		{ "MA64011519000001205000534921", ID_VALID, NULL },
		{ "FR7630004008280001234567842", ID_BAD_CHECK, NULL },
		{ "FR763000400828000123456784", ID_BAD_FORM, NULL },
		{ "GB29NW3K60161331926819", ID_BAD_FORM, NULL },
		{ "ZZ89370400440532013000", ID_BAD_FORM, NULL },
		{ "FR", ID_BAD_FORM, NULL },
	};
	static const struct row rib[] = {
		{ "20041 01005 0500013M026 06", ID_VALID, "FR1420041010050500013M02606" },
		{ "30004 00828 00012345678 41", ID_VALID, "FR7630004008280001234567841" },
		{ "18206002105487912736125", ID_VALID, "FR7618206002105487912736125" },
		{ "1820600210548791273612", ID_BAD_FORM, NULL },
	};
	static const struct row bic[] = {
		{ "agri fr pp", ID_VALID, "AGRIFRPP" },
		{ "BNPAFRPPXXX", ID_VALID, NULL },
		{ "AGRIFRPP8", ID_BAD_FORM, NULL },
		{ "AGRIF2PP", ID_BAD_FORM, NULL },
	};
	char out[IBAN_GROUPED_TEXT];

	(void)state;
	check_rows(iban_check, iban, ARRAY_LEN(iban));
	check_rows(rib_check, rib, ARRAY_LEN(rib));
	check_rows(bic_check, bic, ARRAY_LEN(bic));
	assert_int_equal(rib_key("20041", "01005", "0500013M026"), 6);
	assert_int_equal(rib_key("20041", "01005", "0500013m026"), -1);
	assert_int_equal(rib_check("30004008280001234567842", out), ID_BAD_CHECK);
	assert_string_equal(iban_group("FR7630004008280001234567841", out),
			    "FR76 3000 4008 2800 0123 4567 841");
}

static void references_are_made_and_checked(void **state)
{
	static const struct {
		const char *own, *rf;
	} made[] = { { "539007547034", "RF18539007547034" },
		     { "FA2600123", "RF93FA2600123" },
		     { "FA-2600123", "RF93FA2600123" },
		     { "C0042FA2600123", "RF19C0042FA2600123" } };
	static const struct row rows[] = {
		{ "RF18 5390 0754 7034", ID_VALID, "RF18539007547034" },
		{ "RF17 5390 0754 7034", ID_BAD_CHECK, "RF17539007547034" },
		{ "rf93fa2600123", ID_VALID, "RF93FA2600123" },
		{ "RF18", ID_BAD_FORM, NULL },
		{ "RFAB1234", ID_BAD_FORM, NULL },
		{ "FA2600123", ID_BAD_FORM, NULL },
	};
	static const struct row lei[] = { { "213800KUD8LAJWSQ9D15", ID_VALID, NULL },
					  { "213800KUD8LAJWSQ9D16", ID_BAD_CHECK, NULL },
					  { "213800KUD8LAJWSQ9D1", ID_BAD_FORM, NULL } };
	char rf[RF_TEXT], grouped[RF_GROUPED_TEXT];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(made); i++) {
		assert_true(rf_make(made[i].own, rf));
		assert_string_equal(rf, made[i].rf);
	}
	assert_false(rf_make("", rf));
	assert_false(rf_make("1234567890123456789012", rf));
	assert_false(rf_make("FA/é", rf));
	assert_string_equal(rf_group("RF18539007547034", grouped), "RF18 5390 0754 7034");
	check_rows(rf_check, rows, ARRAY_LEN(rows));
	check_rows(lei_check, lei, ARRAY_LEN(lei));
}

static void phones_become_e164(void **state)
{
	static const struct {
		const char *text, *country, *want;
	} rows[] = {
		{ "01 40 20 50 50", "FR", "+33140205050" },
		{ "0692 12 34 56", "FR", "+262692123456" },
		{ "00 32 (0)2 123 45 67", "FR", "+3221234567" },
		{ "+33 (0)6.12.34.56.78", NULL, "+33612345678" },
		{ "+33 06 12 34 56 78", "FR", "+33612345678" },
		{ "0590 12 34 56", "FR", "+590590123456" },
		{ "06 1234 5678", "IT", "+390612345678" },
		{ "030 123456", "DE", "+4930123456" },
		{ "020 7946 0000", "GB", "+442079460000" },
		{ "91 123 45 67", "ES", "+34911234567" },
	};
	static const char *const bad[] = { "",
					   "12",
					   "0140205",
					   "00 00 20 50 50",
					   "01 40 20 50 5x",
					   "+0123456789",
					   "+1234567890123456",
					   "01 40 20 50 50 60" };
	char got[PHONE_TEXT];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!phone_e164(rows[i].text, rows[i].country, got) || !str_eq(got, rows[i].want))
			fail_msg("\"%s\": \"%s\"", rows[i].text, got);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (phone_e164(bad[i], "FR", got))
			fail_msg("\"%s\" was read as \"%s\"", bad[i], got);
	assert_true(phone_is_french_mobile("+33612345678"));
	assert_false(phone_is_french_mobile("+33140205050"));
}

static void addresses_of_mail_have_one_at(void **state)
{
	static const char *const bad[] = { "",
					   "a",
					   "a@b",
					   "@b.example",
					   "a@@b.example",
					   "a b@c.example",
					   "a@b..example",
					   "a@b.example.",
					   "a@-b.example",
					   "a@b.example\n",
					   "a@b.example\r\nBcc: c@d.example",
					   "<a@b.example>",
					   ".a@b.example" };
	char got[EMAIL_TEXT];

	(void)state;
	assert_true(email_check("Compta.Fournisseurs@EXEMPLE.Example", got));
	assert_string_equal(got, "Compta.Fournisseurs@exemple.example");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (email_check(bad[i], got))
			fail_msg("\"%s\" was accepted", bad[i]);
}

/* The check for a kind of the shared vectors; NULL when it is not ours. ret_country gets the
 * country for numbers written without their prefix. */
static check_fn *check_of(const char *kind, const char **ret_country)
{
	static const struct {
		const char *kind;
		check_fn *check;
		const char *country;
	} kinds[] = {
		{ "iban", iban_check, NULL },      { "bic", bic_check, NULL },
		{ "iso11649", rf_check, NULL },    { "lei", lei_check, NULL },
		{ "fr.siren", siren_check, NULL }, { "fr.siret", siret_check, NULL },
		{ "eu.vat", vat_check, NULL },     { "fr.tva", NULL, "FR" },
		{ "at.uid", NULL, "AT" },          { "be.vat", NULL, "BE" },
		{ "bg.vat", NULL, "BG" },          { "ch.vat", NULL, "CH" },
		{ "cy.vat", NULL, "CY" },          { "cz.dic", NULL, "CZ" },
		{ "de.vat", NULL, "DE" },          { "dk.cvr", NULL, "DK" },
		{ "ee.kmkr", NULL, "EE" },         { "es.cif", NULL, "ES" },
		{ "es.nif", NULL, "ES" },          { "fi.alv", NULL, "FI" },
		{ "gb.vat", NULL, "GB" },          { "gr.vat", NULL, "EL" },
		{ "hr.oib", NULL, "HR" },          { "hu.anum", NULL, "HU" },
		{ "ie.vat", NULL, "IE" },          { "it.iva", NULL, "IT" },
		{ "lt.pvm", NULL, "LT" },          { "lu.tva", NULL, "LU" },
		{ "lv.pvn", NULL, "LV" },          { "mt.vat", NULL, "MT" },
		{ "nl.btw", NULL, "NL" },          { "pl.nip", NULL, "PL" },
		{ "pt.nif", NULL, "PT" },          { "ro.cf", NULL, "RO" },
		{ "se.vat", NULL, "SE" },          { "si.ddv", NULL, "SI" },
		{ "sk.dph", NULL, "SK" },
	};

	*ret_country = NULL;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (str_eq(kinds[i].kind, kind)) {
			*ret_country = kinds[i].country;
			return kinds[i].check;
		}
	}
	return NULL;
}

/* Where we differ on purpose: national keys inside a Spanish IBAN are not our business,
 * one-stop-shop numbers (EU ...) name no customer of ours, and a person's Spanish number is as good
 * as a company's. */
static bool differs_on_purpose(const char *kind, const char *value)
{
	return strchr(value, ',') || (str_eq(kind, "iban") && str_starts(value, "ES")) ||
	       str_starts(value, "EU3") || (str_eq(kind, "es.cif") && value[0] == 'M');
}

static void agrees_with_another_library(void **state)
{
	FILE *f = fopen(test_data("identifiers/vectors-python-stdnum.tsv"), "r");
	char line[1024];
	int n = 0, n_wrong = 0;

	(void)state;
	while (fgets(line, sizeof line, f)) {
		char *rest = line, *kind = strsep(&rest, "\t"), *value = strsep(&rest, "\t"),
		     *result = strsep(&rest, "\t"), got[ROOM] = "";
		const char *country;
		check_fn *check = check_of(kind, &country);
		enum id_check is;

		if ((!check && !country) || differs_on_purpose(kind, value))
			continue;
		n++;
		is = check ? check(value, got) : vat_check_in(country, value, got);
		if ((is == ID_VALID) != str_eq(result, "valid")) {
			print_message("%s \"%s\": %d \"%s\", the other says %s\n", kind, value, is,
				      got, result);
			n_wrong++;
		}
	}
	fclose(f);
	assert_int_equal(n_wrong, 0);
	assert_in_range(n, 1500, 3000);
}

static void every_example_of_the_registry_is_valid(void **state)
{
	FILE *f = fopen(test_data("identifiers/php-iban/registry.txt"), "r");
	char line[2048], got[IBAN_TEXT];
	int n = 0;

	(void)state;
	while (fgets(line, sizeof line, f)) {
		char *rest = line, *field = NULL, *country = strsep(&rest, "|");

		for (int i = 1; i <= 7 && rest; i++)
			field = strsep(&rest, "|");
		if (!field || strlen(country) != 2 || iban_check(field, got) == ID_BAD_FORM)
			continue; /* countries outside our table */
		n++;
		if (iban_check(field, got) != ID_VALID)
			fail_msg("%s %s is not valid", country, field);
	}
	fclose(f);
	assert_in_range(n, 80, 140);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(french_numbers_follow_insee),
		cmocka_unit_test(vat_numbers_follow_each_country),
		cmocka_unit_test(accounts_follow_the_registry),
		cmocka_unit_test(references_are_made_and_checked),
		cmocka_unit_test(phones_become_e164),
		cmocka_unit_test(addresses_of_mail_have_one_at),
		cmocka_unit_test(agrees_with_another_library),
		cmocka_unit_test(every_example_of_the_registry_is_valid),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
