/* SPDX-License-Identifier: Apache-2.0 */
/* books_view.h - what the pages of exports show (books.th). */
#ifndef BOOKS_BOOKS_VIEW_H
#define BOOKS_BOOKS_VIEW_H

#include "web/parts.h"

struct export_row {
	int64_t number;
	const char *day, *entries, *letterings, *amount;
	const char *state, *words; /* of the badge */
	const char *remark;        /* NULL: none */
};

struct exports_view {
	const char *line;
	const char *new_text; /* what is new, in words; NULL: nothing is */
	const char *waiting;  /* NULL: nothing waits */
	bool may_export, may_set;
	const struct export_row *rows;
	size_t n_rows;
};

struct export_line_row {
	const char *journal, *number, *day, *piece, *account;
	const char *customer_url, *customer; /* NULL: no customer's account */
	const char *debit, *credit;
	bool is_first; /* of its entry */
	bool is_reversal;
};

struct export_view {
	struct export_row head;
	const char *line, *message;
	bool may_act, may_decide, has_more;
	struct part_field reference, reason;
	const struct export_line_row *rows;
	size_t n_rows;
};

void exports_page(struct page *p, const struct exports_view *v);
void export_page(struct page *p, const struct export_view *v);

#endif
