/* SPDX-License-Identifier: Apache-2.0 */
#include "match/booked.h"

#include "base/text.h"
#include "match/book.h"

#include <stdlib.h>

enum agreement { AGREES_NOT, AGREES_SILENT, AGREES_PAYER, AGREES_REFERENCE };

/* A pair that may be, with how well it agrees. */
struct pair {
	size_t entry, payment;
	enum agreement how;
	int distance; /* days */
};

struct pairs {
	struct pair *at;
	size_t n;
	size_t room;
};

static bool says_number(const struct folded *text, const char *key)
{
	size_t len = strlen(key);

	if (len < 4)
		return false;
	for (size_t i = 0; i + len <= text->n; i++)
		if (fold_is_edge(text, i) && fold_is_edge(text, i + len) &&
		    memcmp(text->at + i, key, len) == 0)
			return true;
	return false;
}

static bool says_document(const struct match_book *b, const struct match_entry *en,
			  const char *document)
{
	const char *const fields[] = { en->remittance, en->structured_ref, en->end_to_end };
	const char *key = text_reference_key(b->arena, document);

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		struct folded text;
		if (str_empty(fields[i]))
			continue;
		fold_text(b->arena, fields[i], &text);
		if (says_number(&text, key))
			return true;
	}
	return false;
}

/* The entry quotes a document of the customer whose payment it may be. */
static bool quotes_customer(const struct match_result *r, uint32_t customer)
{
	for (size_t i = 0; i < r->n_marks; i++)
		if (r->marks[i].customer == customer &&
		    (r->marks[i].why == WHY_document ||
		     r->marks[i].why == WHY_structured_reference ||
		     r->marks[i].why == WHY_customer_code))
			return true;
	return false;
}

static enum agreement agreement_of(const struct match_book *b, const struct match_entry *en,
				   const struct match_result *r, const struct booked_payment *p)
{
	enum payer_verdict verdict;
	struct payer payer;

	/* Accountants who book by the bank's reference make it easy. */
	if (!str_empty(en->reference) && str_eq(text_reference_key(b->arena, en->reference),
						text_reference_key(b->arena, p->document)))
		return AGREES_REFERENCE;
	if (says_document(b, en, p->document))
		return AGREES_REFERENCE;
	for (size_t i = 0; i < p->n_settled; i++)
		if (says_document(b, en, p->settled[i]))
			return AGREES_REFERENCE;
	if (quotes_customer(r, p->customer))
		return AGREES_PAYER;
	payer_find(b, en, &payer);
	verdict = payer_says(b, en, &payer, p->customer, NULL);
	return verdict >= PAYER_GROUP         ? AGREES_PAYER
	       : verdict == PAYER_SILENT      ? AGREES_SILENT
	       : verdict == PAYER_CONTRADICTS ? AGREES_NOT
	       : str_empty(en->payer_iban)    ? AGREES_SILENT
					      : AGREES_NOT;
}

static bool quotes_open_document(const struct match_result *r)
{
	for (size_t i = 0; i < r->n_marks; i++)
		if (r->marks[i].item != MATCH_NONE && (r->marks[i].why == WHY_document ||
						       r->marks[i].why == WHY_structured_reference))
			return true;
	return false;
}

/* An open document explains the entry as well as the booked payment does. */
static bool is_explained(const struct match_result *r)
{
	return r->n_explanations > 0 && r->explanations[0].n_lines > 0 &&
	       r->explanations[0].confidence_ppm > 500000;
}

static int compare_payments(const void *a, const void *b)
{
	const struct booked_payment *x = *(const struct booked_payment *const *)a;
	const struct booked_payment *y = *(const struct booked_payment *const *)b;

	if (x->minor != y->minor)
		return x->minor < y->minor ? -1 : 1;
	return (x->item_id > y->item_id) - (x->item_id < y->item_id);
}

/* Best agreement first, then the nearest day; equals in a fixed order. */
static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->how != y->how)
		return x->how > y->how ? -1 : 1;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	return (x->payment > y->payment) - (x->payment < y->payment);
}

static void add_pairs(const struct match_book *b, const struct match_entry *entries,
		      const struct match_result *results, size_t entry,
		      const struct booked_payment *const *sorted, size_t n,
		      const struct booked_payment *payments, struct pairs *list)
{
	const struct match_entry *en = &entries[entry];
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (sorted[mid]->minor < en->amount_minor)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < n && sorted[low]->minor == en->amount_minor; low++) {
		const struct booked_payment *p = sorted[low];
		int distance = abs(p->on - en->booked_on);
		enum agreement how;
		if (distance > BOOKED_DAYS || !str_eq(p->currency, en->currency))
			continue;
		how = agreement_of(b, en, &results[entry], p);
		if (how != AGREES_NOT)
			*LIST_ADD(b->arena, list) =
				(struct pair){ entry, (size_t)(p - payments), how, distance };
	}
}

/* Both were on one day, or the file's payment waits for its documents as the entry does. */
static bool is_same_money(const struct pair *pair, const struct booked_payment *p)
{
	return pair->distance == 0 || p->n_settled == 0;
}

static enum booked_verdict verdict_of(const struct pair *pair, const struct booked_payment *p,
				      const struct match_entry *en, const struct match_result *r,
				      day_t last_on)
{
	/* The newest receipts cannot be in a file that ends before them. */
	bool is_covered = last_on != DAY_NONE && en->booked_on <= last_on;

	if (pair->how == AGREES_REFERENCE)
		return is_covered || !quotes_open_document(r) ? BOOKED_YES : BOOKED_NO;
	if (!is_covered)
		return BOOKED_NO;
	if (pair->how == AGREES_PAYER && p->n_settled == 0)
		return BOOKED_YES;
	/* It pays another document than the file's payment did. */
	if (quotes_open_document(r))
		return BOOKED_NO;
	if (pair->how == AGREES_PAYER)
		return is_explained(r) && !is_same_money(pair, p) ? BOOKED_PERHAPS : BOOKED_YES;
	return r->state == MATCH_AUTO ? BOOKED_NO : BOOKED_PERHAPS;
}

void booked_find(const struct match_book *book, const struct match_entry *entries,
		 const struct match_result *results, size_t n,
		 const struct booked_payment *payments, size_t n_payments, day_t last_on,
		 struct booked_answer *ret)
{
	const struct booked_payment **sorted;
	bool *is_used = ARENA_ARRAY(book->arena, n_payments + 1, bool);
	struct pairs list = { 0 };

	memset(ret, 0, n * sizeof *ret);
	if (n_payments == 0)
		return;
	sorted = ARENA_ARRAY(book->arena, n_payments, const struct booked_payment *);
	for (size_t i = 0; i < n_payments; i++)
		sorted[i] = &payments[i];
	qsort(sorted, n_payments, sizeof *sorted, compare_payments);
	for (size_t i = 0; i < n; i++)
		add_pairs(book, entries, results, i, sorted, n_payments, payments, &list);
	if (list.n)
		qsort(list.at, list.n, sizeof *list.at, compare_pairs);
	for (size_t i = 0; i < list.n; i++) {
		const struct pair *p = &list.at[i];
		struct booked_answer *to = &ret[p->entry];
		enum booked_verdict verdict;
		if (to->verdict == BOOKED_YES || is_used[p->payment])
			continue;
		verdict = verdict_of(p, &payments[p->payment], &entries[p->entry],
				     &results[p->entry], last_on);
		if (verdict == BOOKED_NO || (verdict == BOOKED_PERHAPS && to->verdict))
			continue;
		*to = (struct booked_answer){ verdict, p->payment };
		is_used[p->payment] = verdict == BOOKED_YES;
	}
}
