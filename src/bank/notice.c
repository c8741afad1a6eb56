/* SPDX-License-Identifier: Apache-2.0 */
#include "bank/notice.h"

#include "base/list.h"
#include "base/map.h"
#include "base/text.h"

enum likeness { OTHER, POSSIBLE, WORDS, REFERENCE };

static bool both(const char *a, const char *b)
{
	return !str_empty(a) && !str_empty(b);
}

static bool same(const char *a, const char *b)
{
	return both(a, b) && strcmp(a, b) == 0;
}

static bool near_days(const struct notice_side *a, const struct notice_side *b)
{
	day_t x = a->booked_on != DAY_NONE ? a->booked_on : a->value_on;
	day_t y = b->booked_on != DAY_NONE ? b->booked_on : b->value_on;

	return x == DAY_NONE || y == DAY_NONE || (x - y <= NOTICE_DAYS && y - x <= NOTICE_DAYS);
}

static bool same_day(const struct notice_side *a, const struct notice_side *b)
{
	return (a->booked_on != DAY_NONE && a->booked_on == b->booked_on) ||
	       (a->value_on != DAY_NONE && a->value_on == b->value_on);
}

/* Whether some reference that the bank gives to one movement only is on both. */
static bool same_reference(const struct notice_side *a, const struct notice_side *b)
{
	return same(a->servicer, b->servicer) || same(a->servicer, b->tx_servicer) ||
	       same(a->tx_servicer, b->servicer) || same(a->transaction, b->transaction);
}

static bool contradict(const char *a, const char *b)
{
	return both(a, b) && strcmp(a, b) != 0;
}

/* Amount and currency are the same already. */
static enum likeness likeness(const struct notice_side *a, const struct notice_side *b)
{
	bool is_same_day = same_day(a, b);

	if (a->is_reversal != b->is_reversal || !near_days(a, b))
		return OTHER;
	if (same(a->uetr, b->uetr) || same(a->tx_servicer, b->tx_servicer))
		return REFERENCE;
	/* Transactions of one batch share its references: their own tell them apart. */
	if (contradict(a->uetr, b->uetr) || contradict(a->end_to_end, b->end_to_end) ||
	    contradict(a->tx_servicer, b->tx_servicer) ||
	    contradict(a->transaction, b->transaction))
		return OTHER;
	if (same_reference(a, b))
		return REFERENCE;
	/* Numbers of our own, or that begin anew each day, need the day beside them. */
	if (is_same_day && (same(a->entry_ref, b->entry_ref) || same(a->batch, b->batch) ||
			    same(a->end_to_end, b->end_to_end)))
		return REFERENCE;
	if (contradict(a->payer_iban, b->payer_iban) || contradict(a->batch, b->batch) ||
	    contradict(a->servicer, b->servicer))
		return OTHER;
	if (same(a->batch, b->batch) || same(a->end_to_end, b->end_to_end))
		return WORDS;
	if (!is_same_day)
		return OTHER;
	return same(a->remittance, b->remittance) || same(a->payer_iban, b->payer_iban) ||
			       same(a->payer_name, b->payer_name)
		       ? WORDS
		       : POSSIBLE;
}

/* Booked entries of one amount. */
struct bucket {
	LIST_OF(size_t) at;
};

struct pairing {
	struct arena *arena;
	const struct notice_side *notice, *booked;
	size_t n_notices, n_booked;
	struct map buckets;
	bool *is_taken;
	size_t *pair;
};

static const char *key_of(struct arena *a, const struct notice_side *s)
{
	return arena_printf(a, "%s%" PRId64, s->currency, s->minor);
}

static void fill_buckets(struct pairing *p)
{
	for (size_t i = 0; i < p->n_booked; i++) {
		const char *key = key_of(p->arena, &p->booked[i]);
		struct bucket *b = map_get(&p->buckets, key);

		if (!b) {
			b = ARENA_NEW(p->arena, struct bucket);
			map_set(&p->buckets, key, b);
		}
		*LIST_ADD(p->arena, &b->at) = i;
	}
}

/* The first free entry that is at least so alike. */
static size_t first_like(const struct pairing *p, size_t i, const struct bucket *b,
			 enum likeness least)
{
	for (size_t k = 0; k < b->at.n; k++) {
		size_t at = b->at.at[k];
		if (!p->is_taken[at] && likeness(&p->notice[i], &p->booked[at]) >= least)
			return at;
	}
	return NOTICE_NONE;
}

static void take(struct pairing *p, size_t i, size_t at)
{
	p->pair[i] = at;
	p->is_taken[at] = true;
}

/* One possible entry, and this notice the only one that it is possible for. */
static void pair_the_only_ones(struct pairing *p, struct bucket **bucket)
{
	size_t *n_of_booked = ARENA_ARRAY(p->arena, p->n_booked + 1, size_t);
	size_t *only = ARENA_ARRAY(p->arena, p->n_notices + 1, size_t);

	for (size_t i = 0; i < p->n_notices; i++) {
		size_t n = 0;
		only[i] = NOTICE_NONE;
		for (size_t k = 0; p->pair[i] == NOTICE_NONE && bucket[i] && k < bucket[i]->at.n;
		     k++) {
			size_t at = bucket[i]->at.at[k];
			if (p->is_taken[at] || likeness(&p->notice[i], &p->booked[at]) < POSSIBLE)
				continue;
			n++;
			n_of_booked[at]++;
			only[i] = n == 1 ? at : NOTICE_NONE;
		}
	}
	for (size_t i = 0; i < p->n_notices; i++)
		if (only[i] != NOTICE_NONE && n_of_booked[only[i]] == 1)
			take(p, i, only[i]);
}

void notice_pair(struct arena *a, const struct notice_side *notice, size_t n_notices,
		 const struct notice_side *booked, size_t n_booked, size_t *ret_pair)
{
	struct pairing p = { .arena = a,
			     .notice = notice,
			     .booked = booked,
			     .n_notices = n_notices,
			     .n_booked = n_booked,
			     .is_taken = ARENA_ARRAY(a, n_booked + 1, bool),
			     .pair = ret_pair };
	struct bucket **bucket = ARENA_ARRAY(a, n_notices + 1, struct bucket *);

	map_init(&p.buckets, a);
	fill_buckets(&p);
	for (size_t i = 0; i < n_notices; i++) {
		ret_pair[i] = NOTICE_NONE;
		bucket[i] = map_get(&p.buckets, key_of(a, &notice[i]));
	}
	for (enum likeness least = REFERENCE; least >= WORDS; least--)
		for (size_t i = 0; i < n_notices; i++) {
			size_t at;
			if (ret_pair[i] != NOTICE_NONE || !bucket[i])
				continue;
			at = first_like(&p, i, bucket[i], least);
			if (at != NOTICE_NONE)
				take(&p, i, at);
		}
	pair_the_only_ones(&p, bucket);
}
