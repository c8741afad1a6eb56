/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_SIZE = 64 * 1024, ALIGN = 16 };

struct block {
	struct block *next;
	size_t used;
	size_t size;
	_Alignas(ALIGN) unsigned char bytes[];
};

struct deferred {
	struct deferred *next;
	void (*fn)(void *);
	void *arg;
};

struct arena {
	struct block *blocks;
	struct deferred *deferred;
	size_t ceiling;
	size_t used;
	struct arena *outer;
	bool has_landing;
	jmp_buf landing;
};

struct arena *arena_new(size_t ceiling)
{
	struct arena *a = calloc(1, sizeof *a);

	ENSURE(a != NULL);
	a->ceiling = ceiling ? ceiling : (size_t)1 << 30;
	return a;
}

jmp_buf *arena_landing(struct arena *a)
{
	a->has_landing = true;
	return &a->landing;
}

NORETURN static void exhausted(struct arena *a)
{
	while (a->outer)
		a = a->outer;
	if (!a->has_landing)
		ensure_failed("arena within its ceiling", __FILE__, __LINE__);
	a->has_landing = false;
	longjmp(a->landing, 1);
}

static struct block *add_block(struct arena *a, size_t need)
{
	size_t size = need > BLOCK_SIZE ? need : BLOCK_SIZE;
	struct block *b = malloc(sizeof *b + size);

	if (!b)
		exhausted(a);
	b->used = 0;
	b->size = size;
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t need = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	struct block *b = a->blocks;
	void *p;

	if (need < size || need > a->ceiling - a->used)
		exhausted(a);
	if (!b || b->size - b->used < need)
		b = add_block(a, need);
	p = b->bytes + b->used;
	b->used += need;
	a->used += need;
	return memset(p, 0, size);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		exhausted(a);
	return arena_alloc(a, total);
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
	void *copy = arena_alloc(a, n);

	if (n)
		memcpy(copy, p, n);
	return copy;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *copy;
	size_t len;

	if (!s)
		return NULL;
	len = strnlen(s, n);
	copy = arena_alloc(a, len + 1);
	memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
	va_list again;
	char *s;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	ENSURE(n >= 0);
	s = arena_alloc(a, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, format, args);
	return s;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	s = arena_vprintf(a, format, args);
	va_end(args);
	return s;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
	struct deferred *d = ARENA_NEW(a, struct deferred);

	d->fn = fn;
	d->arg = arg;
	d->next = a->deferred;
	a->deferred = d;
}

static void run_deferred(struct arena *a)
{
	while (a->deferred) {
		struct deferred *d = a->deferred;
		a->deferred = d->next;
		d->fn(d->arg);
	}
}

static void free_blocks(struct block *b)
{
	while (b) {
		struct block *next = b->next;
		free(b);
		b = next;
	}
}

void arena_reset(struct arena *a)
{
	struct block *kept = a->blocks;

	run_deferred(a);
	/* A loop over small rows would else ask for its block at each of them. */
	if (kept && kept->size == BLOCK_SIZE) {
		free_blocks(kept->next);
		kept->next = NULL;
		kept->used = 0;
	} else {
		free_blocks(kept);
		kept = NULL;
	}
	a->blocks = kept;
	a->used = 0;
}

static void free_inner(void *arg)
{
	arena_free(arg);
}

struct arena *arena_inner(struct arena *outer)
{
	struct arena *a = arena_new(outer->ceiling);

	a->outer = outer;
	arena_defer(outer, free_inner, a);
	return a;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	run_deferred(a);
	free_blocks(a->blocks);
	free(a);
}

void arena_freep(struct arena **a)
{
	arena_free(*a);
	*a = NULL;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}
