/* SPDX-License-Identifier: Apache-2.0 */
/* rates_view.h - what the page of rates shows (rates.th). */
#ifndef LEDGER_RATES_VIEW_H
#define LEDGER_RATES_VIEW_H

#include "web/parts.h"
#include "web/table.h"

/* Rates that came at once. */
struct rates_change {
	const char *what; /* "USD, 20/11/2026: 1,0912", or how many rates of which file */
	const char *who;
	const char *undo_url; /* NULL: taken back already */
};

/* A rate of the law, the newest of its name. */
struct rates_law {
	const char *name, *value, *since, *source;
	bool is_to_verify;
};

struct rates_view {
	const struct part_chip *tabs;
	size_t n_tabs;
	const char *line;
	const char *message;                          /* of a form that was refused; NULL: none */
	struct part_field currency, on, rate, source; /* of one rate */
	struct part_field group;                      /* currency of the group */
	const char *group_says;                       /* what the group's currency is used for */
	const struct rates_change *changes;
	size_t n_changes;
	const struct rates_law *law;
	size_t n_law;
	struct table_page *list;
};

void rates_page(struct page *p, const struct rates_view *v);

/* Its parts. */
void rates_entry(struct page *p, const struct rates_view *v);
void rates_file(struct page *p);
void rates_group(struct page *p, const struct rates_view *v);
void rates_changes(struct page *p, const struct rates_view *v);
void rates_laws(struct page *p, const struct rates_view *v);

#endif
