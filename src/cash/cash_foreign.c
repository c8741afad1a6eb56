/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cash_foreign.c - what a receipt pays in another currency: proposed, never posted.
 *
 * The matching knows one currency per entry. So the entry is shown to it as the payer sent it, when the bank says so;
 * else as what a customer that it may be of owes in another currency, where that is about what the money is worth.
 */
#include "cash/cash_input.h"
#include "cash/cash_run.h"

#include "base/money.h"

#include <stdlib.h>

/* What is only near the rate is no more certain than that; below the second an explanation is no use. The documents
 * nearest to the worth, and all of them together, are tried. */
enum { NEAR_PPM = 800000, USEFUL_PPM = 300000, TRIED = 3, SEEDS = 12 };

struct foreign_item {
	uint32_t item, customer; /* of the input */
	const char *currency;
	int64_t open_minor;
};

struct looking {
	struct run *run;
	struct foreign_item *items; /* by customer, then by currency */
	size_t n;
	struct exchange_table rates;
};

static int compare(const void *x, const void *y)
{
	const struct foreign_item *a = x, *b = y;
	int by_currency;

	if (a->customer != b->customer)
		return a->customer < b->customer ? -1 : 1;
	by_currency = strcmp(a->currency, b->currency);
	return by_currency ? by_currency : (a->item > b->item) - (a->item < b->item);
}

/* Those that are not in the company's own currency, or all when a receipt is not. */
static void list_items(struct looking *l, const char *own, bool has_foreign_receipt)
{
	const struct match_input *in = l->run->input;

	l->items = ARENA_ARRAY(l->run->arena, in->n_items + 1, struct foreign_item);
	for (size_t i = 0; i < in->n_items; i++)
		if (has_foreign_receipt || strcmp(in->items[i].currency, own) != 0)
			l->items[l->n++] =
				(struct foreign_item){ (uint32_t)i, in->items[i].customer,
						       in->items[i].currency,
						       in->items[i].open_minor };
	if (l->n)
		qsort(l->items, l->n, sizeof *l->items, compare);
}

/* The first of the customer's. */
static size_t first_of(const struct looking *l, uint32_t customer)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (l->items[mid].customer < customer)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* ---- one entry ----------------------------------------------------------------------------------- */

static int64_t best_of(const struct match_result *r)
{
	return r->n_explanations ? r->explanations[0].confidence_ppm : 0;
}

static bool is_exact(const struct match_result *r)
{
	return r->n_explanations > 0 && r->explanations[0].n_lines > 0 &&
	       r->explanations[0].left_minor == 0;
}

static void add_reason(struct match_result *found, const struct match_reason *why)
{
	for (size_t i = 0; i < found->n_explanations; i++) {
		struct match_explanation *x = &found->explanations[i];
		if (x->n_reasons < MATCH_MAX_REASONS)
			x->reasons[x->n_reasons++] = *why;
	}
}

static const char *amount_text_of(struct arena *a, int64_t minor, const char *currency)
{
	char text[MONEY_TEXT];

	return arena_printf(a, "%s %s", minor_format(minor, currency, text), currency);
}

static void take(struct run *r, size_t i, const struct match_result *found, enum match_why why,
		 const char *text)
{
	r->results[i] = *found;
	add_reason(&r->results[i], &(struct match_reason){ why, text, 0 });
	run_hold(&r->results[i], why, text);
}

/* As the payer sent it: what its bank or ours withheld is a charge that the bank tells. */
static void look_as_sent(struct looking *l, size_t i, const struct money *sent)
{
	struct run *r = l->run;
	struct match_entry fact = r->facts[i];
	struct conversion_rate rate;
	struct match_result found;
	struct err none = { 0 };

	if (!convert_rate_of(&l->rates, &r->entries[i], sent->currency, &rate, &none) ||
	    !conversion_there(&rate, fact.amount_minor, &fact.amount_minor, &none) ||
	    fact.amount_minor <= 0)
		return;
	fact.charges_minor = sent->minor > fact.amount_minor ? sent->minor - fact.amount_minor : 0;
	memcpy(fact.currency, sent->currency, sizeof fact.currency);
	match_one(r->book, &fact, &r->options, &found);
	if (best_of(&found) > best_of(&r->results[i]) && found.explanations[0].n_lines > 0)
		take(r, i, &found, WHY_sent_in,
		     amount_text_of(r->arena, sent->minor, sent->currency));
}

/* The amount tried, explained by documents to the cent; the better of two. */
static void try_amount(struct looking *l, size_t i, int64_t minor, const char *currency,
		       uint32_t customer, struct match_result *best)
{
	struct match_entry fact = l->run->facts[i];
	struct match_result found;

	fact.amount_minor = minor;
	fact.charges_minor = 0;
	memcpy(fact.currency, currency, sizeof fact.currency);
	match_one(l->run->book, &fact, &l->run->options, &found);
	if (is_exact(&found) && found.explanations[0].customer == customer &&
	    best_of(&found) > best_of(best))
		*best = found;
}

static int64_t distance(int64_t x, int64_t y)
{
	return x > y ? x - y : y - x;
}

/* The customer's documents in one currency: items[from .. to). */
static void try_customer(struct looking *l, size_t i, size_t from, size_t to,
			 struct match_result *best, const char **ret_worth)
{
	const struct foreign_item *it = &l->items[from];
	struct conversion_rate rate;
	int64_t worth, sum = 0, tried[TRIED];
	struct err none = { 0 };
	size_t n = 0;
	struct match_result before = *best;

	if (strcmp(it->currency, l->run->entries[i].currency) == 0 ||
	    !convert_rate_of(&l->rates, &l->run->entries[i], it->currency, &rate, &none) ||
	    !conversion_there(&rate, l->run->entries[i].amount_minor, &worth, &none))
		return;
	for (size_t k = from; k < to; k++) {
		int64_t open = l->items[k].open_minor;
		size_t at = n;
		if (__builtin_add_overflow(sum, open, &sum))
			return;
		if (open <= 0 || !convert_is_near(worth, open))
			continue;
		while (at > 0 && distance(tried[at - 1], worth) > distance(open, worth))
			at--;
		if (at == TRIED || (at < n && tried[at] == open) ||
		    (at > 0 && tried[at - 1] == open))
			continue;
		n += n < TRIED;
		memmove(&tried[at + 1], &tried[at], (n - at - 1) * sizeof *tried);
		tried[at] = open;
	}
	for (size_t k = 0; k < n; k++)
		try_amount(l, i, tried[k], it->currency, it->customer, best);
	if (to - from > 1 && sum > 0 && convert_is_near(worth, sum))
		try_amount(l, i, sum, it->currency, it->customer, best);
	if (best_of(best) > best_of(&before))
		*ret_worth = amount_text_of(l->run->arena, worth, it->currency);
}

/* Customers that the entry may be of. */
struct candidates {
	uint32_t customer[SEEDS];
	size_t n;
};

static void add_candidates(struct candidates *c, const struct match_result *found)
{
	for (size_t x = 0; x < found->n_explanations && c->n < SEEDS; x++) {
		bool is_new = true;
		for (size_t k = 0; k < c->n; k++)
			is_new &= c->customer[k] != found->explanations[x].customer;
		if (is_new)
			c->customer[c->n++] = found->explanations[x].customer;
	}
}

/* By what the matching finds in its own currency, and in each of the others at the rate. */
static void list_candidates(struct looking *l, size_t i, struct candidates *ret)
{
	struct run *r = l->run;

	ret->n = 0;
	add_candidates(ret, &r->results[i]);
	for (size_t k = 0; k < r->ledger->n_currencies; k++) {
		struct match_entry fact = r->facts[i];
		struct conversion_rate rate;
		struct match_result found;
		struct err none = { 0 };
		if (strcmp(r->ledger->currency[k], r->entries[i].currency) == 0 ||
		    !convert_rate_of(&l->rates, &r->entries[i], r->ledger->currency[k], &rate,
				     &none) ||
		    !conversion_there(&rate, fact.amount_minor, &fact.amount_minor, &none) ||
		    fact.amount_minor <= 0)
			continue;
		fact.charges_minor = 0;
		memcpy(fact.currency, r->ledger->currency[k], sizeof fact.currency);
		match_one(r->book, &fact, &r->options, &found);
		add_candidates(ret, &found);
	}
}

static void look_at_worth(struct looking *l, size_t i)
{
	struct match_result best = { 0 };
	const char *worth = NULL;
	struct candidates c;

	list_candidates(l, i, &c);
	for (size_t k = 0; k < c.n; k++)
		for (size_t from = first_of(l, c.customer[k]), to = from; from < l->n; from = to) {
			if (l->items[from].customer != c.customer[k])
				break;
			while (to < l->n && l->items[to].customer == c.customer[k] &&
			       strcmp(l->items[to].currency, l->items[from].currency) == 0)
				to++;
			try_customer(l, i, from, to, &best, &worth);
		}
	if (!worth || best_of(&best) < USEFUL_PPM)
		return;
	for (size_t x = 0; x < best.n_explanations; x++)
		if (best.explanations[x].confidence_ppm > NEAR_PPM)
			best.explanations[x].confidence_ppm = NEAR_PPM;
	take(l->run, i, &best, WHY_worth_about, worth);
}

/* Explained by a document of its own currency: nothing else is looked for. */
static bool is_explained(const struct run *r, size_t i)
{
	const struct match_result *own = &r->results[i];

	return r->booked[i].verdict != BOOKED_NO || entry_is_return(&r->entries[i]) ||
	       r->entries[i].amount_minor <= 0 || own->state == MATCH_AUTO ||
	       (own->n_explanations > 0 && own->explanations[0].n_lines > 0 &&
		own->explanations[0].confidence_ppm >= RUN_WEAK_PPM);
}

bool run_look_abroad(struct run *r, struct err *e)
{
	struct looking l = { .run = r };
	bool has_foreign = false;
	struct entity entity;

	if (!entity_get_by_id(r->db, r->arena, r->o->entity_id, &entity, e))
		return false;
	for (size_t i = 0; i < r->n; i++)
		has_foreign |= strcmp(r->entries[i].currency, entity.currency) != 0;
	list_items(&l, entity.currency, has_foreign);
	if (l.n == 0)
		return true;
	if (!exchange_load(r->db, r->arena, 0, &l.rates, e))
		return false;
	for (size_t i = 0; i < r->n; i++) {
		struct money sent;
		if (is_explained(r, i))
			continue;
		if (convert_told(&r->entries[i], &sent))
			look_as_sent(&l, i, &sent);
		else
			look_at_worth(&l, i);
	}
	return true;
}
