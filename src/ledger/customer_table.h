/* SPDX-License-Identifier: Apache-2.0 */
/*
 * customer_table.h - the list of customers as a table: for the page, its files, and the command line.
 */
#ifndef LEDGER_CUSTOMER_TABLE_H
#define LEDGER_CUSTOMER_TABLE_H

#include "ledger/customer_list.h"
#include "web/table.h"

extern const struct table customer_table;

struct customer_rows {
	const struct book *book;
	const struct customer_list *list;
	const char *currency;    /* of all amounts */
	struct request *request; /* for links; NULL: none are needed */
};

/* The rows of the list and its total; after as the address says, NULL for a file. rows must outlive the
 * source. */
void customer_table_source(struct arena *a, struct customer_rows *rows, const char *after,
			   struct table_source *ret);

#endif
