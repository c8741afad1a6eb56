/* SPDX-License-Identifier: Apache-2.0 */
/*
 * money.h - exact amounts of one currency.
 *
 * An amount is a whole number of minor units (cents, fils, yen) with its ISO 4217 code. Nothing here
 * rounds unless its name says so, and nothing mixes currencies: an operation that cannot give the exact
 * answer says so instead.
 *
 *	struct money due, paid, open;
 *	if (!money_sub(due, paid, &open, e))
 *		return false;
 */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H

#include "base/err.h"

struct money {
	int64_t minor;    /* signed; a credit note is negative */
	char currency[4]; /* "EUR", NUL included */
};

/* ERR_RANGE on overflow, ERR_INVALID when the currencies differ. */
bool money_add(struct money a, struct money b, struct money *ret, struct err *e) NODISCARD;
bool money_sub(struct money a, struct money b, struct money *ret, struct err *e) NODISCARD;

/* Adds to a running total of minor units; ERR_RANGE on overflow, the total then unchanged. */
bool minor_add(int64_t *total, int64_t minor, struct err *e) NODISCARD;

/* Number of decimals of a currency by ISO 4217: 2 for most, 0 for JPY, 3 for TND... 2 for a code
 * that is not listed. */
int currency_decimals(const char *currency);

/* Three capital letters. */
bool currency_is_code(const char *currency);

/* "1234.56", optional sign, exactly as many decimals as the currency has, or none at all. ERR_INVALID
 * on any other form, ERR_RANGE when it does not fit. */
bool money_parse(const char *text, const char *currency, struct money *ret,
		 struct err *e) NODISCARD;

enum { MONEY_TEXT = 32 };

/* Writes "-1234.56": the form of JSON, CSV and the command line; returns text. */
char *minor_format(int64_t minor, const char *currency, char text[MONEY_TEXT]);

/* Splits m into n parts in proportion to weight[] by largest remainder; the parts add up to m exactly.
 * ERR_INVALID when the weights are negative or sum to zero. */
bool money_allocate(struct money m, const int64_t *weight, size_t n, struct money *ret_part,
		    struct err *e) NODISCARD;

/* value * num / den, rounded half away from zero. ERR_RANGE when the result does not fit; den > 0. */
bool minor_scale_round(int64_t value, int64_t num, int64_t den, int64_t *ret,
		       struct err *e) NODISCARD;

#endif
