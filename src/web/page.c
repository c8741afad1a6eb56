/* SPDX-License-Identifier: Apache-2.0 */
#include "web/page.h"

#include <stdio.h>
#include <strings.h>

bool page_may(const struct page *p, const char *permission)
{
	for (const char *const *at = p->allowed; at && *at; at++) {
		if (str_eq(*at, permission))
			return true;
	}
	return false;
}

static bool has_name(const char *url, const char *name)
{
	const char *at = strchr(url, '?');

	for (; at; at = strchr(at + 1, '&')) {
		if (str_starts(at + 1, name) && at[1 + strlen(name)] == '=')
			return true;
	}
	return false;
}

const char *page_link(struct page *p, const char *url)
{
	char day[DATE_TEXT], moment[CLOCK_TEXT];
	const char *end = url + strcspn(url, "#");
	struct buf b;

	if (!p->is_past || url[0] != '/')
		return url;
	buf_init(&b, p->arena);
	buf_add(&b, url, (size_t)(end - url));
	if (p->when.as_of != p->today && !has_name(url, "as_of"))
		buf_printf(&b, "%cas_of=%s", strchr(buf_str(&b), '?') ? '&' : '?',
			   date_format(p->when.as_of, day));
	if (p->when.known_at && !has_name(url, "known_at"))
		buf_printf(&b, "%cknown_at=%s", strchr(buf_str(&b), '?') ? '&' : '?',
			   clock_format(p->when.known_at, moment));
	buf_puts(&b, end);
	return buf_str(&b);
}

void page_markup(struct page *p, const char *markup, size_t n)
{
	buf_add(p->out, markup, n);
}

void page_safe(struct page *p, struct html_safe markup)
{
	buf_puts(p->out, markup.html ? markup.html : "");
}

/* Text between tags and in quoted attributes: the same five characters are dangerous in both.
 * Control characters that HTML forbids are shown as the replacement character. */
static bool is_dangerous(char c)
{
	return (unsigned char)c < 0x20
		       ? c != '\t' && c != '\n' && c != '\r'
		       : c == '&' || c == '<' || c == '>' || c == '"' || c == '\'' || c == 0x7f;
}

static void put_escaped(struct buf *b, const char *s)
{
	for (;;) {
		size_t n = 0;

		while (!is_dangerous(s[n])) /* NUL is */
			n++;
		buf_add(b, s, n);
		s += n;
		switch (*s) {
		case '\0':
			return;
		case '&':
			buf_puts(b, "&amp;");
			break;
		case '<':
			buf_puts(b, "&lt;");
			break;
		case '>':
			buf_puts(b, "&gt;");
			break;
		case '"':
			buf_puts(b, "&#34;");
			break;
		case '\'':
			buf_puts(b, "&#39;");
			break;
		default:
			buf_puts(b, "\xef\xbf\xbd");
		}
		s++;
	}
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

static void put_percent(struct buf *b, const char *s, const char *kept)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (is_unreserved(c) || strchr(kept, c))
			buf_putc(b, *s);
		else
			buf_printf(b, "%%%02X", c);
	}
}

/* Addresses within this site, and the schemes that only lead somewhere. */
static bool is_harmless(const char *url)
{
	if (url[0] == '/')
		return url[1] != '/' && url[1] != '\\';
	return url[0] == '#' || url[0] == '?' || strncasecmp(url, "https://", 8) == 0 ||
	       strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "mailto:", 7) == 0;
}

static void put_url(struct buf *b, const char *url)
{
	if (!is_harmless(url)) {
		buf_putc(b, '#');
		return;
	}
	for (; *url; url++) {
		unsigned char c = (unsigned char)*url;

		if (c == '&')
			buf_puts(b, "&amp;");
		else if (is_unreserved(c) || strchr("/:?#[]@!$()*+,;=%", c))
			buf_putc(b, *url);
		else
			buf_printf(b, "%%%02X", c);
	}
}

void page_put_text(struct page *p, enum page_place place, const char *s)
{
	if (!s)
		return;
	switch (place) {
	case PAGE_TEXT:
	case PAGE_ATTRIBUTE:
		put_escaped(p->out, s);
		return;
	case PAGE_URL:
		put_url(p->out, s);
		return;
	case PAGE_URL_PART:
		put_percent(p->out, s, "");
		return;
	case PAGE_URL_MAIL:
		put_percent(p->out, s, "@");
		return;
	}
}

void page_put_int(struct page *p, enum page_place place, int64_t v)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%" PRId64, v);
	page_put_text(p, place, digits);
}

void page_put_size(struct page *p, enum page_place place, uint64_t v)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%" PRIu64, v);
	page_put_text(p, place, digits);
}

void page_tr(struct page *p, enum page_place place, const char *text)
{
	page_put_text(p, place, tr(p->cat, text));
}

void page_trf(struct page *p, enum page_place place, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	page_put_text(p, place, arena_vprintf(p->arena, tr(p->cat, format), args));
	va_end(args);
}

void page_trn(struct page *p, enum page_place place, const char *one, const char *many,
	      unsigned long n, ...)
{
	va_list args;

	va_start(args, n);
	page_put_text(p, place, arena_vprintf(p->arena, trn(p->cat, one, many, n), args));
	va_end(args);
}
