/* SPDX-License-Identifier: Apache-2.0 */
/* bank_web.c - the bank's pages beside the workbench: statements, money on account. */
#include "cash/bank_load.h"

#include "base/text.h"
#include "web/show.h"

enum { PAGE_SIZE = 50 };

/* ---- statements ---- */

static struct bank_statement_row statement_row(struct page *p, const struct statement *s)
{
	return (struct bank_statement_row){
		.url = arena_printf(p->arena, "/bank/statements/%" PRId64, s->id),
		.account = s->account,
		.reference = s->reference,
		.period = arena_printf(p->arena, "%s – %s", show_day(p, s->from_on),
				       show_day(p, s->to_on)),
		.opening = s->has_opening ? show_amount(p, s->opening_minor, s->currency) : "–",
		.closing = s->has_closing ? show_amount(p, s->closing_minor, s->currency) : "–",
		.entries = show_count(p, s->n_entries),
		.to_decide = s->n_to_decide ? arena_printf(p->arena, tr(p->cat, "%s to decide"),
							   show_count(p, s->n_to_decide))
					    : NULL,
		.is_balanced = s->is_balanced,
		.remark = s->remark,
	};
}

static bool statements_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Bank statements"), "bank");
	const char *before = request_query(r, "before");
	struct bank_statements_view v = { 0 };
	struct bank_statement_row *rows;
	struct statement *list;
	uint64_t before_id = 0;
	size_t n;

	if (before && !text_to_u64(before, INT64_MAX, &before_id))
		before_id = 0;
	if (!bank_head_load(r, p, BANK_STATEMENTS, &v.head, e) ||
	    !statement_list(r->db, r->arena, r->entity.id, (int64_t)before_id, PAGE_SIZE + 1, &list,
			    &n, e))
		return false;
	rows = ARENA_ARRAY(p->arena, n + 1, struct bank_statement_row);
	for (size_t i = 0; i < n && i < PAGE_SIZE; i++)
		rows[i] = statement_row(p, &list[i]);
	v.rows = rows;
	v.n_rows = n < PAGE_SIZE ? n : PAGE_SIZE;
	if (n > PAGE_SIZE)
		v.next_url = arena_printf(p->arena, "/bank/statements?before=%" PRId64,
					  list[PAGE_SIZE - 1].id);
	bank_statements_page(p, &v);
	return respond_page(r, p, 200);
}

static bool statement_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Bank statement"), "bank");
	int64_t id = request_id(r, "statement");
	struct bank_statement_view v = { 0 };
	struct bank_entry_row *rows;
	struct statement *s;
	struct entry *list;
	size_t n;

	if (!bank_head_load(r, p, BANK_STATEMENTS, &v.head, e) ||
	    !statement_list(r->db, r->arena, r->entity.id, id + 1, 1, &s, &n, e))
		return false;
	if (n == 0 || s->id != id)
		return err_set(e, ERR_NOT_FOUND, "there is no such bank statement");
	if (!entry_list_statement(r->db, r->arena, id, &list, &n, e))
		return false;
	v.statement = statement_row(p, s);
	rows = ARENA_ARRAY(p->arena, n + 1, struct bank_entry_row);
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct bank_entry_row){
			.url = arena_printf(p->arena, "/bank/entries/%" PRId64, list[i].id),
			.day = show_day(p, list[i].booked_on),
			.who = list[i].payer_name ? list[i].payer_name : list[i].reference,
			.text = list[i].remittance,
			.amount = show_figure(p, list[i].amount_minor, list[i].currency),
			.state = bank_state_badge(list[i].state),
			.words = list[i].amount_minor > 0 ? bank_state_words(p, list[i].state)
							  : tr(p->cat, "Going out"),
		};
	v.rows = rows;
	v.n_rows = n;
	bank_statement_page(p, &v);
	return respond_page(r, p, 200);
}

/* ---- on account ---- */

static bool account_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Money on account"), "bank");
	struct bank_unallocated_view v = { 0 };
	struct bank_unallocated_row *rows;
	struct cash_unallocated *list;
	int64_t total = 0;
	size_t n;

	if (!bank_head_load(r, p, BANK_ON_ACCOUNT, &v.head, e) ||
	    !cash_unallocated_list(r->db, r->arena, r->entity.id, &list, &n, e))
		return false;
	rows = ARENA_ARRAY(p->arena, n + 1, struct bank_unallocated_row);
	for (size_t i = 0; i < n; i++) {
		rows[i] = (struct bank_unallocated_row){
			.customer = list[i].customer_name,
			.customer_url =
				arena_printf(p->arena, "/customers/%" PRId64, list[i].customer_id),
			.document = list[i].document,
			.url = list[i].entry_id ? arena_printf(p->arena, "/bank/entries/%" PRId64,
							       list[i].entry_id)
						: NULL,
			.day = show_day(p, list[i].received_on),
			.amount = show_amount(p, list[i].amount_minor, list[i].currency),
			.left = show_amount(p, list[i].left_minor, list[i].currency),
		};
		/* Other currencies stand in the rows; the total is of the company's own. */
		if (str_eq(list[i].currency, r->entity.currency))
			total += list[i].left_minor;
	}
	v.rows = rows;
	v.n_rows = n;
	v.total = show_amount(p, total, r->entity.currency);
	bank_unallocated_page(p, &v);
	return respond_page(r, p, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/bank/statements", statements_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(GET, "/bank/statements/:statement", statement_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(GET, "/bank/account", account_show, PERM_CASH_READ, SCOPE_ENTITY),
};
const struct route_list bank_routes = ROUTE_LIST(routes);
