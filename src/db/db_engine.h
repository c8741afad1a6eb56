/* SPDX-License-Identifier: Apache-2.0 */
/*
 * db_engine.h - what the two engines must be able to do; seen inside src/db only.
 *
 * db.c keeps what is common (transactions, ids, the order of things) and calls the engine through
 * the table below. An engine never looks at transactions: it runs what it is given.
 */
#ifndef DB_DB_ENGINE_H
#define DB_DB_ENGINE_H

#include "db/db.h"

/* Parameters of one statement: their places fit a byte, and both engines take far more. */
enum { DB_MAX_PARAMS = 240, DB_MAX_STATEMENTS = 128, DB_WAIT_MS = 15000 };

/* A prepared statement kept by its text (and, on PostgreSQL, by the types of its parameters). */
struct db_statement {
	char *sql; /* NULL: the place is free */
	char types[DB_MAX_PARAMS + 1];
	uint64_t hash;
	uint64_t used;   /* when last, in ticks of the cache */
	bool is_busy;    /* rows are being read from it */
	void *handle;    /* the engine's statement, if it has one */
	unsigned number; /* its name, if it has none */
	unsigned char
		place[DB_MAX_PARAMS]; /* SQLite: where $1, $2 ... stand; 0 when not asked yet */
};

struct db_statements {
	struct db_statement at[DB_MAX_STATEMENTS];
	uint64_t ticks;
};

/* The idle kept statement of that text and types, or NULL. */
struct db_statement *db_statement_find(struct db_statements *cache, const char *sql,
				       const char *types);

/* The place for a new statement: a free one, else the longest unused, which the caller must first
 * give back to the engine. NULL when all are busy. */
struct db_statement *db_statement_place(struct db_statements *cache);

/* Names the place after the statement put there. */
void db_statement_keep(struct db_statements *cache, struct db_statement *st, const char *sql,
		       const char *types);
void db_statement_forget(struct db_statement *st);

struct db_ops;

struct db {
	const struct db_ops *ops;
	char *url;
	void *conn; /* the engine's own */
	void *context;
	bool in_tx, is_read_tx;
	bool is_failed; /* a statement failed: the transaction can only be rolled back */
	int64_t id_next, id_end;
	bool id_in_tx; /* the block was taken by the open transaction */
	struct rows *open_rows;
	struct db_copy *copies, *last_copy; /* in order of their beginning */
	int64_t *events;                    /* added by the open transaction (db/seal.h) */
	size_t n_events, events_room;
	struct seal_rows *rows;   /* whose rows are sealed with an event (db/seal_rows.h) */
	struct db_index *indexes; /* put aside, to be built before the commit */
	bool is_bulk;
	bool is_unreferenced; /* references are looked at before the commit */
};

/* An index that is put aside: the statement that makes it again. */
struct db_index {
	struct db_index *next;
	char *sql;
};

struct rows {
	struct db *db;
	struct rows *next, *before; /* among the open rows of the connection */
	struct db_statement *kept;  /* busy while we read, NULL when the statement is ours alone */
	void *handle;               /* the engine's: statement or result */
	bool is_done;
};

struct db_copy {
	struct db *db;
	struct db_copy *next;
	char *table, *columns;
	size_t n_columns;
	struct seal_leaf *leaf; /* how its rows are sealed; NULL: not */
	void *handle;           /* SQLite: the prepared INSERT */
	char *data;             /* PostgreSQL: rows in COPY's text form, not yet sent */
	size_t len, room;
};

struct db_ops {
	enum db_engine engine;
	const char *begin_write, *begin_read;
	const char *take_block;               /* gives the first of DB_ID_BLOCK ids */
	const char *has_migration_table;      /* 1 or 0 */
	const char *migration_lock;           /* NULL when begin_write is lock enough */
	const char *lock_shared, *lock_alone; /* of $1, $2; NULL when begin_write is lock enough */
	const char *seal_lock;                /* gives 1, or 0 when another has it; NULL as above */
	const char *seal_turn; /* gives the next turn; NULL: a commit seals its own events */
	const char *indexes;   /* of table $1, those that can be dropped: name, statement */
	const char *bulk_on;   /* settings for very many rows */
	const char *bulk_off;  /* and back */
	/* References between rows looked at once instead of at each row; NULL: that saves nothing. The last gives
	 * a row that names one that is not there: its table and the other's. */
	const char *references_off, *references_on, *references_are_on, *references_fault;

	void (*wait)(struct db *db, int ms); /* for the lock of the writer; NULL: there is none */
	bool (*open)(struct db *db, struct err *e);
	void (*close)(struct db *db);
	bool (*exec)(struct db *db, const char *sql, struct db_params params, int64_t *ret_changed,
		     struct err *e);
	bool (*query)(struct db *db, const char *sql, struct db_params params, struct rows *r,
		      struct err *e);
	bool (*next)(struct rows *r, bool *ret_more, struct err *e);
	void (*finish)(struct rows *r);
	bool (*is_null)(const struct rows *r, int col);
	int64_t (*i64)(const struct rows *r, int col);
	const char *(*text)(const struct rows *r, int col);
	const void *(*blob)(const struct rows *r, int col, size_t *ret_len);

	/* Several statements without parameters or results. */
	bool (*script)(struct db *db, const char *sql, struct err *e);
	bool (*commit)(struct db *db, struct err *e);
	void (*rollback)(struct db *db);
	void (*forget_statements)(struct db *db);

	bool (*copy_begin)(struct db_copy *c, struct err *e);
	bool (*copy_row)(struct db_copy *c, struct db_params params, struct err *e);
	bool (*copy_flush)(struct db_copy *c, struct err *e);
	void (*copy_done)(struct db_copy *c);

	bool (*backup)(struct db *db, const char *path, struct err *e);
	bool (*restore)(struct db *db, const char *path, struct err *e);
	bool (*change_stamp)(struct db *db, int64_t *ret, struct err *e);
};

extern const struct db_ops db_sqlite_ops, db_postgresql_ops;

enum { DB_ID_BLOCK = 1000 };

/* The first column of the only row, without sending open copies first: they may need the id it
 * gives. */
bool db_raw_i64(struct db *db, const char *sql, int64_t *ret, struct err *e) NODISCARD;

/* Sends what open copies hold back, oldest first. */
bool db_copies_flush(struct db *db, struct err *e) NODISCARD;

/* Drops the open copies; for a rollback. */
void db_copies_drop(struct db *db);

/* Frees the list of indexes put aside, when the transaction is over. */
void db_indexes_forget(struct db *db);
bool db_table_is_empty(struct db *db, const char *table, bool *ret, struct err *e) NODISCARD;

/* False with ERR_INVALID when a text parameter is not UTF-8: PostgreSQL would refuse it, SQLite
 * not. */
bool db_params_check(struct db_params params, struct err *e) NODISCARD;

#endif
