/* SPDX-License-Identifier: Apache-2.0 */
#include "match/names_inside.h"

#include <math.h>
#include <stdlib.h>

static void free_scratch(void *scratch)
{
	arena_free(scratch);
}

struct names *names_new(struct arena *a, size_t n_rows)
{
	struct names *ns = ARENA_NEW(a, struct names);

	ns->arena = a;
	ns->scratch = arena_new((size_t)1 << 30);
	arena_defer(a, free_scratch, ns->scratch);
	ns->room = n_rows;
	ns->first = ARENA_ARRAY(a, n_rows + 2, uint32_t);
	ns->vocabulary_room = 1024;
	index_init(&ns->by_text, a, ns->vocabulary_room);
	return ns;
}

/* ---- vocabulary ---- */

uint32_t names_word(const struct names *ns, const char *at, size_t len)
{
	uint32_t w = index_find(&ns->by_text, at, len);

	while (w != INDEX_NONE &&
	       (ns->vocabulary.at[w].len != len || memcmp(ns->vocabulary.at[w].at, at, len) != 0))
		w = index_next(&ns->by_text, w);
	return w;
}

static void make_room(struct names *ns)
{
	if (ns->vocabulary.n < ns->vocabulary_room)
		return;
	ns->vocabulary_room *= 2;
	index_init(&ns->by_text, ns->arena, ns->vocabulary_room);
	for (size_t w = ns->vocabulary.n; w-- > 0;)
		index_add(&ns->by_text, ns->vocabulary.at[w].at, ns->vocabulary.at[w].len,
			  (uint32_t)w);
}

static uint32_t ensure_word(struct names *ns, const struct name_word *w)
{
	uint32_t at = names_word(ns, w->at, w->len);

	if (at != INDEX_NONE)
		return at;
	make_room(ns);
	at = (uint32_t)ns->vocabulary.n;
	*LIST_ADD(ns->arena, &ns->vocabulary) = (struct vocabulary_word){
		.at = arena_strndup(ns->arena, w->at, w->len),
		.len = w->len,
	};
	index_add(&ns->by_text, w->at, w->len, at);
	return at;
}

void names_add(struct names *ns, const char *name)
{
	struct name_word words[NAME_MAX_WORDS];
	struct folded f;
	size_t n;

	ENSURE(ns->n_rows < ns->room);
	arena_reset(ns->scratch);
	fold_text(ns->scratch, name, &f);
	n = name_words(&f, words, NAME_MAX_WORDS);
	for (size_t i = 0; i < n; i++) {
		uint32_t id = ensure_word(ns, &words[i]);
		*LIST_ADD(ns->arena, &ns->words) = id;
		ns->vocabulary.at[id].n_rows++;
	}
	ns->first[++ns->n_rows] = (uint32_t)ns->words.n;
}

/* ---- after the last row ---- */

static void weigh_words(struct names *ns)
{
	ns->max_weight = log(2.0 + (double)ns->n_rows);
	for (size_t w = 0; w < ns->vocabulary.n; w++) {
		struct vocabulary_word *v = &ns->vocabulary.at[w];
		v->weight = log(1.0 + ((double)ns->n_rows + 1) / (double)v->n_rows);
		/* A letter that stands alone says little. */
		if (v->len == 1)
			v->weight /= 4;
	}
}

static void post_words(struct names *ns)
{
	uint32_t sum = 0;

	ns->postings = ARENA_ARRAY(ns->arena, ns->words.n + 1, uint32_t);
	for (size_t w = 0; w < ns->vocabulary.n; w++) {
		ns->vocabulary.at[w].first = sum;
		sum += ns->vocabulary.at[w].n_rows;
		ns->vocabulary.at[w].n_rows = 0;
	}
	for (size_t r = 0; r < ns->n_rows; r++)
		for (uint32_t i = ns->first[r]; i < ns->first[r + 1]; i++) {
			struct vocabulary_word *v = &ns->vocabulary.at[ns->words.at[i]];
			uint32_t *last = &ns->postings[v->first + v->n_rows];
			/* A name that says a word twice is posted once. */
			if (v->n_rows == 0 || last[-1] != r) {
				*last = (uint32_t)r;
				v->n_rows++;
			}
		}
}

static int compare_ids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

size_t names_set(const struct names *ns, uint32_t row, uint32_t ret[NAME_MAX_WORDS])
{
	size_t n = ns->first[row + 1] - ns->first[row];

	if (n)
		memcpy(ret, ns->words.at + ns->first[row], n * sizeof *ret);
	qsort(ret, n, sizeof *ret, compare_ids);
	return n;
}

size_t names_glued(const struct names *ns, uint32_t row, char ret[NAMES_MAX_GLUED])
{
	size_t len = 0;

	for (uint32_t i = ns->first[row]; i < ns->first[row + 1]; i++) {
		const struct vocabulary_word *v = &ns->vocabulary.at[ns->words.at[i]];
		if (len + v->len > NAMES_MAX_GLUED)
			return 0;
		memcpy(ret + len, v->at, v->len);
		len += v->len;
	}
	return len;
}

size_t names_half_key(const char *at, size_t len, size_t of_len, bool is_tail,
		      char ret[NAMES_MAX_HALF])
{
	size_t half = (of_len - 1) / 2;

	if (half > NAMES_MAX_HALF - 2)
		half = NAMES_MAX_HALF - 2;
	if (half > len)
		half = len;
	ret[0] = is_tail ? '>' : '<';
	ret[1] = (char)(of_len < 127 ? of_len : 127);
	memcpy(ret + 2, is_tail ? at + len - half : at, half);
	return half + 2;
}

/* Each longer word under its first and its last letters: one slip of the pen leaves one of them whole. */
static void index_halves(struct names *ns)
{
	index_init(&ns->by_half, ns->arena, 2 * ns->vocabulary.n);
	for (size_t w = ns->vocabulary.n; w-- > 0;) {
		const struct vocabulary_word *v = &ns->vocabulary.at[w];
		char key[NAMES_MAX_HALF];
		if (v->len < NAMES_LEAST_SLIP)
			continue;
		for (uint32_t side = 2; side-- > 0;)
			index_add(&ns->by_half, key,
				  names_half_key(v->at, v->len, v->len, side == 1, key),
				  (uint32_t)(2 * w) + side);
	}
}

static void index_rows(struct names *ns)
{
	index_init(&ns->by_set, ns->arena, ns->n_rows);
	index_init(&ns->by_glued, ns->arena, ns->n_rows);
	for (size_t r = ns->n_rows; r-- > 0;) {
		uint32_t set[NAME_MAX_WORDS];
		char glued[NAMES_MAX_GLUED];
		size_t n = names_set(ns, (uint32_t)r, set);
		size_t len = names_glued(ns, (uint32_t)r, glued);
		if (n)
			index_add(&ns->by_set, (const char *)set, n * sizeof *set, (uint32_t)r);
		if (len)
			index_add(&ns->by_glued, glued, len, (uint32_t)r);
	}
}

void names_finish(struct names *ns)
{
	ENSURE(ns->n_rows == ns->room);
	post_words(ns);
	weigh_words(ns);
	index_halves(ns);
	index_rows(ns);
}
