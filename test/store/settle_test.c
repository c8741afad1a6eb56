/* SPDX-License-Identifier: Apache-2.0 */
/* What is decided of a receipt besides its documents: losses, refunds, transfers; each undone to the cent. */
#include "cash_world.h"

#include "cash/match_policy.h"
#include "cash/settle.h"

#define IBAN "FR7630006000011234567890189"

static struct cash_decision decide(struct cash_world *w, int64_t entry_id,
				   const struct cash_line *lines, size_t n)
{
	return (struct cash_decision){ .entity_id = w->entity.id,
				       .entry_id = entry_id,
				       .version = cash_world_get(w, entry_id).version,
				       .lines = lines,
				       .n_lines = n,
				       .actor = "user:1",
				       .now = w->now++ };
}

static int64_t receipt(struct cash_world *w, const char *reference, int64_t minor)
{
	return cash_world_entry(w, w->entity.id,
				&(struct cash_receipt){ .reference = reference,
							.name = "SOMEBODY",
							.text = "TRANSFER",
							.minor = minor,
							.on = CASH_WORLD_DAY });
}

static int64_t n_of(struct cash_world *w, const char *sql)
{
	return store_i64(w->db, sql);
}

/* ---- losses ---- */

static void a_loss_within_the_limit_ends_the_document_and_comes_back(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C1", "Menuiserie Dubourg", NULL);
	int64_t item = cash_world_item(w, who, "FA1", 100000, CASH_WORLD_DAY - 60);
	int64_t entry = receipt(w, "B1", 99500);
	const struct cash_line lines[] = { { item, 99500, MATCH_ALLOCATION } };
	struct cash_decision d = decide(w, entry, lines, 1);
	struct settle_loss loss = { .items = &item,
				    .n_items = 1,
				    .reason = "",
				    .limit_minor = 500,
				    .entity_currency = "EUR",
				    .today = CASH_WORLD_DAY };
	struct write_off_done done;
	struct err e = { 0 };

	/* Without a reason nothing happens at all. */
	assert_false(settle_with_loss(w->db, &d, &loss, &done, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_int_equal(cash_world_open_of(w, item), 100000);
	loss.reason = "rounding";
	store_ok(settle_with_loss(w->db, &d, &loss, &done, &e), e);
	assert_false(done.is_waiting);
	assert_int_equal(done.amount_minor, 500);
	assert_int_equal(cash_world_open_of(w, item), 0);
	cash_world_clean(w);
	cash_world_unapply(w, entry);
	assert_int_equal(cash_world_open_of(w, item), 100000);
	assert_int_equal(n_of(w, "SELECT COUNT(*) FROM write_off WHERE state = 'done'"), 0);
	cash_world_clean(w);
}

static void a_loss_above_the_limit_waits_for_another_person(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C1", "Menuiserie Dubourg", NULL);
	int64_t item = cash_world_item(w, who, "FA1", 100000, CASH_WORLD_DAY - 60);
	int64_t entry = receipt(w, "B1", 40000);
	const struct cash_line lines[] = { { item, 40000, MATCH_ALLOCATION } };
	struct cash_decision d = decide(w, entry, lines, 1);
	const struct settle_loss loss = { .items = &item,
					  .n_items = 1,
					  .reason = "liquidation",
					  .limit_minor = 50000,
					  .entity_currency = "EUR",
					  .today = CASH_WORLD_DAY };
	struct write_off_done done;
	struct err e = { 0 };

	store_ok(settle_with_loss(w->db, &d, &loss, &done, &e), e);
	assert_true(done.is_waiting);
	assert_int_equal(cash_world_open_of(w, item), 60000);
	cash_world_unapply(w, entry);
	assert_int_equal(cash_world_open_of(w, item), 100000);
	assert_int_equal(n_of(w, "SELECT COUNT(*) FROM write_off WHERE state = 'requested'"), 0);
	cash_world_clean(w);
}

static void set_policy(struct cash_world *w, const char *name, const char *value)
{
	struct match_policy p;
	struct err e = { 0 };

	store_ok(match_policy_load(w->db, w->arena, w->entity.id, &p, &e) &&
			 match_policy_set(&p, name, value, "EUR", &e) &&
			 match_policy_save(w->db, &p, w->entity.id, "user:1", w->now++, &e),
		 e);
}

static void a_small_difference_stands_on_the_company_s_account(void **state)
{
	static const struct {
		int64_t missing, own_limit;
		const char *account; /* NULL: it waits */
	} cases[] = {
		{ 1250, 0, "6581" }, /* the company's limit is everybody's */
		{ 1251, 0, NULL },   /* beyond it is a bad debt, and his own counts */
		{ 1251, 50000, "654" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cash_world *w;
		struct write_off_done done;
		struct settle_loss loss = { .n_items = 1,
					    .reason = "rounding",
					    .limit_minor = cases[i].own_limit,
					    .entity_currency = "EUR",
					    .today = CASH_WORLD_DAY };
		struct cash_line line = { 0, 100000 - cases[i].missing, MATCH_ALLOCATION };
		struct cash_decision d;
		struct err e = { 0 };
		int64_t who, entry;
		char *account;
		if (i > 0)
			assert_int_equal(cash_world_teardown(state) + cash_world_setup(state), 0);
		w = *state;
		set_policy(w, "write_off_limit", "12.50");
		set_policy(w, "write_off_account", "6581");
		who = cash_world_customer(w, w->entity.id, "C1", "Menuiserie Dubourg", NULL);
		line.item_id = cash_world_item(w, who, "FA1", 100000, CASH_WORLD_DAY - 60);
		entry = receipt(w, "B1", line.amount_minor);
		loss.items = &line.item_id;
		d = decide(w, entry, &line, 1);
		store_ok(settle_with_loss(w->db, &d, &loss, &done, &e), e);
		store_ok(db_get_text(w->db, w->arena,
				     "SELECT account FROM item WHERE kind = 'adjustment'",
				     DB_NO_PARAMS, &account, &e),
			 e);
		assert_int_equal(done.is_waiting, cases[i].account == NULL);
		if (!str_eq(account, cases[i].account))
			fail_msg("row %zu: %s", i, account ? account : "none");
		cash_world_clean(w);
		cash_world_unapply(w, entry);
		assert_int_equal(cash_world_open_of(w, line.item_id), 100000);
		cash_world_clean(w);
	}
}

static void a_rounding_line_has_a_limit_and_a_discount_its_vat(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C1", "Menuiserie Dubourg", NULL);
	int64_t item = cash_world_item(w, who, "FA1", 120000, CASH_WORLD_DAY - 60);
	int64_t entry = receipt(w, "B1", 117600);
	struct cash_line lines[] = { { item, 117600, MATCH_ALLOCATION },
				     { item, 2400, MATCH_ROUNDING } };
	struct cash_decision d = decide(w, entry, lines, 2);
	struct err e = { 0 };

	store_ok(db_exec(w->db,
			 "UPDATE item SET net_minor = 100000, vat_minor = 20000 WHERE id = $1",
			 DB_PARAMS(P_I64(item)), NULL, &e),
		 e);
	assert_false(cash_apply(w->db, &d, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	if (!strstr(e.msg, "24.00") || !strstr(e.msg, "5.00"))
		fail_msg("%s", e.msg);
	assert_int_equal(cash_world_open_of(w, item), 120000);
	lines[1].kind = MATCH_DISCOUNT;
	store_ok(cash_apply(w->db, &d, &e), e);
	assert_int_equal(cash_world_open_of(w, item), 0);
	assert_int_equal(n_of(w, "SELECT vat_minor FROM item WHERE account = '665'"), -400);
	assert_int_equal(n_of(w, "SELECT net_minor FROM item WHERE account = '665'"), -2000);
	cash_world_clean(w);
	cash_world_unapply(w, entry);
	assert_int_equal(cash_world_open_of(w, item), 120000);
}

/* ---- refunds ---- */

static void money_goes_back_once_and_its_receipt_is_kept(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C1", "Menuiserie Dubourg", NULL);
	int64_t entry = receipt(w, "B1", 25000), id, payment;
	struct cash_decision d = decide(w, entry, NULL, 0);
	struct refund_order o = { .entity_id = w->entity.id,
				  .amount_minor = 25001,
				  .iban = "FR7630006000011234567890180",
				  .holder = "Dubourg",
				  .reason = "paid twice",
				  .today = CASH_WORLD_DAY + 3,
				  .actor = "user:1",
				  .now = w->now++ };
	struct err e = { 0 };

	d.customer_id = who;
	store_ok(cash_apply(w->db, &d, &e), e);
	payment = cash_world_get(w, entry).payment_item_id;
	o.payment_item_id = payment;
	assert_false(refund_make(w->db, &o, &id, &e)); /* the key of the IBAN does not fit */
	assert_int_equal(e.code, ERR_INVALID);
	o.iban = IBAN;
	assert_false(refund_make(w->db, &o, &id, &e)); /* a cent too much */
	assert_int_equal(e.code, ERR_CONFLICT);
	o.amount_minor = 0;
	store_ok(refund_make(w->db, &o, &id, &e), e);
	assert_int_equal(cash_world_open_of(w, payment), 0);
	assert_false(refund_make(w->db, &o, &id, &e)); /* nothing is left */
	assert_int_equal(e.code, ERR_CONFLICT);
	cash_world_clean(w);
	/* The receipt stays while the order does. */
	d = decide(w, entry, NULL, 0);
	assert_false(cash_unapply(w->db, &d, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	store_ok(refund_cancel(w->db, w->entity.id, id, "user:1", w->now++, &e), e);
	assert_int_equal(cash_world_open_of(w, payment), -25000);
	assert_false(refund_cancel(w->db, w->entity.id, id, "user:1", w->now++, &e));
	cash_world_unapply(w, entry);
	cash_world_clean(w);
}

static void a_refund_that_left_is_not_taken_back(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C1", "Menuiserie Dubourg", NULL);
	int64_t entry = receipt(w, "B1", 25000), id;
	struct cash_decision d = decide(w, entry, NULL, 0);
	struct refund_order o = { .entity_id = w->entity.id,
				  .iban = IBAN,
				  .holder = "Dubourg",
				  .reason = "paid twice",
				  .today = CASH_WORLD_DAY,
				  .actor = "user:1",
				  .now = w->now++ };
	struct err e = { 0 };

	d.customer_id = who;
	store_ok(cash_apply(w->db, &d, &e), e);
	o.payment_item_id = cash_world_get(w, entry).payment_item_id;
	store_ok(refund_make(w->db, &o, &id, &e) &&
			 db_exec(w->db, "UPDATE refund SET state = 'exported'", DB_NO_PARAMS, NULL,
				 &e),
		 e);
	assert_false(refund_cancel(w->db, w->entity.id, id, "user:1", w->now++, &e));
	assert_int_equal(e.code, ERR_REFUSED);
}

/* ---- transfers ---- */

static void money_for_another_company_stands_there_and_comes_back(void **state)
{
	struct cash_world *w = *state;
	int64_t other = cash_world_entity(w, "E2", "Filiale Exemple");
	int64_t there = cash_world_customer(w, other, "D9", "Scierie Branchevieille", NULL);
	int64_t here = cash_world_customer(w, w->entity.id, "C1", "Menuiserie Dubourg", NULL);
	int64_t entry = receipt(w, "B1", 25000);
	struct cash_decision d = decide(w, entry, NULL, 0);
	struct transfer_order o = { w->entity.id, here, CASH_WORLD_DAY };
	struct customer found;
	struct err e = { 0 };

	assert_false(transfer_make(w->db, &d, &o, &e)); /* it is here already */
	assert_int_equal(e.code, ERR_INVALID);
	o = (struct transfer_order){ other, here, CASH_WORLD_DAY };
	assert_false(transfer_make(w->db, &d, &o, &e)); /* no customer of theirs */
	assert_int_equal(e.code, ERR_NOT_FOUND);
	store_ok(transfer_find(w->db, w->arena, w->entity.id, "branchevieille", &found, &e), e);
	assert_int_equal(found.id, there);
	o.to_customer_id = there;
	d.version++;
	assert_false(transfer_make(w->db, &d, &o, &e));
	assert_int_equal(e.code, ERR_STALE);
	d.version--;
	store_ok(transfer_make(w->db, &d, &o, &e), e);
	assert_int_equal(cash_world_get(w, entry).state, ENTRY_IGNORED);
	assert_int_equal(n_of(w, "SELECT b.open_minor FROM item_balance b JOIN item i ON i.id ="
				 " b.item_id JOIN customer c ON c.id = i.customer_id WHERE c.code ="
				 " 'D9'"),
			 -25000);
	d = decide(w, entry, NULL, 0);
	assert_false(transfer_make(w->db, &d, &o, &e)); /* not twice */
	assert_int_equal(e.code, ERR_CONFLICT);
	cash_world_clean(w);
	cash_world_unapply(w, entry);
	assert_int_equal(cash_world_get(w, entry).state, ENTRY_OPEN);
	assert_int_equal(n_of(w, "SELECT COUNT(*) FROM item_balance"), 0);
	cash_world_clean(w);
}

int main(void)
{
#define FACT(f) cmocka_unit_test_setup_teardown(f, cash_world_setup, cash_world_teardown)
	const struct CMUnitTest tests[] = {
		FACT(a_loss_within_the_limit_ends_the_document_and_comes_back),
		FACT(a_loss_above_the_limit_waits_for_another_person),
		FACT(a_small_difference_stands_on_the_company_s_account),
		FACT(a_rounding_line_has_a_limit_and_a_discount_its_vat),
		FACT(money_goes_back_once_and_its_receipt_is_kept),
		FACT(a_refund_that_left_is_not_taken_back),
		FACT(money_for_another_company_stands_there_and_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
