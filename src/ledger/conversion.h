/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conversion.h - money received in one currency that pays documents in another.
 *
 * An allocation has one currency. So money that pays a document of another first becomes money in that one, at a
 * rate: one item takes it from the payment, another is the same money in the currency of the document. Both are
 * facts of one act and go together; what the conversion is worth in the company's currency is kept with them, and
 * the exchange difference of what it pays is counted from that value (exchange_difference.h).
 *
 *	if (!conversion_dated(&rates, "EUR", "USD", en.booked_on, &rate, e) ||
 *	    !conversion_there(&rate, 91500, &usd_minor, e) ||
 *	    !conversion_post(&p, arena, &(struct new_conversion){ ... }, &money_item_id, e))
 *		return false;
 *
 * There is no conversion without a rate.
 */
#ifndef LEDGER_CONVERSION_H
#define LEDGER_CONVERSION_H

#include "ledger/exchange.h"
#include "ledger/post.h"
#include "ledger/verify.h"

enum conversion_source {
	CONVERSION_BANK,   /* the bank says what the payer sent */
	CONVERSION_DATED,  /* the company's rates (exchange.h) */
	CONVERSION_AGREED, /* a person says what the money is worth */
};
/* "bank", "dated", "agreed": as the database and programs name them. */
const char *conversion_source_name(enum conversion_source source);

/* Minor units of from become times / by minor units of to. */
struct conversion_rate {
	char from[4], to[4];
	int64_t times, by; /* both > 0 */
	enum conversion_source source;
	day_t on;
};

/* The latest rate on or before the day. ERR_NOT_FOUND when there is none. */
bool conversion_dated(const struct exchange_table *t, const char *from, const char *to, day_t on,
		      struct conversion_rate *ret, struct err *e) NODISCARD;

/* What an amount becomes, and what becomes that amount; rounded once. ERR_RANGE. */
bool conversion_there(const struct conversion_rate *r, int64_t from_minor, int64_t *ret,
		      struct err *e) NODISCARD;
bool conversion_back(const struct conversion_rate *r, int64_t to_minor, int64_t *ret,
		     struct err *e) NODISCARD;

/* Whether the two amounts are one at the rate, to the rounding unit of either. */
bool conversion_agrees(const struct conversion_rate *r, int64_t from_minor, int64_t to_minor);

/* "1 EUR = 1.0929 USD", the number that is not small first: "1 EUR = 18250.0 IDR" both ways. */
const char *conversion_rate_text(struct arena *a, const char *language,
				 const struct conversion_rate *r);

/* ---- facts --------------------------------------------------------------------------------------- */

struct new_conversion {
	int64_t entry_id, customer_id, payment_item_id;
	const char *reference; /* of the receipt */
	struct conversion_rate rate;
	int64_t from_minor, to_minor;
	day_t on; /* of the receipt */
};

/* Takes from_minor of the payment; *ret_item_id is the same money in the other currency, negative, open. In the
 * caller's posting. ERR_NOT_FOUND when the company's currency is a third one without a rate; ERR_CONFLICT when the
 * payment has less left; ERR_INVALID for amounts that do not agree with the rate. */
bool conversion_post(const struct posting *p, struct arena *a, const struct new_conversion *c,
		     int64_t *ret_item_id, struct err *e) NODISCARD;

struct conversion {
	int64_t id;
	int64_t entry_id, payment_item_id, from_item_id, to_item_id;
	int64_t from_minor, to_minor, base_minor;
	struct conversion_rate rate;
	day_t base_on;
	const char *source_name;
	int64_t left_minor; /* of the money in the other currency: positive, not applied yet */
};

/* Those of a bank entry that are in force, oldest first. */
bool conversion_list(struct db *db, struct arena *a, int64_t entity_id, int64_t entry_id,
		     struct conversion **ret, size_t *ret_n, struct err *e) NODISCARD;

/* Takes all of an entry's back: what the money paid is open again, the payment has it. In the caller's posting. */
bool conversion_undo(const struct posting *p, struct arena *a, int64_t entry_id,
		     struct err *e) NODISCARD;

/* ERR_CONFLICT when money of that payment is converted: it goes back with the decision on its receipt. */
bool conversion_refuse(struct db *db, int64_t payment_item_id, struct err *e) NODISCARD;

/* Laws: both items are there or neither, of the amounts kept; the amounts agree with the rate; what was converted
 * was taken of the payment; the value in the company's currency is that of the amount in it. */
bool conversion_verify(struct db *db, struct arena *a, int64_t entity_id, struct verify_report *ret,
		       struct err *e) NODISCARD;

#endif
