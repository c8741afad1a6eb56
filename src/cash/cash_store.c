/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/cash.h"

#include "base/list.h"
#include "cash/certificate.h"
#include "ledger/conversion.h"
#include "ledger/item.h"

#include <jansson.h>

bool cash_proposal_list(struct db *db, struct arena *a, int64_t entry_id,
			struct cash_proposal **ret, size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct cash_proposal, id),
		DB_COL(struct cash_proposal, rank),
		DB_COL(struct cash_proposal, customer_id),
		DB_COL(struct cash_proposal, customer_code),
		DB_COL(struct cash_proposal, customer_name),
		DB_COL(struct cash_proposal, rule),
		DB_COL(struct cash_proposal, reason),
		DB_COL(struct cash_proposal, confidence_ppm),
		DB_COL(struct cash_proposal, lines),
	};

	return db_list(db, a,
		       "SELECT p.id, p.rank, p.customer_id, c.code, c.name, p.rule, p.reason,"
		       " p.confidence_ppm, p.lines FROM match_proposal p JOIN customer c"
		       " ON c.id = p.customer_id WHERE p.entry_id = $1 ORDER BY p.rank",
		       DB_PARAMS(P_I64(entry_id)), columns, ARRAY_LEN(columns), sizeof **ret,
		       (void **)ret, ret_n, e);
}

static const struct db_column detail_columns[] = {
	DB_COL(struct cash_detail, item_id),      DB_COL(struct cash_detail, document),
	DB_COL(struct cash_detail, kind),         DB_COL(struct cash_detail, customer_code),
	DB_DAY(struct cash_detail, due_on),       DB_COL(struct cash_detail, open_minor),
	DB_COL(struct cash_detail, amount_minor), DB_COL(struct cash_detail, line_kind),
	DB_COL(struct cash_detail, currency),
};

/* A proposal's lines may be another company's: what it takes to see that the money came to the wrong one. */
static bool detail_of(struct db *db, struct arena *a, int64_t item_id, struct cash_detail *ret,
		      struct err *e)
{
	return db_one(db, a,
		      "SELECT i.id, i.document, i.kind, c.code, i.due_on,"
		      " COALESCE(b.open_minor, 0), i.amount_minor, 'allocation', i.currency"
		      " FROM item i"
		      " JOIN customer c ON c.id = i.customer_id"
		      " LEFT JOIN item_balance b ON b.item_id = i.id"
		      " WHERE i.id = $1",
		      DB_PARAMS(P_I64(item_id)), detail_columns, ARRAY_LEN(detail_columns), ret, e);
}

bool cash_detail_of_lines(struct db *db, struct arena *a, const char *lines,
			  struct cash_detail **ret, size_t *ret_n, struct err *e)
{
	json_t *list = json_loads(lines, 0, NULL);
	struct cash_detail *details;
	size_t n = json_array_size(list);
	bool ok = true;

	details = ARENA_ARRAY(a, n + 1, struct cash_detail);
	for (size_t i = 0; i < n && ok; i++) {
		const json_t *line = json_array_get(list, i);
		const char *kind = json_string_value(json_object_get(line, "kind"));
		ok = detail_of(db, a, json_integer_value(json_object_get(line, "item_id")),
			       &details[i], e);
		details[i].amount_minor = json_integer_value(json_object_get(line, "amount_minor"));
		details[i].line_kind = arena_strdup(a, kind ? kind : "allocation");
	}
	json_decref(list);
	if (!ok)
		return false;
	*ret = details;
	*ret_n = n;
	return true;
}

bool cash_detail_of_entry(struct db *db, struct arena *a, int64_t entity_id, int64_t entry_id,
			  struct cash_detail **ret, size_t *ret_n, struct err *e)
{
	/* Debits paid by the entry's acts, and the credit notes that they used up. */
	return db_list(
		db, a,
		"SELECT i.id, i.document, i.kind, c.code, i.due_on, COALESCE(b.open_minor, 0),"
		" CAST(SUM(CASE WHEN i.id = l.debit_item_id THEN l.amount_minor"
		"  ELSE -l.amount_minor END) AS BIGINT), 'allocation', i.currency"
		" FROM statement_entry x JOIN event v ON v.subject_kind = 'statement_entry'"
		"  AND v.subject_id = x.id JOIN allocation l ON l.event_id = v.id"
		" JOIN item i ON i.id IN (l.debit_item_id, l.credit_item_id)"
		"  AND (x.payment_item_id IS NULL OR i.id <> x.payment_item_id)"
		" JOIN customer c ON c.id = i.customer_id"
		" LEFT JOIN item_balance b ON b.item_id = i.id"
		" WHERE x.entity_id = $1 AND x.id = $2 AND i.kind <> 'payment'"
		" AND COALESCE(l.reverses_id, 0) = 0 AND NOT EXISTS"
		"  (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id)"
		" GROUP BY i.id, i.document, i.kind, c.code, i.due_on, b.open_minor, i.currency"
		" ORDER BY i.due_on, i.id",
		DB_PARAMS(P_I64(entity_id), P_I64(entry_id)), detail_columns,
		ARRAY_LEN(detail_columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool cash_unallocated_list(struct db *db, struct arena *a, int64_t entity_id,
			   struct cash_unallocated **ret, size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct cash_unallocated, item_id),
		DB_COL(struct cash_unallocated, customer_id),
		DB_COL(struct cash_unallocated, customer_code),
		DB_COL(struct cash_unallocated, customer_name),
		DB_COL(struct cash_unallocated, document),
		DB_COL(struct cash_unallocated, kind),
		DB_DAY(struct cash_unallocated, received_on),
		DB_COL(struct cash_unallocated, amount_minor),
		DB_COL(struct cash_unallocated, left_minor),
		DB_COL(struct cash_unallocated, currency),
		DB_COL(struct cash_unallocated, entry_id),
		DB_COL(struct cash_unallocated, entry_reference),
	};

	return db_list(db, a,
		       "SELECT i.id, c.id, c.code, c.name, i.document, i.kind, i.effective,"
		       " -i.amount_minor, -b.open_minor, i.currency, i.bank_entry_id, x.reference"
		       " FROM item_balance b JOIN item i ON i.id = b.item_id"
		       " JOIN customer c ON c.id = i.customer_id"
		       " LEFT JOIN statement_entry x ON x.id = i.bank_entry_id"
		       " WHERE i.entity_id = $1 AND i.kind IN ('payment', 'deposit')"
		       " AND b.open_minor < 0 ORDER BY i.effective, i.id",
		       DB_PARAMS(P_I64(entity_id)), columns, ARRAY_LEN(columns), sizeof **ret,
		       (void **)ret, ret_n, e);
}

bool cash_find_booked(struct db *db, struct arena *a, int64_t entity_id, const struct entry *entry,
		      const char *document, int64_t *ret_item_id, struct err *e)
{
	struct item *items;
	size_t n;

	if (!item_find_document(db, a, entity_id, document, &items, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (items[i].amount_minor == -entry->amount_minor && !items[i].bank_entry_id &&
		    str_eq(items[i].currency, entry->currency)) {
			*ret_item_id = items[i].id;
			return true;
		}
	return err_set(e, ERR_NOT_FOUND,
		       "the ledger has no payment \"%.60s\" of the entry's amount", document);
}

/* ---- verify ---- */

struct fault_row {
	int64_t id;
	const char *reference;
	int64_t minor;
};

static bool check(struct db *db, struct arena *a, int64_t entity_id, const char *law,
		  const char *sql, const char *format, struct verify_report *report, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct fault_row, id),
		DB_COL(struct fault_row, reference),
		DB_COL(struct fault_row, minor),
	};
	struct fault_row *rows;
	size_t n;

	if (!db_list(db, a, sql, DB_PARAMS(P_I64(entity_id)), columns, ARRAY_LEN(columns),
		     sizeof *rows, (void **)&rows, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		verify_add(a, report,
			   &(struct verify_fault){
				   .law = law,
				   .detail = arena_printf(a, "%s %s (%" PRId64 "): %" PRId64,
							  format, rows[i].reference, rows[i].id,
							  rows[i].minor),
				   .subject_kind = "statement_entry",
				   .subject_id = rows[i].id,
				   .document = rows[i].reference });
	return true;
}

bool cash_verify(struct db *db, struct arena *a, int64_t entity_id, struct verify_report *ret,
		 struct err *e)
{
	return check(db, a, entity_id, "entry_payment",
		     "SELECT x.id, x.reference, x.amount_minor FROM statement_entry x"
		     " LEFT JOIN item i ON i.id = x.payment_item_id"
		     " LEFT JOIN item_balance b ON b.item_id = i.id"
		     " WHERE x.entity_id = $1 AND x.state IN ('matched', 'on_account', 'booked')"
		     " AND (b.item_id IS NULL OR (x.amount_minor > 0 AND i.amount_minor <> "
		     "-x.amount_minor)"
		     "  OR (x.amount_minor < 0 AND (i.amount_minor <= 0"
		     /* The accounting's line of a return may have its charge. */
		     "   OR (i.amount_minor > -x.amount_minor AND NOT EXISTS"
		     "    (SELECT 1 FROM payment_return r WHERE r.booked_item_id = i.id))))"
		     "  OR i.currency <> x.currency OR i.bank_entry_id IS NULL"
		     "  OR i.bank_entry_id <> x.id) ORDER BY x.id LIMIT 100",
		     "bank entry without its payment", ret, e) &&
	       check(db, a, entity_id, "entry_sum",
		     "SELECT x.id, x.reference, CAST(x.amount_minor + b.open_minor - "
		     "COALESCE((SELECT"
		     " SUM(l.amount_minor) FROM allocation l WHERE l.credit_item_id = b.item_id), "
		     "0)"
		     " AS BIGINT) FROM statement_entry x JOIN item_balance b"
		     " ON b.item_id = x.payment_item_id WHERE x.entity_id = $1 AND x.amount_minor "
		     "> 0"
		     " AND x.amount_minor + b.open_minor <> COALESCE((SELECT SUM(l.amount_minor)"
		     " FROM allocation l WHERE l.credit_item_id = b.item_id), 0)"
		     " ORDER BY x.id LIMIT 100",
		     "applied and left differ from the bank entry", ret, e) &&
	       check(db, a, entity_id, "entry_state",
		     "SELECT x.id, x.reference, x.payment_item_id FROM statement_entry x"
		     " WHERE x.entity_id = $1 AND x.payment_item_id IS NOT NULL"
		     " AND x.state NOT IN ('matched', 'on_account', 'booked') ORDER BY x.id LIMIT "
		     "100",
		     "payment of an entry that is not applied", ret, e) &&
	       check(db, a, entity_id, "statement_sum",
		     "SELECT s.id, s.reference, CAST(s.opening_minor + COALESCE((SELECT"
		     " SUM(x.amount_minor) FROM statement_entry x WHERE x.statement_id = s.id"
		     " AND x.currency = s.currency), 0) - s.closing_minor AS BIGINT) FROM "
		     "statement s"
		     " WHERE s.entity_id = $1 AND s.is_balanced = 1 AND s.opening_minor + COALESCE("
		     "(SELECT SUM(x.amount_minor) FROM statement_entry x WHERE x.statement_id = "
		     "s.id"
		     " AND x.currency = s.currency), 0) <> s.closing_minor ORDER BY s.id LIMIT 100",
		     "statement does not add up", ret, e) &&
	       conversion_verify(db, a, entity_id, ret, e) &&
	       certificate_verify(db, a, entity_id, ret, e);
}
