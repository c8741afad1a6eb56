/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What payer and text say for or against an explanation; draft.h has the whole sum. A document's
 * number in the text is there by mistake about once in thirty, and then names any of the open
 * documents: so it tells as much as there are documents, and never more than payer and amount together.
 */
#include "match/draft.h"

#include <math.h>
#include <stdlib.h>

/* How often payers write the number of what they pay, and how often a number
 * stands there by mistake. */
#define QUOTES_WHOLE    0.5
#define MISTAKEN_NUMBER 0.03
#define MISTAKEN_RF     0.003
/* Digits alone, written whole. */
#define MOST_OF_NUMBER 9.0
/* The second number of a list goes with the first. */
#define GAIN_NEXT 6.0
/* A name that stands in the text as like as this is said. */
#define NAMED_IN_TEXT 0.85
/* A code or registration in the text, which chance hardly makes. */
#define RARE_CODE 1e-5
#define OF_CODE   3.0
/* More do not tell more. */
#define MOST_PAID_FOR 8
/* Every word of the name: strangers who are called so are few. */
#define NAME_WHOLE    0.97
#define OF_WHOLE_NAME 1.2
/* All documents named, none, some. */
#define NAMES_NONE      0.35
#define NAMES_SOME      0.06
#define NAMES_SOME_SAID 0.3

/* ---- the payer ---- */

bool score_is_behalf(const struct weighing *w, uint32_t customer)
{
	return payer_behalf(&w->f->payer, customer) >= NAMED_IN_TEXT;
}

bool score_is_named(const struct weighing *w, uint32_t customer)
{
	const struct facts *f = w->f;

	if (score_is_behalf(w, customer))
		return true;
	for (size_t i = 0; i < f->payer.n_in_text; i++)
		if (f->payer.in_text[i].customer == customer &&
		    f->payer.in_text[i].likeness >= NAMED_IN_TEXT)
			return true;
	for (size_t i = 0; i < f->evidences.n; i++) {
		const struct evidence *e = &f->evidences.at[i];
		if (e->item == MATCH_NONE && e->customer == customer)
			return true;
	}
	return false;
}

bool score_is_centre(const struct weighing *w)
{
	return w->n_paid_for >= 2;
}

static bool names_another(const struct weighing *w, uint32_t customer)
{
	const struct facts *f = w->f;

	for (size_t i = 0; i < f->payer.n_behalf; i++)
		if (f->payer.behalf[i].customer != customer &&
		    f->payer.behalf[i].likeness >= NAMED_IN_TEXT)
			return true;
	for (size_t i = 0; i < f->payer.n_in_text; i++)
		if (f->payer.in_text[i].customer != customer &&
		    f->payer.in_text[i].likeness >= NAMED_IN_TEXT)
			return true;
	for (size_t i = 0; i < f->evidences.n; i++)
		if (f->evidences.at[i].item == MATCH_NONE &&
		    f->evidences.at[i].customer != customer)
			return true;
	return false;
}

/* Whether the text has a code or registration of that customer, long enough that it is nobody else's; of others than
 * him when but. */
static bool has_code(const struct weighing *w, uint32_t customer, bool but)
{
	const struct evidences *list = &w->f->evidences;

	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].item == MATCH_NONE && list->at[i].chance < RARE_CODE &&
		    (list->at[i].customer == customer) != but)
			return true;
	return false;
}

static double likeness_of(const struct weighing *w, uint32_t customer)
{
	const struct payer_likeness *like = payer_like(&w->f->payer, customer);

	return like ? like->likeness : 0;
}

bool score_is_called(const struct weighing *w, uint32_t customer)
{
	return !w->f->payer.is_crowded && likeness_of(w, customer) >= 0.8;
}

/* Customers who are called alike share what the name says. */
static double who_is_like(const struct weighing *w, double like)
{
	const struct payer *p = &w->f->payer;
	double n = 0, score;

	for (size_t i = 0; i < p->n; i++)
		n += p->at[i].likeness >= like - 0.05;
	score = (like >= NAME_WHOLE ? 4 + OF_WHOLE_NAME : 4) - 8 * (1 - like) - log(n > 1 ? n : 1);
	return !p->is_crowded && score > 1.5 ? score : 1.5;
}

double score_who(const struct weighing *w, uint32_t customer, enum payer_verdict payer)
{
	/* Who is not recognised is one of all customers. */
	static const double known[] = {
		[PAYER_KNOWN] = 6, [PAYER_NAMED] = 4, [PAYER_LIKE] = 1.5, [PAYER_GROUP] = -1
	};
	static const double one_of_all[] = {
		[PAYER_SILENT] = -1, [PAYER_UNLIKE] = -2.5, [PAYER_CONTRADICTS] = -4
	};
	double n = (double)w->f->book->in.n_customers;
	double score =
		payer >= PAYER_GROUP ? known[payer] : one_of_all[payer] - log(n > 20 ? n : 20);
	double like = likeness_of(w, customer), behalf;

	/* Who pays for others of our customers hardly sends other money. */
	if (payer == PAYER_UNLIKE && score_is_centre(w))
		score += 2.5 + log(w->n_paid_for < MOST_PAID_FOR ? w->n_paid_for : MOST_PAID_FOR);
	/* Who is called nearly so may be meant nearly as well; and the name says again what the account
	 * does. */
	if (payer == PAYER_KNOWN && like >= 0.8)
		score += 2;
	else if (payer == PAYER_NAMED && like >= NAME_WHOLE)
		score += OF_WHOLE_NAME;
	else if (payer == PAYER_LIKE && like >= 0.8)
		score = who_is_like(w, like);
	else if (payer < PAYER_LIKE && like >= 0.5 && score < 4 - 8 * (1 - like))
		score = 4 - 8 * (1 - like);
	/* On whose behalf it is paid says it itself; that the payer is of his group says it again. */
	behalf = payer_behalf(&w->f->payer, customer);
	if (behalf >= 0.6) {
		double said = (payer >= PAYER_GROUP ? 6 : 4.5) - 8 * (1 - behalf);
		score = said > score ? said : score;
	}
	if (has_code(w, customer, false) && payer != PAYER_CONTRADICTS &&
	    !has_code(w, customer, true))
		return (score > 3.5 ? score : 3.5) + OF_CODE;
	if (score_is_named(w, customer))
		return score > 3.5 ? score : 3.5;
	if (has_code(w, customer, true))
		return score - OF_CODE;
	return names_another(w, customer) ? score - 1.5 : score;
}

/* ---- numbers in the text ---- */

/* Among how many documents a mistaken number chooses: in a small book it mostly names none. */
static double n_mistaken(const struct weighing *w)
{
	double n = w->f->book->amounts.n;

	return n > 100 ? n : 100;
}

/* What part of a number tells at most: by its digits, of which leading zeros count for two. A number written
 * whole tells what it is worth, unless it may be a year. */
static double most_of_part(const struct weighing *w, const struct evidence *e)
{
	static const double most[] = { 1, 2, 3, 4.5, 5.5, 6.5, 7.5 };
	const char *text = entry_text(w->f->entry, e->field);
	size_t n = 0, n_zeros = 0, len = strlen(text);
	bool is_year;

	for (size_t i = e->from; i < e->to && i < len; i++) {
		n_zeros += n == 0 && text[i] == '0';
		n += text[i] >= (n ? '0' : '1') && text[i] <= '9';
	}
	is_year = n == 4 && (str_starts(text + e->from, "20") || str_starts(text + e->from, "19"));
	if (e->reading == READING_EXACT && n >= 4 && !is_year)
		return MOST_OF_NUMBER;
	n += n_zeros < 2 ? n_zeros : 2;
	return most[n < ARRAY_LEN(most) ? n : ARRAY_LEN(most) - 1];
}

double score_gain(const struct weighing *w, const struct evidence *e)
{
	/* How often who pays a document writes its number so. */
	static const double writes[] = {
		[READING_EXACT] = 0.5,  [READING_FOLDED] = 0.05, [READING_PADDED] = 0.1,
		[READING_LISTED] = 0.1, [READING_CUT] = 0.05,    [READING_SLIP] = 0.03
	};
	double mistaken = e->kind == EVIDENCE_REFERENCE ? MISTAKEN_RF : MISTAKEN_NUMBER;

	double gain = log(1 + writes[e->reading] / (e->chance + mistaken / n_mistaken(w)));

	/* A damaged number may be another one, damaged otherwise: it does not choose alone between
	 * documents that nothing else tells apart. */
	if (e->kind > EVIDENCE_DOCUMENT) {
		double most = most_of_part(w, e);
		return gain < most ? gain : most;
	}
	return gain;
}

double score_gain_of_documents(const struct weighing *w, size_t n)
{
	return log(1 + QUOTES_WHOLE * n_mistaken(w) / MISTAKEN_NUMBER) +
	       GAIN_NEXT * ((double)n - 1);
}

bool draft_pays(const struct draft *d, uint32_t item)
{
	for (size_t i = 0; i < d->n_lines; i++)
		if (d->lines[i].item == item)
			return true;
	return false;
}

bool draft_satisfies(const struct weighing *w, const struct draft *d, size_t i)
{
	const struct evidences *list = &w->f->evidences;

	if (draft_pays(d, list->at[i].item))
		return true;
	for (size_t k = 0; k < list->n; k++)
		if (w->cluster[k] == w->cluster[i] && list->at[k].item != MATCH_NONE &&
		    draft_pays(d, list->at[k].item))
			return true;
	return false;
}

/* Position of the item among the customer's open ones. */
static size_t position(const struct work *w, uint32_t item)
{
	size_t i = 0;

	while (i < w->open.n && w->open.item[i] != item)
		i++;
	return i;
}

/* The first number counts whole, the others go with it; the same characters count once. */
struct gains {
	double first, sum;
	uint32_t seen[64];
	size_t n;
};

static void gain_add(const struct work *w, struct gains *g, size_t at)
{
	double gain;

	if (at == w->open.n || !w->open.named[at] || g->n == ARRAY_LEN(g->seen))
		return;
	for (size_t k = 0; k < g->n; k++)
		if (g->seen[k] == w->open.cluster[at])
			return;
	g->seen[g->n++] = w->open.cluster[at];
	gain = (double)w->open.gain[at];
	g->sum += gain < GAIN_NEXT ? gain : GAIN_NEXT;
	g->first = gain > g->first ? gain : g->first;
}

static double gains_sum(const struct gains *g)
{
	return g->first > GAIN_NEXT ? g->sum - GAIN_NEXT + g->first : g->sum;
}

static double ln_names_some(const struct weighing *w)
{
	return log(w->said.more || w->said.several || w->said.balance ? NAMES_SOME_SAID
								      : NAMES_SOME);
}

double score_named_set(const struct work *w, const size_t *chosen, size_t n)
{
	struct gains g = { .n = 0 };

	for (size_t i = 0; i < n; i++)
		gain_add(w, &g, chosen[i]);
	return g.n ? gains_sum(&g) + ln_names_some(w->w) : log(NAMES_NONE);
}

double score_named_none(void)
{
	return log(NAMES_NONE);
}

static double score_named(const struct work *w, const struct draft *d)
{
	struct gains g = { .n = 0 };

	for (size_t i = 0; i < d->n_lines; i++)
		gain_add(w, &g, position(w, d->lines[i].item));
	if (g.n == 0)
		return log(NAMES_NONE);
	return gains_sum(&g) + (d->n_named + d->n_near == d->n_documents ? 0 : ln_names_some(w->w));
}

double score_draft(const struct work *w, const struct draft *d)
{
	return w->who + log(d->chance) - w->w->ln_density + d->ln_named +
	       (w->open.n_named + w->open.n_near ? score_named(w, d) : log(NAMES_NONE));
}

/* ---- the entry ---- */

static bool overlap(const struct evidence *x, const struct evidence *y)
{
	return x->field == y->field && x->from < y->to && y->from < x->to;
}

/* Readings of the same characters get one number. */
static void find_clusters(struct weighing *w)
{
	const struct evidences *list = &w->f->evidences;

	w->cluster = ARENA_ARRAY(w->f->book->scratch, list->n + 1, uint32_t);
	for (uint32_t i = 0; i < list->n; i++) {
		uint32_t k = 0;
		while (k < i && !overlap(&list->at[k], &list->at[i]))
			k++;
		w->cluster[i] = k < i ? w->cluster[k] : i;
	}
}

static void read_period(struct weighing *w)
{
	const struct evidences *list = &w->f->evidences;

	/* The remittance text comes last. */
	for (size_t i = list->n_texts; i-- > 0 && !w->has_period;) {
		w->period_field = list->texts[i].field;
		w->has_period =
			period_find(&list->texts[i].text, w->f->entry->booked_on, &w->period);
	}
}

void weighing_init(struct weighing *w, const struct facts *f, const struct match_options *options)
{
	struct match_options o = options ? *options : (struct match_options){ 0 };

	o.threshold_ppm = o.threshold_ppm ? o.threshold_ppm : MATCH_THRESHOLD_PPM;
	o.rounding_minor = o.rounding_minor ? o.rounding_minor : MATCH_ROUNDING_MINOR;
	o.charges_minor = o.charges_minor ? o.charges_minor : MATCH_CHARGES_MINOR;
	o.discount_grace_days = o.discount_grace_days > 0   ? o.discount_grace_days
				: o.discount_grace_days < 0 ? 0
							    : MATCH_GRACE_DAYS;
	o.discount_per_myriad =
		o.discount_per_myriad ? o.discount_per_myriad : MATCH_DISCOUNT_PER_MYRIAD;
	*w = (struct weighing){ .f = f, .options = o };
	w->ln_density = chance_ln_density(f->book, f->entry->amount_minor);
	if (f->evidences.n)
		find_clusters(w);
	read_period(w);
	w->said = said_read(f->book->scratch, f->entry->remittance);
	if (f->entry->end_to_end && strpbrk(f->entry->end_to_end, " ,;+"))
		said_also(&w->said, f->book->scratch, f->entry->end_to_end);
	if (f->book->seen) {
		uint32_t n = seen_pays_for(f->book->seen, seen_payer_key(f->entry->payer_iban));
		w->n_paid_for = seen_pays_for(f->book->seen, seen_payer_key(f->entry->payer_name));
		w->n_paid_for = n > w->n_paid_for ? n : w->n_paid_for;
	}
}

void score_best_who(struct weighing *w)
{
	const struct facts *f = w->f;

	w->best_who = -100;
	for (size_t i = 0; i < f->who.n; i++) {
		uint32_t c = f->who.at[i];
		double who = score_who(w, c, payer_says(f->book, f->entry, &f->payer, c, NULL));
		w->best_who = who > w->best_who ? who : w->best_who;
	}
}
