/* SPDX-License-Identifier: Apache-2.0 */
#include "thing.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern const size_t db_migrations_n; /* as built in */

static void a_migration_done_twice_does_nothing(void **state)
{
	struct db *db;
	struct err e = { 0 };
	int version = -1, applied = -1;

	(void)state;
	store_open_empty(&db);
	store_ok(db_schema_version(db, &version, &e), e);
	assert_int_equal(version, 0);
	store_ok(db_migrate(db, &applied, &e), e);
	assert_int_equal(applied, db_migrations_n); /* a number may be left out */
	store_ok(db_migrate(db, &applied, &e), e);
	assert_int_equal(applied, 0);
	store_ok(db_schema_version(db, &version, &e), e);
	assert_int_equal(version, db_newest_version());
	store_run(db, "INSERT INTO schema_migration (version, name, digest, applied)"
		      " VALUES (9999, 'x', '', 1)");
	assert_false(db_migrate(db, &applied, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	store_close(db);
}

static void a_database_of_another_text_is_refused(void **state)
{
	struct db *db;
	struct err e = { 0 };

	(void)state;
	store_open_empty(&db);
	store_ok(db_migrate(db, NULL, &e), e);
	store_run(db, "UPDATE schema_migration SET digest = 'other' WHERE version = 2");
	assert_false(db_migrate(db, NULL, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_non_null(strstr(e.msg, "0002_"));
	store_close(db);
}

static void two_processes_may_migrate_at_once(void **state)
{
	enum { N = 4 };
	struct err e = { 0 };
	struct db *db;
	char url[1024];
	pid_t pid[N];

	(void)state;
	store_open_empty(&db);
	snprintf(url, sizeof url, "%s", db_url(db));
	db_close(db); /* SQLite must not see a connection of before the fork in the child */
	for (int i = 0; i < N; i++) {
		pid[i] = fork();
		assert_int_not_equal(pid[i], -1);
		if (pid[i] == 0) {
			struct db *own;
			bool ok = db_open(url, &own, &e) && db_migrate(own, NULL, &e);

			if (!ok)
				fprintf(stderr, "child: %s\n", e.msg);
			_exit(ok ? 0 : 1);
		}
	}
	for (int i = 0; i < N; i++) {
		int status;

		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	store_ok(db_open(url, &db, &e), e);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM schema_migration"), db_migrations_n);
	store_close(db);
}

static void a_backup_is_a_database(void **state)
{
	struct db *db = *state, *copy;
	struct err e = { 0 };
	char path[1024], url[1100];
	struct stat st;

	snprintf(path, sizeof path, "%s.backup", db_url(db) + strlen("sqlite:"));
	if (db_engine(db) == DB_POSTGRESQL) {
		assert_false(db_backup(db, path, &e));
		assert_int_equal(e.code, ERR_REFUSED);
		return;
	}
	store_ok(thing_insert(db, 1, "kept", &e), e);
	store_ok(db_backup(db, path, &e), e);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_false(db_backup(db, path, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	store_ok(thing_insert(db, 2, "later", &e), e);
	snprintf(url, sizeof url, "sqlite:%s", path);
	store_ok(db_open(url, &copy, &e), e);
	assert_int_equal(store_i64(copy, "SELECT COUNT(*) FROM thing"), 1);
	assert_int_equal(store_i64(copy, "SELECT MAX(version) FROM schema_migration"),
			 db_newest_version());
	db_close(copy);
	assert_false(db_backup(db, "/nonexistent/folder/x", &e));
	assert_int_equal(e.code, ERR_IO);
}

/* Writes some bytes over the middle of a file. */
static void damage(const char *path)
{
	FILE *f = fopen(path, "r+b");

	assert_non_null(f);
	assert_int_equal(fseek(f, 4096 * 3 + 8, SEEK_SET), 0);
	for (int i = 0; i < 3000; i++)
		putc(0xa5, f);
	assert_int_equal(fclose(f), 0);
}

static void a_backup_is_restored_into_an_empty_database_only(void **state)
{
	struct db *db = *state, *empty;
	struct err e = { 0 };
	char path[1024];

	snprintf(path, sizeof path, "%s.backup", db_url(db) + strlen("sqlite:"));
	store_open_empty(&empty);
	if (db_engine(db) == DB_POSTGRESQL) {
		assert_false(db_restore(empty, path, &e));
		assert_int_equal(e.code, ERR_REFUSED);
		store_close(empty);
		return;
	}
	store_ok(thing_insert(db, 1, "kept", &e), e);
	store_ok(db_backup(db, path, &e), e);
	assert_false(db_restore(db, path, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	store_ok(db_restore(empty, path, &e), e);
	assert_int_equal(store_i64(empty, "SELECT COUNT(*) FROM thing WHERE t = 'kept'"), 1);
	store_ok(thing_insert(empty, 2, "it can be written", &e), e);
	store_close(empty);
}

static void what_is_no_backup_is_refused(void **state)
{
	struct db *db = *state, *empty;
	char path[1024], newer[1024], url[1100];
	struct db *copy;
	struct err e = { 0 };

	if (db_engine(db) == DB_POSTGRESQL)
		return;
	snprintf(path, sizeof path, "%s.backup", db_url(db) + strlen("sqlite:"));
	snprintf(newer, sizeof newer, "%s.newer", db_url(db) + strlen("sqlite:"));
	store_ok(db_backup(db, path, &e), e);
	store_ok(db_backup(db, newer, &e), e);
	damage(path);
	snprintf(url, sizeof url, "sqlite:%s", newer);
	store_ok(db_open(url, &copy, &e), e);
	store_run(copy, "INSERT INTO schema_migration (version, name, digest, applied)"
			" VALUES (999, 'x', '', 1)");
	db_close(copy);
	store_open_empty(&empty);
	{
		const struct {
			const char *path;
			enum err_code code;
		} bad[] = {
			{ path, ERR_FORMAT },
			{ newer, ERR_REFUSED },
			{ "/dev/null", ERR_FORMAT },
			{ "/nonexistent", ERR_IO },
			{ "/proc/self/exe", ERR_FORMAT },
		};
		for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
			e = (struct err){ 0 };
			if (db_restore(empty, bad[i].path, &e) || e.code != bad[i].code)
				fail_msg("row %zu: %d %s", i, e.code, e.msg);
		}
	}
	store_ok(db_migrate(empty, NULL, &e), e);
	store_close(empty);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, thing_setup, store_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_migration_done_twice_does_nothing),
		cmocka_unit_test(a_database_of_another_text_is_refused),
		cmocka_unit_test(two_processes_may_migrate_at_once),
		TEST(a_backup_is_a_database),
		TEST(a_backup_is_restored_into_an_empty_database_only),
		TEST(what_is_no_backup_is_refused),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
