/* SPDX-License-Identifier: Apache-2.0 */
/*
 * since.h - what left the house since a receipt was decided: what taking it back does not bring home.
 *
 *	if (!cash_since(db, a, entity_id, entry_id, &since, e)) ...	// before it is taken back
 *	text = cash_since_say(a, cat, &since);				// NULL: nothing left
 */
#ifndef CASH_SINCE_H
#define CASH_SINCE_H

#include "db/db.h"
#include "i18n/catalogue.h"

struct cash_since {
	int64_t n_reminders; /* that went out to the customers whose documents it paid, or whose money it is */
	day_t last_reminder; /* DAY_NONE: none */
	const char *
		exports; /* numbers of the acknowledged exports that told the books of it; NULL: none */
};

bool cash_since(struct db *db, struct arena *a, int64_t entity_id, int64_t entry_id,
		struct cash_since *ret, struct err *e) NODISCARD;

/* In words, for who takes it back; NULL when nothing left. */
const char *cash_since_say(struct arena *a, const struct catalogue *cat,
			   const struct cash_since *since);

#endif
