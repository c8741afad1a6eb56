/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.h - records on a pipe: what the parser child says and how its parent believes it.
 *
 * A stream is a mark of eight bytes, then records: kind (1 byte), length (4, little endian), payload. A
 * payload is the struct's fields in the order of a table in stream.c: whole numbers as variable-length
 * zigzag, texts with their length and a NUL, lists with their count. Both ends use the same tables, so
 * that they cannot disagree.
 *
 * The reader takes the child for an enemy: every length, count, day, enumeration and text (UTF-8, no
 * controls, ceiling) is checked, and records must come in the order that record.h promises.
 */
#ifndef FORMAT_STREAM_H
#define FORMAT_STREAM_H

#include "base/arena.h"
#include "format/record.h"

enum {
	STREAM_MARK_LEN = 8,
	STREAM_HEAD_LEN = 5,
	STREAM_RECORD_MAX = 64 << 20, /* bytes of one payload */
	STREAM_TEXT_MAX = 4 << 20,
	STREAM_LIST_MAX = 1 << 20
};

/* Kinds that only the two processes know, beside those of enum record_kind. */
enum stream_kind { STREAM_HELLO = 64, STREAM_PROGRESS, STREAM_FAILURE, STREAM_KINDS };

struct stream_hello {
	bool has_seccomp, has_landlock;
};

struct stream_progress {
	int64_t done, total;
};

struct stream_failure {
	int64_t code; /* enum err_code */
	int64_t line;
	const char *field, *msg;
};

/* ---- writing ---- */

struct stream_writer {
	int fd;
	char *bytes;
	size_t n, room;
	int64_t written, ceiling; /* bytes that may go out in all */
};

/* The room is taken at once; false without memory. */
bool stream_writer_init(struct stream_writer *w, int fd, int64_t ceiling) NODISCARD;
void stream_writer_done(struct stream_writer *w);

/* Appends one record; writes to fd when enough has gathered. ERR_LIMIT beyond the ceilings, ERR_IO when
 * the reader is gone. */
bool stream_put(struct stream_writer *w, int kind, const void *value, struct err *e) NODISCARD;
bool stream_flush(struct stream_writer *w, struct err *e) NODISCARD;

/* ---- reading ---- */

/* One decoded record: value points into the stream's memory and into the bytes given. */
struct stream_item {
	int kind; /* enum record_kind or enum stream_kind */
	const void *value;
};

struct stream_reader {
	struct arena *arena;
	bool has_mark;
	/* Where in the promised order we are. */
	bool has_hello, in_statement, has_total;
	size_t n_columns;
	bool has_columns;
	/* Room for the struct of the record at hand. */
	union {
		struct fec_line fec;
		struct csv_columns columns;
		struct csv_row row;
		struct camt_statement statement;
		struct camt_entry entry;
		struct parse_issue issue;
		struct parse_total total;
		struct stream_hello hello;
		struct stream_progress progress;
		struct stream_failure failure;
	} value;
};

void stream_reader_init(struct stream_reader *r);
void stream_reader_done(struct stream_reader *r);

enum stream_state { STREAM_ITEM, STREAM_MORE, STREAM_BROKEN };

/* Decodes the record at the beginning of the bytes. STREAM_MORE: not complete yet; *ret_used is then the
 * number of bytes it will need at least. STREAM_BROKEN: no honest child writes that; e says why. */
enum stream_state stream_next(struct stream_reader *r, const char *bytes, size_t n,
			      size_t *ret_used, struct stream_item *ret, struct err *e);

#endif
