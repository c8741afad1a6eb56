/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_pack.h - a run of integers in as few bits each as their range needs, readable at any place in constant
 * time: the column of a chunk (book_chunk.h).
 *
 * Value i is base plus the bits [i * bits, (i + 1) * bits) of the bytes, least significant first. Up to 56 bits lie
 * within eight bytes wherever they begin; more are given 64. Reading a value touches eight bytes from the one that
 * its first bit is in, so that PACK_SLACK readable bytes must follow the column.
 *
 *	struct pack_shape s = pack_measure(value, n, 0);
 *	bytes = calloc(1, pack_bytes(s, n) + PACK_SLACK);
 *	pack_write(s, value, n, bytes);
 *	p = pack_over(s, bytes);
 *	ENSURE(pack_at(&p, i) == value[i]);
 */
#ifndef LEDGER_BOOK_PACK_H
#define LEDGER_BOOK_PACK_H

#include "base/base.h"

#include <endian.h>
#include <string.h>

enum { PACK_SLACK = 8 };

struct pack_shape {
	int64_t base;
	uint64_t bits; /* 0 to 56, or 64 */
};

struct pack {
	const unsigned char *at;
	uint64_t mask;
	int64_t base;
	uint32_t bits;
};

/* The least shape for the values, of at least so many bits. */
struct pack_shape pack_measure(const int64_t *value, size_t n, unsigned least_bits);

/* Whether a shape read from elsewhere is one. */
bool pack_is_shape(struct pack_shape s);

/* n below 2^32. */
size_t pack_bytes(struct pack_shape s, size_t n);

/* Writes into pack_bytes() + PACK_SLACK bytes that are zero; the slack stays as it is. */
void pack_write(struct pack_shape s, const int64_t *value, size_t n, unsigned char *ret);

struct pack pack_over(struct pack_shape s, const unsigned char *bytes);

static inline int64_t pack_at(const struct pack *p, size_t i)
{
	size_t bit = i * p->bits;
	uint64_t v;

	memcpy(&v, p->at + (bit >> 3), sizeof v);
	return (int64_t)((uint64_t)p->base + ((le64toh(v) >> (bit & 7)) & p->mask));
}

/* Whether all n values are from low to high. */
bool pack_within(const struct pack *p, size_t n, int64_t low, int64_t high);

/* All values from `from` to `to`, at their places counted from `from`. The second: of which the caller knows that
 * they fit. */
void pack_read(const struct pack *p, size_t from, size_t to, int64_t *ret);
void pack_read_i32(const struct pack *p, size_t from, size_t to, int32_t *ret);

#endif
