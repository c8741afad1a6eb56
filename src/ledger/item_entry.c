/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/item_entry.h"

#include "base/json.h"
#include "base/text.h"
#include "ledger/post.h"

static const struct {
	const char *name;
	enum item_kind kind;
	bool is_debit;
} kinds[ENTRY_KIND_COUNT] = {
	[ENTRY_ADJUSTMENT_DEBIT] = { "adjustment_debit", ITEM_ADJUSTMENT, true },
	[ENTRY_ADJUSTMENT_CREDIT] = { "adjustment_credit", ITEM_ADJUSTMENT, false },
	[ENTRY_DEPOSIT] = { "deposit", ITEM_DEPOSIT, false },
	[ENTRY_DEPOSIT_INVOICE] = { "deposit_invoice", ITEM_INVOICE, true },
	[ENTRY_ON_ACCOUNT] = { "on_account", ITEM_PAYMENT, false },
	[ENTRY_CREDIT_NOTE] = { "credit_note", ITEM_CREDIT_NOTE, false },
	[ENTRY_INVOICE] = { "invoice", ITEM_INVOICE, true },
};

const char *entry_kind_name(enum entry_kind kind)
{
	ENSURE(kind < ENTRY_KIND_COUNT);
	return kinds[kind].name;
}

bool entry_kind_of(const char *name, enum entry_kind *ret)
{
	for (int i = 0; i < ENTRY_KIND_COUNT; i++)
		if (str_eq(name, kinds[i].name)) {
			*ret = (enum entry_kind)i;
			return true;
		}
	return false;
}

static bool check(const struct item_entry *in, struct err *e)
{
	if (str_empty(in->document))
		return err_field(e, ERR_INVALID, "document", "give the document a number");
	if (in->minor <= 0)
		return err_field(e, ERR_INVALID, "amount", "the amount must be above zero");
	if (str_empty(in->reason))
		return err_field(e, ERR_INVALID, "reason", "say why it is entered by hand");
	if (in->issued_on == DAY_NONE || in->issued_on > in->today)
		return err_field(e, ERR_INVALID, "issued_on",
				 "the issue date cannot lie after today");
	if (in->due_on != DAY_NONE && in->due_on < in->issued_on)
		return err_field(e, ERR_INVALID, "due_on",
				 "the due date lies before the issue date");
	return true;
}

static const char *entry_body(struct arena *a, const struct item_entry *in)
{
	struct json j;
	struct buf b;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "kind", entry_kind_name(in->kind));
	json_put_text(&j, "document", in->document);
	json_put_minor(&j, "amount", in->minor, in->currency);
	json_put_text(&j, "currency", in->currency);
	json_put_text(&j, "reason", in->reason);
	json_end(&j);
	return buf_str(&b);
}

/* The identity of an item, as post.c and the imports know it. */
static bool check_unknown(struct db *db, struct arena *a, const struct item_entry *in,
			  struct err *e)
{
	int64_t n;

	if (!db_get_i64(db,
			"SELECT count(*) FROM item i JOIN item_balance b ON b.item_id = i.id"
			" WHERE i.entity_id = $1 AND i.customer_id = $2 AND i.kind = $3"
			" AND i.document_key = $4 AND i.issue_year = $5",
			DB_PARAMS(P_I64(in->entity_id), P_I64(in->customer_id),
				  P_TEXT(item_kind_name(kinds[in->kind].kind)),
				  P_TEXT(text_reference_key(a, in->document)),
				  P_I64(date_civil(in->issued_on).year)),
			0, &n, e))
		return false;
	return n == 0 ||
	       err_field(e, ERR_DUPLICATE, "document",
			 "the account has a document \"%.60s\" of that kind already", in->document);
}

struct entering {
	const struct item_entry *in;
	struct arena *arena;
	int64_t item_id;
};

static bool enter_tx(struct db *db, void *arg, struct err *e)
{
	struct entering *en = arg;
	const struct item_entry *in = en->in;
	struct new_item it = {
		.customer_id = in->customer_id,
		.kind = kinds[in->kind].kind,
		.document = in->document,
		.issued_on = in->issued_on,
		.due_on = in->due_on,
		.due_source = DUE_FROM_ITEM_FILE,
		.amount_minor = kinds[in->kind].is_debit ? in->minor : -in->minor,
		.order_ref = in->order_ref,
		.payment_ref = in->belongs_to,
		.label = in->reason,
		.effective = in->issued_on,
	};
	struct posting p;

	memcpy(it.currency, in->currency, sizeof it.currency);
	return check_unknown(db, en->arena, in, e) &&
	       posting_begin(&p, db, in->entity_id, "item.entered", "customer", in->customer_id,
			     in->actor, "user", in->now, entry_body(en->arena, in), e) &&
	       post_item(&p, &it, &en->item_id, e);
}

bool item_enter(struct db *db, const struct item_entry *in, int64_t *ret_item, struct err *e)
{
	struct entering en = { .in = in };
	bool ok;

	if (!check(in, e))
		return false;
	en.arena = arena_new(1 << 20);
	ok = db_tx(db, enter_tx, &en, e);
	arena_free(en.arena);
	if (ok && ret_item)
		*ret_item = en.item_id;
	return ok;
}

/* ---- taking out ---------------------------------------------------------------------------------- */

struct taking {
	const struct item_taking_out *t;
	struct arena *arena;
};

static bool take_out_tx(struct db *db, void *arg, struct err *e)
{
	const struct taking *tk = arg;
	const struct item_taking_out *t = tk->t;
	struct posting p;
	struct item it;
	int64_t n;

	if (!item_get(db, tk->arena, t->entity_id, t->item_id, &it, e) ||
	    !db_get_i64(db, "SELECT count(*) FROM write_off WHERE item_id = $1",
			DB_PARAMS(P_I64(it.id)), 0, &n, e))
		return false;
	if (!str_eq(it.source, "user") || it.bank_entry_id || it.import_id || n > 0)
		return err_set(e, ERR_REFUSED,
			       "%.60s was not entered by hand: it is undone where it comes from",
			       it.document);
	return posting_begin(&p, db, t->entity_id, "item.taken_out", "customer", it.customer_id,
			     t->actor, "user", t->now,
			     arena_printf(tk->arena, "{\"item_id\":%" PRId64 "}", it.id), e) &&
	       post_item_reversal(&p, it.id, t->reason, e);
}

bool item_take_out(struct db *db, const struct item_taking_out *t, struct err *e)
{
	struct taking tk = { .t = t };
	bool ok;

	if (str_empty(t->reason))
		return err_field(e, ERR_INVALID, "reason", "say why it is taken out");
	tk.arena = arena_new(1 << 20);
	ok = db_tx(db, take_out_tx, &tk, e);
	arena_free(tk.arena);
	return ok;
}
