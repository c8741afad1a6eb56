/* SPDX-License-Identifier: Apache-2.0 */
/*
 * item_table.h - the list of items as a table: for the page, its files, and the command line.
 */
#ifndef LEDGER_ITEM_TABLE_H
#define LEDGER_ITEM_TABLE_H

#include "ledger/item_list.h"
#include "web/table.h"

extern const struct table item_table;

struct item_rows {
	const struct book *book;
	const struct item_list *list;
	struct request *request; /* for links; NULL: none are needed */
};

/* The rows of the list, its totals and its currency; after as the address says, NULL for a file. rows must
 * outlive the source. */
void item_table_source(struct arena *a, struct item_rows *rows, const char *after,
		       struct table_source *ret);

#endif
