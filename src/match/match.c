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

/* ---- deciding ---- */

static bool stop(struct match_result *r, enum match_why why, const char *text, int64_t minor)
{
	r->stop = (struct match_reason){ why, text ? text : "", minor };
	return false;
}

/* A whole number in the text that the explanation does not pay is a slip of the pen only when payer
 * and amount say so together. */
static bool quotes_agree(const struct weighing *w, const struct draft *d, struct match_result *r)
{
	const struct evidences *list = &w->f->evidences;

	for (size_t i = 0; i < list->n; i++) {
		const struct evidence *e = &list->at[i];
		const char *document;
		if (e->item == MATCH_NONE || e->kind > EVIDENCE_DOCUMENT ||
		    draft_satisfies(w, d, i))
			continue;
		document = w->f->book->in.items[e->item].document;
		if (e->customer == d->customer || d->payer < PAYER_NAMED || !d->is_exact)
			return stop(r, WHY_quoted_elsewhere, document, 0);
	}
	return true;
}

static bool payer_agrees(const struct weighing *w, const struct draft *d, enum payer_verdict least,
			 struct match_result *r)
{
	struct match_reason payer;

	if (d->payer >= least || (d->payer != PAYER_CONTRADICTS && score_is_named(w, d->customer)))
		return true;
	/* Another customer who says himself for whom he pays, what, and all of it. */
	if (d->is_exact && d->n_named + d->n_near > 0 && score_is_behalf(w, d->customer))
		return true;
	payer = draft_payer_reason(w, d);
	return stop(r,
		    payer.why == WHY_payer_contradicts ? WHY_payer_contradicts : WHY_payer_not_sure,
		    payer.text, 0);
}

/* The payer's name is nearly another customer's: more than a stranger's name it speaks against. */
static bool is_nearly_another(const struct weighing *w, const struct draft *d,
			      struct match_result *r)
{
	const struct payer *p = &w->f->payer;

	if (d->payer != PAYER_UNLIKE || score_is_named(w, d->customer))
		return false;
	for (size_t i = 0; i < p->n; i++) {
		if (p->at[i].customer == d->customer)
			return false;
		if (p->at[i].likeness >= 0.6 &&
		    !book_same_group(w->f->book, p->at[i].customer, d->customer))
			return !stop(r, WHY_payer_contradicts,
				     w->f->book->in.customers[p->at[i].customer].name, 0);
	}
	return false;
}

/* Each document's number stands in the text, every digit of it, though it may be another kind of number; and
 * the payer is nobody in particular. */
static bool is_quoted_by_nobody(const struct weighing *w, const struct draft *d)
{
	const struct evidences *list = &w->f->evidences;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += list->at[i].item != MATCH_NONE && list->at[i].kind == EVIDENCE_NUMBER &&
		     list->at[i].reading == READING_EXACT && draft_pays(d, list->at[i].item);
	return d->payer == PAYER_SILENT && n + d->n_named == d->n_documents;
}

/* What the terms allow; where nobody's terms are known, what is usual. */
static bool may_be_granted(const struct weighing *w, const struct draft *d)
{
	return d->is_agreed ||
	       (!w->f->book->has_terms && d->per_myriad <= w->options.discount_per_myriad);
}

/* Whether characters of the run stand in a number that the draft pays. */
static bool is_run_paid(const struct weighing *w, const struct draft *d, const struct bank_text *t,
			const struct digit_run *r)
{
	const struct evidences *list = &w->f->evidences;

	for (size_t i = 0; i < list->n; i++) {
		const struct evidence *e = &list->at[i];
		if (e->field == t->field && e->item != MATCH_NONE && draft_pays(d, e->item) &&
		    e->from < fold_end(&t->text, r->to - 1) && t->text.pos[r->from] < e->to)
			return true;
	}
	return false;
}

/* Numbers stand beside one that the draft pays, as in a list, and are not understood: what is too much may pay
 * what they name. */
static bool has_more_numbers(const struct weighing *w, const struct draft *d)
{
	for (size_t k = 0; k < w->f->evidences.n_texts; k++) {
		const struct bank_text *t = &w->f->evidences.texts[k];
		for (size_t i = 1; i < t->runs.n; i++) {
			const struct digit_run *x = &t->runs.at[i - 1], *y = &t->runs.at[i];
			if (x->to == y->from && !x->is_other && !y->is_other &&
			    is_run_paid(w, d, t, x) != is_run_paid(w, d, t, y))
				return true;
		}
	}
	return false;
}

/* Two of payer, text and amount must speak for it, and none against. */
static bool kinds_agree(const struct weighing *w, const struct draft *d, struct match_result *r)
{
	bool is_named = d->n_named > 0;

	if ((d->rule == MATCH_RULE_PARTIAL || d->rule == MATCH_RULE_OVERPAID) && w->said.more)
		return stop(r, WHY_more_said, "", d->why_minor);
	if (d->rule == MATCH_RULE_OVERPAID && has_more_numbers(w, d))
		return stop(r, WHY_more_said, "", d->why_minor);
	switch (d->rule) {
	case MATCH_RULE_ADVICE:
		return d->is_exact ? payer_agrees(w, d, PAYER_SILENT, r)
				   : stop(r, WHY_advice_differs, "", d->left_minor);
	case MATCH_RULE_STRUCTURED:
	case MATCH_RULE_REFERENCE:
		return payer_agrees(w, d, PAYER_SILENT, r);
	case MATCH_RULE_NEAR:
		return is_quoted_by_nobody(w, d) || payer_agrees(w, d, PAYER_GROUP, r);
	case MATCH_RULE_PAYER_AMOUNT:
		return payer_agrees(w, d, PAYER_GROUP, r);
	case MATCH_RULE_COMPLETED:
		/* Number and amount agree, and the payer says nothing. */
		if (is_named && d->payer == PAYER_SILENT)
			return true;
		return payer_agrees(w, d, is_named ? PAYER_GROUP : PAYER_LIKE, r);
	case MATCH_RULE_BALANCE:
		return payer_agrees(w, d, PAYER_LIKE, r);
	case MATCH_RULE_COMBINATION:
		if (!d->is_count_complete && d->form == MATCH_FORM_SEVERAL)
			return stop(r, WHY_not_all_counted, "", (int64_t)d->n_open);
		return payer_agrees(w, d, PAYER_LIKE, r);
	case MATCH_RULE_DISCOUNT:
		if (!may_be_granted(w, d))
			return stop(r, d->why, "", d->why_minor);
		/* fall through */
	case MATCH_RULE_CHARGES:
	case MATCH_RULE_ROUNDING:
		return payer_agrees(w, d,
				    is_named                          ? PAYER_SILENT
				    : score_is_called(w, d->customer) ? PAYER_LIKE
								      : PAYER_NAMED,
				    r);
	case MATCH_RULE_PARTIAL:
	case MATCH_RULE_OVERPAID:
		if (!is_named && !d->is_telling)
			return stop(r, d->why, "", d->why_minor);
		/* Somebody else is called so rather, and the amount says nothing. */
		if (!d->is_telling && d->payer == PAYER_LIKE &&
		    payer_is_rather_another(w->f->book, &w->f->payer, d->customer))
			return stop(r, WHY_payer_not_sure, "", 0);
		return payer_agrees(w, d,
				    !is_named       ? PAYER_NAMED
				    : d->is_telling ? PAYER_SILENT
						    : PAYER_LIKE,
				    r);
	default:
		return stop(r, WHY_needs_person, "", 0);
	}
}

enum { GONE_LEAST = 6 };

/* Whether the draft pays a document of which these characters of the text are the damaged number. */
static bool is_read_as_near(const struct weighing *w, const struct draft *d, uint32_t from,
			    uint32_t to)
{
	const struct evidences *list = &w->f->evidences;

	for (size_t i = 0; i < list->n; i++) {
		const struct evidence *e = &list->at[i];
		if (e->field == MATCH_REMITTANCE && e->item != MATCH_NONE &&
		    draft_pays(d, e->item) && (e->to - e->from) * 2 > to - from && e->from < to &&
		    from < e->to)
			return true;
	}
	return false;
}

static bool pays_number(const struct weighing *w, const struct draft *d, const char *key,
			size_t len)
{
	const struct match_book *b = w->f->book;

	for (uint32_t it = key_set_find(&b->documents, key, len); it != INDEX_NONE;
	     it = key_set_next(&b->documents, it, key, len))
		if (draft_pays(d, it))
			return true;
	return false;
}

/* Whether the text has a number such as this company's documents have, and the draft pays none of that number: of
 * a document paid long ago, of somebody else's, or of one that never was. */
static bool names_another_document(const struct weighing *w, const struct draft *d)
{
	const struct match_book *b = w->f->book;
	struct folded f;

	fold_text(b->scratch, w->f->entry->remittance, &f);
	for (size_t i = 0; i + 3 <= f.n; i++) {
		uint64_t lengths =
			fold_is_edge(&f, i) ? key_set_lengths(&b->documents, f.at + i) : 0;
		for (size_t len = GONE_LEAST; lengths >> len && len <= f.n - i; len++) {
			size_t n_digits = 0;
			if (!(lengths >> len & 1) || !fold_is_edge(&f, i + len))
				continue;
			for (size_t k = 0; k < len; k++)
				n_digits += f.at[i + k] >= '0' && f.at[i + k] <= '9';
			if (n_digits >= 4 && !pays_number(w, d, f.at + i, len) &&
			    !is_read_as_near(w, d, f.pos[i], fold_end(&f, i + len - 1)))
				return true;
		}
	}
	return false;
}

/* What chooses documents that the text does not name must not leave out one that it does, however badly it is
 * written, nor stand beside the number of a document that is gone. */
static bool leaves_no_name_out(const struct weighing *w, const struct draft *d,
			       struct match_result *r)
{
	const struct evidences *list = &w->f->evidences;

	bool differs = d->rule >= MATCH_RULE_DISCOUNT && d->rule <= MATCH_RULE_OVERPAID;

	if (d->n_named == 0 &&
	    (d->rule == MATCH_RULE_COMPLETED || d->rule == MATCH_RULE_COMBINATION || differs) &&
	    names_another_document(w, d))
		return stop(r, WHY_needs_person, "", 0);
	if (d->n_named || d->n_near ||
	    (d->rule != MATCH_RULE_PAYER_AMOUNT && d->rule != MATCH_RULE_COMBINATION &&
	     d->rule != MATCH_RULE_BALANCE && !differs))
		return true;
	for (size_t i = 0; i < list->n; i++) {
		const struct evidence *e = &list->at[i];
		bool is_whole =
			differs && e->kind <= EVIDENCE_NUMBER && e->reading == READING_EXACT;
		if (e->item != MATCH_NONE && (e->customer == d->customer || is_whole) &&
		    e->kind <= EVIDENCE_NEAR && !draft_satisfies(w, d, i))
			return stop(r, WHY_quoted_elsewhere, w->f->book->in.items[e->item].document,
				    0);
	}
	return true;
}

static bool is_of_another_company(const struct weighing *w, const struct draft *d)
{
	int64_t owed = w->f->book->in.customers[d->customer].entity_id;

	return owed && w->f->entry->entity_id && owed != w->f->entry->entity_id;
}

/* Which documents are meant is told. That everything due, or of a month, or the oldest gives the amount does
 * not tell it when by chance another choice of no more documents does too. */
static bool is_only_choice(const struct weighing *w, struct draft *d, struct match_result *r)
{
	bool is_told, is_set = d->rule == MATCH_RULE_BALANCE || d->rule == MATCH_RULE_COMPLETED ||
			       d->rule == MATCH_RULE_COMBINATION;
	int64_t n_left = equal_documents_left(w, d, &is_told);

	if (!is_told)
		return stop(r, WHY_equals_left, "", n_left);
	/* Who speaks of his account says himself that all of something is meant. */
	if (is_set && d->n_simpler > 0.5 && !(w->said.balance && d->all_of > 0.5 * d->chance))
		return stop(r, WHY_other_choices, "", (int64_t)d->n_simpler);
	/* Each is another choice, which the certificate owns up to. */
	d->n_others = d->n_others > (double)n_left ? d->n_others : (double)n_left;
	return true;
}

static void decide(const struct weighing *w, struct match_result *r)
{
	struct draft *best = w->list.n ? &w->list.at[0] : NULL;
	int64_t n_likely = 0;

	/* Who is known has at least an account, whatever the amount. */
	if (!best || (best->score < 0 && best->n_lines == 0 && best->payer < PAYER_LIKE)) {
		stop(r, WHY_nothing_recognised, "", 0);
		return;
	}
	r->state = MATCH_PROPOSED;
	for (size_t i = 0; i < w->list.n; i++)
		n_likely += w->list.at[i].n_lines && w->list.at[i].score > best->score - 3;
	if (is_of_another_company(w, best)) {
		stop(r, WHY_other_entity, w->f->book->in.customers[best->customer].name, 0);
		return;
	}
	if (!quotes_agree(w, best, r) || !leaves_no_name_out(w, best, r) ||
	    !kinds_agree(w, best, r) || is_nearly_another(w, best, r))
		return;
	if (n_likely > 1) {
		stop(r, WHY_ambiguous, "", n_likely);
		return;
	}
	if (!is_only_choice(w, best, r))
		return;
	if (r->explanations[0].confidence_ppm < w->options.threshold_ppm) {
		stop(r, best->is_exact ? WHY_unlikely : best->why, "",
		     best->is_exact ? 0 : best->why_minor);
		return;
	}
	if (w->options.forbidden_rules & MATCH_BIT(best->rule)) {
		stop(r, best->is_exact ? WHY_needs_person : best->why, "",
		     best->is_exact ? 0 : best->why_minor);
		return;
	}
	r->state = MATCH_AUTO;
	r->stop = r->explanations[0].reasons[0];
	r->certificate = certificate_make(w, best, r);
}

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
		stop(ret, WHY_money_out, "", 0);
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
	decide(&w, ret);
	*ret_seen = shown_by(&w, ret);
	return f.who;
}

void match_one(const struct match_book *book, const struct match_entry *entry,
	       const struct match_options *options, struct match_result *ret)
{
	struct seen_one seen;

	(void)match_explain(book, entry, options, ret, &seen);
}
