/* SPDX-License-Identifier: Apache-2.0 */
/* explain.c - reasons in words. */
#include "collect/explain.h"

#include "i18n/amount.h"
#include "i18n/date_text.h"

/* One table from words of the program to words for people. */
struct word {
	const char *key;
	const char *text;
};

static const struct word steps[] = {
	{ "notice", N_("Notice") },
	{ "reminder1", N_("First reminder") },
	{ "reminder2", N_("Second reminder") },
	{ "letter", N_("Formal notice") },
};

static const struct word channels[] = {
	{ "email", N_("E-mail") }, { "sms", N_("SMS") },   { "letter", N_("Letter") },
	{ "call", N_("Call") },    { "task", N_("Task") },
};

static const struct word states[] = {
	{ "planned", N_("Planned") },     { "claimed", N_("Taken by a sender") },
	{ "attempting", N_("Leaving") },  { "accepted", N_("Sent") },
	{ "refused", N_("Refused") },     { "deferred", N_("To be tried again") },
	{ "uncertain", N_("Uncertain") }, { "cancelled", N_("Cancelled") },
};

static const char *const reasons[SELECT_N_REASONS] = {
	[SELECT_PAID] = N_("Covered by money received"),
	[SELECT_DISPUTED] = N_("In dispute"),
	[SELECT_PROMISE] = N_("Promised"),
	[SELECT_PLAN] = N_("Payment plan"),
	[SELECT_INSOLVENCY] = N_("Insolvency proceedings"),
	[SELECT_LEGAL_HOLD] = N_("Legal proceedings"),
	[SELECT_EXCLUDED] = N_("Excluded from reminders"),
	[SELECT_DIRECT_DEBIT] = N_("Direct debit"),
	[SELECT_DRAFT] = N_("Bill of exchange"),
	[SELECT_EINVOICE_STATUS] = N_("E-invoice refused or suspended"),
	[SELECT_PUBLIC_SUSPENSION] = N_("Payment period suspended"),
	[SELECT_NO_CONTACT] = N_("No contact"),
	[SELECT_CONTACT_CAP] = N_("Written to recently"),
	[SELECT_BELOW_MINIMUM] = N_("Below the minimum"),
	[SELECT_STALE_DATA] = N_("Data too old"),
	[SELECT_TOO_SOON] = N_("No step reached yet"),
};

static const char *word(const struct catalogue *cat, const struct word *list, size_t n,
			const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].key, key))
			return tr(cat, list[i].text);
	return key;
}

const char *explain_step(const struct catalogue *cat, const char *step)
{
	return word(cat, steps, ARRAY_LEN(steps), step);
}

const char *explain_channel(const struct catalogue *cat, const char *channel)
{
	return word(cat, channels, ARRAY_LEN(channels), channel);
}

const char *explain_state(const struct catalogue *cat, const char *state)
{
	return word(cat, states, ARRAY_LEN(states), state);
}

const char *explain_reason(const struct catalogue *cat, enum select_reason reason)
{
	return tr(cat, reasons[reason]);
}

/* What outbox_attempt.c and outbox_store.c write beside a state. */
const char *explain_stored(const struct catalogue *cat, const char *reason)
{
	static const char *const known[] = {
		N_("skipped by a person"),
		N_("a person says it was sent"),
		N_("a person wants it sent again"),
		N_("test mode ended"),
		N_("test mode began"),
		N_("its strongest line fell away"),
		N_("the company changed between test mode and live"),
		N_("the sender died while it was sending"),
		N_("the relay's log shows that it took it"),
		N_("the relay's log shows that it never took it"),
		N_("printed"),
		N_("the print was thrown away"),
	};

	for (int i = 0; i < SELECT_N_REASONS; i++)
		if (str_eq(select_reason_name((enum select_reason)i), reason))
			return tr(cat, reasons[i]);
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_eq(known[i], reason))
			return tr(cat, known[i]);
	return reason;
}

/* ---- sentences ----------------------------------------------------------------------------------- */

const char *explain_action(struct arena *a, const struct catalogue *cat, const struct gathered *g,
			   const struct select_action *act)
{
	const struct select_item *oldest = &g->in.items[act->lines[0].item];
	char step[AMOUNT_TEXT];
	unsigned long days = (unsigned long)(act->days_late < 0 ? -act->days_late : act->days_late);

	day_step_text(act->step->days, catalogue_language(cat), step);
	if (act->days_late < 0)
		return arena_printf(a,
				    trn(cat, "%s reached: %s is due in %lu day",
					"%s reached: %s is due in %lu days", days),
				    step, oldest->document, days);
	return arena_printf(
		a,
		trn(cat, "%s reached: %s is %lu day late", "%s reached: %s is %lu days late", days),
		step, oldest->document, days);
}

const char *explain_skip(struct arena *a, const struct catalogue *cat, const struct gathered *g,
			 const struct select_skip *s)
{
	char day[DAY_TEXT], open[AMOUNT_TEXT], about[AMOUNT_TEXT];
	const char *language = catalogue_language(cat);
	const struct customer *row = g->customers[s->customer].row;

	day_long(s->on, language, day);
	amount_text(s->open_minor, s->currency, language, open);
	amount_text(s->minor, s->currency, language, about);
	switch (s->reason) {
	case SELECT_PAID:
		return arena_printf(a, tr(cat, "%s received and not yet allocated cover %s"), about,
				    open);
	case SELECT_DISPUTED:
		return arena_printf(a, tr(cat, "%s in dispute"), about);
	case SELECT_PROMISE:
		return arena_printf(a, tr(cat, "%s promised for %s"), open, day);
	case SELECT_EXCLUDED:
		if (s->on == DAY_NONE)
			return g->in.customers[s->customer].policy
				       ? tr(cat, "Held back by the status of the documents")
				       : tr(cat, "Not chased by any policy");
		return str_empty(row->excluded_reason) || row->excluded_until != s->on
			       ? arena_printf(a, tr(cat, "Excluded until %s"), day)
			       : arena_printf(a, tr(cat, "Excluded until %s: %s"), day,
					      row->excluded_reason);
	case SELECT_NO_CONTACT:
		return tr(cat, "No address that works for this step");
	case SELECT_CONTACT_CAP:
		return arena_printf(a, tr(cat, "Last written to on %s"), day);
	case SELECT_BELOW_MINIMUM:
		return arena_printf(a, tr(cat, "Only %s would be asked for"), about);
	case SELECT_STALE_DATA:
		return arena_printf(a,
				    tr(cat, "Data is from %s. Nothing is sent until the next "
					    "import."),
				    day);
	case SELECT_TOO_SOON:
		return s->on == DAY_NONE ? tr(cat, "Every step of the policy is done")
					 : arena_printf(a, tr(cat, "Next step on %s"), day);
	default:
		return explain_reason(cat, s->reason);
	}
}
