/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reason.h - the matching's reasons, kept as codes and said in the reader's language.
 *
 *	row->reason = reason_encode(arena, x->reasons, x->n_reasons);	// into the database
 *	reason_say_all(arena, cat, row->reason, "EUR");			// "FA2026-0012 quoted, amount ..."
 */
#ifndef MATCH_REASON_H
#define MATCH_REASON_H

#include "match/match.h"
#include "i18n/catalogue.h"

/* "exact_amount": the code's stable name. */
const char *reason_name(enum match_why why);

/* One line per reason: name|text|number. */
const char *reason_encode(struct arena *a, const struct match_reason *list, size_t n);

/* Reads at most max of them back; lines of other versions of the program are left out. NULL reads as
 * none. */
size_t reason_decode(struct arena *a, const char *encoded, struct match_reason *ret, size_t max);

/* One reason in words. */
const char *reason_say(struct arena *a, const struct catalogue *cat, const struct match_reason *r,
		       const char *currency);

/* All of an encoded text, joined by commas; "" for none. */
const char *reason_say_all(struct arena *a, const struct catalogue *cat, const char *encoded,
			   const char *currency);

#endif
