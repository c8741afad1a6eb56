/* SPDX-License-Identifier: Apache-2.0 */
/* mt940_details.c - the dialects of the details of a movement (:86:). */
#include "format/mt940.h"

#include "base/buf.h"
#include "base/identifier.h"
#include "format/grid.h"

#include <ctype.h>
#include <stdio.h>

enum { LINE_FULL = 64, PART_FULL = 27, PARTS_MAX = 100 };

struct details {
	struct arena *a;
	struct bank_movement *m;
	struct buf info;
};

/* ---- what every dialect tells ---- */

static void add_info(struct details *d, const char *label, const char *s, size_t n)
{
	const char *text = bank_line(d->a, s, n);

	if (!text)
		return;
	if (d->info.len)
		buf_putc(&d->info, '\n');
	if (label)
		buf_printf(&d->info, "%s ", label);
	buf_puts(&d->info, text);
}

static struct camt_party *other_party(struct details *d)
{
	return d->m->entry.minor < 0 ? &d->m->tx.creditor : &d->m->tx.debtor;
}

static struct camt_party *behind_party(struct details *d, bool is_debtor)
{
	return is_debtor ? &d->m->tx.ultimate_debtor : &d->m->tx.ultimate_creditor;
}

static void set_account(struct details *d, const char *s, size_t n)
{
	struct camt_party *p = other_party(d);

	if (!p->iban && !p->other_account)
		bank_identify(d->a, s, n, &p->iban, &p->other_account);
}

static void set_once(struct details *d, const char **to, const char *s, size_t n)
{
	if (!*to)
		*to = bank_line(d->a, s, n);
	else
		add_info(d, NULL, s, n);
}

static void set_end_to_end(struct details *d, const char *s, size_t n)
{
	const char *text = bank_reference(d->a, s, n), *before = d->m->tx.end_to_end_id;

	if (!text)
		return;
	/* What the movement's line called a reference is kept beside. */
	if (before && !str_eq(before, text))
		d->m->tx.instruction_id = before;
	d->m->tx.end_to_end_id = text;
}

static void set_bic(struct details *d, const char *s, size_t n)
{
	const char *text = bank_line(d->a, s, n);
	char bic[BIC_TEXT];

	if (!text)
		return;
	if (bic_check(text, bic) == ID_VALID)
		other_party(d)->bic = arena_strdup(d->a, bic);
	else
		other_party(d)->bank = text;
}

/* The creditor's reference, by its own words. */
static void set_reference(struct details *d, const char *s, size_t n)
{
	d->m->reference.number = bank_reference(d->a, s, n);
	d->m->reference.is_creditor_reference = true;
}

/* ---- words with a plus: EREF+, SVWZ+ ... ---- */

static const char *const plus_keys[] = { "EREF+", "KREF+", "MREF+", "CRED+", "DEBT+",
					 "SVWZ+", "ABWA+", "ABWE+", "PURP+", "IBAN+",
					 "BIC+",  "COAM+", "OAMT+", "RREF+" };

static const char *plus_key_at(const char *s, const char *end)
{
	for (size_t i = 0; i < ARRAY_LEN(plus_keys); i++) {
		size_t n = strlen(plus_keys[i]);
		if ((size_t)(end - s) >= n && memcmp(s, plus_keys[i], n) == 0)
			return plus_keys[i];
	}
	return NULL;
}

static void take_plus(struct details *d, const char *key, const char *s, size_t n)
{
	struct camt_tx *tx = &d->m->tx;

	if (!key || str_eq(key, "SVWZ+"))
		set_once(d, &tx->remittance, s, n);
	else if (str_eq(key, "EREF+"))
		set_end_to_end(d, s, n);
	else if (str_eq(key, "KREF+"))
		tx->payment_info_id = bank_reference(d->a, s, n);
	else if (str_eq(key, "MREF+"))
		tx->mandate_id = bank_reference(d->a, s, n);
	else if (str_eq(key, "CRED+"))
		set_once(d, &tx->creditor.id, s, n);
	else if (str_eq(key, "DEBT+"))
		set_once(d, &tx->debtor.id, s, n);
	else if (str_eq(key, "ABWA+") || str_eq(key, "ABWE+"))
		set_once(d, &behind_party(d, key[3] == 'A')->name, s, n);
	else if (str_eq(key, "PURP+"))
		set_once(d, &tx->purpose, s, n);
	else if (str_eq(key, "IBAN+"))
		set_account(d, s, n);
	else if (str_eq(key, "BIC+"))
		set_bic(d, s, n);
	else
		add_info(d, key, s, n);
}

/* A text with words: what stands before the first is remittance, too. */
static void take_plus_text(struct details *d, const char *s, size_t n)
{
	const char *end = s + n, *from = s, *key = NULL;

	for (const char *at = s; at < end; at++) {
		const char *next = plus_key_at(at, end);
		if (!next)
			continue;
		if (at > from || key)
			take_plus(d, key, from, (size_t)(at - from));
		key = next;
		at += strlen(next) - 1;
		from = at + 1;
	}
	take_plus(d, key, from, (size_t)(end - from));
}

/* ---- German: 166?00text?20... ---- */

struct parts {
	struct csv_field at[PARTS_MAX]; /* by number */
};

/* Texts cut at 27 characters go on without a blank, others with one. */
static void join(struct buf *b, const struct parts *p, int from, int last)
{
	bool is_full = true;

	for (int i = from; i <= last; i++) {
		const struct csv_field f = p->at[i];
		size_t chars = 0;
		if (!f.s)
			continue;
		if (b->len && !is_full)
			buf_putc(b, ' ');
		buf_add(b, f.s, f.n);
		for (size_t k = 0; k < f.n; k++)
			chars += ((unsigned char)f.s[k] & 0xC0) != 0x80;
		is_full = chars >= PART_FULL;
	}
}

static struct csv_field join_of(struct details *d, const struct parts *p, int from, int last)
{
	struct buf b;

	buf_init(&b, d->a);
	join(&b, p, from, last);
	return (struct csv_field){ buf_str(&b), b.len };
}

static void split_parts(struct details *d, const char *s, size_t n, char mark, struct parts *p)
{
	const char *at = s, *end = s + n;

	while (at < end) {
		const char *next = at + 1;
		bool is_part = end - at >= 3 && *at == mark && isdigit((unsigned char)at[1]) &&
			       isdigit((unsigned char)at[2]);
		while (next < end &&
		       !(*next == mark && end - next >= 3 && isdigit((unsigned char)next[1]) &&
			 isdigit((unsigned char)next[2])))
			next++;
		if (is_part) {
			struct csv_field *to = &p->at[(at[1] - '0') * 10 + at[2] - '0'];
			if (to->s)
				add_info(d, NULL, at + 3, (size_t)(next - at - 3));
			else
				*to = (struct csv_field){ at + 3, (size_t)(next - at - 3) };
		} else {
			add_info(d, NULL, at, (size_t)(next - at));
		}
		at = next;
	}
}

/* Codes of transactions that come back: unpaid debits and transfers. */
static bool is_return_code(const char *code)
{
	static const char *const codes[] = { "108", "109", "159", "181", "183", "184" };

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (memcmp(code, codes[i], 3) == 0)
			return true;
	return false;
}

static void take_german(struct details *d, const char *s, size_t n)
{
	struct camt_entry *en = &d->m->entry;
	struct parts p = { 0 };
	struct csv_field text;

	if (is_return_code(s) && !d->m->tx.return_code)
		d->m->tx.return_code = arena_strndup(d->a, s, 3);
	en->bank_own_code = en->bank_own_code ? arena_printf(d->a, "%s/%.3s", en->bank_own_code, s)
					      : arena_strndup(d->a, s, 3);
	split_parts(d, s + 3, n - 3, s[3], &p);
	for (int i = 0; i < PARTS_MAX; i++) {
		char label[8];
		snprintf(label, sizeof label, "?%02d", i);
		if (p.at[i].s && (i < 20 || i > 63 || (i > 33 && i < 60)))
			add_info(d, i == 0 ? NULL : label, p.at[i].s, p.at[i].n);
	}
	text = join_of(d, &p, 20, 29);
	if (p.at[60].s || p.at[61].s || p.at[62].s || p.at[63].s) {
		struct csv_field more = join_of(d, &p, 60, 63);
		text.s = arena_printf(d->a, "%s %s", text.s, more.s);
		text.n = strlen(text.s);
	}
	take_plus_text(d, text.s, text.n);
	if (p.at[30].s)
		set_bic(d, p.at[30].s, p.at[30].n);
	if (p.at[31].s)
		set_account(d, p.at[31].s, p.at[31].n);
	text = join_of(d, &p, 32, 33);
	set_once(d, &other_party(d)->name, text.s, text.n);
}

/* ---- /EREF/.../ORDP//NAME/... ---- */

static const char *const slash_keys[] = { "TRTP", "IBAN", "BBAN", "BIC",       "NAME",   "REMI",
					  "EREF", "ORDP", "BENM", "ID",        "ADDR",   "MARF",
					  "CSID", "RTRN", "RTYP", "ISDT",      "PURP",   "ULTC",
					  "ULTD", "ULTB", "CREF", "PREF",      "ACCW",   "CNTP",
					  "TRCD", "SVCL", "IREF", "OCMT",      "CHGS",   "EXCH",
					  "SUBF", "RREF", "NRTX", "CDTRREFTP", "CDTRREF" };

/* The key of a "/KEY/" at s. */
static const char *slash_key_at(const char *s, const char *end)
{
	if (s >= end || *s != '/')
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(slash_keys); i++) {
		size_t n = strlen(slash_keys[i]);
		if ((size_t)(end - s) >= n + 2 && memcmp(s + 1, slash_keys[i], n) == 0 &&
		    s[n + 1] == '/')
			return slash_keys[i];
	}
	return NULL;
}

/* "USTD//text" and "STRD/CUR/reference" inside of REMI. */
static void take_remittance(struct details *d, const char *s, size_t n)
{
	if (n >= 6 && memcmp(s, "USTD//", 6) == 0) {
		s += 6;
		n -= 6;
	} else if (n >= 9 && (memcmp(s, "STRD/CUR/", 9) == 0 || memcmp(s, "STRD/ISO/", 9) == 0)) {
		const char *stop = memchr(s + 9, '/', n - 9);
		set_reference(d, s + 9, stop ? (size_t)(stop - s - 9) : n - 9);
		return;
	}
	while (n && s[n - 1] == '/')
		n--;
	set_once(d, &d->m->tx.remittance, s, n);
}

/* The counterparty in one: account/BIC/name/city. */
static void take_counterparty(struct details *d, const char *s, size_t n)
{
	const char *end = s + n;

	for (int i = 0; i < 3 && s <= end; i++) {
		const char *stop = memchr(s, '/', (size_t)(end - s));
		size_t len = (size_t)((stop ? stop : end) - s);
		if (i == 0)
			set_account(d, s, len);
		else if (i == 1)
			set_bic(d, s, len);
		else
			set_once(d, &other_party(d)->name, s, len);
		if (!stop)
			return;
		s = stop + 1;
	}
}

static void take_slash(struct details *d, const char *key, const char *s, size_t n)
{
	struct camt_tx *tx = &d->m->tx;

	while (n && s[n - 1] == '/' && !str_eq(key, "CNTP"))
		n--;
	if (str_eq(key, "REMI"))
		take_remittance(d, s, n);
	else if (str_eq(key, "EREF"))
		set_end_to_end(d, s, n);
	else if (str_eq(key, "IBAN") || str_eq(key, "BBAN"))
		set_account(d, s, n);
	else if (str_eq(key, "BIC"))
		set_bic(d, s, n);
	else if (str_eq(key, "NAME"))
		set_once(d, &other_party(d)->name, s, n);
	else if (str_eq(key, "CNTP"))
		take_counterparty(d, s, n);
	else if (str_eq(key, "MARF"))
		tx->mandate_id = bank_reference(d->a, s, n);
	else if (str_eq(key, "PREF"))
		tx->payment_info_id = bank_reference(d->a, s, n);
	else if (str_eq(key, "IREF"))
		tx->tx_id = bank_reference(d->a, s, n);
	else if (str_eq(key, "CDTRREF"))
		set_reference(d, s, n);
	else if (str_eq(key, "PURP"))
		set_once(d, &tx->purpose, s, n);
	else if (str_eq(key, "RTRN"))
		tx->return_code = bank_reference(d->a, s, n);
	else if (str_starts(key, "ULT"))
		set_once(d, &behind_party(d, key[3] == 'D')->name, s, n);
	else if (n)
		add_info(d, key, s, n);
}

static void take_slashes(struct details *d, const char *s, size_t n)
{
	const char *end = s + n, *from = s, *key = NULL;

	for (const char *at = s; at < end; at++) {
		const char *next = slash_key_at(at, end);
		if (!next)
			continue;
		if (key)
			take_slash(d, key, from, (size_t)(at - from));
		else
			set_once(d, &d->m->tx.remittance, from, (size_t)(at - from));
		key = next;
		from = at + strlen(next) + 2;
		at = from - 1;
	}
	if (key)
		take_slash(d, key, from, (size_t)(end - from));
}

/* ---- :NS: two digits and a text on each line ---- */

static void take_ns(struct details *d, const char *s, size_t n)
{
	struct buf purpose;
	struct lines lines;

	buf_init(&purpose, d->a);
	lines_init(&lines, s, n);
	while (lines_next(&lines, &s, &n)) {
		int code = n >= 2 && isdigit((unsigned char)s[0]) && isdigit((unsigned char)s[1])
				   ? (s[0] - '0') * 10 + s[1] - '0'
				   : -1;
		if (code >= 1 && code <= 14) {
			buf_puts(&purpose, purpose.len ? " " : "");
			buf_add(&purpose, s + 2, n - 2);
		} else if (code == 15) {
			set_once(d, &other_party(d)->name, s + 2, n - 2);
		} else {
			add_info(d, NULL, s, n);
		}
	}
	set_once(d, &d->m->tx.remittance, buf_str(&purpose), purpose.len);
}

/* ---- lines ---- */

/* One text of the wrapped lines: full lines go on without a blank, others with one where asked. */
static struct csv_field unwrap(struct arena *a, const char *s, size_t n, bool has_blanks)
{
	struct lines lines;
	bool was_full = true;
	struct buf b;

	buf_init(&b, a);
	lines_init(&lines, s, n);
	while (lines_next(&lines, &s, &n)) {
		if (has_blanks && b.len && !was_full)
			buf_putc(&b, ' ');
		buf_add(&b, s, n);
		was_full = n >= LINE_FULL;
	}
	return (struct csv_field){ buf_str(&b), b.len };
}

static bool is_german(struct csv_field t)
{
	return t.n > 6 && isdigit((unsigned char)t.s[0]) && isdigit((unsigned char)t.s[1]) &&
	       isdigit((unsigned char)t.s[2]) && ispunct((unsigned char)t.s[3]) &&
	       isdigit((unsigned char)t.s[4]) && isdigit((unsigned char)t.s[5]);
}

static bool has_slash_key(struct csv_field t)
{
	for (size_t i = 0; i < t.n; i++)
		if (slash_key_at(t.s + i, t.s + t.n))
			return true;
	return false;
}

void mt940_details(struct arena *a, const char *text, size_t n, struct bank_movement *m)
{
	struct details d = { .a = a, .m = m };
	struct csv_field t = unwrap(a, text, n, false);

	buf_init(&d.info, a);
	if (m->entry.info)
		buf_puts(&d.info, m->entry.info);
	if (n >= 5 && memcmp(text, ":NS:\n", 5) == 0) {
		take_ns(&d, text + 5, n - 5);
	} else if (is_german(t)) {
		take_german(&d, t.s, t.n);
	} else {
		t = unwrap(a, text, n, true);
		if (has_slash_key(t))
			take_slashes(&d, t.s, t.n);
		else
			take_plus_text(&d, t.s, t.n);
	}
	if (d.info.len)
		m->entry.info = buf_str(&d.info);
}
