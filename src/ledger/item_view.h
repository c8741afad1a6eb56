/* SPDX-License-Identifier: Apache-2.0 */
/*
 * item_view.h - open items as pages show them: rows in words, the list, one item.
 */
#ifndef LEDGER_ITEM_VIEW_H
#define LEDGER_ITEM_VIEW_H

#include "ledger/item_list.h"
#include "web/link.h"
#include "web/files.h"
#include "web/parts.h"

/* One item of the book, written for the reader. */
struct item_row {
	int64_t id;
	const char *document;
	const char *url;
	const char *customer_name;
	const char *customer_code;
	const char *customer_url;
	const char *kind;
	const char *issued;
	const char *due;
	bool is_due_guessed; /* by payment terms, not by a document */
	const char *state;   /* of the style sheet */
	const char *words;   /* "12 days late" */
	const char *amount;
	const char *open;
	bool is_credit;
	const char *minor; /* what is open in minor units, for the selection's sum */
	const char *currency;
	const char *mark; /* what people say of it; NULL: nothing, or not asked for */
};

void item_row_fill(struct request *r, struct page *p, const struct book *b, size_t item,
		   struct item_row *ret);

/* "Invoice", in the reader's language. */
const char *item_kind_text(const struct page *p, enum item_kind kind);
const char *item_kind_word(enum item_kind kind); /* to be translated */

/* A total under a list: one per currency. */
struct item_total_row {
	const char *text; /* "Total of the 12 items" */
	const char *currency;
	const char *amount;
	const char *open;
};

struct item_total_row *item_total_rows(struct page *p, const struct book *b,
				       const struct item_list *l);

/* One amount applied, seen from the item. */
struct item_allocation_row {
	int64_t id;
	const char *day;
	const char *document; /* of the other item */
	const char *url;
	const char *amount;
	const char *reason;
	const char *who;
	bool is_undone;  /* by a later row */
	bool is_undoing; /* it undoes another */
};

struct item_fact {
	const char *term;
	const char *value;
	const char *url; /* NULL: no link */
};

struct item_page_view {
	struct item_row row;
	const char *subtitle;
	const struct item_fact *facts;
	size_t n_facts;
	const struct item_allocation_row *allocations;
	size_t n_allocations;
	const struct part_happening *changes;
	size_t n_changes;
	const struct files_view *files;
	const char *amount, *applied, *open;
	const char *marks; /* what people say of it now; NULL: nothing */
	bool may_apply, may_mark;
	bool may_take_out; /* it was entered by hand */
};

void item_page(struct page *p, const struct item_page_view *v);

#endif
