/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - what the cells of a column look like, and what convention that is. */
#include "format/value_cell.h"

#include "format/report.h"
#include "format/value_plain.h"

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
	switch (number_reading(text, n)) {
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

	if (!date_parts_of(text, n, &d)) {
		p->n_serial += date_serial_of(text, n) != 0;
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
