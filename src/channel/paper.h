/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paper.h - A4 pages in millimetres: text, rules, and the cursor that flows over pages.
 *
 * The drawing board of letter.h and statement_pdf.h. Positions and widths are millimetres from the sheet's
 * upper left corner, type sizes are points. A board without a surface measures only: laying a document out
 * once on such a board gives the number of pages that the second, drawn, pass prints.
 */
#ifndef CHANNEL_PAPER_H
#define CHANNEL_PAPER_H

#include "base/arena.h"

#include <cairo.h>

enum { PAPER_WIDTH = 210, PAPER_HEIGHT = 297 };

enum paper_align { PAPER_LEFT, PAPER_CENTRE, PAPER_RIGHT };
enum paper_ink { PAPER_BLACK, PAPER_GREY, PAPER_ACCENT, PAPER_RULE, PAPER_TINT };

struct paper_type {
	double size; /* points */
	double lead; /* millimetres from line to line */
	bool is_bold;
	enum paper_ink ink;
	enum paper_align align;
};

struct paper {
	cairo_t *cr; /* NULL: measure only */
	struct arena *arena;
	struct _PangoContext *pango;
	const char *language;
	double y;      /* the flow's cursor: top of what comes next */
	double bottom; /* nothing flows below */
	int page;      /* 1 is the first of this document */
	bool is_tight; /* the document is set a little closer, to spare a page */
	int n_pages;   /* 0 while measuring */
	/* Called by paper_break on the fresh page; sets y. */
	void (*begin_page)(struct paper *p, const void *document);
	const void *document;
};

/* A board that draws on cr (NULL: measures). language is a BCP 47 tag. */
struct paper *paper_new(struct arena *a, cairo_t *cr, const char *language);

/* Ends the page and begins the next. */
void paper_break(struct paper *p);

/* Breaks unless height fits above the bottom. */
void paper_need(struct paper *p, double height);

/* Width of text on one line. */
double paper_width(struct paper *p, const struct paper_type *t, const char *text);

/* Height of text wrapped to width. */
double paper_height(struct paper *p, const struct paper_type *t, double width, const char *text);

/* Writes text wrapped to width with its first line's top at x, y; gives its height. */
double paper_write(struct paper *p, const struct paper_type *t, double x, double y, double width,
		   const char *text);

/* Writes one line, in smaller type when it is wider than width: an amount is never wrapped nor cut. */
void paper_write_fitted(struct paper *p, const struct paper_type *t, double x, double y,
			double width, const char *text);

/* Writes at the cursor over as many pages as needed, never leaving one line of a paragraph alone. */
void paper_flow(struct paper *p, const struct paper_type *t, double x, double width,
		const char *text);

void paper_rule(struct paper *p, double x, double y, double width, double thickness,
		enum paper_ink ink);
void paper_box(struct paper *p, double x, double y, double width, double height, double radius,
	       enum paper_ink ink);

/* Modules as epc_qr_modules gives them, in a square of the given side with its quiet zone inside. */
void paper_qr(struct paper *p, double x, double y, double side, const unsigned char *dark,
	      int n_modules);

#endif
