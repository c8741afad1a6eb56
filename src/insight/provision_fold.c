/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/provision_fold.h"

#include "base/list.h"
#include "base/money.h"
#include "ledger/entity.h"

#include <stdlib.h>

struct vat_row {
	int64_t item_id, net_minor, vat_minor;
};

struct folding {
	struct arena *arena;
	const struct book *book;
	struct provision_rules rules;
	int vat_hundredths;
	struct vat_row *vat; /* by item, rising */
	size_t n_vat;
	struct provision_result *result;
	LIST_OF(struct provision_row) rows;
};

static bool load_settings(struct folding *f, struct db *db, int64_t entity_id, struct err *e)
{
	const char *vat;
	struct money m;

	if (!setting_get(db, f->arena, entity_id, "provision_rules", PROVISION_DEFAULT,
			 &f->result->rules, e) ||
	    !setting_get(db, f->arena, entity_id, "provision_vat", "20", &vat, e))
		return false;
	if (!provision_parse(f->result->rules, &f->rules, e))
		return err_while(e, "the setting provision_rules");
	if (!money_parse(vat, "EUR", &m, e) || m.minor < 0 || m.minor > 10000)
		return err_set(e, ERR_INVALID, "the setting provision_vat is no percent: \"%.20s\"",
			       vat);
	f->vat_hundredths = (int)m.minor;
	return true;
}

static int by_item(const void *a, const void *b)
{
	const struct vat_row *x = a, *y = b;

	return (x->item_id > y->item_id) - (x->item_id < y->item_id);
}

static bool load_vat(struct folding *f, struct db *db, int64_t entity_id, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct vat_row, item_id),
		DB_COL(struct vat_row, net_minor),
		DB_COL(struct vat_row, vat_minor),
	};

	return db_list(db, f->arena,
		       "SELECT i.id, i.net_minor, i.vat_minor FROM item i JOIN item_balance b"
		       " ON b.item_id = i.id WHERE i.entity_id = $1 AND b.open_minor > 0"
		       " AND i.due_on < $2 AND i.net_minor IS NOT NULL AND i.vat_minor IS NOT NULL"
		       " ORDER BY i.id",
		       DB_PARAMS(P_I64(entity_id), P_DAY(f->book->as_of)), columns,
		       ARRAY_LEN(columns), sizeof *f->vat, (void **)&f->vat, &f->n_vat, e);
}

static struct provision_row *row_of(struct folding *f, const struct book_customer *c,
				    const char *currency)
{
	struct provision_row *row;

	/* Items come customer by customer. */
	for (size_t i = f->rows.n; i > 0 && f->rows.at[i - 1].customer_id == c->id; i--)
		if (str_eq(f->rows.at[i - 1].currency, currency))
			return &f->rows.at[i - 1];
	row = LIST_ADD(f->arena, &f->rows);
	*row = (struct provision_row){ .key = arena_printf(f->arena, "%" PRId64 "-%s", c->id,
							   currency),
				       .customer_id = c->id,
				       .code = c->code,
				       .name = c->name,
				       .currency = currency };
	return row;
}

static bool fold_item(struct folding *f, size_t i, struct err *e)
{
	const struct book *b = f->book;
	const struct book_customer *c = &b->customer[b->customer_of[i]];
	bool is_insolvent = str_eq(c->status, "insolvent");
	int64_t days = (int64_t)b->as_of - b->due_on[i], base, provision;
	struct vat_row key = { .item_id = b->item_id[i] };
	const struct vat_row *vat;
	struct provision_row *row;
	int rate;

	if (b->open_minor[i] <= 0 || item_kind_is_cash((enum item_kind)b->kind[i]))
		return true;
	rate = provision_rate(&f->rules, days > 0 ? (int)days : 0, is_insolvent);
	if (rate == 0)
		return true;
	vat = f->n_vat ? bsearch(&key, f->vat, f->n_vat, sizeof *f->vat, by_item) : NULL;
	if (!vat)
		f->result->n_guessed++;
	if (!provision_of(b->open_minor[i], vat ? vat->net_minor : 0, vat ? vat->vat_minor : 0,
			  f->vat_hundredths, rate, &base, &provision, e))
		return false;
	row = row_of(f, c, b->currency[b->currency_of[i]]);
	row->n_items++;
	if (days > row->oldest_days)
		row->oldest_days = days;
	return minor_add(&row->doubtful_minor, b->open_minor[i], e) &&
	       minor_add(&row->base_minor, base, e) &&
	       minor_add(&row->provision_minor, provision, e);
}

static int largest_first(const void *a, const void *b)
{
	const struct provision_row *x = a, *y = b;

	if (x->provision_minor != y->provision_minor)
		return x->provision_minor < y->provision_minor ? 1 : -1;
	return strcmp(x->key, y->key);
}

bool provision_fold(struct db *db, struct arena *a, int64_t entity_id, const struct book *b,
		    struct provision_result *ret, struct err *e)
{
	struct folding f = { .arena = a, .book = b, .result = ret };

	*ret = (struct provision_result){ 0 };
	if (!load_settings(&f, db, entity_id, e) || !load_vat(&f, db, entity_id, e))
		return false;
	for (size_t i = 0; i < b->n_items; i++)
		if (!fold_item(&f, i, e))
			return false;
	if (f.rows.n)
		qsort(f.rows.at, f.rows.n, sizeof *f.rows.at, largest_first);
	ret->rows = f.rows.at;
	ret->n_rows = f.rows.n;
	return true;
}
