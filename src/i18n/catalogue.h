/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogue.h - texts in the reader's language.
 *
 * English is the language of the source, and the key of each text. Translations come from
 *po/ROOM.LANG.po, are checked and compiled when the program is built and embedded in it. A
 *catalogue belongs to a request or a message, never to the process.
 *
 *	const struct catalogue *cat = catalogue_find("fr");
 *	tr(cat, "Customers");				// "Clients"
 *	trn(cat, "%d item", "%d items", n);		// the format for n items
 *
 * xgettext finds tr, trn and N_ (a text in a constant table, translated where it is shown). Whole
 *sentences, never assembled from parts; arguments that change place are written %1$s, %2$s in the
 *translation.
 */
#ifndef I18N_CATALOGUE_H
#define I18N_CATALOGUE_H

#include "base/arena.h"

struct catalogue;

#define N_(text) text

/* The catalogue for "fr", "fr-FR", "EN_gb"; English for NULL and for what is not there. Never NULL.
 */
const struct catalogue *catalogue_find(const char *language);

/* Whether there are texts in that language: "fr", "en". */
bool catalogue_has(const char *language);

/* "fr": for the lang attribute, and to find the same catalogue again. */
const char *catalogue_language(const struct catalogue *cat);

/* The translation, or the text itself when there is none. Formats stay formats: the translation's
 * conversions were checked against the text's when the program was built. */
const char *tr(const struct catalogue *cat, const char *text) __attribute__((format_arg(2)));

/* The form for n. */
const char *trn(const struct catalogue *cat, const char *one, const char *many, unsigned long n)
	__attribute__((format_arg(2))) __attribute__((format_arg(3)));

/* The language we have that an Accept-Language header likes best; English when it likes none. */
const char *catalogue_negotiate(const char *accept_language);

/* For tests and tools: lookup in a compiled catalogue (.mo) of size bytes; NULL when absent or the
 * bytes are none. form is the plural form. */
const char *mo_find(const void *mo, size_t size, const char *text, unsigned long form);

/* The form that a Plural-Forms header gives to n: "nplurals=2; plural=(n > 1);". 0 when it cannot
 * be read. */
unsigned long plural_form(const char *header, unsigned long n);

#endif
