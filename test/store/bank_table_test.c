/* SPDX-License-Identifier: Apache-2.0 */
/* Bank statements from files through the importer: tables, downloads that overlap, other formats. */
#include "store.h"

#include "bank/statement.h"
#include "ledger/import.h"

#include <sys/mman.h>
#include <unistd.h>

enum { NOW = 1000 };

struct fixture {
	struct db *db;
	struct arena *arena;
	struct entity entity;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct err e = { 0 };
	bool created;

	store_open(&f->db);
	f->arena = arena_new(0);
	if (!entity_init(f->db, "Atelier", "FR", "EUR", 1, &created, &e) ||
	    !entity_get(f->db, f->arena, NULL, &f->entity, &e))
		fail_msg("%s", e.msg);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_free(f->arena);
	store_close(f->db);
	free(f);
	return 0;
}

static bool import_as(struct fixture *f, const char *text, const char *account, const char *dates,
		      struct import_report *report, struct err *e)
{
	int fd = memfd_create("table", 0);
	struct bank_importer bank;
	struct import_job job = { .db = f->db,
				  .arena = f->arena,
				  .entity = &f->entity,
				  .actor = "test",
				  .now = NOW,
				  .today = date_of(2026, 10, 1),
				  .account = account,
				  .dates = dates,
				  .bank = &bank };
	bool ok;

	*e = (struct err){ 0 };
	statement_importer(f->arena, &bank);
	*report = (struct import_report){ .from_on = DAY_NONE, .to_on = DAY_NONE };
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ok = import_file(&job, fd, "t", report, e);
	close(fd);
	return ok;
}

#define IBAN_FR "FR7630004008280001234567841"
#define HEAD    "Date opération;Date de valeur;Libellé;Débit euros;Crédit euros;Solde\n"

static int64_t entries(struct fixture *f)
{
	return store_i64(f->db, "SELECT COUNT(*) FROM statement_entry");
}

static int64_t sum(struct fixture *f)
{
	return store_i64(f->db, "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT)"
				" FROM statement_entry");
}

static void good(struct fixture *f, const char *text, struct import_report *report)
{
	struct err e;

	if (!import_as(f, text, IBAN_FR, NULL, report, &e))
		fail_msg("%s", e.msg);
}

static void equal_rows_of_overlapping_downloads_count_once(void **state)
{
	struct fixture *f = *state;
	struct import_report report;

	good(f,
	     HEAD "01/09/2026;01/09/2026;VIR DUPONT FA-17;;1 200,00;2 200,00\n"
		  "02/09/2026;02/09/2026;CB ACHAT;-50,00;;2 150,00\n"
		  "02/09/2026;02/09/2026;VIR ABO;;30,00;2 180,00\n"
		  "02/09/2026;02/09/2026;VIR ABO;;30,00;2 210,00\n",
	     &report);
	assert_int_equal(entries(f), 4);
	assert_int_equal(sum(f), 121000);
	assert_non_null(strstr(report.statements_json, "\"balanced\":true"));
	/* Newest first, from the second day on: a third equal payment and one more day. */
	good(f,
	     HEAD "03/09/2026;03/09/2026;VIR MARTIN;;10,00;2 250,00\n"
		  "02/09/2026;02/09/2026;VIR ABO;;30,00;2 240,00\n"
		  "02/09/2026;02/09/2026;VIR ABO;;30,00;2 210,00\n"
		  "02/09/2026;02/09/2026;VIR ABO;;30,00;2 180,00\n"
		  "02/09/2026;02/09/2026;CB ACHAT;-50,00;;2 150,00\n",
	     &report);
	assert_int_equal(report.n_created, 2);
	assert_int_equal(report.n_unchanged, 3);
	assert_int_equal(entries(f), 6);
	assert_int_equal(sum(f), 125000);
	assert_non_null(strstr(report.statements_json, "\"opening\":\"2210.00\""));
	assert_non_null(strstr(report.statements_json, "\"balanced\":true"));
	/* The same rows in other bytes: nothing. */
	good(f,
	     HEAD "02/09/2026;02/09/2026;VIR  ABO;;30,00;\n"
		  "02/09/2026;02/09/2026;Vir Abo;;30,00;\n",
	     &report);
	assert_int_equal(report.n_created, 0);
	assert_int_equal(entries(f), 6);
}

static void tells_balances_that_do_not_follow(void **state)
{
	struct fixture *f = *state;
	struct import_report report;
	bool told = false;

	good(f,
	     HEAD "01/09/2026;;VIR A;;100,00;1 100,00\n"
		  "02/09/2026;;VIR B;;100,00;1 300,00\n"
		  "03/09/2026;;VIR C;;100,00;1 400,00\n",
	     &report);
	for (size_t i = 0; i < report.n_warnings; i++)
		told |= strstr(report.warnings[i], "line 3: the balance is 1300.00") != NULL;
	assert_true(told);
	assert_non_null(strstr(report.statements_json, "\"balanced\":false"));
	assert_int_equal(sum(f), 30000);
}

static void a_row_that_cannot_be_read_refuses_the_table(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ HEAD "01/09/2026;;VIR A;;100,00;\n99/09/2026;;VIR B;;100,00;\n", "line 3" },
		{ HEAD "01/09/2026;;VIR A;;abc;\n", "line 2" },
		{ HEAD "01/09/2026;;VIR A;;;\n", "line 2" },
		{ HEAD, "no movement" },
		{ "Date;Libellé;Montant;Sens\n01/09/2026;VIR;5,00;X\n", "debit or credit" },
	};
	struct fixture *f = *state;
	struct import_report report;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_false(import_as(f, cases[i].text, IBAN_FR, NULL, &report, &e));
		if (!strstr(e.msg, cases[i].why))
			fail_msg("%zu: %s", i, e.msg);
	}
	assert_int_equal(entries(f), 0);
}

static void the_day_comes_first_where_the_table_speaks_french(void **state)
{
	struct fixture *f = *state;
	struct import_report report;
	struct err e;

	good(f, "Date;Libellé;Montant\n03/09/2026;VIR;5,00\n", &report);
	assert_int_equal(report.from_on, date_of(2026, 9, 3));
	/* In English it may be either: somebody must say. */
	assert_false(import_as(f, "Date;Description;Amount\n03/10/2026;A;5,00\n", IBAN_FR, NULL,
			       &report, &e));
	assert_true(import_as(f, "Date;Description;Amount\n03/10/2026;A;5,00\n", IBAN_FR, "mdy",
			      &report, &e));
	assert_int_equal(report.from_on, date_of(2026, 3, 10));
}

static void the_account_is_named_or_the_only_one(void **state)
{
	struct fixture *f = *state;
	struct import_report report;
	struct err e;

	/* None is known and none is named. */
	assert_false(import_as(f, "Date;Libellé;Montant\n03/09/2026;VIR;5,00\n", NULL, NULL,
			       &report, &e));
	assert_non_null(strstr(e.msg, "which account"));
	good(f, "Date;Libellé;Montant\n03/09/2026;VIR;5,00\n", &report);
	assert_true(import_as(f, "Date;Libellé;Montant\n04/09/2026;VIR;6,00\n", NULL, NULL, &report,
			      &e));
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM bank_account"), 1);
	assert_int_equal(entries(f), 2);
	/* Another company's account. */
	assert_false(import_as(
		f, "Date;Libellé;Montant;IBAN\n05/09/2026;VIR;6,00;DE89370400440532013000\n", NULL,
		NULL, &report, &e));
	assert_int_equal(e.code, ERR_REFUSED);
}

#define MT(opening, rest) \
	":20:T\n:25:30004/00012345678\n:28C:12/1\n:60F:C260901EUR" opening "\n" rest

static void swift_statements_find_their_account(void **state)
{
	struct fixture *f = *state;
	struct import_report report;
	struct err e;

	good(f, "Date;Libellé;Montant\n01/08/2026;VIR;5,00\n", &report);
	if (!import_as(f,
		       MT("100,00",
			  ":61:260902C50,00NTRFREF1//B77\n:86:FA-17\n:62F:C260902EUR150,00\n-\n"),
		       NULL, NULL, &report, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(store_i64(f->db,
				   "SELECT COUNT(*) FROM statement_entry WHERE reference = 'B77'"
				   " AND end_to_end = 'REF1' AND remittance = 'FA-17'"),
			 1);
	/* Cut off: nothing of it. */
	assert_false(import_as(f, MT("150,00", ":61:260903C50,00NTRFNONREF\n:86:X\n"), NULL, NULL,
			       &report, &e));
	assert_non_null(strstr(e.msg, "cut off"));
	assert_int_equal(entries(f), 2);
	/* A day later, an intraday report: announced, not booked. */
	if (!import_as(f,
		       ":20:I\n:25:30004/00012345678\n:28C:1/1\n:34F:EUR0,\n:13D:2609031200+0200\n"
		       ":61:260903C70,00NTRFNONREF//B78\n:86:FA-18\n-\n",
		       NULL, NULL, &report, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(store_i64(f->db,
				   "SELECT COUNT(*) FROM statement_entry WHERE amount_minor = 7000"
				   " AND state = 'announced'"),
			 1);
}

#define DAY_STATEMENT(id, opening, closing)                                              \
	":20:" id "\n:25:DE89370400440532013000\n:28C:" id "/1\n:60F:C260901EUR" opening \
	",00\n:61:260901C1,00NTRFNONREF//B" id "\n:86:X\n:62F:C260901EUR" closing ",00\n-\n"

static void several_statements_of_one_day_go_on_from_each_other(void **state)
{
	/* The fourth before the third, a euro beside, the name of another: refused. */
	static const struct {
		const char *text;
		bool is_taken;
	} cases[] = {
		{ DAY_STATEMENT("1", "0", "1"), true },  { DAY_STATEMENT("2", "1", "2"), true },
		{ DAY_STATEMENT("4", "3", "4"), false }, { DAY_STATEMENT("3", "2", "3"), true },
		{ DAY_STATEMENT("5", "5", "6"), false }, { DAY_STATEMENT("1", "3", "4"), false },
		{ DAY_STATEMENT("4", "3", "4"), true },  { DAY_STATEMENT("3", "2", "3"), true },
	};
	struct fixture *f = *state;
	struct import_report report;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (import_as(f, cases[i].text, NULL, NULL, &report, &e) != cases[i].is_taken)
			fail_msg("row %zu: %s", i, e.msg);
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM statement"), 4);
	assert_int_equal(sum(f), 400);
}

#define OFX(rows)                                                                 \
	"OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>" IBAN_FR \
	"</BANKACCTFROM><BANKTRANLIST><DTSTART>20260901<DTEND>20260930" rows      \
	"</BANKTRANLIST><LEDGERBAL><BALAMT>1<DTASOF>20260930</LEDGERBAL></STMTRS></OFX>"
#define TRN(day, amount, id) \
	"<STMTTRN><DTPOSTED>202609" day "<TRNAMT>" amount "<FITID>" id "<NAME>X</STMTTRN>"

static void a_fitid_counts_once(void **state)
{
	struct fixture *f = *state;
	struct import_report report;

	good(f, OFX(TRN("01", "10.00", "A") TRN("02", "20.00", "B")), &report);
	good(f, OFX(TRN("02", "20.00", "B") TRN("02", "20.00", "C")), &report);
	assert_int_equal(entries(f), 3);
	assert_int_equal(sum(f), 5000);
	/* The same name for another movement is another movement. */
	good(f, OFX(TRN("02", "21.00", "B")), &report);
	assert_int_equal(entries(f), 4);
}

int main(void)
{
#define FACT(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		FACT(equal_rows_of_overlapping_downloads_count_once),
		FACT(tells_balances_that_do_not_follow),
		FACT(a_row_that_cannot_be_read_refuses_the_table),
		FACT(the_day_comes_first_where_the_table_speaks_french),
		FACT(the_account_is_named_or_the_only_one),
		FACT(swift_statements_find_their_account),
		FACT(a_fitid_counts_once),
		FACT(several_statements_of_one_day_go_on_from_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
