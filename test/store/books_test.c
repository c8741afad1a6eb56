/* SPDX-License-Identifier: Apache-2.0 */
/* Back to the books: what is exported, once; what is undone, taken back; what comes back, known again. */
#include "books_world.h"

#include "format/parse.h"
#include "ledger/lettering_auto.h"
#include "ledger/lettering_store.h"
#include "ledger/verify_lettering.h"
#include "ledger/write_off.h"

#include <sys/mman.h>
#include <unistd.h>

/* ---- what is exported ---------------------------------------------------------------------------- */

static void a_receipt_is_an_entry_of_the_bank_lettered_with_its_invoice(void **state)
{
	struct fixture *f = *state;
	int64_t fa = invoice(f, 0, "FA1", 120000);
	struct books_batch b;
	const char *fec, *letterings;

	allocate(f, fa, receipt(f, 0, 120000), 120000);
	b = prepare(f);
	assert_int_equal(b.number, 1);
	assert_int_equal(b.n_entries, 1);
	assert_int_equal(b.n_letterings, 2);
	fec = file_of(f, 1, BOOKS_FEC);
	is_good_fec(fec, &b);
	/* The customers' account as the company's files have it, with its length for the others. */
	assert_true(has_line(fec,
			     "BQ\tBanque\t1\t20260922\t41100000\tClients\tC1\tMenuiserie Dubourg"
			     "\tB0001\t20260922\tVIR FACTURE 12\t0,00\t1200,00\tAAA\t20260927\t"
			     "20261002\t\t\r\n"));
	assert_true(has_line(fec, "\t51200000\tBanque\t\t\tB0001\t20260922\tVIR FACTURE 12\t1200,00"
				  "\t0,00\t\t\t20261002\t\t\r\n"));
	letterings = file_of(f, 1, BOOKS_LETTERING);
	assert_true(
		has_line(letterings, "\"FA1\";2026-09-22;\"\";1200,00;0,00;\"AAA\";2026-09-27;"));
	assert_true(
		has_line(letterings, "\"B0001\";2026-09-22;\"\";0,00;1200,00;\"AAA\";2026-09-27;"));
	assert_int_equal(prepare(f).id, 0); /* never twice */
	assert_string_equal(fec, file_of(f, 1, BOOKS_FEC));
}

static void what_the_books_have_is_not_exported(void **state)
{
	struct fixture *f = *state;
	struct act a = { .f = f,
			 .run = run_item,
			 .customer_id = f->customer[0],
			 .kind = ITEM_PAYMENT,
			 .document = "BOOKED",
			 .minor = -5000,
			 .bank_entry_id = 77,
			 .is_booked = true };

	act(&a);
	assert_int_equal(prepare(f).id, 0);
}

static void every_kind_of_decision_has_its_accounts(void **state)
{
	static const struct {
		const char *account, *line;
		int64_t minor, net, vat;
	} cases[] = {
		{ "665", "\t66500000\tEscomptes accordés\t\t\tX0\t20260922\t", -1200, -1000, -200 },
		{ "627", "\t62700000\tServices bancaires\t\t\tX1\t20260922\t", -700, 0, 0 },
		{ "658", "\t65800000\tÉcarts de règlement (charges)\t\t\tX2\t20260922\t", -3, 0,
		  0 },
		{ "758", "\t75800000\tÉcarts de règlement (produits)\t\t\tX3\t20260922\t", 4, 0,
		  0 },
		{ "654", "\t65400000\tPertes sur créances irrécouvrables\t\t\tX4\t20260922\t",
		  -9000, 0, 0 },
		{ "708", "\t70800000\tFrais facturés aux clients\t\t\tX5\t20260922\t", 1500, 1250,
		  250 },
		{ "451", "\t45100000\tSociétés du groupe\t\t\tX6\t20260922\t", 2500, 0, 0 },
		{ "6588", "\t65800000\t", -1, 0, 0 },
		{ "4671", "\t46710000\t4671\t", 100, 0, 0 },
		{ "5112", "\t51120000\tChèques à encaisser\t", -4400, 0, 0 },
	};
	struct fixture *f = *state;
	struct books_batch b;
	const char *fec;

	invoice(f, 0, "FA1", 100);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		act(&(struct act){ .f = f,
				   .run = run_item,
				   .customer_id = f->customer[0],
				   .kind = ITEM_ADJUSTMENT,
				   .document = arena_printf(f->arena, "X%zu", i),
				   .account = cases[i].account,
				   .minor = cases[i].minor,
				   .net = cases[i].net,
				   .vat = cases[i].vat });
	b = prepare(f);
	assert_int_equal(b.n_entries, ARRAY_LEN(cases));
	fec = file_of(f, b.number, BOOKS_FEC);
	is_good_fec(fec, &b);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (!has_line(fec, cases[i].line))
			fail_msg("%s: no line %s in\n%s", cases[i].account, cases[i].line, fec);
	/* The discount without its VAT, and the VAT beside. */
	assert_true(has_line(
		fec, "\t66500000\tEscomptes accordés\t\t\tX0\t20260922\tVIR FACTURE 12\t10,00"
		     "\t0,00"));
	assert_true(has_line(
		fec, "\t44571000\tTVA collectée\t\t\tX0\t20260922\tVIR FACTURE 12\t2,00\t0,00"));
	/* And a fee charged to the customer: its VAT is owed. */
	assert_true(has_line(fec, "\t70800000\tFrais facturés aux clients\t\t\tX5\t20260922"
				  "\tVIR FACTURE 12\t0,00\t12,50"));
	assert_true(has_line(
		fec, "\t44571000\tTVA collectée\t\t\tX5\t20260922\tVIR FACTURE 12\t0,00\t2,50"));
}

static void the_account_that_pays_for_another_gives_its_money_over(void **state)
{
	struct fixture *f = *state;
	int64_t fa = invoice(f, 2, "FB1", 30000);
	int64_t pay = receipt(f, 1, 30000);
	struct books_batch b;
	const char *fec;

	allocate(f, fa, pay, 30000);
	b = prepare(f);
	assert_int_equal(b.n_entries, 2);
	fec = file_of(f, b.number, BOOKS_FEC);
	is_good_fec(fec, &b);
	/* Each account letters on its own: the payer 300 against 300, the debtor too. */
	assert_true(has_line(fec, "\tC2\tGroupe Lenoir\tVC-"));
	assert_true(has_line(fec, "\tC3\tLenoir Brest\tVC-"));
}

static void a_bad_account_is_refused(void **state)
{
	static const struct {
		const char *key, *value;
		enum err_code code;
	} bad[] = { { "discount", "66", ERR_INVALID },     { "discount", "6-65", ERR_INVALID },
		    { "discount", "ABC", ERR_INVALID },    { "discount", "665 00", ERR_INVALID },
		    { "nothing", "665", ERR_NOT_FOUND },   { "bank:FR76", "512", ERR_NOT_FOUND },
		    { "bank_journal", "B Q", ERR_INVALID } };
	struct fixture *f = *state;

	store_ok(db_begin(f->db, &(struct err){ 0 }), ((struct err){ 0 }));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		if (books_account_set(f->db, &f->entity, bad[i].key, bad[i].value, "test", NOW,
				      &e) ||
		    e.code != bad[i].code)
			fail_msg("row %zu: %d %s", i, (int)e.code, e.msg);
	}
	db_rollback(f->db);
}

/* ---- states -------------------------------------------------------------------------------------- */

static void a_refused_export_returns_what_it_carried(void **state)
{
	struct fixture *f = *state;
	struct books_batch b;

	receipt(f, 0, 5000);
	b = prepare(f);
	assert_true(refuse(f, b.number));
	assert_false(acknowledge(f, b.number));
	b = prepare(f);
	assert_int_equal(b.number, 2);
	assert_int_equal(b.n_entries, 1);
	/* Its number is free again: the books never had it. */
	assert_true(has_line(file_of(f, 2, BOOKS_FEC), "BQ\tBanque\t1\t"));
	assert_true(acknowledge(f, 2));
	assert_false(refuse(f, 2));
	assert_int_equal(prepare(f).id, 0);
}

static void what_is_undone_after_its_export_goes_back(void **state)
{
	struct fixture *f = *state;
	int64_t fa = invoice(f, 0, "FA1", 5000), pay = receipt(f, 0, 5000);
	struct books_batch b;
	const char *fec, *letterings;

	allocate(f, fa, pay, 5000);
	prepare(f);
	reverse(f, pay);
	b = prepare(f);
	assert_int_equal(b.n_entries, 1);
	assert_int_equal(b.n_letterings, 2);
	fec = file_of(f, 2, BOOKS_FEC);
	is_good_fec(fec, &b);
	assert_true(has_line(
		fec, "\tC1\tMenuiserie Dubourg\tB0001\t20260922\tAnnulation : VIR FACTURE 12"
		     "\t50,00\t0,00\t\t"));
	letterings = file_of(f, 2, BOOKS_LETTERING);
	assert_true(has_line(letterings, "\"unlettering\""));
	assert_true(has_line(letterings, ";AAA\r\n"));
	/* The second rests on the first. */
	assert_false(acknowledge(f, 2));
	assert_false(refuse(f, 1));
	assert_true(acknowledge(f, 1) && acknowledge(f, 2));
	assert_int_equal(prepare(f).id, 0);
}

static void nothing_undone_before_its_export_is_told(void **state)
{
	struct fixture *f = *state;

	reverse(f, receipt(f, 0, 5000));
	assert_int_equal(prepare(f).id, 0);
}

/* ---- coming back --------------------------------------------------------------------------------- */

static void our_own_lines_come_back_without_counting_twice(void **state)
{
	struct fixture *f = *state;
	int64_t fa = invoice(f, 0, "FA1", 5000), pay = receipt(f, 0, 5000);
	int64_t of_child = invoice(f, 2, "FB1", 7000), of_payer = receipt(f, 1, 7000);
	struct import_report r;
	const char *before, *first, *second;

	allocate(f, fa, pay, 5000);
	allocate(f, of_child, of_payer, 7000);
	act(&(struct act){ .f = f,
			   .run = run_item,
			   .customer_id = f->customer[0],
			   .kind = ITEM_ADJUSTMENT,
			   .document = "758-1",
			   .account = "758",
			   .minor = 4 });
	prepare(f);
	first = file_of(f, 1, BOOKS_FEC);
	before = picture(f);
	r = import(f, first);
	assert_int_equal(r.n_created, 0);
	assert_string_equal(picture(f), before);
	/* Undone since, and taken back in the books: both lines, no item. */
	reverse(f, pay);
	prepare(f);
	second = strstr(file_of(f, 2, BOOKS_FEC), "\r\n") + 2;
	before = picture(f);
	r = import(f, arena_printf(f->arena, "%s%s", first, second));
	assert_int_equal(r.n_created, 0);
	assert_string_equal(picture(f), before);
	/* The books have them now by their own file. */
	assert_int_equal(store_i64(f->db, "SELECT is_booked FROM item WHERE document = 'B0002'"),
			 1);
	assert_int_equal(store_i64(f->db, "SELECT is_booked FROM item WHERE document = '758-1'"),
			 1);
	assert_int_equal(prepare(f).id, 0);
}

static void a_line_of_another_amount_is_not_ours(void **state)
{
	struct fixture *f = *state;
	struct import_report r;

	receipt(f, 0, 5000);
	prepare(f);
	r = import(f,
		   "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\t"
		   "CompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\t"
		   "EcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\r\n"
		   "BQ\tBanque\t1\t20260922\t41100000\tClients\tC1\tX\tB0001\t20260922\tVIR\t0,00\t"
		   "60,00\t\t\t20261002\t\t\r\n"
		   "BQ\tBanque\t1\t20260922\t51200000\tBanque\t\t\tB0001\t20260922\tVIR\t60,00\t"
		   "0,00\t\t\t20261002\t\t\r\n");
	/* The ledger's file decides the amount: what it says more is an adjustment. */
	assert_int_equal(r.n_errors, 0);
	assert_int_equal(store_i64(f->db, "SELECT sum(amount_minor) FROM item"), -6000);
}

/* ---- codes of automatic matches ------------------------------------------------------------------ */

static void what_was_matched_gets_codes_by_the_same_scheme(void **state)
{
	struct fixture *f = *state;
	int64_t fa = invoice(f, 0, "FA1", 5000), fb = invoice(f, 0, "FA2", 6000);
	int64_t p1 = receipt(f, 0, 5000), p2 = receipt(f, 0, 2000), p3 = receipt(f, 0, 4000);
	struct verify_report report = { 0 };
	struct lettering *list = NULL;
	struct err e = { 0 };
	int64_t n_acts;
	size_t n = 0;

	allocate(f, fa, p1, 5000);
	allocate(f, fb, p2, 2000);
	store_ok(lettering_auto(f->db, f->entity.id, 0, "rule:x", ++f->now, &n_acts, &e), e);
	assert_int_equal(n_acts, 2);
	/* What comes later goes on with the partial code. */
	allocate(f, fb, p3, 4000);
	store_ok(lettering_auto(f->db, f->entity.id, f->customer[0], "rule:x", ++f->now, &n_acts,
				&e) &&
			 lettering_list(f->db, f->arena, f->entity.id, f->customer[0], &list, &n,
					&e),
		 e);
	assert_int_equal(n_acts, 1);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].code, "AAB");
	assert_int_equal(list[0].n_items, 3);
	assert_true(list[0].is_full);
	assert_int_equal(list[0].lettered_on, today - 5);
	assert_string_equal(list[1].code, "AAA");
	store_ok(lettering_auto(f->db, f->entity.id, 0, "rule:x", ++f->now, &n_acts, &e), e);
	assert_int_equal(n_acts, 0);
	store_ok(verify_lettering(f->db, f->arena, f->entity.id, &report, &e), e);
	assert_int_equal(report.n_faults, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_receipt_is_an_entry_of_the_bank_lettered_with_its_invoice),
		TEST(what_the_books_have_is_not_exported),
		TEST(every_kind_of_decision_has_its_accounts),
		TEST(the_account_that_pays_for_another_gives_its_money_over),
		TEST(a_bad_account_is_refused),
		TEST(a_refused_export_returns_what_it_carried),
		TEST(what_is_undone_after_its_export_goes_back),
		TEST(nothing_undone_before_its_export_is_told),
		TEST(our_own_lines_come_back_without_counting_twice),
		TEST(a_line_of_another_amount_is_not_ours),
		TEST(what_was_matched_gets_codes_by_the_same_scheme),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
