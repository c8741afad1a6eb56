/* SPDX-License-Identifier: Apache-2.0 */
/* Taking acts back: what was is restored, once, in words when it cannot be; the history stays. */
#include "undo_acts.h"

#include "cmd/undo.h"
#include "ledger/book.h"
#include "ledger/period.h"
#include "ledger/entity.h"
#include "ledger/post.h"

enum { NOW = 1000000 };

static bool seed_tx(struct db *db, void *arg, struct err *e)
{
	struct fixture *f = arg;
	struct posting p;

	if (!posting_begin(&p, db, f->entity.id, "test.seeded", "entity", f->entity.id, "test",
			   "csv", NOW, "{}", e) ||
	    !db_new_id(db, &f->customer_id, e) ||
	    !db_exec(db,
		     "INSERT INTO customer (id, entity_id, code, name, name_key, currency, source,"
		     " event_id, recorded) VALUES ($1, $2, 'C1', 'Dubourg', 'DUBOURG', 'EUR',"
		     " 'test', $3, $4)",
		     DB_PARAMS(P_I64(f->customer_id), P_I64(f->entity.id), P_I64(p.event_id),
			       P_I64(NOW)),
		     NULL, e))
		return false;
	return post_item(&p,
			 &(struct new_item){ .customer_id = f->customer_id,
					     .kind = ITEM_INVOICE,
					     .document = "FA1",
					     .issued_on = october - 60,
					     .due_on = october - 30,
					     .due_source = DUE_FROM_ITEM_FILE,
					     .amount_minor = 120000,
					     .currency = "EUR",
					     .effective = october - 60 },
			 &f->invoice_id, e) &&
	       post_item(&p,
			 &(struct new_item){ .customer_id = f->customer_id,
					     .kind = ITEM_CREDIT_NOTE,
					     .document = "AV1",
					     .issued_on = october - 40,
					     .due_on = october - 40,
					     .due_source = DUE_FROM_ITEM_FILE,
					     .amount_minor = -20000,
					     .currency = "EUR",
					     .effective = october - 40 },
			 &f->credit_id, e);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->now = NOW;
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

static int64_t last_event(struct fixture *f, const char *kind)
{
	int64_t id;
	struct err e = { 0 };

	store_ok(db_get_i64(f->db, "SELECT MAX(id) FROM event WHERE kind = $1",
			    DB_PARAMS(P_TEXT(kind)), 0, &id, &e),
		 e);
	assert_true(id > 0);
	return id;
}

static bool take_back(struct fixture *f, struct db *db, int64_t event_id, struct err *e)
{
	struct undo_act u = { .db = db,
			      .arena = f->arena,
			      .entity_id = f->entity.id,
			      .actor = ACTOR,
			      .now = tick(f),
			      .today = october };
	const struct undo *undo;

	return undo_run(&u, all_undos, &event_id, 1, &undo, e);
}

/* Everything of the ledger that a figure is made of, as of a day, as one text. */
static const char *figures(struct fixture *f, day_t as_of, int64_t known_at)
{
	struct book_query q = { .entity_id = f->entity.id,
				.as_of = as_of,
				.known_at = known_at,
				.with_settled = true };
	struct err e = { 0 };
	struct book *b;
	struct buf text;

	store_ok(book_load(f->db, f->arena, &q, &b, &e), e);
	buf_init(&text, f->arena);
	for (size_t i = 0; i < b->n_items; i++)
		buf_printf(&text, "%s %" PRId64 " %" PRId64 " %" PRId64 "|", b->document[i],
			   b->amount_minor[i], b->open_minor[i], b->disputed_minor[i]);
	return buf_str(&text);
}

/* ---- the tests ----------------------------------------------------------------------------------- */

static const char *probe(struct fixture *f, const char *sql)
{
	struct err e = { 0 };
	char *text;

	store_ok(db_get_text(f->db, f->arena, sql, DB_NO_PARAMS, &text, &e), e);
	return text ? text : "";
}

static void every_act_taken_back_restores_what_was(void **state)
{
	(void)state;
	for (size_t i = 0; i < undo_n_cases; i++) {
		void *fresh;
		struct err e = { 0 };
		struct fixture *f;
		const char *before, *figures_before, *acted;

		setup(&fresh);
		f = fresh;
		if (undo_cases[i].prepare)
			store_ok(undo_cases[i].prepare(f, &e), e);
		before = probe(f, undo_cases[i].probe);
		figures_before = figures(f, october, 0);
		store_ok(undo_cases[i].act(f, &e), e);
		acted = probe(f, undo_cases[i].probe);
		if (str_eq(before, acted))
			fail_msg("%s: the probe does not see the act", undo_cases[i].name);
		if (!take_back(f, f->db, last_event(f, undo_cases[i].kind), &e))
			fail_msg("%s: %s", undo_cases[i].name, e.msg);
		if (!str_eq(before, probe(f, undo_cases[i].probe)))
			fail_msg("%s: \"%s\", then \"%s\"", undo_cases[i].name, before,
				 probe(f, undo_cases[i].probe));
		assert_string_equal(figures_before, figures(f, october, 0));
		assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM event"
						  " WHERE kind = 'undone' AND actor = 'user:7'"),
				 1);
		teardown(&fresh);
	}
}

static void twice_is_refused_and_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct err e = { 0 };
	int64_t event_id, events;

	store_ok(make_promise(f, &e), e);
	event_id = last_event(f, "promise.made");
	store_ok(take_back(f, f->db, event_id, &e), e);
	events = store_i64(f->db, "SELECT COUNT(*) FROM event");
	assert_false(take_back(f, f->db, event_id, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM event"), events);
}

static void another_connection_cannot_take_it_back_again(void **state)
{
	struct fixture *f = *state;
	struct db *other = store_again(f->db);
	struct err e = { 0 };
	int64_t event_id;

	store_ok(open_dispute(f, &e), e);
	event_id = last_event(f, "dispute.opened");
	store_ok(take_back(f, other, event_id, &e), e);
	assert_false(take_back(f, f->db, event_id, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	db_close(other);
}

static void what_something_later_rests_on_is_refused(void **state)
{
	struct fixture *f = *state;
	struct err e = { 0 };
	int64_t first;

	store_ok(edit_customer(f, &e), e);
	first = last_event(f, "customer.updated");
	store_ok(edit_customer(f, &e), e);
	assert_false(take_back(f, f->db, first, &e));
	assert_int_equal(e.code, ERR_STALE);
	assert_int_equal(store_i64(f->db, "SELECT COUNT(*) FROM undone"), 0);

	store_ok(plan_message(f, &e) && confirm(f, &e), e);
	store_run(f->db, "UPDATE message SET state = 'accepted'");
	assert_false(take_back(f, f->db, last_event(f, "message.confirmed"), &e));
	assert_int_equal(e.code, ERR_CONFLICT);
}

static void what_cannot_be_taken_back_is_said(void **state)
{
	struct fixture *f = *state;
	struct err e = { 0 };

	assert_false(take_back(f, f->db, last_event(f, "entity.created"), &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_false(take_back(f, f->db, 5, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
}

static void several_are_taken_back_together_or_not_at_all(void **state)
{
	struct fixture *f = *state;
	struct undo_act u = { .db = f->db,
			      .arena = f->arena,
			      .entity_id = f->entity.id,
			      .actor = ACTOR,
			      .today = october };
	const struct undo *undo;
	struct err e = { 0 };
	int64_t ids[2];

	store_ok(make_promise(f, &e), e);
	ids[0] = last_event(f, "promise.made");
	ids[1] = last_event(f, "entity.created");
	u.now = tick(f);
	assert_false(undo_run(&u, all_undos, ids, 2, &undo, &e));
	assert_string_equal(probe(f, PROMISES), "1 2026-10-07 120000");
	store_ok(make_promise(f, &e), e);
	ids[1] = last_event(f, "promise.made");
	store_ok(undo_run(&u, all_undos, ids, 2, &undo, &e), e);
	assert_string_equal(probe(f, PROMISES), "0  0");
}

/* What was known between the act and its undo is still known to have been. */
static void the_history_keeps_both(void **state)
{
	struct fixture *f = *state;
	struct err e = { 0 };
	const char *before = figures(f, october, 0);
	int64_t between;

	store_ok(open_dispute(f, &e), e);
	between = f->now;
	store_ok(take_back(f, f->db, last_event(f, "dispute.opened"), &e), e);
	assert_string_equal(figures(f, october, 0), before);
	assert_string_not_equal(figures(f, october, between), before);
}

#define CLOSED "SELECT COUNT(*) FROM period WHERE state = 'closed'"
#define ASKED  "SELECT COUNT(*) FROM period_reopening WHERE state = 'asked'"

static int64_t close_september(struct fixture *f)
{
	struct err e = { 0 };
	int64_t id;

	store_ok(period_close(f->db, f->entity.id, date_of(2026, 9, 1), date_of(2026, 9, 30),
			      october, ACTOR, tick(f), &id, &e),
		 e);
	return id;
}

/* Reopening takes two people: taking the closing back is for a mistake seen at once. */
static void a_closing_is_taken_back_at_once_by_who_closed(void **state)
{
	struct fixture *f = *state;
	struct err e = { 0 };
	int64_t id;

	(void)close_september(f);
	store_ok(take_back(f, f->db, last_event(f, "period.closed"), &e), e);
	assert_int_equal(store_i64(f->db, CLOSED), 0);
	id = close_september(f);
	f->now += INT64_C(16) * 60000000; /* too late */
	assert_false(take_back(f, f->db, last_event(f, "period.closed"), &e));
	assert_int_equal(e.code, ERR_REFUSED);
	store_ok(period_ask(f->db, f->entity.id, id, "a late invoice", ACTOR, tick(f), &e), e);
	store_ok(take_back(f, f->db, last_event(f, "period.reopening_asked"), &e), e);
	assert_int_equal(store_i64(f->db, ASKED), 0);
	assert_int_equal(store_i64(f->db, CLOSED), 1);
	/* Another's closing is not his to take back. */
	store_run(f->db, "UPDATE period SET closed_by = 'user:8', state = 'reopened'");
	(void)close_september(f);
	store_run(f->db, "UPDATE period SET closed_by = 'user:8'");
	assert_false(take_back(f, f->db, last_event(f, "period.closed"), &e));
	assert_int_equal(e.code, ERR_REFUSED);
}

static void a_reopening_taken_back_closes_and_asks_again(void **state)
{
	struct fixture *f = *state;
	int64_t id = close_september(f);
	struct err e = { 0 };

	store_ok(period_ask(f->db, f->entity.id, id, "a late invoice", "user:8", tick(f), &e), e);
	store_ok(period_decide(f->db, f->entity.id, id, false, ACTOR, tick(f), &e), e);
	store_ok(take_back(f, f->db, last_event(f, "period.reopening_refused"), &e), e);
	assert_int_equal(store_i64(f->db, ASKED), 1);
	store_ok(period_decide(f->db, f->entity.id, id, true, ACTOR, tick(f), &e), e);
	assert_int_equal(store_i64(f->db, CLOSED), 0);
	store_ok(take_back(f, f->db, last_event(f, "period.reopened"), &e), e);
	assert_int_equal(store_i64(f->db, CLOSED), 1);
	assert_int_equal(store_i64(f->db, ASKED), 1);
	store_ok(period_decide(f->db, f->entity.id, id, true, ACTOR, tick(f), &e), e);
	(void)close_september(f); /* closed again meanwhile */
	assert_false(take_back(f, f->db, last_event(f, "period.reopened"), &e));
	assert_int_equal(e.code, ERR_CONFLICT);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_act_taken_back_restores_what_was),
		T(twice_is_refused_and_changes_nothing),
		T(another_connection_cannot_take_it_back_again),
		T(what_something_later_rests_on_is_refused),
		T(what_cannot_be_taken_back_is_said),
		T(several_are_taken_back_together_or_not_at_all),
		T(the_history_keeps_both),
		T(a_closing_is_taken_back_at_once_by_who_closed),
		T(a_reopening_taken_back_closes_and_asks_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
