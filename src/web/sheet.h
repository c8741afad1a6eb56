/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet.h - tables for spreadsheets, as CSV (RFC 4180) or as a workbook (XLSX), written row by row to a file
 * without a name: a million rows need no more memory than one.
 *
 *	static const struct sheet_column columns[] = { { "Document", SHEET_TEXT }, { "Open", SHEET_MINOR } };
 *	struct sheet *s;
 *	int fd;
 *
 *	if (!sheet_open(a, &(struct sheet_options){ .kind = SHEET_XLSX, .language = "fr" }, &s, e))
 *		return false;
 *	sheet_begin(s, "Items", columns, ARRAY_LEN(columns));
 *	for (...) {
 *		sheet_text(s, document);
 *		sheet_minor(s, open_minor, "EUR");
 *		if (!sheet_end(s, e))
 *			return false;
 *	}
 *	return sheet_close(s, &fd, e) && respond_file(r, fd, sheet_media_type(SHEET_XLSX), "items.xlsx", true, e);
 *
 * No cell starts a formula, whoever wrote its text and whichever separator the spreadsheet takes: in CSV an
 * apostrophe stands before a text that would, also after a separator or line end inside of it; in a workbook
 * texts are texts. Amounts, dates and counts are numbers, negative ones too.
 *
 * CSV: UTF-8 with its mark, so that accents survive; French: semicolons and decimal commas, else commas and
 * points; dates are ISO. XLSX: real dates and numbers, frozen head, filter buttons.
 */
#ifndef WEB_SHEET_H
#define WEB_SHEET_H

#include "base/arena.h"
#include "base/date.h"

enum sheet_kind { SHEET_CSV, SHEET_XLSX };

struct sheet_options {
	enum sheet_kind kind;
	const char *language; /* "fr": separators and the writing of dates */
	int64_t utc_offset;   /* seconds, for moments */
	bool without_mark;    /* CSV for programs: no byte order mark */
};

enum sheet_cell { SHEET_TEXT, SHEET_MINOR, SHEET_INT, SHEET_DAY, SHEET_MOMENT };

struct sheet_column {
	const char *head; /* translated; NULL in all columns: no head row */
	enum sheet_cell kind;
};

struct sheet;

/* Closed with the arena when it is not closed before. ERR_IO when there is no room for the file. */
bool sheet_open(struct arena *a, const struct sheet_options *o, struct sheet **ret,
		struct err *e) NODISCARD;

/* Begins a table with its head row. A CSV file holds one (a second stops the program), a workbook a sheet
 * for each; the name is cut and cleaned to what a workbook allows. */
void sheet_begin(struct sheet *s, const char *name, const struct sheet_column *columns, size_t n);

/* The cells of a row, from the left, in any kind. NULL, DAY_NONE: an empty cell. An amount beyond 15 digits
 * is written as text in a workbook, since its numbers would not hold it to the cent; a text beyond 32,767
 * characters, which no cell holds, is cut there with an ellipsis. */
void sheet_text(struct sheet *s, const char *text);
void sheet_minor(struct sheet *s, int64_t minor, const char *currency);
void sheet_int(struct sheet *s, int64_t n);
void sheet_day(struct sheet *s, day_t d);
void sheet_moment(struct sheet *s, int64_t moment); /* microseconds UTC */
void sheet_nothing(struct sheet *s);

/* The rows that follow are totals: bold, outside the filter. */
void sheet_total_rows(struct sheet *s);

/* Ends the row. ERR_LIMIT when a workbook is full (1,048,576 rows): CSV holds more. ERR_IO. */
bool sheet_end(struct sheet *s, struct err *e) NODISCARD;

/* The finished file, at its beginning; closing it is up to the caller. */
bool sheet_close(struct sheet *s, int *ret_fd, struct err *e) NODISCARD;

/* Copies the file to that path, beside and then renamed in place; closes fd. */
bool sheet_save(int fd, const char *path, struct err *e) NODISCARD;

const char *sheet_media_type(enum sheet_kind kind);

#endif
