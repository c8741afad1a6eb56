/* SPDX-License-Identifier: Apache-2.0 */
#include "match/habit.h"

const char *match_form_name(enum match_form form)
{
	static const char *const names[] = {
		[MATCH_FORM_ONE] = "one",           [MATCH_FORM_SEVERAL] = "several",
		[MATCH_FORM_DUE] = "due",           [MATCH_FORM_STATEMENT] = "month",
		[MATCH_FORM_OPEN] = "open",         [MATCH_FORM_RUN] = "oldest",
		[MATCH_FORM_DISCOUNT] = "discount", [MATCH_FORM_CHARGES] = "charges",
		[MATCH_FORM_ROUNDED] = "rounded",   [MATCH_FORM_PARTIAL] = "part",
		[MATCH_FORM_OVERPAID] = "more",     [MATCH_FORM_ACCOUNT] = "account",
	};
	_Static_assert(ARRAY_LEN(names) == MATCH_N_FORMS, "each form has a name");

	return names[form];
}

int64_t match_habit_count(const struct match_habit *h)
{
	int64_t n = 0;

	for (size_t i = 0; i < MATCH_N_FORMS; i++)
		n += h->n[i];
	return n;
}

/* The documents that is_in says, invoices alone or all, are those paid. */
typedef bool in_set(const struct habit_document *d, day_t on);

static bool is_all_of(const struct habit_document *list, size_t n, day_t on, in_set *is_in)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].open_minor < 0 && !list[i].paid_minor)
			continue;
		if (is_in(&list[i], on) != (list[i].paid_minor != 0))
			return false;
	}
	return true;
}

static bool is_open(const struct habit_document *d, day_t on)
{
	(void)on;
	return d->open_minor > 0 || d->paid_minor;
}

static bool is_due(const struct habit_document *d, day_t on)
{
	return d->due_on <= on;
}

static int month(day_t day)
{
	struct civil c = date_civil(day);

	return c.year * 12 + c.month;
}

static bool is_issued_in(const struct habit_document *d, day_t on)
{
	return month(d->issued_on) == month(on);
}

static bool is_due_in(const struct habit_document *d, day_t on)
{
	return month(d->due_on) == month(on);
}

/* Everything due about the day of the payment. */
static bool is_all_due(const struct habit_document *list, size_t n, day_t on)
{
	const day_t terms[] = { on, on + 5, date_end_of_month(on),
				date_end_of_month(date_add_months(on, -1)) };

	for (size_t i = 0; i < ARRAY_LEN(terms); i++)
		if (is_all_of(list, n, terms[i], is_due))
			return true;
	return false;
}

/* The invoices paid stand side by side, from the oldest on or later. */
static bool is_run(const struct habit_document *list, size_t n)
{
	size_t n_runs = 0;
	bool is_in = false;

	for (size_t i = 0; i < n; i++) {
		if (list[i].open_minor < 0)
			continue;
		n_runs += list[i].paid_minor && !is_in;
		is_in = list[i].paid_minor != 0;
	}
	return n_runs == 1;
}

static enum match_form form_of_several(const struct habit_document *list, size_t n, day_t on)
{
	const struct habit_document *first = list;

	while (!first->paid_minor)
		first++;
	if (is_all_of(list, n, on, is_open))
		return MATCH_FORM_OPEN;
	if (is_all_due(list, n, on))
		return MATCH_FORM_DUE;
	if (is_all_of(list, n, first->issued_on, is_issued_in) ||
	    is_all_of(list, n, first->due_on, is_due_in))
		return MATCH_FORM_STATEMENT;
	return is_run(list, n) ? MATCH_FORM_RUN : MATCH_FORM_SEVERAL;
}

static enum match_form form_of(const struct habit_payment *p, const struct habit_document *list,
			       size_t n)
{
	size_t n_paid = 0;
	bool is_part = false;

	for (size_t i = 0; i < n; i++) {
		n_paid += list[i].paid_minor != 0;
		is_part = is_part || (list[i].paid_minor &&
				      list[i].paid_minor + list[i].off_minor != list[i].open_minor);
	}
	if (n_paid == 0)
		return MATCH_FORM_ACCOUNT;
	if (is_part)
		return MATCH_FORM_PARTIAL;
	if (p->off_form != MATCH_FORM_ONE)
		return p->off_form;
	if (p->left_minor > 0)
		return MATCH_FORM_OVERPAID;
	return n_paid == 1 ? MATCH_FORM_ONE : form_of_several(list, n, p->on);
}

/* One document of several that were owed the same, without a word which: was it the oldest? */
static void count_equal(struct match_habit *h, const struct habit_document *list, size_t n)
{
	size_t paid = 0, n_equal = 0, first = n;

	while (!list[paid].paid_minor)
		paid++;
	for (size_t i = 0; i < n; i++) {
		if (list[i].open_minor != list[paid].open_minor)
			continue;
		first = first == n ? i : first;
		n_equal++;
	}
	if (n_equal > 1)
		*(first == paid ? &h->n_oldest_of_equal : &h->n_other_of_equal) += 1;
}

void match_habit_add(struct match_habit *h, const struct habit_payment *p,
		     const struct habit_document *documents, size_t n)
{
	enum match_form form = form_of(p, documents, n);
	bool is_named = false;

	h->n[form]++;
	for (size_t i = 0; i < n; i++)
		is_named = is_named || (documents[i].paid_minor && documents[i].is_named);
	if (form == MATCH_FORM_ONE && p->has_text && !is_named)
		count_equal(h, documents, n);
}
