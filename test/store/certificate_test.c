/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of what was posted alone: whatever is altered afterwards is found by name. */
#include "cash_world.h"

static const char iban[] = "FR7630006000011234567890189";

/* Two customers, three receipts that post alone: by number, by number of two, by account and amount. */
static void a_month(struct cash_world *w)
{
	int64_t dubourg =
		cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg SARL", iban);
	int64_t lenoir = cash_world_customer(w, w->entity.id, "C0002", "Cabinet Lenoir", NULL);
	struct cash_match_report report;

	cash_world_item(w, dubourg, "FA2026-0000012", 120000, CASH_WORLD_DAY - 60);
	cash_world_item(w, dubourg, "FA2026-0000015", 45000, CASH_WORLD_DAY - 50);
	cash_world_item(w, dubourg, "FA2026-0000016", 77700, CASH_WORLD_DAY - 50);
	cash_world_item(w, dubourg, "FA2026-0000044", 10100, CASH_WORLD_DAY - 50);
	cash_world_item(w, lenoir, "FA2026-0000018", 99900, CASH_WORLD_DAY - 30);
	cash_world_entry(w, w->entity.id,
			 &(struct cash_receipt){ "B001", "MENUISERIE DUBOURG", iban,
						 "FA2026-0000012 FA2026-0000015", 165000,
						 CASH_WORLD_DAY });
	cash_world_entry(w, w->entity.id,
			 &(struct cash_receipt){ "B002", "CABINET LENOIR", NULL,
						 "VIR FA2026-0000018", 99900, CASH_WORLD_DAY });
	cash_world_entry(w, w->entity.id,
			 &(struct cash_receipt){ "B003", "MENUISERIE DUBOURG", iban, "VIREMENT",
						 77700, CASH_WORLD_DAY });
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 3);
}

static void each_automatic_posting_has_a_certificate_that_holds(void **state)
{
	struct cash_world *w = *state;

	a_month(w);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM match_certificate"), 3);
	cash_world_clean(w);
	/* It tells what was, so what comes later does not touch it. */
	cash_world_unapply(w, store_i64(w->db, "SELECT id FROM statement_entry"
					       " WHERE reference = 'B001'"));
	cash_world_clean(w);
}

/* An account from which two customers pay says who it is with the number, though no name does. */
static void an_account_of_two_customers_holds(void **state)
{
	struct cash_world *w = *state;
	int64_t dubourg = cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", iban);
	struct cash_match_report report;

	cash_world_customer(w, w->entity.id, "C0002", "Cabinet Lenoir", iban);
	cash_world_item(w, dubourg, "FA2026-0000012", 120000, CASH_WORLD_DAY - 60);
	cash_world_entry(w, w->entity.id,
			 &(struct cash_receipt){ "B001", "", iban, "FA2026-0000012", 120000,
						 CASH_WORLD_DAY });
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 1);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM match_certificate"
					  " WHERE body LIKE '%payer_like%'"),
			 1);
	cash_world_clean(w);
}

#define OF(reference) \
	" WHERE entry_id = (SELECT id FROM statement_entry WHERE reference = '" reference "')"
#define SWAP(from, to, reference) \
	"UPDATE match_certificate SET body = REPLACE(body, '" from "', '" to "')" OF(reference)
#define POSTING(reference)                                                                     \
	" WHERE event_id = (SELECT c.event_id FROM match_certificate c JOIN statement_entry x" \
	" ON x.id = c.entry_id WHERE x.reference = '" reference "')"

static void damage_is_named(void **state)
{
	static const struct {
		const char *sql, *law;
	} damage[] = {
		{ SWAP("\"version\":1", "\"version\":9", "B001"), "certificate_unreadable" },
		{ "UPDATE match_certificate SET body = '{'" OF("B001"), "certificate_unreadable" },
		{ "DELETE FROM match_certificate" OF("B002"), "certificate_missing" },
		{ SWAP("\"entry_minor\":165000", "\"entry_minor\":165001", "B001"),
		  "certificate_entry" },
		{ SWAP("\"currency\":\"EUR\"", "\"currency\":\"USD\"", "B001"),
		  "certificate_entry" },
		{ SWAP("\"left_minor\":0", "\"left_minor\":1", "B001"), "certificate_sum" },
		{ SWAP("\"amount_minor\":120000", "\"amount_minor\":119999", "B001"),
		  "certificate_sum" },
		{ SWAP("\"amount_minor\":45000", "\"amount_minor\":44999", "B001"),
		  "certificate_lines" },
		{ "UPDATE allocation SET amount_minor = amount_minor - 1" POSTING("B002"),
		  "certificate_lines" },
		{ "DELETE FROM allocation" POSTING("B003"), "certificate_lines" },
		{ SWAP("\"open_minor\":120000", "\"open_minor\":130000", "B001"),
		  "certificate_open" },
		{ SWAP("\"open_minor\":99900", "\"open_minor\":99800", "B002"),
		  "certificate_open" },
		{ "UPDATE item SET customer_id = (SELECT id FROM customer WHERE code = 'C0001')"
		  " WHERE document = 'FA2026-0000018'",
		  "certificate_item" },
		{ "UPDATE statement_entry SET remittance = 'VIR FA2026-0000019'"
		  " WHERE reference = 'B002'",
		  "certificate_quote" },
		{ "UPDATE statement_entry SET remittance = 'FA2026-0000018 VIR'"
		  " WHERE reference = 'B002'",
		  "certificate_quote" },
		{ "UPDATE item SET document = 'FA2026-7777777' WHERE document = 'FA2026-0000018'",
		  "certificate_quote" },
		{ "UPDATE statement_entry SET payer_iban = 'FR7699999999999999999999999'"
		  " WHERE reference = 'B003'",
		  "certificate_payer" },
		{ "UPDATE customer SET iban = NULL WHERE code = 'C0001'", "certificate_payer" },
	};
	struct cash_world *w = *state;
	struct err e = { 0 };

	a_month(w);
	for (size_t i = 0; i < ARRAY_LEN(damage); i++) {
		int64_t changed;
		store_ok(db_begin(w->db, &e), e);
		store_ok(db_exec(w->db, damage[i].sql, DB_NO_PARAMS, &changed, &e), e);
		if (changed == 0)
			fail_msg("row %zu damages nothing: %s", i, damage[i].sql);
		if (!cash_world_breaks(w, damage[i].law))
			fail_msg("row %zu is not found as %s: %s", i, damage[i].law, damage[i].sql);
		db_rollback(w->db);
	}
	cash_world_clean(w);
}

/* A second document of that amount that was open then, and that the certificate says nothing of. */
static void another_choice_is_found(void **state)
{
	struct cash_world *w = *state;
	struct err e = { 0 };

	a_month(w);
	store_run(w->db, "UPDATE match_certificate SET body ="
			 " REPLACE(body, '\"all_counted\":false', '\"all_counted\":true')");
	cash_world_clean(w);
	store_ok(db_begin(w->db, &e), e);
	store_run(w->db, "UPDATE item SET amount_minor = 77700 WHERE document = 'FA2026-0000044'");
	assert_true(cash_world_breaks(w, "certificate_alternative"));
	db_rollback(w->db);
	/* Equal documents are a choice, whether all others were counted or not. */
	store_ok(db_begin(w->db, &e), e);
	store_run(w->db, SWAP("\"all_counted\":true", "\"all_counted\":false", "B003"));
	cash_world_clean(w);
	store_run(w->db, "UPDATE item SET amount_minor = 77700 WHERE document = 'FA2026-0000044'");
	assert_true(cash_world_breaks(w, "certificate_alternative"));
	db_rollback(w->db);
	store_ok(db_begin(w->db, &e), e);
	store_run(w->db, "UPDATE item SET amount_minor = 67600 WHERE document = 'FA2026-0000016'");
	assert_true(cash_world_breaks(w, "certificate_alternative")); /* 67600 and 10100 */
	db_rollback(w->db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, cash_world_setup, cash_world_teardown)
		TEST(each_automatic_posting_has_a_certificate_that_holds),
		TEST(an_account_of_two_customers_holds),
		TEST(damage_is_named),
		TEST(another_choice_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
