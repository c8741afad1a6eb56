/* SPDX-License-Identifier: Apache-2.0 */
/* act_period.c - weeks of the accounts are closed, and opened again by two people. */
#include "simulation/simulation.h"

#include "ledger/period.h"

enum { WEEK = 7, WEEKS_BACK = 12 };

/* A week that is over, the very last or one of before; closed already it is refused. */
void sim_close_period(struct sim *s)
{
	struct model *m = &s->model;
	int from = (s->today / WEEK - 1 - sim_below(s, WEEKS_BACK)) * WEEK;
	int64_t before = sim_events(s);
	bool is_closed = model_is_closed(m, from), again, ok;
	struct err e = { 0 };

	sim_tick(s);
	do {
		e = (struct err){ 0 };
		ok = period_close(s->db, s->entity.id, from, from + WEEK - 1, s->today, "sim",
				  s->now, NULL, &e);
		if (!ok && e.code == ERR_DUPLICATE && is_closed)
			break;
		ok = sim_settle(s, ok, before, &e, "closing a week", &again);
	} while (again);
	if (ok == is_closed)
		sim_fail(s, "closing days %d to %d %s", from, from + WEEK - 1,
			 ok ? "again" : e.msg);
	if (m->n_periods == MODEL_PERIODS)
		sim_fail(s, "too many periods");
	if (ok)
		m->period[m->n_periods++] = (struct model_period){ from, from + WEEK - 1, false };
	sim_trace(s, "close days %d to %d: %s", from, from + WEEK - 1, ok ? "done" : "refused");
}

static int pick_closed(struct sim *s)
{
	for (int try = 0; try < 30 && s->model.n_periods > 0; try++) {
		int i = sim_below(s, s->model.n_periods);
		if (!s->model.period[i].is_open)
			return i;
	}
	return -1;
}

/* Asks by one person, and gives the answer of whoever. */
static bool decide(struct sim *s, int64_t period_id, bool is_approved, const char *who,
		   struct err *e)
{
	int64_t before = sim_events(s);
	bool again, ok;

	do {
		*e = (struct err){ 0 };
		ok = period_decide(s->db, s->entity.id, period_id, is_approved, who, s->now, e);
		if (!ok && e->code == ERR_FORBIDDEN)
			return false;
		ok = sim_settle(s, ok, before, e, "deciding on a week", &again);
	} while (again);
	return ok;
}

void sim_reopen_period(struct sim *s)
{
	int i = pick_closed(s);
	bool is_approved = sim_chance(s, 70), again, ok;
	struct model_period *p = &s->model.period[i < 0 ? 0 : i];
	int64_t id, before = sim_events(s);
	struct err e = { 0 };

	if (i < 0)
		return;
	id = sim_look(s,
		      "SELECT max(id) FROM period WHERE from_on = $1 AND to_on = $2"
		      " AND state = 'closed'",
		      DB_PARAMS(P_DAY(p->from), P_DAY(p->to)));
	sim_tick(s);
	do {
		e = (struct err){ 0 };
		ok = period_ask(s->db, s->entity.id, id, "simulation", "sim", s->now, &e);
		ok = sim_settle(s, ok, before, &e, "asking for a week", &again);
	} while (again);
	if (!ok)
		sim_fail(s, "asking for days %d to %d: %s", p->from, p->to, e.msg);
	if (decide(s, id, true, "sim", &e) || e.code != ERR_FORBIDDEN)
		sim_fail(s, "who asked for days %d to %d approved it too", p->from, p->to);
	if (!decide(s, id, is_approved, "other", &e))
		sim_fail(s, "deciding on days %d to %d: %s", p->from, p->to, e.msg);
	p->is_open = is_approved;
	sim_trace(s, "open days %d to %d again: %s", p->from, p->to,
		  is_approved ? "approved" : "refused");
}
