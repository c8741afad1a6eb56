/* SPDX-License-Identifier: Apache-2.0 */
/* return_private.h - between return_store.c and return_post.c. Not for other files. */
#ifndef CASH_RETURN_PRIVATE_H
#define CASH_RETURN_PRIVATE_H

#include "cash/return_store.h"

/* What a kept return says, for return_find. */
void return_fact_of(struct arena *a, const struct payment_return *r, struct return_fact *ret);

/* The same with the charge that the company asks back: the bank's own, or what it set (setting return_fee). */
bool return_fact_load(struct db *db, struct arena *a, int64_t entity_id,
		      const struct payment_return *r, struct return_fact *ret,
		      struct err *e) NODISCARD;

/* Whether the accounting's line is what came back with the charge asked: one line for both. */
bool return_line_has_fee(const struct return_fact *fact, int64_t minor);

/* The line of the accounting's file that is the charge of the return alone; 0: none. */
bool return_booked_fee(struct db *db, struct arena *a, int64_t customer_id,
		       const struct return_fact *fact, int64_t not_item_id, int64_t *ret,
		       struct err *e) NODISCARD;

/* The payments of the return's amount that are not returned already. */
bool return_payments(struct db *db, struct arena *a, int64_t entity_id,
		     const struct return_fact *fact, struct return_payment **ret, size_t *ret_n,
		     struct err *e) NODISCARD;

/* return_treat and return_treat_booked at once: the payment that came back (0: not known) and the accounting's line
 * that is the return (0: none has it). */
bool return_treat_as(struct db *db, int64_t entity_id, int64_t return_id, int64_t payment_item_id,
		     int64_t booked_item_id, const char *actor, int64_t now,
		     struct err *e) NODISCARD;

/* As return_booked_list. */
bool return_booked_lines(struct db *db, struct arena *a, int64_t entity_id,
			 const struct return_fact *fact, struct return_booked **ret, size_t *ret_n,
			 struct err *e) NODISCARD;

/* "FA1, FA2": what the payment paid; NULL for nothing. */
const char *return_documents(struct arena *a, const struct return_payment *p);

#endif
