/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/book.h"

#include "base/money.h"

/* The customer's open items in the entry's currency, oldest due first. */
struct open_items {
	uint32_t *item;
	int64_t *minor;
	int *quoted;
	size_t n;
	size_t n_invoices;
};

struct work {
	const struct facts *f;
	uint32_t customer;
	struct open_items open;
	struct drafts *list;
	enum payer_verdict payer;
};

enum { MAX_PAIRED = 128, MAX_SINGLES = 12 };

static void gather(struct work *w)
{
	const struct match_book *b = w->f->book;
	uint32_t from = b->first[w->customer], to = b->first[w->customer + 1];
	struct open_items *o = &w->open;

	o->item = ARENA_ARRAY(b->scratch, to - from + 1, uint32_t);
	o->minor = ARENA_ARRAY(b->scratch, to - from + 1, int64_t);
	o->quoted = ARENA_ARRAY(b->scratch, to - from + 1, int);
	for (uint32_t i = from; i < to; i++) {
		uint32_t it = b->order[i];
		if (b->open[it] == 0 || !str_eq(b->in.items[it].currency, w->f->entry->currency))
			continue;
		o->item[o->n] = it;
		o->minor[o->n] = b->open[it];
		o->quoted[o->n] = w->f->evidences.n ? facts_quoted(w->f, it) : 0;
		o->n_invoices += b->open[it] > 0;
		o->n++;
	}
}

/* ---- adding drafts ---- */

static bool same_lines(const struct draft *x, const struct draft *y)
{
	if (x->customer != y->customer || x->n_lines != y->n_lines ||
	    x->left_minor != y->left_minor)
		return false;
	for (size_t i = 0; i < x->n_lines; i++)
		if (x->lines[i].item != y->lines[i].item ||
		    x->lines[i].amount_minor != y->lines[i].amount_minor)
			return false;
	return true;
}

static void add(struct work *w, struct draft d)
{
	d.customer = w->customer;
	d.payer = w->payer;
	if (d.ways < 1)
		d.ways = 1;
	for (size_t i = 0; i < w->list->n; i++)
		if (same_lines(&w->list->at[i], &d))
			return;
	*LIST_ADD(w->f->book->scratch, w->list) = d;
}

/* Lines for the chosen items (indexes into open, ascending), each for all that is open. */
static struct match_line *lines_of(const struct work *w, const size_t *chosen, size_t n)
{
	struct match_line *lines = ARENA_ARRAY(w->f->book->scratch, n + 1, struct match_line);

	for (size_t i = 0; i < n; i++)
		lines[i] = (struct match_line){ w->open.item[chosen[i]], w->open.minor[chosen[i]],
						MATCH_ALLOCATION };
	return lines;
}

static bool all_quoted(const struct work *w, const size_t *chosen, size_t n, int least)
{
	for (size_t i = 0; i < n; i++)
		if (w->open.quoted[chosen[i]] < least)
			return false;
	return n > 0;
}

static bool has_reference(const struct work *w, const size_t *chosen, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (w->open.quoted[chosen[i]] == 3)
			return true;
	return false;
}

/* The chosen items add up to the entry. rule is what it is called when they are not quoted. */
static void add_exact(struct work *w, const size_t *chosen, size_t n, double ways,
		      enum match_rule rule, enum match_why form)
{
	struct draft d = { .ways = ways, .rule = rule, .form = form };

	d.is_quoted = all_quoted(w, chosen, n, 2);
	if (d.is_quoted)
		d.rule = has_reference(w, chosen, n) ? MATCH_RULE_STRUCTURED : MATCH_RULE_REFERENCE;
	else if (all_quoted(w, chosen, n, 1))
		d.rule = MATCH_RULE_NEAR;
	if (n > 1 && (form == WHY_exact_amount || d.is_quoted))
		d.form = WHY_exact_sum;
	d.form_minor = d.form == WHY_exact_sum ? (int64_t)n : 0;
	d.lines = lines_of(w, chosen, n);
	d.n_lines = n;
	add(w, d);
}

/* ---- forms ---- */

static bool sum_add(int64_t *sum, int64_t minor)
{
	return !__builtin_add_overflow(*sum, minor, sum);
}

static bool sum_of(const struct work *w, const size_t *chosen, size_t n, int64_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < n; i++)
		if (!sum_add(ret, w->open.minor[chosen[i]]))
			return false;
	return true;
}

/* The entry is twice the document: paid a second time by mistake, it happens. */
static void try_twice(struct work *w, size_t at)
{
	add(w, (struct draft){ .rule = MATCH_RULE_OVERPAID,
			       .lines = lines_of(w, &at, 1),
			       .n_lines = 1,
			       .left_minor = w->open.minor[at],
			       .ways = (double)w->open.n_invoices,
			       .form = WHY_paid_twice,
			       .form_minor = w->open.minor[at] });
}

/* One document whose open amount is the entry's. */
static void try_singles(struct work *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->open.n && n < MAX_SINGLES; i++) {
		if (w->open.minor[i] == w->f->entry->amount_minor - w->open.minor[i])
			try_twice(w, i);
		if (w->open.minor[i] != w->f->entry->amount_minor)
			continue;
		n++;
		add_exact(w, &i, 1, (double)w->open.n_invoices,
			  w->payer >= PAYER_LIKE ? MATCH_RULE_PAYER_AMOUNT : MATCH_RULE_AMOUNT,
			  WHY_exact_amount);
	}
}

/* Everything due, everything open, and the oldest few. */
static void try_runs(struct work *w)
{
	size_t *chosen = ARENA_ARRAY(w->f->book->scratch, w->open.n + 1, size_t);
	size_t n_due = 0;
	int64_t sum = 0;

	for (size_t i = 0; i < w->open.n; i++) {
		day_t due = w->f->book->in.items[w->open.item[i]].due_on;
		n_due += due <= w->f->entry->booked_on;
		chosen[i] = i;
	}
	for (size_t i = 0; i < w->open.n; i++) {
		bool is_balance = i + 1 == n_due || i + 1 == w->open.n;
		if (!sum_add(&sum, w->open.minor[i]))
			return;
		if (i == 0 || i + 1 > MATCH_MAX_LINES || sum != w->f->entry->amount_minor)
			continue;
		add_exact(w, chosen, i + 1, is_balance ? 2.0 : (double)w->open.n,
			  is_balance ? MATCH_RULE_BALANCE : MATCH_RULE_COMBINATION,
			  i + 1 == n_due       ? WHY_all_due
			  : i + 1 == w->open.n ? WHY_all_open
					       : WHY_oldest_first);
	}
}

/* Two documents, or all but one. */
static void try_pairs(struct work *w)
{
	double n = (double)w->open.n;
	size_t n_found = 0;

	if (w->open.n > MAX_PAIRED)
		return;
	for (size_t i = 0; i < w->open.n; i++)
		for (size_t k = i + 1; k < w->open.n && n_found < MAX_SINGLES; k++) {
			int64_t sum = w->open.minor[i];
			if (!sum_add(&sum, w->open.minor[k]) || sum != w->f->entry->amount_minor)
				continue;
			n_found++;
			add_exact(w, (size_t[]){ i, k }, 2, n * (n - 1) / 2, MATCH_RULE_COMBINATION,
				  WHY_exact_amount);
		}
}

/* The quoted documents with those others (ascending, MATCH_NONE for none), in order. */
static void add_completed(struct work *w, const size_t *quoted, size_t n_quoted, const size_t *more,
			  size_t n_more)
{
	size_t *chosen = ARENA_ARRAY(w->f->book->scratch, n_quoted + n_more, size_t);
	double n_open = (double)w->open.n;
	size_t n = 0, m = 0;

	for (size_t q = 0; q <= n_quoted; q++) {
		while (m < n_more && (q == n_quoted || more[m] < quoted[q]))
			chosen[n++] = more[m++];
		if (q < n_quoted)
			chosen[n++] = quoted[q];
	}
	add_exact(w, chosen, n, n_more == 1 ? n_open : n_open * n_open / 2, MATCH_RULE_COMBINATION,
		  WHY_exact_amount);
}

/* Quoted documents and one or two more that complete the sum: "FA2026-0012 etc." */
static void try_completion(struct work *w, const size_t *quoted, size_t n_quoted, int64_t sum)
{
	int64_t paid = w->f->entry->amount_minor;
	size_t n_found = 0;

	for (size_t i = 0; i < w->open.n && n_found < MAX_SINGLES; i++) {
		int64_t one = sum;
		if (w->open.quoted[i] >= 2 || !sum_add(&one, w->open.minor[i]))
			continue;
		if (one == paid) {
			add_completed(w, quoted, n_quoted, &i, 1);
			n_found++;
		}
		for (size_t k = i + 1; k < w->open.n && w->open.n <= MAX_PAIRED; k++) {
			int64_t two = one;
			if (w->open.quoted[k] >= 2 || !sum_add(&two, w->open.minor[k]) ||
			    two != paid || n_found >= MAX_SINGLES)
				continue;
			add_completed(w, quoted, n_quoted, (size_t[]){ i, k }, 2);
			n_found++;
		}
	}
}

bool looks_like_discount(int64_t open_minor, int64_t missing_minor)
{
	/* Half a percent to five, by quarters, as agreed in terms of payment. */
	for (int64_t per_myriad = 50; per_myriad <= 500; per_myriad += 25) {
		int64_t discount;
		if (minor_scale_round(open_minor, per_myriad, 10000, &discount, NULL) &&
		    missing_minor >= discount - 1 && missing_minor <= discount + 1)
			return true;
	}
	return false;
}

bool looks_like_fee(int64_t open_minor, int64_t missing_minor)
{
	return missing_minor > 0 && missing_minor <= 5000 && missing_minor <= open_minor / 3;
}

/* Less than the document: a part payment, unless what is missing is a discount or a charge. */
static void try_less(struct work *w, size_t at, double ways)
{
	int64_t open = w->open.minor[at], paid = w->f->entry->amount_minor, missing = open - paid;
	bool is_discount = looks_like_discount(open, missing);
	bool is_fee = looks_like_fee(open, missing);
	struct match_line *lines = ARENA_ARRAY(w->f->book->scratch, 2, struct match_line);

	lines[0] = (struct match_line){ w->open.item[at], paid, MATCH_ALLOCATION };
	if (w->open.quoted[at] >= 2)
		add(w, (struct draft){ .rule = MATCH_RULE_PARTIAL,
				       .lines = lines,
				       .n_lines = 1,
				       .is_quoted = true,
				       .form = WHY_partial,
				       .form_minor = missing });
	if (!is_discount && !is_fee)
		return;
	lines = arena_memdup(w->f->book->scratch, lines, 2 * sizeof *lines);
	lines[1] = (struct match_line){ w->open.item[at], missing,
					is_discount ? MATCH_DISCOUNT : MATCH_FEE };
	add(w, (struct draft){ .rule = is_discount ? MATCH_RULE_DISCOUNT : MATCH_RULE_CHARGES,
			       .lines = lines,
			       .n_lines = 2,
			       .ways = ways,
			       .form = is_discount ? WHY_discount : WHY_fee,
			       .form_minor = missing });
}

/* The quoted documents are paid and something is left over, or the oldest of them are paid. */
static void try_quoted_differs(struct work *w, const size_t *quoted, size_t n, int64_t sum)
{
	int64_t paid = w->f->entry->amount_minor;
	struct draft d = { .rule = MATCH_RULE_OVERPAID, .is_quoted = true };

	if (n == 1 && sum > paid) {
		try_less(w, quoted[0], 1);
		return;
	}
	d.lines = lines_of(w, quoted, n);
	if (sum > 0 && sum < paid) {
		d.n_lines = n;
		d.left_minor = paid - sum;
		d.form = WHY_overpaid;
		d.form_minor = d.left_minor;
		add(w, d);
		return;
	}
	for (size_t i = 0; i < n && paid > 0; i++) {
		if (d.lines[i].amount_minor > paid)
			d.lines[i].amount_minor = paid;
		paid -= d.lines[i].amount_minor;
		d.n_lines = i + 1;
	}
	d.rule = MATCH_RULE_PARTIAL;
	d.form = WHY_partial;
	d.form_minor = sum - w->f->entry->amount_minor;
	if (paid == 0)
		add(w, d);
}

static void try_quoted(struct work *w, int least)
{
	size_t *chosen = ARENA_ARRAY(w->f->book->scratch, w->open.n + 1, size_t);
	size_t n = 0;
	int64_t sum;

	for (size_t i = 0; i < w->open.n && n < MATCH_MAX_LINES; i++)
		if (w->open.quoted[i] >= least)
			chosen[n++] = i;
	if (n == 0 || !sum_of(w, chosen, n, &sum))
		return;
	if (sum == w->f->entry->amount_minor) {
		add_exact(w, chosen, n, 1, MATCH_RULE_COMBINATION, WHY_exact_amount);
	} else if (least == 2) {
		try_completion(w, chosen, n, sum);
		try_quoted_differs(w, chosen, n, sum);
	}
}

/* A discount or a charge on a document that is not quoted. */
static void try_differences(struct work *w)
{
	if (w->payer < PAYER_LIKE)
		return;
	for (size_t i = 0; i < w->open.n; i++) {
		int64_t missing = w->open.minor[i] - w->f->entry->amount_minor;
		if (w->open.quoted[i] < 2 && missing > 0 &&
		    (looks_like_discount(w->open.minor[i], missing) ||
		     looks_like_fee(w->open.minor[i], missing)))
			try_less(w, i, (double)w->open.n_invoices);
	}
}

void explain_customer(const struct facts *f, uint32_t customer, struct drafts *ret)
{
	struct work w = { .f = f, .customer = customer, .list = ret };

	w.payer = payer_says(f->book, f->entry, &f->payer, customer, NULL);
	gather(&w);
	try_quoted(&w, 2);
	if (f->evidences.n)
		try_quoted(&w, 1);
	try_singles(&w);
	if (w.payer >= PAYER_LIKE || f->payer.n_in_text) {
		try_runs(&w);
		try_pairs(&w);
		try_differences(&w);
	}
	if (w.payer >= PAYER_NAMED)
		add(&w, (struct draft){ .rule = MATCH_RULE_ON_ACCOUNT,
					.left_minor = f->entry->amount_minor,
					.form = WHY_on_account,
					.form_minor = f->entry->amount_minor });
}
