/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h - what does this money pay? (lettrage automatique)
 *
 * Pure: a book of customers and open items in, an answer per bank entry out. No clock, no database.
 *The machine posts alone only when payer, amount and reference agree enough and no other
 *explanation is comparably likely; else it proposes ranked explanations with their difference to
 *the cent; else it says that it recognises nothing. Every answer carries its reasons as codes with
 *arguments, which reason.h puts into words.
 *
 *	struct match_book *book = match_book_new(arena, &input);
 *	struct match_result *result = ARENA_ARRAY(arena, n, struct match_result);
 *	match_run(book, entries, n, &options, result);
 *
 * The order of the entries changes nothing: two entries that want the same money of a document are
 *both left to a person.
 */
#ifndef CASH_MATCH_H
#define CASH_MATCH_H

#include "base/arena.h"
#include "base/date.h"

#define MATCH_NONE UINT32_MAX

/* One customer account. Texts are borrowed: they must live as long as the book. */
struct match_customer {
	int64_t id;
	const char *code;        /* "C0000351" */
	const char *name;        /* as written */
	const char *siren;       /* NULL when not known */
	const char *iban;        /* what it usually pays from; NULL when not known */
	const char *parent_code; /* group parent; NULL when none */
	const char *payer_code;  /* account that pays for it; NULL when itself */
	const char *trade_name;  /* enseigne; NULL when not known */
	const char *vat_number;  /* NULL when not known */
	int64_t entity_id;       /* the company that it owes */
	int discount_per_myriad; /* escompte agreed: 200 is 2 %; 0 when none is */
	int discount_days;       /* after issue, within which it is earned */
};

/* One open item. open_minor is signed: invoices positive, credit notes negative. Only what may be
 * paid belongs here: payments of the ledger's own credit side stay out. */
struct match_item {
	int64_t id;
	uint32_t customer;       /* index of its customer in the input */
	const char *document;    /* "FA2026-0000012" */
	const char *payment_ref; /* ISO 11649 or other structured reference; NULL when none */
	const char *order_ref;   /* the customer's order; NULL when not known */
	day_t issued_on;
	day_t due_on;
	int64_t open_minor;
	char currency[4];
};

/* What was learned of payers: an account or a name that pays for a customer. */
struct match_alias {
	uint32_t customer;
	const char *iban; /* NULL: the name alone */
	const char *name; /* NULL: the account alone */
	int64_t n_times;  /* payments of the past that say so; 0 when only somebody said so */
};

/* An IBAN of ours that only this customer was given (IBAN virtuel), for one document or for all. */
struct match_virtual_iban {
	const char *iban;
	uint32_t customer;
	uint32_t item; /* MATCH_NONE: whatever the customer owes */
};

struct match_input {
	const struct match_customer *customers;
	size_t n_customers;
	const struct match_item *items;
	size_t n_items;
	const struct match_alias *aliases;
	size_t n_aliases;
	const struct match_virtual_iban *virtual_ibans;
	size_t n_virtual_ibans;
};

/* What the payer says that it pays (avis de paiement): one line of a remittance advice. */
struct match_advice {
	const char *document;
	bool has_amount;
	int64_t amount_minor; /* paid on it; negative for a credit note */
	int64_t discount_minor;
};

/* One movement of the bank account, or one transaction of a batch. NULL or "" for what is not
 * given. */
struct match_entry {
	int64_t id;
	const char *reference; /* the bank's own */
	int64_t amount_minor;  /* credits of the account are positive */
	char currency[4];
	day_t booked_on;
	const char *payer_name;
	const char *payer_iban;
	const char *end_to_end;
	const char *structured_ref;
	const char *remittance;
	int64_t entity_id;         /* whose bank account received it */
	const char *creditor_iban; /* the account of ours that the payer wrote */
	const char *ultimate_name; /* on whose behalf it was paid */
	int64_t charges_minor;     /* withheld on the way, as the bank says */
	const struct match_advice *advice;
	size_t n_advice;
};

enum match_state { MATCH_UNMATCHED, MATCH_PROPOSED, MATCH_AUTO };

/* What names the explanation; the command line prints match_rule_name(). */
enum match_rule {
	MATCH_RULE_STRUCTURED,   /* valid creditor reference of the item */
	MATCH_RULE_REFERENCE,    /* document numbers, whole */
	MATCH_RULE_NEAR,         /* document numbers cut short, with payer and amount */
	MATCH_RULE_PAYER_AMOUNT, /* known payer, exact amount */
	MATCH_RULE_PARTIAL,      /* part payment of one quoted document */
	MATCH_RULE_BALANCE,      /* everything due, or everything open */
	MATCH_RULE_COMBINATION,  /* several documents that add up */
	MATCH_RULE_DIFFERENCE,   /* discount, bank charge or too much */
	MATCH_RULE_AMOUNT,       /* the amount alone */
	MATCH_RULE_ON_ACCOUNT,   /* the payer alone */
	MATCH_N_RULES
};
const char *match_rule_name(enum match_rule rule);

enum match_kind { MATCH_ALLOCATION, MATCH_DISCOUNT, MATCH_FEE };

struct match_line {
	uint32_t item;        /* index in the input */
	int64_t amount_minor; /* what the document is reduced by; negative for a credit note */
	enum match_kind kind; /* DISCOUNT and FEE reduce the document without money */
};

/* One reason, for or against. The argument's meaning depends on the code: see reason.c. */
enum match_why {
#define WHY(name) WHY_##name,
#include "cash/reason.def"
#undef WHY
	WHY_COUNT
};

struct match_reason {
	enum match_why why;
	const char *text; /* document, name ...; "" when the code needs none */
	int64_t minor;    /* amount in the entry's currency, or a count */
};

enum { MATCH_MAX_REASONS = 8, MATCH_MAX_EXPLANATIONS = 6, MATCH_MAX_LINES = 200 };

struct match_explanation {
	uint32_t customer;
	enum match_rule rule;
	const struct match_line *lines;
	size_t n_lines;
	/* Entry minus what the lines take of it: what stays on the customer's account when
	 * positive. Never negative. */
	int64_t left_minor;
	int64_t confidence_ppm; /* probability in millionths, among all explanations and none */
	struct match_reason reasons[MATCH_MAX_REASONS];
	size_t n_reasons;
};

/* Where in the bank's text something was recognised, for the page that shows it. */
enum match_field {
	MATCH_PAYER_NAME,
	MATCH_PAYER_IBAN,
	MATCH_END_TO_END,
	MATCH_STRUCTURED,
	MATCH_REMITTANCE,
	MATCH_N_FIELDS
};

struct match_mark {
	enum match_field field;
	uint32_t from, to; /* bytes of that field */
	uint32_t item;     /* MATCH_NONE when it names a customer */
	uint32_t customer;
	enum match_why why;
};

struct match_result {
	enum match_state state;
	struct match_explanation *explanations; /* best first; the first one is posted when AUTO */
	size_t n_explanations;
	struct match_reason stop; /* why it was not posted; when AUTO the first reason */
	struct match_mark *marks;
	size_t n_marks;
};

struct match_options {
	int64_t threshold_ppm; /* least confidence to post alone; 0 means MATCH_THRESHOLD_PPM */
};
#define MATCH_THRESHOLD_PPM 995000

struct match_book;

/* Indexes the input, which must live as long as the book. */
struct match_book *match_book_new(struct arena *a, const struct match_input *input);

/* Explains n entries against the book as it stands; what an automatic answer takes is taken for all
 * later rounds. Results live in the book's arena. */
void match_run(struct match_book *book, const struct match_entry *entries, size_t n,
	       const struct match_options *options, struct match_result *ret);

/* Explains one entry without taking anything. */
void match_one(const struct match_book *book, const struct match_entry *entry,
	       const struct match_options *options, struct match_result *ret);

/* The input's rows by their index. */
const struct match_customer *match_customer_at(const struct match_book *book, uint32_t customer);
const struct match_item *match_item_at(const struct match_book *book, uint32_t item);

#endif
