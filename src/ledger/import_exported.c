/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_exported.c - our own entries come back in the accounting's file.
 *
 * What was exported to the books (migrations/0016_export.sql) returns with the next file. A line on a customer's
 * account that has piece, account and amount of an exported one is that one: the item it books is the one that
 * is here, and what only moves amounts between accounts, or takes back what was exported before, makes none.
 */
#include "ledger/import_plan.h"

#include "base/money.h"

struct exported_line {
	int64_t customer_id;
	const char *piece_key;
	const char *kind; /* "item", "exchange", "transfer" */
	int64_t fact_id;
	int sign;
	int64_t minor; /* debit positive */
	bool is_taken;
	struct exported_line *next; /* of the same customer, the oldest first */
};

bool plan_find_own(struct import_plan *p, struct err *e)
{
	int64_t number;

	if (p->format != FORMAT_FEC)
		return true;
	if (!db_get_i64(p->posting.db,
			"SELECT number FROM export_batch WHERE entity_id = $1 AND fec_sha256 = $2"
			" ORDER BY number LIMIT 1",
			DB_PARAMS(P_I64(p->posting.entity_id), P_TEXT(p->report->sha256)), 0,
			&number, e))
		return false;
	p->is_own_export = number != 0;
	if (p->is_own_export)
		plan_warn(p,
			  "this file is export %" PRId64 " of this program, not the accounting's",
			  number);
	return true;
}

bool plan_load_exported(struct import_plan *p, int64_t from_id, int64_t to_id, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct exported_line, customer_id), DB_COL(struct exported_line, piece_key),
		DB_COL(struct exported_line, kind),        DB_COL(struct exported_line, fact_id),
		DB_COL(struct exported_line, sign),        DB_COL(struct exported_line, minor),
	};
	struct exported_line *all;
	size_t n;

	if (p->format != FORMAT_FEC)
		return true;
	if (!db_list(p->posting.db, p->arena,
		     "SELECT l.customer_id, l.piece_key, f.kind, f.fact_id, f.sign,"
		     " l.debit_minor - l.credit_minor FROM export_line l JOIN export_fact f"
		     " ON f.batch_id = l.batch_id AND f.seq = l.seq JOIN export_batch x"
		     " ON x.id = f.batch_id WHERE x.entity_id = $1 AND x.state <> 'refused'"
		     " AND l.customer_id >= $2 AND l.customer_id <= $3"
		     " ORDER BY x.number DESC, l.seq DESC, l.line DESC",
		     DB_PARAMS(P_I64(p->posting.entity_id), P_I64(from_id), P_I64(to_id)), columns,
		     ARRAY_LEN(columns), sizeof *all, (void **)&all, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct plan_customer *c = plan_customer_by_id(p, all[i].customer_id);
		if (!c || !c->is_in_batch)
			continue;
		all[i].next = c->exported;
		c->exported = &all[i];
	}
	return true;
}

/* The item that the exported line booked, while it stands and no other line of the file is it. */
static struct known_item *item_of(const struct plan_customer *c, const struct exported_line *l)
{
	if (l->sign < 0 || !str_eq(l->kind, "item"))
		return NULL;
	for (struct known_item *k = c->items; k; k = k->next_customer)
		if (k->id == l->fact_id)
			return k->is_taken || k->is_reversed ? NULL : k;
	return NULL;
}

bool plan_take_exported(struct item_fact *f, struct known_item **ret)
{
	*ret = NULL;
	if (!f->is_ledger || f->is_opening || !f->document_key)
		return false;
	for (struct exported_line *l = f->customer->exported; l; l = l->next) {
		if (l->is_taken || l->minor != f->amount_minor ||
		    !str_eq(l->piece_key, f->document_key))
			continue;
		l->is_taken = true;
		*ret = item_of(f->customer, l);
		return true;
	}
	return false;
}
