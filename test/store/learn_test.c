/* SPDX-License-Identifier: Apache-2.0 */
/* What decisions teach of payers and of the machine's answers; and how it is forgotten. */
#include "cash_world.h"

#include "cash/calibration.h"
#include "cash/habits.h"
#include "cash/learn.h"

static const char strange[] = "DE89370400440532013000";

struct cast {
	int64_t dubourg, lenoir;
};

static struct cast two_customers(struct cash_world *w)
{
	return (struct cast){
		cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", NULL),
		cash_world_customer(w, w->entity.id, "C0002", "Cabinet Lenoir", NULL)
	};
}

/* A receipt of a payment centre for one document of that customer, applied by a person. */
static int64_t paid_by_hand(struct cash_world *w, int64_t customer_id, int n, int64_t *ret_item)
{
	const char *document = arena_printf(w->arena, "FA2026-%07d", n);
	int64_t item = cash_world_item(w, customer_id, document, 10000 + n, CASH_WORLD_DAY - 60);
	int64_t entry = cash_world_entry(
		w, w->entity.id,
		&(struct cash_receipt){ arena_printf(w->arena, "B%03d", n), "ZENTRALE GMBH",
					strange, "SAMMELZAHLUNG", 10000 + n, CASH_WORLD_DAY });

	cash_world_apply(w, entry,
			 &(struct cash_line){ .item_id = item, .amount_minor = 10000 + n }, 1);
	if (ret_item)
		*ret_item = item;
	return entry;
}

static struct learned_payer known(struct cash_world *w, int64_t customer_id)
{
	struct learned_payer *list;
	struct err e = { 0 };
	size_t n;

	store_ok(learned_list(w->db, w->arena, w->entity.id, customer_id, &list, &n, &e), e);
	return n ? list[0] : (struct learned_payer){ 0 };
}

static void each_confirmation_counts(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	struct learned_payer l;

	for (int i = 1; i <= 3; i++)
		paid_by_hand(w, c.dubourg, i, NULL);
	l = known(w, c.dubourg);
	assert_string_equal(l.iban, strange);
	assert_string_equal(l.name_key, "ZENTRALE GMBH");
	assert_int_equal(l.n_for, 3);
	assert_int_equal(l.n_against, 0);
	assert_true(l.is_alive);
	assert_int_equal(known(w, c.lenoir).n_for, 0);
}

static void a_false_payer_dies_of_contradictions(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);

	paid_by_hand(w, c.dubourg, 1, NULL);
	paid_by_hand(w, c.dubourg, 2, NULL);
	assert_true(known(w, c.dubourg).is_alive);
	paid_by_hand(w, c.lenoir, 3, NULL);
	assert_int_equal(known(w, c.dubourg).n_against, 1);
	assert_false(known(w, c.dubourg).is_alive); /* twice for, twice its one against */
	assert_true(known(w, c.lenoir).is_alive);
}

static void undoing_a_decision_unteaches_it(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	int64_t first, second;

	first = paid_by_hand(w, c.dubourg, 1, NULL);
	second = paid_by_hand(w, c.lenoir, 2, NULL);
	assert_int_equal(known(w, c.dubourg).n_against, 1);
	cash_world_unapply(w, second);
	assert_int_equal(known(w, c.dubourg).n_against, 0);
	assert_int_equal(known(w, c.lenoir).n_for, 0);
	cash_world_unapply(w, first);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM payer_alias"), 0);
}

/* An account that is known posts; but what was posted alone does not make it better known. */
static void the_machine_does_not_confirm_itself(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	struct cash_match_report report;
	int64_t n, entry;

	for (int i = 1; i <= 3; i++)
		paid_by_hand(w, c.dubourg, i, NULL);
	n = store_i64(w->db, "SELECT COUNT(*) FROM payer_alias");
	cash_world_item(w, c.dubourg, "FA2026-0000077", 77700, CASH_WORLD_DAY - 60);
	entry = cash_world_entry(w, w->entity.id,
				 &(struct cash_receipt){ "B077", "ZENTRALE GMBH", strange,
							 "FA2026-0000077", 77700, CASH_WORLD_DAY });
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 1);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM payer_alias"), n);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM match_outcome"), 0);
	/* Taken back by a person: it was wrong, and so was what it relied on. */
	cash_world_unapply(w, entry);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM match_outcome WHERE is_auto = 1"
					  " AND is_right = 0"),
			 1);
	assert_int_equal(known(w, c.dubourg).n_against, 1);
	assert_true(known(w, c.dubourg).is_alive);
	cash_world_clean(w);
}

static void the_first_explanation_is_counted_right_or_wrong(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	struct cash_match_report report;
	int64_t item[2], entry[2];

	item[0] = cash_world_item(w, c.dubourg, "FA2026-0000012", 33300, CASH_WORLD_DAY - 60);
	item[1] = cash_world_item(w, c.dubourg, "FA2026-0000013", 33300, CASH_WORLD_DAY - 50);
	for (int i = 0; i < 2; i++)
		entry[i] = cash_world_entry(
			w, w->entity.id,
			&(struct cash_receipt){ arena_printf(w->arena, "B00%d", i),
						"MENUISERIE DUBOURG", NULL, "VIREMENT", 33300,
						CASH_WORLD_DAY });
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 0); /* two equal documents: a person decides */
	assert_true(report.answers[0].result->n_explanations > 0);
	for (int i = 0; i < 2; i++) {
		struct learn_first first;
		struct err e = { 0 };
		bool is_first;
		store_ok(learn_read_first(w->db, w->arena, entry[i], &first, &e), e);
		assert_true(first.is_there);
		is_first = strstr(first.lines, arena_printf(w->arena, "%" PRId64, item[i])) != NULL;
		cash_world_apply(w, entry[i],
				 &(struct cash_line){ .item_id = item[i], .amount_minor = 33300 },
				 1);
		assert_int_equal(
			store_i64(w->db, arena_printf(w->arena,
						      "SELECT is_right FROM match_outcome WHERE"
						      " entry_id = %" PRId64,
						      entry[i])),
			is_first);
	}
}

static void what_was_learned_can_be_forgotten_and_remembered(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	struct err e = { 0 };

	paid_by_hand(w, c.dubourg, 1, NULL);
	paid_by_hand(w, c.dubourg, 2, NULL);
	assert_false(
		learned_forget(w->db, w->entity.id, c.dubourg, "FR00", NULL, "user:1", w->now, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	e = (struct err){ 0 };
	store_ok(learned_forget(w->db, w->entity.id, c.dubourg, strange, "ZENTRALE GMBH", "user:1",
				w->now++, &e),
		 e);
	assert_int_equal(known(w, c.dubourg).n_for, 0);
	/* Later receipts teach anew. */
	paid_by_hand(w, c.dubourg, 3, NULL);
	assert_int_equal(known(w, c.dubourg).n_for, 1);
	store_ok(db_begin(w->db, &e), e);
	store_ok(learned_remember(w->db, w->entity.id,
				  store_i64(w->db, "SELECT MAX(id) FROM event WHERE kind ="
						   " 'payer.forgotten'"),
				  &e),
		 e);
	store_ok(db_commit(w->db, &e), e);
	assert_int_equal(known(w, c.dubourg).n_for, 3);
	store_ok(learned_forget(w->db, w->entity.id, c.dubourg, NULL, NULL, "user:1", w->now++, &e),
		 e);
	assert_int_equal(known(w, c.dubourg).n_for, 0);
}

static struct habits habits_now(struct cash_world *w)
{
	struct book *ledger;
	struct habits h;
	struct err e = { 0 };

	store_ok(book_load(w->db, w->arena,
			   &(struct book_query){ .entity_id = w->entity.id,
						 .as_of = CASH_WORLD_DAY + 100 },
			   &ledger, &e),
		 e);
	store_ok(habits_load(w->db, w->arena, w->entity.id, ledger, &h, &e), e);
	return h;
}

/* A receipt for some documents of 10.00 each, the n-th from the oldest on by a bit each; applied by a person. */
static int64_t pays_some(struct cash_world *w, const int64_t *item, unsigned which, int64_t more)
{
	struct cash_line lines[8];
	size_t n = 0;
	int64_t entry;

	for (int i = 0; i < 8; i++)
		if (which >> i & 1)
			lines[n++] = (struct cash_line){ .item_id = item[i], .amount_minor = 1000 };
	entry = cash_world_entry(w, w->entity.id,
				 &(struct cash_receipt){ "H1", "MENUISERIE DUBOURG", NULL,
							 "VIREMENT", 1000 * (int64_t)n + more,
							 CASH_WORLD_DAY });
	cash_world_apply(w, entry, lines, n);
	return entry;
}

static void how_customers_pay_is_counted_over_what_stands(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	const struct match_habit *h;
	struct err e = { 0 };
	int64_t item[8], entry;

	assert_null(habits_of(&(struct habits){ .n = 0 }, c.dubourg));
	for (int i = 0; i < 8; i++)
		item[i] = cash_world_item(w, c.dubourg,
					  arena_printf(w->arena, "FA2026-%07d", i + 100), 1000,
					  CASH_WORLD_DAY - 80 + 9 * i);
	cash_world_item(w, c.lenoir, "FA2026-0000900", 1000, CASH_WORLD_DAY - 80);
	pays_some(w, item, 1u << 0, 0);           /* the oldest of eight equal ones */
	pays_some(w, item, 1u << 3, 0);           /* another */
	pays_some(w, item, 1u << 2 | 1u << 5, 0); /* some */
	entry = pays_some(w, item, 1u << 1, 30);
	struct habits all = habits_now(w);
	h = habits_of(&all, c.dubourg);
	assert_non_null(h);
	assert_int_equal(match_habit_count(h), 4);
	assert_int_equal(h->n[MATCH_FORM_ONE], 2);
	assert_int_equal(h->n_oldest_of_equal, 1);
	assert_int_equal(h->n_other_of_equal, 1);
	assert_int_equal(h->n[MATCH_FORM_SEVERAL], 1);
	assert_int_equal(h->n[MATCH_FORM_OVERPAID], 1);
	assert_int_equal(match_habit_count(&all.all), 4);
	assert_null(habits_of(&all, c.lenoir));
	/* What is undone was not. */
	cash_world_unapply(w, entry);
	all = habits_now(w);
	h = habits_of(&all, c.dubourg);
	assert_int_equal(match_habit_count(h), 3);
	assert_int_equal(h->n[MATCH_FORM_OVERPAID], 0);
	/* Forgotten, and known again. */
	w->now++;
	store_ok(learned_forget(w->db, w->entity.id, c.dubourg, NULL, NULL, "user:1", w->now++, &e),
		 e);
	all = habits_now(w);
	assert_null(habits_of(&all, c.dubourg));
	w->now++;
	pays_some(w, item, 1u << 1, 0);
	all = habits_now(w);
	assert_int_equal(match_habit_count(habits_of(&all, c.dubourg)), 1);
	store_ok(db_begin(w->db, &e), e);
	store_ok(learned_remember(w->db, w->entity.id,
				  store_i64(w->db, "SELECT MAX(id) FROM event WHERE kind ="
						   " 'payer.forgotten'"),
				  &e),
		 e);
	store_ok(db_commit(w->db, &e), e);
	all = habits_now(w);
	assert_int_equal(match_habit_count(habits_of(&all, c.dubourg)), 4);
}

/* A rule that persons answered otherwise too often is less sure of itself in the next run; others are not. */
static void answers_that_were_wrong_make_less_sure(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	struct cash_match_report report;
	struct match_calibration calibration;
	struct err e = { 0 };
	int64_t entry, n_before;

	cash_world_item(w, c.dubourg, "FA2026-0000500", 50000, CASH_WORLD_DAY - 60);
	cash_world_item(w, c.lenoir, "FA2026-0000600", 60000, CASH_WORLD_DAY - 60);
	entry = cash_world_entry(w, w->entity.id,
				 &(struct cash_receipt){ "B500", "MENUISERIE DUBOURG", NULL,
							 "VIREMENT", 50000, CASH_WORLD_DAY });
	/* As if so many answers had been given before: two of three were wrong. */
	for (int i = 0; i < 60; i++) {
		cash_world_item(w, c.lenoir, arena_printf(w->arena, "FA2025-%07d", i), 100 + i,
				CASH_WORLD_DAY - 300);
		store_run(w->db,
			  arena_printf(
				  w->arena,
				  "INSERT INTO match_outcome (event_id, entity_id, entry_id,"
				  " rule, raw_milli, confidence_ppm, is_auto, is_right, recorded)"
				  " SELECT MAX(id), %" PRId64 ", %" PRId64
				  ", 'payer_amount', %d, 990000, 0, %d, 1 FROM event",
				  w->entity.id, entry, 6000 + i, i % 3 == 0));
	}
	store_ok(calibration_load(w->db, w->arena, w->entity.id, &calibration, &e), e);
	assert_int_equal(calibration.rule[MATCH_RULE_PAYER_AMOUNT].n_refuted, 40);
	assert_true(match_calibrated(&calibration, MATCH_RULE_PAYER_AMOUNT, 6000) < 600000);
	assert_int_equal(match_calibrated(&calibration, MATCH_RULE_REFERENCE, 9000),
			 match_calibrated(NULL, MATCH_RULE_REFERENCE, 9000));
	n_before = store_i64(w->db, "SELECT COUNT(*) FROM match_certificate");
	cash_world_entry(w, w->entity.id,
			 &(struct cash_receipt){ "B600", "CABINET LENOIR", NULL, "FA2026-0000600",
						 60000, CASH_WORLD_DAY });
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 1);
	assert_int_equal(report.n_proposed, 1);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM match_certificate"), n_before + 1);
	store_run(w->db, "DELETE FROM match_outcome");
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 1);
}

/* What was posted alone counts as right until it is taken back. */
static void what_was_taken_back_counts_against_the_odds(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	struct match_calibration calibration;
	struct cash_match_report report;
	struct err e = { 0 };
	int64_t entry;

	cash_world_item(w, c.lenoir, "FA2026-0000600", 60000, CASH_WORLD_DAY - 60);
	entry = cash_world_entry(w, w->entity.id,
				 &(struct cash_receipt){ "B600", "CABINET LENOIR", NULL,
							 "FA2026-0000600", 60000, CASH_WORLD_DAY });
	cash_world_match(w, w->entity.id, &report);
	store_ok(calibration_load(w->db, w->arena, w->entity.id, &calibration, &e), e);
	assert_int_equal(calibration.rule[MATCH_RULE_REFERENCE].n_confirmed, 1);
	cash_world_unapply(w, entry);
	store_ok(calibration_load(w->db, w->arena, w->entity.id, &calibration, &e), e);
	assert_int_equal(calibration.rule[MATCH_RULE_REFERENCE].n_confirmed, 0);
	assert_int_equal(calibration.rule[MATCH_RULE_REFERENCE].n_refuted, 1);
}

static void what_the_accounting_booked_teaches(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	int64_t entry = paid_by_hand(w, c.dubourg, 1, NULL);

	/* As if the accounting's file had it first. */
	store_run(w->db, "DELETE FROM payer_alias");
	store_run(w->db,
		  arena_printf(w->arena,
			       "UPDATE statement_entry SET state = 'booked' WHERE id = %" PRId64,
			       entry));
	assert_int_equal(known(w, c.dubourg).n_for, 1);
	assert_int_equal(known(w, c.dubourg).n_booked, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, cash_world_setup, cash_world_teardown)
		TEST(each_confirmation_counts),
		TEST(a_false_payer_dies_of_contradictions),
		TEST(undoing_a_decision_unteaches_it),
		TEST(the_machine_does_not_confirm_itself),
		TEST(the_first_explanation_is_counted_right_or_wrong),
		TEST(what_was_learned_can_be_forgotten_and_remembered),
		TEST(how_customers_pay_is_counted_over_what_stands),
		TEST(answers_that_were_wrong_make_less_sure),
		TEST(what_was_taken_back_counts_against_the_odds),
		TEST(what_the_accounting_booked_teaches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
