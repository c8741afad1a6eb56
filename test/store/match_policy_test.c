/* SPDX-License-Identifier: Apache-2.0 */
/* What the machine may do alone: each change a revision, obeyed by the next run. */
#include "cash_world.h"

#include "cash/match_policy.h"

static const char iban[] = "FR7630006000011234567890189";

static void a_receipt(struct cash_world *w)
{
	int64_t who = cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", iban);

	cash_world_item(w, who, "FA2026-0000012", 120000, CASH_WORLD_DAY - 60);
	cash_world_entry(w, w->entity.id,
			 &(struct cash_receipt){ "B001", "MENUISERIE DUBOURG", iban,
						 "FA2026-0000012", 120000, CASH_WORLD_DAY });
}

static struct match_policy load(struct cash_world *w)
{
	struct match_policy p;
	struct err e = { 0 };

	store_ok(match_policy_load(w->db, w->arena, w->entity.id, &p, &e), e);
	return p;
}

static void set(struct cash_world *w, const char *name, const char *value)
{
	struct match_policy p = load(w);
	struct err e = { 0 };

	store_ok(match_policy_set(&p, name, value, "EUR", &e) &&
			 match_policy_save(w->db, &p, w->entity.id, "user:1", w->now++, &e),
		 e);
}

static void a_company_that_wants_proposals_gets_no_postings(void **state)
{
	struct cash_world *w = *state;
	struct cash_match_report report;

	a_receipt(w);
	set(w, "mode", "propose");
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 0);
	assert_int_equal(report.n_proposed, 1);
	set(w, "mode", "automatic");
	set(w, "rules", "balance,payer_amount");
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 0); /* by number: not one of those */
	set(w, "rules", "reference,balance");
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 1);
	assert_int_equal(load(w).revision, 4);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM event WHERE kind ="
					  " 'match_policy.changed'"),
			 4);
}

static void every_setting_is_read_as_it_is_written(void **state)
{
	static const struct {
		const char *name, *value, *read; /* read NULL: refused */
	} rows[] = {
		{ "mode", "propose", "propose" },
		{ "mode", "off", NULL },
		{ "threshold", "0.999", "0.999000" },
		{ "threshold", "0,98", "0.980000" },
		{ "threshold", "0.2", NULL },
		{ "threshold", "99", NULL },
		{ "threshold", "nan", NULL },
		{ "threshold", "", NULL },
		{ "rules", "reference, partial", "reference,partial" },
		{ "rules", "", "" },
		{ "rules", "guessing", NULL },
		{ "equal_documents", "oldest", "oldest" },
		{ "equal_documents", "ask", "ask" },
		{ "equal_documents", "youngest", NULL },
		{ "rounding", "0.10", "0.10" },
		{ "rounding", "-1", NULL },
		{ "charges", "a lot", NULL },
		{ "discount_grace_days", "8", "8" },
		{ "discount_grace_days", "91", NULL },
		{ "discount_limit", "2,5", "2.50" },
		{ "discount_limit", "0", "0.00" },
		{ "discount_limit", "10.01", NULL },
		{ "discount_limit", "1.005", NULL },
		{ "discount_limit", "-1", NULL },
		{ "discount_limit", "some", NULL },
		{ "write_off_limit", "12.50", "12.50" },
		{ "write_off_account", "6581", "6581" },
		{ "write_off_account", "658; DROP", NULL },
		{ "return_fee", "15.00", "15.00" },
		{ "return_fee_vat", "20", "20.00" },
		{ "return_fee_vat", "5,5", "5.50" },
		{ "return_fee_vat", "30.01", NULL },
		{ "return_fee_vat", "20 %", NULL },
		{ "colour", "red", NULL },
	};
	struct cash_world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct match_policy p = match_policy_default();
		struct err e = { 0 };
		bool ok = match_policy_set(&p, rows[i].name, rows[i].value, "EUR", &e);
		if (ok != (rows[i].read != NULL))
			fail_msg("row %zu: %s=%s", i, rows[i].name, rows[i].value);
		if (!ok) {
			assert_int_equal(e.code, ERR_INVALID);
			continue;
		}
		assert_string_equal(match_policy_get(w->arena, &p, rows[i].name, "EUR"),
				    rows[i].read);
	}
}

static void every_setting_is_kept(void **state)
{
	static const char *const rows[][2] = {
		{ "mode", "propose" },          { "threshold", "0.997000" },
		{ "rules", "reference" },       { "equal_documents", "oldest" },
		{ "rounding", "0.04" },         { "charges", "12.00" },
		{ "discount_grace_days", "7" }, { "discount_limit", "1.50" },
		{ "write_off_limit", "3.00" },  { "write_off_account", "6588" },
		{ "return_fee", "9.00" },       { "return_fee_vat", "8.50" },
	};
	struct cash_world *w = *state;
	struct match_policy p;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		set(w, rows[i][0], rows[i][1]);
	p = load(w);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(match_policy_get(w->arena, &p, rows[i][0], "EUR"), rows[i][1]);
	/* None was forgotten here. */
	assert_null(match_policy_names[ARRAY_LEN(rows)]);
}

static void a_revision_of_somebody_else_is_not_overwritten_and_can_be_undone(void **state)
{
	struct cash_world *w = *state;
	struct match_policy mine = load(w);
	struct err e = { 0 };
	int64_t event;

	set(w, "charges", "12.00");
	assert_false(match_policy_save(w->db, &mine, w->entity.id, "user:2", w->now++, &e));
	assert_int_equal(e.code, ERR_STALE);
	set(w, "charges", "13.00");
	assert_string_equal(load(w).write_off_account, "658");
	event = store_i64(w->db, "SELECT MAX(event_id) FROM match_policy WHERE revision = 2");
	e = (struct err){ 0 };
	store_ok(match_policy_undo(w->db, w->arena, w->entity.id, event, "user:1", w->now++, &e),
		 e);
	assert_int_equal(load(w).charges_minor, 1200);
	assert_int_equal(load(w).revision, 3);
	assert_false(
		match_policy_undo(w->db, w->arena, w->entity.id, event, "user:1", w->now++, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, cash_world_setup, cash_world_teardown)
		TEST(a_company_that_wants_proposals_gets_no_postings),
		TEST(every_setting_is_read_as_it_is_written),
		TEST(every_setting_is_kept),
		TEST(a_revision_of_somebody_else_is_not_overwritten_and_can_be_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
