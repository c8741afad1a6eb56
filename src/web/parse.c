/* SPDX-License-Identifier: Apache-2.0 */
#include "web/parse.h"

#include "base/text.h"

#include <strings.h>

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

char *parse_percent(struct arena *a, const char *s, size_t n, bool is_form)
{
	char *out = arena_alloc(a, n + 1);
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '%') {
			int high = i + 2 < n ? hex(s[i + 1]) : -1;
			int low = high >= 0 ? hex(s[i + 2]) : -1;

			if (low < 0)
				return NULL;
			out[len++] = (char)(high * 16 + low);
			i += 2;
		} else {
			out[len++] = is_form && s[i] == '+' ? ' ' : s[i];
		}
	}
	out[len] = '\0';
	return text_is_utf8(out, len) ? out : NULL;
}

bool parse_urlencoded(struct arena *a, const char *s, size_t n, struct value_list *list,
		      struct err *e)
{
	const char *end = s + n;

	while (s < end) {
		const char *stop = memchr(s, '&', (size_t)(end - s));
		const char *equals;
		struct web_value *v;

		stop = stop ? stop : end;
		if (stop == s) {
			s++;
			continue;
		}
		if (list->list.n == PARSE_MAX_VALUES)
			return err_set(e, ERR_LIMIT, "more than %d form values", PARSE_MAX_VALUES);
		equals = memchr(s, '=', (size_t)(stop - s));
		equals = equals ? equals : stop;
		v = LIST_ADD(a, &list->list);
		v->name = parse_percent(a, s, (size_t)(equals - s), true);
		v->value = equals < stop
				   ? parse_percent(a, equals + 1, (size_t)(stop - equals - 1), true)
				   : "";
		if (!v->name || !v->value)
			return err_set(e, ERR_USAGE, "form value %zu is not well encoded UTF-8",
				       list->list.n);
		s = stop < end ? stop + 1 : end;
	}
	return true;
}

static bool add_part(struct arena *a, const char *s, size_t n, struct target *t, struct err *e)
{
	const char *part = parse_percent(a, s, n, false);

	if (!part)
		return err_set(e, ERR_USAGE, "the address is not well encoded UTF-8");
	if (part[0] == '\0' || str_eq(part, ".") || str_eq(part, ".."))
		return err_set(e, ERR_USAGE, "the address has a part \"%s\"", part);
	if (t->n_parts == PARSE_MAX_PARTS)
		return err_set(e, ERR_LIMIT, "the address has more than %d parts", PARSE_MAX_PARTS);
	t->parts[t->n_parts++] = part;
	return true;
}

bool parse_target(struct arena *a, const char *target, struct target *ret, struct err *e)
{
	struct target t = { .query = "" };
	size_t len = strcspn(target, "?#");
	struct buf path;

	if (target[0] != '/')
		return err_set(e, ERR_USAGE, "the address is not an absolute path");
	if (target[len] == '?')
		t.query = arena_strndup(a, target + len + 1, strcspn(target + len + 1, "#"));
	for (size_t i = 1; i < len;) {
		size_t n = strcspn(target + i, "/?#");

		if (!add_part(a, target + i, n, &t, e))
			return false;
		i += n + 1;
	}
	buf_init(&path, a);
	for (size_t i = 0; i < t.n_parts; i++)
		buf_printf(&path, "/%s", t.parts[i]);
	t.path = t.n_parts ? buf_str(&path) : "/";
	*ret = t;
	return true;
}

const char *parse_cookie(struct arena *a, const char *header, const char *name)
{
	size_t len = strlen(name);

	while (header && *header) {
		size_t n;

		header += strspn(header, "; \t");
		n = strcspn(header, ";");
		if (n > len && strncmp(header, name, len) == 0 && header[len] == '=')
			return arena_strndup(a, header + len + 1, n - len - 1);
		header += n;
	}
	return NULL;
}

/* Past the value that begins at s, quoted or not. */
static const char *value_end(const char *s)
{
	if (*s != '"')
		return s + strcspn(s, "; \t");
	for (s++; *s && *s != '"'; s++)
		;
	return *s ? s + 1 : s;
}

char *parse_parameter(struct arena *a, const char *header, const char *name)
{
	size_t len = strlen(name);
	const char *s = header ? header + strcspn(header, ";") : "";

	while (*s) {
		const char *value, *end;

		s += strspn(s, "; \t");
		value = s + strcspn(s, "=;");
		if (*value != '=') {
			s = value;
			continue;
		}
		end = value_end(value + 1);
		if ((size_t)(value - s) == len && strncasecmp(s, name, len) == 0) {
			bool quoted = value[1] == '"';

			value += quoted ? 2 : 1;
			if (quoted && end > value && end[-1] == '"')
				end--;
			return arena_strndup(a, value, (size_t)(end > value ? end - value : 0));
		}
		s = end + strcspn(end, ";");
	}
	return NULL;
}

bool parse_is_type(const char *header, const char *media_type)
{
	size_t len = strlen(media_type);

	return header && strncasecmp(header, media_type, len) == 0 &&
	       (header[len] == '\0' || strchr("; \t", header[len]));
}

bool parse_is_local(const char *path)
{
	if (!path || path[0] != '/' || path[1] == '/' || path[1] == '\\')
		return false;
	for (const char *s = path; *s; s++) {
		if ((unsigned char)*s <= ' ' || *s == '\\' || *s == 0x7f)
			return false;
	}
	return true;
}
