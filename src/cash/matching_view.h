/* SPDX-License-Identifier: Apache-2.0 */
/* matching_view.h - what the pages about the matching show (matching.th). */
#ifndef CASH_MATCHING_VIEW_H
#define CASH_MATCHING_VIEW_H

#include "web/chart.h"

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
	bool is_oldest; /* of equal documents */
	bool may_edit;
	const struct matching_rule *rules;
	size_t n_rules;
	struct part_field threshold;
	struct part_field fields[8];
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

struct matching_habit_row {
	const char *customer, *customer_url;
	int64_t customer_id;
	const char *n, *forms; /* payments, and in what form */
};

struct matching_learned_view {
	const struct part_chip *tabs;
	size_t n_tabs;
	const char *line;
	bool may_edit;
	const struct matching_learned_row *rows;
	size_t n_rows;
	const struct matching_habit_row *habits; /* of who pays most often */
	size_t n_habits;
	const char *all; /* of all customers together; NULL: nothing known */
};

void matching_learned_page(struct page *p, const struct matching_learned_view *v);

struct matching_test_row {
	const char *head; /* least confidence, or rule */
	const char *alone, *rate, *wrong, *precision;
	struct part_piece piece; /* of the rate */
	const char *label;
	bool is_set; /* the threshold in force */
};

struct matching_odds_row {
	const char *head, *answers, *wrong, *worth;
	bool is_lower; /* than counted */
};

struct matching_test_view {
	const struct part_chip *tabs;
	size_t n_tabs;
	const char *line;
	bool may_run;
	struct part_field months;
	const char *under_way; /* how far the run is; NULL: there is none */
	const char *failure;   /* of the newest run; NULL */
	bool is_there;
	bool is_empty; /* no receipt to play */
	struct part_figure figures[4];
	const struct chart *chart;
	const struct chart_drawing *wide, *narrow; /* NULL: too few points */
	const struct matching_test_row *rows;
	size_t n_rows;
	const struct matching_test_row *rules;
	size_t n_rules;
	const struct matching_odds_row *odds;
	size_t n_odds;
	const char *odds_head;
};

void matching_test_page(struct page *p, const struct matching_test_view *v);
void matching_odds_table(struct page *p, const struct matching_test_view *v);
void matching_test_table(struct page *p, const char *id, const char *title, const char *head,
			 const struct matching_test_row *rows, size_t n);

#endif
