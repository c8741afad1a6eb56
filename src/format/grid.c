/* SPDX-License-Identifier: Apache-2.0 */
/* grid.c - csv_read: columns and rows on top of the scanner of csv.c. */
#include "format/csv.h"
#include "format/report.h"
#include "format/grid.h"

#include <stdlib.h>

enum { HEADER_SEARCH = 40, PROGRESS_EVERY = 4096 };

bool grid_init(struct grid *t, const struct sink *sink, struct parse_total *total)
{
	*t = (struct grid){ .report.sink = sink, .total = total };
	t->column = calloc(CSV_FIELDS_MAX, sizeof *t->column);
	t->cell = calloc(CSV_FIELDS_MAX, sizeof *t->cell);
	return t->column && t->cell;
}

void grid_done(struct grid *t)
{
	free(t->column);
	free(t->cell);
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

struct csv_field field_trim(struct csv_field f)
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

size_t grid_filled(const struct csv_field *f, size_t n, size_t *ret_last)
{
	size_t filled = 0;

	*ret_last = 0;
	for (size_t i = 0; i < n; i++)
		if (field_trim(f[i]).n) {
			filled++;
			*ret_last = i + 1;
		}
	return filled;
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
	size_t last;

	grid_filled(f, n, &last);
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

static bool room_for(struct grid *t, size_t need, struct err *e)
{
	char *more;

	if (need <= t->text_room)
		return true;
	more = realloc(t->text, need * 2);
	if (!more)
		return err_set(e, ERR_LIMIT, "a row is too large");
	t->text = more;
	t->text_room = need * 2;
	return true;
}

bool grid_row(struct grid *t, const struct csv_field *f, size_t n, int64_t line, struct err *e)
{
	struct csv_row row = { .line = line, .n = t->n, .cell = t->cell };
	size_t last, need = 1, used = 0;

	if (grid_filled(f, n, &last) == 0)
		return true;
	if (last > t->n) {
		struct csv_field extra = field_trim(f[last - 1]);
		t->total->n_rejected++;
		return report_error(
			&t->report, line, "csv.extra_cells", NULL, extra.s, extra.n, e,
			"the row has %zu cells where the header has %zu; a text with the "
			"separator in it must be quoted",
			last, t->n);
	}
	for (size_t i = 0; i < last; i++)
		need += f[i].n + 1;
	if (!room_for(t, need, e))
		return false;
	for (size_t i = 0; i < t->n; i++) {
		struct csv_field v = i < last ? field_trim(f[i]) : (struct csv_field){ NULL, 0 };
		t->cell[i] = NULL;
		if (v.n == 0)
			continue;
		memcpy(t->text + used, v.s, v.n);
		t->cell[i] = t->text + used;
		used += v.n;
		t->text[used++] = 0;
	}
	t->total->n_records++;
	return t->report.sink->take(t->report.sink->arg,
				    &(struct record){ RECORD_CSV_ROW, { .row = &row } }, e);
}

/* ---- text ---- */

/* Usual width of the first rows. */
static size_t usual_width(struct csv *c)
{
	int count[CSV_FIELDS_MAX + 1] = { 0 };
	size_t best = 0, last;

	for (int i = 0; i < 200 && csv_next(c); i++) {
		grid_filled(c->field, c->n, &last);
		if (last)
			count[c->n]++;
	}
	for (size_t w = 1; w <= CSV_FIELDS_MAX; w++)
		if (count[w] > count[best])
			best = w;
	return best;
}

/* Looks for the header among the first lines, then profiles everything under it. */
static bool first_pass(struct grid *t, struct csv *c, size_t width, struct err *e)
{
	int64_t rows = 0;
	bool searching = true;
	size_t last;

	while (csv_next(c)) {
		if (searching && rows < HEADER_SEARCH && c->n + 1 >= width &&
		    grid_is_header(c->field, c->n, width)) {
			if (!grid_header(t, c->field, c->n, c->line, e))
				return false;
			for (size_t i = 0; i < CSV_FIELDS_MAX; i++)
				t->column[i].values = (struct value_profile){ 0 };
			searching = false;
			continue;
		}
		/* A filled row that names nothing is data: what follows is not a header either. */
		if (searching && c->n >= width &&
		    grid_filled(c->field, c->n, &last) * 10 >= width * 6)
			searching = false;
		rows++;
		grid_profile(t, c->field, c->n);
	}
	return t->n > 0 || err_set(e, ERR_FORMAT, "the table is empty");
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

static bool second_pass(struct grid *t, struct csv *c, size_t len, struct err *e)
{
	const struct sink *sink = t->report.sink;
	int64_t rows = 0;

	while (csv_next(c)) {
		if (c->fault != CSV_OK) {
			t->total->n_rejected++;
			if (!report_error(&t->report, c->line, "csv.broken_row", NULL, NULL, 0, e,
					  "%s", fault_text(c->fault)))
				return false;
			continue;
		}
		if (c->line <= t->header_line)
			continue;
		if (!grid_row(t, c->field, c->n, c->line, e))
			return false;
		if (sink->progress && ++rows % PROGRESS_EVERY == 0)
			sink->progress(sink->arg, c->at - c->text, (int64_t)len);
	}
	return true;
}

static bool read_table(struct grid *t, const char *text, size_t len, char separator, struct err *e)
{
	CLEANUP(csv_done) struct csv c = { 0 };
	size_t width;

	csv_init(&c, text, len, separator, true);
	width = usual_width(&c);
	csv_done(&c);
	csv_init(&c, text, len, separator, true);
	if (!first_pass(t, &c, width, e) || !grid_columns(t, NULL, e))
		return false;
	csv_done(&c);
	csv_init(&c, text, len, separator, true);
	return second_pass(t, &c, len, e);
}

bool csv_read(const char *text, size_t len, struct parse_total *total, const struct sink *sink,
	      struct err *e)
{
	CLEANUP(grid_done) struct grid t = { 0 };
	char separator = csv_separator(text, len);

	total->format = FORMAT_CSV;
	total->separator = separator ? separator : ',';
	if (!grid_init(&t, sink, total))
		return err_set(e, ERR_LIMIT, "no memory for the table");
	return read_table(&t, text, len, total->separator, e) && report_total(&t.report, total, e);
}
