/* SPDX-License-Identifier: Apache-2.0 */
/* Intraday reports, notifications and statements of one account, in whatever order: money counts once. */
#include "cash_world.h"

#include "ledger/import.h"

#define TX(minor, side, e2e, name, text)                                               \
	"<TxDtls><Refs><EndToEndId>" e2e "</EndToEndId></Refs><Amt Ccy=\"EUR\">" minor \
	"</Amt><CdtDbtInd>" side "</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>" name         \
	"</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>" text "</Ustrd></RmtInf></TxDtls>"
#define ENTRY(minor, side, status, day, ref, inside)                                            \
	"<Ntry><Amt Ccy=\"EUR\">" minor "</Amt><CdtDbtInd>" side "</CdtDbtInd><Sts><Cd>" status \
	"</Cd></Sts><BookgDt><Dt>" day "</Dt></BookgDt><ValDt><Dt>" day "</Dt></ValDt>" ref     \
	"<NtryDtls>" inside "</NtryDtls></Ntry>"
#define REF(ref) "<AcctSvcrRef>" ref "</AcctSvcrRef>"
#define ACCOUNT  "<Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>"
#define MESSAGE(root, part, number, id, day, inside)                                       \
	"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt." number ".001.08\"><" root \
	"><GrpHdr><MsgId>" id "</MsgId></GrpHdr><" part "><Id>" id "</Id><CreDtTm>" day    \
	"T18:00:00</CreDtTm>" ACCOUNT inside "</" part "></" root "></Document>"
#define BALANCE(code, minor, day)                                                       \
	"<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">" minor \
	"</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>" day "</Dt></Dt></Bal>"
#define STATEMENT(id, day, opening, closing, inside)     \
	MESSAGE("BkToCstmrStmt", "Stmt", "053", id, day, \
		BALANCE("OPBD", opening, day) BALANCE("CLBD", closing, day) inside)
#define DETAILS(id, day, inside)  MESSAGE("BkToCstmrDbtCdtNtfctn", "Ntfctn", "054", id, day, inside)
#define INTRADAY(id, day, inside) MESSAGE("BkToCstmrAcctRpt", "Rpt", "052", id, day, inside)

#define BATCH "<Btch><PmtInfId>LOT7</PmtInfId><NbOfTxs>3</NbOfTxs></Btch>"
/* The net of two credits and a debit. */
static const char net[] =
	STATEMENT("S1", "2026-10-05", "0.00", "170.00",
		  ENTRY("170.00", "CRDT", "BOOK", "2026-10-05", REF("A1"), BATCH));
static const char net_details[] =
	DETAILS("N1", "2026-10-05",
		ENTRY("170.00", "CRDT", "BOOK", "2026-10-05", REF("A1"),
		      BATCH TX("100.00", "CRDT", "E1", "ALPHA", "FA1")
			      TX("100.00", "CRDT", "E2", "BETA", "FA2")
				      TX("30.00", "DBIT", "E3", "GAMMA", "FA3")));
static const char bare[] = STATEMENT("S2", "2026-10-06", "170.00", "260.00",
				     ENTRY("90.00", "CRDT", "BOOK", "2026-10-06", REF("A2"), ""));
static const char bare_details[] =
	DETAILS("N2", "2026-10-06",
		ENTRY("90.00", "CRDT", "BOOK", "2026-10-06", REF("A2"),
		      TX("90.00", "CRDT", "E9", "DELTA", "FACTURE FA9")));
static const char morning[] =
	INTRADAY("R1", "2026-10-06", ENTRY("90.00", "CRDT", "PDNG", "2026-10-06", REF("A2"), ""));
static const char noon[] =
	INTRADAY("R2", "2026-10-06",
		 ENTRY("90.00", "CRDT", "BOOK", "2026-10-06", REF("A2"), "")
			 ENTRY("12.00", "CRDT", "BOOK", "2026-10-06", REF("A3"), ""));

static void untake(struct cash_world *w, const struct import_report *report)
{
	struct err e = { 0 };

	store_ok(import_undo(w->db, w->entity.id, report->import_id, "test", w->now++, &e), e);
}

/* Sum and number of the entries of a state, as "n sum". */
static const char *stand(struct cash_world *w, const char *state)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct err e = { 0 };
	bool more;

	store_ok(db_query(w->db,
			  "SELECT COUNT(*), CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT)"
			  " FROM statement_entry WHERE state = $1",
			  DB_PARAMS(P_TEXT(state)), &r, &e) &&
			 rows_next(r, &more, &e),
		 e);
	return arena_printf(w->arena, "%" PRId64 " %" PRId64, row_i64(r, 0), row_i64(r, 1));
}

static void the_transactions_of_a_net_batch_stand_for_it(void **state)
{
	struct cash_world *w = *state;

	for (int order = 0; order < 2; order++) {
		struct import_report first =
			cash_world_take(w, "camt.xml", order ? net_details : net);
		struct import_report second;

		assert_string_equal(stand(w, order ? "announced" : "open"),
				    order ? "3 17000" : "1 17000");
		second = cash_world_take(w, "camt.xml", order ? net : net_details);
		assert_string_equal(stand(w, "open"), "3 17000");
		assert_string_equal(stand(w, "split"), "1 17000");
		assert_string_equal(stand(w, "announced"), "0 0");
		cash_world_clean(w);
		untake(w, &second);
		assert_string_equal(stand(w, order ? "announced" : "open"),
				    order ? "3 17000" : "1 17000");
		assert_string_equal(stand(w, order ? "open" : "split"), "0 0");
		untake(w, &first);
		assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM statement_entry"), 0);
		assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM entry_notice"), 0);
	}
}

static void details_fill_what_the_statement_leaves_blank(void **state)
{
	struct cash_world *w = *state;

	for (int order = 0; order < 2; order++) {
		struct import_report first =
			cash_world_take(w, "camt.xml", order ? bare_details : bare);
		struct import_report second =
			cash_world_take(w, "camt.xml", order ? bare : bare_details);

		assert_string_equal(stand(w, "open"), "1 9000");
		assert_string_equal(stand(w, "replaced"), "1 9000");
		assert_int_equal(
			store_i64(w->db, "SELECT COUNT(*) FROM statement_entry WHERE state = 'open'"
					 " AND payer_name = 'DELTA' AND end_to_end = 'E9'"
					 " AND remittance = 'FACTURE FA9'"),
			1);
		untake(w, order ? &first : &second);
		assert_int_equal(
			store_i64(w->db, "SELECT COUNT(*) FROM statement_entry WHERE state = 'open'"
					 " AND payer_name IS NULL AND end_to_end IS NULL"
					 " AND remittance IS NULL"),
			1);
		untake(w, order ? &second : &first);
	}
}

static void what_is_told_during_the_day_is_replaced_by_its_statement(void **state)
{
	struct cash_world *w = *state;
	struct import_report day;

	cash_world_take(w, "camt.xml", morning);
	assert_string_equal(stand(w, "announced"), "1 9000");
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM entry_notice WHERE is_pending = 1"),
			 1);
	cash_world_take(w, "camt.xml", noon); /* tells the first again, booked now */
	assert_string_equal(stand(w, "announced"), "2 10200");
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM entry_notice WHERE is_pending = 1"),
			 0);
	day = cash_world_take(w, "camt.xml", bare);
	assert_string_equal(stand(w, "open"), "1 9000");
	assert_string_equal(stand(w, "announced"), "0 0");
	assert_string_equal(stand(w, "replaced"), "2 10200");
	/* The 12.00 that the statement does not have is told. */
	assert_true(day.n_warnings > 0);
	assert_non_null(strstr(day.warnings[day.n_warnings - 1], "1 movements"));
	cash_world_clean(w);
	untake(w, &day);
	assert_string_equal(stand(w, "announced"), "2 10200");
}

static void an_account_with_notices_alone_books_them(void **state)
{
	struct cash_world *w = *state;
	struct err e = { 0 };

	cash_world_take(w, "camt.xml", net_details);
	assert_string_equal(stand(w, "announced"), "3 17000");
	assert_false(
		account_set_books_notices(w->db, w->entity.id, "FR76", true, "test", w->now++, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	store_ok(account_set_books_notices(w->db, w->entity.id, "FR7630006000011234567890189", true,
					   "test", w->now++, &e),
		 e);
	assert_string_equal(stand(w, "open"), "3 17000");
	cash_world_take(w, "camt.xml", bare_details);
	assert_string_equal(stand(w, "open"), "4 26000");
	/* Should a statement come after all, it does not count again. */
	cash_world_take(w, "camt.xml", net);
	assert_string_equal(stand(w, "open"), "4 26000");
	assert_string_equal(stand(w, "split"), "1 17000");
	cash_world_clean(w);
}

static void equal_movements_without_references_stay_apart(void **state)
{
	static const char twice[] =
		STATEMENT("S3", "2026-10-07", "0.00", "20.00",
			  ENTRY("10.00", "CRDT", "BOOK", "2026-10-07", "", "")
				  ENTRY("10.00", "CRDT", "BOOK", "2026-10-07", "", ""));
	static const char one[] = DETAILS("N3", "2026-10-07",
					  ENTRY("10.00", "CRDT", "BOOK", "2026-10-07", "",
						TX("10.00", "CRDT", "E1", "ALPHA", "FA1")));
	struct cash_world *w = *state;

	struct import_report last;

	cash_world_take(w, "camt.xml", twice);
	last = cash_world_take(w, "camt.xml", one);
	assert_string_equal(stand(w, "open"), "2 2000");
	assert_string_equal(stand(w, "announced"), "1 1000"); /* it may be either: it waits */
	assert_true(last.n_warnings > 0);
	assert_non_null(strstr(last.warnings[last.n_warnings - 1], "one of 2 booked entries"));
}

/* Of one payer and one text; the bank numbers its statement in another way than its notification. */
#define SAME(own, e2e, name, text) \
	ENTRY("44.00", "CRDT", "BOOK", "2026-10-08", REF(own), TX("44.00", "CRDT", e2e, name, text))

static void a_notice_with_other_numbers_is_joined_by_its_words(void **state)
{
	static const char told[] =
		DETAILS("N8", "2026-10-08",
			SAME("X77", "NOTPROVIDED", "DELTA SAS", "FACTURE FA-9 ET FA-10"));
	static const char booked[] =
		STATEMENT("S8", "2026-10-08", "0.00", "88.00",
			  SAME("A1", "NOTPROVIDED", "Delta S.A.S", "Facture FA 9 et FA")
				  SAME("A2", "NOTPROVIDED", "OMEGA", "FACTURE FA-9 ET FA-10"));
	struct cash_world *w = *state;

	for (int order = 0; order < 2; order++) {
		struct import_report first = cash_world_take(w, "camt.xml", order ? told : booked),
				     second;

		second = cash_world_take(w, "camt.xml", order ? booked : told);
		assert_string_equal(stand(w, "open"), "2 8800");
		assert_string_equal(stand(w, "replaced"), "1 4400");
		assert_string_equal(stand(w, "announced"), "0 0");
		assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM entry_notice n"
						  " JOIN statement_entry x ON x.id = n.joined_id"
						  " WHERE x.reference = 'A1'"),
				 1);
		untake(w, &second);
		untake(w, &first);
	}
}

static void of_two_that_it_may_be_none_is_taken(void **state)
{
	static const char told[] =
		DETAILS("N9", "2026-10-08", SAME("X77", "NOTPROVIDED", "DELTA", "FACTURE FA-9"));
	static const char booked[] =
		STATEMENT("S9", "2026-10-08", "0.00", "88.00",
			  SAME("A1", "NOTPROVIDED", "DELTA", "FACTURE FA-9 ACOMPTE")
				  SAME("A2", "NOTPROVIDED", "DELTA", "FACTURE FA-9 SOLDE"));
	struct cash_world *w = *state;

	cash_world_take(w, "camt.xml", told);
	cash_world_take(w, "camt.xml", booked);
	assert_string_equal(stand(w, "open"), "2 8800");
	assert_string_equal(stand(w, "announced"), "1 4400");
}

/* What is counted by its notification does not count again, whichever of two booked entries it is. */
static void a_counted_notice_counts_once_though_it_may_be_two(void **state)
{
	static const char told[] = DETAILS("N4", "2026-10-07",
					   ENTRY("10.00", "CRDT", "BOOK", "2026-10-07", "",
						 TX("10.00", "CRDT", "E1", "ALPHA", "FA1")));
	static const char booked[] =
		STATEMENT("S4", "2026-10-07", "0.00", "20.00",
			  ENTRY("10.00", "CRDT", "BOOK", "2026-10-07", "", "")
				  ENTRY("10.00", "CRDT", "BOOK", "2026-10-07", REF("A9"), ""));
	struct cash_world *w = *state;
	struct import_report last;
	struct err e = { 0 };

	cash_world_take(w, "camt.xml", told);
	store_ok(account_set_books_notices(w->db, w->entity.id, "FR7630006000011234567890189", true,
					   "test", w->now++, &e),
		 e);
	last = cash_world_take(w, "camt.xml", booked);
	assert_string_equal(stand(w, "open"), "2 2000");
	assert_string_equal(stand(w, "split"), "1 1000");
	assert_non_null(strstr(last.warnings[last.n_warnings - 1], "it counts once"));
	cash_world_clean(w);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, cash_world_setup, cash_world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(the_transactions_of_a_net_batch_stand_for_it),
		FACT(details_fill_what_the_statement_leaves_blank),
		FACT(what_is_told_during_the_day_is_replaced_by_its_statement),
		FACT(an_account_with_notices_alone_books_them),
		FACT(equal_movements_without_references_stay_apart),
		FACT(a_notice_with_other_numbers_is_joined_by_its_words),
		FACT(of_two_that_it_may_be_none_is_taken),
		FACT(a_counted_notice_counts_once_though_it_may_be_two),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
