/* SPDX-License-Identifier: Apache-2.0 */
/* import_write.c - the plan becomes rows, in bulk. */
#include "ledger/import_plan.h"

#define ITEM_COLUMNS                                                                               \
	"id, entity_id, customer_id, kind, document, document_key, issue_year, ordinal, "          \
	"issued_on,"                                                                               \
	" due_on, due_source, amount_minor, currency, net_minor, vat_minor, account, order_ref,"   \
	" payment_ref, label, is_booked, effective, source, import_id, actor, event_id, recorded," \
	" dated_from"

static bool write_item(struct import_plan *p, struct db_copy *copy, struct known_item *k,
		       struct err *e)
{
	const struct item_fact *f = k->fact;
	const struct posting *post = &p->posting;

	/* Adjustments and settlements come from no line of their own: the whole file is refused. */
	if (closed_days_has(&post->closed, k->effective))
		return period_refuse(&post->closed, k->effective, e);
	return db_copy_row(
		copy,
		DB_PARAMS(P_I64(k->id), P_I64(post->entity_id), P_I64(k->customer_id),
			  P_TEXT(k->kind_name), P_TEXT(f->document), P_TEXT(k->document_key),
			  P_I64(k->issue_year), P_I64(k->ordinal), P_DAY(k->issued_on),
			  P_DAY(k->due_on), P_I64(k->due_source), P_I64(k->amount_minor),
			  P_TEXT(k->currency), f->has_net ? P_I64(f->net_minor) : P_NULL,
			  f->has_net ? P_I64(f->vat_minor) : P_NULL, P_TEXT(f->account),
			  P_TEXT(f->order_ref), P_TEXT(f->payment_ref), P_TEXT(f->label),
			  P_BOOL(k->is_booked), P_DAY(k->effective),
			  P_TEXT(f->is_opening ? OPENING_SOURCE : post->source),
			  P_ID(post->import_id), P_TEXT(post->actor), P_I64(post->event_id),
			  P_I64(post->recorded), P_DAY(f->is_dated ? f->dated_from : DAY_NONE)),
		e);
}

static bool write_items(struct import_plan *p, struct err *e)
{
	struct db_copy *copy;

	for (size_t i = 0; i < p->new_items.n; i++)
		if (!db_new_id(p->posting.db, &p->new_items.at[i]->id, e))
			return false;
	if (!db_copy_begin(p->posting.db, "item", ITEM_COLUMNS, &copy, e))
		return false;
	for (size_t i = 0; i < p->new_items.n; i++) {
		if (!write_item(p, copy, p->new_items.at[i], e)) {
			db_copy_abort(copy);
			return false;
		}
	}
	return db_copy_end(copy, e);
}

static bool write_balances(struct import_plan *p, struct err *e)
{
	struct db_copy *copy;

	if (!db_copy_begin(p->posting.db, "item_balance", "item_id, customer_id, open_minor", &copy,
			   e))
		return false;
	for (size_t i = 0; i < p->new_items.n; i++) {
		const struct known_item *k = p->new_items.at[i];
		if (!db_copy_row(
			    copy,
			    DB_PARAMS(P_I64(k->id), P_I64(k->customer_id), P_I64(k->open_minor)),
			    e)) {
			db_copy_abort(copy);
			return false;
		}
	}
	return db_copy_end(copy, e);
}

/* The guard is the balance as it was read: somebody who applied meanwhile makes the import start again. */
static bool update_balances(struct import_plan *p, struct err *e)
{
	for (size_t i = 0; i < p->n_batch; i++) {
		const struct plan_customer *c = p->batch[i];
		for (const struct known_item *k = c->items; k; k = k->next_customer) {
			int64_t changed;
			if (k->is_new || k->is_reversed || k->open_minor == k->open_before_minor)
				continue;
			if (!db_exec(p->posting.db,
				     "UPDATE item_balance SET open_minor = $2 WHERE item_id = $1"
				     " AND open_minor = $3",
				     DB_PARAMS(P_I64(k->id), P_I64(k->open_minor),
					       P_I64(k->open_before_minor)),
				     &changed, e))
				return false;
			if (changed == 0)
				return err_set(e, ERR_RETRY,
					       "somebody applied a payment meanwhile");
		}
	}
	return true;
}

static bool write_allocations(struct import_plan *p, struct err *e)
{
	const struct posting *post = &p->posting;
	struct db_copy *copy;
	int64_t *id = ARENA_ARRAY(p->arena, p->allocations.n, int64_t);

	for (size_t i = 0; i < p->allocations.n; i++)
		if (!db_new_id(post->db, &id[i], e))
			return false;
	if (!db_copy_begin(
		    post->db, "allocation",
		    "id, entity_id, customer_id, debit_item_id, credit_item_id, amount_minor,"
		    " currency, lettering, rule, reason, effective, source, import_id, actor,"
		    " event_id, recorded, dated_from",
		    &copy, e))
		return false;
	for (size_t i = 0; i < p->allocations.n; i++) {
		const struct plan_allocation *al = &p->allocations.at[i];
		if (!db_copy_row(copy,
				 DB_PARAMS(P_I64(id[i]), P_I64(post->entity_id),
					   P_I64(al->debit->customer_id), P_I64(al->debit->id),
					   P_I64(al->credit->id), P_I64(al->minor),
					   P_TEXT(al->debit->currency), P_TEXT(al->lettering),
					   P_TEXT(al->rule), P_TEXT(al->reason),
					   P_DAY(al->effective), P_TEXT(post->source),
					   P_ID(post->import_id), P_TEXT(post->actor),
					   P_I64(post->event_id), P_I64(post->recorded),
					   P_DAY(al->dated_from)),
				 e)) {
			db_copy_abort(copy);
			return false;
		}
	}
	return db_copy_end(copy, e);
}

/* The descriptive fields of the known items that the file changed, one statement an item. */
static bool update_items(struct import_plan *p, struct err *e)
{
	for (size_t i = 0; i < p->changes.n; i++) {
		struct known_item *k = p->changes.at[i].item;
		if (!k->is_changed)
			continue;
		k->is_changed = false; /* its other changes go with this statement */
		if (!db_exec(p->posting.db,
			     "UPDATE item SET due_on = $2, due_source = $3, effective = $4,"
			     " is_booked = $5, payment_ref = $6, order_ref = $7, net_minor = $8,"
			     " vat_minor = $9 WHERE id = $1",
			     DB_PARAMS(P_I64(k->id), P_DAY(k->due_on), P_I64(k->due_source),
				       P_DAY(k->effective), P_BOOL(k->is_booked),
				       P_TEXT(k->payment_ref), P_TEXT(k->order_ref),
				       k->has_net ? P_I64(k->net_minor) : P_NULL,
				       k->has_net ? P_I64(k->vat_minor) : P_NULL),
			     NULL, e))
			return false;
	}
	return true;
}

static bool write_changes(struct import_plan *p, struct err *e)
{
	const struct posting *post = &p->posting;
	int64_t *id = ARENA_ARRAY(p->arena, p->changes.n, int64_t);
	struct db_copy *copy;

	for (size_t i = 0; i < p->changes.n; i++)
		if (!db_new_id(post->db, &id[i], e))
			return false;
	if (!db_copy_begin(post->db, "item_change",
			   "id, entity_id, item_id, field, old_value, new_value, source, import_id,"
			   " event_id, recorded",
			   &copy, e))
		return false;
	for (size_t i = 0; i < p->changes.n; i++) {
		const struct plan_change *c = &p->changes.at[i];
		if (!db_copy_row(copy,
				 DB_PARAMS(P_I64(id[i]), P_I64(post->entity_id), P_I64(c->item->id),
					   P_TEXT(c->field), P_TEXT(c->old_value),
					   P_TEXT(c->new_value), P_TEXT(post->source),
					   P_ID(post->import_id), P_I64(post->event_id),
					   P_I64(post->recorded)),
				 e)) {
			db_copy_abort(copy);
			return false;
		}
	}
	return db_copy_end(copy, e);
}

bool plan_write(struct import_plan *p, struct err *e)
{
	for (size_t i = 0; i < p->new_items.n; i++) {
		const struct known_item *k = p->new_items.at[i];
		p->report->n_items_open += k->open_minor != 0;
		p->report->items_open_minor += k->open_minor;
	}
	return write_items(p, e) && write_balances(p, e) && write_allocations(p, e) &&
	       update_balances(p, e) && write_changes(p, e) && update_items(p, e);
}
