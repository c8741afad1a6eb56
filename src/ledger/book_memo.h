/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_memo.h - what many ask of one book, computed once: the order of a list, the figures of the dashboard.
 *
 * A shared book (book_load from a shelf) keeps such results as long as it lives; who comes while one is made waits
 * for it. A book of one's own keeps nothing.
 *
 *	if (!book_memo(b, r->arena, "items due_on", make_list, &filter, &list, e))
 *		return false;
 */
#ifndef LEDGER_BOOK_MEMO_H
#define LEDGER_BOOK_MEMO_H

#include "ledger/book.h"

/* Puts the result and all that it points to into the arena, or into the book. */
typedef bool book_memo_fn(const struct book *b, struct arena *a, void *arg, const void **ret,
			  struct err *e);

/* The result under that key, made when it is not there. The key must name everything that it depends on besides
 * the book; NULL: not worth keeping. It lives as long as the book, or, when the book keeps no more, in `a`. Nobody
 * writes into it. */
bool book_memo(const struct book *b, struct arena *a, const char *key, book_memo_fn *make,
	       void *arg, const void **ret, struct err *e) NODISCARD;

/* For who makes a shared book. */
struct book_memo *book_memo_new(void);
void book_memo_free(struct book_memo *m); /* NULL is fine */

#endif
