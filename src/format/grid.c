/* SPDX-License-Identifier: Apache-2.0 */
/* grid.c - columns and rows on top of the scanners; csv_read. */
#include "format/csv.h"
#include "format/report.h"
#include "format/grid.h"

#include <stdlib.h>

enum { HEADER_SEARCH = 40, WIDTH_SEARCH = 200, PROGRESS_EVERY = 4096 };

bool grid_init(struct grid *t, const struct sink *sink, struct parse_total *total)
{
	*t = (struct grid){ .report.sink = sink, .total = total };
	t->column = calloc(CSV_FIELDS_MAX, sizeof *t->column);
	t->cell = calloc(CSV_FIELDS_MAX, sizeof *t->cell);
	t->copy = calloc(CSV_FIELDS_MAX, sizeof *t->copy);
	return t->column && t->cell && t->copy;
}

void grid_done(struct grid *t)
{
	free(t->column);
	free(t->cell);
	free(t->copy);
	free(t->names);
	free(t->text);
	*t = (struct grid){ 0 };
}

/* Bytes of white space at the beginning of s, no-break spaces included. */
static size_t blank_at(const char *s, size_t n)
{
	if (n >= 1 && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r'))
		return 1;
	if (n >= 2 && memcmp(s, "\xC2\xA0", 2) == 0)
		return 2;
	return n >= 3 && (memcmp(s, "\xE2\x80\xAF", 3) == 0 || memcmp(s, "\xEF\xBB\xBF", 3) == 0)
		       ? 3
		       : 0;
}

struct csv_field field_trim_ends(struct csv_field f)
{
	size_t step;

	while ((step = blank_at(f.s, f.n)) != 0) {
		f.s += step;
		f.n -= step;
	}
	for (;;) {
		if (f.n && blank_at(f.s + f.n - 1, 1))
			f.n--;
		else if (f.n >= 2 && blank_at(f.s + f.n - 2, 2) == 2)
			f.n -= 2;
		else if (f.n >= 3 && blank_at(f.s + f.n - 3, 3) == 3)
			f.n -= 3;
		else
			return f;
	}
}

/* A first byte that is plain is enough. */
static bool is_filled(struct csv_field f)
{
	return f.n && ((f.s[0] > ' ' && f.s[0] < 0x7F) || field_trim(f).n);
}

size_t grid_width(const struct csv_field *f, size_t n)
{
	while (n && !is_filled(f[n - 1]))
		n--;
	return n;
}

size_t grid_filled(const struct csv_field *f, size_t n, size_t *ret_last)
{
	size_t filled = 0;

	*ret_last = 0;
	for (size_t i = 0; i < n; i++) {
		if (!is_filled(f[i]))
			continue;
		filled++;
		*ret_last = i + 1;
	}
	return filled;
}

/* "Account: 08088804068" tells a value, it names no column. */
static bool has_long_number(struct csv_field f)
{
	size_t digits = 0;

	for (size_t i = 0; i < f.n && digits < 6; i++)
		digits = f.s[i] >= '0' && f.s[i] <= '9' ? digits + 1 : 0;
	return digits >= 6;
}

/* Titles stand over the columns, so none of them is a number or a date, and no two are equal. */
bool grid_is_header(const struct csv_field *f, size_t n, size_t width)
{
	struct value_profile p = { 0 };
	size_t last, filled = grid_filled(f, n, &last);

	if (filled == 0 || filled * 10 < width * 6)
		return false;
	for (size_t i = 0; i < n; i++) {
		struct csv_field a = field_trim(f[i]);
		value_profile_add(&p, a.s, a.n);
		if (has_long_number(a))
			return false;
		for (size_t j = 0; j < i && n <= 64; j++) {
			struct csv_field b = field_trim(f[j]);
			if (a.n && a.n == b.n && memcmp(a.s, b.s, a.n) == 0)
				return false;
		}
	}
	return p.n_number == 0 && p.n_date == 0;
}

bool grid_header(struct grid *t, const struct csv_field *f, size_t n, int64_t line, struct err *e)
{
	size_t last, room = 1, used = 0;

	grid_filled(f, n, &last);
	for (size_t i = 0; i < last; i++)
		room += field_trim(f[i]).n + 1;
	free(t->names);
	t->names = malloc(room);
	if (!t->names)
		return err_set(e, ERR_LIMIT, "the header is too large");
	for (size_t i = 0; i < last; i++) {
		struct csv_field name = field_trim(f[i]);
		t->column[i].name = NULL;
		if (name.n == 0)
			continue;
		memcpy(t->names + used, name.s, name.n);
		t->column[i].name = t->names + used;
		used += name.n;
		t->names[used++] = 0;
	}
	t->n = last;
	t->header_line = line;
	return true;
}

void grid_profile(struct grid *t, const struct csv_field *f, size_t n)
{
	size_t last = t->header_line ? n : grid_width(f, n);

	if (t->header_line == 0 && last > t->n)
		t->n = last;
	for (size_t i = 0; i < last && i < t->n; i++)
		value_profile_add(&t->column[i].values, f[i].s, f[i].n);
}

bool grid_columns(struct grid *t, const char *sheet, struct err *e)
{
	struct csv_columns c = { .line = t->header_line,
				 .separator = t->total->separator,
				 .sheet = sheet,
				 .n = t->n,
				 .at = t->column };

	t->total->n_columns = (int64_t)t->n;
	return t->report.sink->take(t->report.sink->arg,
				    &(struct record){ RECORD_CSV_COLUMNS, { .columns = &c } }, e);
}

bool field_room(char **text, size_t *room, size_t need, struct err *e)
{
	char *more;

	if (need <= *room)
		return true;
	more = realloc(*text, need * 2);
	if (!more)
		return err_set(e, ERR_LIMIT, "a row is too large");
	*text = more;
	*room = need * 2;
	return true;
}

/* One by one. */
static void copy_apart(struct csv_field *f, size_t n, char *to)
{
	for (size_t i = 0; i < n; i++) {
		f[i] = field_trim(f[i]);
		if (f[i].n)
			memcpy(to, f[i].s, f[i].n);
		f[i].s = to;
		to += f[i].n;
		*to++ = 0;
	}
}

bool fields_copy(struct csv_field *f, size_t n, bool is_in_place, char **text, size_t *room,
		 struct err *e)
{
	const char *from = f[0].s;
	size_t need = n;

	if (!is_in_place) {
		for (size_t i = 0; i < n; i++)
			need += f[i].n;
		if (!field_room(text, room, need, e))
			return false;
		copy_apart(f, n, *text);
		return true;
	}
	/* All at once, with what stands between them, where the NULs then go. */
	need = (size_t)(f[n - 1].s - from) + f[n - 1].n + 1;
	if (!field_room(text, room, need, e))
		return false;
	memcpy(*text, from, need - 1);
	for (size_t i = 0; i < n; i++) {
		struct csv_field v = field_trim(f[i]);
		char *to = *text + (v.s - from);

		to[v.n] = 0;
		f[i] = (struct csv_field){ to, v.n };
	}
	return true;
}

static bool refuse_width(struct grid *t, const struct grid_row *r, size_t last, struct err *e)
{
	struct csv_field extra = field_trim(r->field[last - 1]);

	t->total->n_rejected++;
	return report_error(&t->report, r->line, "csv.extra_cells", NULL, extra.s, extra.n, e,
			    "the row has %zu cells where the header has %zu; a text with the "
			    "separator in it must be quoted",
			    last, t->n);
}

bool grid_row(struct grid *t, const struct grid_row *r, struct err *e)
{
	struct csv_row row = { .line = r->line, .n = t->n, .cell = t->cell };
	size_t last = grid_width(r->field, r->n);

	if (last == 0)
		return true;
	if (last > t->n)
		return refuse_width(t, r, last, e);
	memcpy(t->copy, r->field, last * sizeof *t->copy);
	if (!fields_copy(t->copy, last, r->is_in_place, &t->text, &t->text_room, e))
		return false;
	for (size_t i = 0; i < t->n; i++)
		t->cell[i] = i < last && t->copy[i].n ? t->copy[i].s : NULL;
	t->total->n_records++;
	return t->report.sink->take(t->report.sink->arg,
				    &(struct record){ RECORD_CSV_ROW, { .row = &row } }, e);
}

/* ---- the passes ---- */

/* What one pass over the rows carries. */
struct pass {
	struct grid *grid;
	size_t count[CSV_FIELDS_MAX + 1]; /* rows by their width */
	size_t width;
	int64_t rows, total;
	bool is_searching;
};

static bool measure(void *arg, const struct grid_row *r, UNUSED struct err *e)
{
	struct pass *p = arg;
	size_t last;

	if (p->rows >= WIDTH_SEARCH) {
		p->grid->has_stopped = true;
		return false;
	}
	if (grid_filled(r->field, r->n, &last)) {
		p->rows++;
		p->count[r->n]++;
	}
	return true;
}

/* "Account number : 0808..." above the table. */
static bool has_caption(const struct grid_row *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->field[i].n && (memmem(r->field[i].s, r->field[i].n, " :", 2) ||
				      memmem(r->field[i].s, r->field[i].n, ": ", 2)))
			return true;
	return false;
}

/* Looks for the header among the first rows, then profiles everything under it. */
static bool profile(void *arg, const struct grid_row *r, struct err *e)
{
	struct pass *p = arg;
	size_t last;

	if (p->is_searching && p->rows < HEADER_SEARCH && r->n + 1 >= p->width &&
	    grid_is_header(r->field, r->n, p->width)) {
		for (size_t i = 0; i < p->grid->n; i++)
			p->grid->column[i].values = (struct value_profile){ 0 };
		p->is_searching = false;
		return grid_header(p->grid, r->field, r->n, r->line, e);
	}
	/* A filled row that names nothing is data: what follows is not a header either. */
	if (p->is_searching && r->n >= p->width && !has_caption(r) &&
	    grid_filled(r->field, r->n, &last) * 10 >= p->width * 6)
		p->is_searching = false;
	p->rows++;
	grid_profile(p->grid, r->field, r->n);
	return true;
}

static const char *fault_text(enum csv_fault fault)
{
	switch (fault) {
	case CSV_UNCLOSED:
		return "the quotation mark that opens here is never closed";
	case CSV_TOO_LONG:
		return "the row or one of its fields is too long";
	default:
		return "the row has too many fields";
	}
}

static bool give(void *arg, const struct grid_row *r, struct err *e)
{
	struct pass *p = arg;
	struct grid *g = p->grid;
	const struct sink *sink = g->report.sink;

	if (sink->progress && ++p->rows % PROGRESS_EVERY == 0)
		sink->progress(sink->arg, r->done, p->total);
	if (r->fault != CSV_OK) {
		g->total->n_rejected++;
		return report_error(&g->report, r->line, "csv.broken_row", NULL, NULL, 0, e, "%s",
				    fault_text(r->fault));
	}
	return r->line <= g->header_line || grid_row(g, r, e);
}

bool grid_read(struct grid *g, const struct grid_source *s, struct err *e)
{
	struct pass p = { .grid = g, .is_searching = true, .total = s->total };

	if (!s->walk(s->arg, measure, &p, e) && !g->has_stopped)
		return false;
	for (size_t w = 1; w <= CSV_FIELDS_MAX; w++)
		if (p.count[w] > p.count[p.width])
			p.width = w;
	p.rows = 0;
	if (!s->walk(s->arg, profile, &p, e))
		return false;
	if (g->n == 0)
		return err_set(e, ERR_FORMAT, "the table is empty");
	p.rows = 0;
	return grid_columns(g, s->sheet, e) && s->walk(s->arg, give, &p, e);
}

/* ---- text ---- */

struct text_source {
	const char *text;
	size_t len;
	char separator;
};

static bool walk_text(void *arg, grid_row_fn *row, void *row_arg, struct err *e)
{
	const struct text_source *t = arg;
	CLEANUP(csv_done) struct csv c = { 0 };

	csv_init(&c, t->text, t->len, t->separator, true);
	while (csv_next(&c)) {
		struct grid_row r = { .line = c.line,
				      .field = c.field,
				      .n = c.n,
				      .fault = c.fault,
				      .is_in_place = csv_is_in_place(&c),
				      .done = c.at - c.text };
		if (!row(row_arg, &r, e))
			return false;
	}
	return true;
}

bool csv_read(const char *text, size_t len, struct parse_total *total, const struct sink *sink,
	      struct err *e)
{
	CLEANUP(grid_done) struct grid g = { 0 };
	struct text_source t = { text, len, csv_separator(text, len) };
	struct grid_source s = { &t, NULL, (int64_t)len, walk_text };

	if (!t.separator)
		t.separator = ',';
	total->format = FORMAT_CSV;
	total->separator = t.separator;
	if (!grid_init(&g, sink, total))
		return err_set(e, ERR_LIMIT, "no memory for the table");
	return grid_read(&g, &s, e) && report_total(&g.report, total, e);
}
