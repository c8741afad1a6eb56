/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_item.c - the same fact from two files is one fact.
 *
 * Facts and known items meet under their identity (customer, kind, document, year); within it they are
 * paired by amount, since one document may stand on several lines (instalments, retention). What is left
 * over on both sides is one fact told differently: the ledger's file decides amounts.
 */
#include "ledger/import_plan.h"

#include "base/money.h"
#include "base/text.h"

/* Days between the bank's date of a receipt and the entry that books it. */
enum { BOOKING_DAYS = 10, REFUND_DAYS = 60 };

/* Keeps a change for the writer; texts are copied. */
static void change(struct import_plan *p, struct known_item *k, const char *field,
		   const char *old_value, const char *new_value)
{
	k->is_changed = true;
	*LIST_ADD(p->arena, &p->changes) =
		(struct plan_change){ k, field, arena_strdup(p->arena, old_value),
				      arena_strdup(p->arena, new_value) };
}

static void change_number(struct import_plan *p, struct known_item *k, const char *field,
			  int64_t old_value, int64_t new_value)
{
	if (old_value != new_value)
		change(p, k, field, arena_printf(p->arena, "%" PRId64, old_value),
		       arena_printf(p->arena, "%" PRId64, new_value));
}

static void change_day(struct import_plan *p, struct known_item *k, const char *field, day_t *value,
		       day_t new_value)
{
	char was[DATE_TEXT], is[DATE_TEXT];

	if (*value == new_value)
		return;
	change(p, k, field, date_format(*value, was), date_format(new_value, is));
	*value = new_value;
}

static void change_text(struct import_plan *p, struct known_item *k, const char *field,
			const char **value, const char *new_value)
{
	if (!new_value || str_eq(*value, new_value))
		return;
	change(p, k, field, *value, new_value);
	*value = new_value;
}

static void change_due(struct import_plan *p, struct known_item *k, day_t due_on, int source)
{
	change_day(p, k, "due_on", &k->due_on, due_on);
	change_number(p, k, "due_source", k->due_source, source);
	k->due_source = source;
}

static void change_net(struct import_plan *p, struct known_item *k, const struct item_fact *f)
{
	if (k->has_net && k->net_minor == f->net_minor && k->vat_minor == f->vat_minor)
		return;
	change(p, k, "net_minor",
	       k->has_net ? arena_printf(p->arena, "%" PRId64, k->net_minor) : NULL,
	       arena_printf(p->arena, "%" PRId64, f->net_minor));
	change(p, k, "vat_minor",
	       k->has_net ? arena_printf(p->arena, "%" PRId64, k->vat_minor) : NULL,
	       arena_printf(p->arena, "%" PRId64, f->vat_minor));
	k->has_net = true;
	k->net_minor = f->net_minor;
	k->vat_minor = f->vat_minor;
}

/* What the fact says of a known item beyond its identity. */
static void learn(struct import_plan *p, const struct item_fact *f, struct known_item *k)
{
	size_t before = p->changes.n;

	k->is_taken = true;
	if (k->is_new)
		return;
	/* A better source (lower number) wins; the same source corrects itself. */
	if (f->due_on != DAY_NONE && f->due_source <= k->due_source)
		change_due(p, k, f->due_on, f->due_source);
	if (f->is_ledger) {
		change_number(p, k, "is_booked", k->is_booked, 1);
		k->is_booked = true;
	}
	/* An à-nouveau came first, now the year in which the document was made. */
	if (f->is_ledger && f->effective < k->effective && strcmp(k->source, OPENING_SOURCE) == 0 &&
	    !closed_days_has(&p->posting.closed, f->effective) &&
	    !closed_days_has(&p->posting.closed, k->effective))
		change_day(p, k, "effective", &k->effective, f->effective);
	change_text(p, k, "payment_ref", &k->payment_ref, f->payment_ref);
	change_text(p, k, "order_ref", &k->order_ref, f->order_ref);
	if (f->has_net)
		change_net(p, k, f);
	p->report->n_updated += p->changes.n > before;
	p->report->n_unchanged += p->changes.n == before;
}

static void match(struct import_plan *p, struct item_fact *f, struct known_item *k)
{
	plan_target(p, f, k, f->amount_minor);
	learn(p, f, k);
}

static void pair_equal_amounts(struct import_plan *p, struct identity *g)
{
	for (size_t i = 0; i < g->facts.n; i++) {
		struct item_fact *f = g->facts.at[i];
		struct known_item *k = g->known;
		while (k && (k->is_taken || k->amount_minor != f->amount_minor ||
			     strcmp(k->currency, f->currency) != 0))
			k = k->next_same;
		if (k)
			match(p, f, k);
	}
}

/* Told by the bank, or money given back that was decided here: returned payments, refunds. */
static bool is_made_here(const struct known_item *k)
{
	return k->bank_entry_id || (k->kind == ITEM_PAYMENT && k->amount_minor > 0 && !k->is_new &&
				    (str_eq(k->source, "bank") || str_eq(k->source, "user")));
}

/* The receipt that the bank reported and this line books: the nearest day wins. */
static struct known_item *receipt_of(const struct item_fact *f)
{
	struct known_item *best = NULL;
	int best_days = BOOKING_DAYS + 1;

	for (struct known_item *k = f->customer->items; k; k = k->next_customer) {
		int days = k->effective > f->effective ? k->effective - f->effective
						       : f->effective - k->effective;
		/* A refund is paid, and booked, some time after it was ordered. */
		if (k->kind == ITEM_PAYMENT && !k->bank_entry_id && f->effective > k->effective)
			days = days > REFUND_DAYS ? days : days / (REFUND_DAYS / BOOKING_DAYS);
		if (is_made_here(k) && !k->is_taken && !k->is_booked && !k->is_reversed &&
		    k->amount_minor == f->amount_minor && days < best_days) {
			best = k;
			best_days = days;
		}
	}
	return best;
}

static int days_between(day_t a, day_t b)
{
	return a > b ? a - b : b - a;
}

/* Posted here, and booked by no line yet. */
static bool waits_for(const struct item_fact *f, const struct known_item *k)
{
	return !k->is_taken && !k->is_booked && !k->is_reversed && !k->is_new &&
	       strcmp(k->currency, f->currency) == 0 &&
	       days_between(k->effective, f->effective) <= BOOKING_DAYS;
}

static bool says_fee(struct arena *a, const struct item_fact *f)
{
	static const char *const words[] = {
		"FRAIS", "REJET", "IMPAYE", "FEE", "CHARGE", "RETURN"
	};
	const char *key = text_key(a, f->label ? f->label : "");

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(key, words[i]))
			return true;
	return false;
}

/* The returned payment that its charge is of, while the same line may book both. */
static struct known_item *returned_of(const struct item_fact *f, const struct known_item *fee)
{
	for (struct known_item *k = f->customer->items; k; k = k->next_customer)
		if (k->id == fee->fee_of_id && k->amount_minor > 0 && waits_for(f, k) &&
		    k->amount_minor == f->amount_minor - fee->amount_minor)
			return k;
	return NULL;
}

/* The charge of a returned payment, asked here when the bank told it: the accounting books it by a line of its own,
 * or with what came back in one. */
static bool take_fee(struct import_plan *p, struct item_fact *f)
{
	struct known_item *best = NULL, *returned = NULL;

	for (struct known_item *k = f->customer->items; k; k = k->next_customer) {
		struct known_item *with;

		if (!k->fee_of_id || !waits_for(f, k))
			continue;
		with = f->kind == ITEM_PAYMENT ? returned_of(f, k) : NULL;
		if (!with && (k->amount_minor != f->amount_minor ||
			      (f->kind != ITEM_PAYMENT && !says_fee(p->arena, f))))
			continue;
		if (best && days_between(best->effective, f->effective) <=
				    days_between(k->effective, f->effective))
			continue;
		best = k;
		returned = with;
	}
	if (!best)
		return false;
	if (returned) {
		plan_target(p, f, returned, returned->amount_minor);
		learn(p, f, returned);
	}
	plan_target(p, f, best, best->amount_minor);
	learn(p, f, best);
	return true;
}

/* An à-nouveau names an older document, of whatever kind the former year's entry was. */
static struct known_item *carried_over(const struct item_fact *f)
{
	for (struct known_item *k = f->customer->items; k; k = k->next_customer)
		if (!k->is_taken && !k->is_new && !k->is_reversed &&
		    strcmp(k->document_key, f->document_key) == 0 &&
		    k->amount_minor == f->amount_minor && k->effective <= f->effective)
			return k;
	return NULL;
}

static void pair_by_other_means(struct import_plan *p, struct item_fact *f)
{
	struct known_item *k = NULL;

	if (f->is_matched)
		return;
	if (f->is_ledger && f->kind == ITEM_PAYMENT && !f->is_opening)
		k = receipt_of(f);
	else if (f->is_opening)
		k = carried_over(f);
	if (k)
		match(p, f, k);
	else if (f->is_ledger && !f->is_opening && f->amount_minor > 0)
		(void)take_fee(p, f);
}

/* What is left on both sides of one identity, summed. */
static bool sums(const struct identity *g, int64_t *ret_facts, int64_t *ret_known, struct err *e)
{
	*ret_facts = *ret_known = 0;
	for (size_t i = 0; i < g->facts.n; i++)
		if (!g->facts.at[i]->is_matched &&
		    !minor_add(ret_facts, g->facts.at[i]->amount_minor, e))
			return false;
	for (const struct known_item *k = g->known; k; k = k->next_same)
		if (!k->is_taken && !minor_add(ret_known, k->amount_minor, e))
			return false;
	return true;
}

/* Spreads the facts over the known items, which add up to the same. */
static void spread(struct import_plan *p, struct identity *g)
{
	struct known_item *k = g->known;
	int64_t left = 0;

	while (k && k->is_taken)
		k = k->next_same;
	for (size_t i = 0; i < g->facts.n; i++) {
		struct item_fact *f = g->facts.at[i];
		int64_t need = f->amount_minor;
		if (f->is_matched)
			continue;
		while (need != 0 && k) {
			int64_t room, part;
			if (left == 0)
				left = k->amount_minor;
			room = left;
			part = (need > 0 ? need < room : need > room) ? need : room;
			plan_target(p, f, k, part);
			need -= part;
			left -= part;
			if (left != 0)
				break;
			learn(p, f, k);
			for (k = k->next_same; k && k->is_taken;)
				k = k->next_same;
		}
	}
}

static bool same_signs(const struct identity *g)
{
	int sign = 0;

	for (size_t i = 0; i < g->facts.n; i++) {
		int s = g->facts.at[i]->amount_minor > 0 ? 1 : -1;
		if (sign && s != sign)
			return false;
		sign = s;
	}
	for (const struct known_item *k = g->known; k; k = k->next_same)
		if (!k->is_taken && sign && (k->amount_minor > 0 ? 1 : -1) != sign)
			return false;
	return true;
}

static void refuse_amount(struct import_plan *p, struct item_fact *f, int64_t known_minor)
{
	char told[MONEY_TEXT], known[MONEY_TEXT];

	minor_format(f->amount_minor, f->currency, told);
	minor_format(known_minor, f->currency, known);
	plan_reject(p, f->line, NULL, "amount", told,
		    arena_printf(p->arena, "document %.60s is known with the amount %s",
				 f->document, known));
	f->is_matched = true; /* dealt with: it makes no item */
}

/* The ledger says another amount than the invoice file: what it says more or less is an adjustment, so
 * that the sum is the ledger's and both facts stay visible. */
static void adjust(struct import_plan *p, struct identity *g, int64_t facts, int64_t known)
{
	struct item_fact *first = NULL, *extra;
	struct known_item *k = g->known;
	char told[MONEY_TEXT], was[MONEY_TEXT];

	for (size_t i = 0; i < g->facts.n && !first; i++)
		if (!g->facts.at[i]->is_matched)
			first = g->facts.at[i];
	while (k && k->is_taken)
		k = k->next_same;
	ENSURE(first && k);
	extra = ARENA_NEW(p->arena, struct item_fact);
	*extra = *first;
	extra->kind = ITEM_ADJUSTMENT;
	extra->amount_minor = facts - known;
	extra->targets = NULL;
	extra->identity = NULL;
	for (size_t i = 0; i < g->facts.n; i++)
		g->facts.at[i]->is_matched = true;
	if (!plan_may_date(p, extra))
		return;
	plan_target(p, first, k, known);
	plan_target(p, first, plan_new_item(p, extra), extra->amount_minor);
	plan_warn(
		p,
		"document %.60s: the ledger says %s, the invoice file said %s; the difference is an"
		" adjustment",
		first->document, minor_format(facts, first->currency, told),
		minor_format(known, first->currency, was));
	learn(p, first, k);
}

static bool settle_group(struct import_plan *p, struct identity *g, struct err *e)
{
	int64_t facts, known;

	if (!sums(g, &facts, &known, e))
		return false;
	if (facts == 0 || known == 0)
		return true;
	if (facts == known && same_signs(g)) {
		spread(p, g);
		return true;
	}
	for (size_t i = 0; i < g->facts.n; i++)
		if (!g->facts.at[i]->is_matched && !g->facts.at[i]->is_ledger)
			refuse_amount(p, g->facts.at[i], known);
	/* A booked item of another amount under the same number is another line of the document. */
	for (const struct known_item *k = g->known; k; k = k->next_same)
		if (!k->is_taken && k->is_booked)
			return true;
	for (size_t i = 0; i < g->facts.n; i++)
		if (!g->facts.at[i]->is_matched)
			adjust(p, g, facts, known); /* all of the group at once */
	return true;
}

static void group_fact(struct import_plan *p, struct item_fact *f)
{
	f->identity = plan_identity(p, f->customer, f->kind, f->document_key,
				    date_civil(f->issued_on).year);
	if (f->identity->facts.n == 0)
		*LIST_ADD(p->arena, &p->groups) = f->identity;
	*LIST_ADD(p->arena, &f->identity->facts) = f;
}

static void create(struct import_plan *p, struct item_fact *f)
{
	struct known_item *k = plan_new_item(p, f);

	plan_target(p, f, k, f->amount_minor);
	p->report->n_created++;
	p->report->n_items_created++;
}

/* New terms of a known customer move the due dates that were inferred. */
static void infer_again(struct import_plan *p, struct plan_customer *c)
{
	for (struct known_item *k = c->items; k; k = k->next_customer) {
		int source;
		day_t due;
		if (k->is_new || k->is_reversed || k->due_source < DUE_FROM_TERMS)
			continue;
		due = plan_due(p, c, k->kind, k->issued_on, &source);
		change_due(p, k, due, source);
	}
}

/* Our own entry, back from the books. */
static void take_back(struct import_plan *p, struct item_fact *f)
{
	struct known_item *k;

	if (!plan_take_exported(f, &k))
		return;
	f->is_matched = true;
	if (!k) {
		p->report->n_unchanged++;
		return;
	}
	if (p->is_own_export) {
		k->is_taken = true;
		p->report->n_unchanged++;
	} else {
		learn(p, f, k);
	}
	/* An item in another currency stands there for its value: nothing of it can be lettered by that. */
	if (str_eq(k->currency, f->currency))
		plan_target(p, f, k, f->amount_minor);
}

bool plan_apply_items(struct import_plan *p, struct err *e)
{
	for (size_t i = 0; i < p->n_batch; i++)
		if (p->batch[i]->is_changed)
			infer_again(p, p->batch[i]);
	for (size_t i = 0; i < p->items.n; i++)
		take_back(p, &p->items.at[i]);
	for (size_t i = 0; i < p->items.n; i++)
		if (!p->items.at[i].is_matched)
			group_fact(p, &p->items.at[i]);
	for (size_t i = 0; i < p->groups.n; i++)
		pair_equal_amounts(p, p->groups.at[i]);
	for (size_t i = 0; i < p->items.n; i++)
		pair_by_other_means(p, &p->items.at[i]);
	for (size_t i = 0; i < p->groups.n; i++)
		if (!settle_group(p, p->groups.at[i], e))
			return false;
	for (size_t i = 0; i < p->items.n; i++) {
		struct item_fact *f = &p->items.at[i];
		if (f->is_matched)
			continue;
		if (f->is_opening && p->has_former_year)
			*LIST_ADD(p->arena, &f->customer->openings) = f;
		else if (plan_may_date(p, f))
			create(p, f);
	}
	return true;
}
