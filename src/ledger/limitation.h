/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limitation.h - until when a debt can be claimed in court (prescription).
 *
 * Counted in days, complete when the last day is over (C. civ. 2228, 2229): last_safe_on is the last day on
 * which acting still helps. A reminder, even registered, changes nothing; an acknowledgement, a part
 * payment or a lawsuit does. Closing a debt because its time is over is a person's decision, never the
 * program's.
 */
#ifndef LEDGER_LIMITATION_H
#define LEDGER_LIMITATION_H

#include "base/date.h"

enum limitation_event_kind {
	LIMITATION_ACKNOWLEDGED,  /* written acknowledgement, request for time (C. civ. 2240) */
	LIMITATION_PART_PAYMENT,  /* 2240 */
	LIMITATION_PLAN,          /* signed payment plan, 2240 */
	LIMITATION_COURT,         /* lawsuit, summary proceedings (2241): until the case ends */
	LIMITATION_SERVED_ORDER,  /* order for payment, from its service */
	LIMITATION_ENFORCEMENT,   /* protective or enforcement measure (2244) */
	LIMITATION_INSOLVENCY,    /* claim declared (C. com. L622-25-1): until the closing */
	LIMITATION_SUSPENSION,    /* mediation, conciliation (2238): six months left at least */
	LIMITATION_TITLE,         /* enforceable title: ten years from it (CPCE L111-4) */
	LIMITATION_WRITTEN_CLAIM, /* to a public buyer only (loi 68-1250, art. 2) */
	LIMITATION_REMINDER,      /* letter, e-mail, call: no effect */
};

struct limitation_event {
	enum limitation_event_kind kind;
	day_t on;
	day_t ended_on; /* COURT, INSOLVENCY, SUSPENSION: DAY_NONE while it runs */
	bool is_void;   /* COURT: withdrawn, lapsed or finally rejected (2243) */
};

struct limitation_case {
	day_t due_on;
	day_t born_on;  /* birth of the right, for the overall limit; DAY_NONE: the due date */
	int years;      /* 5 professionals, 2 consumers, 1 carriage; see limitation_years */
	bool is_public; /* calendar years, as for public buyers */
	const struct limitation_event *event; /* ascending by day */
	size_t n_events;
};

struct limitation {
	day_t last_safe_on; /* DAY_NONE while a case or an insolvency keeps the time from running */
	bool is_held;       /* DAY_NONE for that reason */
	bool is_overall_limit; /* cut by the twenty years of C. civ. 2232 */
};

/* The years of a kind of debtor ("b2b", "b2g", "b2c"): 5, 4, 2. */
int limitation_years(const char *customer_kind);

/* Events after the time was already over change nothing. */
struct limitation limitation_compute(const struct limitation_case *c);

enum limitation_alert {
	LIMITATION_CALM,
	LIMITATION_SIX_MONTHS,
	LIMITATION_THREE_MONTHS,
	LIMITATION_ONE_MONTH,
	LIMITATION_OVER,
};

/* How near the end is on a day. */
enum limitation_alert limitation_alert_on(const struct limitation *l, day_t on);

#endif
