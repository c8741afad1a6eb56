/* SPDX-License-Identifier: Apache-2.0 */
#include "match/index.h"

#include <sodium.h>

__extension__ typedef unsigned __int128 wide;

void index_init(struct index *ix, struct arena *a, size_t n)
{
	index_init_some(ix, a, n, n);
}

void index_init_some(struct index *ix, struct arena *a, size_t n, size_t n_added)
{
	ix->n_slots = n_added + n_added / 2 + 16;
	ix->slots = ARENA_ARRAY(a, ix->n_slots, struct index_slot);
	ix->next = n_added ? ARENA_ARRAY(a, n + 1, uint32_t) : NULL;
	/* Nobody who writes the texts can know which of them meet. */
	randombytes_buf(ix->key, sizeof ix->key);
	ix->key[1] |= 1;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	wide p = (wide)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static uint64_t hash_of(const struct index *ix, const char *text, size_t len)
{
	uint64_t h = ix->key[0] ^ len, w;

	for (; len >= 8; len -= 8, text += 8) {
		memcpy(&w, text, 8);
		h = mix(h ^ w, ix->key[1]);
	}
	w = 0;
	for (size_t i = 0; i < len; i++)
		w = w << 8 | (unsigned char)text[i];
	return mix(mix(h ^ w, ix->key[1]) ^ ix->key[0], UINT64_C(0x9e3779b97f4a7c15));
}

static size_t slot_of(const struct index *ix, uint64_t h)
{
	size_t at = (size_t)(((h >> 32) * ix->n_slots) >> 32);

	while (ix->slots[at].first && ix->slots[at].hash != (uint32_t)h)
		at = at + 1 == ix->n_slots ? 0 : at + 1;
	return at;
}

void index_add(struct index *ix, const char *text, size_t len, uint32_t row)
{
	uint64_t h = hash_of(ix, text, len);
	struct index_slot *slot = &ix->slots[slot_of(ix, h)];

	ix->next[row] = slot->first ? slot->first - 1 : INDEX_NONE;
	*slot = (struct index_slot){ (uint32_t)h, row + 1 };
}

uint32_t index_find(const struct index *ix, const char *text, size_t len)
{
	uint32_t first = ix->slots[slot_of(ix, hash_of(ix, text, len))].first;

	return first ? first - 1 : INDEX_NONE;
}

uint32_t index_next(const struct index *ix, uint32_t row)
{
	return ix->next[row];
}
