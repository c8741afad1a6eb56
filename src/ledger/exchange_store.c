/* SPDX-License-Identifier: Apache-2.0 */
/* exchange_store.c - the table of exchange rates. */
#include "ledger/exchange.h"

#include "base/json.h"
#include "base/list.h"
#include "base/money.h"
#include "db/event.h"

#include <stdlib.h>

/* Rates whose event was taken back by the moment $1. */
#define TAKEN_BACK                                                                       \
	"(SELECT u.event_id FROM undone u JOIN event v ON v.id = u.event_id"             \
	" JOIN event b ON b.id = u.by_event_id WHERE v.kind = 'exchange_rate.added' AND" \
	" b.recorded <= $1)"
/* A row r that counts at the moment $1. */
#define COUNTS(r) r ".recorded <= $1 AND " r ".event_id NOT IN " TAKEN_BACK

static const struct db_column rate_columns[] = {
	DB_COL(struct exchange_rate, currency),
	DB_DAY(struct exchange_rate, on),
	DB_COL(struct exchange_rate, per_euro_ppm),
	DB_COL(struct exchange_rate, source),
};

static int64_t moment_of(int64_t known_at)
{
	return known_at ? known_at : INT64_MAX;
}

bool exchange_load(struct db *db, struct arena *a, int64_t known_at, struct exchange_table *ret,
		   struct err *e)
{
	struct exchange_rate *list;
	size_t n, kept = 0;

	if (!db_list(db, a,
		     "SELECT x.currency, x.from_on, x.per_euro_ppm, x.source FROM exchange_rate x"
		     " WHERE " COUNTS("x") " ORDER BY x.currency, x.from_on, x.id",
		     DB_PARAMS(P_I64(moment_of(known_at))), rate_columns, ARRAY_LEN(rate_columns),
		     sizeof *list, (void **)&list, &n, e))
		return err_while(e, "reading the exchange rates");
	/* Of those of one day the last recorded. The engine's order of text need not be strcmp's, but codes
	 * are three capital letters, which every order keeps. */
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && strcmp(list[kept - 1].currency, list[i].currency) == 0 &&
		    list[kept - 1].on == list[i].on)
			kept--;
		list[kept++] = list[i];
	}
	ret->at = list;
	ret->n = kept;
	return true;
}

static int compare_codes(const void *x, const void *y)
{
	const char *const *a = x, *const *b = y;

	return strcmp(*a, *b);
}

bool exchange_load_day(struct db *db, struct arena *a, const char *const *currency, size_t n,
		       day_t on, int64_t known_at, struct exchange_table *ret, struct err *e)
{
	struct exchange_rate *rate = ARENA_ARRAY(a, n, struct exchange_rate);
	const char **code = ARENA_ARRAY(a, n, const char *);
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		code[i] = currency[i];
	if (n)
		qsort(code, n, sizeof *code, compare_codes);
	for (size_t i = 0; i < n; i++) {
		struct exchange_rate *found;
		size_t n_found;

		if (i > 0 && strcmp(code[i], code[i - 1]) == 0)
			continue;
		if (!db_list(db, a,
			     "SELECT x.currency, x.from_on, x.per_euro_ppm, x.source"
			     " FROM exchange_rate x WHERE " COUNTS(
				     "x") " AND x.currency = $2 AND x.from_on <= $3"
					  " ORDER BY x.from_on DESC, x.id DESC LIMIT 1",
			     DB_PARAMS(P_I64(moment_of(known_at)), P_TEXT(code[i]), P_DAY(on)),
			     rate_columns, ARRAY_LEN(rate_columns), sizeof *found, (void **)&found,
			     &n_found, e))
			return err_while(e, "reading the exchange rates");
		if (n_found)
			rate[kept++] = found[0];
	}
	ret->at = rate;
	ret->n = kept;
	return true;
}

/* ---- adding -------------------------------------------------------------------------------------- */

struct adding {
	const struct exchange_rate *rate;
	size_t n;
	const char *from, *actor;
	int64_t now, n_added;
	struct arena *arena;
};

static bool is_known(const struct exchange_table *t, const struct exchange_rate *r)
{
	const struct exchange_rate *found = exchange_find(t, r->currency, r->on);

	return found && found->on == r->on && found->per_euro_ppm == r->per_euro_ppm;
}

static bool insert(struct db *db, const struct adding *x, const struct exchange_rate *const *fresh,
		   size_t n, int64_t event_id, struct err *e)
{
	struct db_copy *copy;

	if (!db_copy_begin(db, "exchange_rate",
			   "id, currency, from_on, per_euro_ppm, source, event_id, recorded", &copy,
			   e))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct exchange_rate *r = fresh[i];
		int64_t id;

		if (!db_new_id(db, &id, e) ||
		    !db_copy_row(copy,
				 DB_PARAMS(P_I64(id), P_TEXT(r->currency), P_DAY(r->on),
					   P_I64(r->per_euro_ppm), P_TEXT(r->source),
					   P_I64(event_id), P_I64(x->now)),
				 e)) {
			db_copy_abort(copy);
			return false;
		}
	}
	return db_copy_end(copy, e);
}

/* One rate is told whole; a file by how many it brought. */
static bool tell(struct db *db, const struct adding *x, const struct exchange_rate *const *fresh,
		 size_t n, int64_t *ret_id, struct err *e)
{
	struct buf body;
	struct json j;

	buf_init(&body, x->arena);
	json_init(&j, &body);
	json_open_object(&j);
	json_put_int(&j, "rates", (int64_t)n);
	json_put_text(&j, "file", x->from);
	if (n == 1) {
		char text[EXCHANGE_TEXT];

		json_put_text(&j, "currency", fresh[0]->currency);
		json_put_day(&j, "on", fresh[0]->on);
		json_put_text(&j, "rate", exchange_format(fresh[0]->per_euro_ppm, text));
		json_put_text(&j, "source", fresh[0]->source);
	}
	json_end(&j);
	return event_add(db,
			 &(struct event){ .kind = "exchange_rate.added",
					  .subject_kind = "exchange_rate",
					  .actor = x->actor,
					  .body = buf_str(&body),
					  .recorded = x->now },
			 ret_id, e);
}

static bool add_tx(struct db *db, void *arg, struct err *e)
{
	struct adding *x = arg;
	const struct exchange_rate **fresh =
		ARENA_ARRAY(x->arena, x->n, const struct exchange_rate *);
	struct exchange_table known;
	int64_t event_id;
	size_t n = 0;

	x->n_added = 0;
	/* Two who add the same rates at once: the second finds those of the first. */
	if (!db_lock(db, "exchange_rate", 0, false, e) ||
	    !exchange_load(db, x->arena, 0, &known, e))
		return false;
	for (size_t i = 0; i < x->n; i++) {
		if (!is_known(&known, &x->rate[i]))
			fresh[n++] = &x->rate[i];
	}
	x->n_added = (int64_t)n;
	return n == 0 ||
	       (tell(db, x, fresh, n, &event_id, e) && insert(db, x, fresh, n, event_id, e));
}

bool exchange_add(struct db *db, const struct exchange_rate *rate, size_t n, const char *from,
		  const char *actor, int64_t now, int64_t *ret_added, struct err *e)
{
	struct adding x = { .rate = rate, .n = n, .from = from, .actor = actor, .now = now };
	bool ok;

	for (size_t i = 0; i < n; i++) {
		if (!currency_is_code(rate[i].currency) || strcmp(rate[i].currency, "EUR") == 0 ||
		    rate[i].on == DAY_NONE || rate[i].per_euro_ppm <= 0 ||
		    rate[i].per_euro_ppm > EXCHANGE_MAX)
			return err_set(e, ERR_INVALID, "invalid exchange rate of \"%.3s\"",
				       rate[i].currency);
	}
	x.arena = arena_new((size_t)1 << 30);
	ok = db_tx(db, add_tx, &x, e);
	arena_free(x.arena);
	if (ok)
		*ret_added = x.n_added;
	return ok;
}

bool exchange_add_undo(struct db *db, int64_t event_id, struct err *e)
{
	int64_t n;

	if (!db_get_i64(db,
			"SELECT count(*) FROM (SELECT allocation_id, currency, document_rate_on,"
			" settlement_rate_on, recorded FROM exchange_difference UNION ALL"
			" SELECT allocation_id, currency, document_rate_on, settlement_rate_on,"
			" recorded FROM exchange_rebooked WHERE is_reversal = 0) f"
			" JOIN allocation l ON l.id = f.allocation_id"
			" JOIN exchange_rate x ON x.event_id = $1"
			"  AND (x.currency = l.currency OR x.currency = f.currency)"
			"  AND (x.from_on = f.document_rate_on OR x.from_on = f.settlement_rate_on)"
			" WHERE f.recorded >= x.recorded",
			DB_PARAMS(P_I64(event_id)), 0, &n, e))
		return false;
	return n == 0 || err_set(e, ERR_REFUSED,
				 "exchange differences were booked at these rates: enter the right"
				 " one, which counts from then on");
}

/* ---- to be looked at ----------------------------------------------------------------------------- */

#define ROW "x.id, x.currency, x.from_on, x.per_euro_ppm, x.source, w.actor, x.recorded, x.event_id"
/* The one of its currency and day that counts. */
#define IS_LAST                                                                        \
	" AND NOT EXISTS (SELECT 1 FROM exchange_rate n WHERE n.currency = x.currency" \
	" AND n.from_on = x.from_on AND n.id > x.id AND " COUNTS("n") ")"

static const struct db_column row_columns[] = {
	DB_COL(struct exchange_row, id),       DB_COL(struct exchange_row, currency),
	DB_DAY(struct exchange_row, on),       DB_COL(struct exchange_row, per_euro_ppm),
	DB_COL(struct exchange_row, source),   DB_COL(struct exchange_row, actor),
	DB_COL(struct exchange_row, recorded), DB_COL(struct exchange_row, event_id),
};

bool exchange_list(struct db *db, struct arena *a, const struct exchange_query *q,
		   struct exchange_row **ret, size_t *ret_n, struct err *e)
{
	day_t after = q->after_on == DAY_NONE ? q->when.as_of + 1 : q->after_on;

	return db_list(db, a,
		       "SELECT " ROW " FROM exchange_rate x JOIN event w ON w.id = x.event_id"
		       " WHERE " COUNTS("x") IS_LAST
		       " AND x.from_on <= $2 AND ($3 = '' OR x.currency = $3)"
		       " AND (x.from_on < $4 OR (x.from_on = $4 AND x.currency > $5))"
		       " ORDER BY x.from_on DESC, x.currency LIMIT $6",
		       DB_PARAMS(P_I64(when_known(q->when)), P_DAY(q->when.as_of),
				 P_TEXT(q->currency ? q->currency : ""), P_DAY(after),
				 P_TEXT(q->after_currency ? q->after_currency : ""),
				 P_I64(q->limit)),
		       row_columns, ARRAY_LEN(row_columns), sizeof **ret, (void **)ret, ret_n, e);
}

bool exchange_count(struct db *db, const struct exchange_query *q, int64_t *ret, struct err *e)
{
	return db_get_i64(db,
			  "SELECT count(*) FROM (SELECT DISTINCT x.currency, x.from_on"
			  " FROM exchange_rate x WHERE " COUNTS(
				  "x") " AND x.from_on <= $2 AND ($3 = '' OR x.currency = $3)) d",
			  DB_PARAMS(P_I64(when_known(q->when)), P_DAY(q->when.as_of),
				    P_TEXT(q->currency ? q->currency : "")),
			  0, ret, e);
}

static bool list_currencies(struct db *db, struct arena *a, const char ***ret, size_t *ret_n,
			    struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	LIST_OF(const char *) list = { 0 };
	bool more = true;

	if (!db_query(db, "SELECT DISTINCT currency FROM exchange_rate ORDER BY currency",
		      DB_NO_PARAMS, &r, e))
		return false;
	while (rows_next(r, &more, e) && more)
		*LIST_ADD(a, &list) = arena_strdup(a, row_text(r, 0));
	*ret = list.at;
	*ret_n = list.n;
	return !more;
}

bool exchange_list_latest(struct db *db, struct arena *a, struct when w, struct exchange_row **ret,
			  size_t *ret_n, struct err *e)
{
	LIST_OF(struct exchange_row) list = { 0 };
	const char **currency;
	size_t n;

	if (!list_currencies(db, a, &currency, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct exchange_row *row;
		size_t n_rows;

		if (!db_list(db, a,
			     "SELECT " ROW " FROM exchange_rate x JOIN event w ON w.id = x.event_id"
			     " WHERE " COUNTS("x") " AND x.currency = $2 AND x.from_on <= $3"
						   " ORDER BY x.from_on DESC, x.id DESC LIMIT 1",
			     DB_PARAMS(P_I64(when_known(w)), P_TEXT(currency[i]), P_DAY(w.as_of)),
			     row_columns, ARRAY_LEN(row_columns), sizeof *row, (void **)&row,
			     &n_rows, e))
			return false;
		if (n_rows)
			*LIST_ADD(a, &list) = row[0];
	}
	*ret = list.at;
	*ret_n = list.n;
	return true;
}

static bool load_change(struct db *db, struct arena *a, int64_t event_id,
			struct exchange_change *ret, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct exchange_change, actor),     DB_COL(struct exchange_change, recorded),
		DB_COL(struct exchange_change, n_rates),   DB_DAY(struct exchange_change, last_on),
		DB_COL(struct exchange_change, is_undone),
	};

	*ret = (struct exchange_change){ .event_id = event_id };
	return db_one(db, a,
		      "SELECT v.actor, v.recorded,"
		      " (SELECT count(*) FROM exchange_rate x WHERE x.event_id = v.id),"
		      " (SELECT max(x.from_on) FROM exchange_rate x WHERE x.event_id = v.id),"
		      " CASE WHEN u.event_id IS NULL THEN 0 ELSE 1 END"
		      " FROM event v LEFT JOIN undone u ON u.event_id = v.id WHERE v.id = $1",
		      DB_PARAMS(P_I64(event_id)), columns, ARRAY_LEN(columns), ret, e) &&
	       db_one(db, a,
		      "SELECT " ROW " FROM exchange_rate x JOIN event w ON w.id = x.event_id"
		      " WHERE x.event_id = $1 ORDER BY x.currency, x.from_on LIMIT 1",
		      DB_PARAMS(P_I64(event_id)), row_columns, ARRAY_LEN(row_columns), &ret->first,
		      e);
}

bool exchange_changes(struct db *db, struct arena *a, int limit, struct exchange_change **ret,
		      size_t *ret_n, struct err *e)
{
	struct exchange_change *list = ARENA_ARRAY(a, (size_t)limit, struct exchange_change);
	int64_t event_id = INT64_MAX;
	size_t n = 0;

	/* Step by step down the index: one file may have brought hundreds of thousands. */
	while (n < (size_t)limit) {
		if (!db_get_i64(db, "SELECT max(event_id) FROM exchange_rate WHERE event_id < $1",
				DB_PARAMS(P_I64(event_id)), 0, &event_id, e))
			return false;
		if (event_id == 0)
			break;
		if (!load_change(db, a, event_id, &list[n++], e))
			return false;
	}
	*ret = list;
	*ret_n = n;
	return true;
}
