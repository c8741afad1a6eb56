/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet_xlsx.c - workbooks, by libxlsxwriter in its mode of constant memory: each row goes to a temporary
 * file of its sheet, the workbook is packed at the end.
 */
#include "base/buf.h"
#include "base/money.h"
#include "web/sheet_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <xlsxwriter.h>

enum {
	DAY_SECONDS = 86400,
	MICROSECONDS = 1000000,
	EPOCH_SERIAL = 25569,    /* 1970-01-01 */
	FIRST_SERIAL = 61,       /* 1900-03-01: before it the count has a day that never was */
	CELL_CHARACTERS = 32767, /* as UTF-16; the library counts code points */
	SHEET_NAME = 31,
	MAX_DECIMALS = 4,
};

#define EXACT_MINOR INT64_C(999999999999999)

struct formats {
	lxw_format *text, *count, *day, *moment;
	lxw_format *amount[MAX_DECIMALS + 1];
};

struct sheet_book {
	lxw_workbook *workbook;
	lxw_worksheet *sheet;
	lxw_row_t row;
	lxw_format *head;
	struct formats plain, total;
	lxw_error wrong; /* the first */
	char path[40];
	bool has_head, has_filter;
};

static void note(struct sheet_book *b, lxw_error code)
{
	if (b->wrong == LXW_NO_ERROR)
		b->wrong = code;
}

static void free_book(void *arg)
{
	struct sheet_book *b = arg;

	if (b->workbook)
		lxw_workbook_free(b->workbook);
	b->workbook = NULL;
}

static lxw_format *format_new(struct sheet_book *b, const char *number, bool is_total)
{
	lxw_format *f = workbook_add_format(b->workbook);

	if (number)
		format_set_num_format(f, number);
	if (is_total) {
		format_set_bold(f);
		format_set_top(f, LXW_BORDER_THIN);
	}
	return f;
}

static void make_formats(struct sheet *s, struct formats *f, bool is_total)
{
	static const char *const amounts[] = { "#,##0", "#,##0.0", "#,##0.00", "#,##0.000",
					       "#,##0.0000" };
	bool is_french = str_eq(s->options.language, "fr");

	f->text = format_new(s->book, NULL, is_total);
	f->count = format_new(s->book, "#,##0", is_total);
	f->day = format_new(s->book, is_french ? "dd/mm/yyyy" : "d mmm yyyy", is_total);
	f->moment =
		format_new(s->book, is_french ? "dd/mm/yyyy hh:mm" : "d mmm yyyy hh:mm", is_total);
	for (int i = 0; i <= MAX_DECIMALS; i++)
		f->amount[i] = format_new(s->book, amounts[i], is_total);
}

bool sheet_xlsx_open(struct sheet *s, struct err *e)
{
	const char *folder = getenv("TMPDIR");
	char *tmpdir = arena_strdup(s->arena, folder && folder[0] == '/' ? folder : "/var/tmp");
	lxw_workbook_options o = { .constant_memory = LXW_TRUE, .tmpdir = tmpdir };
	struct sheet_book *b = ARENA_NEW(s->arena, struct sheet_book);

	o.use_zip64 = LXW_TRUE;
	snprintf(b->path, sizeof b->path, "/proc/self/fd/%d", s->fd);
	b->workbook = workbook_new_opt(b->path, &o);
	if (!b->workbook)
		return err_set(e, ERR_IO, "could not begin a workbook");
	s->book = b;
	arena_defer(s->arena, free_book, b);
	b->head = format_new(b, NULL, false);
	format_set_bold(b->head);
	format_set_bottom(b->head, LXW_BORDER_THIN);
	format_set_text_wrap(b->head);
	make_formats(s, &b->plain, false);
	make_formats(s, &b->total, true);
	return true;
}

/* ---- a sheet ----------------------------------------------------------------------------------- */

/* Filter buttons over the head and the rows, not the totals: set before these, since in constant memory
 * the library knows only the rows from the current one on. */
static void finish_rows(struct sheet *s)
{
	struct sheet_book *b = s->book;

	if (!b->sheet || !b->has_head || b->has_filter)
		return;
	b->has_filter = true;
	worksheet_freeze_panes(b->sheet, 1, 1);
	note(b, worksheet_autofilter(b->sheet, 0, 0, b->row - 1, (lxw_col_t)(s->n_columns - 1)));
}

/* What a workbook allows as the name of a sheet. */
static const char *sheet_name(struct arena *a, const char *name)
{
	char *clean = arena_strdup(a, name);
	size_t n = 0, at = 0;

	for (; clean[at]; at++) {
		if (((unsigned char)clean[at] & 0xc0) != 0x80 && n++ == SHEET_NAME)
			break;
		if (strchr("[]:*?/\\'", clean[at]))
			clean[at] = ' ';
	}
	clean[at] = '\0';
	return clean;
}

static double width_of(const struct sheet_column *c)
{
	static const double widths[] = { [SHEET_TEXT] = 26,
					 [SHEET_MINOR] = 15,
					 [SHEET_INT] = 10,
					 [SHEET_DAY] = 12,
					 [SHEET_MOMENT] = 17 };

	return widths[c->kind];
}

void sheet_xlsx_begin(struct sheet *s, const char *name, const struct sheet_column *columns,
		      size_t n)
{
	struct sheet_book *b = s->book;

	finish_rows(s);
	b->sheet = workbook_add_worksheet(b->workbook, sheet_name(s->arena, name));
	if (!b->sheet) {
		note(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return;
	}
	b->row = 0;
	b->has_filter = false;
	b->has_head = columns[0].head != NULL;
	for (size_t i = 0; i < n; i++)
		note(b, worksheet_set_column(b->sheet, (lxw_col_t)i, (lxw_col_t)i,
					     width_of(&columns[i]), NULL));
	if (!b->has_head)
		return;
	worksheet_repeat_rows(b->sheet, 0, 0);
	worksheet_set_landscape(b->sheet);
	worksheet_set_paper(b->sheet, 9); /* A4 */
	worksheet_fit_to_pages(b->sheet, 1, 0);
	for (size_t i = 0; i < n; i++)
		note(b,
		     worksheet_write_string(b->sheet, 0, (lxw_col_t)i, columns[i].head, b->head));
	b->row = 1;
}

/* ---- cells ------------------------------------------------------------------------------------- */

static lxw_col_t next_column(struct sheet *s)
{
	ENSURE(s->column < s->n_columns);
	return (lxw_col_t)s->column++;
}

static struct formats *formats_of(struct sheet *s)
{
	return s->is_total ? &s->book->total : &s->book->plain;
}

/* Cut to what a cell holds, without the two characters that XML cannot have. */
static const char *cell_text(struct arena *a, const char *text)
{
	struct buf b;
	size_t n = 0;

	if (strlen(text) < CELL_CHARACTERS / 2 && !strstr(text, "\xef\xbf"))
		return text;
	buf_init(&b, a);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		/* A character beyond U+FFFF counts twice in UTF-16. */
		n += (c & 0xc0) == 0x80 ? 0 : c < 0xf0 ? 1 : 2;
		if (n >= CELL_CHARACTERS) {
			buf_puts(&b, "\xe2\x80\xa6");
			break;
		}
		if (str_starts(text, "\xef\xbf\xbe") || str_starts(text, "\xef\xbf\xbf")) {
			buf_puts(&b, "\xef\xbf\xbd");
			text += 2;
			continue;
		}
		buf_putc(&b, *text);
	}
	return buf_str(&b);
}

void sheet_xlsx_text(struct sheet *s, const char *text)
{
	lxw_col_t column = next_column(s);
	struct sheet_book *b = s->book;

	if (!b->sheet)
		return;
	if (!str_empty(text))
		note(b, worksheet_write_string(b->sheet, b->row, column, cell_text(s->arena, text),
					       formats_of(s)->text));
	else if (s->is_total)
		note(b, worksheet_write_blank(b->sheet, b->row, column, formats_of(s)->text));
}

static void put_number(struct sheet *s, double value, lxw_format *format)
{
	lxw_col_t column = next_column(s);

	if (s->book->sheet)
		note(s->book,
		     worksheet_write_number(s->book->sheet, s->book->row, column, value, format));
}

void sheet_xlsx_minor(struct sheet *s, int64_t minor, const char *currency)
{
	static const double units[] = { 1, 10, 100, 1000, 10000 };
	int decimals = currency_decimals(currency);
	char text[MONEY_TEXT];

	ENSURE(decimals >= 0 && decimals <= MAX_DECIMALS);
	if (minor > EXACT_MINOR || minor < -EXACT_MINOR)
		sheet_xlsx_text(s, minor_format(minor, currency, text));
	else /* 15 digits come back out of a double as they went in */
		put_number(s, (double)minor / units[decimals], formats_of(s)->amount[decimals]);
}

void sheet_xlsx_int(struct sheet *s, int64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, n);
	if (n > EXACT_MINOR || n < -EXACT_MINOR)
		sheet_xlsx_text(s, text);
	else
		put_number(s, (double)n, formats_of(s)->count);
}

void sheet_xlsx_day(struct sheet *s, day_t d)
{
	char text[DATE_TEXT];

	if (d == DAY_NONE || d + EPOCH_SERIAL < FIRST_SERIAL)
		sheet_xlsx_text(s, date_format(d, text));
	else
		put_number(s, d + EPOCH_SERIAL, formats_of(s)->day);
}

void sheet_xlsx_moment(struct sheet *s, int64_t moment)
{
	int64_t t = moment / MICROSECONDS - (moment % MICROSECONDS < 0) + s->options.utc_offset;

	put_number(s, (double)t / DAY_SECONDS + EPOCH_SERIAL, formats_of(s)->moment);
}

void sheet_xlsx_totals(struct sheet *s)
{
	finish_rows(s);
}

/* ---- the end ----------------------------------------------------------------------------------- */

static bool told(const struct sheet_book *b, struct err *e)
{
	return b->wrong == LXW_NO_ERROR ||
	       err_set(e, ERR_IO, "could not write the workbook: %s", lxw_strerror(b->wrong));
}

bool sheet_xlsx_end(struct sheet *s, struct err *e)
{
	struct sheet_book *b = s->book;

	while (s->is_total && s->column < s->n_columns)
		sheet_xlsx_text(s, NULL);
	s->column = 0;
	if (++b->row >= LXW_ROW_MAX)
		return err_set(
			e, ERR_LIMIT,
			"a workbook holds %d rows and this table has more: filter it, or take"
			" the CSV file",
			LXW_ROW_MAX);
	return told(b, e);
}

bool sheet_xlsx_close(struct sheet *s, struct err *e)
{
	struct sheet_book *b = s->book;
	lxw_workbook *workbook = b->workbook;

	finish_rows(s);
	if (!told(b, e))
		return false;
	b->workbook = NULL; /* workbook_close frees it, done or not */
	note(b, workbook_close(workbook));
	return told(b, e);
}
