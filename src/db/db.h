/* SPDX-License-Identifier: Apache-2.0 */
/*
 * db.h - one connection, one SQL text, two engines.
 *
 * A URL chooses the engine: "sqlite:PATH" or "postgresql://...". Statements are written once, with values
 * only as $1, $2 ... and results read by type. What only one engine has is hidden here.
 *
 *	CLEANUP(rows_closep) struct rows *r = NULL;
 *	if (!db_query(db, "SELECT id, document, due_on FROM item WHERE customer_id = $1 ORDER BY id",
 *		      DB_PARAMS(P_I64(customer_id)), &r, e))
 *		return false;
 *	for (;;) {
 *		if (!rows_next(r, &more, e))
 *			return false;
 *		if (!more)
 *			break;
 *		use(row_i64(r, 0), row_text(r, 1), row_day(r, 2));
 *	}
 *
 * A struct db belongs to one thread at a time; the pool lends them. SQLite runs in WAL mode with
 * synchronous=FULL and foreign keys on; writers begin IMMEDIATE.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/arena.h"
#include "base/date.h"

struct db;
struct rows;

enum db_engine { DB_SQLITE, DB_POSTGRESQL };

enum db_type { DB_NULL, DB_I64, DB_TEXT, DB_BLOB };

struct db_param {
	enum db_type type;
	bool is_null; /* NULL of that type; PostgreSQL wants to know which */
	int64_t i64;
	const void *bytes;
	size_t len;
};

struct db_params {
	const struct db_param *at;
	size_t n;
};

#define P_I64(v)        ((struct db_param){ .type = DB_I64, .i64 = (v) })
#define P_BOOL(v)       ((struct db_param){ .type = DB_I64, .i64 = (v) ? 1 : 0 })
#define P_TEXT(s)       db_param_text(s)                          /* NULL is SQL NULL */
#define P_DAY(d)        db_param_day((d), (char[DATE_TEXT]){ 0 }) /* ISO text; DAY_NONE is NULL */
#define P_BLOB(p, size) db_param_blob((p), (size))                /* NULL is SQL NULL */
#define P_NULL          ((struct db_param){ .type = DB_NULL, .is_null = true })
/* Id of a row that may be absent: 0 is SQL NULL. */
#define P_ID(v) db_param_id(v)

#define DB_PARAMS(...)                                                          \
	((struct db_params){ (const struct db_param[]){ __VA_ARGS__ },          \
			     sizeof((const struct db_param[]){ __VA_ARGS__ }) / \
				     sizeof(struct db_param) })
#define DB_NO_PARAMS ((struct db_params){ NULL, 0 })

struct db_param db_param_text(const char *s);
struct db_param db_param_blob(const void *bytes, size_t len);
struct db_param db_param_day(day_t d, char text[DATE_TEXT]);
struct db_param db_param_id(int64_t id);

/* Opens (for SQLite: creates) the database. ERR_USAGE for a URL of neither engine, ERR_DB when it
 * cannot be reached. Does not migrate. */
bool db_open(const char *url, struct db **ret, struct err *e) NODISCARD;

/* Closes what a failure left open: rows, copies, the transaction. The pool does it on giving back. */
void db_reset(struct db *db);
void db_close(struct db *db); /* NULL is fine; an open transaction is rolled back */
void db_closep(struct db **db);
enum db_engine db_engine(const struct db *db);
const char *db_url(const struct db *db); /* may hold a password: not for logs */

/* What the floors above keep with a connection (the shelf of the book). NULL until set. */
void db_set_context(struct db *db, void *context);
void *db_context(const struct db *db);

/* Runs one statement that returns no rows. ret_changed (may be NULL) gets the number of rows
 * changed. ERR_CONFLICT for a broken UNIQUE, CHECK, NOT NULL or foreign key; ERR_RETRY for locks,
 * serialisation and a lost connection; ERR_INVALID for text that is not UTF-8. After a failure
 * inside a transaction every further statement is refused, on both engines: roll back. */
bool db_exec(struct db *db, const char *sql, struct db_params params, int64_t *ret_changed,
	     struct err *e) NODISCARD;

/* As db_exec, for what may as well be left undone: gives up at once with ERR_RETRY when another
 * connection is writing. Not inside a transaction. */
bool db_exec_unless_busy(struct db *db, const char *sql, struct db_params params,
			 struct err *e) NODISCARD;

/* Starts a query; rows are fetched one at a time. Other queries may run meanwhile; close the rows
 * before the next statement that writes. PostgreSQL's rows are all in memory: page or LIMIT what
 * can be long. */
bool db_query(struct db *db, const char *sql, struct db_params params, struct rows **ret,
	      struct err *e) NODISCARD;
bool rows_next(struct rows *r, bool *ret_more, struct err *e) NODISCARD;
void rows_close(struct rows *r);
void rows_closep(struct rows **r);

/* Columns of the current row, counted from 0. NULL reads as 0, NULL, DAY_NONE, false. Text lives
 * until the next rows_next: arena_strdup what must stay. Reading a fraction or a word as a number
 * stops the program (write CAST or a division in C); so does a day that is none. SUM of BIGINT
 * reads as a number. */
bool row_is_null(const struct rows *r, int col);
int64_t row_i64(const struct rows *r, int col);
bool row_bool(const struct rows *r, int col);
const char *row_text(const struct rows *r, int col);
day_t row_day(const struct rows *r, int col);
const void *row_blob(const struct rows *r, int col, size_t *ret_len);

/* The first column of the first row; absent_value when there is no row or it is NULL. */
bool db_get_i64(struct db *db, const char *sql, struct db_params params, int64_t absent_value,
		int64_t *ret, struct err *e) NODISCARD;
/* The same as text in the arena, NULL when there is none. */
bool db_get_text(struct db *db, struct arena *a, const char *sql, struct db_params params,
		 char **ret, struct err *e) NODISCARD;

/*
 * Rows into structs. The column list names the fields in the order of the SELECT:
 *
 *	static const struct db_column columns[] = {
 *		DB_COL(struct contact, id),
 *		DB_COL(struct contact, name),
 *		DB_DAY(struct contact, since_on),
 *	};
 *	if (!db_list(db, a, "SELECT id, name, since_on FROM contact WHERE customer_id = $1 ORDER BY id",
 *		     DB_PARAMS(P_I64(id)), columns, ARRAY_LEN(columns), sizeof(struct contact),
 *		     (void **)&list, &n, e))
 *
 * Field types: int64_t, int, bool, const char * (copied into the arena), char[4] (currency).
 */
enum db_field {
	DB_FIELD_I64,
	DB_FIELD_INT,
	DB_FIELD_BOOL,
	DB_FIELD_TEXT,
	DB_FIELD_CODE,
	DB_FIELD_DAY
};

struct db_column {
	enum db_field field;
	size_t offset;
};

#define DB_FIELD_OF(type, name) \
	_Generic(&((type *)0)->name, int64_t *: DB_FIELD_I64, int *: DB_FIELD_INT,                 \
		 bool *: DB_FIELD_BOOL, char **: DB_FIELD_TEXT, const char **: DB_FIELD_TEXT,      \
		 char(*)[4]: DB_FIELD_CODE)
#define DB_COL(type, name)                                    \
	{                                                     \
		DB_FIELD_OF(type, name), offsetof(type, name) \
	}
#define DB_DAY(type, name)                         \
	{                                          \
		DB_FIELD_DAY, offsetof(type, name) \
	}

bool db_list(struct db *db, struct arena *a, const char *sql, struct db_params params,
	     const struct db_column *columns, size_t n_columns, size_t size, void **ret,
	     size_t *ret_n, struct err *e) NODISCARD;

/* The one row of the query into *ret_struct (size bytes as by columns). ERR_NOT_FOUND when none. */
bool db_one(struct db *db, struct arena *a, const char *sql, struct db_params params,
	    const struct db_column *columns, size_t n_columns, void *ret_struct,
	    struct err *e) NODISCARD;

/*
 * One statement about many rows, as many at a time as its parameters allow. $rows in the text stands for the values of
 * the rows, "($1, $2), ($3, $4)"; both engines call the columns of (VALUES $rows) v column1, column2:
 *
 *	db_exec_many(db, "UPDATE item_balance SET open_minor = open_minor - v.column2"
 *			 " FROM (VALUES $rows) v WHERE item_id = v.column1",
 *		     DB_MANY(list, 2, n), &changed, e)
 *
 * A row may be given twice in one statement, to fill it: so nothing that inserts (db_copy_begin is for that). The
 * type of a NULL must be told (P_ID, P_TEXT). Without rows nothing is run.
 */
struct db_many {
	const struct db_param *at; /* row by row */
	size_t n_columns, n;
};
#define DB_MANY(list, n_columns, n) ((struct db_many){ (list), (n_columns), (n) })

bool db_exec_many(struct db *db, const char *sql, struct db_many rows, int64_t *ret_changed,
		  struct err *e) NODISCARD;
/* As db_list; what comes for the rows, in no order among those of several statements. */
bool db_list_many(struct db *db, struct arena *a, const char *sql, struct db_many rows,
		  const struct db_column *columns, size_t n_columns, size_t size, void **ret,
		  size_t *ret_n, struct err *e) NODISCARD;

/* Many rows into one table: COPY on PostgreSQL, one prepared INSERT on SQLite. columns is the list
 * as written in SQL ("id, document, due_on"). Inside a transaction. Other statements and copies may
 * go on meanwhile: rows held back are sent before them, older copies first, so begin the copy of
 * the table that is referred to first. A broken constraint may show only at a later row or
 * statement, or at the end. db_copy_end closes the copy, also when it fails. */
struct db_copy;
bool db_copy_begin(struct db *db, const char *table, const char *columns, struct db_copy **ret,
		   struct err *e) NODISCARD;
bool db_copy_row(struct db_copy *c, struct db_params params, struct err *e) NODISCARD;
bool db_copy_end(struct db_copy *c, struct err *e) NODISCARD;
void db_copy_abort(struct db_copy *c); /* after a failed row; a rollback does it too */

/*
 * A transaction of very many rows: db_begin with the engine's settings for it, which last until it ends
 * (memory for sorting, up to 256 MB). When first_of (a table; NULL: none) is empty, so that most of the database will be of
 * this transaction, references between rows may be looked at once, by db_commit: it refuses with ERR_CONFLICT what names
 * a row that is not there.
 *
 * db_indexes_defer puts the indexes of a table aside when the table is empty, and does nothing when it is
 * not; db_indexes_build makes them again by sorting, which is several times faster than placing the rows
 * one by one. db_commit builds what was forgotten, a rollback brings all back as they were. Keys that a
 * table declares itself stay. On PostgreSQL others wait for that (empty) table until the commit.
 */
bool db_begin_bulk(struct db *db, const char *first_of, struct err *e) NODISCARD;
bool db_indexes_defer(struct db *db, const char *table, struct err *e) NODISCARD;
bool db_indexes_build(struct db *db, struct err *e) NODISCARD;

/* Runs fn inside one transaction and commits when it returns true. May run fn again after ERR_RETRY
 * (at most a few times): fn must do nothing that cannot be repeated. Within another transaction it is a
 * part of that one: a failure must be handed on, so that the whole is rolled back. */
typedef bool db_tx_fn(struct db *db, void *arg, struct err *e);
bool db_tx(struct db *db, db_tx_fn *fn, void *arg, struct err *e) NODISCARD;

/* The parts of db_tx, for long work that keeps its own loop. A failed db_commit has rolled back;
 * but when the connection was lost during it (ERR_DB), nobody knows: look before doing it again. */
bool db_begin(struct db *db, struct err *e) NODISCARD;

/* A transaction that only reads, and sees one state of the database throughout: for a page or
 * report whose figures must agree. End it with db_rollback. */
bool db_begin_read(struct db *db, struct err *e) NODISCARD;
bool db_commit(struct db *db, struct err *e) NODISCARD;
void db_rollback(struct db *db);
bool db_in_tx(const struct db *db);
bool db_is_writing(const struct db *db); /* in a transaction that may write */

/* Holds the thing of that name and id until the transaction ends: many may hold it shared, one alone
 * otherwise. For a decision that a concurrent transaction must not undo (closing a period while somebody
 * posts into it): who reads after the lock sees what the holder before committed. Waits as for rows. SQLite
 * has one writer, so nothing is to be done there. */
bool db_lock(struct db *db, const char *name, int64_t id, bool is_shared, struct err *e) NODISCARD;

/* A fresh id, unique over all tables, taken in blocks; never reused once committed. */
bool db_new_id(struct db *db, int64_t *ret, struct err *e) NODISCARD;

/* Brings the schema to the newest version, one transaction for each migration; harmless when it is
 * there, or when another process does the same. ret_applied (may be NULL) gets how many this call
 * applied. ERR_REFUSED when the database is of a newer program, or was made by another text of a migration. */
bool db_migrate(struct db *db, int *ret_applied, struct err *e) NODISCARD;

/* The number of the newest migration applied, 0 for an empty database; and the newest known. */
bool db_schema_version(struct db *db, int *ret, struct err *e) NODISCARD;
int db_newest_version(void);

/* Online copy into a new file (SQLite backup API). ERR_CONFLICT when the file exists; ERR_REFUSED
 * on PostgreSQL, with advice (pg_dump). */
bool db_backup(struct db *db, const char *path, struct err *e) NODISCARD;

/* Copies such a file into this database, which must be empty (no migration applied): ERR_CONFLICT when it
 * is not, ERR_FORMAT when the file is no backup or damaged, ERR_REFUSED when it is of a newer program, or on
 * PostgreSQL. All or nothing. Does not migrate. */
bool db_restore(struct db *db, const char *path, struct err *e) NODISCARD;

/* Changes whenever another connection commits (PRAGMA data_version; the snapshot's name on
 * PostgreSQL). May also change without reason. Compare only stamps of one connection. */
bool db_change_stamp(struct db *db, int64_t *ret, struct err *e) NODISCARD;

/* Connections lent to threads. */
struct db_pool;
bool db_pool_open(const char *url, int size, struct db_pool **ret, struct err *e) NODISCARD;
struct db *db_pool_take(struct db_pool *pool); /* waits for one; never NULL */
void db_pool_give(struct db_pool *pool, struct db *db);
void db_pool_close(struct db_pool *pool);

#endif
