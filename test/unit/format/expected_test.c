/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of every sample file, computed by another program, must be the ones read here. */
#include "unit/format/format_test.h"

#include "base/map.h"
#include "base/money.h"

enum { SCALE = 5, TEXT = 512 };

/* Figures of one file under the names that EXPECTED.tsv uses. */
struct figures {
	struct seen seen;
	struct arena *arena;
	struct map values;
	bool is_refused;
	struct err e;
	/* fec */
	struct map journals, accounts, customers;
	int64_t lettered, lines_411, debit_411, credit_411, unlettered_411, negative;
	/* camt */
	int64_t credit, debit, reversals, tx, batches, tx_credit, tx_debit, tx_amount, tx_zero,
		tx_e2e, tx_return, tx_structured, statements;
	struct map currencies;
};

static int64_t scaled(int64_t minor, const char *currency)
{
	for (int i = currency_decimals(currency); i < SCALE; i++)
		minor *= 10;
	return minor;
}

/* "-12.5" with five decimals. */
static bool number(const char *s, int64_t *ret)
{
	bool negative = *s == '-';
	int64_t v = 0;
	int decimals = -1;

	s += negative;
	if (!*s)
		return false;
	for (; *s && *s != ' '; s++) {
		if (*s == '.') {
			decimals = 0;
			continue;
		}
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (*s - '0');
		decimals += decimals >= 0;
	}
	for (decimals = decimals < 0 ? 0 : decimals; decimals < SCALE; decimals++)
		v *= 10;
	*ret = negative ? -v : v;
	return true;
}

static void put(struct figures *f, const char *name, const char *value)
{
	map_set(&f->values, name, arena_strdup(f->arena, value));
}

static void put_number(struct figures *f, const char *name, int64_t v)
{
	put(f, name, arena_printf(f->arena, "%" PRId64, v));
}

/* A figure with five decimals. */
static void put_scaled(struct figures *f, const char *name, int64_t v)
{
	int64_t abs = v < 0 ? -v : v;

	put(f, name,
	    arena_printf(f->arena, "%s%" PRId64 ".%05" PRId64, v < 0 ? "-" : "", abs / 100000,
			 abs % 100000));
}

static void put_day(struct figures *f, const char *name, day_t d)
{
	struct civil c = date_civil(d);

	put(f, name, arena_printf(f->arena, "%04d%02d%02d", c.year, c.month, c.day));
}

static void take_fec(struct figures *f, const struct fec_line *l)
{
	int64_t *balance, net = l->debit_minor - l->credit_minor;
	const char *customer = l->aux ? l->aux : l->account;

	map_set(&f->journals, l->journal, f);
	map_set(&f->accounts, l->account, f);
	f->lettered += l->lettering != NULL;
	f->negative += l->debit_minor < 0 || l->credit_minor < 0;
	if (!str_starts(l->account, "411"))
		return;
	f->lines_411++;
	f->debit_411 += l->debit_minor;
	f->credit_411 += l->credit_minor;
	if (!l->lettering)
		f->unlettered_411 += net;
	balance = map_get(&f->customers, customer);
	if (!balance) {
		balance = ARENA_NEW(f->arena, int64_t);
		map_set(&f->customers, customer, balance);
	}
	*balance += net;
}

static void take_tx(struct figures *f, const struct camt_tx *t)
{
	f->tx++;
	f->tx_amount += t->has_amount;
	f->tx_zero += t->has_amount && t->minor == 0;
	if (t->has_amount && t->minor > 0)
		f->tx_credit += scaled(t->minor, t->currency);
	if (t->has_amount && t->minor < 0)
		f->tx_debit -= scaled(t->minor, t->currency);
	f->tx_e2e += t->end_to_end_id != NULL;
	f->tx_return += t->return_code || t->return_info;
	f->tx_structured += t->n_references > 0;
}

static void take_statement(struct figures *f, const struct camt_statement *s)
{
	struct map codes;
	const char *suffix = arena_printf(f->arena, "[%" PRId64 "]", ++f->statements);

	map_init(&codes, f->arena);
	put(f, arena_printf(f->arena, "account%s", suffix), s->iban ? s->iban : s->other_account);
	put(f, "message", s->message);
	for (size_t i = 0; i < s->n_balances; i++) {
		const struct camt_balance *b = &s->balance[i];
		int64_t *seen = map_get(&codes, b->code);
		if (!seen) {
			seen = ARENA_NEW(f->arena, int64_t);
			map_set(&codes, b->code, seen);
		}
		++*seen;
		put_scaled(f,
			   *seen == 1 ? arena_printf(f->arena, "balance_%s%s", b->code, suffix)
				      : arena_printf(f->arena, "balance_%s#%" PRId64 "%s", b->code,
						     *seen, suffix),
			   scaled(b->minor, b->currency));
	}
	if ((map_get(&codes, "OPBD") || map_get(&codes, "PRCD")) && map_get(&codes, "CLBD"))
		put(f, arena_printf(f->arena, "opening_plus_entries_equals_closing%s", suffix),
		    s->is_balanced ? "yes" : "no");
}

static void also(void *arg, const struct record *r)
{
	struct figures *f = arg;

	if (r->kind == RECORD_FEC_LINE)
		take_fec(f, r->fec);
	if (r->kind == RECORD_CAMT_STATEMENT_END)
		take_statement(f, r->statement);
	if (r->kind == RECORD_CAMT_ENTRY) {
		const struct camt_entry *n = r->entry;
		*(n->minor < 0 ? &f->debit : &f->credit) +=
			scaled(n->minor < 0 ? -n->minor : n->minor, n->currency);
		f->reversals += n->is_reversal;
		f->batches += n->n_tx > 1;
		map_set(&f->currencies, n->currency, f);
		for (size_t i = 0; i < n->n_tx; i++)
			take_tx(f, &n->tx[i]);
	}
}

static void put_fec(struct figures *f)
{
	const struct parse_total *t = &f->seen.total;

	put(f, "encoding",
	    str_eq(t->encoding, "US-ASCII")  ? "ascii"
	    : str_starts(t->encoding, "UTF") ? "utf-8"
					     : "single-byte");
	put(f, "sep", t->separator == '\t' ? "TAB" : "PIPE");
	put_number(f, "columns", t->n_columns);
	put_number(f, "lines", t->n_records);
	put_scaled(f, "total_debit", t->debit_minor * 1000);
	put_scaled(f, "total_credit", t->credit_minor * 1000);
	put_number(f, "journals", (int64_t)f->journals.n);
	put_number(f, "entries_jrn_num_date", t->n_entries);
	put_number(f, "entries_unbalanced", t->n_unbalanced_entries);
	put_number(f, "accounts", (int64_t)f->accounts.n);
	put_day(f, "first_date", t->from);
	put_day(f, "last_date", t->to);
	put_number(f, "lettered_lines", f->lettered);
	put_number(f, "lines_411", f->lines_411);
	put_scaled(f, "debit_411", f->debit_411 * 1000);
	put_scaled(f, "credit_411", f->credit_411 * 1000);
	put_number(f, "customers_411", (int64_t)f->customers.n);
	put_scaled(f, "unlettered_411_balance", f->unlettered_411 * 1000);
	put_number(f, "negative_amount_lines", f->negative);
	for (size_t i = 0; i < f->customers.n; i++)
		put_scaled(f,
			   arena_printf(f->arena, "balance_411[%s]", f->customers.entries[i].key),
			   *(int64_t *)f->customers.entries[i].value * 1000);
}

static void put_camt(struct figures *f)
{
	put_number(f, "statements", f->seen.total.n_statements);
	put_number(f, "entries", f->seen.n[RECORD_CAMT_ENTRY]);
	put_scaled(f, "credit_sum", f->credit);
	put_scaled(f, "debit_sum", f->debit);
	put_number(f, "reversal_entries", f->reversals);
	put_number(f, "tx_details", f->tx);
	put_number(f, "batch_entries_gt1_tx", f->batches);
	put_number(f, "tx_with_endtoendid", f->tx_e2e);
	put_number(f, "tx_with_structured_remittance", f->tx_structured);
	put_number(f, "tx_with_return_info", f->tx_return);
	put_number(f, "tx_with_amount", f->tx_amount);
	put_scaled(f, "tx_credit_sum", f->tx_credit);
	put_scaled(f, "tx_debit_sum", f->tx_debit);
	if (f->currencies.n == 1)
		put(f, "entry_currencies", f->currencies.entries[0].key);
	if (f->seen.total.n_statements == 0)
		put(f, "message",
		    f->seen.total.format == FORMAT_CAMT053 ? "camt.053.001.02" : "no statement");
	put(f, "zip", f->is_refused && strstr(f->e.msg, "ZIP") ? "yes" : "no");
}

static void figures_of(struct figures *f, const char *path)
{
	size_t n;
	char *bytes = slurp(test_data(path), &n);

	f->arena = arena_new(0);
	map_init(&f->values, f->arena);
	map_init(&f->journals, f->arena);
	map_init(&f->accounts, f->arena);
	map_init(&f->customers, f->arena);
	map_init(&f->currencies, f->arena);
	f->seen.also = also;
	f->seen.arg = f;
	f->is_refused = !seen_parse(&f->seen, bytes, n, NULL, &f->e);
	if (str_starts(path, "fec/"))
		put_fec(f);
	else
		put_camt(f);
	free(bytes);
}

static void figures_done(struct figures *f)
{
	arena_free(f->arena);
	seen_done(&f->seen);
	*f = (struct figures){ 0 };
}

static const char *value_of(struct figures *f, const char *measure)
{
	const char *v = map_get(&f->values, measure);

	/* With one statement the measures carry no number. */
	return v ? v : map_get(&f->values, arena_printf(f->arena, "%s[1]", measure));
}

static bool agree(const char *measure, const char *got, const char *expected)
{
	int64_t a, b;

	if (str_starts(measure, "opening_plus"))
		return strncmp(got, expected, 2) == 0;
	if (number(got, &a) && number(expected, &b))
		return a == b;
	return strcmp(got, expected) == 0;
}

/* What is a matter of the bytes, not of their reading. */
static bool is_of_bytes(const char *measure)
{
	return str_eq(measure, "eol") || str_eq(measure, "lone_cr") ||
	       str_eq(measure, "non_ascii_bytes");
}

static void reads_every_figure_of_the_samples(void **state)
{
	struct figures f = { 0 };
	char line[4096], current[TEXT] = "";
	int compared = 0, wrong = 0;
	FILE *tsv = fopen(test_data("EXPECTED.tsv"), "r");

	(void)state;
	assert_non_null(tsv);
	while (fgets(line, sizeof line, tsv)) {
		char *save, *path = strtok_r(line, "\t\n", &save),
			    *measure = strtok_r(NULL, "\t\n", &save),
			    *expected = strtok_r(NULL, "\t\n", &save);
		const char *got;
		if (!expected || (!str_starts(path, "fec/") && !str_starts(path, "camt/")) ||
		    is_of_bytes(measure))
			continue;
		if (!str_eq(path, current)) {
			figures_done(&f);
			snprintf(current, sizeof current, "%s", path);
			figures_of(&f, path);
		}
		got = value_of(&f, measure);
		compared++;
		/* The other program takes an amount written "0" for none, and "0.00" for one. */
		if (str_eq(measure, "tx_with_amount") && f.tx_zero && got &&
		    !agree(measure, got, expected))
			got = arena_printf(f.arena, "%" PRId64, f.tx_amount - f.tx_zero);
		if (!got || !agree(measure, got, expected)) {
			print_message("%s %s: expected %s, read %s %s\n", path, measure, expected,
				      got ? got : "nothing", f.is_refused ? f.e.msg : "");
			wrong++;
		}
	}
	fclose(tsv);
	figures_done(&f);
	print_message("%d figures compared\n", compared);
	assert_int_equal(wrong, 0);
	assert_true(compared > 4000);
}

static void reads_one_ledger_written_twelve_ways(void **state)
{
	static const struct {
		const char *file, *encoding;
	} files[] = {
		{ "bnc-22-columns", "UTF-8" },
		{ "fixed-width-pipe", "single" },
		{ "montant-sens-plus-minus", "UTF-8" },
		{ "montant-sens", "UTF-8" },
		{ "pipe-cp1252-trailing", "single" },
		{ "pipe-latin9", "single" },
		{ "point-decimals-upper", "UTF-8" },
		{ "tab-cp850-crcrlf", "IBM850" },
		{ "tab-utf16le", "UTF-16LE" },
		{ "tab-utf8-bom-crlf", "UTF-8" },
		{ "tab-utf8", "UTF-8" },
		{ "thousands-nbsp", "UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct figures f = { 0 };
		char path[TEXT];
		snprintf(path, sizeof path, "fec/synthetic/%s.txt", files[i].file);
		figures_of(&f, path);
		print_message("%s: %s\n", path, f.seen.total.encoding);
		if (f.is_refused)
			fail_msg("%s: %s", path, f.e.msg);
		assert_int_equal(f.seen.total.n_records, 2999);
		assert_int_equal(f.seen.total.n_rejected, 0);
		assert_int_equal(f.seen.total.debit_minor, 277975658);
		assert_int_equal(f.seen.total.credit_minor, 277975658);
		assert_int_equal(f.unlettered_411, 54974088);
		if (str_eq(files[i].encoding, "single"))
			assert_true(str_eq(f.seen.total.encoding, "ISO-8859-15") ||
				    str_eq(f.seen.total.encoding, "windows-1252"));
		else
			assert_string_equal(f.seen.total.encoding, files[i].encoding);
		figures_done(&f);
	}
}

/* All texts of all lines as one, to compare the decodings. */
struct texts {
	char *all;
	size_t n;
};

static void collect_texts(void *arg, const struct record *r)
{
	struct texts *t = arg;
	const char *parts[3];

	if (r->kind != RECORD_FEC_LINE)
		return;
	parts[0] = r->fec->account_label;
	parts[1] = r->fec->aux_label;
	parts[2] = r->fec->label;
	for (int i = 0; i < 3; i++) {
		size_t n = parts[i] ? strlen(parts[i]) : 0;
		t->all = realloc(t->all, t->n + n + 1);
		if (n)
			memcpy(t->all + t->n, parts[i], n);
		t->n += n;
		t->all[t->n++] = '\n';
	}
}

static void decodes_all_charsets_to_the_same_text(void **state)
{
	static const char *const files[] = {
		"tab-utf8",    "tab-cp850-crcrlf", "pipe-cp1252-trailing", "pipe-latin9",
		"tab-utf16le", "fixed-width-pipe", "tab-utf8-bom-crlf"
	};
	struct texts first = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct texts t = { 0 };
		struct seen s = { .also = collect_texts, .arg = &t };
		char path[TEXT];
		size_t n;
		char *bytes;
		snprintf(path, sizeof path, "fec/synthetic/%s.txt", files[i]);
		bytes = slurp(test_data(path), &n);
		assert_true(seen_parse(&s, bytes, n, NULL, NULL));
		if (i == 0) {
			first = t;
		} else {
			assert_int_equal(t.n, first.n);
			assert_memory_equal(t.all, first.all, t.n);
			free(t.all);
		}
		seen_done(&s);
		free(bytes);
	}
	free(first.all);
}

static void reads_the_portfolio(void **state)
{
	struct figures f = { 0 };

	(void)state;
	figures_of(&f, "portfolio/camt053.xml");
	assert_false(f.is_refused);
	assert_int_equal(f.seen.n[RECORD_CAMT_ENTRY], 1200);
	assert_int_equal(f.credit, INT64_C(641676233) * 1000);
	figures_done(&f);
	figures_of(&f, "portfolio/fec.txt");
	assert_false(f.is_refused);
	assert_int_equal(f.seen.total.n_records, 38881);
	assert_int_equal(f.seen.total.debit_minor, 5468952234);
	figures_done(&f);
	figures_of(&f, "portfolio/invoices.csv");
	assert_false(f.is_refused);
	assert_int_equal(f.seen.n[RECORD_CSV_ROW], 9000);
	figures_done(&f);
	figures_of(&f, "portfolio/customers.csv");
	assert_false(f.is_refused);
	assert_int_equal(f.seen.n[RECORD_CSV_ROW], 600);
	figures_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_figure_of_the_samples),
		cmocka_unit_test(reads_one_ledger_written_twelve_ways),
		cmocka_unit_test(decodes_all_charsets_to_the_same_text),
		cmocka_unit_test(reads_the_portfolio),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
