/* SPDX-License-Identifier: Apache-2.0 */
#include "web/multipart.h"

#include "base/text.h"

#include <stdio.h>
#include <strings.h>

bool multipart_init(struct multipart *m, const char *boundary, const struct multipart_sink *sink,
		    void *arg, struct err *e)
{
	size_t n = boundary ? strlen(boundary) : 0;

	if (n == 0 || n > MULTIPART_BOUNDARY)
		return err_set(e, ERR_USAGE, "the form has no boundary of 1 to %d characters",
			       MULTIPART_BOUNDARY);
	*m = (struct multipart){ .sink = sink, .arg = arg, .state = MULTIPART_PREAMBLE };
	m->delimiter_len =
		(size_t)snprintf(m->delimiter, sizeof m->delimiter, "\r\n--%s", boundary);
	/* The first delimiter needs no line end before it. */
	memcpy(m->hold, "\r\n", 2);
	m->held = 2;
	return true;
}

static void drop(struct multipart *m, size_t n)
{
	memmove(m->hold, m->hold + n, m->held - n);
	m->held -= n;
}

/* ---- the head of a part ------------------------------------------------------------------------ */

/* The value of name="..." in the text of a header. Browsers write %22 for a quote inside. */
static bool find_quoted(const char *s, const char *name, char *ret, size_t size, bool *ret_found)
{
	size_t len = strlen(name);

	*ret_found = false;
	for (s += strcspn(s, ";"); *s; s += strcspn(s, ";")) {
		const char *end;

		s += strspn(s, "; \t");
		if (strncasecmp(s, name, len) != 0 || s[len] != '=' || s[len + 1] != '"') {
			/* A semicolon inside of quotes ends no parameter. */
			s += strcspn(s, "\";");
			if (*s == '"') {
				end = strchr(s + 1, '"');
				if (!end)
					return false;
				s = end + 1;
			}
			continue;
		}
		s += len + 2;
		end = strchr(s, '"');
		if (!end || (size_t)(end - s) >= size)
			return false;
		memcpy(ret, s, (size_t)(end - s));
		ret[end - s] = '\0';
		*ret_found = true;
		return text_is_utf8(ret, (size_t)(end - s));
	}
	return true;
}

/* The value of a header line, NULL when the line is another. */
static const char *header_value(const char *line, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp(line, name, len) != 0 || line[len] != ':')
		return NULL;
	line += len + 1;
	return line + strspn(line, " \t");
}

/* head is NUL-terminated, lines end with \r\n. */
static bool begin_part(struct multipart *m, char *head, struct err *e)
{
	char name[256] = "", file_name[512] = "", media_type[128] = "";
	bool has_name = false, has_file = false;
	char *next;

	for (char *line = head; line && *line; line = next) {
		const char *value;

		next = strstr(line, "\r\n");
		if (next) {
			*next = '\0';
			next += 2;
		}
		if ((value = header_value(line, "Content-Disposition"))) {
			if (strncasecmp(value, "form-data", 9) != 0 ||
			    !find_quoted(value, "name", name, sizeof name, &has_name) ||
			    !find_quoted(value, "filename", file_name, sizeof file_name, &has_file))
				return err_set(e, ERR_FORMAT,
					       "a part of the form has a wrong head");
		} else if ((value = header_value(line, "Content-Type"))) {
			snprintf(media_type, sizeof media_type, "%s", value);
		}
	}
	if (!has_name)
		return err_set(e, ERR_FORMAT, "a part of the form has no name");
	return m->sink->begin(m->arg, name, has_file ? file_name : NULL, media_type, e);
}

/* ---- states: each returns true with *ret_more when it needs more bytes ------------------------- */

static bool in_headers(struct multipart *m, bool *ret_more, struct err *e)
{
	char *end = memmem(m->hold, m->held, "\r\n\r\n", 4);
	size_t n;

	if (!end) {
		if (m->held == sizeof m->hold)
			return err_set(e, ERR_LIMIT, "the head of a part of the form is too long");
		*ret_more = true;
		return true;
	}
	n = (size_t)(end - m->hold);
	if (memchr(m->hold, '\0', n))
		return err_set(e, ERR_FORMAT, "a part of the form has a wrong head");
	*end = '\0';
	if (!begin_part(m, m->hold, e))
		return false;
	drop(m, n + 4);
	m->state = MULTIPART_BODY;
	return true;
}

/* After a delimiter: "\r\n" begins a part, "--" ends the form. */
static bool in_line(struct multipart *m, bool *ret_more, struct err *e)
{
	if (m->held < 2) {
		*ret_more = true;
		return true;
	}
	if (memcmp(m->hold, "--", 2) == 0)
		m->state = MULTIPART_END;
	else if (memcmp(m->hold, "\r\n", 2) == 0)
		m->state = MULTIPART_HEADERS;
	else
		return err_set(e, ERR_FORMAT, "a part of the form does not begin on a line");
	drop(m, 2);
	return true;
}

/* In the preamble bytes are dropped, in a part they are handed over, up to the next delimiter. */
static bool in_body(struct multipart *m, bool *ret_more, struct err *e)
{
	char *found = memmem(m->hold, m->held, m->delimiter, m->delimiter_len);
	size_t n = found ? (size_t)(found - m->hold)
			 : (m->held >= m->delimiter_len ? m->held - m->delimiter_len + 1 : 0);
	bool in_part = m->state == MULTIPART_BODY;

	if (in_part && n > 0 && !m->sink->data(m->arg, m->hold, n, e))
		return false;
	drop(m, n);
	if (!found) {
		*ret_more = true;
		return true;
	}
	drop(m, m->delimiter_len);
	if (in_part && !m->sink->end(m->arg, e))
		return false;
	m->state = MULTIPART_LINE;
	return true;
}

static bool step(struct multipart *m, bool *ret_more, struct err *e)
{
	switch (m->state) {
	case MULTIPART_PREAMBLE:
	case MULTIPART_BODY:
		return in_body(m, ret_more, e);
	case MULTIPART_LINE:
		return in_line(m, ret_more, e);
	case MULTIPART_HEADERS:
		return in_headers(m, ret_more, e);
	case MULTIPART_END:
		m->held = 0; /* the epilogue says nothing */
		*ret_more = true;
		return true;
	}
	return false;
}

bool multipart_feed(struct multipart *m, const char *bytes, size_t n, struct err *e)
{
	while (n > 0) {
		size_t room = sizeof m->hold - m->held;
		size_t taken = n < room ? n : room;
		bool more = false;

		memcpy(m->hold + m->held, bytes, taken);
		m->held += taken;
		bytes += taken;
		n -= taken;
		while (!more) {
			if (!step(m, &more, e))
				return false;
		}
	}
	return true;
}

bool multipart_finish(struct multipart *m, struct err *e)
{
	if (m->state != MULTIPART_END)
		return err_set(e, ERR_FORMAT, "the form was cut short");
	return true;
}
