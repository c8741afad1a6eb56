/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cockpit.h - how well the matching does: what it applied alone of what customers paid, what persons took back of
 * it, and how many days pass from the value date to the documents.
 *
 * Counted are credits of the bank that are a customer's money: applied, on account, or still waiting. What was put
 * aside, booked by the accounting first, or told twice by the bank counts nowhere; but what the machine had applied
 * alone and a person took back counts whatever became of it. A month is that of the booking.
 *
 *	struct cockpit c;
 *	if (!cockpit_load(db, a, &(struct cockpit_query){ entity_id, "EUR", "Europe/Paris", today }, &c, e))
 *		return false;
 */
#ifndef CASH_COCKPIT_H
#define CASH_COCKPIT_H

#include "base/date.h"
#include "db/db.h"

enum { COCKPIT_MONTHS = 12, COCKPIT_WRONG_MAX = 50 };

struct cockpit_count {
	int64_t n;          /* receipts */
	int64_t n_alone;    /* applied alone, whatever became of it */
	int64_t n_reversed; /* of these, taken back by a person */
	/* Of the company's currency alone; the last three add up to the first. */
	int64_t minor;
	int64_t alone_minor;  /* applied alone, and standing */
	int64_t person_minor; /* applied by a person */
	int64_t waiting_minor;
	/* Of those that pay documents now: days from value date to that; -1 when there is none. */
	int64_t n_matched;
	int median_days, p90_days;
};

struct cockpit_month {
	day_t first_on;
	struct cockpit_count count;
};

struct cockpit_rule {
	const char *rule; /* as stored: another version's name is kept */
	int64_t n_alone, n_reversed, alone_minor;
	int64_t n_proposed; /* first proposals of it that a person decided */
	int64_t n_taken;    /* of these, taken as they were */
};

/* Applied alone, then taken back by a person. */
struct cockpit_wrong {
	int64_t entry_id;
	const char *reference, *payer_name, *rule;
	day_t booked_on;
	int64_t amount_minor;
	char currency[4];
	int64_t confidence_ppm;
	int64_t recorded; /* when it was taken back */
};

struct cockpit {
	struct cockpit_month month[COCKPIT_MONTHS]; /* the last one holds today */
	struct cockpit_count all;
	struct cockpit_rule *rule; /* the most used first */
	size_t n_rules;
	struct cockpit_wrong *wrong; /* newest first, at most COCKPIT_WRONG_MAX */
	size_t n_wrong;
};

struct cockpit_query {
	int64_t entity_id;
	const char *currency, *time_zone;
	day_t today;
};

bool cockpit_load(struct db *db, struct arena *a, const struct cockpit_query *q,
		  struct cockpit *ret, struct err *e) NODISCARD;

#endif
