/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_pack.h"

/* Bits of a value that can begin at any bit of a byte. */
enum { BITS_MAX = 56, BITS_ALL = 64 };

struct pack_shape pack_measure(const int64_t *value, size_t n, unsigned least_bits)
{
	int64_t low = n ? value[0] : 0, high = low;
	uint64_t range;
	unsigned bits = 0;

	ENSURE(least_bits <= BITS_MAX);
	for (size_t i = 0; i < n; i++) {
		low = value[i] < low ? value[i] : low;
		high = value[i] > high ? value[i] : high;
	}
	range = (uint64_t)high - (uint64_t)low;
	bits = range ? BITS_ALL - (unsigned)__builtin_clzll(range) : 0;
	if (bits < least_bits)
		bits = least_bits;
	return (struct pack_shape){ low, bits > BITS_MAX ? BITS_ALL : bits };
}

bool pack_is_shape(struct pack_shape s)
{
	return s.bits <= BITS_MAX || s.bits == BITS_ALL;
}

size_t pack_bytes(struct pack_shape s, size_t n)
{
	return (n * s.bits + 7) / 8;
}

void pack_write(struct pack_shape s, const int64_t *value, size_t n, unsigned char *ret)
{
	for (size_t i = 0; i < n; i++) {
		size_t bit = i * s.bits;
		uint64_t v;

		memcpy(&v, ret + (bit >> 3), sizeof v);
		v |= htole64(((uint64_t)value[i] - (uint64_t)s.base) << (bit & 7));
		memcpy(ret + (bit >> 3), &v, sizeof v);
	}
}

struct pack pack_over(struct pack_shape s, const unsigned char *bytes)
{
	return (struct pack){ .at = bytes,
			      .mask = s.bits ? UINT64_MAX >> (BITS_ALL - s.bits) : 0,
			      .base = s.base,
			      .bits = (uint32_t)s.bits };
}

bool pack_within(const struct pack *p, size_t n, int64_t low, int64_t high)
{
	uint64_t room = (uint64_t)high - (uint64_t)low;
	uint64_t first = (uint64_t)p->base - (uint64_t)low, largest = 0;

	if (n == 0)
		return true;
	/* What the bits can say at all is within, mostly. */
	if (p->base >= low && first <= room && p->mask <= room - first)
		return true;
	for (size_t i = 0; i < n; i++) {
		uint64_t v = (uint64_t)pack_at(p, i) - (uint64_t)low;
		largest = v > largest ? v : largest;
	}
	return largest <= room;
}

void pack_read(const struct pack *p, size_t from, size_t to, int64_t *ret)
{
	const struct pack own = *p;

	for (size_t i = from; i < to; i++)
		ret[i - from] = pack_at(&own, i);
}

void pack_read_i32(const struct pack *p, size_t from, size_t to, int32_t *ret)
{
	const struct pack own = *p;

	for (size_t i = from; i < to; i++)
		ret[i - from] = (int32_t)pack_at(&own, i);
}
