/* SPDX-License-Identifier: Apache-2.0 */
/* desk_view.h - what the workbench's page of several at once shows (desk_other.th). */
#ifndef CASH_DESK_VIEW_H
#define CASH_DESK_VIEW_H

#include "cash/bank_view.h"

struct bulk_row {
	const char *key; /* "id,version" */
	const char *url;
	const char *day;
	const char *who, *customer;
	const char *documents, *why;
	const char *amount;
	const char *gap; /* what the documents do not take; NULL: nothing */
	const char *confidence;
};

struct bulk_view {
	const struct bulk_row *rows;
	size_t n_rows;
	int n_left_out;
	const char *sum;
	const char *back_url;
};

void bulk_page(struct page *p, const struct bulk_view *v);
void bulk_line(struct page *p, const struct bulk_row *r);

#endif
