/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pain001.h - a file of SEPA credit transfers (pain.001.001.09), as banks take it. Pure.
 *
 * Names and texts are written in the characters that every bank takes (letters, digits and / - ? : ( ) . , ' +):
 * accents are dropped, what has no such letter becomes a blank. One payment block, booked transfer by transfer, so that
 * each debit of the statement is one of them.
 *
 *	struct pain001 f = { .message_id = "RB-12", .n = n, .transfers = list, ... };
 *	if (!pain001_write(arena, &f, &buf, e))
 */
#ifndef FORMAT_PAIN001_H
#define FORMAT_PAIN001_H

#include "base/buf.h"
#include "base/date.h"
#include "base/err.h"

enum { PAIN_ID_MAX = 35, PAIN_NAME_MAX = 70, PAIN_TEXT_MAX = 140, PAIN_TRANSFERS_MAX = 10000 };

struct pain_transfer {
	const char *end_to_end; /* at most PAIN_ID_MAX */
	const char *holder;
	const char *iban;
	int64_t minor; /* of EUR: 0.01 to 999,999,999.99 */
	const char *text;
};

struct pain001 {
	const char *message_id; /* at most PAIN_ID_MAX - 2 */
	int64_t created;        /* moment */
	day_t execute_on;
	const char *debtor_name, *debtor_iban;
	const char *debtor_bic; /* NULL: not told */
	const struct pain_transfer *transfers;
	size_t n;
};

/* What the bank would refuse is refused here: ERR_INVALID names the transfer and why (IBAN, amount, holder without
 * any letter, identifier), ERR_LIMIT beyond PAIN_TRANSFERS_MAX. */
bool pain001_write(struct arena *a, const struct pain001 *f, struct buf *out,
		   struct err *e) NODISCARD;

/* The text in the characters of SEPA, at most max of them; "" when none is left. */
const char *pain_text(struct arena *a, const char *text, size_t max);

#endif
