/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the best explanation posts without a person, and why not. */
#include "match/draft.h"

#include "base/text.h"
#include "match/fold.h"

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
	return (d->payer == PAYER_SILENT || (d->payer == PAYER_UNLIKE && score_is_centre(w))) &&
	       n + d->n_named == d->n_documents;
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

/* Whether byte i of the field stands in a number that the draft pays. */
static bool is_byte_paid(const struct weighing *w, const struct draft *d, enum match_field field,
			 size_t i)
{
	const struct evidences *list = &w->f->evidences;

	for (size_t k = 0; k < list->n; k++)
		if (list->at[k].field == field && list->at[k].item != MATCH_NONE &&
		    i >= list->at[k].from && i < list->at[k].to && draft_pays(d, list->at[k].item))
			return true;
	return false;
}

/* Whether a list goes on beside byte i, which ends a number that is paid, with digits of something that is not. */
static bool goes_on(const struct weighing *w, const struct draft *d, enum match_field field,
		    size_t i, int step)
{
	enum { MOST = 16 };
	const char *text = entry_text(w->f->entry, field);
	size_t len = strlen(text), n = 0;

	/* What is glued to it: a date. */
	while (i < len && !strchr(" ,;+&", text[i]))
		i += (size_t)step;
	while (i < len && text[i] == ' ')
		i += (size_t)step;
	if (i >= len || !strchr(",;+&", text[i]))
		return false;
	for (i += (size_t)step; i < len && n < MOST && !strchr(",;+&", text[i]);
	     i += (size_t)step, n++)
		if (text[i] >= '0' && text[i] <= '9')
			return !is_byte_paid(w, d, field, i);
	return false;
}

/* Numbers stand beside one that the draft pays, as in a list, and are not understood: what is too much may pay
 * what they name. */
static bool has_more_numbers(const struct weighing *w, const struct draft *d)
{
	const struct evidences *list = &w->f->evidences;

	for (size_t k = 0; k < list->n_texts; k++) {
		const struct bank_text *t = &list->texts[k];
		for (size_t i = 1; i < t->runs.n; i++) {
			const struct digit_run *x = &t->runs.at[i - 1], *y = &t->runs.at[i];
			if (x->to == y->from && !x->is_other && !y->is_other &&
			    is_run_paid(w, d, t, x) != is_run_paid(w, d, t, y))
				return true;
		}
	}
	for (size_t i = 0; i < list->n; i++) {
		const struct evidence *e = &list->at[i];
		if (e->item != MATCH_NONE && draft_pays(d, e->item) &&
		    (goes_on(w, d, e->field, e->to, 1) ||
		     (e->from > 0 && goes_on(w, d, e->field, e->from - 1, -1))))
			return true;
	}
	return false;
}

/* Whether the text says of the difference what this form does not. */
static bool says_otherwise(const struct weighing *w, const struct draft *d)
{
	const struct said *said = &w->said;

	switch (d->rule) {
	case MATCH_RULE_PARTIAL:
		return said->more;
	case MATCH_RULE_OVERPAID:
		return said->more || said->cut || has_more_numbers(w, d);
	case MATCH_RULE_DISCOUNT:
	case MATCH_RULE_CHARGES:
	case MATCH_RULE_ROUNDING:
		/* Something is taken off, and no word of a discount or of charges. */
		return said->less && !said->discount && !said->charges &&
		       said->discount_per_myriad == 0;
	default:
		return false;
	}
}

/* Two of payer, text and amount must speak for it, and none against. */
static bool kinds_agree(const struct weighing *w, const struct draft *d, struct match_result *r)
{
	bool is_named = d->n_named > 0;

	if (says_otherwise(w, d))
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

/* Whether the draft pays a document of which these characters of a field are the damaged number. */
static bool is_read_as_near(const struct weighing *w, const struct draft *d, enum match_field field,
			    uint32_t from, uint32_t to)
{
	const struct evidences *list = &w->f->evidences;

	for (size_t i = 0; i < list->n; i++) {
		const struct evidence *e = &list->at[i];
		if (e->field == field && e->item != MATCH_NONE && draft_pays(d, e->item) &&
		    (e->to - e->from) * 2 > to - from && e->from < to && from < e->to)
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

/* A number such as this company's documents have, which the draft does not pay: characters of a text. */
struct other_number {
	const struct bank_text *t;
	uint32_t from, to; /* bytes */
	bool is_open;      /* some open document has it */
};

static bool is_open_number(const struct match_book *b, const char *key, size_t len)
{
	for (uint32_t it = key_set_find(&b->documents, key, len); it != INDEX_NONE;
	     it = key_set_next(&b->documents, it, key, len))
		if (b->open[it] != 0)
			return true;
	return false;
}

static bool find_another_number(const struct weighing *w, const struct draft *d,
				const struct bank_text *t, bool may_be_open,
				struct other_number *ret)
{
	const struct match_book *b = w->f->book;
	const struct folded *f = &t->text;
	/* Numbers of letters and digits may have few of these. */
	size_t least = b->has_mixed ? 2 : 4;

	for (size_t i = 0; i + 3 <= f->n; i++) {
		uint64_t lengths =
			fold_is_edge(f, i) ? key_set_lengths(&b->documents, f->at + i) : 0;
		for (size_t len = GONE_LEAST; lengths >> len && len <= f->n - i; len++) {
			size_t n_digits = 0;
			if (!(lengths >> len & 1) || !fold_is_edge(f, i + len))
				continue;
			*ret = (struct other_number){ t, f->pos[i], fold_end(f, i + len - 1),
						      is_open_number(b, f->at + i, len) };
			for (size_t k = 0; k < len; k++)
				n_digits += f->at[i + k] >= '0' && f->at[i + k] <= '9';
			if (n_digits >= least && (may_be_open || !ret->is_open) &&
			    !pays_number(w, d, f->at + i, len) &&
			    !is_read_as_near(w, d, t->field, ret->from, ret->to))
				return true;
		}
	}
	return false;
}

/* Whether a text has a number such as this company's documents have, and the draft pays none of that number: of
 * a document paid long ago, of one that never was, or, unless it is taken for a slip of the pen, of somebody else's. */
static bool names_another_document(const struct weighing *w, const struct draft *d,
				   bool may_be_open, struct match_result *r)
{
	struct other_number o;

	for (size_t k = 0; k < w->f->evidences.n_texts; k++) {
		const struct bank_text *t = &w->f->evidences.texts[k];
		if (find_another_number(w, d, t, may_be_open, &o))
			return !stop(r, o.is_open ? WHY_quoted_elsewhere : WHY_not_open,
				     arena_strndup(w->f->book->arena,
						   entry_text(w->f->entry, t->field) + o.from,
						   o.to - o.from),
				     0);
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

	bool is_single = d->rule == MATCH_RULE_PAYER_AMOUNT && d->n_near == 0;

	if (d->n_named == 0 &&
	    (d->rule == MATCH_RULE_COMPLETED || d->rule == MATCH_RULE_COMBINATION || is_single ||
	     differs) &&
	    names_another_document(w, d, !is_single, r))
		return false;
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

static bool is_of_number(char c, bool with_marks)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (with_marks && (c == '-' || c == '/' || c == '.' || c == '_'));
}

/* The letters and digits around the characters that were read, and what parts them (a dash, a slash, a point) when
 * with_marks says so. */
static const char *number_around(const struct weighing *w, const struct evidence *e,
				 bool with_marks)
{
	const char *text = entry_text(w->f->entry, e->field);
	size_t from = e->from, to = e->to;

	while (from > 0 && is_of_number(text[from - 1], with_marks))
		from--;
	while (text[to] && is_of_number(text[to], with_marks))
		to++;
	return arena_strndup(w->f->book->arena, text + from, to - from);
}

/* Whether what is taken for a slip of the pen is the whole number of another document of the same customer, which
 * is paid: the payer means that one, a second time. */
static bool names_a_paid_one(const struct weighing *w, const struct draft *d,
			     struct match_result *r)
{
	const struct match_input *in = &w->f->book->in;
	const struct evidences *list = &w->f->evidences;

	for (size_t i = 0; in->has_document && i < list->n; i++) {
		const struct evidence *e = &list->at[i];
		if (e->item == MATCH_NONE || e->from == e->to || !draft_pays(d, e->item) ||
		    (e->reading != READING_CUT && e->reading != READING_SLIP))
			continue;
		for (int marks = 0; marks < 2; marks++) {
			const char *written = number_around(w, e, marks == 1);
			const char *key = text_reference_key(w->f->book->scratch, written);
			if (!str_eq(key, text_reference_key(w->f->book->scratch,
							    in->items[e->item].document)) &&
			    in->has_document(in->known, e->customer, key))
				return !stop(r, WHY_not_open, written, 0);
		}
	}
	return false;
}

/* Whether the key is one slip away from a document of the customer's that the draft leaves out, of the amount of the
 * one it takes. */
static bool is_near_equal_one(const struct weighing *w, const struct draft *d,
			      const struct evidence *e, const char *key)
{
	const struct match_book *b = w->f->book;

	for (uint32_t k = b->first[e->customer]; k < b->first[e->customer + 1]; k++) {
		uint32_t other = b->order[k];
		const char *number;
		if (b->open[other] != b->open[e->item] || draft_pays(d, other))
			continue;
		number = text_reference_key(b->scratch, b->in.items[other].document);
		if (evidence_is_one_slip(key, strlen(key), number, strlen(number)))
			return true;
	}
	return false;
}

/* Whether characters that are read as a slip are one slip away from another document too, of the same customer and
 * the same amount, which the draft leaves out. */
static bool is_as_near_to_another(const struct weighing *w, const struct draft *d,
				  struct match_result *r)
{
	const struct evidences *list = &w->f->evidences;

	for (size_t i = 0; i < list->n; i++) {
		const struct evidence *e = &list->at[i];
		if (e->item == MATCH_NONE || e->from == e->to || !draft_pays(d, e->item) ||
		    e->reading == READING_EXACT || e->reading == READING_LISTED)
			continue;
		for (int marks = 0; marks < 2; marks++)
			if (is_near_equal_one(w, d, e,
					      text_reference_key(w->f->book->scratch,
								 number_around(w, e, marks))))
				return !stop(r, WHY_equals_left, "", 1);
	}
	return false;
}

/* The text names a month, and what nothing names otherwise is of another. A statement of a month holds
 * what was open before, too, unless something is taken off it. */
static bool is_of_another_period(const struct weighing *w, const struct draft *d,
				 struct match_result *r)
{
	bool is_choice = d->rule == MATCH_RULE_COMBINATION && d->all_of <= 0;

	if (!w->has_period || d->n_named || d->n_near || (w->said.balance && !w->said.less) ||
	    !(is_choice || d->rule == MATCH_RULE_PAYER_AMOUNT))
		return false;
	for (size_t i = 0; i < d->n_lines; i++)
		if (period_of_item(w, d->lines[i].item) == PERIOD_OUT)
			return !stop(r, WHY_quoted_elsewhere, period_words(w), 0);
	return false;
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

void match_decide(const struct weighing *w, struct match_result *r)
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
	    !kinds_agree(w, best, r) || is_nearly_another(w, best, r) ||
	    is_of_another_period(w, best, r) || names_a_paid_one(w, best, r) ||
	    is_as_near_to_another(w, best, r))
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
