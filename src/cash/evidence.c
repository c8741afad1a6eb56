/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "cash/book.h"

#include <strings.h>

enum { MAX_EVIDENCES = 256 };

static void found(const struct match_book *b, struct evidences *list, struct evidence e)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].item == e.item && list->at[i].customer == e.customer &&
		    list->at[i].kind <= e.kind)
			return;
	if (list->n < MAX_EVIDENCES)
		*LIST_ADD(b->scratch, list) = e;
}

/* The reference of an end-to-end id or remittance is no evidence when the bank says there is none.
 */
static bool is_filler(const char *text)
{
	return str_empty(text) || str_eq(text, "NOTPROVIDED") || str_eq(text, "NONREF");
}

struct scan {
	const struct match_book *book;
	const struct match_entry *entry;
	enum match_field field;
	const char *source;
	struct folded text;
	struct evidences *list;
};

static struct evidence span(const struct scan *s, enum evidence_kind kind, size_t from, size_t len)
{
	return (struct evidence){
		.kind = kind,
		.item = MATCH_NONE,
		.customer = MATCH_NONE,
		.field = s->field,
		.from = s->text.pos[from],
		.to = s->text.pos[from + len - 1] + 1,
	};
}

static bool same_currency(const struct scan *s, uint32_t item)
{
	return str_eq(s->book->in.items[item].currency, s->entry->currency);
}

/* ---- creditor references (ISO 11649) ---- */

static int rf_remainder(const char *at, size_t len)
{
	int r = 0;

	for (size_t i = 0; i < len; i++) {
		char c = at[(i + 4) % len];
		if (c >= '0' && c <= '9')
			r = (r * 10 + (c - '0')) % 97;
		else
			r = (r * 100 + (c - 'A' + 10)) % 97;
	}
	return r;
}

static bool is_plain(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)at[i] >= 0x80)
			return false;
	return true;
}

/* Items whose payment reference is the text; true when there is one. */
static bool find_reference(const struct scan *s, size_t from, size_t len)
{
	const struct match_book *b = s->book;
	uint32_t it = index_find(&b->by_reference, s->text.at + from, len);
	bool any = false;

	for (; it != INDEX_NONE; it = index_next(&b->by_reference, it)) {
		const char *key = text_reference_key(b->scratch, b->in.items[it].payment_ref);
		struct evidence e = span(s, EVIDENCE_REFERENCE, from, len);
		if (strlen(key) != len || memcmp(key, s->text.at + from, len) != 0 ||
		    !same_currency(s, it) || b->open[it] == 0)
			continue;
		e.item = it;
		e.customer = b->in.items[it].customer;
		found(b, s->list, e);
		any = true;
	}
	return any;
}

/* RF references in running text: RF, two check digits, at most 21 more characters, the longest that
 * is valid and known. */
static void scan_references(const struct scan *s)
{
	const struct folded *f = &s->text;

	for (size_t i = 0; i + 5 <= f->n; i++) {
		size_t len = f->n - i < 25 ? f->n - i : 25;
		if (!f->is_start[i] || f->at[i] != 'R' || f->at[i + 1] != 'F')
			continue;
		for (; len >= 5; len--)
			if (fold_is_edge(f, i + len) && is_plain(f->at + i, len) &&
			    rf_remainder(f->at + i, len) == 1 && find_reference(s, i, len))
				break;
	}
}

/* ---- document numbers ---- */

/* Short numbers, and numbers without a letter, count only as one word of the text or written exactly as
 * the document is. */
static bool may_be_spread(const char *at, size_t len)
{
	size_t n_digits = 0;

	for (size_t i = 0; i < len; i++)
		n_digits += at[i] >= '0' && at[i] <= '9';
	return len >= 6 && n_digits >= 4 && n_digits < len;
}

static bool is_one_word(const struct folded *f, size_t from, size_t len)
{
	for (size_t i = from + 1; i < from + len; i++)
		if (f->is_start[i])
			return false;
	return f->is_start[from] && (from + len == f->n || f->is_start[from + len]);
}

static bool is_written_as(const struct scan *s, uint32_t item, size_t from, size_t len)
{
	const char *document = s->book->in.items[item].document;
	size_t start = s->text.pos[from], end = s->text.pos[from + len - 1] + 1;

	return s->text.is_start[from] && end - start == strlen(document) &&
	       (from + len == s->text.n || s->text.is_start[from + len]) &&
	       strncasecmp(s->source + start, document, end - start) == 0;
}

/* Whether the document's number is what stands there. */
static bool is_number(const struct scan *s, uint32_t item, size_t from, size_t len)
{
	const struct match_book *b = s->book;
	const char *at = s->text.at + from;

	return b->key_len[item] == len && memcmp(b->document_key[item], at, len) == 0 &&
	       (may_be_spread(at, len) || is_one_word(&s->text, from, len) ||
		is_written_as(s, item, from, len));
}

static bool find_document(const struct scan *s, size_t from, size_t len)
{
	const struct match_book *b = s->book;
	uint32_t first = index_find(&b->by_document, s->text.at + from, len), it;
	uint32_t owner = MATCH_NONE;
	bool any = false, is_shared = false;

	for (it = first; it != INDEX_NONE; it = index_next(&b->by_document, it)) {
		if (!is_number(s, it, from, len))
			continue;
		is_shared = is_shared || (owner != MATCH_NONE && owner != b->in.items[it].customer);
		owner = b->in.items[it].customer;
	}
	for (it = first; it != INDEX_NONE; it = index_next(&b->by_document, it)) {
		struct evidence e = span(s, EVIDENCE_DOCUMENT, from, len);
		if (!is_number(s, it, from, len) || !same_currency(s, it) || b->open[it] == 0)
			continue;
		e.item = it;
		e.customer = b->in.items[it].customer;
		e.is_shared = is_shared;
		found(b, s->list, e);
		any = true;
	}
	return any;
}

static void scan_documents(const struct scan *s)
{
	const struct folded *f = &s->text;

	for (size_t i = 0; i < f->n; i++) {
		size_t len = f->n - i < s->book->max_length ? f->n - i : s->book->max_length;
		if (!fold_is_edge(f, i))
			continue;
		for (; len >= 3; len--) {
			if (!s->book->has_length[len] || !fold_is_edge(f, i + len))
				continue;
			if (find_document(s, i, len)) {
				i += len - 1;
				break;
			}
		}
	}
}

/* ---- numbers cut short, customer codes, SIREN ---- */

static bool digit_at(const struct folded *f, size_t i)
{
	return i < f->n && f->at[i] >= '0' && f->at[i] <= '9';
}

static void find_number(const struct scan *s, size_t from, size_t len)
{
	const struct match_book *b = s->book;
	const char *at = s->text.at + from;
	uint32_t it;

	it = index_find(&b->by_number, at, len);
	for (; it != INDEX_NONE; it = index_next(&b->by_number, it)) {
		struct evidence e = span(s, EVIDENCE_NUMBER, from, len);
		if (strlen(b->number[it]) != len || memcmp(b->number[it], at, len) != 0 ||
		    !same_currency(s, it) || b->open[it] == 0)
			continue;
		e.item = it;
		e.customer = b->in.items[it].customer;
		found(b, s->list, e);
	}
}

/* The folded text by which a customer is indexed. */
static const char *customer_key(const struct match_book *b, enum evidence_kind kind, uint32_t c)
{
	return kind == EVIDENCE_SIREN ? b->in.customers[c].siren
				      : text_reference_key(b->scratch, b->in.customers[c].code);
}

static void find_customer(const struct scan *s, const struct index *ix, enum evidence_kind kind,
			  size_t from, size_t len)
{
	uint32_t c = index_find(ix, s->text.at + from, len);

	for (; c != INDEX_NONE; c = index_next(ix, c)) {
		const char *key = customer_key(s->book, kind, c);
		struct evidence e = span(s, kind, from, len);
		if (strlen(key) != len || memcmp(key, s->text.at + from, len) != 0)
			continue;
		e.customer = c;
		found(s->book, s->list, e);
	}
}

/* Runs of digits: a document's last number, a SIREN. */
static void scan_numbers(const struct scan *s)
{
	const struct folded *f = &s->text;

	for (size_t i = 0; i < f->n;) {
		size_t end = i, from;
		if (!digit_at(f, i)) {
			i++;
			continue;
		}
		while (digit_at(f, end) && (end == i || !f->is_start[end]))
			end++;
		if (end - i == 9)
			find_customer(s, &s->book->by_siren, EVIDENCE_SIREN, i, 9);
		for (from = i; from < end && f->at[from] == '0';)
			from++;
		if (end - from >= 2 && end - from <= 9)
			find_number(s, from, end - from);
		i = end;
	}
}

/* Words that are a customer's code; codes of fewer than four characters are too common. */
static void scan_codes(const struct scan *s)
{
	const struct folded *f = &s->text;

	for (size_t i = 0; i < f->n;) {
		size_t end = i + 1;
		while (end < f->n && !f->is_start[end])
			end++;
		if (end - i >= 4)
			find_customer(s, &s->book->by_code, EVIDENCE_CODE, i, end - i);
		i = end;
	}
}

void evidence_find(const struct match_book *b, const struct match_entry *entry,
		   struct evidences *ret)
{
	const struct {
		enum match_field field;
		const char *text;
	} fields[] = {
		{ MATCH_STRUCTURED, entry->structured_ref },
		{ MATCH_END_TO_END, entry->end_to_end },
		{ MATCH_REMITTANCE, entry->remittance },
	};

	*ret = (struct evidences){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		struct scan s = { b, entry, fields[i].field, fields[i].text, { 0 }, ret };
		if (is_filler(fields[i].text))
			continue;
		fold_text(b->scratch, fields[i].text, &s.text);
		/* A structured reference need not be ISO 11649: banks have their own. */
		if (fields[i].field == MATCH_STRUCTURED && s.text.n > 0)
			(void)find_reference(&s, 0, s.text.n);
		scan_references(&s);
		scan_documents(&s);
		scan_numbers(&s);
		scan_codes(&s);
	}
}
