/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/overview.h"

#include "base/list.h"
#include "base/map.h"
#include "base/money.h"
#include "i18n/catalogue.h"

#include <stdlib.h>

static const struct {
	const char *name, *text;
} means[OVERVIEW_MEANS] = {
	{ "transfer", N_("Transfer") }, { "direct_debit", N_("Direct debit") },
	{ "draft", N_("Draft") },       { "cheque", N_("Cheque") },
	{ "card", N_("Card") },         { "cash", N_("Cash") },
	{ "", N_("Not known") },
};

const char *overview_means_name(int m)
{
	return means[m].name;
}

const char *overview_means_text(int m)
{
	return means[m].text;
}

static int means_of(const struct book_customer *c)
{
	int m = 0;

	while (m < OVERVIEW_MEANS - 1 && !str_eq(means[m].name, c->payment_means))
		m++;
	return m;
}

struct fold {
	const struct book *book;
	struct arena *arena;
	int currency;
	const bool *is_promised;
	struct overview o;
	struct map by_segment;
	LIST_OF(struct overview_row *) rows;
};

static struct overview_row *row_of(struct fold *f, const struct book_customer *c)
{
	const char *segment = c->segment ? c->segment : "";
	struct overview_row *row = map_get(&f->by_segment, segment);

	if (!row) {
		row = ARENA_NEW(f->arena, struct overview_row);
		row->segment = segment;
		map_set(&f->by_segment, segment, row);
		*LIST_ADD(f->arena, &f->rows) = row;
	}
	return row;
}

static bool fold_matrix(struct fold *f, const struct book_customer *c, bool is_late, int64_t open,
			struct err *e)
{
	struct overview_row *row = row_of(f, c);
	int64_t *cell = is_late ? &row->late_minor[means_of(c)] : &row->soon_minor[means_of(c)];

	return minor_add(cell, open, e) && minor_add(&row->total_minor, open, e);
}

static bool fold_document(struct fold *f, size_t i, enum due_state state, struct err *e)
{
	const struct book *b = f->book;
	struct overview_class *k = &f->o.of[state];
	int64_t disputed = b->disputed_minor[i];
	int64_t promised = f->is_promised && f->is_promised[i] && b->open_minor[i] > disputed
				   ? b->open_minor[i] - disputed
				   : 0;

	f->o.n_documents++;
	f->o.n_disputed += disputed > 0;
	return minor_add(&f->o.documents_minor, b->open_minor[i], e) &&
	       minor_add(&k->promised_minor, promised, e) &&
	       minor_add(&k->disputed_minor, disputed, e) &&
	       minor_add(&f->o.disputed_minor, disputed, e);
}

static bool fold_item(struct fold *f, const struct book_customer *c, size_t i,
		      struct overview_debtor *d, struct err *e)
{
	const struct book *b = f->book;
	enum due_state state = due_state_of((enum item_kind)b->kind[i], b->due_on[i], b->as_of);
	int64_t open = b->open_minor[i];
	bool is_late = due_state_is_late(state);

	f->o.of[state].n_items++;
	if (!minor_add(&f->o.of[state].open_minor, open, e) ||
	    !minor_add(&f->o.total_minor, open, e) || !minor_add(&d->total_minor, open, e))
		return false;
	if (state != DUE_LOOSE && !fold_document(f, i, state, e))
		return false;
	if (is_late) {
		f->o.n_late++;
		d->n_late++;
		if (d->oldest_due == DAY_NONE || b->due_on[i] < d->oldest_due)
			d->oldest_due = b->due_on[i];
		if (!minor_add(&f->o.late_minor, open, e) || !minor_add(&d->late_minor, open, e))
			return false;
	}
	return (!is_late && state != DUE_SOON) || fold_matrix(f, c, is_late, open, e);
}

static int compare_debtors(const void *x, const void *y)
{
	const struct overview_debtor *a = x, *b = y;
	int d = (a->late_minor < b->late_minor) - (a->late_minor > b->late_minor);

	if (d == 0)
		d = (a->total_minor < b->total_minor) - (a->total_minor > b->total_minor);
	return d ? d : (a->customer > b->customer) - (a->customer < b->customer);
}

static int compare_rows(const void *x, const void *y)
{
	const struct overview_row *a = x, *b = y;

	if (a->total_minor != b->total_minor)
		return a->total_minor < b->total_minor ? 1 : -1;
	return strcmp(a->segment, b->segment);
}

static void lay_out(struct fold *f)
{
	f->o.row = ARENA_ARRAY(f->arena, f->rows.n, struct overview_row);
	for (size_t i = 0; i < f->rows.n; i++)
		f->o.row[i] = *f->rows.at[i];
	f->o.n_rows = f->rows.n;
	if (f->o.n_rows)
		qsort(f->o.row, f->o.n_rows, sizeof *f->o.row, compare_rows);
	if (f->o.n_debtors)
		qsort(f->o.debtor, f->o.n_debtors, sizeof *f->o.debtor, compare_debtors);
}

bool overview_fold(const struct book *b, struct arena *a, int currency, const bool *is_promised,
		   struct overview *ret, struct err *e)
{
	struct fold f = { .book = b, .arena = a, .currency = currency, .is_promised = is_promised };

	map_init(&f.by_segment, a);
	f.o.debtor = ARENA_ARRAY(a, b->n_customers, struct overview_debtor);
	for (size_t c = 0; c < b->n_customers; c++) {
		const struct book_customer *bc = &b->customer[c];
		struct overview_debtor d = { .customer = c, .oldest_due = DAY_NONE };
		int64_t n_open = 0;

		for (size_t i = bc->first_item; i < bc->first_item + bc->n_items; i++) {
			if (b->currency_of[i] != currency || b->open_minor[i] == 0)
				continue;
			n_open++;
			if (!fold_item(&f, bc, i, &d, e))
				return err_while(e, "adding up the dashboard");
		}
		if (n_open == 0)
			continue;
		f.o.n_customers++;
		f.o.debtor[f.o.n_debtors++] = d;
	}
	lay_out(&f);
	*ret = f.o;
	return true;
}
