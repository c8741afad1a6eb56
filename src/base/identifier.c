/* SPDX-License-Identifier: Apache-2.0 */
#include "base/identifier.h"

/* ctype.h depends on the locale; these do not. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Length of the white space that s begins with, counting no-break (U+00A0), figure, thin and narrow
 * no-break spaces (U+2007, U+2009, U+202F), which copying from web pages and PDF brings. */
static size_t space_length(const char *s)
{
	if (*s == ' ' || (*s >= '\t' && *s <= '\r'))
		return 1;
	if (str_starts(s, "\xc2\xa0"))
		return 2;
	if (str_starts(s, "\xe2\x80\x87") || str_starts(s, "\xe2\x80\x89") ||
	    str_starts(s, "\xe2\x80\xaf"))
		return 3;
	return 0;
}

bool identifier_compact(const char *text, const char *skip, char *ret, size_t size)
{
	size_t n = 0;

	ENSURE(size > 0);
	ret[0] = '\0';
	if (!text)
		return false;
	while (*text) {
		size_t space = space_length(text);
		char c = *text;

		if (space > 0) {
			text += space;
			continue;
		}
		text++;
		if (strchr(skip, c))
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if ((!is_digit(c) && !is_upper(c)) || n + 1 >= size) {
			ret[0] = '\0';
			return false;
		}
		ret[n++] = c;
	}
	ret[n] = '\0';
	return true;
}

bool identifier_has_form(const char *s, const char *form)
{
	for (; *form; form++, s++) {
		bool fits = *form == '#'   ? is_digit(*s)
			    : *form == '@' ? is_upper(*s)
			    : *form == '?' ? is_digit(*s) || is_upper(*s)
					   : *s == *form;
		if (!fits)
			return false;
	}
	return *s == '\0';
}

int luhn_sum(const char *digits, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++) {
		int d = digits[n - 1 - i] - '0';

		if (i % 2 == 1)
			d = d > 4 ? 2 * d - 9 : 2 * d;
		sum += d;
	}
	return sum % 10;
}

int mod97(const char *text, size_t n)
{
	int rest = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_digit(text[i]))
			rest = (rest * 10 + (text[i] - '0')) % 97;
		else
			rest = (rest * 100 + (text[i] - 'A' + 10)) % 97;
	}
	return rest;
}

enum id_check siren_check(const char *text, char ret[SIREN_TEXT])
{
	if (!identifier_compact(text, ".-", ret, SIREN_TEXT) ||
	    !identifier_has_form(ret, "#########")) {
		ret[0] = '\0';
		return ID_BAD_FORM;
	}
	return luhn_sum(ret, 9) == 0 ? ID_VALID : ID_BAD_CHECK;
}

/* La Poste has more establishments than Luhn's rule leaves numbers: the sum of its digits is a
 * multiple of 5 instead. Its head office keeps an ordinary number. */
static bool la_poste_sum_fits(const char *siret)
{
	int sum = 0;

	for (size_t i = 0; i < 14; i++)
		sum += siret[i] - '0';
	return sum % 5 == 0;
}

enum id_check siret_check(const char *text, char ret[SIRET_TEXT])
{
	if (!identifier_compact(text, ".-", ret, SIRET_TEXT) ||
	    !identifier_has_form(ret, "##############")) {
		ret[0] = '\0';
		return ID_BAD_FORM;
	}
	if (luhn_sum(ret, 9) != 0)
		return ID_BAD_CHECK;
	if (str_starts(ret, "356000000") && !str_eq(ret, "35600000000048"))
		return la_poste_sum_fits(ret) ? ID_VALID : ID_BAD_CHECK;
	return luhn_sum(ret, 14) == 0 ? ID_VALID : ID_BAD_CHECK;
}

enum id_check lei_check(const char *text, char ret[LEI_TEXT])
{
	if (!identifier_compact(text, "-", ret, LEI_TEXT) ||
	    !identifier_has_form(ret, "??????????????????##")) {
		ret[0] = '\0';
		return ID_BAD_FORM;
	}
	return mod97(ret, 20) == 1 ? ID_VALID : ID_BAD_CHECK;
}

/* Visible ASCII, or a byte of UTF-8 text (addresses may be international). */
static bool is_address_byte(char c)
{
	return (unsigned char)c > ' ' && c != 0x7f && !strchr("<>()[]\\,;:\"", c);
}

static bool is_domain(const char *s)
{
	size_t label = 0;
	bool has_dot = false;

	for (; *s; s++) {
		if (*s == '.') {
			if (label == 0 || s[-1] == '-')
				return false;
			has_dot = true;
			label = 0;
			continue;
		}
		if (*s == '@' || *s == '_' || (*s == '-' && label == 0) || ++label > 63)
			return false;
	}
	return has_dot && label > 0 && s[-1] != '-';
}

bool email_check(const char *text, char ret[EMAIL_TEXT])
{
	const char *at, *s;
	size_t n = 0;

	ret[0] = '\0';
	if (!text)
		return false;
	for (s = text; *s; s++)
		if (!is_address_byte(*s))
			return false;
	at = strchr(text, '@');
	if (!at || at == text || at - text > 64 || s - text >= EMAIL_TEXT || !is_domain(at + 1))
		return false;
	if (text[0] == '.' || at[-1] == '.' || strstr(text, ".."))
		return false;
	for (s = text; *s; s++)
		ret[n++] = s > at && is_upper(*s) ? (char)(*s - 'A' + 'a') : *s;
	ret[n] = '\0';
	return true;
}
