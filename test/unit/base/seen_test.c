/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/seen.h"

static void texts_are_told_apart_and_found_again(void **state)
{
	enum { N = 100000 };
	struct seen s;

	(void)state;
	seen_init(&s);
	for (uint32_t pass = 0; pass < 2; pass++) {
		for (uint32_t i = 1; i <= N; i++) {
			char text[32];
			int n = snprintf(text, sizeof text, "C%u\t%u", i / 7, i);
			uint32_t *number = seen_at(&s, text, (size_t)n);
			assert_int_equal(*number, pass ? i : 0);
			*number = i;
		}
	}
	assert_int_equal(s.n, N);
	assert_int_equal(*seen_at(&s, "", 0), 0);
	seen_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_told_apart_and_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
