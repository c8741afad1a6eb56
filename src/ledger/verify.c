/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.c - the laws of the ledger, checked in plain SQL and C that share nothing with post.c and book.c.
 */
#include "ledger/verify.h"

#include "base/buf.h"
#include "base/list.h"
#include "base/money.h"
#include "ledger/ageing.h"

enum { MAX_FAULTS = 1000 };

struct check {
	struct db *db;
	struct arena *arena;
	int64_t entity_id;
	LIST_OF(struct verify_fault) faults;
};

static void fault(struct check *c, const char *law, const char *detail)
{
	if (c->faults.n < MAX_FAULTS)
		*LIST_ADD(c->arena, &c->faults) =
			(struct verify_fault){ law, arena_strdup(c->arena, detail) };
}

/* Each law is a query that finds its breaches: what stands in its columns says where and by how much. */
static const struct {
	const char *law;
	const char *text; /* of the columns: item, expected, found */
	const char *sql;
} laws[] = {
	{ "balance", "item %s: %s is left by its allocations, the balance says %s",
	  "SELECT i.id, i.amount_minor - CASE WHEN i.amount_minor > 0 THEN 1 ELSE -1 END *"
	  " COALESCE((SELECT CAST(sum(l.amount_minor) AS BIGINT) FROM allocation l"
	  " WHERE l.debit_item_id = i.id OR l.credit_item_id = i.id), 0) AS expected, b.open_minor"
	  " FROM item i JOIN item_balance b ON b.item_id = i.id WHERE i.entity_id = $1"
	  " AND b.open_minor <> i.amount_minor - CASE WHEN i.amount_minor > 0 THEN 1 ELSE -1 END *"
	  " COALESCE((SELECT CAST(sum(l.amount_minor) AS BIGINT) FROM allocation l"
	  " WHERE l.debit_item_id = i.id OR l.credit_item_id = i.id), 0)" },
	{ "over_applied", "item %s: amount %s, open %s: more is applied than there is",
	  "SELECT i.id, i.amount_minor, b.open_minor FROM item i JOIN item_balance b"
	  " ON b.item_id = i.id WHERE i.entity_id = $1 AND ((i.amount_minor > 0 AND"
	  " (b.open_minor < 0 OR b.open_minor > i.amount_minor)) OR (i.amount_minor < 0 AND"
	  " (b.open_minor > 0 OR b.open_minor < i.amount_minor)))" },
	{ "reversed", "item %s: out of the ledger (%s) but has a balance row (%s)",
	  "SELECT r.item_id, r.event_id, b.open_minor FROM item_reversal r JOIN item_balance b"
	  " ON b.item_id = r.item_id WHERE r.entity_id = $1" },
	{ "lost", "item %s of %s: in the ledger without a balance%s",
	  "SELECT i.id, i.amount_minor, NULL FROM item i WHERE i.entity_id = $1 AND NOT EXISTS"
	  " (SELECT 1 FROM item_balance b WHERE b.item_id = i.id) AND NOT EXISTS"
	  " (SELECT 1 FROM item_reversal r WHERE r.item_id = i.id)" },
	{ "sides", "allocation %s joins items %s and %s that do not belong together",
	  "SELECT l.id, l.debit_item_id, l.credit_item_id FROM allocation l"
	  " JOIN item d ON d.id = l.debit_item_id JOIN item c ON c.id = l.credit_item_id"
	  " WHERE l.entity_id = $1 AND (d.amount_minor <= 0 OR c.amount_minor >= 0"
	  " OR d.currency <> c.currency OR d.currency <> l.currency OR d.entity_id <> l.entity_id"
	  " OR c.entity_id <> l.entity_id OR d.customer_id <> l.customer_id)" },
	{ "undo", "allocation %s undoes %s but not its exact amount (%s)",
	  "SELECT r.id, l.id, r.amount_minor FROM allocation r JOIN allocation l"
	  " ON l.id = r.reverses_id WHERE r.entity_id = $1 AND (r.amount_minor <> -l.amount_minor"
	  " OR r.debit_item_id <> l.debit_item_id OR r.credit_item_id <> l.credit_item_id"
	  " OR COALESCE(r.dated_from, r.effective) <> l.effective OR l.reverses_id IS NOT NULL)" },
	{ "sign", "allocation %s of %s: negative, but it undoes nothing%s",
	  "SELECT id, amount_minor, NULL FROM allocation WHERE entity_id = $1 AND"
	  " ((reverses_id IS NULL AND amount_minor <= 0) OR"
	  "  (reverses_id IS NOT NULL AND amount_minor >= 0))" },
	{ "settled_dead", "allocation %s applies item %s or %s, which is out of the ledger",
	  "SELECT l.id, l.debit_item_id, l.credit_item_id FROM allocation l WHERE l.entity_id = $1"
	  " AND l.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM allocation r"
	  " WHERE r.reverses_id = l.id) AND EXISTS (SELECT 1 FROM item_reversal v"
	  " WHERE v.item_id = l.debit_item_id OR v.item_id = l.credit_item_id)" },
	{ "tenant", "item %s: its customer %s is of another company%s",
	  "SELECT i.id, i.customer_id, NULL FROM item i JOIN customer c ON c.id = i.customer_id"
	  " WHERE i.entity_id = $1 AND c.entity_id <> i.entity_id" },
	{ "receipt", "bank entry %s: its payment item %s is not in the ledger%s",
	  "SELECT s.id, s.payment_item_id, NULL FROM statement_entry s WHERE s.entity_id = $1"
	  " AND s.payment_item_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM item_balance b"
	  " WHERE b.item_id = s.payment_item_id)" },
	{ "receipt_twice", "bank entry %s is %s payments%s",
	  "SELECT i.bank_entry_id, count(*), NULL FROM item i JOIN item_balance b ON b.item_id = "
	  "i.id"
	  " WHERE i.entity_id = $1 AND i.bank_entry_id IS NOT NULL GROUP BY i.bank_entry_id"
	  " HAVING count(*) > 1" },
};

static bool check_law(struct check *c, size_t law, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	if (!db_query(c->db, laws[law].sql, DB_PARAMS(P_I64(c->entity_id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		const char *text = laws[law].text;
		struct buf b;
		int col = 0;
		buf_init(&b, c->arena);
		for (; *text; text++) {
			if (text[0] != '%' || text[1] != 's') {
				buf_putc(&b, *text);
				continue;
			}
			if (!row_is_null(r, col))
				buf_printf(&b, "%" PRId64, row_i64(r, col));
			col++;
			text++;
		}
		fault(c, laws[law].law, buf_str(&b));
	}
	return !more;
}

/* The book, folded into an aged balance, against sums that SQL makes of the facts alone. */
static bool check_ageing(struct check *c, day_t as_of, struct err *e)
{
	struct ageing_bounds bounds = ageing_default_bounds();
	struct book *b;

	if (!book_load(c->db, c->arena,
		       &(struct book_query){ .entity_id = c->entity_id, .as_of = as_of }, &b, e))
		return false;
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
			fault(c, "ageing",
			      arena_printf(c->arena,
					   "%s as of %s: the aged balance is %s, the open "
					   "items are %s",
					   b->currency[i], date_format(as_of, day),
					   minor_format(g.total_minor, b->currency[i], folded),
					   minor_format(sum, b->currency[i], summed)));
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
		fault(c, "control",
		      arena_printf(c->arena,
				   "the accounting file to %s says %s on the customer "
				   "accounts, the ledger's booked items are %s",
				   date_format(control.to_on, day),
				   minor_format(control.balance_minor, control.currency, file),
				   minor_format(sum, control.currency, ledger)));
	return true;
}

static bool count(struct check *c, const char *sql, int64_t *ret, struct err *e)
{
	return db_get_i64(c->db, sql, DB_PARAMS(P_I64(c->entity_id)), 0, ret, e);
}

bool ledger_verify(struct db *db, struct arena *a, int64_t entity_id, day_t today,
		   struct verify_report *ret, struct err *e)
{
	struct check c = { .db = db, .arena = a, .entity_id = entity_id };
	static const int days_back[] = { 0, 1, 31, 92, 183, 366, 731 };

	*ret = (struct verify_report){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(laws); i++)
		if (!check_law(&c, i, e))
			return err_while(e, "checking the law \"%s\"", laws[i].law);
	for (size_t i = 0; i < ARRAY_LEN(days_back); i++)
		if (!check_ageing(&c, today - days_back[i], e))
			return false;
	if (!check_control(&c, e) ||
	    !count(&c, "SELECT count(*) FROM item WHERE entity_id = $1", &ret->n_items, e) ||
	    !count(&c, "SELECT count(*) FROM allocation WHERE entity_id = $1", &ret->n_allocations,
		   e) ||
	    !count(&c, "SELECT count(*) FROM event WHERE entity_id = $1", &ret->n_events, e))
		return false;
	ret->faults = c.faults.at;
	ret->n_faults = c.faults.n;
	return true;
}
