/* SPDX-License-Identifier: Apache-2.0 */
#include "base/seen.h"

#include <sodium.h>
#include <stdlib.h>

enum { SLOTS_START = 1024 };

void seen_init(struct seen *s)
{
	*s = (struct seen){ .n_slots = SLOTS_START };
	_Static_assert(sizeof s->key == crypto_shorthash_siphashx24_KEYBYTES, "length of the key");
	randombytes_buf(s->key, sizeof s->key);
	s->slots = calloc(s->n_slots, sizeof *s->slots);
	ENSURE(s->slots);
}

void seen_done(struct seen *s)
{
	free(s->slots);
	*s = (struct seen){ 0 };
}

static struct seen_slot *slot_of(const struct seen *s, const uint64_t hash[2])
{
	size_t at = (size_t)hash[0] & (s->n_slots - 1);

	while (s->slots[at].value &&
	       (s->slots[at].hash[0] != hash[0] || s->slots[at].hash[1] != hash[1]))
		at = (at + 1) & (s->n_slots - 1);
	return &s->slots[at];
}

static void grow(struct seen *s)
{
	struct seen_slot *old = s->slots;
	size_t n = s->n_slots;

	s->n_slots *= 2;
	s->slots = calloc(s->n_slots, sizeof *s->slots);
	ENSURE(s->slots);
	for (size_t i = 0; i < n; i++)
		if (old[i].value)
			*slot_of(s, old[i].hash) = old[i];
	free(old);
}

uint64_t *seen_at(struct seen *s, const void *text, size_t n)
{
	struct seen_slot *slot;
	uint64_t hash[2];

	crypto_shorthash_siphashx24((unsigned char *)hash, text, n, s->key);
	if (s->n * 4 >= s->n_slots * 3)
		grow(s);
	slot = slot_of(s, hash);
	if (slot->value == 0) {
		slot->hash[0] = hash[0];
		slot->hash[1] = hash[1];
		s->n++;
	}
	return &slot->value;
}
