/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include <dirent.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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

static void open_postgresql(const char *base, struct db **ret)
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
		open_postgresql(engine_url(), ret);
}

void store_open(struct db **ret)
{
	struct err e = { 0 };

	store_open_empty(ret);
	store_ok(db_migrate(*ret, NULL, &e), e);
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

void store_close(struct db *db)
{
	char url[1024], sql[128];

	snprintf(url, sizeof url, "%s", db_url(db));
	db_reset(db);
	if (db_engine(db) == DB_POSTGRESQL) {
		snprintf(sql, sizeof sql, "DROP SCHEMA %s CASCADE", strstr(url, "%3D") + 3);
		store_run(db, sql);
	}
	db_close(db);
	if (str_starts(url, "sqlite:"))
		remove_folder(url);
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
