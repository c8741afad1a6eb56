/* SPDX-License-Identifier: Apache-2.0 */
/* value_date.c - days as people write them: in either order, with named months, or as a spreadsheet counts them. */
#include "format/value_cell.h"

#include <ctype.h>

static const struct {
	const char *name;
	int month;
} month_names[] = {
	{ "january", 1 },   { "february", 2 },  { "march", 3 },     { "april", 4 },
	{ "may", 5 },       { "june", 6 },      { "july", 7 },      { "august", 8 },
	{ "september", 9 }, { "october", 10 },  { "november", 11 }, { "december", 12 },
	{ "janvier", 1 },   { "février", 2 },   { "fevrier", 2 },   { "mars", 3 },
	{ "avril", 4 },     { "mai", 5 },       { "juin", 6 },      { "juillet", 7 },
	{ "août", 8 },      { "aout", 8 },      { "septembre", 9 }, { "octobre", 10 },
	{ "novembre", 11 }, { "décembre", 12 }, { "decembre", 12 },
};

/* Month of a name or of its beginning (three bytes or more, one month only); 0 when none. */
static int month_of(const char *s, size_t n)
{
	char low[16];
	int month = 0;

	if (n < 3 || n >= sizeof low)
		return 0;
	for (size_t i = 0; i < n; i++)
		low[i] = (char)tolower((unsigned char)s[i]);
	for (size_t i = 1; i < n; i++) /* É and Û of "DÉC", "AOÛT" */
		if (low[i - 1] == '\xC3' && (s[i] == '\x89' || s[i] == '\x9B'))
			low[i] = (char)(s[i] + 0x20);
	low[n] = 0;
	for (size_t i = 0; i < ARRAY_LEN(month_names); i++) {
		if (strncmp(month_names[i].name, low, n) != 0)
			continue;
		if (month && month != month_names[i].month)
			return 0; /* "jui" */
		month = month_names[i].month;
	}
	return month;
}

/* Up to max digits at *s; false when there are none or more. */
static bool take_digits(struct piece *p, size_t max, int *ret, size_t *ret_n)
{
	size_t n = 0;
	int v = 0;

	while (n < p->n && isdigit((unsigned char)p->s[n])) {
		if (n == max)
			return false;
		v = v * 10 + (p->s[n++] - '0');
	}
	p->s += n;
	p->n -= n;
	*ret = v;
	*ret_n = n;
	return n > 0;
}

static bool is_date_mark(char c)
{
	return c == '/' || c == '.' || c == '-' || c == ' ';
}

/* What may follow a date: nothing, or a time of day. */
static bool is_time(const struct piece *p)
{
	if (p->n == 0)
		return true;
	if ((p->s[0] != ' ' && p->s[0] != 'T') || p->n < 5)
		return false;
	for (size_t i = 1; i < p->n; i++)
		if (!isdigit((unsigned char)p->s[i]) && !memchr(":.,Z+-", p->s[i], 6))
			return false;
	return memchr(p->s, ':', p->n) != NULL;
}

static bool take_compact(struct piece p, struct date_parts *ret)
{
	struct date_parts d = { .is_sure = true };
	int v;
	size_t n;

	if (!take_digits(&p, 8, &v, &n) || n != 8 || !is_time(&p))
		return false;
	d.a = v / 10000;
	d.b = v / 100 % 100;
	d.c = v % 100;
	*ret = d;
	return date_exists(d.a, d.b, d.c) && d.a >= 1900 && d.a < 2200;
}

/* "31-déc-2026", "31 décembre 2026", "26MAY2014", behind the day's digits. */
static bool take_named(struct piece p, int day, struct date_parts *ret)
{
	struct date_parts d = { .is_sure = true, .c = day };
	size_t n = 0, digits;

	if (p.n && is_date_mark(*p.s)) {
		p.s++;
		p.n--;
	}
	while (n < p.n && (isalpha((unsigned char)p.s[n]) || (unsigned char)p.s[n] >= 0x80))
		n++;
	d.b = month_of(p.s, n);
	p.s += n;
	p.n -= n;
	for (int i = 0; i < 2 && p.n && is_date_mark(*p.s); i++) { /* "janv. 2026" */
		p.s++;
		p.n--;
	}
	if (d.b == 0 || !take_digits(&p, 4, &d.a, &digits) || !is_time(&p))
		return false;
	if (digits == 2)
		d.a += d.a < 70 ? 2000 : 1900;
	else if (digits != 4)
		return false;
	*ret = d;
	return date_exists(d.a, d.b, d.c);
}

bool date_parts_of(const char *text, size_t n, struct date_parts *ret)
{
	struct piece p = { text, n };
	struct date_parts d = { 0 };
	size_t na, nb;
	char mark;

	trim(&p);
	if (take_compact(p, ret))
		return true;
	if (!take_digits(&p, 4, &d.a, &na) || na == 3)
		return false;
	if (na <= 2 && take_named(p, d.a, ret))
		return true;
	if (p.n == 0 || !is_date_mark(mark = *p.s) || mark == ' ')
		return false;
	p.s++;
	p.n--;
	if (!take_digits(&p, 2, &d.b, &nb) || p.n == 0 || *p.s != mark)
		return false;
	p.s++;
	p.n--;
	if (!take_digits(&p, 4, &d.c, &d.c_digits) || !is_time(&p))
		return false;
	if (na == 4) {
		d.is_sure = true;
		*ret = d;
		return d.c_digits <= 2 && date_exists(d.a, d.b, d.c);
	}
	if (d.c_digits == 2)
		d.c += d.c < 70 ? 2000 : 1900;
	else if (d.c_digits != 4)
		return false;
	*ret = d;
	return date_exists(d.c, d.b, d.a) || date_exists(d.c, d.a, d.b);
}

static const day_t serial_epoch = -25569; /* 1899-12-30 */

int date_serial_of(const char *text, size_t n)
{
	struct piece p = { text, n };
	size_t digits;
	int v;

	trim(&p);
	if (!take_digits(&p, 5, &v, &digits) || digits != 5 || p.n != 0)
		return 0;
	return v >= 20000 && v < 80500 ? v : 0;
}

bool value_date(const char *text, enum date_style style, day_t *ret, struct err *e)
{
	size_t n = strlen(text);
	struct date_parts d;
	int serial;

	if (style == DATE_SERIAL && (serial = date_serial_of(text, n)) != 0) {
		*ret = serial_epoch + serial;
		return true;
	}
	if (!date_parts_of(text, n, &d))
		return err_set(e, ERR_INVALID, "\"%.60s\" is not a date", text);
	if (d.is_sure) {
		*ret = date_of(d.a, d.b, d.c);
		return true;
	}
	if (style == DATE_DMY && date_exists(d.c, d.b, d.a)) {
		*ret = date_of(d.c, d.b, d.a);
		return true;
	}
	if (style == DATE_MDY && date_exists(d.c, d.a, d.b)) {
		*ret = date_of(d.c, d.a, d.b);
		return true;
	}
	/* The same day of the same month reads alike in both orders. */
	if (style == DATE_YMD && d.a == d.b) {
		*ret = date_of(d.c, d.b, d.a);
		return true;
	}
	return err_set(e, ERR_INVALID, "\"%.60s\" is not a date in the order of its column", text);
}
