/* SPDX-License-Identifier: Apache-2.0 */
/* customers_web.c - the list of customers with what they owe: filters in the address, totals, export. */
#include "ledger/customer_list.h"
#include "ledger/customers_view.h"
#include "ledger/routes.h"
#include "ledger/scope.h"
#include "web/sheet.h"
#include "web/show.h"

enum { ROWS_PER_PAGE = 100 };

struct asked {
	struct customer_filter filter;
	enum customer_order order;
	bool descending;
};

static const struct {
	const char *name, *text;
	enum customer_show show;
} shows[] = {
	{ NULL, N_("All"), CUSTOMER_SHOW_ALL },
	{ "open", N_("With open items"), CUSTOMER_SHOW_OPEN },
	{ "late", N_("Late"), CUSTOMER_SHOW_LATE },
	{ "dispute", N_("Disputed"), CUSTOMER_SHOW_DISPUTED },
	{ "over-limit", N_("Over the limit"), CUSTOMER_SHOW_OVER_LIMIT },
	{ "loose", N_("With unallocated money"), CUSTOMER_SHOW_LOOSE },
	{ "excluded", N_("Not chased"), CUSTOMER_SHOW_EXCLUDED },
};

static const char *read_name(struct request *r, const char *name)
{
	const char *text = request_query(r, name);

	if (str_empty(text))
		return NULL;
	return str_eq(text, "-") ? "" : text;
}

static bool read_filter(struct request *r, struct asked *q, struct err *e)
{
	const char *show = request_query(r, "show");
	const char *sort = request_query(r, "sort");
	bool known = str_empty(show);

	*q = (struct asked){ .order = CUSTOMER_ORDER_NAME };
	q->filter.text = str_empty(request_query(r, "q")) ? NULL : request_query(r, "q");
	q->filter.segment = read_name(r, "segment");
	q->filter.owner = read_name(r, "owner");
	for (size_t i = 1; i < ARRAY_LEN(shows); i++) {
		if (str_eq(show, shows[i].name)) {
			q->filter.show = shows[i].show;
			known = true;
		}
	}
	if (!known)
		return err_field(e, ERR_USAGE, "show", "no filter is called \"%.40s\"", show);
	if (!str_empty(sort) && !customer_order_parse(sort, &q->order, &q->descending))
		return err_field(e, ERR_USAGE, "sort", "no order is called \"%.40s\"", sort);
	return true;
}

/* ---- the parts of the page --------------------------------------------------------------------- */

static void fill_chips(struct request *r, struct page *p, struct customers_view *v)
{
	const char *asked = request_query(r, "show");
	struct part_chip *chip = ARENA_ARRAY(p->arena, ARRAY_LEN(shows), struct part_chip);

	for (size_t i = 0; i < ARRAY_LEN(shows); i++)
		chip[i] = (struct part_chip){
			.text = tr(p->cat, shows[i].text),
			.url = link_with(r, "show", shows[i].name, NULL),
			.is_on = shows[i].name ? str_eq(asked, shows[i].name) : str_empty(asked),
		};
	v->chips = chip;
	v->n_chips = ARRAY_LEN(shows);
}

/* The names that occur, to choose from. */
static void fill_choice(struct page *p, const char *const *names, size_t n, const char *all,
			const char *without, struct part_field *f)
{
	struct part_choice *choice = ARENA_ARRAY(p->arena, n + 2, struct part_choice);

	choice[f->n_choices++] = (struct part_choice){ "", all };
	for (size_t i = 0; i < n; i++)
		choice[f->n_choices++] = (struct part_choice){ names[i], names[i] };
	choice[f->n_choices++] = (struct part_choice){ "-", without };
	f->choice = choice;
}

static void fill_filters(struct request *r, struct page *p, const struct book *b,
			 struct customers_view *v)
{
	struct part_field *f = ARENA_ARRAY(p->arena, 3, struct part_field);
	const char **names;
	size_t n;

	f[0] = (struct part_field){ .name = "q",
				    .label = tr(p->cat, "Name or code"),
				    .value = request_query(r, "q"),
				    .type = "search" };
	f[1] = (struct part_field){ .name = "segment",
				    .label = tr(p->cat, "Profile"),
				    .value = request_query(r, "segment") };
	names = customer_segments(b, p->arena, &n);
	fill_choice(p, names, n, tr(p->cat, "All profiles"), tr(p->cat, "Without profile"), &f[1]);
	f[2] = (struct part_field){ .name = "owner",
				    .label = tr(p->cat, "Followed by"),
				    .value = request_query(r, "owner") };
	names = customer_owners(b, p->arena, &n);
	fill_choice(p, names, n, tr(p->cat, "Everybody"), tr(p->cat, "Nobody"), &f[2]);
	v->filters = f;
	v->n_filters = 3;
}

static struct part_sort head(struct request *r, struct page *p, const struct asked *q,
			     enum customer_order order, const char *text)
{
	const char *name = customer_order_name(order);
	bool is_this = q->order == order;
	bool is_amount = order != CUSTOMER_ORDER_NAME && order != CUSTOMER_ORDER_CODE;

	/* Amounts are asked largest first; a second press turns the order round. */
	if (is_this ? !q->descending : is_amount)
		name = arena_printf(p->arena, "-%s", name);
	return (struct part_sort){
		.text = text,
		.url = link_with(r, "sort", name, NULL),
		.direction = !is_this        ? NULL
			     : q->descending ? "descending"
					     : "ascending",
		.is_number = is_amount,
	};
}

static void fill_heads(struct request *r, struct page *p, const struct asked *q,
		       const char *currency, struct customers_view *v)
{
	struct part_sort *h = ARENA_ARRAY(p->arena, CUSTOMER_ORDER_COUNT, struct part_sort);
	const char *sign = show_currency(p, currency);

	h[0] = head(r, p, q, CUSTOMER_ORDER_NAME, tr(p->cat, "Customer"));
	h[1] = head(r, p, q, CUSTOMER_ORDER_TOTAL,
		    arena_printf(p->arena, tr(p->cat, "Owes, %s"), sign));
	h[2] = head(r, p, q, CUSTOMER_ORDER_LATE,
		    arena_printf(p->arena, tr(p->cat, "Late, %s"), sign));
	h[3] = head(r, p, q, CUSTOMER_ORDER_DISPUTED,
		    arena_printf(p->arena, tr(p->cat, "Disputed, %s"), sign));
	h[3].hides = true;
	h[4] = head(r, p, q, CUSTOMER_ORDER_OLDEST, tr(p->cat, "Oldest"));
	h[4].is_number = false;
	h[4].hides = true;
	v->heads = h;
}

static const char *figure_or_dash(struct page *p, int64_t minor, const char *currency)
{
	return minor == 0 ? "–" : show_figure(p, minor, currency);
}

static void fill_row(struct request *r, struct page *p, const struct book *b,
		     const struct customer_line *l, const char *currency, struct customer_row *ret)
{
	const struct book_customer *c = &b->customer[l->customer];

	*ret = (struct customer_row){
		.name = c->name,
		.code = c->code,
		.url = link_to(r, arena_printf(p->arena, "/customers/%" PRId64, c->id), NULL),
		.segment = c->segment,
		.owner = c->collector,
		.total = figure_or_dash(p, l->total_minor, currency),
		.late = figure_or_dash(p, l->late_minor, currency),
		.disputed = figure_or_dash(p, l->disputed_minor, currency),
		.is_over_limit = l->is_over_limit,
		.is_credit = l->total_minor < 0,
	};
	if (l->oldest_due != DAY_NONE) {
		ret->state = due_state_name(due_state_of(ITEM_INVOICE, l->oldest_due, b->as_of));
		ret->words = show_late_words(p, l->oldest_due, b->as_of);
	}
}

static void fill_rows(struct request *r, struct page *p, const struct book *b,
		      const struct customer_list *l, const char *currency, struct customers_view *v)
{
	size_t from = customer_list_after(b, l, request_query(r, "after"));
	size_t n = l->n - from < ROWS_PER_PAGE ? l->n - from : ROWS_PER_PAGE;
	struct customer_row *row = ARENA_ARRAY(p->arena, n, struct customer_row);

	for (size_t i = 0; i < n; i++)
		fill_row(r, p, b, &l->at[from + i], currency, &row[i]);
	v->rows = row;
	v->n_rows = n;
	v->pager.text = arena_printf(
		p->arena, tr(p->cat, "%s to %s of %s"), show_count(p, (int64_t)(n ? from + 1 : 0)),
		show_count(p, (int64_t)(from + n)), show_count(p, (int64_t)l->n));
	if (from > 0)
		v->pager.first_url = link_with(r, NULL);
	if (from + n < l->n)
		v->pager.next_url =
			link_with(r, "after", b->customer[l->at[from + n - 1].customer].code, NULL);
}

static void fill_page(struct request *r, struct page *p, const struct asked *q,
		      const struct book *b, const struct customer_list *l, const char *currency,
		      struct customers_view *v)
{
	fill_chips(r, p, v);
	fill_filters(r, p, b, v);
	fill_heads(r, p, q, currency, v);
	fill_rows(r, p, b, l, currency, v);
	v->show = request_query(r, "show");
	v->sort = request_query(r, "sort");
	v->as_of = request_query(r, "as_of");
	v->known_at = request_query(r, "known_at");
	v->total_text = arena_printf(p->arena,
				     trn(p->cat, "Total of %s customer",
					 "Total of all %s customers", (unsigned long)l->n),
				     show_count(p, (int64_t)l->n));
	v->total = show_figure(p, l->total_minor, currency);
	v->late = show_figure(p, l->late_minor, currency);
	v->disputed = show_figure(p, l->disputed_minor, currency);
	v->summary = arena_printf(
		p->arena,
		trn(p->cat, "%s customer, owing %s", "%s customers, owing %s", (unsigned long)l->n),
		show_count(p, (int64_t)l->n), show_amount(p, l->total_minor, currency));
	if (b->n_currencies > 1)
		v->note = arena_printf(p->arena,
				       tr(p->cat, "Amounts in %s only: other currencies stand on"
						  " the customers' own pages."),
				       currency);
	v->csv_url = link_with(r, "format", "csv", NULL);
	v->empty = (struct part_empty){
		.icon = "people",
		.title = tr(p->cat, "No customer fits"),
		.text = tr(p->cat, "The filters in force leave nobody."),
		.link = tr(p->cat, "Remove the filters"),
		.url = "/customers",
	};
	if (b->n_customers == 0) {
		v->empty.title = tr(p->cat, "There is no customer yet");
		v->empty.text = tr(p->cat, "They come with the first file imported.");
		v->empty.link = tr(p->cat, "Import files");
		v->empty.url = "/imports";
	}
}

static bool send_csv(struct request *r, const struct book *b, const struct customer_list *l,
		     const char *currency, struct err *e)
{
	static const char *const heads[] = {
		N_("Customer code"), N_("Customer"), N_("Profile"),  N_("Followed by"),
		N_("Owes"),          N_("Late"),     N_("Disputed"), N_("Unallocated"),
		N_("Credit limit"),  N_("Currency"),
	};
	struct sheet_column column[ARRAY_LEN(heads)];
	struct sheet *s;
	int fd;

	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		column[i] = (struct sheet_column){ tr(r->cat, heads[i]), SHEET_TEXT };
	if (!sheet_open(r->arena, &(struct sheet_options){ .language = catalogue_language(r->cat) },
			&s, e))
		return false;
	sheet_begin(s, "customers", column, ARRAY_LEN(heads));
	for (size_t i = 0; i < l->n; i++) {
		const struct book_customer *c = &b->customer[l->at[i].customer];

		sheet_text(s, c->code);
		sheet_text(s, c->name);
		sheet_text(s, c->segment);
		sheet_text(s, c->collector);
		sheet_minor(s, l->at[i].total_minor, currency);
		sheet_minor(s, l->at[i].late_minor, currency);
		sheet_minor(s, l->at[i].disputed_minor, currency);
		sheet_minor(s, l->at[i].loose_minor, currency);
		if (c->has_limit)
			sheet_minor(s, c->credit_limit_minor, currency);
		else
			sheet_text(s, NULL);
		sheet_text(s, currency);
		if (!sheet_end(s, e))
			return false;
	}
	return sheet_close(s, &fd, e) &&
	       respond_file(r, fd, sheet_media_type(SHEET_CSV), "encours-customers.csv", true, e);
}

static bool customers_show(struct request *r, struct err *e)
{
	struct customers_view v = { 0 };
	struct customer_list list;
	const char *currency = r->entity.currency;
	struct asked q;
	struct book *b;
	struct page *p;
	struct when w;

	if (!read_filter(r, &q, e) || !request_when(r, &w, e) ||
	    !book_load_for(r, &(struct book_query){ .as_of = w.as_of, .known_at = w.known_at }, &b,
			   e) ||
	    !customer_list_make(b, r->arena, currency, &q.filter, q.order, q.descending, &list, e))
		return false;
	if (str_eq(request_query(r, "format"), "csv"))
		return send_csv(r, b, &list, currency, e);
	p = page_begin_when(r, tr(r->cat, "Customers"), "customers", w);
	fill_page(r, p, &q, b, &list, currency, &v);
	customers_page(p, &v);
	return respond_page(r, p, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/customers", customers_show, PERM_ITEM_READ, SCOPE_ENTITY),
};
const struct route_list ledger_customer_list_routes = ROUTE_LIST(routes);
