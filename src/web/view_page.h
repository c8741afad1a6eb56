/* SPDX-License-Identifier: Apache-2.0 */
/* view_page.h - the page where kept views are renamed, shared and taken away. */
#ifndef WEB_VIEW_PAGE_H
#define WEB_VIEW_PAGE_H

#include "web/view.h"

struct view_row {
	const struct saved_view *view;
	bool is_own;
	bool is_first; /* the list opens with it */
};

struct views_page {
	const char *list;
	const struct view_row *rows;
	size_t n;
	bool has_first;
};

void views_page(struct page *p, const struct views_page *v);

extern const struct route_list web_view_routes;

#endif
