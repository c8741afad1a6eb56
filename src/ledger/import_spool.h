/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_spool.h - the item facts of a file, packed, until its customers' turn comes.
 *
 * A fact is a large struct and a file may hold ten million of them: between reading and planning each takes about as
 * many bytes as its line in the file. The first of them wait in memory; when they are many, all go to a scratch file,
 * and of each only its place stays. Private to ledger/import*.
 *
 *	spool_put(s, &fact, customer, entry);		// any number of times
 *	struct spool_walk w = { 0 };
 *	while (spool_next(s, &w, &more, &fact, &customer, e) && more)
 *		...
 *	if (!spool_get(s, fact, arena, &f, &customer, &entry, e))
 */
#ifndef LEDGER_IMPORT_SPOOL_H
#define LEDGER_IMPORT_SPOOL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/list.h"

struct item_fact;

struct spool {
	struct arena *arena;
	size_t n;
	/* Private. */
	unsigned char *bytes; /* what is not in the file yet */
	size_t used, room;
	uint64_t n_written;
	LIST_OF(size_t) pieces; /* bytes of each writing: facts do not go across their borders */
	int fd;                 /* -1: all is in memory */
	struct err failure;     /* of a writing, told to who reads */
};

/* A packed fact: its place and its length. */
struct spooled {
	uint64_t at : 40, length : 24;
};

/* A walk over all facts in their order. */
struct spool_walk {
	unsigned char *bytes;
	size_t room, size, used, piece;
	uint64_t begin;
};

/* Goes with the arena, file and all. */
struct spool *spool_new(struct arena *a);

/* Keeps the fact of that customer, in the order of the calls. entry is the reader's own number. What cannot be
 * written is told by the first reading. */
void spool_put(struct spool *s, const struct item_fact *f, uint32_t customer, uint32_t entry);

/* The next fact and its customer's number; *ret_more is false behind the last. */
bool spool_next(struct spool *s, struct spool_walk *w, bool *ret_more, struct spooled *ret,
		uint32_t *ret_customer, struct err *e) NODISCARD;

/* The fact, without its customer, whose number is told; its texts live as long as the spool and the arena. */
bool spool_get(const struct spool *s, struct spooled from, struct arena *a, struct item_fact *ret,
	       uint32_t *ret_customer, uint32_t *ret_entry, struct err *e) NODISCARD;

#endif
