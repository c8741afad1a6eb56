/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include "db/attachment.h"
#include "db/blob.h"

#include <sys/mman.h>
#include <unistd.h>

/* Every byte value, and nothing that repeats with the chunks. */
static void fill(unsigned char *bytes, size_t n)
{
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525u + 1013904223u;
		bytes[i] = (unsigned char)(x >> 24);
	}
}

enum { CHUNK = 1 << 20 }; /* as in blob.c: the sizes around it are where mistakes live */

static void bytes_come_back_whatever_their_number(void **state)
{
	static const size_t sizes[] = { 0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 17 };
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	struct db *db = *state;
	unsigned char *in = arena_alloc(a, 4 * CHUNK);

	fill(in, 4 * CHUNK);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		char name[BLOB_HASH_TEXT];
		struct err e = { 0 };
		const void *out;
		size_t n;

		store_ok(db_begin(db, &e), e);
		store_ok(blob_put_bytes(db, in, sizes[i], name, &e), e);
		store_ok(db_commit(db, &e), e);
		assert_int_equal(strlen(name), 64);
		store_ok(blob_get(db, a, name, &out, &n, &e), e);
		assert_int_equal(n, sizes[i]);
		assert_memory_equal(in, out, n);
	}
}

/* FIPS 180-4, the one-block example. */
static void a_blob_is_named_by_its_sha256(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	char name[BLOB_HASH_TEXT];

	store_ok(db_begin(db, &e), e);
	store_ok(blob_put_bytes(db, "abc", 3, name, &e), e);
	store_ok(db_commit(db, &e), e);
	assert_string_equal(name,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void the_same_bytes_are_kept_once(void **state)
{
	struct db *db = *state;
	char first[BLOB_HASH_TEXT], second[BLOB_HASH_TEXT];
	struct err e = { 0 };

	for (int i = 0; i < 2; i++) {
		store_ok(db_begin(db, &e), e);
		store_ok(blob_put_bytes(db, "twice", 5, i ? second : first, &e), e);
		store_ok(db_commit(db, &e), e);
	}
	assert_string_equal(first, second);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM blob"), 1);
}

static void a_file_goes_in_and_out(void **state)
{
	enum { SIZE = CHUNK + 100 };
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	struct db *db = *state;
	unsigned char *in = arena_alloc(a, SIZE), *out = arena_alloc(a, SIZE);
	int from = memfd_create("from", MFD_CLOEXEC), to = -1;
	char name[BLOB_HASH_TEXT], again[BLOB_HASH_TEXT];
	struct err e = { 0 };
	int64_t size;

	fill(in, SIZE);
	assert_int_equal(write(from, in, SIZE), SIZE);
	store_ok(db_begin(db, &e), e);
	store_ok(blob_put(db, from, SIZE, name, &size, &e), e);
	store_ok(db_commit(db, &e), e);
	assert_int_equal(size, SIZE);
	store_ok(blob_open(db, name, &to, &e), e);
	assert_int_equal(pread(to, out, SIZE, 0), SIZE);
	assert_memory_equal(in, out, SIZE);
	store_ok(blob_hash(to, again, &size, &e), e);
	assert_string_equal(again, name);
	assert_int_equal(size, SIZE);
	assert_false(blob_put(db, from, SIZE - 1, name, &size, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	close(from);
	close(to);
}

static void what_is_missing_or_damaged_is_told(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	struct db *db = *state;
	char name[BLOB_HASH_TEXT];
	struct err e = { 0 };
	const void *out;
	size_t n;

	assert_false(blob_get(db, a, "no such name", &out, &n, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	store_ok(db_begin(db, &e), e);
	store_ok(blob_put_bytes(db, "whole", 5, name, &e), e);
	store_ok(db_commit(db, &e), e);
	store_ok(db_exec(db, "UPDATE blob SET bytes = $1", DB_PARAMS(P_BLOB("whOle", 5)), NULL, &e),
		 e);
	assert_false(blob_get(db, a, name, &out, &n, &e));
	assert_int_equal(e.code, ERR_DB);
}

static void a_rollback_takes_the_chunks_back(void **state)
{
	struct db *db = *state;
	struct err e = { 0 };
	char name[BLOB_HASH_TEXT];

	store_ok(db_begin(db, &e), e);
	store_ok(blob_put_bytes(db, "gone", 4, name, &e), e);
	db_rollback(db);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM blob"), 0);
}

static void an_attachment_belongs_to_one_thing_of_one_entity(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(0);
	struct db *db = *state;
	struct attachment at = { .entity_id = 2,
				 .subject_kind = "item",
				 .subject_id = 77,
				 .file_name = "facture \"été\".pdf",
				 .media_type = "application/pdf",
				 .size = 3,
				 .recorded = 1795212247000000 };
	struct attachment *list, one;
	struct err e = { 0 };
	char name[BLOB_HASH_TEXT];
	size_t n;

	store_run(db, "INSERT INTO entity (id, code, name, recorded) VALUES (2, 'E', 'E', 1)");
	store_ok(db_begin(db, &e), e);
	store_ok(blob_put_bytes(db, "abc", 3, name, &e), e);
	at.sha256 = name;
	store_ok(attachment_add(db, &at, "user:1", &e), e);
	store_ok(db_commit(db, &e), e);
	store_ok(attachment_list(db, a, "item", 77, &list, &n, &e), e);
	assert_int_equal(n, 1);
	assert_string_equal(list[0].file_name, at.file_name);
	assert_string_equal(list[0].sha256, name);
	store_ok(attachment_list(db, a, "message", 77, &list, &n, &e), e);
	assert_int_equal(n, 0);
	store_ok(attachment_get(db, a, 2, at.id, &one, &e), e);
	assert_int_equal(one.size, 3);
	assert_false(attachment_get(db, a, 3, at.id, &one, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM event WHERE kind = 'attachment.added'"
				       " AND subject_kind = 'item' AND subject_id = 77"),
			 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, store_setup, store_teardown)
	const struct CMUnitTest tests[] = {
		TEST(bytes_come_back_whatever_their_number),
		TEST(a_blob_is_named_by_its_sha256),
		TEST(the_same_bytes_are_kept_once),
		TEST(a_file_goes_in_and_out),
		TEST(what_is_missing_or_damaged_is_told),
		TEST(a_rollback_takes_the_chunks_back),
		TEST(an_attachment_belongs_to_one_thing_of_one_entity),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
