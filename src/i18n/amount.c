/* SPDX-License-Identifier: Apache-2.0 */
#include "i18n/amount.h"

#include "base/money.h"

#include <stdio.h>

#define NBSP  "\xc2\xa0"
#define NNBSP "\xe2\x80\xaf"
#define MINUS "\xe2\x88\x92"
#define EURO  "\xe2\x82\xac"
#define POUND "\xc2\xa3"

struct writing {
	const char *language;
	const char *group, *decimal;
	bool sign_first;        /* currency before the number */
	const char *sign_space; /* between currency and number */
	const char *percent_space;
	const char *day; /* letter for days */
};

static const struct writing writings[] = {
	{ "en", ",", ".", true, "", "", "d" },      { "fr", NNBSP, ",", false, NBSP, NNBSP, "j" },
	{ "de", ".", ",", false, NBSP, NBSP, "T" }, { "es", ".", ",", false, NBSP, NBSP, "d" },
	{ "it", ".", ",", false, NBSP, "", "g" },   { "nl", ".", ",", true, NBSP, "", "d" },
	{ "pt", NNBSP, ",", false, NBSP, "", "d" },
};

/* "fr", "fr-BE" and "fr_FR" are one language here. */
static bool is_language(const char *tag, const char *language)
{
	return str_starts(tag, language) && (tag[2] == '\0' || tag[2] == '-' || tag[2] == '_');
}

static const struct writing *writing_of(const char *language)
{
	for (size_t i = 0; language && i < ARRAY_LEN(writings); i++)
		if (is_language(language, writings[i].language))
			return &writings[i];
	return &writings[0];
}

const char *currency_sign(const char *currency, const char *language)
{
	bool english = writing_of(language) == &writings[0];

	if (str_eq(currency, "EUR"))
		return EURO;
	if (str_eq(currency, "GBP") && english)
		return POUND;
	if (str_eq(currency, "USD") && english)
		return "US$";
	return currency;
}

static uint64_t magnitude(int64_t v)
{
	return v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v;
}

static uint64_t power_of_ten(int n)
{
	uint64_t p = 1;

	while (n-- > 0)
		p *= 10;
	return p;
}

/* Text being put together: a page has thousands of amounts, too many for printf. */
struct writer {
	char *at, *end; /* room for a NUL at end */
};

static void put(struct writer *w, const char *s)
{
	while (*s && w->at < w->end)
		*w->at++ = *s++;
	*w->at = '\0';
}

/* The digits of units / 10^decimals, grouped. */
static void put_number(char *out, size_t size, uint64_t units, int decimals,
		       const struct writing *w, const char *group)
{
	struct writer to = { out, out + size - 1 };
	uint64_t scale = power_of_ten(decimals);
	uint64_t whole = units / scale, part = units % scale;
	char digits[24], decimal[24];
	int n = 0;

	do
		digits[n++] = (char)('0' + whole % 10);
	while ((whole /= 10) > 0);
	while (n-- > 0) {
		put(&to, (char[]){ digits[n], '\0' });
		if (n > 0 && n % 3 == 0)
			put(&to, group);
	}
	if (decimals == 0)
		return;
	decimal[decimals] = '\0';
	for (int i = decimals; i-- > 0; part /= 10)
		decimal[i] = (char)('0' + part % 10);
	put(&to, w->decimal);
	put(&to, decimal);
}

/* A code of letters is never glued to the figures, whatever the language does with a sign. */
static const char *space_of(const struct writing *w, const char *sign)
{
	return w->sign_first && sign[0] >= 'A' && sign[0] <= 'Z' && !str_eq(sign, "US$")
		       ? NBSP
		       : w->sign_space;
}

static char *put_amount(bool negative, const char *number, const char *unit, const char *sign,
			const struct writing *w, char text[AMOUNT_TEXT])
{
	struct writer to = { text, text + AMOUNT_TEXT - 1 };

	put(&to, negative ? MINUS : "");
	if (w->sign_first) {
		put(&to, sign);
		put(&to, space_of(w, sign));
	}
	put(&to, number);
	if (!w->sign_first)
		put(&to, w->sign_space);
	put(&to, unit);
	if (!w->sign_first)
		put(&to, sign);
	return text;
}

/* Minus or nothing, then the number. */
static char *put_signed(const char *minus, const char *number, char text[AMOUNT_TEXT])
{
	struct writer to = { text, text + AMOUNT_TEXT - 1 };

	put(&to, minus);
	put(&to, number);
	return text;
}

char *amount_text(int64_t minor, const char *currency, const char *language, char text[AMOUNT_TEXT])
{
	const struct writing *w = writing_of(language);
	char number[64];

	put_number(number, sizeof number, magnitude(minor), currency_decimals(currency), w,
		   w->group);
	return put_amount(minor < 0, number, "", currency_sign(currency, language), w, text);
}

char *amount_bare(int64_t minor, const char *currency, const char *language, char text[AMOUNT_TEXT])
{
	const struct writing *w = writing_of(language);
	char number[64];

	put_number(number, sizeof number, magnitude(minor), currency_decimals(currency), w,
		   w->group);
	return put_signed(minor < 0 ? MINUS : "", number, text);
}

char *amount_input(int64_t minor, const char *currency, const char *language,
		   char text[AMOUNT_TEXT])
{
	const struct writing *w = writing_of(language);
	char number[64];

	put_number(number, sizeof number, magnitude(minor), currency_decimals(currency), w, "");
	return put_signed(minor < 0 ? "-" : "", number, text);
}

/* Half away from zero; magnitudes only. */
static uint64_t divide_round(uint64_t v, uint64_t by)
{
	return v / by + (v % by >= by - by / 2 ? 1 : 0);
}

static char *rounded(int64_t minor, int zeros, const char *unit, const char *currency,
		     const char *language, char text[AMOUNT_TEXT])
{
	const struct writing *w = writing_of(language);
	uint64_t by = power_of_ten(currency_decimals(currency) + zeros);
	uint64_t whole = divide_round(magnitude(minor), by);
	char number[64];

	put_number(number, sizeof number, whole, 0, w, w->group);
	/* What rounds to nothing has no sign. */
	return put_amount(minor < 0 && whole > 0, number, unit, currency_sign(currency, language),
			  w, text);
}

char *amount_whole(int64_t minor, const char *currency, const char *language,
		   char text[AMOUNT_TEXT])
{
	return rounded(minor, 0, "", currency, language, text);
}

char *amount_thousands(int64_t minor, const char *currency, const char *language,
		       char text[AMOUNT_TEXT])
{
	return rounded(minor, 3, "k", currency, language, text);
}

char *amount_scaled(int64_t minor, const char *currency, int zeros, const char *language,
		    char text[AMOUNT_TEXT])
{
	uint64_t whole, by;

	ENSURE(zeros >= 0 && zeros <= 6);
	by = power_of_ten(currency_decimals(currency) + zeros);
	whole = divide_round(magnitude(minor), by);
	return count_text(minor < 0 ? -(int64_t)whole : (int64_t)whole, language, text);
}

char *percent_text(int64_t part, int64_t whole, int decimals, const char *language,
		   char text[AMOUNT_TEXT])
{
	const struct writing *w = writing_of(language);
	char number[64];
	int64_t scaled;

	ENSURE(decimals >= 0 && decimals <= 4);
	text[0] = '\0';
	if (whole == 0 || whole == INT64_MIN || part == INT64_MIN)
		return text;
	if (whole < 0) {
		whole = -whole;
		part = -part;
	}
	if (!minor_scale_round(part, (int64_t)(100 * power_of_ten(decimals)), whole, &scaled, NULL))
		return text;
	put_number(number, sizeof number, magnitude(scaled), decimals, w, w->group);
	snprintf(text, AMOUNT_TEXT, "%s%s%s%%", scaled < 0 ? MINUS : "", number, w->percent_space);
	return text;
}

char *rate_text(int64_t ppm, const char *language, char text[AMOUNT_TEXT])
{
	const struct writing *w = writing_of(language);
	char number[64];
	int decimals = 6;
	uint64_t units = magnitude(ppm);

	while (decimals > 2 && units % 10 == 0) {
		units /= 10;
		decimals--;
	}
	put_number(number, sizeof number, units, decimals, w, w->group);
	snprintf(text, AMOUNT_TEXT, "%s%s%s%%", ppm < 0 ? MINUS : "", number, w->percent_space);
	return text;
}

char *count_text(int64_t n, const char *language, char text[AMOUNT_TEXT])
{
	const struct writing *w = writing_of(language);
	char number[64];

	put_number(number, sizeof number, magnitude(n), 0, w, w->group);
	return put_signed(n < 0 ? MINUS : "", number, text);
}

char *days_text(int days, const char *language, char text[AMOUNT_TEXT])
{
	char number[AMOUNT_TEXT];

	count_text(days, language, number);
	snprintf(text, AMOUNT_TEXT, "%.60s" NBSP "%s", number, writing_of(language)->day);
	return text;
}

char *day_step_text(int days, const char *language, char text[AMOUNT_TEXT])
{
	char letter = writing_of(language)->day[0];

	if (letter >= 'a')
		letter = (char)(letter - 'a' + 'A');
	if (days == 0)
		snprintf(text, AMOUNT_TEXT, "%c", letter);
	else
		snprintf(text, AMOUNT_TEXT, "%c%s%" PRIu64, letter, days < 0 ? MINUS : "+",
			 magnitude(days));
	return text;
}

/* ---- reading ----------------------------------------------------------------------------------- */

/* Digits and separators of one number, spaces gone. */
struct typed_number {
	char digits[40];
	size_t n;
};

static size_t gap_length(const char *s)
{
	if (*s == ' ' || *s == '\t' || *s == '\'')
		return 1;
	if (str_starts(s, NBSP))
		return 2;
	if (str_starts(s, NNBSP) || str_starts(s, "\xe2\x80\x89") || str_starts(s, "\xe2\x80\x99"))
		return 3;
	return 0;
}

static void skip_gaps(const char **s)
{
	while (gap_length(*s) > 0)
		*s += gap_length(*s);
}

static bool take_number(const char **s, struct typed_number *ret)
{
	ret->n = 0;
	for (;; skip_gaps(s)) {
		char c = **s;

		if ((c < '0' || c > '9') && c != '.' && c != ',')
			break;
		if (ret->n + 1 >= sizeof ret->digits)
			return false;
		ret->digits[ret->n++] = c;
		(*s)++;
	}
	ret->digits[ret->n] = '\0';
	return ret->n > 0;
}

static size_t count_of(const char *s, char c)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == c;
	return n;
}

/* Which character separates the decimals; 0 when none does; -1 when it cannot be told. */
static int decimal_separator(const char *s, int decimals, const struct writing *w)
{
	const char *dot = strrchr(s, '.'), *comma = strrchr(s, ',');
	const char *last = dot > comma ? dot : comma;
	size_t after;

	if (!last)
		return 0;
	if (dot && comma)
		return count_of(s, *last) == 1 ? *last : -1;
	if (count_of(s, *last) > 1)
		return 0;
	after = strlen(last + 1);
	if (after <= (size_t)decimals)
		return *last;
	return after == 3 && w->group[0] == *last ? 0 : -1;
}

/* Thousands are groups of three between equal separators. */
static bool groups_fit(const char *s, size_t n)
{
	size_t run = 0;
	bool grouped = false;

	for (size_t i = 0; i < n; i++) {
		if (s[i] >= '0' && s[i] <= '9') {
			run++;
			continue;
		}
		if (run == 0 || run > 3 || (grouped && run != 3))
			return false;
		grouped = true;
		run = 0;
	}
	return grouped ? run == 3 : run > 0;
}

enum reading { READ, NOT_READ, TOO_LARGE };

static enum reading value_of(const struct typed_number *t, int decimals, const struct writing *w,
			     int64_t *ret)
{
	int separator = decimal_separator(t->digits, decimals, w);
	const char *point = separator > 0 ? strrchr(t->digits, separator) : NULL;
	size_t whole = point ? (size_t)(point - t->digits) : t->n;
	size_t n_decimals = point ? strlen(point + 1) : 0;
	int64_t v = 0;

	if (separator < 0 || n_decimals > (size_t)decimals || (point && n_decimals == 0) ||
	    !groups_fit(t->digits, whole))
		return NOT_READ;
	for (const char *s = t->digits; *s; s++)
		if (*s >= '0' && *s <= '9' &&
		    (__builtin_mul_overflow(v, (int64_t)10, &v) ||
		     __builtin_add_overflow(v, (int64_t)(*s - '0'), &v)))
			return TOO_LARGE;
	for (; n_decimals < (size_t)decimals; n_decimals++)
		if (__builtin_mul_overflow(v, (int64_t)10, &v))
			return TOO_LARGE;
	*ret = v;
	return READ;
}

/* +1 or -1 for a sign at *s, 0 when there is none. */
static int take_sign(const char **s)
{
	skip_gaps(s);
	if (**s == '+' || **s == '-') {
		(*s)++;
		return (*s)[-1] == '+' ? 1 : -1;
	}
	if (str_starts(*s, MINUS)) {
		*s += strlen(MINUS);
		return -1;
	}
	return 0;
}

/* The currency after a number, or before it, may be said; another one may not. */
static void skip_currency(const char **s, const char *currency, const char *language)
{
	const char *sign = currency_sign(currency, language);

	skip_gaps(s);
	if (str_starts(*s, sign))
		*s += strlen(sign);
	else if (str_starts(*s, currency))
		*s += strlen(currency);
	skip_gaps(s);
}

bool amount_read(const char *typed, const char *currency, const char *language, int64_t *ret_minor,
		 struct err *e)
{
	const struct writing *w = writing_of(language);
	const char *s = typed;
	int64_t total = 0;
	int sign = take_sign(&s);

	if (sign == 0)
		sign = 1;
	do {
		struct typed_number t;
		enum reading r;
		int64_t v = 0;

		skip_currency(&s, currency, language);
		r = take_number(&s, &t) ? value_of(&t, currency_decimals(currency), w, &v)
					: NOT_READ;
		if (r == NOT_READ)
			return err_set(e, ERR_INVALID, "invalid %s amount \"%.60s\"", currency,
				       typed);
		if (r == TOO_LARGE || __builtin_add_overflow(total, sign * v, &total))
			return err_set(e, ERR_RANGE, "amount \"%.60s\" is too large", typed);
		skip_currency(&s, currency, language);
		sign = take_sign(&s);
	} while (sign != 0);
	if (*s)
		return err_set(e, ERR_INVALID, "invalid %s amount \"%.60s\"", currency, typed);
	*ret_minor = total;
	return true;
}
