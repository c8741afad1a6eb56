/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope.h - the book as a user may see it (périmètre): all customers of the company, or those he answers
 * for. Pages load their book here, so that no total counts what its reader may not open.
 */
#ifndef LEDGER_SCOPE_H
#define LEDGER_SCOPE_H

#include "ledger/book.h"
#include "web/web.h"

/* As book_load, of the request's company, cut to the request's user. */
bool book_load_for(struct request *r, const struct book_query *q, struct book **ret,
		   struct err *e) NODISCARD;

/* ERR_NOT_FOUND when the user does not see the customer: for pages of what belongs to one. */
bool scope_customer(struct request *r, int64_t customer_id, struct err *e) NODISCARD;

/* Takes out of the book every customer whose id is not in keep[], which rises. Pure. */
void book_cut(struct book *b, struct arena *a, const int64_t *keep, size_t n_keep);

/* "Alice Durand" for "user:12", words for rules, files and the command line. */
const char *actor_text(struct request *r, const char *actor);

#endif
