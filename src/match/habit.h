/* SPDX-License-Identifier: Apache-2.0 */
/*
 * habit.h - in what form a past payment was: counted, that is a customer's habit (struct match_habit).
 *
 * A payment is told with all of its customer's documents that were open before it, oldest due first, and what it paid
 * of each. The forms are those that the explanations of a new payment are of.
 */
#ifndef MATCH_HABIT_H
#define MATCH_HABIT_H

#include "match/match.h"

struct habit_document {
	int64_t open_minor; /* before; negative for a credit note */
	int64_t paid_minor; /* by the payment; 0: it left the document alone */
	int64_t off_minor;  /* taken off with it, without money */
	day_t issued_on, due_on;
	bool is_named; /* the payment's text has its number */
};

struct habit_payment {
	day_t on;
	int64_t left_minor;       /* that paid no document */
	enum match_form off_form; /* what was taken off: DISCOUNT, CHARGES, ROUNDED; else ONE */
	bool has_text;            /* what it names is known */
};

void match_habit_add(struct match_habit *h, const struct habit_payment *p,
		     const struct habit_document *documents, size_t n);

/* Payments counted. */
int64_t match_habit_count(const struct match_habit *h);

/* "one", "several", "due" ...: as programs name the forms. */
const char *match_form_name(enum match_form form);

#endif
