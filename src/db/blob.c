/* SPDX-License-Identifier: Apache-2.0 */
#include "db/blob.h"

#include <errno.h>
#include <sodium.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1 << 20 };

static void to_hex(const unsigned char digest[crypto_hash_sha256_BYTES], char ret[BLOB_HASH_TEXT])
{
	sodium_bin2hex(ret, BLOB_HASH_TEXT, digest, crypto_hash_sha256_BYTES);
}

bool blob_hash(int fd, char ret_sha256[BLOB_HASH_TEXT], int64_t *ret_size, struct err *e)
{
	unsigned char block[65536], digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;
	off_t at = 0;
	ssize_t n;

	crypto_hash_sha256_init(&state);
	while ((n = pread(fd, block, sizeof block, at)) > 0) {
		crypto_hash_sha256_update(&state, block, (unsigned long long)n);
		at += n;
	}
	if (n < 0)
		return err_set(e, ERR_IO, "could not read the file: %s", strerror(errno));
	crypto_hash_sha256_final(&state, digest);
	to_hex(digest, ret_sha256);
	if (ret_size)
		*ret_size = at;
	return true;
}

static bool is_kept(struct db *db, const char *sha256, bool *ret, struct err *e)
{
	int64_t n;

	if (!db_get_i64(db, "SELECT count(*) FROM blob WHERE sha256 = $1 AND chunk = 0",
			DB_PARAMS(P_TEXT(sha256)), 0, &n, e))
		return false;
	*ret = n > 0;
	return true;
}

static bool put_chunk(struct db *db, const char *sha256, int chunk, const void *bytes, size_t n,
		      struct err *e)
{
	return db_exec(db,
		       "INSERT INTO blob (sha256, chunk, bytes) VALUES ($1, $2, $3)"
		       " ON CONFLICT (sha256, chunk) DO NOTHING",
		       DB_PARAMS(P_TEXT(sha256), P_I64(chunk), P_BLOB(bytes, n)), NULL, e);
}

bool blob_put(struct db *db, int fd, int64_t max_size, char ret_sha256[BLOB_HASH_TEXT],
	      int64_t *ret_size, struct err *e)
{
	struct arena *a;
	char *block;
	bool kept, ok;
	int chunk = 0;
	int64_t size;

	if (!blob_hash(fd, ret_sha256, &size, e) || !is_kept(db, ret_sha256, &kept, e))
		return false;
	if (size > max_size)
		return err_set(e, ERR_LIMIT,
			       "the file has %" PRId64 " bytes; at most %" PRId64 " are taken",
			       size, max_size);
	*ret_size = size;
	if (kept)
		return true;
	a = arena_new(2 * CHUNK);
	block = arena_alloc(a, CHUNK);
	ok = size > 0 || put_chunk(db, ret_sha256, 0, block, 0, e);
	for (int64_t at = 0; ok && at < size; chunk++) {
		ssize_t n = pread(fd, block, CHUNK, at);
		ok = n > 0 ? put_chunk(db, ret_sha256, chunk, block, (size_t)n, e)
			   : err_set(e, ERR_IO, "the file changed while it was read");
		at += n;
	}
	arena_free(a);
	return ok;
}

bool blob_put_bytes(struct db *db, const void *bytes, size_t n, char ret_sha256[BLOB_HASH_TEXT],
		    struct err *e)
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	bool kept;
	size_t at = 0;

	crypto_hash_sha256(digest, bytes, n);
	to_hex(digest, ret_sha256);
	if (!is_kept(db, ret_sha256, &kept, e))
		return false;
	if (kept)
		return true;
	for (int chunk = 0; at < n || chunk == 0; chunk++) {
		size_t part = n - at < CHUNK ? n - at : CHUNK;
		if (!put_chunk(db, ret_sha256, chunk, (const char *)bytes + at, part, e))
			return false;
		at += part;
	}
	return true;
}

static bool write_whole(int fd, const char *bytes, size_t n, struct err *e)
{
	while (n > 0) {
		ssize_t done = write(fd, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_set(e, ERR_IO, "could not copy the document: %s",
				       strerror(errno));
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

/* One chunk a query: PostgreSQL would hold all rows of one in memory. */
static bool copy_chunk(struct db *db, const char *sha256, int chunk, int fd, bool *ret_found,
		       struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	const void *bytes;
	size_t n;

	if (!db_query(db, "SELECT bytes FROM blob WHERE sha256 = $1 AND chunk = $2",
		      DB_PARAMS(P_TEXT(sha256), P_I64(chunk)), &r, e) ||
	    !rows_next(r, ret_found, e))
		return false;
	if (!*ret_found)
		return true;
	bytes = row_blob(r, 0, &n);
	return write_whole(fd, bytes, n, e);
}

static bool copy_chunks(struct db *db, const char *sha256, int fd, struct err *e)
{
	bool found = true;
	int chunk = 0;

	for (; found; chunk++) {
		if (!copy_chunk(db, sha256, chunk, fd, &found, e))
			return false;
	}
	return chunk > 1 || err_set(e, ERR_NOT_FOUND, "there is no document %.16s", sha256);
}

bool blob_open(struct db *db, const char *sha256, int *ret_fd, struct err *e)
{
	int fd = memfd_create("document", MFD_CLOEXEC);
	char found[BLOB_HASH_TEXT];

	if (fd < 0)
		return err_set(e, ERR_IO, "could not make room for the document: %s",
			       strerror(errno));
	if (!copy_chunks(db, sha256, fd, e) || !blob_hash(fd, found, NULL, e)) {
		close(fd);
		return false;
	}
	if (strcmp(found, sha256) != 0) {
		close(fd);
		return err_set(e, ERR_DB, "the document %.16s is damaged", sha256);
	}
	*ret_fd = fd;
	return true;
}

bool blob_get(struct db *db, struct arena *a, const char *sha256, const void **ret, size_t *ret_n,
	      struct err *e)
{
	struct stat st;
	bool ok = false;
	char *bytes;
	int fd;

	if (!blob_open(db, sha256, &fd, e))
		return false;
	if (fstat(fd, &st) == 0) {
		bytes = arena_alloc(a, (size_t)st.st_size + 1);
		ok = pread(fd, bytes, (size_t)st.st_size, 0) == st.st_size;
		*ret = bytes;
		*ret_n = (size_t)st.st_size;
	}
	close(fd);
	return ok || err_set(e, ERR_IO, "could not read the document back");
}
