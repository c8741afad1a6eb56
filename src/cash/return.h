/* SPDX-License-Identifier: Apache-2.0 */
/*
 * return.h - payments that come back (rejets, impayés): what the bank says of them, and which payment it is.
 *
 * Pure. A return names the payment by a reference that only it has (end to end, bank's reference, cheque number), or
 * by things that others share (mandate, account, document, name), always with its amount. It is treated alone when
 * one payment is named by the first, or one alone agrees in two of the second; else a person chooses. The amount
 * alone never decides.
 *
 *	if (return_of_entry(arena, &entry, &fact))
 *		best = return_find(arena, &fact, payments, n, guesses, &n_guesses);
 */
#ifndef CASH_RETURN_H
#define CASH_RETURN_H

#include "bank/statement.h"

enum return_kind {
	RETURN_DIRECT_DEBIT,
	RETURN_CHEQUE,
	RETURN_BILL,
	RETURN_TRANSFER,
	RETURN_OTHER,
	RETURN_N_KINDS
};
const char *return_kind_name(enum return_kind kind);
enum return_kind return_kind_of(const char *name);
/* "Returned direct debit": the English text, for gettext. */
const char *return_kind_words(enum return_kind kind);

/* What the creditor has to know of a reason (external code of ISO 20022). */
struct return_reason {
	const char *code;
	const char *words;  /* English, for gettext: why it came back */
	const char *advice; /* what to do */
	bool blocks_mandate;
	bool may_be_dispute;
};
/* NULL when the code is none of the table. */
const struct return_reason *return_reason_find(const char *code);

enum { RETURN_REFS = 6, RETURN_GUESSES = 5 };

struct return_fact {
	enum return_kind kind;
	const char *code;    /* of ISO 20022 where one is told, else the bank's own; NULL */
	const char *text;    /* what the bank says beside */
	int64_t minor;       /* positive: what goes back, charges included */
	int64_t fee_minor;   /* of it the bank's charge, where told */
	int64_t asked_minor; /* charge that the company asks back; 0: none */
	char currency[4];
	day_t on;
	const char *reference;
	/* NULL or "" when not told. */
	const char *end_to_end, *mandate, *cheque;
	const char *refs[RETURN_REFS]; /* the bank's own of the payment that comes back */
	const char *payer_iban, *payer_name;
	const char *words; /* all of the bank's text */
};

/* Whether the entry is money that was received and goes back; false for all others. */
bool return_of_entry(struct arena *a, const struct entry *en, struct return_fact *ret);

/* A payment received, which may be the one. */
struct return_payment {
	int64_t item_id, customer_id;
	int64_t minor; /* positive */
	char currency[4];
	day_t received_on;
	const char *reference, *end_to_end, *other_refs; /* JSON */
	const char *payer_iban, *payer_name, *customer_iban, *customer_name;
	bool is_booked;               /* the accounting has it */
	const char *const *documents; /* that it paid */
	size_t n_documents;
};

struct return_guess {
	size_t payment; /* index */
	int points;     /* 100: named by a reference of its own */
};

/* Fills at most RETURN_GUESSES guesses, best first. True when the first is certain. The order of the payments
 * changes nothing. */
bool return_find(struct arena *a, const struct return_fact *fact,
		 const struct return_payment *payments, size_t n, struct return_guess *ret,
		 size_t *ret_n);

/* ---- what the accounting booked already (return_booked.c) ---- */

enum { RETURN_BOOKED_DAYS = 5 }; /* between the bank's date and the accounting's */

/* A line of the accounting's file that may book the return: money given back to a customer. */
struct return_booked {
	int64_t item_id, customer_id;
	int64_t minor;      /* positive */
	int64_t open_minor; /* what is left of it */
	char currency[4];
	day_t on;
	const char *document, *label;
	const char *customer_iban, *customer_name, *customer_code;
	int64_t settles_item_id; /* the payment that it is lettered with; 0: none, or several things */
};

enum return_verdict { RETURN_NOT_BOOKED, RETURN_BOOKED, RETURN_PERHAPS_BOOKED };

/* Whether one of the lines is the return. It is when the books letter it with the payment that came back, when it
 * carries a reference of the return, or when it stands on the account of who had paid. What has the amount alone
 * may be, and a person says so. payment: the one that certainly came back, else NULL.
 * *ret is the line's index. */
enum return_verdict return_booked_find(struct arena *a, const struct return_fact *fact,
				       const struct return_payment *payment,
				       const struct return_booked *lines, size_t n, size_t *ret);

#endif
