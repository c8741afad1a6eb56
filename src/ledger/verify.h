/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.h - checks that the ledger's laws hold, by other code than the one that keeps them.
 *
 * Amounts: what is applied to an item never exceeds its amount and stays on its side; item_balance is the
 * amount less what is applied; an allocation joins a debit and a credit item of one currency and company; an
 * undo equals what it undoes; the aged balance is the sum of the open items at past dates, and the
 * accounting's own balance where a file covers the day; a bank receipt is one payment.
 * Log: every fact names an event of its company and moment; a file counts once; the rows of an import are
 * those that its event sealed; the chain of events holds (verify_chain).
 * Each fault names its row, its customer and document, and the amounts expected and found.
 *
 *	struct verify_report r;
 *	if (!ledger_verify(db, a, entity_id, today, &r, e) || !verify_chain(db, a, NULL, &r, e))
 *		return false;
 */
#ifndef LEDGER_VERIFY_H
#define LEDGER_VERIFY_H

#include "ledger/entity.h"

#include <stdio.h>

struct verify_fault {
	const char *law;          /* short stable name: "balance", "over_applied" ... */
	const char *detail;       /* where and by how much, in a sentence */
	const char *subject_kind; /* table of the row; NULL */
	int64_t subject_id;       /* 0: none */
	const char *customer;     /* code; NULL */
	const char *document;     /* or the bank's reference; NULL */
	const char *currency;     /* NULL: no amounts */
	int64_t expected_minor, found_minor;
};

struct verify_report {
	struct verify_fault *faults;
	size_t n_faults; /* at most 1000 are kept */
	size_t room;
	int64_t n_items, n_allocations, n_events;
};

bool ledger_verify(struct db *db, struct arena *a, int64_t entity_id, day_t today,
		   struct verify_report *ret, struct err *e) NODISCARD;

/* The chain of the whole log against its rows, as of one moment; adds to the report. heads (may be NULL) is
 * a file of heads kept outside of the database (db/seal_export.h). */
bool verify_chain(struct db *db, struct arena *a, FILE *heads, struct verify_report *report,
		  struct err *e) NODISCARD;

/* Adds a fault to the report, up to the limit; for the rooms above, which have laws of their own. Texts must
 * live in the arena. */
void verify_add(struct arena *a, struct verify_report *report, const struct verify_fault *fault);

#endif
