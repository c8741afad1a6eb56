/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db_engine.h"
#include "db/seal_rows.h"

#include <stdlib.h>

static size_t count_columns(const char *columns)
{
	size_t n = 1;

	for (const char *c = columns; *c; c++)
		n += *c == ',';
	return n;
}

bool db_copy_begin(struct db *db, const char *table, const char *columns, struct db_copy **ret,
		   struct err *e)
{
	struct db_copy *c;

	ENSURE(db->in_tx);
	if (db->is_failed)
		return err_set(
			e, ERR_INTERNAL,
			"a statement of this transaction failed before: it must be rolled back");
	c = calloc(1, sizeof *c);
	ENSURE(c);
	c->db = db;
	c->table = strdup(table);
	c->columns = strdup(columns);
	ENSURE(c->table && c->columns);
	c->n_columns = count_columns(columns);
	ENSURE(c->n_columns <= DB_MAX_PARAMS);
	c->leaf = seal_leaf_of(db, table, columns);
	if (db->last_copy)
		db->last_copy->next = c;
	else
		db->copies = c;
	db->last_copy = c;
	if (!db->ops->copy_begin(c, e)) {
		db->is_failed = true;
		db_copy_abort(c);
		return false;
	}
	*ret = c;
	return true;
}

bool db_copy_row(struct db_copy *c, struct db_params params, struct err *e)
{
	struct db *db = c->db;

	ENSURE(params.n == c->n_columns);
	if (db->is_failed)
		return err_set(
			e, ERR_INTERNAL,
			"a statement of this transaction failed before: it must be rolled back");
	if (!db_params_check(params, e) || !db->ops->copy_row(c, params, e)) {
		db->is_failed = true;
		return false;
	}
	if (c->leaf)
		seal_leaf_add(c->leaf, params);
	return true;
}

bool db_copies_flush(struct db *db, struct err *e)
{
	for (struct db_copy *c = db->copies; c; c = c->next) {
		if (!db->ops->copy_flush(c, e)) {
			db->is_failed = true;
			return err_while(e, "writing rows of %s", c->table);
		}
	}
	return true;
}

bool db_copy_end(struct db_copy *c, struct err *e)
{
	bool ok = !c->db->is_failed;

	if (ok)
		ok = db_copies_flush(c->db, e);
	else
		err_set(e, ERR_INTERNAL,
			"a statement of this transaction failed before: it must be rolled back");
	db_copy_abort(c);
	return ok;
}

void db_copy_abort(struct db_copy *c)
{
	struct db_copy *before = NULL;
	struct db *db;

	if (!c)
		return;
	db = c->db;
	for (struct db_copy *at = db->copies; at != c; at = at->next)
		before = at;
	if (before)
		before->next = c->next;
	else
		db->copies = c->next;
	if (db->last_copy == c)
		db->last_copy = before;
	db->ops->copy_done(c);
	seal_leaf_free(c->leaf);
	free(c->data);
	free(c->table);
	free(c->columns);
	free(c);
}

void db_copies_drop(struct db *db)
{
	while (db->copies)
		db_copy_abort(db->copies);
}
