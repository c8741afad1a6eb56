/* SPDX-License-Identifier: Apache-2.0 */
/* Remittance advices in the database: taken once, joined to their payment, told to the matching. */
#include "cash_world.h"

#include "cash/advice_store.h"
#include "db/attachment.h"
#include "ledger/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct advice_row take(struct cash_world *w, const char *text)
{
	struct advice_job job = { .db = w->db,
				  .arena = w->arena,
				  .entity = &w->entity,
				  .actor = "test",
				  .now = ++w->now,
				  .today = CASH_WORLD_DAY };
	int fd = memfd_create("advice", 0);
	struct advice_row row;
	struct err e = { 0 };

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	if (!advice_import(&job, fd, "advice.txt", &row, &e))
		fail_msg("%s", e.msg);
	close(fd);
	return row;
}

static int64_t receipt(struct cash_world *w, const char *reference, int64_t minor)
{
	return cash_world_entry(w, w->entity.id,
				&(struct cash_receipt){ .reference = reference,
							.name = "Menuiserie Dubourg SARL",
							.text = "VIREMENT",
							.minor = minor,
							.on = CASH_WORLD_DAY });
}

#define ADVICE                                                                                  \
	"From: compta@dubourg.example\nMIME-Version: 1.0\n"                                     \
	"Content-Transfer-Encoding: quoted-printable\n\nAvis du 01/10/2026\nFA2026-0000012 =\n" \
	"700,00\nFA2026-0000013 200,00\nAV2026-0000001 -100,00\nTotal 800,00\n"

static void an_advice_joins_its_payment_and_explains_it(void **state)
{
	struct cash_world *w = *state;
	int64_t who =
		cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg SARL", NULL);
	int64_t a = cash_world_item(w, who, "FA2026-0000012", 70000, CASH_WORLD_DAY - 60);
	int64_t b = cash_world_item(w, who, "FA2026-0000013", 20000, CASH_WORLD_DAY - 50);
	int64_t c = cash_world_item(w, who, "AV2026-0000001", -10000, CASH_WORLD_DAY - 40);
	int64_t entry = receipt(w, "B001", 80000);
	struct cash_match_report report;
	struct match_entry facts = { .id = entry };
	struct advice_row row;
	struct err e = { 0 };

	cash_world_item(w, who, "FA2026-0000014", 90000, CASH_WORLD_DAY - 45);
	row = take(w, ADVICE);
	assert_true(row.adds_up);
	assert_int_equal(row.n_lines, 3);
	assert_int_equal(row.n_known, 3);
	assert_int_equal(row.entry_id, entry);
	store_ok(advice_give(w->db, w->arena, w->entity.id, &facts, 1, &e), e);
	assert_int_equal(facts.n_advice, 3);
	assert_string_equal(facts.advice[2].document, "AV2026-0000001");
	assert_int_equal(facts.advice[2].amount_minor, -10000);
	/* The same bytes change nothing. */
	row = take(w, ADVICE);
	assert_true(row.is_repeat);
	assert_int_equal(row.entry_id, entry);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM remittance_advice"), 1);
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(cash_world_open_of(w, a), 0);
	assert_int_equal(cash_world_open_of(w, b), 0);
	assert_int_equal(cash_world_open_of(w, c), 0);
	cash_world_clean(w);
}

static void among_equal_payments_a_person_chooses(void **state)
{
	struct cash_world *w = *state;
	struct advice_job job = { .db = w->db,
				  .arena = w->arena,
				  .entity = &w->entity,
				  .actor = "user:1",
				  .now = 2000,
				  .today = CASH_WORLD_DAY };
	int64_t first = receipt(w, "B001", 80000), second = receipt(w, "B002", 80000);
	struct advice_row row = take(w, ADVICE), other;
	struct err e = { 0 };

	assert_int_equal(row.entry_id, 0);
	assert_int_equal(row.n_candidates, 2);
	store_ok(advice_join(&job, row.id, second, &e), e);
	/* The other one is left for the next advice of that sum, and only that one. */
	other = take(w, "XY4711 800,00\nTotal 800,00\n");
	assert_int_equal(other.entry_id, first);
	assert_false(advice_join(&job, other.id, second, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	e = (struct err){ 0 };
	store_ok(advice_join(&job, other.id, 0, &e), e);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM remittance_advice"
					  " WHERE entry_id IS NULL"),
			 1);
}

static void reads_a_table_between_commas(void **state)
{
	struct cash_world *w = *state;
	struct advice_row row = take(w, "Document,Amount,Remark\nXY4711,\"1,700.00\",a\n"
					"XY4712,99.00,b\nTotal,\"1,799.00\",\n");

	assert_true(row.adds_up);
	assert_int_equal(row.total_minor, 179900);
	assert_int_equal(row.n_lines, 2);
}

static void what_does_not_add_up_joins_nothing_alone(void **state)
{
	struct cash_world *w = *state;
	struct advice_row row;

	receipt(w, "B001", 80000);
	row = take(w, "XY4711 700,00\nXY4712 99,00\nTotal 800,00\n");
	assert_false(row.adds_up);
	assert_int_equal(row.total_minor, 80000);
	assert_int_equal(row.n_candidates, 1);
	assert_int_equal(row.entry_id, 0);
}

static void what_was_taken_is_kept_and_shows_the_nearest_receipts(void **state)
{
	struct cash_world *w = *state;
	int64_t far = receipt(w, "B001", 70000), near = receipt(w, "B002", 79999);
	struct advice_row row = take(w, ADVICE), other;
	struct advice_candidate *list;
	struct advice_line *lines;
	struct attachment *files;
	struct err e = { 0 };
	size_t n;

	store_ok(advice_candidates(w->db, w->arena, w->entity.id, &row, 10, &list, &n, &e), e);
	assert_int_equal(n, 2);
	assert_int_equal(list[0].entry_id, near);
	assert_int_equal(list[1].entry_id, far);
	store_ok(advice_candidates(w->db, w->arena, w->entity.id, &row, 1, &list, &n, &e), e);
	assert_int_equal(n, 1);
	store_ok(advice_lines(w->db, w->arena, row.id, 10, &lines, &n, &e), e);
	assert_int_equal(n, 3);
	assert_int_equal(lines[2].minor, -10000);
	store_ok(attachment_list(w->db, w->arena, ADVICE_SUBJECT, row.id, &files, &n, &e), e);
	assert_int_equal(n, 1);
	assert_string_equal(files[0].media_type, "text/plain");
	assert_int_equal(files[0].size, (int64_t)strlen(ADVICE));
	assert_false(advice_get(w->db, w->arena, w->entity.id + 1, row.id, &other, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
}

/* ---- PDF ---- */

static bool try_bytes(struct cash_world *w, const char *bytes, struct advice_row *ret,
		      struct err *e)
{
	struct advice_job job = { .db = w->db,
				  .arena = w->arena,
				  .entity = &w->entity,
				  .actor = "test",
				  .now = ++w->now,
				  .today = CASH_WORLD_DAY };
	int fd = memfd_create("advice", 0);
	bool ok;

	assert_int_equal(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
	*e = (struct err){ 0 };
	ok = advice_import(&job, fd, "avis.pdf", ret, e);
	close(fd);
	return ok;
}

static void reads_a_pdf_with_the_program_that_is_installed(void **state)
{
	static const char page[] = "BT /F1 12 Tf 50 800 Td (Avis de paiement du 01/10/2026) Tj"
				   " 0 -20 Td (FA2026-0000012          700,00) Tj"
				   " 0 -20 Td (FA2026-0000013          100,00) Tj"
				   " 0 -20 Td (Total                   800,00) Tj ET\n";
	struct cash_world *w = *state;
	int64_t who =
		cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg SARL", NULL);
	const char *pdf =
		arena_printf(w->arena,
			     "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
			     "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
			     "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
			     "/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
			     "4 0 obj<</Length %zu>>stream\n%sendstream endobj\n"
			     "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
			     "trailer<</Root 1 0 R/Size 6>>\n%%%%EOF\n",
			     sizeof page - 1, page);
	struct advice_row row;
	int64_t entry;
	struct err e;

	cash_world_item(w, who, "FA2026-0000012", 70000, CASH_WORLD_DAY - 60);
	cash_world_item(w, who, "FA2026-0000013", 10000, CASH_WORLD_DAY - 50);
	entry = receipt(w, "B001", 80000);
	/* Without the program it is refused, with what to do about it. */
	assert_int_equal(setenv("ENCOURS_PDFTOTEXT", "/nowhere/pdftotext", 1), 0);
	assert_false(try_bytes(w, pdf, &row, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_non_null(strstr(e.msg, "poppler-utils"));
	assert_int_equal(unsetenv("ENCOURS_PDFTOTEXT"), 0);
	if (access("/usr/bin/pdftotext", X_OK) != 0)
		skip();
	assert_false(try_bytes(w, "%PDF-1.4\nnothing of a PDF", &row, &e));
	assert_int_equal(e.code, ERR_FORMAT);
	store_ok(try_bytes(w, pdf, &row, &e), e);
	assert_true(row.adds_up);
	assert_int_equal(row.n_known, 2);
	assert_int_equal(row.total_minor, 80000);
	assert_int_equal(row.entry_id, entry);
}

/* A program that takes the PDF reader's place tries what it must not. */
static void what_reads_a_pdf_can_neither_write_nor_stay(void **state)
{
	static const char script[] = "#!/bin/sh\necho FA2026-0000012 700,00\n"
				     "echo x > \"$0.written\" 2>/dev/null && echo WROTE 1,00\n"
				     "mkdir \"$0.made\" 2>/dev/null\necho Total 700,00\n";
	struct cash_world *w = *state;
	char folder[] = "/tmp/encours-pdf-XXXXXX";
	const char *path, *command;
	struct advice_row row;
	struct err e;
	FILE *file;

	assert_non_null(mkdtemp(folder));
	path = arena_printf(w->arena, "%s/pdftotext", folder);
	command = arena_printf(w->arena, "rm -rf -- %s", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(script, file) >= 0);
	fclose(file);
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(setenv("ENCOURS_PDFTOTEXT", path, 1), 0);
	(void)try_bytes(w, "%PDF-1.4 x", &row, &e);
	assert_int_equal(unsetenv("ENCOURS_PDFTOTEXT"), 0);
	assert_int_not_equal(access(arena_printf(w->arena, "%s.written", path), F_OK), 0);
	assert_int_not_equal(access(arena_printf(w->arena, "%s.made", path), F_OK), 0);
	assert_int_equal(system(command), 0);
}

/* ---- what the bank's own details say ---- */

#define PAID(type, number, minor, more)                                                  \
	"<Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>" type "</Cd></CdOrPrtry></Tp><Nb>" number \
	"</Nb></RfrdDocInf><RfrdDocAmt>" more "<RmtdAmt Ccy=\"EUR\">" minor              \
	"</RmtdAmt></RfrdDocAmt>"                                                        \
	"</Strd>"
#define DISCOUNT(minor) "<DscntApldAmt><Amt Ccy=\"EUR\">" minor "</Amt></DscntApldAmt>"
#define BAL(code, minor)                                                                \
	"<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">" minor \
	"</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-02</Dt></Dt></Bal>"
#define CAMT(id, minor, inside)                                                                    \
	"<Document "                                                                               \
	"xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr>"         \
	"<MsgId>M</MsgId></GrpHdr><Stmt><Id>" id "</Id><CreDtTm>2026-10-02T18:00:00</CreDtTm>"     \
	"<Acct><Id><IBAN>FR7618206002105487912736125</IBAN></Id><Ccy>EUR</Ccy></Acct>" BAL("OPBD", \
											   "0.00") \
		BAL("CLBD", minor) "<Ntry><Amt Ccy=\"EUR\">" minor                                 \
				   "</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"     \
				   "<BookgDt><Dt>2026-10-02</Dt></BookgDt><AcctSvcrRef>A1</"       \
				   "AcctSvcrRef><NtryDtls><TxDtls>"                                \
				   "<RltdPties><Dbtr><Pty><Nm>MENUISERIE DUBOURG "                 \
				   "SARL</Nm></Pty></Dbtr></RltdPties><RmtInf>" inside             \
				   "</RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></" \
				   "Document>"

static void the_bank_s_details_are_the_advice_of_their_receipt(void **state)
{
	static const char xml[] =
		CAMT("S1", "784.00",
		     PAID("CINV", "FA2026-0000012", "686.00", DISCOUNT("14.00"))
			     PAID("CINV", "fa2026 0000013", "198.00", "")
				     PAID("CREN", "AV2026-0000001", "100.00",
					  "") "<Strd><CdtrRefInf><Ref>RF18539007547034</"
					      "Ref></CdtrRefInf></Strd>");
	struct cash_world *w = *state;
	int64_t who =
		cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg SARL", NULL);
	struct advice_job job = { .db = w->db,
				  .arena = w->arena,
				  .entity = &w->entity,
				  .actor = "test",
				  .now = ++w->now,
				  .today = CASH_WORLD_DAY };
	struct import_report report;
	struct advice_line *lines;
	struct advice_row *list;
	struct err e = { 0 };
	size_t n;

	cash_world_item(w, who, "FA2026-0000012", 70000, CASH_WORLD_DAY - 60);
	cash_world_item(w, who, "FA2026-0000013", 20000, CASH_WORLD_DAY - 50);
	cash_world_item(w, who, "AV2026-0000001", -10000, CASH_WORLD_DAY - 40);
	report = cash_world_take(w, "camt.xml", xml);
	store_ok(advice_take_details(&job, &e), e);
	store_ok(advice_take_details(&job, &e), e); /* once */
	store_ok(advice_list(w->db, w->arena, w->entity.id, 10, &list, &n, &e), e);
	assert_int_equal(n, 1);
	assert_true(list[0].adds_up && list[0].entry_id != 0);
	assert_int_equal(list[0].n_known, 3);
	assert_int_equal(list[0].total_minor, 78400);
	store_ok(advice_lines(w->db, w->arena, list[0].id, 10, &lines, &n, &e), e);
	assert_int_equal(n, 3);
	assert_string_equal(lines[1].document, "FA2026-0000013");
	assert_int_equal(lines[0].minor, 68600);
	assert_int_equal(lines[0].discount_minor, 1400);
	assert_int_equal(lines[2].minor, -10000);
	/* Separated by a person, it stays so. */
	store_ok(advice_join(&job, list[0].id, 0, &e), e);
	store_ok(advice_take_details(&job, &e), e);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM remittance_advice"
					  " WHERE entry_id IS NOT NULL"),
			 0);
	/* They go with their statement. */
	store_ok(import_undo(w->db, w->entity.id, report.import_id, "test", w->now++, &e), e);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM remittance_advice_line"), 0);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM statement_entry_document"), 0);
}

static void details_without_amounts_or_of_another_currency_are_none(void **state)
{
	static const char xml[] = CAMT("S1", "50.00",
				       "<Strd><RfrdDocInf><Nb>FA1</Nb></RfrdDocInf></Strd>"
				       "<Strd><RfrdDocInf><Nb>FA2</Nb></RfrdDocInf><RfrdDocAmt>"
				       "<RmtdAmt Ccy=\"USD\">50.00</RmtdAmt></RfrdDocAmt></Strd>"
				       "<Strd><RfrdDocAmt><RmtdAmt "
				       "Ccy=\"EUR\">50.00</RmtdAmt></RfrdDocAmt></Strd>");
	struct cash_world *w = *state;
	struct import_report report = cash_world_take(w, "camt.xml", xml);
	struct cash_match_report matched;

	cash_world_match(w, w->entity.id, &matched);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM remittance_advice"), 0);
	assert_int_equal(report.n_created, 1);
}

int main(void)
{
#define FACT(test) cmocka_unit_test_setup_teardown(test, cash_world_setup, cash_world_teardown)
	const struct CMUnitTest tests[] = {
		FACT(an_advice_joins_its_payment_and_explains_it),
		FACT(among_equal_payments_a_person_chooses),
		FACT(reads_a_table_between_commas),
		FACT(what_does_not_add_up_joins_nothing_alone),
		FACT(what_was_taken_is_kept_and_shows_the_nearest_receipts),
		FACT(reads_a_pdf_with_the_program_that_is_installed),
		FACT(what_reads_a_pdf_can_neither_write_nor_stay),
		FACT(the_bank_s_details_are_the_advice_of_their_receipt),
		FACT(details_without_amounts_or_of_another_currency_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
