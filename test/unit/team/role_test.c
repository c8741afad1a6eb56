/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "team/role.h"

static bool has(enum role r, enum permission p)
{
	return (role_rights(r) & PERM_BIT(p)) != 0;
}

static void every_right_is_the_administrators(void **state)
{
	(void)state;
	for (enum permission p = PERM_PUBLIC; p < PERM_COUNT; p++)
		if (!has(ROLE_ADMINISTRATOR, p))
			fail_msg("no row for the right %d", p);
}

static void roles_have_the_rights_of_their_work(void **state)
{
	static const struct {
		enum role role;
		enum permission perm;
		bool has;
	} cases[] = {
		{ ROLE_COLLECTOR, PERM_REMINDER_SEND, true },
		{ ROLE_COLLECTOR, PERM_CASH_APPLY, false },
		{ ROLE_COLLECTOR, PERM_USER_ADMIN, false },
		{ ROLE_ACCOUNTANT, PERM_CASH_APPLY, true },
		{ ROLE_ACCOUNTANT, PERM_IMPORT_RUN, true },
		{ ROLE_ACCOUNTANT, PERM_LIVE_SWITCH, false },
		{ ROLE_CREDIT_MANAGER, PERM_LIVE_SWITCH, true },
		{ ROLE_CREDIT_MANAGER, PERM_USER_ADMIN, false },
		{ ROLE_SALESPERSON, PERM_PROMISE_EDIT, true },
		{ ROLE_SALESPERSON, PERM_IMPORT_RUN, false },
		{ ROLE_EXECUTIVE, PERM_NOTE_EDIT, false },
		{ ROLE_AUDITOR, PERM_AUDIT_READ, true },
		{ ROLE_AUDITOR, PERM_USER, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (has(cases[i].role, cases[i].perm) != cases[i].has)
			fail_msg("row %zu: %s", i, role_name(cases[i].role));
}

static void an_auditor_changes_nothing(void **state)
{
	static const enum permission writes[] = {
		PERM_CUSTOMER_EDIT, PERM_NOTE_EDIT,     PERM_IMPORT_RUN,   PERM_CASH_APPLY,
		PERM_REMINDER_SEND, PERM_POLICY_EDIT,   PERM_LIVE_SWITCH,  PERM_DISPUTE_EDIT,
		PERM_PROMISE_EDIT,  PERM_CREDIT_DECIDE, PERM_SETTING_EDIT, PERM_USER_ADMIN,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(writes); i++)
		if (has(ROLE_AUDITOR, writes[i]) || has(ROLE_EXECUTIVE, writes[i]))
			fail_msg("right %d", writes[i]);
}

static void a_role_is_read_back_from_its_name(void **state)
{
	static const char *const bad[] = { "", "Administrator", "king", "collector ", NULL };
	enum role r;

	(void)state;
	for (enum role i = 0; i < ROLE_COUNT; i++) {
		assert_true(role_parse(role_name(i), &r, NULL));
		assert_int_equal(r, i);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };

		assert_false(role_parse(bad[i], &r, &e));
		assert_int_equal(e.code, ERR_INVALID);
		assert_string_equal(e.field, "role");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_right_is_the_administrators),
		cmocka_unit_test(roles_have_the_rights_of_their_work),
		cmocka_unit_test(an_auditor_changes_nothing),
		cmocka_unit_test(a_role_is_read_back_from_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
