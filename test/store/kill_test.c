/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process is killed in the middle of its transactions, again and again. What it had been told was
 * committed must be there, what was not must not be there by half.
 */
#include "store.h"

#include "db/event.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 50, ACCOUNTS = 10, START = 1000 };

static const char *const schema[] = {
	"CREATE TABLE account (id BIGINT PRIMARY KEY, minor BIGINT NOT NULL CHECK (minor >= 0))",
	"CREATE TABLE transfer (id BIGINT PRIMARY KEY, round BIGINT NOT NULL, seq BIGINT NOT NULL,"
	" event_id BIGINT NOT NULL REFERENCES event (id), UNIQUE (round, seq))",
	"CREATE TABLE line (transfer_id BIGINT NOT NULL REFERENCES transfer (id), n BIGINT NOT "
	"NULL)",
};

struct move {
	int64_t round, seq, from, to;
};

static bool change(struct db *db, int64_t account, int64_t by, struct err *e)
{
	return db_exec(db, "UPDATE account SET minor = minor + $2 WHERE id = $1",
		       DB_PARAMS(P_I64(account), P_I64(by)), NULL, e);
}

/* One unit from one account to another, said in four tables. */
static bool move_tx(struct db *db, void *arg, struct err *e)
{
	const struct move *m = arg;
	struct db_copy *lines;
	int64_t id, event_id;

	if (!event_add(db,
		       &(struct event){ .kind = "test.moved",
					.subject_kind = "account",
					.subject_id = m->from,
					.actor = "test",
					.body = "{}",
					.recorded = 1 },
		       &event_id, e) ||
	    !db_new_id(db, &id, e) || !change(db, m->from, -1, e) || !change(db, m->to, 1, e) ||
	    !db_exec(db, "INSERT INTO transfer (id, round, seq, event_id) VALUES ($1, $2, $3, $4)",
		     DB_PARAMS(P_I64(id), P_I64(m->round), P_I64(m->seq), P_I64(event_id)), NULL,
		     e) ||
	    !db_copy_begin(db, "line", "transfer_id, n", &lines, e))
		return false;
	for (int i = 0; i < 20; i++)
		if (!db_copy_row(lines, DB_PARAMS(P_I64(id), P_I64(i)), e))
			return false;
	return db_copy_end(lines, e);
}

/* In the child: moves until killed, and tells each commit through the pipe. */
static void move_on(const char *url, int64_t round, int told)
{
	struct err e = { 0 };
	struct db *db;

	if (!db_open(url, &db, &e))
		_exit(1);
	for (int64_t seq = 1;; seq++) {
		struct move m = { round, seq, seq % ACCOUNTS, (seq + 3) % ACCOUNTS };

		if (!db_tx(db, move_tx, &m, &e)) {
			fprintf(stderr, "child: %s\n", e.msg);
			_exit(1);
		}
		if (write(told, &seq, sizeof seq) != sizeof seq)
			_exit(1);
	}
}

/* Starts a child, kills it some milliseconds after its first commit; returns the last it told of. */
static int64_t kill_one(const char *url, int64_t round)
{
	struct timespec t = { .tv_nsec = (round * 7919 % 41) * 500000 };
	int64_t last = 0, seq;
	int fd[2], status;
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		close(fd[0]);
		move_on(url, round, fd[1]);
	}
	close(fd[1]);
	assert_int_equal(read(fd[0], &last, sizeof last), sizeof last);
	nanosleep(&t, NULL);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	while (read(fd[0], &seq, sizeof seq) == sizeof seq)
		last = seq;
	close(fd[0]);
	return last;
}

/* The last of a round that is in the database; PostgreSQL may still be rolling the killed one back. */
static int64_t found(struct db *db, int64_t round)
{
	struct err e = { 0 };
	int64_t last;

	store_ok(db_get_i64(db, "SELECT MAX(seq) FROM transfer WHERE round = $1",
			    DB_PARAMS(P_I64(round)), 0, &last, &e),
		 e);
	return last;
}

static void check_whole(struct db *db)
{
	assert_int_equal(store_i64(db, "SELECT SUM(minor) FROM account"), ACCOUNTS * START);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM line"),
			 20 * store_i64(db, "SELECT COUNT(*) FROM transfer"));
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM transfer"),
			 store_i64(db, "SELECT COUNT(*) FROM event"));
	if (db_engine(db) == DB_SQLITE) {
		assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM pragma_integrity_check"
					       " WHERE integrity_check <> 'ok'"),
				 0);
		assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM pragma_foreign_key_check"), 0);
	}
}

static void a_killed_process_leaves_whole_transactions(void **state)
{
	int64_t told_in_all = 0;
	struct err e = { 0 };
	char url[1024];
	struct db *db;

	(void)state;
	store_open(&db);
	snprintf(url, sizeof url, "%s", db_url(db));
	for (size_t i = 0; i < ARRAY_LEN(schema); i++)
		store_run(db, schema[i]);
	for (int i = 0; i < ACCOUNTS; i++) {
		char sql[80];

		snprintf(sql, sizeof sql, "INSERT INTO account (id, minor) VALUES (%d, %d)", i,
			 START);
		store_run(db, sql);
	}
	/* SQLite must not see a connection of before the fork in the child. */
	db_close(db);
	for (int64_t round = 1; round <= ROUNDS; round++) {
		struct db *again;
		int64_t told = kill_one(url, round);
		int64_t there;

		told_in_all += told;
		store_ok(db_open(url, &again, &e), e);
		there = found(again, round);
		/* One more than told: committed, and killed before it could say so. */
		if (there < told || there > told + 1)
			fail_msg("round %d: told of %d, found %d", (int)round, (int)told,
				 (int)there);
		check_whole(again);
		db_close(again);
	}
	print_message("%d rounds, %d commits\n", ROUNDS, (int)told_in_all);
	store_ok(db_open(url, &db, &e), e);
	store_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_process_leaves_whole_transactions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
