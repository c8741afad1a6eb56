/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/due_state.h"

#include "i18n/catalogue.h"

enum due_state due_state_of(enum item_kind kind, day_t due_on, day_t as_of)
{
	int days = as_of - due_on;

	if (item_kind_is_cash(kind))
		return DUE_LOOSE;
	if (days < -DUE_SOON_DAYS)
		return DUE_FRESH;
	if (days <= 0)
		return DUE_SOON;
	if (days <= 30)
		return DUE_LATE_1;
	if (days <= 60)
		return DUE_LATE_2;
	return days <= 90 ? DUE_LATE_3 : DUE_LATE_4;
}

bool due_state_is_late(enum due_state s)
{
	return s >= DUE_LATE_1 && s <= DUE_LATE_4;
}

static const struct {
	const char *name, *text;
} states[DUE_STATE_COUNT] = {
	[DUE_FRESH] = { "fresh", N_("Not due") },
	[DUE_SOON] = { "soon", N_("Due within 7 days") },
	[DUE_LATE_1] = { "late-1", N_("1–30 days late") },
	[DUE_LATE_2] = { "late-2", N_("31–60 days late") },
	[DUE_LATE_3] = { "late-3", N_("61–90 days late") },
	[DUE_LATE_4] = { "late-4", N_("91 days late and more") },
	[DUE_LOOSE] = { "loose", N_("Unallocated") },
};

const char *due_state_name(enum due_state s)
{
	return states[s].name;
}

const char *due_state_text(enum due_state s)
{
	return states[s].text;
}

bool due_state_parse(const char *name, enum due_state *ret)
{
	for (int i = 0; i < DUE_STATE_COUNT; i++) {
		if (str_eq(name, states[i].name)) {
			*ret = (enum due_state)i;
			return true;
		}
	}
	return false;
}
