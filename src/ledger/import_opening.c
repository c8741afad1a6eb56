/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_opening.c - à-nouveaux never count twice.
 *
 * The first entries of a year repeat what was open at the end of the former one. When the former year's
 * file is in the ledger, they create nothing: a line stands for the items it repeats, and a difference is
 * an adjustment that is told. When the former year comes afterwards, its detail takes the place of the
 * à-nouveaux, with what was applied to them.
 */
#include "ledger/import_plan.h"

#include "base/money.h"
#include "ledger/book.h"

static day_t file_end(const struct import_plan *p)
{
	return p->has_total ? p->total.to : DAY_NONE;
}

/* What of each known item was open on the eve of the file's first day; by item, in customer's chains. */
static bool load_eve(struct import_plan *p, struct book **ret, struct err *e)
{
	return book_load(p->posting.db, p->keep,
			 &(struct book_query){ .entity_id = p->posting.entity_id,
					       .as_of = p->opening_on - 1 },
			 ret, e);
}

static struct known_item *known_by_id(const struct plan_customer *c, int64_t id)
{
	struct known_item *k = c->items;

	while (k && k->id != id)
		k = k->next_customer;
	return k;
}

/* The à-nouveaux of one customer stand for what he had open on the eve: first by document, then in the
 * order of the book (oldest due first). */
static void stand_for(struct import_plan *p, struct plan_customer *c, const struct book *eve,
		      size_t at, bool by_document)
{
	size_t first = eve->customer[at].first_item, n = eve->customer[at].n_items;

	for (size_t o = 0; o < c->openings.n; o++) {
		struct item_fact *f = c->openings.at[o];
		int64_t need = f->amount_minor;
		for (const struct target *t = f->targets; t; t = t->next)
			need -= t->minor;
		for (size_t i = first; i < first + n && need != 0; i++) {
			struct known_item *k = known_by_id(c, eve->item_id[i]);
			int64_t open = eve->open_minor[i], part;
			if (!k || k->is_taken || (open > 0) != (need > 0) ||
			    (by_document &&
			     (strcmp(k->document_key, f->document_key) != 0 || open != need)))
				continue;
			part = (need > 0 ? open < need : open > need) ? open : need;
			plan_target(p, f, k, part);
			k->is_taken = true;
			need -= part;
		}
	}
}

static bool difference_of(const struct plan_customer *c, const struct book *eve, size_t at,
			  int64_t *ret, struct err *e)
{
	int64_t told = 0, known = 0;

	for (const struct item_fact *f = c->facts; f; f = f->next_fact)
		if (f->is_opening && !minor_add(&told, f->amount_minor, e))
			return false;
	if (at != SIZE_MAX) {
		size_t first = eve->customer[at].first_item, n = eve->customer[at].n_items;
		for (size_t i = first; i < first + n; i++)
			if (!minor_add(&known, eve->open_minor[i], e))
				return false;
	}
	*ret = told - known;
	return true;
}

static bool open_customer(struct import_plan *p, struct plan_customer *c, const struct book *eve,
			  struct err *e)
{
	size_t at = book_customer_by_id(eve, c->id);
	struct item_fact *extra;
	char text[MONEY_TEXT];
	int64_t difference;

	if (!difference_of(c, eve, at, &difference, e))
		return false;
	if (at != SIZE_MAX) {
		stand_for(p, c, eve, at, true);
		stand_for(p, c, eve, at, false);
	}
	p->report->n_unchanged += (int64_t)c->openings.n;
	if (difference == 0)
		return true;
	plan_warn(
		p,
		"customer %.60s: the opening balance differs by %s from the end of the former year;"
		" the difference is an adjustment",
		c->code, minor_format(difference, p->currency, text));
	extra = ARENA_NEW(p->arena, struct item_fact);
	*extra = *c->openings.at[0];
	extra->kind = ITEM_ADJUSTMENT;
	extra->amount_minor = difference;
	extra->targets = NULL;
	extra->identity = NULL;
	if (!plan_may_date(p, extra))
		return true;
	plan_new_item(p, extra);
	p->report->n_created++;
	p->report->n_items_created++;
	return true;
}

static bool later_file_came_first(const struct import_plan *p, const struct known_item *k)
{
	day_t end = file_end(p);

	return !k->is_new && !k->is_taken && !k->is_reversed &&
	       strcmp(k->source, OPENING_SOURCE) == 0 && end != DAY_NONE && k->effective > end &&
	       k->effective <= end + 31;
}

/* Keeps what was applied to an à-nouveau that is about to go. */
static bool carry_allocations(struct import_plan *p, struct plan_customer *c,
			      const struct known_item *k, struct err *e)
{
	struct allocation *al;
	size_t n;

	if (!allocation_list_item(p->posting.db, p->arena, k->id, &al, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct carried *to;
		int64_t other =
			al[i].debit_item_id == k->id ? al[i].credit_item_id : al[i].debit_item_id;
		if (al[i].reverses_id || al[i].reversed_by)
			continue;
		to = LIST_ADD(p->arena, &p->carried);
		to->customer = c;
		to->other = known_by_id(c, other);
		to->al = (struct plan_allocation){ .minor = al[i].amount_minor,
						   .lettering = al[i].lettering,
						   .rule = al[i].rule,
						   .reason = al[i].reason,
						   .effective = al[i].effective };
		if (!to->other)
			p->carried.n--; /* of another customer: left for a person */
	}
	return true;
}

/* The year before, told after: its lines take the place of this customer's à-nouveaux when both agree. */
static bool give_way(struct import_plan *p, struct plan_customer *c, struct err *e)
{
	int64_t told = 0, carried = 0;
	bool any = false;

	for (struct known_item *k = c->items; k; k = k->next_customer) {
		if (strcmp(k->source ? k->source : "", OPENING_SOURCE) != 0 || k->is_new)
			continue;
		any = any || later_file_came_first(p, k);
		if (!minor_add(&carried, k->amount_minor, e))
			return false;
	}
	if (!any)
		return true;
	for (const struct item_fact *f = c->facts; f; f = f->next_fact)
		if (!minor_add(&told, f->amount_minor, e))
			return false;
	if (told != carried) {
		char text[MONEY_TEXT];
		plan_warn(p,
			  "customer %.60s: the opening balance of the next year differs by %s; both"
			  " stay, please check",
			  c->code, minor_format(carried - told, p->currency, text));
		return true;
	}
	for (struct known_item *k = c->items; k; k = k->next_customer)
		if (later_file_came_first(p, k) &&
		    (!carry_allocations(p, c, k, e) ||
		     !plan_reverse(p, k, "replaced by the detail of the former year", e)))
			return false;
	return true;
}

bool plan_apply_openings(struct import_plan *p, struct err *e)
{
	if (p->format != FORMAT_FEC)
		return true;
	for (size_t i = 0; i < p->n_batch; i++) {
		struct plan_customer *c = p->batch[i];
		if (!give_way(p, c, e))
			return false;
		if (c->openings.n == 0)
			continue;
		if (!p->eve && !load_eve(p, &p->eve, e))
			return false;
		if (!open_customer(p, c, p->eve, e))
			return false;
	}
	return true;
}

/* After the lettering: what had been applied to the à-nouveaux goes to the oldest that is still open. */
void plan_apply_carried(struct import_plan *p)
{
	for (size_t i = 0; i < p->carried.n; i++) {
		struct carried *c = &p->carried.at[i];
		bool other_is_debit = c->other->amount_minor > 0;
		for (struct known_item *k = c->customer->items; k && c->al.minor > 0;
		     k = k->next_customer) {
			struct plan_allocation al = c->al;
			if (k->is_reversed || (k->amount_minor > 0) == other_is_debit)
				continue;
			al.debit = other_is_debit ? c->other : k;
			al.credit = other_is_debit ? k : c->other;
			c->al.minor -= plan_allocate(p, &al);
		}
	}
}
