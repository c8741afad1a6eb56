/* SPDX-License-Identifier: Apache-2.0 */
/* value_number.c - amounts as people write them: signs, currencies, groups of thousands, either decimal sign. */
#include "base/money.h"
#include "format/value_cell.h"

enum { DIGITS_MAX = 24, GROUPS_MAX = 12 };

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

static enum reading reading_of(const struct shape *f)
{
	size_t comma_decimals, point_decimals;
	bool comma = reads_as(f, ',', &comma_decimals), point = reads_as(f, '.', &point_decimals);

	if (comma && point)
		return comma_decimals == point_decimals ? READS_SAME : READS_EITHER;
	return comma ? READS_COMMA : point ? READS_POINT : READS_NOT;
}

enum reading number_reading(const char *text, size_t n)
{
	struct shape f;

	return shape_of(text, n, &f) ? reading_of(&f) : READS_NOT;
}

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
