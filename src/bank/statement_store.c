/* SPDX-License-Identifier: Apache-2.0 */
#include "bank/statement.h"

#include "base/money.h"
#include "base/text.h"
#include "i18n/catalogue.h"

#include <jansson.h>

static const char *const state_names[] = {
	[ENTRY_OPEN] = "open",         [ENTRY_PROPOSED] = "proposed",
	[ENTRY_MATCHED] = "matched",   [ENTRY_ON_ACCOUNT] = "on_account",
	[ENTRY_IGNORED] = "ignored",   [ENTRY_BOOKED] = "booked",
	[ENTRY_DOUBTFUL] = "doubtful", [ENTRY_ANNOUNCED] = "announced",
	[ENTRY_REPLACED] = "replaced", [ENTRY_SPLIT] = "split",
};
_Static_assert(ARRAY_LEN(state_names) == ENTRY_N_STATES, "each state has a name");

const char *entry_state_name(enum entry_state state)
{
	return state_names[state];
}

const char *entry_state_words(enum entry_state state)
{
	static const char *const words[] = {
		[ENTRY_OPEN] = N_("Not recognised"),
		[ENTRY_PROPOSED] = N_("To confirm"),
		[ENTRY_MATCHED] = N_("Applied"),
		[ENTRY_ON_ACCOUNT] = N_("On account"),
		[ENTRY_IGNORED] = N_("Put aside"),
		[ENTRY_BOOKED] = N_("In the ledger already"),
		[ENTRY_DOUBTFUL] = N_("Counted already?"),
		[ENTRY_ANNOUNCED] = N_("Announced"),
		[ENTRY_REPLACED] = N_("In the statement"),
		[ENTRY_SPLIT] = N_("See its details"),
	};
	_Static_assert(ARRAY_LEN(words) == ENTRY_N_STATES, "each state has words");

	return words[state];
}

enum entry_state entry_state_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(state_names); i++)
		if (str_eq(state_names[i], name))
			return (enum entry_state)i;
	ensure_failed("the database allows no other state", name, 0);
}

static const struct db_column statement_columns[] = {
	DB_COL(struct statement, id),
	DB_COL(struct statement, account),
	DB_COL(struct statement, account_name),
	DB_COL(struct statement, reference),
	DB_COL(struct statement, sequence),
	DB_DAY(struct statement, from_on),
	DB_DAY(struct statement, to_on),
	DB_COL(struct statement, has_opening),
	DB_COL(struct statement, has_closing),
	DB_COL(struct statement, opening_minor),
	DB_COL(struct statement, closing_minor),
	DB_COL(struct statement, currency),
	DB_COL(struct statement, is_balanced),
	DB_COL(struct statement, remark),
	DB_COL(struct statement, recorded),
	DB_COL(struct statement, n_entries),
	DB_COL(struct statement, n_to_decide),
};

#define STATEMENT_SELECT                                                            \
	"SELECT s.id, b.iban, b.name, s.reference, s.sequence, s.from_on, s.to_on," \
	" CASE WHEN s.opening_minor IS NULL THEN 0 ELSE 1 END,"                     \
	" CASE WHEN s.closing_minor IS NULL THEN 0 ELSE 1 END,"                     \
	" s.opening_minor, s.closing_minor, s.currency, s.is_balanced, s.remark, s.recorded,"
#define STATEMENT_FROM " FROM statement s JOIN bank_account b ON b.id = s.bank_account_id"

bool statement_list(struct db *db, struct arena *a, int64_t entity_id, int64_t before_id, int limit,
		    struct statement **ret, size_t *ret_n, struct err *e)
{
	return db_list(
		db, a,
		STATEMENT_SELECT
		" (SELECT COUNT(*) FROM statement_entry x WHERE x.statement_id = s.id),"
		" (SELECT COUNT(*) FROM statement_entry x WHERE x.statement_id = s.id"
		"  AND x.amount_minor > 0 AND x.state IN ('open', 'proposed', "
		"'doubtful'))" STATEMENT_FROM
		" WHERE s.entity_id = $1 AND ($2 = 0 OR s.id < $2) ORDER BY s.id DESC LIMIT $3",
		DB_PARAMS(P_I64(entity_id), P_I64(before_id), P_I64(limit)), statement_columns,
		ARRAY_LEN(statement_columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool statement_list_then(struct db *db, struct arena *a, int64_t entity_id, day_t as_of,
			 int64_t known_at, int limit, struct statement **ret, size_t *ret_n,
			 struct err *e)
{
	return db_list(db, a,
		       STATEMENT_SELECT
		       " (SELECT COUNT(*) FROM statement_entry x WHERE x.statement_id = s.id"
		       "  AND x.recorded <= $3), 0" STATEMENT_FROM
		       " WHERE s.entity_id = $1 AND s.to_on <= $2 AND s.recorded <= $3"
		       " ORDER BY s.id DESC LIMIT $4",
		       DB_PARAMS(P_I64(entity_id), P_DAY(as_of), P_I64(known_at), P_I64(limit)),
		       statement_columns, ARRAY_LEN(statement_columns), sizeof **ret, (void **)ret,
		       ret_n, e);
}

/* ---- entries ---- */

#define ENTRY_SELECT                                                                           \
	"SELECT x.id, x.statement_id, x.seq, x.reference, x.booked_on, x.value_on,"            \
	" x.amount_minor, x.currency, x.is_reversal, x.bank_code, x.payer_name, x.payer_iban," \
	" x.creditor_iban, x.end_to_end, x.structured_ref, x.remittance, x.other_refs,"        \
	" x.return_reason, x.state, x.payment_item_id, x.reason, x.version, b.iban"            \
	" FROM statement_entry x JOIN statement s ON s.id = x.statement_id"                    \
	" JOIN bank_account b ON b.id = s.bank_account_id"

static const struct db_column entry_columns[] = {
	DB_COL(struct entry, id),
	DB_COL(struct entry, statement_id),
	DB_COL(struct entry, seq),
	DB_COL(struct entry, reference),
	DB_DAY(struct entry, booked_on),
	DB_DAY(struct entry, value_on),
	DB_COL(struct entry, amount_minor),
	DB_COL(struct entry, currency),
	DB_COL(struct entry, is_reversal),
	DB_COL(struct entry, bank_code),
	DB_COL(struct entry, payer_name),
	DB_COL(struct entry, payer_iban),
	DB_COL(struct entry, creditor_iban),
	DB_COL(struct entry, end_to_end),
	DB_COL(struct entry, structured_ref),
	DB_COL(struct entry, remittance),
	DB_COL(struct entry, other_refs),
	DB_COL(struct entry, return_reason),
	DB_COL(struct entry, state_name),
	DB_COL(struct entry, payment_item_id),
	DB_COL(struct entry, reason),
	DB_COL(struct entry, version),
	DB_COL(struct entry, account),
};

static bool list(struct db *db, struct arena *a, const char *sql, struct db_params params,
		 struct entry **ret, size_t *ret_n, struct err *e)
{
	if (!db_list(db, a, sql, params, entry_columns, ARRAY_LEN(entry_columns), sizeof **ret,
		     (void **)ret, ret_n, e))
		return false;
	for (size_t i = 0; i < *ret_n; i++)
		(*ret)[i].state = entry_state_of((*ret)[i].state_name);
	return true;
}

bool entry_is_return(const struct entry *en)
{
	return en->is_reversal || !str_empty(en->return_reason);
}

/* "1.50 EUR", as the reader of statements writes it; false for anything else. */
static bool read_amount(const char *text, struct money *ret)
{
	char number[MONEY_TEXT];
	size_t n = text ? strcspn(text, " ") : 0;

	if (n == 0 || n >= sizeof number || text[n] != ' ' || !currency_is_code(text + n + 1))
		return false;
	memcpy(number, text, n);
	number[n] = 0;
	return money_parse(number, text + n + 1, ret, NULL) && ret->minor > 0;
}

static int64_t charges_in(const char *text, const char *currency)
{
	struct money m;

	return read_amount(text, &m) && str_eq(m.currency, currency) ? m.minor : 0;
}

int64_t entry_charges(const char *other_refs, const char *currency)
{
	json_t *refs;
	const char *text;
	int64_t minor;

	/* Few entries have any. */
	if (str_empty(other_refs) || !strstr(other_refs, "charges\""))
		return 0;
	refs = json_loads(other_refs, 0, NULL);
	text = json_string_value(json_object_get(refs, "charges"));
	if (!text)
		text = json_string_value(json_object_get(refs, "entry_charges"));
	minor = charges_in(text, currency);
	json_decref(refs);
	return minor;
}

bool entry_told_amount(const char *other_refs, const char *key, struct money *ret)
{
	json_t *refs;
	bool is_there;

	if (str_empty(other_refs) || !strstr(other_refs, key))
		return false;
	refs = json_loads(other_refs, 0, NULL);
	is_there = read_amount(json_string_value(json_object_get(refs, key)), ret);
	json_decref(refs);
	return is_there;
}

bool entry_get(struct db *db, struct arena *a, int64_t entity_id, int64_t id, struct entry *ret,
	       struct err *e)
{
	struct entry *found;
	size_t n;

	if (!list(db, a, ENTRY_SELECT " WHERE x.entity_id = $1 AND x.id = $2",
		  DB_PARAMS(P_I64(entity_id), P_I64(id)), &found, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no bank entry %" PRId64, id);
	*ret = found[0];
	return true;
}

bool entry_find(struct db *db, struct arena *a, int64_t entity_id, const char *reference,
		struct entry *ret, struct err *e)
{
	struct entry *found;
	uint64_t id;
	size_t n;

	if (reference[0] == '#' && text_to_u64(reference + 1, INT64_MAX, &id))
		return entry_get(db, a, entity_id, (int64_t)id, ret, e);
	if (!list(db, a,
		  ENTRY_SELECT " WHERE x.entity_id = $1 AND x.reference = $2 ORDER BY x.id"
			       " LIMIT 3",
		  DB_PARAMS(P_I64(entity_id), P_TEXT(reference)), &found, &n, e))
		return false;
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no bank entry \"%.80s\"", reference);
	if (n > 1)
		return err_set(e, ERR_CONFLICT,
			       "several bank entries are called \"%.80s\": name one as #%" PRId64
			       " or #%" PRId64,
			       reference, found[0].id, found[1].id);
	*ret = found[0];
	return true;
}

bool entry_list_page(struct db *db, struct arena *a, int64_t entity_id, const char *state,
		     int64_t after_id, int limit, struct entry **ret, size_t *ret_n, struct err *e)
{
	return list(db, a,
		    ENTRY_SELECT " WHERE x.entity_id = $1 AND ($2 = '' OR x.state = $2)"
				 " AND x.id > $3 ORDER BY x.id LIMIT $4",
		    DB_PARAMS(P_I64(entity_id), P_TEXT(state ? state : ""), P_I64(after_id),
			      P_I64(limit)),
		    ret, ret_n, e);
}

bool entry_list_statement(struct db *db, struct arena *a, int64_t statement_id, struct entry **ret,
			  size_t *ret_n, struct err *e)
{
	return list(db, a, ENTRY_SELECT " WHERE x.statement_id = $1 ORDER BY x.seq",
		    DB_PARAMS(P_I64(statement_id)), ret, ret_n, e);
}

bool entry_list_virtual(struct db *db, struct arena *a, int64_t entity_id, int64_t virtual_iban_id,
			int limit, struct entry **ret, size_t *ret_n, struct err *e)
{
	return list(db, a,
		    ENTRY_SELECT " JOIN virtual_iban v ON v.iban = x.creditor_iban"
				 " AND v.entity_id = x.entity_id WHERE v.id = $2"
				 " AND v.entity_id = $1 AND x.booked_on >= v.valid_from"
				 " AND (v.valid_to IS NULL OR x.booked_on <= v.valid_to)"
				 " AND x.amount_minor > 0"
				 " AND x.state NOT IN ('announced', 'replaced', 'split')"
				 " ORDER BY x.booked_on DESC, x.id DESC LIMIT $3",
		    DB_PARAMS(P_I64(entity_id), P_I64(virtual_iban_id), P_I64(limit)), ret, ret_n,
		    e);
}

bool entry_list_unmatched(struct db *db, struct arena *a, int64_t entity_id, day_t until,
			  struct entry **ret, size_t *ret_n, struct err *e)
{
	return list(db, a,
		    ENTRY_SELECT " WHERE x.entity_id = $1 AND x.booked_on <= $2"
				 " AND x.amount_minor > 0"
				 " AND x.state IN ('open', 'proposed', 'doubtful') ORDER BY x.id",
		    DB_PARAMS(P_I64(entity_id), P_DAY(until)), ret, ret_n, e);
}

bool entry_count_unmatched(struct db *db, int64_t entity_id, const char *currency, int64_t *ret_n,
			   int64_t *ret_minor, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more;

	if (!db_query(db,
		      "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN currency = $2 THEN amount_minor"
		      " ELSE 0 END), 0) AS BIGINT) FROM statement_entry WHERE entity_id = $1"
		      " AND amount_minor > 0 AND state IN ('open', 'proposed', 'doubtful')",
		      DB_PARAMS(P_I64(entity_id), P_TEXT(currency)), &r, e) ||
	    !rows_next(r, &more, e))
		return false;
	*ret_n = more ? row_i64(r, 0) : 0;
	*ret_minor = more ? row_i64(r, 1) : 0;
	return true;
}

bool entry_list_debits(struct db *db, struct arena *a, int64_t entity_id, day_t until,
		       struct entry **ret, size_t *ret_n, struct err *e)
{
	return list(db, a,
		    ENTRY_SELECT " WHERE x.entity_id = $1 AND x.booked_on <= $2"
				 " AND x.amount_minor < 0 AND x.state = 'open' AND NOT EXISTS"
				 "  (SELECT 1 FROM payment_return r WHERE r.entry_id = x.id)"
				 " ORDER BY x.id",
		    DB_PARAMS(P_I64(entity_id), P_DAY(until)), ret, ret_n, e);
}
