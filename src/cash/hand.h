/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hand.h - cheques, bills of exchange and cash entered by hand, and the slips by which they go to the bank (bordereaux de remise).
 *
 * What is received by hand becomes an entry of an account of its own (5112 cheques to be cashed, 5113 bills to be cashed, 53 cash), so that
 * it is explained, applied and undone as the bank's entries are. The bank's credit for a slip is that slip, all of
 * it: its money counts once, as the receipts on the slip.
 *
 *	struct hand_new in = { .entity_id = id, .kind = HAND_CHEQUE, .number = "4711", .drawer = "Dubourg",
 *			       .amount_minor = 120000, .currency = "EUR", .received_on = today, ... };
 *	if (!hand_add(db, &in, &entry_id, e))
 *		return false;
 */
#ifndef CASH_HAND_H
#define CASH_HAND_H

#include "cash/cash.h"

/* A bill (effet: lettre de change, billet à ordre) is accepted paper with a maturity; one that comes back unpaid is a
 * return (return_store.h) and opens its documents again. */
enum hand_kind { HAND_CHEQUE, HAND_CASH, HAND_BILL, HAND_KINDS };

/* "cheque", "cash", "bill"; HAND_KINDS for what is none. */
const char *hand_kind_name(enum hand_kind kind);
enum hand_kind hand_kind_of(const char *name);

struct hand_new {
	int64_t entity_id;
	enum hand_kind kind;
	const char *number; /* of a cheque or bill; needed there */
	const char *bank;   /* may be NULL */
	const char *drawer; /* who pays */
	const char *text;   /* what it says it pays; may be NULL */
	int64_t amount_minor;
	char currency[4];
	day_t received_on;
	day_t due_on; /* maturity of a bill; needed there, DAY_NONE else */
	day_t today;
	const char *actor;
	int64_t now;
};

/* ERR_INVALID without drawer, amount or a cheque's or bill's number, for a day after today, a bill without maturity or
 * with one before it was received, and for a maturity of anything else; ERR_DUPLICATE for a cheque or bill of that number,
 * drawer and amount that is there already. */
bool hand_add(struct db *db, const struct hand_new *in, int64_t *ret_entry,
	      struct err *e) NODISCARD;

/* Whether French law forbids to pay a debt of that amount in cash (C. mon. fin. art. L112-6 and D112-3: above
 * 1,000 euros for who lives in France or pays for a trade). Pure. */
bool hand_is_above_cash_limit(const char *country, const char *currency, int64_t amount_minor);

struct hand_receipt {
	int64_t entry_id;
	const char *kind; /* hand_kind_name */
	const char *number, *bank, *drawer;
	day_t received_on;
	day_t due_on; /* of a bill; DAY_NONE else */
	int64_t amount_minor;
	char currency[4];
	const char *state_name; /* of its entry */
	int64_t slip_id;        /* 0: not deposited yet */
	int64_t n_files;        /* attached: the picture of a cheque, its coupon */
};

/* Those of a slip, else (0) those that are not deposited yet; oldest first. What was put aside is left out. */
bool hand_list(struct db *db, struct arena *a, int64_t entity_id, int64_t slip_id,
	       struct hand_receipt **ret, size_t *ret_n, struct err *e) NODISCARD;

/* Whether the entry of the company was received by hand. */
bool hand_is_there(struct db *db, int64_t entity_id, int64_t entry_id, bool *ret,
		   struct err *e) NODISCARD;

/* ---- slips ---- */

struct deposit_order {
	int64_t entity_id;
	int64_t bank_account_id;
	const int64_t *entries;
	size_t n_entries;
	day_t deposited_on;
	bool is_discount; /* bills for their money at once (escompte), at risk until they are paid */
	const char *actor;
	int64_t now;
};

enum { DEPOSIT_MAX = 500 };

/* ERR_INVALID without receipts, for receipts of two kinds or currencies, an account of another currency, or a discount of
 * what is no bill;
 * ERR_CONFLICT for one that is on a slip already. */
bool deposit_make(struct db *db, const struct deposit_order *o, int64_t *ret_id,
		  struct err *e) NODISCARD;

struct deposit {
	int64_t id;
	const char *kind, *number;
	const char *account, *account_name;
	day_t deposited_on;
	int64_t n_receipts;
	int64_t amount_minor;
	char currency[4];
	const char *state; /* deposited, credited, undone */
	bool is_discount;
	int64_t entry_id; /* the bank's credit; 0: not yet */
};

/* Newest first. */
bool deposit_list(struct db *db, struct arena *a, int64_t entity_id, int limit,
		  struct deposit **ret, size_t *ret_n, struct err *e) NODISCARD;
bool deposit_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id, struct deposit *ret,
		 struct err *e) NODISCARD;

/* The slip of that amount and currency that the bank has not credited yet, when there is just one and the entry
 * is not younger than it; id 0 else. */
bool deposit_of_entry(struct db *db, struct arena *a, int64_t entity_id, const struct entry *entry,
		      struct deposit *ret, struct err *e) NODISCARD;

/* The entry is the bank's credit of the slip. ERR_INVALID when the amounts differ, ERR_CONFLICT when either is
 * decided already, ERR_STALE. */
bool deposit_credit(struct db *db, const struct cash_decision *d, int64_t slip_id,
		    struct err *e) NODISCARD;

/* The slip did not go to the bank: its receipts are to be deposited again. ERR_CONFLICT when the bank credited it, or it
 * is undone already. In the caller's transaction. */
bool deposit_undo(struct db *db, int64_t entity_id, int64_t slip_id, const char *actor, int64_t now,
		  struct err *e) NODISCARD;

/* ---- at risk until it is money (ledger/paper.h) ---- */

/* Whether an entry is of a bill or cheque received by hand. */
bool hand_is_paper(const struct entry *entry);

/* Says anew how long the payment of a bill or cheque stays at risk: after it was applied, deposited, came back, or any
 * of it was undone. Nothing for other payments. In the caller's transaction. */
bool hand_risk_update(struct db *db, int64_t entity_id, int64_t payment_item_id, int64_t event_id,
		      int64_t now, struct err *e) NODISCARD;

/* The same for what was received by hand as that entry, when it has a payment. */
bool hand_risk_of_entry(struct db *db, int64_t entity_id, int64_t entry_id, int64_t event_id,
			int64_t now, struct err *e) NODISCARD;

/* For the entry's undo, in its transaction. */
bool deposit_undo_credit(struct db *db, int64_t entry_id, struct err *e) NODISCARD;

#endif
