/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coda.h - Belgian bank statements (CODA), lines of 128 characters.
 *
 * Per account and day: 0 header, 1 old balance, then movements (2.1, 2.2, 2.3) with their information (3.1 to 3.3) and
 * free texts (4), 8 new balance, 9 totals. Movements of detail number 0000 make the balance; what a movement totals
 * follows with higher detail numbers and becomes its transactions, never counted beside it. Given as the records of
 * camt (record.h). A structured communication whose check digits are right is a reference "+++123/4567/89012+++".
 *
 * A line that cannot be read, an amount with a fraction of a cent, counts and sums other than those of the last line
 * make the statement one that cannot be taken (fault).
 */
#ifndef FORMAT_CODA_H
#define FORMAT_CODA_H

#include "format/bank.h"

enum { CODA_LINE = 128 };

/* Reads decoded text (encoding.h). total is completed and given last. */
bool coda_read(const char *text, size_t len, struct parse_total *total, const struct sink *sink,
	       struct err *e) NODISCARD;

/* Whether the text begins with a header line. */
bool coda_is_header(const char *text, size_t len);

/* ---- lines, for the reader and its tests ---- */

struct coda_line {
	const char *text;
	size_t at[CODA_LINE + 1]; /* where each character begins: accents take two bytes */
	int64_t number;
};

/* Cuts a line; false when it is longer than 128 characters. A shorter one has blanks at its end. */
bool coda_cut(const char *s, size_t n, struct coda_line *ret);

/* Characters from to last, counted from 1, without blanks at their ends. */
struct csv_field coda_part(const struct coda_line *l, int from, int last);

/* "21", "31"...; "0", "1", "8", "9", "4" for those of one digit. */
const char *coda_kind(const struct coda_line *l, char ret[3]);

/* Fifteen digits in thousandths, by the sign before them ("1" is a debit). */
bool coda_amount(const struct coda_line *l, int sign_at, int from, int64_t *ret_milli);

/* Three to five parts of a communication: a structured one into references, mandate...; else its text. */
void coda_communication(struct arena *a, bool is_structured, const char *text,
			struct bank_movement *m);

/* "+++123/4567/89012+++" of twelve digits; false when the check digits are wrong. */
bool coda_reference(const char *digits, size_t n, char ret[24]);

#endif
