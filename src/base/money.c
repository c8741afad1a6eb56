/* SPDX-License-Identifier: Apache-2.0 */
#include "base/money.h"

#include <stdio.h>

/* Products of two amounts; not ISO C, but gcc and clang have it on every 64-bit target. */
__extension__ typedef __int128 wide_t;

bool minor_add(int64_t *total, int64_t minor, struct err *e)
{
	int64_t sum;

	if (__builtin_add_overflow(*total, minor, &sum))
		return err_set(e, ERR_RANGE, "the total does not fit in 64 bits");
	*total = sum;
	return true;
}

static bool same_currency(struct money a, struct money b, struct err *e)
{
	if (strcmp(a.currency, b.currency) == 0)
		return true;
	return err_set(e, ERR_INVALID, "cannot mix %s and %s without a rate", a.currency,
		       b.currency);
}

bool money_add(struct money a, struct money b, struct money *ret, struct err *e)
{
	if (!same_currency(a, b, e) || !minor_add(&a.minor, b.minor, e))
		return false;
	*ret = a;
	return true;
}

bool money_sub(struct money a, struct money b, struct money *ret, struct err *e)
{
	if (!same_currency(a, b, e))
		return false;
	if (__builtin_sub_overflow(a.minor, b.minor, &a.minor))
		return err_set(e, ERR_RANGE, "the difference does not fit in 64 bits");
	*ret = a;
	return true;
}

int currency_decimals(const char *currency)
{
	static const char none[][4] = { "BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
					"KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
					"VND", "VUV", "XAF", "XOF", "XPF" };
	static const char three[][4] = { "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND" };

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		if (strcmp(none[i], currency) == 0)
			return 0;
	for (size_t i = 0; i < ARRAY_LEN(three); i++)
		if (strcmp(three[i], currency) == 0)
			return 3;
	return 2;
}

bool currency_is_code(const char *currency)
{
	size_t n = 0;

	while (currency[n] >= 'A' && currency[n] <= 'Z')
		n++;
	return n == 3 && currency[3] == '\0';
}

static int64_t power_of_ten(int n)
{
	int64_t p = 1;

	while (n-- > 0)
		p *= 10;
	return p;
}

bool money_parse(const char *text, const char *currency, struct money *ret, struct err *e)
{
	int decimals = currency_decimals(currency);
	const char *p = text;
	bool negative = *p == '-';
	int64_t v = 0;
	int n_digits = 0, n_decimals = -1;

	if (*p == '-' || *p == '+')
		p++;
	for (; *p; p++) {
		if (*p == '.' && n_decimals < 0 && n_digits > 0) {
			n_decimals = 0;
			continue;
		}
		if (*p < '0' || *p > '9')
			break;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *p - '0', &v))
			return err_set(e, ERR_RANGE, "amount \"%.40s\" does not fit", text);
		n_digits++;
		if (n_decimals >= 0)
			n_decimals++;
	}
	if (*p || n_digits == 0 || (n_decimals >= 0 && n_decimals != decimals) || n_decimals == 0)
		return err_set(e, ERR_INVALID, "invalid %s amount \"%.40s\"", currency, text);
	if (n_decimals < 0 && __builtin_mul_overflow(v, power_of_ten(decimals), &v))
		return err_set(e, ERR_RANGE, "amount \"%.40s\" does not fit", text);
	ret->minor = negative ? -v : v;
	snprintf(ret->currency, sizeof ret->currency, "%s", currency);
	return true;
}

char *minor_format(int64_t minor, const char *currency, char text[MONEY_TEXT])
{
	int decimals = currency_decimals(currency);
	uint64_t magnitude = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
	uint64_t unit = (uint64_t)power_of_ten(decimals);
	const char *sign = minor < 0 ? "-" : "";

	if (decimals == 0)
		snprintf(text, MONEY_TEXT, "%s%" PRIu64, sign, magnitude);
	else
		snprintf(text, MONEY_TEXT, "%s%" PRIu64 ".%0*" PRIu64, sign, magnitude / unit,
			 decimals, magnitude % unit);
	return text;
}

bool minor_scale_round(int64_t value, int64_t num, int64_t den, int64_t *ret, struct err *e)
{
	wide_t product, half = den / 2, q;
	int64_t small;

	ENSURE(den > 0);
	/* Nearly always it fits, and dividing 64 bits is several times faster. */
	if (!__builtin_mul_overflow(value, num, &small) &&
	    !__builtin_add_overflow(small, small >= 0 ? den / 2 : -(den / 2), &small)) {
		*ret = small / den;
		return true;
	}
	product = (wide_t)value * num;
	/* Half away from zero; an odd den has no exact half, so the truncated half is right too. */
	q = (product >= 0 ? product + half : product - half) / den;
	if (q > INT64_MAX || q < INT64_MIN)
		return err_set(e, ERR_RANGE, "the result does not fit in 64 bits");
	*ret = (int64_t)q;
	return true;
}

/* The part that still lacks most of its exact share gets the next unit; ties go to the first. */
static size_t neediest(wide_t magnitude, wide_t sum, const int64_t *weight, size_t n,
		       const struct money *part)
{
	wide_t most = -1;
	size_t best = 0;

	for (size_t i = 0; i < n; i++) {
		wide_t given = part[i].minor < 0 ? -(wide_t)part[i].minor : part[i].minor;
		wide_t lack = magnitude * weight[i] - given * sum;
		if (weight[i] > 0 && lack > most) {
			most = lack;
			best = i;
		}
	}
	return best;
}

bool money_allocate(struct money m, const int64_t *weight, size_t n, struct money *ret_part,
		    struct err *e)
{
	wide_t sum = 0, magnitude = m.minor < 0 ? -(wide_t)m.minor : m.minor, left = magnitude;
	int sign = m.minor < 0 ? -1 : 1;

	for (size_t i = 0; i < n; i++) {
		if (weight[i] < 0)
			return err_set(e, ERR_INVALID, "weight %zu is negative", i);
		sum += weight[i];
	}
	if (sum == 0)
		return err_set(e, ERR_INVALID, "the weights sum to zero");
	for (size_t i = 0; i < n; i++) {
		wide_t part = magnitude * weight[i] / sum;
		ret_part[i] = m;
		ret_part[i].minor = sign * (int64_t)part;
		left -= part;
	}
	while (left-- > 0)
		ret_part[neediest(magnitude, sum, weight, n, ret_part)].minor += sign;
	return true;
}
