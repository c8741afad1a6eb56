/* SPDX-License-Identifier: Apache-2.0 */
/* An explanation's reasons, for and against: what reason.h puts into words. */
#include "match/draft.h"

static void say(struct match_explanation *x, enum match_why why, const char *text, int64_t minor)
{
	if (x->n_reasons < MATCH_MAX_REASONS)
		x->reasons[x->n_reasons++] = (struct match_reason){ why, text ? text : "", minor };
}

static int how_named(const struct facts *f, uint32_t item)
{
	int best = 0;

	for (size_t i = 0; i < f->evidences.n; i++) {
		const struct evidence *e = &f->evidences.at[i];
		int how = evidence_how(e);
		if (e->item == item && how > best)
			best = how;
	}
	return best;
}

static void say_quotes(const struct facts *f, const struct draft *d, struct match_explanation *x)
{
	for (size_t i = 0; i < d->n_lines && x->n_reasons < 3; i++) {
		int how = how_named(f, d->lines[i].item);
		if (how && (i == 0 || d->lines[i].item != d->lines[i - 1].item))
			say(x,
			    how == 3   ? WHY_structured_reference
			    : how == 2 ? WHY_document
				       : WHY_near_document,
			    f->book->in.items[d->lines[i].item].document, 0);
	}
	for (size_t i = 0; i < f->evidences.n; i++) {
		const struct evidence *e = &f->evidences.at[i];
		if (e->customer != d->customer || e->item != MATCH_NONE || x->n_reasons == 4)
			continue;
		say(x, e->kind == EVIDENCE_CODE ? WHY_customer_code : WHY_siren,
		    e->kind == EVIDENCE_CODE ? f->book->in.customers[d->customer].code
					     : f->book->in.customers[d->customer].siren,
		    0);
	}
}

static struct match_reason payer_reason(const struct facts *f, uint32_t customer)
{
	const char *name = f->book->in.customers[customer].name;
	uint32_t other = MATCH_NONE;

	switch (payer_says(f->book, f->entry, &f->payer, customer, &other)) {
	case PAYER_KNOWN:
		return (struct match_reason){ f->payer.owner == customer ? WHY_payer_virtual_iban
									 : WHY_payer_iban,
					      name, 0 };
	case PAYER_NAMED:
		return (struct match_reason){ WHY_payer_name, name, 0 };
	case PAYER_LIKE:
		return (struct match_reason){ WHY_payer_like, name, 0 };
	case PAYER_GROUP:
		return (struct match_reason){ WHY_payer_group, name, 0 };
	case PAYER_CONTRADICTS:
		return (struct match_reason){
			WHY_payer_contradicts,
			other == MATCH_NONE ? "" : f->book->in.customers[other].name, 0
		};
	default:
		return (struct match_reason){ WHY_payer_not_sure, "", 0 };
	}
}

struct match_reason draft_payer_reason(const struct weighing *w, const struct draft *d)
{
	return payer_reason(w->f, d->customer);
}

static void say_payer(const struct facts *f, const struct draft *d, struct match_explanation *x)
{
	struct match_reason r = payer_reason(f, d->customer);
	bool is_said;

	if (r.why != WHY_payer_not_sure)
		say(x, r.why, r.text, 0);
	is_said = payer_behalf(&f->payer, d->customer) >= 0.75;
	for (size_t i = 0; i < f->payer.n_in_text; i++)
		is_said = is_said || (f->payer.in_text[i].customer == d->customer &&
				      f->payer.in_text[i].likeness >= 0.75);
	if (is_said)
		say(x, WHY_name_in_text, f->book->in.customers[d->customer].name, 0);
}

const char *period_words(const struct weighing *w)
{
	const char *text = entry_text(w->f->entry, w->period_field);

	return arena_strndup(w->f->book->arena, text + w->period.from,
			     w->period.to - w->period.from);
}

/* That the text names the very month of documents which it does not name otherwise. */
static void say_period(const struct weighing *w, const struct draft *d, struct match_explanation *x)
{
	for (size_t i = 0; i < d->n_lines; i++)
		if (period_of_item(w, d->lines[i].item) != PERIOD_IN)
			return;
	if (d->n_lines > 0 && d->n_named < d->n_documents)
		say(x, WHY_period, period_words(w), 0);
}

void reasons_of(const struct weighing *w, const struct draft *d, struct match_explanation *ret)
{
	const struct facts *f = w->f;

	say_quotes(f, d, ret);
	say_payer(f, d, ret);
	say_period(w, d, ret);
	say(ret, d->why, "", d->why_minor);
	if (d->is_exact && d->n_others > 0 && d->why != WHY_equal_documents)
		say(ret, WHY_other_choices, "",
		    d->n_others < 1e15 ? (int64_t)d->n_others : (int64_t)1e15);
	for (size_t i = 0; i < f->evidences.n; i++) {
		const struct evidence *e = &f->evidences.at[i];
		if (e->item != MATCH_NONE && e->kind <= EVIDENCE_DOCUMENT &&
		    !draft_satisfies(w, d, i)) {
			say(ret, WHY_quoted_elsewhere, f->book->in.items[e->item].document, 0);
			break;
		}
	}
}
