/* SPDX-License-Identifier: Apache-2.0 */
/* Back to the books: what is exported, once; what is undone, taken back; what comes back, known again. */
#include "store.h"

#include "books/books.h"
#include "format/parse.h"
#include "ledger/import.h"
#include "ledger/lettering_auto.h"
#include "ledger/lettering_store.h"
#include "ledger/verify_lettering.h"
#include "ledger/write_off.h"

#include <sys/mman.h>
#include <unistd.h>

enum { NOW = 1000000, N_CUSTOMERS = 3 };

static const day_t today = 20728; /* 2026-10-02 */

struct fixture {
	struct db *db;
	struct arena *arena;
	struct entity entity;
	int64_t customer[N_CUSTOMERS]; /* the second pays for the third */
	int64_t now;
	int n_payments;
};

static bool seed_tx(struct db *db, void *arg, struct err *e)
{
	static const struct {
		const char *code, *name, *payer;
	} customers[N_CUSTOMERS] = { { "C1", "Menuiserie Dubourg", NULL },
				     { "C2", "Groupe Lenoir", NULL },
				     { "C3", "Lenoir Brest", "C2" } };
	struct fixture *f = arg;
	struct posting p;

	if (!posting_begin(&p, db, f->entity.id, "test.seeded", "entity", f->entity.id, "test",
			   "csv", NOW, "{}", e))
		return false;
	for (int i = 0; i < N_CUSTOMERS; i++)
		if (!db_new_id(db, &f->customer[i], e) ||
		    !db_exec(
			    db,
			    "INSERT INTO customer (id, entity_id, code, name, name_key, payer_code,"
			    " currency, source, event_id, recorded)"
			    " VALUES ($1, $2, $3, $4, $4, $5, 'EUR', 'test', $6, $7)",
			    DB_PARAMS(P_I64(f->customer[i]), P_I64(f->entity.id),
				      P_TEXT(customers[i].code), P_TEXT(customers[i].name),
				      P_TEXT(customers[i].payer), P_I64(p.event_id), P_I64(NOW)),
			    NULL, e))
			return false;
	return true;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct err e = { 0 };
	bool created;

	store_open(&f->db);
	f->arena = arena_new(0);
	f->now = NOW;
	store_ok(entity_init(f->db, "Société Exemple", "FR", "EUR", NOW, &created, &e) &&
			 entity_get(f->db, f->arena, NULL, &f->entity, &e) &&
			 db_tx(f->db, seed_tx, f, &e),
		 e);
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

/* ---- acts ---------------------------------------------------------------------------------------- */

struct act {
	struct fixture *f;
	bool (*run)(const struct posting *p, struct act *a, struct err *e);
	int64_t customer_id, minor, debit, credit, id;
	const char *account, *document;
	int64_t net, vat;
	int64_t bank_entry_id;
	enum item_kind kind;
	bool is_booked;
	bool failed;
};

static bool act_tx(struct db *db, void *arg, struct err *e)
{
	struct act *a = arg;
	struct posting p;

	return posting_begin(&p, db, a->f->entity.id, "test.act", "entity", a->f->entity.id, "test",
			     "bank", ++a->f->now, "{}", e) &&
	       a->run(&p, a, e);
}

static void act(struct act *a)
{
	struct err e = { 0 };

	store_ok(db_tx(a->f->db, act_tx, a, &e), e);
}

static bool run_item(const struct posting *p, struct act *a, struct err *e)
{
	return post_item(p,
			 &(struct new_item){ .customer_id = a->customer_id,
					     .kind = a->kind,
					     .document = a->document,
					     .issued_on = today - 10,
					     .due_on = DAY_NONE,
					     .due_source = DUE_FROM_ITEM_FILE,
					     .amount_minor = a->minor,
					     .currency = "EUR",
					     .account = a->account,
					     .has_net = a->vat != 0,
					     .net_minor = a->net,
					     .vat_minor = a->vat,
					     .label = "VIR\tFACTURE\n12",
					     .is_booked = a->is_booked,
					     .bank_entry_id = a->bank_entry_id,
					     .effective = today - 10 },
			 &a->id, e);
}

static int64_t invoice(struct fixture *f, int customer, const char *document, int64_t minor)
{
	struct act a = { .f = f,
			 .run = run_item,
			 .customer_id = f->customer[customer],
			 .kind = ITEM_INVOICE,
			 .document = document,
			 .minor = minor,
			 .account = "41100000",
			 .is_booked = true };

	act(&a);
	return a.id;
}

/* A receipt of the bank; negative: money that went back. */
static int64_t receipt(struct fixture *f, int customer, int64_t minor)
{
	struct act a = { .f = f,
			 .run = run_item,
			 .customer_id = f->customer[customer],
			 .kind = ITEM_PAYMENT,
			 .document = arena_printf(f->arena, "B%04d", ++f->n_payments),
			 .minor = -minor,
			 .bank_entry_id = 5000 + f->n_payments };

	act(&a);
	return a.id;
}

static bool run_allocate(const struct posting *p, struct act *a, struct err *e)
{
	return post_allocation(p,
			       &(struct new_allocation){ .debit_item_id = a->debit,
							 .credit_item_id = a->credit,
							 .amount_minor = a->minor,
							 .rule = "reference",
							 .reason = "test",
							 .effective = today - 5 },
			       &a->id, e);
}

static int64_t allocate(struct fixture *f, int64_t debit, int64_t credit, int64_t minor)
{
	struct act a = {
		.f = f, .run = run_allocate, .debit = debit, .credit = credit, .minor = minor
	};

	act(&a);
	return a.id;
}

static bool run_unallocate(const struct posting *p, struct act *a, struct err *e)
{
	return post_unallocation(p, a->id, "test", e);
}

static bool run_reverse(const struct posting *p, struct act *a, struct err *e)
{
	return post_item_reversal(p, a->id, "test", e);
}

static void reverse(struct fixture *f, int64_t item_id)
{
	act(&(struct act){ .f = f, .run = run_reverse, .id = item_id });
}

/* ---- exports ------------------------------------------------------------------------------------- */

static struct books_order order(struct fixture *f)
{
	return (struct books_order){ &f->entity, today, "test", ++f->now };
}

static struct books_batch prepare(struct fixture *f)
{
	struct books_order o = order(f);
	struct books_batch b;
	struct err e = { 0 };

	store_ok(books_prepare(f->db, f->arena, &o, &b, &e), e);
	return b;
}

static const char *file_of(struct fixture *f, int64_t number, enum books_format format)
{
	struct books_order o = order(f);
	struct books_file_bytes file;
	struct err e = { 0 };

	store_ok(books_fetch(f->db, f->arena, &o, number, format, &file, &e), e);
	return arena_strndup(f->arena, file.bytes, file.n);
}

static bool acknowledge(struct fixture *f, int64_t number)
{
	struct books_order o = order(f);
	struct err e = { 0 };

	if (books_acknowledge(f->db, &o, number, "OD-7", &e))
		return true;
	assert_int_equal(e.code, ERR_CONFLICT);
	return false;
}

static bool refuse(struct fixture *f, int64_t number)
{
	struct books_order o = order(f);
	struct err e = { 0 };

	if (books_refuse(f->db, &o, number, "period closed", &e))
		return true;
	assert_int_equal(e.code, ERR_CONFLICT);
	return false;
}

static bool has_line(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

/* Reads the file as every accounting file is read; what the law asks must hold. */
struct reading {
	int64_t next[2]; /* entry number by journal */
	char last[2][24];
	int64_t issues, lines;
	struct parse_total total;
};

static bool read_line(void *arg, const struct record *r, struct err *e)
{
	struct reading *to = arg;

	(void)e;
	if (r->kind == RECORD_TOTAL)
		to->total = *r->total;
	if (r->kind == RECORD_ISSUE)
		to->issues++;
	if (r->kind != RECORD_FEC_LINE)
		return true;
	int at = str_eq(r->fec->journal, "BQ");
	if (!str_eq(to->last[at], r->fec->entry_number)) {
		snprintf(to->last[at], sizeof to->last[at], "%s", r->fec->entry_number);
		if (to->next[at])
			assert_int_equal(strtoll(r->fec->entry_number, NULL, 10), to->next[at] + 1);
		to->next[at] = strtoll(r->fec->entry_number, NULL, 10);
	}
	to->lines++;
	assert_true((r->fec->debit_minor == 0) != (r->fec->credit_minor == 0));
	assert_non_null(r->fec->piece_ref);
	assert_int_not_equal(r->fec->piece_on, DAY_NONE);
	assert_int_not_equal(r->fec->valid_on, DAY_NONE);
	assert_non_null(r->fec->label);
	assert_true(!r->fec->lettering == (r->fec->lettered_on == DAY_NONE));
	return true;
}

static void is_good_fec(const char *text, const struct books_batch *b)
{
	struct reading r = { 0 };
	struct sink sink = { .arg = &r, .take = read_line };
	struct parse_options o = { .format = FORMAT_FEC, .name = "123456782FEC20261231.txt" };
	struct err e = { 0 };

	store_ok(parse_bytes(text, strlen(text), &o, &sink, &e), e);
	assert_int_equal(r.issues, 0);
	assert_int_equal(r.total.n_entries, b->n_entries);
	assert_int_equal(r.total.n_unbalanced_entries, 0);
	assert_int_equal(r.total.n_columns, 18);
	assert_int_equal(r.total.debit_minor, b->debit_minor);
	assert_int_equal(r.total.credit_minor, b->debit_minor);
}

static struct import_report import(struct fixture *f, const char *text)
{
	struct import_job job = { .db = f->db,
				  .arena = f->arena,
				  .entity = &f->entity,
				  .actor = "test",
				  .now = ++f->now,
				  .today = today };
	struct import_report r;
	struct err e = { 0 };
	int fd = memfd_create("import", 0);

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	store_ok(import_file(&job, fd, "123456782FEC20261231.txt", &r, &e), e);
	close(fd);
	return r;
}

/* What every item in force has open, and how it is lettered. */
static const char *picture(struct fixture *f)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct err e = { 0 };
	bool more;
	struct buf b;

	buf_init(&b, f->arena);
	store_ok(db_query(f->db,
			  "SELECT i.document, i.kind, i.amount_minor, b.open_minor FROM item i"
			  " JOIN item_balance b ON b.item_id = i.id ORDER BY i.id",
			  DB_NO_PARAMS, &r, &e),
		 e);
	while (rows_next(r, &more, &e) && more)
		buf_printf(&b, "%s %s %" PRId64 " %" PRId64 "\n", row_text(r, 0), row_text(r, 1),
			   row_i64(r, 2), row_i64(r, 3));
	return buf_str(&b);
}

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
		{ "708", "\t70800000\tFrais facturés aux clients\t\t\tX5\t20260922\t", 1500, 0, 0 },
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

/* ---- property ------------------------------------------------------------------------------------ */

enum { N_STEPS = 180, N_THINGS = 400 };

struct world {
	struct fixture *f;
	uint64_t seed;
	int64_t debit[N_THINGS], credit[N_THINGS], allocation[N_THINGS];
	size_t n_debits, n_credits, n_allocations;
	int64_t n_batches;
};

static uint64_t draw(struct world *w, uint64_t below)
{
	w->seed ^= w->seed << 13;
	w->seed ^= w->seed >> 7;
	w->seed ^= w->seed << 17;
	return w->seed % below;
}

static int64_t open_of(struct fixture *f, int64_t item_id)
{
	struct err e = { 0 };
	int64_t minor;

	store_ok(db_get_i64(f->db, "SELECT open_minor FROM item_balance WHERE item_id = $1",
			    DB_PARAMS(P_I64(item_id)), 0, &minor, &e),
		 e);
	return minor < 0 ? -minor : minor;
}

static void step_allocate(struct world *w)
{
	int64_t debit, credit, a, b;

	if (!w->n_debits || !w->n_credits || w->n_allocations == N_THINGS)
		return;
	debit = w->debit[draw(w, w->n_debits)];
	credit = w->credit[draw(w, w->n_credits)];
	a = open_of(w->f, debit);
	b = open_of(w->f, credit);
	if (a && b)
		w->allocation[w->n_allocations++] = allocate(w->f, debit, credit, a < b ? a : b);
}

static void step_undo(struct world *w)
{
	struct err e = { 0 };
	struct act a = { .f = w->f, .run = run_unallocate };

	if (w->n_allocations == 0)
		return;
	a.id = w->allocation[draw(w, w->n_allocations)];
	if (!db_tx(w->f->db, act_tx, &a, &e))
		assert_int_equal(e.code, ERR_CONFLICT); /* undone already */
}

static void step_reverse(struct world *w)
{
	struct err e = { 0 };
	struct act a = { .f = w->f, .run = run_reverse };

	if (w->n_credits == 0)
		return;
	a.id = w->credit[draw(w, w->n_credits)];
	if (!db_tx(w->f->db, act_tx, &a, &e))
		assert_int_equal(e.code, ERR_CONFLICT);
}

static void step_export(struct world *w)
{
	struct books_batch b = prepare(w->f);

	if (!b.id)
		return;
	w->n_batches = b.number;
	is_good_fec(file_of(w->f, b.number, BOOKS_FEC), &b);
}

static void step(struct world *w)
{
	int customer = (int)draw(w, N_CUSTOMERS);
	int64_t minor = 100 + (int64_t)draw(w, 5000);

	switch (draw(w, 9)) {
	case 0:
		if (w->n_debits < N_THINGS)
			w->debit[w->n_debits] =
				invoice(w->f, customer,
					arena_printf(w->f->arena, "FA%zu", w->n_debits), minor);
		w->n_debits += w->n_debits < N_THINGS;
		break;
	case 1:
		if (w->n_credits < N_THINGS)
			w->credit[w->n_credits] = receipt(w->f, customer, minor);
		w->n_credits += w->n_credits < N_THINGS;
		break;
	case 2:
	case 3:
		step_allocate(w);
		break;
	case 4:
		step_undo(w);
		break;
	case 5:
		step_reverse(w);
		break;
	case 6:
		step_export(w);
		break;
	case 7:
		if (w->n_batches)
			(void)acknowledge(w->f, 1 + (int64_t)draw(w, (uint64_t)w->n_batches));
		break;
	default:
		if (w->n_batches)
			(void)refuse(w->f, 1 + (int64_t)draw(w, (uint64_t)w->n_batches));
	}
}

/* Every fact stands in acknowledged batches once, or was taken back there; never more often, whatever the
 * moment. */
static void never_twice(struct fixture *f, uint64_t seed)
{
	if (store_i64(f->db,
		      "SELECT count(*) FROM (SELECT f.kind, f.fact_id FROM export_fact f"
		      " JOIN export_batch x ON x.id = f.batch_id WHERE x.state = 'acknowledged'"
		      " GROUP BY f.kind, f.fact_id HAVING sum(f.sign) NOT IN (0, 1)) t") ||
	    store_i64(f->db, "SELECT count(*) FROM (SELECT f.kind, f.fact_id FROM export_fact f"
			     " JOIN export_batch x ON x.id = f.batch_id WHERE x.state <> 'refused'"
			     " GROUP BY f.kind, f.fact_id HAVING sum(f.sign) NOT IN (0, 1)) t"))
		fail_msg("a fact is told twice (seed %" PRIu64 ")", seed);
}

/* Account by account, what the books were told is what is here. Money that pays another account's document
 * stands there: the receipts of an account less what they pay elsewhere. */
static void the_books_agree(struct fixture *f, uint64_t seed)
{
	for (int i = 0; i < N_CUSTOMERS; i++) {
		struct err e = { 0 };
		int64_t told = 0, here = 0, moved = 0;

		store_ok(db_get_i64(f->db,
				    "SELECT CAST(sum(l.debit_minor - l.credit_minor) AS BIGINT)"
				    " FROM export_line l JOIN export_batch x ON x.id = l.batch_id"
				    " WHERE x.state = 'acknowledged' AND l.customer_id = $1",
				    DB_PARAMS(P_I64(f->customer[i])), 0, &told, &e) &&
				 db_get_i64(f->db,
					    "SELECT CAST(sum(i.amount_minor) AS BIGINT) FROM item i"
					    " JOIN item_balance b ON b.item_id = i.id"
					    " WHERE i.customer_id = $1 AND i.kind = 'payment'",
					    DB_PARAMS(P_I64(f->customer[i])), 0, &here, &e) &&
				 db_get_i64(
					 f->db,
					 "SELECT CAST(sum(CASE WHEN k.customer_id = $1 THEN"
					 " l.amount_minor ELSE -l.amount_minor END) AS BIGINT)"
					 " FROM allocation l JOIN item d ON d.id = l.debit_item_id"
					 " JOIN item k ON k.id = l.credit_item_id"
					 " WHERE d.customer_id <> k.customer_id"
					 " AND (d.customer_id = $1 OR k.customer_id = $1)",
					 DB_PARAMS(P_I64(f->customer[i])), 0, &moved, &e),
			 e);
		if (told != here + moved)
			fail_msg("customer %d: %" PRId64 " told, %" PRId64 " here (seed %" PRIu64
				 ")",
				 i, told, here + moved, seed);
	}
}

/* The last code told of each item is the one it stands under. */
static void the_codes_agree(struct fixture *f, uint64_t seed)
{
	for (int i = 0; i < N_CUSTOMERS; i++) {
		struct lettering *list;
		struct err e = { 0 };
		size_t n;

		store_ok(lettering_list(f->db, f->arena, f->entity.id, f->customer[i], &list, &n,
					&e),
			 e);
		for (size_t k = 0; k < n; k++)
			for (size_t j = 0; j < list[k].n_items; j++) {
				char *code;
				store_ok(
					db_get_text(
						f->db, f->arena,
						"SELECT l.code FROM export_lettering l"
						" JOIN export_batch x ON x.id = l.batch_id"
						" WHERE l.item_id = $1 AND x.state = 'acknowledged'"
						" ORDER BY x.number DESC LIMIT 1",
						DB_PARAMS(P_I64(list[k].items[j].item_id)), &code,
						&e),
					e);
				if (!code)
					fail_msg("%s is lettered and the books were not told"
						 " (seed %" PRIu64 ")",
						 list[k].items[j].document, seed);
			}
	}
}

static void whatever_happens_the_books_end_up_as_the_ledger(void **state)
{
	struct fixture *f = *state;

	for (uint64_t seed = 1; seed <= 2; seed++) {
		struct world w = { .f = f, .seed = seed * UINT64_C(0x9E3779B97F4A7C15) };
		struct verify_report report = { 0 };
		struct err e = { 0 };

		w.n_batches = store_i64(f->db, "SELECT coalesce(max(number), 0) FROM export_batch");
		for (int i = 0; i < N_STEPS; i++) {
			step(&w);
			if (i % 20 == 0)
				never_twice(f, seed);
		}
		step_export(&w);
		for (int64_t number = 1; number <= w.n_batches; number++)
			(void)acknowledge(f, number);
		assert_int_equal(prepare(f).id, 0);
		never_twice(f, seed);
		the_books_agree(f, seed);
		the_codes_agree(f, seed);
		store_ok(verify_lettering(f->db, f->arena, f->entity.id, &report, &e), e);
		assert_int_equal(report.n_faults, 0);
		/* The next seed begins with documents of its own. */
		store_run(f->db, "UPDATE item SET document = document || '-' || id,"
				 " document_key = document_key || id");
	}
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
		TEST(whatever_happens_the_books_end_up_as_the_ledger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
