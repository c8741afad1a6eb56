/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/customer_list.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/money.h"
#include "base/text.h"
#include "ledger/book_memo.h"
#include "ledger/exposure.h"

#include <stdlib.h>

static const char *const order_names[CUSTOMER_ORDER_COUNT] = {
	[CUSTOMER_ORDER_NAME] = "name",         [CUSTOMER_ORDER_CODE] = "code",
	[CUSTOMER_ORDER_TOTAL] = "open",        [CUSTOMER_ORDER_LATE] = "late",
	[CUSTOMER_ORDER_DISPUTED] = "disputed", [CUSTOMER_ORDER_OLDEST] = "oldest",
};

bool customer_order_parse(const char *text, enum customer_order *ret, bool *ret_descending)
{
	bool descending = text && *text == '-';

	for (int i = 0; text && i < CUSTOMER_ORDER_COUNT; i++) {
		if (str_eq(text + descending, order_names[i])) {
			*ret = (enum customer_order)i;
			*ret_descending = descending;
			return true;
		}
	}
	return false;
}

/* ---- one customer ------------------------------------------------------------------------------ */

/* In which currency, and by which rates. */
struct telling {
	const struct book *book;
	const char *currency;
	const struct exchange_table *rates; /* NULL: this currency alone */
};

/* When and how late it is counts in every currency; the amount when it needs no rate. */
static bool add_item(const struct telling *t, size_t i, struct customer_line *l, bool is_own,
		     struct err *e)
{
	const struct book *b = t->book;
	enum due_state state = due_state_of((enum item_kind)b->kind[i], b->due_on[i], b->as_of);
	int64_t open = is_own ? b->open_minor[i] : 0;

	l->n_open++;
	if (due_state_is_late(state) && (l->oldest_due == DAY_NONE || b->due_on[i] < l->oldest_due))
		l->oldest_due = b->due_on[i];
	return minor_add(&l->total_minor, open, e) &&
	       minor_add(&l->disputed_minor, is_own ? b->disputed_minor[i] : 0, e) &&
	       (state != DUE_LOOSE || minor_add(&l->loose_minor, open, e)) &&
	       (!due_state_is_late(state) || minor_add(&l->late_minor, open, e));
}

/* What the customer has open in another currency. */
static bool add_converted(const struct telling *t, int currency, struct customer_line *l,
			  struct err *e)
{
	const struct ageing_bounds bounds = ageing_default_bounds();
	const struct book *b = t->book;
	struct ageing converted;
	struct err why = { 0 };
	day_t rate_on = DAY_NONE;

	if (!ageing_of_customer_in(b, &bounds, l->customer, currency, t->rates, t->currency,
				   &converted, &rate_on, &why)) {
		l->is_incomplete = true;
		if (why.code == ERR_NOT_FOUND)
			return true;
		*e = why;
		return false;
	}
	l->is_converted = true;
	return minor_add(&l->total_minor, converted.total_minor, e) &&
	       minor_add(&l->disputed_minor, converted.disputed_minor, e) &&
	       minor_add(&l->loose_minor, converted.unallocated_minor, e) &&
	       minor_add(&l->late_minor, converted.overdue_minor, e);
}

static bool fold_items(const struct telling *t, size_t customer, struct customer_line *ret,
		       bool *ret_foreign, struct err *e)
{
	const struct book *b = t->book;
	const struct book_customer *c = &b->customer[customer];

	for (size_t i = c->first_item; i < c->first_item + c->n_items; i++) {
		bool is_own = str_eq(b->currency[b->currency_of[i]], t->currency);

		if (b->open_minor[i] == 0 || (!is_own && !t->rates))
			continue;
		*ret_foreign = *ret_foreign || !is_own;
		if (!add_item(t, i, ret, is_own, e))
			return false;
	}
	return true;
}

static bool fold_customer(const struct telling *t, size_t customer, struct customer_line *ret,
			  struct err *e)
{
	const struct book *b = t->book;
	const struct book_customer *c = &b->customer[customer];
	struct customer_line l = { .customer = customer, .oldest_due = DAY_NONE };
	struct exposure paper;
	bool is_foreign = false;
	int64_t owed = 0;

	if (!fold_items(t, customer, &l, &is_foreign, e))
		return err_while(e, "adding up customer %s", c->code);
	for (size_t k = 0; is_foreign && k < b->n_currencies; k++) {
		if (!str_eq(b->currency[k], t->currency) && !add_converted(t, (int)k, &l, e))
			return err_while(e, "adding up customer %s", c->code);
	}
	if (!exposure_paper(b, customer, t->currency, t->rates, &paper, e) ||
	    !minor_add(&owed, l.total_minor, e) || !minor_add(&owed, paper.total_minor, e))
		return err_while(e, "adding up customer %s", c->code);
	l.paper_minor = paper.total_minor;
	l.is_incomplete = l.is_incomplete || paper.is_incomplete;
	l.is_over_limit = c->has_limit && owed > c->credit_limit_minor;
	*ret = l;
	return true;
}

/* ---- filter ------------------------------------------------------------------------------------ */

static bool is_shown(const struct book *b, const struct customer_line *l, enum customer_show show)
{
	const struct book_customer *c = &b->customer[l->customer];

	switch (show) {
	case CUSTOMER_SHOW_OPEN:
		return l->n_open > 0;
	case CUSTOMER_SHOW_LATE:
		return l->oldest_due != DAY_NONE;
	case CUSTOMER_SHOW_DISPUTED:
		return l->disputed_minor > 0;
	case CUSTOMER_SHOW_OVER_LIMIT:
		return l->is_over_limit;
	case CUSTOMER_SHOW_LOOSE:
		return l->loose_minor != 0;
	case CUSTOMER_SHOW_EXCLUDED:
		return c->excluded_until != DAY_NONE && c->excluded_until >= b->as_of;
	case CUSTOMER_SHOW_ALL:
		break;
	}
	return true;
}

static bool name_fits(const char *wanted, const char *actual)
{
	return !wanted || str_eq(wanted, actual ? actual : "");
}

static bool text_fits(struct arena *a, const struct book_customer *c, const char *name,
		      const char *code)
{
	return (*name && strstr(text_key(a, c->name), name)) ||
	       (*code && strstr(text_reference_key(a, c->code), code));
}

/* ---- order ------------------------------------------------------------------------------------- */

struct sortable {
	struct customer_line line;
	int64_t number;
	const char *text;
	const char *code;
};

static int compare(const void *x, const void *y)
{
	const struct sortable *a = x, *b = y;
	int d = a->text ? strcmp(a->text, b->text)
			: (a->number > b->number) - (a->number < b->number);

	return d ? d : strcmp(a->code, b->code);
}

static struct sortable sortable_of(const struct book *b, struct arena *a,
				   const struct customer_line *l, enum customer_order order)
{
	const struct book_customer *c = &b->customer[l->customer];
	struct sortable s = { .line = *l, .code = c->code };

	switch (order) {
	case CUSTOMER_ORDER_NAME:
		s.text = text_key(a, c->name);
		break;
	case CUSTOMER_ORDER_CODE:
		s.text = c->code;
		break;
	case CUSTOMER_ORDER_TOTAL:
		s.number = l->total_minor;
		break;
	case CUSTOMER_ORDER_LATE:
		s.number = l->late_minor;
		break;
	case CUSTOMER_ORDER_DISPUTED:
		s.number = l->disputed_minor;
		break;
	case CUSTOMER_ORDER_OLDEST:
		/* The longer late, the larger. */
		s.number = l->oldest_due == DAY_NONE ? 0 : b->as_of - l->oldest_due;
		break;
	case CUSTOMER_ORDER_COUNT:
		break;
	}
	return s;
}

/* ---- the list ---------------------------------------------------------------------------------- */

static bool add_line(struct customer_list *l, const struct customer_line *line, struct err *e)
{
	return (minor_add(&l->total_minor, line->total_minor, e) &&
		minor_add(&l->late_minor, line->late_minor, e) &&
		minor_add(&l->disputed_minor, line->disputed_minor, e) &&
		minor_add(&l->loose_minor, line->loose_minor, e) &&
		minor_add(&l->paper_minor, line->paper_minor, e)) ||
	       err_while(e, "adding up the customers");
}

bool customer_list_make(const struct book *b, struct arena *a, const char *currency,
			const struct exchange_table *rates, const struct customer_filter *f,
			enum customer_order order, bool descending, struct customer_list *ret,
			struct err *e)
{
	const struct telling t = { b, currency, rates };
	struct sortable *row = ARENA_ARRAY(a, b->n_customers, struct sortable);
	const char *name = f->text ? text_key(a, f->text) : "";
	const char *code = f->text ? text_reference_key(a, f->text) : "";
	struct customer_list l = { .at = ARENA_ARRAY(a, b->n_customers, struct customer_line) };

	for (size_t c = 0; c < b->n_customers; c++) {
		const struct book_customer *bc = &b->customer[c];
		struct customer_line line = { 0 };

		if (!name_fits(f->segment, bc->segment) || !name_fits(f->owner, bc->collector) ||
		    (f->text && !text_fits(a, bc, name, code)))
			continue;
		if (!fold_customer(&t, c, &line, e))
			return false;
		if (!is_shown(b, &line, f->show))
			continue;
		if (!add_line(&l, &line, e))
			return false;
		row[l.n++] = sortable_of(b, a, &line, order);
	}
	if (l.n)
		qsort(row, l.n, sizeof *row, compare);
	for (size_t i = 0; i < l.n; i++)
		l.at[i] = row[descending ? l.n - 1 - i : i].line;
	*ret = l;
	return true;
}

struct kept_query {
	const char *currency;
	const struct exchange_table *rates;
	const struct customer_filter *filter;
	enum customer_order order;
	bool descending;
};

static bool make_kept(const struct book *b, struct arena *a, void *arg, const void **ret,
		      struct err *e)
{
	const struct kept_query *q = arg;
	struct customer_list *l = ARENA_NEW(a, struct customer_list);

	*ret = l;
	return customer_list_make(b, a, q->currency, q->rates, q->filter, q->order, q->descending,
				  l, e);
}

static const char *or_none(const char *text)
{
	return text ? text : "\x01";
}

/* The rates that a kept list was made with: others make another list. */
static const char *rates_key(struct arena *a, const struct exchange_table *rates)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; rates && i < rates->n; i++)
		buf_printf(&b, " %s%" PRId64, rates->at[i].currency, rates->at[i].per_euro_ppm);
	return buf_str(&b);
}

bool customer_list_get(const struct book *b, struct arena *a, const char *currency,
		       const struct exchange_table *rates, const struct customer_filter *f,
		       enum customer_order order, bool descending, struct customer_list *ret,
		       struct err *e)
{
	struct kept_query q = { currency, rates, f, order, descending };
	const struct customer_list *kept;
	const char *key = NULL;
	const void *value;

	/* Texts that people type are rarely the same twice. */
	if (!f->text)
		key = arena_printf(a, "customers\t%s%s\t%d\t%d\t%d\t%s\t%s", currency,
				   rates_key(a, rates), (int)f->show, (int)order, descending,
				   or_none(f->segment), or_none(f->owner));
	if (!book_memo(b, a, key, make_kept, &q, &value, e))
		return false;
	kept = value;
	*ret = *kept;
	return true;
}

bool customer_list_keep(const struct book *b, struct arena *a, const char *const *only,
			size_t n_only, struct customer_list *l, struct err *e)
{
	struct customer_list kept = { .at = ARENA_ARRAY(a, n_only, struct customer_line) };

	for (size_t i = 0; kept.n < n_only && i < l->n; i++) {
		const char *code = b->customer[l->at[i].customer].code;
		bool is_kept = false;

		for (size_t k = 0; k < n_only; k++)
			is_kept = is_kept || str_eq(only[k], code);
		if (!is_kept)
			continue;
		kept.at[kept.n++] = l->at[i];
		if (!add_line(&kept, &kept.at[kept.n - 1], e))
			return false;
	}
	if (n_only > 0)
		*l = kept;
	return true;
}

size_t customer_list_after(const struct book *b, const struct customer_list *l, const char *code)
{
	for (size_t i = 0; code && i < l->n; i++) {
		if (str_eq(b->customer[l->at[i].customer].code, code))
			return i + 1;
	}
	return 0;
}

/* ---- names that occur -------------------------------------------------------------------------- */

static int compare_texts(const void *x, const void *y)
{
	const char *const *a = x, *const *b = y;

	return strcmp(*a, *b);
}

struct names {
	struct map seen;
	const char **at;
	size_t n;
};

static void add_name(struct names *s, const char *name)
{
	if (str_empty(name) || map_get(&s->seen, name))
		return;
	map_set(&s->seen, name, s);
	s->at[s->n++] = name;
}

static void names_init(struct names *s, const struct book *b, struct arena *a)
{
	*s = (struct names){ .at = ARENA_ARRAY(a, b->n_customers, const char *) };
	map_init(&s->seen, a);
}

static const char **in_order(struct names *s, size_t *ret_n)
{
	if (s->n)
		qsort(s->at, s->n, sizeof *s->at, compare_texts);
	*ret_n = s->n;
	return s->at;
}

struct shared_names {
	const char *const *at;
	size_t n;
};

static bool make_names(const struct book *b, struct arena *a, void *arg, const void **ret,
		       UNUSED struct err *e)
{
	const bool *of_owners = arg;
	struct shared_names *shared = ARENA_NEW(a, struct shared_names);
	struct names s;

	names_init(&s, b, a);
	for (size_t c = 0; c < b->n_customers; c++)
		add_name(&s, *of_owners ? b->customer[c].collector : b->customer[c].segment);
	shared->at = in_order(&s, &shared->n);
	*ret = shared;
	return true;
}

static bool names_of(const struct book *b, struct arena *a, bool of_owners, const char *const **ret,
		     size_t *ret_n, struct err *e)
{
	const struct shared_names *shared;
	const void *value;

	if (!book_memo(b, a, of_owners ? "owners" : "segments", make_names, &of_owners, &value, e))
		return false;
	shared = value;
	*ret = shared->at;
	*ret_n = shared->n;
	return true;
}

bool customer_segments(const struct book *b, struct arena *a, const char *const **ret,
		       size_t *ret_n, struct err *e)
{
	return names_of(b, a, false, ret, ret_n, e);
}

bool customer_owners(const struct book *b, struct arena *a, const char *const **ret, size_t *ret_n,
		     struct err *e)
{
	return names_of(b, a, true, ret, ret_n, e);
}
