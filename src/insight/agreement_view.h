/* SPDX-License-Identifier: Apache-2.0 */
/* agreement_view.h - the lists of promises and of disputes, over all customers. */
#ifndef INSIGHT_AGREEMENT_VIEW_H
#define INSIGHT_AGREEMENT_VIEW_H

#include "web/link.h"
#include "web/parts.h"

struct agreement_row {
	const char *customer;
	const char *url;
	const char *what;
	const char *detail;
	const char *day;
	const char *state;
	const char *words;
	const char *amount; /* with its currency: rows may be of several */
};

struct agreement_view {
	const char *title;
	const char *line;
	const struct part_chip *chips;
	size_t n_chips;
	const char *day_head;
	const struct agreement_row *rows;
	size_t n_rows;
	const char *shown; /* under the table */
	struct part_empty empty;
};

void agreement_page(struct page *p, const struct agreement_view *v);

#endif
