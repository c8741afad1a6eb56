/* SPDX-License-Identifier: Apache-2.0 */
/* Cheques and cash by hand: counted once, on one slip, whose credit by the bank is not counted again. */
#include "cash_world.h"

#include "cash/hand.h"
#include "cash/return_store.h"
#include "ledger/calendar.h"
#include "ledger/entity.h"
#include "ledger/exposure.h"
#include "ledger/import.h"

#include <sys/mman.h>
#include <unistd.h>

static struct hand_new cheque(struct cash_world *w, const char *number, int64_t minor)
{
	return (struct hand_new){ .entity_id = w->entity.id,
				  .kind = HAND_CHEQUE,
				  .number = number,
				  .bank = "Banque Exemple",
				  .drawer = "MENUISERIE DUBOURG",
				  .text = "FA1",
				  .amount_minor = minor,
				  .currency = "EUR",
				  .received_on = CASH_WORLD_DAY,
				  .due_on = DAY_NONE,
				  .today = CASH_WORLD_DAY,
				  .actor = "user:1",
				  .now = w->now++ };
}

static void what_is_no_receipt_is_refused(void **state)
{
	struct cash_world *w = *state;
	struct hand_new in = cheque(w, "4711", 1000);
	struct err e = { 0 };
	int64_t id;

	in.amount_minor = 0;
	assert_false(hand_add(w->db, &in, &id, &e));
	assert_int_equal(e.code, ERR_INVALID);
	in = cheque(w, "", 1000);
	assert_false(hand_add(w->db, &in, &id, &e));
	assert_string_equal(e.field, "number");
	in = cheque(w, "4711", 1000);
	in.received_on = CASH_WORLD_DAY + 1;
	assert_false(hand_add(w->db, &in, &id, &e));
	assert_string_equal(e.field, "received_on");
	in = cheque(w, "4711", 1000);
	store_ok(hand_add(w->db, &in, &id, &e), e);
	assert_false(hand_add(w->db, &in, &id, &e)); /* the same cheque again */
	assert_int_equal(e.code, ERR_DUPLICATE);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM statement_entry"), 1);
	cash_world_clean(w);
}

static struct hand_new bill(struct cash_world *w, const char *number, int64_t minor, day_t due_on)
{
	struct hand_new in = cheque(w, number, minor);

	in.kind = HAND_BILL;
	in.due_on = due_on;
	return in;
}

/* An accepted bill is kept on an account of its own until the bank credits its slip at maturity. */
static void a_bill_has_a_maturity_and_a_slip_of_its_own(void **state)
{
	struct cash_world *w = *state;
	struct hand_new in = bill(w, "LCR-9", 50000, CASH_WORLD_DAY + 45);
	struct hand_new wrong = bill(w, "LCR-1", 50000, DAY_NONE), other = cheque(w, "7", 100);
	int64_t entries[2], slip;
	struct deposit_order o = { .entity_id = w->entity.id,
				   .entries = entries,
				   .n_entries = 2,
				   .deposited_on = CASH_WORLD_DAY,
				   .actor = "user:1",
				   .now = w->now++ };
	struct hand_receipt *list;
	struct deposit d;
	struct err e = { 0 };
	size_t n;

	assert_false(hand_add(w->db, &wrong, &entries[0], &e));
	assert_string_equal(e.field, "due_on");
	wrong = bill(w, "LCR-1", 50000, CASH_WORLD_DAY - 1);
	assert_false(hand_add(w->db, &wrong, &entries[0], &e));
	assert_string_equal(e.field, "due_on");
	wrong = cheque(w, "8", 100);
	wrong.due_on = CASH_WORLD_DAY + 3;
	assert_false(hand_add(w->db, &wrong, &entries[0], &e));
	assert_string_equal(e.field, "due_on");
	e = (struct err){ 0 };
	store_ok(hand_add(w->db, &in, &entries[0], &e) && hand_add(w->db, &other, &entries[1], &e),
		 e);
	assert_false(hand_add(w->db, &in, &entries[1], &e)); /* the same bill again */
	assert_int_equal(e.code, ERR_DUPLICATE);
	e = (struct err){ 0 };
	store_ok(hand_list(w->db, w->arena, w->entity.id, 0, &list, &n, &e), e);
	assert_int_equal(n, 2);
	assert_int_equal(hand_kind_of(list[0].kind), HAND_BILL);
	assert_int_equal(list[0].due_on, CASH_WORLD_DAY + 45);
	assert_int_equal(list[1].due_on, DAY_NONE);
	assert_int_equal(store_i64(w->db, "SELECT count(*) FROM statement_entry e JOIN statement s"
					  " ON s.id = e.statement_id JOIN bank_account b"
					  " ON b.id = s.bank_account_id WHERE b.iban = '5113'"),
			 1);
	/* Bills and cheques do not share a slip. */
	(void)cash_world_entry(w, w->entity.id,
			       &(struct cash_receipt){ .reference = "B9",
						       .text = "VIREMENT",
						       .minor = 100,
						       .on = CASH_WORLD_DAY });
	o.bank_account_id = store_i64(w->db, "SELECT max(id) FROM bank_account WHERE is_held = 0");
	assert_false(deposit_make(w->db, &o, &slip, &e));
	assert_int_equal(e.code, ERR_INVALID);
	e = (struct err){ 0 };
	o.n_entries = 1;
	store_ok(deposit_make(w->db, &o, &slip, &e) &&
			 deposit_get(w->db, w->arena, w->entity.id, slip, &d, &e),
		 e);
	assert_string_equal(d.kind, "bill");
	assert_int_equal(d.amount_minor, 50000);
	cash_world_clean(w);
}

static void only_more_than_a_thousand_euros_in_france_passes_the_limit(void **state)
{
	(void)state;
	assert_false(hand_is_above_cash_limit("FR", "EUR", 100000));
	assert_true(hand_is_above_cash_limit("FR", "EUR", 100001));
	assert_false(hand_is_above_cash_limit("DE", "EUR", 100001));
	assert_false(hand_is_above_cash_limit("FR", "JPY", 100001));
}

static void a_slip_takes_each_cheque_once_and_its_credit_counts_once(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C1", "Menuiserie Dubourg", NULL);
	int64_t item = cash_world_item(w, who, "FA1", 120000, CASH_WORLD_DAY - 60), account, slip;
	int64_t cheques[2], credit;
	struct hand_new a = cheque(w, "1", 120000), b = cheque(w, "2", 30000);
	struct deposit_order o = { .entity_id = w->entity.id,
				   .entries = cheques,
				   .n_entries = 2,
				   .deposited_on = CASH_WORLD_DAY,
				   .actor = "user:1",
				   .now = w->now++ };
	struct deposit found;
	struct entry en;
	struct err e = { 0 };

	store_ok(hand_add(w->db, &a, &cheques[0], &e) && hand_add(w->db, &b, &cheques[1], &e), e);
	credit = cash_world_entry(w, w->entity.id,
				  &(struct cash_receipt){ .reference = "B9",
							  .text = "REMISE CHEQUES",
							  .minor = 150000,
							  .on = CASH_WORLD_DAY + 2 });
	account =
		store_i64(w->db, "SELECT s.bank_account_id FROM statement_entry x JOIN statement s"
				 " ON s.id = x.statement_id WHERE x.reference = 'B9'");
	o.bank_account_id = account + 1000000;
	assert_false(deposit_make(w->db, &o, &slip, &e)); /* no account of ours */
	assert_int_equal(e.code, ERR_INVALID);
	o.bank_account_id = account;
	store_ok(deposit_make(w->db, &o, &slip, &e), e);
	assert_false(deposit_make(w->db, &o, &slip, &e)); /* they are on it */
	assert_int_equal(e.code, ERR_CONFLICT);
	/* A cheque pays as any receipt does. */
	cash_world_apply(w, cheques[0], &(struct cash_line){ item, 120000, MATCH_ALLOCATION }, 1);
	assert_int_equal(cash_world_open_of(w, item), 0);
	en = cash_world_get(w, credit);
	store_ok(deposit_of_entry(w->db, w->arena, w->entity.id, &en, &found, &e), e);
	assert_int_equal(found.id, slip);
	assert_int_equal(found.amount_minor, 150000);
	struct cash_decision d = { .entity_id = w->entity.id,
				   .entry_id = cheques[1],
				   .actor = "user:1",
				   .now = w->now++ };
	assert_false(deposit_credit(w->db, &d, slip, &e)); /* another amount */
	assert_int_equal(e.code, ERR_INVALID);
	d.entry_id = credit;
	store_ok(deposit_credit(w->db, &d, slip, &e), e);
	assert_int_equal(cash_world_get(w, credit).state, ENTRY_IGNORED);
	assert_int_equal(cash_world_get(w, credit).payment_item_id, 0);
	assert_false(deposit_credit(w->db, &d, slip, &e)); /* not twice */
	assert_int_equal(e.code, ERR_CONFLICT);
	cash_world_clean(w);
	cash_world_unapply(w, credit);
	en = cash_world_get(w, credit);
	store_ok(deposit_of_entry(w->db, w->arena, w->entity.id, &en, &found, &e), e);
	assert_int_equal(found.id, slip); /* it waits for its credit again */
	assert_int_equal(cash_world_open_of(w, item), 0);
	cash_world_clean(w);
}

#define DOWNLOAD "FR7630004008280001234567841"

static bool take(struct cash_world *w, const char *text, const char *account, struct err *e)
{
	struct import_report report = { .from_on = DAY_NONE, .to_on = DAY_NONE };
	struct bank_importer bank;
	struct import_job job = { .db = w->db,
				  .arena = w->arena,
				  .entity = &w->entity,
				  .actor = "test",
				  .now = w->now++,
				  .today = CASH_WORLD_DAY + 30,
				  .account = account,
				  .bank = &bank };
	int fd = memfd_create("table", MFD_CLOEXEC);
	bool ok;

	*e = (struct err){ 0 };
	statement_importer(w->arena, &bank);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ok = import_file(&job, fd, "table.csv", &report, e);
	close(fd);
	return ok;
}

static void the_first_statement_makes_the_account_though_a_cheque_came_before(void **state)
{
	static const char table[] = "Date;Libellé;Montant\n03/10/2026;VIR DUPONT;5,00\n";
	struct cash_world *w = *state;
	struct hand_new in = cheque(w, "4711", 1000);
	struct bank_account printed;
	struct err e = { 0 };
	int64_t id;

	store_ok(hand_add(w->db, &in, &id, &e), e);
	in = cheque(w, NULL, 500);
	in.kind = HAND_CASH;
	store_ok(hand_add(w->db, &in, &id, &e), e);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM bank_account WHERE is_held = 1"),
			 2);
	store_ok(bank_account_printed(w->db, w->arena, w->entity.id, &printed, &e), e);
	assert_int_equal(printed.id, 0);        /* nobody pays into the till */
	assert_false(take(w, table, NULL, &e)); /* the till is not "the only account" */
	assert_int_equal(e.code, ERR_FORMAT);
	assert_false(take(w, table, "53", &e)); /* nor a bank's */
	assert_true(take(w, table, DOWNLOAD, &e));
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM statement_entry x JOIN statement s"
					  " ON s.id = x.statement_id JOIN bank_account b"
					  " ON b.id = s.bank_account_id WHERE b.is_held = 0"
					  " AND b.iban = '" DOWNLOAD "' AND x.amount_minor = 500"),
			 1);
	store_ok(bank_account_printed(w->db, w->arena, w->entity.id, &printed, &e), e);
	assert_string_equal(printed.iban, DOWNLOAD);
	assert_false(take(w, "Date;Libellé;Montant\n04/10/2026;VIR DURAND;6,00\n",
			  "FR7630006000011234567890189", &e)); /* a second is told */
	assert_int_equal(e.code, ERR_REFUSED);
	cash_world_clean(w);
}

static void a_slip_is_not_for_the_account_of_what_is_in_hand(void **state)
{
	struct cash_world *w = *state;
	struct hand_new in = cheque(w, "4711", 1000);
	int64_t entry, slip;
	struct deposit_order o = { .entity_id = w->entity.id,
				   .entries = &entry,
				   .n_entries = 1,
				   .deposited_on = CASH_WORLD_DAY,
				   .actor = "user:1",
				   .now = w->now++ };
	struct err e = { 0 };

	store_ok(hand_add(w->db, &in, &entry, &e), e);
	o.bank_account_id = store_i64(w->db, "SELECT id FROM bank_account WHERE iban = '5112'");
	assert_false(deposit_make(w->db, &o, &slip, &e));
	assert_int_equal(e.code, ERR_INVALID);
}

/* ---- at risk until it is money ---- */

/* Everything at risk with the customer, and the book beside the rows. */
static struct exposure risk(struct cash_world *w, int64_t customer, day_t as_of, int64_t known_at)
{
	struct exposure x = { 0 };
	struct err e = { 0 };
	struct book *b;

	store_ok(book_load(w->db, w->arena,
			   &(struct book_query){ .entity_id = w->entity.id,
						 .as_of = as_of,
						 .known_at = known_at },
			   &b, &e),
		 e);
	store_ok(exposure_of(b, w->arena, book_customer_by_id(b, customer), "EUR", NULL, &x, &e),
		 e);
	return x;
}

static int64_t bank_of(struct cash_world *w)
{
	(void)cash_world_entry(w, w->entity.id,
			       &(struct cash_receipt){ .reference = "B0",
						       .text = "VIREMENT",
						       .minor = 100,
						       .on = CASH_WORLD_DAY });
	return store_i64(w->db, "SELECT max(id) FROM bank_account WHERE is_held = 0");
}

static void a_bill_stays_at_risk_until_the_banks_days_after_its_maturity(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C1", "Menuiserie Dubourg", NULL);
	int64_t item = cash_world_item(w, who, "FA1", 50000, CASH_WORLD_DAY - 60);
	day_t due = CASH_WORLD_DAY + 45;
	day_t end = calendar_add_business_days(CALENDAR_TARGET,
					       calendar_on_or_after(CALENDAR_TARGET, due), 4);
	struct hand_new in = bill(w, "LCR-9", 50000, due);
	struct err e = { 0 };
	struct exposure x;
	int64_t entry;

	store_ok(hand_add(w->db, &in, &entry, &e), e);
	x = risk(w, who, CASH_WORLD_DAY, 0);
	assert_int_equal(x.documents_minor, 50000); /* it pays nothing yet: no risk counted twice */
	assert_int_equal(x.n_papers, 0);
	cash_world_apply(w, entry, &(struct cash_line){ item, 50000, MATCH_ALLOCATION }, 1);
	x = risk(w, who, CASH_WORLD_DAY, 0);
	assert_int_equal(x.documents_minor, 0);
	assert_int_equal(x.paper_minor[PAPER_BILL], 50000);
	assert_int_equal(x.total_minor, 50000);
	assert_int_equal(risk(w, who, CASH_WORLD_DAY - 1, 0).documents_minor, 50000);
	assert_int_equal(risk(w, who, CASH_WORLD_DAY - 1, 0).n_papers, 0);
	assert_int_equal(risk(w, who, end, 0).total_minor, 50000);
	assert_int_equal(risk(w, who, end + 1, 0).total_minor, 0);
	cash_world_clean(w);
	cash_world_unapply(w, entry);
	x = risk(w, who, CASH_WORLD_DAY, 0);
	assert_int_equal(x.documents_minor, 50000);
	assert_int_equal(x.n_papers, 0);
	cash_world_clean(w);
}

static void a_discounted_bill_is_told_apart_and_its_slip_can_be_taken_back(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C1", "Menuiserie Dubourg", NULL);
	int64_t item = cash_world_item(w, who, "FA1", 50000, CASH_WORLD_DAY - 60);
	struct hand_new in = bill(w, "LCR-9", 50000, CASH_WORLD_DAY + 45);
	struct hand_new other = cheque(w, "7", 100);
	struct deposit_order o = { .entity_id = w->entity.id,
				   .n_entries = 1,
				   .deposited_on = CASH_WORLD_DAY + 5,
				   .is_discount = true,
				   .actor = "user:1",
				   .now = w->now++ };
	int64_t entry, second, slip, before;
	struct err e = { 0 };
	struct exposure x;

	store_ok(hand_add(w->db, &in, &entry, &e) && hand_add(w->db, &other, &second, &e), e);
	cash_world_apply(w, entry, &(struct cash_line){ item, 50000, MATCH_ALLOCATION }, 1);
	o.bank_account_id = bank_of(w);
	o.entries = &second;
	assert_false(deposit_make(w->db, &o, &slip, &e)); /* a cheque is not discounted */
	assert_string_equal(e.field, "discount");
	e = (struct err){ 0 };
	o.entries = &entry;
	before = store_i64(w->db, "SELECT max(sealed) FROM seal");
	o.now = w->now++;
	store_ok(deposit_make(w->db, &o, &slip, &e), e);
	x = risk(w, who, CASH_WORLD_DAY + 4, 0);
	assert_int_equal(x.paper_minor[PAPER_BILL], 50000);
	assert_int_equal(x.paper_minor[PAPER_DISCOUNTED], 0);
	x = risk(w, who, CASH_WORLD_DAY + 5, 0);
	assert_int_equal(x.paper_minor[PAPER_BILL], 0);
	assert_int_equal(x.paper_minor[PAPER_DISCOUNTED], 50000);
	/* As it was known before the slip: in hand. */
	if (store_i64(w->db, "SELECT max(sealed) FROM seal") > before) {
		x = risk(w, who, CASH_WORLD_DAY + 5, before);
		assert_int_equal(x.paper_minor[PAPER_BILL], 50000);
	}
	store_ok(db_begin(w->db, &e) &&
			 deposit_undo(w->db, w->entity.id, slip, "user:1", w->now++, &e) &&
			 db_commit(w->db, &e),
		 e);
	x = risk(w, who, CASH_WORLD_DAY + 5, 0);
	assert_int_equal(x.paper_minor[PAPER_BILL], 50000);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM paper_risk"
					  " WHERE ended_event_id IS NULL"),
			 1);
	store_ok(db_begin(w->db, &e), e);
	assert_false(deposit_undo(w->db, w->entity.id, slip, "user:1", w->now++, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	db_rollback(w->db);
	cash_world_clean(w);
}

static void a_cheque_is_at_risk_until_it_is_cleared_and_none_that_came_back(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C1", "Menuiserie Dubourg", NULL);
	int64_t item = cash_world_item(w, who, "FA1", 120000, CASH_WORLD_DAY - 60);
	struct hand_new in = cheque(w, "1", 120000);
	struct deposit_order o = { .entity_id = w->entity.id,
				   .n_entries = 1,
				   .deposited_on = CASH_WORLD_DAY + 3,
				   .actor = "user:1",
				   .now = w->now++ };
	day_t end = calendar_add_business_days(
		CALENDAR_TARGET, calendar_on_or_after(CALENDAR_TARGET, CASH_WORLD_DAY + 3), 8);
	int64_t entry, slip, payment, back;
	struct err e = { 0 };

	store_ok(hand_add(w->db, &in, &entry, &e), e);
	cash_world_apply(w, entry, &(struct cash_line){ item, 120000, MATCH_ALLOCATION }, 1);
	assert_int_equal(risk(w, who, CASH_WORLD_DAY + 900, 0).paper_minor[PAPER_CHEQUE], 120000);
	o.bank_account_id = bank_of(w);
	o.entries = &entry;
	store_ok(deposit_make(w->db, &o, &slip, &e), e);
	assert_int_equal(risk(w, who, end, 0).paper_minor[PAPER_CHEQUE], 120000);
	assert_int_equal(risk(w, who, end + 1, 0).total_minor, 0);
	/* The bank sends it back on the tenth: what it paid is owed again, and the cheque is nothing. */
	back = cash_world_entry(w, w->entity.id,
				&(struct cash_receipt){ .reference = "R1",
							.text = "CHEQUE IMPAYE 1",
							.minor = -120000,
							.on = CASH_WORLD_DAY + 10 });
	payment = cash_world_get(w, entry).payment_item_id;
	store_ok(db_exec(w->db,
			 "INSERT INTO payment_return (id, entity_id, source, identity, state, kind,"
			 " amount_minor, currency, returned_on, reference, entry_id, event_id,"
			 " recorded) SELECT 990001, entity_id, 'statement', 'R1', 'waiting',"
			 " 'cheque', 120000, 'EUR', booked_on, 'R1', id, event_id, recorded"
			 " FROM statement_entry WHERE id = $1",
			 DB_PARAMS(P_I64(back)), NULL, &e) &&
			 return_treat(w->db, w->entity.id, 990001, payment, "user:1", w->now++, &e),
		 e);
	assert_int_equal(risk(w, who, CASH_WORLD_DAY + 9, 0).paper_minor[PAPER_CHEQUE], 120000);
	assert_int_equal(risk(w, who, CASH_WORLD_DAY + 10, 0).n_papers, 0);
	assert_int_equal(risk(w, who, CASH_WORLD_DAY + 10, 0).total_minor, 120000);
	store_ok(return_undo(w->db, w->entity.id, 990001, "user:1", w->now++, &e), e);
	assert_int_equal(risk(w, who, CASH_WORLD_DAY + 10, 0).paper_minor[PAPER_CHEQUE], 120000);
	assert_int_equal(risk(w, who, CASH_WORLD_DAY + 10, 0).total_minor, 120000);
	cash_world_clean(w);
}

int main(void)
{
#define FACT(f) cmocka_unit_test_setup_teardown(f, cash_world_setup, cash_world_teardown)
	const struct CMUnitTest tests[] = {
		FACT(what_is_no_receipt_is_refused),
		FACT(a_bill_has_a_maturity_and_a_slip_of_its_own),
		FACT(only_more_than_a_thousand_euros_in_france_passes_the_limit),
		FACT(a_slip_takes_each_cheque_once_and_its_credit_counts_once),
		FACT(the_first_statement_makes_the_account_though_a_cheque_came_before),
		FACT(a_slip_is_not_for_the_account_of_what_is_in_hand),
		FACT(a_bill_stays_at_risk_until_the_banks_days_after_its_maturity),
		FACT(a_discounted_bill_is_told_apart_and_its_slip_can_be_taken_back),
		FACT(a_cheque_is_at_risk_until_it_is_cleared_and_none_that_came_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
