/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_facts.h - the facts of some customers on their way into a chunk of the book: read from the rows
 * (book_rows.c), or taken out of an older chunk for the customers that did not change.
 *
 *	struct book_facts f;
 *	facts_init(&f, arena);
 *	if (!facts_read(&f, db, &(struct facts_range){ entity_id, low_id, high_id, position }, e) ||
 *	    !facts_build(&f, from, to, &bytes, &n, e))
 */
#ifndef LEDGER_BOOK_FACTS_H
#define LEDGER_BOOK_FACTS_H

#include "base/list.h"
#include "db/db.h"
#include "ledger/book_chunk.h"

struct fact_customer {
	int64_t id;
	const char *code, *name, *kind, *segment, *means, *status;
	int64_t limit_minor; /* CHUNK_NO_LIMIT: none */
	day_t excluded_until;
	uint32_t known;
	size_t first_item, n_items; /* by facts_sort */
	size_t first_owner, n_owners;
	size_t first_paper, n_papers;
};

struct fact_owner {
	int64_t id;
	int64_t customer_id;
	int64_t user_id;
	const char *name;
	day_t effective;
	uint32_t known;
	uint8_t role;
};

struct fact_item {
	int64_t id;
	int64_t customer_id;
	const char *document, *payment_ref;
	int64_t amount_minor;
	int64_t open_minor; /* by facts_sort */
	size_t first_entry, n_entries;
	day_t issued_on, due_on, effective;
	uint32_t known, undone;
	uint8_t kind, due_source;
	char currency[4];
	bool is_hot;
	uint32_t place; /* in the chunk, by facts_build */
};

/* One side of an allocation. minor is taken from what is open of the item. */
struct fact_entry {
	int64_t id;
	int64_t reverses_id;
	int64_t item_id;
	int64_t minor;
	const char *lettering;
	day_t effective;
	uint32_t known, undone;
};

struct fact_change {
	int64_t id;
	int64_t item_id;
	day_t old;
	uint32_t known;
	uint8_t field;
};

struct fact_dispute {
	int64_t id;
	int64_t item_id;
	int64_t minor;
	day_t opened_on, closed_on;
	uint32_t known, closed_known;
};

struct fact_paper {
	int64_t id;
	int64_t customer_id;
	int64_t item_id;
	day_t from_on, until_on;
	uint32_t known, undone;
	uint8_t kind;
};

struct book_facts {
	struct arena *arena;
	LIST_OF(struct fact_customer) customers;
	LIST_OF(struct fact_owner) owners;
	LIST_OF(struct fact_item) items;
	LIST_OF(struct fact_entry) entries;
	LIST_OF(struct fact_change) changes;
	LIST_OF(struct fact_dispute) disputes;
	LIST_OF(struct fact_paper) papers;
	struct fact_item **by_id, **by_customer; /* by facts_sort */
};

void facts_init(struct book_facts *f, struct arena *a);

/* Customers of one company with ids from low to high, as the log tells them up to the position: what is
 * written but not sealed by then is left out; FACTS_ALL takes everything that is seen, also what the open
 * transaction wrote. */
#define FACTS_ALL ((uint32_t)UINT32_MAX - 1)
struct facts_range {
	int64_t entity_id;
	int64_t low_id, high_id;
	uint32_t position;
};

/* Adds the customers' facts. Runs in the caller's transaction, which must see one state of the database. */
bool facts_read(struct book_facts *f, struct db *db, const struct facts_range *range,
		struct err *e) NODISCARD;

/* Only the customers themselves and their owners; their items come from elsewhere (book_bulk.h). */
bool facts_read_customers(struct book_facts *f, struct db *db, const struct facts_range *range,
			  struct err *e) NODISCARD;

/* Adds the facts of customer k of a chunk. */
void facts_take(struct book_facts *f, const struct chunk *c, uint32_t k);

/* Puts everything in order and computes what is open. Before facts_build. ERR_RANGE when the entries of an item
 * overflow; ERR_DB when a fact is of no item. */
bool facts_sort(struct book_facts *f, struct err *e) NODISCARD;

/* Lays the customers [from, to) out as the bytes of one chunk, from malloc. */
void facts_build(struct book_facts *f, size_t from, size_t to, void **ret_bytes, size_t *ret_n);

#endif
