/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bank_text.h - one text of a bank entry, folded, with its runs of digits; for the evidence.
 *
 * Digits that are obviously something else (IBANs, dates, amounts, telephones, card terminals) are marked:
 * they name no document unless they are written just as one.
 */
#ifndef MATCH_BANK_TEXT_H
#define MATCH_BANK_TEXT_H

#include "base/list.h"
#include "match/fold.h"
#include "match/match.h"

enum { RUN_MAX_DIGITS = 24, TEXT_MAX_RUNS = 300, TEXT_MAX_BYTES = 12000 };

struct digit_run {
	uint32_t from, to;           /* characters of the folded text */
	char digits[RUN_MAX_DIGITS]; /* letters that look like digits made digits */
	uint8_t n;                   /* 0 when there are more than RUN_MAX_DIGITS */
	bool is_confused;            /* there were such letters */
	bool is_other;               /* it is obviously something else */
};

struct bank_text {
	enum match_field field;
	struct folded text;
	bool *is_iban; /* by character: part of an IBAN */
	LIST_OF(struct digit_run) runs;
};

/* Reads the first TEXT_MAX_BYTES of source, which is borrowed. entry tells the amount and our account,
 * which are no documents. */
void bank_text_read(struct arena *a, const struct match_entry *entry, enum match_field field,
		    const char *source, struct bank_text *ret);

/* Remainder of the characters by 97 with the first four moved behind (ISO 7064): 1 for a valid IBAN or
 * creditor reference. Only for upper case letters and digits. */
int bank_text_remainder(const char *at, size_t len);

#endif
