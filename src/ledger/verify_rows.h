/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_rows.h - the parts of verify.h: laws in SQL, rows against the seal of their import.
 */
#ifndef LEDGER_VERIFY_ROWS_H
#define LEDGER_VERIFY_ROWS_H

#include "ledger/verify.h"

/* Each law is a query that finds its breaches. */
bool verify_laws(struct db *db, struct arena *a, int64_t entity_id, struct verify_report *report,
		 struct err *e) NODISCARD;

/* The rows that imports brought, against number and root in the event of each; memory grows with the number
 * of imports only. */
bool verify_rows(struct db *db, struct arena *a, int64_t entity_id, struct verify_report *report,
		 struct err *e) NODISCARD;

#endif
