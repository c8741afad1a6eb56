/* SPDX-License-Identifier: Apache-2.0 */
/* The watched folder: complete files once, others not, nothing through links. */
#include "store.h"

#include "base/clock.h"
#include "insight/inbox.h"
#include "insight/inbox_watch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	struct db *db;
	struct arena *arena;
	struct entity entity;
	char folder[40];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct err e = { 0 };
	bool created;

	store_open(&f->db);
	f->arena = arena_new(0);
	if (!entity_init(f->db, "Atelier", "FR", "EUR", 1, &created, &e) ||
	    !entity_get(f->db, f->arena, NULL, &f->entity, &e))
		fail_msg("%s", e.msg);
	snprintf(f->folder, sizeof f->folder, "/tmp/encours-inbox-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[100];

	snprintf(command, sizeof command, "rm -rf -- %s", f->folder);
	assert_int_equal(system(command), 0);
	arena_free(f->arena);
	store_close(f->db);
	free(f);
	return 0;
}

static const char *path(struct fixture *f, const char *name)
{
	return arena_printf(f->arena, "%s/%s", f->folder, name);
}

static void drop(struct fixture *f, const char *name, const char *text)
{
	FILE *file = fopen(path(f, name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	fclose(file);
}

static bool there(struct fixture *f, const char *name)
{
	return access(path(f, name), F_OK) == 0;
}

static struct inbox_result look(struct fixture *f, int settle)
{
	struct import_job job = { .db = f->db,
				  .arena = f->arena,
				  .entity = &f->entity,
				  .actor = "test",
				  .now = clock_now(),
				  .today = date_of(2026, 10, 1) };
	struct inbox_options o = { f->folder, settle };
	struct inbox_result result;
	struct err e = { 0 };

	if (!inbox_run(&job, &o, &result, &e))
		fail_msg("%s", e.msg);
	return result;
}

#define MT                                                                   \
	":20:T\n:25:DE89370400440532013000\n:28C:1/1\n:60F:C260901EUR0,00\n" \
	":61:260902C50,00NTRFNONREF//B1\n:86:x\n:62F:C260902EUR50,00\n-\n"

static void takes_each_file_once(void **state)
{
	struct fixture *f = *state;
	struct inbox_result r;

	drop(f, "a.sta", MT);
	r = look(f, 0);
	assert_int_equal(r.n, 1);
	assert_true(r.file[0].is_done);
	assert_true(there(f, "done/a.sta") && there(f, "done/a.sta.report.json"));
	assert_false(there(f, "a.sta"));
	/* The same bytes under the same name: done again, nothing doubled, nothing overwritten. */
	drop(f, "a.sta", MT);
	r = look(f, 0);
	assert_true(r.file[0].is_done && r.file[0].report.is_repeat);
	assert_true(there(f, "done/1-a.sta"));
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM statement_entry"), 1);
	assert_int_equal(look(f, 0).n, 0);
}

static void puts_a_refused_file_aside_with_its_reason(void **state)
{
	struct fixture *f = *state;
	struct inbox_result r;

	drop(f, "b.sta", ":20:T\n:25:X\n:60F:C260901EUR0,00\n:61:260902C50,00NTRFX\n");
	r = look(f, 0);
	assert_int_equal(r.n, 1);
	assert_false(r.file[0].is_done);
	assert_non_null(strstr(r.file[0].error, "cut off"));
	assert_true(there(f, "failed/b.sta") && there(f, "failed/b.sta.report.json"));
	assert_true(there(f, "failed/b.sta.txt"));
	/* People see it among the files that wait. */
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM import WHERE state = 'staged'"), 1);
}

static void leaves_what_is_not_complete_or_no_file(void **state)
{
	struct fixture *f = *state;
	struct inbox_result r;

	drop(f, "c.sta.part", MT);
	drop(f, ".hidden", MT);
	drop(f, "young.sta", MT);
	drop(f, "empty.sta", "");
	assert_int_equal(symlink("/etc/passwd", path(f, "link.sta")), 0);
	assert_int_equal(link(path(f, "c.sta.part"), path(f, "hard.sta")), 0);
	assert_int_equal(mkfifo(path(f, "pipe.sta"), 0600), 0);
	r = look(f, 3600);
	assert_int_equal(r.n, 0);
	assert_int_equal(r.n_waiting, 2);
	assert_int_equal(r.n_ignored, 3);
	assert_true(there(f, "young.sta") && there(f, "c.sta.part"));
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM statement_entry"), 0);
}

/* The server's thread: what is dropped is imported while it runs, by the folder that is set meanwhile. */
static void a_thread_watches_the_folder_that_is_set(void **state)
{
	struct fixture *f = *state;
	const struct timespec old[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	struct inbox_watch_options o = { .db_url = db_url(f->db), .every_seconds = 1 };
	struct inbox_watch *watch;
	struct err e = { 0 };

	drop(f, "a.sta", MT);
	drop(f, "b.sta", ":20:T\n:25:X\n:60F:C260901EUR0,00\n:61:260902C50,00NTRFX\n");
	assert_int_equal(utimensat(AT_FDCWD, path(f, "a.sta"), old, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, path(f, "b.sta"), old, 0), 0);
	drop(f, "young.sta", MT);
	inbox_watch_start(&o, &watch);
	store_ok(db_exec(f->db,
			 "INSERT INTO setting (entity_id, name, value, recorded)"
			 " VALUES ($1, 'inbox_folder', $2, 1)",
			 DB_PARAMS(P_I64(f->entity.id), P_TEXT(f->folder)), NULL, &e),
		 e);
	for (int i = 0; i < 200 && !there(f, "failed/b.sta.txt"); i++)
		usleep(50000);
	inbox_watch_stop(watch);
	assert_true(there(f, "done/a.sta") && there(f, "failed/b.sta.txt"));
	assert_true(there(f, "young.sta"));
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM statement_entry"), 1);
	/* A folder that is not there ends nothing. */
	store_run(f->db, "UPDATE setting SET value = '/nowhere/at/all'");
	inbox_watch_start(&o, &watch);
	usleep(200000);
	inbox_watch_stop(watch);
	inbox_watch_stop(NULL);
}

static void names_of_files_under_way(void **state)
{
	static const char *const names[] = { ".a", "a.tmp", "A.PART", "a.filepart", "a~" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_true(inbox_is_unfinished(names[i]));
	assert_false(inbox_is_unfinished("camt.053.xml"));
	assert_false(inbox_is_unfinished("part"));
}

int main(void)
{
#define FACT(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		FACT(takes_each_file_once),
		FACT(puts_a_refused_file_aside_with_its_reason),
		FACT(leaves_what_is_not_complete_or_no_file),
		FACT(a_thread_watches_the_folder_that_is_set),
		cmocka_unit_test(names_of_files_under_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
