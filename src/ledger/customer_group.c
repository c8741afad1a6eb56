/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/customer_group.h"

enum { MEMBERS_MAX = 1000 };

bool customer_group_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
			 struct customer_member **ret, size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct customer_member, id),
		DB_COL(struct customer_member, code),
		DB_COL(struct customer_member, name),
		DB_COL(struct customer_member, parent_code),
		DB_COL(struct customer_member, payer_code),
	};
	struct customer self;
	struct customer_member *list;
	size_t n;

	if (!customer_get_by_id(db, a, entity_id, customer_id, &self, e) ||
	    !db_list(
		    db, a,
		    /* One look at an index each: an OR over them reads every customer. */
		    "WITH member (id) AS (SELECT id FROM customer WHERE id = $2"
		    " UNION SELECT id FROM customer WHERE entity_id = $1 AND payer_code IN ($3, $4)"
		    " UNION SELECT id FROM customer WHERE entity_id = $1 AND parent_code IN ($3, "
		    "$5)"
		    " UNION SELECT id FROM customer WHERE entity_id = $1 AND code IN ($4, $5))"
		    " SELECT c.id, c.code, c.name, c.parent_code, c.payer_code"
		    " FROM member m JOIN customer c ON c.id = m.id"
		    " ORDER BY CASE WHEN c.id = $2 THEN 0 ELSE 1 END, c.code LIMIT 1001",
		    DB_PARAMS(P_I64(entity_id), P_I64(customer_id), P_TEXT(self.code),
			      P_TEXT(self.payer_code), P_TEXT(self.parent_code)),
		    columns, ARRAY_LEN(columns), sizeof *list, (void **)&list, &n, e))
		return false;
	if (n > MEMBERS_MAX)
		return err_set(e, ERR_LIMIT, "the group has more than %d accounts", MEMBERS_MAX);
	*ret = list;
	*ret_n = n;
	return true;
}
