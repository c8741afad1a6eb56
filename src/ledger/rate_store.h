/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rate_store.h - the table of dated rates (taux) as the database holds it.
 */
#ifndef LEDGER_RATE_STORE_H
#define LEDGER_RATE_STORE_H

#include "db/db.h"
#include "ledger/interest.h"

/* Every rate, in the arena, by name and day. */
bool rate_table_load(struct db *db, struct arena *a, struct rate_table *ret,
		     struct err *e) NODISCARD;

/* Adds values, or corrects those of their days, all or none; what says the same already is passed over, *ret_set
 * (may be NULL) counts the others, each with its event. source says where it was published; one beginning with
 * "VERIFY" marks a doubt. ERR_INVALID when a name is empty or days are in the wrong order. Own transaction. */
bool rate_set_all(struct db *db, const struct rate *rate, size_t n, const char *actor, int64_t now,
		  int64_t *ret_set, struct err *e) NODISCARD;
bool rate_set(struct db *db, const struct rate *rate, const char *actor, int64_t now,
	      struct err *e) NODISCARD;

/* The value is the one before that event, or none; in the caller's transaction. ERR_CONFLICT when it was set
 * again since. */
bool rate_set_undo(struct db *db, struct arena *a, int64_t event_id, struct err *e) NODISCARD;

#endif
