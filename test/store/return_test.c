/* SPDX-License-Identifier: Apache-2.0 */
/* Payments that come back: what they paid is open again, once, and can be taken back to the cent. */
#include "cash_world.h"

#include "cash/match_policy.h"

#include "base/buf.h"
#include "cash/return_store.h"
#include "ledger/import.h"

struct world {
	struct cash_world *w;
	int64_t beta, gamma, invoice, second, payment;
};

/* A bank entry with what the bank says of it. */
static int64_t entry_of(struct cash_world *w, const char *reference, int64_t minor, day_t on,
			const char *e2e, const char *code, const char *reason, const char *refs)
{
	struct cash_receipt r = { reference, "BETA SAS", "FR7618206002105487912736125",
				  "",        minor,      on };
	int64_t id = cash_world_entry(w, w->entity.id, &r);
	struct err e = { 0 };

	store_ok(db_exec(w->db,
			 "UPDATE statement_entry SET end_to_end = $2, bank_code = $3,"
			 " return_reason = $4, other_refs = $5 WHERE id = $1",
			 DB_PARAMS(P_I64(id), P_TEXT(e2e), P_TEXT(code), P_TEXT(reason),
				   P_TEXT(refs)),
			 NULL, &e),
		 e);
	return id;
}

/* A debit of 450.00 collected and applied to FA1 and FA2. */
static struct world set_up(void **state)
{
	struct cash_world *w = *state;
	struct world x = { .w = w };
	int64_t entry;

	x.beta = cash_world_customer(w, w->entity.id, "C0001", "Beta SAS",
				     "FR7618206002105487912736125");
	x.gamma = cash_world_customer(w, w->entity.id, "C0002", "Gamma SARL", NULL);
	x.invoice = cash_world_item(w, x.beta, "FA2502-009", 30000, CASH_WORLD_DAY - 40);
	x.second = cash_world_item(w, x.beta, "FA2502-010", 20000, CASH_WORLD_DAY - 30);
	entry = entry_of(w, "IN1", 45000, CASH_WORLD_DAY, "E2E-1", "PMNT/IDDT/ESDD", NULL,
			 "{\"mandate\":\"RUM1\"}");
	const struct cash_line lines[] = { { .item_id = x.invoice, .amount_minor = 30000 },
					   { .item_id = x.second, .amount_minor = 15000 } };
	cash_world_apply(w, entry, lines, 2);
	x.payment = cash_world_get(w, entry).payment_item_id;
	return x;
}

static void run(struct cash_world *w)
{
	struct return_run r = { .entity_id = w->entity.id,
				.date = CASH_WORLD_DAY + 90,
				.actor = "test",
				.now = w->now++ };
	struct err e = { 0 };

	store_ok(return_run(w->db, &r, &e), e);
}

static struct payment_return last(struct cash_world *w)
{
	struct payment_return *list;
	struct err e = { 0 };
	size_t n;

	store_ok(payment_return_list(w->db, w->arena, w->entity.id, "", 0, 0, 10, &list, &n, &e),
		 e);
	assert_true(n > 0);
	return list[0];
}

static void a_returned_debit_reopens_what_it_paid_and_can_be_taken_back(void **state)
{
	struct world x = set_up(state);
	struct cash_world *w = x.w;
	int64_t out = entry_of(w, "OUT1", -45000, CASH_WORLD_DAY + 4, "E2E-1", "PMNT/IDDT/UPDD",
			       "AM04", NULL);
	struct payment_return r;
	struct err e = { 0 };

	assert_int_equal(cash_world_open_of(w, x.invoice), 0);
	run(w);
	assert_int_equal(cash_world_open_of(w, x.invoice), 30000);
	assert_int_equal(cash_world_open_of(w, x.second), 20000);
	assert_int_equal(cash_world_open_of(w, x.payment), 0);
	assert_int_equal(cash_world_get(w, out).state, ENTRY_MATCHED);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM item WHERE due_on <> issued_on"
					  " AND document = 'FA2502-009'"),
			 1); /* due when it was */
	r = last(w);
	assert_string_equal(r.state, "treated");
	assert_string_equal(r.reason_code, "AM04");
	assert_string_equal(r.kind_name, "direct_debit");
	assert_string_equal(r.documents, "FA2502-009, FA2502-010");
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM event WHERE kind ="
					  " 'payment.bounced' AND subject_kind = 'customer'"),
			 1);
	cash_world_clean(w);
	run(w); /* again: nothing */
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM payment_return"), 1);
	store_ok(return_undo(w->db, w->entity.id, r.id, "user:1", w->now++, &e), e);
	assert_int_equal(cash_world_open_of(w, x.invoice), 0);
	assert_int_equal(cash_world_open_of(w, x.second), 5000);
	assert_int_equal(cash_world_open_of(w, x.payment), 0);
	assert_int_equal(cash_world_get(w, out).state, ENTRY_OPEN);
	cash_world_clean(w);
	run(w); /* the machine does not insist */
	assert_int_equal(cash_world_open_of(w, x.invoice), 0);
	/* By a person it may be treated after all. */
	store_ok(return_treat(w->db, w->entity.id, r.id, x.payment, "user:1", w->now++, &e), e);
	assert_int_equal(cash_world_open_of(w, x.invoice), 30000);
	cash_world_clean(w);
}

static void the_bank_s_charge_is_asked_for_when_the_company_says_so(void **state)
{
	static const struct {
		const char *policy;
		int64_t fee;
	} cases[] = { { "", 0 }, { "bank", 1250 }, { "15.00", 1500 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world x;
		struct cash_world *w;
		struct err e = { 0 };
		if (i > 0)
			assert_int_equal(cash_world_teardown(state) + cash_world_setup(state), 0);
		x = set_up(state);
		w = x.w;
		store_ok(db_exec(w->db,
				 "INSERT INTO setting (entity_id, name, value, recorded)"
				 " VALUES ($1, 'return_fee', $2, 1)",
				 DB_PARAMS(P_I64(w->entity.id), P_TEXT(cases[i].policy)), NULL, &e),
			 e);
		entry_of(w, "OUT1", -46250, CASH_WORLD_DAY + 4, "E2E-1", "PMNT/IDDT/UPDD", "MD06",
			 "{\"charges\":\"12.50 EUR\"}");
		run(w);
		assert_string_equal(last(w).state, "treated");
		assert_int_equal(cash_world_open_of(w, x.invoice), 30000);
		assert_int_equal(store_i64(w->db, "SELECT COALESCE(SUM(amount_minor), 0) FROM item"
						  " WHERE kind = 'adjustment'"),
				 cases[i].fee);
		cash_world_clean(w);
	}
}

static void what_is_not_certain_waits_for_a_person(void **state)
{
	struct world x = set_up(state);
	struct cash_world *w = x.w;
	int64_t other = entry_of(w, "IN2", 45000, CASH_WORLD_DAY + 1, "E2E-2", "PMNT/IDDT/ESDD",
				 NULL, "{\"mandate\":\"RUM1\"}");
	struct cash_decision d = { .entity_id = w->entity.id,
				   .entry_id = other,
				   .customer_id = x.beta,
				   .actor = "user:1",
				   .now = w->now++ };
	struct return_candidate *list;
	struct payment_return r;
	struct err e = { 0 };
	size_t n;

	store_ok(cash_apply(w->db, &d, &e), e);
	/* Two debits of one mandate and amount, and no reference of either. */
	entry_of(w, "OUT1", -45000, CASH_WORLD_DAY + 4, NULL, "B3", NULL, "{\"mandate\":\"RUM1\"}");
	run(w);
	r = last(w);
	assert_string_equal(r.state, "waiting");
	store_ok(return_candidates(w->db, w->arena, w->entity.id, &r, &list, &n, &e), e);
	assert_int_equal(n, 2);
	assert_int_equal(cash_world_open_of(w, x.invoice), 0);
	assert_false(return_treat(w->db, w->entity.id, r.id, x.invoice, "user:1", w->now++, &e));
	assert_int_equal(e.code, ERR_INVALID);
	store_ok(return_treat(w->db, w->entity.id, r.id, x.payment, "user:1", w->now++, &e), e);
	assert_int_equal(cash_world_open_of(w, x.invoice), 30000);
	/* Once it is back it does not come back again. */
	entry_of(w, "OUT2", -45000, CASH_WORLD_DAY + 5, "E2E-1", "B3", "AM04", NULL);
	run(w);
	assert_string_equal(last(w).state, "waiting");
	cash_world_clean(w);
}

static void money_going_out_is_no_return(void **state)
{
	struct world x = set_up(state);
	struct cash_world *w = x.w;

	entry_of(w, "OUT1", -45000, CASH_WORLD_DAY + 4, "E2E-1", "PMNT/ICDT/ESCT", NULL, NULL);
	entry_of(w, "OUT2", -1500, CASH_WORLD_DAY + 4, NULL, "61", NULL,
		 "{\"info\":\"FRAIS REJET PRLV\"}");
	run(w);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM payment_return"), 0);
	assert_int_equal(cash_world_open_of(w, x.invoice), 0);
}

static void a_refused_collection_counts_once_with_its_debit(void **state)
{
	static const char xml[] =
		"<Document "
		"xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>"
		"<GrpHdr><MsgId>B1</MsgId><CreDtTm>2026-10-04T08:00:00</CreDtTm></GrpHdr>"
		"<OrgnlGrpInfAndSts><OrgnlMsgId>M1</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08"
		"</OrgnlMsgNmId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>P1"
		"</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>E2E-1</OrgnlEndToEndId><TxSts>RJCT"
		"</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf><OrgnlTxRef><Amt>"
		"<InstdAmt Ccy=\"EUR\">450.00</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>"
		"<TxInfAndSts><OrgnlEndToEndId>E2E-9</OrgnlEndToEndId><TxSts>ACSC</TxSts>"
		"</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>";
	struct world x = set_up(state);
	struct cash_world *w = x.w;
	int64_t out;

	(void)cash_world_take(w, "pain.xml", xml);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM payment_return"), 1);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM statement WHERE kind <> 'booked'"),
			 0);
	run(w);
	assert_string_equal(last(w).state, "treated");
	assert_string_equal(last(w).reason_code, "AC04");
	assert_int_equal(cash_world_open_of(w, x.invoice), 30000);
	/* The bank's debit comes later: it is that return, not another. */
	out = entry_of(w, "OUT1", -45000, CASH_WORLD_DAY + 5, "E2E-1", "PMNT/IDDT/UPDD", "AC04",
		       NULL);
	run(w);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM payment_return"), 1);
	assert_int_equal(cash_world_get(w, out).state, ENTRY_MATCHED);
	assert_int_equal(cash_world_open_of(w, x.invoice), 30000);
	cash_world_clean(w);
}

/* ---- the accounting books it too ---- */

/* An accounting file whose entries are receipts (C) and returns (D) of 450.00: day, customer, piece, side, lettering. */
struct booking {
	const char *day, *customer, *piece, *label, *let;
	bool is_return;
	const char *amount;
};

static void take_books(struct cash_world *w, const struct booking *list, size_t n)
{
	struct buf b;

	buf_init(&b, w->arena);
	buf_puts(&b, "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\t"
		     "CompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\t"
		     "EcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\r\n");
	for (size_t i = 0; i < n; i++) {
		const struct booking *k = &list[i];
		const char *amount = k->amount ? k->amount : "450,00";
		for (int side = 0; side < 2; side++) {
			bool is_customer = side == 0, is_debit = is_customer == k->is_return;
			buf_printf(&b,
				   "BQ\tBanque\t%zu\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t"
				   "%s\t20261015\t\t\r\n",
				   i + 1, k->day, is_customer ? "41100000" : "51200000",
				   is_customer ? "Clients" : "Banque",
				   is_customer ? k->customer : "", is_customer ? k->customer : "",
				   k->piece, k->day, k->label, is_debit ? amount : "0,00",
				   is_debit ? "0,00" : amount, is_customer && k->let ? k->let : "",
				   is_customer && k->let ? k->day : "");
		}
	}
	(void)cash_world_take(w, "123456782FEC20261231.txt", buf_str(&b));
}

/* What the customers owe in all. */
static int64_t owed(struct cash_world *w)
{
	return store_i64(w->db, "SELECT COALESCE(SUM(open_minor), 0) FROM item_balance");
}

static void a_return_booked_after_the_bank_told_it_counts_once(void **state)
{
	static const struct booking books[] = {
		{ "20261002", "C0001", "BQ10-01", "ENCAISSEMENT", NULL, false, NULL },
		{ "20261007", "C0001", "BQ10-02", "REJET PRLV", NULL, true, NULL },
	};
	struct world x = set_up(state);
	struct cash_world *w = x.w;
	int64_t before;

	entry_of(w, "OUT1", -45000, CASH_WORLD_DAY + 4, "E2E-1", "PMNT/IDDT/UPDD", "AM04", NULL);
	run(w);
	before = owed(w);
	assert_int_equal(before, 50000);
	take_books(w, books, ARRAY_LEN(books));
	assert_int_equal(owed(w), before);
	assert_int_equal(cash_world_open_of(w, x.invoice), 30000);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM item WHERE kind = 'payment'"), 2);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM item WHERE kind = 'payment'"
					  " AND is_booked = 1"),
			 2);
	cash_world_clean(w);
	run(w);
	take_books(w, books, ARRAY_LEN(books));
	assert_int_equal(owed(w), before);
}

static void a_return_of_a_report_is_known_by_its_booking_too(void **state)
{
	static const struct booking books[] = {
		{ "20261006", "C0001", "BQ10-02", "REJET PRLV", NULL, true, NULL },
	};
	struct world x = set_up(state);
	struct cash_world *w = x.w;
	struct err e = { 0 };

	/* No debit of the bank: a file of refusals told it. */
	entry_of(w, "OUT1", -45000, CASH_WORLD_DAY + 4, "E2E-1", "PMNT/IDDT/UPDD", "AM04", NULL);
	run(w);
	store_ok(db_exec(w->db, "UPDATE item SET bank_entry_id = NULL WHERE id = $1",
			 DB_PARAMS(P_I64(last(w).return_item_id)), NULL, &e),
		 e);
	take_books(w, books, 1);
	assert_int_equal(owed(w), 50000);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM item WHERE kind = 'payment'"), 2);
}

static void a_return_that_the_books_have_is_their_line(void **state)
{
	static const struct booking books[] = {
		{ "20261002", "C0001", "BQ10-01", "ENCAISSEMENT", NULL, false, NULL },
		{ "20261007", "C0001", "BQ10-02", "REJET PRLV", NULL, true, NULL },
	};
	struct world x = set_up(state);
	struct cash_world *w = x.w;
	struct payment_return r;
	struct err e = { 0 };
	int64_t out;

	take_books(w, books, ARRAY_LEN(books));
	assert_int_equal(owed(w), 50000); /* theirs counts, and the documents are still paid */
	assert_int_equal(cash_world_open_of(w, x.invoice), 0);
	out = entry_of(w, "OUT1", -45000, CASH_WORLD_DAY + 4, "E2E-1", "PMNT/IDDT/UPDD", "AM04",
		       NULL);
	run(w);
	r = last(w);
	assert_string_equal(r.state, "treated");
	assert_string_equal(r.booked_document, "BQ10-02");
	assert_int_equal(r.return_item_id, r.booked_item_id);
	assert_int_equal(cash_world_get(w, out).state, ENTRY_BOOKED);
	assert_int_equal(owed(w), 50000);
	assert_int_equal(cash_world_open_of(w, x.invoice), 30000);
	assert_int_equal(cash_world_open_of(w, x.second), 20000);
	assert_int_equal(cash_world_open_of(w, r.booked_item_id), 0);
	cash_world_clean(w);
	run(w);
	take_books(w, books, ARRAY_LEN(books));
	assert_int_equal(owed(w), 50000);
	/* Taken back: as it was, and the line of the books stays. */
	store_ok(return_undo(w->db, w->entity.id, r.id, "user:1", w->now++, &e), e);
	assert_int_equal(owed(w), 50000);
	assert_int_equal(cash_world_open_of(w, x.invoice), 0);
	assert_int_equal(cash_world_open_of(w, r.booked_item_id), 45000);
	assert_int_equal(cash_world_get(w, out).state, ENTRY_OPEN);
	cash_world_clean(w);
	/* A person says it after all. */
	store_ok(return_treat_booked(w->db, w->entity.id, r.id, r.booked_item_id, "user:1",
				     w->now++, &e),
		 e);
	assert_int_equal(owed(w), 50000);
	assert_int_equal(cash_world_get(w, out).state, ENTRY_BOOKED);
	cash_world_clean(w);
}

static void what_the_books_lettered_stays_lettered(void **state)
{
	/* Receipt and return are lettered together: nothing is left to do but to know it. */
	static const struct booking books[] = {
		{ "20261001", "C0002", "BQ10-01", "ENCAISSEMENT", "AB", false, NULL },
		{ "20261006", "C0002", "BQ10-02", "REJET PRLV", "AB", true, NULL },
	};
	struct world x = set_up(state);
	struct cash_world *w = x.w;
	int64_t before = owed(w);

	take_books(w, books, ARRAY_LEN(books));
	assert_int_equal(owed(w), before);
	cash_world_entry(w, w->entity.id,
			 &(struct cash_receipt){ .reference = "BQ10-01",
						 .name = "GAMMA SARL",
						 .minor = 45000,
						 .on = CASH_WORLD_DAY - 1 });
	cash_world_entry(w, w->entity.id,
			 &(struct cash_receipt){ .reference = "BQ10-02",
						 .name = "GAMMA SARL",
						 .text = "PRLV IMPAYE",
						 .minor = -45000,
						 .on = CASH_WORLD_DAY + 4 });
	cash_world_match(w, w->entity.id, &(struct cash_match_report){ 0 });
	assert_string_equal(last(w).state, "treated");
	assert_string_equal(last(w).booked_document, "BQ10-02");
	assert_string_equal(last(w).customer_code, "C0002");
	assert_int_equal(owed(w), before);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM statement_entry"
					  " WHERE state = 'booked'"),
			 2);
	cash_world_clean(w);
}

static void a_doubtful_pair_counts_once_and_waits(void **state)
{
	/* The same amount in the same days, on another customer's account. */
	static const struct booking books[] = {
		{ "20261007", "C0002", "BQ10-02", "REJET", NULL, true, NULL },
	};
	struct world x = set_up(state);
	struct cash_world *w = x.w;
	struct payment_return r;
	struct return_booked *lines;
	struct err e = { 0 };
	size_t n;

	take_books(w, books, 1);
	entry_of(w, "OUT1", -45000, CASH_WORLD_DAY + 4, "E2E-1", "PMNT/IDDT/UPDD", "AM04", NULL);
	run(w);
	run(w);
	r = last(w);
	assert_string_equal(r.state, "waiting");
	assert_string_equal(r.booked_document, "BQ10-02");
	assert_int_equal(owed(w), 50000); /* theirs alone */
	store_ok(return_booked_list(w->db, w->arena, w->entity.id, &r, &lines, &n, &e), e);
	assert_int_equal(n, 1);
	assert_false(
		return_treat_booked(w->db, w->entity.id, r.id, x.invoice, "user:1", w->now++, &e));
	assert_int_equal(e.code, ERR_INVALID);
	/* It is none of it: both count. */
	store_ok(return_treat(w->db, w->entity.id, r.id, x.payment, "user:1", w->now++, &e), e);
	assert_int_equal(owed(w), 95000);
	assert_int_equal(cash_world_open_of(w, x.invoice), 30000);
	store_ok(return_undo(w->db, w->entity.id, r.id, "user:1", w->now++, &e), e);
	/* It is: theirs alone. */
	store_ok(return_treat_booked(w->db, w->entity.id, r.id, lines[0].item_id, "user:1",
				     w->now++, &e),
		 e);
	assert_int_equal(owed(w), 50000);
	assert_false(return_treat_booked(w->db, w->entity.id, r.id, lines[0].item_id, "user:1",
					 w->now++, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	cash_world_clean(w);
}

static void of_equal_lines_each_is_one_return(void **state)
{
	static const struct booking books[] = {
		{ "20261007", "C0001", "BQ10-02", "REJET PRLV", NULL, true, NULL },
		{ "20261007", "C0002", "BQ10-03", "REJET PRLV", NULL, true, NULL },
	};
	struct world x = set_up(state);
	struct cash_world *w = x.w;
	struct cash_receipt in = { "IN7", "GAMMA SARL", NULL, "", 45000, CASH_WORLD_DAY };
	int64_t entry = cash_world_entry(w, w->entity.id, &in);
	struct cash_decision d = { .entity_id = w->entity.id,
				   .entry_id = entry,
				   .customer_id = x.gamma,
				   .actor = "user:1",
				   .now = w->now++ };
	struct err e = { 0 };

	store_ok(cash_apply(w->db, &d, &e), e);
	store_ok(db_exec(w->db, "UPDATE statement_entry SET end_to_end = 'E2E-7' WHERE id = $1",
			 DB_PARAMS(P_I64(entry)), NULL, &e),
		 e);
	take_books(w, books, 2);
	entry_of(w, "OUT2", -45000, CASH_WORLD_DAY + 4, "E2E-7", "PMNT/IDDT/UPDD", "AM04", NULL);
	entry_of(w, "OUT1", -45000, CASH_WORLD_DAY + 4, "E2E-1", "PMNT/IDDT/UPDD", "AM04", NULL);
	run(w);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM payment_return r JOIN item i"
					  " ON i.id = r.booked_item_id WHERE r.state = 'treated'"
					  " AND i.customer_id = r.customer_id"),
			 2);
	assert_int_equal(owed(w), 50000); /* gamma's two payments are nothing */
	cash_world_clean(w);
}

/* ---- in one statement ---- */

static void a_payment_and_its_return_of_one_statement_are_treated_together(void **state)
{
	struct cash_world *w = *state;
	int64_t beta = cash_world_customer(w, w->entity.id, "C0001", "Beta SAS",
					   "FR7618206002105487912736125");
	int64_t invoice = cash_world_item(w, beta, "FA2026-0000012", 45017, CASH_WORLD_DAY - 40);
	struct cash_receipt in = {
		"IN1", "BETA SAS",    "FR7618206002105487912736125", "FA2026-0000012",
		45017, CASH_WORLD_DAY
	};
	int64_t entry = cash_world_entry(w, w->entity.id, &in), again;
	struct cash_match_report report;
	struct err e = { 0 };

	store_ok(db_exec(w->db, "UPDATE statement_entry SET end_to_end = 'E2E-1' WHERE id = $1",
			 DB_PARAMS(P_I64(entry)), NULL, &e),
		 e);
	entry_of(w, "OUT1", -45017, CASH_WORLD_DAY + 4, "E2E-1", "PMNT/IDDT/UPDD", "AM04", NULL);
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 1);
	assert_int_equal(report.n_returned, 1);
	assert_int_equal(report.n_returns_waiting, 0);
	assert_string_equal(last(w).state, "treated");
	assert_string_equal(last(w).documents, "FA2026-0000012");
	assert_int_equal(cash_world_get(w, entry).state, ENTRY_MATCHED);
	assert_int_equal(cash_world_open_of(w, invoice), 45017);
	cash_world_clean(w);
	/* Paid once more: the document is open for it. */
	in.reference = "IN2";
	in.on = CASH_WORLD_DAY + 6;
	again = cash_world_entry(w, w->entity.id, &in);
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(cash_world_get(w, again).state, ENTRY_MATCHED);
	assert_int_equal(owed(w), 0);
	cash_world_clean(w);
}

/* ---- the charge, booked too ---- */

static void ask_fifteen(struct cash_world *w)
{
	struct err e = { 0 };

	store_ok(db_exec(w->db,
			 "INSERT INTO setting (entity_id, name, value, recorded)"
			 " VALUES ($1, 'return_fee', '15.00', 1)",
			 DB_PARAMS(P_I64(w->entity.id)), NULL, &e),
		 e);
}

/* Return and charge as the accounting may book them: in two lines, or in one. */
static const struct booking in_two_lines[] = {
	{ "20261007", "C0001", "BQ10-02", "REJET PRLV", NULL, true, NULL },
	{ "20261007", "C0001", "BQ10-03", "FRAIS DE REJET", NULL, true, "15,00" },
};
static const struct booking in_one_line[] = {
	{ "20261007", "C0001", "BQ10-02", "REJET PRLV ET FRAIS", NULL, true, "465,00" },
};

static void a_charge_counts_once_whichever_comes_first(void **state)
{
	for (int round = 0; round < 4; round++) {
		const struct booking *books = round & 1 ? in_one_line : in_two_lines;
		size_t n = round & 1 ? ARRAY_LEN(in_one_line) : ARRAY_LEN(in_two_lines);
		bool bank_first = round < 2;
		struct cash_world *w;
		struct world x;
		struct payment_return r;
		struct err e = { 0 };

		if (round > 0)
			assert_int_equal(cash_world_teardown(state) + cash_world_setup(state), 0);
		x = set_up(state);
		w = x.w;
		ask_fifteen(w);
		if (!bank_first)
			take_books(w, books, n);
		entry_of(w, "OUT1", -45000, CASH_WORLD_DAY + 4, "E2E-1", "PMNT/IDDT/UPDD", "AM04",
			 NULL);
		run(w);
		if (bank_first) {
			assert_int_equal(owed(w), 51500);
			take_books(w, books, n);
		}
		r = last(w);
		assert_string_equal(r.state, "treated");
		if (owed(w) != 51500 || cash_world_open_of(w, x.invoice) != 30000)
			fail_msg("round %d: %" PRId64 " owed", round, owed(w));
		cash_world_clean(w);
		run(w);
		take_books(w, books, n); /* the same file changes nothing */
		assert_int_equal(owed(w), 51500);
		store_ok(return_undo(w->db, w->entity.id, r.id, "user:1", w->now++, &e), e);
		cash_world_clean(w);
		/* Taken back: what the accounting booked by itself stays. */
		assert_int_equal(owed(w), bank_first ? 5000 : 51500);
	}
}

/* Outside VAT unless the company says that it bears some. */
static void a_charge_bears_the_vat_that_the_company_says(void **state)
{
	for (int round = 0; round < 2; round++) {
		struct cash_world *w;
		struct match_policy policy;
		struct err e = { 0 };

		if (round > 0)
			assert_int_equal(cash_world_teardown(state) + cash_world_setup(state), 0);
		w = set_up(state).w;
		store_ok(match_policy_load(w->db, w->arena, w->entity.id, &policy, &e) &&
				 match_policy_set(&policy, "return_fee", "14.99", "EUR", &e) &&
				 match_policy_set(&policy, "return_fee_vat", round ? "20" : "0",
						  "EUR", &e) &&
				 match_policy_save(w->db, &policy, w->entity.id, "test", w->now++,
						   &e),
			 e);
		entry_of(w, "OUT1", -45000, CASH_WORLD_DAY + 4, "E2E-1", "PMNT/IDDT/UPDD", "AM04",
			 NULL);
		run(w);
		assert_int_equal(last(w).fee_minor, 1499);
		assert_int_equal(store_i64(w->db, "SELECT COALESCE(vat_minor, -1) FROM item"
						  " WHERE kind = 'adjustment'"),
				 round ? 250 : -1);
		assert_int_equal(store_i64(w->db, "SELECT COALESCE(net_minor, -1) FROM item"
						  " WHERE kind = 'adjustment'"),
				 round ? 1249 : -1);
		cash_world_clean(w);
	}
}

static void two_charges_of_one_amount_are_two_lines(void **state)
{
	struct world x = set_up(state);
	struct cash_world *w = x.w;
	struct cash_receipt in = { "IN7", "BETA SAS", NULL, "", 12300, CASH_WORLD_DAY };
	int64_t entry = cash_world_entry(w, w->entity.id, &in);
	struct cash_decision d = { .entity_id = w->entity.id,
				   .entry_id = entry,
				   .customer_id = x.beta,
				   .actor = "user:1",
				   .now = w->now++ };
	struct err e = { 0 };

	store_ok(cash_apply(w->db, &d, &e), e);
	store_ok(db_exec(w->db, "UPDATE statement_entry SET end_to_end = 'E2E-7' WHERE id = $1",
			 DB_PARAMS(P_I64(entry)), NULL, &e),
		 e);
	ask_fifteen(w);
	take_books(w, in_two_lines, 2);
	entry_of(w, "OUT1", -45000, CASH_WORLD_DAY + 4, "E2E-1", "PMNT/IDDT/UPDD", "AM04", NULL);
	entry_of(w, "OUT2", -12300, CASH_WORLD_DAY + 4, "E2E-7", "PMNT/IDDT/UPDD", "AM04", NULL);
	run(w);
	/* One line of 15.00 is the charge of one return alone; the other asks for its own. */
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM payment_return"
					  " WHERE booked_fee_item_id IS NOT NULL"),
			 1);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM payment_return"
					  " WHERE fee_item_id IS NOT NULL"),
			 1);
	assert_int_equal(owed(w), 53000);
	cash_world_clean(w);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, cash_world_setup, cash_world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(a_returned_debit_reopens_what_it_paid_and_can_be_taken_back),
		FACT(the_bank_s_charge_is_asked_for_when_the_company_says_so),
		FACT(what_is_not_certain_waits_for_a_person),
		FACT(money_going_out_is_no_return),
		FACT(a_refused_collection_counts_once_with_its_debit),
		FACT(a_return_booked_after_the_bank_told_it_counts_once),
		FACT(a_return_of_a_report_is_known_by_its_booking_too),
		FACT(a_return_that_the_books_have_is_their_line),
		FACT(what_the_books_lettered_stays_lettered),
		FACT(a_doubtful_pair_counts_once_and_waits),
		FACT(of_equal_lines_each_is_one_return),
		FACT(a_charge_counts_once_whichever_comes_first),
		FACT(a_charge_bears_the_vat_that_the_company_says),
		FACT(two_charges_of_one_amount_are_two_lines),
		FACT(a_payment_and_its_return_of_one_statement_are_treated_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
