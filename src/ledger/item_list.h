/* SPDX-License-Identifier: Apache-2.0 */
/*
 * item_list.h - which items of the book a view shows, and in which order. Pure.
 *
 * Lists, totals and exports of a screen come from one call, so they cannot disagree:
 *
 *	struct item_list list;
 *	if (!item_list_make(book, arena, &filter, order, &list, e))
 *		return false;
 *	for (size_t i = from; i < list.n && i < from + 50; i++)
 *		show(book, list.at[i]);
 *	// list.total: of all rows, per currency
 */
#ifndef LEDGER_ITEM_LIST_H
#define LEDGER_ITEM_LIST_H

#include "ledger/book.h"
#include "ledger/due_state.h"

enum { ITEM_FILTER_ANY = -1 };

struct item_filter {
	int state;          /* enum due_state, or any */
	int kind;           /* enum item_kind, or any */
	bool only_late;     /* whatever the class of lateness */
	bool only_not_late; /* what is due today or later */
	bool only_disputed;
	int64_t customer_id; /* 0: any */
	const char
		*text; /* part of a document number or of the customer's code or name; NULL: any */
	const char *segment;       /* "" are those without; NULL: any */
	const char *means;         /* likewise, of the customer's means of payment */
	const char *currency;      /* NULL: any */
	const int64_t *only_items; /* rising ids: no other; NULL: any */
	size_t n_only_items;
	bool has_min, has_max; /* of what is open, without its sign */
	int64_t min_minor, max_minor;
};

/* Keeps everything. */
struct item_filter item_filter_all(void);

enum item_order {
	ITEM_ORDER_DUE,
	ITEM_ORDER_ISSUED,
	ITEM_ORDER_OPEN,
	ITEM_ORDER_DOCUMENT,
	ITEM_ORDER_CUSTOMER,
	ITEM_ORDER_COUNT
};

/* "due_on", "-open": the words of addresses; a minus is descending. */
bool item_order_parse(const char *text, enum item_order *ret, bool *ret_descending);

struct item_total {
	int currency; /* index in the book */
	int64_t n_items;
	int64_t amount_minor;
	int64_t disputed_minor;
	int64_t open_minor;
};

struct item_list {
	size_t *at; /* indexes into the book's columns */
	size_t n;
	struct item_total *total; /* one per currency that occurs, in order of the book's */
	size_t n_totals;
};

/* ERR_RANGE when a total does not fit. */
bool item_list_make(const struct book *b, struct arena *a, const struct item_filter *f,
		    enum item_order order, bool descending, struct item_list *ret,
		    struct err *e) NODISCARD;

/* The same, kept with the book for the next who asks: the list may be shared, nobody writes into it. */
bool item_list_get(const struct book *b, struct arena *a, const struct item_filter *f,
		   enum item_order order, bool descending, struct item_list *ret,
		   struct err *e) NODISCARD;

/* Leaves the items of those ids alone, as addresses write them, with their totals, in an array of its own; all
 * when n_only is 0. ERR_USAGE when one is no number. */
bool item_list_keep(const struct book *b, struct arena *a, const char *const *only, size_t n_only,
		    struct item_list *l, struct err *e) NODISCARD;

/* The place after the item of that id, 0 when the list has none of that id (it was paid meanwhile). */
size_t item_list_after(const struct book *b, const struct item_list *l, int64_t item_id);

enum due_state book_due_state(const struct book *b, size_t item);

#endif
