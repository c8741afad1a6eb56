/* SPDX-License-Identifier: Apache-2.0 */
/* customers_web.c - the list of customers with what they owe: filters in the address, totals, export. */
#include "ledger/converted.h"
#include "ledger/customer_table.h"

#include "i18n/amount.h"
#include "ledger/routes.h"
#include "ledger/scope.h"
#include "ledger/customers_view.h"
#include "web/parts.h"

static enum customer_show show_of(const char *name)
{
	static const struct {
		const char *name;
		enum customer_show show;
	} shows[] = {
		{ "open", CUSTOMER_SHOW_OPEN },        { "late", CUSTOMER_SHOW_LATE },
		{ "dispute", CUSTOMER_SHOW_DISPUTED }, { "over-limit", CUSTOMER_SHOW_OVER_LIMIT },
		{ "loose", CUSTOMER_SHOW_LOOSE },      { "excluded", CUSTOMER_SHOW_EXCLUDED },
	};

	for (size_t i = 0; i < ARRAY_LEN(shows); i++) {
		if (str_eq(name, shows[i].name))
			return shows[i].show;
	}
	return CUSTOMER_SHOW_ALL;
}

/* The names that occur, to choose from. */
static void fill_choice(struct request *r, struct table_view *v, const char *filter,
			const char *const *names, size_t n, const char *all, const char *without)
{
	struct part_choice *choice = ARENA_ARRAY(r->arena, n + 2, struct part_choice);
	size_t at = table_filter_at(v->table, filter), k = 0;

	choice[k++] = (struct part_choice){ "", all };
	for (size_t i = 0; i < n; i++)
		choice[k++] = (struct part_choice){ names[i], names[i] };
	choice[k++] = (struct part_choice){ "-", without };
	v->choice[at] = choice;
	v->n_choices[at] = k;
}

static bool fill_choices(struct request *r, const struct book *b, struct table_view *v,
			 struct err *e)
{
	const char *const *names;
	size_t n;

	if (!customer_segments(b, r->arena, &names, &n, e))
		return false;
	fill_choice(r, v, "segment", names, n, tr(r->cat, "All profiles"),
		    tr(r->cat, "Without profile"));
	if (!customer_owners(b, r->arena, &names, &n, e))
		return false;
	fill_choice(r, v, "owner", names, n, tr(r->cat, "Everybody"), tr(r->cat, "Nobody"));
	return true;
}

static const char *summary(struct request *r, const struct customer_list *l)
{
	const char *language = catalogue_language(r->cat);
	char count[AMOUNT_TEXT], amount[AMOUNT_TEXT];

	return arena_printf(
		r->arena,
		trn(r->cat, "%s customer, owing %s", "%s customers, owing %s", (unsigned long)l->n),
		count_text((int64_t)l->n, language, count),
		amount_text(l->total_minor, r->entity.currency, language, amount));
}

static bool make_list(struct request *r, const struct table_view *v, const struct book *b,
		      struct customer_list *ret, struct err *e)
{
	struct customer_filter f = { .show = show_of(table_value(v, "show")),
				     .text = table_value(v, "q"),
				     .segment = table_value_or_none(v, "segment"),
				     .owner = table_value_or_none(v, "owner") };
	enum customer_order order = CUSTOMER_ORDER_NAME;
	bool descending;

	ENSURE(!table_sort_name(v) ||
	       customer_order_parse(table_sort_name(v), &order, &descending));
	return customer_list_get(b, r->arena, r->entity.currency, &f, order, v->descending, ret,
				 e) &&
	       customer_list_keep(b, r->arena, v->only, v->n_only, ret, e);
}

/* The rows are in the company's currency; the others are told with what they come to in it. */
static bool fill_note(struct request *r, const struct book *b, const char **ret, struct err *e)
{
	struct converted c;

	if (!converted_fill(r, page_begin(r, "", ""), b, SIZE_MAX, &c, e))
		return false;
	if (c.total)
		*ret = arena_printf(r->arena, tr(r->cat, "Rows are in %s alone. %s: %s. %s"),
				    r->entity.currency, c.total, c.breakdown,
				    c.missing ? c.missing : "");
	if (c.group)
		*ret = arena_printf(r->arena, "%s%s%s (%s). %s", *ret ? *ret : "", *ret ? " " : "",
				    c.group, c.group_breakdown,
				    c.group_missing ? c.group_missing : "");
	return true;
}

static bool show_page(struct request *r, struct table_view *v, const struct table_source *source,
		      struct err *e)
{
	struct customers_page_view view = { .summary = source->summary };
	struct page *p = table_page_begin(r, v);

	if (!table_fill(r, p, v, source, &view.list, e))
		return false;
	customers_page(p, &view);
	return respond_page(r, p, 200);
}

static bool customers_show(struct request *r, struct err *e)
{
	struct customer_rows rows = { .request = r, .currency = r->entity.currency };
	struct table_source source;
	struct customer_list list;
	struct table_view v;
	struct book *b;

	if (!table_read(r, &customer_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	if (!book_load_for(
		    r, &(struct book_query){ .as_of = v.when.as_of, .known_at = v.when.known_at },
		    &b, e) ||
	    !make_list(r, &v, b, &list, e))
		return false;
	rows.book = b;
	rows.list = &list;
	customer_table_source(r->arena, &rows, v.after, &source);
	source.summary = summary(r, &list);
	if (!fill_note(r, b, &source.note, e))
		return false;
	if (!fill_choices(r, b, &v, e))
		return false;
	return v.format == TABLE_PAGE ? show_page(r, &v, &source, e)
				      : table_answer(r, &v, &source, e);
}

static const struct route routes[] = {
	ROUTE(GET, "/customers", customers_show, PERM_ITEM_READ, SCOPE_ENTITY),
};
const struct route_list ledger_customer_list_routes = ROUTE_LIST(routes);
