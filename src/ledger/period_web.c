/* SPDX-License-Identifier: Apache-2.0 */
/* period_web.c - closing periods, and reopening them by two people. */
#include "ledger/period_view.h"

#include "ledger/period.h"
#include "ledger/routes.h"
#include "ledger/scope.h"
#include "ledger/setting_tabs.h"
#include "web/show.h"
#include "web/undo.h"

static const char here[] = "/settings/periods";

/* "October 2026", "2026", or its two days. */
static const char *days_text(struct page *p, day_t from, day_t to)
{
	struct civil a = date_civil(from);
	char text[DAY_TEXT];

	if (a.day == 1 && to == date_end_of_month(from))
		return arena_strdup(p->arena, month_text(a.year, a.month, p->language, text));
	if (a.day == 1 && a.month == 1 && to == date_of(a.year, 12, 31))
		return arena_printf(p->arena, "%d", a.year);
	return arena_printf(p->arena, "%s – %s", show_day(p, from), show_day(p, to));
}

static const char *who_when(struct request *r, struct page *p, const char *actor, int64_t moment)
{
	return arena_printf(p->arena, "%s · %s", actor_text(r, actor), show_moment(p, moment));
}

static void fill_row(struct request *r, struct page *p, const struct period *of,
		     struct period_row *ret)
{
	bool is_closed = str_eq(of->state, "closed");
	bool is_asked = str_eq(of->reopening_state, "asked");

	*ret = (struct period_row){
		.id = of->id,
		.days = days_text(p, of->from_on, of->to_on),
		.state = is_asked    ? "soon"
			 : is_closed ? "done"
				     : "off",
		.words = is_asked    ? tr(p->cat, "reopening asked")
			 : is_closed ? tr(p->cat, "closed")
				     : tr(p->cat, "reopened"),
		.closed = who_when(r, p, of->closed_by, of->recorded),
		.may_ask = is_closed && !is_asked,
		.may_refuse = is_closed && is_asked,
		.may_approve = is_closed && is_asked && !str_eq(of->asked_by, r->actor),
	};
	if (!of->reopening_id)
		return;
	ret->asked = arena_printf(p->arena, tr(p->cat, "asked by %s"),
				  who_when(r, p, of->asked_by, of->asked));
	ret->reason = of->reason;
	if (!is_asked)
		ret->decided = arena_printf(p->arena,
					    str_eq(of->reopening_state, "approved")
						    ? tr(p->cat, "approved by %s")
						    : tr(p->cat, "refused by %s"),
					    who_when(r, p, of->decided_by, of->decided));
}

/* The last month that is over. */
static const char *last_month(struct request *r)
{
	struct civil c = date_civil(r->today);
	struct civil m = date_civil(date_add_months(date_of(c.year, c.month, 1), -1));

	return arena_printf(r->arena, "%04d-%02d", m.year, m.month);
}

static bool show(struct request *r, const char *message, int status, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Closed periods"), "settings");
	struct part_chip tab[SETTING_TABS_MAX];
	struct periods_view v = { .tabs = tab, .message = message };
	struct period_row *row;
	struct period *list;
	size_t n;

	if (!period_list(r->db, r->arena, r->entity.id, &list, &n, e))
		return false;
	row = ARENA_ARRAY(r->arena, n, struct period_row);
	for (size_t i = 0; i < n; i++)
		fill_row(r, p, &list[i], &row[i]);
	v.n_tabs = setting_tabs(r, here, tab);
	v.rows = row;
	v.n_rows = n;
	v.line = tr(r->cat, "What was reported of a closed period stays as it was reported.");
	v.period = (struct part_field){
		.name = "period",
		.label = tr(r->cat, "Month or year"),
		.value = request_form(r, "period") ? request_form(r, "period") : last_month(r),
		.help = tr(r->cat, "2026-10 for October, 2026 for the year"),
		.is_required = true,
	};
	periods_page(p, &v);
	return respond_page(r, p, status);
}

static bool periods_show(struct request *r, struct err *e)
{
	return show(r, NULL, 200, e);
}

static bool is_refusal(const struct err *e)
{
	return e->code == ERR_INVALID || e->code == ERR_REFUSED || e->code == ERR_DUPLICATE ||
	       e->code == ERR_CONFLICT || e->code == ERR_FORBIDDEN || e->code == ERR_LIMIT;
}

/* What was refused is said above the list as it is now. */
static bool ended(struct request *r, bool ok, const char *done, struct err *e)
{
	if (ok)
		return flash_set(r, done, undo_now(r, NULL), e) && respond_redirect(r, here);
	if (!is_refusal(e))
		return false;
	return show(r, request_message(r, arena_strdup(r->arena, e->msg)), 422, e);
}

static bool period_close_post(struct request *r, struct err *e)
{
	const char *text = request_form(r, "period");
	day_t from, to;

	return ended(r,
		     period_parse(text ? text : "", &from, &to, e) &&
			     period_close(r->db, r->entity.id, from, to, r->today, r->actor, r->now,
					  NULL, e),
		     tr(r->cat, "The period is closed."), e);
}

static bool period_ask_post(struct request *r, struct err *e)
{
	return ended(r,
		     period_ask(r->db, r->entity.id, request_id(r, "period"),
				request_form(r, "reason"), r->actor, r->now, e),
		     tr(r->cat, "Another person must approve the reopening."), e);
}

static bool period_approve_post(struct request *r, struct err *e)
{
	return ended(r,
		     period_decide(r->db, r->entity.id, request_id(r, "period"), true, r->actor,
				   r->now, e),
		     tr(r->cat, "The period is open again."), e);
}

static bool period_refuse_post(struct request *r, struct err *e)
{
	return ended(r,
		     period_decide(r->db, r->entity.id, request_id(r, "period"), false, r->actor,
				   r->now, e),
		     tr(r->cat, "The period stays closed."), e);
}

static const struct route routes[] = {
	ROUTE(GET, "/settings/periods", periods_show, PERM_PERIOD_CLOSE, SCOPE_ENTITY),
	ROUTE(POST, "/settings/periods", period_close_post, PERM_PERIOD_CLOSE, SCOPE_ENTITY),
	ROUTE(POST, "/settings/periods/:period/ask", period_ask_post, PERM_PERIOD_CLOSE,
	      SCOPE_ENTITY),
	ROUTE(POST, "/settings/periods/:period/approve", period_approve_post, PERM_PERIOD_CLOSE,
	      SCOPE_ENTITY),
	ROUTE(POST, "/settings/periods/:period/refuse", period_refuse_post, PERM_PERIOD_CLOSE,
	      SCOPE_ENTITY),
};
const struct route_list ledger_period_routes = ROUTE_LIST(routes);
