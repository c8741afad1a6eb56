/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index.h - from text to the numbers of the rows that carry it, for the matching.
 *
 * Several rows may share a key; they come in ascending order. Only 32 bits of a keyed hash are stored:
 * whoever reads compares the text.
 */
#ifndef MATCH_INDEX_H
#define MATCH_INDEX_H

#include "base/arena.h"

#define INDEX_NONE UINT32_MAX

struct index_slot {
	uint32_t hash;
	uint32_t first; /* row + 1; 0 is free */
};

struct index {
	struct index_slot *slots;
	uint32_t *next; /* per row */
	size_t n_slots;
	uint64_t key[2];
};

/* For at most n rows, numbered 0 .. n-1. */
void index_init(struct index *ix, struct arena *a, size_t n);
/* The same, of which n_added are added at most: many rows may have no such text. */
void index_init_some(struct index *ix, struct arena *a, size_t n, size_t n_added);

/* Add rows from the last to the first. A row is added once at most. */
void index_add(struct index *ix, const char *text, size_t len, uint32_t row);

/* The first row whose text has that hash, INDEX_NONE when none; then the next. */
uint32_t index_find(const struct index *ix, const char *text, size_t len);
uint32_t index_next(const struct index *ix, uint32_t row);

#endif
