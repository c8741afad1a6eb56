/* SPDX-License-Identifier: Apache-2.0 */
/* lettering_page.h - the lettering page as its two files share it: what is shown, what is done. */
#ifndef LEDGER_LETTERING_PAGE_H
#define LEDGER_LETTERING_PAGE_H

#include "base/list.h"
#include "ledger/customer_group.h"
#include "ledger/lettering_store.h"
#include "ledger/lettering_view.h"
#include "web/web.h"

struct lettering_of {
	struct request *request;
	struct page *page;
	struct form form;
	struct customer customer;
	struct customer_member *members; /* those the user sees; itself first */
	size_t n_members;
	bool is_group;
	const char *currency;
	struct item *items; /* open ones of the currency, oldest first */
	size_t n_items;
	bool has_other_currency;
	struct lettering *codes;
	size_t n_codes;
	LIST_OF(struct lettering_line) lines; /* ticked */
	int64_t debit_minor, credit_minor;    /* of the lines */
	struct lettering_view view;
};

/* Reads what the request's page is of: customer, group, currency, open items, codes. */
bool lettering_page_begin(struct request *r, struct lettering_of *l, struct err *e) NODISCARD;

/* Reads what is ticked and typed; what is wrong becomes a message of the form. */
bool lettering_page_lines(struct lettering_of *l, struct err *e) NODISCARD;

bool lettering_page_show(struct lettering_of *l, int status, struct err *e) NODISCARD;

/* The address of the page, without what it is of. */
const char *lettering_page_url(const struct lettering_of *l);

#endif
