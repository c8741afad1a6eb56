/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/clock.h"
#include "base/money.h"

void json_init(struct json *j, struct buf *out)
{
	*j = (struct json){ .out = out };
}

static void before_value(struct json *j)
{
	if (j->need_comma)
		buf_putc(j->out, ',');
	j->need_comma = true;
}

static void begin(struct json *j, char open, char close)
{
	ENSURE(j->depth < JSON_DEPTH);
	before_value(j);
	buf_putc(j->out, open);
	j->closing[j->depth++] = close;
	j->need_comma = false;
}

void json_open_object(struct json *j)
{
	begin(j, '{', '}');
}

void json_open_array(struct json *j)
{
	begin(j, '[', ']');
}

void json_end(struct json *j)
{
	ENSURE(j->depth > 0);
	buf_putc(j->out, j->closing[--j->depth]);
	j->need_comma = true;
}

static void quoted(struct buf *b, const char *s)
{
	buf_putc(b, '"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c == '\n')
			buf_puts(b, "\\n");
		else if (c < 0x20 || c == 0x7f)
			buf_printf(b, "\\u%04x", c);
		else
			buf_putc(b, *s);
	}
	buf_putc(b, '"');
}

void json_key(struct json *j, const char *key)
{
	before_value(j);
	quoted(j->out, key);
	buf_putc(j->out, ':');
	j->need_comma = false;
}

void json_text(struct json *j, const char *s)
{
	if (!s) {
		json_nothing(j);
		return;
	}
	before_value(j);
	quoted(j->out, s);
}

void json_int(struct json *j, int64_t v)
{
	before_value(j);
	buf_printf(j->out, "%" PRId64, v);
}

void json_bool(struct json *j, bool v)
{
	before_value(j);
	buf_puts(j->out, v ? "true" : "false");
}

void json_nothing(struct json *j)
{
	before_value(j);
	buf_puts(j->out, "null");
}

void json_number(struct json *j, const char *digits)
{
	before_value(j);
	buf_puts(j->out, digits);
}

void json_raw(struct json *j, const char *json)
{
	before_value(j);
	buf_puts(j->out, json);
}

void json_day(struct json *j, day_t d)
{
	char text[DATE_TEXT];

	json_text(j, d == DAY_NONE ? NULL : date_format(d, text));
}

void json_minor(struct json *j, int64_t minor, const char *currency)
{
	char text[MONEY_TEXT];

	json_text(j, minor_format(minor, currency, text));
}

void json_put_text(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	json_text(j, s);
}

void json_put_int(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

void json_put_bool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}

void json_put_day(struct json *j, const char *key, day_t d)
{
	json_key(j, key);
	json_day(j, d);
}

void json_put_minor(struct json *j, const char *key, int64_t minor, const char *currency)
{
	json_key(j, key);
	json_minor(j, minor, currency);
}

void json_put_moment(struct json *j, const char *key, int64_t moment)
{
	char text[CLOCK_TEXT];

	json_put_text(j, key, moment ? clock_format(moment, text) : NULL);
}
