/* SPDX-License-Identifier: Apache-2.0 */
/* exchange_test.c - rates as known, realised and unrealised differences by worked examples. */
#include "store/store.h"

#include "db/undo.h"
#include "ledger/exchange_difference.h"
#include "ledger/group_currency.h"
#include "ledger/post.h"
#include "ledger/verify.h"

#include <stdlib.h>

struct world {
	struct db *db;
	struct arena *a;
	struct entity entity;
	int64_t customer;
};

static day_t on(int month, int day)
{
	return date_of(2026, month, day);
}

static void add_rate(struct world *w, const char *currency, day_t day, int64_t ppm, int64_t now)
{
	struct exchange_rate r = { .on = day, .per_euro_ppm = ppm, .source = "test" };
	struct err e = { 0 };
	int64_t added;

	memcpy(r.currency, currency, 4);
	store_ok(exchange_add(w->db, &r, 1, NULL, "test", now, &added, &e), e);
}

struct act {
	struct world *w;
	const char *document;
	const char *currency;
	int64_t minor;
	day_t day;
	const struct new_allocation *allocation;
	int64_t undo, id, now;
};

static bool act_tx(struct db *db, void *arg, struct err *e)
{
	struct act *x = arg;
	struct posting p;
	struct new_item it = { .customer_id = x->w->customer,
			       .kind = x->minor > 0 ? ITEM_INVOICE : ITEM_PAYMENT,
			       .document = x->document,
			       .issued_on = x->day,
			       .due_on = DAY_NONE,
			       .due_source = DUE_FROM_ITEM_FILE,
			       .amount_minor = x->minor,
			       .effective = x->day };

	if (!posting_begin(&p, db, x->w->entity.id, "test.act", "entity", x->w->entity.id, "test",
			   "user", x->now, "{}", e))
		return false;
	if (x->currency)
		memcpy(it.currency, x->currency, 4);
	return (!x->document || post_item(&p, &it, &x->id, e)) &&
	       (!x->allocation || post_allocation(&p, x->allocation, &x->id, e)) &&
	       (!x->undo || post_unallocation(&p, x->undo, "a test", e));
}

static int64_t do_act(struct act x)
{
	struct err e = { 0 };

	x.now = x.now ? x.now : 1000;
	store_ok(db_tx(x.w->db, act_tx, &x, &e), e);
	return x.id;
}

static int64_t item(struct world *w, const char *document, const char *currency, int64_t minor,
		    day_t day)
{
	return do_act((struct act){
		.w = w, .document = document, .currency = currency, .minor = minor, .day = day });
}

static int64_t apply(struct world *w, int64_t debit, int64_t credit, int64_t minor, day_t day)
{
	struct new_allocation al = { .debit_item_id = debit,
				     .credit_item_id = credit,
				     .amount_minor = minor,
				     .rule = "manual",
				     .reason = "a test",
				     .effective = day };

	return do_act((struct act){ .w = w, .allocation = &al });
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct err e = { 0 };
	bool created;

	w->a = arena_new(0);
	store_open(&w->db);
	store_ok(entity_init(w->db, "Test", "FR", "EUR", 1, &created, &e) &&
			 entity_get(w->db, w->a, NULL, &w->entity, &e) &&
			 db_new_id(w->db, &w->customer, &e),
		 e);
	store_run(w->db, "INSERT INTO event (id, kind, subject_kind, actor, body, recorded)"
			 " VALUES (1, 'test', 'test', 'test', '{}', 1)");
	store_ok(db_exec(w->db,
			 "INSERT INTO customer (id, entity_id, code, name, name_key, currency,"
			 " source, event_id, recorded) VALUES ($1, $2, 'C1', 'C', 'C', 'USD',"
			 " 'test', 1, 1)",
			 DB_PARAMS(P_I64(w->customer), P_I64(w->entity.id)), NULL, &e),
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

static struct exchange_booked book(struct world *w)
{
	struct exchange_booked b;
	struct err e = { 0 };

	store_ok(exchange_book(w->db, &w->entity, "test", 2000, &b, &e), e);
	return b;
}

static int64_t sum(struct world *w)
{
	int64_t n = 0;
	struct err e = { 0 };

	store_ok(db_get_i64(w->db,
			    "SELECT CAST(SUM(difference_minor) AS BIGINT) FROM exchange_difference",
			    DB_NO_PARAMS, 0, &n, &e),
		 e);
	return n;
}

/* 1,000 USD at 1.0912 are 916.42 EUR; received at 1.0800 they are 925.93: 9.51 gained. */
static void a_settled_invoice_gains_what_the_rates_say(void **state)
{
	struct world *w = *state;
	struct exchange_difference *x;
	struct exchange_booked b;
	struct err e = { 0 };
	size_t n;

	add_rate(w, "USD", on(3, 9), 1091200, 10);
	add_rate(w, "USD", on(4, 20), 1080000, 10);
	apply(w, item(w, "F1", "USD", 100000, on(3, 10)), item(w, "P1", "USD", -100000, on(4, 21)),
	      100000, on(4, 22));
	apply(w, item(w, "F2", "EUR", 5000, on(3, 10)), item(w, "P2", "EUR", -5000, on(4, 21)),
	      5000, on(4, 22));
	b = book(w);
	assert_int_equal(b.n_booked, 1);
	assert_int_equal(b.n_missing, 0);
	store_ok(exchange_difference_list(w->db, w->a, w->entity.id, (struct when){ on(12, 31), 0 },
					  &x, &n, &e),
		 e);
	assert_int_equal(n, 1);
	assert_string_equal(x[0].document, "F1");
	assert_int_equal(x[0].at_document_minor, 91642);
	assert_int_equal(x[0].at_settlement_minor, 92593);
	assert_int_equal(x[0].difference_minor, 951);
	assert_int_equal(x[0].document_rate_on, on(3, 9));
	assert_int_equal(x[0].settlement_rate_on, on(4, 20));
	assert_int_equal(book(w).n_booked, 0); /* twice does nothing */
	store_ok(exchange_difference_list(w->db, w->a, w->entity.id, (struct when){ on(4, 21), 0 },
					  &x, &n, &e),
		 e);
	assert_int_equal(n, 0);
}

/* In three parts the steps add up to the whole: no cent is lost or made by rounding each. */
static void parts_add_up_to_the_whole_and_an_undo_takes_back(void **state)
{
	struct world *w = *state;
	int64_t invoice, last;

	add_rate(w, "USD", on(3, 9), 1091200, 10);
	add_rate(w, "USD", on(4, 20), 1080000, 10);
	invoice = item(w, "F1", "USD", 100000, on(3, 10));
	apply(w, invoice, item(w, "P1", "USD", -33333, on(4, 20)), 33333, on(4, 22));
	apply(w, invoice, item(w, "P2", "USD", -33333, on(4, 21)), 33333, on(4, 22));
	last = apply(w, invoice, item(w, "P3", "USD", -33334, on(4, 21)), 33334, on(4, 22));
	assert_int_equal(book(w).n_booked, 3);
	assert_int_equal(store_i64(w->db, "SELECT CAST(SUM(at_document_minor) AS BIGINT)"
					  " FROM exchange_difference"),
			 91642);
	/* 308.64 + 308.64 + 308.65, each payment by itself */
	assert_int_equal(sum(w), 30864 + 30864 + 30865 - 91642);
	do_act((struct act){ .w = w, .undo = last });
	assert_int_equal(book(w).n_booked, 1);
	assert_int_equal(store_i64(w->db, "SELECT CAST(SUM(at_document_minor) AS BIGINT)"
					  " FROM exchange_difference"),
			 61094); /* 666.66 at 1.0912: 610.94 */
}

static void what_has_no_rate_waits_for_one(void **state)
{
	struct world *w = *state;
	struct exchange_booked b;

	add_rate(w, "USD", on(4, 20), 1080000, 10);
	apply(w, item(w, "F1", "USD", 100000, on(3, 10)), item(w, "P1", "USD", -100000, on(4, 21)),
	      100000, on(4, 22));
	b = book(w);
	assert_int_equal(b.n_booked, 0);
	assert_int_equal(b.n_missing, 1);
	assert_int_equal(store_i64(w->db, "SELECT count(*) FROM exchange_difference"), 0);
	add_rate(w, "USD", on(3, 9), 1091200, 20);
	assert_int_equal(book(w).n_booked, 1);
	assert_int_equal(sum(w), 951);
}

/* 500 USD open of 1,000 invoiced at 1.0912; at year end 1.1000: 454.55 - 458.21 = -3.66, a latent loss. Yen owed
 * to the customer gain what falls. */
static void what_is_open_is_worth_the_day_s_rate(void **state)
{
	struct world *w = *state;
	struct exchange_table rates;
	struct exchange_latent *x = NULL;
	struct err e = { 0 };
	struct book *b = NULL;
	size_t n = 0;

	add_rate(w, "USD", on(3, 9), 1091200, 10);
	add_rate(w, "USD", on(12, 30), 1100000, 10);
	add_rate(w, "JPY", on(3, 9), 163450000, 10);
	add_rate(w, "JPY", on(12, 30), 170000000, 10);
	apply(w, item(w, "F1", "USD", 100000, on(3, 10)), item(w, "P1", "USD", -50000, on(4, 21)),
	      50000, on(4, 22));
	item(w, "P2", "JPY", -150000, on(3, 12));
	item(w, "F3", "CHF", 100, on(3, 12));
	item(w, "F4", "EUR", 100, on(3, 12));
	store_ok(book_load(w->db, w->a,
			   &(struct book_query){ .entity_id = w->entity.id, .as_of = on(12, 31) },
			   &b, &e) &&
			 exchange_load(w->db, w->a, 0, &rates, &e) &&
			 exchange_latent(b, w->a, &rates, "EUR", &x, &n, &e),
		 e);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++) {
		const char *document = b->document[x[i].item];

		if (strcmp(document, "F1") == 0) {
			assert_int_equal(x[i].at_document_minor, 45821);
			assert_int_equal(x[i].at_day_minor, 45455);
			assert_int_equal(x[i].difference_minor, -366);
			assert_int_equal(x[i].day_rate_on, on(12, 30));
		} else if (strcmp(document, "P2") == 0) {
			assert_int_equal(x[i].at_document_minor, -91771);
			assert_int_equal(x[i].at_day_minor, -88235);
			assert_int_equal(x[i].difference_minor, 3536);
		} else {
			assert_true(x[i].is_missing);
		}
	}
}

static void a_rate_put_right_later_was_not_known_before(void **state)
{
	struct world *w = *state;
	struct exchange_rate same = { "USD", on(3, 9), 1100000, "test" };
	struct exchange_table t;
	struct err e = { 0 };
	int64_t added;

	add_rate(w, "USD", on(3, 9), 1091200, 10);
	add_rate(w, "USD", on(3, 9), 1100000, 20);
	store_ok(exchange_load(w->db, w->a, 15, &t, &e), e);
	assert_int_equal(t.n, 1);
	assert_int_equal(t.at[0].per_euro_ppm, 1091200);
	store_ok(exchange_load(w->db, w->a, 0, &t, &e), e);
	assert_int_equal(t.n, 1);
	assert_int_equal(t.at[0].per_euro_ppm, 1100000);
	store_ok(exchange_add(w->db, &same, 1, NULL, "test", 30, &added, &e), e);
	assert_int_equal(added, 0);
	memcpy(same.currency, "EUR", 4);
	assert_false(exchange_add(w->db, &same, 1, NULL, "test", 30, &added, &e));
	assert_int_equal(e.code, ERR_INVALID);
}

/* Takes the event of that rate back at a moment, as the page does. */
struct undoing {
	int64_t event_id, now;
	struct arena *arena;
};

static bool undo_tx(struct db *db, void *arg, struct err *e)
{
	const struct undoing *u = arg;
	struct undo_event ev;

	return undo_event_get(db, u->arena, 0, u->event_id, &ev, e) &&
	       undo_mark(db, &ev, "test", u->now, e) && exchange_add_undo(db, u->event_id, e);
}

static bool undo_rate(struct world *w, const char *currency, int64_t now, struct err *e)
{
	struct undoing u = { .now = now, .arena = w->a };

	store_ok(db_get_i64(w->db, "SELECT max(event_id) FROM exchange_rate WHERE currency = $1",
			    DB_PARAMS(P_TEXT(currency)), 0, &u.event_id, e),
		 *e);
	return db_tx(w->db, undo_tx, &u, e);
}

static int64_t rate_of(struct world *w, const char *currency, day_t day, int64_t known_at)
{
	const struct exchange_rate *found;
	struct exchange_table t;
	struct err e = { 0 };

	store_ok(exchange_load(w->db, w->a, known_at, &t, &e), e);
	found = exchange_find(&t, currency, day);
	return found ? found->per_euro_ppm : 0;
}

static void a_rate_taken_back_counts_no_more_but_did_before(void **state)
{
	struct world *w = *state;
	struct exchange_change *change;
	struct err e = { 0 };
	size_t n;

	add_rate(w, "USD", on(3, 9), 1091200, 10);
	add_rate(w, "USD", on(3, 9), 9100000, 20);
	store_ok(undo_rate(w, "USD", 30, &e), e);
	assert_int_equal(rate_of(w, "USD", on(3, 9), 0), 1091200);
	assert_int_equal(rate_of(w, "USD", on(3, 9), 25), 9100000);
	assert_int_equal(rate_of(w, "USD", on(3, 9), 30), 1091200);
	assert_int_equal(rate_of(w, "USD", on(3, 9), 5), 0);
	store_ok(exchange_changes(w->db, w->a, 5, &change, &n, &e), e);
	assert_int_equal(n, 2);
	assert_true(change[0].is_undone);
	assert_false(change[1].is_undone);
	assert_int_equal(change[1].first.per_euro_ppm, 1091200);
	/* Entered again, the same rate is new. */
	add_rate(w, "USD", on(3, 9), 9100000, 40);
	assert_int_equal(rate_of(w, "USD", on(3, 9), 0), 9100000);
}

static void a_rate_that_was_booked_at_stays(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };

	add_rate(w, "USD", on(3, 9), 1091200, 10);
	add_rate(w, "GBP", on(3, 9), 870000, 10);
	apply(w, item(w, "F1", "USD", 100000, on(3, 10)), item(w, "P1", "USD", -100000, on(3, 12)),
	      100000, on(3, 12));
	assert_int_equal(book(w).n_booked, 1);
	assert_false(undo_rate(w, "USD", 3000, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_int_equal(rate_of(w, "USD", on(3, 12), 0), 1091200);
	e = (struct err){ 0 };
	store_ok(undo_rate(w, "GBP", 3000, &e), e);
	assert_int_equal(rate_of(w, "GBP", on(3, 12), 0), 0);
}

static uint32_t roll(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % n;
}

/* Random rates, corrections and undoings: a day's table, the list and the latest agree with the whole table at
 * random days and moments. */
static void what_is_loaded_for_a_day_is_what_the_whole_table_says(void **state)
{
	static const char *const codes[] = { "USD", "GBP", "CHF", "JPY", "EUR" };
	struct world *w = *state;
	uint32_t seed = 12345;
	struct err e = { 0 };

	for (int64_t now = 1; now <= 60; now++) {
		const char *code = codes[roll(&seed, 4)];

		add_rate(w, code, on(1, 1) + (day_t)(roll(&seed, 40)),
			 500000 + (int64_t)(roll(&seed, 1000)) * 1000, 10 * now);
		if (roll(&seed, 5) == 0) {
			(void)!undo_rate(w, code, 10 * now + 5, &e);
			e = (struct err){ 0 };
		}
	}
	for (int k = 0; k < 60; k++) {
		day_t day = on(1, 1) + (day_t)(roll(&seed, 45)) - 2;
		int64_t known = roll(&seed, 3) ? (int64_t)(roll(&seed, 640)) + 1 : 0;
		struct exchange_query q = { .when = { day, known },
					    .after_on = DAY_NONE,
					    .limit = 1000 };
		struct exchange_table whole, of_day;
		struct exchange_row *row, *latest;
		size_t n_rows, n_latest, n_whole = 0;
		int64_t count;

		store_ok(
			exchange_load(w->db, w->a, known, &whole, &e) &&
				exchange_load_day(w->db, w->a, codes, 5, day, known, &of_day, &e) &&
				exchange_list(w->db, w->a, &q, &row, &n_rows, &e) &&
				exchange_count(w->db, &q, &count, &e) &&
				exchange_list_latest(w->db, w->a, q.when, &latest, &n_latest, &e),
			e);
		for (size_t i = 0; i < whole.n; i++)
			n_whole += whole.at[i].on <= day;
		assert_int_equal(n_rows, n_whole);
		assert_int_equal(count, n_whole);
		for (size_t i = 0; i < n_rows; i++) {
			const struct exchange_rate *r =
				exchange_find(&whole, row[i].currency, row[i].on);

			assert_true(r && r->on == row[i].on &&
				    r->per_euro_ppm == row[i].per_euro_ppm);
			assert_true(i == 0 || row[i - 1].on > row[i].on ||
				    (row[i - 1].on == row[i].on &&
				     strcmp(row[i - 1].currency, row[i].currency) < 0));
		}
		assert_int_equal(n_latest, of_day.n);
		for (size_t i = 0; i < 4; i++) {
			const struct exchange_rate *a = exchange_find(&whole, codes[i], day);
			const struct exchange_rate *b = exchange_find(&of_day, codes[i], day);

			assert_true(!a == !b);
			assert_true(!a || (a->on == b->on && a->per_euro_ppm == b->per_euro_ppm));
		}
		/* Page by page it is the same list. */
		q.limit = 3;
		for (size_t i = 0; i < n_rows; i += 3) {
			struct exchange_row *page;
			size_t n;

			store_ok(exchange_list(w->db, w->a, &q, &page, &n, &e), e);
			assert_int_equal(n, n_rows - i < 3 ? n_rows - i : 3);
			assert_int_equal(page[0].id, row[i].id);
			q.after_on = page[n - 1].on;
			q.after_currency = page[n - 1].currency;
		}
	}
}

static void the_group_s_currency_is_another_one(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	const char *code;

	store_ok(group_currency(w->db, w->a, w->entity.id, "EUR", &code, &e), e);
	assert_null(code);
	store_ok(group_currency_set(w->db, w->entity.id, "USD", "test", 10, &e), e);
	store_ok(group_currency(w->db, w->a, w->entity.id, "EUR", &code, &e), e);
	assert_string_equal(code, "USD");
	store_ok(group_currency(w->db, w->a, w->entity.id, "USD", &code, &e), e);
	assert_null(code);
	assert_false(group_currency_set(w->db, w->entity.id, "dollar", "test", 10, &e));
	assert_int_equal(e.code, ERR_INVALID);
}

/* ---- a rate put right ------------------------------------------------------------------------------ */

static struct exchange_booked book_at(struct world *w, int64_t now)
{
	struct exchange_booked b;
	struct err e = { 0 };

	store_ok(exchange_book(w->db, &w->entity, "test", now, &b, &e), e);
	return b;
}

/* USD 1 000.00 of 5 January at 1.10 (909.09), paid on 10 February at 1.05 (952.38): 43.29 gained. */
static int64_t pay_a_dollar_invoice(struct world *w)
{
	int64_t applied;

	add_rate(w, "USD", on(1, 5), 1100000, 10);
	add_rate(w, "USD", on(2, 10), 1050000, 11);
	applied = apply(w, item(w, "R1", "USD", 100000, on(1, 5)),
			item(w, "R2", "USD", -100000, on(2, 10)), 100000, on(2, 10));
	assert_int_equal(book_at(w, 2000).n_booked, 1);
	return applied;
}

static size_t list_at(struct world *w, int64_t known_at, struct exchange_difference **ret)
{
	struct err e = { 0 };
	size_t n;

	store_ok(exchange_difference_list(w->db, w->a, w->entity.id,
					  (struct when){ on(12, 31), known_at }, ret, &n, &e),
		 e);
	return n;
}

static void a_difference_is_booked_anew_at_the_corrected_rate(void **state)
{
	struct world *w = *state;
	int64_t applied = pay_a_dollar_invoice(w);
	struct exchange_difference *x;

	/* What has nothing to do with it changes nothing: later days, other currencies, the same value. */
	add_rate(w, "USD", on(2, 11), 1300000, 2100);
	add_rate(w, "GBP", on(2, 10), 850000, 2101);
	assert_int_equal(book_at(w, 2200).n_rebooked, 0);
	/* It was 1.08 on that day: USD 1 000.00 were 925.93. */
	add_rate(w, "USD", on(2, 10), 1080000, 3000);
	assert_int_equal(book_at(w, 4000).n_rebooked, 1);
	assert_int_equal(list_at(w, 0, &x), 3);
	assert_int_equal(x[0].difference_minor, 4329);
	assert_true(x[1].is_reversal);
	assert_int_equal(x[1].difference_minor, -4329);
	assert_int_equal(x[1].effective, on(2, 10));
	assert_false(x[2].is_reversal);
	assert_int_equal(x[2].at_document_minor, 90909);
	assert_int_equal(x[2].at_settlement_minor, 92593);
	assert_int_equal(x[2].difference_minor, 1684);
	/* Twice is once; what was known before stays as it was known. */
	assert_int_equal(book_at(w, 5000).n_rebooked, 0);
	assert_int_equal(list_at(w, 2500, &x), 1);
	/* And put right again: 1.00 on the document's day is a loss, 925.93 for 1 000.00. */
	add_rate(w, "USD", on(1, 5), 1000000, 6000);
	assert_int_equal(book_at(w, 7000).n_rebooked, 1);
	assert_int_equal(list_at(w, 0, &x), 5);
	assert_int_equal(x[3].difference_minor, -1684);
	assert_int_equal(x[4].difference_minor, -7407);
	/* Undone, nothing is left of it. */
	do_act((struct act){ .w = w, .undo = applied, .now = 8000 });
	assert_int_equal(book_at(w, 9000).n_booked, 1);
	assert_int_equal(list_at(w, 0, &x), 6);
	assert_int_equal(x[0].difference_minor + x[1].difference_minor + x[2].difference_minor +
				 x[3].difference_minor + x[4].difference_minor +
				 x[5].difference_minor,
			 0);
}

static void a_correction_of_a_closed_period_counts_from_the_first_open_day(void **state)
{
	struct world *w = *state;
	struct exchange_difference *x;
	struct err e = { 0 };

	pay_a_dollar_invoice(w);
	store_ok(period_close(w->db, w->entity.id, on(1, 1), on(2, 28), on(3, 5), "test", 2500,
			      NULL, &e),
		 e);
	add_rate(w, "USD", on(2, 10), 1080000, 3000);
	assert_int_equal(book_at(w, 4000).n_rebooked, 1);
	assert_int_equal(list_at(w, 0, &x), 3);
	assert_int_equal(x[0].effective, on(2, 10));
	assert_int_equal(x[1].effective, on(3, 1));
	assert_int_equal(x[2].effective, on(3, 1));
	assert_int_equal(x[2].difference_minor, 1684);
}

static void a_damaged_correction_is_found(void **state)
{
	struct world *w = *state;
	struct verify_report r = { 0 };
	struct err e = { 0 };
	bool is_found = false;

	pay_a_dollar_invoice(w);
	add_rate(w, "USD", on(2, 10), 1080000, 3000);
	assert_int_equal(book_at(w, 4000).n_rebooked, 1);
	store_run(w->db, "DELETE FROM exchange_rebooked WHERE is_reversal = 1");
	store_ok(ledger_verify(w->db, w->a, w->entity.id, on(12, 31), &r, &e), e);
	for (size_t i = 0; i < r.n_faults; i++)
		is_found |= str_eq(r.faults[i].law, "exchange");
	assert_true(is_found);
}

#define EXCHANGE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EXCHANGE(a_difference_is_booked_anew_at_the_corrected_rate),
		EXCHANGE(a_correction_of_a_closed_period_counts_from_the_first_open_day),
		EXCHANGE(a_damaged_correction_is_found),
		EXCHANGE(a_settled_invoice_gains_what_the_rates_say),
		EXCHANGE(parts_add_up_to_the_whole_and_an_undo_takes_back),
		EXCHANGE(what_has_no_rate_waits_for_one),
		EXCHANGE(what_is_open_is_worth_the_day_s_rate),
		EXCHANGE(a_rate_put_right_later_was_not_known_before),
		EXCHANGE(a_rate_taken_back_counts_no_more_but_did_before),
		EXCHANGE(a_rate_that_was_booked_at_stays),
		EXCHANGE(what_is_loaded_for_a_day_is_what_the_whole_table_says),
		EXCHANGE(the_group_s_currency_is_another_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
