/* SPDX-License-Identifier: Apache-2.0 */
/*
 * customer_tab.h - the tabs of the customer's sheet: ?tab=payments. Those that are lists are the one table, cut to
 * the customer, with its files.
 */
#ifndef INSIGHT_CUSTOMER_TAB_H
#define INSIGHT_CUSTOMER_TAB_H

#include "web/parts.h"
#include "web/table.h"

enum customer_tab {
	CUSTOMER_ITEMS, /* what the sheet opens with */
	CUSTOMER_PAYMENTS,
	CUSTOMER_MESSAGES,
	CUSTOMER_PROMISES,
	CUSTOMER_DISPUTES,
	CUSTOMER_FILES,
	CUSTOMER_HISTORY,
	CUSTOMER_FACTS,
	CUSTOMER_N_TABS
};

/* The tab that the address asks for. ERR_USAGE when there is none of that name. */
bool customer_tab_read(struct request *r, enum customer_tab *ret, struct err *e) NODISCARD;

void customer_tab_chips(struct request *r, int64_t customer_id, enum customer_tab tab,
			struct part_chip chips[CUSTOMER_N_TABS]);

bool customer_tab_is_list(enum customer_tab tab);

/* The list of such a tab, read from the address. */
bool customer_tab_list(struct request *r, enum customer_tab tab, int64_t customer_id,
		       struct table_view *v, struct table_source *ret, struct err *e) NODISCARD;

#endif
