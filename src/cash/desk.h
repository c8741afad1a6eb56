/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk.h - the workbench's reading: which bank entries wait, found by what a person knows of them, and how much
 * was received, applied and is still to be decided.
 *
 *	struct desk_filter f = { .state = DESK_TODO, .text = "1234,56", .max_minor = INT64_MAX };
 *	if (!desk_list(db, arena, entity_id, &f, DAY_NONE, 0, 51, &rows, &n, e))
 *		return false;
 *
 * A figure and the list behind it are made by one condition, so that they agree to the cent.
 */
#ifndef CASH_DESK_H
#define CASH_DESK_H

#include "bank/statement.h"

/* Beside the names of states: what waits for a person; everything. */
#define DESK_TODO "todo"
#define DESK_ALL  "all"

struct desk_filter {
	const char *state;    /* DESK_TODO, DESK_ALL or the name of a state */
	const char *account;  /* IBAN of ours; "" or NULL: all */
	const char *currency; /* likewise */
	const char *payer;    /* part of the payer's name */
	const char *text;     /* an amount, part of a reference, of a name or of the bank's text */
	bool has_amount;      /* the text reads as an amount: */
	int64_t amount_minor;
	int64_t min_minor, max_minor; /* both included */
	day_t from_on, until_on;      /* booking days, both included; DAY_NONE: open */
};

struct desk_row {
	int64_t id;
	int64_t version;
	day_t booked_on;
	int64_t amount_minor;
	char currency[4];
	const char *payer_name;
	const char *reference;
	const char *state_name;
	const char *reason;     /* encoded */
	int64_t confidence_ppm; /* of the best explanation; -1: there is none */
	const char *customer;   /* whom the best explanation says; NULL */
	day_t value_on;
	const char *account; /* of ours */
	const char *payer_iban, *end_to_end, *structured_ref, *remittance;
};

/* Newest booking first, after the row of that day and id (DAY_NONE: from the first). */
bool desk_list(struct db *db, struct arena *a, int64_t entity_id, const struct desk_filter *f,
	       day_t after_on, int64_t after_id, int limit, struct desk_row **ret, size_t *ret_n,
	       struct err *e) NODISCARD;

/* How many and how much in one currency; the filter's own currency is not looked at. */
bool desk_sum(struct db *db, int64_t entity_id, const struct desk_filter *f, const char *currency,
	      int64_t *ret_n, int64_t *ret_minor, struct err *e) NODISCARD;

/* By state, in one currency; of the filter only account and days count. */
bool desk_counts(struct db *db, int64_t entity_id, const struct desk_filter *f,
		 const char *currency, struct entry_counts *ret, struct err *e) NODISCARD;

/* Money on account by how long it waits, in one currency. */
enum desk_age { DESK_TODAY, DESK_WEEK, DESK_MONTH, DESK_QUARTER, DESK_OLDER, DESK_N_AGES };

struct desk_ages {
	int64_t n[DESK_N_AGES];
	int64_t minor[DESK_N_AGES];
};

/* The age of money received on a day: that day; up to 7, 30, 90 days; more. */
enum desk_age desk_age_of(day_t received_on, day_t today);

bool desk_unallocated(struct db *db, int64_t entity_id, const char *currency, day_t today,
		      struct desk_ages *ret, struct err *e) NODISCARD;

/* The currencies of what was received, in order. */
bool desk_currencies(struct db *db, struct arena *a, int64_t entity_id, const char ***ret,
		     size_t *ret_n, struct err *e) NODISCARD;

#endif
