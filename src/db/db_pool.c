/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db.h"

#include <pthread.h>
#include <stdlib.h>

struct db_pool {
	pthread_mutex_t lock;
	pthread_cond_t given;
	int size, n_free;
	struct db **free; /* a stack: the connection used last has the warmest cache */
};

bool db_pool_open(const char *url, int size, struct db_pool **ret, struct err *e)
{
	struct db_pool *pool = calloc(1, sizeof *pool);

	ENSURE(pool && size > 0);
	ENSURE(pthread_mutex_init(&pool->lock, NULL) == 0);
	ENSURE(pthread_cond_init(&pool->given, NULL) == 0);
	pool->free = calloc((size_t)size, sizeof *pool->free);
	ENSURE(pool->free);
	for (; pool->size < size; pool->size++) {
		if (!db_open(url, &pool->free[pool->n_free], e)) {
			db_pool_close(pool);
			return false;
		}
		pool->n_free++;
	}
	*ret = pool;
	return true;
}

struct db *db_pool_take(struct db_pool *pool)
{
	struct db *db;

	pthread_mutex_lock(&pool->lock);
	while (pool->n_free == 0)
		pthread_cond_wait(&pool->given, &pool->lock);
	db = pool->free[--pool->n_free];
	pthread_mutex_unlock(&pool->lock);
	return db;
}

void db_pool_give(struct db_pool *pool, struct db *db)
{
	db_reset(db);
	pthread_mutex_lock(&pool->lock);
	ENSURE(pool->n_free < pool->size);
	pool->free[pool->n_free++] = db;
	pthread_cond_signal(&pool->given);
	pthread_mutex_unlock(&pool->lock);
}

void db_pool_close(struct db_pool *pool)
{
	if (!pool)
		return;
	/* One that is still lent would be used after its end. */
	ENSURE(pool->n_free == pool->size);
	for (int i = 0; i < pool->size; i++)
		db_close(pool->free[i]);
	pthread_cond_destroy(&pool->given);
	pthread_mutex_destroy(&pool->lock);
	free(pool->free);
	free(pool);
}
