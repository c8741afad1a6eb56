/* SPDX-License-Identifier: Apache-2.0 */
#include "match/joint.h"

#include "base/text.h"

#include <stdlib.h>

/* An entry that names one document. */
struct part {
	uint32_t item;
	int64_t minor;
	const char *name, *iban; /* of the payer, as keys */
};

/* The one document that the entry names whole; MATCH_NONE when none or several. */
static uint32_t named_item(const struct match_result *r)
{
	uint32_t item = MATCH_NONE;

	for (size_t i = 0; i < r->n_marks; i++) {
		const struct match_mark *m = &r->marks[i];
		if (m->item == MATCH_NONE ||
		    (m->why != WHY_document && m->why != WHY_structured_reference))
			continue;
		if (item != MATCH_NONE && item != m->item)
			return MATCH_NONE;
		item = m->item;
	}
	return item;
}

static int compare_part(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return (x->item > y->item) - (x->item < y->item);
}

static bool is_same_payer(const struct part *x, const struct part *y)
{
	return (*x->iban && str_eq(x->iban, y->iban)) || (*x->name && str_eq(x->name, y->name));
}

static size_t find_parts(struct arena *a, const struct match_entry *entries,
			 const struct match_result *results, const bool *is_final, size_t n,
			 struct part *ret)
{
	size_t n_parts = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t item =
			is_final[i] || entries[i].is_held ? MATCH_NONE : named_item(&results[i]);
		if (item == MATCH_NONE || entries[i].amount_minor <= 0)
			continue;
		ret[n_parts++] = (struct part){
			item, entries[i].amount_minor,
			text_reference_key(a, entries[i].payer_name ? entries[i].payer_name : ""),
			text_reference_key(a, entries[i].payer_iban ? entries[i].payer_iban : "")
		};
	}
	if (n_parts)
		qsort(ret, n_parts, sizeof *ret, compare_part);
	return n_parts;
}

/* The parts from first to before end name one document: whether one payer sent them all. */
static bool is_joint(const struct part *first, const struct part *end, int64_t *ret_sum)
{
	*ret_sum = 0;
	for (const struct part *p = first; p < end; p++)
		for (const struct part *other = first; other <= p; other++)
			if (!is_same_payer(p, other) ||
			    (other == p && __builtin_add_overflow(*ret_sum, p->minor, ret_sum)))
				return false;
	return end - first > 1;
}

const struct joints *joint_find(struct arena *a, const struct match_entry *entries,
				const struct match_result *results, const bool *is_final, size_t n)
{
	enum { MOST = 36 };
	struct joints *j = ARENA_NEW(a, struct joints);
	struct part *parts = ARENA_ARRAY(a, n + 1, struct part);
	size_t n_parts = find_parts(a, entries, results, is_final, n, parts);

	j->at = ARENA_ARRAY(a, n_parts / 2 + 1, struct joint);
	for (size_t i = 0, to; i < n_parts; i = to) {
		int64_t sum;
		for (to = i; to < n_parts && parts[to].item == parts[i].item;)
			to++;
		if (to - i <= MOST && is_joint(parts + i, parts + to, &sum))
			j->at[j->n++] = (struct joint){ parts[i].item, sum, (int64_t)(to - i) };
	}
	return j;
}

int64_t joint_of(const struct joints *j, uint32_t item, int64_t open_minor)
{
	size_t from = 0, to = j ? j->n : 0;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (j->at[middle].item < item)
			from = middle + 1;
		else
			to = middle;
	}
	return j && from < j->n && j->at[from].item == item && j->at[from].minor == open_minor
		       ? j->at[from].n
		       : 0;
}
