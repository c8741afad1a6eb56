/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "collect/select.h"

static struct arena *arena;
static struct policy policy;
static const day_t today = 20000;

static int setup(void **state)
{
	struct err e = { 0 };

	(void)state;
	arena = arena_new(64 << 20);
	return policy_parse(arena, policy_default_json(), strlen(policy_default_json()), &policy,
			    &e)
		       ? 0
		       : -1;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct select_customer a_customer(void)
{
	return (struct select_customer){ .id = 1,
					 .policy = &policy,
					 .means = POLICY_TRANSFER,
					 .excluded_until = DAY_NONE,
					 .last_message_on = DAY_NONE,
					 .has_email = true,
					 .has_address = true };
}

static struct select_item an_item(int days_late)
{
	return (struct select_item){ .id = 10,
				     .document = "FA1",
				     .currency = "EUR",
				     .due_on = today - days_late,
				     .open_minor = 100000,
				     .promised_on = DAY_NONE,
				     .last_level = SELECT_NEVER,
				     .last_step_on = DAY_NONE };
}

static struct select_result run(const struct select_customer *c, const struct select_item *items,
				size_t n, const struct select_credit *credit)
{
	const struct select_input in = { .customers = c,
					 .n_customers = 1,
					 .items = items,
					 .n_items = n,
					 .credits = credit,
					 .n_credits = credit ? 1 : 0,
					 .today = today,
					 .data_on = today - 1 };
	struct select_result r;
	struct err e = { 0 };

	if (!select_run(arena, &in, &r, &e))
		fail_msg("%s", e.msg);
	return r;
}

static void each_day_has_its_step(void **state)
{
	static const struct {
		int days_late, last_level, last_step_ago;
		const char *step; /* NULL: too soon */
	} cases[] = {
		{ -6, SELECT_NEVER, 0, NULL },
		{ -5, SELECT_NEVER, 0, "notice" },
		{ -1, SELECT_NEVER, 0, "notice" },
		{ 0, SELECT_NEVER, 0, NULL },
		{ 6, SELECT_NEVER, 0, NULL },
		{ 7, SELECT_NEVER, 0, "reminder1" },
		{ 7, 0, 8, "reminder1" },
		{ 8, 1, 1, NULL },
		{ 19, 1, 12, NULL },
		{ 20, 1, 13, "reminder2" },
		{ 40, 2, 20, "letter" },
		{ 41, 3, 1, NULL },
		{ 400, 3, 300, NULL },
		/* Old when first seen: begins with the first reminder, and keeps the policy's pace.
		 */
		{ 300, SELECT_NEVER, 0, "reminder1" },
		{ 300, 1, 12, NULL },
		{ 300, 1, 13, "reminder2" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct select_customer c = a_customer();
		struct select_item it = an_item(cases[i].days_late);
		struct select_result r;

		it.last_level = cases[i].last_level;
		if (it.last_level != SELECT_NEVER)
			it.last_step_on = today - cases[i].last_step_ago;
		r = run(&c, &it, 1, NULL);
		if (r.n_actions + r.n_skips != 1 ||
		    (cases[i].step
			     ? r.n_actions != 1 || !str_eq(r.actions[0].step->name, cases[i].step)
			     : r.n_skips != 1 || r.skips[0].reason != SELECT_TOO_SOON))
			fail_msg("row %zu: %zu actions, %zu skips", i, r.n_actions, r.n_skips);
	}
}

enum change {
	INSOLVENT,
	ON_HOLD,
	CLOSED,
	EXCLUDED,
	NO_POLICY,
	DEBIT,
	DRAFT_PAYER,
	DRAFT_ITEM,
	DISPUTED,
	PROMISED,
	PLAN,
	EINVOICE,
	SUSPENDED,
	NO_EMAIL,
	WRITTEN,
	SMALL,
	COVERED,
};

static void change(enum change what, struct select_customer *c, struct select_item *it)
{
	switch (what) {
	case INSOLVENT:
		c->status = SELECT_INSOLVENT;
		break;
	case ON_HOLD:
		c->status = SELECT_ON_LEGAL_HOLD;
		break;
	case CLOSED:
		c->status = SELECT_CLOSED;
		break;
	case EXCLUDED:
		c->excluded_until = today;
		break;
	case NO_POLICY:
		c->policy = NULL;
		break;
	case DEBIT:
		c->means = POLICY_DIRECT_DEBIT;
		break;
	case DRAFT_PAYER:
		c->means = POLICY_DRAFT;
		break;
	case DRAFT_ITEM:
		it->is_draft = true;
		break;
	case DISPUTED:
		it->disputed_minor = it->open_minor;
		break;
	case PROMISED:
		it->promised_on = today - 2;
		break;
	case PLAN:
		it->has_plan = true;
		break;
	case EINVOICE:
		it->is_refused_einvoice = true;
		break;
	case SUSPENDED:
		it->is_suspended = true;
		break;
	case NO_EMAIL:
		c->has_email = false;
		break;
	case WRITTEN:
		c->last_message_on = today - 4;
		break;
	case SMALL:
		it->open_minor = 1499;
		break;
	case COVERED:
		break;
	}
}

static void each_reason_keeps_the_customer_from_being_chased(void **state)
{
	static const struct {
		enum change what;
		const char *reason;
	} cases[] = {
		{ INSOLVENT, "insolvency" },
		{ ON_HOLD, "legal_hold" },
		{ CLOSED, "excluded" },
		{ EXCLUDED, "excluded" },
		{ NO_POLICY, "excluded" },
		{ DEBIT, "direct_debit" },
		{ DRAFT_PAYER, "draft" },
		{ DRAFT_ITEM, "draft" },
		{ DISPUTED, "disputed" },
		{ PROMISED, "promise" },
		{ PLAN, "plan" },
		{ EINVOICE, "einvoice_status" },
		{ SUSPENDED, "public_suspension" },
		{ NO_EMAIL, "no_contact" },
		{ WRITTEN, "contact_cap" },
		{ SMALL, "below_minimum" },
		{ COVERED, "paid" },
	};
	const struct select_credit cover = { 0, "EUR", 100000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct select_customer c = a_customer();
		struct select_item it = an_item(10);
		struct select_result r;

		change(cases[i].what, &c, &it);
		r = run(&c, &it, 1, cases[i].what == COVERED ? &cover : NULL);
		if (r.n_actions != 0 || r.n_skips != 1 ||
		    !str_eq(select_reason_name(r.skips[0].reason), cases[i].reason))
			fail_msg("row %zu (%s): %zu actions, %zu skips, %s", i, cases[i].reason,
				 r.n_actions, r.n_skips,
				 r.n_skips ? select_reason_name(r.skips[0].reason) : "-");
	}
}

static void reasons_end_when_their_day_is_over(void **state)
{
	struct select_customer c = a_customer();
	struct select_item it = an_item(10);

	(void)state;
	c.excluded_until = today - 1;
	c.last_message_on = today - 5;
	it.promised_on = today - 3;
	assert_int_equal(run(&c, &it, 1, NULL).n_actions, 1);
}

static void nothing_is_chased_on_stale_data(void **state)
{
	struct select_customer c = a_customer();
	struct select_item it = an_item(10);
	struct select_input in = { &c, 1, &it, 1, NULL, 0, today, today - 7 };
	struct select_result r;
	struct err e = { 0 };

	(void)state;
	assert_true(select_run(arena, &in, &r, &e));
	assert_int_equal(r.n_actions, 1);
	in.data_on = today - 8;
	assert_true(select_run(arena, &in, &r, &e));
	assert_int_equal(r.n_actions, 0);
	assert_int_equal(r.skips[0].reason, SELECT_STALE_DATA);
}

static void one_message_carries_lines_at_different_steps(void **state)
{
	struct select_customer c = a_customer();
	struct select_item items[] = { an_item(8), an_item(45), an_item(-3), an_item(30) };
	struct select_result r;

	(void)state;
	items[1].last_level = 2, items[1].last_step_on = today - 20;
	items[3].disputed_minor = 40000;
	for (int i = 0; i < 4; i++)
		items[i].id = 10 + i;
	r = run(&c, items, 4, &(struct select_credit){ 0, "EUR", 10000 });
	assert_int_equal(r.n_actions, 1);
	assert_int_equal(r.n_skips, 0);
	assert_string_equal(r.actions[0].step->name, "letter");
	/* The notice waits: what is not due yet is not claimed beside what is. */
	assert_int_equal(r.actions[0].n_lines, 3);
	assert_int_equal(r.actions[0].lines[0].item, 1);
	assert_string_equal(r.actions[0].lines[1].step->name, "reminder1");
	assert_int_equal(r.actions[0].amount_minor, 100000 + 60000 + 100000 - 10000);
	assert_int_equal(r.actions[0].days_late, 45);
}

static void each_currency_has_its_own_message(void **state)
{
	struct select_customer c = a_customer();
	struct select_item items[] = { an_item(8), an_item(9), an_item(10) };
	struct select_result r;

	(void)state;
	memcpy(items[1].currency, "USD", 4);
	items[1].open_minor = 700; /* the minimum is in euros and says nothing about dollars */
	r = run(&c, items, 3, &(struct select_credit){ 0, "USD", 300 });
	assert_int_equal(r.n_actions, 2);
	assert_string_equal(r.actions[0].currency, "EUR");
	assert_int_equal(r.actions[0].amount_minor, 200000);
	assert_string_equal(r.actions[1].currency, "USD");
	assert_int_equal(r.actions[1].amount_minor, 400);
}

static void what_changed_since_planning_changes_what_leaves(void **state)
{
	const struct policy_step *first = &policy.steps[1], *letter = &policy.steps[3];
	struct select_customer c = a_customer();
	struct select_item items[] = { an_item(8), an_item(45) };
	const struct select_line lines[] = { { 0, first, 0 }, { 1, letter, 0 } };
	const struct select_credit credit = { 0, "EUR", 5000 };
	struct select_input in = { &c, 1, items, 2, &credit, 1, today, today };
	struct select_action act;
	enum select_reason reason;
	bool clear;
	struct err e = { 0 };

	(void)state;
	c.last_message_on = today; /* its own planning does not stand in its way */
	assert_true(select_recheck(arena, &in, 0, lines, 2, &clear, &act, &reason, &e));
	assert_true(clear);
	assert_int_equal(act.amount_minor, 195000);
	assert_ptr_equal(act.step, letter);
	/* The oldest is promised meanwhile: the letter becomes what is left of it. */
	items[1].promised_on = today + 3;
	assert_true(select_recheck(arena, &in, 0, lines, 2, &clear, &act, &reason, &e));
	assert_true(clear);
	assert_ptr_equal(act.step, first);
	assert_int_equal(act.amount_minor, 95000);
	items[0].disputed_minor = items[0].open_minor;
	assert_true(select_recheck(arena, &in, 0, lines, 2, &clear, &act, &reason, &e));
	assert_false(clear);
	assert_int_equal(reason, SELECT_PROMISE);
	/* All lines gone from the ledger: paid. */
	assert_true(select_recheck(arena, &in, 0, lines, 0, &clear, &act, &reason, &e));
	assert_false(clear);
	assert_int_equal(reason, SELECT_PAID);
	c.status = SELECT_INSOLVENT;
	assert_true(select_recheck(arena, &in, 0, lines, 2, &clear, &act, &reason, &e));
	assert_false(clear);
	assert_int_equal(reason, SELECT_INSOLVENCY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_day_has_its_step),
		cmocka_unit_test(each_reason_keeps_the_customer_from_being_chased),
		cmocka_unit_test(reasons_end_when_their_day_is_over),
		cmocka_unit_test(nothing_is_chased_on_stale_data),
		cmocka_unit_test(one_message_carries_lines_at_different_steps),
		cmocka_unit_test(each_currency_has_its_own_message),
		cmocka_unit_test(what_changed_since_planning_changes_what_leaves),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
