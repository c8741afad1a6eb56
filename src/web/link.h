/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link.h - addresses of views: filters, order and date live in the query, so that a view can be sent.
 *
 *	link_with(r, "sort", "-due_on", NULL)		this view, in another order
 *	link_with(r, "state", NULL, NULL)		this view, without that filter
 *	link_to(r, "/items", "customer", code, NULL)	another page, as of the same day
 *
 * Pairs of name and value end with a NULL name; a NULL value leaves the name out. The place in a paged list
 * ("after") is never kept: another filter or order begins at the first row.
 *
 * A view has two times (struct when): as_of, the day up to which facts count, and known_at, the moment up to
 * which they were known. A page whose figures follow them:
 *
 *	struct when w;
 *	if (!request_when(r, &w, e) ||
 *	    !book_load_for(r, &(struct book_query){ .as_of = w.as_of, .known_at = w.known_at }, &b, e))
 *		return false;
 *	p = page_begin_when(r, title, "items", w);
 */
#ifndef WEB_LINK_H
#define WEB_LINK_H

#include "web/web.h"

const char *link_with(struct request *r, ...) __attribute__((sentinel));
const char *link_to(struct request *r, const char *path, ...) __attribute__((sentinel));

/* Writes a name or value of an address: everything but letters, digits and -._~ in % form. */
void link_escape(struct buf *b, const char *s);

/* The day the view stands for: ?as_of=2026-10-31, else today. ERR_INVALID when it is no date or lies in the
 * future. */
bool request_as_of(struct request *r, day_t *ret, struct err *e) NODISCARD;

/* The moment up to which it was known: ?known_at=2026-11-05T18:00 on the company's clock, with Z in UTC, or a
 * day, meaning its end. 0 when it is not asked for, or has not passed. ERR_INVALID when it is no moment or
 * lies in the future. */
bool request_known_at(struct request *r, int64_t *ret, struct err *e) NODISCARD;

/* Both. */
bool request_when(struct request *r, struct when *ret, struct err *e) NODISCARD;

/* The moment up to which something had come, for facts that have no day of their own: the end of as_of on the
 * company's clock, or known_at when that is earlier. */
int64_t when_moment(const struct page *p, struct when w);

/* page_begin for a view of both times; and for one that has a day, but shows what is known now. */
struct page *page_begin_when(struct request *r, const char *title, const char *section,
			     struct when w);
struct page *page_begin_as_of(struct request *r, const char *title, const char *section,
			      day_t as_of);

#endif
