/* SPDX-License-Identifier: Apache-2.0 */
/*
 * customer_story.h - everything that happened with a customer, newest first: notes, messages, promises,
 * disputes, payments, imports.
 */
#ifndef INSIGHT_CUSTOMER_STORY_H
#define INSIGHT_CUSTOMER_STORY_H

#include "web/link.h"
#include "web/parts.h"

bool customer_story_load(struct request *r, struct page *p, int64_t customer_id,
			 struct part_happening **ret, size_t *ret_n, struct err *e) NODISCARD;

#endif
