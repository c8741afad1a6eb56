/* SPDX-License-Identifier: Apache-2.0 */
/* What people say of items: the newest counts, the history stays, undo restores, refusals change nothing. */
#include "store.h"

#include "ledger/entity.h"
#include "ledger/item_mark.h"
#include "ledger/post.h"

enum { NOW = 1000, N_ITEMS = 3 };

static const day_t today = 20728; /* 2026-10-02 */

struct fixture {
	struct db *db;
	struct arena *arena;
	struct entity entity;
	int64_t customer;
	int64_t item[N_ITEMS];
	int64_t waiting, legal;
};

static bool seed_tx(struct db *db, void *arg, struct err *e)
{
	struct fixture *f = arg;
	struct posting p;

	if (!posting_begin(&p, db, f->entity.id, "test.seeded", "entity", f->entity.id, "test",
			   "csv", NOW, "{}", e) ||
	    !db_new_id(db, &f->customer, e) ||
	    !db_exec(db,
		     "INSERT INTO customer (id, entity_id, code, name, name_key, currency, source,"
		     " event_id, recorded) VALUES ($1, $2, 'C1', 'C1', 'C1', 'EUR', 'test', $3, 1)",
		     DB_PARAMS(P_I64(f->customer), P_I64(f->entity.id), P_I64(p.event_id)), NULL,
		     e))
		return false;
	for (size_t i = 0; i < N_ITEMS; i++)
		if (!post_item(&p,
			       &(struct new_item){ .customer_id = f->customer,
						   .kind = ITEM_INVOICE,
						   .document = i == 0   ? "F0"
							       : i == 1 ? "F1"
									: "F2",
						   .issued_on = today - 40,
						   .due_on = today - 10,
						   .due_source = DUE_FROM_ITEM_FILE,
						   .amount_minor = 10000,
						   .currency = "EUR",
						   .effective = today - 40 },
			       &f->item[i], e))
			return false;
	return true;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct err e = { 0 };

	store_company(&f->db, &f->arena, &f->entity, seed_tx, f, NOW);
	store_ok(item_status_save(f->db, f->entity.id,
				  &(struct item_status){ .type = "En cours",
							 .name = "bon de commande demandé",
							 .follow_up_days = 12,
							 .stops_reminders = true },
				  "test", NOW, &f->waiting, &e) &&
			 item_status_save(
				 f->db, f->entity.id,
				 &(struct item_status){ .type = "Juridique", .name = "avocat" },
				 "test", NOW, &f->legal, &e),
		 e);
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

static bool mark(struct fixture *f, enum item_mark_kind kind, bool is_on, size_t n,
		 int64_t status_id, day_t until_on, const char *reason, int64_t now,
		 int64_t *ret_event, struct err *e)
{
	return item_mark_set(f->db,
			     &(struct item_marking){ .entity_id = f->entity.id,
						     .items = f->item,
						     .n_items = n,
						     .kind = kind,
						     .is_on = is_on,
						     .status_id = status_id,
						     .until_on = until_on,
						     .today = today,
						     .reason = reason,
						     .actor = "test",
						     .now = now },
			     ret_event, e);
}

static size_t in_force(struct fixture *f, int64_t known_at, struct item_mark **ret)
{
	struct err e = { 0 };
	size_t n;

	store_ok(item_mark_list(f->db, f->arena, f->entity.id, 0, known_at, ret, &n, &e), e);
	return n;
}

static void a_status_takes_its_own_delay_and_stops_reminders_so_long(void **state)
{
	struct fixture *f = *state;
	struct item_mark *m;
	struct err e = { 0 };

	store_ok(mark(f, MARK_STATUS, true, 2, f->waiting, DAY_NONE, NULL, NOW, NULL, &e), e);
	assert_int_equal(in_force(f, 0, &m), 2);
	assert_int_equal(m[0].until_on, today + 12);
	assert_true(item_mark_stops(&m[0], today + 12));
	assert_false(item_mark_stops(&m[0], today + 13));
	store_ok(mark(f, MARK_STATUS, true, 1, f->legal, DAY_NONE, NULL, NOW + 1, NULL, &e), e);
	assert_int_equal(in_force(f, 0, &m), 2);
	assert_string_equal(m[0].name, "avocat");
	assert_false(item_mark_stops(&m[0], today));
	/* As it was known before. */
	assert_int_equal(in_force(f, NOW, &m), 2);
	assert_string_equal(m[0].name, "bon de commande demandé");
	assert_int_equal(in_force(f, NOW - 1, &m), 0);
}

static void an_exclusion_has_a_reason_and_an_end(void **state)
{
	struct fixture *f = *state;
	struct item_mark *m;
	struct err e = { 0 };

	assert_false(mark(f, MARK_EXCLUDED, true, 3, 0, DAY_NONE, "x", NOW, NULL, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_false(mark(f, MARK_EXCLUDED, true, 3, 0, today + 5, "", NOW, NULL, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_false(mark(f, MARK_EXCLUDED, true, 3, 0, today - 1, "x", NOW, NULL, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_false(mark(f, MARK_EXCLUDED, true, 0, 0, today + 5, "x", NOW, NULL, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_false(mark(f, MARK_STATUS, true, 1, 7, DAY_NONE, NULL, NOW, NULL, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(store_i64(f->db, "SELECT count(*) FROM item_mark"), 0);
	assert_int_equal(store_i64(f->db, "SELECT count(*) FROM event WHERE kind LIKE 'item.%'"),
			 0);
	store_ok(mark(f, MARK_EXCLUDED, true, 3, 0, today + 5, "avenant en cours", NOW, NULL, &e),
		 e);
	assert_int_equal(in_force(f, 0, &m), 3);
	assert_true(item_mark_stops(&m[2], today + 5));
	assert_false(item_mark_stops(&m[2], today + 6));
	/* It stays in every total. */
	assert_int_equal(
		store_i64(f->db, "SELECT CAST(sum(open_minor) AS BIGINT) FROM item_balance"),
		30000);
}

static void undoing_gives_back_what_was_said_before(void **state)
{
	struct fixture *f = *state;
	struct item_mark *m;
	struct err e = { 0 };
	int64_t first, second;
	size_t n;

	store_ok(mark(f, MARK_STATUS, true, 1, f->waiting, today + 3, "a", NOW, &first, &e), e);
	store_ok(mark(f, MARK_STATUS, true, 3, f->legal, DAY_NONE, "b", NOW + 1, &second, &e), e);
	assert_false(item_mark_undo(f->db, f->entity.id, first, "test", NOW + 2, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	store_ok(item_mark_undo(f->db, f->entity.id, second, "test", NOW + 3, &e), e);
	assert_int_equal(in_force(f, 0, &m), 1);
	assert_int_equal(m[0].status_id, f->waiting);
	assert_int_equal(m[0].until_on, today + 3);
	assert_string_equal(m[0].reason, "a");
	store_ok(item_mark_history(f->db, f->arena, f->entity.id, f->item[0], 0, &m, &n, &e), e);
	assert_int_equal(n, 3);
	assert_false(item_mark_undo(f->db, f->entity.id, 7, "test", NOW, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	store_ok(mark(f, MARK_STATUS, false, 1, 0, DAY_NONE, NULL, NOW + 4, NULL, &e), e);
	assert_int_equal(in_force(f, 0, &m), 0);
}

static void the_list_refuses_doubles_and_old_versions(void **state)
{
	struct fixture *f = *state;
	struct item_status *list, s;
	struct err e = { 0 };
	size_t n;

	store_ok(item_status_list(f->db, f->arena, f->entity.id, false, &list, &n, &e), e);
	assert_int_equal(n, 2);
	s = (struct item_status){ .type = "Juridique", .name = "avocat" };
	assert_false(item_status_save(f->db, f->entity.id, &s, "test", NOW, NULL, &e));
	assert_int_equal(e.code, ERR_DUPLICATE);
	s = (struct item_status){ .type = "", .name = "avocat" };
	assert_false(item_status_save(f->db, f->entity.id, &s, "test", NOW, NULL, &e));
	assert_int_equal(e.code, ERR_INVALID);
	s = list[1];
	s.is_hidden = true;
	store_ok(item_status_save(f->db, f->entity.id, &s, "test", NOW, NULL, &e), e);
	assert_false(item_status_save(f->db, f->entity.id, &s, "test", NOW, NULL, &e));
	assert_int_equal(e.code, ERR_STALE);
	store_ok(item_status_list(f->db, f->arena, f->entity.id, false, &list, &n, &e), e);
	assert_int_equal(n, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_status_takes_its_own_delay_and_stops_reminders_so_long),
		TEST(an_exclusion_has_a_reason_and_an_end),
		TEST(undoing_gives_back_what_was_said_before),
		TEST(the_list_refuses_doubles_and_old_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
