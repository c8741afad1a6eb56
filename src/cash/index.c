/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/index.h"

#include <sodium.h>

void index_init(struct index *ix, struct arena *a, size_t n)
{
	size_t n_slots = 16;

	while (n_slots < n * 2)
		n_slots *= 2;
	ix->mask = n_slots - 1;
	ix->hash = ARENA_ARRAY(a, n_slots, uint64_t);
	ix->first = ARENA_ARRAY(a, n_slots, uint32_t);
	ix->next = ARENA_ARRAY(a, n + 1, uint32_t);
	randombytes_buf(ix->key, sizeof ix->key);
}

static uint64_t hash_of(const struct index *ix, const char *text, size_t len)
{
	uint64_t h;

	_Static_assert(crypto_shorthash_BYTES == sizeof h && crypto_shorthash_KEYBYTES == 16,
		       "SipHash-2-4");
	crypto_shorthash((unsigned char *)&h, (const unsigned char *)text, len, ix->key);
	return h ? h : 1;
}

static size_t slot_of(const struct index *ix, uint64_t h)
{
	size_t at = (size_t)h & ix->mask;

	while (ix->hash[at] && ix->hash[at] != h)
		at = (at + 1) & ix->mask;
	return at;
}

void index_add(struct index *ix, const char *text, size_t len, uint32_t row)
{
	uint64_t h = hash_of(ix, text, len);
	size_t at = slot_of(ix, h);

	ix->next[row] = ix->hash[at] ? ix->first[at] : INDEX_NONE;
	ix->hash[at] = h;
	ix->first[at] = row;
}

uint32_t index_find(const struct index *ix, const char *text, size_t len)
{
	size_t at = slot_of(ix, hash_of(ix, text, len));

	return ix->hash[at] ? ix->first[at] : INDEX_NONE;
}

uint32_t index_next(const struct index *ix, uint32_t row)
{
	return ix->next[row];
}
