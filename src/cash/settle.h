/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settle.h - what a person decides of a receipt besides its documents: the rest is lost, goes back, or belongs to
 * another company of the group.
 *
 * Each is one transaction with the receipt's own, and goes with its undo: what was written off with a receipt is
 * open again when the receipt is, and a receipt whose money was ordered back is not undone before that order.
 */
#ifndef CASH_SETTLE_H
#define CASH_SETTLE_H

#include "cash/cash.h"
#include "ledger/customer.h"
#include "ledger/write_off.h"

/* ---- with a write-off ---- */

struct settle_loss {
	const int64_t *items; /* of one customer; all that the receipt leaves of them */
	size_t n_items;
	const char *reason;
	int64_t limit_minor; /* of who decides, in the company's currency; INT64_MAX: none */
	const char *entity_currency;
	day_t today;
};

/* Applies the entry and writes off what it leaves of the documents. Up to the company's write_off_limit
 * (match_policy.h) that is a difference, on its write_off_account, whoever decides. Beyond, it is a bad debt: above
 * the limit of who decides a second person decides on it, and the documents stay open until then. */
bool settle_with_loss(struct db *db, const struct cash_decision *d, const struct settle_loss *loss,
		      struct write_off_done *ret, struct err *e) NODISCARD;

/* For the entry's undo, in its transaction: losses taken with it are open again, requests are withdrawn. */
bool settle_undo_losses(struct db *db, struct arena *a, const struct cash_decision *d,
			struct err *e) NODISCARD;

/* ---- refunds (remboursements) ---- */

struct refund_order {
	int64_t entity_id;
	int64_t payment_item_id; /* money on account */
	int64_t amount_minor;    /* 0: all that is left */
	const char *iban;
	const char *holder;
	const char *reason;
	day_t today;
	const char *actor;
	int64_t now;
};

/* The money is not the customer's credit any more: it is due to be paid back. ERR_INVALID for an IBAN that is none
 * or no reason, ERR_CONFLICT when less is left. */
bool refund_make(struct db *db, const struct refund_order *o, int64_t *ret_id,
		 struct err *e) NODISCARD;

/* Takes it back; ERR_REFUSED when it was exported: the bank may have paid it. */
bool refund_cancel(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		   struct err *e) NODISCARD;

struct refund {
	int64_t id;
	int64_t customer_id;
	const char *customer_code, *customer_name;
	int64_t payment_item_id;
	const char *payment;
	int64_t entry_id; /* 0: not from a bank entry */
	int64_t amount_minor;
	char currency[4];
	const char *iban, *holder, *reason;
	const char *state; /* due, exported, paid, cancelled */
	day_t ordered_on;
	const char *actor;
	int64_t item_id;
	int64_t file_number;   /* of the file of transfers it is in; 0: none */
	day_t paid_on;         /* DAY_NONE: not paid */
	int64_t paid_entry_id; /* the bank's debit; 0: none yet */
};

/* Newest first; state NULL: those in force. */
bool refund_list(struct db *db, struct arena *a, int64_t entity_id, const char *state, int limit,
		 struct refund **ret, size_t *ret_n, struct err *e) NODISCARD;
/* ERR_NOT_FOUND. */
bool refund_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id, struct refund *ret,
		struct err *e) NODISCARD;

/* ERR_REFUSED while an order to pay the payment's money back is in force. */
bool refund_refuse_undo(struct db *db, int64_t payment_item_id, struct err *e) NODISCARD;

/* ---- to another company ---- */

struct transfer_order {
	int64_t to_entity_id;
	int64_t to_customer_id;
	day_t today;
};

/* The company of a customer. */
bool transfer_entity_of(struct db *db, int64_t customer_id, int64_t *ret, struct err *e) NODISCARD;

/* The entry's money becomes a payment on account of the other company's customer. ERR_INVALID for the same company
 * or a customer of a third. */
bool transfer_make(struct db *db, const struct cash_decision *d, const struct transfer_order *o,
		   struct err *e) NODISCARD;

/* For the entry's undo, in its transaction. */
bool transfer_undo(struct db *db, struct arena *a, const struct cash_decision *d,
		   struct err *e) NODISCARD;

/* The customer of another company that the code or name says; id 0 when none or several do. */
bool transfer_find(struct db *db, struct arena *a, int64_t entity_id, const char *text,
		   struct customer *ret, struct err *e) NODISCARD;

#endif
