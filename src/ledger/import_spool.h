/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_spool.h - the item facts of a file, packed, until its customers' turn comes.
 *
 * A fact is a large struct and a file may hold ten million of them: between reading and planning each takes
 * about as many bytes as its line in the file. Private to ledger/import*.
 */
#ifndef LEDGER_IMPORT_SPOOL_H
#define LEDGER_IMPORT_SPOOL_H

#include "base/arena.h"

struct item_fact;

struct spool_chunk {
	struct spool_chunk *next;
	size_t n, used, room; /* facts; bytes */
	unsigned char bytes[];
};

struct spool {
	struct arena *arena;
	struct spool_chunk *first, *last;
	size_t n;
};

/* A packed fact. */
struct spooled {
	const unsigned char *at;
};

/* A walk over all facts in their order. Begin with { .chunk = s->first }. */
struct spool_walk {
	const struct spool_chunk *chunk;
	const unsigned char *at;
	size_t n; /* of the chunk, gone by */
};

void spool_init(struct spool *s, struct arena *a);

/* Keeps the fact of that customer, in the order of the calls. entry is the reader's own number. */
void spool_put(struct spool *s, const struct item_fact *f, uint32_t customer, uint32_t entry);

/* The next fact; false behind the last. */
bool spool_next(struct spool_walk *w, struct spooled *ret);

/* The number of the fact's customer. */
uint32_t spool_customer(struct spooled from);

/* The fact, without its customer; its texts stay in the spool. */
void spool_get(struct spooled from, struct item_fact *ret, uint32_t *ret_entry);

#endif
