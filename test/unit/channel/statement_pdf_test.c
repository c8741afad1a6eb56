/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "sample.h"

static const struct statement_bucket buckets[] = {
	{ "Non échu", "4" NNB "210,00" NB "€", 182 },
	{ "1-30 jours", "9" NNB "873,60" NB "€", 426 },
	{ "31-60 jours", "7" NNB "603,00" NB "€", 328 },
	{ "61-90 jours", "0,00" NB "€", 0 },
	{ "Plus de 90 jours", "1" NNB "480,12" NB "€", 64 },
};

static const struct letter_row credits[] = {
	{ "Virement du 18/11/2026", "18/11/2026", NULL, NULL, "2" NNB "500,00" NB "€",
	  "2" NNB "500,00" NB "€" },
};

static const struct letter_pair totals[] = {
	{ "Factures et avoirs", "23" NNB "166,72" NB "€" },
	{ "Règlements à affecter", "−2" NNB "500,00" NB "€" },
	{ "Solde de votre compte", "20" NNB "666,72" NB "€" },
};

static struct statement_view sample_statement(struct arena *a, size_t n_rows)
{
	return (struct statement_view){
		.language = "fr",
		.sender = sample_sender,
		.address = sample_address,
		.n_address = ARRAY_LEN(sample_address),
		.place_date = "Nantes, le 21 novembre 2026",
		.references = sample_references,
		.n_references = 1,
		.title = "Relevé de compte",
		.as_of = "Situation au 21 novembre 2026",
		.ageing_title = "Ancienneté des sommes dues",
		.buckets = buckets,
		.n_buckets = ARRAY_LEN(buckets),
		.items_title = "Factures et avoirs ouverts",
		.items = { .heads = { "Document", "Date", "Échéance", "Retard", "Montant",
				      "Reste dû" },
			   .rows = sample_rows(a, n_rows),
			   .n_rows = n_rows },
		.credits_title = "Règlements reçus, à affecter",
		.credits = { .heads = { "Règlement", "Date", NULL, NULL, "Montant", "À affecter" },
			     .rows = credits,
			     .n_rows = ARRAY_LEN(credits) },
		.totals = totals,
		.n_totals = ARRAY_LEN(totals),
		.payment = { .title = "Pour régler par virement",
			     .pairs = sample_pairs,
			     .n_pairs = ARRAY_LEN(sample_pairs),
			     .qr = sample_qr(a),
			     .qr_caption = "À lire avec l'application de votre banque" },
		.page_caption = "Page",
	};
}

static void prints_a_statement_of_account(void **state)
{
	static const char *const part[] = {
		"Relevé de compte",       "Ancienneté", "Plus de 90 jours",
		"FA2026-0001012",         "à affecter", "Solde de votre compte",
		"Virement du 18/11/2026", "Page 1/1"
	};
	struct arena *a = arena_new(0);
	struct statement_view v = sample_statement(a, 2);
	struct err e = { 0 };
	const char *path, *text;
	struct buf pdf;

	(void)state;
	buf_init(&pdf, a);
	if (!statement_pdf(&v, sample_created_at, &pdf, NULL, &e))
		fail_msg("%s", e.msg);
	path = sample_keep(a, "statement.pdf", &pdf);
	text = sample_run(a, "pdftotext", arena_printf(a, "-layout %s -", path));
	sample_remove(path);
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		if (!strstr(text, part[i]))
			fail_msg("\"%s\" is not in the statement:\n%s", part[i], text);
	arena_free(a);
}

static void a_long_statement_takes_several_pages(void **state)
{
	struct arena *a = arena_new(0);
	struct statement_view v = sample_statement(a, 150);
	struct err e = { 0 };
	int n_pages = 0;
	struct buf pdf;

	(void)state;
	buf_init(&pdf, a);
	assert_true(statement_pdf(&v, sample_created_at, &pdf, &n_pages, &e));
	assert_true(n_pages >= 4);
	sample_remove(sample_keep(a, "statement-long.pdf", &pdf));
	arena_free(a);
}

static void refuses_a_statement_that_cannot_be_drawn(void **state)
{
	struct statement_bucket bad = { "x", "1", 1001 };
	struct arena *a = arena_new(0);
	struct statement_view v = sample_statement(a, 1);
	struct err e = { 0 };
	struct buf pdf;

	(void)state;
	buf_init(&pdf, a);
	v.buckets = &bad;
	v.n_buckets = 1;
	assert_false(statement_pdf(&v, sample_created_at, &pdf, NULL, &e));
	assert_int_equal(e.code, ERR_RANGE);
	v = sample_statement(a, 1);
	v.title = NULL;
	assert_false(statement_pdf(&v, sample_created_at, &pdf, NULL, &e));
	assert_string_equal(e.field, "title");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_a_statement_of_account),
		cmocka_unit_test(a_long_statement_takes_several_pages),
		cmocka_unit_test(refuses_a_statement_that_cannot_be_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
