/* SPDX-License-Identifier: Apache-2.0 */
#include "web/link.h"

#include "base/clock.h"

#include <stdarg.h>

enum { MAX_PAIRS = 16 };

struct pairs {
	struct web_value at[MAX_PAIRS];
	size_t n;
};

static void read_pairs(struct pairs *ps, va_list args)
{
	const char *name;

	while ((name = va_arg(args, const char *)) != NULL) {
		ENSURE(ps->n < MAX_PAIRS);
		ps->at[ps->n].name = name;
		ps->at[ps->n++].value = va_arg(args, const char *);
	}
}

static bool has_pair(const struct pairs *ps, const char *name)
{
	for (size_t i = 0; i < ps->n; i++) {
		if (str_eq(ps->at[i].name, name))
			return true;
	}
	return false;
}

void link_escape(struct buf *b, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~";

	for (; *s; s++) {
		if (strchr(plain, *s))
			buf_putc(b, *s);
		else
			buf_printf(b, "%%%02X", (unsigned char)*s);
	}
}

static void put_pair(struct buf *b, bool *first, const char *name, const char *value)
{
	if (str_empty(value))
		return;
	buf_putc(b, *first ? '?' : '&');
	*first = false;
	link_escape(b, name);
	buf_putc(b, '=');
	link_escape(b, value);
}

static void put_pairs(struct buf *b, bool *first, const struct pairs *ps)
{
	for (size_t i = 0; i < ps->n; i++)
		put_pair(b, first, ps->at[i].name, ps->at[i].value);
}

const char *link_with(struct request *r, ...)
{
	struct pairs ps = { 0 };
	bool first = true;
	struct buf b;
	va_list args;

	va_start(args, r);
	read_pairs(&ps, args);
	va_end(args);
	buf_init(&b, r->arena);
	buf_puts(&b, r->path);
	for (size_t i = 0; i < r->query.n; i++) {
		const struct web_value *v = &r->query.at[i];

		if (!str_eq(v->name, "after") && !has_pair(&ps, v->name))
			put_pair(&b, &first, v->name, v->value);
	}
	put_pairs(&b, &first, &ps);
	return buf_str(&b);
}

const char *link_to(struct request *r, const char *path, ...)
{
	struct pairs ps = { 0 };
	bool first = true;
	struct buf b;
	va_list args;

	va_start(args, path);
	read_pairs(&ps, args);
	va_end(args);
	buf_init(&b, r->arena);
	buf_puts(&b, path);
	put_pairs(&b, &first, &ps);
	if (!has_pair(&ps, "as_of"))
		put_pair(&b, &first, "as_of", request_query(r, "as_of"));
	if (!has_pair(&ps, "known_at"))
		put_pair(&b, &first, "known_at", request_query(r, "known_at"));
	return buf_str(&b);
}

bool request_as_of(struct request *r, day_t *ret, struct err *e)
{
	const char *text = request_query(r, "as_of");
	day_t day = r->today;

	if (!str_empty(text) && !date_parse(text, &day, e))
		return false;
	if (day > r->today)
		return err_field(e, ERR_INVALID, "as_of", "%s lies in the future", text);
	*ret = day;
	return true;
}

bool request_known_at(struct request *r, int64_t *ret, struct err *e)
{
	const char *text = request_query(r, "known_at");
	int64_t moment = 0;

	if (!str_empty(text) && !clock_parse_local(text, r->entity.time_zone, &moment, e))
		return false;
	if (moment > r->now) {
		/* The end of today is now. */
		if (clock_day(moment, r->entity.time_zone) != r->today || strlen(text) != 10)
			return err_field(e, ERR_INVALID, "known_at", "%s lies in the future", text);
		moment = 0;
	}
	*ret = moment;
	return true;
}

bool request_when(struct request *r, struct when *ret, struct err *e)
{
	struct when w;

	if (!request_as_of(r, &w.as_of, e) || !request_known_at(r, &w.known_at, e))
		return false;
	*ret = w;
	return true;
}

struct page *page_begin_when(struct request *r, const char *title, const char *section,
			     struct when w)
{
	struct page *p = page_begin_as_of(r, title, section, w.as_of);

	p->takes_known_at = true;
	return p;
}

struct page *page_begin_as_of(struct request *r, const char *title, const char *section,
			      day_t as_of)
{
	struct page *p = page_begin(r, title, section);

	p->takes_as_of = true;
	p->when.as_of = as_of;
	return p;
}

int64_t when_moment(const struct page *p, struct when w)
{
	enum { DAY_SECONDS = 86400, MICROSECONDS = 1000000 };
	int64_t end = (((int64_t)w.as_of + 1) * DAY_SECONDS - p->utc_offset) * MICROSECONDS - 1;

	return w.known_at && w.known_at < end ? w.known_at : end;
}
