/* SPDX-License-Identifier: Apache-2.0 */
#include "base/list.h"
#include "db/db_engine.h"

#include <limits.h>

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

bool db_list(struct db *db, struct arena *a, const char *sql, struct db_params params,
	     const struct db_column *columns, size_t n_columns, size_t size, void **ret,
	     size_t *ret_n, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	void *list = NULL;
	size_t n = 0, room = 0;
	bool more;

	if (!db_query(db, sql, params, &r, e))
		return false;
	for (;;) {
		if (!rows_next(r, &more, e))
			return false;
		if (!more)
			break;
		list = list_room(a, list, n, &room, size);
		if (!read_row(r, a, columns, n_columns, (char *)list + n * size, e))
			return false;
		n++;
	}
	*ret = list;
	*ret_n = n;
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
