/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/pay_habit.h"

#include "base/money.h"

struct paid {
	int64_t amount_minor;
	day_t due_on;
	day_t effective;
};

/* days * amount may be large: divided at each step into what fits is not exact, so it is checked. */
static bool add_paid(struct pay_habit *h, int64_t *weighted, const struct paid *p, struct err *e)
{
	int64_t days = p->effective - p->due_on;
	int64_t product;

	if (__builtin_mul_overflow(days * 10, p->amount_minor, &product))
		return err_set(e, ERR_RANGE, "the amounts paid are too large to weigh");
	h->n_payments++;
	return minor_add(weighted, product, e) && minor_add(&h->paid_minor, p->amount_minor, e) &&
	       (days <= 0 || minor_add(&h->late_minor, p->amount_minor, e));
}

bool pay_habit_get(struct db *db, struct arena *a, int64_t customer_id, const char *currency,
		   day_t from, struct when w, struct pay_habit *ret, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct paid, amount_minor),
		DB_DAY(struct paid, due_on),
		DB_DAY(struct paid, effective),
	};
	struct pay_habit h = { 0 };
	int64_t weighted = 0;
	struct paid *paid;
	size_t n;

	if (!db_list(db, a,
		     "SELECT l.amount_minor, i.due_on, l.effective FROM allocation l"
		     " JOIN item i ON i.id = l.debit_item_id"
		     " JOIN item c ON c.id = l.credit_item_id"
		     " WHERE l.customer_id = $1 AND l.currency = $2 AND l.effective >= $3"
		     " AND l.effective <= $4 AND l.reverses_id IS NULL AND l.recorded <= $5"
		     " AND NOT EXISTS (SELECT 1 FROM allocation r WHERE r.reverses_id = l.id"
		     "  AND r.recorded <= $5 AND r.effective <= $4)"
		     " AND i.kind = 'invoice' AND c.kind IN ('payment', 'deposit', 'draft')"
		     " ORDER BY l.id",
		     DB_PARAMS(P_I64(customer_id), P_TEXT(currency), P_DAY(from), P_DAY(w.as_of),
			       P_I64(when_known(w))),
		     columns, ARRAY_LEN(columns), sizeof *paid, (void **)&paid, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!add_paid(&h, &weighted, &paid[i], e))
			return false;
	}
	if (h.paid_minor > 0 && !minor_scale_round(weighted, 1, h.paid_minor, &h.delay_tenths, e))
		return false;
	*ret = h;
	return true;
}
