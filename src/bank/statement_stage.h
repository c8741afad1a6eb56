/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement_stage.h - a statement between the file and the database: statement_take.c fills it from the
 * records of the file, statement_import.c checks and stores it. Not for other rooms.
 */
#ifndef BANK_STATEMENT_STAGE_H
#define BANK_STATEMENT_STAGE_H

#include "bank/statement.h"

/* One movement as it will be stored. */
/* A document that the bank's structured details say is paid. */
struct staged_document {
	const char *document;
	int64_t minor; /* a credit note is negative */
	int64_t discount_minor;
};

struct staged_entry {
	const char *reference, *bank_code, *payer_name, *payer_iban, *creditor_iban, *end_to_end,
		*structured_ref, *remittance, *other_refs, *return_reason;
	const char *words; /* of the bank, where it may name the account credited (CFONB 120) */
	day_t booked_on, value_on;
	int64_t minor;
	char currency[4];
	bool is_reversal;
	enum entry_state state; /* open at first */
	const char *status;     /* of a report on orders (pain.002) */
	const struct staged_document *documents;
	size_t n_documents;
	/* of a notice (camt.052, camt.054) */
	int64_t group;        /* the bank's entry that it is part of */
	bool is_pending;      /* not booked by the bank yet */
	const char *identity; /* what it is called wherever it is repeated */
	const char *numbered; /* the n-th of that identity; by apply */
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
	day_t created_on;
	int64_t n_returns;      /* told by it, and new */
	int64_t n_bank_entries; /* of the bank: a batch is one */
	int64_t n_left_out;     /* not booked: for information, pending, of the future */
	/* by apply */
	int64_t account_id;
	bool is_there; /* imported before, from another file */
	const char *remark;
	int64_t n_repeated; /* of a download: told by another download before */
	int64_t n_known, n_joined,
		n_waiting; /* of a notice: told before, joined to booked entries */
};

/* Whether it announces or details what a statement books. */
static inline bool staged_is_notice(const struct staged_statement *st)
{
	return st->kind == FORMAT_CAMT052 || st->kind == FORMAT_CAMT054 || st->kind == FORMAT_MT942;
}

struct staging {
	struct arena *arena;
	struct {
		struct staged_statement *at;
		size_t n;
		size_t room;
	} statements;
	struct staged_statement
		*as_read; /* the same before apply changed them: it may be tried again */
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

/* Whether it tells what comes back, and nothing that a statement books. */
static inline bool staged_is_returns(const struct staged_statement *st)
{
	return st->kind == FORMAT_PAIN002 || st->kind == FORMAT_CFONB240;
}

/* ---- shared by the importers of statements and of notices ---- */

void staging_warn(struct staging *s, const char *message);

/* The account, made when the entity has none yet. */
bool staged_find_account(struct staging *s, const struct import_context *ctx,
			 struct staged_statement *st, struct err *e) NODISCARD;

/* The period of a statement that does not tell it: its balances' days, else its entries'. */
void staged_find_period(struct staged_statement *st);

/* Tables and OFX are what somebody downloads, of days of his choice: they overlap. Statements do not. */
static inline bool staged_is_download(const struct staged_statement *st)
{
	return st->kind == FORMAT_CSV || st->kind == FORMAT_XLSX || st->kind == FORMAT_OFX;
}

/* Whether an import of that format is a download of the same family, so that both tell equal movements alike. */
bool staged_is_alike(const struct staged_statement *st, const char *format);

/* Leaves out of a download what others told before: of equal movements as many as are known. Sets is_there when
 * nothing is left. */
bool staged_skip_repeated(const struct import_context *ctx, struct staged_statement *st,
			  struct err *e) NODISCARD;

/* Sets is_there when the very same was imported from another file. */
bool staged_is_known(const struct import_context *ctx, struct staged_statement *st,
		     struct err *e) NODISCARD;

/* Fills creditor_iban of what names a virtual IBAN of the company in the bank's words alone
 * (virtual_iban_seen.c). */
bool staged_see_virtual(const struct import_context *ctx, struct staged_statement *st,
			struct err *e) NODISCARD;

bool staged_insert(const struct import_context *ctx, const struct staged_statement *st,
		   int64_t *ret_id, struct err *e) NODISCARD;
bool staged_insert_entries(const struct import_context *ctx, const struct staged_statement *st,
			   int64_t statement_id, int64_t **ret_ids, struct err *e) NODISCARD;

/* A notice: kept but for what was told before; joined to what is booked (notice_import.c). */
bool notice_apply(struct staging *s, const struct import_context *ctx, struct staged_statement *st,
		  struct err *e) NODISCARD;

/* Returns told by a status report or in CFONB 240: kept until the matching looks for their payments
 * (return_import.c). */
bool returns_apply(struct staging *s, const struct import_context *ctx, struct staged_statement *st,
		   struct err *e) NODISCARD;

/* Joins the account's notices that wait to booked entries; after a statement or a notice came. */
bool notice_join(struct staging *s, const struct import_context *ctx, struct staged_statement *st,
		 struct err *e) NODISCARD;

/* Takes one record of the file; arg is the struct staging. */
bool statement_take(void *arg, const struct record *r, struct err *e);

#endif
