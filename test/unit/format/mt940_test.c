/* SPDX-License-Identifier: Apache-2.0 */
/* MT940 and MT942: the figures of every sample, and the traps of the format one by one. */
#include "unit/format/format_test.h"
#include "unit/format/expected.h"

#include "base/map.h"
#include "base/money.h"
#include "format/encoding.h"
#include "format/mt940.h"

enum { TEXT = 512, KEPT = 12 };

/* What a file gave: figures under the names of EXPECTED.tsv, and the first movements. */
struct given {
	struct arena *arena;
	struct map values, accounts;
	struct seen seen;
	struct err e;
	int n_balances, n_entries, n_statements;
	int64_t credit, debit, reversals, rejected;
	struct camt_statement statement[KEPT];
	struct camt_entry entry[KEPT];
	struct camt_tx tx[KEPT];
	char currency[4];
};

static void put(struct given *g, const char *name, const char *prefix, int64_t v)
{
	map_set(&g->values, arena_strdup(g->arena, name),
		arena_printf(g->arena, "%s%" PRId64, prefix, v));
}

static void keep_entry(struct given *g, const struct camt_entry *n)
{
	struct camt_tx *tx = &g->tx[g->n_entries];
	struct camt_entry *to = &g->entry[g->n_entries];

	*to = *n;
	*tx = n->tx[0];
	to->info = arena_strdup(g->arena, n->info);
	to->currency = arena_strdup(g->arena, n->currency);
	to->acct_svcr_ref = arena_strdup(g->arena, n->acct_svcr_ref);
	to->bank_own_code = arena_strdup(g->arena, n->bank_own_code);
	tx->end_to_end_id = arena_strdup(g->arena, tx->end_to_end_id);
	tx->instruction_id = arena_strdup(g->arena, tx->instruction_id);
	tx->payment_info_id = arena_strdup(g->arena, tx->payment_info_id);
	tx->mandate_id = arena_strdup(g->arena, tx->mandate_id);
	tx->remittance = arena_strdup(g->arena, tx->remittance);
	tx->return_code = arena_strdup(g->arena, tx->return_code);
	tx->debtor.name = arena_strdup(g->arena, tx->debtor.name);
	tx->debtor.iban = arena_strdup(g->arena, tx->debtor.iban);
	tx->debtor.bic = arena_strdup(g->arena, tx->debtor.bic);
	tx->creditor.name = arena_strdup(g->arena, tx->creditor.name);
	tx->creditor.iban = arena_strdup(g->arena, tx->creditor.iban);
	tx->creditor.id = arena_strdup(g->arena, tx->creditor.id);
	tx->ultimate_debtor.name = arena_strdup(g->arena, tx->ultimate_debtor.name);
}

static void also(void *arg, const struct record *r)
{
	struct given *g = arg;

	if (r->kind == RECORD_CAMT_STATEMENT && g->n_statements < KEPT) {
		struct camt_statement *s = &g->statement[g->n_statements];
		*s = *r->statement;
		s->id = arena_strdup(g->arena, s->id);
		s->iban = arena_strdup(g->arena, s->iban);
		s->other_account = arena_strdup(g->arena, s->other_account);
		s->bank_bic = arena_strdup(g->arena, s->bank_bic);
		s->sequence = arena_strdup(g->arena, s->sequence);
		s->fault = arena_strdup(g->arena, s->fault);
	}
	if (r->kind == RECORD_CAMT_STATEMENT_END)
		g->n_statements++;
	if (r->kind != RECORD_CAMT_ENTRY)
		return;
	if (r->entry->minor > 0)
		*(r->entry->is_reversal ? &g->debit : &g->credit) +=
			expected_scaled(r->entry->is_reversal ? -r->entry->minor : r->entry->minor,
					r->entry->currency);
	else
		*(r->entry->is_reversal ? &g->credit : &g->debit) +=
			expected_scaled(r->entry->is_reversal ? r->entry->minor : -r->entry->minor,
					r->entry->currency);
	g->reversals += r->entry->is_reversal;
	if (g->n_entries < KEPT)
		keep_entry(g, r->entry);
	g->n_entries++;
}

/* A balance field as the other program prints it. */
static void count_balance(struct given *g, const struct mt940_field *x)
{
	char name[TEXT], currency[5] = "";
	size_t n = 10;
	int64_t minor;

	g->n_balances++;
	assert_true(x->n > 10);
	memcpy(currency, x->text + 7, 3);
	if (!currency_is_code(currency)) {
		snprintf(name, sizeof name, "balance_%s[%d]", x->tag, g->n_balances);
		map_set(&g->values, arena_strdup(g->arena, name),
			arena_strdup(g->arena, "unparsable"));
		return;
	}
	while (n < x->n && !strchr(" \r\n", x->text[n]))
		n++;
	if (!bank_amount(x->text + 10, n - 10, currency, &minor))
		fail_msg("line %" PRId64 ": %.*s", x->line, (int)x->n, x->text);
	minor = expected_scaled(x->text[0] == 'D' ? -minor : minor, currency);
	snprintf(name, sizeof name, "balance_%s[%d]", x->tag, g->n_balances);
	put(g, name, currency, minor);
	if (g->n_balances == 1)
		put(g, "first_balance", arena_printf(g->arena, "%s %s", x->tag, currency), minor);
	put(g, "last_balance", arena_printf(g->arena, "%s %s", x->tag, currency), minor);
}

static void count_fields(struct given *g, const char *bytes, size_t n)
{
	int64_t of20 = 0, of25 = 0, of61 = 0, of86 = 0, accounts = 0;
	struct mt940_fields fields;
	struct mt940_field x;
	struct decoded d;

	assert_true(encoding_decode(bytes, n, &d, &g->e));
	mt940_fields_init(&fields, d.text, d.len);
	while (mt940_fields_next(&fields, &x)) {
		of20 += str_eq(x.tag, "20");
		of61 += str_eq(x.tag, "61");
		of86 += str_eq(x.tag, "86");
		if (str_eq(x.tag, "25")) {
			const char *account = bank_line(g->arena, x.text, x.n);
			of25++;
			accounts += !map_get(&g->accounts, account);
			map_set(&g->accounts, account, g);
		}
		if (str_starts(x.tag, "60") || str_starts(x.tag, "62"))
			count_balance(g, &x);
	}
	decoded_done(&d);
	put(g, "fields_20", "", of20);
	put(g, "fields_25", "", of25);
	put(g, "fields_86", "", of86);
	put(g, "transactions_61", "", of61);
	put(g, "distinct_accounts", "", accounts);
	put(g, "balance_fields", "", g->n_balances);
}

static void read_bytes(struct given *g, const char *bytes, size_t n)
{
	*g = (struct given){ .arena = arena_new(0) };
	map_init(&g->values, g->arena);
	map_init(&g->accounts, g->arena);
	g->seen.also = also;
	g->seen.arg = g;
	count_fields(g, bytes, n);
	if (!seen_parse(&g->seen, bytes, n, NULL, &g->e))
		return;
	for (size_t i = 0; i < g->seen.n_issues; i++)
		g->rejected += str_eq(g->seen.issue[i].code, "mt940.movement");
	put(g, "unparsable_61", "", g->rejected);
	put(g, "reversals", "", g->reversals);
	put(g, "net_credit_sum", "", g->credit);
	put(g, "net_debit_sum", "", g->debit);
}

static void read_text(struct given *g, const char *text)
{
	read_bytes(g, text, strlen(text));
	if (g->e.code)
		fail_msg("%s", g->e.msg);
}

static void done(struct given *g)
{
	arena_free(g->arena);
	seen_done(&g->seen);
	*g = (struct given){ 0 };
}

static bool agree(const char *measure, const char *got, const char *expected)
{
	const char *digits = strpbrk(expected, "-0123456789");
	char text[TEXT];

	if (str_starts(measure, "first_") || str_starts(measure, "last_"))
		digits = expected + 7; /* "62F EUR0.00" */
	if (str_eq(expected, "unparsable"))
		return str_eq(got, expected);
	if (!digits || !got)
		return false;
	if (strstr(measure, "_sum") || str_starts(measure, "balance_6") || digits != expected) {
		snprintf(text, sizeof text, "%.*s%" PRId64, (int)(digits - expected), expected,
			 expected_number(digits));
		return str_eq(got, text);
	}
	return str_eq(got, expected);
}

static void reads_every_figure_of_the_samples(void **state)
{
	char line[4096], current[TEXT] = "";
	FILE *tsv = fopen(test_data("EXPECTED.tsv"), "r");
	struct given g = { 0 };
	int compared = 0, wrong = 0;

	(void)state;
	assert_non_null(tsv);
	while (fgets(line, sizeof line, tsv)) {
		char *save, *path = strtok_r(line, "\t\n", &save),
			    *measure = strtok_r(NULL, "\t\n", &save),
			    *expected = strtok_r(NULL, "\t\n", &save);
		const char *got;
		if (!expected || !str_starts(path, "mt94x/"))
			continue;
		if (!str_eq(path, current)) {
			size_t n;
			char *bytes = slurp(test_data(path), &n);
			if (g.arena)
				done(&g);
			snprintf(current, sizeof current, "%s", path);
			read_bytes(&g, bytes, n);
			free(bytes);
		}
		got = map_get(&g.values, measure);
		/* Two files are no messages at all: none of anything. */
		if (!got && g.e.code == ERR_NONE && g.n_statements == 0)
			got = "0";
		compared++;
		if (!agree(measure, got, expected)) {
			print_message("%s %s: expected %s, read %s %s\n", path, measure, expected,
				      got ? got : "nothing", g.e.msg);
			wrong++;
		}
	}
	fclose(tsv);
	done(&g);
	print_message("%d figures compared\n", compared);
	assert_int_equal(wrong, 0);
	assert_true(compared > 700);
}

#define HEAD(opening) ":20:T\n:25:DE89370400440532013000\n:28C:00012/001\n:60F:" opening "\n"

static void reads_the_traps_of_a_movement(void **state)
{
	static const struct {
		const char *text;
		bool is_read, is_credit, is_reversal;
		const char *amount, *type;
		int value[3], booked[3];
	} cases[] = {
		{ "0709040904CR300,NTRFREF1//0724",
		  true,
		  true,
		  false,
		  "300,",
		  "NTRF",
		  { 2007, 9, 4 },
		  { 2007, 9, 4 } },
		{ "2512311231C1,5NTRFNONREF",
		  true,
		  true,
		  false,
		  "1,5",
		  "NTRF",
		  { 2025, 12, 31 },
		  { 2025, 12, 31 } },
		/* The entry day is of the year before, or after, the value day. */
		{ "2601021230C1,00NTRFX",
		  true,
		  true,
		  false,
		  "1,00",
		  "NTRF",
		  { 2026, 1, 2 },
		  { 2025, 12, 30 } },
		{ "2512300102C1,00NTRFX",
		  true,
		  true,
		  false,
		  "1,00",
		  "NTRF",
		  { 2025, 12, 30 },
		  { 2026, 1, 2 } },
		{ "1602300301DR6,00N024NONREF",
		  true,
		  false,
		  false,
		  "6,00",
		  "N024",
		  { 2016, 2, 29 },
		  { 2016, 3, 1 } },
		{ "150230D6,00N024NONREF",
		  true,
		  false,
		  false,
		  "6,00",
		  "N024",
		  { 2015, 2, 28 },
		  { 0 } },
		/* Reversals: of a credit takes, of a debit gives. */
		{ "260302RC10,00NTRFX", true, false, true, "10,00", "NTRF", { 2026, 3, 2 }, { 0 } },
		{ "260302RDR10,00NTRFX", true, true, true, "10,00", "NTRF", { 2026, 3, 2 }, { 0 } },
		{ "260302C\r\n30,00N062NONREF",
		  true,
		  true,
		  false,
		  "30,00",
		  "N062",
		  { 2026, 3, 2 },
		  { 0 } },
		{ "260302C5.10NTRFX", true, true, false, "5.10", "NTRF", { 2026, 3, 2 }, { 0 } },
		/* No movement. */
		{ "260302C500NTRFX", false, false, false, "", "", { 0 }, { 0 } },
		{ "260302C5.NTRFX", false, false, false, "", "", { 0 }, { 0 } },
		{ "260332C5,00NTRFX", false, false, false, "", "", { 0 }, { 0 } },
		{ "261302C5,00NTRFX", false, false, false, "", "", { 0 }, { 0 } },
		{ "260302X5,00NTRFX", false, false, false, "", "", { 0 }, { 0 } },
		{ "260302C,00NTRFX", false, false, false, "", "", { 0 }, { 0 } },
		{ "260302C1234567890123456789,00NTRFX", false, false, false, "", "", { 0 }, { 0 } },
		{ "", false, false, false, "", "", { 0 }, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct mt940_movement m;
		bool ok = mt940_movement_parse(cases[i].text, strlen(cases[i].text), &m);
		if (ok != cases[i].is_read)
			fail_msg("%s: %d", cases[i].text, ok);
		if (!ok)
			continue;
		assert_int_equal(m.is_credit, cases[i].is_credit);
		assert_int_equal(m.is_reversal, cases[i].is_reversal);
		assert_int_equal(m.amount_n, strlen(cases[i].amount));
		assert_memory_equal(m.amount, cases[i].amount, m.amount_n);
		assert_string_equal(m.type, cases[i].type);
		assert_int_equal(m.value_on,
				 date_of(cases[i].value[0], cases[i].value[1], cases[i].value[2]));
		if (cases[i].booked[0])
			assert_int_equal(m.booked_on,
					 date_of(cases[i].booked[0], cases[i].booked[1],
						 cases[i].booked[2]));
		else
			assert_int_equal(m.booked_on, DAY_NONE);
	}
}

static void reads_german_details(void **state)
{
	struct given g;

	(void)state;
	read_text(
		&g,
		HEAD("C260301EUR100,00") ":61:2603020302C119,00NTRFKREF+//BANK123\n"
					 ":86:166?00GUTSCHRIFT?109310?20EREF+RE-2026-0815?21KREF+"
					 "K77?22SVWZ+Rechnung RE-\n"
					 "2026-08?2315 vom 01.02.2026?24ABWA+Holding "
					 "AG?30DEUTDEDBXXX?31DE93230707000\n"
					 "621787100?32Müller und Söhne Maschi?33nenbau GmbH?34011\n"
					 ":62F:C260302EUR219,00\n-\n");
	assert_int_equal(g.n_entries, 1);
	assert_null(g.statement[0].fault);
	assert_int_equal(g.entry[0].minor, 11900);
	assert_string_equal(g.entry[0].acct_svcr_ref, "BANK123");
	assert_string_equal(g.entry[0].bank_own_code, "NTRF/166");
	assert_string_equal(g.tx[0].end_to_end_id, "RE-2026-0815");
	assert_string_equal(g.tx[0].payment_info_id, "K77");
	assert_string_equal(g.tx[0].remittance, "Rechnung RE-2026-08 15 vom 01.02.2026");
	assert_string_equal(g.tx[0].ultimate_debtor.name, "Holding AG");
	assert_string_equal(g.tx[0].debtor.name, "Müller und Söhne Maschi nenbau GmbH");
	assert_string_equal(g.tx[0].debtor.iban, "DE93230707000621787100");
	assert_string_equal(g.tx[0].debtor.bic, "DEUTDEDBXXX");
	assert_non_null(strstr(g.entry[0].info, "GUTSCHRIFT"));
	done(&g);
}

static void reads_details_with_slashes(void **state)
{
	struct given g;

	(void)state;
	read_text(&g,
		  HEAD("C260301EUR0,00") ":61:260302C10,00NTRFEREF//B1\n"
					 ":86:/TRTP/SEPA "
					 "OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/\n"
					 "Jansen BV/REMI/Factuur 2026-17/EREF/E2E-9\n"
					 ":61:260302C20,00NTRFNONREF//B2\n"
					 ":86:/EREF/NOTPROVIDED//CNTP/NL32INGB0000012345/INGBNL2A/"
					 "Pieter BV/AMSTERDAM///\n"
					 "REMI/USTD//nota 4711/\n"
					 ":61:260302C30,00NTRFNONREF//B3\n"
					 ":86:/REMI/STRD/CUR/9001200000001234/\n"
					 ":62F:C260302EUR60,00\n-\n");
	assert_int_equal(g.n_entries, 3);
	assert_string_equal(g.tx[0].debtor.iban, "NL91ABNA0417164300");
	assert_string_equal(g.tx[0].debtor.name, "Jansen BV");
	assert_string_equal(g.tx[0].remittance, "Factuur 2026-17");
	assert_string_equal(g.tx[0].end_to_end_id, "E2E-9");
	assert_null(g.tx[1].end_to_end_id);
	assert_string_equal(g.tx[1].debtor.name, "Pieter BV");
	assert_string_equal(g.tx[1].remittance, "nota 4711");
	assert_int_equal(g.tx[2].n_references, 1);
	assert_true(g.statement[0].is_balanced || g.n_statements == 1);
	done(&g);
}

static void a_wrapped_time_is_no_field(void **state)
{
	struct given g;

	(void)state;
	read_text(&g, HEAD("C260301EUR0,00") ":61:260302C10,00NTRFNONREF\n:86:KARTE "
					     "02-03-2026T16\n:26:37 Fol\n"
					     ":61:260302C5,00NTRFNONREF\n:86:KARTE "
					     "02-03-2026T16\n:20:11 Fol\n:25:30\n"
					     ":62F:C260302EUR15,00\n-\n");
	assert_int_equal(g.n_statements, 1);
	assert_int_equal(g.n_entries, 2);
	assert_string_equal(g.tx[0].remittance, "KARTE 02-03-2026T16 :26:37 Fol");
	done(&g);
}

static void joins_the_pages_of_a_statement(void **state)
{
	struct given g;

	(void)state;
	read_text(&g, ":20:A\n:25:DE89370400440532013000\n:28C:7/1\n:60F:C260301EUR100,00\n"
		      ":61:260302C10,00NTRFNONREF//A\n:62M:C260302EUR110,00\n-\n"
		      ":20:A\n:25:DE89370400440532013000\n:28C:7/2\n:60M:C260302EUR110,00\n"
		      ":61:260302D5,00NTRFNONREF//B\n:62F:C260302EUR105,00\n-\n"
		      ":20:B\n:25:DE89370400440532013000\n:28C:8/1\n:60F:C260302EUR105,00\n"
		      ":62F:C260303EUR105,00\n-\n");
	assert_int_equal(g.n_statements, 2);
	assert_int_equal(g.n_entries, 2);
	assert_string_equal(g.statement[0].iban, "DE89370400440532013000");
	assert_string_equal(g.statement[0].sequence, "7");
	assert_null(g.statement[0].fault);
	assert_string_equal(g.statement[1].sequence, "8");
	done(&g);
}

static void an_envelope_names_the_bank(void **state)
{
	struct given g;

	(void)state;
	read_text(&g, "\1{1:F01KNABNL2HAXXX0000000000}{2:I940KNABNL2HXXXXN3020}{4:\r\n"
		      ":20:X\r\n:25:NL95KNAB0255499590\r\n:28C:1/1\r\n:60F:C160914EUR0,\r\n"
		      ":62F:C160915EUR0,\r\n-}\3\1{1:F01KNABNL2HAXXX0000000000}{2:I940X}{4:\r\n"
		      ":20:Y\r\n:25:NL95KNAB0255499590\r\n:28C:2/1\r\n:60F:C160915EUR0,\r\n"
		      ":62F:C160916EUR0,\r\n-}");
	assert_int_equal(g.n_statements, 2);
	assert_string_equal(g.statement[0].bank_bic, "KNABNL2HXXX");
	assert_string_equal(g.statement[1].id, "2/1 2016-09-16");
	done(&g);
}

static void says_why_a_statement_cannot_be_taken(void **state)
{
	struct given g;

	(void)state;
	/* Cut off. */
	read_text(&g, HEAD("C260301EUR0,00") ":61:260302C10,00NTRFNONREF\n:86:text");
	assert_non_null(strstr(g.statement[0].fault, "closing balance"));
	done(&g);
	/* A movement in error. */
	read_text(&g, HEAD("C260301EUR0,00") ":61:260302C10NTRFNONREF\n:62F:C260302EUR10,00\n-");
	assert_non_null(strstr(g.statement[0].fault, "movements"));
	assert_int_equal(g.seen.total.n_rejected, 1);
	assert_int_equal(g.seen.issue[0].line, 5);
	done(&g);
	/* A balance in error. */
	read_text(&g, HEAD("C260301EUR0,00") ":62F:C269902EUR10,00\n-");
	assert_non_null(strstr(g.statement[0].fault, "balances"));
	done(&g);
	/* Sums that do not agree are no fault of the reading: told as they are. */
	read_text(&g, HEAD("C260301EUR0,00") ":61:260302C10,00NTRFNONREF\n:62F:C260302EUR11,00\n-");
	assert_null(g.statement[0].fault);
	done(&g);
}

static void tells_intraday_reports_apart(void **state)
{
	struct given g;

	(void)state;
	read_text(&g, ":20:I\n:25:PL29114010810000267002001002\n:28C:1/1\n:34F:PLN0,\n"
		      ":13D:1701191815+0100\n:61:1701190119CN0,01NTRFNONREF//MB1\n:86:x\n"
		      ":90C:1PLN0,01\n-\n");
	assert_int_equal(g.seen.total.format, FORMAT_MT942);
	assert_int_equal(g.statement[0].kind, FORMAT_MT942);
	assert_string_equal(g.entry[0].currency, "PLN");
	assert_null(g.statement[0].fault);
	done(&g);
}

static void refuses_fields_without_end(void **state)
{
	size_t n = 10 << 20;
	char *bytes = malloc(n + 200);
	struct parse_total total = { .from = DAY_NONE, .to = DAY_NONE, .closing_on = DAY_NONE };
	struct seen s = { .arena = arena_new(0) };
	struct sink sink = { .arg = &s, .take = seen_take };
	struct err e = { 0 };
	int head = sprintf(bytes, "%s", HEAD("C260301EUR0,00") ":61:260302C10,00NTRFNONREF\n:86:");

	(void)state;
	memset(bytes + head, 'A', n);
	assert_false(mt940_read(bytes, (size_t)head + n, &total, &sink, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	seen_done(&s);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_figure_of_the_samples),
		cmocka_unit_test(reads_the_traps_of_a_movement),
		cmocka_unit_test(reads_german_details),
		cmocka_unit_test(reads_details_with_slashes),
		cmocka_unit_test(a_wrapped_time_is_no_field),
		cmocka_unit_test(joins_the_pages_of_a_statement),
		cmocka_unit_test(an_envelope_names_the_bank),
		cmocka_unit_test(says_why_a_statement_cannot_be_taken),
		cmocka_unit_test(tells_intraday_reports_apart),
		cmocka_unit_test(refuses_fields_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
