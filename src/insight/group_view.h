/* SPDX-License-Identifier: Apache-2.0 */
/* group_view.h - the page of a group of accounts, and of a customer's whole time line. */
#ifndef INSIGHT_GROUP_VIEW_H
#define INSIGHT_GROUP_VIEW_H

#include "web/parts.h"
#include "web/table.h"

struct group_page_view {
	const char *name, *summary;
	const char *url; /* of the customer */
	const char *statement_url, *lettering_url;
	struct table_page *list;
};

struct timeline_view {
	const char *name, *url;
	const struct part_chip *chips;
	size_t n_chips;
	const struct part_happening *story;
	size_t n_story;
	struct part_pager pager;
};

void group_page(struct page *p, const struct group_page_view *v);
void timeline_page(struct page *p, const struct timeline_view *v);

#endif
