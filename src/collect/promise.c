/* SPDX-License-Identifier: Apache-2.0 */
/* promise.c - whether a promise was kept. */
#include "collect/promise.h"

static const char *const names[PROMISE_N_OUTCOMES] = {
	[PROMISE_PENDING] = "pending",     [PROMISE_KEPT] = "kept",
	[PROMISE_PARTLY] = "partly",       [PROMISE_BROKEN] = "broken",
	[PROMISE_CANCELLED] = "cancelled",
};

enum promise_outcome promise_outcome(const struct promise *p, int grace_days, day_t today)
{
	if (p->cancelled_on != DAY_NONE)
		return PROMISE_CANCELLED;
	if (p->applied_minor >= p->amount_minor)
		return PROMISE_KEPT;
	if (today <= p->promised_on + grace_days)
		return PROMISE_PENDING;
	return p->applied_minor > 0 ? PROMISE_PARTLY : PROMISE_BROKEN;
}

const char *promise_outcome_name(enum promise_outcome o)
{
	return names[o];
}
