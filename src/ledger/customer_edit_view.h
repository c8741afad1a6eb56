/* SPDX-License-Identifier: Apache-2.0 */
/* customer_edit_view.h - pages that are one form: a customer, a contact, the settings. */
#ifndef LEDGER_CUSTOMER_EDIT_VIEW_H
#define LEDGER_CUSTOMER_EDIT_VIEW_H

#include "web/parts.h"

struct edit_group {
	const char *title;
	const struct part_field *fields;
	size_t n_fields;
};

struct edit_view {
	const char *title;
	const char *line;
	const char *parent_name; /* whose page to go back to; NULL: nobody's */
	const char *parent_url;
	const char *action;
	const char *message; /* what is wrong with the whole; NULL: nothing */
	int64_t version;
	const struct edit_group *groups;
	size_t n_groups;
	const char *check_name; /* one box to tick; NULL: none */
	const char *check_text;
	bool is_checked;
	const char *button;
	const struct part_chip *tabs; /* above the form; none: n_tabs 0 */
	size_t n_tabs;
};

void edit_page(struct page *p, const struct edit_view *v);

#endif
