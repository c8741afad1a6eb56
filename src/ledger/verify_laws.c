/* SPDX-License-Identifier: Apache-2.0 */
/* verify_laws.c - the laws of the ledger in plain SQL that shares nothing with post.c and book.c. */
#include "base/buf.h"
#include "base/money.h"
#include "ledger/verify_rows.h"

/*
 * Each query gives the rows that break a law: id, customer, document, currency, expected, found. The text tells
 * what is wrong of it, after the document and its customer: %e and %f are the amounts, %n and %m the same two as
 * plain numbers (of other rows).
 */
struct law {
	const char *name;
	const char *subject;
	const char *text;
	const char *sql;
};

#define ITEM_OF(i) " FROM item " i " JOIN customer c ON c.id = " i ".customer_id"
#define APPLIED                                                                                   \
	" LEFT JOIN (SELECT x.item_id, CAST(sum(x.minor) AS BIGINT) AS minor FROM ("              \
	"SELECT debit_item_id AS item_id, amount_minor AS minor FROM allocation WHERE entity_id " \
	"= $1"                                                                                    \
	" UNION ALL SELECT credit_item_id, amount_minor FROM allocation WHERE entity_id = $1) x"  \
	" GROUP BY x.item_id) a ON a.item_id = i.id"
#define LEFT_OVER                                                                      \
	"i.amount_minor - CASE WHEN i.amount_minor > 0 THEN 1 ELSE -1 END * COALESCE(" \
	"a.minor, 0)"
#define FIRST " ORDER BY 1 LIMIT 200"

static const struct law laws[] = {
	{ "balance", "item", "%e is left by what was applied, the balance says %f",
	  "SELECT i.id, c.code, i.document, i.currency, " LEFT_OVER ", b.open_minor" ITEM_OF(
		  "i") " JOIN item_balance b ON b.item_id = i.id" APPLIED
		       " WHERE i.entity_id = $1 AND b.open_minor <> " LEFT_OVER FIRST },
	{ "applied", "item", "of %e, %f is applied",
	  "SELECT i.id, c.code, i.document, i.currency, abs(i.amount_minor), COALESCE(a.minor, "
	  "0)" ITEM_OF("i") APPLIED " WHERE i.entity_id = $1 AND (COALESCE(a.minor, 0) < 0"
				    " OR COALESCE(a.minor, 0) > abs(i.amount_minor))" FIRST },
	{ "exchange", "exchange_difference", "its exchange difference is %e, %f is booked",
	  "SELECT x.allocation_id, c.code, i.document, x.currency, COALESCE((SELECT"
	  " n.difference_minor FROM exchange_rebooked n WHERE n.allocation_id = x.allocation_id"
	  " AND n.is_reversal = 0 AND NOT EXISTS (SELECT 1 FROM exchange_rebooked o"
	  "  WHERE o.allocation_id = n.allocation_id AND o.is_reversal = 0 AND o.id > n.id)),"
	  " x.difference_minor), x.difference_minor + COALESCE((SELECT"
	  " CAST(SUM(n.difference_minor) AS BIGINT) FROM exchange_rebooked n"
	  "  WHERE n.allocation_id = x.allocation_id), 0)" ITEM_OF(
		  "i") " JOIN allocation l ON l.debit_item_id = i.id"
		       " JOIN exchange_difference x ON x.allocation_id = l.id"
		       " WHERE x.entity_id = $1 AND x.difference_minor + COALESCE((SELECT"
		       " SUM(n.difference_minor) FROM exchange_rebooked n"
		       "  WHERE n.allocation_id = x.allocation_id), 0) <> COALESCE((SELECT"
		       " n.difference_minor FROM exchange_rebooked n"
		       "  WHERE n.allocation_id = x.allocation_id AND n.is_reversal = 0"
		       "  AND NOT EXISTS (SELECT 1 FROM exchange_rebooked o WHERE"
		       "  o.allocation_id = n.allocation_id AND o.is_reversal = 0 AND o.id > "
		       "n.id)),"
		       " x.difference_minor)" FIRST },
	{ "over_applied", "item", "of %e, %f is said to be open",
	  "SELECT i.id, c.code, i.document, i.currency, i.amount_minor, "
	  "b.open_minor" ITEM_OF(
		  "i") " JOIN item_balance b ON b.item_id = i.id"
		       " WHERE i.entity_id = $1 AND ((i.amount_minor > 0 AND"
		       " (b.open_minor < 0 OR b.open_minor > i.amount_minor)) OR (i.amount_minor < "
		       "0 AND"
		       " (b.open_minor > 0 OR b.open_minor < i.amount_minor)))" FIRST },
	{ "reversed", "item", "is out of the ledger but has a balance, of %f",
	  "SELECT i.id, c.code, i.document, i.currency, 0, b.open_minor" ITEM_OF(
		  "i") " JOIN item_balance b ON b.item_id = i.id JOIN item_reversal r ON r.item_id "
		       "= i.id"
		       " WHERE i.entity_id = $1" FIRST },
	{ "lost", "item", "is in the ledger, with %e, but has no balance",
	  "SELECT i.id, c.code, i.document, i.currency, i.amount_minor, 0" ITEM_OF(
		  "i") " WHERE i.entity_id = $1 AND NOT EXISTS (SELECT 1 FROM item_balance b"
		       " WHERE b.item_id = i.id) AND NOT EXISTS (SELECT 1 FROM item_reversal r"
		       " WHERE r.item_id = i.id)" FIRST },
	{ "balance_customer", "item", "its balance stands at another customer",
	  "SELECT i.id, c.code, i.document, NULL, 0, 0" ITEM_OF(
		  "i") " JOIN item_balance b ON b.item_id = i.id WHERE i.entity_id = $1"
		       " AND b.customer_id <> i.customer_id" FIRST },
	{ "sides", "allocation", "joins it with item %m, to which it does not belong",
	  "SELECT l.id, c.code, d.document, NULL, l.debit_item_id, l.credit_item_id"
	  " FROM allocation l JOIN item d ON d.id = l.debit_item_id JOIN item k"
	  " ON k.id = l.credit_item_id JOIN customer c ON c.id = d.customer_id"
	  " WHERE (l.entity_id = $1 OR d.entity_id = $1) AND (d.amount_minor <= 0"
	  " OR k.amount_minor >= 0 OR d.currency <> k.currency OR d.currency <> l.currency"
	  " OR d.entity_id <> l.entity_id OR k.entity_id <> l.entity_id"
	  " OR d.customer_id <> l.customer_id)" FIRST },
	{ "undo", "allocation", "undoes %e of it by %f, or on another day or side",
	  "SELECT r.id, c.code, d.document, r.currency, l.amount_minor, -r.amount_minor"
	  " FROM allocation r JOIN allocation l ON l.id = r.reverses_id JOIN item d"
	  " ON d.id = r.debit_item_id JOIN customer c ON c.id = d.customer_id"
	  " WHERE r.entity_id = $1 AND (r.amount_minor <> -l.amount_minor"
	  " OR r.debit_item_id <> l.debit_item_id OR r.credit_item_id <> l.credit_item_id"
	  " OR COALESCE(r.dated_from, r.effective) <> l.effective"
	  " OR l.reverses_id IS NOT NULL)" FIRST },
	{ "sign", "allocation", "applies %f: below zero without undoing, or the other way",
	  "SELECT l.id, c.code, d.document, l.currency, 0, l.amount_minor FROM allocation l"
	  " JOIN item d ON d.id = l.debit_item_id JOIN customer c ON c.id = d.customer_id"
	  " WHERE l.entity_id = $1 AND ((l.reverses_id IS NULL AND l.amount_minor <= 0)"
	  " OR (l.reverses_id IS NOT NULL AND l.amount_minor >= 0))" FIRST },
	{ "settled_dead", "allocation", "applies item %n or %m, which is out of the ledger",
	  "SELECT l.id, c.code, d.document, NULL, l.debit_item_id, l.credit_item_id"
	  " FROM allocation l JOIN item d ON d.id = l.debit_item_id JOIN customer c"
	  " ON c.id = d.customer_id WHERE l.entity_id = $1"
	  " AND l.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM allocation r"
	  " WHERE r.reverses_id = l.id) AND EXISTS (SELECT 1 FROM item_reversal v"
	  " WHERE v.item_id = l.debit_item_id OR v.item_id = l.credit_item_id)" FIRST },
	{ "receipt", "statement_entry", "its payment, item %m, is not in the ledger",
	  "SELECT s.id, NULL, s.reference, NULL, 0, s.payment_item_id FROM statement_entry s"
	  " WHERE s.entity_id = $1 AND s.payment_item_id IS NOT NULL AND NOT EXISTS"
	  " (SELECT 1 FROM item_balance b WHERE b.item_id = s.payment_item_id)" FIRST },
	{ "receipt_twice", "statement_entry", "is %m payments",
	  "SELECT i.bank_entry_id, NULL, min(i.document), NULL, 0, count(*) FROM item i"
	  " JOIN item_balance b ON b.item_id = i.id WHERE i.entity_id = $1"
	  " AND i.bank_entry_id IS NOT NULL GROUP BY i.bank_entry_id HAVING count(*) > 1" FIRST },
	{ "paper", "statement_entry",
	  "its payment, item %m, is not at risk though it is no money yet",
	  "SELECT s.id, NULL, s.reference, NULL, 0, s.payment_item_id FROM hand_receipt h"
	  " JOIN statement_entry s ON s.id = h.entry_id JOIN item_balance b"
	  " ON b.item_id = s.payment_item_id WHERE s.entity_id = $1"
	  " AND h.kind IN ('bill', 'cheque') AND s.state IN ('matched', 'on_account', 'booked')"
	  " AND NOT EXISTS (SELECT 1 FROM paper_risk p WHERE p.item_id = "
	  "s.payment_item_id)" FIRST },
	{ "tenant", "paper", "its payment or customer is another's",
	  "SELECT x.id, c.code, i.document, NULL, 0, i.id FROM paper_risk x JOIN customer c"
	  " ON c.id = x.customer_id JOIN item i ON i.id = x.item_id WHERE x.entity_id = $1"
	  " AND (c.entity_id <> x.entity_id OR i.customer_id <> x.customer_id"
	  " OR i.entity_id <> x.entity_id)" FIRST },
	{ "import_twice", "import", "its content is applied %m times",
	  "SELECT max(m.id), NULL, max(m.file_name), NULL, 0, count(*) FROM import m"
	  " WHERE m.entity_id = $1 AND m.state = 'applied' GROUP BY m.sha256"
	  " HAVING count(*) > 1" FIRST },
	{ "tenant", "item", "its customer is of another company",
	  "SELECT i.id, c.code, i.document, NULL, 0, 0" ITEM_OF(
		  "i") " WHERE (i.entity_id = $1 OR c.entity_id = $1) AND c.entity_id <> "
		       "i.entity_id" FIRST },
	{ "tenant", "allocation", "its customer is of another company",
	  "SELECT x.id, c.code, NULL, NULL, 0, 0 FROM allocation x JOIN customer c"
	  " ON c.id = x.customer_id WHERE x.entity_id = $1 AND c.entity_id <> x.entity_id" FIRST },
	{ "tenant", "contact", "its customer is of another company",
	  "SELECT x.id, c.code, NULL, NULL, 0, 0 FROM contact x JOIN customer c"
	  " ON c.id = x.customer_id WHERE x.entity_id = $1 AND c.entity_id <> x.entity_id" FIRST },
	{ "tenant", "dispute", "its document or customer is another's",
	  "SELECT x.id, c.code, i.document, NULL, 0, 0 FROM dispute x JOIN customer c"
	  " ON c.id = x.customer_id JOIN item i ON i.id = x.item_id WHERE x.entity_id = $1"
	  " AND (c.entity_id <> x.entity_id OR i.customer_id <> x.customer_id)" FIRST },
	{ "tenant", "promise", "its customer is of another company",
	  "SELECT x.id, c.code, NULL, NULL, 0, 0 FROM promise x JOIN customer c"
	  " ON c.id = x.customer_id WHERE x.entity_id = $1 AND c.entity_id <> x.entity_id" FIRST },
	{ "tenant", "message", "its customer is of another company",
	  "SELECT x.id, c.code, NULL, NULL, 0, 0 FROM message x JOIN customer c"
	  " ON c.id = x.customer_id WHERE x.entity_id = $1 AND c.entity_id <> x.entity_id" FIRST },
	{ "tenant", "message", "chases a document of another customer, item %m",
	  "SELECT x.id, c.code, i.document, NULL, 0, i.id FROM message x JOIN customer c"
	  " ON c.id = x.customer_id JOIN message_line l ON l.message_id = x.id JOIN item i"
	  " ON i.id = l.item_id WHERE x.entity_id = $1 AND i.customer_id <> x.customer_id" FIRST },
	{ "event", "item", "its event %m is of another company or moment, or is not there",
	  "SELECT i.id, c.code, i.document, NULL, 0, i.event_id" ITEM_OF(
		  "i") " LEFT JOIN event e ON e.id = i.event_id WHERE i.entity_id = $1 AND (e.id "
		       "IS NULL"
		       " OR e.entity_id <> i.entity_id OR e.recorded <> i.recorded)" FIRST },
	{ "event", "allocation", "its event %m is of another company or moment, or is not there",
	  "SELECT l.id, c.code, d.document, NULL, 0, l.event_id FROM allocation l"
	  " JOIN item d ON d.id = l.debit_item_id JOIN customer c ON c.id = d.customer_id"
	  " LEFT JOIN event e ON e.id = l.event_id WHERE l.entity_id = $1 AND (e.id IS NULL"
	  " OR e.entity_id <> l.entity_id OR e.recorded <> l.recorded)" FIRST },
	{ "event", "item_reversal", "its event %m is of another company or moment, or is not there",
	  "SELECT r.item_id, c.code, i.document, NULL, 0, r.event_id FROM item_reversal r"
	  " JOIN item i ON i.id = r.item_id JOIN customer c ON c.id = i.customer_id"
	  " LEFT JOIN event e ON e.id = r.event_id WHERE r.entity_id = $1 AND (e.id IS NULL"
	  " OR e.entity_id <> r.entity_id OR e.recorded <> r.recorded)" FIRST },
	{ "event", "item_change", "its event %m is of another company or moment, or is not there",
	  "SELECT h.id, c.code, i.document, NULL, 0, h.event_id FROM item_change h"
	  " JOIN item i ON i.id = h.item_id JOIN customer c ON c.id = i.customer_id"
	  " LEFT JOIN event e ON e.id = h.event_id WHERE h.entity_id = $1 AND (e.id IS NULL"
	  " OR e.entity_id <> h.entity_id OR e.recorded <> h.recorded)" FIRST },
};

static void put_amounts(struct buf *b, const char *text, const struct verify_fault *f)
{
	for (; *text; text++) {
		char amount[MONEY_TEXT];

		if (*text != '%') {
			buf_putc(b, *text);
			continue;
		}
		text++;
		if (*text == 'e')
			buf_puts(b, minor_format(f->expected_minor, f->currency, amount));
		else if (*text == 'f')
			buf_puts(b, minor_format(f->found_minor, f->currency, amount));
		else
			buf_printf(b, "%" PRId64,
				   *text == 'n' ? f->expected_minor : f->found_minor);
	}
}

/* "allocation 17, document FA1 of C001: undoes 10.00 of it by 9.00". */
static const char *sentence(struct arena *a, const struct law *law, const struct verify_fault *f)
{
	struct buf b;

	buf_init(&b, a);
	buf_printf(&b, "%s %" PRId64, law->subject, f->subject_id);
	if (f->document)
		buf_printf(&b, ", %s", f->document);
	if (f->customer)
		buf_printf(&b, " of %s", f->customer);
	buf_puts(&b, ": ");
	put_amounts(&b, law->text, f);
	return buf_str(&b);
}

static bool check_law(struct db *db, struct arena *a, int64_t entity_id, const struct law *law,
		      struct verify_report *report, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	if (!db_query(db, law->sql, DB_PARAMS(P_I64(entity_id)), &r, e))
		return false;
	for (;;) {
		struct verify_fault f = { .law = law->name, .subject_kind = law->subject };

		if (!rows_next(r, &more, e))
			return false;
		if (!more)
			return true;
		f.subject_id = row_i64(r, 0);
		f.customer = arena_strdup(a, row_text(r, 1));
		f.document = arena_strdup(a, row_text(r, 2));
		f.currency = arena_strdup(a, row_text(r, 3));
		f.expected_minor = row_i64(r, 4);
		f.found_minor = row_i64(r, 5);
		f.detail = sentence(a, law, &f);
		verify_add(a, report, &f);
	}
}

bool verify_laws(struct db *db, struct arena *a, int64_t entity_id, struct verify_report *report,
		 struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(laws); i++)
		if (!check_law(db, a, entity_id, &laws[i], report, e))
			return err_while(e, "checking the law \"%s\"", laws[i].name);
	return true;
}
