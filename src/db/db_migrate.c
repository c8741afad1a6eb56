/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/embed.h"
#include "base/text.h"
#include "db/db_engine.h"
#include "db/seal.h"

#include <sodium.h>
#include <stdlib.h>

extern const struct embedded_file db_migrations[];
extern const size_t db_migrations_n;

/* "0012_name.sql" is version 12. */
static int version_of(const struct embedded_file *file)
{
	return (int)strtol(file->name, NULL, 10);
}

int db_newest_version(void)
{
	return version_of(&db_migrations[db_migrations_n - 1]);
}

static bool line_is(const char *line, size_t n, const char *mark)
{
	return n == strlen(mark) && memcmp(line, mark, n) == 0;
}

/* Adds the line. SQLite's own key of a row is called INTEGER PRIMARY KEY: with any other word for the
 * type it keeps a second tree beside the table, from the key to its own. */
static void add_line(struct buf *b, enum db_engine engine, const char *line, size_t n)
{
	static const char ours[] = "BIGINT PRIMARY KEY", theirs[] = "INTEGER PRIMARY KEY";
	const char *key = memmem(line, n, ours, sizeof ours - 1);
	size_t before = key ? (size_t)(key - line) : 0;

	if (engine == DB_SQLITE && key) {
		buf_add(b, line, before);
		buf_puts(b, theirs);
		before += sizeof ours - 1;
		line += before;
		n -= before;
	}
	buf_add(b, line, n);
	buf_putc(b, '\n');
}

/* The lines meant for the engine: those between "-- @sqlite" and the next mark are SQLite's
 * alone... */
static const char *text_for(enum db_engine engine, const struct embedded_file *file,
			    struct arena *a)
{
	const char *line = (const char *)file->bytes;
	bool is_ours = true;
	struct buf b;

	buf_init(&b, a);
	while (*line) {
		const char *end = strchr(line, '\n');
		size_t n = end ? (size_t)(end - line) : strlen(line);

		if (line_is(line, n, "-- @sqlite"))
			is_ours = engine == DB_SQLITE;
		else if (line_is(line, n, "-- @postgresql"))
			is_ours = engine == DB_POSTGRESQL;
		else if (line_is(line, n, "-- @all"))
			is_ours = true;
		else if (is_ours)
			add_line(&b, engine, line, n);
		line += end ? n + 1 : n;
	}
	return buf_str(&b);
}

bool db_schema_version(struct db *db, int *ret, struct err *e)
{
	int64_t version = 0;

	if (!db_raw_i64(db, db->ops->has_migration_table, &version, e))
		return false;
	if (version != 0 &&
	    !db_raw_i64(db, "SELECT COALESCE(MAX(version), 0) FROM schema_migration", &version, e))
		return false;
	*ret = (int)version;
	return true;
}

enum { DIGEST_TEXT = 33 }; /* 128 bits in hexadecimal */

static const char *digest_of(const struct embedded_file *file, char ret[DIGEST_TEXT])
{
	unsigned char hash[DIGEST_TEXT / 2];

	crypto_generichash(hash, sizeof hash, file->bytes, file->len, NULL, 0);
	return sodium_bin2hex(ret, DIGEST_TEXT, hash, sizeof hash);
}

/* A migration is never edited after release. A database made by another text of one would fail later, at the
 * first statement that misses something. */
static bool is_made_by_ours(struct db *db, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = true;
	size_t i = 0;

	if (!db_query(db, "SELECT version, name, digest FROM schema_migration ORDER BY version",
		      DB_NO_PARAMS, &r, e))
		return err_while(e,
				 "a database of a program that was never released: make it anew");
	while (rows_next(r, &more, e) && more) {
		char digest[DIGEST_TEXT];

		while (i < db_migrations_n && version_of(&db_migrations[i]) < row_i64(r, 0))
			i++;
		if (i < db_migrations_n && version_of(&db_migrations[i]) == row_i64(r, 0) &&
		    !str_eq(row_text(r, 2), digest_of(&db_migrations[i], digest)))
			return err_set(
				e, ERR_REFUSED,
				"the database was made by another text of migration %s: use the"
				" program that made it, or make it anew",
				row_text(r, 1));
	}
	return !more;
}

/* Inside a transaction, under the lock: what another process did meanwhile is seen. */
static bool apply(struct db *db, const struct embedded_file *file, bool *ret_did, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	char digest[DIGEST_TEXT];
	int version;

	if (db->ops->migration_lock && !db->ops->script(db, db->ops->migration_lock, e))
		return false;
	if (!db->ops->script(db,
			     "CREATE TABLE IF NOT EXISTS schema_migration (version INT PRIMARY KEY,"
			     " name TEXT NOT NULL, digest TEXT NOT NULL, applied BIGINT NOT NULL)",
			     e) ||
	    !db_schema_version(db, &version, e))
		return false;
	*ret_did = version < version_of(file);
	if (!*ret_did)
		return true;
	if (!db->ops->script(db, text_for(db->ops->engine, file, a), e))
		return false;
	return db_exec(db,
		       "INSERT INTO schema_migration (version, name, digest, applied)"
		       " VALUES ($1, $2, $3, $4)",
		       DB_PARAMS(P_I64(version_of(file)), P_TEXT(file->name),
				 P_TEXT(digest_of(file, digest)), P_I64(clock_now())),
		       NULL, e);
}

struct step {
	const struct embedded_file *file;
	bool did;
};

static bool apply_tx(struct db *db, void *arg, struct err *e)
{
	struct step *s = arg;

	return apply(db, s->file, &s->did, e) || err_while(e, "migration %s", s->file->name);
}

bool db_migrate(struct db *db, int *ret_applied, struct err *e)
{
	int version, applied = 0;

	if (!db_schema_version(db, &version, e))
		return false;
	if (version > db_newest_version())
		return err_set(e, ERR_REFUSED,
			       "the database has schema %d, newer than this program's %d: use the "
			       "newer program",
			       version, db_newest_version());
	if (version > 0 && !is_made_by_ours(db, e))
		return false;
	for (size_t i = 0; i < db_migrations_n; i++) {
		struct step s = { .file = &db_migrations[i] };

		if (version_of(s.file) <= version)
			continue;
		if (!db_tx(db, apply_tx, &s, e))
			return false;
		applied += s.did;
	}
	/* Statements prepared before may name columns that moved. */
	if (applied > 0)
		db->ops->forget_statements(db);
	/* Events that were there before the seal was. */
	if (applied > 0 && !seal_run(db, e))
		return false;
	if (ret_applied)
		*ret_applied = applied;
	return true;
}
