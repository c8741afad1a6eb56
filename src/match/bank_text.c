/* SPDX-License-Identifier: Apache-2.0 */
#include "match/bank_text.h"

#include "match/numbers.h"

#include <stdio.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

int bank_text_remainder(const char *at, size_t len)
{
	int r = 0;

	for (size_t i = 0; i < len; i++) {
		char c = at[(i + 4) % len];
		r = is_digit(c) ? (r * 10 + (c - '0')) % 97 : (r * 100 + (c - 'A' + 10)) % 97;
	}
	return r;
}

/* ---- runs ---- */

/* A letter in the place of a digit: on it goes with a digit. */
static size_t confused_end(const struct folded *f, size_t i)
{
	size_t end = i;

	while (end < f->n && !f->is_start[end] && !is_digit(f->at[end]) &&
	       is_digit(number_plain(f->at[end])))
		end++;
	if (end > i && end - i <= 3 && end < f->n && !f->is_start[end] && is_digit(f->at[end]))
		return end;
	/* "1234O" at the end of a word. */
	while (end > i && f->at[end - 1] != 'O')
		end--;
	return end > i && end - i <= 2 && (end == f->n || f->is_start[end]) ? end : i;
}

static size_t run_end(const struct folded *f, size_t i)
{
	for (i++; i < f->n && !f->is_start[i];) {
		size_t end = is_digit(f->at[i]) ? i + 1 : confused_end(f, i);
		if (end == i)
			break;
		i = end;
	}
	return i;
}

/* Where the run whose first digit is i begins: with the letters O in the place of zeros. */
static size_t run_start(const struct folded *f, size_t i)
{
	size_t start = i;

	while (start > 0 && !f->is_start[start] && f->at[start - 1] == 'O')
		start--;
	return start == 0 || f->is_start[start] ? start : i;
}

static void add_run(struct arena *a, struct bank_text *t, size_t from, size_t to)
{
	struct digit_run *run = LIST_ADD(a, &t->runs);

	run->from = (uint32_t)from;
	run->to = (uint32_t)to;
	for (size_t i = from; i < to; i++)
		run->is_confused = run->is_confused || !is_digit(t->text.at[i]);
	if (to - from > RUN_MAX_DIGITS)
		return;
	for (size_t i = from; i < to; i++)
		run->digits[run->n++] = number_plain(t->text.at[i]);
}

static void find_runs(struct arena *a, struct bank_text *t)
{
	const struct folded *f = &t->text;

	for (size_t i = 0; i < f->n && t->runs.n < TEXT_MAX_RUNS;) {
		size_t end;
		if (!is_digit(f->at[i])) {
			i++;
			continue;
		}
		end = run_end(f, i);
		add_run(a, t, run_start(f, i), end);
		i = end;
	}
}

/* ---- IBANs ---- */

static size_t iban_length(const char *country)
{
	static const char lengths[][5] = { "AT20", "BE16", "CH21", "CZ24", "DE22", "DK18", "ES24",
					   "FI18", "FR27", "GB22", "IE22", "IT27", "LU20", "MC27",
					   "NL18", "NO15", "PL28", "PT25", "SE24" };

	for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
		if (memcmp(lengths[i], country, 2) == 0)
			return (size_t)(lengths[i][2] - '0') * 10 + (size_t)(lengths[i][3] - '0');
	return 0;
}

static void find_ibans(struct bank_text *t)
{
	const struct folded *f = &t->text;

	for (size_t i = 0; i + 15 <= f->n; i++) {
		size_t len;
		bool is_plain = true;
		if (!fold_is_edge(f, i) || !is_letter(f->at[i]) || !is_digit(f->at[i + 2]) ||
		    !is_digit(f->at[i + 3]))
			continue;
		len = iban_length(f->at + i);
		if (len == 0 || i + len > f->n)
			continue;
		for (size_t k = i; k < i + len; k++)
			is_plain = is_plain && (unsigned char)f->at[k] < 0x80;
		if (is_plain && bank_text_remainder(f->at + i, len) == 1)
			memset(t->is_iban + i, true, len * sizeof *t->is_iban);
	}
}

/* ---- what is obviously something else ---- */

static int value(const struct digit_run *r)
{
	int v = 0;

	for (uint8_t i = 0; i < r->n && i < 8; i++)
		v = v * 10 + (r->digits[i] - '0');
	return v;
}

/* The character of the source between two runs when exactly one stands there, 0 else. */
static char between(const struct bank_text *t, const struct digit_run *x, const struct digit_run *y)
{
	uint32_t from, to;

	if (x->to != y->from)
		return 0;
	from = t->text.pos[x->to - 1] + 1;
	to = t->text.pos[y->from];
	return to == from + 1 ? t->text.source[from] : 0;
}

static bool is_day(int v)
{
	return v >= 1 && v <= 31;
}

/* Three runs that are a date: 12/03/2026, 12.03.26, 2026-03-12. */
static bool is_date(const struct bank_text *t, size_t at)
{
	const struct digit_run *r = &t->runs.at[at];
	char x, y;

	if (at + 2 >= t->runs.n)
		return false;
	x = between(t, r, r + 1);
	y = between(t, r + 1, r + 2);
	if (x == 0 || x != y || !strchr("/.-", x))
		return false;
	if (r[0].n == 4)
		return r[1].n == 2 && r[2].n == 2 && value(r) >= 1990 && value(r) < 2100 &&
		       value(r + 1) >= 1 && value(r + 1) <= 12 && is_day(value(r + 2));
	return r[0].n <= 2 && r[1].n <= 2 && (r[2].n == 4 || (r[2].n == 2 && value(r + 2) >= 15)) &&
	       is_day(value(r)) && value(r + 1) >= 1 && value(r + 1) <= 12;
}

/* The word before the run; its length. */
static size_t word_before(const struct bank_text *t, const struct digit_run *r, const char **ret)
{
	size_t end = r->from, start;

	while (end > 0 && is_digit(t->text.at[end - 1]))
		end--;
	start = end;
	while (start > 0 && is_letter(t->text.at[start - 1]) &&
	       (start == end || !t->text.is_start[start]))
		start--;
	*ret = t->text.at + start;
	return end - start;
}

static bool is_word_of(const char *word, size_t len, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == len && memcmp(list[i], word, len) == 0)
			return true;
	return false;
}

/* Words after which a number is no document. */
static bool follows_other_word(const struct bank_text *t, const struct digit_run *r)
{
	static const char *const words[] = {
		"TEL",      "TELEPHONE", "PHONE",  "FAX",      "MOBILE",  "TPE",      "LOT",
		"CB",       "CARTE",     "CARD",   "TERMINAL", "TVA",     "VAT",      "IBAN",
		"BIC",      "RIB",       "CHEQUE", "CHQ",      "CONTRAT", "CONTRACT", "MANDAT",
		"MANDATE",  "RUM",       "ICS",    "BP",       "CEDEX",   "SIRET",    "SIREN",
		"ESCOMPTE", "REMISE",    "SKONTO", "DISCOUNT",
	};
	const char *word;
	size_t len = word_before(t, r, &word);

	return is_word_of(word, len, words, ARRAY_LEN(words));
}

static bool follows_date_word(const struct bank_text *t, const struct digit_run *r)
{
	static const char *const words[] = { "DU",   "LE",  "AU", "ON", "DATED",
					     "DATE", "VOM", "AM", "DEL" };
	const char *word;
	size_t len = word_before(t, r, &word);

	return is_word_of(word, len, words, ARRAY_LEN(words));
}

/* Whether the runs from at to last, glued, are the entry's amount, or look like an amount with cents. */
static bool is_amount(const struct bank_text *t, const struct match_entry *entry, size_t at,
		      size_t last)
{
	const struct digit_run *r = t->runs.at;
	char amount[24], glued[3 * RUN_MAX_DIGITS + 1];
	size_t len = 0;
	char sep = between(t, &r[last - 1], &r[last]);

	if (r[last].n != 2 || (sep != ',' && sep != '.'))
		return false;
	for (size_t i = at; i <= last; i++) {
		if (i > at && (r[i].n == 0 || (i < last && r[i].n != 3)))
			return false;
		memcpy(glued + len, r[i].digits, r[i].n);
		len += r[i].n;
	}
	glued[len] = '\0';
	snprintf(amount, sizeof amount, "%" PRId64, entry->amount_minor);
	if (str_eq(amount, glued))
		return true;
	/* "2026.12" and "FA12.34" may be numbers; "1.234,56" and "123,45 EUR" are none. */
	return sep == ',' && (r[at].n != 4 || r[at].digits[0] != '2') &&
	       (r[at].from == 0 || t->text.is_start[r[at].from]);
}

/* The whole amount without cents, followed by the currency. */
static bool is_followed_by_currency(const struct bank_text *t, const struct digit_run *r)
{
	const struct folded *f = &t->text;

	return r->to + 3 <= f->n &&
	       (memcmp(f->at + r->to, "EUR", 3) == 0 || memcmp(f->at + r->to, "USD", 3) == 0 ||
		memcmp(f->at + r->to, "CHF", 3) == 0 || memcmp(f->at + r->to, "GBP", 3) == 0);
}

/* "01 23 45 67 89" */
static bool is_telephone(const struct bank_text *t, size_t at)
{
	const struct digit_run *r = &t->runs.at[at];
	char sep = 0;

	if (at + 4 >= t->runs.n || r[0].n != 2 || r[0].digits[0] != '0')
		return false;
	sep = between(t, r, r + 1);
	for (size_t i = 0; i < 5; i++)
		if (r[i].n != 2 || (i < 4 && between(t, &r[i], &r[i + 1]) != sep))
			return false;
	return sep == ' ' || sep == '.';
}

static void mark(struct bank_text *t, size_t at, size_t n)
{
	for (size_t i = at; i < at + n; i++)
		t->runs.at[i].is_other = true;
}

static void mark_run(struct bank_text *t, const struct match_entry *entry, size_t at)
{
	struct digit_run *r = &t->runs.at[at];

	if (t->is_iban[r->from] || follows_other_word(t, r) || is_followed_by_currency(t, r))
		r->is_other = true;
	if (is_telephone(t, at))
		mark(t, at, 5);
	else if (is_date(t, at))
		mark(t, at, 3);
	else if (at + 1 < t->runs.n && r->n <= 2 && r[1].n == 2 && is_day(value(r)) &&
		 value(r + 1) <= 12 && between(t, r, r + 1) && follows_date_word(t, r))
		mark(t, at, 2);
	for (size_t last = at + 1; last < t->runs.n && last < at + 3; last++)
		if (is_amount(t, entry, at, last))
			mark(t, at, last - at + 1);
}

void bank_text_read(struct arena *a, const struct match_entry *entry, enum match_field field,
		    const char *source, struct bank_text *ret)
{
	*ret = (struct bank_text){ .field = field };
	if (source && strlen(source) > TEXT_MAX_BYTES)
		source = str_mend_utf8(arena_strndup(a, source, TEXT_MAX_BYTES));
	fold_text(a, source, &ret->text);
	ret->is_iban = ARENA_ARRAY(a, ret->text.n + 1, bool);
	find_runs(a, ret);
	find_ibans(ret);
	for (size_t i = 0; i < ret->runs.n; i++)
		mark_run(ret, entry, i);
}
