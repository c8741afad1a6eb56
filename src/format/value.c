/* SPDX-License-Identifier: Apache-2.0 */
#include "format/value.h"

#include "base/money.h"
#include "format/report.h"
#include "format/value_plain.h"

#include <ctype.h>

enum { DIGITS_MAX = 24, GROUPS_MAX = 12 };

/* Bytes of the white space at s: ASCII, no-break, figure, thin and narrow no-break spaces. */
static size_t space_at(const char *s, size_t n)
{
	if (n >= 1 && (*s == ' ' || *s == '\t'))
		return 1;
	if (n >= 2 && memcmp(s, "\xC2\xA0", 2) == 0)
		return 2;
	if (n >= 3 && (memcmp(s, "\xE2\x80\xAF", 3) == 0 || memcmp(s, "\xE2\x80\x89", 3) == 0 ||
		       memcmp(s, "\xE2\x80\x87", 3) == 0))
		return 3;
	return 0;
}

/* A piece of text that shrinks from both ends. */
struct piece {
	const char *s;
	size_t n;
};

static bool is_plain(char c)
{
	return c > ' ' && c < 0x7F;
}

static struct piece without_ends(struct piece p)
{
	size_t step;

	while ((step = space_at(p.s, p.n)) != 0) {
		p.s += step;
		p.n -= step;
	}
	for (;;) {
		size_t k = 0;
		for (size_t len = 1; len <= 3 && len <= p.n; len++)
			if (space_at(p.s + p.n - len, len) == len)
				k = len;
		if (k == 0)
			return p;
		p.n -= k;
	}
}

static inline struct piece trimmed(struct piece p)
{
	return p.n && is_plain(p.s[0]) && is_plain(p.s[p.n - 1]) ? p : without_ends(p);
}

static void trim(struct piece *p)
{
	*p = trimmed(*p);
}

static bool cut_front(struct piece *p, const char *mark)
{
	size_t n = strlen(mark);

	if (p->n < n || memcmp(p->s, mark, n) != 0)
		return false;
	p->s += n;
	p->n -= n;
	trim(p);
	return true;
}

static bool cut_back(struct piece *p, const char *mark)
{
	size_t n = strlen(mark);

	if (p->n < n || memcmp(p->s + p->n - n, mark, n) != 0)
		return false;
	p->n -= n;
	trim(p);
	return true;
}

static bool is_code(const char *s)
{
	return s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z' && s[2] >= 'A' &&
	       s[2] <= 'Z';
}

/* A currency sign or code at one end; at most one is taken. */
static void cut_currency(struct piece *p, bool *done)
{
	static const char *const signs[] = { "€", "$", "£", "¥" };

	for (size_t i = 0; i < ARRAY_LEN(signs) && !*done; i++)
		*done = cut_front(p, signs[i]) || cut_back(p, signs[i]);
	if (!*done && p->n > 3 && is_code(p->s)) {
		p->s += 3;
		p->n -= 3;
		*done = true;
	} else if (!*done && p->n > 3 && is_code(p->s + p->n - 3)) {
		p->n -= 3;
		*done = true;
	}
	trim(p);
}

/* One sign: before, behind, or parentheses for negative. False when there are two. */
static bool cut_sign(struct piece *p, bool *negative, bool *done)
{
	static const char *const minus[] = { "-", "\xE2\x88\x92" };
	bool found = false;

	if (p->n >= 2 && p->s[0] == '(' && p->s[p->n - 1] == ')') {
		p->s++;
		p->n -= 2;
		trim(p);
		found = *negative = true;
	}
	for (size_t i = 0; i < ARRAY_LEN(minus) && !found; i++)
		if (cut_front(p, minus[i]) || cut_back(p, minus[i]))
			found = *negative = true;
	if (!found && (cut_front(p, "+") || cut_back(p, "+")))
		found = true;
	if (found && *done)
		return false;
	*done |= found;
	return true;
}

/* A number taken apart: its digits, and where its separators stand among them. */
struct shape {
	char digits[DIGITS_MAX];
	size_t n_digits;
	struct {
		char c;       /* ',' '.' or ' ' for a space or an apostrophe */
		size_t after; /* digits before it */
	} sep[GROUPS_MAX];
	size_t n_seps;
	bool negative;
};

static size_t separator_at(const char *s, size_t n, char *ret)
{
	size_t step = space_at(s, n);

	if (step == 0 && n >= 3 && memcmp(s, "\xE2\x80\x99", 3) == 0)
		step = 3;
	if (step == 0 && *s == '\'')
		step = 1;
	*ret = ' ';
	if (step == 0 && (*s == ',' || *s == '.')) {
		*ret = *s;
		step = 1;
	}
	return step;
}

static bool shape_of(const char *text, size_t n, struct shape *ret)
{
	struct piece p = { text, n };
	bool signed_once = false, has_currency = false;
	struct shape f = { .n_digits = 0 };

	trim(&p);
	if (!cut_sign(&p, &f.negative, &signed_once))
		return false;
	cut_currency(&p, &has_currency);
	if (!cut_sign(&p, &f.negative, &signed_once))
		return false;
	cut_currency(&p, &has_currency);
	for (size_t i = 0; i < p.n;) {
		char c;
		size_t step;
		if (p.s[i] >= '0' && p.s[i] <= '9') {
			if (f.n_digits == DIGITS_MAX)
				return false;
			f.digits[f.n_digits++] = p.s[i++];
			continue;
		}
		step = separator_at(p.s + i, p.n - i, &c);
		if (step == 0 || f.n_seps == GROUPS_MAX)
			return false;
		f.sep[f.n_seps].c = c;
		f.sep[f.n_seps++].after = f.n_digits;
		i += step;
	}
	*ret = f;
	return f.n_digits > 0;
}

/* Whether the shape is a number when decimal is the decimal sign; how many digits stand behind it.
 */
static bool reads_as(const struct shape *f, char decimal, size_t *ret_decimals)
{
	size_t end = f->n_digits, n = f->n_seps;
	char group = 0;

	if (n && f->sep[n - 1].c == decimal) {
		end = f->sep[--n].after;
		if (end == f->n_digits)
			return false; /* "12," */
	}
	*ret_decimals = f->n_digits - end;
	for (size_t i = n; i-- > 0;) {
		if (f->sep[i].c == decimal || (group && f->sep[i].c != group))
			return false;
		group = f->sep[i].c;
		if (end - f->sep[i].after != 3)
			return false;
		end = f->sep[i].after;
	}
	/* The first group of a grouped number has one to three digits and does not begin with 0. */
	return n == 0 || (end >= 1 && end <= 3 && f->digits[0] != '0');
}

enum reading { READS_NOT, READS_SAME, READS_COMMA, READS_POINT, READS_EITHER };

static enum reading reading_of(const struct shape *f)
{
	size_t comma_decimals, point_decimals;
	bool comma = reads_as(f, ',', &comma_decimals), point = reads_as(f, '.', &point_decimals);

	if (comma && point)
		return comma_decimals == point_decimals ? READS_SAME : READS_EITHER;
	return comma ? READS_COMMA : point ? READS_POINT : READS_NOT;
}

/* ---- dates ---- */

struct date_parts {
	int a, b, c;     /* in the order written */
	size_t c_digits; /* of the year in a/b/c */
	bool is_sure;    /* year first or named month: a is the year, b the month, c the day */
};

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

static bool parts_of(const char *text, size_t n, struct date_parts *ret)
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

/* A spreadsheet's day: five digits, from 1954 to 2119; 0 when it is not. */
static int serial_of(const char *text, size_t n)
{
	struct piece p = { text, n };
	size_t digits;
	int v;

	trim(&p);
	if (!take_digits(&p, 5, &v, &digits) || digits != 5 || p.n != 0)
		return 0;
	return v >= 20000 && v < 80500 ? v : 0;
}

/* ---- columns ---- */

static void sample(char out[VALUE_SAMPLE], const char *text, size_t n)
{
	if (out[0])
		return;
	n = report_cut(text, n, VALUE_SAMPLE - 1);
	memcpy(out, text, n);
	out[n] = 0;
}

static void profile_number(struct value_profile *p, const char *text, size_t n)
{
	struct shape f;

	if (!shape_of(text, n, &f))
		return;
	switch (reading_of(&f)) {
	case READS_NOT:
		return;
	case READS_COMMA:
		p->n_comma++;
		sample(p->comma, text, n);
		break;
	case READS_POINT:
		p->n_point++;
		sample(p->point, text, n);
		break;
	case READS_EITHER:
		p->n_either++;
		sample(p->either, text, n);
		break;
	case READS_SAME:
		break;
	}
	p->n_number++;
}

static void profile_date(struct value_profile *p, const char *text, size_t n)
{
	struct date_parts d;
	bool dmy, mdy;

	if (!parts_of(text, n, &d)) {
		p->n_serial += serial_of(text, n) != 0;
		return;
	}
	p->n_date++;
	if (d.is_sure)
		return;
	dmy = date_exists(d.c, d.b, d.a);
	mdy = date_exists(d.c, d.a, d.b);
	if (dmy && mdy) {
		if (d.a == d.b)
			return;
		p->n_day_or_month++;
		sample(p->day_or_month, text, n);
	} else if (dmy) {
		p->n_dmy++;
		sample(p->dmy, text, n);
	} else {
		p->n_mdy++;
		sample(p->mdy, text, n);
	}
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What most cells of a file are, told at a glance. */
static bool profile_quickly(struct value_profile *p, struct piece t)
{
	char sign;

	if (plain_is_date(t.s, t.n)) {
		p->n_date++;
		return true;
	}
	sign = plain_decimal(t.s, t.n);
	if (!sign)
		return false;
	p->n_number++;
	p->n_comma += sign == ',';
	p->n_point += sign == '.';
	sample(sign == ',' ? p->comma : p->point, t.s, t.n);
	return true;
}

/* Apart, so that what most cells need is done without its memory. */
static __attribute__((noinline)) void profile_closely(struct value_profile *p, struct piece t)
{
	size_t digits = 0, letters = 0;

	/* What is long, or has no digit or a word, is neither a number nor a date with a number in front. */
	if (t.n > 48)
		return;
	for (size_t i = 0; i < t.n; i++) {
		char low = (char)(t.s[i] | 0x20);
		digits += is_digit(t.s[i]);
		letters += low >= 'a' && low <= 'z';
	}
	if (digits && (letters == 0 || letters == 3)) /* "EUR 12" */
		profile_number(p, t.s, t.n);
	if (is_digit(t.s[0]))
		profile_date(p, t.s, t.n);
}

void value_profile_add(struct value_profile *p, const char *text, size_t n)
{
	struct piece t;
	char first;

	if (n == 0)
		return;
	t = trimmed((struct piece){ text, n });
	if (t.n == 0)
		return;
	p->n_filled++;
	first = t.s[0];
	if (is_digit(first) || first == '-') {
		if (profile_quickly(p, t))
			return;
	} else if ((first | 0x20) >= 'a' && (first | 0x20) <= 'z' && (t.n <= 3 || !is_code(t.s))) {
		/* Names and labels are most of a file. Before a number stands no letter but those of its
		 * currency, before a date none. */
		return;
	}
	profile_closely(p, t);
}

bool value_number_style(const struct value_profile *p, const char *column, enum number_style *ret,
			struct err *e)
{
	if (p->n_comma && p->n_point)
		return err_field(
			e, ERR_INVALID, column,
			"column \"%s\" writes decimals in two ways: \"%s\" and \"%s\"; which "
			"is the decimal sign, comma or point?",
			column, p->comma, p->point);
	if (!p->n_comma && !p->n_point && p->n_either)
		return err_field(e, ERR_INVALID, column,
				 "column \"%s\" does not tell whether \"%s\" has decimals or "
				 "thousands; which is the decimal sign, comma or point?",
				 column, p->either);
	*ret = p->n_comma ? NUMBER_COMMA : p->n_point ? NUMBER_POINT : NUMBER_PLAIN;
	return true;
}

bool value_date_style(const struct value_profile *p, const char *column, enum date_style *ret,
		      struct err *e)
{
	if (p->n_dmy && p->n_mdy)
		return err_field(e, ERR_INVALID, column,
				 "column \"%s\" writes dates in two ways: \"%s\" and \"%s\"; which "
				 "comes first, the day or the month?",
				 column, p->dmy, p->mdy);
	if (!p->n_dmy && !p->n_mdy && p->n_day_or_month)
		return err_field(
			e, ERR_INVALID, column,
			"column \"%s\" does not tell whether \"%s\" begins with the day or "
			"the month; which comes first?",
			column, p->day_or_month);
	if (p->n_dmy || p->n_mdy)
		*ret = p->n_dmy ? DATE_DMY : DATE_MDY;
	else
		*ret = p->n_date || !p->n_serial ? DATE_YMD : DATE_SERIAL;
	return true;
}

/* ---- one cell ---- */

static bool minor_of(const struct shape *f, size_t decimals, size_t wanted, int64_t *ret)
{
	size_t end = f->n_digits;
	int64_t v = 0;

	for (; decimals > wanted; decimals--)
		if (f->digits[--end] != '0')
			return false;
	for (size_t i = 0; i < end + (wanted - decimals); i++) {
		int digit = i < end ? f->digits[i] - '0' : 0;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digit, &v))
			return false;
	}
	/* v is negative so far: the most negative amount has no positive twin. */
	if (!f->negative && v == INT64_MIN)
		return false;
	*ret = f->negative ? v : -v;
	return true;
}

static bool fits(const struct shape *f, size_t decimals, size_t wanted)
{
	for (size_t i = f->n_digits; decimals > wanted; decimals--)
		if (f->digits[--i] != '0')
			return false;
	return true;
}

bool value_amount(const char *text, enum number_style style, const char *currency,
		  int64_t *ret_minor, struct err *e)
{
	size_t decimals, wanted = (size_t)currency_decimals(currency);
	struct shape f;
	bool ok = shape_of(text, strlen(text), &f);

	if (ok && style == NUMBER_PLAIN)
		ok = reading_of(&f) == READS_SAME;
	if (!ok || !reads_as(&f, style == NUMBER_POINT ? '.' : ',', &decimals))
		return err_set(e, ERR_INVALID, "\"%.60s\" is not an amount%s", text,
			       style == NUMBER_COMMA   ? " with a decimal comma"
			       : style == NUMBER_POINT ? " with a decimal point"
						       : "");
	if (!fits(&f, decimals, wanted))
		return err_set(e, ERR_INVALID, "\"%.60s\" has more decimals than %s has", text,
			       currency);
	if (!minor_of(&f, decimals, wanted, ret_minor))
		return err_set(e, ERR_RANGE, "\"%.60s\" is too large an amount", text);
	return true;
}

bool value_date(const char *text, enum date_style style, day_t *ret, struct err *e)
{
	size_t n = strlen(text);
	struct date_parts d;
	int serial;

	if (style == DATE_SERIAL && (serial = serial_of(text, n)) != 0) {
		*ret = serial_epoch + serial;
		return true;
	}
	if (!parts_of(text, n, &d))
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
