/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/trend.h"

#include "base/money.h"
#include "ledger/scope.h"

day_t trend_day(day_t as_of, int back)
{
	struct civil c = date_civil(as_of);

	if (back == 0)
		return as_of;
	return date_end_of_month(date_add_months(date_of(c.year, c.month, 1), -back));
}

day_t trend_monday(day_t as_of, int back)
{
	/* Day 0, 1 January 1970, was a Thursday. */
	int since_monday = (int)(((as_of + 3) % 7 + 7) % 7);

	return as_of - since_monday - 7 * back;
}

static int currency_index(const struct book *b, const char *currency)
{
	for (size_t c = 0; c < b->n_currencies; c++) {
		if (str_eq(b->currency[c], currency))
			return (int)c;
	}
	return -1;
}

static bool load_month(struct request *r, const struct book_query *q, const char *currency,
		       struct trend_month *ret, struct err *e)
{
	struct overview o;
	struct book *b;
	int at;

	*ret = (struct trend_month){ .as_of = q->as_of };
	if (!book_load_for(r, q, &b, e))
		return false;
	at = currency_index(b, currency);
	if (at < 0)
		return true;
	if (!overview_fold(b, r->arena, at, NULL, &o, e))
		return false;
	for (int s = 0; s < DUE_STATE_COUNT; s++)
		ret->open_minor[s] = o.of[s].open_minor;
	ret->total_minor = o.total_minor;
	ret->late_minor = o.late_minor;
	return true;
}

bool trend_months(struct request *r, struct when w, const char *currency,
		  struct trend_month ret[TREND_MONTHS], struct err *e)
{
	/* Each book is thrown away once it is folded. */
	struct request of_month = *r;

	of_month.arena = arena_inner(r->arena);
	for (int i = 0; i < TREND_MONTHS; i++) {
		const struct book_query q = {
			.as_of = trend_day(w.as_of, TREND_MONTHS - 1 - i),
			.known_at = w.known_at,
		};

		if (!load_month(&of_month, &q, currency, &ret[i], e))
			return err_while(e, "adding up past months");
		arena_reset(of_month.arena);
	}
	return true;
}

struct received {
	int64_t customer_id;
	int64_t minor;
	day_t effective;
};

bool trend_weeks(struct request *r, struct when w, const char *currency, const struct book *seen,
		 struct trend_week ret[TREND_WEEKS], struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct received, customer_id),
		DB_COL(struct received, minor),
		DB_DAY(struct received, effective),
	};
	day_t from = trend_monday(w.as_of, TREND_WEEKS - 1);
	struct received *row;
	size_t n;

	if (!db_list(r->db, r->arena,
		     "SELECT customer_id, CAST(SUM(-amount_minor) AS BIGINT), effective FROM item i"
		     " WHERE entity_id = $1 AND kind IN ('payment', 'deposit', 'draft')"
		     " AND currency = $2 AND effective >= $3 AND effective <= $4 AND recorded <= $5"
		     " AND NOT EXISTS (SELECT 1 FROM item_reversal v WHERE v.item_id = i.id"
		     "  AND v.recorded <= $5)"
		     " GROUP BY customer_id, effective ORDER BY effective, customer_id",
		     DB_PARAMS(P_I64(r->entity.id), P_TEXT(currency), P_DAY(from), P_DAY(w.as_of),
			       P_I64(when_known(w))),
		     columns, ARRAY_LEN(columns), sizeof *row, (void **)&row, &n, e))
		return err_while(e, "adding up receipts");
	for (int i = 0; i < TREND_WEEKS; i++)
		ret[i] = (struct trend_week){ .monday = from + 7 * i };
	for (size_t i = 0; i < n; i++) {
		int week = (int)((row[i].effective - from) / 7);

		if (book_customer_by_id(seen, row[i].customer_id) == SIZE_MAX)
			continue;
		if (!minor_add(&ret[week].received_minor, row[i].minor, e))
			return err_while(e, "adding up receipts");
	}
	return true;
}
