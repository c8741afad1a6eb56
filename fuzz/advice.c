/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A remittance advice in whatever encoding, read line by line. The first byte says in which currency, and which
 * numbers are ours.
 */
#include "fuzz.h"

#include "cash/advice_store.h"
#include "format/encoding.h"
#include "match/advice.h"

#include <string.h>

struct ours {
	char letter; /* numbers that hold it are ours */
	size_t n_asked;
};

static const char *known(void *arg, const char *number)
{
	struct ours *o = arg;

	o->n_asked++;
	ENSURE(*number && strlen(number) <= 60);
	return strchr(number, o->letter) ? "FA2026-000012" : NULL;
}

/* What is told of an advice holds: its lines are of the text, and make the total where they are said to. */
static void believe(const struct advice *ad, size_t len)
{
	int64_t sum = 0;
	size_t n_known = 0;

	ENSURE(ad->lines.n > 0 && ad->lines.n <= ADVICE_LINES_MAX);
	for (size_t i = 0; i < ad->lines.n; i++) {
		const struct advice_line *l = &ad->lines.at[i];
		ENSURE(l->line > 0 && (size_t)l->line <= len);
		ENSURE(i == 0 || l->line > l[-1].line);
		ENSURE(l->document && *l->document);
		ENSURE(l->discount_minor >= 0);
		n_known += l->is_known;
		ENSURE(!__builtin_add_overflow(sum, l->minor, &sum));
	}
	ENSURE(n_known == ad->n_known);
	ENSURE(!ad->adds_up || (ad->has_total && ad->total_minor == sum));
}

static void read_text(struct arena *a, const char *text, size_t n, char first)
{
	struct ours ours = { .letter = first ? first : '0' };
	struct err e = { 0 };
	struct advice ad;

	if (advice_read(a, text, n, first & 1 ? "EUR" : "JPY", known, &ours, &ad, &e))
		believe(&ad, n);
	else
		ENSURE(e.code == ERR_FORMAT || e.code == ERR_LIMIT || e.code == ERR_RANGE);
}

void fuzz_advice(const char *bytes, size_t n)
{
	struct arena *a = arena_new(256 << 20);
	struct err e = { 0 };
	struct decoded d;
	const char *table;
	size_t n_table;

	if (n > 1 && encoding_decode(bytes + 1, n - 1, &d, &e)) {
		read_text(a, d.text, d.len, *bytes);
		table = advice_text_between_commas(a, d.text, d.len, &n_table);
		if (table)
			read_text(a, table, n_table, *bytes);
		decoded_done(&d);
	}
	arena_free(a);
}

FUZZ_TARGET(advice)
