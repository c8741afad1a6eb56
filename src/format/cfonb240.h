/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cfonb240.h - returned and unpaid payments in CFONB 240: batches of records 31, 34 and 39.
 *
 * Each batch is given as a statement of kind FORMAT_CFONB240 whose entries are money that goes back: negative,
 * not booked (the statement of account books it). What begins at nothing ends with the total of record 39: these
 * are its opening and closing balance. Banks fill the fields in their own ways: a date or an account that cannot
 * be read is left out with a warning. Amounts, sequence and total are strict: a batch that does not add up is told
 * and marked as not balanced, never repaired; one that does not end is left out.
 */
#ifndef FORMAT_CFONB240_H
#define FORMAT_CFONB240_H

#include "format/record.h"

enum { CFONB240_RECORD = 240 };

/* Reads decoded text (encoding.h); records may follow each other without line ends. total is completed and
 * given last. */
bool cfonb240_read(const char *text, size_t len, struct parse_total *total, const struct sink *sink,
		   struct err *e) NODISCARD;

#endif
