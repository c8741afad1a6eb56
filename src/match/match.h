/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h - what does this money pay? (lettrage automatique)
 *
 * Pure: a book of customers and open items in, an answer per bank entry out. No clock, no database.
 * The machine posts alone only when payer, amount and reference agree enough and no other
 * explanation is comparably likely; else it proposes ranked explanations with their difference to
 * the cent; else it says that it recognises nothing. Every answer carries its reasons as codes with
 * arguments, which reason.h puts into words; what is posted alone carries a certificate.
 *
 *	struct match_book *book = match_book_new(arena, &input);
 *	struct match_result *result = ARENA_ARRAY(arena, n, struct match_result);
 *	match_run(book, entries, n, &options, result);
 *
 * The order of the entries changes nothing: two entries that want the same money of a document are
 * both left to a person.
 */
#ifndef MATCH_MATCH_H
#define MATCH_MATCH_H

#include "base/arena.h"
#include "base/date.h"

#define MATCH_NONE UINT32_MAX

/* In what form customers pay: what habits are counted by, and what an explanation is of. */
enum match_form {
	MATCH_FORM_ONE,       /* one document, whole */
	MATCH_FORM_SEVERAL,   /* some documents, whole */
	MATCH_FORM_DUE,       /* everything due */
	MATCH_FORM_STATEMENT, /* everything issued in a month, or due in one */
	MATCH_FORM_OPEN,      /* everything open */
	MATCH_FORM_RUN,       /* the oldest documents first */
	MATCH_FORM_DISCOUNT,  /* less an early-payment discount */
	MATCH_FORM_CHARGES,   /* less what a bank withheld */
	MATCH_FORM_ROUNDED,   /* cents more or less */
	MATCH_FORM_PARTIAL,   /* part of a document */
	MATCH_FORM_OVERPAID,  /* documents and something more */
	MATCH_FORM_ACCOUNT,   /* no document */
	MATCH_N_FORMS
};

/* How often it paid in which form, of payments that a person confirmed or that were never corrected. */
struct match_habit {
	int64_t n[MATCH_N_FORMS];
	/* Payments of one of several equal documents without naming it: how often it was the oldest
	 * of them, and how often another. */
	int64_t n_oldest_of_equal, n_other_of_equal;
};

/* One customer account. Texts are borrowed: they must live as long as the book. */
struct match_customer {
	int64_t id;
	const char *code;                /* "C0000351" */
	const char *name;                /* as written */
	const char *siren;               /* NULL when not known */
	const char *iban;                /* what it usually pays from; NULL when not known */
	const char *parent_code;         /* group parent; NULL when none */
	const char *payer_code;          /* account that pays for it; NULL when itself */
	const char *trade_name;          /* enseigne; NULL when not known */
	const char *vat_number;          /* NULL when not known */
	int64_t entity_id;               /* the company that it owes */
	int discount_per_myriad;         /* escompte agreed: 200 is 2 %; 0 when none is */
	int discount_days;               /* after issue, within which it is earned */
	const struct match_habit *habit; /* NULL: nothing learned */
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
	uint32_t item;              /* MATCH_NONE: whatever the customer owes */
	day_t valid_from, valid_to; /* both included; valid_to DAY_NONE: not closed */
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
	const struct match_habit *habit; /* of all customers together; NULL: nothing learned */
	/* Whether that customer has, or had, a document of that number (text_reference_key), open or not; NULL: nobody
	 * knows. Who names one of his own that is paid has not slipped: he pays it a second time. */
	bool (*has_document)(void *known, uint32_t customer, const char *key);
	void *known;
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
	/* A person took it back: it never posts, but what it would have posted is wanted by it, so that no
	 * equal receipt takes it instead. */
	bool is_held;
};

enum match_state { MATCH_UNMATCHED, MATCH_PROPOSED, MATCH_AUTO };

/* What names the explanation; the command line prints match_rule_name(). */
enum match_rule {
	MATCH_RULE_ADVICE,       /* the lines of a remittance advice */
	MATCH_RULE_STRUCTURED,   /* valid creditor reference of the item */
	MATCH_RULE_REFERENCE,    /* document numbers, whole */
	MATCH_RULE_NEAR,         /* document numbers cut short, with payer and amount */
	MATCH_RULE_PAYER_AMOUNT, /* known payer, exact amount of one document */
	MATCH_RULE_BALANCE,      /* known payer, everything due, of a month, or open */
	MATCH_RULE_COMPLETED,    /* quoted documents and others that complete the sum */
	MATCH_RULE_COMBINATION,  /* known payer, several documents that add up */
	MATCH_RULE_DISCOUNT,     /* less an early-payment discount */
	MATCH_RULE_CHARGES,      /* less what a bank withheld */
	MATCH_RULE_ROUNDING,     /* cents more or less */
	MATCH_RULE_PARTIAL,      /* part payment */
	MATCH_RULE_OVERPAID,     /* documents and something more, kept on account */
	MATCH_RULE_AMOUNT,       /* the amount alone */
	MATCH_RULE_ON_ACCOUNT,   /* the payer alone */
	MATCH_N_RULES
};
const char *match_rule_name(enum match_rule rule);
bool match_rule_of(const char *name, enum match_rule *ret);

/* DISCOUNT, FEE and ROUNDING reduce a document without money; a surplus stays on account. */
enum match_kind { MATCH_ALLOCATION, MATCH_DISCOUNT, MATCH_FEE, MATCH_ROUNDING };
/* "allocation", "discount", "fee", "rounding": as proposals, events and programs name them. */
const char *match_kind_name(enum match_kind kind);
bool match_kind_of(const char *name, enum match_kind *ret);

struct match_line {
	uint32_t item;        /* index in the input */
	int64_t amount_minor; /* what the document is reduced by; negative for a credit note */
	enum match_kind kind;
};

/* One reason, for or against. The argument's meaning depends on the code: see reason.c. */
enum match_why {
#define WHY(name) WHY_##name,
#include "match/reason.def"
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
	enum match_form form;
	const struct match_line *lines;
	size_t n_lines;
	/* Entry minus what the lines take of it: what stays on the customer's account when
	 * positive. Never negative. */
	int64_t left_minor;
	/* Logarithm, in thousandths, of the odds for this explanation against all others and none, as
	 * counted: what a calibration is fitted on. */
	int64_t raw_milli;
	int64_t confidence_ppm; /* probability in millionths: the odds, calibrated */
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

/* ---- certificate ---- */

struct match_certificate_line {
	uint32_t item;
	int64_t open_minor;   /* before this entry; earlier answers of the run are taken off */
	int64_t amount_minor; /* as in match_line */
	enum match_kind kind;
};

/*
 * Why an entry was posted without a person, such that other code can check it again: the lines add up
 * with what is left to the entry, none takes more than is open, the evidence stands in the entry's
 * text where it says, the payer is known by what it says, the confidence passes the threshold.
 */
struct match_certificate {
	uint32_t customer;
	enum match_rule rule;
	enum match_form form;
	int64_t entry_minor;
	char currency[4];
	const struct match_certificate_line *lines;
	size_t n_lines;
	int64_t left_minor;
	/* Where the entry names the documents, and the customer's code or SIREN; the payer's fields when
	 * they were relied on. */
	const struct match_mark *marks;
	size_t n_marks;
	/* WHY_payer_iban, _name, _like, _group, _virtual_iban, WHY_payer_contradicts, or WHY_payer_not_sure;
	 * its text is the name of the customer it is about. */
	struct match_reason payer;
	int64_t raw_milli, confidence_ppm, threshold_ppm;
	int64_t second_ppm; /* the likeliest other explanation; 0 when there is none */
	/* Other choices of the customer's open documents that give the very amount; when the count is
	 * not complete there are at least so many. */
	int64_t n_other_choices;
	bool is_count_complete;
	int64_t n_open; /* documents among which they were counted */
};

struct match_result {
	enum match_state state;
	struct match_explanation *explanations; /* best first; the first one is posted when AUTO */
	size_t n_explanations;
	struct match_reason stop; /* why it was not posted; when AUTO the first reason */
	struct match_mark *marks;
	size_t n_marks;
	const struct match_certificate *certificate; /* NULL unless AUTO */
};

/* ---- options ---- */

enum { MATCH_MAX_KNOTS = 12 };

/* From raw odds to probability, for one rule: a line through knots of ascending raw_milli and ppm that
 * does not fall; constant beyond them. It only lowers: without knots, and where it would be higher, the
 * odds are taken as they are. calibrate.h fits it. */
struct match_curve {
	int64_t raw_milli[MATCH_MAX_KNOTS];
	int64_t ppm[MATCH_MAX_KNOTS];
	size_t n;
	int64_t n_confirmed, n_refuted; /* what it was fitted on */
};

struct match_calibration {
	struct match_curve rule[MATCH_N_RULES];
};

#define MATCH_BIT(rule) (1u << (rule))

/* Zero is the usual for each; to forbid a tolerance set it to -1. */
struct match_options {
	int64_t threshold_ppm;    /* least confidence to post alone: MATCH_THRESHOLD_PPM */
	unsigned forbidden_rules; /* MATCH_BIT of rules that only propose */
	int64_t rounding_minor;   /* cents written off: MATCH_ROUNDING_MINOR */
	int64_t charges_minor;    /* most that a bank withholds: MATCH_CHARGES_MINOR */
	int discount_grace_days;  /* a discount is taken so long after its term: MATCH_GRACE_DAYS */
	/* Most of a discount that may post where the book knows no customer's terms: MATCH_DISCOUNT_PER_MYRIAD.
	 * Where it knows any, what no terms allow is for a person. */
	int discount_per_myriad;
	bool oldest_of_equal; /* of equal documents that nothing tells apart the oldest is paid */
	const struct match_calibration *calibration; /* NULL: none */
};
#define MATCH_THRESHOLD_PPM       995000
#define MATCH_ROUNDING_MINOR      5
#define MATCH_CHARGES_MINOR       5000
#define MATCH_GRACE_DAYS          5
#define MATCH_DISCOUNT_PER_MYRIAD 300

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

/* How many characters, names, documents and sums were looked at so far, for all answers: what one entry costs is
 * bounded in these, whatever the clock says. */
uint64_t match_steps(const struct match_book *book);

#endif
