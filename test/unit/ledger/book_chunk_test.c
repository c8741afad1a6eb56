/* SPDX-License-Identifier: Apache-2.0 */
/* A chunk of the book: what goes in comes out, and no change of its bytes leads out of it. */
#include "test.h"

#include "../fuzz/fuzz.h"
#include "ledger/book_facts.h"
#include "ledger/paper.h"
#include "ledger/item.h"

static const day_t today = 20000;

static void add_item(struct book_facts *f, int64_t customer, int64_t id, int64_t minor, day_t due)
{
	*LIST_ADD(f->arena, &f->items) =
		(struct fact_item){ .id = id,
				    .customer_id = customer,
				    .document = "FA1",
				    .payment_ref = id % 2 ? "RF18" : NULL,
				    .amount_minor = minor,
				    .issued_on = due - 30,
				    .due_on = due,
				    .effective = due - 30,
				    .known = 3,
				    .kind = minor > 0 ? ITEM_INVOICE : ITEM_PAYMENT,
				    .currency = "EUR" };
}

static void apply(struct book_facts *f, int64_t id, int64_t debit, int64_t credit, int64_t minor,
		  int64_t reverses)
{
	struct fact_entry en = { .id = id,
				 .reverses_id = reverses,
				 .item_id = debit,
				 .minor = minor,
				 .lettering = "AB",
				 .effective = today - 5,
				 .known = 4 + (reverses != 0) };

	*LIST_ADD(f->arena, &f->entries) = en;
	en.item_id = credit;
	en.minor = -minor;
	*LIST_ADD(f->arena, &f->entries) = en;
}

/* Two customers: 11 owes 1000 due tomorrow and 500 paid; 12 has 300 disputed and an allocation undone. */
static void fill(struct book_facts *f, struct arena *a)
{
	facts_init(f, a);
	for (int64_t id = 12; id >= 11; id--)
		*LIST_ADD(a, &f->customers) =
			(struct fact_customer){ .id = id,
						.code = id == 11 ? "C11" : "C12",
						.name = "Société",
						.kind = "b2b",
						.segment = id == 11 ? NULL : "",
						.status = "active",
						.limit_minor = CHUNK_NO_LIMIT,
						.excluded_until = DAY_NONE,
						.known = 2 };
	*LIST_ADD(a, &f->owners) =
		(struct fact_owner){ 1, 12, 7, "Alice", today - 9, 2, BOOK_COLLECTOR };
	*LIST_ADD(a, &f->owners) =
		(struct fact_owner){ 2, 12, 8, "Benoît", today + 9, 2, BOOK_COLLECTOR };
	add_item(f, 11, 101, 1000, today + 1);
	add_item(f, 11, 102, 500, today - 10);
	add_item(f, 11, 103, -500, today - 5);
	add_item(f, 12, 104, 300, today - 1);
	add_item(f, 12, 105, -300, today);
	apply(f, 201, 102, 103, 500, 0);
	apply(f, 202, 104, 105, 300, 0);
	apply(f, 203, 104, 105, -300, 202);
	*LIST_ADD(a, &f->changes) = (struct fact_change){ 301, 101, today - 60, 6, BOOK_DUE_ON };
	*LIST_ADD(a, &f->disputes) =
		(struct fact_dispute){ 401, 104, 200, today - 3, today + 3, 5, 7 };
	/* The payment 105 is a bill, then one that is discounted: known at 4, and at 7 that it came back. */
	*LIST_ADD(a, &f->papers) = (struct fact_paper){ 501, 12, 105, today, today + 2, 4, 0, 0 };
	*LIST_ADD(a, &f->papers) =
		(struct fact_paper){ 502, 12, 105, today + 3, DAY_NONE, 4, 7, PAPER_DISCOUNTED };
}

static void build(void **ret, size_t *ret_n)
{
	struct arena *a = arena_new(0);
	struct book_facts f;
	struct err e = { 0 };

	fill(&f, a);
	assert_true(facts_sort(&f, &e));
	facts_build(&f, 0, 2, ret, ret_n);
	arena_free(a);
}

static int64_t open_at(const struct chunk *c, int64_t id, day_t as_of, uint32_t position)
{
	struct arena *a = arena_new(0);
	struct chunk_state s;
	struct err e = { 0 };
	int64_t open = 0;

	assert_true(chunk_state_at(c, a, as_of, position, &s, &e));
	for (uint32_t i = 0; i < s.n; i++)
		open += chunk_item_id(c, i) == id ? s.open_minor[i] : 0;
	arena_free(a);
	return open;
}

static void figures_follow_the_day_and_the_position(void **state)
{
	struct err e = { 0 };
	struct chunk c;
	void *bytes;
	size_t n;

	(void)state;
	build(&bytes, &n);
	assert_true(chunk_open(&c, bytes, n, &e));
	assert_int_equal(c.n.n_customers, 2);
	assert_int_equal(c.n.n_hot, 3); /* 101, 104 and 105 */
	assert_string_equal(chunk_text(&c, chunk_code(&c, 0)), "C11");
	assert_null(chunk_text(&c, chunk_segment(&c, 0)));
	assert_string_equal(chunk_text(&c, chunk_segment(&c, 1)), "");
	assert_int_equal(open_at(&c, 102, today, FACTS_ALL), 0);
	assert_int_equal(open_at(&c, 102, today - 6, FACTS_ALL), 500);
	assert_int_equal(open_at(&c, 102, today, 3), 500);
	assert_int_equal(open_at(&c, 104, today, 4), 0);
	assert_int_equal(open_at(&c, 104, today, 5), 300); /* undone at 5 */
	assert_int_equal(open_at(&c, 101, today, 2), 0);   /* not known yet */
	assert_int_equal(open_at(&c, 101, today - 60, FACTS_ALL), 0);
	assert_int_equal(chunk_owner(&c, 1, BOOK_COLLECTOR, today, 9), 0);
	assert_int_equal(chunk_owner(&c, 1, BOOK_COLLECTOR, today + 9, 9), 1);
	assert_int_equal(chunk_owner(&c, 1, BOOK_COLLECTOR, today, 1), UINT32_MAX);
	assert_int_equal(chunk_owner(&c, 0, BOOK_COLLECTOR, today, 9), UINT32_MAX);
	free(bytes);
}

static void a_due_date_and_a_dispute_are_as_they_were_known(void **state)
{
	struct arena *a = arena_new(0);
	struct chunk_state s;
	struct err e = { 0 };
	struct chunk c;
	void *bytes;
	size_t n;

	(void)state;
	build(&bytes, &n);
	assert_true(chunk_open(&c, bytes, n, &e));
	assert_true(chunk_state_at(&c, a, today, 5, &s, &e));
	assert_int_equal(s.due_on[0], today - 60); /* 101: changed at 6 */
	assert_int_equal(s.disputed_minor[1], 200);
	assert_true(chunk_state_at(&c, a, today, 6, &s, &e));
	assert_int_equal(s.due_on[0], today + 1);
	assert_true(chunk_state_at(&c, a, today + 4, 6, &s, &e)); /* closed, but nobody knows */
	assert_int_equal(s.disputed_minor[1], 200);
	assert_true(chunk_state_at(&c, a, today + 4, 7, &s, &e));
	assert_true(s.is_now);
	assert_null(s.disputed_minor);
	free(bytes);
	arena_free(a);
}

/* The kinds of paper at risk then, as a mask. */
static int papers_at(const struct chunk *c, day_t as_of, uint32_t position, bool all)
{
	struct arena *a = arena_new(0);
	struct chunk_state s;
	struct err e = { 0 };
	int mask = 0;

	assert_true(all ? chunk_state_all(c, a, as_of, position, &s, &e)
			: chunk_state_at(c, a, as_of, position, &s, &e));
	for (uint32_t i = 0; i < c->n.n_papers; i++)
		mask |= chunk_paper_stands(&s, i) ? 1 << chunk_paper_kind(c, i) : 0;
	arena_free(a);
	return mask;
}

static void paper_is_at_risk_on_its_days_as_known(void **state)
{
	struct err e = { 0 };
	struct chunk c;
	void *bytes;
	size_t n;

	(void)state;
	build(&bytes, &n);
	assert_true(chunk_open(&c, bytes, n, &e));
	assert_int_equal(chunk_paper_first(&c, 1), 0); /* the other customer has none */
	assert_int_equal(chunk_paper_first(&c, 2), 2);
	for (int all = 0; all < 2; all++) {
		assert_int_equal(papers_at(&c, today - 1, FACTS_ALL, all), 0);
		assert_int_equal(papers_at(&c, today, FACTS_ALL, all), 1 << PAPER_BILL);
		assert_int_equal(papers_at(&c, today + 2, FACTS_ALL, all), 1 << PAPER_BILL);
		assert_int_equal(papers_at(&c, today + 3, 6, all), 1 << PAPER_DISCOUNTED);
		assert_int_equal(papers_at(&c, today + 900, 6, all), 1 << PAPER_DISCOUNTED);
		assert_int_equal(papers_at(&c, today + 3, 7, all), 0); /* known to be back */
		assert_int_equal(papers_at(&c, today, 3, all), 0);     /* not known yet */
	}
	free(bytes);
}

static void taken_apart_and_laid_out_again_it_is_the_same(void **state)
{
	struct arena *a = arena_new(0);
	struct book_facts f;
	void *bytes, *again;
	size_t n, n_again;
	struct err e = { 0 };
	struct chunk c;

	(void)state;
	build(&bytes, &n);
	assert_true(chunk_open(&c, bytes, n, &e));
	facts_init(&f, a);
	facts_take(&f, &c, 1);
	facts_take(&f, &c, 0);
	assert_true(facts_sort(&f, &e));
	facts_build(&f, 0, 2, &again, &n_again);
	assert_int_equal(n, n_again);
	assert_memory_equal(bytes, again, n);
	free(bytes);
	free(again);
	arena_free(a);
}

/* In a snapshot chunks stand one behind the other, and one that does not begin at eight bytes is refused. */
static void another_chunk_can_stand_behind_it(void **state)
{
	void *bytes;
	size_t n;

	(void)state;
	build(&bytes, &n);
	assert_int_equal(n % 8, 0);
	free(bytes);
}

/* Every byte becomes every power of two off, and the chunk each shorter length. */
static void no_change_of_its_bytes_leads_out_of_it(void **state)
{
	void *bytes;
	size_t n;

	(void)state;
	build(&bytes, &n);
	for (size_t at = 0; at < n; at++) {
		for (int bit = 0; bit < 8; bit++) {
			((char *)bytes)[at] ^= (char)(1 << bit);
			fuzz_book(bytes, n);
			((char *)bytes)[at] ^= (char)(1 << bit);
		}
		fuzz_book(bytes, at);
	}
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_follow_the_day_and_the_position),
		cmocka_unit_test(a_due_date_and_a_dispute_are_as_they_were_known),
		cmocka_unit_test(paper_is_at_risk_on_its_days_as_known),
		cmocka_unit_test(taken_apart_and_laid_out_again_it_is_the_same),
		cmocka_unit_test(another_chunk_can_stand_behind_it),
		cmocka_unit_test(no_change_of_its_bytes_leads_out_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
