/* SPDX-License-Identifier: Apache-2.0 */
/*
 * group_currency.h - the currency in which the group adds up what its companies are owed, beside each company's own.
 *
 * A setting of the company ("group_currency"); figures of it are the company's items converted at dated rates
 * (ledger/ageing.h), never the company's total converted.
 */
#ifndef LEDGER_GROUP_CURRENCY_H
#define LEDGER_GROUP_CURRENCY_H

#include "db/db.h"

/* Its code; NULL when none is set, or the company's own is. */
bool group_currency(struct db *db, struct arena *a, int64_t entity_id, const char *own,
		    const char **ret, struct err *e) NODISCARD;

/* "" takes it away. ERR_INVALID for what is no currency. Own transaction. */
bool group_currency_set(struct db *db, int64_t entity_id, const char *code, const char *actor,
			int64_t now, struct err *e) NODISCARD;

#endif
