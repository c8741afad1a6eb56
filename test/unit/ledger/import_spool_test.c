/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "ledger/import_plan.h"

#include <stdlib.h>

/* A fact that its number tells, with one text so long that it goes beyond what is written at once. */
static void fact_of(struct arena *a, uint32_t i, struct item_fact *ret)
{
	*ret = (struct item_fact){
		.line = i,
		.kind = i % 5 ? ITEM_INVOICE : ITEM_PAYMENT,
		.document = arena_printf(a, "FA %u", i),
		.document_key = arena_printf(a, "FA%u", i),
		.issued_on = 20000 + (day_t)(i % 700),
		.effective = 20000 + (day_t)(i % 700),
		.due_on = i % 3 ? 20030 : DAY_NONE,
		.lettered_on = DAY_NONE,
		.cleared_on = i % 7 ? DAY_NONE : 20100,
		.amount_minor = i % 2 ? (int64_t)i * 1000003 : -(int64_t)i,
		.has_open = i % 4 == 0,
		.open_minor = i,
		.label = i == 777 ? arena_strndup(a, memset(arena_alloc(a, 2000001), 'x', 2000000),
						  2000000)
				  : NULL,
		.currency = "EUR",
	};
}

static void expect_fact(struct arena *a, const struct spool *s, struct spooled from, uint32_t i)
{
	struct item_fact got, expected;
	uint32_t customer, entry;
	struct err e = { 0 };

	fact_of(a, i, &expected);
	if (!spool_get(s, from, a, &got, &customer, &entry, &e))
		fail_msg("fact %u: %s", i, e.msg);
	assert_int_equal(customer, i / 10);
	assert_int_equal(entry, i + 1);
	assert_int_equal(got.line, expected.line);
	assert_int_equal(got.kind, expected.kind);
	assert_string_equal(got.document, expected.document);
	assert_string_equal(got.document_key, expected.document_key);
	assert_int_equal(got.issued_on, expected.issued_on);
	assert_int_equal(got.due_on, expected.due_on);
	assert_int_equal(got.cleared_on, expected.cleared_on);
	assert_int_equal(got.amount_minor, expected.amount_minor);
	assert_int_equal(got.has_open, expected.has_open);
	assert_int_equal(got.open_minor, expected.open_minor);
	assert_string_equal(got.currency, "EUR");
	assert_null(got.order_ref);
	if (expected.label)
		assert_string_equal(got.label, expected.label);
	else
		assert_null(got.label);
	arena_reset(a);
}

static void keep_and_read(uint32_t n, bool in_file)
{
	struct arena *keep = arena_new(0), *row = arena_new(0);
	struct spool *s = spool_new(keep);
	struct spooled *place = ARENA_ARRAY(keep, n + 1, struct spooled);
	struct spool_walk walk = { 0 };
	uint32_t customer, seen = 0;
	struct err e = { 0 };
	bool more;

	for (uint32_t i = 0; i < n; i++) {
		struct item_fact f;
		fact_of(row, i, &f);
		spool_put(s, &f, i / 10, i + 1);
		arena_reset(row);
	}
	assert_int_equal(s->n, n);
	while (spool_next(s, &walk, &more, &place[seen], &customer, &e) && more)
		assert_int_equal(customer, seen++ / 10);
	assert_int_equal(e.code, ERR_NONE);
	assert_int_equal(seen, n);
	assert_int_equal(s->fd >= 0, in_file);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t any = (uint32_t)((uint64_t)i * 7919 % n);
		expect_fact(row, s, place[any], any);
	}
	arena_free(row);
	arena_free(keep);
}

static void keeps_few_facts_in_memory_and_many_in_a_file(void **state)
{
	(void)state;
	keep_and_read(0, false);
	keep_and_read(1, false);
	keep_and_read(700, false);
	keep_and_read(50000, true);
}

static void tells_when_the_file_cannot_be_made(void **state)
{
	struct arena *keep = arena_new(0), *row = arena_new(0);
	const char *folder = getenv("TMPDIR");
	char *before = folder ? strdup(folder) : NULL;
	struct spool *s = spool_new(keep);
	struct spool_walk walk = { 0 };
	struct spooled place;
	uint32_t customer;
	struct err e = { 0 };
	bool more;

	(void)state;
	setenv("TMPDIR", "/there/is/no/such/folder", 1);
	for (uint32_t i = 0; i < 50000; i++) {
		struct item_fact f;
		fact_of(row, i, &f);
		spool_put(s, &f, 0, 0);
		arena_reset(row);
	}
	if (before)
		setenv("TMPDIR", before, 1);
	else
		unsetenv("TMPDIR");
	free(before);
	assert_false(spool_next(s, &walk, &more, &place, &customer, &e));
	assert_int_equal(e.code, ERR_IO);
	arena_free(row);
	arena_free(keep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_few_facts_in_memory_and_many_in_a_file),
		cmocka_unit_test(tells_when_the_file_cannot_be_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
