/* SPDX-License-Identifier: Apache-2.0 */
/* table_page.h - a list as the page shows it; made by table_fill(), drawn by table.th. */
#ifndef WEB_TABLE_PAGE_H
#define WEB_TABLE_PAGE_H

#include "web/parts.h"
#include "web/table.h"
#include "web/view.h"

/* A cell in words. */
struct table_box {
	const char *text; /* NULL: an empty cell */
	const char *url, *sub, *state, *tag;
	const char *spoken; /* in place of a sign, for the ear; NULL: none */
	bool is_credit;
	bool is_whole; /* a number of a document: never broken at its hyphen */
};

struct table_line {
	const char *key;
	const struct table_box *box; /* one per column shown */
	const char *under;           /* on a phone: what the columns left out say; NULL: nothing */
	const char *currency;
	const char *minor; /* for the sum of what is ticked; NULL: none */
	bool is_current;
};

struct table_head {
	const char *class_name;
	struct part_sort sort; /* url NULL: it does not sort */
	bool is_number, is_day, hides, is_soft, is_state, is_firm, is_amount;
};

struct table_foot {
	const char *text;
	const char *currency;
	const char *const *box; /* one per column shown but the first; NULL: empty */
};

struct table_group {
	const char *label;
	const struct part_chip *chip;
	size_t n;
};

struct table_column_choice {
	const char *name, *text;
	bool is_on;
};

struct table_page {
	const char *name, *title;
	const char *path;
	const char *self; /* the address, to come back to */
	const struct table_group *groups;
	size_t n_groups;
	const struct part_field *fields;
	size_t n_fields;
	struct web_values hidden; /* kept by the form of filters */
	struct web_values kept;   /* kept by the form of files: all but the place */
	const struct part_chip *views;
	size_t n_views;
	const struct part_chip *in_force;
	size_t n_in_force;
	const struct table_column_choice *choices;
	size_t n_choices;
	const char *query;     /* what a view would keep */
	bool is_keepable;      /* there is something to keep, and no view that has it */
	const char *views_url; /* the page where views are renamed and taken away */
	const struct table_head *heads;
	size_t n_heads;
	bool has_currencies;
	bool picks;
	const struct table_acts *acts; /* NULL: ticked rows go into files */
	const char *as_of;
	const char *pick_one, *pick_many;
	const char *currency; /* of the sum, where a row names none */
	int decimals;
	const struct table_line *lines;
	size_t n_lines;
	const struct table_foot *feet;
	size_t n_feet;
	struct part_pager pager;
	bool is_empty_of_filters; /* the filters left nothing */
	const char *empty_title, *empty_text;
	const char *icon;
	const char *summary, *note;
	const char *csv_url, *xlsx_url;
};

void table_whole(struct page *p, const struct table_page *t);

#endif
