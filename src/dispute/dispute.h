/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dispute.h - disputed amounts (litiges): reason, owner, deadline, resolution.
 *
 * A dispute takes an amount of one item out of reminders until it is closed; the item stays in every total.
 * Several disputes of one item add up and never pass what is open. Nobody deletes a dispute: it is closed
 * with its resolution.
 */
#ifndef DISPUTE_DISPUTE_H
#define DISPUTE_DISPUTE_H

#include "base/clock.h"
#include "db/db.h"

struct dispute {
	int64_t id;
	int64_t customer_id;
	const char *customer_code;
	const char *customer_name;
	int64_t item_id;
	const char *document;
	int64_t amount_minor; /* > 0 */
	int64_t owed_minor;   /* what of it was not paid yet; the rest needs no answer any more */
	char currency[4];
	const char
		*reason; /* price, quantity, quality, delivery, duplicate ... or the user's own */
	const char *detail;
	const char *owner; /* who must answer; may be NULL */
	day_t opened_on;
	day_t answer_by; /* DAY_NONE: no deadline */
	day_t closed_on; /* DAY_NONE: still open */
	const char *resolution;
	int64_t version;
	const char *actor;
};

struct new_dispute {
	int64_t item_id;
	int64_t amount_minor; /* 0: all that is open and not disputed yet */
	const char *reason;
	const char *detail, *owner; /* may be NULL */
	day_t opened_on;
	day_t answer_by; /* DAY_NONE: none */
};

/* Opens a dispute in a transaction of its own. ERR_NOT_FOUND without the item, ERR_REFUSED when the amount
 * passes what is open and not disputed yet, ERR_INVALID without a reason or with a deadline before the
 * opening. ret_id may be NULL. */
bool dispute_open(struct db *db, int64_t entity_id, const struct new_dispute *d, const char *actor,
		  int64_t now, int64_t *ret_id, struct err *e) NODISCARD;

/* Opens again what was closed: from the day it was closed on, so that every past day shows what was true
 * of it. ERR_REFUSED when less than its amount is open and undisputed by now, ERR_CONFLICT when it is open. */
bool dispute_reopen(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		    struct err *e) NODISCARD;

/* Closes it, in a transaction of its own. ERR_CONFLICT when it is closed already. */
bool dispute_close(struct db *db, int64_t entity_id, int64_t id, const char *resolution, day_t on,
		   const char *actor, int64_t now, struct err *e) NODISCARD;

bool dispute_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id, struct dispute *ret,
		 struct err *e) NODISCARD;

/* Disputes of a customer (0: of the entity), the open ones first, by deadline. At most limit. What several of
 * one document have left is counted once, for the first of them. */
bool dispute_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		  bool open_only, int limit, struct dispute **ret, size_t *ret_n,
		  struct err *e) NODISCARD;

/* How many are open now. */
bool dispute_count_open(struct db *db, int64_t entity_id, int64_t *ret, struct err *e) NODISCARD;

/* Those opened by a day and known at a moment; one closed later, or not known to be closed, is open. */
bool dispute_list_at(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		     struct when w, bool open_only, int limit, struct dispute **ret, size_t *ret_n,
		     struct err *e) NODISCARD;

#endif
