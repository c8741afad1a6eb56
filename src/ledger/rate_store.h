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

/* Adds a value, or corrects the one of that day. source says where it was published; a source beginning
 * with "VERIFY" marks a doubt. ERR_INVALID when the name is empty or the days are in the wrong order. */
bool rate_set(struct db *db, const struct rate *rate, const char *actor, int64_t now,
	      struct err *e) NODISCARD;

#endif
