/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exchange.h - conversion between currencies at dated rates (cours de change).
 *
 * Rates are kept as the ECB publishes them: units of the currency for one euro, in millionths. An amount
 * converts at the latest rate on or before the day, whose own day comes back with the result; from one
 * foreign currency to another by way of the euro, rounded once, half away from zero. There is no rate of 1
 * for what is not known: ERR_NOT_FOUND.
 *
 *	if (!exchange_convert(&rates, 123456, "USD", "EUR", as_of, &c, e))
 *		return false;			// no rate: shown apart
 *	show(c.minor, c.rate_on);
 */
#ifndef LEDGER_EXCHANGE_H
#define LEDGER_EXCHANGE_H

#include "db/db.h"

/* Millionths of the currency per euro; the bound keeps every product within 64 bits. */
#define EXCHANGE_ONE INT64_C(1000000)
#define EXCHANGE_MAX (INT64_C(1000000) * EXCHANGE_ONE)

struct exchange_rate {
	char currency[4];
	day_t on;
	int64_t per_euro_ppm;
	const char *source;
};

/* By currency, then by day; one rate for each. */
struct exchange_table {
	const struct exchange_rate *at;
	size_t n;
};

struct exchanged {
	int64_t minor;
	day_t rate_on; /* the older of the rates used; DAY_NONE when none was needed */
};

/* The latest rate on or before the day, NULL when there is none. The euro has none. */
const struct exchange_rate *exchange_find(const struct exchange_table *t, const char *currency,
					  day_t on);

/* ERR_NOT_FOUND without a rate, ERR_RANGE when the result does not fit. */
bool exchange_convert(const struct exchange_table *t, int64_t minor, const char *from,
		      const char *to, day_t on, struct exchanged *ret, struct err *e) NODISCARD;

/* "1.0912", a comma or a point, at most six decimals, greater than 0: millionths. ERR_INVALID. */
bool exchange_parse(const char *text, int64_t *ret_ppm, struct err *e) NODISCARD;

/* "1.0912": at least one decimal; returns text. */
enum { EXCHANGE_TEXT = 32 };
char *exchange_format(int64_t ppm, char text[EXCHANGE_TEXT]);

/* ---- as the database holds them ------------------------------------------------------------------ */

/* The rates as they were known at a moment (0: now): a rate put right later does not change what was
 * computed before. */
bool exchange_load(struct db *db, struct arena *a, int64_t known_at, struct exchange_table *ret,
		   struct err *e) NODISCARD;

/* Adds those that are new or differ, in one transaction with one event; *ret_added tells how many.
 * ERR_INVALID for a currency that is none, or a rate out of bounds. */
bool exchange_add(struct db *db, const struct exchange_rate *rate, size_t n, const char *actor,
		  int64_t now, int64_t *ret_added, struct err *e) NODISCARD;

#endif
