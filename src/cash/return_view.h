/* SPDX-License-Identifier: Apache-2.0 */
/* return_view.h - what the pages of payments that came back show (return.th). */
#ifndef CASH_RETURN_VIEW_H
#define CASH_RETURN_VIEW_H

#include "cash/bank_view.h"

struct return_choice {
	const char *item;
	const char *text, *documents;
	bool is_first;
	bool is_line; /* of the accounting, with its words for documents */
};

struct return_row {
	int64_t id;
	const char *url;
	const char *day;
	const char *customer;               /* else who the bank names */
	const char *customer_url;           /* NULL: none is known */
	const char *kind, *reason, *advice; /* advice NULL: none */
	const char *documents;              /* open again; NULL */
	const char *fee;                    /* asked of the customer; NULL */
	const char *amount, *reference;
	const char *booked;        /* the accounting's line that it is or may be; NULL */
	const char *entry_url;     /* the bank's debit; NULL */
	const char *state, *words; /* badge */
	bool may_decide, may_dismiss, may_undo, may_see;
};

struct returns_view {
	struct bank_head head;
	struct part_chip chips[6];
	size_t n_chips;
	const char *customer; /* whose alone are shown; NULL: all */
	const struct return_row *rows;
	size_t n_rows;
	struct part_pager pager;
};

struct return_view {
	struct bank_head head;
	struct return_row row;
	const struct return_choice *choices;
	size_t n_choices; /* payments, then n_lines lines of the accounting */
	size_t n_lines;
};

void returns_page(struct page *p, const struct returns_view *v);
void return_line(struct page *p, const struct return_row *r);
void return_page(struct page *p, const struct return_view *v);
void return_acts(struct page *p, const struct return_view *v);

#endif
