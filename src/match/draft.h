/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draft.h - explanations while they are weighed. Not for others: their door is match.h.
 *
 * Everything is one comparison of probabilities. For a customer c and a choice S of his documents
 *
 *	score = who(c) + ln chance(S, amount) - ln density(amount) + named(S)
 *
 * who is the logarithm of the odds that the money is c's by what the payer's account and name say;
 * chance is how probable it is that c pays S and thereby this very amount, each form of payment shared
 * out among all choices of that form that c's documents allow; density is the probability of the
 * amount for money of which nothing is known; named is what the documents' numbers in the text add,
 * against their being there by mistake. Money of nobody has the score 0.
 */
#ifndef MATCH_DRAFT_H
#define MATCH_DRAFT_H

#include "match/book.h"
#include "match/calibrate.h"
#include "match/period.h"
#include "match/said.h"
#include "match/seen.h"

struct draft {
	uint32_t customer;
	enum match_rule rule;
	enum match_form form;
	struct match_line *lines;
	size_t n_lines;
	int64_t left_minor;
	double chance;
	double ln_named; /* what an advice adds to what the text names */
	double score;
	enum match_why why;
	int64_t why_minor;
	enum payer_verdict payer;
	bool is_exact;      /* documents whole, the amount to the cent */
	bool is_telling;    /* the amount itself says it: to the cent, or less a rate or charge */
	int per_myriad;     /* of a discount */
	bool is_agreed;     /* the terms allow it */
	double all_of;      /* of the chance, what comes from paying all of something */
	double each_choice; /* the chance of any other choice of so many documents */
	size_t n_documents; /* distinct ones */
	size_t n_named;     /* of them, named whole in the text */
	size_t n_near;      /* of them, named by a number cut short or damaged */
	double n_others;    /* other choices that give the amount */
	double n_simpler;   /* of as many documents or fewer, apart from equal ones exchanged */
	bool is_count_complete;
	size_t n_open;
};

/* Who pays a part mostly says of what. */
#define PART_UNNAMED 0.5

struct drafts {
	struct draft *at;
	size_t n;
	size_t room;
	double others; /* e^score of what was counted but is not listed */
};

/* One entry's weighing. */
struct weighing {
	const struct facts *f;
	struct match_options options; /* with the usual values filled in */
	double ln_density;
	uint32_t *cluster; /* by evidence: readings of the same characters have one number */
	struct said said;
	struct period period; /* that the text names, and in which field */
	enum match_field period_field;
	bool has_period;
	double best_who;     /* of the customers looked at */
	uint32_t n_paid_for; /* customers for whom this payer pays elsewhere in the run */
	struct drafts list;
};

void weighing_init(struct weighing *w, const struct facts *f, const struct match_options *options);

/* How well an item is named: 1 cut short or damaged, 2 whole, 3 by creditor reference. */
int evidence_how(const struct evidence *e);

/* ---- a customer's documents ---- */

struct by_size;

/* Open, in the entry's currency, oldest due first. */
struct open_items {
	uint32_t *item;
	int64_t *minor;
	uint8_t *named;          /* 0 no, 1 cut short, 2 whole, 3 creditor reference */
	double *gain;            /* what its being named adds to the score */
	uint32_t *cluster;       /* where it is named */
	struct by_size *by_size; /* of explain_sets.c; NULL: not yet */
	size_t n, n_invoices, n_named, n_near;
	int64_t total; /* of all; 0 and no_total when it does not fit */
	bool no_total;
};

struct work {
	struct weighing *w;
	uint32_t customer;
	struct open_items open;
	enum payer_verdict payer;
	double who;                  /* logarithm of odds */
	double share[MATCH_N_FORMS]; /* of the forms, for this customer */
	double share_of_oldest;      /* that of equal documents the oldest is meant */
	size_t first;                /* of its drafts in the list */
	double missed;               /* share of forms not looked at */
};

/* Adds all that the customer's open items allow. */
void explain_customer(struct weighing *w, uint32_t customer);

/* Sets of documents that add up to the entry, apart from those the text names. */
void explain_sets(struct work *w);
/* Less, or more, than documents. */
void explain_differences(struct work *w);
/* What a remittance advice says. */
void explain_advice(struct work *w);

/* Adds a draft, or its chance to the draft of the same lines; returns it. */
struct draft *draft_add(struct work *w, struct draft d);
/* The documents of the chosen positions, whole. chosen is ascending. */
struct draft *draft_add_exact(struct work *w, const size_t *chosen, size_t n, double chance,
			      enum match_form form, enum match_why why);
/* Something that is not listed, of which the text names documents worth ln_named (score_named_none(): none). */
void draft_count(struct work *w, double chance, double ln_named);
struct match_line *draft_lines(const struct work *w, const size_t *chosen, size_t n);

/* ---- chances (chance.c) ---- */

/* How probable the amount is, for money of which nothing is known; a logarithm. */
double chance_ln_density(const struct match_book *b, int64_t minor);
/* How the forms of payment share a customer's payments. */
void chance_shares(const struct match_book *b, uint32_t customer, double share[MATCH_N_FORMS],
		   double *ret_oldest);
/* That a discount of that kind is taken, given one is; 0 when it is none. ret_per_myriad: which. */
double chance_discount(const struct weighing *w, int64_t open_minor, int64_t missing_minor,
		       int *ret_per_myriad);
/* That a bank withholds that, given it withholds something. */
double chance_charges(const struct weighing *w, int64_t open_minor, int64_t missing_minor);
/* That part of a document is that, or something more than documents. */
double chance_part(int64_t open_minor, int64_t paid_minor, bool *ret_is_fraction);
double chance_more(int64_t open_minor, int64_t left_minor, bool *ret_is_telling);
/* That several documents are so many. */
double chance_size(size_t n);

/* ---- scores (score.c) ---- */

double score_who(const struct weighing *w, uint32_t customer, enum payer_verdict payer);
void score_best_who(struct weighing *w);
double score_gain(const struct weighing *w, const struct evidence *e);
/* What the naming of n documents is worth. */
double score_gain_of_documents(const struct weighing *w, size_t n);
double score_draft(const struct work *w, const struct draft *d);
/* What the naming of the chosen positions adds to a choice that has others too. */
double score_named_set(const struct work *w, const size_t *chosen, size_t n);
double score_named_none(void);
bool draft_pays(const struct draft *d, uint32_t item);
/* Whether draft d pays what evidence i names, or another reading of the same characters. */
bool draft_satisfies(const struct weighing *w, const struct draft *d, size_t i);

/* Whether the payer, being no customer, pays for several of them in this run. */
bool score_is_centre(const struct weighing *w);
/* Whether the text names the customer: as the one for whom it is paid; anyhow. */
bool score_is_behalf(const struct weighing *w, uint32_t customer);
bool score_is_named(const struct weighing *w, uint32_t customer);
/* Whether the payer's name is like the customer's; others, not many, may be called so too. */
bool score_is_called(const struct weighing *w, uint32_t customer);
/* What the payer says of the draft's customer; WHY_payer_not_sure when nothing. */
struct match_reason draft_payer_reason(const struct weighing *w, const struct draft *d);
void reasons_of(const struct weighing *w, const struct draft *d, struct match_explanation *ret);

/* ---- equal documents (equal.c) ---- */

/* What the period that the text names says of an item; PERIOD_OUT when it names none. */
enum period_says period_of_item(const struct weighing *w, uint32_t item);

/* The words of the text that name the period. */
const char *period_words(const struct weighing *w);

/* How many open documents of the customer could be paid as well as equal ones which the draft takes without
 * the text naming them. ret_is_told: there are none, or policy or the customer's habit says that the oldest
 * are paid, and the draft takes those. Unless it is told a person decides. */
int64_t equal_documents_left(const struct weighing *w, const struct draft *d, bool *ret_is_told);

/* ---- answers ---- */

/* match_one, and the customers that it looked at: they live in the book's scratch arena. ret_seen: what it
 * shows of the company's payers. */
struct candidates match_explain(const struct match_book *book, const struct match_entry *entry,
				const struct match_options *options, struct match_result *ret,
				struct seen_one *ret_seen);

/* Fills state, stop and certificate by the explanations kept: two of payer, text and amount must speak for the best
 * one, and none against. */
void match_decide(const struct weighing *w, struct match_result *r);

const struct match_certificate *certificate_make(const struct weighing *w, const struct draft *d,
						 const struct match_result *r);

#endif
