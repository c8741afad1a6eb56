/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_file.h - the snapshot of a version of the book: a file that processes map instead of reading the rows.
 *
 * FOLDER/ENTITY-POSITION.book: a head, a directory of chunks, the chunks as book_chunk.h has them. Head,
 * directory and each chunk carry a checksum; the head carries the seal's hash at the position, so that the
 * file of another database, or of this one before it was restored, is not taken for its own. A file is written
 * beside, made durable and renamed; it never changes, and may be deleted at any time: who has it mapped keeps
 * it. Whoever may truncate it in place may stop the program; its folder is the program's alone.
 */
#ifndef LEDGER_BOOK_FILE_H
#define LEDGER_BOOK_FILE_H

#include "ledger/book_version.h"

enum { BOOK_HASH = 32 };

/* A mapped file, held by the chunks that lie in it. */
struct book_map;
void book_map_release(struct book_map *m); /* NULL is fine */

/* Writes the version unless another process is writing in the folder; then *ret_written is false. Afterwards the
 * company's older files, and what killed writers left, are gone. position: of the version, as the file shall say;
 * hash: the seal's at it. */
bool book_file_write(const char *folder, const struct book_version *v, uint32_t position,
		     const unsigned char hash[BOOK_HASH], bool *ret_written,
		     struct err *e) NODISCARD;

/* Reads one file: every checksum, then every chunk. ERR_FORMAT when it is damaged, cut off or of another format;
 * ERR_NOT_FOUND when it is not there. ret_hash gets what the head says. */
bool book_file_open(const char *path, int64_t entity_id, struct book_version **ret,
		    unsigned char ret_hash[BOOK_HASH], struct err *e) NODISCARD;

/* The same from memory that outlives the version. For tests and fuzzing. */
bool book_file_read(const void *bytes, size_t n, int64_t entity_id, struct book_version **ret,
		    unsigned char ret_hash[BOOK_HASH], struct err *e) NODISCARD;

/* The positions of the company's files in the folder, newest first. None when there is no folder. */
size_t book_file_list(const char *folder, int64_t entity_id, uint32_t *ret, size_t room);

enum { BOOK_PATH = 4096 };
char *book_file_path(const char *folder, int64_t entity_id, uint32_t position,
		     char path[BOOK_PATH]);

#endif
