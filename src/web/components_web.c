/* SPDX-License-Identifier: Apache-2.0 */
/* components_web.c - every part in every state, for those who write pages and for the browser tests. */
#include "web/components_view.h"

#include "i18n/date_text.h"
#include "web/show.h"

/* A day on which the samples stand, so that the page is the same every day. */
#define SAMPLE_MONDAY date_of(2026, 9, 28)

enum { WEEKS = 13, KNOWN_WEEKS = 8, MONTHS = 9, CLASSES = 4 };

static void fill_fields(struct page *p, struct components_view *v)
{
	struct part_choice *choice = ARENA_ARRAY(p->arena, 2, struct part_choice);
	struct part_field *f = ARENA_ARRAY(p->arena, 4, struct part_field);

	choice[0] = (struct part_choice){ "a", tr(p->cat, "Delivery incomplete") };
	choice[1] = (struct part_choice){ "b", tr(p->cat, "Price") };
	f[0] = (struct part_field){ .name = "amount",
				    .label = tr(p->cat, "Amount"),
				    .value = show_figure(p, 123456, "EUR"),
				    .unit = show_currency(p, "EUR"),
				    .help = tr(p->cat, "Comma or point, sums too"),
				    .is_number = true };
	f[1] = (struct part_field){ .name = "day",
				    .label = tr(p->cat, "Day"),
				    .type = "date",
				    .value = "2026-01-31",
				    .error = tr(p->cat, "This day is past. Choose a later one.") };
	f[2] = (struct part_field){
		.name = "choice", .label = tr(p->cat, "Reason"), .choice = choice, .n_choices = 2
	};
	f[3] = (struct part_field){ .name = "words",
				    .label = tr(p->cat, "Comment (optional)"),
				    .n_lines = 3 };
	v->fields = f;
	v->n_fields = 4;
}

static void fill_story(struct page *p, struct components_view *v)
{
	struct part_happening *h = ARENA_ARRAY(p->arena, 4, struct part_happening);

	h[0] = (struct part_happening){ .icon = "calendar",
					.state = "promise",
					.what = tr(p->cat, "Promise"),
					.detail = show_day_long(p, SAMPLE_MONDAY + 57),
					.when = "16:42",
					.day = show_day_full(p, SAMPLE_MONDAY + 52) };
	h[1] = (struct part_happening){ .icon = "warn",
					.state = "dispute",
					.what = tr(p->cat, "Dispute"),
					.quote = tr(p->cat, "Twelve boxes are missing"),
					.when = "11:05" };
	h[2] = (struct part_happening){ .icon = "euro",
					.state = "done",
					.what = tr(p->cat, "Payment"),
					.url = "#c-story",
					.when = "09:30" };
	h[3] = (struct part_happening){ .icon = "mail",
					.state = "late-3",
					.what = tr(p->cat, "Message refused"),
					.when = "08:31" };
	v->story = h;
	v->n_story = 4;
}

static void fill_rows(struct page *p, struct components_view *v)
{
	struct components_row *row = ARENA_ARRAY(p->arena, 2, struct components_row);

	row[0] = (struct components_row){
		"FA-1",   tr(p->cat, "Part paid"),
		"late-4", show_late_words(p, SAMPLE_MONDAY, SAMPLE_MONDAY + 141),
		760300,   show_figure(p, 760300, "EUR")
	};
	row[1] = (struct components_row){ "AV-2",  NULL,
					  "fresh", tr(p->cat, "Credit to use"),
					  -128430, show_figure(p, -128430, "EUR") };
	v->rows = row;
	v->n_rows = 2;
	v->total = show_figure(p, 760300 - 128430, "EUR");
	v->open_head = arena_printf(p->arena, tr(p->cat, "Open, %s"), show_currency(p, "EUR"));
}

/* ---- charts ------------------------------------------------------------------------------------ */

static struct chart *new_chart(struct page *p, const char *id, const char *name, size_t n,
			       size_t n_series, struct chart_point **ret,
			       struct chart_series **ret_series)
{
	struct chart *c = ARENA_NEW(p->arena, struct chart);

	*ret = ARENA_ARRAY(p->arena, n, struct chart_point);
	*ret_series = ARENA_ARRAY(p->arena, n_series, struct chart_series);
	*c = (struct chart){ .id = id,
			     .name = name,
			     .currency = "EUR",
			     .point_head = tr(p->cat, "Week"),
			     .series = *ret_series,
			     .n_series = n_series,
			     .point = *ret,
			     .n_points = n };
	return c;
}

static void name_week(struct page *p, int week, struct chart_point *ret)
{
	day_t monday = SAMPLE_MONDAY + 7 * week;

	ret->label = day_axis(monday, p->language, arena_alloc(p->arena, DAY_TEXT));
	ret->name = show_day(p, monday);
}

static void fill_columns(struct page *p, struct components_view *v)
{
	static const int64_t thousands[WEEKS] = { 402, 455, 431, 398, 486, 412, 447,
						  346, 468, 512, 436, 402, 318 };
	static const int64_t planned[KNOWN_WEEKS] = { 388, 470, 418, 421, 452, 436, 441, 354 };
	struct chart_series *se;
	struct chart_point *pt;
	struct chart *c =
		new_chart(p, "c-chart-1", tr(p->cat, "Columns and forecast"), WEEKS, 1, &pt, &se);

	se[0] = (struct chart_series){ .text = tr(p->cat, "Received"), .state = "act" };
	for (int i = 0; i < WEEKS; i++) {
		name_week(p, i, &pt[i]);
		pt[i].minor[0] = thousands[i] * 100000;
		pt[i].is_running = i == KNOWN_WEEKS - 1;
		pt[i].is_forecast = i >= KNOWN_WEEKS;
		pt[i].has_plan = i < KNOWN_WEEKS;
		if (pt[i].has_plan)
			pt[i].plan_minor = planned[i] * 100000;
		pt[i].low_minor = (thousands[i] - 6 * i) * 100000;
		pt[i].high_minor = (thousands[i] + 6 * i) * 100000;
	}
	v->columns = c;
}

static void fill_line(struct page *p, struct components_view *v)
{
	struct chart *c = ARENA_NEW(p->arena, struct chart);

	*c = *v->columns;
	c->id = "c-chart-3";
	c->name = tr(p->cat, "Line with interval");
	c->kind = CHART_LINE;
	v->line = c;
}

static void fill_stacks(struct page *p, struct components_view *v)
{
	static const char *const states[CLASSES] = { "fresh", "late-2", "promise", "dispute" };
	static const char *const patterns[CLASSES] = { NULL, NULL, "dots", "hatch" };
	const char *texts[CLASSES] = { tr(p->cat, "Not due"), tr(p->cat, "Late"),
				       tr(p->cat, "Promised"), tr(p->cat, "Disputed") };
	struct chart_series *se;
	struct chart_point *pt;
	struct chart *c =
		new_chart(p, "c-chart-2", tr(p->cat, "Stacked columns"), MONTHS, CLASSES, &pt, &se);

	for (int s = 0; s < CLASSES; s++)
		se[s] = (struct chart_series){ texts[s], states[s], patterns[s] };
	for (int i = 0; i < MONTHS; i++) {
		name_week(p, i, &pt[i]);
		pt[i].minor[0] = 28000000 + 2000000 * ((i * 5) % 7);
		pt[i].minor[1] = 9000000 + 1000000 * ((i * 3) % 5);
		pt[i].minor[2] = 3000000;
		pt[i].minor[3] = 1500000 + 500000 * (i % 3);
	}
	v->stacks = c;
}

/* ---- the page ---------------------------------------------------------------------------------- */

static void fill_words(struct page *p, struct components_view *v)
{
	v->plus = show_amount(p, 123456789, "EUR");
	v->minus = show_amount(p, -128430, "EUR");
	v->other = show_amount(p, 141000, "USD");
	v->nil = show_amount(p, 0, "EUR");
	v->count =
		arena_printf(p->arena, trn(p->cat, "%s row", "%s rows", 1412), show_count(p, 1412));
	v->formula = arena_printf(p->arena, "%s − %s = %s", show_amount(p, 7877117, "EUR"),
				  show_amount(p, 3405457, "EUR"), show_amount(p, 4471660, "EUR"));
	v->file_detail = arena_printf(p->arena, "PDF · %s", show_day(p, SAMPLE_MONDAY));
}

static bool components_show(struct request *r, struct err *e)
{
	static const struct part_piece bar[] = {
		{ "fresh", NULL, 0, 300000 },          { "soon", NULL, 302500, 100000 },
		{ "late-1", NULL, 405000, 150000 },    { "late-2", NULL, 557500, 100000 },
		{ "late-3", NULL, 660000, 60000 },     { "late-4", NULL, 722500, 60000 },
		{ "promise", "dots", 785000, 100000 }, { "dispute", "hatch", 887500, 112500 },
	};
	static const struct part_gauge gauges[] = {
		{ 6200000, 15000000, 10000000, "EUR" },
		{ 13284066, 15000000, 10000000, "EUR" },
		{ 15601000, 15000000, 10000000, "EUR" },
	};
	static const char *const bank[] = { "VIR SEPA RECU /DE", "BOULONS TOURNEBILLE", "/MOTIF",
					    "FA 2210" };
	static const int64_t spark[] = { 21, 24, 23, 22, 26, 30, 29, 33, 36 };
	struct components_view v = {
		.bar = bar,
		.n_bar = ARRAY_LEN(bar),
		.gauges = gauges,
		.n_gauges = ARRAY_LEN(gauges),
		.spark = spark,
		.n_spark = ARRAY_LEN(spark),
		.bank = bank,
	};
	struct page *p = page_begin(r, tr(r->cat, "Parts of pages"), "");

	(void)e;
	fill_words(p, &v);
	fill_fields(p, &v);
	fill_story(p, &v);
	fill_rows(p, &v);
	fill_columns(p, &v);
	fill_line(p, &v);
	fill_stacks(p, &v);
	components_page(p, &v);
	return respond_page(r, p, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/components", components_show, PERM_USER, SCOPE_INSTALLATION),
};
const struct route_list web_components_routes = ROUTE_LIST(routes);
