/* SPDX-License-Identifier: Apache-2.0 */
/*
 * said.h - the words by which payers say in what form they pay: the rest of a list, an account balanced, a
 * part, a discount and its rate, charges. For the matching alone. A word never chooses a document: it says which of
 * the forms that the amounts allow is meant.
 */
#ifndef MATCH_SAID_H
#define MATCH_SAID_H

#include "base/arena.h"

struct said {
	bool more; /* more is paid than is named, or something deducted; or the text may have been cut */
	bool cut;  /* a reference that is full: more may have been named than is seen */
	bool less; /* something is deducted: a discount, charges, or what they do not agree about */
	bool several; /* documents, in the plural */
	bool balance; /* a statement, an account balanced */
	bool part;    /* an instalment, something on account of a document */
	bool discount;
	bool charges;
	int discount_per_myriad; /* the rate named beside a discount or "less"; 0 when none is */
};

/* Reads the remittance text; NULL is "". The scratch arena holds the folded words. */
struct said said_read(struct arena *scratch, const char *remittance);

/* What another field of text says besides, of which a bank carries 35 characters. */
void said_also(struct said *s, struct arena *scratch, const char *text);

#endif
