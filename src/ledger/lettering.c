/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/lettering.h"

#include "base/list.h"
#include "base/money.h"

#include <stdlib.h>

/* ---- codes ------------------------------------------------------------------------------------- */

enum { LETTERS = 26, SHORTEST = 3, LONGEST = 12 };

/* How many codes have that many letters. */
static int64_t codes_of(int n_letters)
{
	int64_t n = 1;

	for (int i = 0; i < n_letters; i++)
		n *= LETTERS;
	return n;
}

char *lettering_code(int64_t sequence, bool is_full, char text[LETTERING_CODE])
{
	int64_t at = sequence - 1;
	int n = SHORTEST;

	ENSURE(sequence > 0);
	while (n < LONGEST && at >= codes_of(n))
		at -= codes_of(n++);
	for (int i = n; i > 0; i--, at /= LETTERS)
		text[i - 1] = (char)((is_full ? 'A' : 'a') + at % LETTERS);
	text[n] = '\0';
	return text;
}

bool lettering_code_parse(const char *code, int64_t *ret, struct err *e)
{
	size_t n = code ? strlen(code) : 0;
	int64_t at = 0;

	if (n < SHORTEST || n > LONGEST)
		return err_set(e, ERR_INVALID, "\"%.40s\" is no lettering code such as AAB",
			       code ? code : "");
	for (size_t i = 0; i < n; i++) {
		char base = code[0] >= 'a' ? 'a' : 'A';
		if (code[i] < base || code[i] >= base + LETTERS)
			return err_set(e, ERR_INVALID, "\"%.40s\" is no lettering code such as AAB",
				       code);
		at = at * LETTERS + (code[i] - base);
	}
	for (int shorter = SHORTEST; shorter < (int)n; shorter++)
		at += codes_of(shorter);
	*ret = at + 1;
	return true;
}

/* ---- pairing ----------------------------------------------------------------------------------- */

struct side {
	size_t line;
	int64_t id;
	int64_t left; /* > 0 */
	day_t due_on;
};

static int by_due(const void *x, const void *y)
{
	const struct side *a = x, *b = y;

	if (a->due_on != b->due_on)
		return a->due_on < b->due_on ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static int by_amount(const void *x, const void *y)
{
	const struct side *a = x, *b = y;

	return a->left != b->left ? (a->left > b->left) - (a->left < b->left) : by_due(x, y);
}

static int by_item(const void *x, const void *y)
{
	const struct letter_line *a = x, *b = y;

	return (a->item_id > b->item_id) - (a->item_id < b->item_id);
}

static bool check_lines(struct arena *a, const struct letter_line *lines, size_t n, struct err *e)
{
	struct letter_line *sorted = ARENA_ARRAY(a, n + 1, struct letter_line);

	for (size_t i = 0; i < n; i++) {
		sorted[i] = lines[i];
		if (lines[i].minor == 0)
			return err_set(e, ERR_INVALID, "an amount to letter must not be zero");
		if (lines[i].minor == INT64_MIN)
			return err_set(e, ERR_RANGE, "an amount to letter is too large");
	}
	qsort(sorted, n, sizeof *sorted, by_item);
	for (size_t i = 1; i < n; i++)
		if (sorted[i].item_id == sorted[i - 1].item_id)
			return err_set(e, ERR_INVALID, "the same document is named twice");
	return true;
}

struct pairing {
	struct arena *arena;
	struct side *debit, *credit;
	size_t n_debits, n_credits;
	LIST_OF(struct letter_pair) pairs;
};

static void pair(struct pairing *p, struct side *debit, struct side *credit)
{
	int64_t minor = debit->left < credit->left ? debit->left : credit->left;

	if (minor <= 0)
		return;
	*LIST_ADD(p->arena, &p->pairs) = (struct letter_pair){ debit->line, credit->line, minor };
	debit->left -= minor;
	credit->left -= minor;
}

/* When both sides balance, who paid what does not change the sum: equal amounts belong together. */
static void pair_equals(struct pairing *p)
{
	size_t d = 0, c = 0;

	qsort(p->debit, p->n_debits, sizeof *p->debit, by_amount);
	qsort(p->credit, p->n_credits, sizeof *p->credit, by_amount);
	while (d < p->n_debits && c < p->n_credits) {
		if (p->debit[d].left == p->credit[c].left)
			pair(p, &p->debit[d++], &p->credit[c++]);
		else if (p->debit[d].left < p->credit[c].left)
			d++;
		else
			c++;
	}
}

static void pair_oldest(struct pairing *p)
{
	size_t d = 0, c = 0;

	qsort(p->debit, p->n_debits, sizeof *p->debit, by_due);
	qsort(p->credit, p->n_credits, sizeof *p->credit, by_due);
	while (d < p->n_debits && c < p->n_credits) {
		pair(p, &p->debit[d], &p->credit[c]);
		if (p->debit[d].left == 0)
			d++;
		else
			c++;
	}
}

bool lettering_pair(struct arena *a, const struct letter_line *lines, size_t n,
		    struct letter_pair **ret, size_t *ret_n, int64_t *ret_rest, struct err *e)
{
	struct pairing p = { .arena = a,
			     .debit = ARENA_ARRAY(a, n + 1, struct side),
			     .credit = ARENA_ARRAY(a, n + 1, struct side) };
	int64_t debits = 0, credits = 0;

	if (!check_lines(a, lines, n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		int64_t minor = lines[i].minor;
		struct side s = { i, lines[i].item_id, minor > 0 ? minor : -minor,
				  lines[i].due_on };

		if (!minor_add(minor > 0 ? &debits : &credits, s.left, e))
			return false;
		if (minor > 0)
			p.debit[p.n_debits++] = s;
		else
			p.credit[p.n_credits++] = s;
	}
	if (p.n_debits == 0 || p.n_credits == 0)
		return err_set(e, ERR_INVALID,
			       "lettering needs a debit and a credit: an invoice and what pays it");
	if (debits == credits)
		pair_equals(&p);
	pair_oldest(&p);
	*ret = p.pairs.at;
	*ret_n = p.pairs.n;
	*ret_rest = debits - credits;
	return true;
}

day_t lettering_day(day_t lettered_on, const struct letter_line *debit,
		    const struct letter_line *credit)
{
	day_t on = debit->effective > credit->effective ? debit->effective : credit->effective;

	return lettered_on > on ? lettered_on : on;
}

/* ---- groups ------------------------------------------------------------------------------------ */

struct key_of {
	int64_t key;
	size_t link;
};

static int by_key(const void *x, const void *y)
{
	const struct key_of *a = x, *b = y;

	return (a->key > b->key) - (a->key < b->key);
}

static size_t root(size_t *parent, size_t i)
{
	while (parent[i] != i) {
		parent[i] = parent[parent[i]];
		i = parent[i];
	}
	return i;
}

static void join_equal_keys(struct key_of *keys, size_t n, size_t *parent)
{
	if (n)
		qsort(keys, n, sizeof *keys, by_key);
	for (size_t i = 1; i < n; i++)
		if (keys[i].key == keys[i - 1].key)
			parent[root(parent, keys[i].link)] = root(parent, keys[i - 1].link);
}

void lettering_group(struct arena *a, const struct letter_link *links, size_t n, int64_t *ret)
{
	size_t *parent = ARENA_ARRAY(a, n + 1, size_t);
	int64_t *lowest = ARENA_ARRAY(a, n + 1, int64_t);
	struct key_of *items = ARENA_ARRAY(a, 2 * n + 1, struct key_of);
	struct key_of *sequences = ARENA_ARRAY(a, n + 1, struct key_of);

	for (size_t i = 0; i < n; i++) {
		parent[i] = i;
		items[2 * i] = (struct key_of){ links[i].debit_item_id, i };
		items[2 * i + 1] = (struct key_of){ links[i].credit_item_id, i };
		sequences[i] = (struct key_of){ links[i].sequence, i };
	}
	join_equal_keys(items, 2 * n, parent);
	join_equal_keys(sequences, n, parent);
	for (size_t i = 0; i < n; i++) {
		size_t r = root(parent, i);
		if (lowest[r] == 0 || links[i].sequence < lowest[r])
			lowest[r] = links[i].sequence;
	}
	for (size_t i = 0; i < n; i++)
		ret[i] = lowest[root(parent, i)];
}

/* ---- proposals --------------------------------------------------------------------------------- */

struct proposing {
	struct arena *arena;
	const struct letter_item *items;
	size_t n;
	bool *is_taken;
	LIST_OF(struct letter_proposal) list;
};

enum { NAME_MIN = 4 }; /* a shorter number is found by chance in any text */

static int64_t size_of(const struct proposing *p, size_t i)
{
	int64_t minor = p->items[i].line.minor;

	return minor > 0 ? minor : -minor;
}

static bool is_free(const struct proposing *p, size_t i, bool is_debit)
{
	return !p->is_taken[i] && (p->items[i].line.minor > 0) == is_debit;
}

static void propose(struct proposing *p, enum letter_why why, const size_t *at, size_t n,
		    int64_t minor)
{
	size_t *own = ARENA_ARRAY(p->arena, n, size_t);

	for (size_t i = 0; i < n; i++) {
		own[i] = at[i];
		p->is_taken[at[i]] = true;
	}
	*LIST_ADD(p->arena, &p->list) = (struct letter_proposal){ why, own, n, minor };
}

/* A credit whose words name documents: one of them, or several that come to its amount. */
static bool propose_named(struct proposing *p, struct err *e)
{
	size_t *at = ARENA_ARRAY(p->arena, p->n + 1, size_t);

	for (size_t c = 0; c < p->n; c++) {
		const char *words = p->items[c].words_key;
		int64_t sum = 0;
		size_t n = 0;

		if (!is_free(p, c, false) || words[0] == '\0')
			continue;
		at[n++] = c;
		for (size_t d = 0; d < p->n; d++) {
			const char *key = p->items[d].document_key;
			if (!is_free(p, d, true) || strlen(key) < NAME_MIN || !strstr(words, key))
				continue;
			at[n++] = d;
			if (!minor_add(&sum, size_of(p, d), e))
				return false;
		}
		if (n == 2 || (n > 2 && sum == size_of(p, c)))
			propose(p, LETTER_NAMED, at, n, sum < size_of(p, c) ? sum : size_of(p, c));
	}
	return true;
}

static size_t count_of_size(const struct proposing *p, bool is_debit, int64_t size, size_t *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (is_free(p, i, is_debit) && size_of(p, i) == size) {
			*ret = i;
			n++;
		}
	return n;
}

static void propose_same_amount(struct proposing *p)
{
	for (size_t c = 0; c < p->n; c++) {
		size_t at[2] = { c, c }, same;

		if (!is_free(p, c, false) || count_of_size(p, false, size_of(p, c), &same) != 1 ||
		    count_of_size(p, true, size_of(p, c), &at[1]) != 1)
			continue;
		propose(p, LETTER_SAME_AMOUNT, at, 2, size_of(p, c));
	}
}

/* What is left of each side, credits first. */
static bool gather(const struct proposing *p, size_t *at, size_t *ret_credits, size_t *ret_debits,
		   int64_t *ret_credit, int64_t *ret_debit, struct err *e)
{
	size_t n = 0;

	*ret_credit = *ret_debit = 0;
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < p->n; i++)
			if (is_free(p, i, side == 1)) {
				at[n++] = i;
				if (!minor_add(side ? ret_debit : ret_credit, size_of(p, i), e))
					return false;
			}
		if (side == 0)
			*ret_credits = n;
	}
	*ret_debits = n - *ret_credits;
	return true;
}

/* Insertion by due date: what is left after the other rules is short. */
static void sort_by_due(const struct proposing *p, size_t *at, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0; k--) {
			const struct letter_line *x = &p->items[at[k - 1]].line;
			const struct letter_line *y = &p->items[at[k]].line;
			size_t swap = at[k];
			if (x->due_on < y->due_on ||
			    (x->due_on == y->due_on && x->item_id <= y->item_id))
				break;
			at[k] = at[k - 1];
			at[k - 1] = swap;
		}
}

static bool propose_rest(struct proposing *p, struct err *e)
{
	size_t *at = ARENA_ARRAY(p->arena, p->n + 1, size_t);
	size_t n_credits = 0, n_debits = 0;
	int64_t credit, debit, sum = 0;

	if (!gather(p, at, &n_credits, &n_debits, &credit, &debit, e))
		return false;
	if (n_credits == 0 || n_debits == 0)
		return true;
	if (credit == debit) {
		propose(p, LETTER_ALL, at, n_credits + n_debits, credit);
		return true;
	}
	if (n_credits != 1)
		return true;
	sort_by_due(p, at + 1, n_debits);
	for (size_t i = 1; i <= n_debits && sum < credit; i++) {
		sum += size_of(p, at[i]); /* gather has checked the whole sum */
		if (sum == credit)
			propose(p, LETTER_OLDEST, at, i + 1, credit);
	}
	return true;
}

bool lettering_propose(struct arena *a, const struct letter_item *items, size_t n,
		       struct letter_proposal **ret, size_t *ret_n, struct err *e)
{
	struct proposing p = {
		.arena = a, .items = items, .n = n, .is_taken = ARENA_ARRAY(a, n + 1, bool)
	};

	if (!propose_named(&p, e))
		return false;
	propose_same_amount(&p);
	if (!propose_rest(&p, e))
		return false;
	*ret = p.list.at;
	*ret_n = p.list.n;
	return true;
}
