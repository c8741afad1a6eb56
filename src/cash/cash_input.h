/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cash_input.h - what the matching is told of one company: customers, open documents, what was learned of
 * payers. Not for other rooms: their door is cash.h.
 *
 *	struct cash_input in;
 *	if (!cash_input_load(db, a, entity_id, today, &in, e))
 *		return false;
 *	book = match_book_new(a, &in.match);
 */
#ifndef CASH_CASH_INPUT_H
#define CASH_CASH_INPUT_H

#include "cash/cash.h"
#include "ledger/book.h"

struct cash_input {
	struct match_input match;
	struct match_customer *customers; /* those of match */
	const struct book *ledger;        /* whose customers have the indexes of match.customers */
};

/* As of a day; everything lives in the arena. */
bool cash_input_load(struct db *db, struct arena *a, int64_t entity_id, day_t date,
		     struct cash_input *ret, struct err *e) NODISCARD;

/* How they paid until now (habits.h). Not for the past played again: it would know what came later. */
bool cash_input_add_habits(struct db *db, struct arena *a, int64_t entity_id, struct cash_input *in,
			   struct err *e) NODISCARD;

/* A document that may be paid: what customers owe, and credit notes that they may deduct. */
bool cash_input_may_be_paid(enum item_kind kind, int64_t open_minor);

/* The entry as the matching sees it. */
void cash_input_entry(struct arena *a, const struct entry *en, int64_t entity_id,
		      struct match_entry *ret);

#endif
