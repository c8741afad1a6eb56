/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demo_puzzles.h - what arrives in the last week and no machine should decide: a number that is somebody
 * else's, one of several equal amounts, a relative who pays, a direct debit that comes back.
 */
#ifndef DAY_DEMO_PUZZLES_H
#define DAY_DEMO_PUZZLES_H

#include "day/demo_world.h"

struct demo_puzzle {
	day_t on;
	int64_t minor;    /* negative: money that comes back to its payer */
	const char *code; /* ISO family and subfamily of the movement */
	const char *name, *iban;
	const char *text;
	const char *return_reason; /* ISO code; NULL: no return */
};

struct demo_puzzles {
	struct demo_puzzle *at;
	size_t n, room;
};

/* Puzzles of the days from .. to, made of documents that nobody paid. They live in the world's arena. */
void demo_puzzles_make(const struct demo_world *w, day_t from, day_t to, struct demo_puzzles *ret);

#endif
