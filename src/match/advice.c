/* SPDX-License-Identifier: Apache-2.0 */
#include "match/advice.h"

#include "base/money.h"
#include "base/text.h"
#include "format/encoding.h"
#include "format/value.h"

#include <ctype.h>

enum { COLUMNS_MAX = 12, TOKENS_MAX = 256, TOKEN_LONGEST = 60, SHORTEST_NUMBER = 4 };

/* A line of the text that may be one of the advice. */
struct row {
	int64_t line;
	const char *document;
	bool is_known, is_total;
	int64_t amount[COLUMNS_MAX]; /* from left to right */
	size_t n;
};

struct reading {
	struct arena *a;
	const char *currency;
	advice_known_fn *known;
	void *arg;
	struct advice *advice;
	LIST_OF(struct row) rows;
};

struct token {
	const char *s;
	size_t n;
};

/* ---- tokens ---- */

static bool is_gap(char c)
{
	return c == ' ' || c == '\t' || c == ';' || c == '|' || c == '"';
}

static size_t split(const char *s, size_t n, struct token *ret)
{
	size_t k = 0;

	for (size_t i = 0; i < n && k < TOKENS_MAX;) {
		size_t from;
		while (i < n && is_gap(s[i]))
			i++;
		from = i;
		while (i < n && !is_gap(s[i]))
			i++;
		if (i > from)
			ret[k++] = (struct token){ s + from, i - from };
	}
	return k;
}

/* Digits in groups, a decimal sign and two digits, a sign before or behind: "1.234,56", "-12.00", "1,234.50-". */
static bool amount_of(const struct reading *r, struct token t, int64_t *ret)
{
	bool is_negative = false;
	int64_t v = 0;
	size_t digits = 0;

	if (t.n && (t.s[0] == '-' || t.s[0] == '+'))
		is_negative = t.s[0] == '-', t.s++, t.n--;
	if (t.n && t.s[t.n - 1] == '-')
		is_negative = true, t.n--;
	if (t.n >= 3 && memcmp(t.s + t.n - 3, "\xE2\x82\xAC", 3) == 0)
		t.n -= 3;
	if (t.n < 4 || (t.s[t.n - 3] != ',' && t.s[t.n - 3] != '.') ||
	    currency_decimals(r->currency) != 2)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		char c = t.s[i];
		if (i == t.n - 3 ||
		    ((c == '.' || c == ',' || c == '\'') && i + 3 < t.n - 2 && digits))
			continue;
		if (!isdigit((unsigned char)c) || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, c - '0', &v))
			return false;
		digits++;
	}
	*ret = is_negative ? -v : v;
	return digits > 2;
}

/* "1 234,56": one to three digits, then groups of three, the last with its decimals. */
static bool is_group(struct token t, bool is_first)
{
	size_t at = is_first && t.n && t.s[0] == '-';

	for (size_t i = at; i < t.n; i++)
		if (!isdigit((unsigned char)t.s[i]))
			return false;
	return is_first ? t.n - at >= 1 && t.n - at <= 3 : t.n == 3;
}

static bool ends_group(struct token t)
{
	return t.n == 6 && isdigit((unsigned char)t.s[0]) && isdigit((unsigned char)t.s[1]) &&
	       isdigit((unsigned char)t.s[2]) && (t.s[3] == ',' || t.s[3] == '.');
}

/* An amount that begins at the token; how many tokens it takes, 0 for none. */
static size_t take_amount(const struct reading *r, const struct token *t, size_t n, int64_t *ret)
{
	char text[40];
	size_t k = 1, len = 0;

	if (amount_of(r, t[0], ret))
		return 1;
	if (!is_group(t[0], true))
		return 0;
	while (k < n && k < 4 && t[k].s == t[k - 1].s + t[k - 1].n + 1 && is_group(t[k], false))
		k++;
	if (k == n || t[k].s != t[k - 1].s + t[k - 1].n + 1 || !ends_group(t[k]))
		return 0;
	for (size_t i = 0; i <= k; i++) {
		memcpy(text + len, t[i].s, t[i].n);
		len += t[i].n;
	}
	return amount_of(r, (struct token){ text, len }, ret) ? k + 1 : 0;
}

/* ---- lines ---- */

static struct token bare(struct token t)
{
	while (t.n && strchr(",;:()[]#*", t.s[0]))
		t.s++, t.n--;
	while (t.n && strchr(",;:()[]#*.", t.s[t.n - 1]))
		t.n--;
	return t;
}

static size_t count_digits(struct token t)
{
	size_t digits = 0;

	for (size_t i = 0; i < t.n; i++)
		digits += isdigit((unsigned char)t.s[i]) != 0;
	return digits;
}

static bool is_date(struct token t, day_t *ret)
{
	char text[TOKEN_LONGEST + 1];

	if (t.n < 8 || t.n > 10 || !memchr("0123456789", t.s[0], 10))
		return false;
	memcpy(text, t.s, t.n);
	text[t.n] = 0;
	return value_date(text, DATE_DMY, ret, NULL) &&
	       (strchr(text, '/') || strchr(text, '.') || strchr(text, '-'));
}

/* A document that we know; else the first word that looks like the number of one. */
static void look_for_document(struct reading *r, struct token t, struct row *row)
{
	const char *ours, *text;
	size_t digits;

	t = bare(t);
	digits = count_digits(t);
	if (row->is_known || t.n > TOKEN_LONGEST || digits < 3 || t.n < SHORTEST_NUMBER)
		return;
	text = arena_strndup(r->a, t.s, t.n);
	ours = r->known(r->arg, text);
	if (ours) {
		row->document = ours;
		row->is_known = true;
	} else if (!row->document && digits >= SHORTEST_NUMBER) {
		row->document = text;
	}
}

static bool says_total(struct arena *a, const char *s, size_t n)
{
	static const char *const words[] = { "TOTAL",     "SUMME",      "GESAMT",
					     "TOTAAL",    "SOMME",      "NETAPAYER",
					     "MONTANTDU", "AMOUNTPAID", "PAYMENTAMOUNT",
					     "BETAALD",   "ZAHLBETRAG" };
	const char *key = text_reference_key(a, arena_strndup(a, s, n > 400 ? 400 : n));

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(key, words[i]))
			return true;
	return false;
}

static void take_line(struct reading *r, const char *s, size_t n, int64_t line)
{
	struct token t[TOKENS_MAX];
	size_t k = split(s, n, t);
	struct row row = { .line = line };
	day_t on;

	for (size_t i = 0; i < k;) {
		int64_t minor;
		size_t taken = take_amount(r, t + i, k - i, &minor);
		if (taken) {
			if (row.n < COLUMNS_MAX)
				row.amount[row.n++] = minor;
			i += taken;
			continue;
		}
		if (is_date(t[i], &on)) {
			if (r->advice->on == DAY_NONE)
				r->advice->on = on;
		} else {
			look_for_document(r, t[i], &row);
		}
		i++;
	}
	if (row.n == 0)
		return;
	row.is_total = !row.is_known && says_total(r->a, s, n);
	*LIST_ADD(r->a, &r->rows) = row;
}

/* ---- which amounts ---- */

static bool is_line(const struct row *row, bool only_known)
{
	return row->document && !row->is_total && (row->is_known || !only_known);
}

/* The sum of the amounts at that place from the right. */
static bool sum_at(const struct reading *r, bool only_known, size_t place, int64_t *ret)
{
	size_t n = 0;

	*ret = 0;
	for (size_t i = 0; i < r->rows.n; i++) {
		const struct row *row = &r->rows.at[i];
		if (!is_line(row, only_known))
			continue;
		if (place >= row->n ||
		    __builtin_add_overflow(*ret, row->amount[row->n - 1 - place], ret))
			return false;
		n++;
	}
	return n > 0;
}

/* Whether the text says that sum: on a line of totals, or anywhere outside of the lines. */
static bool is_said(const struct reading *r, bool only_known, bool as_total, int64_t sum)
{
	for (size_t i = 0; i < r->rows.n; i++) {
		const struct row *row = &r->rows.at[i];
		if (as_total ? !row->is_total : is_line(row, only_known))
			continue;
		for (size_t k = 0; k < row->n; k++)
			if (row->amount[k] == sum)
				return true;
	}
	return false;
}

static bool choose(const struct reading *r, bool *ret_only_known, size_t *ret_place)
{
	int64_t sum;

	for (int said_as_total = 1; said_as_total >= 0; said_as_total--)
		for (int only_known = 1; only_known >= 0; only_known--)
			for (size_t place = 0; place < COLUMNS_MAX; place++) {
				if (!sum_at(r, only_known, place, &sum) ||
				    !is_said(r, only_known, said_as_total, sum))
					continue;
				*ret_only_known = only_known;
				*ret_place = place;
				return true;
			}
	return false;
}

/* Gross, discount, net: the discount where the three agree. */
static int64_t discount_of(const struct row *row, size_t place)
{
	const int64_t *net = &row->amount[row->n - 1 - place];
	int64_t less;

	return place + 2 < row->n && net[-1] > 0 &&
			       !__builtin_sub_overflow(net[-2], net[-1], &less) && less == net[0]
		       ? net[-1]
		       : 0;
}

static void told_total(struct reading *r)
{
	for (size_t i = 0; i < r->rows.n; i++)
		if (r->rows.at[i].is_total) {
			r->advice->has_total = true;
			r->advice->total_minor = r->rows.at[i].amount[r->rows.at[i].n - 1];
		}
}

static bool finish(struct reading *r, struct err *e)
{
	struct advice *ad = r->advice;
	bool only_known = false;
	size_t place = 0;
	int64_t sum = 0;

	ad->adds_up = choose(r, &only_known, &place);
	for (size_t i = 0; i < r->rows.n; i++) {
		const struct row *row = &r->rows.at[i];
		struct advice_line *to;
		if (!is_line(row, only_known))
			continue;
		if (ad->lines.n == ADVICE_LINES_MAX)
			return err_set(e, ERR_LIMIT, "the advice has more than %d lines",
				       ADVICE_LINES_MAX);
		to = LIST_ADD(r->a, &ad->lines);
		to->line = row->line;
		to->document = row->document;
		to->is_known = row->is_known;
		to->minor = row->amount[place < row->n ? row->n - 1 - place : 0];
		to->discount_minor = discount_of(row, place < row->n ? place : 0);
		ad->n_known += row->is_known;
		if (__builtin_add_overflow(sum, to->minor, &sum))
			return err_set(e, ERR_RANGE, "the sum of the lines is too large");
	}
	if (ad->lines.n == 0)
		return err_set(e, ERR_FORMAT, "no line names a document with an amount");
	told_total(r);
	if (ad->adds_up || !ad->has_total)
		ad->total_minor = sum;
	ad->has_total |= ad->adds_up;
	return true;
}

bool advice_read(struct arena *a, const char *text, size_t len, const char *currency,
		 advice_known_fn *known, void *arg, struct advice *ret, struct err *e)
{
	struct reading r = {
		.a = a, .currency = currency, .known = known, .arg = arg, .advice = ret
	};
	struct lines lines;
	const char *s;
	size_t n;

	if (len > ADVICE_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "the advice is larger than %d bytes", ADVICE_TEXT_MAX);
	*ret = (struct advice){ .on = DAY_NONE };
	lines_init(&lines, text, len);
	while (lines_next(&lines, &s, &n))
		take_line(&r, s, n, lines.number);
	return finish(&r, e);
}
