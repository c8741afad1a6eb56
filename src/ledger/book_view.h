/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_view.h - a version of the book as of a day: the struct book of book.h, made from the chunks.
 *
 * The texts of a view are those of the chunks; so a view lives no longer than its version. Views that many ask
 * for are made once and kept with the version.
 */
#ifndef LEDGER_BOOK_VIEW_H
#define LEDGER_BOOK_VIEW_H

#include "ledger/book.h"
#include "ledger/book_version.h"

struct book_view_query {
	day_t as_of;
	uint32_t position; /* facts known there; FACTS_ALL: all that the version has */
	bool with_settled;
	int64_t only_customer; /* 0: all */
};

/* Makes a view in the arena. ERR_RANGE when something open does not fit. */
bool book_view_make(const struct book_version *v, struct arena *a, const struct book_view_query *q,
		    struct book **ret, struct err *e) NODISCARD;

/* The same, shared by all who ask; it lives as long as the version. NULL when the version has enough of them. */
bool book_view_get(struct book_version *v, const struct book_view_query *q, const struct book **ret,
		   struct err *e) NODISCARD;

/* For the version's end. */
void book_view_free(struct book_view *views);

#endif
