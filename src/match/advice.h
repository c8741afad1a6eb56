/* SPDX-License-Identifier: Apache-2.0 */
/*
 * advice.h - remittance advices (avis de paiement): what a payer says that a transfer pays.
 *
 * Read without a template: in the text of whatever was sent (a table's rows, a message), a line of the advice is one that
 * names a document and has an amount. Of several amounts on the lines, that column is taken whose sum stands in the text,
 * as its total where the text says so. What does not add up is told, never mended.
 *
 *	if (!advice_read(a, text, len, "EUR", known, arg, &advice, e)) ...
 *	if (!advice.adds_up) // a person looks before it counts
 *
 * Pure: no database, no clock.
 */
#ifndef MATCH_ADVICE_H
#define MATCH_ADVICE_H

#include "base/arena.h"
#include "base/date.h"
#include "base/list.h"

enum { ADVICE_LINES_MAX = 20000, ADVICE_TEXT_MAX = 8 << 20 };

struct advice_line {
	int64_t line;         /* in the text */
	const char *document; /* ours, as we write it; else as it stands there */
	bool is_known;
	int64_t minor;          /* paid on it; a credit note is negative */
	int64_t discount_minor; /* deducted besides */
};

struct advice {
	LIST_OF(struct advice_line) lines;
	day_t on; /* the first day that the text names; DAY_NONE */
	bool has_total;
	int64_t total_minor; /* as told; else the sum of the lines */
	bool adds_up;        /* a total is told and the lines make it */
	size_t n_known;
};

/* Our document of a number as somebody else writes it, NULL when it is none. */
typedef const char *advice_known_fn(void *arg, const char *number);

/* ERR_FORMAT when no line names a document with an amount; ERR_LIMIT beyond the ceilings. */
bool advice_read(struct arena *a, const char *text, size_t len, const char *currency,
		 advice_known_fn *known, void *arg, struct advice *ret, struct err *e) NODISCARD;

#endif
