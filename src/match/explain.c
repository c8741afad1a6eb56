/* SPDX-License-Identifier: Apache-2.0 */
#include "match/draft.h"

#include "match/subset.h"

#include <math.h>

/* Among so few documents others may well add up to the amount of one. */
enum { MAX_SINGLES = 6, FEW_OPEN = 16 };

/* ---- the customer's documents ---- */

int evidence_how(const struct evidence *e)
{
	return e->kind == EVIDENCE_REFERENCE ? 3 : e->kind == EVIDENCE_DOCUMENT ? 2 : 1;
}

static void note_named(struct work *w)
{
	const struct evidences *list = &w->w->f->evidences;
	struct open_items *o = &w->open;

	for (uint32_t e = 0; e < list->n; e++) {
		const struct evidence *ev = &list->at[e];
		uint8_t how = (uint8_t)evidence_how(ev);
		if (ev->item == MATCH_NONE || ev->customer != w->customer)
			continue;
		for (size_t i = 0; i < o->n; i++) {
			if (o->item[i] != ev->item || o->named[i] >= how)
				continue;
			o->named[i] = how;
			o->gain[i] = score_gain(w->w, ev);
			o->cluster[i] = w->w->cluster[e];
			break;
		}
	}
	for (size_t i = 0; i < o->n; i++) {
		o->n_named += o->named[i] >= 2;
		o->n_near += o->named[i] == 1;
	}
}

static void gather(struct work *w)
{
	const struct match_book *b = w->w->f->book;
	uint32_t from = b->first[w->customer], to = b->first[w->customer + 1];
	struct open_items *o = &w->open;

	o->item = ARENA_ARRAY(b->scratch, to - from + 1, uint32_t);
	o->minor = ARENA_ARRAY(b->scratch, to - from + 1, int64_t);
	for (uint32_t i = from; i < to; i++) {
		uint32_t it = b->order[i];
		if (!book_is_open_for(b, w->w->f->entry, it))
			continue;
		o->item[o->n] = it;
		o->minor[o->n] = b->open[it];
		o->n_invoices += b->open[it] > 0;
		o->no_total =
			o->no_total || __builtin_add_overflow(o->total, b->open[it], &o->total);
		o->n++;
	}
	book_stepped(b, to - from);
	o->named = ARENA_ARRAY(b->scratch, o->n + 1, uint8_t);
	if (!w->w->f->evidences.n)
		return;
	o->gain = ARENA_ARRAY(b->scratch, o->n + 1, double);
	o->cluster = ARENA_ARRAY(b->scratch, o->n + 1, uint32_t);
	note_named(w);
}

/* ---- drafts ---- */

static bool same_lines(const struct draft *x, const struct draft *y)
{
	if (x->n_lines != y->n_lines || x->left_minor != y->left_minor)
		return false;
	for (size_t i = 0; i < x->n_lines; i++)
		if (x->lines[i].item != y->lines[i].item ||
		    x->lines[i].amount_minor != y->lines[i].amount_minor ||
		    x->lines[i].kind != y->lines[i].kind)
			return false;
	return true;
}

struct draft *draft_add(struct work *w, struct draft d)
{
	struct drafts *list = &w->w->list;
	struct draft *new;

	d.customer = w->customer;
	d.payer = w->payer;
	d.n_open = w->open.n;
	if (d.form == MATCH_FORM_DUE || d.form == MATCH_FORM_STATEMENT ||
	    d.form == MATCH_FORM_OPEN) {
		d.all_of = d.chance;
		d.each_choice = w->share[MATCH_FORM_SEVERAL] * chance_size(d.n_documents) /
				exp(subset_ln_choices(w->open.n, d.n_documents));
	}
	for (size_t i = w->first; i < list->n; i++)
		if (same_lines(&list->at[i], &d)) {
			/* Another form of the same: either may be what it was. */
			list->at[i].chance += d.chance;
			list->at[i].all_of += d.all_of;
			list->at[i].is_telling = list->at[i].is_telling || d.is_telling;
			return &list->at[i];
		}
	new = LIST_ADD(w->w->f->book->scratch, list);
	*new = d;
	return new;
}

void draft_count(struct work *w, double chance, double ln_named)
{
	w->w->list.others += exp(w->who - w->w->ln_density + ln_named) * chance;
}

struct match_line *draft_lines(const struct work *w, const size_t *chosen, size_t n)
{
	struct match_line *lines = ARENA_ARRAY(w->w->f->book->scratch, n + 1, struct match_line);

	for (size_t i = 0; i < n; i++)
		lines[i] = (struct match_line){ w->open.item[chosen[i]], w->open.minor[chosen[i]],
						MATCH_ALLOCATION };
	return lines;
}

static enum match_rule rule_of(const struct work *w, const struct draft *d, bool has_reference)
{
	if (d->n_named == d->n_documents)
		return has_reference ? MATCH_RULE_STRUCTURED : MATCH_RULE_REFERENCE;
	if (d->n_named + d->n_near == d->n_documents)
		return MATCH_RULE_NEAR;
	if (d->n_named + d->n_near)
		return MATCH_RULE_COMPLETED;
	if (d->form == MATCH_FORM_ONE)
		return w->payer >= PAYER_GROUP || score_is_named(w->w, w->customer)
			       ? MATCH_RULE_PAYER_AMOUNT
			       : MATCH_RULE_AMOUNT;
	if (d->form == MATCH_FORM_DUE || d->form == MATCH_FORM_STATEMENT ||
	    d->form == MATCH_FORM_OPEN)
		return MATCH_RULE_BALANCE;
	return MATCH_RULE_COMBINATION;
}

struct draft *draft_add_exact(struct work *w, const size_t *chosen, size_t n, double chance,
			      enum match_form form, enum match_why why)
{
	struct draft d = { .form = form, .why = why, .chance = chance, .n_documents = n };
	bool has_reference = false;

	for (size_t i = 0; i < n; i++) {
		d.n_named += w->open.named[chosen[i]] >= 2;
		d.n_near += w->open.named[chosen[i]] == 1;
		has_reference = has_reference || w->open.named[chosen[i]] == 3;
	}
	d.is_exact = d.is_telling = d.is_count_complete = true;
	d.rule = rule_of(w, &d, has_reference);
	if (n > 1 && (d.n_named == n || why == WHY_exact_amount))
		d.why = WHY_exact_sum;
	d.why_minor = d.why == WHY_exact_sum ? (int64_t)n : 0;
	d.lines = draft_lines(w, chosen, n);
	d.n_lines = n;
	return draft_add(w, d);
}

/* ---- what the text names ---- */

static size_t choose_named(const struct work *w, int least, size_t *chosen, int64_t *ret_sum)
{
	size_t n = 0;

	*ret_sum = 0;
	for (size_t i = 0; i < w->open.n; i++) {
		if (w->open.named[i] < least)
			continue;
		if (n == MATCH_MAX_LINES ||
		    __builtin_add_overflow(*ret_sum, w->open.minor[i], ret_sum))
			return 0;
		chosen[n++] = i;
	}
	return n;
}

/* The named documents add up. */
static bool explain_named(struct work *w)
{
	size_t *chosen = ARENA_ARRAY(w->w->f->book->scratch, w->open.n + 1, size_t);
	bool any = false;

	for (int least = 3; least >= 1; least--) {
		int64_t sum;
		size_t n = choose_named(w, least, chosen, &sum);
		double chance;
		if (n == 0 || sum != w->w->f->entry->amount_minor)
			continue;
		chance = n == 1 ? w->share[MATCH_FORM_ONE] / (double)w->open.n_invoices
				: w->share[MATCH_FORM_SEVERAL] * chance_size(n) /
					  exp(subset_ln_choices(w->open.n, n));
		draft_add_exact(w, chosen, n, chance, n == 1 ? MATCH_FORM_ONE : MATCH_FORM_SEVERAL,
				WHY_exact_amount);
		any = true;
	}
	return any;
}

/* ---- one document of that amount ---- */

/* That the text names its month says which of equal documents is meant. */
#define TOLD_BY_PERIOD 0.999

/* Those of the entry's amount. */
struct equals {
	size_t n, n_unnamed, first;
	size_t told; /* the one that the named period tells; SIZE_MAX: none */
};

static struct equals find_equals(const struct work *w)
{
	struct equals e = { .told = SIZE_MAX };
	size_t n_in = 0, n_maybe = 0;

	for (size_t i = 0; i < w->open.n; i++) {
		enum period_says says;
		if (w->open.minor[i] != w->w->f->entry->amount_minor)
			continue;
		if (e.n++ == 0)
			e.first = i;
		e.n_unnamed += !w->open.named[i];
		says = period_of_item(w->w, w->open.item[i]);
		n_maybe += says == PERIOD_MAYBE;
		if (says == PERIOD_IN && n_in++ == 0)
			e.told = i;
	}
	if (n_in != 1 || n_maybe > 0 || e.n < 2 || e.n_unnamed < e.n)
		e.told = SIZE_MAX;
	return e;
}

/* The chance of one of them, of all together it is so much. */
static double share_of_equal(const struct work *w, const struct equals *e, size_t i)
{
	double others = (double)e->n - 1, n = (double)e->n;

	if (e->n < 2 || e->n_unnamed < e->n)
		return 1;
	if (e->told != SIZE_MAX)
		return n * (i == e->told ? TOLD_BY_PERIOD : (1 - TOLD_BY_PERIOD) / others);
	return n * (i == e->first ? w->share_of_oldest : (1 - w->share_of_oldest) / others);
}

static void add_single(struct work *w, const struct equals *e, size_t i, double each)
{
	struct draft *d = draft_add_exact(w, &i, 1, each * share_of_equal(w, e, i), MATCH_FORM_ONE,
					  WHY_exact_amount);

	d->n_others = (double)e->n - 1;
	if (e->n > 1 && !w->open.named[i]) {
		d->why = WHY_equal_documents;
		d->why_minor = (int64_t)e->n;
	}
}

/* Equal documents that nothing tells apart: the oldest is meant more often than each other. */
static bool explain_singles(struct work *w)
{
	struct equals e = find_equals(w);
	double each = w->share[MATCH_FORM_ONE] / (double)(w->open.n_invoices + 1);
	size_t n = 0;

	if (e.told != SIZE_MAX) {
		add_single(w, &e, e.told, each);
		n++;
	}
	for (size_t i = 0; i < w->open.n && n < MAX_SINGLES; i++) {
		if (w->open.minor[i] != w->w->f->entry->amount_minor || i == e.told)
			continue;
		add_single(w, &e, i, each);
		n++;
	}
	if (e.n > n)
		draft_count(w, each * share_of_equal(w, &e, SIZE_MAX - 1) * (double)(e.n - n),
			    score_named_none());
	return e.n > 0;
}

/* ---- all of it ---- */

static void score_all(struct work *w)
{
	for (size_t i = w->first; i < w->w->list.n; i++)
		w->w->list.at[i].score = score_draft(w, &w->w->list.at[i]);
}

/* Who speaks of several documents seldom pays one; who speaks of his account mostly pays all of something;
 * who names a part, a discount, charges mostly means it. */
static void expect_what_is_said(struct work *w, const struct said *said)
{
	static const enum match_form several[] = { MATCH_FORM_SEVERAL, MATCH_FORM_DUE,
						   MATCH_FORM_STATEMENT, MATCH_FORM_OPEN,
						   MATCH_FORM_RUN };

	for (size_t i = 0; i < ARRAY_LEN(several) && (said->several || said->balance); i++)
		w->share[several[i]] *= said->balance && several[i] >= MATCH_FORM_DUE &&
							several[i] <= MATCH_FORM_OPEN
						? 4
						: 2;
	w->share[MATCH_FORM_ONE] /= said->several || said->balance ? 2 : 1;
	w->share[MATCH_FORM_PARTIAL] *= said->part ? 6 : 1;
	w->share[MATCH_FORM_DISCOUNT] *= said->discount ? 6 : 1;
	w->share[MATCH_FORM_CHARGES] *= said->charges ? 6 : 1;
	/* Who speaks of charges alone takes no discount. */
	w->share[MATCH_FORM_DISCOUNT] /= said->charges && !said->discount ? 50 : 1;
}

/* Worth counting sets for: who is much less likely than somebody else has only what is named. */
static bool may_be(const struct work *w)
{
	return w->who > -1.6 ? w->who > w->w->best_who - 4.5 || w->open.n_named
			     : w->open.n_named + w->open.n_near > 0;
}

void explain_customer(struct weighing *weighing, uint32_t customer)
{
	const struct facts *f = weighing->f;
	struct work w = { .w = weighing, .customer = customer, .first = weighing->list.n };
	bool is_named, is_one;

	w.payer = payer_says(f->book, f->entry, &f->payer, customer, NULL);
	w.who = score_who(weighing, customer, w.payer);
	chance_shares(f->book, customer, w.share, &w.share_of_oldest);
	if (weighing->options.oldest_of_equal)
		w.share_of_oldest = 0.9999;
	expect_what_is_said(&w, &weighing->said);
	gather(&w);
	explain_advice(&w);
	is_named = explain_named(&w);
	is_one = explain_singles(&w);
	/* Of strangers only what is named or equal is looked at; for the rest, what chance has. */
	w.missed = w.share[MATCH_FORM_SEVERAL] + w.share[MATCH_FORM_RUN] + w.share[MATCH_FORM_DUE] +
		   w.share[MATCH_FORM_STATEMENT] + w.share[MATCH_FORM_OPEN];
	if (w.open.n > 1 && !is_named && may_be(&w) &&
	    (!is_one || w.open.n <= FEW_OPEN || w.open.n > w.open.n_invoices))
		explain_sets(&w);
	if (w.open.n_named + w.open.n_near || w.who > 0)
		explain_differences(&w);
	if (w.payer >= PAYER_NAMED ||
	    (w.payer == PAYER_LIKE && score_is_called(weighing, customer)))
		draft_add(&w, (struct draft){ .rule = MATCH_RULE_ON_ACCOUNT,
					      .form = MATCH_FORM_ACCOUNT,
					      .left_minor = f->entry->amount_minor,
					      .chance = w.share[MATCH_FORM_ACCOUNT] *
							exp(weighing->ln_density),
					      .why = WHY_on_account,
					      .why_minor = f->entry->amount_minor });
	draft_count(&w,
		    (w.missed + PART_UNNAMED * w.share[MATCH_FORM_PARTIAL] +
		     w.share[MATCH_FORM_OVERPAID]) *
			    exp(weighing->ln_density),
		    score_named_none());
	score_all(&w);
}
