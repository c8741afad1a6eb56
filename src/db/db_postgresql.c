/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db_postgresql.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* From pg_type.h, which is the server's. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25 };

/* Rows being read: the whole result is here. */
struct result {
	PGresult *res;
	int row;
	uint64_t decoded; /* columns of bytes already turned from hexadecimal, in place */
};

/* libpq ends its messages with a line feed, and may give several lines. */
static bool fail_text(struct err *e, enum err_code code, const char *text)
{
	return err_set(e, code, "%.*s", (int)strcspn(text, "\n"), text);
}

bool postgresql_fail(struct db *db, const PGresult *res, struct err *e)
{
	const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
	const char *text = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;

	if (PQstatus(postgresql_conn(db)) == CONNECTION_BAD)
		return fail_text(e, ERR_RETRY, PQerrorMessage(postgresql_conn(db)));
	if (!text)
		text = PQerrorMessage(postgresql_conn(db));
	if (!state)
		return fail_text(e, ERR_DB, text);
	if (str_starts(state, "23"))
		return fail_text(e, ERR_CONFLICT, text);
	if (str_eq(state, "40001") || str_eq(state, "40P01") || str_eq(state, "55P03"))
		return fail_text(e, ERR_RETRY, text);
	return fail_text(e, ERR_DB, text);
}

/* ---- opening ---- */

static void drop_notice(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

static bool postgresql_script(struct db *db, const char *sql, struct err *e);

/* What the statements count on, whatever the server's settings are. */
static bool set_up(struct db *db, struct err *e)
{
	return postgresql_script(db,
				 "SET timezone = 'UTC';"
				 "SET client_encoding = 'UTF8';"
				 "SET client_min_messages = 'warning';"
				 "SET standard_conforming_strings = 'on';"
				 "SET default_transaction_isolation = 'read committed';"
				 "SET bytea_output = 'hex';"
				 "SET lock_timeout = '15s'",
				 e);
}

static bool postgresql_open(struct db *db, struct err *e)
{
	/* What the URL says comes last, and counts. */
	const char *const names[] = { "application_name", "connect_timeout", "dbname", NULL };
	const char *const values[] = { "encours", "10", db->url, NULL };
	struct postgresql *p = calloc(1, sizeof *p);

	ENSURE(p);
	db->conn = p;
	p->conn = PQconnectdbParams(names, values, 1);
	ENSURE(p->conn);
	PQsetNoticeProcessor(p->conn, drop_notice, NULL);
	if (PQstatus(p->conn) != CONNECTION_OK)
		fail_text(e, ERR_DB, PQerrorMessage(p->conn));
	else if (set_up(db, e))
		return true;
	PQfinish(p->conn);
	free(p);
	return err_while(e, "opening the database");
}

static void forget_names(struct postgresql *p)
{
	for (size_t i = 0; i < ARRAY_LEN(p->statements.at); i++)
		if (p->statements.at[i].sql)
			db_statement_forget(&p->statements.at[i]);
}

static void postgresql_close(struct db *db)
{
	struct postgresql *p = db->conn;

	forget_names(p);
	PQfinish(p->conn);
	free(p);
}

static void postgresql_forget_statements(struct db *db)
{
	forget_names(db->conn);
	PQclear(PQexec(postgresql_conn(db), "DEALLOCATE ALL"));
}

/* A connection lost earlier is made again, but never in the middle of a transaction. */
static bool connect_again(struct db *db, struct err *e)
{
	struct postgresql *p = db->conn;

	/* Neither waits. Together they notice that the server hung up while we were idle: first comes its
	 * farewell, then the end. */
	if (!db->in_tx && PQconsumeInput(p->conn))
		PQconsumeInput(p->conn);
	if (PQstatus(p->conn) == CONNECTION_OK)
		return true;
	if (db->in_tx)
		return err_set(e, ERR_RETRY, "the connection to the database was lost");
	forget_names(p);
	PQreset(p->conn);
	if (PQstatus(p->conn) != CONNECTION_OK)
		return fail_text(e, ERR_RETRY, PQerrorMessage(p->conn));
	return set_up(db, e);
}

/* ---- statements ---- */

struct values {
	char types[DB_MAX_PARAMS + 1];
	Oid oid[DB_MAX_PARAMS];
	const char *value[DB_MAX_PARAMS];
	int len[DB_MAX_PARAMS];
	int format[DB_MAX_PARAMS];
	uint64_t number[DB_MAX_PARAMS]; /* in network order */
};

/* Types are told, so that $1 means the same wherever it stands; integers and bytes go as they are.
 */
static bool fill_values(struct values *v, struct db_params params, struct err *e)
{
	for (size_t i = 0; i < params.n; i++) {
		const struct db_param *p = &params.at[i];

		if (p->len > INT32_MAX / 2)
			return err_set(e, ERR_LIMIT, "a value of %zu bytes is too large", p->len);
		v->len[i] = (int)p->len;
		v->format[i] = p->type == DB_TEXT || p->type == DB_NULL ? 0 : 1;
		v->value[i] = p->is_null ? NULL : p->bytes;
		v->types[i] = "nitb"[p->type];
		switch (p->type) {
		case DB_NULL:
			v->oid[i] = 0;
			v->value[i] = NULL;
			break;
		case DB_I64:
			v->oid[i] = OID_INT8;
			v->number[i] = htobe64((uint64_t)p->i64);
			v->len[i] = sizeof v->number[i];
			if (!p->is_null)
				v->value[i] = (const char *)&v->number[i];
			break;
		case DB_TEXT:
			v->oid[i] = OID_TEXT;
			break;
		case DB_BLOB:
			v->oid[i] = OID_BYTEA;
			break;
		}
	}
	v->types[params.n] = '\0';
	return true;
}

static bool name_of(char name[16], const struct db_statement *st)
{
	return snprintf(name, 16, "s%u", st->number) > 0;
}

/* The kept statement, prepared first when it is new. */
static struct db_statement *prepare(struct db *db, const char *sql, const struct values *v,
				    size_t n, struct err *e)
{
	struct postgresql *p = db->conn;
	struct db_statement *st = db_statement_find(&p->statements, sql, v->types);
	char name[16], drop[32];
	PGresult *res;
	bool ok;

	if (st)
		return st;
	st = db_statement_place(&p->statements);
	ENSURE(st); /* nothing stays busy: results are read whole */
	if (st->sql) {
		name_of(name, st);
		snprintf(drop, sizeof drop, "DEALLOCATE %s", name);
		PQclear(PQexec(p->conn, drop));
		db_statement_forget(st);
	}
	snprintf(name, sizeof name, "s%u", ++p->n_named);
	res = PQprepare(p->conn, name, sql, (int)n, v->oid);
	ok = PQresultStatus(res) == PGRES_COMMAND_OK || postgresql_fail(db, res, e);
	PQclear(res);
	if (!ok)
		return NULL;
	db_statement_keep(&p->statements, st, sql, v->types);
	st->number = p->n_named;
	return st;
}

static PGresult *run(struct db *db, const char *sql, struct db_params params, struct err *e)
{
	const struct db_statement *st;
	ExecStatusType status;
	struct values v;
	char name[16];
	PGresult *res;

	if (!connect_again(db, e) || !fill_values(&v, params, e))
		return NULL;
	st = prepare(db, sql, &v, params.n, e);
	if (!st)
		return NULL;
	name_of(name, st);
	res = PQexecPrepared(postgresql_conn(db), name, (int)params.n, v.value, v.len, v.format, 0);
	status = PQresultStatus(res);
	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return res;
	postgresql_fail(db, res, e);
	PQclear(res);
	return NULL;
}

static bool postgresql_exec(struct db *db, const char *sql, struct db_params params,
			    int64_t *ret_changed, struct err *e)
{
	PGresult *res = run(db, sql, params, e);

	if (!res)
		return false;
	*ret_changed = strtoll(PQcmdTuples(res), NULL, 10);
	PQclear(res);
	return true;
}

static bool postgresql_query(struct db *db, const char *sql, struct db_params params,
			     struct rows *r, struct err *e)
{
	PGresult *res = run(db, sql, params, e);
	struct result *result;

	if (!res)
		return false;
	result = calloc(1, sizeof *result);
	ENSURE(result);
	result->res = res;
	result->row = -1;
	r->handle = result;
	return true;
}

static bool postgresql_next(struct rows *r, bool *ret_more, struct err *e)
{
	struct result *result = r->handle;

	(void)e;
	result->decoded = 0;
	*ret_more = ++result->row < PQntuples(result->res);
	return true;
}

static void postgresql_finish(struct rows *r)
{
	struct result *result = r->handle;

	PQclear(result->res);
	free(result);
}

static bool postgresql_is_null(const struct rows *r, int col)
{
	const struct result *result = r->handle;

	ENSURE(result->row >= 0 && result->row < PQntuples(result->res));
	ENSURE(col >= 0 && col < PQnfields(result->res));
	return PQgetisnull(result->res, result->row, col);
}

static int64_t postgresql_i64(const struct rows *r, int col)
{
	const struct result *result = r->handle;
	const char *text = PQgetvalue(result->res, result->row, col);
	long long v;
	char *end;

	if (PQftype(result->res, col) == OID_BOOL)
		return *text == 't';
	errno = 0;
	v = strtoll(text, &end, 10);
	ENSURE(errno == 0 && end != text && *end == '\0');
	return v;
}

static const char *postgresql_text(const struct rows *r, int col)
{
	const struct result *result = r->handle;

	return PQgetvalue(result->res, result->row, col);
}

static unsigned hex(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* The result is ours, and twice as long as the bytes: "\x0a1b" becomes them where it stands. */
static const void *postgresql_blob(const struct rows *r, int col, size_t *ret_len)
{
	struct result *result = r->handle;
	size_t n = ((size_t)PQgetlength(result->res, result->row, col) - 2) / 2;
	char *at = PQgetvalue(result->res, result->row, col);

	ENSURE(PQftype(result->res, col) == OID_BYTEA && col < 64);
	if (!(result->decoded & (UINT64_C(1) << col))) {
		for (size_t i = 0; i < n; i++)
			at[i] = (char)(hex(at[2 + 2 * i]) << 4 | hex(at[3 + 2 * i]));
		result->decoded |= UINT64_C(1) << col;
	}
	*ret_len = n;
	return at;
}

static bool postgresql_script(struct db *db, const char *sql, struct err *e)
{
	PGresult *res;
	ExecStatusType status;
	bool ok;

	if (!connect_again(db, e))
		return false;
	res = PQexec(postgresql_conn(db), sql);
	status = PQresultStatus(res);
	ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || postgresql_fail(db, res, e);
	PQclear(res);
	return ok;
}

static bool postgresql_commit(struct db *db, struct err *e)
{
	PGresult *res = PQexec(postgresql_conn(db), "COMMIT");
	bool ok = false;

	if (PQstatus(postgresql_conn(db)) == CONNECTION_BAD)
		/* The server may have committed before it went: trying again could do it twice. */
		err_set(e, ERR_DB,
			"the connection was lost while committing: nobody knows whether it was "
			"done");
	else if (PQresultStatus(res) != PGRES_COMMAND_OK)
		postgresql_fail(db, res, e);
	else if (!str_eq(PQcmdStatus(res), "COMMIT"))
		err_set(e, ERR_DB, "the transaction was rolled back instead of committed");
	else
		ok = true;
	PQclear(res);
	return ok;
}

static void postgresql_rollback(struct db *db)
{
	if (PQstatus(postgresql_conn(db)) == CONNECTION_OK &&
	    PQtransactionStatus(postgresql_conn(db)) != PQTRANS_IDLE)
		PQclear(PQexec(postgresql_conn(db), "ROLLBACK"));
}

/* ---- backup, stamp ---- */

static bool postgresql_backup(struct db *db, const char *path, struct err *e)
{
	(void)db;
	(void)path;
	return err_set(e, ERR_REFUSED, "a PostgreSQL database is backed up with pg_dump");
}

static bool postgresql_restore(struct db *db, const char *path, struct err *e)
{
	(void)db;
	(void)path;
	return err_set(e, ERR_REFUSED, "a PostgreSQL database is restored with pg_restore");
}

/* A snapshot's text names the transactions it does not see: any commit changes it. Event ids would
 * not do, they are taken in blocks. */
static bool postgresql_change_stamp(struct db *db, int64_t *ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	uint64_t h = 1469598103934665603u;
	bool more;

	if (!db_query(db, "SELECT CAST(pg_current_snapshot() AS TEXT)", DB_NO_PARAMS, &r, e) ||
	    !rows_next(r, &more, e))
		return false;
	for (const char *s = row_text(r, 0); *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	*ret = (int64_t)(h >> 1);
	return true;
}

const struct db_ops db_postgresql_ops = {
	.engine = DB_POSTGRESQL,
	.begin_write = "BEGIN",
	.begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
	.take_block = "SELECT nextval('id_block')",
	.has_migration_table = "SELECT CASE WHEN to_regclass('schema_migration') IS NULL THEN 0"
			       " ELSE 1 END",
	.indexes = "SELECT i.relname, pg_get_indexdef(i.oid) FROM pg_index x"
		   " JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = to_regclass($1)"
		   " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid)"
		   " ORDER BY i.oid",
	.bulk_on = "SET maintenance_work_mem = '256MB'",
	.bulk_off = "RESET maintenance_work_mem",
	.migration_lock = "SELECT pg_advisory_xact_lock(hashtext('encours ' || current_schema()))",
	.lock_shared = "SELECT length(CAST(pg_advisory_xact_lock_shared(hashtextextended("
		       "current_schema() || ' ' || $1, $2)) AS TEXT))",
	.lock_alone = "SELECT length(CAST(pg_advisory_xact_lock(hashtextextended("
		      "current_schema() || ' ' || $1, $2)) AS TEXT))",
	.seal_lock = "SELECT CASE WHEN pg_try_advisory_xact_lock(hashtext('encours seal ' ||"
		     " current_schema())) THEN 1 ELSE 0 END",
	.seal_turn = "SELECT nextval('event_turn')",
	.open = postgresql_open,
	.close = postgresql_close,
	.exec = postgresql_exec,
	.query = postgresql_query,
	.next = postgresql_next,
	.finish = postgresql_finish,
	.is_null = postgresql_is_null,
	.i64 = postgresql_i64,
	.text = postgresql_text,
	.blob = postgresql_blob,
	.script = postgresql_script,
	.commit = postgresql_commit,
	.rollback = postgresql_rollback,
	.forget_statements = postgresql_forget_statements,
	.copy_begin = postgresql_copy_begin,
	.copy_row = postgresql_copy_row,
	.copy_flush = postgresql_copy_flush,
	.copy_done = postgresql_copy_done,
	.backup = postgresql_backup,
	.restore = postgresql_restore,
	.change_stamp = postgresql_change_stamp,
};
