/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include "team/login.h"
#include "team/team.h"

#define NOW    INT64_C(1795212247000000)
#define MINUTE INT64_C(60000000)

struct fixture {
	struct db *db;
	struct arena *a;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	store_open(&f->db);
	f->a = arena_new(0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_free(f->a);
	store_close(f->db);
	free(f);
	return 0;
}

static struct user add(struct fixture *f, const char *email, enum role role)
{
	struct err e = { 0 };
	struct user u;

	store_ok(user_add(f->db, f->a,
			  &(struct new_user){
				  .email = email, .role = role, .password = "correct horse" },
			  "cli:test", NOW, &u, &e),
		 e);
	return u;
}

static void the_first_account_is_the_administrator(void **state)
{
	struct fixture *f = *state;
	struct user first = add(f, "  Anne@Example.ORG ", ROLE_COLLECTOR);
	struct user second = add(f, "bob@example.org", ROLE_COLLECTOR);

	assert_string_equal(first.role, "administrator");
	assert_string_equal(first.email, "anne@example.org");
	assert_string_equal(first.name, "anne");
	assert_true(first.has_password);
	assert_string_equal(second.role, "collector");
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM event WHERE kind = 'user.added'"
					  " AND actor = 'cli:test'"),
			 2);
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM event WHERE body LIKE '%example%'"),
			 0);
}

static void an_address_has_one_account(void **state)
{
	struct fixture *f = *state;
	struct err e = { 0 };
	struct user u;

	add(f, "anne@example.org", ROLE_ADMINISTRATOR);
	assert_false(user_add(f->db, f->a, &(struct new_user){ .email = "ANNE@example.org" },
			      "cli:test", NOW, &u, &e));
	assert_int_equal(e.code, ERR_DUPLICATE);
	assert_string_equal(e.field, "email");
}

static void refuses_what_is_no_account(void **state)
{
	static const struct {
		const char *email, *name, *password, *field;
	} bad[] = {
		{ "", NULL, NULL, "email" },
		{ NULL, NULL, NULL, "email" },
		{ "anne", NULL, NULL, "email" },
		{ "@example.org", NULL, NULL, "email" },
		{ "anne@", NULL, NULL, "email" },
		{ "a@b@c", NULL, NULL, "email" },
		{ "anne@example.org\r\nBcc: x@y", NULL, NULL, "email" },
		{ "<anne@example.org>", NULL, NULL, "email" },
		{ "anne@example.org", NULL, "short", "password" },
		{ "anne@example.org", NULL, "anne@example.org", "password" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		struct user u;

		if (user_add(f->db, f->a,
			     &(struct new_user){ .email = bad[i].email,
						 .name = bad[i].name,
						 .password = bad[i].password },
			     "cli:test", NOW, &u, &e) ||
		    e.code != ERR_INVALID || !str_eq(e.field, bad[i].field))
			fail_msg("row %zu: %d %s %s", i, e.code, e.field, e.msg);
	}
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM user_account"), 0);
}

static void there_is_always_an_administrator(void **state)
{
	struct fixture *f = *state;
	struct user anne = add(f, "anne@example.org", ROLE_ADMINISTRATOR);
	struct user bob = add(f, "bob@example.org", ROLE_ADMINISTRATOR);
	struct err e = { 0 };

	store_ok(user_set_disabled(f->db, bob.id, bob.version, true, "user:1", NOW, &e), e);
	assert_false(user_set_disabled(f->db, anne.id, anne.version, true, "user:1", NOW, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_false(user_set_role(f->db, anne.id, anne.version, ROLE_AUDITOR, "user:1", NOW, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	store_ok(user_set_disabled(f->db, bob.id, bob.version + 1, false, "user:1", NOW, &e), e);
	store_ok(user_set_role(f->db, anne.id, anne.version, ROLE_AUDITOR, "user:1", NOW, &e), e);
	store_ok(user_get(f->db, f->a, anne.id, &anne, &e), e);
	assert_string_equal(anne.role, "auditor");
	assert_int_equal(anne.version, 2);
}

static void an_old_version_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct user bob;
	struct err e = { 0 };

	add(f, "anne@example.org", ROLE_ADMINISTRATOR);
	bob = add(f, "bob@example.org", ROLE_COLLECTOR);
	store_ok(user_set_role(f->db, bob.id, bob.version, ROLE_ACCOUNTANT, "user:1", NOW, &e), e);
	assert_false(user_set_role(f->db, bob.id, bob.version, ROLE_AUDITOR, "user:1", NOW, &e));
	assert_int_equal(e.code, ERR_STALE);
	assert_false(user_set_disabled(f->db, bob.id, bob.version, true, "user:1", NOW, &e));
	assert_int_equal(e.code, ERR_STALE);
	assert_false(user_set_disabled(f->db, 424242, 1, true, "user:1", NOW, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	store_ok(user_get(f->db, f->a, bob.id, &bob, &e), e);
	assert_string_equal(bob.role, "accountant");
	assert_false(bob.is_disabled);
}

static enum err_code try(struct fixture *f, const char *email, const char *password,
			 const char *address, int64_t now)
{
	struct err e = { 0 };
	struct user u;

	return login_check(f->db, f->a, email, password, address, now, &u, &e) ? ERR_NONE : e.code;
}

static void only_the_right_pair_opens(void **state)
{
	struct fixture *f = *state;
	struct user bob;
	struct err e = { 0 };

	add(f, "anne@example.org", ROLE_ADMINISTRATOR);
	bob = add(f, "bob@example.org", ROLE_COLLECTOR);
	store_ok(user_add(f->db, f->a, &(struct new_user){ .email = "eve@example.org" }, "cli:test",
			  NOW, &bob, &e),
		 e);
	store_ok(user_get_by_email(f->db, f->a, "bob@example.org", &bob, &e), e);
	assert_int_equal(try(f, " Bob@example.org", "correct horse", "::1", NOW), ERR_NONE);
	assert_int_equal(try(f, "bob@example.org", "correct Horse", "::1", NOW),
			 ERR_UNAUTHENTICATED);
	assert_int_equal(try(f, "nobody@example.org", "correct horse", "::1", NOW),
			 ERR_UNAUTHENTICATED);
	assert_int_equal(try(f, "eve@example.org", "", "::1", NOW), ERR_UNAUTHENTICATED);
	assert_int_equal(try(f, "' OR 1=1 --", "correct horse", "::1", NOW), ERR_UNAUTHENTICATED);
	assert_int_equal(try(f, "\xff", "correct horse", "::1", NOW), ERR_UNAUTHENTICATED);
	store_ok(user_set_disabled(f->db, bob.id, bob.version, true, "user:1", NOW, &e), e);
	assert_int_equal(try(f, "bob@example.org", "correct horse", "::1", NOW),
			 ERR_UNAUTHENTICATED);
}

static void guessing_is_slowed_down_for_a_while(void **state)
{
	struct fixture *f = *state;

	add(f, "anne@example.org", ROLE_ADMINISTRATOR);
	for (int i = 0; i < LOGIN_TRIES_PAIR; i++)
		assert_int_equal(try(f, "anne@example.org", "wrong guess", "192.0.2.1", NOW),
				 ERR_UNAUTHENTICATED);
	assert_int_equal(try(f, "anne@example.org", "correct horse", "192.0.2.1", NOW),
			 ERR_THROTTLED);
	/* Another address is not kept out. */
	assert_int_equal(try(f, "anne@example.org", "correct horse", "192.0.2.2", NOW), ERR_NONE);
	assert_int_equal(try(f, "anne@example.org", "correct horse", "192.0.2.1", NOW),
			 ERR_THROTTLED);
	assert_int_equal(try(f, "anne@example.org", "correct horse", "192.0.2.1",
			     NOW + (LOGIN_WINDOW_MINUTES + 1) * MINUTE),
			 ERR_NONE);
}

static void a_right_password_forgets_the_wrong_ones(void **state)
{
	struct fixture *f = *state;

	add(f, "anne@example.org", ROLE_ADMINISTRATOR);
	for (int i = 0; i < 3; i++) {
		for (int j = 0; j < 4; j++)
			assert_int_equal(try(f, "anne@example.org", "wrong guess", "::1", NOW),
					 ERR_UNAUTHENTICATED);
		assert_int_equal(try(f, "anne@example.org", "correct horse", "::1", NOW), ERR_NONE);
	}
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM login_failure WHERE"
					  " length(key) <> 64"),
			 0);
}

static void a_new_password_ends_the_sessions(void **state)
{
	struct fixture *f = *state;
	struct user anne = add(f, "anne@example.org", ROLE_ADMINISTRATOR);
	struct err e = { 0 };

	store_ok(db_exec(f->db,
			 "INSERT INTO session (token_hash, user_id, csrf, created, seen, expires)"
			 " VALUES ('t', $1, 'c', 1, 1, 1)",
			 DB_PARAMS(P_I64(anne.id)), NULL, &e),
		 e);
	store_ok(user_set_password(f->db, f->a, anne.id, "another horse", "user:1", NOW, &e), e);
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM session"), 0);
	assert_int_equal(try(f, "anne@example.org", "correct horse", NULL, NOW),
			 ERR_UNAUTHENTICATED);
	assert_int_equal(try(f, "anne@example.org", "another horse", NULL, NOW), ERR_NONE);
	assert_false(user_set_password(f->db, f->a, anne.id, "short", "user:1", NOW, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_int_equal(try(f, "anne@example.org", "another horse", NULL, NOW), ERR_NONE);
}

static void the_web_gets_the_rights_of_the_role(void **state)
{
	struct fixture *f = *state;
	struct web_user w = { 0 };
	struct err e = { 0 };
	struct user bob;

	add(f, "anne@example.org", ROLE_ADMINISTRATOR);
	bob = add(f, "bob@example.org", ROLE_ACCOUNTANT);
	store_ok(team_login(f->db, f->a, "bob@example.org", "correct horse", NULL, NOW, &w, &e), e);
	assert_int_equal(w.id, bob.id);
	assert_true(w.permissions & PERM_BIT(PERM_CASH_APPLY));
	assert_false(w.permissions & PERM_BIT(PERM_USER_ADMIN));
	store_ok(team_user(f->db, f->a, bob.id, &w, &e), e);
	assert_string_equal(w.role, "accountant");
	store_ok(user_set_disabled(f->db, bob.id, bob.version, true, "user:1", NOW, &e), e);
	assert_false(team_user(f->db, f->a, bob.id, &w, &e));
	assert_int_equal(e.code, ERR_UNAUTHENTICATED);
	assert_false(team_user(f->db, f->a, 424242, &w, &e));
	assert_int_equal(e.code, ERR_UNAUTHENTICATED);
}

/* Owners of one customer: bob first, then carol from 1 March on. */
static void insert_owners(struct fixture *f, int64_t bob, int64_t carol)
{
	struct err e = { 0 };

	store_run(f->db, "INSERT INTO event (id, kind, subject_kind, actor, body, recorded)"
			 " VALUES (1, 'test', 'test', 'test', '{}', 1)");
	store_run(f->db, "INSERT INTO entity (id, code, name, recorded) VALUES (2, 'E', 'E', 1)");
	store_run(f->db,
		  "INSERT INTO customer (id, entity_id, code, name, name_key, currency, source,"
		  " event_id, recorded) VALUES (3, 2, 'C1', 'C', 'C', 'EUR', 'csv', 1, 1),"
		  " (4, 2, 'C2', 'D', 'D', 'EUR', 'csv', 1, 1)");
	store_ok(db_exec(f->db,
			 "INSERT INTO customer_owner (id, entity_id, customer_id, role, user_id, "
			 "name,"
			 " effective, event_id, recorded) VALUES"
			 " (5, 2, 3, 'salesperson', $1, 'b', '2026-01-01', 1, 1),"
			 " (6, 2, 3, 'salesperson', $2, 'c', '2026-03-01', 1, 1)",
			 DB_PARAMS(P_I64(bob), P_I64(carol)), NULL, &e),
		 e);
}

static void a_salesperson_sees_who_he_answers_for(void **state)
{
	struct fixture *f = *state;
	struct web_user w;
	struct user anne = add(f, "anne@example.org", ROLE_ADMINISTRATOR);
	struct user bob = add(f, "bob@example.org", ROLE_SALESPERSON);
	struct user carol = add(f, "carol@example.org", ROLE_SALESPERSON);
	struct err e = { 0 };
	bool sees;

	insert_owners(f, bob.id, carol.id);
	store_ok(user_owns_customer(f->db, bob.id, 2, 3, date_of(2026, 2, 28), &sees, &e), e);
	assert_true(sees);
	store_ok(user_owns_customer(f->db, bob.id, 2, 3, date_of(2026, 3, 1), &sees, &e), e);
	assert_false(sees);
	store_ok(user_owns_customer(f->db, carol.id, 2, 3, date_of(2026, 3, 1), &sees, &e), e);
	assert_true(sees);
	store_ok(user_owns_customer(f->db, carol.id, 2, 4, date_of(2026, 3, 1), &sees, &e), e);
	assert_false(sees);

	store_ok(team_user(f->db, f->a, carol.id, &w, &e), e);
	store_ok(team_sees_customer(f->db, &w, 2, 4, &sees, &e), e);
	assert_false(sees);
	store_ok(user_set_scope(f->db, carol.id, 2, true, "user:1", NOW, &e), e);
	store_ok(team_sees_customer(f->db, &w, 2, 4, &sees, &e), e);
	assert_true(sees);
	store_ok(user_set_scope(f->db, carol.id, 2, false, "user:1", NOW, &e), e);
	store_ok(team_sees_customer(f->db, &w, 2, 4, &sees, &e), e);
	assert_false(sees);
	store_ok(team_user(f->db, f->a, anne.id, &w, &e), e);
	store_ok(team_sees_customer(f->db, &w, 2, 4, &sees, &e), e);
	assert_true(sees);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_first_account_is_the_administrator),
		TEST(an_address_has_one_account),
		TEST(refuses_what_is_no_account),
		TEST(there_is_always_an_administrator),
		TEST(an_old_version_changes_nothing),
		TEST(only_the_right_pair_opens),
		TEST(guessing_is_slowed_down_for_a_while),
		TEST(a_right_password_forgets_the_wrong_ones),
		TEST(a_new_password_ends_the_sessions),
		TEST(the_web_gets_the_rights_of_the_role),
		TEST(a_salesperson_sees_who_he_answers_for),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
