/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold.h - text of a bank as letters and digits alone, with the place where each stood.
 */
#ifndef MATCH_FOLD_H
#define MATCH_FOLD_H

#include "base/arena.h"

/* Letters and digits alone, upper case, without accents; pos[] tells where each came from. */
struct folded {
	char *at;       /* n characters and a NUL */
	uint32_t *pos;  /* n + 1 positions in the source; the last is its length */
	bool *is_start; /* the character begins a word of the source */
	size_t n;
	const char *source;
};

/* NULL folds as "". The source is borrowed. */
void fold_text(struct arena *a, const char *text, struct folded *ret);

/* Whether a match may begin before character i, or end there: at a word's edge, or where letters
 * meet digits. */
bool fold_is_edge(const struct folded *f, size_t i);

/* The byte of the source behind character i: a character is not cut. */
uint32_t fold_end(const struct folded *f, size_t i);

#endif
