/* SPDX-License-Identifier: Apache-2.0 */
/* import_test.c - files into the ledger: identity, lettering, à-nouveaux, undo, on both engines. */
#include "store/store.h"

#include "base/buf.h"
#include "base/money.h"
#include "ledger/book.h"
#include "ledger/import.h"
#include "ledger/post.h"
#include "ledger/verify.h"

#include <sys/mman.h>
#include <unistd.h>

/* Facts planned at once: all tests run with as many as is good, then customer by customer. */
static size_t batch;

struct world {
	struct db *db;
	struct arena *a;
	struct entity entity;
	int64_t now;
};

static void open_world(struct world *w)
{
	struct err e = { 0 };
	bool created;

	*w = (struct world){ .a = arena_new(0), .now = 1000 };
	store_open(&w->db);
	if (!entity_init(w->db, "Test", "FR", "EUR", 1, &created, &e) ||
	    !entity_get(w->db, w->a, NULL, &w->entity, &e))
		fail_msg("%s", e.msg);
}

static void close_world(struct world *w)
{
	store_close(w->db);
	arena_free(w->a);
}

static bool try_import(struct world *w, const char *name, const char *text, enum import_mode mode,
		       struct import_report *r, struct err *e)
{
	struct import_job job = { .db = w->db,
				  .arena = w->a,
				  .entity = &w->entity,
				  .actor = "test",
				  .now = ++w->now,
				  .today = date_of(2026, 1, 15),
				  .mode = mode,
				  .batch = batch };
	int fd = memfd_create("import", 0);
	bool ok;

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ok = import_file(&job, fd, name, r, e);
	close(fd);
	return ok;
}

static struct import_report take(struct world *w, const char *name, const char *text)
{
	struct import_report r;
	struct err e = { 0 };

	if (!try_import(w, name, text, IMPORT_MOVEMENTS, &r, &e))
		fail_msg("%s: %s", name, e.msg);
	for (size_t i = 0; i < r.n_errors; i++)
		print_message("%s:%d %s\n", name, (int)r.errors[i].line, r.errors[i].message);
	return r;
}

static struct book *book_at(struct world *w, day_t as_of)
{
	struct err e = { 0 };
	struct book *b;

	if (!book_load(w->db, w->a,
		       &(struct book_query){ .entity_id = w->entity.id, .as_of = as_of }, &b, &e))
		fail_msg("%s", e.msg);
	return b;
}

static int64_t total(const struct book *b)
{
	int64_t sum = 0;

	for (size_t i = 0; i < b->n_items; i++)
		sum += b->open_minor[i];
	return sum;
}

/* What is open of a document, over all its items. */
static int64_t open_of(const struct book *b, const char *document)
{
	int64_t sum = 0;

	for (size_t i = 0; i < b->n_items; i++)
		if (strcmp(b->document[i], document) == 0)
			sum += b->open_minor[i];
	return sum;
}

static void assert_laws(struct world *w)
{
	struct verify_report r;
	struct err e = { 0 };

	if (!ledger_verify(w->db, w->a, w->entity.id, date_of(2026, 1, 15), &r, &e))
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < r.n_faults; i++)
		print_message("%s: %s\n", r.faults[i].law, r.faults[i].detail);
	assert_int_equal(r.n_faults, 0);
}

#define HEADER                                                                                     \
	"JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|"          \
	"CompAuxLib|"                                                                              \
	"PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|" \
	"Idevise\n"

/* The sample of the FEC specification, section 7. */
static const char sample[] =
	HEADER "AN|A nouveaux|AN0001|20250101|41100000|Clients|C0001|ALPHA "
	       "SARL|FA2411-017|20241118|RAN FA2411-017|1200,00|0,00|AAA|20250120|20250101||\n"
	       "AN|A nouveaux|AN0001|20250101|41100000|Clients|C0002|BETA SAS||20250101|RAN solde "
	       "BETA|450,00|0,00|||20250101||\n"
	       "AN|A nouveaux|AN0001|20250101|11000000|Report a "
	       "nouveau||||20250101|RAN|0,00|1650,00|||20250101||\n"
	       "VE|Ventes|VE0001|20250110|41100000|Clients|C0001|ALPHA "
	       "SARL|FA2501-001|20250110|Facture FA2501-001|2400,00|0,00|AAB|20250305|20250131||\n"
	       "VE|Ventes|VE0001|20250110|70700000|Ventes|||FA2501-001|20250110|Facture "
	       "FA2501-001|0,00|2000,00|||20250131||\n"
	       "VE|Ventes|VE0001|20250110|44571000|TVA collectee|||FA2501-001|20250110|Facture "
	       "FA2501-001|0,00|400,00|||20250131||\n"
	       "BQ|Banque|BQ0001|20250120|51200000|Banque|||VIR0120|20250120|VIR "
	       "ALPHA|1200,00|0,00|||20250131||\n"
	       "BQ|Banque|BQ0001|20250120|41100000|Clients|C0001|ALPHA SARL|VIR0120|20250120|VIR "
	       "ALPHA|0,00|1200,00|AAA|20250120|20250131||\n"
	       "VE|Ventes|VE0002|20250214|41100000|Clients|C0001|ALPHA "
	       "SARL|FA2502-004|20250214|Facture FA2502-004|1800,00|0,00|ac|20250410|20250228||\n"
	       "VE|Ventes|VE0002|20250214|70600000|Prestations|||FA2502-004|20250214|Facture "
	       "FA2502-004|0,00|1500,00|||20250228||\n"
	       "VE|Ventes|VE0002|20250214|44571000|TVA collectee|||FA2502-004|20250214|Facture "
	       "FA2502-004|0,00|300,00|||20250228||\n"
	       "BQ|Banque|BQ0002|20250305|51200000|Banque|||VIR0305|20250305|VIR "
	       "ALPHA|2400,00|0,00|||20250331||\n"
	       "BQ|Banque|BQ0002|20250305|41100000|Clients|C0001|ALPHA SARL|VIR0305|20250305|VIR "
	       "ALPHA|0,00|2400,00|AAB|20250305|20250331||\n"
	       "VE|Ventes|VE0003|20250312|41100000|Clients|C0002|BETA "
	       "SAS|AV2503-002|20250312|Avoir AV2503-002|0,00|150,00|||20250331||\n"
	       "VE|Ventes|VE0003|20250312|70700000|Ventes|||AV2503-002|20250312|Avoir "
	       "AV2503-002|125,00|0,00|||20250331||\n"
	       "VE|Ventes|VE0003|20250312|44571000|TVA collectee|||AV2503-002|20250312|Avoir "
	       "AV2503-002|25,00|0,00|||20250331||\n"
	       "BQ|Banque|BQ0003|20250410|51200000|Banque|||VIR0410|20250410|VIR ALPHA "
	       "ACPTE|800,00|0,00|||20250430||\n"
	       "BQ|Banque|BQ0003|20250410|41100000|Clients|C0001|ALPHA SARL|VIR0410|20250410|VIR "
	       "ALPHA ACPTE|0,00|800,00|ac|20250410|20250430||\n"
	       "OD|Operations diverses|OD0001|20250630|41600000|Clients douteux|C0002|BETA "
	       "SAS|OD0630|20250630|Transfert douteux|300,00|0,00|||20250630||\n"
	       "OD|Operations diverses|OD0001|20250630|41100000|Clients|C0002|BETA "
	       "SAS|OD0630|20250630|Transfert douteux|0,00|300,00|||20250630||\n";

static void the_sample_of_the_law_is_open_as_published(void **state)
{
	struct world w;
	struct import_report r;
	struct book *b;

	(void)state;
	open_world(&w);
	r = take(&w, "fec.txt", sample);
	assert_int_equal(r.n_records, 20);
	assert_int_equal(r.debit_minor, 1070000);
	assert_int_equal(r.credit_minor, 1070000);
	assert_int_equal(r.control_minor, r.ledger_minor);
	b = book_at(&w, date_of(2025, 2, 28));
	assert_int_equal(total(b), 465000);
	assert_int_equal(open_of(b, "FA2501-001"), 240000);
	assert_int_equal(open_of(b, "FA2502-004"), 180000);
	assert_int_equal(open_of(b, "AN-C0002"), 45000);
	b = book_at(&w, date_of(2025, 3, 31));
	assert_int_equal(total(b), 210000);
	assert_int_equal(open_of(b, "FA2502-004"), 180000);
	assert_int_equal(open_of(b, "AN-C0002"), 45000);
	assert_int_equal(open_of(b, "AV2503-002"), -15000);
	b = book_at(&w, date_of(2025, 12, 31));
	assert_int_equal(total(b), 130000);
	assert_int_equal(open_of(b, "FA2502-004"), 100000);
	assert_laws(&w);
	close_world(&w);
}

static void the_same_file_twice_changes_nothing(void **state)
{
	struct import_report r;
	struct world w;
	char other[sizeof sample + 8];

	(void)state;
	open_world(&w);
	take(&w, "fec.txt", sample);
	r = take(&w, "again.txt", sample);
	assert_true(r.is_repeat);
	/* The same facts in a file of other bytes. */
	snprintf(other, sizeof other, "%s\n", sample);
	r = take(&w, "fec2.txt", other);
	assert_int_equal(r.n_created, 0);
	assert_int_equal(total(book_at(&w, date_of(2025, 12, 31))), 130000);
	assert_laws(&w);
	close_world(&w);
}

#define INVOICE(number, date, customer, amount, let, let_date)                                   \
	"VE|Ventes|V" number "|" date "|411000|Clients|" customer "|" customer "|FA" number      \
	"|" date "|Facture|" amount "|0|" let "|" let_date "|" date "||\n"                       \
	"VE|Ventes|V" number "|" date "|706000|Ventes|||FA" number "|" date "|Facture|0|" amount \
	"|||" date "||\n"
#define RECEIPT(number, date, customer, amount, let, let_date)                                   \
	"BQ|Banque|B" number "|" date "|411000|Clients|" customer "|" customer "|VIR" number     \
	"|" date "|Virement|0|" amount "|" let "|" let_date "|" date "||\n"                      \
	"BQ|Banque|B" number "|" date "|512000|Banque|||VIR" number "|" date "|Virement|" amount \
	"|0|||" date "||\n"
#define OPENING(document, piece_date, date, customer, amount, let, let_date)                    \
	"AN|A nouveaux|AN1|" date "|411000|Clients|" customer "|" customer "|" document         \
	"|" piece_date "|A nouveau|" amount "|0|" let "|" let_date "|" date "||\n"              \
	"AN|A nouveaux|AN1|" date "|110000|Report|||AN|" date "|A nouveau|0|" amount "|||" date \
	"||\n"

static void a_later_file_of_the_year_brings_only_its_differences(void **state)
{
	static const char to_june[] = HEADER INVOICE("1", "20250310", "C1", "100", "", "")
		INVOICE("2", "20250410", "C1", "200", "", "");
	static const char to_december[] =
		HEADER INVOICE("1", "20250310", "C1", "100", "A", "20250715")
			RECEIPT("1", "20250715", "C1", "100", "A", "20250715")
				INVOICE("2", "20250410", "C1", "200", "", "")
					INVOICE("3", "20251001", "C1", "50", "", "");
	struct import_report r;
	struct world w;

	(void)state;
	open_world(&w);
	take(&w, "june.txt", to_june);
	r = take(&w, "december.txt", to_december);
	assert_int_equal(r.n_items_created, 2);
	assert_int_equal(r.control_minor, 25000);
	assert_int_equal(r.ledger_minor, 25000);
	assert_int_equal(total(book_at(&w, date_of(2025, 6, 30))), 30000);
	assert_int_equal(open_of(book_at(&w, date_of(2025, 12, 31)), "FA1"), 0);
	assert_laws(&w);
	close_world(&w);
}

/* 2024 leaves FA1 partly paid and FA2 open; 2025 opens with both, one with detail and one without. */
static const char year_2024[] = HEADER INVOICE("1", "20241105", "C1", "1000", "a", "20241220")
	RECEIPT("1", "20241220", "C1", "400", "a", "20241220")
		INVOICE("2", "20241210", "C2", "250", "", "");
static const char year_2025[] =
	HEADER OPENING("FA1", "20241105", "20250101", "C1", "600", "AAA", "20250220")
		OPENING("", "20250101", "20250101", "C2", "250", "", "")
			RECEIPT("2", "20250220", "C1", "600", "AAA", "20250220")
				INVOICE("3", "20250301", "C2", "80", "", "");

static void check_two_years(struct world *w)
{
	struct book *b = book_at(w, date_of(2025, 12, 31));

	assert_int_equal(total(b), 33000);
	assert_int_equal(open_of(b, "FA1"), 0);
	assert_int_equal(total(book_at(w, date_of(2024, 12, 31))), 85000);
	assert_int_equal(open_of(book_at(w, date_of(2025, 1, 31)), "FA1"), 60000);
	assert_int_equal(open_of(b, "FA2"), 25000);
	assert_laws(w);
}

static void opening_balances_never_count_twice(void **state)
{
	struct import_report r;
	struct world w;

	(void)state;
	open_world(&w);
	take(&w, "2024.txt", year_2024);
	r = take(&w, "2025.txt", year_2025);
	assert_int_equal(r.control_minor, 33000);
	check_two_years(&w);
	close_world(&w);
}

static void the_former_year_may_come_last(void **state)
{
	struct world w;

	(void)state;
	open_world(&w);
	take(&w, "2025.txt", year_2025);
	assert_int_equal(total(book_at(&w, date_of(2025, 12, 31))), 33000);
	take(&w, "2024.txt", year_2024);
	check_two_years(&w);
	close_world(&w);
}

static const char invoices[] = "customer_id,doc_no,issue_date,due_date,amount,open_amount\n"
			       "C1,FA1,2025-03-10,2025-04-24,100.00,0.00\n"
			       "C1,FA2,2025-04-10,2025-05-25,200.00,120.00\n"
			       "C1,AV3,2025-04-11,2025-04-11,-30.00,-30.00\n";
static const char ledger_of_invoices[] =
	HEADER INVOICE("1", "20250310", "C1", "100", "A", "20250420")
		RECEIPT("1", "20250420", "C1", "100", "A", "20250420")
			INVOICE("2", "20250410", "C1", "200", "b", "20250520")
				RECEIPT("2", "20250520", "C1", "80", "b",
					"20250520") "VE|Ventes|V3|20250411|411000|Clients|C1|C1|"
						    "AV3|20250411|Avoir|0|30|||20250411||\n"
						    "VE|Ventes|V3|20250411|706000|Ventes|||AV3|"
						    "20250411|Avoir|30|0|||20250411||\n";

static void order_of_files_does_not_matter(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		struct world w;
		struct book *b;
		open_world(&w);
		take(&w, order ? "fec.txt" : "items.csv", order ? ledger_of_invoices : invoices);
		assert_int_equal(total(book_at(&w, date_of(2025, 12, 31))), 9000);
		take(&w, order ? "items.csv" : "fec.txt", order ? invoices : ledger_of_invoices);
		b = book_at(&w, date_of(2025, 12, 31));
		assert_int_equal(total(b), 9000);
		assert_int_equal(open_of(b, "FA2"), 12000);
		assert_int_equal(b->n_items, 2);
		for (size_t i = 0; i < b->n_items; i++)
			if (strcmp(b->document[i], "FA2") == 0)
				assert_int_equal(b->due_on[i], date_of(2025, 5, 25));
		assert_laws(&w);
		close_world(&w);
	}
}

static void the_ledger_decides_amounts_and_says_so(void **state)
{
	static const char file[] = "customer_id,doc_no,issue_date,due_date,amount\n"
				   "C1,FA1,2025-03-10,2025-04-24,90.00\n";
	static const char ledger[] = HEADER INVOICE("1", "20250310", "C1", "100", "", "");
	struct import_report r;
	struct world w;

	(void)state;
	open_world(&w);
	take(&w, "items.csv", file);
	r = take(&w, "fec.txt", ledger);
	assert_int_equal(r.n_warnings > 0, 1);
	assert_int_equal(total(book_at(&w, date_of(2025, 12, 31))), 10000);
	assert_laws(&w);
	close_world(&w);
	open_world(&w);
	take(&w, "fec.txt", ledger);
	r = take(&w, "items.csv", file);
	assert_int_equal(r.n_rejected, 1);
	assert_int_equal(r.errors[0].line, 2);
	assert_int_equal(total(book_at(&w, date_of(2025, 12, 31))), 10000);
	close_world(&w);
}

/* "": it had not come. */
static const char *state_then(struct world *w, int64_t import_id, int64_t moment)
{
	struct import_summary *list;
	struct err e = { 0 };
	size_t n;

	if (!import_list_then(w->db, w->a, w->entity.id, moment, 100, &list, &n, &e))
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < n; i++)
		if (list[i].id == import_id)
			return list[i].state;
	return "";
}

static void undoing_an_import_restores_the_former_state(void **state)
{
	struct import_report r;
	struct err e = { 0 };
	struct world w;
	int64_t before;

	(void)state;
	open_world(&w);
	take(&w, "items.csv", invoices);
	before = w.now;
	r = take(&w, "fec.txt", ledger_of_invoices);
	assert_true(import_undo(w.db, w.entity.id, r.import_id, "test", ++w.now, &e));
	assert_false(import_undo(w.db, w.entity.id, r.import_id, "test", ++w.now, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_laws(&w);
	assert_string_equal(state_then(&w, r.import_id, before), "");
	assert_string_equal(state_then(&w, r.import_id, before + 1), "applied");
	assert_string_equal(state_then(&w, r.import_id, before + 2), "undone");
	/* And the file may come again. */
	r = take(&w, "fec.txt", ledger_of_invoices);
	assert_false(r.is_repeat);
	assert_int_equal(total(book_at(&w, date_of(2025, 12, 31))), 9000);
	assert_laws(&w);
	close_world(&w);
}

static void a_snapshot_settles_what_it_lacks(void **state)
{
	static const char first[] = "client;piece;date;echeance;reste du\n"
				    "C1;FA1;10/03/2025;24/04/2025;100,00\n"
				    "C1;FA2;10/04/2025;25/05/2025;1 200,50\n";
	static const char second[] = "client;piece;date;echeance;reste du\n"
				     "C1;FA2;10/04/2025;25/05/2025;1 200,50\n"
				     "C1;FA3;13/05/2025;28/06/2025;10,00\n";
	struct import_report r;
	struct err e = { 0 };
	struct world w;

	(void)state;
	open_world(&w);
	assert_true(try_import(&w, "a.csv", first, IMPORT_SNAPSHOT, &r, &e));
	assert_int_equal(total(book_at(&w, date_of(2025, 12, 31))), 130050);
	assert_true(try_import(&w, "b.csv", second, IMPORT_SNAPSHOT, &r, &e));
	assert_int_equal(total(book_at(&w, date_of(2025, 12, 31))), 121050);
	assert_int_equal(open_of(book_at(&w, date_of(2025, 12, 31)), "FA1"), 0);
	assert_laws(&w);
	close_world(&w);
}

static void a_receipt_of_the_bank_and_its_booking_are_one_payment(void **state)
{
	static const char items[] = "customer_id,doc_no,issue_date,due_date,amount\n"
				    "C1,FA1,2025-03-10,2025-04-24,100.00\n";
	static const char ledger[] = HEADER INVOICE("1", "20250310", "C1", "100", "A", "20250425")
		RECEIPT("7", "20250424", "C1", "100", "A", "20250425");
	struct new_item payment = { .kind = ITEM_PAYMENT,
				    .document = "B000001",
				    .issued_on = date_of(2025, 4, 22),
				    .due_on = DAY_NONE,
				    .due_source = DUE_FROM_ITEM_FILE,
				    .amount_minor = -10000,
				    .currency = "EUR",
				    .bank_entry_id = 77,
				    .effective = date_of(2025, 4, 22) };
	struct err e = { 0 };
	struct posting p;
	struct world w;
	struct import_report r;

	(void)state;
	open_world(&w);
	take(&w, "items.csv", items);
	assert_true(db_begin(w.db, &e));
	assert_true(db_get_i64(w.db, "SELECT id FROM customer WHERE code = 'C1'", DB_NO_PARAMS, 0,
			       &payment.customer_id, &e));
	assert_true(posting_begin(&p, w.db, w.entity.id, "test", "item", 0, "test", "bank", 5, "{}",
				  &e));
	assert_true(post_item(&p, &payment, NULL, &e));
	assert_true(db_commit(w.db, &e));
	r = take(&w, "fec.txt", ledger);
	assert_int_equal(r.n_items_created, 0);
	assert_int_equal(total(book_at(&w, date_of(2025, 12, 31))), 0);
	assert_int_equal(open_of(book_at(&w, date_of(2025, 12, 31)), "FA1"), 0);
	assert_laws(&w);
	close_world(&w);
}

static void wrong_lines_are_rejected_and_the_others_go_in(void **state)
{
	static const char file[] = "customer_id,doc_no,issue_date,due_date,amount\n"
				   "C1,FA1,2025-03-10,2025-04-24,100.00\n"
				   "C1,FA2,2025-13-10,2025-04-24,100.00\n"
				   "C1,,2025-03-10,2025-04-24,100.00\n"
				   "C1,FA4,2025-03-10,2025-04-24,12a.00\n"
				   "C1,FA1,2025-03-10,2025-04-24,100.00\n";
	struct import_report r;
	struct err e = { 0 };
	struct world w;
	const char *rejects;
	size_t n;

	(void)state;
	open_world(&w);
	assert_true(try_import(&w, "items.csv", file, IMPORT_MOVEMENTS, &r, &e));
	assert_int_equal(r.n_items_created, 1);
	assert_int_equal(r.n_rejected, 4);
	assert_int_equal(r.errors[0].line, 3);
	assert_string_equal(r.errors[0].field, "issue_date");
	assert_string_equal(r.errors[0].value, "2025-13-10");
	assert_int_equal(r.errors[3].line, 6);
	assert_true(import_rejects_csv(w.db, w.a, r.import_id, &rejects, &n, &e));
	assert_non_null(strstr(rejects, "customer_id;doc_no;issue_date"));
	assert_non_null(strstr(rejects, "C1;FA4;2025-03-10;2025-04-24;12a.00"));
	close_world(&w);
}

static void a_staged_file_waits_until_it_is_applied_or_dropped(void **state)
{
	struct import_job job;
	struct import_report r;
	struct err e = { 0 };
	struct world w;
	int64_t id;
	int fd = memfd_create("import", 0);

	(void)state;
	open_world(&w);
	assert_int_equal(write(fd, invoices, strlen(invoices)), (ssize_t)strlen(invoices));
	job = (struct import_job){ .db = w.db,
				   .arena = w.a,
				   .entity = &w.entity,
				   .actor = "test",
				   .now = 9,
				   .today = date_of(2026, 1, 15) };
	assert_true(import_stage(&job, fd, "items.csv", &id, &e));
	assert_true(import_preview(&job, id, &r, &e));
	assert_int_equal(r.n_items_created, 3);
	assert_int_equal(r.n_columns, 6);
	assert_string_equal(r.columns[1].field, "document");
	assert_string_equal(r.columns[1].sample, "FA1");
	assert_int_equal(total(book_at(&w, date_of(2025, 12, 31))), 0);
	assert_true(import_apply_staged(&job, id, &r, &e));
	assert_int_equal(r.import_id, id);
	assert_int_equal(total(book_at(&w, date_of(2025, 12, 31))), 9000);
	assert_false(import_apply_staged(&job, id, &r, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(import_drop(w.db, w.entity.id, id, "test", 10, &e));
	close(fd);
	close_world(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sample_of_the_law_is_open_as_published),
		cmocka_unit_test(the_same_file_twice_changes_nothing),
		cmocka_unit_test(a_later_file_of_the_year_brings_only_its_differences),
		cmocka_unit_test(opening_balances_never_count_twice),
		cmocka_unit_test(the_former_year_may_come_last),
		cmocka_unit_test(order_of_files_does_not_matter),
		cmocka_unit_test(the_ledger_decides_amounts_and_says_so),
		cmocka_unit_test(undoing_an_import_restores_the_former_state),
		cmocka_unit_test(a_snapshot_settles_what_it_lacks),
		cmocka_unit_test(a_receipt_of_the_bank_and_its_booking_are_one_payment),
		cmocka_unit_test(wrong_lines_are_rejected_and_the_others_go_in),
		cmocka_unit_test(a_staged_file_waits_until_it_is_applied_or_dropped),
	};
	int failed = cmocka_run_group_tests_name("at once", tests, NULL, NULL);

	batch = 1;
	return failed + cmocka_run_group_tests_name("customer by customer", tests, NULL, NULL);
}
