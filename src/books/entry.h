/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry.h - one accounting entry (écriture) from one fact, and the files they are written in. Pure.
 *
 * An entry always balances. FEC: the 18 columns of LPF art. A47 A-1, tabs, decimal commas, CR LF, UTF-8
 * without mark. CSV for people and programs: the same columns after one that says what the line is, semicolons
 * in French; no cell starts a formula.
 */
#ifndef BOOKS_ENTRY_H
#define BOOKS_ENTRY_H

#include "base/buf.h"
#include "books/account.h"

enum books_fact_kind { BOOKS_ITEM, BOOKS_EXCHANGE, BOOKS_TRANSFER };

/* "item", "exchange", "transfer": the names of the database. */
const char *books_fact_name(enum books_fact_kind kind);

enum { BOOKS_LINES_MAX = 4 };

struct books_line {
	const char *account, *account_label;
	int64_t customer_id; /* 0: no customer's account */
	const char *aux, *aux_label;
	int64_t minor; /* debit positive, in the company's currency */
	const char *lettering;
	day_t lettered_on;
	int64_t foreign_minor; /* as it was agreed, when in another currency; never negative */
	const char *foreign;   /* NULL: in the company's own */
};

struct books_entry {
	enum books_fact_kind kind;
	int64_t fact_id;
	int sign; /* -1: takes back what was exported before */
	bool is_bank;
	int64_t number;
	day_t entry_on;
	const char *piece_ref;
	day_t piece_on;
	const char *label;
	struct books_line line[BOOKS_LINES_MAX];
	int n_lines;
};

/* How an item stands from now on. */
struct books_lettering {
	int64_t item_id;
	const char *account, *account_label, *aux, *aux_label;
	const char *document;
	day_t issued_on;
	const char *code; /* NULL: not lettered any more */
	const char *former_code;
	day_t lettered_on;
	int64_t minor;        /* of the item under the code, signed, in its currency */
	int64_t amount_minor; /* the whole item */
	const char *currency;
};

/* A customer's account as the books know it. */
struct books_account_of_customer {
	int64_t id;
	const char *account, *code,
		*name; /* code NULL where the account itself names the customer */
};

/* Adds the line; the entry's sign turns it around. Stops the program beyond BOOKS_LINES_MAX. */
void books_add(struct books_entry *e, const struct books_line *line);

/* Whether debits and credits are equal and something stands on it. */
bool books_balances(const struct books_entry *e);

/* Takes a share of the base for each part: what is net and what is VAT of a signed amount. */
bool books_split_vat(int64_t minor, int64_t net, int64_t vat, int64_t *ret_net, int64_t *ret_vat,
		     struct err *e) NODISCARD;

struct books_file {
	const struct books_chart *chart;
	const char *currency; /* of the company */
	const char *language;
	day_t valid_on; /* the day of the export */
	const struct books_entry *entries;
	size_t n_entries;
	const struct books_lettering *letterings;
	size_t n_letterings;
};

void books_write_fec(const struct books_file *f, struct buf *out);
void books_write_letterings(const struct books_file *f, struct buf *out);
void books_write_csv(const struct books_file *f, struct buf *out);

#endif
