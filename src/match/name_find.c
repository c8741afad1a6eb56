/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names like a text: by the rarest of its words first, until what is left of it could not make a name
 * as like as the best. Common words are met only together with another. So the work does not grow with
 * the number of customers called "Martin".
 */
#include "match/names_inside.h"

#include <stdlib.h>

enum {
	MAX_SLIPS = 3,  /* words that one slip of the pen makes of another */
	MAX_LISTS = 64, /* words whose names are looked at */
	MAX_SETTLED = 3,
	MAX_COMMON = 48,   /* names of one word that are looked at one by one */
	MAX_VISITS = 1500, /* names looked at for one text */
	MAX_STEPS = 20000, /* names passed over when two words are met */
	MAX_TRIED = 48,    /* words tried for slips */
	MAX_HITS = 48,
	MAX_EQUAL = 64, /* rows of the very same words */
	LEAST_CUT = 18, /* letters of a text that a bank may have cut */
};

struct query_word {
	struct name_word w;
	uint32_t id; /* INDEX_NONE when no name has it */
	double weight;
	uint32_t slip[MAX_SLIPS];
	size_t n_slips;
	bool is_last;
};

/* Names that have one word, and what it may add to the likeness. */
struct list {
	uint32_t id;
	double most;
	size_t word;
};

struct query {
	const struct names *ns;
	struct arena *scratch;
	enum names_mode mode;
	struct query_word words[NAME_TEXT_WORDS];
	size_t n;
	double total;
	double cut;   /* what a last word that was cut short may add */
	double loose; /* weight of the words that may be met by others: unknown, or the last */
	struct list lists[MAX_LISTS];
	size_t n_lists;
	double best;
	int visits, steps;
	struct names_hits *hits;
};

/* ---- words of the text ---- */

/* One letter wrong, missing, added, or two neighbours swapped. */
static bool is_one_slip(const char *x, size_t x_len, const char *y, size_t y_len)
{
	const char *s = x_len <= y_len ? x : y, *l = x_len <= y_len ? y : x;
	size_t n = x_len <= y_len ? x_len : y_len, m = x_len <= y_len ? y_len : x_len;
	size_t i = 0, tail = 0;

	if (n + 1 < NAMES_LEAST_SLIP || m < NAMES_LEAST_SLIP || m - n > 1)
		return false;
	while (i < n && s[i] == l[i])
		i++;
	while (tail < n - i && s[n - 1 - tail] == l[m - 1 - tail])
		tail++;
	if (m > n)
		return i + tail == n;
	if (i + tail + 1 >= n)
		return true;
	return i + tail + 2 == n && s[i] == l[i + 1] && s[i + 1] == l[i];
}

static void try_slip(struct query_word *w, const struct names *ns, uint32_t id)
{
	const struct vocabulary_word *v = &ns->vocabulary.at[id];

	for (size_t i = 0; i < w->n_slips; i++)
		if (w->slip[i] == id)
			return;
	if (w->n_slips < MAX_SLIPS && is_one_slip(w->w.at, w->w.len, v->at, v->len))
		w->slip[w->n_slips++] = id;
}

/* Words that the unknown word was perhaps meant to be. */
static void find_slips(struct query_word *w, const struct names *ns)
{
	int n_tried = 0;

	if (w->w.len + 1 < NAMES_LEAST_SLIP)
		return;
	for (size_t len = w->w.len - 1; len <= (size_t)w->w.len + 1; len++)
		for (int side = 0; side < 2; side++) {
			char key[NAMES_MAX_HALF];
			size_t n = names_half_key(w->w.at, w->w.len, len, side == 1, key);
			uint32_t at = index_find(&ns->by_half, key, n);
			for (; at != INDEX_NONE && n_tried < MAX_TRIED;
			     at = index_next(&ns->by_half, at), n_tried++)
				try_slip(w, ns, at / 2);
		}
}

static bool is_all_digits(const struct name_word *w)
{
	for (uint32_t i = 0; i < w->len; i++)
		if (w->at[i] < '0' || w->at[i] > '9')
			return false;
	return true;
}

static void read_words(struct query *q, const struct folded *text)
{
	struct name_word words[NAME_TEXT_WORDS];
	size_t max = q->mode == NAMES_WHOLE ? NAME_MAX_WORDS : NAME_TEXT_WORDS;
	size_t n = name_words(text, words, max);

	for (size_t i = 0; i < n; i++) {
		struct query_word *w = &q->words[q->n];
		*w = (struct query_word){ .w = words[i],
					  .id = names_word(q->ns, words[i].at, words[i].len),
					  .weight = q->ns->max_weight,
					  .is_last = i + 1 == n };
		if (w->id != INDEX_NONE) {
			w->weight = q->ns->vocabulary.at[w->id].weight;
		} else if (q->mode == NAMES_INSIDE || is_all_digits(&words[i]) ||
			   name_is_form_slip(words[i].at, words[i].len)) {
			continue;
		} else {
			find_slips(w, q->ns);
			/* Letters that stand alone, and what is left of a legal form. */
			if (words[i].len <= 3)
				w->weight /= w->is_last || words[i].len == 1 ? 4 : 2;
		}
		q->total += w->weight;
		if (w->id == INDEX_NONE || w->is_last)
			q->loose += q->ns->max_weight;
		q->n++;
	}
}

static int compare_lists(const void *a, const void *b)
{
	const struct list *x = a, *y = b;

	if (x->most != y->most)
		return x->most > y->most ? -1 : 1;
	return (x->word > y->word) - (x->word < y->word);
}

static void add_list(struct query *q, uint32_t id, double most, size_t word)
{
	if (q->n_lists < MAX_LISTS)
		q->lists[q->n_lists++] = (struct list){ id, most, word };
}

/* The text may be a name made shorter. */
#define LIKE_COVERED 0.62
#define SETTLED      0.99
#define LIKE_SLIP    0.85
#define LIKE_CUT     0.9
#define LIKE_SHORT   0.8
#define LIKE_FEW     0.7

static void make_lists(struct query *q)
{
	for (size_t i = 0; i < q->n; i++) {
		const struct query_word *w = &q->words[i];
		if (w->id != INDEX_NONE)
			add_list(q, w->id, w->weight, i);
		for (size_t s = 0; s < w->n_slips; s++)
			add_list(q, w->slip[s], LIKE_SLIP * q->ns->vocabulary.at[w->slip[s]].weight,
				 i);
	}
	qsort(q->lists, q->n_lists, sizeof q->lists[0], compare_lists);
}

/* ---- likeness ---- */

/* What is less like is not looked for. */
static double least(const struct query *q)
{
	return q->best - 0.2 > NAMES_LEAST ? q->best - 0.2 : NAMES_LEAST;
}

/* How much of the name's word the text's word is. */
static double word_likeness(const struct names *ns, const struct query_word *x, uint32_t y)
{
	const struct vocabulary_word *v;

	if (x->id == y)
		return 1.0;
	/* A word that other names have is not a slip of the pen; but the bank cuts the last one. */
	if (x->id != INDEX_NONE && !x->is_last)
		return 0.0;
	for (size_t i = 0; i < x->n_slips; i++)
		if (x->slip[i] == y)
			return LIKE_SLIP;
	v = &ns->vocabulary.at[y];
	if (x->w.len >= v->len || memcmp(x->w.at, v->at, x->w.len) != 0)
		return 0.0;
	if (x->is_last)
		return x->w.len >= 4 ? LIKE_CUT : x->w.len >= 2 ? LIKE_FEW : 0.0;
	return x->w.len >= 4 || x->w.len == 1 ? LIKE_SHORT : 0.0;
}

/* What the words of the text that no name's word equals have in common with those left of the name. */
static double other_words(const struct query *q, const uint32_t *ids, size_t n, unsigned met,
			  unsigned *taken, double *total)
{
	double common = 0;

	for (size_t i = 0; i < q->n; i++) {
		double best = 0;
		size_t at = 0;
		if (met >> i & 1)
			continue;
		for (size_t k = 0; k < n; k++) {
			double l = *taken >> k & 1 ? 0 : word_likeness(q->ns, &q->words[i], ids[k]);
			if (l > best)
				best = l, at = k;
		}
		*total += best > 0 ? q->ns->vocabulary.at[ids[at]].weight : q->words[i].weight;
		if (best > 0) {
			*taken |= 1u << at;
			common += best * q->ns->vocabulary.at[ids[at]].weight;
		}
	}
	return common;
}

/* Share of the two names' weight that they have in common; 0 when it cannot be enough. */
static double whole_likeness(const struct query *q, uint32_t row, bool *ret_is_covered)
{
	const struct names *ns = q->ns;
	const uint32_t *ids = ns->words.at + ns->first[row];
	size_t n = ns->first[row + 1] - ns->first[row];
	unsigned taken = 0, met = 0;
	double common = 0, total, lost = 0, likeness;

	for (size_t i = 0; i < q->n; i++)
		for (size_t k = 0; k < n && q->words[i].id != INDEX_NONE; k++) {
			if (ids[k] != q->words[i].id || taken >> k & 1)
				continue;
			taken |= 1u << k;
			met |= 1u << i;
			common += q->words[i].weight;
			break;
		}
	*ret_is_covered = false;
	if (common + q->loose < least(q) * q->total)
		return 0;
	total = common;
	common += other_words(q, ids, n, met, &taken, &total);
	*ret_is_covered = total - common < 0.1 * total;
	for (size_t k = 0; k < n; k++)
		lost += taken >> k & 1 ? 0 : ns->vocabulary.at[ids[k]].weight;
	/* What the customer's name has more is half forgiven: payers shorten their name. */
	likeness = total + lost == 0 ? 0 : common / (total + lost / 2);
	return *ret_is_covered && likeness < LIKE_COVERED ? LIKE_COVERED : likeness;
}

/* Share of the name that stands in the text, its words near each other. */
static double inside_likeness(const struct query *q, uint32_t row, struct names_hit *hit)
{
	const struct names *ns = q->ns;
	const uint32_t *ids = ns->words.at + ns->first[row];
	size_t n = ns->first[row + 1] - ns->first[row], n_met = 0, first = 0, last = 0;
	double common = 0, total = 0;

	for (size_t k = 0; k < n; k++) {
		double weight = ns->vocabulary.at[ids[k]].weight;
		size_t i = 0;
		total += weight;
		while (i < q->n && q->words[i].id != ids[k])
			i++;
		if (i == q->n)
			continue;
		common += weight;
		first = n_met == 0 || i < first ? i : first;
		last = n_met == 0 || i > last ? i : last;
		n_met++;
	}
	if (n_met == 0 || last - first > n_met || common < 0.7 * ns->max_weight ||
	    (n_met == 1 && q->words[first].w.len < 4))
		return 0;
	hit->from = q->words[first].w.from;
	hit->to = q->words[last].w.to;
	return common / total;
}

/* ---- names met ---- */

static void keep(struct query *q, struct names_hit hit)
{
	struct names_hits *hits = q->hits;

	for (size_t i = 0; i < hits->n; i++)
		if (hits->at[i].row == hit.row) {
			if (hit.likeness > hits->at[i].likeness)
				hits->at[i] = hit;
			return;
		}
	if (hit.likeness > q->best)
		q->best = hit.likeness;
	if (hits->n == MAX_HITS)
		hits->is_crowded = true;
	else
		*LIST_ADD(q->scratch, hits) = hit;
}

static void visit(struct query *q, uint32_t row)
{
	struct names_hit hit = { .row = row, .from = q->words[0].w.from };

	hit.to = q->words[q->n - 1].w.to;
	q->visits++;
	hit.likeness = q->mode == NAMES_INSIDE ? inside_likeness(q, row, &hit)
					       : whole_likeness(q, row, &hit.is_covered);
	if (hit.likeness >= least(q) || hit.is_covered)
		keep(q, hit);
}

static const uint32_t *postings(const struct query *q, uint32_t id, uint32_t *ret_n)
{
	*ret_n = q->ns->vocabulary.at[id].n_rows;
	return q->ns->postings + q->ns->vocabulary.at[id].first;
}

/* The first of p[from .. n] that is not below row. */
static uint32_t skip_to(struct query *q, const uint32_t *p, uint32_t from, uint32_t n, uint32_t row)
{
	uint32_t step = 1, low = from, high;

	while (low + step < n && p[low + step] < row) {
		low += step;
		step *= 2;
		q->steps++;
	}
	high = low + step < n ? low + step : n;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		q->steps++;
		if (p[middle] < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Names that have both words. */
static void visit_both(struct query *q, uint32_t x, uint32_t y)
{
	uint32_t n, m, i = 0, k = 0;
	const uint32_t *p = postings(q, x, &n), *r = postings(q, y, &m);

	while (i < n && k < m) {
		if (q->steps >= MAX_STEPS || q->visits >= MAX_VISITS) {
			q->hits->is_crowded = true;
			return;
		}
		if (p[i] == r[k]) {
			visit(q, p[i++]);
			k++;
		} else if (p[i] < r[k]) {
			i = skip_to(q, p, i, n, r[k]);
		} else {
			k = skip_to(q, r, k, m, p[i]);
		}
	}
}

/* What the words of the lists from at on may add. */
static double rest_from(const struct query *q, size_t at)
{
	bool is_counted[NAME_TEXT_WORDS] = { false };
	double rest = 0;

	for (size_t i = at; i < q->n_lists; i++) {
		if (!is_counted[q->lists[i].word])
			rest += q->words[q->lists[i].word].weight;
		is_counted[q->lists[i].word] = true;
	}
	return rest;
}

/* Names that have the word of list at: one by one when they are few, else with another word. */
static void visit_list(struct query *q, size_t at)
{
	const struct list *list = &q->lists[at];
	uint32_t n;
	const uint32_t *p = postings(q, list->id, &n);

	/* Beside a name of the very same words only those count that have most of the words as they are. */
	bool is_settled = q->best >= SETTLED && list->most < least(q) * q->total;

	if (n <= (is_settled ? MAX_SETTLED : MAX_COMMON) && q->visits + (int)n <= MAX_VISITS) {
		for (uint32_t i = 0; i < n; i++)
			visit(q, p[i]);
		return;
	}
	for (size_t k = at + 1; k < q->n_lists; k++) {
		if (q->mode == NAMES_WHOLE &&
		    list->most + rest_from(q, k) + q->cut < least(q) * q->total)
			break;
		if (q->lists[k].word != list->word &&
		    (q->mode == NAMES_WHOLE || q->lists[k].word == list->word + 1 ||
		     list->word == q->lists[k].word + 1))
			visit_both(q, list->id, q->lists[k].id);
	}
	/* The word alone could make a name that is like enough. */
	if (q->mode == NAMES_WHOLE && list->most >= least(q) * q->total)
		q->hits->is_crowded = true;
}

/* ---- names that are the very same ---- */

static void meet_equal(struct query *q, uint32_t row, int *n)
{
	if (++*n > MAX_EQUAL)
		q->hits->is_crowded = true;
	else
		visit(q, row);
}

static int compare_ids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void meet_same_words(struct query *q)
{
	uint32_t set[NAME_MAX_WORDS], other[NAME_MAX_WORDS], row;
	size_t len = q->n * sizeof *set;
	int n = 0;

	for (size_t i = 0; i < q->n; i++) {
		if (q->words[i].id == INDEX_NONE)
			return;
		set[i] = q->words[i].id;
	}
	qsort(set, q->n, sizeof *set, compare_ids);
	row = index_find(&q->ns->by_set, (const char *)set, len);
	for (; row != INDEX_NONE && n <= MAX_EQUAL; row = index_next(&q->ns->by_set, row))
		if (names_set(q->ns, row, other) == q->n && memcmp(set, other, len) == 0)
			meet_equal(q, row, &n);
}

/* "MENUISERIEDUBOURG", and "MENUI SERIE". */
static void meet_same_letters(struct query *q)
{
	char glued[NAMES_MAX_GLUED], other[NAMES_MAX_GLUED];
	size_t len = 0;
	uint32_t row;
	int n = 0;

	for (size_t i = 0; i < q->n; i++) {
		if (len + q->words[i].w.len > sizeof glued)
			return;
		memcpy(glued + len, q->words[i].w.at, q->words[i].w.len);
		len += q->words[i].w.len;
	}
	row = index_find(&q->ns->by_glued, glued, len);
	for (; row != INDEX_NONE && n <= MAX_EQUAL; row = index_next(&q->ns->by_glued, row)) {
		if (names_glued(q->ns, row, other) != len || memcmp(glued, other, len) != 0)
			continue;
		n++;
		keep(q, (struct names_hit){ .row = row,
					    .likeness = 0.95,
					    .is_covered = true,
					    .from = q->words[0].w.from,
					    .to = q->words[q->n - 1].w.to });
	}
}

static struct query *query_new(const struct names *ns, struct arena *scratch,
			       const struct folded *text, enum names_mode mode,
			       struct names_hits *ret)
{
	struct query *q = ARENA_NEW(scratch, struct query);
	struct folded mended = *text;

	*ret = (struct names_hits){ 0 };
	q->ns = ns;
	q->scratch = scratch;
	q->mode = mode;
	q->hits = ret;
	if (mode == NAMES_WHOLE) {
		names_mend_spaces(ns, scratch, &mended);
		read_words(q, &mended);
	} else {
		read_words(q, text);
	}
	return q;
}

void names_compare(const struct names *ns, struct arena *scratch, const struct folded *text,
		   const uint32_t *rows, size_t n, struct names_hits *ret)
{
	struct query *q = query_new(ns, scratch, text, NAMES_WHOLE, ret);

	for (size_t i = 0; i < n; i++) {
		struct names_hit hit = { .row = rows[i] };
		if (q->n > 0)
			hit.likeness = whole_likeness(q, rows[i], &hit.is_covered);
		if (hit.likeness < NAMES_LEAST)
			hit.likeness = 0;
		*LIST_ADD(scratch, ret) = hit;
	}
}

void names_find(const struct names *ns, struct arena *scratch, const struct folded *text,
		enum names_mode mode, struct names_hits *ret)
{
	struct query *q = query_new(ns, scratch, text, mode, ret);

	if (q->n == 0)
		return;
	make_lists(q);
	if (mode == NAMES_WHOLE) {
		meet_same_words(q);
		meet_same_letters(q);
		/* The whole text is a name: nothing of it was cut. */
		/* Banks cut long names. */
		if (q->best < SETTLED && q->words[q->n - 1].is_last &&
		    (text->n >= LEAST_CUT || q->words[q->n - 1].id == INDEX_NONE))
			q->cut = LIKE_CUT * q->ns->max_weight;
	}
	for (size_t i = 0; i < q->n_lists; i++) {
		/* What is left of the text, and a last word cut short, make no name as like. */
		if (mode == NAMES_WHOLE && rest_from(q, i) + q->cut < least(q) * q->total)
			break;
		visit_list(q, i);
	}
	ret->n_steps = (uint32_t)(text->n + (size_t)q->visits + (size_t)q->steps);
}
