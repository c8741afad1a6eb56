/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cfonb.h - French bank statements of 120 characters a record (relevé de compte CFONB 120).
 *
 * Per account and day: record 01 (opening balance), any number of 04 (movement), each followed by its 05
 * (details), record 07 (closing balance). The amounts' last character holds the last digit and the sign.
 * Given as the records of camt (record.h), so that whoever books one books the other; the interbank code of
 * a movement is bank_own_code.
 *
 * A statement with a wrong record, or whose movements do not make its closing balance, is left out as a
 * whole, with an error for each reason: half a statement is worse than none.
 */
#ifndef FORMAT_CFONB_H
#define FORMAT_CFONB_H

#include "format/record.h"

enum { CFONB_RECORD = 120, CFONB_MOVEMENTS_MAX = 200000 };

/* Reads decoded text (encoding.h); records may follow each other without line ends. total is completed and
 * given last. */
bool cfonb_read(const char *text, size_t len, struct parse_total *total, const struct sink *sink,
		struct err *e) NODISCARD;

/* "0000000012345F" with two decimals is 123456, "...O" -123456; any length up to 17. */
bool cfonb_amount(const char *s, size_t n, int64_t *ret);

#endif
