/* SPDX-License-Identifier: Apache-2.0 */
/* virtual_view.h - what the pages of virtual IBANs show (virtual.th). */
#ifndef CASH_VIRTUAL_VIEW_H
#define CASH_VIRTUAL_VIEW_H

#include "cash/bank_view.h"

struct virtual_list_view {
	struct bank_head head;
	const char *message; /* of a form that was refused; NULL: none */
	struct part_field iban, customer, document, from;
	struct table_page *list;
	bool may_give;
};

struct virtual_view {
	struct bank_head head;
	int64_t id;
	const char *iban; /* in groups */
	const char *state, *words;
	const char *customer, *customer_url;
	const char *document, *document_url; /* NULL: whatever he owes */
	const char *days;
	const char *given;    /* by whom, how */
	const char *received; /* NULL: nothing came */
	const char *message;  /* of the form that was refused; NULL: none */
	struct part_field until;
	struct table_page *list;
	bool may_close;
};

void virtual_list_page(struct page *p, const struct virtual_list_view *v);
void virtual_page(struct page *p, const struct virtual_view *v);

/* Their parts. */
void virtual_give(struct page *p, const struct virtual_list_view *v);
void virtual_import(struct page *p);

#endif
