/* SPDX-License-Identifier: Apache-2.0 */
/* What the bank's text names, in portfolios that number their documents in different ways. */
#include "test.h"

#include "match/book.h"
#include "../fuzz/fuzz.h"

enum { N_CUSTOMERS = 4 };

static const struct match_customer customers[N_CUSTOMERS] = {
	{ .id = 1,
	  .code = "C0000351",
	  .name = "Menuiserie Dubourg SARL",
	  .siren = "732829320",
	  .vat_number = "FR44732829320" },
	{ .id = 2, .code = "KD4711", .name = "Klinkenfeld GmbH" },
	{ .id = 3, .code = "411088", .name = "Scierie Branchevieille" },
	{ .id = 4, .code = "Z9", .name = "Brasserie Moussaline" },
};

/* Documents issued in October 2026, one line each: document|customer|reference|order. */
struct style {
	const char *name;
	const char *documents[12];
};

static const struct style styles[] = {
	{ "french",
	  { "FA2026-0000012|1|RF18539007547034|BC-77120", "FA2026-0000013|1", "FA2026-0000015|1",
	    "FA2025-0000012|2", "AV2026-0000003|1", "FA2026-0004711|3|000000000012345678901234567",
	    "FA2026-0081234|4" } },
	{ "digits", { "1002345|1", "1002346|1", "1002399|2", "1007777|3||PO998877" } },
	{ "slashes", { "2026/00012|1", "2026/00013|1", "2025/00012|2", "2026/04711|3" } },
	{ "short", { "F-26-12|1", "F-26-13|2", "F-26-118|3" } },
	{ "english", { "INV/2026/0042|1|090933755493", "INV/2026/0043|2", "INV/2026/1042|3" } },
	{ "four", { "2172|1", "3044|2", "2026|3", "118|4" } },
	{ "letters", { "A12/B|1", "A13/B|2", "C120/X|3" } },
	{ "small", { "101|1", "102|1", "103|1", "204|2" } },
	{ "mixed", { "RE0018Z|1", "RE00182|2", "RE0005N|3", "B000148|4", "RE00018|3" } },
	{ "checked", { "0001682-95|1", "0001683-98|1", "0002405-95|2", "0003795-98|3" } },
	{ "year last", { "12/2026|1", "13/2026|1", "118/2026|2", "431/2026|3" } },
	{ "branches", { "PAR-26-00451|1", "LYO-26-00451|2", "LYO-26-00452|2" } },
};

struct fact {
	const char *style, *text;
	const char *
		documents; /* named, in the order of the list, each followed by its kind: !whole ~else */
};

static const struct fact facts[] = {
	/* as written, and nearly */
	{ "french", "FACT FA2026-0000012", "FA2026-0000012!" },
	{ "french", "fa 2026 0000012 merci", "FA2026-0000012!" },
	{ "french", "FACTFA20260000012DU12/03", "FA2026-0000012!" },
	{ "french", "FA2026-00000 12", "FA2026-0000012!" },
	{ "french", "FA2O26-OOOOO12", "FA2026-0000012!" },
	{ "french", "FA2026-12", "FA2026-0000012!" },
	{ "french", "FA26-0012", "FA2026-0000012~" },
	{ "french", "2026-4711", "FA2026-0004711~" },
	{ "french", "FACTURE 0004711", "FA2026-0004711~" },
	{ "french", "VIR 004711", "FA2026-0004711~" },
	{ "french", "FA2025-12", "FA2025-0000012!" },
	{ "french", "FA2024-0004711", "" },
	{ "french", "AV2026-3", "" },
	/* lists */
	{ "french", "FA2026-0000012/13/15", "FA2026-0000012! FA2026-0000013! FA2026-0000015!" },
	{ "french", "FA2026-0000012 ET 15", "FA2026-0000012! FA2026-0000015!" },
	{ "french", "FA2026-12 à 15", "FA2026-0000012! FA2026-0000013! FA2026-0000015!" },
	{ "french", "FA2026-0000012 + AV2026-0000003", "FA2026-0000012! AV2026-0000003!" },
	/* references */
	{ "french", "RF18 5390 0754 7034", "FA2026-0000012!" },
	{ "french", "RF19539007547034", "" },
	{ "french", "00 00000 00012 34567 89012 34567", "FA2026-0004711!" },
	{ "english", "+++090/9337/55493+++", "INV/2026/0042!" },
	{ "french", "COMMANDE BC 77120", "FA2026-0000012~" },
	{ "digits", "your order PO998877", "1007777~" },
	/* other things */
	{ "french", "TEL 04711", "" },
	{ "french", "REMISE CB TPE 4711 LOT 12", "" },
	{ "french", "DU 12/10/2026", "" },
	{ "french", "4711,12 EUR", "" },
	{ "french", "FR7630006000011234567890189", "" },
	{ "digits", "MONTANT 1002345 EUR", "" },
	/* other styles */
	{ "digits", "RECHNUNG 1002345", "1002345!" },
	{ "digits", "1002345 1002399", "1002345! 1002399!" },
	{ "digits", "0001002345", "1002345~" },
	{ "digits", "1OO2345", "1002345!" },
	{ "slashes", "2026/00012", "2026/00012!" },
	{ "slashes", "INVOICE 2026/4711", "2026/04711!" },
	{ "slashes", "202600012", "2026/00012!" },
	{ "slashes", "ZAHLUNG 2026/000 12", "2026/00012!" },
	{ "slashes", "2026/000 99", "" },
	{ "slashes", "2026-00012/13", "2026/00012! 2026/00013!" },
	{ "short", "F-26-12", "F-26-12!" },
	{ "short", "F26/118", "F-26-118!" },
	{ "short", "REF 26-118", "F-26-118~" },
	{ "english", "INV 2026 42", "INV/2026/0042!" },
	{ "english", "INV-2026-1042 INV-2026-43", "INV/2026/1042! INV/2026/0043!" },
	/* a word of paying says of what, unless it may be a year or too little */
	{ "four", "NOTRE REGLEMENT 2172 MERCI", "2172!" },
	{ "four", "ZAHLUNG 3044", "3044!" },
	{ "four", "ZAHLUNG VOM 3044", "3044~" },
	{ "four", "VIR 2172", "2172~" },
	{ "four", "SOLDE 2026", "2026~" },
	{ "four", "ACOMPTE 118", "118~" },
	{ "letters", "A12/B", "A12/B!" },
	{ "letters", "A12B", "A12/B!" },
	{ "letters", "A 120", "C120/X~" },
	{ "small", "FACTURES 101, 102 ET 103", "101! 102! 103!" },
	{ "small", "101 RUE DES LILAS", "101~" },
	{ "mixed", "ZAHLUNG RE0018Z", "RE0018Z!" },
	{ "mixed", "FACTB000148", "B000148!" },
	{ "mixed", "RECHNUNG RE18", "RE00018!" },
	{ "mixed", "CLUB000148", "B000148~" },
	{ "checked", "REF0001682-95DU03/10", "0001682-95!" },
	{ "checked", "FACT 1682", "0001682-95~" },
	{ "checked", "FACT 1682-95", "0001682-95!" },
	{ "checked", "VIR 95", "" },
	{ "year last", "RECHNUNG 118/2026", "118/2026!" },
	{ "year last", "REGLEMENT 2026", "" },
	{ "branches", "LYO-26-00451", "LYO-26-00451!" },
	{ "branches", "LYO 26 451", "LYO-26-00451!" },
};

static const char *part(struct arena *a, const char *line, size_t at)
{
	for (; at > 0 && line; at--) {
		line = strchr(line, '|');
		line = line ? line + 1 : NULL;
	}
	return line && strcspn(line, "|") ? arena_strndup(a, line, strcspn(line, "|")) : NULL;
}

static struct match_input input_of(struct arena *a, const char *name)
{
	struct match_item *items = ARENA_ARRAY(a, 12, struct match_item);
	struct match_input in = { .customers = customers,
				  .n_customers = N_CUSTOMERS,
				  .items = items };
	const struct style *s = styles;

	while (strcmp(s->name, name) != 0)
		s++;
	for (size_t i = 0; i < ARRAY_LEN(s->documents) && s->documents[i]; i++) {
		items[in.n_items] = (struct match_item){
			.id = (int64_t)i + 1,
			.customer = (uint32_t)(part(a, s->documents[i], 1)[0] - '1'),
			.document = part(a, s->documents[i], 0),
			.payment_ref = part(a, s->documents[i], 2),
			.order_ref = part(a, s->documents[i], 3),
			.issued_on = date_of(strstr(s->documents[i], "2025") ? 2025 : 2026, 10, 5),
			.due_on = date_of(2026, 11, 5),
			.open_minor = 100000 + (int64_t)i,
			.currency = "EUR",
		};
		in.n_items++;
	}
	return in;
}

static struct match_entry entry_of(const char *text)
{
	return (struct match_entry){
		.amount_minor = 77777, .currency = "EUR", .booked_on = 20800, .remittance = text
	};
}

static void names_documents_however_they_are_numbered(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		struct arena *a = arena_new(0);
		struct match_input in = input_of(a, facts[i].style);
		struct match_entry entry = entry_of(facts[i].text);
		struct evidences found;
		char got[300] = "";

		evidence_find(match_book_new(a, &in), &entry, &found);
		for (uint32_t it = 0; it < in.n_items; it++)
			for (size_t k = 0; k < found.n; k++)
				if (found.at[k].item == it)
					snprintf(got + strlen(got), sizeof got - strlen(got),
						 "%s%s%s", *got ? " " : "", in.items[it].document,
						 found.at[k].kind <= EVIDENCE_DOCUMENT ? "!" : "~");
		/* The table is in the order of the text, the answer in that of the documents. */
		for (const char *w = facts[i].documents; *w;) {
			size_t n = strcspn(w, " ");
			if (!memmem(got, strlen(got), w, n))
				fail_msg("%s: \"%s\": %s", facts[i].style, facts[i].text, got);
			w += n + (w[n] == ' ');
		}
		if (strlen(got) != strlen(facts[i].documents))
			fail_msg("%s: \"%s\": %s", facts[i].style, facts[i].text, got);
		arena_free(a);
	}
}

/* Texts drawn from pieces that mean something: what is found lies inside, whatever the order. */
static void whatever_the_text_the_evidence_lies_in_it(void **state)
{
	static const char *const pieces[] = {
		"FA",
		"2026",
		"-",
		"0000012",
		"12",
		"/",
		" ",
		"O",
		"I",
		"13",
		"ET",
		"\xc3\xa9",
		"RF18",
		"5390",
		"\n",
		"0754703",
		"4",
		"EUR",
		"FACT",
		",",
		"à",
		"F",
		"S5",
		"C0001",
		"0",
		"00",
		"999",
		".",
		"\xf0\x9f\x92\xb6",
		"DE",
		"89",
		"TEL",
		"\xef\xac\x83",
	};
	uint64_t seed = 1;

	(void)state;
	for (int world = 0; world < 3000; world++) {
		char text[1200];
		size_t n = 0, wanted = 20 + (size_t)world % 120;
		for (size_t i = 0; i < wanted && n + 16 < sizeof text; i++) {
			const char *p;
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			p = pieces[(seed >> 33) % ARRAY_LEN(pieces)];
			memcpy(text + n, p, strlen(p));
			n += strlen(p);
		}
		fuzz_evidence(text, n);
	}
}

static bool same(const struct evidence *x, const struct evidence *y, uint32_t n_items)
{
	return x->kind == y->kind && x->field == y->field && x->from == y->from && x->to == y->to &&
	       x->is_shared == y->is_shared && x->reading == y->reading &&
	       (x->item == MATCH_NONE) == (y->item == MATCH_NONE) &&
	       (x->item == MATCH_NONE || x->item == n_items - 1 - y->item);
}

/* The order in which documents come changes nothing but their numbers. */
static void the_order_of_documents_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		struct arena *a = arena_new(0);
		struct match_input in = input_of(a, facts[i].style), back = in;
		struct match_item *turned = ARENA_ARRAY(a, in.n_items, struct match_item);
		struct match_entry entry = entry_of(facts[i].text);
		struct evidences x, y;
		for (size_t k = 0; k < in.n_items; k++)
			turned[k] = in.items[in.n_items - 1 - k];
		back.items = turned;
		evidence_find(match_book_new(a, &in), &entry, &x);
		evidence_find(match_book_new(a, &back), &entry, &y);
		assert_int_equal(x.n, y.n);
		for (size_t k = 0; k < x.n; k++) {
			size_t m = 0;
			while (m < y.n && !same(&x.at[k], &y.at[m], (uint32_t)in.n_items))
				m++;
			if (m == y.n)
				fail_msg("%s: \"%s\"", facts[i].style, facts[i].text);
		}
		arena_free(a);
	}
}

/* What is one slip away or cut short is found among the documents of who may have paid, nowhere else. */
static void damaged_numbers_count_only_for_who_may_have_paid(void **state)
{
	static const struct {
		const char *style, *text, *payer, *document; /* "" nothing */
	} rows[] = {
		{ "french", "FA2026-0098711", "SCIERIE BRANCHEVIEILLE", "" },
		{ "french", "FA2026-0005711", "SCIERIE BRANCHEVIEILLE", "FA2026-0004711" },
		{ "french", "FA2026-0004171", "SCIERIE BRANCHEVIEILLE", "FA2026-0004711" },
		{ "french", "FA2026-000471", "SCIERIE BRANCHEVIEILLE", "FA2026-0004711" },
		{ "french", "REGLEMENT FACTURE FA2026-00812", "BRASSERIE MOUSSALINE",
		  "FA2026-0081234" },
		{ "french", "FA2026-0005711", "", "" },
		{ "french", "FA2026-0005711", "BRASSERIE MOUSSALINE", "" },
		{ "french", "FA2025-0004711", "SCIERIE BRANCHEVIEILLE", "FA2026-0004711" },
		{ "french", "TPE 0005711", "SCIERIE BRANCHEVIEILLE", "" },
		{ "digits", "1007 777", "SCIERIE BRANCHEVIEILLE", "1007777" },
		{ "digits", "1007767", "SCIERIE BRANCHEVIEILLE", "1007777" },
		{ "mixed", "RE5N", "SCIERIE BRANCHEVIEILLE", "RE0005N" },
		{ "mixed", "RE0006N", "SCIERIE BRANCHEVIEILLE", "RE0005N" },
		{ "mixed", "RE0066N", "SCIERIE BRANCHEVIEILLE", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new(0);
		struct match_input in = input_of(a, rows[i].style);
		struct match_entry entry = entry_of(rows[i].text);
		struct facts f;
		const char *got = "";
		entry.payer_name = rows[i].payer;
		facts_find(match_book_new(a, &in), &entry, &f);
		for (size_t k = 0; k < f.evidences.n; k++)
			if (f.evidences.at[k].item != MATCH_NONE) {
				assert_true(f.evidences.at[k].kind >= EVIDENCE_NUMBER);
				got = in.items[f.evidences.at[k].item].document;
			}
		if (strcmp(got, rows[i].document) != 0)
			fail_msg("\"%s\" by %s: %s", rows[i].text, rows[i].payer, got);
		arena_free(a);
	}
}

/* Customers by their code, SIREN, SIRET, VAT number. */
static void names_customers(void **state)
{
	static const struct {
		const char *text;
		int customer; /* 0 none */
	} rows[] = {
		{ "CLIENT C0000351", 1 }, { "C 0000351", 1 },
		{ "732 829 320", 1 },     { "SIRET 73282932000074", 1 },
		{ "FR44 732829320", 1 },  { "KD4711", 2 },
		{ "CLIENT 411088", 3 },   { "TEL 411088", 0 },
		{ "XKD4711", 0 },         { "732829321", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new(0);
		struct match_input in = input_of(a, "branches");
		struct match_entry entry = entry_of(rows[i].text);
		struct evidences found;
		int got = 0;
		evidence_find(match_book_new(a, &in), &entry, &found);
		for (size_t k = 0; k < found.n; k++)
			got = found.at[k].kind >= EVIDENCE_CODE ? (int)found.at[k].customer + 1
								: got;
		if (got != rows[i].customer)
			fail_msg("\"%s\": %d", rows[i].text, got);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_documents_however_they_are_numbered),
		cmocka_unit_test(whatever_the_text_the_evidence_lies_in_it),
		cmocka_unit_test(the_order_of_documents_changes_nothing),
		cmocka_unit_test(damaged_numbers_count_only_for_who_may_have_paid),
		cmocka_unit_test(names_customers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
