/* SPDX-License-Identifier: Apache-2.0 */
/* return_web.c - the pages of payments that came back, and the acts of a person on them. */
#include "base/text.h"
#include "cash/bank_load.h"
#include "cash/return_store.h"
#include "cash/return_view.h"
#include "team/team.h"
#include "web/link.h"
#include "web/show.h"

enum { RETURNS_SHOWN = 100, LINES_SHOWN = 10 };

/* Before the number of a line of the accounting, in the form's choice. */
#define LINE "line-"

static const char *const shown_states[] = { "",        "waiting",   "unseen",
					    "treated", "dismissed", "undone" };

/* A return of a customer is for those who see him; one of nobody yet, for all. */
static bool is_for(struct request *r, const struct payment_return *x, bool *ret, struct err *e)
{
	*ret = true;
	return !x->customer_id ||
	       team_sees_customer(r->db, &r->user, r->entity.id, x->customer_id, ret, e);
}

static bool load_one(struct request *r, struct payment_return *ret, struct err *e)
{
	int64_t id = request_id(r, "return");
	bool is_seen;

	if (!payment_return_get(r->db, r->arena, r->entity.id, id, ret, e) ||
	    !is_for(r, ret, &is_seen, e))
		return false;
	return is_seen || err_set(e, ERR_NOT_FOUND, "there is no returned payment %" PRId64, id);
}

/* ---- what is shown ---- */

static void fill_state(struct page *p, const struct payment_return *x, struct return_row *row)
{
	if (str_eq(x->state, "treated")) {
		row->state = x->is_seen ? "done" : "late-2";
		row->words = x->is_seen ? tr(p->cat, "Treated") : tr(p->cat, "Treated, new");
	} else if (str_eq(x->state, "waiting")) {
		row->state = "soon";
		row->words = tr(p->cat, "To decide");
	} else if (str_eq(x->state, "undone")) {
		row->state = "off";
		row->words = tr(p->cat, "Taken back");
	} else {
		row->state = "off";
		row->words = tr(p->cat, "Not of a customer");
	}
}

static void fill_reason(struct page *p, const struct payment_return *x, struct return_row *row)
{
	const struct return_reason *reason = return_reason_find(x->reason_code);

	row->kind = tr(p->cat, return_kind_words(return_kind_of(x->kind_name)));
	if (reason) {
		row->reason = arena_printf(p->arena, "%s · %s (%s)", row->kind,
					   tr(p->cat, reason->words), reason->code);
		row->advice = tr(p->cat, reason->advice);
	} else if (!str_empty(x->reason_code)) {
		row->reason = arena_printf(p->arena, "%s · %s", row->kind, x->reason_code);
	} else {
		row->reason = row->kind;
	}
}

static struct return_row row_of(struct request *r, struct page *p, const struct payment_return *x)
{
	bool may = request_may(r, PERM_CASH_APPLY), is_treated = str_eq(x->state, "treated");
	struct return_row row = {
		.id = x->id,
		.url = arena_printf(p->arena, "/bank/returns/%" PRId64, x->id),
		.day = show_day(p, x->returned_on),
		.customer = x->customer_id             ? x->customer_name
			    : str_empty(x->payer_name) ? tr(p->cat, "Payer not named")
						       : x->payer_name,
		.amount = show_amount(p, x->amount_minor, x->currency),
		.reference = x->reference,
		.documents = is_treated && !str_empty(x->documents) ? x->documents : NULL,
		.booked = str_empty(x->booked_document) ? NULL : x->booked_document,
		.fee = x->fee_minor ? show_amount(p, x->fee_minor, x->currency) : NULL,
		.may_decide = may && !is_treated,
		.may_dismiss = may && (str_eq(x->state, "waiting") || str_eq(x->state, "undone")),
		.may_undo = may && is_treated,
		.may_see = may && is_treated && !x->is_seen,
	};

	if (x->customer_id)
		row.customer_url = arena_printf(p->arena, "/customers/%" PRId64, x->customer_id);
	if (x->entry_id)
		row.entry_url = arena_printf(p->arena, "/bank/entries/%" PRId64, x->entry_id);
	fill_state(p, x, &row);
	fill_reason(p, x, &row);
	return row;
}

static void fill_chips(struct request *r, struct page *p, const char *state, struct returns_view *v)
{
	const char *const words[] = {
		tr(p->cat, "All"),     tr(p->cat, "To decide"),         tr(p->cat, "Treated, new"),
		tr(p->cat, "Treated"), tr(p->cat, "Not of a customer"), tr(p->cat, "Taken back")
	};
	_Static_assert(ARRAY_LEN(words) == ARRAY_LEN(shown_states), "each state has words");

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		v->chips[v->n_chips++] = (struct part_chip){
			.text = words[i],
			.url = link_to(r, "/bank/returns", "customer", request_query(r, "customer"),
				       "state", *shown_states[i] ? shown_states[i] : NULL, NULL),
			.is_on = str_eq(shown_states[i], state),
		};
}

/* The query: its state, its customer, and before which return. */
static bool read_query(struct request *r, const char **ret_state, struct customer *ret_customer,
		       int64_t *ret_before, struct err *e)
{
	const char *state = request_query(r, "state"), *code = request_query(r, "customer"),
		   *before = request_query(r, "before");
	uint64_t id = 0;

	*ret_state = NULL;
	for (size_t i = 0; i < ARRAY_LEN(shown_states); i++)
		if (str_eq(state ? state : "", shown_states[i]))
			*ret_state = shown_states[i];
	if (!*ret_state)
		return err_set(e, ERR_INVALID, "\"%.40s\" is no state of a return", state);
	if (before && !text_to_u64(before, INT64_MAX, &id))
		return err_set(e, ERR_INVALID, "\"%.40s\" is no number of a return", before);
	*ret_before = (int64_t)id;
	return str_empty(code) ||
	       customer_get(r->db, r->arena, r->entity.id, code, ret_customer, e);
}

static bool returns_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Payments that came back"), "bank");
	struct returns_view v = { 0 };
	struct payment_return *list;
	struct return_row *rows;
	struct customer c = { 0 };
	const char *state;
	int64_t before = 0;
	bool is_shown;
	size_t n;

	if (!read_query(r, &state, &c, &before, e) ||
	    !bank_head_load(r, p, BANK_RETURNS, &v.head, e) ||
	    !payment_return_list(r->db, r->arena, r->entity.id, state, c.id, before,
				 RETURNS_SHOWN + 1, &list, &n, e))
		return false;
	rows = ARENA_ARRAY(p->arena, n + 1, struct return_row);
	for (size_t i = 0; i < n && i < RETURNS_SHOWN; i++) {
		if (!is_for(r, &list[i], &is_shown, e))
			return false;
		if (is_shown)
			rows[v.n_rows++] = row_of(r, p, &list[i]);
	}
	v.rows = rows;
	v.customer = c.id ? c.name : NULL;
	if (before)
		v.pager.first_url = link_with(r, "before", NULL, NULL);
	if (n > RETURNS_SHOWN)
		v.pager.next_url = link_with(
			r, "before", arena_printf(r->arena, "%" PRId64, list[RETURNS_SHOWN - 1].id),
			NULL);
	v.pager.text = "";
	fill_chips(r, p, state, &v);
	returns_page(p, &v);
	return respond_page(r, p, 200);
}

static bool fill_payments(struct request *r, struct page *p, const struct payment_return *x,
			  struct return_view *v, struct return_choice **ret, struct err *e)
{
	struct return_candidate *list;
	bool is_shown;
	size_t n;

	if (!return_candidates(r->db, r->arena, r->entity.id, x, &list, &n, e))
		return false;
	*ret = ARENA_ARRAY(p->arena, n + LINES_SHOWN + 1, struct return_choice);
	for (size_t i = 0; i < n; i++) {
		if (!team_sees_customer(r->db, &r->user, r->entity.id, list[i].customer_id,
					&is_shown, e))
			return false;
		if (!is_shown)
			continue;
		(*ret)[v->n_choices] = (struct return_choice){
			.item = arena_printf(p->arena, "%" PRId64, list[i].item_id),
			.text = arena_printf(p->arena, tr(p->cat, "%s of %s, received on %s"),
					     list[i].document, list[i].customer_name,
					     show_day(p, list[i].received_on)),
			.documents = str_empty(list[i].documents) ? NULL : list[i].documents,
		};
		v->n_choices++;
	}
	return true;
}

/* What the accounting booked of that amount in those days: it may be this return. */
static bool fill_lines(struct request *r, struct page *p, const struct payment_return *x,
		       struct return_view *v, struct return_choice *choices, struct err *e)
{
	struct return_booked *list;
	bool is_shown;
	size_t n;

	if (!return_booked_list(r->db, r->arena, r->entity.id, x, &list, &n, e))
		return false;
	for (size_t i = 0; i < n && v->n_lines < LINES_SHOWN; i++) {
		if (!team_sees_customer(r->db, &r->user, r->entity.id, list[i].customer_id,
					&is_shown, e))
			return false;
		if (!is_shown)
			continue;
		choices[v->n_choices++] = (struct return_choice){
			.item = arena_printf(p->arena, LINE "%" PRId64, list[i].item_id),
			.text = arena_printf(
				p->arena,
				tr(p->cat, "The accounting has it already: %s of %s, on %s"),
				list[i].document, list[i].customer_name, show_day(p, list[i].on)),
			.documents = str_empty(list[i].label) ? NULL : list[i].label,
			.is_line = true,
		};
		v->n_lines++;
	}
	return true;
}

static bool fill_choices(struct request *r, struct page *p, const struct payment_return *x,
			 struct return_view *v, struct err *e)
{
	struct return_choice *choices;

	if (!fill_payments(r, p, x, v, &choices, e) || !fill_lines(r, p, x, v, choices, e))
		return false;
	/* One alone is chosen beforehand; of several the person says which. */
	choices[0].is_first = v->n_choices == 1;
	v->choices = choices;
	return true;
}

static bool return_show(struct request *r, struct err *e)
{
	struct return_view v = { 0 };
	struct payment_return x;
	struct page *p;

	if (!load_one(r, &x, e))
		return false;
	p = page_begin(r, tr(r->cat, "Payments that came back"), "bank");
	if (!bank_head_load(r, p, BANK_RETURNS, &v.head, e))
		return false;
	v.row = row_of(r, p, &x);
	if (v.row.may_decide && !fill_choices(r, p, &x, &v, e))
		return false;
	return_page(p, &v);
	return respond_page(r, p, 200);
}

/* ---- acts ---- */

/* Done or refused, the reader is told on the return's page; trouble is the handler's error. */
static bool answer(struct request *r, bool ok, const char *said, struct err *e)
{
	const char *url = arena_printf(r->arena, "/bank/returns/%" PRId64, request_id(r, "return"));
	struct form f;

	form_init(&f, r);
	if (ok)
		return flash_set(r, said, NULL, e) && respond_redirect(r, url);
	if (e->code == ERR_NOT_FOUND || !form_refused(&f, e))
		return false;
	return flash_error(r, f.messages.at[0].text, e) && respond_redirect(r, url);
}

static bool treat_post(struct request *r, struct err *e)
{
	const char *text = request_form(r, "payment");
	struct payment_return x;
	uint64_t item = 0;
	bool ok, is_line;

	if (!load_one(r, &x, e))
		return false;
	is_line = text && str_starts(text, LINE);
	ok = text && text_to_u64(text + (is_line ? strlen(LINE) : 0), INT64_MAX, &item) && item > 0;
	if (!ok)
		err_set(e, ERR_INVALID, "say which payment came back");
	else if (is_line)
		ok = return_treat_booked(r->db, r->entity.id, x.id, (int64_t)item, r->actor, r->now,
					 e);
	else
		ok = return_treat(r->db, r->entity.id, x.id, (int64_t)item, r->actor, r->now, e);
	return answer(r, ok,
		      is_line ? tr(r->cat, "It counts once: the accounting has it.")
			      : tr(r->cat, "Its documents are open again."),
		      e);
}

static bool dismiss_post(struct request *r, struct err *e)
{
	struct payment_return x;

	return load_one(r, &x, e) &&
	       answer(r, return_treat(r->db, r->entity.id, x.id, 0, r->actor, r->now, e),
		      tr(r->cat, "Kept as no payment of a customer."), e);
}

static bool undo_post(struct request *r, struct err *e)
{
	struct payment_return x;

	return load_one(r, &x, e) &&
	       answer(r, return_undo(r->db, r->entity.id, x.id, r->actor, r->now, e),
		      tr(r->cat, "Taken back: the payment pays its documents again."), e);
}

static bool seen_post(struct request *r, struct err *e)
{
	struct payment_return x;

	if (!load_one(r, &x, e))
		return false;
	if (!return_seen(r->db, r->entity.id, x.id, r->actor, r->now, e))
		return answer(r, false, NULL, e);
	return flash_set(r, tr(r->cat, "Noted as seen."), NULL, e) &&
	       respond_redirect(r, "/bank/returns");
}

static const struct route routes[] = {
	ROUTE(GET, "/bank/returns", returns_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(GET, "/bank/returns/:return", return_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/bank/returns/:return/treat", treat_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/returns/:return/dismiss", dismiss_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/returns/:return/undo", undo_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/returns/:return/seen", seen_post, PERM_CASH_APPLY, SCOPE_ENTITY),
};
const struct route_list return_routes = ROUTE_LIST(routes);
