/* SPDX-License-Identifier: Apache-2.0 */
/* agreement_web.c - promises and disputes of all customers, as lists. */
#include "insight/agreement.h"

#include "collect/promise.h"
#include "dispute/dispute.h"
#include "dispute/reason.h"
#include "insight/routes.h"
#include "ledger/scope.h"
#include "web/show.h"
#include "web/table_rows.h"

enum { ROWS_MAX = 10000, GRACE_DAYS = 2 };

/* What both lists need. */
struct agreements {
	struct request *request;
	struct table_view *view;
	int64_t customer_id; /* 0: of all */
	const struct book
		*book; /* of the user's customers: who may be shown; NULL of one that is shown */
	struct table_rows *rows;
};

static bool begin(struct request *r, const struct table *t, int64_t customer_id,
		  struct table_view *v, struct agreements *a, struct err *e)
{
	struct book *b;

	*a = (struct agreements){ .request = r, .view = v, .customer_id = customer_id };
	if (!table_read(r, t, v, e))
		return false;
	if (v->is_answered)
		return true;
	a->rows = table_rows_new(r->arena, v);
	/* The page is the customer's: his name would stand in every row. */
	v->shown[0] = v->shown[0] && customer_id == 0;
	if (customer_id)
		return true;
	if (!book_load_for(
		    r, &(struct book_query){ .as_of = v->when.as_of, .known_at = v->when.known_at },
		    &b, e))
		return false;
	a->book = b;
	return true;
}

static bool is_seen(const struct agreements *a, int64_t customer_id)
{
	return !a->book || book_customer_by_id(a->book, customer_id) != SIZE_MAX;
}

static const char *url_of(struct agreements *a, const char *path, int64_t id)
{
	return link_to(a->request, arena_printf(a->request->arena, "%s/%" PRId64, path, id), NULL);
}

static bool finish(struct agreements *a, const char *summary, size_t n_read,
		   struct table_source *ret, struct err *e)
{
	struct request *r = a->request;

	if (!table_rows_source(a->rows, ret, e))
		return false;
	ret->summary = summary;
	if (n_read == ROWS_MAX)
		ret->note = arena_printf(r->arena, tr(r->cat, "Only the first %d are listed."),
					 ROWS_MAX);
	return true;
}

typedef bool list_fn(struct request *r, int64_t customer_id, struct table_view *v,
		     struct table_source *ret, struct err *e);

static bool show(struct request *r, list_fn *list, struct err *e)
{
	struct table_source source;
	struct table_view v;

	return list(r, 0, &v, &source, e) && (v.is_answered || table_answer(r, &v, &source, e));
}

/* ---- promises ---------------------------------------------------------------------------------- */

static const struct {
	const char *show, *state, *text;
} outcomes[PROMISE_N_OUTCOMES] = {
	[PROMISE_PENDING] = { "pending", "promise", N_("awaited") },
	[PROMISE_KEPT] = { "kept", "done", N_("kept") },
	[PROMISE_PARTLY] = { "broken", "late-2", N_("partly kept") },
	[PROMISE_BROKEN] = { "broken", "late-3", N_("broken") },
	[PROMISE_CANCELLED] = { "cancelled", "off", N_("cancelled") },
};

enum promise_column {
	P_CUSTOMER,
	P_CODE,
	P_WHAT,
	P_DAY_PROMISED,
	P_MADE,
	P_STATE,
	P_DETAIL,
	P_WHO,
	P_PAID,
	P_AMOUNT
};

static const struct table_column promise_columns[] = {
	[P_CUSTOMER] = { "customer", N_("Customer"), TABLE_LINK, TABLE_SORTS | TABLE_NARROW },
	[P_CODE] = { "customer_code", N_("Customer code"), TABLE_TEXT, TABLE_EXTRA | TABLE_SORTS },
	[P_WHAT] = { "document", N_("On what"), TABLE_LINK, TABLE_SORTS | TABLE_WRAP },
	[P_DAY_PROMISED] = { "promised_on", N_("Promised for"), TABLE_DAY,
			     TABLE_SORTS | TABLE_LARGEST_FIRST },
	[P_MADE] = { "made_on", N_("Made on"), TABLE_DAY, TABLE_SORTS | TABLE_EXTRA },
	[P_STATE] = { "state", N_("State"), TABLE_STATE, TABLE_SORTS | TABLE_NARROW },
	[P_DETAIL] = { "detail", N_("Detail"), TABLE_TEXT, TABLE_EXTRA | TABLE_WRAP },
	[P_WHO] = { "actor", N_("Noted by"), TABLE_TEXT, TABLE_EXTRA | TABLE_SORTS },
	[P_PAID] = { "paid", N_("Received for it"), TABLE_AMOUNT,
		     TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST | TABLE_SOFT },
	[P_AMOUNT] = { "amount", N_("Amount"), TABLE_AMOUNT,
		       TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST | TABLE_NARROW |
			       TABLE_PICKED },
};

static const struct table_choice promise_shows[] = {
	{ "", N_("All of them") },
	{ "broken", N_("Broken promises") },
	{ "pending", N_("Awaited") },
	{ "kept", N_("Kept") },
	{ "cancelled", N_("Cancelled promises") },
};

static const struct table_filter promise_filters[] = {
	{ "show", N_("Show"), TABLE_CHIPS, promise_shows, ARRAY_LEN(promise_shows) },
	{ "q", N_("Customer, document, words"), TABLE_SEARCH, NULL, 0 },
};

static const struct table promise_table = {
	.name = "promises",
	.path = "/promises",
	.section = "promises",
	.title = N_("Promises"),
	.none = N_("No promise fits"),
	.empty = N_("No promise here"),
	.how = N_("A promise is noted on the customer's sheet: tick items, then Promise."),
	.icon = "calendar",
	.columns = promise_columns,
	.n_columns = ARRAY_LEN(promise_columns),
	.filters = promise_filters,
	.n_filters = ARRAY_LEN(promise_filters),
	.order = "-promised_on",
	.picks = true,
	.times = TABLE_BOTH_TIMES,
};

static void add_promise(struct agreements *a, const struct promise *p)
{
	struct request *r = a->request;
	enum promise_outcome o = promise_outcome(p, GRACE_DAYS, a->view->when.as_of);
	const char *asked = table_value(a->view, "show");
	struct table_cell *cell;

	if ((asked && !str_eq(asked, outcomes[o].show)) || !is_seen(a, p->customer_id))
		return;
	cell = table_rows_add(a->rows, arena_printf(r->arena, "%" PRId64, p->id), p->currency);
	cell_link(&cell[P_CUSTOMER], p->customer_name, url_of(a, "/customers", p->customer_id));
	cell_text(&cell[P_CODE], p->customer_code);
	cell_link(&cell[P_WHAT], p->item_id ? p->document : tr(r->cat, "The whole account"),
		  p->item_id ? url_of(a, "/items", p->item_id) : NULL);
	cell[P_WHAT].sub = p->detail;
	cell_day(&cell[P_DAY_PROMISED], p->promised_on);
	cell_day(&cell[P_MADE], p->made_on);
	cell_state(&cell[P_STATE], outcomes[o].state, tr(r->cat, outcomes[o].text));
	cell_text(&cell[P_DETAIL], p->detail);
	cell_text(&cell[P_WHO], actor_text(r, p->actor));
	cell_amount(&cell[P_PAID], p->applied_minor);
	cell_amount(&cell[P_AMOUNT], p->amount_minor);
}

bool promises_list(struct request *r, int64_t customer_id, struct table_view *v,
		   struct table_source *ret, struct err *e)
{
	struct agreements a;
	struct promise *p;
	size_t n;

	if (!begin(r, &promise_table, customer_id, v, &a, e))
		return false;
	if (v->is_answered)
		return true;
	if (!promise_list_at(r->db, r->arena, r->entity.id, customer_id, v->when, GRACE_DAYS,
			     ROWS_MAX, &p, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		add_promise(&a, &p[i]);
	return finish(&a,
		      tr(r->cat, "Kept or not is counted from what was applied, two days after at"
				 " the latest."),
		      n, ret, e);
}

static bool promises_show(struct request *r, struct err *e)
{
	return show(r, promises_list, e);
}

/* ---- disputes ---------------------------------------------------------------------------------- */

enum dispute_column {
	D_CUSTOMER,
	D_CODE,
	D_DOCUMENT,
	D_REASON,
	D_OWNER,
	D_OPENED,
	D_ANSWER,
	D_STATE,
	D_CLOSED,
	D_RESOLUTION,
	D_AMOUNT,
	D_OWED
};

static const struct table_column dispute_columns[] = {
	[D_CUSTOMER] = { "customer", N_("Customer"), TABLE_LINK, TABLE_SORTS | TABLE_NARROW },
	[D_CODE] = { "customer_code", N_("Customer code"), TABLE_TEXT, TABLE_EXTRA | TABLE_SORTS },
	[D_DOCUMENT] = { "document", N_("On what"), TABLE_LINK, TABLE_SORTS },
	[D_REASON] = { "reason", N_("Reason"), TABLE_TEXT, TABLE_SORTS | TABLE_WRAP },
	[D_OWNER] = { "owner", N_("Who must answer"), TABLE_TEXT, TABLE_SORTS },
	[D_OPENED] = { "opened_on", N_("Opened"), TABLE_DAY, TABLE_SORTS | TABLE_EXTRA },
	[D_ANSWER] = { "answer_by", N_("Answer by"), TABLE_DAY, TABLE_SORTS },
	[D_STATE] = { "state", N_("State"), TABLE_STATE, TABLE_SORTS | TABLE_NARROW },
	[D_CLOSED] = { "closed_on", N_("Closed"), TABLE_DAY, TABLE_SORTS | TABLE_EXTRA },
	[D_RESOLUTION] = { "resolution", N_("How it ended"), TABLE_TEXT, TABLE_EXTRA | TABLE_WRAP },
	[D_AMOUNT] = { "amount", N_("Amount"), TABLE_AMOUNT,
		       TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST | TABLE_SOFT },
	[D_OWED] = { "owed", N_("Open"), TABLE_AMOUNT,
		     TABLE_SORTS | TABLE_SUMS | TABLE_LARGEST_FIRST | TABLE_NARROW | TABLE_PICKED },
};

static const struct table_choice dispute_shows[] = {
	{ "", N_("Open disputes") },
	{ "late", N_("Answer overdue") },
	{ "all", N_("Closed ones too") },
};

static const struct table_filter dispute_filters[] = {
	{ "show", N_("Show"), TABLE_CHIPS, dispute_shows, ARRAY_LEN(dispute_shows) },
	{ "q", N_("Customer, document, words"), TABLE_SEARCH, NULL, 0 },
};

static const struct table dispute_table = {
	.name = "disputes",
	.path = "/disputes",
	.section = "disputes",
	.title = N_("Disputes"),
	.none = N_("No dispute fits"),
	.empty = N_("No dispute here"),
	.how = N_("A dispute is opened on the customer's sheet: tick items, then Dispute."),
	.icon = "warn",
	.columns = dispute_columns,
	.n_columns = ARRAY_LEN(dispute_columns),
	.filters = dispute_filters,
	.n_filters = ARRAY_LEN(dispute_filters),
	.order = "answer_by",
	.picks = true,
	.times = TABLE_BOTH_TIMES,
};

static void add_dispute(struct agreements *a, const struct dispute *d)
{
	struct request *r = a->request;
	bool is_open = d->closed_on == DAY_NONE;
	bool is_paid = is_open && d->owed_minor == 0;
	bool is_late = is_open && !is_paid && d->answer_by != DAY_NONE &&
		       d->answer_by < a->view->when.as_of;
	struct table_cell *cell;

	if (!is_seen(a, d->customer_id) ||
	    (str_eq(table_value(a->view, "show"), "late") && !is_late))
		return;
	cell = table_rows_add(a->rows, arena_printf(r->arena, "%" PRId64, d->id), d->currency);
	cell_link(&cell[D_CUSTOMER], d->customer_name, url_of(a, "/customers", d->customer_id));
	cell_text(&cell[D_CODE], d->customer_code);
	cell_link(&cell[D_DOCUMENT], d->document, url_of(a, "/items", d->item_id));
	cell_text(&cell[D_REASON], dispute_reason_text(r->cat, d->reason));
	cell[D_REASON].sub = is_open ? d->detail : d->resolution;
	cell_text(&cell[D_OWNER], d->owner);
	cell_day(&cell[D_OPENED], d->opened_on);
	cell_day(&cell[D_ANSWER], d->answer_by);
	cell_state(&cell[D_STATE],
		   is_late   ? "late-3"
		   : is_paid ? "done"
		   : is_open ? "dispute"
			     : "done",
		   is_late   ? tr(r->cat, "Answer overdue")
		   : is_paid ? tr(r->cat, "Paid meanwhile")
		   : is_open ? tr(r->cat, "Open dispute")
			     : tr(r->cat, "Closed dispute"));
	cell_day(&cell[D_CLOSED], d->closed_on);
	cell_text(&cell[D_RESOLUTION], d->resolution);
	cell_amount(&cell[D_AMOUNT], d->amount_minor);
	cell_amount(&cell[D_OWED], d->owed_minor);
}

bool disputes_list(struct request *r, int64_t customer_id, struct table_view *v,
		   struct table_source *ret, struct err *e)
{
	struct agreements a;
	struct dispute *d;
	size_t n;

	if (!begin(r, &dispute_table, customer_id, v, &a, e))
		return false;
	if (v->is_answered)
		return true;
	if (!dispute_list_at(r->db, r->arena, r->entity.id, customer_id, v->when,
			     !str_eq(table_value(v, "show"), "all"), ROWS_MAX, &d, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		add_dispute(&a, &d[i]);
	return finish(&a, tr(r->cat, "The disputed amount is not chased; it stays in every total."),
		      n, ret, e);
}

static bool disputes_show(struct request *r, struct err *e)
{
	return show(r, disputes_list, e);
}

static const struct route routes[] = {
	ROUTE(GET, "/promises", promises_show, PERM_ITEM_READ, SCOPE_ENTITY),
	ROUTE(GET, "/disputes", disputes_show, PERM_ITEM_READ, SCOPE_ENTITY),
};
const struct route_list insight_agreement_routes = ROUTE_LIST(routes);
