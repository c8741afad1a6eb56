/* SPDX-License-Identifier: Apache-2.0 */
/* matching_web.h - what the pages about the matching share. */
#ifndef CASH_MATCHING_WEB_H
#define CASH_MATCHING_WEB_H

#include "web/parts.h"
#include "web/web.h"

enum { MATCHING_TABS = 3 };

size_t matching_tabs(struct request *r, const char *here, struct part_chip tab[MATCHING_TABS]);

/* What a rule is, for the reader; the rule itself when this version does not know it. */
const char *matching_rule_words(struct page *p, const char *rule);

/* As show_percent, to the hundredth: 99.97 % is not 100 %. */
const char *matching_percent(struct page *p, int64_t part, int64_t whole);

#endif
