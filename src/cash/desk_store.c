/* SPDX-License-Identifier: Apache-2.0 */
/* desk_store.c - bank entries found by what a person knows of them; how many and how much. */
#include "cash/desk.h"

#include "base/buf.h"
#include "base/list.h"
#include "base/text.h"

#define DESK_FROM                                                           \
	" FROM statement_entry x JOIN statement s ON s.id = x.statement_id" \
	" JOIN bank_account b ON b.id = s.bank_account_id"                  \
	" LEFT JOIN match_proposal m ON m.entry_id = x.id AND m.rank = 1"   \
	" LEFT JOIN customer c ON c.id = m.customer_id"

/* Keys are upper case on both sides; of the bank's texts only ASCII is compared, and that by UPPER on both, so
 * that LIKE means the same on both engines. */
#define DESK_WHERE                                                                              \
	" WHERE x.entity_id = $1 AND x.amount_minor > 0"                                        \
	" AND ($2 = '' OR b.iban = $2) AND ($3 = '' OR x.currency = $3)"                        \
	" AND x.amount_minor >= $4 AND x.amount_minor <= $5"                                    \
	" AND ($6 = '' OR x.booked_on >= $6) AND ($7 = '' OR x.booked_on <= $7)"                \
	" AND ($8 = '' OR x.payer_key LIKE $8 ESCAPE '\\' OR c.name_key LIKE $8 ESCAPE '\\')"   \
	" AND ($9 = '' OR x.amount_minor = $11 OR ($10 <> '' AND (x.payer_key LIKE $10"         \
	"  ESCAPE '\\' OR c.name_key LIKE $10 ESCAPE '\\')) OR UPPER(x.reference) LIKE $9"      \
	"  ESCAPE '\\' OR UPPER(x.end_to_end) LIKE $9 ESCAPE '\\' OR UPPER(x.structured_ref)"   \
	"  LIKE $9 ESCAPE '\\' OR UPPER(x.remittance) LIKE $9 ESCAPE '\\' OR x.payer_iban LIKE" \
	"  $9 ESCAPE '\\' OR c.code LIKE $9 ESCAPE '\\')"

/* What waits has an index of its own; other states are asked by name. All is what was received: not what is
 * told before its statement, or in the place of another. */
#define DESK_IS_TODO " AND x.state IN ('open', 'proposed', 'doubtful')"
#define DESK_IN_STATE                                                                      \
	" AND (x.state = $12 OR ($12 = 'all' AND x.state NOT IN ('announced', 'replaced'," \
	" 'split')))"

/* "%100\%%": what holds the text, with LIKE's own signs meant as they are; "" for no text. */
static const char *holding(struct arena *a, const char *s)
{
	struct buf b;

	if (str_empty(s))
		return "";
	buf_init(&b, a);
	buf_putc(&b, '%');
	for (; *s; s++) {
		if (*s == '%' || *s == '_' || *s == '\\')
			buf_putc(&b, '\\');
		buf_putc(&b, *s);
	}
	buf_putc(&b, '%');
	return buf_str(&b);
}

/* Upper case of ASCII; other characters match any one. */
static const char *ascii_holding(struct arena *a, const char *s)
{
	struct buf b;

	if (str_empty(s))
		return "";
	buf_init(&b, a);
	buf_putc(&b, '%');
	for (; *s; s++) {
		unsigned char ch = (unsigned char)*s;
		if (ch == '%' || ch == '_' || ch == '\\')
			buf_putc(&b, '\\');
		if (ch < 0x80)
			buf_putc(&b, ch >= 'a' && ch <= 'z' ? (char)(ch - 'a' + 'A') : (char)ch);
		else if (ch >= 0xc0)
			buf_putc(&b, '_');
	}
	buf_putc(&b, '%');
	return buf_str(&b);
}

struct desk_query {
	char from[DATE_TEXT], until[DATE_TEXT];
	struct db_param at[16];
	size_t n;
};

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

/* The parameters of DESK_WHERE, and of DESK_IN_STATE. */
static void begin_query(struct arena *a, int64_t entity_id, const struct desk_filter *f,
			struct desk_query *q)
{
	const char *text = or_empty(f->text);
	const char *key = *text ? text_key(a, text) : "";
	const struct db_param at[] = {
		P_I64(entity_id),
		P_TEXT(or_empty(f->account)),
		P_TEXT(or_empty(f->currency)),
		P_I64(f->min_minor),
		P_I64(f->max_minor),
		P_TEXT(f->from_on == DAY_NONE ? "" : date_format(f->from_on, q->from)),
		P_TEXT(f->until_on == DAY_NONE ? "" : date_format(f->until_on, q->until)),
		P_TEXT(holding(a, f->payer ? text_key(a, f->payer) : "")),
		P_TEXT(ascii_holding(a, text)),
		P_TEXT(holding(a, key)),
		P_I64(f->has_amount ? f->amount_minor : -1),
	};

	memcpy(q->at, at, sizeof at);
	q->n = ARRAY_LEN(at);
	if (!str_eq(f->state, DESK_TODO))
		q->at[q->n++] = P_TEXT(f->state);
}

static const struct db_column row_columns[] = {
	DB_COL(struct desk_row, id),         DB_COL(struct desk_row, version),
	DB_DAY(struct desk_row, booked_on),  DB_COL(struct desk_row, amount_minor),
	DB_COL(struct desk_row, currency),   DB_COL(struct desk_row, payer_name),
	DB_COL(struct desk_row, reference),  DB_COL(struct desk_row, state_name),
	DB_COL(struct desk_row, reason),     DB_COL(struct desk_row, confidence_ppm),
	DB_COL(struct desk_row, customer),   DB_DAY(struct desk_row, value_on),
	DB_COL(struct desk_row, account),    DB_COL(struct desk_row, payer_iban),
	DB_COL(struct desk_row, end_to_end), DB_COL(struct desk_row, structured_ref),
	DB_COL(struct desk_row, remittance),
};

#define DESK_SELECT                                                                      \
	"SELECT x.id, x.version, x.booked_on, x.amount_minor, x.currency, x.payer_name," \
	" x.reference, x.state, x.reason, COALESCE(m.confidence_ppm, -1), c.name,"       \
	" x.value_on, b.iban, x.payer_iban, x.end_to_end, x.structured_ref, "            \
	"x.remittance" DESK_FROM DESK_WHERE

bool desk_list(struct db *db, struct arena *a, int64_t entity_id, const struct desk_filter *f,
	       day_t after_on, int64_t after_id, int limit, struct desk_row **ret, size_t *ret_n,
	       struct err *e)
{
	bool is_todo = str_eq(f->state, DESK_TODO);
	char after[DATE_TEXT] = "";
	struct desk_query q;

	begin_query(a, entity_id, f, &q);
	if (after_on != DAY_NONE)
		date_format(after_on, after);
	q.at[q.n++] = P_TEXT(after);
	q.at[q.n++] = P_I64(after_id);
	q.at[q.n++] = P_I64(limit);
	return db_list(db, a,
		       is_todo ? DESK_SELECT DESK_IS_TODO
			       " AND ($12 = '' OR x.booked_on < $12 OR (x.booked_on = $12 AND"
			       " x.id > $13)) ORDER BY x.booked_on DESC, x.id LIMIT $14"
			       : DESK_SELECT DESK_IN_STATE
			       " AND ($13 = '' OR x.booked_on < $13 OR (x.booked_on = $13 AND"
			       " x.id > $14)) ORDER BY x.booked_on DESC, x.id LIMIT $15",
		       (struct db_params){ q.at, q.n }, row_columns, ARRAY_LEN(row_columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

#define DESK_SUM \
	"SELECT COUNT(*), CAST(COALESCE(SUM(x.amount_minor), 0) AS BIGINT)" DESK_FROM DESK_WHERE

bool desk_sum(struct db *db, int64_t entity_id, const struct desk_filter *f, const char *currency,
	      int64_t *ret_n, int64_t *ret_minor, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct desk_filter one = *f;
	struct desk_query q;
	bool more;

	one.currency = currency;
	begin_query(a, entity_id, &one, &q);
	if (!db_query(db,
		      str_eq(f->state, DESK_TODO) ? DESK_SUM DESK_IS_TODO : DESK_SUM DESK_IN_STATE,
		      (struct db_params){ q.at, q.n }, &r, e) ||
	    !rows_next(r, &more, e))
		return false;
	ENSURE(more); /* an aggregate has a row */
	*ret_n = row_i64(r, 0);
	*ret_minor = row_i64(r, 1);
	return true;
}

bool desk_counts(struct db *db, int64_t entity_id, const struct desk_filter *f,
		 const char *currency, struct entry_counts *ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	char from[DATE_TEXT] = "", until[DATE_TEXT] = "";
	struct entry_counts counts = { 0 };
	bool more = false;

	if (f->from_on != DAY_NONE)
		date_format(f->from_on, from);
	if (f->until_on != DAY_NONE)
		date_format(f->until_on, until);
	if (!db_query(db,
		      "SELECT x.state, COUNT(*), CAST(COALESCE(SUM(x.amount_minor), 0) AS BIGINT)"
		      " FROM statement_entry x JOIN statement s ON s.id = x.statement_id"
		      " JOIN bank_account b ON b.id = s.bank_account_id"
		      " WHERE x.entity_id = $1 AND x.currency = $2 AND x.amount_minor > 0"
		      " AND ($3 = '' OR b.iban = $3) AND ($4 = '' OR x.booked_on >= $4)"
		      " AND ($5 = '' OR x.booked_on <= $5) GROUP BY x.state",
		      DB_PARAMS(P_I64(entity_id), P_TEXT(currency), P_TEXT(or_empty(f->account)),
				P_TEXT(from), P_TEXT(until)),
		      &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		enum entry_state state = entry_state_of(row_text(r, 0));
		counts.n[state] = row_i64(r, 1);
		counts.minor[state] = row_i64(r, 2);
	}
	if (more)
		return false;
	*ret = counts;
	return true;
}

/* ---- money on account ---- */

enum desk_age desk_age_of(day_t received_on, day_t today)
{
	int64_t days = (int64_t)today - received_on;

	return days <= 0    ? DESK_TODAY
	       : days <= 7  ? DESK_WEEK
	       : days <= 30 ? DESK_MONTH
	       : days <= 90 ? DESK_QUARTER
			    : DESK_OLDER;
}

bool desk_unallocated(struct db *db, int64_t entity_id, const char *currency, day_t today,
		      struct desk_ages *ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct desk_ages ages = { 0 };
	bool more = false;

	if (!db_query(db,
		      "SELECT i.effective, COUNT(*), CAST(COALESCE(SUM(-b.open_minor), 0) AS"
		      " BIGINT) FROM item_balance b JOIN item i ON i.id = b.item_id"
		      " WHERE i.entity_id = $1 AND i.currency = $2"
		      " AND i.kind IN ('payment', 'deposit') AND b.open_minor < 0"
		      " GROUP BY i.effective",
		      DB_PARAMS(P_I64(entity_id), P_TEXT(currency)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		enum desk_age age = desk_age_of(row_day(r, 0), today);
		ages.n[age] += row_i64(r, 1);
		ages.minor[age] += row_i64(r, 2);
	}
	if (more)
		return false;
	*ret = ages;
	return true;
}

bool desk_currencies(struct db *db, struct arena *a, int64_t entity_id, const char ***ret,
		     size_t *ret_n, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	LIST_OF(const char *) list = { 0 };
	bool more = false;

	if (!db_query(db,
		      "SELECT DISTINCT currency FROM bank_account WHERE entity_id = $1"
		      " ORDER BY currency",
		      DB_PARAMS(P_I64(entity_id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more)
		*LIST_ADD(a, &list) = arena_strdup(a, row_text(r, 0));
	if (more)
		return false;
	*ret = list.at;
	*ret_n = list.n;
	return true;
}
