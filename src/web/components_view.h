/* SPDX-License-Identifier: Apache-2.0 */
/* components_view.h - what the page of all parts shows. */
#ifndef WEB_COMPONENTS_VIEW_H
#define WEB_COMPONENTS_VIEW_H

#include "web/chart.h"
#include "web/web.h"

struct components_row {
	const char *document;
	const char *why;
	const char *state, *words;
	int64_t minor;
	const char *open;
};

struct components_view {
	const struct part_piece *bar;
	size_t n_bar;
	const struct part_field *fields;
	size_t n_fields;
	const struct part_happening *story;
	size_t n_story;
	const struct components_row *rows;
	size_t n_rows;
	const struct chart *columns, *stacks, *line;
	const struct part_gauge *gauges;
	size_t n_gauges;
	const int64_t *spark;
	size_t n_spark;
	const char *const
		*bank; /* words of a bank, the second and the fourth read by the machine */
	const char *plus, *minus, *other, *nil, *count, *formula, *total, *open_head, *file_detail;
};

void components_page(struct page *p, const struct components_view *v);

extern const struct route_list web_components_routes;

#endif
