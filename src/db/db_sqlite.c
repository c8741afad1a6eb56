/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db_engine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct sqlite {
	sqlite3 *conn;
	struct db_statements statements;
};

static sqlite3 *conn_of(const struct db *db)
{
	const struct sqlite *s = db->conn;

	return s->conn;
}

static bool fail(struct db *db, int rc, struct err *e)
{
	const char *text = sqlite3_errmsg(conn_of(db));

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_RETRY, "the database is busy: %s", text);
	case SQLITE_CONSTRAINT:
		return err_set(e, ERR_CONFLICT, "%s", text);
	case SQLITE_TOOBIG:
		return err_set(e, ERR_LIMIT, "%s", text);
	default:
		return err_set(e, ERR_DB, "%s", text);
	}
}

/* ---- opening ---- */

/* The file holds people's data: only its owner may read it. SQLite gives its side files the same
 * mode. An existing file is not touched (closing a second descriptor would drop this process's
 * locks). */
static void make_private(const char *path)
{
	int fd;

	if (*path == '\0' || *path == ':')
		return;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
}

/* Switching a new file to WAL wants it alone, and does not wait for it. */
static bool set_wal(struct db *db, struct err *e)
{
	struct timespec pause = { .tv_nsec = 10000000 };
	int rc = SQLITE_BUSY;

	for (int i = 0; rc == SQLITE_BUSY && i < DB_WAIT_MS / 10; i++) {
		if (i > 0)
			nanosleep(&pause, NULL);
		rc = sqlite3_exec(conn_of(db), "PRAGMA journal_mode = WAL", NULL, NULL, NULL) &
		     0xff;
	}
	return rc == SQLITE_OK || fail(db, rc, e);
}

static void sqlite_wait(struct db *db, int ms)
{
	sqlite3_busy_timeout(conn_of(db), ms);
}

static bool set_up(struct db *db, struct err *e)
{
	sqlite3 *conn = conn_of(db);
	int rc;

	sqlite3_extended_result_codes(conn, 1);
	sqlite3_busy_timeout(conn, DB_WAIT_MS);
	/* Double quotes are for names only, as on PostgreSQL. */
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (!set_wal(db, e))
		return false;
	rc = sqlite3_exec(conn,
			  "PRAGMA synchronous = FULL;"
			  "PRAGMA foreign_keys = ON;"
			  "PRAGMA case_sensitive_like = ON;"
			  "PRAGMA temp_store = MEMORY;"
			  "PRAGMA cache_size = -32000;"
			  "PRAGMA trusted_schema = OFF;",
			  NULL, NULL, NULL);
	return rc == SQLITE_OK || fail(db, rc, e);
}

static void sqlite_close(struct db *db);

static bool sqlite_open(struct db *db, struct err *e)
{
	const char *path = db->url + strlen("sqlite:");
	struct sqlite *s;
	int rc;

	if (*path == '\0')
		return err_set(e, ERR_USAGE, "database URL \"sqlite:\" names no file");
	s = calloc(1, sizeof *s);
	ENSURE(s);
	db->conn = s;
	make_private(path);
	rc = sqlite3_open_v2(path, &s->conn,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
			     NULL);
	if (rc != SQLITE_OK)
		err_set(e, ERR_DB, "could not open %s: %s", path, sqlite3_errstr(rc));
	else if (set_up(db, e))
		return true;
	else
		err_while(e, "opening %s", path);
	sqlite_close(db);
	return false;
}

static void sqlite_forget_statements(struct db *db)
{
	struct sqlite *s = db->conn;

	for (size_t i = 0; i < ARRAY_LEN(s->statements.at); i++) {
		struct db_statement *st = &s->statements.at[i];

		if (!st->sql || st->is_busy)
			continue;
		sqlite3_finalize(st->handle);
		db_statement_forget(st);
	}
}

static void sqlite_close(struct db *db)
{
	struct sqlite *s = db->conn;

	sqlite_forget_statements(db);
	ENSURE(sqlite3_close(s->conn) == SQLITE_OK);
	free(s);
}

/* ---- statements ---- */

/* A statement ready to be bound. ret_kept is its place in the cache, NULL when the caller must
 * finalize it. */
static bool prepare(struct db *db, const char *sql, sqlite3_stmt **ret,
		    struct db_statement **ret_kept, struct err *e)
{
	struct sqlite *s = db->conn;
	struct db_statement *st = db_statement_find(&s->statements, sql, "");
	sqlite3_stmt *stmt = NULL;
	const char *rest;
	int rc;

	if (st) {
		*ret = st->handle;
		*ret_kept = st;
		return true;
	}
	rc = sqlite3_prepare_v3(s->conn, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, &rest);
	if (rc != SQLITE_OK)
		return fail(db, rc, e);
	ENSURE(stmt && *rest == '\0');
	st = db_statement_place(&s->statements);
	if (st) {
		if (st->sql)
			sqlite3_finalize(st->handle);
		db_statement_forget(st);
		db_statement_keep(&s->statements, st, sql, "");
		st->handle = stmt;
	}
	*ret = stmt;
	*ret_kept = st;
	return true;
}

static void release(sqlite3_stmt *stmt, struct db_statement *kept)
{
	if (!kept) {
		sqlite3_finalize(stmt);
		return;
	}
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
}

static int bind_one(sqlite3_stmt *stmt, int at, const struct db_param *p,
		    sqlite3_destructor_type life)
{
	if (p->is_null)
		return sqlite3_bind_null(stmt, at);
	switch (p->type) {
	case DB_I64:
		return sqlite3_bind_int64(stmt, at, p->i64);
	case DB_TEXT:
		return sqlite3_bind_text64(stmt, at, p->bytes, p->len, life, SQLITE_UTF8);
	case DB_BLOB:
		return sqlite3_bind_blob64(stmt, at, p->bytes, p->len, life);
	case DB_NULL:
		break;
	}
	return sqlite3_bind_null(stmt, at);
}

/* $1 is a name to SQLite: its place is where it came first in the text. 0 when the text has it not. */
static int place_of(sqlite3_stmt *stmt, struct db_statement *kept, size_t i)
{
	char name[16];
	int at;

	if (kept && kept->place[i])
		return kept->place[i];
	snprintf(name, sizeof name, "$%d", (int)i + 1);
	at = sqlite3_bind_parameter_index(stmt, name);
	if (kept && at <= UCHAR_MAX)
		kept->place[i] = (unsigned char)at;
	return at;
}

static bool bind(struct db *db, sqlite3_stmt *stmt, struct db_statement *kept,
		 struct db_params params, sqlite3_destructor_type life, struct err *e)
{
	if ((size_t)sqlite3_bind_parameter_count(stmt) != params.n)
		return err_set(e, ERR_INTERNAL, "a statement with %d parameters was given %zu",
			       sqlite3_bind_parameter_count(stmt), params.n);
	for (size_t i = 0; i < params.n; i++) {
		int at = place_of(stmt, kept, i), rc;

		if (at == 0)
			return err_set(e, ERR_INTERNAL, "a statement does not use its $%zu", i + 1);
		rc = bind_one(stmt, at, &params.at[i], life);
		if (rc != SQLITE_OK)
			return fail(db, rc, e);
	}
	return true;
}

static bool sqlite_exec(struct db *db, const char *sql, struct db_params params,
			int64_t *ret_changed, struct err *e)
{
	int64_t before = sqlite3_total_changes64(conn_of(db));
	struct db_statement *kept = NULL;
	sqlite3_stmt *stmt = NULL;
	bool ok;
	int rc;

	if (!prepare(db, sql, &stmt, &kept, e))
		return false;
	ok = bind(db, stmt, kept, params, SQLITE_STATIC, e);
	if (ok) {
		do
			rc = sqlite3_step(stmt);
		while (rc == SQLITE_ROW);
		ok = rc == SQLITE_DONE || fail(db, rc, e);
	}
	release(stmt, kept);
	*ret_changed = sqlite3_total_changes64(conn_of(db)) - before;
	return ok;
}

static bool sqlite_query(struct db *db, const char *sql, struct db_params params, struct rows *r,
			 struct err *e)
{
	struct db_statement *kept = NULL;
	sqlite3_stmt *stmt = NULL;

	if (!prepare(db, sql, &stmt, &kept, e))
		return false;
	/* The caller's values may be gone by the second row. */
	if (!bind(db, stmt, kept, params, SQLITE_TRANSIENT, e)) {
		release(stmt, kept);
		return false;
	}
	r->handle = stmt;
	r->kept = kept;
	if (kept)
		kept->is_busy = true;
	return true;
}

static bool sqlite_next(struct rows *r, bool *ret_more, struct err *e)
{
	int rc = sqlite3_step(r->handle);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return fail(r->db, rc, e);
	*ret_more = rc == SQLITE_ROW;
	return true;
}

static void sqlite_finish(struct rows *r)
{
	release(r->handle, r->kept);
}

static bool sqlite_is_null(const struct rows *r, int col)
{
	ENSURE(col >= 0 && col < sqlite3_column_count(r->handle));
	return sqlite3_column_type(r->handle, col) == SQLITE_NULL;
}

static int64_t sqlite_i64(const struct rows *r, int col)
{
	ENSURE(sqlite3_column_type(r->handle, col) == SQLITE_INTEGER);
	return sqlite3_column_int64(r->handle, col);
}

static const char *sqlite_text(const struct rows *r, int col)
{
	return (const char *)sqlite3_column_text(r->handle, col);
}

static const void *sqlite_blob(const struct rows *r, int col, size_t *ret_len)
{
	const void *bytes = sqlite3_column_blob(r->handle, col);

	*ret_len = (size_t)sqlite3_column_bytes(r->handle, col);
	return bytes ? bytes : "";
}

static bool sqlite_script(struct db *db, const char *sql, struct err *e)
{
	int rc = sqlite3_exec(conn_of(db), sql, NULL, NULL, NULL);

	return rc == SQLITE_OK || fail(db, rc, e);
}

static bool sqlite_commit(struct db *db, struct err *e)
{
	return sqlite_script(db, "COMMIT", e);
}

static void sqlite_rollback(struct db *db)
{
	/* A full disk or the like has rolled back already. */
	if (!sqlite3_get_autocommit(conn_of(db)))
		sqlite3_exec(conn_of(db), "ROLLBACK", NULL, NULL, NULL);
}

/* ---- many rows ---- */

static bool sqlite_copy_begin(struct db_copy *c, struct err *e)
{
	size_t room = strlen(c->table) + strlen(c->columns) + 4 * c->n_columns + 64;
	char *sql = malloc(room);
	sqlite3_stmt *stmt = NULL;
	int at, rc;

	ENSURE(sql);
	at = snprintf(sql, room, "INSERT INTO %s (%s) VALUES (", c->table, c->columns);
	for (size_t i = 0; i < c->n_columns; i++)
		at += snprintf(sql + at, room - (size_t)at, "%s?", i == 0 ? "" : ", ");
	snprintf(sql + at, room - (size_t)at, ")");
	rc = sqlite3_prepare_v2(conn_of(c->db), sql, -1, &stmt, NULL);
	free(sql);
	if (rc != SQLITE_OK)
		return fail(c->db, rc, e);
	c->handle = stmt;
	return true;
}

static bool sqlite_copy_row(struct db_copy *c, struct db_params params, struct err *e)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; rc == SQLITE_OK && i < params.n; i++)
		rc = bind_one(c->handle, (int)i + 1, &params.at[i], SQLITE_STATIC);
	if (rc == SQLITE_OK && (rc = sqlite3_step(c->handle)) == SQLITE_DONE)
		rc = SQLITE_OK;
	if (rc != SQLITE_OK)
		fail(c->db, rc, e);
	sqlite3_reset(c->handle);
	sqlite3_clear_bindings(c->handle);
	return rc == SQLITE_OK;
}

static bool sqlite_copy_flush(struct db_copy *c, struct err *e)
{
	(void)c;
	(void)e;
	return true;
}

static void sqlite_copy_done(struct db_copy *c)
{
	sqlite3_finalize(c->handle);
}

/* ---- backup, stamp ---- */

/* path is the file of either that is not ours, for the message. */
static bool copy_pages(sqlite3 *from, sqlite3 *to, const char *path, struct err *e)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int rc;

	if (!backup)
		return err_set(e, ERR_IO, "could not copy %s: %s", path, sqlite3_errmsg(to));
	/* All at once: in WAL mode nobody waits for it, and it never begins anew. */
	rc = sqlite3_backup_step(backup, -1);
	sqlite3_backup_finish(backup);
	if (rc == SQLITE_DONE)
		return true;
	return err_set(e, rc == SQLITE_BUSY || rc == SQLITE_LOCKED ? ERR_RETRY : ERR_IO,
		       "could not copy %s: %s", path, sqlite3_errstr(rc));
}

static bool sqlite_backup(struct db *db, const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	sqlite3 *to = NULL;
	bool ok;

	if (fd < 0 && errno == EEXIST)
		return err_set(e, ERR_CONFLICT, "%s exists already", path);
	if (fd < 0)
		return err_set(e, ERR_IO, "could not create %s: %s", path, strerror(errno));
	close(fd);
	if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
		ok = copy_pages(conn_of(db), to, path, e);
	else
		ok = err_set(e, ERR_IO, "could not open %s: %s", path, sqlite3_errmsg(to));
	if (sqlite3_close(to) != SQLITE_OK && ok)
		ok = err_set(e, ERR_IO, "could not close %s", path);
	if (!ok)
		unlink(path);
	return ok;
}

/* The single value of a pragma or query on a file that may be anything; -1 when it cannot be had. */
static int64_t ask(sqlite3 *conn, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t v = -1;

	if (sqlite3_prepare_v2(conn, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_type(stmt, 0) == SQLITE_INTEGER)
		v = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return v;
}

static bool check_backup(sqlite3 *from, const char *path, struct err *e)
{
	int64_t version;

	if (ask(from, "SELECT COUNT(*) FROM sqlite_master") < 0)
		return err_set(e, ERR_FORMAT, "%s is no SQLite database", path);
	if (ask(from, "SELECT COUNT(*) FROM pragma_integrity_check"
		      " WHERE integrity_check <> 'ok'") != 0)
		return err_set(e, ERR_FORMAT, "%s is damaged", path);
	version = ask(from, "SELECT MAX(version) FROM schema_migration");
	if (version < 0)
		return err_set(e, ERR_FORMAT, "%s is no backup of this program", path);
	if (version > db_newest_version())
		return err_set(e, ERR_REFUSED, "%s has schema %d, newer than this program's %d",
			       path, (int)version, db_newest_version());
	return true;
}

static bool sqlite_restore(struct db *db, const char *path, struct err *e)
{
	sqlite3 *from = NULL;
	bool ok;

	if (access(path, R_OK) != 0)
		return err_set(e, ERR_IO, "could not read %s: %s", path, strerror(errno));
	if (sqlite3_open_v2(path, &from, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
		ok = check_backup(from, path, e) && copy_pages(from, conn_of(db), path, e);
	else
		ok = err_set(e, ERR_IO, "could not open %s: %s", path, sqlite3_errmsg(from));
	sqlite3_close(from);
	sqlite_forget_statements(db);
	return ok && set_wal(db, e);
}

static bool sqlite_change_stamp(struct db *db, int64_t *ret, struct err *e)
{
	return db_raw_i64(db, "PRAGMA data_version", ret, e);
}

const struct db_ops db_sqlite_ops = {
	.engine = DB_SQLITE,
	.begin_write = "BEGIN IMMEDIATE",
	.begin_read = "BEGIN",
	.take_block = "UPDATE id_block SET next = next + 1000 RETURNING next - 1000",
	.has_migration_table = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'"
			       " AND name = 'schema_migration'",
	.indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = $1"
		   " AND sql IS NOT NULL ORDER BY rowid",
	/* Sorting takes as much memory as the cache, and goes to a file beyond it. */
	.bulk_on = "PRAGMA temp_store = FILE; PRAGMA cache_size = -256000",
	.bulk_off = "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000",
	.references_off = "PRAGMA foreign_keys = OFF",
	.references_on = "PRAGMA foreign_keys = ON",
	.references_are_on = "PRAGMA foreign_keys",
	.references_fault = "SELECT \"table\", parent FROM pragma_foreign_key_check LIMIT 1",
	.wait = sqlite_wait,
	.open = sqlite_open,
	.close = sqlite_close,
	.exec = sqlite_exec,
	.query = sqlite_query,
	.next = sqlite_next,
	.finish = sqlite_finish,
	.is_null = sqlite_is_null,
	.i64 = sqlite_i64,
	.text = sqlite_text,
	.blob = sqlite_blob,
	.script = sqlite_script,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.forget_statements = sqlite_forget_statements,
	.copy_begin = sqlite_copy_begin,
	.copy_row = sqlite_copy_row,
	.copy_flush = sqlite_copy_flush,
	.copy_done = sqlite_copy_done,
	.backup = sqlite_backup,
	.restore = sqlite_restore,
	.change_stamp = sqlite_change_stamp,
};
