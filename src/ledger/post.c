/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/post.h"

#include "base/text.h"
#include "db/event.h"
#include "ledger/book_change.h"
#include "ledger/post_batch.h"

bool posting_begin(struct posting *p, struct db *db, int64_t entity_id, const char *event_kind,
		   const char *subject_kind, int64_t subject_id, const char *actor,
		   const char *source, int64_t now, const char *body, struct err *e)
{
	*p = (struct posting){
		.db = db, .entity_id = entity_id, .recorded = now, .actor = actor, .source = source
	};
	return period_hold(db, entity_id, &p->closed, e) &&
	       event_add(db,
			 &(struct event){ .entity_id = entity_id,
					  .kind = event_kind,
					  .subject_kind = subject_kind,
					  .subject_id = subject_id,
					  .actor = actor,
					  .body = body,
					  .recorded = now },
			 &p->event_id, e);
}

bool posting_day(const struct posting *p, day_t effective, day_t *ret, day_t *ret_dated_from,
		 struct err *e)
{
	day_t open = closed_days_open_on(&p->closed, effective);

	if (open != effective && !p->dates_forward)
		return period_refuse(&p->closed, effective, e);
	*ret = open;
	*ret_dated_from = open == effective ? DAY_NONE : effective;
	return true;
}

bool posting_item(const struct posting *p, struct arena *a, int64_t item_id, struct item *ret,
		  struct err *e)
{
	const struct batch_item *it;

	if (!p->batch)
		return item_get(p->db, a, p->entity_id, item_id, ret, e);
	it = post_batch_item(p->batch, item_id);
	if (!it)
		return err_set(e, ERR_NOT_FOUND, "there is no item %" PRId64, item_id);
	*ret = it->item;
	return true;
}

static bool touch(const struct posting *p, int64_t customer_id, struct err *e)
{
	return p->batch ? post_batch_touch(p->batch, p->event_id, customer_id, e)
			: book_touch(p->db, p->entity_id, p->event_id, customer_id, e);
}

static bool next_ordinal(const struct posting *p, const struct new_item *it,
			 const char *document_key, int64_t *ret, struct err *e)
{
	int64_t last;

	if (p->batch) {
		*ret = post_batch_ordinal(p->batch, it, document_key);
		return true;
	}
	if (!db_get_i64(p->db,
			"SELECT max(ordinal) FROM item WHERE entity_id = $1 AND customer_id = $2"
			" AND kind = $3 AND document_key = $4 AND issue_year = $5",
			DB_PARAMS(P_I64(p->entity_id), P_I64(it->customer_id),
				  P_TEXT(item_kind_name(it->kind)), P_TEXT(document_key),
				  P_I64(date_civil(it->issued_on).year)),
			0, &last, e))
		return false;
	*ret = last + 1;
	return true;
}

static bool insert_item(const struct posting *p, const struct new_item *it, int64_t id,
			const char *document_key, struct err *e)
{
	day_t due_on = it->due_on == DAY_NONE ? it->issued_on : it->due_on;
	day_t effective, dated_from;
	struct db_params row;
	int64_t ordinal;

	if (!posting_day(p, it->effective, &effective, &dated_from, e) ||
	    !next_ordinal(p, it, document_key, &ordinal, e))
		return false;
	row = DB_PARAMS(P_I64(id), P_I64(p->entity_id), P_I64(it->customer_id),
			P_TEXT(item_kind_name(it->kind)), P_TEXT(it->document),
			P_TEXT(document_key), P_I64(date_civil(it->issued_on).year), P_I64(ordinal),
			P_DAY(it->issued_on), P_DAY(due_on), P_I64(it->due_source),
			P_I64(it->amount_minor), P_TEXT(it->currency),
			it->has_net ? P_I64(it->net_minor) : P_NULL,
			it->has_net ? P_I64(it->vat_minor) : P_NULL, P_TEXT(it->account),
			P_TEXT(it->order_ref), P_TEXT(it->payment_ref), P_TEXT(it->label),
			P_ID(it->bank_entry_id), P_BOOL(it->is_booked), P_DAY(effective),
			P_TEXT(p->source), P_ID(p->import_id), P_TEXT(p->actor), P_I64(p->event_id),
			P_I64(p->recorded), P_DAY(dated_from));
	if (!p->batch)
		return db_exec(p->db,
			       "INSERT INTO item (" POST_ITEM_COLUMNS ") VALUES ($1, $2, $3, $4,"
			       " $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
			       " $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)",
			       row, NULL, e);
	if (!db_copy_row(p->batch->items, row, e))
		return false;
	/* What the batch may ask of it. */
	post_batch_made(p->batch, &(struct item){ .id = id,
						  .customer_id = it->customer_id,
						  .kind_name = item_kind_name(it->kind),
						  .document = it->document,
						  .amount_minor = it->amount_minor,
						  .open_minor = it->amount_minor,
						  .currency = { it->currency[0], it->currency[1],
								it->currency[2] },
						  .effective = effective });
	return true;
}

bool post_item(const struct posting *p, const struct new_item *it, int64_t *ret_id, struct err *e)
{
	struct arena *a = arena_new(1 << 20);
	int64_t id;
	bool ok;

	ENSURE(it->amount_minor != 0 && it->issued_on != DAY_NONE && it->effective != DAY_NONE);
	ok = db_new_id(p->db, &id, e) &&
	     insert_item(p, it, id, text_reference_key(a, it->document), e) &&
	     (p->batch ||
	      db_exec(p->db,
		      "INSERT INTO item_balance (item_id, customer_id, open_minor)"
		      " VALUES ($1, $2, $3)",
		      DB_PARAMS(P_I64(id), P_I64(it->customer_id), P_I64(it->amount_minor)), NULL,
		      e)) &&
	     touch(p, it->customer_id, e);
	arena_free(a);
	if (ok && ret_id)
		*ret_id = id;
	return ok;
}

struct side {
	int64_t entity_id;
	int64_t customer_id;
	int64_t amount_minor;
	char currency[4];
	const char *document;
};

static bool batch_side(const struct posting *p, int64_t item_id, struct side *ret, struct err *e)
{
	struct item it;

	if (!posting_item(p, NULL, item_id, &it, e))
		return false;
	*ret = (struct side){ .entity_id = p->entity_id,
			      .customer_id = it.customer_id,
			      .amount_minor = it.amount_minor,
			      .document = it.document };
	memcpy(ret->currency, it.currency, sizeof ret->currency);
	return true;
}

static bool load_side(const struct posting *p, struct arena *a, int64_t item_id, struct side *ret,
		      struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct side, entity_id),    DB_COL(struct side, customer_id),
		DB_COL(struct side, amount_minor), DB_COL(struct side, currency),
		DB_COL(struct side, document),
	};

	if (p->batch)
		return batch_side(p, item_id, ret, e);
	return db_one(p->db, a,
		      "SELECT entity_id, customer_id, amount_minor, currency, document FROM item"
		      " WHERE id = $1",
		      DB_PARAMS(P_I64(item_id)), columns, ARRAY_LEN(columns), ret, e);
}

static bool lacks(const char *document, struct err *e)
{
	return err_set(e, ERR_CONFLICT, "document %.60s has less than that open", document);
}

/* What the batch has read or made; post_batch_end looks again. */
static bool take_in_batch(struct batch_item *it, int64_t minor, bool is_debit, struct err *e)
{
	if (is_debit ? it->item.open_minor < minor : it->item.open_minor > -minor)
		return lacks(it->item.document, e);
	it->item.open_minor += is_debit ? -minor : minor;
	return true;
}

/* The guards are in the UPDATEs: a debit never falls below zero, a credit never rises above it. */
static bool take(const struct posting *p, int64_t item_id, int64_t minor, bool is_debit,
		 const char *document, struct err *e)
{
	const char *sql = is_debit ? "UPDATE item_balance SET open_minor = open_minor - $2"
				     " WHERE item_id = $1 AND open_minor >= $2"
				   : "UPDATE item_balance SET open_minor = open_minor + $2"
				     " WHERE item_id = $1 AND open_minor <= -$2";
	int64_t changed;

	if (p->batch)
		return take_in_batch(post_batch_item(p->batch, item_id), minor, is_debit, e);
	if (!db_exec(p->db, sql, DB_PARAMS(P_I64(item_id), P_I64(minor)), &changed, e))
		return false;
	return changed > 0 || lacks(document, e);
}

static bool insert_allocation(const struct posting *p, int64_t id, int64_t customer_id,
			      const struct new_allocation *al, const char *currency,
			      int64_t reverses_id, struct err *e)
{
	day_t effective, dated_from;
	struct db_params row;

	if (!posting_day(p, al->effective, &effective, &dated_from, e))
		return false;
	row = DB_PARAMS(P_I64(id), P_I64(p->entity_id), P_I64(customer_id),
			P_I64(al->debit_item_id), P_I64(al->credit_item_id),
			P_I64(al->amount_minor), P_TEXT(currency), P_TEXT(al->lettering),
			P_TEXT(al->rule), P_TEXT(al->reason), P_ID(reverses_id), P_DAY(effective),
			P_TEXT(p->source), P_ID(p->import_id), P_TEXT(p->actor), P_I64(p->event_id),
			P_I64(p->recorded), P_ID(al->lettering_id), P_DAY(dated_from));
	return p->batch ? db_copy_row(p->batch->allocations, row, e)
			: db_exec(p->db,
				  "INSERT INTO allocation (" POST_ALLOCATION_COLUMNS ") VALUES ($1,"
				  " $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
				  " $16, $17, $18, $19)",
				  row, NULL, e);
}

static bool check_sides(const struct posting *p, const struct side *debit,
			const struct side *credit, struct err *e)
{
	if (debit->entity_id != p->entity_id || credit->entity_id != p->entity_id)
		return err_set(e, ERR_INVALID, "the documents are of another company");
	if (debit->amount_minor <= 0 || credit->amount_minor >= 0)
		return err_set(e, ERR_INVALID,
			       "cannot apply %.60s to %.60s: one must be a debit, the"
			       " other a credit",
			       credit->document, debit->document);
	if (strcmp(debit->currency, credit->currency) != 0)
		return err_set(e, ERR_INVALID, "cannot apply %s to %s without a rate",
			       credit->currency, debit->currency);
	return true;
}

static bool touch_sides(const struct posting *p, int64_t debit_customer, int64_t credit_customer,
			struct err *e)
{
	return touch(p, debit_customer, e) &&
	       (debit_customer == credit_customer || touch(p, credit_customer, e));
}

bool post_allocation(const struct posting *p, const struct new_allocation *al, int64_t *ret_id,
		     struct err *e)
{
	struct arena *a = arena_new(1 << 20);
	struct side debit, credit;
	int64_t id;
	bool ok;

	if (al->amount_minor <= 0) {
		arena_free(a);
		return err_set(e, ERR_INVALID, "the amount to apply must be positive");
	}
	/* Always the lower id first, so that two writers cannot wait for each other. */
	ok = load_side(p, a, al->debit_item_id, &debit, e) &&
	     load_side(p, a, al->credit_item_id, &credit, e) &&
	     check_sides(p, &debit, &credit, e) &&
	     (al->debit_item_id < al->credit_item_id
		      ? take(p, al->debit_item_id, al->amount_minor, true, debit.document, e) &&
				take(p, al->credit_item_id, al->amount_minor, false,
				     credit.document, e)
		      : take(p, al->credit_item_id, al->amount_minor, false, credit.document, e) &&
				take(p, al->debit_item_id, al->amount_minor, true, debit.document,
				     e)) &&
	     db_new_id(p->db, &id, e) &&
	     insert_allocation(p, id, debit.customer_id, al, debit.currency, 0, e) &&
	     touch_sides(p, debit.customer_id, credit.customer_id, e);
	arena_free(a);
	if (ok && ret_id)
		*ret_id = id;
	return ok;
}

static bool give_back(const struct posting *p, int64_t item_id, int64_t minor, struct err *e)
{
	int64_t changed;

	if (!db_exec(p->db,
		     "UPDATE item_balance SET open_minor = open_minor + $2 WHERE item_id = $1",
		     DB_PARAMS(P_I64(item_id), P_I64(minor)), &changed, e))
		return false;
	ENSURE(changed == 1); /* an item in an allocation in force has a balance */
	return true;
}

static bool undo_allocation(const struct posting *p, struct arena *a, int64_t allocation_id,
			    const char *reason, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct allocation, customer_id),    DB_COL(struct allocation, debit_item_id),
		DB_COL(struct allocation, credit_item_id), DB_COL(struct allocation, amount_minor),
		DB_COL(struct allocation, currency),       DB_COL(struct allocation, lettering),
		DB_COL(struct allocation, rule),           DB_DAY(struct allocation, effective),
		DB_COL(struct allocation, lettering_id),
	};
	struct allocation al = { 0 };
	int64_t id;

	if (!db_one(p->db, a,
		    "SELECT customer_id, debit_item_id, credit_item_id, amount_minor, currency,"
		    " lettering, rule, effective, lettering_id FROM allocation"
		    " WHERE id = $1 AND entity_id = $2 AND reverses_id IS NULL",
		    DB_PARAMS(P_I64(allocation_id), P_I64(p->entity_id)), columns,
		    ARRAY_LEN(columns), &al, e))
		return false;
	/* UNIQUE (reverses_id) refuses a second undo. */
	return db_new_id(p->db, &id, e) &&
	       insert_allocation(p, id, al.customer_id,
				 &(struct new_allocation){ al.debit_item_id, al.credit_item_id,
							   -al.amount_minor, al.lettering, al.rule,
							   reason, al.effective, al.lettering_id },
				 al.currency, allocation_id, e) &&
	       give_back(p, al.debit_item_id, al.amount_minor, e) &&
	       give_back(p, al.credit_item_id, -al.amount_minor, e) &&
	       book_touch_items(p->db, p->entity_id, p->event_id, al.debit_item_id,
				al.credit_item_id, e);
}

/* What a conversion took of a payment goes back with the whole conversion (conversion.h). */
static bool refuse_converted(const struct posting *p, int64_t allocation_id, struct err *e)
{
	int64_t n;

	if (!db_get_i64(p->db,
			"SELECT count(*) FROM allocation l JOIN conversion v"
			" ON v.from_item_id = l.debit_item_id WHERE l.id = $1",
			DB_PARAMS(P_I64(allocation_id)), 0, &n, e))
		return false;
	return n == 0 || err_set(e, ERR_REFUSED,
				 "this money was converted into another currency: take back the"
				 " decision on its receipt");
}

bool post_unallocation(const struct posting *p, int64_t allocation_id, const char *reason,
		       struct err *e)
{
	struct arena *a = arena_new(1 << 20);
	bool ok = refuse_converted(p, allocation_id, e) &&
		  undo_allocation(p, a, allocation_id, reason, e);

	arena_free(a);
	if (!ok && e && e->code == ERR_CONFLICT)
		err_set(e, ERR_CONFLICT, "allocation %" PRId64 " is undone already", allocation_id);
	return ok;
}

struct id_row {
	int64_t id;
};

/* Of an item that counts in a closed period nothing is taken back, nor of one that something of a closed
 * period rests on: dating the undoing forward would leave the other side without its counterpart. */
static bool check_open(const struct posting *p, int64_t item_id, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	if (p->closed.n == 0)
		return true;
	if (!db_query(p->db,
		      "SELECT effective FROM item WHERE id = $1 UNION ALL"
		      " SELECT l.effective FROM allocation l WHERE (l.debit_item_id = $1"
		      "  OR l.credit_item_id = $1) AND COALESCE(l.reverses_id, 0) = 0"
		      "  AND NOT EXISTS (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id)",
		      DB_PARAMS(P_I64(item_id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		if (closed_days_has(&p->closed, row_day(r, 0)))
			return period_refuse(&p->closed, row_day(r, 0), e);
	}
	return !more;
}

bool post_item_reversal(const struct posting *p, int64_t item_id, const char *reason, struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct id_row, id) };
	struct arena *a = arena_new(64 << 20);
	struct id_row *applied = NULL;
	size_t n = 0;
	int64_t changed = 0;
	bool ok;

	ok = check_open(p, item_id, e) &&
	     db_list(p->db, a,
		     /* COALESCE keeps SQLite from walking the index of reverses_id, nearly all NULL. */
		     "SELECT l.id FROM allocation l WHERE (l.debit_item_id = $1 OR"
		     " l.credit_item_id = $1) AND COALESCE(l.reverses_id, 0) = 0 AND NOT EXISTS"
		     " (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id) ORDER BY l.id",
		     DB_PARAMS(P_I64(item_id)), columns, ARRAY_LEN(columns), sizeof *applied,
		     (void **)&applied, &n, e);
	for (size_t i = 0; ok && i < n; i++)
		ok = undo_allocation(p, a, applied[i].id, reason, e);
	arena_free(a);
	if (!ok || !db_exec(p->db, "DELETE FROM item_balance WHERE item_id = $1",
			    DB_PARAMS(P_I64(item_id)), &changed, e))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "item %" PRId64 " is out of the ledger already",
			       item_id);
	return db_exec(p->db,
		       "INSERT INTO item_reversal (item_id, entity_id, reason, actor, event_id,"
		       " recorded) VALUES ($1, $2, $3, $4, $5, $6)",
		       DB_PARAMS(P_I64(item_id), P_I64(p->entity_id), P_TEXT(reason),
				 P_TEXT(p->actor), P_I64(p->event_id), P_I64(p->recorded)),
		       NULL, e) &&
	       book_touch_items(p->db, p->entity_id, p->event_id, item_id, 0, e);
}

/* Each changeable field with the two statements it needs: SQL is never put together at run time. */
static const struct {
	const char *name;
	const char *read;
	const char *write;
} fields[] = {
#define TEXT_FIELD(f)                                               \
	{                                                           \
#f, "SELECT " #f " FROM item WHERE id = $1",        \
			"UPDATE item SET " #f " = $2 WHERE id = $1" \
	}
#define NUMBER_FIELD(f)                                                             \
	{                                                                           \
#f, "SELECT CAST(" #f " AS TEXT) FROM item WHERE id = $1",          \
			"UPDATE item SET " #f " = CAST($2 AS BIGINT) WHERE id = $1" \
	}
	TEXT_FIELD(due_on),          TEXT_FIELD(effective),   TEXT_FIELD(payment_ref),
	TEXT_FIELD(order_ref),       TEXT_FIELD(label),       TEXT_FIELD(account),
	NUMBER_FIELD(due_source),    NUMBER_FIELD(net_minor), NUMBER_FIELD(vat_minor),
	NUMBER_FIELD(bank_entry_id), NUMBER_FIELD(is_booked),
#undef TEXT_FIELD
#undef NUMBER_FIELD
};

static bool check_day(const struct posting *p, const char *text, struct err *e)
{
	day_t d;

	return date_parse(text, &d, e) &&
	       (!closed_days_has(&p->closed, d) || period_refuse(&p->closed, d, e));
}

bool post_item_change(const struct posting *p, int64_t item_id, const char *field,
		      const char *value, struct err *e)
{
	struct arena *a;
	size_t f = 0;
	char *old;
	int64_t id;
	bool ok;

	while (f < ARRAY_LEN(fields) && strcmp(fields[f].name, field) != 0)
		f++;
	ENSURE(f < ARRAY_LEN(fields));
	a = arena_new(1 << 20);
	ok = db_get_text(p->db, a, fields[f].read, DB_PARAMS(P_I64(item_id)), &old, e);
	if (ok && str_eq(field, "effective") && !str_eq(old, value))
		ok = check_day(p, old, e) && check_day(p, value, e);
	if (ok && !str_eq(old, value))
		ok = db_exec(p->db, fields[f].write, DB_PARAMS(P_I64(item_id), P_TEXT(value)), NULL,
			     e) &&
		     db_new_id(p->db, &id, e) &&
		     db_exec(p->db,
			     "INSERT INTO item_change (id, entity_id, item_id, field, old_value,"
			     " new_value, source, import_id, event_id, recorded)"
			     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
			     DB_PARAMS(P_I64(id), P_I64(p->entity_id), P_I64(item_id),
				       P_TEXT(field), P_TEXT(old), P_TEXT(value), P_TEXT(p->source),
				       P_ID(p->import_id), P_I64(p->event_id), P_I64(p->recorded)),
			     NULL, e) &&
		     book_touch_items(p->db, p->entity_id, p->event_id, item_id, 0, e);
	arena_free(a);
	return ok;
}
