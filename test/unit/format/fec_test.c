/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/format/format_test.h"

#include "format/fec.h"

#define HEADER                                                                                     \
	"JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|"          \
	"CompAuxLib|"                                                                              \
	"PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|" \
	"Idevise"

/* The lines read, with copies of the texts that the tests look at. */
struct lines_read {
	struct fec_line at[64];
	size_t n;
	struct arena *arena;
};

static void keep(void *arg, const struct record *r)
{
	struct lines_read *l = arg;

	if (r->kind != RECORD_FEC_LINE || l->n == ARRAY_LEN(l->at))
		return;
	l->at[l->n] = *r->fec;
	l->at[l->n].aux = arena_strdup(l->arena, r->fec->aux);
	l->at[l->n].account = arena_strdup(l->arena, r->fec->account);
	l->at[l->n].lettering = arena_strdup(l->arena, r->fec->lettering);
	l->at[l->n].currency = arena_strdup(l->arena, r->fec->currency);
	l->at[l->n++].piece_ref = arena_strdup(l->arena, r->fec->piece_ref);
}

struct reading {
	struct seen seen;
	struct lines_read lines;
	bool ok;
	struct err e;
};

static void read_fec(struct reading *r, const char *text, const char *name)
{
	struct parse_options o = { .format = FORMAT_FEC, .name = name };

	*r = (struct reading){ 0 };
	r->lines.arena = arena_new(0);
	r->seen.also = keep;
	r->seen.arg = &r->lines;
	r->ok = seen_parse(&r->seen, text, strlen(text), &o, &r->e);
}

static void reading_done(struct reading *r)
{
	arena_free(r->lines.arena);
	seen_done(&r->seen);
}

static void reads_the_sample_of_the_specification(void **state)
{
	struct seen s = { 0 };
	size_t n;
	char *bytes = slurp("test/fixtures/fec-21-lines.txt", &n);
	int64_t line, times;

	(void)state;
	assert_true(seen_parse(&s, bytes, n, NULL, NULL));
	assert_int_equal(s.total.format, FORMAT_FEC);
	assert_int_equal(s.n[RECORD_FEC_LINE], 20);
	assert_int_equal(s.total.debit_minor, 1070000);
	assert_int_equal(s.total.credit_minor, 1070000);
	assert_int_equal(s.total.n_entries, 8);
	assert_int_equal(s.total.n_unbalanced_entries, 0);
	assert_int_equal(s.total.n_rejected, 0);
	assert_int_equal(s.total.from, date_of(2025, 1, 1));
	assert_int_equal(s.total.to, date_of(2025, 6, 30));
	assert_non_null(seen_issue(&s, "fec.blank", &line, &times));
	assert_int_equal(line, 3);
	assert_int_equal(times, 2);
	seen_done(&s);
	free(bytes);
}

/* One line with its amounts in two columns. */
static void expect_amounts(const char *columns, const char *values, bool ok, int64_t debit,
			   int64_t credit)
{
	char text[2048];
	struct reading r;

	snprintf(
		text, sizeof text,
		"JournalCode|EcritureNum|EcritureDate|CompteNum|PieceRef|PieceDate|EcritureLib|%s\n"
		"VE|1|20260105|411|F1|20260105|x|%s\n",
		columns, values);
	read_fec(&r, text, NULL);
	if (!r.ok)
		fail_msg("%s: %s", values, r.e.msg);
	if ((r.lines.n == 1) != ok)
		fail_msg("%s: %s", values, ok ? r.seen.issue[0].message : "was read");
	if (ok && (r.lines.at[0].debit_minor != debit || r.lines.at[0].credit_minor != credit))
		fail_msg("%s: %" PRId64 " %" PRId64, values, r.lines.at[0].debit_minor,
			 r.lines.at[0].credit_minor);
	reading_done(&r);
}

static void reads_every_way_to_write_an_amount(void **state)
{
	(void)state;
	expect_amounts("Debit|Credit", "12,50|0,00", true, 1250, 0);
	expect_amounts("Debit|Credit", "12.50|", true, 1250, 0);
	expect_amounts("Debit|Credit", "|12", true, 0, 1200);
	expect_amounts("Debit|Credit", "-12,5|0", true, -1250, 0);
	expect_amounts("Debit|Credit", "12,50-|0", true, -1250, 0);
	expect_amounts("Debit|Credit", "+12,50|0", true, 1250, 0);
	expect_amounts("Debit|Credit", "0000000069,60|0000000000,00", true, 6960, 0);
	expect_amounts("Debit|Credit", "1 234 567,89|0", true, 123456789, 0);
	expect_amounts("Debit|Credit",
		       "1\xC2\xA0"
		       "234,56|0",
		       true, 123456, 0);
	expect_amounts("Debit|Credit",
		       "1\xE2\x80\xAF"
		       "234,56|0",
		       true, 123456, 0);
	expect_amounts("Debit|Credit", "1.234,56|0", true, 123456, 0);
	expect_amounts("Debit|Credit", "1.234|0", false, 0, 0);
	expect_amounts("Debit|Credit", "0,50|1.234", true, 50, 123400);
	expect_amounts("Debit|Credit", "0.50|1.230", true, 50, 123);
	expect_amounts("Debit|Credit", "12,345|0", false, 0, 0);
	expect_amounts("Debit|Credit", "1x|0", false, 0, 0);
	expect_amounts("Debit|Credit", "99999999999999999999|0", false, 0, 0);
	expect_amounts("Montant|Sens", "12,50|D", true, 1250, 0);
	expect_amounts("Montant|Sens", "12,50|c", true, 0, 1250);
	expect_amounts("Montant|Sens", "12,50|+1", true, 1250, 0);
	expect_amounts("Montant|Sens", "12,50|1", true, 1250, 0);
	expect_amounts("Montant|Sens", "12,50|-1", true, 0, 1250);
	expect_amounts("Montant|Sens", "-12,50|D", true, -1250, 0);
	expect_amounts("Montant|Sens", "12,50|X", false, 0, 0);
	expect_amounts("MONTANT | sens ", "12,50|D", true, 1250, 0);
	expect_amounts("Débit|Crédit", "12,50|0", true, 1250, 0);
}

static void rejects_a_line_and_reads_the_others(void **state)
{
	static const struct {
		const char *line, *code, *field, *value;
	} bad[] = {
		{ "VE|V|1|20261341|411|C|C1|A|F1|20260105|x|1,00|0|||20260131||", "fec.date",
		  "EcritureDate", "20261341" },
		{ "VE|V|1||411|C|C1|A|F1|20260105|x|1,00|0|||20260131||", "fec.date",
		  "EcritureDate", "" },
		{ "VE|V|1|20260105||C|C1|A|F1|20260105|x|1,00|0|||20260131||", "fec.account",
		  "CompteNum", "" },
		{ "VE|V|1|20260105|411|C|C1|A|F1|2026-13-05|x|1,00|0|||20260131||", "fec.date",
		  "PieceDate", "2026-13-05" },
		{ "VE|V|1|20260105|411|C|C1|A|F1|20260105|x|one|0|||20260131||", "fec.amount",
		  "Debit", "one" },
		{ "VE|V|1|20260105|411|C|C1|A|F1", "fec.fields", NULL, "" },
		{ "VE|V|1|20260105|411|C|C1|A|F1|20260105|x|y|1,00|0|||20260131|||z", "fec.fields",
		  NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char text[2048];
		struct reading r;
		snprintf(text, sizeof text,
			 HEADER "\nVE|V|2|20260105|411|C|C1|A|F1|20260105|x|0|0|||20260131||\n%s\n"
				"VE|V|2|20260105|411|C|C1|A|F1|20260105|x|0|0|||20260131||\n",
			 bad[i].line);
		read_fec(&r, text, NULL);
		assert_true(r.ok);
		if (r.lines.n != 2 || r.seen.total.n_rejected != 1 || r.seen.n_issues < 1)
			fail_msg("row %zu: %zu lines, %" PRId64 " rejected", i, r.lines.n,
				 r.seen.total.n_rejected);
		assert_string_equal(r.seen.issue[0].code, bad[i].code);
		assert_int_equal(r.seen.issue[0].line, 3);
		assert_true(r.seen.issue[0].is_error);
		assert_true(str_eq(r.seen.issue[0].field, bad[i].field));
		assert_string_equal(r.seen.issue[0].value, bad[i].value);
		reading_done(&r);
	}
}

static void takes_what_cannot_be_read_and_is_not_needed_as_blank(void **state)
{
	struct reading r;
	int64_t line, n;

	(void)state;
	read_fec(
		&r,
		HEADER
		"|DateEcheance\n"
		"VE|V|1|20260105|411|C|C1|A|F1|20260105|x|0|0|AA|{current_date}|20260131|12,50|USD|"
		"20260204\n"
		"VE|V|1|2026-01-05|411|C|C1|A||05/01/2026|x|0|0|||never|12,50|euros|\n",
		NULL);
	assert_true(r.ok);
	assert_int_equal(r.lines.n, 2);
	assert_int_equal(r.seen.total.n_columns, 19);
	assert_string_equal(r.lines.at[0].lettering, "AA");
	assert_int_equal(r.lines.at[0].lettered_on, DAY_NONE);
	assert_int_equal(r.lines.at[0].due_on, date_of(2026, 2, 4));
	assert_true(r.lines.at[0].has_currency_amount);
	assert_int_equal(r.lines.at[0].currency_amount_minor, 1250);
	assert_string_equal(r.lines.at[0].currency, "USD");
	assert_int_equal(r.lines.at[1].entry_on, date_of(2026, 1, 5));
	assert_int_equal(r.lines.at[1].piece_on, date_of(2026, 1, 5));
	assert_null(r.lines.at[1].piece_ref);
	assert_null(r.lines.at[1].currency);
	assert_false(r.lines.at[1].has_currency_amount);
	assert_non_null(seen_issue(&r.seen, "fec.date_ignored", &line, &n));
	assert_int_equal(line, 2);
	assert_non_null(seen_issue(&r.seen, "fec.date_form", &line, &n));
	assert_int_equal(line, 3);
	assert_non_null(seen_issue(&r.seen, "fec.currency", &line, &n));
	reading_done(&r);
}

static void reports_what_does_not_balance(void **state)
{
	struct reading r;
	int64_t line, n;

	(void)state;
	read_fec(&r,
		 HEADER "\nVE|V|1|20260105|411|C|C1|A|F1|20260105|x|100,00|0|||20260131||\n"
			"VE|V|1|20260105|706|C|||F1|20260105|x|0|99,97|||20260131||\n"
			"VE|V|2|20260105|411|C|C1|A|F2|20260105|x|0|0|||20260131||\n",
		 NULL);
	assert_true(r.ok);
	assert_int_equal(r.seen.total.n_entries, 2);
	assert_int_equal(r.seen.total.n_unbalanced_entries, 1);
	assert_non_null(seen_issue(&r.seen, "fec.rounding", &line, &n));
	assert_non_null(seen_issue(&r.seen, "fec.entry_rounding", &line, &n));
	assert_int_equal(r.seen.total.n_errors, 0);
	reading_done(&r);
	read_fec(&r, HEADER "\nVE|V|1|20260105|411|C|C1|A|F1|20260105|x|100,00|0|||20260131||\n",
		 NULL);
	assert_true(r.ok);
	assert_non_null(seen_issue(&r.seen, "fec.unbalanced", &line, &n));
	assert_non_null(seen_issue(&r.seen, "fec.entry_unbalanced", &line, &n));
	assert_int_equal(line, 2);
	reading_done(&r);
	/* The same number another day is another entry: programs that number nothing still balance. */
	read_fec(&r,
		 HEADER "\nVE|V||20260105|411|C|C1|A|F1|20260105|x|100,00|0|||20260131||\n"
			"VE|V||20260106|706|C|||F1|20260105|x|0|100,00|||20260131||\n",
		 NULL);
	assert_true(r.ok);
	assert_int_equal(r.seen.total.n_entries, 2);
	assert_int_equal(r.seen.total.n_unbalanced_entries, 2);
	reading_done(&r);
}

/* All debits first, then all credits: the lines of an entry lie far apart, in a file of many entries. */
static void finds_the_entry_of_a_line_wherever_it_stands(void **state)
{
	enum { ENTRIES = 5000, UNBALANCED = 4321 };
	static const char *const headers[] = {
		"JournalCode|EcritureNum|EcritureDate|CompteNum|Debit|Credit\n",
		"\"JournalCode\"|EcritureNum|EcritureDate|CompteNum|Debit|Credit\n"
	};
	const size_t room = (size_t)ENTRIES * 2 * 64;
	char *text = malloc(room);

	(void)state;
	assert_non_null(text);
	for (size_t quoted = 0; quoted < 2; quoted++) {
		struct reading r;
		int64_t line, times;
		size_t n = (size_t)snprintf(text, room, "%s", headers[quoted]);

		for (size_t side = 0; side < 2; side++)
			for (int i = 1; i <= ENTRIES; i++) {
				const char *mark = quoted ? "\"" : "";
				int minor = side && i == UNBALANCED ? 1 : i;
				n += (size_t)snprintf(text + n, room - n,
						      "%sVE%s|%s%d%s|20260105|706%s000|%d|%d\n",
						      mark, mark, mark, i, mark, mark,
						      side ? 0 : minor, side ? minor : 0);
			}
		read_fec(&r, text, NULL);
		assert_true(r.ok);
		assert_int_equal(r.seen.n[RECORD_FEC_LINE], 2 * ENTRIES);
		assert_int_equal(r.seen.total.n_entries, ENTRIES);
		assert_int_equal(r.seen.total.n_unbalanced_entries, 1);
		assert_non_null(seen_issue(&r.seen, "fec.entry_unbalanced", &line, &times));
		assert_int_equal(line, UNBALANCED + 1);
		reading_done(&r);
	}
	free(text);
}

static void leaves_out_what_no_sum_can_hold(void **state)
{
	struct reading r;
	int64_t line, times;

	(void)state;
	read_fec(&r,
		 "JournalCode|EcritureNum|EcritureDate|CompteNum|Debit|Credit\n"
		 "VE|1|20260105|411|92233720368547758,00|0\n"
		 "VE|1|20260105|411|-92233720368547758,00|0\n"
		 "VE|1|20260105|411|0,05|0\n"
		 "VE|1|20260105|706|0|0,05\n",
		 NULL);
	assert_true(r.ok);
	assert_non_null(seen_issue(&r.seen, "fec.sum", &line, &times));
	assert_int_equal(line, 3);
	assert_int_equal(r.seen.n[RECORD_FEC_LINE], 2);
	assert_int_equal(r.seen.total.n_rejected, 2);
	assert_int_equal(r.seen.total.debit_minor, INT64_C(9223372036854775805));
	reading_done(&r);
}

static void checks_the_files_name(void **state)
{
	static const char text[] =
		HEADER "\nVE|V|1|20260105|411|C|C1|A|F1|20260105|x|0|0|||20260131||\n";
	static const struct {
		const char *name, *code;
	} cases[] = {
		{ "123456782FEC20261231.txt", NULL },
		{ "/tmp/123456782fec20261231.TXT", NULL },
		{ "123456789FEC20261231.txt", "fec.siren" },
		{ "export.txt", "fec.name" },
		{ "123456782FEC20251231.txt", "fec.period" },
		{ "123456782FEC20261301.txt", "fec.closing" },
		{ "SIRENFEC20221231.txt", "fec.name" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct reading r;
		int64_t line, n;
		read_fec(&r, text, cases[i].name);
		assert_true(r.ok);
		if (cases[i].code && !seen_issue(&r.seen, cases[i].code, &line, &n))
			fail_msg("%s: no %s", cases[i].name, cases[i].code);
		if (!cases[i].code && r.seen.n_issues)
			fail_msg("%s: %s", cases[i].name, r.seen.issue[0].message);
		reading_done(&r);
	}
}

static void refuses_a_file_without_the_columns(void **state)
{
	static const char *const bad[] = {
		"",
		"\n\n",
		"VE|V|1|20260105|411|C|C1|A|F1|20260105|x|1|0|||20260131||\n",
		"JournalCode|JournalLib|EcritureNum|EcritureDate|CompteLib|Debit|Credit\n",
		"JournalCode|EcritureNum|EcritureDate|CompteNum|Debit\n",
		"JournalCode|EcritureNum|EcritureDate|CompteNum|Montant\n",
		"JournalCode|EcritureNum|EcritureDate|CompteNum|Debit|Credit|Debit\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct reading r;
		read_fec(&r, bad[i], NULL);
		if (r.ok || r.e.code != ERR_FORMAT)
			fail_msg("row %zu was read", i);
		reading_done(&r);
	}
}

static void reads_any_separator_and_line_end(void **state)
{
	static const char *const files[] = {
		"JournalCode;EcritureNum;EcritureDate;CompteNum;Debit;Credit\r\nVE;1;20260105;411;"
		"0,00;0\r\n",
		"\r\rJournalCode\tEcritureNum\tEcritureDate\tCompteNum\tDebit\tCredit\rVE\t1\t2"
		"0260105\t411"
		"\t0,00\t0\r",
		"\"JournalCode\";\"EcritureNum\";\"EcritureDate\";\"CompteNum\";\"Debit\";"
		"\"Credit\"\n"
		"\"VE\";\"1\";\"20260105\";\"411\";\"0,00\";\"0\"\n",
		"JournalCode|EcritureNum|EcritureDate|CompteNum|Debit|Credit|\n\nVE|1|20260105|411|"
		"0,00|0|\n\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct reading r;
		int64_t line, n;
		read_fec(&r, files[i], NULL);
		if (!r.ok || r.lines.n != 1)
			fail_msg("row %zu: %s", i, r.ok ? "no line" : r.e.msg);
		assert_string_equal(r.lines.at[0].account, "411");
		if (r.seen.total.separator == ';')
			assert_non_null(seen_issue(&r.seen, "fec.separator", &line, &n));
		reading_done(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_sample_of_the_specification),
		cmocka_unit_test(reads_every_way_to_write_an_amount),
		cmocka_unit_test(rejects_a_line_and_reads_the_others),
		cmocka_unit_test(takes_what_cannot_be_read_and_is_not_needed_as_blank),
		cmocka_unit_test(reports_what_does_not_balance),
		cmocka_unit_test(finds_the_entry_of_a_line_wherever_it_stands),
		cmocka_unit_test(leaves_out_what_no_sum_can_hold),
		cmocka_unit_test(checks_the_files_name),
		cmocka_unit_test(refuses_a_file_without_the_columns),
		cmocka_unit_test(reads_any_separator_and_line_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
