/* SPDX-License-Identifier: Apache-2.0 */
/* customers_view.h - the list of customers as the page shows it. */
#ifndef LEDGER_CUSTOMERS_VIEW_H
#define LEDGER_CUSTOMERS_VIEW_H

#include "web/link.h"
#include "web/parts.h"

struct customer_row {
	const char *name;
	const char *code;
	const char *url;
	const char *segment;
	const char *owner;
	const char *total;
	const char *late;
	const char *disputed;
	const char *state; /* of the oldest late item; NULL when none is late */
	const char *words;
	bool is_over_limit;
	bool is_credit;
};

struct customers_view {
	const char *summary;
	const char *note; /* NULL: none */
	const struct part_chip *chips;
	size_t n_chips;
	const struct part_field *filters;
	size_t n_filters;
	const char *show, *sort, *as_of,
		*known_at;             /* kept by the form of filters; NULL: not asked */
	const struct part_sort *heads; /* name, owes, late, disputed, oldest */
	const struct customer_row *rows;
	size_t n_rows;
	const char *total_text;
	const char *total, *late, *disputed;
	struct part_pager pager;
	struct part_empty empty;
	const char *csv_url;
};

void customers_page(struct page *p, const struct customers_view *v);

#endif
