/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of items and customers, and the dashboard's fold, over one small book made by hand. */
#include "test.h"

#include "base/arena.h"
#include "insight/limits.h"
#include "insight/overview.h"
#include "ledger/ageing.h"
#include "ledger/book_memo.h"
#include "ledger/customer_list.h"
#include "ledger/item_list.h"
#include "ledger/scope.h"

enum { AS_OF = 20000, N_ITEMS = 9 };

/* Customer 0 owes in every class; customer 1 has a receipt to allocate and a credit note; 2 owes pounds. */
static const struct {
	int customer;
	enum item_kind kind;
	int days_late;
	int64_t open, disputed;
	const char *document, *currency;
} lines[N_ITEMS] = {
	{ 0, ITEM_INVOICE, -30, 10000, 0, "FA-1", "EUR" },
	{ 0, ITEM_INVOICE, -8, 500, 0, "FA-2", "EUR" },
	{ 0, ITEM_INVOICE, -7, 700, 0, "FA-3", "EUR" },
	{ 0, ITEM_INVOICE, 0, 1, 0, "FA-4", "EUR" },
	{ 0, ITEM_INVOICE, 1, 2000, 500, "FA-5", "EUR" },
	{ 0, ITEM_INVOICE, 91, 333, 0, "FA-6", "EUR" },
	{ 1, ITEM_CREDIT_NOTE, 31, -50, 0, "AV-1", "EUR" },
	{ 1, ITEM_PAYMENT, 12, -4200, 0, "RG-1", "EUR" },
	{ 2, ITEM_INVOICE, 61, 777, 0, "FA-7", "GBP" },
};

static struct book *new_book(struct arena *a)
{
	static const struct book_customer customers[] = {
		{ .id = 30,
		  .code = "C1",
		  .name = "Énergie Dupont",
		  .segment = "GC",
		  .payment_means = "transfer",
		  .has_limit = true,
		  .credit_limit_minor = 13000,
		  .excluded_until = DAY_NONE,
		  .n_items = 6 },
		{ .id = 10,
		  .code = "C2",
		  .name = "Bâtir",
		  .excluded_until = DAY_NONE,
		  .first_item = 6,
		  .n_items = 2 },
		{ .id = 20,
		  .code = "C3",
		  .name = "Harrow Ltd",
		  .segment = "GC",
		  .excluded_until = AS_OF,
		  .first_item = 8,
		  .n_items = 1 },
	};
	static const uint32_t by_id[] = { 1, 2, 0 };
	struct book *b = ARENA_NEW(a, struct book);

	*b = (struct book){
		.as_of = AS_OF,
		.n_customers = ARRAY_LEN(customers),
		.customer = arena_memdup(a, customers, sizeof customers),
		.by_id = arena_memdup(a, by_id, sizeof by_id),
		.n_items = N_ITEMS,
		.item_id = ARENA_ARRAY(a, N_ITEMS, int64_t),
		.customer_of = ARENA_ARRAY(a, N_ITEMS, uint32_t),
		.kind = ARENA_ARRAY(a, N_ITEMS, uint8_t),
		.currency_of = ARENA_ARRAY(a, N_ITEMS, uint8_t),
		.due_source = ARENA_ARRAY(a, N_ITEMS, uint8_t),
		.issued_on = ARENA_ARRAY(a, N_ITEMS, day_t),
		.due_on = ARENA_ARRAY(a, N_ITEMS, day_t),
		.effective = ARENA_ARRAY(a, N_ITEMS, day_t),
		.amount_minor = ARENA_ARRAY(a, N_ITEMS, int64_t),
		.open_minor = ARENA_ARRAY(a, N_ITEMS, int64_t),
		.disputed_minor = ARENA_ARRAY(a, N_ITEMS, int64_t),
		.document = ARENA_ARRAY(a, N_ITEMS, const char *),
		.payment_ref = ARENA_ARRAY(a, N_ITEMS, const char *),
		.lettering = ARENA_ARRAY(a, N_ITEMS, const char *),
		.n_currencies = 2,
		.currency = { "EUR", "GBP" },
	};
	for (size_t i = 0; i < N_ITEMS; i++) {
		b->item_id[i] = 100 + (int64_t)i;
		b->customer_of[i] = (uint32_t)lines[i].customer;
		b->kind[i] = (uint8_t)lines[i].kind;
		b->currency_of[i] = str_eq(lines[i].currency, "GBP");
		b->due_on[i] = AS_OF - lines[i].days_late;
		b->issued_on[i] = b->due_on[i] - 30;
		b->amount_minor[i] = b->open_minor[i] = lines[i].open;
		b->disputed_minor[i] = lines[i].disputed;
		b->document[i] = lines[i].document;
	}
	return b;
}

static const char *documents(struct arena *a, const struct book *b, const struct item_list *l)
{
	const char *text = "";

	for (size_t i = 0; i < l->n; i++)
		text = arena_printf(a, "%s%s%s", text, i ? " " : "", b->document[l->at[i]]);
	return text;
}

static void each_filter_keeps_its_items(void **state)
{
	static const struct {
		const char *name;
		struct item_filter filter;
		const char *documents;
	} cases[] = {
		{ "all",
		  { .state = -1, .kind = -1 },
		  "FA-6 FA-7 AV-1 RG-1 FA-5 FA-4 FA-3 FA-2 FA-1" },
		{ "soon", { .state = DUE_SOON, .kind = -1 }, "FA-4 FA-3" },
		{ "late", { .state = -1, .kind = -1, .only_late = true }, "FA-6 FA-7 AV-1 FA-5" },
		{ "not late",
		  { .state = -1, .kind = -1, .only_not_late = true },
		  "FA-4 FA-3 FA-2 FA-1" },
		{ "loose", { .state = DUE_LOOSE, .kind = -1 }, "RG-1" },
		{ "disputed", { .state = -1, .kind = -1, .only_disputed = true }, "FA-5" },
		{ "kind", { .state = -1, .kind = ITEM_CREDIT_NOTE }, "AV-1" },
		{ "customer", { .state = -1, .kind = -1, .customer_id = 10 }, "AV-1 RG-1" },
		{ "accents",
		  { .state = -1, .kind = -1, .text = "energie" },
		  "FA-6 FA-5 FA-4 FA-3 FA-2 FA-1" },
		{ "document", { .state = -1, .kind = -1, .text = "fa 7" }, "FA-7" },
		{ "without segment", { .state = -1, .kind = -1, .segment = "" }, "AV-1 RG-1" },
		{ "means",
		  { .state = -1, .kind = -1, .means = "transfer", .only_late = true },
		  "FA-6 FA-5" },
		{ "currency", { .state = -1, .kind = -1, .currency = "GBP" }, "FA-7" },
		{ "amount of either sign",
		  { .state = -1,
		    .kind = -1,
		    .has_min = true,
		    .min_minor = 4000,
		    .has_max = true,
		    .max_minor = 5000 },
		  "RG-1" },
	};
	struct arena *a = arena_new(16 << 20);
	struct book *b = new_book(a);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct item_list l;
		struct err e = { 0 };

		assert_true(item_list_make(b, a, &cases[i].filter, ITEM_ORDER_DUE, false, &l, &e));
		if (!str_eq(documents(a, b, &l), cases[i].documents))
			fail_msg("%s: \"%s\"", cases[i].name, documents(a, b, &l));
	}
	arena_free(a);
}

static void a_list_adds_up_per_currency_and_goes_on_after_a_row(void **state)
{
	struct arena *a = arena_new(16 << 20);
	struct book *b = new_book(a);
	struct item_filter all = item_filter_all();
	struct item_list l;
	struct err e = { 0 };

	(void)state;
	assert_true(item_list_make(b, a, &all, ITEM_ORDER_OPEN, true, &l, &e));
	assert_int_equal(l.n_totals, 2);
	assert_int_equal(l.total[0].open_minor, 10000 + 500 + 700 + 1 + 2000 + 333 - 50 - 4200);
	assert_int_equal(l.total[0].n_items, 8);
	assert_int_equal(l.total[1].open_minor, 777);
	assert_string_equal(b->document[l.at[0]], "FA-1");
	assert_int_equal(item_list_after(b, &l, b->item_id[l.at[2]]), 3);
	assert_int_equal(item_list_after(b, &l, 999), 0);
	arena_free(a);
}

/* The dashboard, the aged balance and the list of customers are three folds: they must agree. */
static void dashboard_ageing_and_lists_agree(void **state)
{
	struct arena *a = arena_new(16 << 20);
	struct book *b = new_book(a);
	struct ageing_bounds bounds = ageing_default_bounds();
	struct customer_filter nobody_left_out = { 0 };
	struct customer_list l;
	struct overview o;
	struct ageing g;
	struct err e = { 0 };
	int64_t matrix = 0;

	(void)state;
	for (int currency = 0; currency < 2; currency++) {
		assert_true(overview_fold(b, a, currency, NULL, &o, &e));
		assert_true(ageing_of_customer(b, &bounds, SIZE_MAX, currency, &g, &e));
		assert_true(customer_list_make(b, a, b->currency[currency], NULL, &nobody_left_out,
					       CUSTOMER_ORDER_NAME, false, &l, &e));
		assert_int_equal(o.total_minor, g.total_minor);
		assert_int_equal(o.late_minor, g.overdue_minor);
		assert_int_equal(o.of[DUE_LOOSE].open_minor, g.unallocated_minor);
		assert_int_equal(o.of[DUE_FRESH].open_minor + o.of[DUE_SOON].open_minor,
				 g.bucket[0].amount_minor);
		for (int s = DUE_LATE_1; s <= DUE_LATE_4; s++)
			assert_int_equal(o.of[s].open_minor,
					 g.bucket[s - DUE_LATE_1 + 1].amount_minor);
		assert_int_equal(l.total_minor, g.total_minor);
		assert_int_equal(l.late_minor, g.overdue_minor);
		matrix = 0;
		for (size_t r = 0; r < o.n_rows; r++)
			matrix += o.row[r].total_minor;
		assert_int_equal(matrix, o.of[DUE_SOON].open_minor + o.late_minor);
	}
	arena_free(a);
}

/* A customer's row is what his own aged balance is in the company's currency; what has no rate is in no sum. */
static void rows_of_several_currencies_are_converted(void **state)
{
	struct arena *a = arena_new(16 << 20);
	struct book *b = new_book(a);
	struct exchange_rate rate = { "GBP", AS_OF - 3, 850000, "test" };
	const struct exchange_table tables[] = { { &rate, 1 }, { NULL, 0 } };
	struct ageing_bounds bounds = ageing_default_bounds();
	struct customer_filter nobody_left_out = { 0 };
	bool is_seen = false;
	struct err e = { 0 };

	(void)state;
	assert_string_equal(b->currency[1], "GBP");
	for (size_t k = 0; k < ARRAY_LEN(tables); k++) {
		int64_t total = 0;
		struct customer_list l;

		assert_true(customer_list_make(b, a, "EUR", &tables[k], &nobody_left_out,
					       CUSTOMER_ORDER_NAME, false, &l, &e));
		for (size_t i = 0; i < l.n; i++) {
			const struct customer_line *c = &l.at[i];
			struct ageing_sum sum;

			assert_true(
				ageing_in(b, a, &bounds, c->customer, &tables[k], "EUR", &sum, &e));
			assert_int_equal(c->total_minor, sum.ageing.total_minor);
			assert_int_equal(c->late_minor, sum.ageing.overdue_minor);
			assert_int_equal(c->loose_minor, sum.ageing.unallocated_minor);
			assert_int_equal(c->disputed_minor, sum.ageing.disputed_minor);
			assert_false(k == 0 && c->is_incomplete);
			assert_false(k == 1 && c->is_converted);
			is_seen = is_seen || c->is_converted;
			total += c->total_minor;
		}
		assert_int_equal(l.total_minor, total);
	}
	assert_true(is_seen);
	arena_free(a);
}

static void limits_are_compared_with_what_is_open_in_all_currencies(void **state)
{
	struct arena *a = arena_new(16 << 20);
	struct book *b = new_book(a);
	struct exchange_rate rate = { "GBP", AS_OF - 3, 850000, "test" };
	const struct exchange_table rates = { &rate, 1 }, none = { NULL, 0 };
	struct limits l;
	struct err e = { 0 };

	(void)state;
	assert_true(limits_fold(b, &rates, "EUR", &l, &e));
	assert_int_equal(l.n_over, 1);
	assert_int_equal(l.over_minor, 13534 - 13000);
	assert_int_equal(l.n_untold, 0);
	assert_int_equal(l.rate_on, DAY_NONE);
	/* GBP 7.77 at 0.85 is EUR 9.14. */
	b->customer[2].has_limit = true;
	b->customer[2].credit_limit_minor = 900;
	assert_true(limits_fold(b, &rates, "EUR", &l, &e));
	assert_int_equal(l.n_over, 2);
	assert_int_equal(l.over_minor, 13534 - 13000 + 14);
	assert_int_equal(l.rate_on, AS_OF - 3);
	b->customer[2].credit_limit_minor = 914;
	assert_true(limits_fold(b, &rates, "EUR", &l, &e));
	assert_int_equal(l.n_over, 1);
	assert_true(limits_fold(b, &none, "EUR", &l, &e));
	assert_int_equal(l.n_over, 1);
	assert_int_equal(l.n_untold, 1);
	arena_free(a);
}

static void the_dashboard_tells_promises_and_disputes(void **state)
{
	struct arena *a = arena_new(16 << 20);
	struct book *b = new_book(a);
	bool promised[N_ITEMS] = { [4] = true };
	struct overview o;
	struct err e = { 0 };

	(void)state;
	assert_true(overview_fold(b, a, 0, promised, &o, &e));
	assert_int_equal(o.of[DUE_LATE_1].disputed_minor, 500);
	assert_int_equal(o.of[DUE_LATE_1].promised_minor,
			 1500); /* what is disputed is not promised */
	assert_int_equal(o.debtor[0].late_minor, 2333);
	assert_int_equal(o.debtor[0].oldest_due, AS_OF - 91);
	arena_free(a);
}

static void each_customer_filter_keeps_its_customers(void **state)
{
	static const struct {
		struct customer_filter filter;
		size_t n;
		const char *first;
	} cases[] = {
		{ { CUSTOMER_SHOW_ALL, NULL, NULL, NULL }, 3, "C2" },
		{ { CUSTOMER_SHOW_OPEN, NULL, NULL, NULL }, 2, "C2" },
		{ { CUSTOMER_SHOW_LATE, NULL, NULL, NULL }, 2, "C2" },
		{ { CUSTOMER_SHOW_DISPUTED, NULL, NULL, NULL }, 1, "C1" },
		{ { CUSTOMER_SHOW_OVER_LIMIT, NULL, NULL, NULL }, 1, "C1" },
		{ { CUSTOMER_SHOW_LOOSE, NULL, NULL, NULL }, 1, "C2" },
		{ { CUSTOMER_SHOW_EXCLUDED, NULL, NULL, NULL }, 1, "C3" },
		{ { CUSTOMER_SHOW_ALL, "harrow", NULL, NULL }, 1, "C3" },
		{ { CUSTOMER_SHOW_ALL, "c2", NULL, NULL }, 1, "C2" },
		{ { CUSTOMER_SHOW_ALL, NULL, "GC", NULL }, 2, "C1" },
		{ { CUSTOMER_SHOW_ALL, NULL, "", NULL }, 1, "C2" },
		{ { CUSTOMER_SHOW_ALL, NULL, NULL, "" }, 3, "C2" },
	};
	struct arena *a = arena_new(16 << 20);
	struct book *b = new_book(a);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct customer_list l;
		struct err e = { 0 };

		assert_true(customer_list_make(b, a, "EUR", NULL, &cases[i].filter,
					       CUSTOMER_ORDER_NAME, false, &l, &e));
		if (l.n != cases[i].n ||
		    !str_eq(b->customer[l.at[0].customer].code, cases[i].first))
			fail_msg("row %zu: %zu customers", i, l.n);
	}
	arena_free(a);
}

static void a_cut_book_keeps_whole_customers_only(void **state)
{
	static const int64_t keep[] = { 10, 20 };
	struct arena *a = arena_new(16 << 20);
	struct book *b = new_book(a);

	(void)state;
	book_cut(b, a, keep, ARRAY_LEN(keep));
	assert_int_equal(b->n_customers, 2);
	assert_int_equal(b->n_items, 3);
	assert_string_equal(b->document[b->customer[1].first_item], "FA-7");
	assert_int_equal(b->customer_of[2], 1);
	assert_int_equal(book_customer_by_id(b, 20), 1);
	assert_int_equal(book_customer_by_id(b, 30), SIZE_MAX);
	book_cut(b, a, NULL, 0);
	assert_int_equal(b->n_items, 0);
	arena_free(a);
}

static void is_same_list(const struct item_list *a, const struct item_list *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_int_equal(a->at[i], b->at[i]);
	assert_int_equal(a->n_totals, b->n_totals);
	for (size_t i = 0; i < a->n_totals; i++) {
		assert_int_equal(a->total[i].currency, b->total[i].currency);
		assert_int_equal(a->total[i].n_items, b->total[i].n_items);
		assert_int_equal(a->total[i].open_minor, b->total[i].open_minor);
	}
}

/* What a shared book keeps must not depend on who asked before. */
static void a_list_cut_from_a_kept_one_is_the_list_made_anew(void **state)
{
	static const char *const texts[] = { NULL,     "fa", "FA-7", "A1", "1",
					     "dupont", "c2", "zz",   "-",  "e d" };
	static const int64_t some[] = { 101, 104, 108 };
	struct arena *a = arena_new(16 << 20);
	struct book *b = new_book(a);
	struct err e = { 0 };
	size_t n_lists = 0;

	(void)state;
	b->memo = book_memo_new();
	for (size_t t = 0; t < ARRAY_LEN(texts); t++)
		for (int how = 0; how < 12; how++) {
			struct item_filter f = item_filter_all();
			enum item_order order = how % 2 ? ITEM_ORDER_OPEN : ITEM_ORDER_DUE;
			struct item_list kept, made;

			f.text = texts[t];
			f.only_late = how % 3 == 1;
			f.has_min = how % 3 == 2;
			f.min_minor = 500;
			if (how >= 6) {
				f.only_items = some;
				f.n_only_items = ARRAY_LEN(some);
			}
			assert_true(item_list_get(b, a, &f, order, how % 4 == 3, &kept, &e));
			assert_true(item_list_make(b, a, &f, order, how % 4 == 3, &made, &e));
			is_same_list(&kept, &made);
			n_lists += made.n > 0;
		}
	assert_in_range(n_lists, 40, 120);
	book_memo_free(b->memo);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_filter_keeps_its_items),
		cmocka_unit_test(a_list_adds_up_per_currency_and_goes_on_after_a_row),
		cmocka_unit_test(dashboard_ageing_and_lists_agree),
		cmocka_unit_test(rows_of_several_currencies_are_converted),
		cmocka_unit_test(limits_are_compared_with_what_is_open_in_all_currencies),
		cmocka_unit_test(the_dashboard_tells_promises_and_disputes),
		cmocka_unit_test(each_customer_filter_keeps_its_customers),
		cmocka_unit_test(a_cut_book_keeps_whole_customers_only),
		cmocka_unit_test(a_list_cut_from_a_kept_one_is_the_list_made_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
