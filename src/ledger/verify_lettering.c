/* SPDX-License-Identifier: Apache-2.0 */
/* verify_lettering.c - in plain SQL that shares nothing with lettering_store.c. */
#include "ledger/verify_lettering.h"

#include "base/list.h"

#define UNDONE " EXISTS (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id)"

/* Each law is a query that finds its breaches: the row, and what is found there. */
static const struct {
	const char *law;
	const char *text;
	const char *sql;
} laws[] = {
	{ "lettering_act", "is lettered by an act that is not of its company",
	  "SELECT l.id, l.lettering_id FROM allocation l LEFT JOIN lettering g"
	  " ON g.id = l.lettering_id WHERE l.entity_id = $1 AND l.lettering_id IS NOT NULL"
	  " AND (g.id IS NULL OR g.entity_id <> l.entity_id) ORDER BY l.id LIMIT 100" },
	/* A code of whose items nothing is left (a full one) balances: what each item has left is its amount
	 * less what stands on it, under codes and beside them. */
	{ "lettering_balance",
	  "is lettered, but amount and what is applied do not give what is left",
	  "SELECT i.id, b.open_minor FROM item i JOIN item_balance b ON b.item_id = i.id"
	  " WHERE i.entity_id = $1 AND i.id IN (SELECT debit_item_id FROM allocation"
	  "  WHERE lettering_id IS NOT NULL UNION SELECT credit_item_id FROM allocation"
	  "  WHERE lettering_id IS NOT NULL) AND i.amount_minor - b.open_minor <>"
	  " COALESCE((SELECT sum(l.amount_minor) FROM allocation l WHERE l.debit_item_id = i.id"
	  "  AND COALESCE(l.reverses_id, 0) = 0 AND NOT" UNDONE "), 0)"
	  " - COALESCE((SELECT sum(l.amount_minor) FROM allocation l WHERE l.credit_item_id = i.id"
	  "  AND COALESCE(l.reverses_id, 0) = 0 AND NOT" UNDONE "), 0) ORDER BY i.id LIMIT 100" },
	{ "lettering_day", "counts before the items it joins",
	  "SELECT l.id, l.lettering_id FROM allocation l JOIN item d ON d.id = l.debit_item_id"
	  " JOIN item k ON k.id = l.credit_item_id WHERE l.entity_id = $1"
	  " AND l.lettering_id IS NOT NULL"
	  " AND (l.effective < d.effective OR l.effective < k.effective) ORDER BY l.id LIMIT 100" },
	{ "lettering_undo", "undoes an allocation of another lettering act",
	  "SELECT r.id, l.id FROM allocation r JOIN allocation l ON l.id = r.reverses_id"
	  " WHERE r.entity_id = $1 AND COALESCE(r.lettering_id, 0) <> COALESCE(l.lettering_id, 0)"
	  " ORDER BY r.id LIMIT 100" },
	{ "lettering_code", "goes on with a code that was never begun",
	  "SELECT g.id, g.sequence FROM lettering g WHERE g.entity_id = $1 AND g.ordinal > 1"
	  " AND NOT EXISTS (SELECT 1 FROM lettering f WHERE f.customer_id = g.customer_id"
	  " AND f.sequence = g.sequence AND f.ordinal = g.ordinal - 1) ORDER BY g.id LIMIT 100" },
};

bool verify_lettering(struct db *db, struct arena *a, int64_t entity_id, struct verify_report *ret,
		      struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(laws); i++) {
		CLEANUP(rows_closep) struct rows *r = NULL;
		bool more = true;

		if (!db_query(db, laws[i].sql, DB_PARAMS(P_I64(entity_id)), &r, e))
			return err_while(e, "checking the law \"%s\"", laws[i].law);
		for (;;) {
			if (!rows_next(r, &more, e))
				return false;
			if (!more)
				break;
			verify_add(a, ret,
				   &(struct verify_fault){
					   .law = laws[i].law,
					   .detail = arena_printf(
						   a, "row %" PRId64 " %s (%" PRId64 ")",
						   row_i64(r, 0), laws[i].text, row_i64(r, 1)),
					   .subject_id = row_i64(r, 0) });
		}
	}
	return true;
}
