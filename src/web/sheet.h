/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet.h - tables for spreadsheets, as the reader's spreadsheet expects them.
 *
 * French: semicolons and decimal commas; else commas and points. UTF-8 with its mark, so that accents
 * survive. A text that a spreadsheet would run as a formula is written with an apostrophe before it.
 *
 *	struct sheet c;
 *	sheet_init(&c, r->arena, "fr");
 *	sheet_text(&c, name), sheet_minor(&c, minor, "EUR"), sheet_day(&c, due_on), sheet_end(&c);
 *	return respond_bytes(r, c.out.data, c.out.len, "text/csv; charset=utf-8", "items.csv", true);
 */
#ifndef WEB_SHEET_H
#define WEB_SHEET_H

#include "base/buf.h"
#include "base/date.h"

struct sheet {
	struct buf out;
	char separator;
	char point;
	bool has_cell;
};

void sheet_init(struct sheet *c, struct arena *a, const char *language);
void sheet_text(struct sheet *c, const char *s); /* NULL: an empty cell */
void sheet_minor(struct sheet *c, int64_t minor, const char *currency);
void sheet_int(struct sheet *c, int64_t n);
void sheet_day(struct sheet *c, day_t d); /* ISO; DAY_NONE: an empty cell */
void sheet_end(struct sheet *c);

#endif
