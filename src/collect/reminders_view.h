/* SPDX-License-Identifier: Apache-2.0 */
/* reminders_view.h - the pages of reminders as they are shown. */
#ifndef COLLECT_REMINDERS_VIEW_H
#define COLLECT_REMINDERS_VIEW_H

#include "collect/message_text.h"
#include "web/link.h"
#include "web/parts.h"
#include "web/table.h"

struct skip_line {
	const char *customer;
	const char *url;
	const char *words;
};

struct skip_group {
	const char *state; /* sign */
	const char *reason;
	const char *count;
	const char *amount;
	const struct skip_line *lines;
	size_t n_lines;
	const char *more; /* "and 296 others"; NULL: none */
};

struct message_preview {
	const char *customer; /* NULL: nothing is chosen */
	const char *language;
	const char *subject;
	const char *to;
	const struct message_blocks *blocks;
	const char *pdf_url; /* of a letter; NULL for others */
	const char *why;
	const struct part_chip *tabs;
	size_t n_tabs;
	bool shows_why;
	const struct part_pair *pairs;
};

struct reminders_view {
	const char *line;
	const char *note; /* NULL: none */
	struct table_page *list;
	const struct skip_group *groups;
	size_t n_groups;
	const char *skip_summary;
	struct message_preview preview;
};

void reminders_page(struct page *p, const struct reminders_view *v);
void message_paper(struct page *p, const struct message_blocks *b);

/* ---- outbox -------------------------------------------------------------------------------------- */

struct outbox_view {
	const char *line;
	struct table_page *list;
	const char *n_uncertain; /* NULL: none */
	const char *print;       /* an open print, NULL: none */
	const char *n_letters;   /* letters to print; NULL: none */
	bool may_send;
};

struct outbox_line_row {
	const char *document;
	const char *url;
	const char *due;
	const char *step;
	const char *open;
};

struct outbox_message_view {
	int64_t id;
	struct part_crumb crumbs[2];
	const char *title;
	const char *line;
	const char *state, *word;
	const char *remark;
	const char *language;
	const char *subject, *to, *body;
	const char *customer, *customer_url;
	const struct outbox_line_row *lines;
	size_t n_lines;
	const char *amount_head;
	const char *amount;
	const char *sent; /* NULL: not yet */
	const char *decided;
	bool may_confirm, may_skip, may_resolve;
};

void outbox_page(struct page *p, const struct outbox_view *v);
void outbox_message_page(struct page *p, const struct outbox_message_view *v);

/* ---- texts and policy ---------------------------------------------------------------------------- */

struct text_row {
	const char *name;
	const char *url;
	const char *channel;
	const char *language;
	const char *subject;
	const char *revision;
};

struct step_row {
	const char *step;
	const char *when;
	const char *icon, *channel;
	const char *mode;
	const char *text, *text_url;
};

struct policy_view {
	const char *line;
	const struct text_row *texts;
	size_t n_texts;
	const struct step_row *steps;
	size_t n_steps;
	const char *name;
	const char *rules; /* minimum, gap, stale days in a sentence */
	const char *not_chased;
	struct part_field body; /* the JSON */
	bool may_edit, may_switch, is_live;
};

struct field_help {
	const char *name;
	const char *help;
};

struct text_view {
	const char *title;
	struct part_crumb crumbs[2];
	const char *action;
	struct part_field subject, body;
	const char *preview_subject;
	const char *language;
	const struct message_blocks *blocks; /* NULL: it cannot be filled in */
	const char *wrong;
	const struct field_help *help;
	size_t n_help;
	bool may_edit;
};

void policy_page(struct page *p, const struct policy_view *v);
void text_page(struct page *p, const struct text_view *v);

#endif
