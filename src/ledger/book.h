/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book.h - the receivables of one entity as of a date, as columns in memory.
 *
 * Every figure of every screen is a fold over this one set of open items: ageing, exposure, what to chase,
 * what to match. Loaded from the rows today; a mapped snapshot with tails of events will take its place
 * behind the same struct.
 *
 *	struct book *b;
 *	if (!book_load(db, a, &(struct book_query){ .entity_id = id, .as_of = today }, &b, e))
 *		return false;
 *	for (size_t i = 0; i < b->n_items; i++)
 *		total += b->open_minor[i];
 *
 * Items are grouped by customer: those of customer c are [c->first_item, c->first_item + c->n_items), by
 * due date, then document. An item belongs to the book when it was effective by as_of and known at
 * known_at; what is open is the amount less what was applied by then.
 */
#ifndef LEDGER_BOOK_H
#define LEDGER_BOOK_H

#include "ledger/customer.h"
#include "ledger/item.h"

struct book_query {
	int64_t entity_id;
	day_t as_of;           /* facts effective later do not count */
	int64_t known_at;      /* 0: everything known now */
	bool with_settled;     /* also the items of which nothing is left */
	int64_t only_customer; /* 0: all */
};

struct book_customer {
	int64_t id;
	const char *code;
	const char *name;
	const char *kind;
	const char *segment;
	const char *payment_means;
	const char *status;
	bool has_limit;
	int64_t credit_limit_minor;
	day_t excluded_until;
	int64_t collector_id; /* user; 0 none */
	const char *collector;
	const char *salesperson;
	const char *branch_manager;
	size_t first_item;
	size_t n_items;
};

struct book {
	day_t as_of;
	int64_t known_at;
	size_t n_customers;
	struct book_customer *customer; /* in order of code */
	size_t n_items;
	/* columns, one entry per item */
	int64_t *item_id;
	uint32_t *customer_of; /* index into customer */
	uint8_t *kind;         /* enum item_kind */
	uint8_t *currency_of;  /* index into currency */
	uint8_t *due_source;
	day_t *issued_on;
	day_t *due_on;
	day_t *effective;
	int64_t *amount_minor;
	int64_t *open_minor;
	int64_t *disputed_minor; /* part of what is open that is under an open dispute */
	const char **document;
	const char **payment_ref;
	const char **lettering; /* newest code applied to it, or NULL */
	uint32_t *by_id;        /* customers in order of id */
	size_t n_currencies;
	char currency[256][4];
};

bool book_load(struct db *db, struct arena *a, const struct book_query *q, struct book **ret,
	       struct err *e) NODISCARD;

/* Index of a customer by code (a walk) or id (binary search), or SIZE_MAX. */
size_t book_customer_by_code(const struct book *b, const char *code);
size_t book_customer_by_id(const struct book *b, int64_t id);

#endif
