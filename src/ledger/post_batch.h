/* SPDX-License-Identifier: Apache-2.0 */
/*
 * post_batch.h - many postings of one transaction, written together.
 *
 * What they post upon is read in few statements, their rows are copied, and the balances change at the end, once for
 * each item: the rows are those that the same postings would have written one after the other. The guards of the
 * balances are the same; who lost a race is told by ERR_CONFLICT, and the whole transaction goes back.
 *
 *	struct post_batch b;
 *	if (!post_batch_begin(&b, db, arena, entity_id, item_id, n, e) ||
 *	    !post_batch_expect(&b, payments, n_payments, e))
 *		return false;
 *	for (each)
 *		if (!posting_begin_in(&p, &b, &event, "bank", e) ||
 *		    !post_item(&p, &payment, &id, e) || !post_allocation(&p, &allocation, NULL, e))
 *			return false;
 *	return post_batch_end(&b, e);
 *
 * Inside the caller's transaction, which is rolled back when anything fails. Within a batch only post_item,
 * post_allocation and posting_item know what it has not written yet.
 */
#ifndef LEDGER_POST_BATCH_H
#define LEDGER_POST_BATCH_H

#include "base/list.h"
#include "base/map.h"
#include "db/event.h"
#include "ledger/post.h"

struct batch_item {
	struct item item; /* open_minor: after what the batch took */
	int64_t had_minor;
};

struct post_batch {
	struct db *db;
	struct arena *arena;
	int64_t entity_id;
	struct closed_days closed;
	struct batch_item *read; /* by id */
	size_t n_read;
	LIST_OF(struct batch_item) made; /* by id */
	struct map ordinals;             /* by identity: the highest, an int64_t */
	struct db_copy *events, *items, *balances, *allocations, *touched;
	int64_t touched_event, touched_customer; /* the last ones */
};

/* Only the items named here, twice or not, can be posted upon; those that are gone are not found. */
bool post_batch_begin(struct post_batch *b, struct db *db, struct arena *a, int64_t entity_id,
		      const int64_t *item_id, size_t n, struct err *e) NODISCARD;

/* Only items of the customer, kind, document and year of issue of one of these can be added. */
bool post_batch_expect(struct post_batch *b, const struct new_item *list, size_t n,
		       struct err *e) NODISCARD;

/* As posting_begin; the event's company and moment are those of ev. */
bool posting_begin_in(struct posting *p, struct post_batch *b, const struct event *ev,
		      const char *source, struct err *e) NODISCARD;

/* Writes what is left: then the database is as the postings said. */
bool post_batch_end(struct post_batch *b, struct err *e) NODISCARD;

/* ---- for post.c ---- */

/* NULL when it was not asked for. */
struct batch_item *post_batch_item(struct post_batch *b, int64_t item_id);

/* The next free ordinal of the identity, taken. */
int64_t post_batch_ordinal(struct post_batch *b, const struct new_item *it,
			   const char *document_key);

void post_batch_made(struct post_batch *b, const struct item *it);
bool post_batch_touch(struct post_batch *b, int64_t event_id, int64_t customer_id,
		      struct err *e) NODISCARD;

#endif
