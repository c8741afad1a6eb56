/* SPDX-License-Identifier: Apache-2.0 */
#include "web/sheet.h"

#include "base/money.h"

void sheet_init(struct sheet *c, struct arena *a, const char *language)
{
	bool is_french = str_eq(language, "fr");

	*c = (struct sheet){ .separator = is_french ? ';' : ',', .point = is_french ? ',' : '.' };
	buf_init(&c->out, a);
	buf_puts(&c->out, "\xef\xbb\xbf");
}

static void next_cell(struct sheet *c)
{
	if (c->has_cell)
		buf_putc(&c->out, c->separator);
	c->has_cell = true;
}

void sheet_text(struct sheet *c, const char *s)
{
	next_cell(c);
	if (str_empty(s))
		return;
	buf_putc(&c->out, '"');
	if (strchr("=+-@\t\r\n", *s))
		buf_putc(&c->out, '\'');
	for (; *s; s++) {
		if (*s == '"')
			buf_putc(&c->out, '"');
		buf_putc(&c->out, *s);
	}
	buf_putc(&c->out, '"');
}

void sheet_minor(struct sheet *c, int64_t minor, const char *currency)
{
	char text[MONEY_TEXT];

	next_cell(c);
	for (const char *s = minor_format(minor, currency, text); *s; s++)
		buf_putc(&c->out, *s == '.' ? c->point : *s);
}

void sheet_int(struct sheet *c, int64_t n)
{
	next_cell(c);
	buf_printf(&c->out, "%" PRId64, n);
}

void sheet_day(struct sheet *c, day_t d)
{
	char text[DATE_TEXT];

	next_cell(c);
	buf_puts(&c->out, date_format(d, text));
}

void sheet_end(struct sheet *c)
{
	buf_puts(&c->out, "\r\n");
	c->has_cell = false;
}
