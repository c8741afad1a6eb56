/* SPDX-License-Identifier: Apache-2.0 */
/* components_view.h - what the page of all parts shows. Its samples are in English alone. */
#ifndef WEB_COMPONENTS_VIEW_H
#define WEB_COMPONENTS_VIEW_H

#include "web/parts.h"
#include "web/web.h"

struct components_view {
	const struct part_piece *bar;
	size_t n_bar;
	const struct part_field *fields;
	size_t n_fields;
	const struct part_happening *story;
	size_t n_story;
	const char *plus, *minus, *other;
};

void components_page(struct page *p, const struct components_view *v);

extern const struct route_list web_components_routes;

#endif
