/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_detail.h - the body of an event, a JSON object, as a line that a person reads.
 *
 *	{"document":"FA7","amount":"963.00","currency":"EUR","answer_by":"2026-12-26"}
 *		document FA7 · amount 963,00 € · answer by 26/12/2026
 */
#ifndef INSIGHT_EVENT_DETAIL_H
#define INSIGHT_EVENT_DETAIL_H

#include "base/arena.h"
#include "i18n/catalogue.h"

/* Known keys in the order of event_key.def, then the others; amounts and days in the reader's writing, lists as their
 * number of entries. NULL when there is nothing to say, or the body is no object. */
const char *event_detail(struct arena *a, const struct catalogue *cat, const char *body);

/* "dispute.opened" as N_("Dispute opened"), to be translated by the reader; the kind itself when no words are kept
 * for it (event_word.def). */
const char *event_word(const char *kind);

#endif
