/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.c - the aged balance against plain sums, and all the checks of a company together.
 */
#include "ledger/verify.h"

#include "base/list.h"
#include "base/money.h"
#include "ledger/ageing.h"
#include "ledger/verify_rows.h"

enum { MAX_FAULTS = 1000 };

struct check {
	struct db *db;
	struct arena *arena;
	int64_t entity_id;
	struct verify_report *report;
};

void verify_add(struct arena *a, struct verify_report *report, const struct verify_fault *fault)
{
	if (report->n_faults >= MAX_FAULTS)
		return;
	report->faults = list_room(a, report->faults, report->n_faults, &report->room,
				   sizeof *report->faults);
	report->faults[report->n_faults++] = *fault;
}

/* The book, folded into an aged balance, against sums that SQL makes of the facts alone. */
static bool check_ageing(struct check *c, day_t as_of, struct err *e)
{
	struct ageing_bounds bounds = ageing_default_bounds();
	struct err damage = { 0 };
	struct book *b;

	if (!book_load(c->db, c->arena,
		       &(struct book_query){ .entity_id = c->entity_id, .as_of = as_of }, &b,
		       &damage)) {
		if (damage.code != ERR_DAMAGED)
			return err_set(e, damage.code, "%s", damage.msg);
		/* The other laws tell more of it. */
		verify_add(c->arena, c->report,
			   &(struct verify_fault){ .law = "ageing",
						   .detail = arena_strdup(c->arena, damage.msg) });
		return true;
	}
	for (size_t i = 0; i < b->n_currencies; i++) {
		char folded[MONEY_TEXT], summed[MONEY_TEXT], day[DATE_TEXT];
		struct ageing g;
		int64_t sum;
		if (!ageing_of_customer(b, &bounds, SIZE_MAX, (int)i, &g, e) ||
		    !db_get_i64(
			    c->db,
			    "SELECT COALESCE((SELECT CAST(sum(amount_minor) AS BIGINT) FROM item"
			    " WHERE entity_id = $1 AND currency = $2 AND effective <= $3"
			    " AND id NOT IN (SELECT item_id FROM item_reversal)), 0)"
			    " - COALESCE((SELECT CAST(sum(l.amount_minor) AS BIGINT)"
			    " FROM allocation l JOIN item d ON d.id = l.debit_item_id"
			    " WHERE l.entity_id = $1 AND l.currency = $2 AND l.effective <= $3"
			    " AND d.effective <= $3), 0)"
			    " + COALESCE((SELECT CAST(sum(l.amount_minor) AS BIGINT)"
			    " FROM allocation l JOIN item k ON k.id = l.credit_item_id"
			    " WHERE l.entity_id = $1 AND l.currency = $2 AND l.effective <= $3"
			    " AND k.effective <= $3), 0)",
			    DB_PARAMS(P_I64(c->entity_id), P_TEXT(b->currency[i]), P_DAY(as_of)), 0,
			    &sum, e))
			return false;
		if (sum != g.total_minor)
			verify_add(
				c->arena, c->report,
				&(struct verify_fault){
					.law = "ageing",
					.detail = arena_printf(
						c->arena,
						"as of %s the aged balance is %s %s, the open "
						"items are %s",
						date_format(as_of, day),
						minor_format(g.total_minor, b->currency[i], folded),
						b->currency[i],
						minor_format(sum, b->currency[i], summed)),
					.currency = b->currency[i],
					.expected_minor = sum,
					.found_minor = g.total_minor });
	}
	return true;
}

/* The accounting's own balance of the customer accounts, where the newest file of it covers the items. */
static bool check_control(struct check *c, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	struct control {
		day_t to_on;
		int64_t balance_minor;
		char currency[4];
	} control = { .to_on = DAY_NONE };
	char file[MONEY_TEXT], ledger[MONEY_TEXT], day[DATE_TEXT];
	bool more = false;
	int64_t sum;

	if (!db_query(c->db,
		      "SELECT to_on, balance_minor, currency FROM ledger_control"
		      " WHERE entity_id = $1 ORDER BY to_on DESC, id DESC LIMIT 1",
		      DB_PARAMS(P_I64(c->entity_id)), &r, e) ||
	    !rows_next(r, &more, e))
		return false;
	if (!more)
		return true;
	control.to_on = row_day(r, 0);
	control.balance_minor = row_i64(r, 1);
	memcpy(control.currency, row_text(r, 2), sizeof control.currency);
	/* What is applied between booked items nets to nothing; only amounts count. */
	if (!db_get_i64(
		    c->db,
		    "SELECT CAST(sum(i.amount_minor) AS BIGINT) FROM item i JOIN item_balance b"
		    " ON b.item_id = i.id WHERE i.entity_id = $1 AND i.is_booked = 1"
		    " AND i.effective <= $2 AND i.currency = $3",
		    DB_PARAMS(P_I64(c->entity_id), P_DAY(control.to_on), P_TEXT(control.currency)),
		    0, &sum, e))
		return false;
	if (sum != control.balance_minor)
		verify_add(
			c->arena, c->report,
			&(struct verify_fault){
				.law = "control",
				.detail = arena_printf(
					c->arena,
					"the accounting file to %s says %s on the customer "
					"accounts, the ledger's booked items are %s",
					date_format(control.to_on, day),
					minor_format(control.balance_minor, control.currency, file),
					minor_format(sum, control.currency, ledger)),
				.currency = arena_strdup(c->arena, control.currency),
				.expected_minor = control.balance_minor,
				.found_minor = sum });
	return true;
}

static bool count(struct check *c, const char *sql, int64_t *ret, struct err *e)
{
	return db_get_i64(c->db, sql, DB_PARAMS(P_I64(c->entity_id)), 0, ret, e);
}

bool ledger_verify(struct db *db, struct arena *a, int64_t entity_id, day_t today,
		   struct verify_report *ret, struct err *e)
{
	struct check c = { .db = db, .arena = a, .entity_id = entity_id, .report = ret };
	static const int days_back[] = { 0, 1, 31, 92, 183, 366, 731 };

	*ret = (struct verify_report){ 0 };
	if (!verify_laws(db, a, entity_id, ret, e) || !verify_rows(db, a, entity_id, ret, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(days_back); i++)
		if (!check_ageing(&c, today - days_back[i], e))
			return false;
	return check_control(&c, e) &&
	       count(&c, "SELECT count(*) FROM item WHERE entity_id = $1", &ret->n_items, e) &&
	       count(&c, "SELECT count(*) FROM allocation WHERE entity_id = $1",
		     &ret->n_allocations, e) &&
	       count(&c, "SELECT count(*) FROM event WHERE entity_id = $1", &ret->n_events, e);
}
