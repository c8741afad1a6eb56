/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "cash/book.h"

#include <stdlib.h>

/* Legal forms and small words say nothing about who it is. */
static bool is_noise(const char *w, size_t len)
{
	static const char *const noise[] = {
		"SARL", "SAS", "SASU", "EURL", "SA", "SNC",  "SCOP",    "SCI", "SCP", "SELARL",
		"EI",   "GIE", "SCA",  "ET",   "DE", "DU",   "DES",     "LA",  "LE",  "LES",
		"L",    "D",   "AND",  "THE",  "OF", "GMBH", "AG",      "KG",  "UG",  "LTD",
		"LLC",  "PLC", "INC",  "BV",   "NV", "SRL",  "SPA",     "SL",  "OU",  "AU",
		"AUX",  "M",   "MR",   "MME",  "MM", "STE",  "SOCIETE",
	};

	for (size_t i = 0; i < ARRAY_LEN(noise); i++)
		if (strlen(noise[i]) == len && memcmp(noise[i], w, len) == 0)
			return true;
	return false;
}

/* What banks and payers shorten. */
static const char *opened(const char *w)
{
	static const char *const pairs[][2] = {
		{ "ETS", "ETABLISSEMENTS" }, { "ETABL", "ETABLISSEMENTS" },
		{ "TPTS", "TRANSPORTS" },    { "TRPTS", "TRANSPORTS" },
		{ "CNE", "COMMUNE" },        { "CAB", "CABINET" },
		{ "GPE", "GROUPE" },         { "ASS", "ASSOCIES" },
		{ "ST", "SAINT" },           { "CIE", "COMPAGNIE" },
		{ "IMP", "IMPRIMERIE" },     { "ENTR", "ENTREPRISE" },
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (str_eq(pairs[i][0], w))
			return pairs[i][1];
	return w;
}

void name_split(struct arena *a, const char *text, struct name *ret)
{
	char *key = text_key(a, text), *save = NULL;

	*ret = (struct name){ .key = arena_strdup(a, key) };
	for (char *w = strtok_r(key, " ", &save); w && ret->n < NAME_MAX_WORDS;
	     w = strtok_r(NULL, " ", &save)) {
		const char *full = opened(w);
		if (is_noise(w, strlen(w)))
			continue;
		ret->words[ret->n++] =
			(struct name_word){ full, (uint32_t)strlen(full), INDEX_NONE };
	}
}

/* ---- likeness ---- */

/* One letter wrong, missing, added, or two neighbours swapped. */
static bool is_one_slip(const struct name_word *x, const struct name_word *y)
{
	const struct name_word *s = x->len <= y->len ? x : y, *l = x->len <= y->len ? y : x;
	size_t i = 0, tail = 0;

	if (s->len < 5 || l->len - s->len > 1)
		return false;
	while (i < s->len && s->at[i] == l->at[i])
		i++;
	while (tail < s->len - i && s->at[s->len - 1 - tail] == l->at[l->len - 1 - tail])
		tail++;
	if (l->len > s->len)
		return i + tail == s->len;
	if (i + tail + 1 >= s->len)
		return true;
	return i + tail + 2 == s->len && s->at[i] == l->at[i + 1] && s->at[i + 1] == l->at[i];
}

/* How much of word y (of the customer) word x (of the payer) is. */
static double word_likeness(const struct name_word *x, const struct name_word *y, bool is_last)
{
	if (x->word == y->word && x->word != INDEX_NONE)
		return 1.0;
	/* A word that other names have is not a slip of the pen. */
	if (x->word != INDEX_NONE && !is_last)
		return 0.0;
	/* The bank cuts long names. */
	if (is_last && x->len >= 2 && x->len < y->len && memcmp(x->at, y->at, x->len) == 0)
		return x->len >= 4 ? 0.9 : 0.7;
	return x->word == INDEX_NONE && is_one_slip(x, y) ? 0.85 : 0.0;
}

static double weight_of(const struct vocabulary *v, const struct name_word *w)
{
	return w->word == INDEX_NONE ? v->max_weight : v->weight[w->word];
}

/* Share of the two names' weight that they have in common, 0 .. 1. */
static double name_likeness(const struct vocabulary *v, const struct name *payer,
			    const struct name *name)
{
	bool taken[NAME_MAX_WORDS] = { false };
	double common = 0, total = 0, lost = 0;

	for (size_t i = 0; i < payer->n; i++) {
		double best = 0;
		size_t at = 0;
		for (size_t k = 0; k < name->n; k++) {
			double l = taken[k] ? 0
					    : word_likeness(&payer->words[i], &name->words[k],
							    i + 1 == payer->n);
			if (l > best)
				best = l, at = k;
		}
		if (best > 0) {
			taken[at] = true;
			common += best * weight_of(v, &name->words[at]);
			total += weight_of(v, &name->words[at]);
		} else {
			total += weight_of(v, &payer->words[i]);
		}
	}
	for (size_t k = 0; k < name->n; k++)
		lost += taken[k] ? 0 : weight_of(v, &name->words[k]);
	/* What the customer's name has more is half forgiven: payers shorten their name. */
	return total + lost == 0 ? 0 : common / (total + lost / 2);
}

/* The payer's text is the beginning of the customer's name as written: cut by the bank. */
static bool is_cut_name(const struct name *payer, const struct name *name)
{
	return strlen(payer->key) >= 16 && payer->n >= 2 && str_starts(name->key, payer->key);
}

static void look_up_words(const struct vocabulary *v, struct name *n)
{
	for (size_t i = 0; i < n->n; i++) {
		struct name_word *w = &n->words[i];
		uint32_t at = index_find(&v->by_text, w->at, w->len);
		while (at != INDEX_NONE &&
		       (v->words[at].len != w->len || memcmp(v->words[at].at, w->at, w->len) != 0))
			at = index_next(&v->by_text, at);
		w->word = at;
	}
}

/* ---- the best few ---- */

static bool is_better(const struct payer_likeness *x, const struct payer_likeness *y)
{
	if (x->is_iban != y->is_iban)
		return x->is_iban;
	if (x->likeness != y->likeness)
		return x->likeness > y->likeness;
	return x->customer < y->customer;
}

static void keep(struct payer_likeness *at, size_t *n, size_t max, struct payer_likeness new)
{
	size_t i;

	for (i = 0; i < *n; i++) {
		if (at[i].customer != new.customer)
			continue;
		new.is_iban = new.is_iban || at[i].is_iban;
		if (new.likeness < at[i].likeness)
			new.likeness = at[i].likeness;
		memmove(&at[i], &at[i + 1], (*n - i - 1) * sizeof *at);
		(*n)--;
		break;
	}
	for (i = *n; i > 0 && is_better(&new, &at[i - 1]); i--)
		;
	if (i >= max)
		return;
	if (*n == max)
		(*n)--;
	memmove(&at[i + 1], &at[i], (*n - i) * sizeof *at);
	at[i] = new;
	(*n)++;
}

/* Very common words find too many customers to tell anything. */
enum { MAX_POSTINGS = 4000 };
#define LEAST_LIKENESS 0.4

static bool is_too_common(const struct vocabulary *v, uint32_t w)
{
	return w == INDEX_NONE || v->first[w + 1] - v->first[w] > MAX_POSTINGS;
}

/* Whether the name has one of the payer's first n words: it was met on their postings. */
static bool was_met(const struct vocabulary *v, const struct name *payer, size_t n,
		    const struct name *name)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < name->n; k++)
			if (payer->words[i].word == name->words[k].word &&
			    !is_too_common(v, payer->words[i].word))
				return true;
	return false;
}

static void find_names(const struct match_book *b, const struct name *n, struct payer_likeness *at,
		       size_t *ret_n, size_t max)
{
	const struct vocabulary *v = &b->vocabulary;

	for (size_t i = 0; i < n->n; i++) {
		uint32_t w = n->words[i].word;
		if (is_too_common(v, w))
			continue;
		for (uint32_t p = v->first[w]; p < v->first[w + 1]; p++) {
			uint32_t row = v->postings[p];
			double l;
			if (was_met(v, n, i, &b->names[row]))
				continue;
			l = name_likeness(v, n, &b->names[row]);
			if (is_cut_name(n, &b->names[row]) && l < 0.9)
				l = 0.9;
			if (l >= LEAST_LIKENESS)
				keep(at, ret_n, max,
				     (struct payer_likeness){ book_row_customer(b, row), false,
							      l });
		}
	}
}

static void find_account(const struct match_book *b, const char *iban, struct payer *ret)
{
	const char *key = text_reference_key(b->scratch, iban);
	uint32_t row = index_find(&b->by_iban, key, strlen(key));

	for (; row != INDEX_NONE; row = index_next(&b->by_iban, row))
		if (str_eq(text_reference_key(b->scratch, book_row_iban(b, row)), key))
			keep(ret->at, &ret->n, PAYER_MAX,
			     (struct payer_likeness){ book_row_customer(b, row), true, 0 });
}

void payer_find(const struct match_book *b, const struct match_entry *entry, struct payer *ret)
{
	struct name n;

	*ret = (struct payer){ .n = 0 };
	if (!str_empty(entry->payer_iban))
		find_account(b, entry->payer_iban, ret);
	if (!str_empty(entry->payer_name)) {
		name_split(b->scratch, entry->payer_name, &n);
		look_up_words(&b->vocabulary, &n);
		find_names(b, &n, ret->at, &ret->n, PAYER_MAX);
	}
	if (!str_empty(entry->remittance)) {
		name_split(b->scratch, entry->remittance, &n);
		look_up_words(&b->vocabulary, &n);
		find_names(b, &n, ret->in_text, &ret->n_in_text, ARRAY_LEN(ret->in_text));
	}
}

enum payer_verdict payer_says(const struct match_book *b, const struct match_entry *entry,
			      const struct payer *p, uint32_t customer, uint32_t *ret_other)
{
	const struct payer_likeness *own = NULL, *other = NULL;
	bool has_group = false;

	for (size_t i = 0; i < p->n; i++) {
		if (p->at[i].customer == customer)
			own = &p->at[i];
		else if (book_same_group(b, p->at[i].customer, customer))
			has_group = has_group || p->at[i].is_iban || p->at[i].likeness >= 0.85;
		else if (!other)
			other = &p->at[i];
	}
	if (ret_other)
		*ret_other = other ? other->customer : MATCH_NONE;
	if (own && own->is_iban)
		return other && other->is_iban ? PAYER_LIKE : PAYER_KNOWN;
	if (other && other->is_iban)
		return has_group || (own && own->likeness >= 0.85) ? PAYER_SILENT
								   : PAYER_CONTRADICTS;
	if (own && own->likeness >= 0.8 && (!other || other->likeness <= own->likeness - 0.12))
		return PAYER_NAMED;
	if (own && own->likeness >= 0.6 && (!other || other->likeness <= own->likeness + 0.05))
		return PAYER_LIKE;
	if (has_group)
		return PAYER_GROUP;
	if (other && other->likeness >= 0.85)
		return PAYER_CONTRADICTS;
	return str_empty(entry->payer_name) ? PAYER_SILENT : PAYER_UNLIKE;
}
