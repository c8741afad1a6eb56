/* SPDX-License-Identifier: Apache-2.0 */
/* advice_view.h - what the pages of remittance advices show. The templates are advice.th. */
#ifndef CASH_ADVICE_VIEW_H
#define CASH_ADVICE_VIEW_H

#include "cash/bank_view.h"

struct advice_shown {
	const char *url, *file_url, *name;
	const char *day, *total, *lines;
	const char *state, *words;     /* badge */
	const char *entry, *entry_url; /* NULL: not joined */
	const char *remark;            /* NULL: it adds up */
};

struct advice_line_row {
	const char *document, *amount, *discount;
	bool is_known;
};

struct advice_receipt {
	const char *id;
	const char *reference, *url, *who, *day, *amount, *gap;
	const char *label; /* of its button, for who does not see the row */
	bool is_exact;
};

struct advices_view {
	struct bank_head head;
	const struct advice_shown *rows;
	size_t n_rows;
};

struct advice_view {
	struct bank_head head;
	struct advice_shown advice;
	const struct advice_line_row *lines;
	size_t n_lines;
	const char *more; /* lines that are not shown; NULL: none */
	const struct advice_receipt *receipts;
	size_t n_receipts;
};

void advices_page(struct page *p, const struct advices_view *v);
void advice_upload(struct page *p);
void advice_page(struct page *p, const struct advice_view *v);
void advice_receipts(struct page *p, const struct advice_view *v);

#endif
