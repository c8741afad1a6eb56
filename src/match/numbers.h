/* SPDX-License-Identifier: Apache-2.0 */
/*
 * numbers.h - how this company numbers its documents, for the matching.
 *
 * Nothing about the style of numbers is assumed: which part counts, which is the year and which is a
 * prefix is learned from the documents themselves.
 */
#ifndef MATCH_NUMBERS_H
#define MATCH_NUMBERS_H

#include "base/date.h"
#include "match/index.h"

/* Letters that are read as digits and digits that are read as letters become one: O 0, I L 1, Z 2, S 5,
 * B 8. */
extern const char number_plain_of[256];
static inline char number_plain(char c)
{
	char plain = number_plain_of[(unsigned char)c];

	return plain ? plain : c;
}

/* ---- keys to look for in a text ---- */

enum { KEY_MAX = 60, KEY_LEAST = 3, KEY_STARTS = 4096 };

/* Keys of rows: found by the plain reading of their letters and digits. */
struct key_set {
	struct index by_key;
	size_t n;
	const char **key; /* by row; NULL for rows that have none */
	uint64_t *starts; /* by the first characters: the lengths that keys have */
};

/* For n rows of which n_added have a key at most. */
void key_set_init(struct key_set *set, struct arena *a, size_t n, size_t n_added);
/* From the last row to the first; key is folded (letters and digits) and borrowed. Keys shorter than least
 * or longer than KEY_MAX are left out. */
void key_set_add(struct key_set *set, uint32_t row, const char *key, size_t least);

/* A bit for each length that a key beginning with these three characters may have. */
uint64_t key_set_lengths(const struct key_set *set, const char *at);

/* The first row whose key reads as the characters, INDEX_NONE when none; then the next. */
uint32_t key_set_find(const struct key_set *set, const char *at, size_t len);
uint32_t key_set_next(const struct key_set *set, uint32_t row, const char *at, size_t len);

/* ---- parts of a number ---- */

/* Places in the folded key. */
struct number_parts {
	uint8_t prefix_from, prefix_len; /* letters right before the year or the count */
	uint8_t year_from, year_len;     /* 0, 2 or 4 digits */
	uint8_t count_from, count_len;   /* what counts up, leading zeros apart */
	uint8_t zeros;                   /* how many zeros lead it */
};

enum { NUMBER_MAX_RUNS = 6, NUMBER_SEEN = 16 };

/* What the company's numbers are made of. */
struct number_style {
	/* Which values stand in each run of digits of numbers of so many runs, as bits: the run of most
	 * values counts, the others are years, branches, check digits. */
	uint64_t seen[NUMBER_MAX_RUNS + 1][NUMBER_MAX_RUNS][NUMBER_SEEN];
	/* What the run that counts begins with, by its length. */
	uint32_t n[32], n_year4[32], n_year2[32];
};

/* First for all documents, then number_learn for all, then number_parse. */
void number_learn_runs(struct number_style *style, const char *document);
void number_learn(struct number_style *style, const char *document, day_t issued_on);

/* Parts of a document's number; false when it has no digit or is too long. */
bool number_parse(const struct number_style *style, const char *document, day_t issued_on,
		  struct number_parts *ret);

/* Whether letters stand among or behind the digits of a folded number: "RE0018Z". */
bool number_is_mixed(const char *key);

#endif
