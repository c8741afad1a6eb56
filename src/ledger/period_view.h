/* SPDX-License-Identifier: Apache-2.0 */
/* period_view.h - what the page of closed periods shows (period.th). */
#ifndef LEDGER_PERIOD_VIEW_H
#define LEDGER_PERIOD_VIEW_H

#include "web/parts.h"

struct period_row {
	int64_t id;
	const char *days;  /* "October 2026" */
	const char *state; /* of the badge */
	const char *words;
	const char *closed; /* who, when */
	const char *asked;  /* who asks for it to be reopened, when; NULL: nobody does */
	const char *reason;
	const char *decided; /* who decided the last request; NULL: nobody yet */
	bool may_ask, may_approve, may_refuse;
};

struct periods_view {
	const struct part_chip *tabs;
	size_t n_tabs;
	const char *line;
	const char *message;      /* of a form that was refused; NULL: none */
	struct part_field period; /* which to close */
	struct part_field reason; /* of asking */
	const struct period_row *rows;
	size_t n_rows;
};

void periods_page(struct page *p, const struct periods_view *v);

/* Its parts. */
void period_acts(struct page *p, const struct periods_view *v, const struct period_row *row);

#endif
