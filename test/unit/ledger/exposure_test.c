/* SPDX-License-Identifier: Apache-2.0 */
/* What is at risk: how long paper is, and the sums of a customer. */
#include "test.h"

#include "ledger/exposure.h"

/* 2026-03-02 is a Monday; 2026-04-03 (Good Friday) and 04-06 are no days of banks. */
static struct paper_facts bill_due(day_t due)
{
	return (struct paper_facts){ .received_on = date_of(2026, 3, 2),
				     .due_on = due,
				     .deposited_on = DAY_NONE,
				     .returned_on = DAY_NONE,
				     .policy = { 2, 5 } };
}

static void a_bill_is_at_risk_until_the_days_of_the_banks_after_its_maturity(void **state)
{
	struct paper_facts f = bill_due(date_of(2026, 4, 2));
	struct paper_span s[PAPER_SPANS];

	(void)state;
	assert_int_equal(paper_spans(&f, s), 1);
	assert_int_equal(s[0].kind, PAPER_BILL);
	assert_int_equal(s[0].from_on, date_of(2026, 3, 2));
	assert_int_equal(s[0].until_on, date_of(2026, 4, 8)); /* Easter between */
	f.due_on = date_of(2026, 4, 4);                       /* a Saturday: paid on the 7th */
	assert_int_equal(paper_spans(&f, s), 1);
	assert_int_equal(s[0].until_on, date_of(2026, 4, 9));
	f.deposited_on = date_of(2026, 3, 20); /* for collection: nothing changes */
	assert_int_equal(paper_spans(&f, s), 1);
	assert_int_equal(s[0].kind, PAPER_BILL);
}

static void a_discounted_bill_is_told_apart_from_its_day_on(void **state)
{
	struct paper_facts f = bill_due(date_of(2026, 4, 2));
	struct paper_span s[PAPER_SPANS];

	(void)state;
	f.is_discounted = true;
	f.deposited_on = date_of(2026, 3, 20);
	assert_int_equal(paper_spans(&f, s), 2);
	assert_int_equal(s[0].until_on, date_of(2026, 3, 19));
	assert_int_equal(s[1].kind, PAPER_DISCOUNTED);
	assert_int_equal(s[1].from_on, date_of(2026, 3, 20));
	assert_int_equal(s[1].until_on, date_of(2026, 4, 8));
	f.deposited_on = f.received_on; /* the same day: never in hand */
	assert_int_equal(paper_spans(&f, s), 1);
	assert_int_equal(s[0].kind, PAPER_DISCOUNTED);
	f.returned_on = date_of(2026, 4, 7); /* back: its documents are owed again */
	assert_int_equal(paper_spans(&f, s), 1);
	assert_int_equal(s[0].until_on, date_of(2026, 4, 6));
	f.returned_on = f.received_on;
	assert_int_equal(paper_spans(&f, s), 0);
}

static void a_cheque_is_at_risk_until_it_is_deposited_and_cleared(void **state)
{
	struct paper_facts f = bill_due(DAY_NONE);
	struct paper_span s[PAPER_SPANS];

	(void)state;
	f.is_cheque = true;
	assert_int_equal(paper_spans(&f, s), 1);
	assert_int_equal(s[0].kind, PAPER_CHEQUE);
	assert_int_equal(s[0].until_on, DAY_NONE);
	f.deposited_on = date_of(2026, 3, 6); /* a Friday */
	assert_int_equal(paper_spans(&f, s), 1);
	assert_int_equal(s[0].until_on, date_of(2026, 3, 13));
}

static void paper_is_added_up_by_kind_and_currency(void **state)
{
	static struct book_paper paper[] = {
		{ 1, "A", 1000, "EUR", PAPER_BILL, 0, 10 },
		{ 2, "B", 500, "EUR", PAPER_CHEQUE, 0, DAY_NONE },
		{ 3, "C", 300, "USD", PAPER_BILL, 0, 10 },
		{ 4, "D", 70, "EUR", PAPER_DISCOUNTED, 0, 10 },
	};
	static struct exchange_rate rate = { "USD", 19000, 2000000, "test" };
	const struct exchange_table rates = { &rate, 1 }, none = { NULL, 0 };
	struct book_customer customer[] = { { .code = "C1", .first_paper = 0, .n_papers = 3 },
					    { .code = "C2", .first_paper = 3, .n_papers = 1 } };
	struct book b = { .as_of = 20000,
			  .n_customers = 2,
			  .customer = customer,
			  .n_papers = 4,
			  .paper = paper };
	struct exposure x;
	struct err e = { 0 };

	(void)state;
	assert_true(exposure_paper(&b, 0, "EUR", NULL, &x, &e));
	assert_int_equal(x.paper_minor[PAPER_BILL], 1000);
	assert_int_equal(x.paper_minor[PAPER_CHEQUE], 500);
	assert_int_equal(x.total_minor, 1500);
	assert_int_equal(x.n_papers, 2);
	assert_true(exposure_paper(&b, 0, "EUR", &rates, &x, &e));
	assert_int_equal(x.paper_minor[PAPER_BILL], 1150); /* 2 dollars for a euro */
	assert_false(x.is_incomplete);
	assert_true(exposure_paper(&b, 0, "EUR", &none, &x, &e));
	assert_int_equal(x.total_minor, 1500);
	assert_true(x.is_incomplete); /* told, never taken at 1 */
	assert_true(exposure_paper(&b, SIZE_MAX, "EUR", &rates, &x, &e));
	assert_int_equal(x.total_minor, 1720);
	paper[1].minor = INT64_MAX;
	assert_false(exposure_paper(&b, 0, "EUR", NULL, &x, &e));
	assert_int_equal(e.code, ERR_RANGE);
	paper[1].minor = 500;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bill_is_at_risk_until_the_days_of_the_banks_after_its_maturity),
		cmocka_unit_test(a_discounted_bill_is_told_apart_from_its_day_on),
		cmocka_unit_test(a_cheque_is_at_risk_until_it_is_deposited_and_cleared),
		cmocka_unit_test(paper_is_added_up_by_kind_and_currency),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
