/* SPDX-License-Identifier: Apache-2.0 */
/* hand_risk.c - how long the payment of a bill or cheque stays at risk. */
#include "cash/hand.h"

#include "ledger/paper.h"

bool hand_is_paper(const struct entry *entry)
{
	enum hand_kind kind = hand_kind_of(entry->bank_code);

	return kind == HAND_BILL || kind == HAND_CHEQUE;
}

struct paper_row {
	const char *kind;
	day_t received_on, due_on, deposited_on, returned_on;
	bool is_discount;
};

/* What was received by hand as that payment; *ret_found false for other payments. */
static bool find(struct db *db, struct arena *a, int64_t entity_id, int64_t item_id,
		 struct paper_row *ret, bool *ret_found, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct paper_row, kind),        DB_DAY(struct paper_row, received_on),
		DB_DAY(struct paper_row, due_on),      DB_DAY(struct paper_row, deposited_on),
		DB_COL(struct paper_row, is_discount), DB_DAY(struct paper_row, returned_on),
	};
	struct paper_row *list;
	size_t n;

	if (!db_list(db, a,
		     "SELECT h.kind, x.booked_on, h.due_on, d.deposited_on, COALESCE(d.is_discount,"
		     " 0), (SELECT min(r.returned_on) FROM payment_return r"
		     " WHERE r.payment_item_id = i.id AND r.state = 'treated')"
		     " FROM item i JOIN hand_receipt h ON h.entry_id = i.bank_entry_id"
		     " JOIN statement_entry x ON x.id = h.entry_id"
		     " LEFT JOIN deposit_slip d ON d.id = h.slip_id"
		     " WHERE i.id = $1 AND i.entity_id = $2 AND h.kind IN ('bill', 'cheque')",
		     DB_PARAMS(P_I64(item_id), P_I64(entity_id)), columns, ARRAY_LEN(columns),
		     sizeof *list, (void **)&list, &n, e))
		return false;
	*ret_found = n == 1;
	if (n == 1)
		*ret = list[0];
	return true;
}

static bool update(struct db *db, struct arena *a, int64_t entity_id, int64_t item_id,
		   int64_t event_id, int64_t now, struct err *e)
{
	struct paper_span span[PAPER_SPANS];
	struct paper_facts f;
	struct paper_row row;
	bool found;

	if (!find(db, a, entity_id, item_id, &row, &found, e))
		return false;
	if (!found)
		return true;
	f = (struct paper_facts){ .is_cheque = hand_kind_of(row.kind) == HAND_CHEQUE,
				  .received_on = row.received_on,
				  .due_on = row.due_on,
				  .deposited_on = row.deposited_on,
				  .is_discounted = row.is_discount,
				  .returned_on = row.returned_on };
	return paper_policy_load(db, a, entity_id, &f.policy, e) &&
	       paper_set(db, entity_id, item_id, span, paper_spans(&f, span), event_id, now, e);
}

bool hand_risk_update(struct db *db, int64_t entity_id, int64_t payment_item_id, int64_t event_id,
		      int64_t now, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);

	return update(db, a, entity_id, payment_item_id, event_id, now, e) ||
	       err_while(e, "saying how long a payment stays at risk");
}

bool hand_risk_of_entry(struct db *db, int64_t entity_id, int64_t entry_id, int64_t event_id,
			int64_t now, struct err *e)
{
	int64_t item_id;

	return db_get_i64(db,
			  "SELECT payment_item_id FROM statement_entry WHERE id = $1"
			  " AND entity_id = $2",
			  DB_PARAMS(P_I64(entry_id), P_I64(entity_id)), 0, &item_id, e) &&
	       (!item_id || hand_risk_update(db, entity_id, item_id, event_id, now, e));
}
