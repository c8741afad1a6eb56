/* SPDX-License-Identifier: Apache-2.0 */
/* A question to the payer: prepared in his language, asked once at a time, answered, withdrawn. */
#include "cash_world.h"

#include "cash/ask.h"

static int64_t receipt(struct cash_world *w)
{
	return cash_world_entry(w, w->entity.id,
				&(struct cash_receipt){ .reference = "B1",
							.name = "MENUISERIE DUBOURG",
							.text = "ACOMPTE & SOLDE",
							.minor = 123456,
							.on = CASH_WORLD_DAY });
}

static struct ask_new question(struct cash_world *w, int64_t entry, int64_t customer)
{
	return (struct ask_new){ .entity_id = w->entity.id,
				 .entry_id = entry,
				 .customer_id = customer,
				 .recipient = "compta@example.com",
				 .subject = "Your payment",
				 .body = "Which invoices?",
				 .today = CASH_WORLD_DAY + 1,
				 .actor = "user:1",
				 .now = w->now++ };
}

static struct question asked(struct cash_world *w, int64_t entry)
{
	struct err e = { 0 };
	struct question q;

	store_ok(ask_of_entry(w->db, w->arena, w->entity.id, entry, &q, &e), e);
	return q;
}

static void the_message_speaks_the_customers_language(void **state)
{
	struct cash_world *w = *state;
	struct entry en = cash_world_get(w, receipt(w));
	const struct catalogue *fr = catalogue_find("fr"), *english = catalogue_find("en");
	const char *text = ask_body(w->arena, fr, &en, "Exemple SA");

	assert_non_null(strstr(text, "Bonjour"));
	assert_non_null(strstr(text, "2 octobre 2026"));
	assert_non_null(strstr(text, "234,56"));
	assert_non_null(strstr(text, "ACOMPTE & SOLDE"));
	assert_non_null(strstr(text, "Exemple SA"));
	assert_non_null(strstr(ask_body(w->arena, english, &en, "X"), "1,234.56"));
	assert_non_null(strstr(ask_subject(w->arena, fr, &en), "234,56"));
	en.payer_name = en.remittance = NULL; /* the bank said nothing */
	assert_non_null(strstr(ask_body(w->arena, english, &en, "X"), "from –"));
}

static void nothing_of_the_message_becomes_part_of_the_link(void **state)
{
	struct cash_world *w = *state;

	assert_string_equal(ask_mail_link(w->arena, "a@b.example?bcc=x@y", "a&b=c #1", "é\r\n%d"),
			    "mailto:a@b.example%3Fbcc%3Dx@y?subject=a%26b%3Dc%20%231"
			    "&body=%C3%A9%0D%0A%25d");
}

struct adding {
	int64_t entity_id, now;
	const struct contact *c;
};

static bool contact_tx(struct db *db, void *arg, struct err *e)
{
	const struct adding *w = arg;
	int64_t id;

	return contact_save(db, w->entity_id, w->c, "user:1", w->now, &id, e);
}

static void add_contact(struct cash_world *w, int64_t who, const char *email, bool is_dunning,
			bool is_bounced)
{
	const struct contact c = { .customer_id = who,
				   .name = email,
				   .email = email,
				   .is_dunning = is_dunning,
				   .is_bounced = is_bounced };
	struct adding adding = { w->entity.id, w->now++, &c };
	struct err e = { 0 };

	store_ok(db_tx(w->db, contact_tx, &adding, &e), e);
	if (is_bounced)
		store_run(w->db,
			  "UPDATE contact SET is_bounced = 1 WHERE email = 'gone@x.example'");
}

static const char *recipient(struct cash_world *w, int64_t who, const char *own)
{
	const struct customer c = { .id = who, .email = own };
	struct err e = { 0 };
	const char *ret;

	store_ok(ask_recipient(w->db, w->arena, &c, &ret, &e), e);
	return ret;
}

static void who_is_asked_reads_the_reminders(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C1", "Menuiserie Dubourg", NULL);

	assert_null(recipient(w, who, NULL));
	assert_null(recipient(w, who, ""));
	assert_string_equal(recipient(w, who, "own@x.example"), "own@x.example");
	add_contact(w, who, "gone@x.example", true, true);
	assert_string_equal(recipient(w, who, "own@x.example"), "own@x.example");
	add_contact(w, who, "any@x.example", false, false);
	assert_string_equal(recipient(w, who, "own@x.example"), "any@x.example");
	add_contact(w, who, "dunning@x.example", true, false);
	assert_string_equal(recipient(w, who, "own@x.example"), "dunning@x.example");
}

static void one_question_at_a_time_until_it_is_answered(void **state)
{
	struct cash_world *w = *state;
	int64_t who = cash_world_customer(w, w->entity.id, "C1", "Menuiserie Dubourg", NULL);
	int64_t entry = receipt(w);
	struct ask_new in = question(w, entry, who);
	struct err e = { 0 };

	assert_int_equal(asked(w, entry).id, 0);
	assert_false(ask_answered(w->db, w->entity.id, entry, "FA1", CASH_WORLD_DAY, "user:1",
				  w->now, &e)); /* nothing waits */
	assert_int_equal(e.code, ERR_CONFLICT);
	store_ok(ask_payer(w->db, &in, &e), e);
	assert_string_equal(asked(w, entry).state, "asked");
	assert_int_equal(asked(w, entry).asked_on, CASH_WORLD_DAY + 1);
	assert_false(ask_payer(w->db, &in, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(
		ask_answered(w->db, w->entity.id, entry, "", CASH_WORLD_DAY, "user:1", w->now, &e));
	assert_string_equal(e.field, "answer");
	store_ok(ask_answered(w->db, w->entity.id, entry, "FA1 and FA2", CASH_WORLD_DAY + 4,
			      "user:1", w->now++, &e),
		 e);
	assert_string_equal(asked(w, entry).answer, "FA1 and FA2");
	assert_int_equal(asked(w, entry).answered_on, CASH_WORLD_DAY + 4);
	assert_false(ask_answered(w->db, w->entity.id, entry, "again", CASH_WORLD_DAY, "user:1",
				  w->now, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(ask_withdraw(w->db, w->entity.id, asked(w, entry).id, &e)); /* answered */
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_int_equal(store_i64(w->db, "SELECT COUNT(*) FROM event ev JOIN payer_question q"
					  " ON q.id = ev.subject_id WHERE ev.subject_kind ="
					  " 'payer_question'"),
			 2);
	in.now = w->now++;
	store_ok(ask_payer(w->db, &in, &e), e); /* the answer did not help */
	store_ok(ask_withdraw(w->db, w->entity.id, asked(w, entry).id, &e), e);
	assert_string_equal(asked(w, entry).state, "answered"); /* the former one again */
	cash_world_clean(w);
}

static void what_is_not_ours_is_not_asked(void **state)
{
	struct cash_world *w = *state;
	int64_t other = cash_world_entity(w, "OTHER", "Other company");
	int64_t theirs = cash_world_customer(w, other, "C9", "Their customer", NULL);
	int64_t ours = cash_world_customer(w, w->entity.id, "C1", "Menuiserie Dubourg", NULL);
	int64_t entry = receipt(w), id;
	struct ask_new in = question(w, entry, theirs);
	struct err e = { 0 };

	assert_false(ask_payer(w->db, &in, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	in = question(w, entry, ours);
	in.subject = "";
	assert_false(ask_payer(w->db, &in, &e));
	assert_int_equal(e.code, ERR_INVALID);
	in.entity_id = other;
	assert_false(ask_payer(w->db, &in, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	in = question(w, entry, ours);
	store_ok(ask_payer(w->db, &in, &e), e);
	id = asked(w, entry).id;
	assert_false(ask_withdraw(w->db, other, id, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_false(ask_answered(w->db, other, entry, "x", CASH_WORLD_DAY, "user:1", w->now, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	in = question(w,
		      cash_world_entry(w, w->entity.id,
				       &(struct cash_receipt){ .reference = "B2",
							       .text = "RENT",
							       .minor = -500,
							       .on = CASH_WORLD_DAY }),
		      ours);
	assert_false(ask_payer(w->db, &in, &e)); /* money that went out */
	assert_int_equal(e.code, ERR_INVALID);
}

int main(void)
{
#define FACT(f) cmocka_unit_test_setup_teardown(f, cash_world_setup, cash_world_teardown)
	const struct CMUnitTest tests[] = {
		FACT(the_message_speaks_the_customers_language),
		FACT(nothing_of_the_message_becomes_part_of_the_link),
		FACT(who_is_asked_reads_the_reminders),
		FACT(one_question_at_a_time_until_it_is_answered),
		FACT(what_is_not_ours_is_not_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
