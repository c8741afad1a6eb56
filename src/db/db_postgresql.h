/* SPDX-License-Identifier: Apache-2.0 */
/* db_postgresql.h - inside the PostgreSQL engine: its connection, and the rows that go many at once. */
#ifndef DB_DB_POSTGRESQL_H
#define DB_DB_POSTGRESQL_H

#include "db/db_engine.h"

#include <libpq-fe.h>

struct postgresql {
	PGconn *conn;
	struct db_statements statements;
	unsigned n_named;
};

static inline PGconn *postgresql_conn(const struct db *db)
{
	const struct postgresql *p = db->conn;

	return p->conn;
}

/* What the server, or the connection when res is NULL, says went wrong; false. */
bool postgresql_fail(struct db *db, const PGresult *res, struct err *e);

/* The engine's part of db_copy. */
bool postgresql_copy_begin(struct db_copy *c, struct err *e);
bool postgresql_copy_row(struct db_copy *c, struct db_params params, struct err *e);
bool postgresql_copy_flush(struct db_copy *c, struct err *e);
void postgresql_copy_done(struct db_copy *c);

#endif
