/* SPDX-License-Identifier: Apache-2.0 */
/* What a run of the matching is told, and how it writes. */
#include "cash_world.h"

#include "cash/cash_input.h"

static void money_for_another_company_is_proposed_and_never_posted(void **state)
{
	struct cash_world *w = *state;
	int64_t other = cash_world_entity(w, "NORD", "Société Nord");
	int64_t dubourg = cash_world_customer(w, other, "N0001", "Menuiserie Dubourg SARL",
					      "FR7630006000011234567890189");
	int64_t item = cash_world_item(w, dubourg, "ND2026-004711", 120000, CASH_WORLD_DAY - 60);
	int64_t id = cash_world_entry(
		w, w->entity.id,
		&(struct cash_receipt){ "B001", "MENUISERIE DUBOURG", "FR7630006000011234567890189",
					"ND2026-004711", 120000, CASH_WORLD_DAY });
	struct cash_match_report report;
	struct cash_decision d = { .entity_id = w->entity.id,
				   .entry_id = id,
				   .actor = "user:1",
				   .customer_id = dubourg,
				   .lines = &(struct cash_line){ .item_id = item,
								 .amount_minor = 120000 },
				   .n_lines = 1,
				   .now = 2000 };
	struct cash_proposal *list;
	struct cash_detail *lines;
	struct err e = { 0 };
	size_t n;

	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 0);
	assert_int_equal(report.n_proposed, 1);
	assert_int_equal(report.answers[0].result->stop.why, WHY_other_entity);
	assert_string_equal(report.answers[0].result->stop.text, "Société Nord");
	store_ok(cash_proposal_list(w->db, w->arena, id, &list, &n, &e), e);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].customer_id, dubourg);
	store_ok(cash_detail_of_lines(w->db, w->arena, list[0].lines, &lines, &n, &e), e);
	assert_string_equal(lines[0].document, "ND2026-004711");
	assert_false(cash_apply(w->db, &d, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(cash_world_open_of(w, item), 120000);
	/* The other company's own run does not see the entry. */
	cash_world_match(w, other, &report);
	assert_int_equal(report.n, 0);
	cash_world_clean(w);
}

static void what_the_company_can_explain_is_not_looked_for_elsewhere(void **state)
{
	struct cash_world *w = *state;
	int64_t other = cash_world_entity(w, "NORD", "Société Nord");
	static const char iban[] = "FR7630006000011234567890189";
	int64_t here = cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", iban);
	int64_t there = cash_world_customer(w, other, "N0001", "Menuiserie Dubourg", iban);
	struct cash_match_report report;

	cash_world_item(w, here, "FA2026-0000012", 120000, CASH_WORLD_DAY - 60);
	cash_world_item(w, there, "FA2026-0000012", 120000, CASH_WORLD_DAY - 60);
	cash_world_entry(w, w->entity.id,
			 &(struct cash_receipt){ "B001", "MENUISERIE DUBOURG", iban,
						 "FA2026-0000012", 120000, CASH_WORLD_DAY });
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 1);
	assert_true(report.answers[0].result->explanations[0].customer == 0);
	cash_world_clean(w);
}

static void attribute(struct cash_world *w, int64_t customer_id, const char *name,
		      const char *value)
{
	struct err e = { 0 };

	store_ok(db_exec(w->db,
			 "INSERT INTO customer_attribute (customer_id, name, value, event_id,"
			 " recorded) VALUES ($1, $2, $3, $4, 1)",
			 DB_PARAMS(P_I64(customer_id), P_TEXT(name), P_TEXT(value),
				   P_I64(w->event_id)),
			 NULL, &e),
		 e);
}

static void the_matching_is_told_what_the_ledger_knows(void **state)
{
	static const struct {
		const char *name, *value;
		int per_myriad, days;
	} discounts[] = {
		{ "escompte", "2 % 10 jours", 200, 10 },
		{ "Escompte", "2,5%", 250, 0 },
		{ "discount", "1.25/8", 125, 8 },
		{ "discount", "none", 0, 0 },
		{ "discount", "90 %", 0, 0 },
		{ "discount", "-2", 0, 0 },
	};
	struct cash_world *w = *state;
	struct cash_input in;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(discounts); i++) {
		int64_t id = cash_world_customer(w, w->entity.id,
						 arena_printf(w->arena, "C%03zu", i), "X", NULL);
		attribute(w, id, discounts[i].name, discounts[i].value);
		attribute(w, id, "Nom commercial", "Chez Léon");
		cash_world_item(w, id, "FA1", 100, CASH_WORLD_DAY);
	}
	store_run(w->db, "UPDATE item SET order_ref = 'CDE-77' WHERE customer_id ="
			 " (SELECT id FROM customer WHERE code = 'C002')");
	store_run(w->db, "UPDATE customer SET vat_number = 'FR34300141934' WHERE code = 'C003'");
	store_ok(cash_input_load(w->db, w->arena, w->entity.id, CASH_WORLD_DAY, &in, &e), e);
	assert_int_equal(in.match.n_customers, ARRAY_LEN(discounts));
	for (size_t i = 0; i < ARRAY_LEN(discounts); i++) {
		assert_int_equal(in.match.customers[i].discount_per_myriad,
				 discounts[i].per_myriad);
		assert_int_equal(in.match.customers[i].discount_days, discounts[i].days);
		assert_string_equal(in.match.customers[i].trade_name, "Chez Léon");
		assert_int_equal(in.match.customers[i].entity_id, w->entity.id);
	}
	assert_string_equal(in.match.items[2].order_ref, "CDE-77");
	assert_null(in.match.items[3].order_ref);
	assert_string_equal(in.match.customers[3].vat_number, "FR34300141934");
}

/* ---- many at once ---- */

enum { MANY = 450 };

static void fill_many(struct cash_world *w, int64_t *item, int64_t *entry)
{
	int64_t who = cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg",
					  "FR7630006000011234567890189");

	for (int i = 0; i < MANY; i++) {
		const char *document = arena_printf(w->arena, "FA2026-%07d", 1000 + i * 7);
		item[i] = cash_world_item(w, who, document, 10000 + i * 13, CASH_WORLD_DAY - 60);
		entry[i] = cash_world_entry(
			w, w->entity.id,
			&(struct cash_receipt){ arena_printf(w->arena, "B%04d", i),
						"MENUISERIE DUBOURG", "FR7630006000011234567890189",
						document, 10000 + i * 13, CASH_WORLD_DAY });
	}
}

static void many_entries_are_posted_and_a_second_run_changes_nothing(void **state)
{
	struct cash_world *w = *state;
	struct cash_match_report report;
	int64_t item[MANY], entry[MANY], events;

	fill_many(w, item, entry);
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, MANY);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(cash_world_open_of(w, item[i]), 0);
	assert_int_equal(
		store_i64(w->db, "SELECT COUNT(*) FROM event WHERE kind = 'entry.matched'"), MANY);
	events = store_i64(w->db, "SELECT COUNT(*) FROM event");
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n, 0);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM event"), events);
	cash_world_clean(w);
}

/* Somebody takes one entry away while the run has decided already. */
struct thief {
	struct cash_world *w;
	int64_t entry_id;
	bool has_struck;
};

static void steal(void *arg, int64_t done, int64_t total)
{
	struct thief *t = arg;
	struct cash_decision d = { .entity_id = t->w->entity.id,
				   .entry_id = t->entry_id,
				   .actor = "user:1",
				   .now = 4000 };
	struct err e = { 0 };

	(void)done, (void)total;
	if (t->has_struck)
		return;
	t->has_struck = true;
	store_ok(cash_ignore(t->w->db, &d, &e), e);
}

static void one_lost_race_costs_that_entry_alone(void **state)
{
	struct cash_world *w = *state;
	struct cash_match_report report;
	int64_t item[MANY], entry[MANY];
	struct thief thief = { .w = w };
	struct cash_match_options o = { .entity_id = w->entity.id,
					.date = CASH_WORLD_DAY + 90,
					.actor = "test",
					.now = 5000,
					.progress = steal,
					.progress_arg = &thief };
	struct err e = { 0 };

	fill_many(w, item, entry);
	/* Progress is told before a batch is written. */
	thief.entry_id = entry[250];
	store_run(w->db, "UPDATE statement_entry SET state = 'ignored', version = version + 1"
			 " WHERE reference = 'B0007'");
	store_ok(cash_match(w->db, w->arena, &o, &report, &e), e);
	assert_true(thief.has_struck);
	assert_int_equal(report.n, MANY - 1);
	assert_int_equal(report.n_auto, MANY - 2);
	assert_int_equal(cash_world_open_of(w, item[250]), 10000 + 250 * 13);
	assert_int_equal(cash_world_open_of(w, item[251]), 0);
	assert_int_equal(cash_world_get(w, entry[250]).state, ENTRY_IGNORED);
}

/* ---- what a person took back ---- */

static void the_rival_of_what_was_taken_back_is_left_to_a_person(void **state)
{
	struct cash_world *w = *state;
	struct cash_receipt receipt = { "B001", "MENUISERIE DUBOURG", "", "FA2026-0001000",
					120000, CASH_WORLD_DAY };
	int64_t who = cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", NULL);
	int64_t item = cash_world_item(w, who, "FA2026-0001000", 120000, CASH_WORLD_DAY - 60);
	int64_t first = cash_world_entry(w, w->entity.id, &receipt), second;
	struct cash_match_report report;

	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(cash_world_get(w, first).state, ENTRY_MATCHED);
	receipt.reference = "B002";
	second = cash_world_entry(w, w->entity.id, &receipt);
	cash_world_unapply(w, first);
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 0);
	assert_int_equal(cash_world_open_of(w, item), 120000);
	assert_int_equal(cash_world_get(w, first).state, ENTRY_PROPOSED);
	assert_int_equal(cash_world_get(w, second).state, ENTRY_PROPOSED);
	/* Decided by a person, the other one is an ordinary receipt again. */
	store_run(w->db, "UPDATE statement_entry SET state = 'ignored', version = version + 1"
			 " WHERE reference = 'B001'");
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(cash_world_get(w, second).state, ENTRY_MATCHED);
	assert_int_equal(cash_world_open_of(w, item), 0);
	cash_world_clean(w);
}

/* A number one digit away from an open document's is a slip of the pen, unless it is that of a document that the
 * same customer has paid. */
static void a_document_paid_twice_is_no_slip_of_the_pen(void **state)
{
	struct cash_world *w = *state;
	struct cash_receipt receipt = { "B001", "MENUISERIE DUBOURG", "", "FACTURE FA2026-0048681",
					80000,  CASH_WORLD_DAY };
	int64_t who = cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", NULL);
	int64_t other = cash_world_customer(w, w->entity.id, "C0002", "Cabinet Lenoir", NULL);
	int64_t paid = cash_world_item(w, who, "FA2026-0048681", 80000, CASH_WORLD_DAY - 90);
	int64_t first = cash_world_entry(w, w->entity.id, &receipt), second, third;
	struct cash_match_report report;
	int64_t item;

	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(cash_world_get(w, first).state, ENTRY_MATCHED);
	assert_int_equal(cash_world_open_of(w, paid), 0);
	item = cash_world_item(w, who, "FA2026-0048631", 80000, CASH_WORLD_DAY - 60);
	receipt.reference = "B002";
	second = cash_world_entry(w, w->entity.id, &receipt);
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(cash_world_get(w, second).state, ENTRY_PROPOSED);
	assert_int_equal(cash_world_open_of(w, item), 80000);
	/* Somebody else's number says nothing of the kind. */
	cash_world_item(w, other, "FA2026-0058681", 1000, CASH_WORLD_DAY - 60);
	item = cash_world_item(w, other, "FA2026-0048671", 90000, CASH_WORLD_DAY - 60);
	receipt = (struct cash_receipt){ "B003", "CABINET LENOIR", "", "FACTURE FA2026-0048681",
					 90000,  CASH_WORLD_DAY };
	third = cash_world_entry(w, w->entity.id, &receipt);
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(cash_world_get(w, third).state, ENTRY_MATCHED);
	assert_int_equal(cash_world_open_of(w, item), 0);
	cash_world_clean(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, cash_world_setup, cash_world_teardown)
		TEST(money_for_another_company_is_proposed_and_never_posted),
		TEST(what_the_company_can_explain_is_not_looked_for_elsewhere),
		TEST(the_matching_is_told_what_the_ledger_knows),
		TEST(many_entries_are_posted_and_a_second_run_changes_nothing),
		TEST(one_lost_race_costs_that_entry_alone),
		TEST(the_rival_of_what_was_taken_back_is_left_to_a_person),
		TEST(a_document_paid_twice_is_no_slip_of_the_pen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
