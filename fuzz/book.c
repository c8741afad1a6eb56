/* SPDX-License-Identifier: Apache-2.0 */
/* A chunk of the book's snapshot: what opens can be folded, taken apart and laid out again. */
#include "fuzz.h"

#include "ledger/book_facts.h"
#include "ledger/book_file.h"

#include <stdlib.h>

static void fold(const struct chunk *c, day_t as_of, uint32_t position)
{
	struct arena *a = arena_new((size_t)1 << 30);
	struct chunk_state s;
	struct err e = { 0 };
	size_t sum = 0;

	if (chunk_state_at(c, a, as_of, position, &s, &e)) {
		for (uint32_t i = 0; i < s.n; i++) {
			sum += s.disputed_minor ? (size_t)s.disputed_minor[i] : 0;
			sum += strlen(c->text + chunk_lettering(&s, i));
			sum += strlen(c->text + chunk_document(c, i)) + (size_t)s.open_minor[i];
			sum += (size_t)chunk_currency(c, i)[0];
		}
		for (uint32_t k = 0; k < c->n.n_customers; k++)
			for (int role = 0; role < BOOK_ROLE_COUNT; role++)
				sum += chunk_owner(c, k, (enum book_role)role, as_of, position);
	} else {
		ENSURE(e.code != ERR_NONE);
	}
	ENSURE(sum != 1 || c->n.n_items < UINT32_MAX);
	arena_free(a);
}

static void lay_out_again(const struct chunk *c)
{
	struct arena *a = arena_new((size_t)1 << 30);
	struct book_facts f;
	struct err e = { 0 };
	struct chunk again;
	void *bytes = NULL;
	size_t n = 0;

	facts_init(&f, a);
	for (uint32_t k = 0; k < c->n.n_customers; k++)
		facts_take(&f, c, k);
	if (f.customers.n && facts_sort(&f, &e)) {
		facts_build(&f, 0, f.customers.n, &bytes, &n);
		if (chunk_open(&again, bytes, n, &e))
			ENSURE(again.n.n_items == c->n.n_items);
	}
	free(bytes);
	arena_free(a);
}

static void read_file(const void *bytes, size_t n)
{
	unsigned char hash[BOOK_HASH];
	struct book_version *v;
	struct err e = { 0 };

	if (book_file_read(bytes, n, 1000, &v, hash, &e))
		version_release(v);
}

void fuzz_book(const char *bytes, size_t n)
{
	void *copy = malloc(n ? n : 1); /* aligned */
	struct err e = { 0 };
	struct chunk c;

	ENSURE(copy);
	memcpy(copy, bytes, n);
	read_file(copy, n);
	if (chunk_open(&c, copy, n, &e)) {
		fold(&c, INT32_MAX / 2, FACTS_ALL);
		fold(&c, c.n.n_items ? chunk_due_on(&c, 0) : 20000, 5);
		lay_out_again(&c);
	}
	free(copy);
}

FUZZ_TARGET(book)
