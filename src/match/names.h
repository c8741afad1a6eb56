/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.h - whose name is it? For the matching alone (see match.h).
 *
 * The names of customers are kept as words: without legal form and small words, abbreviations opened,
 * in any order. Rare words weigh more. Rows are numbered as they were added; who asks knows what a row is.
 *
 *	names_add(names, "Transports Vroulet SARL");	// row 0
 *	names_finish(names);
 *	names_find(names, scratch, &folded, NAMES_WHOLE, &list);
 */
#ifndef MATCH_NAMES_H
#define MATCH_NAMES_H

#include "base/list.h"
#include "match/fold.h"

struct names;

struct names *names_new(struct arena *a, size_t n_rows);

/* The next row's name; NULL and "" are rows that nothing finds. */
void names_add(struct names *ns, const char *name);

/* After the last row, before the first search. */
void names_finish(struct names *ns);

/* Whether the text is a name, or a name stands somewhere in it. */
enum names_mode { NAMES_WHOLE, NAMES_INSIDE };

struct names_hit {
	uint32_t row;
	double likeness;   /* 0 .. 1 */
	bool is_covered;   /* the name has every word of the text, and perhaps more */
	uint32_t from, to; /* characters of the folded text between which the name's words stand */
};

struct names_hits {
	LIST_OF(struct names_hit);
	/* More names may be as like than could be looked at: none of them is certain. */
	bool is_crowded;
	uint32_t n_steps; /* words and names looked at */
};

/* Rows like the text, in no order, each once; what is clearly less like than the best may be left
 * out. The work is bounded, whatever the text. Lives in the scratch arena. */
void names_find(const struct names *ns, struct arena *scratch, const struct folded *text,
		enum names_mode mode, struct names_hits *ret);

/* How like the text, as a whole name, each of these rows is: ret->at[i] is of rows[i], with the likeness 0
 * when it is less than NAMES_LEAST. */
void names_compare(const struct names *ns, struct arena *scratch, const struct folded *text,
		   const uint32_t *rows, size_t n, struct names_hits *ret);

#define NAMES_LEAST 0.55

#endif
