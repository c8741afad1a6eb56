/* SPDX-License-Identifier: Apache-2.0 */
#include "book_world.h"

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

/* ---- paper at risk ----------------------------------------------------------------------------- */

/* By customer and kind, from the rows: no order, no book. */
static void slow_papers(struct slow *s, int64_t customer, const char *currency,
			int64_t ret[PAPER_KINDS])
{
	CLEANUP(rows_closep)
	struct rows *r = ask(
		s,
		"SELECT item_id, customer_id, kind, from_on, until_on, " SEALED(
			"f.event_id") ", ended_event_id, " SEALED("f.ended_event_id") " FROM "
										      "paper_risk "
										      "f WHERE "
										      "entity_id = "
										      "$1");

	memset(ret, 0, PAPER_KINDS * sizeof *ret);
	while (next(r)) {
		const struct slow_item *it = slow_find(s, row_i64(r, 0));

		if (row_i64(r, 1) != customer || !it->is_in || !str_eq(it->currency, currency) ||
		    row_day(r, 3) > s->as_of ||
		    (row_day(r, 4) != DAY_NONE && row_day(r, 4) < s->as_of) ||
		    row_i64(r, 5) > s->position ||
		    (!row_is_null(r, 6) && row_i64(r, 7) <= s->position))
			continue;
		ret[paper_kind_of(row_text(r, 2))] += it->amount < 0 ? -it->amount : it->amount;
	}
}

static void compare_papers(struct slow *s, const struct book *b, const char *what)
{
	static const char *const currencies[] = { "EUR", "USD" };
	size_t n = 0;

	for (size_t c = 0; c < b->n_customers; c++) {
		assert_int_equal(b->customer[c].first_paper, n);
		n += b->customer[c].n_papers;
		for (size_t k = 0; k < ARRAY_LEN(currencies); k++) {
			int64_t rows[PAPER_KINDS];
			struct err e = { 0 };
			struct exposure x;

			slow_papers(s, b->customer[c].id, currencies[k], rows);
			store_ok(exposure_paper(b, c, currencies[k], NULL, &x, &e), e);
			if (memcmp(rows, x.paper_minor, sizeof rows) != 0)
				fail_msg("%s, as of %d, position %d: customer %d has %d, %d, %d at "
					 "risk; the rows say %d, %d, %d",
					 what, s->as_of, (int)s->position, (int)b->customer[c].id,
					 (int)x.paper_minor[0], (int)x.paper_minor[1],
					 (int)x.paper_minor[2], (int)rows[0], (int)rows[1],
					 (int)rows[2]);
		}
	}
	assert_int_equal(n, b->n_papers);
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
	compare_papers(s, b, what);
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

int64_t newest(struct world *w)
{
	return store_i64(w->db, "SELECT max(position) FROM seal");
}

void look(struct world *w, struct db *db, const char *what)
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

/* Another process: it has the snapshot, if there is one, and what came after it. */
void look_afresh(struct world *w, const char *what)
{
	struct db *db = store_again(w->db);
	struct book_shelf *shelf = shelf_new(db_url(db), false);

	db_set_context(db, shelf);
	look(w, db, what);
	db_close(db);
	shelf_free(shelf);
}

void write_snapshot(struct world *w)
{
	struct err e = { 0 };

	store_ok(shelf_write(w->shelf, w->reader, w->entity.id, &e), e);
}
