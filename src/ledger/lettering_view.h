/* SPDX-License-Identifier: Apache-2.0 */
/* lettering_view.h - the lettering page of an account, written for its reader. */
#ifndef LEDGER_LETTERING_VIEW_H
#define LEDGER_LETTERING_VIEW_H

#include "web/parts.h"

/* An open item: its amount stands on one side. */
struct letter_item_row {
	int64_t id;
	const char *document;
	const char *url;
	const char *kind;
	const char *account; /* of another account of the group; NULL: of this one */
	const char *due;
	const char *label;
	const char *debit, *credit; /* one of them; the other NULL */
	const char *minor;          /* what is open, signed, in minor units */
	const char *field;          /* "amount_12" */
	const char *typed;          /* what stands in the field */
	const char *mark;           /* partial code it stands under, or NULL */
	bool is_ticked;
};

struct letter_proposal_row {
	const char *what; /* "VIR1 pays FA1, FA2" */
	const char *why;
	const char *amount;
	const int64_t *items;
	size_t n_items;
	const char *tick_url; /* the page with them ticked */
};

struct letter_amount_row {
	int64_t id; /* of the allocation */
	const char *what;
	const char *amount;
};

struct letter_code_row {
	const char *code;
	bool is_full;
	const char *on;
	const char *who;
	const char *amount;
	const char *left; /* NULL: nothing */
	const char *documents;
	const struct letter_amount_row *amounts;
	size_t n_amounts;
};

/* A code of the accounting file, or of no code: not ours to undo whole. */
struct letter_book_row {
	const char *code;
	const char *on;
	const char *count;
	const char *amount;
};

struct lettering_view {
	int64_t id;
	const char *name, *code;
	const char *url;    /* of the customer */
	const char *action; /* of this page's forms */
	const char *summary;
	const char *message; /* what is wrong; NULL: nothing */
	const char *currency, *sign, *decimals;
	const struct part_chip *chips; /* currencies, group */
	size_t n_chips;
	const char *query;    /* text searched for */
	const char *is_group; /* "1" when the group's items are shown, else NULL */
	const struct letter_proposal_row *proposals;
	size_t n_proposals;
	const struct letter_item_row *items;
	size_t n_items;
	const char *more;                    /* told when not all are shown */
	const char *debits, *credits, *rest; /* of what is ticked */
	const struct part_field *fields;     /* lettering date, reason */
	size_t n_fields;
	const struct letter_code_row *codes;
	size_t n_codes;
	const struct letter_book_row *books;
	size_t n_books;
	bool may_letter;
};

void lettering_page(struct page *p, const struct lettering_view *v);

#endif
