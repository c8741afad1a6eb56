/* SPDX-License-Identifier: Apache-2.0 */
/* import_report.c - what an import did, as JSON; the list of imports, their rejects, their undoing. */
#include "ledger/import.h"

#include "base/json.h"
#include "ledger/post.h"

static void put_totals(struct json *j, const struct import_report *r)
{
	if (r->has_totals) {
		json_put_minor(j, "debit", r->debit_minor, r->currency);
		json_put_minor(j, "credit", r->credit_minor, r->currency);
	}
	json_put_text(j, "currency", r->currency);
	if (r->from_on != DAY_NONE) {
		json_key(j, "period");
		json_open_object(j);
		json_put_day(j, "from", r->from_on);
		json_put_day(j, "to", r->to_on);
		json_end(j);
	}
	json_key(j, "customers");
	json_open_object(j);
	json_put_int(j, "created", r->n_customers_created);
	json_put_int(j, "updated", r->n_customers_updated);
	json_end(j);
	json_key(j, "items");
	json_open_object(j);
	json_put_int(j, "created", r->n_items_created);
	json_put_int(j, "open", r->n_items_open);
	json_put_minor(j, "open_amount", r->items_open_minor, r->currency);
	json_end(j);
	if (r->has_control) {
		json_key(j, "control");
		json_open_object(j);
		json_put_minor(j, "file", r->control_minor, r->currency);
		json_put_minor(j, "ledger", r->ledger_minor, r->currency);
		json_end(j);
	}
}

static void put_errors(struct json *j, const struct import_report *r)
{
	json_key(j, "errors");
	json_open_array(j);
	for (size_t i = 0; i < r->n_errors; i++) {
		json_open_object(j);
		json_put_int(j, "line", r->errors[i].line);
		json_put_text(j, "field", r->errors[i].field);
		json_put_text(j, "value", r->errors[i].value);
		json_put_text(j, "message", r->errors[i].message);
		json_end(j);
	}
	json_end(j);
	json_key(j, "warnings");
	json_open_array(j);
	for (size_t i = 0; i < r->n_warnings; i++)
		json_text(j, r->warnings[i]);
	json_end(j);
}

const char *import_report_json(struct arena *a, const struct import_report *r)
{
	struct buf b;
	struct json j;

	buf_init(&b, a);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_text(&j, "file", r->file);
	json_put_text(&j, "format", r->format);
	if (r->content)
		json_put_text(&j, "content", r->content);
	json_put_text(&j, "sha256", r->sha256);
	if (r->import_id)
		json_put_int(&j, "import", r->import_id);
	if (r->is_repeat)
		json_put_bool(&j, "repeat", true);
	json_put_int(&j, "records", r->n_records);
	json_put_int(&j, "created", r->n_created);
	json_put_int(&j, "updated", r->n_updated);
	json_put_int(&j, "unchanged", r->n_unchanged);
	json_put_int(&j, "rejected", r->n_rejected);
	put_totals(&j, r);
	if (r->statements_json) {
		json_key(&j, "statements");
		json_raw(&j, r->statements_json);
	}
	put_errors(&j, r);
	json_end(&j);
	return buf_str(&b);
}

static const struct db_column summary_columns[] = {
	DB_COL(struct import_summary, id),         DB_COL(struct import_summary, file_name),
	DB_COL(struct import_summary, format),     DB_COL(struct import_summary, state),
	DB_COL(struct import_summary, actor),      DB_COL(struct import_summary, report),
	DB_COL(struct import_summary, n_records),  DB_COL(struct import_summary, n_created),
	DB_COL(struct import_summary, n_updated),  DB_COL(struct import_summary, n_unchanged),
	DB_COL(struct import_summary, n_rejected), DB_COL(struct import_summary, recorded),
	DB_COL(struct import_summary, applied),
};

#define SUMMARY_SELECT                                                                         \
	"SELECT id, file_name, format, state, actor, report, n_records, n_created, n_updated," \
	" n_unchanged, n_rejected, recorded, applied FROM import"

bool import_list(struct db *db, struct arena *a, int64_t entity_id, int64_t before_id, int limit,
		 struct import_summary **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       SUMMARY_SELECT " WHERE entity_id = $1 AND ($2 = 0 OR id < $2)"
				      " ORDER BY id DESC LIMIT $3",
		       DB_PARAMS(P_I64(entity_id), P_I64(before_id), P_I64(limit)), summary_columns,
		       ARRAY_LEN(summary_columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool import_list_brief(struct db *db, struct arena *a, int64_t entity_id, int limit,
		       struct import_summary **ret, size_t *ret_n, struct err *e)
{
	return db_list(db, a,
		       "SELECT id, file_name, format, state, actor, '', n_records, n_created,"
		       " n_updated, n_unchanged, n_rejected, recorded, applied FROM import"
		       " WHERE entity_id = $1 ORDER BY id DESC LIMIT $2",
		       DB_PARAMS(P_I64(entity_id), P_I64(limit)), summary_columns,
		       ARRAY_LEN(summary_columns), sizeof **ret, (void **)ret, ret_n, e);
}

/* The last of its events up to then; a file that has none since was only kept. */
#define STATE_THEN                                                                                 \
	"COALESCE((SELECT CASE v.kind WHEN 'import.applied' THEN 'applied' WHEN 'import.undone'"   \
	" THEN 'undone' WHEN 'import.dropped' THEN 'dropped' ELSE 'staged' END FROM event v"       \
	" WHERE v.subject_kind = 'import' AND v.subject_id = i.id AND v.recorded <= $2 AND v.kind" \
	" IN ('import.staged', 'import.applied', 'import.undone', 'import.dropped')"               \
	" ORDER BY v.recorded DESC, v.id DESC LIMIT 1), 'staged')"

#define COUNT_THEN(column) "CASE WHEN i.applied <= $2 THEN i." column " ELSE 0 END"

bool import_list_then(struct db *db, struct arena *a, int64_t entity_id, int64_t known_at,
		      int limit, struct import_summary **ret, size_t *ret_n, struct err *e)
{
	return db_list(
		db, a,
		"SELECT i.id, i.file_name, i.format, " STATE_THEN
		", i.actor, '', i.n_records, " COUNT_THEN("n_created") ", " COUNT_THEN(
			"n_"
			"upda"
			"ted") ", " COUNT_THEN("n_unchanged") ", " COUNT_THEN("n_rejected") ", "
											    "i."
											    "record"
											    "ed,"
											    " " COUNT_THEN(
												    "applie"
												    "d") " F"
													 "RO"
													 "M "
													 "im"
													 "po"
													 "rt"
													 " i"
													 " W"
													 "HE"
													 "RE"
													 " i"
													 ".e"
													 "nt"
													 "it"
													 "y_"
													 "id"
													 " ="
													 " $"
													 "1 "
													 "AN"
													 "D "
													 "i."
													 "re"
													 "co"
													 "rd"
													 "ed"
													 " <"
													 "= "
													 "$2"
													 " O"
													 "RD"
													 "ER"
													 " B"
													 "Y "
													 "i."
													 "id"
													 " D"
													 "ES"
													 "C "
													 "LI"
													 "MI"
													 "T "
													 "$"
													 "3",
		DB_PARAMS(P_I64(entity_id), P_I64(known_at), P_I64(limit)), summary_columns,
		ARRAY_LEN(summary_columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool import_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id,
		struct import_summary *ret, struct err *e)
{
	return db_one(db, a, SUMMARY_SELECT " WHERE entity_id = $1 AND id = $2",
		      DB_PARAMS(P_I64(entity_id), P_I64(id)), summary_columns,
		      ARRAY_LEN(summary_columns), ret, e);
}

bool import_rejects_csv(struct db *db, struct arena *a, int64_t import_id, const char **ret,
			size_t *ret_len, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;
	struct buf b;

	buf_init(&b, a);
	if (!db_query(
		    db,
		    "SELECT line, kind, payload FROM import_row WHERE import_id = $1 ORDER BY seq",
		    DB_PARAMS(P_I64(import_id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more)
		if (*row_text(r, 2))
			buf_printf(&b, "%s\r\n", row_text(r, 2));
	if (more)
		return false;
	*ret = buf_str(&b);
	*ret_len = b.len;
	return true;
}

struct undo {
	int64_t entity_id;
	int64_t import_id;
	const char *actor;
	int64_t now;
};

struct id_row {
	int64_t id;
};

static bool list_ids(struct db *db, struct arena *a, const char *sql, int64_t import_id,
		     struct id_row **ret, size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = { DB_COL(struct id_row, id) };

	return db_list(db, a, sql, DB_PARAMS(P_I64(import_id)), columns, ARRAY_LEN(columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

/* A message that left, or a match that a person or rule made, rests on the items: that comes first. */
static bool check_free(struct db *db, int64_t import_id, struct err *e)
{
	int64_t n;

	if (!db_get_i64(db,
			"SELECT count(*) FROM message_line l JOIN item i ON i.id = l.item_id"
			" JOIN message m ON m.id = l.message_id WHERE i.import_id = $1"
			" AND m.is_test = 0 AND m.state IN ('attempting', 'accepted', 'uncertain')",
			DB_PARAMS(P_I64(import_id)), 0, &n, e))
		return false;
	if (n > 0)
		return err_set(e, ERR_CONFLICT,
			       "%" PRId64 " documents of this import are in reminders"
			       " that were sent; it cannot be undone any more",
			       n);
	if (!db_get_i64(db,
			"SELECT count(*) FROM statement_entry s JOIN statement t"
			" ON t.id = s.statement_id WHERE s.payment_item_id IS NOT NULL"
			" AND (t.import_id = $1 OR s.id IN (SELECT n.entry_id FROM entry_notice n"
			"  JOIN statement_entry b ON b.id = n.joined_id JOIN statement bt"
			"  ON bt.id = b.statement_id WHERE bt.import_id = $1))",
			DB_PARAMS(P_I64(import_id)), 0, &n, e))
		return false;
	if (n > 0)
		return err_set(e, ERR_CONFLICT,
			       "%" PRId64 " entries of this statement are matched: undo them first",
			       n);
	return true;
}

static bool undo_changes(const struct posting *p, struct arena *a, int64_t import_id, struct err *e)
{
	struct change {
		int64_t item_id;
		const char *field, *old_value;
	} * change;
	static const struct db_column columns[] = {
		DB_COL(struct change, item_id),
		DB_COL(struct change, field),
		DB_COL(struct change, old_value),
	};
	size_t n;

	/* Newest first; a field that a later import changed again stays as that one left it. */
	if (!db_list(p->db, a,
		     "SELECT c.item_id, c.field, c.old_value FROM item_change c WHERE c.import_id "
		     "= $1"
		     " AND NOT EXISTS (SELECT 1 FROM item_change n WHERE n.item_id = c.item_id"
		     "  AND n.field = c.field AND n.id > c.id"
		     "  AND (n.import_id IS NULL OR n.import_id <> $1)) ORDER BY c.id DESC",
		     DB_PARAMS(P_I64(import_id)), columns, ARRAY_LEN(columns), sizeof *change,
		     (void **)&change, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!post_item_change(p, change[i].item_id, change[i].field, change[i].old_value,
				      e))
			return false;
	return true;
}

static bool undo_facts(const struct posting *p, struct arena *a, int64_t import_id, struct err *e)
{
	struct id_row *row;
	size_t n;

	if (!list_ids(
		    p->db, a,
		    "SELECT l.id FROM allocation l WHERE l.import_id = $1 AND l.reverses_id IS NULL"
		    " AND NOT EXISTS (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id)"
		    " ORDER BY l.id DESC",
		    import_id, &row, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!post_unallocation(p, row[i].id, "the import was undone", e))
			return false;
	if (!list_ids(p->db, a,
		      "SELECT i.id FROM item i JOIN item_balance b ON b.item_id = i.id"
		      " WHERE i.import_id = $1 ORDER BY i.id DESC",
		      import_id, &row, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!post_item_reversal(p, row[i].id, "the import was undone", e))
			return false;
	return undo_changes(p, a, import_id, e);
}

/* Notices of this import let go of the entries that they were joined to; what these had of them is blank
 * again. */
static bool undo_notices(const struct posting *p, int64_t import_id, struct err *e)
{
#define JOINED                                                                              \
	"(SELECT n.joined_id FROM entry_notice n JOIN statement t ON t.id = n.statement_id" \
	" WHERE t.import_id = $1"
#define BLANK(field)                                                                             \
	"UPDATE statement_entry SET " field " = NULL, version = version + 1 WHERE id IN " JOINED \
	" AND replace(n.filled, ' " field " ', '') <> n.filled)"
	static const char *const blank[] = {
		BLANK("payer_name"),    BLANK("payer_key"),     BLANK("payer_iban"),
		BLANK("creditor_iban"), BLANK("end_to_end"),    BLANK("structured_ref"),
		BLANK("remittance"),    BLANK("return_reason"), BLANK("bank_code"),
	};

	for (size_t i = 0; i < ARRAY_LEN(blank); i++)
		if (!db_exec(p->db, blank[i], DB_PARAMS(P_I64(import_id)), NULL, e))
			return false;
	return db_exec(p->db,
		       "UPDATE statement_entry SET state = 'open', reason = NULL,"
		       " version = version + 1, event_id = $2 WHERE state = 'split' AND id "
		       "IN " JOINED ")",
		       DB_PARAMS(P_I64(import_id), P_I64(p->event_id)), NULL, e) &&
	       db_exec(p->db,
		       "DELETE FROM entry_notice WHERE statement_id IN"
		       " (SELECT id FROM statement WHERE import_id = $1)",
		       DB_PARAMS(P_I64(import_id)), NULL, e);
#undef JOINED
#undef BLANK
}

/* Notices that were joined to entries of this import wait for their statement again. */
static bool undo_joins(const struct posting *p, int64_t import_id, struct err *e)
{
#define TOLD                                                                                  \
	"(SELECT n.entry_id FROM entry_notice n JOIN statement_entry b ON b.id = n.joined_id" \
	" JOIN statement t ON t.id = b.statement_id WHERE t.import_id = $1)"
	return db_exec(p->db,
		       "UPDATE statement_entry SET state = 'announced', reason = NULL,"
		       " version = version + 1, event_id = $2 WHERE id IN " TOLD,
		       DB_PARAMS(P_I64(import_id), P_I64(p->event_id)), NULL, e) &&
	       db_exec(p->db,
		       "UPDATE entry_notice SET joined_id = NULL, filled = NULL WHERE entry_id "
		       "IN " TOLD,
		       DB_PARAMS(P_I64(import_id)), NULL, e);
#undef TOLD
}

/* Returns that this file told: those that were treated are taken back first. */
static bool undo_returns(const struct posting *p, int64_t import_id, struct err *e)
{
	int64_t n;

	if (!db_get_i64(p->db,
			"SELECT COUNT(*) FROM payment_return WHERE state = 'treated'"
			" AND (import_id = $1 OR booked_item_id IN"
			"  (SELECT id FROM item WHERE import_id = $1) OR booked_fee_item_id IN"
			"  (SELECT id FROM item WHERE import_id = $1))",
			DB_PARAMS(P_I64(import_id)), 0, &n, e))
		return false;
	if (n > 0)
		return err_set(e, ERR_CONFLICT,
			       "%" PRId64 " returns of this file are treated: undo them first", n);
	return db_exec(p->db,
		       "UPDATE payment_return SET booked_item_id = NULL WHERE booked_item_id IN"
		       " (SELECT id FROM item WHERE import_id = $1)",
		       DB_PARAMS(P_I64(import_id)), NULL, e) &&
	       db_exec(p->db,
		       "UPDATE payment_return SET entry_id = NULL WHERE source <> 'statement'"
		       " AND entry_id IN (SELECT x.id FROM statement_entry x JOIN statement t"
		       "  ON t.id = x.statement_id WHERE t.import_id = $1)",
		       DB_PARAMS(P_I64(import_id)), NULL, e) &&
	       db_exec(p->db,
		       "DELETE FROM payment_return WHERE import_id = $1 OR entry_id IN"
		       " (SELECT x.id FROM statement_entry x JOIN statement t"
		       "  ON t.id = x.statement_id WHERE t.import_id = $1)",
		       DB_PARAMS(P_I64(import_id)), NULL, e);
}

/* What the bank's details said goes with its entries; advices that came otherwise wait for another receipt. */
static bool undo_advices(const struct posting *p, int64_t import_id, struct err *e)
{
#define ENTRIES                                                \
	"(SELECT x.id FROM statement_entry x JOIN statement t" \
	" ON t.id = x.statement_id WHERE t.import_id = $1)"
#define DETAILS                                                        \
	"(SELECT a.id FROM remittance_advice a JOIN statement_entry x" \
	" ON a.sha256 = 'entry:' || x.id JOIN statement t"             \
	" ON t.id = x.statement_id WHERE t.import_id = $1)"
	static const char *const acts[] = {
		"DELETE FROM remittance_advice_line WHERE advice_id IN " DETAILS,
		"DELETE FROM remittance_advice WHERE id IN " DETAILS,
		"UPDATE remittance_advice SET entry_id = NULL, joined_by = NULL WHERE entry_id"
		" IN " ENTRIES,
		"DELETE FROM statement_entry_document WHERE entry_id IN " ENTRIES,
	};
#undef ENTRIES
#undef DETAILS

	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		if (!db_exec(p->db, acts[i], DB_PARAMS(P_I64(import_id)), NULL, e))
			return false;
	return true;
}

static bool undo_statements(const struct posting *p, int64_t import_id, struct err *e)
{
	if (!undo_returns(p, import_id, e) || !undo_notices(p, import_id, e) ||
	    !undo_joins(p, import_id, e) || !undo_advices(p, import_id, e))
		return false;
	/* Receipts that this accounting file had booked wait for the matching again. */
	return db_exec(p->db,
		       "UPDATE statement_entry SET state = 'open', payment_item_id = NULL,"
		       " reason = NULL, version = version + 1, event_id = $2 WHERE state = 'booked'"
		       " AND payment_item_id IN (SELECT id FROM item WHERE import_id = $1)",
		       DB_PARAMS(P_I64(import_id), P_I64(p->event_id)), NULL, e) &&
	       db_exec(p->db,
		       "DELETE FROM match_proposal WHERE entry_id IN (SELECT s.id FROM"
		       " statement_entry s JOIN statement t ON t.id = s.statement_id"
		       " WHERE t.import_id = $1)",
		       DB_PARAMS(P_I64(import_id)), NULL, e) &&
	       db_exec(p->db,
		       "DELETE FROM statement_entry WHERE statement_id IN"
		       " (SELECT id FROM statement WHERE import_id = $1)",
		       DB_PARAMS(P_I64(import_id)), NULL, e) &&
	       db_exec(p->db, "DELETE FROM statement WHERE import_id = $1",
		       DB_PARAMS(P_I64(import_id)), NULL, e) &&
	       /* What was told of days that no statement covers any more is announced again. */
	       db_exec(p->db,
		       "UPDATE statement_entry SET state = 'announced', reason = NULL,"
		       " version = version + 1, event_id = $2 WHERE state = 'replaced'"
		       " AND entity_id = $1 AND id IN (SELECT n.entry_id FROM entry_notice n"
		       "  JOIN statement t ON t.id = n.statement_id JOIN statement_entry x"
		       "  ON x.id = n.entry_id WHERE n.joined_id IS NULL AND t.kind = 'intraday'"
		       "  AND x.booked_on > COALESCE((SELECT MAX(b.to_on) FROM statement b"
		       "   WHERE b.bank_account_id = n.bank_account_id AND b.kind = 'booked'), "
		       "''))",
		       DB_PARAMS(P_I64(p->entity_id), P_I64(p->event_id)), NULL, e);
}

static bool undo_tx(struct db *db, void *arg, struct err *e)
{
	const struct undo *u = arg;
	struct arena *a = arena_new((size_t)4 << 30);
	struct posting p;
	int64_t changed;
	bool ok;

	ok = check_free(db, u->import_id, e) &&
	     posting_begin(&p, db, u->entity_id, "import.undone", "import", u->import_id, u->actor,
			   "user", u->now, "{}", e) &&
	     db_exec(db,
		     "UPDATE import SET state = 'undone' WHERE id = $1 AND entity_id = $2"
		     " AND state = 'applied'",
		     DB_PARAMS(P_I64(u->import_id), P_I64(u->entity_id)), &changed, e);
	if (ok && changed == 0)
		ok = err_set(e, ERR_CONFLICT, "this import is undone already");
	ok = ok && undo_facts(&p, a, u->import_id, e) && undo_statements(&p, u->import_id, e) &&
	     db_exec(db, "DELETE FROM ledger_control WHERE import_id = $1",
		     DB_PARAMS(P_I64(u->import_id)), NULL, e);
	arena_free(a);
	return ok;
}

bool import_undo(struct db *db, int64_t entity_id, int64_t import_id, const char *actor,
		 int64_t now, struct err *e)
{
	struct undo u = { entity_id, import_id, actor, now };

	return db_tx(db, undo_tx, &u, e);
}
