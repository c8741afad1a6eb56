/* SPDX-License-Identifier: Apache-2.0 */
/*
 * item_entry.h - items that a person enters: adjustments (OD), deposits (acomptes), on-account payments, credit
 * notes, miscellaneous debits and invoices; each with its reason, each to be taken out again.
 *
 *	struct item_entry in = { .entity_id = id, .customer_id = c.id, .kind = ENTRY_DEPOSIT, .document = "AC-12",
 *				 .issued_on = today, .due_on = DAY_NONE, .minor = 50000, .currency = "EUR",
 *				 .reason = "deposit of 30 % on order 4711", .order_ref = "4711", ... };
 *	if (!item_enter(db, &in, &item_id, e))
 *		return false;
 */
#ifndef LEDGER_ITEM_ENTRY_H
#define LEDGER_ITEM_ENTRY_H

#include "ledger/item.h"

enum entry_kind {
	ENTRY_ADJUSTMENT_DEBIT,  /* OD in our favour */
	ENTRY_ADJUSTMENT_CREDIT, /* OD in the customer's favour */
	ENTRY_DEPOSIT,           /* acompte received */
	ENTRY_DEPOSIT_INVOICE,   /* facture d'acompte: a debit to be paid */
	ENTRY_ON_ACCOUNT,        /* payment that pays nothing yet */
	ENTRY_CREDIT_NOTE,
	ENTRY_INVOICE,
	ENTRY_KIND_COUNT
};

/* "adjustment_debit" ...: the names of forms and of the command line. */
const char *entry_kind_name(enum entry_kind kind);
bool entry_kind_of(const char *name, enum entry_kind *ret);

struct item_entry {
	int64_t entity_id;
	int64_t customer_id;
	enum entry_kind kind;
	const char *document;
	day_t issued_on;
	day_t due_on;  /* DAY_NONE: the issue date */
	int64_t minor; /* positive; the kind tells the side */
	char currency[4];
	const char *reason;
	const char *order_ref;  /* joins a deposit with its final invoice; may be NULL */
	const char *belongs_to; /* document it goes with, proposed when lettering; may be NULL */
	day_t today;
	const char *actor;
	int64_t now;
};

/* One transaction. ERR_INVALID without document, reason, issue date or amount, for a day to come, for a due date
 * before the issue date; ERR_DUPLICATE when the account has that document of that kind and year; ERR_REFUSED in
 * a closed period. */
bool item_enter(struct db *db, const struct item_entry *in, int64_t *ret_item,
		struct err *e) NODISCARD;

struct item_taking_out {
	int64_t entity_id;
	int64_t item_id;
	const char *reason;
	const char *actor;
	int64_t now;
};

/* Takes an item that a person entered out of the ledger; what was applied to it is open again. ERR_REFUSED for
 * items of files and of the bank: those are undone with their import or entry; ERR_INVALID without reason. */
bool item_take_out(struct db *db, const struct item_taking_out *t, struct err *e) NODISCARD;

#endif
