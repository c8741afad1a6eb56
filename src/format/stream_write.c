/* SPDX-License-Identifier: Apache-2.0 */
#include "format/stream.h"
#include "format/stream_layout.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { FLUSH_AT = 128 << 10, ROOM_START = 256 << 10, VARINT_MAX = 10 };

bool stream_writer_init(struct stream_writer *w, int fd, int64_t ceiling)
{
	*w = (struct stream_writer){ .fd = fd, .ceiling = ceiling, .room = ROOM_START };
	w->bytes = malloc(w->room);
	return w->bytes != NULL;
}

void stream_writer_done(struct stream_writer *w)
{
	free(w->bytes);
	w->bytes = NULL;
}

bool stream_flush(struct stream_writer *w, struct err *e)
{
	size_t at = 0;

	w->written += (int64_t)w->n;
	if (w->written > w->ceiling)
		return err_set(e, ERR_LIMIT, "the file holds more than may be answered");
	while (at < w->n) {
		ssize_t n = write(w->fd, w->bytes + at, w->n - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(e, ERR_IO, "nobody reads the records");
		at += (size_t)n;
	}
	w->n = 0;
	return true;
}

static bool reserve(struct stream_writer *w, size_t more)
{
	size_t room = w->room;
	char *bytes;

	if (more > STREAM_RECORD_MAX || w->n + more > 2 * (size_t)STREAM_RECORD_MAX)
		return false;
	if (w->n + more <= room)
		return true;
	while (room < w->n + more)
		room *= 2;
	bytes = realloc(w->bytes, room);
	if (!bytes)
		return false;
	w->bytes = bytes;
	w->room = room;
	return true;
}

/* Needs VARINT_MAX bytes of room. */
static void put_varint(struct stream_writer *w, uint64_t v)
{
	char *at = w->bytes + w->n;

	while (v >= 0x80) {
		*at++ = (char)(v | 0x80);
		v >>= 7;
	}
	*at++ = (char)v;
	w->n = (size_t)(at - w->bytes);
}

static void put_whole(struct stream_writer *w, int64_t v)
{
	put_varint(w, ((uint64_t)v << 1) ^ (uint64_t)(v >> 63));
}

/* 0 is no text; else its length plus one, its bytes and a NUL. */
static bool put_text(struct stream_writer *w, const char *s)
{
	size_t n = s ? strlen(s) + 1 : 0;

	if (w->room - w->n < n + VARINT_MAX && !reserve(w, n + VARINT_MAX))
		return false;
	put_varint(w, n);
	if (n)
		memcpy(w->bytes + w->n, s, n);
	w->n += n;
	return true;
}

static bool put_struct(struct stream_writer *w, const struct layout *l, const char *base);

static bool put_list(struct stream_writer *w, const struct layout *of, const char *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!put_struct(w, of, at + i * of->size))
			return false;
	return true;
}

static bool put_cells(struct stream_writer *w, const char *const *cell, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!put_text(w, cell[i]))
			return false;
	return true;
}

static bool put_struct(struct stream_writer *w, const struct layout *l, const char *base)
{
	size_t count = 0;

	for (const struct field *f = l->field; f < l->field + l->n; f++) {
		const char *p = base + f->at;
		const void *v = p;
		bool ok = true;

		if (w->room - w->n < VARINT_MAX && !reserve(w, VARINT_MAX))
			return false;
		switch (f->type) {
		case TEXT:
			ok = put_text(w, *(const char *const *)v);
			break;
		case SAMPLE:
			ok = put_text(w, p);
			break;
		case WHOLE:
			put_whole(w, *(const int64_t *)v);
			break;
		case DAY:
			put_whole(w, *(const day_t *)v);
			break;
		case FORMAT:
			put_varint(w, (uint64_t) * (const enum format *)v);
			break;
		case FLAG:
			w->bytes[w->n++] = *(const bool *)v;
			break;
		case BYTE:
			w->bytes[w->n++] = *p;
			break;
		case COUNT:
			count = *(const size_t *)v;
			put_varint(w, count);
			break;
		case LIST:
			ok = put_list(w, f->of, *(const char *const *)v, count);
			break;
		case CELLS:
			ok = put_cells(w, *(const char *const *const *)v, count);
			break;
		}
		if (!ok)
			return false;
	}
	return true;
}

bool stream_put(struct stream_writer *w, int kind, const void *value, struct err *e)
{
	size_t begin, length;

	if (w->written == 0 && w->n == 0) {
		memcpy(w->bytes, STREAM_MARK, STREAM_MARK_LEN);
		w->n = STREAM_MARK_LEN;
	}
	begin = w->n;
	if (!reserve(w, STREAM_HEAD_LEN))
		return err_set(e, ERR_LIMIT, "no memory for the records");
	w->n += STREAM_HEAD_LEN;
	if (!put_struct(w, stream_layout(kind), value) ||
	    (length = w->n - begin - STREAM_HEAD_LEN) > STREAM_RECORD_MAX) {
		w->n = begin;
		return err_set(e, ERR_LIMIT, "a record of the file is too large");
	}
	w->bytes[begin] = (char)kind;
	for (int i = 0; i < 4; i++)
		w->bytes[begin + 1 + (size_t)i] = (char)(length >> (8 * i));
	return w->n < FLUSH_AT ? true : stream_flush(w, e);
}
