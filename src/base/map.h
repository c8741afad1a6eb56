/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map.h - from a text key to a pointer, in an arena.
 *
 *	struct map m;
 *	map_init(&m, arena);
 *	map_set(&m, customer->code, customer);
 *	struct customer *c = map_get(&m, "C0001");
 *
 * Keys are copied into the arena. Open addressing with a keyed hash (SipHash-like mixing with a random
 * seed), so that a hostile file cannot make all keys collide. Iteration follows insertion.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

struct map_entry {
	const char *key;
	void *value;
	uint64_t hash;
};

struct map {
	struct map_entry *entries; /* in order of insertion */
	size_t n;
	size_t room;
	uint32_t *slots; /* index + 1 into entries */
	size_t n_slots;
	uint64_t seed;
	struct arena *arena;
};

void map_init(struct map *m, struct arena *a);

/* Adds or replaces. value must not be NULL. */
void map_set(struct map *m, const char *key, void *value);

/* NULL when absent. */
void *map_get(const struct map *m, const char *key);

#endif
