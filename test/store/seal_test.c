/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include "base/buf.h"
#include "db/event.h"
#include "db/seal_export.h"
#include "verifier/export.h"

#include <pthread.h>
#include <sodium.h>
#include <unistd.h>

static const int64_t noon = 1795212247000000;

static int64_t add(struct db *db, int64_t recorded)
{
	struct err e = { 0 };
	int64_t id;

	store_ok(event_add(db,
			   &(struct event){ .kind = "thing.done",
					    .subject_kind = "thing",
					    .subject_id = 17,
					    .actor = "cli",
					    .body = "{\"n\":1}",
					    .recorded = recorded },
			   &id, &e),
		 e);
	return id;
}

static int64_t commit_one(struct db *db, int64_t recorded)
{
	struct err e = { 0 };
	int64_t id;

	store_ok(db_begin(db, &e), e);
	id = add(db, recorded);
	store_ok(db_commit(db, &e), e);
	return id;
}

static int64_t position_of(struct db *db, int64_t event_id)
{
	struct err e = { 0 };
	int64_t position;

	store_ok(seal_position_of(db, event_id, &position, &e), e);
	return position;
}

static void each_commit_gives_the_next_positions(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	int64_t first, second, third, fourth, position;

	store_ok(seal_position(db, &position, &e), e);
	assert_int_equal(position, 0);
	first = commit_one(db, noon);
	store_ok(db_begin(db, &e), e);
	add(db, noon);
	db_rollback(db);
	store_ok(db_begin(db, &e), e);
	second = add(db, noon + 5);
	third = add(db, noon + 5);
	store_ok(db_commit(db, &e), e);
	fourth = commit_one(db, noon + 6);
	assert_int_equal(position_of(db, first), 1);
	assert_int_equal(position_of(db, second), 2);
	assert_int_equal(position_of(db, third), 3);
	assert_int_equal(position_of(db, fourth), 4);
	assert_int_equal(position_of(db, 999999), 0);
	store_ok(seal_position(db, &position, &e), e);
	assert_int_equal(position, 4);
	assert_int_equal(store_i64(db, "SELECT count(*) FROM event_unsealed"), 0);
}

static void a_clock_that_goes_back_does_not_reorder_what_was_known(void **state)
{
	struct db *db = *state;
	static const struct {
		int64_t moment, position;
	} cases[] = {
		{ 0, 0 },         { noon - 1, 0 },  { noon, 1 },      { noon + 9, 1 },
		{ noon + 10, 3 }, { noon + 11, 3 }, { noon + 20, 4 }, { INT64_MAX, 4 },
	};

	commit_one(db, noon);
	commit_one(db, noon + 10);
	commit_one(db, noon + 3); /* known after the second, so it counts from then */
	commit_one(db, noon + 20);
	assert_int_equal(store_i64(db, "SELECT sealed FROM seal WHERE position = 3"), noon + 10);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = { 0 };
		int64_t position;
		store_ok(seal_position_at(db, cases[i].moment, &position, &e), e);
		if (position != cases[i].position)
			fail_msg("at %" PRId64 ": position %" PRId64, cases[i].moment, position);
	}
}

static void what_a_dead_writer_left_is_sealed(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };

	commit_one(db, noon);
	/* As after a crash between the commit and the seal. */
	store_run(db, "INSERT INTO event (id, kind, subject_kind, actor, body, recorded)"
		      " VALUES (7, 'a', 'b', 'c', '{}', 5)");
	store_run(db, "INSERT INTO event_unsealed (turn, seq, event_id) VALUES (99, 0, 7)");
	assert_int_equal(position_of(db, 7), 0);
	store_ok(seal_run(db, &e), e);
	assert_int_equal(position_of(db, 7), 2);
	assert_int_equal(store_i64(db, "SELECT count(*) FROM event_unsealed"), 0);
	store_ok(seal_run(db, &e), e);
	assert_int_equal(store_i64(db, "SELECT count(*) FROM seal"), 2);
}

static void more_than_one_batch_is_sealed(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };

	store_ok(db_begin(db, &e), e);
	for (int i = 0; i < 1201; i++)
		add(db, noon + i);
	store_ok(db_commit(db, &e), e);
	assert_int_equal(store_i64(db, "SELECT count(*) FROM seal"), 1201);
	assert_int_equal(store_i64(db, "SELECT max(position) FROM seal"), 1201);
	assert_int_equal(store_i64(db, "SELECT count(*) FROM seal s JOIN seal n ON n.position ="
				       " s.position + 1 AND n.event_id > s.event_id"),
			 1200);
}

/* ---- many writers ---- */

enum { WRITERS = 6, ROUNDS = 40 };

/* The event first, then the row for which all queue: who gets it later must come later in the log, whatever
 * the order in which ids and transactions began. */
static bool write_tx(struct db *db, void *arg, struct err *e)
{
	const int64_t *recorded = arg;
	int64_t id;

	if (!event_add(db,
		       &(struct event){ .kind = "thing.done",
					.subject_kind = "thing",
					.actor = "cli",
					.body = "{}",
					.recorded = *recorded },
		       &id, e))
		return false;
	return db_exec(db, "UPDATE counter SET n = n + 1", DB_NO_PARAMS, NULL, e) &&
	       db_exec(db, "INSERT INTO witness (n, event_id) SELECT n, $1 FROM counter",
		       DB_PARAMS(P_I64(id)), NULL, e);
}

struct writer {
	struct db *db;
	pthread_t thread;
	struct err err;
	bool is_done;
};

static void *write_many(void *arg)
{
	struct writer *w = arg;
	int64_t recorded = noon;

	w->is_done = true;
	for (int i = 0; i < ROUNDS && w->is_done; i++) {
		recorded += 1;
		w->is_done = db_tx(w->db, write_tx, &recorded, &w->err);
	}
	return NULL;
}

static void many_writers_are_sealed_in_the_order_of_their_commits(void **state)
{
	struct db *db = *state;
	struct writer writer[WRITERS] = { 0 };
	struct err e = { 0 };

	store_run(db, "CREATE TABLE counter (n BIGINT NOT NULL)");
	store_run(db, "INSERT INTO counter (n) VALUES (0)");
	store_run(db, "CREATE TABLE witness (n BIGINT PRIMARY KEY, event_id BIGINT NOT NULL)");
	for (int i = 0; i < WRITERS; i++) {
		struct writer *w = &writer[i];
		w->db = store_again(db);
		assert_int_equal(pthread_create(&w->thread, NULL, write_many, w), 0);
	}
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(writer[i].thread, NULL);
		store_ok(writer[i].is_done, writer[i].err);
		db_close(writer[i].db);
	}
	/* Nobody is left behind, without anybody asking for it. */
	assert_int_equal(store_i64(db, "SELECT count(*) FROM event_unsealed"), 0);
	store_ok(seal_run(db, &e), e);
	assert_int_equal(store_i64(db, "SELECT count(*) FROM seal"), WRITERS * ROUNDS);
	assert_int_equal(store_i64(db, "SELECT max(position) FROM seal"), WRITERS * ROUNDS);
	assert_int_equal(store_i64(db, "SELECT count(*) FROM witness w JOIN seal s ON s.event_id ="
				       " w.event_id WHERE s.position <> w.n"),
			 0);
}

/* ---- the hash ---- */

static void from_hex(unsigned char *ret, size_t n, const char *hex)
{
	size_t len;

	assert_int_equal(sodium_hex2bin(ret, n, hex, strlen(hex), NULL, &len, NULL), 0);
	assert_int_equal(len, n);
}

/* The second line of test/golden/seal.txt, which another program made. */
static void the_hash_is_the_documented_one(void **state)
{
	unsigned char salt[SEAL_SALT], before[SEAL_HASH], expected[SEAL_HASH], hash[SEAL_HASH];
	struct seal_entry en = {
		.position = 2,
		.sealed = 1795212248000001,
		.event_id = 1005,
		.entity_id = 1000,
		.kind = "import.applied",
		.subject_kind = "import",
		.subject_id = 1003,
		.actor = "user:12",
		.recorded = 1795212248000001,
	};

	(void)state;
	from_hex(salt, sizeof salt, "101112131415161718191a1b1c1d1e1f");
	from_hex(before, sizeof before,
		 "73f97f51a856b95a2951e935e9b98cda32d875079210bd97401e8eae6ca89de2");
	seal_commitment(salt, "{\"file\":\"ventes\\u00e9.csv\",\"rows\":3}", en.commitment);
	from_hex(expected, sizeof expected,
		 "dbf31e19751464840544717efcb8b77bec21f71e21a743d0a2ceeca487433d37");
	assert_memory_equal(en.commitment, expected, sizeof expected);
	seal_hash(before, &en, hash);
	from_hex(expected, sizeof expected,
		 "2798aa5a0a42dc0d12b9a0202f1ca4e11e52f72a07cecc1e058498a7b0a3d084");
	assert_memory_equal(hash, expected, sizeof expected);
}

/* ---- erasing ---- */

static void an_erased_body_leaves_a_trace(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	int64_t id = commit_one(db, noon);

	store_ok(db_begin(db, &e), e);
	store_ok(seal_erase(db, id, "asked by the person", "user:1", noon + 1, &e), e);
	store_ok(db_commit(db, &e), e);
	assert_int_equal(store_i64(db, "SELECT count(*) FROM event e JOIN seal s ON s.event_id ="
				       " e.id WHERE s.position = 1 AND e.body = '{}' AND s.salt"
				       " IS NULL"),
			 1);
	assert_int_equal(store_i64(db, "SELECT e.subject_id FROM event e JOIN seal s ON s.event_id"
				       " = e.id WHERE s.position = 2 AND e.kind = 'event.erased'"),
			 id);
	store_ok(db_begin(db, &e), e);
	assert_false(seal_erase(db, id, "again", "user:1", noon + 2, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(seal_erase(db, 123456, "what", "user:1", noon + 2, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	db_rollback(db);
}

/* ---- the export ---- */

static void tell(void *arg, int64_t line, const char *kind, int64_t position, int64_t event_id,
		 const char *text)
{
	char *said = arg;

	(void)line, (void)event_id, (void)text;
	if (!*said)
		snprintf(said, 40, "%s %" PRId64, kind, position);
}

/* The first fault that the verifier finds in an export of the database, "" for none. */
static void verdict(struct db *db, char said[40])
{
	FILE *f = tmpfile();
	struct export_result r;
	struct err e = { 0 };

	assert_non_null(f);
	*said = '\0';
	store_ok(seal_export(db, f, NULL, &e), e);
	rewind(f);
	assert_true(export_check(f, NULL, tell, said, &r));
	fclose(f);
	assert_int_equal(r.n_events, store_i64(db, "SELECT count(*) FROM seal"));
	assert_true((r.n_faults == 0) == (*said == '\0'));
}

static void an_export_is_what_the_verifier_expects(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	char said[40];
	int64_t id = 0;

	verdict(db, said);
	assert_string_equal(said, "");
	for (int i = 0; i < 1100; i++)
		id = commit_one(db, noon + i % 50);
	store_ok(db_begin(db, &e), e);
	store_ok(event_add(db,
			   &(struct event){ .entity_id = 0,
					    .kind = "note.added",
					    .subject_kind = "note",
					    .actor = "user:\t\\1",
					    .body = "{\"t\":\"Société \\u0009 \r\n\t \\\\\"}",
					    .recorded = noon + 60 },
			   NULL, &e),
		 e);
	store_ok(seal_erase(db, id, "asked", "user:1", noon + 70, &e), e);
	store_ok(db_commit(db, &e), e);
	verdict(db, said);
	assert_string_equal(said, "");
	store_run(db, "UPDATE event SET actor = 'nobody' WHERE id = (SELECT event_id FROM seal"
		      " WHERE position = 1050)");
	verdict(db, said);
	assert_string_equal(said, "content 1050");
}

static void the_head_is_kept_in_a_file(void **state)
{
	struct db *db = *state;
	char path[] = "/tmp/encours-heads-XXXXXX", line[3][SEAL_HEAD_LINE] = { 0 };
	struct seal_head head, found;
	struct err e = { 0 };
	FILE *f;

	assert_true(mkstemp(path) >= 0);
	store_ok(seal_head_append(db, path, &head, &e), e);
	assert_int_equal(head.position, 0);
	commit_one(db, noon);
	store_ok(seal_head_append(db, path, &head, &e), e);
	store_ok(seal_head_append(db, path, NULL, &e), e);
	commit_one(db, noon);
	store_ok(seal_head_append(db, path, &found, &e), e);
	f = fopen(path, "r");
	assert_non_null(f);
	for (int i = 0; i < 3 && fgets(line[i], SEAL_HEAD_LINE, f); i++)
		;
	fclose(f);
	assert_string_equal(line[0], seal_head_line(&head, line[2]));
	assert_string_equal(line[1], seal_head_line(&found, line[2]));
	assert_false(seal_head_append(db, "/nowhere/heads", NULL, &e));
	assert_int_equal(e.code, ERR_IO);
	unlink(path);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, store_setup, store_teardown)
	const struct CMUnitTest tests[] = {
		TEST(each_commit_gives_the_next_positions),
		TEST(a_clock_that_goes_back_does_not_reorder_what_was_known),
		TEST(what_a_dead_writer_left_is_sealed),
		TEST(more_than_one_batch_is_sealed),
		TEST(many_writers_are_sealed_in_the_order_of_their_commits),
		cmocka_unit_test(the_hash_is_the_documented_one),
		TEST(an_erased_body_leaves_a_trace),
		TEST(an_export_is_what_the_verifier_expects),
		TEST(the_head_is_kept_in_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
