/* SPDX-License-Identifier: Apache-2.0 */
/* backtest_web.c - the page of the back-test: what each threshold would have given. */
#include "cash/backtest.h"

#include "cash/matching_view.h"
#include "cash/matching_web.h"
#include "web/show.h"

#include <stdlib.h>

static const char here[] = "/settings/matching/back-test";

/* ---- the curve ---- */

enum { LINES = 4, LEFT = 620, RIGHT = 260, ABOVE = 240, BELOW = 420, DOT = 60 };

/* One direction of the drawing: LINES steps between low and high, in millionths. */
struct axis {
	int64_t low, high, step;
};

static struct axis axis_of(int64_t least, int64_t most)
{
	static const int64_t steps[] = { 1000,  2500,   5000,   10000, 25000,
					 50000, 100000, 125000, 250000 };
	struct axis a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		a.step = steps[i];
		a.high = (most + a.step - 1) / a.step * a.step;
		if (a.high < LINES * a.step)
			a.high = LINES * a.step;
		a.low = a.high - LINES * a.step;
		if (a.low <= least)
			break;
	}
	return a;
}

struct curve {
	struct page *page;
	const struct backtest *t;
	struct axis rate, precision;
	int width, height; /* in tenths */
	struct chart_mark *mark;
	size_t n;
};

static int64_t share_ppm(int64_t part, int64_t whole)
{
	return whole ? part * 1000000 / whole : 0;
}

static int x_of(const struct curve *c, int64_t rate)
{
	return LEFT + (int)((c->width - LEFT - RIGHT) * (rate - c->rate.low) /
			    (c->rate.high - c->rate.low));
}

static int y_of(const struct curve *c, int64_t precision)
{
	return c->height - BELOW -
	       (int)((c->height - ABOVE - BELOW) * (precision - c->precision.low) /
		     (c->precision.high - c->precision.low));
}

static void put(struct curve *c, struct chart_mark m)
{
	c->mark[c->n++] = m;
}

static void put_text(struct curve *c, const char *look, int x, int y, const char *anchor,
		     const char *text)
{
	put(c, (struct chart_mark){ CHART_TEXT, look, x, y, 0, 0, text, anchor });
}

static void draw_axes(struct curve *c)
{
	for (int i = 0; i <= LINES; i++) {
		int64_t rate = c->rate.low + i * c->rate.step;
		int64_t precision = c->precision.low + i * c->precision.step;
		int y = y_of(c, precision);

		put(c, (struct chart_mark){ CHART_STROKE, i ? "grid" : "base", LEFT, y,
					    c->width - RIGHT, y, NULL, NULL });
		put_text(c, "", LEFT - 80, y + 40, "end",
			 matching_percent(c->page, precision, 1000000));
		put_text(c, "", x_of(c, rate), c->height - BELOW + 180, "middle",
			 matching_percent(c->page, rate, 1000000));
	}
	put_text(c, "", LEFT, ABOVE - 120, "start", tr(c->page->cat, "Precision"));
	put_text(c, "", c->width - RIGHT, c->height - 40, "end",
		 tr(c->page->cat, "Share applied alone"));
}

static void put_dot(struct curve *c, const struct backtest_count *n, int size)
{
	put(c, (struct chart_mark){ CHART_RECT, "dot",
				    x_of(c, share_ppm(n->n_alone, c->t->n)) - size / 2,
				    y_of(c, share_ppm(n->n_right, n->n_alone)) - size / 2, size,
				    size, NULL, NULL });
}

static void draw_points(struct curve *c)
{
	const struct backtest *t = c->t;
	const char *path = "";

	for (size_t i = 0; i < BACKTEST_THRESHOLDS; i++) {
		const struct backtest_count *n = &t->at[i];
		if (n->n_alone == 0)
			continue;
		path = arena_printf(
			c->page->arena, "%s%s%s %s", path, *path ? " L" : "M",
			chart_tenths(c->page, x_of(c, share_ppm(n->n_alone, t->n))),
			chart_tenths(c->page, y_of(c, share_ppm(n->n_right, n->n_alone))));
		put_dot(c, n, DOT);
	}
	put(c, (struct chart_mark){ CHART_PATH, "line", 0, 0, 0, 0, path, NULL });
	if (t->at_policy.n_alone == 0)
		return;
	put_dot(c, &t->at_policy, 2 * DOT);
	put_text(c, "value", x_of(c, share_ppm(t->at_policy.n_alone, t->n)),
		 y_of(c, share_ppm(t->at_policy.n_right, t->at_policy.n_alone)) + 220, "middle",
		 arena_printf(c->page->arena, tr(c->page->cat, "as set: %s"),
			      matching_percent(c->page, t->threshold_ppm, 1000000)));
}

static const struct chart_drawing *draw(struct page *p, const struct backtest *t, int width)
{
	struct chart_drawing *d = ARENA_NEW(p->arena, struct chart_drawing);
	struct curve c = { .page = p, .t = t, .width = width * 10, .height = 2200 };
	int64_t low = 1000000, high = 0, worst = 1000000;
	size_t n = 0;

	for (size_t i = 0; i < BACKTEST_THRESHOLDS; i++) {
		int64_t rate = share_ppm(t->at[i].n_alone, t->n);
		int64_t precision = share_ppm(t->at[i].n_right, t->at[i].n_alone);
		if (t->at[i].n_alone == 0)
			continue;
		low = rate < low ? rate : low;
		high = rate > high ? rate : high;
		worst = precision < worst ? precision : worst;
		n++;
	}
	if (n < 2)
		return NULL;
	c.rate = axis_of(low, high);
	c.precision = axis_of(worst, 1000000);
	c.mark =
		ARENA_ARRAY(p->arena, 3 * (LINES + 1) + BACKTEST_THRESHOLDS + 5, struct chart_mark);
	draw_axes(&c);
	draw_points(&c);
	*d = (struct chart_drawing){ width, c.height / 10, c.mark, c.n };
	return d;
}

static void fill_curve(struct page *p, const struct backtest *t, struct matching_test_view *v)
{
	struct chart *c = ARENA_NEW(p->arena, struct chart);

	*c = (struct chart){ .id = "back-test",
			     .name = tr(p->cat, "Precision against what is applied alone") };
	v->chart = c;
	v->wide = draw(p, t, 1040);
	v->narrow = draw(p, t, 340);
}

/* ---- figures and tables ---- */

static struct matching_test_row row(struct page *p, const struct backtest *t, const char *head,
				    const struct backtest_count *n)
{
	const char *rate = matching_percent(p, n->n_alone, t->n);

	return (struct matching_test_row){
		.head = head,
		.alone = show_count(p, n->n_alone),
		.rate = rate,
		.wrong = show_count(p, n->n_alone - n->n_right),
		.precision = matching_percent(p, n->n_right, n->n_alone),
		.piece = { .state = "done", .width_ppm = (int)share_ppm(n->n_alone, t->n) },
		.label = rate,
	};
}

static void fill_rows(struct page *p, const struct backtest *t, struct matching_test_view *v)
{
	struct matching_test_row *rows =
		ARENA_ARRAY(p->arena, BACKTEST_THRESHOLDS + 1, struct matching_test_row);
	struct matching_test_row *rules =
		ARENA_ARRAY(p->arena, MATCH_N_RULES, struct matching_test_row);
	bool is_told = false;

	for (size_t i = 0; i < BACKTEST_THRESHOLDS; i++) {
		if (!is_told && t->threshold_ppm <= t->threshold[i]) {
			rows[v->n_rows] = row(p, t, matching_percent(p, t->threshold_ppm, 1000000),
					      &t->at_policy);
			rows[v->n_rows++].is_set = is_told = true;
		}
		if (t->threshold_ppm != t->threshold[i])
			rows[v->n_rows++] =
				row(p, t, matching_percent(p, t->threshold[i], 1000000), &t->at[i]);
	}
	for (size_t r = 0; r < MATCH_N_RULES; r++)
		if (t->by_rule[r].n_alone)
			rules[v->n_rules++] = row(
				p, t, matching_rule_words(p, match_rule_name((enum match_rule)r)),
				&t->by_rule[r]);
	v->rows = rows;
	v->rules = rules;
}

static void fill_odds(struct page *p, const struct backtest *t, struct matching_test_view *v)
{
	struct matching_odds_row *rows =
		ARENA_ARRAY(p->arena, MATCH_N_RULES, struct matching_odds_row);

	for (size_t r = 0; r < MATCH_N_RULES; r++) {
		const struct backtest_odds *o = &t->odds[r];
		if (o->n_confirmed + o->n_refuted == 0)
			continue;
		rows[v->n_odds++] = (struct matching_odds_row){
			.head = matching_rule_words(p, match_rule_name((enum match_rule)r)),
			.answers = show_count(p, o->n_confirmed + o->n_refuted),
			.wrong = show_count(p, o->n_refuted),
			.worth = matching_percent(p, o->worth_ppm, 1000000),
			.is_lower = o->worth_ppm < t->threshold_ppm - 1000,
		};
	}
	v->odds = rows;
	v->odds_head = arena_printf(p->arena, tr(p->cat, "What %s counted is worth"),
				    matching_percent(p, t->threshold_ppm, 1000000));
}

static void fill_figures(struct page *p, const struct backtest *t, struct matching_test_view *v)
{
	v->figures[0] =
		(struct part_figure){ .term = tr(p->cat, "Receipts played again"),
				      .value = show_count(p, t->n),
				      .gloss = arena_printf(p->arena, tr(p->cat, "%s to %s"),
							    show_day(p, t->from_on),
							    show_day(p, t->to_on)) };
	v->figures[1] = (struct part_figure){
		.term = tr(p->cat, "Applied alone"),
		.value = matching_percent(p, t->at_policy.n_alone, t->n),
		.gloss = arena_printf(p->arena, tr(p->cat, "%s of %s receipts"),
				      show_count(p, t->at_policy.n_alone), show_count(p, t->n))
	};
	v->figures[2] = (struct part_figure){
		.term = tr(p->cat, "Wrong matches"),
		.value = show_count(p, t->at_policy.n_alone - t->at_policy.n_right),
		.gloss = arena_printf(
			p->arena, tr(p->cat, "precision %s"),
			matching_percent(p, t->at_policy.n_right, t->at_policy.n_alone))
	};
	v->figures[3] = (struct part_figure){ .term = tr(p->cat, "Right among the first three"),
					      .value = matching_percent(p, t->n_in_three, t->n),
					      .gloss = arena_printf(
						      p->arena, tr(p->cat, "%s right at once"),
						      matching_percent(p, t->n_first, t->n)) };
}

/* ---- the page ---- */

static struct part_field months_field(struct request *r, const struct err *wrong)
{
	static const char *const values[] = { "3", "6", "12", "24" };
	struct part_choice *choice = ARENA_ARRAY(r->arena, ARRAY_LEN(values), struct part_choice);

	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		choice[i] = (struct part_choice){ values[i], values[i] };
	return (struct part_field){
		.name = "months",
		.label = tr(r->cat, "Months of the past"),
		.help = tr(r->cat, "from today back; nothing is changed"),
		.value = "12",
		.choice = choice,
		.n_choices = ARRAY_LEN(values),
		.error = wrong ? request_message(r, arena_strdup(r->arena, wrong->msg)) : NULL,
	};
}

static bool show(struct request *r, const struct err *wrong, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Back-test"), "bank");
	struct part_chip tab[MATCHING_TABS];
	struct matching_test_view v = { .tabs = tab, .may_run = request_may(r, PERM_POLICY_EDIT) };
	struct backtest_last last;

	if (!backtest_last(r->db, r->arena, r->entity.id, &last, e))
		return false;
	v.n_tabs = matching_tabs(r, here, tab);
	v.line = tr(p->cat, "What the machine would have done with receipts that persons and the "
			    "accounting applied.");
	v.months = months_field(r, wrong);
	if (last.is_under_way)
		v.under_way = last.n_total ? arena_printf(r->arena,
							  tr(p->cat, "The past is being played: "
								     "%s of %s receipts."),
							  show_count(p, last.n_done),
							  show_count(p, last.n_total))
					   : tr(p->cat, "The past is about to be played.");
	if (last.failure)
		v.failure = arena_printf(r->arena, tr(p->cat, "The last run failed: %s"),
					 request_message(r, last.failure));
	v.is_there = last.is_there;
	v.is_empty = last.result.n == 0;
	if (last.is_there && last.result.n > 0) {
		fill_figures(p, &last.result, &v);
		fill_curve(p, &last.result, &v);
		fill_rows(p, &last.result, &v);
		fill_odds(p, &last.result, &v);
		v.line = arena_printf(r->arena, tr(p->cat, "Played on %s; nothing was changed."),
				      show_moment(p, last.recorded));
	}
	matching_test_page(p, &v);
	return respond_page(r, p, wrong ? 422 : 200);
}

static bool backtest_show(struct request *r, struct err *e)
{
	return show(r, NULL, e);
}

static bool backtest_post(struct request *r, struct err *e)
{
	const char *typed = request_form(r, "months");
	long months = typed ? strtol(typed, NULL, 10) : 0;
	struct err wrong = { 0 };

	if (months < 1 || months > BACKTEST_MONTHS_MAX) {
		if (!err_field(&wrong, ERR_INVALID, "months", "1 to %d months",
			       BACKTEST_MONTHS_MAX))
			return show(r, &wrong, e);
	}
	return backtest_ask(r->db, r->entity.id, (int)months, r->actor, r->now, e) &&
	       flash_set(r, tr(r->cat, "The past is being played again."), NULL, e) &&
	       respond_redirect(r, here);
}

static const struct route routes[] = {
	ROUTE(GET, "/settings/matching/back-test", backtest_show, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/settings/matching/back-test", backtest_post, PERM_POLICY_EDIT, SCOPE_ENTITY),
};
const struct route_list backtest_routes = ROUTE_LIST(routes);
