/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/return.h"

#include "base/text.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>

/* ---- what the bank says ---- */

/* Codes of the bank's operation that say by themselves that money received goes back. */
static const struct {
	const char *code;
	enum return_kind kind;
} codes[] = {
	{ "PMNT/IDDT/UPDD", RETURN_DIRECT_DEBIT },
	{ "PMNT/IDDT/PRDD", RETURN_DIRECT_DEBIT },
	{ "PMNT/IDDT/RCDD", RETURN_DIRECT_DEBIT },
	{ "PMNT/RCDT/RRTN", RETURN_TRANSFER },
	{ "PMNT/RRCT/RRTN", RETURN_TRANSFER },
	{ "PMNT/RCHQ/UPCQ", RETURN_CHEQUE },
	{ "PMNT/RCHQ/CQRV", RETURN_CHEQUE },
	{ "PMNT/DRFT/UDFT", RETURN_BILL },
	/* interbank codes of CFONB */
	{ "03", RETURN_CHEQUE },
	{ "10", RETURN_DIRECT_DEBIT },
	{ "26", RETURN_DIRECT_DEBIT },
	{ "27", RETURN_DIRECT_DEBIT },
	{ "33", RETURN_BILL },
	{ "34", RETURN_BILL },
	{ "38", RETURN_OTHER },
	{ "98", RETURN_OTHER },
	{ "A5", RETURN_DIRECT_DEBIT },
	{ "A6", RETURN_DIRECT_DEBIT },
	{ "B3", RETURN_DIRECT_DEBIT },
	{ "B4", RETURN_DIRECT_DEBIT },
	{ "C4", RETURN_TRANSFER },
};

static bool kind_of_code(const char *code, enum return_kind *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (str_eq(codes[i].code, code)) {
			*ret = codes[i].kind;
			return true;
		}
	return false;
}

/* Words by which banks without codes say it; a charge for a return is none. */
static bool kind_of_words(const char *key, enum return_kind *ret)
{
	static const struct {
		const char *word;
		enum return_kind kind;
	} words[] = {
		{ "CHEQUE IMPAYE", RETURN_CHEQUE },
		{ "CHQ IMPAYE", RETURN_CHEQUE },
		{ "UNPAID CHEQUE", RETURN_CHEQUE },
		{ "LCR IMPAYE", RETURN_BILL },
		{ "EFFET IMPAYE", RETURN_BILL },
		{ "PRELEVEMENT IMPAYE", RETURN_DIRECT_DEBIT },
		{ "PRLV IMPAYE", RETURN_DIRECT_DEBIT },
		{ "REJET PRLV", RETURN_DIRECT_DEBIT },
		{ "REJET PRELEVEMENT", RETURN_DIRECT_DEBIT },
		{ "REJET DE PRELEVEMENT", RETURN_DIRECT_DEBIT },
		{ "RUCKLASTSCHRIFT", RETURN_DIRECT_DEBIT },
		{ "RETURNED DIRECT DEBIT", RETURN_DIRECT_DEBIT },
		{ "UNPAID DIRECT DEBIT", RETURN_DIRECT_DEBIT },
	};

	if (strstr(key, "FRAIS") || strstr(key, "COMMISSION"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(key, words[i].word)) {
			*ret = words[i].kind;
			return true;
		}
	return false;
}

/* A reason of the table, alone between blanks. */
static const char *code_in_words(const char *key)
{
	while (*key) {
		size_t n = strcspn(key, " ");
		if (n == 4) {
			char word[5] = { key[0], key[1], key[2], key[3], 0 };
			const struct return_reason *r = return_reason_find(word);
			/* Those that are also words of a language need their own field. */
			if (r && isdigit((unsigned char)word[3]))
				return r->code;
		}
		key += n + (key[n] == ' ');
	}
	return NULL;
}

static const char *ref(struct arena *a, const json_t *refs, const char *key)
{
	const char *text = json_string_value(json_object_get(refs, key));

	return text ? arena_strdup(a, text) : NULL;
}

static void fill_refs(struct arena *a, const struct entry *en, struct return_fact *f)
{
	static const char *const names[] = { "tx_servicer", "transaction", "instruction", "uetr",
					     "servicer" };
	json_t *refs = str_empty(en->other_refs) ? NULL : json_loads(en->other_refs, 0, NULL);

	f->mandate = ref(a, refs, "mandate");
	f->cheque = ref(a, refs, "cheque");
	f->text = ref(a, refs, "return_info");
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		f->refs[i] = ref(a, refs, names[i]);
	f->fee_minor = entry_charges(en->other_refs, en->currency);
	if (f->fee_minor >= f->minor)
		f->fee_minor = 0;
	json_decref(refs);
}

bool return_of_entry(struct arena *a, const struct entry *en, struct return_fact *ret)
{
	struct return_fact f = { .kind = RETURN_OTHER,
				 .minor = -en->amount_minor,
				 .on = en->booked_on,
				 .reference = en->reference,
				 .end_to_end = en->end_to_end,
				 .payer_iban = en->payer_iban,
				 .payer_name = en->payer_name };
	json_t *refs;
	const char *key, *info;
	bool is_return;

	if (en->amount_minor >= 0)
		return false;
	memcpy(f.currency, en->currency, sizeof f.currency);
	refs = str_empty(en->other_refs) ? NULL : json_loads(en->other_refs, 0, NULL);
	info = ref(a, refs, "info");
	is_return = kind_of_code(en->bank_code, &f.kind) ||
		    kind_of_code(json_string_value(json_object_get(refs, "own_code")), &f.kind);
	json_decref(refs);
	f.words = arena_printf(a, "%s %s %s", en->remittance ? en->remittance : "",
			       info ? info : "", en->structured_ref ? en->structured_ref : "");
	key = text_key(a, f.words);
	is_return = is_return || kind_of_words(key, &f.kind) || en->is_reversal ||
		    return_reason_find(en->return_reason) || str_eq(en->return_reason, "NRTI");
	if (!is_return)
		return false;
	fill_refs(a, en, &f);
	f.code = return_reason_find(en->return_reason) ? en->return_reason : code_in_words(key);
	if (!f.code)
		f.code = str_empty(en->return_reason) || str_eq(en->return_reason, "NRTI")
				 ? NULL
				 : en->return_reason;
	if (!f.text)
		f.text = info;
	*ret = f;
	return true;
}

/* ---- which payment it is ---- */

enum {
	OWN_DAYS = 400,   /* thirteen months: refunds of debits that nobody had allowed */
	SHARED_DAYS = 70, /* eight weeks, and some bank days */
	POINTS_OWN = 100,
	POINTS_ENOUGH = 2
};

static bool same(const char *a, const char *b)
{
	return !str_empty(a) && !str_empty(b) && strcmp(a, b) == 0;
}

static bool differ(const char *a, const char *b)
{
	return !str_empty(a) && !str_empty(b) && strcmp(a, b) != 0;
}

static bool same_cheque(const char *a, const char *b)
{
	if (str_empty(a) || str_empty(b))
		return false;
	a += strspn(a, "0");
	b += strspn(b, "0");
	return strlen(a) >= 4 && strcmp(a, b) == 0;
}

/* A reference that the bank gave to that payment alone. */
static bool same_ref(const struct return_fact *f, const json_t *refs, const char *reference)
{
	static const char *const names[] = { "tx_servicer", "transaction", "instruction", "uetr",
					     "servicer" };

	for (size_t i = 0; i < RETURN_REFS; i++) {
		if (str_empty(f->refs[i]) || strlen(f->refs[i]) < 5)
			continue;
		if (same(f->refs[i], reference))
			return true;
		for (size_t k = 0; k < ARRAY_LEN(names); k++)
			if (same(f->refs[i], json_string_value(json_object_get(refs, names[k]))))
				return true;
	}
	return false;
}

static bool quotes(struct arena *a, const char *words_key, const struct return_payment *p)
{
	for (size_t i = 0; i < p->n_documents; i++) {
		const char *key = text_reference_key(a, p->documents[i]);
		if (strlen(key) >= 5 && strstr(words_key, key))
			return true;
	}
	return false;
}

static bool same_name(struct arena *a, const char *x, const char *y)
{
	return !str_empty(x) && !str_empty(y) && strcmp(text_key(a, x), text_key(a, y)) == 0;
}

/* 0: only the amount; -1: another payment. */
static int points(struct arena *a, const struct return_fact *f, const char *words_key,
		  const struct return_payment *p)
{
	json_t *refs;
	int age = f->on - p->received_on, n = 0;
	bool is_own;

	if (strcmp(p->currency, f->currency) != 0 || age < 0 || age > OWN_DAYS ||
	    (p->minor != f->minor && p->minor != f->minor - f->fee_minor))
		return -1;
	refs = str_empty(p->other_refs) ? NULL : json_loads(p->other_refs, 0, NULL);
	is_own = same(f->end_to_end, p->end_to_end) || same_ref(f, refs, p->reference) ||
		 same_cheque(f->cheque, json_string_value(json_object_get(refs, "cheque")));
	n += 2 * same(f->mandate, json_string_value(json_object_get(refs, "mandate")));
	json_decref(refs);
	if (is_own)
		return POINTS_OWN;
	if (differ(f->end_to_end, p->end_to_end) || age > SHARED_DAYS)
		return -1;
	n += 2 * quotes(a, words_key, p);
	n += 2 * (same(f->payer_iban, p->payer_iban) || same(f->payer_iban, p->customer_iban));
	n += same_name(a, f->payer_name, p->payer_name) ||
	     same_name(a, f->payer_name, p->customer_name);
	return n;
}

struct scored {
	struct return_guess guess;
	day_t received_on;
	int64_t item_id;
};

/* More points first; then the later payment, then the newer item. */
static int by_points(const void *x, const void *y)
{
	const struct scored *a = x, *b = y;

	if (a->guess.points != b->guess.points)
		return b->guess.points - a->guess.points;
	if (a->received_on != b->received_on)
		return b->received_on - a->received_on;
	return (a->item_id < b->item_id) - (a->item_id > b->item_id);
}

bool return_find(struct arena *a, const struct return_fact *fact,
		 const struct return_payment *payments, size_t n, struct return_guess *ret,
		 size_t *ret_n)
{
	struct scored *all = ARENA_ARRAY(a, n + 1, struct scored);
	const char *words_key = fact->words ? text_reference_key(a, fact->words) : "";
	size_t n_all = 0;

	for (size_t i = 0; i < n; i++) {
		int v = points(a, fact, words_key, &payments[i]);
		if (v >= 0)
			all[n_all++] = (struct scored){ { i, v },
							payments[i].received_on,
							payments[i].item_id };
	}
	if (n_all)
		qsort(all, n_all, sizeof *all, by_points);
	*ret_n = n_all < RETURN_GUESSES ? n_all : RETURN_GUESSES;
	for (size_t i = 0; i < *ret_n; i++)
		ret[i] = all[i].guess;
	/* One that has its own reference is it, whatever others share; two of them are one too many. */
	return n_all > 0 && all[0].guess.points >= POINTS_ENOUGH &&
	       (n_all == 1 || all[1].guess.points < POINTS_ENOUGH ||
		(all[0].guess.points == POINTS_OWN && all[1].guess.points < POINTS_OWN));
}
