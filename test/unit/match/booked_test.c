/* SPDX-License-Identifier: Apache-2.0 */
/* Which receipts the accounting has booked already, so that they count once. */
#include "test.h"

#include "match/booked.h"

static const struct match_customer customers[] = {
	{ .id = 1,
	  .code = "C0001",
	  .name = "Menuiserie Dubourg SARL",
	  .iban = "FR7630006000011234567890189" },
	{ .id = 2, .code = "C0002", .name = "Brasserie Moussaline SAS" },
};
static const struct match_item items[] = {
	{ .id = 1,
	  .customer = 0,
	  .document = "FA2026-0000012",
	  .issued_on = 20000,
	  .due_on = 20030,
	  .open_minor = 50000,
	  .currency = "EUR" },
	{ .id = 2,
	  .customer = 0,
	  .document = "FA2026-0000015",
	  .issued_on = 20000,
	  .due_on = 20030,
	  .open_minor = 70000,
	  .currency = "EUR" },
};
static const char *const settled[] = { "FA2026-0000009" };

enum { DAY = 20060 };

struct fact {
	const char *what;
	int64_t minor;
	day_t on;
	const char *reference, *name, *text;
	day_t last_on; /* of the file's payments */
	const char *payment_document;
	size_t n_settled;
	enum booked_verdict verdict;
};

/* The file has one payment of Dubourg on DAY, of 500.00. */
static const struct fact facts[] = {
	{ "names the document that the payment settled", 50000, DAY + 2, "B1", "X",
	  "REGLT FA2026-0000009", DAY, "BQ-1", 1, BOOKED_YES },
	{ "booked under the bank's own reference", 50000, DAY, "B1", "X", "VIREMENT", DAY, "B1", 0,
	  BOOKED_YES },
	{ "same payer, same day", 50000, DAY, "B1", "MENUISERIE DUBOURG", "VIREMENT", DAY, "BQ-1",
	  1, BOOKED_YES },
	{ "same payer, another day, and an open document of that amount", 50000, DAY - 2, "B1",
	  "MENUISERIE DUBOURG", "VIREMENT", DAY, "BQ-1", 1, BOOKED_PERHAPS },
	{ "the file's payment waits for its document, too", 50000, DAY - 2, "B1",
	  "MENUISERIE DUBOURG", "FA2026-0000012", DAY, "BQ-1", 0, BOOKED_YES },
	{ "quotes another document than the file's payment settled", 50000, DAY - 2, "B1",
	  "MENUISERIE DUBOURG", "FA2026-0000012", DAY, "BQ-1", 1, BOOKED_NO },
	{ "another customer's", 50000, DAY, "B1", "BRASSERIE MOUSSALINE", "VIREMENT", DAY, "BQ-1",
	  1, BOOKED_NO },
	{ "nobody's name", 50000, DAY, "B1", "", "VIREMENT", DAY, "BQ-1", 1, BOOKED_PERHAPS },
	{ "a week later", 50000, DAY + 7, "B1", "MENUISERIE DUBOURG", "VIREMENT", DAY + 9, "BQ-1",
	  1, BOOKED_NO },
	{ "another amount", 50001, DAY, "B1", "MENUISERIE DUBOURG", "FA2026-0000009", DAY, "BQ-1",
	  1, BOOKED_NO },
	{ "after the file's last payment", 50000, DAY + 1, "B1", "MENUISERIE DUBOURG", "VIREMENT",
	  DAY, "BQ-1", 1, BOOKED_NO },
};

static void counts_once_what_the_accounting_has(void **state)
{
	static const struct match_input input = { .customers = customers,
						  .n_customers = ARRAY_LEN(customers),
						  .items = items,
						  .n_items = ARRAY_LEN(items) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		const struct fact *f = &facts[i];
		struct arena *a = arena_new(0);
		struct match_book *book = match_book_new(a, &input);
		struct booked_payment payment = { .item_id = 9,
						  .minor = 50000,
						  .currency = "EUR",
						  .on = DAY,
						  .document = f->payment_document,
						  .settled = settled,
						  .n_settled = f->n_settled };
		struct match_entry entry = { .id = 1,
					     .reference = f->reference,
					     .amount_minor = f->minor,
					     .currency = "EUR",
					     .booked_on = f->on,
					     .payer_name = f->name,
					     .remittance = f->text };
		struct booked_answer answer;
		struct match_result result;
		match_one(book, &entry, NULL, &result);
		booked_find(book, &entry, &result, 1, &payment, 1, f->last_on, &answer);
		if (answer.verdict != f->verdict)
			fail_msg("%s: %d", f->what, answer.verdict);
		arena_free(a);
	}
}

static void a_payment_is_one_receipt_at_most(void **state)
{
	static const struct match_input input = { .customers = customers,
						  .n_customers = ARRAY_LEN(customers),
						  .items = items,
						  .n_items = ARRAY_LEN(items) };
	struct arena *a = arena_new(0);
	struct match_book *book = match_book_new(a, &input);
	struct booked_payment payment = { .item_id = 9,
					  .minor = 50000,
					  .currency = "EUR",
					  .on = DAY,
					  .document = "BQ-1",
					  .settled = settled,
					  .n_settled = 1 };
	struct match_entry entries[2] = {
		{ .id = 1,
		  .amount_minor = 50000,
		  .currency = "EUR",
		  .booked_on = DAY,
		  .remittance = "FA2026-0000009" },
		{ .id = 2,
		  .amount_minor = 50000,
		  .currency = "EUR",
		  .booked_on = DAY + 1,
		  .remittance = "FA2026-0000009" },
	};
	struct booked_answer answers[2];
	struct match_result results[2];

	(void)state;
	for (size_t i = 0; i < 2; i++)
		match_one(book, &entries[i], NULL, &results[i]);
	booked_find(book, entries, results, 2, &payment, 1, DAY + 9, answers);
	assert_int_equal(answers[0].verdict, BOOKED_YES);
	assert_int_equal(answers[1].verdict, BOOKED_NO);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_once_what_the_accounting_has),
		cmocka_unit_test(a_payment_is_one_receipt_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
