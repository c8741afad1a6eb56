/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lettering_store.h - lettering acts (lettrage) in the ledger: made, told, undone.
 *
 * An act applies credits to debits under a code of the customer's own sequence; an act on the items of a
 * partial code goes on with that code. What is undone and done again is told apart by nothing: the same amounts
 * stand on the same items from the same day.
 *
 *	struct lettering_order o = { .entity_id = id, .customer_id = c.id, .lines = lines, .n_lines = 2,
 *				     .lettered_on = today, .today = today, .actor = "user:12", .now = now };
 *	if (!lettering_make(db, &o, &done, e))
 *		return false;
 */
#ifndef LEDGER_LETTERING_STORE_H
#define LEDGER_LETTERING_STORE_H

#include "ledger/item.h"
#include "ledger/lettering.h"
#include "ledger/post.h"

struct lettering_line {
	int64_t item_id;
	int64_t minor; /* with the sign of what is open; 0: all of it */
};

struct lettering_order {
	int64_t entity_id;
	int64_t customer_id; /* whose code it is; items of its group may be lettered too */
	const struct lettering_line *lines;
	size_t n_lines;
	day_t lettered_on; /* lettering date; not after today */
	day_t today;
	const char *reason; /* may be NULL */
	const char *actor;
	int64_t now;
};

struct lettering_done {
	int64_t lettering_id;
	int64_t event_id;
	char code[LETTERING_CODE];
	bool is_full;       /* nothing is left of the items of the code */
	int64_t minor;      /* applied by the act */
	int64_t rest_minor; /* debits less credits of the act */
	char currency[4];
};

/* One transaction. ERR_INVALID for lines that cannot be lettered together (see lettering_pair), a line beyond
 * what is open or of another sign, several currencies, a date after today, an item of an account outside the
 * group; ERR_CONFLICT when somebody took the amount meanwhile. */
bool lettering_make(struct db *db, const struct lettering_order *o, struct lettering_done *ret,
		    struct err *e) NODISCARD;

/* The same inside the caller's posting: for acts that letter what they post. */
bool lettering_post(const struct posting *p, const struct lettering_order *o,
		    struct lettering_done *ret, struct err *e) NODISCARD;

/* ---- reading ---- */

struct lettered_item {
	int64_t item_id;
	const char *document;
	const char *kind_name;
	const char *customer_code;
	int64_t minor;      /* of it under the code, signed */
	int64_t open_minor; /* left now, signed */
};

struct lettered_allocation {
	int64_t id;
	int64_t debit_item_id, credit_item_id;
	const char *debit_document, *credit_document;
	int64_t minor;
	day_t effective;
};

struct lettering {
	int64_t sequence;
	char code[LETTERING_CODE]; /* upper case when full, lower case when partial */
	bool is_full;
	char currency[4];
	day_t lettered_on;  /* of its newest act */
	const char *reason; /* likewise */
	const char *actor;
	int64_t recorded;
	int64_t minor;      /* on each side */
	int64_t rest_minor; /* what its items have left: debits less credits */
	struct lettered_item *items;
	size_t n_items;
	struct lettered_allocation *allocations;
	size_t n_allocations;
};

/* The codes in force of the customer, newest first. */
bool lettering_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		    struct lettering **ret, size_t *ret_n, struct err *e) NODISCARD;

/* ---- undoing ---- */

struct lettering_undo {
	int64_t entity_id;
	int64_t customer_id;
	const char *reason;
	const char *actor;
	int64_t now;
};

/* Takes back every allocation of the code; ERR_NOT_FOUND when no such code is in force. ret_event (may be
 * NULL) is for lettering_redo. */
bool lettering_undo(struct db *db, const struct lettering_undo *u, const char *code,
		    int64_t *ret_event, struct err *e) NODISCARD;

/* Takes back one allocation made under a code. ERR_NOT_FOUND, ERR_CONFLICT when it is undone already. */
bool lettering_undo_one(struct db *db, const struct lettering_undo *u, int64_t allocation_id,
			int64_t *ret_event, struct err *e) NODISCARD;

/* Takes back what one act made, by its event: what an act of a code before it made stays. */
bool lettering_undo_event(struct db *db, const struct lettering_undo *u, int64_t event_id,
			  int64_t *ret_event, struct err *e) NODISCARD;

/* Makes again what the event undid: same items, amounts, code and day. ERR_CONFLICT when the items have less
 * than that open by now, ERR_NOT_FOUND when the event undid no lettering of this customer. */
bool lettering_redo(struct db *db, const struct lettering_undo *u, int64_t event_id,
		    struct err *e) NODISCARD;

#endif
