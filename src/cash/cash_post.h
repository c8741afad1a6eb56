/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cash_post.h - the one place where an entry's money reaches the ledger; inside the caller's transaction.
 * Not for other rooms: their door is cash.h.
 */
#ifndef CASH_CASH_POST_H
#define CASH_CASH_POST_H

#include "cash/cash.h"
#include "cash/convert.h"
#include "ledger/post.h"

struct application {
	int64_t entity_id;
	const struct entry *entry; /* its version is the guard */
	int64_t customer_id;
	const struct cash_line *lines;
	size_t n_lines;
	/* What of the money becomes the lines' currency first; NULL: it is the entry's. */
	const struct convert_plan *plan;
	const char *rule;
	const char *reason; /* encoded, for the entry */
	const char *words;  /* for the allocations */
	const char *actor;
	const char *event_kind;
	const char *body; /* JSON of the event */
	/* Of what no person decided, with its JSON; else NULL. */
	const struct match_certificate *certificate;
	const char *certificate_body;
	int64_t now;
};

/* Makes the payment and its allocations, and the entry's state. */
bool cash_post(struct db *db, struct arena *a, const struct application *ap,
	       struct err *e) NODISCARD;

/* The same for many, all or none, written together; as if posted one after the other. ERR_CONFLICT, ERR_STALE,
 * ERR_NOT_FOUND when one of them lost a race. */
bool cash_post_all(struct db *db, const struct application *list, size_t n,
		   struct err *e) NODISCARD;

/* The entry is the payment that the ledger booked. */
bool cash_post_booked(struct db *db, struct arena *a, const struct application *ap,
		      int64_t payment_item_id, struct err *e) NODISCARD;

/* Moves the entry to a state, when it is still as the caller read it; ERR_STALE else. payment 0: none. */
bool entry_set_state(const struct posting *p, const struct entry *entry, enum entry_state state,
		     const char *reason, int64_t payment_item_id, struct err *e) NODISCARD;

/* The same for many. */
struct entry_state_change {
	const struct entry *entry;
	enum entry_state state;
	const char *reason;
	int64_t payment_item_id, event_id;
};
bool entry_set_states(struct db *db, struct arena *a, const struct entry_state_change *list,
		      size_t n, struct err *e) NODISCARD;

/* The event's body for lines. */
const char *cash_body(struct arena *a, const struct entry *entry, const struct cash_line *lines,
		      size_t n, const char *rule, int64_t confidence_ppm);

#endif
