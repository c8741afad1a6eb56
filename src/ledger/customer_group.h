/* SPDX-License-Identifier: Apache-2.0 */
/*
 * customer_group.h - accounts that belong together: a payer and those it pays for (payeur, centrale de
 * paiement), a parent and its children (groupe).
 *
 * customer.payer_code names the account that pays; customer.parent_code the head of the group, which may be an
 * account or a name of the source's own.
 */
#ifndef LEDGER_CUSTOMER_GROUP_H
#define LEDGER_CUSTOMER_GROUP_H

#include "ledger/customer.h"

struct customer_member {
	int64_t id;
	const char *code;
	const char *name;
	const char *parent_code;
	const char *payer_code;
};

/* The accounts of the customer's group, itself first, then in order of code; itself alone when it has none.
 * ERR_NOT_FOUND when there is no such customer, ERR_LIMIT beyond 1000 accounts. */
bool customer_group_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
			 struct customer_member **ret, size_t *ret_n, struct err *e) NODISCARD;

#endif
