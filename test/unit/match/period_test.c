/* SPDX-License-Identifier: Apache-2.0 */
/* The month or quarter that a text names, and what it says of documents. */
#include "test.h"

#include "match/match.h"
#include "match/period.h"

static void reads_what_the_text_names(void **state)
{
	/* Money of 10 April 2026. */
	static const struct {
		const char *text, *first, *last, *words; /* NULL: none */
	} cases[] = {
		{ "LOYER MARS 2026", "2026-03-01", "2026-03-31", "MARS 2026" },
		{ "loyer du mois de mars", "2026-03-01", "2026-03-31", "mars" },
		{ "March invoices", "2026-03-01", "2026-03-31", "March" },
		{ "INVOICES MARCH", "2026-03-01", "2026-03-31", "MARCH" },
		{ "factures de février", "2026-02-01", "2026-02-28", "février" },
		{ "Rechnungen Februar 24", "2024-02-01", "2024-02-29", "Februar 24" },
		{ "MIETE MÄRZ", "2026-03-01", "2026-03-31", "MÄRZ" },
		{ "HUUR APRIL", "2026-04-01", "2026-04-30", "APRIL" },
		{ "facturas de marzo", "2026-03-01", "2026-03-31", "marzo" },
		{ "CANONE GENNAIO 2026", "2026-01-01", "2026-01-31", "GENNAIO 2026" },
		{ "LOYER MAI", "2026-05-01", "2026-05-31", "MAI" },
		{ "LOYER DECEMBRE", "2025-12-01", "2025-12-31", "DECEMBRE" },
		{ "LOYER 03/2026", "2026-03-01", "2026-03-31", "03/2026" },
		{ "FACTURES T1 2026", "2026-01-01", "2026-03-31", "T1 2026" },
		{ "invoices Q4", "2025-10-01", "2025-12-31", "Q4" },
		{ "1ER TRIMESTRE 2026", "2026-01-01", "2026-03-31", "1ER TRIMESTRE 2026" },
		{ "FACTURES JANVIER FEVRIER MARS 2026", "2026-01-01", "2026-03-31",
		  "JANVIER FEVRIER MARS 2026" },
		{ "LOYER JANVIER ET MARS", NULL, NULL, NULL },
		/* months that are names, dates, documents */
		{ "VIR DE M AVRIL", NULL, NULL, NULL },
		{ "MARS FRANCE SAS", NULL, NULL, NULL },
		{ "AUGUST MEIER GMBH", NULL, NULL, NULL },
		{ "FACTURE DU 12/03/2026", NULL, NULL, NULL },
		{ "FACTURE 03/2026-0012", NULL, NULL, NULL },
		{ "FACTURE 13/2026", NULL, NULL, NULL },
		{ "REF T1", NULL, NULL, NULL },
		{ "", NULL, NULL, NULL },
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct folded f;
		struct period p;
		char first[16], last[16];
		fold_text(a, cases[i].text, &f);
		if (!period_find(&f, date_of(2026, 4, 10), &p)) {
			if (cases[i].first)
				fail_msg("\"%s\" names nothing", cases[i].text);
			continue;
		}
		date_format(p.first, first);
		date_format(p.last, last);
		if (!cases[i].first || strcmp(first, cases[i].first) != 0 ||
		    strcmp(last, cases[i].last) != 0 || p.to - p.from != strlen(cases[i].words) ||
		    memcmp(cases[i].text + p.from, cases[i].words, p.to - p.from) != 0)
			fail_msg("\"%s\": %s to %s, bytes %u to %u", cases[i].text, first, last,
				 p.from, p.to);
	}
	arena_free(a);
}

static void a_document_is_of_the_month_of_its_issue(void **state)
{
	struct period march = { .first = date_of(2026, 3, 1), .last = date_of(2026, 3, 31) };
	const struct {
		int issued, day, due, due_day;
		enum period_says says;
	} cases[] = {
		{ 3, 1, 3, 31, PERIOD_IN },    { 3, 20, 5, 20, PERIOD_IN },
		{ 3, 25, 4, 5, PERIOD_MAYBE }, { 2, 25, 3, 5, PERIOD_MAYBE },
		{ 2, 5, 3, 7, PERIOD_OUT },    { 4, 1, 4, 30, PERIOD_OUT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (period_of_document(&march, date_of(2026, cases[i].issued, cases[i].day),
				       date_of(2026, cases[i].due, cases[i].due_day)) !=
		    cases[i].says)
			fail_msg("case %zu", i);
}

/* ---- rent ---- */

static const struct match_customer tenant = {
	.id = 1, .code = "C1", .name = "Menuiserie Dubourg", .iban = "FR7630006000011234567890189"
};

/* Six months' rent, issued on that day of the month, due so many days later; the text of a payment of one. */
static void pay(struct arena *a, int day, int term, const char *text, struct match_result *ret,
		const struct match_book **ret_book)
{
	struct match_item *list = ARENA_ARRAY(a, 6, struct match_item);
	struct match_input *in = ARENA_NEW(a, struct match_input);
	struct match_entry entry = { .amount_minor = 85000,
				     .currency = "EUR",
				     .booked_on = date_of(2026, 4, 10),
				     .payer_name = "MENUISERIE DUBOURG",
				     .payer_iban = tenant.iban,
				     .remittance = text };

	for (int i = 0; i < 6; i++)
		list[i] =
			(struct match_item){ .id = i + 1,
					     .document = arena_printf(a, "FA26-%04d", 17 * (i + 1)),
					     .issued_on = date_of(2026, i + 1, day),
					     .due_on = date_of(2026, i + 1, day) + term,
					     .open_minor = 85000,
					     .currency = "EUR" };
	*in = (struct match_input){
		.customers = &tenant, .n_customers = 1, .items = list, .n_items = 6
	};
	*ret_book = match_book_new(a, in);
	match_one(*ret_book, &entry, NULL, ret);
}

static void a_month_tells_between_equal_documents(void **state)
{
	static const struct {
		int day, term;
		const char *text, *document; /* NULL: a person decides */
	} cases[] = {
		{ 1, 20, "LOYER MARS 2026", "FA26-0051" },  { 1, 20, "loyer mai", "FA26-0085" },
		{ 20, 45, "FACTURE DE MARS", "FA26-0051" }, { 1, 20, "VIREMENT", NULL },
		{ 1, 20, "LOYER MARS AVRIL", NULL },        { 1, 20, "LOYER AOUT 2025", NULL },
		{ 25, 10, "LOYER MARS 2026", NULL }, /* issued in it, or due in it? */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a = arena_new(0);
		const struct match_book *b;
		struct match_result r;
		const char *got = NULL;
		pay(a, cases[i].day, cases[i].term, cases[i].text, &r, &b);
		if (r.state == MATCH_AUTO)
			got = match_item_at(b, r.explanations[0].lines[0].item)->document;
		if (got != cases[i].document &&
		    (!got || !cases[i].document || strcmp(got, cases[i].document) != 0))
			fail_msg("\"%s\": %s", cases[i].text, got ? got : "held");
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_the_text_names),
		cmocka_unit_test(a_document_is_of_the_month_of_its_issue),
		cmocka_unit_test(a_month_tells_between_equal_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
