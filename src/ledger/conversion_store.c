/* SPDX-License-Identifier: Apache-2.0 */
/* conversion_store.c - conversions as facts, and their laws. */
#include "ledger/conversion.h"

#include "base/list.h"
#include "base/money.h"
#include "ledger/entity.h"

/* The books export what stands against the customer by that account (books/account.def): it comes to nothing, one
 * item puts there what the other takes. */
#define ACCOUNT "478"

/* ---- posting ------------------------------------------------------------------------------------- */

struct value {
	int64_t minor;
	day_t on;
};

/* In the company's currency: the amount that is in it, else what was received, at the rate of its day. */
static bool value_of(const struct posting *p, struct arena *a, const struct new_conversion *c,
		     struct value *ret, struct err *e)
{
	const char *codes[] = { c->rate.from, NULL };
	struct exchange_table rates;
	struct exchanged worth;
	struct entity entity;

	if (!entity_get_by_id(p->db, a, p->entity_id, &entity, e))
		return false;
	*ret = (struct value){ c->from_minor, c->rate.on };
	if (str_eq(entity.currency, c->rate.from))
		return true;
	ret->minor = c->to_minor;
	if (str_eq(entity.currency, c->rate.to))
		return true;
	codes[1] = entity.currency;
	if (!exchange_load_day(p->db, a, codes, ARRAY_LEN(codes), c->on, 0, &rates, e) ||
	    !exchange_convert(&rates, c->from_minor, c->rate.from, entity.currency, c->on, &worth,
			      e))
		return false;
	*ret = (struct value){ worth.minor, worth.rate_on };
	return true;
}

static bool post_side(const struct posting *p, struct arena *a, const struct new_conversion *c,
		      int64_t id, bool is_from, int64_t *ret_item_id, struct err *e)
{
	char from[MONEY_TEXT], to[MONEY_TEXT];
	struct new_item it = {
		.customer_id = c->customer_id,
		.kind = ITEM_PAYMENT,
		.document = arena_printf(a, "CV-%" PRId64, id),
		.issued_on = c->on,
		.due_on = DAY_NONE,
		.due_source = DUE_FROM_ITEM_FILE,
		.amount_minor = is_from ? c->from_minor : -c->to_minor,
		.account = ACCOUNT,
		.effective = c->on,
	};

	it.label = arena_printf(a, "%s: %s %s = %s %s", c->reference,
				minor_format(c->from_minor, c->rate.from, from), c->rate.from,
				minor_format(c->to_minor, c->rate.to, to), c->rate.to);
	memcpy(it.currency, is_from ? c->rate.from : c->rate.to, sizeof it.currency);
	return post_item(p, &it, ret_item_id, e);
}

static bool insert(const struct posting *p, const struct new_conversion *c, int64_t id,
		   int64_t from_item, int64_t to_item, const struct value *worth, struct err *e)
{
	return db_exec(p->db,
		       "INSERT INTO conversion (id, entity_id, entry_id, payment_item_id,"
		       " from_item_id, to_item_id, from_minor, from_currency, to_minor,"
		       " to_currency, rate_times, rate_by, rate_source, rate_on, base_minor,"
		       " base_on, event_id, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
		       " $10, $11, $12, $13, $14, $15, $16, $17, $18)",
		       DB_PARAMS(P_I64(id), P_I64(p->entity_id), P_I64(c->entry_id),
				 P_I64(c->payment_item_id), P_I64(from_item), P_I64(to_item),
				 P_I64(c->from_minor), P_TEXT(c->rate.from), P_I64(c->to_minor),
				 P_TEXT(c->rate.to), P_I64(c->rate.times), P_I64(c->rate.by),
				 P_TEXT(conversion_source_name(c->rate.source)), P_DAY(c->rate.on),
				 P_I64(worth->minor), P_DAY(worth->on), P_I64(p->event_id),
				 P_I64(p->recorded)),
		       NULL, e);
}

bool conversion_post(const struct posting *p, struct arena *a, const struct new_conversion *c,
		     int64_t *ret_item_id, struct err *e)
{
	int64_t id, from_item, to_item;
	struct value worth;

	if (c->from_minor <= 0 || c->to_minor <= 0 ||
	    !conversion_agrees(&c->rate, c->from_minor, c->to_minor))
		return err_set(e, ERR_INVALID, "the amounts do not agree with the rate");
	if (!value_of(p, a, c, &worth, e) || !db_new_id(p->db, &id, e) ||
	    !post_side(p, a, c, id, true, &from_item, e) ||
	    !post_side(p, a, c, id, false, &to_item, e) ||
	    !post_allocation(p,
			     &(struct new_allocation){ .debit_item_id = from_item,
						       .credit_item_id = c->payment_item_id,
						       .amount_minor = c->from_minor,
						       .rule = "conversion",
						       .reason = "converted",
						       .effective = c->on },
			     NULL, e) ||
	    !insert(p, c, id, from_item, to_item, &worth, e))
		return false;
	*ret_item_id = to_item;
	return true;
}

/* ---- reading ------------------------------------------------------------------------------------- */

#define CONVERSION_SELECT                                                           \
	"SELECT v.id, v.entry_id, v.payment_item_id, v.from_item_id, v.to_item_id," \
	" v.from_minor, v.to_minor, v.base_minor, v.base_on, v.from_currency,"      \
	" v.to_currency, v.rate_times, v.rate_by, v.rate_on, v.rate_source,"        \
	" -b.open_minor FROM conversion v JOIN item_balance b ON b.item_id = v.to_item_id"

static const struct db_column columns[] = {
	DB_COL(struct conversion, id),
	DB_COL(struct conversion, entry_id),
	DB_COL(struct conversion, payment_item_id),
	DB_COL(struct conversion, from_item_id),
	DB_COL(struct conversion, to_item_id),
	DB_COL(struct conversion, from_minor),
	DB_COL(struct conversion, to_minor),
	DB_COL(struct conversion, base_minor),
	DB_DAY(struct conversion, base_on),
	DB_COL(struct conversion, rate.from),
	DB_COL(struct conversion, rate.to),
	DB_COL(struct conversion, rate.times),
	DB_COL(struct conversion, rate.by),
	DB_DAY(struct conversion, rate.on),
	DB_COL(struct conversion, source_name),
	DB_COL(struct conversion, left_minor),
};

static bool list(struct db *db, struct arena *a, const char *sql, struct db_params params,
		 struct conversion **ret, size_t *ret_n, struct err *e)
{
	if (!db_list(db, a, sql, params, columns, ARRAY_LEN(columns), sizeof **ret, (void **)ret,
		     ret_n, e))
		return false;
	for (size_t i = 0; i < *ret_n; i++) {
		struct conversion *c = &(*ret)[i];
		for (enum conversion_source s = CONVERSION_BANK; s <= CONVERSION_AGREED; s++)
			if (str_eq(c->source_name, conversion_source_name(s)))
				c->rate.source = s;
	}
	return true;
}

bool conversion_list(struct db *db, struct arena *a, int64_t entity_id, int64_t entry_id,
		     struct conversion **ret, size_t *ret_n, struct err *e)
{
	return list(db, a,
		    CONVERSION_SELECT " WHERE v.entity_id = $1 AND v.entry_id = $2 ORDER BY v.id",
		    DB_PARAMS(P_I64(entity_id), P_I64(entry_id)), ret, ret_n, e);
}

/* ---- taking back --------------------------------------------------------------------------------- */

struct pair_row {
	int64_t from_item_id, to_item_id;
};

bool conversion_undo(const struct posting *p, struct arena *a, int64_t entry_id, struct err *e)
{
	static const struct db_column pair[] = { DB_COL(struct pair_row, from_item_id),
						 DB_COL(struct pair_row, to_item_id) };
	struct pair_row *found;
	size_t n;

	if (!db_list(p->db, a,
		     "SELECT v.from_item_id, v.to_item_id FROM conversion v JOIN item_balance b"
		     " ON b.item_id = v.to_item_id WHERE v.entry_id = $1 ORDER BY v.id",
		     DB_PARAMS(P_I64(entry_id)), pair, ARRAY_LEN(pair), sizeof *found,
		     (void **)&found, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!post_item_reversal(p, found[i].to_item_id, "conversion undone", e) ||
		    !post_item_reversal(p, found[i].from_item_id, "conversion undone", e))
			return false;
	return true;
}

bool conversion_refuse(struct db *db, int64_t payment_item_id, struct err *e)
{
	int64_t n;

	if (!db_get_i64(db,
			"SELECT count(*) FROM conversion v JOIN item_balance b"
			" ON b.item_id = v.to_item_id WHERE v.payment_item_id = $1",
			DB_PARAMS(P_I64(payment_item_id)), 0, &n, e))
		return false;
	return n == 0 || err_set(e, ERR_CONFLICT,
				 "this money was converted into another currency: take back the"
				 " decision on its receipt first");
}

/* ---- laws ---------------------------------------------------------------------------------------- */

struct check_row {
	struct conversion c;
	const char *reference, *base_currency;
	int64_t from_is, to_is; /* amounts of the items in the ledger; 0: not there */
	int64_t taken;          /* of the payment */
	const char *from_in, *to_in;
};

static void fault(struct arena *a, struct verify_report *ret, const struct check_row *r,
		  const char *law, const char *what)
{
	verify_add(a, ret,
		   &(struct verify_fault){
			   .law = law,
			   .detail = arena_printf(a, "%s: conversion %" PRId64 " of %s: %s", law,
						  r->c.id, r->reference, what),
			   .subject_kind = "conversion",
			   .subject_id = r->c.id,
			   .document = r->reference });
}

static bool has_value(const struct check_row *r)
{
	if (str_eq(r->base_currency, r->c.rate.from))
		return r->c.base_minor == r->c.from_minor;
	return !str_eq(r->base_currency, r->c.rate.to) || r->c.base_minor == r->c.to_minor;
}

static void check(struct arena *a, const struct check_row *r, struct verify_report *ret)
{
	bool is_there = r->from_is != 0;

	if (!conversion_agrees(&r->c.rate, r->c.from_minor, r->c.to_minor))
		fault(a, ret, r, "conversion_rate", "the amounts do not agree with the rate");
	if (!has_value(r))
		fault(a, ret, r, "conversion_value", "it is worth another amount");
	if (is_there != (r->to_is != 0))
		fault(a, ret, r, "conversion_sides", "one side is there without the other");
	else if (is_there &&
		 (r->from_is != r->c.from_minor || r->to_is != -r->c.to_minor ||
		  !str_eq(r->from_in, r->c.rate.from) || !str_eq(r->to_in, r->c.rate.to)))
		fault(a, ret, r, "conversion_sides", "its items have other amounts");
	if (is_there && r->taken != r->c.from_minor)
		fault(a, ret, r, "conversion_taken", "the payment gave another amount");
}

bool conversion_verify(struct db *db, struct arena *a, int64_t entity_id, struct verify_report *ret,
		       struct err *e)
{
	static const struct db_column check_columns[] = {
		DB_COL(struct check_row, c.id),         DB_COL(struct check_row, c.from_minor),
		DB_COL(struct check_row, c.to_minor),   DB_COL(struct check_row, c.base_minor),
		DB_COL(struct check_row, c.rate.from),  DB_COL(struct check_row, c.rate.to),
		DB_COL(struct check_row, c.rate.times), DB_COL(struct check_row, c.rate.by),
		DB_COL(struct check_row, reference),    DB_COL(struct check_row, base_currency),
		DB_COL(struct check_row, from_is),      DB_COL(struct check_row, to_is),
		DB_COL(struct check_row, taken),        DB_COL(struct check_row, from_in),
		DB_COL(struct check_row, to_in),
	};
	struct check_row *rows;
	size_t n;

	if (!db_list(db, a,
		     "SELECT v.id, v.from_minor, v.to_minor, v.base_minor, v.from_currency,"
		     " v.to_currency, v.rate_times, v.rate_by, x.reference, y.currency,"
		     " CASE WHEN fb.item_id IS NULL THEN 0 ELSE f.amount_minor END,"
		     " CASE WHEN tb.item_id IS NULL THEN 0 ELSE t.amount_minor END,"
		     " (SELECT CAST(COALESCE(SUM(l.amount_minor), 0) AS BIGINT) FROM allocation l"
		     "  WHERE l.debit_item_id = v.from_item_id"
		     "  AND l.credit_item_id = v.payment_item_id), f.currency, t.currency"
		     " FROM conversion v JOIN statement_entry x ON x.id = v.entry_id"
		     " JOIN entity y ON y.id = v.entity_id JOIN item f ON f.id = v.from_item_id"
		     " JOIN item t ON t.id = v.to_item_id"
		     " LEFT JOIN item_balance fb ON fb.item_id = f.id"
		     " LEFT JOIN item_balance tb ON tb.item_id = t.id"
		     " WHERE v.entity_id = $1 ORDER BY v.id",
		     DB_PARAMS(P_I64(entity_id)), check_columns, ARRAY_LEN(check_columns),
		     sizeof *rows, (void **)&rows, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		check(a, &rows[i], ret);
	return true;
}
