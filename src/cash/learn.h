/* SPDX-License-Identifier: Apache-2.0 */
/*
 * learn.h - what persons' decisions teach of payers, and of the machine's own answers.
 *
 * Every receipt that a person applied says for whom its payer pays; every correction and every undoing says for
 * whom he does not. One row each: nothing is summed up, so that all can be listed, with how often it was right, and
 * forgotten. What the machine posted alone teaches nothing until a person or the accounting says the same: a
 * receipt that the accounting booked counts as said by it.
 *
 *	learn_applied(db, a, &(struct learn_act){ ... }, customers, n, e)
 *
 * A payer stays known while what speaks for him outweighs twice what speaks against.
 */
#ifndef CASH_LEARN_H
#define CASH_LEARN_H

#include "bank/statement.h"

/* A decision on an entry, in its transaction; the entry as it was before. */
struct learn_act {
	int64_t entity_id;
	const struct entry *entry;
	const char *actor;
	int64_t now;
};

/* The machine's first explanation of an entry, when there is one. To be read before the entry is decided. */
struct learn_first {
	bool is_there;
	int64_t customer_id;
	const char *rule;
	int64_t raw_milli, confidence_ppm;
	const char *lines; /* JSON */
};
bool learn_read_first(struct db *db, struct arena *a, int64_t entry_id, struct learn_first *ret,
		      struct err *e) NODISCARD;

/* A person applied the entry to documents of these customers; each of them once. Whom else the payer was
 * known for is contradicted. */
bool learn_applied(struct db *db, struct arena *a, const struct learn_act *act,
		   const int64_t *customer_ids, size_t n, struct err *e) NODISCARD;

/* What became of the first explanation: is_right when the person took its very lines. */
bool learn_outcome(struct db *db, const struct learn_act *act, const struct learn_first *first,
		   bool is_right, struct err *e) NODISCARD;

/* What was done with the entry is undone: what it taught goes, and what the machine had done alone counts
 * against it. */
bool learn_undone(struct db *db, struct arena *a, const struct learn_act *act,
		  struct err *e) NODISCARD;

/* ---- what is known ---- */

struct learned_payer {
	int64_t customer_id;
	const char *customer_code, *customer_name;
	const char *iban;     /* NULL: the name alone */
	const char *name_key; /* NULL: the account alone */
	int64_t n_for, n_against;
	int64_t n_booked; /* of those for it, said by the accounting */
	int64_t last;     /* moment of the newest word on it */
	bool is_alive;    /* it is used */
};

/* All of it, or of one customer (0: all), by customer and payer. */
bool learned_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		  struct learned_payer **ret, size_t *ret_n, struct err *e) NODISCARD;

/* Forgets what was learned of that account and name for the customer; both NULL: everything of him, his habits
 * (habits.h) too. Later
 * receipts teach anew. ERR_NOT_FOUND when nothing is known. The event "payer.forgotten" can be undone. */
bool learned_forget(struct db *db, int64_t entity_id, int64_t customer_id, const char *iban,
		    const char *name_key, const char *actor, int64_t now, struct err *e) NODISCARD;
bool learned_remember(struct db *db, int64_t entity_id, int64_t event_id, struct err *e) NODISCARD;

#endif
