/* SPDX-License-Identifier: Apache-2.0 */
/* Choices that add up, against trying them all; equal amounts by the thousand; too many to count. */
#include "test.h"

#include "match/subset.h"

static uint32_t draw(uint64_t *random, uint32_t below)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*random >> 33) % below;
}

static void check_against_trying_all(uint64_t seed)
{
	enum { MOST = 13 };
	struct arena *a = arena_new(0);
	struct subset_room *room = NULL;
	struct subset_answer s;
	int64_t minor[MOST], target = 0;
	double ways[SUBSET_SIZES] = { 0 }, n_ways = 0;
	uint64_t random = seed;
	size_t n = 1 + draw(&random, MOST);
	uint32_t range = draw(&random, 2) ? 6 : 1000;

	for (size_t i = 0; i < n; i++) {
		minor[i] = 1 + (int64_t)draw(&random, range);
		if (draw(&random, 5) == 0)
			minor[i] = -minor[i];
		target += draw(&random, 2) ? minor[i] : 0;
	}
	for (uint32_t set = 1; set < 1u << n; set++) {
		int64_t sum = 0;
		size_t size = 0;
		for (size_t i = 0; i < n; i++)
			if (set >> i & 1)
				sum += minor[i], size++;
		ways[size] += sum == target;
		n_ways += sum == target;
	}
	subset_find(a, a, &room, minor, n, target, &s);
	if (!s.is_complete || s.n_ways != n_ways || (n_ways > 0) != (s.n_kept > 0))
		fail_msg("seed %" PRIu64 ": %g ways of %g", seed, s.n_ways, n_ways);
	for (size_t k = 0; k < SUBSET_SIZES; k++)
		if (s.ways[k] != ways[k])
			fail_msg("seed %" PRIu64 ": %g of size %zu, not %g", seed, s.ways[k], k,
				 ways[k]);
	for (size_t c = 0; c < s.n_kept; c++) {
		int64_t sum = 0;
		for (size_t i = 0; i < s.kept[c].n; i++) {
			assert_true(i == 0 || s.kept[c].at[i - 1] < s.kept[c].at[i]);
			sum += minor[s.kept[c].at[i]];
		}
		if (sum != target)
			fail_msg("seed %" PRIu64 ": choice %zu gives another sum", seed, c);
		assert_true(c == 0 || s.kept[c - 1].n <= s.kept[c].n);
	}
	arena_free(a);
}

static void counts_what_trying_all_finds(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3000; seed++)
		check_against_trying_all(seed);
}

static void counts_choices_of_equal_amounts(void **state)
{
	enum { N = 5000 };
	struct arena *a = arena_new(0);
	struct subset_room *room = NULL;
	int64_t *minor = ARENA_ARRAY(a, N, int64_t);
	struct subset_answer s;

	(void)state;
	for (size_t i = 0; i < N; i++)
		minor[i] = 12000;
	subset_find(a, a, &room, minor, N, 36000, &s);
	assert_true(s.is_complete);
	assert_int_equal(s.n_kept, 1);
	assert_int_equal(s.kept[0].n, 3);
	assert_int_equal(s.kept[0].at[2], 2);
	assert_true(s.n_ways == 5000.0 * 4999 * 4998 / 6);
	arena_free(a);
}

static void says_when_it_could_not_count_all(void **state)
{
	enum { N = 90 };
	struct arena *a = arena_new(0);
	struct subset_room *room = NULL;
	int64_t minor[N], sum = 0;
	uint64_t random = 7;
	struct subset_answer s;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		minor[i] = 10000 + (int64_t)draw(&random, 100000);
		sum += i % 3 ? minor[i] : 0;
	}
	subset_find(a, a, &room, minor, N, sum, &s);
	assert_false(s.is_complete);
	/* At the end of the numbers nothing is added up. */
	minor[0] = minor[1] = minor[2] = INT64_MAX;
	subset_find(a, a, &room, minor, N, sum, &s);
	assert_false(s.is_complete);
	assert_int_equal(s.n_kept, 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_what_trying_all_finds),
		cmocka_unit_test(counts_choices_of_equal_amounts),
		cmocka_unit_test(says_when_it_could_not_count_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
