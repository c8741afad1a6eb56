/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/item_list.h"

#include "base/buf.h"
#include "base/money.h"
#include "base/text.h"
#include "ledger/book_memo.h"

#include <stdlib.h>
#include <string.h>

struct item_filter item_filter_all(void)
{
	return (struct item_filter){ .state = ITEM_FILTER_ANY, .kind = ITEM_FILTER_ANY };
}

static const char *const order_names[ITEM_ORDER_COUNT] = {
	[ITEM_ORDER_DUE] = "due_on",        [ITEM_ORDER_ISSUED] = "issued_on",
	[ITEM_ORDER_OPEN] = "open",         [ITEM_ORDER_DOCUMENT] = "document",
	[ITEM_ORDER_CUSTOMER] = "customer",
};

bool item_order_parse(const char *text, enum item_order *ret, bool *ret_descending)
{
	bool descending = text && *text == '-';

	for (int i = 0; text && i < ITEM_ORDER_COUNT; i++) {
		if (str_eq(text + descending, order_names[i])) {
			*ret = (enum item_order)i;
			*ret_descending = descending;
			return true;
		}
	}
	return false;
}

enum due_state book_due_state(const struct book *b, size_t i)
{
	return due_state_of((enum item_kind)b->kind[i], b->due_on[i], b->as_of);
}

/* What the filter asks, with its text folded once. */
struct asked {
	const struct book *book;
	const struct item_filter *filter;
	struct arena *arena;
	bool *customer_fits;     /* by its code or name; NULL without text */
	uint64_t *document_fits; /* bits, by its number */
};

/* The texts of a book that a search looks at, folded; kept with it. */
struct folded {
	char *documents; /* one after the other, each with its NUL: searched as one text */
	uint32_t *from;  /* per item, where its number begins; and the end */
	const char **name, **code; /* of customers */
};

static bool fold_texts(const struct book *b, struct arena *a, UNUSED void *arg, const void **ret,
		       struct err *e)
{
	struct folded *f = ARENA_NEW(a, struct folded);
	struct buf all;

	buf_init(&all, a);
	f->from = ARENA_ARRAY(a, b->n_items + 1, uint32_t);
	for (size_t i = 0; i < b->n_items; i++) {
		f->from[i] = (uint32_t)all.len;
		buf_puts(&all, text_reference_key(a, b->document[i]));
		buf_putc(&all, '\0');
		if (all.len > UINT32_MAX / 2)
			return err_set(e, ERR_LIMIT, "too many documents to search");
	}
	f->from[b->n_items] = (uint32_t)all.len;
	f->documents = all.data;
	f->name = ARENA_ARRAY(a, b->n_customers, const char *);
	f->code = ARENA_ARRAY(a, b->n_customers, const char *);
	for (size_t c = 0; c < b->n_customers; c++) {
		f->name[c] = text_key(a, b->customer[c].name);
		f->code[c] = text_reference_key(a, b->customer[c].code);
	}
	*ret = f;
	return true;
}

static bool text_fits(const char *wanted, const char *actual)
{
	return !wanted || str_eq(wanted, actual ? actual : "");
}

static void set_bit(uint64_t *bits, size_t i)
{
	bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool has_bit(const uint64_t *bits, size_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

/* The documents whose folded number holds the reference. */
static uint64_t *find_documents(const struct asked *q, const struct folded *f,
				const char *reference)
{
	size_t n = q->book->n_items, len = strlen(reference), i = 0;
	const char *at = f->documents, *end = at + f->from[n];
	uint64_t *bits = ARENA_ARRAY(q->arena, n / 64 + 1, uint64_t);

	while (len > 0 && (at = memmem(at, (size_t)(end - at), reference, len))) {
		while (f->documents + f->from[i + 1] <= at)
			i++;
		set_bit(bits, i);
		at = f->documents + f->from[i + 1];
	}
	return bits;
}

static bool prepare(struct asked *q, struct err *e)
{
	const struct book *b = q->book;
	const char *name = text_key(q->arena, q->filter->text);
	const char *reference = text_reference_key(q->arena, q->filter->text);
	const struct folded *f;
	const void *value;

	if (!book_memo(b, q->arena, "folded", fold_texts, NULL, &value, e))
		return false;
	f = value;
	q->document_fits = find_documents(q, f, reference);
	q->customer_fits = ARENA_ARRAY(q->arena, b->n_customers, bool);
	for (size_t c = 0; c < b->n_customers; c++)
		q->customer_fits[c] = (*name && strstr(f->name[c], name)) ||
				      (*reference && strstr(f->code[c], reference));
	return true;
}

static bool amount_fits(const struct item_filter *f, int64_t open)
{
	/* Amounts stay far from the ends of the range, so that the sign can be turned. */
	int64_t size = open < 0 ? -open : open;

	return (!f->has_min || size >= f->min_minor) && (!f->has_max || size <= f->max_minor);
}

static int by_id(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool is_among(const struct item_filter *f, int64_t id)
{
	return !f->only_items ||
	       (f->n_only_items && bsearch(&id, f->only_items, f->n_only_items, sizeof id, by_id));
}

/* What people type: rarely the same twice. */
static bool is_typed(const struct item_filter *f)
{
	return f->text || f->has_min || f->has_max || f->only_items;
}

static bool fits_typed(const struct asked *q, size_t i)
{
	const struct book *b = q->book;

	if (!amount_fits(q->filter, b->open_minor[i]) || !is_among(q->filter, b->item_id[i]))
		return false;
	return !q->filter->text || q->customer_fits[b->customer_of[i]] ||
	       has_bit(q->document_fits, i);
}

static bool fits(const struct asked *q, size_t i)
{
	const struct book *b = q->book;
	const struct item_filter *f = q->filter;
	const struct book_customer *c = &b->customer[b->customer_of[i]];
	enum due_state state = book_due_state(b, i);

	if (f->state != ITEM_FILTER_ANY && (int)state != f->state)
		return false;
	if (f->kind != ITEM_FILTER_ANY && b->kind[i] != f->kind)
		return false;
	if ((f->only_late && !due_state_is_late(state)) ||
	    (f->only_not_late && state != DUE_FRESH && state != DUE_SOON) ||
	    (f->only_disputed && b->disputed_minor[i] == 0))
		return false;
	if (f->customer_id && c->id != f->customer_id)
		return false;
	if (!text_fits(f->segment, c->segment) || !text_fits(f->means, c->payment_means))
		return false;
	if (f->currency && !str_eq(f->currency, b->currency[b->currency_of[i]]))
		return false;
	return !is_typed(f) || fits_typed(q, i);
}

/* ---- order ------------------------------------------------------------------------------------- */

struct sortable {
	int64_t number;
	const char *text;
	int64_t id;
	size_t at;
};

static int compare(const void *x, const void *y)
{
	const struct sortable *a = x, *b = y;
	int d = a->text ? strcmp(a->text, b->text) : 0;

	if (d == 0)
		d = (a->number > b->number) - (a->number < b->number);
	return d ? d : (a->id > b->id) - (a->id < b->id);
}

static struct sortable sortable_of(const struct book *b, size_t i, enum item_order order)
{
	struct sortable s = { .id = b->item_id[i], .at = i, .number = b->due_on[i] };

	switch (order) {
	case ITEM_ORDER_ISSUED:
		s.number = b->issued_on[i];
		break;
	case ITEM_ORDER_OPEN:
		s.number = b->open_minor[i];
		break;
	case ITEM_ORDER_DOCUMENT:
		s.text = b->document[i];
		break;
	case ITEM_ORDER_CUSTOMER:
		s.text = b->customer[b->customer_of[i]].name;
		break;
	case ITEM_ORDER_DUE:
	case ITEM_ORDER_COUNT:
		break;
	}
	return s;
}

/* ---- totals ------------------------------------------------------------------------------------ */

static bool add_total(const struct book *b, size_t i, struct item_total *totals, struct err *e)
{
	struct item_total *t = &totals[b->currency_of[i]];

	t->n_items++;
	return minor_add(&t->amount_minor, b->amount_minor[i], e) &&
	       minor_add(&t->disputed_minor, b->disputed_minor[i], e) &&
	       minor_add(&t->open_minor, b->open_minor[i], e);
}

static void keep_used_totals(const struct book *b, struct item_total *totals, struct item_list *l)
{
	l->total = totals;
	for (size_t c = 0; c < b->n_currencies; c++) {
		totals[c].currency = (int)c;
		if (totals[c].n_items > 0)
			l->total[l->n_totals++] = totals[c];
	}
}

/* Which items fit, as bits: a list of a few of millions takes little memory. */
static uint64_t *find_fitting(const struct asked *q, struct item_total *totals, size_t *ret_n,
			      struct err *e)
{
	const struct book *b = q->book;
	uint64_t *bits = ARENA_ARRAY(q->arena, b->n_items / 64 + 1, uint64_t);
	size_t n = 0;

	for (size_t i = 0; i < b->n_items; i++) {
		if (!fits(q, i))
			continue;
		set_bit(bits, i);
		n++;
		if (!add_total(b, i, totals, e)) {
			err_while(e, "adding up the list");
			return NULL;
		}
	}
	*ret_n = n;
	return bits;
}

bool item_list_make(const struct book *b, struct arena *a, const struct item_filter *f,
		    enum item_order order, bool descending, struct item_list *ret, struct err *e)
{
	struct asked q = { .book = b, .filter = f, .arena = a };
	struct item_total *totals = ARENA_ARRAY(a, b->n_currencies, struct item_total);
	struct item_list l = { 0 };
	struct sortable *row;
	uint64_t *bits;
	size_t n = 0;

	if (f->text && !prepare(&q, e))
		return false;
	bits = find_fitting(&q, totals, &l.n, e);
	if (!bits)
		return false;
	row = ARENA_ARRAY(a, l.n, struct sortable);
	l.at = ARENA_ARRAY(a, l.n, size_t);
	for (size_t i = 0; i < b->n_items; i++)
		if (has_bit(bits, i))
			row[n++] = sortable_of(b, i, order);
	if (l.n)
		qsort(row, l.n, sizeof *row, compare);
	for (size_t i = 0; i < l.n; i++)
		l.at[i] = row[descending ? l.n - 1 - i : i].at;
	keep_used_totals(b, totals, &l);
	*ret = l;
	return true;
}

/* ---- kept with the book ------------------------------------------------------------------------ */

struct kept_query {
	const struct item_filter *filter;
	enum item_order order;
	bool descending;
};

static bool make_kept(const struct book *b, struct arena *a, void *arg, const void **ret,
		      struct err *e)
{
	const struct kept_query *q = arg;
	struct item_list *l = ARENA_NEW(a, struct item_list);

	*ret = l;
	return item_list_make(b, a, q->filter, q->order, q->descending, l, e);
}

static const char *or_none(const char *text)
{
	return text ? text : "\x01";
}

static bool get_kept(const struct book *b, struct arena *a, const struct item_filter *f,
		     enum item_order order, bool descending, struct item_list *ret, struct err *e)
{
	struct kept_query q = { f, order, descending };
	const struct item_list *kept;
	const void *value;
	const char *key = arena_printf(
		a, "items\t%d\t%d\t%d\t%d\t%d%d%d\t%" PRId64 "\t%s\t%s\t%s", (int)order, descending,
		f->state, f->kind, f->only_late, f->only_not_late, f->only_disputed, f->customer_id,
		or_none(f->segment), or_none(f->means), or_none(f->currency));

	if (!book_memo(b, a, key, make_kept, &q, &value, e))
		return false;
	kept = value;
	*ret = *kept;
	return true;
}

/* What of a list fits what was typed too, in its order: nothing is sorted. */
static bool cut(const struct asked *q, const struct item_list *all, struct item_list *ret,
		struct err *e)
{
	const struct book *b = q->book;
	struct item_total *totals = ARENA_ARRAY(q->arena, b->n_currencies, struct item_total);
	uint64_t *bits = ARENA_ARRAY(q->arena, all->n / 64 + 1, uint64_t);
	struct item_list l = { 0 };
	size_t n = 0;

	for (size_t k = 0; k < all->n; k++) {
		if (!fits_typed(q, all->at[k]))
			continue;
		set_bit(bits, k);
		l.n++;
		if (!add_total(b, all->at[k], totals, e))
			return err_while(e, "adding up the list");
	}
	l.at = ARENA_ARRAY(q->arena, l.n, size_t);
	for (size_t k = 0; k < all->n; k++)
		if (has_bit(bits, k))
			l.at[n++] = all->at[k];
	keep_used_totals(b, totals, &l);
	*ret = l;
	return true;
}

bool item_list_get(const struct book *b, struct arena *a, const struct item_filter *f,
		   enum item_order order, bool descending, struct item_list *ret, struct err *e)
{
	struct asked q = { .book = b, .filter = f, .arena = a };
	struct item_filter whole = *f;
	struct item_list all;

	if (!is_typed(f))
		return get_kept(b, a, f, order, descending, ret, e);
	if (!b->memo)
		return item_list_make(b, a, f, order, descending, ret, e);
	whole.text = NULL;
	whole.has_min = whole.has_max = false;
	whole.only_items = NULL;
	return (!f->text || prepare(&q, e)) && get_kept(b, a, &whole, order, descending, &all, e) &&
	       cut(&q, &all, ret, e);
}

static bool is_one_of(int64_t id, const char *const *only, size_t n, struct err *e)
{
	uint64_t wanted;

	for (size_t i = 0; i < n; i++) {
		if (!text_to_u64(only[i], INT64_MAX, &wanted))
			return err_field(e, ERR_USAGE, "only", "\"%.40s\" is no item", only[i]);
		if ((int64_t)wanted == id)
			return true;
	}
	return false;
}

bool item_list_keep(const struct book *b, struct arena *a, const char *const *only, size_t n_only,
		    struct item_list *l, struct err *e)
{
	struct item_list all;
	size_t n = 0;

	if (n_only == 0)
		return true;
	/* The list may be shared. */
	all = *l;
	l->at = ARENA_ARRAY(a, n_only, size_t);
	l->total = ARENA_ARRAY(a, b->n_currencies, struct item_total);
	for (size_t k = 0; k < all.n && n < n_only; k++) {
		size_t i = all.at[k];

		e->code = ERR_NONE;
		if (!is_one_of(b->item_id[i], only, n_only, e)) {
			if (e->code)
				return false;
			continue;
		}
		l->at[n++] = i;
		if (!add_total(b, i, l->total, e))
			return err_while(e, "adding up the list");
	}
	l->n = n;
	l->n_totals = 0;
	keep_used_totals(b, l->total, l);
	return true;
}

size_t item_list_after(const struct book *b, const struct item_list *l, int64_t item_id)
{
	for (size_t i = 0; i < l->n; i++) {
		if (b->item_id[l->at[i]] == item_id)
			return i + 1;
	}
	return 0;
}
