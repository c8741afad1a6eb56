/* SPDX-License-Identifier: Apache-2.0 */
#include "bank/notice.h"

#include "base/list.h"
#include "base/map.h"
#include "base/text.h"

/* RENUMBERED: day, payer and text agree, the bank's references do not. */
enum likeness { OTHER, RENUMBERED, POSSIBLE, WORDS, REFERENCE };

enum { TEXT_MIN = 8 }; /* characters of a text that stands within the other */

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

/* The same words, one of them perhaps cut off. */
static bool same_text(const char *a, const char *b)
{
	if (!both(a, b))
		return false;
	return strcmp(a, b) == 0 || (strlen(a) >= TEXT_MIN && strstr(b, a)) ||
	       (strlen(b) >= TEXT_MIN && strstr(a, b));
}

static bool same_words(const struct notice_side *a, const struct notice_side *b)
{
	return same_text(a->remittance, b->remittance) || same(a->payer_iban, b->payer_iban) ||
	       same_text(a->payer_name, b->payer_name);
}

static bool other_words(const struct notice_side *a, const struct notice_side *b)
{
	return contradict(a->payer_iban, b->payer_iban) ||
	       (both(a->remittance, b->remittance) && !same_text(a->remittance, b->remittance)) ||
	       (both(a->payer_name, b->payer_name) && !same_text(a->payer_name, b->payer_name));
}

/* The numbers that the bank gives to movements and batches. */
static bool other_numbers(const struct notice_side *a, const struct notice_side *b)
{
	return contradict(a->tx_servicer, b->tx_servicer) ||
	       contradict(a->transaction, b->transaction) || contradict(a->servicer, b->servicer) ||
	       contradict(a->batch, b->batch);
}

/* Transactions of one batch share its references: their own tell them apart. */
static bool other_transaction(const struct notice_side *a, const struct notice_side *b)
{
	return contradict(a->tx_servicer, b->tx_servicer) ||
	       contradict(a->transaction, b->transaction);
}

/* Amount and currency are the same already. */
static enum likeness likeness(const struct notice_side *a, const struct notice_side *b)
{
	bool is_same_day = same_day(a, b);

	if (a->is_reversal != b->is_reversal || !near_days(a, b))
		return OTHER;
	if (same(a->uetr, b->uetr) || same(a->tx_servicer, b->tx_servicer))
		return REFERENCE;
	if (contradict(a->uetr, b->uetr) || contradict(a->end_to_end, b->end_to_end))
		return OTHER;
	if (!other_transaction(a, b)) {
		if (same_reference(a, b))
			return REFERENCE;
		/* Numbers of our own, or that begin anew each day, need the day beside them. */
		if (is_same_day && (same(a->entry_ref, b->entry_ref) || same(a->batch, b->batch) ||
				    same(a->end_to_end, b->end_to_end)))
			return REFERENCE;
	}
	if (other_numbers(a, b))
		return is_same_day && same_words(a, b) && !other_words(a, b) ? RENUMBERED : OTHER;
	if (contradict(a->payer_iban, b->payer_iban))
		return OTHER;
	if (same(a->batch, b->batch) || same(a->end_to_end, b->end_to_end))
		return WORDS;
	if (!is_same_day)
		return OTHER;
	return same_words(a, b) ? WORDS : POSSIBLE;
}

static bool equal(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Nothing tells them apart but their places. */
static bool is_equal(const struct notice_side *a, const struct notice_side *b)
{
	return a->booked_on == b->booked_on && a->value_on == b->value_on &&
	       a->is_reversal == b->is_reversal && equal(a->end_to_end, b->end_to_end) &&
	       equal(a->uetr, b->uetr) && equal(a->payer_name, b->payer_name) &&
	       equal(a->payer_iban, b->payer_iban) && equal(a->remittance, b->remittance);
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
	size_t *pair, *n_rivals;
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

static void take(struct pairing *p, size_t i, size_t at)
{
	p->pair[i] = at;
	p->is_taken[at] = true;
}

/* The first free entry of that likeness, and how many there are; are_equal: nothing tells those apart. */
static size_t first_like(const struct pairing *p, size_t i, const struct bucket *b,
			 enum likeness least, size_t *ret_n, bool *ret_are_equal)
{
	size_t first = NOTICE_NONE;

	*ret_n = 0;
	*ret_are_equal = true;
	for (size_t k = 0; b && k < b->at.n; k++) {
		size_t at = b->at.at[k];
		if (p->is_taken[at] || likeness(&p->notice[i], &p->booked[at]) < least)
			continue;
		if (first == NOTICE_NONE)
			first = at;
		else
			*ret_are_equal &= is_equal(&p->booked[first], &p->booked[at]);
		++*ret_n;
	}
	return first;
}

static void pair_references(struct pairing *p, struct bucket **bucket)
{
	for (size_t i = 0; i < p->n_notices; i++)
		for (size_t k = 0; p->pair[i] == NOTICE_NONE && bucket[i] && k < bucket[i]->at.n;
		     k++) {
			size_t at = bucket[i]->at.at[k];
			if (!p->is_taken[at] &&
			    likeness(&p->notice[i], &p->booked[at]) == REFERENCE)
				take(p, i, at);
		}
}

/* One entry so alike, and this notice the only one that it is for; with equals, one of equals. */
static bool pair_the_only_ones(struct pairing *p, struct bucket **bucket, enum likeness least,
			       bool with_equals)
{
	size_t *n_of_booked = ARENA_ARRAY(p->arena, p->n_booked + 1, size_t);
	size_t *of_booked = ARENA_ARRAY(p->arena, p->n_booked + 1, size_t);
	bool *differ = ARENA_ARRAY(p->arena, p->n_booked + 1, bool), any = false;

	for (size_t i = 0; i < p->n_notices; i++)
		for (size_t k = 0; p->pair[i] == NOTICE_NONE && bucket[i] && k < bucket[i]->at.n;
		     k++) {
			size_t at = bucket[i]->at.at[k];
			if (p->is_taken[at] || likeness(&p->notice[i], &p->booked[at]) < least)
				continue;
			if (n_of_booked[at]++ == 0)
				of_booked[at] = i;
			else
				differ[at] |= !is_equal(&p->notice[of_booked[at]], &p->notice[i]);
		}
	for (size_t i = 0; i < p->n_notices; i++) {
		bool are_equal;
		size_t n, at = p->pair[i] == NOTICE_NONE
				       ? first_like(p, i, bucket[i], least, &n, &are_equal)
				       : NOTICE_NONE;
		if (at == NOTICE_NONE || !(n == 1 || (with_equals && are_equal)) ||
		    !(n_of_booked[at] == 1 || (with_equals && !differ[at])))
			continue;
		take(p, i, at);
		any = true;
	}
	return any;
}

/* What is left may be several: told; and taken all the same where both would count. */
static void pair_rivals(struct pairing *p, struct bucket **bucket)
{
	for (size_t i = 0; i < p->n_notices; i++) {
		bool are_equal;
		size_t n, at;

		if (p->pair[i] != NOTICE_NONE)
			continue;
		at = first_like(p, i, bucket[i], POSSIBLE, &n, &are_equal);
		if (at == NOTICE_NONE)
			continue;
		p->n_rivals[i] = n;
		if (p->notice[i].is_counted)
			take(p, i, at);
	}
}

void notice_pair(struct arena *a, const struct notice_side *notice, size_t n_notices,
		 const struct notice_side *booked, size_t n_booked, size_t *ret_pair,
		 size_t *ret_n_rivals)
{
	struct pairing p = { .arena = a,
			     .notice = notice,
			     .booked = booked,
			     .n_notices = n_notices,
			     .n_booked = n_booked,
			     .is_taken = ARENA_ARRAY(a, n_booked + 1, bool),
			     .pair = ret_pair,
			     .n_rivals = ret_n_rivals };
	struct bucket **bucket = ARENA_ARRAY(a, n_notices + 1, struct bucket *);
	bool keeps_numbers = false;

	map_init(&p.buckets, a);
	fill_buckets(&p);
	for (size_t i = 0; i < n_notices; i++) {
		ret_pair[i] = NOTICE_NONE;
		ret_n_rivals[i] = 0;
		bucket[i] = map_get(&p.buckets, key_of(a, &notice[i]));
	}
	pair_references(&p, bucket);
	for (size_t i = 0; i < n_notices; i++)
		keeps_numbers |= ret_pair[i] != NOTICE_NONE;
	/* What one round takes may leave an only one to the next. */
	while (pair_the_only_ones(&p, bucket, WORDS, true) ||
	       pair_the_only_ones(&p, bucket, POSSIBLE, false))
		;
	if (!keeps_numbers)
		(void)pair_the_only_ones(&p, bucket, RENUMBERED, false);
	pair_rivals(&p, bucket);
}
