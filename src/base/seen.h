/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen.h - which of very many texts came before, and a number for each.
 *
 * Texts are not kept: they are told apart by 96 bits of a hash with a random key, so that ten million of them
 * take less than 300 megabytes whatever their length, and no file can make two of them meet. The table is in parts,
 * each of which grows by itself: the old and the new of all of it never lie side by side.
 *
 *	struct seen s;
 *	seen_init(&s);
 *	uint32_t *line = seen_at(&s, key, strlen(key));
 *	if (*line)
 *		... came before, on that line
 *	*line = 12;
 *	seen_done(&s);
 */
#ifndef BASE_SEEN_H
#define BASE_SEEN_H

#include "base/base.h"

enum { SEEN_PARTS = 64 };

struct seen_slot {
	uint32_t hash[3];
	uint32_t value; /* 0: the slot is free */
};

struct seen {
	unsigned char key[16];
	size_t n;
	struct seen_part {
		struct seen_slot *slots;
		size_t n, n_slots;
	} part[SEEN_PARTS];
};

void seen_init(struct seen *s);
void seen_done(struct seen *s);

/* The number kept with the text; 0 when it is new: then write one that is not 0. Valid until the next call. */
uint32_t *seen_at(struct seen *s, const void *text, size_t n);

#endif
