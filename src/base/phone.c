/* SPDX-License-Identifier: Apache-2.0 */
/* Phone numbers to E.164. */
#include "base/identifier.h"

#include <stdio.h>

/* How a national number is turned into an international one: the trunk digit is dropped, except in
 * Italy, where the zero belongs to the number. */
struct calling_code {
	char country[3];
	const char *code;
	const char *trunk;
};

static const struct calling_code calling_codes[] = {
	{ "FR", "33", "0" },  { "BE", "32", "0" },  { "DE", "49", "0" },  { "AT", "43", "0" },
	{ "ES", "34", "" },   { "IT", "39", "" },   { "PT", "351", "" },  { "LU", "352", "" },
	{ "NL", "31", "0" },  { "GB", "44", "0" },  { "IE", "353", "0" }, { "CH", "41", "0" },
	{ "PL", "48", "" },   { "DK", "45", "" },   { "SE", "46", "0" },  { "MA", "212", "0" },
	{ "DZ", "213", "0" }, { "TN", "216", "" },  { "MC", "377", "" },  { "PF", "689", "" },
	{ "NC", "687", "" },  { "PM", "508", "0" }, { "RE", "262", "0" }, { "YT", "262", "0" },
	{ "GP", "590", "0" }, { "GF", "594", "0" }, { "MQ", "596", "0" },
};

/* Overseas departments are dialled with ten digits like the mainland, but have codes of their own.
 */
static const struct {
	const char *prefix, *code;
} overseas[] = {
	{ "0262", "262" }, { "0263", "262" }, { "0269", "262" }, { "0639", "262" },
	{ "0692", "262" }, { "0693", "262" }, { "0590", "590" }, { "0690", "590" },
	{ "0691", "590" }, { "0594", "594" }, { "0694", "594" }, { "0596", "596" },
	{ "0696", "596" }, { "0697", "596" }, { "0508", "508" },
};

/* Digits of text, "+" kept in front; "(0)" is dropped, other separators too. False on anything
 * else. */
static bool digits_of(const char *text, char *ret, size_t size)
{
	size_t n = 0;

	for (; *text; text++) {
		if (str_starts(text, "(0)")) {
			text += 2;
			continue;
		}
		if (str_starts(text, "\xc2\xa0")) {
			text++;
			continue;
		}
		if (str_starts(text, "\xe2\x80\xaf")) {
			text += 2;
			continue;
		}
		if (strchr(" .-/()\t", *text))
			continue;
		if ((*text < '0' || *text > '9') && !(*text == '+' && n == 0))
			return false;
		if (n + 1 >= size)
			return false;
		ret[n++] = *text;
	}
	ret[n] = '\0';
	return true;
}

static const struct calling_code *calling_code_of(const char *country)
{
	for (size_t i = 0; i < ARRAY_LEN(calling_codes); i++)
		if (str_eq(calling_codes[i].country, country))
			return &calling_codes[i];
	return NULL;
}

/* A French number is ten digits, whose second is not 0. */
static bool french_e164(const char *digits, char ret[PHONE_TEXT])
{
	const char *code = "33";

	if (!identifier_has_form(digits, "0#########") || digits[1] == '0')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(overseas); i++)
		if (str_starts(digits, overseas[i].prefix))
			code = overseas[i].code;
	snprintf(ret, PHONE_TEXT, "+%.3s%.9s", code, digits + 1);
	return true;
}

static bool national_e164(const char *digits, const char *country, char ret[PHONE_TEXT])
{
	const struct calling_code *c = calling_code_of(country);
	size_t n = strlen(digits);

	if (!c || n < 5)
		return false;
	if (c->trunk[0] && digits[0] == c->trunk[0])
		digits++;
	n = strlen(c->code) + strlen(digits);
	if (n < 8 || n > 15)
		return false;
	snprintf(ret, PHONE_TEXT, "+%.3s%.12s", c->code, digits);
	return true;
}

bool phone_e164(const char *text, const char *country, char ret[PHONE_TEXT])
{
	char digits[24];
	const char *d = digits;
	size_t n;

	ret[0] = '\0';
	if (!text || !digits_of(text, digits, sizeof digits))
		return false;
	if (str_starts(d, "+") || str_starts(d, "00")) {
		d += *d == '+' ? 1 : 2;
		n = strlen(d);
		if (n < 8 || n > 15 || *d == '0')
			return false;
		/* "+33 01 ..." is a common slip: the trunk zero was left in. */
		if (str_starts(d, "330") && n == 12)
			return french_e164(d + 2, ret);
		snprintf(ret, PHONE_TEXT, "+%.15s", d);
		return true;
	}
	if (str_empty(country) || str_eq(country, "FR"))
		return french_e164(d, ret);
	return national_e164(d, country, ret);
}

bool phone_is_french_mobile(const char *e164)
{
	return str_starts(e164, "+336") || str_starts(e164, "+337");
}
