/* SPDX-License-Identifier: Apache-2.0 */
/* cockpit_view.h - what the page of the cockpit shows (cockpit.th). */
#ifndef CASH_COCKPIT_VIEW_H
#define CASH_COCKPIT_VIEW_H

#include "cash/bank_view.h"
#include "web/chart.h"

struct cockpit_month_row {
	const char *month;
	const char *receipts, *alone, *share, *by_amount, *reversed, *wrong, *median, *p90;
};

struct cockpit_rule_row {
	const char *rule;
	const char *alone, *reversed, *precision, *amount, *proposed, *taken;
};

struct cockpit_wrong_row {
	const char *url, *who, *reference, *day, *rule, *confidence, *undone, *amount;
};

struct cockpit_view {
	struct bank_head head;
	bool is_empty;
	struct part_figure figures[4];
	const struct chart *chart;
	const struct cockpit_month_row *months;
	size_t n_months;
	const struct cockpit_rule_row *rules;
	size_t n_rules;
	const struct cockpit_wrong_row *wrong;
	size_t n_wrong;
};

void cockpit_page(struct page *p, const struct cockpit_view *v);
void cockpit_months(struct page *p, const struct cockpit_view *v);
void cockpit_rules(struct page *p, const struct cockpit_view *v);
void cockpit_taken_back(struct page *p, const struct cockpit_view *v);

#endif
