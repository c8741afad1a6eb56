/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet.h - what a letter and a statement have in common: the first page for a window envelope, the pages
 * after it, the table of documents, the payment block, and the making of the PDF file.
 *
 * Geometry (millimetres, French DL 110 x 220 with a window of 35 or 45 x 100): the address stands in
 * x 110-190, y 57-79; nothing else is drawn in x 90-200, y 34-90, where the window may show; sender at
 * x 20, y 12-55; dates and references at x 20-88, y 58-97; fold marks at y 99 and 198; body from y 101.
 */
#ifndef CHANNEL_SHEET_H
#define CHANNEL_SHEET_H

#include "channel/letter.h"
#include "channel/paper.h"

enum { SHEET_LEFT = 20, SHEET_TEXT_WIDTH = 170 };

struct sheet {
	const char *language;
	const struct letter_sender *sender;
	const char *const *address;
	size_t n_address;
	const char *delivery;
	const char *place_date;
	const struct letter_pair *references;
	size_t n_references;
	const char *title; /* of the file, and at the head of the pages after the first */
	const char *page_caption;
};

/* ERR_INVALID with the field when a text is missing, not UTF-8 or does not fit its place. */
bool sheet_check(const struct sheet *s, struct err *e) NODISCARD;
bool sheet_check_table(const struct letter_table *t, struct err *e) NODISCARD;
bool sheet_check_payment(const struct letter_payment *y, struct err *e) NODISCARD;
bool sheet_check_text(const char *text, const char *field, struct err *e) NODISCARD;

/* Everything of the first page but its body; the cursor is where the body begins. */
void sheet_first_page(struct paper *p, const struct sheet *s);

/* The head and foot of a further page; the cursor is below the head. */
void sheet_next_page(struct paper *p, const struct sheet *s);

/* The type of running text. */
struct paper_type sheet_body_type(const struct paper *p);

/* Paragraphs separated by empty lines, at the cursor. */
void sheet_paragraphs(struct paper *p, const char *text);

/* A heading that stays with what follows. */
void sheet_heading(struct paper *p, const char *text);

/* The table with its heads (repeated on each page) and totals, at the cursor. */
void sheet_table(struct paper *p, const struct letter_table *t);

/* Captions and values at the right, the last one strong: the totals of a table or an account. */
void sheet_totals(struct paper *p, const struct letter_pair *totals, size_t n);

/* How to pay, in one block that is never split. A QR text that cannot be drawn is left out (sheet_check
 * has refused it before). */
void sheet_payment(struct paper *p, const struct letter_payment *y);

/* ---- making the file ----------------------------------------------------------------------------- */

/* Draws a whole document: first page, body, and further pages by paper_break. */
typedef void sheet_draw(struct paper *p, const void *document);

/* Lays the document out to know its pages, once more a little closer when that may spare one, then draws it
 * on cr. Gives the number of pages. The last page is shown too. */
int sheet_print(cairo_t *cr, const char *language, sheet_draw *draw,
		void (*begin_page)(struct paper *, const void *), const void *document);

/* A PDF surface that writes through fn; author and title may be NULL. */
cairo_surface_t *sheet_surface(cairo_write_func_t fn, void *arg, int64_t created_at,
			       const char *title, const char *author);

/* One document as a file in ret, as letter_pdf. */
bool sheet_pdf(const struct sheet *s, sheet_draw *draw,
	       void (*begin_page)(struct paper *, const void *), const void *document,
	       int64_t created_at, struct buf *ret, int *ret_pages, struct err *e) NODISCARD;

#endif
