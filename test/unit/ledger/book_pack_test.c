/* SPDX-License-Identifier: Apache-2.0 */
/* Packed integers: what goes in comes out, in as few bits as the range needs. */
#include "test.h"

#include "ledger/book_pack.h"

enum { ROOM = 300 };

static uint64_t state_of_dice = 88172645463325252u;

static uint64_t dice(void)
{
	state_of_dice ^= state_of_dice << 13;
	state_of_dice ^= state_of_dice >> 7;
	state_of_dice ^= state_of_dice << 17;
	return state_of_dice;
}

/* The column stands between other bytes, which stay as they are. */
static void check(const int64_t *value, size_t n, unsigned least, uint64_t bits)
{
	static unsigned char bytes[8 * ROOM + PACK_SLACK + 8];
	struct pack_shape s = pack_measure(value, n, least);
	size_t size = pack_bytes(s, n);
	int64_t back[ROOM];
	struct pack p;

	assert_true(pack_is_shape(s));
	assert_int_equal(s.bits, bits);
	assert_int_equal(size, (n * bits + 7) / 8);
	memset(bytes, 0, sizeof bytes);
	memset(bytes + size, 0xA5, PACK_SLACK);
	pack_write(s, value, n, bytes);
	for (size_t i = 0; i < PACK_SLACK; i++)
		assert_int_equal(bytes[size + i], 0xA5);
	p = pack_over(s, bytes);
	pack_read(&p, 0, n, back);
	for (size_t i = 0; i < n; i++) {
		assert_true(pack_at(&p, i) == value[i]);
		assert_true(back[i] == value[i]);
	}
}

static void takes_what_the_range_needs(void **state)
{
	const int64_t none[1] = { 0 }, one[] = { -7 }, same[] = { 20000, 20000, 20000 };
	const int64_t near[] = { -1, 0, 1, 2 }, far[] = { INT64_MIN, INT64_MAX, 0, -1 };
	const int64_t wide[] = { 0, (int64_t)1 << 56 }, fits[] = { 5, 4 + ((int64_t)1 << 56) };

	(void)state;
	check(none, 0, 0, 0);
	check(one, 1, 0, 0);
	check(same, 3, 0, 0);
	check(same, 3, 1, 1);
	check(near, 4, 0, 2);
	check(far, 4, 0, 64);
	check(wide, 2, 0, 64); /* 57 bits cannot begin everywhere in a byte */
	check(fits, 2, 0, 56);
}

static void gives_back_what_it_was_given(void **state)
{
	(void)state;
	for (unsigned bits = 1; bits <= 64; bits++) {
		uint64_t mask = UINT64_MAX >> (64 - bits), base = dice();
		int64_t value[ROOM];

		for (size_t i = 0; i < ROOM; i++)
			value[i] = (int64_t)((bits == 64 ? (uint64_t)INT64_MIN : base >> 8) +
					     (dice() & mask));
		value[0] = bits == 64 ? INT64_MIN : (int64_t)(base >> 8);
		value[1] = (int64_t)((uint64_t)value[0] + mask);
		if (value[1] < value[0]) /* around the end of the numbers: another width */
			continue;
		for (size_t i = 2; i < ROOM; i++)
			if (value[i] < value[0] || value[i] > value[1])
				value[i] = value[0];
		check(value, ROOM, 0, bits > 56 ? 64 : bits);
	}
}

static bool within(const int64_t *value, size_t n, int64_t low, int64_t high)
{
	unsigned char bytes[8 * 8 + PACK_SLACK] = { 0 };
	struct pack_shape s = pack_measure(value, n, 0);
	struct pack p;

	pack_write(s, value, n, bytes);
	p = pack_over(s, bytes);
	return pack_within(&p, n, low, high);
}

static void tells_what_is_out_of_range(void **state)
{
	const int64_t v[] = { 10, 20, 14 }, all[] = { INT64_MIN, INT64_MAX };

	(void)state;
	assert_true(within(v, 3, 10, 20));
	assert_true(within(v, 3, 0, 1000));
	assert_false(within(v, 3, 11, 20));
	assert_false(within(v, 3, 10, 19));
	assert_true(within(v, 3, 10, 25)); /* four bits could say 25 */
	assert_true(within(v, 3, 10, 24));
	assert_false(within(v, 3, 21, INT64_MAX));
	assert_false(within(v, 3, INT64_MIN, 9));
	assert_true(within(v, 0, 5, 5));
	assert_true(within(all, 2, INT64_MIN, INT64_MAX));
	assert_false(within(all, 2, -INT64_MAX, INT64_MAX));
	assert_false(within(all, 2, INT64_MIN, INT64_MAX - 1));
}

/* A shape of a file may be anything. */
static void refuses_shapes_that_cannot_be_read(void **state)
{
	(void)state;
	for (uint64_t bits = 0; bits < 100; bits++)
		assert_int_equal(pack_is_shape((struct pack_shape){ 0, bits }),
				 bits <= 56 || bits == 64);
	assert_false(pack_is_shape((struct pack_shape){ 0, UINT64_MAX }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_the_range_needs),
		cmocka_unit_test(gives_back_what_it_was_given),
		cmocka_unit_test(tells_what_is_out_of_range),
		cmocka_unit_test(refuses_shapes_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
