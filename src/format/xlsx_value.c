/* SPDX-License-Identifier: Apache-2.0 */
#include "format/xlsx_value.h"

#include <ctype.h>
#include <stdio.h>

enum { SIGNIFICANT = 15, DIGITS_MAX = 40, SCALE_MAX = 20 };

/* A decimal: digits, and how many of them stand before the point (may be negative or past the end). */
struct decimal {
	bool negative;
	char digits[DIGITS_MAX + 2];
	int n, point;
};

static bool parse_exponent(const char *s, size_t n, int *ret)
{
	bool negative = n && *s == '-';
	int v = 0;

	if (n && (*s == '-' || *s == '+')) {
		s++;
		n--;
	}
	if (n == 0 || n > 3)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!isdigit((unsigned char)s[i]))
			return false;
		v = v * 10 + (s[i] - '0');
	}
	*ret = negative ? -v : v;
	return true;
}

static bool parse_decimal(const char *s, size_t n, struct decimal *ret)
{
	struct decimal d = { .negative = n && *s == '-' };
	bool has_point = false, any = false;
	int exponent = 0;

	for (size_t i = d.negative; i < n; i++) {
		if (s[i] == 'e' || s[i] == 'E') {
			if (!parse_exponent(s + i + 1, n - i - 1, &exponent))
				return false;
			break;
		}
		if (s[i] == '.' && !has_point) {
			has_point = true;
			continue;
		}
		if (!isdigit((unsigned char)s[i]))
			return false;
		any = true;
		if (d.n == 0 && s[i] == '0') { /* leading zeros move the point only */
			d.point -= has_point;
			continue;
		}
		if (d.n < DIGITS_MAX)
			d.digits[d.n++] = s[i];
		else if (has_point)
			continue;
		d.point += !has_point;
	}
	d.point += exponent;
	*ret = d;
	return any && d.point <= SCALE_MAX && d.point >= -SCALE_MAX;
}

/* To 15 significant digits, half up; trailing zeros go. */
static void round_decimal(struct decimal *d)
{
	if (d->n > SIGNIFICANT) {
		bool up = d->digits[SIGNIFICANT] >= '5';
		int i = SIGNIFICANT;
		d->n = SIGNIFICANT;
		while (up && --i >= 0) {
			up = d->digits[i] == '9';
			d->digits[i] = up ? '0' : (char)(d->digits[i] + 1);
		}
		if (up) {
			d->digits[0] = '1'; /* 999... became 1000... */
			d->point++;
		}
	}
	while (d->n && d->digits[d->n - 1] == '0')
		d->n--;
	if (d->n == 0)
		d->point = 0;
}

bool xlsx_number(const char *s, size_t n, char out[XLSX_NUMBER_MAX])
{
	struct decimal d;
	int decimals, k = 0;

	if (n == 0 || n > 100 || !parse_decimal(s, n, &d))
		return false;
	round_decimal(&d);
	decimals = d.n > d.point ? d.n - d.point : 0;
	if (decimals > SCALE_MAX)
		return false;
	if (d.negative && d.n)
		out[k++] = '-';
	for (int i = 0; i < d.point; i++)
		out[k++] = i < d.n ? d.digits[i] : '0';
	if (d.point <= 0)
		out[k++] = '0';
	if (decimals) {
		out[k++] = '.';
		for (int i = d.point; i < d.n; i++)
			out[k++] = i < 0 ? '0' : d.digits[i];
		if (decimals == 3)
			out[k++] = '0';
	}
	out[k] = 0;
	return true;
}

bool xlsx_format_is_date(const char *code)
{
	bool has_day = false;

	for (const char *c = code; *c; c++) {
		if (*c == ';')
			break; /* the other sections are for negatives and text */
		if (*c == '"') {
			c = strchr(c + 1, '"');
			if (!c)
				break;
		} else if (*c == '[') {
			c = strchr(c, ']');
			if (!c)
				break;
		} else if (*c == '\\' || *c == '_' || *c == '*') {
			if (*++c == 0)
				break;
		} else if (strchr("yYdDjJaA", *c)) { /* French sheets write jj/mm/aaaa */
			has_day = true;
		} else if (strchr("0#?", *c)) {
			return false;
		}
	}
	/* "AM/PM" alone is a time of day. */
	return has_day && (strchr(code, 'y') || strchr(code, 'Y') || strchr(code, 'd') ||
			   strchr(code, 'D') || strchr(code, 'j') || strchr(code, 'J'));
}

bool xlsx_builtin_is_date(int64_t id)
{
	return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 36) ||
	       (id >= 50 && id <= 58);
}

bool xlsx_day(const char *s, size_t n, bool is_1904, day_t *ret)
{
	struct decimal d;
	int64_t serial = 0;

	if (n == 0 || n > 100 || !parse_decimal(s, n, &d) || d.negative || d.point > 7)
		return false;
	for (int i = 0; i < d.point; i++)
		serial = serial * 10 + (i < d.n ? d.digits[i] - '0' : 0);
	if (is_1904) {
		*ret = (day_t)(serial - 24107); /* 1904-01-01 */
		return serial < 2957003;
	}
	if (serial < 1 || serial == 60 || serial > 2958465)
		return false; /* 60 is 29 February 1900, which never was */
	*ret = (day_t)(serial - 25569 + (serial < 60));
	return true;
}
