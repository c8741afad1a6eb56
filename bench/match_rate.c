/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match_rate [N_ITEMS [N_ENTRIES] | hostile]: entries that the matching explains per second of the processor, over a
 * portfolio made in memory: half of the entries name their document, some damage its number, some name
 * nobody. Without N_ITEMS: 20,000, 350,000 and 3.5 million. Then the worst that a hostile company can do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "match/book.h"

struct made {
	struct arena *arena;
	uint64_t random;
	struct match_customer *customers;
	struct match_item *items;
	struct match_entry *entries;
	size_t n_customers, n_items, n_entries;
};

static uint32_t draw(struct made *m, size_t below)
{
	m->random = m->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((m->random >> 33) % below);
}

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A word of four to nine letters; the same number gives the same word. */
static const char *word(struct made *m, uint32_t number)
{
	static const char *const parts[] = {
		"BRA", "LO",  "VEN", "TI",  "MAR", "SE",  "DOU", "GRI",
		"CHA", "NEL", "PO",  "RUS", "FA",  "LIN", "TOR", "BEC"
	};

	return arena_printf(m->arena, "%s%s%s", parts[number % 16], parts[number / 16 % 16],
			    parts[number / 256 % 16]);
}

static void make_customers(struct made *m)
{
	static const char *const trades[] = { "TRANSPORTS",  "MENUISERIE", "CABINET", "GARAGE",
					      "BOULANGERIE", "ATELIER",    "LABO",    "MAISON" };
	static const char *const forms[] = { "SARL", "SAS", "SA", "& FILS" };

	m->customers = ARENA_ARRAY(m->arena, m->n_customers, struct match_customer);
	for (size_t c = 0; c < m->n_customers; c++)
		m->customers[c] = (struct match_customer){
			.id = (int64_t)c + 1,
			.code = arena_printf(m->arena, "C%07zu", c),
			.name = arena_printf(m->arena, "%s %s %s %s", trades[draw(m, 8)],
					     word(m, draw(m, 4096)), word(m, draw(m, 600)),
					     forms[draw(m, 4)]),
			.iban = arena_printf(m->arena, "FR76%023zu", c),
		};
}

static void make_items(struct made *m)
{
	day_t today = date_of(2026, 10, 31);

	m->items = ARENA_ARRAY(m->arena, m->n_items, struct match_item);
	for (size_t i = 0; i < m->n_items; i++) {
		struct match_item *it = &m->items[i];
		*it = (struct match_item){
			.id = (int64_t)i + 1,
			.customer = draw(m, m->n_customers),
			.document = arena_printf(m->arena, "FA2026-%07zu", i * 3),
			.issued_on = today - 60,
			.due_on = today - (day_t)draw(m, 60),
			.open_minor = 1000 + (int64_t)draw(m, 900000),
			.currency = "EUR",
		};
	}
}

static const char *text_of(struct made *m, const struct match_item *it)
{
	const char *number = it->document + 7;

	switch (draw(m, 10)) {
	case 0:
		return "VIREMENT";
	case 1:
		return arena_printf(m->arena, "REGLT FACT N %ld DU 12/09", atol(number));
	case 2:
		return arena_printf(m->arena, "FACTURE FA26-%.6s", number);
	case 3:
		return "VOTRE RELEVE SEPTEMBRE MERCI";
	case 4:
		return arena_printf(m->arena, "FACTFA2026%s ETC", number);
	default:
		return arena_printf(m->arena, "REGLEMENT FACTURE %s", it->document);
	}
}

static void make_entries(struct made *m)
{
	m->entries = ARENA_ARRAY(m->arena, m->n_entries, struct match_entry);
	for (size_t i = 0; i < m->n_entries; i++) {
		const struct match_item *it = &m->items[draw(m, m->n_items)];
		const struct match_customer *c = &m->customers[it->customer];
		bool is_stranger = draw(m, 20) == 0;
		m->entries[i] = (struct match_entry){
			.id = (int64_t)i + 1,
			.amount_minor = it->open_minor - (draw(m, 10) ? 0 : (int64_t)draw(m, 900)),
			.currency = "EUR",
			.booked_on = date_of(2026, 10, 31),
			.payer_name = is_stranger ? "DGFIP REMBOURSEMENT" : c->name,
			.payer_iban = draw(m, 2) || is_stranger ? "" : c->iban,
			.end_to_end = "NOTPROVIDED",
			.remittance = is_stranger ? "CREDIT DE TVA 2026 09" : text_of(m, it),
		};
	}
}

static void measure(struct made *m, const char *what)
{
	struct match_input in = { .customers = m->customers,
				  .n_customers = m->n_customers,
				  .items = m->items,
				  .n_items = m->n_items };
	struct match_result *r = ARENA_ARRAY(m->arena, m->n_entries, struct match_result);
	size_t before = arena_used(m->arena), n_auto = 0;
	double from = cpu(), built, found, to;
	struct match_book *book = match_book_new(m->arena, &in);
	size_t used = arena_used(m->arena) - before;

	built = cpu();
	for (size_t i = 0; i < m->n_entries; i++) {
		struct facts f;
		arena_reset(book->scratch);
		facts_find(book, &m->entries[i], &f);
	}
	found = cpu();
	match_run(book, m->entries, m->n_entries, NULL, r);
	to = cpu();
	for (size_t i = 0; i < m->n_entries; i++)
		n_auto += r[i].state == MATCH_AUTO;
	printf("%-32s %8zu items %7zu entries: book %6.2f s %5zu MB, who and what is named "
	       "%8.0f/s, "
	       "all %8.0f/s, %zu alone\n",
	       what, m->n_items, m->n_entries, built - from, used >> 20,
	       (double)m->n_entries / (found - built), (double)m->n_entries / (to - found), n_auto);
}

static void start(struct made *m, size_t n_customers, size_t n_items, size_t n_entries)
{
	*m = (struct made){ .arena = arena_new((size_t)20 << 30),
			    .random = 7,
			    .n_customers = n_customers,
			    .n_items = n_items,
			    .n_entries = n_entries };
	make_customers(m);
	make_items(m);
	make_entries(m);
}

static void usual(size_t n_items, size_t n_entries)
{
	struct made m;

	start(&m, n_items / 4 + 1, n_items, n_entries);
	measure(&m, "usual");
	arena_free(m.arena);
}

/* ---- hostile ---- */

static void one_debtor(void)
{
	struct made m;

	start(&m, 100, 5000, 300);
	for (size_t i = 0; i < m.n_items; i++) {
		m.items[i].customer = 0;
		m.items[i].open_minor = 12000;
	}
	for (size_t i = 0; i < m.n_entries; i++) {
		m.entries[i].payer_name = m.customers[0].name;
		m.entries[i].amount_minor = 12000 * (1 + (int64_t)i % 7);
	}
	measure(&m, "5,000 equal documents");
	arena_free(m.arena);
}

static void one_name(void)
{
	struct made m;

	start(&m, 100000, 20000, 1000);
	for (size_t c = 0; c < m.n_customers; c++)
		m.customers[c].name = "SARL MARTIN";
	for (size_t i = 0; i < m.n_entries; i++)
		m.entries[i].payer_name = i % 2 ? "MARTIN SARL" : "MARTIN TRANSPORTS";
	measure(&m, "100,000 customers called Martin");
	arena_free(m.arena);
}

static void one_account(void)
{
	struct made m;

	start(&m, 100000, 20000, 1000);
	for (size_t c = 0; c < m.n_customers; c++)
		m.customers[c].iban = m.customers[0].iban;
	for (size_t i = 0; i < m.n_entries; i++)
		m.entries[i].payer_iban = m.customers[0].iban;
	measure(&m, "one account for 100,000");
	arena_free(m.arena);
}

static void one_number(void)
{
	struct made m;

	start(&m, 20000, 20000, 1000);
	for (size_t i = 0; i < m.n_items; i++)
		m.items[i].document = i % 2 ? "FA2026-0000001" : "1";
	for (size_t i = 0; i < m.n_entries; i++)
		m.entries[i].remittance = "FA2026-0000001 1 01 001";
	measure(&m, "one number for 20,000 documents");
	arena_free(m.arena);
}

static void long_texts(void)
{
	struct made m;
	char *text;

	start(&m, 20000, 20000, 200);
	text = arena_alloc(m.arena, 10001);
	for (size_t i = 0; i < 10000; i++)
		text[i] = "0123456789FA26- "[draw(&m, 16)];
	for (size_t i = 0; i < m.n_entries; i++)
		m.entries[i].payer_name = m.entries[i].remittance = m.entries[i].end_to_end = text;
	measure(&m, "texts of 10 kB");
	arena_free(m.arena);
}

static void hostile(void)
{
	one_debtor();
	one_name();
	one_account();
	one_number();
	long_texts();
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "hostile") == 0) {
		hostile();
		return 0;
	}
	if (argc > 1) {
		usual((size_t)atoll(argv[1]), argc > 2 ? (size_t)atoll(argv[2]) : 20000);
		return 0;
	}
	usual(20000, 20000);
	usual(350000, 20000);
	usual(3500000, 20000);
	hostile();
	return 0;
}
