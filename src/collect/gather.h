/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather.h - brings together what the selection of reminders needs to know.
 *
 * Reads the ledger, contacts, disputes, promises, what was already sent and the policies, for the whole
 * company or one customer. It is read again, in the same way, at the moment a message leaves.
 */
#ifndef COLLECT_GATHER_H
#define COLLECT_GATHER_H

#include "collect/scenario.h"
#include "collect/select.h"
#include "ledger/book.h"
#include "ledger/entity.h"

/* Whom a customer's messages go to, beside the figures the selection sees. */
struct gather_customer {
	const struct customer *row;
	/* Whose mailbox and address: the account that pays for it (payer_code), when it can be reached; else row. */
	const struct customer *to;
	int64_t contact_id;  /* 0: the address is the customer's own */
	const char *contact; /* person's name, or NULL */
	const char *email;   /* NULL: none that works */
	const char *phone;
	const char *language; /* never NULL */
};

struct gathered {
	struct select_input in;
	const struct gather_customer *customers; /* beside in.customers */
	const size_t *book_item;                 /* index into the book, beside in.items */
	struct book *book;
	const struct scenario *scenarios;
	size_t n_scenarios;
};

struct gather_query {
	const struct entity *entity;
	day_t today;    /* the day of the steps */
	day_t known_on; /* facts of effect up to this day count: the later of today and now */
	int64_t only_customer; /* 0: all */
	int64_t not_message; /* a message to leave out of the history: the one about to leave; 0: none */
};

bool gather(struct db *db, struct arena *a, const struct gather_query *q, struct gathered *ret,
	    struct err *e) NODISCARD;

#endif
