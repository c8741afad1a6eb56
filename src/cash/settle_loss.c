/* SPDX-License-Identifier: Apache-2.0 */
/* settle_loss.c - what a receipt leaves of its documents, written off with it. */
#include "cash/match_policy.h"
#include "cash/settle.h"

#include "base/clock.h"
#include "ledger/item.h"

struct with_loss {
	const struct cash_decision *d;
	const struct settle_loss *loss;
	struct write_off_done done;
};

static bool loss_tx(struct db *db, void *arg, struct err *e)
{
	struct with_loss *w = arg;
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct write_off_order o = {
		.entity_id = w->d->entity_id,
		.items = w->loss->items,
		.n_items = w->loss->n_items,
		.reason = w->loss->reason,
		.limit_minor = w->loss->limit_minor,
		.entity_currency = w->loss->entity_currency,
		.today = w->loss->today,
		.actor = w->d->actor,
		.now = w->d->now,
	};
	struct match_policy policy;
	struct item it;

	if (w->loss->n_items == 0)
		return err_set(e, ERR_INVALID, "nothing is left of these documents");
	if (!match_policy_load(db, a, w->d->entity_id, &policy, e))
		return false;
	o.difference_account = policy.write_off_account;
	o.difference_limit_minor = policy.write_off_limit_minor;
	if (!cash_apply(db, w->d, e) ||
	    !item_get(db, a, w->d->entity_id, w->loss->items[0], &it, e))
		return false;
	o.customer_id = it.customer_id;
	return write_off_request(db, &o, &w->done, e) &&
	       db_exec(db, "INSERT INTO entry_write_off (write_off_id, entry_id) VALUES ($1, $2)",
		       DB_PARAMS(P_I64(w->done.id), P_I64(w->d->entry_id)), NULL, e);
}

bool settle_with_loss(struct db *db, const struct cash_decision *d, const struct settle_loss *loss,
		      struct write_off_done *ret, struct err *e)
{
	struct with_loss w = { .d = d, .loss = loss };

	if (!db_tx(db, loss_tx, &w, e))
		return false;
	*ret = w.done;
	return true;
}

struct loss_row {
	int64_t id;
	const char *state;
};

bool settle_undo_losses(struct db *db, struct arena *a, const struct cash_decision *d,
			struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct loss_row, id),
						    DB_COL(struct loss_row, state) };
	struct loss_row *list;
	size_t n;

	if (!db_list(db, a,
		     "SELECT w.id, w.state FROM entry_write_off x JOIN write_off w"
		     " ON w.id = x.write_off_id WHERE x.entry_id = $1"
		     " AND w.state IN ('done', 'requested') ORDER BY w.id",
		     DB_PARAMS(P_I64(d->entry_id)), columns, ARRAY_LEN(columns), sizeof *list,
		     (void **)&list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct write_off_decision w = { .entity_id = d->entity_id,
						      .id = list[i].id,
						      .remark = "bank entry undone",
						      .today = clock_day(d->now, "UTC"),
						      .actor = d->actor,
						      .now = d->now };
		if (str_eq(list[i].state, "done") ? !write_off_undo(db, &w, e)
						  : !write_off_decide(db, &w, e))
			return false;
	}
	return true;
}
