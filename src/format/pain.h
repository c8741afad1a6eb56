/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pain.h - ISO 20022 payment orders (pain.001, pain.008) and what the bank answered to them (pain.002).
 *
 * A status report is given as a statement of kind FORMAT_PAIN002: message_id is its own, id that of the order, info
 * tells the order's message and the status of the whole. Each transaction with a status is an entry, not booked: its
 * status, its reason as the return code, the references of the order. Where the bank answers for a whole payment or
 * the whole order only, that is one entry without transactions. Amounts are signed for our account as if the order
 * were taken back: a collection refused is negative, a transfer refused positive.
 *
 * Orders are no statements; they are read to say so with their figures.
 */
#ifndef FORMAT_PAIN_H
#define FORMAT_PAIN_H

#include "base/arena.h"
#include "format/record.h"

enum { PAIN_TRANSACTION_MAX = 64 << 20 }; /* bytes that one transaction may take */

/* ERR_FORMAT when it is no such message or not well-formed to the end. total is completed and given last. */
bool pain002_read(const char *bytes, size_t len, struct parse_total *total, const struct sink *sink,
		  struct err *e) NODISCARD;

/* What an order says and what it holds. */
struct pain_order {
	const char *message; /* "pain.008.001.02" */
	const char *message_id;
	const char *declared_count, *declared_sum; /* as written; NULL when not told */
	int64_t n_payments, n_transactions, n_mandates;
	int64_t sum_minor; /* of the amounts in the first currency */
	char currency[4];
	bool has_several_currencies;
};

/* Texts live in the arena. */
bool pain_order_read(struct arena *a, const char *bytes, size_t len, struct pain_order *ret,
		     struct err *e) NODISCARD;

/* Refuses an order in words that tell what it is. Returns false. */
bool pain_order_refuse(const char *bytes, size_t len, struct err *e);

#endif
