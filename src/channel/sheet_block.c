/* SPDX-License-Identifier: Apache-2.0 */
/* The blocks of a sheet: the table of documents, totals, how to pay. */
#include "channel/sheet.h"

#include "channel/email_encode.h"
#include "channel/epc_qr.h"

enum { N_COLUMNS = 6, PAIRS_MAX = 12 };

/* ---- table --------------------------------------------------------------------------------------- */

struct column {
	double x, width;
	enum paper_align align;
};

static const struct paper_type cell_type = { .size = 9, .lead = 4.2 };
static const struct paper_type head_type = { .size = 7.8, .lead = 3.6, .ink = PAPER_GREY };
static const double column_gap = 2;

/* Document, issued, due, late, amount, open. */
static void columns_of(const struct letter_table *t, struct column ret[N_COLUMNS])
{
	static const double with_late[N_COLUMNS] = { 44, 24, 24, 22, 28, 28 };
	static const double without[N_COLUMNS] = { 58, 28, 28, 0, 28, 28 };
	const double *width = t->heads.late ? with_late : without;
	double x = SHEET_LEFT;

	for (int i = 0; i < N_COLUMNS; i++) {
		ret[i] = (struct column){ x, width[i] - column_gap,
					  i >= 3 ? PAPER_RIGHT : PAPER_LEFT };
		/* Figures end at the right edge of their column, the last at the margin. */
		if (i >= 3)
			ret[i].x += column_gap;
		x += width[i];
	}
}

static void cells_of(const struct letter_row *r, const char *ret[N_COLUMNS])
{
	const char *cell[N_COLUMNS] = {
		r->document, r->issued, r->due, r->late, r->amount, r->open
	};

	for (int i = 0; i < N_COLUMNS; i++)
		ret[i] = cell[i] ? cell[i] : "";
}

static void draw_heads(struct paper *p, const struct letter_table *t, const struct column *column)
{
	const char *cell[N_COLUMNS];
	double height[N_COLUMNS] = { 0 }, highest = head_type.lead;

	cells_of(&t->heads, cell);
	for (int i = 0; i < N_COLUMNS; i++) {
		if (column[i].width > 0 && *cell[i])
			height[i] = paper_height(p, &head_type, column[i].width, cell[i]);
		highest = height[i] > highest ? height[i] : highest;
	}
	/* Heads of several lines stand on one line with the others. */
	for (int i = 0; i < N_COLUMNS; i++) {
		struct paper_type type = head_type;

		type.align = column[i].align;
		if (height[i] > 0)
			paper_write(p, &type, column[i].x, p->y + highest - height[i],
				    column[i].width, cell[i]);
	}
	p->y += highest + 1;
	paper_rule(p, SHEET_LEFT, p->y, SHEET_TEXT_WIDTH, 0.3, PAPER_GREY);
	p->y += 0.8;
}

static double row_padding(const struct paper *p)
{
	return p->is_tight ? 0.4 : 0.7;
}

static double row_height(struct paper *p, const char *const *cell, const struct column *column)
{
	return paper_height(p, &cell_type, column[0].width, cell[0]) + 2 * row_padding(p);
}

static void draw_row(struct paper *p, const char *const *cell, const struct column *column,
		     double height)
{
	double y = p->y + row_padding(p);

	paper_write(p, &cell_type, column[0].x, y, column[0].width, cell[0]);
	for (int i = 1; i < N_COLUMNS; i++) {
		struct paper_type type = cell_type;

		type.align = column[i].align;
		if (column[i].width > 0 && *cell[i])
			paper_write_fitted(p, &type, column[i].x, y, column[i].width, cell[i]);
	}
	p->y += height;
	paper_rule(p, SHEET_LEFT, p->y, SHEET_TEXT_WIDTH, 0.1, PAPER_RULE);
}

static double total_lead(const struct paper *p)
{
	return p->is_tight ? 5 : 5.6;
}

static double totals_height(const struct paper *p, size_t n)
{
	return (double)n * total_lead(p) + 3;
}

void sheet_table(struct paper *p, const struct letter_table *t)
{
	struct column column[N_COLUMNS];

	if (t->n_rows == 0)
		return;
	columns_of(t, column);
	paper_need(p, 24);
	draw_heads(p, t, column);
	for (size_t i = 0; i < t->n_rows; i++) {
		const char *cell[N_COLUMNS];
		double height, with;

		cells_of(&t->rows[i], cell);
		cell[0] = encode_one_line(p->arena, cell[0]);
		height = row_height(p, cell, column);
		/* The last row takes the totals with it: they never stand alone on a page. */
		with = i + 1 == t->n_rows ? totals_height(p, t->n_totals) : 0;
		if (p->y + height + with > p->bottom) {
			paper_break(p);
			draw_heads(p, t, column);
		}
		draw_row(p, cell, column, height);
	}
	sheet_totals(p, t->totals, t->n_totals);
	p->y += p->is_tight ? 2.6 : 4;
}

void sheet_totals(struct paper *p, const struct letter_pair *totals, size_t n)
{
	const double value_width = 40, right = SHEET_LEFT + SHEET_TEXT_WIDTH;

	paper_need(p, totals_height(p, n));
	p->y += 1;
	for (size_t i = 0; i < n; i++) {
		bool last = i + 1 == n;
		struct paper_type caption = { .size = 9,
					      .lead = total_lead(p),
					      .is_bold = last,
					      .ink = last ? PAPER_BLACK : PAPER_GREY,
					      .align = PAPER_RIGHT };
		struct paper_type value = { .size = last ? 10 : 9,
					    .lead = total_lead(p),
					    .is_bold = last,
					    .align = PAPER_RIGHT };

		if (!totals[i].caption || !totals[i].value)
			continue;
		if (last && n > 1)
			paper_rule(p, right - 90, p->y + 0.2, 90, 0.2, PAPER_RULE);
		paper_write_fitted(p, &caption, right - 130, p->y, 130 - value_width,
				   totals[i].caption);
		paper_write_fitted(p, &value, right - value_width, p->y, value_width,
				   totals[i].value);
		p->y += total_lead(p);
	}
}

/* ---- how to pay ---------------------------------------------------------------------------------- */

static const double box_padding = 3.6, code_padding = 2.5, code_caption = 3.2;

static double pair_lead(const struct paper *p)
{
	return p->is_tight ? 4.8 : 5.2;
}

/* Side of the printed code: 0.62 mm (0.56 when tight) for each module and its quiet zone, which a telephone reads at arm's
 * length. */
static double code_side(struct paper *p, const struct letter_payment *y)
{
	const unsigned char *dark;
	double side;
	int n;

	if (!y->qr || !epc_qr_modules(p->arena, y->qr, &dark, &n, NULL))
		return 0;
	side = (n + 8) * (p->is_tight ? 0.56 : 0.62);
	return side < 28 ? 28 : side > 40 ? 40 : side;
}

static double payment_height(struct paper *p, const struct letter_payment *y)
{
	double text = box_padding * 2 + (y->title ? 6 : 0) + (double)y->n_pairs * pair_lead(p);
	double code = code_side(p, y);

	if (code > 0)
		code += 2 * code_padding + (y->qr_caption ? code_caption : 0);
	return text > code ? text : code;
}

static void draw_pairs(struct paper *p, const struct letter_payment *y, double x, double top,
		       double width)
{
	const struct paper_type title = {
		.size = 10, .lead = 5, .is_bold = true, .ink = PAPER_ACCENT
	};
	const struct paper_type caption = { .size = 8, .lead = pair_lead(p), .ink = PAPER_GREY };
	double column = 0;

	if (y->title) {
		paper_write_fitted(p, &title, x, top, width, y->title);
		top += 6;
	}
	for (size_t i = 0; i < y->n_pairs; i++) {
		double w = paper_width(p, &caption, y->pairs[i].caption ? y->pairs[i].caption : "");

		column = w > column ? w : column;
	}
	column = (column > width / 2 ? width / 2 : column) + 4;
	for (size_t i = 0; i < y->n_pairs; i++, top += pair_lead(p)) {
		bool last = i + 1 == y->n_pairs;
		struct paper_type value = { .size = 9.4, .lead = pair_lead(p), .is_bold = last };

		if (y->pairs[i].caption)
			paper_write_fitted(p, &caption, x, top, column - 2, y->pairs[i].caption);
		if (y->pairs[i].value)
			paper_write_fitted(p, &value, x + column, top, width - column,
					   encode_one_line(p->arena, y->pairs[i].value));
	}
}

/* The code in the block's upper right corner, its caption under it. */
static void draw_code(struct paper *p, const struct letter_payment *y, double right, double top)
{
	const struct paper_type caption = {
		.size = 6.4, .lead = code_caption, .ink = PAPER_GREY, .align = PAPER_RIGHT
	};
	const double side = code_side(p, y), x = right - side - code_padding;
	const unsigned char *dark;
	int n;

	if (!y->qr || !epc_qr_modules(p->arena, y->qr, &dark, &n, NULL))
		return;
	paper_qr(p, x, top + code_padding, side, dark, n);
	if (y->qr_caption)
		paper_write_fitted(p, &caption, right - 80, top + code_padding + side,
				   80 - code_padding, y->qr_caption);
}

void sheet_payment(struct paper *p, const struct letter_payment *y)
{
	const double x = SHEET_LEFT, width = SHEET_TEXT_WIDTH;
	double height = payment_height(p, y);
	double side = code_side(p, y);

	if (y->n_pairs == 0 && side <= 0)
		return;
	p->y += p->is_tight ? 1 : 1.5;
	paper_need(p, height);
	paper_box(p, x, p->y, width, height, 1.2, PAPER_TINT);
	draw_pairs(p, y, x + box_padding, p->y + box_padding,
		   width - 2 * box_padding - (side > 0 ? side + code_padding : 0));
	draw_code(p, y, x + width, p->y);
	p->y += height + 4;
}

bool sheet_check_payment(const struct letter_payment *y, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	const unsigned char *dark;
	int side;

	if (y->n_pairs > PAIRS_MAX)
		return err_field(e, ERR_INVALID, "payment", "more than %d lines to pay", PAIRS_MAX);
	for (size_t i = 0; i < y->n_pairs; i++)
		if (!sheet_check_text(y->pairs[i].caption, "payment", e) ||
		    !sheet_check_text(y->pairs[i].value, "payment", e))
			return false;
	if (y->qr && !epc_qr_modules(a, y->qr, &dark, &side, e))
		return false;
	return sheet_check_text(y->title, "payment", e) &&
	       sheet_check_text(y->qr_caption, "payment", e);
}
