/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/statement_pdf.h"

#include "channel/sheet.h"

enum { BUCKETS_MAX = 8 };

static struct sheet sheet_of(const struct statement_view *v)
{
	return (struct sheet){ .language = v->language,
			       .sender = &v->sender,
			       .address = v->address,
			       .n_address = v->n_address,
			       .place_date = v->place_date,
			       .references = v->references,
			       .n_references = v->n_references,
			       .title = v->title,
			       .page_caption = v->page_caption };
}

static bool check_buckets(const struct statement_view *v, struct err *e)
{
	if (v->n_buckets > BUCKETS_MAX)
		return err_field(e, ERR_INVALID, "buckets", "more than %d ageing columns",
				 BUCKETS_MAX);
	for (size_t i = 0; i < v->n_buckets; i++) {
		const struct statement_bucket *b = &v->buckets[i];

		if (b->share_permille < 0 || b->share_permille > 1000)
			return err_field(e, ERR_RANGE, "buckets",
					 "an ageing share of %d thousandths", b->share_permille);
		if (!sheet_check_text(b->caption, "buckets", e) ||
		    !sheet_check_text(b->amount, "buckets", e))
			return false;
	}
	return true;
}

static bool check(const struct statement_view *v, struct err *e)
{
	struct sheet s = sheet_of(v);

	if (str_empty(v->title))
		return err_field(e, ERR_INVALID, "title", "the statement has no title");
	for (size_t i = 0; i < v->n_totals; i++)
		if (!sheet_check_text(v->totals[i].caption, "totals", e) ||
		    !sheet_check_text(v->totals[i].value, "totals", e))
			return false;
	return sheet_check(&s, e) && check_buckets(v, e) &&
	       sheet_check_text(v->as_of, "as_of", e) && sheet_check_text(v->notice, "notice", e) &&
	       sheet_check_text(v->ageing_title, "ageing_title", e) &&
	       sheet_check_text(v->items_title, "items_title", e) &&
	       sheet_check_table(&v->items, e) &&
	       sheet_check_text(v->credits_title, "credits_title", e) &&
	       sheet_check_table(&v->credits, e) && sheet_check_payment(&v->payment, e);
}

static void draw_title(struct paper *p, const struct statement_view *v)
{
	const struct paper_type title = { .size = 15, .lead = 7, .is_bold = true };
	const struct paper_type as_of = { .size = 10, .lead = 5, .ink = PAPER_GREY };

	p->y += paper_write(p, &title, SHEET_LEFT, p->y, SHEET_TEXT_WIDTH, v->title);
	if (v->as_of)
		p->y += paper_write(p, &as_of, SHEET_LEFT, p->y, SHEET_TEXT_WIDTH, v->as_of);
	p->y += 4;
}

/* One column per bucket: caption, amount, and a bar that fills with its share of the whole. */
static void draw_ageing(struct paper *p, const struct statement_view *v)
{
	const struct paper_type caption = { .size = 7.6, .lead = 3.6, .ink = PAPER_GREY };
	const struct paper_type amount = { .size = 9.4, .lead = 5, .is_bold = true };
	const double gap = 4, height = 1.8;
	double width, x = SHEET_LEFT;

	if (v->n_buckets == 0)
		return;
	sheet_heading(p, v->ageing_title);
	paper_need(p, 16);
	width = (SHEET_TEXT_WIDTH - gap * (double)(v->n_buckets - 1)) / (double)v->n_buckets;
	for (size_t i = 0; i < v->n_buckets; i++, x += width + gap) {
		const struct statement_bucket *b = &v->buckets[i];
		double share = width * b->share_permille / 1000;

		if (b->caption)
			paper_write_fitted(p, &caption, x, p->y, width, b->caption);
		if (b->amount)
			paper_write_fitted(p, &amount, x, p->y + 3.8, width, b->amount);
		paper_box(p, x, p->y + 9.6, width, height, 0.6, PAPER_RULE);
		/* A share too small for its round corners still shows. */
		if (b->share_permille > 0)
			paper_box(p, x, p->y + 9.6, share < 1.2 ? 1.2 : share, height, 0.6,
				  PAPER_ACCENT);
	}
	p->y += 17;
}

static void begin_page(struct paper *p, const void *document)
{
	struct sheet s = sheet_of(document);

	sheet_next_page(p, &s);
}

static void draw(struct paper *p, const void *document)
{
	const struct statement_view *v = document;
	struct sheet s = sheet_of(v);

	sheet_first_page(p, &s);
	draw_title(p, v);
	sheet_paragraphs(p, v->notice);
	draw_ageing(p, v);
	if (v->items.n_rows > 0)
		sheet_heading(p, v->items_title);
	sheet_table(p, &v->items);
	if (v->credits.n_rows > 0)
		sheet_heading(p, v->credits_title);
	sheet_table(p, &v->credits);
	sheet_totals(p, v->totals, v->n_totals);
	p->y += 4;
	sheet_payment(p, &v->payment);
}

bool statement_pdf(const struct statement_view *v, int64_t created_at, struct buf *ret,
		   int *ret_pages, struct err *e)
{
	struct sheet s = sheet_of(v);

	return check(v, e) && sheet_pdf(&s, draw, begin_page, v, created_at, ret, ret_pages, e);
}
