/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exposure.h - what is at risk with a customer (encours de risque): what he owes, and what he paid with paper that is
 * not money yet. Pure: a fold over the book, as of its day and moment.
 *
 *	documents + unallocated = owed;  owed + bills + discounted + cheques = exposure
 */
#ifndef LEDGER_EXPOSURE_H
#define LEDGER_EXPOSURE_H

#include "ledger/ageing.h"
#include "ledger/book.h"
#include "ledger/paper.h"

struct exposure {
	int64_t documents_minor;          /* open documents, credit notes taken off */
	int64_t unallocated_minor;        /* receipts to allocate: negative */
	int64_t paper_minor[PAPER_KINDS]; /* not matured, not cleared */
	int64_t n_papers;
	int64_t total_minor;
	bool is_incomplete; /* some of it has no rate and is in no sum */
};

/* The paper of one customer alone, or of all (SIZE_MAX), in that currency: other currencies converted by rates at the day of the book, left
 * out when rates is NULL. *ret_minor is the sum. ERR_RANGE. */
bool exposure_paper(const struct book *b, size_t customer, const char *currency,
		    const struct exchange_table *rates, struct exposure *ret,
		    struct err *e) NODISCARD;

/* The whole of one customer, or of all (SIZE_MAX). */
bool exposure_of(const struct book *b, struct arena *a, size_t customer, const char *currency,
		 const struct exchange_table *rates, struct exposure *ret, struct err *e) NODISCARD;

/* What each kind is called, English, for gettext. */
const char *paper_kind_text(enum paper_kind kind);

#endif
