/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "team/password.h"

#include <time.h>

static void a_password_opens_its_own_hash_only(void **state)
{
	char hash[PASSWORD_HASH], again[PASSWORD_HASH];
	struct err e = { 0 };

	(void)state;
	assert_true(password_hash("mot de passe été", hash, &e));
	assert_true(password_hash("mot de passe été", again, &e));
	assert_string_not_equal(hash, again);
	assert_true(str_starts(hash, "$argon2id$v=19$m=65536,t=2,p=1$"));
	assert_true(password_matches("mot de passe été", hash));
	assert_false(password_matches("mot de passe ete", hash));
	assert_false(password_matches("", hash));
	assert_false(password_matches("anything", NULL));
	assert_false(password_matches("anything", ""));
	assert_false(password_matches("anything", "plain text"));
}

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void an_unknown_user_costs_the_same_work(void **state)
{
	char hash[PASSWORD_HASH];
	struct err e = { 0 };
	double start, known, unknown;

	(void)state;
	assert_true(password_hash("a password", hash, &e));
	start = cpu_seconds();
	assert_false(password_matches("another", hash));
	known = cpu_seconds() - start;
	start = cpu_seconds();
	assert_false(password_matches("another", NULL));
	unknown = cpu_seconds() - start;
	if (unknown < known / 3 || known < unknown / 3)
		fail_msg("known %.3f s, unknown %.3f s", known, unknown);
}

static void refuses_passwords_that_are_none(void **state)
{
	static const char *const bad[] = {
		"", "1234567", "éééé", "me@example.org", "ME@example.org", "\xff\xfe\xfd 123456"
	};
	char endless[PASSWORD_MAX + 2];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };

		if (password_check(bad[i], "me@example.org", &e) || e.code != ERR_INVALID)
			fail_msg("\"%s\"", bad[i]);
	}
	memset(endless, 'x', sizeof endless);
	endless[sizeof endless - 1] = '\0';
	assert_false(password_check(endless, NULL, NULL));
	endless[PASSWORD_MAX] = '\0';
	assert_true(password_check(endless, NULL, NULL));
	assert_true(password_check("éééééééé", "me@example.org", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_password_opens_its_own_hash_only),
		cmocka_unit_test(an_unknown_user_costs_the_same_work),
		cmocka_unit_test(refuses_passwords_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
