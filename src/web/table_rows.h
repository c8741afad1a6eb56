/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_rows.h - the rows of a list that is loaded whole: searched, sorted, added up and paged in memory, so
 * that a room only says what its rows are.
 *
 *	struct table_rows *rows = table_rows_new(r->arena, &v);
 *	for (...) {
 *		struct table_cell *cell = table_rows_add(rows, key, currency);
 *		cell_link(&cell[CUSTOMER], name, url);
 *	}
 *	if (!table_rows_source(rows, &source, e))
 *		return false;
 *	return table_answer(r, &v, &source, e);
 *
 * A list that grows without end is not loaded whole: it asks the database for each page.
 */
#ifndef WEB_TABLE_ROWS_H
#define WEB_TABLE_ROWS_H

#include "web/table.h"

struct table_rows;

/* Of the view's table. a outlives the answer. */
struct table_rows *table_rows_new(struct arena *a, const struct table_view *v);

/* A new row with one empty cell per column, valid until the next one. The key is unique; the currency that of its
 * amounts, "" when it has none. Texts live as long as the arena. */
struct table_cell *table_rows_add(struct table_rows *rows, const char *key, const char *currency);

/* What remains of them by the words searched (a filter of kind TABLE_SEARCH looks in all texts) and the ticked
 * ones, in the order asked (rows without a value last; without one as they were added), with totals per
 * currency. ERR_RANGE when a sum is beyond counting. */
bool table_rows_source(struct table_rows *rows, struct table_source *ret, struct err *e) NODISCARD;

#endif
