/* SPDX-License-Identifier: Apache-2.0 */
/* matching_view.h - what the pages about the matching show (matching.th). */
#ifndef CASH_MATCHING_VIEW_H
#define CASH_MATCHING_VIEW_H

#include "web/parts.h"

struct matching_rule {
	const char *name;  /* of the form */
	const char *words; /* what it is */
	bool is_on;
};

struct matching_policy_view {
	const struct part_chip *tabs;
	size_t n_tabs;
	const char *line;
	const char *wrong; /* what was refused; NULL */
	bool is_automatic;
	bool may_edit;
	const struct matching_rule *rules;
	size_t n_rules;
	struct part_field threshold;
	struct part_field fields[6];
	size_t n_fields;
	int64_t revision;
};

void matching_policy_page(struct page *p, const struct matching_policy_view *v);

struct matching_learned_row {
	const char *customer, *customer_url;
	int64_t customer_id;
	const char *iban, *name; /* "" when not given */
	const char *iban_shown;
	const char *n_for, *n_against, *n_booked;
	const char *last;
	const char *state, *words;
};

struct matching_learned_view {
	const struct part_chip *tabs;
	size_t n_tabs;
	const char *line;
	bool may_edit;
	const struct matching_learned_row *rows;
	size_t n_rows;
};

void matching_learned_page(struct page *p, const struct matching_learned_view *v);

/* A part of a whole, with its bar. */
struct matching_share {
	const char *term;
	const char *count; /* "1,022 of 1,200" */
	const char *percent;
	struct part_piece piece;
	const char *label;
};

struct matching_row {
	const char *head; /* month, or rule */
	const char *entries, *alone, *share, *by_amount, *reversed, *wrong, *days;
};

struct matching_cockpit_view {
	const struct part_chip *tabs;
	size_t n_tabs;
	const char *line;
	struct part_figure figures[4];
	const struct matching_row *months;
	size_t n_months;
	const struct matching_row *rules;
	size_t n_rules;
};

void matching_cockpit_page(struct page *p, const struct matching_cockpit_view *v);

struct matching_test_row {
	const char *threshold, *rate, *precision, *wrong;
	struct part_piece rate_piece, precision_piece;
	const char *rate_label, *precision_label;
};

struct matching_test_view {
	const struct part_chip *tabs;
	size_t n_tabs;
	const char *line;
	const char *months;
	bool is_run;
	const char *none; /* why there is nothing to show; NULL */
	struct part_figure figures[4];
	const struct matching_test_row *rows;
	size_t n_rows;
	const struct matching_row *rules;
	size_t n_rules;
};

void matching_test_page(struct page *p, const struct matching_test_view *v);

#endif
