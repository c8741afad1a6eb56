/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db_engine.h"

#include "base/log.h"
#include "base/text.h"
#include "db/seal.h"
#include "db/seal_rows.h"

#include <stdlib.h>
#include <time.h>

/* ---- parameters ---- */

struct db_param db_param_text(const char *s)
{
	return (struct db_param){
		.type = DB_TEXT, .is_null = !s, .bytes = s, .len = s ? strlen(s) : 0
	};
}

struct db_param db_param_day(day_t d, char text[DATE_TEXT])
{
	return db_param_text(d == DAY_NONE ? NULL : date_format(d, text));
}

struct db_param db_param_blob(const void *bytes, size_t len)
{
	return (struct db_param){ .type = DB_BLOB, .is_null = !bytes, .bytes = bytes, .len = len };
}

struct db_param db_param_id(int64_t id)
{
	return (struct db_param){ .type = DB_I64, .is_null = id == 0, .i64 = id };
}

bool db_params_check(struct db_params params, struct err *e)
{
	ENSURE(params.n <= DB_MAX_PARAMS);
	for (size_t i = 0; i < params.n; i++) {
		const struct db_param *p = &params.at[i];

		if (p->type == DB_TEXT && !p->is_null && !text_is_utf8(p->bytes, p->len))
			return err_set(e, ERR_INVALID, "text for the database is not UTF-8");
	}
	return true;
}

/* ---- connections ---- */

bool db_open(const char *url, struct db **ret, struct err *e)
{
	const struct db_ops *ops;
	struct db *db;

	if (str_starts(url, "sqlite:"))
		ops = &db_sqlite_ops;
	else if (str_starts(url, "postgresql://") || str_starts(url, "postgres://"))
		ops = &db_postgresql_ops;
	else
		return err_set(
			e, ERR_USAGE,
			"database URL \"%.40s\" begins with neither sqlite: nor postgresql://",
			url);
	db = calloc(1, sizeof *db);
	ENSURE(db);
	db->ops = ops;
	db->url = strdup(url);
	ENSURE(db->url);
	if (!ops->open(db, e)) {
		free(db->url);
		free(db);
		return false;
	}
	*ret = db;
	return true;
}

void db_reset(struct db *db)
{
	while (db->open_rows)
		rows_close(db->open_rows);
	db_rollback(db);
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db_reset(db);
	db->ops->close(db);
	free(db->events);
	free(db->url);
	free(db);
}

void db_closep(struct db **db)
{
	db_close(*db);
	*db = NULL;
}

enum db_engine db_engine(const struct db *db)
{
	return db->ops->engine;
}

const char *db_url(const struct db *db)
{
	return db->url;
}

void db_set_context(struct db *db, void *context)
{
	db->context = context;
}

void *db_context(const struct db *db)
{
	return db->context;
}

/* ---- statements ---- */

/* Before each statement: is the transaction sound, is everything sent that the statement may look
 * at? */
static bool ready(struct db *db, struct db_params params, struct err *e)
{
	/* PostgreSQL refuses to go on after a failure, SQLite would not: both refuse here. */
	if (db->is_failed)
		return err_set(
			e, ERR_INTERNAL,
			"a statement of this transaction failed before: it must be rolled back");
	if (!db_params_check(params, e) || (db->copies && !db_copies_flush(db, e))) {
		db->is_failed = db->in_tx;
		return false;
	}
	return true;
}

bool db_exec(struct db *db, const char *sql, struct db_params params, int64_t *ret_changed,
	     struct err *e)
{
	int64_t changed = 0;

	if (!ready(db, params, e))
		return false;
	if (!db->ops->exec(db, sql, params, &changed, e)) {
		db->is_failed = db->in_tx;
		return false;
	}
	if (ret_changed)
		*ret_changed = changed;
	return true;
}

bool db_exec_unless_busy(struct db *db, const char *sql, struct db_params params, struct err *e)
{
	bool done;

	ENSURE(!db->in_tx);
	if (db->ops->wait)
		db->ops->wait(db, 0);
	done = db_exec(db, sql, params, NULL, e);
	if (db->ops->wait)
		db->ops->wait(db, DB_WAIT_MS);
	return done;
}

/* Starts a query whose rows are on the connection's list, so that db_reset finds them. */
static bool query(struct db *db, const char *sql, struct db_params params, struct rows **ret,
		  struct err *e)
{
	struct rows *r = calloc(1, sizeof *r);

	ENSURE(r);
	r->db = db;
	if (!db->ops->query(db, sql, params, r, e)) {
		db->is_failed = db->in_tx;
		free(r);
		return false;
	}
	r->next = db->open_rows;
	if (r->next)
		r->next->before = r;
	db->open_rows = r;
	*ret = r;
	return true;
}

bool db_query(struct db *db, const char *sql, struct db_params params, struct rows **ret,
	      struct err *e)
{
	return ready(db, params, e) && query(db, sql, params, ret, e);
}

bool rows_next(struct rows *r, bool *ret_more, struct err *e)
{
	bool more = false;

	if (!r->is_done) {
		if (!r->db->ops->next(r, &more, e)) {
			r->db->is_failed = r->db->in_tx;
			r->is_done = true;
			return false;
		}
		r->is_done = !more;
	}
	*ret_more = more;
	return true;
}

void rows_close(struct rows *r)
{
	if (!r)
		return;
	r->db->ops->finish(r);
	if (r->kept)
		r->kept->is_busy = false;
	if (r->before)
		r->before->next = r->next;
	else
		r->db->open_rows = r->next;
	if (r->next)
		r->next->before = r->before;
	free(r);
}

void rows_closep(struct rows **r)
{
	rows_close(*r);
	*r = NULL;
}

bool row_is_null(const struct rows *r, int col)
{
	return r->db->ops->is_null(r, col);
}

int64_t row_i64(const struct rows *r, int col)
{
	return row_is_null(r, col) ? 0 : r->db->ops->i64(r, col);
}

bool row_bool(const struct rows *r, int col)
{
	return row_i64(r, col) != 0;
}

const char *row_text(const struct rows *r, int col)
{
	return row_is_null(r, col) ? NULL : r->db->ops->text(r, col);
}

day_t row_day(const struct rows *r, int col)
{
	const char *text = row_text(r, col);
	day_t d = DAY_NONE;

	/* Days are checked when they enter; anything else in a date column is damage. */
	if (text)
		ENSURE(date_parse(text, &d, NULL));
	return d;
}

const void *row_blob(const struct rows *r, int col, size_t *ret_len)
{
	*ret_len = 0;
	return row_is_null(r, col) ? NULL : r->db->ops->blob(r, col, ret_len);
}

/* ---- transactions ---- */

static bool begin(struct db *db, const char *sql, struct err *e)
{
	ENSURE(!db->in_tx);
	if (!db->ops->script(db, sql, e))
		return false;
	db->in_tx = true;
	db->is_read_tx = sql == db->ops->begin_read;
	db->is_failed = false;
	return true;
}

bool db_begin(struct db *db, struct err *e)
{
	return begin(db, db->ops->begin_write, e);
}

bool db_begin_read(struct db *db, struct err *e)
{
	return begin(db, db->ops->begin_read, e);
}

/* A connection that does not look at references must not be used again. */
static void look_at_references(struct db *db)
{
	int64_t on = 0;

	if (!db->is_unreferenced)
		return;
	ENSURE(db->ops->script(db, db->ops->references_on, NULL));
	ENSURE(db_raw_i64(db, db->ops->references_are_on, &on, NULL) && on == 1);
	db->is_unreferenced = false;
}

/* The transaction is over: its settings go with it. */
static void ended(struct db *db)
{
	db->in_tx = false;
	db->id_in_tx = false;
	db->n_events = 0;
	db_indexes_forget(db);
	look_at_references(db);
	if (db->is_bulk && !db->ops->script(db, db->ops->bulk_off, NULL))
		log_line(LOG_WARNING, "db", "the settings for many rows could not be taken back");
	db->is_bulk = false;
}

static bool leave_references(struct db *db, const char *first_of, struct err *e)
{
	bool is_empty;

	if (!first_of || !db->ops->references_off)
		return true;
	if (!db_table_is_empty(db, first_of, &is_empty, e))
		return false;
	db->is_unreferenced = is_empty && db->ops->script(db, db->ops->references_off, e);
	return !is_empty || db->is_unreferenced;
}

bool db_begin_bulk(struct db *db, const char *first_of, struct err *e)
{
	ENSURE(!db->in_tx);
	db->is_bulk = db->ops->script(db, db->ops->bulk_on, e);
	if (db->is_bulk && leave_references(db, first_of, e) && begin(db, db->ops->begin_write, e))
		return true;
	ended(db);
	return false;
}

static bool references_hold(struct db *db, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	if (!db->is_unreferenced)
		return true;
	if (!db_query(db, db->ops->references_fault, DB_NO_PARAMS, &r, e) ||
	    !rows_next(r, &more, e))
		return false;
	return !more || err_set(e, ERR_CONFLICT, "a row of %s names one of %s that is not there",
				row_text(r, 0), row_text(r, 1));
}

bool db_commit(struct db *db, struct err *e)
{
	bool has_events;

	ENSURE(db->in_tx && !db->copies && !db->rows);
	if (!db->is_failed && !db_indexes_build(db, e)) {
		db_rollback(db);
		return false;
	}
	if (db->is_failed) {
		db_rollback(db);
		return err_set(e, ERR_INTERNAL,
			       "a statement of this transaction failed: it was rolled back");
	}
	if (!seal_before_commit(db, e) || !references_hold(db, e) || !db->ops->commit(db, e)) {
		db_rollback(db);
		return false;
	}
	has_events = db->n_events > 0;
	ended(db);
	if (has_events)
		seal_after_commit(db);
	return true;
}

void db_rollback(struct db *db)
{
	db_copies_drop(db);
	seal_rows_drop(db);
	if (!db->in_tx)
		return;
	db->ops->rollback(db);
	db->is_failed = false;
	/* SQLite takes the block back with the transaction; another connection will be given it. */
	if (db->id_in_tx)
		db->id_next = db->id_end = 0;
	ended(db);
}

bool db_in_tx(const struct db *db)
{
	return db->in_tx;
}

bool db_is_writing(const struct db *db)
{
	return db->in_tx && !db->is_read_tx;
}

/* Waits longer each time, and not the same time in each thread. */
static void pause_before_try(int try)
{
	struct timespec t;
	long ms = 5L << try;

	clock_gettime(CLOCK_MONOTONIC, &t);
	ms += t.tv_nsec / 1000 % ms;
	t = (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

static int64_t ms_of_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool db_tx(struct db *db, db_tx_fn *fn, void *arg, struct err *e)
{
	enum { TRIES = 6 };
	int64_t start = ms_of_clock();
	struct err own = { 0 };

	/* Within another, the outermost decides: it commits, rolls back and tries again. */
	if (db_in_tx(db))
		return fn(db, arg, e);
	for (int try = 1;; try++) {
		own = (struct err){ 0 };
		if (db_begin(db, &own)) {
			if (fn(db, arg, &own)) {
				if (db_commit(db, &own))
					return true;
			} else {
				db_rollback(db);
			}
		}
		/* Who has waited for a lock long enough does not wait six times as long. */
		if (own.code != ERR_RETRY || try == TRIES || ms_of_clock() - start >= DB_WAIT_MS)
			break;
		pause_before_try(try);
	}
	ENSURE(own.code != ERR_NONE);
	if (e)
		*e = own;
	return false;
}

/* ---- ids ---- */

bool db_raw_i64(struct db *db, const char *sql, int64_t *ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	int64_t first = 0;
	bool more;

	if (!query(db, sql, DB_NO_PARAMS, &r, e) || !rows_next(r, &more, e))
		return false;
	ENSURE(more);
	first = row_i64(r, 0);
	/* Read to the end: on SQLite, that is when the statement has succeeded. */
	if (!rows_next(r, &more, e))
		return false;
	*ret = first;
	return true;
}

bool db_lock(struct db *db, const char *name, int64_t id, bool is_shared, struct err *e)
{
	const char *sql = is_shared ? db->ops->lock_shared : db->ops->lock_alone;
	int64_t nothing;

	ENSURE(db->in_tx);
	return !sql || db_get_i64(db, sql, DB_PARAMS(P_TEXT(name), P_I64(id)), 0, &nothing, e);
}

bool db_new_id(struct db *db, int64_t *ret, struct err *e)
{
	if (db->is_failed)
		return ready(db, DB_NO_PARAMS, e);
	if (db->id_next == db->id_end) {
		bool own = !db->in_tx;
		int64_t first;

		if (own && !db_begin(db, e))
			return false;
		if (!db_raw_i64(db, db->ops->take_block, &first, e)) {
			if (own)
				db_rollback(db);
			return false;
		}
		if (own && !db_commit(db, e))
			return false;
		db->id_next = first;
		db->id_end = first + DB_ID_BLOCK;
		db->id_in_tx = !own;
	}
	*ret = db->id_next++;
	return true;
}

/* ---- the rest ---- */

bool db_backup(struct db *db, const char *path, struct err *e)
{
	return db->ops->backup(db, path, e);
}

bool db_restore(struct db *db, const char *path, struct err *e)
{
	int version;

	ENSURE(!db->in_tx);
	if (!db_schema_version(db, &version, e))
		return false;
	if (version != 0)
		return err_set(e, ERR_CONFLICT, "the database is not empty");
	return db->ops->restore(db, path, e);
}

bool db_change_stamp(struct db *db, int64_t *ret, struct err *e)
{
	return db->ops->change_stamp(db, ret, e);
}
