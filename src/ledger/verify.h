/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.h - checks that the ledger's laws hold, by other code than the one that keeps them.
 *
 * 1 what is applied to an item never exceeds its amount, and stays on its side; 2 item_balance = amount −
 * applied; 3 an allocation joins a debit and a credit item of one currency and one entity; 4 an undo equals
 * what it undoes, once; 5 every fact names an event that exists; 6 total open = control total of the
 * ledger's file where one covers the day; 7 aged balance = sum of open items at several past dates; 8 a
 * bank receipt is one payment. Each fault names its row.
 */
#ifndef LEDGER_VERIFY_H
#define LEDGER_VERIFY_H

#include "ledger/entity.h"

struct verify_fault {
	const char *law;    /* short stable name: "balance", "over_applied" ... */
	const char *detail; /* where and by how much */
};

struct verify_report {
	const struct verify_fault *faults;
	size_t n_faults; /* at most 1000 are kept */
	int64_t n_items, n_allocations, n_events;
};

bool ledger_verify(struct db *db, struct arena *a, int64_t entity_id, day_t today,
		   struct verify_report *ret, struct err *e) NODISCARD;

#endif
