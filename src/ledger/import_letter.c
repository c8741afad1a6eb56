/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_letter.c - the lettering (lettrage) of an accounting file becomes allocations.
 *
 * Lines of one account, customer and code are a group. A balanced group closes its lines; in an unbalanced
 * one (partial lettering) what is left stays on the oldest debits, or on the newest credit. An allocation
 * counts from the day on which all of it was known: both entries and both lettering dates (fec.md
 * section 5). Unlettered payments that name the document they pay are applied to it.
 */
#include "ledger/import_plan.h"

#include <stdlib.h>

struct line {
	struct item_fact *fact;
	struct known_item *item;
	int64_t minor; /* signed, what of the item the line stands for */
	day_t lettered_on;
};

struct letter_group {
	LIST_OF(struct line) lines;
	const char *code;
};

static const char *group_key(struct import_plan *p, const struct item_fact *f)
{
	return arena_printf(p->arena, "%s\t%s\t%s", f->account, f->customer->code, f->lettering);
}

static void add_lines(struct import_plan *p, struct map *groups, struct item_fact *f)
{
	const char *key = group_key(p, f);
	struct letter_group *g = map_get(groups, key);

	if (!g) {
		g = ARENA_NEW(p->arena, struct letter_group);
		g->code = f->lettering;
		map_set(groups, key, g);
	}
	for (struct target *t = f->targets; t; t = t->next)
		*LIST_ADD(p->arena, &g->lines) =
			(struct line){ f, t->item, t->minor, f->lettered_on };
}

static int64_t net_of(const struct letter_group *g)
{
	int64_t net = 0;

	for (size_t i = 0; i < g->lines.n; i++)
		net += g->lines.at[i].minor;
	return net;
}

/* Without a lettering date, a group counts from its last entry. */
static void date_lines(struct letter_group *g)
{
	day_t last = DAY_NONE;

	for (size_t i = 0; i < g->lines.n; i++)
		if (last == DAY_NONE || g->lines.at[i].fact->effective > last)
			last = g->lines.at[i].fact->effective;
	for (size_t i = 0; i < g->lines.n; i++)
		if (g->lines.at[i].lettered_on == DAY_NONE)
			g->lines.at[i].lettered_on = last;
}

static day_t later(day_t a, day_t b)
{
	return a > b ? a : b;
}

static void apply(struct import_plan *p, const struct letter_group *g, struct line *debit,
		  struct line *credit)
{
	int64_t minor = debit->minor < -credit->minor ? debit->minor : -credit->minor;
	struct plan_allocation al = {
		.debit = debit->item,
		.credit = credit->item,
		.minor = minor,
		.lettering = g->code,
		.rule = "lettering",
		.reason = "lettered by the accounting",
		.effective = later(later(debit->fact->effective, credit->fact->effective),
				   later(debit->lettered_on, credit->lettered_on)),
	};

	if (minor <= 0)
		return;
	plan_allocate(p, &al);
	/* Taken or not (it may be applied elsewhere already), this much of the lines is spoken for. */
	debit->minor -= minor;
	credit->minor += minor;
}

static int by_document(const void *a, const void *b)
{
	const struct line *x = *(struct line *const *)a, *y = *(struct line *const *)b;
	int c = strcmp(x->fact->document_key, y->fact->document_key);

	return c ? c : (x->fact->line > y->fact->line) - (x->fact->line < y->fact->line);
}

static int by_size(const void *a, const void *b)
{
	const struct line *x = *(struct line *const *)a, *y = *(struct line *const *)b;
	int64_t s = llabs(x->minor), t = llabs(y->minor);

	return s != t ? (s > t) - (s < t)
		      : (x->fact->line > y->fact->line) - (x->fact->line < y->fact->line);
}

static int by_age(const void *a, const void *b)
{
	const struct line *x = *(struct line *const *)a, *y = *(struct line *const *)b;

	if (x->fact->effective != y->fact->effective)
		return x->fact->effective < y->fact->effective ? -1 : 1;
	return (x->fact->line > y->fact->line) - (x->fact->line < y->fact->line);
}

typedef int compare_fn(const void *, const void *);

/* Walks debits and credits in one order and applies those that compare as equal. */
static void pair(struct import_plan *p, struct letter_group *g, struct line **debit,
		 size_t n_debits, struct line **credit, size_t n_credits, compare_fn *order,
		 bool same_size)
{
	size_t i = 0, j = 0;

	qsort(debit, n_debits, sizeof(struct line *), order);
	qsort(credit, n_credits, sizeof(struct line *), order);
	while (i < n_debits && j < n_credits) {
		int64_t d = debit[i]->minor, c = -credit[j]->minor;
		int cmp = same_size ? (d > c) - (d < c)
				    : strcmp(debit[i]->fact->document_key,
					     credit[j]->fact->document_key);
		if (d == 0 || cmp < 0) {
			i++;
		} else if (c == 0 || cmp > 0) {
			j++;
		} else {
			apply(p, g, debit[i], credit[j]);
		}
	}
}

/* What is left, oldest credits first; the newest debits first when a debit will remain, so that the net
 * stays on the oldest. */
static void consume(struct import_plan *p, struct letter_group *g, struct line **debit,
		    size_t n_debits, struct line **credit, size_t n_credits, bool debit_remains)
{
	size_t i = 0, j = 0;

	qsort(debit, n_debits, sizeof(struct line *), by_age);
	qsort(credit, n_credits, sizeof(struct line *), by_age);
	while (i < n_debits && j < n_credits) {
		struct line *d = debit[debit_remains ? n_debits - 1 - i : i];
		apply(p, g, d, credit[j]);
		if (d->minor == 0)
			i++;
		else
			j++;
	}
}

static void letter_one_group(struct import_plan *p, struct letter_group *g)
{
	struct line **debit = ARENA_ARRAY(p->arena, g->lines.n, struct line *);
	struct line **credit = ARENA_ARRAY(p->arena, g->lines.n, struct line *);
	size_t n_debits = 0, n_credits = 0;
	int64_t net = net_of(g);

	date_lines(g);
	for (size_t i = 0; i < g->lines.n; i++) {
		struct line *l = &g->lines.at[i];
		if (l->minor > 0)
			debit[n_debits++] = l;
		else if (l->minor < 0)
			credit[n_credits++] = l;
	}
	if (n_debits == 0 || n_credits == 0)
		return;
	if (net == 0) { /* who paid what does not change the sum: pair what belongs together */
		pair(p, g, debit, n_debits, credit, n_credits, by_document, false);
		pair(p, g, debit, n_debits, credit, n_credits, by_size, true);
	}
	consume(p, g, debit, n_debits, credit, n_credits, net > 0);
}

/* Codes are used again every year: a group that does not balance is split by lettering date when each part
 * then balances. */
static void letter_group(struct import_plan *p, struct letter_group *g)
{
	struct map parts;
	bool all_balance = true;

	if (net_of(g) == 0) {
		letter_one_group(p, g);
		return;
	}
	map_init(&parts, p->arena);
	for (size_t i = 0; i < g->lines.n; i++) {
		char date[DATE_TEXT];
		const char *key = date_format(g->lines.at[i].lettered_on, date);
		struct letter_group *part = map_get(&parts, key);
		if (!part) {
			part = ARENA_NEW(p->arena, struct letter_group);
			part->code = g->code;
			map_set(&parts, key, part);
		}
		*LIST_ADD(p->arena, &part->lines) = g->lines.at[i];
	}
	for (size_t i = 0; i < parts.n; i++)
		all_balance = all_balance && net_of(parts.entries[i].value) == 0;
	for (size_t i = 0; all_balance && i < parts.n; i++)
		letter_one_group(p, parts.entries[i].value);
	if (!all_balance)
		letter_one_group(p, g);
}

/* A payment that names a document: applied to the oldest item of that document. */
static void apply_named(struct import_plan *p, const struct item_fact *f, struct known_item *paid)
{
	enum item_kind wanted = paid->amount_minor < 0 ? ITEM_INVOICE : ITEM_CREDIT_NOTE;

	for (struct known_item *k = f->customer->items; k && paid->open_minor != 0;
	     k = k->next_customer) {
		bool is_debit = k->amount_minor > 0;
		if (k->kind != wanted || k->is_reversed || k->open_minor == 0 ||
		    (!k->is_new && !paid->is_new) || strcmp(k->document_key, f->document_key) != 0)
			continue;
		plan_allocate(p, &(struct plan_allocation){
					 .debit = is_debit ? k : paid,
					 .credit = is_debit ? paid : k,
					 .minor = INT64_MAX,
					 .rule = "piece_ref",
					 .reason = "the payment's entry names the document",
					 .effective = later(k->effective, paid->effective) });
	}
}

bool plan_apply_lettering(struct import_plan *p, struct err *e)
{
	struct map groups;

	(void)e;
	if (p->format != FORMAT_FEC)
		return true;
	map_init(&groups, p->arena);
	for (size_t i = 0; i < p->items.n; i++)
		if (p->items.at[i].lettering)
			add_lines(p, &groups, &p->items.at[i]);
	for (size_t i = 0; i < groups.n; i++)
		letter_group(p, groups.entries[i].value);
	for (size_t i = 0; i < p->items.n; i++) {
		struct item_fact *f = &p->items.at[i];
		if (f->kind == ITEM_PAYMENT && !f->lettering && f->targets && !f->is_opening)
			apply_named(p, f, f->targets->item);
	}
	return true;
}
