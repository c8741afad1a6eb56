/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Less than documents, or more: discount, charges, cents, part payments, too much.
 */
#include "match/draft.h"

#include "base/money.h"
#include "match/joint.h"
#include "match/subset.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_DIFFERENT = 16, MAX_OLDEST = 2 };

/* Documents of which less or more is paid: positions, ascending. */
struct target {
	const size_t *at;
	size_t n;
	int64_t sum;
	double chance; /* of choosing them, given the form */
};

static struct draft of_target(const struct work *w, const struct target *t, enum match_rule rule,
			      enum match_form form, enum match_why why, int64_t minor)
{
	struct draft d = { .rule = rule, .form = form, .why = why, .why_minor = minor };

	d.n_documents = t->n;
	for (size_t i = 0; i < t->n; i++) {
		d.n_named += w->open.named[t->at[i]] >= 2;
		d.n_near += w->open.named[t->at[i]] == 1;
	}
	d.is_count_complete = true;
	return d;
}

/* ---- a discount, charges, cents ---- */

/* What is missing is taken off the documents: off_minor[i] of the i-th. */
static void add_less(struct work *w, const struct target *t, struct draft d, const int64_t *off,
		     enum match_kind kind)
{
	d.lines = ARENA_ARRAY(w->w->f->book->scratch, 2 * t->n + 1, struct match_line);
	for (size_t i = 0; i < t->n; i++) {
		uint32_t item = w->open.item[t->at[i]];
		d.lines[d.n_lines++] = (struct match_line){ item, w->open.minor[t->at[i]] - off[i],
							    MATCH_ALLOCATION };
		if (off[i])
			d.lines[d.n_lines++] = (struct match_line){ item, off[i], kind };
	}
	d.is_telling = true;
	draft_add(w, d);
}

/* All of it off the largest document. */
static void add_off_largest(struct work *w, const struct target *t, struct draft d, int64_t missing,
			    enum match_kind kind)
{
	int64_t *off = ARENA_ARRAY(w->w->f->book->scratch, t->n + 1, int64_t);
	size_t largest = 0;

	for (size_t i = 1; i < t->n; i++)
		if (w->open.minor[t->at[i]] > w->open.minor[t->at[largest]])
			largest = i;
	if (w->open.minor[t->at[largest]] <= missing)
		return;
	off[largest] = missing;
	add_less(w, t, d, off, kind);
}

/* The terms agreed: that rate, in time or a few days after. */
static double chance_agreed(const struct work *w, const struct target *t, int64_t missing,
			    bool *ret_is_late)
{
	const struct match_customer *c = &w->w->f->book->in.customers[w->customer];
	int64_t discount;

	if (c->discount_per_myriad <= 0 ||
	    !minor_scale_round(t->sum, c->discount_per_myriad, 10000, &discount, NULL) ||
	    llabs(discount - missing) > (int64_t)t->n)
		return 0;
	for (size_t i = 0; i < t->n; i++) {
		const struct match_item *it = &w->w->f->book->in.items[w->open.item[t->at[i]]];
		if (w->w->f->entry->booked_on >
		    it->issued_on + c->discount_days + w->w->options.discount_grace_days)
			*ret_is_late = true;
	}
	/* Half of those who may take it do. */
	return *ret_is_late ? 0 : 0.5;
}

static bool try_discount(struct work *w, const struct target *t, int64_t missing)
{
	struct arena *a = w->w->f->book->scratch;
	bool is_late = false;
	double agreed = chance_agreed(w, t, missing, &is_late);
	int per_myriad = 0;
	double usual =
		chance_discount(w->w, t->sum, missing, &per_myriad) * w->share[MATCH_FORM_DISCOUNT];
	struct draft d = of_target(w, t, MATCH_RULE_DISCOUNT, MATCH_FORM_DISCOUNT,
				   agreed > 0 ? WHY_discount_agreed
				   : is_late  ? WHY_discount_late
					      : WHY_discount,
				   missing);
	int64_t *off, left = missing;
	size_t largest = 0;

	if (agreed > 0 || is_late)
		per_myriad = w->w->f->book->in.customers[w->customer].discount_per_myriad;
	if (is_late && usual < 0.3 * w->share[MATCH_FORM_DISCOUNT])
		usual = 0.3 * w->share[MATCH_FORM_DISCOUNT];
	if (agreed <= 0 && usual <= 0)
		return false;
	off = ARENA_ARRAY(a, t->n + 1, int64_t);
	for (size_t i = 0; i < t->n; i++) {
		if (!minor_scale_round(w->open.minor[t->at[i]], per_myriad, 10000, &off[i], NULL))
			return false;
		left -= off[i];
		largest = off[i] > off[largest] ? i : largest;
	}
	/* Rounded on the whole or on each: cents. */
	off[largest] += left;
	if (llabs(left) > (int64_t)t->n || off[largest] <= 0)
		return false;
	d.chance = t->chance * (agreed * w->share[MATCH_FORM_ONE] + usual);
	d.per_myriad = per_myriad;
	d.is_agreed = agreed > 0;
	add_less(w, t, d, off, MATCH_DISCOUNT);
	return true;
}

/* Less by something that has a name; whether it has. */
static bool try_less(struct work *w, const struct target *t, int64_t missing)
{
	bool any = try_discount(w, t, missing);
	double charges = chance_charges(w->w, t->sum, missing);

	if (charges > 0) {
		struct draft d = of_target(
			w, t, MATCH_RULE_CHARGES, MATCH_FORM_CHARGES,
			w->w->f->entry->charges_minor ? WHY_charges_said : WHY_fee, missing);
		double share = w->w->f->entry->charges_minor ? w->share[MATCH_FORM_ONE]
							     : w->share[MATCH_FORM_CHARGES];
		d.chance = t->chance * share * charges;
		add_off_largest(w, t, d, missing, MATCH_FEE);
		any = true;
	}
	if (missing <= w->w->options.rounding_minor) {
		struct draft d = of_target(w, t, MATCH_RULE_ROUNDING, MATCH_FORM_ROUNDED,
					   WHY_rounding, missing);
		d.chance = t->chance * w->share[MATCH_FORM_ROUNDED] * 0.5 /
			   (double)w->w->options.rounding_minor;
		add_off_largest(w, t, d, missing, MATCH_ROUNDING);
		any = true;
	}
	return any;
}

/* ---- part payments ---- */

/* The works' guarantee is kept back: a twentieth, paid a year later. */
static bool is_retention(int64_t open, int64_t missing)
{
	int64_t kept;

	return minor_scale_round(open, 5, 100, &kept, NULL) && llabs(kept - missing) <= 1;
}

static void add_part(struct work *w, const struct target *t, bool may_be_any)
{
	int64_t paid = w->w->f->entry->amount_minor, left = paid, missing = t->sum - paid;
	struct draft d =
		of_target(w, t, MATCH_RULE_PARTIAL, MATCH_FORM_PARTIAL, WHY_partial, missing);
	double part = chance_part(t->sum, paid, &d.is_telling);
	int64_t n_joint =
		t->n == 1 ? joint_of(w->w->f->book->joints, w->open.item[t->at[0]], t->sum) : 0;

	if (n_joint && w->open.named[t->at[0]] >= 2) {
		d.why = WHY_instalments;
		d.why_minor = n_joint;
		part += 0.2;
		d.is_telling = true;
	} else if (t->n == 1 && is_retention(t->sum, missing)) {
		d.why = WHY_retention;
		part += 0.02;
		d.is_telling = true;
	} else if (d.is_telling && t->n == 1) {
		d.why = WHY_instalment;
	}
	if (!d.is_telling && !may_be_any)
		return;
	d.lines = ARENA_ARRAY(w->w->f->book->scratch, t->n + 1, struct match_line);
	/* The oldest first. */
	for (size_t i = 0; i < t->n && left > 0; i++) {
		int64_t one = w->open.minor[t->at[i]] < left ? w->open.minor[t->at[i]] : left;
		d.lines[d.n_lines++] =
			(struct match_line){ w->open.item[t->at[i]], one, MATCH_ALLOCATION };
		left -= one;
	}
	d.n_documents = d.n_lines;
	d.n_named = d.n_named < d.n_lines ? d.n_named : d.n_lines;
	d.chance = t->chance * w->share[MATCH_FORM_PARTIAL] * part;
	if (d.n_named + d.n_near == 0)
		d.chance *= PART_UNNAMED;
	if (left == 0)
		draft_add(w, d);
}

/* ---- too much ---- */

static void add_more(struct work *w, const struct target *t, bool may_be_any)
{
	int64_t left = w->w->f->entry->amount_minor - t->sum;
	struct draft d = of_target(w, t, MATCH_RULE_OVERPAID, MATCH_FORM_OVERPAID,
				   left == t->sum ? WHY_paid_twice : WHY_overpaid, left);
	double more = chance_more(t->sum, left, &d.is_telling);

	if (!d.is_telling && !may_be_any)
		return;
	d.lines = draft_lines(w, t->at, t->n);
	d.n_lines = t->n;
	d.left_minor = left;
	d.chance = t->chance * w->share[MATCH_FORM_OVERPAID] * more;
	draft_add(w, d);
}

/* ---- which documents ---- */

static void try_target(struct work *w, const struct target *t, bool may_be_any)
{
	int64_t missing;

	if (t->sum <= 0 || __builtin_sub_overflow(t->sum, w->w->f->entry->amount_minor, &missing) ||
	    missing == 0)
		return;
	if (missing < 0) {
		add_more(w, t, may_be_any);
		return;
	}
	try_less(w, t, missing);
	add_part(w, t, may_be_any);
}

/* The named documents, together; alone the first of them was meant with something else. */
static void try_named(struct work *w)
{
	size_t *chosen = ARENA_ARRAY(w->w->f->book->scratch, w->open.n + 1, size_t);
	int least = w->open.n_named ? 2 : 1;
	struct target t = { .at = chosen };

	for (size_t i = 0; i < w->open.n && t.n < MATCH_MAX_LINES; i++) {
		if (w->open.named[i] < least)
			continue;
		/* A few characters name too many documents to be of use with another amount. */
		if (least == 1 && w->open.gain[i] < 6)
			continue;
		if (__builtin_add_overflow(t.sum, w->open.minor[i], &t.sum))
			return;
		chosen[t.n++] = i;
	}
	if (t.n == 0)
		return;
	t.chance = 1 / exp(subset_ln_choices(w->open.n, t.n));
	try_target(w, &t, true);
}

/* Documents that are not named: the amount itself must tell. */
static void try_unnamed(struct work *w)
{
	double each = 1 / (double)(w->open.n_invoices + 1);
	size_t n = 0, n_any = 0;

	for (size_t i = 0; i < w->open.n && n < MAX_DIFFERENT; i++) {
		struct target t = { &i, 1, w->open.minor[i], each };
		size_t before = w->w->list.n;
		bool is_oldest = t.sum > w->w->f->entry->amount_minor && n_any < MAX_OLDEST;
		if (w->open.named[i] >= 2 || t.sum <= 0)
			continue;
		try_target(w, &t, is_oldest || w->open.n_invoices == 1);
		n += w->w->list.n > before;
		n_any += is_oldest;
	}
}

/* Everything due, less a discount or charges. */
static void try_all_due(struct work *w)
{
	size_t *chosen = ARENA_ARRAY(w->w->f->book->scratch, w->open.n + 1, size_t);
	struct target t = { .at = chosen, .chance = 0.1 };
	int64_t missing;

	for (size_t i = 0; i < w->open.n && t.n < MATCH_MAX_LINES; i++) {
		const struct match_item *it = &w->w->f->book->in.items[w->open.item[i]];
		if (it->due_on > w->w->f->entry->booked_on)
			continue;
		chosen[t.n++] = i;
		if (__builtin_add_overflow(t.sum, w->open.minor[i], &t.sum))
			return;
	}
	if (t.n > 1 && !__builtin_sub_overflow(t.sum, w->w->f->entry->amount_minor, &missing) &&
	    missing > 0)
		try_less(w, &t, missing);
}

/* Everything of the month that the text names, less a discount or charges. */
static void try_all_of_period(struct work *w)
{
	size_t *chosen = ARENA_ARRAY(w->w->f->book->scratch, w->open.n + 1, size_t);
	struct target t = { .at = chosen, .chance = 0.3 };
	int64_t missing;

	for (size_t i = 0; i < w->open.n && t.n < MATCH_MAX_LINES; i++) {
		if (period_of_item(w->w, w->open.item[i]) != PERIOD_IN)
			continue;
		chosen[t.n++] = i;
		if (__builtin_add_overflow(t.sum, w->open.minor[i], &t.sum))
			return;
	}
	if (t.n > 1 && !__builtin_sub_overflow(t.sum, w->w->f->entry->amount_minor, &missing) &&
	    missing > 0)
		try_less(w, &t, missing);
}

void explain_differences(struct work *w)
{
	try_named(w);
	if (w->who <= 0)
		return;
	try_unnamed(w);
	if (!w->open.no_total)
		try_all_due(w);
	if (!w->open.no_total && w->w->has_period)
		try_all_of_period(w);
}
