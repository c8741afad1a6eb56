/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.h - memory that lives as long as one request or one job.
 *
 * Everything made in an arena goes when the arena goes; nobody frees piece by piece. Allocation never
 * returns NULL: when the ceiling chosen at creation (or the machine's memory) is reached, control
 * returns to the arena's owner, who answers "too large" and frees the arena. Handles that must be closed
 * on the way are registered with arena_defer.
 *
 *	struct arena *a = arena_new(64 << 20);
 *	if (arena_exhausted(a)) {	// comes back here, once, when the ceiling is hit
 *		arena_free(a);
 *		return err_set(e, ERR_LIMIT, "...");
 *	}
 *	struct item *it = ARENA_NEW(a, struct item);
 *
 * An arena whose owner did not call arena_exhausted stops the process at the ceiling.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>

struct arena;

/* An empty arena that may grow to ceiling bytes (0: 1 GiB). */
struct arena *arena_new(size_t ceiling);

/* An arena that goes with another, for work that is thrown away piece by piece (arena_reset). It has the same
 * ceiling for itself, and what hits it comes back to the owner of the outer one. */
struct arena *arena_inner(struct arena *outer);

/* Runs what was deferred, last first, and gives all memory back. NULL is fine. */
void arena_free(struct arena *a);
void arena_freep(struct arena **a);

/* Gives everything back but keeps the arena (and one small block), for the next row of a long loop. */
void arena_reset(struct arena *a);

/* Size bytes, zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t n, size_t size);

/* Copies; NULL stays NULL. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
void *arena_memdup(struct arena *a, const void *p, size_t n);
char *arena_printf(struct arena *a, const char *format, ...) PRINTF(2, 3);
char *arena_vprintf(struct arena *a, const char *format, va_list args) PRINTF(2, 0);

/* Runs fn(arg) when the arena is freed or reset. */
void arena_defer(struct arena *a, void (*fn)(void *), void *arg);

/* Bytes handed out so far. */
size_t arena_used(const struct arena *a);

/* The place to come back to; see above. Not for direct use. */
jmp_buf *arena_landing(struct arena *a);
#define arena_exhausted(a) (setjmp(*arena_landing(a)) != 0)

#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))

#endif
