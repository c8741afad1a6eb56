/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lettering.h - which amounts of which items belong together (lettrage). Pure.
 *
 * A line is an item with the amount of it that is to be lettered: debits positive, credits negative. Pairing
 * applies the smaller side wholly; what the larger side has more stays on its youngest items. The order of the
 * lines never matters.
 *
 *	if (!lettering_pair(arena, lines, n, &pairs, &n_pairs, &rest, e))
 *		return false;
 *	for (size_t i = 0; i < n_pairs; i++)
 *		apply(lines[pairs[i].debit], lines[pairs[i].credit], pairs[i].minor);
 */
#ifndef LEDGER_LETTERING_H
#define LEDGER_LETTERING_H

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"

/* ---- codes ---- */

enum { LETTERING_CODE = 16 };

/* The code of the n-th lettering of an account, from 1: AAA, AAB ... ZZZ, then AAAA. A partial lettering is
 * written in lower case, as accountants do. Returns text. */
char *lettering_code(int64_t sequence, bool is_full, char text[LETTERING_CODE]);

/* Takes either case back to its sequence; ERR_INVALID for what is no such code. */
bool lettering_code_parse(const char *code, int64_t *ret, struct err *e) NODISCARD;

/* ---- pairing ---- */

struct letter_line {
	int64_t item_id;
	int64_t minor; /* signed; never 0 */
	day_t due_on;
	day_t effective;
};

struct letter_pair {
	size_t debit, credit; /* indexes of lines */
	int64_t minor;        /* > 0 */
};

/* ERR_INVALID without a debit and a credit, for an amount of 0, for an item named twice; ERR_RANGE when a sum
 * does not fit. ret_rest: debits less credits, 0 when they balance. */
bool lettering_pair(struct arena *a, const struct letter_line *lines, size_t n,
		    struct letter_pair **ret, size_t *ret_n, int64_t *ret_rest,
		    struct err *e) NODISCARD;

/* The day from which a pair counts: never before both sides are there. */
day_t lettering_day(day_t lettered_on, const struct letter_line *debit,
		    const struct letter_line *credit);

/* ---- groups ---- */

/* An allocation in force, made under a code. */
struct letter_link {
	int64_t sequence;
	int64_t debit_item_id;
	int64_t credit_item_id;
};

/* Links that share an item, or a sequence, are one group, known by its lowest sequence: ret[i] is that of
 * links[i]. */
void lettering_group(struct arena *a, const struct letter_link *links, size_t n, int64_t *ret);

/* ---- proposals ---- */

struct letter_item {
	struct letter_line line;  /* what is open */
	const char *document_key; /* folded document number */
	const char *words_key;    /* folded label and references; "" when there are none */
};

enum letter_why {
	LETTER_NAMED,       /* the credit names the documents */
	LETTER_SAME_AMOUNT, /* the only two of that amount */
	LETTER_ALL,         /* all that is left balances */
	LETTER_OLDEST,      /* the only credit pays the oldest documents exactly */
};

struct letter_proposal {
	enum letter_why why;
	size_t *items; /* indexes, the credit first */
	size_t n;
	int64_t minor; /* what would be lettered on each side */
};

/* The obvious letterings among the open items of one account and currency; an item is in one at most. What is
 * ambiguous is left to a person. */
bool lettering_propose(struct arena *a, const struct letter_item *items, size_t n,
		       struct letter_proposal **ret, size_t *ret_n, struct err *e) NODISCARD;

#endif
