/* SPDX-License-Identifier: Apache-2.0 */
#include "base/seen.h"

#include <sodium.h>
#include <stdlib.h>

enum { SLOTS_START = 16 };

void seen_init(struct seen *s)
{
	*s = (struct seen){ .n = 0 };
	_Static_assert(sizeof s->key == crypto_shorthash_siphashx24_KEYBYTES, "length of the key");
	randombytes_buf(s->key, sizeof s->key);
}

void seen_done(struct seen *s)
{
	for (size_t i = 0; i < SEEN_PARTS; i++)
		free(s->part[i].slots);
	*s = (struct seen){ .n = 0 };
}

static struct seen_slot *slot_of(const struct seen_part *p, const uint32_t hash[3])
{
	size_t at = (hash[0] / SEEN_PARTS) & (p->n_slots - 1);

	while (p->slots[at].value && memcmp(p->slots[at].hash, hash, sizeof p->slots[at].hash) != 0)
		at = (at + 1) & (p->n_slots - 1);
	return &p->slots[at];
}

static void grow(struct seen_part *p)
{
	struct seen_part more = { .n = p->n, .n_slots = p->n_slots ? p->n_slots * 2 : SLOTS_START };

	more.slots = calloc(more.n_slots, sizeof *more.slots);
	ENSURE(more.slots);
	for (size_t i = 0; i < p->n_slots; i++)
		if (p->slots[i].value)
			*slot_of(&more, p->slots[i].hash) = p->slots[i];
	free(p->slots);
	*p = more;
}

uint32_t *seen_at(struct seen *s, const void *text, size_t n)
{
	uint32_t hash[crypto_shorthash_siphashx24_BYTES / sizeof(uint32_t)];
	struct seen_slot *slot;
	struct seen_part *p;

	crypto_shorthash_siphashx24((unsigned char *)hash, text, n, s->key);
	p = &s->part[hash[0] % SEEN_PARTS];
	if (p->n * 4 >= p->n_slots * 3)
		grow(p);
	slot = slot_of(p, hash);
	if (slot->value == 0) {
		memcpy(slot->hash, hash, sizeof slot->hash);
		p->n++;
		s->n++;
	}
	return &slot->value;
}
