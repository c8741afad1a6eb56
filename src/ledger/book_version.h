/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_version.h - the book of one company at one position of the log: chunks in order of their customers' ids.
 *
 * A version never changes. Following the log makes a new one that shares every chunk whose customers did not
 * change; who reads a version keeps it until he releases it.
 */
#ifndef LEDGER_BOOK_VERSION_H
#define LEDGER_BOOK_VERSION_H

#include "db/db.h"
#include "ledger/book_chunk.h"

#include <pthread.h>
#include <stdatomic.h>

/* A chunk and what keeps its bytes alive. */
struct book_part {
	struct chunk c;
	atomic_int n_uses;
	void *own;             /* from malloc; NULL: in a mapped file */
	struct book_map *file; /* the file, held */
};

struct book_view; /* book_view.h */

struct book_version {
	int64_t entity_id;
	_Atomic uint32_t position; /* rises while what comes in the log is not the book's */
	atomic_int n_uses;
	struct book_part **part;
	size_t n_parts;
	size_t n_customers, n_items, n_hot;
	size_t n_own_bytes;         /* of chunks outside of the file */
	day_t last_effective;       /* the latest of the chunks' */
	uint32_t last_position;     /* likewise */
	struct book_totals *totals; /* of now; NULL: not kept */
	/* what was computed of this version, once for all */
	pthread_mutex_t lock;
	struct book_view *views;
};

/* Customers a version must read again from the rows, rising; or all of them. */
struct book_dirty {
	const int64_t *id;
	size_t n;
	bool is_all;
};

/* Items per chunk that are aimed at: small enough to be read again for one customer, large enough to fold fast. */
enum { BOOK_CHUNK_ITEMS = 2000 };

/* Reads a whole company: by scans of the tables where they are quicker (book_bulk.h), else a few hundred customers
 * at a time. Runs in a transaction of its caller that sees one state of the database throughout. */
bool version_build(struct db *db, int64_t entity_id, uint32_t position, struct book_version **ret,
		   struct err *e) NODISCARD;

/* Of some customers alone (ids low to high), for questions inside a transaction that writes. */
bool version_build_range(struct db *db, int64_t entity_id, int64_t low_id, int64_t high_id,
			 uint32_t position, struct book_version **ret, struct err *e) NODISCARD;

/* The version at a later position: chunks with dirty customers are made anew. */
bool version_follow(struct db *db, const struct book_version *before, uint32_t position,
		    const struct book_dirty *dirty, struct book_version **ret,
		    struct err *e) NODISCARD;

struct book_version *version_keep(struct book_version *v);
void version_release(struct book_version *v); /* NULL is fine */

/* For who makes one: an empty version, a chunk at its end (the version takes one use of it). */
struct book_version *version_new(int64_t entity_id, uint32_t position);
void version_add(struct book_version *v, struct book_part *p);
struct book_part *part_keep(struct book_part *p);
void part_release(struct book_part *p);

/* A part over bytes from malloc, which it then owns. */
struct book_part *part_of_bytes(void *bytes, size_t n);

/* The last part that begins at or before the customer's id; 0 when none does. */
size_t version_part(const struct book_version *v, int64_t customer_id);

#endif
