/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each piece of evidence weighs, in natural logarithms of "how much likelier if the
 * explanation is right than by chance". A whole document number is wrong about once in ten when
 * payers write by hand, and then names any of the open documents: that is why it never outweighs
 * payer and amount together.
 */
#include "cash/book.h"

#include <math.h>

#define W_REFERENCE      11.0
#define W_DOCUMENT       9.0
#define W_NEXT_DOCUMENT  4.0
#define W_NUMBER         4.5
#define W_NEXT_NUMBER    3.0
#define W_UNPAID_QUOTE   (-7.0)
#define W_CUSTOMER       7.0
#define W_OTHER_CUSTOMER (-5.0)
#define W_EXACT          9.0
#define W_DISCOUNT       4.0
#define W_FEE            3.0
#define W_TWICE          5.0
#define W_PARTIAL        0.5
#define W_IN_TEXT        4.0
#define W_PAYER_MOST     9.0

int facts_quoted(const struct facts *f, uint32_t item)
{
	int best = 0;

	for (size_t i = 0; i < f->evidences.n; i++) {
		const struct evidence *e = &f->evidences.at[i];
		int how = e->kind == EVIDENCE_REFERENCE ? 3 : e->kind == EVIDENCE_DOCUMENT ? 2 : 1;
		if (e->item == item && how > best)
			best = how;
	}
	return best;
}

static bool has_item(const struct draft *d, uint32_t item)
{
	for (size_t i = 0; i < d->n_lines; i++)
		if (d->lines[i].item == item)
			return true;
	return false;
}

bool draft_satisfies(const struct facts *f, const struct draft *d, const struct evidence *e)
{
	if (has_item(d, e->item))
		return true;
	for (size_t i = 0; i < f->evidences.n; i++) {
		const struct evidence *o = &f->evidences.at[i];
		if (o->field == e->field && o->from <= e->from && o->to >= e->to &&
		    o->item != MATCH_NONE && has_item(d, o->item))
			return true;
	}
	return false;
}

static double score_references(const struct facts *f, const struct draft *d)
{
	double score = 0, unpaid = 0;
	size_t n = 0, n_numbers = 0;

	for (size_t i = 0; i < d->n_lines; i++) {
		int how = facts_quoted(f, d->lines[i].item);
		if (how >= 2)
			score += n++ > 0 ? W_NEXT_DOCUMENT : how == 3 ? W_REFERENCE : W_DOCUMENT;
		else if (how == 1)
			score += n + n_numbers++ > 0 ? W_NEXT_NUMBER : W_NUMBER;
	}
	for (size_t i = 0; i < f->evidences.n; i++) {
		const struct evidence *e = &f->evidences.at[i];
		if (e->kind <= EVIDENCE_DOCUMENT && !draft_satisfies(f, d, e))
			unpaid = unpaid < 2 * W_UNPAID_QUOTE ? unpaid : unpaid + W_UNPAID_QUOTE;
	}
	return (score > 24 ? 24 : score) + unpaid;
}

static double score_payer(const struct facts *f, const struct draft *d)
{
	static const double by_verdict[] = {
		[PAYER_CONTRADICTS] = -8.0, [PAYER_SILENT] = 0.0, [PAYER_UNLIKE] = -2.5,
		[PAYER_GROUP] = 1.0,        [PAYER_LIKE] = 3.5,   [PAYER_NAMED] = 6.5,
		[PAYER_KNOWN] = 8.0,
	};
	double score = by_verdict[d->payer];
	bool is_named = false, names_other = false;

	for (size_t i = 0; i < f->payer.n_in_text; i++)
		if (f->payer.in_text[i].customer == d->customer &&
		    f->payer.in_text[i].likeness >= 0.75)
			score += W_IN_TEXT;
	for (size_t i = 0; i < f->evidences.n; i++) {
		const struct evidence *e = &f->evidences.at[i];
		if (e->kind < EVIDENCE_CODE)
			continue;
		is_named = is_named || e->customer == d->customer;
		names_other = names_other || e->customer != d->customer;
	}
	score += is_named ? W_CUSTOMER : names_other ? W_OTHER_CUSTOMER : 0;
	return score > W_PAYER_MOST ? W_PAYER_MOST : score;
}

static double score_amount(const struct draft *d)
{
	switch (d->rule) {
	case MATCH_RULE_PARTIAL:
		return d->n_lines > 1 ? 0 : W_PARTIAL;
	case MATCH_RULE_DISCOUNT:
	case MATCH_RULE_CHARGES:
	case MATCH_RULE_OVERPAID:
		return d->form == WHY_discount     ? W_DISCOUNT - log(d->ways)
		       : d->form == WHY_fee        ? W_FEE - log(d->ways)
		       : d->form == WHY_paid_twice ? W_TWICE - log(d->ways)
						   : 0;
	case MATCH_RULE_ON_ACCOUNT:
		return 0;
	default:
		return W_EXACT - (d->is_quoted ? 0 : log(d->ways));
	}
}

double score_draft(const struct facts *f, const struct draft *d)
{
	return score_references(f, d) + score_payer(f, d) + score_amount(d);
}

/* ---- reasons ---- */

static void say(struct match_explanation *x, enum match_why why, const char *text, int64_t minor)
{
	if (x->n_reasons < MATCH_MAX_REASONS)
		x->reasons[x->n_reasons++] = (struct match_reason){ why, text ? text : "", minor };
}

static void say_quotes(const struct facts *f, const struct draft *d, struct match_explanation *x)
{
	for (size_t i = 0; i < d->n_lines && x->n_reasons < 4; i++) {
		int how = facts_quoted(f, d->lines[i].item);
		if (how)
			say(x,
			    how == 3   ? WHY_structured_reference
			    : how == 2 ? WHY_document
				       : WHY_near_document,
			    f->book->in.items[d->lines[i].item].document, 0);
	}
	for (size_t i = 0; i < f->evidences.n; i++) {
		const struct evidence *e = &f->evidences.at[i];
		if (e->customer != d->customer || e->kind < EVIDENCE_CODE)
			continue;
		say(x, e->kind == EVIDENCE_CODE ? WHY_customer_code : WHY_siren,
		    e->kind == EVIDENCE_CODE ? f->book->in.customers[d->customer].code
					     : f->book->in.customers[d->customer].siren,
		    0);
	}
}

static void say_payer(const struct facts *f, const struct draft *d, struct match_explanation *x)
{
	const char *name = f->book->in.customers[d->customer].name;
	uint32_t other;

	switch (payer_says(f->book, f->entry, &f->payer, d->customer, &other)) {
	case PAYER_KNOWN:
		say(x, WHY_payer_iban, name, 0);
		break;
	case PAYER_NAMED:
		say(x, WHY_payer_name, name, 0);
		break;
	case PAYER_LIKE:
		say(x, WHY_payer_like, name, 0);
		break;
	case PAYER_GROUP:
		say(x, WHY_payer_group, name, 0);
		break;
	case PAYER_CONTRADICTS:
		say(x, WHY_payer_contradicts, f->book->in.customers[other].name, 0);
		break;
	case PAYER_UNLIKE:
	case PAYER_SILENT:
		break;
	}
	for (size_t i = 0; i < f->payer.n_in_text; i++)
		if (f->payer.in_text[i].customer == d->customer &&
		    f->payer.in_text[i].likeness >= 0.75)
			say(x, WHY_name_in_text, name, 0);
}

void reasons_of(const struct facts *f, const struct draft *d, struct match_explanation *ret)
{
	say_quotes(f, d, ret);
	say_payer(f, d, ret);
	say(ret, d->form, "", d->form_minor);
	for (size_t i = 0; i < f->evidences.n; i++) {
		const struct evidence *e = &f->evidences.at[i];
		if (e->kind <= EVIDENCE_DOCUMENT && !draft_satisfies(f, d, e)) {
			say(ret, WHY_quoted_elsewhere, f->book->in.items[e->item].document, 0);
			break;
		}
	}
}
