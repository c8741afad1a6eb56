/* SPDX-License-Identifier: Apache-2.0 */
#include "web/table_rows.h"

#include "base/list.h"
#include "base/money.h"
#include "base/text.h"
#include "web/table_private.h"

#include <stdlib.h>
#include <string.h>

struct row {
	const char *key, *currency;
	struct table_cell *cell;
	/* of the order */
	const char *text;
	int64_t n;
	bool is_known;
	size_t place;
};

struct table_rows {
	struct arena *arena;
	const struct table_view *view;
	LIST_OF(struct row) rows;
};

struct table_rows *table_rows_new(struct arena *a, const struct table_view *v)
{
	struct table_rows *rows = ARENA_NEW(a, struct table_rows);

	rows->arena = a;
	rows->view = v;
	return rows;
}

struct table_cell *table_rows_add(struct table_rows *rows, const char *key, const char *currency)
{
	struct row *row = LIST_ADD(rows->arena, &rows->rows);

	row->key = key;
	row->currency = arena_strdup(rows->arena, currency);
	row->cell = ARENA_ARRAY(rows->arena, rows->view->table->n_columns, struct table_cell);
	row->place = rows->rows.n;
	return row->cell;
}

static bool is_text(enum table_kind kind)
{
	return kind == TABLE_TEXT || kind == TABLE_LINK || kind == TABLE_STATE;
}

/* ---- what remains -------------------------------------------------------------------------------- */

static bool has_words(struct arena *a, const char *text, const char *key)
{
	return !str_empty(text) && strstr(text_key(a, text), key);
}

static bool fits_words(const struct table_rows *rows, const struct row *row, const char *key)
{
	const struct table *t = rows->view->table;

	for (size_t i = 0; i < t->n_columns; i++) {
		const struct table_cell *c = &row->cell[i];

		if (is_text(t->columns[i].kind) &&
		    (has_words(rows->arena, c->text, key) || has_words(rows->arena, c->sub, key)))
			return true;
	}
	return false;
}

static bool is_ticked(const struct table_view *v, const char *key)
{
	for (size_t i = 0; i < v->n_only; i++) {
		if (str_eq(v->only[i], key))
			return true;
	}
	return v->n_only == 0;
}

/* The words searched, as a key; NULL: none are. */
static const char *words_asked(const struct table_rows *rows)
{
	const struct table_view *v = rows->view;

	for (size_t i = 0; i < v->table->n_filters; i++) {
		if (v->table->filters[i].kind == TABLE_SEARCH && v->value[i])
			return text_key(rows->arena, v->value[i]);
	}
	return NULL;
}

static void keep_asked(struct table_rows *rows)
{
	const char *words = words_asked(rows);
	size_t kept = 0;

	for (size_t i = 0; i < rows->rows.n; i++) {
		if (is_ticked(rows->view, rows->rows.at[i].key) &&
		    (!words || fits_words(rows, &rows->rows.at[i], words)))
			rows->rows.at[kept++] = rows->rows.at[i];
	}
	rows->rows.n = kept;
}

/* ---- order --------------------------------------------------------------------------------------- */

static int compare(const void *x, const void *y)
{
	const struct row *a = x, *b = y;
	int d = a->text ? strcmp(a->text, b->text) : (a->n > b->n) - (a->n < b->n);

	return d ? d : (a->place > b->place) - (a->place < b->place);
}

static int compare_rising(const void *x, const void *y)
{
	const struct row *a = x, *b = y;

	return a->is_known == b->is_known ? compare(x, y) : b->is_known - a->is_known;
}

static int compare_falling(const void *x, const void *y)
{
	const struct row *a = x, *b = y;

	return a->is_known == b->is_known ? compare(y, x) : b->is_known - a->is_known;
}

static void sort(struct table_rows *rows)
{
	const struct table_view *v = rows->view;

	if (v->sort < 0 || rows->rows.n == 0)
		return;
	for (size_t i = 0; i < rows->rows.n; i++) {
		struct row *row = &rows->rows.at[i];
		const struct table_cell *c = &row->cell[v->sort];

		row->is_known = c->is_known;
		row->n = c->n;
		row->text = !is_text(v->table->columns[v->sort].kind) ? NULL
			    : c->is_known ? text_key(rows->arena, c->text)
					  : "";
	}
	qsort(rows->rows.at, rows->rows.n, sizeof *rows->rows.at,
	      v->descending ? compare_falling : compare_rising);
}

/* ---- totals -------------------------------------------------------------------------------------- */

static bool has_sums(const struct table *t)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		if (t->columns[i].flags & TABLE_SUMS)
			return true;
	}
	return false;
}

static bool add_up(const struct table *t, const struct row *row, struct table_total *total,
		   struct err *e)
{
	total->n_rows++;
	for (size_t i = 0; i < t->n_columns; i++) {
		if ((t->columns[i].flags & TABLE_SUMS) && row->cell[i].is_known &&
		    !minor_add(&total->sum[i], row->cell[i].n, e))
			return err_while(e, "adding up the list");
	}
	return true;
}

static bool fill_totals(const struct table_rows *rows, struct table_source *s, struct err *e)
{
	LIST_OF(struct table_total) totals = { 0 };

	for (size_t i = 0; i < rows->rows.n; i++) {
		const struct row *row = &rows->rows.at[i];
		size_t k = 0;

		while (k < totals.n && !str_eq(totals.at[k].currency, row->currency))
			k++;
		if (k == totals.n)
			LIST_ADD(rows->arena, &totals)->currency = row->currency;
		if (!add_up(rows->view->table, row, &totals.at[k], e))
			return false;
	}
	s->currency =
		totals.n == 1 && !str_empty(totals.at[0].currency) ? totals.at[0].currency : NULL;
	if (has_sums(rows->view->table)) {
		s->totals = totals.at;
		s->n_totals = totals.n;
	}
	return true;
}

/* ---- the source ---------------------------------------------------------------------------------- */

static size_t place_after(const struct table_rows *rows, const char *after)
{
	for (size_t i = 0; after && i < rows->rows.n; i++) {
		if (str_eq(rows->rows.at[i].key, after))
			return i + 1;
	}
	return 0;
}

static bool put_rows(void *arg, const char *after, size_t limit, struct table_out *out,
		     struct err *e)
{
	const struct table_rows *rows = arg;
	size_t from = place_after(rows, after);

	for (size_t i = from; i < rows->rows.n && i - from < limit; i++) {
		const struct row *row = &rows->rows.at[i];

		memcpy(table_begin_row(out, row->key, row->currency), row->cell,
		       rows->view->table->n_columns * sizeof *row->cell);
		if (!table_end_row(out, e))
			return false;
	}
	return true;
}

bool table_rows_source(struct table_rows *rows, struct table_source *ret, struct err *e)
{
	struct table_source s = { .rows = put_rows,
				  .arg = rows,
				  .is_bare = rows->rows.n == 0 && !table_has_filter(rows->view) };

	keep_asked(rows);
	sort(rows);
	s.n_rows = (int64_t)rows->rows.n;
	s.n_before = (int64_t)place_after(rows, rows->view->after);
	if (!fill_totals(rows, &s, e))
		return false;
	*ret = s;
	return true;
}
