/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement_stage.h - a statement between the file and the database: statement_take.c fills it from the
 * records of the file, statement_import.c checks and stores it. Not for other rooms.
 */
#ifndef CASH_STATEMENT_STAGE_H
#define CASH_STATEMENT_STAGE_H

#include "cash/statement.h"

/* One movement as it will be stored. */
struct staged_entry {
	const char *reference, *bank_code, *payer_name, *payer_iban, *creditor_iban, *end_to_end,
		*structured_ref, *remittance, *other_refs, *return_reason;
	day_t booked_on, value_on;
	int64_t minor;
	char currency[4];
	bool is_reversal;
};

struct staged_statement {
	int64_t line;
	enum format kind;
	const char *account, *name, *bic, *reference, *sequence;
	char currency[4];
	day_t from, to, balance_from, balance_to;
	int64_t n_credits, n_debits, credits_minor, debits_minor;
	bool has_opening, has_closing, is_balanced;
	const char *fault; /* why it cannot be taken; NULL */
	int64_t opening_minor, closing_minor;
	struct {
		struct staged_entry *at;
		size_t n;
		size_t room;
	} entries;
	/* by apply */
	int64_t account_id;
	bool is_there; /* imported before, from another file */
	const char *remark;
};

struct staging {
	struct arena *arena;
	struct {
		struct staged_statement *at;
		size_t n;
		size_t room;
	} statements;
	struct {
		struct import_error *at;
		size_t n;
		size_t room;
	} errors;
	struct {
		const char **at;
		size_t n;
		size_t room;
	} warnings;
};

/* Whether a known account is the one that a statement names in its bank's own way: a bank code and an account
 * number, or the number alone, of which the IBAN is made. Letters and digits of both as text_reference_key. */
bool account_is_named(const char *known_iban, const char *named);

/* Takes one record of the file; arg is the struct staging. */
bool statement_take(void *arg, const struct record *r, struct err *e);

#endif
