/* SPDX-License-Identifier: Apache-2.0 */
/* In what forms customers pay: what the matching makes of sets, differences, advices and habits, and what
 * it certifies. */
#include "test.h"

#include "match/match.h"

#include <time.h>

/* Invented companies. Two are called alike. */
static struct match_customer customers[] = {
	{ .id = 1,
	  .code = "K0001",
	  .name = "Fonderie Valbrune SAS",
	  .iban = "FR7630006000011234567890189" },
	{ .id = 2, .code = "K0002", .name = "Papeterie Ostrelle" },
	{ .id = 3, .code = "K0003", .name = "Papeterie Ostrelle" },
	{ .id = 4,
	  .code = "K0004",
	  .name = "Verrerie Caldoz & Fils",
	  .discount_per_myriad = 200,
	  .discount_days = 10 },
};

#define ITEM(number, who, doc, issued, due, open)                                        \
	{                                                                                \
		.id = number, .customer = (who)-1, .document = doc, .issued_on = issued, \
		.due_on = due, .open_minor = open, .currency = "EUR"                     \
	}

static const struct match_item items[] = {
	ITEM(1, 1, "V-26-1001", 20000, 20030, 123457),
	ITEM(2, 1, "V-26-1044", 20031, 20061, 87611),
	ITEM(3, 1, "V-26-1090", 20062, 20092, 240013),
	ITEM(4, 1, "V-26-1133", 20090, 20120, 55519),
	ITEM(5, 1, "V-26-1180", 20120, 20150, 310777),
	ITEM(6, 1, "AV-26-07", 20062, 20062, -20003),
	ITEM(7, 2, "V-26-1005", 20001, 20031, 64031),
	ITEM(8, 3, "V-26-1006", 20001, 20031, 64031),
	ITEM(9, 4, "V-26-1007", 20093, 20123, 150040),
	ITEM(10, 4, "V-26-1008", 20001, 20031, 99970),
	ITEM(11, 4, "V-26-1009", 20002, 20032, 41213),
};

static struct match_entry entry_of(const char *name, const char *text, int64_t minor)
{
	return (struct match_entry){ .id = 1,
				     .amount_minor = minor,
				     .currency = "EUR",
				     .booked_on = 20100,
				     .payer_name = name,
				     .remittance = text };
}

static struct match_book *book_of(struct arena *a)
{
	static struct match_input input = { .customers = customers,
					    .n_customers = ARRAY_LEN(customers),
					    .items = items,
					    .n_items = ARRAY_LEN(items) };

	return match_book_new(a, &input);
}

struct fact {
	const char *what, *name, *text;
	int64_t minor;
	enum match_state state;
	enum match_rule rule;
	enum match_form form;
	const char *documents;
	int64_t left_minor;
};

static const struct fact facts[] = {
	{ "all that is due, credit note deducted", "FONDERIE VALBRUNE", "SOLDE", 431078, MATCH_AUTO,
	  MATCH_RULE_BALANCE, MATCH_FORM_DUE, "V-26-1001 V-26-1044 AV-26-07 V-26-1090 ", 0 },
	{ "two named and one that completes the sum", "FONDERIE VALBRUNE",
	  "V-26-1001 V-26-1044 ETC", 266587, MATCH_AUTO, MATCH_RULE_COMPLETED, MATCH_FORM_SEVERAL,
	  "V-26-1001 V-26-1044 V-26-1133 ", 0 },
	{ "half of a document that is named", "FONDERIE VALBRUNE", "ACOMPTE V-26-1090", 120006,
	  MATCH_AUTO, MATCH_RULE_PARTIAL, MATCH_FORM_PARTIAL, "V-26-1090 ", 0 },
	{ "a named document paid twice over", "FONDERIE VALBRUNE", "V-26-1044", 175222, MATCH_AUTO,
	  MATCH_RULE_OVERPAID, MATCH_FORM_OVERPAID, "V-26-1044 ", 87611 },
	{ "a discount agreed and in time", "VERRERIE CALDOZ", "V-26-1007", 147039, MATCH_AUTO,
	  MATCH_RULE_DISCOUNT, MATCH_FORM_DISCOUNT, "V-26-1007 V-26-1007 ", 0 },
	{ "two cents less than a named document", "VERRERIE CALDOZ", "V-26-1008", 99968, MATCH_AUTO,
	  MATCH_RULE_ROUNDING, MATCH_FORM_ROUNDED, "V-26-1008 V-26-1008 ", 0 },
	{ "two of one name owe the amount", "PAPETERIE OSTRELLE", "REGLEMENT", 64031,
	  MATCH_PROPOSED, MATCH_RULE_PAYER_AMOUNT, MATCH_FORM_ONE, "V-26-1005 ", 0 },
	{ "the number says which of them", "PAPETERIE OSTRELLE", "V-26-1006", 64031, MATCH_AUTO,
	  MATCH_RULE_REFERENCE, MATCH_FORM_ONE, "V-26-1006 ", 0 },
};

static void knows_the_forms_of_payment(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		const struct fact *f = &facts[i];
		struct arena *a = arena_new(0);
		struct match_entry entry = entry_of(f->name, f->text, f->minor);
		struct match_result r;
		char documents[200] = "";

		match_one(book_of(a), &entry, NULL, &r);
		for (size_t l = 0; r.n_explanations && l < r.explanations[0].n_lines; l++)
			snprintf(documents + strlen(documents),
				 sizeof documents - strlen(documents), "%s ",
				 items[r.explanations[0].lines[l].item].document);
		if (r.state != f->state || strcmp(documents, f->documents) != 0 ||
		    r.explanations[0].rule != f->rule || r.explanations[0].form != f->form ||
		    r.explanations[0].left_minor != f->left_minor)
			fail_msg("%s: state %d, stop %d, %s, form %d, %s", f->what, r.state,
				 r.stop.why, match_rule_name(r.explanations[0].rule),
				 r.explanations[0].form, documents);
		assert_true((r.state == MATCH_AUTO) == (r.certificate != NULL));
		arena_free(a);
	}
}

static void takes_an_advice_as_given_and_checks_it(void **state)
{
	static const struct match_advice good[] = {
		{ .document = "V-26-1001" },
		{ .document = "v 26 1133", .has_amount = true, .amount_minor = 30000 }
	};
	static const struct match_advice strange[] = { { .document = "V-26-1001" },
						       { .document = "V-26-9999" } };
	struct match_entry entry = entry_of("FONDERIE VALBRUNE", "", 153457);
	struct arena *a = arena_new(0);
	struct match_result r;

	(void)state;
	entry.advice = good;
	entry.n_advice = 2;
	match_one(book_of(a), &entry, NULL, &r);
	assert_int_equal(r.state, MATCH_AUTO);
	assert_int_equal(r.explanations[0].rule, MATCH_RULE_ADVICE);
	assert_int_equal(r.explanations[0].lines[1].amount_minor, 30000);
	entry.advice = strange;
	match_one(book_of(a), &entry, NULL, &r);
	assert_int_not_equal(r.state, MATCH_AUTO);
	arena_free(a);
}

static void believes_what_the_bank_says_it_withheld(void **state)
{
	struct match_entry entry = entry_of("VERRERIE CALDOZ", "V-26-1008", 99970 - 1237);
	struct arena *a = arena_new(0);
	struct match_result r;

	(void)state;
	match_one(book_of(a), &entry, NULL, &r);
	assert_int_not_equal(r.state, MATCH_AUTO);
	entry.charges_minor = 1237;
	match_one(book_of(a), &entry, NULL, &r);
	assert_int_equal(r.explanations[0].rule, MATCH_RULE_CHARGES);
	assert_int_equal(r.state, MATCH_AUTO);
	arena_free(a);
}

static void obeys_what_is_forbidden_and_the_threshold(void **state)
{
	struct match_entry entry = entry_of("FONDERIE VALBRUNE", "V-26-1001", 123457);
	struct match_calibration doubtful = { 0 };
	struct match_options o = { .forbidden_rules = MATCH_BIT(MATCH_RULE_REFERENCE) };
	struct arena *a = arena_new(0);
	struct match_result r;

	(void)state;
	match_one(book_of(a), &entry, NULL, &r);
	assert_int_equal(r.state, MATCH_AUTO);
	match_one(book_of(a), &entry, &o, &r);
	assert_int_equal(r.state, MATCH_PROPOSED);
	/* The company's own experience with the rule is worse than what is counted. */
	doubtful.rule[MATCH_RULE_REFERENCE] = (struct match_curve){ .raw_milli = { 0, 20000 },
								    .ppm = { 100000, 900000 },
								    .n = 2 };
	o = (struct match_options){ .calibration = &doubtful };
	match_one(book_of(a), &entry, &o, &r);
	assert_int_equal(r.state, MATCH_PROPOSED);
	assert_true(r.explanations[0].confidence_ppm > 100000 &&
		    r.explanations[0].confidence_ppm <= 900000);
	o.threshold_ppm = 100000;
	match_one(book_of(a), &entry, &o, &r);
	assert_int_equal(r.state, MATCH_AUTO);
	assert_int_equal(r.certificate->threshold_ppm, 100000);
	arena_free(a);
}

/* ---- equal documents ---- */

enum { N_EQUAL = 5000 };

static struct match_input *equal_documents(struct arena *a, const struct match_habit *habit)
{
	struct match_input *input = ARENA_NEW(a, struct match_input);
	struct match_customer *one = ARENA_ARRAY(a, 1, struct match_customer);
	struct match_item *list = ARENA_ARRAY(a, N_EQUAL, struct match_item);

	*one = (struct match_customer){ .id = 1,
					.code = "K1",
					.name = "Bergerie Montclos",
					.iban = "FR7630006000011234567890189",
					.habit = habit };
	for (int i = 0; i < N_EQUAL; i++) {
		list[i] = (struct match_item){ .id = i + 1,
					       .document = arena_printf(a, "L%06d", i),
					       .issued_on = 19000 + i / 5,
					       .due_on = 19030 + i / 5,
					       .open_minor = 12000,
					       .currency = "EUR" };
	}
	*input = (struct match_input){
		.customers = one, .n_customers = 1, .items = list, .n_items = N_EQUAL
	};
	return input;
}

static void abstains_among_equal_documents_and_does_not_stall(void **state)
{
	static const int64_t amounts[] = { 12000, 24000, 36000, 600000, 12001, 5999 };
	struct arena *a = arena_new(0);
	struct match_book *book = match_book_new(a, equal_documents(a, NULL));
	clock_t from = clock();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(amounts); i++) {
		struct match_entry entry = entry_of("BERGERIE MONTCLOS", "REGLEMENT", amounts[i]);
		struct match_result r;
		entry.payer_iban = "FR7630006000011234567890189";
		match_one(book, &entry, NULL, &r);
		assert_int_not_equal(r.state, MATCH_AUTO);
		assert_true(r.n_explanations > 0);
	}
	/* A tenth of a second each, on a slow machine. */
	assert_true(clock() - from < CLOCKS_PER_SEC);
	arena_free(a);
}

static void pays_the_oldest_of_equal_documents_when_that_is_the_habit(void **state)
{
	struct match_habit habit = { .n_oldest_of_equal = 900 };
	struct match_options o = { .oldest_of_equal = true };
	struct match_entry entry = entry_of("BERGERIE MONTCLOS", "REGLEMENT", 12000);
	struct arena *a = arena_new(0);
	struct match_result r;

	(void)state;
	habit.n[MATCH_FORM_ONE] = 900;
	entry.payer_iban = "FR7630006000011234567890189";
	match_one(match_book_new(a, equal_documents(a, &habit)), &entry, NULL, &r);
	assert_int_equal(r.state, MATCH_AUTO);
	assert_int_equal(r.explanations[0].lines[0].item, 0);
	/* Without that habit the company's policy says it. */
	habit.n_oldest_of_equal = 0;
	match_one(match_book_new(a, equal_documents(a, &habit)), &entry, NULL, &r);
	assert_int_equal(r.state, MATCH_PROPOSED);
	match_one(match_book_new(a, equal_documents(a, &habit)), &entry, &o, &r);
	assert_int_equal(r.state, MATCH_AUTO);
	assert_int_equal(r.explanations[0].lines[0].item, 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_forms_of_payment),
		cmocka_unit_test(takes_an_advice_as_given_and_checks_it),
		cmocka_unit_test(believes_what_the_bank_says_it_withheld),
		cmocka_unit_test(obeys_what_is_forbidden_and_the_threshold),
		cmocka_unit_test(abstains_among_equal_documents_and_does_not_stall),
		cmocka_unit_test(pays_the_oldest_of_equal_documents_when_that_is_the_habit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
