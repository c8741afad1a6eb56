/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong, broken and hostile files: each gets its own answer, none hurts. */
#include "unit/format/format_test.h"

#include "../fuzz/fuzz.h"
#include "format/camt_fields.h"
#include "format/encoding.h"
#include "format/sniff.h"

#include <dirent.h>

static void refuses_each_wrong_file_with_its_own_message(void **state)
{
#define FILE_OF(bytes, word)                   \
	{                                      \
		bytes, sizeof(bytes) - 1, word \
	}
	static const struct {
		const char *bytes;
		size_t n;
		const char *word;
	} files[] = {
		FILE_OF("", "empty"),
		FILE_OF("  \r\n", "blank"),
		FILE_OF("\x1F\x8B\x08", "gzip"),
		FILE_OF("PK\3\4\24\0\1\0\10\0", "password"),
		FILE_OF("PK\3\4\24\0\0\0\10\0", "cut off"),
		FILE_OF("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "ZIP archive"),
		FILE_OF("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....W\0o\0r\0k\0b\0o\0o\0k\0", ".xlsx"),
		FILE_OF("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
			"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0",
			"password"),
		FILE_OF("-----BEGIN PGP MESSAGE-----\n", "PGP"),
		FILE_OF("\x85\1\14\3"
			"ABCDEFGHIJKLMNOP",
			"PGP"),
		FILE_OF("%PDF-1.7\n/Encrypt 5 0 R\n%%EOF", "password"),
		FILE_OF("%PDF-1.7\n", "cut off"),
		FILE_OF("%PDF-1.7\n%%EOF\n", "PDF"),
		FILE_OF("\x89PNG\r\n", "picture"),
		FILE_OF("<?xml version='1.0'?><comptabilite/>", "flat text"),
		FILE_OF("<html><body>", "web page"),
		FILE_OF("<a/>", "unknown kind"),
		FILE_OF("OFXHEADER:100\r\n", "no statement"),
		FILE_OF("<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>",
			"UBL"),
		FILE_OF("a;b\n\1\2\3\4\5\6\7\10\16\17\20", "control"),
		FILE_OF("a;b\n1;\0", "control"),
		FILE_OF("\xFF\xFE"
			"a\0b",
			"cut in the middle"),
		FILE_OF("\xEF\xBB\xBF"
			"a;b\n1;\xE9\n",
			"line 2"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct seen s = { 0 };
		struct err e = { 0 };
		if (seen_parse(&s, files[i].bytes, files[i].n, NULL, &e))
			fail_msg("row %zu was read", i);
		if (e.code != ERR_FORMAT || !strstr(e.msg, files[i].word))
			fail_msg("row %zu: %s: %s, not \"%s\"", i, err_name(e.code), e.msg,
				 files[i].word);
		seen_done(&s);
	}
}

static void does_not_take_one_format_for_another(void **state)
{
	static const char csv[] = "a;b\n1;2\n";
	struct parse_options o = { .format = FORMAT_CAMT053 };
	struct seen s = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_false(seen_parse(&s, csv, sizeof csv - 1, &o, &e));
	assert_int_equal(e.code, ERR_FORMAT);
	assert_non_null(strstr(e.msg, "csv"));
	seen_done(&s);
}

/* A statement around some content of its entry's amount. */
static char *statement(const char *before, const char *inside)
{
	char *text = NULL;

	assert_true(
		asprintf(
			&text,
			"<?xml version=\"1.0\"?>%s<Document><BkToCstmrStmt><Stmt><Id>%s</Id></Stmt>"
			"</BkToCstmrStmt></Document>",
			before, inside) > 0);
	return text;
}

static void refuse_xml(char *xml, enum err_code code, const char *word)
{
	struct seen s = { 0 };
	struct err e = { 0 };

	if (seen_parse(&s, xml, strlen(xml), NULL, &e))
		fail_msg("%.100s was read", xml);
	if (e.code != code || !strstr(e.msg, word))
		fail_msg("%.100s: %s", xml, e.msg);
	seen_done(&s);
	free(xml);
}

static char *repeat(const char *word, size_t n)
{
	size_t len = strlen(word);
	char *text = malloc(len * n + 1);

	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, word, len);
	text[len * n] = 0;
	return text;
}

static void refuses_every_doctype(void **state)
{
	char *a = repeat("a", 50000), *refs = repeat("&a;", 20000), *quadratic = NULL;

	(void)state;
	refuse_xml(
		statement(
			"<!DOCTYPE d [<!ENTITY l0 \"lol\"><!ENTITY l1 \"&l0;&l0;&l0;&l0;&l0;&l0;\">"
			"<!ENTITY l2 \"&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;\">]>",
			"&l2;"),
		ERR_FORMAT, "DOCTYPE");
	assert_true(asprintf(&quadratic, "<!DOCTYPE d [<!ENTITY a \"%s\">]>", a) > 0);
	refuse_xml(statement(quadratic, refs), ERR_FORMAT, "DOCTYPE");
	refuse_xml(statement("<!DOCTYPE d SYSTEM \"file:///etc/passwd\">", "x"), ERR_FORMAT,
		   "DOCTYPE");
	refuse_xml(statement("<!DOCTYPE d [<!ENTITY x SYSTEM \"http://127.0.0.1/\">]>", "&x;"),
		   ERR_FORMAT, "DOCTYPE");
	refuse_xml(statement("", "&undefined;"), ERR_FORMAT, "damaged");
	free(a);
	free(refs);
	free(quadratic);
}

static void holds_against_depth_and_length(void **state)
{
	char *open = repeat("<a>", 100000), *close = repeat("</a>", 100000), *both = NULL;
	size_t n = 100 << 20;
	char *line = malloc(n + 1);
	struct seen s = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_true(asprintf(&both, "%s%s", open, close) > 0);
	refuse_xml(statement("", both), ERR_LIMIT, "deep");
	refuse_xml(statement("", open), ERR_LIMIT, "deep");
	memset(line, 'x', n);
	line[n] = 0;
	refuse_xml(statement("", line), ERR_LIMIT, "too long");
	/* A hundred megabytes without a line end: a table of one too long row. */
	memcpy(line, "a;b;c\n1;2;3\n", 12);
	assert_true(seen_parse(&s, line, n, NULL, &e));
	assert_int_equal(s.n[RECORD_CSV_ROW], 1);
	assert_int_equal(s.total.n_rejected, 1);
	seen_done(&s);
	free(open);
	free(close);
	free(both);
	free(line);
}

static void believes_no_cut_statement(void **state)
{
	size_t n;
	char *bytes = slurp(test_data("camt/camt/camt053.v8.xml"), &n);
	size_t whole = n;

	(void)state;
	while (whole && bytes[whole - 1] <= ' ')
		whole--;
	for (size_t cut = 0; cut < whole; cut += 97) {
		struct seen s = { 0 };
		struct err e = { 0 };
		char *part = malloc(cut + 1);
		memcpy(part, bytes, cut);
		if (seen_parse(&s, part, cut, NULL, &e))
			fail_msg("cut at %zu it was read", cut);
		assert_int_equal(e.code, ERR_FORMAT);
		seen_done(&s);
		free(part);
	}
	free(bytes);
}

static void survives_every_cut_of_an_accounting_file(void **state)
{
	size_t n;
	char *bytes = slurp("test/fixtures/fec-21-lines.txt", &n);

	(void)state;
	for (size_t cut = 0; cut < n; cut += 97) {
		struct seen s = { 0 };
		char *part = malloc(cut + 1);
		memcpy(part, bytes, cut);
		/* Whatever it holds, no line is made up: the lines are those before the cut. */
		if (seen_parse(&s, part, cut, NULL, NULL))
			assert_true(s.total.n_records <= 20);
		seen_done(&s);
		free(part);
	}
	free(bytes);
}

static void tells_the_single_byte_charsets_apart(void **state)
{
	static const struct {
		const char *bytes, *encoding, *text;
	} cases[] = {
		{ "soci\x82t\x82 de pi\x8a"
		  "ces",
		  "IBM850", "société de pièces" },
		{ "soci\xE9t\xE9 de pi\xE8"
		  "ces",
		  "ISO-8859-15", "société de pièces" },
		{ "l\x92\xE9t\xE9 \x80 12", "windows-1252", "l’été € 12" },
		{ "c\x9Cur", "windows-1252", "cœur" },
		{ "c\xBDur \xE9t\xE9", "ISO-8859-15", "cœur été" },
		{ "Facture N\xF8 12", "IBM850", "Facture N° 12" },
		{ "N\xB0 12", "ISO-8859-15", "N° 12" },
		{ "1\xA0"
		  "234,56",
		  "ISO-8859-15",
		  "1\xC2\xA0"
		  "234,56" },
		{ "\x90TOILE FRAN\x80"
		  "AISE",
		  "IBM850", "ÉTOILE FRANÇAISE" },
		{ "\xC9TOILE FRAN\xC7"
		  "AISE",
		  "ISO-8859-15", "ÉTOILE FRANÇAISE" },
		{ "plain", "US-ASCII", "plain" },
		{ "caf\xC3\xA9", "UTF-8", "café" },
		{ "f\xFCr Stra\xDF"
		  "e",
		  "ISO-8859-15", "für Straße" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct decoded d;
		assert_true(encoding_decode(cases[i].bytes, strlen(cases[i].bytes), &d, NULL));
		if (strcmp(d.encoding, cases[i].encoding) != 0 || d.len != strlen(cases[i].text) ||
		    memcmp(d.text, cases[i].text, d.len) != 0)
			fail_msg("row %zu: %s \"%.*s\"", i, d.encoding, (int)d.len, d.text);
		decoded_done(&d);
	}
}

static void has_its_tables_in_order(void **state)
{
	(void)state;
	assert_true(camt_rules_are_sorted());
}

/* ---- the fuzzers' corpora and findings ---- */

static int replay(const char *folder, const char *name, void (*target)(const char *, size_t))
{
	char path[512];
	struct dirent *f;
	int n = 0;
	DIR *d;

	snprintf(path, sizeof path, "fuzz/%s/%s", folder, name);
	d = opendir(path);
	while (d && (f = readdir(d)) != NULL) {
		size_t len;
		char *bytes, *exact;
		if (f->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "fuzz/%s/%s/%s", folder, name, f->d_name);
		bytes = slurp(path, &len);
		/* No byte more than the input has, so that reading over its end shows. */
		exact = malloc(len ? len : 1);
		memcpy(exact, bytes, len);
		target(exact, len);
		free(exact);
		free(bytes);
		n++;
	}
	if (d)
		closedir(d);
	return n;
}

static void replays_what_fuzzing_found(void **state)
{
	static const struct {
		const char *name;
		void (*target)(const char *, size_t);
	} targets[] = {
		{ "camt", fuzz_camt },         { "cfonb", fuzz_cfonb }, { "csv", fuzz_csv },
		{ "encoding", fuzz_encoding }, { "fec", fuzz_fec },     { "mt940", fuzz_mt940 },
		{ "ofx", fuzz_ofx },           { "coda", fuzz_coda },   { "parse", fuzz_parse },
		{ "stream", fuzz_stream },     { "value", fuzz_value }, { "xlsx", fuzz_xlsx },
		{ "cfonb240", fuzz_cfonb240 }, { "pain", fuzz_pain },   { "advice", fuzz_advice },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		int n = replay("corpus", targets[i].name, targets[i].target);
		if (n == 0)
			fail_msg("fuzz/corpus/%s is empty", targets[i].name);
		replay("found", targets[i].name, targets[i].target);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_each_wrong_file_with_its_own_message),
		cmocka_unit_test(does_not_take_one_format_for_another),
		cmocka_unit_test(refuses_every_doctype),
		cmocka_unit_test(holds_against_depth_and_length),
		cmocka_unit_test(believes_no_cut_statement),
		cmocka_unit_test(survives_every_cut_of_an_accounting_file),
		cmocka_unit_test(tells_the_single_byte_charsets_apart),
		cmocka_unit_test(has_its_tables_in_order),
		cmocka_unit_test(replays_what_fuzzing_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
