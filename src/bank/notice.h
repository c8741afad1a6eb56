/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notice.h - which booked entry does a notice tell of? Pure.
 *
 * A bank announces movements (camt.054), or tells them as the day goes on (camt.052), before or after its
 * statement (camt.053) books them. A movement of a notice and a booked entry are the same when amount and
 * currency are and a reference of the bank says so; or when day and words do; or when nothing contradicts
 * and neither has another that it may be. What is not sure stays apart: it is told, never guessed.
 *
 *	notice_pair(arena, notices, n_notices, booked, n_booked, pair);
 *	if (pair[i] != NOTICE_NONE) ... booked[pair[i]]
 */
#ifndef BANK_NOTICE_H
#define BANK_NOTICE_H

#include "base/arena.h"
#include "base/date.h"

#define NOTICE_NONE SIZE_MAX

enum { NOTICE_DAYS = 10 }; /* that the two may lie apart */

struct notice_side {
	int64_t minor; /* signed for the account */
	char currency[4];
	day_t booked_on, value_on; /* DAY_NONE when not told */
	bool is_reversal;
	/* The bank's references; NULL or "" when not given. */
	const char *servicer, *entry_ref, *batch, *tx_servicer, *transaction, *end_to_end, *uetr;
	const char *payer_name, *payer_iban, *remittance;
};

/* For each notice the booked entry it tells of, or NOTICE_NONE; a booked entry is taken once. The order of
 * either list changes nothing but among sides that are equal in everything. */
void notice_pair(struct arena *a, const struct notice_side *notice, size_t n_notices,
		 const struct notice_side *booked, size_t n_booked, size_t *ret_pair);

#endif
