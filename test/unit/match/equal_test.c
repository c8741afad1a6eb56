/* SPDX-License-Identifier: Apache-2.0 */
/* Equal documents, and sums that are equal by chance: what nothing tells apart a person decides. */
#include "test.h"

#include "match/match.h"

/* Invented companies. */
static const struct match_habit oldest = { .n_oldest_of_equal = 2000 };
static struct match_customer customers[] = {
	{ .id = 1, .code = "K0001", .name = "Fonderie Valbrune SAS" },
	{ .id = 2, .code = "K0002", .name = "Verrerie Caldoz & Fils" },
	{ .id = 3, .code = "K0003", .name = "Papeterie Ostrelle", .habit = &oldest },
	{ .id = 4, .code = "K0004", .name = "Conserverie Morbelle" },
};

#define ITEM(number, who, doc, due, open)                                                  \
	{                                                                                  \
		.id = number, .customer = (who)-1, .document = doc, .issued_on = (due)-30, \
		.due_on = due, .open_minor = open, .currency = "EUR"                       \
	}

static const struct match_item items[] = {
	ITEM(1, 1, "V-26-1001", 20030, 64914),
	ITEM(2, 1, "V-26-1044", 20061, 64914),
	ITEM(3, 1, "V-26-1090", 20092, 64914),
	ITEM(4, 1, "V-26-1133", 20093, 155519),
	ITEM(5, 1, "V-26-1180", 20150, 310777),
	/* The two due ones give what the third gives with the fourth. */
	ITEM(6, 2, "V-26-1002", 20031, 100013),
	ITEM(7, 2, "V-26-1003", 20032, 50007),
	ITEM(8, 2, "V-26-1004", 20151, 90009),
	ITEM(9, 2, "V-26-1005", 20152, 60011),
	ITEM(10, 2, "V-26-1006", 20153, 512345),
	ITEM(11, 3, "V-26-1011", 20030, 64914),
	ITEM(12, 3, "V-26-1012", 20061, 64914),
	ITEM(13, 3, "V-26-1013", 20092, 64914),
	ITEM(14, 3, "V-26-1014", 20093, 155519),
	ITEM(15, 3, "V-26-1015", 20150, 310777),
	/* Of two equal ones one is due. */
	ITEM(16, 4, "V-26-1021", 20031, 71117),
	ITEM(17, 4, "V-26-1022", 20041, 23459),
	ITEM(18, 4, "V-26-1023", 20051, 98123),
	ITEM(19, 4, "V-26-1024", 20061, 131071),
	ITEM(20, 4, "V-26-1025", 20071, 45541),
	ITEM(21, 4, "V-26-1026", 20081, 267003),
	ITEM(22, 4, "V-26-1027", 20131, 71117),
	ITEM(23, 4, "V-26-1028", 20141, 350377),
	ITEM(24, 4, "V-26-1029", 20151, 19009),
	ITEM(25, 4, "V-26-1030", 20161, 84211),
	ITEM(26, 4, "V-26-1031", 20171, 512927),
	ITEM(27, 4, "V-26-1032", 20181, 60899),
};

struct fact {
	const char *what, *name, *text;
	int64_t minor;
	bool oldest_of_equal;
	enum match_state state;
	const char *documents; /* of what is posted; NULL: any */
};

static const struct fact facts[] = {
	{ "all that is due, and of two equal ones the due one", "CONSERVERIE MORBELLE",
	  "SOLDE DE TOUT COMPTE", 71117 + 23459 + 98123 + 131071 + 45541 + 267003, false,
	  MATCH_AUTO, "V-26-1021 V-26-1022 V-26-1023 V-26-1024 V-26-1025 V-26-1026 " },
	{ "some of what is due, and one of the equal ones", "CONSERVERIE MORBELLE", "REGLEMENT",
	  71117 + 98123 + 45541, false, MATCH_PROPOSED, NULL },
	{ "one of three equal ones, with another that is named", "FONDERIE VALBRUNE",
	  "V-26-1133 ETC", 155519 + 64914, false, MATCH_PROPOSED, NULL },
	{ "two of three equal ones, with another that is named", "FONDERIE VALBRUNE",
	  "V-26-1133 ETC", 155519 + 2 * 64914, false, MATCH_PROPOSED, NULL },
	{ "the named one of the equal ones", "FONDERIE VALBRUNE", "V-26-1133 V-26-1044",
	  155519 + 64914, false, MATCH_AUTO, "V-26-1044 V-26-1133 " },
	{ "all of the equal ones", "FONDERIE VALBRUNE", "V-26-1133 ETC", 155519 + 3 * 64914, false,
	  MATCH_AUTO, "V-26-1001 V-26-1044 V-26-1090 V-26-1133 " },
	{ "the policy pays the oldest", "FONDERIE VALBRUNE", "V-26-1133 V-26-1180 ETC",
	  155519 + 310777 + 64914, true, MATCH_AUTO, "V-26-1001 V-26-1133 V-26-1180 " },
	{ "without it", "FONDERIE VALBRUNE", "V-26-1133 V-26-1180 ETC", 155519 + 310777 + 64914,
	  false, MATCH_PROPOSED, NULL },
	{ "the customer pays the oldest", "PAPETERIE OSTRELLE", "V-26-1014 V-26-1015 ETC",
	  155519 + 310777 + 64914, false, MATCH_AUTO, "V-26-1011 V-26-1014 V-26-1015 " },
	{ "the only one of its amount, of the month that the text names", "FONDERIE VALBRUNE",
	  "LOYER DECEMBRE 2024", 155519, false, MATCH_AUTO, "V-26-1133 " },
	{ "of another month: of one that is paid already", "FONDERIE VALBRUNE",
	  "LOYER OCTOBRE 2024", 155519, false, MATCH_PROPOSED, NULL },
	{ "all that is due, and by chance another choice", "VERRERIE CALDOZ", "SOLDE", 150020,
	  false, MATCH_PROPOSED, NULL },
	{ "all that is due, named", "VERRERIE CALDOZ", "V-26-1002 V-26-1003", 150020, false,
	  MATCH_AUTO, "V-26-1002 V-26-1003 " },
};

static void leaves_to_a_person_what_nothing_tells_apart(void **state)
{
	struct match_input input = { .customers = customers,
				     .n_customers = ARRAY_LEN(customers),
				     .items = items,
				     .n_items = ARRAY_LEN(items) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		const struct fact *f = &facts[i];
		struct arena *a = arena_new(0);
		struct match_entry entry = { .id = 1,
					     .amount_minor = f->minor,
					     .currency = "EUR",
					     .booked_on = 20100,
					     .payer_name = f->name,
					     .remittance = f->text };
		struct match_options options = { .oldest_of_equal = f->oldest_of_equal };
		char documents[200] = "";
		struct match_result r;

		match_one(match_book_new(a, &input), &entry, &options, &r);
		for (size_t l = 0; r.n_explanations && l < r.explanations[0].n_lines; l++)
			snprintf(documents + strlen(documents),
				 sizeof documents - strlen(documents), "%s ",
				 items[r.explanations[0].lines[l].item].document);
		if (r.state != f->state || (f->documents && strcmp(documents, f->documents) != 0))
			fail_msg("%s: state %d, stop %d, %s", f->what, r.state, r.stop.why,
				 documents);
		arena_free(a);
	}
}

/* One number of three is spread such that it is not read; what is nearly another of them is not meant by it. */
static void one_number_names_no_two_documents(void **state)
{
	static const struct match_item mixed[] = {
		ITEM(1, 4, "RE0009M", 20030, 36000), ITEM(2, 4, "RE000DZ", 20031, 36000),
		ITEM(3, 4, "RE000LJ", 20032, 36000), ITEM(4, 4, "RE001B0", 20033, 36000),
		ITEM(5, 4, "RE001BZ", 20034, 36000), ITEM(6, 4, "RE002TN", 20035, 36000),
		ITEM(7, 4, "RE002VU", 20036, 36000), ITEM(8, 1, "RE0013X", 20036, 98123),
		ITEM(9, 2, "RE0024K", 20036, 41987), ITEM(10, 3, "RE0031C", 20036, 71222),
	};
	static const struct {
		const char *text;
		enum match_state state;
	} rows[] = {
		{ "FT RE000LJ;RE001B0;RE002TN", MATCH_AUTO },
		{ "FT RE00 0LJ;RE0 01B0;RE0 02TN", MATCH_PROPOSED },
	};
	struct match_input input = { .customers = customers,
				     .n_customers = ARRAY_LEN(customers),
				     .items = mixed,
				     .n_items = ARRAY_LEN(mixed) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct match_entry entry = { .id = 1,
					     .amount_minor = 108000,
					     .currency = "EUR",
					     .booked_on = 20100,
					     .payer_name = "CONSERVERIE MORBELLE",
					     .remittance = rows[i].text };
		struct arena *a = arena_new(0);
		struct match_result r;
		match_one(match_book_new(a, &input), &entry, NULL, &r);
		if (r.state != rows[i].state)
			fail_msg("\"%s\": state %d, stop %d", rows[i].text, r.state, r.stop.why);
		arena_free(a);
	}
}

/* ---- slips of the pen ---- */

/* The payer owes 0048243 and 0048283 (450 each) and 0048631 (800); 0048681 he paid long ago. */
static const struct {
	const char *text;
	int64_t minor;
	bool knows; /* the settled numbers are known */
	enum match_state state;
	enum match_why stop;
} slips[] = {
	{ "FACTURE FA2026-0048631", 80000, true, MATCH_AUTO, WHY_COUNT },
	{ "FACTURE FA2026-0048671", 80000, true, MATCH_AUTO, WHY_COUNT },
	{ "FACTURE FA2026-0048681", 80000, false, MATCH_AUTO, WHY_COUNT },
	/* the number of a document of his that is paid */
	{ "FACTURE FA2026-0048681", 80000, true, MATCH_PROPOSED, WHY_not_open },
	{ "FACTURE fa-2026-0048681", 80000, true, MATCH_PROPOSED, WHY_not_open },
	/* as near to the one as to the other, which is of the same amount */
	{ "FACTURE FA2026-0048213", 45000, true, MATCH_PROPOSED, WHY_COUNT },
};

static bool knows_what_is_paid(void *known, uint32_t customer, const char *key)
{
	assert_ptr_equal(known, slips);
	return customer == 0 && str_eq(key, "FA20260048681");
}

static void a_slip_of_the_pen_is_no_other_number(void **state)
{
	static const struct match_customer one[] = {
		{ .id = 1, .code = "C0001", .name = "Menuiserie Dubourg SARL" },
	};
	static const struct match_item owed[] = {
		{ .id = 1,
		  .document = "FA2026-0048243",
		  .issued_on = 20000,
		  .due_on = 20030,
		  .open_minor = 45000,
		  .currency = "EUR" },
		{ .id = 2,
		  .document = "FA2026-0048283",
		  .issued_on = 20000,
		  .due_on = 20030,
		  .open_minor = 45000,
		  .currency = "EUR" },
		{ .id = 3,
		  .document = "FA2026-0048631",
		  .issued_on = 20000,
		  .due_on = 20030,
		  .open_minor = 80000,
		  .currency = "EUR" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(slips); i++) {
		struct arena *a = arena_new(0);
		struct match_input input = { .customers = one,
					     .n_customers = ARRAY_LEN(one),
					     .items = owed,
					     .n_items = ARRAY_LEN(owed),
					     .known = (void *)(uintptr_t)slips };
		struct match_entry entry = { .id = 1,
					     .reference = "B1",
					     .amount_minor = slips[i].minor,
					     .booked_on = 20040,
					     .currency = "EUR",
					     .payer_name = "MENUISERIE DUBOURG",
					     .remittance = slips[i].text };
		struct match_result r;

		input.has_document = slips[i].knows ? knows_what_is_paid : NULL;
		match_one(match_book_new(a, &input), &entry, NULL, &r);
		if (r.state != slips[i].state ||
		    (slips[i].stop != WHY_COUNT && r.stop.why != slips[i].stop))
			fail_msg("%zu, \"%s\": state %d, stop %d", i, slips[i].text, (int)r.state,
				 (int)r.stop.why);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_to_a_person_what_nothing_tells_apart),
		cmocka_unit_test(one_number_names_no_two_documents),
		cmocka_unit_test(a_slip_of_the_pen_is_no_other_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
