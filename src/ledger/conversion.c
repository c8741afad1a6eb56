/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/conversion.h"

#include "base/money.h"

const char *conversion_source_name(enum conversion_source source)
{
	switch (source) {
	case CONVERSION_BANK:
		return "bank";
	case CONVERSION_DATED:
		return "dated";
	case CONVERSION_AGREED:
		break;
	}
	return "agreed";
}

bool conversion_dated(const struct exchange_table *t, const char *from, const char *to, day_t on,
		      struct conversion_rate *ret, struct err *e)
{
	struct exchange_pair pair;

	if (!exchange_pair_of(t, from, to, on, &pair, e))
		return false;
	ENSURE(!pair.is_same);
	*ret = (struct conversion_rate){
		.times = pair.times, .by = pair.by, .source = CONVERSION_DATED, .on = pair.rate_on
	};
	memcpy(ret->from, from, sizeof ret->from);
	memcpy(ret->to, to, sizeof ret->to);
	return true;
}

bool conversion_there(const struct conversion_rate *r, int64_t from_minor, int64_t *ret,
		      struct err *e)
{
	return minor_scale_round(from_minor, r->times, r->by, ret, e);
}

bool conversion_back(const struct conversion_rate *r, int64_t to_minor, int64_t *ret, struct err *e)
{
	return minor_scale_round(to_minor, r->by, r->times, ret, e);
}

bool conversion_agrees(const struct conversion_rate *r, int64_t from_minor, int64_t to_minor)
{
	struct err e = { 0 };
	int64_t minor;

	return (conversion_there(r, from_minor, &minor, &e) && minor == to_minor) ||
	       (conversion_back(r, to_minor, &minor, &e) && minor == from_minor);
}

static int64_t power_of_ten(int n)
{
	return n == 0 ? 1 : 10 * power_of_ten(n - 1);
}

/* Units of one currency for one of the other, in millionths; 0 when it does not fit. */
static int64_t ppm_of(int64_t times, int64_t by, const char *from, const char *to)
{
	int64_t one = EXCHANGE_ONE * power_of_ten(currency_decimals(from)), den, ppm;
	struct err e = { 0 };

	if (__builtin_mul_overflow(by, power_of_ten(currency_decimals(to)), &den) ||
	    !minor_scale_round(one, times, den, &ppm, &e))
		return 0;
	return ppm;
}

const char *conversion_rate_text(struct arena *a, const char *language,
				 const struct conversion_rate *r)
{
	int64_t there = ppm_of(r->times, r->by, r->from, r->to);

	/* Six decimals say little of a small number. */
	if (there >= EXCHANGE_ONE / 10)
		return arena_printf(a, "1 %s = %s %s", r->from, exchange_words(a, language, there),
				    r->to);
	return arena_printf(a, "1 %s = %s %s", r->to,
			    exchange_words(a, language, ppm_of(r->by, r->times, r->to, r->from)),
			    r->from);
}
