/* SPDX-License-Identifier: Apache-2.0 */
/* coda_text.c - the parts of a line of CODA, and what payers write in it. */
#include "format/coda.h"

#include "base/text.h"
#include "format/grid.h"

#include <ctype.h>
#include <stdio.h>

bool coda_cut(const char *s, size_t n, struct coda_line *ret)
{
	size_t at = 0;

	ret->text = s;
	for (int i = 0; i < CODA_LINE; i++) {
		ret->at[i] = at;
		if (at < n)
			at++;
		while (at < n && ((unsigned char)s[at] & 0xC0) == 0x80)
			at++;
	}
	ret->at[CODA_LINE] = at;
	return field_trim((struct csv_field){ s + at, n - at }).n == 0;
}

struct csv_field coda_part(const struct coda_line *l, int from, int last)
{
	size_t at = l->at[from - 1];

	return field_trim((struct csv_field){ l->text + at, l->at[last] - at });
}

const char *coda_kind(const struct coda_line *l, char ret[3])
{
	struct csv_field p = coda_part(l, 1, 2);
	bool has_article = p.n == 2 && (p.s[0] == '2' || p.s[0] == '3');

	snprintf(ret, 3, "%.*s", (int)(has_article ? 2 : p.n ? 1 : 0), p.s);
	return ret;
}

bool coda_amount(const struct coda_line *l, int sign_at, int from, int64_t *ret_milli)
{
	struct csv_field sign = coda_part(l, sign_at, sign_at), p = coda_part(l, from, from + 14);
	int64_t v = 0;

	if (sign.n != 1 || (sign.s[0] != '0' && sign.s[0] != '1') || p.n != 15)
		return false;
	for (size_t i = 0; i < p.n; i++) {
		if (!isdigit((unsigned char)p.s[i]))
			return false;
		v = v * 10 + (p.s[i] - '0');
	}
	*ret_milli = sign.s[0] == '1' ? -v : v;
	return true;
}

bool coda_is_header(const char *text, size_t len)
{
	struct coda_line l;
	struct csv_field date, code;
	size_t n = 0;

	while (n < len && text[n] != '\n' && text[n] != '\r')
		n++;
	if (n < 83 || n > 2 * CODA_LINE || memcmp(text, "00000", 5) != 0 || !coda_cut(text, n, &l))
		return false;
	date = coda_part(&l, 6, 11);
	code = coda_part(&l, 15, 16);
	for (size_t i = 0; i < date.n; i++)
		if (!isdigit((unsigned char)date.s[i]))
			return false;
	return date.n == 6 && code.n == 2 && memcmp(code.s, "05", 2) == 0;
}

/* ---- communications ---- */

bool coda_reference(const char *digits, size_t n, char ret[24])
{
	int64_t base = 0;
	int check;

	if (n != 12)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isdigit((unsigned char)digits[i]))
			return false;
	for (int i = 0; i < 10; i++)
		base = base * 10 + (digits[i] - '0');
	check = (digits[10] - '0') * 10 + digits[11] - '0';
	if (check != (base % 97 == 0 ? 97 : base % 97))
		return false;
	snprintf(ret, 24, "+++%.3s/%.4s/%.5s+++", digits, digits + 3, digits + 7);
	return true;
}

/* Characters from, n of them; accents take two bytes. */
static struct csv_field slice(const char *s, size_t from, size_t n)
{
	const char *start;

	for (; from && *s; from--)
		while (((unsigned char)*++s & 0xC0) == 0x80)
			;
	start = s;
	for (; n && *s; n--)
		while (((unsigned char)*++s & 0xC0) == 0x80)
			;
	return field_trim((struct csv_field){ start, (size_t)(s - start) });
}

/* 127: a direct debit: day, kind, scheme, paid or why not, creditor, mandate, words, kind of return, reason. */
static void take_debit(struct arena *a, const char *text, struct bank_movement *m)
{
	struct csv_field creditor = slice(text, 9, 35), mandate = slice(text, 44, 35),
			 words = slice(text, 79, 62), reason = slice(text, 142, 4);

	m->tx.creditor.id = bank_line(a, creditor.s, creditor.n);
	m->tx.mandate_id = bank_reference(a, mandate.s, mandate.n);
	m->tx.remittance = bank_line(a, words.s, words.n);
	if (reason.n && !m->tx.return_code)
		m->tx.return_code = bank_line(a, reason.s, reason.n);
}

/* Something that stands in a communication and has no place of its own is remittance. */
static void add_words(struct arena *a, const char *text, size_t n, struct bank_movement *m)
{
	const char *words = bank_line(a, text, n);

	if (!words)
		return;
	words = text_squeeze(a, words);
	m->tx.remittance =
		m->tx.remittance ? arena_printf(a, "%s %s", m->tx.remittance, words) : words;
}

/* "+++090/9337/55493+++" or "***...***" that a payer wrote in free words. */
static void find_reference(struct arena *a, const char *text, struct bank_movement *m)
{
	char digits[12], reference[24];

	for (const char *p = text; !m->reference.number && (p = strpbrk(p, "+*")) != NULL; p++) {
		size_t n = 0;
		const char *at = p;
		if (strncmp(p, "+++", 3) != 0 && strncmp(p, "***", 3) != 0)
			continue;
		for (at += 3; *at && *at != *p && n < 12; at++)
			if (isdigit((unsigned char)*at))
				digits[n++] = *at;
		if (*at == *p && coda_reference(digits, n, reference)) {
			m->reference.number = arena_strdup(a, reference);
			m->reference.is_creditor_reference = true;
		}
	}
}

void coda_communication(struct arena *a, bool is_structured, const char *text,
			struct bank_movement *m)
{
	char reference[24];

	if (is_structured && (strncmp(text, "101", 3) == 0 || strncmp(text, "102", 3) == 0) &&
	    strlen(text) >= 15) {
		if (coda_reference(text + 3, 12, reference)) {
			m->reference.number = arena_strdup(a, reference);
			m->reference.is_creditor_reference = true;
			add_words(a, text + 15, strlen(text + 15), m);
		} else {
			add_words(a, text + 3, strlen(text + 3), m);
		}
		return;
	}
	if (is_structured && strncmp(text, "127", 3) == 0) {
		take_debit(a, text + 3, m);
		return;
	}
	add_words(a, text, strlen(text), m);
	find_reference(a, text, m);
}
