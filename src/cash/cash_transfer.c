/* SPDX-License-Identifier: Apache-2.0 */
/* cash_transfer.c - money that came to the wrong company of the group: proposed, never posted. */
#include "cash/cash_input.h"
#include "cash/cash_run.h"

/* From that on another company's explanation is told. */
enum { STRONG_PPM = 900000 };

static bool is_weak(const struct run *r, size_t i)
{
	const struct match_result *own = &r->results[i];

	if (r->booked[i].verdict != BOOKED_NO || entry_is_return(&r->entries[i]))
		return false;
	return own->state != MATCH_AUTO &&
	       (own->n_explanations == 0 || own->explanations[0].confidence_ppm < RUN_WEAK_PPM);
}

static void look_in(struct run *r, const struct entity *other, const struct match_book *book)
{
	for (size_t i = 0; i < r->n; i++) {
		struct match_entry fact = r->facts[i];
		struct match_result found;
		int64_t best;
		if (!is_weak(r, i))
			continue;
		fact.entity_id = other->id; /* as if the money had come there */
		match_one(book, &fact, &r->options, &found);
		best = found.n_explanations ? found.explanations[0].confidence_ppm : 0;
		/* The payer alone says nothing here: a customer of both companies pays either. */
		if (best < STRONG_PPM || found.explanations[0].n_lines == 0)
			continue;
		r->results[i] = found;
		r->answers[i].book = book;
		run_hold(&r->results[i], WHY_other_entity, other->name);
	}
}

bool run_look_elsewhere(struct run *r, struct err *e)
{
	struct entity *list;
	size_t n, n_weak = 0;

	for (size_t i = 0; i < r->n; i++)
		n_weak += is_weak(r, i);
	if (n_weak == 0)
		return true;
	if (!entity_list(r->db, r->arena, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct cash_input *in = ARENA_NEW(r->arena, struct cash_input);
		if (list[i].id == r->o->entity_id)
			continue;
		if (!cash_input_load(r->db, r->arena, list[i].id, r->o->date, in, e))
			return false;
		look_in(r, &list[i], match_book_new(r->arena, &in->match));
	}
	return true;
}
