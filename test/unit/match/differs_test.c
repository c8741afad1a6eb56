/* SPDX-License-Identifier: Apache-2.0 */
/* Less than documents: discounts by terms or without, the words that say so, charges as other payers' banks withhold
 * them, instalments of several receipts. */
#include "test.h"

#include <math.h>

#include "match/match.h"
#include "match/said.h"
#include "match/seen.h"

static const struct match_customer with_terms[] = {
	{ .id = 1,
	  .code = "K1",
	  .name = "Verrerie Caldoz & Fils",
	  .discount_per_myriad = 200,
	  .discount_days = 10 },
	{ .id = 2, .code = "K2", .name = "Fonderie Valbrune SAS" },
};
static const struct match_customer without_terms[] = {
	{ .id = 1, .code = "K1", .name = "Verrerie Caldoz & Fils" },
	{ .id = 2, .code = "K2", .name = "Fonderie Valbrune SAS" },
};

#define ITEM(number, who, doc, issued, open)                                             \
	{                                                                                \
		.id = number, .customer = (who)-1, .document = doc, .issued_on = issued, \
		.due_on = (issued) + 30, .open_minor = open, .currency = "EUR"           \
	}

static const struct match_item items[] = {
	ITEM(1, 1, "V-26-1007", 20093, 150040),
	ITEM(2, 1, "V-26-1008", 20001, 99970),
	ITEM(3, 2, "V-26-1009", 20094, 312345),
	ITEM(4, 2, "V-26-1010", 20094, 87711),
};

static struct match_book *book_of(struct arena *a, const struct match_customer *customers)
{
	struct match_input *input = ARENA_NEW(a, struct match_input);

	*input = (struct match_input){ .customers = customers,
				       .n_customers = 2,
				       .items = items,
				       .n_items = ARRAY_LEN(items) };
	return match_book_new(a, input);
}

static struct match_entry entry_of(const char *name, const char *text, int64_t minor)
{
	return (struct match_entry){ .id = 1,
				     .amount_minor = minor,
				     .currency = "EUR",
				     .booked_on = 20100,
				     .payer_name = name,
				     .remittance = text };
}

static void grants_a_discount_that_the_terms_allow(void **state)
{
	static const struct {
		const char *what, *name, *text;
		int64_t minor;
		const struct match_customer *customers;
		int limit;
		enum match_state state;
		enum match_why why; /* the stop, when it is not posted */
	} rows[] = {
		{ "agreed, in time", "VERRERIE CALDOZ", "V-26-1007", 147039, with_terms, 0,
		  MATCH_AUTO, WHY_COUNT },
		{ "agreed, the document long due", "VERRERIE CALDOZ", "V-26-1008", 97971,
		  with_terms, 0, MATCH_PROPOSED, WHY_discount_late },
		{ "another rate than agreed", "VERRERIE CALDOZ", "V-26-1007", 145539, with_terms, 0,
		  MATCH_PROPOSED, WHY_discount },
		{ "others have terms, this one has none", "FONDERIE VALBRUNE", "V-26-1009", 306098,
		  with_terms, 0, MATCH_PROPOSED, WHY_discount },
		{ "nobody's terms are known", "FONDERIE VALBRUNE", "V-26-1009", 306098,
		  without_terms, 0, MATCH_AUTO, WHY_COUNT },
		{ "more than is granted so", "FONDERIE VALBRUNE", "V-26-1009 ESCOMPTE 4%", 299851,
		  without_terms, 0, MATCH_PROPOSED, WHY_discount },
		{ "more, and the company grants it", "FONDERIE VALBRUNE", "V-26-1009 ESCOMPTE 4%",
		  299851, without_terms, 500, MATCH_AUTO, WHY_COUNT },
		{ "the company grants none", "FONDERIE VALBRUNE", "V-26-1009", 306098,
		  without_terms, -1, MATCH_PROPOSED, WHY_discount },
		{ "agreed rates need no grant", "VERRERIE CALDOZ", "V-26-1007", 147039, with_terms,
		  -1, MATCH_AUTO, WHY_COUNT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new(0);
		struct match_options o = { .discount_per_myriad = rows[i].limit };
		struct match_entry entry = entry_of(rows[i].name, rows[i].text, rows[i].minor);
		struct match_result r;
		match_one(book_of(a, rows[i].customers), &entry, &o, &r);
		if (r.state != rows[i].state ||
		    (rows[i].why != WHY_COUNT && r.stop.why != rows[i].why))
			fail_msg("%s: state %d, stop %d, %s", rows[i].what, r.state, r.stop.why,
				 match_rule_name(r.explanations[0].rule));
		if (r.state == MATCH_AUTO) {
			assert_int_equal(r.explanations[0].rule, MATCH_RULE_DISCOUNT);
			assert_int_equal(r.explanations[0].lines[0].amount_minor, rows[i].minor);
		}
		arena_free(a);
	}
}

/* The number is another's document of the same amount: what is not named is not taken less a discount beside it. */
static void takes_no_discount_beside_the_whole_number_of_another(void **state)
{
	static const struct match_item equal[] = {
		ITEM(1, 1, "2761", 20094, 312345),
		ITEM(2, 2, "2938", 20094, 312345),
	};
	static const struct match_input input = {
		.customers = without_terms, .n_customers = 2, .items = equal, .n_items = 2
	};
	static const struct {
		const char *text;
		enum match_state state;
	} rows[] = {
		{ "MOINS ESCOMPTE 2%", MATCH_AUTO },
		{ "2938 MOINS ESCOMPTE 2%", MATCH_AUTO },
		{ "2761 MOINS ESCOMPTE 2%", MATCH_PROPOSED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct match_entry entry = entry_of("FONDERIE VALBRUNE", rows[i].text, 306098);
		struct arena *a = arena_new(0);
		struct match_result r;
		match_one(match_book_new(a, &input), &entry, NULL, &r);
		if (r.state != rows[i].state)
			fail_msg("\"%s\": state %d, stop %d", rows[i].text, r.state, r.stop.why);
		arena_free(a);
	}
}

static void what_is_cents_off_a_rate_is_a_part(void **state)
{
	struct match_entry entry = entry_of("FONDERIE VALBRUNE", "V-26-1009", 306090);
	struct arena *a = arena_new(0);
	struct match_result r;

	(void)state;
	match_one(book_of(a, without_terms), &entry, NULL, &r);
	assert_int_equal(r.explanations[0].rule, MATCH_RULE_PARTIAL);
	arena_free(a);
}

static void hears_in_what_form_somebody_says_to_pay(void **state)
{
	static const struct {
		const char *text;
		struct said said;
	} rows[] = {
		{ NULL, { 0 } },
		{ "", { 0 } },
		{ "REGLEMENT FA-12", { 0 } },
		{ "Acompte sur FA-12", { .part = true } },
		{ "PART PAYMENT 4411", { .part = true } },
		{ "partial", { .part = true } },
		{ "Solde de tout compte", { .balance = true } },
		{ "FACTURES 12 13 ETC", { .several = true, .more = true } },
		{ "4411 abzgl 2% Skonto",
		  { .more = true, .less = true, .discount = true, .discount_per_myriad = 200 } },
		{ "4411 LESS 2% PROMPT PAYMENT",
		  { .more = true, .less = true, .discount_per_myriad = 200 } },
		{ "RELEVE 07/2026 MOINS LITIGE", { .more = true, .less = true, .balance = true } },
		{ "ESCOMPTE 1,5 % FA 12", { .discount = true, .discount_per_myriad = 150 } },
		{ "ESCOMPTE 0.75%", { .discount = true, .discount_per_myriad = 75 } },
		{ "ESCOMPTE 1.125%", { .discount = true } },
		{ "ESCOMPTE 12%", { .discount = true } },
		{ "ESCOMPTE %", { .discount = true } },
		{ "ESCOMPTE 99999999999%", { .discount = true } },
		{ "2% DE TVA", { 0 } }, /* the rate of something else */
		{ "/RFB/4711/CHGS SHA", { .charges = true } },
		{ "LESS CHARGES", { .more = true, .less = true, .charges = true } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new(0);
		struct said s = said_read(a, rows[i].text), w = rows[i].said;
		if (s.more != w.more || s.several != w.several || s.balance != w.balance ||
		    s.part != w.part || s.discount != w.discount || s.charges != w.charges ||
		    s.less != w.less || s.discount_per_myriad != w.discount_per_myriad)
			fail_msg("\"%s\": %d", rows[i].text, s.discount_per_myriad);
		arena_free(a);
	}
}

static void hears_what_another_reference_says_besides(void **state)
{
	struct arena *a = arena_new(0);
	struct said s = said_read(a, "FA-12");

	(void)state;
	said_also(&s, a, "ACOMPTE SUR FA-12");
	assert_true(s.part && !s.cut && !s.more);
	said_also(&s, a, "PAGO FRA FACT3697,INV2938DU1210,FAC");
	assert_true(s.part && s.cut && !s.more);
	arena_free(a);
}

/* What is taken off without a word for a discount or charges may be anything. */
static void takes_nothing_off_for_a_quarrel(void **state)
{
	static const struct {
		const char *text;
		int64_t minor;
		enum match_state state;
	} rows[] = {
		{ "V-26-1009", 312345 - 1250, MATCH_AUTO },
		{ "V-26-1009 MOINS FRAIS", 312345 - 1250, MATCH_AUTO },
		{ "V-26-1009 MOINS LITIGE", 312345 - 1250, MATCH_PROPOSED },
		{ "V-26-1009 MOINS 2%", 306098, MATCH_AUTO },
		{ "V-26-1009 MOINS LITIGE", 306098, MATCH_PROPOSED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct match_entry entry =
			entry_of("FONDERIE VALBRUNE", rows[i].text, rows[i].minor);
		struct arena *a = arena_new(0);
		struct match_result r;
		match_one(book_of(a, without_terms), &entry, NULL, &r);
		if (r.state != rows[i].state)
			fail_msg("\"%s\": state %d, stop %d", rows[i].text, r.state, r.stop.why);
		if (r.state != MATCH_AUTO)
			assert_int_equal(r.stop.why, WHY_more_said);
		arena_free(a);
	}
}

/* A statement of a month, all of it less a discount. */
static void takes_a_discount_off_a_month(void **state)
{
	enum { DECEMBER = 20058 }; /* 2024-12-01 */
	static const struct match_item month[] = {
		ITEM(1, 2, "V-26-0991", DECEMBER - 20, 51117),
		ITEM(2, 2, "V-26-1001", DECEMBER, 51119),
		ITEM(3, 2, "V-26-1002", DECEMBER + 1, 20431),
		ITEM(4, 2, "V-26-1003", DECEMBER + 1, 77713),
		ITEM(5, 2, "V-26-1004", DECEMBER + 40, 35519),
		ITEM(6, 1, "V-26-1005", DECEMBER, 81123),
	};
	static const struct match_input input = { .customers = without_terms,
						  .n_customers = 2,
						  .items = month,
						  .n_items = ARRAY_LEN(month) };
	struct match_entry entry = entry_of("FONDERIE VALBRUNE", "RELEVE 12/2024 MOINS ESCOMPTE 2%",
					    51119 + 20431 + 77713 - 1022 - 409 - 1554);
	struct arena *a = arena_new(0);
	struct match_result r;

	(void)state;
	match_one(match_book_new(a, &input), &entry, NULL, &r);
	assert_int_equal(r.state, MATCH_AUTO);
	assert_int_equal(r.explanations[0].rule, MATCH_RULE_DISCOUNT);
	assert_int_equal(r.explanations[0].n_lines, 6);
	for (size_t l = 0; l < 6; l++)
		assert_int_equal(r.explanations[0].lines[l].item, 1 + l / 2);
	arena_free(a);
}

/* ---- many entries ---- */

enum { N_OTHERS = 30 };

struct many {
	struct match_customer customers[N_OTHERS + 1];
	struct match_item items[N_OTHERS + 1];
	struct match_entry entries[N_OTHERS + 1];
	struct match_result results[N_OTHERS + 1];
};

/* Each of N_OTHERS customers pays its document by number, less 7.35; one more does so without number. */
static struct match_book *one_tariff(struct arena *a, struct many *m, bool is_named)
{
	static const char *const syllables[] = { "bra", "cel", "dru", "fos", "gam", "hul" };
	struct match_input *input = ARENA_NEW(a, struct match_input);

	for (int i = 0; i <= N_OTHERS; i++) {
		m->customers[i] = (struct match_customer){
			.id = i + 1,
			.code = arena_printf(a, "K%d", i),
			.name = arena_printf(a, "%s%s%s Exports", syllables[i % 6],
					     syllables[i / 6 % 6], syllables[(i * 5 + 1) % 6])
		};
		m->items[i] =
			(struct match_item){ .id = i + 1,
					     .customer = (uint32_t)i,
					     .document = arena_printf(a, "EX-26-%04d", 211 + i * 7),
					     .issued_on = 20000,
					     .due_on = 20030,
					     .open_minor = 200000 + 7919 * i,
					     .currency = "EUR" };
		m->entries[i] = entry_of(m->customers[i].name,
					 i < N_OTHERS && is_named ? m->items[i].document : "",
					 m->items[i].open_minor - 735);
		m->entries[i].id = i + 1;
	}
	*input = (struct match_input){ .customers = m->customers,
				       .n_customers = N_OTHERS + 1,
				       .items = m->items,
				       .n_items = N_OTHERS + 1 };
	return match_book_new(a, input);
}

static void learns_what_banks_withhold_from_those_who_name_their_documents(void **state)
{
	struct arena *a = arena_new(0);
	struct many m;
	struct match_result alone;
	struct match_book *book = one_tariff(a, &m, true);

	(void)state;
	match_one(book, &m.entries[N_OTHERS], NULL, &alone);
	assert_int_equal(alone.state, MATCH_PROPOSED);
	match_run(book, m.entries, N_OTHERS + 1, NULL, m.results);
	assert_int_equal(m.results[0].state, MATCH_AUTO);
	assert_int_equal(m.results[N_OTHERS].state, MATCH_AUTO);
	assert_int_equal(m.results[N_OTHERS].explanations[0].rule, MATCH_RULE_CHARGES);
	/* Those who name nothing teach nothing. */
	book = one_tariff(a, &m, false);
	match_run(book, m.entries, N_OTHERS + 1, NULL, m.results);
	assert_int_equal(m.results[N_OTHERS].state, MATCH_PROPOSED);
	arena_free(a);
}

static void learns_how_often_payers_who_are_known_pay_nothing_that_is_open(void **state)
{
	enum { N = 200 };
	static const int accounts[] = { 0, 10, 60 };
	struct seen_one one[N];
	double before = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(accounts); i++) {
		double share[MATCH_N_FORMS] = {
			[MATCH_FORM_ONE] = 0.5, [MATCH_FORM_ACCOUNT] = 0.05
		};
		struct arena *a = arena_new(0);
		for (int k = 0; k < N; k++)
			one[k] = (struct seen_one){ .is_known = true,
						    .is_account = k < accounts[i] };
		seen_learn(seen_count(a, one, N), share);
		/* 200 beside 50 thought of before. */
		assert_true(fabs(share[MATCH_FORM_ACCOUNT] - (0.05 * 50 + accounts[i]) / 250) <
			    1e-9);
		assert_true(share[MATCH_FORM_ACCOUNT] > before);
		before = share[MATCH_FORM_ACCOUNT];
		arena_free(a);
	}
}

/* Who pays for several customers, naming their documents, pays for others when he names them with less ado. */
static void learns_who_pays_for_several_customers(void **state)
{
	static const struct {
		const char *name, *text;
	} receipts[N_OTHERS] = {
		{ "PERCEPTION DU VAL", "FACTURE 2011" }, { "Perception du Val", "FACTURE 2018" },
		{ "PERCEPTION DU VAL", "FACTURE 2025" }, { "PERCEPTION DU VAL", "VIR 2032" },
		{ "HOLDING ZEPHYR", "VIR 2039" },
	};
	struct match_entry entries[5];
	struct match_result results[5];
	struct arena *a = arena_new(0);
	struct match_book *book;
	struct many m;

	(void)state;
	(void)one_tariff(a, &m, true);
	for (int i = 0; i <= N_OTHERS; i++)
		m.items[i].document = arena_printf(a, "%d", 2011 + i * 7);
	book = match_book_new(a, &(struct match_input){ .customers = m.customers,
							.n_customers = N_OTHERS + 1,
							.items = m.items,
							.n_items = N_OTHERS + 1 });
	for (int i = 0; i < 5; i++) {
		entries[i] = entry_of(receipts[i].name, receipts[i].text, m.items[i].open_minor);
		entries[i].id = i + 1;
	}
	match_one(book, &entries[3], NULL, &results[3]);
	assert_int_equal(results[3].state, MATCH_PROPOSED);
	match_run(book, entries, 5, NULL, results);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(results[i].state, MATCH_AUTO);
		assert_int_equal(results[i].explanations[0].lines[0].item, i);
	}
	assert_int_equal(results[4].state, MATCH_PROPOSED);
	arena_free(a);
}

static void takes_receipts_that_pay_one_document_together(void **state)
{
	static const int64_t whole[] = { 111117, 89013, 112215 },
			     less[] = { 111117, 89013, 100000 };
	struct match_entry entries[3];
	struct match_result results[3];
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < 3; i++)
		entries[i] = entry_of("VALBRUNE", "V-26-1009", whole[i]);
	match_run(book_of(a, without_terms), entries, 3, NULL, results);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(results[i].state, MATCH_AUTO);
		assert_int_equal(results[i].explanations[0].n_lines, 1);
		assert_int_equal(results[i].explanations[0].lines[0].item, 2);
		assert_int_equal(results[i].explanations[0].lines[0].amount_minor, whole[i]);
	}
	/* The payer does not say who he is: what the three are together says it, and nothing less. */
	for (int is_whole = 0; is_whole < 2; is_whole++) {
		for (size_t i = 0; i < 3; i++) {
			entries[i] = entry_of("", "V-26-1009", is_whole ? whole[i] : less[i]);
			entries[i].payer_iban = "DE89370400440532013000";
		}
		match_run(book_of(a, without_terms), entries, 3, NULL, results);
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(results[i].state, is_whole ? MATCH_AUTO : MATCH_PROPOSED);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grants_a_discount_that_the_terms_allow),
		cmocka_unit_test(takes_no_discount_beside_the_whole_number_of_another),
		cmocka_unit_test(what_is_cents_off_a_rate_is_a_part),
		cmocka_unit_test(hears_in_what_form_somebody_says_to_pay),
		cmocka_unit_test(hears_what_another_reference_says_besides),
		cmocka_unit_test(takes_nothing_off_for_a_quarrel),
		cmocka_unit_test(takes_a_discount_off_a_month),
		cmocka_unit_test(learns_what_banks_withhold_from_those_who_name_their_documents),
		cmocka_unit_test(learns_how_often_payers_who_are_known_pay_nothing_that_is_open),
		cmocka_unit_test(learns_who_pays_for_several_customers),
		cmocka_unit_test(takes_receipts_that_pay_one_document_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
