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

#include "base/clock.h"
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

/* The same made ready for many amounts of one day: each is rounded by itself, so that any sums of them agree. */
struct exchange_pair {
	bool is_same; /* one currency: nothing is converted */
	int64_t times, by;
	day_t rate_on;
};
bool exchange_pair_of(const struct exchange_table *t, const char *from, const char *to, day_t on,
		      struct exchange_pair *ret, struct err *e) NODISCARD;
bool exchange_pair_convert(const struct exchange_pair *pair, int64_t minor, int64_t *ret,
			   struct err *e) NODISCARD;

/* "1.0912", a comma or a point, at most six decimals, greater than 0: millionths. ERR_INVALID. */
bool exchange_parse(const char *text, int64_t *ret_ppm, struct err *e) NODISCARD;

/* "1.0912": at least one decimal; returns text. */
enum { EXCHANGE_TEXT = 32 };
char *exchange_format(int64_t ppm, char text[EXCHANGE_TEXT]);

/* The same as people write it: "1,0912" in French. */
const char *exchange_words(struct arena *a, const char *language, int64_t ppm);

/* ---- as the database holds them ------------------------------------------------------------------ */

/* The rates as they were known at a moment (0: now): a rate put right later does not change what was
 * computed before. */
bool exchange_load(struct db *db, struct arena *a, int64_t known_at, struct exchange_table *ret,
		   struct err *e) NODISCARD;

/* Only what converting those currencies on that day takes: the latest rate of each, in order of currency. */
bool exchange_load_day(struct db *db, struct arena *a, const char *const *currency, size_t n,
		       day_t on, int64_t known_at, struct exchange_table *ret,
		       struct err *e) NODISCARD;

/* Adds those that are new or differ, in one transaction with one event, none when nothing is new; *ret_added
 * tells how many. from says whence in the event's words: a file's name, or NULL. ERR_INVALID for a currency that
 * is none, or a rate out of bounds. */
bool exchange_add(struct db *db, const struct exchange_rate *rate, size_t n, const char *from,
		  const char *actor, int64_t now, int64_t *ret_added, struct err *e) NODISCARD;

/* What that event added counts no more from the moment of its "undone"; in the caller's transaction. ERR_REFUSED when
 * exchange differences were booked at one of its rates since. */
bool exchange_add_undo(struct db *db, int64_t event_id, struct err *e) NODISCARD;

/* ---- to be looked at ----------------------------------------------------------------------------- */

struct exchange_row {
	int64_t id;
	char currency[4];
	day_t on;
	int64_t per_euro_ppm;
	const char *source;
	const char *actor;
	int64_t recorded, event_id;
};

struct exchange_query {
	const char *currency; /* NULL: all */
	struct when when;
	/* those after this one in the order of the list; DAY_NONE: from the first */
	day_t after_on;
	const char *after_currency;
	int64_t limit;
};

/* Every rate that counts by the two times, the newest day first, then by currency. */
bool exchange_list(struct db *db, struct arena *a, const struct exchange_query *q,
		   struct exchange_row **ret, size_t *ret_n, struct err *e) NODISCARD;
/* How many those are, wherever the list begins. */
bool exchange_count(struct db *db, const struct exchange_query *q, int64_t *ret,
		    struct err *e) NODISCARD;

/* What came at once: one event. */
struct exchange_change {
	int64_t event_id;
	const char *actor;
	int64_t recorded;
	int64_t n_rates;
	struct exchange_row first; /* by currency */
	day_t last_on;
	bool is_undone;
};

/* The newest first, at most limit. */
bool exchange_changes(struct db *db, struct arena *a, int limit, struct exchange_change **ret,
		      size_t *ret_n, struct err *e) NODISCARD;

/* The latest of each currency by the two times, by currency. */
bool exchange_list_latest(struct db *db, struct arena *a, struct when w, struct exchange_row **ret,
			  size_t *ret_n, struct err *e) NODISCARD;

#endif
