/* SPDX-License-Identifier: Apache-2.0 */
/* The demo portfolio is whole: every door it goes through accepts it and every law holds at the end. */
#include "store.h"

#include "cash/cash.h"
#include "day/demo.h"
#include "ledger/verify.h"

static const int64_t noon = INT64_C(1795262400) * 1000000; /* 2026-11-21 12:00 UTC */

static struct demo_job job_of(struct db *db, struct arena *a)
{
	struct demo_job job = { .db = db,
				.arena = a,
				.size = DEMO_SMALL,
				.seed = 1,
				.today = date_of(2026, 11, 21),
				.now = noon };

	return job;
}

static void the_demo_loads_and_verifies(void **state)
{
	struct db *db = *state;
	struct arena *a = arena_new(0);
	struct demo_job job = job_of(db, a);
	struct verify_report verified = { 0 };
	struct demo_report r;
	struct err e = { 0 };

	store_ok(demo_load(&job, &r, &e), e);
	assert_int_equal(r.n_customers, 185);
	assert_in_range(r.n_items, 2540, 2570);
	store_ok(ledger_verify(db, a, store_i64(db, "SELECT id FROM entity"), job.today, &verified,
			       &e),
		 e);
	if (verified.n_faults > 0)
		fail_msg("%s: %s", verified.faults[0].law, verified.faults[0].detail);
	store_ok(cash_verify(db, a, store_i64(db, "SELECT id FROM entity"), &verified, &e), e);
	if (verified.n_faults > 0)
		fail_msg("%s: %s", verified.faults[0].law, verified.faults[0].detail);
	/* Something to see on every screen. */
	assert_in_range(
		store_i64(db, "SELECT COUNT(*) FROM statement_entry WHERE state = 'proposed'"), 5,
		60);
	assert_in_range(
		store_i64(db, "SELECT COUNT(*) FROM statement_entry WHERE state = 'matched'"), 50,
		200);
	assert_in_range(store_i64(db, "SELECT COUNT(*) FROM message WHERE state = 'planned'"), 3,
			100);
	assert_in_range(store_i64(db, "SELECT COUNT(*) FROM message WHERE state = 'accepted'"), 50,
			400);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM message WHERE is_test = 0"), 0);
	assert_in_range(store_i64(db, "SELECT COUNT(*) FROM dispute WHERE closed_on IS NULL"), 5,
			40);
	assert_in_range(store_i64(db, "SELECT COUNT(*) FROM promise"), 10, 80);
	assert_in_range(store_i64(db, "SELECT COUNT(*) FROM note"), 20, 200);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM customer WHERE status = 'insolvent'"),
			 1);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM user_account"), r.n_users);
	/* Nothing is told before it happened, or after the demo's moment. */
	assert_int_equal(
		store_i64(db, "SELECT COUNT(*) FROM event WHERE recorded > 1795262400000000"), 0);
	/* A second one would mix two stories. */
	assert_false(demo_load(&job, &r, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	arena_free(a);
}

static void a_seed_always_makes_the_same_world(void **state)
{
	struct arena *a = arena_new(0);
	struct demo_world one, two, other;
	int64_t sum[3] = { 0 };
	const struct demo_world *worlds[] = { &one, &two, &other };

	(void)state;
	demo_world_make(a, DEMO_SMALL, 7, date_of(2026, 11, 21), &one);
	demo_world_make(a, DEMO_SMALL, 7, date_of(2026, 11, 21), &two);
	demo_world_make(a, DEMO_SMALL, 8, date_of(2026, 11, 21), &other);
	for (size_t k = 0; k < ARRAY_LEN(worlds); k++)
		for (size_t i = 0; i < worlds[k]->items.n; i++)
			sum[k] = sum[k] * 31 % 1000003 +
				 worlds[k]->items.at[i].gross_minor % 1000003;
	assert_int_equal(sum[0], sum[1]);
	assert_int_not_equal(sum[0], sum[2]);
	arena_free(a);
}

static void the_world_is_plainly_invented(void **state)
{
	struct arena *a = arena_new(0);
	struct demo_world w;
	char iban[IBAN_TEXT];

	(void)state;
	demo_world_make(a, DEMO_MEDIUM, 3, date_of(2028, 2, 29), &w);
	for (size_t i = 0; i < w.customers.n; i++) {
		const struct demo_customer *c = &w.customers.at[i];

		if (iban_check(c->iban, iban) != ID_VALID)
			fail_msg("%s: %s", c->code, c->iban);
		if (c->siren[0])
			assert_memory_equal(c->siren, "000", 3);
		if (c->email)
			assert_string_equal(c->email + strlen(c->email) - 8, ".example");
	}
	for (size_t i = 0; i < w.payments.n; i++) {
		assert_true(w.payments.at[i].minor > 0);
		assert_true(w.payments.at[i].on < w.today);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_demo_loads_and_verifies, store_setup,
						store_teardown),
		cmocka_unit_test(a_seed_always_makes_the_same_world),
		cmocka_unit_test(the_world_is_plainly_invented),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
