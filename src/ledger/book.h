/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book.h - the receivables of one entity as of a date, as columns in memory.
 *
 * Every figure of every screen is a fold over this one set of open items: ageing, exposure, what to chase,
 * what to match. Connections that have a shelf (book_shelf.h) get it from there, in the time it takes to see
 * what the log has new; others, and transactions that write, from the rows.
 *
 *	struct book *b;
 *	if (!book_load(db, a, &(struct book_query){ .entity_id = id, .as_of = today }, &b, e))
 *		return false;
 *	for (size_t i = 0; i < b->n_items; i++)
 *		total += b->open_minor[i];
 *
 * Items are grouped by customer: those of customer c are [c->first_item, c->first_item + c->n_items), by
 * due date, then document. An item belongs to the book when it was effective by as_of and known at
 * known_at, that is by the last position that was sealed then; what is open is the amount less what was
 * applied by then. The columns and texts are shared with other readers: nobody writes into them.
 */
#ifndef LEDGER_BOOK_H
#define LEDGER_BOOK_H

#include "ledger/customer.h"
#include "ledger/item.h"

struct book_query {
	int64_t entity_id;
	day_t as_of;      /* facts effective later do not count */
	int64_t known_at; /* 0: everything known now */
	const char *
		actor; /* NULL, or who may see an older book while a large import is read in, unless
				* he wrote since */
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
	size_t first_paper;
	size_t n_papers;
};

/* A bill or a cheque that paid and is not money yet (paper.h), at risk on the day of the book. */
struct book_paper {
	int64_t item_id; /* the payment */
	const char *document;
	int64_t minor; /* positive */
	char currency[4];
	uint8_t kind; /* enum paper_kind */
	day_t from_on, until_on;
};

struct book {
	day_t as_of;
	int64_t known_at;
	int64_t position; /* of the log up to which facts are in it */
	bool is_behind;   /* newer facts are being read in */
	size_t n_customers;
	struct book_customer *customer; /* in order of code, by its bytes */
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
	size_t n_papers;
	struct book_paper *paper; /* by customer; whether or not their payments are shown */
	uint32_t *by_id;          /* customers in order of id */
	size_t n_currencies;
	char currency[256][4];
	struct book_memo *memo; /* of a shared book (book_memo.h); else NULL */
};

/* The book lives as long as the arena. */
bool book_load(struct db *db, struct arena *a, const struct book_query *q, struct book **ret,
	       struct err *e) NODISCARD;

/* Index of a customer by code or id, or SIZE_MAX. */
size_t book_customer_by_code(const struct book *b, const char *code);
size_t book_customer_by_id(const struct book *b, int64_t id);

#endif
