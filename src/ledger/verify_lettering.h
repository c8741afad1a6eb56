/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_lettering.h - the laws of lettering, checked by other code than the one that letters.
 *
 * 1 an act names its own company, and debits what it credits; 2 an item under a full code is applied to the
 * cent; 3 no code counts before its items do; 4 an undo stands under the act it undoes.
 */
#ifndef LEDGER_VERIFY_LETTERING_H
#define LEDGER_VERIFY_LETTERING_H

#include "ledger/verify.h"

/* Adds its faults to ret. */
bool verify_lettering(struct db *db, struct arena *a, int64_t entity_id, struct verify_report *ret,
		      struct err *e) NODISCARD;

#endif
