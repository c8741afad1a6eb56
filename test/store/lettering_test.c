/* SPDX-License-Identifier: Apache-2.0 */
/* Lettering in the database: codes, remainders, undoing to the cent, what must be refused. */
#include "store.h"

#include "ledger/entity.h"
#include "ledger/lettering_store.h"
#include "ledger/verify_lettering.h"

enum { NOW = 1000, N_ITEMS = 8 };

static const day_t today = 20728; /* 2026-10-02 */

struct fixture {
	struct db *db;
	struct arena *arena;
	struct entity entity;
	int64_t customer, child, stranger;
	int64_t item[N_ITEMS];
	int64_t of_child, of_stranger, in_dollars;
};

static bool add_customer(struct db *db, struct fixture *f, const char *code, const char *payer,
			 int64_t event_id, int64_t *ret, struct err *e)
{
	return db_new_id(db, ret, e) &&
	       db_exec(db,
		       "INSERT INTO customer (id, entity_id, code, name, name_key, payer_code,"
		       " currency, source, event_id, recorded)"
		       " VALUES ($1, $2, $3, $3, $3, $4, 'EUR', 'test', $5, $6)",
		       DB_PARAMS(P_I64(*ret), P_I64(f->entity.id), P_TEXT(code), P_TEXT(payer),
				 P_I64(event_id), P_I64(NOW)),
		       NULL, e);
}

static bool add_item(const struct posting *p, int64_t customer_id, const char *document,
		     int64_t minor, const char *currency, int age, int64_t *ret, struct err *e)
{
	struct new_item it = { .customer_id = customer_id,
			       .kind = minor > 0 ? ITEM_INVOICE : ITEM_PAYMENT,
			       .document = document,
			       .issued_on = today - age,
			       .due_on = today - age + 30,
			       .due_source = DUE_FROM_ITEM_FILE,
			       .amount_minor = minor,
			       .effective = today - age };

	memcpy(it.currency, currency, 4);
	return post_item(p, &it, ret, e);
}

static bool seed_tx(struct db *db, void *arg, struct err *e)
{
	static const struct {
		const char *document;
		int64_t minor;
		int age;
	} items[N_ITEMS] = {
		{ "FA1", 120000, 60 }, { "FA2", 45000, 50 },   { "FA3", 33300, 40 },
		{ "FA4", 33300, 30 },  { "VIR1", -60000, 20 }, { "VIR2", -60000, 10 },
		{ "AV1", -33300, 25 }, { "VIR3", -500, 5 },
	};
	struct fixture *f = arg;
	struct posting p;

	if (!posting_begin(&p, db, f->entity.id, "test.seeded", "entity", f->entity.id, "test",
			   "csv", NOW, "{}", e) ||
	    !add_customer(db, f, "C1", NULL, p.event_id, &f->customer, e) ||
	    !add_customer(db, f, "C2", "C1", p.event_id, &f->child, e) ||
	    !add_customer(db, f, "C3", NULL, p.event_id, &f->stranger, e) ||
	    !add_item(&p, f->child, "FB1", 20000, "EUR", 20, &f->of_child, e) ||
	    !add_item(&p, f->stranger, "FC1", 20000, "EUR", 20, &f->of_stranger, e) ||
	    !add_item(&p, f->customer, "FD1", 20000, "USD", 20, &f->in_dollars, e))
		return false;
	for (size_t i = 0; i < N_ITEMS; i++)
		if (!add_item(&p, f->customer, items[i].document, items[i].minor, "EUR",
			      items[i].age, &f->item[i], e))
			return false;
	return true;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	store_company(&f->db, &f->arena, &f->entity, seed_tx, f, NOW);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_free(f->arena);
	store_close(f->db);
	free(f);
	return 0;
}

/* ---- shorthand ---- */

static bool try_letter(struct fixture *f, const struct lettering_line *lines, size_t n, day_t on,
		       struct lettering_done *ret, struct err *e)
{
	return lettering_make(f->db,
			      &(struct lettering_order){ .entity_id = f->entity.id,
							 .customer_id = f->customer,
							 .lines = lines,
							 .n_lines = n,
							 .lettered_on = on,
							 .today = today,
							 .actor = "test",
							 .now = NOW },
			      ret, e);
}

static struct lettering_done letter(struct fixture *f, const struct lettering_line *lines, size_t n)
{
	struct lettering_done done = { 0 };
	struct err e = { 0 };

	store_ok(try_letter(f, lines, n, today, &done, &e), e);
	return done;
}

#define LETTER(f, ...)                                                  \
	letter((f), (const struct lettering_line[]){ __VA_ARGS__ },     \
	       sizeof((const struct lettering_line[]){ __VA_ARGS__ }) / \
		       sizeof(struct lettering_line))

static struct lettering_undo undo_by(struct fixture *f)
{
	return (struct lettering_undo){ f->entity.id, f->customer, "a mistake", "test", NOW };
}

static void is_open(struct fixture *f, int64_t item_id, int64_t minor)
{
	struct item it;
	struct err e = { 0 };

	store_ok(item_get(f->db, f->arena, f->entity.id, item_id, &it, &e), e);
	assert_int_equal(it.open_minor, minor);
}

static void every_law_holds(struct fixture *f)
{
	struct verify_report report;
	struct err e = { 0 };

	store_ok(ledger_verify(f->db, f->arena, f->entity.id, today, &report, &e) &&
			 verify_lettering(f->db, f->arena, f->entity.id, &report, &e),
		 e);
	if (report.n_faults)
		fail_msg("%s: %s", report.faults[0].law, report.faults[0].detail);
}

/* ---- tests ---- */

static void a_partial_code_becomes_full_under_the_same_letters(void **state)
{
	struct fixture *f = *state;
	struct lettering_done done = LETTER(f, { f->item[0], 0 }, { f->item[4], 0 });

	assert_string_equal(done.code, "aaa");
	assert_false(done.is_full);
	assert_int_equal(done.minor, 60000);
	assert_int_equal(done.rest_minor, 60000);
	is_open(f, f->item[0], 60000);
	done = LETTER(f, { f->item[2], 0 }, { f->item[6], 0 });
	assert_string_equal(done.code, "AAB");
	done = LETTER(f, { f->item[0], 0 }, { f->item[5], 0 });
	assert_string_equal(done.code, "AAA");
	assert_true(done.is_full);
	is_open(f, f->item[0], 0);
	every_law_holds(f);
}

static void amounts_are_taken_as_they_are_said(void **state)
{
	struct fixture *f = *state;
	struct lettering_done done =
		LETTER(f, { f->item[0], 10000 }, { f->item[1], 45000 }, { f->item[4], -55000 });

	assert_int_equal(done.rest_minor, 0);
	assert_string_equal(done.code, "aaa");
	is_open(f, f->item[0], 110000);
	is_open(f, f->item[1], 0);
	is_open(f, f->item[4], -5000);
	every_law_holds(f);
}

static void an_undone_code_leaves_everything_as_it_was_and_can_be_done_again(void **state)
{
	struct fixture *f = *state;
	struct lettering_undo u = undo_by(f);
	struct lettering_done done;
	struct lettering *list;
	struct err e = { 0 };
	int64_t event;
	size_t n;

	LETTER(f, { f->item[0], 0 }, { f->item[4], 0 });
	done = LETTER(f, { f->item[0], 0 }, { f->item[5], 0 });
	store_ok(lettering_undo(f->db, &u, done.code, &event, &e), e);
	is_open(f, f->item[0], 120000);
	is_open(f, f->item[4], -60000);
	is_open(f, f->item[5], -60000);
	store_ok(lettering_list(f->db, f->arena, f->entity.id, f->customer, &list, &n, &e), e);
	assert_int_equal(n, 0);
	every_law_holds(f);
	assert_false(lettering_undo(f->db, &u, done.code, NULL, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	store_ok(lettering_redo(f->db, &u, event, &e), e);
	is_open(f, f->item[0], 0);
	store_ok(lettering_list(f->db, f->arena, f->entity.id, f->customer, &list, &n, &e), e);
	assert_int_equal(n, 1);
	assert_string_equal(list[0].code, "AAA");
	assert_int_equal(list[0].n_items, 3);
	assert_int_equal(list[0].minor, 120000);
	every_law_holds(f);
	/* Twice is once. */
	assert_false(lettering_redo(f->db, &u, event, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	every_law_holds(f);
}

static void one_amount_can_be_taken_back_alone(void **state)
{
	struct fixture *f = *state;
	struct lettering_undo u = undo_by(f);
	struct lettering *list;
	struct err e = { 0 };
	size_t n;

	LETTER(f, { f->item[0], 0 }, { f->item[4], 0 }, { f->item[5], 0 });
	store_ok(lettering_list(f->db, f->arena, f->entity.id, f->customer, &list, &n, &e), e);
	assert_true(list[0].is_full);
	assert_int_equal(list[0].n_allocations, 2);
	store_ok(lettering_undo_one(f->db, &u, list[0].allocations[0].id, NULL, &e), e);
	assert_false(lettering_undo_one(f->db, &u, list[0].allocations[0].id, NULL, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(lettering_undo_one(f->db, &u, f->item[0], NULL, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	is_open(f, f->item[0], 60000);
	store_ok(lettering_list(f->db, f->arena, f->entity.id, f->customer, &list, &n, &e), e);
	assert_string_equal(list[0].code, "aaa");
	assert_int_equal(list[0].rest_minor, 60000);
	u.reason = "";
	assert_false(lettering_undo(f->db, &u, "aaa", NULL, &e));
	assert_int_equal(e.code, ERR_INVALID);
	every_law_holds(f);
}

static void a_payer_pays_for_its_group_and_for_nobody_else(void **state)
{
	struct fixture *f = *state;
	struct lettering_done done = LETTER(f, { f->of_child, 0 }, { f->item[4], 0 });
	const struct lettering_line wrong[] = { { f->of_stranger, 0 }, { f->item[5], 0 } };
	struct err e = { 0 };

	assert_int_equal(done.minor, 20000);
	is_open(f, f->of_child, 0);
	is_open(f, f->item[4], -40000);
	assert_false(try_letter(f, wrong, 2, today, &done, &e));
	assert_int_equal(e.code, ERR_INVALID);
	every_law_holds(f);
}

static void refuses_what_cannot_be_lettered(void **state)
{
	struct fixture *f = *state;
	const struct {
		struct lettering_line lines[2];
		size_t n;
		day_t on;
		enum err_code code;
	} bad[] = {
		{ { { f->item[0], 0 } }, 1, today, ERR_INVALID },
		{ { { f->item[0], 0 } }, 0, today, ERR_INVALID },
		{ { { f->item[0], 0 }, { f->item[1], 0 } }, 2, today, ERR_INVALID },
		{ { { f->item[0], 120001 }, { f->item[4], 0 } }, 2, today, ERR_CONFLICT },
		{ { { f->item[0], -5 }, { f->item[4], 0 } }, 2, today, ERR_INVALID },
		{ { { f->item[0], 0 }, { f->item[0], 0 } }, 2, today, ERR_INVALID },
		{ { { f->in_dollars, 0 }, { f->item[4], 0 } }, 2, today, ERR_INVALID },
		{ { { f->item[0], 0 }, { f->item[4], 0 } }, 2, today + 1, ERR_INVALID },
		{ { { f->item[0], 0 }, { f->item[4], 0 } }, 2, DAY_NONE, ERR_INVALID },
		{ { { 7, 0 }, { f->item[4], 0 } }, 2, today, ERR_NOT_FOUND },
	};
	struct lettering_done done;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		if (try_letter(f, bad[i].lines, bad[i].n, bad[i].on, &done, &e) ||
		    e.code != bad[i].code)
			fail_msg("case %zu: %s %s", i, err_name(e.code), e.msg);
	}
	assert_int_equal(store_i64(f->db, "SELECT count(*) FROM allocation"), 0);
	assert_int_equal(store_i64(f->db, "SELECT count(*) FROM lettering"), 0);
	every_law_holds(f);
}

static void a_lettering_counts_from_its_date_and_never_before_its_items(void **state)
{
	struct fixture *f = *state;
	const struct lettering_line lines[] = { { f->item[0], 0 }, { f->item[4], 0 } };
	struct lettering_done done;
	struct err e = { 0 };

	store_ok(try_letter(f, lines, 2, today - 59, &done, &e), e);
	/* VIR1 is twenty days old. */
	assert_int_equal(
		store_i64(f->db, "SELECT count(*) FROM allocation WHERE effective = '2026-09-12'"),
		1);
	assert_int_equal(
		store_i64(f->db, "SELECT count(*) FROM event WHERE kind = 'lettering.made'"), 1);
	every_law_holds(f);
}

static void verify_names_what_is_broken(void **state)
{
	struct fixture *f = *state;
	struct verify_report report = { 0 };
	struct err e = { 0 };

	LETTER(f, { f->item[0], 0 }, { f->item[4], 0 });
	store_run(f->db,
		  "UPDATE item_balance SET open_minor = open_minor + 1 WHERE open_minor > 0");
	store_run(f->db, "UPDATE allocation SET effective = '2020-01-01'");
	store_run(f->db, "UPDATE lettering SET ordinal = 2");
	store_ok(verify_lettering(f->db, f->arena, f->entity.id, &report, &e), e);
	assert_int_equal(report.n_faults, 3);
	assert_string_equal(report.faults[0].law, "lettering_balance");
	assert_string_equal(report.faults[1].law, "lettering_day");
	assert_string_equal(report.faults[2].law, "lettering_code");
}

/* ---- random histories ---- */

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static int64_t sum_open(struct fixture *f)
{
	return store_i64(f->db, "SELECT CAST(sum(open_minor) AS BIGINT) FROM item_balance");
}

/* Lettering never changes what the account owes; undoing every code gives every item back. */
static void undoing_all_restores_all(void **state)
{
	struct fixture *f = *state;
	struct lettering_undo u = undo_by(f);
	uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
	int64_t before = sum_open(f);
	struct lettering *list;
	struct err e = { 0 };
	size_t n;

	for (int round = 0; round < 60; round++) {
		struct lettering_line lines[3];
		struct lettering_done done;
		for (size_t i = 0; i < 3; i++)
			lines[i] = (struct lettering_line){ f->item[next(&seed) % N_ITEMS], 0 };
		if (next(&seed) % 4 == 0) {
			store_ok(lettering_list(f->db, f->arena, f->entity.id, f->customer, &list,
						&n, &e),
				 e);
			if (n > 0)
				store_ok(lettering_undo(f->db, &u, list[next(&seed) % n].code, NULL,
							&e),
					 e);
		} else if (!try_letter(f, lines, 2 + next(&seed) % 2, today, &done, &e)) {
			assert_true(e.code == ERR_INVALID || e.code == ERR_CONFLICT);
		}
		assert_int_equal(sum_open(f), before);
	}
	every_law_holds(f);
	store_ok(lettering_list(f->db, f->arena, f->entity.id, f->customer, &list, &n, &e), e);
	for (size_t i = 0; i < n; i++)
		store_ok(lettering_undo(f->db, &u, list[i].code, NULL, &e), e);
	assert_int_equal(store_i64(f->db,
				   "SELECT count(*) FROM item i JOIN item_balance b"
				   " ON b.item_id = i.id WHERE b.open_minor <> i.amount_minor"),
			 0);
	every_law_holds(f);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_partial_code_becomes_full_under_the_same_letters),
		TEST(amounts_are_taken_as_they_are_said),
		TEST(an_undone_code_leaves_everything_as_it_was_and_can_be_done_again),
		TEST(one_amount_can_be_taken_back_alone),
		TEST(a_payer_pays_for_its_group_and_for_nobody_else),
		TEST(refuses_what_cannot_be_lettered),
		TEST(a_lettering_counts_from_its_date_and_never_before_its_items),
		TEST(verify_names_what_is_broken),
		TEST(undoing_all_restores_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
