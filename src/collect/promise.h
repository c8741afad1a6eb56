/* SPDX-License-Identifier: Apache-2.0 */
/*
 * promise.h - promises to pay (promesses de règlement), and whether they were kept.
 *
 * A promise says what amount will be paid on what day, for one item or for the whole account. Whether it
 * was kept is computed from what was applied, never stored.
 */
#ifndef COLLECT_PROMISE_H
#define COLLECT_PROMISE_H

#include "base/clock.h"
#include "db/db.h"

enum promise_outcome {
	PROMISE_PENDING, /* its day (and the grace) is not over */
	PROMISE_KEPT,    /* the amount came in time */
	PROMISE_PARTLY,  /* something came, not all of it */
	PROMISE_BROKEN,  /* nothing came */
	PROMISE_CANCELLED,
	PROMISE_N_OUTCOMES
};

struct promise {
	int64_t id;
	int64_t customer_id;
	const char *customer_code;
	const char *customer_name;
	int64_t item_id; /* 0: the whole account */
	const char *document;
	int64_t amount_minor;
	char currency[4];
	day_t promised_on;
	day_t made_on;
	day_t cancelled_on; /* DAY_NONE: it stands */
	const char *detail;
	const char *actor;
	int64_t applied_minor; /* received for it from made_on to the end of the grace */
};

/* Pure. grace_days after the promised day still count; early payment counts at once. */
enum promise_outcome promise_outcome(const struct promise *p, int grace_days, day_t today);

/* "pending", "kept", "partly", "broken", "cancelled". */
const char *promise_outcome_name(enum promise_outcome o);

struct new_promise {
	int64_t customer_id;
	int64_t item_id;      /* 0: the whole account */
	int64_t amount_minor; /* 0: all that is open (of the item, or overdue on the account) */
	char currency[4];     /* of an account's promise; an item has its own */
	day_t promised_on;
	day_t made_on;
	const char *detail; /* may be NULL */
};

/* Adds one, in a transaction of its own. ERR_INVALID when the day lies before made_on, ERR_REFUSED when the
 * item is not the customer's or nothing is open. ret_id may be NULL. */
bool promise_add(struct db *db, int64_t entity_id, const struct new_promise *p, const char *actor,
		 int64_t now, int64_t *ret_id, struct err *e) NODISCARD;

/* ERR_CONFLICT when it is cancelled already. */
bool promise_cancel(struct db *db, int64_t entity_id, int64_t id, day_t on, const char *actor,
		    int64_t now, struct err *e) NODISCARD;

/* Whose promise it is. ERR_NOT_FOUND. */
bool promise_customer(struct db *db, int64_t entity_id, int64_t id, int64_t *ret_customer_id,
		      struct err *e) NODISCARD;

/* Makes a cancelled promise again, as it was. ERR_CONFLICT when it stands. */
bool promise_restore(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		     struct err *e) NODISCARD;

/* Promises of a customer (0: of the entity), newest day first, with what was applied by the end of their
 * grace. At most limit. */
bool promise_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		  int grace_days, int limit, struct promise **ret, size_t *ret_n,
		  struct err *e) NODISCARD;

/* As it was on a day and known at a moment: made, cancelled and paid by then. */
bool promise_list_at(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		     struct when w, int grace_days, int limit, struct promise **ret, size_t *ret_n,
		     struct err *e) NODISCARD;

/* The latest day promised and not cancelled, per item and per account (item_id 0), in order of customer. */
struct promise_day {
	int64_t customer_id;
	int64_t item_id;
	day_t promised_on;
};
bool promise_days(struct db *db, struct arena *a, int64_t entity_id, struct promise_day **ret,
		  size_t *ret_n, struct err *e) NODISCARD;
bool promise_days_at(struct db *db, struct arena *a, int64_t entity_id, struct when w,
		     struct promise_day **ret, size_t *ret_n, struct err *e) NODISCARD;
/* Of one customer. */
bool promise_days_of(struct db *db, struct arena *a, int64_t customer_id, struct when w,
		     struct promise_day **ret, size_t *ret_n, struct err *e) NODISCARD;

#endif
