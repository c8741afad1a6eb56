/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdio.h>

void buf_init(struct buf *b, struct arena *a)
{
	*b = (struct buf){ .arena = a };
}

static void grow(struct buf *b, size_t n)
{
	size_t need = b->len + n + 1;
	size_t room = b->room ? b->room : 128;
	char *data;

	ENSURE(need > n);
	if (need <= b->room)
		return;
	while (room < need)
		room *= 2;
	data = arena_alloc(b->arena, room);
	if (b->len)
		memcpy(data, b->data, b->len);
	b->data = data;
	b->room = room;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
	grow(b, n);
	if (n)
		memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_putc(struct buf *b, char c)
{
	grow(b, 1);
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	size_t room;
	int n;

	/* Mostly it fits; else it is written again. */
	grow(b, 63);
	room = b->room - b->len;
	va_start(args, format);
	n = vsnprintf(b->data + b->len, room, format, args);
	va_end(args);
	ENSURE(n >= 0);
	if ((size_t)n >= room) {
		b->data[b->len] = '\0';
		grow(b, (size_t)n);
		va_start(args, format);
		vsnprintf(b->data + b->len, (size_t)n + 1, format, args);
		va_end(args);
	}
	b->len += (size_t)n;
}

const char *buf_str(const struct buf *b)
{
	return b->data ? b->data : "";
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	if (b->data)
		b->data[0] = '\0';
}
