/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/address.h"

#include "base/text.h"

#include <unicode/uloc.h>
#include <unicode/ustring.h>

/* ---- postcodes --------------------------------------------------------------------------------- */

/* '#' a digit, '@' a letter, ' ' an optional space, others themselves. */
static bool fits_form(const char *s, const char *form)
{
	for (; *form; form++) {
		if (*form == ' ') {
			if (*s == ' ')
				s++;
			continue;
		}
		if (*form == '#'   ? *s < '0' || *s > '9'
		    : *form == '@' ? !((*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z'))
				   : *s != *form)
			return false;
		s++;
	}
	return *s == '\0';
}

static const struct {
	char country[3];
	const char *form;
} postcode_forms[] = {
	{ "FR", "#####" },    { "MC", "#####" },    { "BE", "####" },    { "LU", "####" },
	{ "CH", "####" },     { "AT", "####" },     { "DK", "####" },    { "DE", "#####" },
	{ "ES", "#####" },    { "IT", "#####" },    { "FI", "#####" },   { "NL", "#### @@" },
	{ "PT", "####-###" }, { "PL", "##-###" },   { "SE", "### ##" },  { "CZ", "### ##" },
	{ "SK", "### ##" },   { "GR", "### ##" },   { "LV", "LV-####" }, { "LT", "LT-#####" },
	{ "GB", "@# #@@" },   { "GB", "@## #@@" },  { "GB", "@@# #@@" }, { "GB", "@@## #@@" },
	{ "GB", "@#@ #@@" },  { "GB", "@@#@ #@@" },
};

bool postcode_has_form(const char *country, const char *postcode)
{
	bool is_known = false;

	for (size_t i = 0; i < ARRAY_LEN(postcode_forms); i++) {
		if (!str_eq(postcode_forms[i].country, country))
			continue;
		is_known = true;
		if (fits_form(postcode, postcode_forms[i].form))
			return true;
	}
	return !is_known;
}

/* ---- lines ------------------------------------------------------------------------------------- */

static const struct {
	const char *word, *shorter;
} shorter_words[] = {
	{ "AVENUE", "AV" }, { "BOULEVARD", "BD" },  { "CHEMIN", "CHE" },   { "IMPASSE", "IMP" },
	{ "PLACE", "PL" },  { "ROUTE", "RTE" },     { "SAINT", "ST" },     { "SAINTE", "STE" },
	{ "ALLEE", "ALL" }, { "RESIDENCE", "RES" }, { "BATIMENT", "BAT" }, { "APPARTEMENT", "APP" },
};

static void report(struct address_block *b, enum address_fault fault, const char *text)
{
	if (b->n_problems == ARRAY_LEN(b->problem))
		return;
	b->problem[b->n_problems].fault = fault;
	b->problem[b->n_problems].text = text ? text : "";
	b->n_problems++;
}

/* The n-th word of s, its length in *ret_len; NULL past the end. */
static const char *next_word(const char *s, size_t *ret_len)
{
	while (*s == ' ')
		s++;
	*ret_len = strcspn(s, " ");
	return *ret_len ? s : NULL;
}

static bool is_word(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && strncmp(s, word, len) == 0;
}

/* Replaces the first word of the list, so that no more is shortened than is needed. */
static const char *shorten_once(struct arena *a, const char *line)
{
	const char *s = line;
	size_t len;

	while ((s = next_word(s, &len))) {
		for (size_t i = 0; i < ARRAY_LEN(shorter_words); i++)
			if (is_word(s, len, shorter_words[i].word))
				return arena_printf(a, "%.*s%s%s", (int)(s - line), line,
						    shorter_words[i].shorter, s + len);
		s += len;
	}
	return NULL;
}

/* "12 BIS" is written "12 B", "12-14" is "12": the sorting machine reads one number and one letter. */
static const char *street_number(struct arena *a, const char *line, const char *original)
{
	static const struct {
		const char *word, *letter;
	} marks[] = { { "BIS", "B" }, { "TER", "T" }, { "QUATER", "Q" } };
	size_t digits = strspn(line, "0123456789"),
	       original_digits = strspn(original, "0123456789"), len;
	const char *s = line + digits;

	if (digits == 0)
		return line;
	if (digits == original_digits && original[digits] == '-' && *s == ' ') {
		size_t second = strspn(s + 1, "0123456789");

		if (second > 0 && s[1 + second] == ' ')
			return arena_printf(a, "%.*s%s", (int)digits, line, s + 1 + second);
	}
	s = next_word(s, &len);
	for (size_t i = 0; s && i < ARRAY_LEN(marks); i++)
		if (is_word(s, len, marks[i].word))
			return arena_printf(a, "%.*s %s%s", (int)digits, line, marks[i].letter,
					    s + len);
	return line;
}

/* Keeps the text of the first three lines as written, only squeezed; capitals come with the key. */
static void add_line(struct address_block *b, struct arena *a, const char *text, bool is_plain)
{
	const char *line, *shorter;

	if (str_empty(text) || b->n_lines == ADDRESS_LINES)
		return;
	line = is_plain ? text_key(a, text) : text_squeeze(a, text);
	if (line[0] == '\0')
		return;
	if (text_length(line) > ADDRESS_WIDTH) {
		shorter = text_key(a, line);
		while (text_length(shorter) > ADDRESS_WIDTH) {
			const char *again = shorten_once(a, shorter);

			if (!again)
				break;
			shorter = again;
		}
		/* A name that does not fit anyhow stays as it was written. */
		if (text_length(shorter) <= ADDRESS_WIDTH)
			line = shorter;
		else
			report(b, ADDRESS_TOO_LONG, line);
	}
	b->line[b->n_lines++] = line;
}

static const char *country_name(struct arena *a, const char *country)
{
	UChar name[100];
	char utf8[300], locale[8] = "_";
	UErrorCode status = U_ZERO_ERROR;
	int32_t n;

	strncat(locale, country, 2);
	uloc_getDisplayCountry(locale, "fr", name, ARRAY_LEN(name), &status);
	if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING)
		return country;
	u_strToUTF8(utf8, sizeof utf8 - 1, &n, name, -1, &status);
	if (U_FAILURE(status))
		return country;
	utf8[n] = '\0';
	return text_key(a, utf8);
}

/* "F-44000", "D-20095" and "CH-1200" are not written: the country has its own line. */
static const char *plain_postcode(struct arena *a, const char *postcode)
{
	const char *dash = strchr(postcode, '-');
	char *plain;

	if (dash && dash > postcode && dash - postcode <= 2 && postcode[0] >= 'A' &&
	    !str_starts(postcode, "LV-") && !str_starts(postcode, "LT-"))
		postcode = dash + 1;
	plain = text_squeeze(a, postcode);
	for (char *c = plain; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return plain;
}

static void add_town(struct address_block *b, struct arena *a, const struct address *in,
		     const char *country)
{
	const char *postcode = str_empty(in->postcode) ? "" : plain_postcode(a, in->postcode);
	const char *city = str_empty(in->city) ? "" : text_key(a, in->city);

	if (city[0] == '\0' || (postcode[0] == '\0' && !str_eq(country, "IE")))
		report(b, ADDRESS_NO_CITY, str_empty(in->city) ? in->postcode : in->city);
	if (postcode[0] && !postcode_has_form(country, postcode))
		report(b, ADDRESS_BAD_POSTCODE, in->postcode);
	if (str_eq(country, "GB")) {
		add_line(b, a, city, true);
		add_line(b, a, postcode, true);
		return;
	}
	/* The dash of a Portuguese or Polish postcode stays, so the line is joined after folding. */
	if (str_eq(country, "IE"))
		add_line(b, a, arena_printf(a, "%s %s", city, postcode), true);
	else if (city[0] || postcode[0])
		add_line(b, a, arena_printf(a, "%s %s", postcode, city), false);
}

static bool is_abroad(const char *country, const char *sender_country)
{
	/* Monaco is served by the French post as at home. */
	return !str_eq(country, sender_country) &&
	       !(str_eq(country, "MC") && str_eq(sender_country, "FR"));
}

/* The last three lines are in capitals even where street or building are missing and they reach up to the
 * name. The town's line is so already, and may hold the dash of its postcode. */
static void capitals_at_the_end(struct address_block *b, struct arena *a, size_t town)
{
	for (size_t i = b->n_lines > 3 ? b->n_lines - 3 : 0; i < b->n_lines; i++)
		if (i != town)
			b->line[i] = text_key(a, b->line[i]);
}

void address_block_make(const struct address *in, const char *sender_country, struct arena *a,
			struct address_block *ret)
{
	const char *country = str_empty(in->country) ? sender_country : in->country;
	const char *street = str_empty(in->street) ? NULL : text_key(a, in->street);
	size_t town;

	*ret = (struct address_block){ .n_lines = 0 };
	if (str_empty(in->name))
		report(ret, ADDRESS_NO_NAME, in->name);
	if (str_empty(in->street) && str_empty(in->box))
		report(ret, ADDRESS_NO_STREET, in->street);
	add_line(ret, a, in->name, false);
	add_line(ret, a, in->attention, false);
	add_line(ret, a, in->building, true);
	add_line(ret, a, street ? street_number(a, street, text_squeeze(a, in->street)) : NULL,
		 true);
	add_line(ret, a, in->box, true);
	town = ret->n_lines;
	add_town(ret, a, in, country);
	if (is_abroad(country, sender_country))
		add_line(ret, a, country_name(a, country), true);
	capitals_at_the_end(ret, a, town);
}
