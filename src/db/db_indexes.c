/* SPDX-License-Identifier: Apache-2.0 */
/* db_indexes.c - the indexes of an empty table wait until its rows are there. */
#include "db/db_engine.h"

#include "base/buf.h"

#include <stdlib.h>

static void put_aside(struct db *db, const char *sql)
{
	struct db_index *index = calloc(1, sizeof *index), **at = &db->indexes;

	ENSURE(index);
	index->sql = strdup(sql);
	ENSURE(index->sql);
	while (*at)
		at = &(*at)->next;
	*at = index;
}

bool db_table_is_empty(struct db *db, const char *table, bool *ret, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 16);
	struct buf sql;
	int64_t has_rows;

	buf_init(&sql, a);
	buf_printf(&sql, "SELECT CASE WHEN EXISTS (SELECT 1 FROM %s) THEN 1 ELSE 0 END", table);
	if (!db_get_i64(db, buf_str(&sql), DB_NO_PARAMS, 0, &has_rows, e))
		return false;
	*ret = has_rows == 0;
	return true;
}

struct index_row {
	const char *name, *sql;
};

static bool defer(struct db *db, struct arena *a, const char *table, struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct index_row, name),
						    DB_COL(struct index_row, sql) };
	struct index_row *row;
	bool empty;
	size_t n;

	if (!db_table_is_empty(db, table, &empty, e))
		return false;
	if (!empty)
		return true;
	if (!db_list(db, a, db->ops->indexes, DB_PARAMS(P_TEXT(table)), columns, ARRAY_LEN(columns),
		     sizeof *row, (void **)&row, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct buf drop;
		buf_init(&drop, a);
		buf_printf(&drop, "DROP INDEX %s", row[i].name);
		if (!db->ops->script(db, buf_str(&drop), e)) {
			db->is_failed = true;
			return false;
		}
		put_aside(db, row[i].sql);
	}
	return true;
}

bool db_indexes_defer(struct db *db, const char *table, struct err *e)
{
	struct arena *a = arena_new(1 << 20);
	bool ok;

	ENSURE(db->in_tx);
	ok = defer(db, a, table, e) || err_while(e, "the indexes of %s", table);
	arena_free(a);
	return ok;
}

bool db_indexes_build(struct db *db, struct err *e)
{
	if (!db->indexes)
		return true;
	if (!db_copies_flush(db, e))
		return false;
	while (db->indexes) {
		struct db_index *first = db->indexes;
		if (!db->ops->script(db, first->sql, e)) {
			db->is_failed = true;
			return err_while(e, "building an index");
		}
		db->indexes = first->next;
		free(first->sql);
		free(first);
	}
	return true;
}

void db_indexes_forget(struct db *db)
{
	while (db->indexes) {
		struct db_index *first = db->indexes;
		db->indexes = first->next;
		free(first->sql);
		free(first);
	}
}
