/* SPDX-License-Identifier: Apache-2.0 */
/* group_web.c - a group of accounts: a payer and those it pays for, a parent and its children, with what each
 * owes. */
#include "base/money.h"
#include "i18n/amount.h"
#include "insight/group_view.h"
#include "insight/routes.h"
#include "ledger/ageing.h"
#include "ledger/customer_group.h"
#include "ledger/scope.h"

enum column { ACCOUNT, CODE, ROLE, OPEN, OVERDUE, LOOSE };

static const struct table_column columns[] = {
	[ACCOUNT] = { "name", N_("Account"), TABLE_LINK, TABLE_NARROW },
	[CODE] = { "code", N_("Customer code"), TABLE_TEXT, TABLE_EXTRA },
	[ROLE] = { "role", N_("In the group"), TABLE_TEXT, 0 },
	[OPEN] = { "open", N_("Open"), TABLE_AMOUNT, TABLE_SUMS | TABLE_NARROW },
	[OVERDUE] = { "overdue", N_("Overdue"), TABLE_AMOUNT, TABLE_SUMS },
	[LOOSE] = { "unallocated", N_("Unallocated"), TABLE_AMOUNT, TABLE_SUMS | TABLE_SOFT },
};

static const struct table group_table = {
	.name = "group",
	.path = "/customers",
	.section = "customers",
	.title = N_("Group of accounts"),
	.none = N_("The account stands alone"),
	.empty = N_("The account stands alone"),
	.icon = "sheet",
	.columns = columns,
	.n_columns = ARRAY_LEN(columns),
	.times = TABLE_BOTH_TIMES,
};

struct row {
	const struct customer_member *member;
	char currency[4];
	int64_t open_minor, overdue_minor, loose_minor;
};

struct group_of {
	struct request *request;
	struct table_view *view;
	struct customer customer;
	struct customer_member *members;
	size_t n_members;
	struct row *rows;
	size_t n_rows;
	struct table_total *totals;
	size_t n_totals;
};

/* One row for each currency of an account; one of nothing when nothing is open. */
static bool load_member(struct group_of *g, const struct customer_member *m, struct err *e)
{
	const struct ageing_bounds bounds = ageing_default_bounds();
	struct request *r = g->request;
	struct row *row = &g->rows[g->n_rows];
	struct book *b;

	if (!book_load(r->db, r->arena,
		       &(struct book_query){ .entity_id = r->entity.id,
					     .as_of = g->view->when.as_of,
					     .known_at = g->view->when.known_at,
					     .only_customer = m->id },
		       &b, e))
		return false;
	*row = (struct row){ .member = m };
	memcpy(row->currency, g->customer.currency, sizeof row->currency);
	for (size_t i = 0; i < b->n_currencies; i++) {
		struct ageing a;
		if (!str_eq(b->currency[i], g->customer.currency))
			continue;
		if (!ageing_of_customer(b, &bounds, SIZE_MAX, (int)i, &a, e))
			return false;
		row->open_minor = a.total_minor;
		row->overdue_minor = a.overdue_minor;
		row->loose_minor = a.unallocated_minor;
	}
	g->n_rows++;
	return minor_add(&g->totals[0].sum[OPEN], row->open_minor, e) &&
	       minor_add(&g->totals[0].sum[OVERDUE], row->overdue_minor, e) &&
	       minor_add(&g->totals[0].sum[LOOSE], row->loose_minor, e);
}

static bool load(struct group_of *g, struct err *e)
{
	struct request *r = g->request;

	if (!customer_group_list(r->db, r->arena, r->entity.id, g->customer.id, &g->members,
				 &g->n_members, e))
		return false;
	g->rows = ARENA_ARRAY(r->arena, g->n_members, struct row);
	g->totals = ARENA_NEW(r->arena, struct table_total);
	g->totals[0].currency = g->customer.currency;
	for (size_t i = 0; i < g->n_members; i++) {
		struct err unseen = { 0 };
		if (scope_customer(r, g->members[i].id, &unseen)) {
			if (!load_member(g, &g->members[i], e))
				return false;
		} else if (unseen.code != ERR_NOT_FOUND) {
			return err_set(e, unseen.code, "%s", unseen.msg);
		}
	}
	g->totals[0].n_rows = (int64_t)g->n_rows;
	return true;
}

static const char *role_text(const struct group_of *g, const struct catalogue *cat,
			     const struct customer_member *m)
{
	bool is_payer = false, is_parent = false;

	for (size_t i = 0; i < g->n_members; i++) {
		is_payer = is_payer || str_eq(g->members[i].payer_code, m->code);
		is_parent = is_parent || str_eq(g->members[i].parent_code, m->code);
	}
	if (is_payer)
		return is_parent ? tr(cat, "Parent and payer") : tr(cat, "Pays for others");
	if (is_parent)
		return tr(cat, "Parent");
	if (m->payer_code)
		return arena_printf(g->request->arena, tr(cat, "Paid by %s"), m->payer_code);
	return m->parent_code
		       ? arena_printf(g->request->arena, tr(cat, "Child of %s"), m->parent_code)
		       : "";
}

static bool put_rows(void *arg, const char *after, size_t limit, struct table_out *out,
		     struct err *e)
{
	const struct group_of *g = arg;
	size_t from = 0;

	for (size_t i = 0; after && i < g->n_rows; i++)
		if (str_eq(g->rows[i].member->code, after))
			from = i + 1;
	for (size_t i = from; i < g->n_rows && i - from < limit; i++) {
		const struct row *row = &g->rows[i];
		struct table_cell *cell = table_begin_row(out, row->member->code, row->currency);

		cell_link(&cell[ACCOUNT], row->member->name,
			  table_is_page(out)
				  ? link_to(g->request,
					    arena_printf(table_arena(out), "/customers/%" PRId64,
							 row->member->id),
					    NULL)
				  : NULL);
		cell[ACCOUNT].sub = row->member->code;
		cell_text(&cell[CODE], row->member->code);
		cell_text(&cell[ROLE], role_text(g, table_catalogue(out), row->member));
		cell_amount(&cell[OPEN], row->open_minor);
		cell_amount(&cell[OVERDUE], row->overdue_minor);
		cell_amount(&cell[LOOSE], row->loose_minor);
		if (!table_end_row(out, e))
			return false;
	}
	return true;
}

static bool show_page(struct group_of *g, const struct table_source *source, struct err *e)
{
	struct request *r = g->request;
	const char *url = arena_printf(r->arena, "/customers/%" PRId64, g->customer.id);
	struct group_page_view v = {
		.name = g->customer.name,
		.summary = source->summary,
		.url = url,
		.statement_url =
			link_to(r, arena_printf(r->arena, "%s/statement", url), "group", "1", NULL),
		.lettering_url = arena_printf(r->arena, "%s/lettering?group=1", url),
	};
	struct page *p = page_begin_when(
		r, arena_printf(r->arena, tr(r->cat, "Group of %s"), g->customer.name), "customers",
		g->view->when);

	if (!table_fill(r, p, g->view, source, &v.list, e))
		return false;
	group_page(p, &v);
	return respond_page(r, p, 200);
}

static bool group_show(struct request *r, struct err *e)
{
	struct group_of g = { .request = r };
	struct table_source source;
	struct table_view v;
	char open[AMOUNT_TEXT];

	if (!table_read(r, &group_table, &v, e))
		return false;
	if (v.is_answered)
		return true;
	g.view = &v;
	if (!customer_get_by_id(r->db, r->arena, r->entity.id, request_id(r, "customer"),
				&g.customer, e) ||
	    !load(&g, e))
		return false;
	amount_text(g.totals[0].sum[OPEN], g.customer.currency, catalogue_language(r->cat), open);
	source = (struct table_source){
		.rows = put_rows,
		.arg = &g,
		.n_rows = (int64_t)g.n_rows,
		.n_before = -1,
		.currency = g.customer.currency,
		.totals = g.totals,
		.n_totals = 1,
		.summary = arena_printf(r->arena,
					trn(r->cat, "%d account, %s open", "%d accounts, %s open",
					    (unsigned long)g.n_rows),
					(int)g.n_rows, open),
	};
	return v.format == TABLE_PAGE ? show_page(&g, &source, e) : table_answer(r, &v, &source, e);
}

static const struct route routes[] = {
	ROUTE(GET, "/customers/:customer/group", group_show, PERM_ITEM_READ, SCOPE_CUSTOMER),
};
const struct route_list insight_group_routes = ROUTE_LIST(routes);
