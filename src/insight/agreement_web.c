/* SPDX-License-Identifier: Apache-2.0 */
/* agreement_web.c - promises and disputes of all customers, those that need a person first. */
#include "insight/agreement_view.h"

#include "collect/promise.h"
#include "dispute/dispute.h"
#include "dispute/reason.h"
#include "insight/routes.h"
#include "ledger/scope.h"
#include "web/show.h"

enum { ROWS_MAX = 500, GRACE_DAYS = 2 };

struct agreements {
	struct request *request;
	struct page *page;
	const struct book *book; /* of the user's customers, without items: who may be shown */
	struct agreement_row *row;
	size_t n;
};

static bool begin(struct request *r, struct agreements *a, const char *title, struct err *e)
{
	struct book *b;
	struct when w;

	if (!request_when(r, &w, e) ||
	    !book_load_for(r, &(struct book_query){ .as_of = w.as_of, .known_at = w.known_at }, &b,
			   e))
		return false;
	*a = (struct agreements){ .request = r,
				  .page = page_begin_when(r, title, "", w),
				  .book = b,
				  .row = ARENA_ARRAY(r->arena, ROWS_MAX, struct agreement_row) };
	return true;
}

static bool add(struct agreements *a, int64_t customer_id, struct agreement_row row)
{
	if (book_customer_by_id(a->book, customer_id) == SIZE_MAX)
		return false;
	row.url = page_link(a->page,
			    arena_printf(a->request->arena, "/customers/%" PRId64, customer_id));
	a->row[a->n++] = row;
	return true;
}

static struct part_chip chip(struct request *r, const char *show, const char *text)
{
	const char *asked = request_query(r, "show");

	return (struct part_chip){
		.text = text,
		.url = link_with(r, "show", show, NULL),
		.is_on = show ? str_eq(asked, show) : str_empty(asked),
	};
}

static bool respond(struct agreements *a, struct agreement_view *v)
{
	v->rows = a->row;
	v->n_rows = a->n;
	v->shown = arena_printf(a->request->arena,
				trn(a->request->cat, "%d line", "%d lines", (unsigned long)a->n),
				(int)a->n);
	agreement_page(a->page, v);
	return respond_page(a->request, a->page, 200);
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

static bool promises_show(struct request *r, struct err *e)
{
	const char *asked = request_query(r, "show");
	struct part_chip chips[4];
	struct agreement_view v = { .title = tr(r->cat, "Promises"), .chips = chips, .n_chips = 4 };
	struct agreements a;
	struct promise *p;
	size_t n;

	if (!begin(r, &a, v.title, e) ||
	    !promise_list_at(r->db, r->arena, r->entity.id, 0, a.page->when, GRACE_DAYS, ROWS_MAX,
			     &p, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		enum promise_outcome o = promise_outcome(&p[i], GRACE_DAYS, a.page->when.as_of);

		if (!str_empty(asked) && !str_eq(asked, outcomes[o].show))
			continue;
		add(&a, p[i].customer_id,
		    (struct agreement_row){
			    .customer = p[i].customer_name,
			    .what = p[i].item_id ? p[i].document : tr(r->cat, "The whole account"),
			    .detail = p[i].detail,
			    .day = show_day(a.page, p[i].promised_on),
			    .state = outcomes[o].state,
			    .words = tr(r->cat, outcomes[o].text),
			    .amount = show_amount(a.page, p[i].amount_minor, p[i].currency),
		    });
	}
	v.line = tr(r->cat,
		    "Kept or not is counted from what was applied, two days after at the latest.");
	v.day_head = tr(r->cat, "Promised for");
	chips[0] = chip(r, NULL, tr(r->cat, "All of them"));
	chips[1] = chip(r, "broken", tr(r->cat, "Broken promises"));
	chips[2] = chip(r, "pending", tr(r->cat, "Awaited"));
	chips[3] = chip(r, "kept", tr(r->cat, "Kept"));
	v.empty = (struct part_empty){ .icon = "calendar",
				       .title = tr(r->cat, "No promise here"),
				       .text = tr(r->cat,
						  "A promise is noted on the customer's sheet:"
						  " tick items, then Promise.") };
	return respond(&a, &v);
}

/* ---- disputes ---------------------------------------------------------------------------------- */

static void add_dispute(struct agreements *a, const struct dispute *d)
{
	struct request *r = a->request;
	bool is_open = d->closed_on == DAY_NONE;
	bool is_late = is_open && d->answer_by != DAY_NONE && d->answer_by < a->page->when.as_of;

	add(a, d->customer_id,
	    (struct agreement_row){
		    .customer = d->customer_name,
		    .what = arena_printf(r->arena, "%s · %s", d->document,
					 dispute_reason_text(r->cat, d->reason)),
		    .detail = is_open ? d->owner : d->resolution,
		    .day = show_day(a->page, d->answer_by),
		    .state = is_late   ? "late-3"
			     : is_open ? "dispute"
				       : "done",
		    .words = is_late   ? tr(r->cat, "Answer overdue")
			     : is_open ? tr(r->cat, "Open dispute")
				       : tr(r->cat, "Closed dispute"),
		    .amount = show_amount(a->page, d->amount_minor, d->currency),
	    });
}

static bool disputes_show(struct request *r, struct err *e)
{
	bool all = str_eq(request_query(r, "show"), "all");
	struct part_chip chips[2];
	struct agreement_view v = { .title = tr(r->cat, "Disputes"), .chips = chips, .n_chips = 2 };
	struct agreements a;
	struct dispute *d;
	size_t n;

	if (!begin(r, &a, v.title, e) || !dispute_list_at(r->db, r->arena, r->entity.id, 0,
							  a.page->when, !all, ROWS_MAX, &d, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		add_dispute(&a, &d[i]);
	v.line = tr(r->cat, "The disputed amount is not chased; it stays in every total.");
	v.day_head = tr(r->cat, "Answer by");
	chips[0] = chip(r, NULL, tr(r->cat, "Open disputes"));
	chips[1] = chip(r, "all", tr(r->cat, "Closed ones too"));
	v.empty = (struct part_empty){ .icon = "warn",
				       .title = tr(r->cat, "No dispute here"),
				       .text = tr(r->cat, "A dispute is opened on the customer's"
							  " sheet: tick items, then Dispute.") };
	return respond(&a, &v);
}

static const struct route routes[] = {
	ROUTE(GET, "/promises", promises_show, PERM_ITEM_READ, SCOPE_ENTITY),
	ROUTE(GET, "/disputes", disputes_show, PERM_ITEM_READ, SCOPE_ENTITY),
};
const struct route_list insight_agreement_routes = ROUTE_LIST(routes);
