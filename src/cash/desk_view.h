/* SPDX-License-Identifier: Apache-2.0 */
/* desk_view.h - what the workbench's other pages show: several at once, refunds. The templates are desk_other.th. */
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

struct refund_row {
	int64_t id;
	const char *customer, *customer_url;
	const char *payment, *url; /* url NULL: no bank entry */
	const char *day;
	const char *iban, *holder, *reason;
	const char *amount;
	const char *state, *words; /* badge */
	bool may_cancel;
};

struct refunds_view {
	struct bank_head head;
	const struct refund_row *rows;
	size_t n_rows;
};

void bulk_page(struct page *p, const struct bulk_view *v);
void bulk_line(struct page *p, const struct bulk_row *r);
void refunds_page(struct page *p, const struct refunds_view *v);
void refund_line(struct page *p, const struct refund_row *r);

#endif
