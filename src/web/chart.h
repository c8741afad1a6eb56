/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chart.h - charts drawn by the server as SVG: columns, lines, gauges, sparklines.
 *
 * Drawn twice, for wide screens and for phones, from classes of app.css alone; the figures stand behind, one
 * click away, to the cent. The same everywhere: what is known is solid, what is forecast is dashed with its
 * 80 % interval, what is promised dotted, what is disputed hatched, a plan a black stroke. The axis holds
 * zero.
 *
 *	const struct chart c = { .id = "received", .name = tr(p->cat, "Received by week"), ... };
 *	part_chart(p, &c);
 *
 * Amounts are of one currency; texts arrive translated.
 */
#ifndef WEB_CHART_H
#define WEB_CHART_H

#include "web/parts.h"

enum { CHART_SERIES_MAX = 8, CHART_POINTS_MAX = 60 };

enum chart_kind {
	CHART_COLUMNS, /* the series of a point stand on each other */
	CHART_LINE     /* the first series alone */
};

struct chart_series {
	const char *text;
	const char *state;   /* colours it, as the states of parts.h; "act" for no state */
	const char *pattern; /* "hatch", "dots" or NULL */
};

struct chart_point {
	const char *label;                     /* under the axis: "16/11" */
	const char *name;                      /* in the table: "Week of 16/11/2026" */
	int64_t minor[CHART_SERIES_MAX];       /* one per series */
	const char *url[CHART_SERIES_MAX + 1]; /* what each is made of, then the sum; NULL: none */
	bool is_forecast;                      /* low_minor to high_minor is its 80 % interval */
	bool is_running;                       /* its time is not over yet */
	bool has_plan;
	int64_t low_minor, high_minor, plan_minor;
};

struct chart {
	const char *id; /* unique in the page */
	const char *name;
	const char *currency;
	const char *point_head; /* of the table's first column */
	enum chart_kind kind;
	int width; /* of the wide drawing, in pixels: about that of its panel; 0: 640 */
	const struct chart_series *series;
	size_t n_series;
	const struct chart_point *point;
	size_t n_points;
};

/* The chart, its legend and its table. ENSUREs 1 to CHART_POINTS_MAX points, 1 to CHART_SERIES_MAX series. */
void part_chart(struct page *p, const struct chart *c);

/* How a few values went, without axis: beside a figure. label says it in words. */
void part_spark(struct page *p, const int64_t *value, size_t n, const char *label);

/* What is owed against a limit: solid up to the cover, hatched beyond it, dark past the limit. */
struct part_gauge {
	int64_t used_minor;
	int64_t limit_minor;
	int64_t cover_minor; /* what an insurer bears; negative: there is none, all counts as covered */
	const char *currency;
};

/* The bar, with its words before it: "62 000,00 € of 150 000,00 €" and the state. */
void part_gauge(struct page *p, const struct part_gauge *g);

/* ---- for chart.th and the tests ------------------------------------------------------------------ */

enum chart_shape { CHART_RECT, CHART_STROKE, CHART_PATH, CHART_TEXT };

/* One element of a drawing, its numbers in tenths of a unit of the drawing. */
struct chart_mark {
	enum chart_shape shape;
	const char *look; /* class */
	int x, y;         /* corner, beginning, or anchor */
	int w, h;         /* size of a rectangle; end of a stroke */
	const char *text; /* of a text; the path itself */
	const char *anchor;
};

struct chart_drawing {
	int width, height; /* in units */
	struct chart_mark *mark;
	size_t n_marks;
};

/* The drawing for a wide screen, or for a phone, which leaves points out. */
struct chart_drawing chart_draw(struct page *p, const struct chart *c, bool is_narrow);

/* A step of an axis over range with few lines: 1, 2 or 5 times a power of ten, at least range / 4. */
int64_t chart_step(int64_t range);

const char *chart_tenths(struct page *p, int tenths); /* "12.3" */
void chart_svg(struct page *p, const struct chart *c, const struct chart_drawing *d,
	       bool is_narrow);
void chart_legend(struct page *p, const struct chart *c);
void chart_table(struct page *p, const struct chart *c);
/* The sum of a point's series, written; and one of them. An en dash for nothing. */
const char *chart_figure(struct page *p, const struct chart *c, const struct chart_point *pt,
			 size_t series);
bool chart_has(const struct chart *c, const char *what); /* "forecast", "running", "plan" */

struct chart_gauge_view {
	const char *words; /* used of limit */
	const char *state, *state_words;
	const char *label;
	const struct part_piece *piece;
	size_t n_pieces;
	const char *cover_at; /* percent; NULL: no mark */
	const char *limit_at;
};

void chart_spark(struct page *p, const char *path, const char *x, const char *y, const char *label);
void chart_gauge(struct page *p, const struct chart_gauge_view *v);

#endif
