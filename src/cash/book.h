/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book.h - what the files of the matching share: the indexed book, the evidence found in an entry,
 * the payer. Not for others: their door is match.h.
 */
#ifndef CASH_BOOK_H
#define CASH_BOOK_H

#include "base/list.h"
#include "cash/index.h"
#include "cash/match.h"

/* ---- folded text ---- */

/* Letters and digits alone, upper case, without accents; pos[] tells where each came from. */
struct folded {
	char *at;       /* n characters and a NUL */
	uint32_t *pos;  /* n + 1 positions in the source; the last is its length */
	bool *is_start; /* the character begins a word of the source */
	size_t n;
};

void fold_text(struct arena *a, const char *text, struct folded *ret);

/* Whether a match may begin before character i, or end there: at a word's edge, or where letters
 * meet digits. */
bool fold_is_edge(const struct folded *f, size_t i);

/* ---- names ---- */

enum { NAME_MAX_WORDS = 12 };

struct name_word {
	const char *at;
	uint32_t len;
	uint32_t word; /* number in the vocabulary, INDEX_NONE when it is not there */
};

/* A name without legal form and small words, abbreviations opened. */
struct name {
	struct name_word words[NAME_MAX_WORDS];
	size_t n;
	const char *key; /* the whole, folded */
};

void name_split(struct arena *a, const char *text, struct name *ret);

/* ---- the book ---- */

struct vocabulary {
	struct name_word *words;
	size_t n;
	double *weight;     /* rare words weigh more */
	uint32_t *first;    /* postings of word w: first[w] .. first[w + 1] */
	uint32_t *postings; /* name rows */
	struct index by_text;
	double max_weight;
};

struct match_book {
	struct arena *arena;
	struct arena *scratch; /* of one entry: emptied by each match_one */
	struct match_input in;
	int64_t *open;   /* by item: what earlier answers left */
	uint32_t *first; /* items of customer c: order[first[c]] .. order[first[c + 1]], oldest due
			    first */
	uint32_t *order;
	uint32_t *group; /* by customer: the customer that stands for its group */
	const char **document_key;
	uint32_t *key_len;
	const char **number; /* the number each document ends with */
	bool has_length[64]; /* lengths of document keys */
	size_t max_length;
	struct index by_document, by_reference, by_number, by_code, by_siren, by_iban, by_amount;
	/* name rows: customers, then aliases */
	struct name *names;
	size_t n_names;
	struct vocabulary vocabulary;
};

/* Customer of a name or account row: rows beyond the customers are aliases. */
uint32_t book_row_customer(const struct match_book *b, uint32_t row);
const char *book_row_iban(const struct match_book *b, uint32_t row);

/* The number a document ends with, without leading zeros; "" when it has none of two digits. */
const char *book_tail_number(struct arena *a, const char *document, day_t issued_on);

bool book_same_group(const struct match_book *b, uint32_t customer, uint32_t other);

/* ---- evidence ---- */

enum evidence_kind {
	EVIDENCE_REFERENCE,
	EVIDENCE_DOCUMENT,
	EVIDENCE_NUMBER,
	EVIDENCE_CODE,
	EVIDENCE_SIREN
};

struct evidence {
	enum evidence_kind kind;
	uint32_t item; /* MATCH_NONE for code and SIREN */
	uint32_t customer;
	enum match_field field;
	uint32_t from, to; /* bytes of the field */
	bool is_shared;    /* several customers have a document of that number */
};

struct evidences {
	struct evidence *at;
	size_t n;
	size_t room;
};

void evidence_find(const struct match_book *b, const struct match_entry *entry,
		   struct evidences *ret);

/* ---- payer ---- */

struct payer_likeness {
	uint32_t customer;
	bool is_iban;    /* the account is known as this customer's */
	double likeness; /* of names, 0 .. 1 */
};

enum { PAYER_MAX = 12 };

struct payer {
	struct payer_likeness at[PAYER_MAX]; /* best first */
	size_t n;
	struct payer_likeness in_text[3]; /* customers named in the remittance text */
	size_t n_in_text;
};

void payer_find(const struct match_book *b, const struct match_entry *entry, struct payer *ret);

/* What the payer says about customer. */
enum payer_verdict {
	PAYER_CONTRADICTS,
	PAYER_SILENT,
	PAYER_UNLIKE,
	PAYER_GROUP,
	PAYER_LIKE,
	PAYER_NAMED,
	PAYER_KNOWN
};
enum payer_verdict payer_says(const struct match_book *b, const struct match_entry *entry,
			      const struct payer *p, uint32_t customer, uint32_t *ret_other);

/* ---- explanations ---- */

/* An explanation while it is being weighed. */
struct draft {
	uint32_t customer;
	enum match_rule rule;
	struct match_line *lines;
	size_t n_lines;
	int64_t left_minor;
	double ways;         /* how many explanations of this form the customer's items allow */
	double score;        /* log-likelihood against chance */
	bool is_quoted;      /* every document of it is quoted */
	enum match_why form; /* exact_amount, all_due, partial ... */
	int64_t form_minor;
	enum payer_verdict payer;
};

struct drafts {
	struct draft *at;
	size_t n;
	size_t room;
};

struct facts {
	const struct match_book *book;
	const struct match_entry *entry;
	struct evidences evidences;
	struct payer payer;
};

/* Customers worth explaining the entry with. */
struct candidates {
	uint32_t *at;
	size_t n;
	size_t room;
};
void candidates_find(const struct facts *f, struct candidates *ret);

/* Adds what the customer's open items allow. */
void explain_customer(const struct facts *f, uint32_t customer, struct drafts *ret);

/* Whether the evidence quotes the item, and how well: 0 no, 1 number cut short, 2 whole number,
 * 3 creditor reference. */
int facts_quoted(const struct facts *f, uint32_t item);
/* Whether draft d pays what evidence e names, or another reading of the same characters. */
bool draft_satisfies(const struct facts *f, const struct draft *d, const struct evidence *e);

/* What is missing looks like a discount or a bank charge. */
bool looks_like_discount(int64_t open_minor, int64_t missing_minor);
bool looks_like_fee(int64_t open_minor, int64_t missing_minor);

/* Weighs one draft; reasons for the reader. */
double score_draft(const struct facts *f, const struct draft *d);
void reasons_of(const struct facts *f, const struct draft *d, struct match_explanation *ret);

#endif
