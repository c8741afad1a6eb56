/* SPDX-License-Identifier: Apache-2.0 */
/* return_store.c - what is known of returns, and which payments they may be of. */
#include "cash/return_store.h"

#include "base/buf.h"
#include "base/money.h"
#include "cash/match_policy.h"
#include "base/list.h"
#include "base/text.h"
#include "cash/return_private.h"
#include "db/event.h"

static const struct db_column columns[] = {
	DB_COL(struct payment_return, id),
	DB_COL(struct payment_return, source),
	DB_COL(struct payment_return, state),
	DB_COL(struct payment_return, kind_name),
	DB_COL(struct payment_return, reason_code),
	DB_COL(struct payment_return, is_doubtful),
	DB_COL(struct payment_return, amount_minor),
	DB_COL(struct payment_return, currency),
	DB_DAY(struct payment_return, returned_on),
	DB_COL(struct payment_return, reference),
	DB_COL(struct payment_return, end_to_end),
	DB_COL(struct payment_return, payer_name),
	DB_COL(struct payment_return, payer_iban),
	DB_COL(struct payment_return, remittance),
	DB_COL(struct payment_return, other_refs),
	DB_COL(struct payment_return, entry_id),
	DB_COL(struct payment_return, customer_id),
	DB_COL(struct payment_return, payment_item_id),
	DB_COL(struct payment_return, return_item_id),
	DB_COL(struct payment_return, fee_item_id),
	DB_COL(struct payment_return, customer_code),
	DB_COL(struct payment_return, customer_name),
	DB_COL(struct payment_return, documents),
	DB_COL(struct payment_return, is_seen),
	DB_COL(struct payment_return, fee_minor),
	DB_COL(struct payment_return, booked_item_id),
	DB_COL(struct payment_return, booked_document),
};

#define RETURN_SELECT                                                                           \
	"SELECT r.id, r.source, r.state, r.kind, r.reason_code, r.is_doubtful, r.amount_minor," \
	" r.currency, r.returned_on, r.reference, r.end_to_end, r.payer_name, r.payer_iban,"    \
	" r.remittance, r.other_refs, r.entry_id, r.customer_id, r.payment_item_id,"            \
	" r.return_item_id, r.fee_item_id, c.code, c.name, r.documents, r.is_seen,"             \
	" COALESCE(f.amount_minor, 0), r.booked_item_id, k.document"                            \
	" FROM payment_return r LEFT JOIN customer c ON c.id = r.customer_id"                   \
	" LEFT JOIN item f ON f.id = r.fee_item_id LEFT JOIN item k ON k.id = r.booked_item_id"

bool payment_return_list(struct db *db, struct arena *a, int64_t entity_id, const char *state,
			 int64_t customer_id, int64_t before_id, int limit,
			 struct payment_return **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       RETURN_SELECT
		       " WHERE r.entity_id = $1 AND ($2 = '' OR r.state = $2"
		       " OR ($2 = 'unseen' AND r.state = 'treated' AND r.is_seen = 0))"
		       " AND ($3 = 0 OR r.customer_id = $3)"
		       " AND ($4 = 0 OR r.id < $4) ORDER BY r.id DESC LIMIT $5",
		       DB_PARAMS(P_I64(entity_id), P_TEXT(state), P_I64(customer_id),
				 P_I64(before_id), P_I64(limit)),
		       columns, ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool payment_return_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
			struct payment_return *ret, struct err *e)
{
	struct payment_return *list;
	size_t n;

	if (!db_list(db, a, RETURN_SELECT " WHERE r.entity_id = $1 AND r.id = $2",
		     DB_PARAMS(P_I64(entity_id), P_I64(id)), columns, ARRAY_LEN(columns),
		     sizeof *list, (void **)&list, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no returned payment %" PRId64, id);
	*ret = list[0];
	return true;
}

bool return_count(struct db *db, int64_t entity_id, int64_t *ret_waiting, int64_t *ret_unseen,
		  struct err *e)
{
	return db_get_i64(db,
			  "SELECT COUNT(*) FROM payment_return WHERE entity_id = $1"
			  " AND state = 'waiting'",
			  DB_PARAMS(P_I64(entity_id)), 0, ret_waiting, e) &&
	       db_get_i64(db,
			  "SELECT COUNT(*) FROM payment_return WHERE entity_id = $1"
			  " AND state = 'treated' AND is_seen = 0",
			  DB_PARAMS(P_I64(entity_id)), 0, ret_unseen, e);
}

/* ---- facts ---- */

void return_fact_of(struct arena *a, const struct payment_return *r, struct return_fact *ret)
{
	struct entry en = { .amount_minor = -r->amount_minor,
			    .booked_on = r->returned_on,
			    .is_reversal = true,
			    .reference = r->reference,
			    .end_to_end = r->end_to_end,
			    .payer_name = r->payer_name,
			    .payer_iban = r->payer_iban,
			    .remittance = r->remittance,
			    .other_refs = r->other_refs,
			    .return_reason = r->reason_code };

	memcpy(en.currency, r->currency, sizeof en.currency);
	ENSURE(return_of_entry(a, &en, ret));
	ret->kind = return_kind_of(r->kind_name);
}

bool return_fact_load(struct db *db, struct arena *a, int64_t entity_id,
		      const struct payment_return *r, struct return_fact *ret, struct err *e)
{
	struct match_policy usual;
	const char *policy;
	char *currency;
	struct money m;

	return_fact_of(a, r, ret);
	if (!setting_get(db, a, entity_id, "return_fee", "", &policy, e) ||
	    !match_policy_load(db, a, entity_id, &usual, e) ||
	    !db_get_text(db, a, "SELECT currency FROM entity WHERE id = $1",
			 DB_PARAMS(P_I64(entity_id)), &currency, e))
		return false;
	if (str_eq(policy, "bank"))
		ret->asked_minor = ret->fee_minor;
	else if (!str_empty(policy) && money_parse(policy, r->currency, &m, NULL) && m.minor > 0)
		ret->asked_minor = m.minor;
	else if (str_empty(policy) && str_eq(r->currency, currency))
		ret->asked_minor = usual.return_fee_minor;
	return true;
}

static const struct db_column payment_columns[] = {
	DB_COL(struct return_payment, item_id),       DB_COL(struct return_payment, customer_id),
	DB_COL(struct return_payment, minor),         DB_COL(struct return_payment, currency),
	DB_DAY(struct return_payment, received_on),   DB_COL(struct return_payment, reference),
	DB_COL(struct return_payment, end_to_end),    DB_COL(struct return_payment, other_refs),
	DB_COL(struct return_payment, payer_iban),    DB_COL(struct return_payment, payer_name),
	DB_COL(struct return_payment, customer_iban), DB_COL(struct return_payment, customer_name),
	DB_COL(struct return_payment, is_booked),
};

static bool load_documents(struct db *db, struct arena *a, struct return_payment *p, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	LIST_OF(const char *) list = { 0 };
	bool more = false;

	if (!db_query(db,
		      "SELECT DISTINCT i.document FROM allocation l JOIN item i"
		      " ON i.id = l.debit_item_id WHERE l.credit_item_id = $1"
		      " AND COALESCE(l.reverses_id, 0) = 0 AND NOT EXISTS"
		      " (SELECT 1 FROM allocation v WHERE v.reverses_id = l.id) ORDER BY 1",
		      DB_PARAMS(P_I64(p->item_id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more)
		*LIST_ADD(a, &list) = arena_strdup(a, row_text(r, 0));
	p->documents = list.at;
	p->n_documents = list.n;
	return !more;
}

bool return_payments(struct db *db, struct arena *a, int64_t entity_id,
		     const struct return_fact *fact, struct return_payment **ret, size_t *ret_n,
		     struct err *e)
{
	if (!db_list(db, a,
		     "SELECT i.id, i.customer_id, -i.amount_minor, i.currency, i.effective,"
		     " COALESCE(x.reference, i.document), x.end_to_end, x.other_refs, x.payer_iban,"
		     " x.payer_name, c.iban, c.name, i.is_booked FROM item i JOIN item_balance b"
		     " ON b.item_id = i.id JOIN customer c ON c.id = i.customer_id"
		     " LEFT JOIN statement_entry x ON x.id = i.bank_entry_id"
		     " WHERE i.entity_id = $1 AND i.kind IN ('payment', 'deposit')"
		     " AND i.amount_minor IN ($2, $3) AND i.currency = $4 AND i.effective <= $5"
		     " AND i.effective >= $6 AND NOT EXISTS (SELECT 1 FROM payment_return r"
		     "  WHERE r.payment_item_id = i.id AND r.state = 'treated')"
		     " ORDER BY i.effective DESC, i.id DESC LIMIT 2000",
		     DB_PARAMS(P_I64(entity_id), P_I64(-fact->minor),
			       P_I64(-(fact->minor - fact->fee_minor)), P_TEXT(fact->currency),
			       P_DAY(fact->on), P_DAY(fact->on - 400)),
		     payment_columns, ARRAY_LEN(payment_columns), sizeof **ret, (void **)ret, ret_n,
		     e))
		return false;
	for (size_t i = 0; i < *ret_n; i++)
		if (!load_documents(db, a, &(*ret)[i], e))
			return false;
	return true;
}

const char *return_documents(struct arena *a, const struct return_payment *p)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < p->n_documents; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", p->documents[i]);
	return b.len ? buf_str(&b) : NULL;
}

bool return_candidates(struct db *db, struct arena *a, int64_t entity_id,
		       const struct payment_return *r, struct return_candidate **ret, size_t *ret_n,
		       struct err *e)
{
	struct return_guess guess[RETURN_GUESSES];
	struct return_payment *payments;
	struct return_fact fact;
	size_t n;

	return_fact_of(a, r, &fact);
	if (!return_payments(db, a, entity_id, &fact, &payments, &n, e))
		return false;
	return_find(a, &fact, payments, n, guess, ret_n);
	*ret = ARENA_ARRAY(a, *ret_n + 1, struct return_candidate);
	for (size_t i = 0; i < *ret_n; i++) {
		const struct return_payment *p = &payments[guess[i].payment];
		char *code;
		if (!db_get_text(db, a, "SELECT code FROM customer WHERE id = $1",
				 DB_PARAMS(P_I64(p->customer_id)), &code, e))
			return false;
		(*ret)[i] = (struct return_candidate){ .item_id = p->item_id,
						       .customer_id = p->customer_id,
						       .document = p->reference,
						       .customer_code = code,
						       .customer_name = p->customer_name,
						       .documents = return_documents(a, p),
						       .received_on = p->received_on,
						       .points = guess[i].points };
	}
	return true;
}
