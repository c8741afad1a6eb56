/* SPDX-License-Identifier: Apache-2.0 */
/*
 * overview.h - the figures of the dashboard (tableau de bord): one fold over the open items of the book.
 *
 * Pure. Everything comes from one pass over the same items, so that
 *
 *	sum of the classes = total,  late classes = overdue,  rows of the matrix = soon + overdue
 *
 * hold to the cent by construction. Amounts of one currency.
 */
#ifndef INSIGHT_OVERVIEW_H
#define INSIGHT_OVERVIEW_H

#include "ledger/book.h"
#include "ledger/due_state.h"

struct overview_class {
	int64_t open_minor;
	int64_t n_items;
	int64_t promised_minor; /* part of it that is promised and not disputed */
	int64_t disputed_minor;
};

/* Means of payment in the columns of the matrix; the last is for customers without one. */
enum { OVERVIEW_MEANS = 7 };
const char *overview_means_name(int means); /* "transfer" ...; "" for the last */
const char *overview_means_text(int means); /* English, for gettext */

struct overview_row {
	const char *segment; /* "" for customers without one */
	int64_t soon_minor[OVERVIEW_MEANS];
	int64_t late_minor[OVERVIEW_MEANS];
	int64_t total_minor;
};

struct overview_debtor {
	size_t customer; /* index in the book */
	int64_t total_minor;
	int64_t late_minor;
	int64_t n_late;
	day_t oldest_due; /* of its late items; DAY_NONE when none is late */
};

struct overview {
	struct overview_class of[DUE_STATE_COUNT];
	int64_t documents_minor; /* every class but the receipts to allocate */
	int64_t n_documents;
	int64_t total_minor;
	int64_t late_minor;
	int64_t n_late;
	int64_t disputed_minor;
	int64_t n_disputed;
	int64_t n_customers;      /* with something open */
	struct overview_row *row; /* segments in order of their total, largest first */
	size_t n_rows;
	struct overview_debtor *debtor; /* late amount largest first */
	size_t n_debtors;
};

/* is_promised: per item, whether a promise covers it (NULL: none is). ERR_RANGE when a sum does not
 * fit. */
bool overview_fold(const struct book *b, struct arena *a, int currency, const bool *is_promised,
		   struct overview *ret, struct err *e) NODISCARD;

#endif
