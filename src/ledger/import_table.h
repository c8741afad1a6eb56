/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_table.h - a table being read: its columns, and the cells of the row at hand. Private to ledger/import*.
 */
#ifndef LEDGER_IMPORT_TABLE_H
#define LEDGER_IMPORT_TABLE_H

#include "base/seen.h"
#include "ledger/import_column.h"
#include "ledger/import_plan.h"

enum { TABLE_COLUMNS_MAX = 512 };

enum table_content {
	CONTENT_NONE,
	CONTENT_CUSTOMERS,
	CONTENT_CONTACTS,
	CONTENT_ITEMS,
	CONTENT_BANK
};

struct bank_table;

struct table_reader {
	struct import_plan *plan;
	enum table_content content;
	size_t n_columns;
	enum table_field field[TABLE_COLUMNS_MAX];
	const char *header[TABLE_COLUMNS_MAX];
	struct value_profile profile[TABLE_COLUMNS_MAX];
	int column_of[FIELD_COUNT]; /* -1: none */
	enum number_style number[FIELD_COUNT];
	enum date_style date[FIELD_COUNT];
	struct seen seen; /* items and customers of this file, for lines told twice: their line */
	struct bank_table *bank;
	/* the row being read */
	const struct csv_row *row;
	const char *row_text;
	bool row_ok;
	int64_t n_bad_siren, n_ambiguous_terms;
};

/* Whether a column has that meaning. */
static inline bool table_has(const struct table_reader *r, enum table_field f)
{
	return r->column_of[f] >= 0;
}

/* Decides what each column means and how its numbers and dates are written (import_table_columns.c). ERR_FORMAT when
 * the table is nothing that is known, ERR_INVALID with a question when a column can be read in two ways. */
bool table_take_columns(struct table_reader *r, const struct csv_columns *c,
			struct err *e) NODISCARD;

/* A cell of the row at hand, in the plan's arena; NULL when blank or when there is no such column. */
const char *table_cell(const struct table_reader *r, enum table_field f);

/* ---- a bank's table (import_bank.c) ---- */

/* Whether the columns, recognised as a bank's, make one: a day, an amount or debit and credit, and a text. */
bool bank_table_is_one(const struct table_reader *r);

/* Names the columns of a table that is nothing else by what banks call them; those that a mapping named stay. */
void bank_table_recognise(struct table_reader *r);

/* Whether its columns are named in a language that writes the day before the month. */
bool bank_table_is_continental(const struct table_reader *r);

/* Keeps the row at hand. */
bool bank_table_take(struct table_reader *r, struct err *e) NODISCARD;

/* Gives all rows as statements to the job's bank importer. */
bool bank_table_finish(struct table_reader *r, struct err *e) NODISCARD;

#endif
