/* SPDX-License-Identifier: Apache-2.0 */
/*
 * subset.h - which of some amounts add up to a sum, and how many choices do.
 *
 * Meet in the middle over classes of equal amounts: exact and complete while the choices fit the
 * work allowed (about thirty different amounts, any number of equal ones up to some thousands); with
 * more only the first ones are tried and the answer says that it is not complete.
 *
 *	struct subset_answer s;
 *	subset_find(arena, arena, &room, minor, n, 12345, &s);
 *	if (s.is_complete && s.n_ways == 1)
 *		pay(s.kept[0].at, s.kept[0].n);
 */
#ifndef MATCH_SUBSET_H
#define MATCH_SUBSET_H

#include "base/arena.h"

enum { SUBSET_SIZES = 40, SUBSET_KEPT = 8 };

struct subset_choice {
	uint32_t *at; /* indexes, ascending; of equal amounts the first ones */
	size_t n;
	double ways; /* choices that differ from this one only by which of equal amounts they take */
};

struct subset_answer {
	/* Choices of items by their number; the last entry counts all larger ones too. */
	double ways[SUBSET_SIZES];
	double n_ways;                          /* all together */
	struct subset_choice kept[SUBSET_KEPT]; /* fewest items first */
	size_t n_kept;
	bool is_complete;
	uint64_t n_steps; /* sums made */
};

/* Memory that one question after the other uses; NULL at first. */
struct subset_room;

/* Choices of at least one item, of amounts not zero (negative ones are credit notes). Indexes live in a; the
 * room is made in lasting when it is not there yet. */
void subset_find(struct arena *a, struct arena *lasting, struct subset_room **room,
		 const int64_t *minor, size_t n, int64_t sum, struct subset_answer *ret);

/* The logarithm of n over k. */
double subset_ln_choices(size_t n, size_t k);

#endif
