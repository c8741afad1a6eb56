/* SPDX-License-Identifier: Apache-2.0 */
/* chart.c - where the marks of a chart stand. Lengths in tenths of a unit of the drawing. */
#include "web/chart.h"

#include "base/list.h"
#include "base/money.h"
#include "base/text.h"
#include "i18n/amount.h"
#include "web/show.h"

enum {
	WIDE = 640,
	WIDE_HEIGHT = 250,
	NARROW = 340,
	NARROW_HEIGHT = 210,
	LEFT = 620, /* of the plot: the axis stands before it */
	RIGHT = 40,
	ABOVE = 240, /* room for the values over the tallest column */
	BELOW = 280,
	NARROW_POINTS = 7,
	COLUMN_SHARE = 56, /* percent of its place that a column fills */
	LABEL_ROOM = 68,   /* tenths that a digit takes */
};

#define THOUSANDS_FROM "20000"

struct plot {
	struct page *page;
	const struct chart *chart;
	int width, height; /* tenths */
	size_t first, n;   /* points drawn */
	int64_t low, high; /* of the axis: whole steps, zero among them */
	int64_t step;
	bool in_thousands;
	LIST_OF(struct chart_mark) marks;
};

/* ---- the axis ---------------------------------------------------------------------------------- */

int64_t chart_step(int64_t range)
{
	static const int64_t leaps[] = { 1, 2, 5 };
	int64_t least = range / 4 + (range % 4 != 0), power = 1;

	for (;;) {
		for (size_t i = 0; i < ARRAY_LEN(leaps); i++) {
			if (power > INT64_MAX / leaps[i] || power * leaps[i] >= least)
				return power > INT64_MAX / leaps[i] ? INT64_MAX : power * leaps[i];
		}
		if (power > INT64_MAX / 10)
			return INT64_MAX;
		power *= 10;
	}
}

static int64_t add_capped(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return b > 0 ? INT64_MAX : INT64_MIN;
	return sum;
}

static size_t series_drawn(const struct chart *c)
{
	return c->kind == CHART_LINE ? 1 : c->n_series;
}

/* How high, and how deep below zero, the series of a point reach. */
static void reach_of(const struct chart *c, const struct chart_point *pt, int64_t *ret_low,
		     int64_t *ret_high)
{
	int64_t low = 0, high = 0;

	for (size_t s = 0; s < series_drawn(c); s++) {
		if (pt->minor[s] > 0)
			high = add_capped(high, pt->minor[s]);
		else
			low = add_capped(low, pt->minor[s]);
	}
	*ret_low = low;
	*ret_high = high;
}

static void widen(struct plot *d, int64_t low, int64_t high)
{
	if (low < d->low)
		d->low = low;
	if (high > d->high)
		d->high = high;
}

static void find_axis(struct plot *d)
{
	/* Past that, the drawing would not differ and the arithmetic would not fit. */
	const int64_t most = INT64_MAX / 8;
	int64_t from;

	for (size_t i = d->first; i < d->first + d->n; i++) {
		const struct chart_point *pt = &d->chart->point[i];
		int64_t low, high;

		reach_of(d->chart, pt, &low, &high);
		widen(d, low, high);
		if (pt->is_forecast)
			widen(d, pt->low_minor, pt->high_minor);
		if (pt->has_plan)
			widen(d, pt->plan_minor, pt->plan_minor);
	}
	d->low = d->low < -most ? -most : d->low;
	d->high = d->high > most ? most : d->high;
	d->step = chart_step(d->high - d->low);
	d->low = -((-d->low + d->step - 1) / d->step) * d->step;
	d->high = (d->high + d->step - 1) / d->step * d->step;
	if (d->high == d->low)
		d->high = d->low + d->step;
	/* In minor units of this currency. */
	d->in_thousands = amount_read(THOUSANDS_FROM, d->chart->currency, "en", &from, NULL) &&
			  (d->high >= from || -d->low >= from);
}

static int y_of(const struct plot *d, int64_t minor)
{
	int room = d->height - ABOVE - BELOW;
	int64_t up = 0;

	if (minor > d->high)
		minor = d->high;
	if (minor < d->low)
		minor = d->low;
	if (!minor_scale_round(minor - d->low, room, d->high - d->low, &up, NULL))
		up = 0;
	return d->height - BELOW - (int)up;
}

static int x_of(const struct plot *d, size_t i)
{
	int room = d->width - LEFT - RIGHT;

	return LEFT +
	       (int)((int64_t)room * (int64_t)(2 * (i - d->first) + 1) / (int64_t)(2 * d->n));
}

static int slot_of(const struct plot *d)
{
	return (d->width - LEFT - RIGHT) / (int)d->n;
}

/* ---- marks ------------------------------------------------------------------------------------- */

static void put(struct plot *d, const struct chart_mark *m)
{
	*LIST_ADD(d->page->arena, &d->marks) = *m;
}

static void put_text(struct plot *d, const char *look, int x, int y, const char *anchor,
		     const char *text)
{
	put(d, &(struct chart_mark){ .shape = CHART_TEXT,
				     .look = look,
				     .x = x,
				     .y = y,
				     .anchor = anchor,
				     .text = text });
}

static void put_stroke(struct plot *d, const char *look, int x1, int y1, int x2, int y2)
{
	put(d, &(struct chart_mark){
		       .shape = CHART_STROKE, .look = look, .x = x1, .y = y1, .w = x2, .h = y2 });
}

static void put_rect(struct plot *d, const char *look, int x, int y, int w, int h)
{
	put(d, &(struct chart_mark){
		       .shape = CHART_RECT, .look = look, .x = x, .y = y, .w = w, .h = h });
}

/* "486" or "486 k€": inside charts only. */
static const char *short_amount(struct plot *d, int64_t minor, bool with_unit)
{
	char *text = arena_alloc(d->page->arena, AMOUNT_TEXT);
	const char *currency = d->chart->currency, *language = d->page->language;

	if (with_unit)
		return d->in_thousands ? amount_thousands(minor, currency, language, text)
				       : amount_whole(minor, currency, language, text);
	return amount_scaled(minor, currency, d->in_thousands ? 3 : 0, language, text);
}

static void draw_axis(struct plot *d)
{
	for (int64_t v = d->low; v <= d->high; v += d->step) {
		int y = y_of(d, v);

		put_stroke(d, v == 0 ? "base" : "grid", LEFT, y, d->width - RIGHT, y);
		put_text(d, "", LEFT - 80, y + 40, "end",
			 short_amount(d, v, v + d->step > d->high));
	}
}

static void draw_label(struct plot *d, size_t i)
{
	put_text(d, "", x_of(d, i), d->height - 70, "middle", d->chart->point[i].label);
}

/* Where what is known ends: a stroke with a word on each side. */
static void draw_now(struct plot *d)
{
	for (size_t i = d->first + 1; i < d->first + d->n; i++) {
		int x = x_of(d, i) - slot_of(d) / 2;

		if (!d->chart->point[i].is_forecast || d->chart->point[i - 1].is_forecast)
			continue;
		put_stroke(d, "now", x, 60, x, d->height - BELOW);
		put_text(d, "", x - 50, 120, "end", tr(d->page->cat, "known"));
		put_text(d, "", x + 50, 120, "start", tr(d->page->cat, "forecast"));
	}
}

/* ---- columns ----------------------------------------------------------------------------------- */

static const char *look_of(struct plot *d, const char *state)
{
	return arena_printf(d->page->arena, "f-%s", state);
}

static void draw_piece(struct plot *d, const struct chart_point *pt, size_t s, int x, int y, int h)
{
	const struct chart_series *se = &d->chart->series[s];
	int w = slot_of(d) * COLUMN_SHARE / 100;

	if (h <= 0)
		return;
	put_rect(d, pt->is_forecast ? "open" : look_of(d, se->state), x - w / 2, y, w, h);
	if (!pt->is_forecast && (se->pattern || pt->is_running))
		put_rect(d, look_of(d, se->pattern ? se->pattern : "hatch"), x - w / 2, y, w, h);
}

static void draw_value(struct plot *d, size_t i, int64_t high)
{
	const struct chart_point *pt = &d->chart->point[i];
	int64_t top = pt->is_forecast && pt->high_minor > high ? pt->high_minor : high;
	const char *text = short_amount(d, high, false);

	if (pt->has_plan && pt->plan_minor > top)
		top = pt->plan_minor;
	if (high != 0 && (int)text_length(text) * LABEL_ROOM <= slot_of(d))
		put_text(d, "value", x_of(d, i), y_of(d, top) - 60, "middle", text);
}

static void draw_interval(struct plot *d, size_t i)
{
	const struct chart_point *pt = &d->chart->point[i];
	int x = x_of(d, i), low = y_of(d, pt->low_minor), high = y_of(d, pt->high_minor);

	put_stroke(d, "whisker", x, high, x, low);
	put_stroke(d, "whisker", x - 40, high, x + 40, high);
	put_stroke(d, "whisker", x - 40, low, x + 40, low);
}

static void draw_column(struct plot *d, size_t i)
{
	const struct chart_point *pt = &d->chart->point[i];
	int64_t high = 0, low = 0;
	int x = x_of(d, i), wing = slot_of(d) * 36 / 100;

	for (size_t s = 0; s < d->chart->n_series; s++) {
		int64_t *end = pt->minor[s] > 0 ? &high : &low;
		int from = y_of(d, *end), to;

		*end = add_capped(*end, pt->minor[s]);
		to = y_of(d, *end);
		draw_piece(d, pt, s, x, from < to ? from : to, from < to ? to - from : from - to);
	}
	if (pt->is_forecast)
		draw_interval(d, i);
	if (pt->has_plan)
		put_stroke(d, "plan", x - wing, y_of(d, pt->plan_minor), x + wing,
			   y_of(d, pt->plan_minor));
	draw_value(d, i, high);
}

/* ---- lines ------------------------------------------------------------------------------------- */

static void add_point(struct plot *d, struct buf *b, char letter, int x, int y)
{
	buf_printf(b, "%c%s %s", letter, chart_tenths(d->page, x), chart_tenths(d->page, y));
}

/* The points [from, to) joined by straight strokes. */
static void draw_path(struct plot *d, const char *look, size_t from, size_t to)
{
	struct buf b;

	if (to < from + 2)
		return;
	buf_init(&b, d->page->arena);
	for (size_t i = from; i < to; i++)
		add_point(d, &b, i == from ? 'M' : 'L', x_of(d, i),
			  y_of(d, d->chart->point[i].minor[0]));
	put(d, &(struct chart_mark){ .shape = CHART_PATH, .look = look, .text = buf_str(&b) });
}

/* The interval: a surface that opens at the last known point. */
static void draw_band(struct plot *d, size_t known, size_t end)
{
	struct buf b;

	buf_init(&b, d->page->arena);
	add_point(d, &b, 'M', x_of(d, known), y_of(d, d->chart->point[known].minor[0]));
	for (size_t i = known + 1; i < end; i++)
		add_point(d, &b, 'L', x_of(d, i), y_of(d, d->chart->point[i].high_minor));
	for (size_t i = end; i-- > known + 1;)
		add_point(d, &b, 'L', x_of(d, i), y_of(d, d->chart->point[i].low_minor));
	buf_puts(&b, "Z");
	put(d, &(struct chart_mark){ .shape = CHART_PATH, .look = "band", .text = buf_str(&b) });
}

static void draw_line(struct plot *d)
{
	size_t end = d->first + d->n, known = d->first;

	while (known < end && !d->chart->point[known].is_forecast)
		known++;
	if (known < end && known > d->first)
		draw_band(d, known - 1, end);
	draw_path(d, "line", d->first, known);
	draw_path(d, "line dashed", known > d->first ? known - 1 : known, end);
	if (known > d->first) {
		const struct chart_point *last = &d->chart->point[known - 1];
		int x = x_of(d, known - 1), y = y_of(d, last->minor[0]);

		put_rect(d, "dot", x - 30, y - 30, 60, 60);
		put_text(d, "value", x, y - 80, "middle", short_amount(d, last->minor[0], false));
	}
}

/* ---- the drawing ------------------------------------------------------------------------------- */

/* A phone has room for a few points: those around now, else the last. */
static void choose_points(struct plot *d, bool is_narrow)
{
	const struct chart *c = d->chart;
	size_t known = 0;

	d->n = c->n_points;
	if (!is_narrow || c->n_points <= NARROW_POINTS || c->kind == CHART_LINE)
		return;
	while (known < c->n_points && !c->point[known].is_forecast)
		known++;
	d->n = NARROW_POINTS;
	d->first = known > 4 ? known - 4 : 0;
	if (known == c->n_points || d->first > c->n_points - NARROW_POINTS)
		d->first = c->n_points - NARROW_POINTS;
}

/* Labels that would run into each other are left out, the last one is kept. */
static size_t label_every(const struct plot *d)
{
	size_t longest = 1, every = 1;

	for (size_t i = d->first; i < d->first + d->n; i++) {
		size_t length = text_length(d->chart->point[i].label);

		longest = length > longest ? length : longest;
	}
	while ((int64_t)slot_of(d) * (int64_t)every <
		       (int64_t)longest * LABEL_ROOM + LABEL_ROOM / 2 &&
	       every < d->n)
		every++;
	return every;
}

struct chart_drawing chart_draw(struct page *p, const struct chart *c, bool is_narrow)
{
	struct plot d = {
		.page = p,
		.chart = c,
		.width = 10 * (is_narrow  ? NARROW
			       : c->width ? c->width
					  : WIDE),
		.height = 10 * (is_narrow ? NARROW_HEIGHT : WIDE_HEIGHT),
	};
	size_t every;

	ENSURE(c->n_points > 0 && c->n_points <= CHART_POINTS_MAX);
	ENSURE(c->n_series > 0 && c->n_series <= CHART_SERIES_MAX);
	choose_points(&d, is_narrow);
	find_axis(&d);
	draw_axis(&d);
	every = label_every(&d);
	for (size_t i = d.first; i < d.first + d.n; i++) {
		if (c->kind == CHART_COLUMNS)
			draw_column(&d, i);
		if ((d.first + d.n - 1 - i) % every == 0)
			draw_label(&d, i);
	}
	if (c->kind == CHART_LINE)
		draw_line(&d);
	draw_now(&d);
	return (struct chart_drawing){ .width = d.width / 10,
				       .height = d.height / 10,
				       .mark = d.marks.at,
				       .n_marks = d.marks.n };
}

const char *chart_tenths(struct page *p, int tenths)
{
	int size = tenths < 0 ? -tenths : tenths;

	return arena_printf(p->arena, "%s%d.%d", tenths < 0 ? "-" : "", size / 10, size % 10);
}

void part_chart(struct page *p, const struct chart *c)
{
	struct chart_drawing wide = chart_draw(p, c, false), narrow = chart_draw(p, c, true);

	chart_svg(p, c, &wide, false);
	chart_svg(p, c, &narrow, true);
	chart_legend(p, c);
	chart_table(p, c);
}

bool chart_has(const struct chart *c, const char *what)
{
	for (size_t i = 0; i < c->n_points; i++) {
		const struct chart_point *pt = &c->point[i];

		bool is_column = c->kind == CHART_COLUMNS;

		if ((str_eq(what, "forecast") && pt->is_forecast) ||
		    (str_eq(what, "running") && pt->is_running && is_column) ||
		    (str_eq(what, "plan") && pt->has_plan && is_column))
			return true;
	}
	return false;
}

const char *chart_figure(struct page *p, const struct chart *c, const struct chart_point *pt,
			 size_t series)
{
	int64_t minor = 0;

	for (size_t s = 0; s < c->n_series; s++) {
		if (series == c->n_series || s == series)
			minor = add_capped(minor, pt->minor[s]);
	}
	return minor == 0 ? NULL : show_figure(p, minor, c->currency);
}

/* ---- small drawings ---------------------------------------------------------------------------- */

enum { SPARK_WIDTH = 640, SPARK_HEIGHT = 180, SPARK_EDGE = 30 };

void part_spark(struct page *p, const int64_t *value, size_t n, const char *label)
{
	int64_t low = INT64_MAX, high = INT64_MIN;
	int x = 0, y = 0;
	struct buf b;

	if (n < 2)
		return;
	for (size_t i = 0; i < n; i++) {
		low = value[i] < low ? value[i] : low;
		high = value[i] > high ? value[i] : high;
	}
	buf_init(&b, p->arena);
	for (size_t i = 0; i < n; i++) {
		int64_t up = (SPARK_HEIGHT - 2 * SPARK_EDGE) / 2, range;

		if (!__builtin_sub_overflow(high, low, &range) && range > 0 &&
		    !minor_scale_round(value[i] - low, SPARK_HEIGHT - 2 * SPARK_EDGE, range, &up,
				       NULL))
			up = 0;
		x = SPARK_EDGE + (int)((SPARK_WIDTH - 2 * SPARK_EDGE) * i / (n - 1));
		y = SPARK_HEIGHT - SPARK_EDGE - (int)up;
		buf_printf(&b, "%c%s %s", i ? 'L' : 'M', chart_tenths(p, x), chart_tenths(p, y));
	}
	chart_spark(p, buf_str(&b), chart_tenths(p, x - 20), chart_tenths(p, y - 20), label);
}

enum { PPM = 1000000 };

static int ppm_of(int64_t part, int64_t whole)
{
	int64_t ppm = 0;

	if (part <= 0 || whole <= 0)
		return 0;
	if (part >= whole || !minor_scale_round(part, PPM, whole, &ppm, NULL))
		return PPM;
	return (int)ppm;
}

static void gauge_words(struct page *p, const struct part_gauge *g, struct chart_gauge_view *v)
{
	int64_t over = g->used_minor - g->limit_minor;
	int used = ppm_of(g->used_minor, g->limit_minor);

	v->words = arena_printf(p->arena, tr(p->cat, "%s of %s"),
				show_amount(p, g->used_minor, g->currency),
				show_amount(p, g->limit_minor, g->currency));
	v->state = over > 0 ? "late-4" : used > 800000 ? "late-1" : "done";
	if (over > 0)
		v->state_words = arena_printf(p->arena, tr(p->cat, "Over by %s"),
					      show_amount(p, over, g->currency));
	else if (used > 800000)
		v->state_words = arena_printf(p->arena, tr(p->cat, "%s of the limit"),
					      show_percent(p, g->used_minor, g->limit_minor));
	else
		v->state_words = tr(p->cat, "Under the limit");
	v->label = arena_printf(p->arena, "%s. %s", v->words, v->state_words);
}

void part_gauge(struct page *p, const struct part_gauge *g)
{
	/* The limit stands a little before the end, so that what exceeds it shows. */
	int64_t most = g->used_minor > g->limit_minor ? g->used_minor : g->limit_minor;
	int64_t whole = most > INT64_MAX / 2 ? INT64_MAX : most + most / 16;
	bool has_cover = g->cover_minor >= 0 && g->cover_minor < g->limit_minor;
	int used = ppm_of(g->used_minor, whole), limit = ppm_of(g->limit_minor, whole);
	int cover = has_cover ? ppm_of(g->cover_minor, whole) : limit;
	struct part_piece piece[5] = { { .state = "well", .width_ppm = PPM } };
	struct chart_gauge_view v = { .piece = piece, .n_pieces = 1 };
	int in_limit = used < limit ? used : limit;

	piece[v.n_pieces++] =
		(struct part_piece){ .state = "fresh", .width_ppm = used < cover ? used : cover };
	if (in_limit > cover)
		piece[v.n_pieces++] = (struct part_piece){ .state = "late-2",
							   .pattern = "hatch",
							   .from_ppm = cover,
							   .width_ppm = in_limit - cover };
	if (used > limit)
		piece[v.n_pieces++] = (struct part_piece){ .state = "late-4",
							   .from_ppm = limit,
							   .width_ppm = used - limit };
	if (has_cover)
		v.cover_at = part_percent(p, cover);
	v.limit_at = part_percent(p, limit);
	gauge_words(p, g, &v);
	chart_gauge(p, &v);
}
