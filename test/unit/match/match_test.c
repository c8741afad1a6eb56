/* SPDX-License-Identifier: Apache-2.0 */
/* What the matching posts alone, what it proposes, what it leaves alone. */
#include "test.h"

#include "match/match.h"

/* Invented companies. Dubourg has a subsidiary that it pays for; two customers number alike. */
static const struct match_customer customers[] = {
	{ .id = 1,
	  .code = "C0001",
	  .name = "Menuiserie Dubourg SARL",
	  .siren = "732829320",
	  .iban = "FR7630006000011234567890189" },
	{ .id = 2, .code = "C0002", .name = "Cabinet Lenoir & Associés" },
	{ .id = 3, .code = "C0003", .name = "Transports Vroulet", .parent_code = "C0001" },
	{ .id = 4, .code = "C0004", .name = "Brasserie Moussaline SAS" },
	{ .id = 5, .code = "C0005", .name = "Scierie Branchevieille" },
	{ .id = 6, .code = "C0006", .name = "Klinkenfeld GmbH", .iban = "DE89370400440532013000" },
};

#define ITEM(number, who, doc, ref, due, open, cur)                                     \
	{                                                                               \
		.id = number, .customer = (who)-1, .document = doc, .payment_ref = ref, \
		.issued_on = 20000, .due_on = due, .open_minor = open, .currency = cur  \
	}

static const struct match_item items[] = {
	ITEM(1, 1, "FA2026-0000012", "RF18539007547034", 20030, 120000, "EUR"),
	ITEM(2, 1, "FA2026-0000015", NULL, 20031, 45000, "EUR"),
	ITEM(3, 1, "AV2026-0000003", NULL, 20010, -5000, "EUR"),
	ITEM(4, 2, "FA2026-0000018", NULL, 20032, 99900, "EUR"),
	ITEM(5, 2, "FA2026-0000019", NULL, 20033, 33300, "EUR"),
	ITEM(6, 2, "FA2026-0000020", NULL, 20034, 33300, "EUR"),
	ITEM(7, 3, "FA2026-0000021", NULL, 20035, 70707, "EUR"),
	ITEM(8, 4, "F-118", NULL, 20036, 81250, "EUR"),
	ITEM(9, 5, "F-118", NULL, 20036, 81250, "EUR"),
	ITEM(10, 6, "FA2026-0000040", NULL, 20036, 50050, "EUR"),
	ITEM(11, 6, "FA2026-0000041", NULL, 20036, 88800, "USD"),
	ITEM(12, 5, "FA2026-0000050", NULL, 20036, 400000, "EUR"),
};

struct fact {
	const char *what;
	int64_t minor;
	const char *name, *iban, *structured, *text;
	enum match_state state;
	enum match_rule rule;  /* of the first explanation, when there is one */
	const char *documents; /* its documents, each followed by a space */
	enum match_why stop;   /* when not automatic */
};

static const struct fact facts[] = {
	{ "structured reference and amount", 120000, "MENUISERIE DUBOURG", "", "RF18539007547034",
	  "", MATCH_AUTO, MATCH_RULE_STRUCTURED, "FA2026-0000012 ", WHY_COUNT },
	{ "the same reference spaced in the text", 120000, "MENUISERIE DUBOURG", "", "",
	  "VIR RF18 5390 0754 7034", MATCH_AUTO, MATCH_RULE_STRUCTURED, "FA2026-0000012 ",
	  WHY_COUNT },
	{ "a creditor reference with wrong check digits is none", 120001, "", "", "",
	  "RF19539007547034", MATCH_UNMATCHED, MATCH_RULE_AMOUNT, "", WHY_nothing_recognised },
	{ "part payment on one reference by a payer who is known", 50000, "MENUISERIE DUBOURG", "",
	  "RF18539007547034", "ACOMPTE", MATCH_AUTO, MATCH_RULE_PARTIAL, "FA2026-0000012 ",
	  WHY_COUNT },
	{ "part payment by who knows whom", 50000, "TRESOR", "", "RF18539007547034", "",
	  MATCH_PROPOSED, MATCH_RULE_PARTIAL, "FA2026-0000012 ", WHY_payer_not_sure },
	{ "too much on one reference", 130000, "MENUISERIE DUBOURG", "", "RF18539007547034", "",
	  MATCH_PROPOSED, MATCH_RULE_OVERPAID, "FA2026-0000012 ", WHY_overpaid },
	{ "two per cent less is a discount, not a part payment", 117600, "MENUISERIE DUBOURG", "",
	  "", "FA2026-0000012", MATCH_PROPOSED, MATCH_RULE_DISCOUNT,
	  "FA2026-0000012 FA2026-0000012 ", WHY_discount },
	{ "twelve euros fifty less is a bank charge", 118750, "MENUISERIE DUBOURG", "", "",
	  "FA2026-0000012", MATCH_AUTO, MATCH_RULE_CHARGES, "FA2026-0000012 FA2026-0000012 ",
	  WHY_COUNT },
	{ "number written without separators", 99900, "CABINET LENOIR", "", "",
	  "FACT FA20260000018", MATCH_AUTO, MATCH_RULE_REFERENCE, "FA2026-0000018 ", WHY_COUNT },
	{ "number written with spaces and in small letters", 99900, "CABINET LENOIR", "", "",
	  "facture fa 2026 0000018", MATCH_AUTO, MATCH_RULE_REFERENCE, "FA2026-0000018 ",
	  WHY_COUNT },
	{ "several numbers that add up, credit note deducted", 160000, "MENUISERIE DUBOURG", "", "",
	  "FA2026-0000012 FA2026-0000015 MOINS AV2026-0000003", MATCH_AUTO, MATCH_RULE_REFERENCE,
	  "AV2026-0000003 FA2026-0000012 FA2026-0000015 ", WHY_COUNT },
	{ "payer unknown, number and amount agree", 99900, "HOLDING ZEPHYR FINANCE", "", "",
	  "FA2026-0000018", MATCH_AUTO, MATCH_RULE_REFERENCE, "FA2026-0000018 ", WHY_COUNT },
	{ "payer of the same group", 70707, "MENUISERIE DUBOURG", "", "", "FA2026-0000021",
	  MATCH_AUTO, MATCH_RULE_REFERENCE, "FA2026-0000021 ", WHY_COUNT },
	{ "number of one customer, account of another", 99900, "", "DE89370400440532013000", "",
	  "FA2026-0000018", MATCH_PROPOSED, MATCH_RULE_REFERENCE, "FA2026-0000018 ",
	  WHY_payer_contradicts },
	{ "another customer says for whom he pays, what, and all of it", 99900, "",
	  "DE89370400440532013000", "", "POUR CPTE CABINET LENOIR ASSOCIES FACT FA2026-0000018",
	  MATCH_AUTO, MATCH_RULE_REFERENCE, "FA2026-0000018 ", WHY_COUNT },
	{ "another customer says for whom he pays, not all of it", 50000, "",
	  "DE89370400440532013000", "", "POUR CPTE CABINET LENOIR ASSOCIES FACT FA2026-0000018",
	  MATCH_PROPOSED, MATCH_RULE_PARTIAL, "FA2026-0000018 ", WHY_payer_contradicts },
	{ "a little too much on a document named", 100900, "CABINET LENOIR ASSOCIES", "", "",
	  "FA2026-0000018", MATCH_AUTO, MATCH_RULE_OVERPAID, "FA2026-0000018 ", WHY_COUNT },
	{ "the same beside numbers that are not understood", 100900, "CABINET LENOIR ASSOCIES", "",
	  "", "FA2026-0000018 4711 4799", MATCH_PROPOSED, MATCH_RULE_OVERPAID, "FA2026-0000018 ",
	  WHY_more_said },
	{ "the same in a list that goes on with something of digits", 100900,
	  "CABINET LENOIR ASSOCIES", "", "", "FA2026-0000018,FZ4", MATCH_PROPOSED,
	  MATCH_RULE_OVERPAID, "FA2026-0000018 ", WHY_more_said },
	{ "the same beside a word and a number", 100900, "CABINET LENOIR ASSOCIES", "", "",
	  "FA2026-0000018 COMPTA 4", MATCH_AUTO, MATCH_RULE_OVERPAID, "FA2026-0000018 ",
	  WHY_COUNT },
	{ "mistyped number names another's invoice: payer and amount say which", 99900,
	  "CABINET LENOIR ET ASSOCIES", "", "", "FA2026-0000021", MATCH_AUTO,
	  MATCH_RULE_PAYER_AMOUNT, "FA2026-0000018 ", WHY_COUNT },
	{ "mistyped number and another amount: the machine abstains", 12345, "CABINET LENOIR", "",
	  "", "FA2026-0000021", MATCH_PROPOSED, MATCH_RULE_PARTIAL, "FA2026-0000021 ",
	  WHY_payer_not_sure },
	{ "a number that two customers use", 81250, "", "", "", "FACTURE F-118", MATCH_PROPOSED,
	  MATCH_RULE_REFERENCE, "F-118 ", WHY_ambiguous },
	{ "known account and the amount of one document", 50050, "KLINKENFELD",
	  "DE89 3704 0044 0532 0130 00", "", "", MATCH_AUTO, MATCH_RULE_PAYER_AMOUNT,
	  "FA2026-0000040 ", WHY_COUNT },
	{ "the same beside the number of a document that is not open", 50050, "KLINKENFELD",
	  "DE89 3704 0044 0532 0130 00", "", "FACTURE FA2026-0000077", MATCH_PROPOSED,
	  MATCH_RULE_PAYER_AMOUNT, "FA2026-0000040 ", WHY_not_open },
	{ "the amount of a document in another currency", 88800, "KLINKENFELD",
	  "DE89370400440532013000", "", "", MATCH_PROPOSED, MATCH_RULE_ON_ACCOUNT, "",
	  WHY_needs_person },
	{ "two documents of that amount", 33300, "CABINET LENOIR ASSOCIES", "", "", "",
	  MATCH_PROPOSED, MATCH_RULE_PAYER_AMOUNT, "FA2026-0000019 ", WHY_ambiguous },
	{ "the amount alone", 400000, "", "", "", "VIREMENT", MATCH_PROPOSED, MATCH_RULE_AMOUNT,
	  "FA2026-0000050 ", WHY_needs_person },
	{ "the tax office's money", 235071, "DGFIP", "", "", "REMBOURSEMENT CREDIT DE TVA DGFIP",
	  MATCH_UNMATCHED, MATCH_RULE_AMOUNT, "", WHY_nothing_recognised },
	{ "number of a document that is not open", 77700, "", "", "", "FA2026-0000099",
	  MATCH_UNMATCHED, MATCH_RULE_AMOUNT, "", WHY_nothing_recognised },
	{ "quoted with a word that says there is more", 300000, "SCIERIE BRANCHEVIEILLE", "", "",
	  "FA2026-0000050 MOINS NOTRE AVOIR", MATCH_PROPOSED, MATCH_RULE_PARTIAL, "FA2026-0000050 ",
	  WHY_more_said },
	{ "money going out", -99900, "CABINET LENOIR", "", "", "FA2026-0000018", MATCH_UNMATCHED,
	  MATCH_RULE_AMOUNT, "", WHY_money_out },
};

static struct match_book *book_of(struct arena *a)
{
	static const struct match_input input = { .customers = customers,
						  .n_customers = ARRAY_LEN(customers),
						  .items = items,
						  .n_items = ARRAY_LEN(items) };

	return match_book_new(a, &input);
}

static struct match_entry entry_of(const struct fact *f)
{
	return (struct match_entry){ .id = 1,
				     .amount_minor = f->minor,
				     .currency = "EUR",
				     .booked_on = 20040,
				     .payer_name = f->name,
				     .payer_iban = f->iban,
				     .structured_ref = f->structured,
				     .remittance = f->text,
				     .end_to_end = "NOTPROVIDED" };
}

static void posts_only_when_payer_amount_and_reference_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		const struct fact *f = &facts[i];
		struct arena *a = arena_new(0);
		struct match_book *book = book_of(a);
		struct match_entry entry = entry_of(f);
		struct match_result r;
		char documents[200] = "";

		match_one(book, &entry, NULL, &r);
		if (r.state != f->state)
			fail_msg("%s: state %d, stop %d", f->what, r.state, r.stop.why);
		if (f->state != MATCH_AUTO && r.stop.why != f->stop)
			fail_msg("%s: stopped by %d", f->what, r.stop.why);
		if (f->state != MATCH_UNMATCHED && r.explanations[0].rule != f->rule)
			fail_msg("%s: rule %s", f->what, match_rule_name(r.explanations[0].rule));
		if (f->state == MATCH_UNMATCHED)
			assert_int_equal(r.n_explanations, 0);
		for (size_t l = 0; r.n_explanations && l < r.explanations[0].n_lines; l++)
			snprintf(documents + strlen(documents),
				 sizeof documents - strlen(documents), "%s ",
				 items[r.explanations[0].lines[l].item].document);
		if (strcmp(documents, f->documents) != 0)
			fail_msg("%s: documents %s", f->what, documents);
		arena_free(a);
	}
}

static void says_the_difference_to_the_cent(void **state)
{
	struct arena *a = arena_new(0);
	struct match_book *book = book_of(a);
	struct match_entry entry = { .amount_minor = 130001,
				     .currency = "EUR",
				     .booked_on = 20040,
				     .payer_name = "MENUISERIE DUBOURG",
				     .remittance = "FA2026-0000012" };
	struct match_result r;

	(void)state;
	match_one(book, &entry, NULL, &r);
	assert_int_equal(r.explanations[0].rule, MATCH_RULE_OVERPAID);
	assert_int_equal(r.explanations[0].lines[0].amount_minor, 120000);
	assert_int_equal(r.explanations[0].left_minor, 10001);
	arena_free(a);
}

static void marks_where_the_evidence_stands(void **state)
{
	struct arena *a = arena_new(0);
	struct match_book *book = book_of(a);
	struct match_entry entry = { .amount_minor = 99900,
				     .currency = "EUR",
				     .booked_on = 20040,
				     .payer_name = "CABINET LENOIR",
				     .remittance = "Régl. FA 2026-0000018 merci" };
	struct match_result r;
	bool seen = false;

	(void)state;
	match_one(book, &entry, NULL, &r);
	for (size_t i = 0; i < r.n_marks; i++) {
		const struct match_mark *m = &r.marks[i];
		if (m->field != MATCH_REMITTANCE || m->why != WHY_document)
			continue;
		assert_memory_equal(entry.remittance + m->from, "FA 2026-0000018", m->to - m->from);
		assert_int_equal(m->to - m->from, 15);
		seen = true;
	}
	assert_true(seen);
	arena_free(a);
}

static void leaves_to_a_person_what_two_entries_want(void **state)
{
	struct arena *a = arena_new(0);
	struct match_book *book = book_of(a);
	struct match_entry entries[2] = {
		{ .id = 1,
		  .amount_minor = 99900,
		  .currency = "EUR",
		  .booked_on = 20040,
		  .payer_name = "CABINET LENOIR",
		  .remittance = "FA2026-0000018" },
		{ .id = 2,
		  .amount_minor = 99900,
		  .currency = "EUR",
		  .booked_on = 20041,
		  .payer_name = "CABINET LENOIR",
		  .remittance = "FA2026-0000018" },
	};
	struct match_result r[2];

	(void)state;
	match_run(book, entries, 2, NULL, r);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(r[i].state, MATCH_PROPOSED);
		assert_int_equal(r[i].stop.why, WHY_claimed_twice);
	}
	arena_free(a);
}

/* A person took one of two receipts back: which of them pays is his question, not answered by the other's being
 * left alone. */
static void what_a_person_took_back_keeps_its_rival_from_posting(void **state)
{
	static const struct {
		int64_t minor;
		const char *name, *text;
		enum match_state state; /* of the other receipt */
		enum match_why why;
	} cases[] = {
		{ 99900, "CABINET LENOIR", "FA2026-0000018", MATCH_PROPOSED, WHY_claimed_twice },
		{ 50050, "KLINKENFELD", "FA2026-0000040", MATCH_AUTO, WHY_COUNT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t at = 0; at < 2; at++) {
			struct arena *a = arena_new(0);
			struct match_entry entries[2], held = { .id = 1,
								.amount_minor = 99900,
								.currency = "EUR",
								.booked_on = 20040,
								.payer_name = "CABINET LENOIR",
								.remittance = "FA2026-0000018",
								.is_held = true };
			struct match_result r[2];
			entries[at] = held;
			entries[1 - at] = (struct match_entry){ .id = 2,
								.amount_minor = cases[i].minor,
								.currency = "EUR",
								.booked_on = 20041,
								.payer_name = cases[i].name,
								.remittance = cases[i].text };
			match_run(book_of(a), entries, 2, NULL, r);
			assert_int_equal(r[at].state, MATCH_PROPOSED);
			assert_int_equal(r[at].stop.why, WHY_undone_by_hand);
			assert_null(r[at].certificate);
			assert_true(r[at].n_explanations > 0);
			assert_int_equal(r[1 - at].state, cases[i].state);
			if (cases[i].state != MATCH_AUTO)
				assert_int_equal(r[1 - at].stop.why, cases[i].why);
			arena_free(a);
		}
}

static void knows_a_payer_by_what_was_learned(void **state)
{
	static const struct match_alias aliases[] = { { .customer = 3,
							.iban = "GB82WEST12345698765432" } };
	struct match_input input = { .customers = customers,
				     .n_customers = ARRAY_LEN(customers),
				     .items = items,
				     .n_items = ARRAY_LEN(items),
				     .aliases = aliases,
				     .n_aliases = 1 };
	struct match_entry entry = { .amount_minor = 81250,
				     .currency = "EUR",
				     .booked_on = 20040,
				     .payer_name = "MBM TRADING",
				     .payer_iban = "GB82WEST12345698765432" };
	struct arena *a = arena_new(0);
	struct match_result r;

	(void)state;
	match_one(match_book_new(a, &input), &entry, NULL, &r);
	assert_int_equal(r.state, MATCH_AUTO);
	assert_int_equal(r.explanations[0].customer, 3);
	assert_int_equal(r.explanations[0].reasons[0].why, WHY_payer_iban);
	arena_free(a);
}

static void survives_hostile_texts(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"\xc3\xa9\xc3\xa9",
		"\xef\xac\x83\xef\xac\x83",
		"RF",
		"RF18",
		"RFRFRFRFRFRF",
		"////////",
		"0000000000000000000000000000000000000000000000000",
		"\xf0\x9f\x92\xb6 F-118",
		"FA2026-0000018FA2026-0000018FA2026-0000018FA2026-0000018FA2026-0000018",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct arena *a = arena_new(0);
		struct match_entry entry = { .amount_minor = INT64_MAX,
					     .currency = "EUR",
					     .booked_on = 20040,
					     .payer_name = texts[i],
					     .payer_iban = texts[i],
					     .end_to_end = texts[i],
					     .structured_ref = texts[i],
					     .remittance = texts[i] };
		struct match_result r;
		match_one(book_of(a), &entry, NULL, &r);
		assert_int_not_equal(r.state, MATCH_AUTO);
		for (size_t m = 0; m < r.n_marks; m++)
			assert_true(r.marks[m].from < r.marks[m].to &&
				    r.marks[m].to <= strlen(texts[i]));
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(posts_only_when_payer_amount_and_reference_agree),
		cmocka_unit_test(says_the_difference_to_the_cent),
		cmocka_unit_test(marks_where_the_evidence_stands),
		cmocka_unit_test(leaves_to_a_person_what_two_entries_want),
		cmocka_unit_test(what_a_person_took_back_keeps_its_rival_from_posting),
		cmocka_unit_test(knows_a_payer_by_what_was_learned),
		cmocka_unit_test(survives_hostile_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
