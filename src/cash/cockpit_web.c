/* SPDX-License-Identifier: Apache-2.0 */
/* cockpit_web.c - the page of how well the matching does. */
#include "cash/cockpit.h"

#include "cash/bank_load.h"
#include "cash/cockpit_view.h"
#include "cash/matching_web.h"
#include "i18n/date_text.h"
#include "web/show.h"

static const char *month_name(struct page *p, day_t first_on)
{
	struct civil day = date_civil(first_on);
	char *text = arena_alloc(p->arena, DAY_TEXT);

	return month_text(day.year, day.month, p->language, text);
}

static const char *days(struct page *p, int n)
{
	return n < 0 ? "–" : show_count(p, n);
}

/* ---- figures ---- */

static const struct part_meaning *meaning(struct page *p, const struct part_meaning *m)
{
	struct part_meaning *ret = ARENA_NEW(p->arena, struct part_meaning);

	*ret = *m;
	return ret;
}

static const char *ratio(struct page *p, const char *part, const char *whole, const char *percent)
{
	return arena_printf(p->arena, "%s ÷ %s = %s", part, whole, percent);
}

static struct part_figure by_count(struct page *p, const struct cockpit_count *c)
{
	const char *value = show_percent(p, c->n_alone, c->n);

	return (struct part_figure){
		.term = tr(p->cat, "Applied alone"),
		.value = value,
		.gloss = arena_printf(p->arena, tr(p->cat, "%s of %s receipts"),
				      show_count(p, c->n_alone), show_count(p, c->n)),
		.meaning = meaning(
			p,
			&(struct part_meaning){
				.id = "means-count",
				.term = tr(p->cat, "Applied alone"),
				.text = tr(p->cat,
					   "Receipts that the machine applied without a person, "
					   "of all that are customers' money: applied, on "
					   "account or waiting. What the accounting booked "
					   "first and what was put aside do not count."),
				.formula = ratio(p, show_count(p, c->n_alone), show_count(p, c->n),
						 value) }),
	};
}

static struct part_figure by_amount(struct page *p, const char *currency,
				    const struct cockpit_count *c)
{
	const char *value = show_percent(p, c->alone_minor, c->minor);

	return (struct part_figure){
		.term = tr(p->cat, "Alone, by amount"),
		.value = value,
		.gloss = arena_printf(p->arena, tr(p->cat, "%s of %s"),
				      show_amount(p, c->alone_minor, currency),
				      show_amount(p, c->minor, currency)),
		.meaning = meaning(
			p,
			&(struct part_meaning){
				.id = "means-amount",
				.term = tr(p->cat, "Alone, by amount"),
				.text = tr(p->cat,
					   "Of the money received in the company's currency, "
					   "what the machine applied and nobody took back."),
				.formula = ratio(p, show_amount(p, c->alone_minor, currency),
						 show_amount(p, c->minor, currency), value) }),
	};
}

static struct part_figure taken_back(struct page *p, const struct cockpit_count *c)
{
	const char *value = matching_percent(p, c->n_reversed, c->n_alone);

	return (struct part_figure){
		.term = tr(p->cat, "Wrong matches"),
		.value = value,
		.url = c->n_reversed ? "#wrong" : NULL,
		.gloss = arena_printf(p->arena, tr(p->cat, "%s taken back of %s"),
				      show_count(p, c->n_reversed), show_count(p, c->n_alone)),
		.meaning = meaning(
			p,
			&(struct part_meaning){
				.id = "means-wrong",
				.term = tr(p->cat, "Wrong matches"),
				.text = tr(p->cat, "Receipts applied alone that a person took "
						   "back later, of all applied alone."),
				.formula = ratio(p, show_count(p, c->n_reversed),
						 show_count(p, c->n_alone), value),
				.opens_left = true }),
	};
}

static const char *in_days(struct page *p, int n)
{
	return n < 0 ? "–"
		     : arena_printf(p->arena, trn(p->cat, "%s day", "%s days", (unsigned long)n),
				    show_count(p, n));
}

static struct part_figure delay(struct page *p, const struct cockpit_count *c)
{
	return (struct part_figure){
		.term = tr(p->cat, "From value date to match"),
		.value = in_days(p, c->median_days),
		.gloss = c->n_matched ? arena_printf(p->arena, tr(p->cat, "90%% within %s"),
						     in_days(p, c->p90_days))
				      : NULL,
		.meaning = meaning(
			p,
			&(struct part_meaning){
				.id = "means-delay",
				.term = tr(p->cat, "From value date to match"),
				.text = tr(p->cat,
					   "Days between the value date and the day when the "
					   "receipt was applied to its documents: the median, "
					   "and how many days hold nine receipts of ten."),
				.formula = arena_printf(p->arena, tr(p->cat, "%s receipts applied"),
							show_count(p, c->n_matched)),
				.opens_left = true }),
	};
}

/* ---- chart and tables ---- */

static const struct chart *chart_of(struct request *r, struct page *p, const struct cockpit *c)
{
	struct chart *chart = ARENA_NEW(p->arena, struct chart);
	struct chart_series *series = ARENA_ARRAY(p->arena, 3, struct chart_series);
	struct chart_point *pt = ARENA_ARRAY(p->arena, COCKPIT_MONTHS, struct chart_point);

	series[0] = (struct chart_series){ .text = tr(p->cat, "Applied alone"), .state = "done" };
	series[1] = (struct chart_series){ .text = tr(p->cat, "By a person"), .state = "act" };
	series[2] = (struct chart_series){ .text = tr(p->cat, "Waiting"),
					   .state = "loose",
					   .pattern = "hatch" };
	for (int i = 0; i < COCKPIT_MONTHS; i++) {
		const struct cockpit_month *m = &c->month[i];

		pt[i] = (struct chart_point){
			.label = month_short(date_civil(m->first_on).month, p->language),
			.name = month_name(p, m->first_on),
			.minor = { m->count.alone_minor, m->count.person_minor,
				   m->count.waiting_minor },
			.is_running = i == COCKPIT_MONTHS - 1,
		};
		if (m->count.waiting_minor)
			pt[i].url[2] = "/bank";
	}
	*chart = (struct chart){ .id = "applied-by-month",
				 .name = tr(p->cat, "Receipts by month, and who applied them"),
				 .currency = r->entity.currency,
				 .point_head = tr(p->cat, "Month"),
				 .kind = CHART_COLUMNS,
				 .width = 1120,
				 .series = series,
				 .n_series = 3,
				 .point = pt,
				 .n_points = COCKPIT_MONTHS };
	return chart;
}

static void fill_months(struct page *p, const struct cockpit *c, struct cockpit_view *v)
{
	struct cockpit_month_row *rows =
		ARENA_ARRAY(p->arena, COCKPIT_MONTHS, struct cockpit_month_row);

	for (int i = 0; i < COCKPIT_MONTHS; i++) {
		const struct cockpit_month *m = &c->month[COCKPIT_MONTHS - 1 - i];
		const struct cockpit_count *n = &m->count;

		if (n->n == 0)
			continue;
		rows[v->n_months++] = (struct cockpit_month_row){
			.month = month_name(p, m->first_on),
			.receipts = show_count(p, n->n),
			.alone = show_count(p, n->n_alone),
			.share = show_percent(p, n->n_alone, n->n),
			.by_amount = show_percent(p, n->alone_minor, n->minor),
			.reversed = show_count(p, n->n_reversed),
			.wrong = matching_percent(p, n->n_reversed, n->n_alone),
			.median = days(p, n->median_days),
			.p90 = days(p, n->p90_days),
		};
	}
	v->months = rows;
}

static void fill_rules(struct request *r, struct page *p, const struct cockpit *c,
		       struct cockpit_view *v)
{
	struct cockpit_rule_row *rows =
		ARENA_ARRAY(p->arena, c->n_rules + 1, struct cockpit_rule_row);

	for (size_t i = 0; i < c->n_rules; i++) {
		const struct cockpit_rule *x = &c->rule[i];

		rows[i] = (struct cockpit_rule_row){
			.rule = matching_rule_words(p, x->rule),
			.alone = show_count(p, x->n_alone),
			.amount = show_amount(p, x->alone_minor, r->entity.currency),
			.reversed = show_count(p, x->n_reversed),
			.precision = matching_percent(p, x->n_alone - x->n_reversed, x->n_alone),
			.proposed = show_count(p, x->n_proposed),
			.taken = show_percent(p, x->n_taken, x->n_proposed),
		};
	}
	v->rules = rows;
	v->n_rules = c->n_rules;
}

static void fill_wrong(struct page *p, const struct cockpit *c, struct cockpit_view *v)
{
	struct cockpit_wrong_row *rows =
		ARENA_ARRAY(p->arena, c->n_wrong + 1, struct cockpit_wrong_row);

	for (size_t i = 0; i < c->n_wrong; i++) {
		const struct cockpit_wrong *x = &c->wrong[i];

		rows[i] = (struct cockpit_wrong_row){
			.url = arena_printf(p->arena, "/bank/entries/%" PRId64, x->entry_id),
			.who = x->payer_name ? x->payer_name : tr(p->cat, "Payer not named"),
			.reference = x->reference,
			.day = show_day(p, x->booked_on),
			.rule = matching_rule_words(p, x->rule),
			.confidence = show_percent(p, x->confidence_ppm, 1000000),
			.undone = show_day(p, show_day_of(p, x->recorded)),
			.amount = show_amount(p, x->amount_minor, x->currency),
		};
	}
	v->wrong = rows;
	v->n_wrong = c->n_wrong;
}

static bool cockpit_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "How well receipts are matched"), "bank");
	struct cockpit_query q = { r->entity.id, r->entity.currency, r->entity.time_zone,
				   p->today };
	struct cockpit_view v = { 0 };
	struct cockpit c;

	if (!cockpit_load(r->db, r->arena, &q, &c, e) ||
	    !bank_head_load(r, p, BANK_COCKPIT, &v.head, e))
		return false;
	v.is_empty = c.all.n == 0;
	v.figures[0] = by_count(p, &c.all);
	v.figures[1] = by_amount(p, r->entity.currency, &c.all);
	v.figures[2] = taken_back(p, &c.all);
	v.figures[3] = delay(p, &c.all);
	v.chart = chart_of(r, p, &c);
	fill_months(p, &c, &v);
	fill_rules(r, p, &c, &v);
	fill_wrong(p, &c, &v);
	cockpit_page(p, &v);
	return respond_page(r, p, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/bank/cockpit", cockpit_show, PERM_CASH_READ, SCOPE_ENTITY),
};
const struct route_list cockpit_routes = ROUTE_LIST(routes);
