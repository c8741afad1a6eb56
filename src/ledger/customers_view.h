/* SPDX-License-Identifier: Apache-2.0 */
/* customers_view.h - the list of customers with the act of its page. */
#ifndef LEDGER_CUSTOMERS_VIEW_H
#define LEDGER_CUSTOMERS_VIEW_H

#include "web/parts.h"
#include "web/table.h"

struct customers_page_view {
	const char *summary;
	struct table_page *list;
};

void customers_page(struct page *p, const struct customers_page_view *v);

#endif
