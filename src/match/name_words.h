/* SPDX-License-Identifier: Apache-2.0 */
/*
 * name_words.h - the words of a name that tell who it is; for names.c.
 */
#ifndef MATCH_NAME_WORDS_H
#define MATCH_NAME_WORDS_H

#include "match/fold.h"

enum { NAME_MAX_WORDS = 12, NAME_TEXT_WORDS = 32 };

struct name_word {
	const char *at; /* not ended by NUL; the full word when it was an abbreviation */
	uint32_t len;
	uint32_t from, to; /* characters of the folded text */
};

/* The first max words of the folded text at most: legal forms and small words left out (unless there is
 * nothing else), abbreviations opened, letters that stand alone joined ("S. A. R. L."). */
size_t name_words(const struct folded *f, struct name_word *ret, size_t max);

/* Whether the word is a legal form with a slip of the pen: "SRAL", "LIMITD". */
bool name_is_form_slip(const char *at, size_t len);

/* Whether the word is left out of names. */
bool name_is_noise(const char *at, size_t len);

#endif
