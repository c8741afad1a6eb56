/* SPDX-License-Identifier: Apache-2.0 */
/* What one entry costs is bounded, whatever the company and the text: counted in steps, not by the clock. */
#include "test.h"

#include "match/match.h"

enum { AMOUNT = 12000 };

struct company {
	struct arena *arena;
	struct match_customer *customers;
	struct match_item *items;
	size_t n_customers, n_items;
};

static struct company company_of(size_t n_customers, size_t n_items)
{
	struct company c = { .arena = arena_new((size_t)1 << 30),
			     .n_customers = n_customers,
			     .n_items = n_items };

	c.customers = ARENA_ARRAY(c.arena, n_customers, struct match_customer);
	c.items = ARENA_ARRAY(c.arena, n_items + 1, struct match_item);
	for (size_t i = 0; i < n_customers; i++)
		c.customers[i] =
			(struct match_customer){ .id = (int64_t)i + 1,
						 .code = arena_printf(c.arena, "K%07zu", i),
						 .name = "Verrerie Caldoz SARL" };
	for (size_t i = 0; i < n_items; i++)
		c.items[i] = (struct match_item){
			.id = (int64_t)i + 1,
			.customer = (uint32_t)(i % n_customers),
			.document = arena_printf(c.arena, "FA2026-%07zu", i),
			.issued_on = 20000 + (day_t)(i % 300),
			.due_on = 20030 + (day_t)(i % 300),
			.open_minor = AMOUNT,
			.currency = "EUR",
		};
	return c;
}

/* Steps that the entry costs; its answer. */
static uint64_t steps_of(const struct company *c, struct match_entry entry, struct match_result *r)
{
	struct match_book *book =
		match_book_new(c->arena, &(struct match_input){ .customers = c->customers,
								.n_customers = c->n_customers,
								.items = c->items,
								.n_items = c->n_items });

	entry.id = 1;
	memcpy(entry.currency, "EUR", 4);
	entry.booked_on = 20200;
	match_one(book, &entry, NULL, r);
	return match_steps(book);
}

static uint64_t steps_of_equal(size_t n, bool with_credits)
{
	struct company c = company_of(1, n);
	struct match_result r;
	uint64_t steps;

	for (size_t i = 0; with_credits && i < n; i += 2)
		c.items[i].open_minor = -AMOUNT;
	steps = steps_of(&c,
			 (struct match_entry){ .amount_minor = (int64_t)AMOUNT * 3,
					       .payer_name = "Verrerie Caldoz SARL",
					       .remittance = "FACTURES" },
			 &r);
	assert_int_equal(r.state, MATCH_PROPOSED);
	arena_free(c.arena);
	return steps;
}

static void equal_documents_cost_what_they_are(void **state)
{
	(void)state;
	for (int with_credits = 0; with_credits < 2; with_credits++) {
		uint64_t half = steps_of_equal(2500, with_credits);
		uint64_t whole = steps_of_equal(5000, with_credits);
		/* Credit notes allow more runs of documents, each looked at once. */
		uint64_t most = with_credits ? 400 : 20;
		if (whole > most * 5000 || whole > half * 22 / 10)
			fail_msg("%" PRIu64 " steps for 5,000, %" PRIu64 " for half of them", whole,
				 half);
	}
}

static uint64_t steps_of_names(size_t n)
{
	struct company c = company_of(n, n);
	struct match_result r;
	uint64_t steps = steps_of(&c,
				  (struct match_entry){ .amount_minor = AMOUNT,
							.payer_name = "CALDOZ VERRERIE",
							.remittance = "VERRERIE CALDOZ" },
				  &r);

	assert_int_not_equal(r.state, MATCH_AUTO);
	arena_free(c.arena);
	return steps;
}

static void names_that_all_have_cost_no_more_than_few(void **state)
{
	uint64_t few = steps_of_names(2000), many = steps_of_names(100000);

	(void)state;
	if (many > 10000 || many > few * 11 / 10)
		fail_msg("%" PRIu64 " steps among 100,000, %" PRIu64 " among 2,000", many, few);
}

static uint64_t steps_of_text(size_t len)
{
	struct company c = company_of(50, 5000);
	struct match_result r;
	char *text = arena_alloc(c.arena, len + 1);
	uint64_t random = 7, steps;

	for (size_t i = 0; i < len; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		text[i] = "0123456789FA26- "[random >> 33 & 15];
	}
	steps = steps_of(&c,
			 (struct match_entry){ .amount_minor = AMOUNT,
					       .payer_name = text,
					       .remittance = text,
					       .end_to_end = text },
			 &r);
	arena_free(c.arena);
	return steps;
}

static void long_texts_cost_their_length(void **state)
{
	uint64_t half = steps_of_text(5000), whole = steps_of_text(10000);

	(void)state;
	if (whole > 3000000 || whole > half * 22 / 10)
		fail_msg("%" PRIu64 " steps for 10 kB, %" PRIu64 " for half of it", whole, half);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_documents_cost_what_they_are),
		cmocka_unit_test(names_that_all_have_cost_no_more_than_few),
		cmocka_unit_test(long_texts_cost_their_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
