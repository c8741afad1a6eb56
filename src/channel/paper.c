/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/paper.h"

#include <math.h>
#include <pango/pangocairo.h>

static const double point_per_mm = 72.0 / 25.4;
static const char family[] = "Liberation Sans,DejaVu Sans";

static const double ink_colour[][3] = {
	[PAPER_BLACK] = { 0.11, 0.13, 0.16 },   [PAPER_GREY] = { 0.37, 0.41, 0.46 },
	[PAPER_ACCENT] = { 0.09, 0.30, 0.43 },  [PAPER_RULE] = { 0.78, 0.81, 0.84 },
	[PAPER_TINT] = { 0.955, 0.965, 0.975 },
};

static double mm(double points)
{
	return points / point_per_mm;
}

static double pt(double millimetres)
{
	return millimetres * point_per_mm;
}

static void drop_object(void *object)
{
	g_object_unref(object);
}

struct paper *paper_new(struct arena *a, cairo_t *cr, const char *language)
{
	struct paper *p = ARENA_NEW(a, struct paper);
	cairo_font_options_t *options = cairo_font_options_create();

	p->arena = a;
	p->cr = cr;
	p->language = language;
	p->page = 1;
	p->pango = pango_font_map_create_context(pango_cairo_font_map_get_default());
	arena_defer(a, drop_object, p->pango);
	/* Paper is not a screen: glyphs keep their true widths, so that measuring and drawing agree. */
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(p->pango, options);
	pango_cairo_context_set_resolution(p->pango, 72);
	pango_context_set_round_glyph_positions(p->pango, FALSE);
	pango_context_set_language(p->pango, pango_language_from_string(language));
	pango_context_set_base_dir(p->pango, PANGO_DIRECTION_LTR);
	cairo_font_options_destroy(options);
	return p;
}

void paper_break(struct paper *p)
{
	if (p->cr)
		cairo_show_page(p->cr);
	p->page++;
	p->begin_page(p, p->document);
}

void paper_need(struct paper *p, double height)
{
	if (p->y + height > p->bottom)
		paper_break(p);
}

/* ---- text ---------------------------------------------------------------------------------------- */

static void set_size(PangoLayout *layout, const struct paper_type *t, double size)
{
	PangoFontDescription *font = pango_font_description_new();

	pango_font_description_set_family_static(font, family);
	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_font_description_set_weight(font,
					  t->is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
}

/* width 0: one line. To be unreferenced. */
static PangoLayout *layout_of(struct paper *p, const struct paper_type *t, double width,
			      const char *text)
{
	PangoLayout *layout = pango_layout_new(p->pango);

	set_size(layout, t, t->size);
	pango_layout_set_auto_dir(layout, FALSE);
	if (width > 0) {
		pango_layout_set_width(layout, (int)(pt(width) * PANGO_SCALE));
		pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	} else {
		pango_layout_set_single_paragraph_mode(layout, TRUE);
	}
	pango_layout_set_text(layout, text, -1);
	return layout;
}

static double line_width(PangoLayoutLine *line)
{
	PangoRectangle logical;

	pango_layout_line_get_extents(line, NULL, &logical);
	return mm((double)logical.width / PANGO_SCALE);
}

static void use_ink(struct paper *p, enum paper_ink ink)
{
	cairo_set_source_rgb(p->cr, ink_colour[ink][0], ink_colour[ink][1], ink_colour[ink][2]);
}

static void draw_line(struct paper *p, const struct paper_type *t, double x, double y, double width,
		      PangoLayoutLine *line)
{
	double size = mm(t->size);
	/* The line's middle is that of the capitals: 0.72 of the size high. */
	double baseline = y + t->lead / 2 + size * 0.36;

	if (!p->cr)
		return;
	if (t->align == PAPER_RIGHT)
		x += width - line_width(line);
	else if (t->align == PAPER_CENTRE)
		x += (width - line_width(line)) / 2;
	use_ink(p, t->ink);
	cairo_move_to(p->cr, pt(x), pt(baseline));
	pango_cairo_show_layout_line(p->cr, line);
}

double paper_width(struct paper *p, const struct paper_type *t, const char *text)
{
	PangoLayout *layout = layout_of(p, t, 0, text);
	double width = line_width(pango_layout_get_line_readonly(layout, 0));

	g_object_unref(layout);
	return width;
}

double paper_height(struct paper *p, const struct paper_type *t, double width, const char *text)
{
	PangoLayout *layout = layout_of(p, t, width, text);
	int n = pango_layout_get_line_count(layout);

	g_object_unref(layout);
	return n * t->lead;
}

double paper_write(struct paper *p, const struct paper_type *t, double x, double y, double width,
		   const char *text)
{
	PangoLayout *layout = layout_of(p, t, width, text);
	int n = pango_layout_get_line_count(layout);

	for (int i = 0; i < n; i++)
		draw_line(p, t, x, y + i * t->lead, width,
			  pango_layout_get_line_readonly(layout, i));
	g_object_unref(layout);
	return n * t->lead;
}

void paper_write_fitted(struct paper *p, const struct paper_type *t, double x, double y,
			double width, const char *text)
{
	PangoLayout *layout;
	double natural;

	if (!p->cr)
		return; /* one line always: nothing to measure */
	layout = layout_of(p, t, 0, text);
	natural = line_width(pango_layout_get_line_readonly(layout, 0));
	/* In steps of a quarter point: the library keeps every size it has seen. */
	if (natural > width)
		set_size(layout, t, fmax(floor(t->size * width / natural * 4) / 4, 1));
	draw_line(p, t, x, y, width, pango_layout_get_line_readonly(layout, 0));
	g_object_unref(layout);
}

/* How many of the n lines left in a paragraph go on this page, where room lines have place. */
static int lines_here(int n, int room)
{
	if (n <= room)
		return n;
	/* Two lines at least on either side of the break. */
	if (n - room < 2)
		room = n - 2;
	return room < 2 ? 0 : room;
}

void paper_flow(struct paper *p, const struct paper_type *t, double x, double width,
		const char *text)
{
	PangoLayout *layout = layout_of(p, t, width, text);
	int n = pango_layout_get_line_count(layout);
	int done = 0;

	while (done < n) {
		int here = lines_here(n - done, (int)((p->bottom - p->y) / t->lead));

		for (int i = 0; i < here; i++, done++, p->y += t->lead)
			draw_line(p, t, x, p->y, width,
				  pango_layout_get_line_readonly(layout, done));
		if (done < n)
			paper_break(p);
	}
	g_object_unref(layout);
}

/* ---- shapes -------------------------------------------------------------------------------------- */

void paper_rule(struct paper *p, double x, double y, double width, double thickness,
		enum paper_ink ink)
{
	if (!p->cr)
		return;
	use_ink(p, ink);
	cairo_set_line_width(p->cr, pt(thickness));
	cairo_move_to(p->cr, pt(x), pt(y));
	cairo_line_to(p->cr, pt(x + width), pt(y));
	cairo_stroke(p->cr);
}

void paper_box(struct paper *p, double x, double y, double width, double height, double radius,
	       enum paper_ink ink)
{
	static const double right = 1.5707963267948966;
	double r = pt(radius);

	if (!p->cr || width <= 0)
		return;
	use_ink(p, ink);
	cairo_new_sub_path(p->cr);
	cairo_arc(p->cr, pt(x + width) - r, pt(y) + r, r, -right, 0);
	cairo_arc(p->cr, pt(x + width) - r, pt(y + height) - r, r, 0, right);
	cairo_arc(p->cr, pt(x) + r, pt(y + height) - r, r, right, 2 * right);
	cairo_arc(p->cr, pt(x) + r, pt(y) + r, r, 2 * right, 3 * right);
	cairo_close_path(p->cr);
	cairo_fill(p->cr);
}

/* The code as a picture of one bit per module: a tenth of the work of as many rectangles. */
static cairo_surface_t *modules_mask(const unsigned char *dark, int n)
{
	cairo_surface_t *mask = cairo_image_surface_create(CAIRO_FORMAT_A1, n, n);
	unsigned char *row = cairo_image_surface_get_data(mask);
	int stride = cairo_image_surface_get_stride(mask);

	ENSURE(row != NULL);
	cairo_surface_flush(mask);
	for (int y = 0; y < n; y++, row += stride) {
		for (int x = 0; x < n; x++) {
			/* A1 packs 32 pixels in a word of the machine's order. */
			uint32_t *word = (uint32_t *)(void *)(row + x / 32 * 4);
			uint32_t bit = (uint32_t)1 << (x % 32);

			if (dark[y * n + x])
				*word |= __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
						 ? bit
						 : (uint32_t)1 << (31 - x % 32);
		}
	}
	cairo_surface_mark_dirty(mask);
	return mask;
}

void paper_qr(struct paper *p, double x, double y, double side, const unsigned char *dark, int n)
{
	enum { QUIET = 4 };
	double module = pt(side) / (n + 2 * QUIET);
	cairo_surface_t *mask;
	cairo_pattern_t *pattern;

	if (!p->cr)
		return;
	cairo_set_source_rgb(p->cr, 1, 1, 1);
	cairo_rectangle(p->cr, pt(x), pt(y), pt(side), pt(side));
	cairo_fill(p->cr);
	mask = modules_mask(dark, n);
	pattern = cairo_pattern_create_for_surface(mask);
	cairo_pattern_set_filter(pattern, CAIRO_FILTER_NEAREST);
	cairo_save(p->cr);
	cairo_translate(p->cr, pt(x) + QUIET * module, pt(y) + QUIET * module);
	cairo_scale(p->cr, module, module);
	cairo_set_source_rgb(p->cr, 0, 0, 0);
	cairo_mask(p->cr, pattern);
	cairo_restore(p->cr);
	cairo_pattern_destroy(pattern);
	cairo_surface_destroy(mask);
}
