/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx.h - the cells of a workbook's sheet (Office Open XML), as the rows of a table.
 *
 * Reads the sheet of parse_options.sheet, else the first visible one. A number is written with a decimal
 * point and never more than 15 significant digits, so that 12.340000000000002 is 12.34 again; where three
 * decimals could be taken for thousands a zero is added ("1.2340"). A number in a date format is written
 * as its day. A formula is read by the value stored with it; one without a value refuses the file, because
 * a sum without it would be wrong and nobody would know.
 */
#ifndef FORMAT_XLSX_H
#define FORMAT_XLSX_H

#include "format/record.h"

enum {
	XLSX_STRINGS_MAX = 4 << 20, /* shared strings of a workbook */
	XLSX_STYLES_MAX = 65536,
	XLSX_SHEETS_MAX = 512
};

/* ERR_FORMAT when the workbook is damaged, encrypted, has no such sheet or an empty formula; ERR_LIMIT
 * beyond the ceilings. total is completed and given last. */
bool xlsx_read(const char *bytes, size_t n, const struct parse_options *o,
	       struct parse_total *total, const struct sink *sink, struct err *e) NODISCARD;

#endif
