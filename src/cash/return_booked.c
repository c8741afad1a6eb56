/* SPDX-License-Identifier: Apache-2.0 */
/* return_booked.c - returns that the accounting's file has booked already, so that nothing counts twice. */
#include "cash/return_private.h"

#include "base/text.h"

#include <stdlib.h>

/* ---- which line it is ---- */

bool return_line_has_fee(const struct return_fact *fact, int64_t minor)
{
	return fact->asked_minor > 0 && minor == fact->minor - fact->fee_minor + fact->asked_minor;
}

enum agreement { AGREES_NOT, AGREES_AMOUNT, AGREES_PAYER, AGREES_CUSTOMER, AGREES_REFERENCE };

static bool same_key(struct arena *a, const char *x, const char *y)
{
	return !str_empty(x) && !str_empty(y) &&
	       str_eq(text_reference_key(a, x), text_reference_key(a, y));
}

/* The line's number or words quote what the bank calls the return, or how the payer called the payment. */
static bool names_return(struct arena *a, const struct return_fact *fact,
			 const struct return_booked *line)
{
	const char *const names[] = { fact->reference, fact->end_to_end };
	const char *label = line->label ? text_reference_key(a, line->label) : "";

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *key = str_empty(names[i]) ? "" : text_reference_key(a, names[i]);
		if (strlen(key) >= 4 && same_key(a, names[i], line->document))
			return true;
		if (strlen(key) >= 6 && strstr(label, key))
			return true;
	}
	return false;
}

static bool is_payer(struct arena *a, const struct return_fact *fact,
		     const struct return_booked *line)
{
	return (!str_empty(fact->payer_iban) && str_eq(fact->payer_iban, line->customer_iban)) ||
	       (!str_empty(fact->payer_name) && !str_empty(line->customer_name) &&
		str_eq(text_key(a, fact->payer_name), text_key(a, line->customer_name)));
}

static enum agreement agreement_of(struct arena *a, const struct return_fact *fact,
				   const struct return_payment *payment,
				   const struct return_booked *line)
{
	int days = abs(line->on - fact->on);

	if (days > RETURN_BOOKED_DAYS || !str_eq(line->currency, fact->currency) ||
	    (line->minor != fact->minor && line->minor != fact->minor - fact->fee_minor &&
	     !return_line_has_fee(fact, line->minor)))
		return AGREES_NOT;
	if (payment && line->settles_item_id == payment->item_id)
		return AGREES_REFERENCE;
	if (names_return(a, fact, line))
		return AGREES_REFERENCE;
	if (payment && line->customer_id == payment->customer_id)
		return line->settles_item_id ? AGREES_PAYER : AGREES_CUSTOMER;
	/* Where the accounting has the payment on its account, it has the return there too. */
	if (payment)
		return payment->is_booked || line->settles_item_id ? AGREES_NOT : AGREES_AMOUNT;
	return is_payer(a, fact, line) ? AGREES_PAYER : AGREES_AMOUNT;
}

enum return_verdict return_booked_find(struct arena *a, const struct return_fact *fact,
				       const struct return_payment *payment,
				       const struct return_booked *lines, size_t n, size_t *ret)
{
	enum agreement best = AGREES_NOT;
	int best_days = 0;

	for (size_t i = 0; i < n; i++) {
		enum agreement how = agreement_of(a, fact, payment, &lines[i]);
		int days = abs(lines[i].on - fact->on);
		bool is_better = how > best ||
				 (how == best && how != AGREES_NOT &&
				  (days < best_days ||
				   (days == best_days && lines[i].item_id < lines[*ret].item_id)));
		if (!is_better)
			continue;
		best = how;
		best_days = days;
		*ret = i;
	}
	return best >= AGREES_CUSTOMER ? RETURN_BOOKED
	       : best != AGREES_NOT    ? RETURN_PERHAPS_BOOKED
				       : RETURN_NOT_BOOKED;
}

/* ---- as the ledger has them ---- */

static const struct db_column columns[] = {
	DB_COL(struct return_booked, item_id),       DB_COL(struct return_booked, customer_id),
	DB_COL(struct return_booked, minor),         DB_COL(struct return_booked, open_minor),
	DB_COL(struct return_booked, currency),      DB_DAY(struct return_booked, on),
	DB_COL(struct return_booked, document),      DB_COL(struct return_booked, label),
	DB_COL(struct return_booked, customer_iban), DB_COL(struct return_booked, customer_name),
	DB_COL(struct return_booked, customer_code), DB_COL(struct return_booked, settles_item_id),
};

/* Lettered with one thing alone, for all of its amount. */
#define SETTLES                                                                        \
	"(SELECT MAX(l.credit_item_id) FROM allocation l WHERE l.debit_item_id = i.id" \
	" AND l.amount_minor = i.amount_minor AND COALESCE(l.reverses_id, 0) = 0"      \
	" AND NOT EXISTS (SELECT 1 FROM allocation v WHERE v.reverses_id = l.id))"

bool return_booked_lines(struct db *db, struct arena *a, int64_t entity_id,
			 const struct return_fact *fact, struct return_booked **ret, size_t *ret_n,
			 struct err *e)
{
	return db_list(db, a,
		       "SELECT i.id, i.customer_id, i.amount_minor, b.open_minor, i.currency,"
		       " i.effective, i.document, i.label, c.iban, c.name, c.code, " SETTLES
		       " FROM item i JOIN item_balance b ON b.item_id = i.id"
		       " JOIN customer c ON c.id = i.customer_id"
		       " WHERE i.entity_id = $1 AND i.kind = 'payment' AND i.source = 'fec'"
		       " AND i.bank_entry_id IS NULL AND i.amount_minor IN ($2, $3, $7)"
		       " AND i.currency = $4 AND i.effective >= $5 AND i.effective <= $6"
		       " AND NOT EXISTS (SELECT 1 FROM payment_return r"
		       "  WHERE r.return_item_id = i.id AND r.state = 'treated')"
		       " ORDER BY i.effective, i.id LIMIT 200",
		       DB_PARAMS(P_I64(entity_id), P_I64(fact->minor),
				 P_I64(fact->minor - fact->fee_minor), P_TEXT(fact->currency),
				 P_DAY(fact->on - RETURN_BOOKED_DAYS),
				 P_DAY(fact->on + RETURN_BOOKED_DAYS),
				 P_I64(fact->minor - fact->fee_minor + fact->asked_minor)),
		       columns, ARRAY_LEN(columns), sizeof **ret, (void **)ret, ret_n, e);
}

/* ---- its charge ---- */

/* Whether the words say that it is the charge of a return. */
static bool says_fee(struct arena *a, const char *label)
{
	static const char *const words[] = {
		"FRAIS", "REJET", "IMPAYE", "FEE", "CHARGE", "RETURN"
	};
	const char *key = text_key(a, label ? label : "");

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(key, words[i]))
			return true;
	return false;
}

bool return_booked_fee(struct db *db, struct arena *a, int64_t customer_id,
		       const struct return_fact *fact, int64_t not_item_id, int64_t *ret,
		       struct err *e)
{
	struct fee_line {
		int64_t id;
		const char *kind, *label;
		day_t on;
	} * list;
	static const struct db_column fee_columns[] = {
		DB_COL(struct fee_line, id),
		DB_COL(struct fee_line, kind),
		DB_COL(struct fee_line, label),
		DB_DAY(struct fee_line, on),
	};
	int best = RETURN_BOOKED_DAYS + 1;
	size_t n;

	*ret = 0;
	if (!db_list(db, a,
		     "SELECT i.id, i.kind, i.label, i.effective FROM item i"
		     " JOIN item_balance b ON b.item_id = i.id WHERE i.customer_id = $1"
		     " AND i.source = 'fec' AND i.bank_entry_id IS NULL AND i.amount_minor = $2"
		     " AND i.currency = $3 AND i.effective >= $4 AND i.effective <= $5"
		     " AND i.id <> $6 AND NOT EXISTS (SELECT 1 FROM payment_return r"
		     "  WHERE r.state = 'treated' AND (r.return_item_id = i.id"
		     "  OR r.booked_fee_item_id = i.id)) ORDER BY i.effective, i.id LIMIT 50",
		     DB_PARAMS(P_I64(customer_id), P_I64(fact->asked_minor), P_TEXT(fact->currency),
			       P_DAY(fact->on - RETURN_BOOKED_DAYS),
			       P_DAY(fact->on + RETURN_BOOKED_DAYS), P_I64(not_item_id)),
		     fee_columns, ARRAY_LEN(fee_columns), sizeof *list, (void **)&list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((str_eq(list[i].kind, "payment") || says_fee(a, list[i].label)) &&
		    abs(list[i].on - fact->on) < best) {
			*ret = list[i].id;
			best = abs(list[i].on - fact->on);
		}
	return true;
}

bool return_booked_list(struct db *db, struct arena *a, int64_t entity_id,
			const struct payment_return *r, struct return_booked **ret, size_t *ret_n,
			struct err *e)
{
	struct return_fact fact;

	return return_fact_load(db, a, entity_id, r, &fact, e) &&
	       return_booked_lines(db, a, entity_id, &fact, ret, ret_n, e);
}
