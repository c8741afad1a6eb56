/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_book.h - whether the book is what the rows say: the one of the connection's shelf, with its snapshot and
 * tail, against one made from the rows at the same position, customer by customer.
 *
 * A difference is a writer that did not say whom it touched, or a snapshot that changed under its checksums.
 */
#ifndef LEDGER_VERIFY_BOOK_H
#define LEDGER_VERIFY_BOOK_H

#include "ledger/verify.h"

/* Adds its faults to those of the report, under the law "book". Nothing to do on a connection without a shelf. */
bool verify_book(struct db *db, struct arena *a, int64_t entity_id, struct verify_report *report,
		 struct err *e) NODISCARD;

#endif
