/* SPDX-License-Identifier: Apache-2.0 */
/* xlsx_value.h - what a workbook's numbers and number formats mean. */
#ifndef FORMAT_XLSX_VALUE_H
#define FORMAT_XLSX_VALUE_H

#include "base/date.h"

enum { XLSX_NUMBER_MAX = 48 };

/* Writes the stored number ("1234.5599999999999", "1.2E-3") as a plain decimal of at most 15 significant
 * digits, without ambiguity (see xlsx.h). False when it is no number of reasonable size. */
bool xlsx_number(const char *s, size_t n, char out[XLSX_NUMBER_MAX]);

/* Whether a number format shows a day: it names years, days or months outside quotes and brackets. */
bool xlsx_format_is_date(const char *code);

/* Whether one of the formats that every workbook has shows a day. */
bool xlsx_builtin_is_date(int64_t id);

/* The day of a stored number, its time of day left aside; false when it is before 1900. */
bool xlsx_day(const char *s, size_t n, bool is_1904, day_t *ret);

#endif
