/* SPDX-License-Identifier: Apache-2.0 */
/* Bank statements in the database: taken once, applied once, undone exactly. */
#include "bank_paper.h"
#include "store.h"

#include "base/text.h"
#include "cash/cash.h"
#include "ledger/post.h"

enum { NOW = 1000 };

static const day_t october = 20728; /* 2026-10-02 */

struct fixture {
	struct db *db;
	struct arena *arena;
	struct entity entity;
	int64_t dubourg, lenoir;
};

/* ---- a small company ---- */

struct seed_customer {
	const char *code, *name, *iban;
	int64_t *ret_id;
};

struct seed_item {
	int64_t customer_id;
	enum item_kind kind;
	const char *document;
	int64_t minor;
	day_t on;
};

static bool seed_tx(struct db *db, void *arg, struct err *e)
{
	struct fixture *f = arg;
	const struct seed_customer customers[] = {
		{ "C0001", "Menuiserie Dubourg SARL", "FR7630006000011234567890189", &f->dubourg },
		{ "C0002", "Cabinet Lenoir & Associés", NULL, &f->lenoir },
	};
	struct posting p;

	if (!posting_begin(&p, db, f->entity.id, "test.seeded", "entity", f->entity.id, "test",
			   "csv", NOW, "{}", e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(customers); i++) {
		if (!db_new_id(db, customers[i].ret_id, e) ||
		    !db_exec(db,
			     "INSERT INTO customer (id, entity_id, code, name, name_key, iban,"
			     " currency, source, event_id, recorded)"
			     " VALUES ($1, $2, $3, $4, $5, $6, 'EUR', 'test', $7, $8)",
			     DB_PARAMS(P_I64(*customers[i].ret_id), P_I64(f->entity.id),
				       P_TEXT(customers[i].code), P_TEXT(customers[i].name),
				       P_TEXT(text_key(f->arena, customers[i].name)),
				       P_TEXT(customers[i].iban), P_I64(p.event_id), P_I64(NOW)),
			     NULL, e))
			return false;
	}
	const struct seed_item items[] = {
		{ f->dubourg, ITEM_INVOICE, "FA2026-0000012", 120000, october - 60 },
		{ f->dubourg, ITEM_INVOICE, "FA2026-0000015", 45000, october - 50 },
		{ f->dubourg, ITEM_CREDIT_NOTE, "AV2026-0000003", -5000, october - 40 },
		{ f->lenoir, ITEM_INVOICE, "FA2026-0000018", 99900, october - 30 },
		{ f->lenoir, ITEM_INVOICE, "FA2026-0000019", 33300, october - 30 },
		{ f->lenoir, ITEM_INVOICE, "FA2026-0000020", 33300, october - 20 },
	};
	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		if (!post_item(&p,
			       &(struct new_item){ .customer_id = items[i].customer_id,
						   .kind = items[i].kind,
						   .document = items[i].document,
						   .issued_on = items[i].on,
						   .due_on = items[i].on + 30,
						   .due_source = DUE_FROM_ITEM_FILE,
						   .amount_minor = items[i].minor,
						   .currency = "EUR",
						   .effective = items[i].on },
			       NULL, e))
			return false;
	return true;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	store_company(&f->db, &f->arena, &f->entity, seed_tx, f, NOW);
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

/* ---- statements ---- */

struct importing {
	struct fixture *f;
	struct bank_importer bank;
	struct import_report report;
};

static bool import_tx(struct db *db, void *arg, struct err *e)
{
	struct importing *im = arg;
	struct import_context ctx = { .db = db,
				      .arena = im->f->arena,
				      .entity = &im->f->entity,
				      .actor = "test",
				      .now = NOW,
				      .today = october };
	struct posting p;

	if (!posting_begin(&p, db, im->f->entity.id, "import.applied", "import", 0, "test", "bank",
			   NOW, "{}", e) ||
	    !db_new_id(db, &ctx.import_id, e) ||
	    !db_exec(db,
		     "INSERT INTO import (id, entity_id, file_name, sha256, format, state, actor,"
		     " recorded) VALUES ($1, $2, 'x', 'x', 'camt.053', 'applied', 'test', 1)",
		     DB_PARAMS(P_I64(ctx.import_id), P_I64(im->f->entity.id)), NULL, e))
		return false;
	ctx.event_id = p.event_id;
	return im->bank.apply(im->bank.arg, &ctx, &im->report, e);
}

static bool import(struct fixture *f, const struct bank_paper *paper, struct import_report *ret,
		   struct err *e)
{
	struct importing im = { .f = f };
	bool ok;

	statement_importer(f->arena, &im.bank);
	ok = bank_paper_feed(&im.bank, paper, e) && db_tx(f->db, import_tx, &im, e);
	if (ret)
		*ret = im.report;
	return ok;
}

static const struct bank_line lines[] = {
	{ "B001", "MENUISERIE DUBOURG", "FR7630006000011234567890189",
	  "FA2026-0000012 FA2026-0000015 MOINS AV2026-0000003", 160000, 20728 },
	{ "B002", "CABINET LENOIR", NULL, "FA2026-0000018", 99900, 20729 },
	{ "B003", "CABINET LENOIR ASSOCIES", NULL, "VIREMENT", 33300, 20730 },
	{ "B004", "DGFIP", NULL, "REMBOURSEMENT CREDIT DE TVA", 235071, 20730 },
	{ "B005", "EDF", NULL, "PRELEVEMENT", -8800, 20731 },
};
static const struct bank_paper october_paper = {
	"S-10", "FR7630082952718579124314064", 20727, 20757, 100000, lines, ARRAY_LEN(lines)
};

static void match(struct fixture *f, struct cash_match_report *ret)
{
	struct cash_match_options o = {
		.entity_id = f->entity.id, .date = 20760, .actor = "test", .now = NOW
	};
	struct err e = { 0 };

	store_ok(cash_match(f->db, f->arena, &o, ret, &e), e);
}

static void verify(struct fixture *f)
{
	struct verify_report report = { 0 };
	struct err e = { 0 };

	store_ok(cash_verify(f->db, f->arena, f->entity.id, &report, &e), e);
	if (report.n_faults)
		fail_msg("%s: %s", report.faults[0].law, report.faults[0].detail);
}

/* What every item has open and how every entry stands, as one text. */
static const char *picture(struct fixture *f)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	const char *text = "";
	struct err e = { 0 };
	bool more;

	store_ok(db_query(f->db,
			  "SELECT i.document, b.open_minor FROM item i JOIN item_balance b"
			  " ON b.item_id = i.id ORDER BY i.id",
			  DB_NO_PARAMS, &r, &e),
		 e);
	while (rows_next(r, &more, &e) && more)
		text = arena_printf(f->arena, "%s%s=%" PRId64 " ", text, row_text(r, 0),
				    row_i64(r, 1));
	return text;
}

static void decide_all(struct fixture *f, const char *reference, struct cash_decision *ret)
{
	struct entry entry;
	struct err e = { 0 };

	store_ok(entry_find(f->db, f->arena, f->entity.id, reference, &entry, &e), e);
	*ret = (struct cash_decision){ .entity_id = f->entity.id,
				       .entry_id = entry.id,
				       .version = entry.version,
				       .actor = "user:1",
				       .now = NOW };
}

static enum entry_state state_of(struct fixture *f, const char *reference)
{
	struct entry entry;
	struct err e = { 0 };

	store_ok(entry_find(f->db, f->arena, f->entity.id, reference, &entry, &e), e);
	return entry.state;
}

static int64_t item_id(struct fixture *f, const char *document)
{
	struct item *items;
	struct err e = { 0 };
	size_t n;

	store_ok(item_find_document(f->db, f->arena, f->entity.id, document, &items, &n, &e), e);
	assert_true(n > 0);
	return items[0].id;
}

/* ---- facts ---- */

static void a_statement_counts_once(void **state)
{
	struct fixture *f = *state;
	struct import_report report = { 0 };
	struct err e = { 0 };

	store_ok(import(f, &october_paper, &report, &e), e);
	assert_int_equal(report.n_created, 5);
	assert_int_equal(report.n_warnings, 1); /* the first account was added */
	assert_non_null(strstr(report.statements_json, "\"closing\":\"6194.71\""));
	assert_non_null(strstr(report.statements_json, "\"balanced\":true"));
	store_ok(import(f, &october_paper, &report, &e), e);
	assert_int_equal(report.n_created, 0);
	assert_int_equal(report.n_unchanged, 5);
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM statement_entry"), 5);
	verify(f);
}

static void refuses_overlaps_and_unknown_accounts_and_tells_gaps(void **state)
{
	static const struct bank_line one[] = { { "B901", "X", NULL, "Y", 100, 20740 } };
	static const struct bank_line later[] = { { "B902", "X", NULL, "Y", 100, 20760 } };
	struct bank_paper paper = { "S-11", october_paper.iban, 20735, 20765, 0, one, 1 };
	struct fixture *f = *state;
	struct import_report report = { 0 };
	struct err e = { 0 };

	store_ok(import(f, &october_paper, NULL, &e), e);
	assert_false(import(f, &paper, NULL, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	paper.iban = "FR7699999999999999999999999";
	assert_false(import(f, &paper, NULL, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM statement_entry"), 5);
	paper = (struct bank_paper){ "S-12", october_paper.iban, 20758, 20765, 1, later, 1 };
	store_ok(import(f, &paper, &report, &e), e);
	assert_int_equal(report.n_warnings, 1);
	assert_non_null(strstr(report.warnings[0], "missing"));
}

static void applies_what_is_certain_and_proposes_the_rest(void **state)
{
	struct fixture *f = *state;
	struct cash_match_report report;
	struct cash_proposal *list;
	struct cash_decision d;
	struct err e = { 0 };
	size_t n;

	store_ok(import(f, &october_paper, NULL, &e), e);
	match(f, &report);
	assert_int_equal(report.n, 4); /* money going out is not looked at */
	assert_int_equal(report.n_auto, 2);
	assert_int_equal(report.n_proposed, 1);
	assert_int_equal(report.n_unmatched, 1);
	assert_string_equal(picture(f),
			    "FA2026-0000012=0 FA2026-0000015=0 AV2026-0000003=0 FA2026-0000018=0 "
			    "FA2026-0000019=33300 FA2026-0000020=33300 B001=0 B002=0 ");
	decide_all(f, "B003", &d);
	store_ok(cash_proposal_list(f->db, f->arena, d.entry_id, &list, &n, &e), e);
	assert_true(n >= 2);
	assert_string_equal(list[0].customer_code, "C0002");
	verify(f);
}

static void matching_twice_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct cash_match_report report;
	struct err e = { 0 };
	int64_t n_events;

	store_ok(import(f, &october_paper, NULL, &e), e);
	match(f, &report);
	n_events = store_i64(f->db, "SELECT COUNT(*) FROM event");
	match(f, &report);
	assert_int_equal(report.n_auto, 0);
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM event"), n_events);
}

static void undoing_restores_every_balance_and_the_machine_does_not_insist(void **state)
{
	struct fixture *f = *state;
	struct cash_match_report report;
	struct cash_decision d;
	const char *before;
	struct err e = { 0 };

	store_ok(import(f, &october_paper, NULL, &e), e);
	before = picture(f);
	match(f, &report);
	decide_all(f, "B001", &d);
	store_ok(cash_unapply(f->db, &d, &e), e);
	decide_all(f, "B002", &d);
	store_ok(cash_unapply(f->db, &d, &e), e);
	assert_string_equal(picture(f), before);
	assert_int_equal(state_of(f, "B001"), ENTRY_OPEN);
	assert_false(cash_unapply(f->db, &d, &e));
	verify(f);
	match(f, &report);
	assert_int_equal(report.n_auto, 0);
	assert_int_equal(state_of(f, "B001"), ENTRY_PROPOSED);
	assert_string_equal(picture(f), before);
}

static void a_discount_goes_with_the_money_and_comes_back_with_it(void **state)
{
	struct fixture *f = *state;
	struct cash_decision d;
	const char *before;
	struct err e = { 0 };

	store_ok(import(f, &october_paper, NULL, &e), e);
	before = picture(f);
	decide_all(f, "B003", &d);
	/* 333.00 received on 999.00: more off than is open is refused, all of it. */
	d.lines = (struct cash_line[]){ { item_id(f, "FA2026-0000018"), 33300, MATCH_ALLOCATION },
					{ item_id(f, "FA2026-0000018"), 66601, MATCH_DISCOUNT } };
	d.n_lines = 2;
	assert_false(cash_apply(f->db, &d, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_string_equal(picture(f), before);
	/* A credit note has no discount. */
	d.lines = (struct cash_line[]){ { item_id(f, "AV2026-0000003"), -100, MATCH_FEE } };
	d.n_lines = 1;
	assert_false(cash_apply(f->db, &d, &e));
	assert_int_equal(e.code, ERR_INVALID);
	d.lines = (struct cash_line[]){ { item_id(f, "FA2026-0000018"), 33300, MATCH_ALLOCATION },
					{ item_id(f, "FA2026-0000018"), 2000, MATCH_DISCOUNT },
					{ item_id(f, "FA2026-0000018"), 500, MATCH_FEE } };
	d.n_lines = 3;
	store_ok(cash_apply(f->db, &d, &e), e);
	assert_int_equal(store_i64(f->db, "SELECT b.open_minor FROM item_balance b JOIN item i ON"
					  " i.id = b.item_id WHERE i.document = 'FA2026-0000018'"),
			 99900 - 33300 - 2000 - 500);
	assert_int_equal(
		store_i64(f->db, "SELECT i.amount_minor FROM item i WHERE account = '665'"), -2000);
	assert_int_equal(
		store_i64(f->db, "SELECT i.amount_minor FROM item i WHERE account = '627'"), -500);
	verify(f);
	decide_all(f, "B003", &d);
	store_ok(cash_unapply(f->db, &d, &e), e);
	assert_string_equal(picture(f), before);
	verify(f);
}

static void a_person_applies_splits_and_keeps_on_account(void **state)
{
	struct fixture *f = *state;
	struct cash_unallocated *left;
	struct cash_decision d;
	struct err e = { 0 };
	size_t n;

	store_ok(import(f, &october_paper, NULL, &e), e);
	decide_all(f, "B003", &d);
	d.lines = (struct cash_line[]){ { item_id(f, "FA2026-0000019"), 20000, MATCH_ALLOCATION },
					{ item_id(f, "FA2026-0000020"), 3300, MATCH_ALLOCATION } };
	d.n_lines = 2;
	store_ok(cash_apply(f->db, &d, &e), e);
	store_ok(cash_unallocated_list(f->db, f->arena, f->entity.id, &left, &n, &e), e);
	assert_int_equal(n, 1);
	assert_int_equal(left[0].left_minor, 10000);
	assert_string_equal(left[0].entry_reference, "B003");
	/* What is left may be applied later. */
	decide_all(f, "B003", &d);
	d.lines = (struct cash_line[]){ { item_id(f, "FA2026-0000019"), 10000, MATCH_ALLOCATION } };
	d.n_lines = 1;
	store_ok(cash_apply(f->db, &d, &e), e);
	store_ok(cash_unallocated_list(f->db, f->arena, f->entity.id, &left, &n, &e), e);
	assert_int_equal(n, 0);
	verify(f);
	decide_all(f, "B004", &d);
	d.customer_id = f->lenoir;
	store_ok(cash_apply(f->db, &d, &e), e);
	assert_int_equal(state_of(f, "B004"), ENTRY_ON_ACCOUNT);
	verify(f);
}

static void refuses_more_than_there_is_and_what_changed_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct cash_decision d;
	const char *before;
	struct err e = { 0 };

	store_ok(import(f, &october_paper, NULL, &e), e);
	before = picture(f);
	decide_all(f, "B003", &d);
	/* more than the document */
	d.lines = (struct cash_line[]){ { item_id(f, "FA2026-0000019"), 33301, MATCH_ALLOCATION } };
	d.n_lines = 1;
	assert_false(cash_apply(f->db, &d, &e));
	assert_int_equal(e.code, ERR_INVALID);
	decide_all(f, "B004", &d);
	d.lines = (struct cash_line[]){ { item_id(f, "FA2026-0000019"), 33301, MATCH_ALLOCATION } };
	d.n_lines = 1;
	assert_false(cash_apply(f->db, &d, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	/* more than the entry */
	decide_all(f, "B003", &d);
	d.lines = (struct cash_line[]){ { item_id(f, "FA2026-0000018"), 33400, MATCH_ALLOCATION } };
	d.n_lines = 1;
	assert_false(cash_apply(f->db, &d, &e));
	assert_int_equal(e.code, ERR_INVALID);
	/* a credit note must not be paid */
	d.lines = (struct cash_line[]){ { item_id(f, "AV2026-0000003"), 100, MATCH_ALLOCATION } };
	assert_false(cash_apply(f->db, &d, &e));
	assert_int_equal(e.code, ERR_INVALID);
	/* somebody was quicker */
	d.lines = (struct cash_line[]){ { item_id(f, "FA2026-0000019"), 100, MATCH_ALLOCATION } };
	d.version += 1;
	assert_false(cash_apply(f->db, &d, &e));
	assert_int_equal(e.code, ERR_STALE);
	assert_string_equal(picture(f), before);
	verify(f);
}

static void learns_who_pays_and_forgets_what_is_undone(void **state)
{
	static const struct bank_line strange[] = {
		{ "B801", "MBM TRADING", "GB82WEST12345698765432", "X", 33300, 20740 },
	};
	static const struct bank_paper paper = {
		"S-A", "FR7630082952718579124314064", 20735, 20745, 0, strange, 1
	};
	struct fixture *f = *state;
	struct cash_decision d;
	struct err e = { 0 };

	store_ok(import(f, &paper, NULL, &e), e);
	decide_all(f, "B801", &d);
	d.lines = (struct cash_line[]){ { item_id(f, "FA2026-0000019"), 33300, MATCH_ALLOCATION } };
	d.n_lines = 1;
	store_ok(cash_apply(f->db, &d, &e), e);
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM payer_alias"), 1);
	decide_all(f, "B801", &d);
	store_ok(cash_unapply(f->db, &d, &e), e);
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM payer_alias"), 0);
}

static bool book_tx(struct db *db, void *arg, struct err *e)
{
	struct fixture *f = arg;
	struct item *items;
	int64_t payment;
	struct posting p;
	size_t n;

	return posting_begin(&p, db, f->entity.id, "import.applied", "import", 0, "test", "fec",
			     NOW, "{}", e) &&
	       item_find_document(db, f->arena, f->entity.id, "FA2026-0000018", &items, &n, e) &&
	       post_item(&p,
			 &(struct new_item){ .customer_id = f->lenoir,
					     .kind = ITEM_PAYMENT,
					     .document = "BQ-77",
					     .issued_on = 20730,
					     .due_on = DAY_NONE,
					     .due_source = DUE_FROM_COLUMN,
					     .amount_minor = -99900,
					     .currency = "EUR",
					     .is_booked = true,
					     .effective = 20730 },
			 &payment, e) &&
	       post_allocation(&p,
			       &(struct new_allocation){ .debit_item_id = items[0].id,
							 .credit_item_id = payment,
							 .amount_minor = 99900,
							 .lettering = "A",
							 .rule = "lettering",
							 .reason = "lettering of the ledger",
							 .effective = 20730 },
			       NULL, e);
}

static void what_the_ledger_booked_does_not_count_twice(void **state)
{
	struct fixture *f = *state;
	struct cash_match_report report;
	const char *before;
	struct err e = { 0 };

	store_ok(db_tx(f->db, book_tx, f, &e), e);
	before = picture(f);
	store_ok(import(f, &october_paper, NULL, &e), e);
	match(f, &report);
	assert_int_equal(report.n_booked, 1);
	assert_int_equal(state_of(f, "B002"), ENTRY_BOOKED);
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM item WHERE kind = 'payment'"), 2);
	assert_non_null(strstr(before, "BQ-77=0"));
	verify(f);
}

static void a_dry_run_writes_nothing(void **state)
{
	struct fixture *f = *state;
	struct cash_match_options o = { .entity_id = f->entity.id,
					.date = 20760,
					.actor = "test",
					.now = NOW,
					.is_dry_run = true };
	struct cash_match_report report;
	int64_t n_events;
	struct err e = { 0 };

	store_ok(import(f, &october_paper, NULL, &e), e);
	n_events = store_i64(f->db, "SELECT COUNT(*) FROM event");
	store_ok(cash_match(f->db, f->arena, &o, &report, &e), e);
	assert_int_equal(report.n_auto, 2);
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM event"), n_events);
	assert_int_equal(state_of(f, "B001"), ENTRY_OPEN);
}

static void entries_of_a_later_day_wait(void **state)
{
	struct fixture *f = *state;
	struct cash_match_options o = {
		.entity_id = f->entity.id, .date = 20728, .actor = "test", .now = NOW
	};
	struct cash_match_report report;
	struct err e = { 0 };

	store_ok(import(f, &october_paper, NULL, &e), e);
	store_ok(cash_match(f->db, f->arena, &o, &report, &e), e);
	assert_int_equal(report.n, 1);
}

/* One random act on one random entry; refusals are as good as acts. */
static void act(struct fixture *f, uint32_t (*draw)(uint64_t *, uint32_t), uint64_t *seed)
{
	static const char *const documents[] = { "FA2026-0000012", "FA2026-0000015",
						 "AV2026-0000003", "FA2026-0000018",
						 "FA2026-0000019", "FA2026-0000020" };
	struct cash_match_report report;
	struct cash_line chosen[3];
	struct cash_decision d;
	struct err e = { 0 };
	bool done;

	decide_all(f, lines[draw(seed, ARRAY_LEN(lines))].reference, &d);
	switch (draw(seed, 5)) {
	case 0:
		match(f, &report);
		return;
	case 1:
		done = cash_unapply(f->db, &d, &e);
		break;
	case 2:
		done = cash_ignore(f->db, &d, &e);
		break;
	case 3:
		d.customer_id = draw(seed, 2) ? f->dubourg : f->lenoir;
		done = cash_apply(f->db, &d, &e);
		break;
	default:
		for (size_t i = 0; i < ARRAY_LEN(chosen); i++) {
			size_t at = draw(seed, ARRAY_LEN(documents));
			chosen[i] =
				(struct cash_line){ item_id(f, documents[at]),
						    (int64_t)draw(seed, 60000) * (at == 2 ? -1 : 1),
						    MATCH_ALLOCATION };
		}
		d.lines = chosen;
		d.n_lines = 1 + draw(seed, ARRAY_LEN(chosen));
		done = cash_apply(f->db, &d, &e);
	}
	if (!done && e.code != ERR_INVALID && e.code != ERR_CONFLICT)
		store_ok(done, e);
}

static uint32_t draw_number(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % below;
}

static void random_acts_keep_the_laws_and_can_all_be_undone(void **state)
{
	struct fixture *f = *state;
	struct verify_report report;
	const char *before;
	struct err e = { 0 };
	uint64_t seed = 20261121;

	store_ok(import(f, &october_paper, NULL, &e), e);
	before = picture(f);
	for (int i = 0; i < 80; i++) {
		act(f, draw_number, &seed);
		verify(f);
	}
	store_ok(ledger_verify(f->db, f->arena, f->entity.id, october + 60, &report, &e), e);
	if (report.n_faults)
		fail_msg("%s: %s", report.faults[0].law, report.faults[0].detail);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct cash_decision d;
		decide_all(f, lines[i].reference, &d);
		if (!cash_unapply(f->db, &d, &e))
			assert_int_equal(e.code, ERR_CONFLICT);
	}
	assert_string_equal(picture(f), before);
	verify(f);
}

static void money_that_comes_back_pays_nothing_alone(void **state)
{
	static const struct bank_line back[] = {
		{ "B701", "CABINET LENOIR", NULL, "FA2026-0000018", 99900, 20740 },
	};
	static const struct bank_paper paper = {
		"S-B", "FR7630082952718579124314064", 20735, 20745, 0, back, 1
	};
	struct fixture *f = *state;
	struct cash_match_report report;
	struct err e = { 0 };

	store_ok(import(f, &paper, NULL, &e), e);
	store_run(f->db, "UPDATE statement_entry SET is_reversal = 1");
	match(f, &report);
	assert_int_equal(report.n_auto, 0);
	assert_int_equal(report.answers[0].result->stop.why, WHY_returned);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(a_statement_counts_once),
		FACT(refuses_overlaps_and_unknown_accounts_and_tells_gaps),
		FACT(applies_what_is_certain_and_proposes_the_rest),
		FACT(matching_twice_changes_nothing),
		FACT(undoing_restores_every_balance_and_the_machine_does_not_insist),
		FACT(a_person_applies_splits_and_keeps_on_account),
		FACT(a_discount_goes_with_the_money_and_comes_back_with_it),
		FACT(refuses_more_than_there_is_and_what_changed_meanwhile),
		FACT(learns_who_pays_and_forgets_what_is_undone),
		FACT(what_the_ledger_booked_does_not_count_twice),
		FACT(random_acts_keep_the_laws_and_can_all_be_undone),
		FACT(money_that_comes_back_pays_nothing_alone),
		FACT(a_dry_run_writes_nothing),
		FACT(entries_of_a_later_day_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
