/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement_pdf.h - the statement of account (relevé de compte) of one customer, as PDF.
 *
 * As with letters, the caller gives finished texts; sender, tables and payment block are those of
 * letter.h. The address stands in the window, so that a statement can be posted too.
 *
 *	struct statement_view v = { .language = "fr", .title = "Relevé de compte", ... };
 *	if (!statement_pdf(&v, created_at, &pdf, NULL, e))
 *		return false;
 */
#ifndef CHANNEL_STATEMENT_PDF_H
#define CHANNEL_STATEMENT_PDF_H

#include "channel/letter.h"

/* One column of the ageing bar: its caption ("1-30 jours"), its amount, and how long its bar is:
 * thousandths of the positive sum (0 to 1000). */
struct statement_bucket {
	const char *caption;
	const char *amount;
	int share_permille;
};

struct statement_view {
	const char *language;
	struct letter_sender sender;
	const char *const *address;
	size_t n_address;
	const char *place_date;
	const struct letter_pair *references;
	size_t n_references;
	const char *title;  /* "Relevé de compte"; required */
	const char *as_of;  /* "au 21 novembre 2026" */
	const char *notice; /* a paragraph before the tables */
	const char *ageing_title;
	const struct statement_bucket *buckets;
	size_t n_buckets; /* at most 8 */
	const char *items_title;
	struct letter_table items;
	const char *credits_title;        /* payments received and not yet allocated, shown apart */
	struct letter_table credits;      /* rows with a NULL due date leave the column empty */
	const struct letter_pair *totals; /* of the account; the last one strong */
	size_t n_totals;
	struct letter_payment payment;
	const char *page_caption;
};

/* As letter_pdf. */
bool statement_pdf(const struct statement_view *v, int64_t created_at, struct buf *ret,
		   int *ret_pages, struct err *e) NODISCARD;

#endif
