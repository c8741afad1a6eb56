/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fec_value.h - amounts, dates and sides of an accounting file's line.
 *
 * Faster than value.h, and narrower: the law fixes the forms. What it does not foresee (thousands
 * separators, decimal points) is taken when only one reading is possible.
 */
#ifndef FORMAT_FEC_VALUE_H
#define FORMAT_FEC_VALUE_H

#include "base/date.h"

/* How this file writes its numbers, as far as seen. */
struct fec_numbers {
	int decimals;                /* of the currency */
	bool comma_seen, point_seen; /* as the decimal sign, beyond doubt */
};

/* Minor units of "1234,56", "-12", "12-", "1 234,56", "1.234,56", "1234.56". "1.234" is taken by
 * what the file's lines before did, and refused when they did not tell. s need not be
 * NUL-terminated. */
bool fec_amount(struct fec_numbers *numbers, const char *s, size_t n, int64_t *ret_minor);

enum fec_date_form { FEC_DATE_NOT, FEC_DATE_LAW, FEC_DATE_OTHER };

/* YYYYMMDD as the law wants; YYYY-MM-DD and DD/MM/YYYY are FEC_DATE_OTHER. */
enum fec_date_form fec_date(const char *s, size_t n, day_t *ret);

/* 1 for D and +1, -1 for C and -1, 0 for anything else. */
int fec_sense(const char *s, size_t n);

#endif
