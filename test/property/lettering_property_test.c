/* SPDX-License-Identifier: Apache-2.0 */
/* Random sets of items: the laws of pairing, whatever the order they come in. */
#include "test.h"

#include "ledger/lettering.h"

#include <stdlib.h>

enum { N_ROUNDS = 4000, MAX_LINES = 40 };

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static size_t make_lines(struct letter_line *lines, uint64_t *seed)
{
	size_t n = 2 + next(seed) % (MAX_LINES - 1);

	for (size_t i = 0; i < n; i++) {
		int64_t minor = 1 + (int64_t)(next(seed) % (next(seed) % 3 ? 50 : 1000000));
		lines[i] = (struct letter_line){ .item_id = (int64_t)(1000 + i),
						 .minor = next(seed) % 2 ? minor : -minor,
						 .due_on = (day_t)(next(seed) % 30),
						 .effective = (day_t)(next(seed) % 30) };
	}
	lines[0].minor = labs(lines[0].minor);
	lines[1].minor = -labs(lines[1].minor);
	return n;
}

static void shuffle(struct letter_line *lines, size_t n, uint64_t *seed)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = next(seed) % i;
		struct letter_line swap = lines[i - 1];
		lines[i - 1] = lines[k];
		lines[k] = swap;
	}
}

struct flat {
	int64_t debit, credit, minor;
};

static int by_ids(const void *x, const void *y)
{
	const struct flat *a = x, *b = y;

	if (a->debit != b->debit)
		return a->debit < b->debit ? -1 : 1;
	if (a->credit != b->credit)
		return a->credit < b->credit ? -1 : 1;
	return (a->minor > b->minor) - (a->minor < b->minor);
}

static size_t flatten(struct arena *a, const struct letter_line *lines, size_t n, struct flat **ret,
		      uint64_t seed)
{
	struct letter_pair *pairs;
	struct err e = { 0 };
	int64_t rest;
	size_t n_pairs;

	if (!lettering_pair(a, lines, n, &pairs, &n_pairs, &rest, &e))
		fail_msg("seed %" PRIu64 ": %s", seed, e.msg);
	*ret = ARENA_ARRAY(a, n_pairs, struct flat);
	for (size_t i = 0; i < n_pairs; i++)
		(*ret)[i] = (struct flat){ lines[pairs[i].debit].item_id,
					   lines[pairs[i].credit].item_id, pairs[i].minor };
	qsort(*ret, n_pairs, sizeof **ret, by_ids);
	return n_pairs;
}

/* What each item gives is never more than it has; the smaller side gives all; the sums agree to the cent. */
static void check_sums(struct arena *a, const struct letter_line *lines, size_t n, uint64_t seed)
{
	int64_t given[MAX_LINES + 1] = { 0 }, debits = 0, credits = 0, applied = 0, rest;
	struct letter_pair *pairs;
	size_t n_pairs;

	assert_true(lettering_pair(a, lines, n, &pairs, &n_pairs, &rest, NULL));
	for (size_t i = 0; i < n_pairs; i++) {
		if (pairs[i].minor <= 0 || lines[pairs[i].debit].minor <= 0 ||
		    lines[pairs[i].credit].minor >= 0)
			fail_msg("seed %" PRIu64 ": a pair of the wrong sides", seed);
		given[pairs[i].debit] += pairs[i].minor;
		given[pairs[i].credit] -= pairs[i].minor;
		applied += pairs[i].minor;
	}
	for (size_t i = 0; i < n; i++) {
		*(lines[i].minor > 0 ? &debits : &credits) += llabs(lines[i].minor);
		if (llabs(given[i]) > llabs(lines[i].minor) ||
		    (given[i] != 0 && (given[i] > 0) != (lines[i].minor > 0)))
			fail_msg("seed %" PRIu64 ": item %zu gives %" PRId64 " of %" PRId64, seed,
				 i, given[i], lines[i].minor);
	}
	if (applied != (debits < credits ? debits : credits) || rest != debits - credits)
		fail_msg("seed %" PRIu64 ": %" PRId64 " applied of %" PRId64 " and %" PRId64, seed,
			 applied, debits, credits);
	for (size_t i = 0; i < n; i++)
		if ((lines[i].minor > 0 ? debits <= credits : credits <= debits) &&
		    given[i] != lines[i].minor)
			fail_msg("seed %" PRIu64 ": the smaller side keeps something", seed);
}

static void sums_agree_and_order_does_not_matter(void **state)
{
	(void)state;
	for (uint64_t round = 1; round <= N_ROUNDS; round++) {
		uint64_t seed = round * UINT64_C(0x9e3779b97f4a7c15);
		struct arena *a = arena_new(8 << 20);
		struct letter_line lines[MAX_LINES + 1];
		struct flat *first, *second;
		size_t n = make_lines(lines, &seed), n_first, n_second;

		check_sums(a, lines, n, round);
		n_first = flatten(a, lines, n, &first, round);
		shuffle(lines, n, &seed);
		n_second = flatten(a, lines, n, &second, round);
		if (n_first != n_second || memcmp(first, second, n_first * sizeof *first) != 0)
			fail_msg("round %" PRIu64 ": another order gives other pairs", round);
		arena_free(a);
	}
}

/* Whatever is proposed can be lettered, takes no item twice, and says what it would letter. */
static void proposals_hold(void **state)
{
	static const char *const words[] = { "", "", "FA1001", "REGLEMENTFA1002FA1003", "FA10" };

	(void)state;
	for (uint64_t round = 1; round <= N_ROUNDS; round++) {
		uint64_t seed = round * UINT64_C(0x9e3779b97f4a7c15);
		struct arena *a = arena_new(8 << 20);
		struct letter_line lines[MAX_LINES + 1];
		struct letter_item items[MAX_LINES + 1];
		bool is_used[MAX_LINES + 1] = { false };
		struct letter_proposal *list;
		size_t n = make_lines(lines, &seed), n_list;

		for (size_t i = 0; i < n; i++)
			items[i] = (struct letter_item){
				lines[i], arena_printf(a, "FA%" PRId64, lines[i].item_id),
				words[next(&seed) % ARRAY_LEN(words)]
			};
		assert_true(lettering_propose(a, items, n, &list, &n_list, NULL));
		for (size_t i = 0; i < n_list; i++) {
			struct letter_line own[MAX_LINES + 1];
			struct letter_pair *pairs;
			int64_t rest, applied = 0;
			size_t n_pairs;
			for (size_t k = 0; k < list[i].n; k++) {
				if (is_used[list[i].items[k]])
					fail_msg("round %" PRIu64 ": an item twice", round);
				is_used[list[i].items[k]] = true;
				own[k] = lines[list[i].items[k]];
			}
			assert_true(
				lettering_pair(a, own, list[i].n, &pairs, &n_pairs, &rest, NULL));
			for (size_t k = 0; k < n_pairs; k++)
				applied += pairs[k].minor;
			if (applied != list[i].minor || (list[i].why != LETTER_NAMED && rest != 0))
				fail_msg("round %" PRIu64 ": says %" PRId64 ", letters %" PRId64,
					 round, list[i].minor, applied);
		}
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_agree_and_order_does_not_matter),
		cmocka_unit_test(proposals_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
