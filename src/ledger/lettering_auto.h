/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lettering_auto.h - codes for what was applied without one: by the matching, or by hand on a bank entry.
 *
 * Allocations made here that stand under no code, neither of this program nor of the accounting, get one by the
 * scheme of lettering by hand: those that share an item go under one code, an item that stands under a code
 * already brings its newcomers there. The date of the act is the day from which its newest allocation counts.
 *
 *	if (!lettering_auto(db, entity_id, 0, "rule:lettering", now, &n, e))
 *		return false;
 */
#ifndef LEDGER_LETTERING_AUTO_H
#define LEDGER_LETTERING_AUTO_H

#include "db/db.h"

/* Those of one customer's documents, or of all (0). One transaction, or part of the caller's; without anything
 * to do it writes nothing. ret_n (may be NULL): how many acts were made. */
bool lettering_auto(struct db *db, int64_t entity_id, int64_t customer_id, const char *actor,
		    int64_t now, int64_t *ret_n, struct err *e) NODISCARD;

/* The sequence of the next code of the account: beyond its own, those its documents stand under, and those the
 * accounting used for it, so that no code means two things there. */
bool lettering_next_sequence(struct db *db, int64_t customer_id, int64_t *ret,
			     struct err *e) NODISCARD;

#endif
