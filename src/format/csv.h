/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv.h - tables in text: rows of fields between separators.
 *
 * Two floors. The scanner below splits UTF-8 text into rows as fast as memory allows and knows
 *nothing of columns; the accounting file is read with it too. csv_read on top finds the separator,
 *the header (possibly under title lines), looks at every column's numbers and dates, and gives rows
 *to a sink.
 *
 * Quotes are RFC 4180's: a field that begins with a quotation mark ends at the next single one and
 *may hold separators and line ends; two marks stand for one. Elsewhere a quotation mark is a
 *character like any other. A quotation that never closes is an error of its own line; reading goes
 *on at the next.
 *
 *	struct csv c;
 *	csv_init(&c, text, len, ';', true);
 *	while (csv_next(&c))
 *		use(c.line, c.field, c.n);
 *	csv_done(&c);
 */
#ifndef FORMAT_CSV_H
#define FORMAT_CSV_H

#include "format/record.h"

enum {
	CSV_FIELDS_MAX = 2048,   /* of a row */
	CSV_FIELD_MAX = 1 << 20, /* bytes of a field */
	CSV_ROW_MAX = 16 << 20,  /* bytes of a row */
};

struct csv_field {
	const char *s;
	size_t n;
};

enum csv_fault {
	CSV_OK,
	CSV_UNCLOSED, /* a quotation mark that never closes */
	CSV_TOO_LONG, /* a field or row over its ceiling */
	CSV_TOO_MANY  /* more fields than CSV_FIELDS_MAX */
};

struct csv {
	/* The row last given; fields point into the text, or into memory valid until the next row.
	 */
	int64_t line;
	size_t n;
	struct csv_field *field;
	enum csv_fault fault; /* the row could not be read: n is 0, only its line counts */

	/* Private. */
	const char *text, *at, *end;
	const char *block;
	uint64_t marks;
	int64_t next_line;
	char separator, stop;
	bool has_quotes;
	char *scratch;
	size_t scratch_used, scratch_room;
};

/* Begins at the text's first line. The text must outlive the scanner. */
void csv_init(struct csv *c, const char *text, size_t len, char separator, bool has_quotes);
void csv_done(struct csv *c);

/* The next row, false at the end. An empty line is a row of one empty field. */
bool csv_next(struct csv *c);

/* Whether the fields of the row lie one after the other in the text, each with a byte behind it that is no field's: else
 * one of them was put together elsewhere. */
static inline bool csv_is_in_place(const struct csv *c)
{
	return c->scratch_used == 0;
}

/* The separator among ; TAB | , that splits the beginning of the text most evenly; 0 when none
 * does. */
char csv_separator(const char *text, size_t len);

/* Reads a whole table from UTF-8 text; see record.h for the records. total is completed and given
 * last. ERR_FORMAT when there is no table. */
bool csv_read(const char *text, size_t len, struct parse_total *total, const struct sink *sink,
	      struct err *e) NODISCARD;

#endif
