/* SPDX-License-Identifier: Apache-2.0 */
#include "match/draft.h"

#include "base/text.h"
#include "match/fold.h"

#include <math.h>
#include <stdlib.h>

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

bool match_rule_of(const char *name, enum match_rule *ret)
{
	for (size_t i = 0; i < MATCH_N_RULES; i++)
		if (str_eq(match_rule_name((enum match_rule)i), name)) {
			*ret = (enum match_rule)i;
			return true;
		}
	return false;
}

static const char *const kind_names[] = { [MATCH_ALLOCATION] = "allocation",
					  [MATCH_DISCOUNT] = "discount",
					  [MATCH_FEE] = "fee",
					  [MATCH_ROUNDING] = "rounding" };

const char *match_kind_name(enum match_kind kind)
{
	return kind_names[kind];
}

bool match_kind_of(const char *name, enum match_kind *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(kind_names); i++)
		if (str_eq(kind_names[i], name)) {
			*ret = (enum match_kind)i;
			return true;
		}
	return false;
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

/* Documents of exactly that amount of customers that were not looked at: each explains the entry too. */
static double weight_of_strangers(const struct weighing *w, const struct candidates *who)
{
	enum { MOST = 1000 };
	const struct match_book *b = w->f->book;
	int64_t minor = w->f->entry->amount_minor;
	uint32_t it = index_find(&b->by_amount, (const char *)&minor, sizeof minor);
	double n = 0, each;

	for (size_t k = 0; it != INDEX_NONE && k < MOST; it = index_next(&b->by_amount, it), k++) {
		bool is_known = b->open[it] != minor ||
				!str_eq(b->in.items[it].currency, w->f->entry->currency);
		for (size_t i = 0; i < who->n && !is_known; i++)
			is_known = who->at[i] == b->in.items[it].customer;
		n += !is_known;
	}
	if (n == 0)
		return 0;
	each = score_who(w, MATCH_NONE, PAYER_UNLIKE) - w->ln_density;
	return n * 0.05 * exp(each);
}

static double others_of(const struct weighing *w, size_t but, double strangers)
{
	/* Money of nobody we know has the score 0. */
	double total = 1 + w->list.others + strangers;

	for (size_t i = 0; i < w->list.n; i++)
		if (i != but)
			total += exp(w->list.at[i].score);
	return total;
}

/* The likeliest ones, those apart that are not worth a person's eye: how many. */
static size_t weigh_best(const struct weighing *w, double strangers,
			 int64_t raw_milli[MATCH_MAX_EXPLANATIONS],
			 int64_t ppm[MATCH_MAX_EXPLANATIONS])
{
	size_t n = 0;

	for (; n < w->list.n && n < MATCH_MAX_EXPLANATIONS; n++) {
		const struct draft *d = &w->list.at[n];
		double raw = 1000 * (d->score - log(others_of(w, n, strangers)));
		raw_milli[n] = (int64_t)(raw > 30000 ? 30000 : raw < -30000 ? -30000 : raw);
		ppm[n] = match_calibrated(w->options.calibration, d->rule, raw_milli[n]);
		if (ppm[n] < 100 && n > 0)
			break;
	}
	return n;
}

static void keep_best(const struct weighing *w, double strangers, struct match_result *ret)
{
	const struct match_book *b = w->f->book;
	int64_t raw_milli[MATCH_MAX_EXPLANATIONS], ppm[MATCH_MAX_EXPLANATIONS];

	ret->n_explanations = weigh_best(w, strangers, raw_milli, ppm);
	ret->explanations = ARENA_ARRAY(b->arena, ret->n_explanations, struct match_explanation);
	for (size_t i = 0; i < ret->n_explanations; i++) {
		const struct draft *d = &w->list.at[i];
		struct match_explanation *x = &ret->explanations[i];
		*x = (struct match_explanation){
			.customer = d->customer,
			.rule = d->rule,
			.form = d->form,
			.lines = arena_memdup(b->arena, d->lines, d->n_lines * sizeof *d->lines),
			.n_lines = d->n_lines,
			.left_minor = d->left_minor,
			.raw_milli = raw_milli[i],
			.confidence_ppm = ppm[i],
		};
		reasons_of(w, d, x);
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

/* ---- one entry ---- */

/* Customers whose documents an advice names are worth a look too. */
static void add_advised(const struct facts *f, struct candidates *who)
{
	const struct match_book *b = f->book;

	for (size_t i = 0; i < f->entry->n_advice && who->n < 64; i++) {
		const char *document = f->entry->advice[i].document;
		const char *key =
			str_empty(document) ? "" : text_reference_key(b->scratch, document);
		size_t len = strlen(key);
		uint32_t it = len ? key_set_find(&b->documents, key, len) : INDEX_NONE;
		for (; it != INDEX_NONE && who->n < 64;
		     it = key_set_next(&b->documents, it, key, len)) {
			uint32_t c = b->in.items[it].customer;
			size_t k = 0;
			while (k < who->n && who->at[k] != c)
				k++;
			if (k == who->n && str_eq(b->document_key[it], key))
				*LIST_ADD(b->scratch, who) = c;
		}
	}
}

/* Who names all that he pays shows in what form people pay here. */
static struct seen_one shown_by(const struct weighing *w, const struct match_result *r)
{
	enum { LIKELY_PPM = 800000 };
	const struct draft *d = w->list.n ? &w->list.at[0] : NULL;
	struct seen_one one = { .is_known = d && d->payer >= PAYER_NAMED };

	one.is_account = one.is_known && d->rule == MATCH_RULE_ON_ACCOUNT;
	if (!d || r->n_explanations == 0 || d->n_documents == 0 || d->n_named != d->n_documents ||
	    d->rule == MATCH_RULE_ADVICE || r->explanations[0].confidence_ppm < LIKELY_PPM)
		return one;
	one.is_there = true;
	one.form = d->form;
	one.minor = d->form == MATCH_FORM_CHARGES    ? d->why_minor
		    : d->form == MATCH_FORM_DISCOUNT ? d->per_myriad
						     : 0;
	if (d->is_exact && d->payer == PAYER_UNLIKE) {
		one.payer[0] = seen_payer_key(w->f->entry->payer_iban);
		one.payer[1] = seen_payer_key(w->f->entry->payer_name);
		one.customer = d->customer;
	}
	return one;
}

struct candidates match_explain(const struct match_book *book, const struct match_entry *entry,
				const struct match_options *options, struct match_result *ret,
				struct seen_one *ret_seen)
{
	struct facts f;
	struct weighing w;

	arena_reset(book->scratch);
	*ret_seen = (struct seen_one){ .is_there = false };
	*ret = (struct match_result){ .state = MATCH_UNMATCHED };
	if (entry->amount_minor <= 0) {
		ret->stop = (struct match_reason){ WHY_money_out, "", 0 };
		return (struct candidates){ 0 };
	}
	facts_find(book, entry, &f);
	weighing_init(&w, &f, options);
	add_advised(&f, &f.who);
	score_best_who(&w);
	for (size_t i = 0; i < f.who.n; i++)
		explain_customer(&w, f.who.at[i]);
	if (w.list.n)
		qsort(w.list.at, w.list.n, sizeof *w.list.at, compare_drafts);
	keep_best(&w, weight_of_strangers(&w, &f.who), ret);
	keep_marks(&f, ret);
	match_decide(&w, ret);
	*ret_seen = shown_by(&w, ret);
	return f.who;
}

void match_one(const struct match_book *book, const struct match_entry *entry,
	       const struct match_options *options, struct match_result *ret)
{
	struct seen_one seen;

	(void)match_explain(book, entry, options, ret, &seen);
}
