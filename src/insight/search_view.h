/* SPDX-License-Identifier: Apache-2.0 */
/* search_view.h - what was found, for search.th and as JSON. */
#ifndef INSIGHT_SEARCH_VIEW_H
#define INSIGHT_SEARCH_VIEW_H

#include "base/list.h"
#include "web/page.h"

struct search_hit {
	const char *label;
	const char *detail;
	const char *url;
};

struct search_group {
	const char *label;
	LIST_OF(struct search_hit) hits;
};

enum { SEARCH_GROUPS = 3 };

struct search_view {
	const char *q;
	int n_hits;
	struct search_group groups[SEARCH_GROUPS];
};

void search_page(struct page *p, const struct search_view *v);

#endif
