/* SPDX-License-Identifier: Apache-2.0 */
/* The small languages of HTTP. What is accepted is UTF-8, and says the same when written again. */
#include "fuzz.h"

#include "base/text.h"
#include "web/parse.h"

static void escape(struct buf *b, const char *s)
{
	for (; *s; s++)
		buf_printf(b, "%%%02X", (unsigned char)*s);
}

static void believe_form(struct arena *a, const char *s, size_t n)
{
	struct value_list first = { 0 }, second = { 0 };
	struct err e = { 0 };
	struct buf again;

	if (!parse_urlencoded(a, s, n, &first, &e)) {
		ENSURE(e.code != ERR_NONE);
		return;
	}
	buf_init(&again, a);
	for (size_t i = 0; i < first.list.n; i++) {
		const struct web_value *v = &first.list.at[i];

		ENSURE(text_is_utf8(v->name, strlen(v->name)));
		ENSURE(text_is_utf8(v->value, strlen(v->value)));
		escape(&again, v->name);
		buf_putc(&again, '=');
		escape(&again, v->value);
		buf_putc(&again, '&');
	}
	ENSURE(parse_urlencoded(a, buf_str(&again), again.len, &second, &e));
	ENSURE(first.list.n == second.list.n);
	for (size_t i = 0; i < first.list.n; i++) {
		ENSURE(str_eq(first.list.at[i].name, second.list.at[i].name));
		ENSURE(str_eq(first.list.at[i].value, second.list.at[i].value));
	}
}

static void believe_target(struct arena *a, const char *s)
{
	struct err e = { 0 };
	struct target t;

	if (!parse_target(a, s, &t, &e)) {
		ENSURE(e.code != ERR_NONE);
		return;
	}
	ENSURE(t.path[0] == '/' && t.n_parts <= PARSE_MAX_PARTS);
	for (size_t i = 0; i < t.n_parts; i++) {
		ENSURE(t.parts[i][0] != '\0');
		ENSURE(!str_eq(t.parts[i], ".") && !str_eq(t.parts[i], ".."));
	}
}

void fuzz_form(const char *bytes, size_t n)
{
	struct arena *a = arena_new(256 << 20);
	const char *text = arena_strndup(a, bytes, n);

	believe_form(a, bytes, n);
	believe_target(a, text);
	parse_cookie(a, text, "id");
	parse_parameter(a, text, "boundary");
	if (parse_is_local(text))
		ENSURE(text[0] == '/' && text[1] != '/' && !strpbrk(text, "\r\n\\ "));
	arena_free(a);
}

FUZZ_TARGET(form)
