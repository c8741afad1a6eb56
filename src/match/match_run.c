/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many entries at once. A round explains them against what is open, posts what is certain and not
 * wanted twice, and so makes the rest clearer; the next round looks again at the entries whose
 * customers lost something, the last one at all that is left. Who comes first changes nothing.
 */
#include "match/draft.h"
#include "match/joint.h"

#include <stdlib.h>

struct rounds {
	struct match_book *book;
	struct arena *arena;
	const struct match_entry *entries;
	size_t n;
	const struct match_options *options;
	struct match_result *result;
	bool *is_final;
	bool *is_new;
	bool *is_claiming;      /* held, and wants what it may not post */
	struct candidates *who; /* by entry: customers looked at */
	bool *is_touched;       /* by customer: the last round took something */
	int64_t *wanted;        /* by item */
	struct seen_one *seen;  /* by entry: what it shows of the payers */
};

/* Adds what an automatic answer wants of each item, or takes it off again. */
static void claim(struct rounds *r, size_t i, int sign)
{
	const struct match_explanation *x = &r->result[i].explanations[0];

	for (size_t l = 0; l < x->n_lines; l++)
		r->wanted[x->lines[l].item] += sign * x->lines[l].amount_minor;
}

static bool is_contested(const struct rounds *r, size_t i, uint32_t *ret_item)
{
	const struct match_explanation *x = &r->result[i].explanations[0];

	for (size_t l = 0; l < x->n_lines; l++) {
		uint32_t it = x->lines[l].item;
		if (llabs(r->wanted[it]) > llabs(r->book->open[it])) {
			*ret_item = it;
			return true;
		}
	}
	return false;
}

static void take(struct rounds *r, size_t i)
{
	const struct match_explanation *x = &r->result[i].explanations[0];

	for (size_t l = 0; l < x->n_lines; l++) {
		int64_t *open = &r->book->open[x->lines[l].item];
		*open -= x->lines[l].amount_minor;
		/* Never more than is open, never to the other side of zero. */
		ENSURE(x->lines[l].amount_minor > 0 ? *open >= 0 : *open <= 0);
	}
	if (x->n_lines)
		r->is_touched[x->customer] = true;
}

static void explain(struct rounds *r, size_t i)
{
	struct candidates who =
		match_explain(r->book, &r->entries[i], r->options, &r->result[i], &r->seen[i]);

	r->who[i] =
		(struct candidates){ .at = arena_memdup(r->arena, who.at, who.n * sizeof *who.at),
				     .n = who.n };
}

static bool is_stale(const struct rounds *r, size_t i)
{
	for (size_t c = 0; c < r->who[i].n; c++)
		if (r->is_touched[r->who[i].at[c]])
			return true;
	return false;
}

/* Entries that want the same money stay contested: a later round must not let one of them win by luck. */
static void settle_claims(struct rounds *r)
{
	for (size_t i = 0; i < r->n; i++) {
		uint32_t item;
		if (!r->is_new[i] || !is_contested(r, i, &item))
			continue;
		r->result[i].state = MATCH_PROPOSED;
		r->result[i].certificate = NULL;
		r->result[i].stop = (struct match_reason){ WHY_claimed_twice,
							   r->book->in.items[item].document, 0 };
		r->is_final[i] = true;
	}
}

/* One round over what is not answered yet; how many were answered. */
static size_t run_round(struct rounds *r, bool is_all)
{
	size_t n_taken = 0;

	if (is_all) {
		r->book->joints = joint_find(r->arena, r->entries, r->result, r->is_final, r->n);
		book_count_amounts(r->book);
		r->book->seen = seen_count(r->book->arena, r->seen, r->n);
	}
	for (size_t i = 0; i < r->n; i++) {
		r->is_new[i] = false;
		if (r->is_final[i] || !(is_all || is_stale(r, i)))
			continue;
		if (r->is_claiming[i])
			claim(r, i, -1);
		r->is_claiming[i] = false;
		explain(r, i);
		r->is_new[i] = r->result[i].state == MATCH_AUTO;
		if (r->is_new[i])
			claim(r, i, 1);
	}
	settle_claims(r);
	memset(r->is_touched, 0, r->book->in.n_customers * sizeof *r->is_touched);
	for (size_t i = 0; i < r->n; i++) {
		if (!r->is_new[i])
			continue;
		r->is_claiming[i] = r->entries[i].is_held && !r->is_final[i];
		if (r->is_claiming[i])
			continue;
		claim(r, i, -1);
		if (r->is_final[i])
			continue;
		take(r, i);
		r->is_final[i] = true;
		n_taken++;
	}
	return n_taken;
}

/* What a person took back is proposed again, never posted. */
static void demote_held(struct rounds *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (!r->entries[i].is_held)
			continue;
		if (r->result[i].state == MATCH_AUTO)
			r->result[i].state = MATCH_PROPOSED;
		r->result[i].certificate = NULL;
		r->result[i].stop = (struct match_reason){ WHY_undone_by_hand, "", 0 };
	}
}

void match_run(struct match_book *book, const struct match_entry *entries, size_t n,
	       const struct match_options *options, struct match_result *ret)
{
	struct arena *a = arena_inner(book->arena);
	struct rounds r = { .book = book,
			    .arena = a,
			    .entries = entries,
			    .n = n,
			    .options = options,
			    .result = ret,
			    .is_final = ARENA_ARRAY(a, n + 1, bool),
			    .is_new = ARENA_ARRAY(a, n + 1, bool),
			    .is_claiming = ARENA_ARRAY(a, n + 1, bool),
			    .who = ARENA_ARRAY(a, n + 1, struct candidates),
			    .is_touched = ARENA_ARRAY(a, book->in.n_customers + 1, bool),
			    .seen = ARENA_ARRAY(a, n + 1, struct seen_one),
			    .wanted = ARENA_ARRAY(a, book->in.n_items + 1, int64_t) };

	book->payers = payer_memory_new(a, n);
	memset(ret, 0, n * sizeof *ret);
	/* What the first round shows of all entries is known in the second. */
	for (size_t n_taken = 0, round = 0; round < 2 || n_taken > 0; round++) {
		n_taken = run_round(&r, true);
		while (run_round(&r, false) > 0)
			;
	}
	demote_held(&r);
	book->payers = NULL;
	book->joints = NULL;
	arena_reset(a);
}
