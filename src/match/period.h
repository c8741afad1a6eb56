/* SPDX-License-Identifier: Apache-2.0 */
/*
 * period.h - the month, quarter or year that the bank's text names: "loyer mars 2026", "Rechnungen Februar",
 * "INVOICES Q1". It tells between documents that nothing else tells apart, and says which month is paid whole.
 *
 *	if (period_find(&text, booked_on, &period) && period_of_document(&period, issued, due) == PERIOD_IN)
 */
#ifndef MATCH_PERIOD_H
#define MATCH_PERIOD_H

#include "base/date.h"
#include "match/fold.h"

struct period {
	day_t first, last;
	uint32_t from, to; /* bytes of the source that name it */
};

/* A name of a month alone may be a person's: a year must go with it, or a word for rent or documents before it.
 * Without a year it is the last such month before the money came, or the one that follows. False when nothing is
 * named, or several periods that do not follow each other. */
bool period_find(const struct folded *text, day_t booked_on, struct period *ret);

/* A document is of the month in which it was issued, when that is also the month in which it is due, or when it is due
 * much later. Issued before, and due then soon, it may be of it. */
enum period_says { PERIOD_OUT, PERIOD_MAYBE, PERIOD_IN };
enum period_says period_of_document(const struct period *p, day_t issued_on, day_t due_on);

#endif
