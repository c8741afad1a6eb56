/* SPDX-License-Identifier: Apache-2.0 */
/* settle_refund.c - money on account that goes back to who paid it. */
#include "cash/settle.h"

#include "base/identifier.h"
#include "base/json.h"
#include "ledger/post.h"

struct ordering {
	const struct refund_order *o;
	struct arena *arena;
	char iban[IBAN_TEXT];
	int64_t id;
};

static const char *refund_body(struct arena *a, int64_t id, int64_t minor, const char *currency,
			       const char *iban)
{
	struct json j;
	struct buf b;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_int(&j, "refund_id", id);
	json_put_minor(&j, "amount", minor, currency);
	json_put_text(&j, "currency", currency);
	json_put_text(&j, "iban", iban);
	json_end(&j);
	return buf_str(&b);
}

static bool insert_refund(const struct posting *p, const struct ordering *w,
			  const struct item *payment, int64_t item_id, int64_t minor, struct err *e)
{
	return db_exec(p->db,
		       "INSERT INTO refund (id, entity_id, customer_id, payment_item_id, item_id,"
		       " amount_minor, currency, iban, holder, reason, state, ordered_on, actor,"
		       " event_id, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
		       " 'due', $11, $12, $13, $14)",
		       DB_PARAMS(P_I64(w->id), P_I64(p->entity_id), P_I64(payment->customer_id),
				 P_I64(payment->id), P_I64(item_id), P_I64(minor),
				 P_TEXT(payment->currency), P_TEXT(w->iban), P_TEXT(w->o->holder),
				 P_TEXT(w->o->reason), P_DAY(w->o->today), P_TEXT(w->o->actor),
				 P_I64(p->event_id), P_I64(p->recorded)),
		       NULL, e);
}

/* The refund's item takes the money from the receipt's; what is not there any more is refused there. */
static bool post_refund(const struct posting *p, const struct ordering *w,
			const struct item *payment, int64_t minor, struct err *e)
{
	struct new_item it = {
		.customer_id = payment->customer_id,
		.kind = ITEM_PAYMENT,
		.document = arena_printf(w->arena, "RB-%" PRId64, w->id),
		.issued_on = w->o->today,
		.due_on = DAY_NONE,
		.due_source = DUE_FROM_ITEM_FILE,
		.amount_minor = minor,
		.label = w->o->reason,
		.effective = w->o->today > payment->effective ? w->o->today : payment->effective,
	};
	int64_t item_id;

	memcpy(it.currency, payment->currency, sizeof it.currency);
	return post_item(p, &it, &item_id, e) &&
	       post_allocation(p,
			       &(struct new_allocation){ .debit_item_id = item_id,
							 .credit_item_id = payment->id,
							 .amount_minor = minor,
							 .rule = "refund",
							 .reason = w->o->reason,
							 .effective = it.effective },
			       NULL, e) &&
	       insert_refund(p, w, payment, item_id, minor, e);
}

static bool refund_tx(struct db *db, void *arg, struct err *e)
{
	struct ordering *w = arg;
	struct item payment;
	struct posting p;
	int64_t minor;

	if (!item_get(db, w->arena, w->o->entity_id, w->o->payment_item_id, &payment, e) ||
	    !db_new_id(db, &w->id, e))
		return false;
	if (payment.amount_minor >= 0)
		return err_set(e, ERR_INVALID, "%.60s is no money received", payment.document);
	minor = w->o->amount_minor ? w->o->amount_minor : -payment.open_minor;
	if (minor <= 0 || minor > -payment.open_minor)
		return err_set(e, ERR_CONFLICT, "%.60s has less than that left", payment.document);
	if (!posting_begin(&p, db, w->o->entity_id, "refund.ordered", "refund", w->id, w->o->actor,
			   "user", w->o->now,
			   refund_body(w->arena, w->id, minor, payment.currency, w->iban), e))
		return false;
	p.dates_forward = true;
	return post_refund(&p, w, &payment, minor, e);
}

bool refund_make(struct db *db, const struct refund_order *o, int64_t *ret_id, struct err *e)
{
	struct ordering w = { .o = o, .arena = arena_new(8 << 20) };
	bool ok;

	if (str_empty(o->iban) || iban_check(o->iban, w.iban) != ID_VALID)
		ok = err_field(e, ERR_INVALID, "iban", "\"%.40s\" is no IBAN",
			       o->iban ? o->iban : "");
	else if (str_empty(o->holder))
		ok = err_field(e, ERR_INVALID, "holder", "say whose account it is");
	else if (str_empty(o->reason))
		ok = err_field(e, ERR_INVALID, "reason", "say why the money goes back");
	else
		ok = db_tx(db, refund_tx, &w, e);
	arena_free(w.arena);
	if (ok)
		*ret_id = w.id;
	return ok;
}

/* ---- taking back ---- */

struct cancelling {
	int64_t entity_id, id;
	const char *actor;
	int64_t now;
};

static bool cancel_tx(struct db *db, void *arg, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	const struct cancelling *c = arg;
	struct refund r;
	struct posting p;
	int64_t changed;

	if (!refund_get(db, a, c->entity_id, c->id, &r, e))
		return false;
	if (str_eq(r.state, "exported"))
		return err_set(e, ERR_REFUSED,
			       "the refund was exported: the bank may have paid it");
	if (str_eq(r.state, "paid"))
		return err_set(e, ERR_REFUSED, "the refund is paid");
	if (!posting_begin(&p, db, c->entity_id, "refund.cancelled", "refund", c->id, c->actor,
			   "user", c->now, "{}", e) ||
	    !db_exec(db,
		     "UPDATE refund SET state = 'cancelled', version = version + 1, event_id = $2"
		     " WHERE id = $1 AND state = 'due'",
		     DB_PARAMS(P_I64(c->id), P_I64(p.event_id)), &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "the refund is cancelled already");
	return post_item_reversal(&p, r.item_id, "refund cancelled", e);
}

bool refund_cancel(struct db *db, int64_t entity_id, int64_t id, const char *actor, int64_t now,
		   struct err *e)
{
	struct cancelling c = { entity_id, id, actor, now };

	return db_tx(db, cancel_tx, &c, e);
}

bool refund_refuse_undo(struct db *db, int64_t payment_item_id, struct err *e)
{
	int64_t n;

	if (!db_get_i64(db,
			"SELECT COUNT(*) FROM refund WHERE payment_item_id = $1"
			" AND state <> 'cancelled'",
			DB_PARAMS(P_I64(payment_item_id)), 0, &n, e))
		return false;
	return n == 0 ||
	       err_set(e, ERR_REFUSED, "its money was ordered back: cancel the refund first");
}

/* ---- reading ---- */

static const struct db_column refund_columns[] = {
	DB_COL(struct refund, id),
	DB_COL(struct refund, customer_id),
	DB_COL(struct refund, customer_code),
	DB_COL(struct refund, customer_name),
	DB_COL(struct refund, payment_item_id),
	DB_COL(struct refund, payment),
	DB_COL(struct refund, entry_id),
	DB_COL(struct refund, amount_minor),
	DB_COL(struct refund, currency),
	DB_COL(struct refund, iban),
	DB_COL(struct refund, holder),
	DB_COL(struct refund, reason),
	DB_COL(struct refund, state),
	DB_DAY(struct refund, ordered_on),
	DB_COL(struct refund, actor),
	DB_COL(struct refund, item_id),
	DB_COL(struct refund, file_number),
	DB_DAY(struct refund, paid_on),
	DB_COL(struct refund, paid_entry_id),
};

#define REFUND_SELECT                                                           \
	"SELECT r.id, c.id, c.code, c.name, i.id, i.document, i.bank_entry_id," \
	" r.amount_minor, r.currency, r.iban, r.holder, r.reason, r.state,"     \
	" r.ordered_on, r.actor, r.item_id, COALESCE(g.number, 0), r.paid_on,"  \
	" r.entry_id FROM refund r JOIN customer c ON c.id = r.customer_id"     \
	" JOIN item i ON i.id = r.payment_item_id"                              \
	" LEFT JOIN refund_file g ON g.id = r.file_id"

bool refund_list(struct db *db, struct arena *a, int64_t entity_id, const char *state, int limit,
		 struct refund **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       REFUND_SELECT " WHERE r.entity_id = $1 AND (r.state = $2 OR ($2 = '' AND"
				     " r.state <> 'cancelled')) ORDER BY r.id DESC LIMIT $3",
		       DB_PARAMS(P_I64(entity_id), P_TEXT(state ? state : ""), P_I64(limit)),
		       refund_columns, ARRAY_LEN(refund_columns), sizeof **ret, (void **)ret, ret_n,
		       e);
}

bool refund_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id, struct refund *ret,
		struct err *e)
{
	struct refund *list;
	size_t n;

	if (!db_list(db, a, REFUND_SELECT " WHERE r.entity_id = $1 AND r.id = $2",
		     DB_PARAMS(P_I64(entity_id), P_I64(id)), refund_columns,
		     ARRAY_LEN(refund_columns), sizeof *list, (void **)&list, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no refund %" PRId64, id);
	*ret = list[0];
	return true;
}
