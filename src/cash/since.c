/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/since.h"

#include "base/buf.h"
#include "base/clock.h"

/* The receipt's payment, and the customers that it touches: its own, and those of the documents it paid. */
#define PAYMENT \
	"(SELECT x.payment_item_id FROM statement_entry x WHERE x.entity_id = $1 AND x.id = $2)"
#define CUSTOMERS                                                                             \
	"(SELECT i.customer_id FROM item i WHERE i.id = " PAYMENT                             \
	" UNION SELECT d.customer_id FROM allocation l JOIN item d ON d.id = l.debit_item_id" \
	" WHERE l.credit_item_id = " PAYMENT ")"
#define DECIDED                                                                         \
	"(SELECT MAX(v.recorded) FROM event v WHERE v.subject_kind = 'statement_entry'" \
	" AND v.subject_id = $2)"

static bool find_reminders(struct db *db, int64_t entity_id, int64_t entry_id,
			   struct cash_since *ret, struct err *e)
{
	int64_t last;

	if (!db_get_i64(db,
			"SELECT COUNT(*) FROM message m WHERE m.entity_id = $1 AND m.is_test = 0"
			" AND m.state = 'accepted' AND m.sent_at > " DECIDED
			" AND m.customer_id IN " CUSTOMERS,
			DB_PARAMS(P_I64(entity_id), P_I64(entry_id)), 0, &ret->n_reminders, e) ||
	    !db_get_i64(db,
			"SELECT COALESCE(MAX(m.sent_at), 0) FROM message m WHERE m.entity_id = $1"
			" AND m.is_test = 0 AND m.state = 'accepted' AND m.sent_at > " DECIDED
			" AND m.customer_id IN " CUSTOMERS,
			DB_PARAMS(P_I64(entity_id), P_I64(entry_id)), 0, &last, e))
		return false;
	ret->last_reminder = last ? clock_day(last, "UTC") : DAY_NONE;
	return true;
}

bool cash_since(struct db *db, struct arena *a, int64_t entity_id, int64_t entry_id,
		struct cash_since *ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;
	struct buf b;

	*ret = (struct cash_since){ .last_reminder = DAY_NONE };
	if (!find_reminders(db, entity_id, entry_id, ret, e) ||
	    !db_query(db,
		      "SELECT DISTINCT x.number FROM export_batch x JOIN export_fact f"
		      " ON f.batch_id = x.id WHERE x.entity_id = $1 AND x.state = 'acknowledged'"
		      " AND f.kind = 'item' AND f.sign = 1 AND f.fact_id = " PAYMENT
		      " ORDER BY x.number",
		      DB_PARAMS(P_I64(entity_id), P_I64(entry_id)), &r, e))
		return false;
	buf_init(&b, a);
	while (rows_next(r, &more, e) && more)
		buf_printf(&b, "%s%" PRId64, b.len ? ", " : "", row_i64(r, 0));
	ret->exports = b.len ? buf_str(&b) : NULL;
	return !more;
}

const char *cash_since_say(struct arena *a, const struct catalogue *cat,
			   const struct cash_since *since)
{
	struct buf b;

	buf_init(&b, a);
	if (since->n_reminders > 0)
		buf_printf(&b,
			   trn(cat, "%d reminder went out meanwhile and is not called back.",
			       "%d reminders went out meanwhile and are not called back.",
			       (unsigned long)since->n_reminders),
			   (int)since->n_reminders);
	if (since->exports) {
		buf_puts(&b, b.len ? " " : "");
		buf_printf(&b,
			   tr(cat, "The books took it with export %s: the next export takes it"
				   " back there."),
			   since->exports);
	}
	return b.len ? buf_str(&b) : NULL;
}
