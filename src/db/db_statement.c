/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db_engine.h"

#include <stdlib.h>

/* FNV-1a: the texts are ours, nobody chooses them to collide. */
static uint64_t hash_of(const char *sql, const char *types)
{
	uint64_t h = 1469598103934665603u;

	for (const char *s = types; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	for (const char *s = sql; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h;
}

struct db_statement *db_statement_find(struct db_statements *cache, const char *sql,
				       const char *types)
{
	uint64_t hash = hash_of(sql, types);

	for (size_t i = 0; i < ARRAY_LEN(cache->at); i++) {
		struct db_statement *st = &cache->at[i];

		if (!st->sql || st->hash != hash || st->is_busy)
			continue;
		if (!str_eq(st->sql, sql) || !str_eq(st->types, types))
			continue;
		st->used = ++cache->ticks;
		return st;
	}
	return NULL;
}

struct db_statement *db_statement_place(struct db_statements *cache)
{
	struct db_statement *oldest = NULL;

	for (size_t i = 0; i < ARRAY_LEN(cache->at); i++) {
		struct db_statement *st = &cache->at[i];

		if (!st->sql)
			return st;
		if (!st->is_busy && (!oldest || st->used < oldest->used))
			oldest = st;
	}
	return oldest;
}

void db_statement_keep(struct db_statements *cache, struct db_statement *st, const char *sql,
		       const char *types)
{
	size_t n = strlen(types);

	ENSURE(!st->sql && n <= DB_MAX_PARAMS);
	st->sql = strdup(sql);
	ENSURE(st->sql);
	memcpy(st->types, types, n + 1);
	st->hash = hash_of(sql, types);
	st->used = ++cache->ticks;
	st->is_busy = false;
}

void db_statement_forget(struct db_statement *st)
{
	free(st->sql);
	*st = (struct db_statement){ 0 };
}
