/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paper.h - bills and cheques that paid and are not money yet (effets à recevoir, effets escomptés non échus,
 * chèques à encaisser).
 *
 * What they paid has left the customer's account on the day they came; the risk has not: should the paper come back
 * unpaid, its documents are owed again. So a payment by paper carries the days during which it stays at risk, and the
 * book (book.h) shows those that do on any day, as known at any moment.
 *
 *	struct paper_span span[PAPER_SPANS];
 *	size_t n = paper_spans(&facts, span);
 *	if (!paper_set(db, entity_id, payment_item_id, span, n, event_id, now, e))
 *		return false;
 */
#ifndef LEDGER_PAPER_H
#define LEDGER_PAPER_H

#include "db/db.h"

enum paper_kind {
	PAPER_BILL,       /* in hand, or at the bank until maturity */
	PAPER_DISCOUNTED, /* the bank has paid it before its maturity and can take it back */
	PAPER_CHEQUE,
	PAPER_KINDS
};

/* "bill", "discounted", "cheque"; PAPER_KINDS for what is none. */
const char *paper_kind_name(enum paper_kind kind);
enum paper_kind paper_kind_of(const char *name);

/* ---- how long: pure ------------------------------------------------------------------------------ */

/* Business days that banks take to say that paper comes back. */
struct paper_policy {
	int bill_days;   /* after maturity */
	int cheque_days; /* after the cheque was deposited */
};

struct paper_facts {
	bool is_cheque;
	day_t received_on;
	day_t due_on;       /* maturity of a bill */
	day_t deposited_on; /* DAY_NONE: it is in hand */
	bool is_discounted; /* deposited for its money at once */
	day_t returned_on;  /* it came back: its documents are owed again; DAY_NONE: it did not */
	struct paper_policy policy;
};

struct paper_span {
	enum paper_kind kind;
	day_t from_on, until_on; /* until_on DAY_NONE: nobody knows yet */
};

/* A bill is at risk until its maturity, on a day that banks settle, and the days after it; one that is discounted is
 * told apart from that day on. A cheque is until it is deposited and the days after it. Nothing is from the day on
 * which it came back. Returns how many spans there are, one after the other. */
enum { PAPER_SPANS = 2 };
size_t paper_spans(const struct paper_facts *f, struct paper_span ret[PAPER_SPANS]);

/* ---- as the database holds them ------------------------------------------------------------------ */

/* The company's settings paper_bill_days and paper_cheque_days, else 4 and 8. They hold for what is decided from now
 * on. ERR_INVALID for a setting that is no number from 0 to 60. */
bool paper_policy_load(struct db *db, struct arena *a, int64_t entity_id, struct paper_policy *ret,
		       struct err *e) NODISCARD;

/* Those are the spans of the payment from that event on, those that it had before are ended; nothing is written when
 * they are the same. In the caller's transaction. ERR_NOT_FOUND when the company has no such item. */
bool paper_set(struct db *db, int64_t entity_id, int64_t item_id, const struct paper_span *spans,
	       size_t n, int64_t event_id, int64_t now, struct err *e) NODISCARD;

#endif
