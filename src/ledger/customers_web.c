/* SPDX-License-Identifier: Apache-2.0 */
/* customers_web.c - the list of customers with what they owe: filters in the address, totals, export. */
#include "ledger/book_rates.h"
#include "ledger/converted.h"
#include "ledger/customer_table.h"

#include "i18n/amount.h"
#include "ledger/routes.h"
#include "ledger/scope.h"
#include "ledger/customers_view.h"
#include "web/parts.h"
#include "web/show.h"

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
		      const struct exchange_table *rates, struct customer_list *ret, struct err *e)
{
	struct customer_filter f = { .show = show_of(table_value(v, "show")),
				     .text = table_value(v, "q"),
				     .segment = table_value_or_none(v, "segment"),
				     .owner = table_value_or_none(v, "owner") };
	enum customer_order order = CUSTOMER_ORDER_NAME;
	bool descending;

	ENSURE(!table_sort_name(v) ||
	       customer_order_parse(table_sort_name(v), &order, &descending));
	return customer_list_get(b, r->arena, r->entity.currency, rates, &f, order, v->descending,
				 ret, e) &&
	       customer_list_keep(b, r->arena, v->only, v->n_only, ret, e);
}

/* "US$ 1,0912 (20/11/2026)": what the rows were converted at; and what has no rate. */
static void put_rates(struct page *p, struct buf *b, const struct book *book,
		      const struct exchange_table *rates, const char *own)
{
	for (size_t i = 0; i < book->n_currencies; i++) {
		const char *code = book->currency[i];
		const struct exchange_rate *rate = exchange_find(rates, code, book->as_of);

		if (strcmp(code, own) == 0 || strcmp(code, "EUR") == 0)
			continue;
		buf_puts(b, b->len ? ", " : "");
		if (rate)
			buf_printf(b, tr(p->cat, "%s at %s for one euro (%s)"), code,
				   exchange_words(p->arena, p->language, rate->per_euro_ppm),
				   show_day(p, rate->on));
		else
			buf_printf(b, tr(p->cat, "%s without a rate: in no sum"), code);
	}
}

/* Rows with other currencies say so; here is at which rates, and what all is in the group's currency. */
static bool fill_note(struct request *r, const struct book *b, const struct exchange_table *rates,
		      const char **ret, struct err *e)
{
	struct page *p = page_begin(r, "", "");
	struct converted c;
	struct buf note;

	if (!converted_fill(r, p, b, SIZE_MAX, &c, e))
		return false;
	buf_init(&note, r->arena);
	if (rates) {
		put_rates(p, &note, b, rates, r->entity.currency);
		*ret = arena_printf(r->arena,
				    tr(r->cat, "Amounts in other currencies are converted: %s."),
				    buf_str(&note));
	}
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

/* None are needed for a book of the company's currency alone. */
static bool rates_of(struct request *r, const struct book *b, struct exchange_table *rates,
		     const struct exchange_table **ret, struct err *e)
{
	if (book_is_in(b, r->entity.currency))
		return true;
	*ret = rates;
	return book_rates_load(r->db, r->arena, b, r->entity.currency, NULL, rates, e);
}

static bool customers_show(struct request *r, struct err *e)
{
	struct customer_rows rows = { .request = r, .currency = r->entity.currency };
	const struct exchange_table *used = NULL;
	struct exchange_table rates;
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
	    !rates_of(r, b, &rates, &used, e) || !make_list(r, &v, b, used, &list, e))
		return false;
	rows.book = b;
	rows.list = &list;
	customer_table_source(r->arena, &rows, v.after, &source);
	source.summary = summary(r, &list);
	if (!fill_note(r, b, used, &source.note, e))
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
