/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/letter.h"

#include "channel/sheet.h"
#include "channel/typography.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- one letter ---------------------------------------------------------------------------------- */

static struct sheet sheet_of(const struct letter *l)
{
	return (struct sheet){ .language = l->language,
			       .sender = &l->sender,
			       .address = l->address,
			       .n_address = l->n_address,
			       .delivery = l->delivery,
			       .place_date = l->place_date,
			       .references = l->references,
			       .n_references = l->n_references,
			       .title = l->subject,
			       .page_caption = l->page_caption };
}

static bool check(const struct letter *l, struct err *e)
{
	struct sheet s = sheet_of(l);

	return sheet_check(&s, e) && sheet_check_text(l->subject_caption, "subject", e) &&
	       sheet_check_text(l->opening, "opening", e) && sheet_check_table(&l->table, e) &&
	       sheet_check_text(l->closing, "closing", e) &&
	       sheet_check_text(l->signature, "signature", e) &&
	       sheet_check_payment(&l->payment, e);
}

static void draw_subject(struct paper *p, const struct letter *l)
{
	const struct paper_type caption = { .size = 10, .lead = 5, .ink = PAPER_GREY };
	const struct paper_type subject = { .size = 10.5, .lead = 5, .is_bold = true };
	double indent = 0;

	if (str_empty(l->subject))
		return;
	if (l->subject_caption) {
		const char *text = arena_printf(p->arena, "%s :", l->subject_caption);

		/* French sets a space before the colon, which typography keeps from breaking. */
		if (!str_starts(l->language, "fr"))
			text = arena_printf(p->arena, "%s:", l->subject_caption);
		text = typography(p->arena, text, l->language);
		indent = paper_width(p, &caption, text) + 2;
		paper_write(p, &caption, SHEET_LEFT, p->y, indent + 1, text);
	}
	p->y += paper_write(p, &subject, SHEET_LEFT + indent, p->y, SHEET_TEXT_WIDTH - indent,
			    typography(p->arena, l->subject, p->language));
	p->y += p->is_tight ? 2.8 : 4;
}

static void draw_signature(struct paper *p, const char *text)
{
	const struct paper_type type = sheet_body_type(p);
	const double x = 120, width = 70;

	if (str_empty(text))
		return;
	p->y += 1;
	paper_need(p, paper_height(p, &type, width, text));
	p->y += paper_write(p, &type, x, p->y, width, text) + 3;
}

static void begin_page(struct paper *p, const void *document)
{
	struct sheet s = sheet_of(document);

	sheet_next_page(p, &s);
}

static void draw(struct paper *p, const void *document)
{
	const struct letter *l = document;
	struct sheet s = sheet_of(l);

	sheet_first_page(p, &s);
	draw_subject(p, l);
	sheet_paragraphs(p, l->opening);
	p->y += 1;
	sheet_table(p, &l->table);
	sheet_paragraphs(p, l->closing);
	draw_signature(p, l->signature);
	sheet_payment(p, &l->payment);
}

bool letter_pdf(const struct letter *l, int64_t created_at, struct buf *ret, int *ret_pages,
		struct err *e)
{
	struct sheet s = sheet_of(l);

	return check(l, e) && sheet_pdf(&s, draw, begin_page, l, created_at, ret, ret_pages, e);
}

/* ---- a print file -------------------------------------------------------------------------------- */

struct letter_batch {
	char *path;
	char *part; /* name until it is whole */
	FILE *file;
	cairo_surface_t *surface;
	cairo_t *cr;
	int n_pages;
};

static cairo_status_t write_file(void *arg, const unsigned char *bytes, unsigned int n)
{
	return fwrite(bytes, 1, n, arg) == n ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

bool letter_batch_open(const char *path, int64_t created_at, struct letter_batch **ret,
		       struct err *e)
{
	struct letter_batch *b = calloc(1, sizeof *b);

	ENSURE(b && asprintf(&b->path, "%s", path) >= 0 &&
	       asprintf(&b->part, "%s.part", path) >= 0);
	b->file = fopen(b->part, "wbe");
	if (!b->file) {
		err_set(e, ERR_IO, "could not write \"%s\": %s", b->part, strerror(errno));
		letter_batch_drop(b);
		return false;
	}
	b->surface = sheet_surface(write_file, b->file, created_at, NULL, NULL);
	b->cr = cairo_create(b->surface);
	*ret = b;
	return true;
}

bool letter_batch_add(struct letter_batch *b, const struct letter *l, bool duplex,
		      int *ret_first_page, int *ret_pages, struct err *e)
{
	int n;

	if (!check(l, e))
		return false;
	if (duplex && b->n_pages % 2 != 0) {
		cairo_show_page(b->cr);
		b->n_pages++;
	}
	n = sheet_print(b->cr, l->language, draw, begin_page, l);
	if (cairo_status(b->cr) != CAIRO_STATUS_SUCCESS)
		return err_set(e, ERR_IO, "could not write \"%s\": %s", b->part,
			       cairo_status_to_string(cairo_status(b->cr)));
	if (ret_first_page)
		*ret_first_page = b->n_pages + 1;
	if (ret_pages)
		*ret_pages = n;
	b->n_pages += n;
	return true;
}

/* Ends the drawing and brings every byte to the disk. */
static bool complete(struct letter_batch *b)
{
	bool ok;

	cairo_destroy(b->cr);
	b->cr = NULL;
	cairo_surface_finish(b->surface);
	ok = cairo_surface_status(b->surface) == CAIRO_STATUS_SUCCESS;
	errno = 0;
	ok = fflush(b->file) == 0 && fsync(fileno(b->file)) == 0 && ok;
	return ok;
}

bool letter_batch_finish(struct letter_batch *b, struct err *e)
{
	CLEANUP(letter_batch_dropp) struct letter_batch *mine = b;

	if (b->n_pages == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no letter to print");
	if (!complete(b) || rename(b->part, b->path) != 0)
		return err_set(e, ERR_IO, "could not write \"%s\": %s", b->path,
			       errno ? strerror(errno) : "drawing failed");
	free(b->part); /* nothing to remove any more */
	b->part = NULL;
	(void)mine;
	return true;
}

void letter_batch_drop(struct letter_batch *b)
{
	if (!b)
		return;
	if (b->cr)
		cairo_destroy(b->cr);
	if (b->surface)
		cairo_surface_destroy(b->surface);
	if (b->file)
		fclose(b->file);
	if (b->part && b->file)
		unlink(b->part);
	free(b->path);
	free(b->part);
	free(b);
}

void letter_batch_dropp(struct letter_batch **b)
{
	letter_batch_drop(*b);
	*b = NULL;
}
