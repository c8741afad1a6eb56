/* SPDX-License-Identifier: Apache-2.0 */
/* hand_view.h - what the page of cheques, bills and cash shows. The templates are hand.th. */
#ifndef CASH_HAND_VIEW_H
#define CASH_HAND_VIEW_H

#include "cash/bank_view.h"

struct hand_row {
	const char *key; /* of its box */
	const char *label;
	const char *what; /* "Cheque 4711" */
	const char *url;
	const char *drawer, *bank;
	const char *day, *amount;
	const char *due; /* of a bill; NULL: none */
	const char *files_url, *files;
	const char *state, *words; /* badge */
};

struct slip_row {
	const char *number, *pdf_url, *entry_url; /* entry_url NULL: not credited */
	const char *day, *account, *receipts, *amount;
	const char *state, *words;
	bool is_discount;
	const char *files_url;
};

struct hand_field {
	const char *value, *error;
};

struct hand_view {
	struct bank_head head;
	struct hand_field kind, number, bank, drawer, amount, received_on, due_on, text;
	const char *error;
	const struct part_choice *kinds, *accounts;
	size_t n_kinds, n_accounts;
	const struct hand_row *rows;
	size_t n_rows;
	const struct slip_row *slips;
	size_t n_slips;
	const char *today;
};

void hand_page(struct page *p, const struct hand_view *v);
void hand_form(struct page *p, const struct hand_view *v);
void hand_waiting(struct page *p, const struct hand_view *v);
void hand_slips(struct page *p, const struct hand_view *v);

#endif
