/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_private.h - what sheet.c and the two writers share. */
#ifndef WEB_SHEET_PRIVATE_H
#define WEB_SHEET_PRIVATE_H

#include "base/err.h"
#include "web/sheet.h"

enum { SHEET_MAX_COLUMNS = 64 };

struct sheet_book; /* of sheet_xlsx.c */

struct sheet {
	struct arena *arena;
	struct sheet_options options;
	int fd;
	bool is_total;
	size_t n_columns;
	size_t column;   /* of the next cell */
	struct buf *out; /* CSV: what is not written yet */
	char separator, point;
	bool has_table;
	struct sheet_book *book;
};

bool sheet_xlsx_open(struct sheet *s, struct err *e) NODISCARD;
void sheet_xlsx_begin(struct sheet *s, const char *name, const struct sheet_column *columns,
		      size_t n);
void sheet_xlsx_text(struct sheet *s, const char *text);
void sheet_xlsx_minor(struct sheet *s, int64_t minor, const char *currency);
void sheet_xlsx_int(struct sheet *s, int64_t n);
void sheet_xlsx_day(struct sheet *s, day_t d);
void sheet_xlsx_moment(struct sheet *s, int64_t moment);
void sheet_xlsx_totals(struct sheet *s);
bool sheet_xlsx_end(struct sheet *s, struct err *e) NODISCARD;
bool sheet_xlsx_close(struct sheet *s, struct err *e) NODISCARD;

#endif
