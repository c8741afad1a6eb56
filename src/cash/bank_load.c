/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/desk_web.h"

#include "base/list.h"
#include "cash/hand.h"
#include "match/reason.h"
#include "ledger/due_state.h"
#include "ledger/entity.h"
#include "web/show.h"

#include <stdio.h>
#include <stdlib.h>

const char *bank_act(struct page *p, const struct bank_entry *en, const char *act)
{
	return arena_printf(p->arena, "/bank/entries/%" PRId64 "/%s%s", en->id, act,
			    en->path_query);
}

/* ---- states and reasons ---- */

const char *bank_state_badge(enum entry_state state)
{
	static const char *const badges[] = {
		[ENTRY_OPEN] = "late-1",      [ENTRY_PROPOSED] = "soon",  [ENTRY_MATCHED] = "done",
		[ENTRY_ON_ACCOUNT] = "loose", [ENTRY_IGNORED] = "off",    [ENTRY_BOOKED] = "done",
		[ENTRY_DOUBTFUL] = "late-2",  [ENTRY_ANNOUNCED] = "soon", [ENTRY_REPLACED] = "off",
		[ENTRY_SPLIT] = "off",
	};
	_Static_assert(ARRAY_LEN(badges) == ENTRY_N_STATES, "each state has a badge");

	return badges[state];
}

const char *bank_state_words(struct page *p, enum entry_state state)
{
	return tr(p->cat, entry_state_words(state));
}

const char *bank_why(struct page *p, const struct entry *en)
{
	if (en->amount_minor <= 0)
		return tr(p->cat, "Money going out: nothing to apply.");
	return reason_say_all(p->arena, p->cat, en->reason, en->currency);
}

/* ---- the bank's text with its evidence ---- */

struct marks {
	struct cash_mark *at;
	size_t n;
};

static int compare_marks(const void *a, const void *b)
{
	const struct cash_mark *x = a, *y = b;

	if (x->field != y->field)
		return x->field < y->field ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to < y->to) - (x->to > y->to); /* the longer one first */
}

/* What a piece of evidence is about decides its colour; its words say the rest. */
static const char *evidence_kind(enum match_why why)
{
	switch (why) {
	case WHY_structured_reference:
	case WHY_document:
	case WHY_near_document:
		return "paid";
	case WHY_customer_code:
	case WHY_siren:
	case WHY_payer_iban:
	case WHY_payer_virtual_iban:
	case WHY_payer_name:
	case WHY_payer_like:
	case WHY_payer_group:
	case WHY_name_in_text:
		return "payer";
	default:
		return "doubt";
	}
}

struct cut {
	const struct marks *marks;
	LIST_OF(struct bank_evidence) evidence;
	const char *currency;
};

static void add_evidence(struct page *p, struct cut *cut, const struct cash_mark *m,
			 const char *text)
{
	const struct match_reason why = { m->why, m->name ? m->name : "", 0 };
	int mark = (int)cut->evidence.n + 1;

	*LIST_ADD(p->arena, &cut->evidence) = (struct bank_evidence){
		.mark = mark,
		.kind = evidence_kind(m->why),
		.text = text,
		.words = reason_say(p->arena, p->cat, &why, cut->currency),
	};
}

/* The field's text cut at its marks. */
static struct bank_field cut_field(struct page *p, const char *label, const char *text,
				   enum match_field field, struct cut *cut)
{
	const struct marks *marks = cut->marks;
	struct {
		struct bank_piece *at;
		size_t n;
		size_t room;
	} pieces = { 0 };
	size_t done = 0, len = strlen(text);

	for (size_t i = 0; i < marks->n; i++) {
		const struct cash_mark *m = &marks->at[i];
		const char *said;
		if (m->field != field || m->from < done || m->to > len)
			continue;
		if (m->from > done)
			*LIST_ADD(p->arena, &pieces) = (struct bank_piece){
				arena_strndup(p->arena, text + done, m->from - done), "", 0
			};
		said = arena_strndup(p->arena, text + m->from, m->to - m->from);
		add_evidence(p, cut, m, said);
		*LIST_ADD(p->arena, &pieces) =
			(struct bank_piece){ said, evidence_kind(m->why), (int)cut->evidence.n };
		done = m->to;
	}
	if (done < len)
		*LIST_ADD(p->arena, &pieces) = (struct bank_piece){ text + done, "", 0 };
	return (struct bank_field){ label, pieces.at, pieces.n };
}

static void fill_fields(struct page *p, const struct entry *en, struct marks *marks,
			struct bank_entry *ret)
{
	const struct {
		const char *label, *text;
		enum match_field field;
	} all[] = {
		{ tr(p->cat, "From"), en->payer_name, MATCH_PAYER_NAME },
		{ "IBAN", en->payer_iban, MATCH_PAYER_IBAN },
		{ tr(p->cat, "Text"), en->remittance, MATCH_REMITTANCE },
		{ tr(p->cat, "Reference"), en->structured_ref, MATCH_STRUCTURED },
		{ tr(p->cat, "End to end"), en->end_to_end, MATCH_END_TO_END },
	};
	struct bank_field *fields = ARENA_ARRAY(p->arena, ARRAY_LEN(all), struct bank_field);
	struct cut cut = { .marks = marks, .currency = en->currency };

	if (marks->n)
		qsort(marks->at, marks->n, sizeof *marks->at, compare_marks);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (!str_empty(all[i].text))
			fields[ret->n_fields++] =
				cut_field(p, all[i].label, all[i].text, all[i].field, &cut);
	ret->fields = fields;
	ret->evidence = cut.evidence.at;
	ret->n_evidence = cut.evidence.n;
}

/* ---- lines ---- */

const char *bank_converted(struct page *p, int64_t from_minor, int64_t to_minor,
			   const struct conversion_rate *rate)
{
	const char *from = show_amount(p, from_minor, rate->from);
	const char *to = show_amount(p, to_minor, rate->to), *on = show_day(p, rate->on);
	const char *at = conversion_rate_text(p->arena, catalogue_language(p->cat), rate);

	switch (rate->source) {
	case CONVERSION_BANK:
		return arena_printf(p->arena, tr(p->cat, "%s = %s, at %s, as the bank says (%s)."),
				    from, to, at, on);
	case CONVERSION_DATED:
		return arena_printf(p->arena,
				    tr(p->cat, "%s = %s, at %s, the company's rate of %s."), from,
				    to, at, on);
	case CONVERSION_AGREED:
		break;
	}
	return arena_printf(p->arena, tr(p->cat, "%s = %s, at %s, as was agreed (%s)."), from, to,
			    at, on);
}

struct bank_line bank_line_of(struct page *p, const struct cash_detail *d, bool is_done)
{
	bool is_late = d->open_minor != 0;
	int64_t left = is_done ? d->open_minor : d->open_minor - d->amount_minor;

	return (struct bank_line){
		.document = d->document,
		.url = arena_printf(p->arena, "/items/%" PRId64, d->item_id),
		.due = show_day(p, d->due_on),
		.late_state =
			is_late ? due_state_name(due_state_of(ITEM_INVOICE, d->due_on, p->today))
				: NULL,
		.late_words = is_late ? show_late_words(p, d->due_on, p->today) : NULL,
		.open = show_figure(p, d->open_minor, d->currency),
		.applied = show_figure(p, d->amount_minor, d->currency),
		.left = is_done ? "" : show_figure(p, left, d->currency),
	};
}

static const struct bank_line *lines_of(struct page *p, const struct cash_detail *d, size_t n,
					bool is_done, size_t *ret_n, int64_t *ret_total)
{
	struct bank_line *lines = ARENA_ARRAY(p->arena, n + 1, struct bank_line);

	*ret_n = 0;
	*ret_total = 0;
	for (size_t i = 0; i < n; i++) {
		/* A discount or charge is told by the reasons; money alone is applied. */
		if (!str_eq(d[i].line_kind, "allocation"))
			continue;
		lines[(*ret_n)++] = bank_line_of(p, &d[i], is_done);
		*ret_total += d[i].amount_minor;
	}
	return lines;
}

/* ---- explanations ---- */

static const char *option_title(struct page *p, const struct cash_proposal *x,
				const struct cash_detail *d, size_t n)
{
	unsigned long n_debits = 0, n_credits = 0;
	char many[24];

	for (size_t i = 0; i < n; i++) {
		n_debits += d[i].amount_minor > 0 && str_eq(d[i].line_kind, "allocation");
		n_credits += d[i].amount_minor < 0;
	}
	if (str_eq(x->rule, "on_account"))
		return tr(p->cat, "Keep on account");
	if (str_eq(x->rule, "partial"))
		return tr(p->cat, "Part payment of one document");
	snprintf(many, sizeof many, "%lu", n_debits);
	if (n_credits > 0)
		return arena_printf(p->arena,
				    trn(p->cat, "%s document less credit notes",
					"%s documents less credit notes", n_debits),
				    many);
	return arena_printf(p->arena, trn(p->cat, "%s document", "%s documents", n_debits), many);
}

static void fill_reasons(struct page *p, const struct cash_proposal *x, const char *currency,
			 struct bank_option *ret)
{
	struct match_reason list[MATCH_MAX_REASONS];
	const char **words = ARENA_ARRAY(p->arena, MATCH_MAX_REASONS, const char *);

	ret->n_reasons = reason_decode(p->arena, x->reason, list, ARRAY_LEN(list));
	for (size_t i = 0; i < ret->n_reasons; i++)
		words[i] = reason_say(p->arena, p->cat, &list[i], currency);
	ret->reasons = words;
}

/* What the money is worth in the documents' currency; nothing when there is no rate any more. */
static bool convert_option(struct request *r, struct page *p, const struct entry *en,
			   const char *currency, struct bank_option *ret, int64_t *ret_minor,
			   struct err *e)
{
	struct conversion_rate rate;
	struct err none = { 0 };

	*ret_minor = en->amount_minor;
	if (str_eq(currency, en->currency))
		return true;
	if (convert_rate(r->db, r->arena, en, currency, &rate, &none) &&
	    conversion_there(&rate, en->amount_minor, ret_minor, &none)) {
		ret->converted = bank_converted(p, en->amount_minor, *ret_minor, &rate);
		return true;
	}
	*ret_minor = 0;
	ret->converted = arena_strdup(r->arena, request_message(r, none.msg));
	if (none.code == ERR_NOT_FOUND)
		return true;
	*e = none;
	return false;
}

static bool load_option(struct request *r, struct page *p, const struct entry *en,
			const struct cash_proposal *x, struct bank_option *ret, struct err *e)
{
	struct cash_detail *d;
	int64_t total, gap, worth;
	const char *currency;
	size_t n;

	if (!cash_detail_of_lines(r->db, r->arena, x->lines, &d, &n, e))
		return false;
	currency = n ? d[0].currency : en->currency;
	*ret = (struct bank_option){
		.rank = x->rank,
		.id = arena_printf(p->arena, "x%d", x->rank),
		.title = option_title(p, x, d, n),
		.customer = arena_printf(p->arena, "%s · %s", x->customer_name, x->customer_code),
		.customer_url = arena_printf(p->arena, "/customers/%" PRId64, x->customer_id),
		.confidence = arena_printf(p->arena, tr(p->cat, "confidence %s"),
					   show_percent(p, x->confidence_ppm, 1000000)),
		.received = show_amount(p, en->amount_minor, en->currency),
		.key = arena_printf(p->arena, "%d", x->rank),
	};
	ret->lines = lines_of(p, d, n, false, &ret->n_lines, &total);
	if (!convert_option(r, p, en, currency, ret, &worth, e))
		return false;
	gap = worth - total;
	ret->applied = show_figure(p, total, currency);
	ret->is_exact = gap == 0;
	ret->gap = arena_printf(p->arena,
				n ? tr(p->cat, "difference %s") : tr(p->cat, "on account %s"),
				show_amount(p, gap, currency));
	ret->button = arena_printf(p->arena, tr(p->cat, "Accept explanation %d"), x->rank);
	fill_reasons(p, x, currency, ret);
	return true;
}

static bool load_options(struct request *r, struct page *p, const struct entry *en,
			 const struct cash_proposal *list, size_t n, struct bank_entry *ret,
			 struct err *e)
{
	struct bank_option *options = ARENA_ARRAY(p->arena, n + 1, struct bank_option);

	for (size_t i = 0; i < n; i++)
		if (!load_option(r, p, en, &list[i], &options[i], e))
			return false;
	ret->options = options;
	ret->n_options = n;
	return true;
}

/* ---- the whole ---- */

static bool load_conversions(struct request *r, struct page *p, const struct entry *en,
			     struct bank_entry *ret, struct err *e)
{
	struct conversion *list;
	const char **words;
	size_t n;

	if (!conversion_list(r->db, r->arena, r->entity.id, en->id, &list, &n, e))
		return false;
	words = ARENA_ARRAY(p->arena, n + 1, const char *);
	for (size_t i = 0; i < n; i++) {
		words[i] = bank_converted(p, list[i].from_minor, list[i].to_minor, &list[i].rate);
		if (list[i].left_minor)
			words[i] = arena_printf(
				p->arena, tr(p->cat, "%s On account of it: %s."), words[i],
				show_amount(p, list[i].left_minor, list[i].rate.to));
	}
	ret->conversions = words;
	ret->n_conversions = n;
	return true;
}

static bool load_applied(struct request *r, struct page *p, const struct entry *en,
			 struct bank_entry *ret, int64_t *ret_customer, struct err *e)
{
	struct cash_detail *d;
	struct item payment;
	int64_t total;
	size_t n;

	if (!en->payment_item_id)
		return true;
	if (!cash_detail_of_entry(r->db, r->arena, r->entity.id, en->id, &d, &n, e) ||
	    !item_get(r->db, r->arena, r->entity.id, en->payment_item_id, &payment, e) ||
	    !load_conversions(r, p, en, ret, e))
		return false;
	ret->applied = lines_of(p, d, n, true, &ret->n_applied, &total);
	if (payment.open_minor)
		ret->left = show_amount(p, -payment.open_minor, en->currency);
	ret->may_apply_rest = payment.open_minor != 0 && en->state != ENTRY_BOOKED &&
			      request_may(r, PERM_CASH_APPLY);
	*ret_customer = payment.customer_id;
	return true;
}

static bool load_marks(struct request *r, struct page *p, const struct entry *en,
		       const struct cash_proposal *list, size_t n, int64_t paid_customer,
		       struct bank_entry *ret, struct err *e)
{
	int64_t *ids = ARENA_ARRAY(r->arena, n + 1, int64_t);
	struct marks marks = { 0 };
	size_t n_ids = 0;

	for (size_t i = 0; i < n; i++)
		ids[n_ids++] = list[i].customer_id;
	if (paid_customer)
		ids[n_ids++] = paid_customer;
	if (n_ids &&
	    !cash_mark_list(r->db, r->arena, r->entity.id, en, ids, n_ids, &marks.at, &marks.n, e))
		return false;
	fill_fields(p, en, &marks, ret);
	return true;
}

/* The payment that the entry may be, as its reason tells. */
static const char *booked_document(struct page *p, const struct entry *en)
{
	struct match_reason why;

	return reason_decode(p->arena, en->reason, &why, 1) == 1 &&
			       (why.why == WHY_perhaps_booked || why.why == WHY_booked_already)
		       ? why.text
		       : NULL;
}

static void fill_entry(struct request *r, struct page *p, const struct entry *en,
		       struct bank_entry *ret)
{
	bool is_waiting = en->state == ENTRY_OPEN || en->state == ENTRY_PROPOSED ||
			  en->state == ENTRY_DOUBTFUL;
	bool may = request_may(r, PERM_CASH_APPLY) && en->amount_minor > 0;

	*ret = (struct bank_entry){
		.id = en->id,
		.version = en->version,
		.who = en->payer_name ? en->payer_name : tr(p->cat, "Payer not named"),
		.meta = arena_printf(p->arena, tr(p->cat, "%s · account %s · ref. %s"),
				     show_day(p, en->booked_on), en->account, en->reference),
		.amount = show_amount(p, en->amount_minor, en->currency),
		.state = bank_state_badge(en->state),
		.words = bank_state_words(p, en->state),
		.say_kind = is_waiting ? "care" : "good",
		.say = bank_why(p, en),
		.may_decide = may && is_waiting,
		.may_ignore = may && is_waiting,
		.may_undo = may && !is_waiting,
	};
	if (may && en->state == ENTRY_DOUBTFUL)
		ret->booked_document = booked_document(p, en);
	desk_keep(r, ret);
	ret->refund_iban = en->payer_iban;
	ret->refund_holder = en->payer_name;
	if (str_empty(ret->say))
		ret->say = NULL;
	else if (is_waiting && en->amount_minor > 0)
		ret->say =
			arena_printf(p->arena, tr(p->cat, "Why a person decides: %s."), ret->say);
}

/* Another company can have been meant only where there is one. */
static bool load_other(struct request *r, const struct entry *en, struct bank_entry *ret,
		       struct err *e)
{
	struct deposit slip = { 0 };
	struct entity *list;
	size_t n;

	if (!entity_list(r->db, r->arena, &list, &n, e))
		return false;
	if (ret->may_decide && !deposit_of_entry(r->db, r->arena, r->entity.id, en, &slip, e))
		return false;
	if (slip.id) {
		ret->slip = slip.number;
		ret->slip_id = arena_printf(r->arena, "%" PRId64, slip.id);
	}
	ret->may_transfer = ret->may_decide && n > 1;
	ret->may_refund = (ret->may_decide && ret->customer_code) || ret->may_apply_rest;
	return true;
}

bool bank_entry_load(struct request *r, struct page *p, const struct entry *en,
		     const struct bank_typed *typed, struct bank_entry *ret, struct err *e)
{
	struct cash_proposal *list;
	int64_t customer_id = 0;
	size_t n;

	fill_entry(r, p, en, ret);
	if (!cash_proposal_list(r->db, r->arena, en->id, &list, &n, e) ||
	    !load_applied(r, p, en, ret, &customer_id, e) ||
	    !load_marks(r, p, en, list, n, customer_id, ret, e) ||
	    !load_options(r, p, en, list, n, ret, e))
		return false;
	if (!ret->may_decide && !ret->may_apply_rest)
		return true;
	return desk_split_load(r, p, en,
			       customer_id ? customer_id
			       : n         ? list[0].customer_id
					   : 0,
			       typed, ret, e) &&
	       load_other(r, en, ret, e) && ask_load(r, p, en, ret, e);
}
