/* SPDX-License-Identifier: Apache-2.0 */
/*
 * return_store.h - returned payments in the ledger.
 *
 * A return undoes what its payment paid: the documents are open again, due when they were. The payment and the
 * money that went back settle each other, so that the account's sums stay true. A charge of the bank is asked for
 * when the company says so (setting return_fee: empty, "bank" or an amount). Taking it back restores everything.
 *
 * The accounting books the same return. A line of its file that is the return stands for it, and nothing is posted
 * beside; one that may be keeps the return waiting, so that it counts once either way. When the file comes after
 * the bank's debit, its line is the item that is here (ledger/import_item.c).
 */
#ifndef CASH_RETURN_STORE_H
#define CASH_RETURN_STORE_H

#include "cash/return.h"

struct payment_return {
	int64_t id;
	const char *source, *state, *kind_name, *reason_code;
	bool is_doubtful;
	int64_t amount_minor;
	char currency[4];
	day_t returned_on;
	const char *reference, *end_to_end, *payer_name, *payer_iban, *remittance, *other_refs;
	int64_t entry_id, customer_id, payment_item_id, return_item_id, fee_item_id;
	const char *customer_code, *customer_name, *documents;
	bool is_seen;
	int64_t fee_minor;      /* asked of the customer */
	int64_t booked_item_id; /* the accounting's line that is it, or may be while it waits; 0: none */
	const char *booked_document; /* NULL: none */
};

/* Newest first; state "" for all, "unseen" for those treated and not seen; customer 0 for all; before id (0: from
 * the newest). */
bool payment_return_list(struct db *db, struct arena *a, int64_t entity_id, const char *state,
			 int64_t customer_id, int64_t before_id, int limit,
			 struct payment_return **ret, size_t *ret_n, struct err *e) NODISCARD;
bool payment_return_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
			struct payment_return *ret, struct err *e) NODISCARD;

/* A payment that a waiting return may be of. */
struct return_candidate {
	int64_t item_id, customer_id;
	const char *document, *customer_code, *customer_name, *documents;
	day_t received_on;
	int points;
};
bool return_candidates(struct db *db, struct arena *a, int64_t entity_id,
		       const struct payment_return *r, struct return_candidate **ret, size_t *ret_n,
		       struct err *e) NODISCARD;

struct return_run {
	int64_t entity_id;
	day_t date; /* what the bank booked later waits */
	const char *actor;
	int64_t now;
	/* answered */
	int64_t n_treated, n_waiting;
};

/* Takes up the bank's debits that are returns, and treats those whose payment is certain. One transaction each; a
 * second run changes nothing. */
bool return_run(struct db *db, struct return_run *run, struct err *e) NODISCARD;

/* By a person; own transactions. Payment 0 dismisses it: no payment of a customer of ours. */
bool return_treat(struct db *db, int64_t entity_id, int64_t return_id, int64_t payment_item_id,
		  const char *actor, int64_t now, struct err *e) NODISCARD;
/* The accounting has it already: the line of its file of that number (item) is the return. ERR_CONFLICT when it is
 * another's, ERR_INVALID when it has another amount. */
bool return_treat_booked(struct db *db, int64_t entity_id, int64_t return_id,
			 int64_t booked_item_id, const char *actor, int64_t now,
			 struct err *e) NODISCARD;

/* The lines of the accounting's file that may book a waiting return. */
bool return_booked_list(struct db *db, struct arena *a, int64_t entity_id,
			const struct payment_return *r, struct return_booked **ret, size_t *ret_n,
			struct err *e) NODISCARD;
/* ERR_CONFLICT when what it paid was paid otherwise since. */
bool return_undo(struct db *db, int64_t entity_id, int64_t return_id, const char *actor,
		 int64_t now, struct err *e) NODISCARD;
/* The collector has seen it. */
bool return_seen(struct db *db, int64_t entity_id, int64_t return_id, const char *actor,
		 int64_t now, struct err *e) NODISCARD;

/* What waits for somebody: not decided, and treated but not seen. */
bool return_count(struct db *db, int64_t entity_id, int64_t *ret_waiting, int64_t *ret_unseen,
		  struct err *e) NODISCARD;

#endif
