/* SPDX-License-Identifier: Apache-2.0 */
/* The company's past played again, without learning from what came later. */
#include "cash_world.h"

#include "cash/backtest.h"

static const char strange[] = "DE89370400440532013000";

/* A receipt for one document, applied by a person. */
static int64_t paid(struct cash_world *w, int64_t customer_id, int n, const char *text, day_t on)
{
	int64_t item = cash_world_item(w, customer_id, arena_printf(w->arena, "FA2026-%07d", n),
				       10000 + n * 37, on - 40);
	int64_t entry = cash_world_entry(w, w->entity.id,
					 &(struct cash_receipt){ arena_printf(w->arena, "B%03d", n),
								 "ZENTRALE GMBH", strange, text,
								 10000 + n * 37, on });

	cash_world_apply(w, entry,
			 &(struct cash_line){ .item_id = item, .amount_minor = 10000 + n * 37 }, 1);
	return entry;
}

static struct backtest play(struct cash_world *w)
{
	struct backtest t;
	struct err e = { 0 };

	store_ok(backtest_run(w->db, w->arena, w->entity.id, CASH_WORLD_DAY + 60, 12, NULL, &t, &e),
		 e);
	return t;
}

static void the_past_is_seen_as_it_was(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", NULL);
	struct backtest t;
	int64_t events;

	/* Nobody knows the payer on the first day; afterwards his account tells. */
	paid(w, who, 101, "SAMMELZAHLUNG", CASH_WORLD_DAY);
	for (int i = 0; i < 5; i++)
		paid(w, who, 110 + i, "SAMMELZAHLUNG", CASH_WORLD_DAY + 1 + i);
	events = store_i64(w->db, "SELECT COUNT(*) FROM event");
	t = play(w);
	assert_int_equal(t.n, 6);
	assert_true(t.n_first >= 4);
	assert_true(t.at_policy.n_alone <= 5); /* not the first one */
	assert_int_equal(t.at_policy.n_right, t.at_policy.n_alone);
	for (int i = 1; i < BACKTEST_THRESHOLDS; i++)
		assert_true(t.at[i].n_alone <= t.at[i - 1].n_alone);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM event"), events);
}

static void wrong_answers_are_counted_wrong(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", strange);
	int64_t other, entry;
	struct backtest t;

	/* The text names one document, the person knew that another was meant. */
	cash_world_item(w, who, "FA2026-0000500", 50000, CASH_WORLD_DAY - 60);
	other = cash_world_item(w, who, "FA2026-0000600", 50000, CASH_WORLD_DAY - 50);
	entry = cash_world_entry(w, w->entity.id,
				 &(struct cash_receipt){ "B001", "MENUISERIE DUBOURG", strange,
							 "FA2026-0000500", 50000, CASH_WORLD_DAY });
	cash_world_apply(w, entry, &(struct cash_line){ .item_id = other, .amount_minor = 50000 },
			 1);
	t = play(w);
	assert_int_equal(t.n, 1);
	assert_int_equal(t.n_first, 0);
	assert_int_equal(t.at[0].n_alone, 1);
	assert_int_equal(t.at[0].n_right, 0);
}

static void what_was_applied_alone_is_no_proof(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", strange);
	struct cash_match_report report;

	cash_world_item(w, who, "FA2026-0000500", 50000, CASH_WORLD_DAY - 60);
	cash_world_entry(w, w->entity.id,
			 &(struct cash_receipt){ "B001", "MENUISERIE DUBOURG", strange,
						 "FA2026-0000500", 50000, CASH_WORLD_DAY });
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 1);
	assert_int_equal(play(w).n, 0);
	store_run(w->db, "UPDATE statement_entry SET state = 'booked'");
	assert_int_equal(play(w).n, 1);
}

/* Asked for twice, it is queued once. */
static void one_run_at_a_time(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", NULL);
	struct backtest_last last;
	struct err e = { 0 };

	for (int i = 0; i < 6; i++)
		paid(w, who, 110 + i, "SAMMELZAHLUNG", CASH_WORLD_DAY + i);
	store_ok(backtest_last(w->db, w->arena, w->entity.id, &last, &e), e);
	assert_false(last.is_there || last.is_under_way);
	assert_false(backtest_ask(w->db, w->entity.id, 0, "user:1", 1, &e));
	assert_int_equal(e.code, ERR_INVALID);
	e = (struct err){ 0 };
	for (int i = 0; i < 2; i++)
		store_ok(backtest_ask(w->db, w->entity.id, 12, "user:1", 1000 + i, &e), e);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM job"), 1);
	store_ok(backtest_last(w->db, w->arena, w->entity.id, &last, &e), e);
	assert_true(last.is_under_way);
	assert_false(last.is_there);
}

static bool stops(void *arg, int64_t n_done, int64_t n_total)
{
	int *n = arg;

	assert_true(n_done > 0 && n_done <= n_total);
	return ++*n < 3;
}

static void a_run_can_be_stopped(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", NULL);
	struct backtest t;
	struct err e = { 0 };
	int n = 0;

	for (int i = 0; i < 6; i++)
		paid(w, who, 110 + i, "SAMMELZAHLUNG", CASH_WORLD_DAY + i);
	assert_false(backtest_run(w->db, w->arena, w->entity.id, CASH_WORLD_DAY + 60, 12,
				  &(struct backtest_watch){ stops, &n }, &t, &e));
	assert_int_equal(e.code, ERR_RETRY);
	assert_int_equal(n, 3);
}

static void an_outcome_is_read_back(void **state)
{
	struct cash_world *w = *state;
	struct backtest t = { .from_on = CASH_WORLD_DAY,
			      .to_on = CASH_WORLD_DAY + 9,
			      .n = 100,
			      .n_first = 90,
			      .n_in_three = 95,
			      .threshold_ppm = 995000,
			      .at_policy = { 80, 79 } };
	struct backtest back;
	struct err e = { 0 };
	struct buf b;

	for (int i = 0; i < BACKTEST_THRESHOLDS; i++) {
		t.threshold[i] = 500000 + i * 1001;
		t.at[i] = (struct backtest_count){ 90 - i, 89 - i };
	}
	t.by_rule[2] = (struct backtest_count){ 80, 79 };
	buf_init(&b, w->arena);
	backtest_encode(&t, &b);
	store_ok(backtest_decode(buf_str(&b), &back, &e), e);
	assert_memory_equal(&t.threshold, &back.threshold, sizeof t.threshold);
	assert_memory_equal(&t.at, &back.at, sizeof t.at);
	assert_memory_equal(&t.by_rule, &back.by_rule, sizeof t.by_rule);
	assert_int_equal(back.from_on, t.from_on);
	assert_int_equal(back.to_on, t.to_on);
	assert_int_equal(back.n, 100);
	assert_int_equal(back.n_first, 90);
	assert_int_equal(back.n_in_three, 95);
	assert_int_equal(back.threshold_ppm, 995000);
	assert_int_equal(back.at_policy.n_right, 79);
	assert_false(backtest_decode("{}", &back, &e));
	assert_false(backtest_decode("[", &back, &e));
	assert_false(backtest_decode(NULL, &back, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, cash_world_setup, cash_world_teardown)
		TEST(the_past_is_seen_as_it_was),
		TEST(wrong_answers_are_counted_wrong),
		TEST(what_was_applied_alone_is_no_proof),
		TEST(one_run_at_a_time),
		TEST(a_run_can_be_stopped),
		TEST(an_outcome_is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
