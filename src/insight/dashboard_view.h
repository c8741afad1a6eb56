/* SPDX-License-Identifier: Apache-2.0 */
/* dashboard_view.h - the dashboard, written for its reader. */
#ifndef INSIGHT_DASHBOARD_VIEW_H
#define INSIGHT_DASHBOARD_VIEW_H

#include "ledger/converted.h"
#include "web/parts.h"

struct dashboard_class {
	const char *state;
	const char *text;
	const char *url;
	const char *amount;
	const char *share;
	const char *count;
	const struct part_piece
		*piece; /* what the lateness is made of; none for what is not late */
	size_t n_pieces;
	const char *label;
};

struct dashboard_task {
	const char *icon;
	const char *state;
	const char *text;
	const char *why;
	const char *url;
	const char *amount; /* NULL: none */
	const char *count;
};

struct dashboard_cell {
	const char *amount; /* an en dash for nothing */
	const char *url;    /* NULL: nothing behind it */
	const char *heat;   /* "heat-3" or "" */
	bool is_first;      /* of its group of columns */
};

struct dashboard_matrix_row {
	const char *text;
	const struct dashboard_cell *cell; /* as many as there are columns */
	const char *total;
};

struct dashboard_debtor {
	const char *name;
	const char *code;
	const char *url;
	const char *state;
	const char *words;
	const char *late;
	const char *total;
};

/* One of those who owe most. */
struct dashboard_share {
	const char *name;
	const char *url;
	const char *amount;
	const char *share;
	const char *so_far;             /* with those above */
	const struct part_piece *piece; /* two: the ground, the share */
	const char *label;
};

struct dashboard_view {
	const char *subtitle;
	const char *sign; /* of the currency */
	const struct part_figure *figures;
	const char *not_late, *not_late_share, *late, *late_share;
	const struct part_piece *whole; /* the bar over the table */
	size_t n_whole;
	const char *whole_label;
	const struct dashboard_class *classes;
	size_t n_classes;
	const char *documents, *n_documents, *loose, *n_loose, *loose_url, *total;
	const char *chased, *promised, *disputed; /* of what is late */
	const struct dashboard_task *tasks;
	size_t n_tasks;
	const char *today;
	const char *const *soon_heads; /* means of payment that occur */
	size_t n_means;
	const struct dashboard_matrix_row *rows; /* the last one is the total */
	size_t n_rows;
	const struct dashboard_debtor *debtors;
	size_t n_debtors;
	const struct dashboard_share *shares;
	size_t n_shares;
	struct converted converted; /* all currencies in the company's */
	bool is_empty;              /* no item at all: the first steps are shown */
};

void dashboard_page(struct page *p, const struct dashboard_view *v);

#endif
