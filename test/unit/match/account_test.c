/* SPDX-License-Identifier: Apache-2.0 */
/* Money of whom we know that fits nothing: proposed on account, and as a part payment, never posted. */
#include "test.h"

#include "match/match.h"

enum { N_MASONS = 120, AMOUNT = 100000, TWIN = N_MASONS, N_ALL = N_MASONS + 3 };

struct fact {
	const char *what, *name, *iban;
	int64_t minor;
	enum match_state state;
	const uint32_t *on_account; /* customers, ended by MATCH_NONE */
	bool has_part;
};

#define CUSTOMERS(...) ((const uint32_t[]){ __VA_ARGS__, MATCH_NONE })

/* Invented companies: many of one trade told apart by a number, two called alike, one with an account. */
static void make(struct arena *a, struct match_input *input)
{
	struct match_customer *c = ARENA_ARRAY(a, N_ALL, struct match_customer);
	struct match_item *it = ARENA_ARRAY(a, N_ALL, struct match_item);

	for (uint32_t i = 0; i < N_ALL; i++) {
		c[i] = (struct match_customer){ .id = i + 1,
						.code = arena_printf(a, "K%04u", i),
						.name = arena_printf(
							a, "Maçonnerie Exemple %u EURL", i) };
		it[i] = (struct match_item){ .id = i + 1,
					     .customer = i,
					     .document = arena_printf(a, "V-26-%04u", i),
					     .issued_on = 20000,
					     .due_on = 20030,
					     .open_minor = AMOUNT + 37 * (int64_t)i,
					     .currency = "EUR" };
	}
	c[TWIN].name = c[TWIN + 1].name = "Papeterie Ostrelle";
	c[TWIN + 2].name = "Verrerie Caldoz & Fils";
	c[TWIN + 2].iban = "FR7630006000011234567890189";
	*input = (struct match_input){
		.customers = c, .n_customers = N_ALL, .items = it, .n_items = N_ALL
	};
}

static bool has(const struct match_result *r, uint32_t customer, enum match_rule rule)
{
	for (size_t i = 0; i < r->n_explanations; i++)
		if (r->explanations[i].customer == customer && r->explanations[i].rule == rule)
			return true;
	return false;
}

static void proposes_an_account_for_whom_it_knows(void **state)
{
	const struct fact facts[] = {
		{ "part of his one document", "MACONNERIE EXEMPLE 73 EURL", NULL, 83188,
		  MATCH_PROPOSED, CUSTOMERS(73), true },
		{ "more than he owes", "MACONNERIE EXEMPLE 73 EURL", NULL, 987613, MATCH_PROPOSED,
		  CUSTOMERS(73), false },
		{ "either of two called alike", "PAPETERIE OSTRELLE", NULL, 81333, MATCH_PROPOSED,
		  CUSTOMERS(TWIN, TWIN + 1), true },
		{ "his account is known, his name is not", "CEDRIC", "FR7630006000011234567890189",
		  81333, MATCH_PROPOSED, CUSTOMERS(TWIN + 2), true },
		{ "nobody we know", "SYNDICAT DES EAUX", NULL, 81333, MATCH_UNMATCHED,
		  CUSTOMERS(MATCH_NONE), false },
	};
	struct arena *a = arena_new(0);
	struct match_input input;
	struct match_book *book;

	(void)state;
	make(a, &input);
	book = match_book_new(a, &input);
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		const struct fact *f = &facts[i];
		struct match_entry entry = { .id = 1,
					     .amount_minor = f->minor,
					     .currency = "EUR",
					     .booked_on = 20040,
					     .payer_name = f->name,
					     .payer_iban = f->iban,
					     .remittance = "VIREMENT" };
		struct match_result r;

		match_one(book, &entry, NULL, &r);
		if (r.state != f->state)
			fail_msg("%s: state %d, stop %d", f->what, r.state, r.stop.why);
		for (const uint32_t *c = f->on_account; *c != MATCH_NONE; c++)
			if (!has(&r, *c, MATCH_RULE_ON_ACCOUNT) ||
			    (f->has_part && !has(&r, *c, MATCH_RULE_PARTIAL)))
				fail_msg("%s: customer %u not proposed", f->what, *c);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proposes_an_account_for_whom_it_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
