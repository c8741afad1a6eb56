/* SPDX-License-Identifier: Apache-2.0 */
/* What a receipt lacks of its document: charges that the bank tells, and the accounts that differences are booked on. */
#include "cash_world.h"

#include "bank/statement_stage.h"

static int64_t receipt_of(struct cash_world *w, int64_t minor, const char *other_refs)
{
	int64_t id = cash_world_entry(w, w->entity.id,
				      &(struct cash_receipt){ .reference = "B001",
							      .name = "Menuiserie Dubourg SARL",
							      .text = "FA2026-0000012",
							      .minor = minor,
							      .on = CASH_WORLD_DAY });
	struct err e = { 0 };

	store_ok(db_exec(w->db, "UPDATE statement_entry SET other_refs = $2 WHERE id = $1",
			 DB_PARAMS(P_I64(id), P_TEXT(other_refs)), NULL, &e),
		 e);
	return id;
}

static int64_t on_account(struct cash_world *w, const char *account)
{
	int64_t minor;
	struct err e = { 0 };

	store_ok(db_get_i64(w->db,
			    "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM item"
			    " WHERE account = $1",
			    DB_PARAMS(P_TEXT(account)), 0, &minor, &e),
		 e);
	return minor;
}

static void reads_charges_of_the_entry_or_its_only_transaction(void **state)
{
	(void)state;
	assert_int_equal(entry_charges("{\"charges\":\"12.00 EUR\"}", "EUR"), 1200);
	assert_int_equal(entry_charges("{\"entry_charges\":\"1.50 EUR\"}", "EUR"), 150);
	assert_int_equal(
		entry_charges("{\"entry_charges\":\"9.00 EUR\",\"charges\":\"1.50 EUR\"}", "EUR"),
		150);
	assert_int_equal(entry_charges("{\"charges\":\"12.00 USD\"}", "EUR"), 0);
	assert_int_equal(entry_charges("{\"charges\":\"-12.00 EUR\"}", "EUR"), 0);
	assert_int_equal(entry_charges("{\"charges\":\"12.00\"}", "EUR"), 0);
	assert_int_equal(entry_charges("{\"charges\":12}", "EUR"), 0);
	assert_int_equal(entry_charges("{\"charges\":", "EUR"), 0);
	assert_int_equal(entry_charges("{\"batch_charges\":\"12.00 EUR\"}", "EUR"), 0);
	assert_int_equal(entry_charges(NULL, "EUR"), 0);
}

/* What was withheld of a whole batch was withheld of none of its payments. */
static void charges_of_a_batch_are_of_none_of_its_payments(void **state)
{
	struct cash_world *w = *state;
	struct staging s = { .arena = w->arena };
	struct camt_statement st = { .kind = FORMAT_CAMT053, .id = "S", .currency = "EUR" };
	struct camt_tx tx[] = {
		{ .has_amount = true, .minor = 1000, .currency = "EUR", .end_to_end_id = "E1" },
		{ .has_amount = true,
		  .minor = 2000,
		  .currency = "EUR",
		  .end_to_end_id = "E2",
		  .has_charges = true,
		  .charges_minor = 70,
		  .charges_currency = "EUR" },
	};
	struct camt_entry en = { .index = 1,
				 .ref = "B1",
				 .minor = 3000,
				 .currency = "EUR",
				 .is_booked = true,
				 .booked_on = CASH_WORLD_DAY,
				 .value_on = CASH_WORLD_DAY,
				 .details_agree = true,
				 .has_charges = true,
				 .charges_minor = 150,
				 .charges_currency = "EUR",
				 .n_tx = 2,
				 .tx = tx };
	const struct staged_entry *at;
	struct err e = { 0 };

	store_ok(statement_take(&s,
				&(struct record){ .kind = RECORD_CAMT_STATEMENT, .statement = &st },
				&e),
		 e);
	store_ok(
		statement_take(&s, &(struct record){ .kind = RECORD_CAMT_ENTRY, .entry = &en }, &e),
		e);
	en.n_tx = 1;
	en.minor = 1000;
	store_ok(
		statement_take(&s, &(struct record){ .kind = RECORD_CAMT_ENTRY, .entry = &en }, &e),
		e);
	assert_int_equal(s.statements.at[0].entries.n, 3);
	at = s.statements.at[0].entries.at;
	assert_int_equal(entry_charges(at[0].other_refs, "EUR"), 0);
	assert_non_null(strstr(at[0].other_refs, "1.50 EUR"));
	assert_int_equal(entry_charges(at[1].other_refs, "EUR"), 70);
	assert_int_equal(entry_charges(at[2].other_refs, "EUR"), 150);
}

static void charges_that_the_bank_tells_pay_what_is_missing(void **state)
{
	struct cash_world *w = *state;
	int64_t who =
		cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg SARL", NULL);
	int64_t entry, item;
	struct cash_match_report report;

	item = cash_world_item(w, who, "FA2026-0000012", 100000, CASH_WORLD_DAY - 20);
	entry = receipt_of(w, 100000 - 1237, "{\"charges\":\"12.37 EUR\"}");
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(cash_world_get(w, entry).state, ENTRY_MATCHED);
	assert_non_null(strstr(cash_world_get(w, entry).reason, "charges_said"));
	assert_int_equal(cash_world_open_of(w, item), 0);
}

static void charges_of_another_amount_explain_nothing(void **state)
{
	struct cash_world *w = *state;
	int64_t who =
		cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg SARL", NULL);
	int64_t entry, item;
	struct cash_match_report report;

	item = cash_world_item(w, who, "FA2026-0000012", 100000, CASH_WORLD_DAY - 20);
	entry = receipt_of(w, 100000 - 1237, "{\"charges\":\"3.00 EUR\"}");
	cash_world_match(w, w->entity.id, &report);
	/* What is missing stays open: nobody says that it is a charge. */
	assert_null(strstr(cash_world_get(w, entry).reason, "charges"));
	assert_int_equal(cash_world_open_of(w, item), 1237);
}

static void cents_are_a_difference_and_no_charge(void **state)
{
	struct cash_world *w = *state;
	int64_t who =
		cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg SARL", NULL);
	int64_t owed = cash_world_item(w, who, "FA2026-0000012", 100000, CASH_WORLD_DAY - 20);
	int64_t owing = cash_world_item(w, who, "AV2026-0000001", -5000, CASH_WORLD_DAY - 20);
	int64_t entry = receipt_of(w, 100000 - 3 - 4998, NULL);
	const struct cash_line lines[] = { { owed, 99997, MATCH_ALLOCATION },
					   { owed, 3, MATCH_ROUNDING },
					   { owing, -4998, MATCH_ALLOCATION },
					   { owing, -2, MATCH_ROUNDING } };

	cash_world_apply(w, entry, lines, ARRAY_LEN(lines));
	assert_int_equal(cash_world_open_of(w, owed), 0);
	assert_int_equal(cash_world_open_of(w, owing), 0);
	assert_int_equal(on_account(w, "658"), -3);
	assert_int_equal(on_account(w, "758"), 2);
	assert_int_equal(on_account(w, "627"), 0);
	cash_world_clean(w);
	cash_world_unapply(w, entry);
	assert_int_equal(cash_world_open_of(w, owed), 100000);
	assert_int_equal(cash_world_open_of(w, owing), -5000);
	cash_world_clean(w);
}

static void every_kind_of_a_line_has_a_name(void **state)
{
	static const enum match_kind kinds[] = { MATCH_ALLOCATION, MATCH_DISCOUNT, MATCH_FEE,
						 MATCH_ROUNDING };
	enum match_kind kind;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		assert_true(match_kind_of(match_kind_name(kinds[i]), &kind));
		assert_int_equal(kind, kinds[i]);
	}
	assert_false(match_kind_of("gift", &kind));
	assert_false(match_kind_of("", &kind));
}

int main(void)
{
#define FACT(test) cmocka_unit_test_setup_teardown(test, cash_world_setup, cash_world_teardown)
	const struct CMUnitTest tests[] = {
		FACT(reads_charges_of_the_entry_or_its_only_transaction),
		FACT(charges_of_a_batch_are_of_none_of_its_payments),
		FACT(charges_that_the_bank_tells_pay_what_is_missing),
		FACT(charges_of_another_amount_explain_nothing),
		FACT(cents_are_a_difference_and_no_charge),
		FACT(every_kind_of_a_line_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
