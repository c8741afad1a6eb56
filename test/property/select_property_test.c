/* SPDX-License-Identifier: Apache-2.0 */
/* Random portfolios over many days: the laws at the head of collect/select.h. */
#include "test.h"

#include "collect/select.h"

enum { N_PORTFOLIOS = 300, N_CUSTOMERS = 12, N_ITEMS = 60, N_DAYS = 70 };

static struct policy policy;

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static int pick(uint64_t *seed, int n)
{
	return (int)(next(seed) % (uint64_t)n);
}

struct portfolio {
	struct select_customer customers[N_CUSTOMERS];
	struct select_item items[N_ITEMS];
	struct select_credit credits[N_CUSTOMERS];
	struct select_input in;
};

static void make_customer(struct select_customer *c, int id, uint64_t *seed)
{
	*c = (struct select_customer){
		.id = id,
		.policy = pick(seed, 20) ? &policy : NULL,
		.status = pick(seed, 8) ? SELECT_ACTIVE : (enum select_status)pick(seed, 4),
		.means = (enum policy_means)pick(seed, POLICY_N_MEANS),
		.excluded_until = pick(seed, 6) ? DAY_NONE : 1000 + pick(seed, N_DAYS),
		.last_message_on = DAY_NONE,
		.has_email = pick(seed, 10) != 0,
		.has_address = pick(seed, 10) != 0
	};
}

static void make_item(struct select_item *it, int id, uint64_t *seed)
{
	static const char *const currencies[] = { "EUR", "EUR", "EUR", "USD" };

	*it = (struct select_item){ .id = id,
				    .customer = (size_t)(id * N_CUSTOMERS / N_ITEMS),
				    .document = "FA",
				    .due_on = 1000 - 60 + pick(seed, 120),
				    .open_minor = 1 + pick(seed, 200000),
				    .promised_on =
					    pick(seed, 5) ? DAY_NONE : 1000 + pick(seed, N_DAYS),
				    .is_draft = !pick(seed, 12),
				    .has_plan = !pick(seed, 15),
				    .is_refused_einvoice = !pick(seed, 15),
				    .is_suspended = !pick(seed, 15),
				    .last_level = SELECT_NEVER,
				    .last_step_on = DAY_NONE };
	memcpy(it->currency, currencies[pick(seed, 4)], 4);
	if (!pick(seed, 4))
		it->disputed_minor = pick(seed, (int)it->open_minor + 1);
	else if (!pick(seed, 8))
		it->disputed_minor = it->open_minor + 5;
}

static void make_portfolio(struct portfolio *p, uint64_t *seed)
{
	size_t n_credits = 0;

	for (int i = 0; i < N_CUSTOMERS; i++)
		make_customer(&p->customers[i], i, seed);
	for (int i = 0; i < N_ITEMS; i++)
		make_item(&p->items[i], i, seed);
	for (size_t i = 0; i < N_CUSTOMERS; i++)
		if (!pick(seed, 3))
			p->credits[n_credits++] =
				(struct select_credit){ i, "EUR", 1 + pick(seed, 150000) };
	p->in = (struct select_input){ .customers = p->customers,
				       .n_customers = N_CUSTOMERS,
				       .items = p->items,
				       .n_items = N_ITEMS,
				       .credits = p->credits,
				       .n_credits = n_credits,
				       .data_on = DAY_NONE };
}

static void check_line(const struct portfolio *p, const struct select_action *act,
		       const struct select_line *l, uint64_t seed)
{
	const struct select_customer *c = &p->customers[act->customer];
	const struct select_item *it = &p->items[l->item];

	if (it->customer != act->customer || !str_eq(it->currency, act->currency) ||
	    c->status != SELECT_ACTIVE || !c->policy || policy.is_not_chased[c->means] ||
	    (c->excluded_until != DAY_NONE && p->in.today <= c->excluded_until) ||
	    (it->promised_on != DAY_NONE && p->in.today <= it->promised_on) || it->has_plan ||
	    it->is_draft || it->is_refused_einvoice || it->is_suspended ||
	    it->disputed_minor >= it->open_minor ||
	    l->minor + it->disputed_minor > it->open_minor || l->step->level <= it->last_level ||
	    p->in.today - it->due_on < l->step->days || l->step->level > act->step->level)
		fail_msg("seed %" PRIu64 " day %d: item %" PRId64 " must not be chased", seed,
			 p->in.today, it->id);
}

/* Also does what is asked: levels and days move on as if the messages had left. */
static void check_and_do(struct portfolio *p, const struct select_action *act, uint64_t seed)
{
	int64_t total = 0;

	for (size_t i = 0; i < act->n_lines; i++) {
		check_line(p, act, &act->lines[i], seed);
		total += act->lines[i].minor;
	}
	if (act->amount_minor <= 0 || act->amount_minor != total - act->credit_minor)
		fail_msg("seed %" PRIu64 ": amount %" PRId64 " of %" PRId64, seed,
			 act->amount_minor, total);
	for (size_t i = 0; i < act->n_lines; i++) {
		p->items[act->lines[i].item].last_level = act->lines[i].step->level;
		p->items[act->lines[i].item].last_step_on = p->in.today;
	}
	p->customers[act->customer].last_message_on = p->in.today;
}

static void check_coverage(const struct portfolio *p, const struct select_result *r, uint64_t seed)
{
	bool seen[N_CUSTOMERS] = { false };

	for (size_t i = 0; i < r->n_actions; i++)
		seen[r->actions[i].customer] = true;
	for (size_t i = 0; i < r->n_skips; i++) {
		const struct select_skip *s = &r->skips[i];
		int64_t open_minor = 0;

		seen[s->customer] = true;
		for (size_t k = 0; k < s->n_items; k++) {
			if (s->items[k] >= N_ITEMS || p->items[s->items[k]].customer != s->customer)
				fail_msg("seed %" PRIu64 ": a skip of customer %zu holds item %zu",
					 seed, s->customer, s->items[k]);
			open_minor += p->items[s->items[k]].open_minor;
		}
		if (open_minor != s->open_minor)
			fail_msg("seed %" PRIu64 ": the amount of a skip is not that of its items",
				 seed);
	}
	for (size_t i = 0; i < N_ITEMS; i++)
		if (!seen[p->items[i].customer])
			fail_msg("seed %" PRIu64 ": customer %zu is nowhere", seed,
				 p->items[i].customer);
}

static size_t run_day(struct arena *a, struct portfolio *p, uint64_t seed)
{
	struct select_result r, again;
	struct err e = { 0 };

	if (!select_run(a, &p->in, &r, &e))
		fail_msg("seed %" PRIu64 ": %s", seed, e.msg);
	check_coverage(p, &r, seed);
	for (size_t i = 0; i < r.n_actions; i++) {
		if (i > 0 && r.actions[i - 1].customer == r.actions[i].customer &&
		    str_eq(r.actions[i - 1].currency, r.actions[i].currency))
			fail_msg("seed %" PRIu64 ": two messages to one customer", seed);
		check_and_do(p, &r.actions[i], seed);
	}
	if (!select_run(a, &p->in, &again, &e) || again.n_actions != 0)
		fail_msg("seed %" PRIu64 " day %d: a second run selects again", seed, p->in.today);
	return r.n_actions;
}

static void months_of_random_business_keep_the_laws_of_selection(void **state)
{
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	size_t n_actions = 0;

	(void)state;
	assert_true(
		policy_parse(a, policy_default_json(), strlen(policy_default_json()), &policy, &e));
	for (uint64_t n = 1; n <= N_PORTFOLIOS; n++) {
		uint64_t seed = n * 0x9E3779B97F4A7C15u;
		struct portfolio *p = ARENA_NEW(a, struct portfolio);

		make_portfolio(p, &seed);
		for (day_t d = 1000; d < 1000 + N_DAYS; d++) {
			p->in.today = d;
			n_actions += run_day(a, p, n);
		}
	}
	assert_true(n_actions > N_PORTFOLIOS * 5); /* the laws were not kept by idleness */
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(months_of_random_business_keep_the_laws_of_selection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
