/* SPDX-License-Identifier: Apache-2.0 */
#include "i18n/catalogue.h"
#include "i18n/embedded.h"
#include "i18n/message.h"

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

const char *tr_message(const struct catalogue *cat, struct arena *a, const char *english)
{
	return cat->mo ? mo_message(cat->mo, *cat->size, a, english) : english;
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
