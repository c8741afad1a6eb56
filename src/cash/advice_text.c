/* SPDX-License-Identifier: Apache-2.0 */
/* advice_text.c - the lines of an advice, whatever it was sent as: a table, a message, plain text. */
#include "base/buf.h"
#include "cash/advice_store.h"
#include "format/child.h"
#include "format/csv.h"
#include "format/text_child.h"

#include <ctype.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- tables, through the parser child ---- */

struct table {
	struct buf text;
	bool has_points[CSV_FIELDS_MAX];
};

/* Whole numbers of a column that has cents are amounts, too. */
static void put_cell(struct table *t, size_t column, const char *cell)
{
	const char *point = strchr(cell, '.');
	bool is_number = *cell != 0;

	for (const char *p = cell + (*cell == '-'); *p; p++)
		is_number &= isdigit((unsigned char)*p) || p == point;
	buf_puts(&t->text, cell);
	if (is_number && point && !point[1])
		buf_puts(&t->text, "00");
	else if (is_number && point && !point[2])
		buf_putc(&t->text, '0');
	else if (is_number && !point && t->has_points[column])
		buf_puts(&t->text, ".00");
	buf_putc(&t->text, '\t');
}

static bool take(void *arg, const struct record *r, struct err *e)
{
	struct table *t = arg;

	if (r->kind == RECORD_CSV_COLUMNS)
		for (size_t i = 0; i < r->columns->n; i++) {
			t->has_points[i] = r->columns->at[i].values.n_point > 0;
			buf_puts(&t->text, r->columns->at[i].name ? r->columns->at[i].name : "");
			buf_putc(&t->text, '\t');
		}
	else if (r->kind == RECORD_CSV_ROW)
		for (size_t i = 0; i < r->row->n; i++)
			put_cell(t, i, r->row->cell[i] ? r->row->cell[i] : "");
	else
		return true;
	buf_putc(&t->text, '\n');
	return t->text.len <= ADVICE_TEXT_MAX ||
	       err_set(e, ERR_LIMIT, "the advice is larger than %d bytes", ADVICE_TEXT_MAX);
}

static bool workbook(struct arena *a, int fd, const char *name, const char **ret, size_t *ret_n,
		     struct err *e)
{
	struct table *t = ARENA_NEW(a, struct table);
	struct child_job job = { .fd = fd, .options = { .name = name, .format = FORMAT_XLSX } };
	struct sink sink = { .arg = t, .take = take };
	struct child_summary summary;

	buf_init(&t->text, a);
	if (!child_parse(&job, &sink, &summary, e))
		return false;
	*ret = buf_str(&t->text);
	*ret_n = t->text.len;
	return true;
}

/* ---- text ---- */

const char *advice_text_between_commas(struct arena *a, const char *text, size_t n, size_t *ret_n)
{
	CLEANUP(csv_done) struct csv c = { 0 };
	struct buf b;

	if (csv_separator(text, n) != ',')
		return NULL;
	buf_init(&b, a);
	csv_init(&c, text, n, ',', true);
	while (csv_next(&c)) {
		for (size_t i = 0; i < c.n; i++) {
			buf_add(&b, c.field[i].s, c.field[i].n);
			buf_putc(&b, '\t');
		}
		buf_putc(&b, '\n');
	}
	*ret_n = b.len;
	return buf_str(&b);
}

bool advice_text(struct arena *a, int fd, const char *file_name, const char **ret, size_t *ret_n,
		 struct err *e)
{
	struct text_child_job job = { .fd = fd, .max_bytes = ADVICE_TEXT_MAX };
	char head[5] = "";
	struct stat st;

	if (fstat(fd, &st) != 0 || pread(fd, head, sizeof head, 0) < 0)
		return err_set(e, ERR_IO, "could not read the file: %s", strerror(errno));
	if (st.st_size > ADVICE_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "the advice is larger than %d bytes", ADVICE_TEXT_MAX);
	if (st.st_size == 0)
		return err_set(e, ERR_FORMAT, "the file is empty");
	if (memcmp(head, "PK\3\4", 4) == 0)
		return workbook(a, fd, file_name, ret, ret_n, e);
	job.is_pdf = memcmp(head, "%PDF-", 5) == 0;
	return text_child_read(&job, a, ret, ret_n, e);
}
