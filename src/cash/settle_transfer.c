/* SPDX-License-Identifier: Apache-2.0 */
/* settle_transfer.c - money that was paid to the wrong company of the group. */
#include "cash/settle.h"

#include "cash/cash_post.h"
#include "match/reason.h"
#include "ledger/entity.h"

struct transferring {
	const struct cash_decision *d;
	const struct transfer_order *o;
	struct arena *arena;
};

/* The payment on account in the company that the money was meant for. */
static bool post_there(struct db *db, const struct transferring *t, const struct entry *en,
		       int64_t *ret_item, struct err *e)
{
	struct new_item it = {
		.customer_id = t->o->to_customer_id,
		.kind = ITEM_PAYMENT,
		.document = en->reference,
		.issued_on = en->booked_on,
		.due_on = DAY_NONE,
		.due_source = DUE_FROM_ITEM_FILE,
		.amount_minor = -en->amount_minor,
		.label = en->remittance,
		.account = "451",
		.effective = en->booked_on,
	};
	struct posting p;

	memcpy(it.currency, en->currency, sizeof it.currency);
	if (!posting_begin(&p, db, t->o->to_entity_id, "payment.transferred", "customer",
			   t->o->to_customer_id, t->d->actor, "user", t->d->now,
			   cash_body(t->arena, en, NULL, 0, "transfer", 0), e))
		return false;
	p.dates_forward = true;
	return post_item(&p, &it, ret_item, e);
}

static bool post_here(struct db *db, const struct transferring *t, const struct entry *en,
		      const struct entity *to, const struct customer *customer, int64_t item_id,
		      struct err *e)
{
	const struct match_reason why = {
		WHY_transferred, arena_printf(t->arena, "%s, %s", to->name, customer->name), 0
	};
	struct posting p;
	int64_t id;

	return posting_begin(&p, db, t->d->entity_id, "entry.transferred", "statement_entry",
			     en->id, t->d->actor, "user", t->d->now,
			     cash_body(t->arena, en, NULL, 0, "transfer", 0), e) &&
	       entry_set_state(&p, en, ENTRY_IGNORED, reason_encode(t->arena, &why, 1), 0, e) &&
	       db_new_id(db, &id, e) &&
	       db_exec(db,
		       "INSERT INTO entry_transfer (id, entity_id, entry_id, to_entity_id,"
		       " to_customer_id, item_id, amount_minor, currency, state, transferred_on,"
		       " actor, event_id, recorded)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'done', $9, $10, $11, $12)",
		       DB_PARAMS(P_I64(id), P_I64(t->d->entity_id), P_I64(en->id), P_I64(to->id),
				 P_I64(customer->id), P_I64(item_id), P_I64(en->amount_minor),
				 P_TEXT(en->currency), P_DAY(t->o->today), P_TEXT(t->d->actor),
				 P_I64(p.event_id), P_I64(t->d->now)),
		       NULL, e);
}

static bool transfer_tx(struct db *db, void *arg, struct err *e)
{
	const struct transferring *t = arg;
	struct customer customer;
	struct entity to;
	struct entry en;
	int64_t item_id;

	if (t->o->to_entity_id == t->d->entity_id)
		return err_set(e, ERR_INVALID, "the money is with that company already");
	if (!entry_get(db, t->arena, t->d->entity_id, t->d->entry_id, &en, e) ||
	    !entity_get_by_id(db, t->arena, t->o->to_entity_id, &to, e) ||
	    !customer_get_by_id(db, t->arena, to.id, t->o->to_customer_id, &customer, e))
		return false;
	if (t->d->version && t->d->version != en.version)
		return err_set(e, ERR_STALE, "bank entry %.60s changed meanwhile", en.reference);
	if (en.amount_minor <= 0)
		return err_set(e, ERR_INVALID, "bank entry %.60s is money going out", en.reference);
	if (en.state != ENTRY_OPEN && en.state != ENTRY_PROPOSED && en.state != ENTRY_DOUBTFUL)
		return err_set(e, ERR_CONFLICT, "bank entry %.60s is %s already: undo it first",
			       en.reference, entry_state_name(en.state));
	return post_there(db, t, &en, &item_id, e) &&
	       post_here(db, t, &en, &to, &customer, item_id, e);
}

bool transfer_make(struct db *db, const struct cash_decision *d, const struct transfer_order *o,
		   struct err *e)
{
	struct transferring t = { d, o, arena_new(8 << 20) };
	bool ok = db_tx(db, transfer_tx, &t, e);

	arena_free(t.arena);
	return ok;
}

bool transfer_entity_of(struct db *db, int64_t customer_id, int64_t *ret, struct err *e)
{
	return db_get_i64(db, "SELECT entity_id FROM customer WHERE id = $1",
			  DB_PARAMS(P_I64(customer_id)), 0, ret, e);
}

struct transfer_row {
	int64_t id, to_entity_id, to_customer_id, item_id;
};

bool transfer_undo(struct db *db, struct arena *a, const struct cash_decision *d, struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct transfer_row, id),
						    DB_COL(struct transfer_row, to_entity_id),
						    DB_COL(struct transfer_row, to_customer_id),
						    DB_COL(struct transfer_row, item_id) };
	struct transfer_row *list;
	struct posting p;
	size_t n;

	if (!db_list(db, a,
		     "SELECT id, to_entity_id, to_customer_id, item_id FROM entry_transfer"
		     " WHERE entry_id = $1 AND state = 'done'",
		     DB_PARAMS(P_I64(d->entry_id)), columns, ARRAY_LEN(columns), sizeof *list,
		     (void **)&list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!refund_refuse_undo(db, list[i].item_id, e) ||
		    !posting_begin(&p, db, list[i].to_entity_id, "payment.returned", "customer",
				   list[i].to_customer_id, d->actor, "user", d->now, "{}", e) ||
		    !post_item_reversal(&p, list[i].item_id, "transfer undone", e) ||
		    !db_exec(db, "UPDATE entry_transfer SET state = 'undone' WHERE id = $1",
			     DB_PARAMS(P_I64(list[i].id)), NULL, e))
			return false;
	return true;
}

bool transfer_find(struct db *db, struct arena *a, int64_t entity_id, const char *text,
		   struct customer *ret, struct err *e)
{
	struct entity *list;
	size_t n, n_fit = 0;

	*ret = (struct customer){ 0 };
	if (str_empty(text) || !entity_list(db, a, &list, &n, e))
		return str_empty(text);
	for (size_t i = 0; i < n; i++) {
		struct customer *found;
		size_t n_found;
		if (list[i].id == entity_id)
			continue;
		if (!customer_search(db, a, list[i].id, text, 2, &found, &n_found, e))
			return false;
		n_fit += n_found;
		if (n_found == 1)
			*ret = found[0];
	}
	if (n_fit != 1)
		*ret = (struct customer){ 0 };
	return true;
}
