/* SPDX-License-Identifier: Apache-2.0 */
/* Bad debts: below the limit at once, above it by a second person, undone to the cent. */
#include "store.h"

#include "ledger/entity.h"
#include "ledger/item.h"
#include "ledger/post.h"
#include "ledger/verify_lettering.h"
#include "ledger/write_off.h"

enum { NOW = 1000 };

static const day_t today = 20728; /* 2026-10-02 */

struct fixture {
	struct db *db;
	struct arena *arena;
	struct entity entity;
	int64_t customer, other;
	int64_t invoice, small, credit, foreign;
};

static bool add(const struct posting *p, int64_t customer, const char *document, int64_t minor,
		int64_t *ret, struct err *e)
{
	return post_item(p,
			 &(struct new_item){ .customer_id = customer,
					     .kind = minor > 0 ? ITEM_INVOICE : ITEM_CREDIT_NOTE,
					     .document = document,
					     .issued_on = today - 400,
					     .due_on = today - 370,
					     .due_source = DUE_FROM_ITEM_FILE,
					     .amount_minor = minor,
					     .currency = "EUR",
					     .has_net = minor == 120000,
					     .net_minor = 100000,
					     .vat_minor = 20000,
					     .effective = today - 400 },
			 ret, e);
}

static bool seed_tx(struct db *db, void *arg, struct err *e)
{
	struct fixture *f = arg;
	int64_t *ids[] = { &f->customer, &f->other };
	struct posting p;

	if (!posting_begin(&p, db, f->entity.id, "test.seeded", "entity", f->entity.id, "test",
			   "csv", NOW, "{}", e))
		return false;
	for (size_t i = 0; i < 2; i++)
		if (!db_new_id(db, ids[i], e) ||
		    !db_exec(db,
			     "INSERT INTO customer (id, entity_id, code, name, name_key, currency,"
			     " source, event_id, recorded)"
			     " VALUES ($1, $2, $3, $3, $3, 'EUR', 'test', $4, 1)",
			     DB_PARAMS(P_I64(*ids[i]), P_I64(f->entity.id), P_TEXT(i ? "C2" : "C1"),
				       P_I64(p.event_id)),
			     NULL, e))
			return false;
	return add(&p, f->customer, "FA1", 120000, &f->invoice, e) &&
	       add(&p, f->customer, "FA2", 3000, &f->small, e) &&
	       add(&p, f->customer, "AV1", -500, &f->credit, e) &&
	       add(&p, f->other, "FB1", 700, &f->foreign, e);
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

static bool ask(struct fixture *f, const int64_t *items, size_t n, int64_t limit,
		const char *reason, struct write_off_done *ret, struct err *e)
{
	return write_off_request(f->db,
				 &(struct write_off_order){ .entity_id = f->entity.id,
							    .customer_id = f->customer,
							    .items = items,
							    .n_items = n,
							    .reason = reason,
							    .limit_minor = limit,
							    .entity_currency = "EUR",
							    .today = today,
							    .actor = "user:1",
							    .now = NOW },
				 ret, e);
}

static struct write_off_decision decision(struct fixture *f, int64_t id, const char *actor,
					  int64_t limit, bool accepts, const char *remark)
{
	return (struct write_off_decision){ .entity_id = f->entity.id,
					    .id = id,
					    .accepts = accepts,
					    .remark = remark,
					    .limit_minor = limit,
					    .entity_currency = "EUR",
					    .today = today,
					    .actor = actor,
					    .now = NOW };
}

static int64_t open_of(struct fixture *f, int64_t item_id)
{
	struct item it;
	struct err e = { 0 };

	store_ok(item_get(f->db, f->arena, f->entity.id, item_id, &it, &e), e);
	return it.open_minor;
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

static void below_the_limit_it_is_done_at_once_and_undone_to_the_cent(void **state)
{
	struct fixture *f = *state;
	struct write_off_done done;
	struct write_off_decision d;
	struct write_off w;
	struct err e = { 0 };

	store_ok(ask(f, (int64_t[]){ f->invoice, f->small }, 2, 123000, "liquidation", &done, &e),
		 e);
	assert_false(done.is_waiting);
	assert_int_equal(done.amount_minor, 123000);
	assert_int_equal(open_of(f, f->invoice), 0);
	assert_int_equal(open_of(f, f->small), 0);
	store_ok(write_off_get(f->db, f->arena, f->entity.id, done.id, &w, &e), e);
	assert_int_equal(w.vat_minor, 20000);
	assert_string_equal(w.state, "done");
	every_law_holds(f);
	d = decision(f, done.id, "user:1", INT64_MAX, false, "");
	assert_false(write_off_undo(f->db, &d, &e));
	assert_int_equal(e.code, ERR_INVALID);
	d.remark = "it was paid after all";
	store_ok(write_off_undo(f->db, &d, &e), e);
	assert_int_equal(open_of(f, f->invoice), 120000);
	assert_int_equal(open_of(f, f->small), 3000);
	assert_false(write_off_undo(f->db, &d, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	every_law_holds(f);
}

static void above_the_limit_a_second_person_with_the_right_decides(void **state)
{
	struct fixture *f = *state;
	struct write_off_done done, again;
	struct write_off_decision d;
	struct err e = { 0 };

	store_ok(ask(f, &f->invoice, 1, 119999, "liquidation", &done, &e), e);
	assert_true(done.is_waiting);
	assert_int_equal(open_of(f, f->invoice), 120000);
	assert_false(ask(f, &f->invoice, 1, INT64_MAX, "again", &again, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	d = decision(f, done.id, "user:1", INT64_MAX, true, NULL);
	assert_false(write_off_decide(f->db, &d, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	d = decision(f, done.id, "user:2", 119999, true, NULL);
	assert_false(write_off_decide(f->db, &d, &e));
	assert_int_equal(e.code, ERR_FORBIDDEN);
	d = decision(f, done.id, "user:2", 120000, true, "agreed");
	store_ok(write_off_decide(f->db, &d, &e), e);
	assert_int_equal(open_of(f, f->invoice), 0);
	assert_false(write_off_decide(f->db, &d, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	every_law_holds(f);
}

static void a_refusal_needs_a_reason_and_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct write_off_done done;
	struct write_off_decision d;
	struct err e = { 0 };

	store_ok(ask(f, &f->invoice, 1, 0, "liquidation", &done, &e), e);
	d = decision(f, done.id, "user:2", INT64_MAX, false, NULL);
	assert_false(write_off_decide(f->db, &d, &e));
	assert_int_equal(e.code, ERR_INVALID);
	d.remark = "the liquidator still pays";
	store_ok(write_off_decide(f->db, &d, &e), e);
	assert_int_equal(open_of(f, f->invoice), 120000);
	/* It may be asked for again. */
	store_ok(ask(f, &f->invoice, 1, 0, "closed now", &done, &e), e);
	every_law_holds(f);
}

static void refuses_what_cannot_be_written_off(void **state)
{
	struct fixture *f = *state;
	const struct {
		int64_t items[2];
		size_t n;
		const char *reason;
		enum err_code code;
	} bad[] = {
		{ { 0 }, 0, "x", ERR_INVALID },
		{ { f->invoice }, 1, "", ERR_INVALID },
		{ { f->credit }, 1, "x", ERR_INVALID },
		{ { f->foreign }, 1, "x", ERR_INVALID },
		{ { f->invoice, f->invoice }, 2, "x", ERR_INVALID },
		{ { 7 }, 1, "x", ERR_NOT_FOUND },
	};
	struct write_off_done done;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		if (ask(f, bad[i].items, bad[i].n, INT64_MAX, bad[i].reason, &done, &e) ||
		    e.code != bad[i].code)
			fail_msg("case %zu: %s %s", i, err_name(e.code), e.msg);
	}
	assert_int_equal(store_i64(f->db, "SELECT count(*) FROM write_off"), 0);
	assert_int_equal(store_i64(f->db, "SELECT count(*) FROM allocation"), 0);
}

static void limits_come_from_the_role_and_the_settings(void **state)
{
	struct fixture *f = *state;
	struct err e = { 0 };
	int64_t limit;

	store_ok(write_off_limit(f->db, f->arena, f->entity.id, "administrator", "EUR", &limit, &e),
		 e);
	assert_int_equal(limit, INT64_MAX);
	store_ok(write_off_limit(f->db, f->arena, f->entity.id, "accountant", "EUR", &limit, &e),
		 e);
	assert_int_equal(limit, 50000);
	store_ok(write_off_limit(f->db, f->arena, f->entity.id, "collector", "EUR", &limit, &e), e);
	assert_int_equal(limit, 0);
	store_run(f->db, "INSERT INTO setting (entity_id, name, value, recorded)"
			 " SELECT id, 'write_off_limit_collector', '12.50', 1 FROM entity");
	store_ok(write_off_limit(f->db, f->arena, f->entity.id, "collector", "EUR", &limit, &e), e);
	assert_int_equal(limit, 1250);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(below_the_limit_it_is_done_at_once_and_undone_to_the_cent),
		TEST(above_the_limit_a_second_person_with_the_right_decides),
		TEST(a_refusal_needs_a_reason_and_changes_nothing),
		TEST(refuses_what_cannot_be_written_off),
		TEST(limits_come_from_the_role_and_the_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
