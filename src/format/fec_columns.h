/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fec_columns.h - which column of an accounting file is which: the names of the law, and what other programs write.
 */
#ifndef FORMAT_FEC_COLUMNS_H
#define FORMAT_FEC_COLUMNS_H

#include "format/csv.h"
#include "format/report.h"

/* The columns that mean something to us. */
enum fec_column {
	FEC_JOURNAL,
	FEC_JOURNAL_LABEL,
	FEC_ENTRY,
	FEC_ENTRY_ON,
	FEC_ACCOUNT,
	FEC_ACCOUNT_LABEL,
	FEC_AUX,
	FEC_AUX_LABEL,
	FEC_PIECE,
	FEC_PIECE_ON,
	FEC_LABEL,
	FEC_DEBIT,
	FEC_CREDIT,
	FEC_AMOUNT,
	FEC_SENSE,
	FEC_LETTERING,
	FEC_LETTERED_ON,
	FEC_VALID_ON,
	FEC_CURRENCY_AMOUNT,
	FEC_CURRENCY,
	FEC_DUE_ON,
	FEC_PAID_ON,
	FEC_PAYMENT_MODE,
	FEC_CLIENT_ID,
	FEC_COLUMNS
};

/* Where the columns of one file stand. */
struct fec_columns {
	int at[FEC_COLUMNS]; /* position, -1 when absent */
	size_t n;            /* columns of the file, known or not */
};

/* Its official name. */
const char *fec_column_name(enum fec_column c);

/* What stands most often in the line that might part its fields; 0 when nothing does. */
char fec_separator(const char *line, size_t len);

/* Whether the line could be a FEC's first line; ret_separator is what stands between its names. */
bool fec_is_header(const char *line, size_t len, char *ret_separator);

/* Reads the first row that is not blank. ERR_FORMAT when a needed column is missing or one is named twice; what is
 * usual and missing is a warning. */
bool fec_columns_read(struct fec_columns *c, struct csv *row, struct report *r,
		      struct err *e) NODISCARD;

#endif
