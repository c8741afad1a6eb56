/* SPDX-License-Identifier: Apache-2.0 */
/* Where the marks of a chart stand, and what its table says. */
#include "test.h"

#include "web/chart.h"

static struct page new_page(struct arena *a, const char *language)
{
	struct buf *out = ARENA_NEW(a, struct buf);

	buf_init(out, a);
	return (struct page){
		.out = out, .arena = a, .cat = catalogue_find(language), .language = language
	};
}

static void a_step_is_1_2_or_5_and_makes_few_lines(void **state)
{
	static const struct {
		int64_t range, step;
	} rows[] = {
		{ 0, 1 },
		{ 1, 1 },
		{ 4, 1 },
		{ 5, 2 },
		{ 9, 5 },
		{ 41, 20 },
		{ 100, 50 },
		{ 60000000, 20000000 },
		{ 61840000, 20000000 },
		{ INT64_MAX / 4, 1000000000000000000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (chart_step(rows[i].range) != rows[i].step)
			fail_msg("%" PRId64 ": %" PRId64, rows[i].range, chart_step(rows[i].range));
	}
	for (int64_t range = 1; range < 100000; range = range * 5 / 4 + 1) {
		int64_t step = chart_step(range);

		assert_true(4 * step >= range);
		assert_true(range < 5 || step <= range);
	}
}

static const struct chart_series two[] = { { "Not late", "fresh", NULL },
					   { "Late", "late-2", NULL } };

/* The rectangles of one look, in order. */
static size_t rects(const struct chart_drawing *d, const char *look, struct chart_mark *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_marks; i++) {
		if (d->mark[i].shape == CHART_RECT && str_eq(d->mark[i].look, look))
			ret[n++] = d->mark[i];
	}
	return n;
}

static void heights_are_in_proportion_and_pieces_stand_on_each_other(void **state)
{
	struct arena *a = arena_new(1 << 22);
	struct page p = new_page(a, "en");
	const struct chart_point pt[] = {
		{ .label = "a", .name = "A", .minor = { 10000000, 30000000 } },
		{ .label = "b", .name = "B", .minor = { 20000000, 0 } },
	};
	const struct chart c = { .id = "c",
				 .name = "C",
				 .currency = "EUR",
				 .point_head = "Month",
				 .series = two,
				 .n_series = 2,
				 .point = pt,
				 .n_points = 2 };
	struct chart_drawing d = chart_draw(&p, &c, false);
	struct chart_mark fresh[8], late[8];

	(void)state;
	assert_int_equal(rects(&d, "f-fresh", fresh), 2);
	assert_int_equal(rects(&d, "f-late-2", late), 1);
	assert_true(abs(late[0].h - 3 * fresh[0].h) <= 3);
	assert_true(abs(fresh[1].h - 2 * fresh[0].h) <= 3);
	assert_int_equal(late[0].y + late[0].h, fresh[0].y);
	assert_int_equal(fresh[0].x, late[0].x);
	assert_int_equal(fresh[0].y + fresh[0].h, fresh[1].y + fresh[1].h);
	arena_free(a);
}

/* Credits hang below zero; a forecast is never drawn as if it were known; nothing leaves the drawing. */
static void what_is_below_zero_forecast_or_huge_stays_in_the_drawing(void **state)
{
	static const int64_t sizes[] = { 1, 199, 12345678, INT64_MAX / 16, INT64_MAX };

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
		struct arena *a = arena_new(1 << 22);
		struct page p = new_page(a, "fr");
		const struct chart_point pt[] = {
			{ .label = "a", .name = "A", .minor = { sizes[k] } },
			{ .label = "b", .name = "B", .minor = { -sizes[k] } },
			{ .label = "c",
			  .name = "C",
			  .minor = { sizes[k] },
			  .is_forecast = true,
			  .low_minor = sizes[k] / 2,
			  .high_minor = sizes[k] },
		};
		struct chart c = { .id = "c",
				   .name = "C",
				   .currency = "EUR",
				   .point_head = "M",
				   .series = two,
				   .n_series = 1,
				   .point = pt,
				   .n_points = 3 };

		for (int kind = CHART_COLUMNS; kind <= CHART_LINE; kind++) {
			c.kind = (enum chart_kind)kind;
			for (int narrow = 0; narrow < 2; narrow++) {
				struct chart_drawing d = chart_draw(&p, &c, narrow);
				struct chart_mark known[8];

				for (size_t i = 0; i < d.n_marks; i++) {
					const struct chart_mark *m = &d.mark[i];
					int y2 = m->shape == CHART_RECT ? m->y + m->h : m->y;

					assert_in_range(m->x, 0, 10 * d.width);
					assert_in_range(m->y, 0, 10 * d.height);
					assert_in_range(y2, 0, 10 * d.height);
				}
				if (c.kind == CHART_COLUMNS)
					assert_int_equal(rects(&d, "f-fresh", known), 2);
			}
		}
		arena_free(a);
	}
}

static void a_phone_is_shown_the_points_around_now(void **state)
{
	struct arena *a = arena_new(1 << 22);
	struct page p = new_page(a, "fr");
	struct chart_point pt[13] = { 0 };
	const struct chart c = { .id = "c",
				 .name = "C",
				 .currency = "EUR",
				 .point_head = "M",
				 .series = two,
				 .n_series = 1,
				 .point = pt,
				 .n_points = 13 };
	struct chart_mark known[16], open[16];
	struct chart_drawing d;

	(void)state;
	for (int i = 0; i < 13; i++)
		pt[i] = (struct chart_point){ .label = "x",
					      .name = "x",
					      .minor = { 1000 },
					      .is_forecast = i >= 8,
					      .low_minor = 500,
					      .high_minor = 1500 };
	d = chart_draw(&p, &c, true);
	assert_int_equal(rects(&d, "f-fresh", known), 4);
	assert_int_equal(rects(&d, "open", open), 3);
	arena_free(a);
}

static void the_table_has_every_figure_to_the_cent(void **state)
{
	struct arena *a = arena_new(1 << 22);
	struct page p = new_page(a, "en");
	const struct chart_point pt[] = {
		{ .label = "a", .name = "<A>", .minor = { 123456, -6 }, .url = { "/items?x=1" } },
		{ .label = "b", .name = "B" },
	};
	const struct chart c = { .id = "c",
				 .name = "C",
				 .currency = "EUR",
				 .point_head = "Month",
				 .series = two,
				 .n_series = 2,
				 .point = pt,
				 .n_points = 2 };
	const char *text;

	(void)state;
	chart_table(&p, &c);
	text = buf_str(p.out);
	assert_non_null(strstr(text, "<a class=\"still\" href=\"/items?x=1\">1,234.56</a>"));
	assert_non_null(strstr(text, "−0.06"));
	assert_non_null(strstr(text, "1,234.50"));
	assert_non_null(strstr(text, "&lt;A&gt;"));
	assert_null(strstr(text, "0.00"));
	arena_free(a);
}

static const char *gauge_of(struct arena *a, int64_t used, int64_t limit, int64_t cover)
{
	struct page p = new_page(a, "en");

	part_gauge(&p, &(struct part_gauge){ used, limit, cover, "EUR" });
	return buf_str(p.out);
}

static void a_gauge_tells_under_near_and_over(void **state)
{
	struct arena *a = arena_new(1 << 22);
	const char *over;

	(void)state;
	assert_non_null(strstr(gauge_of(a, 6200000, 15000000, 10000000), "Under the limit"));
	assert_null(strstr(gauge_of(a, 6200000, 15000000, 10000000), "f-hatch"));
	assert_non_null(strstr(gauge_of(a, 13284066, 15000000, 10000000), "88.6% of the limit"));
	assert_non_null(strstr(gauge_of(a, 13284066, 15000000, 10000000), "f-hatch"));
	over = gauge_of(a, 15601000, 15000000, 10000000);
	assert_non_null(strstr(over, "Over by €6,010.00"));
	assert_non_null(strstr(over, "f-late-4"));
	assert_null(strstr(gauge_of(a, 15000000, 15000000, -1), "f-late-4"));
	assert_null(strstr(gauge_of(a, -500, 15000000, -1), "f-late-4"));
	assert_non_null(strstr(gauge_of(a, INT64_MAX, INT64_MAX / 2, -1), "f-late-4"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_is_1_2_or_5_and_makes_few_lines),
		cmocka_unit_test(heights_are_in_proportion_and_pieces_stand_on_each_other),
		cmocka_unit_test(what_is_below_zero_forecast_or_huge_stays_in_the_drawing),
		cmocka_unit_test(a_phone_is_shown_the_points_around_now),
		cmocka_unit_test(the_table_has_every_figure_to_the_cent),
		cmocka_unit_test(a_gauge_tells_under_near_and_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
