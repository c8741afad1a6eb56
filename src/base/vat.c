/* SPDX-License-Identifier: Apache-2.0 */
/* VAT numbers of the EU and its neighbours: one row of a table per country, one small rule each. */
#include "base/identifier.h"

#include <stdio.h>

/* What people put between the parts: "BE (0)403.019.261", "DK: 21599336". */
static const char separators[] = "-./,:()";

static int digit(char c)
{
	return c - '0';
}

/* Sum of the first n digits, each times its weight. */
static int weighted(const char *d, const int *weight, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += weight[i] * digit(d[i]);
	return sum;
}

#define WEIGHTED(d, ...)                            \
	weighted((d), (const int[]){ __VA_ARGS__ }, \
		 sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

static int number_of(const char *d, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + digit(d[i]);
	return v;
}

/* The rest of a long number by a small one. */
static int rest_of(const char *d, size_t n, int by)
{
	int rest = 0;

	for (size_t i = 0; i < n; i++)
		rest = (rest * 10 + digit(d[i])) % by;
	return rest;
}

/* ISO 7064 mod 11,10. */
static bool iso7064_11_10(const char *d, size_t n)
{
	int c = 5;

	for (size_t i = 0; i < n; i++)
		c = ((c == 0 ? 10 : c) * 2 % 11 + digit(d[i])) % 10;
	return c == 1;
}

static bool at_fits(const char *d)
{
	return digit(d[8]) == (16 - luhn_sum(d + 1, 7)) % 10;
}

static bool be_fits(const char *d)
{
	return d[0] <= '1' && number_of(d, 8) > 0 &&
	       (number_of(d, 8) + number_of(d + 8, 2)) % 97 == 0;
}

/* A Bulgarian's number begins with the day of birth; the month has 20 or 40 added by the century.
 */
static bool is_egn_birthday(const char *d)
{
	int month = number_of(d + 2, 2), day = number_of(d + 4, 2);

	return month % 20 >= 1 && month % 20 <= 12 && month < 60 && day >= 1 && day <= 31;
}

/* Ten digits name a person (EGN), a foreigner (PNF) or another body: each has its own weights. */
static bool bg_fits(const char *d)
{
	int sum;

	if (strlen(d) == 10)
		return (is_egn_birthday(d) &&
			WEIGHTED(d, 2, 4, 8, 5, 10, 9, 7, 3, 6) % 11 % 10 == digit(d[9])) ||
		       WEIGHTED(d, 21, 19, 17, 13, 11, 9, 7, 3, 1) % 10 == digit(d[9]) ||
		       (11 - WEIGHTED(d, 4, 3, 2, 7, 6, 5, 4, 3, 2) % 11) % 11 == digit(d[9]);
	sum = WEIGHTED(d, 1, 2, 3, 4, 5, 6, 7, 8) % 11;
	if (sum == 10)
		sum = WEIGHTED(d, 3, 4, 5, 6, 7, 8, 9, 10) % 11 % 10;
	return sum == digit(d[8]);
}

static bool cy_fits(const char *d)
{
	static const int odd[] = { 1, 0, 5, 7, 9, 13, 15, 17, 19, 21 };
	int sum = 0;

	for (size_t i = 0; i < 8; i++)
		sum += i % 2 == 0 ? odd[digit(d[i])] : digit(d[i]);
	return !str_starts(d, "12") && d[8] == 'A' + sum % 26;
}

/* Eight digits: a company. Nine beginning with 6: a person's tax number. Nine or ten: a birth
 * number, whose older form (nine) has no check digit. */
static bool cz_fits(const char *d)
{
	size_t n = strlen(d);
	int c;

	if (n == 8) {
		c = (11 - WEIGHTED(d, 8, 7, 6, 5, 4, 3, 2) % 11) % 11;
		return d[0] != '9' && (c == 0 ? 1 : c) % 10 == digit(d[7]);
	}
	if (n == 9 && d[0] == '6') {
		c = WEIGHTED(d + 1, 8, 7, 6, 5, 4, 3, 2) % 11;
		return (8 - (21 - c) % 11 + 10) % 10 == digit(d[8]);
	}
	if (n == 9)
		return true;
	return rest_of(d, 9, 11) % 10 == digit(d[9]);
}

static bool de_fits(const char *d)
{
	return d[0] != '0' && iso7064_11_10(d, 9);
}

static bool dk_fits(const char *d)
{
	return d[0] != '0' && WEIGHTED(d, 2, 7, 6, 5, 4, 3, 2, 1) % 11 == 0;
}

static bool ee_fits(const char *d)
{
	return WEIGHTED(d, 3, 7, 1, 3, 7, 1, 3, 7, 1) % 10 == 0;
}

static bool el_fits(const char *d)
{
	int c = 0;

	for (size_t i = 0; i < 8; i++)
		c = c * 2 + digit(d[i]);
	return c * 2 % 11 % 10 == digit(d[8]);
}

/* A person's number ends with the letter of the number by 23; a company's with a Luhn digit or its
 * letter. */
static bool es_fits(const char *d)
{
	static const char person[] = "TRWAGMYFPDXBNJZSQVHLCKE";
	static const char company[] = "JABCDEFGHI";
	int check = 0;

	if (!identifier_has_form(d + 1, "#######?"))
		return false;
	if (d[0] >= '0' && d[0] <= '9')
		return d[8] == person[number_of(d, 8) % 23];
	if (strchr("XYZ", d[0]))
		return d[8] == person[((d[0] - 'X') * 10000000 + number_of(d + 1, 7)) % 23];
	if (strchr("KLM", d[0]))
		return d[8] == person[number_of(d + 1, 7) % 23];
	if (!strchr("ABCDEFGHJNPQRSUVW", d[0]))
		return false;
	for (size_t i = 0; i < 7; i++) {
		int v = digit(d[1 + i]) * (i % 2 == 0 ? 2 : 1);
		check += v > 9 ? v - 9 : v;
	}
	check = (10 - check % 10) % 10;
	return d[8] == '0' + check || d[8] == company[check];
}

static bool fi_fits(const char *d)
{
	return WEIGHTED(d, 7, 9, 10, 5, 8, 4, 2, 1) % 11 == 0;
}

static int letter_index(char c)
{
	static const char letters[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
	const char *at = strchr(letters, c);

	return at ? (int)(at - letters) : -1;
}

/* Two digits, or since the numbers ran short, two characters without I and O. Monaco's SIREN begin
 * with 000 and have no check digit of their own. */
static bool fr_fits(const char *d)
{
	int64_t siren = number_of(d + 2, 9);
	int a = letter_index(d[0]), b = letter_index(d[1]), c;

	if (a < 0 || b < 0)
		return false;
	if (!str_starts(d + 2, "000") && luhn_sum(d + 2, 9) != 0)
		return false;
	if (a < 10 && b < 10)
		return a * 10 + b == (int)((12 + 3 * (siren % 97)) % 97);
	c = a < 10 ? 24 * a + b - 10 : 34 * a + b - 100;
	return (int)((siren + 1 + c / 11) % 11) == c % 11;
}

static bool hr_fits(const char *d)
{
	return iso7064_11_10(d, 11);
}

static bool hu_fits(const char *d)
{
	return WEIGHTED(d, 9, 7, 3, 1, 9, 7, 3, 1) % 10 == 0;
}

/* Seven digits, the check letter, perhaps a second letter. In the old style the second place is a
 * letter and the first digit goes last. */
static bool ie_fits(const char *d)
{
	static const char letters[] = "WABCDEFGHIJKLMNOPQRSTUV";
	char seven[8];
	int extra = d[7] && d[8] && d[8] != 'W' ? d[8] - 'A' + 1 : 0;

	snprintf(seven, sizeof seven, "%.7s", d);
	if (d[1] < '0' || d[1] > '9')
		snprintf(seven, sizeof seven, "0%.5s%c", d + 2, d[0]);
	return d[7] == letters[(WEIGHTED(seven, 8, 7, 6, 5, 4, 3, 2) + 9 * extra) % 23];
}

/* Digits 8 to 10 are the office: a province, or one of four codes. */
static bool it_fits(const char *d)
{
	int office = number_of(d + 7, 3);

	return number_of(d, 7) > 0 && luhn_sum(d, 11) == 0 &&
	       ((office >= 1 && office <= 100) || office == 120 || office == 121 || office == 888 ||
		office == 999);
}

static bool lt_fits(const char *d)
{
	size_t n = strlen(d) - 1;
	int sum = 0, again = 0;

	for (size_t i = 0; i < n; i++) {
		sum += (1 + (int)i % 9) * digit(d[i]);
		again += (1 + ((int)i + 2) % 9) * digit(d[i]);
	}
	if (sum % 11 == 10)
		sum = again;
	return d[n - 1] == '1' && sum % 11 % 10 == digit(d[n]);
}

static bool lu_fits(const char *d)
{
	return number_of(d, 6) % 89 == number_of(d + 6, 2);
}

static bool lv_fits(const char *d)
{
	if (d[0] > '3')
		return WEIGHTED(d, 9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1) % 11 == 3;
	/* A person's code: the newer ones begin with 32, the older with the day of birth. */
	if (!str_starts(d, "32") && (number_of(d, 2) < 1 || number_of(d, 2) > 31 ||
				     number_of(d + 2, 2) < 1 || number_of(d + 2, 2) > 12))
		return false;
	return (1 + WEIGHTED(d, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9)) % 11 % 10 == digit(d[10]);
}

static bool mt_fits(const char *d)
{
	return d[0] != '0' && WEIGHTED(d, 3, 4, 6, 7, 8, 9, 10, 1) % 37 == 0;
}

/* Companies by the eleven test; sole traders' numbers, since 2020, by mod 97 with the country in
 * front. */
static bool nl_fits(const char *d)
{
	char whole[VAT_TEXT];

	if (number_of(d, 9) == 0 || number_of(d + 10, 2) == 0)
		return false;
	if ((WEIGHTED(d, 9, 8, 7, 6, 5, 4, 3, 2) - digit(d[8])) % 11 == 0)
		return true;
	snprintf(whole, sizeof whole, "NL%s", d);
	return mod97(whole, strlen(whole)) == 1;
}

static bool no_fits(const char *d)
{
	return (11 - WEIGHTED(d, 3, 2, 7, 6, 5, 4, 3, 2) % 11) % 11 == digit(d[8]);
}

static bool pl_fits(const char *d)
{
	return WEIGHTED(d, 6, 5, 7, 2, 3, 4, 5, 6, 7) % 11 == digit(d[9]);
}

static bool pt_fits(const char *d)
{
	return d[0] != '0' &&
	       (11 - WEIGHTED(d, 9, 8, 7, 6, 5, 4, 3, 2) % 11) % 11 % 10 == digit(d[8]);
}

/* Two to ten digits name a company; thirteen are a person's code (CNP). */
static bool ro_fits(const char *d)
{
	size_t n = strlen(d);
	char padded[11];
	int person;

	if (n == 13) {
		person = WEIGHTED(d, 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9) % 11;
		return (person == 10 ? 1 : person) == digit(d[12]);
	}
	snprintf(padded, sizeof padded, "%.*s%s", (int)(10 - n), "0000000000", d);
	return d[0] != '0' &&
	       WEIGHTED(padded, 7, 5, 3, 2, 1, 7, 5, 3, 2) * 10 % 11 % 10 == digit(padded[9]);
}

static bool se_fits(const char *d)
{
	return luhn_sum(d, 10) == 0;
}

static bool si_fits(const char *d)
{
	int c = 11 - WEIGHTED(d, 8, 7, 6, 5, 4, 3, 2) % 11;

	return d[0] != '0' && c != 11 && c % 10 == digit(d[7]);
}

static bool sk_fits(const char *d)
{
	return d[0] != '0' && strchr("234789", d[2]) && rest_of(d, 10, 11) == 0;
}

/* Government departments (GD) below 500, health authorities (HA) from 500; the eleven-character
 * form repeats the number with its rest by 97. */
static bool gb_fits(const char *d)
{
	bool health = d[0] == 'H';
	int sum, at;

	if (d[0] == 'G' || health) {
		at = strlen(d) == 5 ? 2 : 6;
		if ((number_of(d + at, 3) >= 500) != health)
			return false;
		return at == 2 || number_of(d + at, 3) % 97 == number_of(d + 9, 2);
	}
	sum = WEIGHTED(d, 8, 7, 6, 5, 4, 3, 2, 10, 1) % 97;
	if (number_of(d, 3) < 100)
		return sum == 0;
	return sum == 0 || sum == 42 || sum == 55;
}

static bool ch_fits(const char *d)
{
	return (11 - WEIGHTED(d + 1, 5, 4, 3, 2, 7, 6, 5, 4) % 11) % 11 == digit(d[9]);
}

static const struct vat_rule {
	char country[3];
	const char *forms[5]; /* after the prefix, see identifier_has_form */
	bool (*fits)(const char *after_prefix);
} vat_rules[] = {
	{ "AT", { "U########" }, at_fits },
	{ "BE", { "##########" }, be_fits },
	{ "BG", { "#########", "##########" }, bg_fits },
	{ "CH", { "E#########MWST", "E#########TVA", "E#########IVA", "E#########TPV" }, ch_fits },
	{ "CY", { "########@" }, cy_fits },
	{ "CZ", { "########", "#########", "##########" }, cz_fits },
	{ "DE", { "#########" }, de_fits },
	{ "DK", { "########" }, dk_fits },
	{ "EE", { "#########" }, ee_fits },
	{ "EL", { "#########" }, el_fits },
	{ "ES", { "?#######?" }, es_fits },
	{ "FI", { "########" }, fi_fits },
	{ "FR", { "??#########" }, fr_fits },
	{ "GB", { "#########", "############", "GD###", "HA###", NULL }, gb_fits },
	{ "HR", { "###########" }, hr_fits },
	{ "HU", { "########" }, hu_fits },
	{ "IE", { "#######@", "#######@@", "#@#####@" }, ie_fits },
	{ "IT", { "###########" }, it_fits },
	{ "LT", { "#########", "############" }, lt_fits },
	{ "LU", { "########" }, lu_fits },
	{ "LV", { "###########" }, lv_fits },
	{ "MT", { "########" }, mt_fits },
	{ "NL", { "#########B##" }, nl_fits },
	{ "NO", { "#########MVA" }, no_fits },
	{ "PL", { "##########" }, pl_fits },
	{ "PT", { "#########" }, pt_fits },
	{ "RO", { "##", "###", "####", "#####", NULL }, ro_fits },
	{ "SE", { "##########01" }, se_fits },
	{ "SI", { "########" }, si_fits },
	{ "SK", { "##########" }, sk_fits },
	{ "XI", { "#########", "############", "GD###", "HA###", NULL }, gb_fits },
};

static const struct vat_rule *vat_rule_of(const char *country)
{
	/* Greece writes EL, Monaco is in the French system. */
	if (str_eq(country, "GR"))
		country = "EL";
	if (str_eq(country, "MC"))
		country = "FR";
	for (size_t i = 0; i < ARRAY_LEN(vat_rules); i++)
		if (str_eq(vat_rules[i].country, country))
			return &vat_rules[i];
	return NULL;
}

/* Whether the part after the prefix has one of the country's forms. Two countries have more forms
 * than the table has room for. */
static bool has_form_of(const struct vat_rule *rule, const char *s)
{
	for (size_t i = 0; i < ARRAY_LEN(rule->forms) && rule->forms[i]; i++)
		if (identifier_has_form(s, rule->forms[i]))
			return true;
	if (rule->fits == gb_fits)
		return identifier_has_form(s, "GD8888#####") ||
		       identifier_has_form(s, "HA8888#####");
	if (rule->fits == ro_fits && strlen(s) == 13)
		return identifier_has_form(s, "#############");
	if (rule->fits == ro_fits)
		return strlen(s) >= 6 && strlen(s) <= 10 &&
		       identifier_has_form(s, &"##########"[10 - strlen(s)]);
	return false;
}

static enum id_check check_after_prefix(const struct vat_rule *rule, const char *s,
					char ret[VAT_TEXT])
{
	char padded[VAT_TEXT];

	/* The first digit, 0, of Belgian and Greek numbers was added later; some still leave it
	 * out, and the zeros in front of a Dutch one. */
	if ((rule->fits == be_fits || rule->fits == el_fits) &&
	    identifier_has_form(s, rule->forms[0] + 1)) {
		snprintf(padded, sizeof padded, "0%.16s", s);
		s = padded;
	} else if (rule->fits == nl_fits && strlen(s) >= 8 && strlen(s) < 12 &&
		   identifier_has_form(s, rule->forms[0] + 12 - strlen(s))) {
		snprintf(padded, sizeof padded, "%.*s%.11s", (int)(12 - strlen(s)), "0000", s);
		s = padded;
	}
	ret[0] = '\0';
	if (!has_form_of(rule, s))
		return ID_BAD_FORM;
	snprintf(ret, VAT_TEXT, "%s%.17s", rule->country, s);
	return rule->fits(s) ? ID_VALID : ID_BAD_CHECK;
}

enum id_check vat_check(const char *text, char ret[VAT_TEXT])
{
	const struct vat_rule *rule;
	char s[VAT_TEXT], country[3];

	ret[0] = '\0';
	if (!identifier_compact(text, separators, s, sizeof s) || strlen(s) < 4)
		return ID_BAD_FORM;
	snprintf(country, sizeof country, "%.2s", s);
	rule = vat_rule_of(country);
	return rule ? check_after_prefix(rule, s + 2, ret) : ID_BAD_FORM;
}

enum id_check vat_check_in(const char *country, const char *text, char ret[VAT_TEXT])
{
	const struct vat_rule *rule = vat_rule_of(country);
	char s[VAT_TEXT];
	enum id_check whole = vat_check(text, ret);

	if (whole == ID_VALID || !rule)
		return whole;
	if (!identifier_compact(text, separators, s, sizeof s)) {
		ret[0] = '\0';
		return ID_BAD_FORM;
	}
	if (str_starts(s, rule->country))
		return whole;
	return check_after_prefix(rule, s, ret);
}

char *vat_of_siren(const char *siren, char ret[VAT_TEXT])
{
	ENSURE(identifier_has_form(siren, "#########"));
	snprintf(ret, VAT_TEXT, "FR%02d%s", (12 + 3 * (number_of(siren, 9) % 97)) % 97, siren);
	return ret;
}
