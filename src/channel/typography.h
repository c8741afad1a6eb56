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

/* A copy where, in French, the space before ; ! ? » and after « is narrow and does not break, the one
 * before a colon, % or € does not break, nor the one between a number and what it counts; where groups of
 * digits stay together and the apostrophe between letters is curved, in every language. */
char *typography(struct arena *a, const char *text, const char *language);

#endif
