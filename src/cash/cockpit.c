/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/cockpit.h"

#include "base/clock.h"

#include <string.h>

/* A delay longer than this counts as this. */
enum { DAYS_MAX = 999 };

static const int64_t quarter_us = 900 * INT64_C(1000000);

/* Receipts of one month that are alike: the database adds them up. */
struct alike {
	const char *month; /* "2026-10" */
	day_t value_on;
	int64_t quarter; /* of an hour, when it was matched; -1: it is not */
	int64_t is_waiting, is_alone, is_reversed, n, minor;
};

struct delays {
	int64_t n[DAYS_MAX + 1];
};

/* ---- adding up ---- */

static int percentile(const struct delays *d, int64_t n, int percent)
{
	int64_t wanted = (n * percent + 99) / 100, seen = 0;

	for (int i = 0; i <= DAYS_MAX && n > 0; i++) {
		seen += d->n[i];
		if (seen >= wanted)
			return i;
	}
	return -1;
}

static void add(struct cockpit_count *c, struct delays *d, const struct alike *x, int days)
{
	bool is_standing = x->is_alone && !x->is_reversed;

	c->n += x->n;
	c->minor += x->minor;
	if (x->is_alone)
		c->n_alone += x->n;
	if (x->is_alone && x->is_reversed)
		c->n_reversed += x->n;
	if (x->is_waiting)
		c->waiting_minor += x->minor;
	else if (is_standing)
		c->alone_minor += x->minor;
	else
		c->person_minor += x->minor;
	if (days >= 0) {
		c->n_matched += x->n;
		d->n[days] += x->n;
	}
}

static void finish(struct cockpit_count *c, const struct delays *d)
{
	c->median_days = percentile(d, c->n_matched, 50);
	c->p90_days = percentile(d, c->n_matched, 90);
}

/* Days from the value date; money that is available later than it was applied took none. */
static int days_of(const struct alike *x, const char *time_zone)
{
	day_t on;

	if (x->quarter < 0)
		return -1;
	on = clock_day(x->quarter * quarter_us, time_zone);
	if (on <= x->value_on)
		return 0;
	return on - x->value_on > DAYS_MAX ? DAYS_MAX : (int)(on - x->value_on);
}

static bool load_months(struct db *db, struct arena *a, const struct cockpit_query *q,
			struct cockpit *c, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct alike, month),    DB_DAY(struct alike, value_on),
		DB_COL(struct alike, quarter),  DB_COL(struct alike, is_waiting),
		DB_COL(struct alike, is_alone), DB_COL(struct alike, is_reversed),
		DB_COL(struct alike, n),        DB_COL(struct alike, minor),
	};
	struct delays *delays = ARENA_ARRAY(a, COCKPIT_MONTHS + 1, struct delays);
	struct alike *list;
	size_t n;

	if (!db_list(db, a,
		     "SELECT s.month, s.value_on, s.quarter, s.is_waiting, s.is_alone,"
		     " s.is_reversed, COUNT(*), CAST(SUM(s.minor) AS BIGINT) FROM ("
		     "SELECT SUBSTR(x.booked_on, 1, 7) AS month,"
		     " COALESCE(x.value_on, x.booked_on) AS value_on,"
		     " CASE WHEN x.state = 'matched' THEN v.recorded / 900000000 ELSE -1 END"
		     "  AS quarter,"
		     " CASE WHEN x.state IN ('open', 'proposed', 'doubtful') THEN 1 ELSE 0 END"
		     "  AS is_waiting,"
		     " CASE WHEN EXISTS (SELECT 1 FROM match_certificate c"
		     "  WHERE c.entity_id = x.entity_id AND c.entry_id = x.id) THEN 1 ELSE 0 END"
		     "  AS is_alone,"
		     " CASE WHEN u.entry_id IS NULL THEN 0 ELSE 1 END AS is_reversed,"
		     " CASE WHEN x.currency = $2 THEN x.amount_minor ELSE 0 END AS minor"
		     " FROM statement_entry x JOIN event v ON v.id = x.event_id"
		     " LEFT JOIN (SELECT DISTINCT entry_id FROM match_outcome"
		     "  WHERE entity_id = $1 AND is_auto = 1 AND is_right = 0) u"
		     "  ON u.entry_id = x.id"
		     " WHERE x.entity_id = $1 AND x.amount_minor > 0"
		     " AND (x.state IN ('open', 'proposed', 'doubtful', 'matched', 'on_account')"
		     "  OR u.entry_id IS NOT NULL)"
		     " AND x.booked_on >= $3 AND x.booked_on <= $4) s"
		     " GROUP BY s.month, s.value_on, s.quarter, s.is_waiting, s.is_alone,"
		     " s.is_reversed",
		     DB_PARAMS(P_I64(q->entity_id), P_TEXT(q->currency),
			       P_DAY(c->month[0].first_on), P_DAY(q->today)),
		     columns, ARRAY_LEN(columns), sizeof *list, (void **)&list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		int days = days_of(&list[i], q->time_zone);
		for (int m = 0; m < COCKPIT_MONTHS; m++) {
			char text[DATE_TEXT];
			date_format(c->month[m].first_on, text);
			if (strncmp(text, list[i].month, 7) == 0)
				add(&c->month[m].count, &delays[m], &list[i], days);
		}
		add(&c->all, &delays[COCKPIT_MONTHS], &list[i], days);
	}
	for (int m = 0; m < COCKPIT_MONTHS; m++)
		finish(&c->month[m].count, &delays[m]);
	finish(&c->all, &delays[COCKPIT_MONTHS]);
	return true;
}

/* ---- by rule ---- */

static bool load_rules(struct db *db, struct arena *a, const struct cockpit_query *q,
		       struct cockpit *c, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct cockpit_rule, rule),       DB_COL(struct cockpit_rule, n_alone),
		DB_COL(struct cockpit_rule, n_reversed), DB_COL(struct cockpit_rule, alone_minor),
		DB_COL(struct cockpit_rule, n_proposed), DB_COL(struct cockpit_rule, n_taken),
	};

	return db_list(
		db, a,
		"SELECT s.rule, CAST(SUM(s.n_alone) AS BIGINT), CAST(SUM(s.n_reversed) AS BIGINT),"
		" CAST(SUM(CASE WHEN x.currency = $2 THEN s.n_alone * x.amount_minor ELSE 0 END)"
		"  AS BIGINT), CAST(SUM(s.n_proposed) AS BIGINT), CAST(SUM(s.n_taken) AS BIGINT)"
		" FROM (SELECT c.entry_id, c.rule, 1 AS n_alone, 0 AS n_reversed, 0 AS n_proposed,"
		"  0 AS n_taken FROM match_certificate c WHERE c.entity_id = $1"
		" UNION ALL SELECT o.entry_id, o.rule, 0, o.is_auto * (1 - o.is_right),"
		"  1 - o.is_auto, (1 - o.is_auto) * o.is_right FROM match_outcome o"
		"  WHERE o.entity_id = $1) s JOIN statement_entry x ON x.id = s.entry_id"
		" WHERE x.amount_minor > 0 AND x.booked_on >= $3 AND x.booked_on <= $4"
		" GROUP BY s.rule ORDER BY 2 DESC, 5 DESC, 1",
		DB_PARAMS(P_I64(q->entity_id), P_TEXT(q->currency), P_DAY(c->month[0].first_on),
			  P_DAY(q->today)),
		columns, ARRAY_LEN(columns), sizeof *c->rule, (void **)&c->rule, &c->n_rules, e);
}

/* ---- taken back ---- */

static bool load_wrong(struct db *db, struct arena *a, const struct cockpit_query *q,
		       struct cockpit *c, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct cockpit_wrong, entry_id),
		DB_COL(struct cockpit_wrong, reference),
		DB_COL(struct cockpit_wrong, payer_name),
		DB_COL(struct cockpit_wrong, rule),
		DB_DAY(struct cockpit_wrong, booked_on),
		DB_COL(struct cockpit_wrong, amount_minor),
		DB_COL(struct cockpit_wrong, currency),
		DB_COL(struct cockpit_wrong, confidence_ppm),
		DB_COL(struct cockpit_wrong, recorded),
	};

	return db_list(db, a,
		       "SELECT x.id, x.reference, x.payer_name, o.rule, x.booked_on,"
		       " x.amount_minor, x.currency, o.confidence_ppm, o.recorded"
		       " FROM match_outcome o JOIN statement_entry x ON x.id = o.entry_id"
		       " WHERE o.entity_id = $1 AND o.is_auto = 1 AND o.is_right = 0"
		       " AND x.booked_on >= $2 AND x.booked_on <= $3"
		       " ORDER BY o.recorded DESC, o.event_id DESC LIMIT $4",
		       DB_PARAMS(P_I64(q->entity_id), P_DAY(c->month[0].first_on), P_DAY(q->today),
				 P_I64(COCKPIT_WRONG_MAX)),
		       columns, ARRAY_LEN(columns), sizeof *c->wrong, (void **)&c->wrong,
		       &c->n_wrong, e);
}

bool cockpit_load(struct db *db, struct arena *a, const struct cockpit_query *q,
		  struct cockpit *ret, struct err *e)
{
	struct civil today = date_civil(q->today);
	day_t first = date_of(today.year, today.month, 1);

	*ret = (struct cockpit){ 0 };
	for (int m = 0; m < COCKPIT_MONTHS; m++)
		ret->month[m].first_on = date_add_months(first, m + 1 - COCKPIT_MONTHS);
	return load_months(db, a, q, ret, e) && load_rules(db, a, q, ret, e) &&
	       load_wrong(db, a, q, ret, e);
}
