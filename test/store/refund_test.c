/* SPDX-License-Identifier: Apache-2.0 */
/* Refunds from the order to the bank's debit: exported once, recognised once, taken back step by step. */
#include "cash_world.h"

#include "base/buf.h"
#include "books/books.h"
#include "cash/refund.h"
#include "cash/since.h"
#include "db/blob.h"
#include "ledger/import.h"

#include <sys/mman.h>
#include <unistd.h>

#define IBAN  "FR7630006000011234567890189"
#define OTHER "DE89370400440532013000"

static bool account_tx(struct db *db, void *arg, struct err *e)
{
	struct cash_world *w = arg;
	const struct bank_account account = { .iban = "FR7618206002105487912736125",
					      .bic = "AGRIFRPP882",
					      .name = "Banque",
					      .currency = "EUR" };
	int64_t id;

	return bank_account_save(db, w->entity.id, &account, "test", w->now, &id, e);
}

/* Money of a customer, all of it ordered back. */
static int64_t ordered(struct cash_world *w, const char *reference, int64_t minor, const char *iban)
{
	static const char code[] = "C1";
	struct cash_receipt in = { .reference = reference, .minor = minor, .on = CASH_WORLD_DAY };
	int64_t entry = cash_world_entry(w, w->entity.id, &in), id;
	struct cash_decision d = {
		.entity_id = w->entity.id, .entry_id = entry, .actor = "user:1", .now = w->now++
	};
	struct refund_order o = { .entity_id = w->entity.id,
				  .iban = iban,
				  .holder = "Menuiserie Dubourg & Fils (Île-d’Yeu)",
				  .reason = "payé deux fois",
				  .today = CASH_WORLD_DAY + 1,
				  .actor = "user:1",
				  .now = w->now++ };
	struct err e = { 0 };

	d.customer_id = store_i64(w->db, "SELECT id FROM customer ORDER BY id LIMIT 1");
	if (d.customer_id < 0)
		d.customer_id = cash_world_customer(w, w->entity.id, code, "Menuiserie", NULL);
	store_ok(cash_apply(w->db, &d, &e), e);
	o.payment_item_id = cash_world_get(w, entry).payment_item_id;
	store_ok(refund_make(w->db, &o, &id, &e), e);
	return id;
}

static struct refund get(struct cash_world *w, int64_t id)
{
	struct refund r;
	struct err e = { 0 };

	store_ok(refund_get(w->db, w->arena, w->entity.id, id, &r, &e), e);
	return r;
}

static struct refund_transfer transfer(struct cash_world *w)
{
	int64_t account = store_i64(w->db, "SELECT COALESCE(MAX(id), 0) FROM bank_account"
					   " WHERE bic = 'AGRIFRPP882'");

	return (struct refund_transfer){ .entity = &w->entity,
					 .account_id = account,
					 .execute_on = CASH_WORLD_DAY + 2,
					 .today = CASH_WORLD_DAY + 2,
					 .actor = "user:1",
					 .now = w->now++ };
}

static int64_t debit(struct cash_world *w, const char *reference, int64_t minor, const char *iban,
		     const char *text, day_t on)
{
	return cash_world_entry(w, w->entity.id,
				&(struct cash_receipt){ .reference = reference,
							.name = "MENUISERIE",
							.iban = iban,
							.text = text,
							.minor = -minor,
							.on = on });
}

static int64_t run(struct cash_world *w)
{
	struct refund_run r = { .entity_id = w->entity.id,
				.date = CASH_WORLD_DAY + 90,
				.actor = "test",
				.now = w->now++ };
	struct err e = { 0 };

	store_ok(refund_run(w->db, &r, &e), e);
	return r.n_paid;
}

static bool pay(struct cash_world *w, int64_t id, day_t on, const char *reference, struct err *e)
{
	const struct refund_act act = { .entity_id = w->entity.id,
					.id = id,
					.on = on,
					.reference = reference,
					.actor = "user:1",
					.now = w->now++ };

	*e = (struct err){ 0 };
	return refund_pay(w->db, &act, e);
}

static struct books_batch books(struct cash_world *w)
{
	const struct books_order o = { &w->entity, CASH_WORLD_DAY + 30, "user:1", w->now++ };
	struct books_batch made;
	struct err e = { 0 };

	store_ok(books_prepare(w->db, w->arena, &o, &made, &e), e);
	return made;
}

/* ---- files ---- */

static void a_file_of_transfers_holds_what_is_due_and_once(void **state)
{
	struct cash_world *w = *state;
	struct refund_transfer o = transfer(w);
	int64_t first, second;
	struct refund_file f;
	struct err e = { 0 };
	const void *bytes;
	const char *xml;
	size_t n;

	assert_false(refund_file_make(w->db, w->arena, &o, &f, &e)); /* from no account */
	assert_int_equal(e.code, ERR_INVALID);
	store_ok(db_tx(w->db, account_tx, w, &e), e);
	o = transfer(w);
	assert_false(refund_file_make(w->db, w->arena, &o, &f, &e)); /* nothing is due */
	assert_int_equal(e.code, ERR_REFUSED);
	first = ordered(w, "B1", 25000, IBAN);
	second = ordered(w, "B2", 1050, OTHER);
	o.execute_on = o.today - 1;
	assert_false(refund_file_make(w->db, w->arena, &o, &f, &e)); /* in the past */
	assert_int_equal(e.code, ERR_INVALID);
	o.execute_on = o.today;
	store_ok(refund_file_make(w->db, w->arena, &o, &f, &e), e);
	assert_int_equal(f.number, 1);
	assert_int_equal(f.n_refunds, 2);
	assert_int_equal(f.amount_minor, 26050);
	assert_string_equal(get(w, first).state, "exported");
	assert_int_equal(get(w, second).file_number, 1);
	store_ok(blob_get(w->db, w->arena, f.sha256, &bytes, &n, &e), e);
	xml = arena_strndup(w->arena, bytes, n);
	assert_non_null(strstr(xml, "<CtrlSum>260.50</CtrlSum>"));
	assert_non_null(strstr(xml, arena_printf(w->arena, "<EndToEndId>RB-%" PRId64, first)));
	assert_non_null(strstr(xml, "<Nm>Menuiserie Dubourg Fils (Ile-d Yeu)</Nm>"));
	e = (struct err){ 0 };
	assert_false(refund_file_make(w->db, w->arena, &o, &f, &e)); /* never twice */
	assert_int_equal(e.code, ERR_REFUSED);
	assert_false(refund_cancel(w->db, w->entity.id, first, "user:1", w->now++, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	/* It was not given to the bank. */
	store_ok(refund_file_withdraw(w->db, w->entity.id, 1, "user:1", w->now++, &e), e);
	assert_string_equal(get(w, first).state, "due");
	assert_false(refund_file_withdraw(w->db, w->entity.id, 1, "user:1", w->now++, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	/* The next has what is named only. */
	o.refunds = &second;
	o.n = 1;
	store_ok(refund_file_make(w->db, w->arena, &o, &f, &e), e);
	assert_int_equal(f.number, 2);
	assert_int_equal(f.n_refunds, 1);
	assert_string_equal(get(w, first).state, "due");
	e = (struct err){ 0 };
	assert_false(refund_file_make(w->db, w->arena, &o, &f, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	cash_world_clean(w);
}

static void our_own_reader_knows_the_file_as_an_order(void **state)
{
	struct cash_world *w = *state;
	struct refund_transfer o;
	struct import_job job = { .db = w->db,
				  .arena = w->arena,
				  .entity = &w->entity,
				  .actor = "test",
				  .now = w->now++,
				  .today = CASH_WORLD_DAY };
	struct import_report report = { 0 };
	struct refund_file f;
	struct err e = { 0 };
	int fd;

	store_ok(db_tx(w->db, account_tx, w, &e), e);
	o = transfer(w);
	ordered(w, "B1", 25000, IBAN);
	store_ok(refund_file_make(w->db, w->arena, &o, &f, &e), e);
	store_ok(blob_open(w->db, f.sha256, &fd, &e), e);
	assert_false(import_file(&job, fd, "pain.xml", &report, &e));
	close(fd);
	if (!strstr(e.msg, "pain.001") || !strstr(e.msg, "250.00"))
		fail_msg("%s", e.msg);
}

/* ---- paid ---- */

static void the_bank_s_debit_that_names_it_or_goes_to_its_account_pays_it(void **state)
{
	static const struct {
		int64_t minor;
		const char *iban, *text;
		int days;
		bool pays;
	} cases[] = {
		{ 25000, NULL, "VIR RB-%s", 3, true },   { 25000, IBAN, "VIREMENT", 3, true },
		{ 25000, OTHER, "VIR RB-%s", 3, true },  { 25000, OTHER, "VIREMENT", 3, false },
		{ 25000, NULL, "VIREMENT", 3, false },   { 25001, IBAN, "VIR RB-%s", 3, false },
		{ 25000, IBAN, "VIR RB-%s", 0, false },  { 25000, NULL, "VIR RB-%s7", 3, false },
		{ 25000, NULL, "VIR XRB-%s", 3, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cash_world *w;
		const char *text, *at = strstr(cases[i].text, "%s");
		int64_t id, entry;
		if (i > 0)
			assert_int_equal(cash_world_teardown(state) + cash_world_setup(state), 0);
		w = *state;
		id = ordered(w, "B1", 25000, IBAN);
		text = at ? arena_printf(w->arena, "%.*s%" PRId64 "%s", (int)(at - cases[i].text),
					 cases[i].text, id, at + 2)
			  : cases[i].text;
		entry = debit(w, "D1", cases[i].minor, cases[i].iban, text,
			      CASH_WORLD_DAY + cases[i].days);
		if ((run(w) == 1) != cases[i].pays)
			fail_msg("row %zu", i);
		assert_string_equal(get(w, id).state, cases[i].pays ? "paid" : "due");
		assert_int_equal(cash_world_get(w, entry).state,
				 cases[i].pays ? ENTRY_MATCHED : ENTRY_OPEN);
		assert_int_equal(run(w), 0); /* again: nothing */
		cash_world_clean(w);
	}
}

static void two_equal_refunds_take_two_debits(void **state)
{
	struct cash_world *w = *state;
	int64_t first = ordered(w, "B1", 25000, IBAN), second = ordered(w, "B2", 25000, IBAN);

	debit(w, "D1", 25000, IBAN, "VIREMENT", CASH_WORLD_DAY + 3);
	assert_int_equal(run(w), 1);
	assert_string_equal(get(w, first).state, "paid");
	assert_string_equal(get(w, second).state, "due");
	debit(w, "D2", 25000, IBAN, "VIREMENT", CASH_WORLD_DAY + 4);
	assert_int_equal(run(w), 1);
	assert_string_equal(get(w, second).state, "paid");
	cash_world_clean(w);
}

static void a_person_says_it_is_paid_and_the_debit_comes_later(void **state)
{
	struct cash_world *w = *state;
	int64_t id = ordered(w, "B1", 25000, IBAN), entry;
	struct books_batch b;
	struct err e = { 0 };

	b = books(w); /* the receipt alone */
	assert_int_equal(b.n_entries, 1);
	assert_false(pay(w, id, CASH_WORLD_DAY, NULL, &e)); /* before it was ordered */
	assert_int_equal(e.code, ERR_INVALID);
	assert_true(pay(w, id, CASH_WORLD_DAY + 5, NULL, &e));
	assert_false(pay(w, id, CASH_WORLD_DAY + 5, NULL, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(refund_cancel(w->db, w->entity.id, id, "user:1", w->now++, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	b = books(w); /* the money that went back */
	assert_int_equal(b.n_entries, 1);
	assert_int_equal(b.debit_minor, 25000);
	entry = debit(w, "D1", 25000, IBAN, "VIREMENT", CASH_WORLD_DAY + 5);
	assert_int_equal(run(w), 1);
	assert_int_equal(get(w, id).paid_entry_id, entry);
	assert_int_equal(books(w).n_entries, 0); /* told once */
	cash_world_clean(w);
	store_ok(refund_step_back(w->db, w->entity.id, id, "user:1", w->now++, &e), e);
	assert_string_equal(get(w, id).state, "due");
	assert_int_equal(cash_world_get(w, entry).state, ENTRY_OPEN);
	assert_int_equal(books(w).n_entries, 1); /* and taken back */
	assert_int_equal(books(w).n_entries, 0);
	cash_world_clean(w);
	store_ok(refund_cancel(w->db, w->entity.id, id, "user:1", w->now++, &e), e);
	e = (struct err){ 0 };
	assert_false(refund_step_back(w->db, w->entity.id, id, "user:1", w->now++, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(pay(w, id, CASH_WORLD_DAY + 5, NULL, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	cash_world_clean(w);
}

static void a_person_names_the_debit(void **state)
{
	struct cash_world *w = *state;
	int64_t id = ordered(w, "B1", 25000, IBAN);
	struct err e = { 0 };

	debit(w, "D1", 25000, OTHER, "VIREMENT", CASH_WORLD_DAY + 3);
	debit(w, "D2", 24000, OTHER, "VIREMENT", CASH_WORLD_DAY + 3);
	assert_false(pay(w, id, DAY_NONE, "D9", &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_false(pay(w, id, DAY_NONE, "D2", &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_true(pay(w, id, DAY_NONE, "D1", &e));
	assert_int_equal(get(w, id).paid_on, CASH_WORLD_DAY + 3);
	assert_false(pay(w, ordered(w, "B2", 25000, IBAN), DAY_NONE, "D1", &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	cash_world_clean(w);
}

static void a_refund_of_a_file_goes_back_into_it(void **state)
{
	struct cash_world *w = *state;
	struct refund_transfer o;
	struct refund_file f;
	struct err e = { 0 };
	int64_t id;

	store_ok(db_tx(w->db, account_tx, w, &e), e);
	o = transfer(w);
	id = ordered(w, "B1", 25000, IBAN);
	store_ok(refund_file_make(w->db, w->arena, &o, &f, &e), e);
	debit(w, "D1", 25000, IBAN, "VIREMENT", CASH_WORLD_DAY + 3);
	assert_int_equal(run(w), 1);
	assert_false(refund_file_withdraw(w->db, w->entity.id, 1, "user:1", w->now++, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	store_ok(refund_step_back(w->db, w->entity.id, id, "user:1", w->now++, &e), e);
	assert_string_equal(get(w, id).state, "exported");
	store_ok(refund_step_back(w->db, w->entity.id, id, "user:1", w->now++, &e), e);
	assert_string_equal(get(w, id).state, "due");
	assert_int_equal(get(w, id).file_number, 0);
	cash_world_clean(w);
}

/* ---- what left meanwhile ---- */

static void what_left_the_house_is_told_when_a_receipt_is_taken_back(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C1", "Menuiserie", NULL);
	int64_t item = cash_world_item(w, who, "FA1", 25000, CASH_WORLD_DAY - 60);
	struct cash_receipt in = { .reference = "B1", .minor = 25000, .on = CASH_WORLD_DAY };
	int64_t entry = cash_world_entry(w, w->entity.id, &in);
	const struct cash_line line = { item, 25000, MATCH_ALLOCATION };
	const struct books_order o = { &w->entity, CASH_WORLD_DAY + 30, "user:1", 9000 };
	const struct catalogue *en = catalogue_find("en");
	struct cash_since since;
	struct err e = { 0 };

	cash_world_apply(w, entry, &line, 1);
	store_ok(cash_since(w->db, w->arena, w->entity.id, entry, &since, &e), e);
	assert_null(cash_since_say(w->arena, en, &since));
	books(w);
	store_ok(cash_since(w->db, w->arena, w->entity.id, entry, &since, &e), e);
	assert_null(since.exports); /* made, not taken by the books yet */
	store_ok(books_acknowledge(w->db, &o, 1, "R1", &e), e);
	for (int test = 0; test < 2; test++)
		store_ok(
			db_exec(w->db,
				"INSERT INTO message (id, entity_id, customer_id, key, step, level,"
				" channel, language, recipient, subject, body, amount_minor,"
				" currency, planned_on, message_id, state, is_test, mode, sent_at,"
				" event_id, recorded) VALUES ($1, $2, $3, $4, 's', 1, 'email', "
				"'fr',"
				" 'a@b.fr', 's', 'b', 25000, 'EUR', '2026-10-20', $4, 'accepted', "
				"$5,"
				" 'auto', 5000, $6, 5000)",
				DB_PARAMS(P_I64(900 + test), P_I64(w->entity.id), P_I64(who),
					  P_TEXT(test ? "k1" : "k0"), P_I64(test),
					  P_I64(w->event_id)),
				NULL, &e),
			e);
	store_ok(cash_since(w->db, w->arena, w->entity.id, entry, &since, &e), e);
	assert_int_equal(since.n_reminders, 1); /* what was made in test mode never left */
	assert_string_equal(since.exports, "1");
	assert_string_equal(
		cash_since_say(w->arena, en, &since),
		"1 reminder went out meanwhile and is not called back. The books took it"
		" with export 1: the next export takes it back there.");
}

/* The accounting's file books the refund: it is the item that is here, and paid. */
static void a_refund_that_the_books_have_is_paid(void **state)
{
	struct cash_world *w = *state;
	int64_t id = ordered(w, "B1", 25000, IBAN);
	static const char fec[] =
		"JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\t"
		"CompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\t"
		"EcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\r\n"
		"BQ\tBanque\t1\t20261020\t41100000\tClients\tC1\tMenuiserie\tVIR9\t20261020\t"
		"REMBOURSEMENT\t250,00\t0,00\t\t\t20261031\t\t\r\n"
		"BQ\tBanque\t1\t20261020\t51200000\tBanque\t\t\tVIR9\t20261020\tREMBOURSEMENT\t0,00"
		"\t250,00\t\t\t20261031\t\t\r\n";
	struct import_job job = { .db = w->db,
				  .arena = w->arena,
				  .entity = &w->entity,
				  .actor = "test",
				  .now = w->now++,
				  .today = CASH_WORLD_DAY + 30 };
	struct import_report report = { 0 };
	struct err e = { 0 };
	int fd = memfd_create("fec", MFD_CLOEXEC);

	assert_int_equal(write(fd, fec, strlen(fec)), (ssize_t)strlen(fec));
	store_ok(import_file(&job, fd, "123456782FEC20261231.txt", &report, &e), e);
	close(fd);
	assert_int_equal(store_i64(w->db, "SELECT COALESCE(SUM(open_minor), 0) FROM item_balance"),
			 0);
	assert_int_equal(run(w), 1);
	assert_string_equal(get(w, id).state, "paid");
	assert_int_equal(run(w), 0);
	cash_world_clean(w);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, cash_world_setup, cash_world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(a_file_of_transfers_holds_what_is_due_and_once),
		FACT(our_own_reader_knows_the_file_as_an_order),
		FACT(the_bank_s_debit_that_names_it_or_goes_to_its_account_pays_it),
		FACT(two_equal_refunds_take_two_debits),
		FACT(a_person_says_it_is_paid_and_the_debit_comes_later),
		FACT(a_person_names_the_debit),
		FACT(a_refund_of_a_file_goes_back_into_it),
		FACT(a_refund_that_the_books_have_is_paid),
		FACT(what_left_the_house_is_told_when_a_receipt_is_taken_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
