/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents named by runs of digits: by what counts in their number, zeros apart, judged by the year and
 * the prefix that stand before it; and the rest of lists, "FA2026-0012/13", "12 à 15".
 */
#include "base/text.h"
#include "match/book.h"

enum { MAX_WALK = 2000, MAX_ALIKE = 40, MAX_RANGE = 60 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ---- what stands around a run ---- */

/* The run before, when nothing but separators lies between. */
static const struct digit_run *run_before(const struct bank_text *t, size_t run)
{
	const struct digit_run *r = &t->runs.at[run];

	return run > 0 && r[-1].to == r->from &&
			       t->text.pos[r->from] - t->text.pos[r->from - 1] <= 4
		       ? r - 1
		       : NULL;
}

/* Letters right before character end of the text, up to the next gap; how many. */
static size_t letters_before(const struct folded *f, size_t end)
{
	size_t start = end;

	while (start > 0 && !is_digit(f->at[start - 1]) && (start == end || !f->is_start[start]))
		start--;
	return end - start;
}

static bool prefix_agrees(const struct scan *s, size_t end, const char *prefix, size_t len)
{
	const struct folded *f = &s->t->text;
	size_t n = letters_before(f, end);

	/* One letter must stand alone: "F", not the end of "REF". */
	return n >= len && memcmp(f->at + end - len, prefix, len) == 0 &&
	       (len > 1 || n == len || evidence_is_glued(s->t, end - len));
}

/* 1 the digits are the item's year, 0 not, -1 they are another year. */
static int year_agrees(const struct scan *s, uint32_t item, const char *digits, size_t n)
{
	const struct number_parts *p = &s->book->parts[item];
	const char *year = s->book->document_key[item] + p->year_from;

	if (p->year_len == 0 || (n != 2 && n != 4))
		return 0;
	if (memcmp(digits + n - 2, year + p->year_len - 2, 2) == 0)
		return n == 2 || p->year_len == 2 || memcmp(digits, year, 2) == 0;
	return n == 4 && digits[0] == '2' && digits[1] == '0' ? -1 : 0;
}

/* What the key has behind its count stands behind the run. */
static bool suffix_agrees(const struct scan *s, size_t to, uint32_t item)
{
	const struct number_parts *p = &s->book->parts[item];
	const char *suffix = s->book->document_key[item] + p->count_from + p->count_len;
	size_t len = strlen(suffix);

	return to + len <= s->t->text.n && memcmp(s->t->text.at + to, suffix, len) == 0;
}

int evidence_context(const struct scan *s, size_t run, uint32_t item, size_t n_year)
{
	const struct digit_run *r = &s->t->runs.at[run], *before = run_before(s->t, run);
	const struct number_parts *p = &s->book->parts[item];
	const char *key = s->book->document_key[item];
	size_t start = r->from;
	int year = n_year ? year_agrees(s, item, r->digits, n_year) : 0;

	if (n_year == 0 && before && (before->n == 2 || before->n == 4)) {
		year = year_agrees(s, item, before->digits, before->n);
		if (year == 1)
			start = before->from;
		/* "FA26-12" is no number of 2025. */
		else if (p->year_len && p->prefix_len &&
			 prefix_agrees(s, before->from, key + p->prefix_from, p->prefix_len))
			return 0;
	}
	if (year < 0)
		return 0;
	/* Zeros that lead it, but not as many as the company writes: a digit may be lost instead. */
	if (!suffix_agrees(s, r->to, item) ||
	    (r->digits[n_year] == '0' && r->n - n_year != (size_t)p->count_len + p->zeros))
		return 1;
	if (p->prefix_len)
		return prefix_agrees(s, start, key + p->prefix_from, p->prefix_len) &&
				       (p->year_len == 0 ? p->count_len >= 2 : year == 1)
			       ? 2
			       : 1;
	if (p->year_len)
		return year == 1 && r->n - n_year >= 3 ? 2 : 1;
	return p->count_len >= 6 || evidence_has_cue(s->t, r->from) ||
			       evidence_is_paid(s->t, r->from, r->to - r->from)
		       ? 2
		       : 1;
}

bool evidence_is_styled(const struct scan *s, size_t run, uint32_t item)
{
	const struct digit_run *before = run_before(s->t, run);
	const struct number_parts *p = &s->book->parts[item];
	const char *key = s->book->document_key[item];
	size_t start = s->t->runs.at[run].from;

	if (before && before->n == 4 && year_agrees(s, item, before->digits, 4) == 1)
		return true;
	return (p->prefix_len > 1 &&
		prefix_agrees(s, start, key + p->prefix_from, p->prefix_len)) ||
	       evidence_has_cue(s->t, start);
}

/* ---- counts ---- */

/* Items met by one run. */
struct met {
	uint32_t item[MAX_ALIKE];
	int how[MAX_ALIKE];
	size_t n;
	bool is_crowded;
};

static void meet(const struct scan *s, size_t run, size_t n_year, struct met *m)
{
	const struct match_book *b = s->book;
	const struct digit_run *r = &s->t->runs.at[run];
	const char *at = r->digits + n_year;
	size_t len = r->n - n_year;
	uint32_t it;

	for (; len > 1 && *at == '0'; at++)
		len--;
	if (len < 2 || len > 18)
		return;
	it = index_find(&b->by_count, at, len);
	for (int n = 0; it != INDEX_NONE && !m->is_crowded; it = index_next(&b->by_count, it)) {
		const struct number_parts *p = &b->parts[it];
		int how;
		book_stepped(b, 1);
		m->is_crowded = ++n > MAX_WALK || m->n == MAX_ALIKE;
		if (m->is_crowded || p->count_len != len ||
		    memcmp(b->document_key[it] + p->count_from, at, len) != 0 ||
		    (n_year && p->year_len == 0) || !evidence_may_be(s, it))
			continue;
		how = evidence_context(s, run, it, n_year);
		if (how == 0 || (n_year && year_agrees(s, it, r->digits, n_year) != 1))
			continue;
		m->item[m->n] = it;
		m->how[m->n++] = how;
	}
}

static struct evidence reading_of(const struct scan *s, const struct met *m, size_t i, size_t run,
				  bool is_shared)
{
	const struct digit_run *r = &s->t->runs.at[run];
	struct evidence e = evidence_span(s, m->how[i] == 2 ? EVIDENCE_DOCUMENT : EVIDENCE_NUMBER,
					  r->from, r->to);

	e.item = m->item[i];
	e.customer = s->book->in.items[e.item].customer;
	e.reading = r->is_confused ? READING_FOLDED : READING_PADDED;
	e.is_shared = is_shared;
	return e;
}

/* The documents that the run names best; the one that it names whole, MATCH_NONE when none or several. */
static uint32_t find_counts(const struct scan *s, size_t run)
{
	const struct digit_run *r = &s->t->runs.at[run];
	struct met m = { .n = 0 };
	uint32_t owner = MATCH_NONE, only = MATCH_NONE;
	bool is_shared = false;
	int best = 0;
	size_t n_best = 0;

	if (r->n >= 6)
		meet(s, run, 4, &m);
	if (r->n >= 4)
		meet(s, run, 2, &m);
	meet(s, run, 0, &m);
	for (size_t i = 0; i < m.n; i++)
		best = m.how[i] > best ? m.how[i] : best;
	/* The same number in very many documents names none; candidates are asked again later. */
	if (m.is_crowded && best < 2)
		return MATCH_NONE;
	for (size_t i = 0; i < m.n; i++) {
		uint32_t c = s->book->in.items[m.item[i]].customer;
		if (m.how[i] < best)
			continue;
		is_shared = is_shared || (owner != MATCH_NONE && owner != c);
		owner = c;
		only = m.item[i];
		n_best++;
	}
	for (size_t i = 0; i < m.n; i++)
		if (m.how[i] == best)
			evidence_add(s, reading_of(s, &m, i, run, best == 2 && is_shared));
	return best == 2 && n_best == 1 ? only : MATCH_NONE;
}

/* ---- lists ---- */

enum join { JOIN_NONE, JOIN_LIST, JOIN_RANGE };

/* What stands between a number and the next run. */
static enum join join_of(const struct scan *s, size_t end, const struct digit_run *r)
{
	static const char *const ranges[] = { "A", "AU", "TO", "BIS", "THRU", "AL", "TM" };
	static const char *const lists[] = { "ET", "AND", "UND", "Y", "E", "EN", "PLUS" };
	const struct folded *f = &s->t->text;
	size_t n = r->from - end;
	const char *word = f->at + end;

	if (r->from < end)
		return JOIN_NONE;
	if (n == 0) {
		for (uint32_t i = f->pos[end - 1] + 1; i < f->pos[r->from]; i++)
			if (strchr("/-+,&;", f->source[i]))
				return JOIN_LIST;
		return r->n >= 3 ? JOIN_LIST : JOIN_NONE;
	}
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		if (strlen(ranges[i]) == n && memcmp(ranges[i], word, n) == 0)
			return JOIN_RANGE;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (strlen(lists[i]) == n && memcmp(lists[i], word, n) == 0)
			return JOIN_LIST;
	return JOIN_NONE;
}

/* The document of the base's customer whose number is the base's with another count. */
static uint32_t sibling(const struct scan *s, uint32_t base, const char *digits, size_t n)
{
	const struct match_book *b = s->book;
	const struct number_parts *p = &b->parts[base];
	const char *key = b->document_key[base];
	size_t len = strlen(key), end = (size_t)p->count_from + p->count_len;
	char text[KEY_MAX];
	uint32_t it;

	if (len > KEY_MAX || n > (size_t)p->count_len + p->zeros)
		return MATCH_NONE;
	memcpy(text, key, len);
	memcpy(text + end - n, digits, n);
	it = key_set_find(&b->documents, text, len);
	for (int i = 0; it != INDEX_NONE && i < MAX_ALIKE;
	     it = key_set_next(&b->documents, it, text, len), i++)
		if (b->in.items[it].customer == b->in.items[base].customer &&
		    evidence_may_be(s, it))
			return it;
	return MATCH_NONE;
}

static void add_listed(const struct scan *s, uint32_t item, size_t from, size_t to)
{
	struct evidence e = evidence_span(s, EVIDENCE_DOCUMENT, from, to);

	e.item = item;
	e.customer = s->book->in.items[item].customer;
	e.reading = READING_LISTED;
	evidence_add(s, e);
}

static long count_of(const char *digits, size_t n)
{
	long v = 0;

	for (size_t i = 0; i < n && i < 9; i++)
		v = v * 10 + (digits[i] - '0');
	return v;
}

/* Every document of the customer between the two, which both are his. */
static void add_range(const struct scan *s, uint32_t base, uint32_t last, size_t from, size_t to)
{
	const struct number_parts *p = &s->book->parts[base], *q = &s->book->parts[last];
	size_t n = (size_t)p->count_len + p->zeros;
	const char *key = s->book->document_key[base] + p->count_from - p->zeros;
	long first, end;

	if (n > 9 || n != (size_t)q->count_len + q->zeros)
		return;
	first = count_of(key, n);
	end = count_of(s->book->document_key[last] + q->count_from - q->zeros, n);
	if (end - first > MAX_RANGE)
		return;
	for (long v = first + 1; v < end; v++) {
		char digits[16];
		uint32_t it;
		long rest = v;
		for (size_t i = n; i-- > 0; rest /= 10)
			digits[i] = (char)('0' + rest % 10);
		it = sibling(s, base, digits, n);
		if (it != MATCH_NONE)
			add_listed(s, it, from, to);
	}
}

/* The run as the rest of a list that begins with base; what it names, MATCH_NONE when nothing. */
static uint32_t find_listed(const struct scan *s, uint32_t base, size_t end, size_t run)
{
	const struct digit_run *r = &s->t->runs.at[run];
	enum join join = join_of(s, end, r);
	uint32_t it;

	if (join == JOIN_NONE || r->n == 0 || r->is_other)
		return MATCH_NONE;
	it = sibling(s, base, r->digits, r->n);
	if (it == MATCH_NONE || it == base)
		return MATCH_NONE;
	add_listed(s, it, r->from, r->to);
	if (join == JOIN_RANGE)
		add_range(s, base, it, r->from, r->to);
	return it;
}

/* The document found whole that ends with the run; MATCH_NONE when none, or several customers'. */
static uint32_t whole_at(const struct scan *s, const struct digit_run *r)
{
	uint32_t end = fold_end(&s->t->text, r->to - 1);

	for (size_t i = 0; i < s->list->n; i++) {
		const struct evidence *e = &s->list->at[i];
		if (e->field == s->t->field && e->kind == EVIDENCE_DOCUMENT && !e->is_shared &&
		    e->to == end)
			return e->item;
	}
	return MATCH_NONE;
}

void evidence_scan_runs(const struct scan *s)
{
	uint32_t base = MATCH_NONE;
	size_t end = 0; /* of what was named last */

	for (size_t i = 0; i < s->t->runs.n; i++) {
		const struct digit_run *r = &s->t->runs.at[i];
		uint32_t it;
		if (s->is_taken[i]) {
			it = whole_at(s, r);
			base = it != MATCH_NONE ? it : base;
			end = r->to;
			continue;
		}
		if (r->n == 0)
			continue;
		if (base != MATCH_NONE && find_listed(s, base, end, i) != MATCH_NONE) {
			end = r->to;
			continue;
		}
		if (r->is_other)
			continue;
		it = find_counts(s, i);
		base = it;
		end = r->to;
	}
}
