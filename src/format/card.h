/* SPDX-License-Identifier: Apache-2.0 */
/*
 * card.h - records of a fixed number of characters (CFONB 120 and 240), which may follow each other without line
 * ends. Accents take two bytes, so that positions are not offsets.
 *
 *	struct card c = { .line = line };
 *	if (!card_cut(s, n, 120, &c))	// fewer than 120 are left
 *		...
 *	code = card_part(&c, 33, 34);
 *	s += card_bytes(&c);
 */
#ifndef FORMAT_CARD_H
#define FORMAT_CARD_H

#include "format/csv.h"

enum { CARD_MAX = 240 };

struct card {
	const char *text;
	size_t at[CARD_MAX + 1]; /* where each of its characters begins, and the last one ends */
	int n;                   /* characters */
	int64_t line;            /* the caller's */
};

/* The first n_characters (at most CARD_MAX) of the UTF-8 text; false when it has fewer. */
bool card_cut(const char *s, size_t n, int n_characters, struct card *ret);

/* Characters from to last, counted from 1 as the standards do, without blanks at their ends. */
struct csv_field card_part(const struct card *c, int from, int last);

static inline size_t card_bytes(const struct card *c)
{
	return c->at[c->n];
}

#endif
