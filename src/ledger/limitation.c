/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/limitation.h"

enum { TITLE_YEARS = 10, OVERALL_YEARS = 20, SUSPENSION_MONTHS = 6 };

int limitation_years(const char *customer_kind)
{
	if (str_eq(customer_kind, "b2c"))
		return 2;
	return str_eq(customer_kind, "b2g") ? 4 : 5;
}

/* N years from a day; for public buyers, N whole calendar years after the year of that day. */
static day_t years_after(const struct limitation_case *c, day_t from, int years)
{
	if (c->is_public)
		return date_of(date_civil(from).year + years, 12, 31);
	return date_add_months(from, 12 * years);
}

/* A new period begins; it never ends before the old one would have. */
static void interrupt(const struct limitation_case *c, struct limitation *l, day_t on, int years)
{
	day_t end = years_after(c, on, years);

	if (end > l->last_safe_on)
		l->last_safe_on = end;
}

static void suspend(struct limitation *l, const struct limitation_event *ev)
{
	day_t least = date_add_months(ev->ended_on, SUSPENSION_MONTHS);

	/* The time that was left goes on after the suspension, six months at least. */
	l->last_safe_on += ev->ended_on - ev->on;
	if (l->last_safe_on < least)
		l->last_safe_on = least;
}

static void apply(const struct limitation_case *c, struct limitation *l,
		  const struct limitation_event *ev)
{
	switch (ev->kind) {
	case LIMITATION_ACKNOWLEDGED:
	case LIMITATION_PART_PAYMENT:
	case LIMITATION_PLAN:
	case LIMITATION_SERVED_ORDER:
	case LIMITATION_ENFORCEMENT:
		interrupt(c, l, ev->on, c->years);
		return;
	case LIMITATION_WRITTEN_CLAIM:
		if (c->is_public)
			interrupt(c, l, ev->on, c->years);
		return;
	case LIMITATION_TITLE:
		l->last_safe_on = date_add_months(ev->on, 12 * TITLE_YEARS);
		return;
	case LIMITATION_COURT:
		if (ev->is_void)
			return;
		/* fall through */
	case LIMITATION_INSOLVENCY:
		l->is_held = ev->ended_on == DAY_NONE;
		if (!l->is_held)
			interrupt(c, l, ev->ended_on, c->years);
		return;
	case LIMITATION_SUSPENSION:
		l->is_held = ev->ended_on == DAY_NONE;
		if (!l->is_held)
			suspend(l, ev);
		return;
	case LIMITATION_REMINDER:
		return;
	}
}

struct limitation limitation_compute(const struct limitation_case *c)
{
	day_t born_on = c->born_on == DAY_NONE ? c->due_on : c->born_on;
	day_t overall = date_add_months(born_on, 12 * OVERALL_YEARS);
	struct limitation l = { .last_safe_on = years_after(c, c->due_on, c->years) };
	bool has_title = false;

	ENSURE(c->years > 0);
	for (size_t i = 0; i < c->n_events && !l.is_held; i++) {
		if (c->event[i].on > l.last_safe_on)
			break;
		apply(c, &l, &c->event[i]);
		has_title |= c->event[i].kind == LIMITATION_TITLE;
	}
	if (l.is_held)
		l.last_safe_on = DAY_NONE;
	/* The twenty years bind the right itself; a judgment has its own ten, and a suit stops both. */
	if (!l.is_held && !has_title && !c->is_public && l.last_safe_on > overall) {
		l.last_safe_on = overall;
		l.is_overall_limit = true;
	}
	return l;
}

enum limitation_alert limitation_alert_on(const struct limitation *l, day_t on)
{
	if (l->is_held)
		return LIMITATION_CALM;
	if (on > l->last_safe_on)
		return LIMITATION_OVER;
	if (on >= date_add_months(l->last_safe_on, -1))
		return LIMITATION_ONE_MONTH;
	if (on >= date_add_months(l->last_safe_on, -3))
		return LIMITATION_THREE_MONTHS;
	return on >= date_add_months(l->last_safe_on, -6) ? LIMITATION_SIX_MONTHS : LIMITATION_CALM;
}
