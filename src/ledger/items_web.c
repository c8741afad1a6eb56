/* SPDX-License-Identifier: Apache-2.0 */
/* items_web.c - the list of items (pièces): filters in the address, totals of all rows, export. */
#include "ledger/item_view.h"

#include "base/text.h"
#include "i18n/amount.h"
#include "ledger/routes.h"
#include "ledger/scope.h"
#include "web/sheet.h"
#include "web/show.h"

enum { ROWS_PER_PAGE = 100 };

struct asked {
	struct item_filter filter;
	enum item_order order;
	bool descending;
	bool with_settled;
};

/* Filters that are not understood are an error, never ignored: a list that shows more than was asked would
 * be believed. */
static bool read_state(struct request *r, struct item_filter *f, struct err *e)
{
	const char *text = request_query(r, "state");
	enum due_state state;

	if (str_empty(text))
		return true;
	if (str_eq(text, "late"))
		f->only_late = true;
	else if (str_eq(text, "not-late"))
		f->only_not_late = true;
	else if (str_eq(text, "dispute"))
		f->only_disputed = true;
	else if (due_state_parse(text, &state))
		f->state = (int)state;
	else
		return err_field(e, ERR_USAGE, "state", "no state is called \"%.40s\"", text);
	return true;
}

static bool read_amount(struct request *r, const char *name, bool *ret_has, int64_t *ret,
			struct err *e)
{
	const char *text = request_query(r, name);

	if (str_empty(text))
		return true;
	if (!amount_read(text, r->entity.currency, catalogue_language(r->cat), ret, e))
		return err_field(e, ERR_USAGE, name, "\"%.40s\" is no amount", text);
	*ret_has = true;
	return true;
}

/* "-" asks for those without, an empty field for all. */
static const char *read_name(struct request *r, const char *name)
{
	const char *text = request_query(r, name);

	if (str_empty(text))
		return NULL;
	return str_eq(text, "-") ? "" : text;
}

static bool read_filter(struct request *r, struct asked *q, struct err *e)
{
	const char *kind = request_query(r, "kind");
	const char *sort = request_query(r, "sort");
	const char *customer = request_query(r, "customer");
	struct item_filter *f = &q->filter;
	enum item_kind known;
	uint64_t id;

	*q = (struct asked){ .filter = item_filter_all() };
	f->text = str_empty(request_query(r, "q")) ? NULL : request_query(r, "q");
	f->segment = read_name(r, "segment");
	f->means = read_name(r, "means");
	f->currency = str_empty(request_query(r, "currency")) ? NULL : request_query(r, "currency");
	q->with_settled = str_eq(request_query(r, "open"), "all");
	if (!read_state(r, f, e) || !read_amount(r, "min", &f->has_min, &f->min_minor, e) ||
	    !read_amount(r, "max", &f->has_max, &f->max_minor, e))
		return false;
	if (!str_empty(kind)) {
		if (!item_kind_of(kind, &known))
			return err_field(e, ERR_USAGE, "kind", "no kind is called \"%.40s\"", kind);
		f->kind = (int)known;
	}
	if (!str_empty(customer)) {
		if (!text_to_u64(customer, INT64_MAX, &id))
			return err_field(e, ERR_USAGE, "customer", "\"%.40s\" is no customer",
					 customer);
		f->customer_id = (int64_t)id;
	}
	if (!str_empty(sort) && !item_order_parse(sort, &q->order, &q->descending))
		return err_field(e, ERR_USAGE, "sort", "no order is called \"%.40s\"", sort);
	return true;
}

/* ---- the parts of the page --------------------------------------------------------------------- */

static void fill_chips(struct request *r, struct page *p, struct items_view *v)
{
	static const struct {
		const char *state, *text;
	} states[] = {
		{ NULL, N_("All") },
		{ "not-late", N_("Not late") },
		{ "soon", N_("Due within 7 days") },
		{ "late", N_("Late") },
		{ "late-1", N_("1–30 days") },
		{ "late-2", N_("31–60 days") },
		{ "late-3", N_("61–90 days") },
		{ "late-4", N_("91 days +") },
		{ "dispute", N_("Disputed") },
		{ "loose", N_("Unallocated") },
	};
	static const char *const others[] = { "customer", "segment", "means", "currency" };
	const char *asked = request_query(r, "state");
	struct part_chip *chip =
		ARENA_ARRAY(p->arena, ARRAY_LEN(states) + ARRAY_LEN(others), struct part_chip);

	v->chips = chip;
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		chip[v->n_chips++] = (struct part_chip){
			.text = tr(p->cat, states[i].text),
			.url = link_with(r, "state", states[i].state, NULL),
			.is_on =
				states[i].state ? str_eq(asked, states[i].state) : str_empty(asked),
		};
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		const char *value = request_query(r, others[i]);

		if (!str_empty(value))
			chip[v->n_chips++] = (struct part_chip){
				.text = str_eq(value, "-") ? tr(p->cat, "without") : value,
				.url = link_with(r, others[i], NULL, NULL),
				.is_on = true,
				.is_removable = true,
			};
	}
}

/* What the form of filters does not show, it keeps. */
static struct web_values hidden_filters(struct request *r)
{
	static const char *const kept[] = { "state", "sort",     "customer", "segment",
					    "means", "currency", "as_of",    "known_at" };
	struct web_value *value = ARENA_ARRAY(r->arena, ARRAY_LEN(kept), struct web_value);
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		const char *text = request_query(r, kept[i]);

		if (text)
			value[n++] = (struct web_value){ kept[i], text };
	}
	return (struct web_values){ value, n };
}

static void fill_filters(struct request *r, struct page *p, struct items_view *v)
{
	struct part_choice *kind = ARENA_ARRAY(p->arena, ITEM_KIND_COUNT + 1, struct part_choice);
	struct part_choice *open = ARENA_ARRAY(p->arena, 2, struct part_choice);
	struct part_field *f = ARENA_ARRAY(p->arena, 5, struct part_field);

	kind[0] = (struct part_choice){ "", tr(p->cat, "All kinds") };
	for (int k = 0; k < ITEM_KIND_COUNT; k++)
		kind[k + 1] = (struct part_choice){ item_kind_name((enum item_kind)k),
						    item_kind_text(p, (enum item_kind)k) };
	open[0] = (struct part_choice){ "", tr(p->cat, "Open items") };
	open[1] = (struct part_choice){ "all", tr(p->cat, "Settled ones too") };
	f[0] = (struct part_field){ .name = "q",
				    .label = tr(p->cat, "Document or customer"),
				    .value = request_query(r, "q"),
				    .type = "search" };
	f[1] = (struct part_field){ .name = "kind",
				    .label = tr(p->cat, "Kind"),
				    .value = request_query(r, "kind"),
				    .choice = kind,
				    .n_choices = ITEM_KIND_COUNT + 1 };
	f[2] = (struct part_field){ .name = "open",
				    .label = tr(p->cat, "Items shown"),
				    .value = request_query(r, "open"),
				    .choice = open,
				    .n_choices = 2 };
	f[3] = (struct part_field){ .name = "min",
				    .label = tr(p->cat, "Open from"),
				    .value = request_query(r, "min"),
				    .is_number = true };
	f[4] = (struct part_field){ .name = "max",
				    .label = tr(p->cat, "to"),
				    .value = request_query(r, "max"),
				    .is_number = true };
	v->hidden = hidden_filters(r);
	v->filters = f;
	v->n_filters = 5;
}

static struct part_sort head(struct request *r, struct page *p, const struct asked *q,
			     enum item_order order, const char *text)
{
	const char *name = item_order_name(order);
	bool is_this = q->order == order;

	/* A second press turns the order round. */
	if (is_this && !q->descending)
		name = arena_printf(p->arena, "-%s", name);
	return (struct part_sort){
		.text = text,
		.url = link_with(r, "sort", name, NULL),
		.direction = !is_this        ? NULL
			     : q->descending ? "descending"
					     : "ascending",
	};
}

static void fill_heads(struct request *r, struct page *p, const struct asked *q,
		       const struct book *b, struct items_view *v)
{
	struct part_sort *h = ARENA_ARRAY(p->arena, 5, struct part_sort);
	const char *sign = show_currency(p, b->n_currencies ? b->currency[0] : r->entity.currency);
	const char *open = tr(p->cat, "Open");

	v->has_currencies = b->n_currencies > 1;
	if (!v->has_currencies)
		open = arena_printf(p->arena, tr(p->cat, "Open, %s"), sign);
	v->head_amount = tr(p->cat, "Amount");
	h[0] = head(r, p, q, ITEM_ORDER_DOCUMENT, tr(p->cat, "Document"));
	h[1] = head(r, p, q, ITEM_ORDER_CUSTOMER, tr(p->cat, "Customer"));
	h[1].hides = true;
	h[2] = head(r, p, q, ITEM_ORDER_ISSUED, tr(p->cat, "Issued"));
	h[2].hides = true;
	h[3] = head(r, p, q, ITEM_ORDER_DUE, tr(p->cat, "Due"));
	h[4] = head(r, p, q, ITEM_ORDER_OPEN, open);
	h[4].is_number = true;
	v->heads = h;
}

static void fill_rows(struct request *r, struct page *p, const struct book *b,
		      const struct item_list *l, struct items_view *v)
{
	uint64_t after = 0;
	size_t from = 0, n;
	struct item_row *row;

	if (text_to_u64(request_query(r, "after") ? request_query(r, "after") : "", INT64_MAX,
			&after))
		from = item_list_after(b, l, (int64_t)after);
	n = l->n - from < ROWS_PER_PAGE ? l->n - from : ROWS_PER_PAGE;
	row = ARENA_ARRAY(p->arena, n, struct item_row);
	for (size_t i = 0; i < n; i++)
		item_row_fill(r, p, b, l->at[from + i], &row[i]);
	v->rows = row;
	v->n_rows = n;
	v->pager.text = arena_printf(
		p->arena, tr(p->cat, "%s to %s of %s"), show_count(p, (int64_t)(n ? from + 1 : 0)),
		show_count(p, (int64_t)(from + n)), show_count(p, (int64_t)l->n));
	if (from > 0)
		v->pager.first_url = link_with(r, NULL);
	if (from + n < l->n)
		v->pager.next_url = link_with(
			r, "after",
			arena_printf(p->arena, "%" PRId64, b->item_id[l->at[from + n - 1]]), NULL);
}

static void fill_page(struct request *r, struct page *p, const struct asked *q,
		      const struct book *b, const struct item_list *l, struct items_view *v)
{
	fill_chips(r, p, v);
	fill_filters(r, p, v);
	fill_heads(r, p, q, b, v);
	fill_rows(r, p, b, l, v);
	v->totals = item_total_rows(p, b, l);
	v->n_totals = l->n_totals;
	v->summary = arena_printf(p->arena,
				  trn(p->cat, "%s item, %s", "%s items, %s", (unsigned long)l->n),
				  show_count(p, (int64_t)l->n),
				  l->n_totals == 1 ? show_amount(p, l->total[0].open_minor,
								 b->currency[l->total[0].currency])
						   : tr(p->cat, "see the totals"));
	v->csv_url = link_with(r, "format", "csv", NULL);
	v->empty = (struct part_empty){
		.icon = "sheet",
		.title = tr(p->cat, "No item fits"),
		.text = tr(p->cat, "The filters in force leave nothing."),
		.link = tr(p->cat, "Remove the filters"),
		.url = link_to(r, "/items", NULL),
	};
	if (b->n_items == 0) {
		v->empty.title = tr(p->cat, "Nothing is open");
		v->empty.text = tr(p->cat, "No item is open on that day.");
		v->empty.link = tr(p->cat, "Import files");
		v->empty.url = "/imports";
	}
}

/* ---- export ------------------------------------------------------------------------------------ */

static bool send_csv(struct request *r, const struct book *b, const struct item_list *l,
		     struct err *e)
{
	static const char *const heads[] = {
		N_("Customer code"), N_("Customer"), N_("Kind"),      N_("Document"),
		N_("Issued"),        N_("Due"),      N_("Days late"), N_("Amount"),
		N_("Open"),          N_("Disputed"), N_("Currency"),
	};
	struct sheet_column column[ARRAY_LEN(heads)];
	struct sheet *c;
	int fd;

	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		column[i] = (struct sheet_column){ tr(r->cat, heads[i]), SHEET_TEXT };
	if (!sheet_open(r->arena, &(struct sheet_options){ .language = catalogue_language(r->cat) },
			&c, e))
		return false;
	sheet_begin(c, "items", column, ARRAY_LEN(heads));
	for (size_t k = 0; k < l->n; k++) {
		size_t i = l->at[k];
		const struct book_customer *bc = &b->customer[b->customer_of[i]];
		const char *currency = b->currency[b->currency_of[i]];

		sheet_text(c, bc->code);
		sheet_text(c, bc->name);
		sheet_text(c, item_kind_name((enum item_kind)b->kind[i]));
		sheet_text(c, b->document[i]);
		sheet_day(c, b->issued_on[i]);
		sheet_day(c, b->due_on[i]);
		sheet_int(c, b->as_of - b->due_on[i]);
		sheet_minor(c, b->amount_minor[i], currency);
		sheet_minor(c, b->open_minor[i], currency);
		sheet_minor(c, b->disputed_minor[i], currency);
		sheet_text(c, currency);
		if (!sheet_end(c, e))
			return false;
	}
	return sheet_close(c, &fd, e) &&
	       respond_file(r, fd, sheet_media_type(SHEET_CSV), "encours-items.csv", true, e);
}

static bool items_show(struct request *r, struct err *e)
{
	struct items_view v = { 0 };
	struct item_list list;
	struct asked q;
	struct book *b;
	struct page *p;
	struct when w;

	if (!read_filter(r, &q, e) || !request_when(r, &w, e))
		return false;
	if (!book_load_for(r,
			   &(struct book_query){ .as_of = w.as_of,
						 .known_at = w.known_at,
						 .with_settled = q.with_settled },
			   &b, e) ||
	    !item_list_make(b, r->arena, &q.filter, q.order, q.descending, &list, e))
		return false;
	if (str_eq(request_query(r, "format"), "csv"))
		return send_csv(r, b, &list, e);
	p = page_begin_when(r, tr(r->cat, "Items"), "items", w);
	fill_page(r, p, &q, b, &list, &v);
	items_page(p, &v);
	return respond_page(r, p, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/items", items_show, PERM_ITEM_READ, SCOPE_ENTITY),
};
const struct route_list ledger_item_list_routes = ROUTE_LIST(routes);
