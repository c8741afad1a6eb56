/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notice.h - which booked entry does a notice tell of? Pure.
 *
 * A bank announces movements (camt.054), or tells them as the day goes on (camt.052), before or after its
 * statement (camt.053) books them. A movement of a notice and a booked entry are the same when amount and
 * currency are and a reference of the bank says so; or when day and words (who paid, what for) do; or when
 * nothing contradicts. Without a reference each must be the only one that the other may be, or equal to the
 * others in everything. A bank that numbers its notices in another way than its statements is recognised by
 * day, payer and text. What is not sure stays apart: it is told, never guessed.
 *
 *	notice_pair(arena, notices, n_notices, booked, n_booked, pair, n_rivals);
 *	if (pair[i] != NOTICE_NONE) ... booked[pair[i]]
 *	else if (n_rivals[i] > 1) ... a person has to say which
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
	bool is_counted; /* of a notice: it is money already, so the booked entry must not be */
	/* The bank's references; NULL or "" when not given. */
	const char *servicer, *entry_ref, *batch, *tx_servicer, *transaction, *end_to_end, *uetr;
	const char *payer_name, *payer_iban, *remittance; /* as text_reference_key */
};

/* For each notice the booked entry it tells of, or NOTICE_NONE; a booked entry is taken once. The order of
 * either list changes nothing but among sides that are equal in everything, and for notices that are counted:
 * of several that one may be, it takes the first free one, so that the money counts once. ret_n_rivals: how many
 * booked entries it may have been, where that was not sure; else 0. */
void notice_pair(struct arena *a, const struct notice_side *notice, size_t n_notices,
		 const struct notice_side *booked, size_t n_booked, size_t *ret_pair,
		 size_t *ret_n_rivals);

#endif
