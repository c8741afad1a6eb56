/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "channel/epc_qr.h"

static const struct epc_payment vector = { .name = "DEMO SARL",
					   .iban = "FR7630004008280001234567841",
					   .minor = 240000,
					   .reference = "RF93FA2600123" };

/* The vector of EPC069-12 version 002, without a BIC. */
static void writes_the_standard_text(void **state)
{
	struct arena *a = arena_new(0);
	struct epc_payment p = vector;
	struct err e = { 0 };
	const char *text;

	(void)state;
	assert_true(epc_qr_text(a, &p, &text, &e));
	assert_string_equal(text, "BCD\n002\n1\nSCT\n\nDEMO SARL\nFR7630004008280001234567841\n"
				  "EUR2400.00\n\nRF93FA2600123");
	p.bic = "DEMOFRPPXXX";
	p.iban = "FR76 3000 4008 2800 0123 4567 841";
	p.reference = NULL;
	p.text = "Facture FA-1 de l'été";
	p.minor = 1;
	assert_true(epc_qr_text(a, &p, &text, &e));
	assert_string_equal(text,
			    "BCD\n001\n1\nSCT\nDEMOFRPPXXX\nDEMO SARL\n"
			    "FR7630004008280001234567841\nEUR0.01\n\n\nFacture FA-1 de l'été");
	arena_free(a);
}

static void refuses_what_the_standard_cannot_carry(void **state)
{
	struct epc_payment bad[9];
	static const enum err_code code[ARRAY_LEN(bad)] = { ERR_INVALID, ERR_INVALID, ERR_INVALID,
							    ERR_RANGE,   ERR_RANGE,   ERR_INVALID,
							    ERR_INVALID, ERR_INVALID, ERR_INVALID };
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		bad[i] = vector;
	bad[0].name = "";
	bad[1].name = "a\nEUR1.00";
	bad[2].iban = "FR76\n";
	bad[3].minor = 0;
	bad[4].minor = 100000000000;
	bad[5].text = "both";
	bad[6].reference = "RF93FA26001231234567890123456789012345";
	bad[7].bic = "X";
	bad[8].name = "1234567890123456789012345678901234567890123456789012345678901234567890x";
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		const char *text = NULL;

		if (epc_qr_text(a, &bad[i], &text, &e) || e.code != code[i] || text)
			fail_msg("row %zu: %d %s", i, (int)e.code, e.msg);
	}
	arena_free(a);
}

static void draws_at_most_version_13(void **state)
{
	struct arena *a = arena_new(0);
	const unsigned char *dark;
	char text[400];
	struct err e = { 0 };
	int side = 0;

	(void)state;
	memset(text, 'x', sizeof text);
	text[331] = '\0';
	assert_true(epc_qr_modules(a, text, &dark, &side, &e));
	assert_int_equal(side, 17 + 4 * 13);
	/* The finder pattern of the upper left corner. */
	assert_int_equal(dark[0], 1);
	assert_int_equal(dark[side + 1], 0);
	assert_int_equal(dark[2 * side + 2], 1);
	text[331] = 'x';
	text[332] = '\0';
	assert_false(epc_qr_modules(a, text, &dark, &side, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	assert_false(epc_qr_modules(a, "", &dark, &side, &e));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_standard_text),
		cmocka_unit_test(refuses_what_the_standard_cannot_carry),
		cmocka_unit_test(draws_at_most_version_13),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
