/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_off.h - bad debts written off (passage en perte), with a limit by role and a second person above it.
 *
 * What is written off is an adjustment of account 654 lettered with the documents it ends; undoing takes it out
 * of the ledger again. A request above the limit of who asks waits for another person whose limit covers it.
 *
 *	struct write_off_order o = { .entity_id = id, .customer_id = c.id, .items = ids, .n_items = 2,
 *				     .reason = "liquidation closed", .limit_minor = 50000, ... };
 *	if (!write_off_request(db, &o, &done, e))
 *		return false;		// done.is_waiting: for a decision
 */
#ifndef LEDGER_WRITE_OFF_H
#define LEDGER_WRITE_OFF_H

#include "db/db.h"

enum { WRITE_OFF_ITEMS_MAX = 500 };

struct write_off_order {
	int64_t entity_id;
	int64_t customer_id;
	const int64_t *
		items; /* open debits of that customer, of one currency: all that is left of them */
	size_t n_items;
	const char *reason;
	int64_t limit_minor; /* of who asks, in the company's currency; INT64_MAX: none */
	/* Differences of a receipt: up to that, whoever decides, on that account instead of 654 and without VAT to be
	 * claimed back. NULL: there are none. */
	const char *difference_account;
	int64_t difference_limit_minor;
	const char *entity_currency;
	day_t today;
	const char *actor;
	int64_t now;
};

struct write_off_done {
	int64_t id;
	bool is_waiting;
	int64_t amount_minor;
	char currency[4];
};

/* One transaction. ERR_INVALID without items or reason, for credits, other customers' items or several
 * currencies; ERR_CONFLICT when nothing is left of one, or one waits for a decision already. */
bool write_off_request(struct db *db, const struct write_off_order *o, struct write_off_done *ret,
		       struct err *e) NODISCARD;

struct write_off_decision {
	int64_t entity_id;
	int64_t id;
	bool accepts;
	const char *remark; /* needed to refuse and to undo */
	int64_t limit_minor;
	const char *entity_currency;
	day_t today;
	const char *actor;
	int64_t now;
};

/* Accepts or refuses a request. ERR_REFUSED by who asked for it, ERR_FORBIDDEN above the limit of who decides,
 * ERR_CONFLICT when it is decided already or less is left of its documents. */
bool write_off_decide(struct db *db, const struct write_off_decision *d, struct err *e) NODISCARD;

/* Takes one that was done out of the ledger again; its documents are open as before. */
bool write_off_undo(struct db *db, const struct write_off_decision *d, struct err *e) NODISCARD;

struct write_off {
	int64_t id;
	int64_t customer_id;
	const char *customer_code, *customer_name;
	const char *state;
	int64_t amount_minor, vat_minor;
	char currency[4];
	const char *reason;
	const char *requested_by;
	day_t requested_on;
	const char *decided_by;
	day_t decided_on;
	const char *remark;
	int64_t item_id;
	int64_t n_items;
};

/* Newest first: those of one customer or of all (0), of one state or of any (NULL), at most limit. */
bool write_off_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		    const char *state, int limit, struct write_off **ret, size_t *ret_n,
		    struct err *e) NODISCARD;
bool write_off_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
		   struct write_off *ret, struct err *e) NODISCARD;

/* The limit of a role: the setting write_off_limit_ROLE, else none for administrators, 5000.00 for credit
 * managers, 500.00 for accountants, nothing for others. */
bool write_off_limit(struct db *db, struct arena *a, int64_t entity_id, const char *role,
		     const char *currency, int64_t *ret_minor, struct err *e) NODISCARD;

#endif
