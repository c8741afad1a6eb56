/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "ledger/terms.h"

static day_t day(const char *text)
{
	day_t d = DAY_NONE;

	if (!date_parse(text, &d, NULL))
		fail_msg("\"%s\" is no date", text);
	return d;
}

static day_t due(const char *code, const char *issued, const char *delivered)
{
	struct err e = { 0 };
	struct terms t;

	if (!terms_parse(code, &t, &e))
		fail_msg("%s: %s", code, e.msg);
	return terms_due_on(&t, day(issued), delivered ? day(delivered) : DAY_NONE);
}

static void due_dates_are_those_of_the_specification(void **state)
{
	static const char *const code[] = { "NET30",           "NET60", "FDM_AFTER45",
					    "FDM_BEFORE45",    "PER45", "FDM_AFTER30",
					    "FDM_AFTER30_LE10" };
	static const struct {
		const char *issued, *due[ARRAY_LEN(code)];
	} rows[] = {
		{ "2026-01-15",
		  { "2026-02-14", "2026-03-16", "2026-03-31", "2026-03-17", "2026-03-01",
		    "2026-02-28", "2026-03-10" } },
		{ "2026-01-31",
		  { "2026-03-02", "2026-04-01", "2026-03-31", "2026-03-17", "2026-03-17",
		    "2026-03-31", "2026-04-10" } },
		{ "2026-02-28",
		  { "2026-03-30", "2026-04-29", "2026-04-30", "2026-04-14", "2026-04-14",
		    "2026-03-31", "2026-04-10" } },
		{ "2024-01-15",
		  { "2024-02-14", "2024-03-15", "2024-02-29", "2024-03-16", "2024-02-29",
		    "2024-02-29", "2024-03-10" } },
		{ "2026-06-01",
		  { "2026-07-01", "2026-07-31", "2026-07-31", "2026-08-14", "2026-07-16",
		    "2026-07-31", "2026-08-10" } },
		{ "2026-12-31",
		  { "2027-01-30", "2027-03-01", "2027-02-28", "2027-02-14", "2027-02-14",
		    "2027-01-31", "2027-02-10" } },
	};
	char text[DATE_TEXT];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t k = 0; k < ARRAY_LEN(code); k++)
			if (!str_eq(date_format(due(code[k], rows[i].issued, NULL), text),
				    rows[i].due[k]))
				fail_msg("%s from %s: %s, want %s", code[k], rows[i].issued, text,
					 rows[i].due[k]);
}

static void food_and_drink_count_from_delivery(void **state)
{
	static const struct {
		const char *code, *delivered, *due;
	} rows[] = {
		{ "DECADE30", "2026-03-04", "2026-04-09" },
		{ "DECADE30", "2026-03-14", "2026-04-19" },
		{ "DECADE30", "2026-02-25", "2026-03-30" },
		{ "ALC30", "2026-03-04", "2026-04-30" },
		{ "CAT20", "2026-03-04", "2026-03-24" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(due(rows[i].code, "2026-03-31", rows[i].delivered),
				 day(rows[i].due));
	assert_int_equal(due("FDM_BEFORE30_LE31", "2026-01-15", NULL), day("2026-03-31"));
	assert_int_equal(due("FDM_AFTER0_LE31", "2026-01-15", NULL), day("2026-02-28"));
}

static void parts_add_up_to_the_document(void **state)
{
	struct terms t;
	struct terms_due d[TERMS_PARTS];

	(void)state;
	assert_true(terms_parse("SPLIT:33.33=NET30+33.33=NET60+33.33=NET90", &t, NULL));
	assert_int_equal(terms_due_dates(&t, day("2026-01-01"), DAY_NONE, 100000, d), 3);
	assert_int_equal(d[0].amount_minor, 33330);
	assert_int_equal(d[0].amount_minor + d[1].amount_minor + d[2].amount_minor, 100000);
	assert_int_equal(d[2].due_on, day("2026-04-01"));
	for (int64_t amount = -105; amount < 105; amount++) {
		int64_t sum = 0;
		int n = terms_due_dates(&t, 0, DAY_NONE, amount, d);
		for (int i = 0; i < n; i++)
			sum += d[i].amount_minor;
		assert_int_equal(sum, amount);
	}
}

static void codes_are_read_back_as_written(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "NET30", "NET30" },
		{ "net 30", "NET30" },
		{ "FDM_AFTER(45)", "FDM_AFTER45" },
		{ "FDM_AFTER(30, le 10)", "FDM_AFTER30_LE10" },
		{ "FDM_BEFORE60_LE15", "FDM_BEFORE60_LE15" },
		{ "SPLIT:30=NET0+70=FDM_AFTER45", "SPLIT:30=NET0+70=FDM_AFTER45" },
		{ "SPLIT:33.33=NET30+33.33=NET60+33.34=NET90",
		  "SPLIT:33.33=NET30+33.33=NET60+33.34=NET90" },
	};
	static const char *const bad[] = { "",
					   "NET",
					   "NET30X",
					   "NET-3",
					   "NET99999",
					   "30",
					   "FDM_AFTER(30",
					   "FDM_AFTER30_LE32",
					   "NET30_LE10",
					   "SPLIT:",
					   "SPLIT:50=NET30",
					   "SPLIT:60=NET30+60=NET60",
					   "SPLIT:0=NET30+100=NET60" };
	char text[TERMS_TEXT];
	struct terms t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = { 0 };
		if (!terms_parse(rows[i].in, &t, &e))
			fail_msg("%s: %s", rows[i].in, e.msg);
		assert_string_equal(terms_format(&t, text), rows[i].out);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		if (terms_parse(bad[i], &t, &e) || e.code != ERR_INVALID)
			fail_msg("\"%s\" was accepted", bad[i]);
	}
}

static void words_of_files_are_understood(void **state)
{
	static const struct {
		const char *text, *code;
		bool ambiguous;
	} rows[] = {
		{ "N30", "NET30", false },
		{ "EOM30", "FDM_AFTER30", true },
		{ "EOM45", "FDM_AFTER45", true },
		{ "CPT", "NET0", false },
		{ "comptant", "NET0", false },
		{ "À réception de facture", "NET0", false },
		{ "30", "NET30", false },
		{ "30 j", "NET30", false },
		{ "30J", "NET30", false },
		{ "30 jours net", "NET30", false },
		{ "60 jours date de facture", "NET60", false },
		{ "Paiement à 60 jours à compter de la date d'émission", "NET60", false },
		{ "45 jours fin de mois", "FDM_AFTER45", false },
		{ "45 j. FDM", "FDM_AFTER45", false },
		{ "fin de mois 45 jours", "FDM_BEFORE45", false },
		{ "45 FDM", "FDM_AFTER45", true },
		{ "30 FDM le 10", "FDM_AFTER30_LE10", true },
		{ "30 jours fin de mois, le 10", "FDM_AFTER30_LE10", false },
		{ "fin de mois le 15", "FDM_AFTER0_LE15", false },
		{ "fin de mois", "FDM_AFTER0", false },
		{ "30 jours fin de décade", "DECADE30", false },
		{ "30 days end of month", "FDM_AFTER30", false },
		{ "FDM_BEFORE45", "FDM_BEFORE45", false },
	};
	static const char *const bad[] = { "",
					   "selon accord",
					   "30 jours le 15",
					   "30 60",
					   "comptant 30 jours",
					   "fin de mois le 45",
					   "99999 jours",
					   "30 jours sauf dimanche" };
	char code[TERMS_TEXT];
	struct terms t;
	bool ambiguous;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = { 0 };
		if (!terms_read(rows[i].text, &t, &ambiguous, &e))
			fail_msg("\"%s\": %s", rows[i].text, e.msg);
		if (!str_eq(terms_format(&t, code), rows[i].code) || ambiguous != rows[i].ambiguous)
			fail_msg("\"%s\": %s, ambiguous %d", rows[i].text, code, ambiguous);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		if (terms_read(bad[i], &t, &ambiguous, &e) || e.code != ERR_INVALID)
			fail_msg("\"%s\" was understood as %s", bad[i], terms_format(&t, code));
	}
}

static void terms_above_the_cap_are_reported(void **state)
{
	static const struct {
		const char *sector, *agreed, *issued, *due;
		bool within;
		const char *latest;
	} rows[] = {
		{ NULL, NULL, "2026-01-15", "2026-03-16", true, "2026-03-16" },
		{ NULL, NULL, "2026-01-15", "2026-03-17", false, "2026-03-16" },
		/* 45 days end of month, reading A: 2026-03-31. */
		{ NULL, "FDM_AFTER45", "2026-01-15", "2026-03-31", true, "2026-03-31" },
		{ NULL, "FDM_BEFORE45", "2026-01-15", "2026-03-31", false, "2026-03-17" },
		{ "TRA30", NULL, "2026-01-15", "2026-02-15", false, "2026-02-14" },
		{ "ALC30", NULL, "2026-03-04", "2026-04-30", true, "2026-04-30" },
		{ "PUBHOSP50", NULL, "2026-01-01", "2026-02-20", true, "2026-02-20" },
	};
	struct terms_check check;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct terms t;

		if (rows[i].agreed)
			assert_true(terms_parse(rows[i].agreed, &t, NULL));
		assert_true(terms_check_due(rows[i].sector, rows[i].agreed ? &t : NULL,
					    day(rows[i].issued), DAY_NONE, day(rows[i].due), &check,
					    NULL));
		if (check.is_within != rows[i].within || check.latest_on != day(rows[i].latest))
			fail_msg("row %zu: %d %s", i, check.is_within, check.code);
	}
	assert_false(terms_check_due("NOPE", NULL, day("2026-01-01"), DAY_NONE, day("2026-01-02"),
				     &check, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_null(terms_cap_find("NET60", day("2008-12-31")));
}

struct known_customer {
	char id[16], terms[16];
};

/* Every invoice of the synthetic portfolio falls due as its customer's terms say. */
static void portfolio_due_dates_are_ours(void **state)
{
	struct known_customer *known = calloc(1000, sizeof *known);
	FILE *f = fopen(test_data("portfolio/customers.csv"), "r");
	char line[1024];
	size_t n_known = 0, n = 0;

	(void)state;
	while (fgets(line, sizeof line, f) && n_known < 1000) {
		struct known_customer *k = &known[n_known++];
		char *s = line;

		snprintf(k->id, sizeof k->id, "%s", strsep(&s, ","));
		/* The name is quoted; terms are the fifth field after it. */
		s = s[0] == '"' ? strchr(s + 1, '"') + 2 : s;
		for (int i = 0; i < 3; i++)
			strsep(&s, ",");
		snprintf(k->terms, sizeof k->terms, "%s", strsep(&s, ","));
	}
	fclose(f);
	f = fopen(test_data("portfolio/invoices.csv"), "r");
	while (fgets(line, sizeof line, f)) {
		char *s = line, *document = strsep(&s, ","), *kind = strsep(&s, ","),
		     *customer = strsep(&s, ","), *issued = strsep(&s, ","),
		     *due_on = strsep(&s, ",");
		struct terms t;
		bool ambiguous;

		if (!str_eq(kind, "INV"))
			continue;
		for (size_t i = 0; i < n_known; i++) {
			if (!str_eq(known[i].id, customer))
				continue;
			assert_true(terms_read(known[i].terms, &t, &ambiguous, NULL));
			if (terms_due_on(&t, day(issued), DAY_NONE) != day(due_on))
				fail_msg("%s %s: %s", document, known[i].terms, due_on);
			n++;
		}
	}
	fclose(f);
	free(known);
	assert_in_range(n, 8000, 9000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(due_dates_are_those_of_the_specification),
		cmocka_unit_test(food_and_drink_count_from_delivery),
		cmocka_unit_test(parts_add_up_to_the_document),
		cmocka_unit_test(codes_are_read_back_as_written),
		cmocka_unit_test(words_of_files_are_understood),
		cmocka_unit_test(terms_above_the_cap_are_reported),
		cmocka_unit_test(portfolio_due_dates_are_ours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
