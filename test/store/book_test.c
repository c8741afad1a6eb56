/* SPDX-License-Identifier: Apache-2.0 */
/* The book against the rows: after random histories, as of random days and known at random moments, what the
 * book says (older version and tail, mapped snapshot, no snapshot at all) is what a slow fold of the rows says. */
#include "store.h"

#include "dispute/dispute.h"
#include "ledger/book.h"
#include "ledger/book_file.h"
#include "ledger/book_shelf.h"
#include "ledger/book_totals.h"
#include "ledger/customer.h"
#include "ledger/entity.h"
#include "ledger/post.h"
#include "ledger/verify_book.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROWS_MAX = 4096, STEPS = 160 };

static const day_t first_day = 20000;

struct world {
	struct db *db, *reader; /* one writes, the other reads by its shelf */
	struct book_shelf *shelf;
	struct arena *arena;
	struct entity entity;
	uint64_t random;
	day_t today;
	int64_t now;
	int64_t customer[ROWS_MAX];
	size_t n_customers;
	int64_t item[ROWS_MAX];
	size_t n_items;
	char folder[256]; /* of PostgreSQL's snapshots */
};

static size_t dice(struct world *w, size_t n)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return n ? (size_t)(w->random % n) : 0;
}

/* ---- a random business ------------------------------------------------------------------------- */

struct act {
	struct world *w;
	int kind;
};

static bool begin_post(struct world *w, struct db *db, const char *kind, const char *subject,
		       int64_t id, struct posting *p, struct err *e)
{
	return posting_begin(p, db, w->entity.id, kind, subject, id, "user:1", "test", w->now, "{}",
			     e);
}

static bool add_customer(struct world *w, struct db *db, struct err *e)
{
	static const char *const segments[] = { NULL, "", "small", "large" };
	char code[32];
	struct posting p;
	int64_t id;

	/* Codes do not come in order of their ids. */
	snprintf(code, sizeof code, "C%04zu", dice(w, 9000) * 10 + w->n_customers % 10);
	return db_new_id(db, &id, e) && begin_post(w, db, "customer.made", "customer", id, &p, e) &&
	       db_exec(db,
		       "INSERT INTO customer (id, entity_id, code, name, name_key, segment,"
		       " credit_limit_minor, currency, source, event_id, recorded)"
		       " VALUES ($1, $2, $3, $4, $4, $5, $6, 'EUR', 'test', $7, $8)",
		       DB_PARAMS(P_I64(id), P_I64(w->entity.id), P_TEXT(code),
				 P_TEXT("Société Éàü"), P_TEXT(segments[dice(w, 4)]),
				 dice(w, 2) ? P_I64((int64_t)dice(w, 100000)) : P_NULL,
				 P_I64(p.event_id), P_I64(w->now)),
		       NULL, e) &&
	       ((w->customer[w->n_customers++] = id), true);
}

static bool add_item(struct world *w, struct db *db, struct err *e)
{
	static const char *const currencies[] = { "EUR", "EUR", "EUR", "USD" };
	bool is_debit = dice(w, 5) < 3;
	struct new_item it = { .customer_id = w->customer[dice(w, w->n_customers)],
			       .kind = is_debit ? ITEM_INVOICE : ITEM_PAYMENT,
			       .due_source = DUE_FROM_ITEM_FILE };
	struct posting p;
	char document[32];

	snprintf(document, sizeof document, "D%zu", dice(w, 100000));
	it.document = document;
	it.amount_minor = (int64_t)(1 + dice(w, 5000)) * (is_debit ? 1 : -1);
	it.effective = w->today + (day_t)dice(w, 12) - 9; /* some late, some in the future */
	it.issued_on = it.effective;
	it.due_on = it.issued_on + (day_t)dice(w, 60);
	memcpy(it.currency, currencies[dice(w, 4)], 4);
	return begin_post(w, db, "item.posted", "item", 0, &p, e) &&
	       post_item(&p, &it, &w->item[w->n_items], e) && (w->n_items++, true);
}

/* Refusals of the ledger are part of the business: nothing is written then. */
static bool apply(struct world *w, struct db *db, struct err *e)
{
	struct new_allocation al = { .debit_item_id = w->item[dice(w, w->n_items)],
				     .credit_item_id = w->item[dice(w, w->n_items)],
				     .amount_minor = (int64_t)(1 + dice(w, 3000)),
				     .lettering = dice(w, 2) ? "AB" : NULL,
				     .rule = "test",
				     .reason = "test",
				     .effective = w->today + (day_t)dice(w, 8) - 5 };
	struct posting p;

	return begin_post(w, db, "cash.applied", "item", 0, &p, e) &&
	       post_allocation(&p, &al, NULL, e);
}

static bool unapply(struct world *w, struct db *db, struct err *e)
{
	struct posting p;
	int64_t id;

	return db_get_i64(db, "SELECT id FROM allocation ORDER BY id DESC LIMIT 1 OFFSET $1",
			  DB_PARAMS(P_I64((int64_t)dice(w, 6))), 0, &id, e) &&
	       begin_post(w, db, "cash.unapplied", "allocation", id, &p, e) &&
	       post_unallocation(&p, id, "test", e);
}

static bool reverse(struct world *w, struct db *db, struct err *e)
{
	int64_t id = w->item[dice(w, w->n_items)];
	struct posting p;

	return begin_post(w, db, "item.reversed", "item", id, &p, e) &&
	       post_item_reversal(&p, id, "test", e);
}

static bool change(struct world *w, struct db *db, struct err *e)
{
	int64_t id = w->item[dice(w, w->n_items)];
	char day[DATE_TEXT];
	struct posting p;

	date_format(w->today + (day_t)dice(w, 80) - 20, day);
	return begin_post(w, db, "item.changed", "item", id, &p, e) &&
	       post_item_change(&p, id, dice(w, 3) ? "due_on" : "effective", day, e);
}

static bool own(struct world *w, struct db *db, struct err *e)
{
	static const char *const roles[] = { "collector", "salesperson", "branch_manager",
					     "buyer" };
	static const char *const names[] = { "Alice", "Benoît", "Chloé" };
	struct customer_owner o = { .role = roles[dice(w, 4)],
				    .user_id = 1 + (int64_t)dice(w, 3),
				    .name = names[dice(w, 3)],
				    .effective = w->today + (day_t)dice(w, 8) - 4 };

	return customer_owner_set(db, w->entity.id, w->customer[dice(w, w->n_customers)], &o,
				  "user:1", w->now, e);
}

static bool edit(struct world *w, struct db *db, struct err *e)
{
	struct customer c;

	if (!customer_get_by_id(db, w->arena, w->entity.id, w->customer[dice(w, w->n_customers)],
				&c, e))
		return false;
	c.segment = dice(w, 2) ? "large" : NULL;
	c.excluded_until = dice(w, 2) ? w->today + 5 : DAY_NONE;
	return customer_update(db, &c, "user:1", w->now, e);
}

static bool act_tx(struct db *db, void *arg, struct err *e)
{
	const struct act *a = arg;
	struct world *w = a->w;

	switch (a->kind) {
	case 0:
	case 1:
	case 2:
		return add_item(w, db, e);
	case 3:
	case 4:
	case 5:
		return apply(w, db, e);
	case 6:
		return unapply(w, db, e);
	case 7:
		return reverse(w, db, e);
	case 8:
		return change(w, db, e);
	case 9:
		return own(w, db, e);
	case 10:
		return edit(w, db, e);
	default:
		return add_customer(w, db, e);
	}
}

static void argue(struct world *w)
{
	struct new_dispute d = { .item_id = w->item[dice(w, w->n_items)],
				 .amount_minor = (int64_t)dice(w, 500),
				 .reason = "price",
				 .opened_on = w->today - (day_t)dice(w, 5),
				 .answer_by = DAY_NONE };
	struct err e = { 0 };
	int64_t id;

	if (dice(w, 2)) {
		(void)!dispute_open(w->db, w->entity.id, &d, "user:1", w->now, NULL, &e);
		return;
	}
	if (db_get_i64(w->db, "SELECT max(id) FROM dispute", DB_NO_PARAMS, 0, &id, &e) && id)
		(void)!dispute_close(w->db, w->entity.id, id, "settled",
				     w->today + (day_t)dice(w, 3) - 1, "user:1", w->now, &e);
}

static void live(struct world *w)
{
	struct act a = { w, (int)dice(w, 13) };
	size_t n_items = w->n_items, n_customers = w->n_customers;
	struct err e = { 0 };

	if (dice(w, 6) == 0)
		w->today++;
	/* Moments that come twice, and one that goes back: positions decide. */
	w->now += (int64_t)dice(w, 3) - (dice(w, 20) == 0 ? 3 : 0);
	if (a.kind == 12) {
		argue(w);
		return;
	}
	if (!db_tx(w->db, act_tx, &a, &e)) {
		if (e.code != ERR_CONFLICT && e.code != ERR_INVALID && e.code != ERR_NOT_FOUND)
			store_ok(false, e);
		w->n_items = n_items;
		w->n_customers = n_customers;
	}
}

/* ---- the slow fold of the rows ----------------------------------------------------------------- */

struct slow_item {
	int64_t id, customer_id, amount, open, disputed;
	day_t due_on, effective;
	char currency[4];
	char lettering[8];
	bool is_in;
};

struct slow {
	struct world *w;
	day_t as_of;
	int64_t position;
	struct slow_item item[ROWS_MAX];
	size_t n;
};

#define SEALED(fact) \
	"COALESCE((SELECT z.position FROM seal z WHERE z.event_id = " fact "), 1000000000)"

static struct slow_item *slow_find(struct slow *s, int64_t id)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->item[i].id == id)
			return &s->item[i];
	fail_msg("there is no item %d", (int)id);
	return NULL;
}

static struct rows *ask(struct slow *s, const char *sql)
{
	struct err e = { 0 };
	struct rows *r;

	store_ok(db_query(s->w->db, sql, DB_PARAMS(P_I64(s->w->entity.id)), &r, &e), e);
	return r;
}

static bool next(struct rows *r)
{
	struct err e = { 0 };
	bool more;

	store_ok(rows_next(r, &more, &e), e);
	return more;
}

static void slow_items(struct slow *s)
{
	CLEANUP(rows_closep)
	struct rows *r = ask(s, "SELECT id, customer_id, amount_minor, due_on, effective, currency,"
				" " SEALED("f.event_id") " FROM item f WHERE entity_id = $1");

	while (next(r)) {
		struct slow_item *it = &s->item[s->n++];
		*it = (struct slow_item){ .id = row_i64(r, 0),
					  .customer_id = row_i64(r, 1),
					  .amount = row_i64(r, 2),
					  .due_on = row_day(r, 3),
					  .effective = row_day(r, 4),
					  .is_in = row_i64(r, 6) <= s->position };
		it->open = it->amount;
		snprintf(it->currency, sizeof it->currency, "%s", row_text(r, 5));
	}
}

static void slow_changes(struct slow *s)
{
	CLEANUP(rows_closep)
	struct rows *r = ask(s, "SELECT item_id, field, old_value, " SEALED(
					"f.event_id") " FROM item_change f WHERE entity_id = $1"
						      " ORDER BY id DESC");

	while (next(r)) {
		struct slow_item *it = slow_find(s, row_i64(r, 0));
		if (row_i64(r, 3) <= s->position)
			continue;
		if (str_eq(row_text(r, 1), "due_on"))
			it->due_on = row_day(r, 2);
		else
			it->effective = row_day(r, 2);
	}
}

static void slow_reversals(struct slow *s)
{
	CLEANUP(rows_closep)
	struct rows *r = ask(s, "SELECT item_id, " SEALED(
					"f.event_id") " FROM item_reversal f WHERE entity_id = $1");

	while (next(r))
		if (row_i64(r, 1) <= s->position)
			slow_find(s, row_i64(r, 0))->is_in = false;
}

static void slow_allocations(struct slow *s)
{
	CLEANUP(rows_closep)
	struct rows *r = ask(
		s, "SELECT l.debit_item_id, l.credit_item_id, l.amount_minor, l.lettering,"
		   " l.effective, " SEALED(
			   "l.event_id") ","
					 " (SELECT " SEALED(
						 "r.event_id") " FROM allocation r WHERE "
							       "r.reverses_id = l.id)"
							       " FROM allocation l WHERE "
							       "l.entity_id = $1 ORDER BY l.id");

	while (next(r)) {
		struct slow_item *debit = slow_find(s, row_i64(r, 0));
		struct slow_item *credit = slow_find(s, row_i64(r, 1));
		bool is_undone = !row_is_null(r, 6) && row_i64(r, 6) <= s->position;
		if (row_day(r, 4) > s->as_of || row_i64(r, 5) > s->position)
			continue;
		debit->open -= row_i64(r, 2);
		credit->open += row_i64(r, 2);
		if (is_undone || row_i64(r, 2) < 0 || row_is_null(r, 3))
			continue;
		snprintf(debit->lettering, sizeof debit->lettering, "%s", row_text(r, 3));
		snprintf(credit->lettering, sizeof credit->lettering, "%s", row_text(r, 3));
	}
}

static void slow_disputes(struct slow *s)
{
	CLEANUP(rows_closep)
	struct rows *r =
		ask(s, "SELECT item_id, amount_minor, opened_on, closed_on, " SEALED(
			       "f.event_id") ", " SEALED("f.closed_event_id") " FROM dispute f"
									      " WHERE "
									      "entity_id = $1");

	while (next(r)) {
		struct slow_item *it = slow_find(s, row_i64(r, 0));
		bool is_closed = row_day(r, 3) != DAY_NONE && row_day(r, 3) <= s->as_of &&
				 row_i64(r, 5) <= s->position;
		if (row_day(r, 2) > s->as_of || row_i64(r, 4) > s->position || is_closed)
			continue;
		it->disputed += row_i64(r, 1);
	}
}

static struct slow *slow_fold(struct world *w, day_t as_of, int64_t position)
{
	struct slow *s = calloc(1, sizeof *s);

	assert_non_null(s);
	s->w = w;
	s->as_of = as_of;
	s->position = position;
	slow_items(s);
	slow_changes(s);
	slow_reversals(s);
	slow_allocations(s);
	slow_disputes(s);
	for (size_t i = 0; i < s->n; i++) {
		struct slow_item *it = &s->item[i];
		it->is_in &= it->effective <= as_of;
		if (it->open <= 0)
			it->disputed = 0;
		else if (it->disputed > it->open)
			it->disputed = it->open;
	}
	return s;
}

/* ---- the same? --------------------------------------------------------------------------------- */

static void compare_item(struct slow *s, const struct book *b, size_t i, const char *what)
{
	const struct slow_item *it = slow_find(s, b->item_id[i]);
	const char *lettering = b->lettering[i] ? b->lettering[i] : "";

	if (!it->is_in || b->open_minor[i] != it->open || b->amount_minor[i] != it->amount ||
	    b->disputed_minor[i] != it->disputed || b->due_on[i] != it->due_on ||
	    b->effective[i] != it->effective ||
	    b->customer[b->customer_of[i]].id != it->customer_id ||
	    strcmp(b->currency[b->currency_of[i]], it->currency) != 0 ||
	    strcmp(lettering, it->lettering) != 0)
		fail_msg("%s, as of %d, position %d: item %d is open %d, disputed %d, due %d, "
			 "\"%s\";"
			 " the rows say %d, %d, %d, \"%s\"%s",
			 what, s->as_of, (int)s->position, (int)it->id, (int)b->open_minor[i],
			 (int)b->disputed_minor[i], b->due_on[i], lettering, (int)it->open,
			 (int)it->disputed, it->due_on, it->lettering, it->is_in ? "" : ", not in");
}

static void compare_order(const struct book *b)
{
	size_t next_item = 0;

	for (size_t c = 0; c < b->n_customers; c++) {
		const struct book_customer *bc = &b->customer[c];
		if (c > 0)
			assert_true(strcmp(b->customer[c - 1].code, bc->code) < 0);
		assert_int_equal(book_customer_by_id(b, bc->id), c);
		assert_int_equal(book_customer_by_code(b, bc->code), c);
		assert_int_equal(bc->first_item, next_item);
		next_item += bc->n_items;
		for (size_t i = bc->first_item + 1; i < next_item; i++)
			assert_true(b->due_on[i - 1] <= b->due_on[i]);
	}
	assert_int_equal(next_item, b->n_items);
}

static void compare_owners(struct world *w, const struct book *b, int64_t position)
{
	for (size_t c = 0; c < b->n_customers; c++) {
		struct err e = { 0 };
		char *name = NULL;

		store_ok(db_get_text(w->db, w->arena,
				     "SELECT o.name FROM customer_owner o JOIN seal s"
				     " ON s.event_id = o.event_id WHERE o.customer_id = $1"
				     " AND o.role = 'collector' AND o.effective <= $2"
				     " AND s.position <= $3 ORDER BY o.effective DESC, o.id DESC"
				     " LIMIT 1",
				     DB_PARAMS(P_I64(b->customer[c].id), P_DAY(b->as_of),
					       P_I64(position)),
				     &name, &e),
			 e);
		if (!str_eq(name, b->customer[c].collector))
			fail_msg("customer %s is of %s, the rows say %s", b->customer[c].code,
				 b->customer[c].collector, name);
	}
}

static void compare(struct world *w, const struct book *b, day_t as_of, int64_t position,
		    bool with_settled, const char *what)
{
	struct slow *s = slow_fold(w, as_of, position);
	size_t n = 0;

	for (size_t i = 0; i < b->n_items; i++)
		compare_item(s, b, i, what);
	for (size_t i = 0; i < s->n; i++)
		n += s->item[i].is_in && (with_settled || s->item[i].open != 0);
	if (n != b->n_items)
		fail_msg("%s, as of %d, position %d: %zu items, the rows say %zu", what, as_of,
			 (int)position, b->n_items, n);
	compare_order(b);
	compare_owners(w, b, position);
	free(s);
}

static const struct ageing *find_ageing(const struct ageing_row *row, size_t n, const char *key,
					const char *currency)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(row[i].key, key) && str_eq(row[i].currency, currency))
			return &row[i].ageing;
	return NULL;
}

static void compare_rows(const struct ageing_row *x, size_t n_x, const struct ageing_row *y,
			 size_t n_y, const char *what)
{
	if (n_x != n_y)
		fail_msg("%s: %zu rows of the aged balance, the items give %zu", what, n_x, n_y);
	for (size_t i = 0; i < n_x; i++) {
		const struct ageing *g = find_ageing(y, n_y, x[i].key, x[i].currency);
		if (!g || memcmp(g, &x[i].ageing, sizeof *g) != 0)
			fail_msg("%s: the aged balance of \"%s\" in %s differs", what, x[i].key,
				 x[i].currency);
	}
}

static void compare_worst(const struct book_version *v, struct arena *a, const struct book *b,
			  uint32_t position)
{
	const struct ageing_bounds bounds = ageing_default_bounds();
	struct fold_debtor *worst;
	struct err e = { 0 };
	size_t n, euro = 0;

	while (euro < b->n_currencies && strcmp(b->currency[euro], "EUR") != 0)
		euro++;
	store_ok(fold_worst(v, a, b->as_of, position, "EUR", 3, &worst, &n, &e), e);
	for (size_t i = 0; i < n; i++) {
		struct ageing g;
		assert_true(i == 0 || worst[i - 1].late_minor >= worst[i].late_minor);
		store_ok(ageing_of_customer(b, &bounds, book_customer_by_code(b, worst[i].code),
					    (int)euro, &g, &e),
			 e);
		assert_int_equal(g.overdue_minor, worst[i].late_minor);
		assert_int_equal(g.total_minor, worst[i].total_minor);
	}
	for (size_t c = 0; n == 3 && c < b->n_customers; c++) {
		struct ageing g;
		store_ok(ageing_of_customer(b, &bounds, c, (int)euro, &g, &e), e);
		if (g.overdue_minor > worst[2].late_minor)
			assert_true(str_eq(b->customer[c].code, worst[0].code) ||
				    str_eq(b->customer[c].code, worst[1].code));
	}
}

/* The folds over chunks against those over the items of the view. */
static void compare_folds(struct world *w, const struct book *b, uint32_t position)
{
	static const enum ageing_key keys[] = { AGEING_BY_CUSTOMER, AGEING_BY_SEGMENT,
						AGEING_BY_COLLECTOR, AGEING_BY_CURRENCY };
	const struct ageing_bounds bounds = ageing_default_bounds();
	struct arena *a = arena_new(0);
	struct ageing_row *x, *y;
	struct book_version *v;
	struct err e = { 0 };
	size_t n_x, n_y;
	bool behind;

	store_ok(shelf_hold(w->shelf, w->reader, w->entity.id, NULL, &v, &behind, &e), e);
	if (!v->totals)
		v->totals = totals_make(v);
	for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
		store_ok(fold_ageing_by(v, a, b->as_of, position, &bounds, keys[k], &x, &n_x, &e),
			 e);
		store_ok(ageing_by(b, a, &bounds, keys[k], &y, &n_y, &e), e);
		compare_rows(x, n_x, y, n_y, "by key");
	}
	store_ok(fold_ageing(v, a, b->as_of, position, &bounds, &x, &n_x, &e), e);
	for (size_t i = 0; i < n_x; i++)
		x[i].key = x[i].currency;
	compare_rows(x, n_x, y, n_y, "kept");
	compare_worst(v, a, b, position);
	version_release(v);
	arena_free(a);
}

static int64_t newest(struct world *w)
{
	return store_i64(w->db, "SELECT max(position) FROM seal");
}

static void look(struct world *w, struct db *db, const char *what)
{
	struct book_query q = { .entity_id = w->entity.id,
				.as_of = w->today + 10 - (dice(w, 2) ? (day_t)dice(w, 30) : 0),
				.with_settled = dice(w, 3) == 0 };
	struct arena *a = arena_new(0);
	int64_t position = newest(w);
	struct err e = { 0 };
	struct book *b;

	if (dice(w, 3) == 0) {
		q.known_at = store_i64(w->db, "SELECT min(sealed) FROM seal") - 1 +
			     (int64_t)dice(w, (size_t)(w->now % 1000000) + 2);
		store_ok(db_get_i64(w->db, "SELECT max(position) FROM seal WHERE sealed <= $1",
				    DB_PARAMS(P_I64(q.known_at)), 0, &position, &e),
			 e);
	}
	if (dice(w, 6) == 0 && w->n_customers) {
		size_t at;
		q.only_customer = w->customer[dice(w, w->n_customers)];
		store_ok(book_load(db, a, &q, &b, &e), e);
		for (at = 0; at < b->n_items; at++)
			assert_int_equal(b->customer[b->customer_of[at]].id, q.only_customer);
		q.only_customer = 0;
	}
	store_ok(book_load(db, a, &q, &b, &e), e);
	assert_false(b->is_behind);
	compare(w, b, q.as_of, position, q.with_settled, what);
	compare_folds(w, b, q.known_at ? (uint32_t)position : UINT32_MAX - 1);
	arena_free(a);
}

/* ---- the world --------------------------------------------------------------------------------- */

static void world_open(struct world *w, uint64_t seed)
{
	struct err e = { 0 };
	bool created;

	*w = (struct world){ .random = seed, .today = first_day, .now = 5000000 };
	store_open(&w->db);
	/* For PostgreSQL; SQLite's are beside its file. */
	snprintf(w->folder, sizeof w->folder, "/tmp/encours-book-%ld", (long)getpid());
	setenv("ENCOURS_BOOK_DIR", w->folder, 1);
	w->reader = store_again(w->db);
	w->shelf = shelf_new(db_url(w->db), false);
	db_set_context(w->reader, w->shelf);
	w->arena = arena_new(0);
	store_ok(entity_init(w->db, "Société Exemple", "FR", "EUR", w->now, &created, &e) &&
			 entity_get(w->db, w->arena, NULL, &w->entity, &e),
		 e);
	for (int i = 0; i < 3; i++)
		store_ok(db_tx(w->db, act_tx, &(struct act){ w, 11 }, &e), e);
}

static void world_close(struct world *w)
{
	char command[600];

	db_close(w->reader);
	shelf_free(w->shelf);
	arena_free(w->arena);
	store_close(w->db);
	snprintf(command, sizeof command, "rm -rf '%s'", w->folder);
	assert_int_equal(system(command), 0);
}

/* Another process: it has the snapshot, if there is one, and what came after it. */
static void look_afresh(struct world *w, const char *what)
{
	struct db *db = store_again(w->db);
	struct book_shelf *shelf = shelf_new(db_url(db), false);

	db_set_context(db, shelf);
	look(w, db, what);
	db_close(db);
	shelf_free(shelf);
}

static void write_snapshot(struct world *w)
{
	struct err e = { 0 };

	store_ok(shelf_write(w->shelf, w->reader, w->entity.id, &e), e);
}

static void random_histories_give_the_figures_of_the_rows(void **state)
{
	const char *given = getenv("ENCOURS_TEST_SEED");

	(void)state;
	for (uint64_t seed = given ? strtoull(given, NULL, 10) : 1, n = given ? 1 : 4; n;
	     seed++, n--) {
		struct world w;

		print_message("seed %d\n", (int)seed);
		world_open(&w, seed * 0x9e3779b97f4a7c15u);
		for (int i = 0; i < STEPS; i++) {
			live(&w);
			look(&w, w.reader, "with a tail");
			if (i % 10 == 0)
				look(&w, w.db, "from the rows");
			if (i % 17 == 3)
				write_snapshot(&w);
			if (i % 8 == 5)
				look_afresh(&w, "mapped");
		}
		world_close(&w);
	}
}

/* All customers are read by scans of the tables, where that is quicker; a range of them by look-ups. */
static void compare_ways(struct world *w, uint32_t position)
{
	struct book_version *all, *range;
	struct err e = { 0 };

	store_ok(db_begin_read(w->db, &e), e);
	store_ok(version_build(w->db, w->entity.id, position, &all, &e), e);
	store_ok(version_build_range(w->db, w->entity.id, 2, INT64_MAX, position, &range, &e), e);
	db_rollback(w->db);
	assert_int_equal(all->n_customers, range->n_customers);
	assert_int_equal(all->n_parts, range->n_parts);
	for (size_t i = 0; i < all->n_parts; i++) {
		assert_int_equal(all->part[i]->c.size, range->part[i]->c.size);
		assert_memory_equal(all->part[i]->c.bytes, range->part[i]->c.bytes,
				    all->part[i]->c.size);
	}
	version_release(all);
	version_release(range);
}

static void scans_and_ranges_make_the_same_book(void **state)
{
	struct entity mine, other = { .id = 2 };
	struct err e = { 0 };
	struct world w;

	(void)state;
	world_open(&w, 1357);
	mine = w.entity;
	store_run(w.db, "INSERT INTO entity (id, code, name, recorded) VALUES (2, 'E', 'E', 1)");
	for (int i = 0; i < 300; i++) {
		live(&w);
		if (i == 150) { /* another company's facts lie among those of the first */
			look(&w, w.reader, "before the other");
			w.entity = other;
			w.n_items = 0;
			w.n_customers = 0;
			store_ok(db_tx(w.db, act_tx, &(struct act){ &w, 11 }, &e), e);
		}
		if (i % 10 == 0) {
			compare_ways(&w, UINT32_MAX - 1);
			compare_ways(&w, (uint32_t)dice(&w, (size_t)newest(&w) + 1));
		}
	}
	w.entity = mine;
	compare_ways(&w, UINT32_MAX - 1);
	compare_ways(&w, (uint32_t)newest(&w) / 2);
	world_close(&w);
}

/* ---- the file ---------------------------------------------------------------------------------- */

static void some_life(struct world *w, int steps)
{
	for (int i = 0; i < steps; i++)
		live(w);
}

/* The path of the newest snapshot. */
static char *snapshot_path(struct world *w, char path[BOOK_PATH])
{
	const char *folder = shelf_folder(w->shelf);
	uint32_t position;

	assert_non_null(folder);
	assert_int_equal(book_file_list(folder, w->entity.id, &position, 1), 1);
	return book_file_path(folder, w->entity.id, position, path);
}

static size_t size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (size_t)st.st_size;
}

static void flip(const char *path, size_t at, unsigned char with)
{
	int fd = open(path, O_RDWR);
	unsigned char byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
	byte ^= with;
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
}

static bool opens(struct world *w, const char *path)
{
	struct book_version *v;
	unsigned char hash[BOOK_HASH];
	struct err e = { 0 };

	if (!book_file_open(path, w->entity.id, &v, hash, &e)) {
		assert_int_equal(e.code, ERR_FORMAT);
		return false;
	}
	version_release(v);
	return true;
}

static void a_damaged_snapshot_is_refused_and_made_anew(void **state)
{
	char path[BOOK_PATH];
	struct world w;

	(void)state;
	world_open(&w, 7777);
	some_life(&w, 80);
	write_snapshot(&w);
	snapshot_path(&w, path);
	assert_true(opens(&w, path));
	for (size_t at = 0, n = size_of(path); at < n; at += 1 + dice(&w, 37)) {
		unsigned char with = (unsigned char)(1u << dice(&w, 8));
		flip(path, at, with);
		if (opens(&w, path))
			fail_msg("byte %zu of %zu was changed and nobody saw it", at, n);
		flip(path, at, with);
	}
	assert_true(opens(&w, path));
	flip(path, size_of(path) / 2, 4);
	look_afresh(&w, "damaged");
	assert_int_equal(truncate(snapshot_path(&w, path), (off_t)size_of(path) - 8), 0);
	assert_false(opens(&w, path));
	look_afresh(&w, "cut off");
	assert_int_equal(truncate(snapshot_path(&w, path), 0), 0);
	look_afresh(&w, "empty");
	assert_int_equal(unlink(snapshot_path(&w, path)), 0);
	look_afresh(&w, "deleted");
	world_close(&w);
}

/* A database that was put back from a backup comes to the same positions by another history. */
static void a_snapshot_of_another_history_is_not_believed(void **state)
{
	char path[BOOK_PATH];
	struct world w;

	(void)state;
	world_open(&w, 4242);
	some_life(&w, 30);
	write_snapshot(&w);
	snapshot_path(&w, path);
	store_run(w.db, "UPDATE seal SET hash = commitment"
			" WHERE position = (SELECT max(position) FROM seal)");
	look_afresh(&w, "another history");
	assert_true(opens(&w, snapshot_path(&w, path))); /* made anew */
	look_afresh(&w, "the same history");
	world_close(&w);
}

/* Another company's file under this one's name. */
static void a_snapshot_of_another_company_is_refused(void **state)
{
	struct book_version *v;
	unsigned char hash[BOOK_HASH];
	char path[BOOK_PATH];
	struct err e = { 0 };
	struct world w;

	(void)state;
	world_open(&w, 99);
	write_snapshot(&w);
	assert_false(book_file_open(snapshot_path(&w, path), w.entity.id + 1, &v, hash, &e));
	assert_int_equal(e.code, ERR_FORMAT);
	world_close(&w);
}

/* ---- other processes --------------------------------------------------------------------------- */

/* In a child: writes snapshots until it is killed. */
static void write_for_ever(const char *url, int64_t entity_id)
{
	struct book_shelf *shelf = shelf_new(url, false);
	struct err e = { 0 };
	struct db *db;

	if (!db_open(url, &db, &e))
		_exit(3);
	while (shelf_write(shelf, db, entity_id, &e))
		;
	_exit(4);
}

static void a_writer_that_is_killed_leaves_nothing_wrong(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, 31337);
	some_life(&w, 60);
	for (int i = 0; i < 12; i++) {
		pid_t child = fork();
		int status;

		if (child == 0)
			write_for_ever(db_url(w.reader), w.entity.id);
		usleep((useconds_t)(2000 + dice(&w, 30000)));
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		look_afresh(&w, "after a kill");
		some_life(&w, 5);
	}
	write_snapshot(&w);
	look_afresh(&w, "after all");
	world_close(&w);
}

/* In a child: the sum of its book against the balances, in one transaction each time. */
static bool sums_agree(struct db *db, struct world *w)
{
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	int64_t in_rows, in_book = 0, waiting = 0;
	struct book *b;
	bool ok;

	/* What is committed and waits for its position, on PostgreSQL, is in the rows alone. */
	ok = db_begin_read(db, &e) &&
	     db_get_i64(db, "SELECT count(*) FROM event_unsealed", DB_NO_PARAMS, 0, &waiting, &e) &&
	     db_get_i64(db, "SELECT CAST(sum(open_minor) AS BIGINT) FROM item_balance",
			DB_NO_PARAMS, 0, &in_rows, &e) &&
	     book_load(db, a,
		       &(struct book_query){ .entity_id = w->entity.id, .as_of = first_day + 5000 },
		       &b, &e);
	for (size_t i = 0; ok && i < b->n_items; i++)
		in_book += b->open_minor[i];
	db_rollback(db);
	arena_free(a);
	return ok && (in_book == in_rows || waiting > 0);
}

static void read_and_compare(struct world *w, int stop)
{
	struct book_shelf *shelf = shelf_new(db_url(w->db), false);
	struct err e = { 0 };
	struct db *db;
	char byte;

	fcntl(stop, F_SETFL, O_NONBLOCK);
	if (!db_open(db_url(w->db), &db, &e))
		_exit(3);
	db_set_context(db, shelf);
	while (read(stop, &byte, 1) != 0)
		if (!sums_agree(db, w))
			_exit(5);
	_exit(0);
}

static void another_process_reads_while_this_one_writes(void **state)
{
	struct world w;
	int stop[2], status;
	pid_t child;

	(void)state;
	world_open(&w, 1234567);
	some_life(&w, 20);
	assert_int_equal(pipe(stop), 0);
	child = fork();
	if (child == 0) {
		close(stop[1]);
		read_and_compare(&w, stop[0]);
	}
	close(stop[0]);
	for (int i = 0; i < 150; i++) {
		live(&w);
		if (i % 30 == 0)
			write_snapshot(&w);
	}
	close(stop[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	world_close(&w);
}

/* What is written in an open transaction is in the book that it reads, and in nobody else's. */
static void a_transaction_sees_what_it_wrote(void **state)
{
	struct book *mine, *theirs;
	struct book_query q;
	struct err e = { 0 };
	struct world w;
	size_t before;

	(void)state;
	world_open(&w, 55);
	some_life(&w, 40);
	q = (struct book_query){ .entity_id = w.entity.id, .as_of = w.today + 100 };
	store_ok(book_load(w.reader, w.arena, &q, &theirs, &e), e);
	before = theirs->n_items;
	db_set_context(w.db, w.shelf);
	store_ok(db_begin(w.db, &e) && add_item(&w, w.db, &e), e);
	store_ok(book_load(w.db, w.arena, &q, &mine, &e), e);
	store_ok(book_load(w.reader, w.arena, &q, &theirs, &e), e);
	assert_int_equal(mine->n_items, before + 1);
	assert_int_equal(theirs->n_items, before);
	store_ok(db_commit(w.db, &e), e);
	store_ok(book_load(w.db, w.arena, &q, &mine, &e), e);
	store_ok(book_load(w.reader, w.arena, &q, &theirs, &e), e);
	assert_int_equal(mine->n_items, before + 1);
	assert_int_equal(theirs->n_items, before + 1);
	db_set_context(w.db, NULL);
	world_close(&w);
}

/* A row that somebody changed behind the program's back, and a writer that touched nobody. */
static void verify_names_the_customer_whose_book_is_wrong(void **state)
{
	struct verify_report report = { 0 };
	struct err e = { 0 };
	struct world w;

	(void)state;
	world_open(&w, 2468);
	some_life(&w, 60);
	look(&w, w.reader, "before");
	store_ok(verify_book(w.reader, w.arena, w.entity.id, &report, &e), e);
	assert_int_equal(report.n_faults, 0);
	store_run(w.db, "UPDATE item SET due_on = '2031-01-01'"
			" WHERE id = (SELECT max(id) FROM item)");
	store_ok(verify_book(w.reader, w.arena, w.entity.id, &report, &e), e);
	assert_int_equal(report.n_faults, 1);
	assert_string_equal(report.faults[0].law, "book");
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_histories_give_the_figures_of_the_rows),
		cmocka_unit_test(scans_and_ranges_make_the_same_book),
		cmocka_unit_test(a_damaged_snapshot_is_refused_and_made_anew),
		cmocka_unit_test(a_snapshot_of_another_history_is_not_believed),
		cmocka_unit_test(a_snapshot_of_another_company_is_refused),
		cmocka_unit_test(a_writer_that_is_killed_leaves_nothing_wrong),
		cmocka_unit_test(another_process_reads_while_this_one_writes),
		cmocka_unit_test(a_transaction_sees_what_it_wrote),
		cmocka_unit_test(verify_names_the_customer_whose_book_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
