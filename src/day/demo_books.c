/* SPDX-License-Identifier: Apache-2.0 */
/* What the demo's accountant does by hand: months closed, one asked for again, credit notes lettered. */
#include "day/demo_load.h"

#include "ledger/lettering_store.h"
#include "ledger/period.h"

/* ---- closed periods ------------------------------------------------------------------------------ */

static bool close_days(struct demo_load *l, day_t from, day_t to, int64_t *ret_id, struct err *e)
{
	return period_close(l->job->db, l->entity.id, from, to, l->day, DEMO_ACTOR, l->now, ret_id,
			    e);
}

/* The year before, and this year's months but the one in which the accounting file ends. */
bool demo_close_periods(struct demo_load *l, struct err *e)
{
	struct civil last = date_civil(l->world.booked_until);
	int64_t id = 0;

	if (!close_days(l, date_of(last.year - 1, 1, 1), date_of(last.year - 1, 12, 31), &id, e))
		return false;
	for (int month = 1; month < last.month; month++) {
		day_t first = date_of(last.year, month, 1);

		if (!close_days(l, first, date_end_of_month(first), &id, e))
			return false;
	}
	l->closed_id = id;
	return true;
}

/* Another person has to approve it. */
bool demo_ask_reopening(struct demo_load *l, struct err *e)
{
	return period_ask(l->job->db, l->entity.id, l->closed_id,
			  "Facture de l'exemple parvenue après la clôture", DEMO_ACTOR, l->now, e);
}

/* ---- lettering ----------------------------------------------------------------------------------- */

enum { LETTERED = 5 };

struct pair {
	int64_t customer_id, credit_id, debit_id;
};

/* Open credit notes with the oldest open invoice of their customer that is larger, none disputed. */
static bool load_pairs(struct demo_load *l, struct pair **ret, size_t *ret_n, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct pair, customer_id),
		DB_COL(struct pair, credit_id),
		DB_COL(struct pair, debit_id),
	};

	return db_list(l->job->db, l->job->arena,
		       "SELECT c.customer_id, min(c.id), min(d.id)"
		       " FROM item c JOIN item_balance cb ON cb.item_id = c.id"
		       " JOIN item d ON d.customer_id = c.customer_id AND d.kind = 'invoice'"
		       "  AND d.currency = c.currency"
		       " JOIN item_balance db ON db.item_id = d.id"
		       " WHERE c.entity_id = $1 AND c.kind = 'credit_note' AND cb.open_minor < 0"
		       " AND db.open_minor > -cb.open_minor"
		       " AND NOT EXISTS (SELECT 1 FROM dispute x WHERE x.item_id = d.id)"
		       " GROUP BY c.customer_id"
		       " HAVING count(DISTINCT c.id) = 1 ORDER BY c.customer_id LIMIT $2",
		       DB_PARAMS(P_I64(l->entity.id), P_I64(LETTERED)), columns, ARRAY_LEN(columns),
		       sizeof **ret, (void **)ret, ret_n, e);
}

static bool letter(struct demo_load *l, const struct pair *p, struct lettering_done *ret,
		   struct err *e)
{
	struct lettering_line lines[] = { { .item_id = p->debit_id }, { .item_id = p->credit_id } };
	struct lettering_order o = { .entity_id = l->entity.id,
				     .customer_id = p->customer_id,
				     .lines = lines,
				     .n_lines = ARRAY_LEN(lines),
				     .lettered_on = l->day,
				     .today = l->day,
				     .reason = "Avoir rapproché de sa facture",
				     .actor = DEMO_ACTOR,
				     .now = l->now };

	return lettering_make(l->job->db, &o, ret, e);
}

bool demo_letter_by_hand(struct demo_load *l, struct err *e)
{
	struct lettering_done done;
	struct lettering_undo undo = { .entity_id = l->entity.id,
				       .reason = "Avoir d'une autre facture",
				       .actor = DEMO_ACTOR,
				       .now = l->now };
	struct pair *pair;
	size_t n;

	if (!load_pairs(l, &pair, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!letter(l, &pair[i], &done, e))
			return false;
	}
	if (n < 2)
		return true;
	/* The last one was a mistake. */
	undo.customer_id = pair[n - 1].customer_id;
	return lettering_undo(l->job->db, &undo, done.code, NULL, e);
}
