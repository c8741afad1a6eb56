/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/item.h"

#include "base/text.h"

#include <stdlib.h>

static const char *const kind_names[ITEM_KIND_COUNT] = {
	[ITEM_INVOICE] = "invoice", [ITEM_CREDIT_NOTE] = "credit_note",
	[ITEM_PAYMENT] = "payment", [ITEM_DEPOSIT] = "deposit",
	[ITEM_DRAFT] = "draft",     [ITEM_ADJUSTMENT] = "adjustment",
	[ITEM_OPENING] = "opening", [ITEM_SETTLEMENT] = "settlement",
};

const char *item_kind_name(enum item_kind kind)
{
	ENSURE(kind < ITEM_KIND_COUNT);
	return kind_names[kind];
}

bool item_kind_of(const char *name, enum item_kind *ret)
{
	for (int i = 0; i < ITEM_KIND_COUNT; i++) {
		if (strcmp(kind_names[i], name) == 0) {
			*ret = (enum item_kind)i;
			return true;
		}
	}
	return false;
}

bool item_kind_is_cash(enum item_kind kind)
{
	return kind == ITEM_PAYMENT || kind == ITEM_DEPOSIT;
}

static const struct db_column columns[] = {
	DB_COL(struct item, id),
	DB_COL(struct item, customer_id),
	DB_COL(struct item, kind_name),
	DB_COL(struct item, document),
	DB_COL(struct item, issue_year),
	DB_COL(struct item, ordinal),
	DB_DAY(struct item, issued_on),
	DB_DAY(struct item, due_on),
	DB_COL(struct item, due_source),
	DB_COL(struct item, amount_minor),
	DB_COL(struct item, open_minor),
	DB_COL(struct item, currency),
	DB_COL(struct item, account),
	DB_COL(struct item, order_ref),
	DB_COL(struct item, payment_ref),
	DB_COL(struct item, label),
	DB_COL(struct item, bank_entry_id),
	DB_COL(struct item, is_booked),
	DB_DAY(struct item, effective),
	DB_DAY(struct item, dated_from),
	DB_COL(struct item, source),
	DB_COL(struct item, import_id),
	DB_COL(struct item, event_id),
	DB_COL(struct item, recorded),
	DB_COL(struct item, net_minor),
	DB_COL(struct item, vat_minor),
	DB_COL(struct item, entity_id),
};

/* The balance row exists exactly for the items in force. */
#define ITEM_SELECT                                                                             \
	"SELECT i.id, i.customer_id, i.kind, i.document, i.issue_year, i.ordinal, i.issued_on," \
	" i.due_on, i.due_source, i.amount_minor, b.open_minor, i.currency, i.account,"         \
	" i.order_ref, i.payment_ref, i.label, i.bank_entry_id, i.is_booked, i.effective,"      \
	" i.dated_from, i.source, i.import_id, i.event_id, i.recorded,"                         \
	" COALESCE(i.net_minor, 0), COALESCE(i.vat_minor, 0), i.entity_id"                      \
	" FROM item i JOIN item_balance b ON b.item_id = i.id"

bool item_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id, struct item *ret,
	      struct err *e)
{
	if (db_one(db, a, ITEM_SELECT " WHERE i.entity_id = $1 AND i.id = $2",
		   DB_PARAMS(P_I64(entity_id), P_I64(id)), columns, ARRAY_LEN(columns), ret, e))
		return true;
	if (e && e->code == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "there is no item %" PRId64, id);
	return false;
}

static int by_value(const void *a, const void *b)
{
	const struct db_param *x = a, *y = b;

	return (x->i64 > y->i64) - (x->i64 < y->i64);
}

bool item_list_ids(struct db *db, struct arena *a, int64_t entity_id, const int64_t *id, size_t n,
		   struct item **ret, size_t *ret_n, struct err *e)
{
	struct db_param *ids = ARENA_ARRAY(a, n + 1, struct db_param);
	struct item *list;
	size_t n_ids = 0, n_found, kept = 0;

	for (size_t i = 0; i < n; i++)
		ids[i] = P_I64(id[i]);
	if (n)
		qsort(ids, n, sizeof *ids, by_value);
	for (size_t i = 0; i < n; i++)
		if (n_ids == 0 || ids[i].i64 != ids[n_ids - 1].i64)
			ids[n_ids++] = ids[i];
	if (!db_list_many(db, a, ITEM_SELECT " WHERE i.id IN (VALUES $rows)",
			  DB_MANY(ids, 1, n_ids), columns, ARRAY_LEN(columns), sizeof *list,
			  (void **)&list, &n_found, e))
		return false;
	for (size_t i = 0; i < n_found; i++)
		if (list[i].entity_id == entity_id)
			list[kept++] = list[i];
	*ret = list;
	*ret_n = kept;
	return true;
}

bool item_list_customer(struct db *db, struct arena *a, int64_t customer_id, bool open_only,
			struct item **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       ITEM_SELECT " WHERE i.customer_id = $1 AND (b.open_minor <> 0 OR $2 = 0)"
				   " ORDER BY i.due_on, i.document, i.id",
		       DB_PARAMS(P_I64(customer_id), P_BOOL(open_only)), columns,
		       ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool item_find_document(struct db *db, struct arena *a, int64_t entity_id, const char *document,
			struct item **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       ITEM_SELECT " WHERE i.entity_id = $1 AND i.document_key = $2"
				   " ORDER BY i.issued_on, i.id",
		       DB_PARAMS(P_I64(entity_id), P_TEXT(text_reference_key(a, document))),
		       columns, ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool item_search(struct db *db, struct arena *a, int64_t entity_id, const char *text, int limit,
		 struct item **ret, size_t *ret_n, struct err *e)
{
	const char *key = text_reference_key(a, text);

	if (key[0] == '\0') {
		*ret_n = 0;
		return true;
	}
	/* A folded key has letters and digits alone, so no wildcard of LIKE. */
	return db_list(
		db, a,
		ITEM_SELECT " WHERE i.entity_id = $1"
			    " AND (i.document_key LIKE $2 OR i.payment_ref LIKE $2)"
			    " ORDER BY i.issued_on DESC, i.id DESC LIMIT $3",
		DB_PARAMS(P_I64(entity_id), P_TEXT(arena_printf(a, "%s%%", key)), P_I64(limit)),
		columns, ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool item_find_amount(struct db *db, struct arena *a, int64_t entity_id, int64_t minor, int limit,
		      struct item **ret, size_t *ret_n, struct err *e)
{
	if (minor < 0)
		minor = minor == INT64_MIN ? INT64_MAX : -minor;
	return db_list(db, a,
		       ITEM_SELECT " WHERE i.entity_id = $1 AND (i.amount_minor IN ($2, $3)"
				   " OR b.open_minor IN ($2, $3))"
				   " ORDER BY CASE WHEN b.open_minor <> 0 THEN 0 ELSE 1 END,"
				   " i.issued_on DESC, i.id DESC LIMIT $4",
		       DB_PARAMS(P_I64(entity_id), P_I64(minor), P_I64(-minor), P_I64(limit)),
		       columns, ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool allocation_list_item(struct db *db, struct arena *a, int64_t item_id, struct allocation **ret,
			  size_t *ret_n, struct err *e)
{
	static const struct db_column allocation_columns[] = {
		DB_COL(struct allocation, id),
		DB_COL(struct allocation, customer_id),
		DB_COL(struct allocation, debit_item_id),
		DB_COL(struct allocation, credit_item_id),
		DB_COL(struct allocation, amount_minor),
		DB_COL(struct allocation, currency),
		DB_COL(struct allocation, lettering),
		DB_COL(struct allocation, rule),
		DB_COL(struct allocation, reason),
		DB_COL(struct allocation, reverses_id),
		DB_COL(struct allocation, reversed_by),
		DB_DAY(struct allocation, effective),
		DB_COL(struct allocation, actor),
		DB_COL(struct allocation, recorded),
		DB_COL(struct allocation, lettering_id),
	};

	return db_list(db, a,
		       "SELECT l.id, l.customer_id, l.debit_item_id, l.credit_item_id,"
		       " l.amount_minor, l.currency, l.lettering, l.rule, l.reason, l.reverses_id,"
		       " r.id, l.effective, l.actor, l.recorded, l.lettering_id"
		       " FROM allocation l LEFT JOIN allocation r ON r.reverses_id = l.id"
		       " WHERE l.debit_item_id = $1 OR l.credit_item_id = $1 ORDER BY l.id",
		       DB_PARAMS(P_I64(item_id)), allocation_columns, ARRAY_LEN(allocation_columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}
