/* SPDX-License-Identifier: Apache-2.0 */
/*
 * customer_story.h - everything that happened with a customer, newest first: notes, messages, promises,
 * disputes, payments, imports.
 */
#ifndef INSIGHT_CUSTOMER_STORY_H
#define INSIGHT_CUSTOMER_STORY_H

#include "web/link.h"
#include "web/parts.h"

/* Kinds of what happened; a mask of them filters. */
enum story_kind {
	STORY_NOTES = 1,
	STORY_MESSAGES = 2,
	STORY_PROMISES = 4,
	STORY_DISPUTES = 8,
	STORY_MONEY = 16,    /* receipts, imports */
	STORY_ACCOUNTS = 32, /* lettering, items by hand, write-offs */
	STORY_STATUS = 64,   /* what is said of documents */
	STORY_CHANGES = 128, /* of the customer: limit, people in charge, address */
	STORY_ALL = 255
};

struct story_query {
	int64_t customer_id;
	unsigned kinds;
	size_t skip; /* newer ones left out: of the pages before */
	size_t limit;
};

/* A part of it; ret_has_more tells whether older ones are left. Of each kind the newest thousands are read. */
bool customer_story_part(struct request *r, struct page *p, const struct story_query *q,
			 struct part_happening **ret, size_t *ret_n, bool *ret_has_more,
			 struct err *e) NODISCARD;

bool customer_story_load(struct request *r, struct page *p, int64_t customer_id,
			 struct part_happening **ret, size_t *ret_n, struct err *e) NODISCARD;

#endif
