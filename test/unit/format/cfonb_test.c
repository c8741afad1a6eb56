/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/format/format_test.h"

#include "format/cfonb.h"

/* What was given, summed, and the first two entries' texts. */
struct given {
	struct arena *arena;
	int statements, entries;
	int64_t opening[4], closing[4], credits, debits;
	const char *iban, *debtor[8], *remittance[8], *end_to_end[8], *info[8], *code[8], *refs[8],
		*purpose[8], *reason[8];
	day_t booked[8];
};

static void also(void *arg, const struct record *r)
{
	struct given *g = arg;

	if (r->kind == RECORD_CAMT_STATEMENT_END && g->statements < 4) {
		const struct camt_statement *s = r->statement;
		assert_true(s->is_balanced);
		g->iban = arena_strdup(g->arena, s->iban);
		g->opening[g->statements] = s->opening_minor;
		g->closing[g->statements++] = s->closing_minor;
		g->credits += s->credits_minor;
		g->debits += s->debits_minor;
	}
	if (r->kind == RECORD_CAMT_ENTRY && g->entries < 8) {
		const struct camt_entry *n = r->entry;
		int i = g->entries++;
		assert_int_equal(n->n_tx, 1);
		g->debtor[i] = arena_strdup(g->arena, n->tx->debtor.name);
		g->remittance[i] = arena_strdup(g->arena, n->tx->remittance);
		g->end_to_end[i] = arena_strdup(g->arena, n->tx->end_to_end_id);
		g->info[i] = arena_strdup(g->arena, n->info);
		g->code[i] = arena_strdup(g->arena, n->bank_own_code);
		g->refs[i] = arena_strdup(g->arena, n->tx->other_refs);
		g->purpose[i] = arena_strdup(g->arena, n->tx->purpose);
		g->booked[i] = n->booked_on;
	}
}

static void read_cfonb(const char *bytes, size_t n, struct given *g, struct seen *s)
{
	struct err e = { 0 };

	*g = (struct given){ .arena = arena_new(0) };
	*s = (struct seen){ .also = also, .arg = g };
	if (!seen_parse(s, bytes, n, NULL, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(s->total.format, FORMAT_CFONB120);
}

static void done(struct given *g, struct seen *s)
{
	arena_free(g->arena);
	seen_done(s);
}

static void expect_sample(const struct given *g)
{
	assert_int_equal(g->statements, 1);
	assert_int_equal(g->entries, 2);
	assert_string_equal(g->iban, "FR7630004008280001234567841");
	assert_int_equal(g->opening[0], 1000000);
	assert_int_equal(g->closing[0], 1195000);
	assert_int_equal(g->credits, 240000);
	assert_int_equal(g->debits, 45000);
	assert_string_equal(g->code[0], "18");
	assert_int_equal(g->booked[0], date_of(2026, 3, 3));
	assert_string_equal(g->debtor[0], "ALPHA SARL");
	assert_string_equal(g->remittance[0], "REGLEMENT FACTURE FA2501-001 MOINS ESCOMPTE");
	assert_string_equal(g->end_to_end[0], "E2E-ALPHA-20260303");
	assert_string_equal(g->purpose[0], "SUPP");
	assert_string_equal(g->refs[0], "reference=FA2501-001");
	assert_string_equal(g->code[1], "B3");
	assert_string_equal(g->info[1], "REJET PRLV SEPA BETA SAS\nAM04 PROVISION INSUFFISANTE");
}

static void reads_the_sample_of_the_specification(void **state)
{
	size_t n, k = 0;
	char *bytes = slurp("test/fixtures/cfonb120.txt", &n), *joined = malloc(n);
	struct given g;
	struct seen s;

	(void)state;
	read_cfonb(bytes, n, &g, &s);
	expect_sample(&g);
	assert_int_equal(s.n_issues, 0);
	done(&g, &s);
	/* The same without line ends. */
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != '\n')
			joined[k++] = bytes[i];
	read_cfonb(joined, k, &g, &s);
	expect_sample(&g);
	done(&g, &s);
	free(joined);
	free(bytes);
}

static void reads_overpunched_amounts(void **state)
{
	static const struct {
		const char *text;
		int64_t minor;
	} good[] = {
		{ "0000000012345F", 123456 }, { "0000000012345O", -123456 },
		{ "0000000000010R", -109 },   { "0000000001904{", 19040 },
		{ "0000000000000{", 0 },      { "0000000000000}", 0 },
	};
	static const char *const bad[] = { "", "00000000123456", "0000X00012345F",
					   "00000000000000000F" };
	int64_t minor;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(cfonb_amount(good[i].text, strlen(good[i].text), &minor));
		assert_int_equal(minor, good[i].minor);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(cfonb_amount(bad[i], strlen(bad[i]), &minor));
}

/* Statements, entries and errors that each sample must give. */
static void takes_whole_statements_only(void **state)
{
	static const struct {
		const char *file;
		int statements, entries;
		int64_t credits, debits;
		const char *code;
	} files[] = {
		{ "cfonb/example.txt", 2, 6, 9749, 7081, NULL },
		{ "cfonb/end_of_statement_without_beginning.txt", 0, 0, 0, 0, "cfonb.order" },
		{ "cfonb/invalid_date.txt", 0, 0, 0, 0, "cfonb.length" },
		{ "cfonb/new_statement_without_previous_ended.txt", 0, 0, 0, 0, "cfonb.order" },
		{ "cfonb/operation.txt", 0, 0, 0, 0, "cfonb.order" },
		{ "cfonb/operation_already_defined.txt", 0, 0, 0, 0, "cfonb.order" },
		{ "cfonb/operation_detail_without_operation.txt", 0, 0, 0, 0, "cfonb.order" },
		{ "cfonb/operation_out_of_statement.txt", 0, 0, 0, 0, "cfonb.order" },
		{ "cfonb/operation_unstarted.txt", 0, 0, 0, 0, "cfonb.order" },
		{ "python-cfonb/bank_statement.cfo", 0, 0, 0, 0, "cfonb.unbalanced" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct given g;
		struct seen s;
		char path[256];
		int64_t line, times;
		size_t n;
		char *bytes;
		snprintf(path, sizeof path, "cfonb/%s", files[i].file);
		bytes = slurp(test_data(path), &n);
		read_cfonb(bytes, n, &g, &s);
		if (g.statements != files[i].statements || g.entries != files[i].entries ||
		    g.credits != files[i].credits || g.debits != files[i].debits)
			fail_msg("%s: %d statements, %d entries, %" PRId64 " %" PRId64 " %s", path,
				 g.statements, g.entries, g.credits, g.debits,
				 s.n_issues ? s.issue[0].message : "");
		if (files[i].code && !seen_issue(&s, files[i].code, &line, &times))
			fail_msg("%s: no %s but %s", path, files[i].code,
				 s.n_issues ? s.issue[0].code : "nothing");
		done(&g, &s);
		free(bytes);
	}
}

static void gives_the_balances_of_the_example(void **state)
{
	size_t n;
	char *bytes = slurp(test_data("cfonb/cfonb/example.txt"), &n);
	struct given g;
	struct seen s;

	(void)state;
	read_cfonb(bytes, n, &g, &s);
	assert_int_equal(g.opening[0], -19040);
	assert_int_equal(g.closing[0], -24121);
	assert_int_equal(g.opening[1], -24121);
	assert_int_equal(g.closing[1], -16372);
	assert_non_null(strstr(g.info[0], "AAA INTERNETA AAA\nAAA INTERNETA ABB"));
	done(&g, &s);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_sample_of_the_specification),
		cmocka_unit_test(reads_overpunched_amounts),
		cmocka_unit_test(takes_whole_statements_only),
		cmocka_unit_test(gives_the_balances_of_the_example),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
