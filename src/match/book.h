/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book.h - what the files of the matching share: the indexed book, the evidence found in an entry,
 * the payer. Not for others: their door is match.h.
 */
#ifndef MATCH_BOOK_H
#define MATCH_BOOK_H

#include "base/list.h"
#include "match/evidence.h"
#include "match/fold.h"
#include "match/index.h"
#include "match/match.h"
#include "match/names.h"
#include "match/numbers.h"

/* ---- the book ---- */

/* How many documents are open and how their amounts are spread, for how much an amount tells. */
enum { AMOUNT_STEPS = 6 };
struct amount_counts {
	double n;
	double octave[64];          /* by the power of two below */
	double round[AMOUNT_STEPS]; /* multiples of 10, 100 ... minor units */
};

struct seen;
struct payer_memory;
struct joints;

struct match_book {
	struct arena *arena;
	struct arena *scratch; /* of one entry: emptied by each match_one */
	struct match_input in;
	/* What all items, all customers have in common; unless has_... says that they differ. */
	char currency[4];
	bool has_currencies, has_entities;
	int64_t entity;
	int64_t *open;   /* by item: what earlier answers left */
	uint32_t *first; /* items of customer c: order[first[c]] .. order[first[c + 1]], oldest due
			    first */
	uint32_t *order;
	uint32_t *group;           /* by customer: the customer that stands for its group */
	const char **document_key; /* folded numbers of the items */
	struct key_set documents, references, orders; /* rows are items */
	struct key_set codes, sirens, vat_numbers;    /* rows are customers */
	bool has_terms;                               /* some customer has a discount agreed */
	bool has_mixed;             /* some numbers have letters among their digits */
	struct number_parts *parts; /* by item; count_len 0 when it has no digit */
	struct index by_count;      /* items by what counts in their number */
	double digit_share[64]; /* by length: share of numbers of digits alone that are documents */
	struct index by_iban, by_amount;
	struct payer_memory *payers; /* of one run; NULL outside */
	struct index by_virtual_iban;
	/* Rows of names: customers, aliases, then trade names. */
	struct names *names;
	uint32_t *trade; /* customers that have a trade name */
	size_t n_trade;
	/* Aliases of customer c: alias[alias_first[c]] .. alias[alias_first[c + 1]]. */
	uint32_t *alias, *alias_first;
	struct amount_counts amounts;
	const struct seen *seen;          /* of the last run's entries so far; NULL: nothing yet */
	const struct joints *joints;      /* of the run's entries left; NULL: not looked for */
	struct subset_room **subset_room; /* of subset.h */
	uint64_t *steps;                  /* of match_steps */
};

static inline void book_stepped(const struct match_book *b, uint64_t n)
{
	*b->steps += n;
}

/* Counts the amounts as they are open now. */
void book_count_amounts(struct match_book *b);

/* Customer of a row of names or accounts: beyond the customers are aliases, then trade names. */
uint32_t book_row_customer(const struct match_book *b, uint32_t row);
/* Of customers and aliases; NULL or "" when there is none. */
const char *book_row_iban(const struct match_book *b, uint32_t row);

/* Whether text folds to the letters and digits of key, spaces and punctuation apart. */
bool book_is_written(const char *text, const char *key, size_t len);

/* Whether the customer owes the company whose account received the entry, as far as is told. */
static inline bool book_same_entity(const struct match_book *b, const struct match_entry *entry,
				    uint32_t customer)
{
	int64_t entity = b->has_entities ? b->in.customers[customer].entity_id : b->entity;

	return entity == 0 || entry->entity_id == 0 || entity == entry->entity_id;
}

bool book_same_group(const struct match_book *b, uint32_t customer, uint32_t other);

/* Whether an item is open and in the entry's currency: asked oftener than anything else. */
static inline bool book_is_open_for(const struct match_book *b, const struct match_entry *entry,
				    uint32_t item)
{
	const char *x = b->has_currencies ? b->in.items[item].currency : b->currency;
	const char *y = entry->currency;

	return b->open[item] != 0 && x[0] == y[0] &&
	       (!x[0] || (x[1] == y[1] && (!x[1] || x[2] == y[2])));
}

/* ---- payer ---- */

/* Customers worth explaining the entry with. */
struct candidates {
	uint32_t *at;
	size_t n;
	size_t room;
};

struct payer_likeness {
	uint32_t customer;
	bool is_iban;    /* the account is known as this customer's */
	double likeness; /* of names, 0 .. 1 */
	bool is_covered; /* the text may be this customer's name made shorter */
	int64_t n_times; /* payments of the past from this account, or by this name, for the customer */
};

enum { PAYER_MAX = 12, PAYER_MAX_IN_TEXT = 3, CANDIDATES_MAX = 24 };

struct payer {
	struct payer_likeness at[PAYER_MAX]; /* best first */
	size_t n;
	/* Candidates that are not among the best: of many who are called alike one is named otherwise. */
	struct payer_likeness asked[CANDIDATES_MAX];
	double asked_behalf[CANDIDATES_MAX];
	size_t n_asked;
	struct payer_likeness in_text[PAYER_MAX_IN_TEXT]; /* customers named in the texts */
	size_t n_in_text;
	/* Customers like the name on whose behalf it says to be paid, and where that stands in which field;
	 * equal when it says nothing of the kind. */
	struct payer_likeness behalf[PAYER_MAX];
	size_t n_behalf;
	enum match_field behalf_field;
	uint32_t behalf_from, behalf_to;
	bool is_behalf_crowded;
	uint32_t owner;      /* whose virtual IBAN was paid to; MATCH_NONE when none was */
	uint32_t owner_item; /* the document it was made for; MATCH_NONE when for all */
	size_t n_account; /* customers known by the payer's account; beyond PAYER_MAX not all are in at[] */
	bool is_crowded; /* more customers may be named so than could be looked at */
};

/* While a book has one, what account and name say is kept for the next entry of the same payer: entries must stay
 * where they are. */
struct payer_memory *payer_memory_new(struct arena *a, size_t n_entries);

void payer_find(const struct match_book *b, const struct match_entry *entry, struct payer *ret);

/* How the payer is like the candidates that payer_find left out, having found too many. */
void payer_ask(const struct match_book *b, const struct match_entry *entry,
	       const struct candidates *who, struct payer *p);

/* NULL when the payer is not known to be like the customer at all. */
const struct payer_likeness *payer_like(const struct payer *p, uint32_t customer);

/* Whether the payer's name is more like that of a customer outside the group. */
bool payer_is_rather_another(const struct match_book *b, const struct payer *p, uint32_t customer);

/* How likely it is paid on the customer's behalf, as the text says; 0 when it does not. */
double payer_behalf(const struct payer *p, uint32_t customer);

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

struct facts {
	const struct match_book *book;
	const struct match_entry *entry;
	struct evidences evidences;
	struct payer payer;
	struct candidates who;
};

/* All that the entry says of who paid and what is named. Lives in the book's scratch arena. */
void facts_find(const struct match_book *b, const struct match_entry *entry, struct facts *ret);
void candidates_find(const struct facts *f, struct candidates *ret);

#endif
