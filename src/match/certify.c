/* SPDX-License-Identifier: Apache-2.0 */
#include "match/draft.h"

static void copy_lines(const struct match_book *b, const struct match_explanation *x,
		       struct match_certificate *ret)
{
	struct match_certificate_line *lines =
		ARENA_ARRAY(b->arena, x->n_lines + 1, struct match_certificate_line);

	for (size_t i = 0; i < x->n_lines; i++)
		lines[i] = (struct match_certificate_line){ x->lines[i].item,
							    b->open[x->lines[i].item],
							    x->lines[i].amount_minor,
							    x->lines[i].kind };
	ret->lines = lines;
	ret->n_lines = x->n_lines;
}

/* Of the marks those that speak for the explanation. */
static void copy_marks(const struct match_book *b, const struct match_explanation *x,
		       const struct match_result *r, struct match_certificate *ret)
{
	struct match_mark *marks = ARENA_ARRAY(b->arena, r->n_marks + 1, struct match_mark);

	for (size_t i = 0; i < r->n_marks; i++) {
		const struct match_mark *m = &r->marks[i];
		bool is_for = m->item == MATCH_NONE && m->customer == x->customer;
		for (size_t l = 0; l < x->n_lines && !is_for; l++)
			is_for = m->item == x->lines[l].item;
		if (is_for)
			marks[ret->n_marks++] = *m;
	}
	ret->marks = marks;
}

const struct match_certificate *certificate_make(const struct weighing *w, const struct draft *d,
						 const struct match_result *r)
{
	const struct match_book *b = w->f->book;
	const struct match_explanation *x = &r->explanations[0];
	struct match_certificate *c = ARENA_NEW(b->arena, struct match_certificate);

	*c = (struct match_certificate){
		.customer = d->customer,
		.rule = d->rule,
		.form = d->form,
		.entry_minor = w->f->entry->amount_minor,
		.left_minor = d->left_minor,
		.payer = draft_payer_reason(w, d),
		.raw_milli = x->raw_milli,
		.confidence_ppm = x->confidence_ppm,
		.threshold_ppm = w->options.threshold_ppm,
		.second_ppm = r->n_explanations > 1 ? r->explanations[1].confidence_ppm : 0,
		.n_other_choices = d->n_others < 1e15 ? (int64_t)d->n_others : (int64_t)1e15,
		.is_count_complete = d->is_count_complete,
		.n_open = (int64_t)d->n_open,
	};
	memcpy(c->currency, w->f->entry->currency, sizeof c->currency);
	copy_lines(b, x, c);
	copy_marks(b, x, r, c);
	return c;
}
