/* SPDX-License-Identifier: Apache-2.0 */
/* advice_text.c - the lines of an advice, whatever it was sent as: a table, a message, plain text. */
#include "base/buf.h"
#include "cash/advice_store.h"
#include "format/child.h"
#include "format/csv.h"
#include "format/encoding.h"

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

/* ---- messages ---- */

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void quoted_printable(struct buf *b, const char *s, const char *end)
{
	while (s < end) {
		if (*s != '=') {
			buf_putc(b, *s++);
		} else if (end - s >= 3 && hex(s[1]) >= 0 && hex(s[2]) >= 0) {
			buf_putc(b, (char)(hex(s[1]) * 16 + hex(s[2])));
			s += 3;
		} else { /* a line that goes on */
			s++;
			s += s < end && *s == '\r';
			s += s < end && *s == '\n';
		}
	}
}

static void base64(struct buf *b, const char *s, const char *end)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	int n = 0;

	for (; s < end && *s != '='; s++) {
		const char *d = *s ? strchr(digits, *s) : NULL;
		if (!d)
			continue;
		bits = (bits << 6 | (uint32_t)(d - digits)) & 0xFFFFFF;
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_putc(b, (char)(bits >> n & 0xFF));
		}
	}
}

/* A header's value begins with these words, in the headers before body. */
static bool header_says(const char *s, const char *body, const char *header, const char *value)
{
	size_t n = strlen(header);

	for (; s < body; s = memchr(s, '\n', (size_t)(body - s))
				     ? (const char *)memchr(s, '\n', (size_t)(body - s)) + 1
				     : body)
		if ((size_t)(body - s) > n && strncasecmp(s, header, n) == 0) {
			s += n;
			while (s < body && *s == ' ')
				s++;
			return (size_t)(body - s) >= strlen(value) &&
			       strncasecmp(s, value, strlen(value)) == 0;
		}
	return false;
}

static const char *body_of(const char *s, const char *end)
{
	const char *gap = memmem(s, (size_t)(end - s), "\n\n", 2),
		   *gap2 = memmem(s, (size_t)(end - s), "\r\n\r\n", 4);

	if (gap2 && (!gap || gap2 < gap))
		return gap2 + 4;
	return gap ? gap + 2 : NULL;
}

/* The first part of plain text of a message; the text itself when it is no message. */
static void message_text(struct buf *b, const char *s, const char *end)
{
	const char *body = body_of(s, end), *part, *stop = end;
	bool is_message = body && (header_says(s, body, "From:", "") ||
				   header_says(s, body, "MIME-Version:", ""));

	if (!is_message) {
		buf_add(b, s, (size_t)(end - s));
		return;
	}
	if (header_says(s, body, "Content-Type:", "multipart")) {
		part = memmem(body, (size_t)(end - body), "Content-Type: text/plain", 24);
		if (part) {
			while (part > body && part[-1] != '-')
				part--; /* back to the boundary: other headers may stand before */
			s = part;
			body = body_of(s, end) ? body_of(s, end) : end;
			stop = memmem(body, (size_t)(end - body), "\n--", 3);
			stop = stop ? stop : end;
		}
	}
	if (header_says(s, body, "Content-Transfer-Encoding:", "quoted-printable"))
		quoted_printable(b, body, stop);
	else if (header_says(s, body, "Content-Transfer-Encoding:", "base64"))
		base64(b, body, stop);
	else
		buf_add(b, body, (size_t)(stop - body));
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

static bool read_all(struct arena *a, int fd, char **ret, size_t *ret_n, struct err *e)
{
	struct stat st;
	size_t n = 0;
	ssize_t got;

	if (fstat(fd, &st) != 0)
		return err_set(e, ERR_IO, "could not read the file: %s", strerror(errno));
	if (st.st_size > ADVICE_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "the advice is larger than %d bytes", ADVICE_TEXT_MAX);
	if (st.st_size == 0)
		return err_set(e, ERR_FORMAT, "the file is empty");
	*ret = arena_alloc(a, (size_t)st.st_size + 1);
	while (n < (size_t)st.st_size &&
	       (got = pread(fd, *ret + n, (size_t)st.st_size - n, (off_t)n)) > 0)
		n += (size_t)got;
	*ret_n = n;
	return true;
}

bool advice_text(struct arena *a, int fd, const char *file_name, const char **ret, size_t *ret_n,
		 struct err *e)
{
	struct decoded d;
	struct buf b;
	char *bytes = NULL, *text;
	size_t n = 0;

	if (!read_all(a, fd, &bytes, &n, e))
		return false;
	if (n > 4 && memcmp(bytes, "PK\3\4", 4) == 0)
		return workbook(a, fd, file_name, ret, ret_n, e);
	if (n > 5 && memcmp(bytes, "%PDF-", 5) == 0)
		return err_set(e, ERR_FORMAT,
			       "an advice in PDF is not read by this version: save its text, or"
			       " ask for a table");
	buf_init(&b, a);
	message_text(&b, bytes, bytes + n);
	if (!encoding_decode(buf_str(&b), b.len, &d, e))
		return false;
	text = arena_strndup(a, d.text, d.len);
	*ret_n = d.len;
	decoded_done(&d);
	*ret = text;
	return true;
}
