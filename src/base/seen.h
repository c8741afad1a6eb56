/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen.h - which of very many texts came before, and a number for each.
 *
 * Texts are not kept: they are told apart by 128 bits of a hash with a random key, so that ten million of them
 * take a few hundred megabytes whatever their length, and no file can make two of them meet.
 *
 *	struct seen s;
 *	seen_init(&s);
 *	uint64_t *line = seen_at(&s, key, strlen(key));
 *	if (*line)
 *		... came before, on that line
 *	*line = 12;
 *	seen_done(&s);
 */
#ifndef BASE_SEEN_H
#define BASE_SEEN_H

#include "base/base.h"

struct seen_slot {
	uint64_t hash[2];
	uint64_t value; /* 0: the slot is free */
};

struct seen {
	unsigned char key[16];
	struct seen_slot *slots;
	size_t n, n_slots;
};

void seen_init(struct seen *s);
void seen_done(struct seen *s);

/* The number kept with the text; 0 when it is new: then write one that is not 0. Valid until the next call. */
uint64_t *seen_at(struct seen *s, const void *text, size_t n);

#endif
