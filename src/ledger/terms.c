/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/terms.h"

#include "base/money.h"

#include <stdio.h>

/* ---- dates ------------------------------------------------------------------------------------- */

static day_t decade_end(day_t d)
{
	struct civil c = date_civil(d);

	if (c.day <= 10)
		return d + (10 - c.day);
	return c.day <= 20 ? d + (20 - c.day) : date_end_of_month(d);
}

/* Day n of d's month, or its last day when the month is shorter. */
static day_t day_of_month(day_t d, int n)
{
	struct civil c = date_civil(d);
	int length = date_days_in_month(c.year, c.month);

	return date_of(c.year, c.month, n < length ? n : length);
}

static day_t after_then_end(const struct terms_part *p, day_t issued_on)
{
	day_t end = date_end_of_month(issued_on + p->days);

	return p->day_of_month == 0 ? end : day_of_month(end + 1, p->day_of_month);
}

static day_t end_then_after(const struct terms_part *p, day_t issued_on)
{
	day_t d = date_end_of_month(issued_on) + p->days, wanted;

	if (p->day_of_month == 0)
		return d;
	wanted = day_of_month(d, p->day_of_month);
	return wanted >= d ? wanted : day_of_month(date_end_of_month(d) + 1, p->day_of_month);
}

day_t terms_part_due(const struct terms_part *p, day_t issued_on, day_t delivered_on)
{
	day_t delivery = delivered_on == DAY_NONE ? issued_on : delivered_on;

	ENSURE(p->days >= 0 && p->days <= TERMS_DAYS_MAX);
	switch (p->kind) {
	case TERMS_NET:
	case TERMS_PER:
		return issued_on + p->days;
	case TERMS_FDM_AFTER:
		return after_then_end(p, issued_on);
	case TERMS_FDM_BEFORE:
		return end_then_after(p, issued_on);
	case TERMS_DECADE:
		return decade_end(delivery) + p->days;
	case TERMS_ALC:
		return date_end_of_month(delivery) + p->days;
	case TERMS_CAT:
		return delivery + p->days;
	}
	ensure_failed("kind of terms", __FILE__, __LINE__);
	return DAY_NONE;
}

int terms_due_dates(const struct terms *t, day_t issued_on, day_t delivered_on,
		    int64_t amount_minor, struct terms_due ret[TERMS_PARTS])
{
	int64_t left = amount_minor;

	ENSURE(t->n_parts > 0 && t->n_parts <= TERMS_PARTS);
	for (int i = 0; i < t->n_parts; i++) {
		const struct terms_part *p = &t->part[i];
		int64_t part = left;

		if (i < t->n_parts - 1 &&
		    !minor_scale_round(amount_minor, p->share_percent_2, 10000, &part, NULL))
			part = 0; /* cannot be: the share is at most the whole */
		ret[i].due_on = terms_part_due(p, issued_on, delivered_on);
		ret[i].amount_minor = part;
		left -= part;
	}
	return t->n_parts;
}

day_t terms_due_on(const struct terms *t, day_t issued_on, day_t delivered_on)
{
	day_t last = DAY_NONE;

	ENSURE(t->n_parts > 0);
	for (int i = 0; i < t->n_parts; i++) {
		day_t d = terms_part_due(&t->part[i], issued_on, delivered_on);
		if (i == 0 || d > last)
			last = d;
	}
	return last;
}

/* ---- codes ------------------------------------------------------------------------------------- */

static const struct {
	const char *word;
	enum terms_kind kind;
	bool takes_day; /* "le N" makes sense */
} kinds[] = {
	{ "FDM_AFTER", TERMS_FDM_AFTER, true },
	{ "FDM_BEFORE", TERMS_FDM_BEFORE, true },
	{ "NET", TERMS_NET, false },
	{ "DECADE", TERMS_DECADE, false },
	{ "PER", TERMS_PER, false },
	{ "ALC", TERMS_ALC, false },
	{ "CAT", TERMS_CAT, false },
};

/* A whole number at *s up to max, moving past it. */
static bool take_number(const char **s, int max, int *ret)
{
	int v = 0;
	const char *start = *s;

	for (; **s >= '0' && **s <= '9'; (*s)++) {
		v = v * 10 + (**s - '0');
		if (v > max)
			return false;
	}
	*ret = v;
	return *s > start;
}

static bool take(const char **s, const char *word)
{
	if (!str_starts(*s, word))
		return false;
	*s += strlen(word);
	return true;
}

/* One part of a code, spaces already gone: NET30, FDM_AFTER(30,LE10), FDM_AFTER30_LE10. */
static bool take_part(const char **s, struct terms_part *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		bool has_bracket;

		if (!take(s, kinds[i].word))
			continue;
		ret->kind = kinds[i].kind;
		has_bracket = take(s, "(");
		if (!take_number(s, TERMS_DAYS_MAX, &ret->days))
			return false;
		if (kinds[i].takes_day && (take(s, ",LE") || take(s, "_LE")) &&
		    (!take_number(s, 31, &ret->day_of_month) || ret->day_of_month == 0))
			return false;
		return !has_bracket || take(s, ")");
	}
	return false;
}

/* "30", "33.33" or "33,33" percent. */
static bool take_share(const char **s, int *ret)
{
	int whole, decimals = 0;

	if (!take_number(s, 100, &whole))
		return false;
	if (take(s, ".") || take(s, ",")) {
		const char *start = *s;

		if (!take_number(s, 99, &decimals) || *s - start > 2)
			return false;
		if (*s - start == 1)
			decimals *= 10;
	}
	*ret = whole * 100 + decimals;
	return *ret > 0 && take(s, "=");
}

static bool parse_split(const char *s, struct terms *t)
{
	int total = 0;

	do {
		struct terms_part *p = &t->part[t->n_parts];

		if (t->n_parts == TERMS_PARTS || !take_share(&s, &p->share_percent_2) ||
		    !take_part(&s, p))
			return false;
		total += p->share_percent_2;
		t->n_parts++;
	} while (take(&s, "+"));
	/* Thirds are written 33.33: the last part takes what the two decimals leave. */
	return *s == '\0' && total >= 10000 - t->n_parts && total <= 10000;
}

bool terms_parse(const char *code, struct terms *ret, struct err *e)
{
	struct terms t = { 0 };
	char packed[TERMS_TEXT];
	const char *s = packed;
	size_t n = 0;

	for (size_t i = 0; code[i]; i++) {
		if (code[i] == ' ')
			continue;
		if (n + 1 >= sizeof packed)
			return err_set(e, ERR_INVALID, "payment terms of more than %d characters",
				       TERMS_TEXT - 1);
		packed[n++] =
			code[i] >= 'a' && code[i] <= 'z' ? (char)(code[i] - 'a' + 'A') : code[i];
	}
	packed[n] = '\0';
	if (take(&s, "SPLIT:")) {
		if (!parse_split(s, &t))
			return err_set(e, ERR_INVALID, "invalid split payment terms \"%.60s\"",
				       code);
	} else {
		t.n_parts = 1;
		t.part[0].share_percent_2 = 10000;
		if (!take_part(&s, &t.part[0]) || *s != '\0')
			return err_set(
				e, ERR_INVALID,
				"invalid payment terms \"%.60s\", expected a code such as NET30 "
				"or FDM_AFTER45",
				code);
	}
	*ret = t;
	return true;
}

static const char *kind_word(enum terms_kind kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].kind == kind)
			return kinds[i].word;
	ensure_failed("kind of terms", __FILE__, __LINE__);
	return NULL;
}

char *terms_format(const struct terms *t, char text[TERMS_TEXT])
{
	size_t n = 0;

	text[0] = '\0';
	if (t->n_parts > 1)
		n += (size_t)snprintf(text, TERMS_TEXT, "SPLIT:");
	for (int i = 0; i < t->n_parts; i++) {
		const struct terms_part *p = &t->part[i];

		if (t->n_parts > 1)
			n += (size_t)snprintf(text + n, TERMS_TEXT - n, "%s%d", i ? "+" : "",
					      p->share_percent_2 / 100);
		if (t->n_parts > 1 && p->share_percent_2 % 100)
			n += (size_t)snprintf(text + n, TERMS_TEXT - n, ".%02d",
					      p->share_percent_2 % 100);
		n += (size_t)snprintf(text + n, TERMS_TEXT - n, "%s%s%d", t->n_parts > 1 ? "=" : "",
				      kind_word(p->kind), p->days);
		if (p->day_of_month)
			n += (size_t)snprintf(text + n, TERMS_TEXT - n, "_LE%d", p->day_of_month);
		ENSURE(n < TERMS_TEXT);
	}
	return text;
}
