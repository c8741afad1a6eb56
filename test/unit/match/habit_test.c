/* SPDX-License-Identifier: Apache-2.0 */
/* In what form a past payment was. */
#include "test.h"

#include "match/habit.h"

#define DAY(y, m, d) date_of(y, m, d)

static enum match_form form_of(const struct habit_payment *p, const struct habit_document *list,
			       size_t n)
{
	struct match_habit h = { 0 };

	match_habit_add(&h, p, list, n);
	assert_int_equal(match_habit_count(&h), 1);
	for (size_t i = 0; i < MATCH_N_FORMS; i++)
		if (h.n[i])
			return (enum match_form)i;
	return MATCH_FORM_ACCOUNT;
}

/* Six documents: of July, two of August, two of September and a credit note of it; each due a month later. */
enum { N = 6 };

static void open_documents(struct habit_document list[N])
{
	const struct {
		int month, day;
		int64_t minor;
	} is[N] = { { 7, 4, 100 }, { 8, 3, 200 }, { 8, 20, 300 },
		    { 9, 2, 400 }, { 9, 9, -50 }, { 9, 25, 500 } };

	for (size_t i = 0; i < N; i++)
		list[i] =
			(struct habit_document){ .open_minor = is[i].minor,
						 .issued_on = DAY(2026, is[i].month, is[i].day),
						 .due_on = DAY(2026, is[i].month + 1, is[i].day) };
}

static void each_form_is_known(void **state)
{
	static const struct {
		const char *paid; /* x whole, o half, others left alone */
		int64_t left, off;
		enum match_form off_form, form;
	} cases[] = {
		{ "x     ", 0, 0, MATCH_FORM_ONE, MATCH_FORM_ONE },
		{ "   x  ", 0, 0, MATCH_FORM_ONE, MATCH_FORM_ONE },
		{ "   o  ", 0, 0, MATCH_FORM_ONE, MATCH_FORM_PARTIAL },
		{ "xo    ", 0, 0, MATCH_FORM_ONE, MATCH_FORM_PARTIAL },
		{ "   x  ", 10, 0, MATCH_FORM_ONE, MATCH_FORM_OVERPAID },
		{ "   x  ", 0, 8, MATCH_FORM_DISCOUNT, MATCH_FORM_DISCOUNT },
		{ "x  x  ", 0, 5, MATCH_FORM_CHARGES, MATCH_FORM_CHARGES },
		{ "      ", 900, 0, MATCH_FORM_ONE, MATCH_FORM_ACCOUNT },
		{ "xxxxxx", 0, 0, MATCH_FORM_ONE, MATCH_FORM_OPEN },
		{ "xxxx x", 0, 0, MATCH_FORM_ONE, MATCH_FORM_OPEN },
		{ "xxx   ", 0, 0, MATCH_FORM_ONE, MATCH_FORM_DUE }, /* on 28 September */
		{ " xx   ", 0, 0, MATCH_FORM_ONE, MATCH_FORM_STATEMENT },
		{ "   xxx", 0, 0, MATCH_FORM_ONE, MATCH_FORM_STATEMENT },
		{ "  xx  ", 0, 0, MATCH_FORM_ONE, MATCH_FORM_RUN },
		{ "x x   ", 0, 0, MATCH_FORM_ONE, MATCH_FORM_SEVERAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct habit_payment p = { .on = DAY(2026, 9, 28),
					   .left_minor = cases[i].left,
					   .off_form = cases[i].off_form };
		struct habit_document list[N];
		enum match_form got;
		open_documents(list);
		for (size_t k = 0; k < N; k++) {
			if (cases[i].paid[k] == ' ')
				continue;
			list[k].paid_minor = list[k].open_minor / (cases[i].paid[k] == 'o' ? 2 : 1);
			if (cases[i].off && cases[i].paid[k] == 'x') {
				list[k].off_minor = cases[i].off;
				list[k].paid_minor -= cases[i].off;
			}
		}
		got = form_of(&p, list, N);
		if (got != cases[i].form)
			fail_msg("\"%s\": %s", cases[i].paid, match_form_name(got));
	}
}

static void the_oldest_of_equal_is_counted_when_nothing_names_it(void **state)
{
	struct habit_payment p = { .on = DAY(2026, 9, 28),
				   .off_form = MATCH_FORM_ONE,
				   .has_text = true };
	struct habit_document list[3];
	struct match_habit h = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++)
		list[i] = (struct habit_document){ .open_minor = 700,
						   .issued_on = DAY(2026, 6 + i, 1),
						   .due_on = DAY(2026, 7 + i, 1) };
	list[0].paid_minor = 700;
	match_habit_add(&h, &p, list, 3);
	assert_int_equal(h.n_oldest_of_equal, 1);
	list[0].is_named = true;
	match_habit_add(&h, &p, list, 3);
	assert_int_equal(h.n_oldest_of_equal, 1);
	list[0] = (struct habit_document){ .open_minor = 700 };
	list[2].paid_minor = 700;
	match_habit_add(&h, &p, list, 3);
	assert_int_equal(h.n_other_of_equal, 1);
	p.has_text = false;
	match_habit_add(&h, &p, list, 3);
	assert_int_equal(h.n_other_of_equal, 1);
	p.has_text = true;
	match_habit_add(&h, &p, list + 2, 1);
	assert_int_equal(h.n_other_of_equal + h.n_oldest_of_equal, 2);
	assert_int_equal(h.n[MATCH_FORM_ONE], 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_is_known),
		cmocka_unit_test(the_oldest_of_equal_is_counted_when_nothing_names_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
