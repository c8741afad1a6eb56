/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.c - one door for both kinds of file, and the CSV writer. */
#include "base/buf.h"
#include "base/money.h"
#include "base/scratch_file.h"
#include "web/sheet_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MARK "\xef\xbb\xbf"

enum { WRITE_AT = 1 << 16, MICROSECONDS = 1000000, DAY_SECONDS = 86400 };

static bool flush(struct sheet *s, struct err *e)
{
	if (!scratch_write(s->fd, buf_str(s->out), s->out->len, e))
		return false;
	buf_clear(s->out);
	return true;
}

static void close_file(void *arg)
{
	struct sheet *s = arg;

	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

bool sheet_open(struct arena *a, const struct sheet_options *o, struct sheet **ret, struct err *e)
{
	bool is_french = str_eq(o->language, "fr");
	struct sheet *s = ARENA_NEW(a, struct sheet);

	s->arena = a;
	s->options = *o;
	s->fd = -1;
	s->separator = is_french ? ';' : ',';
	s->point = is_french ? ',' : '.';
	if (!scratch_file(&s->fd, e))
		return false;
	arena_defer(a, close_file, s);
	if (o->kind == SHEET_XLSX) {
		if (!sheet_xlsx_open(s, e))
			return false;
	} else {
		s->out = ARENA_NEW(a, struct buf);
		buf_init(s->out, a);
		if (!o->without_mark)
			buf_puts(s->out, MARK);
	}
	*ret = s;
	return true;
}

/* ---- CSV --------------------------------------------------------------------------------------- */

static void next_cell(struct sheet *s)
{
	ENSURE(s->column < s->n_columns);
	if (s->column++ > 0)
		buf_putc(s->out, s->separator);
}

/* Length of the white space, marks and zero-width characters that a spreadsheet may drop at s. */
static size_t blank_size(const char *s)
{
	static const char *const blanks[] = {
		" ",
		"\xc2\xa0",
		"\xe2\x80\x8b",
		"\xe2\x80\x8e",
		"\xe2\x80\x8f",
		"\xe2\x80\xaf",
		"\xef\xbb\xbf",
		"\xe3\x80\x80",
	};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(blanks); i++) {
		if (str_starts(s + n, blanks[i])) {
			n += strlen(blanks[i]);
			i = (size_t)-1; /* from the first again */
		}
	}
	return n;
}

/* Whether a spreadsheet would run a cell of this text: = + - @ and their full-width forms, or a control
 * character that hides one. */
static bool starts_formula(const char *s)
{
	static const char *const wide[] = { "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
					    "\xef\xbc\xa0" };

	s += blank_size(s);
	if (*s && strchr("=+-@\t\r\n", *s))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(wide); i++) {
		if (str_starts(s, wide[i]))
			return true;
	}
	return false;
}

/* A separator other than ours, or a line end, may begin a cell for a spreadsheet that reads the file
 * another way. */
static bool may_part(char c)
{
	return c == ',' || c == ';' || c == '\t' || c == '\r' || c == '\n' || c == '|';
}

static void csv_text(struct sheet *s, const char *text)
{
	next_cell(s);
	if (str_empty(text))
		return;
	buf_putc(s->out, '"');
	if (starts_formula(text))
		buf_putc(s->out, '\'');
	for (; *text; text++) {
		if (*text == '"')
			buf_putc(s->out, '"');
		buf_putc(s->out, *text);
		/* The quote that a cell may open with is skipped by whoever parts here. */
		if (may_part(*text) && starts_formula(text + 1 + strspn(text + 1, "\"'")) &&
		    !may_part(text[1]))
			buf_putc(s->out, '\'');
	}
	buf_putc(s->out, '"');
}

static void csv_minor(struct sheet *s, int64_t minor, const char *currency)
{
	char text[MONEY_TEXT];

	next_cell(s);
	for (const char *c = minor_format(minor, currency, text); *c; c++)
		buf_putc(s->out, *c == '.' ? s->point : *c);
}

static void csv_moment(struct sheet *s, int64_t moment)
{
	int64_t t = moment / MICROSECONDS - (moment % MICROSECONDS < 0) + s->options.utc_offset;
	int64_t of_day = ((t % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS;
	char text[DATE_TEXT];

	next_cell(s);
	buf_printf(s->out, "%s %02d:%02d:%02d",
		   date_format((day_t)((t - of_day) / DAY_SECONDS), text), (int)(of_day / 3600),
		   (int)(of_day / 60 % 60), (int)(of_day % 60));
}

static void csv_begin(struct sheet *s, const struct sheet_column *columns, size_t n)
{
	ENSURE(!s->has_table);
	s->has_table = true;
	if (!columns[0].head)
		return;
	for (size_t i = 0; i < n; i++)
		csv_text(s, columns[i].head);
	buf_puts(s->out, "\r\n");
	s->column = 0;
}

static bool csv_end(struct sheet *s, struct err *e)
{
	while (s->column < s->n_columns)
		next_cell(s);
	buf_puts(s->out, "\r\n");
	s->column = 0;
	return s->out->len < WRITE_AT || flush(s, e);
}

/* ---- the door ---------------------------------------------------------------------------------- */

static bool is_csv(const struct sheet *s)
{
	return s->options.kind == SHEET_CSV;
}

void sheet_begin(struct sheet *s, const char *name, const struct sheet_column *columns, size_t n)
{
	ENSURE(n > 0 && n <= SHEET_MAX_COLUMNS);
	s->n_columns = n;
	s->column = 0;
	s->is_total = false;
	if (is_csv(s))
		csv_begin(s, columns, n);
	else
		sheet_xlsx_begin(s, name, columns, n);
}

void sheet_text(struct sheet *s, const char *text)
{
	if (is_csv(s))
		csv_text(s, text);
	else
		sheet_xlsx_text(s, text);
}

void sheet_minor(struct sheet *s, int64_t minor, const char *currency)
{
	if (is_csv(s))
		csv_minor(s, minor, currency);
	else
		sheet_xlsx_minor(s, minor, currency);
}

void sheet_int(struct sheet *s, int64_t n)
{
	if (!is_csv(s)) {
		sheet_xlsx_int(s, n);
		return;
	}
	next_cell(s);
	buf_printf(s->out, "%" PRId64, n);
}

void sheet_day(struct sheet *s, day_t d)
{
	char text[DATE_TEXT];

	if (!is_csv(s)) {
		sheet_xlsx_day(s, d);
		return;
	}
	next_cell(s);
	buf_puts(s->out, date_format(d, text));
}

void sheet_moment(struct sheet *s, int64_t moment)
{
	if (is_csv(s))
		csv_moment(s, moment);
	else
		sheet_xlsx_moment(s, moment);
}

void sheet_nothing(struct sheet *s)
{
	sheet_text(s, NULL);
}

void sheet_total_rows(struct sheet *s)
{
	s->is_total = true;
	if (!is_csv(s))
		sheet_xlsx_totals(s);
}

bool sheet_end(struct sheet *s, struct err *e)
{
	return is_csv(s) ? csv_end(s, e) : sheet_xlsx_end(s, e);
}

bool sheet_close(struct sheet *s, int *ret_fd, struct err *e)
{
	if (is_csv(s) ? !flush(s, e) : !sheet_xlsx_close(s, e))
		return false;
	if (lseek(s->fd, 0, SEEK_SET) != 0)
		return err_set(e, ERR_IO, "could not read the table again: %s", strerror(errno));
	*ret_fd = s->fd;
	s->fd = -1;
	return true;
}

/* ---- files ------------------------------------------------------------------------------------- */

static bool copy_all(int from, int to, struct err *e)
{
	char bytes[WRITE_AT];

	for (;;) {
		ssize_t n = read(from, bytes, sizeof bytes);

		if (n == 0)
			return true;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(e, ERR_IO, "could not read the table: %s", strerror(errno));
		if (!scratch_write(to, bytes, (size_t)n, e))
			return false;
	}
}

bool sheet_save(int fd, const char *path, struct err *e)
{
	char beside[4096];
	bool ok = false;
	int to = -1;

	if ((size_t)snprintf(beside, sizeof beside, "%s.XXXXXX", path) >= sizeof beside)
		err_set(e, ERR_IO, "the path \"%.80s...\" is too long", path);
	else if ((to = mkostemp(beside, O_CLOEXEC)) < 0)
		err_set(e, ERR_IO, "could not write %s: %s", path, strerror(errno));
	else if (copy_all(fd, to, e) && fchmod(to, 0644) == 0 && fsync(to) == 0 &&
		 rename(beside, path) == 0)
		ok = true;
	else {
		if (!e->code)
			err_set(e, ERR_IO, "could not write %s: %s", path, strerror(errno));
		unlink(beside);
	}
	if (to >= 0)
		close(to);
	close(fd);
	return ok;
}

const char *sheet_media_type(enum sheet_kind kind)
{
	return kind == SHEET_CSV
		       ? "text/csv; charset=utf-8"
		       : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
}
