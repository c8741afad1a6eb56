/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox, disputes and promises against a real database. */
#include "store.h"

#include "base/clock.h"
#include "collect/compose.h"
#include "collect/outbox.h"
#include "collect/promise.h"
#include "collect/send.h"
#include "dispute/dispute.h"
#include "ledger/post.h"

static const int64_t now = 1795212000000000; /* 2026-11-20T22:00:00Z */
static const char actor[] = "user:1";

struct world {
	struct db *db;
	struct arena *arena;
	struct entity entity;
	int64_t customer_id;
	int64_t item_id; /* 100.00 EUR, ten days late on today */
	day_t today;
};

static int64_t add_item(struct world *w, const char *document, enum item_kind kind, int64_t minor,
			day_t due_on)
{
	const struct new_item it = { .customer_id = w->customer_id,
				     .kind = kind,
				     .document = document,
				     .issued_on = due_on - 30,
				     .due_on = due_on,
				     .due_source = DUE_FROM_ITEM_FILE,
				     .amount_minor = minor,
				     .currency = "EUR",
				     .effective = due_on - 30 };
	struct posting p;
	struct err e = { 0 };
	int64_t id = 0;

	store_ok(db_begin(w->db, &e), e);
	store_ok(posting_begin(&p, w->db, w->entity.id, "test.posted", "item", 0, actor, "test",
			       now, "{}", &e),
		 e);
	store_ok(post_item(&p, &it, &id, &e), e);
	store_ok(db_commit(w->db, &e), e);
	return id;
}

static int world_setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct err e = { 0 };
	bool created;

	store_open(&w->db);
	w->arena = arena_new(0);
	w->today = date_of(2026, 11, 20);
	store_ok(entity_init(w->db, "Demo", "FR", "EUR", now, &created, &e), e);
	store_ok(entity_get(w->db, w->arena, NULL, &w->entity, &e), e);
	store_run(w->db,
		  "INSERT INTO customer (id, entity_id, code, name, name_key, email, currency,"
		  " source, event_id, recorded) SELECT 501, entity_id, 'C1', 'Client', 'CLIENT',"
		  " 'compta@client.example', 'EUR', 'test', id, 1 FROM event"
		  " WHERE kind = 'entity.created'");
	w->customer_id = 501;
	w->item_id = add_item(w, "FA-1", ITEM_INVOICE, 10000, w->today - 10);
	*state = w;
	return 0;
}

static int world_teardown(void **state)
{
	struct world *w = *state;

	arena_free(w->arena);
	store_close(w->db);
	free(w);
	return 0;
}

static void go_live(struct world *w)
{
	struct err e = { 0 };

	store_ok(outbox_set_live(w->db, &w->entity, true, actor, now, &e), e);
	store_ok(entity_get(w->db, w->arena, NULL, &w->entity, &e), e);
	assert_true(w->entity.is_live);
}

static int plan(struct world *w, day_t today)
{
	const struct outbox_plan p = {
		.entity = &w->entity, .today = today, .known_on = today, .actor = actor, .now = now
	};
	struct outbox_planned planned;
	struct err e = { 0 };

	store_ok(outbox_plan(w->db, w->arena, &p, &planned, &e), e);
	return planned.n_planned;
}

static struct outbox_message newest(struct world *w)
{
	struct outbox_message *list;
	struct err e = { 0 };
	size_t n;

	store_ok(outbox_list(w->db, w->arena, w->entity.id, &(struct outbox_filter){ .limit = 1 },
			     &list, &n, &e),
		 e);
	assert_int_equal(n, 1);
	return list[0];
}

/* Claims and begins the attempt as the sender does. */
static struct outbox_check attempt_text(struct world *w, struct outbox_message *m,
					struct composed *ret_text)
{
	struct outbox_check check;
	struct composer c;
	struct err e = { 0 };
	bool won;

	store_ok(outbox_claim(w->db, m, "test:1:1", now, &won, &e), e);
	assert_true(won);
	store_ok(composer_open(w->db, w->arena, &w->entity, w->today, &c, &e), e);
	store_ok(outbox_begin_attempt(w->db, w->arena, &c, m, w->today, actor, now, &check,
				      ret_text, &e),
		 e);
	return check;
}

static struct outbox_check attempt(struct world *w, struct outbox_message *m)
{
	struct composed text;

	return attempt_text(w, m, &text);
}

static void give_virtual(struct world *w, const char *iban, int64_t item_id)
{
	const struct virtual_iban_new v = { .entity_id = w->entity.id,
					    .iban = iban,
					    .customer_id = w->customer_id,
					    .item_id = item_id,
					    .valid_from = w->today - 1,
					    .valid_to = DAY_NONE,
					    .source = "manual",
					    .actor = actor,
					    .now = now };
	struct err e = { 0 };
	bool is_new;

	store_ok(virtual_iban_add(w->db, &v, &is_new, &e), e);
}

/* What the customer is told to pay to, of the whole text. */
static void a_reminder_asks_to_pay_to_the_virtual_iban(void **state)
{
	struct world *w = *state;
	const struct bank_account own = { .iban = "FR7630004008280001234567841",
					  .bic = "BNPAFRPPXXX",
					  .currency = "EUR",
					  .is_printed = true };
	struct outbox_message m;
	struct composed text;
	struct composer c;
	struct err e = { 0 };
	int64_t id;

	store_ok(db_begin(w->db, &e) &&
			 bank_account_save(w->db, w->entity.id, &own, actor, now, &id, &e) &&
			 db_commit(w->db, &e),
		 e);
	store_ok(composer_open(w->db, w->arena, &w->entity, w->today, &c, &e), e);
	assert_string_equal(compose_account(&c, w->customer_id, w->item_id).iban, own.iban);
	/* Of the same bank: its BIC holds. */
	give_virtual(w, "FR7630004008280001234567938", 0);
	store_ok(composer_open(w->db, w->arena, &w->entity, w->today, &c, &e), e);
	assert_string_equal(compose_account(&c, w->customer_id, 0).bic, own.bic);
	assert_string_equal(compose_account(&c, w->customer_id + 1, 0).iban, own.iban);
	/* For that document, by another bank. */
	give_virtual(w, "DE89370400440532013000", w->item_id);
	store_ok(composer_open(w->db, w->arena, &w->entity, w->today, &c, &e), e);
	assert_null(compose_account(&c, w->customer_id, w->item_id).bic);
	go_live(w);
	assert_int_equal(plan(w, w->today), 1);
	m = newest(w);
	(void)attempt_text(w, &m, &text);
	assert_non_null(strstr(text.text, "DE89 3704 0044 0532 0130 00"));
	assert_null(strstr(text.text, "3000 4008"));
}

static void a_day_is_planned_once(void **state)
{
	struct world *w = *state;
	struct outbox_message m;
	struct outbox_line *lines;
	struct err e = { 0 };
	size_t n;

	assert_int_equal(plan(w, w->today), 1);
	assert_int_equal(plan(w, w->today), 0);
	assert_int_equal(plan(w, w->today + 1), 0);
	m = newest(w);
	assert_string_equal(m.step, "reminder1");
	assert_string_equal(m.state, "planned");
	assert_true(m.is_test);
	assert_int_equal(m.amount_minor, 10000);
	store_ok(outbox_lines(w->db, w->arena, m.id, &lines, &n, &e), e);
	assert_int_equal(n, 1);
	assert_int_equal(lines[0].item_id, w->item_id);
}

/* Whoever pays for an account is asked for it, in his language; one who cannot be reached is not. */
static void the_account_that_pays_is_written_to(void **state)
{
	struct world *w = *state;
	struct outbox_message m;

	go_live(w);
	store_run(w->db,
		  "INSERT INTO customer (id, entity_id, code, name, name_key, email, currency,"
		  " language, source, event_id, recorded)"
		  " SELECT 502, entity_id, 'P1', 'Centrale', 'CENTRALE',"
		  " 'payables@centrale.example', 'EUR', 'en', 'test', id, 1 FROM event"
		  " WHERE kind = 'entity.created'");
	store_run(w->db, "UPDATE customer SET payer_code = 'P1' WHERE id = 501");
	assert_int_equal(plan(w, w->today), 1);
	m = newest(w);
	assert_string_equal(m.recipient, "payables@centrale.example");
	assert_string_equal(m.language, "en");
	/* Read again before it leaves, it is still his. */
	assert_true(attempt(w, &m).is_clear);
	assert_int_equal(store_i64(w->db, "SELECT customer_id FROM message"), 501);
}

static void a_payer_without_address_is_not_written_to(void **state)
{
	struct world *w = *state;

	go_live(w);
	store_run(w->db,
		  "INSERT INTO customer (id, entity_id, code, name, name_key, currency, source,"
		  " event_id, recorded) SELECT 502, entity_id, 'P1', 'Centrale', 'CENTRALE',"
		  " 'EUR', 'test', id, 1 FROM event WHERE kind = 'entity.created'");
	store_run(w->db, "UPDATE customer SET payer_code = 'P1' WHERE id = 501");
	assert_int_equal(plan(w, w->today), 1);
	assert_string_equal(newest(w).recipient, "compta@client.example");
	/* A code that is no account of ours leaves it as it is. */
	store_run(w->db, "UPDATE customer SET payer_code = 'GROUPE-X' WHERE id = 501");
	assert_int_equal(plan(w, w->today), 0);
}

static void in_test_mode_nothing_leaves_and_going_live_starts_afresh(void **state)
{
	struct world *w = *state;
	struct send_job job = { .entity = &w->entity,
				.today = w->today,
				.actor = actor,
				.clock = clock_now,
				.smtp_url = "smtp://127.0.0.1:1" };
	struct send_report r;
	struct err e = { 0 };

	assert_int_equal(plan(w, w->today), 1);
	store_ok(send_run(w->db, &job, &r, &e), e);
	assert_true(r.is_test_mode);
	assert_string_equal(newest(w).state, "planned");
	go_live(w);
	assert_string_equal(newest(w).state, "cancelled");
	assert_int_equal(plan(w, w->today), 1);
	assert_false(newest(w).is_test);
}

static void what_is_paid_since_planning_does_not_leave(void **state)
{
	struct world *w = *state;
	struct outbox_message m;
	struct outbox_check check;

	go_live(w);
	assert_int_equal(plan(w, w->today), 1);
	add_item(w, "PAY-1", ITEM_PAYMENT, -10000, w->today);
	m = newest(w);
	check = attempt(w, &m);
	assert_false(check.is_clear);
	m = newest(w);
	assert_string_equal(m.state, "cancelled");
	assert_string_equal(m.reason, "paid");
}

static void what_is_partly_disputed_since_planning_is_written_anew(void **state)
{
	struct world *w = *state;
	const struct new_dispute d = { .item_id = w->item_id,
				       .amount_minor = 4000,
				       .reason = "quantity",
				       .opened_on = w->today,
				       .answer_by = DAY_NONE };
	struct outbox_message m;
	struct err e = { 0 };

	go_live(w);
	assert_int_equal(plan(w, w->today), 1);
	store_ok(dispute_open(w->db, w->entity.id, &d, actor, now, NULL, &e), e);
	m = newest(w);
	assert_true(attempt(w, &m).is_clear);
	m = newest(w);
	assert_string_equal(m.state, "attempting");
	assert_int_equal(m.amount_minor, 6000);
	assert_non_null(strstr(m.body, "60"));
}

static void only_one_sender_wins_a_message(void **state)
{
	struct world *w = *state;
	struct outbox_message mine, theirs;
	struct err e = { 0 };
	bool won;

	go_live(w);
	assert_int_equal(plan(w, w->today), 1);
	mine = theirs = newest(w);
	store_ok(outbox_claim(w->db, &mine, "a:1:1", now, &won, &e), e);
	assert_true(won);
	store_ok(outbox_claim(w->db, &theirs, "b:1:1", now, &won, &e), e);
	assert_false(won);
}

static void an_uncertain_message_waits_for_a_person(void **state)
{
	struct world *w = *state;
	struct outbox_message m;
	struct err e = { 0 };
	char *first_id;

	go_live(w);
	assert_int_equal(plan(w, w->today), 1);
	m = newest(w);
	assert_true(attempt(w, &m).is_clear);
	store_ok(outbox_settle(w->db, &m, "uncertain", "no answer", 0, actor, now, &e), e);
	assert_int_equal(plan(w, w->today + 1), 0);
	first_id = arena_strdup(w->arena, m.message_id);
	store_ok(outbox_resolve(w->db, w->entity.id, m.id, false, actor, now, &e), e);
	m = newest(w);
	assert_string_equal(m.state, "planned");
	assert_string_not_equal(m.message_id, first_id);
	assert_false(outbox_resolve(w->db, w->entity.id, m.id, true, actor, now, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
}

static void a_cancelled_reminder_may_be_planned_again_a_skipped_one_not(void **state)
{
	struct world *w = *state;
	const struct new_promise promise = { .customer_id = w->customer_id,
					     .currency = "EUR",
					     .promised_on = w->today + 1,
					     .made_on = w->today };
	struct outbox_message m;
	struct err e = { 0 };

	go_live(w);
	assert_int_equal(plan(w, w->today), 1);
	store_ok(promise_add(w->db, w->entity.id, &promise, actor, now, NULL, &e), e);
	m = newest(w);
	assert_false(attempt(w, &m).is_clear);
	assert_string_equal(newest(w).reason, "promise");
	assert_int_equal(plan(w, w->today + 3), 0);
	assert_int_equal(plan(w, w->today + 4), 1); /* day and grace are over, nothing came */
	store_ok(outbox_skip(w->db, w->entity.id, newest(w).id, actor, now, &e), e);
	assert_int_equal(plan(w, w->today + 5), 0);
}

static void disputes_never_pass_what_is_open(void **state)
{
	struct world *w = *state;
	struct new_dispute d = { .item_id = w->item_id,
				 .amount_minor = 10001,
				 .reason = "price",
				 .opened_on = w->today,
				 .answer_by = DAY_NONE };
	struct err e = { 0 };
	int64_t id;

	assert_false(dispute_open(w->db, w->entity.id, &d, actor, now, &id, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	d.amount_minor = 7000;
	store_ok(dispute_open(w->db, w->entity.id, &d, actor, now, &id, &e), e);
	assert_false(dispute_open(w->db, w->entity.id, &d, actor, now, &id, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	store_ok(dispute_close(w->db, w->entity.id, id, "credit note sent", w->today, actor, now,
			       &e),
		 e);
	assert_false(dispute_close(w->db, w->entity.id, id, "again", w->today, actor, now, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	d.amount_minor = 0;
	store_ok(dispute_open(w->db, w->entity.id, &d, actor, now, &id, &e), e);
	assert_int_equal(
		store_i64(w->db, "SELECT amount_minor FROM dispute WHERE closed_on IS NULL"),
		10000);
}

/* Applies a payment to the document. */
static void apply(struct world *w, int64_t pay, int64_t minor, day_t on)
{
	struct posting p;
	struct err e = { 0 };

	store_ok(db_begin(w->db, &e), e);
	store_ok(posting_begin(&p, w->db, w->entity.id, "test.applied", "item", pay, actor, "test",
			       now, "{}", &e),
		 e);
	store_ok(post_allocation(&p,
				 &(struct new_allocation){ .debit_item_id = w->item_id,
							   .credit_item_id = pay,
							   .amount_minor = minor,
							   .rule = "manual",
							   .reason = "test",
							   .effective = on },
				 NULL, &e),
		 e);
	store_ok(db_commit(w->db, &e), e);
}

static void what_was_paid_of_a_dispute_is_owed_no_more(void **state)
{
	struct world *w = *state;
	struct new_dispute d = { .item_id = w->item_id,
				 .amount_minor = 6000,
				 .reason = "price",
				 .opened_on = w->today,
				 .answer_by = DAY_NONE };
	struct when before = { w->today, 0 }, after = { w->today + 1, 0 };
	struct dispute *list;
	struct err e = { 0 };
	size_t n;

	store_ok(dispute_open(w->db, w->entity.id, &d, actor, now, NULL, &e), e);
	d.amount_minor = 4000;
	store_ok(dispute_open(w->db, w->entity.id, &d, actor, now, NULL, &e), e);
	apply(w, add_item(w, "PAY-1", ITEM_PAYMENT, -7000, w->today), 7000, w->today + 1);
	store_ok(dispute_list_at(w->db, w->arena, w->entity.id, 0, before, true, 10, &list, &n, &e),
		 e);
	assert_int_equal(n, 2);
	assert_int_equal(list[0].owed_minor, 6000);
	assert_int_equal(list[1].owed_minor, 4000);
	store_ok(dispute_list_at(w->db, w->arena, w->entity.id, 0, after, true, 10, &list, &n, &e),
		 e);
	assert_int_equal(list[0].owed_minor, 3000);
	assert_int_equal(list[1].owed_minor, 0);
	assert_int_equal(list[1].amount_minor, 4000);
}

static void a_promise_is_kept_by_what_is_applied_in_time(void **state)
{
	struct world *w = *state;
	const struct new_promise made = { .customer_id = w->customer_id,
					  .item_id = w->item_id,
					  .promised_on = w->today + 2,
					  .made_on = w->today };
	int64_t pay = add_item(w, "PAY-1", ITEM_PAYMENT, -6000, w->today);
	struct promise *list;
	struct err e = { 0 };
	size_t n;

	store_ok(promise_add(w->db, w->entity.id, &made, actor, now, NULL, &e), e);
	apply(w, pay, 6000, w->today + 1);
	store_ok(promise_list(w->db, w->arena, w->entity.id, 0, 2, 10, &list, &n, &e), e);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].amount_minor, 10000);
	assert_int_equal(promise_outcome(&list[0], 2, w->today + 4), PROMISE_PENDING);
	assert_int_equal(promise_outcome(&list[0], 2, w->today + 5), PROMISE_PARTLY);
	list[0].amount_minor = 6000;
	assert_int_equal(promise_outcome(&list[0], 2, w->today), PROMISE_KEPT);
}

static void texts_and_policies_are_versioned(void **state)
{
	static const char own[] = "{\"name\":\"mine\",\"steps\":[{\"name\":\"a\",\"level\":1,"
				  "\"days\":1,\"channel\":\"email\"}]}";
	struct world *w = *state;
	struct text_revision text = {
		"reminder1", "email", "fr", 0, "Sujet", "Bonjour {{customer}}"
	};
	struct text_revision *texts;
	struct scenario *list;
	struct err e = { 0 };
	int revision;
	size_t n;

	store_ok(scenario_load(w->db, w->entity.id, own, strlen(own), actor, now, &revision, &e),
		 e);
	assert_int_equal(revision, 1);
	store_ok(scenario_load(w->db, w->entity.id, own, strlen(own), actor, now, &revision, &e),
		 e);
	assert_int_equal(revision, 1);
	store_ok(scenario_list(w->db, w->arena, w->entity.id, &list, &n, &e), e);
	assert_int_equal(n, 1);
	store_ok(text_save(w->db, w->entity.id, &text, actor, now, &e), e);
	store_ok(text_list(w->db, w->arena, w->entity.id, &texts, &n, &e), e);
	assert_string_equal(text_find(texts, n, "reminder1", "fr-BE")->subject, "Sujet");
	assert_int_equal(text_find(texts, n, "reminder1", "de")->revision, 0);
	text.body = "{{nothing}}";
	assert_false(text_save(w->db, w->entity.id, &text, actor, now, &e));
	assert_int_equal(e.code, ERR_INVALID);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_day_is_planned_once),
		TEST(a_reminder_asks_to_pay_to_the_virtual_iban),
		TEST(the_account_that_pays_is_written_to),
		TEST(a_payer_without_address_is_not_written_to),
		TEST(in_test_mode_nothing_leaves_and_going_live_starts_afresh),
		TEST(what_is_paid_since_planning_does_not_leave),
		TEST(what_is_partly_disputed_since_planning_is_written_anew),
		TEST(only_one_sender_wins_a_message),
		TEST(an_uncertain_message_waits_for_a_person),
		TEST(a_cancelled_reminder_may_be_planned_again_a_skipped_one_not),
		TEST(disputes_never_pass_what_is_open),
		TEST(what_was_paid_of_a_dispute_is_owed_no_more),
		TEST(a_promise_is_kept_by_what_is_applied_in_time),
		TEST(texts_and_policies_are_versioned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
