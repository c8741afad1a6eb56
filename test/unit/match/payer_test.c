/* SPDX-License-Identifier: Apache-2.0 */
/* Who paid: accounts, names however they are written, twins, groups, virtual accounts. */
#include "test.h"

#include "match/book.h"

static const struct match_customer customers[] = {
	{ .id = 1,
	  .code = "C1",
	  .name = "Menuiserie Dubourg SARL",
	  .iban = "FR76 3000 6000 0112 3456 7890 189" },
	{ .id = 2, .code = "C2", .name = "Établissements Lenoir & Associés" },
	{ .id = 3, .code = "C3", .name = "Transports Vroulet", .parent_code = "C1" },
	{ .id = 4, .code = "C4", .name = "Supplies Noyer SA" },
	{ .id = 5, .code = "C5", .name = "Supplies Noyer Brenn Hull Ltd" },
	{ .id = 6, .code = "C6", .name = "Klinkenfeld Maschinenbau GmbH & Co. KG" },
	{ .id = 7, .code = "C7", .name = "Garage Martin", .iban = "DE89370400440532013000" },
	{ .id = 8, .code = "C8", .name = "Garage Martin", .iban = "DE89370400440532013000" },
	{ .id = 9, .code = "C9", .name = "Boulangerie Trenet", .trade_name = "Le Fournil d'Or" },
	{ .id = 10, .code = "C10", .name = "S.A.R.L. Saint-Brévin Nautisme" },
	{ .id = 11, .code = "C11", .name = "Compagnie Internationale des Engrais du Nord" },
	{ .id = 12, .code = "C12", .name = "Société Générale de Peinture" },
	{ .id = 13, .code = "C13", .name = "Collège de Houlmes le Bourg" },
	{ .id = 14, .code = "C14", .name = "Collège de Houlmes les Bains" },
	{ .id = 15, .code = "C15", .name = "Collège de Trevoux le Bourg" },
};

enum { N = ARRAY_LEN(customers) };

static const struct match_alias aliases[] = {
	{ .customer = 1, .iban = "GB82WEST12345698765432", .n_times = 4 },
	{ .customer = 5, .name = "KMB FINANZ", .n_times = 2 },
};

static const struct match_virtual_iban virtual_ibans[] = {
	{ .iban = "FR1420041010050500013M02606",
	  .customer = 8,
	  .item = MATCH_NONE,
	  .valid_to = DAY_NONE },
};

static struct match_input input_of(void)
{
	return (struct match_input){ .customers = customers,
				     .n_customers = N,
				     .aliases = aliases,
				     .n_aliases = ARRAY_LEN(aliases),
				     .virtual_ibans = virtual_ibans,
				     .n_virtual_ibans = ARRAY_LEN(virtual_ibans) };
}

struct fact {
	const char *name, *iban;
	int customer; /* its number, from 1 */
	enum payer_verdict verdict;
};

static const struct fact facts[] = {
	{ "MENUISERIE DUBOURG", "", 1, PAYER_NAMED },
	{ "DUBOURG MENUISERIE SARL", "", 1, PAYER_NAMED },
	{ "MENUISERIEDUBOURG", "", 1, PAYER_NAMED },
	{ "MENUISERIE DUBOUR", "", 1, PAYER_NAMED },
	{ "MENUISERIE DUBUORG", "", 1, PAYER_NAMED },
	{ "MENUISERIED UBOURG", "", 1, PAYER_NAMED },
	{ "MENUISER IEDUBOURG", "", 1, PAYER_NAMED },
	{ "DUBOURG MENUISERIE SRAL", "", 1, PAYER_NAMED },
	{ "MENUISERIE DUBOURGS ARL", "", 1, PAYER_NAMED },
	{ "SUPPLIES BRENN NOYER HULL LIMTED", "", 5, PAYER_NAMED },
	/* his name, from an account that is known as of somebody who is not called so at all */
	{ "KLINKENFELD MASCHINENBAU GMBH", "FR7630006000011234567890189", 6, PAYER_LIKE },
	{ "SUPPLIES NOYER HULL", "FR7630006000011234567890189", 5, PAYER_CONTRADICTS },
	{ "SARL MENUISERIE DUBOURG", "", 2, PAYER_CONTRADICTS },
	{ "ETS LENOIR ASSOCIES", "", 2, PAYER_NAMED },
	{ "ETABLISSEMENTS LENOIR ET ASSO", "", 2, PAYER_NAMED },
	{ "KLINKENFELD MASCHINENBAU G", "", 6, PAYER_NAMED },
	{ "KLINKENFELD MASCHINENBAU GMBH", "", 6, PAYER_NAMED },
	{ "KMB FINANZ", "", 6, PAYER_NAMED },
	{ "LE FOURNIL D OR", "", 9, PAYER_NAMED },
	{ "SARL ST BREVIN NAUTISME", "", 10, PAYER_NAMED },
	{ "CIE INTERNATIONALE DES ENGRAIS D", "", 11, PAYER_NAMED },
	/* a short word with a slip of the pen, where the words around it are common */
	{ "COLLEGE DE HOULMES LE BORG", "", 13, PAYER_NAMED },
	{ "COLLEGE DE HOULMES LES BANS", "", 14, PAYER_NAMED },
	{ "COLLEGE DE HOULMES LE BORG", "", 15, PAYER_CONTRADICTS },
	/* an account is known */
	{ "", "FR7630006000011234567890189", 1, PAYER_KNOWN },
	{ "ANYBODY", "FR7630006000011234567890189", 1, PAYER_KNOWN },
	{ "", "GB82 WEST 1234 5698 7654 32", 2, PAYER_KNOWN },
	{ "", "FR7630006000011234567890189", 3, PAYER_GROUP },
	{ "", "FR7630006000011234567890189", 4, PAYER_CONTRADICTS },
	/* twins: the name alone is never certain, nor is the account of both */
	{ "GARAGE MARTIN", "", 7, PAYER_LIKE },
	{ "GARAGE MARTIN", "", 8, PAYER_LIKE },
	{ "GARAGE MARTIN", "DE89370400440532013000", 7, PAYER_LIKE },
	{ "", "DE89370400440532013000", 8, PAYER_LIKE },
	/* the longer name may have been made shorter */
	{ "SUPPLIES NOYER", "", 5, PAYER_LIKE },
	{ "SUPPLIES NOYER BRENN HULL", "", 5, PAYER_NAMED },
	/* nobody */
	{ "", "", 1, PAYER_SILENT },
	{ "HOLDING ZEPHYR FINANCE", "", 1, PAYER_UNLIKE },
	{ "DGFIP", "", 12, PAYER_UNLIKE },
};

static void says_who_paid(void **state)
{
	struct match_input in = input_of();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		struct arena *a = arena_new(0);
		struct match_book *b = match_book_new(a, &in);
		struct match_entry entry = { .amount_minor = 100,
					     .currency = "EUR",
					     .payer_name = facts[i].name,
					     .payer_iban = facts[i].iban };
		struct payer p;
		enum payer_verdict got;

		payer_find(b, &entry, &p);
		got = payer_says(b, &entry, &p, (uint32_t)facts[i].customer - 1, NULL);
		if (got != facts[i].verdict)
			fail_msg("\"%s\" %s of %d: %d", facts[i].name, facts[i].iban,
				 facts[i].customer, got);
		arena_free(a);
	}
}

static void a_virtual_account_is_certain(void **state)
{
	struct match_input in = input_of();
	struct arena *a = arena_new(0);
	struct match_book *b = match_book_new(a, &in);
	struct match_entry entry = { .amount_minor = 100,
				     .currency = "EUR",
				     .payer_name = "MENUISERIE DUBOURG",
				     .creditor_iban = "FR14 2004 1010 0505 0001 3M02 606" };
	struct payer p;

	(void)state;
	payer_find(b, &entry, &p);
	assert_int_equal(payer_says(b, &entry, &p, 8, NULL), PAYER_KNOWN);
	assert_int_equal(payer_says(b, &entry, &p, 0, NULL), PAYER_CONTRADICTS);
	arena_free(a);
}

static void finds_names_in_the_text(void **state)
{
	struct match_input in = input_of();
	struct arena *a = arena_new(0);
	struct match_book *b = match_book_new(a, &in);
	struct match_entry entry = { .amount_minor = 100,
				     .currency = "EUR",
				     .remittance = "Régl. pour Boulangerie Trenet, ORDP 12" };
	struct payer p;

	(void)state;
	payer_find(b, &entry, &p);
	assert_int_equal(p.n_in_text, 1);
	assert_int_equal(p.in_text[0].customer, 8);
	arena_free(a);
}

static void knows_on_whose_behalf_it_is_paid(void **state)
{
	static const struct {
		const char *text, *name;
		int customer; /* from 1; 0: nobody */
	} cases[] = {
		{ "POUR LE COMPTE DE BOULANGREIE TRENET FACT 12", "BOULANGREIE TRENET", 9 },
		{ "RGLT POUR CPTE ETS LENOIR ASSO", "ETS LENOIR ASSO", 2 },
		{ "on behalf of Supplies Noyer Brenn Hull, INV 4711", "Supplies Noyer Brenn Hull",
		  5 },
		{ "RE 4711 IM AUFTRAG VON KLINKENFELD MASCH", "KLINKENFELD MASCH", 6 },
		{ "FRA 12 POR CUENTA DE TRANSPORTS VROULET", "TRANSPORTS VROULET", 3 },
		{ "POUR CPTE HOLDING ZEPHYR", "HOLDING ZEPHYR", 0 },
		{ "PAYMENT FOR INVOICE 12", NULL, 0 },
		{ "BOULANGERIE TRENET", NULL, 0 },
		{ "POUR CPTE 4711", NULL, 0 },
		{ "POUR CPTE", NULL, 0 },
	};
	struct match_input in = input_of();
	struct arena *a = arena_new(0);
	struct match_book *b = match_book_new(a, &in);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct match_entry entry = { .amount_minor = 100,
					     .currency = "EUR",
					     .remittance = cases[i].text };
		const char *name = cases[i].name ? cases[i].name : "";
		struct payer p;
		payer_find(b, &entry, &p);
		if (p.behalf_to - p.behalf_from != strlen(name) ||
		    memcmp(cases[i].text + p.behalf_from, name, strlen(name)) != 0)
			fail_msg("\"%s\": name from %u to %u", cases[i].text, p.behalf_from,
				 p.behalf_to);
		for (uint32_t c = 0; c < N; c++)
			if ((payer_behalf(&p, c) >= 0.6) != ((int)c + 1 == cases[i].customer))
				fail_msg("\"%s\": %s %f", cases[i].text, customers[c].name,
					 payer_behalf(&p, c));
	}
	arena_free(a);
}

/* Two of one name owe the same: a code in the text says which. */
static void a_code_tells_between_customers_of_one_name(void **state)
{
	static const struct match_customer same[] = {
		{ .id = 1, .code = "4100000017", .name = "David Hamon" },
		{ .id = 2, .code = "4100007936", .name = "David Hamon" },
		{ .id = 3, .code = "4100015855", .name = "Nadia Carlier" },
	};
	struct match_item items[3];
	struct match_input in = {
		.customers = same, .n_customers = 3, .items = items, .n_items = 3
	};
	static const struct {
		const char *text;
		int customer; /* from 1; 0: left to a person */
	} rows[] = {
		{ "VIR PERMANENT", 0 },
		{ "CONTRAT 4100007936", 2 },
		{ "CONTRAT 4100000017", 1 },
		{ "CONTRATS 4100000017 4100007936", 0 },
	};
	struct arena *a = arena_new(0);

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		items[i] = (struct match_item){ .id = i + 1,
						.customer = i,
						.document = arena_printf(a, "F-%u", 101 + 7 * i),
						.issued_on = date_of(2026, 9, 1),
						.due_on = date_of(2026, 9, 10),
						.open_minor = 45017,
						.currency = "EUR" };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct match_entry entry = { .amount_minor = 45017,
					     .currency = "EUR",
					     .booked_on = date_of(2026, 9, 20),
					     .payer_name = "DAVID HAMON",
					     .remittance = rows[i].text };
		struct match_result r;
		match_one(match_book_new(a, &in), &entry, NULL, &r);
		if ((r.state == MATCH_AUTO) != (rows[i].customer > 0))
			fail_msg("\"%s\": state %d, stop %d", rows[i].text, r.state, r.stop.why);
		if (rows[i].customer)
			assert_int_equal(r.explanations[0].customer, rows[i].customer - 1);
	}
	arena_free(a);
}

/* Some payers write what they mean into the field of their own reference. */
static void names_are_read_in_every_field_of_text(void **state)
{
	static const struct {
		const char *end_to_end, *structured, *text;
		enum match_field field;
		int behalf, in_text; /* from 1; 0: nobody */
	} cases[] = {
		{ "POUR CPTE TRANSPORTS VROULET FACT 30", "", "", MATCH_END_TO_END, 3, 3 },
		{ "NOTPROVIDED", "OBO KLINKENFELD MASCHINENBAU", "", MATCH_STRUCTURED, 6, 6 },
		/* The text itself goes before. */
		{ "POUR CPTE ETS LENOIR ASSO", "", "POUR CPTE TRANSPORTS VROULET", MATCH_REMITTANCE,
		  3, 3 },
		{ "BOULANGERIE TRENET OCT", "", "FACT 12", MATCH_REMITTANCE, 0, 9 },
		{ "NOTPROVIDED", "", "FACT 12", MATCH_REMITTANCE, 0, 0 },
		{ "E2E-20261102-TRE-9", "", "FACT 12", MATCH_REMITTANCE, 0, 0 },
	};
	struct match_input in = input_of();
	struct arena *a = arena_new(0);
	struct match_book *b = match_book_new(a, &in);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct match_entry entry = { .amount_minor = 100,
					     .currency = "EUR",
					     .end_to_end = cases[i].end_to_end,
					     .structured_ref = cases[i].structured,
					     .remittance = cases[i].text };
		struct payer p;
		payer_find(b, &entry, &p);
		if (p.behalf_field != cases[i].field && p.behalf_to > p.behalf_from)
			fail_msg("\"%s\": field %d", cases[i].end_to_end, p.behalf_field);
		for (int c = 1; c <= N; c++)
			if ((payer_behalf(&p, (uint32_t)c - 1) >= 0.6) != (c == cases[i].behalf))
				fail_msg("\"%s\": %s", cases[i].end_to_end, customers[c - 1].name);
		assert_int_equal(p.n_in_text > 0, cases[i].in_text > 0);
		if (p.n_in_text)
			assert_int_equal(p.in_text[0].customer, cases[i].in_text - 1);
	}
	arena_free(a);
}

/* Of many who are called alike, one is named by a document: it is asked for by itself. */
static void one_of_many_of_a_name_is_asked(void **state)
{
	enum { MANY = 60, ONE = 47 };
	struct arena *a = arena_new(0);
	struct match_customer *list = ARENA_ARRAY(a, MANY, struct match_customer);
	struct match_item item = { .id = 1,
				   .customer = ONE,
				   .document = "FA2026-0004711",
				   .issued_on = date_of(2026, 9, 1),
				   .due_on = date_of(2026, 10, 1),
				   .open_minor = 12345,
				   .currency = "EUR" };
	struct match_input in = {
		.customers = list, .n_customers = MANY, .items = &item, .n_items = 1
	};
	struct match_entry entry = { .amount_minor = 12345,
				     .currency = "EUR",
				     .booked_on = date_of(2026, 10, 2),
				     .payer_name = "ETS GAY FILS",
				     .remittance = "FACTURE FA2026-0004711" };
	struct match_result result;
	struct facts f;

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		list[i] = (struct match_customer){ .id = (int64_t)i + 1,
						   .code = arena_printf(a, "C%zu", i),
						   .name = "Établissements Gay & Fils" };
	list[MANY - 1].name = "Scierie Branchevieille";
	facts_find(match_book_new(a, &in), &entry, &f);
	assert_null(payer_like(&f.payer, MANY - 1));
	assert_int_equal(payer_says(f.book, &entry, &f.payer, ONE, NULL), PAYER_LIKE);
	assert_int_equal(payer_says(f.book, &entry, &f.payer, MANY - 1, NULL), PAYER_CONTRADICTS);
	match_one(f.book, &entry, NULL, &result);
	assert_int_equal(result.state, MATCH_AUTO);
	assert_int_equal(result.explanations[0].customer, ONE);
	entry.payer_name = "SCIERIE BRANCHEVIEILLE";
	match_one(f.book, &entry, NULL, &result);
	assert_int_not_equal(result.state, MATCH_AUTO);
	arena_free(a);
}

/* A payment centre's account: more customers than are kept, each of them known by it, none alone. */
static void many_customers_may_pay_from_one_account(void **state)
{
	enum { MANY = 400 };
	struct arena *a = arena_new(0);
	struct match_customer *list = ARENA_ARRAY(a, MANY, struct match_customer);
	struct match_input in = { .customers = list, .n_customers = MANY };
	struct match_entry entry = { .amount_minor = 100,
				     .currency = "EUR",
				     .payer_iban = "DE89370400440532013000" };
	struct match_book *b;
	struct payer p;

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		list[i] = (struct match_customer){ .id = (int64_t)i + 1,
						   .code = arena_printf(a, "C%zu", i),
						   .name = arena_printf(a, "Client %zu", i),
						   .iban = i == 5 ? "" : "DE89370400440532013000" };
	b = match_book_new(a, &in);
	payer_find(b, &entry, &p);
	assert_int_equal(payer_says(b, &entry, &p, 399, NULL), PAYER_LIKE);
	assert_int_equal(payer_says(b, &entry, &p, 0, NULL), PAYER_LIKE);
	assert_int_equal(payer_says(b, &entry, &p, 5, NULL), PAYER_CONTRADICTS);
	arena_free(a);
}

/* The order in which customers come changes nothing but their numbers. */
static void the_order_of_customers_changes_nothing(void **state)
{
	struct match_customer turned[N];
	struct match_input in = { .customers = customers, .n_customers = N };
	struct match_input back = { .customers = turned, .n_customers = N };

	(void)state;
	for (size_t i = 0; i < N; i++)
		turned[i] = customers[N - 1 - i];
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		struct arena *a = arena_new(0);
		struct match_book *b = match_book_new(a, &in), *c = match_book_new(a, &back);
		struct match_entry entry = { .amount_minor = 100,
					     .currency = "EUR",
					     .payer_name = facts[i].name,
					     .payer_iban = facts[i].iban };
		struct payer p, q;
		payer_find(b, &entry, &p);
		payer_find(c, &entry, &q);
		for (uint32_t k = 0; k < N; k++)
			if (payer_says(b, &entry, &p, k, NULL) !=
			    payer_says(c, &entry, &q, N - 1 - k, NULL))
				fail_msg("\"%s\": %s", facts[i].name, customers[k].name);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_who_paid),
		cmocka_unit_test(a_virtual_account_is_certain),
		cmocka_unit_test(finds_names_in_the_text),
		cmocka_unit_test(knows_on_whose_behalf_it_is_paid),
		cmocka_unit_test(a_code_tells_between_customers_of_one_name),
		cmocka_unit_test(names_are_read_in_every_field_of_text),
		cmocka_unit_test(one_of_many_of_a_name_is_asked),
		cmocka_unit_test(many_customers_may_pay_from_one_account),
		cmocka_unit_test(the_order_of_customers_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
