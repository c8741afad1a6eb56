/* SPDX-License-Identifier: Apache-2.0 */
/* refund_view.h - what the page of refunds shows (refund.th). */
#ifndef CASH_REFUND_VIEW_H
#define CASH_REFUND_VIEW_H

#include "cash/bank_view.h"

struct refund_row {
	int64_t id;
	const char *number; /* "RB-12" */
	const char *customer, *customer_url;
	const char *payment, *url; /* url NULL: no bank entry */
	const char *day;
	const char *iban, *holder, *reason;
	const char *amount;
	const char *state, *words; /* badge */
	const char *detail;        /* in which file, paid when; NULL */
	const char *debit_url;     /* the bank's debit; NULL */
	bool may_cancel, may_pay, may_step_back;
	const char *back_words;
};

struct refund_file_row {
	int64_t number;
	const char *name, *execute_on, *account, *count, *amount;
	const char *state, *words;
	const char *url;
	bool may_withdraw;
};

struct refunds_view {
	struct bank_head head;
	struct part_chip chips[5];
	size_t n_chips;
	const struct refund_row *rows;
	size_t n_rows;
	const char *due; /* "3 refunds, 1 250,00 €": what the next file would pay; NULL: nothing */
	struct part_field account, on;
	const struct refund_file_row *files;
	size_t n_files;
};

void refunds_page(struct page *p, const struct refunds_view *v);
void refund_line(struct page *p, const struct refund_row *r);
void refund_acts(struct page *p, const struct refund_row *r);
void refund_files(struct page *p, const struct refunds_view *v);

#endif
