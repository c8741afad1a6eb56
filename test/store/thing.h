/* SPDX-License-Identifier: Apache-2.0 */
/* thing.h - for the tests of db/: beside the real tables, one with a column of every type. */
#ifndef TEST_STORE_THING_H
#define TEST_STORE_THING_H

#include "store.h"

static inline int thing_setup(void **state)
{
	store_setup(state);
	store_run(*state, db_engine(*state) == DB_SQLITE ? "CREATE TABLE thing (id BIGINT PRIMARY "
							   "KEY, t TEXT, b BLOB, d TEXT, n INT)"
							 : "CREATE TABLE thing (id BIGINT PRIMARY "
							   "KEY, t TEXT, b BYTEA, d TEXT, n INT)");
	return 0;
}

static inline bool thing_insert(struct db *db, int64_t id, const char *text, struct err *e)
{
	return db_exec(db, "INSERT INTO thing (id, t) VALUES ($1, $2)",
		       DB_PARAMS(P_I64(id), P_TEXT(text)), NULL, e);
}

#endif
