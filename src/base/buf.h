/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf.h - a growing piece of text in an arena.
 *
 *	struct buf b;
 *	buf_init(&b, arena);
 *	buf_puts(&b, "total ");
 *	buf_printf(&b, "%d", n);
 *	send(b.data, b.len);
 *
 * data is always NUL-terminated after the first write (buf_str gives "" before it). The arena's ceiling
 * is the buffer's ceiling.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/arena.h"

struct buf {
	char *data;
	size_t len;
	size_t room;
	struct arena *arena;
};

void buf_init(struct buf *b, struct arena *a);
void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_putc(struct buf *b, char c);
void buf_puts(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *format, ...) PRINTF(2, 3);

/* The text so far, never NULL; belongs to the arena. */
const char *buf_str(const struct buf *b);

/* Forgets the content, keeps the room. */
void buf_clear(struct buf *b);

#endif
