/* SPDX-License-Identifier: Apache-2.0 */
/* trend_web.c - how the receivables went: twelve ends of months, twelve weeks of receipts. */
#include "insight/trend_view.h"

#include "base/money.h"
#include "i18n/date_text.h"
#include "insight/routes.h"
#include "insight/trend.h"
#include "ledger/scope.h"
#include "web/link.h"
#include "web/show.h"

struct drawn {
	struct request *request;
	struct page *page;
	struct when when;
	const char *currency;
	bool has_currencies;
	struct trend_month month[TREND_MONTHS];
	struct trend_week week[TREND_WEEKS];
	struct trend_view view;
};

/* The items of a class on a day, as known at the moment of the page. */
static const char *items_url(struct drawn *d, day_t as_of, const char *state)
{
	struct request *r = d->request;
	char day[DATE_TEXT];

	return link_to(r, "/items", "state", state, "currency",
		       d->has_currencies ? d->currency : NULL, "as_of",
		       as_of == r->today ? NULL : date_format(as_of, day), NULL);
}

static const char *month_label(struct drawn *d, day_t as_of)
{
	return month_short(date_civil(as_of).month, d->page->language);
}

static void fill_months(struct drawn *d)
{
	struct arena *a = d->page->arena;
	struct chart *c = ARENA_NEW(a, struct chart), *late = ARENA_NEW(a, struct chart);
	struct chart_point *pt = ARENA_ARRAY(a, TREND_MONTHS, struct chart_point);
	struct chart_point *lp = ARENA_ARRAY(a, TREND_MONTHS, struct chart_point);
	struct chart_series *se = ARENA_ARRAY(a, DUE_LOOSE, struct chart_series);
	struct chart_series *ls = ARENA_NEW(a, struct chart_series);

	for (int s = 0; s < DUE_LOOSE; s++)
		se[s] = (struct chart_series){
			.text = tr(d->page->cat, due_state_text((enum due_state)s)),
			.state = due_state_name((enum due_state)s),
		};
	*ls = (struct chart_series){ .text = tr(d->page->cat, "Late"), .state = "act" };
	for (int i = 0; i < TREND_MONTHS; i++) {
		const struct trend_month *m = &d->month[i];

		pt[i].label = month_label(d, m->as_of);
		pt[i].name = show_day(d->page, m->as_of);
		lp[i].label = pt[i].label;
		lp[i].name = pt[i].name;
		for (int s = 0; s < DUE_LOOSE; s++) {
			pt[i].minor[s] = m->open_minor[s];
			pt[i].url[s] = items_url(d, m->as_of, due_state_name((enum due_state)s));
		}
		lp[i].minor[0] = m->late_minor;
		lp[i].url[0] = items_url(d, m->as_of, "late");
	}
	*c = (struct chart){
		.id = "by-month",
		.name = tr(d->page->cat, "Open documents by age"),
		.currency = d->currency,
		.point_head = tr(d->page->cat, "As of"),
		.kind = CHART_COLUMNS,
		.series = se,
		.n_series = DUE_LOOSE,
		.point = pt,
		.n_points = TREND_MONTHS,
	};
	*late = *c;
	late->id = "late-by-month";
	late->name = tr(d->page->cat, "Late amount");
	late->kind = CHART_LINE;
	late->width = 420;
	late->series = ls;
	late->n_series = 1;
	late->point = lp;
	d->view.months = c;
	d->view.late = late;
}

static void fill_weeks(struct drawn *d)
{
	struct page *p = d->page;
	struct chart *c = ARENA_NEW(p->arena, struct chart);
	struct chart_point *pt = ARENA_ARRAY(p->arena, TREND_WEEKS, struct chart_point);
	struct chart_series *se = ARENA_NEW(p->arena, struct chart_series);

	*se = (struct chart_series){ .text = tr(p->cat, "Received"), .state = "act" };
	for (int i = 0; i < TREND_WEEKS; i++) {
		day_t monday = d->week[i].monday;
		char *label = arena_alloc(p->arena, DAY_TEXT);

		pt[i].label = day_axis(monday, p->language, label);
		pt[i].name = arena_printf(p->arena, tr(p->cat, "Week of %s"), show_day(p, monday));
		pt[i].minor[0] = d->week[i].received_minor;
		pt[i].is_running = monday + 6 > d->when.as_of;
	}
	*c = (struct chart){
		.id = "by-week",
		.name = tr(p->cat, "Received by week"),
		.currency = d->currency,
		.point_head = tr(p->cat, "Week"),
		.kind = CHART_COLUMNS,
		.series = se,
		.n_series = 1,
		.width = 1120,
		.point = pt,
		.n_points = TREND_WEEKS,
	};
	d->view.weeks = c;
}

/* The change since the end of the former month, with its sign. */
static const char *since(struct drawn *d, int64_t now, int64_t before)
{
	struct page *p = d->page;
	int64_t change;

	if (__builtin_sub_overflow(now, before, &change))
		return "";
	return arena_printf(p->arena, tr(p->cat, "%s%s since %s"), change > 0 ? "+" : "",
			    show_amount(p, change, d->currency),
			    show_day(p, d->month[TREND_MONTHS - 2].as_of));
}

static void fill_figures(struct drawn *d)
{
	struct page *p = d->page;
	struct trend_figure *f = ARENA_ARRAY(p->arena, 3, struct trend_figure);
	int64_t *total = ARENA_ARRAY(p->arena, TREND_MONTHS, int64_t);
	int64_t *late = ARENA_ARRAY(p->arena, TREND_MONTHS, int64_t);
	int64_t *week = ARENA_ARRAY(p->arena, TREND_WEEKS, int64_t);
	int64_t received = 0;

	for (int i = 0; i < TREND_MONTHS; i++) {
		total[i] = d->month[i].total_minor;
		late[i] = d->month[i].late_minor;
	}
	for (int i = 0; i < TREND_WEEKS; i++) {
		week[i] = d->week[i].received_minor;
		/* Each week fits; a sum that does not is shown as the largest there is. */
		if (__builtin_add_overflow(received, week[i], &received))
			received = INT64_MAX;
	}
	f[0] = (struct trend_figure){
		.term = tr(p->cat, "Outstanding"),
		.value = show_amount(p, total[TREND_MONTHS - 1], d->currency),
		.url = items_url(d, d->when.as_of, NULL),
		.gloss = since(d, total[TREND_MONTHS - 1], total[TREND_MONTHS - 2]),
		.trend = total,
		.n_trend = TREND_MONTHS,
		.trend_label = tr(p->cat, "Over twelve months"),
	};
	f[1] = (struct trend_figure){
		.term = tr(p->cat, "Late"),
		.value = show_amount(p, late[TREND_MONTHS - 1], d->currency),
		.url = items_url(d, d->when.as_of, "late"),
		.gloss = since(d, late[TREND_MONTHS - 1], late[TREND_MONTHS - 2]),
		.trend = late,
		.n_trend = TREND_MONTHS,
		.trend_label = tr(p->cat, "Over twelve months"),
	};
	f[2] = (struct trend_figure){
		.term = tr(p->cat, "Received in twelve weeks"),
		.value = show_amount(p, received, d->currency),
		.gloss = arena_printf(p->arena, tr(p->cat, "this week %s"),
				      show_amount(p, week[TREND_WEEKS - 1], d->currency)),
		.trend = week,
		.n_trend = TREND_WEEKS,
		.trend_label = tr(p->cat, "Over twelve weeks"),
	};
	d->view.figures = f;
}

static bool fill(struct drawn *d, struct err *e)
{
	struct request *r = d->request;
	struct book *b;

	if (!book_load_for(
		    r, &(struct book_query){ .as_of = d->when.as_of, .known_at = d->when.known_at },
		    &b, e) ||
	    !trend_months(r, d->when, d->currency, d->month, e) ||
	    !trend_weeks(r, d->when, d->currency, b, d->week, e))
		return false;
	d->has_currencies = b->n_currencies > 1;
	d->view.is_empty = b->n_customers == 0;
	d->view.sign = show_currency(d->page, d->currency);
	d->view.subtitle = arena_printf(d->page->arena, tr(d->page->cat, "%s, twelve months to %s"),
					r->entity.name, show_day_long(d->page, d->when.as_of));
	fill_months(d);
	fill_weeks(d);
	fill_figures(d);
	return true;
}

static bool trend_show(struct request *r, struct err *e)
{
	struct drawn d = { .request = r, .currency = r->entity.currency };

	if (!request_when(r, &d.when, e))
		return false;
	d.page = page_begin_when(r, tr(r->cat, "How it went"), "trends", d.when);
	if (!fill(&d, e))
		return false;
	trend_page(d.page, &d.view);
	return respond_page(r, d.page, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/trends", trend_show, PERM_ITEM_READ, SCOPE_ENTITY),
};
const struct route_list insight_trend_routes = ROUTE_LIST(routes);
