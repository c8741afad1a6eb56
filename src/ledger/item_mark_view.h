/* SPDX-License-Identifier: Apache-2.0 */
/* item_mark_view.h - saying something of ticked items; the list of statuses; written for their reader. */
#ifndef LEDGER_ITEM_MARK_VIEW_H
#define LEDGER_ITEM_MARK_VIEW_H

#include "ledger/item_mark.h"
#include "ledger/item_view.h"

struct item_mark_view {
	const char *title;
	const char *line;
	const char *kind;
	const char *button;
	const char *back_url;
	const char *message;
	const struct item_row *items;
	size_t n_items;
	const struct part_field *fields;
	size_t n_fields;
	bool may_clear; /* one of them has such a mark */
};

struct item_status_row {
	const char *url;
	const char *type, *name, *delay, *effect;
	bool is_hidden;
};

struct item_status_view {
	const struct part_chip *tabs;
	size_t n_tabs;
	const struct item_status_row *rows;
	size_t n_rows;
	const char *action;
	const char *form_title;
	const char *message;
	const struct part_field *fields;
	size_t n_fields;
	bool stops, is_hidden, is_new;
	int64_t version;
};

/* One thing said of an item, for its page and the customer's time line. */
struct part_happening item_mark_happening(struct request *r, struct page *p,
					  const struct item_mark *m);

/* What is said of an item now, in a few words: "Excluded until …", "Litige: prix". */
const char *item_mark_words(struct page *p, const struct item_mark *m);

/* The words of all marks in force of one item among those of item_mark_list; NULL when there are none. */
const char *item_marks_words(struct page *p, const struct item_mark *marks, size_t n,
			     int64_t item_id);

/* The items that a filter asks for ("excluded", "approved", "status", the id of a status; NULL: any), as known
 * at a moment (0: now): only_items of the filter is set. ERR_USAGE for anything else. */
bool item_mark_filter(struct request *r, const char *wanted, int64_t known_at,
		      struct item_filter *f, struct err *e) NODISCARD;

/* The choices of that filter. */
bool item_mark_choices(struct request *r, const struct part_choice **ret, size_t *ret_n,
		       struct err *e) NODISCARD;

void item_mark_page(struct page *p, const struct item_mark_view *v);
void item_status_page(struct page *p, const struct item_status_view *v);

#endif
