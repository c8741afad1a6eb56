/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bank_view.h - what the bank's pages show: texts, ready for the reader. The templates are bank.th.
 */
#ifndef CASH_BANK_VIEW_H
#define CASH_BANK_VIEW_H

#include "web/parts.h"
#include "web/table.h"

enum bank_tab {
	BANK_TO_DECIDE,
	BANK_ENTRIES,
	BANK_STATEMENTS,
	BANK_ON_ACCOUNT,
	BANK_BY_HAND,
	BANK_ADVICES,
	BANK_REFUNDS,
	BANK_RETURNS,
	BANK_VIRTUAL,
	BANK_COCKPIT,
	BANK_MATCHING,
	BANK_N_TABS
};

/* What the queue is cut to, as chips and fields. */
struct desk_filter_view {
	const char *q, *state, *account, *currency, *payer, *min, *max, *age, *period;
	struct part_chip states[10];
	size_t n_states;
	const struct part_choice *accounts, *currencies, *ages, *state_choices;
	size_t n_accounts, n_currencies, n_ages, n_state_choices;
	int n_more; /* of the fields that are folded away, in force */
	bool has_any;
	const char *wrong; /* what cannot be read; NULL */
};

/* The head of every page of the room. */
struct bank_head {
	const char *title;
	const char *line;
	struct part_figure figures[6];
	struct part_chip tabs[BANK_N_TABS];
	struct part_chip periods[3];
	const char *counts_url;        /* the counters alone */
	const char *list_url;          /* the queue as a list, to take out; NULL: none */
	const struct table_page *list; /* that the page shows, to take out; NULL: none */
	bool may_apply;
	bool may_import;
};

/* One entry in the queue. */
struct bank_queued {
	const char *url;
	const char *who;
	const char *amount;
	const char *day;
	const char *state; /* badge */
	const char *words;
	const char *why;
	const char *waiting;    /* "3 days" */
	const char *confidence; /* of the best explanation; NULL: there is none */
	const char *customer;   /* whom it says; NULL */
	const char *tick;       /* value of its box: "id,version"; NULL: it cannot be accepted so */
	const char *tick_minor, *tick_label;
	const char *currency;
	bool is_current;
};

/* The bank's text, cut where something was recognised. mark is 0 for plain text. */
struct bank_piece {
	const char *text;
	const char *kind; /* "payer", "paid", "doubt" */
	int mark;
};

/* What a mark says, in words. */
struct bank_evidence {
	int mark;
	const char *kind;
	const char *text; /* as the bank wrote it */
	const char *words;
};

struct bank_field {
	const char *label;
	const struct bank_piece *pieces;
	size_t n_pieces;
};

struct bank_line {
	const char *document;
	const char *url;
	const char *due;
	const char *late_state, *late_words; /* NULL: none */
	const char *open;
	const char *applied;
	const char *left;
};

/* One explanation. */
struct bank_option {
	int rank;
	const char *id; /* of its heading */
	const char *title;
	const char *customer;
	const char *customer_url;
	const char *gap;
	bool is_exact;
	const char *confidence;
	const struct bank_line *lines;
	size_t n_lines;
	const char *applied, *received;
	const char *converted; /* into the documents' currency, and how; NULL: it is the entry's */
	const char *const *reasons;
	size_t n_reasons;
	const char *button;
	const char *key; /* "1" .. "9" */
};

/* A document that may be chosen by hand. */
struct bank_choice {
	const char *name;       /* of its field: "pay_123" */
	const char *customer;   /* when it is another's than the one shown; NULL */
	const char *open_minor; /* for the sums */
	struct bank_line line;
	const char *typed;
	const char *error;
};

/* The question to the payer: as it stands, or prepared. */
struct bank_ask {
	bool is_waiting, may_ask;
	const char *said; /* NULL: never asked */
	const char *recipient, *subject, *body, *language;
	const char *mail_link; /* NULL: no address known */
};

struct bank_entry {
	int64_t id;
	const char *path_query;       /* "?state=open": the filters, for its acts; "" */
	const struct page_kept *kept; /* the same, one by one */
	size_t n_kept;
	int64_t version;
	const char *who;
	const char *meta;
	const char *amount;
	const char *state, *words; /* badge */
	const struct bank_field *fields;
	size_t n_fields;
	const struct bank_evidence *evidence;
	size_t n_evidence;
	const char *say_kind;
	const char *say; /* why it is as it is */
	const struct bank_option *options;
	size_t n_options;
	/* what was applied */
	const struct bank_line *applied;
	size_t n_applied;
	const char *left;               /* on account; NULL: nothing */
	const char *const *conversions; /* how its money became another currency */
	size_t n_conversions;
	/* by hand */
	bool may_decide, may_undo, may_apply_rest, may_ignore;
	const char *customer_code, *customer_name;
	const struct bank_choice *choices;
	size_t n_choices;
	const char *choices_line;
	const char *find, *find_said;  /* what was looked for; what came of it, NULL */
	const char *with;              /* ids of documents of others, "12,13" */
	const struct part_chip *found; /* customers that fit */
	size_t n_found;
	const char *rest, *rest_reason, *rest_error; /* what becomes of what remains */
	const char *left_minor, *currency;
	/* Documents of another currency than the entry's: */
	const char *convert, *converted; /* the currency; what the money is worth in it; NULL: no */
	const char *worth, *worth_error;
	const struct part_chip *currencies; /* in which there are documents */
	size_t n_currencies;
	int decimals;
	const char *hand_error;
	const struct bank_ask *ask; /* NULL: nothing to ask */
	/* other decisions */
	bool may_refund, may_transfer;
	const char *slip, *slip_id; /* the deposit slip that it may be; NULL: none */
	const char *refund_iban, *refund_holder;
	const char *booked_document; /* the ledger's payment that it may be; NULL: none */
	const char *next_url;
	const char *back_url; /* the queue */
	int64_t next_id;      /* where to go when it is decided; 0: the first */
};

struct bank_view {
	struct bank_head head;
	const char *queue_line;
	const struct bank_queued *queue;
	size_t n_queue;
	const char *more_url;  /* the rest of the queue; NULL: none */
	const char *first_url; /* its beginning; NULL: it is shown */
	struct desk_filter_view filter;
	bool is_chosen; /* the entry was asked for: on a phone it is the page */
	bool may_apply, has_ticks;
	const char *part;
	const struct bank_entry *entry; /* NULL: nothing to decide */
};

/* A list below the room's head; of one statement also what it is. */
struct bank_list_view {
	struct bank_head head;
	struct table_page *list;
	const char *title; /* of the statement; NULL: none is shown */
	const char *line;
	const char *remark;
	const char *check, *check_words; /* state and word of a badge */
};

void bank_page(struct page *p, const struct bank_view *v);
void bank_desk(struct page *p, const struct bank_view *v);
void bank_counts(struct page *p, const struct bank_head *h);
void bank_list_page(struct page *p, const struct bank_list_view *v);

/* The parts of bank.th. */
void bank_head(struct page *p, const struct bank_head *h);
void desk_search(struct page *p, const struct desk_filter_view *f);
void bank_queue(struct page *p, const struct bank_view *v);
/* The address of an act on the entry, with the filters of the page. */
const char *bank_act(struct page *p, const struct bank_entry *en, const char *act);
void bank_keys(struct page *p, const struct bank_entry *en);
void bank_text(struct page *p, const struct bank_entry *en);
void bank_lines(struct page *p, const struct bank_line *line, size_t n, bool with_left);
void bank_option(struct page *p, const struct bank_entry *en, const struct bank_option *o);
void bank_applied(struct page *p, const struct bank_entry *en);
void bank_by_hand(struct page *p, const struct bank_entry *en);
void bank_choice(struct page *p, const struct bank_entry *en, const struct bank_choice *c);
void bank_rest(struct page *p, const struct bank_entry *en);
void bank_filter_keys(struct page *p, const struct bank_entry *en);
void desk_queued(struct page *p, const struct bank_queued *q, bool with_tick);
void bank_acts(struct page *p, const struct bank_entry *en);
void bank_other(struct page *p, const struct bank_entry *en);
void bank_ask(struct page *p, const struct bank_entry *en);
void desk_bulk(struct page *p, const struct bank_view *v);
void bank_entry(struct page *p, const struct bank_entry *en);

#endif
