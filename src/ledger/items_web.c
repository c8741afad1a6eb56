/* SPDX-License-Identifier: Apache-2.0 */
/* items_web.c - the list of items (pièces): filters in the address, totals of all rows, export. */
#include "ledger/item_table.h"

#include "base/text.h"
#include "i18n/amount.h"
#include "ledger/item_mark_view.h"
#include "ledger/routes.h"
#include "ledger/scope.h"
#include "web/show.h"

struct asked {
	struct item_filter filter;
	enum item_order order;
	bool with_settled;
};

static bool read_state(const struct table_view *v, struct item_filter *f)
{
	const char *text = table_value(v, "state");
	enum due_state state;

	if (!text)
		return true;
	f->only_late = str_eq(text, "late");
	f->only_not_late = str_eq(text, "not-late");
	f->only_disputed = str_eq(text, "dispute");
	if (!f->only_late && !f->only_not_late && !f->only_disputed) {
		ENSURE(due_state_parse(text, &state));
		f->state = (int)state;
	}
	return true;
}

static bool read_amount(struct request *r, const struct table_view *v, const char *name,
			bool *ret_has, int64_t *ret, struct err *e)
{
	const char *text = table_value(v, name);

	if (!text)
		return true;
	if (!amount_read(text, r->entity.currency, catalogue_language(r->cat), ret, e))
		return err_field(e, ERR_USAGE, name, "\"%.40s\" is no amount", text);
	*ret_has = true;
	return true;
}

static bool read_filter(struct request *r, const struct table_view *v, struct asked *q,
			struct err *e)
{
	const char *kind = table_value(v, "kind");
	const char *customer = table_value(v, "customer");
	struct item_filter *f = &q->filter;
	enum item_kind known;
	bool descending;
	uint64_t id;

	*q = (struct asked){ .filter = item_filter_all() };
	f->text = table_value(v, "q");
	f->segment = table_value_or_none(v, "segment");
	f->means = table_value_or_none(v, "means");
	f->currency = table_value(v, "currency");
	q->with_settled = str_eq(table_value(v, "open"), "all");
	if (!read_state(v, f) ||
	    !item_mark_filter(r, table_value(v, "mark"), v->when.known_at, f, e) ||
	    !read_amount(r, v, "min", &f->has_min, &f->min_minor, e) ||
	    !read_amount(r, v, "max", &f->has_max, &f->max_minor, e))
		return false;
	if (kind && item_kind_of(kind, &known))
		f->kind = (int)known;
	if (customer) {
		if (!text_to_u64(customer, INT64_MAX, &id))
			return err_field(e, ERR_USAGE, "customer", "\"%.40s\" is no customer",
					 customer);
		f->customer_id = (int64_t)id;
	}
	ENSURE(!table_sort_name(v) || item_order_parse(table_sort_name(v), &q->order, &descending));
	return true;
}

/* A filter by a customer is shown with its name. */
static void say_customer(const struct book *b, int64_t id, struct table_view *v)
{
	size_t at = id ? book_customer_by_id(b, id) : SIZE_MAX;

	if (at != SIZE_MAX)
		v->said[table_filter_at(v->table, "customer")] = b->customer[at].name;
}

static const char *summary(struct request *r, const struct book *b, const struct item_list *l)
{
	const char *language = catalogue_language(r->cat);
	char count[AMOUNT_TEXT], amount[AMOUNT_TEXT] = "";

	if (l->n_totals == 1)
		amount_text(l->total[0].open_minor, b->currency[l->total[0].currency], language,
			    amount);
	return arena_printf(r->arena,
			    trn(r->cat, "%s item, %s", "%s items, %s", (unsigned long)l->n),
			    count_text((int64_t)l->n, language, count),
			    l->n_totals == 1 ? amount : tr(r->cat, "see the totals"));
}

static bool items_show(struct request *r, struct err *e)
{
	struct item_rows rows = { .request = r };
	struct table_source source;
	struct item_list list;
	struct table_view v;
	struct asked q;
	struct book *b;

	if (!table_read(r, &item_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	if (!item_mark_choices(r, &v.choice[table_filter_at(v.table, "mark")],
			       &v.n_choices[table_filter_at(v.table, "mark")], e) ||
	    !read_filter(r, &v, &q, e) ||
	    !book_load_for(r,
			   &(struct book_query){ .as_of = v.when.as_of,
						 .known_at = v.when.known_at,
						 .with_settled = q.with_settled },
			   &b, e) ||
	    !item_list_get(b, r->arena, &q.filter, q.order, v.descending, &list, e) ||
	    !item_list_keep(b, r->arena, v.only, v.n_only, &list, e))
		return false;
	rows.book = b;
	rows.list = &list;
	item_table_source(r->arena, &rows, v.after, &source);
	source.summary = summary(r, b, &list);
	say_customer(b, q.filter.customer_id, &v);
	return table_answer(r, &v, &source, e);
}

static const struct route routes[] = {
	ROUTE(GET, "/items", items_show, PERM_ITEM_READ, SCOPE_ENTITY),
};
const struct route_list ledger_item_list_routes = ROUTE_LIST(routes);
