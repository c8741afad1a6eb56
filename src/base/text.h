/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - UTF-8 text: checks, trimming, folding for comparison.
 *
 * Text is UTF-8 inside the program; files are converted at the edge (format/encoding.h). Names are
 * compared by their key: "Société d'Études & Cie" and "SOCIETE D ETUDES ET CIE" are near, not equal;
 * matching by likeness is the business of cash/.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"

/* Whether the bytes are well-formed UTF-8 without NUL. */
bool text_is_utf8(const char *s, size_t n);

/* Copy without white space (including no-break and narrow no-break spaces) at both ends. */
char *text_trim(struct arena *a, const char *s);

/* Copy with each run of white space made one space, and trimmed. */
char *text_squeeze(struct arena *a, const char *s);

/* Key for comparing names: compatibility decomposition, accents dropped, ligatures opened (œ, ß),
 * upper case, everything but letters and digits made one space. "Łódź & Cie" gives "LODZ CIE". */
char *text_key(struct arena *a, const char *s);

/* Key for comparing references: as text_key without any space. "FA 2026-0012" gives "FA20260012". */
char *text_reference_key(struct arena *a, const char *s);

/* What one character adds to a key: takes the UTF-8 character at s, writes its letters and digits to
 * ret_key (without NUL) and their number to *ret_n; none for marks, spaces and punctuation.
 * *ret_is_gap tells whether it parts words: accents that stand alone do not. Returns the character's
 * bytes. What is no UTF-8 is one byte that parts. */
enum { TEXT_KEY_CHAR_MAX = 64 };
size_t text_key_char(const char *s, char ret_key[TEXT_KEY_CHAR_MAX], size_t *ret_n,
		     bool *ret_is_gap);

/* Number of characters (code points). */
size_t text_length(const char *s);

/* Lower-case ASCII copy, for header names and the like. */
char *text_lower_ascii(struct arena *a, const char *s);

/* Whole decimal number without sign; false on anything else or above max. */
bool text_to_u64(const char *s, uint64_t max, uint64_t *ret);

#endif
