/* SPDX-License-Identifier: Apache-2.0 */
/*
 * freshness.h - how old the data is, and whether the ledger's own file agrees with it.
 */
#ifndef INSIGHT_FRESHNESS_H
#define INSIGHT_FRESHNESS_H

#include "ledger/import.h"

struct freshness {
	int64_t imported; /* moment of the newest import that counts; 0: none yet */
	int64_t first;    /* moment of the first one of all; 0: none yet */
	bool has_control; /* a ledger's file was imported */
	int64_t control_import_id;
	day_t control_on;  /* its last day; DAY_NONE when it does not say */
	int64_t gap_minor; /* what the file says less what the open items say */
	char currency[4];
	int64_t n_rejected; /* lines refused in the newest imports */
	int64_t rejected_import_id;
};

/* known_at: as it was at that moment; 0: now. */
bool freshness_get(struct db *db, struct arena *a, int64_t entity_id, int64_t known_at,
		   struct freshness *ret, struct err *e) NODISCARD;

#endif
