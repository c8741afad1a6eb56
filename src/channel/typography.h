/* SPDX-License-Identifier: Apache-2.0 */
/*
 * typography.h - small care for texts that are printed: no line begins with a colon or ends in "40".
 *
 * Only spaces and apostrophes that are already there change their kind; nothing is added or taken away, so
 * addresses, links and numbers stay what they are.
 */
#ifndef CHANNEL_TYPOGRAPHY_H
#define CHANNEL_TYPOGRAPHY_H

#include "base/arena.h"

/* A copy where groups of digits, a number and what it counts ("8 days", "L. 441-10", "40 €") stay
 * together and the apostrophe between letters is curved; and where, in French, the space before ; ! ? »
 * and after « is narrow and does not break, nor the one before a colon and after n°. */
char *typography(struct arena *a, const char *text, const char *language);

#endif
