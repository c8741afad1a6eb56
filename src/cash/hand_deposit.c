/* SPDX-License-Identifier: Apache-2.0 */
/* hand_deposit.c - slips: receipts that go to the bank together, and the bank's one credit for them. */
#include "cash/hand.h"

#include "cash/cash_post.h"
#include "match/reason.h"
#include "db/event.h"

struct depositing {
	const struct deposit_order *o;
	struct arena *arena;
	int64_t id, event_id;
	int64_t amount_minor;
	const char *kind;
	char currency[4];
};

/* Each receipt is of the same kind and currency, and on no slip. */
static bool add_receipt(struct depositing *w, const struct hand_receipt *list, size_t n,
			int64_t entry_id, struct err *e)
{
	const struct hand_receipt *h = NULL;

	for (size_t i = 0; i < n; i++)
		if (list[i].entry_id == entry_id)
			h = &list[i];
	if (!h)
		return err_set(e, ERR_CONFLICT, "a receipt chosen is on a slip already, or gone");
	if (!w->kind) {
		w->kind = h->kind;
		memcpy(w->currency, h->currency, sizeof w->currency);
	}
	if (!str_eq(w->kind, h->kind) || !str_eq(w->currency, h->currency))
		return err_set(e, ERR_INVALID, "a slip is of one kind and one currency");
	w->amount_minor += h->amount_minor;
	return true;
}

static bool check_receipts(struct db *db, struct depositing *w, struct err *e)
{
	struct hand_receipt *list;
	int64_t fits;
	size_t n;

	if (w->o->n_entries == 0 || w->o->n_entries > DEPOSIT_MAX)
		return err_set(e, ERR_INVALID, "choose 1 to %d receipts", DEPOSIT_MAX);
	if (!hand_list(db, w->arena, w->o->entity_id, 0, &list, &n, e))
		return false;
	w->kind = NULL;
	w->amount_minor = 0;
	for (size_t i = 0; i < w->o->n_entries; i++)
		if (!add_receipt(w, list, n, w->o->entries[i], e))
			return false;
	if (w->o->is_discount && !str_eq(w->kind, hand_kind_name(HAND_BILL)))
		return err_field(e, ERR_INVALID, "discount", "only bills are discounted");
	if (!db_get_i64(db,
			"SELECT COUNT(*) FROM bank_account WHERE id = $1 AND entity_id = $2"
			" AND currency = $3 AND is_held = 0",
			DB_PARAMS(P_I64(w->o->bank_account_id), P_I64(w->o->entity_id),
				  P_TEXT(w->currency)),
			0, &fits, e))
		return false;
	return fits == 1 || err_set(e, ERR_INVALID, "the account is not one of that currency");
}

static bool insert_slip(struct db *db, const struct depositing *w, struct err *e)
{
	return db_exec(db,
		       "INSERT INTO deposit_slip (id, entity_id, bank_account_id, kind, number,"
		       " deposited_on, n_receipts, amount_minor, currency, state, actor, event_id,"
		       " recorded, is_discount) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
		       " 'deposited', $10, $11, $12, $13)",
		       DB_PARAMS(P_I64(w->id), P_I64(w->o->entity_id), P_I64(w->o->bank_account_id),
				 P_TEXT(w->kind),
				 P_TEXT(arena_printf(w->arena, "R%" PRId64, w->id)),
				 P_DAY(w->o->deposited_on), P_I64((int64_t)w->o->n_entries),
				 P_I64(w->amount_minor), P_TEXT(w->currency), P_TEXT(w->o->actor),
				 P_I64(w->event_id), P_I64(w->o->now), P_I64(w->o->is_discount)),
		       NULL, e);
}

static bool deposit_tx(struct db *db, void *arg, struct err *e)
{
	struct depositing *w = arg;
	int64_t changed;

	if (!check_receipts(db, w, e) || !db_new_id(db, &w->id, e) ||
	    !event_add(db,
		       &(struct event){ .entity_id = w->o->entity_id,
					.kind = "deposit.made",
					.subject_kind = "deposit_slip",
					.subject_id = w->id,
					.actor = w->o->actor,
					.body = "{}",
					.recorded = w->o->now },
		       &w->event_id, e) ||
	    !insert_slip(db, w, e))
		return false;
	for (size_t i = 0; i < w->o->n_entries; i++) {
		if (!db_exec(db,
			     "UPDATE hand_receipt SET slip_id = $2 WHERE entry_id = $1"
			     " AND slip_id IS NULL",
			     DB_PARAMS(P_I64(w->o->entries[i]), P_I64(w->id)), &changed, e))
			return false;
		if (changed == 0)
			return err_set(e, ERR_CONFLICT,
				       "a receipt chosen is on a slip already, or gone");
		if (!hand_risk_of_entry(db, w->o->entity_id, w->o->entries[i], w->event_id,
					w->o->now, e))
			return false;
	}
	return true;
}

bool deposit_make(struct db *db, const struct deposit_order *o, int64_t *ret_id, struct err *e)
{
	struct depositing w = { .o = o, .arena = arena_new(8 << 20) };
	bool ok = db_tx(db, deposit_tx, &w, e);

	arena_free(w.arena);
	if (ok)
		*ret_id = w.id;
	return ok;
}

/* ---- reading ---- */

#define DEPOSIT_SELECT                                                                 \
	"SELECT d.id, d.kind, d.number, b.iban, b.name, d.deposited_on, d.n_receipts," \
	" d.amount_minor, d.currency, d.state, d.entry_id, d.is_discount"              \
	" FROM deposit_slip d"                                                         \
	" JOIN bank_account b ON b.id = d.bank_account_id WHERE d.entity_id = $1"

static const struct db_column columns[] = {
	DB_COL(struct deposit, id),           DB_COL(struct deposit, kind),
	DB_COL(struct deposit, number),       DB_COL(struct deposit, account),
	DB_COL(struct deposit, account_name), DB_DAY(struct deposit, deposited_on),
	DB_COL(struct deposit, n_receipts),   DB_COL(struct deposit, amount_minor),
	DB_COL(struct deposit, currency),     DB_COL(struct deposit, state),
	DB_COL(struct deposit, entry_id),     DB_COL(struct deposit, is_discount),
};

bool deposit_list(struct db *db, struct arena *a, int64_t entity_id, int limit,
		  struct deposit **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a, DEPOSIT_SELECT " AND d.state <> 'undone' ORDER BY d.id DESC LIMIT $2",
		       DB_PARAMS(P_I64(entity_id), P_I64(limit)), columns, ARRAY_LEN(columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

bool deposit_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id, struct deposit *ret,
		 struct err *e)
{
	return db_one(db, a, DEPOSIT_SELECT " AND d.id = $2",
		      DB_PARAMS(P_I64(entity_id), P_I64(id)), columns, ARRAY_LEN(columns), ret, e);
}

bool deposit_of_entry(struct db *db, struct arena *a, int64_t entity_id, const struct entry *entry,
		      struct deposit *ret, struct err *e)
{
	struct deposit *list;
	size_t n;

	*ret = (struct deposit){ 0 };
	if (!db_list(db, a,
		     DEPOSIT_SELECT " AND d.state = 'deposited' AND d.amount_minor = $2"
				    " AND d.currency = $3 AND d.deposited_on <= $4 LIMIT 2",
		     DB_PARAMS(P_I64(entity_id), P_I64(entry->amount_minor),
			       P_TEXT(entry->currency), P_DAY(entry->booked_on)),
		     columns, ARRAY_LEN(columns), sizeof *list, (void **)&list, &n, e))
		return false;
	if (n == 1)
		*ret = list[0];
	return true;
}

/* ---- the bank's credit ---- */

struct crediting {
	const struct cash_decision *d;
	int64_t slip_id;
	struct arena *arena;
};

static bool may_credit(const struct cash_decision *d, const struct entry *en,
		       const struct deposit *slip, struct err *e)
{
	if (d->version && d->version != en->version)
		return err_set(e, ERR_STALE, "bank entry %.60s changed meanwhile", en->reference);
	if (en->state != ENTRY_OPEN && en->state != ENTRY_PROPOSED && en->state != ENTRY_DOUBTFUL)
		return err_set(e, ERR_CONFLICT, "bank entry %.60s is %s already: undo it first",
			       en->reference, entry_state_name(en->state));
	if (!str_eq(slip->state, "deposited"))
		return err_set(e, ERR_CONFLICT, "the bank credited slip %.40s already",
			       slip->number);
	if (slip->amount_minor != en->amount_minor || !str_eq(slip->currency, en->currency))
		return err_set(e, ERR_INVALID, "slip %.40s has another amount than the bank entry",
			       slip->number);
	return true;
}

static bool credit_tx(struct db *db, void *arg, struct err *e)
{
	const struct crediting *c = arg;
	struct match_reason why = { WHY_deposit_slip, NULL, 0 };
	struct deposit slip;
	struct posting p;
	struct entry en;
	int64_t changed;

	if (!entry_get(db, c->arena, c->d->entity_id, c->d->entry_id, &en, e) ||
	    !deposit_get(db, c->arena, c->d->entity_id, c->slip_id, &slip, e) ||
	    !may_credit(c->d, &en, &slip, e) ||
	    !posting_begin(&p, db, c->d->entity_id, "entry.deposit", "statement_entry", en.id,
			   c->d->actor, "user", c->d->now,
			   cash_body(c->arena, &en, NULL, 0, "deposit", 0), e) ||
	    !db_exec(db,
		     "UPDATE deposit_slip SET state = 'credited', entry_id = $2,"
		     " version = version + 1 WHERE id = $1 AND state = 'deposited'",
		     DB_PARAMS(P_I64(slip.id), P_I64(en.id)), &changed, e))
		return false;
	why.text = slip.number;
	return (changed == 1 ||
		err_set(e, ERR_CONFLICT, "the bank credited slip %.40s already", slip.number)) &&
	       entry_set_state(&p, &en, ENTRY_IGNORED, reason_encode(c->arena, &why, 1), 0, e);
}

bool deposit_credit(struct db *db, const struct cash_decision *d, int64_t slip_id, struct err *e)
{
	struct crediting c = { d, slip_id, arena_new(1 << 20) };
	bool ok = db_tx(db, credit_tx, &c, e);

	arena_free(c.arena);
	return ok;
}

bool deposit_undo_credit(struct db *db, int64_t entry_id, struct err *e)
{
	return db_exec(db,
		       "UPDATE deposit_slip SET state = 'deposited', entry_id = NULL,"
		       " version = version + 1 WHERE entry_id = $1 AND state = 'credited'",
		       DB_PARAMS(P_I64(entry_id)), NULL, e);
}

/* ---- taking a slip back ---- */

bool deposit_undo(struct db *db, int64_t entity_id, int64_t slip_id, const char *actor, int64_t now,
		  struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct hand_receipt *list;
	int64_t changed, event_id;
	size_t n;

	if (!hand_list(db, a, entity_id, slip_id, &list, &n, e) ||
	    !db_exec(db,
		     "UPDATE deposit_slip SET state = 'undone', version = version + 1"
		     " WHERE id = $1 AND entity_id = $2 AND state = 'deposited'",
		     DB_PARAMS(P_I64(slip_id), P_I64(entity_id)), &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT,
			       "the bank credited the slip already, or it is undone");
	if (!event_add(db,
		       &(struct event){ .entity_id = entity_id,
					.kind = "deposit.undone",
					.subject_kind = "deposit_slip",
					.subject_id = slip_id,
					.actor = actor,
					.body = "{}",
					.recorded = now },
		       &event_id, e) ||
	    !db_exec(db,
		     "UPDATE hand_receipt SET slip_id = NULL WHERE slip_id = $1 AND entity_id = $2",
		     DB_PARAMS(P_I64(slip_id), P_I64(entity_id)), NULL, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!hand_risk_of_entry(db, entity_id, list[i].entry_id, event_id, now, e))
			return false;
	return true;
}
