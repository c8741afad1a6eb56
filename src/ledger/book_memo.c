/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/book_memo.h"

#include <pthread.h>
#include <stdlib.h>

/* Lists in their five orders both ways, by state, dashboards by currency; what is beyond is made each time. */
enum { RESULTS_MAX = 64 };

struct memo_result {
	struct memo_result *next;
	pthread_mutex_t making;
	char *key;
	struct arena *arena; /* NULL until it is made */
	const void *value;
};

struct book_memo {
	pthread_mutex_t lock; /* of the list */
	struct memo_result *results;
	size_t n;
};

struct book_memo *book_memo_new(void)
{
	struct book_memo *m = calloc(1, sizeof *m);

	ENSURE(m);
	pthread_mutex_init(&m->lock, NULL);
	return m;
}

void book_memo_free(struct book_memo *m)
{
	if (!m)
		return;
	while (m->results) {
		struct memo_result *first = m->results;
		m->results = first->next;
		arena_free(first->arena);
		pthread_mutex_destroy(&first->making);
		free(first->key);
		free(first);
	}
	pthread_mutex_destroy(&m->lock);
	free(m);
}

/* The place of the key; NULL when there is none left for it. */
static struct memo_result *place_of(struct book_memo *m, const char *key)
{
	struct memo_result *r;

	pthread_mutex_lock(&m->lock);
	for (r = m->results; r && strcmp(r->key, key) != 0; r = r->next)
		;
	if (!r && m->n < RESULTS_MAX) {
		r = calloc(1, sizeof *r);
		ENSURE(r);
		r->key = strdup(key);
		ENSURE(r->key);
		pthread_mutex_init(&r->making, NULL);
		r->next = m->results;
		m->results = r;
		m->n++;
	}
	pthread_mutex_unlock(&m->lock);
	return r;
}

/* A failure leaves the place as it was, for the next who asks. */
static bool make_result(struct memo_result *r, const struct book *b, book_memo_fn *make, void *arg,
			struct err *e)
{
	struct arena *volatile a =
		arena_new(((size_t)64 << 20) + 128 * (b->n_items + b->n_customers));

	if (arena_exhausted(a)) {
		arena_free(a);
		return err_set(e, ERR_LIMIT, "the figures of so many items do not fit in memory");
	}
	if (!make(b, a, arg, &r->value, e)) {
		arena_free(a);
		return false;
	}
	r->arena = a;
	return true;
}

bool book_memo(const struct book *b, struct arena *a, const char *key, book_memo_fn *make,
	       void *arg, const void **ret, struct err *e)
{
	struct memo_result *r = b->memo && key ? place_of(b->memo, key) : NULL;
	bool ok;

	if (!r)
		return make(b, a, arg, ret, e);
	pthread_mutex_lock(&r->making);
	ok = r->arena || make_result(r, b, make, arg, e);
	if (ok)
		*ret = r->value;
	pthread_mutex_unlock(&r->making);
	return ok;
}
