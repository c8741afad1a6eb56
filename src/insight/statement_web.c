/* SPDX-License-Identifier: Apache-2.0 */
/* statement_web.c - the statement of account (relevé de compte) as a page, for the spreadsheet and for printing:
 * everything open or what is overdue, with or without late interest, of one account or of its whole group. */
#include "base/list.h"
#include "base/money.h"
#include "collect/penalty.h"
#include "i18n/amount.h"
#include "i18n/date_text.h"
#include "insight/routes.h"
#include "insight/statement_view.h"
#include "ledger/customer_group.h"
#include "ledger/item_table.h"
#include "ledger/item_view.h"
#include "ledger/rate_store.h"
#include "ledger/scope.h"
#include "web/show.h"

#include <stdio.h>
#include <stdlib.h>

enum column {
	DOCUMENT,
	ACCOUNT,
	KIND,
	ISSUED,
	DUE,
	STATE,
	LATE,
	AMOUNT,
	DISPUTED,
	OPEN,
	INTEREST,
	FEE
};

static const struct table_column columns[] = {
	[DOCUMENT] = { "document", N_("Document"), TABLE_LINK, TABLE_NARROW },
	[ACCOUNT] = { "account", N_("Account"), TABLE_TEXT, TABLE_EXTRA },
	[KIND] = { "kind", N_("Kind"), TABLE_TEXT, TABLE_EXTRA },
	[ISSUED] = { "issued_on", N_("Issued"), TABLE_DAY, TABLE_SOFT },
	[DUE] = { "due_on", N_("Due"), TABLE_DAY, TABLE_NARROW },
	[STATE] = { "state", N_("State"), TABLE_STATE, 0 },
	[LATE] = { "days_late", N_("Days late"), TABLE_COUNT, TABLE_EXTRA },
	[AMOUNT] = { "amount", N_("Amount"), TABLE_AMOUNT, TABLE_SUMS | TABLE_SOFT },
	[DISPUTED] = { "disputed", N_("Disputed"), TABLE_AMOUNT, TABLE_SUMS | TABLE_EXTRA },
	[OPEN] = { "open", N_("Open"), TABLE_AMOUNT, TABLE_SUMS | TABLE_NARROW },
	[INTEREST] = { "interest", N_("Late interest"), TABLE_AMOUNT, TABLE_SUMS },
	[FEE] = { "flat_fee", N_("Fixed costs"), TABLE_AMOUNT, TABLE_SUMS },
};

static const struct table_choice scopes[] = {
	{ "", N_("All open items") },
	{ "overdue", N_("Overdue only") },
};
static const struct table_choice penalties[] = {
	{ "", N_("Without late interest") },
	{ "1", N_("With late interest") },
};
static const struct table_choice groups[] = {
	{ "", N_("This account") },
	{ "1", N_("Its whole group") },
};
static const struct table_filter filters[] = {
	{ "scope", N_("Show"), TABLE_CHIPS, scopes, ARRAY_LEN(scopes) },
	{ "penalties", N_("Late interest"), TABLE_CHOICE, penalties, ARRAY_LEN(penalties) },
	{ "group", N_("Accounts"), TABLE_CHOICE, groups, ARRAY_LEN(groups) },
};

static const struct table statement_table = {
	.name = "statement",
	.path = "/customers",
	.section = "customers",
	.title = N_("Statement of account"),
	.none = N_("Nothing is overdue"),
	.empty = N_("Nothing is open"),
	.icon = "sheet",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.filters = filters,
	.n_filters = ARRAY_LEN(filters),
	.times = TABLE_BOTH_TIMES,
};

/* An item of one of the accounts, with what its lateness costs. */
struct line {
	const struct book *book;
	size_t item;
	int64_t interest_minor, fee_minor;
};

struct statement_of {
	struct request *request;
	struct table_view *view;
	struct customer customer;
	struct rate_table rates;
	LIST_OF(struct line) lines;
	struct table_total *totals;
	size_t n_totals;
};

static bool is_wanted(const struct statement_of *s, const struct book *b, size_t i)
{
	if (b->open_minor[i] == 0)
		return false;
	/* What is overdue is told with the credit that lessens it. */
	return !table_value(s->view, "scope") || b->open_minor[i] < 0 || b->due_on[i] < b->as_of;
}

static bool add_line(struct statement_of *s, const struct book *b, size_t i, struct err *e)
{
	struct line *l = LIST_ADD(s->request->arena, &s->lines);
	struct penalty p;

	*l = (struct line){ .book = b, .item = i };
	if (!table_value(s->view, "penalties"))
		return true;
	if (!penalty_of_item(s->request->db, s->request->arena, b, i, &s->rates, b->as_of, &p, e))
		return false;
	l->interest_minor = p.result.interest_minor;
	l->fee_minor = p.result.flat_fee_minor;
	return true;
}

static bool load_account(struct statement_of *s, int64_t customer_id, struct err *e)
{
	struct request *r = s->request;
	struct book *b;

	if (!book_load(r->db, r->arena,
		       &(struct book_query){ .entity_id = r->entity.id,
					     .as_of = s->view->when.as_of,
					     .known_at = s->view->when.known_at,
					     .only_customer = customer_id },
		       &b, e))
		return false;
	for (size_t i = 0; i < b->n_items; i++)
		if (is_wanted(s, b, i) && !add_line(s, b, i, e))
			return false;
	return true;
}

static int by_due(const void *x, const void *y)
{
	const struct line *a = x, *b = y;
	day_t on = a->book->due_on[a->item], other = b->book->due_on[b->item];
	int64_t id = a->book->item_id[a->item], other_id = b->book->item_id[b->item];

	return on != other ? (on > other) - (on < other) : (id > other_id) - (id < other_id);
}

static bool load_lines(struct statement_of *s, struct err *e)
{
	struct request *r = s->request;
	struct customer_member *member;
	size_t n;

	if (!rate_table_load(r->db, r->arena, &s->rates, e))
		return false;
	if (!table_value(s->view, "group")) {
		if (!load_account(s, s->customer.id, e))
			return false;
	} else {
		if (!customer_group_list(r->db, r->arena, r->entity.id, s->customer.id, &member, &n,
					 e))
			return false;
		for (size_t i = 0; i < n; i++) {
			struct err unseen = { 0 };
			if (!scope_customer(r, member[i].id, &unseen)) {
				if (unseen.code != ERR_NOT_FOUND)
					return err_set(e, unseen.code, "%s", unseen.msg);
				continue;
			}
			if (!load_account(s, member[i].id, e))
				return false;
		}
	}
	if (s->lines.n)
		qsort(s->lines.at, s->lines.n, sizeof *s->lines.at, by_due);
	return true;
}

static const char *currency_of(const struct line *l)
{
	return l->book->currency[l->book->currency_of[l->item]];
}

static struct table_total *total_of(struct statement_of *s, const char *currency)
{
	for (size_t i = 0; i < s->n_totals; i++)
		if (str_eq(s->totals[i].currency, currency))
			return &s->totals[i];
	s->totals[s->n_totals].currency = currency;
	return &s->totals[s->n_totals++];
}

static bool add_up(struct statement_of *s, struct err *e)
{
	s->totals = ARENA_ARRAY(s->request->arena, s->lines.n + 1, struct table_total);
	for (size_t i = 0; i < s->lines.n; i++) {
		const struct line *l = &s->lines.at[i];
		struct table_total *t = total_of(s, currency_of(l));

		t->n_rows++;
		if (!minor_add(&t->sum[AMOUNT], l->book->amount_minor[l->item], e) ||
		    !minor_add(&t->sum[DISPUTED], l->book->disputed_minor[l->item], e) ||
		    !minor_add(&t->sum[OPEN], l->book->open_minor[l->item], e) ||
		    !minor_add(&t->sum[INTEREST], l->interest_minor, e) ||
		    !minor_add(&t->sum[FEE], l->fee_minor, e))
			return false;
	}
	return true;
}

static void fill_state(struct table_out *out, const struct book *b, size_t i, struct table_cell *c)
{
	const struct catalogue *cat = table_catalogue(out);
	enum due_state state = book_due_state(b, i);

	if (state == DUE_LOOSE)
		cell_state(c, due_state_name(state), tr(cat, "To allocate"));
	else if (b->open_minor[i] < 0)
		cell_state(c, "fresh", tr(cat, "Credit to use"));
	else
		cell_state(c, due_state_name(state),
			   late_words(table_arena(out), cat, b->due_on[i], b->as_of));
}

static bool put_line(const struct statement_of *s, const struct line *l, struct table_out *out,
		     struct err *e)
{
	const struct book *b = l->book;
	size_t i = l->item;
	struct arena *a = table_arena(out);
	const char *account = b->customer[b->customer_of[i]].code;
	struct table_cell *cell =
		table_begin_row(out, arena_printf(a, "%" PRId64, b->item_id[i]), currency_of(l));

	cell_link(&cell[DOCUMENT], b->document[i],
		  table_is_page(out)
			  ? link_to(s->request, arena_printf(a, "/items/%" PRId64, b->item_id[i]),
				    NULL)
			  : NULL);
	cell[DOCUMENT].sub =
		table_value(s->view, "group")
			? account
			: tr(table_catalogue(out), item_kind_word((enum item_kind)b->kind[i]));
	cell_text(&cell[ACCOUNT], account);
	cell_text(&cell[KIND],
		  tr(table_catalogue(out), item_kind_word((enum item_kind)b->kind[i])));
	cell_day(&cell[ISSUED], b->issued_on[i]);
	cell_day(&cell[DUE], b->due_on[i]);
	fill_state(out, b, i, &cell[STATE]);
	cell_count(&cell[LATE],
		   b->open_minor[i] > 0 && b->as_of > b->due_on[i] ? b->as_of - b->due_on[i] : 0);
	cell_amount(&cell[AMOUNT], b->amount_minor[i]);
	cell_amount(&cell[DISPUTED], b->disputed_minor[i]);
	cell_amount(&cell[OPEN], b->open_minor[i]);
	if (table_value(s->view, "penalties")) {
		cell_amount(&cell[INTEREST], l->interest_minor);
		cell_amount(&cell[FEE], l->fee_minor);
	}
	return table_end_row(out, e);
}

/* The place after the row of that key; 0 without it. */
static size_t place_after(const struct statement_of *s, const char *after)
{
	char key[24];

	for (size_t i = 0; after && i < s->lines.n; i++) {
		const struct line *l = &s->lines.at[i];
		snprintf(key, sizeof key, "%" PRId64, l->book->item_id[l->item]);
		if (str_eq(key, after))
			return i + 1;
	}
	return 0;
}

static bool put_lines(void *arg, const char *after, size_t limit, struct table_out *out,
		      struct err *e)
{
	const struct statement_of *s = arg;
	size_t from = place_after(s, after);

	for (size_t i = from; i < s->lines.n && i - from < limit; i++)
		if (!put_line(s, &s->lines.at[i], out, e))
			return false;
	return true;
}

static const char *summary(const struct statement_of *s)
{
	struct request *r = s->request;
	const char *language = catalogue_language(r->cat);
	char day[DAY_TEXT], amount[AMOUNT_TEXT];
	struct buf b;

	buf_init(&b, r->arena);
	for (size_t i = 0; i < s->n_totals; i++)
		buf_printf(&b, "%s%s", i ? " · " : "",
			   amount_text(s->totals[i].sum[OPEN], s->totals[i].currency, language,
				       amount));
	return arena_printf(r->arena, tr(r->cat, "%s, as of %s: %s"), s->customer.name,
			    day_long(s->view->when.as_of, language, day),
			    b.len ? buf_str(&b) : "–");
}

static bool show_page(struct statement_of *s, const struct table_source *source, struct err *e)
{
	struct request *r = s->request;
	struct statement_page_view v = {
		.id = s->customer.id,
		.name = s->customer.name,
		.summary = source->summary,
		.url = arena_printf(r->arena, "/customers/%" PRId64, s->customer.id),
		.pdf_url = link_to(r,
				   arena_printf(r->arena, "/customers/%" PRId64 "/statement.pdf",
						s->customer.id),
				   "scope", table_value(s->view, "scope"), NULL),
	};
	struct page *p = page_begin_when(
		r, arena_printf(r->arena, tr(r->cat, "Statement of %s"), s->customer.name),
		"customers", s->view->when);

	if (!table_fill(r, p, s->view, source, &v.list, e))
		return false;
	statement_page(p, &v);
	return respond_page(r, p, 200);
}

static bool statement_page_show(struct request *r, struct err *e)
{
	struct table_source source;
	struct statement_of s = { .request = r };
	struct table_view v;

	if (!table_read(r, &statement_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	s.view = &v;
	if (!table_value(&v, "penalties"))
		v.shown[INTEREST] = v.shown[FEE] = false;
	if (!customer_get_by_id(r->db, r->arena, r->entity.id, request_id(r, "customer"),
				&s.customer, e) ||
	    !load_lines(&s, e) || !add_up(&s, e))
		return false;
	source = (struct table_source){
		.rows = put_lines,
		.arg = &s,
		.n_rows = (int64_t)s.lines.n,
		.n_before = (int64_t)place_after(&s, v.after),
		.currency = s.n_totals == 1 ? s.totals[0].currency : NULL,
		.totals = s.totals,
		.n_totals = s.n_totals,
		.is_bare = s.lines.n == 0 && !table_value(&v, "scope"),
		.summary = summary(&s),
	};
	return v.format == TABLE_PAGE ? show_page(&s, &source, e) : table_answer(r, &v, &source, e);
}

static const struct route routes[] = {
	ROUTE(GET, "/customers/:customer/statement", statement_page_show, PERM_ITEM_READ,
	      SCOPE_CUSTOMER),
};
const struct route_list insight_statement_routes = ROUTE_LIST(routes);
