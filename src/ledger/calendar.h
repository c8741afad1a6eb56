/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calendar.h - business days: French public holidays (jours fériés) and TARGET closing days.
 *
 * Computed, not listed: Easter by Gauss's rule of the Gregorian calendar. Sources: Code du travail
 * L3133-1, L3134-13 (Alsace-Moselle: Good Friday and 26 December); ECB, TARGET2 guideline.
 */
#ifndef LEDGER_CALENDAR_H
#define LEDGER_CALENDAR_H

#include "base/date.h"

enum calendar {
	CALENDAR_FR,
	CALENDAR_FR_ALSACE_MOSELLE,
	CALENDAR_TARGET, /* days on which euro payments are settled */
};

/* Easter Sunday of a year. */
day_t calendar_easter(int year);

/* Whether d is a public holiday; Saturdays and Sundays are not holidays by themselves. */
bool calendar_is_holiday(enum calendar c, day_t d);

/* Neither Saturday, Sunday nor holiday. */
bool calendar_is_business_day(enum calendar c, day_t d);

/* d itself when it is a business day, else the next one; the previous one. */
day_t calendar_on_or_after(enum calendar c, day_t d);
day_t calendar_on_or_before(enum calendar c, day_t d);

/* The n-th business day after d (n > 0), or before it (n < 0); d itself for 0. */
day_t calendar_add_business_days(enum calendar c, day_t d, int n);

/* Procedural periods in months (CPC art. 641, 642): same day number, then the next business day. */
day_t calendar_procedural_end(enum calendar c, day_t from, int months);

#endif
