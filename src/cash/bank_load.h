/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bank_load.h - fills the views of bank_view.h from the store, for bank_web.c.
 */
#ifndef CASH_BANK_LOAD_H
#define CASH_BANK_LOAD_H

#include "cash/bank_view.h"
#include "cash/cash.h"
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

/* The open documents of a customer that an entry may pay, and their field names. */
bool bank_choice_items(struct request *r, const struct entry *en, int64_t customer_id,
		       struct item **ret, size_t *ret_n, struct err *e) NODISCARD;
const char *bank_choice_name(struct arena *a, int64_t item_id);

/* The customer of that code, or the only one found by name; id 0 when there is none. */
bool bank_customer_of(struct request *r, const char *text, struct customer *ret,
		      struct err *e) NODISCARD;

#endif
