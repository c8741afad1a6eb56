/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts made for one customer: who is meant by money that came there, and to whom they may be given. */
#include "cash_world.h"

#include "bank/virtual_iban.h"
#include "ledger/import.h"

#include <sys/mman.h>
#include <unistd.h>

static const char given[] = "FR1420041010050500013M02606", other[] = "DE89370400440532013000";

struct cast {
	int64_t dubourg, lenoir;
};

static struct cast two_customers(struct cash_world *w)
{
	return (struct cast){
		cash_world_customer(w, w->entity.id, "C0001", "Menuiserie Dubourg", NULL),
		cash_world_customer(w, w->entity.id, "C0002", "Cabinet Lenoir", NULL)
	};
}

static enum err_code add(struct cash_world *w, const char *iban, int64_t customer, int64_t item,
			 day_t from, day_t to)
{
	struct virtual_iban_new v = { .entity_id = w->entity.id,
				      .iban = iban,
				      .customer_id = customer,
				      .item_id = item,
				      .valid_from = from,
				      .valid_to = to,
				      .source = "manual",
				      .actor = "test",
				      .now = w->now++ };
	struct err e = { 0 };
	bool is_new;

	return virtual_iban_add(w->db, &v, &is_new, &e) ? ERR_NONE : e.code;
}

static enum err_code end(struct cash_world *w, const char *iban, day_t to)
{
	struct virtual_iban_end v = { .entity_id = w->entity.id,
				      .iban = iban,
				      .valid_to = to,
				      .actor = "test",
				      .now = w->now++ };
	struct err e = { 0 };

	return virtual_iban_close(w->db, &v, &e) ? ERR_NONE : e.code;
}

static int64_t paid_to(struct cash_world *w, const char *reference, const char *iban,
		       const char *payer, const char *text, int64_t minor, day_t on)
{
	int64_t id = cash_world_entry(
		w, w->entity.id, &(struct cash_receipt){ reference, payer, NULL, text, minor, on });
	struct err e = { 0 };

	store_ok(db_exec(w->db, "UPDATE statement_entry SET creditor_iban = $2 WHERE id = $1",
			 DB_PARAMS(P_I64(id), P_TEXT(iban)), NULL, &e),
		 e);
	return id;
}

/* Whom the first explanation names; 0 when there is none. */
static int64_t proposed_for(struct cash_world *w, int64_t entry)
{
	struct err e = { 0 };
	int64_t id;

	store_ok(db_get_i64(
			 w->db,
			 "SELECT customer_id FROM match_proposal WHERE entry_id = $1 AND rank = 1",
			 DB_PARAMS(P_I64(entry)), 0, &id, &e),
		 e);
	return id;
}

/* ---- money that came there ---- */

static void money_is_its_customers(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	struct cash_match_report report;
	int64_t his, theirs, entry;

	his = cash_world_item(w, c.dubourg, "FA2026-0000012", 120000, CASH_WORLD_DAY - 60);
	theirs = cash_world_item(w, c.lenoir, "FA2026-0000018", 99900, CASH_WORLD_DAY - 60);
	assert_int_equal(add(w, "fr14 2004 1010 0505 0001 3M02 606", c.dubourg, 0,
			     CASH_WORLD_DAY - 90, DAY_NONE),
			 ERR_NONE);
	/* Unknown payer, no reference: the account and the amount say it. */
	entry = paid_to(w, "B001", given, "ZENTRALE GMBH", "VIREMENT", 120000, CASH_WORLD_DAY);
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 1);
	assert_int_equal(cash_world_open_of(w, his), 0);
	assert_int_equal(cash_world_open_of(w, theirs), 99900);
	assert_true(cash_world_get(w, entry).payment_item_id > 0);
	cash_world_clean(w);
	/* A closing afterwards does not make the certificate false; a customer that it never was does. */
	assert_int_equal(end(w, given, CASH_WORLD_DAY - 10), ERR_NONE);
	cash_world_clean(w);
	store_run(w->db, "UPDATE virtual_iban SET customer_id ="
			 " (SELECT id FROM customer WHERE code = 'C0002')");
	assert_true(cash_world_breaks(w, "certificate_payer"));
}

static void a_wrong_reference_does_not_lead_astray(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	struct cash_match_report report;
	int64_t theirs, entry;

	cash_world_item(w, c.dubourg, "FA2026-0000012", 120000, CASH_WORLD_DAY - 60);
	theirs = cash_world_item(w, c.lenoir, "FA2026-0000018", 120000, CASH_WORLD_DAY - 60);
	assert_int_equal(add(w, given, c.dubourg, 0, CASH_WORLD_DAY - 90, DAY_NONE), ERR_NONE);
	entry = paid_to(w, "B001", given, "ZENTRALE GMBH", "FA2026-0000018", 120000,
			CASH_WORLD_DAY);
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(cash_world_open_of(w, theirs), 120000);
	if (report.n_auto == 0)
		assert_int_equal(proposed_for(w, entry), c.dubourg);
	cash_world_clean(w);
}

static void an_account_for_a_document_names_it(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	struct cash_match_report report;
	int64_t first, second;

	first = cash_world_item(w, c.dubourg, "FA2026-0000012", 33300, CASH_WORLD_DAY - 60);
	second = cash_world_item(w, c.dubourg, "FA2026-0000013", 33300, CASH_WORLD_DAY - 50);
	assert_int_equal(add(w, given, c.lenoir, second, CASH_WORLD_DAY - 90, DAY_NONE),
			 ERR_REFUSED);
	assert_int_equal(add(w, given, c.dubourg, second, CASH_WORLD_DAY - 90, DAY_NONE), ERR_NONE);
	paid_to(w, "B001", given, "ZENTRALE GMBH", "VIREMENT", 33300, CASH_WORLD_DAY);
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 1);
	assert_int_equal(cash_world_open_of(w, first), 33300);
	assert_int_equal(cash_world_open_of(w, second), 0);
	cash_world_clean(w);
}

static void only_its_days_count(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	struct cash_match_report report;
	day_t closed = CASH_WORLD_DAY - 20;
	int64_t late, early;

	cash_world_item(w, c.dubourg, "FA2026-0000012", 120000, CASH_WORLD_DAY - 60);
	cash_world_item(w, c.dubourg, "FA2026-0000013", 55500, CASH_WORLD_DAY - 60);
	assert_int_equal(add(w, given, c.dubourg, 0, CASH_WORLD_DAY - 90, closed), ERR_NONE);
	late = paid_to(w, "B001", given, "ZENTRALE GMBH", "VIREMENT", 120000, closed + 1);
	early = paid_to(w, "B002", given, "ZENTRALE GMBH", "VIREMENT", 55500, closed);
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 1);
	assert_true(cash_world_get(w, early).payment_item_id > 0);
	assert_int_equal(cash_world_get(w, late).payment_item_id, 0);
	cash_world_clean(w);
}

/* ---- to whom it may be given ---- */

static void it_rests_thirteen_months_between_two_customers(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	day_t closed = CASH_WORLD_DAY, free = date_add_months(closed, 13);

	assert_int_equal(add(w, given, c.dubourg, 0, closed - 100, DAY_NONE), ERR_NONE);
	assert_int_equal(add(w, given, c.lenoir, 0, free, DAY_NONE), ERR_REFUSED); /* still his */
	assert_int_equal(add(w, given, c.dubourg, 0, closed, DAY_NONE), ERR_DUPLICATE);
	assert_int_equal(end(w, given, closed - 101), ERR_INVALID);
	assert_int_equal(end(w, given, closed), ERR_NONE);
	assert_int_equal(end(w, given, closed), ERR_NOT_FOUND);
	assert_int_equal(add(w, given, c.lenoir, 0, free - 1, DAY_NONE), ERR_REFUSED);
	/* Nor before him, with less than that between. */
	assert_int_equal(add(w, given, c.lenoir, 0, closed - 900, closed - 200), ERR_REFUSED);
	assert_int_equal(add(w, given, c.dubourg, 0, closed, closed + 9), ERR_DUPLICATE);
	assert_int_equal(add(w, given, c.dubourg, 0, closed + 1, closed + 1), ERR_NONE);
	assert_int_equal(add(w, given, c.lenoir, 0, free, DAY_NONE), ERR_REFUSED); /* a day more */
	assert_int_equal(add(w, given, c.lenoir, 0, date_add_months(closed + 1, 13), DAY_NONE),
			 ERR_NONE);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM virtual_iban"), 3);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM event"
					  " WHERE subject_kind = 'virtual_iban'"),
			 4);
}

static void what_is_wrong_is_refused(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);

	assert_int_equal(add(w, "FR1520041010050500013M02606", c.dubourg, 0, 100, DAY_NONE),
			 ERR_INVALID);
	assert_int_equal(add(w, "", c.dubourg, 0, 100, DAY_NONE), ERR_INVALID);
	assert_int_equal(add(w, "FR14; DROP TABLE", c.dubourg, 0, 100, DAY_NONE), ERR_INVALID);
	assert_int_equal(add(w, given, c.dubourg, 0, 100, 99), ERR_INVALID);
	assert_int_equal(add(w, given, 999999999, 0, 100, DAY_NONE), ERR_NOT_FOUND);
	/* The company's own account would be everybody's. */
	cash_world_entry(w, w->entity.id,
			 &(struct cash_receipt){ "B001", "X", NULL, "X", 100, CASH_WORLD_DAY });
	assert_int_equal(add(w, "FR7630082952718579124314064", c.dubourg, 0, 100, DAY_NONE),
			 ERR_REFUSED);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM virtual_iban"), 0);
}

/* ---- tables ---- */

static bool take(struct cash_world *w, const char *text, int64_t *ret_read, int64_t *ret_added,
		 struct err *e)
{
	struct virtual_iban_import in = { .entity_id = w->entity.id,
					  .text = text,
					  .len = strlen(text),
					  .today = CASH_WORLD_DAY,
					  .actor = "test",
					  .now = w->now++ };

	*e = (struct err){ 0 };
	return virtual_iban_take(w->db, &in, ret_read, ret_added, e);
}

static void a_table_is_taken_whole_or_not(void **state)
{
	static const char good[] = "\xef\xbb\xbf"
				   "Client;IBAN;Facture;Du;Au\n"
				   "C0001;FR14 2004 1010 0505 0001 3M02 606;;2026-01-01;\n\n"
				   "C0002;DE89370400440532013000;FA2026-0000018;2026-02-01;\n";
	static const char *const bad[] = {
		"",
		"IBAN\n",
		"IBAN;IBAN\n",
		"IBAN;Client;Couleur\n",
		"IBAN;Client\nGB82WEST12345698765432;C0001\nFR00;C0001\n",
		"IBAN;Client\nGB82WEST12345698765432;C0009\n",
		"IBAN;Client;Facture\nGB82WEST12345698765432;C0001;FA2026-0000018\n",
		"IBAN;Client;Du\nGB82WEST12345698765432;C0001;hier\n",
		"IBAN;Client\nGB82WEST12345698765432;C0001\n\"GB82;C0001\n",
		"IBAN;Client\n\xff;C0001\n"
	};
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	int64_t n_read, n_added;
	struct virtual_iban *list;
	struct err e;
	size_t n;

	cash_world_item(w, c.lenoir, "FA2026-0000018", 99900, CASH_WORLD_DAY - 60);
	store_ok(take(w, good, &n_read, &n_added, &e), e);
	assert_int_equal(n_read, 2);
	assert_int_equal(n_added, 2);
	store_ok(take(w, good, &n_read, &n_added, &e), e);
	assert_int_equal(n_added, 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (take(w, bad[i], &n_read, &n_added, &e))
			fail_msg("taken: %s", bad[i]);
	store_ok(virtual_iban_list(w->db, w->arena, w->entity.id, 0, &list, &n, &e), e);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].iban, given);
	assert_string_equal(list[0].customer_code, "C0001");
	assert_int_equal(list[0].valid_to, DAY_NONE);
	assert_string_equal(list[1].iban, other);
	assert_string_equal(list[1].document, "FA2026-0000018");
	store_ok(virtual_iban_list(w->db, w->arena, w->entity.id, c.lenoir, &list, &n, &e), e);
	assert_int_equal(n, 1);
}

static void acts_are_taken_back(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	struct err e = { 0 };
	int64_t id;

	assert_int_equal(add(w, given, c.dubourg, 0, CASH_WORLD_DAY - 9, DAY_NONE), ERR_NONE);
	id = store_i64(w->db, "SELECT id FROM virtual_iban");
	assert_int_equal(end(w, given, CASH_WORLD_DAY), ERR_NONE);
	assert_false(virtual_iban_undo_add(w->db, w->entity.id, id, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	e = (struct err){ 0 };
	store_ok(db_begin(w->db, &e) && virtual_iban_undo_close(w->db, w->entity.id, id, &e) &&
			 virtual_iban_undo_add(w->db, w->entity.id, id, &e) && db_commit(w->db, &e),
		 e);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM virtual_iban"), 0);
	/* With money on it, it stays. */
	assert_int_equal(add(w, given, c.dubourg, 0, CASH_WORLD_DAY - 9, DAY_NONE), ERR_NONE);
	paid_to(w, "B001", given, "X", "X", 100, CASH_WORLD_DAY);
	id = store_i64(w->db, "SELECT id FROM virtual_iban");
	assert_false(virtual_iban_undo_add(w->db, w->entity.id, id, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
}

static void a_table_is_taken_back_whole(void **state)
{
	static const char table[] = "iban;client\nFR1420041010050500013M02606;C0001\n"
				    "DE89370400440532013000;C0002\n";
	struct cash_world *w = *state;
	int64_t n_read, n_added, event;
	struct err e;

	two_customers(w);
	store_ok(take(w, table, &n_read, &n_added, &e), e);
	event = store_i64(w->db, "SELECT MAX(id) FROM event WHERE kind = 'virtual_iban.imported'");
	store_ok(take(w, table, &n_read, &n_added, &e), e);
	/* Taken again it brings nothing, and says nothing. */
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM event"
					  " WHERE kind LIKE 'virtual_iban.%'"),
			 1);
	paid_to(w, "B001", other, "X", "X", 100, CASH_WORLD_DAY);
	assert_false(virtual_iban_undo_take(w->db, w->entity.id, event, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	store_run(w->db, "UPDATE statement_entry SET creditor_iban = NULL");
	e = (struct err){ 0 };
	store_ok(virtual_iban_undo_take(w->db, w->entity.id, event, &e), e);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM virtual_iban"), 0);
}

/* ---- what came there ---- */

static void the_list_tells_what_came(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	struct virtual_iban *list;
	struct entry *receipts;
	struct err e = { 0 };
	int64_t id;
	size_t n;

	assert_int_equal(add(w, given, c.dubourg, 0, CASH_WORLD_DAY - 9, CASH_WORLD_DAY), ERR_NONE);
	assert_int_equal(add(w, other, c.lenoir, 0, CASH_WORLD_DAY - 9, DAY_NONE), ERR_NONE);
	paid_to(w, "B001", given, "X", "X", 100, CASH_WORLD_DAY - 9);
	paid_to(w, "B002", given, "X", "X", 250, CASH_WORLD_DAY);
	paid_to(w, "B003", given, "X", "X", 7, CASH_WORLD_DAY + 1); /* after its last day */
	paid_to(w, "B004", given, "X", "X", -30, CASH_WORLD_DAY);
	id = paid_to(w, "B005", given, "X", "X", 11, CASH_WORLD_DAY);
	store_ok(db_exec(w->db, "UPDATE statement_entry SET state = 'announced' WHERE id = $1",
			 DB_PARAMS(P_I64(id)), NULL, &e),
		 e);
	id = paid_to(w, "B006", given, "X", "X", 999, CASH_WORLD_DAY - 1);
	store_ok(db_exec(w->db, "UPDATE statement_entry SET currency = 'USD' WHERE id = $1",
			 DB_PARAMS(P_I64(id)), NULL, &e),
		 e);
	store_ok(virtual_iban_list(w->db, w->arena, w->entity.id, 0, &list, &n, &e), e);
	assert_int_equal(n, 3);
	assert_int_equal(list[0].n_received, 2);
	assert_int_equal(list[0].received_minor, 350);
	assert_string_equal(list[0].currency, "EUR");
	assert_int_equal(list[0].received_on, CASH_WORLD_DAY);
	assert_int_equal(list[1].id, list[0].id);
	assert_int_equal(list[1].received_minor, 999);
	assert_string_equal(list[1].currency, "USD");
	assert_int_equal(list[2].n_received, 0);
	assert_null(list[2].currency);
	assert_int_equal(list[2].received_on, DAY_NONE);
	id = list[0].id;
	store_ok(virtual_iban_get(w->db, w->arena, w->entity.id, id, &list, &n, &e), e);
	assert_int_equal(n, 2);
	store_ok(entry_list_virtual(w->db, w->arena, w->entity.id, id, 10, &receipts, &n, &e), e);
	assert_int_equal(n, 3);
	assert_string_equal(receipts[0].reference, "B002");
	assert_string_equal(receipts[2].reference, "B001");
	assert_false(virtual_iban_get(w->db, w->arena, w->entity.id, 999999999, &list, &n, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
}

static void the_narrowest_one_in_force_is_paid_to(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	int64_t item = cash_world_item(w, c.dubourg, "FA2026-0000012", 120000, CASH_WORLD_DAY - 60);
	struct virtual_iban_in_force *list;
	struct err e = { 0 };
	size_t n;

	assert_int_equal(add(w, given, c.dubourg, 0, CASH_WORLD_DAY - 9, DAY_NONE), ERR_NONE);
	assert_int_equal(add(w, other, c.dubourg, item, CASH_WORLD_DAY, DAY_NONE), ERR_NONE);
	assert_int_equal(add(w, "GB82WEST12345698765432", c.lenoir, 0, CASH_WORLD_DAY - 9,
			     CASH_WORLD_DAY - 1),
			 ERR_NONE);
	store_ok(virtual_iban_list_in_force(w->db, w->arena, w->entity.id, CASH_WORLD_DAY, &list,
					    &n, &e),
		 e);
	assert_int_equal(n, 2);
	assert_string_equal(virtual_iban_find(list, n, c.dubourg, item), other);
	assert_string_equal(virtual_iban_find(list, n, c.dubourg, item + 1), given);
	assert_string_equal(virtual_iban_find(list, n, c.dubourg, 0), given);
	assert_null(virtual_iban_find(list, n, c.lenoir, 0));
	store_ok(virtual_iban_list_in_force(w->db, w->arena, w->entity.id, CASH_WORLD_DAY - 1,
					    &list, &n, &e),
		 e);
	assert_int_equal(n, 2);
	assert_string_equal(virtual_iban_find(list, n, c.dubourg, item), given);
}

/* ---- statements that write it into their words ---- */

static void import(struct cash_world *w, const char *bytes, size_t n, const char *name)
{
	struct bank_importer bank;
	struct import_job job = { .db = w->db,
				  .arena = w->arena,
				  .entity = &w->entity,
				  .today = CASH_WORLD_DAY,
				  .now = w->now++,
				  .actor = "test",
				  .bank = &bank };
	struct import_report report;
	struct err e = { 0 };
	int fd = memfd_create("statement", MFD_CLOEXEC);

	statement_importer(w->arena, &bank);
	assert_int_equal(write(fd, bytes, n), n);
	store_ok(import_file(&job, fd, name, &report, &e), e);
	close(fd);
	assert_int_equal(report.n_errors, 0);
}

static const char *paid_account(struct cash_world *w, const char *text_like)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct err e = { 0 };
	bool more = false;

	store_ok(db_query(w->db,
			  "SELECT creditor_iban FROM statement_entry WHERE amount_minor ="
			  " CAST($1 AS BIGINT)",
			  DB_PARAMS(P_TEXT(text_like)), &r, &e) &&
			 rows_next(r, &more, &e),
		 e);
	assert_true(more);
	return row_text(r, 0) ? arena_strdup(w->arena, row_text(r, 0)) : "";
}

/* In a detail of its own, and in free texts where it is one that was given. */
static void a_cfonb_statement_names_it_in_its_complements(void **state)
{
	struct cash_world *w = *state;
	struct cast c = two_customers(w);
	struct cash_match_report report;
	char bytes[8192];
	FILE *f = fopen("test/fixtures/cfonb120-virtual.txt", "rb");
	size_t n;

	assert_non_null(f);
	n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	cash_world_item(w, c.dubourg, "FA2026-0000012", 120000, CASH_WORLD_DAY - 60);
	assert_int_equal(add(w, given, c.dubourg, 0, CASH_WORLD_DAY - 900, DAY_NONE), ERR_NONE);
	assert_int_equal(add(w, other, c.lenoir, 0, CASH_WORLD_DAY - 900, DAY_NONE), ERR_NONE);
	import(w, bytes, n, "releve.txt");
	assert_string_equal(paid_account(w, "120000"), given);
	assert_string_equal(paid_account(w, "55500"), given);
	assert_string_equal(paid_account(w, "9900"), given); /* over two lines of LIB */
	assert_string_equal(paid_account(w, "8800"), given); /* in the bank's reference */
	assert_string_equal(paid_account(w, "7700"), "");    /* nobody's: the payer's, perhaps */
	assert_string_equal(paid_account(w, "6600"), "");    /* two of them: neither is sure */
	cash_world_match(w, w->entity.id, &report);
	assert_int_equal(report.n_auto, 1);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM match_proposal p"
					  " JOIN statement_entry x ON x.id = p.entry_id"
					  " WHERE x.amount_minor = 7700"),
			 0);
}

static void a_camt_statement_names_it_in_its_transactions(void **state)
{
	static const char camt[] =
		"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>"
		"<GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>S1</Id><Acct><Id><IBAN>"
		"FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>"
		"<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">0.00</Amt>"
		"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-01</Dt></Dt></Bal>"
		"<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">77.00</Amt>"
		"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-01</Dt></Dt></Bal>"
		"<Ntry><Amt "
		"Ccy=\"EUR\">77.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
		"<BookgDt><Dt>2026-10-01</Dt></BookgDt><NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>"
		"ZENTRALE</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>FR7618206002105487912736125</IBAN></"
		"Id>"
		"</DbtrAcct><CdtrAcct><Id><IBAN>FR14 2004 1010 0505 0001 3m02 "
		"606</IBAN></Id></CdtrAcct>"
		"</RltdPties></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>";
	struct cash_world *w = *state;

	import(w, camt, strlen(camt), "camt.xml");
	assert_string_equal(paid_account(w, "7700"), given);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, cash_world_setup, cash_world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(money_is_its_customers),
		TEST(a_wrong_reference_does_not_lead_astray),
		TEST(an_account_for_a_document_names_it),
		TEST(only_its_days_count),
		TEST(it_rests_thirteen_months_between_two_customers),
		TEST(what_is_wrong_is_refused),
		TEST(a_table_is_taken_whole_or_not),
		TEST(acts_are_taken_back),
		TEST(a_table_is_taken_back_whole),
		TEST(the_list_tells_what_came),
		TEST(the_narrowest_one_in_force_is_paid_to),
		TEST(a_cfonb_statement_names_it_in_its_complements),
		TEST(a_camt_statement_names_it_in_its_transactions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
