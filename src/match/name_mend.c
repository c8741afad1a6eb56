/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spaces that stand one letter off, or within a word: "ETABLISSEMENTSJ OLY", "GA Y". A space is moved only where
 * that makes words of names, or legal forms, of what was none.
 */
#include "match/names_inside.h"

static bool is_known(const struct names *ns, const char *at, size_t len)
{
	return len > 0 && (names_word(ns, at, len) != INDEX_NONE || name_is_noise(at, len));
}

static bool is_word(const struct names *ns, const char *at, size_t len)
{
	return len >= 3 && names_word(ns, at, len) != INDEX_NONE;
}

/* Where the space at i, between the words that begin at from and end at to, belongs; from: nowhere. */
static size_t better_place(const struct names *ns, const char *at, size_t from, size_t i, size_t to)
{
	const size_t places[] = { i + 1, i - 1 };

	if (is_known(ns, at + from, i - from) && is_known(ns, at + i, to - i))
		return i;
	for (size_t k = 0; k < ARRAY_LEN(places); k++) {
		size_t p = places[k];
		if (p > from && p < to && is_known(ns, at + from, p - from) &&
		    is_known(ns, at + p, to - p) &&
		    (is_word(ns, at + from, p - from) || is_word(ns, at + p, to - p)))
			return p;
	}
	return is_word(ns, at + from, to - from) ? from : i;
}

static size_t next_start(const bool *is_start, size_t i, size_t n)
{
	for (i++; i < n && !is_start[i]; i++)
		;
	return i;
}

void names_mend_spaces(const struct names *ns, struct arena *scratch, struct folded *text)
{
	size_t n = text->n, from = 0, i;
	bool *is_start;

	if (n == 0)
		return;
	is_start = arena_memdup(scratch, text->is_start, n * sizeof *is_start);
	for (i = next_start(is_start, from, n); i < n;) {
		size_t to = next_start(is_start, i, n);
		size_t place = better_place(ns, text->at, from, i, to);
		if (place != i) {
			is_start[i] = false;
			is_start[place] = true;
		}
		/* A word that was joined may have lost more. */
		from = place > from ? place : from;
		i = next_start(is_start, from, n);
	}
	text->is_start = is_start;
}
