/* SPDX-License-Identifier: Apache-2.0 */
/* customer_view.h - the customer's sheet (fiche client), written for its reader. */
#ifndef INSIGHT_CUSTOMER_VIEW_H
#define INSIGHT_CUSTOMER_VIEW_H

#include "ledger/converted.h"
#include "web/files.h"
#include "insight/customer_tab.h"
#include "ledger/book.h"
#include "ledger/customer.h"
#include "web/chart.h"
#include "ledger/item_view.h"

struct customer_fact {
	const char *term;
	const char *value;
	bool is_sum;
};

struct customer_person {
	const char *initials;
	const char *name;
	const char *role;
	const char *email; /* NULL: none */
	const char *phone;
	const char *url; /* to change it; NULL: may not */
	bool is_dunning, is_bounced;
};

struct customer_legend {
	const char *state;
	const char *pattern;
	const char *text;
	const char *amount;
	const char *url;
};

struct customer_dispute_row {
	int64_t id;
	const char *what;
	const char *detail;
	const char *amount;
	bool is_late, is_paid; /* paid: nothing of it is open any more */
};

struct customer_promise_row {
	int64_t id;
	const char *what;
	const char *detail;
	const char *amount;
	const char *state;
	const char *outcome;
};

struct customer_page_view {
	enum customer_tab tab;
	struct part_chip tabs[CUSTOMER_N_TABS];
	struct table_page *list;    /* of the tab; NULL: it is none */
	struct converted converted; /* all currencies in the company's */
	const struct files_view *files;
	struct customer row;
	int64_t id;
	const char *subtitle;
	const char *warning; /* insolvent, excluded ...; NULL: none */
	const struct customer_person *owners;
	size_t n_owners;
	const struct part_figure *figures; /* five */
	const struct part_piece *piece;    /* the ageing bar */
	size_t n_pieces;
	const char *bar_label;
	const struct customer_legend *legend;
	size_t n_legend;
	const char *currency;
	const struct item_row *items;
	size_t n_items;
	const char *n_items_text;
	const struct item_total_row *totals;
	size_t n_totals;
	bool has_currencies;
	const char *sign;
	const char *all_items_url;
	const struct customer_fact *exposure;
	size_t n_exposure;
	struct part_gauge gauge; /* limit 0: none is set */
	const struct customer_fact *habit;
	size_t n_habit;
	const struct customer_fact *identity;
	size_t n_identity;
	const struct customer_person *contacts;
	size_t n_contacts;
	const struct customer_dispute_row *disputes;
	size_t n_disputes;
	const struct customer_promise_row *promises;
	size_t n_promises;
	const struct part_happening *story;
	size_t n_story;
	bool may_edit, may_promise, may_dispute;
	bool has_group; /* other accounts belong to it */
	const char *statement_url;
	const char *journal_url; /* NULL: the reader may not see it */
};

/* Ticked items, and what is to be said of them: a promise or a dispute. */
struct customer_act_view {
	int64_t customer_id;
	const char *customer_name;
	const char *customer_url;
	const char *title;
	const char *line;
	const char *action;
	const char *button;
	const struct item_row *items;
	size_t n_items;
	const char *total;
	const struct part_field *fields;
	size_t n_fields;
	const char *message; /* what is wrong with the whole; NULL: nothing */
};

/* What is at risk, with its limit, in that currency (customer_exposure.c). ERR_RANGE. */
bool customer_exposure_fill(struct page *p, const struct book *b, const char *currency,
			    struct customer_page_view *v, struct err *e) NODISCARD;

void customer_page(struct page *p, const struct customer_page_view *v);
/* Parts of customer.th. */
void customer_open(struct page *p, const struct customer_page_view *v);
void customer_of_tab(struct page *p, const struct customer_page_view *v);
void customer_act_page(struct page *p, const struct customer_act_view *v);

#endif
