/* SPDX-License-Identifier: Apache-2.0 */
/*
 * post.h - the only writer of ledger facts.
 *
 * All of it runs inside the caller's transaction, under one posting: who, why, when, and the event that
 * announces it. The balance of an item is changed by guarded UPDATEs, so that two people can never take the
 * last euro: the loser gets ERR_CONFLICT.
 *
 *	struct posting p;
 *	if (!posting_begin(&p, db, entity_id, "cash.applied", "statement_entry", entry_id, actor, "bank",
 *			   now, body, e) ||
 *	    !post_item(&p, &payment, e) ||
 *	    !post_allocation(&p, &(struct new_allocation){ ... }, &id, e))
 *		return false;
 *
 * Facts that would take effect in a closed period (period.h) are refused (ERR_REFUSED); with dates_forward
 * they count from the first open day instead, and dated_from keeps the day they would have had.
 */
#ifndef LEDGER_POST_H
#define LEDGER_POST_H

#include "ledger/item.h"
#include "ledger/period.h"

struct posting {
	struct db *db;
	int64_t entity_id;
	int64_t event_id;
	int64_t recorded;
	int64_t import_id; /* 0: none */
	const char *actor;
	const char *source; /* fec, csv, bank, user, rule ... */
	bool dates_forward; /* set by callers whose actor may (PERM_PERIOD_DATE); false at first */
	struct closed_days closed;
	struct post_batch *batch; /* of which it is one (post_batch.h); NULL: alone */
};

/* Writes the event and fills p; the closed periods stay as they are until the transaction ends. body is a
 * JSON object. */
bool posting_begin(struct posting *p, struct db *db, int64_t entity_id, const char *event_kind,
		   const char *subject_kind, int64_t subject_id, const char *actor,
		   const char *source, int64_t now, const char *body, struct err *e) NODISCARD;

/* The day from which a fact of that day counts: itself when it is open, else by dates_forward.
 * *ret_dated_from is the day given up, or DAY_NONE. */
bool posting_day(const struct posting *p, day_t effective, day_t *ret, day_t *ret_dated_from,
		 struct err *e) NODISCARD;

/* The item as this posting sees it. ERR_NOT_FOUND as item_get. */
bool posting_item(const struct posting *p, struct arena *a, int64_t item_id, struct item *ret,
		  struct err *e) NODISCARD;

struct new_item {
	int64_t customer_id;
	enum item_kind kind;
	const char *document;
	day_t issued_on;
	day_t due_on; /* DAY_NONE: the issue date */
	int due_source;
	int64_t amount_minor;
	char currency[4];
	bool has_net;
	int64_t net_minor, vat_minor;
	const char *account, *order_ref, *payment_ref, *label;
	int64_t bank_entry_id;
	bool is_booked;
	day_t effective;
};

/* Adds the item with its balance. The ordinal is the next free one of its identity. ret_id may be NULL. */
bool post_item(const struct posting *p, const struct new_item *it, int64_t *ret_id,
	       struct err *e) NODISCARD;

struct new_allocation {
	int64_t debit_item_id;  /* the positive item */
	int64_t credit_item_id; /* the negative one */
	int64_t amount_minor;   /* > 0 */
	const char *lettering;  /* code of the accounting file; may be NULL */
	const char *rule;
	const char *reason;
	day_t effective;
	int64_t lettering_id; /* of the act that letters it (lettering_store.h); 0: none */
};

/* Applies. ERR_CONFLICT when either side has less than that open; ERR_INVALID when the items are not one
 * positive and one negative of one currency in this entity. ret_id may be NULL. */
bool post_allocation(const struct posting *p, const struct new_allocation *al, int64_t *ret_id,
		     struct err *e) NODISCARD;

/* Undoes an allocation by a row of the opposite amount, with the original's effective date, so that no
 * past date shows it any more while "known at" still does; or, when that day is closed, with the first open
 * one. ERR_CONFLICT when it is undone already; ERR_REFUSED for what a conversion took of a payment. */
bool post_unallocation(const struct posting *p, int64_t allocation_id, const char *reason,
		       struct err *e) NODISCARD;

/* Takes the item out of the ledger; its allocations are undone first. ERR_REFUSED when it counts in a closed
 * period: its figures are settled, what was wrong is put right by another document. ERR_CONFLICT when it is gone
 * already. */
bool post_item_reversal(const struct posting *p, int64_t item_id, const char *reason,
			struct err *e) NODISCARD;

/* Changes one descriptive field (item_change lists them) and keeps the old value. value NULL clears. */
bool post_item_change(const struct posting *p, int64_t item_id, const char *field,
		      const char *value, struct err *e) NODISCARD;

/* As written, for post_batch.c. */
#define POST_ITEM_COLUMNS                                                                \
	"id, entity_id, customer_id, kind, document, document_key, issue_year, ordinal," \
	" issued_on, due_on, due_source, amount_minor, currency, net_minor, vat_minor,"  \
	" account, order_ref, payment_ref, label, bank_entry_id, is_booked, effective,"  \
	" source, import_id, actor, event_id, recorded, dated_from"
#define POST_ALLOCATION_COLUMNS                                                          \
	"id, entity_id, customer_id, debit_item_id, credit_item_id, amount_minor,"       \
	" currency, lettering, rule, reason, reverses_id, effective, source, import_id," \
	" actor, event_id, recorded, lettering_id, dated_from"

#endif
