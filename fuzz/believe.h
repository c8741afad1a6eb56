/* SPDX-License-Identifier: Apache-2.0 */
/* believe.h - a sink that sends every record through the stream and insists that its reader believes it:
 * whatever a reader makes of a hostile file, the parent process must be able to take. */
#ifndef FUZZ_BELIEVE_H
#define FUZZ_BELIEVE_H

#include "format/encoding.h"
#include "format/stream.h"

#include <stdlib.h>

struct belief {
	struct stream_writer writer;
	struct stream_reader reader;
	int64_t n;
};

static inline bool believe(struct belief *b, int kind, const void *value, struct err *e)
{
	struct stream_item item;
	size_t used;
	struct err why = { 0 };

	if (!stream_put(&b->writer, kind, value, e))
		return false; /* too large a record: the child would say so */
	if (b->writer.n == 0)
		return true; /* it was so long that it went to /dev/null at once */
	if (stream_next(&b->reader, b->writer.bytes, b->writer.n, &used, &item, &why) !=
	    STREAM_ITEM)
		ensure_failed(why.msg, __FILE__, __LINE__);
	ENSURE(used == b->writer.n);
	b->writer.n = 0;
	b->writer.written = 1; /* the mark goes out once */
	return true;
}

static inline bool believe_take(void *arg, const struct record *r, struct err *e)
{
	struct belief *b = arg;

	/* Enough seen of one input. */
	if (++b->n > 5000)
		return err_set(e, ERR_LIMIT, "enough");
	return believe(b, (int)r->kind, r->any, e);
}

static inline void belief_init(struct belief *b, int null_fd)
{
	struct stream_hello hello = { .has_seccomp = true };

	*b = (struct belief){ 0 };
	ENSURE(stream_writer_init(&b->writer, null_fd, INT64_MAX));
	stream_reader_init(&b->reader);
	ENSURE(believe(b, STREAM_HELLO, &hello, NULL));
}

static inline void belief_done(struct belief *b)
{
	stream_writer_done(&b->writer);
	stream_reader_done(&b->reader);
}

typedef bool believe_reader(const char *text, size_t len, struct parse_total *total,
			    const struct sink *sink, struct err *e);

/* What a reader makes of a text, and that it says why when it refuses. */
static inline void believe_text(believe_reader *read, const char *text, size_t len)
{
	struct parse_total total = { .from = DAY_NONE, .to = DAY_NONE, .closing_on = DAY_NONE };
	struct belief b;
	struct err e = { 0 };

	belief_init(&b, -1);
	if (!read(text, len, &total, &(struct sink){ &b, believe_take, NULL }, &e))
		ENSURE(e.code != ERR_NONE);
	belief_done(&b);
}

/* The same for a reader of decoded text. */
static inline void believe_decoded(believe_reader *read, const char *bytes, size_t n)
{
	struct decoded d;

	if (!encoding_decode(bytes, n, &d, NULL))
		return;
	believe_text(read, d.text, d.len);
	decoded_done(&d);
}

#endif
