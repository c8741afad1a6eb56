/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bank_load.h - fills the views of bank_view.h from the store, for bank_web.c.
 */
#ifndef CASH_BANK_LOAD_H
#define CASH_BANK_LOAD_H

#include "cash/bank_view.h"
#include "cash/cash.h"
#include "cash/convert.h"
#include "ledger/customer.h"
#include "ledger/item.h"
#include "web/web.h"

/* What was typed by hand, to be shown again with its errors; all NULL at first. */
struct bank_typed {
	const struct form *form;
	const char *error;
};

bool bank_head_load(struct request *r, struct page *p, enum bank_tab tab, struct bank_head *ret,
		    struct err *e) NODISCARD;

/* Badge of an entry's state. */
const char *bank_state_badge(enum entry_state state);
const char *bank_state_words(struct page *p, enum entry_state state);

/* Why the entry is as it is, in the reader's words; "" when nothing says it. */
const char *bank_why(struct page *p, const struct entry *en);

/* One entry in full. typed may be NULL. */
bool bank_entry_load(struct request *r, struct page *p, const struct entry *en,
		     const struct bank_typed *typed, struct bank_entry *ret,
		     struct err *e) NODISCARD;

/* A document with what is applied to it, in words. */
struct bank_line bank_line_of(struct page *p, const struct cash_detail *d, bool is_done);

/* "EUR 915.00 = USD 998.45, at 1 EUR = 1.0912 USD (rate of 2 October 2026)." */
const char *bank_converted(struct page *p, int64_t from_minor, int64_t to_minor,
			   const struct conversion_rate *rate);

/* What may be chosen by hand: the documents of the customer asked for, else of that one, and those found by
 * their number. typed may be NULL. */
bool desk_split_load(struct request *r, struct page *p, const struct entry *en,
		     int64_t best_customer_id, const struct bank_typed *typed,
		     struct bank_entry *ret, struct err *e) NODISCARD;

/* Documents whose rest is to be written off. */
struct desk_rest {
	bool is_loss;
	const int64_t *items;
	size_t n_items;
	const char *reason;
};

/* The lines typed: money on documents, and what is to become of what remains of them. What is wrong is told in
 * the form. */
bool desk_split_read(struct request *r, struct form *f, const struct entry *en,
		     struct cash_decision *d, struct desk_rest *ret_rest, struct err *e) NODISCARD;

/* The customer of that code, or the only one found by name; id 0 when there is none. */
bool bank_customer_of(struct request *r, const char *text, struct customer *ret,
		      struct err *e) NODISCARD;

#endif
