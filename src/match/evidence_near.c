/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers cut short or damaged, looked for among the open documents of the candidates alone: elsewhere they
 * would meet anything. What fits several documents of one customer as well says nothing of which.
 */
#include "base/text.h"
#include "match/book.h"

enum {
	MAX_CUSTOMER_ITEMS = 300,
	MAX_LOOKS = 6000, /* pairs of run and document, for one entry */
	MAX_FITS = 2,
	LEAST_SLIP = 4,
	LEAST_CUT = 4,
	MAX_LOST = 3 /* digits */
};

/* The digits of a run, of two that stand side by side, or a word of letters and digits. */
struct digits {
	size_t run;
	size_t from, to; /* characters of the text */
	char at[2 * RUN_MAX_DIGITS];
	size_t n;
	bool is_joined, is_word;
};

struct fit {
	uint32_t item;
	enum evidence_kind kind;
	enum evidence_reading reading;
	double chance;
};

static double tenth_power(size_t n)
{
	double p = 1;

	while (n-- > 0)
		p /= 10;
	return p;
}

static size_t zeros_before(const char *at, size_t n)
{
	size_t i = 0;

	while (i + 1 < n && at[i] == '0')
		i++;
	return i;
}

bool evidence_is_one_slip(const char *x, size_t n, const char *y, size_t m)
{
	const char *s = n <= m ? x : y, *l = n <= m ? y : x;
	size_t less = n <= m ? n : m, more = n <= m ? m : n, i = 0, tail = 0;

	if (more - less > 1)
		return false;
	while (i < less && s[i] == l[i])
		i++;
	while (tail < less - i && s[less - 1 - tail] == l[more - 1 - tail])
		tail++;
	if (more > less || i + tail + 1 >= less)
		return i + tail + 1 >= more;
	return i + tail + 2 == less && s[i] == l[i + 1] && s[i + 1] == l[i];
}

/* The whole count, which too many documents have for the search by count. */
static bool is_count(const struct scan *s, const struct digits *d, const char *count, size_t n,
		     struct fit *fit)
{
	size_t zeros = zeros_before(d->at, d->n);
	int how;

	if (d->n - zeros != n || memcmp(d->at + zeros, count, n) != 0)
		return false;
	how = d->is_joined ? 1 : evidence_context(s, d->run, fit->item, 0);
	/* The right count beside another year is one slip away. */
	fit->kind = how == 2 ? EVIDENCE_DOCUMENT : how == 1 ? EVIDENCE_NUMBER : EVIDENCE_NEAR;
	fit->reading = how == 0 ? READING_SLIP : READING_PADDED;
	fit->chance = tenth_power(d->n);
	return true;
}

/* Digits lost at the end of a text or at the beginning. full: the count with year and zeros. */
static bool is_cut(const struct scan *s, const struct digits *d, const char *full, size_t n,
		   size_t n_count, struct fit *fit)
{
	size_t lost = n - d->n;
	bool is_at_end = d->to == s->t->text.n;
	size_t told = d->n - zeros_before(d->at, d->n);

	if (d->n >= n || d->n < LEAST_CUT || d->is_joined)
		return false;
	if (!(is_at_end && lost <= MAX_LOST && n_count > lost && memcmp(full, d->at, d->n) == 0) &&
	    !(told >= LEAST_CUT && told < n_count && n_count - told <= MAX_LOST &&
	      memcmp(full + n - d->n, d->at, d->n) == 0))
		return false;
	fit->chance = tenth_power(d->n) * MAX_LOST;
	fit->kind = EVIDENCE_NEAR;
	fit->reading = READING_CUT;
	return true;
}

static bool is_slip(const struct digits *d, const char *count, size_t n, const char *full,
		    size_t n_full, struct fit *fit)
{
	size_t zeros = zeros_before(d->at, d->n), told = d->n - zeros;

	if (d->is_joined || (told < LEAST_SLIP && n < LEAST_SLIP))
		return false;
	if (!evidence_is_one_slip(d->at + zeros, told, count, n) &&
	    !evidence_is_one_slip(d->at, d->n, full, n_full))
		return false;
	fit->kind = EVIDENCE_NEAR;
	fit->reading = READING_SLIP;
	/* So many numbers are one slip away. Zeros that lead say that it is such a number. */
	n = zeros ? n_full : n;
	fit->chance = tenth_power(n) * 21 * (double)n;
	return true;
}

/* The number without the zeros between its first letters and what follows; its length. */
static size_t without_zeros(const char *at, size_t n, char ret[2 * RUN_MAX_DIGITS])
{
	size_t i = 0, len = 0;

	for (; i < n && (at[i] < '0' || at[i] > '9'); i++)
		ret[len++] = at[i];
	for (; i + 1 < n && at[i] == '0'; i++)
		;
	for (; i < n; i++)
		ret[len++] = at[i];
	return len;
}

/* Numbers with letters among the digits, "RE0018Z": as a word, zeros apart, or one slip away. */
static bool fits_word(const struct scan *s, const struct digits *d, uint32_t item, struct fit *ret)
{
	const char *key = s->book->document_key[item];
	size_t n = strlen(key), len, other;
	char text[2 * RUN_MAX_DIGITS], whole[2 * RUN_MAX_DIGITS];

	if (n > sizeof text || n < 3 || !number_is_mixed(key))
		return false;
	len = without_zeros(d->at, d->n, text);
	other = without_zeros(key, n, whole);
	if (len == other && memcmp(text, whole, len) == 0) {
		ret->kind = EVIDENCE_NUMBER;
		ret->reading = READING_PADDED;
		ret->chance = tenth_power(len - 1);
		return true;
	}
	if (n < 6 || !evidence_is_one_slip(d->at, d->n, key, n))
		return false;
	ret->kind = EVIDENCE_NEAR;
	ret->reading = READING_SLIP;
	ret->chance = tenth_power(n) * 70 * (double)n;
	return true;
}

/* How the digits fit the document. */
static bool fits(const struct scan *s, const struct digits *d, uint32_t item, struct fit *ret)
{
	const struct number_parts *p = &s->book->parts[item];
	const char *key = s->book->document_key[item];
	const char *count = key + p->count_from, *padded = count - p->zeros;
	size_t n = p->count_len, n_padded = n + p->zeros;
	struct digits rest = *d;
	bool has_year_before =
		p->year_len && p->year_from + p->year_len + p->zeros == p->count_from;

	*ret = (struct fit){ .item = item };
	if (d->is_word)
		return fits_word(s, d, item, ret);
	if (n == 0)
		return false;
	/* The year may be glued before the count. */
	if (p->year_len && d->n > p->year_len &&
	    memcmp(d->at, key + p->year_from, p->year_len) == 0) {
		memmove(rest.at, rest.at + p->year_len, d->n - p->year_len);
		rest.n -= p->year_len;
		if (is_cut(s, &rest, padded, n_padded, n, ret) ||
		    is_slip(&rest, count, n, padded, n_padded, ret) ||
		    (rest.n - zeros_before(rest.at, rest.n) >= 2 &&
		     is_count(s, &rest, count, n, ret)))
			return true;
	}
	if (has_year_before && is_slip(d, key + p->year_from, p->year_len + n_padded,
				       key + p->year_from, p->year_len + n_padded, ret))
		return true;
	return is_count(s, d, count, n, ret) || is_cut(s, d, padded, n_padded, n, ret) ||
	       is_slip(d, count, n, padded, n_padded, ret);
}

/* A damaged number in the company's own clothes is one of its numbers, and seldom anything else. */
#define NOT_A_NUMBER 0.05

static bool fits_styled(const struct scan *s, const struct digits *d, uint32_t item,
			struct fit *ret)
{
	if (!fits(s, d, item, ret))
		return false;
	if (ret->kind == EVIDENCE_NEAR && !d->is_word && !d->is_joined &&
	    evidence_is_styled(s, d->run, item))
		ret->chance *= NOT_A_NUMBER;
	return true;
}

/* Whether the customer has a document that these characters name as well or better. */
static bool is_told(const struct scan *s, const struct digits *d, uint32_t customer)
{
	uint32_t from = s->t->text.pos[d->from], to = fold_end(&s->t->text, d->to - 1);

	for (size_t i = 0; i < s->list->n; i++) {
		const struct evidence *e = &s->list->at[i];
		if (e->customer == customer && e->field == s->t->field && e->from < to &&
		    e->to > from)
			return true;
	}
	return false;
}

/* The best that fit; n is how many there were. */
struct fits {
	struct fit at[MAX_FITS];
	size_t n;
};

static void keep(struct fits *list, struct fit fit)
{
	if (list->n > 0 && fit.kind > list->at[0].kind)
		return;
	if (list->n > 0 && fit.kind < list->at[0].kind)
		list->n = 0;
	if (list->n < MAX_FITS)
		list->at[list->n] = fit;
	list->n++;
}

/* The documents of one candidate that may be paid, as far as they are looked at. */
struct shelf {
	uint32_t *item;
	uint32_t *at; /* its place among all of the candidate's */
	uint32_t n, n_all;
	bool is_filled;
};

struct shelves {
	const struct candidates *who;
	struct shelf *of; /* by candidate */
	uint32_t n_looks;
};

static void fill_shelf(const struct scan *s, uint32_t customer, struct shelf *ret)
{
	const struct match_book *b = s->book;
	uint32_t from = b->first[customer], to = b->first[customer + 1];

	ret->is_filled = true;
	ret->n_all = to - from;
	if (ret->n_all > MAX_CUSTOMER_ITEMS)
		return;
	ret->item = ARENA_ARRAY(b->scratch, 2 * ret->n_all + 1, uint32_t);
	ret->at = ret->item + ret->n_all;
	for (uint32_t i = from; i < to; i++)
		if (evidence_may_be(s, b->order[i])) {
			ret->item[ret->n] = b->order[i];
			ret->at[ret->n++] = i - from;
		}
}

static void look(const struct scan *s, const struct digits *d, struct shelves *shelves, size_t c)
{
	uint32_t customer = shelves->who->at[c], left = MAX_LOOKS - shelves->n_looks;
	struct shelf *shelf = &shelves->of[c];
	struct fits all = { .n = 0 }, exact = { .n = 0 };
	const struct fits *best;
	struct fit fit;

	if (!shelf->is_filled)
		fill_shelf(s, customer, shelf);
	if (shelf->n_all > MAX_CUSTOMER_ITEMS || is_told(s, d, customer))
		return;
	for (uint32_t i = 0; i < shelf->n && shelf->at[i] < left; i++) {
		if (!fits_styled(s, d, shelf->item[i], &fit))
			continue;
		keep(&all, fit);
		if (s->book->open[shelf->item[i]] == s->entry->amount_minor)
			keep(&exact, fit);
	}
	book_stepped(s->book, shelf->n);
	shelves->n_looks += shelf->n_all < left ? shelf->n_all : left;
	/* Of many that fit those few are meant that the amount pays. */
	best = all.n <= MAX_FITS ? &all : &exact;
	for (size_t i = 0; i < best->n && best->n <= MAX_FITS; i++) {
		struct evidence e = evidence_span(s, best->at[i].kind, d->from, d->to);
		e.item = best->at[i].item;
		e.customer = customer;
		e.reading = best->at[i].reading;
		e.chance = best->at[i].chance;
		evidence_add(s, e);
	}
}

static bool digits_of(const struct bank_text *t, size_t run, bool is_joined, struct digits *ret)
{
	const struct digit_run *r = &t->runs.at[run];

	*ret = (struct digits){ .run = run, .from = r->from, .to = r->to, .n = r->n };
	if (r->is_other || r->n == 0 || t->is_iban[r->from])
		return false;
	memcpy(ret->at, r->digits, r->n);
	if (!is_joined)
		return true;
	if (run + 1 >= t->runs.n || r[1].from != r->to || r[1].is_other || r[1].n == 0)
		return false;
	memcpy(ret->at + r->n, r[1].digits, r[1].n);
	ret->n += r[1].n;
	ret->to = r[1].to;
	ret->is_joined = true;
	return ret->n >= 4;
}

/* The word that begins at character from, when it has letters and digits; where it ends. */
static size_t word_of(const struct bank_text *t, size_t from, struct digits *ret)
{
	const struct folded *f = &t->text;
	size_t to = from + 1, n_digits = 0;

	while (to < f->n && !f->is_start[to])
		to++;
	for (size_t i = from; i < to; i++)
		n_digits += f->at[i] >= '0' && f->at[i] <= '9';
	*ret = (struct digits){ .from = from, .to = to, .is_word = true };
	if (n_digits == 0 || n_digits == to - from || to - from < 3 || to - from > sizeof ret->at)
		return to;
	ret->n = to - from;
	memcpy(ret->at, f->at + from, ret->n);
	return to;
}

static void look_for_words(const struct scan *s, struct shelves *shelves)
{
	for (size_t from = 0, to; from < s->t->text.n; from = to) {
		struct digits d;
		to = word_of(s->t, from, &d);
		for (size_t c = 0; c < shelves->who->n && d.n > 0; c++)
			look(s, &d, shelves, c);
	}
}

void evidence_find_near(const struct match_book *b, const struct match_entry *entry,
			const struct candidates *who, struct evidences *list)
{
	struct shelves shelves = { .who = who };

	if (who->n == 0 || list->n_texts == 0)
		return;
	shelves.of = ARENA_ARRAY(b->scratch, who->n, struct shelf);
	for (size_t i = 0; i < list->n_texts; i++) {
		struct scan s = { b, entry, &list->texts[i], list, NULL };
		for (size_t run = 0; run < s.t->runs.n; run++)
			for (int is_joined = 0; is_joined < 2; is_joined++) {
				struct digits d;
				if (!digits_of(s.t, run, is_joined == 1, &d) || d.n < 2)
					continue;
				for (size_t c = 0; c < who->n; c++)
					look(&s, &d, &shelves, c);
			}
		if (b->has_mixed)
			look_for_words(&s, &shelves);
	}
}
