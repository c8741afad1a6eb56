/* SPDX-License-Identifier: Apache-2.0 */
/* expected.h - the figures of EXPECTED.tsv: decimal numbers, compared with five decimals. */
#ifndef TEST_FORMAT_EXPECTED_H
#define TEST_FORMAT_EXPECTED_H

#include "base/money.h"
#include "unit/format/format_test.h"

enum { EXPECTED_SCALE = 5, EXPECTED_LINE = 4096 };

static inline int64_t expected_scaled(int64_t minor, const char *currency)
{
	for (int i = currency_decimals(currency ? currency : "EUR"); i < EXPECTED_SCALE; i++)
		minor *= 10;
	return minor;
}

/* "-12.5" or "-12,5" with five decimals. */
static inline int64_t expected_number(const char *s)
{
	bool negative = *s == '-';
	int64_t v = 0;
	int decimals = -1;

	for (s += negative; *s; s++) {
		if (*s == '.' || *s == ',') {
			decimals = 0;
			continue;
		}
		v = v * 10 + (*s - '0');
		decimals += decimals >= 0;
	}
	for (decimals = decimals < 0 ? 0 : decimals; decimals < EXPECTED_SCALE; decimals++)
		v *= 10;
	return negative ? -v : v;
}

/* Calls compare for each figure of the files below the folder, after begin for each file; returns how many
 * there were. */
struct expected {
	void *arg;
	void (*begin)(void *arg, const char *path, const char *bytes, size_t n);
	void (*compare)(void *arg, const char *path, const char *measure, const char *value);
};

static inline int expected_each(const char *folder, const struct expected *x)
{
	char line[EXPECTED_LINE], current[EXPECTED_LINE] = "";
	FILE *tsv = fopen(test_data("EXPECTED.tsv"), "r");
	int n_figures = 0;

	assert_non_null(tsv);
	while (fgets(line, sizeof line, tsv)) {
		char *save, *path = strtok_r(line, "\t\n", &save),
			    *measure = strtok_r(NULL, "\t\n", &save),
			    *value = strtok_r(NULL, "\t\n", &save);
		if (!value || !str_starts(path, folder))
			continue;
		if (!str_eq(path, current)) {
			size_t n;
			char *bytes = slurp(test_data(path), &n);
			snprintf(current, sizeof current, "%s", path);
			x->begin(x->arg, path, bytes, n);
			free(bytes);
		}
		x->compare(x->arg, path, measure, value);
		n_figures++;
	}
	fclose(tsv);
	return n_figures;
}

#endif
