/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/paper.h"

#include "base/text.h"
#include "ledger/book_change.h"
#include "ledger/entity.h"

enum { BILL_DAYS = 4, CHEQUE_DAYS = 8, DAYS_MAX = 60 };

static bool days_of(struct db *db, struct arena *a, int64_t entity_id, const char *name, int absent,
		    int *ret, struct err *e)
{
	const char *value;
	uint64_t days;

	if (!setting_get(db, a, entity_id, name, NULL, &value, e))
		return false;
	*ret = absent;
	if (str_empty(value))
		return true;
	if (!text_to_u64(value, DAYS_MAX, &days))
		return err_set(e, ERR_INVALID, "setting %s: \"%.20s\" is no number from 0 to %d",
			       name, value, DAYS_MAX);
	*ret = (int)days;
	return true;
}

bool paper_policy_load(struct db *db, struct arena *a, int64_t entity_id, struct paper_policy *ret,
		       struct err *e)
{
	struct paper_policy p;

	if (!days_of(db, a, entity_id, "paper_bill_days", BILL_DAYS, &p.bill_days, e) ||
	    !days_of(db, a, entity_id, "paper_cheque_days", CHEQUE_DAYS, &p.cheque_days, e))
		return false;
	*ret = p;
	return true;
}

/* Whether those in force are these already; *ret_n counts those in force. */
static bool is_same(struct db *db, int64_t item_id, const struct paper_span *spans, size_t n,
		    bool *ret, size_t *ret_n, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;
	size_t i = 0;

	if (!db_query(db,
		      "SELECT kind, from_on, until_on FROM paper_risk WHERE item_id = $1"
		      " AND ended_event_id IS NULL ORDER BY from_on, id",
		      DB_PARAMS(P_I64(item_id)), &r, e))
		return false;
	*ret = true;
	for (; rows_next(r, &more, e) && more; i++)
		*ret = *ret && i < n && str_eq(row_text(r, 0), paper_kind_name(spans[i].kind)) &&
		       row_day(r, 1) == spans[i].from_on && row_day(r, 2) == spans[i].until_on;
	*ret = *ret && i == n;
	*ret_n = i;
	return !more;
}

static bool insert(struct db *db, int64_t entity_id, int64_t item_id, const struct paper_span *s,
		   int64_t event_id, int64_t now, struct err *e)
{
	int64_t id, n;

	if (!db_new_id(db, &id, e) ||
	    !db_exec(db,
		     "INSERT INTO paper_risk (id, entity_id, customer_id, item_id, kind, from_on,"
		     " until_on, event_id, recorded) SELECT $1, entity_id, customer_id, id, $2, $3,"
		     " $4, $5, $6 FROM item WHERE id = $7 AND entity_id = $8",
		     DB_PARAMS(P_I64(id), P_TEXT(paper_kind_name(s->kind)), P_DAY(s->from_on),
			       P_DAY(s->until_on), P_I64(event_id), P_I64(now), P_I64(item_id),
			       P_I64(entity_id)),
		     &n, e))
		return false;
	return n == 1 || err_set(e, ERR_NOT_FOUND, "there is no payment %" PRId64, item_id);
}

bool paper_set(struct db *db, int64_t entity_id, int64_t item_id, const struct paper_span *spans,
	       size_t n, int64_t event_id, int64_t now, struct err *e)
{
	size_t n_before;
	bool same;

	ENSURE(db_in_tx(db));
	if (!is_same(db, item_id, spans, n, &same, &n_before, e))
		return false;
	if (same)
		return true;
	if (n_before > 0 &&
	    !db_exec(db,
		     "UPDATE paper_risk SET ended_event_id = $2 WHERE item_id = $1"
		     " AND entity_id = $3 AND ended_event_id IS NULL",
		     DB_PARAMS(P_I64(item_id), P_I64(event_id), P_I64(entity_id)), NULL, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!insert(db, entity_id, item_id, &spans[i], event_id, now, e))
			return false;
	return book_touch_items(db, entity_id, event_id, item_id, 0, e);
}
