/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "match/book.h"

enum { MAX_EVIDENCES = 256, MAX_SAME_KEY = 200 };

/* ---- the list ---- */

void evidence_add(const struct scan *s, struct evidence e)
{
	struct evidences *list = s->list;

	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].item == e.item && list->at[i].customer == e.customer) {
			if (e.kind < list->at[i].kind)
				list->at[i] = e;
			return;
		}
	if (list->n < MAX_EVIDENCES)
		*LIST_ADD(s->book->scratch, list) = e;
}

struct evidence evidence_span(const struct scan *s, enum evidence_kind kind, size_t from, size_t to)
{
	struct evidence e = {
		.kind = kind,
		.item = MATCH_NONE,
		.customer = MATCH_NONE,
		.field = s->t->field,
		.from = s->t->text.pos[from],
		.to = fold_end(&s->t->text, to - 1),
		.chance = 1,
	};

	for (size_t i = from; i < to && e.chance > 1e-12; i++)
		e.chance /= 10;
	return e;
}

bool evidence_may_be(const struct scan *s, uint32_t item)
{
	const struct match_book *b = s->book;

	return book_is_open_for(b, s->entry, item) &&
	       book_same_entity(b, s->entry, b->in.items[item].customer);
}

/* ---- what stands in the text ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t count_digits(const char *at, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += is_digit(at[i]);
	return n;
}

static bool is_one_word(const struct folded *f, size_t from, size_t to)
{
	for (size_t i = from + 1; i < to; i++)
		if (f->is_start[i])
			return false;
	return f->is_start[from] && (to == f->n || f->is_start[to]);
}

/* Separators and all as the original is written, at the edges of words. */
static bool is_written_as(const struct folded *f, const char *original, size_t from, size_t to)
{
	size_t start = f->pos[from], end = fold_end(f, to - 1);

	return f->is_start[from] && (to == f->n || f->is_start[to]) &&
	       end - start == strlen(original) &&
	       strncasecmp(f->source + start, original, end - start) == 0;
}

/* Letters and digits enough that it may stand anywhere, spread over spaces or glued to others. */
static bool may_be_spread(const char *key, size_t len)
{
	size_t n = count_digits(key, len);

	return len >= 6 && n >= 4 && n < len;
}

static bool is_word_of(const char *at, size_t len, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == len && memcmp(list[i], at, len) == 0)
			return true;
	return false;
}

static bool is_cue(const char *at, size_t len)
{
	static const char *const cues[] = {
		"FACT",      "FACTURE",    "FACTURES", "FAC",     "FA",      "FT",
		"FRA",       "FATTURA",    "FACTURA",  "INV",     "INVOICE", "INVOICES",
		"RECHNUNG",  "RECHNUNGEN", "RE",       "RG",      "RGNR",    "RENR",
		"RNR",       "N",          "NO",       "NOS",     "NR",      "NUM",
		"NUMERO",    "REF",        "F",        "FACTUUR", "DOC",     "BILL",
		"AVOIR",     "DOCUMENT",   "FCT",      "FACTN",   "FACTNO",  "FATT",
		"REFERENCE", "FACTS",      "FACS",     "INVS",
	};

	return is_word_of(at, len, cues, ARRAY_LEN(cues));
}

/* Letters right before character end of the text, up to the next gap; how many. */
static size_t letters_before(const struct folded *f, size_t end)
{
	size_t start = end;

	while (start > 0 && !is_digit(f->at[start - 1]) && (start == end || !f->is_start[start]))
		start--;
	return end - start;
}

bool evidence_is_glued(const struct bank_text *t, size_t from)
{
	size_t n;

	if (from == 0 || t->text.is_start[from])
		return false;
	n = letters_before(&t->text, from);
	return n >= 3 && is_cue(t->text.at + from - n, n);
}

bool evidence_has_cue(const struct bank_text *t, size_t from)
{
	static const char *const joins[] = { "ET",  "AND", "UND", "A",  "AU",  "TO",
					     "BIS", "Y",   "E",   "EN", "PLUS" };
	const struct folded *f = &t->text;

	for (int steps = 0; from > 0 && steps < 40; steps++) {
		size_t n;
		if (is_digit(f->at[from - 1])) {
			from--;
			continue;
		}
		n = letters_before(f, from);
		if (is_cue(f->at + from - n, n))
			return true;
		if (!is_word_of(f->at + from - n, n, joins, ARRAY_LEN(joins)))
			return false;
		from -= n;
	}
	return false;
}

bool evidence_is_paid(const struct bank_text *t, size_t from, size_t len)
{
	static const char *const words[] = {
		"REGLEMENT",
		"RGLT",
		"REGLT",
		"PAIEMENT",
		"VERSEMENT",
		"ACOMPTE",
		"PARTIEL",
		"SOLDE",
		"PAYMENT",
		"SETTLEMENT",
		"PAYING",
		"ZAHLUNG",
		"TEILZAHLUNG",
		"ANZAHLUNG",
		"ABSCHLAG",
		"RECHNUNGSNR",
		"RECHNUNGSNUMMER",
		"RECHNR",
		"BELEG",
		"BELEGNR",
		"PAGAMENTO",
		"SALDO",
		"ACCONTO",
		"FATTURE",
		"PAGO",
		"ABONO",
		"ANTICIPO",
		"FACTURAS",
		"FRAS",
		"BETALING",
		"AANBETALING",
		"DEELBETALING",
		"FACTUURNR",
		"FACTUURNUMMER",
		"FACTUREN",
		"BETREFT",
		"LIQUIDACION",
		"PARCIAL",
		"CUENTA",
		"RATE",
	};
	const struct folded *f = &t->text;
	size_t n = from > 0 ? letters_before(f, from) : 0;

	/* A year goes with such words as well. */
	if (len < 4 || n == 0 ||
	    (len == 4 &&
	     (memcmp(f->at + from, "20", 2) == 0 || memcmp(f->at + from, "19", 2) == 0)))
		return false;
	return is_word_of(f->at + from - n, n, words, ARRAY_LEN(words));
}

static bool is_other(const struct bank_text *t, size_t from, size_t to)
{
	for (size_t i = 0; i < t->runs.n; i++)
		if (t->runs.at[i].from < to && t->runs.at[i].to > from && t->runs.at[i].is_other)
			return true;
	return false;
}

/* ---- document numbers ---- */

/* Digits alone that are spread over spaces, so many that they are hardly anything else. */
static bool is_rare_spread(const struct scan *s, const char *key, size_t from, size_t to)
{
	enum { LEAST = 8 };
	const struct folded *f = &s->t->text;
	size_t len = to - from;

	return len >= LEAST && len < ARRAY_LEN(s->book->digit_share) && f->is_start[from] &&
	       fold_is_edge(f, to) && memcmp(key, f->at + from, len) == 0 &&
	       count_digits(key, len) == len && s->book->digit_share[len] < 0.001 &&
	       !s->t->is_iban[from] && !is_other(s->t, from, to);
}

/* How far the characters are the document's number: 0 not, 1 its digits as others may be, 2 it. */
static int is_number(const struct scan *s, const char *original, const char *key, size_t from,
		     size_t to)
{
	const struct folded *f = &s->t->text;
	const char *at = f->at + from;
	size_t len = to - from, n_other = 0;
	bool is_spread = may_be_spread(key, len);
	bool is_written = is_written_as(f, original, from, to);

	for (size_t i = 0; i < len; i++)
		n_other += key[i] != at[i];
	if (n_other > 3 || (n_other > 0 && (len < 6 || count_digits(at, len) * 2 < len)))
		return 0;
	/* "FACTFA2026...": glued to a word; but one letter may be the end of any. */
	if (!fold_is_edge(f, from) && (!is_spread || is_digit(key[0]) ||
				       (is_digit(key[1]) && !evidence_is_glued(s->t, from))))
		return 0;
	if (!is_spread && !is_written && !is_one_word(f, from, to))
		return is_rare_spread(s, key, from, to) ? 2 : 0;
	if (count_digits(key, len) < len)
		return 2;
	/* Digits alone: an amount, a year, a postcode may be the same. */
	if (s->t->is_iban[from] || is_other(s->t, from, to))
		return 0;
	if ((is_written && strlen(original) > len + 1) || evidence_has_cue(s->t, from) ||
	    evidence_is_paid(s->t, from, len))
		return 2;
	return len >= 5 && s->book->digit_share[len] < 0.02 ? 2 : 1;
}

/* Whether a row's key is the characters, letter for letter: then nothing else was meant. */
static bool has_exact(const struct key_set *set, const char *at, size_t len)
{
	uint32_t it = key_set_find(set, at, len);

	for (int n = 0; it != INDEX_NONE && n < MAX_SAME_KEY;
	     it = key_set_next(set, it, at, len), n++)
		if (memcmp(set->key[it], at, len) == 0)
			return true;
	return false;
}

/* Items whose key reads as the characters; whether any is named whole. */
static bool find_items(const struct scan *s, const struct key_set *set, enum evidence_kind kind,
		       size_t from, size_t to)
{
	const struct match_book *b = s->book;
	const char *at = s->t->text.at + from;
	size_t len = to - from, n = 0;
	uint32_t it = key_set_find(set, at, len), owner = MATCH_NONE, met[MAX_SAME_KEY];
	int how[MAX_SAME_KEY];
	bool is_shared = false, any = false, is_exact = it != INDEX_NONE && has_exact(set, at, len);

	for (; it != INDEX_NONE && n < MAX_SAME_KEY; it = key_set_next(set, it, at, len)) {
		const struct match_item *item = &b->in.items[it];
		const char *original = kind == EVIDENCE_DOCUMENT    ? item->document
				       : kind == EVIDENCE_REFERENCE ? item->payment_ref
								    : item->order_ref;
		if (!book_same_entity(b, s->entry, item->customer) ||
		    (is_exact && memcmp(set->key[it], at, len) != 0))
			continue;
		how[n] = is_number(s, original, set->key[it], from, to);
		if (!how[n])
			continue;
		is_shared = is_shared || (owner != MATCH_NONE && owner != item->customer);
		owner = item->customer;
		met[n++] = it;
	}
	book_stepped(b, n);
	for (size_t i = 0; i < n; i++) {
		struct evidence e = evidence_span(s, kind, from, to);
		if (!evidence_may_be(s, met[i]))
			continue;
		if (how[i] == 1 && kind == EVIDENCE_DOCUMENT)
			e.kind = EVIDENCE_NUMBER;
		e.item = met[i];
		e.customer = b->in.items[met[i]].customer;
		e.is_shared = is_shared;
		e.reading = memcmp(set->key[met[i]], at, len) == 0 ? READING_EXACT : READING_FOLDED;
		evidence_add(s, e);
		any = any || how[i] == 2;
	}
	return any;
}

static void take_runs(const struct scan *s, size_t from, size_t to)
{
	for (size_t i = 0; i < s->t->runs.n; i++)
		if (s->t->runs.at[i].from < to && s->t->runs.at[i].to > from)
			s->is_taken[i] = true;
}

/* Keys of the set anywhere in the text, the longest first. */
static void scan_keys(const struct scan *s, const struct key_set *set, enum evidence_kind kind)
{
	const struct folded *f = &s->t->text;

	for (size_t i = 0; i + KEY_LEAST <= f->n; i++) {
		uint64_t lengths = key_set_lengths(set, f->at + i);
		while (lengths) {
			size_t len = (size_t)(63 - __builtin_clzll(lengths));
			lengths &= ~(UINT64_C(1) << len);
			if (i + len > f->n || !fold_is_edge(f, i + len) ||
			    !find_items(s, set, kind, i, i + len))
				continue;
			take_runs(s, i, i + len);
			i += len - 1;
			break;
		}
	}
}

/* ---- creditor references ---- */

static bool is_ascii(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)at[i] >= 0x80)
			return false;
	return true;
}

static bool find_reference(const struct scan *s, size_t from, size_t to)
{
	const struct match_book *b = s->book;
	const char *at = s->t->text.at + from;
	size_t len = to - from;
	uint32_t it = key_set_find(&b->references, at, len), owner = MATCH_NONE;
	bool any = false, is_shared = false;

	for (uint32_t k = it; k != INDEX_NONE; k = key_set_next(&b->references, k, at, len)) {
		if (memcmp(b->references.key[k], at, len) != 0)
			continue;
		is_shared = is_shared || (owner != MATCH_NONE && owner != b->in.items[k].customer);
		owner = b->in.items[k].customer;
	}
	for (int n = 0; it != INDEX_NONE && n < MAX_SAME_KEY;
	     it = key_set_next(&b->references, it, at, len), n++) {
		struct evidence e = evidence_span(s, EVIDENCE_REFERENCE, from, to);
		/* Check digits guard it: no letter is taken for a digit. */
		if (memcmp(b->references.key[it], at, len) != 0 || !evidence_may_be(s, it))
			continue;
		e.item = it;
		e.customer = b->in.items[it].customer;
		e.is_shared = is_shared;
		evidence_add(s, e);
		any = true;
	}
	return any;
}

static bool is_reference(const struct scan *s, size_t from, size_t to)
{
	const struct folded *f = &s->t->text;
	const char *at = f->at + from;
	size_t len = to - from;

	if (!fold_is_edge(f, from) || !fold_is_edge(f, to) || !is_ascii(at, len))
		return false;
	if (at[0] == 'R' && at[1] == 'F')
		return bank_text_remainder(at, len) == 1;
	/* Other structured references: long enough that they are nothing else. */
	return count_digits(at, len) >= 10 || (len >= 8 && is_one_word(f, from, to));
}

/* The longest that is valid and known, wherever it begins a word. */
static void scan_references(const struct scan *s)
{
	const struct folded *f = &s->t->text;

	for (size_t i = 0; i + 5 <= f->n; i++) {
		uint64_t lengths = key_set_lengths(&s->book->references, f->at + i);
		while (lengths) {
			size_t len = (size_t)(63 - __builtin_clzll(lengths));
			lengths &= ~(UINT64_C(1) << len);
			if (len < 5 || i + len > f->n || !is_reference(s, i, i + len) ||
			    !find_reference(s, i, i + len))
				continue;
			take_runs(s, i, i + len);
			i += len - 1;
			break;
		}
	}
}

/* A structured field is one reference, whatever bank made it; some pad it with zeros. */
static void read_structured(const struct scan *s)
{
	const struct folded *f = &s->t->text;
	size_t from = 0;

	if (f->n == 0)
		return;
	while (!find_reference(s, from, f->n) && from + 4 < f->n && f->at[from] == '0')
		from++;
}

/* ---- customers ---- */

static void find_customers(const struct scan *s, const struct key_set *set, enum evidence_kind kind,
			   size_t from, size_t to)
{
	const char *at = s->t->text.at + from;
	uint32_t c = key_set_find(set, at, to - from);

	for (int n = 0; c != INDEX_NONE && n < MAX_SAME_KEY;
	     c = key_set_next(set, c, at, to - from), n++) {
		struct evidence e = evidence_span(s, kind, from, to);
		if (memcmp(set->key[c], at, to - from) != 0 ||
		    !book_same_entity(s->book, s->entry, c))
			continue;
		e.customer = c;
		evidence_add(s, e);
	}
}

/* Codes: whole words, or spread when they have letters and digits enough; digits alone are too common
 * unless there are five of them. */
static void scan_codes(const struct scan *s)
{
	const struct folded *f = &s->t->text;

	for (size_t i = 0; i + 4 <= f->n; i++) {
		uint64_t lengths = f->is_start[i] ? key_set_lengths(&s->book->codes, f->at + i) : 0;
		while (lengths) {
			size_t len = (size_t)(63 - __builtin_clzll(lengths));
			size_t n_digits;
			lengths &= ~(UINT64_C(1) << len);
			if (i + len > f->n || (i + len < f->n && !f->is_start[i + len]))
				continue;
			n_digits = count_digits(f->at + i, len);
			/* "CONTRAT 4100007936": so long a code is nothing else. */
			if (n_digits == len && (len < 5 || s->t->is_iban[i] ||
						(len < 8 && is_other(s->t, i, i + len))))
				continue;
			if (n_digits == 0 || is_one_word(f, i, i + len) ||
			    may_be_spread(f->at + i, len))
				find_customers(s, &s->book->codes, EVIDENCE_CODE, i, i + len);
		}
	}
}

/* Nine digits, alone or first of a SIRET's fourteen or last of a VAT number's eleven, spaced or not. */
static void find_siren(const struct scan *s, size_t run)
{
	const struct folded *f = &s->t->text;
	size_t from = s->t->runs.at[run].from, to = from;

	while (to < f->n && is_digit(f->at[to]) && to - from < 15)
		to++;
	if (to - from == 9 || to - from == 14)
		find_customers(s, &s->book->sirens, EVIDENCE_SIREN, from, from + 9);
	else if (to - from == 11)
		find_customers(s, &s->book->sirens, EVIDENCE_SIREN, from + 2, to);
}

static void scan_vat_numbers(const struct scan *s)
{
	const struct folded *f = &s->t->text;

	for (size_t i = 0; i + 8 <= f->n; i++) {
		uint64_t lengths =
			f->is_start[i] ? key_set_lengths(&s->book->vat_numbers, f->at + i) : 0;
		for (; lengths; lengths &= lengths - 1) {
			size_t len = (size_t)__builtin_ctzll(lengths);
			if (i + len <= f->n && fold_is_edge(f, i + len))
				find_customers(s, &s->book->vat_numbers, EVIDENCE_SIREN, i,
					       i + len);
		}
	}
}

/* ---- the entry ---- */

bool evidence_is_filler(const char *text)
{
	return str_empty(text) || str_eq(text, "NOTPROVIDED") || str_eq(text, "NONREF");
}

static void scan_text(const struct scan *s)
{
	book_stepped(s->book, s->t->text.n);
	if (s->t->field == MATCH_STRUCTURED)
		read_structured(s);
	scan_references(s);
	scan_keys(s, &s->book->documents, EVIDENCE_DOCUMENT);
	scan_keys(s, &s->book->orders, EVIDENCE_ORDER);
	evidence_scan_runs(s);
	for (size_t i = 0; i < s->t->runs.n; i++)
		find_siren(s, i);
	scan_vat_numbers(s);
	scan_codes(s);
}

void evidence_find(const struct match_book *b, const struct match_entry *entry,
		   struct evidences *ret)
{
	const struct {
		enum match_field field;
		const char *text;
	} fields[EVIDENCE_TEXTS] = {
		{ MATCH_STRUCTURED, entry->structured_ref },
		{ MATCH_END_TO_END, entry->end_to_end },
		{ MATCH_REMITTANCE, entry->remittance },
	};

	*ret = (struct evidences){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		struct bank_text *t = &ret->texts[ret->n_texts];
		struct scan s = { b, entry, t, ret, NULL };
		if (evidence_is_filler(fields[i].text))
			continue;
		bank_text_read(b->scratch, entry, fields[i].field, fields[i].text, t);
		s.is_taken = ARENA_ARRAY(b->scratch, t->runs.n + 1, bool);
		ret->n_texts++;
		scan_text(&s);
	}
}
