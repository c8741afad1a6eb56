/* SPDX-License-Identifier: Apache-2.0 */
/* virtual_iban_list.c - virtual IBANs read: with what came to them, and which are in force. */
#include "bank/virtual_iban.h"

/* ---- with what came ---- */

/* Those that fit, of the tables v and g alike. What was announced or replaced is no money. */
#define LIST(fits)                                                                                \
	"SELECT v.id, v.iban, v.customer_id, c.code, c.name, COALESCE(v.item_id, 0), i.document," \
	" v.valid_from, v.valid_to, v.source, v.actor, COALESCE(r.n, 0), COALESCE(r.minor, 0),"   \
	" r.currency, r.last_on FROM virtual_iban v JOIN customer c ON c.id = v.customer_id"      \
	" LEFT JOIN item i ON i.id = v.item_id LEFT JOIN"                                         \
	" (SELECT g.id, x.currency, COUNT(*) AS n, CAST(SUM(x.amount_minor) AS BIGINT) AS minor," \
	"  MAX(x.booked_on) AS last_on FROM virtual_iban g JOIN statement_entry x"                \
	"  ON x.creditor_iban = g.iban AND x.entity_id = g.entity_id"                             \
	"  AND x.booked_on >= g.valid_from AND (g.valid_to IS NULL OR x.booked_on <= g.valid_to)" \
	"  AND x.amount_minor > 0 AND x.state NOT IN ('announced', 'replaced', 'split')"          \
	"  WHERE g.entity_id = $1 AND " fits("g") " GROUP BY g.id, x.currency) r ON r.id = v.id"  \
						  " WHERE v.entity_id = $1 AND " fits("v")
#define OF_CUSTOMER(t) "($2 = 0 OR " t ".customer_id = $2)"
#define OF_ID(t)       t ".id = $2"

static const struct db_column columns[] = {
	DB_COL(struct virtual_iban, id),
	DB_COL(struct virtual_iban, iban),
	DB_COL(struct virtual_iban, customer_id),
	DB_COL(struct virtual_iban, customer_code),
	DB_COL(struct virtual_iban, customer_name),
	DB_COL(struct virtual_iban, item_id),
	DB_COL(struct virtual_iban, document),
	DB_DAY(struct virtual_iban, valid_from),
	DB_DAY(struct virtual_iban, valid_to),
	DB_COL(struct virtual_iban, source),
	DB_COL(struct virtual_iban, actor),
	DB_COL(struct virtual_iban, n_received),
	DB_COL(struct virtual_iban, received_minor),
	DB_COL(struct virtual_iban, currency),
	DB_DAY(struct virtual_iban, received_on),
};

bool virtual_iban_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		       struct virtual_iban **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       LIST(OF_CUSTOMER) " ORDER BY c.code, v.iban, v.valid_from, v.id, r.currency",
		       DB_PARAMS(P_I64(entity_id), P_I64(customer_id)), columns, ARRAY_LEN(columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

bool virtual_iban_list_given(struct db *db, struct arena *a, int64_t entity_id,
			     struct virtual_iban **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       "SELECT v.id, v.iban, v.customer_id, c.code, c.name,"
		       " COALESCE(v.item_id, 0), i.document, v.valid_from, v.valid_to, v.source,"
		       " v.actor, 0, 0, NULL, NULL FROM virtual_iban v"
		       " JOIN customer c ON c.id = v.customer_id LEFT JOIN item i"
		       " ON i.id = v.item_id WHERE v.entity_id = $1"
		       " ORDER BY c.code, v.iban, v.valid_from, v.id",
		       DB_PARAMS(P_I64(entity_id)), columns, ARRAY_LEN(columns), sizeof **ret,
		       (void **)ret, ret_n, e);
}

bool virtual_iban_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
		      struct virtual_iban **ret, size_t *ret_n, struct err *e)
{
	if (!db_list(db, a, LIST(OF_ID) " ORDER BY r.currency",
		     DB_PARAMS(P_I64(entity_id), P_I64(id)), columns, ARRAY_LEN(columns),
		     sizeof **ret, (void **)ret, ret_n, e))
		return false;
	return *ret_n > 0 || err_set(e, ERR_NOT_FOUND, "there is no such virtual IBAN");
}

/* ---- in force ---- */

bool virtual_iban_list_in_force(struct db *db, struct arena *a, int64_t entity_id, day_t on,
				struct virtual_iban_in_force **ret, size_t *ret_n, struct err *e)
{
	static const struct db_column in_force[] = {
		DB_COL(struct virtual_iban_in_force, customer_id),
		DB_COL(struct virtual_iban_in_force, item_id),
		DB_COL(struct virtual_iban_in_force, iban),
	};
	struct virtual_iban_in_force *list;
	size_t n, kept = 0;

	if (!db_list(db, a,
		     "SELECT customer_id, COALESCE(item_id, 0), iban FROM virtual_iban"
		     " WHERE entity_id = $1 AND valid_from <= $2"
		     " AND (valid_to IS NULL OR valid_to >= $2)"
		     " ORDER BY customer_id, COALESCE(item_id, 0), valid_from DESC, id DESC",
		     DB_PARAMS(P_I64(entity_id), P_DAY(on)), in_force, ARRAY_LEN(in_force),
		     sizeof *list, (void **)&list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || list[kept - 1].customer_id != list[i].customer_id ||
		    list[kept - 1].item_id != list[i].item_id)
			list[kept++] = list[i];
	*ret = list;
	*ret_n = kept;
	return true;
}

static int compare(const struct virtual_iban_in_force *v, int64_t customer_id, int64_t item_id)
{
	if (v->customer_id != customer_id)
		return v->customer_id < customer_id ? -1 : 1;
	return (v->item_id > item_id) - (v->item_id < item_id);
}

static const char *find(const struct virtual_iban_in_force *list, size_t n, int64_t customer_id,
			int64_t item_id)
{
	size_t from = 0;

	while (from < n) {
		size_t middle = from + (n - from) / 2;
		int c = compare(&list[middle], customer_id, item_id);
		if (c == 0)
			return list[middle].iban;
		if (c < 0)
			from = middle + 1;
		else
			n = middle;
	}
	return NULL;
}

const char *virtual_iban_find(const struct virtual_iban_in_force *list, size_t n,
			      int64_t customer_id, int64_t item_id)
{
	const char *of_item = item_id ? find(list, n, customer_id, item_id) : NULL;

	return of_item ? of_item : find(list, n, customer_id, 0);
}
