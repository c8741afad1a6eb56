/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blob.h - documents by content (pièces jointes, files to import), in the database.
 *
 * In chunks, so that neither engine holds a whole document in memory; by SHA-256, so that the same document
 * is kept once. Being in the database they are in every backup and on every node.
 */
#ifndef DB_BLOB_H
#define DB_BLOB_H

#include "db/db.h"

enum { BLOB_HASH_TEXT = 65 };

/* SHA-256 in hexadecimal of everything readable from fd, from its start; its offset is left alone.
 * ret_size may be NULL. ERR_IO. */
bool blob_hash(int fd, char ret_sha256[BLOB_HASH_TEXT], int64_t *ret_size, struct err *e) NODISCARD;

/* Keeps the content of fd, at most max_size bytes (ERR_LIMIT beyond). In the caller's transaction. */
bool blob_put(struct db *db, int fd, int64_t max_size, char ret_sha256[BLOB_HASH_TEXT],
	      int64_t *ret_size, struct err *e) NODISCARD;

/* Keeps bytes in memory. */
bool blob_put_bytes(struct db *db, const void *bytes, size_t n, char ret_sha256[BLOB_HASH_TEXT],
		    struct err *e) NODISCARD;

/* An anonymous file with the content, to be closed by the caller; checked against its hash: ERR_NOT_FOUND,
 * or ERR_DB when it is damaged. */
bool blob_open(struct db *db, const char *sha256, int *ret_fd, struct err *e) NODISCARD;

/* The content in the arena. */
bool blob_get(struct db *db, struct arena *a, const char *sha256, const void **ret, size_t *ret_n,
	      struct err *e) NODISCARD;

#endif
