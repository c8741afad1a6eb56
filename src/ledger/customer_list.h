/* SPDX-License-Identifier: Apache-2.0 */
/*
 * customer_list.h - which customers a list shows, in which order, with what they owe. Pure: a fold over the
 * book, so that the sum of the list is the sum of its items.
 */
#ifndef LEDGER_CUSTOMER_LIST_H
#define LEDGER_CUSTOMER_LIST_H

#include "ledger/ageing.h"
#include "ledger/book.h"
#include "ledger/due_state.h"

enum customer_show {
	CUSTOMER_SHOW_ALL,
	CUSTOMER_SHOW_OPEN,
	CUSTOMER_SHOW_LATE,
	CUSTOMER_SHOW_DISPUTED,
	CUSTOMER_SHOW_OVER_LIMIT,
	CUSTOMER_SHOW_LOOSE,
	CUSTOMER_SHOW_EXCLUDED /* from reminders on the day of the book */
};

struct customer_filter {
	enum customer_show show;
	const char *text;    /* part of the code or name; NULL: any */
	const char *segment; /* "" are those without; NULL: any */
	const char *owner;   /* likewise: the collector's name */
};

enum customer_order {
	CUSTOMER_ORDER_NAME,
	CUSTOMER_ORDER_CODE,
	CUSTOMER_ORDER_TOTAL,
	CUSTOMER_ORDER_LATE,
	CUSTOMER_ORDER_DISPUTED,
	CUSTOMER_ORDER_OLDEST, /* due date of the oldest late item */
	CUSTOMER_ORDER_COUNT
};

/* "name", "-late": the words of addresses; a minus is descending. */
bool customer_order_parse(const char *text, enum customer_order *ret, bool *ret_descending);

struct customer_line {
	size_t customer; /* index in the book */
	int64_t total_minor;
	int64_t late_minor;
	int64_t disputed_minor;
	int64_t loose_minor; /* receipts to allocate */
	int64_t paper_minor; /* paid with bills and cheques that are not money yet */
	int64_t n_open;
	day_t oldest_due;   /* of late items; DAY_NONE when none is */
	bool is_over_limit; /* what is owed and the paper */
	bool is_converted;  /* some of it is in other currencies, converted */
	bool is_incomplete; /* some of it has no rate and is in no sum */
};

struct customer_list {
	struct customer_line *at;
	size_t n;
	int64_t total_minor, late_minor, disputed_minor, loose_minor, paper_minor; /* of all rows */
};

/* Amounts in that currency. Those in others are converted by rates as a customer's own aged balance is (ageing_in), so
 * that his row and his sheet agree; rates NULL leaves them out. ERR_RANGE when a sum does not fit. */
bool customer_list_make(const struct book *b, struct arena *a, const char *currency,
			const struct exchange_table *rates, const struct customer_filter *f,
			enum customer_order order, bool descending, struct customer_list *ret,
			struct err *e) NODISCARD;

/* The same, kept with the book for the next who asks: the list may be shared, nobody writes into it. */
bool customer_list_get(const struct book *b, struct arena *a, const char *currency,
		       const struct exchange_table *rates, const struct customer_filter *f,
		       enum customer_order order, bool descending, struct customer_list *ret,
		       struct err *e) NODISCARD;

/* Leaves the customers of those codes alone, with their totals, in an array of its own; all when n_only is 0. */
bool customer_list_keep(const struct book *b, struct arena *a, const char *const *only,
			size_t n_only, struct customer_list *l, struct err *e) NODISCARD;

/* The place after the customer of that code; 0 for NULL and for one that is not in the list. */
size_t customer_list_after(const struct book *b, const struct customer_list *l, const char *code);

/* The segments, and the collectors, that occur; in order. Shared as the lists are. */
bool customer_segments(const struct book *b, struct arena *a, const char *const **ret,
		       size_t *ret_n, struct err *e) NODISCARD;
bool customer_owners(const struct book *b, struct arena *a, const char *const **ret, size_t *ret_n,
		     struct err *e) NODISCARD;

#endif
