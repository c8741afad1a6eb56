/* SPDX-License-Identifier: Apache-2.0 */
#include "i18n/catalogue.h"
#include "i18n/embedded.h"

#include <stdlib.h>
#include <strings.h>

struct catalogue {
	const char *language;
	const unsigned char *mo; /* NULL for English: the texts are their own translation */
	const size_t *size;
};

static const struct catalogue catalogues[] = {
	{ "en", NULL, NULL },
	{ "fr", i18n_fr_mo, &i18n_fr_mo_size },
};

static const char *const languages[] = { "en", "fr", NULL };

/* ---- compiled catalogues (GNU .mo, byte order of this machine) ---------------------------------
 */

enum { MO_HEADER = 28 };
static const uint32_t mo_magic = UINT32_C(0x950412de);

static uint32_t number_at(const unsigned char *mo, size_t offset)
{
	uint32_t v;

	memcpy(&v, mo + offset, sizeof v);
	return v;
}

/* Entry i of the table at offset: a text with its length; NULL when it leaves the file. */
static const char *text_at(const unsigned char *mo, size_t size, uint32_t table, uint32_t i,
			   uint32_t *ret_len)
{
	size_t entry = (size_t)table + (size_t)i * 8;
	uint32_t offset;

	if (entry + 8 > size)
		return NULL;
	*ret_len = number_at(mo, entry);
	offset = number_at(mo, entry + 4);
	if ((size_t)offset + *ret_len >= size || mo[(size_t)offset + *ret_len] != '\0')
		return NULL;
	return (const char *)mo + offset;
}

const char *mo_find(const void *bytes, size_t size, const char *text, unsigned long form)
{
	const unsigned char *mo = bytes;
	uint32_t low = 0, high, originals, translations, len;
	const char *found;

	if (size < MO_HEADER || number_at(mo, 0) != mo_magic)
		return NULL;
	high = number_at(mo, 8);
	originals = number_at(mo, 12);
	translations = number_at(mo, 16);
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const char *key = text_at(mo, size, originals, middle, &len);
		int order = key ? strcmp(text, key) : 0;

		if (!key)
			return NULL;
		if (order < 0) {
			high = middle;
		} else if (order > 0) {
			low = middle + 1;
		} else {
			found = text_at(mo, size, translations, middle, &len);
			for (const char *end = found ? found + len : NULL; found && form > 0;
			     form--) {
				found += strlen(found) + 1;
				if (found > end)
					return NULL;
			}
			return found;
		}
	}
	return NULL;
}

/* ---- lookup ------------------------------------------------------------------------------------
 */

/* Whether a language tag ("fr-FR", "fr_CA") is of the language. */
static bool is_of(const char *tag, size_t n, const char *language)
{
	size_t len = strlen(language);

	return n >= len && strncasecmp(tag, language, len) == 0 &&
	       (n == len || tag[len] == '-' || tag[len] == '_');
}

static const struct catalogue *find(const char *tag, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(catalogues); i++) {
		if (is_of(tag, n, catalogues[i].language))
			return &catalogues[i];
	}
	return NULL;
}

const struct catalogue *catalogue_find(const char *language)
{
	const struct catalogue *cat = language ? find(language, strlen(language)) : NULL;

	return cat ? cat : &catalogues[0];
}

bool catalogue_has(const char *language)
{
	return language && find(language, strlen(language));
}

const char *catalogue_language(const struct catalogue *cat)
{
	return cat->language;
}

const char *const *catalogue_languages(void)
{
	return languages;
}

const char *tr(const struct catalogue *cat, const char *text)
{
	const char *found = NULL;

	if (cat->mo && text[0] != '\0') /* "" is the key of the header */
		found = mo_find(cat->mo, *cat->size, text, 0);
	return found && found[0] ? found : text;
}

const char *trn(const struct catalogue *cat, const char *one, const char *many, unsigned long n)
{
	const char *header, *found = NULL;

	if (cat->mo) {
		header = mo_find(cat->mo, *cat->size, "", 0);
		found = mo_find(cat->mo, *cat->size, one, header ? plural_form(header, n) : 0);
	}
	if (found && found[0])
		return found;
	return n == 1 ? one : many;
}

/* ---- Accept-Language ---------------------------------------------------------------------------
 */

/* The q of "fr;q=0.8" in thousandths, 1000 when it has none. */
static int quality(const char *s, const char *end)
{
	const char *q = memmem(s, (size_t)(end - s), "q=", 2);
	int v = 0, scale = 1000;

	if (!q)
		return 1000;
	for (q += 2; q < end && ((*q >= '0' && *q <= '9') || *q == '.'); q++) {
		if (*q == '.')
			continue;
		v += (*q - '0') * scale;
		scale /= 10;
	}
	return v > 1000 ? 1000 : v;
}

const char *catalogue_negotiate(const char *accept_language)
{
	const char *best = "en", *s = accept_language ? accept_language : "";
	int best_quality = 0;

	while (*s) {
		const char *end = s + strcspn(s, ",");
		const struct catalogue *cat;
		int q;

		s += strspn(s, " \t");
		cat = s < end ? find(s, strcspn(s, ",; \t")) : NULL;
		q = cat ? quality(s, end) : 0;
		if (q > best_quality) {
			best = cat->language;
			best_quality = q;
		}
		s = *end ? end + 1 : end;
	}
	return best;
}
