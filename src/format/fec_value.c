/* SPDX-License-Identifier: Apache-2.0 */
#include "format/fec_value.h"

#include "base/money.h"
#include "format/fec.h"
#include "format/value.h"

#include <ctype.h>
#include <strings.h>

/* Digits with at most one sign and one decimal sign: nearly every amount. */
struct plain {
	int64_t units; /* all digits as one number, negative or zero */
	int n_digits, n_decimals;
	char decimal; /* 0 when there is none */
	bool is_negative;
};

static bool plain_of(const char *s, size_t n, struct plain *ret)
{
	struct plain p = { 0 };
	size_t i = 0;

	if (n && (s[0] == '-' || s[0] == '+'))
		p.is_negative = s[i++] == '-';
	else if (n && (s[n - 1] == '-' || s[n - 1] == '+'))
		p.is_negative = s[--n] == '-';
	for (; i < n; i++) {
		if (s[i] >= '0' && s[i] <= '9') {
			/* 18 digits always fit; leading zeros are padding. */
			if (p.units != 0 || s[i] != '0')
				if (++p.n_digits > 18)
					return false;
			p.units = p.units * 10 - (s[i] - '0');
			p.n_decimals += p.decimal != 0;
		} else if ((s[i] == ',' || s[i] == '.') && !p.decimal && i > 0) {
			p.decimal = s[i];
		} else {
			return false;
		}
	}
	*ret = p;
	return n > (size_t)(s[0] == '-' || s[0] == '+');
}

static bool scale(struct plain p, int decimals, int64_t *ret)
{
	for (; p.n_decimals > decimals; p.n_decimals--) {
		if (p.units % 10 != 0)
			return false;
		p.units /= 10;
	}
	for (; p.n_decimals < decimals; p.n_decimals++)
		if (__builtin_mul_overflow(p.units, 10, &p.units))
			return false;
	if (!p.is_negative && p.units == INT64_MIN)
		return false;
	*ret = p.is_negative ? p.units : -p.units;
	return true;
}

/* Thousands separators: only one of the two conventions may read it, or the file must have told. */
static bool amount_with_groups(struct fec_numbers *f, const char *s, size_t n, int64_t *ret)
{
	static const char *const currency[] = { "JPY", "", "EUR", "TND" }; /* by decimals */
	struct value_profile p = { 0 };
	enum number_style style;
	char text[64];

	if (n >= sizeof text)
		return false;
	memcpy(text, s, n);
	text[n] = 0;
	value_profile_add(&p, text, n);
	if (p.n_number == 0)
		return false;
	if (p.n_either) {
		if (f->comma_seen == f->point_seen)
			return false;
		style = f->comma_seen ? NUMBER_COMMA : NUMBER_POINT;
	} else {
		style = p.n_point ? NUMBER_POINT : NUMBER_COMMA;
	}
	return (f->decimals == 0 || f->decimals == 2 || f->decimals == 3) &&
	       value_amount(text, style, currency[f->decimals], ret, NULL);
}

/* "1234,56": what nearly every amount of a currency with cents looks like. */
static inline bool cents_of(const char *s, size_t n, int64_t *ret)
{
	unsigned largest, digit;
	uint64_t units = 0; /* of what is no digit too, which shows behind the loop */

	if (n < 4 || n > 18)
		return false;
	largest = (unsigned)(s[n - 2] - '0');
	digit = (unsigned)(s[n - 1] - '0');
	for (size_t i = 0; i < n - 3; i++) {
		unsigned d = (unsigned)(s[i] - '0');
		largest = d > largest ? d : largest;
		units = units * 10 + d;
	}
	if (largest > 9 || digit > 9)
		return false;
	*ret = (int64_t)(units * 100 + (unsigned)(s[n - 2] - '0') * 10 + digit);
	return true;
}

bool fec_amount(struct fec_numbers *f, const char *s, size_t n, int64_t *ret_minor)
{
	struct plain p;
	bool padded;

	if (f->decimals == 2 && n > 3 && (s[n - 3] == ',' || s[n - 3] == '.') &&
	    cents_of(s, n, ret_minor)) {
		*(s[n - 3] == ',' ? &f->comma_seen : &f->point_seen) = true;
		return true;
	}
	if (!plain_of(s, n, &p) || (p.decimal && p.n_decimals == 0))
		return amount_with_groups(f, s, n, ret_minor);
	/* "1.234" may be thousands; "0000001,234" and "12345,678" may not. */
	padded = *s == '0' || p.n_digits - p.n_decimals > 3;
	if (p.decimal && p.n_decimals == 3 && !padded && f->decimals != 3)
		return amount_with_groups(f, s, n, ret_minor);
	if (!scale(p, f->decimals, ret_minor))
		return false;
	if (p.decimal && p.n_decimals <= 2) {
		f->comma_seen |= p.decimal == ',';
		f->point_seen |= p.decimal == '.';
	}
	return true;
}

enum fec_date_form fec_date(const char *s, size_t n, day_t *ret)
{
	char text[24];

	if (n == 8 && date_parse_compact(s, n, ret))
		return FEC_DATE_LAW;
	if (n < 8 || n >= sizeof text ||
	    !memchr("/-.", s[2] >= '0' && s[2] <= '9' ? s[4] : s[2], 3))
		return FEC_DATE_NOT;
	memcpy(text, s, n);
	text[n] = 0;
	return value_date(text, DATE_DMY, ret, NULL) ? FEC_DATE_OTHER : FEC_DATE_NOT;
}

int fec_sense(const char *s, size_t n)
{
	static const struct {
		const char *text;
		int side;
	} forms[] = { { "D", 1 }, { "C", -1 }, { "+1", 1 },    { "1", 1 },      { "-1", -1 },
		      { "+", 1 }, { "-", -1 }, { "DEBIT", 1 }, { "CREDIT", -1 } };

	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (strlen(forms[i].text) == n && n && strncasecmp(forms[i].text, s, n) == 0)
			return forms[i].side;
	return 0;
}

bool fec_name(const char *name, char siren[10], day_t *ret_closing_on)
{
	const char *base = strrchr(name, '/');

	siren[0] = 0;
	base = base ? base + 1 : name;
	if (strlen(base) < 20 || strncasecmp(base + 9, "FEC", 3) != 0)
		return false;
	for (int i = 0; i < 20; i++)
		if ((i < 9 || i > 11) && !isdigit((unsigned char)base[i]))
			return false;
	if (isalnum((unsigned char)base[20]))
		return false;
	memcpy(siren, base, 9);
	siren[9] = 0;
	if (!date_parse_compact(base + 12, 8, ret_closing_on))
		*ret_closing_on = DAY_NONE;
	return true;
}
