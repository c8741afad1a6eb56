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
 */
#ifndef WEB_LINK_H
#define WEB_LINK_H

#include "web/web.h"

const char *link_with(struct request *r, ...) __attribute__((sentinel));
const char *link_to(struct request *r, const char *path, ...) __attribute__((sentinel));

/* The day the view stands for: ?as_of=2026-10-31, else today. ERR_INVALID when it is no date or lies in the
 * future. */
bool request_as_of(struct request *r, day_t *ret, struct err *e) NODISCARD;

/* page_begin for a view as of that day. */
struct page *page_begin_as_of(struct request *r, const char *title, const char *section,
			      day_t as_of);

#endif
