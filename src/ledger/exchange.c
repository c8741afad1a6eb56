/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/exchange.h"

#include "base/money.h"

#include <stdio.h>

static int compare(const struct exchange_rate *r, const char *currency, day_t on)
{
	int by_currency = strcmp(r->currency, currency);

	return by_currency ? by_currency : (r->on > on) - (r->on < on);
}

const struct exchange_rate *exchange_find(const struct exchange_table *t, const char *currency,
					  day_t on)
{
	size_t low = 0, high = t->n;

	/* The first one past the day: the one before it is the latest. */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare(&t->at[mid], currency, on) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low > 0 && strcmp(t->at[low - 1].currency, currency) == 0 ? &t->at[low - 1] : NULL;
}

static int64_t power_of_ten(int n)
{
	return n == 0 ? 1 : 10 * power_of_ten(n - 1);
}

/* Units per euro; 1 for the euro itself. */
static bool per_euro(const struct exchange_table *t, const char *currency, day_t on, int64_t *ret,
		     day_t *rate_on, struct err *e)
{
	const struct exchange_rate *r;
	char day[DATE_TEXT];

	*ret = EXCHANGE_ONE;
	if (strcmp(currency, "EUR") == 0)
		return true;
	r = exchange_find(t, currency, on);
	if (!r)
		return err_set(e, ERR_NOT_FOUND, "there is no rate of %s on %s or before", currency,
			       date_format(on, day));
	*ret = r->per_euro_ppm;
	if (*rate_on == DAY_NONE || r->on < *rate_on)
		*rate_on = r->on;
	return true;
}

bool exchange_pair_of(const struct exchange_table *t, const char *from, const char *to, day_t on,
		      struct exchange_pair *ret, struct err *e)
{
	struct exchange_pair p = { .is_same = strcmp(from, to) == 0, .rate_on = DAY_NONE };

	if (!p.is_same && (!per_euro(t, from, on, &p.by, &p.rate_on, e) ||
			   !per_euro(t, to, on, &p.times, &p.rate_on, e)))
		return false;
	p.times *= power_of_ten(currency_decimals(to));
	p.by *= power_of_ten(currency_decimals(from));
	*ret = p;
	return true;
}

bool exchange_pair_convert(const struct exchange_pair *pair, int64_t minor, int64_t *ret,
			   struct err *e)
{
	if (!pair->is_same)
		return minor_scale_round(minor, pair->times, pair->by, ret, e);
	*ret = minor;
	return true;
}

bool exchange_convert(const struct exchange_table *t, int64_t minor, const char *from,
		      const char *to, day_t on, struct exchanged *ret, struct err *e)
{
	struct exchange_pair pair;
	struct exchanged x;

	if (!exchange_pair_of(t, from, to, on, &pair, e) ||
	    !exchange_pair_convert(&pair, minor, &x.minor, e))
		return false;
	x.rate_on = pair.rate_on;
	*ret = x;
	return true;
}

bool exchange_parse(const char *text, int64_t *ret_ppm, struct err *e)
{
	int64_t ppm = 0, scale = EXCHANGE_ONE;
	bool is_fraction = false, has_digit = false;

	for (const char *s = text; *s; s++) {
		if ((*s == '.' || *s == ',') && has_digit && !is_fraction) {
			is_fraction = true;
			continue;
		}
		if (*s < '0' || *s > '9' || ppm > EXCHANGE_MAX)
			return err_set(e, ERR_INVALID, "invalid rate \"%.40s\"", text);
		has_digit = true;
		if (!is_fraction) {
			ppm = ppm * 10 + (*s - '0') * EXCHANGE_ONE;
		} else if (scale > 1) {
			scale /= 10;
			ppm += (*s - '0') * scale;
		} else if (*s != '0') {
			return err_set(e, ERR_INVALID, "rate \"%.40s\" has more than 6 decimals",
				       text);
		}
	}
	if (ppm <= 0 || ppm > EXCHANGE_MAX || text[strlen(text) - 1] == '.' ||
	    text[strlen(text) - 1] == ',')
		return err_set(e, ERR_INVALID, "invalid rate \"%.40s\"", text);
	*ret_ppm = ppm;
	return true;
}

char *exchange_format(int64_t ppm, char text[EXCHANGE_TEXT])
{
	size_t n;

	snprintf(text, EXCHANGE_TEXT, "%" PRId64 ".%06" PRId64, ppm / EXCHANGE_ONE,
		 ppm % EXCHANGE_ONE);
	for (n = strlen(text); text[n - 1] == '0' && text[n - 2] != '.'; n--)
		text[n - 1] = '\0';
	return text;
}

const char *exchange_words(struct arena *a, const char *language, int64_t ppm)
{
	char text[EXCHANGE_TEXT];
	char *words = arena_strdup(a, exchange_format(ppm, text)), *point = strchr(words, '.');

	if (point && str_eq(language, "fr"))
		*point = ',';
	return words;
}
