/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/sheet.h"

#include "base/clock.h"
#include "base/text.h"
#include "channel/email_encode.h"
#include "channel/typography.h"

#include <cairo-pdf.h>
#include <stdio.h>

enum {
	FIELD_MAX = 600,
	BODY_MAX = 60000,
	SENDER_LINES_MAX = 9,
	REFERENCES_MAX = 5,
	ARENA = 64 << 20
};

/* ---- the window ---------------------------------------------------------------------------------- */

static const double address_x = 110, address_y = 57, address_width = 80, address_height = 22;
static const double fold_y[] = { 99, 198 };
static const double body_y = 101, next_y = 30, bottom_y = 272, foot_y = 280;

/* The largest type between 9.5 and 8 points in which the address fits its box; false when none does. */
static bool address_type(struct paper *p, const struct sheet *s, struct paper_type *ret)
{
	double lead = address_height / (s->n_address > 6 ? (double)s->n_address : 6);
	struct paper_type t = { .lead = lead > 3.6 ? 3.6 : lead, .ink = PAPER_BLACK };

	for (t.size = s->n_address > 6 ? 8.5 : 9.5; t.size >= 8; t.size -= 0.5) {
		bool fits = true;

		for (size_t i = 0; i < s->n_address; i++)
			fits = fits && paper_width(p, &t, s->address[i]) <= address_width;
		if (fits) {
			*ret = t;
			return true;
		}
	}
	return false;
}

static void draw_address(struct paper *p, const struct sheet *s)
{
	struct paper_type t;

	if (!address_type(p, s, &t))
		return; /* sheet_check has refused it */
	for (size_t i = 0; i < s->n_address; i++)
		paper_write(p, &t, address_x, address_y + (double)i * t.lead, address_width,
			    encode_one_line(p->arena, s->address[i]));
}

/* ---- checks -------------------------------------------------------------------------------------- */

static bool check_size(const char *text, size_t max, const char *field, struct err *e)
{
	if (!text)
		return true;
	if (strlen(text) > max)
		return err_field(e, ERR_INVALID, field, "the %s is too long for a letter", field);
	if (!text_is_utf8(text, strlen(text)))
		return err_field(e, ERR_INVALID, field, "the %s is not UTF-8", field);
	return true;
}

bool sheet_check_text(const char *text, const char *field, struct err *e)
{
	return check_size(text, BODY_MAX, field, e);
}

static bool check_pairs(const struct letter_pair *pair, size_t n, const char *field, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (!check_size(pair[i].caption, FIELD_MAX, field, e) ||
		    !check_size(pair[i].value, FIELD_MAX, field, e))
			return false;
	return true;
}

static bool check_address(const struct sheet *s, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct paper_type t;

	if (s->n_address == 0 || s->n_address > LETTER_ADDRESS_LINES)
		return err_field(e, ERR_INVALID, "address",
				 "a postal address has 1 to 7 lines, this one %zu", s->n_address);
	for (size_t i = 0; i < s->n_address; i++) {
		if (str_empty(s->address[i]))
			return err_field(e, ERR_INVALID, "address",
					 "the address has an empty line");
		if (!check_size(s->address[i], FIELD_MAX, "address", e))
			return false;
	}
	if (!address_type(paper_new(a, NULL, s->language), s, &t))
		return err_field(e, ERR_INVALID, "address",
				 "the address of \"%.80s\" does not fit the envelope's window",
				 s->address[0]);
	return true;
}

bool sheet_check(const struct sheet *s, struct err *e)
{
	if (str_empty(s->language) || strlen(s->language) > 20)
		return err_field(e, ERR_INVALID, "language", "the letter has no language");
	if (str_empty(s->sender->name))
		return err_field(e, ERR_INVALID, "sender", "the letter has no sender");
	if (s->sender->n_lines > SENDER_LINES_MAX)
		return err_field(e, ERR_INVALID, "sender", "the sender has more than %d lines",
				 SENDER_LINES_MAX);
	for (size_t i = 0; i < s->sender->n_lines; i++)
		if (!check_size(s->sender->lines[i], FIELD_MAX, "sender", e))
			return false;
	if (s->n_references > REFERENCES_MAX)
		return err_field(e, ERR_INVALID, "references", "more than %d references",
				 REFERENCES_MAX);
	return check_size(s->sender->name, FIELD_MAX, "sender", e) &&
	       check_size(s->sender->legal, FIELD_MAX, "sender", e) && check_address(s, e) &&
	       check_size(s->delivery, FIELD_MAX, "delivery", e) &&
	       check_size(s->place_date, FIELD_MAX, "place_date", e) &&
	       check_pairs(s->references, s->n_references, "references", e) &&
	       check_size(s->title, FIELD_MAX, "subject", e) &&
	       check_size(s->page_caption, FIELD_MAX, "page_caption", e);
}

static bool check_row(const struct letter_row *r, struct err *e)
{
	return check_size(r->document, FIELD_MAX, "table", e) &&
	       check_size(r->issued, FIELD_MAX, "table", e) &&
	       check_size(r->due, FIELD_MAX, "table", e) &&
	       check_size(r->late, FIELD_MAX, "table", e) &&
	       check_size(r->amount, FIELD_MAX, "table", e) &&
	       check_size(r->open, FIELD_MAX, "table", e);
}

bool sheet_check_table(const struct letter_table *t, struct err *e)
{
	for (size_t i = 0; i < t->n_rows; i++)
		if (!check_row(&t->rows[i], e))
			return false;
	return check_row(&t->heads, e) && check_pairs(t->totals, t->n_totals, "table", e);
}

/* ---- pages --------------------------------------------------------------------------------------- */

static void draw_foot(struct paper *p, const struct sheet *s)
{
	const struct paper_type legal = {
		.size = 6.8, .lead = 3.1, .ink = PAPER_GREY, .align = PAPER_CENTRE
	};
	const struct paper_type number = {
		.size = 7.5, .lead = 3.4, .ink = PAPER_GREY, .align = PAPER_RIGHT
	};
	char text[80];

	if (!str_empty(s->sender->legal)) {
		paper_rule(p, SHEET_LEFT, foot_y - 1.6, SHEET_TEXT_WIDTH, 0.15, PAPER_RULE);
		paper_write(p, &legal, SHEET_LEFT, foot_y, SHEET_TEXT_WIDTH,
			    typography(p->arena, s->sender->legal, p->language));
	}
	if (str_empty(s->page_caption) || p->n_pages == 0)
		return;
	snprintf(text, sizeof text, "%.40s %d/%d", s->page_caption, p->page, p->n_pages);
	paper_write(p, &number, SHEET_LEFT, foot_y - 5.6, SHEET_TEXT_WIDTH, text);
}

static void draw_sender(struct paper *p, const struct letter_sender *s)
{
	const struct paper_type name = {
		.size = 12, .lead = 5.4, .is_bold = true, .ink = PAPER_ACCENT
	};
	const struct paper_type line = { .size = 8.2, .lead = 3.7, .ink = PAPER_GREY };
	double y = 12;

	y += paper_write(p, &name, SHEET_LEFT, y, 68, encode_one_line(p->arena, s->name)) + 1;
	for (size_t i = 0; i < s->n_lines; i++, y += line.lead)
		paper_write_fitted(p, &line, SHEET_LEFT, y, 68,
				   encode_one_line(p->arena, s->lines[i]));
}

/* Date, way of delivery and references: left of what the window may show. */
static void draw_references(struct paper *p, const struct sheet *s)
{
	const struct paper_type date = { .size = 9, .lead = 4.4, .ink = PAPER_BLACK };
	const struct paper_type strong = { .size = 8.2, .lead = 3.8, .is_bold = true };
	const struct paper_type caption = { .size = 8, .lead = 4.2, .ink = PAPER_GREY };
	const struct paper_type value = { .size = 8.6, .lead = 4.2 };
	double y = 58, column = 0;

	if (s->place_date)
		y += paper_write(p, &date, SHEET_LEFT, y, 66, s->place_date) + 1.6;
	if (s->delivery)
		y += paper_write(p, &strong, SHEET_LEFT, y, 66, s->delivery) + 1.6;
	for (size_t i = 0; i < s->n_references; i++) {
		double w = paper_width(p, &caption, s->references[i].caption);

		column = w > column ? w : column;
	}
	column = column > 34 ? 34 : column + 3;
	for (size_t i = 0; i < s->n_references; i++, y += caption.lead) {
		paper_write_fitted(p, &caption, SHEET_LEFT, y, column - 1,
				   s->references[i].caption);
		paper_write_fitted(p, &value, SHEET_LEFT + column, y, 66 - column,
				   encode_one_line(p->arena, s->references[i].value));
	}
}

void sheet_first_page(struct paper *p, const struct sheet *s)
{
	draw_sender(p, s->sender);
	draw_address(p, s);
	draw_references(p, s);
	for (size_t i = 0; i < ARRAY_LEN(fold_y); i++)
		paper_rule(p, 4, fold_y[i], 5, 0.15, PAPER_RULE);
	draw_foot(p, s);
	p->bottom = bottom_y;
	p->y = body_y;
}

void sheet_next_page(struct paper *p, const struct sheet *s)
{
	const struct paper_type name = {
		.size = 8.2, .lead = 4, .is_bold = true, .ink = PAPER_ACCENT
	};
	const struct paper_type title = {
		.size = 8.2, .lead = 4, .ink = PAPER_GREY, .align = PAPER_RIGHT
	};

	paper_write_fitted(p, &name, SHEET_LEFT, 16, 70,
			   encode_one_line(p->arena, s->sender->name));
	if (s->title)
		paper_write_fitted(p, &title, 95, 16, 95, encode_one_line(p->arena, s->title));
	paper_rule(p, SHEET_LEFT, 21.5, SHEET_TEXT_WIDTH, 0.2, PAPER_RULE);
	draw_foot(p, s);
	p->bottom = bottom_y;
	p->y = next_y;
}

struct paper_type sheet_body_type(const struct paper *p)
{
	if (p->is_tight)
		return (struct paper_type){ .size = 9.3, .lead = 4.25 };
	return (struct paper_type){ .size = 9.8, .lead = 4.7 };
}

void sheet_paragraphs(struct paper *p, const char *text)
{
	const struct paper_type body = sheet_body_type(p);

	while (text && *text) {
		const char *end = strstr(text, "\n\n");
		size_t n = end ? (size_t)(end - text) : strlen(text);

		if (n > 0) {
			paper_flow(p, &body, SHEET_LEFT, SHEET_TEXT_WIDTH,
				   typography(p->arena, arena_strndup(p->arena, text, n),
					      p->language));
			p->y += p->is_tight ? 1.6 : 2.4;
		}
		text += n;
		text += strspn(text, "\n");
	}
}

void sheet_heading(struct paper *p, const char *text)
{
	const struct paper_type heading = {
		.size = 10, .lead = 5, .is_bold = true, .ink = PAPER_ACCENT
	};

	if (str_empty(text))
		return;
	paper_need(p, 24);
	paper_write_fitted(p, &heading, SHEET_LEFT, p->y, SHEET_TEXT_WIDTH, text);
	p->y += 7;
}

/* ---- making the file ----------------------------------------------------------------------------- */

struct printing {
	const char *language;
	sheet_draw *draw;
	void (*begin_page)(struct paper *, const void *);
	const void *document;
};

/* Draws on cr, or measures when it is NULL; gives the number of pages. */
static int draw_once(const struct printing *d, cairo_t *cr, bool is_tight, int n_pages)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct paper *p = paper_new(a, cr, d->language);

	p->is_tight = is_tight;
	p->n_pages = n_pages;
	p->begin_page = d->begin_page;
	p->document = d->document;
	d->draw(p, d->document);
	return p->page;
}

int sheet_print(cairo_t *cr, const char *language, sheet_draw *draw,
		void (*begin_page)(struct paper *, const void *), const void *document)
{
	const struct printing d = { language, draw, begin_page, document };
	int n_pages = draw_once(&d, NULL, false, 0);
	int n_tight = n_pages > 1 ? draw_once(&d, NULL, true, 0) : n_pages;
	bool is_tight = n_tight < n_pages;

	if (is_tight)
		n_pages = n_tight;
	ENSURE(draw_once(&d, cr, is_tight, n_pages) == n_pages);
	cairo_show_page(cr);
	return n_pages;
}

cairo_surface_t *sheet_surface(cairo_write_func_t fn, void *arg, int64_t created_at,
			       const char *title, const char *author)
{
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
		fn, arg, PAPER_WIDTH * 72.0 / 25.4, PAPER_HEIGHT * 72.0 / 25.4);
	char when[CLOCK_TEXT];

	/* Whole seconds, as the format of the metadata wants them. */
	clock_format(created_at, when);
	snprintf(when + 19, sizeof when - 19, "Z");
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, when);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, when);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Encours");
	if (title)
		cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
	if (author)
		cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, author);
	return surface;
}

static cairo_status_t add_to_buf(void *arg, const unsigned char *bytes, unsigned int n)
{
	buf_add(arg, bytes, n);
	return CAIRO_STATUS_SUCCESS;
}

bool sheet_pdf(const struct sheet *s, sheet_draw *draw,
	       void (*begin_page)(struct paper *, const void *), const void *document,
	       int64_t created_at, struct buf *ret, int *ret_pages, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	cairo_surface_t *surface;
	cairo_status_t status;
	struct buf bytes;
	cairo_t *cr;
	int n_pages;

	/* The bytes gather in an arena that nobody leaves in mid-drawing, and are copied at the end. */
	buf_init(&bytes, a);
	surface = sheet_surface(add_to_buf, &bytes, created_at, s->title, s->sender->name);
	cr = cairo_create(surface);
	n_pages = sheet_print(cr, s->language, draw, begin_page, document);
	cairo_destroy(cr);
	cairo_surface_finish(surface);
	status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (status != CAIRO_STATUS_SUCCESS)
		return err_set(e, ERR_INTERNAL, "could not draw the document: %s",
			       cairo_status_to_string(status));
	buf_add(ret, bytes.data, bytes.len);
	if (ret_pages)
		*ret_pages = n_pages;
	return true;
}
