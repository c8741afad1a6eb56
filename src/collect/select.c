/* SPDX-License-Identifier: Apache-2.0 */
/* select.c - the selection of reminders, customer by customer. */
#include "collect/select.h"

#include "base/list.h"
#include "base/money.h"

#include <limits.h>

static const char *const reason_names[SELECT_N_REASONS] = {
	[SELECT_PAID] = "paid",
	[SELECT_DISPUTED] = "disputed",
	[SELECT_PROMISE] = "promise",
	[SELECT_PLAN] = "plan",
	[SELECT_INSOLVENCY] = "insolvency",
	[SELECT_LEGAL_HOLD] = "legal_hold",
	[SELECT_EXCLUDED] = "excluded",
	[SELECT_DIRECT_DEBIT] = "direct_debit",
	[SELECT_DRAFT] = "draft",
	[SELECT_EINVOICE_STATUS] = "einvoice_status",
	[SELECT_PUBLIC_SUSPENSION] = "public_suspension",
	[SELECT_NO_CONTACT] = "no_contact",
	[SELECT_CONTACT_CAP] = "contact_cap",
	[SELECT_BELOW_MINIMUM] = "below_minimum",
	[SELECT_STALE_DATA] = "stale_data",
	[SELECT_TOO_SOON] = "too_soon",
};

const char *select_reason_name(enum select_reason r)
{
	return reason_names[r];
}

/* ---- steps
 * --------------------------------------------------------------------------------------- */

/* The day a step is due for the item: never sooner after the step done than the policy puts between
 * the two. A notice does not delay the first reminder. */
static day_t step_day(const struct policy *p, const struct select_item *item,
		      const struct policy_step *s)
{
	const struct policy_step *done = policy_step_of_level(p, item->last_level);
	day_t on = item->due_on + s->days;

	if (done && done->days > 0 && item->last_step_on != DAY_NONE &&
	    item->last_step_on + (s->days - done->days) > on)
		on = item->last_step_on + (s->days - done->days);
	return on;
}

const struct policy_step *select_step(const struct policy *p, const struct select_item *item,
				      day_t today, day_t *ret_next_on)
{
	if (ret_next_on)
		*ret_next_on = DAY_NONE;
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct policy_step *s = &p->steps[i];
		day_t on;

		if (s->level <= item->last_level)
			continue;
		/* Once the item is due, announcing its due date makes no sense any more. */
		if (s->days < 0 && today >= item->due_on)
			continue;
		on = step_day(p, item, s);
		if (on <= today)
			return s;
		if (ret_next_on)
			*ret_next_on = on;
		return NULL;
	}
	return NULL;
}

/* ---- the work on one customer
 * -------------------------------------------------------------------- */

struct work {
	struct arena *arena;
	const struct select_input *in;
	const struct select_customer *customer;
	size_t index;      /* of the customer */
	size_t from, upto; /* its items */
	size_t first_credit;
	LIST_OF(struct select_action) actions;
	LIST_OF(struct select_skip) skips;
};

/* The skip of that reason and currency for the customer in hand, made when new. */
static struct select_skip *skip_of(struct work *w, enum select_reason reason, const char *currency)
{
	struct select_skip *s;

	for (size_t i = w->skips.n; i > 0; i--) {
		s = &w->skips.at[i - 1];
		if (s->customer != w->index)
			break;
		if (s->reason == reason && str_eq(s->currency, currency))
			return s;
	}
	s = LIST_ADD(w->arena, &w->skips);
	/* The place may hold one that was forgotten. */
	*s = (struct select_skip){ .customer = w->index, .reason = reason, .on = DAY_NONE };
	memcpy(s->currency, currency, sizeof s->currency);
	s->items = ARENA_ARRAY(w->arena, w->upto - w->from, size_t);
	return s;
}

static bool skip_item(struct work *w, size_t item, enum select_reason reason, day_t on,
		      int64_t minor, struct err *e)
{
	const struct select_item *it = &w->in->items[item];
	struct select_skip *s = skip_of(w, reason, it->currency);

	s->items[s->n_items++] = item;
	if (s->on == DAY_NONE || (on != DAY_NONE && on < s->on))
		s->on = on;
	return minor_add(&s->open_minor, it->open_minor, e) && minor_add(&s->minor, minor, e);
}

static bool skip_all(struct work *w, enum select_reason reason, day_t on, struct err *e)
{
	for (size_t i = w->from; i < w->upto; i++)
		if (!skip_item(w, i, reason, on, 0, e))
			return false;
	return true;
}

/* What keeps the whole customer from being chased, whatever its items. */
static bool whole_customer_skipped(const struct select_customer *c, const struct select_input *in,
				   enum select_reason *ret, day_t *ret_on)
{
	*ret_on = DAY_NONE;
	if (c->status == SELECT_INSOLVENT) {
		*ret = SELECT_INSOLVENCY;
	} else if (c->status == SELECT_ON_LEGAL_HOLD) {
		*ret = SELECT_LEGAL_HOLD;
	} else if (!c->policy || c->status == SELECT_CLOSED ||
		   (c->excluded_until != DAY_NONE && in->today <= c->excluded_until)) {
		*ret = SELECT_EXCLUDED;
		*ret_on = c->excluded_until;
	} else if (in->data_on != DAY_NONE && in->today - in->data_on > c->policy->stale_days) {
		*ret = SELECT_STALE_DATA;
		*ret_on = in->data_on;
	} else if (c->policy->is_not_chased[c->means]) {
		*ret = c->means == POLICY_DIRECT_DEBIT ? SELECT_DIRECT_DEBIT
		       : c->means == POLICY_DRAFT      ? SELECT_DRAFT
						       : SELECT_EXCLUDED;
	} else {
		return false;
	}
	return true;
}

/* What keeps one item from being chased. */
static bool item_skipped(const struct work *w, const struct select_item *it,
			 enum select_reason *ret, day_t *ret_on, int64_t *ret_minor)
{
	const struct policy *p = w->customer->policy;

	*ret_on = DAY_NONE;
	*ret_minor = 0;
	if (it->excluded_until != DAY_NONE && w->in->today <= it->excluded_until) {
		*ret = SELECT_EXCLUDED;
		*ret_on = it->excluded_until == SELECT_FOREVER ? DAY_NONE : it->excluded_until;
	} else if (it->has_plan) {
		*ret = SELECT_PLAN;
	} else if (it->is_draft && p->is_not_chased[POLICY_DRAFT]) {
		*ret = SELECT_DRAFT;
	} else if (it->is_refused_einvoice) {
		*ret = SELECT_EINVOICE_STATUS;
	} else if (it->is_suspended) {
		*ret = SELECT_PUBLIC_SUSPENSION;
	} else if (it->promised_on != DAY_NONE &&
		   w->in->today <= it->promised_on + p->promise_grace_days) {
		*ret = SELECT_PROMISE;
		*ret_on = it->promised_on;
	} else if (it->disputed_minor >= it->open_minor) {
		*ret = SELECT_DISPUTED;
		*ret_minor = it->disputed_minor;
	} else {
		return false;
	}
	return true;
}

/* ---- one currency of one customer
 * ---------------------------------------------------------------- */

/* The items of one currency that a step is reached for. */
struct draft_action {
	struct select_line *lines;
	size_t n_lines;
	int64_t total_minor;
	const struct policy_step *strongest;
};

static bool is_reachable(const struct select_customer *c, enum policy_channel channel)
{
	switch (channel) {
	case POLICY_EMAIL:
		return c->has_email;
	case POLICY_LETTER:
		return c->has_address;
	case POLICY_SMS:
	case POLICY_CALL:
		return c->has_phone;
	default:
		return true; /* a task is for our own people */
	}
}

static int64_t credit_of(const struct work *w, const char *currency)
{
	const struct select_credit *c = w->in->credits;

	for (size_t i = w->first_credit; i < w->in->n_credits && c[i].customer == w->index; i++)
		if (str_eq(c[i].currency, currency))
			return c[i].minor;
	return 0;
}

static bool skip_lines(struct work *w, const struct draft_action *d, enum select_reason reason,
		       day_t on, int64_t minor, struct err *e)
{
	for (size_t i = 0; i < d->n_lines; i++)
		if (!skip_item(w, d->lines[i].item, reason, on, i == 0 ? minor : 0, e))
			return false;
	return true;
}

/* A notice beside late items would blur both: the late ones go, the others wait for their day. */
static bool drop_notices(struct work *w, struct draft_action *d, struct err *e)
{
	size_t kept = 0;

	if (!d->strongest || d->strongest->days < 0)
		return true;
	for (size_t i = 0; i < d->n_lines; i++) {
		struct select_line *l = &d->lines[i];
		const struct select_item *it = &w->in->items[l->item];

		if (it->due_on > w->in->today) {
			if (!skip_item(w, l->item, SELECT_TOO_SOON, it->due_on, 0, e))
				return false;
			d->total_minor -= l->minor;
			continue;
		}
		d->lines[kept++] = *l;
	}
	d->n_lines = kept;
	return true;
}

static void sort_lines(const struct select_input *in, struct select_line *lines, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct select_line l = lines[i];
		const struct select_item *it = &in->items[l.item];
		size_t k = i;

		for (; k > 0; k--) {
			const struct select_item *before = &in->items[lines[k - 1].item];

			if (before->due_on < it->due_on ||
			    (before->due_on == it->due_on && before->id <= it->id))
				break;
			lines[k] = lines[k - 1];
		}
		lines[k] = l;
	}
}

static void fill_action(const struct work *w, const struct draft_action *d, const char *currency,
			int64_t credit_minor, struct select_action *act)
{
	act->customer = w->index;
	act->step = d->strongest;
	memcpy(act->currency, currency, sizeof act->currency);
	act->lines = d->lines;
	act->n_lines = d->n_lines;
	sort_lines(w->in, act->lines, act->n_lines);
	act->credit_minor = credit_minor;
	act->amount_minor = d->total_minor - credit_minor;
	act->days_late = w->in->today - w->in->items[act->lines[0].item].due_on;
	ENSURE(act->amount_minor > 0);
}

/* A draft becomes an action unless money, manners or a missing address stand against it. */
static bool decide(struct work *w, struct draft_action *d, const char *currency, struct err *e)
{
	const struct select_customer *c = w->customer;
	int64_t credit = credit_of(w, currency);

	if (!drop_notices(w, d, e))
		return false;
	if (d->n_lines == 0)
		return true;
	if (credit >= d->total_minor)
		return skip_lines(w, d, SELECT_PAID, DAY_NONE, credit, e);
	if (c->last_message_on != DAY_NONE &&
	    w->in->today - c->last_message_on < c->policy->contact_gap_days)
		return skip_lines(w, d, SELECT_CONTACT_CAP, c->last_message_on, 0, e);
	if (str_eq(currency, c->policy->currency) &&
	    d->total_minor - credit < c->policy->minimum_minor)
		return skip_lines(w, d, SELECT_BELOW_MINIMUM, DAY_NONE, d->total_minor - credit, e);
	if (!is_reachable(c, d->strongest->channel))
		return skip_lines(w, d, SELECT_NO_CONTACT, DAY_NONE, 0, e);
	fill_action(w, d, currency, credit, LIST_ADD(w->arena, &w->actions));
	return true;
}

static bool take_item(struct work *w, size_t i, struct draft_action *d, struct err *e)
{
	const struct select_item *it = &w->in->items[i];
	const struct policy_step *step;
	enum select_reason reason;
	day_t on;
	int64_t minor;

	if (item_skipped(w, it, &reason, &on, &minor))
		return skip_item(w, i, reason, on, minor, e);
	step = select_step(w->customer->policy, it, w->in->today, &on);
	if (!step)
		return skip_item(w, i, SELECT_TOO_SOON, on, 0, e);
	minor = it->open_minor - it->disputed_minor;
	d->lines[d->n_lines++] = (struct select_line){ i, step, minor };
	if (!d->strongest || step->level > d->strongest->level)
		d->strongest = step;
	return minor_add(&d->total_minor, minor, e);
}

static bool select_currency(struct work *w, const char *currency, struct err *e)
{
	struct draft_action d = { .lines = ARENA_ARRAY(w->arena, w->upto - w->from,
						       struct select_line) };

	for (size_t i = w->from; i < w->upto; i++)
		if (str_eq(w->in->items[i].currency, currency) && !take_item(w, i, &d, e))
			return false;
	return decide(w, &d, currency, e);
}

/* ---- one customer
 * -------------------------------------------------------------------------------- */

/* Whether an item before this one has its currency: each currency is decided once. */
static bool is_seen(const struct work *w, size_t item)
{
	for (size_t i = w->from; i < item; i++)
		if (str_eq(w->in->items[i].currency, w->in->items[item].currency))
			return true;
	return false;
}

/* That the rest of a chased customer is not at its day yet is no news: only those of whom nothing
 * is asked are told "too soon". */
static void forget_too_soon(struct work *w, size_t first_skip)
{
	size_t kept = first_skip;

	for (size_t i = first_skip; i < w->skips.n; i++)
		if (w->skips.at[i].reason != SELECT_TOO_SOON)
			w->skips.at[kept++] = w->skips.at[i];
	w->skips.n = kept;
}

static bool select_customer(struct work *w, struct err *e)
{
	size_t first_action = w->actions.n, first_skip = w->skips.n;
	enum select_reason reason;
	day_t on;

	if (whole_customer_skipped(w->customer, w->in, &reason, &on))
		return skip_all(w, reason, on, e);
	for (size_t i = w->from; i < w->upto; i++)
		if (!is_seen(w, i) && !select_currency(w, w->in->items[i].currency, e))
			return false;
	if (w->actions.n > first_action)
		forget_too_soon(w, first_skip);
	return true;
}

static void check_item(const struct select_input *in, size_t i)
{
	const struct select_item *it = &in->items[i];

	ENSURE(it->customer < in->n_customers);
	ENSURE(i == 0 || in->items[i - 1].customer <= it->customer);
	ENSURE(it->open_minor > 0 && it->disputed_minor >= 0);
}

bool select_run(struct arena *a, const struct select_input *in, struct select_result *ret,
		struct err *e)
{
	struct work w = { .arena = a, .in = in };

	for (size_t i = 0; i < in->n_items; i++)
		check_item(in, i);
	for (size_t i = 1; i < in->n_credits; i++)
		ENSURE(in->credits[i - 1].customer <= in->credits[i].customer);
	while (w.upto < in->n_items) {
		w.from = w.upto;
		w.index = in->items[w.from].customer;
		w.customer = &in->customers[w.index];
		while (w.upto < in->n_items && in->items[w.upto].customer == w.index)
			w.upto++;
		while (w.first_credit < in->n_credits &&
		       in->credits[w.first_credit].customer < w.index)
			w.first_credit++;
		if (!select_customer(&w, e))
			return false;
	}
	*ret = (struct select_result){ w.actions.at, w.actions.n, w.skips.at, w.skips.n };
	return true;
}

/* ---- once more, before a message leaves ---------------------------------------------------------- */

/* The lines that still stand; *ret_reason gets why the last one fell. */
static bool recheck_lines(struct work *w, const struct select_line *lines, size_t n,
			  struct draft_action *d, enum select_reason *ret_reason, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const struct select_item *it = &w->in->items[lines[i].item];
		int64_t minor = it->open_minor - it->disputed_minor;
		enum select_reason reason;
		day_t on;
		int64_t about;

		if (item_skipped(w, it, &reason, &on, &about)) {
			*ret_reason = reason;
			continue;
		}
		if (lines[i].step->days < 0 && w->in->today >= it->due_on) {
			*ret_reason = SELECT_TOO_SOON;
			continue;
		}
		d->lines[d->n_lines++] =
			(struct select_line){ lines[i].item, lines[i].step, minor };
		if (!d->strongest || lines[i].step->level > d->strongest->level)
			d->strongest = lines[i].step;
		if (!minor_add(&d->total_minor, minor, e))
			return false;
	}
	return true;
}

bool select_recheck(struct arena *a, const struct select_input *in, size_t customer,
		    const struct select_line *lines, size_t n, bool *ret_is_clear,
		    struct select_action *ret, enum select_reason *ret_reason, struct err *e)
{
	const struct select_customer *c = &in->customers[customer];
	struct work w = { .arena = a, .in = in, .index = customer, .customer = c };
	struct draft_action d = { .lines = ARENA_ARRAY(a, n + 1, struct select_line) };
	const char *currency;
	int64_t credit;
	day_t on;

	*ret_is_clear = false;
	*ret_reason = SELECT_PAID;
	if (whole_customer_skipped(c, in, ret_reason, &on))
		return true;
	if (!recheck_lines(&w, lines, n, &d, ret_reason, e))
		return false;
	if (d.n_lines == 0)
		return true;
	currency = in->items[d.lines[0].item].currency;
	while (w.first_credit < in->n_credits && in->credits[w.first_credit].customer < customer)
		w.first_credit++;
	credit = credit_of(&w, currency);
	*ret_is_clear = true;
	if (credit >= d.total_minor)
		*ret_is_clear = false, *ret_reason = SELECT_PAID;
	else if (str_eq(currency, c->policy->currency) &&
		 d.total_minor - credit < c->policy->minimum_minor)
		*ret_is_clear = false, *ret_reason = SELECT_BELOW_MINIMUM;
	else if (!is_reachable(c, d.strongest->channel))
		*ret_is_clear = false, *ret_reason = SELECT_NO_CONTACT;
	if (*ret_is_clear)
		fill_action(&w, &d, currency, credit, ret);
	return true;
}
