/* SPDX-License-Identifier: Apache-2.0 */
/* What comes back: status reports (pain.002) and returns in CFONB 240; orders are told apart. */
#include "unit/format/format_test.h"

#include "base/map.h"
#include "base/money.h"
#include "format/pain.h"

enum { TEXT = 512, KEPT = 16 };

/* What was read, kept beyond its record. */
struct kept {
	struct arena *arena;
	struct seen seen;
	struct camt_statement statement[KEPT];
	size_t n_statements;
	struct camt_entry entry[KEPT];
	struct camt_tx tx[KEPT];
	size_t n_entries;
	struct err e;
	bool is_refused;
};

/* Texts are copied by the arena of the test: only those that it looks at. */
#define COPY(member) ((member) = arena_strdup(k->arena, (member)))

static void also(void *arg, const struct record *r)
{
	struct kept *k = arg;

	if (r->kind == RECORD_CAMT_STATEMENT_END && k->n_statements < KEPT) {
		struct camt_statement *s = &k->statement[k->n_statements++];
		*s = *r->statement;
		COPY(s->message), COPY(s->message_id), COPY(s->id), COPY(s->info), COPY(s->iban);
	}
	if (r->kind == RECORD_CAMT_ENTRY && k->n_entries < KEPT) {
		struct camt_entry *en = &k->entry[k->n_entries];
		struct camt_tx *t = &k->tx[k->n_entries++];
		*en = *r->entry;
		COPY(en->status), COPY(en->batch_id), COPY(en->info), COPY(en->bank_own_code);
		if (en->n_tx == 0)
			return;
		*t = en->tx[0];
		COPY(t->end_to_end_id), COPY(t->mandate_id), COPY(t->return_code);
		COPY(t->return_info), COPY(t->debtor.name), COPY(t->debtor.iban);
		COPY(t->remittance), COPY(t->other_refs), COPY(t->instruction_id);
	}
}

static void read_bytes(struct kept *k, const char *bytes, size_t n)
{
	*k = (struct kept){ .arena = arena_new(0) };
	k->seen.also = also;
	k->seen.arg = k;
	k->is_refused = !seen_parse(&k->seen, bytes, n, NULL, &k->e);
}

static void read_sample(struct kept *k, const char *path)
{
	size_t n;
	char *bytes = slurp(test_data(path), &n);

	read_bytes(k, bytes, n);
	free(bytes);
}

static void kept_done(struct kept *k)
{
	seen_done(&k->seen);
	arena_free(k->arena);
}

/* ---- the folder pain, measure by measure ---- */

/* "AC01=1;AM04=1", in order of name. */
static const char *counts(struct arena *a, const struct map *m)
{
	const char *text = "", *last = "";

	for (size_t pass = 0; pass < m->n; pass++) {
		const char *least = NULL;
		for (size_t i = 0; i < m->n; i++)
			if (strcmp(m->entries[i].key, last) > 0 &&
			    (!least || strcmp(m->entries[i].key, least) < 0))
				least = m->entries[i].key;
		text = arena_printf(a, "%s%s%s=%d", text, *text ? ";" : "", least,
				    *(int *)map_get(m, least));
		last = least;
	}
	return text;
}

static void count(struct arena *a, struct map *m, const char *key)
{
	int *n = map_get(m, key);

	if (!n) {
		n = ARENA_NEW(a, int);
		map_set(m, key, n);
	}
	++*n;
}

static void fill_report(struct kept *k, struct map *m)
{
	struct arena *a = k->arena;
	struct map statuses, reasons;
	int64_t sum = 0;
	char text[MONEY_TEXT];

	map_init(&statuses, a);
	map_init(&reasons, a);
	for (size_t i = 0; i < k->n_entries; i++) {
		count(a, &statuses, k->entry[i].status);
		count(a, &reasons, k->tx[i].return_code);
		sum -= k->entry[i].minor;
	}
	map_set(m, "message", (void *)(uintptr_t)k->statement[0].message);
	map_set(m, "msg_id", (void *)(uintptr_t)k->statement[0].message_id);
	map_set(m, "original_msg_id", (void *)(uintptr_t)k->statement[0].id);
	map_set(m, "original_msg_name", (void *)(uintptr_t)k->statement[0].info);
	map_set(m, "tx_statuses", arena_printf(a, "%zu", k->n_entries));
	map_set(m, "tx_status_counts", (void *)(uintptr_t)counts(a, &statuses));
	map_set(m, "reason_codes", (void *)(uintptr_t)counts(a, &reasons));
	map_set(m, "original_instructed_sum", arena_strdup(a, minor_format(sum, "EUR", text)));
}

static void fill_order(struct kept *k, struct map *m, const char *path)
{
	struct arena *a = k->arena;
	char text[MONEY_TEXT];
	struct pain_order o = { 0 };
	struct err e = { 0 };
	size_t n;
	char *bytes = slurp(test_data(path), &n);

	if (!pain_order_read(a, bytes, n, &o, &e))
		fail_msg("%s: %s", path, e.msg);
	free(bytes);
	map_set(m, "message", arena_strdup(a, o.message));
	map_set(m, "msg_id", arena_strdup(a, o.message_id));
	map_set(m, "declared_nb_tx", arena_strdup(a, o.declared_count));
	map_set(m, "declared_ctrl_sum", arena_strdup(a, o.declared_sum));
	map_set(m, "payment_infos", arena_printf(a, "%" PRId64, o.n_payments));
	map_set(m, "transactions", arena_printf(a, "%" PRId64, o.n_transactions));
	map_set(m, "sum", arena_strdup(a, minor_format(o.sum_minor, o.currency, text)));
	map_set(m, "currencies", arena_strdup(a, o.currency));
	map_set(m, "mandates", arena_printf(a, "%" PRId64, o.n_mandates));
}

/* "400" and "400.00" are one amount. */
static bool same(const char *a, const char *b)
{
	struct money x, y;

	return str_eq(a, b) || (a && strchr(a, '.') && money_parse(a, "EUR", &x, NULL) &&
				money_parse(b, "EUR", &y, NULL) && x.minor == y.minor);
}

static void reproduces_every_measure_of_the_orders_and_answers(void **state)
{
	struct kept k = { .arena = arena_new(0) };
	char line[4096], current[TEXT] = "";
	int compared = 0, wrong = 0;
	struct map m;
	FILE *tsv = fopen(test_data("EXPECTED.tsv"), "r");

	(void)state;
	assert_non_null(tsv);
	map_init(&m, k.arena);
	while (fgets(line, sizeof line, tsv)) {
		char *save, *path = strtok_r(line, "\t\n", &save),
			    *measure = strtok_r(NULL, "\t\n", &save),
			    *expected = strtok_r(NULL, "\t\n", &save);
		if (!expected || !str_starts(path, "pain/"))
			continue;
		if (!str_eq(path, current)) {
			kept_done(&k);
			snprintf(current, sizeof current, "%s", path);
			read_sample(&k, path);
			map_init(&m, k.arena);
			if (k.is_refused) {
				assert_non_null(strstr(k.e.msg, "payment order (pain.00"));
				assert_non_null(strstr(k.e.msg, "not a bank statement"));
				fill_order(&k, &m, path);
			} else {
				fill_report(&k, &m);
			}
		}
		compared++;
		if (!same(map_get(&m, measure), expected)) {
			const char *got = map_get(&m, measure);
			print_message("%s %s: expected %s, read %s\n", path, measure, expected,
				      got ? got : "nothing");
			wrong++;
		}
	}
	fclose(tsv);
	kept_done(&k);
	assert_int_equal(wrong, 0);
	assert_int_equal(compared, 215);
}

/* ---- pain.002 ---- */

static void reads_statuses_of_transactions_payments_and_orders(void **state)
{
	struct kept k;
	size_t n;
	char *bytes = slurp("fuzz/corpus/pain/status", &n);

	(void)state;
	read_bytes(&k, bytes, n);
	assert_false(k.is_refused);
	assert_int_equal(k.n_entries, 2);
	assert_string_equal(k.statement[0].info, "pain.008.001.08 PART");
	assert_string_equal(k.entry[0].status, "RJCT");
	assert_int_equal(k.entry[0].minor, -45000);
	assert_false(k.entry[0].is_booked);
	assert_int_equal(k.entry[0].value_on, date_of(2026, 3, 3));
	assert_string_equal(k.entry[0].batch_id, "P1");
	assert_string_equal(k.tx[0].end_to_end_id, "E1");
	assert_string_equal(k.tx[0].instruction_id, "I1");
	assert_string_equal(k.tx[0].mandate_id, "RUM1");
	assert_string_equal(k.tx[0].return_code, "AC04");
	assert_string_equal(k.tx[0].return_info, "CLOSED ACCOUNT");
	assert_string_equal(k.tx[0].debtor.name, "BETA SAS");
	assert_string_equal(k.tx[0].debtor.iban, "FR7618206002105487912736125");
	assert_string_equal(k.tx[0].remittance, "FA2502-009");
	assert_string_equal(k.entry[1].status, "ACCP");
	assert_int_equal(k.entry[1].n_tx, 0);
	assert_int_equal(k.entry[1].batch_count, 3);
	assert_int_equal(k.entry[1].minor, -9000);
	kept_done(&k);
	free(bytes);
}

static void reads_an_answer_to_the_whole_order(void **state)
{
	struct kept k;
	size_t n;
	char *bytes = slurp("fuzz/corpus/pain/group", &n);

	(void)state;
	read_bytes(&k, bytes, n);
	assert_false(k.is_refused);
	assert_int_equal(k.n_entries, 1);
	assert_string_equal(k.entry[0].status, "RJCT");
	assert_int_equal(k.entry[0].minor, 1250); /* a transfer that stays with us */
	assert_string_equal(k.entry[0].info, "FF01 bad file");
	kept_done(&k);
	free(bytes);
}

/* ---- CFONB 240 ---- */

static void tells_a_batch_of_returns_that_does_not_add_up(void **state)
{
	static const int64_t amounts[] = { -171200, -287280, -11760 };
	struct kept k;
	int64_t line, n;

	(void)state;
	read_sample(&k, "cfonb/cfonb-parser/cfonb.240-complex-test.txt");
	assert_false(k.is_refused);
	assert_int_equal(k.seen.total.format, FORMAT_CFONB240);
	assert_int_equal(k.n_statements, 2);
	assert_int_equal(k.n_entries, ARRAY_LEN(amounts));
	for (size_t i = 0; i < ARRAY_LEN(amounts); i++)
		assert_int_equal(k.entry[i].minor, amounts[i]);
	/* The totals as the file says them, which its returns do not make. */
	assert_int_equal(k.statement[0].closing_minor, -465270);
	assert_int_equal(k.statement[1].closing_minor, -63330);
	assert_false(k.statement[0].is_balanced);
	assert_false(k.statement[1].is_balanced);
	assert_non_null(seen_issue(&k.seen, "cfonb240.unbalanced", &line, &n));
	assert_int_equal(line, 4);
	assert_string_equal(k.tx[2].remittance, "F2012017");
	assert_string_equal(k.tx[0].debtor.name, "OFFICE NATL DU AAAAAAAA");
	kept_done(&k);
}

static void reads_every_field_of_a_return(void **state)
{
	struct kept k;
	size_t n;
	char *bytes = slurp("fuzz/corpus/cfonb240/sample", &n);

	(void)state;
	read_bytes(&k, bytes, n);
	assert_false(k.is_refused);
	assert_int_equal(k.seen.n_issues, 0);
	assert_int_equal(k.n_entries, 1);
	assert_true(k.statement[0].is_balanced);
	assert_string_equal(k.statement[0].iban, "FR7630004008280001234567841");
	assert_int_equal(k.entry[0].minor, -45000);
	assert_int_equal(k.entry[0].booked_on, date_of(2026, 3, 5));
	assert_int_equal(k.entry[0].value_on, date_of(2026, 3, 3));
	assert_string_equal(k.entry[0].bank_own_code, "20");
	assert_string_equal(k.tx[0].debtor.name, "BETA SAS");
	assert_string_equal(k.tx[0].debtor.iban, "FR7618206002105487912736125");
	assert_string_equal(k.tx[0].remittance, "AM04 FA2502-009");
	assert_string_equal(k.tx[0].other_refs,
			    "issuer=123456; presenter=PRES01; original_settlement=030326;"
			    " original_presenter=ORIG01; client_name=DEMO SARL");
	kept_done(&k);
	free(bytes);
}

/* The sample with one place changed. */
static void refuses_what_is_broken_in_a_batch(void **state)
{
	static const struct {
		size_t at;
		const char *put, *code;
		int64_t n_entries;
	} cases[] = {
		{ 2, "00000X", "cfonb240.sequence", 1 },
		{ 242 + 2, "000003", "cfonb240.sequence", 1 },
		{ 242 + 228, "0000000450.0", "cfonb240.amount", 0 },
		{ 242 + 228, "            ", "cfonb240.amount", 0 },
		{ 484 + 228, "00000004500A", "cfonb240.amount", 0 },
		{ 484 + 228, "000000045001", "cfonb240.unbalanced", 1 },
		{ 484 + 21, "30004008280001234567", "", 1 }, /* unchanged: still one account */
		{ 484 + 21, "30004008290001234567", "cfonb240.account", 1 },
		{ 484, "31", "cfonb240.order", 0 },
	};
	size_t n;
	char *bytes = slurp("fuzz/corpus/cfonb240/sample", &n);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *copy = malloc(n);
		struct kept k;
		int64_t line, times;
		bool is_balanced;
		memcpy(copy, bytes, n);
		memcpy(copy + cases[i].at, cases[i].put, strlen(cases[i].put));
		read_bytes(&k, copy, n);
		is_balanced = k.n_statements == 1 && k.statement[0].is_balanced;
		if (*cases[i].code && !k.is_refused &&
		    (!seen_issue(&k.seen, cases[i].code, &line, &times) || is_balanced))
			fail_msg("row %zu: %s not told", i, cases[i].code);
		if (!*cases[i].code && !is_balanced)
			fail_msg("row %zu: not balanced", i);
		if (!k.is_refused && (int64_t)k.n_entries != cases[i].n_entries)
			fail_msg("row %zu: %zu entries", i, k.n_entries);
		kept_done(&k);
		free(copy);
	}
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reproduces_every_measure_of_the_orders_and_answers),
		cmocka_unit_test(reads_statuses_of_transactions_payments_and_orders),
		cmocka_unit_test(reads_an_answer_to_the_whole_order),
		cmocka_unit_test(tells_a_batch_of_returns_that_does_not_add_up),
		cmocka_unit_test(reads_every_field_of_a_return),
		cmocka_unit_test(refuses_what_is_broken_in_a_batch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
