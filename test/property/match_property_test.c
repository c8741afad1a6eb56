/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of the matching over random books: never more than is open, never across currencies, the
 * order of the entries changes nothing, each explanation adds up. A failure prints its seed. */
#include "test.h"

#include "match/match.h"

enum { N_CUSTOMERS = 12, N_ITEMS = 60, N_ENTRIES = 40, N_WORLDS = 300 };

struct world {
	uint64_t random;
	struct arena *arena;
	struct match_customer customers[N_CUSTOMERS];
	struct match_item items[N_ITEMS];
	struct match_entry entries[N_ENTRIES];
};

static uint32_t draw(struct world *w, uint32_t below)
{
	w->random = w->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(w->random >> 33) % below;
}

static void make_items(struct world *w)
{
	for (uint32_t i = 0; i < N_ITEMS; i++) {
		struct match_item *it = &w->items[i];
		bool is_credit = draw(w, 8) == 0;
		*it = (struct match_item){ .id = i + 1,
					   .customer = draw(w, N_CUSTOMERS),
					   .issued_on = 20000,
					   .due_on = 20000 + (day_t)draw(w, 90) };
		/* Few amounts, so that they meet; few numbers, so that customers share some. */
		it->open_minor = (int64_t)(1 + draw(w, 12)) * (is_credit ? -1000 : 12500);
		it->document = arena_printf(w->arena, "%s2026-%05u", is_credit ? "AV" : "FA",
					    draw(w, N_ITEMS));
		memcpy(it->currency, draw(w, 6) ? "EUR" : "USD", 4);
	}
}

static void make_entries(struct world *w)
{
	for (uint32_t i = 0; i < N_ENTRIES; i++) {
		const struct match_item *x = &w->items[draw(w, N_ITEMS)];
		const struct match_item *y = &w->items[draw(w, N_ITEMS)];
		struct match_entry *en = &w->entries[i];
		int64_t minor = x->open_minor + (draw(w, 2) ? y->open_minor : 0) -
				(draw(w, 4) ? 0 : (int64_t)draw(w, 6000));
		*en = (struct match_entry){ .id = i + 1,
					    .amount_minor = minor,
					    .booked_on = 20050 };
		memcpy(en->currency, draw(w, 8) ? x->currency : "EUR", 4);
		en->payer_name = draw(w, 3) ? w->customers[x->customer].name : "SOMEBODY ELSE";
		en->payer_iban = draw(w, 3) ? "" : w->customers[draw(w, N_CUSTOMERS)].iban;
		en->remittance = draw(w, 3) ? arena_printf(w->arena, "FACT %s %s", x->document,
							   draw(w, 2) ? y->document : "")
					    : "VIREMENT";
	}
}

static void make_world(struct world *w, uint64_t seed)
{
	static const char *const names[] = { "Atelier Rosier", "Maison Granval", "Cave Tournesac" };

	*w = (struct world){ .random = seed, .arena = arena_new(0) };
	for (uint32_t c = 0; c < N_CUSTOMERS; c++)
		w->customers[c] = (struct match_customer){
			.id = c + 1,
			.code = arena_printf(w->arena, "C%04u", c),
			.name = arena_printf(w->arena, "%s %c", names[c % 3], 'A' + (int)(c / 3)),
			.iban = arena_printf(w->arena, "FR76%023u", c),
		};
	make_items(w);
	make_entries(w);
}

static void check_explanation(const struct world *w, uint64_t seed, const struct match_entry *en,
			      const struct match_explanation *x)
{
	int64_t left = en->amount_minor;

	for (size_t l = 0; l < x->n_lines; l++) {
		const struct match_item *it = &w->items[x->lines[l].item];
		if (strcmp(it->currency, en->currency) != 0)
			fail_msg("seed %" PRIu64 ": %s pays %s", seed, en->currency, it->currency);
		if (it->customer != x->customer)
			fail_msg("seed %" PRIu64 ": another customer's document", seed);
		if (x->lines[l].kind == MATCH_ALLOCATION)
			left -= x->lines[l].amount_minor;
	}
	if (left != x->left_minor || left < 0)
		fail_msg("seed %" PRIu64 ": %" PRId64 " left, said %" PRId64, seed, left,
			 x->left_minor);
}

static void run(const struct world *w, const struct match_entry *entries, struct match_result *ret)
{
	struct match_input input = { .customers = w->customers,
				     .n_customers = N_CUSTOMERS,
				     .items = w->items,
				     .n_items = N_ITEMS };

	match_run(match_book_new(w->arena, &input), entries, N_ENTRIES, NULL, ret);
}

static size_t check_taken(const struct world *w, uint64_t seed, const struct match_result *r)
{
	int64_t taken[N_ITEMS] = { 0 };
	size_t n_auto = 0;

	for (size_t i = 0; i < N_ENTRIES; i++) {
		for (size_t x = 0; x < r[i].n_explanations; x++)
			check_explanation(w, seed, &w->entries[i], &r[i].explanations[x]);
		if (r[i].state != MATCH_AUTO)
			continue;
		n_auto++;
		for (size_t l = 0; l < r[i].explanations[0].n_lines; l++)
			taken[r[i].explanations[0].lines[l].item] +=
				r[i].explanations[0].lines[l].amount_minor;
	}
	for (size_t i = 0; i < N_ITEMS; i++)
		if (llabs(taken[i]) > llabs(w->items[i].open_minor) ||
		    taken[i] * w->items[i].open_minor < 0)
			fail_msg("seed %" PRIu64 ": item %zu takes %" PRId64, seed, i, taken[i]);
	return n_auto;
}

static void never_takes_more_than_is_open_nor_mixes_currencies(void **state)
{
	size_t n_auto = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= N_WORLDS; seed++) {
		struct world w;
		struct match_result r[N_ENTRIES];
		make_world(&w, seed);
		run(&w, w.entries, r);
		n_auto += check_taken(&w, seed, r);
		arena_free(w.arena);
	}
	/* The law is not kept by doing nothing. */
	assert_true(n_auto > N_WORLDS);
}

static void answers_the_same_in_any_order(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= N_WORLDS; seed++) {
		struct world w;
		struct match_result r[N_ENTRIES], turned[N_ENTRIES];
		struct match_entry back[N_ENTRIES];
		make_world(&w, seed);
		for (size_t i = 0; i < N_ENTRIES; i++)
			back[i] = w.entries[N_ENTRIES - 1 - i];
		run(&w, w.entries, r);
		run(&w, back, turned);
		for (size_t i = 0; i < N_ENTRIES; i++) {
			const struct match_result *x = &r[i], *y = &turned[N_ENTRIES - 1 - i];
			if (x->state != y->state || x->stop.why != y->stop.why ||
			    x->n_explanations != y->n_explanations)
				fail_msg("seed %" PRIu64 ": entry %zu differs", seed, i);
			for (size_t e = 0; e < x->n_explanations; e++)
				assert_int_equal(x->explanations[e].confidence_ppm,
						 y->explanations[e].confidence_ppm);
		}
		arena_free(w.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_takes_more_than_is_open_nor_mixes_currencies),
		cmocka_unit_test(answers_the_same_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
