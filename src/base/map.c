/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <sodium.h>

void map_init(struct map *m, struct arena *a)
{
	*m = (struct map){ .arena = a };
	randombytes_buf(&m->seed, sizeof m->seed);
}

static uint64_t hash_of(const struct map *m, const char *key)
{
	unsigned char k[crypto_shorthash_KEYBYTES] = { 0 };
	uint64_t h;

	memcpy(k, &m->seed, sizeof m->seed);
	crypto_shorthash((unsigned char *)&h, (const unsigned char *)key, strlen(key), k);
	return h;
}

/* The slot of key, or the free slot where it would go. */
static size_t slot_of(const struct map *m, const char *key, uint64_t hash)
{
	size_t s = (size_t)hash & (m->n_slots - 1);

	while (m->slots[s]) {
		const struct map_entry *e = &m->entries[m->slots[s] - 1];
		if (e->hash == hash && strcmp(e->key, key) == 0)
			break;
		s = (s + 1) & (m->n_slots - 1);
	}
	return s;
}

static void grow(struct map *m)
{
	size_t room = m->room ? m->room * 2 : 16;
	struct map_entry *entries = ARENA_ARRAY(m->arena, room, struct map_entry);

	ENSURE(room < UINT32_MAX / 4);
	if (m->n)
		memcpy(entries, m->entries, m->n * sizeof *entries);
	m->entries = entries;
	m->room = room;
	m->n_slots = room * 2;
	m->slots = ARENA_ARRAY(m->arena, m->n_slots, uint32_t);
	for (size_t i = 0; i < m->n; i++)
		m->slots[slot_of(m, entries[i].key, entries[i].hash)] = (uint32_t)(i + 1);
}

void map_set(struct map *m, const char *key, void *value)
{
	uint64_t hash = hash_of(m, key);
	size_t s;

	ENSURE(value != NULL);
	if (m->n == m->room)
		grow(m);
	s = slot_of(m, key, hash);
	if (m->slots[s]) {
		m->entries[m->slots[s] - 1].value = value;
		return;
	}
	m->entries[m->n++] = (struct map_entry){ arena_strdup(m->arena, key), value, hash };
	m->slots[s] = (uint32_t)m->n;
}

void *map_get(const struct map *m, const char *key)
{
	size_t s;

	if (m->n == 0)
		return NULL;
	s = slot_of(m, key, hash_of(m, key));
	return m->slots[s] ? m->entries[m->slots[s] - 1].value : NULL;
}
