/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence.h - what the bank's text names: documents, orders, customers. Not for others than the matching.
 *
 * A number is looked for as written, with letters for digits, with zeros lost or added, glued to
 * other words, spread over spaces, as the rest of a list ("12/13/14", "12 à 15"). In the documents of
 * customers who are candidates anyway it is looked for cut short and with one slip of the pen too: that
 * alone never makes a customer a candidate.
 */
#ifndef MATCH_EVIDENCE_H
#define MATCH_EVIDENCE_H

#include "match/bank_text.h"

struct match_book;
struct candidates;

/* The best first: up to DOCUMENT the whole number is named. */
enum evidence_kind {
	EVIDENCE_REFERENCE, /* the document's payment reference */
	EVIDENCE_DOCUMENT,
	EVIDENCE_ORDER,  /* the customer's order: several documents may have it */
	EVIDENCE_NUMBER, /* the part that counts, without year or prefix */
	EVIDENCE_NEAR,   /* cut short, or one slip of the pen away */
	EVIDENCE_CODE,   /* the customer's code */
	EVIDENCE_SIREN   /* its SIREN, SIRET or VAT number */
};

/* How the characters were read. */
enum evidence_reading {
	READING_EXACT,  /* letter for letter, separators apart */
	READING_FOLDED, /* letters for digits, or digits for letters */
	READING_PADDED, /* zeros, or part of the year, lost or added */
	READING_LISTED, /* the rest of a list or range */
	READING_CUT,    /* characters lost at an end */
	READING_SLIP    /* one digit wrong, missing, added, or two swapped */
};

struct evidence {
	enum evidence_kind kind;
	uint32_t item; /* MATCH_NONE for code and SIREN */
	uint32_t customer;
	enum match_field field;
	uint32_t from, to; /* bytes of the field; equal when no field of the entry has it */
	bool is_shared;    /* several customers have a document of that number */
	enum evidence_reading reading;
	/* How probable it is that such characters, being something else, name this document. */
	double chance;
};

enum { EVIDENCE_TEXTS = 3 };

/* Banks write so that there is no reference. */
bool evidence_is_filler(const char *text);

/* What stands in a field of text; "" when nothing does. */
static inline const char *entry_text(const struct match_entry *en, enum match_field field)
{
	const char *text = field == MATCH_STRUCTURED   ? en->structured_ref
			   : field == MATCH_END_TO_END ? en->end_to_end
						       : en->remittance;

	return text ? text : "";
}

struct evidences {
	struct evidence *at;
	size_t n;
	size_t room;
	struct bank_text texts[EVIDENCE_TEXTS];
	size_t n_texts;
};

/* Each document and customer once, as its best reading. Lives in the book's scratch arena. */
void evidence_find(const struct match_book *b, const struct match_entry *entry,
		   struct evidences *ret);

/* Adds the numbers cut short or damaged that fit documents of the candidates. */
void evidence_find_near(const struct match_book *b, const struct match_entry *entry,
			const struct candidates *who, struct evidences *list);

/* ---- for evidence*.c ---- */

struct scan {
	const struct match_book *book;
	const struct match_entry *entry;
	const struct bank_text *t;
	struct evidences *list;
	bool *is_taken; /* by run: part of a number that was found whole */
};

/* Adds it unless the same is there as good. */
void evidence_add(const struct scan *s, struct evidence e);
struct evidence evidence_span(const struct scan *s, enum evidence_kind kind, size_t from,
			      size_t to);

/* Whether the item may be paid by the entry: open, of its currency and company. */
bool evidence_may_be(const struct scan *s, uint32_t item);

/* How well the digits of the run, being the item's count, agree with what stands around them: 2 whole
 * number, 1 the count alone, 0 they say another number. n_year: digits of the run that are the year. */
int evidence_context(const struct scan *s, size_t run, uint32_t item, size_t n_year);

/* Whether the item's letters or its year of four digits stand before the run as the company writes them, or a
 * word such as "facture": then it is one of its numbers, whichever. */
bool evidence_is_styled(const struct scan *s, size_t run, uint32_t item);

/* Whether a word such as "facture" stands before the characters, or before the list that they end. */
bool evidence_has_cue(const struct bank_text *t, size_t from);

/* Whether a word of paying stands right before so many digits ("REGLEMENT 2172"), which are no year. */
bool evidence_is_paid(const struct bank_text *t, size_t from, size_t len);

/* Whether a word such as "facture" is glued to the characters: "FACTB000148". */
bool evidence_is_glued(const struct bank_text *t, size_t from);

/* Whether one becomes the other by one slip of the pen: a character wrong, missing, added, or two neighbours
 * swapped. Equal ones are. */
bool evidence_is_one_slip(const char *x, size_t n, const char *y, size_t m);

/* Documents named by the runs of digits (evidence_run.c). */
void evidence_scan_runs(const struct scan *s);

#endif
