/* SPDX-License-Identifier: Apache-2.0 */
/* statement_view.h - the page of a statement of account. */
#ifndef INSIGHT_STATEMENT_VIEW_H
#define INSIGHT_STATEMENT_VIEW_H

#include "web/parts.h"
#include "web/table.h"

struct statement_page_view {
	int64_t id;
	const char *name;
	const char *summary;
	const char *url; /* of the customer */
	const char *pdf_url;
	struct table_page *list;
};

void statement_page(struct page *p, const struct statement_page_view *v);

#endif
