/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grid.h - a table on its way to the sink, for the readers of text and of workbooks.
 *
 * Columns are known before the first row is given: the header is set, every row is profiled, the
 * columns are given, then every row is given. So a reader goes over its rows twice.
 */
#ifndef FORMAT_GRID_H
#define FORMAT_GRID_H

#include "format/csv.h"
#include "format/report.h"

/* One row on its way. */
struct grid_row {
	int64_t line;
	const struct csv_field *field;
	size_t n;
	enum csv_fault fault;
	bool is_in_place; /* as csv_is_in_place */
	int64_t done;     /* for the progress, out of the source's total */
};

typedef bool grid_row_fn(void *arg, const struct grid_row *r, struct err *e);

/* Where rows come from. walk calls row for each, from the first one, and stops with false when row
 * does. */
struct grid_source {
	void *arg;
	const char *sheet;
	int64_t total;
	bool (*walk)(void *arg, grid_row_fn *row, void *row_arg, struct err *e);
};

struct grid {
	struct report report;
	struct parse_total *total;
	struct csv_column *column;
	size_t n; /* columns */
	int64_t header_line;
	const char **cell;
	struct csv_field *copy; /* of the row under work */
	char *names;
	char *text;
	size_t text_room;
	bool has_stopped; /* a look at the beginning was enough */
};

bool grid_init(struct grid *g, const struct sink *sink, struct parse_total *total) NODISCARD;
void grid_done(struct grid *g);

/* All passes: columns and rows go to the sink; the total is left to the caller. ERR_FORMAT when there is
 * no table. */
bool grid_read(struct grid *g, const struct grid_source *s, struct err *e) NODISCARD;

/* Names the columns. */
bool grid_header(struct grid *g, const struct csv_field *f, size_t n, int64_t line,
		 struct err *e) NODISCARD;

/* Looks at the numbers and dates of one row. */
void grid_profile(struct grid *g, const struct csv_field *f, size_t n);

/* Gives the columns, once all rows are profiled. */
bool grid_columns(struct grid *g, const char *sheet, struct err *e) NODISCARD;

/* Gives one row; a row wider than the header is reported and left out. */
bool grid_row(struct grid *g, const struct grid_row *r, struct err *e) NODISCARD;

/* Makes *text hold need bytes at least; it may move. */
bool field_room(char **text, size_t *room, size_t need, struct err *e) NODISCARD;

/* Copies the first n fields (at least one), trimmed, each with a NUL behind it; blank ones become empty. The copies lie
 * in *text, which grows as needed. */
bool fields_copy(struct csv_field *f, size_t n, bool is_in_place, char **text, size_t *room,
		 struct err *e) NODISCARD;

/* The field without white space at its ends. */
struct csv_field field_trim_ends(struct csv_field f);
static inline struct csv_field field_trim(struct csv_field f)
{
	/* Nearly always there is nothing to do. */
	return f.n == 0 || (f.s[0] > ' ' && f.s[f.n - 1] > ' ' && f.s[f.n - 1] < 0x7F)
		       ? f
		       : field_trim_ends(f);
}

/* The position behind the last field that is not blank. */
size_t grid_width(const struct csv_field *f, size_t n);

/* Number of fields that are not blank, and the position behind the last of them. */
size_t grid_filled(const struct csv_field *f, size_t n, size_t *ret_last);

/* Whether the row names columns rather than filling them; width is that of the usual row. */
bool grid_is_header(const struct csv_field *f, size_t n, size_t width);

#endif
