/* SPDX-License-Identifier: Apache-2.0 */
/* customer_new.h - customers that a person adds, and who answers for them. */
#ifndef LEDGER_CUSTOMER_NEW_H
#define LEDGER_CUSTOMER_NEW_H

#include "ledger/customer.h"

/* Adds the account of c->code (other fields of c as customer_update takes them; currency must be set). Its legal
 * person is found by SIREN, or made. One transaction. ERR_INVALID without code or name, ERR_DUPLICATE when the
 * company has that code. */
bool customer_add(struct db *db, const struct customer *c, const char *actor, int64_t now,
		  int64_t *ret_id, struct err *e) NODISCARD;

/* The roles of the owner chain, in order; ends with NULL. */
extern const char *const customer_owner_roles[];

#endif
