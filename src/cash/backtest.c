/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/backtest.h"

#include "base/list.h"
#include "base/map.h"
#include "base/text.h"
#include "cash/cash_input.h"
#include "cash/match_policy.h"

#include <stdlib.h>

struct past_item {
	int64_t id, customer_id;
	const char *kind_name, *document, *payment_ref, *order_ref;
	day_t issued_on, due_on, effective;
	int64_t amount_minor;
	char currency[4];
	/* as the replay goes on */
	int64_t open_minor;
	uint32_t customer;
	bool may_be_paid;
};

struct past_allocation {
	int64_t debit_item_id, credit_item_id, amount_minor;
	day_t effective;
};

/* A receipt, with the payment that it made in the ledger. */
struct past_payment {
	int64_t payment_item_id, customer_id, amount_minor;
	char currency[4];
	day_t booked_on;
	const char *reference, *payer_name, *payer_iban, *end_to_end, *structured_ref, *remittance;
};

struct replay {
	struct arena *arena;
	const struct cash_input *input;
	struct past_item *item;
	size_t n_items;
	struct map item_by_id;
	struct past_allocation *allocation;
	size_t n_allocations, next_allocation;
	const struct past_allocation **by_credit;
	struct past_payment *payment;
	size_t n_payments;
	LIST_OF(struct match_alias) aliases;
	struct map alias_by_key; /* index + 1, in a size_t */
	LIST_OF(struct match_answer) answers;
	struct match_calibration calibration; /* fitted on the answers before the day */
	struct match_options options;
	int64_t threshold_ppm;
	struct backtest *ret;
};

static struct past_item *item_of(const struct replay *r, int64_t id)
{
	return map_get(&r->item_by_id, arena_printf(r->arena, "%" PRId64, id));
}

/* ---- reading the past ---- */

static bool load_items(struct db *db, int64_t entity_id, struct replay *r, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct past_item, id),          DB_COL(struct past_item, customer_id),
		DB_COL(struct past_item, kind_name),   DB_COL(struct past_item, document),
		DB_COL(struct past_item, payment_ref), DB_COL(struct past_item, order_ref),
		DB_DAY(struct past_item, issued_on),   DB_DAY(struct past_item, due_on),
		DB_DAY(struct past_item, effective),   DB_COL(struct past_item, amount_minor),
		DB_COL(struct past_item, currency),
	};

	if (!db_list(
		    db, r->arena,
		    "SELECT i.id, i.customer_id, i.kind, i.document, i.payment_ref, i.order_ref,"
		    " i.issued_on, i.due_on, i.effective, i.amount_minor, i.currency FROM item i"
		    " JOIN item_balance b ON b.item_id = i.id WHERE i.entity_id = $1 ORDER BY i.id",
		    DB_PARAMS(P_I64(entity_id)), columns, ARRAY_LEN(columns), sizeof *r->item,
		    (void **)&r->item, &r->n_items, e))
		return false;
	map_init(&r->item_by_id, r->arena);
	for (size_t i = 0; i < r->n_items; i++) {
		struct past_item *it = &r->item[i];
		size_t at = book_customer_by_id(r->input->ledger, it->customer_id);
		enum item_kind kind;
		it->open_minor = it->amount_minor;
		it->customer = at == SIZE_MAX ? MATCH_NONE : (uint32_t)at;
		it->may_be_paid = at != SIZE_MAX && item_kind_of(it->kind_name, &kind) &&
				  cash_input_may_be_paid(kind, it->amount_minor);
		map_set(&r->item_by_id, arena_printf(r->arena, "%" PRId64, it->id), it);
	}
	return true;
}

static bool load_allocations(struct db *db, int64_t entity_id, struct replay *r, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct past_allocation, debit_item_id),
		DB_COL(struct past_allocation, credit_item_id),
		DB_COL(struct past_allocation, amount_minor),
		DB_DAY(struct past_allocation, effective),
	};

	/* In force: neither undone nor an undoing. */
	return db_list(
		db, r->arena,
		"SELECT l.debit_item_id, l.credit_item_id, l.amount_minor, l.effective"
		" FROM allocation l WHERE l.entity_id = $1 AND COALESCE(l.reverses_id, 0) = 0"
		" AND NOT EXISTS (SELECT 1 FROM allocation u WHERE u.reverses_id = l.id)"
		" ORDER BY l.effective, l.id",
		DB_PARAMS(P_I64(entity_id)), columns, ARRAY_LEN(columns), sizeof *r->allocation,
		(void **)&r->allocation, &r->n_allocations, e);
}

/* What a person applied, what the accounting booked; payments of files, by their label alone. */
static bool load_payments(struct db *db, int64_t entity_id, struct replay *r, struct err *e)
{
	static const struct db_column columns[] = {
		DB_COL(struct past_payment, payment_item_id),
		DB_COL(struct past_payment, customer_id),
		DB_COL(struct past_payment, amount_minor),
		DB_COL(struct past_payment, currency),
		DB_DAY(struct past_payment, booked_on),
		DB_COL(struct past_payment, reference),
		DB_COL(struct past_payment, payer_name),
		DB_COL(struct past_payment, payer_iban),
		DB_COL(struct past_payment, end_to_end),
		DB_COL(struct past_payment, structured_ref),
		DB_COL(struct past_payment, remittance),
	};

	return db_list(db, r->arena,
		       "SELECT i.id, i.customer_id, -i.amount_minor, i.currency,"
		       " COALESCE(x.booked_on, i.effective), COALESCE(x.reference, i.document),"
		       " x.payer_name, x.payer_iban, x.end_to_end, x.structured_ref,"
		       " CASE WHEN x.id IS NULL THEN i.label ELSE x.remittance END FROM item i"
		       " JOIN item_balance b ON b.item_id = i.id"
		       " LEFT JOIN statement_entry x ON x.payment_item_id = i.id"
		       " WHERE i.entity_id = $1 AND i.kind IN ('payment', 'deposit') AND "
		       "i.amount_minor < 0"
		       " AND COALESCE(x.booked_on, i.effective) >= $2"
		       " AND COALESCE(x.booked_on, i.effective) <= $3"
		       " AND (SUBSTR(i.actor, 1, 5) <> 'rule:' OR x.state = 'booked')"
		       " AND EXISTS (SELECT 1 FROM allocation l WHERE l.credit_item_id = i.id"
		       "  AND COALESCE(l.reverses_id, 0) = 0 AND NOT EXISTS"
		       "  (SELECT 1 FROM allocation u WHERE u.reverses_id = l.id))"
		       " ORDER BY COALESCE(x.booked_on, i.effective), i.id",
		       DB_PARAMS(P_I64(entity_id), P_DAY(r->ret->from_on), P_DAY(r->ret->to_on)),
		       columns, ARRAY_LEN(columns), sizeof *r->payment, (void **)&r->payment,
		       &r->n_payments, e);
}

/* ---- the truth ---- */

struct truth {
	const struct past_allocation *const *line; /* of documents, by the payment */
	size_t n;
	int64_t applied_minor;
};

static int compare_credit(const void *a, const void *b)
{
	const struct past_allocation *x = *(const struct past_allocation *const *)a;
	const struct past_allocation *y = *(const struct past_allocation *const *)b;

	return (x->credit_item_id > y->credit_item_id) - (x->credit_item_id < y->credit_item_id);
}

static void sort_by_credit(struct replay *r)
{
	r->by_credit = ARENA_ARRAY(r->arena, r->n_allocations + 1, const struct past_allocation *);
	for (size_t i = 0; i < r->n_allocations; i++)
		r->by_credit[i] = &r->allocation[i];
	if (r->n_allocations)
		qsort(r->by_credit, r->n_allocations, sizeof *r->by_credit, compare_credit);
}

static struct truth truth_of(const struct replay *r, int64_t payment_item_id)
{
	struct truth t = { 0 };
	size_t low = 0, high = r->n_allocations;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (r->by_credit[middle]->credit_item_id < payment_item_id)
			low = middle + 1;
		else
			high = middle;
	}
	t.line = &r->by_credit[low];
	for (; low + t.n < r->n_allocations && t.line[t.n]->credit_item_id == payment_item_id;
	     t.n++)
		t.applied_minor += t.line[t.n]->amount_minor;
	return t;
}

static bool pays_item(const struct truth *t, int64_t item_id)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->line[i]->debit_item_id == item_id)
			return true;
	return false;
}

/* The very documents, with the same money in all. */
static bool is_right(const struct match_book *book, const struct match_explanation *x,
		     const struct truth *t, int64_t entry_minor)
{
	size_t n_debits = 0, n_found = 0;

	if (entry_minor - x->left_minor != t->applied_minor)
		return false;
	for (size_t i = 0; i < x->n_lines; i++) {
		if (x->lines[i].amount_minor <= 0 || x->lines[i].kind != MATCH_ALLOCATION)
			continue;
		n_debits++;
		if (!pays_item(t, match_item_at(book, x->lines[i].item)->id))
			return false;
	}
	for (size_t i = 0; i < t->n; i++) {
		bool is_again = false;
		for (size_t k = 0; k < i && !is_again; k++)
			is_again = t->line[k]->debit_item_id == t->line[i]->debit_item_id;
		n_found += !is_again;
	}
	return n_debits == n_found && n_debits > 0;
}

/* ---- one day ---- */

/* Everything that counted before the day. */
static void go_on_to(struct replay *r, day_t day)
{
	for (; r->next_allocation < r->n_allocations; r->next_allocation++) {
		const struct past_allocation *l = &r->allocation[r->next_allocation];
		struct past_item *debit, *credit;
		if (l->effective >= day)
			break;
		debit = item_of(r, l->debit_item_id);
		credit = item_of(r, l->credit_item_id);
		if (debit)
			debit->open_minor -= l->amount_minor;
		if (credit)
			credit->open_minor += l->amount_minor;
	}
}

static size_t open_items(const struct replay *r, day_t day, struct match_item *to)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_items; i++) {
		const struct past_item *it = &r->item[i];
		if (!it->may_be_paid || it->open_minor == 0 || it->effective > day)
			continue;
		to[n] = (struct match_item){ .id = it->id,
					     .customer = it->customer,
					     .document = it->document,
					     .payment_ref = it->payment_ref,
					     .order_ref = it->order_ref,
					     .issued_on = it->issued_on,
					     .due_on = it->due_on,
					     .open_minor = it->open_minor };
		memcpy(to[n].currency, it->currency, sizeof to[n].currency);
		n++;
	}
	return n;
}

static void fill_entry(const struct past_payment *p, int64_t entity_id, struct match_entry *to)
{
	*to = (struct match_entry){ .id = p->payment_item_id,
				    .reference = p->reference,
				    .amount_minor = p->amount_minor,
				    .booked_on = p->booked_on,
				    .payer_name = p->payer_name,
				    .payer_iban = p->payer_iban,
				    .end_to_end = p->end_to_end,
				    .structured_ref = p->structured_ref,
				    .remittance = p->remittance,
				    .entity_id = entity_id };
	memcpy(to->currency, p->currency, sizeof to->currency);
}

static void count(struct replay *r, const struct match_book *book, const struct past_payment *p,
		  const struct match_result *found)
{
	struct truth t = truth_of(r, p->payment_item_id);
	struct backtest *b = r->ret;
	bool is_first = false, is_in_three = false;

	for (size_t i = 0; i < found->n_explanations && i < 3; i++) {
		bool right = is_right(book, &found->explanations[i], &t, p->amount_minor);
		is_first = is_first || (right && i == 0);
		is_in_three = is_in_three || right;
	}
	b->n++;
	b->n_first += is_first;
	b->n_in_three += is_in_three;
	if (found->n_explanations)
		*LIST_ADD(r->arena, &r->answers) =
			(struct match_answer){ found->explanations[0].rule,
					       found->explanations[0].raw_milli, is_first };
	if (found->state != MATCH_AUTO)
		return;
	for (size_t i = 0; i < BACKTEST_THRESHOLDS; i++) {
		if (found->explanations[0].confidence_ppm < b->threshold[i])
			continue;
		b->at[i].n_alone++;
		b->at[i].n_right += is_first;
	}
	if (found->explanations[0].confidence_ppm < r->threshold_ppm)
		return;
	b->at_policy.n_alone++;
	b->at_policy.n_right += is_first;
	b->by_rule[found->explanations[0].rule].n_alone++;
	b->by_rule[found->explanations[0].rule].n_right += is_first;
}

/* The day is over: what it taught of its payers counts from the next one on. */
static void learn(struct replay *r, const struct past_payment *p)
{
	size_t at = book_customer_by_id(r->input->ledger, p->customer_id), *known;
	const char *name = str_empty(p->payer_name) ? NULL : text_key(r->arena, p->payer_name);
	const char *key;

	if (at == SIZE_MAX || (!name && str_empty(p->payer_iban)))
		return;
	key = arena_printf(r->arena, "%zu %s %s", at, p->payer_iban ? p->payer_iban : "",
			   name ? name : "");
	known = map_get(&r->alias_by_key, key);
	if (known) {
		r->aliases.at[*known].n_times++;
		return;
	}
	known = ARENA_NEW(r->arena, size_t);
	*known = r->aliases.n;
	map_set(&r->alias_by_key, key, known);
	*LIST_ADD(r->arena, &r->aliases) =
		(struct match_alias){ .customer = (uint32_t)at,
				      .iban = str_empty(p->payer_iban) ? NULL : p->payer_iban,
				      .name = name,
				      .n_times = 1 };
}

static void play_day(struct replay *r, int64_t entity_id, size_t from, size_t to)
{
	struct arena *a = arena_new(0);
	size_t n = to - from;
	struct match_entry *entries = ARENA_ARRAY(a, n, struct match_entry);
	struct match_result *found = ARENA_ARRAY(a, n, struct match_result);
	struct match_item *items = ARENA_ARRAY(a, r->n_items + 1, struct match_item);
	struct match_input input = r->input->match;
	struct match_book *book;

	go_on_to(r, r->payment[from].booked_on);
	input.items = items;
	input.n_items = open_items(r, r->payment[from].booked_on, items);
	input.aliases = r->aliases.at;
	input.n_aliases = r->aliases.n;
	book = match_book_new(a, &input);
	for (size_t i = 0; i < n; i++)
		fill_entry(&r->payment[from + i], entity_id, &entries[i]);
	match_run(book, entries, n, &r->options, found);
	for (size_t i = 0; i < n; i++)
		count(r, book, &r->payment[from + i], &found[i]);
	for (size_t i = 0; i < n; i++)
		learn(r, &r->payment[from + i]);
	match_calibration_fit(a, r->answers.at, r->answers.n, &r->calibration);
	arena_free(a);
}

static void tell_odds(const struct replay *r)
{
	int64_t ppm = r->threshold_ppm < 999900 ? r->threshold_ppm : 999900;

	for (size_t k = 0; k < MATCH_N_RULES; k++) {
		const struct match_curve *c = &r->calibration.rule[k];
		r->ret->odds[k] = (struct backtest_odds){
			c->n_confirmed, c->n_refuted,
			match_calibrated(&r->calibration, (enum match_rule)k, match_odds_milli(ppm))
		};
	}
}

bool backtest_run(struct db *db, struct arena *a, int64_t entity_id, day_t today, int months,
		  const struct backtest_watch *watch, struct backtest *ret, struct err *e)
{
	static const int64_t thresholds[BACKTEST_THRESHOLDS] = { 500000, 800000, 900000,
								 950000, 980000, 990000,
								 995000, 999000, 999900 };
	struct cash_input *input = ARENA_NEW(a, struct cash_input);
	struct replay r = { .arena = a, .input = input, .ret = ret };
	struct match_policy policy;

	*ret = (struct backtest){ .from_on = date_add_months(today, -months), .to_on = today };
	memcpy(ret->threshold, thresholds, sizeof thresholds);
	if (!match_policy_load(db, a, entity_id, &policy, e) ||
	    !cash_input_load(db, a, entity_id, today, input, e) ||
	    !load_items(db, entity_id, &r, e) || !load_allocations(db, entity_id, &r, e) ||
	    !load_payments(db, entity_id, &r, e))
		return false;
	map_init(&r.alias_by_key, a);
	sort_by_credit(&r);
	r.options = match_policy_options(&policy);
	r.options.threshold_ppm = thresholds[0];
	r.options.calibration = &r.calibration;
	r.threshold_ppm = ret->threshold_ppm = policy.threshold_ppm;
	for (size_t i = 0; i < r.n_payments;) {
		size_t to = i;
		while (to < r.n_payments && r.payment[to].booked_on == r.payment[i].booked_on)
			to++;
		play_day(&r, entity_id, i, to);
		i = to;
		if (watch && !watch->goes_on(watch->arg, (int64_t)i, (int64_t)r.n_payments))
			return err_set(e, ERR_RETRY, "the back-test was stopped");
	}
	tell_odds(&r);
	return true;
}
