/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate_text.h - whether words of a bank's text can stand for what a certificate says they name. Pure, and on
 * purpose not the matching's own reading: wider than it, so that it never contradicts a reading that is right, and
 * narrow enough that another document's number, or another payer, does not pass.
 *
 *	if (!certificate_quotes(a, "FA 2026-O012", "FA2026-0012"))
 *		fault(...);
 */
#ifndef CASH_CERTIFICATE_TEXT_H
#define CASH_CERTIFICATE_TEXT_H

#include "base/arena.h"

/* The quote is the reference: whole, cut short, with zeros lost or added, glued to more, with confused letters and
 * digits or one sign in six wrong; or a run of digits of it. NULL or "" on either side is no. */
bool certificate_quotes(struct arena *a, const char *quote, const char *reference);

/* The names share a word of their own, or one is in the other. */
bool certificate_names(struct arena *a, const char *written, const char *name);

#endif
