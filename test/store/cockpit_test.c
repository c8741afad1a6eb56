/* SPDX-License-Identifier: Apache-2.0 */
/* What the cockpit counts, on a history whose figures are known. */
#include "cash_world.h"

#include "cash/cockpit.h"

static const char known_iban[] = "DE89370400440532013000";
static const int64_t day_us = 86400 * INT64_C(1000000);

static int64_t noon(day_t d)
{
	return d * day_us + day_us / 2;
}

static struct cockpit load(struct cash_world *w, day_t today)
{
	struct cockpit c;
	struct err e = { 0 };

	store_ok(cockpit_load(w->db, w->arena,
			      &(struct cockpit_query){ w->entity.id, "EUR", "Europe/Paris", today },
			      &c, &e),
		 e);
	return c;
}

/* A receipt that names one document, or nothing. */
static int64_t receipt(struct cash_world *w, int64_t customer, int n, int64_t minor, day_t on,
		       bool names_it)
{
	const char *document = arena_printf(w->arena, "FA2026-%07d", n);

	if (customer)
		cash_world_item(w, customer, document, minor, on - 60);
	return cash_world_entry(
		w, w->entity.id,
		&(struct cash_receipt){ arena_printf(w->arena, "B%03d", n),
					customer ? "Menuiserie Dubourg" : "NOBODY KNOWN",
					customer ? known_iban : NULL,
					names_it ? document : "SANS OBJET", minor, on });
}

static void nothing_yet(void **state)
{
	struct cash_world *w = *state;
	struct cockpit c = load(w, CASH_WORLD_DAY);

	assert_int_equal(c.all.n, 0);
	assert_int_equal(c.all.median_days, -1);
	assert_int_equal(c.all.p90_days, -1);
	assert_int_equal(c.n_rules, 0);
	assert_int_equal(c.n_wrong, 0);
	assert_int_equal(c.month[COCKPIT_MONTHS - 1].first_on, date_of(2026, 10, 1));
	assert_int_equal(c.month[0].first_on, date_of(2025, 11, 1));
}

static void a_history_is_counted(void **state)
{
	struct cash_world *w = *state;
	int64_t who =
		cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", known_iban);
	day_t day = CASH_WORLD_DAY; /* 2 October 2026 */
	struct cash_match_report report;
	struct cash_decision d;
	struct err e = { 0 };
	struct cockpit c;
	int64_t first;

	/* September: two applied alone a day later. October: one after four days; one of nobody waits. */
	first = receipt(w, who, 1, 10100, day - 10, true);
	receipt(w, who, 2, 20200, day - 10, true);
	w->now = noon(day - 9);
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 2);
	receipt(w, who, 3, 40400, day, true);
	receipt(w, 0, 4, 80800, day, false);
	w->now = noon(day + 4);
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 1);

	c = load(w, day + 5);
	assert_int_equal(c.all.n, 4);
	assert_int_equal(c.all.n_alone, 3);
	assert_int_equal(c.all.n_reversed, 0);
	assert_int_equal(c.all.minor, 151500);
	assert_int_equal(c.all.alone_minor, 70700);
	assert_int_equal(c.all.person_minor, 0);
	assert_int_equal(c.all.waiting_minor, 80800);
	assert_int_equal(c.all.n_matched, 3);
	assert_int_equal(c.all.median_days, 1);
	assert_int_equal(c.all.p90_days, 4);
	assert_int_equal(c.month[COCKPIT_MONTHS - 2].count.n, 2);
	assert_int_equal(c.month[COCKPIT_MONTHS - 2].count.p90_days, 1);
	assert_int_equal(c.month[COCKPIT_MONTHS - 1].count.n, 2);
	assert_int_equal(c.month[COCKPIT_MONTHS - 1].count.n_alone, 1);
	assert_int_equal(c.month[COCKPIT_MONTHS - 1].count.median_days, 4);
	assert_int_equal(c.month[COCKPIT_MONTHS - 3].count.n, 0);
	assert_int_equal(c.n_rules, 1);
	assert_string_equal(c.rule[0].rule, "reference");
	assert_int_equal(c.rule[0].n_alone, 3);
	assert_int_equal(c.rule[0].alone_minor, 70700);

	/* Taken back by a person, who then puts it aside: it still was a mistake. */
	cash_world_unapply(w, first);
	d = (struct cash_decision){
		.entity_id = w->entity.id, .entry_id = first, .actor = "user:1", .now = w->now++
	};
	c = load(w, day + 5);
	assert_int_equal(c.all.n, 4);
	assert_int_equal(c.all.n_alone, 3);
	assert_int_equal(c.all.n_reversed, 1);
	assert_int_equal(c.all.alone_minor, 60600);
	assert_int_equal(c.all.waiting_minor, 90900);
	assert_int_equal(c.all.n_matched, 2);
	assert_int_equal(c.rule[0].n_reversed, 1);
	assert_int_equal(c.n_wrong, 1);
	assert_int_equal(c.wrong[0].entry_id, first);
	assert_string_equal(c.wrong[0].rule, "reference");
	assert_int_equal(c.wrong[0].amount_minor, 10100);
	assert_string_equal(c.wrong[0].reference, "B001");
	store_ok(cash_ignore(w->db, &d, &e), e);
	c = load(w, day + 5);
	assert_int_equal(c.all.n_reversed, 1);
	assert_int_equal(c.all.waiting_minor, 80800);
	assert_int_equal(c.all.person_minor, 10100);
}

/* What a person applied counts as his; his word on the first proposal counts for its rule. */
static void persons_are_told_from_the_machine(void **state)
{
	struct cash_world *w = *state;
	int64_t who =
		cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", known_iban);
	int64_t item = cash_world_item(w, who, "FA2026-0000009", 33300, CASH_WORLD_DAY - 60);
	int64_t entry =
		cash_world_entry(w, w->entity.id,
				 &(struct cash_receipt){ "B009", "NOBODY KNOWN", NULL, "SANS OBJET",
							 33300, CASH_WORLD_DAY });
	struct cockpit c;

	w->now = noon(CASH_WORLD_DAY - 3); /* before the value date: no negative delay */
	cash_world_apply(w, entry, &(struct cash_line){ .item_id = item, .amount_minor = 33300 },
			 1);
	c = load(w, CASH_WORLD_DAY);
	assert_int_equal(c.all.n, 1);
	assert_int_equal(c.all.n_alone, 0);
	assert_int_equal(c.all.person_minor, 33300);
	assert_int_equal(c.all.median_days, 0);
	assert_int_equal(load(w, CASH_WORLD_DAY - 1).all.n, 0);   /* not booked yet */
	assert_int_equal(load(w, CASH_WORLD_DAY + 400).all.n, 0); /* more than a year ago */
}

/* Half past midnight in Paris is the day after in no other clock. */
static void a_day_is_that_of_the_company(void **state)
{
	struct cash_world *w = *state;
	int64_t who =
		cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", known_iban);
	struct cash_match_report report;

	receipt(w, who, 1, 10100, CASH_WORLD_DAY, true);
	w->now = CASH_WORLD_DAY * day_us + 22 * day_us / 24 + day_us / 48;
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 1);
	assert_int_equal(load(w, CASH_WORLD_DAY + 2).all.median_days, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, cash_world_setup, cash_world_teardown)
		TEST(nothing_yet),
		TEST(a_history_is_counted),
		TEST(persons_are_told_from_the_machine),
		TEST(a_day_is_that_of_the_company),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
