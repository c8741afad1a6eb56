/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base.h - the few words that every file of the program uses.
 *
 * Includes the C headers that everybody needs, ARRAY_LEN, NODISCARD, PRINTF and ENSURE. Nothing here
 * knows about receivables.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define NODISCARD    __attribute__((warn_unused_result))
#define NORETURN     __attribute__((noreturn))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define UNUSED       __attribute__((unused))
/* Runs fn(&variable) when the variable leaves its scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* A broken promise between two parts of the program (never bad input): stops the process, in every
 * build, before a wrong number is written. */
#define ENSURE(cond)                                              \
	do {                                                      \
		if (!(cond))                                      \
			ensure_failed(#cond, __FILE__, __LINE__); \
	} while (0)

NORETURN void ensure_failed(const char *condition, const char *file, int line);

/* True when both are the same string; NULL equals only NULL. */
bool str_eq(const char *a, const char *b);

/* True when s begins with prefix. */
bool str_starts(const char *s, const char *prefix);

/* Length of the well-formed UTF-8 sequence at s (Unicode, table 3-7), of which n bytes may be read; 0 when
 * there is none. A NUL ends a sequence that is cut. */
size_t str_utf8_length(const char *s, size_t n);

/* Takes out of s, in place, what is no well-formed UTF-8: the half characters that a format such as
 * "%.40s" or the end of a buffer leaves. Returns s. */
char *str_mend_utf8(char *s);

/* True for NULL and "". */
bool str_empty(const char *s);

#endif
