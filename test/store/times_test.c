/* SPDX-License-Identifier: Apache-2.0 */
/*
 * times_test.c - the two times of facts: late documents, corrections, undoing; and closed periods.
 *
 * The clock of these tests: moments are days of 2026 at noon UTC.
 */
#include "store/store.h"

#include "base/clock.h"
#include "dispute/dispute.h"
#include "ledger/book.h"
#include "ledger/import.h"
#include "ledger/period.h"
#include "ledger/post.h"
#include "ledger/verify.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct world {
	struct db *db;
	struct arena *a;
	struct entity entity;
};

static day_t on(int month, int day)
{
	return date_of(2026, month, day);
}

static int64_t noon(int month, int day)
{
	return ((int64_t)on(month, day) * 86400 + 43200) * 1000000;
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct err e = { 0 };
	bool created;

	w->a = arena_new(0);
	store_open(&w->db);
	store_ok(entity_init(w->db, "Test", "FR", "EUR", noon(1, 1), &created, &e) &&
			 entity_get(w->db, w->a, NULL, &w->entity, &e),
		 e);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	store_close(w->db);
	arena_free(w->a);
	free(w);
	return 0;
}

static bool try_take(struct world *w, int64_t now, bool dates_forward, const char *text,
		     struct import_report *r, struct err *e)
{
	struct import_job job = { .db = w->db,
				  .arena = w->a,
				  .entity = &w->entity,
				  .actor = "test",
				  .now = now,
				  .today = clock_day(now, "UTC"),
				  .dates_forward = dates_forward };
	int fd = memfd_create("import", 0);
	bool ok;

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ok = import_file(&job, fd, "items.csv", r, e);
	close(fd);
	return ok;
}

static struct import_report take(struct world *w, int64_t now, const char *text)
{
	struct import_report r;
	struct err e = { 0 };

	store_ok(try_take(w, now, false, text, &r, &e), e);
	return r;
}

/* What is open of a document as of a day, as known at a moment; of all for NULL. */
static int64_t open_at(struct world *w, const char *document, day_t as_of, int64_t known_at)
{
	struct book_query q = { .entity_id = w->entity.id, .as_of = as_of, .known_at = known_at };
	struct err e = { 0 };
	struct book *b;
	int64_t sum = 0;

	store_ok(book_load(w->db, w->a, &q, &b, &e), e);
	for (size_t i = 0; i < b->n_items; i++)
		if (!document || strcmp(b->document[i], document) == 0)
			sum += b->open_minor[i];
	return sum;
}

static void assert_laws(struct world *w)
{
	struct verify_report r;
	struct err e = { 0 };

	store_ok(ledger_verify(w->db, w->a, w->entity.id, on(12, 31), &r, &e), e);
	for (size_t i = 0; i < r.n_faults; i++)
		print_message("%s: %s\n", r.faults[i].law, r.faults[i].detail);
	assert_int_equal(r.n_faults, 0);
}

static int64_t item_id(struct world *w, const char *document)
{
	int64_t id = 0;
	struct err e = { 0 };

	store_ok(db_get_i64(w->db, "SELECT max(id) FROM item WHERE document = $1",
			    DB_PARAMS(P_TEXT(document)), 0, &id, &e),
		 e);
	assert_true(id > 0);
	return id;
}

/* One act of post.h in a transaction. */
struct act {
	struct world *w;
	int64_t now;
	bool dates_forward;
	const struct new_item *item;
	const struct new_allocation *allocation;
	int64_t undo, reverse;
};

static bool act_tx(struct db *db, void *arg, struct err *e)
{
	const struct act *x = arg;
	struct posting p;

	if (!posting_begin(&p, db, x->w->entity.id, "test.act", "entity", x->w->entity.id, "test",
			   "user", x->now, "{}", e))
		return false;
	p.dates_forward = x->dates_forward;
	return (!x->item || post_item(&p, x->item, NULL, e)) &&
	       (!x->allocation || post_allocation(&p, x->allocation, NULL, e)) &&
	       (!x->undo || post_unallocation(&p, x->undo, "a test", e)) &&
	       (!x->reverse || post_item_reversal(&p, x->reverse, "a test", e));
}

static enum err_code do_act(struct act x)
{
	struct err e = { 0 };

	return db_tx(x.w->db, act_tx, &x, &e) ? ERR_NONE : e.code;
}

static struct new_item invoice(struct world *w, const char *document, int64_t minor, day_t day)
{
	struct new_item it = { .customer_id = store_i64(w->db, "SELECT min(id) FROM customer"),
			       .kind = minor > 0 ? ITEM_INVOICE : ITEM_PAYMENT,
			       .document = document,
			       .issued_on = day,
			       .due_on = DAY_NONE,
			       .due_source = DUE_FROM_ITEM_FILE,
			       .amount_minor = minor,
			       .effective = day };

	memcpy(it.currency, "EUR", 4);
	return it;
}

static const char march[] = "code client;nom;pièce;date;échéance;montant\n"
			    "C1;Client Un;F1;2026-03-10;2026-04-10;100,00\n";
static const char late_march[] = "code client;nom;pièce;date;échéance;montant\n"
				 "C1;Client Un;F2;2026-03-15;2026-04-15;40,00\n";

/* ---- the two times ------------------------------------------------------------------------------- */

static void a_late_document_is_not_in_what_was_known(void **state)
{
	struct world *w = *state;

	take(w, noon(3, 12), march);
	take(w, noon(5, 5), late_march);
	assert_int_equal(open_at(w, NULL, on(3, 31), noon(4, 1)), 10000);
	assert_int_equal(open_at(w, NULL, on(3, 31), noon(5, 4)), 10000);
	assert_int_equal(open_at(w, NULL, on(3, 31), noon(5, 5)), 14000);
	assert_int_equal(open_at(w, NULL, on(3, 31), 0), 14000);
	assert_int_equal(open_at(w, NULL, on(3, 12), 0), 10000);
	assert_int_equal(open_at(w, NULL, on(3, 9), 0), 0);
	assert_int_equal(open_at(w, NULL, on(12, 31), noon(3, 11)), 0); /* before the first file */
	assert_laws(w);
}

static void an_undone_import_counted_until_it_was_undone(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	struct import_report r;

	take(w, noon(3, 12), march);
	r = take(w, noon(4, 2), late_march);
	store_ok(import_undo(w->db, w->entity.id, r.import_id, "test", noon(4, 20), &e), e);
	assert_int_equal(open_at(w, NULL, on(3, 31), noon(4, 1)), 10000);
	assert_int_equal(open_at(w, NULL, on(3, 31), noon(4, 2)), 14000);
	assert_int_equal(open_at(w, NULL, on(3, 31), noon(4, 19)), 14000);
	assert_int_equal(open_at(w, NULL, on(3, 31), noon(4, 20)), 10000);
	assert_int_equal(open_at(w, NULL, on(3, 31), 0), 10000);
	/* The same file again is a new fact, and does not make the former one count for longer. */
	take(w, noon(4, 25),
	     "code client;nom;pièce;date;échéance;montant\n"
	     "C1;Client Un;F2;2026-03-15;2026-04-15;41,00\n");
	assert_int_equal(open_at(w, "F2", on(3, 31), noon(4, 19)), 4000);
	assert_int_equal(open_at(w, "F2", on(3, 31), noon(4, 22)), 0);
	assert_int_equal(open_at(w, "F2", on(3, 31), noon(4, 25)), 4100);
	assert_laws(w);
}

static void a_corrected_amount_replaces_the_first_from_then_on(void **state)
{
	struct world *w = *state;
	struct new_item again;

	take(w, noon(3, 12), march);
	again = invoice(w, "F1", 12300, on(3, 10));
	assert_int_equal(
		do_act((struct act){
			.w = w, .now = noon(4, 10), .reverse = item_id(w, "F1"), .item = &again }),
		ERR_NONE);
	assert_int_equal(open_at(w, "F1", on(3, 31), noon(4, 9)), 10000);
	assert_int_equal(open_at(w, "F1", on(3, 31), noon(4, 10)), 12300);
	assert_int_equal(open_at(w, "F1", on(3, 31), 0), 12300);
	assert_laws(w);
}

static void unlettering_gives_back_the_past_and_keeps_what_was_known(void **state)
{
	struct world *w = *state;
	struct new_item paid;
	struct new_allocation al = {
		.amount_minor = 6000, .rule = "manual", .reason = "a test", .effective = on(3, 20)
	};

	take(w, noon(3, 12), march);
	paid = invoice(w, "P1", -6000, on(3, 18));
	assert_int_equal(do_act((struct act){ .w = w, .now = noon(3, 20), .item = &paid }),
			 ERR_NONE);
	al.debit_item_id = item_id(w, "F1");
	al.credit_item_id = item_id(w, "P1");
	assert_int_equal(do_act((struct act){ .w = w, .now = noon(3, 21), .allocation = &al }),
			 ERR_NONE);
	assert_int_equal(do_act((struct act){ .w = w,
					      .now = noon(4, 8),
					      .undo = store_i64(w->db, "SELECT max(id) FROM"
								       " allocation") }),
			 ERR_NONE);
	assert_int_equal(open_at(w, "F1", on(3, 31), noon(3, 20)), 10000);
	assert_int_equal(open_at(w, "F1", on(3, 31), noon(3, 21)), 4000);
	assert_int_equal(open_at(w, "F1", on(3, 19), noon(3, 21)), 10000);
	assert_int_equal(open_at(w, "F1", on(3, 31), noon(4, 8)), 10000);
	assert_int_equal(open_at(w, "P1", on(3, 31), noon(4, 7)), 0);
	assert_int_equal(open_at(w, "P1", on(3, 31), 0), -6000);
	assert_int_equal(open_at(w, NULL, on(3, 31), noon(4, 7)), open_at(w, NULL, on(3, 31), 0));
	assert_laws(w);
}

static void a_dispute_closed_later_was_open_as_far_as_was_known(void **state)
{
	struct world *w = *state;
	struct when early = { on(3, 31), noon(4, 1) }, late = { on(3, 31), noon(4, 12) };
	struct err e = { 0 };
	struct dispute *d;
	int64_t id = 0;
	size_t n;

	take(w, noon(3, 12), march);
	store_ok(dispute_open(w->db, w->entity.id,
			      &(struct new_dispute){ .item_id = item_id(w, "F1"),
						     .amount_minor = 2500,
						     .reason = "price",
						     .opened_on = on(3, 15),
						     .answer_by = DAY_NONE },
			      "test", noon(3, 16), &id, &e),
		 e);
	/* On 12 April one learns that it was settled on 28 March. */
	store_ok(dispute_close(w->db, w->entity.id, id, "agreed", on(3, 28), "test", noon(4, 12),
			       &e),
		 e);
	store_ok(dispute_list_at(w->db, w->a, w->entity.id, 0, early, true, 10, &d, &n, &e), e);
	assert_int_equal(n, 1);
	assert_null(d[0].resolution);
	store_ok(dispute_list_at(w->db, w->a, w->entity.id, 0, late, true, 10, &d, &n, &e), e);
	assert_int_equal(n, 0);
	store_ok(dispute_list_at(w->db, w->a, w->entity.id, 0,
				 (struct when){ on(3, 31), noon(3, 15) }, false, 10, &d, &n, &e),
		 e);
	assert_int_equal(n, 0);
	store_ok(dispute_list_at(w->db, w->a, w->entity.id, 0, (struct when){ on(3, 20), 0 }, true,
				 10, &d, &n, &e),
		 e);
	assert_int_equal(n, 1);
}

/* ---- closed periods ------------------------------------------------------------------------------ */

static void close_march(struct world *w)
{
	struct err e = { 0 };

	store_ok(period_close(w->db, w->entity.id, on(3, 1), on(3, 31), on(4, 6), "user:1",
			      noon(4, 6), NULL, &e),
		 e);
}

static void nothing_takes_effect_in_a_closed_period(void **state)
{
	struct world *w = *state;
	struct new_item late, open, paid;
	int64_t before;

	take(w, noon(3, 12), march);
	close_march(w);
	before = store_i64(w->db, "SELECT count(*) FROM item");
	late = invoice(w, "F3", 5000, on(3, 31));
	open = invoice(w, "F4", 5000, on(4, 1));
	assert_int_equal(do_act((struct act){ .w = w, .now = noon(4, 7), .item = &late }),
			 ERR_REFUSED);
	assert_int_equal(store_i64(w->db, "SELECT count(*) FROM item"), before);
	assert_int_equal(do_act((struct act){ .w = w, .now = noon(4, 7), .item = &open }),
			 ERR_NONE);
	assert_int_equal(
		do_act((struct act){ .w = w, .now = noon(4, 7), .reverse = item_id(w, "F1") }),
		ERR_REFUSED);
	/* Dated forward it counts from the first open day, and keeps its own. */
	assert_int_equal(do_act((struct act){
				 .w = w, .now = noon(4, 8), .item = &late, .dates_forward = true }),
			 ERR_NONE);
	assert_int_equal(open_at(w, NULL, on(3, 31), 0), 10000);
	assert_int_equal(open_at(w, "F3", on(4, 1), 0), 5000);
	assert_int_equal(store_i64(w->db, "SELECT count(*) FROM item WHERE document = 'F3' AND"
					  " effective = '2026-04-01' AND dated_from = '2026-03-31'"
					  " AND issued_on = '2026-03-31'"),
			 1);
	paid = invoice(w, "P3", -5000, on(3, 30));
	assert_int_equal(do_act((struct act){ .w = w, .now = noon(4, 8), .item = &paid }),
			 ERR_REFUSED);
	assert_laws(w);
}

static void unlettering_leaves_the_figures_of_a_closed_period(void **state)
{
	struct world *w = *state;
	struct new_allocation al = {
		.amount_minor = 6000, .rule = "manual", .reason = "a test", .effective = on(3, 20)
	};
	struct new_item paid;
	int64_t id;

	take(w, noon(3, 12), march);
	paid = invoice(w, "P1", -6000, on(3, 18));
	assert_int_equal(do_act((struct act){ .w = w, .now = noon(3, 20), .item = &paid }),
			 ERR_NONE);
	al.debit_item_id = item_id(w, "F1");
	al.credit_item_id = item_id(w, "P1");
	assert_int_equal(do_act((struct act){ .w = w, .now = noon(3, 21), .allocation = &al }),
			 ERR_NONE);
	id = store_i64(w->db, "SELECT max(id) FROM allocation");
	close_march(w);
	assert_int_equal(do_act((struct act){ .w = w, .now = noon(4, 8), .undo = id }),
			 ERR_REFUSED);
	assert_int_equal(do_act((struct act){
				 .w = w, .now = noon(4, 8), .undo = id, .dates_forward = true }),
			 ERR_NONE);
	assert_int_equal(open_at(w, "F1", on(3, 31), 0), 4000);
	assert_int_equal(open_at(w, "F1", on(4, 1), 0), 10000);
	assert_int_equal(store_i64(w->db, "SELECT count(*) FROM allocation WHERE reverses_id IS"
					  " NOT NULL AND dated_from = '2026-03-20'"),
			 1);
	assert_laws(w);
}

static void an_import_says_which_lines_fall_in_a_closed_period(void **state)
{
	static const char mixed[] = "code client;nom;pièce;date;échéance;montant\n"
				    "C1;Client Un;F1;2026-03-10;2026-04-10;100,00\n"
				    "C1;Client Un;F8;2026-03-31;2026-04-30;70,00\n"
				    "C1;Client Un;F9;2026-04-02;2026-04-30;80,00\n";
	struct world *w = *state;
	struct import_report r;
	struct err e = { 0 };

	take(w, noon(3, 12), march);
	close_march(w);
	r = take(w, noon(4, 9), mixed);
	assert_int_equal(r.n_created, 1);
	assert_int_equal(r.n_unchanged, 1); /* known before: nothing new takes effect */
	assert_int_equal(r.n_rejected, 1);
	assert_int_equal(r.errors[0].line, 3);
	assert_string_equal(r.errors[0].field, "effective");
	assert_string_equal(r.errors[0].value, "2026-03-31");
	assert_non_null(strstr(r.errors[0].message, "closed period (2026-03-01 to 2026-03-31)"));
	store_ok(try_take(w, noon(4, 10), true,
			  "code client;nom;pièce;date;échéance;montant\n"
			  "C1;Client Un;F8;2026-03-31;2026-04-30;70,00\n",
			  &r, &e),
		 e);
	assert_int_equal(r.n_created, 1);
	assert_int_equal(r.n_rejected, 0);
	assert_int_equal(r.n_warnings, 1);
	assert_int_equal(open_at(w, "F8", on(3, 31), 0), 0);
	assert_int_equal(open_at(w, "F8", on(4, 1), 0), 7000);
	assert_laws(w);
}

static void an_import_of_a_closed_period_cannot_be_undone(void **state)
{
	struct world *w = *state;
	struct import_report r = take(w, noon(3, 12), march);
	struct err e = { 0 };

	close_march(w);
	assert_false(import_undo(w->db, w->entity.id, r.import_id, "test", noon(4, 9), &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_int_equal(open_at(w, NULL, on(3, 31), 0), 10000);
	assert_laws(w);
}

static void reopening_takes_two_people(void **state)
{
	struct world *w = *state;
	int64_t entity = w->entity.id, id;
	struct new_item late;
	struct err e = { 0 };
	struct period *p;
	size_t n;

	take(w, noon(3, 12), march);
	close_march(w);
	id = store_i64(w->db, "SELECT id FROM period");
	assert_false(period_decide(w->db, entity, id, true, "user:2", noon(4, 10), &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(period_ask(w->db, entity, id, "", "user:1", noon(4, 10), &e));
	assert_int_equal(e.code, ERR_INVALID);
	store_ok(period_ask(w->db, entity, id, "a forgotten invoice", "user:1", noon(4, 10), &e),
		 e);
	assert_false(period_ask(w->db, entity, id, "again", "user:2", noon(4, 10), &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(period_decide(w->db, entity, id, true, "user:1", noon(4, 11), &e));
	assert_int_equal(e.code, ERR_FORBIDDEN);
	late = invoice(w, "F3", 5000, on(3, 31));
	assert_int_equal(do_act((struct act){ .w = w, .now = noon(4, 11), .item = &late }),
			 ERR_REFUSED);
	store_ok(period_decide(w->db, entity, id, false, "user:2", noon(4, 11), &e), e);
	store_ok(period_ask(w->db, entity, id, "really", "user:1", noon(4, 12), &e), e);
	store_ok(period_decide(w->db, entity, id, true, "user:2", noon(4, 13), &e), e);
	assert_int_equal(do_act((struct act){ .w = w, .now = noon(4, 14), .item = &late }),
			 ERR_NONE);
	store_ok(period_list(w->db, w->a, entity, &p, &n, &e), e);
	assert_int_equal(n, 1);
	assert_string_equal(p[0].state, "reopened");
	assert_string_equal(p[0].asked_by, "user:1");
	assert_string_equal(p[0].decided_by, "user:2");
	assert_int_equal(store_i64(w->db,
				   "SELECT count(*) FROM event WHERE kind IN"
				   " ('period.closed', 'period.reopened',"
				   "  'period.reopening_asked', 'period.reopening_refused')"),
			 5);
	assert_int_equal(open_at(w, NULL, on(3, 31), noon(4, 13)), 10000);
	assert_int_equal(open_at(w, NULL, on(3, 31), 0), 15000);
}

static void what_cannot_be_closed_or_reopened_says_why(void **state)
{
	struct world *w = *state;
	int64_t entity = w->entity.id, month;
	struct err e = { 0 };

	assert_false(period_close(w->db, entity, on(3, 1), on(3, 31), on(3, 31), "a", 1, NULL, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	close_march(w);
	month = store_i64(w->db, "SELECT id FROM period");
	assert_false(period_close(w->db, entity, on(3, 1), on(3, 31), on(4, 9), "a", 1, NULL, &e));
	assert_int_equal(e.code, ERR_DUPLICATE);
	store_ok(period_close(w->db, entity, on(1, 1), on(6, 30), on(7, 9), "a", 1, NULL, &e), e);
	assert_false(period_ask(w->db, entity, month, "why", "a", 1, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_false(period_ask(w->db, entity, 999999, "why", "a", 1, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
}

/* ---- closing while somebody posts ---------------------------------------------------------------- */

struct closer {
	struct db *db;
	int64_t entity_id;
	atomic_bool is_done;
	bool ok;
	struct err e;
};

static void *close_beside(void *arg)
{
	struct closer *c = arg;

	c->ok = period_close(c->db, c->entity_id, on(3, 1), on(3, 31), on(4, 6), "user:9",
			     noon(4, 6), NULL, &c->e);
	atomic_store(&c->is_done, true);
	return NULL;
}

static void who_closes_waits_for_who_posts(void **state)
{
	struct world *w = *state;
	struct closer c = { .db = store_again(w->db), .entity_id = w->entity.id };
	struct new_item late;
	struct act x = { .w = w, .now = noon(4, 5), .item = &late };
	struct err e = { 0 };
	pthread_t thread;

	take(w, noon(3, 12), march);
	late = invoice(w, "F3", 5000, on(3, 31));
	store_ok(db_begin(w->db, &e) && act_tx(w->db, &x, &e), e);
	assert_int_equal(pthread_create(&thread, NULL, close_beside, &c), 0);
	usleep(300000);
	assert_false(atomic_load(&c.is_done));
	store_ok(db_commit(w->db, &e), e);
	pthread_join(thread, NULL);
	store_ok(c.ok, c.e);
	assert_int_equal(open_at(w, NULL, on(3, 31), 0), 15000);
	late.document = "F5";
	assert_int_equal(do_act(x), ERR_REFUSED);
	db_close(c.db);
}

#define TIMES(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TIMES(a_late_document_is_not_in_what_was_known),
		TIMES(an_undone_import_counted_until_it_was_undone),
		TIMES(a_corrected_amount_replaces_the_first_from_then_on),
		TIMES(unlettering_gives_back_the_past_and_keeps_what_was_known),
		TIMES(a_dispute_closed_later_was_open_as_far_as_was_known),
		TIMES(nothing_takes_effect_in_a_closed_period),
		TIMES(unlettering_leaves_the_figures_of_a_closed_period),
		TIMES(an_import_says_which_lines_fall_in_a_closed_period),
		TIMES(an_import_of_a_closed_period_cannot_be_undone),
		TIMES(reopening_takes_two_people),
		TIMES(what_cannot_be_closed_or_reopened_says_why),
		TIMES(who_closes_waits_for_who_posts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
