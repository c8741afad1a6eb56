/* SPDX-License-Identifier: Apache-2.0 */
#include "base/list.h"
#include "db/db_engine.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

bool db_get_i64(struct db *db, const char *sql, struct db_params params, int64_t absent_value,
		int64_t *ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more;

	if (!db_query(db, sql, params, &r, e) || !rows_next(r, &more, e))
		return false;
	*ret = more && !row_is_null(r, 0) ? row_i64(r, 0) : absent_value;
	return true;
}

bool db_get_text(struct db *db, struct arena *a, const char *sql, struct db_params params,
		 char **ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more;

	if (!db_query(db, sql, params, &r, e) || !rows_next(r, &more, e))
		return false;
	*ret = more ? arena_strdup(a, row_text(r, 0)) : NULL;
	return true;
}

/* A currency or country: at most three letters and the NUL. */
static bool read_code(const struct rows *r, int col, char code[4], struct err *e)
{
	const char *text = row_text(r, col);
	size_t n = text ? strlen(text) : 0;

	if (n > 3)
		return err_set(e, ERR_DB, "column %d holds \"%.20s\" where a code of 3 fits", col,
			       text);
	memset(code, 0, 4);
	if (n > 0)
		memcpy(code, text, n);
	return true;
}

static bool read_row(const struct rows *r, struct arena *a, const struct db_column *columns,
		     size_t n_columns, char *at, struct err *e)
{
	for (size_t i = 0; i < n_columns; i++) {
		void *field = at + columns[i].offset;
		int col = (int)i;
		int64_t v;

		switch (columns[i].field) {
		case DB_FIELD_I64:
			*(int64_t *)field = row_i64(r, col);
			break;
		case DB_FIELD_INT:
			v = row_i64(r, col);
			if (v < INT_MIN || v > INT_MAX)
				return err_set(e, ERR_RANGE, "column %d holds %" PRId64, col, v);
			*(int *)field = (int)v;
			break;
		case DB_FIELD_BOOL:
			*(bool *)field = row_bool(r, col);
			break;
		case DB_FIELD_TEXT:
			*(const char **)field = arena_strdup(a, row_text(r, col));
			break;
		case DB_FIELD_CODE:
			if (!read_code(r, col, field, e))
				return false;
			break;
		case DB_FIELD_DAY:
			*(day_t *)field = row_day(r, col);
			break;
		}
	}
	return true;
}

struct found {
	void *at;
	size_t n, room;
};

static bool add_found(struct db *db, struct arena *a, const char *sql, struct db_params params,
		      const struct db_column *columns, size_t n_columns, size_t size,
		      struct found *list, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more;

	if (!db_query(db, sql, params, &r, e))
		return false;
	for (;;) {
		if (!rows_next(r, &more, e))
			return false;
		if (!more)
			return true;
		list->at = list_room(a, list->at, list->n, &list->room, size);
		if (!read_row(r, a, columns, n_columns, (char *)list->at + list->n * size, e))
			return false;
		list->n++;
	}
}

bool db_list(struct db *db, struct arena *a, const char *sql, struct db_params params,
	     const struct db_column *columns, size_t n_columns, size_t size, void **ret,
	     size_t *ret_n, struct err *e)
{
	struct found list = { 0 };

	if (!add_found(db, a, sql, params, columns, n_columns, size, &list, e))
		return false;
	*ret = list.at;
	*ret_n = list.n;
	return true;
}

/* ---- many rows in one statement ---- */

struct part {
	char *sql; /* with places for n_rows rows */
	size_t n_rows;
	struct db_param params[DB_MAX_PARAMS];
};

/* Full statements, then one of the next power of two: few texts to prepare, whatever the number of rows. */
static size_t rows_of_part(size_t n_columns, size_t left)
{
	size_t most = DB_MAX_PARAMS / n_columns, n = 1;

	while (n < left && n < most)
		n *= 2;
	return n < most ? n : most;
}

static char *text_of(const char *sql, size_t n_columns, size_t n_rows)
{
	const char *at = strstr(sql, "$rows");
	size_t room = strlen(sql) + 8 * n_columns * n_rows + 1;
	char *text = malloc(room);
	int used;

	ENSURE(text && at && !strstr(at + 1, "$rows"));
	used = snprintf(text, room, "%.*s", (int)(at - sql), sql);
	for (size_t i = 0; i < n_columns * n_rows; i++)
		used += snprintf(text + used, room - (size_t)used, "%s$%zu%s",
				 i % n_columns ? ","
				 : i           ? ",("
					       : "(",
				 i + 1, i % n_columns == n_columns - 1 ? ")" : "");
	snprintf(text + used, room - (size_t)used, "%s", at + strlen("$rows"));
	return text;
}

/* The rows from `from` on that go together, the last one again where some are missing. */
static size_t fill_part(struct part *p, const char *sql, struct db_many rows, size_t from)
{
	size_t left = rows.n - from, n = rows_of_part(rows.n_columns, left);

	ENSURE(rows.n_columns > 0 && rows.n_columns <= DB_MAX_PARAMS);
	if (n != p->n_rows) {
		free(p->sql);
		p->sql = text_of(sql, rows.n_columns, n);
		p->n_rows = n;
	}
	for (size_t i = 0; i < n; i++)
		memcpy(&p->params[i * rows.n_columns],
		       &rows.at[(i < left ? from + i : rows.n - 1) * rows.n_columns],
		       rows.n_columns * sizeof *p->params);
	return n < left ? n : left;
}

static struct db_params params_of(const struct part *p, struct db_many rows)
{
	return (struct db_params){ p->params, p->n_rows * rows.n_columns };
}

bool db_exec_many(struct db *db, const char *sql, struct db_many rows, int64_t *ret_changed,
		  struct err *e)
{
	int64_t changed = 0, all = 0;
	struct part p = { 0 };
	bool ok = true;

	for (size_t from = 0; ok && from < rows.n; all += changed) {
		from += fill_part(&p, sql, rows, from);
		ok = db_exec(db, p.sql, params_of(&p, rows), &changed, e);
	}
	free(p.sql);
	if (ok && ret_changed)
		*ret_changed = all;
	return ok;
}

bool db_list_many(struct db *db, struct arena *a, const char *sql, struct db_many rows,
		  const struct db_column *columns, size_t n_columns, size_t size, void **ret,
		  size_t *ret_n, struct err *e)
{
	struct found list = { 0 };
	struct part p = { 0 };
	bool ok = true;

	for (size_t from = 0; ok && from < rows.n;) {
		from += fill_part(&p, sql, rows, from);
		ok = add_found(db, a, p.sql, params_of(&p, rows), columns, n_columns, size, &list,
			       e);
	}
	free(p.sql);
	if (!ok)
		return false;
	*ret = list.at;
	*ret_n = list.n;
	return true;
}

bool db_one(struct db *db, struct arena *a, const char *sql, struct db_params params,
	    const struct db_column *columns, size_t n_columns, void *ret_struct, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more;

	if (!db_query(db, sql, params, &r, e) || !rows_next(r, &more, e))
		return false;
	if (!more)
		return err_set(e, ERR_NOT_FOUND, "not found");
	return read_row(r, a, columns, n_columns, ret_struct, e);
}
