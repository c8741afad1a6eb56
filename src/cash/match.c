/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "cash/book.h"

#include <math.h>
#include <stdlib.h>

/* How likely no explanation at all is, on the scale of the scores (see score.c): money of nobody we
 * know is frequent, and posting it is the worst mistake. */
#define NULL_SCORE 7.0

const char *match_rule_name(enum match_rule rule)
{
	static const char *const names[] = {
		[MATCH_RULE_ADVICE] = "advice",
		[MATCH_RULE_STRUCTURED] = "structured_reference",
		[MATCH_RULE_REFERENCE] = "reference",
		[MATCH_RULE_NEAR] = "near_reference",
		[MATCH_RULE_PAYER_AMOUNT] = "payer_amount",
		[MATCH_RULE_BALANCE] = "balance",
		[MATCH_RULE_COMPLETED] = "completed",
		[MATCH_RULE_COMBINATION] = "combination",
		[MATCH_RULE_DISCOUNT] = "discount",
		[MATCH_RULE_CHARGES] = "charges",
		[MATCH_RULE_ROUNDING] = "rounding",
		[MATCH_RULE_PARTIAL] = "partial",
		[MATCH_RULE_OVERPAID] = "overpaid",
		[MATCH_RULE_AMOUNT] = "amount",
		[MATCH_RULE_ON_ACCOUNT] = "on_account",
	};
	_Static_assert(ARRAY_LEN(names) == MATCH_N_RULES, "each rule has a name");

	return names[rule];
}

/* ---- ranking ---- */

static int compare_drafts(const void *a, const void *b)
{
	const struct draft *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x->customer != y->customer)
		return x->customer < y->customer ? -1 : 1;
	if (x->n_lines != y->n_lines)
		return x->n_lines < y->n_lines ? -1 : 1;
	for (size_t i = 0; i < x->n_lines; i++)
		if (x->lines[i].item != y->lines[i].item)
			return x->lines[i].item < y->lines[i].item ? -1 : 1;
	return (x->left_minor > y->left_minor) - (x->left_minor < y->left_minor);
}

static double total_likelihood(const struct drafts *list)
{
	double total = exp(NULL_SCORE);

	for (size_t i = 0; i < list->n; i++)
		total += exp(list->at[i].score);
	return total;
}

static void keep_best(const struct facts *f, const struct drafts *list, struct match_result *ret)
{
	double total = total_likelihood(list);
	size_t n = list->n < MATCH_MAX_EXPLANATIONS ? list->n : MATCH_MAX_EXPLANATIONS;

	ret->explanations = ARENA_ARRAY(f->book->arena, n + 1, struct match_explanation);
	for (size_t i = 0; i < n; i++) {
		const struct draft *d = &list->at[i];
		struct match_explanation *x = &ret->explanations[i];
		double p = exp(d->score) / total;
		/* Not worth a person's eye. */
		if (p < 0.0005 && i > 0)
			break;
		*x = (struct match_explanation){ .customer = d->customer,
						 .rule = d->rule,
						 .lines = arena_memdup(f->book->arena, d->lines,
								       d->n_lines *
									       sizeof *d->lines),
						 .n_lines = d->n_lines,
						 .left_minor = d->left_minor,
						 .confidence_ppm = (int64_t)(p * 1e6) };
		reasons_of(f, d, x);
		ret->n_explanations++;
	}
}

static void keep_marks(const struct facts *f, struct match_result *ret)
{
	static const enum match_why why[] = {
		[EVIDENCE_REFERENCE] = WHY_structured_reference,
		[EVIDENCE_DOCUMENT] = WHY_document,
		[EVIDENCE_ORDER] = WHY_near_document,
		[EVIDENCE_NUMBER] = WHY_near_document,
		[EVIDENCE_NEAR] = WHY_near_document,
		[EVIDENCE_CODE] = WHY_customer_code,
		[EVIDENCE_SIREN] = WHY_siren,
	};
	const struct payer_likeness *p = f->payer.n ? &f->payer.at[0] : NULL;

	ret->marks = ARENA_ARRAY(f->book->arena, f->evidences.n + 2, struct match_mark);
	if (p && p->likeness >= 0.6)
		ret->marks[ret->n_marks++] = (struct match_mark){
			MATCH_PAYER_NAME, 0,           (uint32_t)strlen(f->entry->payer_name),
			MATCH_NONE,       p->customer, WHY_payer_name
		};
	if (p && p->is_iban)
		ret->marks[ret->n_marks++] = (struct match_mark){
			MATCH_PAYER_IBAN, 0,           (uint32_t)strlen(f->entry->payer_iban),
			MATCH_NONE,       p->customer, WHY_payer_iban
		};
	for (size_t i = 0; i < f->evidences.n; i++) {
		const struct evidence *e = &f->evidences.at[i];
		bool is_used = e->kind <= EVIDENCE_DOCUMENT || e->kind >= EVIDENCE_CODE;
		if (e->from == e->to)
			continue;
		for (size_t x = 0; x < ret->n_explanations && !is_used; x++)
			for (size_t l = 0; l < ret->explanations[x].n_lines && !is_used; l++)
				is_used = ret->explanations[x].lines[l].item == e->item;
		if (is_used)
			ret->marks[ret->n_marks++] =
				(struct match_mark){ e->field, e->from,     e->to,
						     e->item,  e->customer, why[e->kind] };
	}
}

/* ---- deciding ---- */

static bool stop(struct match_result *r, enum match_why why, const char *text, int64_t minor)
{
	r->stop = (struct match_reason){ why, text ? text : "", minor };
	return false;
}

/* A quoted document that the explanation does not pay, or a number that several customers use. */
static bool quotes_agree(const struct facts *f, const struct draft *d, struct match_result *r)
{
	for (size_t i = 0; i < f->evidences.n; i++) {
		const struct evidence *e = &f->evidences.at[i];
		if (e->kind > EVIDENCE_DOCUMENT)
			continue;
		if (e->is_shared)
			return stop(r, WHY_shared_number, f->book->in.items[e->item].document, 0);
		if (!draft_satisfies(f, d, e))
			return stop(r, WHY_quoted_elsewhere, f->book->in.items[e->item].document,
				    0);
	}
	return true;
}

static bool payer_agrees(const struct facts *f, const struct draft *d, enum payer_verdict least,
			 struct match_result *r)
{
	uint32_t other = MATCH_NONE;

	if (d->payer >= least)
		return true;
	payer_says(f->book, f->entry, &f->payer, d->customer, &other);
	if (d->payer == PAYER_CONTRADICTS && other != MATCH_NONE)
		return stop(r, WHY_payer_contradicts, f->book->in.customers[other].name, 0);
	return stop(r, WHY_payer_not_sure, "", 0);
}

/* Words by which payers say that they pay more than they quote, or take something off. */
static bool says_more(const struct facts *f)
{
	static const char *const words[] = { "ETC",       "AVOIR",  "AVOIRS", "MOINS",
					     "DEDUIT",    "SUITE",  "AUTRES", "DIVERS",
					     "DEDUCTION", "LESS",   "CREDIT", "FACTURES",
					     "INVOICES",  "RELEVE", "AND" };
	char *key, *save = NULL;

	if (str_empty(f->entry->remittance))
		return false;
	key = text_key(f->book->scratch, f->entry->remittance);
	for (char *w = strtok_r(key, " ", &save); w; w = strtok_r(NULL, " ", &save))
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (str_eq(w, words[i]))
				return true;
	return false;
}

static bool is_part_payment(const struct facts *f, const struct draft *d, struct match_result *r)
{
	int64_t open = f->book->open[d->lines[0].item];
	int64_t missing = open - d->lines[0].amount_minor;

	if (d->n_lines > 1)
		return stop(r, d->form, "", d->form_minor);
	/* Small differences are discounts, charges or mistakes: a person says which. */
	if (missing <= open / 20 || missing <= 5000)
		return stop(r,
			    looks_like_discount(open, missing) ? WHY_discount
			    : looks_like_fee(open, missing)    ? WHY_fee
							       : WHY_amount_differs,
			    "", missing);
	if (says_more(f))
		return stop(r, WHY_more_said, "", missing);
	return true;
}

/* What may post alone, apart from its confidence. */
static bool rule_allows(const struct facts *f, const struct draft *d, struct match_result *r)
{
	switch (d->rule) {
	case MATCH_RULE_STRUCTURED:
	case MATCH_RULE_REFERENCE:
		return payer_agrees(f, d, PAYER_SILENT, r);
	case MATCH_RULE_NEAR:
		return payer_agrees(f, d, PAYER_LIKE, r);
	case MATCH_RULE_PAYER_AMOUNT:
		return payer_agrees(f, d, PAYER_NAMED, r);
	case MATCH_RULE_BALANCE:
		return payer_agrees(f, d, PAYER_KNOWN, r);
	case MATCH_RULE_PARTIAL:
		return payer_agrees(f, d, PAYER_NAMED, r) && is_part_payment(f, d, r);
	case MATCH_RULE_DISCOUNT:
	case MATCH_RULE_CHARGES:
	case MATCH_RULE_OVERPAID:
		return stop(r, d->form, "", d->form_minor);
	default:
		return stop(r, WHY_needs_person, "", 0);
	}
}

static void decide(const struct facts *f, const struct drafts *list,
		   const struct match_options *options, struct match_result *r)
{
	const struct draft *best = list->n ? &list->at[0] : NULL;
	int64_t n_likely = 0, threshold_ppm = options && options->threshold_ppm
						      ? options->threshold_ppm
						      : MATCH_THRESHOLD_PPM;

	if (!best) {
		stop(r, WHY_nothing_recognised, "", 0);
		return;
	}
	r->state = MATCH_PROPOSED;
	for (size_t i = 0; i < list->n; i++)
		n_likely += list->at[i].score > best->score - 3;
	if (!quotes_agree(f, best, r) || !rule_allows(f, best, r))
		return;
	if (options && options->forbidden_rules & MATCH_BIT(best->rule)) {
		stop(r, WHY_needs_person, "", 0);
		return;
	}
	if (n_likely > 1) {
		stop(r, WHY_ambiguous, "", n_likely);
		return;
	}
	if (r->explanations[0].confidence_ppm < threshold_ppm) {
		stop(r, WHY_unlikely, "", 0);
		return;
	}
	r->state = MATCH_AUTO;
	r->stop = r->explanations[0].reasons[0];
}

void match_one(const struct match_book *book, const struct match_entry *entry,
	       const struct match_options *options, struct match_result *ret)
{
	struct facts f;
	struct drafts list = { 0 };

	arena_reset(book->scratch);
	*ret = (struct match_result){ .state = MATCH_UNMATCHED };
	if (entry->amount_minor <= 0) {
		stop(ret, WHY_money_out, "", 0);
		return;
	}
	facts_find(book, entry, &f);
	for (size_t i = 0; i < f.who.n; i++)
		explain_customer(&f, f.who.at[i], &list);
	for (size_t i = 0; i < list.n; i++)
		list.at[i].score = score_draft(&f, &list.at[i]);
	if (list.n)
		qsort(list.at, list.n, sizeof *list.at, compare_drafts);
	keep_best(&f, &list, ret);
	keep_marks(&f, ret);
	decide(&f, &list, options, ret);
}

/* ---- many entries ---- */

/* What one round's automatic answers want of each item. */
static void claim(const struct match_result *r, int64_t *wanted)
{
	for (size_t i = 0; i < r->explanations[0].n_lines; i++)
		wanted[r->explanations[0].lines[i].item] +=
			r->explanations[0].lines[i].amount_minor;
}

static bool is_contested(const struct match_book *b, const struct match_result *r,
			 const int64_t *wanted, uint32_t *ret_item)
{
	for (size_t i = 0; i < r->explanations[0].n_lines; i++) {
		uint32_t it = r->explanations[0].lines[i].item;
		if (llabs(wanted[it]) > llabs(b->open[it])) {
			*ret_item = it;
			return true;
		}
	}
	return false;
}

static void take(struct match_book *b, const struct match_result *r)
{
	for (size_t i = 0; i < r->explanations[0].n_lines; i++) {
		const struct match_line *l = &r->explanations[0].lines[i];
		b->open[l->item] -= l->amount_minor;
		/* Never more than is open, never to the other side of zero. */
		ENSURE(l->amount_minor > 0 ? b->open[l->item] >= 0 : b->open[l->item] <= 0);
	}
}

/* One round over what is not answered yet; how many were answered. is_final[] marks what is
 * settled. */
static size_t run_round(struct match_book *b, const struct match_entry *entries, size_t n,
			const struct match_options *options, struct match_result *ret,
			bool *is_final)
{
	int64_t *wanted = ARENA_ARRAY(b->arena, b->in.n_items + 1, int64_t);
	bool *is_new = ARENA_ARRAY(b->arena, n + 1, bool);
	size_t n_taken = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_final[i])
			continue;
		match_one(b, &entries[i], options, &ret[i]);
		is_new[i] = ret[i].state == MATCH_AUTO;
		if (is_new[i])
			claim(&ret[i], wanted);
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t item;
		if (!is_new[i] || !is_contested(b, &ret[i], wanted, &item))
			continue;
		ret[i].state = MATCH_PROPOSED;
		stop(&ret[i], WHY_claimed_twice, b->in.items[item].document, 0);
		/* Stays contested: a later round must not let one of them win by luck. */
		is_final[i] = true;
		is_new[i] = false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!is_new[i])
			continue;
		take(b, &ret[i]);
		is_final[i] = true;
		n_taken++;
	}
	return n_taken;
}

void match_run(struct match_book *book, const struct match_entry *entries, size_t n,
	       const struct match_options *options, struct match_result *ret)
{
	bool *is_final = ARENA_ARRAY(book->arena, n + 1, bool);

	/* What is taken makes the rest clearer: go round until nothing more becomes certain. */
	while (run_round(book, entries, n, options, ret, is_final) > 0)
		;
}
