/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One bank entry against a small book, both of the input's lines: payer's name and account, end-to-end id,
 * structured reference, remittance, then documents of customers whose names are lines too.
 */
#include "fuzz.h"

#include "base/text.h"
#include "match/book.h"

#include <stdlib.h>

enum { MAX_LINES = 40, ENTRY_LINES = 5 };

static const char *field_text(const struct match_entry *en, enum match_field field)
{
	return field == MATCH_END_TO_END   ? en->end_to_end
	       : field == MATCH_STRUCTURED ? en->structured_ref
					   : en->remittance;
}

/* What is said to stand in the text stands there, whole characters of it. */
static void check(const struct match_input *in, const struct match_entry *en, const struct facts *f)
{
	for (size_t i = 0; i < f->evidences.n; i++) {
		const struct evidence *e = &f->evidences.at[i];
		const char *text = field_text(en, e->field);
		ENSURE(e->from < e->to && e->to <= strlen(text));
		ENSURE(text_is_utf8(text + e->from, e->to - e->from));
		ENSURE(e->customer < in->n_customers);
		ENSURE(e->item == MATCH_NONE || in->items[e->item].customer == e->customer);
		ENSURE(e->chance > 0);
	}
	ENSURE(f->payer.behalf_from <= f->payer.behalf_to &&
	       f->payer.behalf_to <= strlen(field_text(en, f->payer.behalf_field)));
	for (size_t i = 0; i < f->payer.n; i++)
		ENSURE(f->payer.at[i].likeness >= 0 && f->payer.at[i].likeness <= 1.0001);
}

static void fill(const char *const *lines, size_t n, struct match_customer *customers,
		 struct match_item *items, struct match_input *in)
{
	for (size_t i = 0; i < n; i++) {
		customers[i] = (struct match_customer){ .id = (int64_t)i + 1,
							.code = lines[n - 1 - i],
							.name = lines[i],
							.siren = i % 3 ? NULL : lines[n - 1 - i],
							.iban = i % 2 ? lines[i] : NULL };
		items[i] = (struct match_item){ .id = (int64_t)i + 1,
						.customer = (uint32_t)(i / 2),
						.document = lines[i],
						.payment_ref = i % 4 ? NULL : lines[n - 1 - i],
						.order_ref = i % 5 ? NULL : lines[i],
						.issued_on = 20700,
						.due_on = 20730,
						.open_minor = 100 * (int64_t)(i + 1),
						.currency = "EUR" };
	}
	*in = (struct match_input){
		.customers = customers, .n_customers = n, .items = items, .n_items = n
	};
}

void fuzz_evidence(const char *bytes, size_t n)
{
	const char *lines[MAX_LINES + ENTRY_LINES];
	struct arena *a = arena_new(0);
	struct match_customer *customers = ARENA_ARRAY(a, MAX_LINES, struct match_customer);
	struct match_item *items = ARENA_ARRAY(a, MAX_LINES, struct match_item);
	struct match_input in;
	struct match_entry en;
	struct match_result r;
	struct match_book *b;
	struct facts f;
	size_t n_lines = 0;
	char *text = str_mend_utf8(arena_strndup(a, bytes, n)), *save = NULL;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		lines[i] = "";
	for (char *l = strtok_r(text, "\n", &save); l && n_lines < ARRAY_LEN(lines);
	     l = strtok_r(NULL, "\n", &save))
		lines[n_lines++] = l;
	fill(lines + ENTRY_LINES, n_lines > ENTRY_LINES ? n_lines - ENTRY_LINES : 0, customers,
	     items, &in);
	b = match_book_new(a, &in);
	en = (struct match_entry){ .amount_minor = 100,
				   .currency = "EUR",
				   .booked_on = 20750,
				   .payer_name = lines[0],
				   .payer_iban = lines[1],
				   .end_to_end = lines[2],
				   .structured_ref = lines[3],
				   .remittance = lines[4] };
	facts_find(b, &en, &f);
	check(&in, &en, &f);
	match_one(b, &en, NULL, &r);
	arena_free(a);
}

FUZZ_TARGET(evidence)
