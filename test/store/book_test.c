/* SPDX-License-Identifier: Apache-2.0 */
/* The book against the rows: after random histories, as of random days and known at random moments, what the
 * book says (older version and tail, mapped snapshot, no snapshot at all) is what a slow fold of the rows says. */
#include "book_world.h"

#include "ledger/book_change.h"
#include "ledger/book_prune.h"

static void random_histories_give_the_figures_of_the_rows(void **state)
{
	const char *given = getenv("ENCOURS_TEST_SEED");

	(void)state;
	for (uint64_t seed = given ? strtoull(given, NULL, 10) : 1, n = given ? 1 : 4; n;
	     seed++, n--) {
		struct world w;

		print_message("seed %d\n", (int)seed);
		world_open(&w, seed * 0x9e3779b97f4a7c15u);
		for (int i = 0; i < STEPS; i++) {
			live(&w);
			look(&w, w.reader, "with a tail");
			if (i % 10 == 0)
				look(&w, w.db, "from the rows");
			if (i % 17 == 3)
				write_snapshot(&w);
			if (i % 8 == 5)
				look_afresh(&w, "mapped");
		}
		world_close(&w);
	}
}

/* All customers are read by scans of the tables, where that is quicker; a range of them by look-ups. */
static void compare_ways(struct world *w, uint32_t position)
{
	struct book_version *all, *range;
	struct err e = { 0 };

	store_ok(db_begin_read(w->db, &e), e);
	store_ok(version_build(w->db, w->entity.id, position, &all, &e), e);
	store_ok(version_build_range(w->db, w->entity.id, 2, INT64_MAX, position, &range, &e), e);
	db_rollback(w->db);
	assert_int_equal(all->n_customers, range->n_customers);
	assert_int_equal(all->n_parts, range->n_parts);
	for (size_t i = 0; i < all->n_parts; i++) {
		assert_int_equal(all->part[i]->c.size, range->part[i]->c.size);
		assert_memory_equal(all->part[i]->c.bytes, range->part[i]->c.bytes,
				    all->part[i]->c.size);
	}
	version_release(all);
	version_release(range);
}

static void scans_and_ranges_make_the_same_book(void **state)
{
	struct entity mine, other = { .id = 2 };
	struct err e = { 0 };
	struct world w;

	(void)state;
	world_open(&w, 1357);
	mine = w.entity;
	store_run(w.db, "INSERT INTO entity (id, code, name, recorded) VALUES (2, 'E', 'E', 1)");
	for (int i = 0; i < 300; i++) {
		live(&w);
		/* Another company's facts lie among those of the first. */
		if (i == 100 || i == 200) {
			w.entity = i == 100 ? other : mine;
			w.n_items = 0;
			w.n_customers = 0;
			store_ok(db_tx(w.db, act_tx, &(struct act){ &w, 11 }, &e), e);
		}
		if (i % 10 == 0) {
			compare_ways(&w, UINT32_MAX - 1);
			compare_ways(&w, (uint32_t)dice(&w, (size_t)newest(&w) + 1));
		}
	}
	w.entity = mine;
	compare_ways(&w, UINT32_MAX - 1);
	compare_ways(&w, (uint32_t)newest(&w) / 2);
	world_close(&w);
}

/* ---- the file ---------------------------------------------------------------------------------- */

static void some_life(struct world *w, int steps)
{
	for (int i = 0; i < steps; i++)
		live(w);
}

/* The path of the newest snapshot. */
static char *snapshot_path(struct world *w, char path[BOOK_PATH])
{
	const char *folder = shelf_folder(w->shelf);
	uint32_t position;

	assert_non_null(folder);
	assert_int_equal(book_file_list(folder, w->entity.id, &position, 1), 1);
	return book_file_path(folder, w->entity.id, position, path);
}

static size_t size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (size_t)st.st_size;
}

static void flip(const char *path, size_t at, unsigned char with)
{
	int fd = open(path, O_RDWR);
	unsigned char byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
	byte ^= with;
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
}

static bool opens(struct world *w, const char *path)
{
	struct book_version *v;
	unsigned char hash[BOOK_HASH];
	struct err e = { 0 };

	if (!book_file_open(path, w->entity.id, &v, hash, &e)) {
		assert_int_equal(e.code, ERR_FORMAT);
		return false;
	}
	version_release(v);
	return true;
}

static void a_damaged_snapshot_is_refused_and_made_anew(void **state)
{
	char path[BOOK_PATH];
	struct world w;

	(void)state;
	world_open(&w, 7777);
	some_life(&w, 80);
	write_snapshot(&w);
	snapshot_path(&w, path);
	assert_true(opens(&w, path));
	for (size_t at = 0, n = size_of(path); at < n; at += 1 + dice(&w, 37)) {
		unsigned char with = (unsigned char)(1u << dice(&w, 8));
		flip(path, at, with);
		if (opens(&w, path))
			fail_msg("byte %zu of %zu was changed and nobody saw it", at, n);
		flip(path, at, with);
	}
	assert_true(opens(&w, path));
	flip(path, size_of(path) / 2, 4);
	look_afresh(&w, "damaged");
	assert_int_equal(truncate(snapshot_path(&w, path), (off_t)size_of(path) - 8), 0);
	assert_false(opens(&w, path));
	look_afresh(&w, "cut off");
	assert_int_equal(truncate(snapshot_path(&w, path), 0), 0);
	look_afresh(&w, "empty");
	assert_int_equal(unlink(snapshot_path(&w, path)), 0);
	look_afresh(&w, "deleted");
	world_close(&w);
}

/* A database that was put back from a backup comes to the same positions by another history. */
static void a_snapshot_of_another_history_is_not_believed(void **state)
{
	char path[BOOK_PATH];
	struct world w;

	(void)state;
	world_open(&w, 4242);
	some_life(&w, 30);
	write_snapshot(&w);
	snapshot_path(&w, path);
	store_run(w.db, "UPDATE seal SET hash = commitment"
			" WHERE position = (SELECT max(position) FROM seal)");
	look_afresh(&w, "another history");
	assert_true(opens(&w, snapshot_path(&w, path))); /* made anew */
	look_afresh(&w, "the same history");
	world_close(&w);
}

/* Another company's file under this one's name. */
static void a_snapshot_of_another_company_is_refused(void **state)
{
	struct book_version *v;
	unsigned char hash[BOOK_HASH];
	char path[BOOK_PATH];
	struct err e = { 0 };
	struct world w;

	(void)state;
	world_open(&w, 99);
	write_snapshot(&w);
	assert_false(book_file_open(snapshot_path(&w, path), w.entity.id + 1, &v, hash, &e));
	assert_int_equal(e.code, ERR_FORMAT);
	world_close(&w);
}

/* ---- what is forgotten --------------------------------------------------------------------------- */

static int64_t n_changes_to(struct world *w, int64_t position)
{
	struct err e = { 0 };
	int64_t n;

	store_ok(db_get_i64(w->db,
			    "SELECT count(*) FROM book_change b JOIN seal s ON"
			    " s.event_id = b.event_id WHERE s.position <= $1",
			    DB_PARAMS(P_I64(position)), 0, &n, &e),
		 e);
	return n;
}

static bool reads_all(struct world *w, int64_t from)
{
	struct book_dirty dirty;
	struct err e = { 0 };

	store_ok(book_changes(w->db, w->arena, w->entity.id, (uint32_t)from, (uint32_t)newest(w),
			      &dirty, &e),
		 e);
	return dirty.is_all;
}

/* Older books and snapshots are right all the same, and younger ones follow as before. */
static void what_is_forgotten_is_read_again(void **state)
{
	struct err e = { 0 };
	struct world w;
	int64_t middle;

	(void)state;
	world_open(&w, 777);
	some_life(&w, 40);
	write_snapshot(&w);
	look(&w, w.reader, "before");
	some_life(&w, 20);
	middle = newest(&w);
	some_life(&w, 20);
	assert_true(n_changes_to(&w, middle) > 0);
	store_ok(book_changes_forget(w.db, middle, &e), e);
	assert_int_equal(n_changes_to(&w, middle), 0);
	assert_true(n_changes_to(&w, newest(&w)) > 0);
	assert_true(reads_all(&w, middle - 1));
	assert_false(reads_all(&w, middle));
	look_afresh(&w, "an old snapshot");
	look(&w, w.reader, "an old book");
	store_ok(book_changes_forget(w.db, middle - 5, &e), e); /* nothing comes back */
	assert_true(reads_all(&w, middle - 1));
	some_life(&w, 10);
	look(&w, w.reader, "following again");
	world_close(&w);
}

/* Pruning writes a snapshot past what it takes away, and leaves what is young. */
static void pruning_leaves_a_snapshot_that_can_follow(void **state)
{
	uint32_t before, after;
	struct err e = { 0 };
	struct world w;
	int64_t middle;

	(void)state;
	world_open(&w, 778);
	some_life(&w, 30);
	write_snapshot(&w);
	assert_int_equal(book_file_list(shelf_folder(w.shelf), w.entity.id, &before, 1), 1);
	some_life(&w, 20);
	middle = newest(&w);
	some_life(&w, 10);
	store_ok(book_prune(w.reader, w.now, &e), e);
	assert_true(n_changes_to(&w, middle) > 0);
	store_ok(book_prune_to(w.reader, middle, &e), e);
	assert_int_equal(n_changes_to(&w, middle), 0);
	assert_int_equal(book_file_list(shelf_folder(w.shelf), w.entity.id, &after, 1), 1);
	assert_true(after > before && after >= middle);
	assert_false(reads_all(&w, after));
	look_afresh(&w, "the new snapshot");
	/* A month later everything goes. */
	store_ok(book_prune(w.reader, w.now + BOOK_KEEP_US, &e), e);
	assert_int_equal(n_changes_to(&w, newest(&w)), 0);
	look_afresh(&w, "a month later");
	look(&w, w.reader, "a month later");
	world_close(&w);
}

/* ---- other processes --------------------------------------------------------------------------- */

/* In a child: writes snapshots until it is killed. */
static void write_for_ever(const char *url, int64_t entity_id)
{
	struct book_shelf *shelf = shelf_new(url, false);
	struct err e = { 0 };
	struct db *db;

	if (!db_open(url, &db, &e))
		_exit(3);
	while (shelf_write(shelf, db, entity_id, &e))
		;
	_exit(4);
}

static void a_writer_that_is_killed_leaves_nothing_wrong(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, 31337);
	some_life(&w, 60);
	for (int i = 0; i < 12; i++) {
		pid_t child = fork();
		int status;

		if (child == 0)
			write_for_ever(db_url(w.reader), w.entity.id);
		usleep((useconds_t)(2000 + dice(&w, 30000)));
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		look_afresh(&w, "after a kill");
		some_life(&w, 5);
	}
	write_snapshot(&w);
	look_afresh(&w, "after all");
	world_close(&w);
}

/* In a child: the sum of its book against the balances, in one transaction each time. */
static bool sums_agree(struct db *db, struct world *w)
{
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	int64_t in_rows, in_book = 0, waiting = 0;
	struct book *b;
	bool ok;

	/* What is committed and waits for its position, on PostgreSQL, is in the rows alone. */
	ok = db_begin_read(db, &e) &&
	     db_get_i64(db, "SELECT count(*) FROM event_unsealed", DB_NO_PARAMS, 0, &waiting, &e) &&
	     db_get_i64(db, "SELECT CAST(sum(open_minor) AS BIGINT) FROM item_balance",
			DB_NO_PARAMS, 0, &in_rows, &e) &&
	     book_load(db, a,
		       &(struct book_query){ .entity_id = w->entity.id, .as_of = first_day + 5000 },
		       &b, &e);
	for (size_t i = 0; ok && i < b->n_items; i++)
		in_book += b->open_minor[i];
	db_rollback(db);
	arena_free(a);
	return ok && (in_book == in_rows || waiting > 0);
}

static void read_and_compare(struct world *w, int stop)
{
	struct book_shelf *shelf = shelf_new(db_url(w->db), false);
	struct err e = { 0 };
	struct db *db;
	char byte;

	fcntl(stop, F_SETFL, O_NONBLOCK);
	if (!db_open(db_url(w->db), &db, &e))
		_exit(3);
	db_set_context(db, shelf);
	while (read(stop, &byte, 1) != 0)
		if (!sums_agree(db, w))
			_exit(5);
	_exit(0);
}

static void another_process_reads_while_this_one_writes(void **state)
{
	struct world w;
	int stop[2], status;
	pid_t child;

	(void)state;
	world_open(&w, 1234567);
	some_life(&w, 20);
	assert_int_equal(pipe(stop), 0);
	child = fork();
	if (child == 0) {
		close(stop[1]);
		read_and_compare(&w, stop[0]);
	}
	close(stop[0]);
	for (int i = 0; i < 150; i++) {
		live(&w);
		if (i % 30 == 0)
			write_snapshot(&w);
	}
	close(stop[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	world_close(&w);
}

/* What is written in an open transaction is in the book that it reads, and in nobody else's. */
static void a_transaction_sees_what_it_wrote(void **state)
{
	struct book *mine, *theirs;
	struct book_query q;
	struct err e = { 0 };
	struct world w;
	size_t before;

	(void)state;
	world_open(&w, 55);
	some_life(&w, 40);
	q = (struct book_query){ .entity_id = w.entity.id, .as_of = w.today + 100 };
	store_ok(book_load(w.reader, w.arena, &q, &theirs, &e), e);
	before = theirs->n_items;
	db_set_context(w.db, w.shelf);
	store_ok(db_begin(w.db, &e) && add_item(&w, w.db, &e), e);
	store_ok(book_load(w.db, w.arena, &q, &mine, &e), e);
	store_ok(book_load(w.reader, w.arena, &q, &theirs, &e), e);
	assert_int_equal(mine->n_items, before + 1);
	assert_int_equal(theirs->n_items, before);
	store_ok(db_commit(w.db, &e), e);
	store_ok(book_load(w.db, w.arena, &q, &mine, &e), e);
	store_ok(book_load(w.reader, w.arena, &q, &theirs, &e), e);
	assert_int_equal(mine->n_items, before + 1);
	assert_int_equal(theirs->n_items, before + 1);
	db_set_context(w.db, NULL);
	world_close(&w);
}

/* A row that somebody changed behind the program's back, and a writer that touched nobody. */
static void verify_names_the_customer_whose_book_is_wrong(void **state)
{
	struct verify_report report = { 0 };
	struct err e = { 0 };
	struct world w;

	(void)state;
	world_open(&w, 2468);
	some_life(&w, 60);
	look(&w, w.reader, "before");
	store_ok(verify_book(w.reader, w.arena, w.entity.id, &report, &e), e);
	assert_int_equal(report.n_faults, 0);
	store_run(w.db, "UPDATE item SET due_on = '2031-01-01'"
			" WHERE id = (SELECT max(id) FROM item)");
	store_ok(verify_book(w.reader, w.arena, w.entity.id, &report, &e), e);
	assert_int_equal(report.n_faults, 1);
	assert_string_equal(report.faults[0].law, "book");
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_histories_give_the_figures_of_the_rows),
		cmocka_unit_test(scans_and_ranges_make_the_same_book),
		cmocka_unit_test(a_damaged_snapshot_is_refused_and_made_anew),
		cmocka_unit_test(a_snapshot_of_another_history_is_not_believed),
		cmocka_unit_test(a_snapshot_of_another_company_is_refused),
		cmocka_unit_test(what_is_forgotten_is_read_again),
		cmocka_unit_test(pruning_leaves_a_snapshot_that_can_follow),
		cmocka_unit_test(a_writer_that_is_killed_leaves_nothing_wrong),
		cmocka_unit_test(another_process_reads_while_this_one_writes),
		cmocka_unit_test(a_transaction_sees_what_it_wrote),
		cmocka_unit_test(verify_names_the_customer_whose_book_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
