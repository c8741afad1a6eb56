/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include "base/embed.h"

#include <dirent.h>
#include <sodium.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern const struct embedded_file db_migrations[];
extern const size_t db_migrations_n;

static const char *engine_url(void)
{
	const char *url = getenv("ENCOURS_TEST_DB");

	return str_empty(url) ? "sqlite" : url;
}

/* Nobody else uses it: not another program, not another test of this one. */
static void unique_name(char name[64])
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	snprintf(name, 64, "encours_test_%ld_%llx", (long)getpid(),
		 (unsigned long long)t.tv_sec * 1000000000u + (unsigned long long)t.tv_nsec);
}

static void open_sqlite(struct db **ret)
{
	const char *root = getenv("TMPDIR");
	struct err e = { 0 };
	char name[64], folder[512], url[600];

	unique_name(name);
	snprintf(folder, sizeof folder, "%s/%s", root ? root : "/tmp", name);
	assert_int_equal(mkdir(folder, 0700), 0);
	snprintf(url, sizeof url, "sqlite:%s/test.db", folder);
	store_ok(db_open(url, ret, &e), e);
}

/* A schema of its own in the database of base. */
static void open_schema(const char *base, struct db **ret)
{
	struct err e = { 0 };
	char name[64], url[1024], sql[128];
	struct db *db;

	unique_name(name);
	store_ok(db_open(base, &db, &e), e);
	snprintf(sql, sizeof sql, "CREATE SCHEMA %s", name);
	store_run(db, sql);
	db_close(db);
	snprintf(url, sizeof url, "%s%coptions=-csearch_path%%3D%s", base,
		 strchr(base, '?') ? '&' : '?', name);
	store_ok(db_open(url, ret, &e), e);
}

void store_open_empty(struct db **ret)
{
	if (str_eq(engine_url(), "sqlite"))
		open_sqlite(ret);
	else
		open_schema(engine_url(), ret);
}

/* ---- a template for PostgreSQL, where making and dropping a hundred tables takes half a second ---- */

/* The URL with another database's name in it. */
static void url_of(const char *base, const char *name, char *ret, size_t size)
{
	const char *authority = strstr(base, "://"), *path;

	assert_non_null(authority);
	path = strchr(authority + 3, '/');
	assert_non_null(path);
	snprintf(ret, size, "%.*s/%s%s", (int)(path - base), base, name, path + strcspn(path, "?"));
}

/* Templates of other migrations, of another checkout say, stand beside it. */
static void template_name(char ret[64])
{
	crypto_generichash_state state;
	unsigned char hash[16];
	char hex[33];

	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	for (size_t i = 0; i < db_migrations_n; i++)
		crypto_generichash_update(&state, db_migrations[i].bytes, db_migrations[i].len);
	crypto_generichash_final(&state, hash, sizeof hash);
	snprintf(ret, 64, "encours_template_%s",
		 sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

/* It is complete once nobody may connect to it. */
static bool is_complete(struct db *db, const char *name)
{
	char sql[160];

	snprintf(sql, sizeof sql,
		 "SELECT COUNT(*) FROM pg_database WHERE datname = '%s' AND NOT datallowconn",
		 name);
	return store_i64(db, sql) == 1;
}

/* The first who needs it makes it; the lock goes with the connection. */
static void ensure_template(struct db *db, const char *name)
{
	struct err e = { 0 };
	char url[1024], sql[160];
	struct db *template;

	if (is_complete(db, name))
		return;
	store_i64(db, "SELECT COUNT(*) FROM (SELECT pg_advisory_lock(20260105)) x");
	if (!is_complete(db, name)) {
		snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
		store_run(db, sql);
		snprintf(sql, sizeof sql, "CREATE DATABASE %s", name);
		store_run(db, sql);
		url_of(engine_url(), name, url, sizeof url);
		store_ok(db_open(url, &template, &e), e);
		store_ok(db_migrate(template, NULL, &e), e);
		db_close(template);
		snprintf(sql, sizeof sql, "ALTER DATABASE %s ALLOW_CONNECTIONS false", name);
		store_run(db, sql);
	}
	store_i64(db, "SELECT COUNT(*) FROM (SELECT pg_advisory_unlock(20260105)) x");
}

static void open_clone(struct db **ret)
{
	char template[64], name[64], url[1024], sql[192];
	struct err e = { 0 };
	struct db *db;

	unique_name(name);
	template_name(template);
	store_ok(db_open(engine_url(), &db, &e), e);
	ensure_template(db, template);
	snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s STRATEGY FILE_COPY", name,
		 template);
	store_run(db, sql);
	db_close(db);
	url_of(engine_url(), name, url, sizeof url);
	store_ok(db_open(url, ret, &e), e);
}

void store_open(struct db **ret)
{
	struct err e = { 0 };

	if (!str_eq(engine_url(), "sqlite")) {
		open_clone(ret);
		return;
	}
	open_sqlite(ret);
	store_ok(db_migrate(*ret, NULL, &e), e);
}

void store_company(struct db **ret, struct arena **ret_arena, struct entity *ret_entity,
		   db_tx_fn *seed, void *arg, int64_t now)
{
	struct err e = { 0 };
	bool created;

	store_open(ret);
	*ret_arena = arena_new(0);
	store_ok(entity_init(*ret, "Société Exemple", "FR", "EUR", now, &created, &e) &&
			 entity_get(*ret, *ret_arena, NULL, ret_entity, &e) &&
			 db_tx(*ret, seed, arg, &e),
		 e);
}

struct db *store_again(struct db *db)
{
	struct err e = { 0 };
	struct db *again;

	store_ok(db_open(db_url(db), &again, &e), e);
	return again;
}

/* With what is in it: the database's files, and its snapshots one level below. */
static void empty_folder(const char *folder, bool goes_down)
{
	char file[2048];
	struct dirent *entry;
	DIR *dir = opendir(folder);

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (str_eq(entry->d_name, ".") || str_eq(entry->d_name, ".."))
			continue;
		snprintf(file, sizeof file, "%s/%s", folder, entry->d_name);
		if (unlink(file) != 0 && goes_down)
			empty_folder(file, false);
	}
	closedir(dir);
	assert_int_equal(rmdir(folder), 0);
}

static void remove_folder(const char *url)
{
	const char *path = url + strlen("sqlite:");
	char folder[512];

	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
	empty_folder(folder, true);
}

/* The database of its own, or the schema. */
static void drop_postgresql(const char *url)
{
	const char *schema = strstr(url, "search_path%3D"), *name = strstr(url, "encours_test_");
	struct err e = { 0 };
	char sql[128];
	struct db *db;

	assert_non_null(name);
	if (schema)
		snprintf(sql, sizeof sql, "DROP SCHEMA %s CASCADE", strstr(schema, "%3D") + 3);
	else
		snprintf(sql, sizeof sql, "DROP DATABASE %.*s WITH (FORCE)",
			 (int)strcspn(name, "?&"), name);
	store_ok(db_open(engine_url(), &db, &e), e);
	store_run(db, sql);
	db_close(db);
}

void store_close(struct db *db)
{
	bool is_sqlite = db_engine(db) == DB_SQLITE;
	char url[1024];

	snprintf(url, sizeof url, "%s", db_url(db));
	db_close(db);
	if (is_sqlite)
		remove_folder(url);
	else
		drop_postgresql(url);
}

int store_setup(void **state)
{
	struct db *db;

	store_open(&db);
	*state = db;
	return 0;
}

int store_teardown(void **state)
{
	store_close(*state);
	return 0;
}

void store_run(struct db *db, const char *sql)
{
	struct err e = { 0 };

	store_ok(db_exec(db, sql, DB_NO_PARAMS, NULL, &e), e);
}

int64_t store_i64(struct db *db, const char *sql)
{
	struct err e = { 0 };
	int64_t v;

	store_ok(db_get_i64(db, sql, DB_NO_PARAMS, -1, &v, &e), e);
	return v;
}
