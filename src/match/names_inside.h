/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names_inside.h - how names are kept; for names.c and name_find.c.
 */
#ifndef MATCH_NAMES_INSIDE_H
#define MATCH_NAMES_INSIDE_H

#include "match/index.h"
#include "match/name_words.h"
#include "match/names.h"

struct vocabulary_word {
	const char *at;
	uint32_t len;
	uint32_t first,
		n_rows; /* its rows are postings[first] .. postings[first + n_rows], ascending */
	double weight;  /* rare words weigh more */
};

struct names {
	struct arena *arena, *scratch;
	size_t n_rows, room;
	uint32_t *first;         /* words of row r: words.at[first[r]] .. words.at[first[r + 1]] */
	LIST_OF(uint32_t) words; /* their numbers in the vocabulary */
	LIST_OF(struct vocabulary_word) vocabulary;
	size_t vocabulary_room;
	uint32_t *postings;
	double max_weight;
	struct index by_text;  /* words */
	struct index by_half;  /* halves of words: 2 * word, + 1 for the last letters */
	struct index by_set;   /* rows, by their words in any order */
	struct index by_glued; /* rows, by their words without spaces */
};

enum { NAMES_MAX_GLUED = 96, NAMES_MAX_HALF = 16, NAMES_LEAST_SLIP = 5 };

/* The word's number, INDEX_NONE when no name has it. */
uint32_t names_word(const struct names *ns, const char *at, size_t len);

/* The row's words in ascending order; how many. */
size_t names_set(const struct names *ns, uint32_t row, uint32_t ret[NAME_MAX_WORDS]);

/* The row's words without spaces, 0 when they are too long. */
size_t names_glued(const struct names *ns, uint32_t row, char ret[NAMES_MAX_GLUED]);

/* The key of the first or last letters of a word that looks like one of of_len letters. */
size_t names_half_key(const char *at, size_t len, size_t of_len, bool is_tail,
		      char ret[NAMES_MAX_HALF]);

/* Puts spaces of the text where they make words of names out of what is none (name_mend.c). */
void names_mend_spaces(const struct names *ns, struct arena *scratch, struct folded *text);

#endif
