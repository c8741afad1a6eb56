/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include "ledger/rate_store.h"

static void the_seed_gives_the_rates_of_the_law(void **state)
{
	static const struct {
		const char *name;
		struct civil on;
		int64_t ppm;
		bool to_verify;
	} rows[] = {
		{ RATE_ECB_MRO, { 2019, 1, 1 }, 0, false },
		{ RATE_ECB_MRO, { 2023, 1, 1 }, 2500000, false },
		{ RATE_ECB_MRO, { 2023, 7, 1 }, 4000000, false },
		{ RATE_ECB_MRO, { 2024, 1, 1 }, 4500000, false },
		{ RATE_ECB_MRO, { 2024, 7, 1 }, 4250000, false },
		{ RATE_ECB_MRO, { 2025, 1, 1 }, 3150000, false },
		{ RATE_ECB_MRO, { 2025, 7, 1 }, 2150000, false },
		{ RATE_ECB_MRO, { 2026, 1, 1 }, 2150000, false },
		{ RATE_ECB_MRO, { 2026, 7, 1 }, 2150000, true },
		{ RATE_LEGAL_OTHER, { 2019, 1, 1 }, 860000, true },
		{ RATE_LEGAL_OTHER, { 2025, 7, 1 }, 2760000, false },
		{ RATE_LEGAL_OTHER, { 2026, 1, 1 }, 2620000, false },
		{ RATE_LEGAL_OTHER, { 2026, 7, 1 }, 2620000, true },
		{ RATE_LEGAL_PERSON, { 2026, 1, 1 }, 6670000, false },
		{ RATE_FLAT_FEE, { 2026, 11, 21 }, 40000000, false },
	};
	struct db *db = *state;
	struct arena *a = arena_new(1 << 20);
	struct rate_table t;
	struct rate_found found;
	struct err e = { 0 };

	store_ok(rate_table_load(db, a, &t, &e), e);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		day_t d = date_of(rows[i].on.year, rows[i].on.month, rows[i].on.day);

		store_ok(rate_on(&t, rows[i].name, d, &found, &e), e);
		if (found.value_ppm != rows[i].ppm || found.is_to_verify != rows[i].to_verify)
			fail_msg("row %zu: %" PRId64 " %d", i, found.value_ppm, found.is_to_verify);
	}
	assert_false(rate_on(&t, RATE_ECB_MRO, date_of(2015, 1, 1), &found, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	arena_free(a);
}

static void a_new_rate_ends_the_doubt(void **state)
{
	struct db *db = *state;
	const struct rate published = {
		RATE_ECB_MRO, date_of(2026, 7, 1),      date_of(2026, 12, 31),
		2000000,      "a decision of the test", false
	};
	struct rate wrong = published;
	struct arena *a = arena_new(1 << 20);
	struct rate_table t;
	struct rate_found found;
	struct err e = { 0 };

	store_ok(rate_set(db, &published, "test", 1, &e), e);
	store_ok(rate_set(db, &published, "test", 2, &e), e);
	store_ok(rate_table_load(db, a, &t, &e), e);
	store_ok(rate_on(&t, RATE_ECB_MRO, date_of(2026, 11, 21), &found, &e), e);
	assert_int_equal(found.value_ppm, 2000000);
	assert_false(found.is_to_verify);
	assert_int_equal(store_i64(db, "SELECT COUNT(*) FROM event WHERE kind = 'rate.set'"), 1);
	wrong.to_on = date_of(2026, 6, 30);
	assert_false(rate_set(db, &wrong, "test", 3, &e));
	assert_int_equal(e.code, ERR_INVALID);
	arena_free(a);
}

struct undoing {
	struct arena *arena;
	int64_t event_id;
};

static bool undo_tx(struct db *db, void *arg, struct err *e)
{
	const struct undoing *u = arg;

	return rate_set_undo(db, u->arena, u->event_id, e);
}

static void a_rate_is_as_it_was_before(void **state)
{
	struct db *db = *state;
	struct rate known = {
		RATE_ECB_MRO, date_of(2026, 7, 1), DAY_NONE, 2000000, "a test", false
	};
	struct rate other = { "contract", date_of(2026, 7, 1), DAY_NONE, 9000000, "a test", false };
	struct arena *a = arena_new(1 << 20);
	struct undoing first = { .arena = a }, second = { .arena = a };
	struct rate_table t;
	struct rate_found found;
	struct err e = { 0 };

	store_ok(rate_set(db, &known, "test", 1, &e), e);
	first.event_id = store_i64(db, "SELECT max(id) FROM event WHERE kind = 'rate.set'");
	store_ok(rate_set(db, &other, "test", 2, &e), e);
	second.event_id = store_i64(db, "SELECT max(id) FROM event WHERE kind = 'rate.set'");
	store_ok(db_tx(db, undo_tx, &second, &e) && db_tx(db, undo_tx, &first, &e), e);
	store_ok(rate_table_load(db, a, &t, &e), e);
	store_ok(rate_on(&t, RATE_ECB_MRO, date_of(2026, 11, 21), &found, &e), e);
	assert_int_equal(found.value_ppm, 2150000);
	assert_true(found.is_to_verify);
	assert_false(rate_on(&t, "contract", date_of(2026, 11, 21), &found, &e));
	/* It is not what the event set any more. */
	e = (struct err){ 0 };
	assert_false(db_tx(db, undo_tx, &first, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_seed_gives_the_rates_of_the_law, store_setup,
						store_teardown),
		cmocka_unit_test_setup_teardown(a_rate_is_as_it_was_before, store_setup,
						store_teardown),
		cmocka_unit_test_setup_teardown(a_new_rate_ends_the_doubt, store_setup,
						store_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
