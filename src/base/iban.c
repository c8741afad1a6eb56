/* SPDX-License-Identifier: Apache-2.0 */
/* RIB, IBAN, BIC and RF creditor reference. */
#include "base/identifier.h"

#include <stdio.h>
#include <unicode/uloc.h>

struct iban_form {
	char country[3];
	int length;
	const char *structure; /* n digits, a letters, c either, each after its count */
};

/* clang-format off */
static const struct iban_form iban_forms[] = {
	/* The registry of ISO 13616 (edition 101), with the French territories. */
	{ "AD", 24, "4n4n12c" }, { "AE", 23, "3n16n" }, { "AL", 28, "8n16c" },
	{ "AT", 20, "5n11n" }, { "AX", 18, "3n11n" }, { "AZ", 28, "4a20c" },
	{ "BA", 20, "3n3n8n2n" }, { "BE", 16, "3n7n2n" }, { "BG", 22, "4a4n2n8c" },
	{ "BH", 22, "4a14c" }, { "BI", 27, "5n5n11n2n" }, { "BL", 27, "5n5n11c2n" },
	{ "BR", 29, "8n5n10n1a1c" }, { "BY", 28, "4c4n16c" }, { "CH", 21, "5n12c" },
	{ "CR", 22, "4n14n" }, { "CY", 28, "3n5n16c" }, { "CZ", 24, "4n6n10n" },
	{ "DE", 22, "8n10n" }, { "DJ", 27, "5n5n11n2n" }, { "DK", 18, "4n9n1n" },
	{ "DO", 28, "4c20n" }, { "EE", 20, "2n2n11n1n" }, { "EG", 29, "4n4n17n" },
	{ "ES", 24, "4n4n1n1n10n" }, { "FI", 18, "3n11n" }, { "FK", 18, "2a12n" },
	{ "FO", 18, "4n9n1n" }, { "FR", 27, "5n5n11c2n" }, { "GB", 22, "4a6n8n" },
	{ "GE", 22, "2a16n" }, { "GF", 27, "5n5n11c2n" }, { "GG", 22, "4a6n8n" },
	{ "GI", 23, "4a15c" }, { "GL", 18, "4n9n1n" }, { "GP", 27, "5n5n11c2n" },
	{ "GR", 27, "3n4n16c" }, { "GT", 28, "4c20c" }, { "HR", 21, "7n10n" },
	{ "HU", 28, "3n4n1n15n1n" }, { "IE", 22, "4a6n8n" }, { "IL", 23, "3n3n13n" },
	{ "IM", 22, "4a6n8n" }, { "IQ", 23, "4a3n12n" }, { "IS", 26, "4n2n6n10n" },
	{ "IT", 27, "1a5n5n12c" }, { "JE", 22, "4a6n8n" }, { "JO", 30, "4a4n18c" },
	{ "KW", 30, "4a22c" }, { "KZ", 20, "3n13c" }, { "LB", 28, "4n20c" },
	{ "LC", 32, "4a24c" }, { "LI", 21, "5n12c" }, { "LT", 20, "5n11n" },
	{ "LU", 20, "3n13c" }, { "LV", 21, "4a13c" }, { "LY", 25, "3n3n15n" },
	{ "MC", 27, "5n5n11c2n" }, { "MD", 24, "2c18c" }, { "ME", 22, "3n13n2n" },
	{ "MF", 27, "5n5n11c2n" }, { "MK", 19, "3n10c2n" }, { "MN", 20, "4n12n" },
	{ "MQ", 27, "5n5n11c2n" }, { "MR", 27, "5n5n11n2n" }, { "MT", 31, "4a5n18c" },
	{ "MU", 30, "4a2n2n12n3n3a" }, { "NC", 27, "5n5n11c2n" }, { "NI", 28, "4a20n" },
	{ "NL", 18, "4a10n" }, { "NO", 15, "4n6n1n" }, { "OM", 23, "3n16c" },
	{ "PF", 27, "5n5n11c2n" }, { "PK", 24, "4a16c" }, { "PL", 28, "8n16n" },
	{ "PM", 27, "5n5n11c2n" }, { "PS", 29, "4a21c" }, { "PT", 25, "4n4n11n2n" },
	{ "QA", 29, "4a21c" }, { "RE", 27, "5n5n11c2n" }, { "RO", 24, "4a16c" },
	{ "RS", 22, "3n13n2n" }, { "RU", 33, "9n5n15c" }, { "SA", 24, "2n18c" },
	{ "SC", 31, "4a2n2n16n3a" }, { "SD", 18, "2n12n" }, { "SE", 24, "3n16n1n" },
	{ "SI", 19, "5n8n2n" }, { "SK", 24, "4n6n10n" }, { "SM", 27, "1a5n5n12c" },
	{ "SO", 23, "4n3n12n" }, { "ST", 25, "4n4n11n2n" }, { "SV", 28, "4a20n" },
	{ "TF", 27, "5n5n11c2n" }, { "TL", 23, "3n14n2n" }, { "TN", 24, "2n3n13n2n" },
	{ "TR", 26, "5n1n16c" }, { "UA", 29, "6n19c" }, { "VA", 22, "3n15n" },
	{ "VG", 24, "4a16n" }, { "WF", 27, "5n5n11c2n" }, { "XK", 20, "4n10n2n" },
	{ "YE", 30, "4a4n18c" }, { "YT", 27, "5n5n11c2n" },
	/* In use but not in the registry: to be checked with the bank. */
	{ "BF", 28, "2c22n" }, { "BJ", 28, "2c22n" }, { "CF", 27, "23n" }, { "CG", 27, "23n" },
	{ "CI", 28, "2c22n" }, { "CM", 27, "23n" }, { "DZ", 26, "22n" }, { "GA", 27, "23n" },
	{ "KM", 27, "23n" }, { "MA", 28, "24n" }, { "MG", 27, "23n" }, { "ML", 28, "2c22n" },
	{ "NE", 28, "2c22n" }, { "SN", 28, "2c22n" }, { "TD", 27, "23n" }, { "TG", 28, "2c22n" },
};
/* clang-format on */

static const struct iban_form *iban_form_find(const char *iban)
{
	for (size_t i = 0; i < ARRAY_LEN(iban_forms); i++)
		if (strncmp(iban_forms[i].country, iban, 2) == 0)
			return &iban_forms[i];
	return NULL;
}

static bool is_of_class(char c, char class)
{
	bool digit = c >= '0' && c <= '9';
	bool letter = c >= 'A' && c <= 'Z';

	return class == 'n' ? digit : class == 'a' ? letter : digit || letter;
}

/* Whether s is what the structure says, from its first to its last character. */
static bool has_structure(const char *s, const char *structure)
{
	while (*structure) {
		int count = 0;

		while (*structure >= '0' && *structure <= '9')
			count = count * 10 + (*structure++ - '0');
		for (; count > 0; count--, s++)
			if (!is_of_class(*s, *structure))
				return false;
		structure++;
	}
	return *s == '\0';
}

static char *group_by_four(const char *s, char *ret)
{
	char *out = ret;

	for (size_t i = 0; s[i]; i++) {
		if (i > 0 && i % 4 == 0)
			*out++ = ' ';
		*out++ = s[i];
	}
	*out = '\0';
	return ret;
}

/* The rest by 97 of a number whose first four characters go last, as ISO 13616 and 11649 want. */
static int mod97_turned(const char *s, size_t n)
{
	char turned[IBAN_TEXT];

	ENSURE(n > 4 && n < sizeof turned);
	memcpy(turned, s + 4, n - 4);
	memcpy(turned + n - 4, s, 4);
	return mod97(turned, n);
}

enum id_check iban_check(const char *text, char ret[IBAN_TEXT])
{
	const struct iban_form *form;
	size_t n;

	if (!identifier_compact(text, "-.", ret, IBAN_TEXT))
		return ID_BAD_FORM;
	/* Some documents print the word before the number. */
	if (str_starts(ret, "IBAN"))
		memmove(ret, ret + 4, strlen(ret + 4) + 1);
	n = strlen(ret);
	form = n > 4 ? iban_form_find(ret) : NULL;
	if (!form || n != (size_t)form->length || !is_of_class(ret[2], 'n') ||
	    !is_of_class(ret[3], 'n') || !has_structure(ret + 4, form->structure)) {
		ret[0] = '\0';
		return ID_BAD_FORM;
	}
	/* 00, 01 and 99 give the right rest too, but the standard issues only 02 to 98. */
	if (str_starts(ret + 2, "00") || str_starts(ret + 2, "01") || str_starts(ret + 2, "99"))
		return ID_BAD_CHECK;
	return mod97_turned(ret, n) == 1 ? ID_VALID : ID_BAD_CHECK;
}

char *iban_group(const char *iban, char ret[IBAN_GROUPED_TEXT])
{
	ENSURE(strlen(iban) < IBAN_TEXT);
	return group_by_four(iban, ret);
}

/* A letter of an account number counts as the digit of its place on the keyboard of old: A, J = 1;
 * B, K, S = 2; C, L, T = 3 ... */
static int rib_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c <= 'I')
		return c - 'A' + 1;
	if (c <= 'R')
		return c - 'J' + 1;
	return c - 'S' + 2;
}

static int rib_mod97(const char *s)
{
	int rest = 0;

	for (; *s; s++)
		rest = (rest * 10 + rib_digit(*s)) % 97;
	return rest;
}

int rib_key(const char *bank, const char *branch, const char *account)
{
	if (!identifier_has_form(bank, "#####") || !identifier_has_form(branch, "#####") ||
	    !identifier_has_form(account, "???????????"))
		return -1;
	return 97 - (89 * rib_mod97(bank) + 15 * rib_mod97(branch) + 3 * rib_mod97(account)) % 97;
}

enum id_check rib_check(const char *text, char ret_iban[IBAN_TEXT])
{
	char rib[RIB_TEXT], bank[6], branch[6], account[12], turned[IBAN_TEXT];
	int check;

	ret_iban[0] = '\0';
	if (!identifier_compact(text, "-./", rib, sizeof rib) ||
	    !identifier_has_form(rib, "##########???????????##"))
		return ID_BAD_FORM;
	snprintf(bank, sizeof bank, "%.5s", rib);
	snprintf(branch, sizeof branch, "%.5s", rib + 5);
	snprintf(account, sizeof account, "%.11s", rib + 10);
	snprintf(turned, sizeof turned, "%sFR00", rib);
	check = 98 - mod97(turned, strlen(turned));
	snprintf(ret_iban, IBAN_TEXT, "FR%c%c%s", '0' + check / 10, '0' + check % 10, rib);
	return (rib[21] - '0') * 10 + (rib[22] - '0') == rib_key(bank, branch, account)
		       ? ID_VALID
		       : ID_BAD_CHECK;
}

static bool is_country(const char *two)
{
	const char *const *country = uloc_getISOCountries();

	for (; *country; country++)
		if (strncmp(*country, two, 2) == 0)
			return true;
	return strncmp(two, "XK", 2) == 0; /* Kosovo: not in ISO 3166, but in use */
}

/* ISO 9362:2022 allows digits among the first four characters. */
enum id_check bic_check(const char *text, char ret[BIC_TEXT])
{
	if (!identifier_compact(text, "-", ret, BIC_TEXT) ||
	    !(identifier_has_form(ret, "????@@??") || identifier_has_form(ret, "????@@?????")) ||
	    !is_country(ret + 4)) {
		ret[0] = '\0';
		return ID_BAD_FORM;
	}
	return ID_VALID;
}

enum id_check rf_check(const char *text, char ret[RF_TEXT])
{
	if (!identifier_compact(text, "-.,/:", ret, RF_TEXT) || strlen(ret) < 5 ||
	    !str_starts(ret, "RF") || !is_of_class(ret[2], 'n') || !is_of_class(ret[3], 'n')) {
		ret[0] = '\0';
		return ID_BAD_FORM;
	}
	return mod97_turned(ret, strlen(ret)) == 1 ? ID_VALID : ID_BAD_CHECK;
}

bool rf_make(const char *reference, char ret[RF_TEXT])
{
	char own[22], turned[RF_TEXT];
	int check;

	ret[0] = '\0';
	if (!identifier_compact(reference, "-./_ ", own, sizeof own) || own[0] == '\0')
		return false;
	snprintf(turned, sizeof turned, "%sRF00", own);
	check = 98 - mod97(turned, strlen(turned));
	snprintf(ret, RF_TEXT, "RF%c%c%s", '0' + check / 10, '0' + check % 10, own);
	return true;
}

char *rf_group(const char *rf, char ret[RF_GROUPED_TEXT])
{
	ENSURE(strlen(rf) < RF_TEXT);
	return group_by_four(rf, ret);
}
